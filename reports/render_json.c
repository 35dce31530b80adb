/* render_json.c - runs compared, for scripts. (One run is JSON already: its record.) */
#include "reports/render.h"

#include <math.h>

#include "reports/escape.h"
#include "reports/format.h"

static void put_text(struct buf *out, const char *name, const char *value, const char *end)
{
	buf_printf(out, "\"%s\":", name);
	if (value) {
		buf_putc(out, '"');
		escape_json(out, value);
		buf_putc(out, '"');
	} else {
		buf_puts(out, "null");
	}
	buf_puts(out, end);
}

static void put_number(struct buf *out, const char *name, double value, const char *end)
{
	buf_printf(out, "\"%s\":", name);
	if (isfinite(value))
		format_exact(out, value);
	else
		buf_puts(out, "null");
	buf_puts(out, end);
}

static void put_item(struct buf *out, const struct compared *item)
{
	buf_putc(out, '{');
	put_text(out, "name", item->name, ",");
	put_text(out, "of", item->of, ",");
	put_text(out, "unit", item->unit, ",");
	put_text(out, "better", better_word(item->better), ",");
	put_number(out, "base", item->base, ",");
	put_number(out, "new", item->new, ",");
	put_number(out, "difference_percent", item->difference.percent, ",");
	put_number(out, "noise_percent", item->difference.noise_percent, ",");
	put_number(out, "interval_low_percent", item->difference.low, ",");
	put_number(out, "interval_high_percent", item->difference.high, ",");
	buf_printf(out, "\"base_runs\":%zu,\"new_runs\":%zu,", item->base_count, item->new_count);
	put_text(out, "verdict", verdict_word(item->difference.verdict), ",");
	buf_printf(out, "\"regression\":%s}", item->difference.regression ? "true" : "false");
}

static void put_runs(struct buf *out, const char *name, struct runs runs)
{
	size_t i;

	buf_printf(out, "\"%s\":[", name);
	for (i = 0; i < runs.count; i++) {
		buf_puts(out, i ? ",\"" : "\"");
		escape_json(out, runs.items[i]->id);
		buf_putc(out, '"');
	}
	buf_puts(out, "],");
}

int compare_json(struct comparison *c, const struct render_options *options, struct buf *out,
		 struct error *e)
{
	size_t i;

	(void)options;
	(void)e;
	buf_putc(out, '{');
	put_text(out, "base", c->base->id, ",");
	put_text(out, "new", c->new->id, ",");
	put_runs(out, "base_runs", c->bases);
	put_runs(out, "new_runs", c->news);
	put_text(out, "method", comparison_method(c), ",");
	put_number(out, "max_regression_percent", c->limit, ",");
	buf_printf(out, "\"judged\":%zu,\"regressions\":%zu,\"notes\":[", c->judged,
		   c->regressions);
	for (i = 0; i < c->note_count; i++) {
		buf_puts(out, i ? ",\"" : "\"");
		escape_json(out, c->notes[i]);
		buf_putc(out, '"');
	}
	buf_puts(out, "],\"metrics\":[\n");
	for (i = 0; i < c->count; i++) {
		put_item(out, &c->items[i]);
		buf_puts(out, i + 1 < c->count ? ",\n" : "\n");
	}
	buf_puts(out, "]}\n");
	return 0;
}
