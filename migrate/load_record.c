/* load_record.c - see load_record.h. */
#include "migrate/load_record.h"

#include <math.h>
#include <string.h>

#define FILES_SHOWN 1000 /* in the table of files; trouble comes first */

size_t load_troubled(const struct load_result *r)
{
	size_t n = 0, i;

	for (i = 0; i < r->file_count; i++)
		n += r->files[i].outcome == LOAD_FAILED || r->files[i].outcome == LOAD_DEAD ||
		     r->files[i].outcome == LOAD_CHANGED;
	return n;
}

static size_t with_outcome(const struct load_result *r, enum load_outcome o)
{
	size_t n = 0, i;

	for (i = 0; i < r->file_count; i++)
		n += r->files[i].outcome == o;
	return n;
}

static struct cell text_cell(const char *text)
{
	return (struct cell){text, NAN};
}

static struct cell number_cell(double number)
{
	return (struct cell){NULL, number};
}

static const char *table_name(struct record *r, const struct load_settings *s)
{
	return arena_printf(&r->arena, "%s.%s", s->schema, s->table);
}

static void add_tables(struct record *r, const struct load_table_result *tables, size_t n)
{
	static const struct record_column columns[] = {
		{"table", "Table", "", BETTER_NONE, true},
		{"strategy", "Strategy", "", BETTER_NONE, true},
		{"loaded", "Files loaded", "", BETTER_NONE, false},
		{"skipped", "Files known", "", BETTER_NONE, false},
		{"failed", "Files failed", "", BETTER_LOWER, false},
		{"rows", "Rows read", "", BETTER_NONE, false},
		{"inserted", "Inserted", "", BETTER_NONE, false},
		{"updated", "Updated", "", BETTER_NONE, false},
		{"deleted", "Deleted", "", BETTER_NONE, false},
		{"closed", "Closed", "", BETTER_NONE, false},
		{"rejected", "Rejected", "", BETTER_LOWER, false},
		{"seconds", "Time", "s", BETTER_LOWER, false},
	};
	struct record_table *t =
		record_table(r, "tables", "Tables", columns, sizeof(columns) / sizeof(columns[0]));
	size_t i;

	for (i = 0; i < n; i++) {
		const struct load_result *x = tables[i].result;
		const struct cell cells[] = {
			text_cell(table_name(r, tables[i].settings)),
			text_cell(tables[i].settings->strategy->name),
			number_cell((double)with_outcome(x, LOAD_DONE)),
			number_cell((double)(with_outcome(x, LOAD_SKIPPED) +
					     with_outcome(x, LOAD_ELSEWHERE))),
			number_cell((double)load_troubled(x)),
			number_cell((double)x->rows),
			number_cell((double)x->written.inserted),
			number_cell((double)x->written.updated),
			number_cell((double)x->written.deleted),
			number_cell((double)x->written.closed),
			number_cell((double)x->rejects),
			number_cell(tables[i].seconds),
		};

		table_row(r, t, cells);
	}
}

static void add_file(struct record *r, struct record_table *t, const struct load_settings *s,
		     const struct load_file *f)
{
	const struct cell cells[] = {
		text_cell(table_name(r, s)),
		text_cell(f->ledger.path),
		text_cell(load_outcome_word(f->outcome)),
		number_cell(f->outcome == LOAD_DONE ? (double)f->counts.rows : NAN),
		number_cell(f->outcome == LOAD_DONE ? (double)f->counts.rejects : NAN),
		number_cell((double)f->ledger.size),
		number_cell(f->seconds > 0 ? f->seconds : NAN),
		number_cell(f->retries),
		text_cell(f->error.class == ERROR_NONE ? "" : f->error.text),
	};

	table_row(r, t, cells);
}

static bool is_trouble(const struct load_file *f)
{
	return f->outcome != LOAD_DONE && f->outcome != LOAD_SKIPPED;
}

