/*
 * observe.c - the sampler's thread and its life. See observe.h; what it asks is observe_look.c.
 *
 * The observer belongs to the thread and the run together: who lets go last frees it. So a thread
 * that hangs in a dead connection can be left behind without the run waiting for it.
 */
#include "bench/observe.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/observe_data.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"

#define LATE	(40 * CLOCK_MS)
#define CLOSING (20 * CLOCK_MS)
#define SHORT	(200 * CLOCK_MS) /* a last part of a second that is too short for a rate */
#define PAUSE	(10 * CLOCK_MS)
#define TICK_MS 900 /* limit of a statement */

static void release_items(struct observe_items *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->items[i].label);
	free(list->items);
}

static void let_go(struct observer *o)
{
	int left;

	pthread_mutex_lock(&o->lock);
	left = --o->references;
	pthread_mutex_unlock(&o->lock);
	if (left > 0)
		return;
	release_items(&o->statements);
	release_items(&o->tables);
	pthread_cond_destroy(&o->changed);
	pthread_mutex_destroy(&o->lock);
	free(o->rows);
	free(o->combined);
	free(o->statements_schema);
	free(o->dsn);
	free(o);
}

/* Waits under the lock for a change, until `when` of clock_now(). */
static void await_change(struct observer *o, uint64_t when)
{
	struct timespec limit = {.tv_sec = (time_t)(when / CLOCK_SECOND),
				 .tv_nsec = (long)(when % CLOCK_SECOND)};

	pthread_cond_timedwait(&o->changed, &o->lock, &limit);
}

/* Sleeps until `when`, or until the run has ended (false). */
static bool sleep_until(struct observer *o, uint64_t when)
{
	pthread_mutex_lock(&o->lock);
	while (atomic_load(&o->stop_at) == 0 && clock_now() < when)
		await_change(o, when);
	pthread_mutex_unlock(&o->lock);
	return atomic_load(&o->stop_at) == 0;
}

/* The limit of the next statement: a tick's, or what is left of the time for the last look. */
static int deadline_ms(struct observer *o)
{
	uint64_t stop = atomic_load(&o->stop_at), used;

	if (stop == 0)
		return TICK_MS;
	used = (clock_now() - stop) / CLOCK_MS;
	return used + 50 < OBSERVE_END_MS - 100 ? (int)(OBSERVE_END_MS - 100 - used) : 50;
}

static void disconnect(struct observer *o)
{
	pg_close(o->pg);
	o->pg = NULL;
}

/* A read-only session that gives up before it is in anybody's way. */
static bool connect_now(struct observer *o)
{
	static const char setup[] =
		"set application_name = '" OBSERVE_APPLICATION "'; set statement_timeout = 800;"
		" set lock_timeout = 200; set default_transaction_read_only = on; set jit = off;"
		" set max_parallel_workers_per_gather = 0";
	struct error e = ERROR_INIT;

	o->pg = pg_connect(o->dsn, &e);
	if (!o->pg) {
		log_debug("the server cannot be observed: %s", e.text);
		if (!e.retryable || !o->looked)
			observe_miss(
				o, "connection of the sampler", e.text,
				"let one more connection in, for the server's side of the run");
		return false;
	}
	pg_deadline(o->pg, deadline_ms(o));
	if (pg_exec(o->pg, setup, &e) < 0) {
		log_debug("the sampler's session cannot be set up: %s", e.text);
		if (e.class == ERROR_CONNECT) {
			disconnect(o);
			return false;
		}
	}
	return true;
}

static bool ready(struct observer *o)
{
	if (!o->pg && !connect_now(o))
		return false;
	pg_deadline(o->pg, deadline_ms(o));
	if (o->probed || observe_probe(o))
		return true;
	disconnect(o);
	return false;
}

static void look(struct observer *o, uint64_t begin, uint64_t second)
{
	uint64_t before = clock_now();

	if (!ready(o))
		goto lost;
	pg_deadline(o->pg, deadline_ms(o));
	if (!observe_tick(o, begin, second))
		goto lost;
	if (!o->looked && !observe_snapshot(o, false))
		goto lost;
	o->looked = true;
	pthread_mutex_lock(&o->lock);
	o->spent_ns += clock_now() - before;
	pthread_mutex_unlock(&o->lock);
	return;
lost:
	disconnect(o);
	pthread_mutex_lock(&o->lock);
	o->lost++;
	pthread_mutex_unlock(&o->lock);
}

/*
 * Look k comes just after the end of second k - 1: sessions hand their counts over once a second,
 * so an earlier look would miss one. Looks that are over while one takes long are left out, not
 * caught up with.
 */
static void look_each_second(struct observer *o, uint64_t begin)
{
	uint64_t second = 0, now;

	while (sleep_until(o, begin + second * CLOCK_SECOND + (second ? LATE : 0))) {
		look(o, begin, second);
		now = clock_now();
		do
			second++;
		while (begin + second * CLOCK_SECOND + LATE <= now);
	}
}

/* When the run has ended; its sessions hand over what they still have when they close. */
static void look_at_end(struct observer *o, uint64_t begin)
{
	uint64_t passed;

	if (!o->looked)
		return;
	clock_sleep(CLOSING);
	if (!ready(o))
		return;
	passed = atomic_load(&o->stop_at) - begin;
	pg_deadline(o->pg, deadline_ms(o));
	if (observe_tick(o, begin, (passed + CLOCK_SECOND - 1 - SHORT) / CLOCK_SECOND))
		observe_snapshot(o, true);
}

static void *observer_main(void *argument)
{
	struct observer *o = argument;
	uint64_t begin = 0;

	while (atomic_load(&o->stop_at) == 0 && (begin = atomic_load(&o->window)) == 0)
		clock_sleep(PAUSE);
	if (begin) {
		look_each_second(o, begin);
		look_at_end(o, begin);
	}
	disconnect(o);
	pthread_mutex_lock(&o->lock);
	o->ended = true;
	pthread_cond_broadcast(&o->changed);
	pthread_mutex_unlock(&o->lock);
	let_go(o);
	return NULL;
}

struct observer *observe_start(const char *dsn)
{
	struct observer *o = xcalloc(1, sizeof(*o));
	pthread_condattr_t attributes;
	int failed;

	o->dsn = xstrdup(dsn ? dsn : "");
	o->references = 2;
	pthread_mutex_init(&o->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&o->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	failed = pthread_create(&o->thread, NULL, observer_main, o);
	if (!failed)
		return o;
	log_warn("the server is not observed: cannot start a thread: %s", strerror(failed));
	o->references = 1;
	let_go(o);
	return NULL;
}

_Atomic uint64_t *observe_window(struct observer *o)
{
	return &o->window;
}

void observe_stop(struct observer *o, const struct engine_result *result, struct record *record)
{
	uint64_t now = clock_now();
	bool ended;

	if (!o)
		return;
	pthread_mutex_lock(&o->lock);
	atomic_store(&o->stop_at, now);
	pthread_cond_broadcast(&o->changed);
	while (!o->ended && clock_now() < now + OBSERVE_END_MS * CLOCK_MS)
		await_change(o, now + OBSERVE_END_MS * CLOCK_MS);
	ended = o->ended;
	o->abandoned = true;
	if (result)
		observe_record(o, result, record);
	pthread_mutex_unlock(&o->lock);
	if (ended)
		pthread_join(o->thread, NULL);
	else
		pthread_detach(o->thread);
	let_go(o);
}
