/*
 * infer.c - what can be known of an expression's type from the text alone: literals, casts,
 * operators, functions by their rules, columns of derived tables, VALUES and CTEs.
 */
#include "convert/rule.h"

#include <string.h>
#include <strings.h>

#include "convert/columns.h"
#include "convert/function_apply.h"

struct name_row {
	const char *name;
	enum type_code type;
};

/* The first row of a type is the name that casts get. */
static const struct name_row names[] = {
	{"jsonb", TYPE_JSON},
	{"numeric", TYPE_NUMERIC},
	{"text", TYPE_TEXT},
	{"bigint", TYPE_BIGINT},
	{"bool", TYPE_BOOL},
	{"boolean", TYPE_BOOL},
	{"bpchar", TYPE_TEXT},
	{"bytea", TYPE_BYTES},
	{"char", TYPE_TEXT},
	{"character", TYPE_TEXT},
	{"character varying", TYPE_TEXT},
	{"date", TYPE_DATE},
	{"dec", TYPE_NUMERIC},
	{"decimal", TYPE_NUMERIC},
	{"double precision", TYPE_FLOAT8},
	{"float", TYPE_FLOAT8},
	{"float4", TYPE_FLOAT4},
	{"float8", TYPE_FLOAT8},
	{"int", TYPE_INT},
	{"int2", TYPE_SMALLINT},
	{"int4", TYPE_INT},
	{"int8", TYPE_BIGINT},
	{"integer", TYPE_INT},
	{"interval", TYPE_INTERVAL},
	{"json", TYPE_JSON},
	{"real", TYPE_FLOAT4},
	{"smallint", TYPE_SMALLINT},
	{"time", TYPE_TIME},
	{"timestamp", TYPE_TIMESTAMP},
	{"timestamptz", TYPE_TIMESTAMPTZ},
	{"timestamp with time zone", TYPE_TIMESTAMPTZ},
	{"uuid", TYPE_UUID},
	{"varchar", TYPE_TEXT},
	{"string", TYPE_TEXT},
	{"double", TYPE_FLOAT8},
	{"tinyint", TYPE_SMALLINT},
	{"nvarchar", TYPE_TEXT},
	{"datetime", TYPE_TIMESTAMP},
	{"number", TYPE_NUMERIC},
	{"varchar2", TYPE_TEXT},
	{"long", TYPE_BIGINT},
	{"binary", TYPE_BYTES},
	{"serial", TYPE_INT},
	{"bigserial", TYPE_BIGINT},
	{"smallserial", TYPE_SMALLINT},
	{"timestamp without time zone", TYPE_TIMESTAMP},
	{"time without time zone", TYPE_TIME},
	{"citext", TYPE_TEXT},
};

bool type_is_int(enum type_code t)
{
	return t == TYPE_SMALLINT || t == TYPE_INT || t == TYPE_BIGINT;
}

bool type_is_number(enum type_code t)
{
	return t >= TYPE_SMALLINT && t <= TYPE_FLOAT8;
}

enum type_code type_from_name(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i].name))
			return names[i].type;
	return TYPE_UNKNOWN;
}

const char *type_name(enum type_code t)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].type == t)
			return names[i].name;
	return NULL;
}

static enum type_code of_name(struct str text)
{
	const char *paren = text.len ? memchr(text.p, '(', text.len) : NULL;

	if (paren)
		text.len = (size_t)(paren - text.p);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is(text, names[i].name))
			return names[i].type;
	return TYPE_UNKNOWN;
}

/* By the dialect's own table of types first: Oracle's date has a time. */
enum type_code type_declared(const struct dialect *d, const struct node *t)
{
	const struct type_rule *rule = d->types;

	if (t->op || str_is(t->text, "array"))
		return TYPE_ARRAY;
	for (; rule && rule->name; rule++)
		if (str_is(t->text, rule->name)) {
			size_t len = strlen(rule->to);

			if (rule->to[len - 1] == ']')
				return TYPE_ARRAY;
			return of_name((struct str){rule->to, len - (rule->to[len - 1] == '$')});
		}
	return of_name(t->text);
}

/* A type that no rule has seen yet is one of the source's: Oracle's date has a time. */
static enum type_code of_type_node(struct rewrite *r, const struct node *t)
{
	static const struct dialect none;

	return type_declared(t->flags & FLAG_CHANGED ? &none : r->dialect, t);
}

static enum type_code wider(enum type_code a, enum type_code b)
{
	if (a == TYPE_NULL || a == b)
		return b;
	if (b == TYPE_NULL)
		return a;
	if (type_is_number(a) && type_is_number(b))
		return a > b ? a : b;
	return TYPE_UNKNOWN;
}

