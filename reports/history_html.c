/* history_html.c - a history as a page: a plot a figure, changes marked. See history.h. */
#include "reports/history.h"

#include <math.h>

#include "reports/chart.h"
#include "reports/escape.h"
#include "reports/format.h"
#include "reports/html.h"

#define WIDTH	 1060
#define HEIGHT	 190
#define FAR_AWAY 1e30 /* beyond it no plot says anything */
#define CLOSE	 0.5  /* lowest over highest value from which an axis need not begin at 0 */

static struct plot_curve *add_curve(struct arena *a, struct chart *c, const char *label, size_t n)
{
	struct plot_curve *curve = &c->plot.curves[c->plot.curve_count];

	c->labels[c->plot.curve_count++] = label;
	curve->x = arena_alloc(a, (n + 1) * sizeof(double));
	curve->y = arena_alloc(a, (n + 1) * sizeof(double));
	return curve;
}

static void add_point(struct plot_curve *c, double x, double y)
{
	c->x[c->count] = x;
	c->y[c->count++] = y;
}

/* The level of each stretch, and an upright line between it and the next. */
static void mark_changes(struct history *h, const struct trend *t, struct chart *c, double divide)
{
	struct plot_curve *level = add_curve(&h->arena, c, "median between changes", 2 * h->count);
	struct plot_curve *line = add_curve(&h->arena, c, "change", 3 * CHANGE_MAX);
	size_t i;

	for (i = 0; i < h->count; i++) {
		if (i && t->medians[i] != t->medians[i - 1])
			add_point(level, (double)i + 0.5, (double)NAN);
		add_point(level, (double)i + 1, t->medians[i] / divide);
	}
	for (i = 0; i < t->change_count; i++) {
		double x = (double)t->changes[i].run + 0.5;

		if (i)
			add_point(line, x, (double)NAN);
		add_point(line, x, c->plot.y.min);
		add_point(line, x, c->plot.y.max);
	}
}

struct bounds {
	double low, high;
};

static struct bounds bounds_of(const double *values, size_t n)
{
	struct bounds b = {(double)NAN, (double)NAN};
	size_t i;

	for (i = 0; i < n; i++) {
		b.low = fmin(b.low, values[i]); /* a NAN is passed over */
		b.high = fmax(b.high, values[i]);
	}
	return b;
}

/* A change of some percent is hardly seen on an axis that begins at 0. */
static void choose_axis(struct chart *c, struct bounds b)
{
	if (b.low > b.high * CLOSE && b.high > b.low) {
		axis_between(&c->plot.y, b.low, b.high);
		c->note = "the axis does not begin at 0";
	} else {
		axis_linear(&c->plot.y, b.low, b.high, false);
	}
}

static bool draw_trend(struct history *h, const struct trend *t, struct chart *out)
{
	struct bounds b = bounds_of(t->values, h->count);
	struct plot_curve *course;
	struct scale scale;
	size_t i;

	*out = (struct chart){.title = trend_title(h, t), .note = ""};
	if (t->known < 2 || (b.low == 0 && b.high == 0) || fmax(b.high, -b.low) > FAR_AWAY)
		return false;
	scale = scale_for(t->unit, 0, fmax(b.high, -b.low) / 2);
	out->unit = scale.unit;
	out->plot.width = WIDTH;
	out->plot.height = HEIGHT;
	axis_linear(&out->plot.x, 0, (double)h->count, true);
	choose_axis(out, (struct bounds){b.low / scale.divide, b.high / scale.divide});
	course = add_curve(&h->arena, out, "each run", h->count);
	for (i = 0; i < h->count; i++)
		add_point(course, (double)i + 1, t->values[i] / scale.divide);
	if (t->change_count)
		mark_changes(h, t, out, scale.divide);
	else
		out->labels[0] = NULL;
	return true;
}

static void put_head(struct history *h, struct buf *out)
{
	buf_puts(out, "<header>\n<p class=\"eyebrow\"><span>lakeport report history</span></p>\n");
	html_element(out, "h1", NULL, h->runs[h->count - 1].title);
	html_element(out, "p", "about", history_summary(h));
	buf_puts(out, "\n</header>\n");
}

static void put_card(struct history *h, const struct trend *t, struct buf *out)
{
	const struct change *last = t->change_count ? &t->changes[t->change_count - 1] : NULL;
	struct quantity q = quantity_of(t->medians[h->count - 1], t->unit);
	const char *class = "soft";

	if (last && t->better != BETTER_NONE)
		class = (last->after > last->before) == (t->better == BETTER_HIGHER) ? "good"
										     : "bad";
	buf_puts(out, "<div class=\"card\">");
	html_element(out, "div", "label", trend_title(h, t));
	buf_puts(out, "<div class=\"figure\">");
	escape_html(out, q.number);
	if (*q.unit)
		html_element(out, "small", NULL, q.unit);
	buf_printf(out, "</div><div class=\"verdict %s\">", class);
	escape_html(out, last ? change_verdict(h, t, last) : "no change that can be told");
	buf_puts(out, "</div>");
	if (last)
		html_element(out, "div", "more",
			     arena_printf(&h->arena, "since run %zu", last->run + 1));
	buf_puts(out, "</div>\n");
}

static void put_changes(struct history *h, struct buf *out)
{
	struct sheet *changes = history_changes(h);

	html_section(out, "changes", "Changes",
		     "where the level of a figure changed, by a permutation test of ranks at 5 %");
	if (changes)
		html_sheet(out, &h->arena, changes);
	else
		html_element(out, "p", "note", "no change that can be told");
	buf_puts(out, "</section>\n");
}

void history_html(struct history *h, struct buf *out)
{
	struct chart charts[HISTORY_FIGURES], *all[HISTORY_FIGURES];
	size_t n = 0, i;

	for (i = 0; i < h->trend_count; i++) {
		if (!draw_trend(h, &h->trends[i], &charts[n]))
			continue;
		all[n] = &charts[n];
		n++;
	}
	html_begin(out, "lakeport: history");
	put_head(h, out);
	buf_puts(out, "<div class=\"cards\">\n");
	for (i = 0; i < h->trend_count; i++)
		put_card(h, &h->trends[i], out);
	buf_puts(out, "</div>\n");
	if (n) {
		html_section(out, "course", "Run by run",
			     "from the oldest run to the newest; the cards above show the level "
			     "since the last change");
		html_draw(out, all, n);
		html_charts(out, charts, n, false);
		buf_puts(out, "</section>\n");
	}
	put_changes(h, out);
	html_section(out, "runs", "Runs", NULL);
	html_sheet(out, &h->arena, history_runs(h, HISTORY_RUNS));
	buf_puts(out, "</section>\n<footer>Drawn by lakeport " LAKEPORT_VERSION "</footer>\n");
	html_end(out);
	for (i = 0; i < n; i++)
		buf_release(&charts[i].plot.svg);
}
