/*
 * load_command.c - `lakeport migrate load FILES --into TABLE`: options to settings, one table, the
 * run record.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/finish.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "common/progress.h"
#include "migrate/load.h"
#include "migrate/load_files.h"
#include "migrate/load_record.h"
#include "migrate/tables_command.h"
#include "migrate/migrate.h"
#include "migrate/settings_text.h"

static const struct option load_options[] = {
	{0, "into", OPTION_TEXT, "TABLE", "the table, as schema.table; made when it is not there",
	 NULL, 0, 0, NULL, NULL},
	{0, "strategy", OPTION_CHOICE, "HOW", "how rows land", "append", 0, 0, strategy_words,
	 NULL},
	{0, "keys", OPTION_TEXT, "COLUMNS", "key columns, with commas (merge, scd1, scd2)", NULL, 0,
	 0, NULL, NULL},
	{0, "track", OPTION_TEXT, "COLUMNS", "columns whose change counts (all but the keys)", NULL,
	 0, 0, NULL, NULL},
	{0, "order-by", OPTION_TEXT, "COLUMN",
	 "of rows with one key the highest wins; scd2: the time of the event", NULL, 0, 0, NULL,
	 NULL},
	{0, "delete-marker", OPTION_TEXT, "COLUMN=VALUE", "merge: rows that delete their key", NULL,
	 0, 0, NULL, NULL},
	{0, "close-missing", OPTION_FLAG, NULL,
	 "scd2: each file is a full snapshot; keys it lacks are closed", NULL, 0, 0, NULL, NULL},
	{0, "effective-column", OPTION_TEXT, "NAME", "scd2: when a version began", "effective_date",
	 0, 0, NULL, NULL},
	{0, "end-column", OPTION_TEXT, "NAME", "scd2: when it ended", "end_date", 0, 0, NULL, NULL},
	{0, "current-column", OPTION_TEXT, "NAME", "scd2: true for the newest", "is_current", 0, 0,
	 NULL, NULL},
	{0, "schema", OPTION_TEXT, "COLUMNS", "columns of a new table: \"id bigint, name text\"",
	 NULL, 0, 0, NULL, NULL},
	{0, "on-bad-row", OPTION_CHOICE, "WHAT",
	 "when a row does not fit: the file fails, or the row goes", "fail", 0, 0, bad_row_words,
	 NULL},
	{0, "bad-row-limit", OPTION_TEXT, "N|P%", "a file with more bad rows fails all the same",
	 NULL, 0, 0, NULL, NULL},
	{0, "drift", OPTION_CHOICE, "WHAT", "files with other columns than the table", "none", 0, 0,
	 drift_words, NULL},
	{0, "on-changed", OPTION_CHOICE, "WHAT", "a file that changed after it was loaded", "error",
	 0, 0, on_changed_words, NULL},
	{0, "swap", OPTION_CHOICE, "HOW",
	 "overwrite: a new table is renamed, or the rows are replaced (see above)", "auto", 0, 0,
	 swap_words, NULL},
	{0, "force", OPTION_FLAG, NULL, "load files again that are loaded already", NULL, 0, 0,
	 NULL, NULL},
	{0, "audit-columns", OPTION_FLAG, NULL,
	 "add _source_file, _load_timestamp, _batch_id, _line", NULL, 0, 0, NULL, NULL},
	{'j', "jobs", OPTION_INT, "N", "files loaded at the same time (append)", "2", 1, 64, NULL,
	 NULL},
	{0, "attempts", OPTION_INT, "N", "after so many failures in a row a file is left alone",
	 "5", 1, 1000, NULL, NULL},
	{0, "retry-wait", OPTION_SECONDS, "TIME", "first pause before a retry; it doubles", "500ms",
	 0.001, 60, NULL, NULL},
	{0, "lock-timeout", OPTION_SECONDS, "TIME", "how long to wait for a lock on the table",
	 "10s", 0.1, 86400, NULL, NULL},
	{0, "format", OPTION_CHOICE, "FORMAT", "of the files; auto looks at name and content",
	 "auto", 0, 0, format_words, NULL},
	{0, "delimiter", OPTION_TEXT, "CHAR", "CSV: between fields; 'tab' (found out)", NULL, 0, 0,
	 NULL, NULL},
	{0, "quote", OPTION_TEXT, "CHAR", "CSV: around fields; 'none' for none", "\"", 0, 0, NULL,
	 NULL},
	{0, "escape", OPTION_TEXT, "CHAR", "CSV: before a quote within quotes (the quote)", NULL, 0,
	 0, NULL, NULL},
	{0, "header", OPTION_CHOICE, "WHETHER", "CSV: the first line has the names", "auto", 0, 0,
	 header_words, NULL},
	{0, "null-text", OPTION_TEXT, "TEXT", "CSV: unquoted fields that are NULL", "", 0, 0, NULL,
	 NULL},
	{0, "encoding", OPTION_TEXT, "NAME", "CSV: of the file, as iconv knows it", "UTF-8", 0, 0,
	 NULL, NULL},
	{0, "time-zone", OPTION_TEXT, "NAME", "of times that name none, into timestamptz", "UTC", 0,
	 0, NULL, NULL},
	{0, "date-order", OPTION_CHOICE, "ORDER",
	 "of texts like 05/06/2024: dmy, mdy; auto: refused when both can be", "auto", 0, 0,
	 date_order_words, NULL},
	{0, "config", OPTION_TEXT, "FILE",
	 "YAML file with many tables instead of FILE and --into: migrate config new", NULL, 0, 0,
	 NULL, NULL},
	{0, "tables", OPTION_TEXT, "TABLES", "with --config: only these, with commas", NULL, 0, 0,
	 NULL, NULL},
	{0, "dry-run", OPTION_FLAG, NULL, "say what would be loaded, write nothing", NULL, 0, 0,
	 NULL, NULL},
};

struct load_command {
	struct load_settings settings;
	struct load_result result;
	struct progress progress;
	struct arena arena;
};

/* ---- options to settings ----------------------------------------------------------------------
 */

