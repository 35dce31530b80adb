/*
 * rules_oracle_connect.c - START WITH ... CONNECT BY as a recursive query:
 *
 *	WITH RECURSIVE h AS (
 *		SELECT t.*, 1 AS level FROM t WHERE start
 *		UNION ALL
 *		SELECT t.*, p.level + 1 FROM h AS p JOIN t ON condition
 *	) SELECT ... FROM h AS t WHERE ...
 *
 * PRIOR x is p.x there. What needs the way from the root (CONNECT_BY_ROOT, SYS_CONNECT_BY_PATH,
 * PRIOR in the select list, the order of siblings, NOCYCLE) is a column more of h.
 */
#include "convert/rules.h"

#include <strings.h>

#define EXTRA_MAX 24

struct hierarchy {
	struct rewrite *r;
	struct node *query, *select;
	struct node *relation; /* NULL: dual */
	struct str table;      /* what the relation is called */
	const char *self;      /* the same, with an end */
	struct node *cte, *prior;
	struct {
		struct node *name, *first, *next;
	} extra[EXTRA_MAX];
	uint32_t extras;
	struct node *whole; /* the column that holds the row, for SELECT * */
	struct node *seen;  /* the rows above, for NOCYCLE */
	bool failed;
};

/* How names are read in a copied expression. */
struct reading {
	struct hierarchy *h;
	const char *own;   /* qualifier of plain columns */
	const char *above; /* and of those under PRIOR */
	int level;	   /* LEVEL: 1 in START WITH, 2 in CONNECT BY, 0 left */
};

static bool is_pseudo(const struct node *n, const char *name)
{
	return n->kind == NODE_COLUMN && n->count == 1 && !(n->child[0]->flags & FLAG_QUOTED) &&
	       str_is_word(n->child[0]->text, name);
}

static struct node *column(struct hierarchy *h, const char *table, const char *name)
{
	struct node *n = node_column(h->r->arena, table);

	node_add(h->r->arena, n, node_ident(h->r->arena, name));
	return n;
}

static const char *text_of(struct hierarchy *h, const struct node *ident)
{
	return arena_strndup(h->r->arena, ident->text.p, ident->text.len);
}

static struct node *above_column(struct hierarchy *h, const struct node *name)
{
	return column(h, text_of(h, h->prior), text_of(h, name));
}

static struct node *level_plus_one(struct hierarchy *h)
{
	return node_paren(h->r->arena,
			  node_binary(h->r->arena, OP_ADD, column(h, text_of(h, h->prior), "level"),
				      node_number(h->r->arena, 1)));
}

static void read_column(const struct reading *x, struct node *n, bool prior)
{
	struct arena *a = x->h->r->arena;
	const char *table = prior ? x->above : x->own;

	if (is_pseudo(n, "level")) {
		if (prior)
			node_replace(n, column(x->h, x->above, "level"));
		else if (x->level == 1)
			node_replace(n, node_number(a, 1));
		else if (x->level == 2)
			node_replace(n, level_plus_one(x->h));
		return;
	}
	if (n->count == 1 && !is_pseudo(n, "rownum") && !is_pseudo(n, "sysdate"))
		node_insert(a, n, 0, node_ident(a, table));
	else if (n->count == 2 && str_same(n->child[0]->text, x->h->table))
		node_replace(n->child[0], node_ident(a, table));
}

/* Reads an expression below `n` (a list or a holder) in place. */
static void read_names(const struct reading *x, struct node *n, bool prior, bool nested)
{
	for (uint32_t i = 0; i < n->count; i++) {
		struct node *c = n->child[i];

		if (!c || c->kind == NODE_NAME)
			continue;
		if (c->kind == NODE_PRIOR && c->op == 0) {
			node_replace(c, c->child[0]);
			if (n->child[i]->kind == NODE_COLUMN)
				read_column(x, n->child[i], true);
			else
				read_names(x, n->child[i], true, nested);
		} else if (c->kind == NODE_COLUMN) {
			if (!nested || prior || c->count == 2 || is_pseudo(c, "level"))
				read_column(x, c, prior);
		} else {
			read_names(x, c, prior, nested || c->kind == NODE_QUERY);
		}
	}
}

