/*
 * parse_pipe.c - FROM t |> WHERE ... |> SELECT ...: Spark's pipes become the query that they spell.
 * A step goes into the SELECT before it where that keeps its meaning, and around it as a derived
 * table where not.
 */
#include "convert/parse.h"

#define PIPES_MAX 200

struct pipe {
	struct parser *p;
	struct node *query, *select;
	bool listed, ended; /* has a select list; has ORDER BY, LIMIT or a set operation */
};

static struct node *new_alias(struct parser *p, struct node *name)
{
	struct node *alias = node_make(p->a, NODE_ALIAS);

	node_put(alias, ALIAS_NAME, name);
	return alias;
}

static struct node *star_item(struct parser *p)
{
	struct node *item = node_make(p->a, NODE_ITEM);

	node_put(item, ITEM_VALUE, node_make(p->a, NODE_STAR));
	return item;
}

static void begin(struct pipe *s, struct node *from)
{
	struct node *items = node_make(s->p->a, NODE_LIST);

	s->select = node_make(s->p->a, NODE_SELECT);
	node_add(s->p->a, items, star_item(s->p));
	node_put(s->select, SELECT_ITEMS, items);
	node_put(s->select, SELECT_FROM, from);
	s->query = node_make(s->p->a, NODE_QUERY);
	node_put(s->query, QUERY_BODY, s->select);
	s->listed = s->ended = false;
}

/* SELECT * FROM (what there is) */
static void wrap(struct pipe *s, struct node *alias)
{
	struct node *derived = node_make(s->p->a, NODE_DERIVED);
	struct node *from = node_make(s->p->a, NODE_FROM);

	node_put(derived, DERIVED_QUERY, s->query);
	node_put(derived, DERIVED_ALIAS, alias);
	node_add(s->p->a, from, derived);
	begin(s, from);
}

static void open(struct pipe *s)
{
	if (s->listed || s->ended)
		wrap(s, NULL);
}

/* The relation that a join, PIVOT, ... is applied to. */
static void relation(struct pipe *s, struct node *(*apply)(struct parser *, struct node *))
{
	struct node *from, *old;

	if (s->listed || s->ended || s->select->child[SELECT_WHERE] ||
	    s->select->child[SELECT_FROM]->count != 1)
		wrap(s, NULL);
	from = s->select->child[SELECT_FROM];
	old = from->child[0];
	node_put(from, 0, apply(s->p, old));
	for (struct node *n = from->child[0]; n != old; n = n->child[0])
		node_touch(n); /* its place in the source has the pipe in it */
}

static void where(struct pipe *s)
{
	struct node *c, *old;

	open(s);
	c = parse_expression(s->p);
	old = s->select->child[SELECT_WHERE];
	node_put(s->select, SELECT_WHERE, node_logic(s->p->a, OP_AND, old, c));
}

static void list(struct pipe *s, bool extend)
{
	struct node *items, *more;

	open(s);
	if (!extend && parse_accept(s->p, K_DISTINCT))
		s->select->flags |= FLAG_DISTINCT;
	more = parse_items(s->p);
	items = extend ? s->select->child[SELECT_ITEMS] : more;
	for (uint32_t i = 0; extend && i < more->count; i++)
		node_add(s->p->a, items, more->child[i]);
	node_put(s->select, SELECT_ITEMS, items);
	s->listed = true;
}

/* SET a = x: * REPLACE (x AS a); DROP a: * EXCEPT (a) */
static void change(struct pipe *s, bool drop)
{
	struct node *star, *to;

	open(s);
	star = s->select->child[SELECT_ITEMS]->child[0]->child[ITEM_VALUE];
	to = node_make(s->p->a, NODE_LIST);
	do {
		struct node *name = parse_ident(s->p), *item;

		if (drop) {
			node_add(s->p->a, to, name);
			continue;
		}
		parse_expect_symbol(s->p, '=');
		item = node_make(s->p->a, NODE_ITEM);
		item->flags |= FLAG_AS;
		node_put(item, ITEM_VALUE, parse_expression(s->p));
		node_put(item, ITEM_ALIAS, name);
		node_add(s->p->a, to, item);
	} while (parse_accept_symbol(s->p, ','));
	node_put(star, drop ? STAR_EXCEPT : STAR_REPLACE, to);
	s->listed = true;
}

