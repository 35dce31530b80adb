/*
 * rules_snowflake_tables.c - Snowflake's functions as tables: FLATTEN, GENERATOR, SPLIT_TO_TABLE;
 * and $1, the first column of VALUES.
 */
#include "convert/rules.h"

#include <stdlib.h>
#include <string.h>

/* Elements of an array and fields of an object; index counts from 0. */
#define FLATTEN                                                                                    \
	"SELECT NULL::text AS key, (_o - 1)::int AS index, _v AS value"                            \
	" FROM jsonb_array_elements(CASE WHEN jsonb_typeof($1) = 'array' THEN $1 END)"             \
	" WITH ORDINALITY AS _u(_v, _o)"                                                           \
	" UNION ALL SELECT _k, NULL, _w FROM jsonb_each(CASE WHEN jsonb_typeof($1) = 'object'"     \
	" THEN $1 END) AS _x(_k, _w)"
/* All six columns, where they are asked for. */
#define FLATTEN_ALL                                                                                \
	"SELECT 1 AS seq, NULL::text AS key, '[' || _o - 1 || ']' AS path, (_o - 1)::int AS "      \
	"index,"                                                                                   \
	" _v AS value, $1 AS this"                                                                 \
	" FROM jsonb_array_elements(CASE WHEN jsonb_typeof($1) = 'array' THEN $1 END)"             \
	" WITH ORDINALITY AS _u(_v, _o)"                                                           \
	" UNION ALL SELECT 1, _k, _k, NULL, _w, $1 FROM jsonb_each(CASE WHEN jsonb_typeof($1) ="   \
	" 'object' THEN $1 END) AS _x(_k, _w)"
#define OUTER_ALL                                                                                  \
	" UNION ALL SELECT 1, NULL, NULL, NULL, NULL, $1 WHERE $1 IS NULL OR $1 IN ('[]', '{}')"   \
	" OR jsonb_typeof($1) NOT IN ('array', 'object')"
#define OUTER                                                                                      \
	" UNION ALL SELECT NULL, NULL, NULL WHERE $1 IS NULL OR $1 IN ('[]', '{}')"                \
	" OR jsonb_typeof($1) NOT IN ('array', 'object')"

static struct node *named_argument(const struct node *call, const char *name, uint32_t place)
{
	for (uint32_t i = 0; i < node_arg_count(call); i++) {
		struct node *a = node_arg(call, i);

		if (a->kind == NODE_ARG ? str_is_word(a->text, name) : i == place)
			return a->kind == NODE_ARG ? a->child[0] : a;
	}
	return NULL;
}

static bool is_true(const struct node *n)
{
	return n && n->kind == NODE_BOOL && n->op;
}

