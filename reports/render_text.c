/*
 * render_text.c - a run, or two compared, as text of at most some 100 columns.
 *
 * This is what a run prints when it ends, so the order is that of a reader's questions: what came
 * out, is anything wrong, how are the times spread, where did they go.
 */
#include "reports/render.h"

#include <string.h>

#include "reports/escape.h"
#include "reports/format.h"
#include "reports/reports.h"
#include "reports/sheet.h"

#define LINE_WIDTH  98
#define CELL_WIDTH  46
#define SPARK_WIDTH 30
#define NOISE_WIDTH 10
#define ROWS_BRIEF  12
#define ROWS_MAX    1000

enum ink { INK_PLAIN, INK_BOLD, INK_DIM, INK_GREEN, INK_YELLOW, INK_RED };

struct page {
	struct buf *out;
	const struct render_options *options;
	struct arena arena;
};

static const char *ink_code(const struct page *p, enum ink ink)
{
	static const char *const codes[] = {"\033[0m",	"\033[1m",  "\033[2m",
					    "\033[32m", "\033[33m", "\033[31m"};

	return p->options->color ? codes[ink] : "";
}

/* `text` is ours or has been escaped. */
static void put(struct page *p, enum ink ink, const char *text)
{
	if (ink == INK_PLAIN)
		buf_puts(p->out, text);
	else
		buf_printf(p->out, "%s%s%s", ink_code(p, ink), text, ink_code(p, INK_PLAIN));
}

static void put_spaces(struct page *p, size_t n)
{
	buf_printf(p->out, "%*s", (int)n, "");
}

/* Text from outside in lines of LINE_WIDTH; all but the first are indented. */
static void put_wrapped(struct page *p, const char *text, size_t used, size_t indent)
{
	struct buf line = {0};
	char *word, *rest;

	escape_line(&line, text);
	for (word = line.data; word && *word; word = rest) {
		size_t width;

		rest = word + strcspn(word, " ");
		if (*rest)
			*rest++ = '\0';
		width = escape_width(word);
		if (used > indent && used + 1 + width > LINE_WIDTH) {
			buf_putc(p->out, '\n');
			put_spaces(p, indent);
			used = indent;
		} else if (word != line.data) {
			buf_putc(p->out, ' ');
			used++;
		}
		buf_puts(p->out, word);
		used += width;
	}
	buf_putc(p->out, '\n');
	buf_release(&line);
}

static const char *cell_text(struct page *p, const char *text)
{
	struct buf cut = {0};
	const char *result;

	escape_line_cut(&cut, text, CELL_WIDTH);
	result = arena_strdup(&p->arena, buf_text(&cut));
	buf_release(&cut);
	return result;
}

static void put_padded(struct page *p, enum ink ink, const char *text, size_t width, bool left)
{
	size_t own = escape_width(text), gap = own < width ? width - own : 0;

	if (!left)
		put_spaces(p, gap);
	put(p, ink, text);
	if (left)
		put_spaces(p, gap);
}

static size_t column_width(struct page *p, const struct sheet *s, size_t k)
{
	size_t width = escape_width(cell_text(p, sheet_heading(&p->arena, &s->columns[k]))), i, n;

	for (i = 0; i < s->row_count; i++) {
		n = escape_width(cell_text(p, s->cells[i * s->column_count + k].text));
		width = n > width ? n : width;
	}
	return width;
}

/* A row of cells, or the headings when `row` is NULL. No blanks at the end of the line. */
static void put_row(struct page *p, const struct sheet *s, const struct sheet_cell *row,
		    const size_t *widths)
{
	size_t k;

	for (k = 0; k < s->column_count; k++) {
		const char *text = row ? row[k].text : sheet_heading(&p->arena, &s->columns[k]);
		bool left = s->columns[k].text;

		buf_puts(p->out, "  ");
		put_padded(p, row ? INK_PLAIN : INK_DIM, cell_text(p, text),
			   left && k + 1 == s->column_count ? 0 : widths[k], left);
	}
	buf_putc(p->out, '\n');
}

