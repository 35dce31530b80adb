/* verify.c - see verify.h. */
#include "migrate/verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "migrate/load_parts.h"
#include "migrate/settings_text.h"
#include "migrate/stage.h"

#define COPY_TABLE "pg_temp.lakeport_verify"
#define SHOWN	   "100" /* differences that are looked for */
#define LOOKED_AT  10	 /* files whose columns are looked at */

struct verify {
	const struct load_settings *settings;
	struct pg *pg;
	int64_t task;
	struct target target, copy; /* copy: the same, but of the temporary table */
	struct layout layout;
	struct names columns, keys;
	struct verify_result *out;
	int64_t rows; /* in the stage so far */
};

void verify_release(struct verify_result *r)
{
	arena_release(&r->arena);
	memset(r, 0, sizeof(*r));
}

static int run_clear(struct verify *v, struct buf *sql, struct error *e)
{
	int status = pg_exec(v->pg, buf_text(sql), e);

	buf_clear(sql);
	return status;
}

/* ---- the files, once more ---------------------------------------------------------------------
 */

static int make_copy(struct verify *v, struct error *e)
{
	struct buf sql = {0};
	size_t i;
	int status;

	buf_printf(&sql, "create temp table lakeport_verify (like %s) on commit drop",
		   v->target.quoted);
	for (i = 0; i < v->target.column_count; i++)
		if (v->target.columns[i].not_null) {
			buf_puts(&sql, "; alter table " COPY_TABLE " alter column ");
			pg_quote_identifier(&sql, v->target.columns[i].name);
			buf_puts(&sql, " drop not null");
		}
	status = run_clear(v, &sql, e);
	v->copy = v->target;
	v->copy.quoted = COPY_TABLE;
	v->copy.identity = false;
	if (status == 0 && v->settings->strategy->unique_key) {
		v->settings->strategy->unique_key(v->settings, &v->copy, &sql);
		status = run_clear(v, &sql, e);
	}
	buf_release(&sql);
	return status;
}

static void count_rejects(void *context, const struct block *b)
{
	struct verify *v = context;

	v->out->rejects += (int64_t)b->reject_count;
}

static int apply(struct verify *v, struct error *e)
{
	const struct strategy *strategy =
		v->settings->strategy->whole ? &strategy_append : v->settings->strategy;
	struct strategy_counts counts = {0};
	struct strategy_run run;

	layout_run(&v->layout, v->settings, &v->copy, v->pg, &run);
	return strategy->apply(&run, &counts, e);
}

static int read_file(struct verify *v, const char *path, struct error *e)
{
	const struct source_options *o = &v->settings->source;
	const struct source *source = source_for_file(o, path, e);
	struct reader *reader = NULL;
	struct buf sql = {0};
	int64_t rows = -1;

	if (!source)
		return -1;
	layout_stage_sql(&v->layout, &sql);
	if (run_clear(v, &sql, e) == 0)
		reader = source->open(o, path, &v->layout.wanted, &v->layout.rules, e);
	buf_release(&sql);
	layout_file(&v->layout, path, 0, "verify");
	if (reader)
		rows = stage_copy(v->pg, &v->layout, &v->target, source, reader, 0, count_rejects,
				  v, e);
	source->close(reader);
	if (rows < 0 || apply(v, e) < 0)
		return error_context(e, "'%s'", path);
	v->out->files++;
	return 0;
}

static int read_files(struct verify *v, struct load_file *files, size_t n, struct error *e)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (read_file(v, files[i].ledger.path, e) < 0)
			return -1;
	return 0;
}

/* ---- what is compared -------------------------------------------------------------------------
 */

static void choose_columns(struct verify *v)
{
	const struct load_settings *s = v->settings;
	bool scd2 = s->strategy == &strategy_scd2;
	size_t i;

	for (i = 0; i < v->layout.column_count; i++) {
		const struct target_column *c = v->layout.columns[i];

		if (!c->generated && !strategy_is_audit(c->name) &&
		    strcmp(c->name, RESCUE_COLUMN) != 0)
			settings_add_name(&v->out->arena, &v->columns, c->name);
	}
	if (scd2)
		settings_add_name(&v->out->arena, &v->columns, s->current_column);
	if (scd2 && s->order_by) {
		settings_add_name(&v->out->arena, &v->columns, s->effective_column);
		settings_add_name(&v->out->arena, &v->columns, s->end_column);
	}
}

/* What names a row: keys and time of an scd2, keys, what was said, or the primary key. */
static int choose_keys(struct verify *v, const struct names *said, struct error *e)
{
	const struct load_settings *s = v->settings;
	struct pg_result *r;
	char oid[24];
	const char *values[] = {oid};
	int row;

	if (s->strategy == &strategy_scd2) {
		if (!s->order_by)
			return 0;
		v->keys = s->keys;
		settings_add_name(&v->out->arena, &v->keys, s->effective_column);
		return 0;
	}
	v->keys = s->keys.count ? s->keys : *said;
	if (v->keys.count)
		return 0;
	snprintf(oid, sizeof(oid), "%u", v->target.oid);
	r = pg_query(
		v->pg,
		"select a.attname from pg_index i cross join unnest(i.indkey) with ordinality "
		"k(n, place) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.n "
		"where i.indrelid = $1 and i.indisprimary order by k.place",
		values, 1, e);
	for (row = 0; r && row < pg_rows(r); row++)
		settings_add_name(&v->out->arena, &v->keys, pg_value(r, row, 0));
	pg_free(r);
	return r ? 0 : -1;
}

