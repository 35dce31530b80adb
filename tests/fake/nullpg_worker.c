/*
 * nullpg_worker.c - one thread of nullpg: reads what came, lets the session answer, sends at
 * once or when the delay is over, and keeps account of what it really did. See nullpg.h.
 *
 * One recv and one send a batch; nothing is allocated once a connection's buffers have grown to
 * its batches. A session waits for at most one answer; what arrives meanwhile stays unread in its
 * buffer and counts from the moment the answer went out, as with a server that does one thing at
 * a time.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "tests/fake/nullpg_bytes.h"

#define SPREAD_BATCHES 4
#define EVENTS	       64
#define READ_ROOM      4096
#define UNREAD_MAX     (2 * MESSAGE_MAX)
#define NOT_WAITING    SIZE_MAX

/* ---- the heap of waiting sessions, the next due first -------------------------------------- */

static void heap_put(struct worker *w, size_t i, struct session *s)
{
	w->heap[i] = s;
	s->heap_index = i;
}

static void heap_up(struct worker *w, size_t i, struct session *s)
{
	while (i > 0 && w->heap[(i - 1) / 2]->due > s->due) {
		heap_put(w, i, w->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	heap_put(w, i, s);
}

static void heap_down(struct worker *w, size_t i, struct session *s)
{
	size_t child;

	while ((child = 2 * i + 1) < w->heap_count) {
		if (child + 1 < w->heap_count && w->heap[child + 1]->due < w->heap[child]->due)
			child++;
		if (w->heap[child]->due >= s->due)
			break;
		heap_put(w, i, w->heap[child]);
		i = child;
	}
	heap_put(w, i, s);
}

static void heap_remove(struct worker *w, struct session *s)
{
	size_t i = s->heap_index;
	struct session *last = w->heap[--w->heap_count];

	s->heap_index = NOT_WAITING;
	if (last == s)
		return;
	if (i > 0 && w->heap[(i - 1) / 2]->due > last->due)
		heap_up(w, i, last);
	else
		heap_down(w, i, last);
}

/* ---- a session ----------------------------------------------------------------------------- */

static void end_session(struct worker *w, struct session *s)
{
	if (s->heap_index != NOT_WAITING)
		heap_remove(w, s);
	atomic_store(&s->public_key, 0);
	close(s->fd);
	s->fd = -1;
	server_closed(s);
}

static void set_interest(struct worker *w, struct session *s)
{
	bool room = s->in.len - s->used < UNREAD_MAX;
	uint32_t events = (room ? EPOLLIN : 0) | (s->want_write ? EPOLLOUT : 0);
	struct epoll_event event = {.events = events, .data.ptr = s};

	if (events == s->want_events)
		return;
	s->want_events = events;
	epoll_ctl(w->epoll_fd, EPOLL_CTL_MOD, s->fd, &event);
}

static void account(struct worker *w, struct session *s, uint64_t now)
{
	bool exact = options.delay.kind != DELAY_NONE;

	for (; s->timed > 0; s->timed--) {
		measure_add(&w->statistics.actual, now - s->read_at, exact);
		measure_add(&w->statistics.intended, s->delay, exact);
	}
}

/* Sends what is ready. False: the session is gone. */
static bool flush(struct worker *w, struct session *s)
{
	ssize_t n;

	if (s->ready > 0) {
		if (s->timed > 0)
			account(w, s, clock_now());
		n = send(s->fd, s->out.data, s->ready, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			end_session(w, s);
			return false;
		}
		if (n > 0)
			session_sent(s, (size_t)n);
	}
	s->want_write = s->ready > 0;
	if (s->closing && !s->want_write) {
		end_session(w, s);
		return false;
	}
	return true;
}

static void wait_for(struct worker *w, struct session *s, uint64_t delay)
{
	s->delay = delay;
	s->due = s->read_at + delay;
	atomic_store(&s->cancelled, false);
	heap_up(w, w->heap_count++, s);
}

static uint64_t draw(struct worker *w, const struct session *s)
{
	uint64_t delay = delay_draw(&options.delay, &w->random);

	if (options.spread && s->batches <= SPREAD_BATCHES)
		delay += (uint64_t)(random_double(&w->random) * (double)delay);
	return delay;
}

/* Goes through the input as far as it may. */
static void advance(struct worker *w, struct session *s)
{
	enum turn turn;

	do
		turn = session_turn(s);
	while (turn == TURN_OPEN && options.start_delay_ms == 0);
	s->delay = 0;
	if (turn == TURN_WAIT) {
		wait_for(w, s, draw(w, s));
	} else if (turn == TURN_OPEN) {
		wait_for(w, s, (uint64_t)options.start_delay_ms * CLOCK_MS);
	} else {
		s->closing = turn == TURN_CLOSE;
		if (!flush(w, s))
			return;
	}
	set_interest(w, s);
}

static void on_event(struct worker *w, struct session *s, uint32_t events)
{
	ssize_t n;

	if (events & EPOLLOUT) {
		if (!flush(w, s))
			return;
		if (!s->want_write) {
			s->read_at = clock_now();
			advance(w, s);
		}
		return;
	}
	session_make_room(s, READ_ROOM);
	n = recv(s->fd, s->in.data + s->in.len, s->in.cap - s->in.len, 0);
	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			end_session(w, s);
		return;
	}
	s->in.len += (size_t)n;
	if (s->heap_index != NOT_WAITING || s->want_write) {
		set_interest(w, s);
		return;
	}
	s->read_at = clock_now();
	advance(w, s);
}

static void fire_due(struct worker *w)
{
	uint64_t now = clock_now();

	while (w->heap_count > 0 && w->heap[0]->due <= now) {
		struct session *s = w->heap[0];

		heap_remove(w, s);
		if (!flush(w, s))
			continue;
		s->read_at = clock_now();
		if (s->want_write)
			set_interest(w, s);
		else
			advance(w, s);
	}
}

static void fire_cancelled(struct worker *w)
{
	uint64_t now = clock_now();
	size_t i;

	for (i = 0; i < w->heap_count; i++) {
		struct session *s = w->heap[i];

		if (!atomic_exchange(&s->cancelled, false) || s->phase != PHASE_READY)
			continue;
		session_cancel(s);
		s->due = now;
		heap_up(w, i, s); /* what moves down from above was looked at already */
	}
}

/* ---- the thread ---------------------------------------------------------------------------- */

static void take_session(struct worker *w, struct session *s)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};

	s->heap_index = NOT_WAITING;
	s->closing = s->want_write = false;
	s->want_events = EPOLLIN;
	atomic_store(&s->public_key, s->key);
	if (epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, s->fd, &event) < 0)
		end_session(w, s);
}

