/*
 * foreign.h - a query on a database that is not the target, and its rows as text.
 *
 *   postgres://, postgresql://, redshift://USER@HOST:PORT/DB   libpq
 *   mysql://, mariadb://USER@HOST:PORT/DB?socket=PATH&tls=...  libmariadb, loaded when needed
 *   databricks://HOST/WAREHOUSE?catalog=C&schema=S             HTTP, Statement Execution API
 *   odbc:CONNECTION STRING                                     unixODBC, loaded when needed
 *
 * This part asks one read-only query after the other and reads its rows one by one. It plans no
 * parts of tables and fills no blocks: that is migrate's `struct source`, which can stand on it.
 *
 * Each way to a database is a `struct foreign_driver` (foreign_parts.h). A connection belongs to
 * one thread. The session is read-only where the database can have that, and every query is rolled
 * back. A query has a limit of time, from its begin to its last row; when that has passed, or
 * Ctrl-C was pressed, it is cancelled on its server, too.
 *
 * Values come as Postgres would write them, as far as their kind tells: floats with as many digits
 * as bring the same value back, bytes as \x6162, bits as 0101, booleans as the source writes them.
 * Passwords come from the environment, the client's own files (~/.pgpass, ~/.my.cnf) or a command;
 * no name, error or log holds one.
 */
#ifndef LAKEPORT_COMMON_FOREIGN_H
#define LAKEPORT_COMMON_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/text.h"

struct foreign; /* a connection */

enum foreign_kind {
	FOREIGN_TEXT,
	FOREIGN_INTEGER,
	FOREIGN_DECIMAL,
	FOREIGN_FLOAT, /* of 4 bytes */
	FOREIGN_DOUBLE,
	FOREIGN_BOOLEAN,
	FOREIGN_BYTES,
	FOREIGN_BITS,
	FOREIGN_DATE,
	FOREIGN_TIME,	   /* of a day */
	FOREIGN_TIMESTAMP, /* with a zone or without */
	FOREIGN_INTERVAL,
	FOREIGN_JSON, /* objects, maps, and arrays where the source writes them as JSON */
};
const char *foreign_kind_word(enum foreign_kind k); /* "integer" */

struct foreign_column {
	const char *name;
	enum foreign_kind kind;
};

struct foreign_cell {
	const char *text; /* NULL: NULL; ends with NUL, and has none inside */
	size_t length;
};

/* All strings outlive the connection. */
struct foreign_options {
	const char *url;
	const char *password_command; /* or NULL */
	const char *time_zone; /* of the session: "UTC", "Europe/Berlin", "+02:00"; or NULL */
	int timeout_ms;	       /* of a query with its rows; 0: none */
	size_t rows_max;       /* more are not read; 0: all */
};

/* Whether this is a URL of one of the drivers. Class USAGE with those that there are. */
int foreign_check_url(const char *url, struct error *e);

/*
 * Connects. NULL: class CONNECT, REFUSED, CONFIG (a library or a variable is missing; URL). Ctrl-C
 * ends it with INTERRUPTED, as all that follows.
 */
struct foreign *foreign_open(const struct foreign_options *o, struct error *e);
void foreign_close(struct foreign *f); /* accepts NULL */

/*
 * Begins a query; one of before is ended. -1: class SQL when the database says no (SQLSTATE where
 * it gives one; 57014: the limit of time), CONNECT when the connection is lost.
 */
int foreign_query(struct foreign *f, const char *sql, struct error *e);

/* Of the query that was begun; none for what returns no rows. */
size_t foreign_columns(const struct foreign *f, const struct foreign_column **columns);

/*
 * The next row, valid until the next call: 1 with its cells, 0 at the end, -1 as foreign_query().
 * When there are more rows than the limit it ends, too, and foreign_more() is true.
 */
int foreign_next(struct foreign *f, const struct foreign_cell **cells, struct error *e);
bool foreign_more(const struct foreign *f);

/* Ends the query: what it still does at the server is stopped. */
void foreign_end(struct foreign *f);

/* False when the connection is lost and only good for foreign_close(). */
bool foreign_alive(const struct foreign *f);

/* The URL without secrets, for people. */
void foreign_name(const char *url, struct buf *out);

/* "Databricks SQL (tested against a fake of its API)": one line for each driver, for help. */
void foreign_list(struct buf *out);

#endif
