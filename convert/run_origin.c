/*
 * run_origin.c - the rows of the source in a run: asked for when a statement is about to be
 * executed on the target (or for each query, when they are to be kept), held as long as they are
 * needed, and what the record says of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/run.h"

#define MAX_SHOWN     500 /* statements whose differing rows are in the record */
#define SHOWN_OBJECTS 5

int run_origin_open(struct run *r, struct error *e)
{
	size_t i;

	if (!r->origin.url)
		return 0;
	r->sources = xcalloc(r->threads + 1, sizeof(struct foreign *));
	for (i = 0; i < r->threads; i++) {
		r->sources[i] = foreign_open(&r->origin, e);
		if (!r->sources[i])
			return -1;
	}
	return 0;
}

void run_origin_close(struct run *r)
{
	size_t i;

	for (i = 0; r->sources && i < r->threads; i++)
		foreign_close(r->sources[i]);
	free(r->sources);
	r->sources = NULL;
}

void run_origin_values(const struct run *r, struct run_statement *s, struct arena *a)
{
	const char *filled, *missing, **values;
	size_t n;

	if (!r->values.count || !s->conversion.parameter_count)
		return;
	origin_fill(a, &r->convert, s->text, &s->conversion, &r->values, &filled, &values, &n,
		    &missing);
	if (!filled)
		return;
	s->values = values;
	s->value_count = n;
}

/* The text for the source, or why there is none. */
static const char *text_for_source(const struct run *r, struct run_statement *s, struct arena *a)
{
	const char *text, *missing, **values;
	size_t n;

	s->origin_why = origin_refusal(a, &r->convert, s->text, &s->conversion);
	if (s->origin_why)
		return NULL;
	if (!s->conversion.parameter_count)
		return arena_strndup(a, s->text.p, s->text.len);
	origin_fill(a, &r->convert, s->text, &s->conversion, &r->values, &text, &values, &n,
		    &missing);
	if (!text)
		s->origin_why =
			arena_printf(a, "it has parameters: give --param %s=VALUE", missing);
	return text;
}

/* SAVE/name.csv, or SAVE/name.3.csv for the third statement of several: as --golden looks. */
static int save(const struct run *r, const struct run_statement *s, struct error *e)
{
	const char *name = s->file->name, *dot = strrchr(name, '.');
	int stem = dot && !strchr(dot, '/') ? (int)(dot - name) : (int)strlen(name);
	char *path;
	int status;

	path = s->file->pieces.statements == 1
		       ? xasprintf("%s/%.*s", r->save_golden, stem, name)
		       : xasprintf("%s/%.*s.%zu", r->save_golden, stem, name, s->number);
	status = run_make_folders(path, e);
	if (status == 0)
		status = origin_save(&s->golden, path, e);
	free(path);
	return status;
}

int run_origin(struct run *r, size_t thread, struct run_statement *s, struct arena *a,
	       struct error *e)
{
	const char *text;
	int status;

	if (s->origin_asked || s->golden_read)
		return 0;
	s->origin_asked = true;
	text = text_for_source(r, s, a);
	if (!text)
		return 0;
	status = origin_rows(&r->sources[thread], &r->origin, text, &s->rows, &s->golden,
			     &s->origin_why, &s->capped, e);
	if (s->origin_why)
		s->origin_why = arena_strdup(a, s->origin_why);
	if (status < 0)
		return -1;
	s->golden_read = status == 1;
	return s->golden_read && r->save_golden ? save(r, s, e) : 0;
}

/* Golden rows of a file belong to the thread, and stay. */
static void drop(struct run_statement *s)
{
	if (!s->origin_asked)
		return;
	arena_release(&s->rows);
	s->golden = (struct golden){0};
	s->golden_read = false;
}

void run_origin_drop(const struct run *r, struct run_statement *s)
{
	if (!r->ask_model || s->status != RUN_LEFT)
		drop(s);
}

