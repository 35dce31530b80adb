/*
 * schema_type.c - types of declarations for the store: what they are in Postgres, and what arrays,
 * maps and structs of Databricks have inside.
 */
#include "convert/schema.h"

#include <string.h>

#include "convert/rule.h"

const struct schema_type *schema_type_plain(struct schema *s, enum type_code code)
{
	static const struct schema_type unknown = {.code = TYPE_UNKNOWN, .source = {"", 0}};
	struct schema_type *t;

	if (code <= TYPE_NULL)
		return &unknown;
	t = arena_alloc(schema_arena(s), sizeof(*t));
	*t = (struct schema_type){.code = code, .source = {"", 0}};
	return t;
}

static void read_fields(struct schema *s, const struct dialect *d, const struct node *type,
			struct schema_type *out)
{
	struct schema_field *fields;

	fields = arena_alloc(schema_arena(s), (type->count + 1) * sizeof(*fields));
	for (uint32_t i = 0; i < type->count; i++) {
		const struct node *f = type->child[i];

		if (f->kind != NODE_FIELD || !f->child[0])
			return;
		fields[i].name = schema_copy(s, f->text);
		fields[i].type = schema_type_read(s, d, f->child[0]);
	}
	out->fields = fields;
	out->field_count = type->count;
}

/* int[] as the type that it is an array of. */
static const struct schema_type *marked_element(struct schema *s, const struct dialect *d,
						const struct node *type)
{
	struct node one = *type;

	one.op--;
	return schema_type_read(s, d, &one);
}

const struct schema_type *schema_type_of_column(struct schema *s, const struct dialect *d,
						const struct node *type)
{
	struct schema_type *out;

	if (!type || type->kind != NODE_TYPE || !type_is_instant(d, type))
		return schema_type_read(s, d, type);
	out = arena_alloc(schema_arena(s), sizeof(*out));
	*out = *schema_type_read(s, d, type);
	out->code = TYPE_TIMESTAMPTZ;
	return out;
}

const struct schema_type *schema_type_read(struct schema *s, const struct dialect *d,
					   const struct node *type)
{
	struct schema_type *out;

	if (!type || type->kind != NODE_TYPE || !type->text.len)
		return schema_type_plain(s, TYPE_UNKNOWN);
	out = arena_alloc(schema_arena(s), sizeof(*out));
	out->code = type_declared(d, type);
	out->source = schema_copy(s, type->text);
	if (type->op)
		out->element = marked_element(s, d, type);
	else if (str_is(type->text, "array") && type->count == 1)
		out->element = schema_type_read(s, d, type->child[0]);
	else if (str_is(type->text, "struct"))
		read_fields(s, d, type, out);
	else if (str_is(type->text, "map") && type->count == 2) {
		out->key = schema_type_read(s, d, type->child[0]);
		out->element = schema_type_read(s, d, type->child[1]);
	}
	return out;
}
