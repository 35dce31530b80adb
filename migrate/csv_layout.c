/*
 * csv_layout.c - see csv_layout.h. Each possible delimiter cuts the first rows; the one with which
 * most rows have the same number of fields, and more than one, is taken.
 */
#include "migrate/csv_layout.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "migrate/infer.h"
#include "migrate/parse_value.h"

#define SAMPLE_ROWS 200

struct sample {
	size_t rows;
	uint32_t counts[SAMPLE_ROWS];	 /* fields of each row */
	bool last_empty[SAMPLE_ROWS];	 /* its last field is empty */
	struct csv_field *first, *field; /* of the first row, of the one at hand */
	size_t first_count;
	bool typed_below; /* a row behind the first has a value that is no text */
};

/* Cuts the first rows with a style. Empty lines do not count. */
static void take_sample(const struct csv_style *s, struct str text, bool last, struct sample *x)
{
	const char *p = text.p, *end = p + text.len;
	struct csv_row row = {.fields = x->field};

	x->rows = 0;
	x->typed_below = false;
	while (p < end && x->rows < SAMPLE_ROWS) {
		enum csv_found found = csv_cut(s, &p, end, last, &row);
		size_t kept = row.count < CSV_FIELDS_MAX ? row.count : CSV_FIELDS_MAX, i;

		if (found == CSV_MORE || found == CSV_OPEN)
			break;
		if (found != CSV_ROW || (row.count == 1 && !row.fields[0].length))
			continue;
		x->counts[x->rows] = (uint32_t)row.count;
		x->last_empty[x->rows] =
			!row.fields[kept - 1].length && !row.fields[kept - 1].quoted;
		if (x->rows++ == 0) {
			memcpy(x->first, row.fields, kept * sizeof(*row.fields));
			x->first_count = row.count;
			continue;
		}
		for (i = 0; i < kept && !x->typed_below; i++) {
			struct inference kind = {0};

			if (!row.fields[i].length)
				continue;
			infer_text(&kind, (struct str){row.fields[i].p, row.fields[i].length});
			x->typed_below = !(kind.kinds & 1u << BLOCK_TEXT);
		}
	}
}

/* The most frequent number of fields, and how many rows have it. */
static uint32_t usual_count(const struct sample *x, size_t *rows)
{
	uint32_t best = 0;
	size_t i, j;

	*rows = 0;
	for (i = 0; i < x->rows; i++) {
		size_t n = 0;

		for (j = 0; j < x->rows; j++)
			n += x->counts[j] == x->counts[i];
		if (n > *rows) {
			*rows = n;
			best = x->counts[i];
		}
	}
	return best;
}

static char find_delimiter(struct csv_style s, struct str text, bool last, struct sample *x)
{
	static const char candidates[] = ",;\t|";
	double best_score = 0;
	char best = ',';
	size_t i;

	for (i = 0; candidates[i]; i++) {
		size_t rows;
		uint32_t count;
		double score;

		s.delimiter = candidates[i];
		take_sample(&s, text, last, x);
		count = usual_count(x, &rows);
		if (count < 2)
			continue;
		score = (double)rows / (double)x->rows + (count < 100 ? count * 0.001 : 0.1);
		if (score > best_score) {
			best_score = score;
			best = candidates[i];
		}
	}
	return best;
}

static bool ends_with(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);

	return n >= m && strcasecmp(path + n - m, end) == 0;
}

static bool is_tsv(const char *path)
{
	return ends_with(path, ".tsv") || ends_with(path, ".tsv.gz") ||
	       ends_with(path, ".tsv.zst") || ends_with(path, ".tab");
}

static bool is_wanted(const struct table_shape *wanted, struct str name)
{
	size_t i;

	for (i = 0; i < wanted->column_count; i++) {
		const char *mine = wanted->columns[i].name;

		if (strlen(mine) == name.len && strncasecmp(mine, name.p, name.len) == 0)
			return true;
	}
	return false;
}

/* The first row: are these names? */
static bool looks_like_header(const struct csv_style *s, const struct sample *x,
			      const struct table_shape *wanted, struct arena *a)
{
	size_t i, known = 0, texts = 0;
	size_t count = x->first_count < CSV_FIELDS_MAX ? x->first_count : CSV_FIELDS_MAX;

	if (count > 1 && !x->first[count - 1].length)
		count--;
	for (i = 0; i < count; i++) {
		struct str t = parse_trim(csv_text(s, &x->first[i], a));
		struct inference kind = {0};

		if (t.len)
			infer_text(&kind, t);
		else if (i == 0 && x->typed_below)
			texts++; /* the index that data frames are written with has no name */
		texts += t.len > 0 && t.len < 128 && kind.kinds == 1u << BLOCK_TEXT;
		known += wanted && is_wanted(wanted, t);
	}
	if (wanted)
		return known > 0;
	return count > 0 && texts == count && (x->typed_below || x->rows > 1 || count > 1);
}

