/*
 * poller.h - private to the engine: how a worker waits, sends and receives. One row for each way.
 *
 * While libpq connects, a client's socket is watched for readiness (poller_watch) and the worker
 * is told of it (worker_event). Once the session is the engine's own the poller has it, from
 * attach() to detach(): whatever comes in ends in client_take(), what stands in the wire is sent by
 * flush(), at once or with the next wait(). All functions belong to the worker's thread.
 */
#ifndef LAKEPORT_BENCH_POLLER_H
#define LAKEPORT_BENCH_POLLER_H

#include <stdint.h>

#include "common/error.h"

struct client;
struct worker;

struct poller {
	const char *name;
	/* Whether this machine lets us; any thread. Class CONFIG, or REFUSED when the kernel does.
	 */
	int (*check)(struct error *e);
	int (*open)(struct worker *w, struct error *e); /* in the worker's thread */
	void (*close)(struct worker *w);
	/* Takes a session over: its wire is attached. -1: this one cannot be served. */
	int (*attach)(struct client *c, struct error *e);
	void (*detach)(struct client *c); /* its socket is about to be closed */
	void (*flush)(struct client *c);  /* a loss shows when reading */
	/* Waits for at most `ns`, says worker_woken(), then handles what there is. */
	void (*wait)(struct worker *w, uint64_t ns);
};

extern const struct poller poller_epoll; /* everywhere, and for TLS */
extern const struct poller poller_uring; /* --io-uring; a stub where liburing was not there */

/* Readiness of a client's socket: EPOLLIN, EPOLLOUT, ...; 0: none. For rows and connect.c. */
void poller_watch(struct client *c, uint32_t events);

/* What poller_watch() and the worker's wake-up wait for, by epoll; the number of events. */
int poller_ready(struct worker *w, uint64_t ns);

#endif
