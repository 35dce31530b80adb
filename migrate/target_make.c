/*
 * target_make.c - creating the target and letting it follow its files: see target.h. Names are kept
 * to the letter and always quoted; what Postgres would cut or refuse is found before anything is
 * done.
 */
#include "migrate/target.h"

#include <stdio.h>
#include <string.h>

#include "migrate/ledger_sql.h"
#include "migrate/strategy.h"

void target_type_sql(struct buf *sql, struct block_type type)
{
	buf_puts(sql, type.kind == BLOCK_TEXT && type.precision ? "character varying"
								: block_kind_type(type.kind));
	if (type.kind == BLOCK_DECIMAL && type.precision)
		buf_printf(sql, "(%d,%d)", type.precision, type.scale);
	else if (type.kind == BLOCK_TEXT && type.precision)
		buf_printf(sql, "(%d)", type.precision);
}

int target_check_names(const struct table_shape *shape, struct error *e)
{
	size_t i, k;

	if (shape->column_count == 0)
		return error_set(e, ERROR_INPUT, "there are no columns");
	if (shape->column_count > COLUMNS_MAX)
		return error_set(e, ERROR_INPUT, "there are %zu columns, a table holds %d",
				 shape->column_count, COLUMNS_MAX);
	for (i = 0; i < shape->column_count; i++) {
		const char *name = shape->columns[i].name;

		if (!*name) {
			error_set(e, ERROR_INPUT, "column %zu has no name", i + 1);
			return error_hint(e, "give the columns with --schema");
		}
		if (strlen(name) > NAME_MAX_BYTES) {
			error_set(e, ERROR_INPUT,
				  "the name of column '%s' has %zu bytes, %d are "
				  "the limit",
				  name, strlen(name), NAME_MAX_BYTES);
			return error_hint(e, "give other names with --schema");
		}
		for (k = 0; k < i; k++)
			if (strcmp(shape->columns[k].name, name) == 0)
				return error_set(e, ERROR_INPUT, "there are two columns '%s'",
						 name);
	}
	return 0;
}

static void add_column(struct arena *a, struct table_shape *shape, const char *name,
		       enum block_kind kind)
{
	struct source_column *columns;

	columns = arena_alloc(a, (shape->column_count + 1) * sizeof(*columns));
	if (shape->column_count)
		memcpy(columns, shape->columns, shape->column_count * sizeof(*columns));
	columns[shape->column_count++] =
		(struct source_column){.name = name, .type = {.kind = kind}};
	shape->columns = columns;
}

static void own_columns(const struct load_settings *s, struct arena *a, struct table_shape *shape)
{
	if (s->strategy->columns)
		s->strategy->columns(s, a, shape);
	if (s->audit_columns) {
		add_column(a, shape, AUDIT_FILE, BLOCK_TEXT);
		add_column(a, shape, AUDIT_TIME, BLOCK_TIMESTAMPTZ);
		add_column(a, shape, AUDIT_RUN, BLOCK_TEXT);
		add_column(a, shape, AUDIT_LINE, BLOCK_INT8);
	}
	if (s->drift == DRIFT_RESCUE)
		add_column(a, shape, RESCUE_COLUMN, BLOCK_JSON);
}

/* 1 there is such a schema, 0 not: by the tables, not by a cache of before another's commit. */
static int schema_exists(struct pg *pg, const char *name, struct error *e)
{
	struct pg_result *r =
		pg_query(pg, "select from pg_namespace where nspname = $1", &name, 1, e);
	int found = r ? pg_rows(r) > 0 : -1;

	pg_free(r);
	return found;
}

static int create_schema(struct pg *pg, const struct load_settings *s, struct error *e)
{
	int found = schema_exists(pg, s->schema, e);
	struct buf sql = {0};

	if (found != 0)
		return found < 0 ? -1 : 0;
	/* Two that make one schema at the same moment would hurt each other. */
	buf_printf(&sql, "select pg_advisory_xact_lock(%d, 0)", LEDGER_LOCK_SCHEMA);
	if (pg_exec(pg, buf_text(&sql), e) < 0)
		found = -1;
	buf_clear(&sql);
	if (found == 0)
		found = schema_exists(pg, s->schema, e);
	if (found == 0) {
		buf_puts(&sql, "create schema ");
		pg_quote_identifier(&sql, s->schema);
		found = pg_exec(pg, buf_text(&sql), e);
	}
	buf_release(&sql);
	return found < 0 ? -1 : 0;
}

static void create_sql(struct buf *sql, const struct load_settings *s,
		       const struct table_shape *shape)
{
	size_t i;

	buf_puts(sql, "create table ");
	pg_quote_identifier(sql, s->schema);
	buf_putc(sql, '.');
	pg_quote_identifier(sql, s->table);
	buf_puts(sql, " (");
	for (i = 0; i < shape->column_count; i++) {
		const struct source_column *c = &shape->columns[i];

		buf_puts(sql, i ? ", " : "");
		pg_quote_identifier(sql, c->name);
		buf_putc(sql, ' ');
		target_type_sql(sql, c->type);
		if (c->not_null || names_have(&s->keys, c->name))
			buf_puts(sql, " not null");
	}
	buf_putc(sql, ')');
}

