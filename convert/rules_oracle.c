/*
 * rules_oracle.c - the rules of Oracle.
 */
#include "convert/rules.h"

const struct rule rules_oracle_before[] = {
	{NODE_STRING, "empty string", rule_empty_string},
	{NODE_QUERY, "fetch percent", rule_fetch_percent},
	{NODE_QUERY, "hierarchy", rule_hierarchy},
	{NODE_SELECT, "outer join", rule_outer_join},
	{NODE_SELECT, "rownum", rule_rownum},
	{NODE_SELECT, "level series", rule_level_series},
	{NODE_FROM, "dual", rule_dual},
	{NODE_DERIVED, "derived alias", rule_derived_alias},
	{NODE_WITH, "recursive", rule_recursive},
	{NODE_JOIN, "join condition", rule_join_condition},
	{NODE_LIKE, "like escape", rule_like_escape},
	{NODE_CALL, "keep", rule_keep},
	{NODE_CREATE_TABLE, "table options", rule_table_options},
	{NODE_PARAMETER, "parameter", rule_parameter},
	{0},
};

const struct rule rules_oracle_after[] = {
	{NODE_BINARY, "concat null", rule_concat_null},
	{NODE_BINARY, "date number", rule_date_number},
	{NODE_BINARY, "date difference", rule_date_difference},
	{NODE_COLUMN, "rownum", rule_rownum_value},
	{NODE_BINARY, "division", rule_division},
	{NODE_INTERVAL, "interval", rule_interval},
	{0},
};
