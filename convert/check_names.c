/*
 * check_names.c - the check "names": functions with their argument counts, types and operators of
 * a parsed text, looked up in the tables of names.h, among the helpers, and among what the text
 * itself creates.
 */
#include "convert/check_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "convert/names.h"

struct looking {
	const struct parsed *text, *helpers;
	const char *helper_schema;
	struct arena *arena;
	struct unknown_names *out;
};

/* ---- what a text creates ---- */

struct made {
	const char *name;
	bool type, found;
};

static bool visit_made(void *context, const char *type, const cJSON *node)
{
	struct made *m = context;
	const char *name = NULL;

	if (!m->type && strcmp(type, "CreateFunctionStmt") == 0)
		name = pgtree_name(pgtree_field(node, "funcname"), 0);
	else if (m->type && strcmp(type, "CreateEnumStmt") == 0)
		name = pgtree_name(pgtree_field(node, "typeName"), 0);
	else if (m->type && strcmp(type, "CreateDomainStmt") == 0)
		name = pgtree_name(pgtree_field(node, "domainname"), 0);
	else if (m->type && (strcmp(type, "CompositeTypeStmt") == 0))
		name = pgtree_text(pgtree_field(node, "typevar"), "relname");
	else if (m->type && strcmp(type, "CreateStmt") == 0) /* a table is a type, too */
		name = pgtree_text(pgtree_field(node, "relation"), "relname");
	if (name && strcmp(name, m->name) == 0)
		m->found = true;
	return !m->found && strcmp(type, "SelectStmt") != 0;
}

static bool makes(const struct parsed *p, const char *name, bool type)
{
	struct made m = {.name = name, .type = type};

	if (p && p->root)
		pgtree_walk(p->root, visit_made, &m);
	return m.found;
}

/* ---- what is not known ---- */

/* A new row, with the message to be completed; NULL when one of this name is there already. */
static struct unknown_name *add(struct looking *l, enum name_kind kind, const char *schema,
				const char *name, size_t position)
{
	struct unknown_names *out = l->out;
	struct unknown_name *u;
	size_t i;

	for (i = 0; i < out->count; i++)
		if (out->items[i].kind == kind && strcmp(out->items[i].name, name) == 0)
			return NULL;
	if (out->count == out->capacity) {
		size_t capacity = out->capacity ? 2 * out->capacity : 8;

		u = arena_alloc(l->arena, capacity * sizeof(*u));
		if (out->count)
			memcpy(u, out->items, out->count * sizeof(*u));
		out->items = u;
		out->capacity = capacity;
	}
	u = &out->items[out->count++];
	*u = (struct unknown_name){kind, schema, name, 0, position, "", ""};
	return u;
}

/* The name of the table that is nearest, or NULL. */
static const char *nearest_function(const char *name)
{
	const char *best = NULL;
	size_t i, distance = strlen(name) / 4 + 1;

	for (i = 0; i < name_function_count; i++) {
		size_t d = text_distance(name, name_functions[i].name, distance + 1);

		if (d <= distance) {
			distance = d ? d - 1 : 0;
			best = name_functions[i].name;
			if (d <= 1)
				break;
		}
	}
	return best;
}

static void unknown_function(struct looking *l, const char *schema, const char *name, size_t n,
			     size_t position)
{
	struct unknown_name *u = add(l, NAME_FUNCTION, schema, name, position);
	const struct name_function *f = names_function(name);
	const char *near = f ? NULL : nearest_function(name);
	char counts[64];

	if (!u)
		return;
	u->arguments = n;
	if (f) {
		u->message = arena_printf(l->arena, "function '%s' does not take %zu arguments",
					  name, n);
		u->hint = arena_printf(l->arena, "it takes %s",
				       names_counts(f, counts, sizeof(counts)));
	} else {
		u->message = arena_printf(l->arena, "Postgres has no function '%s' (%zu %s)", name,
					  n, n == 1 ? "argument" : "arguments");
		if (near)
			u->hint = arena_printf(l->arena, "did you mean '%s'?", near);
	}
}

static bool in_catalog(const char *schema)
{
	return !schema || strcmp(schema, "pg_catalog") == 0;
}

