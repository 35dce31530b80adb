/*
 * poller_epoll.c - waiting for readiness, then one recv() and one send() for each query.
 *
 * A plain session is registered edge-triggered: a level-triggered one stays on epoll's list after
 * it was reported and is asked once more whether it is ready, by every wait that follows an answer.
 * That is safe because a read that comes back short has emptied the socket, and what comes later is
 * an edge of its own; only an end that came together with the last bytes would be missed, so that
 * an event that tells of one is read to the end. A TLS session stays level-triggered: what
 * OpenSSL has read says nothing about what is left in the socket.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bench/worker.h"

#define EVENTS 256

void poller_watch(struct client *c, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = c};

	if (events == c->events)
		return;
	if (events == 0)
		epoll_ctl(c->worker->epoll, EPOLL_CTL_DEL, c->wire.fd, &ev);
	else if (epoll_ctl(c->worker->epoll, EPOLL_CTL_MOD, c->wire.fd, &ev) < 0)
		epoll_ctl(c->worker->epoll, EPOLL_CTL_ADD, c->wire.fd, &ev);
	c->events = events;
}

/*
 * epoll_pwait2 came with Linux 5.11. Where it is missing (or hidden, as under valgrind) timers are
 * as coarse as the milliseconds of epoll_wait.
 */
static int wait_at_most(struct worker *w, struct epoll_event *events, uint64_t ns)
{
	struct timespec timeout = {(time_t)(ns / CLOCK_SECOND), (long)(ns % CLOCK_SECOND)};
	int n;

	if (!w->coarse_timers) {
		n = epoll_pwait2(w->epoll, events, EVENTS, &timeout, NULL);
		if (n >= 0 || errno != ENOSYS)
			return n;
		w->coarse_timers = true;
	}
	return epoll_wait(w->epoll, events, EVENTS, (int)((ns + CLOCK_MS - 1) / CLOCK_MS));
}

int poller_ready(struct worker *w, uint64_t ns)
{
	struct epoll_event events[EVENTS];
	int n = wait_at_most(w, events, ns), i;

	worker_woken(w);
	for (i = 0; i < n; i++) {
		if (events[i].data.ptr) {
			worker_event(events[i].data.ptr, events[i].events);
		} else {
			uint64_t value;
			ssize_t got = read(w->wakeup, &value, sizeof(value));

			(void)got;
		}
	}
	return n;
}

static void epoll_wait_for_events(struct worker *w, uint64_t ns)
{
	poller_ready(w, ns);
}

static void interest(struct client *c)
{
	uint32_t out = c->wire.want_write ? (uint32_t)EPOLLOUT : 0;

	poller_watch(c, EPOLLIN | EPOLLRDHUP | out | (c->wire.ssl ? 0 : (uint32_t)EPOLLET));
}

static int epoll_attach(struct client *c, struct error *e)
{
	(void)e;
	interest(c);
	return 0;
}

static void epoll_detach(struct client *c)
{
	(void)c; /* closing the socket takes it out */
}

static void epoll_flush(struct client *c)
{
	/* The server's last words may still wait to be read: let the read find the end. */
	if (wire_flush(&c->wire) == WIRE_CLOSED)
		c->wire.out_begin = c->wire.out_end = 0;
	interest(c);
}

static int epoll_check(struct error *e)
{
	(void)e;
	return 0;
}

static int epoll_open(struct worker *w, struct error *e)
{
	(void)w;
	(void)e;
	return 0;
}

static void epoll_close(struct worker *w)
{
	(void)w;
}

const struct poller poller_epoll = {
	.name = "epoll",
	.check = epoll_check,
	.open = epoll_open,
	.close = epoll_close,
	.attach = epoll_attach,
	.detach = epoll_detach,
	.flush = epoll_flush,
	.wait = epoll_wait_for_events,
};
