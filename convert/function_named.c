/*
 * function_named.c - the calls that no template can say, because they take any number of arguments
 * in pairs: rules name them "@decode".
 */
#include "convert/function_apply.h"

#include <string.h>

#include "convert/columns.h"
#include "convert/shape.h"

static struct node *is_the_same(struct rewrite *r, struct node *value, struct node *search)
{
	struct node *is, *bare = node_bare(search);

	if (bare->kind == NODE_STRING || bare->kind == NODE_NUMBER || bare->kind == NODE_TYPED)
		return node_binary(r->arena, OP_EQ, value, search);
	if (bare->kind == NODE_NULL)
		return node_is_null(r->arena, value, false);
	is = node_make(r->arena, NODE_IS);
	is->op = IS_DISTINCT;
	is->flags |= FLAG_NOT;
	node_put(is, 0, value);
	node_put(is, 1, search);
	return is;
}

/* DECODE(x, a, r, b, s, d): NULL is found by NULL. */
static bool decode(struct rewrite *r, struct node *call)
{
	uint32_t count = node_arg_count(call), i;
	struct node *args[FUNCTION_ARGS_MAX], *place, *whens, *otherwise;

	if (count < 3 || count > FUNCTION_ARGS_MAX)
		return false;
	for (i = 0; i < count; i++)
		args[i] = node_arg(call, i);
	place = node_take(r->arena, call);
	otherwise = node_make(r->arena, NODE_CASE);
	whens = node_make(r->arena, NODE_LIST);
	for (i = 1; i + 1 < count; i += 2) {
		struct node *when = node_make(r->arena, NODE_WHEN);
		struct node *value = i == 1 ? args[0] : node_copy(r->arena, args[0]);

		node_put(when, 0, is_the_same(r, value, args[i]));
		node_put(when, 1, args[i + 1]);
		node_add(r->arena, whens, when);
	}
	node_put(otherwise, CASE_WHENS, whens);
	if (i < count)
		node_put(otherwise, CASE_ELSE, args[i]);
	node_replace(place, otherwise);
	return true;
}

/* struct(*) of one table: its row. */
static bool whole_row(struct rewrite *r, struct node *call)
{
	const struct node *select = node_above(call, NODE_SELECT), *from, *t, *name;
	struct node *column = node_make(r->arena, NODE_COLUMN);

	from = select ? select->child[SELECT_FROM] : NULL;
	t = from && from->count == 1 ? from->child[0] : NULL;
	if (!t || (t->kind != NODE_TABLE && (t->kind != NODE_DERIVED || !t->child[DERIVED_ALIAS])))
		return false;
	name = t->kind == NODE_DERIVED ? t->child[DERIVED_ALIAS]->child[ALIAS_NAME]
	       : t->child[TABLE_ALIAS] ? t->child[TABLE_ALIAS]->child[ALIAS_NAME]
				       : t->child[TABLE_NAME];
	if (name->kind == NODE_NAME)
		name = name->child[name->count - 1];
	node_add(r->arena, column, node_copy(r->arena, name));
	node_replace(call, node_call(r->arena, "to_jsonb", 1, &column))->type = TYPE_JSON;
	return true;
}

/* OBJECT_CONSTRUCT(*) of one table: names as Snowflake folds them, without what is NULL. */
static bool row_object(struct rewrite *r, struct node *call)
{
	struct node *parent = call->parent, *row, *now;
	uint32_t slot = call->slot;

	if (!whole_row(r, call))
		return false;
	row = parent->child[slot];
	node_take(r->arena, row);
	now = rewrite_template(
		r,
		"(SELECT coalesce(jsonb_object_agg(CASE WHEN _k = lower(_k) THEN upper(_k) ELSE _k "
		"END, _v), '{}') FROM jsonb_each($1) AS _u(_k, _v) WHERE _v <> 'null')",
		1, &row);
	now->type = TYPE_JSON;
	node_replace(parent->child[slot], now);
	return true;
}

