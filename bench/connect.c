/*
 * connect.c - opening connections with libpq, taking their sockets over, and opening them again
 * after a loss.
 *
 * libpq's own non-blocking connect runs inside the worker's event loop, so one slow host does not
 * hold up the others (looking up a host name is the exception: libpq does that in place). When
 * libpq is done the socket is ours: session settings and one Parse for each statement go out in
 * one piece, and when all are answered the client is ready. Handing the socket back is never
 * needed but for PQfinish(), which may be called at any time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <libpq-fe.h>

#include "bench/worker.h"
#include "common/memory.h"
#include "common/pg.h"
#include "common/text.h"

#define BACKOFF_FIRST	(100 * CLOCK_MS)
#define BACKOFF_LONGEST (5 * CLOCK_SECOND)
#define RECONNECT_LIMIT (60 * CLOCK_SECOND) /* without an end in time, nobody waits longer */
#define CONNECT_LIMIT	(10 * CLOCK_SECOND) /* when the DSN has no connect_timeout */
#define PASSWORD_LOOK	(5 * CLOCK_MS)

static void close_socket(struct client *c)
{
	if (c->attached)
		c->worker->poller->detach(c);
	if (c->events && c->wire.fd >= 0)
		poller_watch(c, 0);
	c->events = 0;
	c->attached = false;
	PQfreeCancel(c->cancel);
	PQfinish(c->pg);
	c->cancel = NULL;
	c->pg = NULL;
	wire_detach(&c->wire);
	c->pending_size = c->skip = 0;
	c->inflight_begin = c->inflight_count = 0;
	c->parsing_begin = c->parsing_count = 0;
	c->answered = c->error_now = c->fatal = false;
	c->status = 'I';
	memset(c->prepared, 0, c->worker->options->workload->statement_count);
}

void connect_close(struct client *c)
{
	if (c->state == CLIENT_CONNECTING)
		c->worker->connecting--;
	worker_timer(c, 0);
	close_socket(c);
}

/* The wait before the next attempt: doubling, with up to a quarter of jitter. */
static uint64_t backoff(struct client *c)
{
	uint64_t wait = BACKOFF_FIRST;
	unsigned i;

	for (i = 1; i < c->connect_attempts && wait < BACKOFF_LONGEST; i++)
		wait *= 2;
	if (wait > BACKOFF_LONGEST)
		wait = BACKOFF_LONGEST;
	return wait - random_range(&c->random, 0, wait / 4);
}

void connect_lost(struct client *c, uint64_t now)
{
	bool over = now >= c->worker->window_end;

	connect_close(c);
	if (c->state == CLIENT_DONE)
		return;
	if (!c->lost_since)
		c->lost_since = now;
	if (c->worker->options->transactions && now - c->lost_since > RECONNECT_LIMIT)
		over = true;
	if (over) {
		c->state = CLIENT_DONE;
		worker_client_done(c);
		return;
	}
	c->state = CLIENT_OFFLINE;
	/* The first attempt follows at once: one lost connection is no outage. */
	worker_timer(c, c->connect_attempts ? now + backoff(c) : now + 1);
}

/* A password that was refused has grown old: a newer one gets its chance, once. */
static bool try_newer_password(struct client *c, uint64_t now, const struct error *e)
{
	if (!c->password || c->renewed || !pg_password_refused(e)) {
		c->renewed = false;
		return false;
	}
	c->renewed = true;
	c->refused = c->password;
	connect_close(c);
	c->connect_attempts--;
	connect_start(c, now);
	return true;
}

static void attempt_failed(struct client *c, uint64_t now, const char *why)
{
	struct worker *w = c->worker;
	struct error e = ERROR_INIT;

	pg_connect_failure(why, &e);
	if (try_newer_password(c, now, &e))
		return;
	if (atomic_load(&w->engine->phase) == PHASE_CONNECT) {
		error_context(&e, "connection %u of %u", c->id + 1, w->options->connections);
		connect_close(c);
		c->state = CLIENT_OFFLINE;
		engine_fail(w->engine, &e);
		return;
	}
	w->stats.connect_failures++;
	client_fail_connect(c, now, &e);
	connect_lost(c, now);
}

