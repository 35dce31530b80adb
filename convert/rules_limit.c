/*
 * rules_limit.c - TOP and FETCH: n rows, n percent of the rows, ties, in a branch of a UNION.
 */
#include "convert/rules.h"

/* The block as a query of its own, so that a LIMIT can stand behind it. */
static struct node *own_query(struct rewrite *r, struct node *select)
{
	struct node *place = node_take(r->arena, select);
	struct node *sub = node_make(r->arena, NODE_SUBQUERY), *q = node_make(r->arena, NODE_QUERY);

	node_put(q, QUERY_BODY, select);
	node_put(sub, 0, q);
	node_replace(place, sub);
	return q;
}

/* n percent of the rows: counted by the query itself. */
static struct node *percent(struct rewrite *r, const struct node *body, struct node *count)
{
	struct node *args[1] = {count}, *limit, *query = node_make(r->arena, NODE_QUERY), *q;

	limit = rewrite_template(
		r, "(SELECT ceil(count(*) * $1 / 100.0)::bigint FROM (SELECT 1) AS _t)", 1, args);
	node_put(query, QUERY_BODY, node_copy(r->arena, body));
	q = limit->child[0]->child[QUERY_BODY]->child[SELECT_FROM]->child[0];
	node_set(q, DERIVED_QUERY, query);
	return limit;
}

/* SELECT TOP n: LIMIT at the end. */
bool rule_top(struct rewrite *r, struct node *n)
{
	struct node *top = n->child[SELECT_TOP], *q = n->parent, *limit;
	bool all;

	if (!top || !q)
		return false;
	all = top->flags & FLAG_PERCENT && str_is(node_bare(top->child[0])->text, "100");
	if (top->flags & FLAG_TIES && (q->kind != NODE_QUERY || !q->child[QUERY_ORDER]))
		return false;
	node_set(n, SELECT_TOP, NULL);
	if (all)
		return true;
	if (q->kind != NODE_QUERY)
		q = own_query(r, n);
	limit = node_make(r->arena, NODE_LIMIT);
	limit->flags |= top->flags & FLAG_TIES;
	node_put(limit, LIMIT_COUNT,
		 top->flags & FLAG_PERCENT ? percent(r, n, top->child[0]) : top->child[0]);
	node_set(q, QUERY_LIMIT, limit);
	return true;
}

/* FETCH FIRST n PERCENT ROWS. */
bool rule_fetch_percent(struct rewrite *r, struct node *n)
{
	struct node *limit = n->child[QUERY_LIMIT], *count;

	if (!limit || !(limit->flags & FLAG_PERCENT) || !limit->child[LIMIT_COUNT])
		return false;
	count = limit->child[LIMIT_COUNT];
	limit->flags &= ~(uint32_t)FLAG_PERCENT;
	node_touch(limit);
	node_put(limit, LIMIT_COUNT, percent(r, n->child[QUERY_BODY], count));
	return true;
}
