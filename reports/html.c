/* html.c - see html.h. */
#include "reports/html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "reports/escape.h"
#include "reports/format.h"

#define GNUPLOT_LIMIT_MS 10000
#define SPARK_POINTS	 80
#define LONG_TEXT	 40 /* characters from which a cell is given a wide column */

/* "sha256-..." of the script, as a content security policy names it. */
static void put_hash(struct buf *out, const char *script)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned char text[2 * EVP_MAX_MD_SIZE];
	unsigned n = 0;

	EVP_Digest(script, strlen(script), hash, &n, EVP_sha256(), NULL);
	EVP_EncodeBlock(text, hash, (int)n);
	buf_printf(out, "sha256-%s", (const char *)text);
}

void html_begin(struct buf *out, const char *title)
{
	buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		      "style-src 'unsafe-inline'; script-src '");
	put_hash(out, html_script);
	buf_puts(out, "'\">\n<meta name=\"viewport\" content=\"width=device-width, "
		      "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
	html_element(out, "title", NULL, title);
	buf_printf(out, "\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", html_style);
}

void html_end(struct buf *out)
{
	buf_printf(out, "</main>\n<script>%s</script>\n</body>\n</html>\n", html_script);
}

void html_element(struct buf *out, const char *element, const char *class, const char *text)
{
	if (class)
		buf_printf(out, "<%s class=\"%s\">", element, class);
	else
		buf_printf(out, "<%s>", element);
	escape_html(out, text);
	buf_printf(out, "</%s>", element);
}

void html_section(struct buf *out, const char *id, const char *title, const char *note)
{
	if (id)
		buf_printf(out, "<section id=\"%s\">\n", id);
	else
		buf_puts(out, "<section>\n");
	html_element(out, "h2", NULL, title);
	if (note)
		html_element(out, "p", "note", note);
	buf_putc(out, '\n');
}

static void put_cell(struct buf *out, const struct sheet_column *column, const struct sheet_cell *c)
{
	if (column->text) {
		buf_printf(out, "<td class=\"t%s\"><div>",
			   escape_width(c->text) > LONG_TEXT ? " long" : "");
		escape_html(out, c->text);
		buf_puts(out, "</div></td>");
		return;
	}
	buf_puts(out, "<td data-v=\"");
	format_exact(out, c->number);
	buf_puts(out, "\">");
	escape_html(out, c->text);
	buf_puts(out, "</td>");
}

static void put_headings(struct buf *out, struct arena *a, const struct sheet *s, bool sorts)
{
	size_t k;

	buf_puts(out, "<thead><tr>");
	for (k = 0; k < s->column_count; k++) {
		const struct sheet_column *c = &s->columns[k];

		buf_printf(out, "<th scope=\"col\"%s%s>", c->text ? " class=\"t\"" : "",
			   sorts ? " aria-sort=\"none\"" : "");
		buf_puts(out, sorts ? "<button type=\"button\">" : "");
		escape_html(out, sheet_heading(a, c));
		buf_puts(out, sorts ? "</button></th>" : "</th>");
	}
	buf_puts(out, "</tr></thead>\n");
}

void html_sheet(struct buf *out, struct arena *a, const struct sheet *s)
{
	bool sorts = s && s->row_count > 1;
	size_t i, k;

	if (!s)
		return;
	buf_puts(out, "<div class=\"sheet\" role=\"region\" tabindex=\"0\" aria-label=\"");
	escape_html(out, s->title);
	buf_printf(out, "\">\n<table%s>\n", sorts ? " class=\"sorts\"" : "");
	put_headings(out, a, s, sorts);
	buf_puts(out, "<tbody>\n");
	for (i = 0; i < s->row_count; i++) {
		buf_puts(out, "<tr>");
		for (k = 0; k < s->column_count; k++)
			put_cell(out, &s->columns[k], &s->cells[i * s->column_count + k]);
		buf_puts(out, "</tr>\n");
	}
	buf_puts(out, "</tbody>\n</table>\n</div>\n");
	if (s->rows_left_out)
		buf_printf(out, "<p class=\"note\">%zu more rows are in the record.</p>\n",
			   s->rows_left_out);
}

/* One row: its cells before the texts are the line that opens it. */
static void put_texts(struct buf *out, const struct record_table *t, const struct cell *row,
		      size_t first)
{
	size_t i;

	buf_puts(out, "<details class=\"texts\"><summary>");
	for (i = 0; i < first; i++)
		if (row[i].text)
			html_element(out, i ? "span" : "b", NULL, row[i].text);
	buf_puts(out, "</summary>\n<div class=\"two\">\n");
	for (i = first; i < t->column_count; i++) {
		buf_puts(out, "<div class=\"box\">");
		html_element(out, "h3", NULL, t->columns[i].title);
		html_element(out, "pre", NULL, row[i].text ? row[i].text : "");
		buf_puts(out, "</div>\n");
	}
	buf_puts(out, "</div>\n</details>\n");
}

void html_texts(struct buf *out, const struct record_table *t, size_t limit)
{
	size_t first = 0, i;

	while (first < t->column_count && strcmp(t->columns[first].name, t->texts) != 0)
		first++;
	for (i = 0; i < t->row_count && i < limit; i++)
		put_texts(out, t, &t->cells[i * t->column_count], first);
	if (t->row_count > limit)
		buf_printf(out, "<p class=\"note\">%zu more are in the record.</p>\n",
			   t->row_count - limit);
}

/* The svg of a plot with what screen readers need. */
static void put_svg(struct buf *out, const struct chart *c)
{
	buf_printf(out,
		   "<div class=\"plot\"><svg viewBox=\"0 0 %d %d\" role=\"img\" "
		   "aria-label=\"",
		   c->plot.width, c->plot.height);
	escape_html(out, c->title);
	buf_puts(out, *c->unit ? ", " : "");
	escape_html(out, c->unit);
	buf_puts(out, "\">");
	buf_puts(out, buf_text(&c->plot.svg));
	buf_puts(out, "</svg></div>\n");
}