/* struct(a, b AS c): fields named by columns and aliases, else col1, col2. */
static bool structure(struct rewrite *r, struct node *call)
{
	uint32_t count = node_arg_count(call);
	struct node *args[FUNCTION_ARGS_MAX], *pairs[2 * FUNCTION_ARGS_MAX], *place;
	struct node *first = NULL;

	if (count == 0 || count > FUNCTION_ARGS_MAX)
		return false;
	if (count == 1 && node_arg(call, 0)->kind == NODE_STAR)
		return whole_row(r, call);
	if (call->slot && call->parent->kind == NODE_LIST &&
	    shape_is_struct(call->parent->child[0]))
		first = call->parent->child[0]; /* array(struct(1 AS a), struct(2)): its names */
	for (uint32_t i = 0; i < count; i++) {
		struct node *a = node_arg(call, i);
		struct str name = {NULL, 0};

		if (a->kind == NODE_STAR)
			return false;
		if (a->kind == NODE_COLUMN || a->kind == NODE_ITEM)
			name = node_last_name(a);
		if (!name.p && first && i < shape_field_count(first))
			shape_field(r, first, i, &name);
		if (!name.p) {
			name.p = arena_printf(r->arena, "col%u", i + 1);
			name.len = strlen(name.p);
		}
		args[i] = a->kind == NODE_ITEM ? a->child[ITEM_VALUE] : a;
		pairs[(size_t)2 * i] = node_string(r->arena, name);
		pairs[(size_t)2 * i + 1] = args[i];
	}
	place = node_take(r->arena, call);
	node_replace(place, node_call(r->arena, "jsonb_build_object", 2 * count, pairs))->type =
		TYPE_JSON;
	return true;
}

/* typeof(x), where the type is known: Databricks' name for it. */
static bool type_named(struct rewrite *r, struct node *call)
{
	static const char *const names[TYPE_CODE_COUNT] = {
		[TYPE_NULL] = "void",		[TYPE_BOOL] = "boolean",
		[TYPE_SMALLINT] = "smallint",	[TYPE_INT] = "int",
		[TYPE_BIGINT] = "bigint",	[TYPE_FLOAT4] = "float",
		[TYPE_FLOAT8] = "double",	[TYPE_TEXT] = "string",
		[TYPE_BYTES] = "binary",	[TYPE_DATE] = "date",
		[TYPE_TIMESTAMP] = "timestamp", [TYPE_TIMESTAMPTZ] = "timestamp"};
	struct node *arg = node_arg(call, 0);
	enum type_code t = type_of(r, arg), e = type_element(r, arg);
	const char *text = names[t];

	if (t == TYPE_ARRAY && e < TYPE_CODE_COUNT && names[e] && e != TYPE_NULL)
		text = arena_printf(r->arena, "array<%s>", names[e]);
	if (!text)
		return false;
	node_replace(call, node_string(r->arena, (struct str){text, strlen(text)}));
	return true;
}

/* to_csv(named_struct(...)): its values as text, comma between. */
static bool to_csv(struct rewrite *r, struct node *call)
{
	struct node *row = column_definition(node_arg(call, 0)), *args[FUNCTION_ARGS_MAX + 1];
	uint32_t count = shape_is_struct(row) ? shape_field_count(row) : 0;
	struct node *place;

	if (count == 0 || count > FUNCTION_ARGS_MAX)
		return false;
	args[0] = node_string(r->arena, (struct str){",", 1});
	for (uint32_t i = 0; i < count; i++) {
		struct str name;
		struct node *v = shape_field(r, row, i, &name);

		if (!v || type_of(r, v) <= TYPE_UNKNOWN || type_of(r, v) == TYPE_JSON)
			return false;
		v = node_copy(r->arena, v);
		args[i + 1] = rewrite_template(r,
					       type_of(r, v) == TYPE_BYTES
						       ? "coalesce(convert_from($1, 'UTF8'), '')"
						       : "coalesce(($1)::text, '')",
					       1, &v);
	}
	place = node_take(r->arena, call);
	node_replace(place, node_call(r->arena, "concat_ws", count + 1, args))->type = TYPE_TEXT;
	return true;
}

bool function_named(struct rewrite *r, struct node *call, const char *name)
{
	if (call->kind != NODE_CALL)
		return false;
	if (strcmp(name, "decode") == 0)
		return decode(r, call);
	if (strcmp(name, "to_csv") == 0)
		return to_csv(r, call);
	if (strcmp(name, "typeof") == 0)
		return type_named(r, call);
	if (strcmp(name, "row_object") == 0)
		return row_object(r, call);
	if (strcmp(name, "struct") == 0)
		return structure(r, call);
	return function_named_mysql(r, call, name);
}
