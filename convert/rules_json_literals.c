/*
 * rules_json_literals.c - Snowflake's [a, b] and {'k': v}, which are values of JSON there, and
 * what is read from them with [].
 */
#include "convert/rules.h"

/* [1, 'a']: jsonb_build_array(1, 'a'). */
bool rule_json_array(struct rewrite *r, struct node *n)
{
	struct node *call;

	if (n->op != 1)
		return false;
	call = node_call(r->arena, "jsonb_build_array", n->count, n->child);
	call->type = TYPE_JSON;
	node_replace(n, call);
	return true;
}

/* {'a': 1}: as OBJECT_CONSTRUCT, without what is NULL. */
bool rule_json_object(struct rewrite *r, struct node *n)
{
	struct node *call = node_call(r->arena, "jsonb_build_object", n->count, n->child);

	call = node_call(r->arena, "jsonb_strip_nulls", 1, &call);
	call->type = TYPE_JSON;
	node_replace(n, call);
	return true;
}

/* a['x'], a[0]: JSON, counted from 0. */
bool rule_json_index(struct rewrite *r, struct node *n)
{
	struct node *place = node_take(r->arena, n), *args[2] = {n->child[0], n->child[1]}, *get;
	bool known = type_of(r, args[0]) == TYPE_JSON;

	get = rewrite_template(r, known ? "($1 -> $2)" : "($1::jsonb -> $2)", 2, args);
	node_replace(place, get)->type = TYPE_JSON;
	return true;
}
