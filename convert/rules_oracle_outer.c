/*
 * rules_oracle_outer.c - Oracle's old outer joins, WHERE a.x = b.y(+), as LEFT JOIN: every relation
 * with a (+) is joined to those that its conditions name; relations of one join that stood apart
 * in FROM become a cross join before it.
 */
#include "convert/rules.h"

#include <strings.h>

#define RELATIONS_MAX 30

struct side {
	struct node *relation; /* with what was joined to it */
	struct str name;
	struct node *on;
	uint32_t needs; /* relations that its condition names */
	unsigned group; /* which relation it was joined to: itself at first */
	bool optional, done;
};

struct outer {
	struct rewrite *r;
	struct side sides[RELATIONS_MAX];
	uint32_t count;
	uint32_t with, without; /* of one condition: relations named with (+), and the others */
	bool unknown;
};

/* Whether a derived table has the column; -1: its items do not say. */
static int has_column(const struct node *relation, struct str name)
{
	const struct node *q = relation->kind == NODE_DERIVED ? relation->child[0] : NULL, *items;

	while (q && (q->kind == NODE_QUERY || q->kind == NODE_SETOP || q->kind == NODE_SUBQUERY))
		q = q->kind == NODE_QUERY ? q->child[QUERY_BODY] : q->child[0];
	if (!q || q->kind != NODE_SELECT)
		return -1;
	items = q->child[SELECT_ITEMS];
	for (uint32_t i = 0; i < items->count; i++) {
		const struct node *v = items->child[i]->child[ITEM_VALUE];

		if (v && v->kind == NODE_STAR)
			return -1;
		if (str_same(node_last_name(items->child[i]), name))
			return 1;
	}
	return 0;
}

/* The place of the relation that a column belongs to, -1 when the text does not say. */
static int owner(const struct outer *o, const struct node *column)
{
	struct str name = node_last_name(column);
	int maybe = -1, unsure = 0;

	if (column->count > 1) {
		struct str table = column->child[column->count - 2]->text;

		for (uint32_t i = 0; i < o->count; i++)
			if (str_same(o->sides[i].name, table))
				return (int)i;
		return -1;
	}
	for (uint32_t i = 0; i < o->count; i++) {
		int has = has_column(o->sides[i].relation, name);

		if (has > 0)
			return (int)i;
		if (has < 0) {
			maybe = (int)i;
			unsure++;
		}
	}
	return unsure == 1 ? maybe : -1;
}

static void look(struct outer *o, const struct node *n, bool with)
{
	if (n->kind == NODE_COLUMN) {
		int i = owner(o, n);

		if (i < 0)
			o->unknown = true;
		else if (with)
			o->with |= 1u << i;
		else
			o->without |= 1u << i;
		return;
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i] && n->kind != NODE_NAME)
			look(o, n->child[i], with || n->kind == NODE_OUTER);
}

static void strip(struct node *n)
{
	for (uint32_t i = 0; i < n->count; i++) {
		if (n->child[i] && n->child[i]->kind == NODE_OUTER)
			node_replace(n->child[i], n->child[i]->child[0]);
		if (n->child[i])
			strip(n->child[i]);
	}
}

/* Notes one condition with a (+). False: not to be understood. */
static bool note(struct outer *o, const struct node *condition)
{
	struct side *s = NULL;

	o->with = o->without = 0;
	o->unknown = false;
	look(o, condition, false);
	for (uint32_t i = 0; i < o->count; i++)
		if (o->with == 1u << i)
			s = &o->sides[i];
	if (!s || o->unknown)
		return false;
	s->optional = true;
	s->needs |= o->without & ~o->with;
	return true;
}

static bool is_outer(const struct node *condition)
{
	return node_contains(condition, NODE_OUTER);
}

static uint32_t conditions(struct node *where, struct node ***list)
{
	if (where->kind == NODE_LOGIC && where->op == OP_AND) {
		*list = where->child;
		return where->count;
	}
	return 0;
}

static bool fill(struct outer *o, struct node *select)
{
	struct node *from = select->child[SELECT_FROM], *where = select->child[SELECT_WHERE];
	struct node **list, *only = where;
	uint32_t count = conditions(where, &list);

	if (from->count > RELATIONS_MAX)
		return false;
	for (uint32_t i = 0; i < from->count; i++) {
		struct side *s = &o->sides[o->count++];

		*s = (struct side){.relation = from->child[i], .group = i};
		s->name = node_relation_name(from->child[i]);
		if (from->child[i]->kind == NODE_JOIN)
			return false;
	}
	if (!count) {
		list = &only;
		count = 1;
	}
	for (uint32_t i = 0; i < count; i++)
		if (is_outer(list[i]) && !note(o, list[i]))
			return false;
	return true;
}

