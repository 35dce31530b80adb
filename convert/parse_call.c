/*
 * parse_call.c - function calls with everything that can stand inside and behind the parentheses,
 * and windows. Arguments in a syntax of their own are kept as raw tokens.
 */
#include "convert/parse.h"
#include "convert/shape_text.h"

static struct node *argument(struct parser *p)
{
	struct node *n, *value;
	uint32_t first = p->at;

	if (parse_is_name(p, 0) &&
	    (parse_symbol_at(p, 1, SYMBOL_FAT_ARROW) || parse_symbol_at(p, 1, SYMBOL_ASSIGN))) {
		n = parse_open(p, NODE_ARG);
		n->text = token_text(p->t, p->at);
		p->at += 2;
		node_put(n, 0, parse_expression(p));
		return parse_close(p, n);
	}
	if (parse_begins_bare_query(p)) {
		n = parse_open(p, NODE_SUBQUERY);
		node_put(n, 0, parse_query(p));
		node_touch(n);
		return parse_close(p, n);
	}
	value = parse_expression(p);
	if (!parse_is(p, K_AS))
		return value;
	n = parse_open_at(p, NODE_ITEM, first); /* struct(1 AS a) */
	p->at++;
	node_put(n, ITEM_VALUE, value);
	node_put(n, ITEM_ALIAS, parse_ident(p));
	n->flags |= FLAG_AS;
	return parse_close(p, n);
}

static void nulls_treatment(struct parser *p, struct node *n)
{
	if (parse_accept2(p, K_IGNORE, K_NULLS))
		n->flags |= FLAG_IGNORE_NULLS;
	else if (parse_accept2(p, K_RESPECT, K_NULLS))
		n->flags |= FLAG_RESPECT_NULLS;
	else
		return;
	node_touch(n);
}

/* Between the parentheses, the closing one included. */
static void arguments(struct parser *p, struct node *n)
{
	struct node *list;

	if (parse_accept(p, K_DISTINCT) || parse_accept(p, K_UNIQUE))
		n->flags |= FLAG_DISTINCT;
	else if (parse_is(p, K_ALL) && !parse_symbol_at(p, 1, ')'))
		p->at++;
	list = parse_open(p, NODE_LIST);
	if (!parse_is_symbol(p, ')') && !parse_is(p, K_ORDER)) {
		do {
			node_add(p->a, list, argument(p));
		} while (parse_accept_symbol(p, ','));
	}
	node_put(n, CALL_ARGS, parse_close(p, list));
	nulls_treatment(p, n);
	node_put(n, CALL_ORDER, parse_order_by(p));
	if (parse_accept(p, K_SEPARATOR)) {
		node_put(n, CALL_SEPARATOR, parse_primary(p));
		node_touch(n);
	}
	nulls_treatment(p, n);
	parse_expect_symbol(p, ')');
}

static void raw_arguments(struct parser *p, struct node *n)
{
	struct node *list = parse_open(p, NODE_LIST), *raw = parse_open(p, NODE_RAW);

	if (!parse_skip_balanced(p)) {
		parse_fail(p, "a closing parenthesis");
		return;
	}
	p->at--;
	node_add(p->a, list, parse_close(p, raw));
	node_put(n, CALL_ARGS, parse_close(p, list));
	p->at++;
}

static struct node *within(struct parser *p)
{
	struct node *order;

	p->at += 2;
	parse_expect_symbol(p, '(');
	order = parse_order_by(p);
	parse_expect_symbol(p, ')');
	return order;
}

static struct node *keep(struct parser *p)
{
	struct node *n = parse_open(p, NODE_KEEP);

	p->at += 2;
	parse_expect(p, K_DENSE_RANK);
	n->op = parse_is(p, K_LAST);
	p->at++;
	node_put(n, 0, parse_order_by(p));
	parse_expect_symbol(p, ')');
	return parse_close(p, n);
}

static struct node *over(struct parser *p)
{
	struct node *n;

