/*
 * load.c - see load.h. Cheap and harmless things first: the table and the settings, then the
 * ledger's view of the files, then the work.
 */
#include "migrate/load_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "migrate/file_hash.h"

#define REGISTER_CHUNK 5000 /* files in one statement */
#define ELSEWHERE_MS   3000 /* for the lock of a run that was killed to go away */

const char *load_outcome_word(enum load_outcome o)
{
	static const char *const words[] = {"waiting",	 "done",   "skipped", "changed",
					    "elsewhere", "failed", "dead"};

	return words[o];
}

/*
 * For what is written beside the data: no commit of it waits for the disk. What comes before a
 * commit of data is safe when that is, since the log is written in order; what comes after it (the
 * end of a run, indexes) is found undone by the next run when the server loses it.
 */
static int do_not_wait_for_disk(struct pg *pg, struct error *e)
{
	return pg_exec(pg, "set synchronous_commit = off", e);
}

static struct pg *connect_beside(const char *dsn, const struct load_settings *s, struct error *e)
{
	struct pg *pg = load_connect(dsn, s, e);

	if (pg && do_not_wait_for_disk(pg, e) < 0) {
		pg_close(pg);
		return NULL;
	}
	return pg;
}

int load_run_begin(struct load_run *run, const char *dsn, const char *record, const char *verb,
		   struct error *e)
{
	*run = (struct load_run){.dsn = dsn, .record = record};
	run->pg = pg_connect(dsn, e);
	if (!run->pg)
		return -1;
	server_cpu_begin(&run->server, run->pg);
	if (do_not_wait_for_disk(run->pg, e) == 0 && ledger_install(run->pg, e) == 0 &&
	    ledger_run_begin(run->pg, record, verb, &run->number, e) == 0)
		return 0;
	load_add_hint(e);
	return -1;
}

void load_run_end(struct load_run *run, const char *outcome, const char *error, int64_t rows,
		  int64_t files)
{
	struct error e = ERROR_INIT;
	int status = 0;

	if (run->pg && run->number)
		status = ledger_run_end(run->pg, run->number, outcome, error, rows, files, &e);
	if (status < 0 && e.class == ERROR_CONNECT) { /* the load has outlived this connection */
		pg_close(run->pg);
		run->pg = pg_connect(run->dsn, NULL);
		if (run->pg)
			status = ledger_run_end(run->pg, run->number, outcome, error, rows, files,
						&e);
	}
	if (status < 0)
		log_debug("the end of the run was not written: %s", e.text);
	pg_close(run->pg);
	run->pg = NULL;
}

void load_result_release(struct load_result *r)
{
	buf_release(&r->changes);
	buf_release(&r->left_out);
}

/* ---- what is to be done with a file -----------------------------------------------------------
 */

static int hash_differs(const struct ledger_file *f, bool *differs, struct error *e)
{
	struct file_hash h;

	file_hash_begin(&h, f->path, f->size, false);
	if (file_hash_end(&h, false, e) < 0)
		return -1;
	*differs = strcmp(h.hex, f->hash) != 0;
	return 0;
}

static int refuse_reload(const struct load_settings *s, struct load_file *f)
{
	f->outcome = LOAD_CHANGED;
	error_set(&f->error, ERROR_INPUT,
		  "the file changed after it was loaded, and nothing says which rows of '%s.%s' "
		  "came from it",
		  s->schema, s->table);
	return error_hint(&f->error,
			  "load with --audit-columns from the start, or take --on-changed "
			  "skip");
}

/* A file that was loaded once and is another now. */
static void decide_changed(const struct load_settings *s, struct load_file *f)
{
	if (s->strategy->whole ||
	    (s->on_changed == ON_CHANGED_RELOAD && (s->strategy->repeatable || s->audit_columns))) {
		f->reload = true;
	} else if (s->on_changed == ON_CHANGED_RELOAD) {
		refuse_reload(s, f);
	} else if (s->on_changed == ON_CHANGED_SKIP) {
		f->outcome = LOAD_SKIPPED;
		log_warn("'%s' changed after it was loaded; skipped", f->ledger.path);
	} else {
		f->outcome = LOAD_CHANGED;
		error_set(&f->error, ERROR_INPUT, "the file changed after it was loaded");
		error_hint(&f->error, "say what to do with --on-changed reload or skip");
	}
}

