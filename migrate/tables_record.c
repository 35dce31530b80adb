/* tables_record.c - what became of many tables: for the record, the terminal and the webhook. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "migrate/load_job.h"
#include "migrate/tables.h"
#include "migrate/load_record.h"

#define SAID_MAX 10 /* failures of files in the log */

static const char *state_word(enum tables_state s)
{
	static const char *const words[] = {"off",  "waiting", "running",
					    "done", "failed",  "blocked"};

	return words[s];
}

static void add_failures(const struct tables *m, struct record *r)
{
	size_t i;

	for (i = 0; i < m->config->count; i++) {
		const struct table_work *t = &m->tables[i];

		if (t->status < 0)
			record_finding(r, "TABLE-FAILED", SEVERITY_ERROR, t->entry->name,
				       t->error.text, t->error.hint);
		else if (t->state == TABLES_BLOCKED)
			record_finding(r, "TABLE-BLOCKED", SEVERITY_ERROR, t->entry->name,
				       t->error.text, "mend that table, then run this again");
	}
}

/*
 * Some tables failed: 1. When nothing at all was done because of one failure, its own status says
 * more.
 */
static void judge(const struct tables *m, struct record *r)
{
	struct tables_sum s;

	tables_sum(m, &s);
	r->outcome = OUTCOME_DONE;
	r->exit_status = 0;
	if (s.failed || s.blocked || s.troubled_files || s.rejects) {
		r->outcome = OUTCOME_ATTENTION;
		r->exit_status = 1;
	}
	if (s.first && !s.done && !s.rows) {
		r->outcome = OUTCOME_FAILED;
		r->exit_status = error_exit_status(s.first);
		r->error = arena_strdup(&r->arena, s.first->text);
	}
	if (s.interrupted) {
		r->outcome = OUTCOME_INTERRUPTED;
		r->exit_status = 130;
	}
}

void tables_record(const struct tables *m, struct record *r, double seconds, double cpu_s)
{
	struct load_table_result *results = xcalloc(m->config->count, sizeof(*results));
	size_t n = 0, i;

	for (i = 0; i < m->config->count; i++)
		if (m->tables[i].state != TABLES_OFF)
			results[n++] = (struct load_table_result){
				.settings = &m->tables[i].entry->settings,
				.result = &m->tables[i].result,
				.seconds = m->tables[i].seconds};
	load_record(r, results, n, seconds, cpu_s);
	add_failures(m, r);
	judge(m, r);
	free(results);
}

static void say_files(const struct load_result *r, size_t *said)
{
	size_t i;

	for (i = 0; i < r->file_count && *said < SAID_MAX; i++) {
		const struct load_file *f = &r->files[i];

		if (f->outcome != LOAD_FAILED && f->outcome != LOAD_CHANGED)
			continue;
		log_warn("'%s': %s", f->ledger.path, f->error.text);
		(*said)++;
	}
}

void tables_say(const struct tables *m)
{
	struct tables_sum s;
	size_t said = 0, i;

	tables_sum(m, &s);
	for (i = 0; i < m->config->count; i++) {
		const struct table_work *t = &m->tables[i];

		if (t->state == TABLES_FAILED && t->status < 0) {
			log_warn("%s: %s", t->entry->name, t->error.text);
			if (*t->error.hint)
				log_info("%s: %s", t->entry->name, t->error.hint);
		} else if (t->state == TABLES_BLOCKED) {
			log_warn("%s: not loaded: %s", t->entry->name, t->error.text);
		}
		say_files(&t->result, &said);
	}
	if (s.troubled_files > said)
		log_warn("and %zu files more", s.troubled_files - said);
}

static cJSON *table_json(const struct table_work *t)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "table", t->entry->name);
	cJSON_AddStringToObject(o, "outcome", state_word(t->state));
	cJSON_AddNumberToObject(o, "rows", (double)t->result.rows);
	cJSON_AddNumberToObject(o, "files_failed", (double)load_troubled(&t->result));
	if (*t->error.text)
		cJSON_AddStringToObject(o, "error", t->error.text);
	return o;
}

static char *message(const struct tables *m, const struct record *r, double seconds)
{
	cJSON *o = cJSON_CreateObject(), *tables;
	struct tables_sum s;
	char *text;
	size_t i;

	tables_sum(m, &s);
	cJSON_AddStringToObject(o, "run_id", r->id);
	cJSON_AddStringToObject(o, "outcome", outcome_word(r->outcome));
	cJSON_AddNumberToObject(o, "tables_done", (double)s.done);
	cJSON_AddNumberToObject(o, "tables_failed", (double)(s.failed + s.blocked));
	cJSON_AddNumberToObject(o, "files_loaded", (double)s.loaded_files);
	cJSON_AddNumberToObject(o, "files_failed", (double)s.troubled_files);
	cJSON_AddNumberToObject(o, "rows", (double)s.rows);
	cJSON_AddNumberToObject(o, "rows_rejected", (double)s.rejects);
	cJSON_AddNumberToObject(o, "seconds", seconds);
	tables = cJSON_AddArrayToObject(o, "tables");
	for (i = 0; i < m->config->count; i++)
		if (m->tables[i].state != TABLES_OFF)
			cJSON_AddItemToArray(tables, table_json(&m->tables[i]));
	text = cJSON_PrintUnformatted(o);
	cJSON_Delete(o);
	return text;
}

void tables_tell(const struct tables *m, const struct record *r, double seconds)
{
	struct error e = ERROR_INIT;
	char *text;

	if (!m->config->webhook)
		return;
	text = message(m, r, seconds);
	if (load_webhook(m->config->webhook, text, &e) < 0)
		log_warn("the webhook was not told: %s", e.text);
	cJSON_free(text);
}
