/*
 * comparison.h - run records held against others, metric by metric: one or several a side.
 *
 * Metrics are joined by name and `of`; a side's value is the mean of its runs. Judged are the
 * headline metrics (a headline in any run), or all that have a direction when asked for. Notes say
 * what makes the runs hard to compare: another server version, other arguments, a run that did not
 * finish. A comparison owns its lists and texts and borrows the records, which must outlive it.
 */
#ifndef LAKEPORT_REPORTS_COMPARISON_H
#define LAKEPORT_REPORTS_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"
#include "common/record.h"
#include "common/difference.h"
#include "reports/sheet.h"

#define COMPARISON_RUNS_MAX 100 /* a side */

struct runs { /* of one side */
	const struct record *const *items;
	size_t count; /* at least 1 */
};

struct compared {
	const char *name, *of; /* of may be NULL */
	const char *unit;
	enum better better;
	bool headline;
	bool in_base, in_new;
	double base, new;	      /* means; NAN: not known */
	size_t base_count, new_count; /* runs that they are the means of */
	struct difference difference;
};

struct comparison {
	struct arena arena;
	struct runs bases, news;
	const struct record *base, *new; /* the first of each */
	struct compared *items;
	size_t count, capacity;
	const char **notes;
	size_t note_count, note_capacity;
	double limit; /* percent */
	size_t judged, regressions;
};

/* `limit` in percent; `all` judges every metric with a direction. Cannot fail. */
struct comparison *comparison_new(struct runs bases, struct runs news, double limit, bool all);
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

/* The 95 % interval in words: "-12.1 % to -8.0 %", "unknown". */
const char *compared_interval(struct comparison *c, const struct compared *item);

/* What the interval rests on, for the reader. */
const char *comparison_method(const struct comparison *c);

/* One sentence: "2 of 5 figures are worse by more than 5 %." */
const char *comparison_sentence(struct comparison *c);

#endif
