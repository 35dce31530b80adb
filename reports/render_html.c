/*
 * render_html.c - a run as a page: headline figures, what stood out, times, course, tables,
 * environment, and the command that repeats it. The pieces are in html.c.
 */
#include "reports/render.h"

#include <stdlib.h>
#include <string.h>

#include "reports/chart.h"
#include "reports/escape.h"
#include "reports/format.h"
#include "reports/html.h"

#define ROWS_MAX    1000
#define FEW_VALUES  100 /* fewer do not make a curve */
#define PARTS_MAX   200
#define CHARTS_MAX  40
#define CARD_PARTS  4
#define FACTS_ABOVE 3  /* facts about the target that stand in the head of the page */
#define ABOUT_WIDTH 48 /* of each */

struct page {
	struct buf *out;
	const struct record *r;
	struct arena arena;
	struct chart times[3];
	size_t time_count;
	struct charts *courses; /* one for each series */
	struct chart *curves;	/* one for each table; without curves when it is not to be drawn */
};

/* Parts that have figures of their own, such as scripts, go before those that are only times. */
static bool has_figures(const struct record *r, const char *part)
{
	size_t i;

	for (i = 0; i < r->metric_count; i++)
		if (r->metrics[i].of && strcmp(r->metrics[i].of, part) == 0)
			return true;
	return false;
}

static int longest_first(const void *a, const void *b)
{
	uint64_t x = ((const struct labelled_histogram *)a)->h->sum;
	uint64_t y = ((const struct labelled_histogram *)b)->h->sum;

	return (x < y) - (x > y);
}

/*
 * Fills `list` with parts, in their order, or those that took most time first when there are more
 * than can be drawn.
 */
static size_t collect_parts(struct page *p, bool with_figures, struct labelled_histogram *list,
			    const char **name)
{
	size_t n = 0, i;

	*name = NULL;
	for (i = 0; i < p->r->histogram_count && n < PARTS_MAX; i++) {
		const struct record_histogram *h = &p->r->histograms[i];

		if (!h->of || h->h->count < FEW_VALUES ||
		    (with_figures && !has_figures(p->r, h->of)))
			continue;
		/* Curves of different times in one plot would say nothing: the first kind it is. */
		*name = *name ? *name : h->name;
		if (strcmp(*name, h->name) == 0)
			list[n++] = (struct labelled_histogram){h->of, h->h};
	}
	if (n > PLOT_CURVES)
		qsort(list, n, sizeof(*list), longest_first);
	return n;
}

static void collect_part_times(struct page *p)
{
	struct labelled_histogram parts[PARTS_MAX];
	const char *name;
	size_t n = collect_parts(p, true, parts, &name);
	struct chart *c = &p->times[p->time_count];

	if (n == 0)
		n = collect_parts(p, false, parts, &name);
	if (n < 2 || !chart_percentiles(&p->arena, parts, n, c))
		return;
	c->title = arena_printf(&p->arena, "%s by part", histogram_title(&p->arena, name));
	c->plot.width *= 2;
	if (n > PLOT_CURVES)
		c->note = arena_printf(&p->arena, "the %d of %zu parts that took most time; %s",
				       PLOT_CURVES, n, c->note);
	p->time_count++;
}

/* Charts of the times of the whole run, and of its parts beside each other when there are some. */
static void collect_times(struct page *p)
{
	struct labelled_histogram whole[PLOT_CURVES];
	size_t n = 0, i;

	for (i = 0; i < p->r->histogram_count && n < PLOT_CURVES; i++) {
		const struct record_histogram *h = &p->r->histograms[i];

		if (!h->of && h->h->count >= FEW_VALUES)
			whole[n++] = (struct labelled_histogram){
				histogram_title(&p->arena, h->name), h->h};
	}
	p->time_count += chart_percentiles(&p->arena, whole, n, &p->times[p->time_count]);
	p->time_count += chart_distribution(&p->arena, whole, n, &p->times[p->time_count]);
	collect_part_times(p);
}

