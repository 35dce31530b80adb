/*
 * run.c - `lakeport convert run`: files of another SQL in, files of Postgres out, each statement
 * with proof of how far it was checked, and a record of everything.
 */
#include "convert/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/command.h"
#include "common/finish.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "convert/convert_options.h"

#define MAX_THREADS 256

static const char *const check_words[] = {"parse", "names", "prepare", "run", "rows", NULL};

/* ---- options ---- */

static int read_dialect(const struct invocation *inv, struct run *r, struct error *e)
{
	const char *name = option_text(inv, "from");
	const struct dialect *d = name ? dialect_find(name) : NULL;

	if (!d) {
		error_set(e, ERROR_USAGE,
			  name ? "the dialect '%s' is not known"
			       : "the source's dialect is missing%s",
			  name ? name : "");
		return error_hint(e, "give --from databricks, tsql, oracle, mysql, redshift or "
				     "snowflake");
	}
	convert_settings_init(&r->convert, d);
	convert_options_read(inv, &r->convert);
	return 0;
}

static int read_schema(const struct invocation *inv, struct run *r, struct error *e)
{
	return convert_schema_text(inv, "schema", &r->arena, &r->check.schema_sql, e) < 0 ||
			       convert_schema_text(inv, "source-schema", &r->arena,
						   &r->source_schema, e) < 0
		       ? -1
		       : 0;
}

static int read_origin(const struct invocation *inv, struct run *r, struct error *e)
{
	r->save_golden = option_text(inv, "save-golden");
	r->origin.url = option_text(inv, "source");
	r->origin.password_command = option_text(inv, "source-password-command");
	r->origin.timeout_ms = (int)(option_number(inv, "source-timeout") * 1000);
	r->origin.rows_max = (size_t)option_int(inv, "source-rows");
	r->values.items = option_list(inv, "param", &r->values.count);
	if (r->save_golden && !r->origin.url)
		return error_set(e, ERROR_USAGE,
				 "--save-golden keeps the rows of a source: name it with --source");
	return r->origin.url ? foreign_check_url(r->origin.url, e) : 0;
}

/* Both sessions have the same zone, unless the user says otherwise. */
static void choose_zones(const struct invocation *inv, struct run *r)
{
	r->check.time_zone = option_text(inv, "time-zone");
	if (!r->origin.url)
		return;
	if (!r->check.time_zone)
		r->check.time_zone = "UTC";
	r->origin.time_zone = r->convert.time_zone ? r->convert.time_zone : r->check.time_zone;
}

/* What was asked for, or as much as can be had: with a server prepare, else names. */
static int read_checks(const struct invocation *inv, struct run *r, struct error *e)
{
	const char *word = option_text(inv, "check");
	bool server = option_given(inv, "dsn");

	r->golden = option_text(inv, "golden");
	if (read_origin(inv, r, e) < 0)
		return -1;

	check_settings_init(&r->check);
	r->check.upto = server ? CHECK_PREPARES : CHECK_NAMES;
	if (word)
		check_find(word, &r->check.upto);
	else if (r->golden || (r->origin.url && (server || !r->save_golden)))
		r->check.upto = CHECK_ROWS;
	if (r->check.upto >= CHECK_PREPARES)
		r->check.dsn = option_set(inv, "dsn") ? option_text(inv, "dsn") : "";
	r->check.helper_schema = r->convert.helper_schema;
	choose_zones(inv, r);
	r->check.run_dml = option_flag(inv, "run-changes");
	r->check.stubs = !option_flag(inv, "no-stubs");
	r->check.timeout_ms = (int)(option_number(inv, "check-timeout") * 1000);
	r->check.tolerance = option_number(inv, "tolerance");
	if (r->golden && access(r->golden, R_OK) < 0)
		return error_set(e, ERROR_INPUT, "cannot open the folder '%s' of golden rows",
				 r->golden);
	if (r->check.upto == CHECK_ROWS && !r->golden && !r->origin.url)
		return error_set(e, ERROR_USAGE,
				 "--check rows compares with golden rows: name "
				 "their folder with --golden, or the source with --source");
	if (r->check.upto < CHECK_ROWS && r->origin.url && !r->save_golden)
		return error_set(e, ERROR_USAGE, "--source is for --check rows and --save-golden");
	return read_schema(inv, r, e);
}

static size_t choose_threads(const struct invocation *inv)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (option_set(inv, "jobs"))
		return (size_t)option_int(inv, "jobs");
	return cores < 1 ? 1 : cores > MAX_THREADS ? MAX_THREADS : (size_t)cores;
}

static int read_options(struct invocation *inv, struct run *r, struct error *e)
{
	int status;

	r->out = option_text(inv, "out");
	if (!r->out) {
		error_set(e, ERROR_USAGE, "--out is missing");
		return error_hint(e, "name the folder that the converted files go to");
	}
	r->threads = choose_threads(inv);
	status = model_settings_read(inv, &r->model, e);
	if (status < 0)
		return -1;
	r->ask_model = status > 0;
	if (read_dialect(inv, r, e) < 0 || read_checks(inv, r, e) < 0)
		return -1;
	return run_find_files(r, inv->arguments, inv->argument_count, e);
}

