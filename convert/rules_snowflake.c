/*
 * rules_snowflake.c - the rules of Snowflake.
 */
#include "convert/rules.h"

const struct rule rules_snowflake_before[] = {
	{0},
};

const struct rule rules_snowflake_after[] = {
	{0},
};
