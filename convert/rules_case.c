/*
 * rules_case.c - collations that ignore case (T-SQL, MySQL), and MySQL's division by zero. What is
 * known to be text on both sides compares through lower(); a column of unknown type is reported.
 */
#include "convert/rules.h"

static void fold(struct rewrite *r, struct node *n)
{
	bool blanks = r->dialect->flags & DIALECT_PLUS_CONCAT; /* T-SQL: trailing ones, too */

	struct node *place = node_take(r->arena, n);

	node_replace(place, rewrite_template(r, blanks ? "lower(rtrim($1))" : "lower($1)", 1, &n));
}

/* a COLLATE "C", and what MySQL takes out of JSON: case counts. */
static bool has_case(struct rewrite *r, struct node *n)
{
	const struct node *bare = n ? node_bare(n) : NULL;

	return bare &&
	       (bare->kind == NODE_COLLATE || (bare->kind == NODE_BINARY && bare->op == OP_PATH2 &&
					       r->dialect->flags & DIALECT_PIPES_OR));
}

/* A literal without letters is the same in every case; blanks behind it are T-SQL's matter. */
static bool no_letters(struct rewrite *r, const struct node *n)
{
	if (n->kind != NODE_STRING || n->text.len == 0 || r->dialect->flags & DIALECT_PLUS_CONCAT)
		return false;
	for (size_t i = 0; i < n->text.len; i++)
		if ((unsigned char)n->text.p[i] >= 'A')
			return false;
	return true;
}

bool rule_compare_case(struct rewrite *r, struct node *n)
{
	enum type_code a, b;

	if (!r->settings->ignore_case || operator_binding((enum operator)n->op) != BIND_COMPARE ||
	    has_case(r, n->child[0]) || has_case(r, n->child[1]))
		return false;
	a = type_of(r, n->child[0]);
	b = type_of(r, n->child[1]);
	if ((a != TYPE_TEXT && b != TYPE_TEXT) || no_letters(r, node_bare(n->child[0])) ||
	    no_letters(r, node_bare(n->child[1])))
		return false;
	if (a != TYPE_TEXT || b != TYPE_TEXT || r->settings->plain) {
		if (a <= TYPE_UNKNOWN || b <= TYPE_UNKNOWN)
			rewrite_finding(r, n, "CI-COLLATION", NULL);
		return false;
	}
	fold(r, n->child[0]);
	fold(r, n->child[1]);
	return true;
}

/* x IN ('a', 'b') */
bool rule_in_case(struct rewrite *r, struct node *n)
{
	struct node *list = n->child[1];

	if (!r->settings->ignore_case || list->kind != NODE_LIST || list->count == 0 ||
	    has_case(r, n->child[0]))
		return false;
	for (uint32_t i = 0; i < list->count; i++)
		if (type_of(r, list->child[i]) != TYPE_TEXT)
			return false;
	if (type_of(r, n->child[0]) != TYPE_TEXT || r->settings->plain) {
		if (type_of(r, n->child[0]) <= TYPE_UNKNOWN)
			rewrite_finding(r, n, "CI-COLLATION", NULL);
		return false;
	}
	fold(r, n->child[0]);
	for (uint32_t i = 0; i < list->count; i++)
		fold(r, list->child[i]);
	return true;
}

/* Folds all of them when all are text; otherwise says so when one is not known. */
static bool fold_all(struct rewrite *r, const struct node *at, struct node **all, uint32_t count)
{
	bool text = false, unknown = false;

	if (!r->settings->ignore_case)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		enum type_code t = type_of(r, all[i]);

		if (has_case(r, all[i]) || (t > TYPE_NULL && t != TYPE_TEXT))
			return false;
		text |= t == TYPE_TEXT;
		unknown |= t != TYPE_TEXT && t != TYPE_NULL;
	}
	if (text && (unknown || r->settings->plain))
		rewrite_finding(r, at, "CI-COLLATION", NULL);
	if (!text || unknown || r->settings->plain)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (type_of(r, all[i]) == TYPE_TEXT)
			fold(r, all[i]);
	return true;
}

/* x BETWEEN 'a' AND 'b' */
bool rule_between_case(struct rewrite *r, struct node *n)
{
	return fold_all(r, n, n->child, 3);
}

/* CASE x WHEN 'a' THEN ... */
bool rule_case_operand(struct rewrite *r, struct node *n)
{
	struct node *whens = n->child[CASE_WHENS], *all[64];
	uint32_t count = 0;

	if (!n->child[CASE_OPERAND] || whens->count >= 64)
		return false;
	all[count++] = n->child[CASE_OPERAND];
	for (uint32_t i = 0; i < whens->count; i++)
		all[count++] = whens->child[i]->child[0];
	return fold_all(r, n, all, count);
}

/* count(DISTINCT x) */
bool rule_distinct_case(struct rewrite *r, struct node *n)
{
	struct node *arg = node_arg(n, 0);

	if (!r->settings->ignore_case || r->settings->plain || !node_calls(n, "count") || !arg ||
	    !(n->flags & FLAG_DISTINCT || n->child[CALL_ARGS]->flags & FLAG_DISTINCT) ||
	    type_of(r, arg) != TYPE_TEXT || has_case(r, arg))
		return false;
	fold(r, arg);
	return true;
}

bool rule_like_case(struct rewrite *r, struct node *n)
{
	if (!r->settings->ignore_case || r->settings->plain || has_case(r, n->child[0]) ||
	    has_case(r, n->child[1]))
		return false;
	if (n->op == LIKE_LIKE)
		n->op = LIKE_ILIKE;
	else if (n->op == LIKE_RLIKE)
		n->flags |= FLAG_SPECIAL; /* ~* */
	else
		return false;
	node_touch(n);
	return true;
}

/* x / 0 is NULL in MySQL. */
bool rule_divide_by_zero(struct rewrite *r, struct node *n)
{
	struct node *by = n->child[1], *place;

	if (n->op != OP_DIVIDE && n->op != OP_DIV && n->op != OP_MODULO)
		return false;
	if (by->kind == NODE_NUMBER && by->text.p[0] >= '1' && by->text.p[0] <= '9')
		return false;
	place = node_take(r->arena, by);
	node_replace(place, rewrite_template(r, "nullif($1, 0)", 1, &by))->type =
		(uint8_t)type_of(r, by);
	return true;
}