static bool is_moment(enum type_code t)
{
	return t == TYPE_DATE || t == TYPE_TIMESTAMP || t == TYPE_TIMESTAMPTZ || t == TYPE_TIME;
}

static enum type_code of_sum(enum type_code a, enum type_code b, bool minus)
{
	if (is_moment(a) && is_moment(b))
		return a == TYPE_DATE && b == TYPE_DATE ? TYPE_INT : TYPE_INTERVAL;
	if (is_moment(a) && type_is_number(b))
		return a;
	if (is_moment(a) && b == TYPE_INTERVAL)
		return a == TYPE_DATE ? TYPE_TIMESTAMP : a;
	if (!minus && is_moment(b))
		return of_sum(b, a, true);
	if (a == TYPE_INTERVAL && b == TYPE_INTERVAL)
		return a;
	return type_is_number(a) && type_is_number(b) ? wider(a, b) : TYPE_UNKNOWN;
}

static enum type_code of_binary(struct rewrite *r, struct node *n)
{
	enum type_code a = type_of(r, n->child[0]), b = type_of(r, n->child[1]);

	switch (n->op) {
	case OP_CONCAT:
		return a == TYPE_ARRAY || b == TYPE_ARRAY  ? TYPE_ARRAY
		       : a == TYPE_JSON || a == TYPE_BYTES ? a
							   : TYPE_TEXT;
	case OP_ADD:
	case OP_SUBTRACT:
		return of_sum(a, b, n->op == OP_SUBTRACT);
	case OP_DIVIDE:
		if (type_is_int(a) && type_is_int(b) && r->dialect->division != DIVISION_INTEGER)
			return r->dialect->division == DIVISION_FLOAT ? TYPE_FLOAT8 : TYPE_NUMERIC;
		return type_is_number(a) && type_is_number(b) ? wider(a, b) : TYPE_UNKNOWN;
	case OP_MULTIPLY:
		if (a == TYPE_INTERVAL || b == TYPE_INTERVAL)
			return TYPE_INTERVAL;
		/* fall through */
	case OP_MODULO:
		return type_is_number(a) && type_is_number(b) ? wider(a, b) : TYPE_UNKNOWN;
	case OP_DIV:
		return TYPE_BIGINT;
	case OP_ARROW2:
	case OP_PATH2:
		return TYPE_TEXT;
	case OP_ARROW:
	case OP_PATH:
		return TYPE_JSON;
	case OP_BIT_AND:
	case OP_BIT_OR:
	case OP_BIT_XOR:
	case OP_LEFT:
	case OP_RIGHT:
		return a;
	default:
		return operator_binding((enum operator)n->op) == BIND_COMPARE ? TYPE_BOOL
									      : TYPE_UNKNOWN;
	}
}

static enum type_code of_case(struct rewrite *r, struct node *n)
{
	enum type_code t = n->child[CASE_ELSE] ? type_of(r, n->child[CASE_ELSE]) : TYPE_NULL;
	struct node *whens = n->child[CASE_WHENS];

	for (uint32_t i = 0; i < whens->count; i++)
		t = wider(t, type_of(r, whens->child[i]->child[1]));
	return t;
}

/* Columns of a query by place; by name when `name` is given. */
static enum type_code of_query_column(struct rewrite *r, struct node *q, struct str name,
				      uint32_t place)
{
	struct node *items;

	while (q && (q->kind == NODE_QUERY || q->kind == NODE_SUBQUERY || q->kind == NODE_SETOP))
		q = q->kind == NODE_QUERY ? q->child[QUERY_BODY] : q->child[0];
	if (q && q->kind == NODE_VALUES) {
		enum type_code t = TYPE_NULL;

		for (uint32_t i = 0; i < q->count && i < 20; i++)
			if (q->child[i]->kind == NODE_ROW && place < q->child[i]->count)
				t = wider(t, type_of(r, q->child[i]->child[place]));
		return t;
	}
	if (!q || q->kind != NODE_SELECT)
		return TYPE_UNKNOWN;
	items = q->child[SELECT_ITEMS];
	for (uint32_t i = 0; i < items->count; i++) {
		struct str own = node_last_name(items->child[i]);

		if (items->child[i]->kind != NODE_ITEM)
			continue;
		if (name.p ? own.p && own.len == name.len && !strncasecmp(own.p, name.p, own.len)
			   : i == place)
			return type_of(r, items->child[i]->child[ITEM_VALUE]);
	}
	return TYPE_UNKNOWN;
}