int run_origin_left(struct run *r, struct error *e)
{
	struct run_file *f;
	size_t i;

	for (f = r->files.first; r->origin.url && r->check.upto == CHECK_ROWS && f; f = f->next)
		for (i = 0; f->statements && i < f->pieces.statements; i++)
			if (f->statements[i].status == RUN_LEFT &&
			    run_origin(r, 0, &f->statements[i], &r->arena, e) < 0)
				return -1;
	return 0;
}

/* ---- the record ---- */

static void put_against(const struct run *r, struct record *record)
{
	struct buf name = {0};

	if (r->golden)
		buf_printf(&name, "golden rows of '%s'%s", r->golden,
			   r->origin.url ? ", else " : "");
	if (r->origin.url) {
		buf_puts(&name, "the source's: ");
		foreign_name(r->origin.url, &name);
	}
	record_target(record, "rows compared with", buf_text(&name));
	buf_release(&name);
}

static void put_pairs(struct record *record, struct record_table *table,
		      const struct run_statement *s)
{
	struct buf want = {0}, got = {0};
	char where[600];
	size_t i;

	for (i = 0; i < s->report.pair_count; i++) {
		const struct golden_pair *p = &s->report.pairs[i];

		buf_printf(&want, "%s%s", i ? "\n" : "", p->want ? p->want : "(no such row)");
		buf_printf(&got, "%s%s", i ? "\n" : "", p->got ? p->got : "(no such row)");
	}
	snprintf(where, sizeof(where), "%s:%zu", s->file->name, s->line);
	table_row(record, table,
		  (struct cell[]){{.text = where},
				  {.text = s->report.results[CHECK_ROWS].message},
				  {.text = buf_text(&want)},
				  {.text = buf_text(&got)}});
	buf_release(&want);
	buf_release(&got);
}

/* Those that differ and those that were too many. */
struct seen {
	struct record *record;
	struct record_table *table;
	size_t shown, capped;
	double rows;
	struct buf objects;
};

static void see_statement(struct seen *seen, const struct run_statement *s)
{
	static const struct record_column columns[] = {
		{"statement", "Statement", "", BETTER_NONE, true},
		{"difference", "First difference", "", BETTER_NONE, true},
		{"expected", "Expected", "", BETTER_NONE, true},
		{"got", "Postgres", "", BETTER_NONE, true},
	};

	seen->rows += (double)s->report.rows_compared;
	if (s->capped && seen->capped++ < SHOWN_OBJECTS)
		buf_printf(&seen->objects, "%s%s:%zu", seen->objects.len ? ", " : "", s->file->name,
			   s->line);
	if (!s->report.pair_count || seen->shown++ >= MAX_SHOWN)
		return;
	if (!seen->table) {
		seen->table = record_table(seen->record, "differences", "Rows that differ", columns,
					   sizeof(columns) / sizeof(columns[0]));
		table_texts(seen->record, seen->table, "expected");
	}
	put_pairs(seen->record, seen->table, s);
}

void run_origin_record(const struct run *r, struct record *record)
{
	struct seen seen = {.record = record};
	const struct run_file *f;
	char evidence[120];
	size_t i;

	if (r->check.upto < CHECK_ROWS)
		return;
	for (f = r->files.first; f; f = f->next)
		for (i = 0; f->statements && i < f->pieces.statements; i++)
			see_statement(&seen, &f->statements[i]);
	put_against(r, record);
	record_metric(record, "rows_compared", NULL, seen.rows, false);
	if (seen.capped) {
		snprintf(evidence, sizeof(evidence),
			 "%zu statement%s with more rows on the source than %zu: not compared",
			 seen.capped, seen.capped == 1 ? "" : "s", r->origin.rows_max);
		record_finding(record, "SOURCE-ROWS", SEVERITY_WARNING, buf_text(&seen.objects),
			       evidence, "raise --source-rows, or compare a smaller part");
	}
	buf_release(&seen.objects);
}
