/* history_draw.c - a history in words, as tables, as text and as CSV. See history.h. */
#include "reports/history.h"

#include <math.h>
#include <string.h>

#include "common/clock.h"
#include "common/difference.h"
#include "reports/escape.h"
#include "reports/format.h"
#include "reports/render.h"

#define TEXT_RUNS   20
#define SPARK_WIDTH 60

static const char *quantity_text(struct history *h, double value, const char *unit)
{
	struct quantity q = quantity_of(value, unit);

	return arena_printf(&h->arena, "%s%s%s", q.number, *q.unit ? " " : "", q.unit);
}

static const char *when_text(struct history *h, uint64_t when)
{
	struct buf text = {0};
	const char *result;

	format_when(&text, when);
	result = arena_strdup(&h->arena, buf_text(&text));
	buf_release(&text);
	return result;
}

const char *trend_title(struct history *h, const struct trend *t)
{
	const char *title = metric_title(t->name);

	return t->of ? arena_printf(&h->arena, "%s (%s)", title, t->of) : title;
}

const char *change_verdict(struct history *h, const struct trend *t, const struct change *c)
{
	struct difference d = difference_of(c->before, c->after, t->better, 0, 0);
	struct buf text = {0};
	const char *result;

	if (d.verdict == VERDICT_WORSE || d.verdict == VERDICT_BETTER)
		buf_printf(&text, "%s, ", verdict_word(d.verdict));
	format_percent(&text, d.percent);
	result = arena_strdup(&h->arena, buf_text(&text));
	buf_release(&text);
	return result;
}

struct sheet *history_changes(struct history *h)
{
	static const char *const titles[] = {"Figure", "Since run", "Began", "Before",
					     "After",  "Change",    "Record"};
	const size_t n = sizeof(titles) / sizeof(titles[0]);
	struct sheet *s = sheet_new(&h->arena, "changes", "Changes", n);
	size_t i, k;

	for (i = 0; i < n; i++)
		s->columns[i] = (struct sheet_column){titles[i], "", true};
	s->columns[1].text = s->columns[3].text = s->columns[4].text = false;
	for (i = 0; i < h->trend_count; i++) {
		const struct trend *t = &h->trends[i];

		for (k = 0; k < t->change_count; k++) {
			const struct change *c = &t->changes[k];
			struct sheet_cell *row = sheet_row(&h->arena, s);

			row[0].text = trend_title(h, t);
			row[1].number = (double)c->run + 1;
			row[1].text = arena_printf(&h->arena, "%zu", c->run + 1);
			row[2].text = when_text(h, h->runs[c->run].started);
			row[3].number = c->before;
			row[3].text = quantity_text(h, c->before, t->unit);
			row[4].number = c->after;
			row[4].text = quantity_text(h, c->after, t->unit);
			row[5].text = change_verdict(h, t, c);
			row[6].text = h->runs[c->run].id;
		}
	}
	return s->row_count ? s : NULL;
}

struct sheet *history_runs(struct history *h, size_t limit)
{
	struct sheet *s = sheet_new(&h->arena, "runs", "Runs", h->trend_count + 3);
	size_t first = h->count > limit ? h->count - limit : 0, i, k;

	s->columns[0] = (struct sheet_column){"Run", "", false};
	s->columns[1] = (struct sheet_column){"Began", "", true};
	s->columns[2] = (struct sheet_column){"Record", "", true};
	for (k = 0; k < h->trend_count; k++)
		s->columns[k + 3].title = trend_title(h, &h->trends[k]);
	for (i = first; i < h->count; i++) {
		struct sheet_cell *row = sheet_row(&h->arena, s);

		row[0].number = (double)i + 1;
		row[0].text = arena_printf(&h->arena, "%zu", i + 1);
		row[1].text = when_text(h, h->runs[i].started);
		row[2].text = h->runs[i].id;
		for (k = 0; k < h->trend_count; k++) {
			row[k + 3].number = h->trends[k].values[i];
			row[k + 3].text =
				quantity_text(h, h->trends[k].values[i], h->trends[k].unit);
		}
	}
	return s;
}

