/*
 * rules_words.h - private to the rules: statements that are put together from words
 * and trees. A made RAW node prints its text and then its children, blanks between.
 */
#ifndef LAKEPORT_CONVERT_RULES_WORDS_H
#define LAKEPORT_CONVERT_RULES_WORDS_H

#include "convert/parse.h"
#include "convert/rule.h"

/* Words as they are; children may be added with node_add(). */
struct node *words(struct rewrite *r, const char *text);
/* Reads what stands behind the first word of a statement; NULL: not understood. */
struct words_reader {
	const char *word;
	struct node *(*read)(struct rewrite *r, struct parser *p);
};
/* What the reader of the first word makes of all of a statement that was taken whole, or NULL. */
struct node *words_statement(struct rewrite *r, const struct node *n,
			     const struct words_reader *readers, size_t count);
/* A name as a string, in the case in which Postgres keeps it. */
struct node *words_name(struct rewrite *r, const struct node *ident);
/* Gives a session variable a value: set_config(). */
struct node *words_variable(struct rewrite *r, const struct node *name, struct node *value);

/* rules_databricks_utility.c: conditions on a catalog's names. */
/* table_schema and table_name: the table's schema, or the one that unqualified names mean. */
void words_of_table(struct rewrite *r, struct node *out, const struct node *name);
/* column = the schema; NULL: the one that unqualified names mean. */
void words_schema(struct rewrite *r, struct node *out, const char *column,
		  const struct node *schema);

/* ALTER TABLE and VIEW, read from behind the word ALTER; NULL: not understood. */
struct node *words_alter(struct rewrite *r, struct parser *p);

/* rules_mysql_ddl.c: indexes; their names get the table's before them. */
struct node *index_name(struct rewrite *r, const struct node *table, const struct node *index);
struct node *create_index(struct rewrite *r, const struct node *table, const struct node *name,
			  struct node *columns, bool unique);

#endif
