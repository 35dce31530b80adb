/*
 * rules_databricks.c - the rules of Databricks SQL.
 */
#include "convert/rules.h"

#include <string.h>
#include <strings.h>

static struct node *column_item(struct rewrite *r, struct node *value, struct node *alias)
{
	struct node *item = node_make(r->arena, NODE_ITEM);

	node_put(item, ITEM_VALUE, value);
	node_put(item, ITEM_ALIAS, alias);
	return item;
}

/* The name of column `i` of a generator in a select list. */
static struct node *generated_name(struct rewrite *r, const struct node *item, uint32_t i,
				   const char *usual)
{
	const struct node *alias = item->child[ITEM_ALIAS];

	if (alias && alias->kind == NODE_LIST && i < alias->count)
		return node_copy(r->arena, alias->child[i]);
	if (alias && alias->kind == NODE_IDENT && i == 0)
		return node_copy(r->arena, alias);
	return node_ident(r->arena, usual);
}

static struct node *relation(struct rewrite *r, struct node *source, struct node *columns)
{
	bool query = source->kind == NODE_VALUES;
	struct node *n = node_make(r->arena, query ? NODE_DERIVED : NODE_TABLE_CALL);
	struct node *alias = node_make(r->arena, NODE_ALIAS);

	n->flags |= FLAG_LATERAL;
	node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
	node_put(alias, ALIAS_COLUMNS, columns);
	node_put(n, 0, source);
	node_put(n, 1, alias);
	return n;
}

static void add_relation(struct rewrite *r, struct node *select, struct node *n)
{
	struct node *from = select->child[SELECT_FROM];

	if (from) {
		node_insert(r->arena, from, from->count, n);
		return;
	}
	from = node_make(r->arena, NODE_FROM);
	node_add(r->arena, from, n);
	node_set(select, SELECT_FROM, from);
}

/* posexplode(a) in a select list: positions from 0. */
static void expand_positions(struct rewrite *r, struct node *select, struct node *item)
{
	struct node *call = item->child[ITEM_VALUE], *arg = node_arg(call, 0);
	struct node *columns = node_make(r->arena, NODE_LIST), *n, *list = item->parent;
	struct node *pos = generated_name(r, item, 0, "pos"),
		    *col = generated_name(r, item, 1, "col");
	struct node *ordinal = rewrite_new_name(r, 'o'), *value = rewrite_new_name(r, 'v');
	const char *v = arena_strndup(r->arena, value->text.p, value->text.len);
	const char *o = arena_strndup(r->arena, ordinal->text.p, ordinal->text.len);

	node_add(r->arena, columns, value);
	node_add(r->arena, columns, ordinal);
	n = relation(r, node_call(r->arena, "unnest", 1, &arg), columns);
	n->flags |= FLAG_ORDINALITY;
	add_relation(r, select, n);
	node_insert(r->arena, list, item->slot + 1, column_item(r, node_column(r->arena, v), col));
	node_replace(item, column_item(r,
				       node_binary(r->arena, OP_SUBTRACT, node_column(r->arena, o),
						   node_number(r->arena, 1)),
				       pos));
}

/* stack(n, a, b, ...) in a select list: rows of VALUES. */
static bool expand_stack(struct rewrite *r, struct node *select, struct node *item)
{
	struct node *args = item->child[ITEM_VALUE]->child[CALL_ARGS], *list = item->parent,
		    *values;
	struct node *columns = node_make(r->arena, NODE_LIST);
	uint32_t rows, width, slot = item->slot;

	if (args->count < 2 || args->child[0]->kind != NODE_NUMBER ||
	    args->child[0]->text.len != 1 || args->child[0]->text.p[0] == '0')
		return false;
	rows = (uint32_t)(args->child[0]->text.p[0] - '0');
	width = (args->count - 1 + rows - 1) / rows;
	values = node_make(r->arena, NODE_VALUES);
	for (uint32_t i = 0; i < rows; i++) {
		struct node *row = node_make(r->arena, NODE_ROW);

		for (uint32_t k = 0; k < width; k++) {
			uint32_t at = 1 + i * width + k;

			node_add(r->arena, row,
				 at < args->count ? args->child[at] : node_null(r->arena));
		}
		node_add(r->arena, values, row);
	}
	for (uint32_t k = 0; k < width; k++) {
		struct node *name = generated_name(r, item, k, arena_printf(r->arena, "col%u", k));
		struct node *column = node_make(r->arena, NODE_COLUMN), *one;

		node_add(r->arena, columns, node_copy(r->arena, name));
		node_add(r->arena, column, name);
		one = column_item(r, column, NULL);
		if (k == 0)
			node_replace(list->child[slot], one);
		else
			node_insert(r->arena, list, slot + k, one);
	}
	add_relation(r, select, relation(r, values, columns));
	return true;
}

