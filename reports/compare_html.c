/* compare_html.c - runs compared, as a page. The pieces are in html.c. */
#include "reports/render.h"

#include <math.h>
#include <string.h>

#include "reports/chart.h"
#include "reports/escape.h"
#include "reports/format.h"
#include "reports/html.h"

#define CHARTS_MAX 5

struct page {
	struct buf *out;
	struct comparison *c;
	struct arena arena;
	struct chart charts[CHARTS_MAX];
	size_t chart_count;
};

static void add_histogram(struct histogram *all, const struct record *r, const char **name)
{
	size_t i;

	for (i = 0; i < r->histogram_count; i++) {
		const struct record_histogram *h = &r->histograms[i];

		if (h->of || h->h->count == 0 || (*name && strcmp(*name, h->name) != 0))
			continue;
		*name = h->name;
		histogram_merge(all, h->h);
		return;
	}
}

/* Of all runs of a side together; NULL: none has values. */
static const struct histogram *first_histogram(struct page *p, struct runs runs, const char **name)
{
	struct histogram *all = arena_alloc(&p->arena, sizeof(*all));
	size_t i;

	for (i = 0; i < runs.count; i++)
		add_histogram(all, runs.items[i], name);
	return all->count ? all : NULL;
}

/* The first kind of time that both have: the percentile curves on top of each other. */
static void collect_times(struct page *p)
{
	const char *name = NULL, *title;
	const struct histogram *base = first_histogram(p, p->c->bases, &name);
	const struct histogram *new = base ? first_histogram(p, p->c->news, &name) : NULL;
	struct labelled_histogram both[] = {{"base", base}, {"new", new}};
	size_t i;

	if (!new)
		return;
	title = histogram_title(&p->arena, name);
	if (chart_percentiles(&p->arena, both, 2, &p->charts[p->chart_count]))
		p->chart_count++;
	if (chart_distribution(&p->arena, both, 2, &p->charts[p->chart_count]))
		p->chart_count++;
	for (i = 0; i < p->chart_count; i++)
		p->charts[i].title = arena_printf(&p->arena, "%s: %s", title, p->charts[i].title);
}

static bool find_course(const struct record *r, const char *name, const char *label,
			struct course *out)
{
	size_t i, k;

	for (i = 0; i < r->series_count; i++) {
		const struct series *s = r->series[i];

		for (k = 0; k < s->column_count; k++) {
			if (strcmp(s->columns[k].name, name) != 0)
				continue;
			*out = (struct course){name,
					       label,
					       s->values + k,
					       s->row_count,
					       s->column_count,
					       s->interval_s,
					       s->columns[k].better};
			return true;
		}
	}
	return false;
}

static const char *label(struct page *p, const char *side, struct runs runs)
{
	return runs.count > 1 ? arena_printf(&p->arena, "%s, first run", side) : side;
}

/* Judged figures that both have over time; of several runs a side the first is shown. */
static void collect_courses(struct page *p)
{
	size_t i;

	for (i = 0; i < p->c->count && p->chart_count < CHARTS_MAX; i++) {
		const struct compared *item = &p->c->items[i];
		struct course both[2];

		if (item->of || item->difference.verdict == VERDICT_UNJUDGED ||
		    !find_course(p->c->base, item->name, label(p, "base", p->c->bases), &both[0]) ||
		    !find_course(p->c->new, item->name, label(p, "new", p->c->news), &both[1]))
			continue;
		if (chart_courses(&p->arena, metric_title(item->name), item->unit, both, 2,
				  &p->charts[p->chart_count]))
			p->chart_count++;
	}
}

static const char *verdict_class(const struct compared *item)
{
	if (item->difference.regression)
		return "bad";
	return item->difference.verdict == VERDICT_BETTER  ? "good"
	       : item->difference.verdict == VERDICT_WORSE ? "warn"
							   : "soft";
}

static void put_card(struct page *p, const struct compared *item)
{
	struct quantity q = quantity_of(item->new, item->unit);
	struct buf more = {0};

	buf_puts(p->out, "<div class=\"card\">");
	html_element(p->out, "div", "label", compared_title(p->c, item));
	buf_puts(p->out, "<div class=\"figure\">");
	escape_html(p->out, q.number);
	if (*q.unit)
		html_element(p->out, "small", NULL, q.unit);
	buf_puts(p->out, "</div><div class=\"more\">was ");
	format_quantity(&more, item->base, item->unit);
	escape_html(p->out, buf_text(&more));
	buf_puts(p->out, ", ");
	buf_clear(&more);
	format_percent(&more, item->difference.percent);
	escape_html(p->out, buf_text(&more));
	if (isfinite(item->difference.low)) {
		buf_puts(p->out, "</div><div class=\"more\">95 %: ");
		escape_html(p->out, compared_interval(p->c, item));
	}
	buf_printf(p->out, "</div><div class=\"verdict %s\">", verdict_class(item));
	escape_html(p->out, compared_verdict(p->c, item));
	buf_puts(p->out, "</div></div>\n");
	buf_release(&more);
}

