/*
 * pg.c - see pg.h. Statements go out without blocking and the answer is awaited with poll(), so
 * that a server that stops answering cannot hang us: after the deadline the statement is
 * cancelled, and when even that is not answered the connection is given up.
 */
#include "common/pg.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libpq-fe.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/memory.h"

#define CANCEL_GRACE_MS 5000
#define INTERRUPT_MS	200

/*
 * What goes to libpq at once in a COPY: with the message's head of 5 bytes a multiple of the 8 KB
 * that libpq sends at a time, so that nothing is left behind for a small send of its own; and
 * little enough to be in the cache still when the server copies it.
 */
#define COPY_PIECE    ((size_t)32768 - 5)
#define SOCKET_BUFFER (1 << 20)

struct pg {
	PGconn *c;
	PGcancel *cancel;
	int deadline_ms;
	bool interruptible;
	int interrupts; /* those that came before it was */
};

struct pg_result {
	PGresult *r;
};

static void put(struct pg_params *p, size_t *n, const char *keyword, const char *value)
{
	p->keyword[*n] = keyword;
	p->value[(*n)++] = value;
}

/* A later entry wins over an earlier one, so what stands before the DSN is only a default. */
void pg_params(struct pg_params *p, const char *dsn)
{
	size_t n = 0;

	memset(p, 0, sizeof(*p));
	p->password_number = password_get(dsn, p->password);
	if (!getenv("PGCONNECT_TIMEOUT"))
		put(p, &n, "connect_timeout", "10");
	if (dsn && *dsn)
		put(p, &n, "dbname", dsn);
	put(p, &n, "fallback_application_name", "lakeport");
	put(p, &n, "client_encoding", "UTF8");
	put(p, &n, "gssencmode", "disable");
	if (p->password_number)
		put(p, &n, "password", p->password);
	p->has_dsn = dsn && *dsn;
}

void pg_params_wipe(struct pg_params *p)
{
	explicit_bzero(p->password, sizeof(p->password));
}

void pg_dsn_part(const char *dsn, const char *keyword, char *out, size_t size)
{
	PQconninfoOption *said = PQconninfoParse(dsn ? dsn : "", NULL), *known = PQconndefaults();
	PQconninfoOption *lists[] = {said, known}, *o;
	size_t i;

	out[0] = '\0';
	for (i = 0; i < 2; i++)
		for (o = lists[i]; o && o->keyword; o++)
			if (out[0] == '\0' && o->val && strcmp(o->keyword, keyword) == 0)
				snprintf(out, size, "%s", o->val);
	PQconninfoFree(said);
	PQconninfoFree(known);
}

/* What libpq's text about a failed connection means; the server's own words are part of it. */
static const struct {
	const char *words, *sqlstate, *hint;
	bool refused, retryable;
} failures[] = {
	{"password authentication failed", "28P01",
	 "check the user and the password (PGPASSWORD, ~/.pgpass or the DSN)", true, false},
	{"no password supplied", "28P01", "give a password with PGPASSWORD, ~/.pgpass or the DSN",
	 true, false},
	{"authentication failed", "28000", "check the user and the password", true, false},
	{"no pg_hba.conf entry", "28000", "the server does not take this user from this address",
	 true, false},
	{"too many clients", "53300",
	 "use fewer connections (-c), or raise max_connections on the server", true, true},
	{"remaining connection slots are reserved", "53300",
	 "use fewer connections (-c), or raise max_connections on the server", true, true},
	{"too many connections", "53300",
	 "use fewer connections (-c), or raise the connection limit on the server", true, true},
	{"the database system is", "57P03", "wait until the server is up", false, true},
	{"does not exist", "3D000", "check the database and the user of the DSN", true, false},
	{"not known", "", "check the host name", false, false},
	{"invalid connection option", "", "check the DSN", true, false},
	{"missing \"=\"", "", "check the DSN", true, false},
	{"server does not support SSL", "", "check sslmode", true, false},
	{"certificate verify failed", "", "check sslrootcert and the server's certificate", true,
	 false},
};