static void collect_charts(struct page *p)
{
	size_t i;

	collect_times(p);
	p->courses = arena_alloc(&p->arena, (p->r->series_count + 1) * sizeof(*p->courses));
	for (i = 0; i < p->r->series_count; i++)
		p->courses[i] = charts_of_series(&p->arena, p->r->series[i]);
	p->curves = arena_alloc(&p->arena, (p->r->table_count + 1) * sizeof(*p->curves));
	for (i = 0; i < p->r->table_count; i++)
		if (!chart_table(&p->arena, p->r->tables[i], &p->curves[i]))
			p->curves[i].plot.curve_count = 0;
}

static void draw_charts(struct page *p)
{
	struct chart *all[CHARTS_MAX];
	size_t n = 0, i, k;

	for (i = 0; i < p->time_count; i++)
		all[n++] = &p->times[i];
	for (i = 0; i < p->r->series_count; i++)
		for (k = 0; k < p->courses[i].count && n < CHARTS_MAX; k++)
			all[n++] = &p->courses[i].items[k];
	for (i = 0; i < p->r->table_count && n < CHARTS_MAX; i++)
		if (p->curves[i].plot.curve_count)
			all[n++] = &p->curves[i];
	if (n)
		html_draw(p->out, all, n);
}

static void release_charts(struct page *p)
{
	size_t i, k;

	for (i = 0; i < p->time_count; i++)
		buf_release(&p->times[i].plot.svg);
	for (i = 0; i < p->r->series_count; i++)
		for (k = 0; k < p->courses[i].count; k++)
			buf_release(&p->courses[i].items[k].plot.svg);
	for (i = 0; i < p->r->table_count; i++)
		buf_release(&p->curves[i].plot.svg);
}

static const char *outcome_class(enum outcome o)
{
	return o == OUTCOME_DONE ? "good" : o == OUTCOME_FAILED ? "bad" : "warn";
}

static void put_cut(struct buf *out, const char *text)
{
	struct buf cut = {0};

	escape_line_cut(&cut, text, ABOUT_WIDTH);
	html_element(out, "b", NULL, buf_text(&cut));
	buf_release(&cut);
}

static void put_about(struct page *p)
{
	const struct record *r = p->r;
	size_t i;

	buf_puts(p->out, "<p class=\"about\"><span>");
	format_when(p->out, r->started);
	buf_puts(p->out, "</span>");
	if (record_seconds(r) > 0) {
		buf_puts(p->out, "<span>took ");
		format_quantity(p->out, record_seconds(r), "s");
		buf_puts(p->out, "</span>");
	}
	for (i = 0; i < r->target.count && i < FACTS_ABOVE; i++) {
		buf_puts(p->out, "<span>");
		escape_html(p->out, r->target.items[i].name);
		buf_putc(p->out, ' ');
		put_cut(p->out, r->target.items[i].value);
		buf_puts(p->out, "</span>");
	}
	buf_puts(p->out, "</p>\n");
}

static void put_banner(struct page *p)
{
	static const char *const words[] = {
		[OUTCOME_DONE] = "Error.",
		[OUTCOME_ATTENTION] = "Done, with something to look at.",
		[OUTCOME_FAILED] = "This run failed.",
		[OUTCOME_INTERRUPTED] = "This run was interrupted.",
	};
	const struct record *r = p->r;

	if (r->outcome == OUTCOME_DONE && !r->error)
		return;
	buf_printf(p->out, "<p class=\"banner %s\" role=\"status\"><b>%s</b> ",
		   outcome_class(r->outcome), words[r->outcome]);
	escape_html(p->out, r->error ? r->error : "");
	if (r->metric_count && (r->outcome == OUTCOME_FAILED || r->outcome == OUTCOME_INTERRUPTED))
		buf_puts(p->out, " The figures are true as far as it came.");
	buf_puts(p->out, "</p>\n");
}

