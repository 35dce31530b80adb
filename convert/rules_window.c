/*
 * rules_window.c - window functions that Postgres lacks, by arrays over a window: percentiles and
 * medians OVER, lists of texts OVER, LAG and LEAD that skip NULLs.
 */
#include "convert/rules.h"

#include "convert/parse.h"

static struct node *frame(struct rewrite *r, unsigned from, unsigned to)
{
	struct node *f = node_make(r->arena, NODE_FRAME), *low, *high;

	low = node_make(r->arena, NODE_BOUND);
	low->op = (uint8_t)from;
	if (from == BOUND_FOLLOWING)
		node_put(low, 0, node_number(r->arena, 1));
	high = node_make(r->arena, NODE_BOUND);
	high->op = (uint8_t)to;
	if (to == BOUND_PRECEDING)
		node_put(high, 0, node_number(r->arena, 1));
	f->op = FRAME_ROWS;
	node_put(f, 0, low);
	node_put(f, 1, high);
	return f;
}

/* The same partition, another order and frame. */
static struct node *window(struct rewrite *r, const struct node *over, struct node *order,
			   struct node *rows)
{
	struct node *w = node_make(r->arena, NODE_WINDOW);
	const struct node *partition = over->child[WINDOW_PARTITION];

	if (partition)
		node_put(w, WINDOW_PARTITION, node_copy(r->arena, partition));
	if (order)
		node_put(w, WINDOW_ORDER, order);
	if (rows)
		node_put(w, WINDOW_FRAME, rows);
	return w;
}

static struct node *over_call(struct rewrite *r, const char *name, struct node *value,
			      struct node *w)
{
	struct node *call = node_call(r->arena, name, 1, &value);

	node_put(call, CALL_OVER, w);
	return call;
}

/* The values in their order, NULLs at the end. */
static struct node *sorted_array(struct rewrite *r, const struct node *over,
				 const struct node *value, bool down)
{
	struct node *list = node_make(r->arena, NODE_LIST), *sort = node_make(r->arena, NODE_SORT);

	sort->op = SORT_NULLS_LAST;
	sort->flags |= down ? FLAG_DESC : 0;
	node_put(sort, 0, node_copy(r->arena, value));
	node_add(r->arena, list, sort);
	return node_paren(r->arena, over_call(r, "array_agg", node_copy(r->arena, value),
					      window(r, over, list,
						     frame(r, BOUND_UNBOUNDED_PRECEDING,
							   BOUND_UNBOUNDED_FOLLOWING))));
}

#define PLACE "($3 * ($2 - 1))"

/* percentile_cont(p) WITHIN GROUP (ORDER BY x) OVER (PARTITION BY g), median(x) OVER (...) */
bool rule_percentile_over(struct rewrite *r, struct node *n)
{
	static const char *const cont =
		"($1[floor(" PLACE ")::int + 1] + ($1[ceil(" PLACE ")::int + 1] - $1[floor(" PLACE
		")::int + 1]) * (" PLACE " - floor(" PLACE ")))";
	static const char *const disc = "$1[greatest(ceil($3 * $2)::int, 1)]";
	bool is_cont = node_calls(n, "percentile_cont"), median = node_calls(n, "median");
	struct node *over = n->child[CALL_OVER], *order = n->child[CALL_WITHIN], *args[3], *sort;
	const struct node *value;
	bool down = false;

	if (!over || over->op || (!is_cont && !median && !node_calls(n, "percentile_disc")) ||
	    node_arg_count(n) != 1)
		return false;
	value = node_arg(n, 0);
	if (!median) {
		if (!order || order->kind != NODE_LIST || order->count != 1)
			return false;
		sort = order->child[0];
		value = sort->child[0];
		down = sort->flags & FLAG_DESC;
	}
	args[0] = sorted_array(r, over, value, down);
	args[1] = over_call(r, "count", node_copy(r->arena, value), window(r, over, NULL, NULL));
	args[2] = median ? rewrite_template(r, "0.5", 0, NULL) : node_arg(n, 0);
	node_replace(n, rewrite_template(r, is_cont || median ? cont : disc, 3, args));
	return true;
}

/* LISTAGG(x, d) WITHIN GROUP (ORDER BY y) OVER (PARTITION BY g): the order goes to the window. */
bool rule_list_over(struct rewrite *r, struct node *n)
{
	struct node *over = n->child[CALL_OVER], *order = n->child[CALL_WITHIN];

	if (!over || over->op || !order || order->kind != NODE_LIST || over->child[WINDOW_ORDER] ||
	    !(node_calls(n, "listagg") || node_calls(n, "string_agg")))
		return false;
	if (n->flags & FLAG_DISTINCT) {
		rewrite_finding(r, n, "NOT-CONVERTED", "Postgres has no DISTINCT over a window");
		return false;
	}
	node_set(n, CALL_WITHIN, NULL);
	node_set(n, CALL_OVER, NULL);
	node_set(n, CALL_OVER,
		 window(r, over, order,
			frame(r, BOUND_UNBOUNDED_PRECEDING, BOUND_UNBOUNDED_FOLLOWING)));
	return true;
}

