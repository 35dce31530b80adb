/*
 * observe_record.c - what the sampler saw, as series, tables and findings of the record.
 *
 * A row of a series is a second of the timed window. Counters are differences between two looks
 * over the time between them. A counter that
 * went backwards was reset (a restart): that second is not known.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/observe_data.h"
#include "bench/result.h"
#include "common/memory.h"

#define MAX_SERIES_COLUMNS 40
#define MANY_WAITS	   0.3 /* a wait event with more than this share of what was seen */
#define FEW_SIGHTS	   20
#define SHORT_S		   0.2 /* looks that are closer together say too little */

struct place_of { /* a column of the series and where its raw values are in a row */
	const struct observe_column *column;
	size_t offset;
};

static double difference(const struct place_of *p, const double *before, const double *after,
			 size_t further)
{
	double d = after[p->offset + further] - before[p->offset + further];

	if (p->column->kind == OBSERVE_RATE_OWN) {
		d -= after[OBSERVE_ROW_OWN] - before[OBSERVE_ROW_OWN];
		d = d < 0 && d > -100 ? 0 : d;
	}
	return d < 0 ? (double)NAN : d;
}

/* `before` is NULL for the first look. */
static double value_of(const struct place_of *p, const double *before, const double *after)
{
	double seconds, d, other;

	if (p->column->kind == OBSERVE_LEVEL)
		return after[OBSERVE_ROW_LAST] != 0 ? (double)NAN : after[p->offset];
	if (!before)
		return (double)NAN;
	seconds = after[OBSERVE_ROW_TIME] - before[OBSERVE_ROW_TIME];
	if (seconds < SHORT_S)
		return (double)NAN;
	d = difference(p, before, after, 0);
	switch (p->column->kind) {
	case OBSERVE_RATE:
	case OBSERVE_RATE_OWN:
		return d / seconds;
	case OBSERVE_SHARE:
		other = difference(p, before, after, 1);
		return d + other > 0 ? 100 * d / (d + other) : (double)NAN;
	default:
		return d;
	}
}

/*
 * The row of the series that a value belongs to: growth is of the second before the look, a level
 * of the one that the look begins. False: it belongs to none.
 */
static bool row_of(const struct place_of *p, const double *look, size_t seconds, size_t *row)
{
	double k = look[OBSERVE_ROW_SECOND] - (p->column->kind == OBSERVE_LEVEL ? 0 : 1);

	if (!(k >= 0 && k < (double)seconds))
		return false;
	*row = (size_t)k;
	return true;
}

static size_t places_of_group(const struct observer *o, const char *group, struct place_of *places)
{
	size_t offset = OBSERVE_ROW_HEAD, n = 0, i, k;

	for (i = 0; i < observe_sample_count; i++) {
		const struct observe_sample *s = &observe_samples[i];

		if (!o->working[i])
			continue;
		for (k = 0; k < s->column_count; k++, offset++)
			if (strcmp(s->group, group) == 0 && s->columns[k].kind != OBSERVE_HIDDEN &&
			    n < MAX_SERIES_COLUMNS)
				places[n++] = (struct place_of){&s->columns[k], offset};
	}
	return n;
}

/* All values of a column, by second; false: none is known. */
static bool fill_column(const struct observer *o, const struct place_of *p, double *values,
			size_t seconds)
{
	bool known = false;
	size_t i, row;

	for (i = 0; i < seconds; i++)
		values[i] = (double)NAN;
	for (i = 0; i < o->row_count; i++) {
		const double *after = o->rows + i * o->width;
		double v = value_of(p, i ? after - o->width : NULL, after);

		if (!row_of(p, after, seconds, &row) || !isfinite(v))
			continue;
		values[row] = v;
		known = true;
	}
	return known;
}

static void add_group(const struct observer *o, const struct observe_group *group, size_t seconds,
		      struct record *r)
{
	struct place_of places[MAX_SERIES_COLUMNS];
	struct record_column columns[MAX_SERIES_COLUMNS];
	size_t n = places_of_group(o, group->name, places), kept = 0, i, k;
	double *values = xcalloc(n * seconds + 1, sizeof(*values)), row[MAX_SERIES_COLUMNS];
	struct series *s;

