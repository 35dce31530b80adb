/*
 * watch.c - `lakeport migrate watch`: loads files as they arrive, until it is stopped.
 *
 * The folders are looked at every --interval, and at once when inotify says that something came. A
 * file is taken when its size and time have not changed for --settle. What is ready is loaded in
 * rounds, at most --batch files of a table in one, by the same code as `migrate load --config`; the
 * ledger knows what is done, so that a watch that is killed goes on where it was and two of them
 * share the work. In memory there is only what was seen of each file, to spare the ledger questions
 * it has answered.
 */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/command.h"
#include "common/finish.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "common/pg.h"
#include "migrate/load_files.h"
#include "migrate/load_record.h"
#include "migrate/migrate.h"
#include "migrate/strategy.h"
#include "migrate/tables.h"
#include "migrate/tables_command.h"

#define RETRY_FIRST_S 5.0
#define RETRY_LAST_S  300.0

struct sight { /* what was seen of a file of a table */
	const struct load_entry *entry;
	char *path;
	int64_t size, mtime_ns;
	uint64_t since; /* it looks like this */
	bool handled;	/* like this, by the ledger's word */
	bool failed;	/* and may be tried again */
	bool troubled;	/* it failed, is dead or changed */
	bool chosen;	/* for the next round */
};

struct watch {
	struct load_config config;
	const char *dsn;
	struct load_run run;
	struct record *record;
	double interval_s, settle_s, idle_s;
	size_t batch;
	int jobs;
	int inotify;
	struct sight *sights; /* sorted by entry, path */
	size_t count, capacity;
	uint64_t retry_at; /* failed files once more; 0: none */
	double retry_s;
	uint64_t active; /* something was last loaded */
	bool first;
	int64_t rows, rejects;
	size_t files;
};

/* ---- what is there ----------------------------------------------------------------------------
 */

static int compare(const void *a, const void *b)
{
	const struct sight *x = a, *y = b;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	return strcmp(x->path, y->path);
}

static struct sight *find(struct watch *w, size_t n, const struct load_entry *t, const char *path)
{
	struct sight key = {.entry = t, .path = (char *)path};

	return n ? bsearch(&key, w->sights, n, sizeof(key), compare) : NULL;
}

/* A file as it is now: new, changed, or as before. `n` sights are sorted, others are behind. */
static void see(struct watch *w, size_t n, const struct load_entry *t, const struct load_file *f)
{
	struct sight *s = find(w, n, t, f->ledger.path);

	if (!s) {
		w->sights = xgrow(w->sights, w->count, &w->capacity, sizeof(*w->sights));
		s = &w->sights[w->count++];
		*s = (struct sight){.entry = t, .path = xstrdup(f->ledger.path), .size = -1};
	}
	if (s->size == f->ledger.size && s->mtime_ns == f->ledger.mtime_ns)
		return;
	s->size = f->ledger.size;
	s->mtime_ns = f->ledger.mtime_ns;
	s->since = clock_now();
	s->handled = s->failed = s->troubled = false;
}

/* Looks like this for long enough; one that is old already need not be watched for that. */
static bool is_settled(const struct watch *w, const struct sight *s)
{
	double old = (double)clock_wall() - (double)s->mtime_ns;
	double seen = (double)(clock_now() - s->since);

	return seen >= w->settle_s * 1e9 || (old >= 10 * w->settle_s * 1e9 && old >= 60e9);
}

static void scan(struct watch *w)
{
	size_t i, k, n = w->count;

	for (i = 0; i < w->config.count; i++) {
		const struct load_entry *t = &w->config.entries[i];
		struct load_file *files = NULL;
		struct error ignored = ERROR_INIT;
		struct arena a = {0};
		size_t count = 0;

		if (t->enabled && t->files.count &&
		    load_files_look(t->files.items, t->files.count, &a, &files, &count, &ignored) ==
			    0)
			for (k = 0; k < count; k++)
				see(w, n, t, &files[k]);
		arena_release(&a);
	}
	qsort(w->sights, w->count, sizeof(*w->sights), compare);
}

