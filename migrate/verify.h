/*
 * verify.h - private to migrate: is a table what its files, or the table it reads, say?
 *
 * The loaded files are read once more, by the same readers and through the same strategy, into a
 * temporary table beside the target, in one repeatable-read transaction that is rolled back. Both
 * sides are then counted and hashed (a sum of row hashes, so that order does not matter); only when
 * these differ are the rows looked for: by key where there is one, else as a multiset.
 *
 * Compared are the columns that the files fill, exactly as the server prints them: floats too, for
 * both sides hold the same bytes, so there is no tolerance. Not compared are the audit columns,
 * generated columns, those that files lack, and scd2's times unless they come from a column.
 *
 * A table that reads another one (`from`) is computed again from that table as it is now, file by
 * file in the order in which the ledger says they came; of an scd2 the current rows are compared.
 * Where rows of the source may have changed or gone since they were read (it is no append, or they
 * were read more than once), what is there now must be in the table, but what more is there is not
 * judged (`partial`). Columns whose expression gives another value each time (random, now) are left
 * out, and so is a table whose filter does.
 */
#ifndef LAKEPORT_MIGRATE_VERIFY_H
#define LAKEPORT_MIGRATE_VERIFY_H

#include "migrate/load.h"
#include "migrate/load_config.h"

struct verify_difference {
	const char *kind;   /* "changed", "missing" (in the table), "extra" */
	const char *key;    /* "id=7", or the row when there is no key */
	const char *column; /* "" unless changed */
	const char *want, *have;
};

struct verify_result {
	bool equal;
	int64_t files, files_waiting; /* read; not loaded yet, and so left out */
	int64_t want_rows, have_rows; /* files, table */
	int64_t rejects; /* rows of files that do not fit; the load left them out, too */
	bool keyed;
	bool partial;			       /* rows that only the table has are no difference */
	const char *not_compared;	       /* why nothing was compared, or NULL */
	struct names left_out;		       /* columns that cannot be computed again */
	struct verify_difference *differences; /* the first of them */
	size_t count;
	struct arena arena;
};
void verify_release(struct verify_result *r);

/* `keys` (may be empty) name a row when the settings have no keys; else the primary key does. */
int verify_table(const char *dsn, const struct load_settings *s, const struct names *keys,
		 struct load_file *files, size_t n, struct verify_result *out, struct error *e);

/* The same for a table of a configuration that reads another one. */
int verify_from(const char *dsn, const struct load_config *c, const struct load_entry *t,
		const struct names *keys, struct verify_result *out, struct error *e);

#endif
