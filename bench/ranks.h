/*
 * ranks.h - what each process of a run with many (many.h) did, as parts of the record: the table
 * of ranks, and findings when they are not alike. Knows nothing of MPI.
 */
#ifndef LAKEPORT_BENCH_RANKS_H
#define LAKEPORT_BENCH_RANKS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/record.h"

#define RANKS_DIFFER_SHARE 0.2 /* rates (of a connection) that differ more are worth a look */

struct rank { /* plain bytes: it travels */
	char host[64];
	char differs[240]; /* first fact of its server that is not rank 0's; "" when none is */
	unsigned connections, threads;
	int64_t start_offset_ns; /* when its load began, against rank 0 */
	uint64_t begin;		 /* the same by its own clock */
	uint64_t window_ns, in_window;
	double p50_us, p99_us, busiest; /* the latter: share of a core, 0 to 1 */
	uint64_t seconds;		/* kept.h */
	bool seconds_full, interrupted, stopped_by_error;
	struct error first_error;
};

/* Adds the fact `ranks`, the table and the findings RANKS-DIFFER, TARGETS-DIFFER, SERIES-CUT. */
void ranks_record(struct record *r, const struct rank *ranks, unsigned count);

/* The finding RANKS-MISSING: this record holds the share of rank 0 alone. */
void ranks_record_alone(struct record *r, unsigned count);

#endif