	for (i = 0; i < n; i++) {
		const struct observe_column *c = places[i].column;

		if (!fill_column(o, &places[i], values + kept * seconds, seconds))
			continue;
		columns[kept++] =
			(struct record_column){c->name, c->title, c->unit, c->better, false};
	}
	if (kept > 0) {
		s = record_series(r, group->name, group->title, 1, columns, kept);
		for (i = 0; i < seconds; i++) {
			for (k = 0; k < kept; k++)
				row[k] = values[k * seconds + i];
			series_row(r, s, row);
		}
	}
	free(values);
}

static int most_first(const void *a, const void *b)
{
	uint64_t x = ((const struct observe_wait *)a)->count;
	uint64_t y = ((const struct observe_wait *)b)->count;

	return (x < y) - (x > y);
}

static void find_wait(struct record *r, const struct observe_wait *w, double share)
{
	char text[300];

	snprintf(text, sizeof(text),
		 "of all looks at a working session, %.0f %% saw it wait for %.39s: %.63s",
		 100 * share, w->type, w->event);
	record_finding(r, "SERVER-WAITS", SEVERITY_INFO, "server", text,
		       "see wait events in the manual's chapter on monitoring for what it means");
}

static void add_waits(const struct observer *o, struct record *r)
{
	static const struct record_column columns[] = {
		{"type", "Waiting for", "", BETTER_NONE, true},
		{"event", "Event", "", BETTER_NONE, true},
		{"seen", "Seen", "", BETTER_NONE, false},
		{"share", "Share", "%", BETTER_NONE, false},
	};
	struct observe_wait list[OBSERVE_WAITS];
	struct record_table *t;
	double all = 0;
	size_t i;

	for (i = 0; i < o->wait_count; i++)
		all += (double)o->waits[i].count;
	if (all == 0)
		return;
	memcpy(list, o->waits, o->wait_count * sizeof(*list));
	qsort(list, o->wait_count, sizeof(*list), most_first);
	t = record_table(r, "server_waits", "Server: what working sessions waited for", columns, 4);
	for (i = 0; i < o->wait_count && i < OBSERVE_TOP; i++) {
		const struct observe_wait *w = &list[i];
		bool runs = w->type[0] == '\0';
		struct cell row[] = {{.text = runs ? "nothing" : w->type},
				     {.text = runs ? "running" : w->event},
				     {.number = (double)w->count},
				     {.number = 100 * (double)w->count / all}};

		table_row(r, t, row);
		if (i == 0 && !runs && (double)w->count > MANY_WAITS * all && all >= FEW_SIGHTS &&
		    strcmp(w->type, "Client") != 0)
			find_wait(r, w, (double)w->count / all);
	}
}

struct change { /* of an item between the two looks */
	const struct observe_item *item;
	double by[OBSERVE_FIGURES], rank;
};

static int largest_first(const void *a, const void *b)
{
	double x = ((const struct change *)a)->rank, y = ((const struct change *)b)->rank;

	return (x < y) - (x > y);
}

/* What changed between the looks, the largest `rank` first. A counter that went back began anew. */
static size_t changes_of(const struct observe_items *list, bool counters, struct change *out)
{
	size_t n = 0, i, k;

	for (i = 0; i < list->count; i++) {
		const struct observe_item *item = &list->items[i];
		struct change *c = &out[n];

		if (!item->at_end || !item->label)
			continue;
		for (k = 0; k < OBSERVE_FIGURES; k++) {
			double before = item->at_begin ? item->begin[k] : 0;

			c->by[k] = item->end[k] - before;
			if (counters && c->by[k] < 0)
				c->by[k] = item->end[k];
		}
		c->item = item;
		c->rank = counters ? c->by[1] : fabs(c->by[0]) + fabs(c->by[1]);
		if ((counters ? c->by[0] : c->rank) > 0 && isfinite(c->rank))
			n++;
	}
	qsort(out, n, sizeof(*out), largest_first);
	return n;
}