static void look_at_function(struct looking *l, const cJSON *node)
{
	const cJSON *name_list = pgtree_field(node, "funcname");
	const char *name = pgtree_name(name_list, 0), *schema = pgtree_name(name_list, 1);
	size_t n = pgtree_length(pgtree_field(node, "args"));
	const struct name_function *f;

	/* The direct arguments of an ordered-set aggregate and those it sorts by are one list. */
	if (cJSON_IsTrue(pgtree_field(node, "agg_within_group")))
		n += pgtree_length(pgtree_field(node, "agg_order"));
	if (!name)
		return;
	if (schema && l->helper_schema && strcmp(schema, l->helper_schema) == 0) {
		if (l->helpers && !makes(l->helpers, name, false))
			unknown_function(l, schema, name, n, pgtree_location(node));
		return;
	}
	if (!in_catalog(schema) || makes(l->text, name, false))
		return;
	f = names_function(name);
	if (f && (names_takes(f, n) || cJSON_IsTrue(pgtree_field(node, "func_variadic"))))
		return;
	if (f && n > 1 && strcmp(name, "unnest") == 0)
		return; /* several arrays beside each other, which FROM alone understands */
	if (n == 1 && (names_type(name) || makes(l->text, name, true)))
		return; /* a cast written as a call */
	unknown_function(l, schema, name, n, pgtree_location(node));
}

/* Each table is a type, too: NULL::t. */
static bool visit_table(void *context, const char *type, const cJSON *node)
{
	struct made *m = context;

	m->found |=
		strcmp(type, "RangeVar") == 0 && strcmp(pgtree_text(node, "relname"), m->name) == 0;
	return !m->found;
}

static bool is_table(const struct parsed *p, const char *name)
{
	struct made m = {.name = name};

	pgtree_walk(p->root, visit_table, &m);
	return m.found;
}

static void look_at_type(struct looking *l, const cJSON *node)
{
	const cJSON *list = pgtree_field(node, "names");
	const char *name = pgtree_name(list, 0), *schema = pgtree_name(list, 1);
	struct unknown_name *u;

	if (!name || !in_catalog(schema) || cJSON_IsTrue(pgtree_field(node, "pct_type")))
		return;
	if (names_type(name) || makes(l->text, name, true) || is_table(l->text, name))
		return;
	u = add(l, NAME_TYPE, schema, name, pgtree_location(node));
	if (u)
		u->message = arena_printf(l->arena, "Postgres has no type '%s'", name);
}

static void look_at_operator(struct looking *l, const cJSON *node)
{
	const char *kind = pgtree_text(node, "kind");
	const char *name = pgtree_name(pgtree_field(node, "name"), 0);
	const char *schema = pgtree_name(pgtree_field(node, "name"), 1);
	bool prefix = !pgtree_field(node, "lexpr");
	struct unknown_name *u;

	if (strcmp(kind, "AEXPR_OP") != 0 && strcmp(kind, "AEXPR_OP_ANY") != 0 &&
	    strcmp(kind, "AEXPR_OP_ALL") != 0)
		return;
	if (!name || !in_catalog(schema) || names_operator(name, prefix))
		return;
	u = add(l, NAME_OPERATOR, schema, name, pgtree_location(node));
	if (u)
		u->message = arena_printf(l->arena, "Postgres has no operator '%s'%s", name,
					  prefix ? " before a value" : "");
}

static bool visit_name(void *context, const char *type, const cJSON *node)
{
	if (strcmp(type, "FuncCall") == 0)
		look_at_function(context, node);
	else if (strcmp(type, "TypeName") == 0)
		look_at_type(context, node);
	else if (strcmp(type, "A_Expr") == 0)
		look_at_operator(context, node);
	return true;
}

void check_names_unknown(const struct parsed *p, const struct parsed *helpers,
			 const char *helper_schema, struct arena *a, struct unknown_names *out)
{
	struct looking l = {p, helpers, helper_schema, a, out};

	*out = (struct unknown_names){0};
	pgtree_walk(p->root, visit_name, &l);
}

struct use {
	const char *schema;
	bool found;
};

static bool visit_use(void *context, const char *type, const cJSON *node)
{
	struct use *u = context;
	const char *schema = NULL;

	if (strcmp(type, "FuncCall") == 0)
		schema = pgtree_name(pgtree_field(node, "funcname"), 1);
	if (schema && strcmp(schema, u->schema) == 0)
		u->found = true;
	return !u->found;
}

bool check_names_uses(const struct parsed *p, const char *schema)
{
	struct use u = {.schema = schema};

	pgtree_walk(p->root, visit_use, &u);
	return u.found;
}
