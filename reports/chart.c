/* chart.c - see chart.h. */
#include "reports/chart.h"

#include <math.h>
#include <string.h>

#include "reports/format.h"
#include "reports/sheet.h"

#define HALF_WIDTH  520
#define HALF_HEIGHT 280
#define FULL_WIDTH  1060
#define FULL_HEIGHT 170
#define UNLABELLED  18 /* lower without labels */
#define BINS	    64
#define NINES_MAX   5.0	 /* 99.999 % */
#define LOG_FROM    12.0 /* highest over lowest value from which an axis is logarithmic */
#define CHARTS_MAX  16	 /* of one series */
#define FAR_AWAY    1e30 /* beyond it no plot says anything, and gnuplot gives up */

static void set_size(struct plot *p, enum chart_width width)
{
	p->width = width == CHART_HALF ? HALF_WIDTH : FULL_WIDTH;
	p->height = width == CHART_HALF ? HALF_HEIGHT : FULL_HEIGHT;
}

static struct plot_curve *add_curve(struct arena *a, struct chart *c, const char *label, size_t n)
{
	struct plot_curve *curve = &c->plot.curves[c->plot.curve_count];

	c->labels[c->plot.curve_count++] = label;
	curve->x = arena_alloc(a, n * sizeof(double));
	curve->y = arena_alloc(a, n * sizeof(double));
	return curve;
}

static void percentile_axis(struct plot_axis *x, double nines)
{
	static const struct plot_tick ticks[] = {{0, "0"},     {0.30103, "50"}, {1, "90"},
						 {2, "99"},    {3, "99.9"},	{4, "99.99"},
						 {5, "99.999"}};
	size_t i;

	*x = (struct plot_axis){.max = nines};
	for (i = 0; i < sizeof(ticks) / sizeof(ticks[0]); i++)
		if (ticks[i].at <= nines + 1e-9)
			x->ticks[x->tick_count++] = ticks[i];
}

/* The curve ends where a single value would decide: at 1 - 1/count. */
static void fill_percentiles(struct plot_curve *curve, const struct histogram *h, double divide)
{
	double nines = fmin(log10((double)h->count), NINES_MAX);
	size_t i;

	curve->count = h->count > 1 ? PLOT_POINTS : 1;
	for (i = 0; i < curve->count; i++) {
		double x = curve->count > 1 ? nines * (double)i / (PLOT_POINTS - 1) : 0;

		curve->x[i] = x;
		curve->y[i] = histogram_percentile(h, 1 - pow(10, -x)) / divide;
	}
}

bool chart_percentiles(struct arena *a, const struct labelled_histogram *list, size_t n,
		       struct chart *out)
{
	double lowest = INFINITY, highest = 0, nines = 1;
	struct scale scale;
	size_t i;

	*out = (struct chart){.title = "Percentiles", .note = "share of all that were faster, %"};
	set_size(&out->plot, CHART_HALF);
	for (i = 0; i < n; i++) {
		const struct histogram *h = list[i].h;

		if (h->count == 0)
			continue;
		nines = fmax(nines, fmin(log10((double)h->count), NINES_MAX));
		lowest = fmin(lowest, fmax(histogram_percentile(h, 0), 1));
		highest = fmax(highest, histogram_percentile(h, 1 - pow(10, -NINES_MAX)));
	}
	if (highest == 0)
		return false;
	scale = scale_for("ns", 0, sqrt(lowest * highest));
	out->unit = scale.unit;
	for (i = 0; i < n && out->plot.curve_count < PLOT_CURVES; i++)
		if (list[i].h->count)
			fill_percentiles(add_curve(a, out, list[i].label, PLOT_POINTS), list[i].h,
					 scale.divide);
	percentile_axis(&out->plot.x, nines);
	if (highest > lowest * LOG_FROM) {
		axis_log(&out->plot.y, lowest / scale.divide * 0.9, highest / scale.divide * 1.1);
		out->note = "share of all that were faster, %; times on a logarithmic scale";
	} else {
		axis_linear(&out->plot.y, 0, highest / scale.divide, false);
	}
	return true;
}

/* Shares of the values by bins of equal width on a logarithmic axis from `low` to `high`. */
static void fill_bins(double *bins, const struct histogram *h, double low, double high)
{
	double width = log(high / low) / BINS;
	unsigned i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		double begin = fmax((double)histogram_low(i), 0.5), end, from, to, at;

		if (h->bucket[i] == 0)
			continue;
		end = (double)(histogram_low(i) + histogram_width(i));
		from = log(begin / low) / width;
		to = log(end / low) / width;
		for (at = floor(fmax(from, 0)); at < fmin(to, BINS); at++) {
			double part = (fmin(to, at + 1) - fmax(from, at)) / (to - from);

			bins[(size_t)at] +=
				fmax(part, 0) * (double)h->bucket[i] / (double)h->count * 100;
		}
	}
}

