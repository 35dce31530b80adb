/* wake_connect.c - see wake.h: one connection attempt after the other, with its parts timed. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <libpq-fe.h>

#include "bench/wake.h"
#include "common/clock.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/text.h"

#define POLL_SLICE_MS 100 /* how soon Ctrl-C is heard */

static const char first_query[] =
	"select extract(epoch from clock_timestamp() - pg_postmaster_start_time())";

struct attempt {
	PGconn *c;
	uint64_t begun, connected, ready, answered, limit; /* clock_now(); limit: not beyond */
	unsigned password;				   /* that was used */
};

/* Waits for the socket. Class CONNECT at the limit, INTERRUPTED on a signal. */
static int await(const struct attempt *a, short events, struct error *e)
{
	for (;;) {
		struct pollfd p = {.fd = PQsocket(a->c), .events = events};
		int n = poll(&p, 1, POLL_SLICE_MS);

		if (interrupt_count())
			return error_set(e, ERROR_INTERRUPTED, "interrupted while waking");
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return error_set(e, ERROR_IO, "cannot wait: %s", strerror(errno));
		if (clock_now() >= a->limit)
			return error_set(e, ERROR_CONNECT, "no answer within the limit");
	}
}

/* libpq goes from one address of a host to the next, so "connected" may be taken back. */
static void note_progress(struct attempt *a)
{
	ConnStatusType status = PQstatus(a->c);
	bool up = status != CONNECTION_STARTED && status != CONNECTION_NEEDED &&
		  status != CONNECTION_BAD;

	if (!up)
		a->connected = 0;
	else if (a->connected == 0)
		a->connected = clock_now();
}

static int log_in(struct attempt *a, const char *dsn, struct error *e)
{
	PostgresPollingStatusType next = PGRES_POLLING_WRITING;
	struct pg_params p;

	pg_params(&p, dsn);
	a->password = p.password_number;
	a->c = PQconnectStartParams(p.keyword, p.value, p.has_dsn);
	pg_params_wipe(&p);
	if (!a->c || PQstatus(a->c) == CONNECTION_BAD)
		return pg_connect_failure(a->c ? PQerrorMessage(a->c) : "out of memory", e);
	note_progress(a);
	while (next != PGRES_POLLING_OK) {
		if (await(a, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, e) < 0)
			return -1;
		next = PQconnectPoll(a->c);
		note_progress(a);
		if (next == PGRES_POLLING_FAILED)
			return pg_connect_failure(PQerrorMessage(a->c), e);
	}
	a->ready = clock_now();
	return 0;
}

static int lost(const struct attempt *a, struct error *e)
{
	pg_connect_failure(PQerrorMessage(a->c), e);
	return error_context(e, "at the first query");
}

static int ask(struct attempt *a, double *age, struct error *e)
{
	PGresult *r;

	if (!PQsendQuery(a->c, first_query))
		return lost(a, e);
	while (PQisBusy(a->c))
		if (await(a, POLLIN, e) < 0)
			return -1;
		else if (!PQconsumeInput(a->c))
			return lost(a, e);
	a->answered = clock_now();
	r = PQgetResult(a->c);
	if (PQresultStatus(r) != PGRES_TUPLES_OK) {
		PQclear(r);
		return lost(a, e);
	}
	if (PQntuples(r) < 1 || PQnfields(r) < 1 || !text_to_double(PQgetvalue(r, 0, 0), age))
		*age = (double)NAN;
	PQclear(r);
	return 0;
}

static int try_once(struct attempt *a, const char *dsn, double *age, struct error *e)
{
	int status = log_in(a, dsn, e);

	if (status == 0)
		status = ask(a, age, e);
	PQfinish(a->c);
	return status;
}

static void keep_times(struct wake *w, const struct attempt *a, uint64_t begun)
{
	w->waiting = a->begun - begun;
	w->connect = a->connected - a->begun;
	w->login = a->ready - a->connected;
	w->query = a->answered - a->ready;
	w->total = a->answered - begun;
}

int wake_up(const char *dsn, uint64_t pause_ns, uint64_t limit_ns, struct wake *w, struct error *e)
{
	uint64_t begun = clock_now();
	unsigned refused = 0;

	memset(w, 0, sizeof(*w));
	for (;;) {
		struct attempt a = {.begun = w->attempts ? clock_now() : begun,
				    .limit = begun + limit_ns};

		w->attempts++;
		password_await(dsn, refused);
		if (try_once(&a, dsn, &w->server_age_s, e) == 0) {
			keep_times(w, &a, begun);
			e->class = ERROR_NONE;
			return 0;
		}
		if (a.password > refused && pg_password_refused(e)) {
			refused = a.password; /* a newer one may do */
			continue;
		}
		if (!e->retryable)
			return -1;
		if (w->attempts == 1)
			log_info("not yet: %s", e->text);
		snprintf(w->refusal, sizeof(w->refusal), "%.299s", e->text);
		if (clock_now() + pause_ns >= a.limit)
			return error_context(e, "asleep after %.1f s and %u attempts",
					     (double)limit_ns / 1e9, w->attempts);
		clock_sleep(pause_ns);
		if (interrupt_count())
			return error_set(e, ERROR_INTERRUPTED, "interrupted while waking");
	}
}

bool wake_woke(const struct wake *w)
{
	return w->server_age_s <= (double)w->total / 1e9 + 1;
}
