/*
 * rules_tsql.c - the rules of T-SQL.
 */
#include "convert/rules.h"

const struct rule rules_tsql_before[] = {
	{0},
};

const struct rule rules_tsql_after[] = {
	{0},
};
