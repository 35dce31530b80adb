/*
 * engine.c - starts the workers, opens and closes the window, watches, merges. See engine.h.
 *
 * The main thread takes no part in the load. Every so often it looks for a signal, takes the
 * seconds that all workers have completed, and draws the progress line.
 */
#include "bench/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/worker.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/progress.h"

#define WATCH_PAUSE	(50 * CLOCK_MS)
#define START_DELAY	(2 * CLOCK_MS) /* so that all workers begin together */
#define INTERRUPT_DRAIN CLOCK_SECOND
#define CANCEL_WAIT	(5 * CLOCK_SECOND) /* for cancelled statements to end */
#define HURRY		(100 * CLOCK_MS)   /* for each of the two, when somebody will kill us */

struct watch {
	struct engine *engine;
	struct engine_result *result;
	struct progress progress;
	uint64_t taken; /* seconds already in the result */
};

static void wake_workers(struct engine *engine)
{
	const uint64_t one = 1;
	unsigned i;

	for (i = 0; i < engine->options->threads; i++) {
		ssize_t n = write(engine->workers[i].wakeup, &one, sizeof(one));

		(void)n;
	}
}

static void close_window_at(struct engine *engine, uint64_t when)
{
	uint64_t end = atomic_load(&engine->window_end);

	while (when < end && !atomic_compare_exchange_weak(&engine->window_end, &end, when))
		;
	wake_workers(engine);
}

void engine_fail(struct engine *engine, const struct error *e)
{
	int connecting = PHASE_CONNECT;

	pthread_mutex_lock(&engine->lock);
	if (!engine->failed) {
		engine->failed = true;
		engine->error = *e;
	}
	pthread_mutex_unlock(&engine->lock);
	if (atomic_compare_exchange_strong(&engine->phase, &connecting, PHASE_ABORT))
		wake_workers(engine);
	else
		close_window_at(engine, clock_now());
}

static unsigned phase_count(const struct engine_options *o)
{
	return o->plan ? (unsigned)o->plan->phase_count : 0;
}

static void init_client(struct worker *w, struct client *c, unsigned id)
{
	const struct engine_options *o = w->options;
	const struct workload *load = o->workload;
	const struct {
		const char *name;
		int64_t value;
	} known[] = {{"client_id", o->first_client + id},
		     {"scale", o->scale},
		     {"random_seed", (int64_t)o->seed},
		     {"default_seed", o->default_seed}};
	size_t i;

	c->worker = w;
	c->id = id;
	c->status = 'I';
	c->transactions_left = o->transactions;
	wire_detach(&c->wire);
	random_seed_lane(&c->random, o->seed, o->first_client + id);
	c->variables = xcalloc(load->variable_count, sizeof(*c->variables));
	for (i = 0; i < load->variable_count; i++)
		c->variables[i] = load->initial[i];
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		int slot = workload_slot(load, known[i].name);

		if (slot >= 0 && c->variables[slot].type == VALUE_UNSET)
			c->variables[slot] =
				(struct value){.type = VALUE_INT, .integer = known[i].value};
	}
	if (o->max_tries > 1)
		c->saved_variables = xcalloc(load->variable_count, sizeof(*c->variables));
	c->texts = xcalloc(load->variable_count, sizeof(*c->texts));
	c->prepared = xcalloc(load->statement_count, 1);
	/* Within one answer a statement is parsed at most once, so this is room enough. */
	c->parsing = xcalloc(load->statement_count, sizeof(*c->parsing));
}

static void release_client(struct client *c)
{
	size_t i;

	for (i = 0; i < c->worker->options->workload->variable_count; i++)
		free(c->texts[i]);
	free(c->texts);
	free(c->variables);
	free(c->saved_variables);
	free(c->prepared);
	free(c->parsing);
	free(c->inflight);
	free(c->pending);
	free(c->capture_slots);
	wire_release(&c->wire);
}