static struct node *reading(struct hierarchy *h, const struct node *n, const char *own,
			    const char *above, int level)
{
	const struct reading x = {h, own, above, level};
	struct node *holder = node_make(h->r->arena, NODE_LIST);

	node_add(h->r->arena, holder, node_copy(h->r->arena, n));
	read_names(&x, holder, false, false);
	return holder->child[0];
}

static struct node *here(struct hierarchy *h, const struct node *n, int level)
{
	return reading(h, n, h->self, text_of(h, h->prior), level);
}

static struct node *extra(struct hierarchy *h, struct node *first, struct node *next)
{
	struct node *name = rewrite_new_name(h->r, 'h');

	if (h->extras == EXTRA_MAX) {
		h->failed = true;
		return name;
	}
	h->extra[h->extras].name = name;
	h->extra[h->extras].first = first;
	h->extra[h->extras++].next = next ? next : above_column(h, name);
	return name;
}

static struct node *extra_column(struct hierarchy *h, const struct node *name)
{
	return column(h, h->self, text_of(h, name));
}

/* SYS_CONNECT_BY_PATH(x, '/') */
static struct node *path(struct hierarchy *h, struct node *call)
{
	struct arena *a = h->r->arena;
	struct node *value = node_arg(call, 0), *mark = node_arg(call, 1), *name;

	name = extra(h, node_binary(a, OP_CONCAT, node_copy(a, mark), here(h, value, 1)), NULL);
	h->extra[h->extras - 1].next = node_binary(
		a, OP_CONCAT, node_binary(a, OP_CONCAT, above_column(h, name), node_copy(a, mark)),
		here(h, value, 2));
	return extra_column(h, name);
}

static struct node *never(struct hierarchy *h, struct node *value)
{
	return rewrite_template(h->r, "CASE WHEN false THEN $1 END", 1, &value);
}

/* Rows above, for NOCYCLE. */
static const struct node *seen(struct hierarchy *h)
{
	struct arena *a = h->r->arena;
	struct node *row = node_cast(a, node_column(a, h->self), "text"), *args[2];

	if (h->seen)
		return h->seen;
	h->seen = extra(h, rewrite_template(h->r, "ARRAY[$1]", 1, &row), NULL);
	args[0] = above_column(h, h->seen);
	args[1] = node_copy(a, row);
	h->extra[h->extras - 1].next = node_call(a, "array_append", 2, args);
	return h->seen;
}

static struct node *relation_as(struct hierarchy *h, const char *name)
{
	struct node *copy = node_copy(h->r->arena, h->relation), *alias;
	uint32_t slot = copy->kind == NODE_TABLE ? TABLE_ALIAS : (uint32_t)DERIVED_ALIAS;

	alias = node_make(h->r->arena, NODE_ALIAS);
	node_put(alias, ALIAS_NAME, node_ident(h->r->arena, name));
	copy->child[slot] = NULL;
	node_set(copy, slot, alias);
	return copy;
}

/* CONNECT_BY_ISLEAF, CONNECT_BY_ISCYCLE: whether a row comes below this one. */
static struct node *below(struct hierarchy *h, bool cycle)
{
	static const char *const known = "$1::text = ANY ($2)";
	const char *child = text_of(h, rewrite_new_name(h->r, 'c'));
	const struct node *connect = h->select->child[SELECT_CONNECT];
	struct node *condition, *args[2], *exists;

	if (!h->relation) {
		h->failed = true;
		return node_null(h->r->arena);
	}
	condition = reading(h, connect->child[1], child, h->self, 0);
	if (connect->flags & FLAG_NOCYCLE) {
		args[0] = node_column(h->r->arena, child);
		args[1] = extra_column(h, seen(h));
		exists = rewrite_template(h->r, known, 2, args);
		condition = node_logic(
			h->r->arena, OP_AND, node_paren(h->r->arena, condition),
			cycle ? exists : node_not(h->r->arena, node_paren(h->r->arena, exists)));
	}
	exists = rewrite_template(
		h->r,
		cycle ? "CASE WHEN EXISTS (SELECT 1 FROM x WHERE $1) THEN 1 ELSE 0 END"
		      : "CASE WHEN EXISTS (SELECT 1 FROM x WHERE $1) THEN 0 ELSE 1 END",
		1, &condition);
	for (struct node *n = condition; n; n = n->parent)
		if (n->kind == NODE_SELECT) {
			node_replace(n->child[SELECT_FROM]->child[0], relation_as(h, child));
			break;
		}
	return exists;
}

