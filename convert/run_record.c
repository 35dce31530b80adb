/*
 * run_record.c - the record of a run: figures for a manager, a table of files, one of statements,
 * findings by code, and source and result beside each other.
 *
 * by_rules + by_model + left = statements; what the run did not come to (Ctrl-C) is left. Tables
 * have limits, the counts do not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/finding.h"
#include "convert/run.h"

#define MAX_ROWS      20000 /* of the table of statements */
#define MAX_TEXTS     2000  /* statements with source and result */
#define MAX_TEXT      20000 /* bytes of one of them */
#define MAX_CODES     500
#define SHOWN_OBJECTS 5

#define MINUTES_LOOK  5
#define MINUTES_LEFT  20

/* ---- counting ---- */

struct totals {
	size_t statements, status[RUN_STATUSES], passed[CHECKS];
	double minutes;
};

static size_t count_lines(struct str s)
{
	size_t i, n = 1;

	for (i = 0; i < s.len; i++)
		n += s.p[i] == '\n';
	return n;
}

struct effort run_effort(const struct run_statement *s)
{
	struct effort effort = {0};
	size_t i;

	for (i = 0; i < s->conversion.finding_count; i++)
		effort.open += s->conversion.findings[i].severity == FINDING_OPEN;
	effort.minutes = (double)effort.open * MINUTES_LOOK;
	if (s->status == RUN_LEFT || s->status == RUN_PENDING) {
		effort.minutes += MINUTES_LEFT;
		if (s->conversion.kind && strcmp(s->conversion.kind, "procedural") == 0)
			effort.minutes += (double)count_lines(s->text);
	}
	return effort;
}

static void count_statement(struct totals *t, const struct run_statement *s)
{
	size_t i;

	t->statements++;
	t->status[s->status]++;
	for (i = 0; i < CHECKS; i++)
		t->passed[i] += s->report.results[i].status == CHECK_PASSED;
	t->minutes += run_effort(s).minutes;
}

static struct totals count_file(const struct run_file *f)
{
	struct totals t = {0};
	size_t i;

	for (i = 0; f->statements && i < f->pieces.statements; i++)
		count_statement(&t, &f->statements[i]);
	return t;
}

static void add_totals(struct totals *all, const struct totals *t)
{
	size_t i;

	all->statements += t->statements;
	all->minutes += t->minutes;
	for (i = 0; i < RUN_STATUSES; i++)
		all->status[i] += t->status[i];
	for (i = 0; i < CHECKS; i++)
		all->passed[i] += t->passed[i];
}

static size_t by_rules(const struct totals *t)
{
	return t->status[RUN_SAME] + t->status[RUN_RULES];
}

static size_t left(const struct totals *t)
{
	return t->status[RUN_LEFT] + t->status[RUN_PENDING];
}

/* ---- figures ---- */

static void put_metrics(const struct run *r, const struct totals *t, struct record *record)
{
	static const char *const names[CHECKS] = {"parsed", "names_known", "prepared", "ran",
						  "rows_equal"};
	const struct run_file *f;
	size_t i, failed = 0;

	for (f = r->files.first; f; f = f->next)
		failed += f->failure != NULL;
	record_metric(record, "statements", NULL, (double)t->statements, true);
	record_metric(record, "by_rules", NULL, (double)by_rules(t), true);
	if (r->ask_model)
		model_record(record, &r->model, &r->account);
	else
		record_metric(record, "by_model", NULL, (double)t->status[RUN_MODEL], true);
	record_metric(record, "left", NULL, (double)left(t), true);
	record_metric(record, "unchanged", NULL, (double)t->status[RUN_SAME], false);
	for (i = 0; i <= r->check.upto; i++)
		record_metric(record, names[i], NULL, (double)t->passed[i], true);
	record_metric(record, "effort_min", NULL, t->minutes, true);
	record_metric(record, "files", NULL, (double)r->files.count, false);
	record_metric(record, "files_failed", NULL, (double)failed, false);
}

/* ---- tables ---- */

static struct cell text_cell(const char *text)
{
	return (struct cell){.text = text ? text : ""};
}

static struct cell number_cell(double n)
{
	return (struct cell){.number = n};
}

static void put_files(const struct run *r, struct record *record)
{
	static const struct record_column columns[] = {
		{"file", "File", "", BETTER_NONE, true},
		{"statements", "Statements", "", BETTER_NONE, false},
		{"by_rules", "By rules", "", BETTER_NONE, false},
		{"by_model", "By model", "", BETTER_NONE, false},
		{"left", "Left", "", BETTER_LOWER, false},
		{"effort_min", "Effort left", "min", BETTER_LOWER, false},
		{"note", "Note", "", BETTER_NONE, true},
	};
	struct record_table *table = record_table(record, "files", "Files", columns,
						  sizeof(columns) / sizeof(columns[0]));
	const struct run_file *f;

	for (f = r->files.first; f; f = f->next) {
		struct totals t = count_file(f);
		const char *note = f->failure ? f->failure : f->loaded ? "" : "not begun";
		char cells[64];

		if (!*note && f->pieces.foreign_cells) {
			snprintf(cells, sizeof(cells), "%zu cells in other languages",
				 f->pieces.foreign_cells);
			note = cells;
		}
		table_row(record, table,
			  (struct cell[]){text_cell(f->name), number_cell((double)t.statements),
					  number_cell((double)by_rules(&t)),
					  number_cell((double)t.status[RUN_MODEL]),
					  number_cell((double)left(&t)), number_cell(t.minutes),
					  text_cell(note)});
	}
}

