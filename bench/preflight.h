/*
 * preflight.h - one look at the server before the load: can it be reached, do the statements
 * prepare, how large are the tables, which settings matter; and the rows from which parameters are
 * drawn. What is wrong is said here, in one
 * line, before hundreds of connections are opened.
 */
#ifndef LAKEPORT_BENCH_PREFLIGHT_H
#define LAKEPORT_BENCH_PREFLIGHT_H

#include "bench/engine.h"
#include "common/record.h"

/*
 * Fills the record's target, `options->scale` when it is 0 (from pgbench_branches; 1 when there
 * is none) and `options->can_defer`. Class CONNECT, REFUSED or SQL on failure.
 */
int preflight(struct engine_options *options, struct record *record, struct error *e);

#endif
