/*
 * rules_databricks.c - the rules of Databricks SQL.
 */
#include "convert/rules.h"

#include "convert/columns.h"
#include "convert/shape.h"

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

/* a.b where no relation is called a: field b of the struct a. */
static bool rule_struct_column(struct rewrite *r, struct node *n)
{
	struct node *base, *place, *member;
	uint32_t first = 1;

	if (n->count < 2 || !node_above(n, NODE_SELECT) || !n->parent)
		return false;
	if (relation_in_scope(n, n->child[0]->text)) {
		if (n->count < 3 || relation_in_scope(n, n->child[1]->text))
			return false;
		first = 2; /* t.a.b */
	}
	if (first >= n->count || !node_above(n, NODE_SELECT)->child[SELECT_FROM])
		return false;
	place = node_take(r->arena, n);
	base = node_make(r->arena, NODE_COLUMN);
	for (uint32_t i = 0; i < first; i++)
		node_add(r->arena, base, n->child[i]);
	for (uint32_t i = first; i < n->count; i++) {
		member = node_make(r->arena, NODE_MEMBER);
		node_put(member, 0, base);
		node_put(member, 1, n->child[i]);
		base = member;
	}
	node_replace(place, base);
	return true;
}

/* What the struct is made by, through indexes and fields above it. */
static struct node *made_by(struct rewrite *r, struct node *n)
{
	n = column_definition(n);
	if (n->kind == NODE_INDEX) {
		n = made_by(r, n->child[0]);
		return n->kind == NODE_ARRAY && n->count ? column_definition(n->child[0]) : n;
	}
	if (n->kind == NODE_MEMBER) {
		struct node *field =
			shape_field_named(r, made_by(r, n->child[0]), n->child[1]->text);

		return field ? column_definition(field) : n;
	}
	return n;
}

/* A field of a struct, which is jsonb. */
static bool rule_member(struct rewrite *r, struct node *n)
{
	struct node *base = n->child[0], *name, *place, *field, *now;
	bool more = n->parent && n->slot == 0 &&
		    (n->parent->kind == NODE_MEMBER || n->parent->kind == NODE_INDEX);
	enum type_code t = TYPE_UNKNOWN;

	if (n->child[1]->kind != NODE_IDENT)
		return false;
	field = shape_field_named(r, made_by(r, base), n->child[1]->text);
	if (field)
		t = type_of(r, field);
	if (more && (t <= TYPE_NULL || shape_is_struct(column_definition(field))))
		t = TYPE_JSON;
	place = node_take(r->arena, n);
	name = node_string(r->arena, n->child[1]->text);
	now = shape_get(r, base, name, t);
	node_replace(place, now);
	return true;
}

const struct rule rules_databricks_before[] = {
	{NODE_COLUMN, "struct column", rule_struct_column},
	{NODE_SELECT, "star", rule_star},
	{NODE_SELECT, "lateral alias", rule_lateral_alias},
	{NODE_TABLE_CALL, "range", rule_range},
	{NODE_TABLE, "sample", rule_sample},
	{NODE_DERIVED, "values columns", rule_values_columns},
	{NODE_DERIVED, "derived alias", rule_derived_alias},
	{NODE_PIVOT, "pivot", rule_pivot},
	{NODE_UNPIVOT, "unpivot", rule_unpivot},
	{NODE_QUERY, "query star", rule_query_star},
	{NODE_QUERY, "order all", rule_order_all},
	{NODE_QUERY, "order row", rule_order_row},
	{NODE_GROUP, "group all", rule_group_all},
	{NODE_GROUP, "group sets", rule_group_sets},
	{NODE_QUERY, "cluster", rule_cluster},
	{NODE_SELECT, "qualify", rule_qualify},
	{NODE_JOIN, "semi join", rule_semi_join},
	{NODE_JOIN, "join condition", rule_join_condition},
	{NODE_WITH, "recursive", rule_recursive},
	{NODE_FROM, "dual", rule_dual},
	{NODE_INSERT, "insert", rule_insert},
	{NODE_ASSIGN, "assign target", rule_assign_target},
	{NODE_MERGE, "merge", rule_merge},
	{NODE_CREATE_TABLE, "create table", rule_create_table},
	{NODE_CREATE_TABLE, "table options", rule_table_options},
	{NODE_CREATE_VIEW, "create view", rule_create_view},
	{NODE_PROCEDURAL, "create function", rule_create_function},
	{NODE_PARAMETER, "parameter", rule_parameter},
	{NODE_UTILITY, "utility", rule_databricks_utility},
	{NODE_CREATE_OTHER, "create other", rule_databricks_utility},
	{NODE_PROCEDURAL, "declare", rule_databricks_utility},
	{0},
};

const struct rule rules_databricks_after[] = {
	{NODE_SELECT, "generator", rule_generator},
	{NODE_LATERAL_VIEW, "lateral view", rule_lateral_view},
	{NODE_TABLE_CALL, "table generator", rule_table_generator},
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
