/*
 * rules_mysql_types.c - what MySQL converts by itself: texts and dates that are computed with are
 * numbers, numbers and columns that are conditions are truths, values of different types that meet
 * in one expression are texts.
 */
#include "convert/rules.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_AT_START "'^\\s*([-+]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?)'"

static bool computes(unsigned op)
{
	return op == OP_ADD || op == OP_SUBTRACT || op == OP_MULTIPLY || op == OP_DIVIDE ||
	       op == OP_MODULO || op == OP_DIV;
}

static bool compares(unsigned op)
{
	return op >= OP_EQ && op <= OP_NULL_EQ;
}

/* How much of a text is a number; 0: nothing. */
static size_t number_length(struct str s)
{
	size_t i = 0, digits = 0;

	if (i < s.len && (s.p[i] == '-' || s.p[i] == '+'))
		i++;
	for (; i < s.len && isdigit((unsigned char)s.p[i]); i++)
		digits++;
	if (i < s.len && s.p[i] == '.')
		for (i++; i < s.len && isdigit((unsigned char)s.p[i]); i++)
			digits++;
	return digits ? i : 0;
}

/* '1abc' is 1, 'abc' is 0. */
static struct node *literal_number(struct rewrite *r, struct str s)
{
	struct node *n;
	size_t len;

	while (s.len && s.p[0] == ' ') {
		s.p++;
		s.len--;
	}
	len = number_length(s);
	if (len == 0)
		return node_number(r->arena, 0);
	n = node_number(r->arena, 0);
	if (s.p[0] == '+') {
		s.p++;
		len--;
	}
	if (s.p[0] == '-') {
		n->text = (struct str){s.p + 1, len - 1};
		n->type = memchr(s.p, '.', len) ? TYPE_NUMERIC : TYPE_INT;
		return node_unary(r->arena, OP_MINUS, n);
	}
	n->text = (struct str){s.p, len};
	n->type = memchr(s.p, '.', len) ? TYPE_NUMERIC : len > 9 ? TYPE_BIGINT : TYPE_INT;
	return n;
}

static void text_to_number(struct rewrite *r, struct node *v)
{
	struct node *bare = node_bare(v), *place = node_take(r->arena, v);

	if (bare->kind == NODE_STRING) {
		node_replace(place, literal_number(r, bare->text));
		return;
	}
	node_replace(place, rewrite_template(r,
					     "CASE WHEN $1 IS NOT NULL THEN coalesce(substring($1, "
					     "" NUMBER_AT_START "), '0')::float8 END",
					     1, &v))
		->type = TYPE_FLOAT8;
}

/* The same, digits only. */
static void text_to_whole(struct rewrite *r, struct node *v)
{
	struct node *bare = node_bare(v), *place = node_take(r->arena, v);
	const char *point;

	if (bare->kind == NODE_STRING) {
		point = bare->text.len ? memchr(bare->text.p, '.', bare->text.len) : NULL;
		if (point)
			bare->text.len = (size_t)(point - bare->text.p);
		node_replace(place, literal_number(r, bare->text));
		return;
	}
	/* Not substring(): the function table has not been here yet. */
	node_replace(place, rewrite_template(r,
					     "CASE WHEN $1 IS NOT NULL THEN coalesce((regexp_match("
					     "$1, '^\\s*([-+]?[0-9]+)'))[1], '0')::int8 END",
					     1, &v))
		->type = TYPE_BIGINT;
}

static bool is_date(enum type_code t)
{
	return t == TYPE_DATE || t == TYPE_TIMESTAMP;
}

/* A date that is computed with: 20240131, 20240131235959. */
static void date_to_number(struct rewrite *r, struct node *v)
{
	bool date = type_of(r, v) == TYPE_DATE;
	struct node *place = node_take(r->arena, v);

	node_replace(place, rewrite_template(r,
					     date ? "to_char($1, 'YYYYMMDD')::int"
						  : "to_char($1, 'YYYYMMDDHH24MISS')::bigint",
					     1, &v))
		->type = date ? TYPE_INT : TYPE_BIGINT;
}

