/* remains.h - what is left in the tree that Postgres does not have. */
#ifndef LAKEPORT_CONVERT_REMAINS_H
#define LAKEPORT_CONVERT_REMAINS_H

#include "convert/rule.h"

/* A BLOCKER finding for each construct that no rule took away. */
void remains_report(struct rewrite *r);

#endif
