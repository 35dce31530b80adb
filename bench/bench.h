/*
 * bench.h - the public face of bench/: its verbs. Everything else in the folder is private to it.
 */
#ifndef LAKEPORT_BENCH_BENCH_H
#define LAKEPORT_BENCH_BENCH_H

#include "common/command.h"

extern const struct command bench_init, bench_run, bench_sweep, bench_wake, bench_qualify;

#endif
