/*
 * rules_mysql.c - the rules of MySQL.
 */
#include "convert/rules.h"

const struct rule rules_mysql_before[] = {
	{NODE_SELECT, "lateral alias", rule_lateral_alias},
	{NODE_FROM, "dual", rule_dual},
	{NODE_DERIVED, "derived alias", rule_derived_alias},
	{NODE_GROUP, "group sets", rule_group_sets},
	{NODE_JOIN, "join condition", rule_join_condition},
	{NODE_TABLE, "table hint", rule_table_hint},
	{NODE_CREATE_TABLE, "table options", rule_table_options},
	{NODE_PARAMETER, "parameter", rule_parameter},
	{0},
};

const struct rule rules_mysql_after[] = {
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