static void put_sheet(struct page *p, const struct sheet *s)
{
	size_t *widths, i, k;

	if (!s || s->row_count == 0)
		return;
	widths = arena_alloc(&p->arena, s->column_count * sizeof(*widths));
	for (k = 0; k < s->column_count; k++)
		widths[k] = column_width(p, s, k);
	if (*s->title) {
		buf_putc(p->out, '\n');
		put(p, INK_BOLD, cell_text(p, s->title));
		buf_putc(p->out, '\n');
	}
	put_row(p, s, NULL, widths);
	for (i = 0; i < s->row_count; i++)
		put_row(p, s, s->cells + i * s->column_count, widths);
	if (s->rows_left_out)
		buf_printf(p->out, "  and %zu more rows, see the record\n", s->rows_left_out);
}

static enum ink outcome_ink(enum outcome o)
{
	return o == OUTCOME_DONE ? INK_GREEN : o == OUTCOME_FAILED ? INK_RED : INK_YELLOW;
}

static void put_head(struct page *p, const struct record *r)
{
	struct buf line = {0};

	escape_line(&line, r->title);
	put(p, INK_BOLD, buf_text(&line));
	buf_putc(p->out, '\n');
	put(p, outcome_ink(r->outcome), outcome_word(r->outcome));
	buf_puts(p->out, ", ");
	escape_line(p->out, r->tool);
	buf_putc(p->out, ' ');
	escape_line(p->out, r->verb);
	buf_puts(p->out, " of ");
	format_when(p->out, r->started);
	if (record_seconds(r) > 0) {
		buf_puts(p->out, ", took ");
		format_quantity(p->out, record_seconds(r), "s");
	}
	buf_putc(p->out, '\n');
	if (r->error) {
		put(p, INK_RED, "error: ");
		put_wrapped(p, r->error, strlen("error: "), strlen("error: "));
	}
	buf_release(&line);
}

/* How much the metric moved within the run, and its course. */
static void put_course(struct page *p, const struct record *r, const struct metric *m)
{
	size_t n = 0, stride = 0;
	const double *values = series_of_metric(r, m->name, &n, &stride);
	char noise[32];

	if (!values || m->value == 0 ||
	    !noise_text(noise_of(values, n, stride), noise, sizeof(noise)))
		return;
	put_padded(p, INK_DIM, noise, NOISE_WIDTH, true);
	format_sparkline(p->out, values, n, stride, SPARK_WIDTH);
}

static void put_headlines(struct page *p, const struct record *r)
{
	size_t title_width = 0, number_width = 0, unit_width = 0, i, n;

	for (i = 0; i < r->metric_count; i++) {
		const struct metric *m = &r->metrics[i];
		struct quantity q = quantity_of(m->value, m->unit);

		if (!m->headline || m->of)
			continue;
		n = escape_width(cell_text(p, metric_title(m->name)));
		title_width = n > title_width ? n : title_width;
		n = escape_width(q.number);
		number_width = n > number_width ? n : number_width;
		n = escape_width(cell_text(p, q.unit));
		unit_width = n > unit_width ? n : unit_width;
	}
	if (title_width)
		buf_putc(p->out, '\n');
	for (i = 0; i < r->metric_count; i++) {
		const struct metric *m = &r->metrics[i];
		struct quantity q = quantity_of(m->value, m->unit);

		if (!m->headline || m->of)
			continue;
		buf_puts(p->out, "  ");
		put_padded(p, INK_PLAIN, cell_text(p, metric_title(m->name)), title_width, true);
		buf_puts(p->out, "  ");
		put_padded(p, INK_BOLD, q.number, number_width, false);
		buf_putc(p->out, ' ');
		put_padded(p, INK_PLAIN, cell_text(p, q.unit), unit_width, true);
		buf_puts(p->out, "  ");
		put_course(p, r, m);
		while (p->out->len && p->out->data[p->out->len - 1] == ' ')
			p->out->data[--p->out->len] = '\0';
		buf_putc(p->out, '\n');
	}
}