static int compare_names(const void *a, const void *b)
{
	const struct str *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int order = memcmp(x->p, y->p, n);

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

static int refuse_doubles(const struct csv_layout *l, const char *path, struct error *e)
{
	struct str *sorted = xmalloc((l->field_count + 1) * sizeof(*sorted));
	const struct str *twice = NULL;
	size_t i;

	memcpy(sorted, l->names, l->field_count * sizeof(*sorted));
	qsort(sorted, l->field_count, sizeof(*sorted), compare_names);
	for (i = 1; i < l->field_count && !twice; i++) {
		if (compare_names(&sorted[i - 1], &sorted[i]) == 0)
			twice = &sorted[i];
	}
	if (twice) {
		error_set(e, ERROR_INPUT, "'%s' has two columns '%.*s'", path, (int)twice->len,
			  twice->p);
		error_hint(e, "if its first row is data, say that it has no header");
	}
	free(sorted);
	return twice ? -1 : 0;
}

static int take_names(struct csv_layout *l, const struct sample *x, const char *path,
		      struct arena *a, struct error *e)
{
	size_t i;

	l->field_count = x->first_count;
	l->trailing = l->field_count > 1 && !x->first[l->field_count - 1].length;
	l->field_count -= l->trailing;
	l->names = arena_alloc(a, (l->field_count + 1) * sizeof(*l->names));
	for (i = 0; i < l->field_count; i++) {
		struct str t = parse_trim(csv_text(&l->style, &x->first[i], a)), checked;
		const char *copy;

		if (parse_text(t, 0, &checked) != PARSE_OK) {
			error_set(e, ERROR_INPUT, "a column name of '%s' is not UTF-8", path);
			return error_hint(e, "say what the file is with --encoding, for example "
					     "WINDOWS-1252 or UTF-16LE");
		}
		copy = t.len ? arena_strndup(a, t.p, t.len) : arena_printf(a, "column%zu", i + 1);
		l->names[i] = (struct str){copy, strlen(copy)};
	}
	return refuse_doubles(l, path, e);
}

static void count_fields(struct csv_layout *l, const struct sample *x)
{
	size_t i, rows;

	l->field_count = usual_count(x, &rows);
	l->trailing = l->field_count > 1;
	for (i = 0; i < x->rows; i++) {
		if (x->counts[i] == l->field_count && !x->last_empty[i])
			l->trailing = false;
	}
	l->field_count -= l->trailing;
}

static int check_options(const struct source_options *o, struct error *e)
{
	if (o->delimiter &&
	    (o->delimiter == o->quote || o->delimiter == '\n' || o->delimiter == '\r'))
		return error_set(e, ERROR_CONFIG,
				 "the delimiter of a CSV file cannot be its quote "
				 "or a line end");
	return 0;
}

int csv_layout_find(const struct source_options *o, const char *path, struct str text, bool last,
		    const struct table_shape *wanted, struct arena *a, struct csv_layout *l,
		    struct error *e)
{
	struct sample *x = xcalloc(1, sizeof(*x));
	int status = 0;

	*l = (struct csv_layout){.style = {.delimiter = o->delimiter,
					   .quote = o->quote,
					   .escape = o->escape ? o->escape : o->quote,
					   .newline = '\n'}};
	if (text.len && !memchr(text.p, '\n', text.len) && memchr(text.p, '\r', text.len))
		l->style.newline = '\r';
	x->first = xcalloc(CSV_FIELDS_MAX, sizeof(*x->first));
	x->field = xcalloc(CSV_FIELDS_MAX, sizeof(*x->field));
	if (!l->style.delimiter)
		l->style.delimiter = is_tsv(path) ? '\t' : find_delimiter(l->style, text, last, x);
	take_sample(&l->style, text, last, x);
	l->header = o->header == 1 ||
		    (o->header < 0 && x->rows && looks_like_header(&l->style, x, wanted, a));
	if (check_options(o, e) < 0)
		status = -1;
	else if (x->first_count > CSV_FIELDS_MAX)
		status = error_set(e, ERROR_INPUT, "a row of '%s' has %zu fields, %d are the limit",
				   path, x->first_count, CSV_FIELDS_MAX);
	else if (l->header && x->rows)
		status = take_names(l, x, path, a, e);
	else
		count_fields(l, x);
	free(x->first);
	free(x->field);
	free(x);
	return status;
}