static void add_server_statements(const struct observer *o, struct record *r)
{
	static const struct record_column columns[] = {
		{"statement", "Statement", "", BETTER_NONE, true},
		{"calls", "Calls", "", BETTER_NONE, false},
		{"total_s", "Total", "s", BETTER_NONE, false},
		{"share", "Share", "%", BETTER_NONE, false},
		FIGURE_MEAN,
		{"rows", "Rows", "", BETTER_NONE, false},
		{"cache_hits", "Cache hits", "%", BETTER_HIGHER, false},
		{"wal_bytes", "WAL", "B", BETTER_LOWER, false},
	};
	struct change *list;
	struct record_table *t;
	double all = 0;
	size_t n, i;

	if (!o->statements.ended)
		return;
	list = xcalloc(o->statements.count + 1, sizeof(*list));
	n = changes_of(&o->statements, true, list);
	for (i = 0; i < n; i++)
		all += list[i].by[1];
	t = n ? record_table(r, "server_statements", "Server: statements by the time they took",
			     columns, 8)
	      : NULL;
	for (i = 0; i < n && i < OBSERVE_TOP; i++) {
		const double *d = list[i].by;
		struct cell row[] = {
			{.text = list[i].item->label},
			{.number = d[0]},
			{.number = d[1] / 1e3},
			{.number = all > 0 ? 100 * d[1] / all : (double)NAN},
			{.number = 1e3 * d[1] / d[0]},
			{.number = d[2]},
			{.number = d[3] + d[4] > 0 ? 100 * d[3] / (d[3] + d[4]) : (double)NAN},
			{.number = d[5]}};

		table_row(r, t, row);
	}
	free(list);
}

static void add_sizes(const struct observer *o, struct record *r)
{
	static const struct record_column columns[] = {
		{"relation", "Table", "", BETTER_NONE, true},
		{"table_bytes", "Table now", "B", BETTER_NONE, false},
		{"table_growth_bytes", "Table grown by", "B", BETTER_LOWER, false},
		{"index_bytes", "Indexes now", "B", BETTER_NONE, false},
		{"index_growth_bytes", "Indexes grown by", "B", BETTER_LOWER, false},
	};
	struct change *list;
	struct record_table *t;
	size_t n, i;

	if (!o->tables.ended)
		return;
	list = xcalloc(o->tables.count + 1, sizeof(*list));
	n = changes_of(&o->tables, false, list);
	t = n ? record_table(r, "server_sizes", "Server: tables and indexes that changed size",
			     columns, 5)
	      : NULL;
	for (i = 0; i < n && i < OBSERVE_TOP; i++) {
		const struct observe_item *item = list[i].item;
		struct cell row[] = {{.text = item->label},
				     {.number = item->end[0]},
				     {.number = list[i].by[0]},
				     {.number = item->end[1]},
				     {.number = list[i].by[1]}};

		table_row(r, t, row);
	}
	free(list);
}

static void add_misses(const struct observer *o, struct record *r)
{
	char text[200];
	size_t i;

	for (i = 0; i < o->miss_count; i++)
		record_finding(r, "NOT-OBSERVED", SEVERITY_INFO, o->misses[i].object,
			       o->misses[i].evidence, o->misses[i].fix);
	if (o->lost == 0 && o->late == 0)
		return;
	snprintf(text, sizeof(text),
		 "%u looks at the server found no connection, %u had no answer in time", o->lost,
		 o->late);
	record_finding(r, "OBSERVED-IN-PART", SEVERITY_INFO, "server", text,
		       "seconds that are not known are left out of the server's curves");
}

void observe_record(const struct observer *o, const struct engine_result *result,
		    struct record *record)
{
	char text[100];
	size_t i;

	for (i = 0; i < observe_group_count && o->row_count > 1; i++)
		add_group(o, &observe_groups[i], result->second_count, record);
	add_waits(o, record);
	add_server_statements(o, record);
	add_sizes(o, record);
	add_misses(o, record);
	if (o->row_count == 0)
		return;
	snprintf(text, sizeof(text), "%zu looks, %.1f ms each", o->row_count,
		 (double)o->spent_ns / 1e6 / (double)o->row_count);
	record_target(record, "server observed", text);
}
