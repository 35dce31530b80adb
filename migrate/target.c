/*
 * target.c - see target.h. One query reads the columns, with domains followed down to what they
 * rest on; a table says which types are sent in which binary form.
 */
#include "migrate/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "migrate/strategy.h"

/* pg_type.oid of the types whose binary form we write; fixed in src/include/catalog/pg_type.dat. */
static const struct type_row {
	uint32_t oid; /* sorted */
	enum block_kind kind;
	bool plain_json;
} types[] = {
	{16, BLOCK_BOOL, false},	  {17, BLOCK_BYTES, false},
	{20, BLOCK_INT8, false},	  {21, BLOCK_INT2, false},
	{23, BLOCK_INT4, false},	  {25, BLOCK_TEXT, false},
	{114, BLOCK_JSON, true},	  {700, BLOCK_FLOAT4, false},
	{701, BLOCK_FLOAT8, false},	  {1042, BLOCK_TEXT, false},
	{1043, BLOCK_TEXT, false},	  {1082, BLOCK_DATE, false},
	{1083, BLOCK_TIME, false},	  {1114, BLOCK_TIMESTAMP, false},
	{1184, BLOCK_TIMESTAMPTZ, false}, {1186, BLOCK_INTERVAL, false},
	{1700, BLOCK_NUMERIC, false},	  {2950, BLOCK_UUID, false},
	{3802, BLOCK_JSON, false},
};

#define TYPE_BPCHAR  1042
#define TYPE_VARCHAR 1043
#define TYPE_NUMERIC 1700
#define TYPMOD_HEAD  4 /* VARHDRSZ is part of the type modifiers of texts and numeric */

static const struct type_row *find_type(uint32_t oid)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].oid == oid)
			return &types[i];
	return NULL;
}

/* numeric(p,s) that 128 bits hold for every row; else it stays decimal text. */
static struct block_type numeric_type(int typmod)
{
	int precision = (typmod - TYPMOD_HEAD) >> 16 & 0xFFFF;
	int scale = (((typmod - TYPMOD_HEAD) & 0x7FF) ^ 1024) - 1024;

	if (typmod < TYPMOD_HEAD || precision > 38 || scale < 0 || scale > precision)
		return (struct block_type){BLOCK_NUMERIC, 0, 0};
	return (struct block_type){BLOCK_DECIMAL, precision, scale};
}

static void set_type(struct target_column *c, uint32_t oid, int typmod, bool is_enum)
{
	const struct type_row *row = find_type(oid);

	if (!row) { /* an enum's binary form is its label */
		c->type = (struct block_type){BLOCK_TEXT, 0, 0};
		c->direct = is_enum;
		c->cast = true;
		return;
	}
	c->direct = true;
	c->plain_json = row->plain_json;
	c->type = (struct block_type){row->kind, 0, 0};
	if (oid == TYPE_NUMERIC)
		c->type = numeric_type(typmod);
	else if ((oid == TYPE_BPCHAR || oid == TYPE_VARCHAR) && typmod > TYPMOD_HEAD)
		c->type.precision = typmod - TYPMOD_HEAD;
}

static bool is_true(const struct pg_result *r, int row, int column)
{
	const char *v = pg_value(r, row, column);

	return v && *v == 't';
}

static int64_t number(const struct pg_result *r, int row, int column)
{
	const char *text = pg_value(r, row, column);
	int64_t n = 0;

	return text && text_to_int(text, &n) ? n : 0;
}

static int read_columns(struct pg *pg, struct target *t, struct error *e)
{
	static const char sql[] =
		"with recursive d(n, typ, mod) as ("
		"select attnum, atttypid, atttypmod from pg_attribute "
		"where attrelid = $1 and attnum > 0 and not attisdropped "
		"union all select d.n, b.typbasetype, greatest(b.typtypmod, d.mod) "
		"from d join pg_type b on b.oid = d.typ and b.typtype = 'd') "
		"select a.attname, format_type(a.atttypid, a.atttypmod), b.oid, d.mod, "
		"b.typtype = 'e', a.attnotnull, a.attgenerated <> '', "
		"(a.atthasdef and a.attgenerated = '') or a.attidentity <> '', "
		"a.attidentity = 'a', a.atttypid <> b.oid, "
		"format_type(a.atttypid, -1) from d join pg_type b on b.oid = d.typ "
		"and b.typtype <> 'd' "
		"join pg_attribute a on a.attrelid = $1 and a.attnum = d.n order by a.attnum";
	char oid[20];
	const char *values[] = {oid};
	struct pg_result *r;
	size_t i;

	snprintf(oid, sizeof(oid), "%u", t->oid);
	r = pg_query(pg, sql, values, 1, e);
	if (!r)
		return -1;
	t->column_count = (size_t)pg_rows(r);
	t->columns = arena_alloc(&t->arena, t->column_count * sizeof(*t->columns) + 1);
	for (i = 0; i < t->column_count; i++) {
		struct target_column *c = &t->columns[i];
		int row = (int)i;

		c->name = arena_strdup(&t->arena, pg_value(r, row, 0));
		c->type_name = arena_strdup(&t->arena, pg_value(r, row, 1));
		set_type(c, (uint32_t)number(r, row, 2), (int)number(r, row, 3),
			 is_true(r, row, 4));
		c->not_null = is_true(r, row, 5);
		c->generated = is_true(r, row, 6);
		c->has_default = is_true(r, row, 7);
		c->identity_always = is_true(r, row, 8);
		c->domain = is_true(r, row, 9);
		c->cast_name = arena_strdup(&t->arena, pg_value(r, row, 10));
		t->identity |= c->identity_always;
	}
	pg_free(r);
	return 0;
}

