/*
 * dataset_sample.c - rows of a table of the server. See dataset.h.
 *
 * A large table is read by pages: TABLESAMPLE SYSTEM takes about as many pages as rows are wanted,
 * and of the rows in those pages the wanted number is taken, so that the sample is spread over the
 * table and the server reads a bounded number of pages. Which rows of the pages are taken, and in
 * which order they come, is a hash of the row's place with the seed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/dataset.h"
#include "bench/script.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/text.h"

#define DEADLINE_MS 120000 /* of each statement */
#define FETCH	    1000   /* rows at once */
#define PAGES_MIN   100	   /* of a large table that are read for a small sample */

struct table { /* what the catalog knows of a dataset's table */
	char oid[24];
	char kind; /* of pg_class */
	int64_t pages;
	bool integer[DATASET_MAX_COLUMNS]; /* columns that hold whole numbers */
};

static const char table_sql[] =
	"select c.oid::text, c.relkind::text, (coalesce(greatest(pg_relation_size(c.oid), "
	"(select sum(pg_relation_size(relid)) from pg_partition_tree(c.oid))), 0) / "
	"current_setting('block_size')::int8)::int8::text from pg_class c "
	"where c.oid = to_regclass($1)";

static const char columns_sql[] =
	"select attname::text, (atttypid in (20, 21, 23))::text from pg_attribute "
	"where attrelid = $1::oid and attnum > 0 and not attisdropped order by attnum";

/* What the server said, with the place in the script and what was attempted. */
static int server_fault(const struct dataset *d, struct error *e)
{
	return error_context(e, "%s:%u:%u: cannot sample '%.100s'", d->place.file, d->place.line,
			     d->place.column, d->table);
}

static void add_name(struct buf *out, const struct dataset *d)
{
	if (d->schema) {
		pg_quote_identifier(out, d->schema);
		buf_putc(out, '.');
	}
	pg_quote_identifier(out, d->table);
}

static int find_table(struct pg *pg, const struct dataset *d, struct table *t, struct error *e)
{
	struct buf name = {.max = 4096};
	const char *parameter, *oid, *kind, *pages;
	struct pg_result *r;
	bool found;

	add_name(&name, d);
	parameter = buf_text(&name);
	r = pg_query(pg, table_sql, &parameter, 1, e);
	buf_release(&name);
	if (!r)
		return server_fault(d, e);
	oid = pg_value(r, 0, 0);
	kind = pg_value(r, 0, 1);
	pages = pg_value(r, 0, 2);
	found = oid && kind;
	if (found) {
		snprintf(t->oid, sizeof(t->oid), "%s", oid);
		t->kind = *kind;
		if (!pages || !text_to_int(pages, &t->pages))
			t->pages = 0;
	}
	pg_free(r);
	if (!found)
		return place_fault(&d->table_place, e,
				   "there is no table '%s%s%s' in database '%s'",
				   d->schema ? d->schema : "", d->schema ? "." : "", d->table,
				   pg_database(pg));
	if (!t->kind || !strchr("rpmvf", t->kind))
		return place_fault(&d->table_place, e, "'%s' is no table or view", d->table);
	return 0;
}

static int unknown_column(const struct pg_result *r, const struct dataset *d,
			  const struct dataset_column *column, struct error *e)
{
	const char *nearest = NULL;
	size_t distance, best = 4;
	int i;

	for (i = 0; i < pg_rows(r); i++) {
		const char *name = pg_value(r, i, 0);

		distance = name ? text_distance(column->name, name, best) : best;
		if (distance < best) {
			best = distance;
			nearest = name;
		}
	}
	if (nearest)
		return place_fault(&column->place, e,
				   "table '%s' has no column '%s'; did you mean '%s'?", d->table,
				   column->name, nearest);
	return place_fault(&column->place, e, "table '%s' has no column '%s'", d->table,
			   column->name);
}

static int find_columns(struct pg *pg, const struct dataset *d, struct table *t, struct error *e)
{
	const char *oid = t->oid;
	struct pg_result *r = pg_query(pg, columns_sql, &oid, 1, e);
	int failed = r ? 0 : server_fault(d, e);
	size_t i;

	for (i = 0; i < d->column_count && !failed; i++) {
		const char *name = NULL, *integer = NULL;
		int row;

		for (row = 0; row < pg_rows(r); row++) {
			name = pg_value(r, row, 0);
			if (name && strcmp(name, d->columns[i].name) == 0)
				break;
		}
		if (row == pg_rows(r)) {
			failed = unknown_column(r, d, &d->columns[i], e);
			break;
		}
		integer = pg_value(r, row, 1);
		t->integer[i] = integer && *integer == 't';
	}
	pg_free(r);
	return failed;
}

static bool has_places(const struct table *t)
{
	return strchr("rpm", t->kind) != NULL;
}

/* The share of pages to read first, in percent; 100 and above: all. */
static double percent(const struct dataset *d, const struct table *t)
{
	double wanted = d->max_rows < PAGES_MIN ? PAGES_MIN : (double)d->max_rows;

	return has_places(t) && t->pages > 0 ? 100.0 * wanted / (double)t->pages : 100.0;
}