static int init_worker(struct engine *engine, unsigned index, unsigned first, unsigned count,
		       struct error *e)
{
	struct worker *w = &engine->workers[index];
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = NULL};
	unsigned i;

	w->engine = engine;
	w->options = engine->options;
	w->templates = engine->templates;
	w->poller = engine->poller;
	w->index = index;
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	w->wakeup = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->epoll < 0 || w->wakeup < 0 || epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->wakeup, &ev) < 0)
		return error_set(e, ERROR_IO, "cannot set up thread %u: %s", index + 1,
				 strerror(errno));
	w->client_count = count;
	w->clients = xcalloc(count, sizeof(*w->clients));
	w->heap = xcalloc(count, sizeof(*w->heap));
	w->input = xmalloc(WORKER_INPUT);
	w->ring = xcalloc(1, sizeof(*w->ring));
	w->window_end = UINT64_MAX;
	stats_init(&w->stats, (unsigned)engine->options->workload->script_count,
		   (unsigned)engine->options->workload->statement_count,
		   phase_count(engine->options));
	for (i = 0; i < count; i++) {
		init_client(w, &w->clients[i], first + i);
		w->clients[i].rank = i * engine->options->threads + index;
		if (engine->options->hooks)
			w->clients[i].rank = w->clients[i].rank * engine->options->processes +
					     engine->options->process;
	}
	return 0;
}

static void release_worker(struct worker *w)
{
	unsigned i;

	if (!w->engine)
		return;
	for (i = 0; w->clients && i < w->client_count; i++)
		release_client(&w->clients[i]);
	free(w->clients);
	free(w->heap);
	free(w->input);
	free(w->ring);
	stats_release(&w->stats);
	if (w->epoll >= 0)
		close(w->epoll);
	if (w->wakeup >= 0)
		close(w->wakeup);
}

/* A connection is a descriptor: the soft limit is raised as far as the hard one allows. */
static int raise_descriptor_limit(unsigned connections, struct error *e)
{
	rlim_t need = (rlim_t)connections + 64;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= need)
		return 0;
	limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
	if (limit.rlim_cur >= need && setrlimit(RLIMIT_NOFILE, &limit) == 0)
		return 0;
	error_set(e, ERROR_CONFIG, "%u connections need %lu file descriptors, the limit is %lu",
		  connections, (unsigned long)need, (unsigned long)limit.rlim_max);
	return error_hint(e, "raise it with 'ulimit -n', or use fewer connections");
}

static int init_engine(struct engine *engine, const struct engine_options *o, struct error *e)
{
	const struct workload *load = o->workload;
	unsigned first = 0, i;

	engine->options = o;
	engine->poller = o->io_uring ? &poller_uring : &poller_epoll;
	pthread_mutex_init(&engine->lock, NULL);
	atomic_store(&engine->window_end, UINT64_MAX);
	engine->workers = xcalloc(o->threads, sizeof(*engine->workers));
	engine->templates =
		arena_alloc(&engine->arena, load->statement_count * sizeof(*engine->templates));
	for (i = 0; i < load->statement_count; i++)
		template_build(&engine->templates[i], load->statements[i], o->protocol,
			       &engine->arena);
	if (raise_descriptor_limit(o->connections, e) < 0)
		return -1;
	for (i = 0; i < o->threads; i++) {
		unsigned count = o->connections / o->threads + (i < o->connections % o->threads);

		if (init_worker(engine, i, first, count, e) < 0)
			return -1;
		first += count;
	}
	return 0;
}

static void release_engine(struct engine *engine)
{
	unsigned i;

	for (i = 0; i < engine->options->threads; i++)
		release_worker(&engine->workers[i]);
	free(engine->workers);
	arena_release(&engine->arena);
	pthread_mutex_destroy(&engine->lock);
}

/* The counts of second `index` of one worker, if it has any, go into `sum`. */
static void take_second(struct worker *w, uint64_t index, struct second *sum, bool ended)
{
	struct second_ring *ring = w->ring;
	uint64_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);
	uint64_t written = atomic_load_explicit(&ring->written, memory_order_acquire);

	/* Once the worker has ended, the second it did not publish any more is ours, too. */
	for (; read < written + (ended ? 1 : 0); read++) {
		const struct second *s = &ring->slot[read % STATS_RING];

		if (s->index > index)
			break;
		second_merge(sum, s);
		if (read == written)
			memset(&ring->slot[read % STATS_RING], 0, sizeof(*s));
	}
	atomic_store_explicit(&ring->read, read < written ? read : written, memory_order_release);
}

void engine_add_second(struct engine_result *r, const struct second *s, double length,
		       unsigned threads)
{
	r->seconds = xgrow(r->seconds, r->second_count, &r->second_capacity, sizeof(*r->seconds));
	r->seconds[r->second_count++] = (struct engine_second){
		.rate = (double)s->done / length,
		.failed = (double)s->failed,
		.mean_us = histogram_mean(&s->latency) / 1e3,
		.p50_us = histogram_percentile(&s->latency, 0.50) / 1e3,
		.p95_us = histogram_percentile(&s->latency, 0.95) / 1e3,
		.p99_us = histogram_percentile(&s->latency, 0.99) / 1e3,
		.cpu_share = (double)s->cpu_ns / 1e9 / length / threads,
	};
	r->in_window += s->done;
}