/* Is there a unique index on exactly the keys? */
static int read_keyed(struct pg *pg, const struct load_settings *s, struct target *t,
		      struct error *e)
{
	struct buf sql = {0};
	struct pg_result *r;
	size_t i;

	if (s->keys.count == 0)
		return 0;
	buf_puts(&sql, "with k as (select array[");
	for (i = 0; i < s->keys.count; i++) {
		buf_puts(&sql, i ? "," : "");
		pg_quote_literal(&sql, s->keys.items[i]);
	}
	buf_printf(&sql,
		   "]::text[] names) select exists (select from pg_index i, k where "
		   "i.indrelid = %u and i.indisunique and i.indisvalid and i.indimmediate and "
		   "i.indpred is null and i.indexprs is null and i.indnkeyatts = %zu and "
		   "(select count(*) from pg_attribute a where a.attrelid = i.indrelid and "
		   "a.attnum = any (i.indkey[0:i.indnkeyatts-1]) and a.attname = any (k.names)) "
		   "= %zu)",
		   t->oid, s->keys.count, s->keys.count);
	r = pg_query(pg, buf_text(&sql), NULL, 0, e);
	buf_release(&sql);
	if (!r)
		return -1;
	t->keyed = is_true(r, 0, 0);
	pg_free(r);
	return 0;
}

static int read_empty(struct pg *pg, struct target *t, struct error *e)
{
	struct buf sql = {0};
	char *text;

	buf_printf(&sql, "select not exists (select from %s limit 1)", t->quoted);
	text = pg_scalar(pg, buf_text(&sql), e);
	buf_release(&sql);
	if (!text)
		return -1;
	t->empty = *text == 't';
	free(text);
	return 0;
}

/* 1 a table that we may write, 0 nothing there. */
static int find_table(struct pg *pg, struct target *t, struct error *e)
{
	const char *values[] = {t->schema, t->table};
	struct pg_result *r = pg_query(pg,
				       "select c.oid, c.relkind, "
				       "has_schema_privilege(n.oid, 'USAGE') and "
				       "has_table_privilege(c.oid, 'INSERT'), "
				       "row_security_active(c.oid) from pg_class c "
				       "join pg_namespace n on n.oid = c.relnamespace "
				       "where n.nspname = $1 and c.relname = $2",
				       values, 2, e);
	int found = r ? pg_rows(r) > 0 : -1;

	if (found == 1) {
		const char *kind = pg_value(r, 0, 1);

		t->oid = (uint32_t)number(r, 0, 0);
		t->partitioned = *kind == 'p';
		t->row_security = is_true(r, 0, 3);
		if (!strchr("rpf", *kind))
			found = error_set(e, ERROR_INPUT, "'%s.%s' is not a table", t->schema,
					  t->table);
		else if (!is_true(r, 0, 2)) {
			found = error_set(e, ERROR_REFUSED, "user '%s' may not write '%s.%s'",
					  pg_user(pg), t->schema, t->table);
			error_hint(e, "grant insert (and for other strategies than append select, "
				      "update, delete) on the table");
		}
	}
	pg_free(r);
	return found;
}

int target_read(struct pg *pg, const struct load_settings *s, struct target *t, struct error *e)
{
	struct buf quoted = {0};
	int found;

	memset(t, 0, sizeof(*t));
	pg_quote_identifier(&quoted, s->schema);
	buf_putc(&quoted, '.');
	pg_quote_identifier(&quoted, s->table);
	t->quoted = arena_strdup(&t->arena, buf_text(&quoted));
	buf_release(&quoted);
	t->schema = arena_strdup(&t->arena, s->schema);
	t->table = arena_strdup(&t->arena, s->table);
	found = find_table(pg, t, e);
	if (found == 1 &&
	    (read_columns(pg, t, e) < 0 || read_keyed(pg, s, t, e) < 0 || read_empty(pg, t, e) < 0))
		found = error_context(e, "while looking at '%s.%s'", s->schema, s->table);
	if (found <= 0)
		target_release(t);
	return found;
}

void target_release(struct target *t)
{
	arena_release(&t->arena);
	memset(t, 0, sizeof(*t));
}

const struct target_column *target_find(const struct target *t, const char *name, bool any_case)
{
	const struct target_column *like = NULL;
	size_t i;

	for (i = 0; i < t->column_count; i++)
		if (strcmp(t->columns[i].name, name) == 0)
			return &t->columns[i];
	for (i = 0; any_case && i < t->column_count; i++) {
		if (strcasecmp(t->columns[i].name, name) != 0)
			continue;
		if (like)
			return NULL;
		like = &t->columns[i];
	}
	return like;
}
