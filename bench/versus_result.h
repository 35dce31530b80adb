/*
 * versus_result.h - private to bench: what the turns of A and B counted, as parts of a run record.
 */
#ifndef LAKEPORT_BENCH_VERSUS_RESULT_H
#define LAKEPORT_BENCH_VERSUS_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/engine.h"
#include "bench/versus_course.h"
#include "common/record.h"

#define VERSUS_FIGURES 6 /* rate, latency_mean_us ... failed_share */

struct tally { /* of one turn, or of all turns of a side */
	uint64_t done, failed, skipped, in_window, window_ns;
	struct histogram latency;
	double busy_share;  /* of the busiest client thread, at worst */
	bool real_failures; /* other than contention */
	char message[200];  /* of the first failure */
};

struct turn {
	bool is_b;
	uint64_t failed;
	double figures[VERSUS_FIGURES];
};

struct versus_result {
	struct tally sides[2];	  /* A, B: complete rounds only */
	struct turn *turns;	  /* in the order they ran, two a round */
	size_t rounds;		  /* complete ones */
	struct course courses[2]; /* A, B: likewise */
	double turn_s;
	bool observe;		   /* the servers, too */
	bool interrupted, poll;	   /* poll: client threads are busy because they were asked to */
	const struct error *error; /* what ended the run early; may be NULL */
};

/* Adds what the engine counted. */
void tally_add(struct tally *t, const struct engine_result *result);

void tally_figures(const struct tally *t, double *figures);

/* `limit` in percent; INFINITY: nothing is a regression. Sets outcome, exit status and error. */
void versus_record(struct record *record, const struct versus_result *v, double limit);

#endif