/* libpq may use another socket from one poll to the next, with the same number. */
static void follow_socket(struct client *c, uint32_t events)
{
	c->wire.fd = PQsocket(c->pg);
	c->events = 0;
	poller_watch(c, events);
}

static uint64_t time_limit(PGconn *pg)
{
	PQconninfoOption *options = PQconninfo(pg), *o;
	uint64_t limit = CONNECT_LIMIT;
	int64_t seconds;

	for (o = options; o && o->keyword; o++)
		if (strcmp(o->keyword, "connect_timeout") == 0 && o->val &&
		    text_to_int(o->val, &seconds) && seconds > 0)
			limit = (uint64_t)seconds * CLOCK_SECOND;
	PQconninfoFree(options);
	return limit;
}

static void open_connection(struct client *c, uint64_t now)
{
	struct pg_params p;

	pg_params(&p, c->worker->options->dsn);
	c->password = p.password_number;
	c->pg = PQconnectStartParams(p.keyword, p.value, p.has_dsn);
	pg_params_wipe(&p);
	if (!c->pg || PQstatus(c->pg) == CONNECTION_BAD) {
		attempt_failed(c, now, c->pg ? PQerrorMessage(c->pg) : "out of memory");
		return;
	}
	worker_timer(c, now + time_limit(c->pg));
	follow_socket(c, EPOLLOUT);
}

/* First a password that is worth trying: connect_timeout() looks again while it is fetched. */
static void get_on(struct client *c, uint64_t now)
{
	if (password_poll(c->worker->options->dsn, c->refused))
		worker_timer(c, now + PASSWORD_LOOK);
	else
		open_connection(c, now);
}

void connect_start(struct client *c, uint64_t now)
{
	c->connect_begun = now;
	c->connect_attempts++;
	c->state = CLIENT_CONNECTING;
	c->worker->connecting++;
	get_on(c, now);
}

void connect_timeout(struct client *c, uint64_t now)
{
	char why[80];

	if (!c->pg) {
		get_on(c, now);
		return;
	}
	snprintf(why, sizeof(why), "no answer within %.0f s",
		 (double)(now - c->connect_begun) / 1e9);
	attempt_failed(c, now, why);
}

/* Everything a session needs before its first transaction, in one piece. */
static void send_setup(struct client *c, uint64_t now)
{
	const struct engine_options *o = c->worker->options;
	/* A connection for one transaction prepares what that one needs, when it does. */
	bool prepare = o->protocol == PROTOCOL_PREPARED && !o->connect_each;
	size_t i;

	c->state = CLIENT_SETUP;
	c->setup_expected = c->setup_seen = 0;
	c->setup_parsed = false;
	c->parsing_begin = c->parsing_count = 0;
	if (o->statement_timeout_ms) {
		char sql[64];

		snprintf(sql, sizeof(sql), "SET statement_timeout = %u", o->statement_timeout_ms);
		message_query(&c->wire, sql);
		c->setup_expected++;
	}
	for (i = 0; prepare && i < o->workload->statement_count; i++) {
		message_parse(&c->wire, &c->worker->templates[i]);
		message_sync(&c->wire);
		c->parsing[c->parsing_count++] = (uint32_t)i;
		c->setup_expected++;
	}
	if (c->setup_expected == 0) {
		client_finish_setup(c, now);
		return;
	}
	c->worker->poller->flush(c);
}

