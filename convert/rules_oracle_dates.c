/*
 * rules_oracle_dates.c - Oracle's dates whose type the text does not show: what stands beside them,
 * or their name, tells them from numbers. A wrong guess is an error in Postgres, never another
 * answer: dates take no numbers there, and numbers no intervals.
 */
#include "convert/rules.h"

#include <string.h>
#include <strings.h>

static bool ends_with(struct str name, const char *word)
{
	size_t len = strlen(word);

	return name.len >= len && !strncasecmp(name.p + name.len - len, word, len);
}

bool looks_like_date(const struct node *n)
{
	static const char *const ends[] = {"date",    "_dt",	 "_ts",	 "_at",
					   "created", "updated", "dttm", "timestamp"};
	struct str name;

	if ((node_calls(n, "max") || node_calls(n, "min") || node_calls(n, "nvl") ||
	     node_calls(n, "coalesce")) &&
	    node_arg_count(n))
		return looks_like_date(node_arg(n, 0));
	if (n->kind != NODE_COLUMN)
		return false;
	name = node_last_name(n);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends_with(name, ends[i]))
			return true;
	return false;
}

static bool is_moment(enum type_code t)
{
	return t == TYPE_DATE || t == TYPE_TIMESTAMP || t == TYPE_TIMESTAMPTZ;
}

/* What a call is compared with is a moment. */
static bool beside_moment(struct rewrite *r, const struct node *n)
{
	const struct node *up = n->parent;

	while (up && up->kind == NODE_PAREN)
		up = up->parent;
	if (!up ||
	    (up->kind != NODE_BETWEEN && up->kind != NODE_IN &&
	     (up->kind != NODE_BINARY || operator_binding((enum operator)up->op) != BIND_COMPARE)))
		return false;
	for (uint32_t i = 0; i < up->count; i++) {
		struct node *other = up->child[i];

		if (other && other->kind == NODE_LIST && other->count)
			other = other->child[0];
		if (other && is_moment(type_of(r, other)))
			return true;
	}
	return false;
}

static void to_timestamp(struct rewrite *r, struct node *n)
{
	struct node *place = node_take(r->arena, n), *cast = node_cast(r->arena, n, "timestamp");

	cast->child[CAST_TYPE]->number = TYPE_OF_POSTGRES;
	cast->type = TYPE_TIMESTAMP;
	node_replace(place, cast);
}

/* TRUNC(x), where x is a date. */
bool rule_trunc_date(struct rewrite *r, struct node *n)
{
	struct node *value = node_arg(n, 0);

	if (node_arg_count(n) != 1 || !node_calls(n, "trunc") || type_of(r, value) > TYPE_UNKNOWN)
		return false;
	if (!looks_like_date(node_bare(value)) && !beside_moment(r, n))
		return false;
	to_timestamp(r, value);
	return true;
}

/* hire_date + 30, end_date - start_date: their names say what they are. */
bool rule_guess_date(struct rewrite *r, struct node *n)
{
	bool done = false;

	if (n->op != OP_ADD && n->op != OP_SUBTRACT)
		return false;
	for (uint32_t i = 0; i < 2; i++) {
		struct node *one = n->child[i], *other = n->child[1 - i];

		if (type_of(r, one) > TYPE_UNKNOWN || !looks_like_date(node_bare(one)))
			continue;
		if (type_is_number(type_of(r, other))) {
			one->type = TYPE_TIMESTAMP;
			done = true;
		} else if (n->op == OP_SUBTRACT && looks_like_date(node_bare(other))) {
			to_timestamp(r, one); /* two dates of Postgres give a number */
			to_timestamp(r, other);
			return true;
		}
	}
	return done;
}

static bool in_extract(const struct node *n)
{
	const struct node *up = n->parent;

	while (up && (up->kind == NODE_PAREN || up->kind == NODE_LIST || up->kind == NODE_ARG))
		up = up->parent;
	return up && up->kind == NODE_CALL && node_calls(up, "extract");
}

/* A value that is a TIMESTAMP in Oracle, not a DATE. */
static bool is_timestamp(const struct rewrite *r, struct node *n)
{
	static const char *const words[] = {
		"systimestamp",	     "to_timestamp", "to_timestamp_tz", "localtimestamp",
		"current_timestamp", "timestamp",    "from_tz"};
	struct str word;

	n = node_bare(n);
	if (n->at >= r->tokens->count)
		return false;
	word = token_text(r->tokens, n->at);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_is_word(word, words[i]))
			return true;
	return false;
}

bool is_timestamp_difference(const struct rewrite *r, struct node *n)
{
	return in_extract(n) || is_timestamp(r, n->child[0]) || is_timestamp(r, n->child[1]);
}

/* Whether a format has a year of two digits: RR or YY, not RRRR or YYYY. */
static bool two_digit_year(struct str format)
{
	for (size_t i = 0; i < format.len;) {
		char c = (char)(format.p[i] & ~32);
		size_t from = i++;

		while (i < format.len && (format.p[i] & ~32) == c)
			i++;
		if ((c == 'Y' || c == 'R') && i - from == 2)
			return true;
	}
	return false;
}

/* TO_DATE(x, 'DD.MM.RR'): each has its own idea of the century. It stays as it is. */
bool rule_two_digit_year(struct rewrite *r, struct node *n)
{
	const struct node *value = node_arg(n, 0), *format = node_arg(n, 1);

	if ((node_calls(n, "to_date") || node_calls(n, "to_timestamp")) && format &&
	    format->kind == NODE_STRING && value->kind != NODE_STRING &&
	    two_digit_year(format->text))
		rewrite_finding(r, n, "YEAR-TWO-DIGITS", NULL);
	return false;
}
