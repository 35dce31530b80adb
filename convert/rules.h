/*
 * rules.h - the tables of each dialect's types and rules, for dialect.c, and rules that several
 * dialects share, for their tables. All end with a row of zeros.
 *
 * A rule is `bool rule_NAME(struct rewrite *r, struct node *n)`; see rule.h.
 */
#ifndef LAKEPORT_CONVERT_RULES_H
#define LAKEPORT_CONVERT_RULES_H

#include "convert/dialect.h"
#include "convert/rule.h"

extern const struct type_rule types_databricks[];
extern const struct rule rules_databricks_before[], rules_databricks_after[];
extern const struct type_rule types_tsql[];
extern const struct rule rules_tsql_before[], rules_tsql_after[];
extern const struct type_rule types_oracle[];
extern const struct rule rules_oracle_before[], rules_oracle_after[];
extern const struct type_rule types_mysql[];
extern const struct rule rules_mysql_before[], rules_mysql_after[];
extern const struct type_rule types_redshift[];
extern const struct rule rules_redshift_before[], rules_redshift_after[];
extern const struct type_rule types_snowflake[];
extern const struct rule rules_snowflake_before[], rules_snowflake_after[];

/* rules_common.c and rules_query.c */
/* COMMON_RULES */

#endif
