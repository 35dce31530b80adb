/*
 * rules_databricks_text.c - what Spark writes of values that become texts, where Postgres writes
 * them another way: 1.0 and 1.0E10 of floating point numbers, instants without their zone.
 */
#include "convert/rules.h"

/* string(x) is cast(x AS string). */
bool rule_spark_string(struct rewrite *r, struct node *n)
{
	struct node *value, *place;

	if (!node_calls(n, "string") || node_arg_count(n) != 1 || node_arg(n, 0)->kind == NODE_ARG)
		return false;
	value = node_arg(n, 0);
	place = node_take(r->arena, n);
	node_replace(place, node_cast(r->arena, value, "string"));
	return true;
}

/* cast(x AS string) */
bool rule_spark_text_cast(struct rewrite *r, struct node *n)
{
	struct node *value = n->child[CAST_VALUE], *place;
	enum type_code from = type_of(r, value);

	if (!n->child[CAST_TYPE] || n->child[CAST_TYPE]->op ||
	    type_declared(r->dialect, n->child[CAST_TYPE]) != TYPE_TEXT ||
	    value->kind == NODE_STRING)
		return false;
	if (from == TYPE_TIMESTAMPTZ) {
		place = node_take(r->arena, value);
		node_replace(place, node_cast(r->arena, value, "timestamp"));
		return true;
	}
	if (from != TYPE_FLOAT4 && from != TYPE_FLOAT8)
		return false;
	rewrite_finding(r, n, "FLOAT-TEXT", NULL);
	place = node_take(r->arena, value);
	node_replace(place, rewrite_template(r,
					     "CASE WHEN $1 = trunc($1) AND abs($1) < 10000000 "
					     "THEN $1::text || '.0' ELSE $1::text END",
					     1, &value));
	return true;
}
