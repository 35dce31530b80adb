/*
 * target.h - the table that is loaded into: what it is, and making it.
 *
 * A struct target is what pg_catalog said at one moment; it owns its memory. Columns whose binary
 * form we do not write are sent as text and cast on their way out of a stage (`direct` false).
 */
#ifndef LAKEPORT_MIGRATE_TARGET_H
#define LAKEPORT_MIGRATE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/pg.h"
#include "migrate/settings.h"
#include "migrate/source.h"

#define NAME_MAX_BYTES 63 /* of a name in Postgres, NAMEDATALEN - 1 */
#define COLUMNS_MAX    1600

struct target_column {
	const char *name;
	const char *type_name;	/* as SQL: "character varying(10)", "sales.mood" */
	const char *cast_name;	/* the same without limits: a cast would cut, assignment refuses */
	struct block_type type; /* what it is decoded into */
	bool direct;		/* COPY into the target takes the binary form of `type` */
	bool cast;		/* text must be cast to the type when it comes from a stage */
	bool plain_json;	/* json, not jsonb */
	bool not_null, generated;
	bool has_default;     /* a default, or an identity: not to be sent when a file lacks it */
	bool identity_always; /* INSERT needs OVERRIDING SYSTEM VALUE */
	bool domain;
};

struct target {
	const char *schema, *table;
	const char *quoted; /* "schema"."table" */
	uint32_t oid;
	struct target_column *columns;
	size_t column_count;
	bool empty;
	bool keyed;    /* a unique index on exactly the keys of the settings */
	bool identity; /* some column is identity_always */
	bool partitioned;
	bool row_security; /* policies hold for this user: COPY is refused */
	struct arena arena;
};

/* 1: filled; 0: there is no such table; -1: it is no table, or we may not write it. */
int target_read(struct pg *pg, const struct load_settings *s, struct target *t, struct error *e);
void target_release(struct target *t); /* accepts {0} */

/* By exact name; with `any_case`, else by the only one that differs in case alone. NULL: none. */
const struct target_column *target_find(const struct target *t, const char *name, bool any_case);

/* Names too long or twice, too many columns (class INPUT, each named). */
int target_check_names(const struct table_shape *shape, struct error *e);

/*
 * Creates the schema, if need be, and the table with these columns and those that the strategy, the
 * audit and the rescue settings add. In the caller's transaction.
 */
int target_create(struct pg *pg, const struct load_settings *s, const struct table_shape *shape,
		  struct error *e);

/* The type as SQL: "numeric(10,2)". */
void target_type_sql(struct buf *sql, struct block_type type);

/*
 * What the columns of a file (`found`) ask of the target under the settings' drift rule: columns to
 * add, types to widen. Runs the ALTER TABLE in the caller's transaction and returns how many
 * columns were changed (the caller reads the target again), or -1; DRIFT_FAIL: class INPUT, naming
 * them. What was done is appended to `report` ("added 'x' bigint").
 */
int target_drift(struct pg *pg, const struct load_settings *s, const struct target *t,
		 const struct table_shape *found, struct buf *report, struct error *e);

#define AUDIT_FILE "_source_file"
#define AUDIT_TIME "_load_timestamp"
#define AUDIT_RUN  "_batch_id"
#define AUDIT_LINE "_line"

#endif
