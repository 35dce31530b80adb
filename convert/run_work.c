/*
 * run_work.c - threads that take statement after statement.
 *
 * Statements are handed out under one lock, in the order of the files; the thread that needs the
 * next file lists its statements, while it holds the lock: that is short beside converting. The
 * main thread watches, draws progress, and asks for Ctrl-C.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/progress.h"
#include "convert/run.h"

#define LOOK_MS 100

struct work {
	struct run *run;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct run_file *file; /* whose statements are handed out */
	size_t next;	       /* the next one of them */
	size_t done, bytes, running;
	bool stop;
};

struct worker {
	struct worker *first; /* of all */
	struct work *work;
	struct checker *checker;
	struct arena *arena; /* what is kept until the end */
	pthread_t thread;
};

const char *run_status_word(enum run_status s)
{
	static const char *const words[RUN_STATUSES] = {"pending", "same", "rules", "model",
							"left"};

	return words[s];
}

/* ---- handing out ---- */

/* The next statement, or NULL when there is none. The lock is held. */
static struct run_statement *next_statement(struct work *w, struct arena *a)
{
	while (w->file && !w->stop && !interrupt_count()) {
		if (!w->file->loaded) {
			run_load(w->run, w->file, a);
			w->next = 0;
			if (!w->file->failure && w->file->pieces.statements == 0)
				run_write(w->file, a); /* comments alone */
		}
		if (!w->file->failure && w->next < w->file->pieces.statements)
			return &w->file->statements[w->next++];
		w->bytes += w->file->bytes;
		w->file = w->file->next;
	}
	return NULL;
}

/* ---- one statement ---- */

static bool has_blocker(const struct conversion *c, const char **why)
{
	size_t i;

	for (i = 0; i < c->finding_count; i++)
		if (c->findings[i].severity == FINDING_BLOCKER) {
			*why = c->findings[i].message;
			return true;
		}
	return false;
}

void run_judge(struct run_statement *s, struct arena *a)
{
	const struct conversion *c = &s->conversion;
	const struct check_result *failed = s->report.failed;
	const char *blocker;

	s->sql = c->sql;
	s->status = c->status == CONVERSION_SAME ? RUN_SAME : RUN_RULES;
	if (failed) {
		s->status = RUN_LEFT;
		s->why = arena_printf(a, "%s: %s%s%s", check_name(failed->check), failed->message,
				      *failed->hint ? "; " : "", failed->hint);
		if (has_blocker(c, &blocker)) /* says more than the error that follows from it */
			s->why = arena_printf(a, "%s; %s", blocker, s->why);
	} else if (c->status == CONVERSION_NOT || c->status == CONVERSION_PARTLY) {
		s->status = RUN_LEFT;
		if (!has_blocker(c, &s->why))
			s->why = c->status == CONVERSION_NOT ? "it was not understood"
							     : "part of it is as it was";
	} else if (has_blocker(c, &s->why)) {
		s->status = RUN_LEFT;
	} else if (s->why) { /* its golden rows cannot be read */
		s->status = RUN_LEFT;
	}
}

/* The checker is about to execute the statement and wants the rows of the source. */
struct asking {
	struct worker *worker;
	struct run_statement *statement;
};

static int expect_rows(void *context, const struct golden **golden, const char **why,
		       struct error *e)
{
	struct asking *q = context;
	struct run_statement *s = q->statement;
	struct worker *k = q->worker;

	if (run_origin(k->work->run, (size_t)(k - k->first), s, k->arena, e) < 0)
		return -1;
	*golden = s->golden_read ? &s->golden : NULL;
	*why = s->origin_why;
	return s->golden_read;
}

/* Rows that differ, as texts that stay. */
static void keep_pairs(struct check_report *r, struct arena *a)
{
	struct golden_pair *pairs = arena_alloc(a, (r->pair_count + 1) * sizeof(*pairs));
	size_t i;

	for (i = 0; i < r->pair_count; i++) {
		const struct golden_pair *p = &r->pairs[i];

		pairs[i].want = p->want ? arena_strdup(a, p->want) : NULL;
		pairs[i].got = p->got ? arena_strdup(a, p->got) : NULL;
	}
	r->pairs = pairs;
}

/* What is kept of a statement moves to `a`; the trees and queries it took to get there do not. */
static void keep(struct run_statement *s, struct arena *a)
{
	struct conversion *c = &s->conversion;
	struct convert_finding *findings = c->findings;
	struct convert_parameter *parameters = c->parameters;

	c->sql = arena_strdup(a, c->sql);
	c->findings = arena_alloc(a, c->finding_count * sizeof(*findings));
	for (size_t i = 0; i < c->finding_count; i++) {
		c->findings[i] = findings[i];
		c->findings[i].message = arena_strdup(a, findings[i].message);
	}
	c->parameters = arena_alloc(a, c->parameter_count * sizeof(*parameters));
	for (size_t i = 0; i < c->parameter_count; i++)
		c->parameters[i] = (struct convert_parameter){arena_strdup(a, parameters[i].source),
							      parameters[i].number};
	for (size_t i = 0; i < CHECKS; i++) {
		struct check_result *r = &s->report.results[i];

		r->message = r->message && *r->message ? arena_strdup(a, r->message) : "";
		r->hint = r->hint && *r->hint ? arena_strdup(a, r->hint) : "";
	}
	keep_pairs(&s->report, a);
}

