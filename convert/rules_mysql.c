/*
 * rules_mysql.c - the rules of MySQL.
 */
#include "convert/rules.h"

const struct rule rules_mysql_before[] = {
	{0},
};

const struct rule rules_mysql_after[] = {
	{0},
};