/* ---- running ---- */

static void free_checkers(struct checker **checkers, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		checker_free(checkers[i]);
	free(checkers);
}

/* All connections are up before anything is converted: what is wrong is said at once. */
static struct checker **make_checkers(struct run *r, struct error *e)
{
	struct checker **checkers = xcalloc(r->threads, sizeof(struct checker *));
	size_t i;

	for (i = 0; i < r->threads; i++) {
		checkers[i] = checker_new(&r->check, e);
		if (!checkers[i]) {
			free_checkers(checkers, i);
			return NULL;
		}
	}
	return checkers;
}

static bool needs_a_person(const struct run *r)
{
	const struct run_file *f;
	size_t i;

	for (f = r->files.first; f; f = f->next) {
		if (f->failure)
			return true;
		for (i = 0; f->statements && i < f->pieces.statements; i++)
			if (f->statements[i].status == RUN_LEFT)
				return true;
	}
	return false;
}

static void end_record(const struct run *r, struct record *record, int status,
		       const struct error *e)
{
	record->outcome = OUTCOME_DONE;
	if (status < 0 && e->class != ERROR_INTERRUPTED) {
		record->outcome = OUTCOME_FAILED;
		record->exit_status = error_exit_status(e);
		record->error = arena_strdup(&record->arena, e->text);
	} else if (interrupt_count()) {
		record->outcome = OUTCOME_INTERRUPTED;
		record->exit_status =
			error_exit_status(&(struct error){.class = ERROR_INTERRUPTED});
	} else if (needs_a_person(r)) {
		record->outcome = OUTCOME_ATTENTION;
		record->exit_status = 1;
	}
	record_metric(record, "elapsed_s", NULL, (double)(clock_wall() - record->started) / 1e9,
		      false);
}

static void describe(const struct run *r, struct record *record)
{
	char tolerance[32];

	record_title(record, "%s to Postgres, %zu file%s", dialect_name(r->convert.from),
		     r->files.count, r->files.count == 1 ? "" : "s");
	record_target(record, "source", dialect_name(r->convert.from));
	record_target(record, "output", r->out);
	record_target(record, "checks", check_name(r->check.upto));
	if (r->check.upto == CHECK_ROWS) {
		snprintf(tolerance, sizeof(tolerance), "%g", r->check.tolerance);
		record_target(record, "tolerance of numbers", tolerance);
	}
}

static int convert_all(struct invocation *inv, struct run *r, struct checker **checkers,
		       struct error *e)
{
	struct record *record = record_new("convert", "run", inv->argc, inv->argv);
	struct error failure = ERROR_INIT;
	int status, result;

	describe(r, record);
	run_schema(r);
	status = run_work(r, checkers, &failure);
	if (status == 0 && r->ask_model && !interrupt_count())
		status = run_model(r, checkers[0], &failure);
	run_record(r, record);
	end_record(r, record, status, &failure);
	result = finish_run(inv, record, e);
	record_free(record);
	if (result >= 0 && status < 0 && failure.class != ERROR_INTERRUPTED) {
		*e = failure;
		return -1;
	}
	return result;
}

static void release(struct run *r)
{
	struct run_file *f;
	size_t i;

	for (f = r->files.first; f; f = f->next) {
		for (i = 0; f->statements && i < f->pieces.statements; i++)
			arena_release(&f->statements[i].rows);
		buf_release(&f->source);
	}
	for (i = 0; r->arenas && i < r->threads; i++)
		arena_release(&r->arenas[i]);
	free(r->arenas);
	schema_free(r->schema);
	prelude_free(r->prelude);
	arena_release(&r->arena);
}

static int run_main(struct invocation *inv, struct error *e)
{
	struct run r = {0};
	struct checker **checkers = NULL;
	size_t threads;
	int status = -1;

	if (read_options(inv, &r, e) == 0 &&
	    record_check_directory(option_text(inv, "runs"), e) == 0)
		checkers = make_checkers(&r, e);
	threads = r.threads;
	if (checkers) {
		if (run_origin_open(&r, e) == 0) {
			r.arenas = xcalloc(r.threads, sizeof(*r.arenas));
			status = convert_all(inv, &r, checkers, e);
			r.threads = threads;
		}
		free_checkers(checkers, threads);
	}
	run_origin_close(&r);
	release(&r);
	return status;
}

