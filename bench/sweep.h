/*
 * sweep.h - private to bench: the steps of a sweep, and how they become a record.
 */
#ifndef LAKEPORT_BENCH_SWEEP_H
#define LAKEPORT_BENCH_SWEEP_H

#include "bench/engine.h"
#include "bench/slo.h"

#define SWEEP_LIST_MAX 64 /* values in --connections or --rates */

struct sweep_step {
	unsigned connections;
	double offered; /* transactions a second; 0: closed loop */
	bool searched;	/* by the search, not from the list */
	double done, failed, skipped, completed, window_s, busy_share;
	struct histogram latency;
	struct judgement judged; /* when there is an objective and the loop is open */
	bool real_failures;	 /* other than serialization failures and deadlocks */
	char failure[200];	 /* the first one; "" */
};

struct sweep {
	struct engine_options engine; /* what all steps have in common */
	double connections[SWEEP_LIST_MAX], rates[SWEEP_LIST_MAX];
	size_t connection_count, rate_count; /* rate_count 0: a closed loop */
	const struct arrival_kind *arrival;
	bool has_slo;
	struct slo slo;
	uint64_t step_ns, step_max_ns;
	struct search search;
	struct sweep_step **steps;
	size_t step_count, step_capacity;
	bool interrupted;
	struct error stopped; /* why the sweep ended early; class NONE: it did not */
};

static inline double sweep_rate(const struct sweep_step *s)
{
	return s->window_s > 0 ? s->completed / s->window_s : 0;
}

/* "8 connections", "500/s". Returns `out`. */
char *sweep_step_name(const struct sweep_step *s, char *out, size_t size);

/* Adds metrics, histograms, the table and findings; sets outcome and exit status. */
void sweep_record(struct record *r, const struct sweep *sweep);

#endif
