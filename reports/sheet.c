/* sheet.c - see sheet.h. */
#include "reports/sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/format.h"

#define MAX_PARTS 200 /* rows of the sheet of parts */
#define MAX_KINDS 24  /* its columns */

struct sheet *sheet_new(struct arena *a, const char *name, const char *title, size_t column_count)
{
	struct sheet *s = arena_alloc(a, sizeof(*s));
	size_t i;

	s->name = name;
	s->title = title;
	s->columns = arena_alloc(a, column_count * sizeof(*s->columns));
	s->column_count = column_count;
	for (i = 0; i < column_count; i++)
		s->columns[i].title = s->columns[i].unit = "";
	return s;
}

struct sheet_cell *sheet_row(struct arena *a, struct sheet *s)
{
	struct sheet_cell *row, *larger;
	size_t i;

	if (s->row_count == s->row_capacity) {
		s->row_capacity = s->row_capacity ? s->row_capacity * 2 : 16;
		larger = arena_alloc(a, s->row_capacity * s->column_count * sizeof(*larger));
		if (s->row_count)
			memcpy(larger, s->cells, s->row_count * s->column_count * sizeof(*larger));
		s->cells = larger;
	}
	row = s->cells + s->row_count++ * s->column_count;
	for (i = 0; i < s->column_count; i++)
		row[i].number = (double)NAN;
	return row;
}

/* Units with larger and smaller brothers are compared across columns. */
static bool unit_is_shared(const char *unit)
{
	static const char *const shared[] = {"ns", "us", "ms", "s", "B", "B/s"};
	size_t i;

	for (i = 0; i < sizeof(shared) / sizeof(shared[0]); i++)
		if (strcmp(unit, shared[i]) == 0)
			return true;
	return false;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Whether column `k` is scaled together with column `with`. */
static bool is_scaled_with(const struct sheet *s, size_t k, size_t with)
{
	const struct sheet_column *c = s->columns;

	if (c[k].text || c[with].text || strcmp(c[k].unit, c[with].unit) != 0)
		return false;
	return k == with || unit_is_shared(c[k].unit);
}

static struct scale column_scale(const struct sheet *s, size_t column)
{
	double *values = xcalloc(s->row_count * s->column_count + 1, sizeof(double));
	const char *unit = s->columns[column].unit;
	struct scale scale;
	bool whole = true;
	size_t n = 0, i, k;

	for (i = 0; i < (s->first_leads && s->row_count ? 1 : s->row_count); i++) {
		for (k = 0; k < s->column_count; k++) {
			double v = fabs(s->cells[i * s->column_count + k].number);

			if (!is_scaled_with(s, k, column) || !isfinite(v) || v == 0)
				continue;
			whole = whole && v == floor(v);
			values[n++] = v;
		}
	}
	qsort(values, n, sizeof(double), compare_doubles);
	scale = scale_for(unit, n ? values[n / 4] : 0, n ? values[n / 2] : 0);
	if (whole && scale.divide == 1)
		scale.decimals = 0;
	free(values);
	return scale;
}

void sheet_finish(struct arena *a, struct sheet *s)
{
	struct scale *scales = xcalloc(s->column_count, sizeof(*scales));
	struct buf text = {0};
	size_t i, k;

	for (k = 0; k < s->column_count; k++)
		scales[k] = column_scale(s, k);
	for (k = 0; k < s->column_count; k++)
		s->columns[k].unit = scales[k].unit;
	for (i = 0; i < s->row_count; i++) {
		for (k = 0; k < s->column_count; k++) {
			struct sheet_cell *c = &s->cells[i * s->column_count + k];

			if (c->text)
				continue;
			buf_clear(&text);
			if (!s->columns[k].text || isfinite(c->number))
				format_scaled(&text, c->number, &scales[k]);
			c->text = arena_strdup(a, buf_text(&text));
		}
	}
	buf_release(&text);
	free(scales);
}

const char *sheet_heading(struct arena *a, const struct sheet_column *c)
{
	if (!*c->unit)
		return c->title;
	return *c->title ? arena_printf(a, "%s, %s", c->title, c->unit) : c->unit;
}

const char *histogram_title(struct arena *a, const char *name)
{
	char mean[80];
	const char *title;

	snprintf(mean, sizeof(mean), "%.60s_mean_us", name);
	title = metric_title(mean);
	return title == mean ? name : arena_strndup(a, title, strcspn(title, ","));
}

struct sheet *sheet_of_histograms(struct arena *a, const struct record *r)
{
	static const struct {
		const char *title;
		double share;
	} percentiles[] = {{"p50", .5}, {"p90", .9}, {"p95", .95}, {"p99", .99}, {"p99.9", .999}};
	const size_t n = sizeof(percentiles) / sizeof(percentiles[0]);
	struct sheet *s = sheet_new(a, "latencies", "Times in detail", n + 4);
	size_t i, k;

	s->first_leads = true;
	s->columns[0] = (struct sheet_column){"Time of", "", true};
	s->columns[1].title = "Count";
	s->columns[2].title = "Mean";
	for (k = 0; k < n; k++)
		s->columns[k + 3].title = percentiles[k].title;
	s->columns[n + 3].title = "Longest";
	for (k = 2; k < n + 4; k++)
		s->columns[k].unit = "ns";
	for (i = 0; i < r->histogram_count; i++) {
		const struct histogram *h = r->histograms[i].h;
		struct sheet_cell *row;

		if (r->histograms[i].of || h->count == 0)
			continue;
		row = sheet_row(a, s);
		row[0].text = histogram_title(a, r->histograms[i].name);
		row[1].number = (double)h->count;
		row[2].number = histogram_mean(h);
		for (k = 0; k < n; k++)
			row[k + 3].number = histogram_percentile(h, percentiles[k].share);
		row[n + 3].number = (double)h->max;
	}
	sheet_finish(a, s);
	return s->row_count ? s : NULL;
}

/* Is "latency_p50_us" told by the histogram "latency", which is shown with all its figures? */
static bool is_told(const struct record *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->histogram_count; i++) {
		const struct record_histogram *h = &r->histograms[i];
		size_t n = strlen(h->name);

		if (!h->of && h->h->count && strncmp(name, h->name, n) == 0 && name[n] == '_')
			return true;
	}
	return false;
}