/* Takes the conditions with (+) out of WHERE, each to its relation. */
static void take_conditions(struct outer *o, struct node *select)
{
	struct node *where = select->child[SELECT_WHERE], *rest = NULL, **list, *only = where;
	uint32_t count = conditions(where, &list);

	if (!count) {
		list = &only;
		count = 1;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct node *c = list[i], *holder;

		if (!is_outer(c)) {
			rest = node_logic(o->r->arena, OP_AND, rest, c);
			continue;
		}
		note(o, c);
		holder = node_make(o->r->arena, NODE_LIST);
		node_add(o->r->arena, holder, c);
		strip(holder);
		for (uint32_t k = 0; k < o->count; k++)
			if (o->with == 1u << k)
				o->sides[k].on = node_logic(o->r->arena, OP_AND, o->sides[k].on,
							    holder->child[0]);
	}
	node_set(select, SELECT_WHERE, NULL);
	node_set(select, SELECT_WHERE, rest);
}

static struct node *join(struct rewrite *r, unsigned op, struct node *left, struct node *right,
			 struct node *on)
{
	struct node *n = node_make(r->arena, NODE_JOIN);

	n->op = (uint8_t)op;
	node_put(n, JOIN_LEFT, left);
	node_put(n, JOIN_RIGHT, right);
	node_put(n, JOIN_ON, on);
	return n;
}

static void merge_groups(struct outer *o, unsigned to, unsigned from)
{
	for (uint32_t i = 0; i < o->count; i++)
		if (o->sides[i].group == from && (i == from || o->sides[i].done))
			o->sides[i].group = to;
}

/* Joins side `i` when all that it needs is there. */
static bool attach(struct outer *o, uint32_t i)
{
	struct side *s = &o->sides[i], *base = NULL;

	for (uint32_t k = 0; k < o->count; k++)
		if (s->needs & 1u << k && !o->sides[k].done)
			return false;
	for (uint32_t k = 0; k < o->count; k++) {
		struct side *root = &o->sides[o->sides[k].group];

		if (!o->sides[k].done || !(s->needs & 1u << k || (!s->needs && !base)) ||
		    root == base)
			continue;
		if (!base) {
			base = root;
			continue;
		}
		base->relation = join(o->r, JOIN_CROSS, base->relation, root->relation, NULL);
		merge_groups(o, base->group, root->group);
	}
	if (!base)
		return false;
	base->relation = join(o->r, JOIN_LEFT_OUTER, base->relation, s->relation, s->on);
	s->group = base->group;
	return s->done = true;
}

static bool attach_all(struct outer *o)
{
	uint32_t left = 0;
	bool moved = true;

	for (uint32_t i = 0; i < o->count; i++) {
		o->sides[i].done = !o->sides[i].optional;
		left += o->sides[i].optional;
	}
	while (left && moved) {
		moved = false;
		for (uint32_t i = 0; i < o->count; i++)
			if (!o->sides[i].done && attach(o, i)) {
				moved = true;
				left--;
			}
	}
	return left == 0;
}

/* Whether an order of joining exists, before anything is touched. */
static bool possible(const struct outer *o)
{
	uint32_t done = 0, all = (uint32_t)((1ull << o->count) - 1), before;

	for (uint32_t i = 0; i < o->count; i++)
		if (!o->sides[i].optional)
			done |= 1u << i;
	do {
		before = done;
		for (uint32_t i = 0; i < o->count && done; i++)
			if (!(o->sides[i].needs & ~done))
				done |= 1u << i;
	} while (done != before);
	return done == all;
}

bool rule_outer_join(struct rewrite *r, struct node *n)
{
	struct node *from = n->child[SELECT_FROM], *list;
	struct outer o;

	if (!from || !n->child[SELECT_WHERE] || !is_outer(n->child[SELECT_WHERE]))
		return false;
	o.r = r;
	o.count = 0;
	if (!fill(&o, n) || !possible(&o))
		return false;
	take_conditions(&o, n);
	if (!attach_all(&o))
		return false;
	list = node_make(r->arena, NODE_FROM);
	for (uint32_t i = 0; i < o.count; i++)
		if (o.sides[i].group == i && !o.sides[i].optional)
			node_add(r->arena, list, o.sides[i].relation);
	node_set(n, SELECT_FROM, list);
	return true;
}
