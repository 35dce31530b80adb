/* sqlstate.h - names for the error codes that a benchmark meets. */
#ifndef LAKEPORT_BENCH_SQLSTATE_H
#define LAKEPORT_BENCH_SQLSTATE_H

#include <stdbool.h>

/* The condition's name, or its class's, or "". */
const char *sqlstate_name(const char *sqlstate);

/* True for failures that a busy database is expected to give now and then (class 40). */
bool sqlstate_is_contention(const char *sqlstate);

#endif
