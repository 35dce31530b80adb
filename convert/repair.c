/*
 * repair.c - lakeport convert repair: statements that did not convert, from JSON lines, through a
 * language model and the checks, to JSON lines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "common/clock.h"
#include "common/command.h"
#include "common/finish.h"
#include "common/log.h"
#include "common/progress.h"
#include "common/record.h"
#include "convert/model.h"

#define INPUT_MAX ((size_t)256 << 20)

extern const struct command convert_repair;

static const char *const check_words[] = {"parse", "names", "prepare", "run", NULL};

static const struct option options[] = {
	{0, "from", OPTION_TEXT, "DIALECT", "of lines that name none", "databricks", 0, 0, NULL,
	 NULL},
	{0, "check", OPTION_CHOICE, "CHECK",
	 "the strictest check that an answer must pass (default: prepare with --dsn, else names)",
	 NULL, 0, 0, check_words, NULL},
	{0, "schema", OPTION_TEXT, "FILE",
	 "DDL of the tables, made in a transaction that is rolled back", NULL, 0, 0, NULL, NULL},
	{0, "statement-timeout", OPTION_SECONDS, "TIME", "limit of one statement on the server",
	 "10", 0.01, 3600, NULL, NULL},
	{'o', "output", OPTION_TEXT, "FILE", "where the result's lines go (default: stdout)", NULL,
	 0, 0, NULL, NULL},
	MODEL_OPTIONS,
};

/* A line of the input: a task, or why it is none. */
struct repair_line {
	cJSON *json;
	const char *fault; /* NULL: it is a task */
	size_t task;
};

struct repair {
	struct invocation *inv;
	struct model_settings settings;
	struct check_settings checks;
	struct checker *checker;
	struct buf schema_sql;
	struct model_proof *proofs; /* of each task */
	struct arena arena;
	struct buf input;
	struct repair_line *lines;
	size_t line_count, line_capacity;
	struct model_task *tasks;
	struct model_outcome *outcomes;
	struct model_account account;
	size_t task_count, faults, done;
	struct record *record;
	struct progress progress;
	FILE *out;
};

/* ---- reading -------------------------------------------------------------------------------- */

static const cJSON *get(const cJSON *o, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(o, name);
}

static const char *text_of(const cJSON *o, const char *name)
{
	return cJSON_GetStringValue(get(o, name));
}

static int read_input(struct repair *r, const char *path, struct error *e)
{
	return text_read_file(strcmp(path, "-") == 0 ? "/dev/stdin" : path, INPUT_MAX, &r->input,
			      e);
}

static const char *fault_of(const cJSON *json)
{
	if (!cJSON_IsObject(json))
		return "the line is not a JSON object";
	if (!text_of(json, "id"))
		return "the line has no text 'id'";
	return text_of(json, "sql") ? NULL : "the line has no text 'sql'";
}

static void split_lines(struct repair *r)
{
	const char *p = buf_text(&r->input), *end = p + r->input.len, *stop;

	for (; p < end; p = stop + 1) {
		struct repair_line *line;

		stop = memchr(p, '\n', (size_t)(end - p));
		stop = stop ? stop : end;
		if (strspn(p, " \t\r") >= (size_t)(stop - p))
			continue;
		r->lines = xgrow(r->lines, r->line_count, &r->line_capacity, sizeof(*r->lines));
		line = &r->lines[r->line_count++];
		line->json = cJSON_ParseWithLength(p, (size_t)(stop - p));
		line->fault = fault_of(line->json);
		line->task = line->fault ? 0 : r->task_count;
		r->task_count += !line->fault;
		r->faults += line->fault != NULL;
	}
}

/* A text, or a list of texts as lines. */
static const char *text_or_lines(struct arena *a, const cJSON *value)
{
	struct buf text = {0};
	const cJSON *item;
	const char *result;

	if (!cJSON_IsArray(value))
		return cJSON_GetStringValue(value);
	cJSON_ArrayForEach(item, value)
	{
		if (cJSON_IsString(item))
			buf_printf(&text, "%s\n", item->valuestring);
	}
	result = arena_strdup(a, buf_text(&text));
	buf_release(&text);
	return result;
}