static void cursor_sql(struct buf *out, const struct dataset *d, const struct table *t,
		       double share, uint64_t seed)
{
	size_t i;

	buf_puts(out, "declare lakeport_sample no scroll cursor for select ");
	for (i = 0; i < d->column_count; i++) {
		buf_puts(out, i ? ", sampled." : "sampled.");
		pg_quote_identifier(out, d->columns[i].name);
	}
	buf_puts(out, " from ");
	add_name(out, d);
	buf_puts(out, " as sampled");
	if (share < 100.0)
		buf_printf(out, " tablesample system (%.12f) repeatable (%lld)", share,
			   (long long)seed);
	if (has_places(t))
		buf_printf(
			out,
			" order by pg_catalog.hashtextextended(sampled.ctid::text, (%lld)::int8), "
			"sampled.tableoid",
			(long long)seed);
	else
		buf_puts(out, " order by pg_catalog.random()");
	buf_printf(out, " limit %llu", (unsigned long long)d->max_rows);
}

/* Whole numbers stay numbers, all else is text as the server writes it. */
static int keep_value(struct dataset *d, const char *text, bool integer, struct value *v,
		      struct error *e)
{
	*v = (struct value){.type = VALUE_NULL};
	if (!text)
		return 0;
	if (integer && text_to_int(text, &v->integer)) {
		v->type = VALUE_INT;
		return 0;
	}
	return dataset_text(d, text, strlen(text), v, e);
}

static int keep_rows(struct dataset *d, const struct table *t, const struct pg_result *r,
		     struct error *e)
{
	int row;
	size_t i;

	for (row = 0; row < pg_rows(r) && d->row_count < d->max_rows; row++) {
		struct value *values = dataset_add_row(d, e);

		if (!values)
			return -1;
		for (i = 0; i < d->column_count; i++)
			if (keep_value(d, pg_value(r, row, (int)i), t->integer[i], &values[i], e) <
			    0)
				return -1;
	}
	return 0;
}

static int fetch(struct pg *pg, struct dataset *d, const struct table *t, struct error *e)
{
	char sql[64];
	int rows;

	snprintf(sql, sizeof(sql), "fetch forward %d from lakeport_sample", FETCH);
	do {
		struct pg_result *r = pg_query(pg, sql, NULL, 0, e);
		int failed;

		if (!r)
			return server_fault(d, e);
		rows = pg_rows(r);
		failed = keep_rows(d, t, r, e);
		pg_free(r);
		if (failed)
			return -1;
	} while (rows == FETCH && d->row_count < d->max_rows);
	return 0;
}

static int read_cursor(struct pg *pg, struct dataset *d, const struct table *t, double share,
		       uint64_t seed, struct error *e)
{
	struct buf sql = {.max = 65536};
	char setseed[64];
	int failed;

	snprintf(setseed, sizeof(setseed), "select setseed(%.9f)",
		 (double)(seed % 1000003) / 1000003.0);
	cursor_sql(&sql, d, t, share, seed);
	failed = pg_exec(pg, setseed, e) < 0 || pg_exec(pg, buf_text(&sql), e) < 0;
	buf_release(&sql);
	if (failed)
		return server_fault(d, e);
	if (fetch(pg, d, t, e) < 0)
		return -1;
	return pg_exec(pg, "close lakeport_sample", e) < 0 ? server_fault(d, e) : 0;
}

static int sample(struct pg *pg, struct dataset *d, uint64_t seed, struct error *e)
{
	struct table t = {0};
	double share;

	if (find_table(pg, d, &t, e) < 0 || find_columns(pg, d, &t, e) < 0)
		return -1;
	share = percent(d, &t);
	if (read_cursor(pg, d, &t, share, seed, e) < 0)
		return -1;
	while (d->row_count == 0 && share < 100.0) { /* those pages are empty */
		share *= 10.0;
		if (read_cursor(pg, d, &t, share, seed, e) < 0)
			return -1;
	}
	if (d->row_count == 0)
		return place_fault(&d->table_place, e,
				   "table '%s' is empty; expected rows to sample", d->table);
	log_debug("%zu rows of '%s' to draw from", d->row_count, d->label);
	return 0;
}

/* Nothing else may change the list: neither parallel workers nor a scan that begins midway. */
static const char begin_sql[] = "begin transaction isolation level repeatable read, read only;"
				"set local max_parallel_workers_per_gather = 0;"
				"set local synchronize_seqscans = off";

int datasets_sample(const struct workload *w, struct pg *pg, uint64_t seed, struct error *e)
{
	bool begun = false;
	struct error ignored;
	int failed = 0;
	size_t i;

	pg_deadline(pg, DEADLINE_MS);
	pg_interruptible(pg);
	for (i = 0; i < w->dataset_count && !failed; i++) {
		struct dataset *d = w->datasets[i];

		if (d->kind != DATASET_SAMPLE || d->values)
			continue;
		if (!begun && pg_exec(pg, begin_sql, e) < 0)
			return server_fault(d, e);
		begun = true;
		failed = sample(pg, d, seed, e);
	}
	if (begun)
		pg_exec(pg, "rollback", &ignored);
	return failed;
}