/* Says which option it was. */
static int in_option(int status, const char *name, struct error *e)
{
	return status < 0 ? error_context(e, "--%s", name) : 0;
}

static int read_character(const struct invocation *inv, const char *name, char *out,
			  struct error *e)
{
	const char *text = option_text(inv, name);

	return text ? in_option(settings_character(text, out, e), name, e) : 0;
}

static int read_source(const struct invocation *inv, struct source_options *o, struct error *e)
{
	if (read_character(inv, "delimiter", &o->delimiter, e) < 0 ||
	    read_character(inv, "quote", &o->quote, e) < 0)
		return -1;
	o->escape = o->quote;
	if (read_character(inv, "escape", &o->escape, e) < 0)
		return -1;
	o->format = (enum source_format)settings_word(format_words, option_text(inv, "format"));
	o->header = settings_word(header_words, option_text(inv, "header"));
	o->header = o->header == 0 ? -1 : o->header == 1;
	o->null_text = option_text(inv, "null-text");
	o->encoding = option_text(inv, "encoding");
	o->time_zone = option_text(inv, "time-zone");
	o->date_order =
		(enum date_order)settings_word(date_order_words, option_text(inv, "date-order"));
	return 0;
}

static int read_settings(const struct invocation *inv, struct load_command *c, struct error *e)
{
	struct load_settings *s = &c->settings;

	load_settings_init(s);
	if (!option_set(inv, "into")) {
		error_set(e, ERROR_USAGE, "no table is named");
		return error_hint(e, "say where to with --into schema.table");
	}
	s->strategy = strategy_find(option_text(inv, "strategy"));
	s->order_by = option_text(inv, "order-by");
	s->close_missing = option_flag(inv, "close-missing");
	s->effective_column = option_text(inv, "effective-column");
	s->end_column = option_text(inv, "end-column");
	s->current_column = option_text(inv, "current-column");
	s->on_bad_row =
		(enum bad_row_policy)settings_word(bad_row_words, option_text(inv, "on-bad-row"));
	s->drift = (enum drift)settings_word(drift_words, option_text(inv, "drift"));
	s->on_changed =
		(enum on_changed)settings_word(on_changed_words, option_text(inv, "on-changed"));
	s->swap = (enum swap)settings_word(swap_words, option_text(inv, "swap"));
	s->force = option_flag(inv, "force");
	s->audit_columns = option_flag(inv, "audit-columns");
	s->dry_run = option_flag(inv, "dry-run");
	s->jobs = (int)option_int(inv, "jobs");
	s->attempts = (int)option_int(inv, "attempts");
	s->retry_s = option_number(inv, "retry-wait");
	s->lock_timeout_ms = (int)(option_number(inv, "lock-timeout") * 1000);
	settings_names(&c->arena, option_text(inv, "keys"), &s->keys);
	settings_names(&c->arena, option_text(inv, "track"), &s->track);
	if (in_option(settings_table(&c->arena, option_text(inv, "into"), &s->schema, &s->table, e),
		      "into", e) < 0 ||
	    in_option(settings_marker(&c->arena, s, option_text(inv, "delete-marker"), e),
		      "delete-marker", e) < 0 ||
	    in_option(settings_limit(s, option_text(inv, "bad-row-limit"), e), "bad-row-limit", e) <
		    0 ||
	    read_source(inv, &s->source, e) < 0)
		return -1;
	if (option_set(inv, "schema") &&
	    shape_parse(&c->arena, option_text(inv, "schema"), &s->given, e) < 0)
		return error_context(e, "--schema");
	return load_settings_check(s, e);
}