static void read_findings(struct repair *r, struct model_task *t, const cJSON *list)
{
	struct model_finding *f =
		arena_alloc(&r->arena, sizeof(*f) * (size_t)(cJSON_GetArraySize(list) + 1));
	const cJSON *item;

	t->findings = f;
	cJSON_ArrayForEach(item, list)
	{
		const char *message = text_of(item, "message");

		if (text_of(item, "code"))
			f[t->finding_count++] = (struct model_finding){text_of(item, "code"),
								       message ? message : "",
								       text_of(item, "advice")};
	}
}

static void read_task(struct repair *r, struct model_task *t, const cJSON *json)
{
	const cJSON *error = get(json, "error"), *position = get(json, "position");

	t->id = text_of(json, "id");
	t->sql = text_of(json, "sql");
	t->dialect = text_of(json, "dialect");
	if (!t->dialect)
		t->dialect = option_text(r->inv, "from");
	t->kind = text_of(json, "kind");
	t->converted = text_of(json, "converted");
	t->schema = text_or_lines(&r->arena, get(json, "schema"));
	if (cJSON_IsObject(error)) {
		position = get(error, "position");
		error = get(error, "message");
	}
	t->error = cJSON_GetStringValue(error);
	if (cJSON_IsNumber(position) && position->valuedouble >= 1 && position->valuedouble < 1e9)
		t->position = (size_t)position->valuedouble;
	read_findings(r, t, get(json, "findings"));
}

static void read_tasks(struct repair *r)
{
	size_t i;

	split_lines(r);
	r->tasks = arena_alloc(&r->arena, sizeof(*r->tasks) * (r->task_count + 1));
	r->outcomes = arena_alloc(&r->arena, sizeof(*r->outcomes) * (r->task_count + 1));
	for (i = 0; i < r->line_count; i++)
		if (!r->lines[i].fault)
			read_task(r, &r->tasks[r->lines[i].task], r->lines[i].json);
}

/* ---- working -------------------------------------------------------------------------------- */

/* Makes the checker, and what each task needs of it. */
static int prepare_checks(struct repair *r, struct error *e)
{
	const char *word = option_text(r->inv, "check"), *ddl = option_text(r->inv, "schema");
	size_t i;

	check_settings_init(&r->checks);
	r->checks.dsn = option_text(r->inv, "dsn");
	r->checks.upto = r->checks.dsn ? CHECK_PREPARES : CHECK_NAMES;
	r->checks.timeout_ms = (int)(option_number(r->inv, "statement-timeout") * 1000);
	if (word)
		check_find(word, &r->checks.upto);
	if (r->checks.upto > CHECK_NAMES && !r->checks.dsn) {
		error_set(e, ERROR_USAGE, "--check %s needs a server", word);
		return error_hint(e, "say where it is with --dsn");
	}
	if (ddl && text_read_file(ddl, INPUT_MAX, &r->schema_sql, e) < 0)
		return -1;
	r->checks.schema_sql = ddl ? buf_text(&r->schema_sql) : NULL;
	r->checker = checker_new(&r->checks, e);
	if (!r->checker)
		return -1;
	r->proofs = arena_alloc(&r->arena, sizeof(*r->proofs) * (r->task_count + 1));
	for (i = 0; i < r->task_count; i++) {
		struct model_task *t = &r->tasks[i];

		r->proofs[i].checker = r->checker;
		r->proofs[i].must_run = r->checks.upto >= CHECK_RUNS && model_is_query(t);
		t->context = &r->proofs[i];
		if (!t->schema)
			t->schema = model_schema(&r->arena, r->checker, t);
	}
	return 0;
}

static void finished(void *context, size_t index, const struct model_outcome *o)
{
	struct repair *r = context;

	(void)index;
	(void)o;
	progress_update(&r->progress, (double)++r->done, NULL);
}

/* ---- writing -------------------------------------------------------------------------------- */