/* AGGREGATE sum(x) GROUP BY g: the keys come first. */
static void aggregate(struct pipe *s)
{
	struct node *items, *keys, *group;

	open(s);
	items = parse_is(s->p, K_GROUP) ? node_make(s->p->a, NODE_LIST) : parse_items(s->p);
	if (parse_accept2(s->p, K_GROUP, K_BY)) {
		keys = parse_items(s->p);
		group = node_make(s->p->a, NODE_GROUP);
		for (uint32_t i = 0; i < keys->count; i++)
			node_add(s->p->a, group,
				 node_copy(s->p->a, keys->child[i]->child[ITEM_VALUE]));
		for (uint32_t i = 0; i < items->count; i++)
			node_add(s->p->a, keys, items->child[i]);
		node_touch(keys);
		node_put(s->select, SELECT_GROUP, group);
		items = keys;
	}
	node_put(s->select, SELECT_ITEMS, items);
	s->listed = true;
}

static void set_operation(struct pipe *s, unsigned op)
{
	struct node *n = node_make(s->p->a, NODE_SETOP), *left = s->select;

	n->op = (uint8_t)op;
	if (parse_accept(s->p, K_ALL))
		n->flags |= FLAG_ALL;
	else
		parse_accept(s->p, K_DISTINCT);
	if (s->ended) {
		left = node_make(s->p->a, NODE_SUBQUERY);
		node_put(left, 0, s->query);
		s->query = node_make(s->p->a, NODE_QUERY);
	}
	node_put(n, 0, left);
	node_put(n, 1, parse_query_primary(s->p));
	node_put(s->query, QUERY_BODY, n);
	s->ended = true;
}

static void step(struct pipe *s)
{
	struct parser *p = s->p;

	if (parse_accept(p, K_WHERE)) {
		where(s);
	} else if (parse_accept(p, K_SELECT)) {
		list(s, false);
	} else if (parse_is_word(p, 0, "extend")) {
		p->at++;
		list(s, true);
	} else if (parse_accept(p, K_SET)) {
		change(s, false);
	} else if (parse_accept(p, K_DROP)) {
		change(s, true);
	} else if (parse_accept(p, K_AGGREGATE)) {
		aggregate(s);
	} else if (parse_accept(p, K_AS)) {
		wrap(s, new_alias(p, parse_ident(p)));
	} else if (parse_accept(p, K_UNION)) {
		set_operation(s, SET_UNION);
	} else if (parse_accept(p, K_INTERSECT)) {
		set_operation(s, SET_INTERSECT);
	} else if (parse_accept(p, K_EXCEPT) || parse_accept(p, K_MINUS)) {
		set_operation(s, SET_EXCEPT);
	} else if (parse_is(p, K_ORDER) || parse_is(p, K_LIMIT) || parse_is(p, K_OFFSET)) {
		if (s->query->child[QUERY_LIMIT] ||
		    (s->query->child[QUERY_ORDER] && parse_is(p, K_ORDER)))
			wrap(s, NULL);
		parse_query_tail(p, s->query);
		s->ended = true;
	} else {
		uint32_t at = p->at;

		relation(s, parse_joins);
		if (p->at == at)
			parse_fail(p, "a step of a pipe");
	}
}

static struct node *steps(struct pipe *s)
{
	for (int i = 0; parse_accept_symbol(s->p, SYMBOL_PIPE_TO) && !s->p->failed; i++) {
		if (i == PIPES_MAX) {
			parse_fail(s->p, "fewer steps of a pipe");
			break;
		}
		step(s);
	}
	return s->query;
}

struct node *parse_pipe_from(struct parser *p, struct node *from)
{
	struct pipe s = {.p = p};

	begin(&s, from);
	return steps(&s);
}

struct node *parse_pipe_query(struct parser *p, struct node *query)
{
	struct pipe s = {.p = p, .query = query, .listed = true, .ended = true};

	return steps(&s);
}