static int check_keys(const struct verify *v, struct error *e)
{
	size_t i;

	for (i = 0; i < v->keys.count; i++)
		if (!target_find(&v->target, v->keys.items[i], false))
			return error_set(e, ERROR_INPUT, "'%s.%s' has no key column '%s'",
					 v->target.schema, v->target.table, v->keys.items[i]);
	return 0;
}

static void add_columns(struct buf *sql, const struct names *n, const char *alias, const char *cast)
{
	size_t i;

	for (i = 0; i < n->count; i++) {
		buf_puts(sql, i ? ", " : "");
		buf_puts(sql, alias);
		pg_quote_identifier(sql, n->items[i]);
		buf_puts(sql, cast);
	}
}

/* ---- the comparison -----------------------------------------------------------------------------
 */

static int sum_up(struct verify *v, const char *table, int64_t *rows, char **sum, struct error *e)
{
	struct buf sql = {0};
	struct pg_result *r;

	buf_puts(&sql, "select count(*), coalesce(sum(hashtextextended(row(");
	add_columns(&sql, &v->columns, "", "");
	buf_printf(&sql, ")::text, 0)::numeric), 0)::text from %s", table);
	r = pg_query(v->pg, buf_text(&sql), NULL, 0, e);
	buf_release(&sql);
	if (r) {
		text_to_int(pg_value(r, 0, 0), rows);
		*sum = arena_strdup(&v->out->arena, pg_value(r, 0, 1));
	}
	pg_free(r);
	return r ? 0 : -1;
}

static void keyed_sql(const struct verify *v, struct buf *sql)
{
	size_t i;

	buf_puts(sql, "select case when w.lakeport_side is null then 'extra' when "
		      "h.lakeport_side is null then 'missing' else 'changed' end, concat_ws(', '");
	for (i = 0; i < v->keys.count; i++) {
		buf_puts(sql, ", ");
		pg_quote_literal(sql, v->keys.items[i]);
		buf_puts(sql, " || '=' || coalesce(coalesce(w.");
		pg_quote_identifier(sql, v->keys.items[i]);
		buf_puts(sql, ", h.");
		pg_quote_identifier(sql, v->keys.items[i]);
		buf_puts(sql, ")::text, 'NULL')");
	}
	buf_puts(sql,
		 "), x.name, x.want, x.have from (select 1 as lakeport_side, * from " COPY_TABLE
		 ") w full join (select 1 as lakeport_side, * from ");
	buf_printf(sql, "%s) h on ", v->target.quoted);
	for (i = 0; i < v->keys.count; i++) {
		buf_puts(sql, i ? " and w." : "w.");
		pg_quote_identifier(sql, v->keys.items[i]);
		buf_puts(sql, " = h.");
		pg_quote_identifier(sql, v->keys.items[i]);
	}
	buf_puts(sql, " cross join lateral (values ");
	for (i = 0; i < v->columns.count; i++) {
		buf_puts(sql, i ? ", (" : "(");
		pg_quote_literal(sql, v->columns.items[i]);
		buf_puts(sql, ", w.");
		pg_quote_identifier(sql, v->columns.items[i]);
		buf_puts(sql, "::text, h.");
		pg_quote_identifier(sql, v->columns.items[i]);
		buf_puts(sql, "::text)");
	}
	buf_puts(sql, ") x(name, want, have) where row(");
	add_columns(sql, &v->columns, "w.", "::text");
	buf_puts(sql, ") is distinct from row(");
	add_columns(sql, &v->columns, "h.", "::text");
	buf_puts(sql, ") and (x.want is distinct from x.have) limit " SHOWN);
}

static void multiset_sql(const struct verify *v, struct buf *sql)
{
	buf_puts(sql, "select case when sum(n) > 0 then 'missing' else 'extra' end, "
		      "left(line, 300), '', abs(sum(n))::text, '' from (select 1 as n, row(");
	add_columns(sql, &v->columns, "", "");
	buf_puts(sql, ")::text as line from " COPY_TABLE " union all select -1, row(");
	add_columns(sql, &v->columns, "", "");
	buf_printf(sql, ")::text from %s) x group by line having sum(n) <> 0 limit " SHOWN,
		   v->target.quoted);
}

static const char *keep(struct verify *v, const char *text)
{
	return arena_strdup(&v->out->arena, text ? text : "NULL");
}

