/*
 * schema_read.h - private to the store: a statement while it is read. Trees live in the arena of
 * the rewrite, which ends with the statement; what is kept is copied into the store.
 */
#ifndef LAKEPORT_CONVERT_SCHEMA_READ_H
#define LAKEPORT_CONVERT_SCHEMA_READ_H

#include "convert/parse.h"
#include "convert/rule.h"
#include "convert/schema.h"

struct schema_reader {
	struct schema *schema;
	struct convert_settings settings; /* of this statement, with its place */
	struct rewrite rewrite;		  /* what types and columns are asked with; has no rules */
};

/* A COLUMN_DEF; false: the table has too many. */
bool schema_read_column(struct schema_reader *x, struct schema_table *t, const struct node *def);
/* A CONSTRAINT of the table: keys only. */
void schema_read_constraint(struct schema_reader *x, struct schema_table *t, const struct node *n);
/* A key of a list of names or SORTs; one of expressions is left out. */
void schema_read_key(struct schema_reader *x, struct schema_table *t, const struct node *columns,
		     bool primary);
/* The columns of a query, renamed by `names` (or NULL); false: not all are known. */
bool schema_read_query(struct schema_reader *x, struct schema_table *t, struct node *query,
		       const struct node *names);

/* ALTER, DROP, RENAME, CREATE UNIQUE INDEX. schema_alter.c */
void schema_read_change(struct schema_reader *x, const struct node *n);

#endif
