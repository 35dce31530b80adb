/*
 * rules_oracle_keep.c - agg(x) KEEP (DENSE_RANK FIRST | LAST ORDER BY k): the aggregate of the rows
 * that come first. The largest or smallest of them is the first element of an ordered array; other
 * aggregates filter the group's rows by the first key.
 */
#include "convert/rules.h"

static struct node *sort_of(struct rewrite *r, struct node *value, uint32_t flags, unsigned op)
{
	struct node *sort = node_make(r->arena, NODE_SORT);

	sort->flags |= flags;
	sort->op = (uint8_t)op;
	node_put(sort, 0, value);
	return sort;
}

static unsigned other_end(unsigned op)
{
	return op == SORT_NULLS_FIRST ? SORT_NULLS_LAST : op ? SORT_NULLS_FIRST : op;
}

/* The order of KEEP; that of LAST turned round. */
static struct node *keep_order(struct rewrite *r, const struct node *keep)
{
	struct node *list = node_make(r->arena, NODE_LIST);
	const struct node *order = keep->child[0];

	for (uint32_t i = 0; i < order->count; i++) {
		const struct node *s = order->child[i];
		bool down = !(s->flags & FLAG_DESC) == !!keep->op;

		node_add(r->arena, list,
			 sort_of(r, node_copy(r->arena, s->child[0]), down ? FLAG_DESC : 0,
				 keep->op ? other_end(s->op) : s->op));
	}
	return list;
}

static struct node *first_of(struct rewrite *r, struct node *value, struct node *order)
{
	struct node *call = node_call(r->arena, "array_agg", 1, &value);
	struct node *index = node_make(r->arena, NODE_INDEX);

	node_put(call, CALL_ORDER, order);
	node_put(index, 0, node_paren(r->arena, call));
	node_put(index, 1, node_number(r->arena, 1));
	return index;
}

/* max() or min() of the first rows: the first of an order that ends with the value itself. */
static struct node *extreme(struct rewrite *r, struct node *call, bool max)
{
	struct node *value = node_arg(call, 0), *order = keep_order(r, call->child[CALL_KEEP]);
	struct node *over = call->child[CALL_OVER], *first;

	node_add(r->arena, order,
		 sort_of(r, node_copy(r->arena, value), max ? FLAG_DESC : 0,
			 max ? SORT_NULLS_LAST : 0));
	if (!over)
		return first_of(r, value, order);
	first = node_call(r->arena, "first_value", 1, &value);
	node_set(over, WINDOW_ORDER, order);
	node_put(first, CALL_OVER, over);
	return first;
}

/* The key of a row: its sort values, as a text when there are several. */
static struct node *key_of(struct rewrite *r, const struct node *keep)
{
	const struct node *order = keep->child[0];
	struct node *row;

	if (order->count == 1)
		return node_copy(r->arena, order->child[0]->child[0]);
	row = node_make(r->arena, NODE_ROW);
	row->text = (struct str){"row", 3};
	for (uint32_t i = 0; i < order->count; i++)
		node_add(r->arena, row, node_copy(r->arena, order->child[i]->child[0]));
	return node_cast(r->arena, row, "text");
}

/* Other aggregates: over the rows whose key is the first. */
static struct node *filtered(struct rewrite *r, struct node *call)
{
	static const char *const texts[] = {
		"(SELECT count(*) FROM unnest(array_agg($1)) AS _u(_k) WHERE _u._k IS NOT DISTINCT "
		"FROM $2)",
		"(SELECT count(_u._x) FROM unnest(array_agg($3), array_agg($1)) AS _u(_x, _k) "
		"WHERE "
		"_u._k IS NOT DISTINCT FROM $2)"};
	struct node *keep = call->child[CALL_KEEP], *value = node_arg(call, 0), *one, *args[3];
	struct str name = node_last_name(call->child[CALL_NAME]);
	struct node *items, *inner;

	args[0] = key_of(r, keep);
	args[1] = first_of(r, key_of(r, keep), keep_order(r, keep));
	args[2] = value;
	if (value->kind == NODE_STAR)
		return rewrite_template(r, texts[0], 2, args);
	one = rewrite_template(r, texts[1], 3, args);
	items = one->child[0]->child[QUERY_BODY]->child[SELECT_ITEMS];
	inner = items->child[0]->child[ITEM_VALUE];
	node_replace(inner->child[CALL_NAME]->child[0],
		     node_ident(r->arena, arena_strndup(r->arena, name.p, name.len)));
	return one;
}

bool rule_keep(struct rewrite *r, struct node *n)
{
	bool max = node_calls(n, "max"), min = node_calls(n, "min");
	struct node *place, *over = n->child[CALL_OVER];

	if (!n->child[CALL_KEEP] || node_arg_count(n) != 1 || !n->child[CALL_KEEP]->child[0])
		return false;
	if (over && (!(max || min) || over->op || over->child[WINDOW_ORDER]))
		return false;
	place = node_take(r->arena, n);
	node_replace(place, max || min ? extreme(r, n, max) : filtered(r, n));
	return true;
}
