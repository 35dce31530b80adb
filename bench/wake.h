/*
 * wake.h - private to bench: getting a first answer out of a server that may be asleep, and when
 * it is warm after that.
 */
#ifndef LAKEPORT_BENCH_WAKE_H
#define LAKEPORT_BENCH_WAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

struct wake { /* times in ns; total = waiting + connect + login + query */
	uint64_t total;
	uint64_t waiting; /* attempts that failed, and the pauses between */
	uint64_t connect; /* host name, TCP or socket */
	uint64_t login;	  /* TLS, authentication, start of the session */
	uint64_t query;	  /* the first statement */
	unsigned attempts;
	double server_age_s; /* how long the server had been up, by its own clock; NAN: not known */
	char refusal[300];   /* what the last failed attempt heard, or "" */
};

/* The server came up after we began to ask, by its own account (give or take a second). */
bool wake_woke(const struct wake *w);

/*
 * Connects and asks one question, again and again with `pause_ns` between while the failure is one
 * that passes (nobody listens, starting up, too many connections), for at most `limit_ns`. Closes
 * the connection. Class CONNECT or REFUSED, or INTERRUPTED.
 */
int wake_up(const char *dsn, uint64_t pause_ns, uint64_t limit_ns, struct wake *w, struct error *e);

struct warming {
	double steady;	/* median of the last third */
	double first;	/* the first value there is */
	size_t settled; /* from this index on: three running are within the tolerance */
	bool falling;	/* the last third is still lower than the one before: not steady yet */
};

/*
 * What a curve of latencies, one a second, says: `tolerance` 0.1 is 10 % above the steady value.
 * NAN: nothing completed within that second. n must not be 0.
 */
struct warming wake_warming(const double *latency, size_t n, double tolerance);

#endif
