/* verify_command.c - `lakeport migrate verify`: tables against their files, by configuration or
 * one. */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/command.h"
#include "common/finish.h"
#include "common/log.h"
#include "migrate/load_files.h"
#include "migrate/migrate.h"
#include "migrate/settings_text.h"
#include "migrate/tables_command.h"
#include "migrate/verify.h"

struct job {
	const struct invocation *inv;
	struct record *record;
	struct names keys;
	struct arena arena;
	int64_t rows, files;
	size_t tables, differ, failed;
	struct error first;
};

static void say_same(const char *name, const char *source, const struct verify_result *r)
{
	size_t i;

	if (source)
		log_info("%s: %lld rows of '%s' are in the table, the same%s", name,
			 (long long)r->want_rows, source,
			 r->partial ? " (rows that it has no more were not looked at)" : "");
	else
		log_info("%s: %lld rows of %lld files are in the table, the same%s", name,
			 (long long)r->want_rows, (long long)r->files,
			 r->rejects ? " (rows that do not fit were left out)" : "");
	for (i = 0; i < r->left_out.count; i++)
		log_info("%s: not compared: column '%s', which is another value each time", name,
			 r->left_out.items[i]);
}

/* `source`: the table that it reads, or NULL: files. */
static void report(struct job *j, const char *name, const char *source,
		   const struct verify_result *r)
{
	const char *where = source ? arena_printf(&j->arena, "'%s'", source) : "the files";
	struct record *rec = j->record;
	size_t i;

	if (r->equal) {
		say_same(name, source, r);
		return;
	}
	j->differ++;
	record_finding(rec, "TABLE-DIFFERS", SEVERITY_ERROR, name,
		       arena_printf(&rec->arena, "%lld rows in %s, %lld in the table",
				    (long long)r->want_rows, where, (long long)r->have_rows),
		       source ? "find who else writes this table"
			      : "find who else writes this table; a file whose rows are gone loads "
				"again after: lakeport migrate forget FILE --yes");
	for (i = 0; i < r->count; i++) {
		const struct verify_difference *d = &r->differences[i];
		bool changed = *d->column != '\0';

		record_finding(
			rec, changed ? "VALUE-DIFFERS" : "ROW-DIFFERS", SEVERITY_ERROR, name,
			changed ? arena_printf(&rec->arena,
					       "%s: column '%s': '%.200s' in %s, "
					       "'%.200s' in the table",
					       d->key, d->column, d->want, where, d->have)
				: arena_printf(&rec->arena, "%s in the table: %s", d->kind, d->key),
			"");
		if (i < 10)
			log_warn("%s: %s", name, rec->findings[rec->finding_count - 1].evidence);
	}
}

static int check_one(struct job *j, const struct load_settings *s, const char *name,
		     const char *const *files, size_t n, struct error *e)
{
	struct verify_result r = {0};
	struct load_file *list = NULL;
	size_t count = 0;
	int status;

	status = load_files_find(files, n, &j->arena, &list, &count, e);
	if (status == 0)
		status = verify_table(option_text(j->inv, "dsn"), s, &j->keys, list, count, &r, e);
	if (status == 0) {
		report(j, name, NULL, &r);
		j->rows += r.want_rows;
		j->files += r.files;
		if (r.files_waiting)
			log_warn("%s: %lld files are not loaded yet", name,
				 (long long)r.files_waiting);
	}
	verify_release(&r);
	return status;
}

static int check_from(struct job *j, const struct load_config *c, const struct load_entry *t,
		      struct error *e)
{
	struct verify_result r = {0};
	int status = verify_from(option_text(j->inv, "dsn"), c, t, &j->keys, &r, e);

	if (status == 0 && r.not_compared) {
		log_warn("%s: not compared: %s", t->name, r.not_compared);
		record_finding(j->record, "TABLE-NOT-COMPARED", SEVERITY_WARNING, t->name,
			       arena_strdup(&j->record->arena, r.not_compared), "");
	} else if (status == 0) {
		report(j, t->name, t->from, &r);
		j->rows += r.want_rows;
		if (r.files_waiting)
			log_warn("%s: %lld files of '%s' are not read yet", t->name,
				 (long long)r.files_waiting, t->from);
	}
	verify_release(&r);
	return status;
}

