/*
 * comparison.h - two run records held against each other, metric by metric.
 *
 * Metrics are joined by name and `of`. Judged are the headline metrics (a headline in either run),
 * or all that have a direction when asked for. Notes say what makes the two runs hard to compare:
 * another server version, other arguments, a run that did not finish. A comparison owns its lists
 * and texts and borrows the two records, which must outlive it.
 */
#ifndef LAKEPORT_REPORTS_COMPARISON_H
#define LAKEPORT_REPORTS_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"
#include "common/record.h"
#include "reports/difference.h"
#include "reports/sheet.h"

struct compared {
	const char *name, *of; /* of may be NULL */
	const char *unit;
	enum better better;
	bool headline;
	bool in_base, in_new;
	double base, new; /* NAN: not known */
	struct difference difference;
};

struct comparison {
	struct arena arena;
	const struct record *base, *new;
	struct compared *items;
	size_t count, capacity;
	const char **notes;
	size_t note_count, note_capacity;
	double limit; /* percent */
	size_t judged, regressions;
};

/* `limit` in percent; `all` judges every metric with a direction. Cannot fail. */
struct comparison *comparison_new(const struct record *base, const struct record *new, double limit,
				  bool all);
void comparison_free(struct comparison *c); /* accepts NULL */

/* "Latency, p99 (read.sql)", in the comparison's arena. */
const char *compared_title(struct comparison *c, const struct compared *item);

/* The verdict in words: "worse, beyond 5 %", "only in the base". */
const char *compared_verdict(struct comparison *c, const struct compared *item);

/*
 * The figures as a table: what is judged or a headline (`main`), or all the others. NULL: none.
 * Belongs to the comparison.
 */
struct sheet *comparison_sheet(struct comparison *c, bool main);

/* One sentence: "2 of 5 figures are worse by more than 5 %." */
const char *comparison_sentence(struct comparison *c);

#endif
