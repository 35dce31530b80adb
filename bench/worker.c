/*
 * worker.c - the event loop of one thread: sockets, timers, the clock of the window.
 *
 * Sockets are the poller's (poller.h); timers are in a heap, awaited to the nanosecond. The loop
 * wakes at least at every border of time that matters: the window's begin and end, and each full
 * second within it, when the second's counts are published.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/worker.h"
#include "common/memory.h"

static void heap_place(struct worker *w, struct client *c, size_t i)
{
	w->heap[i] = c;
	c->heap_index = i;
}

static void heap_up(struct worker *w, struct client *c, size_t i)
{
	while (i > 0 && w->heap[(i - 1) / 2]->wake > c->wake) {
		heap_place(w, w->heap[(i - 1) / 2], i);
		i = (i - 1) / 2;
	}
	heap_place(w, c, i);
}

static void heap_down(struct worker *w, struct client *c, size_t i)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= w->heap_count)
			break;
		if (child + 1 < w->heap_count && w->heap[child + 1]->wake < w->heap[child]->wake)
			child++;
		if (w->heap[child]->wake >= c->wake)
			break;
		heap_place(w, w->heap[child], i);
		i = child;
	}
	heap_place(w, c, i);
}

void worker_timer(struct client *c, uint64_t wake)
{
	struct worker *w = c->worker;
	bool was = c->wake != 0;
	struct client *last;

	if (!was && !wake)
		return;
	c->wake = wake;
	if (!was) {
		heap_up(w, c, w->heap_count++);
	} else if (wake) {
		heap_up(w, c, c->heap_index);
		heap_down(w, c, c->heap_index);
	} else {
		last = w->heap[--w->heap_count];
		if (last == c)
			return;
		heap_up(w, last, c->heap_index);
		heap_down(w, last, last->heap_index);
	}
}

void worker_defer(struct client *c)
{
	struct worker *w = c->worker;

	c->next_ready = NULL;
	if (w->ready_last)
		w->ready_last->next_ready = c;
	else
		w->ready_first = c;
	w->ready_last = c;
}

/* A client that was lost while it rested, and is back, may be in the list already. */
void worker_rest(struct client *c)
{
	struct worker *w = c->worker;

	if (c->in_rest)
		return;
	c->in_rest = true;
	c->next_rested = NULL;
	if (w->rest_last)
		w->rest_last->next_rested = c;
	else
		w->rest_first = c;
	w->rest_last = c;
}

/* The client that has rested longest, or NULL. */
static struct client *wake_rested(struct worker *w)
{
	struct client *c;

	while ((c = w->rest_first)) {
		w->rest_first = c->next_rested;
		if (!w->rest_first)
			w->rest_last = NULL;
		c->in_rest = false;
		if (c->state == CLIENT_RESTING)
			return c;
	}
	return NULL;
}

/* Open loop: begins what is due, as long as there is somebody free to take it. */
static void begin_due(struct worker *w)
{
	struct client *c;
	uint64_t now;

	if (!w->rest_first || w->window_closed)
		return;
	for (now = clock_now(); w->arrival.due <= now; now = clock_now()) {
		c = wake_rested(w);
		if (!c)
			return;
		client_begin(c, now);
		client_run(c, now);
	}
}

void worker_client_done(struct client *c)
{
	c->worker->done_count++;
}

static struct second *current_second(struct worker *w)
{
	return &w->ring->slot[atomic_load_explicit(&w->ring->written, memory_order_relaxed) %
			      STATS_RING];
}

void worker_transaction(struct client *c, uint64_t now, bool done)
{
	struct worker *w = c->worker;
	struct second *s;

	if (!w->window_open || now < w->window_begin || now >= w->window_end)
		return;
	s = current_second(w);
	if (!done) {
		s->failed++;
		return;
	}
	s->done++;
	histogram_record(&s->latency, now - c->due);
}

/*
 * The current second is over: it goes to the main thread. When the ring is full (somebody holds up
 * the main thread) this second simply goes on, rather than holding up the load.
 */
static void publish_second(struct worker *w, uint64_t next_index)
{
	struct second_ring *ring = w->ring;
	uint64_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);
	uint64_t cpu = clock_thread_cpu();
	struct second *s = current_second(w);

	if (written + 1 - atomic_load_explicit(&ring->read, memory_order_acquire) >= STATS_RING)
		return;
	s->cpu_ns = cpu - w->cpu_second;
	w->cpu_second = cpu;
	s = &ring->slot[(written + 1) % STATS_RING];
	memset(s, 0, sizeof(*s));
	s->index = next_index;
	atomic_store_explicit(&ring->written, written + 1, memory_order_release);
	atomic_store_explicit(&ring->complete, next_index, memory_order_release);
}

