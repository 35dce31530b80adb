/*
 * rules_oracle_rows.c - Oracle's ROWNUM, and series made with CONNECT BY LEVEL.
 */
#include "convert/rules.h"

#include <string.h>

static bool is_rownum(const struct node *n)
{
	return n->kind == NODE_COLUMN && n->count == 1 && str_is_word(n->child[0]->text, "rownum");
}

static struct node *one_less(struct rewrite *r, struct node *count)
{
	char text[16] = "";
	int64_t value;

	if (count->kind == NODE_NUMBER && count->text.len < sizeof(text)) {
		memcpy(text, count->text.p, count->text.len);
		if (text_to_int(text, &value) && value > 0)
			return node_number(r->arena, (long)value - 1);
	}
	return node_binary(r->arena, OP_SUBTRACT, count, node_number(r->arena, 1));
}

/*
 * ROWNUM <= n, ROWNUM < n, ROWNUM = 1, n >= ROWNUM, ROWNUM BETWEEN 1 AND n: how many rows; NULL:
 * something else.
 */
static struct node *row_limit(struct rewrite *r, const struct node *n)
{
	struct node *count;

	if (n->kind == NODE_BETWEEN && !(n->flags & FLAG_NOT) && is_rownum(n->child[0]) &&
	    (str_is(n->child[1]->text, "1") || str_is(n->child[1]->text, "0")))
		return n->child[2];
	if (n->kind != NODE_BINARY)
		return NULL;
	if (is_rownum(n->child[1]) && n->op == OP_GE)
		return n->child[0];
	if (is_rownum(n->child[1]) && n->op == OP_GT)
		return one_less(r, n->child[0]);
	if (!is_rownum(n->child[0]))
		return NULL;
	count = n->child[1];
	if (n->op == OP_LE || (n->op == OP_EQ && str_is(count->text, "1")))
		return count;
	if (n->op != OP_LT)
		return NULL;
	return one_less(r, count);
}

struct node *rownum_take(struct rewrite *r, struct node *n, uint32_t slot)
{
	struct node *where = n->child[slot], *count = row_limit(r, where);

	if (count) {
		node_set(n, slot, NULL);
		return count;
	}
	if (where->kind != NODE_LOGIC || where->op != OP_AND)
		return NULL;
	for (uint32_t i = 0; i < where->count && !count; i++)
		if ((count = row_limit(r, where->child[i])))
			node_remove(where, i);
	if (count && where->count == 1)
		node_replace(where, where->child[0]);
	return count;
}

/* ROWNUM counts the rows before they are ordered, grouped or made distinct. */
static bool counts_first(const struct node *select)
{
	const struct node *q = select->parent;

	return q->kind != NODE_QUERY || q->child[QUERY_LIMIT] || q->child[QUERY_ORDER] ||
	       select->child[SELECT_GROUP] || select->flags & FLAG_DISTINCT ||
	       has_aggregate(select->child[SELECT_ITEMS]);
}

/* (SELECT * FROM relation WHERE ... LIMIT n) in the place of the relation. */
static bool limit_inside(struct rewrite *r, struct node *n, struct node *limit)
{
	struct node *from = n->child[SELECT_FROM],
		    *t = from && from->count == 1 ? from->child[0] : NULL;
	struct node *select, *items, *item, *q, *derived, *alias, *inner, *place;
	struct str name;

	if (!t || (t->kind != NODE_TABLE && t->kind != NODE_DERIVED))
		return false;
	alias = t->child[t->kind == NODE_TABLE ? TABLE_ALIAS : (uint32_t)DERIVED_ALIAS];
	name = alias		       ? alias->child[ALIAS_NAME]->text
	       : t->kind == NODE_TABLE ? node_last_name(t->child[TABLE_NAME])
				       : rewrite_new_name(r, 't')->text;
	place = node_take(r->arena, t);
	select = node_make(r->arena, NODE_SELECT);
	items = node_make(r->arena, NODE_LIST);
	item = node_make(r->arena, NODE_ITEM);
	node_put(item, ITEM_VALUE, node_make(r->arena, NODE_STAR));
	node_add(r->arena, items, item);
	inner = node_make(r->arena, NODE_FROM);
	node_add(r->arena, inner, t);
	node_put(select, SELECT_ITEMS, items);
	node_put(select, SELECT_FROM, inner);
	node_put(select, SELECT_WHERE, n->child[SELECT_WHERE]);
	n->child[SELECT_WHERE] = NULL;
	q = node_make(r->arena, NODE_QUERY);
	node_put(q, QUERY_BODY, select);
	node_put(q, QUERY_LIMIT, limit);
	derived = node_make(r->arena, NODE_DERIVED);
	alias = node_make(r->arena, NODE_ALIAS);
	node_put(alias, ALIAS_NAME,
		 node_ident(r->arena, arena_strndup(r->arena, name.p, name.len)));
	node_put(derived, DERIVED_QUERY, q);
	node_put(derived, DERIVED_ALIAS, alias);
	node_replace(place, derived);
	node_touch(n);
	return true;
}

