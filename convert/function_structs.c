/*
 * function_structs.c - functions of Databricks whose answer depends on the fields of structs or on
 * the body of a lambda: what jsonb would compare by its own order of keys is compared field by
 * field here. A rewrite that does not fit touches nothing, and the next row of the table is tried.
 */
#include "convert/function_apply.h"

#include <string.h>

#include "convert/columns.h"
#include "convert/shape.h"

#define FIELDS_MAX 8

/* The struct that an array's elements are, or NULL. */
static struct node *element_struct(struct node *array)
{
	struct node *made = column_definition(array), *element = column_element(made);

	element = element ? column_definition(element) : NULL;
	return element && shape_is_struct(element) && element->keys == 0 ? element : NULL;
}

/* The first call of that name in what a template made. */
static struct node *find_call(struct node *n, const char *name)
{
	struct node *found = node_calls(n, name) ? n : NULL;

	for (uint32_t i = 0; i < n->count && !found; i++)
		if (n->child[i])
			found = find_call(n->child[i], name);
	return found;
}

static struct node *find_order(struct node *n)
{
	struct node *found = n->kind == NODE_QUERY ? n->child[QUERY_ORDER] : NULL;

	for (uint32_t i = 0; i < n->count && !found; i++)
		if (n->child[i])
			found = find_order(n->child[i]);
	return found;
}

static struct node *sort_by(struct rewrite *r, struct node *value, bool descending, unsigned nulls)
{
	struct node *n = node_make(r->arena, NODE_SORT);

	n->op = (uint8_t)nulls;
	n->flags |= descending ? FLAG_DESC : 0;
	node_put(n, 0, value);
	return n;
}

/* from_json with a schema: jsonb, an array where the schema says so. */
static bool from_json(struct rewrite *r, struct node *call)
{
	struct node *shape = call->shape, *value = node_arg(call, 0), *place, *now;
	bool array = shape && shape->kind == NODE_ARRAY;
	enum type_code element = array ? type_of(r, shape->child[0]) : TYPE_UNKNOWN;
	bool nested = element == TYPE_JSON || element == TYPE_ARRAY;

	if (!shape)
		return false;
	if (node_arg_count(call) > 2)
		rewrite_finding(r, call, "JSON-OPTIONS", "options of from_json were dropped");
	place = node_take(r->arena, call);
	now = rewrite_template(r,
			       !array	? "$1::jsonb"
			       : nested ? "CASE WHEN $1 IS NOT NULL THEN ARRAY(SELECT "
					  "jsonb_array_elements($1::jsonb)) END"
					: "CASE WHEN $1 IS NOT NULL THEN ARRAY(SELECT "
					  "jsonb_array_elements_text($1::jsonb)) END",
			       1, &value);
	if (array && !nested && type_name(element) && element != TYPE_TEXT)
		now = node_cast(r->arena, node_paren(r->arena, now),
				arena_printf(r->arena, "%s[]", type_name(element)));
	now->type = array ? TYPE_ARRAY : TYPE_JSON;
	now->shape = shape;
	node_replace(place, now);
	return true;
}

/* max(struct(a, b)): the row that is last by a, then b; NULLs are the smallest. */
static bool extreme_struct(struct rewrite *r, struct node *call, bool largest)
{
	struct node *arg = node_arg(call, 0), *made = column_definition(arg), *now, *array, *place;
	uint32_t count = shape_is_struct(made) && !made->keys ? shape_field_count(made) : 0;
	struct node *order;
	struct str name;

	if (count == 0 || call->child[CALL_OVER])
		return false;
	order = node_make(r->arena, NODE_LIST);
	for (uint32_t i = 0; i < count; i++) {
		struct node *v = shape_field(r, made, i, &name), *key;

		if (!v)
			return false;
		key = made == node_bare(arg)
			      ? node_copy(r->arena, v)
			      : rewrite_template(r, "$1 -> $2", 2,
						 (struct node *[]){node_copy(r->arena, arg),
								   node_string(r->arena, name)});
		node_add(r->arena, order,
			 sort_by(r, key, largest, largest ? SORT_NULLS_LAST : SORT_NULLS_FIRST));
	}
	place = node_take(r->arena, call);
	now = rewrite_template(r, "(array_agg($1))[1]", 1, &arg);
	array = find_call(now, "array_agg");
	node_put(array, CALL_ORDER, order);
	node_put(array, CALL_FILTER, call->child[CALL_FILTER]);
	now->type = TYPE_JSON;
	now->shape = made;
	node_replace(place, now);
	return true;
}

