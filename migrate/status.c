/*
 * status.c - `lakeport migrate status`, `retry` and `forget`: what the ledger knows, and the two
 * ways to make it think again. None of them touches a table that was loaded into.
 */
#include <cjson/cJSON.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/command.h"
#include "common/log.h"
#include "common/pg.h"
#include "migrate/ledger.h"
#include "migrate/ledger_sql.h"
#include "migrate/migrate.h"
#include "migrate/settings_text.h"

#define TROUBLE_MAX "50" /* files that are listed with their errors */

/* A claim counts while the lock of its run is held. */
#define ALIVE                                                                                      \
	"(f.status = 'running' and exists (select from pg_locks k where k.locktype = 'advisory' "  \
	"and k.classid = 1818323762 and k.objid = f.run and k.objsubid = 2 and k.database = "      \
	"(select oid from pg_database where datname = current_database())))"

#define CHOSEN                                                                                     \
	"($1::text is null or (t.target_schema = $1 and t.target_table = $2)) and "                \
	"($3::text is null or f.path = any ($3::text[]))"

struct choice { /* which files: parameters of CHOSEN */
	const char *schema, *table;
	char *paths; /* an array literal, or NULL */
	struct arena arena;
};

/* A name as it was given, and as the ledger has it, which may differ by links and folders. */
static void add_path(struct buf *out, const char *name)
{
	const char *p;

	buf_puts(out, out->len ? ",\"" : "{\"");
	for (p = name; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
	buf_putc(out, '"');
}

static int choose(const struct invocation *inv, struct choice *c, struct error *e)
{
	struct buf paths = {0};
	char real[PATH_MAX];
	size_t i;

	for (i = 0; i < inv->argument_count; i++) {
		add_path(&paths, inv->arguments[i]);
		if (realpath(inv->arguments[i], real))
			add_path(&paths, real);
	}
	if (paths.len) {
		buf_putc(&paths, '}');
		c->paths = arena_strdup(&c->arena, buf_text(&paths));
	}
	buf_release(&paths);
	if (option_set(inv, "into") &&
	    settings_table(&c->arena, option_text(inv, "into"), &c->schema, &c->table, e) < 0)
		return error_context(e, "--into");
	return 0;
}

/* A name that is not there is most likely a slip. */
static int check_table(struct pg *pg, const struct choice *c, struct error *e)
{
	int64_t task = 0;

	if (!c->table)
		return 0;
	if (ledger_find_task(pg, c->schema, c->table, &task, e) < 0)
		return -1;
	if (task)
		return 0;
	error_set(e, ERROR_INPUT, "the ledger knows no table '%s.%s'", c->schema, c->table);
	return error_hint(e, "'lakeport migrate status' lists those that it knows");
}

/* NULL with `e` filled; or, without a ledger, with e->class NONE. */
static struct pg *open_ledger(const struct invocation *inv, const struct choice *c, struct error *e)
{
	struct pg *pg = pg_connect(option_text(inv, "dsn"), e);

	if (!pg)
		return NULL;
	pg_interruptible(pg);
	if (ledger_exists(pg, e) == 1 && check_table(pg, c, e) == 0)
		return pg;
	pg_close(pg);
	return NULL;
}

static struct pg_result *ask(struct pg *pg, const char *sql, const struct choice *c,
			     struct error *e)
{
	const char *values[] = {c->schema, c->table, c->paths};

	return pg_query(pg, sql, values, 3, e);
}

/* ---- status -----------------------------------------------------------------------------------
 */

static const char tables_sql[] =
	"select coalesce(t.target_schema || '.' || t.target_table, 'all'), "
	"min(t.strategy), "
	"count(*) filter (where f.status = 'pending' or f.status = 'running' and not " ALIVE
	") as pending, "
	"count(*) filter (where " ALIVE ") as running, "
	"count(*) filter (where f.status = 'done') as done, "
	"count(*) filter (where f.status = 'failed') as failed, "
	"count(*) filter (where f.status = 'dead') as dead, "
	"count(*) filter (where f.status = 'changed') as changed, "
	"coalesce(sum(f.rows) filter (where f.loaded_at is not null), 0)::bigint as rows, "
	"coalesce(sum(f.rejects) filter (where f.loaded_at is not null), 0)::bigint as rejects, "
	"to_char(max(f.loaded_at), 'YYYY-MM-DD HH24:MI:SS') as last "
	"from lakeport.file f join lakeport.task t using (task) where " CHOSEN
	" group by grouping sets ((t.target_schema, t.target_table), ()) "
	"order by t.target_schema nulls last, t.target_table";

static const char trouble_sql[] =
	"select t.target_schema || '.' || t.target_table, f.path, f.status, f.attempts, "
	"to_char(f.next_attempt_at, 'YYYY-MM-DD HH24:MI:SS'), coalesce(f.error, '') "
	"from lakeport.file f join lakeport.task t using (task) "
	"where f.status in ('failed', 'dead', 'changed') and " CHOSEN
	" order by f.changed_at desc, f.path limit " TROUBLE_MAX;

/* Indexes that were put off, and nobody is there who will build them. */
static const char indexes_sql[] =
	"select t.target_schema || '.' || t.target_table, x from lakeport.task t, "
	"unnest(t.pending_indexes) x where ($1::text is null or (t.target_schema = $1 and "
	"t.target_table = $2)) and $3::text is null and not exists (select from lakeport.file f "
	"join pg_locks k on k.objid = f.run where f.task = t.task and k.locktype = 'advisory' "
	"and k.classid = 1818323762 and k.objsubid = 2 and k.database = "
	"(select oid from pg_database where datname = current_database())) order by 1, 2";

static const char *const count_names[] = {"pending", "running", "done", "failed",
					  "dead",    "changed", "rows", "rejects"};
#define COUNTS (sizeof(count_names) / sizeof(count_names[0]))

static void print_text(const struct pg_result *tables, const struct pg_result *trouble,
		       const struct pg_result *indexes)
{
	int row;
	size_t i;

	printf("%-32s %-9s", "table", "strategy");
	for (i = 0; i < COUNTS; i++)
		printf(" %*s", i < 6 ? 8 : 12, count_names[i]);
	printf("  last\n");
	for (row = 0; row < pg_rows(tables); row++) {
		bool all = row + 1 == pg_rows(tables);

		printf("%-32s %-9s", pg_value(tables, row, 0), all ? "" : pg_value(tables, row, 1));
		for (i = 0; i < COUNTS; i++)
			printf(" %*s", i < 6 ? 8 : 12, pg_value(tables, row, (int)i + 2));
		printf("  %s\n", pg_value(tables, row, 10) ? pg_value(tables, row, 10) : "-");
	}
	for (row = 0; row < pg_rows(trouble); row++) {
		const char *next = pg_value(trouble, row, 4);

		printf("%s%s: '%s' (%s times%s%s): %s\n", row ? "" : "\n",
		       pg_value(trouble, row, 2), pg_value(trouble, row, 1),
		       pg_value(trouble, row, 3), next ? ", next at " : "", next ? next : "",
		       pg_value(trouble, row, 5));
	}
	for (row = 0; row < pg_rows(indexes); row++)
		printf("%sindex to be built by the next load of %s: %s\n", row ? "" : "\n",
		       pg_value(indexes, row, 0), pg_value(indexes, row, 1));
}

static cJSON *table_json(const struct pg_result *tables, int row)
{
	cJSON *o = cJSON_CreateObject();
	double n = 0;
	size_t i;

	cJSON_AddStringToObject(o, "table", pg_value(tables, row, 0));
	for (i = 0; i < COUNTS; i++) {
		text_to_double(pg_value(tables, row, (int)i + 2), &n);
		cJSON_AddNumberToObject(o, count_names[i], n);
	}
	if (pg_value(tables, row, 10))
		cJSON_AddStringToObject(o, "last", pg_value(tables, row, 10));
	return o;
}

static void add_indexes(cJSON *root, const struct pg_result *indexes)
{
	cJSON *list = cJSON_AddArrayToObject(root, "indexes"), *o;
	int row;

	for (row = 0; row < pg_rows(indexes); row++) {
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "table", pg_value(indexes, row, 0));
		cJSON_AddStringToObject(o, "statement", pg_value(indexes, row, 1));
		cJSON_AddItemToArray(list, o);
	}
}