static void open_window(struct worker *w)
{
	w->window_open = true;
	w->cpu_begin = w->cpu_second = clock_thread_cpu();
	w->second_end = w->window_begin + CLOCK_SECOND;
}

static void close_window(struct worker *w, uint64_t now)
{
	w->window_closed = true;
	w->stats.cpu_ns = clock_thread_cpu() - w->cpu_begin;
	w->stats.window_ns = (now < w->window_end ? now : w->window_end) - w->window_begin;
	publish_second(w, UINT64_MAX);
	if (arrival_is_open(&w->arrival)) { /* what was due and found nobody free */
		arrival_skip_to(&w->arrival, w->window_begin);
		w->stats.skipped +=
			arrival_skip_to(&w->arrival, w->window_begin + w->stats.window_ns);
	}
}

/* What the clock has to say, once for each turn of the loop. */
static void tell_time(struct worker *w, uint64_t now)
{
	if (!w->running)
		return;
	w->window_end = atomic_load_explicit(&w->engine->window_end, memory_order_relaxed);
	if (!w->window_open && now >= w->window_begin && now < w->window_end)
		open_window(w);
	if (!w->window_open || w->window_closed)
		return;
	if (now >= w->second_end && now < w->window_end) {
		uint64_t index = (now - w->window_begin) / CLOCK_SECOND;

		publish_second(w, index);
		w->second_end = w->window_begin + (index + 1) * CLOCK_SECOND;
	}
	if (now >= w->window_end)
		close_window(w, now);
}

/* What of the load is this worker's, of all processes. */
static double share_of(const struct worker *w)
{
	const struct engine_options *o = w->options;

	return (double)w->client_count / (o->hooks ? o->all_connections : o->connections);
}

static void start_running(struct worker *w)
{
	struct engine *engine = w->engine;
	uint32_t lane = UINT32_MAX - w->options->first_client - w->index;
	uint64_t now = clock_now();
	unsigned i;

	w->running = true;
	w->window_begin = atomic_load(&engine->window_begin);
	w->window_end = atomic_load(&engine->window_end);
	for (; now < atomic_load(&engine->begin); now = clock_now())
		clock_sleep(atomic_load(&engine->begin) - now);
	if (w->options->plan && w->options->plan->open)
		arrival_init_plan(&w->arrival, w->options->arrival, w->options->plan, share_of(w),
				  w->window_begin, w->options->seed, lane);
	else
		arrival_init(&w->arrival, w->options->arrival, w->options->rate * share_of(w),
			     atomic_load(&engine->begin), w->options->seed, lane);
	tell_time(w, now);
	for (i = 0; i < w->client_count; i++) {
		now = clock_now();
		tell_time(w, now);
		client_begin(&w->clients[i], now);
		client_run(&w->clients[i], now);
	}
}

/* The next connection; one that a plan does not want from the start counts as ready. */
static void connect_next(struct worker *w)
{
	struct client *c = &w->clients[w->next_to_connect++];

	if (w->options->plan && plan_connections(w->options->plan, 0) <= c->rank)
		w->ready_count++;
	else
		connect_start(c, clock_now());
}

/* While connecting: start attempts up to the limit; tell the engine when all are ready. */
static void drive_connecting(struct worker *w)
{
	if (w->options->connect_each) /* each transaction will see to its own */
		w->ready_count = w->next_to_connect = w->client_count;
	while (w->next_to_connect < w->client_count && w->connecting < WORKER_CONNECTING &&
	       atomic_load(&w->engine->phase) == PHASE_CONNECT)
		connect_next(w);
	if (w->ready_count == w->client_count && !w->told_ready) {
		w->told_ready = true;
		atomic_fetch_add(&w->engine->ready, 1);
	}
	if (atomic_load(&w->engine->phase) == PHASE_RUN)
		start_running(w);
}

/* ns until the loop must look at the clock again. */
static uint64_t next_border(const struct worker *w, uint64_t now)
{
	uint64_t at = now + CLOCK_SECOND;

	if (w->heap_count && w->heap[0]->wake < at)
		at = w->heap[0]->wake;
	if (w->rest_first && !w->window_closed && w->arrival.due < at)
		at = w->arrival.due;
	if (w->running && !w->window_open && w->window_begin < at)
		at = w->window_begin;
	if (w->window_open && !w->window_closed) {
		if (w->second_end < at)
			at = w->second_end;
		if (w->window_end < at)
			at = w->window_end;
	}
	return at > now ? at - now : 0;
}