/* ---- the work ---------------------------------------------------------------------------------
 */

static void tick(void *context, const struct load_result *out)
{
	struct load_command *c = context;
	unsigned long long done = atomic_load(&out->input);
	char detail[80], count[40];
	double seconds = (double)(clock_now() - c->progress.begun) / 1e9;

	c->progress.total = (double)out->input_total;
	snprintf(detail, sizeof(detail), "%s MB/s",
		 text_thousands((double)done / 1e6 / seconds, 1, count, sizeof(count)));
	progress_update(&c->progress, (double)done, detail);
}

static int say_plan(const char *dsn, struct load_command *c, struct error *e)
{
	const struct load_settings *s = &c->settings;
	struct load_result *r = &c->result;
	size_t i, shown = 0;
	uint64_t bytes = 0;
	char count[40];

	if (load_plan(dsn, s, r, e) < 0)
		return -1;
	printf("%s.%s: %s, strategy %s\n", s->schema, s->table,
	       r->created ? "would be made" : "is there", s->strategy->name);
	for (i = 0; i < r->file_count; i++) {
		const struct load_file *f = &r->files[i];
		bool load = f->outcome == LOAD_WAITING;

		bytes += load ? (uint64_t)f->ledger.size : 0;
		if (shown < 20 || f->outcome == LOAD_CHANGED || f->outcome == LOAD_DEAD)
			printf("  %-8s %s\n",
			       load ? f->reload ? "reload" : "load" : load_outcome_word(f->outcome),
			       f->ledger.path);
		shown++;
	}
	if (shown > 20)
		printf("  ... %zu files in all\n", shown);
	printf("%s bytes would be loaded; nothing was written\n",
	       text_thousands((double)bytes, 0, count, sizeof(count)));
	return 0;
}

static void describe_target(struct record *r, const struct load_run *run,
			    const struct load_settings *s)
{
	record_title(r, "%s.%s", s->schema, s->table);
	if (!run->pg)
		return;
	record_target(r, "host", pg_host(run->pg));
	record_target(r, "database", pg_database(run->pg));
}

static void judge(struct record *r, const struct load_result *out, int status,
		  const struct error *e)
{
	bool trouble = load_troubled(out) > 0 || out->rejects > 0;

	r->outcome = trouble ? OUTCOME_ATTENTION : OUTCOME_DONE;
	r->exit_status = trouble ? 1 : 0;
	if (status == 0)
		return;
	r->outcome = e->class == ERROR_INTERRUPTED ? OUTCOME_INTERRUPTED : OUTCOME_FAILED;
	r->exit_status = error_exit_status(e);
	r->error = arena_strdup(&r->arena, e->text);
}

static void say_trouble(const struct load_result *out)
{
	size_t i, said = 0;

	for (i = 0; i < out->file_count && said < 10; i++) {
		const struct load_file *f = &out->files[i];

		if (f->error.class == ERROR_NONE ||
		    (f->outcome != LOAD_FAILED && f->outcome != LOAD_CHANGED &&
		     f->outcome != LOAD_DEAD))
			continue;
		log_warn("'%s': %s", f->ledger.path, f->error.text);
		said++;
	}
	if (load_troubled(out) > said)
		log_warn("and %zu files more", load_troubled(out) - said);
}

