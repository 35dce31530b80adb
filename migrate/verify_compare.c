/*
 * verify_compare.c - a table beside what it should be: counts and sums of row hashes, and the rows
 * that differ.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "migrate/settings_text.h"
#include "migrate/verify_parts.h"

#define SHOWN "100" /* differences that are looked for */

int verify_run(struct verify *v, struct buf *sql, struct error *e)
{
	int status = pg_exec(v->pg, buf_text(sql), e);

	buf_clear(sql);
	return status;
}

int verify_copy(struct verify *v, struct error *e)
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
	status = verify_run(v, &sql, e);
	v->copy = v->target;
	v->copy.quoted = COPY_TABLE;
	v->copy.identity = false;
	if (status == 0 && v->settings->strategy->unique_key) {
		v->settings->strategy->unique_key(v->settings, &v->copy, &sql);
		status = verify_run(v, &sql, e);
	}
	buf_release(&sql);
	return status;
}

/* What names a row: keys and time of an scd2, keys, what was said, or the primary key. */
static int choose_keys(struct verify *v, const struct names *said, struct error *e)
{
	const struct load_settings *s = v->settings;
	struct pg_result *r;
	char oid[24];
	const char *values[] = {oid};
	int row;

	if (s->strategy == &strategy_scd2 && !v->current) {
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

int verify_keys(struct verify *v, const struct names *said, struct error *e)
{
	size_t i;

	if (choose_keys(v, said, e) < 0)
		return -1;
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

/* " where ..." for both sides. */
static void add_scope(const struct verify *v, struct buf *sql)
{
	if (!v->current)
		return;
	buf_puts(sql, " where ");
	pg_quote_identifier(sql, v->settings->current_column);
}

static int sum_up(struct verify *v, const char *table, int64_t *rows, char **sum, struct error *e)
{
	struct buf sql = {0};
	struct pg_result *r;

	buf_puts(&sql, "select count(*), coalesce(sum(hashtextextended(row(");
	add_columns(&sql, &v->columns, "", "");
	buf_printf(&sql, ")::text, 0)::numeric), 0)::text from %s", table);
	add_scope(v, &sql);
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
		 "), x.name, x.want, x.have from (select 1 as lakeport_side, * from " COPY_TABLE);
	add_scope(v, sql);
	buf_printf(sql, ") w %s join (select 1 as lakeport_side, * from %s",
		   v->out->partial ? "left" : "full", v->target.quoted);
	add_scope(v, sql);
	buf_puts(sql, ") h on ");
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
	buf_puts(sql, ")::text as line from " COPY_TABLE);
	add_scope(v, sql);
	buf_puts(sql, " union all select -1, row(");
	add_columns(sql, &v->columns, "", "");
	buf_printf(sql, ")::text from %s", v->target.quoted);
	add_scope(v, sql);
	buf_printf(sql, ") x group by line having sum(n) %s 0 limit " SHOWN,
		   v->out->partial ? ">" : "<>");
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

int verify_compare(struct verify *v, struct error *e)
{
	struct verify_result *out = v->out;
	char *want = NULL, *have = NULL;

	if (sum_up(v, COPY_TABLE, &out->want_rows, &want, e) < 0 ||
	    sum_up(v, v->target.quoted, &out->have_rows, &have, e) < 0)
		return -1;
	out->equal = out->want_rows == out->have_rows && strcmp(want, have) == 0;
	out->keyed = v->keys.count > 0;
	if (!out->equal && find_rows(v, e) < 0)
		return -1;
	if (out->partial && out->count == 0)
		out->equal = true;
	return 0;
}
