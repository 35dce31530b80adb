/*
 * tables.c - see tables.h. The calling thread starts what is ready, waits, and hands on what
 * became of it. Connections are shared by a counter: a table that starts takes an even share of
 * them, one at least, and gives it back at its end.
 */
#include "migrate/tables.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "migrate/load_files.h"
#include "migrate/load_graph.h"
#include "migrate/load_record.h"
#include "migrate/medallion.h"

#define TICK_NS (100 * CLOCK_MS)

void tables_init(struct tables *m, struct load_config *c, const struct load_run *run, int jobs)
{
	size_t i;

	*m = (struct tables){.config = c, .run = run, .jobs = jobs, .free = jobs};
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->changed, NULL);
	m->tables = xcalloc(c->count, sizeof(*m->tables));
	for (i = 0; i < c->count; i++) {
		m->tables[i].all = m;
		m->tables[i].entry = &c->entries[i];
	}
}

static void forget(struct table_work *t)
{
	load_result_release(&t->result);
	memset(&t->result, 0, sizeof(t->result));
	memset(&t->error, 0, sizeof(t->error));
	arena_release(&t->arena);
	t->status = 0;
	t->seconds = 0;
	t->finished = false;
	atomic_store(&t->done, 0);
	atomic_store(&t->total, 0);
}

void tables_release(struct tables *m)
{
	size_t i;

	for (i = 0; m->tables && i < m->config->count; i++)
		forget(&m->tables[i]);
	free(m->tables);
	m->tables = NULL;
	pthread_mutex_destroy(&m->lock);
	pthread_cond_destroy(&m->changed);
}

/* ---- one table, in its thread -----------------------------------------------------------------
 */

/* Waits on the condition for a moment at most, so that Ctrl-C is seen. */
static void wait_a_moment(struct tables *m)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)TICK_NS;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&m->changed, &m->lock, &until);
}

/* Connections for a table; 0: interrupted. */
static int take(struct tables *m, bool one)
{
	int n = 0;

	pthread_mutex_lock(&m->lock);
	while (m->free == 0 && !interrupt_count())
		wait_a_moment(m);
	if (m->free > 0) {
		n = one ? 1 : m->jobs / (m->runnable > 0 ? m->runnable : 1);
		n = n < 1 ? 1 : n > m->free ? m->free : n;
		m->free -= n;
	}
	pthread_mutex_unlock(&m->lock);
	return n;
}

static void give(struct tables *m, int n)
{
	pthread_mutex_lock(&m->lock);
	m->free += n;
	pthread_cond_broadcast(&m->changed);
	pthread_mutex_unlock(&m->lock);
}

static void tick_table(void *context, const struct load_result *out)
{
	struct table_work *t = context;

	atomic_store(&t->total, out->input_total);
	atomic_store(&t->done, atomic_load(&out->input));
}

static int load_files(struct table_work *t, int jobs, struct error *e)
{
	struct load_settings s = t->entry->settings;

	s.jobs = jobs;
	s.force = t->all->force && (s.strategy->repeatable || s.audit_columns);
	if (t->all->force && !s.force)
		return error_set(e, ERROR_USAGE,
				 "strategy '%s' cannot load a file again without knowing its rows",
				 s.strategy->name);
	return load_table(t->all->run, &s, &t->result, tick_table, t, e);
}

static void keep_wanted(struct table_work *t)
{
	struct load_result *r = &t->result;
	size_t i, kept = 0;

	for (i = 0; t->all->wanted && i < r->file_count; i++)
		if (t->all->wanted(t->all->context, t->entry, &r->files[i]))
			r->files[kept++] = r->files[i];
	if (t->all->wanted)
		r->file_count = kept;
}

static int find_files(struct table_work *t, struct error *e)
{
	const struct names *files = &t->entry->files;

	if (load_files_find(files->items, files->count, &t->arena, &t->result.files,
			    &t->result.file_count, e) == 0) {
		keep_wanted(t);
		return 0;
	}
	t->result.file_count = 0;
	if (!t->all->patient || e->class != ERROR_INPUT)
		return -1;
	memset(e, 0, sizeof(*e));
	return 0;
}

static int work(struct table_work *t, struct error *e)
{
	const struct load_settings *s = &t->entry->settings;
	int n, status;

	if (load_dependency_wait(t->all->run->dsn, t->entry, e) < 0)
		return -1;
	if (!t->entry->from && find_files(t, e) < 0)
		return -1;
	if (!t->entry->from && t->result.file_count == 0)
		return 0;
	n = take(t->all, t->entry->from || s->strategy->ordered);
	if (n == 0)
		return error_set(e, ERROR_INTERRUPTED, "interrupted");
	status = t->entry->from ? medallion_load(t->all->run, t->all->config, t->entry,
						 t->all->force, &t->arena, &t->result, e)
				: load_files(t, n, e);
	give(t->all, n);
	return status;
}

