/*
 * rules_redshift.c - the rules of Redshift.
 */
#include "convert/rules.h"

const struct rule rules_redshift_before[] = {
	{NODE_SELECT, "lateral alias", rule_lateral_alias},
	{NODE_SELECT, "top", rule_top},
	{NODE_SELECT, "qualify", rule_qualify},
	{NODE_DERIVED, "derived alias", rule_derived_alias},
	{NODE_GROUP, "group all", rule_group_all},
	{NODE_WITH, "recursive", rule_recursive},
	{NODE_CREATE_TABLE, "table options", rule_table_options},
	{NODE_PARAMETER, "parameter", rule_parameter},
	{0},
};

const struct rule rules_redshift_after[] = {
	{0},
};
