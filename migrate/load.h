/*
 * load.h - loads files into one table: the load engine's public face within migrate.
 *
 * load_run_begin() opens the ledger and says "I am alive" in it; then any number of load_table(),
 * also from several threads at the same time; then load_run_end(). load_table() prepares the table,
 * asks the ledger which of the files are to be loaded, and loads each in a transaction that also
 * writes its ledger row, with as many connections as the settings allow.
 */
#ifndef LAKEPORT_MIGRATE_LOAD_H
#define LAKEPORT_MIGRATE_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "migrate/block.h"
#include "migrate/ledger.h"
#include "migrate/server_cpu.h"
#include "migrate/settings.h"
#include "migrate/strategy.h"

struct load_run {
	const char *dsn;
	const char *record; /* id of the run record; goes into _batch_id, too */
	struct pg *pg;	    /* holds the run's lock, nothing else */
	int64_t number;
	struct server_cpu server;
};

/* Class CONNECT, REFUSED or SQL. */
int load_run_begin(struct load_run *run, const char *dsn, const char *record, const char *verb,
		   struct error *e);
/* `outcome` is the record's word; `error` may be NULL. Accepts a run that never began. */
void load_run_end(struct load_run *run, const char *outcome, const char *error, int64_t rows,
		  int64_t files);

/* What became of a file. */
enum load_outcome {
	LOAD_WAITING,	/* not reached: the load was stopped */
	LOAD_DONE,	/* loaded by this run */
	LOAD_SKIPPED,	/* loaded before, and the same */
	LOAD_CHANGED,	/* changed after it was loaded, and that was not to be followed */
	LOAD_ELSEWHERE, /* another lakeport has it, or had it */
	LOAD_FAILED,
	LOAD_DEAD, /* failed too often; not tried */
};
const char *load_outcome_word(enum load_outcome o);

struct load_file {
	struct ledger_file ledger; /* .path, .size, .mtime_ns are set by the caller */
	enum load_outcome outcome;
	bool reload; /* its rows are in the table and have to go first */
	struct ledger_counts counts;
	int64_t sent;			/* rows, before the server refused any */
	struct strategy_counts written; /* of the unit, in its first file */
	double seconds;
	int retries;
	struct error error; /* why it failed */
};

struct load_times { /* ns, summed over threads; they overlap */
	uint64_t read, encode, send, merge, commit;
};

struct load_rejects {
	int64_t rows[REJECT_REASON_COUNT];
};

struct load_result {
	struct load_file *files; /* the caller's, in the order of loading */
	size_t file_count;
	int64_t rows, rejects, bytes; /* of this run */
	struct strategy_counts written;
	struct load_times times;
	struct load_rejects reasons;
	bool created;	     /* the table was made */
	double index_s;	     /* building what was missing */
	uint64_t locked_ns;  /* how long an overwrite kept readers out */
	atomic_ullong input; /* bytes of files read so far; may be read while the load runs */
	uint64_t input_total;
	struct buf left_out; /* names of columns of a file that nothing took */
	struct buf changes;  /* of the table, in words: "added 'x' bigint" */
};
void load_result_release(struct load_result *r);

/*
 * Loads. `out->files` are given with real paths; everything else in `out` is filled. `tick` (may be
 * NULL) is called a few times a second while it runs, by this thread. 0: every file has an outcome,
 * which may be a failure; -1: nothing could be done (the target is not there or not fit, the
 * ledger, the connection), or the load was interrupted (class INTERRUPTED; what is committed
 * stays).
 */
int load_table(const struct load_run *run, const struct load_settings *s, struct load_result *out,
	       void (*tick)(void *context, const struct load_result *out), void *context,
	       struct error *e);

/*
 * Says what load_table() would do, from what is there: outcomes of files (LOAD_WAITING: would be
 * loaded). Writes nothing.
 */
int load_plan(const char *dsn, const struct load_settings *s, struct load_result *out,
	      struct error *e);

#endif
