/*
 * worker.h - private to the engine: a worker thread, its connections (clients), and what the
 * threads share. transaction.c begins and counts, client.c walks a script, connect.c opens and
 * loses connections, worker.c is the event loop, poller.h waits and moves bytes, engine.c starts,
 * watches and ends it all.
 *
 * A client is owned by one worker and touched by no other thread.
 */
#ifndef LAKEPORT_BENCH_WORKER_H
#define LAKEPORT_BENCH_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "bench/engine.h"
#include "bench/expression.h"
#include "bench/poller.h"
#include "bench/wire.h"
#include "common/clock.h"
#include "common/random.h"

#define WORKER_INPUT	   ((size_t)64 << 10)
#define CLIENT_MAX_MESSAGE ((size_t)1 << 20) /* of those messages that are kept whole */
#define WORKER_CONNECTING  32		     /* connection attempts under way at once */

struct pg_conn;	  /* PGconn */
struct pg_cancel; /* PGcancel */

enum client_state {
	CLIENT_OFFLINE,	   /* not connected: waiting its turn, or for the back-off to pass */
	CLIENT_CONNECTING, /* libpq is at it */
	CLIENT_SETUP,	   /* connected; session settings and Parse messages are under way */
	CLIENT_IDLE,	   /* ready to go on: about to begin, or having its turn later */
	CLIENT_THINKING,   /* closed loop: in the pause after a transaction */
	CLIENT_RESTING,	   /* open loop: free, waits until a transaction is due */
	CLIENT_WAITING,	   /* sent, the answer is awaited */
	CLIENT_SLEEPING,   /* in \sleep */
	CLIENT_ROLLBACK,   /* a failed transaction is being rolled back */
	CLIENT_DONE,	   /* the run is over for this one */
};

struct inflight { /* a statement that was sent and not yet answered */
	const struct statement *statement;
	uint64_t sent;
};

struct client {
	/* what every query touches */
	struct wire wire;
	enum client_state state;
	const struct script *script;
	uint32_t script_index, pc;
	bool counted;  /* began within the window */
	bool failed;   /* the transaction will be counted as failed */
	bool pipeline; /* between \startpipeline and \endpipeline */
	bool answered; /* ReadyForQuery came */
	bool in_transaction;
	bool retry;	/* the transaction is tried again once it is rolled back */
	bool waited;	/* for something, since the transaction began */
	bool error_now; /* the current answer holds an error */
	char status;	/* of ReadyForQuery: I, T or E */
	uint64_t due, begun, try_begun;
	unsigned tries;
	struct inflight *inflight;
	uint32_t inflight_begin, inflight_count, inflight_capacity;
	struct value *variables;
	struct random random;
	struct random saved_random; /* as the transaction found it, for another try */
	struct value *saved_variables;
	uint8_t *prepared; /* by statement: 0 no, 1 yes, 2 Parse is under way */
	uint32_t *parsing; /* statements whose Parse is under way, in order */
	uint32_t parsing_begin, parsing_count;
	/* input that is not whole yet */
	uint8_t *pending;
	size_t pending_size, pending_capacity;
	size_t skip; /* bytes of an uninteresting message still to pass over */
	/* the rest */
	struct worker *worker;
	struct pg_conn *pg;
	struct pg_cancel *cancel;
	unsigned id;
	unsigned rank; /* the order in which a plan opens connections; spread over the workers */
	uint64_t think_until;
	uint32_t events; /* epoll interest, 0: not registered */
	bool attached;	 /* the session is the poller's */
	uint64_t wake;	 /* timer; 0: none */
	size_t heap_index;
	struct client *next_ready, *next_rested;
	bool in_rest; /* in the worker's list of resting clients, maybe offline by now */
	uint64_t connect_begun, lost_since;
	unsigned connect_attempts;  /* since the connection was lost */
	unsigned password, refused; /* numbers (password.h): in use; refused last */
	bool renewed;		    /* this attempt is one more, with a newer password */
	uint32_t setup_expected, setup_seen;
	bool setup_parsed; /* the current Parse of the setup succeeded */
	uint64_t transactions_left;
	char **texts; /* storage for variables that hold text from rows */
	int64_t rows; /* of the capturing statement */
	int *capture_slots;
	unsigned capture_columns;
	char sqlstate[6]; /* of the current answer's error */
	char message[200];
	bool fatal; /* the server said it will close the connection */
};

