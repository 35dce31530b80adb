/*
 * nullpg.h - the parts of nullpg, a FAKE Postgres server for tests (see nullpg.c).
 *
 *   nullpg.c            listening, signals, the report; gives connections to the workers
 *   nullpg_options.c    the command line
 *   nullpg_worker.c     one thread: epoll, the heap of answers that wait, sending, measuring
 *   nullpg_session.c    the protocol of one connection: bytes in, bytes out, no system calls
 *   nullpg_statement.c  its prepared statements and portal
 *   nullpg_bytes.h      protocol messages, put together and taken apart
 *   nullpg_sql.c        as much of SQL as is needed: where a statement ends, its kind, its $n
 *   nullpg_measure.c    durations with exact percentiles
 *   nullpg_delay.c      how long an answer has to wait
 *
 * A session belongs to one worker from the moment it is given to it; the only words that another
 * thread may touch are the atomic ones. Options do not change after start-up.
 */
#ifndef LAKEPORT_TESTS_NULLPG_H
#define LAKEPORT_TESTS_NULLPG_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/histogram.h"
#include "common/random.h"

#define MESSAGE_MAX    ((size_t)1 << 20) /* a longer message ends the connection */
#define OUT_MAX	       ((size_t)8 << 20) /* so does an answer that nobody reads */
#define STATEMENTS_MAX 1024
#define COLUMNS_MAX    1600
#define SESSIONS_MAX   20000
#define THREADS_MAX    64

/* ---- nullpg_delay.c ------------------------------------------------------------------------ */

enum delay_kind { DELAY_NONE, DELAY_FIXED, DELAY_EXPONENTIAL, DELAY_UNIFORM, DELAY_BIMODAL };

struct delay {
	enum delay_kind kind;
	double a, b;  /* ns: the delay or mean; the other end, or the slow one */
	double share; /* bimodal: of the answers that take `a` */
};

/* "fixed:5ms", "exponential:2ms", "uniform:1ms:10ms", "bimodal:1ms:0.99:50ms". Class USAGE. */
int delay_parse(const char *text, struct delay *d, struct error *e);
uint64_t delay_draw(const struct delay *d, struct random *r); /* ns */

/* ---- nullpg_options.c ---------------------------------------------------------------------- */

enum counted { COUNT_ALL, COUNT_SIMPLE, COUNT_EXTENDED };

struct options {
	const char *socket_directory, *address, *password, *report; /* NULL: not given */
	bool tcp, watch_stdin, spin, spread;
	int64_t port, threads, max_connections, seed, value, start_delay_ms;
	int64_t fail_every, drop_every, stall_after; /* 0: never */
	enum counted counted;
	struct delay delay;
	char fail_sqlstate[6];
};
extern struct options options;

int options_parse(int argc, char **argv, struct error *e); /* --help ends the program */

/* ---- nullpg_sql.c -------------------------------------------------------------------------- */

enum statement_kind { KIND_OTHER, KIND_ROWS, KIND_BEGIN, KIND_COMMIT, KIND_ROLLBACK, KIND_EMPTY };

struct statement {
	uint32_t hash;		      /* of the name */
	uint16_t parameters, columns; /* columns: of its row, 1 or more */
	enum statement_kind kind;
	const char *tag; /* of CommandComplete; static text. NULL: no statement */
	char name[64];
};

/*
 * Looks at the first statement of text[0..n): fills kind, tag, parameters (the highest $n outside
 * of literals and comments) and columns (what commas between the first word and FROM separate);
 * returns how many bytes it took, its ';' included.
 */
size_t sql_scan(const char *text, size_t n, struct statement *st);

/* ---- nullpg_session.c ---------------------------------------------------------------------- */

struct bytes {
	uint8_t *data;
	size_t len, cap;
};

enum phase { PHASE_STARTUP, PHASE_PASSWORD, PHASE_READY };

enum turn {
	TURN_READ, /* all input is used; out[0..ready) may be sent now */
	TURN_WAIT, /* one timed batch is complete: send after the delay, then turn again */
	TURN_OPEN, /* start-up is answered: send after options.start_delay, then turn again */
	TURN_CLOSE /* send out[0..ready), then close */
};

