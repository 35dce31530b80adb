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
	{NODE_MERGE, "merge where", rule_merge_where},
	{NODE_UPDATE, "change rownum", rule_change_rownum},
	{NODE_DELETE, "change rownum", rule_change_rownum},
	{NODE_ASSIGN, "set column", rule_set_column},
	{NODE_LOCK, "lock wait", rule_lock_wait},
	{NODE_QUANTIFIED, "any list", rule_any_list},
	{NODE_CTE, "cycle", rule_cycle},
	{NODE_COLUMN, "bare word", rule_bare_word},
	{NODE_IS, "is nan", rule_is_nan},
	{NODE_JOIN, "apply", rule_apply},
	{NODE_TABLE_CALL, "collection", rule_collection},
	{NODE_TABLE, "sample", rule_table_sample},
	{NODE_COLUMN, "sequence", rule_sequence},
	{NODE_COLUMN, "rowid", rule_rowid},
	{NODE_CALL, "keep", rule_keep},
	{NODE_PIVOT, "pivot names", rule_pivot_oracle},
	{NODE_PIVOT, "pivot", rule_pivot},
	{NODE_UNPIVOT, "unpivot names", rule_unpivot_names},
	{NODE_UNPIVOT, "unpivot", rule_unpivot},
	{NODE_CALL, "percentile over", rule_percentile_over},
	{NODE_CALL, "list over", rule_list_over},
	{NODE_CALL, "lag nulls", rule_lag_nulls},
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