static int do_statement(struct worker *k, struct run_statement *s, struct error *e)
{
	struct run *r = k->work->run;
	struct asking q = {k, s};
	struct check_input in = {.context = &q};
	struct run_file *f = s->file;
	struct convert_settings settings = r->convert;
	struct arena scratch = {0};
	int status = 0;

	settings.file = f->number;
	settings.statement = (uint32_t)s->number;
	convert_statement(&scratch, &settings, s->text, &s->conversion);
	run_origin_values(r, s, k->arena);
	if (r->save_golden)
		status = run_origin(r, (size_t)(k - k->first), s, k->arena, e);
	in.sql = s->conversion.sql;
	in.golden = s->golden_read && !s->why ? &s->golden : NULL;
	in.expect = r->origin.url && !s->golden_read ? expect_rows : NULL;
	in.values = s->values;
	in.value_count = s->value_count;
	in.file = f->number;
	in.statement = (uint32_t)s->number;
	if (status == 0)
		status = check_statement(k->checker, &scratch, &in, &s->report, e);
	keep(s, k->arena);
	arena_release(&scratch);
	if (status < 0)
		return -1;
	run_judge(s, k->arena);
	run_origin_drop(r, s);
	if (atomic_fetch_sub(&f->remaining, 1) == 1)
		run_write(f, k->arena);
	return 0;
}

/* ---- threads ---- */

static void *work(void *context)
{
	struct worker *k = context;
	struct work *w = k->work;
	struct run_statement *s;
	struct error e = ERROR_INIT;

	pthread_mutex_lock(&w->lock);
	while ((s = next_statement(w, k->arena)) != NULL) {
		int status;

		pthread_mutex_unlock(&w->lock);
		status = do_statement(k, s, &e);
		pthread_mutex_lock(&w->lock);
		if (status < 0) {
			if (!w->stop)
				w->run->error = e;
			w->stop = true;
		}
		w->done++;
	}
	w->running--;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* Draws progress until all threads are done. */
static void watch(struct work *w)
{
	struct progress p;
	struct timespec until;
	char detail[64], count[32];

	progress_begin(&p, "converting", (double)w->run->files.bytes);
	pthread_mutex_lock(&w->lock);
	while (w->running) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOOK_MS * 1000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		pthread_cond_timedwait(&w->changed, &w->lock, &until);
		snprintf(detail, sizeof(detail), "%s statements",
			 text_thousands((double)w->done, 0, count, sizeof(count)));
		progress_update(&p, (double)w->bytes, detail);
	}
	pthread_mutex_unlock(&w->lock);
	progress_end(&p);
}

/* Files that were not finished: what is done of them is written, the rest as it was. */
static void write_unfinished(struct run *r)
{
	struct run_file *f;

	for (f = r->files.first; f; f = f->next)
		if (f->loaded && !f->written && !f->failure && f->pieces.statements)
			run_write(f, &r->arena);
}

static int start_threads(struct work *w, struct worker *workers, struct checker **checkers,
			 struct error *e)
{
	size_t i;

	for (i = 0; i < w->run->threads; i++) {
		workers[i] = (struct worker){.first = workers,
					     .work = w,
					     .checker = checkers[i],
					     .arena = &w->run->arenas[i]};
		pthread_mutex_lock(&w->lock);
		w->running++;
		pthread_mutex_unlock(&w->lock);
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
			pthread_mutex_lock(&w->lock);
			w->running--;
			w->stop = i == 0;
			pthread_mutex_unlock(&w->lock);
			w->run->threads = i;
			return i ? 0 : error_set(e, ERROR_INTERNAL, "cannot start a thread");
		}
	}
	return 0;
}

int run_work(struct run *r, struct checker **checkers, struct error *e)
{
	struct work w = {.run = r, .file = r->files.first};
	struct worker *workers = xcalloc(r->threads, sizeof(*workers));
	size_t i;
	int status;

	pthread_mutex_init(&w.lock, NULL);
	pthread_cond_init(&w.changed, NULL);
	status = start_threads(&w, workers, checkers, e);
	if (status == 0)
		watch(&w);
	for (i = 0; i < r->threads; i++)
		pthread_join(workers[i].thread, NULL);
	pthread_mutex_destroy(&w.lock);
	pthread_cond_destroy(&w.changed);
	free(workers);
	write_unfinished(r);
	if (status == 0 && w.stop) {
		*e = r->error;
		status = -1;
	}
	return status;
}
