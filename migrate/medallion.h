/*
 * medallion.h - private to migrate: a table of a configuration that reads another one (`from`).
 *
 * The ledger says what is new. Each file that is loaded in the source becomes a "file" of this
 * table, named SCHEMA.TABLE#PATH, with the content hash of the source's: what is done is done once,
 * also across kills, and a file that was loaded anew there is taken anew here. Its rows are found
 * by the source's _source_file, so the source needs audit_columns and a strategy that leaves them
 * true (append, merge, scd1); else, and always for an overwrite, the whole source is one such
 * "file", which is other whenever anything in the source's ledger is, and the strategy here must
 * bear a repetition.
 *
 * Rows go by INSERT ... SELECT into the stage, and from there by the strategy, in the transaction
 * of their ledger rows. A later change of `select` or `filter` does not touch what is done.
 */
#ifndef LAKEPORT_MIGRATE_MEDALLION_H
#define LAKEPORT_MIGRATE_MEDALLION_H

#include "migrate/load.h"
#include "migrate/load_config.h"

/* `select` and `filter` are what they should be, and source and strategy fit. Class CONFIG. */
int medallion_check(const struct load_config *c, const struct load_entry *t, struct error *e);

/*
 * As load_table(): `out` is filled, its files included (memory from `a`). 0, or -1: nothing could
 * be done. Never leaves the ledger and the table apart.
 */
int medallion_load(const struct load_run *run, const struct load_config *c,
		   const struct load_entry *t, bool force, struct arena *a, struct load_result *out,
		   struct error *e);

/* True when each file of the source is one of its own here; else all of the source is one. */
bool medallion_by_file(const struct load_config *c, const struct load_entry *t);

/* What that would do: outcomes (LOAD_WAITING: would be loaded). Writes nothing. */
int medallion_plan(const char *dsn, const struct load_config *c, const struct load_entry *t,
		   struct arena *a, struct load_result *out, struct error *e);

/* ---- medallion_sql.c: pure ------------------------------------------------------------------ */

/* One expression of a select list, perhaps with a name; or a condition. Class CONFIG. */
int medallion_check_item(const char *item, struct error *e);
int medallion_check_filter(const char *filter, struct error *e);

/* What an expression calls: names of functions, and in words what has none. Memory from `a`. */
void medallion_calls(const char *expression, struct arena *a, struct names *out);

/*
 * create temp table ... as select STAGE columns, ITEMS from SOURCE where FILTER. With `files`, an
 * array literal: only rows of these.
 */
void medallion_stage_sql(const struct load_config *c, const struct load_entry *t, const char *files,
			 struct buf *sql);

#endif
