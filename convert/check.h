/*
 * check.h - proof that a converted statement is right, as far as it can be had.
 *
 * Five checks, each stronger than the one before:
 *   parses    Postgres' own parser (libpg_query 15) takes the text; no server needed
 *   names     its functions (with the number of arguments), types and operators exist: in the live
 *             server when there is one, else in the catalog of Postgres 15 (names_table.c)
 *   prepares  a live server analyses every statement against real tables, tables of --schema,
 *             tables that the input makes, or stub tables inferred from the statement itself
 *   runs      it is executed: read-only, rolled back, within a time limit; DML only when asked
 *   rows      what it returns is what was expected (golden rows)
 *
 * A check is passed, failed, or not possible (no server, not a query, no golden rows, refused as
 * unsafe); one that stands behind a failed check is not tried. Nothing is ever executed outside a
 * transaction that is rolled back, and the policy of check_safe.c decides on the parsed tree what
 * may be executed at all, so that a hostile text does no harm. Neither decides by text.
 *
 * A checker holds a connection and belongs to one thread; settings are shared and only read. What a
 * result points to belongs to the arena that was given.
 */
#ifndef LAKEPORT_CONVERT_CHECK_H
#define LAKEPORT_CONVERT_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/text.h"

enum check { CHECK_PARSES, CHECK_NAMES, CHECK_PREPARES, CHECK_RUNS, CHECK_ROWS, CHECKS };

enum check_status {
	CHECK_NOT_ASKED, /* or not tried, because one before it failed */
	CHECK_PASSED,
	CHECK_FAILED,
	CHECK_NOT_POSSIBLE, /* could not be tried; the message says why */
};

struct check_result {
	enum check check;
	enum check_status status;
	char sqlstate[6];    /* "" when not from a server or the parser: "42601" */
	const char *message; /* never NULL; "" when passed with nothing to say */
	const char *hint;    /* never NULL; the server's, or what to do next */
	size_t position;     /* byte of the statement, from 1; 0: not known */
};

struct prelude;	    /* tables that the input makes: prelude.h */
struct golden;	    /* rows that were expected: golden.h */
struct golden_pair; /* rows that differ, beside each other */

/* What to check, and against what. All strings outlive the checkers. */
struct check_settings {
	enum check upto;	       /* this check and all before it */
	const char *dsn;	       /* NULL: no live server; "" is libpq's default */
	const char *schema_sql;	       /* DDL, loaded into a schema of the transaction; or NULL */
	const struct prelude *prelude; /* tables of the input, or NULL */
	const char *helper_schema;     /* "lakeport": its functions are made in the transaction when
					  the server does not have them; NULL: none */
	const char *time_zone;	       /* of the session, or NULL: the server's */
	bool stubs;		       /* infer tables that neither server nor schema_sql have */
	bool run_dml;		       /* runs: INSERT, UPDATE, DELETE, MERGE, too */
	int timeout_ms;		       /* of each statement */
	double tolerance;	       /* rows: relative difference of two numbers that are equal */
};
void check_settings_init(struct check_settings *s); /* upto PARSES, stubs, 10 s, 1e-9 */

struct check_input {
	const char *sql;	     /* the converted text; one or several statements */
	const struct golden *golden; /* expected rows, or NULL */
	/*
	 * Asked for them instead, when the text is about to be executed; NULL: nobody is. 1 with
	 * the rows; 0 when there are none, `*why` says why; -1 ends the checks.
	 */
	int (*expect)(void *context, const struct golden **golden, const char **why,
		      struct error *e);
	void *context;
	const char *const *values; /* of $1, $2, ...: text or NULL; NULL: not known */
	size_t value_count;
	uint32_t file, statement; /* its place in the input; 0: not known */
};

struct check_report {
	struct check_result results[CHECKS]; /* by check */
	bool ok;			     /* none failed */
	unsigned passed;		     /* how many */
	size_t stub_tables;		     /* inferred ones that `prepares` needed */
	size_t input_tables;		     /* those of the input that it needed */
	const struct check_result *failed;   /* the first that failed, or NULL */
	const struct golden_pair *pairs;     /* rows: the first that differ */
	size_t pair_count;
	size_t rows_compared; /* rows: how many were expected and compared */
};

struct checker;

/*
 * Connects when the settings name a server, and loads schema_sql. NULL: class CONNECT or REFUSED,
 * or INPUT when schema_sql fails. checker_free() accepts NULL.
 */
struct checker *checker_new(const struct check_settings *s, struct error *e);
void checker_free(struct checker *c);

/*
 * Runs the asked checks in their order and fills `out`. 0, whatever the checks found; -1 only when
 * the server is gone (class CONNECT; one new connection is tried) or the user interrupted.
 */
int check_statement(struct checker *c, struct arena *a, const struct check_input *in,
		    struct check_report *out, struct error *e);

/*
 * Describes tables as the checker sees them, a line each, for a person or a language model:
 * "store_sales(ss_item_sk bigint, ss_sold_on date)". Names as in SQL; tables that are not there,
 * and a checker without a server, add nothing. At most `limit` columns a table.
 */
void checker_describe(struct checker *c, const char *const *tables, size_t n, size_t limit,
		      struct buf *out);

const char *check_name(enum check c); /* "parses" */
/* By the words of --check: parse, names, prepare, run, rows. False: not one of them. */
bool check_find(const char *word, enum check *c);

#endif