static void add_files(struct record *r, const struct load_table_result *tables, size_t n)
{
	static const struct record_column columns[] = {
		{"table", "Table", "", BETTER_NONE, true},
		{"file", "File", "", BETTER_NONE, true},
		{"outcome", "Outcome", "", BETTER_NONE, true},
		{"rows", "Rows", "", BETTER_NONE, false},
		{"rejected", "Rejected", "", BETTER_LOWER, false},
		{"bytes", "Size", "B", BETTER_NONE, false},
		{"seconds", "Time", "s", BETTER_LOWER, false},
		{"retries", "Retries", "", BETTER_LOWER, false},
		{"error", "Error", "", BETTER_NONE, true},
	};
	struct record_table *t =
		record_table(r, "files", "Files", columns, sizeof(columns) / sizeof(columns[0]));
	size_t shown = 0, pass, i, k;

	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < n; i++)
			for (k = 0; k < tables[i].result->file_count; k++) {
				const struct load_file *f = &tables[i].result->files[k];

				if (is_trouble(f) != (pass == 0) || shown == FILES_SHOWN)
					continue;
				add_file(r, t, tables[i].settings, f);
				shown++;
			}
}

static void add_rejects(struct record *r, const struct load_table_result *tables, size_t n)
{
	static const struct record_column columns[] = {
		{"table", "Table", "", BETTER_NONE, true},
		{"reason", "Reason", "", BETTER_NONE, true},
		{"rows", "Rows", "", BETTER_LOWER, false},
	};
	struct record_table *t = NULL;
	size_t i, k;

	for (i = 0; i < n; i++)
		for (k = 0; k < REJECT_REASON_COUNT; k++) {
			int64_t rows = tables[i].result->reasons.rows[k];
			const struct cell cells[] = {
				text_cell(table_name(r, tables[i].settings)),
				text_cell(reject_word((enum reject_reason)k)),
				number_cell((double)rows),
			};

			if (!rows)
				continue;
			if (!t)
				t = record_table(r, "rejects", "Rejected rows by reason", columns,
						 sizeof(columns) / sizeof(columns[0]));
			table_row(r, t, cells);
		}
}

/* Threads overlap: the parts may add up to more than the time that passed. */
static void add_times(struct record *r, const struct load_table_result *tables, size_t n)
{
	static const struct record_column columns[] = {
		{"part", "Part", "", BETTER_NONE, true},
		{"seconds", "Time", "s", BETTER_LOWER, false},
	};
	static const char *const parts[] = {"read",  "encode", "send",
					    "merge", "commit", "indexes, statistics"};
	double seconds[6] = {0};
	struct record_table *t;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct load_times *x = &tables[i].result->times;

		seconds[0] += (double)x->read / 1e9;
		seconds[1] += (double)x->encode / 1e9;
		seconds[2] += (double)x->send / 1e9;
		seconds[3] += (double)x->merge / 1e9;
		seconds[4] += (double)x->commit / 1e9;
		seconds[5] += tables[i].result->index_s;
	}
	t = record_table(r, "times", "Where the time went (threads overlap)", columns, 2);
	for (i = 0; i < 6; i++) {
		const struct cell cells[] = {text_cell(parts[i]), number_cell(seconds[i])};

		table_row(r, t, cells);
	}
}

static const char *rejected_hint(struct record *r, const struct load_settings *s)
{
	if (s->on_bad_row != BAD_ROW_QUARANTINE)
		return "--on-bad-row quarantine keeps such rows";
	return arena_printf(&r->arena,
			    "they are in %s_quarantine; mend them or the table, then: lakeport "
			    "migrate replay --into %s",
			    table_name(r, s), table_name(r, s));
}