static bool has_limit(struct rewrite *r, const struct node *where)
{
	if (where->kind != NODE_LOGIC || where->op != OP_AND)
		return row_limit(r, where);
	for (uint32_t i = 0; i < where->count; i++)
		if (row_limit(r, where->child[i]))
			return true;
	return false;
}

/* ROWNUM > 1, ROWNUM = 2: the first row is never counted, so none is. */
static bool never_reached(const struct node *n)
{
	const struct node *count;

	if (n->kind != NODE_BINARY || !is_rownum(n->child[0]) || n->child[1]->kind != NODE_NUMBER)
		return false;
	count = n->child[1];
	if (n->op == OP_GT)
		return !str_is(count->text, "0");
	return (n->op == OP_EQ || n->op == OP_GE) && !str_is(count->text, "1") &&
	       !str_is(count->text, "0");
}

static void drop_never(struct rewrite *r, struct node *n)
{
	if (never_reached(n)) {
		node_replace(n, node_make(r->arena, NODE_BOOL));
		return;
	}
	for (uint32_t i = 0; n->kind == NODE_LOGIC && i < n->count; i++)
		drop_never(r, n->child[i]);
}

/* WHERE ROWNUM <= n: LIMIT of the block, or of its rows before the rest is done to them. */
bool rule_rownum(struct rewrite *r, struct node *n)
{
	struct node *from = n->child[SELECT_FROM], *limit;
	bool inside;

	if (n->child[SELECT_WHERE])
		drop_never(r, n->child[SELECT_WHERE]);
	if (!n->child[SELECT_WHERE] || !n->parent || !has_limit(r, n->child[SELECT_WHERE]))
		return false;
	inside = counts_first(n);
	if (inside &&
	    (!from || from->count != 1 ||
	     (from->child[0]->kind != NODE_TABLE && from->child[0]->kind != NODE_DERIVED)))
		return false;
	limit = node_make(r->arena, NODE_LIMIT);
	node_put(limit, LIMIT_COUNT, rownum_take(r, n, SELECT_WHERE));
	if (inside)
		return limit_inside(r, n, limit);
	node_set(n->parent, QUERY_LIMIT, limit);
	return true;
}

/* ROWNUM as a value. */
bool rule_rownum_value(struct rewrite *r, struct node *n)
{
	const struct node *up = n->parent, *below = n;

	if (!is_rownum(n))
		return false;
	for (; up && up->kind != NODE_SELECT; up = up->parent)
		below = up;
	if (up && below->slot != SELECT_ITEMS)
		rewrite_finding(r, n, "NOT-CONVERTED", "ROWNUM was counted where Postgres cannot");
	node_replace(n, rewrite_template(r, "row_number() OVER ()", 0, NULL))->type = TYPE_BIGINT;
	return true;
}

/* FROM dual CONNECT BY LEVEL <= n: a series. */
bool rule_level_series(struct rewrite *r, struct node *n)
{
	struct node *connect = n->child[SELECT_CONNECT], *from = n->child[SELECT_FROM], *c,
		    *args[2];
	struct node *call, *alias, *columns;

	if (!connect || connect->child[0] || !connect->child[1] || !from || from->count != 1 ||
	    from->child[0]->kind != NODE_TABLE ||
	    !str_is_word(node_last_name(from->child[0]->child[TABLE_NAME]), "dual"))
		return false;
	c = connect->child[1];
	if (c->kind != NODE_BINARY || (c->op != OP_LE && c->op != OP_LT) ||
	    (!str_is_word(node_last_name(c->child[0]), "level") && !is_rownum(c->child[0])))
		return false;
	args[0] = node_number(r->arena, 1);
	args[1] = c->child[1];
	if (c->op == OP_LT)
		args[1] = node_binary(r->arena, OP_SUBTRACT, args[1], node_number(r->arena, 1));
	call = node_make(r->arena, NODE_TABLE_CALL);
	node_put(call, 0, node_call(r->arena, "generate_series", 2, args));
	alias = node_make(r->arena, NODE_ALIAS);
	columns = node_make(r->arena, NODE_LIST);
	node_add(r->arena, columns, node_ident(r->arena, "level"));
	node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
	node_put(alias, ALIAS_COLUMNS, columns);
	node_put(call, 1, alias);
	node_set(n, SELECT_CONNECT, NULL);
	node_replace(from->child[0], call);
	return true;
}