static void put_finding(struct page *p, const struct finding *f)
{
	static const enum ink inks[] = {INK_PLAIN, INK_YELLOW, INK_RED};
	static const char *const words[] = {"note", "warning", "error"};
	size_t indent = strlen(words[f->severity]) + 2;

	buf_putc(p->out, '\n');
	put(p, inks[f->severity], words[f->severity]);
	buf_puts(p->out, ": ");
	put_wrapped(p,
		    arena_printf(&p->arena, "%s%s%s [%s]", f->object, *f->object ? ": " : "",
				 f->evidence, f->id),
		    indent, indent);
	if (*f->fix) {
		put_spaces(p, indent);
		put_wrapped(p, f->fix, indent, indent);
	}
}

static void put_facts(struct page *p, const char *title, const struct facts *facts)
{
	size_t width = 0, i, n;

	if (facts->count == 0)
		return;
	for (i = 0; i < facts->count; i++) {
		n = escape_width(cell_text(p, facts->items[i].name));
		width = n > width ? n : width;
	}
	buf_putc(p->out, '\n');
	put(p, INK_BOLD, title);
	buf_putc(p->out, '\n');
	for (i = 0; i < facts->count; i++) {
		buf_puts(p->out, "  ");
		put_padded(p, INK_DIM, cell_text(p, facts->items[i].name), width, true);
		buf_puts(p->out, "  ");
		put_wrapped(p, facts->items[i].value, width + 4, width + 4);
	}
}

int render_text(const struct record *r, const struct render_options *options, struct buf *out,
		struct error *e)
{
	struct page p = {.out = out, .options = options};
	struct buf command = {0};
	size_t i;

	(void)e;
	put_head(&p, r);
	put_headlines(&p, r);
	put_sheet(&p, sheet_of_histograms(&p.arena, r));
	put_sheet(&p, sheet_of_parts(&p.arena, r));
	for (i = 0; i < r->table_count; i++)
		if (!r->tables[i]->texts)
			put_sheet(&p, sheet_of_table(&p.arena, r->tables[i],
						     options->brief ? ROWS_BRIEF : ROWS_MAX));
	put_sheet(&p, sheet_of_figures(&p.arena, r));
	for (i = 0; i < r->finding_count; i++)
		put_finding(&p, &r->findings[i]);
	if (!options->brief) {
		put_facts(&p, "Against", &r->target);
		put_facts(&p, "On", &r->where);
		format_command(&command, r);
		buf_putc(out, '\n');
		put(&p, INK_BOLD, "Again");
		buf_puts(out, "\n  ");
		escape_line(out, buf_text(&command));
		buf_putc(out, '\n');
	}
	buf_release(&command);
	arena_release(&p.arena);
	return 0;
}

static void put_runs(struct page *p, const char *side, struct runs runs)
{
	size_t i;

	for (i = 0; i < runs.count; i++) {
		const struct record *r = runs.items[i];

		buf_puts(p->out, side);
		put_wrapped(p, arena_printf(&p->arena, "%s  %s", r->id, r->title), 6, 6);
	}
}

int compare_text(struct comparison *c, const struct render_options *options, struct buf *out,
		 struct error *e)
{
	struct page p = {.out = out, .options = options};
	size_t i;

	(void)e;
	put_runs(&p, "base  ", c->bases);
	put_runs(&p, "new   ", c->news);
	put_sheet(&p, comparison_sheet(c, true));
	put_wrapped(&p, comparison_method(c), 0, 0);
	if (c->note_count)
		buf_putc(out, '\n');
	for (i = 0; i < c->note_count; i++) {
		put(&p, INK_YELLOW, "note");
		buf_puts(out, ": ");
		put_wrapped(&p, c->notes[i], 6, 6);
	}
	buf_putc(out, '\n');
	put(&p,
	    c->regressions ? INK_RED
	    : c->judged	   ? INK_GREEN
			   : INK_YELLOW,
	    comparison_sentence(c));
	buf_putc(out, '\n');
	arena_release(&p.arena);
	return 0;
}

void text_sheet(struct buf *out, const struct sheet *s, bool color)
{
	const struct render_options options = {.color = color};
	struct page p = {.out = out, .options = &options};

	put_sheet(&p, s);
	arena_release(&p.arena);
}

int report_terminal(const struct record *r, bool color, struct buf *out)
{
	const struct render_options options = {.color = color, .brief = true};

	return render_text(r, &options, out, NULL);
}
