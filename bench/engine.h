/*
 * engine.h - the load engine: threads x epoll, connections spread evenly, nothing blocking.
 *
 * engine_run() connects and prepares everything, opens the timed window only then, keeps every
 * connection busy (closed loop) or offers transactions at a rate (open loop, arrival.h), closes the
 * window, lets what is under way finish, and hands back the merged counts. Latency counts from
 * when a transaction was *due*; in the closed loop that is when its connection was free.
 *
 * Every wait has a limit: connecting (connect_timeout of the DSN), the drain at the end
 * (`drain_ns`, then statements are cancelled, then connections closed).
 */
#ifndef LAKEPORT_BENCH_ENGINE_H
#define LAKEPORT_BENCH_ENGINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bench/arrival.h"
#include "bench/message.h"
#include "bench/plan.h"
#include "bench/script.h"
#include "bench/stats.h"
#include "common/error.h"
#include "common/record.h"

#define ENGINE_MAX_CONNECTIONS 20000
#define ENGINE_MAX_THREADS     1024

/*
 * What a process that shares its load with others (many.h) hangs into the run. All are called by
 * the thread that called engine_run().
 */
struct engine_hooks {
	/* Every connection is up: returns when the load may begin, -1 when it may not. */
	int (*ready)(void *context, struct error *e);
	/* With stop_on_error, now and then: whether this run has failed; true: end it. */
	bool (*stop)(void *context, bool failed);
	/* Each second of the window, in order and complete. */
	void (*second)(void *context, const struct second *s);
	void *context;
};

struct engine_options {
	const char *dsn;
	const struct workload *workload;
	unsigned connections, threads;
	enum protocol protocol;
	uint64_t warmup_ns;
	uint64_t duration_ns;		    /* 0: until each connection has done `transactions` */
	uint64_t transactions;		    /* of each connection; 0: no limit */
	const struct arrival_kind *arrival; /* NULL: closed loop */
	double rate;			    /* open loop: transactions a second, over all */
	uint64_t max_lag_ns;		    /* open loop: later ones are skipped; 0: none are */
	const struct plan *plan; /* phases; connections, duration and rate come from it. Or NULL */
	uint64_t drain_ns;	 /* for what is under way when the window closes */
	unsigned statement_timeout_ms; /* 0: none */
	uint64_t seed;
	int64_t scale, default_seed; /* the variables of these names */
	unsigned max_tries; /* of a transaction that meets a serialization failure or deadlock */
	bool connect_each;  /* a new connection for each transaction */
	uint64_t spin_ns;   /* stay awake so long before a transaction is due */
	bool io_uring;	    /* send and receive through io_uring, where the kernel lets us */
	bool poll;	    /* never sleep: a core for each thread, no wake-ups in the latency */
	bool stop_on_error;
	bool can_defer; /* statements that do not prepare at first are tried again when needed */
	bool progress;
	_Atomic uint64_t *window_opens;	  /* is told when (clock_now()); NULL: nobody asks */
	const struct engine_hooks *hooks; /* NULL: alone. Else an interrupt leaves no time */
	unsigned process, processes;	  /* with hooks: which one we are, of how many */
	unsigned all_connections;	  /* with hooks: of all processes */
	unsigned first_client;		  /* the number of our first connection among all */
};

struct engine_second {
	double rate, failed, p50_us, p95_us, p99_us, mean_us, cpu_share;
};

struct engine_result {
	struct stats total;
	double *busy_share; /* of each thread within the window, 0 to 1 */
	unsigned thread_count;
	struct engine_second *seconds;
	size_t second_count, second_capacity;
	uint64_t begin;		  /* when the load began, clock_now() */
	uint64_t window_ns;	  /* how long the window was open */
	uint64_t in_window;	  /* transactions completed within the window */
	struct histogram latency; /* of all scripts together */
	bool interrupted, stopped_by_error;
	struct error first_error; /* the one that stopped the run */
};

/* -1 when the run could not start; a run that started always gives a result. */
int engine_run(const struct engine_options *o, struct engine_result *result, struct error *e);
void engine_result_release(struct engine_result *r);

/* Appends a second that lasted `length` seconds and was made by so many threads. */
void engine_add_second(struct engine_result *r, const struct second *s, double length,
		       unsigned threads);

#endif
