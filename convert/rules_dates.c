/*
 * rules_dates.c - arithmetic of T-SQL and Oracle where a number added to a moment is days.
 */
#include "convert/rules.h"

#include <string.h>

static bool is_stamp(enum type_code t)
{
	return t == TYPE_TIMESTAMP || t == TYPE_TIMESTAMPTZ;
}

bool named_like_date(const struct node *n)
{
	static const char *const ends[] = {"date", "time", "timestamp", "_dt", "_at"};
	struct str name = node_last_name(n);

	if (n->kind != NODE_COLUMN)
		return false;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t len = strlen(ends[i]);

		if (name.len >= len &&
		    str_is_word((struct str){name.p + name.len - len, len}, ends[i]))
			return true;
	}
	return false;
}

/* By its type, or else by its name. */
static bool may_be_stamp(struct rewrite *r, struct node *n)
{
	enum type_code t = type_of(r, n);

	return is_stamp(t) || (t <= TYPE_UNKNOWN && named_like_date(node_bare(n)));
}

/* moment - moment */
static bool is_difference(struct rewrite *r, struct node *n)
{
	struct node *bare = node_bare(n);

	return type_of(r, n) == TYPE_INTERVAL ||
	       (bare->kind == NODE_BINARY && bare->op == OP_SUBTRACT &&
		may_be_stamp(r, bare->child[0]) && may_be_stamp(r, bare->child[1]));
}

static bool whole_number(const struct node *n)
{
	return n->kind == NODE_NUMBER && n->text.len && !memchr(n->text.p, '.', n->text.len) &&
	       !memchr(n->text.p, 'e', n->text.len) && !memchr(n->text.p, 'E', n->text.len);
}

/* A number of days as an interval. */
static struct node *days(struct rewrite *r, struct node *n)
{
	struct node *one, *text;
	const char *words;

	if (whole_number(node_bare(n))) {
		n = node_bare(n);
		words = arena_printf(r->arena, "%.*s %s", (int)n->text.len, n->text.p,
				     str_is(n->text, "1") ? "day" : "days");
		text = node_string(r->arena, (struct str){words, strlen(words)});
		one = node_make(r->arena, NODE_INTERVAL);
		node_put(one, 0, text);
		one->text = (struct str){"", 0};
		one->type = TYPE_INTERVAL;
		return one;
	}
	one = rewrite_template(r, "$1 * INTERVAL '1 day'", 1, &n);
	one->type = TYPE_INTERVAL;
	return one;
}

/* moment - x, where x is a column of unknown type: more often a date than a number. */
static bool may_be_date(const struct node *n, uint32_t slot)
{
	return n->op == OP_SUBTRACT && node_bare(n->child[slot])->kind == NODE_COLUMN;
}

/* moment + n, n + moment, moment - n. */
bool rule_date_number(struct rewrite *r, struct node *n)
{
	enum type_code a, b;
	struct node *place, *number;
	uint32_t slot;

	if (n->op != OP_ADD && n->op != OP_SUBTRACT)
		return false;
	a = type_of(r, n->child[0]);
	b = type_of(r, n->child[1]);
	if (is_stamp(a) && (type_is_number(b) || (b <= TYPE_UNKNOWN && !may_be_date(n, 1))))
		slot = 1;
	else if (is_stamp(b) && n->op == OP_ADD && (type_is_number(a) || a <= TYPE_UNKNOWN))
		slot = 0;
	else if (type_is_number(b) && may_be_stamp(r, n->child[0]))
		slot = 1;
	else
		return false;
	if (node_bare(n->child[slot])->kind == NODE_INTERVAL)
		return false;
	number = n->child[slot];
	place = node_take(r->arena, number);
	node_replace(place, days(r, number));
	n->type = (uint8_t)(slot ? a : b);
	if (n->type <= TYPE_UNKNOWN)
		n->type = TYPE_TIMESTAMP;
	node_touch(n);
	return true;
}

/* T-SQL's (moment - moment) < n: the difference is days, too. */
bool rule_interval_number(struct rewrite *r, struct node *n)
{
	struct node *place, *number;
	uint32_t slot;

	if (operator_binding((enum operator)n->op) != BIND_COMPARE)
		return false;
	if (type_is_number(type_of(r, n->child[1])) && is_difference(r, n->child[0]))
		slot = 1;
	else if (type_is_number(type_of(r, n->child[0])) && is_difference(r, n->child[1]))
		slot = 0;
	else
		return false;
	number = n->child[slot];
	place = node_take(r->arena, number);
	node_replace(place, days(r, number));
	return true;
}

/* DATEADD(day, 1, 0), DATEDIFF(day, 0, x): a number is days since 1900. */
bool rule_date_zero(struct rewrite *r, struct node *n)
{
	bool add = node_calls(n, "dateadd"), done = false;

	if ((!add && !node_calls(n, "datediff") && !node_calls(n, "datediff_big")) ||
	    node_arg_count(n) != 3)
		return false;
	for (uint32_t i = add ? 2 : 1; i < 3; i++) {
		struct node *number = node_arg(n, i), *place, *start;

		if (!whole_number(number) && !type_is_int(type_of(r, number)))
			continue;
		start = node_cast(r->arena, node_string(r->arena, (struct str){"1900-01-01", 10}),
				  "datetime");
		place = node_take(r->arena, number);
		if (number->kind != NODE_NUMBER || !str_is(number->text, "0"))
			start = node_binary(r->arena, OP_ADD, start, number);
		node_replace(place, start);
		done = true;
	}
	return done;
}
