/*
 * shape.c - fields of structs that the text builds, and how one is read from jsonb.
 */
#include "convert/shape.h"

#include <string.h>

#include "convert/columns.h"

static bool in_pairs(const struct node *n)
{
	return node_calls(n, "named_struct") || node_calls(n, "jsonb_build_object");
}

bool shape_is_struct(struct node *value)
{
	return in_pairs(value) || node_calls(value, "struct");
}

uint32_t shape_field_count(struct node *value)
{
	return in_pairs(value) ? node_arg_count(value) / 2 : node_arg_count(value);
}

struct node *shape_field(struct rewrite *r, struct node *value, uint32_t i, struct str *name)
{
	struct node *v = node_arg(value, i);

	*name = (struct str){NULL, 0};
	if (in_pairs(value)) {
		const struct node *key = node_arg(value, 2 * i);

		v = node_arg(value, 2 * i + 1);
		if (!v || key->kind != NODE_STRING)
			return NULL;
		*name = key->text;
		return v;
	}
	if (!v || v->kind == NODE_STAR)
		return NULL;
	if (v->kind == NODE_COLUMN || v->kind == NODE_ITEM)
		*name = node_last_name(v);
	if (!name->p) {
		name->p = arena_printf(r->arena, "col%u", i + 1);
		name->len = strlen(name->p);
	}
	return v->kind == NODE_ITEM ? v->child[ITEM_VALUE] : v;
}

struct node *shape_field_named(struct rewrite *r, struct node *value, struct str name)
{
	if (!shape_is_struct(value))
		return NULL;
	for (uint32_t i = 0; i < shape_field_count(value); i++) {
		struct str own;
		struct node *v = shape_field(r, value, i, &own);

		if (v && str_same(own, name))
			return v;
	}
	return NULL;
}

struct node *shape_get(struct rewrite *r, struct node *base, struct node *key, enum type_code type)
{
	const char *name = type_name(type);
	struct node *args[] = {base, key}, *n;

	if (type == TYPE_JSON || type == TYPE_ROW) {
		n = rewrite_template(r, "($1 -> $2)", 2, args);
		n->type = TYPE_JSON;
		return n;
	}
	n = rewrite_template(r, "($1 ->> $2)", 2, args);
	n->type = TYPE_TEXT;
	if (type <= TYPE_NULL || type == TYPE_TEXT || !name)
		return n;
	n = node_cast(r->arena, n, name);
	n->type = (uint8_t)type;
	return n;
}

bool shape_is_map(struct node *value)
{
	const struct schema_type *known = value->kind == NODE_COLUMN ? known_type(value, 0) : NULL;

	if (known)
		return known->key != NULL;
	return node_calls(value, "map") || node_calls(value, "jsonb_build_object");
}

/* By the store: a map's, or the elements of an array that is JSON. */
static enum type_code known_part(const struct schema_type *known, uint32_t which)
{
	const struct schema_type *part = which ? known->element : known->key;

	return part && part->code > TYPE_NULL ? part->code : TYPE_TEXT;
}

enum type_code shape_map_type(struct rewrite *r, struct node *map, uint32_t which)
{
	enum type_code t = TYPE_NULL;
	const struct schema_type *known = r->settings->schema ? known_type(map, 0) : NULL;

	if (known)
		return known_part(known, which);
	map = column_definition(map);
	if (!shape_is_map(map))
		return TYPE_TEXT;
	for (uint32_t i = which; i < node_arg_count(map) && t <= TYPE_NULL; i += 2)
		t = type_of(r, node_arg(map, i));
	return t;
}