int pg_connect_failure(const char *message, struct error *e)
{
	char line[600];
	size_t i, n = 0;

	for (; *message && n + 1 < sizeof(line); message++) {
		if (*message == '\n' && !message[1])
			break;
		line[n++] = *message == '\n' || *message == '\t' ? ' ' : *message;
	}
	line[n] = '\0';
	error_set(e, ERROR_CONNECT, "cannot connect: %s", line);
	e->retryable = true;
	error_hint(e, "check that the server is up and that the DSN names it");
	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		if (!strstr(line, failures[i].words))
			continue;
		e->class = failures[i].refused ? ERROR_REFUSED : ERROR_CONNECT;
		e->retryable = failures[i].retryable;
		snprintf(e->sqlstate, sizeof(e->sqlstate), "%s", failures[i].sqlstate);
		error_hint(e, "%s", failures[i].hint);
		break;
	}
	return -1;
}

/* Notices ("table does not exist, skipping") are no news to our users. */
static void drop_notice(void *context, const char *message)
{
	(void)context;
	(void)message;
}

bool pg_password_refused(const struct error *e)
{
	return strcmp(e->sqlstate, "28P01") == 0 || strcmp(e->sqlstate, "28000") == 0;
}

/*
 * libpq connects (and looks up names) without an ear for signals, so a thread does it. It shares
 * the attempt with whoever waits; who lets go last frees it.
 */
struct attempt {
	struct pg_params params;
	char *dsn; /* params point into it */
	PGconn *c;
	_Atomic int references;
	pthread_mutex_t lock;
	pthread_cond_t finished;
	bool done;
};

static void let_go(struct attempt *a)
{
	if (atomic_fetch_sub(&a->references, 1) > 1)
		return;
	PQfinish(a->c);
	pg_params_wipe(&a->params);
	pthread_cond_destroy(&a->finished);
	pthread_mutex_destroy(&a->lock);
	free(a->dsn);
	free(a);
}

static void *attempt_main(void *argument)
{
	struct attempt *a = argument;

	a->c = PQconnectdbParams(a->params.keyword, a->params.value, a->params.has_dsn);
	pthread_mutex_lock(&a->lock);
	a->done = true;
	pthread_cond_signal(&a->finished);
	pthread_mutex_unlock(&a->lock);
	let_go(a);
	return NULL;
}

/* False: a signal came first. The handler can wake nobody, so its count is looked at. */
static bool await_attempt(struct attempt *a, int interrupts)
{
	struct timespec until;
	bool done;

	pthread_mutex_lock(&a->lock);
	while (!a->done && interrupt_count() == interrupts) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += INTERRUPT_MS / 10 * (long)CLOCK_MS;
		if (until.tv_nsec >= 1000000000) {
			until.tv_sec++;
			until.tv_nsec -= 1000000000;
		}
		pthread_cond_clockwait(&a->finished, &a->lock, CLOCK_MONOTONIC, &until);
	}
	done = a->done;
	pthread_mutex_unlock(&a->lock);
	return done;
}

/* A finished attempt in `c`, which may have failed. -1: a signal came. */
static int attempt(const char *dsn, PGconn **c, unsigned *password, struct error *e)
{
	struct attempt *a = xcalloc(1, sizeof(*a));
	int before = interrupt_count();
	pthread_t thread;
	bool started;

	a->dsn = xstrdup(dsn ? dsn : "");
	pg_params(&a->params, a->dsn);
	*password = a->params.password_number;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->finished, NULL);
	atomic_store(&a->references, 2);
	started = pthread_create(&thread, NULL, attempt_main, a) == 0;
	if (!started)
		attempt_main(a);
	if (await_attempt(a, before)) {
		if (started)
			pthread_join(thread, NULL);
		*c = a->c;
		a->c = NULL;
		let_go(a);
		return 0;
	}
	pthread_detach(thread);
	let_go(a);
	return error_set(e, ERROR_INTERRUPTED, "interrupted while connecting");
}

/* Connects, or says why not. */
static PGconn *open_connection(const char *dsn, struct error *e)
{
	unsigned password = 0;
	PGconn *c = NULL;
	int tries;

	for (tries = 0; tries < 2; tries++) {
		password_await(dsn, password);
		if (attempt(dsn, &c, &password, e) < 0)
			return NULL;
		if (c && PQstatus(c) == CONNECTION_OK) {
			e->class = ERROR_NONE;
			return c;
		}
		pg_connect_failure(c ? PQerrorMessage(c) : "out of memory", e);
		PQfinish(c);
		if (!password || !pg_password_refused(e))
			break;
	}
	return NULL;
}

