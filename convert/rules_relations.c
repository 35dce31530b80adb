/*
 * rules_relations.c - what may stand after FROM in Snowflake, Redshift and MySQL and is said
 * differently in Postgres: names in strings, samples, ASOF joins, EXCLUDE behind a select list.
 */
#include "convert/rules.h"

#include <string.h>

#include "convert/columns.h"

/* 'a.b' as a NAME or COLUMN; NULL when it is no plain dotted name. */
static struct node *name_in_text(struct rewrite *r, struct str text, enum node_kind kind)
{
	struct node *n = node_make(r->arena, kind);
	const char *p = text.p, *end = text.p + text.len;

	if (text.len == 0 || memchr(p, '"', text.len))
		return NULL;
	while (p < end) {
		const char *dot = memchr(p, '.', (size_t)(end - p));
		size_t len = (size_t)((dot ? dot : end) - p);
		char *word = arena_strndup(r->arena, p, len);

		for (size_t i = 0; i < len; i++)
			if (word[i] >= 'A' && word[i] <= 'Z')
				word[i] = (char)(word[i] | 32);
		node_add(r->arena, n, node_ident(r->arena, word));
		p += len + 1;
	}
	return n;
}

/* The literal in IDENTIFIER('x'), or the one in TABLE('x'). */
static const struct node *literal_name(const struct node *n)
{
	if (n && node_calls(n, "identifier") && node_arg_count(n) == 1)
		n = node_arg(n, 0);
	return n && n->kind == NODE_STRING ? n : NULL;
}

/* FROM IDENTIFIER('a.b'), FROM TABLE('a.b'). */
bool rule_named_table(struct rewrite *r, struct node *n)
{
	const struct node *text = literal_name(n->child[TABLE_CALL_CALL]);
	struct node *name, *table;

	if (!text)
		return false;
	name = name_in_text(r, text->text, NODE_NAME);
	if (!name)
		return false;
	table = node_make(r->arena, NODE_TABLE);
	node_put(table, TABLE_NAME, name);
	node_put(table, TABLE_ALIAS, n->child[TABLE_CALL_ALIAS]);
	node_put(table, TABLE_SAMPLE, n->child[TABLE_CALL_SAMPLE]);
	node_replace(n, table);
	return true;
}

/* IDENTIFIER('a') as a value: a column. */
bool rule_named_column(struct rewrite *r, struct node *n)
{
	const struct node *text = node_calls(n, "identifier") ? literal_name(n) : NULL;
	struct node *column = text ? name_in_text(r, text->text, NODE_COLUMN) : NULL;

	if (!column)
		return false;
	node_replace(n, column);
	return true;
}

/* n rows: any of them will do, so a query around that takes n in no order. */
static bool sample_rows(struct rewrite *r, struct node *n, const struct node *sample)
{
	struct node *table = node_make(r->arena, NODE_TABLE), *args[2], *query, *derived, *alias;

	if (n->kind != NODE_TABLE)
		return false;
	node_put(table, TABLE_NAME, n->child[TABLE_NAME]);
	args[0] = table;
	args[1] = sample->child[0];
	query = rewrite_query_template(r, "(SELECT * FROM t ORDER BY gen_random_uuid() LIMIT $2)",
				       2, args);
	if (!query || query->child[QUERY_BODY]->kind != NODE_SELECT)
		return false;
	node_set(query->child[QUERY_BODY]->child[SELECT_FROM], 0, table);
	alias = n->child[TABLE_ALIAS];
	if (!alias) {
		struct str own = node_last_name(table->child[TABLE_NAME]);

		alias = node_make(r->arena, NODE_ALIAS);
		node_put(alias, ALIAS_NAME,
			 node_ident(r->arena, arena_strndup(r->arena, own.p, own.len)));
	}
	derived = node_make(r->arena, NODE_DERIVED);
	node_put(derived, DERIVED_QUERY, query);
	node_put(derived, DERIVED_ALIAS, alias);
	node_replace(n, derived);
	return true;
}

/* SAMPLE, TABLESAMPLE in every spelling: the printer writes Postgres'. */
bool rule_sample(struct rewrite *r, struct node *n)
{
	struct node *sample = n->child[TABLE_SAMPLE];

	if (!sample || sample->op == SAMPLE_OTHER || !sample->child[0])
		return false;
	if (sample->op == SAMPLE_ROWS)
		return sample_rows(r, n, sample);
	node_touch(sample);
	node_touch(n);
	return true;
}

static struct node *relation_alias(struct rewrite *r, const struct node *n)
{
	struct node *alias = NULL;
	struct str own;

	if (n->kind == NODE_TABLE)
		alias = n->child[TABLE_ALIAS];
	else if (n->kind == NODE_DERIVED)
		alias = n->child[DERIVED_ALIAS];
	if (alias)
		return node_copy(r->arena, alias);
	if (n->kind != NODE_TABLE)
		return NULL;
	own = node_last_name(n->child[TABLE_NAME]);
	alias = node_make(r->arena, NODE_ALIAS);
	node_put(alias, ALIAS_NAME, node_ident(r->arena, arena_strndup(r->arena, own.p, own.len)));
	return alias;
}

