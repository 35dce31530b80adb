/*
 * function_when.c - the conditions of function rules, as function.h describes them.
 */
#include "convert/function_apply.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "convert/columns.h"
#include "convert/rules.h"
#include "convert/shape.h"
#include "convert/unit.h"

struct type_word {
	const char *word;
	enum type_code type;
};

static const struct type_word type_words[] = {
	{"array", TYPE_ARRAY},	     {"binary", TYPE_BYTES},	{"bool", TYPE_BOOL},
	{"date", TYPE_DATE},	     {"float", TYPE_FLOAT8},	{"int", TYPE_INT},
	{"interval", TYPE_INTERVAL}, {"json", TYPE_JSON},	{"map", TYPE_JSON},
	{"null", TYPE_NULL},	     {"numeric", TYPE_NUMERIC}, {"struct", TYPE_JSON},
	{"text", TYPE_TEXT},	     {"time", TYPE_TIME},	{"timestamp", TYPE_TIMESTAMP},
	{"uuid", TYPE_UUID},
};

enum type_code type_from_word(const char *word)
{
	for (size_t i = 0; i < sizeof(type_words) / sizeof(type_words[0]); i++)
		if (!strcmp(word, type_words[i].word))
			return type_words[i].type;
	return TYPE_UNKNOWN;
}

static bool type_matches(enum type_code t, struct str word)
{
	if (str_is(word, "int"))
		return type_is_int(t);
	if (str_is(word, "int4"))
		return t == TYPE_INT || t == TYPE_SMALLINT;
	if (str_is(word, "float"))
		return t == TYPE_FLOAT4 || t == TYPE_FLOAT8;
	if (str_is(word, "timestamp"))
		return t == TYPE_TIMESTAMP || t == TYPE_TIMESTAMPTZ;
	if (str_is(word, "struct") || str_is(word, "map"))
		return t == TYPE_ROW || t == TYPE_JSON;
	for (size_t i = 0; i < sizeof(type_words) / sizeof(type_words[0]); i++)
		if (str_is(word, type_words[i].word))
			return t == type_words[i].type;
	return false;
}

static bool next_part(struct str *list, char by, struct str *part)
{
	const char *at;

	if (!list->p)
		return false;
	at = memchr(list->p, by, list->len);
	part->p = list->p;
	part->len = at ? (size_t)(at - list->p) : list->len;
	list->len = at ? list->len - part->len - 1 : 0;
	list->p = at ? at + 1 : NULL;
	return true;
}

static bool begins(struct str s, const char *with)
{
	size_t n = strlen(with);

	return s.len >= n && !memcmp(s.p, with, n);
}

/* A literal, or a bare word. */
static struct str word_of(struct rewrite *r, struct node *n)
{
	n = node_bare(n);
	if (n->kind == NODE_UNARY && n->op == OP_MINUS && n->child[0]->kind == NODE_NUMBER) {
		struct str digits = n->child[0]->text;
		char *text = arena_printf(r->arena, "-%.*s", (int)digits.len, digits.p);

		return (struct str){text, digits.len + 1};
	}
	if (n->kind == NODE_STRING || n->kind == NODE_NUMBER)
		return n->text;
	if (n->kind == NODE_COLUMN && n->count == 1)
		return n->child[0]->text;
	if (n->kind == NODE_BOOL)
		return (struct str){n->op ? "true" : "false", n->op ? 4u : 5u};
	return (struct str){NULL, 0};
}

static bool any_word(struct str word, struct str list)
{
	struct str one;

	while (word.p && next_part(&list, '|', &one))
		if (one.len == word.len && !strncasecmp(one.p, word.p, one.len))
			return true;
	return false;
}

static bool any_unit(struct rewrite *r, struct str word, struct str list)
{
	const char *unit;
	struct str one;

	if (!word.p || !r->dialect->units)
		return false;
	unit = unit_find(r->dialect->units, word.p, word.len);
	while (unit && next_part(&list, '|', &one))
		if (str_is(one, unit))
			return true;
	return false;
}

static bool any_type(struct rewrite *r, struct node *n, struct str list)
{
	enum type_code t;
	struct str one;

	if (n->kind == NODE_LAMBDA)
		return str_is(list, "lambda");
	t = type_of(r, n);
	while (next_part(&list, '|', &one))
		if (type_matches(t, one))
			return true;
	return false;
}

static bool is_literal(const struct node *n)
{
	return n->kind == NODE_STRING || n->kind == NODE_NUMBER || n->kind == NODE_TYPED ||
	       n->kind == NODE_BOOL || n->kind == NODE_NULL || n->kind == NODE_BYTES ||
	       (n->kind == NODE_UNARY && n->child[0]->kind == NODE_NUMBER);
}

static bool days_interval(const struct node *n)
{
	static const char *const units[] = {"day",    "days",	 "week", "weeks", "month",
					    "months", "quarter", "year", "years", "quarters"};

	if (n->kind != NODE_INTERVAL || n->text.len == 0)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (str_is_word(n->text, units[i]))
			return true;
	return false;
}

