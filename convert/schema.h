/*
 * schema.h - private to convert: what is known of tables: their columns in order, types, keys.
 *
 * A store is filled before anything is converted, statement by statement in the order of the
 * input (CREATE TABLE, CREATE VIEW, ... AS SELECT, ALTER, DROP, RENAME, unique indexes), and from
 * the DDL that was given; then it is only read, by any number of threads, so that an answer does
 * not depend on them. Each change of a table is a version with its place: a statement sees what
 * its own file said before it; else what the other files say, when they agree; else what was given.
 *
 * Bounded: SCHEMA_COLUMNS_MAX columns a table (more: nothing is known of it), SCHEMA_TABLES_MAX
 * tables, SCHEMA_TOTAL_MAX columns in all; what comes then is not kept (schema_full()). All memory
 * belongs to the store. Names are as Postgres keeps them: lower case unless they were quoted.
 */
#ifndef LAKEPORT_CONVERT_SCHEMA_H
#define LAKEPORT_CONVERT_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "convert/convert.h"
#include "convert/tree.h"

#define SCHEMA_COLUMNS_MAX 1600 /* Postgres has no more in a table */
#define SCHEMA_KEYS_MAX	   64
#define SCHEMA_TABLES_MAX  200000
#define SCHEMA_TOTAL_MAX   4000000
/* Of a table in a file; later changes count from the last one on. */
#define SCHEMA_VERSIONS_MAX 16

struct schema_field;

/* A type by what it is in Postgres, and what is inside. */
struct schema_type {
	enum type_code code; /* TYPE_UNKNOWN: not one that rules know */
	struct str source;   /* the source's word, lower case, without arguments: "tinyint"; empty
				when the DDL was Postgres' own */
	const struct schema_type *element; /* of an array; of a map: its values'; or NULL */
	const struct schema_type *key;	   /* of a map, or NULL */
	const struct schema_field *fields; /* of a struct */
	uint32_t field_count;
};

struct schema_field {
	struct str name;
	const struct schema_type *type;
};

enum schema_flags {
	SCHEMA_NOT_NULL = 1,
	SCHEMA_IDENTITY = 2, /* AUTO_INCREMENT and serial, too */
	SCHEMA_GENERATED = 4,
	SCHEMA_DEFAULT = 8,
};

struct schema_column {
	struct str name;
	const struct schema_type *type; /* never NULL */
	uint8_t flags;			/* enum schema_flags */
};

struct schema_key {
	bool primary;
	uint32_t count;
	uint32_t *columns; /* places in the table */
};

struct schema_table {
	struct str schema, name; /* schema empty: not qualified */
	struct schema_column *columns;
	uint32_t count;
	struct schema_key *keys;
	uint32_t key_count;
	uint32_t room, key_room; /* the store's */
	bool view;
	bool moved; /* a column was put before others, which Postgres cannot: it is at the end there
		     */
};

struct schema *schema_new(void);
void schema_free(struct schema *s); /* accepts NULL */

/* Takes what a statement says of tables; its place is in the settings. Others change nothing. */
void schema_read(struct schema *s, const struct convert_settings *settings, struct str sql);
/* Whether it may: its first word says so. Quick. */
bool schema_may_tell(struct str sql);
/* DDL that was given beside the input: all statements of a text in that dialect. */
void schema_read_given(struct schema *s, const struct convert_settings *settings, struct str text);
/* Before it is shared. */
void schema_finish(struct schema *s);
bool schema_full(const struct schema *s);

/* The table of that NAME as a statement at the settings' place sees it, or NULL. */
const struct schema_table *schema_find(const struct convert_settings *settings,
				       const struct node *name);
/* By its name without case, or NULL. */
const struct schema_column *schema_column(const struct schema_table *t, struct str name);
const struct schema_field *schema_field(const struct schema_type *t, struct str name);
/* The primary key, or NULL. */
const struct schema_key *schema_primary(const struct schema_table *t);

/* ---- for schema_read.c ---- */

struct arena *schema_arena(struct schema *s);
struct str schema_copy(struct schema *s, struct str text);
/* The type of a declaration in dialect `d`, in the store's memory. */
const struct schema_type *schema_type_read(struct schema *s, const struct dialect *d,
					   const struct node *type);
/* Same, of a column: Spark's TIMESTAMP is timestamptz there. */
const struct schema_type *schema_type_of_column(struct schema *s, const struct dialect *d,
						const struct node *type);
const struct schema_type *schema_type_plain(struct schema *s, enum type_code code);

/*
 * A new definition of that name: `t` with its columns, or NULL, which says that the table is gone
 * or not known. Gives `t` its names.
 */
void schema_define(struct schema *s, const struct convert_settings *at, const struct node *name,
		   struct schema_table *t);
/* Whether the same file has made the table before. */
bool schema_own(const struct schema *s, const struct convert_settings *at, const struct node *name);
/* The table to change, at this place and from here on; NULL: it is not known. */
struct schema_table *schema_change(struct schema *s, const struct convert_settings *at,
				   const struct node *name);
/* A place for one more; NULL: the table has too many. */
struct schema_column *schema_add_column(struct schema *s, struct schema_table *t);
/* Puts the last column before others. */
void schema_move_column(struct schema_table *t, uint32_t from, uint32_t to);
/* A key of so many columns, which the caller fills in; NULL: too many keys. */
struct schema_key *schema_add_key(struct schema *s, struct schema_table *t, uint32_t columns);

#endif
