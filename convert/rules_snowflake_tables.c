/*
 * rules_snowflake_tables.c - Snowflake's functions as tables: FLATTEN, GENERATOR, SPLIT_TO_TABLE;
 * and $1, the first column of VALUES.
 */
#include "convert/rules.h"

#include <stdlib.h>
#include <string.h>

/* Elements of an array and fields of an object; index counts from 0. */
#define ELEMENTS_OF(x)                                                                             \
	" FROM jsonb_array_elements(CASE WHEN jsonb_typeof(" x ") = 'array' THEN " x " END)"       \
	" WITH ORDINALITY AS _u(_v, _o)"
#define FIELDS_OF(x)                                                                               \
	" FROM jsonb_each(CASE WHEN jsonb_typeof(" x ") = 'object' THEN " x " END) AS _x(_k, _w)"
#define IS_EMPTY                                                                                   \
	" WHERE $1 IS NULL OR $1 IN ('[]', '{}') OR jsonb_typeof($1) NOT IN ('array', 'object')"
#define FLATTEN                                                                                    \
	"SELECT NULL::text AS key, (_o - 1)::int AS index, _v AS value" ELEMENTS_OF(               \
		"$1") " UNION ALL SELECT _k, NULL, _w" FIELDS_OF("$1")
#define OUTER " UNION ALL SELECT NULL, NULL, NULL" IS_EMPTY
/* All six columns, where they are asked for; a path that was given comes first. */
#define FLATTEN_ALL(brackets, key)                                                                 \
	"SELECT 1 AS seq, NULL::text AS key, " brackets " || _o - 1 || ']' AS path,"               \
	" (_o - 1)::int AS index, _v AS value, $1 AS this" ELEMENTS_OF(                            \
		"$1") " UNION ALL SELECT 1, _k, " key ", NULL, _w, $1" FIELDS_OF("$1")
#define OUTER_ALL " UNION ALL SELECT 1, NULL, NULL, NULL, NULL, $1" IS_EMPTY
/* All levels; $2 is the path so far. The kinds that MODE leaves out have no members. */
#define LEVEL_ARRAYS                                                                               \
	"SELECT NULL::text AS key, _f.path || '[' || _o - 1 || ']' AS path,"                       \
	" (_o - 1)::int AS index, _v AS value" ELEMENTS_OF("_f.value")
#define LEVEL_FIELDS(key, path, index, value)                                                      \
	"SELECT _k" key ", coalesce(nullif(_f.path, '') || '.', '') || _k" path                    \
	", NULL::int" index ", _w" value FIELDS_OF("_f.value")
#define LEVELS(members)                                                                            \
	"WITH RECURSIVE _f AS (SELECT NULL::text AS key, $2::text AS path, NULL::int AS index,"    \
	" $1 AS value, NULL::jsonb AS this UNION ALL SELECT _m.key, _m.path, _m.index, _m.value,"  \
	" _f.value FROM _f CROSS JOIN LATERAL (" members ") AS _m)"                                \
	" SELECT 1 AS seq, key, path, index, value, this FROM _f WHERE this IS NOT NULL"

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

static bool mode_is(const struct node *mode, const char *word)
{
	return mode && mode->kind == NODE_STRING && str_is_word(mode->text, word);
}

static const char *levels_text(const struct node *mode, bool outer)
{
	if (mode_is(mode, "object"))
		return outer ? "(" LEVELS(LEVEL_FIELDS(" AS key", " AS path", " AS index",
						       " AS value")) OUTER_ALL ")"
			     : "(" LEVELS(LEVEL_FIELDS(" AS key", " AS path", " AS index",
						       " AS value")) ")";
	if (mode_is(mode, "array"))
		return outer ? "(" LEVELS(LEVEL_ARRAYS) OUTER_ALL ")"
			     : "(" LEVELS(LEVEL_ARRAYS) ")";
	return outer ? "(" LEVELS(LEVEL_ARRAYS " UNION ALL " LEVEL_FIELDS("", "", "", "")) OUTER_ALL
		       ")"
		     : "(" LEVELS(LEVEL_ARRAYS " UNION ALL " LEVEL_FIELDS("", "", "", "")) ")";
}