/* A row that is missing or extra is one difference, not one for each column. */
static int find_rows(struct verify *v, struct error *e)
{
	struct verify_result *out = v->out;
	struct buf sql = {0};
	struct pg_result *r;
	int row;

	(out->keyed ? keyed_sql : multiset_sql)(v, &sql);
	r = pg_query(v->pg, buf_text(&sql), NULL, 0, e);
	buf_release(&sql);
	if (!r)
		return -1;
	out->differences =
		arena_alloc(&out->arena, ((size_t)pg_rows(r) + 1) * sizeof(*out->differences));
	for (row = 0; row < pg_rows(r); row++) {
		struct verify_difference *d = &out->differences[out->count];
		bool changed = strcmp(pg_value(r, row, 0), "changed") == 0;

		*d = (struct verify_difference){
			.kind = keep(v, pg_value(r, row, 0)),
			.key = keep(v, pg_value(r, row, 1)),
			.column = changed ? keep(v, pg_value(r, row, 2)) : "",
			.want = changed ? keep(v, pg_value(r, row, 3)) : "",
			.have = changed ? keep(v, pg_value(r, row, 4)) : ""};
		if (out->count && !changed && strcmp(d[-1].key, d->key) == 0 && out->keyed)
			continue;
		out->count++;
	}
	pg_free(r);
	return 0;
}

static int compare(struct verify *v, struct error *e)
{
	struct verify_result *out = v->out;
	char *want = NULL, *have = NULL;

	if (sum_up(v, COPY_TABLE, &out->want_rows, &want, e) < 0 ||
	    sum_up(v, v->target.quoted, &out->have_rows, &have, e) < 0)
		return -1;
	out->equal = out->want_rows == out->have_rows && strcmp(want, have) == 0;
	out->keyed = v->keys.count > 0;
	return out->equal ? 0 : find_rows(v, e);
}

/* ---- one table ----------------------------------------------------------------------------------
 */

/* Keeps the files that have rows in the table, by the ledger. */
static int keep_loaded(struct verify *v, struct load_file *files, size_t *n, struct error *e)
{
	struct ledger_file *views = xcalloc(*n + 1, sizeof(*views));
	size_t i, kept = 0;
	int status;

	for (i = 0; i < *n; i++)
		views[i] = files[i].ledger;
	status = ledger_look(v->pg, v->task, views, *n, e);
	for (i = 0; status == 0 && i < *n; i++) {
		if (!views[i].loaded) {
			v->out->files_waiting++;
			continue;
		}
		if (!views[i].same)
			log_warn("'%s' changed after it was loaded", views[i].path);
		files[kept] = files[i];
		files[kept++].ledger = views[i];
	}
	free(views);
	*n = kept;
	return status;
}

static int prepare(struct verify *v, const struct names *keys, struct load_file *files, size_t n,
		   struct error *e)
{
	const struct load_settings *s = v->settings;
	struct table_shape found = {0};

	if (load_describe(s, files, n < LOOKED_AT ? n : LOOKED_AT, &v->out->arena, &found, e) < 0 ||
	    layout_make(&v->layout, s, &v->target, n ? &found : NULL, true, e) < 0)
		return -1;
	choose_columns(v);
	if (choose_keys(v, keys, e) < 0 || check_keys(v, e) < 0)
		return -1;
	return make_copy(v, e);
}

static int verify(struct verify *v, const struct names *keys, struct load_file *files, size_t n,
		  struct error *e)
{
	const struct load_settings *s = v->settings;
	int found;

	if (pg_exec(v->pg, "begin isolation level repeatable read", e) < 0)
		return -1;
	if (ledger_exists(v->pg, e) != 1)
		return e->class != ERROR_NONE ? -1
					      : error_set(e, ERROR_INPUT,
							  "there is no ledger: nothing was loaded");
	found = target_read(v->pg, s, &v->target, e);
	if (found == 0)
		error_set(e, ERROR_INPUT, "there is no table '%s.%s'", s->schema, s->table);
	if (found != 1 || ledger_find_task(v->pg, s->schema, s->table, &v->task, e) < 0 ||
	    keep_loaded(v, files, &n, e) < 0)
		return -1;
	if (prepare(v, keys, files, n, e) < 0 || read_files(v, files, n, e) < 0)
		return -1;
	return compare(v, e);
}

int verify_table(const char *dsn, const struct load_settings *s, const struct names *keys,
		 struct load_file *files, size_t n, struct verify_result *out, struct error *e)
{
	struct load_settings copy = *s;
	struct verify v = {.settings = &copy, .out = out};
	int status = -1;

	if (copy.drift != DRIFT_RESCUE) /* the table is what it is */
		copy.drift = DRIFT_NONE;
	v.pg = load_connect(dsn, &copy, e);
	if (v.pg)
		status = verify(&v, keys, files, n, e);
	if (v.pg && pg_alive(v.pg))
		pg_exec(v.pg, "rollback", NULL);
	layout_release(&v.layout);
	target_release(&v.target);
	pg_close(v.pg);
	return status;
}
