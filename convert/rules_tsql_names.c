/*
 * rules_tsql_names.c - T-SQL's names and values that Postgres has under others: collations,
 * @@values, bit compared with 0 and 1.
 */
#include "convert/rules.h"

#include <string.h>

/* SELECT ... INTO #t: a table of the session. */
bool rule_into_temporary(struct rewrite *r, struct node *n)
{
	struct node *list = n->child[SELECT_INTO], *name, *raw;

	if (!list || list->count != 1 || list->child[0]->kind != NODE_NAME)
		return false;
	name = list->child[0];
	if (name->child[name->count - 1]->op != 1)
		return false;
	raw = node_make(r->arena, NODE_RAW);
	raw->text = (struct str){"TEMPORARY", 9};
	while (name->count > 1) /* tempdb..#t */
		node_remove(name, 0);
	list->child[0] = NULL;
	node_add(r->arena, raw, name);
	node_touch(name);
	node_put(list, 0, raw);
	node_touch(list);
	node_touch(n);
	return true;
}

/* COLLATE Latin1_General_CI_AS: Postgres' own order, or that of the bytes where case counts. */
bool rule_collation(struct rewrite *r, struct node *n)
{
	struct str name = node_last_name(n->child[1]);
	const char *text = arena_strndup(r->arena, name.p, name.len);
	struct node *full, *ident;

	rewrite_finding(r, n, "CI-COLLATION", "the collation %s is not Postgres'", text);
	if (!strcasestr(text, "_CS_") && !strcasestr(text, "_BIN")) {
		node_replace(n, n->child[0]);
		return true;
	}
	full = node_make(r->arena, NODE_NAME);
	ident = node_ident(r->arena, "C");
	ident->flags |= FLAG_QUOTED;
	node_add(r->arena, full, ident);
	node_set(n, 1, full);
	return true;
}

/* @@SPID and its like; other @names are parameters. */
bool rule_at_value(struct rewrite *r, struct node *n)
{
	static const char *const known[][2] = {
		{"@@identity", "lastval()"},	{"@@servername", "inet_server_addr()::text"},
		{"@@spid", "pg_backend_pid()"}, {"@@version", "version()"},
		{"@@language", "'us_english'"}, {"@@datefirst", "7"},
		{"@@trancount", "1"},
	};

	if (n->text.len < 3 || n->text.p[1] != '@')
		return rule_parameter(r, n);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_is_word(n->text, known[i][0])) {
			node_replace(n, rewrite_template(r, known[i][1], 0, NULL));
			return true;
		}
	rewrite_finding(r, n, "NOT-CONVERTED", "%.*s was left as it is", (int)n->text.len,
			n->text.p);
	return false;
}

static struct node *as_bool(struct rewrite *r, struct node *n)
{
	struct node *b = node_make(r->arena, NODE_BOOL);

	b->op = str_is(n->text, "1");
	b->type = TYPE_BOOL;
	return node_replace(n, b);
}

static bool is_bit(const struct node *n)
{
	return n->kind == NODE_NUMBER && (str_is(n->text, "0") || str_is(n->text, "1"));
}

/* b = 1 where b is boolean. */
bool rule_bit_compare(struct rewrite *r, struct node *n)
{
	if (operator_binding((enum operator)n->op) != BIND_COMPARE)
		return false;
	for (uint32_t i = 0; i < 2; i++)
		if (is_bit(n->child[i]) && type_of(r, n->child[1 - i]) == TYPE_BOOL) {
			as_bool(r, n->child[i]);
			return true;
		}
	return false;
}

/* isnull(b, 0) */
bool rule_bit_argument(struct rewrite *r, struct node *n)
{
	struct node *second = node_arg(n, 1);

	if (!(node_calls(n, "isnull") || node_calls(n, "coalesce")) || node_arg_count(n) != 2 ||
	    !is_bit(second) || type_of(r, node_arg(n, 0)) != TYPE_BOOL)
		return false;
	as_bool(r, second);
	return true;
}

/* bit DEFAULT 0, DEFAULT (1) */
bool rule_bit_default(struct rewrite *r, struct node *n)
{
	const struct node *type = n->child[COLUMN_DEF_TYPE],
			  *list = n->child[COLUMN_DEF_CONSTRAINTS];

	if (!type || !str_is(type->text, "boolean") || !list)
		return false;
	for (uint32_t i = 0; i < list->count; i++) {
		struct node *value = list->child[i]->op == CONSTRAINT_DEFAULT &&
						     list->child[i]->kind == NODE_CONSTRAINT
					     ? list->child[i]->child[CONSTRAINT_VALUE]
					     : NULL;

		if (value && is_bit(node_bare(value)))
			as_bool(r, node_bare(value));
	}
	return false;
}