/*
 * Chooses what goes into the next round; returns how much. A table whose files belong together is
 * taken whole, and only when all of them have settled.
 */
static size_t choose(struct watch *w)
{
	size_t i, k, end, taken, waiting, all = 0;

	for (i = 0; i < w->count; i = end) {
		const struct load_entry *t = w->sights[i].entry;
		bool whole = t->settings.strategy->whole, unsettled = false;

		for (end = i, taken = waiting = 0; end < w->count && w->sights[end].entry == t;
		     end++) {
			struct sight *s = &w->sights[end];
			bool settled = is_settled(w, s);

			s->chosen = !s->handled && settled && taken < w->batch;
			taken += s->chosen;
			waiting += !s->handled;
			unsettled |= !settled;
		}
		for (k = i; whole && k < end; k++)
			w->sights[k].chosen = waiting > 0 && !unsettled;
		all += whole ? (waiting > 0 && !unsettled ? waiting : 0) : taken;
	}
	return all;
}

/* Called by the threads of the tables; nothing changes the sights meanwhile. */
static bool is_wanted(void *context, const struct load_entry *t, const struct load_file *f)
{
	struct watch *w = context;
	const struct sight *s = find(w, w->count, t, f->ledger.path);

	return s && s->chosen && s->size == f->ledger.size && s->mtime_ns == f->ledger.mtime_ns;
}

/* ---- inotify ----------------------------------------------------------------------------------
 */

/* The folder of a pattern, up to its first special character. */
static void watch_folder(struct watch *w, const char *pattern)
{
	size_t n = strcspn(pattern, "*?[{");
	char *folder = xstrdup(pattern), *slash;

	if (pattern[n]) { /* a pattern: what is before its last whole folder */
		folder[n] = '\0';
		slash = strrchr(folder, '/');
		if (slash)
			slash[slash == folder] = '\0';
		else
			snprintf(folder, 2, ".");
	}
	if (inotify_add_watch(w->inotify, folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE) < 0)
		log_debug("'%s' is only looked at every %g s", folder, w->interval_s);
	free(folder);
}

static void begin_inotify(struct watch *w)
{
	size_t i, k;

	w->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (i = 0; w->inotify >= 0 && i < w->config.count; i++)
		for (k = 0; k < w->config.entries[i].files.count; k++)
			watch_folder(w, w->config.entries[i].files.items[k]);
}

/* Seconds until something has to be looked at without being told. */
static double patience(const struct watch *w)
{
	double s = w->interval_s;
	size_t i;

	for (i = 0; i < w->count; i++)
		if (!w->sights[i].handled && !is_settled(w, &w->sights[i])) {
			double left = w->settle_s -
				      (double)(clock_now() - w->sights[i].since) / 1e9 + 0.01;

			s = left < s ? (left > 0.01 ? left : 0.01) : s;
		}
	return s;
}

static void wait_for_news(struct watch *w)
{
	uint64_t until = clock_now() + (uint64_t)(patience(w) * 1e9);
	struct pollfd p = {.fd = w->inotify, .events = POLLIN};
	char events[4096];

	while (!interrupt_count() && clock_now() < until) {
		uint64_t left = (until - clock_now()) / CLOCK_MS;

		if (poll(&p, w->inotify >= 0, left < 100 ? (int)left + 1 : 100) <= 0)
			continue;
		while (read(w->inotify, events, sizeof(events)) > 0)
			;
		return;
	}
}

/* ---- a round ----------------------------------------------------------------------------------
 */

/* The run's connection says that we are alive; a new one is a new run. */
static int keep_run(struct watch *w, struct error *e)
{
	double wait = 0.5;

	for (;;) {
		memset(e, 0, sizeof(*e));
		if (w->run.pg && pg_exec(w->run.pg, "select 1", e) == 0)
			return 0;
		load_run_end(&w->run, "failed", "the connection was lost", 0, 0);
		memset(e, 0, sizeof(*e));
		if (load_run_begin(&w->run, w->dsn, w->record->id, "watch", e) == 0)
			return 0;
		load_run_end(&w->run, "failed", NULL, 0, 0);
		if (w->first || e->class != ERROR_CONNECT)
			return -1;
		log_warn("%s; trying again", e->text);
		for (uint64_t until = clock_now() + (uint64_t)(wait * 1e9); clock_now() < until;) {
			if (interrupt_count())
				return error_set(e, ERROR_INTERRUPTED, "interrupted");
			clock_sleep(50 * CLOCK_MS);
		}
		wait = wait * 2 < 30 ? wait * 2 : 30;
	}
}