/* sort_array and array_sort of structs: field by field. */
static bool sort_structs(struct rewrite *r, struct node *call)
{
	bool last = node_calls(call, "array_sort"), descending = false;
	struct node *array = node_arg(call, 0), *element, *now, *order, *place;
	unsigned nulls;
	struct str name;

	if (node_arg_count(call) > 1) {
		if (node_arg(call, 1)->kind != NODE_BOOL)
			return false;
		descending = !node_arg(call, 1)->op;
	}
	element = element_struct(array);
	if (!element)
		return false;
	nulls = descending || last ? SORT_NULLS_LAST : SORT_NULLS_FIRST;
	place = node_take(r->arena, call);
	now = rewrite_template(r,
			       "CASE WHEN $1 IS NOT NULL THEN ARRAY(SELECT _x FROM unnest($1) AS "
			       "_u(_x) ORDER BY _x) END",
			       1, &array);
	order = find_order(now);
	for (uint32_t i = 0; i < shape_field_count(element); i++) {
		struct node *args[2] = {node_copy(r->arena, order->child[0]->child[0]), NULL};

		if (!shape_field(r, element, i, &name))
			continue;
		args[1] = node_string(r->arena, name);
		node_add(r->arena, order,
			 sort_by(r, rewrite_template(r, "$1 -> $2", 2, args), descending, nulls));
	}
	if (order->count > 1)
		node_remove(order, 0);
	now->type = TYPE_ARRAY;
	now->shape = column_definition(array)->kind == NODE_ARRAY ? column_definition(array) : NULL;
	node_replace(place, now);
	return true;
}

/* The structs' names: those of columns, else the places. */
static bool arrays_zip(struct rewrite *r, struct node *call)
{
	static const char *const templates[] = {
		NULL,
		"ARRAY(SELECT jsonb_build_object($2, _x) FROM unnest($1) WITH ORDINALITY AS "
		"_u(_x, _i) ORDER BY _i)",
		"ARRAY(SELECT jsonb_build_object($3, _x, $4, _y) FROM unnest($1, $2) WITH "
		"ORDINALITY AS _u(_x, _y, _i) ORDER BY _i)",
		"ARRAY(SELECT jsonb_build_object($4, _x, $5, _y, $6, _z) FROM unnest($1, $2, $3) "
		"WITH ORDINALITY AS _u(_x, _y, _z, _i) ORDER BY _i)",
		"ARRAY(SELECT jsonb_build_object($5, _w, $6, _x, $7, _y, $8, _z) FROM unnest($1, "
		"$2, $3, $4) WITH ORDINALITY AS _u(_w, _x, _y, _z, _i) ORDER BY _i)"};
	uint32_t count = node_arg_count(call);
	struct node *args[8], *fields[8], *place, *now, *one;
	bool known = true;

	if (count == 0 || count > 4)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct node *a = node_arg(call, i), *element = column_element(a);
		struct str name = {NULL, 0};

		if (a->kind == NODE_COLUMN)
			name = node_last_name(a);
		if (!name.p) {
			name.p = arena_printf(r->arena, "%u", i);
			name.len = strlen(name.p);
		}
		args[i] = a;
		args[count + i] = node_string(r->arena, name);
		fields[(size_t)2 * i] = node_string(r->arena, name);
		fields[(size_t)2 * i + 1] = element ? node_copy(r->arena, element) : NULL;
		known = known && element;
	}
	place = node_take(r->arena, call);
	now = rewrite_template(r, templates[count], 2 * count, args);
	now->type = TYPE_ARRAY;
	if (known) {
		now->shape = node_make(r->arena, NODE_ARRAY);
		one = node_call(r->arena, "named_struct", 2 * count, fields);
		node_add(r->arena, now->shape, one);
	}
	node_replace(place, now);
	return true;
}