static void leave_alone(struct load_file *f)
{
	f->outcome = LOAD_DEAD;
	error_set(&f->error, ERROR_INPUT, "failed %d times in a row; left alone",
		  f->ledger.attempts);
	error_hint(&f->error, "mend the file, or give it another chance with --force");
}

/* Sets the outcome of what is not to be loaded; LOAD_WAITING: goes into the queue. */
static int decide(const struct load_settings *s, struct load_file *f, struct error *e)
{
	bool differs = false;

	f->outcome = LOAD_WAITING;
	f->reload = false;
	if (!f->ledger.loaded) {
		if (f->ledger.status != FILE_DEAD || s->strategy->whole)
			return 0;
		if (s->force || !f->ledger.same) /* another file, another chance */
			f->ledger.attempts = 0;
		else
			leave_alone(f);
		return 0;
	}
	if (s->force) {
		f->reload = true;
		return 0;
	}
	if (!f->ledger.same && hash_differs(&f->ledger, &differs, e) < 0)
		return -1;
	if (differs)
		decide_changed(s, f);
	else
		f->outcome = LOAD_SKIPPED;
	return 0;
}

/* Tells the ledger what the look at the files has shown. */
static int note(struct load *l, struct load_file *f, struct error *e)
{
	const struct ledger_file *k = &f->ledger;

	if (f->outcome == LOAD_CHANGED)
		return ledger_changed(l->pg, l->run->number, k, e);
	if (f->outcome == LOAD_SKIPPED && (!k->same || k->status != FILE_DONE) && k->loaded &&
	    f->error.class == ERROR_NONE && l->settings->on_changed != ON_CHANGED_SKIP)
		return ledger_touch(l->pg, k, e);
	return 0;
}

/* An overwrite loads all or nothing: one file that is new or other, or gone, brings all of them. */
static int decide_whole(struct load *l, int64_t loaded, struct error *e)
{
	struct load_result *out = l->out;
	int64_t same = 0;
	size_t i;

	for (i = 0; i < out->file_count; i++) {
		if (decide(l->settings, &out->files[i], e) < 0)
			return -1;
		same += out->files[i].outcome == LOAD_SKIPPED;
	}
	if (same == (int64_t)out->file_count && same == loaded)
		return 0;
	for (i = 0; i < out->file_count; i++)
		out->files[i].outcome = LOAD_WAITING;
	return 0;
}

static int decide_all(struct load *l, struct error *e)
{
	struct load_result *out = l->out;
	int64_t loaded = 0;
	size_t i;

	if (l->settings->strategy->whole)
		return ledger_loaded(l->pg, l->task, &loaded, e) < 0 ? -1
								     : decide_whole(l, loaded, e);
	for (i = 0; i < out->file_count; i++)
		if (decide(l->settings, &out->files[i], e) < 0)
			return -1;
	return 0;
}

/* ---- one table --------------------------------------------------------------------------------
 */

static struct ledger_file *ledger_views(struct load_result *out)
{
	struct ledger_file *views = xcalloc(out->file_count + 1, sizeof(*views));
	size_t i;

	for (i = 0; i < out->file_count; i++)
		views[i] = out->files[i].ledger;
	return views;
}

typedef int ledger_function(struct pg *pg, int64_t task, struct ledger_file *files, size_t n,
			    struct error *e);

/* What the ledger knows of all files, by ledger_look() or ledger_register(). */
static int ask_ledger(struct load *l, ledger_function *ask, struct error *e)
{
	struct load_result *out = l->out;
	struct ledger_file *views = ledger_views(out);
	size_t i, n;
	int status = 0;

	for (i = 0; status == 0 && i < out->file_count; i += n) {
		n = out->file_count - i < REGISTER_CHUNK ? out->file_count - i : REGISTER_CHUNK;
		status = ask(l->pg, l->task, views + i, n, e);
	}
	for (i = 0; i < out->file_count; i++)
		out->files[i].ledger = views[i];
	free(views);
	return status;
}

