/*
 * rules_databricks_values.c - what Databricks converts by itself: texts that meet numbers, dates
 * that stay dates when days or months are added, moments with a time zone in the text; lag and lead
 * that pass over NULLs.
 */
#include "convert/rules.h"

#include <string.h>

static bool compares(unsigned op)
{
	return op == OP_EQ || op == OP_NE || op == OP_LT || op == OP_LE || op == OP_GT ||
	       op == OP_GE;
}

static bool computes(unsigned op)
{
	return op == OP_ADD || op == OP_SUBTRACT || op == OP_MULTIPLY || op == OP_DIVIDE ||
	       op == OP_MODULO;
}

static void cast_side(struct rewrite *r, struct node *n, uint32_t side, enum type_code other)
{
	struct node *v = n->child[side], *place = node_take(r->arena, v);
	bool whole = type_is_int(other) || other == TYPE_NUMERIC;

	node_replace(place, node_cast(r->arena, v, whole ? "numeric" : "float8"))->type =
		whole ? TYPE_NUMERIC : TYPE_FLOAT8;
}

static bool moment(enum type_code t)
{
	return t == TYPE_DATE || t == TYPE_TIMESTAMP || t == TYPE_TIMESTAMPTZ;
}

/* text > timestamp: the text is read as a moment. A literal alone is one for Postgres, too. */
static bool text_moment(struct rewrite *r, struct node *n, enum type_code a, enum type_code b)
{
	uint32_t side = a == TYPE_TEXT && moment(b) ? 0 : 1;
	struct node *v = n->child[side], *place;

	if (!compares(n->op) || (side == 1 && !(b == TYPE_TEXT && moment(a))) ||
	    node_bare(v)->kind == NODE_STRING)
		return false;
	place = node_take(r->arena, v);
	node_replace(place, node_cast(r->arena, v, type_name(side ? a : b)))->type =
		(uint8_t)(side ? a : b);
	return true;
}

/* text = 5, text + 1: the text is read as a number. A literal alone is one for Postgres, too. */
bool rule_text_number(struct rewrite *r, struct node *n)
{
	enum type_code a, b;
	bool left, right;

	if (!compares(n->op) && !computes(n->op))
		return false;
	a = type_of(r, n->child[0]);
	b = type_of(r, n->child[1]);
	if (text_moment(r, n, a, b))
		return true;
	left = a == TYPE_TEXT && type_is_number(b) && node_bare(n->child[0])->kind != NODE_STRING;
	right = b == TYPE_TEXT && type_is_number(a) && node_bare(n->child[1])->kind != NODE_STRING;
	if (a == TYPE_TEXT && b == TYPE_TEXT && computes(n->op)) {
		cast_side(r, n, 0, TYPE_FLOAT8);
		cast_side(r, n, 1, TYPE_FLOAT8);
		n->type = TYPE_FLOAT8;
		return true;
	}
	if (left)
		cast_side(r, n, 0, b);
	else if (right)
		cast_side(r, n, 1, a);
	else
		return false;
	if (computes(n->op))
		n->type = TYPE_NOT_ASKED;
	return true;
}

/* Without ANSI mode a division by zero is NULL. */
bool rule_spark_zero(struct rewrite *r, struct node *n)
{
	return !r->settings->ansi && rule_divide_by_zero(r, n);
}

static bool day_word(struct str text)
{
	static const char *const units[] = {"day",     "days",	   "week",	   "weeks",
					    "month",   "months",   "year",	   "years",
					    "quarter", "quarters", "year to month"};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (str_is_word(text, units[i]))
			return true;
	return false;
}

/* '3 days', '1 month': the words of an interval without a unit behind it. */
static bool day_words(struct str text)
{
	size_t begin = 0;
	bool any = false;

	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && text.p[i] != ' ')
			continue;
		if (i > begin && text.p[begin] > '9') {
			if (!day_word((struct str){text.p + begin, i - begin}))
				return false;
			any = true;
		}
		begin = i + 1;
	}
	return any && !memchr(text.p, ':', text.len);
}