/* A column of a query whose columns may have been renamed. */
static enum type_code of_renamed(struct rewrite *r, struct node *query, const struct node *columns,
				 struct str name)
{
	if (columns)
		for (uint32_t i = 0; i < columns->count; i++) {
			const struct node *c = columns->child[i];

			if (c->kind == NODE_COLUMN_DEF) {
				if (str_same(c->child[0]->text, name) && c->child[1])
					return of_type_node(r, c->child[1]);
			} else if (str_same(c->text, name)) {
				return of_query_column(r, query, (struct str){NULL, 0}, i);
			}
		}
	if (name.len > 3 && !strncasecmp(name.p, "col", 3) && name.len == 4 && name.p[3] >= '1' &&
	    name.p[3] <= '9' && query && query->kind == NODE_VALUES)
		return of_query_column(r, query, (struct str){NULL, 0},
				       (uint32_t)(name.p[3] - '1'));
	return of_query_column(r, query, name, 0);
}

static enum type_code of_cte(struct rewrite *r, const struct node *from, struct str table,
			     struct str column)
{
	const struct node *c = column_cte(from, table);

	return c ? of_renamed(r, c->child[CTE_BODY], c->child[CTE_COLUMNS], column) : TYPE_UNKNOWN;
}

static enum type_code of_relation(struct rewrite *r, struct node *n, struct str table,
				  struct str column)
{
	const struct node *alias;
	enum type_code t;

	switch (n->kind) {
	case NODE_FROM:
		for (uint32_t i = 0; i < n->count; i++)
			if ((t = of_relation(r, n->child[i], table, column)) > TYPE_UNKNOWN)
				return t;
		return TYPE_UNKNOWN;
	case NODE_JOIN:
		t = of_relation(r, n->child[0], table, column);
		return t > TYPE_UNKNOWN ? t : of_relation(r, n->child[1], table, column);
	case NODE_JOIN_PAREN:
	case NODE_LATERAL_VIEW:
	case NODE_PIVOT:
		return of_relation(r, n->child[0], table, column);
	case NODE_DERIVED:
		alias = n->child[DERIVED_ALIAS];
		if (table.p && !(alias && str_same(node_last_name(alias->child[0]), table)))
			return TYPE_UNKNOWN;
		return of_renamed(r, n->child[DERIVED_QUERY], alias ? alias->child[1] : NULL,
				  column);
	case NODE_TABLE:
		alias = n->child[TABLE_ALIAS];
		if (table.p && !str_same(alias ? node_last_name(alias->child[0])
					       : node_last_name(n->child[TABLE_NAME]),
					 table))
			return TYPE_UNKNOWN;
		return n->child[TABLE_NAME]->count == 1
			       ? of_cte(r, n, node_last_name(n->child[TABLE_NAME]), column)
			       : TYPE_UNKNOWN;
	default:
		return TYPE_UNKNOWN;
	}
}

#define SCOPES_MAX 8

/* By the store, with what is inside of arrays and maps. */
static bool of_known(struct rewrite *r, struct node *n, enum type_code *t)
{
	const struct schema_type *known = r->settings->schema ? known_type(n, 0) : NULL;

	if (!known)
		return false;
	if (known->element)
		n->element = (uint8_t)known->element->code;
	if (known->key)
		n->keys = (uint8_t)known->key->code;
	*t = known->code;
	return true;
}

/* A column of the table that is being made, for its computed columns. */
static enum type_code of_definition(struct rewrite *r, const struct node *list, struct str name)
{
	for (uint32_t i = 0; list && i < list->count; i++) {
		const struct node *def = list->child[i];

		if (def->kind == NODE_COLUMN_DEF && def->child[COLUMN_DEF_TYPE] &&
		    str_same(node_last_name(def->child[COLUMN_DEF_NAME]), name))
			return of_type_node(r, def->child[COLUMN_DEF_TYPE]);
	}
	return TYPE_UNKNOWN;
}

static enum type_code of_column(struct rewrite *r, struct node *n)
{
	struct str column = node_last_name(n), table = {NULL, 0};
	const struct node *up = n->parent;
	enum type_code t = TYPE_UNKNOWN;
	bool computed = false;

	if (n->count == 1) {
		struct node *value = column_parameter(n);

		if (value)
			return type_of(r, value);
	}
	if (of_known(r, n, &t))
		return t;
	if (n->count == 1 && r->dialect->flags & DIALECT_EMPTY_NULL &&
	    str_is_word(column, "systimestamp")) /* Oracle's, a name like any other */
		return TYPE_TIMESTAMPTZ;
	if (n->count > 1)
		table = n->child[n->count - 2]->text;
	for (int i = 0; i < SCOPES_MAX && up && t <= TYPE_UNKNOWN; up = up->parent) {
		computed |= up->kind == NODE_CONSTRAINT && up->op == CONSTRAINT_GENERATED;
		if (up->kind == NODE_CREATE_TABLE && computed)
			return of_definition(r, up->child[TABLE_DEF_ELEMENTS], column);
		if (up->kind == NODE_UPDATE && up->child[UPDATE_FROM])
			t = of_relation(r, up->child[UPDATE_FROM], table, column);
		if (up->kind == NODE_MERGE && up->child[MERGE_SOURCE])
			t = of_relation(r, up->child[MERGE_SOURCE], table, column);
		if (up->kind == NODE_FROM || up->kind != NODE_SELECT)
			continue;
		i++;
		if (up->child[SELECT_FROM])
			t = of_relation(r, up->child[SELECT_FROM], table, column);
	}
	return t;
}

