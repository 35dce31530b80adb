/*
 * rules_case_group.c - GROUP BY and DISTINCT where the collation ignores case: texts are grouped by
 * lower(), and one of the group's spellings stands for all.
 */
#include "convert/rules.h"

static bool folds(struct rewrite *r, struct node *n)
{
	return n->kind == NODE_COLUMN && type_of(r, n) == TYPE_TEXT;
}

static struct node *folded(struct rewrite *r, const struct node *n)
{
	bool blanks = r->dialect->flags & DIALECT_PLUS_CONCAT;
	struct node *copy = node_copy(r->arena, n);

	return rewrite_template(r, blanks ? "lower(rtrim($1))" : "lower($1)", 1, &copy);
}

static struct node *one_of(struct rewrite *r, const struct node *n)
{
	struct node *copy = node_copy(r->arena, n);

	return rewrite_template(r, "(array_agg($1))[1]", 1, &copy);
}

/* Puts one spelling where the group's column stands outside of aggregates. */
static void represent(struct rewrite *r, struct node *n, const struct node *key)
{
	for (uint32_t i = 0; n && i < n->count; i++) {
		struct node *c = n->child[i];

		if (!c || c->kind == NODE_QUERY)
			continue;
		if (c->kind == NODE_COLUMN && node_same(c, key)) {
			if (n->kind == NODE_ITEM && !n->child[ITEM_ALIAS])
				node_set(n, ITEM_ALIAS,
					 node_copy(r->arena, c->child[c->count - 1]));
			node_replace(c, one_of(r, key));
		} else if (c->kind != NODE_CALL || c->child[CALL_OVER] || !has_aggregate(c)) {
			represent(r, c, key);
		}
	}
}

bool rule_group_case(struct rewrite *r, struct node *n)
{
	struct node *group = n->child[SELECT_GROUP], *q = n->parent;
	bool done = false;

	if (!group || !r->settings->ignore_case || r->settings->plain)
		return false;
	for (uint32_t i = 0; i < group->count; i++) {
		struct node *key = group->child[i];

		if (!folds(r, key))
			continue;
		represent(r, n->child[SELECT_ITEMS], key);
		if (n->child[SELECT_HAVING])
			represent(r, n->child[SELECT_HAVING], key);
		if (q && q->kind == NODE_QUERY && q->child[QUERY_ORDER])
			represent(r, q->child[QUERY_ORDER], key);
		node_replace(key, folded(r, key));
		done = true;
	}
	return done;
}

/* SELECT DISTINCT of plain columns: the same by GROUP BY. */
bool rule_select_case(struct rewrite *r, struct node *n)
{
	struct node *items = n->child[SELECT_ITEMS], *group;
	bool texts = false;

	if (!(n->flags & FLAG_DISTINCT) || n->child[SELECT_DISTINCT] || n->child[SELECT_GROUP] ||
	    !r->settings->ignore_case || r->settings->plain)
		return false;
	for (uint32_t i = 0; i < items->count; i++) {
		if (items->child[i]->kind != NODE_ITEM ||
		    items->child[i]->child[ITEM_VALUE]->kind != NODE_COLUMN)
			return false;
		texts |= folds(r, items->child[i]->child[ITEM_VALUE]);
	}
	if (!texts)
		return false;
	group = node_make(r->arena, NODE_GROUP);
	for (uint32_t i = 0; i < items->count; i++)
		node_add(r->arena, group, node_copy(r->arena, items->child[i]->child[ITEM_VALUE]));
	n->flags &= ~(uint32_t)FLAG_DISTINCT;
	node_set(n, SELECT_GROUP, group);
	return rule_group_case(r, n);
}