	p->at++;
	if (parse_is_symbol(p, '('))
		return parse_window(p);
	n = parse_open(p, NODE_WINDOW);
	n->op = 1;
	node_put(n, WINDOW_BASE, parse_ident(p));
	return parse_close(p, n);
}

static void behind(struct parser *p, struct node *n)
{
	if (parse_is(p, K_WITHIN) && parse_keyword(p, 1) == K_GROUP)
		node_put(n, CALL_WITHIN, within(p));
	if (parse_is(p, K_FROM) &&
	    (parse_keyword(p, 1) == K_FIRST || parse_keyword(p, 1) == K_LAST) &&
	    (parse_keyword(p, 2) == K_OVER || parse_keyword(p, 2) == K_IGNORE ||
	     parse_keyword(p, 2) == K_RESPECT)) {
		n->op = parse_keyword(p, 1) == K_LAST;
		node_touch(n);
		p->at += 2;
	}
	if (parse_is(p, K_KEEP) && parse_symbol_at(p, 1, '('))
		node_put(n, CALL_KEEP, keep(p));
	if (parse_is(p, K_FILTER) && parse_symbol_at(p, 1, '(')) {
		p->at += 2;
		parse_expect(p, K_WHERE);
		node_put(n, CALL_FILTER, parse_expression(p));
		parse_expect_symbol(p, ')');
	}
	nulls_treatment(p, n);
	if (parse_is(p, K_OVER) && (parse_symbol_at(p, 1, '(') || parse_is_name(p, 1)))
		node_put(n, CALL_OVER, over(p));
}

/* from_json(x, 'a INT'): what its fields will be. */
static void add_shape(struct parser *p, struct node *n)
{
	const struct node *schema;

	static const char window[] = "`start` TIMESTAMP, `end` TIMESTAMP";

	if (p->failed || !n->child[CALL_ARGS] || !(p->d->flags & DIALECT_LAMBDA))
		return;
	if (node_arg_count(n) > 1 && !n->child[CALL_OVER] &&
	    (node_calls(n, "window") || node_calls(n, "session_window")))
		n->shape = shape_of_text(p->a, p->d, (struct str){window, sizeof(window) - 1});
	if (!node_calls(n, "from_json"))
		return;
	schema = node_arg(n, 1);
	if (schema && schema->kind == NODE_STRING)
		n->shape = shape_of_text(p->a, p->d, schema->text);
}

struct node *parse_call(struct parser *p, struct node *name, uint32_t first)
{
	struct node *n = parse_open_at(p, NODE_CALL, first);
	struct parse_mark mark;

	node_put(n, CALL_NAME, name);
	p->at++;
	mark = parse_mark(p);
	arguments(p, n);
	if (p->failed && !mark.failed && p->depth < PARSE_DEPTH_MAX / 2) {
		const char *why = p->why;
		uint32_t where = p->failed_at;

		for (uint32_t i = CALL_ARGS; i < CALL_SLOTS; i++)
			n->child[i] = NULL;
		n->flags = 0;
		parse_back(p, mark);
		raw_arguments(p, n);
		if (p->failed) {
			p->why = why;
			p->failed_at = where;
		}
	}
	behind(p, n);
	add_shape(p, n);
	return parse_close(p, n);
}

static struct node *bound(struct parser *p)
{
	struct node *n = parse_open(p, NODE_BOUND);

	if (parse_accept(p, K_UNBOUNDED)) {
		n->op = parse_is(p, K_PRECEDING) ? BOUND_UNBOUNDED_PRECEDING
						 : BOUND_UNBOUNDED_FOLLOWING;
		p->at++;
		return parse_close(p, n);
	}
	if (parse_accept2(p, K_CURRENT, K_ROW)) {
		n->op = BOUND_CURRENT;
		return parse_close(p, n);
	}
	node_put(n, 0, parse_expression(p));
	if (parse_accept(p, K_PRECEDING))
		n->op = BOUND_PRECEDING;
	else if (parse_accept(p, K_FOLLOWING))
		n->op = BOUND_FOLLOWING;
	else
		parse_fail(p, "PRECEDING or FOLLOWING");
	return parse_close(p, n);
}