static enum type_code of_call(struct rewrite *r, struct node *n)
{
	struct str name = node_last_name(n->child[CALL_NAME]);
	struct node *first = node_arg(n, 0);

	if (str_is_word(name, "count") || str_is_word(name, "row_number") ||
	    str_is_word(name, "rank") || str_is_word(name, "dense_rank"))
		return TYPE_BIGINT;
	if (first && (str_is_word(name, "min") || str_is_word(name, "max")))
		return type_of(r, first);
	if (first && str_is_word(name, "sum")) {
		enum type_code t = type_of(r, first);

		return type_is_int(t) ? TYPE_BIGINT : t;
	}
	if (first && str_is_word(name, "coalesce")) {
		enum type_code t = TYPE_NULL;

		for (uint32_t i = 0; i < node_arg_count(n); i++)
			t = wider(t, type_of(r, node_arg(n, i)));
		return t;
	}
	return function_type(r, n);
}

static enum type_code of_node(struct rewrite *r, struct node *n)
{
	enum type_code known;

	switch (n->kind) {
	case NODE_NULL:
		return TYPE_NULL;
	case NODE_PAREN:
	case NODE_COLLATE:
	case NODE_ARG:
	case NODE_PRIOR:
		return type_of(r, n->child[0]);
	case NODE_ITEM:
		return type_of(r, n->child[ITEM_VALUE]);
	case NODE_UNARY:
		if (n->op == OP_MINUS && n->child[0]->kind == NODE_NUMBER &&
		    str_is(n->child[0]->text, "2147483648"))
			return TYPE_INT;
		return n->op == OP_NOT ? TYPE_BOOL : type_of(r, n->child[0]);
	case NODE_BINARY:
		return of_binary(r, n);
	case NODE_LOGIC:
	case NODE_IS:
	case NODE_IN:
	case NODE_BETWEEN:
	case NODE_LIKE:
	case NODE_EXISTS:
	case NODE_QUANTIFIED:
		return TYPE_BOOL;
	case NODE_TYPED:
		return of_type_node(r, n->child[0]);
	case NODE_CAST:
		return of_type_node(r, n->child[CAST_TYPE]);
	case NODE_CASE:
		return of_case(r, n);
	case NODE_COLUMN:
		return of_column(r, n);
	case NODE_CALL:
		return of_call(r, n);
	case NODE_ARRAY:
	case NODE_ARRAY_QUERY:
		return TYPE_ARRAY;
	case NODE_MEMBER:
		return of_known(r, n, &known) ? known : TYPE_UNKNOWN;
	case NODE_INDEX:
		if (of_known(r, n, &known))
			return known;
		return type_of(r, n->child[0]) == TYPE_JSON ? TYPE_JSON
							    : type_element(r, n->child[0]);
	case NODE_PATH: /* a VARIANT of Snowflake; Databricks' is a text */
		return r->dialect->flags & DIALECT_VARIANT ? TYPE_JSON : TYPE_TEXT;
	case NODE_INTERVAL:
		return TYPE_INTERVAL;
	case NODE_ROW:
		return TYPE_ROW;
	case NODE_SUBQUERY:
		return of_query_column(r, n->child[0], (struct str){NULL, 0}, 0);
	default:
		return TYPE_UNKNOWN;
	}
}

enum type_code type_of(struct rewrite *r, struct node *n)
{
	if (n->type == TYPE_NOT_ASKED) {
		n->type = TYPE_UNKNOWN; /* a column may ask for itself: WITH RECURSIVE */
		n->type = (uint8_t)of_node(r, n->shape ? n->shape : n);
	}
	return (enum type_code)n->type;
}

enum type_code type_element(struct rewrite *r, struct node *n)
{
	if (n->shape)
		n = n->shape;
	if (n->kind == NODE_ARRAY && n->count)
		return type_of(r, n->child[0]);
	if (node_calls(n, "array") && node_arg_count(n))
		return type_of(r, node_arg(n, 0));
	return n->element ? (enum type_code)n->element : TYPE_UNKNOWN;
}
