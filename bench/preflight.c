/* preflight.c - see preflight.h. */
#include "bench/preflight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bench/dataset.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/text.h"

#define DEADLINE_MS 30000

/* Settings that move a benchmark's figures. Unknown ones (other versions) are simply not there. */
static const char settings_sql[] =
	"select name, current_setting(name) from pg_settings where name in ("
	"'shared_buffers','max_connections','effective_cache_size','work_mem',"
	"'maintenance_work_mem','fsync','synchronous_commit','full_page_writes','wal_level',"
	"'max_wal_size','checkpoint_timeout','wal_compression','autovacuum','jit',"
	"'random_page_cost','default_transaction_isolation','statement_timeout',"
	"'max_parallel_workers_per_gather','io_method','huge_pages','track_io_timing') order by 1";

/* "PostgreSQL 15.20 (Debian ...) on x86_64..., compiled by ...": the first two words. */
static void add_server(struct record *record, const char *version)
{
	size_t n = strcspn(version, " ");
	char shown[200];

	n += strspn(version + n, " ");
	n += strcspn(version + n, " ");
	snprintf(shown, sizeof(shown), "%.*s", (int)n, version);
	record_target(record, "server", shown);
}

static int add_settings(struct pg *pg, struct record *record, struct error *e)
{
	struct pg_result *r = pg_query(pg, settings_sql, NULL, 0, e);
	int i;

	if (!r)
		return error_context(e, "while reading pg_settings");
	for (i = 0; i < pg_rows(r); i++)
		if (pg_value(r, i, 0) && pg_value(r, i, 1))
			record_target(record, pg_value(r, i, 0), pg_value(r, i, 1));
	pg_free(r);
	return 0;
}

static int describe_target(struct pg *pg, struct record *record, struct error *e)
{
	char *version = pg_scalar(pg, "select version()", e);
	int status;

	if (!version)
		return error_context(e, "while asking for the server's version");
	add_server(record, version);
	record_target(record, "host", pg_host(pg));
	record_target(record, "database", pg_database(pg));
	record_target(record, "user", pg_user(pg));
	record_target(record, "tls", pg_uses_tls(pg) ? "yes" : "no");
	status = add_settings(pg, record, e);
	record_target(record, "server build", version);
	free(version);
	return status;
}

/* The scale of pgbench's tables is the number of branches. */
static int find_scale(struct pg *pg, int64_t *scale, struct error *e)
{
	char *exists = pg_scalar(pg, "select to_regclass('pgbench_branches') is not null", e);
	char *count;
	bool there;

	if (!exists)
		return error_context(e, "while looking for pgbench_branches");
	there = strcmp(exists, "t") == 0;
	free(exists);
	*scale = 1;
	if (!there)
		return 0;
	count = pg_scalar(pg, "select count(*) from pgbench_branches", e);
	if (!count)
		return error_context(e, "while counting pgbench_branches");
	if (!text_to_int(count, scale) || *scale < 1)
		*scale = 1;
	free(count);
	return 0;
}

/* Statements after which others may prepare that do not now: they make or alter things. */
static bool changes_schema(const struct statement *s)
{
	static const char *const words[] = {"create", "alter",	"drop",	   "do",	 "call",
					    "set",    "import", "prepare", "select into"};
	const char *text = s->text + strspn(s->text, " \t\r\n");
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i]);

		if (strncasecmp(text, words[i], n) == 0 && strchr(" \t\r\n(", text[n]))
			return true;
	}
	return false;
}

/* True when the statement stands in an \if: it may never run, as the author may well know. */
static bool is_conditional(const struct script *script, const struct statement *s)
{
	size_t end = 0, i;

	for (i = 0; i < script->step_count; i++) {
		const struct step *step = &script->steps[i];

		if (step->statement == s)
			return i < end;
		if ((step->type == STEP_JUMP || step->type == STEP_JUMP_UNLESS) &&
		    step->target > end)
			end = step->target;
	}
	return false;
}

