/*
 * stub.h - private to convert: tables that a text needs and nobody has, inferred from the text.
 *
 * Names are resolved scope by scope (stub_scope.c: CTEs, subqueries, aliases); a column's type
 * comes from how it is used (stub_expression.c): what it is compared with, which function takes it,
 * which column it is joined with, at last from its name. When the server then says that types do
 * not fit, stubs_repair() changes the columns at the place it points at, and the statement is tried
 * again. That a text prepares against stubs proves its syntax, its functions and its scopes, not
 * its types.
 *
 * Everything lives in the arena of the text.
 */
#ifndef LAKEPORT_CONVERT_STUB_H
#define LAKEPORT_CONVERT_STUB_H

#include "common/memory.h"
#include "common/text.h"
#include "convert/check_tree.h"

enum stub_type {
	STUB_UNKNOWN,
	STUB_TEXT,
	STUB_BIGINT,
	STUB_NUMERIC,
	STUB_DATE,
	STUB_TIMESTAMP,
	STUB_BOOLEAN,
	STUB_INTERVAL,
	STUB_JSON,
	STUB_ARRAY,   /* of text */
	STUB_NUMBERS, /* an array of numbers */
	STUB_TYPES,
};

/* How sure a type is; a stronger hint replaces a weaker one. */
enum stub_weight { BY_NOTHING, BY_NAME, BY_HABIT, BY_USE, BY_TABLE };

struct stub_column {
	const char *name;
	enum stub_type type;
	enum stub_weight weight;
	unsigned tried; /* types that were tried, as bits */
	size_t like;	/* the column whose type it shares; itself when it leads */
};

struct stub_table {
	const char *schema, *name; /* schema NULL: not qualified */
	bool exists;		   /* on the server: nothing is made, nothing is added */
	bool made;		   /* by the text itself, which may need its schema */
	bool sequence;
	size_t *columns; /* indices of stubs.columns */
	size_t count, capacity;
	const cJSON *conflict;	 /* the columns of ON CONFLICT: they must be unique; or NULL */
	const cJSON *referenced; /* those of a foreign key: unique, too; or NULL */
	const char *constraint;	 /* that ON CONFLICT names; or NULL */
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
	bool blamed; /* a type that was guessed may be what failed last */
};

/* The relations that the text reads or changes and does not make itself. */
void stubs_relations(struct stubs *s, const struct parsed *p, struct arena *a);

/* The server has this table, and in it this column (NULL: none) with this type of pg_type. */
void stubs_known(struct stubs *s, size_t table, const char *column, const char *type);

/* Gives columns and types to the tables that do not exist. */
void stubs_infer(struct stubs *s, const struct parsed *p);

/* How many do not exist. */
size_t stubs_missing(const struct stubs *s);
/* The type of stubs for one of the server's: "int4"; UNKNOWN when there is none. */
enum stub_type stubs_type_named(const char *type);
/* Whether the text makes something that is not there, for which a schema may be missing. */
bool stubs_schemas(const struct stubs *s);

/* CREATE TABLE statements; schemas that are named are made, too. */
void stubs_sql(const struct stubs *s, struct buf *out);

/* Changes types after an error at this byte. False: there is nothing left to try. */
bool stubs_repair(struct stubs *s, const struct parsed *p, size_t position);

/* ---- for stub_scope.c and stub_expression.c ---- */

#define STUB_NONE ((size_t)-1)

/* The column of the table, added to a table that does not exist; STUB_NONE: it has none such. */
size_t stubs_column(struct stubs *s, size_t table, const char *name, bool add);
size_t stubs_table(const struct stubs *s, const char *schema, const char *name);
void stubs_hint(struct stubs *s, size_t column, enum stub_type type, enum stub_weight weight);
void stubs_alike(struct stubs *s, size_t a, size_t b);
enum stub_type stubs_type(const struct stubs *s, size_t column);

#endif
