/*
 * stats.h - what one worker counts, and how the counts of all workers become one.
 *
 * Identity, to the last one: due = done + failed + skipped, over the transactions whose intended
 * start lies in the timed window; a script's attempts = done + failed. Latency is that of done
 * transactions, from the intended start; in a closed loop this is the moment the connection became
 * free. A worker writes only its own stats; they are merged after it has ended - except for the
 * seconds, which are handed to the main thread one by one through a ring while the run goes on.
 */
#ifndef LAKEPORT_BENCH_STATS_H
#define LAKEPORT_BENCH_STATS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/histogram.h"

#define STATS_FAILURES 64 /* kinds of failure kept apart; more are lumped together */
#define STATS_RING     16 /* seconds that may wait for the main thread */
#define STATS_LOST     "08006"
#define STATS_META     "meta" /* a fault in a script's own commands, not from the server */
#define NO_STATEMENT   UINT32_MAX

struct script_stats {
	uint64_t attempts, done, failed;
	uint64_t late;	  /* done, but after the pattern's time limit */
	uint64_t retried; /* transactions that were tried more than once, however they ended */
	struct histogram latency; /* of done ones */
};

struct phase_stats { /* of a plan; by intended start */
	uint64_t done, failed;
	struct histogram latency;
};

struct statement_stats {
	uint64_t executed, failed;
	struct histogram latency; /* of executed ones that did not fail */
};

struct failure {
	uint32_t script, statement; /* statement may be NO_STATEMENT */
	char sqlstate[6];
	uint64_t count;
	char message[200]; /* the first one seen */
};

struct second {		/* by time of completion */
	uint64_t index; /* from the begin of the window */
	uint64_t done, failed, cpu_ns;
	struct histogram latency;
};

struct second_ring {
	struct second slot[STATS_RING];
	_Atomic uint64_t written;  /* seconds published by the worker */
	_Atomic uint64_t read;	   /* seconds taken by the main thread */
	_Atomic uint64_t complete; /* no second below this index will come any more */
};

struct stats {
	struct script_stats *scripts;
	struct statement_stats *statements;
	struct phase_stats *phases;
	unsigned script_count, statement_count, phase_count;
	struct failure failures[STATS_FAILURES];
	unsigned failure_count;
	uint64_t failures_other;
	uint64_t skipped;	  /* due within the window, never begun */
	struct histogram lag;	  /* open loop: from due to begun, of all that began */
	struct histogram service; /* open loop: from begun to done, of done ones */
	uint64_t retries;	  /* tries that failed and were followed by another */
	struct histogram retry;	  /* the time that those took */
	struct histogram outage;  /* from losing a connection to having it again */
	struct histogram connect;
	uint64_t reconnects, connect_failures;
	uint64_t cpu_ns;    /* of the thread, within the window */
	uint64_t window_ns; /* how long this worker saw the window open */
};

void stats_init(struct stats *s, unsigned scripts, unsigned statements, unsigned phases);
void stats_release(struct stats *s);
void stats_merge(struct stats *into, const struct stats *from);
void second_merge(struct second *into, const struct second *from); /* of the same index */
void stats_failure(struct stats *s, uint32_t script, uint32_t statement, const char *sqlstate,
		   const char *message, uint64_t count);

/*
 * Stats that lie in one piece, to be sent to another process of the same build: stats_flat_size()
 * bytes, which stats_flat() makes usable wherever they have come to lie, with as many scripts,
 * statements and phases as `like`. Zeroed bytes are empty stats; what stats_merge() can put in,
 * stats_merge() can take out.
 */
size_t stats_flat_size(const struct stats *like);
struct stats *stats_flat(void *bytes, const struct stats *like);

#endif
