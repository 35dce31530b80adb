/*
 * rules_oracle_rows.c - Oracle's ROWNUM, and series made with CONNECT BY LEVEL.
 */
#include "convert/rules.h"

static bool is_rownum(const struct node *n)
{
	return n->kind == NODE_COLUMN && n->count == 1 && str_is_word(n->child[0]->text, "rownum");
}

/* ROWNUM <= n, ROWNUM < n, ROWNUM = 1: how many rows; NULL: something else. */
static struct node *row_limit(struct rewrite *r, const struct node *n)
{
	struct node *count;

	if (n->kind != NODE_BINARY || !is_rownum(n->child[0]))
		return NULL;
	count = n->child[1];
	if (n->op == OP_LE || (n->op == OP_EQ && str_is(count->text, "1")))
		return count;
	if (n->op != OP_LT)
		return NULL;
	return node_binary(r->arena, OP_SUBTRACT, count, node_number(r->arena, 1));
}

/* Takes the condition on ROWNUM out of WHERE. */
static struct node *take_limit(struct rewrite *r, struct node *n)
{
	struct node *where = n->child[SELECT_WHERE], *count = row_limit(r, where);

	if (count) {
		node_set(n, SELECT_WHERE, NULL);
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

/* WHERE ROWNUM <= n: LIMIT of a block without an ORDER BY of its own (ROWNUM counts before it). */
bool rule_rownum(struct rewrite *r, struct node *n)
{
	struct node *q = n->parent, *count, *limit;

	if (!n->child[SELECT_WHERE] || !q || q->kind != NODE_QUERY || q->child[QUERY_LIMIT] ||
	    q->child[QUERY_ORDER] || n->child[SELECT_GROUP] || n->flags & FLAG_DISTINCT)
		return false;
	count = take_limit(r, n);
	if (!count)
		return false;
	limit = node_make(r->arena, NODE_LIMIT);
	node_put(limit, LIMIT_COUNT, count);
	node_set(q, QUERY_LIMIT, limit);
	return true;
}

/* ROWNUM as a value. */
bool rule_rownum_value(struct rewrite *r, struct node *n)
{
	if (!is_rownum(n))
		return false;
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
	    !str_is_word(node_last_name(c->child[0]), "level"))
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
