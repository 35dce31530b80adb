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
#include "migrate/migrate.h"

static const char *const strategy_words[] = {"append", "overwrite", "merge", "scd1", "scd2", NULL};
static const char *const format_words[] = {"auto", "csv", "json", "parquet", NULL};
static const char *const header_words[] = {"auto", "yes", "no", NULL};

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
	{0, "on-bad-row", OPTION_CHOICE, "WHAT", "what happens to rows that do not fit", "fail", 0,
	 0, bad_row_words, NULL},
	{0, "bad-row-limit", OPTION_TEXT, "N|P%", "a file with more bad rows fails all the same",
	 NULL, 0, 0, NULL, NULL},
	{0, "drift", OPTION_CHOICE, "WHAT", "what to do with other columns", "none", 0, 0,
	 drift_words, NULL},
	{0, "on-changed", OPTION_CHOICE, "WHAT", "a loaded file that is another now", "error", 0, 0,
	 on_changed_words, NULL},
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

static int index_of(const char *const *words, const char *word)
{
	int i;

	for (i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return 0;
}

/* "schema.table", each part quoted ("a.b") or not; without a schema: public. Names are kept. */
static int read_into(struct load_command *c, const char *text, struct error *e)
{
	const char *parts[2] = {NULL, NULL}, *p = text;
	size_t n;

	for (n = 0; n < 2; n++) {
		struct buf part = {0};
		bool quoted = *p == '"';

		for (p += quoted; *p && (quoted || *p != '.'); p++) {
			if (quoted && *p == '"' && *++p != '"')
				break;
			buf_putc(&part, *p);
		}
		parts[n] = part.len ? arena_strdup(&c->arena, buf_text(&part)) : NULL;
		buf_release(&part);
		if (!parts[n] || *p != '.')
			break;
		p++;
	}
	if (n == 2 || !parts[n] || *p) {
		error_set(e, ERROR_USAGE, "--into: '%s' is not schema.table", text);
		return error_hint(e, "quote a name that has a dot in it: 'sales.\"a.b\"'");
	}
	c->settings.schema = n ? parts[0] : "public";
	c->settings.table = parts[n];
	return 0;
}

static void split(struct arena *a, const char *text, struct names *out)
{
	const char *end;

	out->items = arena_alloc(a, (text ? strlen(text) + 1 : 1) * sizeof(*out->items));
	for (; text && *text; text = *end ? end + 1 : end) {
		size_t n;

		text += strspn(text, " ");
		end = strchrnul(text, ',');
		n = (size_t)(end - text);
		while (n && text[n - 1] == ' ')
			n--;
		if (n)
			out->items[out->count++] = arena_strndup(a, text, n);
	}
}

static int read_marker(struct load_command *c, const char *text, struct error *e)
{
	const char *equals = text ? strchr(text, '=') : NULL;

	if (!text)
		return 0;
	if (!equals || equals == text)
		return error_set(e, ERROR_USAGE, "--delete-marker: '%s' is not COLUMN=VALUE", text);
	c->settings.delete_column = arena_strndup(&c->arena, text, (size_t)(equals - text));
	c->settings.delete_value = arena_strdup(&c->arena, equals + 1);
	return 0;
}

static int read_limit(struct load_settings *s, const char *text, struct error *e)
{
	char number[40];
	size_t n = text ? strlen(text) : 0;

	if (!text)
		return 0;
	snprintf(number, sizeof(number), "%.*s", (int)(n ? n - 1 : 0), text);
	if (n && text[n - 1] == '%' && text_to_double(number, &s->bad_row_percent) &&
	    s->bad_row_percent >= 0)
		return 0;
	s->bad_row_percent = INFINITY;
	if (text_to_int(text, &s->bad_row_limit) && s->bad_row_limit >= 0)
		return 0;
	return error_set(e, ERROR_USAGE, "--bad-row-limit: '%s' is neither a count nor a share",
			 text);
}

/* One character, or a word for it. -1: not given. */
static int read_character(const struct invocation *inv, const char *name, int *out, struct error *e)
{
	const char *text = option_text(inv, name);

	if (!text)
		return 0;
	if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
		*out = '\t';
	else if (strcmp(text, "none") == 0)
		*out = 0;
	else if (strlen(text) == 1)
		*out = (unsigned char)*text;
	else
		return error_set(e, ERROR_USAGE, "--%s: '%s' is not one character", name, text);
	return 0;
}

static int read_source(const struct invocation *inv, struct source_options *o, struct error *e)
{
	int delimiter = o->delimiter, quote = '"', escape = -1;

	if (read_character(inv, "delimiter", &delimiter, e) < 0 ||
	    read_character(inv, "quote", &quote, e) < 0 ||
	    read_character(inv, "escape", &escape, e) < 0)
		return -1;
	o->delimiter = (char)delimiter;
	o->quote = (char)quote;
	o->escape = (char)(escape < 0 ? quote : escape);
	o->format = (enum source_format)index_of(format_words, option_text(inv, "format"));
	o->header = index_of(header_words, option_text(inv, "header"));
	o->header = o->header == 0 ? -1 : o->header == 1;
	o->null_text = option_text(inv, "null-text");
	o->encoding = option_text(inv, "encoding");
	o->time_zone = option_text(inv, "time-zone");
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
		(enum bad_row_policy)index_of(bad_row_words, option_text(inv, "on-bad-row"));
	s->drift = (enum drift)index_of(drift_words, option_text(inv, "drift"));
	s->on_changed = (enum on_changed)index_of(on_changed_words, option_text(inv, "on-changed"));
	s->force = option_flag(inv, "force");
	s->audit_columns = option_flag(inv, "audit-columns");
	s->dry_run = option_flag(inv, "dry-run");
	s->jobs = (int)option_int(inv, "jobs");
	s->attempts = (int)option_int(inv, "attempts");
	s->retry_s = option_number(inv, "retry-wait");
	s->lock_timeout_ms = (int)(option_number(inv, "lock-timeout") * 1000);
	split(&c->arena, option_text(inv, "keys"), &s->keys);
	split(&c->arena, option_text(inv, "track"), &s->track);
	if (read_into(c, option_text(inv, "into"), e) < 0 ||
	    read_marker(c, option_text(inv, "delete-marker"), e) < 0 ||
	    read_limit(s, option_text(inv, "bad-row-limit"), e) < 0 ||
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

static int migrate_load_main(struct invocation *inv, struct error *e)
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

const struct command migrate_load = {
	.tool = "migrate",
	.verb = "load",
	.arguments = "FILE...",
	.min_arguments = 1,
	.max_arguments = -1,
	.summary = "load files into a table, each exactly once",
	.description = "Files are Parquet, CSV or JSON (lines or one array), packed with gzip or "
		       "zstd or not;"
		       "\nnames may be patterns and folders. Each file is loaded in one "
		       "transaction together "
		       "with\nits row in the ledger, the schema 'lakeport' of the target: run it "
		       "again and it "
		       "goes on\nwhere it stopped. Files that are loaded are skipped.",
	.examples = "  lakeport migrate load -d postgresql:///shop 'data/orders/*.parquet' --into "
		    "sales.orders\n"
		    "  lakeport migrate load -d postgresql:///shop customers.csv --into "
		    "crm.customers \\\n"
		    "      --strategy scd2 --keys customer_id --track name,email\n",
	OPTIONS(load_options),
	.takes_dsn = true,
	.takes_runs = true,
	.run = migrate_load_main,
};
