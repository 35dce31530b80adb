/*
 * plan.h - a workload file in YAML: what is run, how the load changes over time, what is expected.
 *
 *   title: Evening
 *   patterns:                     # drawn by weight, as -f and -b
 *   - {file: point.sql, weight: 9, think_time_ms: 20, time_limit_ms: 100}
 *   - {builtin: tpcb-like, weight: 1}
 *   phases:                       # one after the other
 *   - name: rise
 *     duration_s: 60
 *     connections: 50
 *     rate: 400                   # transactions a second; left out: a closed loop
 *     ramp_up_s: 30               # from the level before (0 at first); part of the duration
 *     ramp_down_s: 10             # to 0, at the end
 *     spikes: [{start_s: 20, duration_s: 5, connections: 50, rate: 300}]   # on top of the phase
 *   targets: {p99_ms: 50, mean_ms: 10, min_rate: 300, max_failed_percent: 1}
 *
 * Times become one list of segments over which connections and rate change linearly. The number of
 * open connections follows the plan: a connection is opened when its turn comes and closed when it
 * is over. Either all phases have a rate (open loop) or none has.
 */
#ifndef LAKEPORT_BENCH_PLAN_H
#define LAKEPORT_BENCH_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/script.h"
#include "common/error.h"
#include "common/memory.h"

#define PLAN_MAX_PHASES	  100
#define PLAN_MAX_SPIKES	  100 /* of all phases together */
#define PLAN_MAX_SEGMENTS (3 * PLAN_MAX_PHASES + 2 * PLAN_MAX_SPIKES)

struct plan_segment { /* times in ns from the begin of the window; values at its two ends */
	double begin, end;
	double connections_begin, connections_end;
	double rate_begin, rate_end;
};

struct plan_phase {
	const char *name;
	uint64_t begin, end;	  /* ns */
	double connections, rate; /* as asked for, without ramps and spikes */
};

struct plan_pattern {	   /* of the script with the same index */
	uint64_t think_ns; /* closed loop: the pause after each transaction */
	uint64_t limit_ns; /* what takes longer counts as late; 0: none does */
};

enum plan_target { /* rows of plan_target_names */
		   TARGET_MEAN,
		   TARGET_P95,
		   TARGET_P99,
		   TARGET_RATE,
		   TARGET_FAILED,
		   TARGET_COUNT,
};

struct plan {
	struct arena arena;
	const char *title;
	struct script_request *requests;
	struct plan_pattern *patterns;
	size_t pattern_count;
	struct plan_phase *phases;
	size_t phase_count;
	struct plan_segment *segments;
	size_t segment_count;
	double target[TARGET_COUNT]; /* NAN: not set */
	unsigned most_connections;
	uint64_t length; /* ns */
	bool open;	 /* phases have rates */
};

/* Class CONFIG with file, line and column on any fault. */
struct plan *plan_load(const char *path, struct error *e);
void plan_free(struct plan *p); /* accepts NULL */

/* How many connections are to be open at `offset` ns. */
double plan_connections(const struct plan *p, double offset);

/* When, at or after `offset`, connection `rank` (from 0) is to be open; INFINITY: never again. */
double plan_activation(const struct plan *p, unsigned rank, double offset);

/*
 * The time at which `amount` more transactions are due after `offset` when `share` of the rate is
 * ours: the rate is integrated over the segments (so Poisson arrivals at a changing rate are exact,
 * by time rescaling). INFINITY: the plan ends before.
 */
double plan_after(const struct plan *p, double offset, double amount, double share);

/* How many are due between two times, on average: the inverse of plan_after(). */
double plan_amount(const struct plan *p, double from, double to, double share);

/* The phase at `offset`; the last one from the end on. */
size_t plan_phase_at(const struct plan *p, uint64_t offset);

extern const char *const plan_target_names[TARGET_COUNT]; /* for people */

#endif
