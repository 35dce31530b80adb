/*
 * rules_databricks_dml.c - INSERT OVERWRITE, PARTITION, REPLACE WHERE, BY NAME; MERGE with * and
 * with WHEN NOT MATCHED BY SOURCE, which Postgres has from 17 on; UPDATE of qualified columns.
 */
#include "convert/rules.h"

#include "convert/columns.h"
#include "convert/rules_words.h"

static struct node *name_list(struct rewrite *r, const struct column_list *l)
{
	struct node *list = node_make(r->arena, NODE_LIST);

	for (uint32_t i = 0; i < l->count; i++)
		node_add(r->arena, list, column_ident(r, l, i));
	return list;
}

static struct column_list *list_new(struct rewrite *r)
{
	struct column_list *l = arena_alloc(r->arena, sizeof(*l));

	l->count = l->steps = 0;
	return l;
}

/* The body that gives the rows: a SELECT or VALUES. */
static struct node *body_of(struct node *source)
{
	while (source && source->kind == NODE_QUERY)
		source = source->child[QUERY_BODY];
	return source;
}

static void put_value(struct rewrite *r, struct node *list, struct node *value, uint32_t behind,
		      bool item)
{
	uint32_t at = list->count >= behind ? list->count - behind : 0;

	if (item) {
		struct node *i = node_make(r->arena, NODE_ITEM);

		node_put(i, ITEM_VALUE, value);
		value = i;
	}
	node_insert(r->arena, list, at, value);
}

/* PARTITION (p = 1, q): the value of p goes into every row, before those of q. */
static bool partition_values(struct rewrite *r, struct node *n)
{
	struct node *partition = n->child[INSERT_PARTITION], *body;
	uint32_t open = 0;

	body = body_of(n->child[INSERT_SOURCE]);
	for (uint32_t i = partition->count; i-- > 0;) {
		struct node *one = partition->child[i], *value = one->child[1];

		if (!value) {
			open++;
			continue;
		}
		if (n->child[INSERT_COLUMNS])
			node_insert(r->arena, n->child[INSERT_COLUMNS],
				    n->child[INSERT_COLUMNS]->count - open,
				    node_copy(r->arena, one->child[0]->child[0]));
		if (body && body->kind == NODE_SELECT)
			put_value(r, body->child[SELECT_ITEMS], node_copy(r->arena, value), open,
				  true);
		else if (body && body->kind == NODE_VALUES)
			for (uint32_t k = 0; k < body->count; k++)
				put_value(r, body->child[k], node_copy(r->arena, value), open,
					  false);
		else
			return false;
	}
	return true;
}

/*
 * p = 1 AND q = 2 of the partitions that have a value; NULL: none has. In Databricks' default mode
 * (static) all partitions below those are overwritten.
 */
static struct node *partition_condition(struct rewrite *r, const struct node *partition)
{
	struct node *all = NULL;

	for (uint32_t i = 0; i < partition->count; i++) {
		const struct node *one = partition->child[i];
		struct node *column = node_make(r->arena, NODE_COLUMN);

		if (!one->child[1])
			continue;
		node_add(r->arena, column, node_copy(r->arena, one->child[0]->child[0]));
		all = node_logic(
			r->arena, OP_AND, all,
			node_binary(r->arena, OP_EQ, column, node_copy(r->arena, one->child[1])));
	}
	return all;
}

static bool reads_table(const struct node *n, struct str name)
{
	if (n->kind == NODE_TABLE && str_same(node_last_name(n->child[TABLE_NAME]), name))
		return true;
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i] && reads_table(n->child[i], name))
			return true;
	return false;
}

static struct node *delete_from(struct rewrite *r, const struct node *target, struct node *where)
{
	struct node *d = words(r, "DELETE FROM");

	node_add(r->arena, d, node_copy(r->arena, target));
	if (where) {
		node_add(r->arena, d, words(r, "WHERE"));
		node_add(r->arena, d, where);
	}
	return d;
}

