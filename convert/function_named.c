/*
 * function_named.c - the calls that no template can say, because they take any number of arguments
 * in pairs: rules name them "@decode".
 */
#include "convert/function_apply.h"

#include <string.h>

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

/* struct(a, b AS c): fields named by columns and aliases, else col1, col2. */
static bool structure(struct rewrite *r, struct node *call)
{
	uint32_t count = node_arg_count(call);
	struct node *args[FUNCTION_ARGS_MAX], *pairs[2 * FUNCTION_ARGS_MAX], *place;
	struct node *first = NULL;

	if (count == 0 || count > FUNCTION_ARGS_MAX)
		return false;
	if (call->slot && call->parent->kind == NODE_LIST && shape_is_struct(call->parent->child[0]))
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

bool function_named(struct rewrite *r, struct node *call, const char *name)
{
	if (call->kind != NODE_CALL)
		return false;
	if (strcmp(name, "decode") == 0)
		return decode(r, call);
	if (strcmp(name, "struct") == 0)
		return structure(r, call);
	return false;
}
