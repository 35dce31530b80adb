/*
 * strategy.h - how rows land: from the stage into the target, set by set, in the load's own
 * transaction.
 *
 * A strategy is a struct of functions and a row in the table of strategy.c. It gets a stage (a
 * temporary table with the rows of one file, or a range of them) and writes the target with a few
 * statements; it never sees a file, a block or the ledger. `now()` is the transaction's, one for
 * all rows.
 */
#ifndef LAKEPORT_MIGRATE_STRATEGY_H
#define LAKEPORT_MIGRATE_STRATEGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/pg.h"
#include "migrate/settings.h"
#include "migrate/target.h"

#define STAGE	   "pg_temp.lakeport_stage"
#define STAGE_ROW  "lakeport_row"  /* bigint: rows of the stage in the order of the file, from 0 */
#define STAGE_LINE "lakeport_line" /* bigint: line in the file */
/* text: the delete marker, where the target has no such column */
#define STAGE_MARKER "lakeport_marker"

struct strategy_counts {
	int64_t inserted, updated, deleted, closed;
};

/* What an overwrite has done so far in this transaction; begins as {0}. */
struct strategy_swap {
	bool copy;	 /* a table with the new rows waits to take the target's place */
	bool renamed;	 /* and has taken it */
	uint64_t locked; /* clock_now() since when readers wait; 0: they do not */
	char why[300];	 /* why the target stayed; "" when it was asked for */
};

struct strategy_run {
	struct pg *pg;
	const struct load_settings *settings;
	const struct target *target;
	const struct target_column *
		*columns; /* of the target that the stage has, under its names */
	size_t column_count;
	const char *where; /* which rows of the stage (alias s): "true", "s.lakeport_row < 7" */
	struct strategy_swap *swap; /* overwrite alone; NULL: the target keeps its identity */
};

struct strategy {
	const char *name;
	bool staged;	 /* rows come through a stage, not straight into the target */
	bool ordered;	 /* files one after another in their order, one writer a table */
	bool whole;	 /* all files of the load in one transaction */
	bool keyed;	 /* needs keys */
	bool divisible;	 /* ranges of a stage, applied in order, do what the whole stage does */
	bool repeatable; /* loading a file twice does not leave its rows twice */
	/* Columns of its own in a table that is created; NULL: none. */
	void (*columns)(const struct load_settings *s, struct arena *a, struct table_shape *shape);
	/* Does the target have what it needs? Class INPUT, with what is missing. NULL: nothing. */
	int (*check)(const struct load_settings *s, const struct target *t, struct error *e);
	/* Adds to `counts`. */
	int (*apply)(const struct strategy_run *run, struct strategy_counts *counts,
		     struct error *e);
	/*
	 * The last thing before the commit, behind the ledger's statements: what takes locks that
	 * others feel. NULL: nothing.
	 */
	int (*finish)(const struct strategy_run *run, struct strategy_counts *counts,
		      struct error *e);
	/* What keeps the keys of a table that we made, built when it has its first rows; NULL:
	 * none. */
	void (*unique_key)(const struct load_settings *s, const struct target *t, struct buf *sql);
};

extern const struct strategy strategy_append, strategy_overwrite, strategy_merge, strategy_scd1,
	strategy_scd2;
extern const struct strategy *const strategies[];
extern const size_t strategy_count;
const struct strategy *strategy_find(const char *name); /* NULL: no such */

/*
 * Whether an overwrite of this table will put a new one in its place, as far as can be told before:
 * 1, 0, or -1 (class INPUT: that was asked for, and something hangs on the table).
 */
int strategy_will_rename(struct pg *pg, const struct load_settings *s, const struct target *t,
			 struct error *e);
/* After the commit of an overwrite: says how it was done; adds for how long readers waited. */
void strategy_say_swap(const struct strategy_run *run, uint64_t *locked_ns);

/* ---- what strategies share ---------------------------------------------------------------- */

/* The expression that turns a column of the stage into the target's type: s."a"::mood */
void strategy_value(struct buf *sql, const char *alias, const struct target_column *c);
/* "a", "b" - every column of the run, with an alias when it is not NULL. */
void strategy_names(struct buf *sql, const struct strategy_run *run, const char *alias);
/* The values of every column, to be inserted under strategy_names(). */
void strategy_values(struct buf *sql, const struct strategy_run *run, const char *alias);
/* t."k" = s."k" and ... */
void strategy_join(struct buf *sql, const struct strategy_run *run, const char *t, const char *s);
/* s."k1", s."k2" */
void strategy_keys(struct buf *sql, const struct strategy_run *run, const char *alias);
bool strategy_is_key(const struct strategy_run *run, const char *name);
/* True for a column whose change counts: of `track`, or of all when that is empty. */
bool strategy_is_tracked(const struct strategy_run *run, const char *name);
/* row(s."a", s."b") of the tracked columns, to be compared by IS DISTINCT FROM. */
void strategy_tracked(struct buf *sql, const struct strategy_run *run, const char *alias);
/* Adds one column to a list of row(...) of things that can be compared. */
void strategy_comparable(struct buf *sql, const char *alias, const struct target_column *c);
/* Keys, columns to track and the order column are in the target (class INPUT when not). */
int strategy_check_names(const struct load_settings *s, const struct target *t, struct error *e);
/* True for the columns that say where a row came from. */
bool strategy_is_audit(const char *name);
/* Runs a statement and adds the rows it wrote to `count` (may be NULL). */
int strategy_statement(const struct strategy_run *run, const struct buf *sql, int64_t *count,
		       struct error *e);
/*
 * Selects, sorted by key, the last row of each key (by the order column, then by place in the
 * file), every column as the target's type under its name, and STAGE_ROW. With `extra_key` the last
 * row of each key and value of that column.
 */
void strategy_last(struct buf *sql, const struct strategy_run *run, const char *extra_key);
/* Makes a table of it, for what has to look at it more than once. */
int strategy_make_last(const struct strategy_run *run, const char *extra_key, struct error *e);
#define STAGE_LAST "pg_temp.lakeport_last"

#endif
