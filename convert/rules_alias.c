/*
 * rules_alias.c - names that a select item may use of items before it, and WHERE, GROUP BY, HAVING
 * of the list: Postgres has none of it, so the expression is put in the place of its name.
 */
#include "convert/rules.h"

#include <strings.h>

#define ITEMS_MAX 1000 /* each item looks at all after it */

static bool mentions(const struct node *n, struct str name)
{
	if (n->kind == NODE_COLUMN && str_same(n->child[n->count - 1]->text, name))
		return true;
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i] && mentions(n->child[i], name))
			return true;
	return false;
}

/* A column of the relations that the text shows would be meant first. */
static bool is_input(const struct node *from, struct str name)
{
	if (!from)
		return false;
	if (from->kind == NODE_IDENT)
		return from->parent && from->parent->kind == NODE_LIST &&
		       str_same(from->text, name);
	if (from->kind == NODE_ITEM) {
		struct str own = node_last_name(from);

		return own.p && str_same(own, name);
	}
	for (uint32_t i = 0; i < from->count; i++)
		if (is_input(from->child[i], name))
			return true;
	return false;
}

static bool put_in(struct rewrite *r, struct node *n, struct str name, const struct node *value)
{
	bool done = false;

	if (n->kind == NODE_SUBQUERY || n->kind == NODE_EXISTS)
		return false;
	if (n->kind == NODE_COLUMN && n->count == 1 && str_same(n->child[0]->text, name)) {
		struct node *copy = node_copy(r->arena, value);

		node_replace(n,
			     node_binding(copy) < BIND_PRIMARY ? node_paren(r->arena, copy) : copy);
		return true;
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			done |= put_in(r, n->child[i], name, value);
	return done;
}

bool rule_lateral_alias(struct rewrite *r, struct node *n)
{
	struct node *items = n->child[SELECT_ITEMS];
	bool done = false;

	if (items->count > ITEMS_MAX)
		return false;
	for (uint32_t i = 0; i < items->count; i++) {
		struct node *item = items->child[i], *alias = item->child[ITEM_ALIAS];

		if (item->kind != NODE_ITEM || !alias || alias->kind != NODE_IDENT ||
		    mentions(item->child[ITEM_VALUE], alias->text) ||
		    is_input(n->child[SELECT_FROM], alias->text))
			continue;
		for (uint32_t k = i + 1; k < items->count; k++)
			done |= put_in(r,
				       items->child[k]->child[ITEM_VALUE]->kind == NODE_COLUMN
					       ? items->child[k]
					       : items->child[k]->child[ITEM_VALUE],
				       alias->text, item->child[ITEM_VALUE]);
		if (n->child[SELECT_HAVING])
			done |= put_in(r, n->child[SELECT_HAVING], alias->text,
				       item->child[ITEM_VALUE]);
	}
	return done;
}

/*
 * Snowflake's WHERE may name an item of the list, where no column has that name. Which columns
 * there are is known only of queries in the text; elsewhere the name of a column of the same item
 * (a.x AS x) is never meant.
 */
bool rule_where_alias(struct rewrite *r, struct node *n)
{
	struct node *items = n->child[SELECT_ITEMS], *where = n->child[SELECT_WHERE];
	bool done = false;

	if (!where || items->count > ITEMS_MAX)
		return false;
	for (uint32_t i = 0; i < items->count; i++) {
		struct node *item = items->child[i], *alias = item->child[ITEM_ALIAS];

		if (item->kind != NODE_ITEM || !alias || alias->kind != NODE_IDENT ||
		    mentions(item->child[ITEM_VALUE], alias->text) ||
		    node_contains(item->child[ITEM_VALUE], NODE_WINDOW) ||
		    has_aggregate(item->child[ITEM_VALUE]) ||
		    is_input(n->child[SELECT_FROM], alias->text) || !mentions(where, alias->text))
			continue;
		if (put_in(r, n->child[SELECT_WHERE], alias->text, item->child[ITEM_VALUE])) {
			rewrite_finding(r, item, "ALIAS-IN-WHERE", NULL);
			done = true;
		}
	}
	return done;
}

/* ORDER BY total + 1, GROUP BY y DIV 10: Postgres knows an alias only where it stands alone. */
bool rule_sort_alias(struct rewrite *r, struct node *n)
{
	struct node *body = n->child[QUERY_BODY], *items, *group;
	bool done = false;

	if (!body || body->kind != NODE_SELECT || body->flags & FLAG_DISTINCT ||
	    body->child[SELECT_ITEMS]->count > ITEMS_MAX)
		return false;
	items = body->child[SELECT_ITEMS];
	group = body->child[SELECT_GROUP];
	for (uint32_t i = 0; i < items->count; i++) {
		struct node *item = items->child[i], *order = n->child[QUERY_ORDER];
		const struct node *alias = item->child[ITEM_ALIAS];

		if (item->kind != NODE_ITEM || !alias || alias->kind != NODE_IDENT ||
		    mentions(item->child[ITEM_VALUE], alias->text))
			continue;
		for (uint32_t k = 0; order && k < order->count; k++)
			if (order->child[k]->child[0] &&
			    order->child[k]->child[0]->kind != NODE_COLUMN)
				done |= put_in(r, order->child[k]->child[0], alias->text,
					       item->child[ITEM_VALUE]);
		for (uint32_t k = 0; group && k < group->count; k++)
			if (group->child[k]->kind != NODE_COLUMN)
				done |= put_in(r, group->child[k], alias->text,
					       item->child[ITEM_VALUE]);
	}
	return done;
}
