/*
 * render_junit.c - for the test page of a CI system.
 *
 * A run: one case for its outcome and one for each finding (an error fails, others are shown as
 * output), headline metrics as properties. Two runs: one case for each judged metric, a regression
 * fails. render_json.c is the same comparison for scripts.
 */
#include "reports/render.h"

#include <math.h>

#include "reports/escape.h"
#include "reports/format.h"

static void put_attribute(struct buf *out, const char *name, const char *value)
{
	struct buf line = {0};

	escape_line(&line, value); /* XML would turn line ends into blanks anyway */
	buf_printf(out, " %s=\"", name);
	escape_html(out, buf_text(&line));
	buf_putc(out, '"');
	buf_release(&line);
}

static void begin_suite(struct buf *out, const char *name, size_t tests, size_t failures,
			size_t skipped)
{
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite");
	put_attribute(out, "name", name);
	buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", tests,
		   failures, skipped);
}

static void end_suite(struct buf *out)
{
	buf_puts(out, "</testsuite>\n</testsuites>\n");
}

static void begin_case(struct buf *out, const char *class, const char *name)
{
	buf_puts(out, "<testcase");
	put_attribute(out, "classname", class);
	put_attribute(out, "name", name);
	buf_putc(out, '>');
}

static void put_failure(struct buf *out, const char *type, const char *message, const char *text)
{
	buf_puts(out, "<failure");
	put_attribute(out, "type", type);
	put_attribute(out, "message", message);
	buf_putc(out, '>');
	escape_html(out, text);
	buf_puts(out, "</failure>");
}

static void put_output(struct buf *out, const char *text)
{
	buf_puts(out, "<system-out>");
	escape_html(out, text);
	buf_puts(out, "</system-out>");
}

static void put_properties(struct buf *out, const struct record *r)
{
	size_t i;

	buf_puts(out, "<properties>\n");
	for (i = 0; i < r->metric_count; i++) {
		struct buf value = {0};

		if (!r->metrics[i].headline || r->metrics[i].of)
			continue;
		format_exact(&value, r->metrics[i].value);
		buf_puts(out, "<property");
		put_attribute(out, "name", r->metrics[i].name);
		put_attribute(out, "value", buf_text(&value));
		buf_puts(out, "/>\n");
		buf_release(&value);
	}
	buf_puts(out, "</properties>\n");
}

static void put_finding(struct buf *out, struct arena *a, const struct finding *f)
{
	const char *text = arena_printf(a, "%s%s%s", f->evidence, *f->fix ? "\n" : "", f->fix);

	begin_case(out, f->id, *f->object ? f->object : f->id);
	if (f->severity == SEVERITY_ERROR)
		put_failure(out, f->id, f->evidence, text);
	else
		put_output(out, text);
	buf_puts(out, "</testcase>\n");
}

int render_junit(const struct record *r, const struct render_options *options, struct buf *out,
		 struct error *e)
{
	bool bad = r->outcome == OUTCOME_FAILED || r->outcome == OUTCOME_INTERRUPTED;
	struct arena a = {0};
	size_t failures = bad, i;

	(void)options;
	(void)e;
	for (i = 0; i < r->finding_count; i++)
		failures += r->findings[i].severity == SEVERITY_ERROR;
	begin_suite(out, arena_printf(&a, "lakeport %s %s: %s", r->tool, r->verb, r->title),
		    r->finding_count + 1, failures, 0);
	put_properties(out, r);
	begin_case(out, "run", "outcome");
	if (bad)
		put_failure(out, outcome_word(r->outcome),
			    r->error ? r->error : outcome_word(r->outcome), "");
	buf_puts(out, "</testcase>\n");
	for (i = 0; i < r->finding_count; i++)
		put_finding(out, &a, &r->findings[i]);
	end_suite(out);
	arena_release(&a);
	return 0;
}

/* "48,213 tx/s -> 41,000 tx/s: -15.0 %, 95 % interval -15.9 % to -14.1 %" */
static void describe(struct buf *out, struct comparison *c, const struct compared *item)
{
	format_quantity(out, item->base, item->unit);
	buf_puts(out, " -> ");
	format_quantity(out, item->new, item->unit);
	buf_puts(out, ": ");
	format_percent(out, item->difference.percent);
	if (isfinite(item->difference.low))
		buf_printf(out, ", 95 %% interval %s", compared_interval(c, item));
	if (item->difference.verdict == VERDICT_SAME)
		buf_printf(out, ": %s", verdict_word(VERDICT_SAME));
}

int compare_junit(struct comparison *c, const struct render_options *options, struct buf *out,
		  struct error *e)
{
	struct arena a = {0};
	struct buf text = {0};
	size_t i;

	(void)options;
	(void)e;
	begin_suite(out, arena_printf(&a, "lakeport report compare: %s", c->new->title), c->judged,
		    c->regressions, 0);
	for (i = 0; i < c->count; i++) {
		const struct compared *item = &c->items[i];

		if (item->difference.verdict == VERDICT_UNJUDGED)
			continue;
		begin_case(out, item->of ? arena_printf(&a, "metric.%s", item->of) : "metric",
			   item->name);
		buf_clear(&text);
		describe(&text, c, item);
		if (item->difference.regression)
			put_failure(out, "regression", compared_verdict(c, item), buf_text(&text));
		else
			put_output(out, buf_text(&text));
		buf_puts(out, "</testcase>\n");
	}
	for (i = 0; i < c->note_count; i++)
		put_output(out, c->notes[i]);
	end_suite(out);
	buf_release(&text);
	arena_release(&a);
	return 0;
}
