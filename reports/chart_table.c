/*
 * chart_table.c - a table whose rows are points of a curve, such as latency over rate. See chart.h.
 *
 * The x axis is the column that the table names; drawn over it are the columns right after it that
 * share a unit. Points are joined in the order of the rows, so a curve may turn back, as that of
 * an overloaded server does.
 */
#include <math.h>
#include <string.h>

#include "reports/chart.h"
#include "reports/format.h"

#define WIDTH	 1060
#define HEIGHT	 260
#define LOG_FROM 12.0 /* highest over lowest value from which the y axis is logarithmic */
#define FAR_AWAY 1e30 /* beyond it no plot says anything, and gnuplot gives up */

struct extent {
	double x_highest, lowest, highest;
	size_t known; /* values of the curve that has most */
};

static double value(const struct record_table *t, size_t row, size_t column)
{
	const struct cell *c = &t->cells[row * t->column_count + column];

	return c->text ? (double)NAN : c->number;
}

/* A point is drawn when both of its places are known and neither is negative nor absurd. */
static bool is_point(double x, double y)
{
	return x >= 0 && x < FAR_AWAY && y > 0 && y < FAR_AWAY;
}

/* The column of the x axis, and how many after it are drawn. False: there are none. */
static bool find_columns(const struct record_table *t, size_t *x, size_t *count)
{
	size_t i = 0;

	while (i < t->column_count && strcmp(t->columns[i].name, t->curve) != 0)
		i++;
	*x = i++;
	for (*count = 0; i + *count < t->column_count && *count < PLOT_CURVES; (*count)++) {
		const struct record_column *c = &t->columns[i + *count];

		if (c->text || strcmp(c->unit, t->columns[i].unit) != 0)
			break;
	}
	return *count > 0 && !t->columns[*x].text;
}

static struct extent extent_of(const struct record_table *t, size_t x, size_t count, size_t rows)
{
	struct extent e = {.lowest = INFINITY};
	size_t i, k;

	for (k = x + 1; k <= x + count; k++) {
		size_t known = 0;

		for (i = 0; i < rows; i++) {
			if (!is_point(value(t, i, x), value(t, i, k)))
				continue;
			known++;
			e.x_highest = fmax(e.x_highest, value(t, i, x));
			e.lowest = fmin(e.lowest, value(t, i, k));
			e.highest = fmax(e.highest, value(t, i, k));
		}
		e.known = known > e.known ? known : e.known;
	}
	return e;
}

static void fill(struct arena *a, const struct record_table *t, size_t x, size_t column,
		 size_t rows, double divide, struct plot_curve *curve)
{
	size_t i;

	curve->x = arena_alloc(a, rows * sizeof(double));
	curve->y = arena_alloc(a, rows * sizeof(double));
	for (i = 0; i < rows; i++) {
		if (!is_point(value(t, i, x), value(t, i, column)))
			continue;
		curve->x[curve->count] = value(t, i, x);
		curve->y[curve->count++] = value(t, i, column) / divide;
	}
}

bool chart_table(struct arena *a, const struct record_table *t, struct chart *out)
{
	size_t rows = t->row_count < PLOT_POINTS ? t->row_count : PLOT_POINTS, x, count, i;
	struct extent e;
	struct scale scale;

	*out = (struct chart){.title = ""};
	if (!t->curve || !find_columns(t, &x, &count))
		return false;
	e = extent_of(t, x, count, rows);
	if (e.known < 2 || e.x_highest <= 0)
		return false;
	scale = scale_for(t->columns[x + 1].unit, 0, sqrt(e.lowest * e.highest));
	out->unit = scale.unit;
	out->note = arena_printf(a, "over %s%s%s; a point for each row%s", t->columns[x].title,
				 *t->columns[x].unit ? ", " : "", t->columns[x].unit,
				 e.highest > e.lowest * LOG_FROM ? ", on a logarithmic scale" : "");
	out->plot.width = WIDTH;
	out->plot.height = HEIGHT;
	for (i = x + 1; i <= x + count; i++) {
		struct plot_curve *curve = &out->plot.curves[out->plot.curve_count];

		fill(a, t, x, i, rows, scale.divide, curve);
		if (curve->count)
			out->labels[out->plot.curve_count++] = t->columns[i].title;
	}
	axis_linear(&out->plot.x, 0, e.x_highest, false);
	out->plot.x.max *= 1.04; /* room for half of the last label */
	if (e.highest > e.lowest * LOG_FROM)
		axis_log(&out->plot.y, e.lowest / scale.divide * 0.9,
			 e.highest / scale.divide * 1.1);
	else
		axis_linear(&out->plot.y, 0, e.highest / scale.divide, false);
	return true;
}