struct session {
	/* the protocol's part */
	struct bytes in, out;
	size_t used;	    /* of in: bytes that are dealt with */
	size_t ready;	    /* of out: bytes up to the last Sync, Query or Flush */
	size_t batch_begin; /* of out: where the answer to the running batch begins */
	uint32_t timed;	    /* batches answered in out since the last send */
	enum phase phase;
	char status; /* I T E, as ReadyForQuery says it */
	bool skip_to_sync, executed, binary, stalled, admitted;
	struct statement portal; /* the last one bound, whatever its name */
	struct statement *statements;
	size_t statement_count, statement_capacity;
	uint64_t batches;
	uint32_t pid, key;
	/* the worker's part */
	int fd;
	struct worker *worker;
	size_t heap_index; /* SIZE_MAX: does not wait */
	uint64_t due, delay, read_at;
	bool closing, want_write;
	uint32_t want_events;
	atomic_uint_fast32_t public_key; /* 0: not in use */
	atomic_bool cancelled;
	struct session *next; /* in the list of free or of incoming ones */
};

void session_reset(struct session *s, uint32_t pid, uint32_t key); /* keeps its buffers */
void session_release(struct session *s);
void session_make_room(struct session *s, size_t n); /* for n more bytes in `in` */
enum turn session_turn(struct session *s);
void session_sent(struct session *s, size_t n); /* n bytes of out are on their way */
void session_cancel(struct session *s);		/* the waiting answer becomes error 57014 */
void session_setup(void);			/* once, when options are known */

/* For nullpg_statement.c: an error answer; RowDescription; one statement's whole answer. */
void session_error(struct session *s, const char *severity, const char *sqlstate, const char *text);
void session_describe_row(struct session *s, const struct statement *st, bool binary);
void session_run(struct session *s, const struct statement *st, bool simple);

/* ---- nullpg_statement.c: one message each; the body's `bad` is set when it has no form ----- */

struct body;
void on_parse(struct session *s, struct body *b);
void on_bind(struct session *s, struct body *b);
void on_describe(struct session *s, struct body *b);
void on_execute(struct session *s, struct body *b);
void on_close(struct session *s, struct body *b);

/* ---- nullpg_measure.c ---------------------------------------------------------------------- */

struct measure {
	struct histogram histogram;
	uint64_t *values; /* as many as were kept */
	size_t count, capacity;
};

void measure_add(struct measure *m, uint64_t ns, bool exact);
void measure_merge(struct measure *into, const struct measure *from);
void measure_reset(struct measure *m);
void measure_release(struct measure *m);
void measure_sort(struct measure *m); /* before asking for percentiles */
double measure_percentile(const struct measure *m, double share); /* ns */

/* ---- nullpg_worker.c ----------------------------------------------------------------------- */

struct statistics {
	struct measure actual, intended; /* ns from the read to the send call, and as drawn */
};

enum order { ORDER_NONE, ORDER_COPY, ORDER_RESET, ORDER_STOP };

struct worker {
	pthread_t thread;
	int epoll_fd, wake_fd, done_fd;
	atomic_int order;
	struct statistics *sum; /* of the order that is being carried out */
	atomic_bool cancel_wanted;
	pthread_mutex_t lock; /* of `incoming`: sessions that were given and not yet taken */
	struct session *incoming;
	struct session **heap; /* by due; room for every session */
	size_t heap_count;
	struct random random;
	struct statistics statistics;
};

int worker_start(struct worker *w, size_t sessions, uint64_t lane, struct error *e);
void worker_give(struct worker *w, struct session *s); /* a connected, reset session */
void worker_wake(struct worker *w);

/* Waits until it is carried out. COPY merges what was measured into `sum`, which may be NULL. */
void worker_order(struct worker *w, enum order order, struct statistics *sum);
void worker_release(struct worker *w);

/* ---- nullpg.c ------------------------------------------------------------------------------ */

/* What a worker asks of the whole server. */
struct server_counters {
	atomic_uint_fast64_t statements, batches, failed, dropped, open;
};
extern struct server_counters counters;

void server_cancel(uint32_t pid, uint32_t key);
void server_closed(struct session *s); /* the session goes back to the free ones */

#endif
