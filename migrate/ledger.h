/*
 * ledger.h - what was loaded, kept in the target beside the data: the schema `lakeport`.
 *
 * One rule gives exactly-once, resume and honest status: the ledger row of a file commits in the
 * transaction that holds the file's rows, never without them. There is no other state.
 *
 *   run    one for every lakeport that loads; it holds an advisory lock on its number as long as
 *          its connection lives, so that others see whether it is alive
 *   task   one for every table that is loaded into
 *   file   one for every file of a task, by its real path: what it was when it was loaded (size,
 *          time of change, SHA-256) and where it is on its way:
 *
 *            pending -> running -> done          and back to pending when it is to be loaded again
 *                          |-> failed -> dead    after too many failures in a row
 *            changed: it is not what was loaded, and a change was not to be followed
 *            replaced: a later overwrite, without it, took its rows away
 *
 *          Its rows are in the table exactly when `loaded_at` is set, whatever its status; size,
 *          time and hash are those of what was loaded
 *
 *   reject rows of a file that were turned away, counted by reason
 *
 * A file is claimed in a transaction of its own (running, with a lease). A claim counts as long as
 * its run is alive and its lease has not run out; while the file is being loaded its row is locked
 * besides. Taking over a claim is therefore never wrong: ledger_done() fails for who lost it, and
 * with it the whole transaction. Every function works on the caller's connection; those that say so
 * are whole transactions, the others belong into the caller's.
 */
#ifndef LAKEPORT_MIGRATE_LEDGER_H
#define LAKEPORT_MIGRATE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/pg.h"

#define LEDGER_VERSION 1
#define LEDGER_HASH    65 /* room for a SHA-256 in hexadecimal */

enum file_status {
	FILE_PENDING,
	FILE_RUNNING,
	FILE_DONE,
	FILE_FAILED,
	FILE_DEAD,
	FILE_CHANGED,
	FILE_REPLACED,
};
const char *file_status_word(enum file_status s);

/* A file as it is on disk, and what the ledger knows of it. */
struct ledger_file {
	const char *path;
	int64_t size, mtime_ns;
	int64_t id;		 /* 0: the ledger does not know it */
	enum file_status status; /* in the ledger */
	int64_t version;	 /* how often it was loaded */
	bool loaded;		 /* rows of it are in the table */
	bool same;		 /* size and time are those of the ledger */
	bool alive;		 /* running: under a lakeport that lives */
	int attempts;		 /* failures in a row */
	double wait_s;		 /* failed: until it may be tried again; < 0: at any time */
	char hash[LEDGER_HASH];	 /* of what was loaded; "" when it never was */
};

struct ledger_counts { /* what one load of a file did */
	int64_t rows, rejects, bytes;
};

/* Makes or upgrades the schema in one transaction. A newer schema than ours: class REFUSED. */
int ledger_install(struct pg *pg, struct error *e);
/* 1: there is a ledger, 0: not. */
int ledger_exists(struct pg *pg, struct error *e);

/* A transaction: the row of this run; its number. `pg` must stay open while the run lives. */
int ledger_run_begin(struct pg *pg, const char *record, const char *verb, int64_t *run,
		     struct error *e);
int ledger_run_end(struct pg *pg, int64_t run, const char *outcome, const char *text, int64_t rows,
		   int64_t files, struct error *e);

/* A transaction: the number of the task for a table, which is made when it is not there. */
int ledger_task(struct pg *pg, const char *schema, const char *table, const char *strategy,
		int64_t *task, struct error *e);
/* The same, but 0 in `task` when there is none. */
int ledger_find_task(struct pg *pg, const char *schema, const char *table, int64_t *task,
		     struct error *e);

/* Fills what the ledger knows of these files. */
int ledger_look(struct pg *pg, int64_t task, struct ledger_file *files, size_t n, struct error *e);
/* A transaction: makes rows (pending) for those that it does not know, then looks. */
int ledger_register(struct pg *pg, int64_t task, struct ledger_file *files, size_t n,
		    struct error *e);
/* The table is gone, and so are the rows of all its files. */
int ledger_forget(struct pg *pg, int64_t task, struct error *e);
/* It is what was loaded, only its time has changed. */
int ledger_touch(struct pg *pg, const struct ledger_file *f, struct error *e);
/* It is not what was loaded. */
int ledger_changed(struct pg *pg, int64_t run, const struct ledger_file *f, struct error *e);

/*
 * A transaction: claims files. Returns how many are now ours and says which; the others are
 * somebody else's, or were loaded meanwhile.
 */
int ledger_claim(struct pg *pg, int64_t run, struct ledger_file *const *files, size_t n,
		 bool *claimed, struct error *e);

/* The statement that locks the claimed row at the begin of the transaction that loads it. */
void ledger_lock_sql(struct buf *sql, int64_t run, const struct ledger_file *f);

/* Waits, as long as lock_timeout allows, until no transaction holds the row of the file. */
void ledger_wait(struct pg *pg, const struct ledger_file *f);

/*
 * The statement that says `done`. It fails (lakeport.mine()) when the claim was lost, so that a
 * commit sent right behind it does not happen.
 */
void ledger_done_sql(struct buf *sql, int64_t run, const struct ledger_file *f, const char *hash,
		     const struct ledger_counts *counts);
/* True for the failure of ledger_done_sql() when the claim was lost. */
bool ledger_claim_lost(const struct error *e);

/*
 * A transaction: the file failed. It is tried again after `wait_s`, or (wait_s < 0) by the next
 * run; with `attempts` failures in a row it is dead.
 */
int ledger_fail(struct pg *pg, int64_t run, struct ledger_file *f, int attempts, double wait_s,
		const struct error *why, struct error *e);
/* A transaction: gives back, untried, every claim of this run on files of the task. */
int ledger_release(struct pg *pg, int64_t run, int64_t task, struct error *e);

/*
 * One writer for tables whose files have an order: 1 it is ours as long as this connection lives, 0
 * another lakeport is at it.
 */
int ledger_lock_task(struct pg *pg, int64_t task, struct error *e);

/* The statements that make the indexes which the table still lacks; empty when none. */
int ledger_pending(struct pg *pg, int64_t task, struct buf *sql, struct error *e);
/* The statement that sets (`sql`: one statement more) or clears (NULL) them. */
void ledger_pending_sql(struct buf *out, int64_t task, const char *sql);

/* How many files have rows in the table. */
int ledger_loaded(struct pg *pg, int64_t task, int64_t *n, struct error *e);
/* The statement behind an overwrite: only files that this run holds have rows in the table now. */
void ledger_replaced_sql(struct buf *out, int64_t run, int64_t task);

/* Adds what a file's rejects were, by reason. */
void ledger_reject_sql(struct buf *out, int64_t run, int64_t file, const char *reason, int64_t rows,
		       int64_t line, const char *example);

#endif