static void put_legend(struct buf *out, const struct chart *c)
{
	size_t i;

	buf_puts(out, "<span class=\"legend\">");
	for (i = 0; i < c->plot.curve_count; i++) {
		if (!c->labels[i])
			continue;
		buf_printf(out, "<span><i class=\"c%zu\"></i>", i + 1);
		escape_html(out, c->labels[i]);
		buf_puts(out, "</span>");
	}
	buf_puts(out, "</span>");
}

static void put_chart(struct buf *out, const struct chart *c)
{
	buf_puts(out, "<div class=\"head\"><h3>");
	escape_html(out, c->title);
	if (*c->unit) {
		buf_printf(out, "<span class=\"unit\">%s", *c->title ? ", " : "");
		escape_html(out, c->unit);
		buf_puts(out, "</span>");
	}
	buf_puts(out, "</h3>");
	put_legend(out, c);
	buf_puts(out, "</div>\n");
	put_svg(out, c);
	if (*c->note)
		html_element(out, "p", "foot", c->note);
}

void html_charts(struct buf *out, const struct chart *charts, size_t n, bool stacked)
{
	bool open = false;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct chart *c = &charts[i];

		if (c->plot.svg.len == 0)
			continue;
		if (!open)
			buf_puts(out, stacked ? "<figure class=\"full stack\">\n"
					      : "<div class=\"charts\">\n");
		open = true;
		if (!stacked)
			buf_puts(out, c->plot.width > 600 ? "<figure class=\"full\">" : "<figure>");
		put_chart(out, c);
		if (!stacked)
			buf_puts(out, "</figure>\n");
	}
	if (open)
		buf_puts(out, stacked ? "</figure>\n" : "</div>\n");
}

void html_draw(struct buf *out, struct chart **charts, size_t n)
{
	struct plot *plots = xcalloc(n + 1, sizeof(*plots));
	struct error e = ERROR_INIT;
	size_t i;

	for (i = 0; i < n; i++)
		plots[i] = charts[i]->plot;
	if (plot_draw(plots, n, NULL, GNUPLOT_LIMIT_MS, &e) < 0) {
		buf_puts(out, "<p class=\"banner\" id=\"no-plots\"><b>Without plots:</b> ");
		escape_html(out, e.text);
		buf_puts(out, e.hint[0] ? "; " : "");
		escape_html(out, e.hint);
		buf_puts(out, ". The figures are in the tables; those over time are in the "
			      "record.</p>\n");
	}
	for (i = 0; i < n; i++)
		charts[i]->plot = plots[i];
	free(plots);
}

void html_sparkline(struct buf *out, const double *values, size_t n, size_t stride)
{
	size_t points = n < SPARK_POINTS ? n : SPARK_POINTS, i;
	double highest = 0;
	const char *command = "M";

	for (i = 0; i < n; i++)
		if (isfinite(values[i * stride]))
			highest = fmax(highest, values[i * stride]);
	if (n < 2 || highest <= 0)
		return;
	buf_puts(out, "<svg class=\"spark\" viewBox=\"0 0 100 26\" preserveAspectRatio=\"none\" "
		      "aria-hidden=\"true\"><path fill=\"none\" stroke=\"var(--plot-1)\" "
		      "stroke-width=\"1.5\" stroke-linejoin=\"round\" "
		      "vector-effect=\"non-scaling-stroke\" d=\"");
	for (i = 0; i < points; i++) {
		double v = values[i * n / points * stride];

		if (!isfinite(v)) {
			command = "M";
			continue;
		}
		buf_printf(out, "%s%.1f %.1f", command, (double)i * 100 / (double)(points - 1),
			   25 - 24 * (fmax(v, 0) / highest));
		command = "L";
	}
	buf_puts(out, "\"/></svg>");
}

void html_facts(struct buf *out, const char *title, const struct facts *facts)
{
	size_t i;

	if (facts->count == 0)
		return;
	buf_puts(out, "<div class=\"box\">");
	html_element(out, "h3", NULL, title);
	buf_puts(out, "<dl>\n");
	for (i = 0; i < facts->count; i++) {
		html_element(out, "dt", NULL, facts->items[i].name);
		html_element(out, "dd", NULL, facts->items[i].value);
		buf_putc(out, '\n');
	}
	buf_puts(out, "</dl></div>\n");
}

static void put_finding(struct buf *out, const struct finding *f)
{
	static const char *const classes[] = {"soft", "warn", "bad"};
	static const char *const words[] = {"Note", "Warning", "Error"};

	buf_printf(out, "<li class=\"%s\"><div class=\"head\"><span class=\"pill %s\">%s</span>",
		   classes[f->severity], classes[f->severity], words[f->severity]);
	if (*f->object)
		html_element(out, "b", NULL, f->object);
	html_element(out, "code", NULL, f->id);
	buf_puts(out, "</div>");
	html_element(out, "p", NULL, f->evidence);
	if (*f->fix)
		html_element(out, "p", "fix", f->fix);
	buf_puts(out, "</li>\n");
}

void html_findings(struct buf *out, const struct record *r)
{
	int severity;
	size_t i;

	if (r->finding_count == 0)
		return;
	html_section(out, "findings", "What stood out", NULL);
	buf_puts(out, "<ul class=\"found\">\n");
	for (severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--)
		for (i = 0; i < r->finding_count; i++)
			if ((int)r->findings[i].severity == severity)
				put_finding(out, &r->findings[i]);
	buf_puts(out, "</ul>\n</section>\n");
}
