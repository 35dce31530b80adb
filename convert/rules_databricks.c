/*
 * rules_databricks.c - the rules of Databricks SQL.
 */
#include "convert/rules.h"

const struct rule rules_databricks_before[] = {
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
	{NODE_SORT, "nulls order", rule_nulls_order},
	{NODE_BINARY, "division", rule_division},
	{NODE_BINARY, "operator", rule_operator},
	{NODE_NUMBER, "number suffix", rule_number_suffix},
	{NODE_INTERVAL, "interval", rule_interval},
	{NODE_LIKE, "like", rule_like},
	{NODE_INDEX, "index base", rule_index_base},
	{0},
};
