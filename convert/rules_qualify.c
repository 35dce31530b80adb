/*
 * rules_qualify.c - QUALIFY: a query around the one that has it keeps the rows. What the inner one
 * returns is listed outside by name; a `*` whose columns nobody knows is carried through as whole
 * rows of its relations.
 */
#include "convert/rules.h"

#include <strings.h>

/* The name by which the rows of a relation can be taken whole, or NULL. */
static const struct node *row_name(const struct node *relation)
{
	const struct node *alias = NULL;

	if (relation->kind == NODE_TABLE) {
		alias = relation->child[TABLE_ALIAS];
		if (!alias) {
			relation = relation->child[TABLE_NAME];
			return relation->child[relation->count - 1];
		}
	} else if (relation->kind == NODE_DERIVED) {
		alias = relation->child[DERIVED_ALIAS];
	} else if (relation->kind == NODE_TABLE_CALL) {
		alias = relation->child[TABLE_CALL_ALIAS];
	}
	return alias ? alias->child[ALIAS_NAME] : NULL;
}

struct rows {
	const struct node *names[16];
	uint32_t count;
	bool failed;
};

/* The relations whose columns `*` has, in their order; joins that merge columns are none of them.
 */
static void relations(const struct node *n, struct rows *out)
{
	if (n->kind == NODE_JOIN) {
		if (n->child[JOIN_USING] || n->flags & FLAG_NATURAL)
			out->failed = true;
		relations(n->child[JOIN_LEFT], out);
		relations(n->child[JOIN_RIGHT], out);
		return;
	}
	if (out->count == 16 || !row_name(n))
		out->failed = true;
	else
		out->names[out->count++] = row_name(n);
}

static bool rows_of(const struct node *select, const struct node *star, struct rows *out)
{
	const struct node *from = select->child[SELECT_FROM], *q = star->child[STAR_QUALIFIER];

	if (star->child[STAR_EXCEPT] || star->child[STAR_REPLACE] || star->child[STAR_RENAME])
		return false;
	if (q) {
		out->names[out->count++] = q->child[q->count - 1];
		return true;
	}
	for (uint32_t i = 0; from && i < from->count; i++)
		relations(from->child[i], out);
	return out->count && !out->failed;
}

static struct node *item_of(struct rewrite *r, struct node *value, struct node *alias)
{
	struct node *item = node_make(r->arena, NODE_ITEM);

	node_put(item, ITEM_VALUE, value);
	node_put(item, ITEM_ALIAS, alias);
	return item;
}

static struct node *copy_name(struct rewrite *r, const struct node *name)
{
	struct node *column = node_make(r->arena, NODE_COLUMN);

	node_add(r->arena, column, node_copy(r->arena, name));
	return column;
}

/* `*`: t AS _r1 inside, (_r1).* outside. */
static void carry_rows(struct rewrite *r, const struct rows *rows, struct node *inner,
		       struct node *outer)
{
	for (uint32_t i = 0; i < rows->count; i++) {
		struct node *name = rewrite_new_name(r, 'r'), *all;

		node_add(r->arena, inner, item_of(r, copy_name(r, rows->names[i]), name));
		all = node_make(r->arena, NODE_MEMBER);
		node_put(all, 0, node_paren(r->arena, copy_name(r, name)));
		node_put(all, 1, node_make(r->arena, NODE_STAR));
		node_add(r->arena, outer, item_of(r, all, NULL));
	}
}

/* The inner and the outer list; false: a star cannot be carried. */
static bool split_items(struct rewrite *r, const struct node *select, struct node *inner,
			struct node *outer)
{
	struct node *items = select->child[SELECT_ITEMS];