/* What the ledger has decided is not asked about again until the file changes. How many? */
static size_t note_outcomes(struct watch *w, const struct tables *all)
{
	size_t i, k, n = 0;

	for (i = 0; i < all->config->count; i++) {
		const struct load_result *r = &all->tables[i].result;

		for (k = 0; k < r->file_count; k++) {
			const struct load_file *f = &r->files[k];
			struct sight *s = find(w, w->count, all->tables[i].entry, f->ledger.path);

			if (!s || f->outcome == LOAD_WAITING || f->outcome == LOAD_ELSEWHERE)
				continue;
			s->handled = true;
			s->failed = f->outcome == LOAD_FAILED;
			s->troubled =
				s->failed || f->outcome == LOAD_DEAD || f->outcome == LOAD_CHANGED;
			n++;
		}
	}
	return n;
}

/* Failed files are tried again later and later, until the ledger calls them dead. */
static void plan_retry(struct watch *w, const struct tables_sum *s)
{
	if (s->troubled_files == 0 && !s->first)
		return;
	w->retry_s = w->retry_s > 0 && w->retry_s * 2 < RETRY_LAST_S ? w->retry_s * 2
		     : w->retry_s > 0				     ? RETRY_LAST_S
								     : RETRY_FIRST_S;
	w->retry_at = clock_now() + (uint64_t)(w->retry_s * 1e9);
}

static void retry_failed(struct watch *w)
{
	size_t i;

	if (!w->retry_at || clock_now() < w->retry_at)
		return;
	w->retry_at = 0;
	for (i = 0; i < w->count; i++)
		w->sights[i].handled &= !w->sights[i].failed;
}

static void account(struct watch *w, const struct tables *all, double seconds)
{
	struct tables_sum s;

	tables_sum(all, &s);
	w->rows += s.rows;
	w->rejects += s.rejects;
	w->files += s.loaded_files;
	if (s.loaded_files)
		log_info("loaded %zu files, %lld rows, in %.1f s", s.loaded_files,
			 (long long)s.rows, seconds);
	tables_say(all);
	if (s.loaded_files || s.troubled_files) {
		w->active = clock_now();
		w->record->outcome =
			s.troubled_files || s.failed ? OUTCOME_ATTENTION : OUTCOME_DONE;
		tables_tell(all, w->record, seconds);
	}
	plan_retry(w, &s);
}

/* `handled`: files that need not be looked at again. */
static int round_of(struct watch *w, size_t *handled, struct error *e)
{
	uint64_t begun = clock_now();
	struct tables all;

	if (keep_run(w, e) < 0)
		return -1;
	tables_init(&all, &w->config, &w->run, w->jobs);
	all.patient = true;
	all.wanted = is_wanted;
	all.context = w;
	tables_work(&all, NULL, NULL);
	*handled = note_outcomes(w, &all);
	account(w, &all, (double)(clock_now() - begun) / 1e9);
	tables_release(&all);
	w->first = false;
	return 0;
}

static int loop(struct watch *w, struct error *e)
{
	bool told = false;
	size_t handled;

	while (!interrupt_count()) {
		retry_failed(w);
		scan(w);
		if (choose(w) > 0 || w->first) {
			if (round_of(w, &handled, e) < 0)
				return e->class == ERROR_INTERRUPTED ? 0 : -1;
			if (handled)
				continue; /* else others have them, or the table failed */
		}
		if (!told)
			log_info("watching; Ctrl-C stops");
		told = true;
		if (w->idle_s > 0 && (double)(clock_now() - w->active) > w->idle_s * 1e9)
			return 0;
		wait_for_news(w);
	}
	return 0;
}

