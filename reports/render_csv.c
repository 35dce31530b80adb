/*
 * render_csv.c - everything in a run record as one long table (RFC 4180), for other programs.
 *
 * part,name,of,column,row,value,unit: one line a value. `part` is record, where, target, metric,
 * histogram, series, table or finding; numbers are as in the record, exact; no value is an empty
 * field. Series rows count from 0; histograms give their figures in ns.
 */
#include "reports/render.h"

#include <math.h>
#include <stdio.h>

#include "common/clock.h"
#include "reports/escape.h"
#include "reports/format.h"

struct line {
	const char *part, *name, *of, *column;
	double row;	  /* NAN: none */
	const char *text; /* NULL: `number` */
	double number;
	const char *unit;
};

static void put_field(struct buf *out, const char *s, const char *end)
{
	escape_csv(out, s ? s : "");
	buf_puts(out, end);
}

static void put_line(struct buf *out, struct line l)
{
	put_field(out, l.part, ",");
	put_field(out, l.name, ",");
	put_field(out, l.of, ",");
	put_field(out, l.column, ",");
	format_exact(out, l.row);
	buf_putc(out, ',');
	if (l.text)
		put_field(out, l.text, ",");
	else
		format_exact(out, l.number);
	buf_puts(out, l.text ? "" : ",");
	put_field(out, l.unit, "\r\n");
}

static void put_text(struct buf *out, const char *part, const char *name, const char *text)
{
	put_line(out, (struct line){.part = part, .name = name, .row = (double)NAN, .text = text});
}

static void put_head(struct buf *out, const struct record *r)
{
	char when[40];
	size_t i;

	put_text(out, "record", "id", r->id);
	put_text(out, "record", "tool", r->tool);
	put_text(out, "record", "verb", r->verb);
	put_text(out, "record", "title", r->title);
	put_text(out, "record", "started", clock_iso(r->started, when, sizeof(when)));
	put_text(out, "record", "finished", clock_iso(r->finished, when, sizeof(when)));
	put_text(out, "record", "outcome", outcome_word(r->outcome));
	if (r->error)
		put_text(out, "record", "error", r->error);
	for (i = 0; i < r->argument_count; i++)
		put_line(out, (struct line){.part = "record",
					    .name = "argument",
					    .row = (double)i,
					    .text = r->arguments[i]});
	for (i = 0; i < r->target.count; i++)
		put_text(out, "target", r->target.items[i].name, r->target.items[i].value);
	for (i = 0; i < r->where.count; i++)
		put_text(out, "where", r->where.items[i].name, r->where.items[i].value);
}

static void put_histogram(struct buf *out, const struct record_histogram *rh)
{
	static const struct {
		const char *name;
		double share;
	} percentiles[] = {{"p50", .5},	 {"p90", .9},	 {"p95", .95},
			   {"p99", .99}, {"p999", .999}, {"p9999", .9999}};
	struct line l = {"histogram", rh->name, rh->of, "count", (double)NAN, NULL, 0, ""};
	size_t i;

	l.number = (double)rh->h->count;
	put_line(out, l);
	if (rh->h->count == 0)
		return;
	l.unit = "ns";
	l.column = "mean";
	l.number = histogram_mean(rh->h);
	put_line(out, l);
	l.column = "min";
	l.number = (double)rh->h->min;
	put_line(out, l);
	for (i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++) {
		l.column = percentiles[i].name;
		l.number = histogram_percentile(rh->h, percentiles[i].share);
		put_line(out, l);
	}
	l.column = "max";
	l.number = (double)rh->h->max;
	put_line(out, l);
}

static void put_series(struct buf *out, const struct series *s)
{
	size_t i, k;

	for (i = 0; i < s->row_count; i++)
		for (k = 0; k < s->column_count; k++)
			put_line(out,
				 (struct line){"series", s->name, NULL, s->columns[k].name,
					       (double)i, NULL, s->values[i * s->column_count + k],
					       s->columns[k].unit});
}

static void put_table(struct buf *out, const struct record_table *t)
{
	size_t i, k;

	for (i = 0; i < t->row_count; i++) {
		for (k = 0; k < t->column_count; k++) {
			const struct cell *c = &t->cells[i * t->column_count + k];

			put_line(out,
				 (struct line){"table", t->name, NULL, t->columns[k].name,
					       (double)i, c->text, c->number, t->columns[k].unit});
		}
	}
}

static void put_finding(struct buf *out, const struct finding *f, size_t row)
{
	const char *const columns[] = {"severity", "object", "evidence", "fix"};
	const char *const values[] = {severity_word(f->severity), f->object, f->evidence, f->fix};
	size_t i;

	for (i = 0; i < 4; i++)
		put_line(out, (struct line){"finding", f->id, NULL, columns[i], (double)row,
					    values[i], 0, ""});
}

int render_csv(const struct record *r, const struct render_options *options, struct buf *out,
	       struct error *e)
{
	size_t i;

	(void)options;
	(void)e;
	buf_puts(out, "part,name,of,column,row,value,unit\r\n");
	put_head(out, r);
	for (i = 0; i < r->metric_count; i++)
		put_line(out,
			 (struct line){"metric", r->metrics[i].name, r->metrics[i].of, "value",
				       (double)NAN, NULL, r->metrics[i].value, r->metrics[i].unit});
	for (i = 0; i < r->histogram_count; i++)
		put_histogram(out, &r->histograms[i]);
	for (i = 0; i < r->series_count; i++)
		put_series(out, r->series[i]);
	for (i = 0; i < r->table_count; i++)
		put_table(out, r->tables[i]);
	for (i = 0; i < r->finding_count; i++)
		put_finding(out, &r->findings[i], i);
	return 0;
}

int compare_csv(struct comparison *c, const struct render_options *options, struct buf *out,
		struct error *e)
{
	size_t i;

	(void)options;
	(void)e;
	buf_puts(out, "name,of,unit,base,new,difference_percent,noise_percent,verdict,regression,"
		      "interval_low_percent,interval_high_percent,base_runs,new_runs\r\n");
	for (i = 0; i < c->count; i++) {
		const struct compared *item = &c->items[i];

		put_field(out, item->name, ",");
		put_field(out, item->of, ",");
		put_field(out, item->unit, ",");
		format_exact(out, item->base);
		buf_putc(out, ',');
		format_exact(out, item->new);
		buf_putc(out, ',');
		format_exact(out, item->difference.percent);
		buf_putc(out, ',');
		format_exact(out, item->difference.noise_percent);
		buf_putc(out, ',');
		put_field(out, verdict_word(item->difference.verdict), ",");
		buf_printf(out, "%d,", item->difference.regression);
		format_exact(out, item->difference.low);
		buf_putc(out, ',');
		format_exact(out, item->difference.high);
		buf_printf(out, ",%zu,%zu\r\n", item->base_count, item->new_count);
	}
	return 0;
}
