/*
 * rules_tsql.c - the rules of T-SQL.
 */
#include "convert/rules.h"

const struct rule rules_tsql_before[] = {
	{NODE_SELECT, "top", rule_top},
	{NODE_DERIVED, "derived alias", rule_derived_alias},
	{NODE_JOIN, "apply", rule_apply},
	{NODE_JOIN, "join condition", rule_join_condition},
	{NODE_WITH, "recursive", rule_recursive},
	{NODE_TABLE, "table hint", rule_table_hint},
	{NODE_QUERY, "query option", rule_query_option},
	{NODE_GROUP, "group sets", rule_group_sets},
	{NODE_CREATE_TABLE, "table options", rule_table_options},
	{0},
};

const struct rule rules_tsql_after[] = {
	{NODE_LIKE, "like brackets", rule_like_brackets},
	{NODE_BINARY, "moment number", rule_moment_number},
	{NODE_BINARY, "compare case", rule_compare_case},
	{NODE_LIKE, "like case", rule_like_case},
	{NODE_SORT, "nulls order", rule_nulls_order},
	{NODE_BINARY, "plus concat", rule_plus_concat},
	{0},
};
