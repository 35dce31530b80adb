/*
 * rules_tsql.c - the rules of T-SQL.
 */
#include "convert/rules.h"

const struct rule rules_tsql_before[] = {
	{NODE_CALL, "stuff xml", rule_stuff_xml},
	{NODE_CALL, "xml value", rule_xml_value},
	{NODE_QUERY, "for texts", rule_for_texts},
	{NODE_TABLE_CALL, "table function", rule_table_function},
	{NODE_SELECT, "top", rule_top},
	{NODE_DERIVED, "derived alias", rule_derived_alias},
	{NODE_JOIN, "apply", rule_apply},
	{NODE_JOIN, "join condition", rule_join_condition},
	{NODE_WITH, "recursive", rule_recursive},
	{NODE_TABLE, "table hint", rule_table_hint},
	{NODE_TABLE, "database name", rule_database_name},
	{NODE_COLLATE, "collation", rule_collation},
	{NODE_CALL, "date zero", rule_date_zero},
	{NODE_PARAMETER, "at value", rule_at_value},
	{NODE_LIKE, "like brackets", rule_like_brackets},
	{NODE_LIKE, "like escape", rule_like_escape},
	{NODE_QUERY, "query option", rule_query_option},
	{NODE_GROUP, "group sets", rule_group_sets},
	{NODE_CREATE_TABLE, "table options", rule_table_options},
	{0},
};

const struct rule rules_tsql_after[] = {
	{NODE_QUERY, "for rows", rule_for_rows},
	{NODE_TABLE_CALL, "open json", rule_open_json},
	{NODE_BINARY, "date number", rule_date_number},
	{NODE_BINARY, "interval number", rule_interval_number},
	{NODE_BINARY, "bit compare", rule_bit_compare},
	{NODE_CALL, "bit argument", rule_bit_argument},
	{NODE_COLUMN_DEF, "bit default", rule_bit_default},
	{NODE_IN, "in case", rule_in_case},
	{NODE_CALL, "distinct case", rule_distinct_case},
	{NODE_BINARY, "compare case", rule_compare_case},
	{NODE_LIKE, "like case", rule_like_case},
	{NODE_SORT, "nulls order", rule_nulls_order},
	{NODE_BINARY, "plus concat", rule_plus_concat},
	{0},
};