static void take_over(struct client *c)
{
	uint64_t now = clock_now();
	struct error e = ERROR_INIT;

	histogram_record(&c->worker->stats.connect, now - c->connect_begun);
	c->worker->connecting--;
	worker_timer(c, 0);
	if (c->lost_since) {
		c->worker->stats.reconnects++;
		histogram_record(&c->worker->stats.outage, now - c->lost_since);
		c->lost_since = 0;
	}
	c->connect_attempts = 0;
	c->renewed = false;
	c->cancel = PQgetCancel(c->pg);
	wire_attach(&c->wire, PQsocket(c->pg), PQsslStruct(c->pg, "OpenSSL"));
	if (c->worker->poller->attach(c, &e) < 0) {
		c->state = CLIENT_OFFLINE;
		connect_close(c);
		engine_fail(c->worker->engine, &e);
		return;
	}
	c->attached = true;
	send_setup(c, now);
}

void connect_event(struct client *c)
{
	switch (PQconnectPoll(c->pg)) {
	case PGRES_POLLING_READING:
		follow_socket(c, EPOLLIN);
		break;
	case PGRES_POLLING_WRITING:
		follow_socket(c, EPOLLOUT);
		break;
	case PGRES_POLLING_OK:
		follow_socket(c, EPOLLIN);
		take_over(c);
		break;
	default:
		attempt_failed(c, clock_now(), PQerrorMessage(c->pg));
		break;
	}
}

/* A statement that did not prepare: fatal at the start, unless an earlier one may mend that. */
static void setup_failed(struct client *c, const char *what)
{
	struct error e = ERROR_INIT;

	if (atomic_load(&c->worker->engine->phase) != PHASE_CONNECT)
		return;
	error_set(&e, ERROR_SQL, "connection %u: %s: %s (SQLSTATE %s)", c->id + 1, what, c->message,
		  c->sqlstate);
	snprintf(e.sqlstate, sizeof(e.sqlstate), "%s", c->sqlstate);
	engine_fail(c->worker->engine, &e);
}

void connect_setup_answer(struct client *c, uint64_t now)
{
	const struct engine_options *o = c->worker->options;
	uint32_t first = o->statement_timeout_ms ? 1 : 0, index = c->setup_seen++;

	if (index >= first && index - first < c->parsing_count) {
		uint32_t statement = c->parsing[index - first];

		c->prepared[statement] = c->setup_parsed;
		if (!c->setup_parsed && !o->can_defer)
			setup_failed(c, o->workload->statements[statement]->label);
	} else if (c->error_now) {
		setup_failed(c, "cannot set statement_timeout");
	}
	c->setup_parsed = c->error_now = false;
	if (c->setup_seen < c->setup_expected)
		return;
	c->parsing_begin = c->parsing_count = 0;
	client_finish_setup(c, now);
}

struct cancel_list {
	struct engine *engine;
	unsigned count;
	PGcancel *items[];
};

static void *cancel_main(void *argument)
{
	struct cancel_list *list = argument;
	unsigned i;

	for (i = 0; i < list->count; i++) {
		char text[256];

		PQcancel(list->items[i], text, sizeof(text));
		PQfreeCancel(list->items[i]);
	}
	atomic_fetch_sub(&list->engine->cancelling, 1);
	free(list);
	return NULL;
}

/*
 * PQcancel() blocks, for ever when the other side stalls. So a thread of its own does it, which
 * owns the cancel objects and is left alone when it hangs.
 */
void connect_cancel_all(struct worker *w)
{
	struct cancel_list *list = xmalloc(sizeof(*list) + w->client_count * sizeof(PGcancel *));
	pthread_t thread;
	unsigned i;

	list->engine = w->engine;
	list->count = 0;
	for (i = 0; i < w->client_count; i++) {
		struct client *c = &w->clients[i];

		if ((c->state != CLIENT_WAITING && c->state != CLIENT_ROLLBACK) || !c->cancel)
			continue;
		list->items[list->count++] = c->cancel;
		c->cancel = NULL;
	}
	atomic_fetch_add(&w->engine->cancelling, 1);
	if (pthread_create(&thread, NULL, cancel_main, list) == 0)
		pthread_detach(thread);
	else
		cancel_main(list);
}
