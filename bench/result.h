/* result.h - private to bench: an engine's result as the parts of a run record. */
#ifndef LAKEPORT_BENCH_RESULT_H
#define LAKEPORT_BENCH_RESULT_H

#include "bench/engine.h"
#include "common/record.h"

/* Adds metrics, histograms, series, tables and findings; sets outcome, exit status and error. */
void result_record(struct record *record, const struct engine_options *options,
		   const struct engine_result *result);

/* The same for what a workload file adds; after result_record(). */
void result_plan(struct record *record, const struct engine_options *options,
		 const struct engine_result *result);

#endif