/* One finding for each error, not for each file. */
static void add_findings(struct record *r, const struct load_table_result *tables, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		const struct load_result *x = tables[i].result;
		const struct load_file *first = NULL;
		size_t troubled = load_troubled(x);

		for (k = 0; k < x->file_count && !first; k++)
			if (x->files[k].outcome == LOAD_FAILED ||
			    x->files[k].outcome == LOAD_CHANGED)
				first = &x->files[k];
		if (first)
			record_finding(r, "FILES-FAILED", SEVERITY_ERROR,
				       table_name(r, tables[i].settings),
				       arena_printf(&r->arena, "%zu files; the first, '%s': %s",
						    troubled, first->ledger.path,
						    first->error.text),
				       *first->error.hint
					       ? first->error.hint
					       : "mend the cause and load again: files that are "
						 "loaded are known");
		if (with_outcome(x, LOAD_DEAD))
			record_finding(
				r, "FILES-DEAD", SEVERITY_ERROR, table_name(r, tables[i].settings),
				arena_printf(&r->arena,
					     "%zu files failed too often and were not tried",
					     with_outcome(x, LOAD_DEAD)),
				arena_printf(&r->arena,
					     "mend the cause ('lakeport migrate status' names it), "
					     "then: lakeport migrate retry --into %s",
					     table_name(r, tables[i].settings)));
		if (x->rejects)
			record_finding(r, "ROWS-REJECTED", SEVERITY_WARNING,
				       table_name(r, tables[i].settings),
				       arena_printf(&r->arena, "%lld rows were turned away",
						    (long long)x->rejects),
				       rejected_hint(r, tables[i].settings));
		if (x->left_out.len)
			record_finding(
				r, "COLUMNS-LEFT-OUT", SEVERITY_INFO,
				table_name(r, tables[i].settings),
				arena_printf(&r->arena,
					     "files have %s, which the table does not take",
					     buf_text(&x->left_out)),
				"--drift add-columns adds such columns, rescue keeps their values, "
				"fail refuses such files");
		if (x->changes.len)
			record_finding(r, "TABLE-CHANGED", SEVERITY_INFO,
				       table_name(r, tables[i].settings), buf_text(&x->changes),
				       "");
	}
}

void load_record(struct record *r, const struct load_table_result *tables, size_t n, double seconds,
		 double cpu_s)
{
	double rows = 0, bytes = 0, rejects = 0, files = 0, failed = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		rows += (double)tables[i].result->rows;
		bytes += (double)tables[i].result->bytes;
		rejects += (double)tables[i].result->rejects;
		files += (double)with_outcome(tables[i].result, LOAD_DONE);
		failed += (double)load_troubled(tables[i].result);
	}
	record_metric(r, "rows", NULL, rows, true);
	record_metric(r, "rows_per_s", NULL, rows / seconds, true);
	record_metric(r, "bytes", NULL, bytes, false);
	record_metric(r, "bytes_per_s", NULL, bytes / seconds, true);
	record_metric(r, "files", NULL, files, true);
	record_metric(r, "files_failed", NULL, failed, true);
	record_metric(r, "rows_rejected", NULL, rejects, true);
	record_metric(r, "elapsed_s", NULL, seconds, true);
	for (i = 0; i < n; i++)
		if (tables[i].result->locked_ns)
			record_metric(r, "locked_s", table_name(r, tables[i].settings),
				      (double)tables[i].result->locked_ns / 1e9, false);
	record_metric(r, "client_cpu_share", NULL, 100 * cpu_s / seconds, false);
	add_tables(r, tables, n);
	add_rejects(r, tables, n);
	add_times(r, tables, n);
	add_files(r, tables, n);
	add_findings(r, tables, n);
}

void load_record_server(struct record *r, const struct load_run *run, double seconds)
{
	double used = server_cpu_used(&run->server);

	if (used >= 0 && seconds > 0)
		record_metric(r, "server_cpu_share", NULL, 100 * used / seconds, false);
	else if (run->number)
		record_finding(r, "SERVER-CPU-UNKNOWN", SEVERITY_INFO, pg_host(run->pg),
			       "the server's processes are not on this machine: its CPU time is "
			       "not known",
			       NULL);
}