static void add_checks(cJSON *o, unsigned passed)
{
	cJSON *list = cJSON_AddArrayToObject(o, "checks");
	int i;

	for (i = 0; i < CHECKS; i++)
		if (passed & 1U << i)
			cJSON_AddItemToArray(list, cJSON_CreateString(check_name((enum check)i)));
}

static void print_line(struct repair *r, const struct repair_line *line)
{
	cJSON *o = cJSON_CreateObject();
	const struct model_outcome *outcome = line->fault ? NULL : &r->outcomes[line->task];
	const char *id = line->fault ? text_of(line->json, "id") : r->tasks[line->task].id;
	char *text;

	if (id)
		cJSON_AddStringToObject(o, "id", id);
	else
		cJSON_AddNullToObject(o, "id");
	if (outcome && outcome->sql)
		cJSON_AddStringToObject(o, "sql", outcome->sql);
	else
		cJSON_AddNullToObject(o, "sql");
	cJSON_AddStringToObject(o, "status",
				outcome ? model_status_word(outcome->status) : "bad-input");
	if (outcome && outcome->sql)
		add_checks(o, r->proofs[line->task].passed);
	if (outcome) {
		cJSON_AddNumberToObject(o, "rounds", outcome->rounds);
		cJSON_AddNumberToObject(o, "cached", outcome->cached);
		cJSON_AddNumberToObject(o, "tokens", (double)outcome->tokens);
	}
	if (!outcome || *outcome->reason)
		cJSON_AddStringToObject(o, "error", outcome ? outcome->reason : line->fault);
	text = cJSON_PrintUnformatted(o);
	fprintf(r->out, "%s\n", text);
	free(text);
	cJSON_Delete(o);
}

static int print_lines(struct repair *r, struct error *e)
{
	const char *path = option_text(r->inv, "output");
	size_t i;

	r->out = path ? fopen(path, "we") : stdout;
	if (!r->out)
		return error_set(e, ERROR_IO, "cannot write '%s'", path);
	for (i = 0; i < r->line_count; i++)
		print_line(r, &r->lines[i]);
	if (path && fclose(r->out) != 0)
		return error_set(e, ERROR_IO, "cannot write '%s'", path);
	return 0;
}

/* The record; its summary goes to stdout only when the lines do not. */
static int keep_record(struct repair *r, const struct error *ended, struct error *e)
{
	struct record *record = r->record;
	bool all = !ended && r->account.converted == (int64_t)r->task_count && !r->faults;
	char path[4096];
	int status;

	record_metric(record, "elapsed_s", NULL, (double)(clock_wall() - record->started) / 1e9,
		      false);
	record_title(record, "%zu statements for a language model", r->task_count);
	record_metric(record, "statements", NULL, (double)r->line_count, true);
	model_record(record, &r->settings, &r->account);
	record_metric(record, "left", NULL, (double)r->line_count - (double)r->account.converted,
		      true);
	record->outcome = all				      ? OUTCOME_DONE
			  : !ended			      ? OUTCOME_ATTENTION
			  : ended->class == ERROR_INTERRUPTED ? OUTCOME_INTERRUPTED
							      : OUTCOME_FAILED;
	record->exit_status = ended ? error_exit_status(ended) : !all;
	if (ended)
		record->error = arena_strdup(&record->arena, ended->text);
	if (option_text(r->inv, "output")) {
		status = finish_run(r->inv, record, e);
	} else {
		status = record_write(record, option_text(r->inv, "runs"), path, sizeof(path), e);
		if (status == 0)
			log_info("record: %s", path);
		status = status == 0 ? record->exit_status : status;
	}
	return status;
}

