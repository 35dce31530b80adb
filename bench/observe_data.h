/*
 * observe_data.h - private to observe*.c: what is asked, and what was answered.
 *
 * observe_samples (observe_queries.c) is the table of what is asked each second. A sample's SQL
 * gives exactly one row, a number for each of its columns; samples of one group make one series of
 * the record. Where versions of Postgres differ, a sample has a row for each range of versions.
 */
#ifndef LAKEPORT_BENCH_OBSERVE_DATA_H
#define LAKEPORT_BENCH_OBSERVE_DATA_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bench/observe.h"
#include "common/pg.h"

#define OBSERVE_COLUMNS	       8   /* of one sample, at most */
#define OBSERVE_WAITS	       100 /* different wait events kept apart */
#define OBSERVE_MISSES	       16  /* things that could not be seen, kept for findings */
#define OBSERVE_TOP	       20  /* rows of the tables */
#define OBSERVE_VERSION_ANY    0
#define OBSERVE_VERSION_NEWEST INT32_MAX

enum observe_kind {
	OBSERVE_LEVEL,	  /* as it is */
	OBSERVE_RATE,	  /* of a counter: its growth a second */
	OBSERVE_RATE_OWN, /* the same, less the statements of the sampler itself */
	OBSERVE_COUNT,	  /* of a counter: its growth */
	OBSERVE_SHARE,	  /* of a counter: 100 * growth / (growth + growth of the next column) */
	OBSERVE_HIDDEN,	  /* only the other side of a share */
};

struct observe_column {
	const char *name, *title, *unit;
	enum better better;
	enum observe_kind kind;
};

struct observe_sample {
	const char *name;  /* for findings: what is asked */
	const char *group; /* the series it goes into */
	int min_version, max_version;
	const char *sql;
	const char *needs;  /* a query that gives 't' when the server has it; NULL: asked at once */
	const char *source; /* where its columns are documented, and when that was read */
	size_t column_count;
	struct observe_column columns[OBSERVE_COLUMNS];
};

struct observe_group { /* a series of the record */
	const char *name, *title;
};

extern const struct observe_sample observe_samples[];
extern const size_t observe_sample_count;
extern const struct observe_group observe_groups[];
extern const size_t observe_group_count;
extern const char observe_waits_sql[], observe_sizes_sql[], observe_privilege_sql[];
extern const char observe_statements_where_sql[];

/* Whether the sample is of this version of Postgres. */
bool observe_sample_fits(const struct observe_sample *s, int version);

/* The query for pg_stat_statements in `schema`, as this version of Postgres names its columns. */
void observe_statements_sql(struct buf *out, const char *schema, int version);
void observe_texts_sql(struct buf *out, const char *schema);

struct observe_wait {
	char type[40], event[64];
	uint64_t count;
};

/* A counter set by key, at the begin and at the end: a statement, or a table. */
#define OBSERVE_FIGURES 6
struct observe_item {
	char key[64];
	char *label; /* owned; may be NULL */
	double begin[OBSERVE_FIGURES], end[OBSERVE_FIGURES];
	bool at_begin, at_end;
};

struct observe_items {
	struct observe_item *items;
	size_t count, capacity;
	bool begun, ended; /* both looks succeeded */
};

struct observe_miss {
	char object[64], evidence[300], fix[300];
};

struct observer {
	_Atomic uint64_t window;  /* when it opens; 0: not known yet */
	_Atomic uint64_t stop_at; /* when the run ended; 0: it goes on */
	pthread_t thread;
	char *dsn;

	/* The thread's own: */
	struct pg *pg;
	char *combined; /* all samples that work as one statement */
	char *statements_schema;
	uint64_t own; /* statements executed */
	bool probed, looked;

	/* Written by the thread under the lock; read by observe_stop(). */
	pthread_mutex_t lock;
	pthread_cond_t changed; /* stop_at was set, or the thread has ended */
	bool ended;
	int references; /* the thread and the run: the last one frees */
	bool abandoned; /* the run did not wait any longer: nothing is added any more */
	bool working[32];
	int version;
	size_t width; /* of a row: the columns of all working samples, time and own before them */
	double *rows;
	size_t row_count, row_capacity;
	struct observe_wait waits[OBSERVE_WAITS];
	size_t wait_count;
	struct observe_items statements, tables;
	struct observe_miss misses[OBSERVE_MISSES];
	size_t miss_count;
	unsigned lost, late;
	uint64_t spent_ns;
};

#define OBSERVE_ROW_TIME   0 /* s since the window opened */
#define OBSERVE_ROW_SECOND 1 /* which look it is: k, at the end of second k - 1 */
#define OBSERVE_ROW_OWN	   2
#define OBSERVE_ROW_LAST   3 /* 1: looked after the run, when its sessions were idle or gone */
#define OBSERVE_ROW_HEAD   4

/* observe_look.c: one look at a time; false: the connection is gone. */
bool observe_probe(struct observer *o);
void observe_miss(struct observer *o, const char *object, const char *evidence, const char *fix);
bool observe_tick(struct observer *o, uint64_t begin, uint64_t second);

/* For those two: asks, and counts the statement as the sampler's own. */
struct pg_result *observe_ask(struct observer *o, const char *sql, const char *const *values, int n,
			      struct error *e);
bool observe_survives(const struct error *e); /* the connection can still be used */
void observe_miss_sample(struct observer *o, const char *object, const struct error *e);
double observe_number_of(const char *text); /* NAN: it is none */

/* observe_snapshot.c: false: the connection is gone. */
bool observe_snapshot(struct observer *o, bool at_end);

/* observe_record.c: adds everything to the record; called under the lock. */
void observe_record(const struct observer *o, const struct engine_result *result,
		    struct record *record);

#endif