static const char *left_out(struct history *h)
{
	struct buf text = {0};
	const char *result;

	if (h->older)
		buf_printf(&text, "; %zu older ones are not shown", h->older);
	if (h->incomplete)
		buf_printf(&text, "; %zu that failed or %s interrupted %s left out", h->incomplete,
			   h->incomplete == 1 ? "was" : "were", h->incomplete == 1 ? "is" : "are");
	if (h->count < CHANGE_VALUES_MIN)
		buf_printf(&text, "; changes can be told from %d runs on", CHANGE_VALUES_MIN);
	result = arena_strdup(&h->arena, buf_text(&text));
	buf_release(&text);
	return result;
}

const char *history_summary(struct history *h)
{
	const struct history_run *first = &h->runs[0], *last = &h->runs[h->count - 1];

	return arena_printf(&h->arena, "%zu run%s of %s %s, %s to %s%s", h->count,
			    h->count == 1 ? "" : "s", last->tool, last->verb,
			    when_text(h, first->started), when_text(h, last->started), left_out(h));
}

static void put_padded(struct buf *out, const char *text, size_t width)
{
	size_t n = escape_width(text);

	escape_line(out, text);
	for (; n < width; n++)
		buf_putc(out, ' ');
}

/* A line a figure: its course, and where its level is now. */
static void put_lines(struct history *h, struct buf *out)
{
	size_t width = 0, number = 0, i, n;

	for (i = 0; i < h->trend_count; i++) {
		const struct trend *t = &h->trends[i];

		n = escape_width(trend_title(h, t));
		width = n > width ? n : width;
		n = escape_width(quantity_text(h, t->medians[h->count - 1], t->unit));
		number = n > number ? n : number;
	}
	buf_putc(out, '\n');
	for (i = 0; i < h->trend_count; i++) {
		const struct trend *t = &h->trends[i];

		buf_puts(out, "  ");
		put_padded(out, trend_title(h, t), width + 2);
		put_padded(out, quantity_text(h, t->medians[h->count - 1], t->unit), number + 2);
		format_sparkline(out, t->values, h->count, 1, SPARK_WIDTH);
		buf_putc(out, '\n');
	}
}

void history_text(struct history *h, bool color, struct buf *out)
{
	struct sheet *changes = history_changes(h);

	escape_line(out, h->runs[h->count - 1].title);
	buf_putc(out, '\n');
	escape_line(out, history_summary(h));
	buf_putc(out, '\n');
	put_lines(h, out);
	if (changes)
		text_sheet(out, changes, color);
	else
		buf_puts(out, "\nno change that can be told\n");
	text_sheet(out, history_runs(h, TEXT_RUNS), color);
}

void history_csv(struct history *h, struct buf *out)
{
	size_t i, k, c;
	char when[40];

	buf_puts(out, "run,id,started,name,of,unit,value,level,change\r\n");
	for (i = 0; i < h->trend_count; i++) {
		const struct trend *t = &h->trends[i];

		for (k = 0; k < h->count; k++) {
			bool changed = false;

			for (c = 0; c < t->change_count; c++)
				changed = changed || t->changes[c].run == k;
			buf_printf(out, "%zu,", k + 1);
			escape_csv(out, h->runs[k].id);
			buf_printf(out, ",%s,", clock_iso(h->runs[k].started, when, sizeof(when)));
			escape_csv(out, t->name);
			buf_putc(out, ',');
			escape_csv(out, t->of ? t->of : "");
			buf_putc(out, ',');
			escape_csv(out, t->unit);
			buf_putc(out, ',');
			format_exact(out, t->values[k]);
			buf_putc(out, ',');
			format_exact(out, t->medians[k]);
			buf_printf(out, ",%d\r\n", changed);
		}
	}
}