static int work(struct repair *r, struct error *e)
{
	const struct model_calls calls = {
		.verify = model_prove, .finished = finished, .context = r};
	struct error ended = ERROR_INIT;
	int status;

	r->record = record_new("convert", "repair", r->inv->argc, r->inv->argv);
	progress_begin(&r->progress, "convert repair", (double)r->task_count);
	status = model_batch(&r->settings, r->tasks, r->task_count, &calls, &r->arena, r->outcomes,
			     &r->account, &ended);
	progress_end(&r->progress);
	if (status < 0 && (ended.class == ERROR_CONFIG || ended.class == ERROR_INPUT)) {
		*e = ended; /* nothing was begun */
		return -1;
	}
	if (print_lines(r, e) < 0)
		return -1;
	if (status == 0)
		return keep_record(r, NULL, e);
	if (keep_record(r, &ended, e) >= 0)
		*e = ended;
	return -1;
}

static void repair_release(struct repair *r)
{
	size_t i;

	for (i = 0; i < r->line_count; i++)
		cJSON_Delete(r->lines[i].json);
	free(r->lines);
	checker_free(r->checker);
	record_free(r->record);
	buf_release(&r->schema_sql);
	buf_release(&r->input);
	arena_release(&r->arena);
}

static int check_usage(struct repair *r, struct error *e)
{
	int status = model_settings_read(r->inv, &r->settings, e);

	if (status < 0)
		return -1;
	if (status == 0) {
		error_set(e, ERROR_USAGE, "no model to ask");
		return error_hint(e, "give --model ENDPOINT, or set DATABRICKS_ENDPOINT");
	}
	if (option_flag(r->inv, "json") && !option_text(r->inv, "output")) {
		error_set(e, ERROR_USAGE, "--json prints the record where the lines go");
		return error_hint(e, "send the lines to a file with --output");
	}
	return record_check_directory(option_text(r->inv, "runs"), e);
}

static int convert_repair_main(struct invocation *inv, struct error *e)
{
	struct repair r = {.inv = inv};
	int status = check_usage(&r, e);

	if (status == 0)
		status = read_input(&r, inv->argument_count ? inv->arguments[0] : "-", e);
	if (status == 0) {
		read_tasks(&r);
		status = prepare_checks(&r, e);
	}
	if (status == 0)
		status = work(&r, e);
	repair_release(&r);
	return status;
}

const struct command convert_repair = {
	.tool = "convert",
	.verb = "repair",
	.arguments = "[FILE]",
	.max_arguments = 1,
	.summary = "statements that did not convert, by a language model whose answers are checked",
	.description =
		"Reads JSON lines, from FILE or standard input, and writes one for each, in the "
		"same "
		"order: {\"id\", \"sql\", \"status\", \"checks\", \"rounds\", \"cached\", "
		"\"tokens\", "
		"\"error\"}. A line that comes in has \"id\" and \"sql\", the statement of the "
		"source, and as much as is known of: \"dialect\", \"converted\" (what the rules "
		"made "
		"of it), \"error\" with \"position\" (why that is not good, and where in it), "
		"\"kind\", \"schema\" (the tables it uses, a text or a list of lines) and "
		"\"findings\" ([{\"code\", \"message\"}]).\n"
		"Every answer goes through the checks: Postgres' own parser, names and types, and "
		"with --dsn a server that prepares it, in a transaction that is rolled back; "
		"nothing "
		"is executed but by --check run, read-only.\n"
		"The status is `model` when an answer passed the checks, `left` when none did, "
		"`failed` when the endpoint refused the statement, `not-asked` when the run ended "
		"or "
		"the budget did not allow it.\n"
		"Every answer is kept in the journal: the same statement costs nothing a second "
		"time, and a run that was killed goes on where it was. With --redact no literal "
		"but "
		"0 and 1 leaves this machine, and no comment; date parts, date patterns and "
		"lengths "
		"of types stay.\n"
		"DATABRICKS_TOKEN is sent to the host of DATABRICKS_HOST and to Databricks' own "
		"domains, LAKEPORT_MODEL_TOKEN to any other.",
	.examples = "  lakeport convert repair failed.jsonl --model databricks-gpt-oss-120b -o "
		    "repaired.jsonl\n"
		    "  lakeport convert repair --model https://models.acme.com/v1 --model-name m < "
		    "failed.jsonl",
	OPTIONS(options),
	.takes_dsn = true,
	.takes_runs = true,
	.run = convert_repair_main,
};
