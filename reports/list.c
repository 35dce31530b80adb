/* list.c - lakeport report list: the runs that there are, newest last. */
#include "reports/reports.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "reports/escape.h"
#include "reports/format.h"
#include "reports/render.h"
#include "reports/runs.h"

#define FIGURES_SHOWN 2 /* headline metrics of a run in the list */

/* What is kept of a record: the record itself may be large. */
struct run {
	const char *id, *kind, *title, *figures, *path;
	uint64_t started;
	enum outcome outcome;
};

struct list {
	struct arena arena;
	struct run *items;
	size_t count, capacity;
	size_t unreadable;
};

static const char *figures_of(struct arena *a, const struct record *r)
{
	struct buf text = {0};
	const char *result;
	size_t shown = 0, i;

	for (i = 0; i < r->metric_count && shown < FIGURES_SHOWN; i++) {
		const struct metric *m = &r->metrics[i];

		if (!m->headline || m->of)
			continue;
		buf_printf(&text, "%s%s ", shown++ ? "; " : "", metric_title(m->name));
		format_quantity(&text, m->value, m->unit);
	}
	result = arena_strdup(a, buf_text(&text));
	buf_release(&text);
	return result;
}

static void add_run(struct list *l, const char *directory, const char *name)
{
	char *path = xasprintf("%s/%s", directory, name);
	struct error e = ERROR_INIT;
	struct record *r = record_read(path, &e);

	if (r) {
		l->items = xgrow(l->items, l->count, &l->capacity, sizeof(*l->items));
		l->items[l->count++] = (struct run){
			.id = arena_strdup(&l->arena, r->id),
			.kind = arena_printf(&l->arena, "%s %s", r->tool, r->verb),
			.title = arena_strdup(&l->arena, r->title),
			.figures = figures_of(&l->arena, r),
			.path = arena_strdup(&l->arena, path),
			.started = r->started,
			.outcome = r->outcome,
		};
	} else {
		l->unreadable++;
		log_warn("left out: %s", e.text);
	}
	record_free(r);
	free(path);
}

static int compare_runs(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	if (x->started != y->started)
		return x->started < y->started ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void print_text(struct list *l, const char *directory, bool color, struct buf *out)
{
	static const char *const titles[] = {"Id", "Began", "Run", "Outcome", "Figures"};
	struct sheet *s = sheet_new(&l->arena, "runs", "", 5);
	size_t i;

	if (l->count == 0) {
		buf_puts(out, "no runs in ");
		escape_line(out, directory);
		buf_putc(out, '\n');
		return;
	}
	for (i = 0; i < 5; i++)
		s->columns[i] = (struct sheet_column){titles[i], "", true};
	for (i = 0; i < l->count; i++) {
		struct sheet_cell *row = sheet_row(&l->arena, s);
		struct buf when = {0};

		format_when(&when, l->items[i].started);
		row[0].text = l->items[i].id;
		row[1].text = arena_strdup(&l->arena, buf_text(&when));
		row[2].text = l->items[i].title;
		row[3].text = outcome_word(l->items[i].outcome);
		row[4].text = l->items[i].figures;
		buf_release(&when);
	}
	text_sheet(out, s, color);
}

static void print_json(const struct list *l, struct buf *out)
{
	size_t i, k;
	char when[40];

	buf_putc(out, '[');
	for (i = 0; i < l->count; i++) {
		const struct run *run = &l->items[i];
		const char *const members[][2] = {
			{"id", run->id},
			{"path", run->path},
			{"kind", run->kind},
			{"title", run->title},
			{"started", clock_iso(run->started, when, sizeof(when))},
			{"outcome", outcome_word(run->outcome)},
		};

		buf_puts(out, i ? ",\n{" : "\n{");
		for (k = 0; k < sizeof(members) / sizeof(members[0]); k++) {
			buf_printf(out, "%s\"%s\":\"", k ? "," : "", members[k][0]);
			escape_json(out, members[k][1]);
			buf_putc(out, '"');
		}
		buf_putc(out, '}');
	}
	buf_puts(out, "\n]\n");
}

static int run_list(struct invocation *inv, struct error *e)
{
	const char *directory = option_text(inv, "runs");
	bool color = isatty(STDOUT_FILENO) == 1 && !getenv("NO_COLOR");
	struct run_names names = {0};
	struct list l = {0};
	struct buf out = {0};
	int status = run_names_read(&names, directory, e);
	size_t i;

	for (i = 0; i < names.count; i++)
		add_run(&l, directory, names.items[i]);
	if (l.count)
		qsort(l.items, l.count, sizeof(*l.items), compare_runs);
	if (status == 0 && strcmp(option_text(inv, "format"), "json") == 0)
		print_json(&l, &out);
	else if (status == 0)
		print_text(&l, directory, color, &out);
	if (status == 0)
		status = report_write(NULL, NULL, &out, e);
	buf_release(&out);
	run_names_release(&names);
	free(l.items);
	arena_release(&l.arena);
	return status;
}

static const char *const formats[] = {"text", "json", NULL};

static const struct option options[] = {
	{.name = "format",
	 .type = OPTION_CHOICE,
	 .argument = "FORMAT",
	 .help = "for people, or for scripts",
	 .fallback = "text",
	 .choices = formats},
	RUNS_OPTION,
};

const struct command report_list = {
	.tool = "report",
	.verb = "list",
	.arguments = "",
	.summary = "list the run records, newest last",
	.description = "Files that cannot be read as run records are named on stderr and left out.",
	.examples = "lakeport report list\nlakeport report list --format json",
	OPTIONS(options),
	.run = run_list,
};