static void fill_queue(struct load *l, enum load_outcome which)
{
	size_t i;

	l->queue_count = 0;
	for (i = 0; i < l->out->file_count; i++)
		if (l->out->files[i].outcome == which)
			l->queue[l->queue_count++] = i;
}

/* One writer for files that have an order. */
static int wait_for_task(struct load *l, struct error *e)
{
	bool said = false;
	int mine;

	if (!l->settings->strategy->ordered)
		return 0;
	while ((mine = ledger_lock_task(l->pg, l->task, e)) == 0) {
		if (interrupt_count())
			return error_set(e, ERROR_INTERRUPTED, "interrupted");
		if (!said)
			log_info("waiting for another lakeport that loads %s.%s",
				 l->settings->schema, l->settings->table);
		said = true;
		clock_sleep(200 * CLOCK_MS);
	}
	return mine < 0 ? -1 : 0;
}

/*
 * Files that another lakeport had: it may have been killed a moment ago, and its lock with it. Puts
 * those that are free now into the queue.
 */
static int second_chance(struct load *l, struct error *e)
{
	uint64_t limit = clock_now() + ELSEWHERE_MS * CLOCK_MS;
	struct load_result *out = l->out;
	size_t i, left;

	do {
		fill_queue(l, LOAD_ELSEWHERE);
		if (l->queue_count == 0)
			return 0;
		if (ask_ledger(l, ledger_look, e) < 0)
			return -1;
		left = 0;
		for (i = 0; i < l->queue_count; i++) {
			struct load_file *f = &out->files[l->queue[i]];

			if (f->ledger.loaded && f->ledger.status == FILE_DONE)
				continue;
			left++;
			if (!(f->ledger.status == FILE_RUNNING && f->ledger.alive))
				f->outcome = LOAD_WAITING;
		}
		fill_queue(l, LOAD_WAITING);
		if (l->queue_count || left == 0)
			return 0;
		clock_sleep(100 * CLOCK_MS);
	} while (clock_now() < limit && !interrupt_count());
	l->queue_count = 0;
	return 0;
}

static void add_up(struct load_result *out)
{
	size_t i;

	for (i = 0; i < out->file_count; i++) {
		const struct load_file *f = &out->files[i];

		if (f->outcome != LOAD_DONE)
			continue;
		out->rows += f->counts.rows;
		out->rejects += f->counts.rejects;
		out->bytes += f->counts.bytes;
		out->written.inserted += f->written.inserted;
		out->written.updated += f->written.updated;
		out->written.deleted += f->written.deleted;
		out->written.closed += f->written.closed;
	}
}

/*
 * Statistics, when half of the table or more is new and autovacuum will not make them within the
 * minute: it is off, or the table is partitioned.
 */
static int analyze(struct load *l, struct error *e)
{
	struct buf sql = {0};
	char *text;
	int status = 0;

	if (l->out->rows == 0)
		return 0;
	buf_printf(&sql,
		   "select %" PRId64 " >= reltuples / 2 and not (relkind = 'r' and "
		   "current_setting('autovacuum')::bool and current_setting('track_counts')::bool "
		   "and coalesce((select option_value::bool from pg_options_to_table(reloptions) "
		   "where option_name = 'autovacuum_enabled'), true)) "
		   "from pg_class where oid = ",
		   l->out->rows);
	pg_quote_literal(&sql, l->target.quoted); /* by name: an overwrite may have replaced it */
	buf_puts(&sql, "::regclass");
	text = pg_scalar(l->pg, buf_text(&sql), e);
	buf_clear(&sql);
	if (text && *text == 't') {
		buf_printf(&sql, "analyze %s", l->target.quoted);
		status = pg_exec(l->pg, buf_text(&sql), e);
	}
	free(text);
	buf_release(&sql);
	return text ? status : -1;
}

static int finish(struct load *l, struct error *e)
{
	uint64_t begun = clock_now();
	int status = load_build_indexes(l, e);

	if (status == 0)
		status = analyze(l, e);
	l->out->index_s = (double)(clock_now() - begun) / 1e9;
	return status;
}

