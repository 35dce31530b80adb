/*
 * columns.h - what the text itself shows of the columns of relations: of VALUES, derived tables,
 * CTEs and functions with column names. Of a table of the database nothing is known here.
 *
 * Rules ask for the list where `*` has to be written out, and for the expression that a column
 * stands for where its type or its fields matter.
 */
#ifndef LAKEPORT_CONVERT_COLUMNS_H
#define LAKEPORT_CONVERT_COLUMNS_H

#include "convert/rule.h"

#define COLUMNS_MAX 400

struct column_list {
	struct str qualifiers[COLUMNS_MAX]; /* p NULL: none */
	struct str names[COLUMNS_MAX];
	uint32_t count;
	uint32_t steps; /* work done for it, bounded */
};

/* Where a column's values come from. */
struct column_source {
	struct node *value;	 /* an expression; of VALUES: that of the first row */
	struct node *values;	 /* NODE_VALUES, or NULL */
	uint32_t place;		 /* in a row of `values` */
	const struct node *type; /* a declared type, or NULL */
	const struct node *asks; /* the column that was asked for */
	unsigned depth;
};

/* All columns of a relation or FROM list in their order; false: not all are known. */
bool columns_of_relation(const struct node *relation, struct column_list *out);
/* The columns that a query returns. */
bool columns_of_query(const struct node *query, struct column_list *out);

/* What a COLUMN stands for; false: nothing is known. */
bool column_find(const struct node *column, struct column_source *out);
/* Whether the first name of a COLUMN is a parameter of a lambda around it. */
bool column_is_parameter(const struct node *column);
/* What such a parameter stands for (an element of the call's array, ...), or NULL. */
struct node *column_parameter(const struct node *column);
/* Whether a relation of that name (or alias) is in scope of `n`. */
bool relation_in_scope(const struct node *n, struct str name);

/* The SELECT whose relations a node sees first: the one around it, or beside its ORDER BY. */
const struct node *column_scope(const struct node *n);

/* Without parentheses and through columns: what the value is made by. Never NULL. */
struct node *column_definition(struct node *n);

/* What the first element of an array is made by, or NULL. */
struct node *column_element(struct node *array);

/* A COLUMN of the list, quoted where it must be. */
struct node *column_reference(struct rewrite *r, const struct column_list *list, uint32_t i);

#endif
