/*
 * explain.h - the plans of the statements that took most of a run's time.
 *
 * After the run, on a connection of its own, each of them is prepared and EXPLAIN shows its generic
 * plan (PostgreSQL 12 and newer); nothing is executed. With EXPLAIN_ANALYZE it is executed once
 * with parameters drawn as the run draws them, within a time limit, and rolled back. Findings are
 * those of explain_plan.h. What cannot be explained is said in one info finding, and never makes
 * the run fail.
 */
#ifndef LAKEPORT_BENCH_EXPLAIN_H
#define LAKEPORT_BENCH_EXPLAIN_H

#include "bench/engine.h"
#include "common/record.h"

enum explain_mode { EXPLAIN_OFF, EXPLAIN_PLAN, EXPLAIN_ANALYZE };

void explain_record(const struct engine_options *o, const struct engine_result *result,
		    enum explain_mode mode, struct record *record);

#endif
