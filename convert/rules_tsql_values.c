/*
 * rules_tsql_values.c - what T-SQL converts: CONVERT to a text of limited length, texts that meet
 * numbers, variables in SET lists.
 */
#include "convert/rules.h"

#include <stdlib.h>

struct style {
	const char *style;
	int length; /* of what CONVERT gives */
};

/* Sorted by style, as text. */
static const struct style styles[] = {
	{"0", 19},   {"1", 8},	  {"10", 8},   {"100", 19}, {"101", 10}, {"102", 10}, {"103", 10},
	{"104", 10}, {"105", 10}, {"106", 11}, {"107", 12}, {"108", 8},	 {"11", 8},   {"110", 10},
	{"111", 10}, {"112", 8},  {"114", 12}, {"12", 6},   {"120", 19}, {"121", 23}, {"126", 23},
	{"14", 12},  {"2", 8},	  {"20", 19},  {"21", 23},  {"23", 10},	 {"24", 8},   {"25", 23},
	{"3", 8},    {"4", 8},	  {"5", 8},    {"6", 9},    {"7", 10},	 {"8", 8},
};

static const struct style *find_style(struct str text)
{
	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
		if (str_is(text, styles[i].style))
			return &styles[i];
	return NULL;
}

static bool is_text_type(const struct node *type)
{
	return str_is(type->text, "varchar") || str_is(type->text, "nvarchar") ||
	       str_is(type->text, "char") || str_is(type->text, "nchar");
}

/* CONVERT(varchar(7), d, 120): the first seven characters. */
bool rule_convert_length(struct rewrite *r, struct node *n)
{
	struct node *type = n->child[CAST_TYPE], *style = n->child[CAST_FORMAT], *args[2], *place;
	const struct style *known;
	long length;

	if (n->op != CAST_CONVERT || !style || !is_text_type(type) || type->count != 1 ||
	    type->child[0]->kind != NODE_NUMBER)
		return false;
	length = strtol(type->child[0]->text.p, NULL, 10);
	args[1] = type->child[0];
	known = style->kind == NODE_NUMBER ? find_style(style->text) : NULL;
	type->text = (struct str){"varchar", 7};
	type->count = 0;
	node_touch(type);
	if (known && known->length <= length)
		return true;
	if (known && length == 10 && (known->length == 19 || known->length == 23) &&
	    style->text.p[0] != '0' && !str_is(style->text, "100")) {
		style->text = (struct str){"23", 2};
		node_touch(style);
		return true;
	}
	args[0] = n;
	place = node_take(r->arena, n);
	node_replace(place, node_call(r->arena, "left", 2, args));
	return true;
}

/* A text that meets a number is read as one; + of two texts joins them. */
bool rule_tsql_text_number(struct rewrite *r, struct node *n)
{
	if (n->op == OP_ADD && type_of(r, n->child[0]) == TYPE_TEXT &&
	    type_of(r, n->child[1]) == TYPE_TEXT)
		return false;
	return rule_text_number(r, n);
}

/* UPDATE t SET @x = a = a + 1 */
bool rule_set_variable(struct rewrite *r, struct node *n)
{
	if (n->child[0]->kind != NODE_PARAMETER || !node_above(n, NODE_UPDATE))
		return false;
	rewrite_finding(r, n, "NOT-CONVERTED", "a variable that UPDATE sets was left as it is");
	return false;
}