/* The type of a map's keys (0) or values (1): remembered, or by its making. */
static enum type_code map_part(struct rewrite *r, struct node *n, uint32_t which)
{
	n = column_definition(n);
	if (n->keys > TYPE_UNKNOWN)
		return (enum type_code)(which ? n->element : n->keys);
	return shape_is_map(n) ? shape_map_type(r, n, which) : TYPE_UNKNOWN;
}

/* A moment with its time zone: '2020-01-01 00:00:00Z', '... +02:00'. */
static bool zoned(struct str s)
{
	if (s.len < 17 || s.p[4] != '-')
		return false;
	if (s.p[s.len - 1] == 'Z')
		return true;
	for (size_t i = 16; i < s.len; i++)
		if (s.p[i] == '+' || s.p[i] == '-' || (s.p[i] == '/' && i > 19))
			return true;
	return s.len > 20 && !memcmp(s.p + s.len - 3, "UTC", 3);
}

/* "=...": what an argument is. */
static bool argument_is(struct rewrite *r, struct node *n, struct str what)
{
	struct node *bare = node_bare(n);
	bool negative = bare->kind == NODE_UNARY && bare->op == OP_MINUS &&
			bare->child[0]->kind == NODE_NUMBER;

	if (begins(what, "unit:"))
		return any_unit(r, word_of(r, n), (struct str){what.p + 5, what.len - 5});
	if (begins(what, "keys:"))
		return type_matches(map_part(r, n, 0), (struct str){what.p + 5, what.len - 5});
	if (begins(what, "values:"))
		return type_matches(map_part(r, n, 1), (struct str){what.p + 7, what.len - 7});
	if (str_is(what, "zoned"))
		return bare->kind == NODE_STRING && zoned(bare->text);
	if (begins(what, "lower:"))
		return any_word(word_of(r, n), (struct str){what.p + 6, what.len - 6});
	if (str_is(what, "literal"))
		return is_literal(bare);
	if (str_is(what, "string"))
		return bare->kind == NODE_STRING;
	if (str_is(what, "negative"))
		return negative;
	if (str_is(what, "positive"))
		return bare->kind == NODE_NUMBER && !str_is(bare->text, "0");
	if (str_is(what, "days"))
		return days_interval(bare);
	if (str_is(what, "datelike"))
		return named_like_date(bare) && type_of(r, bare) <= TYPE_UNKNOWN;
	if (what.len && what.p[0] >= '0' && what.p[0] <= '9')
		return bare->kind == NODE_NUMBER && bare->text.len == what.len &&
		       !memcmp(bare->text.p, what.p, what.len);
	return any_type(r, n->type > TYPE_UNKNOWN ? n : bare, what);
}

static bool call_has(struct rewrite *r, const struct node *n, struct str what)
{
	bool call = n->kind == NODE_CALL;

	if (str_is(what, "ansi"))
		return r->settings->ansi;
	if (str_is(what, "plain"))
		return r->settings->plain;
	if (str_is(what, "!ansi"))
		return !r->settings->ansi;
	if (str_is(what, "ci"))
		return r->settings->ignore_case;
	if (str_is(what, "!ci"))
		return !r->settings->ignore_case;
	if (!call)
		return false;
	if (str_is(what, "distinct"))
		return n->flags & FLAG_DISTINCT;
	if (str_is(what, "filter"))
		return n->child[CALL_FILTER] != NULL;
	if (str_is(what, "over"))
		return n->child[CALL_OVER] != NULL;
	if (str_is(what, "order"))
		return n->child[CALL_ORDER] || n->child[CALL_WITHIN];
	if (str_is(what, "ignore"))
		return n->flags & FLAG_IGNORE_NULLS;
	if (str_is(what, "star"))
		return node_arg_count(n) == 1 && node_arg(n, 0)->kind == NODE_STAR;
	if (str_is(what, "separator"))
		return n->child[CALL_SEPARATOR] != NULL;
	return false;
}

static bool holds(struct rewrite *r, struct str condition, const struct function_call *c)
{
	unsigned i = (unsigned)(condition.p[0] - '1');
	struct str what = {condition.p + 2, condition.len - 2};
	enum type_code t;

	if (condition.p[0] < '1' || condition.p[0] > '9')
		return call_has(r, c->node, condition);
	if (i >= c->count)
		return false;
	switch (condition.p[1]) {
	case '=':
		return argument_is(r, c->args[i], what);
	case '!':
		t = type_of(r, c->args[i]);
		return t > TYPE_NULL && !any_type(r, node_bare(c->args[i]), what);
	case '?':
		return type_of(r, c->args[i]) == TYPE_UNKNOWN;
	default:
		return false;
	}
}

bool function_fits(struct rewrite *r, const struct function_rule *rule,
		   const struct function_call *c)
{
	struct str list = {rule->when, rule->when ? strlen(rule->when) : 0}, one;

	if (c->count < (unsigned)rule->args_min ||
	    (rule->args_max >= 0 && c->count > (unsigned)rule->args_max))
		return false;
	while (next_part(&list, ',', &one))
		if (one.len && !holds(r, one, c))
			return false;
	return true;
}