/* 0xFF, b'101' as a number; false: it is none, or too long. */
static bool bits_number(struct rewrite *r, struct node *v)
{
	struct node *bare = node_bare(v);
	char text[24];
	unsigned long long value;

	if (bare->kind == NODE_BYTES && bare->text.len && bare->text.len <= 15) {
		memcpy(text, bare->text.p, bare->text.len);
		text[bare->text.len] = '\0';
		value = strtoull(text, NULL, 16);
	} else if (bare->kind == NODE_RAW && bare->text.len > 3 && bare->text.len < 66 &&
		   (bare->text.p[0] | 32) == 'b' && bare->text.p[1] == '\'') {
		value = 0;
		for (size_t i = 2; i + 1 < bare->text.len; i++)
			value = value << 1 | (bare->text.p[i] == '1');
	} else {
		return false;
	}
	if (value > 0x7fffffffffffffffu)
		return false;
	node_replace(v, node_number(r->arena, (long)value));
	return true;
}

static bool plain_number(struct node *n)
{
	struct node *bare = node_bare(n);

	return bare->kind == NODE_STRING && bare->text.len &&
	       number_length(bare->text) == bare->text.len;
}

/* '1abc' + 1, text * 2, 'a' = 0, date + 0, 0xFF + 1: numbers all. */
bool rule_mysql_numbers(struct rewrite *r, struct node *n)
{
	bool math = computes(n->op), done = false;
	enum type_code types[2];

	if (!math && !compares(n->op))
		return false;
	for (uint32_t i = 0; i < 2; i++)
		types[i] = type_of(r, n->child[i]);
	for (uint32_t i = 0; i < 2; i++) {
		struct node *v = n->child[i];
		enum type_code own = types[i], other = types[1 - i];

		if (math ? other != TYPE_INTERVAL : type_is_number(other))
			done |= bits_number(r, v);
		if (own == TYPE_TEXT &&
		    (type_is_number(other) ||
		     (math && (other == TYPE_TEXT || is_date(other) || plain_number(v))))) {
			text_to_number(r, v);
			done = true;
		} else if (math && is_date(own) && other != TYPE_INTERVAL &&
			   (type_is_number(other) || is_date(other) || other == TYPE_TEXT)) {
			date_to_number(r, v);
			done = true;
		}
	}
	if (done && math)
		n->type = TYPE_NOT_ASKED;
	return done;
}

/* -'3abc' */
bool rule_mysql_minus(struct rewrite *r, struct node *n)
{
	if ((n->op != OP_MINUS && n->op != OP_PLUS) || type_of(r, n->child[0]) != TYPE_TEXT)
		return false;
	text_to_number(r, n->child[0]);
	return true;
}

/* ~x is of 64 bits without a sign; under an operator of bits it stays one of Postgres' */
bool rule_mysql_invert(struct rewrite *r, struct node *n)
{
	const struct node *above = n->parent;
	enum type_code t = type_of(r, n->child[0]);
	struct node *place;

	while (above && above->kind == NODE_PAREN)
		above = above->parent;
	if (n->op != OP_BIT_NOT || !above || (!type_is_number(t) && t > TYPE_UNKNOWN))
		return false;
	if (above->op == OP_BIT_NOT && above->kind == NODE_UNARY)
		return false;
	if (above->kind == NODE_BINARY &&
	    (above->op == OP_BIT_AND || above->op == OP_BIT_OR || above->op == OP_BIT_XOR ||
	     above->op == OP_LEFT || above->op == OP_RIGHT))
		return false;
	place = node_take(r->arena, n);
	node_replace(place, rewrite_template(r,
					     "mod(18446744073709551615 - ($1)::numeric, "
					     "18446744073709551616)",
					     1, &n->child[0]))
		->type = TYPE_NUMERIC;
	return true;
}

/* 3 IN ('3', 'x'), text IN (1, 2): numbers all. */
bool rule_mysql_in(struct rewrite *r, struct node *n)
{
	struct node *list = n->child[1];
	enum type_code t = type_of(r, n->child[0]);
	bool numbers = type_is_number(t), texts = true;

	if (list->kind != NODE_LIST || list->count == 0)
		return false;
	for (uint32_t i = 0; i < list->count; i++)
		texts &= type_is_number(type_of(r, list->child[i]));
	if (t == TYPE_TEXT && texts) {
		text_to_number(r, n->child[0]);
		return true;
	}
	for (uint32_t i = 0; numbers && i < list->count; i++)
		if (type_of(r, list->child[i]) == TYPE_TEXT)
			text_to_number(r, list->child[i]);
	return numbers;
}

