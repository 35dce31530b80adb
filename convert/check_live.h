/*
 * check_live.h - private to convert: the checks that ask a live server.
 *
 * One transaction is open as long as the connection: it holds a schema of its own (first in the
 * search path) with the tables of --schema, and is never committed. Each statement is checked
 * behind a savepoint to which everything is rolled back. So nothing ever stays, even when the
 * program or the machine dies.
 */
#ifndef LAKEPORT_CONVERT_CHECK_LIVE_H
#define LAKEPORT_CONVERT_CHECK_LIVE_H

#include "common/pg.h"
#include "convert/check.h"
#include "convert/check_tree.h"
#include "convert/stub.h"

struct live {
	const struct check_settings *settings;
	struct pg *pg;
	char schema[64];     /* where tables are made; "" when this user may make none */
	bool server_helpers; /* the server has the helper functions */
	bool schema_each;    /* --schema names schemas: it is loaded for each statement */
	const char *helper_sql;
	struct buf text; /* for statements; kept to be filled again */
};

/* What is known of one text while it is checked. */
struct live_text {
	const struct parsed *parsed;
	const struct check_input *input;
	struct check_report *report;
	struct arena *arena;
	struct stubs stubs;
	bool helpers;		     /* it calls functions of the helper schema */
	const struct golden *golden; /* expected rows, once they are known; or NULL */
	const char *no_golden;	     /* why there are none */
	bool parameters;	     /* it has some */
	bool ended;		     /* who was asked for the rows ended the checks */
	struct arena rows;	     /* what is read to be compared */
};

int live_open(struct live *l, struct error *e);
void live_close(struct live *l);

/*
 * Checks `prepares` and, when asked for, `runs` and `rows`. 0, whatever is found; -1 when the
 * connection is lost or the user interrupted; live_close() is then all that can be done.
 */
int live_check(struct live *l, struct live_text *t, struct error *e);

/* Runs statements behind a savepoint: when they fail it is as if they had not been tried. */
int live_try(struct live *l, const char *sql, struct error *e);

/* check_prelude.c: makes the tables of the input that are missing; how many, or -1. */
int live_prelude(struct live *l, struct live_text *t, struct error *e);

/* One result of a check, from an error of the server. */
void live_failed(struct live_text *t, enum check check, const struct pgtree_statement *s,
		 const struct error *e, size_t prefix);
void live_impossible(struct live_text *t, enum check check, const char *message);

/* -1 when the error ends the connection's use: it is gone, or Ctrl-C. */
int live_fatal(const struct live *l, const struct error *e);

/* check_run.c: executes the statements and compares rows; the transaction is read-only. */
int live_run(struct live *l, struct live_text *t, struct error *e);

/* Which of these functions the server calls volatile and not written in SQL; NULL: none. */
const char *live_harmful(struct live *l, struct live_text *t, const char **why, struct error *e);

/* Whether the relation was made by the check itself. */
bool live_owns(struct live *l, const char *schema, const char *name);

/* "name(column type, ...)", a line; nothing when it is not there. */
void live_describe(struct live *l, const char *table, size_t limit, struct buf *out);

#endif
