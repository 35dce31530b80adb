/*
 * plot.h - curves and axes in, SVG out. The drawing is done by gnuplot, an external program.
 *
 * A plot consists of numbers alone; titles and legends belong to the page around it. So nothing
 * that came from outside ever reaches a gnuplot script, which could run commands.
 * What gnuplot made is passed through svg_clean() before it is used.
 *
 * Curves and ticks belong to the caller; `svg` belongs to the plot until buf_release().
 */
#ifndef LAKEPORT_REPORTS_PLOT_H
#define LAKEPORT_REPORTS_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/text.h"

#define PLOT_CURVES 6	/* in one plot: as many as there are colors that can be told apart */
#define PLOT_TICKS  16	/* on one axis */
#define PLOT_POINTS 200 /* of one curve */

struct plot_tick {
	double at;
	char label[24]; /* digits, letters and . , : only */
};

struct plot_axis {
	double min, max;
	bool log;
	struct plot_tick ticks[PLOT_TICKS];
	size_t tick_count;
	bool unlabelled; /* ticks without their labels: the plot below has them */
};

struct plot_curve {
	double *x, *y; /* NAN in y: a gap */
	size_t count;
	bool steps; /* y holds from its x to the next */
	bool fill;  /* the area below is tinted */
};

struct plot {
	int width, height;
	struct plot_axis x, y;
	struct plot_curve curves[PLOT_CURVES]; /* drawn in the colors 1, 2, ... of the page */
	size_t curve_count;
	struct buf svg; /* the result: an <svg> element for the page */
};

/*
 * Draws all plots in one run of `program` (NULL: gnuplot from PATH), which is ended after
 * `limit_ms`. -1 with class IO and a text for the page when it is missing, fails or takes too
 * long; then no plot has an svg.
 */
int plot_draw(struct plot *plots, size_t n, const char *program, int limit_ms, struct error *e);

/* The script for plot number `i`, which reads the files D<i>-<curve> and writes <i>.svg. */
void plot_script(const struct plot *p, size_t i, struct buf *script);

/*
 * Keeps of an SVG what a plot needs: groups, paths, polygons and texts, with a handful of
 * attributes whose values are made of harmless characters. Ids (which would collide), styles,
 * scripts, definitions and empty groups go. Colors become those of the page. Returns false when
 * there is nothing to show or the text is not made as gnuplot makes it.
 */
bool svg_clean(const char *svg, struct buf *out);

/*
 * Axes: round ticks from 0 (or below) to a little over `max`, or from a little under `min`; powers
 * of ten, and times. `whole`: there is nothing between two whole numbers.
 */
void axis_linear(struct plot_axis *a, double min, double max, bool whole);
void axis_between(struct plot_axis *a, double min, double max);
void axis_log(struct plot_axis *a, double min, double max);
void axis_seconds(struct plot_axis *a, double max);

#endif