struct sheet *sheet_of_figures(struct arena *a, const struct record *r)
{
	struct sheet *s = sheet_new(a, "figures", "More figures", 2);
	struct buf text = {0};
	size_t i;

	s->columns[0] = (struct sheet_column){"Figure", "", true};
	s->columns[1].title = "Value";
	for (i = 0; i < r->metric_count; i++) {
		const struct metric *m = &r->metrics[i];
		struct sheet_cell *row;

		if (m->of || m->headline || is_told(r, m->name))
			continue;
		row = sheet_row(a, s);
		row[0].text = metric_title(m->name);
		buf_clear(&text);
		format_quantity(&text, m->value, m->unit);
		row[1].text = arena_strdup(a, buf_text(&text));
		row[1].number = m->value;
	}
	buf_release(&text);
	return s->row_count ? s : NULL;
}

/* The place of `name` among the first `*count` names; adds it while there is room. */
static size_t place_of(const char **names, size_t *count, size_t max, const char *name)
{
	size_t i;

	for (i = 0; i < *count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	if (i < max)
		names[(*count)++] = name;
	return i;
}

static bool table_has(const struct record_table *t, const char *part)
{
	size_t i;

	for (i = 0; i < t->row_count; i++) {
		const char *text = t->cells[i * t->column_count].text;

		if (text && strcmp(text, part) == 0)
			return true;
	}
	return false;
}

/* Has one of the tables a row for each part? Then it tells the same, as a rule better. */
static bool are_told_by_table(const struct record *r, const char **parts, size_t count)
{
	size_t i, k;

	for (i = 0; i < r->table_count; i++) {
		for (k = 0; k < count; k++)
			if (!table_has(r->tables[i], parts[k]))
				break;
		if (k == count)
			return true;
	}
	return false;
}

struct sheet *sheet_of_parts(struct arena *a, const struct record *r)
{
	const char *parts[MAX_PARTS], *kinds[MAX_KINDS];
	size_t part_count = 0, kind_count = 0, i, k;
	struct sheet *s;

	for (i = 0; i < r->metric_count; i++) {
		if (!r->metrics[i].of)
			continue;
		place_of(parts, &part_count, MAX_PARTS, r->metrics[i].of);
		place_of(kinds, &kind_count, MAX_KINDS, r->metrics[i].name);
	}
	if (part_count == 0 || are_told_by_table(r, parts, part_count))
		return NULL;
	s = sheet_new(a, "parts", "By part", kind_count + 1);
	s->columns[0] = (struct sheet_column){"Part", "", true};
	for (i = 0; i < part_count; i++)
		sheet_row(a, s)[0].text = parts[i];
	for (i = 0; i < r->metric_count; i++) {
		const struct metric *m = &r->metrics[i];
		size_t part;

		if (!m->of)
			continue;
		part = place_of(parts, &part_count, MAX_PARTS, m->of);
		k = place_of(kinds, &kind_count, MAX_KINDS, m->name) + 1;
		if (part >= part_count || k > kind_count)
			continue;
		s->columns[k].title = metric_title(m->name);
		s->columns[k].unit = m->unit;
		s->cells[part * s->column_count + k].number = m->value;
	}
	sheet_finish(a, s);
	return s;
}

struct sheet *sheet_of_table(struct arena *a, const struct record_table *t, size_t limit)
{
	struct sheet *s = sheet_new(a, t->name, t->title, t->column_count);
	size_t rows = t->row_count < limit ? t->row_count : limit, i, k;

	for (k = 0; k < t->column_count; k++) {
		const struct record_column *c = &t->columns[k];

		s->columns[k] =
			(struct sheet_column){*c->title ? c->title : c->name, c->unit, c->text};
	}
	for (i = 0; i < rows; i++) {
		struct sheet_cell *row = sheet_row(a, s);

		for (k = 0; k < t->column_count; k++) {
			const struct cell *c = &t->cells[i * t->column_count + k];

			row[k].text = c->text;
			row[k].number = c->text ? (double)NAN : c->number;
		}
	}
	s->rows_left_out = t->row_count - rows;
	sheet_finish(a, s);
	return s;
}