/* explode and its like in a select list. */
static bool rule_generator(struct rewrite *r, struct node *n)
{
	struct node *items = n->child[SELECT_ITEMS];
	bool done = false;

	for (uint32_t i = 0; i < items->count; i++) {
		struct node *item = items->child[i], *call = item->child[ITEM_VALUE];

		if (item->kind != NODE_ITEM || call->kind != NODE_CALL || node_arg_count(call) == 0)
			continue;
		if (node_calls(call, "explode")) {
			struct node *arg = node_arg(call, 0);
			struct node *name = generated_name(r, item, 0, "col");

			node_set(item, ITEM_VALUE, node_call(r->arena, "unnest", 1, &arg));
			node_set(item, ITEM_ALIAS, name);
			node_touch(item);
			done = true;
		} else if (node_calls(call, "posexplode")) {
			expand_positions(r, n, item);
			done = true;
		} else if (node_calls(call, "stack")) {
			done |= expand_stack(r, n, item);
		}
	}
	return done;
}

/* range(n) as a table: the end is not part of it. */
static bool rule_range(struct rewrite *r, struct node *n)
{
	struct node *call = n->child[TABLE_CALL_CALL], *args[3], *alias, *columns;
	uint32_t count;

	if (!node_calls(call, "range"))
		return false;
	count = node_arg_count(call);
	if (count == 0 || count > 3)
		return false;
	args[0] = count > 1 ? node_arg(call, 0) : node_number(r->arena, 0);
	args[1] = node_binary(r->arena, OP_SUBTRACT, node_arg(call, count > 1),
			      node_number(r->arena, 1));
	args[2] = count > 2 ? node_arg(call, 2) : NULL;
	alias = n->child[TABLE_CALL_ALIAS];
	if (!alias) {
		alias = node_make(r->arena, NODE_ALIAS);
		node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
		node_put(n, TABLE_CALL_ALIAS, alias);
	}
	if (!alias->child[ALIAS_COLUMNS]) {
		columns = node_make(r->arena, NODE_LIST);
		node_add(r->arena, columns, node_ident(r->arena, "id"));
		node_set(alias, ALIAS_COLUMNS, columns);
	}
	node_put(n, TABLE_CALL_CALL,
		 node_call(r->arena, "generate_series", count > 2 ? 3 : 2, args));
	node_touch(n);
	return true;
}

/* A field of a struct, which is jsonb. */
static bool rule_member(struct rewrite *r, struct node *n)
{
	struct node *base = n->child[0], *name, *place;

	if (type_of(r, base) != TYPE_JSON || n->child[1]->kind != NODE_IDENT)
		return false;
	place = node_take(r->arena, n);
	name = node_string(r->arena, n->child[1]->text);
	base = rewrite_template(r, "($1 ->> $2)", 2, (struct node *[]){base, name});
	base->type = TYPE_UNKNOWN;
	node_replace(place, base);
	return true;
}

/* TABLESAMPLE (n PERCENT), before the alias in Spark, behind it in Postgres. */
static bool rule_sample(struct rewrite *r, struct node *n)
{
	(void)r;
	if (!n->child[TABLE_SAMPLE] || n->child[TABLE_SAMPLE]->op != SAMPLE_PERCENT)
		return false;
	node_touch(n->child[TABLE_SAMPLE]);
	node_touch(n);
	return true;
}

const struct rule rules_databricks_before[] = {
	{NODE_SELECT, "generator", rule_generator},
	{NODE_SELECT, "lateral alias", rule_lateral_alias},
	{NODE_TABLE_CALL, "range", rule_range},
	{NODE_TABLE, "sample", rule_sample},
	{NODE_DERIVED, "values columns", rule_values_columns},
	{NODE_DERIVED, "derived alias", rule_derived_alias},
	{NODE_QUERY, "order all", rule_order_all},
	{NODE_GROUP, "group all", rule_group_all},
	{NODE_GROUP, "group sets", rule_group_sets},
	{NODE_QUERY, "cluster", rule_cluster},
	{NODE_SELECT, "qualify", rule_qualify},
	{NODE_LATERAL_VIEW, "lateral view", rule_lateral_view},
	{NODE_JOIN, "semi join", rule_semi_join},
	{NODE_JOIN, "join condition", rule_join_condition},
	{NODE_WITH, "recursive", rule_recursive},
	{NODE_FROM, "dual", rule_dual},
	{NODE_CREATE_TABLE, "table options", rule_table_options},
	{NODE_PARAMETER, "parameter", rule_parameter},
	{0},
};

const struct rule rules_databricks_after[] = {
	{NODE_PATH, "path", rule_path},
	{NODE_MEMBER, "member", rule_member},
	{NODE_SORT, "nulls order", rule_nulls_order},
	{NODE_BINARY, "division", rule_division},
	{NODE_BINARY, "operator", rule_operator},
	{NODE_NUMBER, "number suffix", rule_number_suffix},
	{NODE_INTERVAL, "interval", rule_interval},
	{NODE_LIKE, "like", rule_like},
	{NODE_INDEX, "index base", rule_index_base},
	{0},
};
