/* result.h - private to bench: an engine's result as the parts of a run record. */
#ifndef LAKEPORT_BENCH_RESULT_H
#define LAKEPORT_BENCH_RESULT_H

#include "bench/engine.h"
#include "common/record.h"

#define RESULT_BUSY_LIMIT 0.8 /* a client thread busier than this may be what limits the rate */

/* The columns of latency figures in tables, each written once. */
/* clang-format off */
#define FIGURE_MEAN {"mean_us", "Mean", "us", BETTER_LOWER, false}
#define FIGURE_P50  {"p50_us", "p50", "us", BETTER_LOWER, false}
#define FIGURE_P90  {"p90_us", "p90", "us", BETTER_LOWER, false}
#define FIGURE_P95  {"p95_us", "p95", "us", BETTER_LOWER, false}
#define FIGURE_P99  {"p99_us", "p99", "us", BETTER_LOWER, false}
#define FIGURE_P999 {"p999_us", "p99.9", "us", BETTER_LOWER, false}
#define FIGURE_MAX  {"max_us", "Longest", "us", BETTER_LOWER, false}
/* clang-format on */

/* The share of the window that the busiest client thread worked. */
double result_busiest(const struct engine_result *result);

/* Adds metrics, histograms, series, tables and findings; sets outcome, exit status and error. */
void result_record(struct record *record, const struct engine_options *options,
		   const struct engine_result *result);

/* The same for what a workload file adds; after result_record(). */
void result_plan(struct record *record, const struct engine_options *options,
		 const struct engine_result *result);

#endif
