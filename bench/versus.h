/*
 * versus.h - private to bench: A and B take turns inside one run.
 *
 * A is the run as it was asked for; B is the same with another server (--versus) or other scripts
 * (--ab). In each round both run for the same time, in the order A B, B A, A B, ...: what drifts (a
 * cache that fills, a neighbour that wakes up) then meets both alike, and the differences from
 * round to round tell how far to trust the difference of the two (common/difference.h). Both draw
 * the same stream of parameters in a round, another one in the next. Connections are opened anew
 * for every turn; only its timed window counts.
 */
#ifndef LAKEPORT_BENCH_VERSUS_H
#define LAKEPORT_BENCH_VERSUS_H

#include "bench/engine.h"
#include "common/command.h"
#include "common/record.h"

#define VERSUS_MAX_ROUNDS 1000

/* Rows for the option table of bench run. */
#define VERSUS_OPTIONS                                                                             \
	{0,                                                                                        \
	 "versus",                                                                                 \
	 OPTION_TEXT,                                                                              \
	 "DSN",                                                                                    \
	 "B: the same on another server; A and B take turns in rounds",                            \
	 NULL,                                                                                     \
	 0,                                                                                        \
	 0,                                                                                        \
	 NULL,                                                                                     \
	 NULL},                                                                                    \
		{0,                                                                                \
		 "ab",                                                                             \
		 OPTION_LIST,                                                                      \
		 "FILE[@W]",                                                                       \
		 "B: this workload file on the same server; A and B take turns in rounds (may be " \
		 "repeated)",                                                                      \
		 NULL,                                                                             \
		 0,                                                                                \
		 0,                                                                                \
		 NULL,                                                                             \
		 NULL},                                                                            \
		{0,                                                                                \
		 "rounds",                                                                         \
		 OPTION_INT,                                                                       \
		 "N",                                                                              \
		 "rounds of A and B; each side runs for -T in all",                                \
		 "6",                                                                              \
		 2,                                                                                \
		 VERSUS_MAX_ROUNDS,                                                                \
		 NULL,                                                                             \
		 NULL},                                                                            \
		{0,                                                                                \
		 "round-duration",                                                                 \
		 OPTION_SECONDS,                                                                   \
		 "TIME",                                                                           \
		 "length of each turn, instead of -T divided by the rounds",                       \
		 NULL,                                                                             \
		 0.1,                                                                              \
		 86400,                                                                            \
		 NULL,                                                                             \
		 NULL},                                                                            \
	{                                                                                          \
		0, "max-regression", OPTION_PERCENT, "PERCENT",                                    \
			"exit status 1 when a figure of B is worse than A's by more, beyond the "  \
			"noise [default: never]",                                                  \
			NULL, 0, 1e6, NULL, NULL                                                   \
	}

bool versus_asked(const struct invocation *inv);

/* Before anything connects: options that do not go together. Class USAGE. */
int versus_check(const struct invocation *inv, struct error *e);

/*
 * Runs the rounds of `a`, which was checked on its server and described in the record, and `b`,
 * which is checked here. Fills the record with both, the rounds, the differences and findings;
 * sets outcome and exit status. -1 when the run could not start.
 */
int versus_run(const struct invocation *inv, const struct engine_options *a,
	       struct engine_options *b, struct record *record, struct error *e);

#endif
