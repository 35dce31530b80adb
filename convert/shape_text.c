/*
 * shape_text.c - a schema in a text is read as the type in CAST(NULL AS ...), and a value of that
 * type is made up, so that whoever asks for the fields of a struct finds them the usual way.
 */
#include "convert/shape_text.h"

#include <string.h>
#include <strings.h>

#include "convert/parse.h"

#define SCHEMA_MAX 65536 /* bytes */

static struct node *value_of(struct arena *a, const struct node *type);

static struct node *struct_of(struct arena *a, const struct node *type)
{
	struct node *n = node_call(a, "named_struct", 0, NULL);

	for (uint32_t i = 0; i < type->count; i++) {
		const struct node *f = type->child[i];

		if (f->kind != NODE_FIELD || !f->child[0])
			return NULL;
		node_add(a, n->child[CALL_ARGS], node_string(a, f->text));
		node_add(a, n->child[CALL_ARGS], value_of(a, f->child[0]));
	}
	return type->count ? n : NULL;
}

static struct node *array_of(struct arena *a, const struct node *type)
{
	struct node *n = node_make(a, NODE_ARRAY);

	if (type->count != 1)
		return NULL;
	node_add(a, n, value_of(a, type->child[0]));
	return n;
}

static struct node *map_of(struct arena *a, const struct node *type)
{
	struct node *args[2];

	if (type->count != 2)
		return NULL;
	args[0] = value_of(a, type->child[0]);
	args[1] = value_of(a, type->child[1]);
	return node_call(a, "map", 2, args);
}

struct node *shape_of_type(struct arena *a, const struct node *type)
{
	if (str_is(type->text, "struct"))
		return struct_of(a, type);
	if (str_is(type->text, "array"))
		return array_of(a, type);
	return str_is(type->text, "map") ? map_of(a, type) : NULL;
}

static struct node *value_of(struct arena *a, const struct node *type)
{
	struct node *n = shape_of_type(a, type), *copy;

	if (n)
		return n;
	n = node_make(a, NODE_CAST);
	copy = node_new(a, NODE_TYPE);
	copy->text = type->text;
	copy->op = type->op;
	node_put(n, CAST_VALUE, node_null(a));
	node_put(n, CAST_TYPE, copy);
	return n;
}

static bool is_type(struct str s)
{
	static const char *const words[] = {"struct<", "array<", "map<"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (s.len > strlen(words[i]) && !strncasecmp(s.p, words[i], strlen(words[i])))
			return true;
	return false;
}

struct node *shape_of_text(struct arena *a, const struct dialect *d, struct str schema)
{
	struct tokens t;
	struct node *n;
	char *text;

	if (schema.len == 0 || schema.len > SCHEMA_MAX)
		return NULL;
	text = arena_printf(a,
			    is_type(schema) ? "CAST(NULL AS %.*s)" : "CAST(NULL AS struct<%.*s>)",
			    (int)schema.len, schema.p);
	lexer_run(a, d, true, (struct str){text, strlen(text)}, &t);
	n = parse_expression_tokens(a, d, &t);
	return n && n->kind == NODE_CAST ? shape_of_type(a, n->child[CAST_TYPE]) : NULL;
}
