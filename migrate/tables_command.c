/*
 * tables_command.c - `lakeport migrate load --config FILE`: the tables of a configuration, or what
 * would be done with them.
 */
#include "migrate/tables_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/finish.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/progress.h"
#include "migrate/load_files.h"
#include "migrate/tables.h"
#include "migrate/load_record.h"
#include "migrate/medallion.h"

#define DEFAULT_JOBS 4

int tables_jobs(const struct invocation *inv, const struct load_config *c)
{
	if (option_given(inv, "jobs"))
		return (int)option_int(inv, "jobs");
	return c->jobs ? c->jobs : DEFAULT_JOBS;
}

int tables_read(const struct invocation *inv, struct load_config *c, struct error *e)
{
	if (!option_set(inv, "config")) {
		error_set(e, ERROR_USAGE, "no configuration is named");
		return error_hint(
			e, "name it with --config; 'lakeport migrate config new' prints one");
	}
	if (load_config_read(c, option_text(inv, "config"), e) < 0)
		return -1;
	return load_config_choose(c, option_text(inv, "tables"), e);
}

/* ---- what would be done -----------------------------------------------------------------------
 */

struct plan {
	size_t new, changed, failed, dead, skip;
	int64_t bytes;
};

static void count(const struct load_result *r, struct plan *p)
{
	size_t i;

	for (i = 0; i < r->file_count; i++) {
		const struct load_file *f = &r->files[i];
		bool load = f->outcome == LOAD_WAITING;

		if (f->outcome == LOAD_CHANGED || (load && f->reload))
			p->changed++;
		else if (load && f->ledger.status == FILE_FAILED)
			p->failed++;
		else if (f->outcome == LOAD_DEAD)
			p->dead++;
		else if (load)
			p->new ++;
		else
			p->skip++;
		p->bytes += load ? f->ledger.size : 0;
	}
}

static int plan_table(const char *dsn, const struct load_config *c, const struct load_entry *t,
		      struct plan *p, struct error *e)
{
	struct load_result r = {0};
	struct arena a = {0};
	int status;

	if (t->from) {
		status = medallion_plan(dsn, c, t, &a, &r, e);
	} else {
		status = load_files_find(t->files.items, t->files.count, &a, &r.files,
					 &r.file_count, e);
		if (status == 0)
			status = load_plan(dsn, &t->settings, &r, e);
	}
	if (status == 0)
		count(&r, p);
	load_result_release(&r);
	arena_release(&a);
	return status;
}

static void print_plan(const char *name, const struct plan *p)
{
	char bytes[40];

	printf("%-30s %7zu %7zu %7zu %7zu %7zu %15s\n", name, p->new, p->changed, p->failed,
	       p->dead, p->skip, text_thousands((double)p->bytes, 0, bytes, sizeof(bytes)));
}

/* One table after another: nothing is written, so nothing is gained by haste. */
static int say_plan(const char *dsn, const struct load_config *c, struct error *e)
{
	struct error first = ERROR_INIT;
	size_t failed = 0, planned = 0, i;

	printf("%-30s %7s %7s %7s %7s %7s %15s\n", "table", "new", "changed", "failed", "dead",
	       "skip", "bytes to load");
	for (i = 0; i < c->count; i++) {
		const struct load_entry *t = &c->entries[i];
		struct error why = ERROR_INIT;
		struct plan p = {0};

		if (!t->enabled)
			continue;
		planned++;
		if (plan_table(dsn, c, t, &p, &why) == 0) {
			print_plan(t->name, &p);
			continue;
		}
		log_warn("%s: %s", t->name, why.text);
		if (failed++ == 0)
			first = why;
	}
	printf("nothing was written\n");
	if (failed && failed == planned) {
		*e = first;
		return -1;
	}
	return failed ? 1 : 0;
}

/* ---- the work ---------------------------------------------------------------------------------
 */

static void tick(void *context, double done, double total)
{
	struct progress *p = context;
	double seconds = (double)(clock_now() - p->begun) / 1e9;
	char detail[80], rate[40];

	p->total = total;
	snprintf(detail, sizeof(detail), "%s MB/s",
		 text_thousands(done / 1e6 / seconds, 1, rate, sizeof(rate)));
	progress_update(p, done, detail);
}

static void describe(struct record *r, const struct load_run *run, const struct load_config *c)
{
	record_title(r, "%s", c->path);
	record_target(r, "host", pg_host(run->pg));
	record_target(r, "database", pg_database(run->pg));
}

static int finish(struct invocation *inv, struct tables *m, struct load_run *run, struct record *r,
		  double seconds, double cpu_s, struct error *e)
{
	struct tables_sum s;

	tables_sum(m, &s);
	tables_record(m, r, seconds, cpu_s);
	load_record_server(r, run, seconds);
	load_run_end(run, outcome_word(r->outcome), r->error, s.rows, (int64_t)s.loaded_files);
	tables_tell(m, r, seconds);
	tables_say(m);
	if (finish_run(inv, r, e) < 0)
		return -1;
	return r->exit_status;
}

static int work(struct invocation *inv, struct load_config *c, struct error *e)
{
	struct record *r = record_new("migrate", "load", inv->argc, inv->argv);
	uint64_t begun = clock_now(), cpu = clock_process_cpu();
	struct progress progress;
	struct load_run run = {0};
	struct tables m = {0};
	int status = -1;

	if (load_run_begin(&run, option_text(inv, "dsn"), r->id, "load", e) == 0) {
		describe(r, &run, c);
		tables_init(&m, c, &run, tables_jobs(inv, c));
		m.force = option_flag(inv, "force");
		progress_begin(&progress, "loading", 0);
		tables_work(&m, tick, &progress);
		progress_end(&progress);
		status = finish(inv, &m, &run, r, (double)(clock_now() - begun) / 1e9,
				(double)(clock_process_cpu() - cpu) / 1e9, e);
		tables_release(&m);
	}
	load_run_end(&run, "failed", e->text, 0, 0);
	record_free(r);
	return status;
}

int load_tables(struct invocation *inv, struct error *e)
{
	static const char *const alien[] = {
		"into",	  "strategy", "keys",	    "track",	     "order-by",   "schema",
		"format", "drift",    "on-bad-row", "audit-columns", "on-changed", "delete-marker"};
	struct load_config c = {0};
	int status = -1;
	size_t i;

	for (i = 0; i < sizeof(alien) / sizeof(alien[0]); i++)
		if (option_given(inv, alien[i]) || inv->argument_count) {
			error_set(e, ERROR_USAGE, "%s%s does not go with --config",
				  inv->argument_count ? "a file" : "--",
				  inv->argument_count ? "" : alien[i]);
			return error_hint(e, "say it in the configuration, for each table");
		}
	if (tables_read(inv, &c, e) == 0) {
		if (option_flag(inv, "dry-run"))
			status = say_plan(option_text(inv, "dsn"), &c, e);
		else if (record_check_directory(option_text(inv, "runs"), e) == 0)
			status = work(inv, &c, e);
	}
	load_config_release(&c);
	return status;
}
