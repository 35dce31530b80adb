/*
 * verify.h - private to migrate: is a table what its files say?
 *
 * The loaded files are read once more, by the same readers and through the same strategy, into a
 * temporary table beside the target, in one repeatable-read transaction that is rolled back. Both
 * sides are then counted and hashed (a sum of row hashes, so that order does not matter); only when
 * these differ are the rows looked for: by key where there is one, else as a multiset.
 *
 * Compared are the columns that the files fill, exactly as the server prints them: floats too, for
 * both sides hold the same bytes, so there is no tolerance. Not compared are the audit columns,
 * generated columns, those that files lack, and scd2's times unless they come from a column.
 */
#ifndef LAKEPORT_MIGRATE_VERIFY_H
#define LAKEPORT_MIGRATE_VERIFY_H

#include "migrate/load.h"

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
	struct verify_difference *differences; /* the first of them */
	size_t count;
	struct arena arena;
};
void verify_release(struct verify_result *r);

/* `keys` (may be empty) name a row when the settings have no keys; else the primary key does. */
int verify_table(const char *dsn, const struct load_settings *s, const struct names *keys,
		 struct load_file *files, size_t n, struct verify_result *out, struct error *e);

#endif
