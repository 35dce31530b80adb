/*
 * rules_snowflake.c - the rules of Snowflake.
 */
#include "convert/rules.h"

/* RLIKE matches the whole text. */
static bool rule_whole_match(struct rewrite *r, struct node *n)
{
	struct node *pattern = n->child[1], *place;

	if (n->op != LIKE_RLIKE || n->flags & (FLAG_ANY | FLAG_ALL))
		return false;
	place = node_take(r->arena, pattern);
	node_replace(place, rewrite_template(r, "('^(' || $1 || ')$')", 1, &pattern));
	node_touch(n);
	return true;
}

/* LIKE(a, 'x%', '!'), ILIKE(a, 'x%') are calls, too. */
static bool rule_like_call(struct rewrite *r, struct node *n)
{
	bool ignore_case = node_calls(n, "ilike");
	struct node *like, *value[3] = {NULL};
	uint32_t count = node_arg_count(n);

	if ((!ignore_case && !node_calls(n, "like")) || count < 2 || count > 3)
		return false;
	for (uint32_t i = 0; i < count; i++)
		value[i] = node_arg(n, i);
	like = node_make(r->arena, NODE_LIKE);
	like->op = ignore_case ? LIKE_ILIKE : LIKE_LIKE;
	for (uint32_t i = 0; i < count; i++)
		node_put(like, i, value[i]);
	node_replace(n, node_paren(r->arena, like));
	return true;
}

const struct rule rules_snowflake_before[] = {
	{NODE_QUERY, "hierarchy", rule_hierarchy},
	{NODE_SELECT, "outer join", rule_outer_join},
	{NODE_TABLE_CALL, "named table", rule_named_table},
	{NODE_CALL, "named column", rule_named_column},
	{NODE_CALL, "like call", rule_like_call},
	{NODE_INSERT, "insert", rule_insert},
	{NODE_CALL, "whole frame", rule_whole_frame},
	{NODE_CALL, "list overflow", rule_list_overflow},
	{NODE_CALL, "list distinct", rule_list_distinct},
	{NODE_CALL, "list over", rule_list_over},
	{NODE_SELECT, "table functions", rule_table_functions},
	{NODE_SELECT, "star", rule_star},
	{NODE_SELECT, "where alias", rule_where_alias},
	{NODE_SELECT, "lateral alias", rule_lateral_alias},
	{NODE_SELECT, "nested window", rule_nested_window},
	{NODE_SELECT, "top", rule_top},
	{NODE_SELECT, "qualify", rule_qualify},
	{NODE_TABLE, "sample", rule_sample},
	{NODE_DERIVED, "derived alias", rule_derived_alias},
	{NODE_PIVOT, "pivot", rule_pivot},
	{NODE_UNPIVOT, "unpivot names", rule_unpivot_names},
	{NODE_UNPIVOT, "unpivot", rule_unpivot},
	{NODE_QUERY, "query star", rule_query_star},
	{NODE_QUERY, "order all", rule_order_all},
	{NODE_GROUP, "group all", rule_group_all},
	{NODE_QUERY, "order row", rule_order_row},
	{NODE_JOIN, "join condition", rule_join_condition},
	{NODE_JOIN, "asof", rule_asof},
	{NODE_WITH, "recursive", rule_recursive},
	{NODE_FROM, "dual", rule_dual},
	{NODE_CREATE_TABLE, "create table", rule_create_table},
	{NODE_COLUMN_DEF, "column options", rule_column_options},
	{NODE_CONSTRAINT, "constraint options", rule_constraint_options},
	{NODE_CREATE_TABLE, "table options", rule_table_options},
	{NODE_CREATE_VIEW, "create view", rule_create_view},
	{NODE_ASSIGN, "assign target", rule_assign_target},
	{NODE_LAMBDA, "variant lambda", rule_variant_lambda},
	{NODE_CALL, "variant argument", rule_variant_argument},
	{NODE_BINARY, "variant operator", rule_variant_operator},
	{NODE_BINARY, "text arithmetic", rule_text_arithmetic},
	{NODE_IN, "text in", rule_text_in},
	{NODE_IN, "variant in", rule_variant_in},
	{NODE_BETWEEN, "variant between", rule_variant_in},
	{NODE_LIKE, "variant like", rule_variant_in},
	{NODE_CASE, "variant case", rule_variant_case},
	{NODE_LOGIC, "variant logic", rule_variant_logic},
	{NODE_UNARY, "variant not", rule_variant_logic},
	{NODE_COLUMN, "sequence", rule_sequence},
	{NODE_COLUMN, "column place", rule_column_place},
	{NODE_UTILITY, "catalog", rule_warehouse_catalog},
	{NODE_UTILITY, "statement", rule_warehouse_statement},
	{NODE_CREATE_OTHER, "statement", rule_warehouse_statement},
	{NODE_PARAMETER, "column number", rule_column_number},
	{NODE_PARAMETER, "parameter", rule_parameter},
	{0},
};

const struct rule rules_snowflake_after[] = {
	{NODE_BINARY, "known text number", rule_known_text_number},
	{NODE_INSERT, "known insert", rule_known_insert},
	{NODE_ASSIGN, "known assign", rule_known_assign},
	{NODE_DERIVED, "sample query", rule_sample_query},
	{NODE_TABLE, "sample query name", rule_sample_cte},
	{NODE_CALL, "percentile over", rule_percentile_over},
	{NODE_CALL, "lag nulls", rule_lag_nulls},
	{NODE_LIKE, "whole match", rule_whole_match},
	{NODE_PATH, "path", rule_path},
	{NODE_ARRAY, "json array", rule_json_array},
	{NODE_OBJECT, "json object", rule_json_object},
	{NODE_INDEX, "json index", rule_json_index},
	{NODE_BINARY, "division", rule_division},
	{NODE_INTERVAL, "interval", rule_interval},
	{NODE_LIKE, "like", rule_like},
	{0},
};