static void print_json(const struct pg_result *tables, const struct pg_result *trouble,
		       const struct pg_result *indexes)
{
	static const char *const names[] = {"table", "file", "status", "attempts", "next", "error"};
	cJSON *root = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(root, "tables"), *o;
	int64_t n;
	int row, i;
	char *text;

	for (row = 0; row + 1 < pg_rows(tables); row++)
		cJSON_AddItemToArray(list, table_json(tables, row));
	if (pg_rows(tables))
		cJSON_AddItemToObject(root, "all", table_json(tables, pg_rows(tables) - 1));
	list = cJSON_AddArrayToObject(root, "trouble");
	for (row = 0; row < pg_rows(trouble); row++) {
		o = cJSON_CreateObject();
		for (i = 0; i < 6; i++)
			if (i == 3)
				cJSON_AddNumberToObject(
					o, names[i],
					text_to_int(pg_value(trouble, row, i), &n) ? (double)n : 0);
			else if (pg_value(trouble, row, i))
				cJSON_AddStringToObject(o, names[i], pg_value(trouble, row, i));
		cJSON_AddItemToArray(list, o);
	}
	add_indexes(root, indexes);
	text = cJSON_Print(root);
	printf("%s\n", text);
	cJSON_free(text);
	cJSON_Delete(root);
}

static int show(struct pg *pg, const struct choice *c, bool json, struct error *e)
{
	struct pg_result *tables = ask(pg, tables_sql, c, e), *trouble = NULL, *indexes = NULL;
	int status = -1;

	if (tables)
		trouble = ask(pg, trouble_sql, c, e);
	if (trouble)
		indexes = ask(pg, indexes_sql, c, e);
	if (indexes) {
		(json ? print_json : print_text)(tables, trouble, indexes);
		status = pg_rows(trouble) > 0 || pg_rows(indexes) > 0;
	}
	pg_free(tables);
	pg_free(trouble);
	pg_free(indexes);
	return status;
}