/* One table's failure does not keep the others from being looked at. */
static void check_entry(struct job *j, const struct load_config *c, const struct load_entry *t)
{
	struct error e = ERROR_INIT;
	int status;

	if (!t->enabled)
		return;
	j->tables++;
	status = t->from ? check_from(j, c, t, &e)
			 : check_one(j, &t->settings, t->name, t->files.items, t->files.count, &e);
	if (status == 0)
		return;
	log_warn("%s: %s", t->name, e.text);
	record_finding(j->record, "TABLE-FAILED", SEVERITY_ERROR, t->name, e.text, e.hint);
	if (j->failed++ == 0)
		j->first = e;
}

static int check_single(struct job *j, struct error *e)
{
	const struct invocation *inv = j->inv;
	struct load_settings s;
	const char *name;

	load_settings_init(&s);
	if (!option_set(inv, "into"))
		return error_set(e, ERROR_USAGE,
				 "no table is named: say it with --into or --config");
	if (inv->argument_count == 0)
		return error_set(e, ERROR_USAGE, "no files are named");
	if (settings_table(&j->arena, option_text(inv, "into"), &s.schema, &s.table, e) < 0)
		return error_context(e, "--into");
	name = arena_printf(&j->arena, "%s.%s", s.schema, s.table);
	record_title(j->record, "verify %s", name);
	j->tables = 1;
	return check_one(j, &s, name, inv->arguments, inv->argument_count, e);
}

static int finish(struct invocation *inv, struct job *j, double seconds, struct error *e)
{
	struct record *r = j->record;

	record_metric(r, "rows", NULL, (double)j->rows, true);
	record_metric(r, "files", NULL, (double)j->files, true);
	record_metric(r, "rows_per_s", NULL, (double)j->rows / seconds, true);
	record_metric(r, "elapsed_s", NULL, seconds, true);
	r->outcome = j->differ || j->failed ? OUTCOME_ATTENTION : OUTCOME_DONE;
	r->exit_status = j->differ || j->failed ? 1 : 0;
	return finish_run(inv, r, e) < 0 ? -1 : r->exit_status;
}

static int check_all(struct invocation *inv, struct job *j, struct error *e)
{
	struct load_config c = {0};
	int status = tables_read(inv, &c, e);
	size_t i;

	if (status == 0)
		record_title(j->record, "verify %s", c.path);
	for (i = 0; status == 0 && i < c.count; i++)
		check_entry(j, &c, &c.entries[i]);
	load_config_release(&c);
	if (status == 0 && j->failed && j->failed == j->tables) {
		*e = j->first;
		status = -1;
	}
	return status;
}

static int migrate_verify_main(struct invocation *inv, struct error *e)
{
	uint64_t begun = clock_now();
	struct job j = {.inv = inv};
	int status = -1;

	settings_names(&j.arena, option_text(inv, "keys"), &j.keys);
	if (record_check_directory(option_text(inv, "runs"), e) == 0) {
		j.record = record_new("migrate", "verify", inv->argc, inv->argv);
		status = option_set(inv, "config") ? check_all(inv, &j, e) : check_single(&j, e);
		if (status == 0)
			status = finish(inv, &j, (double)(clock_now() - begun) / 1e9, e);
	}
	record_free(j.record);
	arena_release(&j.arena);
	return status;
}

static const struct option verify_options[] = {
	{0, "config", OPTION_TEXT, "FILE", "YAML file with the tables: migrate config new", NULL, 0,
	 0, NULL, NULL},
	{0, "tables", OPTION_TEXT, "TABLES", "with --config: only these, with commas", NULL, 0, 0,
	 NULL, NULL},
	{0, "into", OPTION_TEXT, "TABLE", "one table, to which FILEs were appended", NULL, 0, 0,
	 NULL, NULL},
	{0, "keys", OPTION_TEXT, "COLUMNS",
	 "what names a row, with commas (keys of the strategy, or the primary key)", NULL, 0, 0,
	 NULL, NULL},
};

const struct command migrate_verify = {
	.tool = "migrate",
	.verb = "verify",
	.arguments = "[FILE...]",
	.max_arguments = -1,
	.summary = "compare tables with the files that were loaded into them",
	.description =
		"The loaded files are read again into a temporary table, through the same "
		"strategy, and\nboth sides are counted and hashed; rows that differ are named "
		"by key and column. Floats are\ncompared exactly. A table that reads another one "
		"is computed again from it, as far as that\ncan be done. Nothing is written. Exit "
		"status 1: there are differences.",
	.examples = "  lakeport migrate verify -d postgresql:///shop --config load.yaml\n"
		    "  lakeport migrate verify -d postgresql:///shop 'orders/*.csv' --into orders "
		    "--keys id\n",
	OPTIONS(verify_options),
	.takes_dsn = true,
	.takes_runs = true,
	.own_config = true,
	.run = migrate_verify_main,
};
