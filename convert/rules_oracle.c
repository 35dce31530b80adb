/*
 * rules_oracle.c - the rules of Oracle.
 */
#include "convert/rules.h"

const struct rule rules_oracle_before[] = {
	{0},
};

const struct rule rules_oracle_after[] = {
	{0},
};
