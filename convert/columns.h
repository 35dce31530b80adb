/*
 * columns.h - what is known of the columns of relations: of VALUES, derived tables, CTEs and
 * functions with column names by the text itself, of tables by the store (schema.h), when there is
 * one.
 *
 * Rules ask for the list where `*` has to be written out, and for the expression that a column
 * stands for where its type or its fields matter.
 */
#ifndef LAKEPORT_CONVERT_COLUMNS_H
#define LAKEPORT_CONVERT_COLUMNS_H

#include "convert/rule.h"
#include "convert/schema.h"

#define COLUMNS_MAX 400

struct column_list {
	struct str qualifiers[COLUMNS_MAX]; /* p NULL: none */
	struct str names[COLUMNS_MAX];
	bool quoted[COLUMNS_MAX]; /* the qualifier is quoted where it must be */
	bool kept[COLUMNS_MAX];	  /* the name is as Postgres keeps it: quoted where it must be */
	uint32_t count;
	uint32_t steps; /* work done for it, bounded */
};

/* Where a column's values come from. */
struct column_source {
	struct node *value;		 /* an expression; of VALUES: that of the first row */
	struct node *values;		 /* NODE_VALUES, or NULL */
	uint32_t place;			 /* in a row of `values` */
	const struct node *type;	 /* a declared type, or NULL */
	const struct schema_type *known; /* a type from the store, or NULL */
	const struct node *asks;	 /* the column that was asked for */
	unsigned depth;
	const struct node *from; /* the FROM that is searched: long joins are not climbed again */
};

/* All columns of a relation or FROM list in their order; false: not all are known. */
bool columns_of_relation(const struct node *relation, struct column_list *out);
/* Those that a STAR of a query over `from` stands for: EXCEPT and RENAME are done. */
bool columns_of_star(const struct node *star, const struct node *from, struct column_list *out);
/* The columns that a query returns. */
bool columns_of_query(const struct node *query, struct column_list *out);

/* What a COLUMN stands for; false: nothing is known. */
bool column_find(const struct node *column, struct column_source *out);
/* Whether the first name of a COLUMN is a parameter of a lambda around it. */
bool column_is_parameter(const struct node *column);
/* What such a parameter stands for (an element of the call's array, ...), or NULL. */
struct node *column_parameter(const struct node *column);
/* Same, for definitions that ask for others: bounded by `depth`. */
bool column_find_at(const struct node *column, struct column_source *out, unsigned depth);
/* Whether a relation of that name (or alias) is in scope of `n`. */
bool relation_in_scope(const struct node *n, struct str name);

/* The SELECT whose relations a node sees first: the one around it, or beside its ORDER BY. */
const struct node *column_scope(const struct node *n);

/* Without parentheses and through columns: what the value is made by. Never NULL. */
struct node *column_definition(struct node *n);

/* What the first element of an array is made by, or NULL. */
struct node *column_element(struct node *array);

/* The CTE that a name stands for where `from` is, or NULL. */
const struct node *column_cte(const struct node *from, struct str name);

/* What the store knows of a value's type, through columns, fields and elements; or NULL. known.c */
const struct schema_type *known_type(const struct node *n, unsigned depth);
/* Binds the tables of a statement to what the store knows of them. known.c */
void known_bind(const struct convert_settings *settings, struct node *statement);
/* Appends the columns of a table that is known, without qualifiers. known.c */
bool known_columns(const struct schema_table *t, struct column_list *out);

/* The name of a column of the list. */
struct node *column_ident(struct rewrite *r, const struct column_list *list, uint32_t i);
/* A COLUMN of the list, quoted where it must be. */
struct node *column_reference(struct rewrite *r, const struct column_list *list, uint32_t i);

#endif