static bool whole_days(struct node *n)
{
	n = node_bare(n);
	if (n->kind == NODE_BINARY && n->op == OP_MULTIPLY)
		return whole_days(n->child[0]) || whole_days(n->child[1]);
	if (n->kind != NODE_INTERVAL)
		return false;
	if (n->text.len)
		return day_word(n->text);
	return n->child[0] && n->child[0]->kind == NODE_STRING && day_words(n->child[0]->text);
}

/* A date plus days, months or years is a date. */
bool rule_date_interval(struct rewrite *r, struct node *n)
{
	struct node *place;
	bool left;

	if (n->op != OP_ADD && n->op != OP_SUBTRACT)
		return false;
	left = type_of(r, n->child[0]) == TYPE_DATE && whole_days(n->child[1]);
	if (!left &&
	    (n->op != OP_ADD || type_of(r, n->child[1]) != TYPE_DATE || !whole_days(n->child[0])))
		return false;
	place = node_take(r->arena, n);
	n->type = TYPE_TIMESTAMP;
	node_replace(place, node_cast(r->arena, node_paren(r->arena, n), "date"))->type = TYPE_DATE;
	return true;
}

static bool has_zone(struct str s)
{
	if (s.len < 17)
		return false;
	if (s.p[s.len - 1] == 'Z' || (s.len > 20 && !memcmp(s.p + s.len - 3, "UTC", 3)))
		return true;
	for (size_t i = 16; i < s.len; i++)
		if (s.p[i] == '+' || s.p[i] == '-' || (s.p[i] == '/' && i > 19))
			return true;
	return false;
}

/* TIMESTAMP '2020-01-01 00:00:00Z': the moment in the session's time. */
bool rule_zoned_literal(struct rewrite *r, struct node *n)
{
	struct node *value = n->child[1], *place;

	if (value->kind != NODE_STRING || !str_is(n->child[0]->text, "timestamp") ||
	    !has_zone(value->text))
		return false;
	place = node_take(r->arena, n);
	value = node_cast(r->arena, value, "timestamptz");
	node_replace(place, node_cast(r->arena, value, "timestamp"))->type = TYPE_TIMESTAMP;
	return true;
}

static struct node *bound(struct rewrite *r, unsigned op)
{
	struct node *n = node_make(r->arena, NODE_BOUND);

	n->op = (uint8_t)op;
	if (op == BOUND_PRECEDING || op == BOUND_FOLLOWING)
		node_put(n, 0, node_number(r->arena, 1));
	return n;
}

/*
 * lag and lead with IGNORE NULLS: the frame holds all rows before, or after, this one, and the
 * function table has rows for the names given here, which take the n-th value that is not NULL.
 */
bool rule_spark_lag_nulls(struct rewrite *r, struct node *n)
{
	bool lag = node_calls(n, "lag"), lead = node_calls(n, "lead");
	struct node *window = n->child[CALL_OVER], *frame, *last;

	if ((!lag && !lead) || !window || window->op || node_arg_count(n) == 0)
		return false;
	last = node_arg(n, node_arg_count(n) - 1);
	if (!(n->flags & FLAG_IGNORE_NULLS) &&
	    !(node_arg_count(n) == 4 && last->kind == NODE_BOOL && last->op))
		return false;
	if (node_arg_count(n) == 4)
		node_remove(n->child[CALL_ARGS], 3);
	frame = node_make(r->arena, NODE_FRAME);
	frame->op = FRAME_ROWS;
	node_put(frame, 0, bound(r, lag ? BOUND_UNBOUNDED_PRECEDING : BOUND_FOLLOWING));
	node_put(frame, 1, bound(r, lag ? BOUND_PRECEDING : BOUND_UNBOUNDED_FOLLOWING));
	node_set(window, WINDOW_FRAME, frame);
	node_touch(window);
	n->flags &= ~(uint32_t)FLAG_IGNORE_NULLS;
	node_replace(n->child[CALL_NAME]->child[0],
		     node_ident(r->arena, lag ? "lag:nulls" : "lead:nulls"));
	return true;
}