struct pg *pg_connect(const char *dsn, struct error *e)
{
	struct error none = ERROR_INIT;
	PGconn *c = open_connection(dsn, e ? e : &none);
	struct pg *pg;

	if (!c)
		return NULL;
	pg = xcalloc(1, sizeof(*pg));
	pg->c = c;
	pg->cancel = PQgetCancel(c);
	PQsetnonblocking(c, 1);
	PQsetNoticeProcessor(c, drop_notice, NULL);
	return pg;
}

void pg_close(struct pg *pg)
{
	if (!pg)
		return;
	PQfreeCancel(pg->cancel);
	PQfinish(pg->c);
	free(pg);
}

void pg_deadline(struct pg *pg, int ms)
{
	pg->deadline_ms = ms;
}

void pg_interruptible(struct pg *pg)
{
	if (!pg->interruptible)
		pg->interrupts = interrupt_count();
	pg->interruptible = true;
}

void pg_cancel(struct pg *pg)
{
	char text[256];

	if (pg->cancel)
		PQcancel(pg->cancel, text, sizeof(text));
}

/* libpq's text without its prefix and line ends: "ERROR:  x\nDETAIL: y\n" -> "x (y)" stays short.
 */
static int server_failure(struct pg *pg, const PGresult *r, struct error *e)
{
	const char *primary = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	const char *hint = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_HINT) : NULL;
	const char *position = r ? PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION) : NULL;
	int64_t at;

	if (primary) {
		error_set(e, ERROR_SQL, "%s (SQLSTATE %s)", primary, state ? state : "unknown");
		if (e)
			snprintf(e->sqlstate, sizeof(e->sqlstate), "%s", state ? state : "");
		if (e && position && text_to_int(position, &at) && at > 0 && at <= INT_MAX)
			e->position = (int)at;
		if (hint)
			error_hint(e, "%s", hint);
	} else {
		char line[400];
		size_t n = 0;

		for (const char *m = PQerrorMessage(pg->c); *m && n + 1 < sizeof(line); m++)
			line[n++] = *m == '\n' ? ' ' : *m;
		while (n && line[n - 1] == ' ')
			n--;
		line[n] = '\0';
		error_set(e, ERROR_CONNECT, "the connection was lost: %s", line);
		e->retryable = true;
	}
	return -1;
}

/* How long to poll: until `limit`, or so long that an interrupt is noticed soon. */
static int poll_ms(const struct pg *pg, uint64_t limit)
{
	uint64_t now = clock_now();
	int ms = -1;

	if (limit)
		ms = limit > now ? (int)((limit - now) / CLOCK_MS) + 1 : 0;
	return pg->interruptible && (ms < 0 || ms > INTERRUPT_MS) ? INTERRUPT_MS : ms;
}

/* Waits until libpq can read (and has sent what it holds), or until `limit`. */
static int await(struct pg *pg, bool reading, uint64_t limit, struct error *e)
{
	for (;;) {
		struct pollfd p = {.fd = PQsocket(pg->c), .events = reading ? POLLIN : 0};
		int flushed = PQflush(pg->c), n;

		if (flushed < 0)
			return server_failure(pg, NULL, e);
		if (flushed == 0 && !reading)
			return 0;
		if (flushed > 0)
			p.events |= POLLIN | POLLOUT;
		if (pg->interruptible && interrupt_count() > pg->interrupts) {
			pg_cancel(pg);
			return error_set(e, ERROR_INTERRUPTED, "interrupted");
		}
		n = poll(&p, 1, poll_ms(pg, limit));
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0 && (!limit || clock_now() < limit))
			continue;
		if (n == 0)
			return error_set(e, ERROR_CONNECT, "no answer within %d ms",
					 pg->deadline_ms);
		if (p.revents & (POLLIN | POLLERR | POLLHUP)) {
			if (!PQconsumeInput(pg->c))
				return server_failure(pg, NULL, e);
			if (reading)
				return 0;
		}
	}
}