/* The old rows go before the new ones come, or in the same statement when it reads them. */
static void with_delete(struct rewrite *r, struct node *n, struct node *where)
{
	struct node *target = n->child[INSERT_TARGET], *place = node_take(r->arena, n), *both;
	struct node *delete = delete_from(r, target, where);

	rewrite_finding(r, target, "OVERWRITE", NULL);
	n->flags &= ~(uint32_t)FLAG_OVERWRITE;
	node_touch(n);
	if (reads_table(n->child[INSERT_SOURCE], node_last_name(target))) {
		both = words(r, "WITH");
		node_add(r->arena, both, rewrite_new_name(r, 'd'));
		node_add(r->arena, both, words(r, "AS ("));
		node_add(r->arena, both, delete);
		node_add(r->arena, both, words(r, ")"));
		node_add(r->arena, both, n);
	} else {
		both = node_make(r->arena, NODE_STATEMENTS);
		node_add(r->arena, both, delete);
		node_add(r->arena, both, n);
	}
	node_replace(place, both);
}

bool rule_insert(struct rewrite *r, struct node *n)
{
	struct node *partition = n->child[INSERT_PARTITION], *where = n->child[INSERT_REPLACE];
	bool overwrite = n->flags & FLAG_OVERWRITE;

	if (!n->child[INSERT_TARGET] || !n->child[INSERT_SOURCE])
		return false;
	if (n->flags & FLAG_BY_NAME && !n->child[INSERT_COLUMNS]) {
		struct column_list *l = list_new(r);

		if (!columns_of_query(n->child[INSERT_SOURCE], l))
			return false;
		node_set(n, INSERT_COLUMNS, name_list(r, l));
	}
	if (partition) {
		if (overwrite)
			where = partition_condition(r, partition);
		if (!partition_values(r, n))
			return false;
		node_set(n, INSERT_PARTITION, NULL);
	}
	if (n->child[INSERT_REPLACE])
		node_set(n, INSERT_REPLACE, NULL);
	if (!overwrite && !where)
		return partition != NULL;
	with_delete(r, n, where);
	return true;
}

/* SET t.a = x: the column alone. */
bool rule_assign_target(struct rewrite *r, struct node *n)
{
	struct node *target = n->child[0], *bare;

	if (!target || target->kind != NODE_COLUMN || target->count < 2 || !n->parent ||
	    !n->parent->parent || n->parent->parent->kind != NODE_UPDATE)
		return false;
	bare = node_make(r->arena, NODE_COLUMN);
	node_add(r->arena, bare, node_copy(r->arena, target->child[target->count - 1]));
	node_set(n, 0, bare);
	return true;
}

/* --- MERGE --- */

static struct node *source_column(struct rewrite *r, const struct column_list *l, uint32_t i,
				  struct str source)
{
	struct column_list one = {.count = 0};

	one.qualifiers[0] = source;
	one.names[0] = l->names[i];
	one.kept[0] = l->kept[i];
	return column_reference(r, &one, 0);
}

static bool merge_star(struct rewrite *r, struct node *when, const struct column_list *l,
		       struct str source)
{
	struct node *action = when->child[1], *list = node_make(r->arena, NODE_LIST), *values, *row;

	if (!action)
		return false;
	if (action->kind == NODE_UPDATE && action->child[UPDATE_SET]->count == 1 &&
	    action->child[UPDATE_SET]->child[0]->kind == NODE_STAR) {
		for (uint32_t i = 0; i < l->count; i++) {
			struct node *set = node_make(r->arena, NODE_ASSIGN);
			struct node *column = node_make(r->arena, NODE_COLUMN);

			node_add(r->arena, column, column_ident(r, l, i));
			node_put(set, 0, column);
			node_put(set, 1, source_column(r, l, i, source));
			node_add(r->arena, list, set);
		}
		node_set(action, UPDATE_SET, list);
		return true;
	}
	if (action->kind == NODE_INSERT && action->child[INSERT_SOURCE] &&
	    action->child[INSERT_SOURCE]->kind == NODE_STAR) {
		row = node_make(r->arena, NODE_ROW);
		for (uint32_t i = 0; i < l->count; i++)
			node_add(r->arena, row, source_column(r, l, i, source));
		values = node_make(r->arena, NODE_VALUES);
		node_add(r->arena, values, row);
		node_set(action, INSERT_COLUMNS, name_list(r, l));
		node_set(action, INSERT_SOURCE, values);
		return true;
	}
	return false;
}