bool chart_distribution(struct arena *a, const struct labelled_histogram *list, size_t n,
			struct chart *out)
{
	double low = INFINITY, high = 0, top = 0;
	struct scale scale;
	size_t i, k;

	*out = (struct chart){.title = "Distribution", .note = "share of all by time taken, %"};
	set_size(&out->plot, CHART_HALF);
	for (i = 0; i < n; i++) {
		if (list[i].h->count == 0)
			continue;
		low = fmin(low, fmax(histogram_percentile(list[i].h, 0.0005), 1));
		high = fmax(high, histogram_percentile(list[i].h, 0.9995));
	}
	if (high == 0)
		return false;
	low /= 1.05;
	high = fmax(high * 1.05, low * 1.5);
	scale = scale_for("ns", 0, sqrt(low * high));
	out->unit = scale.unit;
	for (i = 0; i < n && out->plot.curve_count < 2; i++) {
		double bins[BINS + 1] = {0};
		struct plot_curve *c;

		if (list[i].h->count == 0)
			continue;
		fill_bins(bins, list[i].h, low, high);
		c = add_curve(a, out, list[i].label, BINS + 1);
		c->steps = c->fill = true;
		c->count = BINS + 1;
		for (k = 0; k <= BINS; k++) {
			c->x[k] = low * pow(high / low, (double)k / BINS) / scale.divide;
			c->y[k] = k < BINS ? bins[k] : 0;
			top = fmax(top, c->y[k]);
		}
	}
	axis_log(&out->plot.x, low / scale.divide, high / scale.divide);
	axis_linear(&out->plot.y, 0, top, false);
	return true;
}

/* Of the values [begin, end) their mean, or the worst of them; NAN: none is known. */
static double gather(const struct course *c, size_t begin, size_t end, bool worst)
{
	double result = (double)NAN, sum = 0, known = 0;
	size_t i;

	for (i = begin; i < end; i++) {
		double v = c->values[i * c->stride];

		if (!isfinite(v))
			continue;
		sum += v;
		known++;
		result = c->better == BETTER_LOWER ? fmax(result, v) : fmin(result, v);
	}
	return worst || known == 0 ? result : sum / known;
}

/* Each point stands in the middle of the time that it tells of. */
static void fill_course(struct plot_curve *curve, const struct course *c, double divide, bool worst)
{
	size_t i;

	curve->count = c->count < PLOT_POINTS ? c->count : PLOT_POINTS;
	for (i = 0; i < curve->count; i++) {
		size_t begin = i * c->count / curve->count;
		size_t end = (i + 1) * c->count / curve->count;

		curve->x[i] = (double)(begin + end) / 2 * c->interval_s;
		curve->y[i] = gather(c, begin, end, worst) / divide;
	}
}

struct span {
	double lowest, highest, seconds;
	size_t most;  /* values of one course */
	size_t known; /* values that are known, of the course that has most */
	bool whole;   /* all values are whole numbers */
};

static struct span span_of(const struct course *list, size_t n)
{
	struct span s = {.whole = true};
	size_t i, k;

	for (i = 0; i < n; i++) {
		size_t known = 0;

		s.seconds = fmax(s.seconds, (double)list[i].count * list[i].interval_s);
		s.most = list[i].count > s.most ? list[i].count : s.most;
		for (k = 0; k < list[i].count; k++) {
			double v = list[i].values[k * list[i].stride];

			if (!isfinite(v))
				continue;
			known++;
			s.whole = s.whole && v == floor(v);
			s.lowest = fmin(s.lowest, v);
			s.highest = fmax(s.highest, v);
		}
		s.known = known > s.known ? known : s.known;
	}
	return s;
}

static void add_all(struct arena *a, struct chart *out, const struct course *list, size_t n,
		    double divide)
{
	size_t i;

	for (i = 0; i < n && i < PLOT_CURVES; i++)
		fill_course(add_curve(a, out, list[i].label, PLOT_POINTS), &list[i], divide, false);
	out->plot.curves[0].fill = n == 1;
	if (n == 1)
		out->labels[0] = NULL;
}

/*
 * More values than points. A mean alone would hide the bad seconds, and the worst alone would
 * look as if all were bad: a single figure is drawn as both, of several the last one is (the
 * highest percentile, as a rule).
 */
