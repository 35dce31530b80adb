/*
 * settings.h - what a load of one table was asked to do.
 *
 * Filled by the command line or a configuration file; nothing in it is changed by a load. Texts
 * belong to whoever filled it and must live as long as the load.
 */
#ifndef LAKEPORT_MIGRATE_SETTINGS_H
#define LAKEPORT_MIGRATE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "migrate/source.h"

enum bad_row_policy { BAD_ROW_FAIL, BAD_ROW_QUARANTINE, BAD_ROW_SKIP };
enum drift { DRIFT_NONE, DRIFT_ADD_COLUMNS, DRIFT_RESCUE, DRIFT_FAIL, DRIFT_WIDEN };
enum on_changed { ON_CHANGED_SKIP, ON_CHANGED_RELOAD, ON_CHANGED_ERROR };
enum swap { SWAP_AUTO, SWAP_RENAME, SWAP_TRUNCATE, SWAP_DELETE };

extern const char *const bad_row_words[], *const drift_words[], *const on_changed_words[];
extern const char *const date_order_words[], *const swap_words[];

struct names {
	const char **items;
	size_t count;
};
bool names_have(const struct names *n, const char *name);

struct strategy;

struct load_settings {
	const char *schema, *table;
	const struct strategy *strategy;
	struct names keys;			  /* of merge, scd1, scd2; in their order */
	struct names track;			  /* empty: every column that is not a key */
	const char *order_by;			  /* NULL: as the rows stand in their files */
	const char *delete_column, *delete_value; /* merge: rows that mean "delete this key" */
	bool close_missing; /* scd2: a file is the whole truth, keys that it lacks are closed */
	const char *effective_column, *end_column, *current_column; /* scd2 */
	struct table_shape given; /* the columns to create the table with; none: look at files */
	enum bad_row_policy on_bad_row;
	int64_t bad_row_limit;	/* of one file; -1: no limit */
	double bad_row_percent; /* of the rows of one file; above 100: no limit */
	enum drift drift;
	enum on_changed on_changed;
	enum swap swap;	    /* overwrite: how the new rows take the place of the old ones */
	bool force;	    /* load again what is loaded already */
	bool audit_columns; /* _source_file, _load_timestamp, _batch_id, _line */
	bool dry_run;
	int jobs;	     /* files loaded at the same time, each on a connection */
	int attempts;	     /* after so many failures in a row a file is dead */
	double retry_s;	     /* the first wait before a retry; it doubles, up to RETRY_MAX_S */
	int lock_timeout_ms; /* for a lock on the target */
	struct source_options source;
};

#define RETRY_MAX_S   60.0

#define RESCUE_COLUMN "_rescued_data"

void load_settings_init(struct load_settings *s);

/* What cannot be asked for together, or is missing (class USAGE). */
int load_settings_check(const struct load_settings *s, struct error *e);

#endif