/* FLATTEN(INPUT => x, PATH => p, OUTER => b, RECURSIVE => b, MODE => m) */
static struct node *flatten(struct rewrite *r, const struct node *call)
{
	struct node *args[2] = {named_argument(call, "input", 0), named_argument(call, "path", 1)};
	const struct node *mode = named_argument(call, "mode", 4);
	bool outer = is_true(named_argument(call, "outer", 2)), path = args[1];
	bool deep = is_true(named_argument(call, "recursive", 3));

	if (!args[0] || (mode && !deep && !mode_is(mode, "both")))
		return NULL;
	if (path)
		args[0] = rewrite_template(r, "($1 #> $path2)", 2, args);
	else
		args[1] = node_string(r->arena, (struct str){"", 0});
	if (!args[0])
		return NULL;
	if (deep)
		return rewrite_template(r, levels_text(mode, outer), 2, args);
	if (!wants_all(node_above(call, NODE_SELECT)))
		return rewrite_template(r, outer ? "(" FLATTEN OUTER ")" : "(" FLATTEN ")", 1,
					args);
	if (path)
		return rewrite_template(r,
					outer ? "(" FLATTEN_ALL("$2 || '['", "$2 || '.' || _k")
							OUTER_ALL ")"
					      : "(" FLATTEN_ALL("$2 || '['", "$2 || '.' || _k") ")",
					2, args);
	return rewrite_template(r,
				outer ? "(" FLATTEN_ALL("'['", "_k") OUTER_ALL ")"
				      : "(" FLATTEN_ALL("'['", "_k") ")",
				1, args);
}

/* The query that stands for the call, or NULL. */
static struct node *query_of(struct rewrite *r, const struct node *call)
{
	struct node *args[2] = {NULL, NULL};