static void *run_table(void *context)
{
	struct table_work *t = context;
	uint64_t begun = clock_now();

	t->status = work(t, &t->error);
	t->seconds = (double)(clock_now() - begun) / 1e9;
	pthread_mutex_lock(&t->all->lock);
	t->finished = true;
	pthread_cond_broadcast(&t->all->changed);
	pthread_mutex_unlock(&t->all->lock);
	return NULL;
}

/* ---- all tables -------------------------------------------------------------------------------
 */

/* What those before it say: TABLES_RUNNING it may start, TABLES_WAITING, TABLES_BLOCKED. */
static enum tables_state readiness(struct tables *m, struct table_work *t)
{
	size_t *before = xcalloc(m->config->count + 1, sizeof(*before));
	size_t n = load_graph_before(m->config, t->entry, before), i;
	enum tables_state state = TABLES_RUNNING;

	for (i = 0; i < n && state != TABLES_BLOCKED; i++) {
		const struct table_work *other = &m->tables[before[i]];

		if (other->state == TABLES_FAILED || other->state == TABLES_BLOCKED) {
			state = TABLES_BLOCKED;
			error_set(&t->error, ERROR_INPUT, "'%s', which it needs, failed",
				  other->entry->name);
		} else if (other->state == TABLES_WAITING || other->state == TABLES_RUNNING) {
			state = TABLES_WAITING;
		}
	}
	free(before);
	return state;
}

/* Starts what is ready; true when anything changed, since that may free or block others. */
static bool start_ready(struct tables *m)
{
	bool changed = false;
	size_t i;

	for (i = 0; i < m->config->count; i++) {
		struct table_work *t = &m->tables[i];

		if (t->state != TABLES_WAITING || interrupt_count())
			continue;
		t->state = readiness(m, t);
		changed |= t->state != TABLES_WAITING;
		if (t->state != TABLES_RUNNING)
			continue;
		m->runnable++;
		if (pthread_create(&t->thread, NULL, run_table, t) == 0)
			continue;
		m->runnable--;
		t->state = TABLES_FAILED;
		t->status = error_set(&t->error, ERROR_INTERNAL, "cannot start a thread");
	}
	return changed;
}

/* Joins what has finished; true when there was any. */
static bool collect(struct tables *m)
{
	bool any = false;
	size_t i;

	for (i = 0; i < m->config->count; i++) {
		struct table_work *t = &m->tables[i];

		if (t->state != TABLES_RUNNING || !t->finished)
			continue;
		pthread_join(t->thread, NULL);
		m->runnable--;
		any = true;
		t->state = t->status < 0 || load_troubled(&t->result) ? TABLES_FAILED : TABLES_DONE;
	}
	return any;
}

static void say_progress(struct tables *m, void (*tick)(void *, double, double), void *context)
{
	double done = 0, total = 0;
	size_t i;

	for (i = 0; i < m->config->count; i++) {
		done += (double)atomic_load(&m->tables[i].done);
		total += (double)atomic_load(&m->tables[i].total);
	}
	if (tick)
		tick(context, done, total);
}

void tables_work(struct tables *m, void (*tick)(void *context, double done, double total),
		 void *context)
{
	size_t i;

	for (i = 0; i < m->config->count; i++) {
		forget(&m->tables[i]);
		m->tables[i].state = m->tables[i].entry->enabled ? TABLES_WAITING : TABLES_OFF;
	}
	pthread_mutex_lock(&m->lock);
	while (start_ready(m) || m->runnable > 0) {
		if (collect(m))
			continue;
		wait_a_moment(m);
		pthread_mutex_unlock(&m->lock);
		say_progress(m, tick, context);
		pthread_mutex_lock(&m->lock);
	}
	pthread_mutex_unlock(&m->lock);
}

void tables_sum(const struct tables *m, struct tables_sum *out)
{
	size_t i, k;

	*out = (struct tables_sum){.interrupted = interrupt_count() > 0};
	for (i = 0; i < m->config->count; i++) {
		const struct table_work *t = &m->tables[i];

		out->done += t->state == TABLES_DONE;
		out->failed += t->state == TABLES_FAILED;
		out->blocked += t->state == TABLES_BLOCKED;
		out->troubled_files += load_troubled(&t->result);
		out->rows += t->result.rows;
		out->rejects += t->result.rejects;
		if (t->status < 0 && !out->first)
			out->first = &t->error;
		for (k = 0; k < t->result.file_count; k++)
			out->loaded_files += t->result.files[k].outcome == LOAD_DONE;
	}
}