/* ---- the command ------------------------------------------------------------------------------
 */

static int finish(struct invocation *inv, struct watch *w, uint64_t begun, struct error *e)
{
	struct record *r = w->record;
	double seconds = (double)(clock_now() - begun) / 1e9;
	size_t failed = 0, i;

	for (i = 0; i < w->count; i++)
		failed += w->sights[i].troubled;
	record_title(r, "watch %s", w->config.path);
	record_metric(r, "rows", NULL, (double)w->rows, true);
	record_metric(r, "files", NULL, (double)w->files, true);
	record_metric(r, "files_failed", NULL, (double)failed, true);
	record_metric(r, "rows_rejected", NULL, (double)w->rejects, true);
	record_metric(r, "elapsed_s", NULL, seconds, true);
	r->outcome = failed || w->rejects ? OUTCOME_ATTENTION : OUTCOME_DONE;
	r->exit_status = r->outcome == OUTCOME_ATTENTION;
	load_run_end(&w->run, outcome_word(r->outcome), NULL, w->rows, (int64_t)w->files);
	return finish_run(inv, r, e) < 0 ? -1 : r->exit_status;
}

static void release(struct watch *w)
{
	size_t i;

	load_run_end(&w->run, "failed", NULL, w->rows, (int64_t)w->files);
	for (i = 0; i < w->count; i++)
		free(w->sights[i].path);
	free(w->sights);
	if (w->inotify >= 0)
		close(w->inotify);
	record_free(w->record);
	load_config_release(&w->config);
}

static int migrate_watch_main(struct invocation *inv, struct error *e)
{
	struct watch w = {.dsn = option_text(inv, "dsn"), .inotify = -1, .first = true};
	uint64_t begun = clock_now();
	int status = -1;

	w.interval_s = option_number(inv, "interval");
	w.settle_s = option_number(inv, "settle");
	w.idle_s = option_number(inv, "until-idle");
	w.batch = (size_t)option_int(inv, "batch");
	w.active = begun;
	if (tables_read(inv, &w.config, e) == 0 && (w.jobs = tables_jobs(inv, &w.config)) > 0 &&
	    record_check_directory(option_text(inv, "runs"), e) == 0) {
		w.record = record_new("migrate", "watch", inv->argc, inv->argv);
		begin_inotify(&w);
		status = loop(&w, e);
		if (status == 0)
			status = finish(inv, &w, begun, e);
	}
	release(&w);
	return status;
}

static const struct option watch_options[] = {
	{0, "config", OPTION_TEXT, "FILE", "YAML file with the tables: migrate config new", NULL, 0,
	 0, NULL, NULL},
	{0, "tables", OPTION_TEXT, "TABLES", "only these, with commas", NULL, 0, 0, NULL, NULL},
	{'j', "jobs", OPTION_INT, "N", "connections for all tables together", NULL, 1, 64, NULL,
	 NULL},
	{0, "interval", OPTION_SECONDS, "TIME", "between two looks at the folders", "5s", 0.05,
	 86400, NULL, NULL},
	{0, "settle", OPTION_SECONDS, "TIME", "a file is taken when it has not changed for so long",
	 "2s", 0, 86400, NULL, NULL},
	{0, "batch", OPTION_INT, "N", "files of a table in one round, at most", "1000", 1, 1000000,
	 NULL, NULL},
	{0, "until-idle", OPTION_SECONDS, "TIME", "stop when nothing came for so long", NULL, 0,
	 31536000, NULL, NULL},
};

const struct command migrate_watch = {
	.tool = "migrate",
	.verb = "watch",
	.arguments = "",
	.summary = "load files as they arrive",
	.description = "Ctrl-C and SIGTERM end it cleanly: what is being loaded is taken back and "
		       "loaded by the\nnext start. Several watches on one target share the work.",
	.examples = "  lakeport migrate watch -d postgresql:///shop --config load.yaml\n",
	OPTIONS(watch_options),
	.takes_dsn = true,
	.takes_runs = true,
	.own_config = true,
	.run = migrate_watch_main,
};