	if (node_calls(call, "flatten"))
		return flatten(r, call);
	if (node_calls(call, "generator")) {
		args[0] = named_argument(call, "rowcount", 0);
		return args[0] ? rewrite_template(r, "(SELECT generate_series(0, $1 - 1) AS _seq)",
						  1, args)
			       : NULL;
	}
	args[0] = node_arg(call, 0);
	args[1] = node_arg(call, 1);
	if (node_calls(call, "split_to_table") && node_arg_count(call) == 2)
		return rewrite_template(
			r,
			"(SELECT 1 AS seq, _i::int AS index, _x AS value"
			" FROM string_to_table($1, $2) WITH ORDINALITY AS _u(_x, _i))",
			2, args);
	if (node_calls(call, "strtok_split_to_table") && node_arg_count(call) == 2)
		return rewrite_template(
			r,
			"(SELECT 1 AS seq, row_number() OVER (ORDER BY _i)::int AS index, _x AS "
			"value FROM regexp_split_to_table($1, $charclass2)"
			" WITH ORDINALITY AS _u(_x, _i) WHERE _x <> '')",
			2, args);
	if (node_calls(call, "strtok_split_to_table") && node_arg_count(call) == 1)
		return rewrite_template(r,
					"(SELECT 1 AS seq, row_number() OVER (ORDER BY _i)::int AS "
					"index, _x AS value FROM string_to_table($1, ' ')"
					" WITH ORDINALITY AS _u(_x, _i) WHERE _x <> '')",
					1, args);
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

/* LEFT JOIN without a condition. */
static void join_always(struct rewrite *r, struct node *join)
{
	struct node *yes;

	if (join->kind != NODE_JOIN || join->op != JOIN_LEFT_OUTER || join->child[JOIN_ON] ||
	    join->child[JOIN_USING])
		return;
	yes = node_make(r->arena, NODE_BOOL);
	yes->op = 1;
	node_set(join, JOIN_ON, yes);
}

/* The numbers of the source's rows are not known: each row of FLATTEN says 1. */
static bool asks_seq(const struct node *n)
{
	if (!n)
		return false;
	if (n->kind == NODE_COLUMN && str_is_word(node_last_name(n), "seq"))
		return true;
	for (uint32_t i = 0; i < n->count; i++)
		if (asks_seq(n->child[i]))
			return true;
	return false;
}

/* SEQ4() of a GENERATOR is its number; elsewhere rows are counted. */
static void put_sequence(struct rewrite *r, struct node *n, const struct node *alias,
			 const struct node *column)
{
	struct node *value;

	if (!n || n->kind == NODE_FROM || n->kind == NODE_SUBQUERY)
		return;
	if (node_calls(n, "seq4") || node_calls(n, "seq8") || node_calls(n, "seq2") ||
	    node_calls(n, "seq1")) {
		value = node_make(r->arena, NODE_COLUMN);
		node_add(r->arena, value, node_copy(r->arena, alias));
		node_add(r->arena, value, node_copy(r->arena, column));
		node_replace(n, value)->type = TYPE_INT;
		return;
	}
	for (uint32_t i = 0; i < n->count; i++)
		put_sequence(r, n->child[i], alias, column);
}

static void number_generator(struct rewrite *r, struct node *derived)
{
	struct node *query = derived->child[DERIVED_QUERY],
		    *select = node_above(derived, NODE_SELECT);
	const struct node *item;

	while (query && query->kind == NODE_QUERY)
		query = query->child[QUERY_BODY];
	if (!query || query->kind != NODE_SELECT || !select)
		return;
	item = query->child[SELECT_ITEMS]->child[0];
	put_sequence(r, select->parent->kind == NODE_QUERY ? select->parent : select,
		     derived->child[DERIVED_ALIAS]->child[ALIAS_NAME], item->child[ITEM_ALIAS]);
}

static void replace_call(struct rewrite *r, struct node *n)
{
	bool flatten = node_calls(n->child[TABLE_CALL_CALL], "flatten"),
	     generator = node_calls(n->child[TABLE_CALL_CALL], "generator");
	struct node *subquery = query_of(r, n->child[TABLE_CALL_CALL]), *derived, *alias;

	if (!subquery || subquery->kind != NODE_SUBQUERY)
		return;
	if (flatten) {
		know_types(subquery->child[0]);
		if (asks_seq(node_above(n, NODE_SELECT)))
			rewrite_finding(r, n, "ROW-IDS", NULL);
	}
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
	if (generator)
		number_generator(r, derived);
	join_always(r, derived->parent);
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

/* The SELECT whose columns a name means: also in ORDER BY behind it. */
static const struct node *select_of(const struct node *n)
{
	for (const struct node *up = n->parent; up; up = up->parent) {
		if (up->kind == NODE_SELECT)
			return up;
		if (up->kind == NODE_QUERY && up->child[QUERY_BODY] &&
		    up->child[QUERY_BODY]->kind == NODE_SELECT)
			return up->child[QUERY_BODY];
	}
	return NULL;
}

/* t.$1: the first column of VALUES; of a table nobody knows it. */
bool rule_column_place(struct rewrite *r, struct node *n)
{
	struct node *last = n->count > 1 ? n->child[n->count - 1] : NULL;

	if (!last || last->text.len < 2 || last->text.p[0] != '$' || last->flags & FLAG_QUOTED)
		return false;
	for (size_t i = 1; i < last->text.len; i++)
		if (last->text.p[i] < '0' || last->text.p[i] > '9')
			return false;
	if (last->kind == NODE_PARAMETER || last->kind == NODE_IDENT)
		node_replace(last, node_ident(r->arena, arena_printf(r->arena, "column%.*s",
								     (int)last->text.len - 1,
								     last->text.p + 1)));
	return true;
}

/* $1 FROM VALUES (...): the first column, which Postgres names as Snowflake does. */
bool rule_column_number(struct rewrite *r, struct node *n)
{
	const struct node *select = select_of(n), *from, *table;
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
