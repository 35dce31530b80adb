/*
 * rules_redshift.c - the rules of Redshift.
 */
#include "convert/rules.h"

const struct rule rules_redshift_before[] = {
	{NODE_QUERY, "hierarchy", rule_hierarchy},
	{NODE_SELECT, "outer join", rule_outer_join},
	{NODE_SELECT, "exclude", rule_exclude},
	{NODE_SELECT, "star", rule_star},
	{NODE_SELECT, "lateral alias", rule_lateral_alias},
	{NODE_SELECT, "top", rule_top},
	{NODE_SELECT, "qualify", rule_qualify},
	{NODE_DERIVED, "derived alias", rule_derived_alias},
	{NODE_PIVOT, "pivot", rule_pivot},
	{NODE_UNPIVOT, "unpivot", rule_unpivot},
	{NODE_QUERY, "query star", rule_query_star},
	{NODE_QUERY, "order all", rule_order_all},
	{NODE_QUERY, "order row", rule_order_row},
	{NODE_GROUP, "group all", rule_group_all},
	{NODE_JOIN, "join condition", rule_join_condition},
	{NODE_WITH, "recursive", rule_recursive},
	{NODE_COLUMN_DEF, "column options", rule_column_options},
	{NODE_CREATE_TABLE, "table options", rule_table_options},
	{NODE_CREATE_VIEW, "create view", rule_create_view},
	{NODE_ASSIGN, "assign target", rule_assign_target},
	{NODE_CALL, "percentile over", rule_percentile_over},
	{NODE_CALL, "lag nulls", rule_lag_nulls},
	{NODE_CALL, "list distinct", rule_list_distinct},
	{NODE_CALL, "list over", rule_list_over},
	{NODE_PARAMETER, "parameter", rule_parameter},
	{0},
};

const struct rule rules_redshift_after[] = {
	{NODE_INSERT, "known insert", rule_known_insert},
	{NODE_ASSIGN, "known assign", rule_known_assign},
	{0},
};