/* d + INTERVAL 1 DAY, where d is a text or a date: DATE_ADD(). */
bool rule_mysql_date_add(struct rewrite *r, struct node *n)
{
	uint32_t interval = n->child[1]->kind == NODE_INTERVAL ? 1 : 0;
	struct node *args[2], *place;
	enum type_code t;

	if ((n->op != OP_ADD && n->op != OP_SUBTRACT) ||
	    n->child[interval]->kind != NODE_INTERVAL || (n->op == OP_SUBTRACT && !interval))
		return false;
	t = type_of(r, n->child[1 - interval]);
	if (t != TYPE_TEXT && t != TYPE_DATE)
		return false;
	args[0] = n->child[1 - interval];
	args[1] = n->child[interval];
	place = node_take(r->arena, n);
	node_replace(place,
		     node_call(r->arena, n->op == OP_ADD ? "date_add" : "date_sub", 2, args));
	return true;
}

/* --- truths --- */

static void not_zero(struct rewrite *r, struct node *n, bool cast)
{
	struct node *place = node_take(r->arena, n);

	if (cast)
		n = node_cast(r->arena, n, "int");
	node_replace(place, node_binary(r->arena, OP_NE, n, node_number(r->arena, 0)))->type =
		TYPE_BOOL;
}

void mysql_make_truth(struct rewrite *r, struct node *n)
{
	struct node *bare = n ? node_bare(n) : NULL, *parent, *place;
	enum type_code t = bare ? type_of(r, bare) : TYPE_BOOL;
	uint32_t slot;

	if (is_date(t)) {
		place = node_take(r->arena, n);
		node_replace(place, node_is_null(r->arena, n, true));
	} else if (t == TYPE_TEXT) {
		parent = n->parent;
		slot = n->slot;
		text_to_number(r, n);
		not_zero(r, parent->child[slot], false);
	} else if (bare && bare->kind == NODE_COLUMN && t <= TYPE_UNKNOWN) {
		not_zero(r, n, true); /* the column may be a boolean, too */
	} else if (type_is_number(t)) {
		not_zero(r, n, false);
	}
}

/* IF(a, ...): its condition. Numbers are left to the function's rows. */
bool rule_mysql_if(struct rewrite *r, struct node *n)
{
	struct node *condition = node_arg(n, 0);

	if (!node_calls(n, "if") || node_arg_count(n) != 3 || type_is_number(type_of(r, condition)))
		return false;
	mysql_make_truth(r, condition);
	return true;
}

/* x IS TRUE, where x is a number or a column */
bool rule_mysql_is(struct rewrite *r, struct node *n)
{
	if (n->op != IS_TRUE && n->op != IS_FALSE && n->op != IS_UNKNOWN)
		return false;
	mysql_make_truth(r, n->child[0]);
	return true;
}

/* HAVING without groups is a second WHERE. */
bool rule_mysql_having(struct rewrite *r, struct node *n)
{
	struct node *having = n->child[SELECT_HAVING], *where = n->child[SELECT_WHERE];

	if (!having || n->child[SELECT_GROUP] || has_aggregate(having) ||
	    has_aggregate(n->child[SELECT_ITEMS]) || node_contains(having, NODE_WINDOW))
		return false;
	node_set(n, SELECT_HAVING, NULL);
	if (where) {
		struct node *place = node_take(r->arena, where);

		node_replace(place, node_logic(r->arena, OP_AND, where, having));
	} else {
		node_set(n, SELECT_WHERE, having);
	}
	return true;
}

/* --- values of several types in one place --- */

/* A text that is no number and no date, so that all of the expression must be text. */
static bool only_text(const struct node *n)
{
	struct str s = n->text;

	if (n->kind != NODE_STRING)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!isdigit((unsigned char)s.p[i]) && !strchr("-+.: ", s.p[i]))
			return true;
	return s.len == 0;
}

static void make_text(struct rewrite *r, struct node *n)
{
	enum type_code t = type_of(r, n);
	struct node *place;

	if (t == TYPE_TEXT || t == TYPE_NULL || t == TYPE_BYTES || t == TYPE_JSON)
		return;
	place = node_take(r->arena, n);
	if (t == TYPE_BOOL)
		n = node_cast(r->arena, n, "int");
	node_replace(place, node_cast(r->arena, n, "text"))->type = TYPE_TEXT;
}

