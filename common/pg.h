/*
 * pg.h - Postgres connections for everything that is not timed.
 *
 * libpq stays behind this file, bench/connect.c and bench/wake_connect.c. A DSN is a libpq URI or
 * conninfo string; what it does not say comes from the PG* environment, as with every libpq
 * program. We add application_name=lakeport, connect_timeout=10 and client_encoding=UTF8 unless the
 * user says otherwise, and gssencmode=disable (own frames cannot be sent through GSS encryption).
 *
 * Waiting has a limit: each statement gets the connection's deadline (pg_deadline), after which it
 * is cancelled. Results are text. Strings in a result belong to the result.
 */
#ifndef LAKEPORT_COMMON_PG_H
#define LAKEPORT_COMMON_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/password.h"
#include "common/text.h"

struct pg;	  /* a connection */
struct pg_result; /* the rows of one statement */

/*
 * Keyword and value arrays for PQconnect*Params; they point into static memory, `dsn` and
 * `password`: the newest one of the DSN's password command, if it has one. Whoever is done with
 * them calls pg_params_wipe().
 */
#define PG_PARAMS_MAX 12
struct pg_params {
	const char *keyword[PG_PARAMS_MAX], *value[PG_PARAMS_MAX];
	bool has_dsn;		  /* the dsn is among them, to be expanded */
	unsigned password_number; /* of password.h; 0: none */
	char password[PASSWORD_MAX];
};
void pg_params(struct pg_params *p, const char *dsn);
void pg_params_wipe(struct pg_params *p);

/*
 * What `dsn` or else the PG* environment says about a keyword of libpq ("host", "user"); "" when
 * they say nothing.
 */
void pg_dsn_part(const char *dsn, const char *keyword, char *out, size_t size);

/*
 * The server refused this password, or any: with a password command, a newer one may help. True
 * when there is one to ask for.
 */
bool pg_password_refused(const struct error *e);

/*
 * Class CONNECT (unreachable, retryable) or REFUSED (password, database, limit), with SQLSTATE;
 * INTERRUPTED when a signal comes meanwhile. A password that is refused is fetched anew once, where
 * there is a command for it.
 */
struct pg *pg_connect(const char *dsn, struct error *e);
void pg_close(struct pg *pg); /* accepts NULL */

/*
 * Turns what libpq said about a failed connection attempt into an error: class CONNECT or
 * REFUSED, SQLSTATE where the text gives it away, a hint. For bench, which connects by itself.
 */
int pg_connect_failure(const char *message, struct error *e);

/* Statements of this connection are cancelled after so many ms; 0: never. Default 0. */
void pg_deadline(struct pg *pg, int ms);

/*
 * From now on Ctrl-C ends the wait for a statement: it is cancelled, the error is of class
 * INTERRUPTED, and the connection is only good for pg_close().
 */
void pg_interruptible(struct pg *pg);

/* Runs one statement with text parameters ($1...). Class SQL on failure. pg_free() the result. */
struct pg_result *pg_query(struct pg *pg, const char *sql, const char *const *values, int n,
			   struct error *e);
void pg_free(struct pg_result *r); /* accepts NULL */
int pg_rows(const struct pg_result *r);
const char *pg_value(const struct pg_result *r, int row, int column); /* NULL for SQL NULL */
int pg_columns(const struct pg_result *r);
const char *pg_column(const struct pg_result *r, int column);	/* its name */
unsigned pg_column_type(const struct pg_result *r, int column); /* its OID in pg_type */
int64_t pg_affected(const struct pg_result *r);			/* rows that the statement wrote */

/* Runs a statement (or several, without parameters) whose rows do not matter. */
int pg_exec(struct pg *pg, const char *sql, struct error *e);

/* Parses a statement under a name, as the extended protocol does: any statement, $1... allowed. */
int pg_prepare(struct pg *pg, const char *name, const char *sql, struct error *e);

/* The number of parameters of a prepared statement, or -1. */
int pg_parameters(struct pg *pg, const char *name, struct error *e);

/* One value of one row as text (caller frees); NULL with class SQL when there is no such row. */
char *pg_scalar(struct pg *pg, const char *sql, struct error *e);

/* COPY ... FROM STDIN: begin, send any number of pieces, then end (or end with an abort reason). */
int pg_copy_begin(struct pg *pg, const char *sql, struct error *e);
int pg_copy_send(struct pg *pg, const char *data, size_t n, struct error *e);
int pg_copy_end(struct pg *pg, const char *abort_reason, struct error *e);

/*
 * True when the server has said something while rows are still being sent: as a rule why it takes
 * no more of them. What it is shows in pg_copy_end(), which should then be given an abort reason.
 */
bool pg_copy_answered(struct pg *pg);

/* Appends a quoted identifier, or a quoted literal. */
void pg_quote_identifier(struct buf *out, const char *name);
void pg_quote_literal(struct buf *out, const char *value);

int pg_server_version(const struct pg *pg); /* 150020 */
const char *pg_host(const struct pg *pg);   /* host or socket folder, for messages */
const char *pg_database(const struct pg *pg);
const char *pg_user(const struct pg *pg);
bool pg_uses_tls(const struct pg *pg);

/* The server's process of this connection, as in pg_stat_activity. */
int pg_backend(const struct pg *pg);

/* False when the connection is lost and only good for pg_close(). */
bool pg_alive(const struct pg *pg);

/* Asks a running statement of this connection to stop; callable from another thread. */
void pg_cancel(struct pg *pg);

#endif