/* Whether the query names seq, path or this, or all columns. */
static bool wants_all(const struct node *n)
{
	struct str last;

	if (!n)
		return false;
	if (n->kind == NODE_STAR && n->parent && n->parent->kind != NODE_LIST)
		return true;
	if (n->kind == NODE_COLUMN) {
		last = node_last_name(n);
		return str_is_word(last, "seq") || str_is_word(last, "path") ||
		       str_is_word(last, "this");
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (wants_all(n->child[i]))
			return true;
	return false;
}

/* The query that stands for the call, or NULL. */
static struct node *query_of(struct rewrite *r, const struct node *call)
{
	struct node *args[2] = {NULL, NULL};
	bool outer;

	if (node_calls(call, "flatten")) {
		struct node *path = named_argument(call, "path", 1);

		args[0] = named_argument(call, "input", 0);
		if (!args[0] || is_true(named_argument(call, "recursive", 3)))
			return NULL;
		args[1] = path;
		if (path)
			args[0] = rewrite_template(r, "($1 #> $path2)", 2, args);
		if (!args[0])
			return NULL;
		outer = is_true(named_argument(call, "outer", 2));
		if (wants_all(node_above(call, NODE_SELECT)))
			return rewrite_template(
				r, outer ? "(" FLATTEN_ALL OUTER_ALL ")" : "(" FLATTEN_ALL ")", 1,
				args);
		return rewrite_template(r, outer ? "(" FLATTEN OUTER ")" : "(" FLATTEN ")", 1,
					args);
	}
	if (node_calls(call, "generator")) {
		args[0] = named_argument(call, "rowcount", 0);
		return args[0] ? rewrite_template(r, "(SELECT generate_series(1, $1))", 1, args)
			       : NULL;
	}
	if (node_calls(call, "split_to_table") && node_arg_count(call) == 2) {
		args[0] = node_arg(call, 0);
		args[1] = node_arg(call, 1);
		return rewrite_template(
			r,
			"(SELECT 1 AS seq, _i::int AS index, _x AS value"
			" FROM string_to_table($1, $2) WITH ORDINALITY AS _u(_x, _i))",
			2, args);
	}
	return NULL;
}

/* What comes out of FLATTEN is JSON: casts of it need to know. */
static void know_types(struct node *query)
{
	struct node *q = query;

	while (q && (q->kind == NODE_QUERY || q->kind == NODE_SETOP))
		q = q->kind == NODE_QUERY ? q->child[QUERY_BODY] : q->child[0];
	if (!q || q->kind != NODE_SELECT || q->child[SELECT_ITEMS]->count < 3)
		return;
	q = q->child[SELECT_ITEMS]->child[q->child[SELECT_ITEMS]->count == 3 ? 2 : 4];
	if (q->kind == NODE_ITEM && q->child[ITEM_VALUE])
		q->child[ITEM_VALUE]->type = TYPE_JSON;
}

static void replace_call(struct rewrite *r, struct node *n)
{
	bool flatten = node_calls(n->child[TABLE_CALL_CALL], "flatten");
	struct node *subquery = query_of(r, n->child[TABLE_CALL_CALL]), *derived, *alias;

	if (!subquery || subquery->kind != NODE_SUBQUERY)
		return;
	if (flatten)
		know_types(subquery->child[0]);
	derived = node_make(r->arena, NODE_DERIVED);
	derived->flags |= FLAG_LATERAL;
	alias = n->child[TABLE_CALL_ALIAS];
	if (!alias) {
		alias = node_make(r->arena, NODE_ALIAS);
		node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
	}
	node_put(derived, DERIVED_QUERY, subquery->child[0]);
	node_put(derived, DERIVED_ALIAS, alias);
	node_replace(n, derived);
}

static void below(struct rewrite *r, struct node *n)
{
	for (uint32_t i = 0; n && i < n->count; i++) {
		struct node *c = n->child[i];

		if (!c)
			continue;
		if (c->kind == NODE_TABLE_CALL && c->child[TABLE_CALL_CALL]->kind == NODE_CALL)
			replace_call(r, c);
		else if (c->kind == NODE_JOIN || c->kind == NODE_JOIN_PAREN)
			below(r, c);
	}
}

/* Seen from the SELECT, before its items ask for types. */
bool rule_table_functions(struct rewrite *r, struct node *n)
{
	below(r, n->child[SELECT_FROM]);
	return false;
}

/* $1 FROM VALUES (...): the first column, which Postgres names as Snowflake does. */
bool rule_column_number(struct rewrite *r, struct node *n)
{
	const struct node *select = node_above(n, NODE_SELECT), *from, *table;
	char *name;

	from = select ? select->child[SELECT_FROM] : NULL;
	table = from && from->count == 1 ? from->child[0] : NULL;
	if (n->text.len < 2 || n->text.p[0] != '$' || !table || table->kind != NODE_DERIVED)
		return false;
	for (size_t i = 1; i < n->text.len; i++)
		if (n->text.p[i] < '0' || n->text.p[i] > '9')
			return false;
	table = table->child[DERIVED_QUERY];
	while (table && table->kind == NODE_QUERY)
		table = table->child[QUERY_BODY];
	if (!table || table->kind != NODE_VALUES)
		return false;
	name = arena_printf(r->arena, "column%.*s", (int)n->text.len - 1, n->text.p + 1);
	node_replace(n, node_column(r->arena, name));
	return true;
}