static void add_thinned(struct arena *a, struct chart *out, const struct course *list, size_t n,
			double divide, size_t most)
{
	size_t each = (most + PLOT_POINTS - 1) / PLOT_POINTS;

	add_all(a, out, list, n, divide);
	if (n == 1 && list->better != BETTER_NONE) {
		out->labels[0] = arena_printf(a, "mean of %zu values", each);
		fill_course(add_curve(a, out, "the worst of them", PLOT_POINTS), list, divide,
			    true);
	} else if (n > 1 && n < PLOT_CURVES && list[n - 1].better != BETTER_NONE) {
		out->note = arena_printf(a, "each point is the mean of %zu values", each);
		fill_course(add_curve(a, out, arena_printf(a, "%s, the worst", list[n - 1].label),
				      PLOT_POINTS),
			    &list[n - 1], divide, true);
	} else {
		out->note = arena_printf(a, "each point is the mean of %zu values", each);
	}
}

bool chart_courses(struct arena *a, const char *title, const char *unit, const struct course *list,
		   size_t n, struct chart *out)
{
	struct span span = span_of(list, n);
	struct scale scale = scale_for(unit, 0, fmax(span.highest, -span.lowest) / 2);

	*out = (struct chart){.title = title, .unit = scale.unit, .note = ""};
	set_size(&out->plot, CHART_FULL);
	if (span.known < 2 || (span.highest == 0 && span.lowest == 0))
		return false;
	if (fmax(span.highest, -span.lowest) > FAR_AWAY || span.seconds > FAR_AWAY ||
	    span.seconds < 1 / FAR_AWAY)
		return false;
	if (span.most <= PLOT_POINTS)
		add_all(a, out, list, n, scale.divide);
	else
		add_thinned(a, out, list, n, scale.divide, span.most);
	axis_seconds(&out->plot.x, span.seconds);
	axis_linear(&out->plot.y, span.lowest / scale.divide, span.highest / scale.divide,
		    span.whole && scale.divide == 1);
	return true;
}

/* Do all texts begin with the first `length` characters of the first one, and `then`? */
static bool share_beginning(const struct course *list, size_t n, size_t length, const char *then,
			    bool names)
{
	const char *first = names ? list[0].name : list[0].label;
	size_t i;

	for (i = 0; i < n; i++) {
		const char *text = names ? list[i].name : list[i].label;

		if (strncmp(text, first, length) != 0 ||
		    strncmp(text + length, then, strlen(then)) != 0)
			return false;
	}
	return true;
}

/*
 * What a chart of several figures is called. "Latency, p50" and "Latency, p99" make a chart
 * "Latency" with curves "p50" and "p99"; so do "p50" and "p99" when their names, latency_p50_us
 * and latency_p99_us, begin alike. Else the chart has no name but the legend.
 */
static const char *name_chart(struct arena *a, struct course *list, size_t n)
{
	size_t title = strcspn(list[0].label, ","), word = strcspn(list[0].name, "_"), i;
	const char *common = list[0].label;

	if (n == 1)
		return common;
	if (share_beginning(list, n, title, ", ", false)) {
		for (i = 0; i < n; i++)
			list[i].label += title + 2;
		return arena_strndup(a, common, title);
	}
	if (share_beginning(list, n, word, "_", true))
		return histogram_title(a, arena_strndup(a, list[0].name, word));
	return "";
}

/* Plots below each other share the labels of the lowest one. */
static void share_axis(struct charts *charts)
{
	size_t i;

	for (i = 0; i + 1 < charts->count; i++) {
		charts->items[i].plot.x.unlabelled = true;
		charts->items[i].plot.height -= UNLABELLED;
	}
}

struct charts charts_of_series(struct arena *a, const struct series *s)
{
	struct charts charts = {.items = arena_alloc(a, CHARTS_MAX * sizeof(struct chart))};
	bool *done = arena_alloc(a, s->column_count);
	size_t i, k;

	for (i = 0; i < s->column_count && charts.count < CHARTS_MAX; i++) {
		struct course list[PLOT_CURVES];
		const char *title;
		size_t n = 0;

		for (k = i; k < s->column_count && n < PLOT_CURVES; k++) {
			const struct record_column *c = &s->columns[k];
			struct course course = {.name = c->name,
						.label = *c->title ? c->title : c->name,
						.values = s->values + k,
						.count = s->row_count,
						.stride = s->column_count,
						.interval_s = s->interval_s,
						.better = c->better};
			struct span span;

			if (done[k] || strcmp(c->unit, s->columns[i].unit) != 0)
				continue;
			done[k] = true;
			span = span_of(&course, 1);
			if (span.highest != 0 || span.lowest != 0)
				list[n++] = course;
		}
		if (n == 0)
			continue;
		title = name_chart(a, list, n);
		if (chart_courses(a, title, s->columns[i].unit, list, n,
				  &charts.items[charts.count]))
			charts.count++;
	}
	share_axis(&charts);
	return charts;
}
