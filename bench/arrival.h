/*
 * arrival.h - when transactions are due: the load that is offered.
 *
 * In a closed loop a transaction is due when its connection is free. In an open loop due times are
 * drawn from a process that knows nothing of the server, and latency counts from there: a server
 * that stalls finds the requests of that time waiting, as production would. Due times are made
 * one by one, in order, so a backlog of any length needs no memory.
 *
 * Poisson: independent exponential gaps, as users who know nothing of each other. Constant: equal
 * gaps. Several workers offer a share each; the sum of Poisson processes is one of the sum's rate.
 */
#ifndef LAKEPORT_BENCH_ARRIVAL_H
#define LAKEPORT_BENCH_ARRIVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/plan.h"
#include "common/random.h"

struct arrival_kind {
	const char *name;
	double (*gap)(struct random *random); /* in units of the mean gap */
};
extern const struct arrival_kind
	arrival_kinds[]; /* ends with a NULL name; the first is the default */

struct arrival {
	const struct arrival_kind *kind; /* NULL: closed loop */
	struct random random;
	const struct plan *plan; /* NULL: the rate does not change */
	double share;		 /* of the plan's rate that is ours */
	double mean_ns;		 /* between two transactions of this worker */
	double offset;		 /* of the next one from `begin`, ns */
	uint64_t begin;
	uint64_t due; /* the next one */
};

/*
 * The load of a plan: `share` of its rate, whose time 0 is `begin`.
 */
void arrival_init_plan(struct arrival *a, const struct arrival_kind *kind, const struct plan *plan,
		       double share, uint64_t begin, uint64_t seed, uint64_t lane);

/* The first transaction is due one gap after `begin`, or somewhere within it when constant. */
void arrival_init(struct arrival *a, const struct arrival_kind *kind, double rate, uint64_t begin,
		  uint64_t seed, uint64_t lane);

static inline bool arrival_is_open(const struct arrival *a)
{
	return a->kind != 0;
}

/* Takes the transaction that is due next; returns its time. */
uint64_t arrival_take(struct arrival *a);

/*
 * How many are due from the next one up to `end`, which are hereby given up. Of millions the rest
 * is not drawn but reckoned, so that no rate takes long.
 */
uint64_t arrival_skip_to(struct arrival *a, uint64_t end);

#endif
