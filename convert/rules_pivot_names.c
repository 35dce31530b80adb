/*
 * rules_pivot_names.c - how T-SQL and Oracle name what PIVOT and UNPIVOT make, said as aliases
 * before the shared rules (rules_star.c) do the work: T-SQL's values are names, [2020]; Oracle's
 * columns are called like the literal, quotes and all, and take the aggregate's alias behind.
 */
#include "convert/rules.h"

#include <ctype.h>
#include <string.h>

/* A name as it stood in the source, without brackets or quotes. */
static struct str written(struct rewrite *r, const struct node *n)
{
	struct str s = n->first < n->last ? token_text(r->tokens, n->last - 1) : n->text;

	if (s.len > 1 && (s.p[0] == '[' || s.p[0] == '"' || s.p[0] == '`'))
		s = (struct str){s.p + 1, s.len - 2};
	return s;
}

static struct node *name_of(struct rewrite *r, const char *text)
{
	struct node *n = node_ident(r->arena, text);

	n->flags |= FLAG_QUOTED;
	return n;
}

static const char *copy(struct rewrite *r, struct str s)
{
	return arena_strndup(r->arena, s.p, s.len);
}

/* T-SQL: IN ([a], [b]) are values; the columns keep the names. */
bool rule_pivot_values(struct rewrite *r, struct node *n)
{
	struct node *values = n->child[PIVOT_VALUES];

	if (values->kind != NODE_LIST)
		return false;
	for (uint32_t i = 0; i < values->count; i++) {
		struct node *v = values->child[i]->child[ITEM_VALUE];

		if (v->kind != NODE_COLUMN || v->count != 1)
			continue;
		if (!values->child[i]->child[ITEM_ALIAS])
			node_set(values->child[i], ITEM_ALIAS, node_copy(r->arena, v->child[0]));
		node_replace(v, node_string(r->arena, written(r, v)));
	}
	return true;
}

static const char *oracle_value_name(struct rewrite *r, const struct node *v)
{
	if (v->kind == NODE_STRING)
		return arena_printf(r->arena, "'%.*s'", (int)v->text.len, v->text.p);
	if (v->kind == NODE_NUMBER)
		return copy(r, v->text);
	return NULL;
}

/* Oracle: 'A' is the column "'A'"; an alias of the aggregate stands behind: "'A'_total". */
bool rule_pivot_oracle(struct rewrite *r, struct node *n)
{
	struct node *values = n->child[PIVOT_VALUES], *aggregates = n->child[PIVOT_AGGREGATES];
	const struct node *behind =
		aggregates->count == 1 ? aggregates->child[0]->child[ITEM_ALIAS] : NULL;

	if (values->kind != NODE_LIST)
		return false;
	for (uint32_t i = 0; i < values->count; i++) {
		struct node *item = values->child[i], *alias = item->child[ITEM_ALIAS];
		const char *name = alias ? copy(r, alias->text)
					 : oracle_value_name(r, item->child[ITEM_VALUE]);

		if (!name || (alias && !behind))
			continue;
		if (behind)
			name = arena_printf(r->arena, "%s_%s", name, copy(r, behind->text));
		node_set(item, ITEM_ALIAS, NULL);
		node_set(item, ITEM_ALIAS, name_of(r, name));
	}
	return true;
}

/* The names that UNPIVOT gives as values: as written in T-SQL, in capitals in Oracle. */
bool rule_unpivot_names(struct rewrite *r, struct node *n)
{
	struct node *columns = n->child[UNPIVOT_COLUMNS];
	bool upper = r->dialect->flags & DIALECT_FOLD_UPPER;

	for (uint32_t i = 0; i < columns->count; i++) {
		struct node *item = columns->child[i], *v = item->child[ITEM_VALUE];
		char *name;

		if (item->child[ITEM_ALIAS] || v->kind != NODE_COLUMN)
			continue;
		name = arena_strndup(r->arena, written(r, v).p, written(r, v).len);
		if (upper && !(v->child[v->count - 1]->flags & FLAG_QUOTED))
			for (char *p = name; *p; p++)
				*p = (char)toupper((unsigned char)*p);
		node_set(item, ITEM_ALIAS, name_of(r, name));
	}
	return true;
}
