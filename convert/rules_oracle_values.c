/*
 * rules_oracle_values.c - values that mean something else in Oracle: the empty text, || with NULL,
 * days between two dates.
 */
#include "convert/rules.h"

#include "convert/rows.h"

/* '' is NULL. */
bool rule_empty_string(struct rewrite *r, struct node *n)
{
	if (n->text.len != 0 || (n->parent && n->parent->kind == NODE_TYPED))
		return false;
	node_replace(n, node_null(r->arena))->type = TYPE_NULL;
	return true;
}

static bool never_null(const struct node *n)
{
	return n->kind == NODE_STRING || n->kind == NODE_NUMBER ||
	       (n->kind == NODE_BINARY && n->op == OP_CONCAT);
}

/* Numbers become texts without the zeros that end them, and without one before the point. */
static void short_number(struct rewrite *r, struct node *n)
{
	struct node *place;

	if (n->kind == NODE_NUMBER || type_of(r, n) != TYPE_NUMERIC)
		return;
	place = node_take(r->arena, n);
	node_replace(place, rewrite_template(r, ORACLE_NUMBER_TEXT("$1"), 1, &n))->type = TYPE_TEXT;
}

/* a || b takes NULL for the empty text. */
bool rule_concat_null(struct rewrite *r, struct node *n)
{
	struct node *place;

	if (n->op == OP_CONCAT)
		for (uint32_t i = 0; i < 2; i++)
			short_number(r, n->child[i]);
	if (n->op != OP_CONCAT || (never_null(n->child[0]) && never_null(n->child[1]) &&
				   n->child[0]->kind != NODE_BINARY))
		return false;
	place = node_take(r->arena, n);
	node_replace(place, node_call(r->arena, "concat", 2, n->child))->type = TYPE_TEXT;
	return true;
}

static bool is_date(enum type_code t)
{
	return t == TYPE_TIMESTAMP || t == TYPE_DATE;
}

/* A column beside a date, of which nothing is known. */
static bool maybe_date(enum type_code t, struct node *n)
{
	return t <= TYPE_UNKNOWN && node_bare(n)->kind == NODE_COLUMN;
}

/* date - date is a number of days. */
bool rule_date_difference(struct rewrite *r, struct node *n)
{
	struct node *place;
	enum type_code a, b;

	if (n->op != OP_SUBTRACT || is_timestamp_difference(r, n))
		return false;
	a = type_of(r, n->child[0]);
	b = type_of(r, n->child[1]);
	if (!(is_date(a) && is_date(b)) && !(is_date(a) && maybe_date(b, n->child[1])) &&
	    !(is_date(b) && maybe_date(a, n->child[0])))
		return false;
	place = node_take(r->arena, n);
	node_replace(place, rewrite_template(r, "extract(epoch FROM $1) / 86400", 1, &n))->type =
		TYPE_NUMERIC;
	return true;
}