/* "parses names prepares": what the statement passed. */
static const char *passed_checks(const struct run_statement *s, char *out, size_t size)
{
	size_t i, used = 0;

	out[0] = '\0';
	for (i = 0; i < CHECKS && used < size; i++)
		if (s->report.results[i].status == CHECK_PASSED)
			used += (size_t)snprintf(out + used, size - used, "%s%s", used ? " " : "",
						 check_name((enum check)i));
	return out;
}

/* Each code once. */
static void list_codes(const struct run_statement *s, struct buf *out)
{
	const struct conversion *c = &s->conversion;
	size_t i, k;

	buf_clear(out);
	for (i = 0; i < c->finding_count; i++) {
		for (k = 0; k < i && strcmp(c->findings[k].code, c->findings[i].code) != 0; k++)
			;
		if (k == i && c->findings[i].severity != FINDING_NOTE)
			buf_printf(out, "%s%s", out->len ? " " : "", c->findings[i].code);
	}
}

/* Why it is left, or what could not be checked and why. */
static const char *remark(const struct run_statement *s)
{
	size_t i;

	if (s->status == RUN_PENDING)
		return "the run was interrupted before it";
	if (s->why)
		return s->why;
	for (i = 0; i < CHECKS; i++)
		if (*s->report.results[i].message &&
		    s->report.results[i].status == CHECK_NOT_POSSIBLE)
			return s->report.results[i].message;
	for (i = 0; i < CHECKS; i++)
		if (*s->report.results[i].message)
			return s->report.results[i].message;
	return "";
}

static const char *place(const struct run_statement *s, char *out, size_t size)
{
	snprintf(out, size, "%s:%zu", s->file->name, s->line);
	return out;
}

struct statement_tables {
	struct record *record;
	struct record_table *statements, *texts, *parameters;
	size_t rows, text_rows;
	struct buf codes;
};

static void put_statement(struct statement_tables *t, const struct run_statement *s)
{
	const struct conversion *c = &s->conversion;
	char where[600], checks[80];

	if (t->rows++ >= MAX_ROWS)
		return;
	list_codes(s, &t->codes);
	table_row(t->record, t->statements,
		  (struct cell[]){text_cell(place(s, where, sizeof(where))), text_cell(c->kind),
				  text_cell(run_status_word(s->status)),
				  text_cell(passed_checks(s, checks, sizeof(checks))),
				  text_cell(buf_text(&t->codes)), text_cell(remark(s)),
				  number_cell(run_effort(s).minutes)});
}

static void put_parameters(struct statement_tables *t, const struct run_statement *s)
{
	char where[600];
	size_t i;

	for (i = 0; i < s->conversion.parameter_count; i++)
		table_row(t->record, t->parameters,
			  (struct cell[]){text_cell(place(s, where, sizeof(where))),
					  text_cell(s->conversion.parameters[i].source),
					  number_cell(s->conversion.parameters[i].number)});
}

static void put_texts(struct statement_tables *t, const struct run_statement *s)
{
	struct buf source = {.max = MAX_TEXT}, result = {.max = MAX_TEXT};
	char where[600];

	if (s->status == RUN_SAME || s->status == RUN_PENDING || t->text_rows++ >= MAX_TEXTS)
		return;
	buf_add(&source, s->text.p, s->text.len < MAX_TEXT ? s->text.len : MAX_TEXT - 1);
	buf_add(&result, s->sql, strlen(s->sql) < MAX_TEXT ? strlen(s->sql) : MAX_TEXT - 1);
	table_row(t->record, t->texts,
		  (struct cell[]){text_cell(place(s, where, sizeof(where))),
				  text_cell(run_status_word(s->status)), text_cell(remark(s)),
				  text_cell(buf_text(&source)), text_cell(buf_text(&result))});
	buf_release(&source);
	buf_release(&result);
}

static bool has_parameters(const struct run *r)
{
	const struct run_file *f;
	size_t i;

	for (f = r->files.first; f; f = f->next)
		for (i = 0; f->statements && i < f->pieces.statements; i++)
			if (f->statements[i].conversion.parameter_count)
				return true;
	return false;
}