/* Reads up to the last result of the statement; the last one that is an error, or has rows, stays.
 */
static PGresult *gather(struct pg *pg, struct error *e)
{
	uint64_t limit = 0;
	PGresult *kept = NULL, *r;
	bool cancelled = false;

	if (pg->deadline_ms)
		limit = clock_now() + (uint64_t)pg->deadline_ms * CLOCK_MS;
	for (;;) {
		while (PQisBusy(pg->c)) {
			if (await(pg, true, limit, e) == 0)
				continue;
			if (cancelled || !limit || clock_now() < limit) {
				PQclear(kept);
				return NULL;
			}
			pg_cancel(pg);
			cancelled = true;
			limit = clock_now() + CANCEL_GRACE_MS * CLOCK_MS;
		}
		r = PQgetResult(pg->c);
		if (!r)
			return kept;
		if (kept && PQresultStatus(kept) == PGRES_FATAL_ERROR) {
			PQclear(r);
			continue;
		}
		PQclear(kept);
		kept = r;
		if (PQresultStatus(r) == PGRES_COPY_IN)
			return kept;
	}
}

static PGresult *checked(struct pg *pg, PGresult *r, struct error *e)
{
	ExecStatusType status = r ? PQresultStatus(r) : PGRES_FATAL_ERROR;

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_COPY_IN ||
	    status == PGRES_EMPTY_QUERY)
		return r;
	if (r || !e || e->class == ERROR_NONE)
		server_failure(pg, r, e);
	PQclear(r);
	return NULL;
}

struct pg_result *pg_query(struct pg *pg, const char *sql, const char *const *values, int n,
			   struct error *e)
{
	struct pg_result *result;
	struct error none = ERROR_INIT;
	PGresult *r;

	if (!e)
		e = &none;
	e->class = ERROR_NONE;
	if (!PQsendQueryParams(pg->c, sql, n, NULL, values, NULL, NULL, 0)) {
		server_failure(pg, NULL, e);
		return NULL;
	}
	r = checked(pg, gather(pg, e), e);
	if (!r)
		return NULL;
	result = xmalloc(sizeof(*result));
	result->r = r;
	return result;
}

void pg_free(struct pg_result *r)
{
	if (!r)
		return;
	PQclear(r->r);
	free(r);
}

int pg_rows(const struct pg_result *r)
{
	return PQntuples(r->r);
}

const char *pg_value(const struct pg_result *r, int row, int column)
{
	/* What answers need not be a Postgres: rows may be narrower than they were asked for. */
	if (row >= PQntuples(r->r) || column >= PQnfields(r->r) || PQgetisnull(r->r, row, column))
		return NULL;
	return PQgetvalue(r->r, row, column);
}

int pg_columns(const struct pg_result *r)
{
	return PQnfields(r->r);
}

const char *pg_column(const struct pg_result *r, int column)
{
	const char *name = PQfname(r->r, column);

	return name ? name : "";
}

unsigned pg_column_type(const struct pg_result *r, int column)
{
	return PQftype(r->r, column);
}

int64_t pg_affected(const struct pg_result *r)
{
	int64_t n;

	return text_to_int(PQcmdTuples(r->r), &n) ? n : 0;
}

int pg_exec(struct pg *pg, const char *sql, struct error *e)
{
	struct error none = ERROR_INIT;
	PGresult *r;

	if (!e)
		e = &none;
	e->class = ERROR_NONE;
	if (!PQsendQuery(pg->c, sql))
		return server_failure(pg, NULL, e);
	r = checked(pg, gather(pg, e), e);
	PQclear(r);
	return r ? 0 : -1;
}

int pg_prepare(struct pg *pg, const char *name, const char *sql, struct error *e)
{
	PGresult *r;

	e->class = ERROR_NONE;
	if (!PQsendPrepare(pg->c, name, sql, 0, NULL))
		return server_failure(pg, NULL, e);
	r = checked(pg, gather(pg, e), e);
	PQclear(r);
	return r ? 0 : -1;
}

int pg_parameters(struct pg *pg, const char *name, struct error *e)
{
	PGresult *r;
	int n;

	e->class = ERROR_NONE;
	if (!PQsendDescribePrepared(pg->c, name))
		return server_failure(pg, NULL, e);
	r = checked(pg, gather(pg, e), e);
	n = r ? PQnparams(r) : -1;
	PQclear(r);
	return n;
}