static struct node *frame(struct parser *p)
{
	struct node *n = parse_open(p, NODE_FRAME);

	n->op = parse_is(p, K_ROWS)    ? FRAME_ROWS
		: parse_is(p, K_RANGE) ? FRAME_RANGE
				       : FRAME_GROUPS;
	p->at++;
	if (parse_accept(p, K_BETWEEN)) {
		node_put(n, 0, bound(p));
		parse_expect(p, K_AND);
		node_put(n, 1, bound(p));
	} else {
		node_put(n, 0, bound(p));
	}
	if (parse_accept(p, K_EXCLUDE)) {
		uint32_t begin = p->at;

		while (!parse_at_end(p) && !parse_is_symbol(p, ')'))
			p->at++;
		n->text.p = p->t->text.p + p->t->items[begin].begin;
		n->text.len = p->t->items[p->at - 1].end - p->t->items[begin].begin;
	}
	return parse_close(p, n);
}

struct node *parse_window(struct parser *p)
{
	struct node *n = parse_open(p, NODE_WINDOW);
	enum keyword k;

	parse_expect_symbol(p, '(');
	k = parse_keyword(p, 0);
	if (parse_is_name(p, 0) && k != K_PARTITION && k != K_ORDER && k != K_ROWS &&
	    k != K_RANGE && k != K_GROUPS && k != K_DISTRIBUTE && k != K_SORT && k != K_CLUSTER)
		node_put(n, WINDOW_BASE, parse_ident(p));
	if (parse_accept2(p, K_PARTITION, K_BY)) {
		node_put(n, WINDOW_PARTITION, parse_expression_list(p));
	} else if (parse_accept2(p, K_DISTRIBUTE, K_BY) || parse_accept2(p, K_CLUSTER, K_BY)) {
		node_put(n, WINDOW_PARTITION, parse_expression_list(p));
		node_touch(n);
	}
	if (parse_accept2(p, K_SORT, K_BY)) {
		node_put(n, WINDOW_ORDER, parse_sort_list(p));
		node_touch(n);
	} else {
		node_put(n, WINDOW_ORDER, parse_order_by(p));
	}
	if (parse_is(p, K_ROWS) || parse_is(p, K_RANGE) || parse_is(p, K_GROUPS))
		node_put(n, WINDOW_FRAME, frame(p));
	parse_expect_symbol(p, ')');
	return parse_close(p, n);
}

static void nulls_place(struct parser *p, struct node *n)
{
	if (!parse_is(p, K_NULLS))
		return;
	p->at++;
	if (parse_accept(p, K_FIRST))
		n->op = SORT_NULLS_FIRST;
	else if (parse_accept(p, K_LAST))
		n->op = SORT_NULLS_LAST;
	else
		parse_fail(p, "FIRST or LAST");
}

static struct node *sort_item(struct parser *p)
{
	struct node *n = parse_open(p, NODE_SORT);

	if (parse_is(p, K_ALL) && !parse_symbol_at(p, 1, '(')) { /* ORDER BY ALL */
		n->flags |= FLAG_ALL;
		p->at++;
	} else {
		node_put(n, 0, parse_expression(p));
	}
	if (parse_accept(p, K_DESC))
		n->flags |= FLAG_DESC;
	else if (parse_accept(p, K_ASC))
		n->flags |= FLAG_ASC;
	nulls_place(p, n);
	return parse_close(p, n);
}

struct node *parse_sort_list(struct parser *p)
{
	struct node *n = parse_open(p, NODE_LIST);

	do {
		node_add(p->a, n, sort_item(p));
	} while (parse_accept_symbol(p, ','));
	return parse_close(p, n);
}

struct node *parse_order_by(struct parser *p)
{
	struct node *n;

	if (!parse_is(p, K_ORDER))
		return NULL;
	p->at++;
	if (parse_accept(p, K_SIBLINGS)) {
		parse_expect(p, K_BY);
		n = parse_sort_list(p);
		n->op = 1;
		node_touch(n);
		return n;
	}
	parse_expect(p, K_BY);
	return parse_sort_list(p);
}