	for (uint32_t i = 0; i < items->count; i++) {
		struct node *item = items->child[i], *v = item;
		struct str last;

		if (item->kind == NODE_ITEM)
			v = item->child[ITEM_VALUE];
		if (v->kind == NODE_STAR) {
			struct rows rows = {.count = 0};

			if (!rows_of(select, v, &rows))
				return false;
			carry_rows(r, &rows, inner, outer);
			continue;
		}
		last = node_last_name(item);
		if (!last.p) {
			node_set(item, ITEM_ALIAS, rewrite_new_name(r, 'c'));
			last = node_last_name(item);
		}
		node_add(r->arena, inner, item);
		v = item->child[ITEM_ALIAS] ? item->child[ITEM_ALIAS] : NULL;
		node_add(r->arena, outer,
			 item_of(r,
				 v && v->kind == NODE_IDENT
					 ? copy_name(r, v)
					 : node_column(r->arena,
						       arena_strndup(r->arena, last.p, last.len)),
				 NULL));
	}
	return true;
}

static struct node *derived_of(struct rewrite *r, struct node *select)
{
	struct node *derived = node_make(r->arena, NODE_DERIVED), *query, *alias;

	query = node_make(r->arena, NODE_QUERY);
	node_put(query, QUERY_BODY, select);
	node_put(derived, DERIVED_QUERY, query);
	alias = node_make(r->arena, NODE_ALIAS);
	node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
	node_put(derived, DERIVED_ALIAS, alias);
	return derived;
}

static bool has_output(const struct node *outer, struct str name)
{
	for (uint32_t i = 0; i < outer->count; i++) {
		struct str own = node_last_name(outer->child[i]);

		if (own.p && own.len == name.len && !strncasecmp(own.p, name.p, name.len))
			return true;
	}
	return false;
}

static bool has_star(const struct node *outer)
{
	for (uint32_t i = 0; i < outer->count; i++)
		if (outer->child[i]->child[ITEM_VALUE]->kind == NODE_MEMBER)
			return true;
	return false;
}

/* ORDER BY stands outside now: it sees names of the list, and what is carried for it. */
static void carry_order(struct rewrite *r, struct node *n, struct node *inner,
			const struct node *outer)
{
	if (n->kind == NODE_COLUMN) {
		struct node *name = n->child[n->count - 1];

		if (!has_output(outer, name->text) && !has_star(outer)) {
			struct node *carried = rewrite_new_name(r, 'o');

			node_add(r->arena, inner,
				 item_of(r, node_copy(r->arena, n), node_copy(r->arena, carried)));
			name = carried;
		} else if (n->count == 1) {
			return;
		}
		node_replace(n, copy_name(r, name));
		return;
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			carry_order(r, n->child[i], inner, outer);
}

bool rule_qualify(struct rewrite *r, struct node *n)
{
	struct node *condition = n->child[SELECT_QUALIFY], *outer, *inner, *select, *from, *place,
		    *name;

	if (!condition)
		return false;
	inner = node_make(r->arena, NODE_LIST);
	outer = node_make(r->arena, NODE_LIST);
	if (!split_items(r, n, inner, outer))
		return false;
	name = rewrite_new_name(r, 'q');
	node_add(r->arena, inner, item_of(r, condition, name));
	if (n->parent->kind == NODE_QUERY && n->parent->child[QUERY_ORDER])
		carry_order(r, n->parent->child[QUERY_ORDER], inner, outer);
	place = node_take(r->arena, n);
	select = node_make(r->arena, NODE_SELECT);
	if (n->flags & FLAG_DISTINCT && !n->child[SELECT_DISTINCT]) {
		n->flags &= ~(uint32_t)FLAG_DISTINCT; /* after QUALIFY */
		select->flags |= FLAG_DISTINCT;
	}
	node_put(n, SELECT_QUALIFY, NULL);
	node_put(n, SELECT_ITEMS, inner);
	node_touch(n);
	from = node_make(r->arena, NODE_FROM);
	node_add(r->arena, from, derived_of(r, n));
	node_put(select, SELECT_ITEMS, outer);
	node_put(select, SELECT_FROM, from);
	node_put(select, SELECT_WHERE, copy_name(r, name));
	node_replace(place, select);
	return true;
}
