/* test_report.c - the pieces of reports/: escaping, numbers, axes, SVG, plots. */
#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "reports/chart.h"
#include "reports/escape.h"
#include "reports/format.h"
#include "reports/plot.h"
#include "reports/render.h"
#include "reports/reports.h"
#include "reports/sheet.h"

typedef void escape_function(struct buf *out, const char *s);

struct escape_case {
	escape_function *escape;
	const char *in, *out;
};

static const struct escape_case escape_cases[] = {
	{escape_html, "<a href=\"x\">&'</a>", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;"},
	{escape_html, "a\nb\tc", "a\nb\tc"},
	{escape_html, "\033[31m\001", "\uFFFD[31m\uFFFD"},
	{escape_html, "\u202Eevil\u2066", "\uFFFDevil\uFFFD"},
	{escape_html, "caf\u00e9 \u2603 \U0001F600", "caf\u00e9 \u2603 \U0001F600"},
	{escape_html, "\xff", "\uFFFD"},
	{escape_html, "\xc3", "\uFFFD"},	   /* cut off */
	{escape_html, "\xc0\xaf", "\uFFFD\uFFFD"}, /* overlong */
	{escape_html, "\xe0\x80\xaf<", "\uFFFD\uFFFD\uFFFD&lt;"},
	{escape_html, "\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"}, /* surrogate */
	{escape_html, "\xf4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
	{escape_line, "  a \r\n\t b  ", "a b"},
	{escape_line, "", ""},
	{escape_markdown, "a|b\nc`d`*e*_f_<g>[h]", "a\\|b c\\`d\\`\\*e\\*\\_f\\_&lt;g&gt;\\[h\\]"},
	{escape_markdown, "back\\slash", "back\\\\slash"},
	{escape_csv, "plain", "plain"},
	{escape_csv, "", ""},
	{escape_csv, "a,b", "\"a,b\""},
	{escape_csv, "say \"x\"\nagain", "\"say \"\"x\"\"\nagain\""},
	{escape_json, "\"\\\n\x01", "\\\"\\\\\\n\uFFFD"},
	{escape_shell, "plain-1.0/x=y@z", "plain-1.0/x=y@z"},
	{escape_shell, "", "''"},
	{escape_shell, "it's", "'it'\\''s'"},
	{escape_shell, "$(id) `id`", "'$(id) `id`'"},
};

static void test_escape(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(escape_cases); i++) {
		struct buf out = {0};

		escape_cases[i].escape(&out, escape_cases[i].in);
		assert_string_equal(buf_text(&out), escape_cases[i].out);
		buf_release(&out);
	}
}

static void test_escape_cut(void **state)
{
	static const struct {
		const char *in;
		size_t width;
		const char *out;
	} cases[] = {
		{"abcdef", 6, "abcdef"},   {"abcdefg", 6, "abcde…"},
		{"ab cd ef", 6, "ab cd…"}, {"", 6, ""},
		{"ééééééé", 3, "éé…"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct buf out = {0};

		escape_line_cut(&out, cases[i].in, cases[i].width);
		assert_string_equal(buf_text(&out), cases[i].out);
		assert_true(escape_width(buf_text(&out)) <= cases[i].width);
		buf_release(&out);
	}
}

static void test_quantity(void **state)
{
	static const struct {
		double value;
		const char *unit, *text;
	} cases[] = {
		{248, "us", "248 µs"},
		{248.4, "us", "248 µs"},
		{9.4, "us", "9.40 µs"},
		{1364, "us", "1.36 ms"},
		{2.5e6, "us", "2.50 s"},
		{9e8, "us", "15.0 min"},
		{21400, "tx/s", "21,400 tx/s"},
		{21400.7, "tx/s", "21,401 tx/s"},
		{0, "", "0"},
		{2, "", "2"},
		{1234567, "", "1,234,567"},
		{61.3, "%", "61.3 %"},
		{0.00031, "%", "0.00031 %"},
		{1.5e9, "B", "1.50 GB"},
		{NAN, "us", "–"},
		{INFINITY, "us", "–"},
		{1.7e308, "tx/s", "1.7e+308 tx/s"},
		{-3, "us", "-3 µs"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct buf out = {0};

		format_quantity(&out, cases[i].value, cases[i].unit);
		assert_string_equal(buf_text(&out), cases[i].text);
		buf_release(&out);
	}
}

static void test_exact(void **state)
{
	static const double values[] = {0, 0.1, 1.0 / 3, 1e300, -2.5e-300, 123456789.125};
	struct buf out = {0};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(values); i++) {
		buf_clear(&out);
		format_exact(&out, values[i]);
		assert_true(strtod(buf_text(&out), NULL) == values[i]);
	}
	buf_clear(&out);
	format_exact(&out, (double)NAN);
	assert_string_equal(buf_text(&out), "");
	buf_release(&out);
}

static void join_labels(const struct plot_axis *a, struct buf *out)
{
	size_t i;

	for (i = 0; i < a->tick_count; i++)
		buf_printf(out, "%s%s", i ? " " : "", a->ticks[i].label);
}

static void test_axes(void **state)
{
	static const struct {
		char kind;
		double min, max;
		const char *labels;
	} cases[] = {
		{'l', 0, 98, "0 20 40 60 80 100"},
		{'l', 0, 2.7, "0 1 2 3"},
		{'l', 0, 0, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{'l', 0, 21400, "0 5,000 10,000 15,000 20,000 25,000"},
		{'l', -3, 4, "-4 -2 0 2 4"},
		{'w', 0, 2, "0 1 2"},
		{'g', 60, 7000, "100 200 500 1,000 2,000 5,000"},
		{'g', 0.001, 100, "0.001 0.01 0.1 1 10 100"},
		{'s', 0, 30, "0 5 10 15 20 25 30"},
		{'s', 0, 600, "0:00 1:00 2:00 3:00 4:00 5:00 6:00 7:00 8:00 9:00 10:00"},
		{'s', 0, 7200,
		 "0:00:00 0:15:00 0:30:00 0:45:00 1:00:00 1:15:00 1:30:00 1:45:00 "
		 "2:00:00"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct plot_axis a;
		struct buf out = {0};

		if (cases[i].kind == 'g')
			axis_log(&a, cases[i].min, cases[i].max);
		else if (cases[i].kind == 's')
			axis_seconds(&a, cases[i].max);
		else
			axis_linear(&a, cases[i].min, cases[i].max, cases[i].kind == 'w');
		join_labels(&a, &out);
		assert_string_equal(buf_text(&out), cases[i].labels);
		buf_release(&out);
	}
}

/* Whatever the range, an axis has an extent, and never more ticks than there is room for. */
static void test_axes_extreme(void **state)
{
	static const double values[] = {0, 1e-300, 1e-9, 1, 1e9, 1e300, INFINITY, NAN, -1, -1e300};
	const size_t n = COUNT(values);
	struct plot_axis a;
	size_t i, k;

	(void)state;
	for (i = 0; i < n; i++) {
		for (k = 0; k < n; k++) {
			axis_linear(&a, values[i], values[k], false);
			assert_true(a.max > a.min && a.tick_count <= PLOT_TICKS);
			axis_log(&a, values[i], values[k]);
			assert_true(a.max > a.min && a.min > 0 && a.tick_count <= PLOT_TICKS);
		}
		axis_seconds(&a, values[i]);
		assert_true(a.max > a.min && a.tick_count > 0);
	}
}

static void test_svg_clean(void **state)
{
	static const struct {
		const char *in, *out; /* NULL: refused */
	} cases[] = {
		{"<?xml?><svg width='3'><title>t</title><defs><path id='p' d='M0,0 L1,1'/></defs>"
		 "<g id=\"a\" color=\"black\" stroke=\"currentColor\"></g>"
		 "<g id=\"b\" fill=\"none\"><path stroke='rgb(  2,   2,   2)' class=\"x\" "
		 "d='M1,1 L2,2 '/></g></svg>",
		 "<g fill=\"none\"><path stroke=\"var(--plot-axis)\" d=\"M1,1 L2,2 \"/></g>\n"},
		{"<svg><path d='M1,1 '/><path stroke='rgb(3,3,3)' d='M1,1 L2,2'/></svg>",
		 "<path stroke=\"var(--plot-grid)\" d=\"M1,1 L2,2\"/>"},
		{"<svg><polygon fill = 'rgb(  4,   4,   2)' fill-opacity = '0.1' points = '1,2 "
		 "3,4'/>"
		 "</svg>",
		 "<polygon fill=\"var(--plot-2)\" fill-opacity=\"0.1\" points=\"1,2 3,4\"/>"},
		{"<svg><text fill=\"rgb(1,1,1)\"><tspan "
		 "font-family=\"x\">5,000</tspan></text></svg>",
		 "<text fill=\"currentColor\">5,000</text>"},
		/* nothing but the harmless is let through */
		{"<svg><script>alert(1)</script><path onload='x()' d='M0,0 L1,1'/></svg>",
		 "<path d=\"M0,0 L1,1\"/>"},
		{"<svg><path stroke='url(javascript:x)' d='M0,0 L1,1'/></svg>",
		 "<path d=\"M0,0 L1,1\"/>"},
		{"<svg><image href='http://x/'/><path d='M0,0 L1,1'/></svg>",
		 "<path d=\"M0,0 L1,1\"/>"},
		{"<svg></svg>", NULL},
		{"<svg><path d='M0,0 L1,1'/>", NULL},
		{"<svg><g><path d='M0,0 L1,1'", NULL},
		{"<svg></g></svg>", NULL},
		{"<svg><text>no end</svg>", NULL},
		{"", NULL},
		{"no svg at all", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct buf out = {0};
		bool good = svg_clean(cases[i].in, &out);

		assert_int_equal(good, cases[i].out != NULL);
		if (good)
			assert_string_equal(buf_text(&out), cases[i].out);
		buf_release(&out);
	}
}

static void test_svg_deep(void **state)
{
	struct buf in = {0}, out = {0};
	int i;

	(void)state;
	buf_puts(&in, "<svg>");
	for (i = 0; i < 100; i++)
		buf_puts(&in, "<g fill=\"none\">");
	assert_false(svg_clean(buf_text(&in), &out));
	buf_release(&in);
	buf_release(&out);
}

/* A plot of one curve, and a stand-in for gnuplot that is a shell script. */
static void setup_plot(struct plot *p, double *x, double *y)
{
	*p = (struct plot){.width = 300, .height = 200, .curve_count = 1};
	axis_linear(&p->x, 0, 1, false);
	axis_linear(&p->y, 0, 1, false);
	x[0] = y[0] = 0;
	x[1] = y[1] = 1;
	p->curves[0] = (struct plot_curve){.x = x, .y = y, .count = 2};
}

static char *write_program(const char *text)
{
	char *path = strdup("/tmp/lakeport-test-XXXXXX");
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	fprintf(f, "#!/bin/sh\n%s\n", text);
	fchmod(fd, 0700);
	fclose(f);
	return path;
}

static void test_plot_programs(void **state)
{
	static const struct {
		const char *program, *error; /* NULL: drawn */
	} cases[] = {
		{"cp /dev/null 0.svg", "gnuplot did not draw what it was asked to"},
		{"true", "gnuplot did not draw what it was asked to"},
		{"exit 3", "gnuplot failed with status 3"},
		{"kill -9 $$", "gnuplot was ended by signal 9"},
		{"exec sleep 20", "gnuplot took longer than 0.2 s and was ended"},
		{"test -s script && test -s D0-0 && test \"$HOME\" = \"$PWD\" &&"
		 " echo \"<svg><path d='M0,0 L1,1'/></svg>\" > 0.svg",
		 NULL},
	};
	double x[2], y[2];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		char *path = write_program(cases[i].program);
		struct error e = ERROR_INIT;
		struct plot p;
		int result;

		setup_plot(&p, x, y);
		result = plot_draw(&p, 1, path, 200, &e);
		assert_int_equal(result, cases[i].error ? -1 : 0);
		if (cases[i].error)
			assert_string_equal(e.text, cases[i].error);
		assert_int_equal(p.svg.len > 0, !cases[i].error);
		buf_release(&p.svg);
		unlink(path);
		free(path);
	}
}

static void test_plot_missing(void **state)
{
	struct error e = ERROR_INIT;
	double x[2], y[2];
	struct plot p;

	(void)state;
	setup_plot(&p, x, y);
	assert_int_equal(plot_draw(&p, 1, "/nonexistent/gnuplot", 1000, &e), -1);
	assert_string_equal(e.text, "gnuplot is not installed");
	assert_int_equal(p.svg.len, 0);
}

/* A histogram of n values around `us`. */
static void fill(struct histogram *h, unsigned n, double us)
{
	unsigned i;

	for (i = 0; i < n; i++)
		histogram_record(h, (uint64_t)(us * 1000 * (1 + i % 100 / 100.0)));
}

static void test_charts(void **state)
{
	struct histogram *few = calloc(1, sizeof(*few)), *many = calloc(1, sizeof(*many));
	struct labelled_histogram list[] = {{"few", few}, {"many", many}};
	struct arena a = {0};
	struct chart c;
	size_t i;
	double sum = 0;

	(void)state;
	assert_false(chart_percentiles(&a, list, 2, &c));
	assert_false(chart_distribution(&a, list, 2, &c));
	fill(few, 1, 100);
	fill(many, 10000, 200);
	assert_true(chart_percentiles(&a, list, 2, &c));
	assert_int_equal(c.plot.curve_count, 2);
	assert_int_equal(c.plot.curves[0].count, 1);
	assert_int_equal(c.plot.curves[1].count, PLOT_POINTS);
	assert_string_equal(c.unit, "µs");
	for (i = 1; i < PLOT_POINTS; i++)
		assert_true(c.plot.curves[1].y[i] >= c.plot.curves[1].y[i - 1]);
	assert_true(chart_distribution(&a, list + 1, 1, &c));
	for (i = 0; i < c.plot.curves[0].count; i++)
		sum += c.plot.curves[0].y[i];
	assert_true(fabs(sum - 100) < 0.5); /* shares add up */
	free(few);
	free(many);
	arena_release(&a);
}

/* Long series are thinned; a single bad second must stay visible. */
static void test_course_keeps_worst(void **state)
{
	static double values[10000];
	struct course course = {"latency_p99_us", "p99", values, 10000, 1, 1, BETTER_LOWER};
	struct arena a = {0};
	struct chart c;
	double highest = 0;
	size_t i;

	(void)state;
	for (i = 0; i < 10000; i++)
		values[i] = 10;
	values[7777] = 500;
	assert_true(chart_courses(&a, "Latency", "us", &course, 1, &c));
	assert_int_equal(c.plot.curve_count, 2);
	assert_int_equal(c.plot.curves[0].count, PLOT_POINTS);
	for (i = 0; i < PLOT_POINTS; i++)
		highest = fmax(highest, c.plot.curves[1].y[i]);
	assert_true(highest == 500);
	assert_true(c.plot.curves[0].y[0] == 10 && c.plot.curves[0].y[7777 / 50] == 19.8);
	assert_string_equal(c.labels[0], "mean of 50 values");
	course.count = 5000; /* no value but 0 and NAN */
	for (i = 0; i < 5000; i++)
		values[i] = i % 2 ? 0 : (double)NAN;
	assert_false(chart_courses(&a, "Failed", "", &course, 1, &c));
	arena_release(&a);
}

/* Only a table that says so is drawn, and of it only what has a place on the plot. */
static void test_table_as_curve(void **state)
{
	struct record_column columns[] = {{"step", "Step", "", BETTER_NONE, true},
					  {"rate", "Rate", "tx/s", BETTER_HIGHER, false},
					  {"p50_us", "p50", "us", BETTER_LOWER, false},
					  {"p99_us", "p99", "us", BETTER_LOWER, false},
					  {"busy", "Busy", "%", BETTER_LOWER, false}};
	struct cell cells[] = {{"a", 0}, {NULL, 10}, {NULL, 1000},  {NULL, (double)NAN}, {NULL, 1},
			       {"b", 0}, {NULL, 20}, {NULL, 2000},  {NULL, (double)NAN}, {NULL, 2},
			       {"c", 0}, {NULL, 15}, {NULL, 4000},  {NULL, (double)NAN}, {NULL, 3},
			       {"d", 0}, {NULL, -5}, {NULL, 1e300}, {NULL, (double)NAN}, {NULL, 3}};
	struct record_table t = {.name = "sweep",
				 .title = "Sweep",
				 .columns = columns,
				 .column_count = 5,
				 .row_count = 4,
				 .cells = cells};
	struct arena a = {0};
	struct chart c;

	(void)state;
	assert_false(chart_table(&a, &t, &c));
	t.curve = "rate";
	assert_true(chart_table(&a, &t, &c));
	assert_int_equal(c.plot.curve_count, 1);
	assert_string_equal(c.labels[0], "p50");
	assert_string_equal(c.unit, "ms");
	assert_int_equal(c.plot.curves[0].count, 3);
	assert_true(c.plot.curves[0].x[2] == 15 && c.plot.curves[0].y[2] == 4);
	assert_true(c.plot.x.max >= 20 && c.plot.y.max >= 4);
	t.row_count = 1;
	assert_false(chart_table(&a, &t, &c));
	t.row_count = 4;
	t.curve = "busy";
	assert_false(chart_table(&a, &t, &c));
	t.curve = "step";
	assert_false(chart_table(&a, &t, &c));
	t.curve = "nothing";
	assert_false(chart_table(&a, &t, &c));
	t.curve = "rate";
	cells[1].number = cells[6].number = cells[11].number = 0;
	assert_false(chart_table(&a, &t, &c));
	arena_release(&a);
}

static struct record *sample(void)
{
	static const struct record_column columns[] = {
		{"rate", "Rate", "tx/s", BETTER_HIGHER, false},
		{"latency_p99_us", "Latency, p99", "us", BETTER_LOWER, false},
	};
	static const struct record_column cells[] = {
		{"statement", "Statement", "", BETTER_NONE, true},
		{"p50_us", "p50", "us", BETTER_LOWER, false},
		{"max_us", "Longest", "us", BETTER_LOWER, false},
	};
	char *argv[] = {(char *)"bench", (char *)"run", (char *)"-b", (char *)"select only"};
	struct record *r = record_new("bench", "run", 4, argv);
	struct histogram *h = calloc(1, sizeof(*h));
	struct record_table *t;
	struct series *s;
	int i;

	record_title(r, "<b>title</b>");
	record_metric(r, "rate", NULL, 1234, true);
	record_metric(r, "latency_p99_us", NULL, 250, true);
	record_metric(r, "latency_p99_us", "a.sql", 150, false);
	record_metric(r, "connections", NULL, 8, false);
	fill(h, 1000, 200);
	record_histogram(r, "latency", NULL, "us", h);
	s = record_series(r, "seconds", "Second by second", 1, columns, 2);
	for (i = 0; i < 10; i++)
		series_row(r, s, (double[]){1200 + i, i == 5 ? (double)NAN : 240 + i});
	t = record_table(r, "statements", "By statement", cells, 3);
	table_row(r, t, (struct cell[]){{"SELECT 1 | 2", 0}, {NULL, 200}, {NULL, 12000}});
	table_row(r, t, (struct cell[]){{"</td><script>x</script>", 0}, {NULL, 90}, {NULL, NAN}});
	record_finding(r, "CLIENT-BUSY", SEVERITY_WARNING, "client", "thread 1: 97 % busy", "-j 2");
	free(h);
	return r;
}

static void test_chart_names(void **state)
{
	static const struct {
		const char *names[2], *titles[2], *chart, *legend;
	} cases[] = {
		{{"latency_p50_us", "latency_p99_us"},
		 {"Latency, p50", "Latency, p99"},
		 "Latency",
		 "p50"},
		{{"latency_p50_us", "latency_p99_us"}, {"p50", "p99"}, "Latency", "p50"},
		{{"read_us", "write_us"}, {"Read", "Write"}, "", "Read"},
	};
	struct record *r = record_new("bench", "run", 0, NULL);
	struct arena a = {0};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct record_column columns[2] = {
			{cases[i].names[0], cases[i].titles[0], "us", 0, 0},
			{cases[i].names[1], cases[i].titles[1], "us", 0, 0}};
		struct series *s = record_series(r, "seconds", "", 1, columns, 2);
		struct charts charts;

		series_row(r, s, (double[]){1, 2});
		series_row(r, s, (double[]){2, 1});
		charts = charts_of_series(&a, s);
		assert_int_equal(charts.count, 1);
		assert_string_equal(charts.items[0].title, cases[i].chart);
		assert_string_equal(charts.items[0].labels[0], cases[i].legend);
	}
	arena_release(&a);
	record_free(r);
}

/* The parts of a run are told by a table when each of them has its row there. */
static void test_sheet_of_parts(void **state)
{
	static const struct record_column columns[] = {{"script", "Script", "", BETTER_NONE, true}};
	struct record *r = record_new("bench", "run", 0, NULL);
	struct record_table *t = record_table(r, "scripts", "Scripts", columns, 1);
	struct arena a = {0};

	(void)state;
	record_metric(r, "rate", "a.sql", 1, false);
	record_metric(r, "rate", "b.sql", 2, false);
	table_row(r, t, &(struct cell){"a.sql", 0});
	assert_int_equal(sheet_of_parts(&a, r)->row_count, 2);
	table_row(r, t, &(struct cell){"b.sql", 0});
	assert_null(sheet_of_parts(&a, r));
	arena_release(&a);
	record_free(r);
}

static void test_sheet_scale(void **state)
{
	struct record *r = sample();
	struct arena a = {0};
	struct sheet *s = sheet_of_table(&a, r->tables[0], 10);

	(void)state;
	assert_string_equal(sheet_heading(&a, &s->columns[1]), "p50, µs");
	assert_string_equal(sheet_heading(&a, &s->columns[2]), "Longest, µs");
	assert_string_equal(s->cells[1].text, "200");
	assert_string_equal(s->cells[2].text, "12,000");
	assert_string_equal(s->cells[5].text, FORMAT_NOTHING);
	s = sheet_of_table(&a, r->tables[0], 1);
	assert_int_equal(s->row_count, 1);
	assert_int_equal(s->rows_left_out, 1);
	arena_release(&a);
	record_free(r);
}

/* Every renderer takes every record, and no text gets through as markup. */
static void test_renderers(void **state)
{
	const struct render_options options = {.color = false};
	struct record *r = sample(), *bare = record_new("bench", "run", 0, NULL);
	size_t i;

	(void)state;
	for (i = 0; i < renderer_count; i++) {
		struct error e = ERROR_INIT;
		struct buf out = {0};

		if (!renderers[i].record)
			continue;
		assert_int_equal(renderers[i].record(bare, &options, &out, &e), 0);
		buf_clear(&out);
		assert_int_equal(renderers[i].record(r, &options, &out, &e), 0);
		if (strcmp(renderers[i].name, "text") && strcmp(renderers[i].name, "csv")) {
			assert_null(strstr(buf_text(&out), "<b>title"));
			assert_null(strstr(buf_text(&out), "<script>x"));
		}
		buf_release(&out);
	}
	record_free(bare);
	record_free(r);
}

static void test_terminal(void **state)
{
	struct record *r = sample();
	struct buf plain = {0}, color = {0};

	(void)state;
	assert_int_equal(report_terminal(r, false, &plain), 0);
	assert_int_equal(report_terminal(r, true, &color), 0);
	assert_null(strchr(buf_text(&plain), '\033'));
	assert_non_null(strchr(buf_text(&color), '\033'));
	assert_non_null(strstr(buf_text(&plain), "1,234 tx/s"));
	assert_non_null(strstr(buf_text(&plain), "warning: client: thread 1: 97 % busy"));
	buf_release(&plain);
	buf_release(&color);
	record_free(r);
}

static void test_command_is_quoted(void **state)
{
	struct record *r = sample();
	struct buf out = {0};

	(void)state;
	format_command(&out, r);
	assert_string_equal(buf_text(&out), "lakeport bench run -b 'select only'");
	r->arguments += 2; /* a record that does not repeat tool and verb */
	r->argument_count -= 2;
	buf_clear(&out);
	format_command(&out, r);
	assert_string_equal(buf_text(&out), "lakeport bench run -b 'select only'");
	buf_release(&out);
	record_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_escape_cut),
		cmocka_unit_test(test_quantity),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_axes),
		cmocka_unit_test(test_axes_extreme),
		cmocka_unit_test(test_svg_clean),
		cmocka_unit_test(test_svg_deep),
		cmocka_unit_test(test_plot_programs),
		cmocka_unit_test(test_plot_missing),
		cmocka_unit_test(test_charts),
		cmocka_unit_test(test_course_keeps_worst),
		cmocka_unit_test(test_table_as_curve),
		cmocka_unit_test(test_chart_names),
		cmocka_unit_test(test_sheet_of_parts),
		cmocka_unit_test(test_sheet_scale),
		cmocka_unit_test(test_renderers),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_command_is_quoted),
	};

	return RUN("report", tests);
}
