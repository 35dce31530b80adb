/*
 * rules_redshift.c - the rules of Redshift.
 */
#include "convert/rules.h"

const struct rule rules_redshift_before[] = {
	{0},
};

const struct rule rules_redshift_after[] = {
	{0},
};