/* clang-format off */
static const struct option options[] = {
	CONVERT_FROM_OPTION,
	{0, "out", OPTION_TEXT, "DIR", "the folder for the converted files, laid out as the input",
	 NULL, 0, 0, NULL, NULL},
	{0, "check", OPTION_CHOICE, "LEVEL",
	 "how far to check: parse, names, prepare, run, rows (default: names; with -d prepare; "
	 "with --golden rows)", NULL, 0, 0, check_words, NULL},
	CONVERT_SCHEMA_OPTIONS,
	{0, "golden", OPTION_TEXT, "DIR",
	 "folder with the rows that are expected: NAME.csv or NAME.jsonl beside NAME.sql, "
	 "NAME.2.csv for its second statement", NULL, 0, 0, NULL, NULL},
	{0, "source", OPTION_TEXT, "URL",
	 "the source's database: each query runs there, too, read-only, and its rows are compared; "
	 "postgres:, redshift:, mysql:, databricks:, odbc:", NULL, 0, 0, NULL,
	 NULL},
	{0, "source-password-command", OPTION_TEXT, "COMMAND",
	 "prints the password for --source", NULL, 0, 0, NULL, NULL},
	{0, "source-rows", OPTION_INT, "N",
	 "a query of which the source has more rows is not compared", "100000", 1, 1000000, NULL,
	 NULL},
	{0, "source-timeout", OPTION_SECONDS, "TIME", "limit of each query on the source", "60",
	 0.1, 3600, NULL, NULL},
	{0, "save-golden", OPTION_TEXT, "DIR",
	 "keep the source's rows there, for --golden in later runs without the source", NULL, 0, 0,
	 NULL, NULL},
	{0, "param", OPTION_LIST, "NAME=VALUE",
	 "a value for a parameter of the statements, so that their rows can be compared", NULL, 0,
	 0, NULL, NULL},
	{0, "tolerance", OPTION_NUMBER, "SHARE",
	 "numbers that differ by less, relatively, are equal", "1e-9", 0, 1, NULL, NULL},
	{0, "time-zone", OPTION_TEXT, "ZONE", "of the session in which statements are checked",
	 NULL, 0, 0, NULL, NULL},
	{0, "run-changes", OPTION_FLAG, NULL,
	 "--check run executes INSERT, UPDATE, DELETE and MERGE, too, and rolls them back",
	 NULL, 0, 0, NULL, NULL},
	{0, "no-stubs", OPTION_FLAG, NULL, "do not infer tables that the server does not have",
	 NULL, 0, 0, NULL, NULL},
	{0, "check-timeout", OPTION_SECONDS, "TIME", "limit of each statement that is checked",
	 "10", 0.1, 3600, NULL, NULL},
	{'j', "jobs", OPTION_INT, "N", "threads, each with a connection (default: the cores)",
	 NULL, 1, MAX_THREADS, NULL, NULL},
	CONVERT_SETTING_OPTIONS,
	MODEL_OPTIONS,
};
/* clang-format on */

const struct command convert_run = {
	.tool = "convert",
	.verb = "run",
	.arguments = "FILE|FOLDER|-...",
	.min_arguments = 1,
	.max_arguments = -1,
	.summary = "convert files of another SQL to Postgres, and check each statement",
	.description =
		"Reads files, folders (every *.sql, deeper ones, too), Databricks notebooks and\n"
		"standard input (-), writes a file for each into --out, and a run record. What\n"
		"stands between statements stays: comments, -- WEIGHT and -- PARAM lines. Named\n"
		"parameters become :name, so that the result can go into 'bench run'.\n"
		"\n"
		"Checks, each including those before: parse (Postgres' own parser), names\n"
		"(functions, types and operators exist), prepare (on the server of -d; against\n"
		"its tables, those of --schema, those that the input or --source-schema makes, or\n"
		"tables inferred from the statement), run\n"
		"(executed read-only with a time limit), rows (compared with --golden, or with\n"
		"what the original gives on --source).\n"
		"Everything happens in a transaction that is rolled back, in a schema of its own;\n"
		"what a rollback would not undo is refused by its parse tree and reported.\n"
		"\n"
		"What CREATE TABLE, ALTER TABLE and CREATE VIEW of the input say of columns, types "
		"and\n"
		"keys helps to convert the rest: * EXCEPT, upserts, MERGE *, types of expressions. "
		"For\n"
		"tables that the input does not make, give --schema or --source-schema.\n"
		"\n"
		"With --model what the rules left is asked of a language model; an answer counts\n"
		"when it passes the same checks, and is marked 'model'.\n"
		"\n"
		"A statement that is left for a person is written as far as it was converted,\n"
		"with the reason in a comment before it. Ctrl-C keeps what was done.\n"
		"Exit status 1 when some are left.",
	.examples = "  lakeport convert run queries/ --from databricks --out converted/\n"
		    "  lakeport convert run queries/ --from tsql --out converted/ -d "
		    "postgresql:///shop\n"
		    "  lakeport convert run q.sql --from oracle --out pg/ -d postgresql:///shop "
		    "--golden rows/\n"
		    "  lakeport convert run q/ --from mysql --out pg/ -d postgresql:///shop "
		    "--source mysql://ana@db/shop\n",
	OPTIONS(options),
	.takes_dsn = true,
	.takes_runs = true,
	.run = run_main,
};