static void begin_tables(const struct run *r, struct statement_tables *t)
{
	static const struct record_column statements[] = {
		{"statement", "Statement", "", BETTER_NONE, true},
		{"kind", "Kind", "", BETTER_NONE, true},
		{"status", "Status", "", BETTER_NONE, true},
		{"checks", "Checks passed", "", BETTER_NONE, true},
		{"findings", "Findings", "", BETTER_NONE, true},
		{"remark", "Remark", "", BETTER_NONE, true},
		{"effort_min", "Effort left", "min", BETTER_LOWER, false},
	};
	static const struct record_column parameters[] = {
		{"statement", "Statement", "", BETTER_NONE, true},
		{"source", "Source", "", BETTER_NONE, true},
		{"number", "Number", "", BETTER_NONE, false},
	};
	static const struct record_column texts[] = {
		{"statement", "Statement", "", BETTER_NONE, true},
		{"status", "Status", "", BETTER_NONE, true},
		{"remark", "Remark", "", BETTER_NONE, true},
		{"source", "Source", "", BETTER_NONE, true},
		{"result", "Postgres", "", BETTER_NONE, true},
	};

	t->statements = record_table(t->record, "statements", "Statements", statements,
				     sizeof(statements) / sizeof(statements[0]));
	if (has_parameters(r))
		t->parameters = record_table(t->record, "parameters", "Parameters", parameters,
					     sizeof(parameters) / sizeof(parameters[0]));
	t->texts = record_table(t->record, "texts", "Source and result", texts,
				sizeof(texts) / sizeof(texts[0]));
	table_texts(t->record, t->texts, "source");
}

/* Those that are left first: they are what somebody will look for. */
static void put_statements(const struct run *r, struct record *record)
{
	struct statement_tables t = {.record = record};
	const struct run_file *f;
	int pass;
	size_t i;

	begin_tables(r, &t);
	for (pass = 0; pass < 2; pass++)
		for (f = r->files.first; f; f = f->next)
			for (i = 0; f->statements && i < f->pieces.statements; i++) {
				const struct run_statement *s = &f->statements[i];

				if ((s->status == RUN_LEFT || s->status == RUN_PENDING) !=
				    (pass == 0))
					continue;
				put_statement(&t, s);
				put_texts(&t, s);
				if (t.parameters)
					put_parameters(&t, s);
			}
	buf_release(&t.codes);
}

/* ---- findings by code ---- */

struct code {
	const char *code;
	enum finding_severity severity;
	size_t count, statements;
	const struct run_statement *last;
	struct buf objects;
};

static struct code *find_code(struct code *codes, size_t *n, const char *name)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if (strcmp(codes[i].code, name) == 0)
			return &codes[i];
	if (*n == MAX_CODES)
		return NULL;
	codes[*n] = (struct code){.code = name};
	return &codes[(*n)++];
}

static void count_findings(const struct run_statement *s, struct code *codes, size_t *n)
{
	char where[600];
	size_t i;

	for (i = 0; i < s->conversion.finding_count; i++) {
		const struct convert_finding *f = &s->conversion.findings[i];
		struct code *c = find_code(codes, n, f->code);

		if (!c)
			return;
		c->count++;
		if (f->severity > c->severity)
			c->severity = f->severity;
		if (c->last == s)
			continue;
		c->last = s;
		if (c->statements++ < SHOWN_OBJECTS)
			buf_printf(&c->objects, "%s%s", c->objects.len ? ", " : "",
				   place(s, where, sizeof(where)));
	}
}

static int worst_first(const void *pa, const void *pb)
{
	const struct code *a = pa, *b = pb;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->code, b->code);
}

static void put_findings(const struct run *r, struct record *record)
{
	static const enum severity severities[] = {
		[FINDING_NOTE] = SEVERITY_INFO,
		[FINDING_CHANGED] = SEVERITY_INFO,
		[FINDING_OPEN] = SEVERITY_WARNING,
		[FINDING_BLOCKER] = SEVERITY_ERROR,
	};
	struct code *codes = xcalloc(MAX_CODES, sizeof(*codes));
	const struct run_file *f;
	size_t n = 0, i;

	for (f = r->files.first; f; f = f->next)
		for (i = 0; f->statements && i < f->pieces.statements; i++)
			count_findings(&f->statements[i], codes, &n);
	qsort(codes, n, sizeof(*codes), worst_first);
	for (i = 0; i < n; i++) {
		const struct finding_kind *kind = finding_find(codes[i].code);
		char evidence[400];

		if (codes[i].statements > SHOWN_OBJECTS)
			buf_printf(&codes[i].objects, " and %zu more",
				   codes[i].statements - SHOWN_OBJECTS);
		snprintf(evidence, sizeof(evidence), "%s (%zu in %zu statement%s)",
			 kind ? kind->title : codes[i].code, codes[i].count, codes[i].statements,
			 codes[i].statements == 1 ? "" : "s");
		record_finding(record, codes[i].code, severities[codes[i].severity],
			       buf_text(&codes[i].objects), evidence, kind ? kind->advice : "");
		buf_release(&codes[i].objects);
	}
	free(codes);
}

void run_record(const struct run *r, struct record *record)
{
	const struct run_file *f;
	struct totals all = {0};

	for (f = r->files.first; f; f = f->next) {
		struct totals t = count_file(f);

		add_totals(&all, &t);
	}
	put_metrics(r, &all, record);
	put_findings(r, record);
	run_origin_record(r, record);
	put_files(r, record);
	put_statements(r, record);
}
