/*
 * prelude.h - private to convert: the tables that the input itself makes, as Postgres statements.
 *
 * A check against a server needs tables. Those that the input creates exactly once, and those of
 * --source-schema, are known, so they are made as they are (without foreign keys), not inferred.
 * A statement sees a table as its own file left it before that statement: CREATE, then the ALTERs
 * before it. Of other files it sees what adds to a table; where another file takes columns away or
 * renames them it is not clear what the statement sees, and the table is left to inference. So is
 * one that is created several times, that was dropped, or whose DDL was not understood.
 *
 * Filled by one thread, then read by all; only the marks of what the server refused change then,
 * and they are atomic. Bounded: PRELUDE_TABLES_MAX names, PRELUDE_BYTES_MAX of SQL,
 * PRELUDE_CHANGES_MAX changes of a table.
 */
#ifndef LAKEPORT_CONVERT_PRELUDE_H
#define LAKEPORT_CONVERT_PRELUDE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "convert/convert.h"

#define PRELUDE_TABLES_MAX  100000
#define PRELUDE_BYTES_MAX   ((size_t)128 << 20)
#define PRELUDE_CHANGES_MAX 64

/* Where a statement stands: files from 1, 0 what was given; statements from 1, 0 not known. */
struct prelude_place {
	uint32_t file, statement;
};

enum prelude_kind {
	PRELUDE_ADDS,	 /* a column, a key, a default: what fitted before still does */
	PRELUDE_TAKES,	 /* a column away, or its name or type */
	PRELUDE_DROPPED, /* no table any more */
	PRELUDE_UNKNOWN, /* it has another name, or nobody knows what became of it */
};

struct prelude_change {
	struct prelude_place at;
	enum prelude_kind kind;
	const char *sql;    /* of ADDS and TAKES */
	atomic_bool failed; /* the server refused it; it is left out */
	struct prelude_change *next;
};

struct prelude_table {
	const char *schema, *name; /* schema "": not qualified */
	struct prelude_place at;
	unsigned created, given; /* how often */
	const char *sql;	 /* CREATE TABLE and the types it needs; NULL: not known */
	bool helpers;		 /* it calls helper functions */
	atomic_bool failed;	 /* the server refused it: it is left to inference */
	struct prelude_change *changes, **last;
	size_t change_count;
	struct prelude_table *next; /* of the same hash */
};

struct prelude *prelude_new(void);
void prelude_free(struct prelude *p); /* accepts NULL */

/* Takes what a statement of the source does to tables; its place is in the settings. */
void prelude_read(struct prelude *p, const struct convert_settings *settings, struct str sql);
/* All statements of DDL that was given. */
void prelude_read_given(struct prelude *p, const struct convert_settings *settings,
			struct str text);

/* The table as a statement at that place sees it; NULL: it is left to inference. */
struct prelude_table *prelude_find(const struct prelude *p, const char *schema, const char *name,
				   struct prelude_place at);
/* Whether it sees this change of the table that was found. */
bool prelude_sees(const struct prelude_table *t, const struct prelude_change *c,
		  struct prelude_place at);

/* prelude_foreign.c: a CREATE TABLE statement of Postgres without its foreign keys. */
void prelude_without_foreign_keys(const char *sql, struct arena *a, struct buf *out);

#endif