/* IFNULL(n, 'none'), IF(c, n, 'none') */
bool rule_mysql_mixed_call(struct rewrite *r, struct node *n)
{
	bool chosen = node_calls(n, "if");
	bool text = false;

	if (!chosen && !node_calls(n, "ifnull") && !node_calls(n, "coalesce"))
		return false;
	for (uint32_t i = chosen; i < node_arg_count(n); i++)
		text |= only_text(node_bare(node_arg(n, i)));
	for (uint32_t i = chosen; text && i < node_arg_count(n); i++)
		make_text(r, node_arg(n, i));
	return text;
}

/* CASE ... THEN n ELSE 'none' END */
bool rule_mysql_mixed_case(struct rewrite *r, struct node *n)
{
	struct node *whens = n->child[CASE_WHENS], *otherwise = n->child[CASE_ELSE];
	bool text = otherwise && only_text(node_bare(otherwise));

	for (uint32_t i = 0; i < whens->count; i++)
		text |= only_text(node_bare(whens->child[i]->child[1]));
	for (uint32_t i = 0; text && i < whens->count; i++)
		make_text(r, whens->child[i]->child[1]);
	if (text && otherwise)
		make_text(r, otherwise);
	return text;
}

/* CAST(x AS CHAR(10)): no blanks are added, and the type is text. */
bool rule_mysql_cast_char(struct rewrite *r, struct node *n)
{
	struct node *type = n->child[CAST_TYPE], *args[2], *place;

	if ((n->op != CAST_CAST && n->op != CAST_CONVERT) || type->count != 1 ||
	    (!str_is(type->text, "char") && !str_is(type->text, "character") &&
	     !str_is(type->text, "nchar")))
		return false;
	args[0] = n->child[CAST_VALUE];
	args[1] = type->child[0];
	place = node_take(r->arena, n);
	node_replace(place, rewrite_template(r, "left($1::text, $2)", 2, args))->type = TYPE_TEXT;
	return true;
}

/* CAST('12abc' AS SIGNED): what is a number at the start. */
bool rule_mysql_cast_number(struct rewrite *r, struct node *n)
{
	struct node *type = n->child[CAST_TYPE], *value = n->child[CAST_VALUE];

	if ((n->op != CAST_CAST && n->op != CAST_CONVERT) || type_of(r, value) != TYPE_TEXT ||
	    (strncmp(type->text.p, "signed", 6) && strncmp(type->text.p, "unsigned", 8)))
		return false;
	text_to_whole(r, value);
	return true;
}

/* '2024-01%': of a column that may well be a date or a number. */
static bool begins_with_digits(const struct node *pattern)
{
	struct str s = pattern->text;

	return pattern->kind == NODE_STRING && s.len > 1 && isdigit((unsigned char)s.p[0]) &&
	       isdigit((unsigned char)s.p[1]);
}

/* a LIKE 'x%', where a is a number, a date or JSON */
bool rule_mysql_like_text(struct rewrite *r, struct node *n)
{
	enum type_code t = type_of(r, n->child[0]);
	struct node *v = n->child[0], *place;

	if (!type_is_number(t) && !is_date(t) && t != TYPE_JSON && t != TYPE_TIME &&
	    !(t <= TYPE_UNKNOWN && begins_with_digits(n->child[1])))
		return false;
	place = node_take(r->arena, v);
	node_replace(place, node_cast(r->arena, v, "text"))->type = TYPE_TEXT;
	return true;
}

/* JSON compared with a number or a text: with a JSON number, by its text. */
bool rule_mysql_json_compare(struct rewrite *r, struct node *n)
{
	uint32_t side = type_of(r, n->child[0]) == TYPE_JSON ? 0 : 1;
	struct node *json = n->child[side], *value = n->child[1 - side], *place;

	if (!compares(n->op) || type_of(r, json) != TYPE_JSON)
		return false;
	if (node_bare(value)->kind == NODE_NUMBER) {
		struct str digits = node_bare(value)->text;

		node_replace(value, node_string(r->arena, digits));
		return true;
	}
	if (type_of(r, value) != TYPE_TEXT)
		return false;
	place = node_take(r->arena, json);
	node_replace(place, rewrite_template(r, "($1 #>> '{}')", 1, &json));
	return true;
}