/* Takes the seconds below `limit`; the last one may be shorter than a second. */
static void take_seconds(struct watch *w, uint64_t limit, uint64_t window_ns, bool ended)
{
	struct engine *engine = w->engine;
	struct second *sum = xcalloc(1, sizeof(*sum));
	unsigned i;

	for (; w->taken < limit; w->taken++) {
		uint64_t begin = w->taken * CLOCK_SECOND;
		double length = 1;

		memset(sum, 0, sizeof(*sum));
		for (i = 0; i < engine->options->threads; i++)
			take_second(&engine->workers[i], w->taken, sum, ended);
		if (ended && window_ns - begin < CLOCK_SECOND)
			length = (double)(window_ns - begin) / 1e9;
		engine_add_second(w->result, sum, length, engine->options->threads);
		if (engine->options->hooks)
			engine->options->hooks->second(engine->options->hooks->context, sum);
	}
	free(sum);
}

static void take_complete_seconds(struct watch *w)
{
	uint64_t limit = UINT64_MAX;
	unsigned i;

	for (i = 0; i < w->engine->options->threads; i++) {
		uint64_t complete = atomic_load_explicit(&w->engine->workers[i].ring->complete,
							 memory_order_acquire);

		if (complete < limit)
			limit = complete;
	}
	if (limit != UINT64_MAX)
		take_seconds(w, limit, 0, false);
}

static void draw_progress(struct watch *w, uint64_t now)
{
	uint64_t begin = atomic_load(&w->engine->begin);
	const struct engine_result *r = w->result;
	char detail[160] = "warming up";

	if (!w->engine->options->progress)
		return;
	if (r->second_count) {
		const struct engine_second *s = &r->seconds[r->second_count - 1];

		snprintf(detail, sizeof(detail), "%.0f tx/s, p50 %.3f ms, p99 %.3f ms, failed %.0f",
			 s->rate, s->p50_us / 1e3, s->p99_us / 1e3, s->failed);
	}
	progress_update(&w->progress, (double)(now - begin) / 1e9, detail);
}

/* Ctrl-C closes the window; a second one also gives up what is under way. */
static void heed_interrupts(struct watch *w, uint64_t now)
{
	int count = interrupt_count();

	if (count == 0)
		return;
	if (!w->result->interrupted) {
		w->result->interrupted = true;
		close_window_at(w->engine, now);
	}
	if (count > 1)
		atomic_store(&w->engine->close_now, true);
}

/* Where one error is to end the run, it ends that of all. */
static void heed_others(struct watch *w, uint64_t now)
{
	struct engine *engine = w->engine;
	const struct engine_hooks *hooks = engine->options->hooks;
	bool failed;

	if (!hooks || !engine->options->stop_on_error)
		return;
	pthread_mutex_lock(&engine->lock);
	failed = engine->failed;
	pthread_mutex_unlock(&engine->lock);
	if (hooks->stop(hooks->context, failed))
		close_window_at(engine, now);
}

/* After the window: first patience, then cancel requests, then closed connections. */
static void drive_drain(struct watch *w, uint64_t now)
{
	uint64_t end = atomic_load(&w->engine->window_end);
	uint64_t drain = w->result->interrupted ? INTERRUPT_DRAIN : w->engine->options->drain_ns;
	uint64_t cancel_wait = CANCEL_WAIT;

	if (w->result->interrupted && w->engine->options->hooks)
		drain = cancel_wait = HURRY;
	if (end == UINT64_MAX || now < end + drain)
		return;
	if (!atomic_exchange(&w->engine->cancel_now, true))
		wake_workers(w->engine);
	if (now > end + drain + cancel_wait && !atomic_exchange(&w->engine->close_now, true))
		wake_workers(w->engine);
}

static void watch_run(struct watch *w)
{
	struct engine *engine = w->engine;

	while (atomic_load(&engine->ended) < engine->options->threads) {
		uint64_t now;

		clock_sleep(WATCH_PAUSE);
		now = clock_now();
		heed_interrupts(w, now);
		heed_others(w, now);
		drive_drain(w, now);
		take_complete_seconds(w);
		draw_progress(w, now);
	}
	heed_others(w, clock_now());
}

