/*
 * rules_databricks.c - the rules of Databricks SQL.
 */
#include "convert/rules.h"

const struct rule rules_databricks_before[] = {
	{0},
};

const struct rule rules_databricks_after[] = {
	{0},
};