static int load_with_record(struct invocation *inv, struct load_command *c, struct error *e)
{
	const struct load_settings *s = &c->settings;
	struct record *r = record_new("migrate", "load", inv->argc, inv->argv);
	uint64_t begun = clock_now(), cpu = clock_process_cpu();
	struct load_table_result table = {.settings = s, .result = &c->result};
	struct load_run run = {0};
	struct error finish = ERROR_INIT;
	int status;

	status = load_run_begin(&run, option_text(inv, "dsn"), r->id, "load", e);
	progress_begin(&c->progress, "loading", 0);
	if (status == 0)
		status = load_table(&run, s, &c->result, tick, c, e);
	progress_end(&c->progress);
	table.seconds = (double)(clock_now() - begun) / 1e9;
	describe_target(r, &run, s);
	judge(r, &c->result, status, e);
	load_record_server(r, &run, table.seconds);
	load_run_end(&run, outcome_word(r->outcome), r->error, c->result.rows,
		     (int64_t)c->result.file_count);
	say_trouble(&c->result);
	if (status == 0 || c->result.rows || e->class == ERROR_INTERRUPTED) {
		load_record(r, &table, 1, table.seconds, (double)(clock_process_cpu() - cpu) / 1e9);
		if (finish_run(inv, r, &finish) < 0 && status == 0) {
			*e = finish;
			status = -1;
		}
	}
	if (status == 0)
		status = r->exit_status;
	record_free(r);
	return status;
}

static int load_one(struct invocation *inv, struct error *e)
{
	struct load_command c = {0};
	int status = -1;

	if (read_settings(inv, &c, e) == 0 &&
	    load_files_find(inv->arguments, inv->argument_count, &c.arena, &c.result.files,
			    &c.result.file_count, e) == 0) {
		if (c.settings.dry_run)
			status = say_plan(option_text(inv, "dsn"), &c, e);
		else if (record_check_directory(option_text(inv, "runs"), e) == 0)
			status = load_with_record(inv, &c, e);
	}
	load_result_release(&c.result);
	arena_release(&c.arena);
	return status;
}

static int migrate_load_main(struct invocation *inv, struct error *e)
{
	if (option_set(inv, "config"))
		return load_tables(inv, e);
	if (option_set(inv, "tables"))
		return error_set(e, ERROR_USAGE, "--tables chooses from the tables of --config");
	if (inv->argument_count == 0) {
		error_set(e, ERROR_USAGE, "no files are named");
		return error_hint(e, "name files and --into, or a configuration with --config");
	}
	return load_one(inv, e);
}

const struct command migrate_load = {
	.tool = "migrate",
	.verb = "load",
	.arguments = "[FILE...]",
	.min_arguments = 0,
	.max_arguments = -1,
	.summary = "load files into a table, each exactly once",
	.description =
		"Files are Parquet, CSV or JSON (lines or one array), packed with gzip or "
		"zstd or not;"
		"\nnames may be patterns and folders. Each file is loaded in one "
		"transaction together "
		"with\nits row in the ledger, the schema 'lakeport' of the target: run it "
		"again and it "
		"goes on\nwhere it stopped. Files that are loaded are skipped."
		"\n\n--swap says how an overwrite puts new rows in the place of the old ones:"
		"\n  rename    into a new table with the same columns, indexes, comments and "
		"grants, which\n            is then renamed: readers wait for a moment"
		"\n  truncate  in the same table: readers wait as long as the INSERT takes"
		"\n  delete    in the same table by DELETE: readers never wait; it needs "
		"VACUUM afterwards"
		"\n  auto      rename, unless something hangs on the table (views, foreign "
		"keys, triggers,\n            publications, policies, sequences, ...): then "
		"truncate, or delete\n            where others refer to it by foreign keys",
	.examples = "  lakeport migrate load -d postgresql:///shop 'data/orders/*.parquet' --into "
		    "sales.orders\n"
		    "  lakeport migrate load -d postgresql:///shop customers.csv --into "
		    "crm.customers \\\n"
		    "      --strategy scd2 --keys customer_id --track name,email\n"
		    "  lakeport migrate load -d postgresql:///shop --config load.yaml --jobs 8\n",
	OPTIONS(load_options),
	.takes_dsn = true,
	.takes_runs = true,
	.own_config = true,
	.run = migrate_load_main,
};