/* Under TLS reading may have to wait until something could be written, a key update. */
static void tls_event(struct client *c)
{
	client_readable(c, false);
	if (c->attached && c->wire.ssl && c->wire.want_write)
		poller_watch(c, EPOLLIN | EPOLLOUT);
}

void worker_event(struct client *c, uint32_t events)
{
	uint32_t end = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);

	if (c->state == CLIENT_CONNECTING) {
		connect_event(c);
		return;
	}
	if ((events & EPOLLOUT) && c->attached)
		c->worker->poller->flush(c);
	if (!c->attached)
		return;
	if (c->wire.ssl)
		tls_event(c);
	else if ((events & EPOLLIN) || end)
		client_readable(c, end != 0);
}

void worker_woken(struct worker *w)
{
	tell_time(w, clock_now());
}

static void wait_for_events(struct worker *w)
{
	uint64_t wait = next_border(w, clock_now());

	if (w->ready_first || (w->options->poll && w->running))
		wait = 0;
	else /* woken late, it still has time to spin */
		wait -= wait < w->options->spin_ns ? wait : w->options->spin_ns;
	w->poller->wait(w, wait);
}

static void fire_timers(struct worker *w)
{
	uint64_t now;

	if (!w->heap_count)
		return;
	now = clock_now();
	while (w->heap_count && w->heap[0]->wake <= now) {
		struct client *c = w->heap[0];

		worker_timer(c, 0);
		client_wake(c, now);
	}
}

static void run_ready(struct worker *w)
{
	struct client *c = w->ready_first;

	w->ready_first = w->ready_last = NULL;
	while (c) {
		struct client *next = c->next_ready;

		if (c->state == CLIENT_IDLE)
			client_run(c, clock_now());
		c = next;
	}
}

/* The drain is over: what has not finished by now counts as failed. */
static void give_up(struct worker *w)
{
	uint64_t now = clock_now();
	unsigned i;

	for (i = 0; i < w->client_count; i++) {
		struct client *c = &w->clients[i];

		if (c->state != CLIENT_DONE)
			client_abandon(c, now, "57014", "given up at the end of the run");
	}
}

/* When the window closes: connections that are down stay so, resting clients are done. */
static void end_idle(struct worker *w)
{
	unsigned i;

	for (i = 0; i < w->client_count; i++) {
		struct client *c = &w->clients[i];

		if (c->in_transaction)
			continue;
		if (c->state == CLIENT_OFFLINE || c->state == CLIENT_CONNECTING ||
		    c->state == CLIENT_SETUP)
			connect_lost(c, w->window_end);
		else if (c->state == CLIENT_RESTING || c->state == CLIENT_THINKING)
			client_begin(c, w->window_end);
	}
}

static bool is_over(struct worker *w)
{
	int phase = atomic_load_explicit(&w->engine->phase, memory_order_relaxed);
	bool closed = w->window_closed;

	if (phase == PHASE_ABORT)
		return true;
	if (!w->running)
		return false;
	if (closed || (!w->window_open && clock_now() >= w->window_end)) {
		end_idle(w);
		if (atomic_load(&w->engine->cancel_now) && !w->cancelled) {
			w->cancelled = true;
			connect_cancel_all(w);
		}
		if (atomic_load(&w->engine->close_now))
			give_up(w);
	}
	return w->done_count == w->client_count;
}

void *worker_main(void *argument)
{
	struct worker *w = argument;
	struct error e = ERROR_INIT;
	unsigned i;

	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	if (w->poller->open(w, &e) < 0)
		engine_fail(w->engine, &e);
	for (;;) {
		if (!w->running)
			drive_connecting(w);
		else if (w->ready_first)
			run_ready(w);
		if (is_over(w))
			break;
		wait_for_events(w);
		fire_timers(w);
		begin_due(w);
	}
	if (w->window_open && !w->window_closed)
		close_window(w, clock_now());
	atomic_store(&w->ring->complete, UINT64_MAX);
	atomic_fetch_add(&w->engine->ended, 1);
	for (i = 0; i < w->client_count; i++)
		connect_close(&w->clients[i]);
	w->poller->close(w);
	return NULL;
}
