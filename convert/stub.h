/*
 * stub.h - private to convert: tables that a text needs and nobody has, inferred from the text.
 *
 * Names are resolved scope by scope (CTEs, subqueries, aliases); a column's type comes from how it
 * is used: what it is compared with, which function takes it, which column it is joined with, at
 * last from its name. When the server then says that types do not fit, stubs_repair() changes the
 * columns at the place it points at, and the statement is tried again. That a text prepares
 * against stubs proves its syntax, its functions and its scopes, not its types.
 */
#ifndef LAKEPORT_CONVERT_STUB_H
#define LAKEPORT_CONVERT_STUB_H

#include "common/memory.h"
#include "common/text.h"
#include "convert/check_tree.h"

enum stub_type {
	STUB_UNKNOWN,
	STUB_TEXT,
	STUB_NUMERIC,
	STUB_BIGINT,
	STUB_TIMESTAMP,
	STUB_DATE,
	STUB_BOOLEAN,
	STUB_JSON,
	STUB_ARRAY,
	STUB_INTERVAL,
	STUB_TYPES,
};

struct stub_column {
	const char *name;
	enum stub_type type;
	int weight;	  /* how sure; 0: by the name alone */
	unsigned tried;	  /* types that were tried, as bits */
	size_t same_type; /* index + 1 of a column of `columns` that has the same type; 0: itself */
};

struct stub_table {
	const char *schema, *name; /* schema NULL: not qualified */
	bool exists;		   /* on the server: its columns are known and nothing is made */
	size_t *columns;	   /* indices of stubs.columns */
	size_t count, capacity;
};

/* A reference to a column in the text, for repairs. */
struct stub_reference {
	size_t location; /* byte, from 1 */
	size_t column;
};

struct stubs {
	struct arena *arena;
	struct stub_table *tables;
	size_t table_count, table_capacity;
	struct stub_column *columns;
	size_t column_count, column_capacity;
	struct stub_reference *references;
	size_t reference_count, reference_capacity;
};

/* The relations that the text reads or changes and does not make itself. */
void stubs_relations(struct stubs *s, const struct parsed *p, struct arena *a);

/* The server has this table; a column of it. */
void stubs_known(struct stubs *s, size_t table, const char *column);

/* Gives columns and types to the tables that do not exist. */
void stubs_infer(struct stubs *s, const struct parsed *p);

/* How many do not exist. */
size_t stubs_missing(const struct stubs *s);

/* CREATE TABLE statements; schemas that are named are made, too. */
void stubs_sql(const struct stubs *s, struct buf *out);

/* Changes types, or adds a column, after an error at this byte. False: nothing is left to try. */
bool stubs_repair(struct stubs *s, const struct parsed *p, const char *sqlstate, size_t position,
		  const char *message);

#endif