/* Waits until every connection is up and prepared, and starts the clock. -1: it failed. */
static int await_ready(struct engine *engine, struct error *e)
{
	const struct engine_options *o = engine->options;
	int connecting = PHASE_CONNECT;
	struct error stop = ERROR_INIT;
	uint64_t begin, window;

	while (atomic_load(&engine->ready) < o->threads &&
	       atomic_load(&engine->phase) == PHASE_CONNECT) {
		if (interrupt_count()) {
			error_set(&stop, ERROR_INTERRUPTED, "interrupted while connecting");
			engine_fail(engine, &stop);
		}
		clock_sleep(CLOCK_MS);
	}
	if (o->hooks && atomic_load(&engine->phase) == PHASE_CONNECT &&
	    o->hooks->ready(o->hooks->context, &stop) < 0)
		engine_fail(engine, &stop);
	begin = clock_now() + START_DELAY;
	window = begin + o->warmup_ns;
	atomic_store(&engine->begin, begin);
	atomic_store(&engine->window_begin, window);
	if (o->duration_ns)
		atomic_store(&engine->window_end, window + o->duration_ns);
	if (!atomic_compare_exchange_strong(&engine->phase, &connecting, PHASE_RUN)) {
		*e = engine->error;
		return -1;
	}
	if (o->window_opens)
		atomic_store(o->window_opens, window);
	wake_workers(engine);
	return 0;
}

static void merge(struct engine *engine, struct engine_result *r)
{
	const struct engine_options *o = engine->options;
	unsigned i;

	r->thread_count = o->threads;
	r->busy_share = xcalloc(o->threads, sizeof(*r->busy_share));
	for (i = 0; i < o->threads; i++) {
		struct stats *s = &engine->workers[i].stats;

		stats_merge(&r->total, s);
		if (s->window_ns)
			r->busy_share[i] = (double)s->cpu_ns / (double)s->window_ns;
	}
	for (i = 0; i < r->total.script_count; i++)
		histogram_merge(&r->latency, &r->total.scripts[i].latency);
	r->begin = atomic_load(&engine->begin);
	r->window_ns = r->total.window_ns;
}

/* Starts the threads that exist; the number of those that do. */
static unsigned start_threads(struct engine *engine, struct error *e)
{
	unsigned i;

	for (i = 0; i < engine->options->threads; i++) {
		struct worker *w = &engine->workers[i];
		int failed = pthread_create(&w->thread, NULL, worker_main, w);

		if (!failed)
			continue;
		error_set(e, ERROR_IO, "cannot start thread %u: %s", i + 1, strerror(failed));
		engine_fail(engine, e);
		break;
	}
	return i;
}

static int run(struct engine *engine, struct engine_result *result, struct error *e)
{
	const struct engine_options *o = engine->options;
	struct watch w = {.engine = engine, .result = result};
	unsigned started = start_threads(engine, e), i;
	int status = started == o->threads ? await_ready(engine, e) : -1;

	if (status == 0) {
		progress_begin(&w.progress, o->hooks ? "bench run, rank 0" : "bench run",
			       (double)(o->warmup_ns + o->duration_ns) / 1e9);
		watch_run(&w);
		progress_end(&w.progress);
	}
	for (i = 0; i < started; i++)
		pthread_join(engine->workers[i].thread, NULL);
	if (status < 0)
		return -1;
	merge(engine, result);
	take_seconds(&w, (result->window_ns + CLOCK_SECOND - 1) / CLOCK_SECOND, result->window_ns,
		     true);
	result->stopped_by_error = engine->failed;
	result->first_error = engine->error;
	for (i = result->interrupted && o->hooks ? 90 : 0;
	     i < 100 && atomic_load(&engine->cancelling); i++)
		clock_sleep(10 * CLOCK_MS);
	return 0;
}

int engine_run(const struct engine_options *o, struct engine_result *result, struct error *e)
{
	struct engine *engine = xcalloc(1, sizeof(*engine));
	int status;

	memset(result, 0, sizeof(*result));
	stats_init(&result->total, (unsigned)o->workload->script_count,
		   (unsigned)o->workload->statement_count, phase_count(o));
	status = init_engine(engine, o, e);
	if (status == 0)
		status = run(engine, result, e);
	release_engine(engine);
	/* A thread that hangs in a cancel request still looks at the engine: then it stays. */
	if (atomic_load(&engine->cancelling) == 0)
		free(engine);
	if (status < 0)
		engine_result_release(result);
	return status;
}

void engine_result_release(struct engine_result *r)
{
	stats_release(&r->total);
	free(r->busy_share);
	free(r->seconds);
	r->busy_share = NULL;
	r->seconds = NULL;
}
