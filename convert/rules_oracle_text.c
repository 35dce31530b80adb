/*
 * rules_oracle_text.c - texts of Oracle and Snowflake beside numbers, which they convert by
 * themselves, and Oracle's functions whose empty answer is NULL.
 */
#include "convert/rules.h"

#include <string.h>

static bool arithmetic(unsigned op)
{
	return op == OP_ADD || op == OP_SUBTRACT || op == OP_MULTIPLY || op == OP_DIVIDE;
}

/* A text that is computed: a literal takes its type from its neighbour in Postgres, too. */
static bool computed_text(struct rewrite *r, struct node *n)
{
	unsigned kind = node_bare(n)->kind;

	return type_of(r, n) == TYPE_TEXT && (kind == NODE_CALL || kind == NODE_CAST);
}

static void to_number(struct rewrite *r, struct node *n)
{
	struct node *place = node_take(r->arena, n), *cast = node_cast(r->arena, n, "numeric");

	cast->child[CAST_TYPE]->number = TYPE_OF_POSTGRES;
	cast->type = TYPE_NUMERIC;
	node_replace(place, cast);
}

/* TO_CHAR(d, 'YYYY') - 1, SUBSTR(s, 1, 4) = 2024: the text is a number. */
bool rule_text_arithmetic(struct rewrite *r, struct node *n)
{
	bool calculates = arithmetic(n->op), done = false;

	if (!calculates && operator_binding((enum operator)n->op) != BIND_COMPARE)
		return false;
	for (uint32_t i = 0; i < 2; i++) {
		struct node *other = n->child[1 - i];
		bool number = type_is_number(type_of(r, other));

		if (!computed_text(r, n->child[i]))
			continue;
		if (number || (calculates && computed_text(r, other))) {
			to_number(r, n->child[i]);
			done = true;
		}
	}
	return done;
}

/* TO_CHAR(d, 'MM') IN (1, 2), BETWEEN 1 AND 6 */
bool rule_text_in(struct rewrite *r, struct node *n)
{
	struct node *first = n->child[1];

	if (!computed_text(r, n->child[0]))
		return false;
	if (n->kind == NODE_IN)
		first = first->kind == NODE_LIST && first->count ? first->child[0] : NULL;
	if (!first || !type_is_number(type_of(r, first)))
		return false;
	to_number(r, n->child[0]);
	return true;
}

/* Functions of Oracle that answer NULL where Postgres answers an empty text. */
static bool may_be_empty(const struct node *n)
{
	static const char *const names[] = {"ltrim",  "regexp_replace", "replace", "rtrim",
					    "substr", "translate",	"trim"};

	if (n->kind != NODE_CALL)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (node_calls(n, names[i]))
			return true;
	return false;
}

static bool null_for_empty(struct rewrite *r, struct node *n)
{
	struct node *empty, *place, *args[2], *call;

	if (node_calls(n, "length") && node_arg_count(n) == 1)
		n = node_arg(n, 0);
	if (!may_be_empty(n))
		return false;
	empty = node_make(r->arena, NODE_RAW);
	empty->text = (struct str){"''", 2};
	place = node_take(r->arena, n);
	args[0] = n;
	args[1] = empty;
	call = node_call(r->arena, "nullif", 2, args);
	call->type = TYPE_TEXT;
	node_replace(place, call);
	return true;
}

/* TRIM(x) IS NULL */
bool rule_empty_is_null(struct rewrite *r, struct node *n)
{
	return n->op == IS_NULL && null_for_empty(r, n->child[0]);
}

/* NVL(TRIM(x), 'none'), NVL2(...), COALESCE(...) */
bool rule_empty_argument(struct rewrite *r, struct node *n)
{
	uint32_t count = node_arg_count(n);
	bool done = false;

	if (node_calls(n, "nvl2"))
		return count == 3 && null_for_empty(r, node_arg(n, 0));
	if (!node_calls(n, "nvl") && !node_calls(n, "coalesce"))
		return false;
	for (uint32_t i = 0; i + 1 < count; i++)
		done |= null_for_empty(r, node_arg(n, i));
	return done;
}