static int look_at_files(struct load *l, struct error *e)
{
	size_t i;

	if (ask_ledger(l, ledger_register, e) < 0 || decide_all(l, e) < 0)
		return -1;
	for (i = 0; i < l->out->file_count; i++)
		if (note(l, &l->out->files[i], e) < 0)
			return -1;
	fill_queue(l, LOAD_WAITING);
	for (i = 0; i < l->queue_count; i++)
		l->out->input_total += (uint64_t)l->out->files[l->queue[i]].ledger.size;
	return 0;
}

/* The workers may have outlived a break of the network that this connection did not see. */
static int connect_again(struct load *l, struct error *e)
{
	if (pg_exec(l->pg, "select 1", NULL) == 0)
		return 0;
	pg_close(l->pg);
	l->pg = connect_beside(l->run->dsn, l->settings, e);
	return l->pg ? 0 : -1;
}

static int load_queue(struct load *l, void (*tick)(void *, const struct load_result *),
		      void *context, struct error *e)
{
	if (l->queue_count == 0)
		return 0;
	return load_workers(l, tick, context, e) < 0 ? -1 : connect_again(l, e);
}

static int load_all(struct load *l, void (*tick)(void *, const struct load_result *), void *context,
		    struct error *e)
{
	const struct load_settings *s = l->settings;

	if (ledger_task(l->pg, s->schema, s->table, s->strategy->name, &l->task, e) < 0 ||
	    wait_for_task(l, e) < 0 || load_prepare(l, e) < 0 || look_at_files(l, e) < 0)
		return -1;
	if (load_queue(l, tick, context, e) < 0 || second_chance(l, e) < 0)
		return -1;
	return load_queue(l, tick, context, e);
}

/* On a connection of its own, since the other may be broken. */
static void give_back(struct load *l)
{
	struct pg *pg = l->task ? pg_connect(l->run->dsn, NULL) : NULL;

	if (pg)
		ledger_release(pg, l->run->number, l->task, NULL);
	pg_close(pg);
}

int load_table(const struct load_run *run, const struct load_settings *s, struct load_result *out,
	       void (*tick)(void *context, const struct load_result *out), void *context,
	       struct error *e)
{
	struct load l = {.run = run, .settings = s, .out = out};
	int status = -1;

	if (load_settings_check(s, e) < 0)
		return -1;
	pthread_mutex_init(&l.lock, NULL);
	l.queue = xcalloc(out->file_count + 1, sizeof(*l.queue));
	l.pg = connect_beside(run->dsn, s, e);
	if (l.pg)
		status = load_all(&l, tick, context, e);
	add_up(out);
	if (status == 0)
		status = finish(&l, e);
	else
		give_back(&l);
	pg_close(l.pg);
	target_release(&l.target);
	free(l.quarantine);
	free(l.queue);
	pthread_mutex_destroy(&l.lock);
	if (status < 0)
		load_add_hint(e);
	return status;
}

/* ---- what would be done -----------------------------------------------------------------------
 */

int load_plan(const char *dsn, const struct load_settings *s, struct load_result *out,
	      struct error *e)
{
	struct load_run run = {.dsn = dsn};
	struct load l = {.run = &run, .settings = s, .out = out};
	int there, found = -1, status = -1;

	if (load_settings_check(s, e) < 0)
		return -1;
	l.pg = load_connect(dsn, s, e);
	there = l.pg ? ledger_exists(l.pg, e) : -1;
	if (there == 1)
		there = ledger_find_task(l.pg, s->schema, s->table, &l.task, e);
	if (there >= 0)
		found = target_read(l.pg, s, &l.target, e);
	if (found == 1 && s->strategy->check)
		status = s->strategy->check(s, &l.target, e);
	else if (found >= 0)
		status = 0;
	out->created = found == 0;
	if (status == 0 && l.task && found == 1)
		status = ask_ledger(&l, ledger_look, e);
	if (status == 0)
		status = decide_all(&l, e);
	target_release(&l.target);
	pg_close(l.pg);
	return status;
}
