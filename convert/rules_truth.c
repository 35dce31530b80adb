/*
 * rules_truth.c - truth that meets numbers, and texts that meet numbers, where the types of columns
 * are known: in comparisons, lists, CASE and the arguments of coalesce.
 */
#include "convert/columns.h"
#include "convert/rules.h"
#include "convert/rules_known.h"

/* What meets a value of that type: truth as a number, or a number as truth. */
static bool meet(struct rewrite *r, enum type_code t, struct node *other)
{
	if (t == TYPE_BOOL)
		return known_as_truth(r, other);
	return type_is_number(t) && node_bare(other)->kind == NODE_BOOL &&
	       known_as_number(r, other);
}

/* b IN (0, 1) where b is truth; n IN (TRUE) where it is a number. */
bool rule_known_in(struct rewrite *r, struct node *n)
{
	struct node *list = n->child[1];
	bool done = false;

	if (!list || list->kind != NODE_LIST)
		return false;
	for (uint32_t i = 0; i < list->count; i++)
		done |= meet(r, type_of(r, n->child[0]), list->child[i]);
	return done;
}

/* CASE b WHEN 1 */
bool rule_known_case(struct rewrite *r, struct node *n)
{
	const struct node *whens = n->child[CASE_WHENS];
	bool done = false;

	if (!n->child[CASE_OPERAND])
		return false;
	for (uint32_t i = 0; i < whens->count; i++)
		done |= meet(r, type_of(r, n->child[CASE_OPERAND]), whens->child[i]->child[0]);
	return done;
}

static bool is_bit(const struct node *n)
{
	return n->kind == NODE_BOOL ||
	       (n->kind == NODE_NUMBER && (str_is(n->text, "0") || str_is(n->text, "1")));
}

/* coalesce(b, 0), ifnull(n, FALSE): literals follow the first argument. */
bool rule_known_argument(struct rewrite *r, struct node *n)
{
	bool done = false;

	if (!node_calls(n, "coalesce") && !node_calls(n, "ifnull") && !node_calls(n, "nullif"))
		return false;
	for (uint32_t i = 1; i < node_arg_count(n); i++)
		if (is_bit(node_bare(node_arg(n, i))))
			done |= meet(r, type_of(r, node_arg(n, 0)), node_arg(n, i));
	return done;
}

/* T-SQL's bit as a text is 0 or 1; ~b is the other one. */
bool rule_bit_text(struct rewrite *r, struct node *n)
{
	struct node *value = n->child[0], *place;

	if (type_of(r, value) != TYPE_BOOL)
		return false;
	if (n->kind == NODE_UNARY && n->op == OP_BIT_NOT) {
		n->op = OP_NOT;
		node_touch(n);
		return true;
	}
	if (n->kind != NODE_CAST || type_of(r, n) != TYPE_TEXT)
		return false;
	place = node_take(r->arena, value);
	node_replace(place, node_cast(r->arena, value, "int"));
	return true;
}

/* number = TRUE. */
bool rule_known_compare(struct rewrite *r, struct node *n)
{
	bool done = false;

	if (n->op < OP_EQ || n->op > OP_GE)
		return false;
	for (uint32_t i = 0; i < 2; i++)
		if (n->child[i]->kind == NODE_BOOL && type_is_number(type_of(r, n->child[1 - i])))
			done |= known_as_number(r, n->child[i]);
	return done;
}

static bool is_known_text(struct node *n)
{
	const struct schema_type *t = known_type(n, 0);

	return t && t->code == TYPE_TEXT;
}

/* A column of texts that meets a number is read as one. */
bool rule_known_text_number(struct rewrite *r, struct node *n)
{
	bool compares = n->op >= OP_EQ && n->op <= OP_GE;

	if (!r->settings->schema ||
	    (!compares && n->op != OP_ADD && n->op != OP_SUBTRACT && n->op != OP_MULTIPLY &&
	     n->op != OP_DIVIDE && n->op != OP_MODULO))
		return false;
	for (uint32_t i = 0; i < 2; i++) {
		struct node *text = n->child[i], *place;

		if (!type_is_number(type_of(r, n->child[1 - i])) || !is_known_text(text))
			continue;
		place = node_take(r->arena, text);
		node_replace(place, node_cast(r->arena, text, "numeric"))->type = TYPE_NUMERIC;
		if (!compares)
			n->type = TYPE_NOT_ASKED;
		return true;
	}
	return false;
}