/* The delete marker says what to do with a row; it is no part of the table. */
static void drop_marker(const struct load_settings *s, struct arena *a, struct table_shape *shape)
{
	struct table_shape kept = {0};
	size_t i;

	kept.columns = arena_alloc(a, shape->column_count * sizeof(*kept.columns) + 1);
	for (i = 0; i < shape->column_count; i++)
		if (!s->delete_column || strcmp(shape->columns[i].name, s->delete_column) != 0)
			kept.columns[kept.column_count++] = shape->columns[i];
	*shape = kept;
}

int target_create(struct pg *pg, const struct load_settings *s, const struct table_shape *shape,
		  struct error *e)
{
	struct arena a = {0};
	struct table_shape all = *shape;
	struct buf sql = {0};
	int status;

	drop_marker(s, &a, &all);
	own_columns(s, &a, &all);
	status = target_check_names(&all, e);
	if (status == 0)
		status = create_schema(pg, s, e);
	if (status == 0) {
		create_sql(&sql, s, &all);
		status = pg_exec(pg, buf_text(&sql), e);
	}
	buf_release(&sql);
	arena_release(&a);
	return status < 0 ? error_context(e, "while creating '%s.%s'", s->schema, s->table) : 0;
}

/* ---- drift ------------------------------------------------------------------------------------
 */

/* The digits before the point that a type can hold; 0: it is no exact number. */
static int whole_digits(struct block_type t)
{
	switch (t.kind) {
	case BLOCK_INT2:
		return 5;
	case BLOCK_INT4:
		return 10;
	case BLOCK_INT8:
		return 19;
	case BLOCK_DECIMAL:
		return t.precision - t.scale;
	case BLOCK_NUMERIC:
		return 1000;
	default:
		return 0;
	}
}

/*
 * The type that holds all of `have` and of `found` without loss, when that is wider than `have`:
 * along the integers, to numeric, real to double, to longer texts, date to timestamp. False when
 * `have` will do, or nothing but text would.
 */
static bool wider(struct block_type have, struct block_type found, struct block_type *out)
{
	int whole_have = whole_digits(have), whole_found = whole_digits(found);

	*out = found;
	if (have.kind == BLOCK_TEXT && found.kind == BLOCK_TEXT)
		return have.precision && (!found.precision || found.precision > have.precision);
	if ((have.kind == BLOCK_FLOAT4 && found.kind == BLOCK_FLOAT8) ||
	    (have.kind == BLOCK_DATE && found.kind == BLOCK_TIMESTAMP))
		return true;
	if (!whole_have || !whole_found || have.kind == BLOCK_NUMERIC)
		return false;
	if (have.kind != BLOCK_DECIMAL && found.kind != BLOCK_DECIMAL)
		return whole_found > whole_have;
	if (found.kind == BLOCK_NUMERIC)
		return true;
	out->kind = BLOCK_DECIMAL;
	out->scale = have.scale > found.scale ? have.scale : found.scale;
	out->precision = (whole_have > whole_found ? whole_have : whole_found) + out->scale;
	if (out->precision > 38)
		*out = (struct block_type){BLOCK_NUMERIC, 0, 0};
	return out->scale > have.scale || whole_found > whole_have;
}

struct drift_work {
	struct buf sql, words;
	int changes;
};

static void add_to_sql(struct drift_work *w, const struct source_column *c, const char *form)
{
	buf_puts(&w->sql, w->changes++ ? ", " : "");
	buf_puts(&w->sql, form);
	pg_quote_identifier(&w->sql, c->name);
}

/* What a guess is too narrow for is seen value by value: widen.h. */
static void consider(const struct load_settings *s, const struct target *t,
		     const struct source_column *c, struct drift_work *w)
{
	const struct target_column *have = target_find(t, c->name, !s->source.exact_case);
	struct block_type type = c->type;
	struct source_column named = *c;
	bool grow = have && s->drift != DRIFT_ADD_COLUMNS && !c->guessed && !have->domain &&
		    wider(have->type, c->type, &type);

	if (s->delete_column && strcmp(c->name, s->delete_column) == 0)
		return;
	if (have && !grow)
		return;
	buf_puts(&w->words, w->changes ? ", " : "");
	buf_printf(&w->words, have ? "widened '%s' to " : "added '%s' ",
		   have ? have->name : c->name);
	target_type_sql(&w->words, type);
	if (have)
		named.name = have->name;
	add_to_sql(w, &named, have ? "alter column " : "add column ");
	buf_puts(&w->sql, have ? " type " : " ");
	target_type_sql(&w->sql, type);
}

int target_drift(struct pg *pg, const struct load_settings *s, const struct target *t,
		 const struct table_shape *found, struct buf *report, struct error *e)
{
	struct drift_work w = {0};
	struct buf sql = {0};
	int status = 0;
	size_t i;

	for (i = 0; i < found->column_count; i++)
		consider(s, t, &found->columns[i], &w);
	if (w.changes && s->drift == DRIFT_FAIL) {
		error_set(e, ERROR_INPUT, "the file does not fit '%s.%s', which would need: %s",
			  s->schema, s->table, buf_text(&w.words));
		status = error_hint(e, "change the table, or let it follow with --drift");
	} else if (w.changes) {
		buf_printf(&sql, "alter table %s %s", t->quoted, buf_text(&w.sql));
		status = pg_exec(pg, buf_text(&sql), e);
		buf_puts(report, report->len ? ", " : "");
		buf_puts(report, buf_text(&w.words));
	}
	buf_release(&w.sql);
	buf_release(&w.words);
	buf_release(&sql);
	return status < 0 ? -1 : w.changes;
}