static void put_head(struct page *p)
{
	const struct record *r = p->r;

	buf_puts(p->out, "<header>\n<p class=\"eyebrow\"><span>lakeport ");
	escape_html(p->out, r->tool);
	buf_putc(p->out, ' ');
	escape_html(p->out, r->verb);
	buf_printf(p->out, "</span><span class=\"pill %s\">%s</span></p>\n",
		   outcome_class(r->outcome), outcome_word(r->outcome));
	html_element(p->out, "h1", NULL, r->title);
	put_about(p);
	put_banner(p);
	buf_puts(p->out, "</header>\n");
}

static void put_card(struct page *p, const struct metric *m)
{
	struct quantity q = quantity_of(m->value, m->unit);
	size_t n = 0, stride = 0;
	const double *values = series_of_metric(p->r, m->name, &n, &stride);
	char noise[32];

	buf_puts(p->out, "<div class=\"card\">");
	html_element(p->out, "div", "label", metric_title(m->name));
	buf_puts(p->out, "<div class=\"figure\">");
	escape_html(p->out, q.number);
	if (*q.unit)
		html_element(p->out, "small", NULL, q.unit);
	buf_puts(p->out, "</div><div class=\"more\">");
	if (values && m->value != 0 &&
	    noise_text(noise_of(values, n, stride), noise, sizeof(noise))) {
		escape_html(p->out, noise);
		buf_puts(p->out, " noise");
	}
	buf_puts(p->out, "</div>");
	if (values)
		html_sparkline(p->out, values, n, stride);
	buf_puts(p->out, "</div>\n");
}

/* The figure of one part of the run, in the colour that its curves have. */
static void put_part(struct page *p, const struct metric *m, size_t number)
{
	struct quantity q = quantity_of(m->value, m->unit);

	buf_printf(p->out, "<div class=\"figure part p%zu\">", number + 1);
	html_element(p->out, "i", NULL, m->of);
	buf_puts(p->out, "<span>");
	escape_html(p->out, q.number);
	if (*q.unit)
		html_element(p->out, "small", NULL, q.unit);
	buf_puts(p->out, "</span></div>");
}

/* A headline of parts, from its first one on: those of the others beside it. */
static void put_card_of_parts(struct page *p, size_t first)
{
	const struct metric *m = p->r->metrics;
	size_t n = 0, i;

	buf_puts(p->out, "<div class=\"card\">");
	html_element(p->out, "div", "label", metric_title(m[first].name));
	for (i = first; i < p->r->metric_count && n < CARD_PARTS; i++)
		if (m[i].headline && m[i].of && strcmp(m[i].name, m[first].name) == 0)
			put_part(p, &m[i], n++);
	buf_puts(p->out, "</div>\n");
}

/* Where the whole run has no headlines (A and B took turns), those of its parts are shown. */
static void put_cards_of_parts(struct page *p)
{
	const struct metric *m = p->r->metrics;
	bool any = false;
	size_t i, k;

	for (i = 0; i < p->r->metric_count; i++) {
		if (!m[i].headline || !m[i].of)
			continue;
		for (k = 0; k < i; k++)
			if (m[k].headline && m[k].of && strcmp(m[k].name, m[i].name) == 0)
				break;
		if (k < i)
			continue;
		if (!any)
			buf_puts(p->out, "<div class=\"cards\">\n");
		any = true;
		put_card_of_parts(p, i);
	}
	if (any)
		buf_puts(p->out, "</div>\n");
}

static void put_cards(struct page *p)
{
	bool any = false;
	size_t i;

	for (i = 0; i < p->r->metric_count; i++) {
		const struct metric *m = &p->r->metrics[i];

		if (!m->headline || m->of)
			continue;
		if (!any)
			buf_puts(p->out, "<div class=\"cards\">\n");
		any = true;
		put_card(p, m);
	}
	if (any)
		buf_puts(p->out, "</div>\n");
	else
		put_cards_of_parts(p);
}