/* c SAMPLE (10) of a name of WITH: the same of a query. */
bool rule_sample_cte(struct rewrite *r, struct node *n)
{
	struct node *sample = n->child[TABLE_SAMPLE], *name = n->child[TABLE_NAME], *args[1],
		    *query, *derived, *alias, *table;

	if (!sample || sample->op != SAMPLE_PERCENT || !sample->child[0] || name->count != 1 ||
	    !column_cte(n, node_last_name(name)))
		return false;
	args[0] = sample->child[0];
	query = rewrite_query_template(r, "(SELECT * FROM t WHERE random() * 100 < $1)", 1, args);
	if (!query || query->child[QUERY_BODY]->kind != NODE_SELECT)
		return false;
	alias = relation_alias(r, n);
	table = node_make(r->arena, NODE_TABLE);
	node_put(table, TABLE_NAME, name);
	node_set(query->child[QUERY_BODY]->child[SELECT_FROM], 0, table);
	derived = node_make(r->arena, NODE_DERIVED);
	node_put(derived, DERIVED_QUERY, query);
	node_put(derived, DERIVED_ALIAS, alias);
	node_replace(n, derived);
	return true;
}

/* (SELECT ...) AS t SAMPLE (10): Postgres samples tables only, so each row has its chance. */
bool rule_sample_query(struct rewrite *r, struct node *n)
{
	struct node *sample = n->child[DERIVED_SAMPLE], *args[1], *query, *derived, *alias;

	if (!sample || sample->op != SAMPLE_PERCENT || !sample->child[0])
		return false;
	args[0] = sample->child[0];
	query = rewrite_query_template(r, "(SELECT * FROM t WHERE random() * 100 < $1)", 1, args);
	if (!query || query->child[QUERY_BODY]->kind != NODE_SELECT)
		return false;
	derived = node_make(r->arena, NODE_DERIVED);
	node_put(derived, DERIVED_QUERY, n->child[DERIVED_QUERY]);
	alias = node_make(r->arena, NODE_ALIAS);
	node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
	node_put(derived, DERIVED_ALIAS, alias);
	node_set(query->child[QUERY_BODY]->child[SELECT_FROM], 0, derived);
	node_put(n, DERIVED_SAMPLE, NULL);
	node_put(n, DERIVED_QUERY, query); /* the one that was there stands below it now */
	node_touch(n);
	return true;
}

/*
 * ASOF JOIN b MATCH_CONDITION (a.t >= b.t) ON ...: the nearest row of b, or NULLs. The condition
 * names the left table first, as Snowflake demands.
 */
bool rule_asof(struct rewrite *r, struct node *n)
{
	struct node *match = n->child[JOIN_MATCH], *right = n->child[JOIN_RIGHT], *alias, *query,
		    *body, *args[1], *derived, *yes;

	if (n->op != JOIN_ASOF || !match || n->child[JOIN_USING])
		return false;
	match = node_bare(match);
	alias = relation_alias(r, right);
	if (!alias || match->kind != NODE_BINARY || match->op < OP_LT || match->op > OP_GE)
		return false;
	args[0] = node_copy(r->arena, match->child[1]);
	query = rewrite_query_template(r,
				       match->op == OP_GE || match->op == OP_GT
					       ? "(SELECT * FROM t ORDER BY $1 DESC LIMIT 1)"
					       : "(SELECT * FROM t ORDER BY $1 LIMIT 1)",
				       1, args);
	if (!query)
		return false;
	body = query->child[QUERY_BODY];
	node_set(body->child[SELECT_FROM], 0, right);
	node_set(body, SELECT_WHERE, node_logic(r->arena, OP_AND, n->child[JOIN_ON], match));
	derived = node_make(r->arena, NODE_DERIVED);
	derived->flags |= FLAG_LATERAL;
	node_put(derived, DERIVED_QUERY, query);
	node_put(derived, DERIVED_ALIAS, alias);
	yes = node_make(r->arena, NODE_BOOL);
	yes->op = 1;
	n->op = JOIN_LEFT_OUTER;
	node_put(n, JOIN_RIGHT, derived); /* what was there stands below it now */
	node_put(n, JOIN_ON, yes);
	node_put(n, JOIN_MATCH, NULL);
	node_touch(n);
	return true;
}

/* SELECT *, a EXCLUDE (b): as if EXCLUDE stood behind the star. */
bool rule_exclude(struct rewrite *r, struct node *n)
{
	struct node *list = n->child[SELECT_EXTRA], *items = n->child[SELECT_ITEMS];

	if (!list)
		return false;
	for (uint32_t i = 0; i < items->count; i++) {
		struct node *item = items->child[i], *v = item;
		uint32_t before = items->count;

		if (item->kind == NODE_ITEM)
			v = item->child[ITEM_VALUE];
		if (v->kind != NODE_STAR || v->child[STAR_EXCEPT])
			continue;
		node_set(v, STAR_EXCEPT, node_copy(r->arena, list));
		if (rule_star(r, n) && items->count >= before - 1) {
			node_set(n, SELECT_EXTRA, NULL);
			return true;
		}
		node_put(v, STAR_EXCEPT, NULL);
		break;
	}
	rewrite_finding(r, list, "NOT-CONVERTED",
			"EXCLUDE of a table that is not known (give --schema) was left as it is");
	return false;
}