/* LAG(x, k, default) IGNORE NULLS OVER (...): the k-th of the values before that are not NULL. */
bool rule_lag_nulls(struct rewrite *r, struct node *n)
{
	bool lag = node_calls(n, "lag");
	struct node *over = n->child[CALL_OVER], *args[3], *w, *not_null, *now;
	uint32_t count = node_arg_count(n);

	if (!(n->flags & FLAG_IGNORE_NULLS) || !over || over->op || !over->child[WINDOW_ORDER] ||
	    count == 0 || count > 3 || !(lag || node_calls(n, "lead")))
		return false;
	w = window(r, over, node_copy(r->arena, over->child[WINDOW_ORDER]),
		   lag ? frame(r, BOUND_UNBOUNDED_PRECEDING, BOUND_PRECEDING)
		       : frame(r, BOUND_FOLLOWING, BOUND_UNBOUNDED_FOLLOWING));
	args[0] = over_call(r, "array_agg", node_copy(r->arena, node_arg(n, 0)), w);
	not_null = node_is_null(r->arena, node_copy(r->arena, node_arg(n, 0)), true);
	node_put(args[0], CALL_FILTER, not_null);
	args[0] = node_paren(r->arena, args[0]);
	args[1] =
		over_call(r, "count", node_copy(r->arena, node_arg(n, 0)), node_copy(r->arena, w));
	args[2] = count > 1 ? node_arg(n, 1) : node_number(r->arena, 1);
	now = lag ? rewrite_template(r, "$1[($2 - $3 + 1)::int]", 3, args)
		  : rewrite_template(r, "$1[$2]", 2, (struct node *[]){args[0], args[2]});
	if (count == 3)
		now = rewrite_template(r, "coalesce($1, $2)", 2,
				       (struct node *[]){now, node_arg(n, 2)});
	node_replace(n, now);
	return true;
}

/* LISTAGG(x, d ON OVERFLOW TRUNCATE ...): a text has no end here. */
bool rule_list_overflow(struct rewrite *r, struct node *n)
{
	const struct node *args = n->child[CALL_ARGS];
	const struct node *raw = args && args->count == 1 ? args->child[0] : NULL;
	struct parser p = {.a = r->arena, .d = r->dialect, .t = r->tokens};
	struct node *list;

	if (!raw || raw->kind != NODE_RAW || raw->first >= raw->last || !node_calls(n, "listagg"))
		return false;
	p.at = raw->first;
	if (parse_accept(&p, K_DISTINCT))
		n->flags |= FLAG_DISTINCT;
	list = node_make(r->arena, NODE_LIST);
	do {
		node_add(r->arena, list, parse_expression(&p));
	} while (parse_accept_symbol(&p, ',') && !p.failed);
	if (p.failed || !parse_is(&p, K_ON))
		return false;
	node_set(n, CALL_ARGS, list);
	node_touch(n);
	return true;
}

/* LISTAGG(DISTINCT x) WITHIN GROUP (ORDER BY x): Postgres wants the very argument, a text. */
bool rule_list_distinct(struct rewrite *r, struct node *n)
{
	struct node *order = n->child[CALL_WITHIN], *value, *copy;

	if (!(n->flags & FLAG_DISTINCT) || !order || order->kind != NODE_LIST ||
	    order->count != 1 || !(node_calls(n, "listagg") || node_calls(n, "string_agg")))
		return false;
	value = order->child[0]->child[0];
	if (!node_same(value, node_arg(n, 0)) || type_is_number(type_of(r, value)))
		return false;
	copy = node_cast(r->arena, node_copy(r->arena, value), "text");
	copy->child[CAST_TYPE]->number = TYPE_OF_POSTGRES;
	node_replace(value, copy);
	return true;
}

/*
 * Snowflake: without a frame FIRST_VALUE, LAST_VALUE and NTH_VALUE see the whole partition, in
 * Postgres what came so far.
 */
bool rule_whole_frame(struct rewrite *r, struct node *n)
{
	struct node *over = n->child[CALL_OVER];

	if (!over || over->op || over->child[WINDOW_FRAME] || !over->child[WINDOW_ORDER] ||
	    !(node_calls(n, "last_value") || node_calls(n, "nth_value") ||
	      (node_calls(n, "first_value") && n->flags & FLAG_IGNORE_NULLS)))
		return false;
	node_set(over, WINDOW_FRAME,
		 frame(r, BOUND_UNBOUNDED_PRECEDING, BOUND_UNBOUNDED_FOLLOWING));
	return true;
}