/* What stands for an expression of the outer query, or NULL: itself. */
static struct node *outside(struct hierarchy *h, struct node *n)
{
	struct node *name;

	if (n->kind == NODE_PRIOR && n->op)
		return extra_column(h, extra(h, here(h, n->child[0], 1), NULL));
	if (n->kind == NODE_PRIOR) {
		name = extra(h, never(h, here(h, n->child[0], 1)), here(h, n, 2));
		return extra_column(h, name);
	}
	if (node_calls(n, "sys_connect_by_path") && node_arg_count(n) == 2)
		return path(h, n);
	if (is_pseudo(n, "connect_by_isleaf"))
		return below(h, false);
	if (is_pseudo(n, "connect_by_iscycle"))
		return below(h, true);
	return NULL;
}

static void read_outside(struct hierarchy *h, struct node *n)
{
	for (uint32_t i = 0; i < n->count && !h->failed; i++) {
		struct node *c = n->child[i], *now;

		if (!c || c->kind == NODE_QUERY)
			continue;
		now = outside(h, c);
		if (now)
			node_replace(c, now);
		else
			read_outside(h, c);
	}
}

/* SELECT *: the columns of the relation, without those that were added. */
static void read_star(struct hierarchy *h, struct node *item)
{
	struct node *v = item->child[ITEM_VALUE], *member;

	if (!v || v->kind != NODE_STAR || v->child[STAR_EXCEPT] || !h->relation)
		return;
	if (v->child[STAR_QUALIFIER] &&
	    !str_same(node_last_name(v->child[STAR_QUALIFIER]), h->table))
		return;
	if (!h->whole)
		h->whole = extra(h, node_column(h->r->arena, h->self),
				 node_column(h->r->arena, h->self));
	member = node_make(h->r->arena, NODE_MEMBER);
	node_put(member, 0, node_paren(h->r->arena, extra_column(h, h->whole)));
	node_put(member, 1, node_make(h->r->arena, NODE_STAR));
	node_set(item, ITEM_VALUE, member);
}

static struct node *window_number(struct hierarchy *h, const struct node *order)
{
	struct node *number = node_call(h->r->arena, "row_number", 0, NULL);
	struct node *window = node_make(h->r->arena, NODE_WINDOW);
	struct node *list = node_make(h->r->arena, NODE_LIST);

	for (uint32_t i = 0; i < order->count; i++)
		node_add(h->r->arena, list, here(h, order->child[i], 2));
	node_put(window, WINDOW_ORDER, list);
	node_put(number, CALL_OVER, window);
	return number;
}

/* In ORDER BY: an alias or a place of the select list is its expression. */
static void resolve_order(struct hierarchy *h, struct node *order)
{
	const struct node *items = h->select->child[SELECT_ITEMS];

	for (uint32_t i = 0; i < order->count; i++) {
		struct node *v = order->child[i]->child[0];

		for (uint32_t k = 0;
		     v && v->kind == NODE_COLUMN && v->count == 1 && k < items->count; k++) {
			const struct node *alias = items->child[k]->child[ITEM_ALIAS];

			if (alias && alias->kind == NODE_IDENT &&
			    str_same(alias->text, v->child[0]->text)) {
				node_replace(v, node_copy(h->r->arena,
							  items->child[k]->child[ITEM_VALUE]));
				break;
			}
		}
	}
}