/*
 * The simple protocol puts values into the text, where a parameter would not be allowed; so there
 * only what is missing or forbidden counts as a fault.
 */
static bool matters(enum protocol protocol, const struct error *e)
{
	static const char *const missing[] = {"42P01", "42703", "42501", "3F000"};
	size_t i;

	if (protocol != PROTOCOL_SIMPLE || e->class != ERROR_SQL)
		return true;
	for (i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		if (strcmp(e->sqlstate, missing[i]) == 0)
			return true;
	return false;
}

static int statement_fault(const struct workload *load, size_t i, struct error *e)
{
	const struct statement *s = load->statements[i];
	const struct script *script = &load->scripts[load->statement_script[i]];
	bool pgbench_table = strstr(e->text, "pgbench_") != NULL;

	error_context(e, "%s:%u: cannot prepare '%s'", script->source, s->line, s->label);
	if (strcmp(e->sqlstate, "42P01") == 0 && pgbench_table)
		return error_hint(e, "make the tables with 'lakeport bench init'");
	if (e->hint[0] == '\0')
		error_hint(e, "mend the script, or point -d at the database it is meant for");
	return -1;
}

/*
 * Statements that do not prepare now are faults, unless they may later: then they are prepared
 * when they are needed first, as pgbench does with all.
 */
static int check_statements(struct pg *pg, struct engine_options *o, struct error *e)
{
	const struct workload *load = o->workload;
	bool changes = false;
	size_t i;

	o->can_defer = false;
	for (i = 0; i < load->statement_count; i++)
		changes = changes || changes_schema(load->statements[i]);
	for (i = 0; i < load->statement_count; i++) {
		const struct statement *s = load->statements[i];

		if (s->compound || pg_prepare(pg, "", s->numbered, e) == 0)
			continue;
		if (!matters(o->protocol, e))
			continue;
		if (e->class != ERROR_SQL ||
		    (!changes && !is_conditional(&load->scripts[load->statement_script[i]], s)))
			return statement_fault(load, i, e);
		log_debug("'%s' does not prepare yet: %s", s->label, e->text);
		o->can_defer = true;
	}
	e->class = ERROR_NONE;
	return 0;
}

/* How many rows each source of parameters has. */
static void add_datasets(const struct workload *load, struct record *record)
{
	struct buf text = {.max = 1000};
	char rows[32];
	size_t i;

	for (i = 0; i < load->dataset_count; i++)
		buf_printf(&text, "%s%s: %s rows", i ? "; " : "", load->datasets[i]->label,
			   text_thousands((double)load->datasets[i]->row_count, 0, rows,
					  sizeof(rows)));
	if (load->dataset_count)
		record_target(record, "parameters from", buf_text(&text));
	buf_release(&text);
}

static int check_tls(const struct pg *pg, const struct engine_options *o, struct error *e)
{
	if (!o->io_uring || !pg_uses_tls(pg))
		return 0;
	error_set(e, ERROR_CONFIG, "--io-uring does not go with TLS, which this connection uses");
	return error_hint(e, "leave it out, or add sslmode=disable to the DSN");
}

int preflight(struct engine_options *options, struct record *record, struct error *e)
{
	struct pg *pg = pg_connect(options->dsn, e);
	int status;

	if (!pg)
		return -1;
	pg_deadline(pg, DEADLINE_MS);
	pg_interruptible(pg);
	status = check_tls(pg, options, e);
	if (status == 0)
		status = describe_target(pg, record, e);
	if (status == 0 && options->scale == 0) {
		options->scale = 1;
		if (options->workload->uses_scale)
			status = find_scale(pg, &options->scale, e);
	}
	if (status == 0)
		status = check_statements(pg, options, e);
	if (status == 0)
		status = datasets_sample(options->workload, pg, options->seed, e);
	if (status == 0)
		add_datasets(options->workload, record);
	pg_close(pg);
	return status;
}
