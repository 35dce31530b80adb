/* render_markdown.c - a run, or two compared, as GitHub Markdown: for a pull request or a wiki. */
#include "reports/render.h"

#include <string.h>

#include "reports/escape.h"
#include "reports/format.h"
#include "reports/sheet.h"

#define ROWS_MAX 200

static void put_sheet(struct buf *out, struct arena *a, const struct sheet *s)
{
	size_t i, k;

	if (!s || s->row_count == 0)
		return;
	buf_puts(out, "\n## ");
	escape_markdown(out, s->title);
	buf_puts(out, "\n\n|");
	for (k = 0; k < s->column_count; k++) {
		buf_putc(out, ' ');
		escape_markdown(out, sheet_heading(a, &s->columns[k]));
		buf_puts(out, " |");
	}
	buf_puts(out, "\n|");
	for (k = 0; k < s->column_count; k++)
		buf_puts(out, s->columns[k].text ? " --- |" : " ---: |");
	for (i = 0; i < s->row_count; i++) {
		buf_puts(out, "\n|");
		for (k = 0; k < s->column_count; k++) {
			buf_putc(out, ' ');
			escape_markdown(out, s->cells[i * s->column_count + k].text);
			buf_puts(out, " |");
		}
	}
	buf_putc(out, '\n');
	if (s->rows_left_out)
		buf_printf(out, "\nand %zu more rows, see the record\n", s->rows_left_out);
}

static struct sheet *headline_sheet(struct arena *a, const struct record *r)
{
	struct sheet *s = sheet_new(a, "headlines", "Figures", 2);
	size_t i;

	s->columns[0] = (struct sheet_column){"Figure", "", true};
	s->columns[1].title = "Value";
	for (i = 0; i < r->metric_count; i++) {
		const struct metric *m = &r->metrics[i];
		struct quantity q = quantity_of(m->value, m->unit);
		struct sheet_cell *row;

		if (!m->headline || m->of)
			continue;
		row = sheet_row(a, s);
		row[0].text = metric_title(m->name);
		row[1].text = arena_printf(a, "%s %s", q.number, q.unit);
	}
	return s;
}

static struct sheet *facts_sheet(struct arena *a, const char *title, const struct facts *facts)
{
	struct sheet *s = sheet_new(a, "facts", title, 2);
	size_t i;

	s->columns[0] = (struct sheet_column){"Name", "", true};
	s->columns[1] = (struct sheet_column){"Value", "", true};
	for (i = 0; i < facts->count; i++) {
		struct sheet_cell *row = sheet_row(a, s);

		row[0].text = facts->items[i].name;
		row[1].text = facts->items[i].value;
	}
	return s;
}

static void put_head(struct buf *out, const struct record *r)
{
	buf_puts(out, "# ");
	escape_markdown(out, r->title);
	buf_printf(out, "\n\n**%s**, lakeport ", outcome_word(r->outcome));
	escape_markdown(out, r->tool);
	buf_putc(out, ' ');
	escape_markdown(out, r->verb);
	buf_puts(out, " of ");
	format_when(out, r->started);
	if (record_seconds(r) > 0) {
		buf_puts(out, ", took ");
		format_quantity(out, record_seconds(r), "s");
	}
	buf_putc(out, '\n');
	if (r->error) {
		buf_puts(out, "\n> **Error:** ");
		escape_markdown(out, r->error);
		buf_putc(out, '\n');
	}
}

static void put_findings(struct buf *out, const struct record *r)
{
	size_t i;

	if (r->finding_count)
		buf_puts(out, "\n## What stood out\n\n");
	for (i = 0; i < r->finding_count; i++) {
		const struct finding *f = &r->findings[i];

		buf_printf(out, "- **%s** ", severity_word(f->severity));
		escape_markdown(out, f->object);
		buf_puts(out, *f->object ? ": " : "");
		escape_markdown(out, f->evidence);
		buf_puts(out, " (");
		escape_markdown(out, f->id);
		buf_puts(out, ")\n");
		if (*f->fix) {
			buf_puts(out, "  ");
			escape_markdown(out, f->fix);
			buf_putc(out, '\n');
		}
	}
}

/* A code block ends at a fence, so the fence is longer than any run of backquotes inside. */
static void put_command(struct buf *out, const struct record *r)
{
	struct buf command = {0}, line = {0};
	size_t longest = 2, run = 0, i;

	format_command(&command, r);
	escape_line(&line, buf_text(&command));
	for (i = 0; i < line.len; i++) {
		run = line.data[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	buf_puts(out, "\n## Run it again\n\n");
	for (i = 0; i <= longest; i++)
		buf_putc(out, '`');
	buf_printf(out, "\n%s\n", buf_text(&line));
	for (i = 0; i <= longest; i++)
		buf_putc(out, '`');
	buf_putc(out, '\n');
	buf_release(&command);
	buf_release(&line);
}

int render_markdown(const struct record *r, const struct render_options *options, struct buf *out,
		    struct error *e)
{
	struct arena a = {0};
	size_t i;

	(void)options;
	(void)e;
	put_head(out, r);
	put_sheet(out, &a, headline_sheet(&a, r));
	put_findings(out, r);
	put_sheet(out, &a, sheet_of_histograms(&a, r));
	put_sheet(out, &a, sheet_of_parts(&a, r));
	for (i = 0; i < r->table_count; i++)
		if (!r->tables[i]->texts)
			put_sheet(out, &a, sheet_of_table(&a, r->tables[i], ROWS_MAX));
	put_sheet(out, &a, sheet_of_figures(&a, r));
	put_sheet(out, &a, facts_sheet(&a, "Target", &r->target));
	put_sheet(out, &a, facts_sheet(&a, "Client", &r->where));
	put_command(out, r);
	arena_release(&a);
	return 0;
}

static void put_runs(struct buf *out, const char *side, struct runs runs)
{
	size_t i;

	for (i = 0; i < runs.count; i++) {
		buf_puts(out, i ? ", " : side);
		escape_markdown(out, runs.items[i]->id);
	}
}

int compare_markdown(struct comparison *c, const struct render_options *options, struct buf *out,
		     struct error *e)
{
	struct arena a = {0};
	size_t i;

	(void)options;
	(void)e;
	buf_puts(out, "# ");
	escape_markdown(out, c->new->title);
	buf_puts(out, "\n\n**");
	escape_markdown(out, comparison_sentence(c));
	buf_puts(out, "**\n\n");
	put_runs(out, "Base: ", c->bases);
	put_runs(out, "; new: ", c->news);
	buf_puts(out, ".\n");
	put_sheet(out, &a, comparison_sheet(c, true));
	buf_putc(out, '\n');
	escape_markdown(out, comparison_method(c));
	buf_puts(out, ".\n");
	if (c->note_count)
		buf_puts(out, "\n## What differs besides\n\n");
	for (i = 0; i < c->note_count; i++) {
		buf_puts(out, "- ");
		escape_markdown(out, c->notes[i]);
		buf_putc(out, '\n');
	}
	arena_release(&a);
	return 0;
}