struct worker {
	struct engine *engine;
	const struct engine_options *options;
	const struct template *templates; /* by statement */
	unsigned index;
	pthread_t thread;
	const struct poller *poller;
	void *poller_state; /* of the row, if it has any */
	int epoll, wakeup;
	struct client *clients;
	unsigned client_count, next_to_connect, connecting, ready_count, done_count;
	struct client **heap; /* timers, the earliest first */
	size_t heap_count;
	struct client *ready_first, *ready_last; /* to be run without waiting */
	struct client *rest_first, *rest_last;	 /* resting, the longest first */
	struct arrival arrival;
	uint8_t *input;
	struct stats stats;
	struct second_ring *ring;
	uint64_t window_begin, window_end; /* as last seen */
	uint64_t second_end, cpu_second, cpu_begin;
	bool window_open, window_closed, told_ready, running, cancelled;
	bool coarse_timers; /* no epoll_pwait2 here */
};

enum phase { PHASE_CONNECT, PHASE_RUN, PHASE_ABORT };

struct engine { /* shared by all threads */
	const struct engine_options *options;
	struct arena arena;
	struct template *templates;
	struct worker *workers;
	const struct poller *poller;
	_Atomic int phase;
	_Atomic unsigned ready, ended;
	_Atomic uint64_t begin, window_begin, window_end;
	_Atomic bool cancel_now;     /* the drain is over: cancel what is left */
	_Atomic bool close_now;	     /* cancelling did not help: close what is left */
	_Atomic unsigned cancelling; /* threads that send cancel requests */
	pthread_mutex_t lock;	     /* for the two below */
	bool failed;
	struct error error;
};

/*
 * Ends the run: before it began everything stops at once, later the window closes and what is
 * under way finishes. The first caller's error is kept. Any thread.
 */
void engine_fail(struct engine *engine, const struct error *e);

/* transaction.c */
void client_begin(struct client *c, uint64_t now); /* the next transaction, or a wait, or DONE */
void transaction_failure(struct client *c, uint32_t statement, const char *sqlstate,
			 const char *message); /* it has failed; the first reason is named */
void transaction_count(struct client *c, uint64_t now); /* it is over */

/* client.c */
void client_run(struct client *c, uint64_t now);    /* goes on with the script until it waits */
void client_readable(struct client *c, bool ended); /* ended: read on to the end */
void client_take(struct client *c, const uint8_t *data, size_t size, uint64_t now); /* came in */
void client_closed(struct client *c, uint64_t now); /* the server closed the connection */
void client_wake(struct client *c, uint64_t now);   /* its timer */
void client_abandon(struct client *c, uint64_t now, const char *sqlstate, const char *why);
void client_fail_connect(struct client *c, uint64_t now, const struct error *e);
void client_finish_setup(struct client *c, uint64_t now);

/* answer.c: walks over complete messages; returns the bytes used. */
size_t answer_walk(struct client *c, const uint8_t *data, size_t size, uint64_t now);

/* connect.c */
void connect_start(struct client *c, uint64_t now);
void connect_event(struct client *c);
void connect_timeout(struct client *c, uint64_t now);
void connect_setup_answer(struct client *c, uint64_t now); /* one ReadyForQuery while in SETUP */
void connect_lost(struct client *c, uint64_t now);	   /* closes, plans the next attempt */
void connect_close(struct client *c);
void connect_cancel_all(struct worker *w); /* every statement that still runs */

/* worker.c */
void *worker_main(void *worker);
void worker_woken(struct worker *w);		      /* after each wait: the clock */
void worker_event(struct client *c, uint32_t events); /* its socket is ready */
void worker_timer(struct client *c, uint64_t wake);   /* 0: no timer */
void worker_defer(struct client *c);
void worker_rest(struct client *c);
void worker_client_done(struct client *c);
void worker_transaction(struct client *c, uint64_t now, bool done); /* for the second */

#endif