/* flatten(array(a, b)): a || b, which may be of different lengths. */
static bool flatten(struct rewrite *r, struct node *call)
{
	struct node *array = node_bare(node_arg(call, 0)), *now = NULL;

	if (array->kind != NODE_ARRAY || array->count < 2)
		return false;
	for (uint32_t i = 0; i < array->count; i++)
		if (type_of(r, array->child[i]) != TYPE_ARRAY &&
		    type_of(r, array->child[i]) != TYPE_UNKNOWN)
			return false;
	for (uint32_t i = 0; i < array->count; i++) {
		struct node *one = node_copy(r->arena, array->child[i]);

		now = now ? node_binary(r->arena, OP_CONCAT, now, one) : one;
	}
	now = node_paren(r->arena, now);
	now->type = TYPE_ARRAY;
	node_replace(call, now);
	return true;
}

/* json keeps the order of fields, jsonb does not. */
static void keep_order(struct rewrite *r, struct node *n)
{
	bool structure = node_calls(n, "jsonb_build_object");

	if (structure)
		node_replace(n->child[CALL_NAME]->child[0],
			     node_ident(r->arena, "json_build_object"));
	if (n->kind == NODE_PAREN || n->kind == NODE_ARRAY)
		for (uint32_t i = 0; i < n->count; i++)
			keep_order(r, n->child[i]);
	if (structure)
		for (uint32_t i = 1; i < node_arg_count(n); i += 2)
			keep_order(r, node_arg(n, i));
	if (node_calls(n, "coalesce") ||
	    (node_calls(n, "array_agg") && !(n->flags & FLAG_DISTINCT) && !n->child[CALL_ORDER]))
		keep_order(r, node_arg(n, 0));
}

static bool ordered(struct node *n)
{
	n = node_bare(n);
	if (n->kind == NODE_ARRAY)
		return n->count && ordered(n->child[0]);
	if (node_calls(n, "coalesce") || node_calls(n, "array_agg"))
		return !(n->flags & FLAG_DISTINCT) && !n->child[CALL_ORDER] &&
		       ordered(node_arg(n, 0));
	return node_calls(n, "jsonb_build_object") && n->keys == 0 && !n->shape;
}

/* to_json(struct(...)): fields in their order, without those that are NULL. */
static bool to_json(struct rewrite *r, struct node *call)
{
	struct node *arg = node_arg(call, 0), *place, *now;

	if (!ordered(arg))
		return false;
	keep_order(r, arg);
	place = node_take(r->arena, call);
	now = rewrite_template(r,
			       node_calls(node_bare(arg), "json_build_object")
				       ? "json_strip_nulls($1)::text"
				       : "json_strip_nulls(to_json($1))::text",
			       1, &arg);
	now->type = TYPE_TEXT;
	node_replace(place, now);
	return true;
}

bool function_structs(struct rewrite *r, struct node *call, const char *name)
{
	static const struct {
		const char *name;
		bool (*apply)(struct rewrite *r, struct node *call);
	} rows[] = {
		{"concat_ws", function_concat_ws},
		{"printf", function_printf},
		{"arrays_zip", arrays_zip},
		{"comparator", function_comparator},
		{"flatten", flatten},
		{"from_json", from_json},
		{"sort_structs", sort_structs},
		{"to_json", to_json},
	};

	if (strcmp(name, "max_struct") == 0 || strcmp(name, "min_struct") == 0)
		return extreme_struct(r, call, name[1] == 'a');
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(name, rows[i].name) == 0)
			return rows[i].apply(r, call);
	return false;
}