/* Rows of the target that no row of the source matches: a statement of their own, before. */
static struct node *unmatched(struct rewrite *r, const struct node *n, struct node *when)
{
	struct node *action = when->child[1], *out, *exists, *target = n->child[MERGE_TARGET];

	if (!action || (action->kind != NODE_DELETE && action->kind != NODE_UPDATE))
		return NULL;
	exists = rewrite_template(r, "NOT EXISTS (SELECT 1 FROM _s WHERE $1)", 1,
				  (struct node *[]){node_copy(r->arena, n->child[MERGE_ON])});
	{
		struct node *q = exists->child[0]->child[0], *select;

		select = q->kind == NODE_QUERY ? q->child[QUERY_BODY] : q;
		node_replace(select->child[SELECT_FROM]->child[0],
			     node_copy(r->arena, n->child[MERGE_SOURCE]));
	}
	if (when->child[0])
		exists = node_logic(r->arena, OP_AND, exists, node_copy(r->arena, when->child[0]));
	if (action->kind == NODE_DELETE) {
		out = words(r, "DELETE FROM");
		node_add(r->arena, out, node_copy(r->arena, target));
	} else {
		out = words(r, "UPDATE");
		node_add(r->arena, out, node_copy(r->arena, target));
		node_add(r->arena, out, words(r, "SET"));
		for (uint32_t i = 0; i < action->child[UPDATE_SET]->count; i++) {
			struct node *set = node_copy(r->arena, action->child[UPDATE_SET]->child[i]);
			struct node *to = set->child[0];

			while (to->kind == NODE_COLUMN && to->count > 1)
				node_remove(to, 0);
			if (i)
				node_add(r->arena, out, words(r, ","));
			node_add(r->arena, out, set);
		}
	}
	node_add(r->arena, out, words(r, "WHERE"));
	node_add(r->arena, out, exists);
	return out;
}

/*
 * The columns that * stands for: those of the target that the source has. Where only one of the two
 * is known, its columns.
 */
static bool merge_columns(const struct node *n, struct column_list *out)
{
	const struct schema_table *target = n->child[MERGE_TARGET]->table;
	uint32_t kept = 0;

	if (!columns_of_relation(n->child[MERGE_SOURCE], out)) {
		out->count = 0;
		return target && known_columns(target, out);
	}
	for (uint32_t i = 0; target && i < out->count; i++)
		if (schema_column(target, out->names[i])) {
			out->names[kept] = out->names[i];
			out->kept[kept++] = out->kept[i];
		}
	if (kept)
		out->count = kept;
	return true;
}

bool rule_merge(struct rewrite *r, struct node *n)
{
	struct node *whens = n->child[MERGE_WHENS], *all, *place;
	struct column_list *l = list_new(r);
	struct str source = node_relation_name(n->child[MERGE_SOURCE]);
	bool known = merge_columns(n, l), done = false;

	if (n->flags & FLAG_BY_NAME)
		rewrite_finding(r, n->child[MERGE_TARGET], "OPTION-DROPPED",
				"new columns are not added: Postgres has no SCHEMA EVOLUTION");
	for (uint32_t i = 0; i < whens->count; i++)
		if (known)
			done |= merge_star(r, whens->child[i], l, source);
	all = node_make(r->arena, NODE_STATEMENTS);
	for (uint32_t i = 0; i < whens->count;) {
		struct node *when = whens->child[i], *one = NULL;

		if (when->op == MERGE_NOT_MATCHED_BY_SOURCE && !n->child[MERGE_RETURNING])
			one = unmatched(r, n, when);
		if (!one) {
			i++;
			continue;
		}
		rewrite_finding(r, when, "MERGE-SPLIT", NULL);
		node_add(r->arena, all, one);
		node_remove(whens, i);
		node_touch(n); /* its WHENs stand without commas */
	}
	if (all->count == 0)
		return done;
	place = node_take(r->arena, n);
	if (whens->count)
		node_add(r->arena, all, n);
	node_replace(place, all);
	return true;
}