char *pg_scalar(struct pg *pg, const char *sql, struct error *e)
{
	struct pg_result *r = pg_query(pg, sql, NULL, 0, e);
	char *value = NULL;

	if (!r)
		return NULL;
	if (pg_rows(r) >= 1 && pg_value(r, 0, 0))
		value = xstrdup(pg_value(r, 0, 0));
	else
		error_set(e, ERROR_SQL, "no value came back");
	pg_free(r);
	return value;
}

/*
 * A unix socket holds 208 KB by default, and wakes whoever waits to write only when three quarters
 * of that are gone: the server runs dry between two wake-ups. TCP adapts by itself, unless it is
 * told a size.
 */
static void widen_socket(struct pg *pg)
{
	struct sockaddr_storage name;
	socklen_t n = sizeof(name);
	int fd = PQsocket(pg->c), size = SOCKET_BUFFER;

	if (getsockname(fd, (struct sockaddr *)&name, &n) == 0 && name.ss_family == AF_UNIX)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

int pg_copy_begin(struct pg *pg, const char *sql, struct error *e)
{
	widen_socket(pg);
	return pg_exec(pg, sql, e);
}

int pg_copy_send(struct pg *pg, const char *data, size_t n, struct error *e)
{
	while (n) {
		size_t piece = n < COPY_PIECE ? n : COPY_PIECE;
		int sent = PQputCopyData(pg->c, data, (int)piece);

		if (sent < 0)
			return server_failure(pg, NULL, e);
		/* also when all was taken, or libpq's buffer would grow without end */
		if (await(pg, false, 0, e) < 0)
			return -1;
		if (sent > 0) {
			data += piece;
			n -= piece;
		}
	}
	return 0;
}

int pg_copy_end(struct pg *pg, const char *abort_reason, struct error *e)
{
	PGresult *r;
	int sent;

	e->class = ERROR_NONE;
	while ((sent = PQputCopyEnd(pg->c, abort_reason)) == 0)
		if (await(pg, false, 0, e) < 0)
			return -1;
	if (sent < 0)
		return server_failure(pg, NULL, e);
	r = checked(pg, gather(pg, e), e);
	PQclear(r);
	return r ? 0 : -1;
}

bool pg_copy_answered(struct pg *pg)
{
	struct pollfd p = {.fd = PQsocket(pg->c), .events = POLLIN};

	return poll(&p, 1, 0) > 0 && (p.revents & POLLIN);
}

static void quote(struct buf *out, const char *s, char mark)
{
	buf_putc(out, mark);
	for (; *s; s++) {
		if (*s == mark)
			buf_putc(out, mark);
		buf_putc(out, *s);
	}
	buf_putc(out, mark);
}

void pg_quote_identifier(struct buf *out, const char *name)
{
	quote(out, name, '"');
}

/* With a backslash the E form is used, which reads the same whatever standard_conforming_strings.
 */
void pg_quote_literal(struct buf *out, const char *value)
{
	const char *p;

	if (!strchr(value, '\\')) {
		quote(out, value, '\'');
		return;
	}
	buf_puts(out, " E'");
	for (p = value; *p; p++) {
		if (*p == '\'' || *p == '\\')
			buf_putc(out, *p);
		buf_putc(out, *p);
	}
	buf_putc(out, '\'');
}

int pg_backend(const struct pg *pg)
{
	return PQbackendPID(pg->c);
}

bool pg_alive(const struct pg *pg)
{
	return PQstatus(pg->c) == CONNECTION_OK;
}

int pg_server_version(const struct pg *pg)
{
	return PQserverVersion(pg->c);
}

const char *pg_host(const struct pg *pg)
{
	const char *host = PQhost(pg->c);

	return host ? host : "";
}

const char *pg_database(const struct pg *pg)
{
	return PQdb(pg->c);
}

const char *pg_user(const struct pg *pg)
{
	return PQuser(pg->c);
}

bool pg_uses_tls(const struct pg *pg)
{
	return PQsslInUse(pg->c) != 0;
}
