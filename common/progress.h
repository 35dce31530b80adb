/*
 * progress.h - one line on stderr that says how far long work is.
 *
 * On a terminal the line is redrawn in place, at most ten times a second; elsewhere it becomes a
 * log line every ten seconds. Nothing is shown with --quiet.
 */
#ifndef LAKEPORT_COMMON_PROGRESS_H
#define LAKEPORT_COMMON_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what; /* "loading pgbench_accounts" */
	double total;	  /* 0: not known */
	uint64_t begun, drawn;
	bool terminal, shown;
};

void progress_begin(struct progress *p, const char *what, double total);

/* `done` of `total`; `detail` is put at the end of the line (may be NULL). */
void progress_update(struct progress *p, double done, const char *detail);

/* Clears the line. */
void progress_end(struct progress *p);

#endif