static void take_incoming(struct worker *w)
{
	struct session *s, *next;

	pthread_mutex_lock(&w->lock);
	s = w->incoming;
	w->incoming = NULL;
	pthread_mutex_unlock(&w->lock);
	for (; s; s = next) {
		next = s->next;
		take_session(w, s);
	}
}

/* Does what another thread asks for. False: stop. */
static bool on_wake(struct worker *w)
{
	uint64_t n = 1;
	int order;

	if (read(w->wake_fd, &n, sizeof(n)) < 0)
		return true;
	take_incoming(w);
	if (atomic_exchange(&w->cancel_wanted, false))
		fire_cancelled(w);
	order = atomic_exchange(&w->order, ORDER_NONE);
	if (order == ORDER_NONE)
		return true;
	if (w->sum) {
		measure_merge(&w->sum->actual, &w->statistics.actual);
		measure_merge(&w->sum->intended, &w->statistics.intended);
	}
	if (order == ORDER_RESET) {
		measure_reset(&w->statistics.actual);
		measure_reset(&w->statistics.intended);
	}
	n = 1;
	return write(w->done_fd, &n, sizeof(n)) >= 0 && order != ORDER_STOP;
}

static int wait_events(struct worker *w, struct epoll_event *events)
{
	struct timespec t = {0}, *timeout = options.spin ? &t : NULL;
	uint64_t now, left = 0;
	int n;

	if (w->heap_count > 0 && !options.spin) {
		now = clock_now();
		left = w->heap[0]->due > now ? w->heap[0]->due - now : 0;
		t = (struct timespec){.tv_sec = (time_t)(left / CLOCK_SECOND),
				      .tv_nsec = (long)(left % CLOCK_SECOND)};
		timeout = &t;
	}
	n = epoll_pwait2(w->epoll_fd, events, EVENTS, timeout, NULL);
	if (n < 0 && errno == ENOSYS) /* an old kernel, valgrind: spin through the last ms */
		n = epoll_wait(w->epoll_fd, events, EVENTS, timeout ? (int)(left / CLOCK_MS) : -1);
	return n;
}

static void *worker_main(void *arg)
{
	struct epoll_event events[EVENTS];
	struct worker *w = arg;
	bool go = true;
	int i, n;

	prctl(PR_SET_TIMERSLACK, 1ul);
	while (go) {
		n = wait_events(w, events);
		for (i = 0; i < n; i++) {
			if (events[i].data.ptr)
				on_event(w, events[i].data.ptr, events[i].events);
			else
				go = on_wake(w);
		}
		if (w->heap_count > 0)
			fire_due(w);
	}
	return NULL;
}

int worker_start(struct worker *w, size_t sessions, uint64_t lane, struct error *e)
{
	struct epoll_event event = {.events = EPOLLIN};

	*w = (struct worker){.epoll_fd = epoll_create1(EPOLL_CLOEXEC),
			     .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
			     .done_fd = eventfd(0, EFD_CLOEXEC),
			     .lock = PTHREAD_MUTEX_INITIALIZER};
	w->heap = xcalloc(sessions, sizeof(*w->heap));
	random_seed_lane(&w->random, (uint64_t)options.seed, lane);
	if (w->epoll_fd < 0 || w->wake_fd < 0 || w->done_fd < 0 ||
	    epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->wake_fd, &event) < 0 ||
	    pthread_create(&w->thread, NULL, worker_main, w) != 0)
		return error_set(e, ERROR_INTERNAL, "cannot start a worker thread");
	return 0;
}

void worker_wake(struct worker *w)
{
	uint64_t n = 1;

	if (write(w->wake_fd, &n, sizeof(n)) < 0)
		log_warn("cannot wake a worker: %s", strerror(errno));
}

void worker_give(struct worker *w, struct session *s)
{
	s->worker = w;
	pthread_mutex_lock(&w->lock);
	s->next = w->incoming;
	w->incoming = s;
	pthread_mutex_unlock(&w->lock);
	worker_wake(w);
}

void worker_order(struct worker *w, enum order order, struct statistics *sum)
{
	uint64_t n;

	w->sum = sum;
	atomic_store(&w->order, (int)order);
	worker_wake(w);
	if (read(w->done_fd, &n, sizeof(n)) < 0)
		return;
	if (order == ORDER_STOP)
		pthread_join(w->thread, NULL);
}

void worker_release(struct worker *w)
{
	close(w->epoll_fd);
	close(w->wake_fd);
	close(w->done_fd);
	free(w->heap);
	measure_release(&w->statistics.actual);
	measure_release(&w->statistics.intended);
}
