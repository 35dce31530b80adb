/*
 * helper.h - the SQL functions that some conversions call, as a table.
 *
 * Few, small, in one schema of their own, without access to tables: what Postgres has no expression
 * for. They use nothing but pg_catalog. Those that catch errors start a subtransaction, which
 * Postgres does not allow in parallel work, so they are not parallel safe.
 */
#ifndef LAKEPORT_CONVERT_HELPER_H
#define LAKEPORT_CONVERT_HELPER_H

#include <stddef.h>

enum helper_kind {
	HELPER_SQL,	   /* an expression of its arguments, NULL when one of them is */
	HELPER_SQL_NULLS,  /* the same, but it sees NULLs itself */
	HELPER_TRY,	   /* the expression, or NULL when it fails (SQLSTATE class 22) */
	HELPER_TRY_STABLE, /* the same, of something that depends on settings of the session */
};

struct helper {
	const char *name;
	const char *arguments; /* "ts timestamp, n int" */
	const char *returns;
	enum helper_kind kind;
	const char *expression;
	const char *meaning; /* what it does and for whom, a line */
};

/* Sorted by name; a name may stand twice with other arguments. */
extern const struct helper helpers[];
extern const size_t helper_count;

/* The first of this name; NULL: there is none. */
const struct helper *helper_find(const char *name);

#endif
