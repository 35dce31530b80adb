/*
 * rules_super.c - Redshift's SUPER: c.items[0].price goes into a value, FROM t, t.items AS i makes
 * a row of each element, UNPIVOT of each field. Which names are values and which are columns is
 * seen from the aliases in FROM. A SUPER is jsonb; what is found in it stays one, as in Snowflake.
 */
#include "convert/rules.h"

#include <string.h>

#define SCOPES_MAX 8

/* An alias of a relation: none, of rows, or of the elements of a SUPER. */
enum meaning { MEANS_NOTHING, MEANS_ROWS, MEANS_ELEMENT };

static enum meaning meaning_in(const struct node *n, struct str name)
{
	enum meaning m;

	if (n->kind == NODE_FROM || n->kind == NODE_JOIN || n->kind == NODE_JOIN_PAREN) {
		for (uint32_t i = 0; i < n->count; i++)
			if (n->child[i] && (n->kind != NODE_JOIN || i <= JOIN_RIGHT) &&
			    (m = meaning_in(n->child[i], name)))
				return m;
		return MEANS_NOTHING;
	}
	if (!str_same(node_relation_name(n), name))
		return MEANS_NOTHING;
	return n->kind == NODE_DERIVED && n->number ? MEANS_ELEMENT : MEANS_ROWS;
}

/* What a name means at a place; `select`: whether the place is in a query at all. */
static enum meaning meaning_of(const struct node *n, struct str name, bool *select)
{
	enum meaning m = MEANS_NOTHING;

	*select = false;
	for (const struct node *up = n->parent; up && !m; up = up->parent) {
		const struct node *s = up->kind == NODE_QUERY ? up->child[QUERY_BODY] : up;

		if (!s || s->kind != NODE_SELECT || !s->child[SELECT_FROM])
			continue;
		*select = true;
		m = meaning_in(s->child[SELECT_FROM], name);
	}
	return m;
}

static struct node *column_of(struct rewrite *r, const struct node *from, uint32_t count)
{
	struct node *n = node_make(r->arena, NODE_COLUMN);

	for (uint32_t i = 0; i < count; i++)
		node_add(r->arena, n, node_copy(r->arena, from->child[i]));
	n->number = 1; /* done */
	return n;
}

/* How many names of a dotted one are the column; 0: it is not of a SUPER. */
static uint32_t column_names(const struct node *n, bool indexed)
{
	bool in_query;
	enum meaning m;

	if (n->kind != NODE_COLUMN || n->number)
		return 0;
	m = meaning_of(n, n->child[0]->text, &in_query);
	if (!in_query)
		return 0;
	if (m == MEANS_ELEMENT)
		return n->count > 1 || indexed ? 1 : 0;
	if (m == MEANS_ROWS)
		return n->count > 2 || (indexed && n->count == 2) ? 2 : 0;
	/* no relation of that name: a column that is a SUPER; but schema.table.column */
	if (n->count == 2 || (indexed && n->count == 1))
		return 1;
	return n->count > 2 && !meaning_of(n, n->child[1]->text, &in_query) ? 1 : 0;
}

/* The column itself: an element's is named as its alias. */
static struct node *base_column(struct rewrite *r, const struct node *n, uint32_t names)
{
	bool in_query;
	struct node *c = column_of(r, n, names);

	if (names == 1 && meaning_of(n, n->child[0]->text, &in_query) == MEANS_ELEMENT)
		node_add(r->arena, c, node_copy(r->arena, n->child[0]));
	return c;
}

/* The rest of a dotted name, then [i] and .name above it, up to `top`. */
static struct node *path_of(struct rewrite *r, const struct node *column, uint32_t names,
			    const struct node *top)
{
	struct node *path = node_make(r->arena, NODE_PATH);
	struct node *steps = node_make(r->arena, NODE_LIST);

	for (uint32_t i = names; i < column->count; i++)
		node_add(r->arena, steps, node_copy(r->arena, column->child[i]));
	for (const struct node *n = column; n != top; n = n->parent)
		node_add(r->arena, steps, node_copy(r->arena, n->parent->child[1]));
	node_put(path, 0, base_column(r, column, names));
	node_put(path, 1, steps);
	path->type = TYPE_JSON;
	return path;
}

/* c.v.name, c.v.items[0].price, and v.name where nothing in FROM is v. */
bool rule_super_path(struct rewrite *r, struct node *n)
{
	const struct node *column = n;
	uint32_t names;

	if (n->kind == NODE_NAME ||
	    (n->parent && (n->parent->kind == NODE_INDEX || n->parent->kind == NODE_MEMBER) &&
	     n->slot == 0))
		return false;
	while (column->kind == NODE_INDEX || column->kind == NODE_MEMBER)
		column = column->child[0];
	names = column_names(column, n != column);
	if (!names)
		return false;
	node_replace(n, path_of(r, column, names, n));
	return true;
}

#define ELEMENTS                                                                                   \
	"(SELECT _v, (_o - 1)::bigint FROM jsonb_array_elements(CASE WHEN jsonb_typeof($1) = "     \
	"'array' THEN $1 END) WITH ORDINALITY AS _u(_v, _o))"
#define FIELDS                                                                                     \
	"(SELECT _v, _k FROM jsonb_each(CASE WHEN jsonb_typeof($1) = 'object' THEN $1 END) AS "    \
	"_u(_k, _v))"

