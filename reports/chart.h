/*
 * chart.h - from the numbers of a record to plots, with the words that go around them.
 *
 * Four kinds: percentiles of times (x = -log10(1 - p), so that each nine is as wide as the one
 * before), their distribution, and figures over time or over another figure. Charts and all in them
 * belong to the arena; only `plot.svg` must be released. Texts have not been escaped.
 */
#ifndef LAKEPORT_REPORTS_CHART_H
#define LAKEPORT_REPORTS_CHART_H

#include <stddef.h>

#include "common/histogram.h"
#include "common/memory.h"
#include "common/record.h"
#include "reports/plot.h"

enum chart_width { CHART_HALF, CHART_FULL }; /* of the page */

struct chart {
	const char *title;		 /* "Rate" */
	const char *unit;		 /* of the y axis, or of x for distributions */
	const char *note;		 /* what to know to read it, may be "" */
	const char *labels[PLOT_CURVES]; /* of the curves; all NULL: there is only one */
	struct plot plot;
};

struct charts {
	struct chart *items;
	size_t count;
};

struct labelled_histogram {
	const char *label;
	const struct histogram *h;
};

struct course { /* a column of a series */
	const char *name, *label;
	const double *values;
	size_t count, stride;
	double interval_s;
	enum better better;
};

/* Both draw the first PLOT_CURVES (distribution: 2) that have values. False: none has. */
bool chart_percentiles(struct arena *a, const struct labelled_histogram *list, size_t n,
		       struct chart *out);
bool chart_distribution(struct arena *a, const struct labelled_histogram *list, size_t n,
			struct chart *out);

/* All courses in one plot. False: there is nothing to see: all values are 0, unknown or absurd, or
 * there is only one. */
bool chart_courses(struct arena *a, const char *title, const char *unit, const struct course *list,
		   size_t n, struct chart *out);

/* A table whose rows are points of a curve. False: it is not one, or there is nothing to see. */
bool chart_table(struct arena *a, const struct record_table *t, struct chart *out);

/* The charts of a series: columns of the same unit share one, in the order of the columns. */
struct charts charts_of_series(struct arena *a, const struct series *s);

#endif
