/*
 * rules_mysql.c - the rules of MySQL.
 */
#include "convert/rules.h"

const struct rule rules_mysql_before[] = {
	{NODE_SELECT, "lateral alias", rule_lateral_alias},
	{NODE_TABLE_CALL, "json table", rule_json_table},
	{NODE_FROM, "dual", rule_dual},
	{NODE_DERIVED, "derived alias", rule_derived_alias},
	{NODE_GROUP, "group sets", rule_group_sets},
	{NODE_JOIN, "join condition", rule_join_condition},
	{NODE_TABLE, "table hint", rule_table_hint},
	{NODE_INSERT, "insert", rule_mysql_insert},
	{NODE_UPDATE, "update", rule_mysql_update},
	{NODE_DELETE, "delete", rule_mysql_delete},
	{NODE_ASSIGN, "assign target", rule_assign_target},
	{NODE_CREATE_TABLE, "create table", rule_create_table},
	{NODE_CREATE_TABLE, "table keys", rule_table_keys},
	{NODE_CREATE_TABLE, "table options", rule_table_options},
	{NODE_COLUMN_DEF, "column options", rule_column_options},
	{NODE_CREATE_VIEW, "create view", rule_create_view},
	{NODE_UTILITY, "statement", rule_mysql_statement},
	{NODE_CREATE_OTHER, "statement", rule_mysql_statement},
	{NODE_QUERY, "sort null", rule_sort_null},
	{NODE_INTERVAL, "interval parts", rule_interval_parts},
	{NODE_PARAMETER, "server variable", rule_server_variable},
	{NODE_PARAMETER, "parameter", rule_parameter},
	{0},
};

const struct rule rules_mysql_after[] = {
	{NODE_BINARY, "json arrow", rule_json_arrow},
	{NODE_BINARY, "xor", rule_xor},
	{NODE_LOGIC, "truth", rule_truth},
	{NODE_SELECT, "truth", rule_truth},
	{NODE_JOIN, "truth", rule_truth},
	{NODE_UNARY, "truth", rule_truth},
	{NODE_WHEN, "truth", rule_truth},
	{NODE_BINARY, "truth compare", rule_truth_compare},
	{NODE_COLLATE, "collate", rule_mysql_collate},
	{NODE_BINARY, "bool number", rule_bool_number},
	{NODE_BINARY, "divide by zero", rule_divide_by_zero},
	{NODE_BINARY, "compare case", rule_compare_case},
	{NODE_LIKE, "like case", rule_like_case},
	{NODE_SORT, "nulls order", rule_nulls_order},
	{NODE_BINARY, "division", rule_division},
	{NODE_BINARY, "operator", rule_operator},
	{NODE_INTERVAL, "interval", rule_interval},
	{NODE_LIKE, "like", rule_like},
	{0},
};
