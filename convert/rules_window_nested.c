/*
 * rules_window_nested.c - a window function in the argument of another one, as Snowflake has it in
 * CONDITIONAL_TRUE_EVENT(x <> LAG(x) OVER (...)) OVER (...). The inner one is computed in a query
 * below, which takes the place of the relation.
 */
#include "convert/rules.h"

#define INNER_MAX 20

struct inner {
	struct node *calls[INNER_MAX];
	unsigned count;
};

/* Calls with OVER below another call with OVER. */
static void collect(struct node *n, bool inside, struct inner *in)
{
	bool window;

	if (n->kind == NODE_SUBQUERY || n->kind == NODE_EXISTS)
		return;
	window = n->kind == NODE_CALL && n->child[CALL_OVER];
	if (window && inside) {
		if (in->count < INNER_MAX)
			in->calls[in->count++] = n;
		return;
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			collect(n->child[i], inside || (window && i == CALL_ARGS), in);
}

static bool has_star(const struct node *items)
{
	for (uint32_t i = 0; i < items->count; i++) {
		const struct node *v = items->child[i];

		if (v->kind == NODE_ITEM)
			v = v->child[ITEM_VALUE];
		if (v->kind == NODE_STAR)
			return true;
	}
	return false;
}

/* (SELECT t.*, inner AS _w1 FROM t WHERE ...) AS t */
static struct node *below(struct rewrite *r, struct node *n, struct node *relation,
			  struct node *name, const struct inner *in)
{
	struct node *select = node_make(r->arena, NODE_SELECT), *items, *item, *star, *from;
	struct node *query = node_make(r->arena, NODE_QUERY), *derived, *alias, *qualifier;

	items = node_make(r->arena, NODE_LIST);
	star = node_make(r->arena, NODE_STAR);
	qualifier = node_make(r->arena, NODE_NAME);
	node_add(r->arena, qualifier, node_copy(r->arena, name));
	node_put(star, STAR_QUALIFIER, qualifier);
	item = node_make(r->arena, NODE_ITEM);
	node_put(item, ITEM_VALUE, star);
	node_add(r->arena, items, item);
	for (unsigned i = 0; i < in->count; i++) {
		struct node *column = rewrite_new_name(r, 'w'), *use, *call = in->calls[i];

		use = node_make(r->arena, NODE_COLUMN);
		node_add(r->arena, use, node_copy(r->arena, column));
		use->type = (uint8_t)type_of(r, call);
		node_replace(node_take(r->arena, call), use);
		item = node_make(r->arena, NODE_ITEM);
		item->flags |= FLAG_AS;
		node_put(item, ITEM_VALUE, call);
		node_put(item, ITEM_ALIAS, column);
		node_add(r->arena, items, item);
	}
	from = node_make(r->arena, NODE_FROM);
	node_add(r->arena, from, relation);
	node_put(select, SELECT_ITEMS, items);
	node_put(select, SELECT_FROM, from);
	node_put(select, SELECT_WHERE, n->child[SELECT_WHERE]);
	n->child[SELECT_WHERE] = NULL;
	node_put(query, QUERY_BODY, select);
	derived = node_make(r->arena, NODE_DERIVED);
	alias = node_make(r->arena, NODE_ALIAS);
	node_put(alias, ALIAS_NAME, node_copy(r->arena, name));
	node_put(derived, DERIVED_QUERY, query);
	node_put(derived, DERIVED_ALIAS, alias);
	return derived;
}

bool rule_nested_window(struct rewrite *r, struct node *n)
{
	struct node *from = n->child[SELECT_FROM], *t, *name, *alias;
	struct node *place, *derived;
	struct inner in = {.count = 0};

	if (!from || from->count != 1 || n->child[SELECT_GROUP] || n->child[SELECT_CONNECT])
		return false;
	t = from->child[0];
	collect(n->child[SELECT_ITEMS], false, &in);
	if (!in.count || in.count == INNER_MAX || has_star(n->child[SELECT_ITEMS]) ||
	    (t->kind != NODE_TABLE && t->kind != NODE_DERIVED))
		return false;
	alias = t->child[t->kind == NODE_TABLE ? TABLE_ALIAS : (uint32_t)DERIVED_ALIAS];
	if (alias && alias->child[ALIAS_COLUMNS])
		return false;
	if (!alias && t->kind == NODE_DERIVED) {
		alias = node_make(r->arena, NODE_ALIAS);
		node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
		node_set(t, DERIVED_ALIAS, alias);
	}
	name = alias ? alias->child[ALIAS_NAME]
		     : t->child[TABLE_NAME]->child[t->child[TABLE_NAME]->count - 1];
	place = node_take(r->arena, t);
	derived = below(r, n, t, name, &in);
	node_replace(place, derived);
	node_touch(n);
	return true;
}
