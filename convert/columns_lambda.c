/*
 * columns_lambda.c - what the parameters of a lambda stand for: elements of the call's array, its
 * start, keys and values of a map.
 */
#include "convert/columns.h"

/* The lambda that has a parameter of the column's name; its place in `place`. */
static const struct node *lambda_of(const struct node *column, uint32_t *place)
{
	for (const struct node *up = column->parent; up && up->kind != NODE_SELECT; up = up->parent)
		if (up->kind == NODE_LAMBDA)
			for (uint32_t i = 0; i < up->child[0]->count; i++)
				if (str_same(up->child[0]->child[i]->text,
					     column->child[0]->text)) {
					*place = i;
					return up;
				}
	return NULL;
}

static bool calls_any(const struct node *call, const char *const *names)
{
	for (; *names; names++)
		if (node_calls(call, *names))
			return true;
	return false;
}

bool column_is_parameter(const struct node *column)
{
	uint32_t place;

	return column->count && lambda_of(column, &place);
}

struct node *column_parameter(const struct node *column)
{
	static const char *const folds[] = {"aggregate", "reduce", NULL};
	static const char *const firsts[] = {"transform", "filter", "exists", "forall", NULL};
	static const char *const maps[] = {"map_filter", "transform_values", "transform_keys",
					   NULL};
	const struct node *lambda, *call;
	struct node *made;
	uint32_t place;

	lambda = column->count ? lambda_of(column, &place) : NULL;
	call = lambda && lambda->parent ? lambda->parent->parent : NULL;
	if (!call || call->kind != NODE_CALL || lambda->slot == 0)
		return NULL;
	if (calls_any(call, folds))
		return place ? column_element(node_arg(call, 0)) : node_arg(call, 1);
	if (calls_any(call, firsts))
		return place ? NULL : column_element(node_arg(call, 0));
	if (node_calls(call, "array_sort"))
		return column_element(node_arg(call, 0));
	if (node_calls(call, "zip_with") && lambda->slot == 2)
		return column_element(node_arg(call, place));
	if (!calls_any(call, maps))
		return NULL;
	made = column_definition(node_arg(call, 0));
	return node_calls(made, "map") || node_calls(made, "jsonb_build_object")
		       ? node_arg(made, place)
		       : NULL;
}
