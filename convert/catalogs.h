/* catalogs.h - private to convert: names with a catalog (a database) before the schema. */
#ifndef LAKEPORT_CONVERT_CATALOGS_H
#define LAKEPORT_CONVERT_CATALOGS_H

#include "convert/rule.h"

/*
 * Drops what stands before schema.table in every name of the statement, after the rules. One
 * catalog is a note, several are an open finding; where two of them have a table of the same name
 * nothing is dropped, as they would become one table.
 */
void catalogs_drop(struct rewrite *r);

#endif