static void put_times(struct page *p)
{
	struct sheet *s = sheet_of_histograms(&p->arena, p->r);

	if (!s && p->time_count == 0)
		return;
	html_section(p->out, "times", "How long it took", NULL);
	html_charts(p->out, p->times, p->time_count, false);
	html_sheet(p->out, &p->arena, s);
	buf_puts(p->out, "</section>\n");
}

static void put_courses(struct page *p)
{
	size_t i;

	for (i = 0; i < p->r->series_count; i++) {
		const struct series *s = p->r->series[i];

		if (p->courses[i].count == 0 || p->courses[i].items[0].plot.svg.len == 0)
			continue;
		html_section(p->out, NULL, s->title, "seconds since it began");
		html_charts(p->out, p->courses[i].items, p->courses[i].count, true);
		buf_puts(p->out, "</section>\n");
	}
}

static void put_tables(struct page *p)
{
	struct sheet *parts = sheet_of_parts(&p->arena, p->r);
	size_t i;

	if (parts) {
		html_section(p->out, "parts", parts->title, NULL);
		html_sheet(p->out, &p->arena, parts);
		buf_puts(p->out, "</section>\n");
	}
	for (i = 0; i < p->r->table_count; i++) {
		const struct record_table *t = p->r->tables[i];

		html_section(p->out, NULL, *t->title ? t->title : t->name,
			     t->row_count ? NULL : "None.");
		html_charts(p->out, &p->curves[i], 1, false);
		if (t->texts)
			html_texts(p->out, t, ROWS_MAX);
		else if (t->row_count)
			html_sheet(p->out, &p->arena, sheet_of_table(&p->arena, t, ROWS_MAX));
		buf_puts(p->out, "</section>\n");
	}
}

static void put_figures(struct page *p)
{
	struct sheet *s = sheet_of_figures(&p->arena, p->r);
	size_t i;

	if (!s)
		return;
	html_section(p->out, "figures", s->title, NULL);
	buf_puts(p->out, "<ul class=\"pairs\">\n");
	for (i = 0; i < s->row_count; i++) {
		buf_puts(p->out, "<li>");
		html_element(p->out, "span", NULL, s->cells[i * 2].text);
		html_element(p->out, "span", NULL, s->cells[i * 2 + 1].text);
		buf_puts(p->out, "</li>\n");
	}
	buf_puts(p->out, "</ul>\n</section>\n");
}

static void put_end(struct page *p)
{
	const struct record *r = p->r;
	struct buf command = {0};

	if (r->where.count || r->target.count) {
		html_section(p->out, "environment", "Where it ran", NULL);
		buf_puts(p->out, "<div class=\"two\">\n");
		html_facts(p->out, "Target", &r->target);
		html_facts(p->out, "Client", &r->where);
		buf_puts(p->out, "</div>\n</section>\n");
	}
	format_command(&command, r);
	html_section(p->out, "again", "Run it again",
		     strstr(buf_text(&command), "***") ? "Secrets were replaced by ***." : NULL);
	buf_puts(p->out, "<div class=\"again\">");
	html_element(p->out, "pre", NULL, buf_text(&command));
	buf_puts(p->out, "<button type=\"button\">Copy</button></div>\n</section>\n");
	buf_puts(p->out, "<footer>Record ");
	escape_html(p->out, r->id);
	buf_puts(p->out, ", drawn by lakeport " LAKEPORT_VERSION "</footer>\n");
	buf_release(&command);
}

int render_html(const struct record *r, const struct render_options *options, struct buf *out,
		struct error *e)
{
	struct page p = {.out = out, .r = r};

	(void)options;
	(void)e;
	html_begin(out, r->title);
	collect_charts(&p);
	put_head(&p);
	put_cards(&p);
	draw_charts(&p);
	html_findings(out, r);
	put_times(&p);
	put_courses(&p);
	put_tables(&p);
	put_figures(&p);
	put_end(&p);
	html_end(out);
	release_charts(&p);
	arena_release(&p.arena);
	return 0;
}