static int migrate_status_main(struct invocation *inv, struct error *e)
{
	struct choice c = {0};
	struct pg *pg = NULL;
	int status = -1;

	if (choose(inv, &c, e) == 0) {
		pg = open_ledger(inv, &c, e);
		if (pg)
			status = show(pg, &c, option_flag(inv, "json"), e);
		else if (e->class == ERROR_NONE)
			status = printf(option_flag(inv, "json")
						? "{\"tables\":[],\"trouble\":[],\"indexes\":[]}\n"
						: "nothing was loaded here yet\n") < 0;
	}
	pg_close(pg);
	arena_release(&c.arena);
	return status;
}

/* ---- retry, forget ----------------------------------------------------------------------------
 */

static int no_ledger(struct error *e)
{
	return e->class != ERROR_NONE
		       ? -1
		       : error_set(e, ERROR_INPUT, "there is no ledger: nothing was loaded here");
}

/* Runs a statement that returns paths, and lists them. */
static int change(const struct invocation *inv, const char *sql, const char *word, struct error *e)
{
	struct choice c = {0};
	struct pg_result *r = NULL;
	struct pg *pg = NULL;
	int row, status = -1;

	if (choose(inv, &c, e) == 0) {
		pg = open_ledger(inv, &c, e);
		r = pg ? ask(pg, sql, &c, e) : NULL;
		if (!pg)
			no_ledger(e);
	}
	if (r) {
		for (row = 0; row < pg_rows(r); row++)
			printf("%s '%s' of %s\n", word, pg_value(r, row, 0), pg_value(r, row, 1));
		printf("%d files\n", pg_rows(r));
		status = inv->argument_count && pg_rows(r) == 0; /* named, but not there */
	}
	pg_free(r);
	pg_close(pg);
	arena_release(&c.arena);
	return status;
}

static int migrate_retry_main(struct invocation *inv, struct error *e)
{
	return change(inv,
		      "update lakeport.file f set status = 'pending', attempts = 0, "
		      "next_attempt_at = null, changed_at = now() from lakeport.task t "
		      "where t.task = f.task and f.status in ('failed', 'dead') and " CHOSEN
		      " returning f.path, t.target_schema || '.' || t.target_table",
		      "again:", e);
}

static int migrate_forget_main(struct invocation *inv, struct error *e)
{
	if (!option_flag(inv, "yes")) {
		error_set(e, ERROR_USAGE,
			  "forgetting makes the next load take these files again; their rows in "
			  "the table stay");
		return error_hint(e, "say --yes when that is meant");
	}
	return change(inv,
		      "delete from lakeport.file f using lakeport.task t "
		      "where t.task = f.task and not " ALIVE " and " CHOSEN
		      " returning f.path, t.target_schema || '.' || t.target_table",
		      "forgotten:", e);
}

static const struct option status_options[] = {
	{0, "into", OPTION_TEXT, "TABLE", "only this table", NULL, 0, 0, NULL, NULL},
	{0, "json", OPTION_FLAG, NULL, "as JSON", NULL, 0, 0, NULL, NULL},
};

static const struct option retry_options[] = {
	{0, "into", OPTION_TEXT, "TABLE", "only of this table", NULL, 0, 0, NULL, NULL},
};

static const struct option forget_options[] = {
	{0, "into", OPTION_TEXT, "TABLE", "only of this table", NULL, 0, 0, NULL, NULL},
	{0, "yes", OPTION_FLAG, NULL, "yes, forget them", NULL, 0, 0, NULL, NULL},
};

const struct command migrate_status = {
	.tool = "migrate",
	.verb = "status",
	.arguments = "[FILE...]",
	.max_arguments = -1,
	.summary = "what was loaded, what waits, what failed",
	.description = "Exit status 1: there are files that failed, are dead or changed.",
	.examples = "  lakeport migrate status -d postgresql:///shop\n",
	OPTIONS(status_options),
	.takes_dsn = true,
	.run = migrate_status_main,
};

const struct command migrate_retry = {
	.tool = "migrate",
	.verb = "retry",
	.arguments = "[FILE...]",
	.max_arguments = -1,
	.summary = "let the next load try failed and dead files again",
	.examples = "  lakeport migrate retry -d postgresql:///shop --into sales.orders\n",
	OPTIONS(retry_options),
	.takes_dsn = true,
	.run = migrate_retry_main,
};

const struct command migrate_forget = {
	.tool = "migrate",
	.verb = "forget",
	.arguments = "FILE...",
	.min_arguments = 1,
	.max_arguments = -1,
	.summary = "remove files from the ledger; their rows stay in the table",
	.examples = "  lakeport migrate forget -d postgresql:///shop --yes data/orders/7.csv\n",
	OPTIONS(forget_options),
	.takes_dsn = true,
	.run = migrate_forget_main,
};
