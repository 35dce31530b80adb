/*
 * load_parts.h - private to the load engine (load*.c): what its files share.
 *
 *   load.c          one table: prepare, look, workers, finish
 *   load_prepare.c  the table and its settings against each other, before any file
 *   load_worker.c   a thread with a connection: claims units of files, retries
 *   load_unit.c     one transaction: the files of a unit, their strategy, their ledger rows
 *   load_layout.c   which column of a file goes where
 *   load_hints.c    what to do next about what the server said
 *   load_refused.c  finding the rows that the server does not take
 *   reject.c        rows turned away, kept aside until they go into the quarantine
 */
#ifndef LAKEPORT_MIGRATE_LOAD_PARTS_H
#define LAKEPORT_MIGRATE_LOAD_PARTS_H

#include <pthread.h>

#include "migrate/encode.h"
#include "migrate/load.h"
#include "migrate/reject.h"
#include "migrate/source.h"
#include "migrate/target.h"

struct load {
	const struct load_run *run;
	const struct load_settings *settings;
	struct load_result *out;
	int64_t task;
	struct pg *pg; /* of the thread that called load_table() */
	struct target target;
	char *quarantine;  /* quoted name, or NULL */
	bool pending_keys; /* the table was made and waits for its unique key */
	bool alive_check;  /* second pass */
	size_t *queue;	   /* indexes of files to load, in order */
	size_t queue_count;
	atomic_size_t next; /* of the queue */
	atomic_bool stop;
	atomic_int workers;   /* that still run */
	pthread_mutex_t lock; /* for the totals of `out` */
};

struct worker {
	struct load *load;
	pthread_t thread;
	struct pg *pg;
	struct target target; /* as this worker last saw it */
	bool target_known;
	struct load_times times;
	struct load_rejects reasons;
	struct reject_spool rejects;
	struct error fatal; /* no more can be done by this worker */
};

/* Which column of a file goes where; made for one unit. Belongs to its arena. */
struct layout {
	struct arena arena;
	struct table_shape wanted; /* what the reader fills */
	struct block_type *types;
	bool *plain_json;
	const char **names; /* under which wanted columns are sent: of the target or the stage */
	const struct target_column **columns; /* of the target: wanted, then audit columns */
	size_t column_count;
	struct encode_extra extras[6];
	const char *extra_names[6];
	size_t extra_count;
	struct reader_rules rules;
	bool staged;
};

/*
 * Makes the layout. `found` has the columns of the files, or NULL when nobody looked: then every
 * column of the target is wanted.
 */
int layout_make(struct layout *l, const struct load_settings *s, const struct target *t,
		const struct table_shape *found, bool staged, struct error *e);
void layout_release(struct layout *l);
/* True when the columns of the files have to be known: defaults to be kept, drift to be seen. */
bool layout_needs_shape(const struct load_settings *s, const struct target *t);
/* The same for every row of a file: path, time (us since 1970), run. */
void layout_file(struct layout *l, const char *path, int64_t now_us, const char *run);
/* create temp table lakeport_stage ... */
void layout_stage_sql(const struct layout *l, struct buf *sql);
/* copy ... from stdin (format binary) */
void layout_copy_sql(const struct layout *l, const struct target *t, struct buf *sql);
/* A strategy's view of it. */
void layout_run(const struct layout *l, const struct load_settings *s, const struct target *t,
		struct pg *pg, struct strategy_run *run);

/* Creates or checks the table; fills load->target. */
int load_prepare(struct load *l, struct error *e);
/* Joins the columns of some of the files. Memory from `a`. */
int load_describe(const struct load_settings *s, const struct load_file *files, size_t n,
		  struct arena *a, struct table_shape *shape, struct error *e);
/* Builds the indexes that wait, in one transaction. */
int load_build_indexes(struct load *l, struct error *e);
/* A connection with the settings that a load wants. */
struct pg *load_connect(const char *dsn, const struct load_settings *s, struct error *e);

/* Threads load the queue; returns when it is empty or the load is stopped. */
int load_workers(struct load *l, void (*tick)(void *, const struct load_result *), void *context,
		 struct error *e);

/*
 * One transaction for these files (claimed). 0: committed, the files have their counts; -1: rolled
 * back, or the connection is lost and nobody knows (the ledger does).
 */
int unit_load(struct worker *w, struct load_file **files, size_t n, struct error *e);

/* Gives a failure that the server reported a hint, if it has none. */
void load_add_hint(struct error *e);
/* True for what may go away by itself: lost connections, deadlocks, a full or stopping server. */
bool load_is_retryable(const struct error *e);
/* True for what the server will not do to this table, or not for this user. */
bool load_is_impossible(const struct error *e);
/* True for what the rows themselves are to blame for. */
bool load_is_refusal(const struct error *e);

/*
 * Applies the strategy to the stage that holds these files one behind the other; rows that the
 * server refuses are found, taken out and rejected, and counted in their files. In the caller's
 * transaction.
 */
int refused_apply(struct worker *w, const struct strategy_run *run, struct load_file **files,
		  size_t n, struct strategy_counts *counts, struct error *e);

#endif
