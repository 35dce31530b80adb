/* verify_parts.h - private to verify*.c: what its files share. */
#ifndef LAKEPORT_MIGRATE_VERIFY_PARTS_H
#define LAKEPORT_MIGRATE_VERIFY_PARTS_H

#include "migrate/load_parts.h"
#include "migrate/verify.h"

#define COPY_TABLE "pg_temp.lakeport_verify"

struct verify {
	const struct load_settings *settings;
	struct pg *pg;
	int64_t task;
	struct target target, copy; /* copy: the same, but of the temporary table */
	struct layout layout;
	struct names columns, keys;
	struct verify_result *out;
	bool current; /* only rows that scd2 marks as current */
};

/* Runs and empties. */
int verify_run(struct verify *v, struct buf *sql, struct error *e);
/* The temporary table, of the target's columns, with the strategy's key. */
int verify_copy(struct verify *v, struct error *e);
/* Chooses what names a row: the strategy's keys, `said`, or the primary key. Class INPUT. */
int verify_keys(struct verify *v, const struct names *said, struct error *e);
/* Compares `columns` of the target with the copy; with out->partial, no row is too many. */
int verify_compare(struct verify *v, struct error *e);

#endif