static void put_run(struct page *p, const char *which, const struct record *r)
{
	if (!r) { /* the other side has more */
		buf_puts(p->out, "<div></div>\n");
		return;
	}
	buf_puts(p->out, "<div class=\"box\">");
	html_element(p->out, "h3", NULL, which);
	buf_puts(p->out, "<dl><dt>Run</dt>");
	html_element(p->out, "dd", NULL, r->title);
	buf_puts(p->out, "<dt>Began</dt><dd>");
	format_when(p->out, r->started);
	buf_puts(p->out, "</dd><dt>Record</dt>");
	html_element(p->out, "dd", NULL, r->id);
	buf_puts(p->out, "</dl></div>\n");
}

static void put_head(struct page *p)
{
	struct comparison *c = p->c;
	const char *class = c->regressions ? "bad" : c->judged ? "good" : "warn";
	size_t i;

	buf_puts(p->out,
		 "<header>\n<p class=\"eyebrow\"><span>lakeport report compare</span></p>\n");
	html_element(p->out, "h1", NULL, c->new->title);
	buf_printf(p->out, "<p class=\"banner %s\" role=\"status\"><b>%s</b></p>\n", class,
		   comparison_sentence(c));
	buf_puts(p->out, "<div class=\"cards\">\n");
	for (i = 0; i < c->count; i++)
		if (c->items[i].difference.verdict != VERDICT_UNJUDGED && c->items[i].headline)
			put_card(p, &c->items[i]);
	buf_puts(p->out, "</div>\n</header>\n");
}

static void put_notes(struct page *p)
{
	size_t i;

	if (p->c->note_count == 0)
		return;
	html_section(p->out, "notes", "What differs besides", NULL);
	buf_puts(p->out, "<ul class=\"found\">\n");
	for (i = 0; i < p->c->note_count; i++) {
		html_element(p->out, "li", "warn", p->c->notes[i]);
		buf_putc(p->out, '\n');
	}
	buf_puts(p->out, "</ul>\n</section>\n");
}

static void put_figures(struct page *p)
{
	struct sheet *judged = comparison_sheet(p->c, true), *rest = comparison_sheet(p->c, false);

	html_section(p->out, "figures", "Figure by figure", comparison_method(p->c));
	html_sheet(p->out, &p->arena, judged);
	buf_puts(p->out, "</section>\n");
	if (!rest)
		return;
	html_section(p->out, "rest", "Not judged",
		     "no headline, or neither more nor less is better; --all judges more");
	html_sheet(p->out, &p->arena, rest);
	buf_puts(p->out, "</section>\n");
}

int compare_html(struct comparison *c, const struct render_options *options, struct buf *out,
		 struct error *e)
{
	struct page p = {.out = out, .c = c};
	struct chart *all[CHARTS_MAX];
	size_t i;

	(void)options;
	(void)e;
	collect_times(&p);
	collect_courses(&p);
	for (i = 0; i < p.chart_count; i++)
		all[i] = &p.charts[i];
	html_begin(out, "lakeport: runs compared");
	put_head(&p);
	if (p.chart_count)
		html_draw(out, all, p.chart_count);
	put_notes(&p);
	if (p.chart_count) {
		html_section(out, "course", "Side by side", "over time: seconds since it began");
		html_charts(out, p.charts, p.chart_count, false);
		buf_puts(out, "</section>\n");
	}
	put_figures(&p);
	html_section(out, "runs", "The runs", NULL);
	buf_puts(out, "<div class=\"two\">\n");
	for (i = 0; i < c->bases.count || i < c->news.count; i++) {
		put_run(&p, "Base", i < c->bases.count ? c->bases.items[i] : NULL);
		put_run(&p, "New", i < c->news.count ? c->news.items[i] : NULL);
	}
	buf_puts(out,
		 "</div>\n</section>\n<footer>Drawn by lakeport " LAKEPORT_VERSION "</footer>\n");
	html_end(out);
	for (i = 0; i < p.chart_count; i++)
		buf_release(&p.charts[i].plot.svg);
	arena_release(&p.arena);
	return 0;
}
