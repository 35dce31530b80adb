/*
 * history.h - figures over many runs of the same kind, and where they changed.
 *
 * Runs are of a kind when tool, verb and title are the same. Failed and interrupted ones are left
 * out. A history owns all that is in it (one arena).
 */
#ifndef LAKEPORT_REPORTS_HISTORY_H
#define LAKEPORT_REPORTS_HISTORY_H

#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/record.h"
#include "common/text.h"
#include "reports/change.h"
#include "reports/plot.h"
#include "reports/sheet.h"

#define HISTORY_RUNS	PLOT_POINTS /* the newest ones */
#define HISTORY_FIGURES 8

struct history_value {
	const char *name, *of, *unit;
	double value;
	enum better better;
	bool headline;
};

struct history_run {
	const char *id, *tool, *verb, *title;
	uint64_t started;
	bool complete; /* neither failed nor interrupted */
	struct history_value *values;
	size_t value_count;
};

struct change {
	size_t run;	      /* the first one after it */
	double before, after; /* medians of the stretches around it */
};

struct trend { /* a figure over the runs */
	const char *name, *of, *unit;
	enum better better;
	double *values;	 /* one a run; NAN: not known */
	double *medians; /* of the stretch that the run lies in */
	size_t known;
	struct change changes[CHANGE_MAX];
	size_t change_count;
};

struct history {
	struct arena arena;
	struct history_run *runs; /* oldest first */
	size_t count, capacity;
	size_t older, incomplete, unreadable; /* left out */
	struct trend trends[HISTORY_FIGURES];
	size_t trend_count;
};

struct history_request {
	const char *directory;
	const char *like;  /* a record of the kind (runs.h); NULL: see title */
	const char *title; /* NULL: the kind of the newest run */
	const char *const *figures;
	size_t figure_count; /* 0: the headlines of the newest run */
	const char *of;	     /* figures of this part; NULL: of the whole run */
};

/* Class INPUT: no folder, no such run, no such figure. Release in every case. */
int history_read(struct history *h, const struct history_request *request, struct error *e);
void history_release(struct history *h);

/* "worse, -10.2 %": in the arena of the history. */
const char *change_verdict(struct history *h, const struct trend *t, const struct change *c);
const char *trend_title(struct history *h, const struct trend *t);

/* Changes, a row each (NULL: none); runs with their figures, the last `limit` of them. */
struct sheet *history_changes(struct history *h);
struct sheet *history_runs(struct history *h, size_t limit);

/* "24 runs of bench run, ..." and what was left out, for the reader. */
const char *history_summary(struct history *h);

/* The three formats. */
void history_text(struct history *h, bool color, struct buf *out);
void history_html(struct history *h, struct buf *out);
void history_csv(struct history *h, struct buf *out);

#endif