/* ORDER SIBLINGS BY: the numbers of the way down, compared as an array. */
static void order_siblings(struct hierarchy *h)
{
	struct node *order = h->query->child[QUERY_ORDER], *args[2], *name, *sort, *list;

	if (!order || !order->op || h->query->child[QUERY_BODY] != h->select)
		return;
	order->op = 0;
	if (h->select->child[SELECT_GROUP] || h->select->flags & FLAG_DISTINCT)
		return;
	resolve_order(h, order);
	args[0] = window_number(h, order);
	name = extra(h, rewrite_template(h->r, "ARRAY[$1]", 1, args), NULL);
	args[0] = above_column(h, name);
	args[1] = window_number(h, order);
	h->extra[h->extras - 1].next = node_call(h->r->arena, "array_append", 2, args);
	sort = node_make(h->r->arena, NODE_SORT);
	node_put(sort, 0, extra_column(h, name));
	list = node_make(h->r->arena, NODE_LIST);
	node_add(h->r->arena, list, sort);
	node_set(h->query, QUERY_ORDER, list);
}

static void add_item(struct hierarchy *h, struct node *items, struct node *value,
		     struct node *alias)
{
	struct node *item = node_make(h->r->arena, NODE_ITEM);

	node_put(item, ITEM_VALUE, value);
	if (alias)
		node_put(item, ITEM_ALIAS, node_copy(h->r->arena, alias));
	node_add(h->r->arena, items, item);
}

static struct node *half(struct hierarchy *h, bool first)
{
	struct node *select = node_make(h->r->arena, NODE_SELECT);
	struct node *items = node_make(h->r->arena, NODE_LIST), *star, *qualifier;

	if (h->relation) {
		star = node_make(h->r->arena, NODE_STAR);
		qualifier = node_make(h->r->arena, NODE_NAME);
		node_add(h->r->arena, qualifier, node_ident(h->r->arena, h->self));
		node_put(star, STAR_QUALIFIER, qualifier);
		add_item(h, items, star, NULL);
	}
	add_item(h, items, first ? node_number(h->r->arena, 1) : level_plus_one(h),
		 node_ident(h->r->arena, "level"));
	for (uint32_t i = 0; i < h->extras; i++)
		add_item(h, items, first ? h->extra[i].first : h->extra[i].next, h->extra[i].name);
	node_put(select, SELECT_ITEMS, items);
	return select;
}

static struct node *anchor(struct hierarchy *h)
{
	const struct node *connect = h->select->child[SELECT_CONNECT];
	struct node *select = half(h, true), *from;

	if (h->relation) {
		from = node_make(h->r->arena, NODE_FROM);
		node_add(h->r->arena, from, relation_as(h, h->self));
		node_put(select, SELECT_FROM, from);
	}
	if (connect->child[0])
		node_put(select, SELECT_WHERE, here(h, connect->child[0], 1));
	return select;
}

static struct node *table_as(struct hierarchy *h, const struct node *name, const char *as)
{
	struct node *t = node_make(h->r->arena, NODE_TABLE), *full, *alias;

	full = node_make(h->r->arena, NODE_NAME);
	node_add(h->r->arena, full, node_copy(h->r->arena, name));
	alias = node_make(h->r->arena, NODE_ALIAS);
	node_put(alias, ALIAS_NAME, node_ident(h->r->arena, as));
	node_put(t, TABLE_NAME, full);
	node_put(t, TABLE_ALIAS, alias);
	return t;
}

static struct node *step(struct hierarchy *h)
{
	const struct node *connect = h->select->child[SELECT_CONNECT];
	struct node *condition = here(h, connect->child[1], 2), *select, *from, *join, *args[2];
	struct node *above = table_as(h, h->cte, text_of(h, h->prior));

	if (connect->flags & FLAG_NOCYCLE && h->relation) {
		args[0] = node_column(h->r->arena, h->self);
		args[1] = above_column(h, seen(h));
		condition = node_logic(h->r->arena, OP_AND, condition,
				       rewrite_template(h->r, "$1::text <> ALL ($2)", 2, args));
	}
	select = half(h, false);
	from = node_make(h->r->arena, NODE_FROM);
	if (h->relation) {
		join = node_make(h->r->arena, NODE_JOIN);
		node_put(join, JOIN_LEFT, above);
		node_put(join, JOIN_RIGHT, relation_as(h, h->self));
		node_put(join, JOIN_ON, condition);
		node_add(h->r->arena, from, join);
	} else {
		node_add(h->r->arena, from, above);
		node_put(select, SELECT_WHERE, condition);
	}
	node_put(select, SELECT_FROM, from);
	return select;
}