/* t.items AS i [AT place], where t stands before in FROM. */
static void unnest(struct rewrite *r, struct node *n)
{
	struct node *name = n->child[TABLE_NAME], *alias = n->child[TABLE_ALIAS], *items, *query;
	struct node *derived = node_make(r->arena, NODE_DERIVED), *column, *names, *at = NULL;
	bool in_query, element, fields = n->flags & FLAG_NULLS;

	if (alias && alias->op)
		at = alias->child[ALIAS_COLUMNS]->child[0];
	element = meaning_of(n, name->child[0]->text, &in_query) == MEANS_ELEMENT;
	column = path_of(r, name, element ? 1 : 2, name);
	if (column->child[1]->count == 0) {
		column = rewrite_template(r, "$1::jsonb", 1, &column->child[0]);
		column->type = TYPE_JSON;
	}
	query = rewrite_query_template(r, fields ? FIELDS : ELEMENTS, 1, &column);
	if (!query)
		return;
	names = node_make(r->arena, NODE_ALIAS);
	node_put(names, ALIAS_NAME,
		 alias ? node_copy(r->arena, alias->child[ALIAS_NAME])
		       : node_copy(r->arena, name->child[name->count - 1]));
	items = query->child[QUERY_BODY]->child[SELECT_ITEMS];
	node_set(items->child[0], ITEM_ALIAS, node_copy(r->arena, names->child[ALIAS_NAME]));
	items->child[0]->child[ITEM_VALUE]->type = TYPE_JSON;
	if (at)
		node_set(items->child[1], ITEM_ALIAS, node_copy(r->arena, at));
	else
		node_remove(items, 1);
	derived->flags |= FLAG_LATERAL;
	derived->number = 1;
	node_put(derived, DERIVED_QUERY, query);
	node_put(derived, DERIVED_ALIAS, names);
	node_replace(n, derived);
}

static void look_through(struct rewrite *r, struct node *n)
{
	bool in_query;

	if (n->kind == NODE_FROM || n->kind == NODE_JOIN || n->kind == NODE_JOIN_PAREN) {
		for (uint32_t i = 0; i < n->count; i++)
			if (n->child[i] && (n->kind != NODE_JOIN || i <= JOIN_RIGHT))
				look_through(r, n->child[i]);
		return;
	}
	if (n->kind != NODE_TABLE || n->child[TABLE_NAME]->count < 2)
		return;
	if (str_same(node_relation_name(n), n->child[TABLE_NAME]->child[0]->text) &&
	    !n->child[TABLE_ALIAS])
		return;
	if (meaning_of(n, n->child[TABLE_NAME]->child[0]->text, &in_query))
		unnest(r, n);
}

/* Paths are made before conditions ask what stands beside them. */
static void make_paths(struct rewrite *r, struct node *n)
{
	if (n->kind == NODE_SELECT || n->kind == NODE_TABLE)
		return;
	if (n->kind == NODE_COLUMN || n->kind == NODE_INDEX || n->kind == NODE_MEMBER) {
		rule_super_path(r, n);
		return;
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			make_paths(r, n->child[i]);
}

/* FROM t, t.items AS i */
bool rule_super_from(struct rewrite *r, struct node *n)
{
	const struct node *query = n->parent;

	if (!n->child[SELECT_FROM])
		return false;
	look_through(r, n->child[SELECT_FROM]);
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			make_paths(r, n->child[i]);
	if (query && query->kind == NODE_QUERY && query->child[QUERY_ORDER])
		make_paths(r, query->child[QUERY_ORDER]);
	return false;
}

/*
 * MERGE INTO t USING s ON ... REMOVE DUPLICATES: rows of t that s has are taken out, all of s comes
 * in.
 */
bool rule_merge_replace(struct rewrite *r, struct node *n)
{
	struct node *both, *remove, *insert, *query, *from, *items, *item, *select, *target;

	if (!(n->flags & FLAG_REPLACE))
		return false;
	target = n->child[MERGE_TARGET];
	remove = node_make(r->arena, NODE_DELETE);
	node_put(remove, DELETE_TARGET, node_copy(r->arena, target));
	from = node_make(r->arena, NODE_FROM);
	node_add(r->arena, from, node_copy(r->arena, n->child[MERGE_SOURCE]));
	node_put(remove, DELETE_FROM, from);
	node_put(remove, DELETE_WHERE, n->child[MERGE_ON]);
	select = node_make(r->arena, NODE_SELECT);
	items = node_make(r->arena, NODE_LIST);
	item = node_make(r->arena, NODE_ITEM);
	node_put(item, ITEM_VALUE, node_make(r->arena, NODE_STAR));
	node_add(r->arena, items, item);
	from = node_make(r->arena, NODE_FROM);
	node_add(r->arena, from, n->child[MERGE_SOURCE]);
	node_put(select, SELECT_ITEMS, items);
	node_put(select, SELECT_FROM, from);
	query = node_make(r->arena, NODE_QUERY);
	node_put(query, QUERY_BODY, select);
	insert = node_make(r->arena, NODE_INSERT);
	node_put(insert, INSERT_TARGET, node_copy(r->arena, target->child[TABLE_NAME]));
	node_put(insert, INSERT_SOURCE, query);
	both = node_make(r->arena, NODE_STATEMENTS);
	node_add(r->arena, both, remove);
	node_add(r->arena, both, insert);
	rewrite_finding(r, n, "OVERWRITE", NULL);
	node_replace(n, both);
	return true;
}
