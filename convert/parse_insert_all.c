/*
 * parse_insert_all.c - INSERT ALL and INSERT FIRST of Oracle and Snowflake: one query, rows into
 * several tables. It is read as Postgres says it: the query and every INSERT but the last become
 * CTEs of the last, so that all happen in one statement.
 */
#include "convert/parse.h"

#define TARGETS_MAX 200

struct target {
	struct node *table, *columns, *values;
	struct node *condition; /* of its WHEN; NULL: none, or ELSE */
	unsigned when;		/* how many WHENs came before its own */
	bool otherwise;		/* ELSE */
};

struct all {
	struct target targets[TARGETS_MAX];
	unsigned count;
	struct node *conditions[TARGETS_MAX];
	unsigned condition_count;
	bool first; /* FIRST: a row goes to the first WHEN that holds */
};

/* INTO t (a, b) VALUES (x, y) */
static void into(struct parser *p, struct all *all, bool otherwise)
{
	struct target *t = &all->targets[all->count];

	if (all->count == TARGETS_MAX) {
		parse_fail(p, "fewer tables");
		return;
	}
	all->count++;
	p->at++;
	t->table = parse_name(p);
	t->otherwise = otherwise;
	t->when = all->condition_count ? all->condition_count - !otherwise : 0;
	if (all->condition_count && !otherwise)
		t->condition = all->conditions[all->condition_count - 1];
	if (parse_is_symbol(p, '(') && !parse_begins_query(p, 1))
		t->columns = parse_ident_list(p);
	if (!parse_accept(p, K_VALUES))
		return;
	parse_expect_symbol(p, '(');
	t->values = parse_expression_list(p);
	parse_expect_symbol(p, ')');
}

static void targets(struct parser *p, struct all *all)
{
	while (!p->failed) {
		if (parse_is(p, K_INTO)) {
			into(p, all, false);
		} else if (parse_is(p, K_WHEN) && all->condition_count < TARGETS_MAX) {
			p->at++;
			all->conditions[all->condition_count++] = parse_expression(p);
			parse_expect(p, K_THEN);
		} else if (parse_is(p, K_ELSE)) {
			p->at++;
			while (parse_is(p, K_INTO) && !p->failed)
				into(p, all, true);
			return;
		} else {
			return;
		}
	}
}

static struct node *not_true(struct parser *p, const struct node *condition)
{
	struct node *is = node_make(p->a, NODE_IS);

	is->op = IS_TRUE;
	is->flags |= FLAG_NOT;
	node_put(is, 0, node_paren(p->a, node_copy(p->a, condition)));
	return is;
}

/* Which rows go there; NULL: all. */
static struct node *condition_of(struct parser *p, const struct all *all, const struct target *t)
{
	struct node *where = t->condition ? node_copy(p->a, t->condition) : NULL;

	for (unsigned i = 0; (all->first || t->otherwise) && i < t->when; i++) {
		struct node *is = not_true(p, all->conditions[i]);

		where = where ? node_logic(p->a, OP_AND, where, is) : is;
	}
	return where;
}

/* SELECT values FROM _rows WHERE ... */
static struct node *rows(struct parser *p, const struct all *all, const struct target *t)
{
	struct node *query = node_make(p->a, NODE_QUERY), *select = node_make(p->a, NODE_SELECT);
	struct node *items = node_make(p->a, NODE_LIST), *from = node_make(p->a, NODE_FROM);
	struct node *table = node_make(p->a, NODE_TABLE), *name = node_make(p->a, NODE_NAME);

	for (uint32_t i = 0; t->values && i < t->values->count; i++) {
		struct node *item = node_make(p->a, NODE_ITEM);

		if (t->values->child[i]->kind == NODE_RAW)
			parse_fail(p, "no DEFAULT");
		node_put(item, ITEM_VALUE, t->values->child[i]);
		node_add(p->a, items, item);
	}
	if (!t->values) {
		struct node *item = node_make(p->a, NODE_ITEM);

		node_put(item, ITEM_VALUE, node_make(p->a, NODE_STAR));
		node_add(p->a, items, item);
	}
	node_add(p->a, name, node_ident(p->a, "_rows"));
	node_put(table, TABLE_NAME, name);
	node_add(p->a, from, table);
	node_put(select, SELECT_ITEMS, items);
	node_put(select, SELECT_FROM, from);
	node_put(select, SELECT_WHERE, condition_of(p, all, t));
	node_put(query, QUERY_BODY, select);
	return query;
}

static void fill_insert(struct parser *p, struct node *n, const struct all *all,
			const struct target *t)
{
	node_put(n, INSERT_TARGET, t->table);
	node_put(n, INSERT_COLUMNS, t->columns);
	node_put(n, INSERT_SOURCE, rows(p, all, t));
}

static void add_cte(struct parser *p, struct node *with, const char *name, struct node *body)
{
	struct node *cte = node_make(p->a, NODE_CTE);

	node_put(cte, CTE_NAME, node_ident(p->a, name));
	node_put(cte, CTE_BODY, body);
	node_add(p->a, with, cte);
}

/* A sequence gives one number for a row, whatever tables it goes to: not so in Postgres. */
static bool numbers_rows(const struct parser *p, uint32_t from)
{
	for (uint32_t i = from; i < p->at; i++)
		if (str_is_word(token_text(p->t, i), "nextval") ||
		    str_is_word(token_text(p->t, i), "currval"))
			return true;
	return false;
}

struct node *parse_insert_all(struct parser *p, struct node *n)
{
	struct all *all = arena_alloc(p->a, sizeof(*all));
	struct node *with = node_make(p->a, NODE_WITH), *one;
	uint32_t from = p->at;

	*all = (struct all){.first = parse_is(p, K_FIRST)};
	if (!parse_accept(p, K_FIRST))
		parse_accept(p, K_ALL);
	targets(p, all);
	if (!all->count || n->child[INSERT_WITH] || n->flags & FLAG_OVERWRITE ||
	    (all->count > 1 && numbers_rows(p, from))) {
		parse_fail(p, "rows for one table");
		return n;
	}
	add_cte(p, with, "_rows", parse_query(p));
	for (unsigned i = 0; i + 1 < all->count && !p->failed; i++) {
		one = node_make(p->a, NODE_INSERT);
		fill_insert(p, one, all, &all->targets[i]);
		add_cte(p, with, arena_printf(p->a, "_insert%u", i + 1), one);
	}
	node_put(n, INSERT_WITH, with);
	fill_insert(p, n, all, &all->targets[all->count - 1]);
	node_touch(n);
	return parse_close(p, n);
}
