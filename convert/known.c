/*
 * known.c - what the store (schema.h) knows, at the nodes of a statement: its tables' columns, and
 * the types of values that come from columns through fields, elements and keys.
 */
#include "convert/columns.h"

#include <string.h>

#define DEPTH_MAX 16

bool known_columns(const struct schema_table *t, struct str qualifier, struct column_list *out)
{
	for (uint32_t i = 0; i < t->count; i++) {
		if (out->count >= COLUMNS_MAX)
			return false;
		out->qualifiers[out->count] = qualifier;
		out->kept[out->count] = true;
		out->names[out->count++] = t->columns[i].name;
	}
	return t->count > 0;
}

static void bind(const struct convert_settings *settings, struct node *n)
{
	if (n->kind == NODE_TABLE && n->child[TABLE_NAME]) {
		const struct node *name = n->child[TABLE_NAME];

		if (name->count != 1 || !column_cte(n, node_last_name(name)))
			n->table = schema_find(settings, name);
	} else if (n->kind == NODE_INSERT && n->child[INSERT_TARGET]) {
		n->table = schema_find(settings, n->child[INSERT_TARGET]);
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			bind(settings, n->child[i]);
}

void known_bind(const struct convert_settings *settings, struct node *statement)
{
	if (settings->schema && statement)
		bind(settings, statement);
}

static const struct schema_type *field_type(const struct schema_type *base, struct str name)
{
	const struct schema_field *f = schema_field(base, name);

	if (f)
		return f->type;
	return base && base->key ? base->element : NULL;
}

/* A key of jsonb that a rule has made of a field already: (s -> 'a'), (s ->> 'a')::int. */
static const struct schema_type *made_field(const struct node *n, unsigned depth)
{
	if ((n->op != OP_ARROW && n->op != OP_ARROW2) || n->child[1]->kind != NODE_STRING)
		return NULL;
	return field_type(known_type(n->child[0], depth), n->child[1]->text);
}

static const struct schema_type *column_type(const struct node *n, unsigned depth)
{
	struct column_source s;

	if (!column_find_at(n, &s, depth))
		return NULL;
	if (s.known)
		return s.known;
	return s.value && s.value != n && !s.values ? known_type(s.value, depth + 1) : NULL;
}

const struct schema_type *known_type(const struct node *n, unsigned depth)
{
	const struct schema_type *t;

	if (!n || depth > DEPTH_MAX)
		return NULL;
	switch (n->kind) {
	case NODE_PAREN:
	case NODE_ARG:
		return known_type(n->child[0], depth + 1);
	case NODE_COLUMN:
		return column_type(n, depth + 1);
	case NODE_MEMBER:
		return n->child[1]->kind == NODE_IDENT
			       ? field_type(known_type(n->child[0], depth + 1), n->child[1]->text)
			       : NULL;
	case NODE_INDEX:
		t = known_type(n->child[0], depth + 1);
		return t ? t->element : NULL;
	case NODE_BINARY:
		return made_field(n, depth + 1);
	case NODE_CAST:
		t = n->first == n->last ? known_type(n->child[CAST_VALUE], depth + 1) : NULL;
		return t && n->child[CAST_VALUE]->kind == NODE_BINARY ? t : NULL;
	default:
		return NULL;
	}
}