static void add_cte(struct hierarchy *h)
{
	struct node *cte = node_make(h->r->arena, NODE_CTE), *with = h->query->child[QUERY_WITH];
	struct node *both = node_make(h->r->arena, NODE_SETOP);
	struct node *body = node_make(h->r->arena, NODE_QUERY), *next = step(h);

	both->op = SET_UNION;
	both->flags |= FLAG_ALL;
	node_put(both, 0, anchor(h));
	node_put(both, 1, next);
	node_put(body, QUERY_BODY, both);
	node_put(cte, CTE_NAME, h->cte);
	node_put(cte, CTE_BODY, body);
	if (!with) {
		with = node_make(h->r->arena, NODE_WITH);
		node_set(h->query, QUERY_WITH, with);
	}
	with->flags |= FLAG_RECURSIVE;
	node_insert(h->r->arena, with, with->count, cte);
}

/* The one relation of FROM, with a name. False: more than one, or of another kind. */
static bool find_relation(struct hierarchy *h)
{
	struct node *from = h->select->child[SELECT_FROM], *t = from ? from->child[0] : NULL;
	struct node *alias;

	if (!from || from->count != 1)
		return !from;
	if (t->kind != NODE_TABLE && t->kind != NODE_DERIVED)
		return false;
	alias = t->child[t->kind == NODE_TABLE ? TABLE_ALIAS : (uint32_t)DERIVED_ALIAS];
	if (t->kind == NODE_TABLE && str_is_word(node_last_name(t->child[TABLE_NAME]), "dual"))
		return true;
	h->relation = t;
	if (alias)
		h->table = alias->child[ALIAS_NAME]->text;
	else
		h->table = t->kind == NODE_TABLE ? node_last_name(t->child[TABLE_NAME])
						 : rewrite_new_name(h->r, 't')->text;
	return h->table.p != NULL;
}

/* CONNECT BY ROWNUM <= n: no recursion of Postgres counts so. */
static bool names_rownum(const struct node *n)
{
	if (n->kind == NODE_COLUMN && str_is_word(node_last_name(n), "rownum"))
		return true;
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i] && names_rownum(n->child[i]))
			return true;
	return false;
}

static bool convert(struct rewrite *r, struct node *query, struct node *select)
{
	struct hierarchy h = {.r = r, .query = query, .select = select};
	struct node *from;

	if (!select->child[SELECT_CONNECT]->child[1] ||
	    names_rownum(select->child[SELECT_CONNECT]->child[1]) || !find_relation(&h))
		return false;
	h.cte = rewrite_new_name(r, 'h');
	h.prior = rewrite_new_name(r, 'p');
	h.self = h.relation ? arena_strndup(r->arena, h.table.p, h.table.len) : text_of(&h, h.cte);
	order_siblings(&h);
	for (uint32_t i = SELECT_ITEMS; i <= SELECT_HAVING; i++)
		if (select->child[i] && i != SELECT_FROM && i != SELECT_CONNECT)
			read_outside(&h, select->child[i]);
	if (query->child[QUERY_BODY] == select && query->child[QUERY_ORDER])
		read_outside(&h, query->child[QUERY_ORDER]);
	for (uint32_t i = 0; i < select->child[SELECT_ITEMS]->count; i++)
		read_star(&h, select->child[SELECT_ITEMS]->child[i]);
	if (h.failed)
		return false;
	add_cte(&h);
	from = node_make(r->arena, NODE_FROM);
	node_add(r->arena, from, table_as(&h, h.cte, h.self));
	node_set(select, SELECT_FROM, NULL);
	node_set(select, SELECT_FROM, from);
	node_set(select, SELECT_CONNECT, NULL);
	return true;
}

static bool convert_below(struct rewrite *r, struct node *query, struct node *n)
{
	if (!n)
		return false;
	if (n->kind == NODE_SETOP) {
		bool left = convert_below(r, query, n->child[0]);

		return convert_below(r, query, n->child[1]) || left;
	}
	if (n->kind != NODE_SELECT || !n->child[SELECT_CONNECT] || rule_level_series(r, n))
		return false;
	return convert(r, query, n);
}

bool rule_hierarchy(struct rewrite *r, struct node *n)
{
	return convert_below(r, n, n->child[QUERY_BODY]);
}
