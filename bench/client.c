/*
 * client.c - one connection walking through a script.
 *
 * client_run() advances until the client has to wait: for an answer, a timer, or a connection.
 * What it waits for calls back into this file, which takes up the walk again. Nothing here blocks
 * and, once every buffer has grown to its size, nothing allocates.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "bench/dataset.h"
#include "bench/sqlstate.h"
#include "bench/worker.h"
#include "common/memory.h"

#define TURNS 64 /* transactions of a script that never waits, before others get their turn */

enum advance { ADVANCE_BLOCKED, ADVANCE_ENDED };

static struct stats *stats_of(struct client *c)
{
	return &c->worker->stats;
}

static void note_failure(struct client *c, uint32_t statement, const char *sqlstate,
			 const char *message)
{
	struct engine *engine = c->worker->engine;
	struct error e;

	c->failed = true;
	if (c->counted)
		stats_failure(stats_of(c), c->script_index, statement, sqlstate, message, 1);
	if (!c->worker->options->stop_on_error)
		return;
	error_set(&e, ERROR_SQL, "script '%s' failed: %s (%s%s)", c->script->name, message,
		  strcmp(sqlstate, STATS_META) == 0 ? "" : "SQLSTATE ", sqlstate);
	snprintf(e.sqlstate, sizeof(e.sqlstate), "%s", sqlstate);
	error_hint(&e, "without '--on-error stop' failures are counted and the run goes on");
	engine_fail(engine, &e);
}

/* A fault in the script's own commands: a division by zero, a \gset without a row. */
static void note_meta_failure(struct client *c, const struct step *step, const char *why)
{
	char message[200];

	snprintf(message, sizeof(message), "%s:%u: %s", c->script->source, step->line, why);
	note_failure(c, NO_STATEMENT, STATS_META, message);
}

static void pick_script(struct client *c)
{
	const struct workload *w = c->worker->options->workload;

	c->script_index = 0;
	if (w->script_count > 1)
		c->script_index = (uint32_t)workload_pick(
			w, random_range(&c->random, 0, w->total_weight - 1));
	c->script = &w->scripts[c->script_index];
}

/*
 * Open loop: the next due time, leaving out those that are too late. False when none is due yet.
 */
static bool take_due(struct worker *w, uint64_t now, uint64_t *due)
{
	uint64_t limit = w->options->max_lag_ns;

	while (w->arrival.due <= now) {
		*due = arrival_take(&w->arrival);
		if (!limit || now - *due <= limit)
			return true;
		if (*due >= w->window_begin)
			w->stats.skipped++;
	}
	return false;
}

/* What a second try needs: the random stream and the variables as they are now. */
static void save_for_retry(struct client *c)
{
	size_t n = c->worker->options->workload->variable_count;

	c->saved_random = c->random;
	memcpy(c->saved_variables, c->variables, n * sizeof(*c->variables));
}

/*
 * Whether the plan wants this connection now. When not it is closed, until its time comes again.
 */
static bool is_wanted(struct client *c, uint64_t now)
{
	const struct plan *plan = c->worker->options->plan;
	uint64_t begin = c->worker->window_begin;
	double offset = now > begin ? (double)(now - begin) : 0, again;

	if (plan_connections(plan, offset) > c->rank)
		return true;
	connect_close(c);
	again = plan_activation(plan, c->rank, offset);
	if (isinf(again)) {
		c->state = CLIENT_DONE;
		worker_client_done(c);
	} else {
		c->state = CLIENT_OFFLINE;
		worker_timer(c, begin + (uint64_t)again);
	}
	return false;
}

/* Phases: a connection comes and goes. False when it cannot begin a transaction now. */
static bool follow_plan(struct client *c, uint64_t now)
{
	if (!is_wanted(c, now))
		return false;
	if (c->wire.fd < 0 && !c->worker->options->connect_each) {
		connect_start(c, now);
		return false;
	}
	return true;
}

/* Closed loop: the pause after a transaction. False while it lasts. */
static bool has_thought(struct client *c, uint64_t now)
{
	if (c->think_until <= now || arrival_is_open(&c->worker->arrival))
		return true;
	c->state = CLIENT_THINKING;
	worker_timer(c, c->think_until);
	return false;
}

void client_begin(struct client *c, uint64_t now)
{
	struct worker *w = c->worker;
	bool limited = w->options->transactions > 0;
	uint64_t due = now;

	if (w->options->connect_each && c->pg)
		connect_close(c);
	if (now >= w->window_end || (limited && c->transactions_left == 0)) {
		c->state = CLIENT_DONE;
		worker_client_done(c);
		return;
	}
	if (!has_thought(c, now) || (w->options->plan && !follow_plan(c, now)))
		return;
	if (arrival_is_open(&w->arrival) && !take_due(w, now, &due)) {
		c->state = CLIENT_RESTING;
		worker_rest(c);
		return;
	}
	if (limited)
		c->transactions_left--;
	pick_script(c);
	c->state = CLIENT_IDLE;
	c->pc = 0;
	c->failed = c->pipeline = c->waited = false;
	c->due = due;
	c->begun = c->try_begun = now;
	c->tries = 1;
	c->retry = false;
	c->in_transaction = true;
	if (c->saved_variables)
		save_for_retry(c);
	c->counted = due >= w->window_begin;
	if (c->counted) {
		w->stats.scripts[c->script_index].attempts++;
		if (arrival_is_open(&w->arrival))
			histogram_record(&w->stats.lag, now - due);
	}
	if (w->options->connect_each)
		connect_start(c, now);
}

/* What a workload file adds: the pattern's pause and time limit, figures for each phase. */
static void count_for_plan(struct client *c, const struct plan *plan, uint64_t now)
{
	const struct plan_pattern *pattern = &plan->patterns[c->script_index];
	struct phase_stats *phase;

	c->think_until = now + pattern->think_ns;
	if (!c->counted)
		return;
	phase = &stats_of(c)->phases[plan_phase_at(plan, c->due - c->worker->window_begin)];
	if (c->failed) {
		phase->failed++;
		return;
	}
	phase->done++;
	histogram_record(&phase->latency, now - c->due);
	if (pattern->limit_ns && now - c->due > pattern->limit_ns)
		stats_of(c)->scripts[c->script_index].late++;
}

/* Counts the transaction that just ended. */
static void count_transaction(struct client *c, uint64_t now)
{
	struct script_stats *s = &stats_of(c)->scripts[c->script_index];

	if (c->worker->options->plan)
		count_for_plan(c, c->worker->options->plan, now);

	c->in_transaction = false;
	worker_transaction(c, now, !c->failed);
	if (!c->counted)
		return;
	s->retried += c->tries > 1;
	if (c->failed) {
		s->failed++;
	} else {
		s->done++;
		histogram_record(&s->latency, now - c->due);
		if (arrival_is_open(&c->worker->arrival))
			histogram_record(&stats_of(c)->service, now - c->begun);
	}
}

/* Sends what is in the buffer; the answer is awaited in `state`. */
static void send_and_wait(struct client *c, enum client_state state)
{
	c->state = state;
	c->answered = c->error_now = false;
	c->rows = -1;
	switch (wire_flush(&c->wire)) {
	case WIRE_OK:
		break;
	case WIRE_AGAIN:
		worker_interest(c, EPOLLIN | (c->wire.want_write ? (uint32_t)EPOLLOUT : 0));
		break;
	case WIRE_CLOSED:
		/* The server's last words may still wait to be read: let the read find the end. */
		c->wire.out_begin = c->wire.out_end = 0;
		break;
	}
}

static void push_inflight(struct client *c, const struct statement *s, uint64_t now)
{
	if (c->inflight_begin + c->inflight_count == c->inflight_capacity) {
		c->inflight_capacity = c->inflight_capacity ? c->inflight_capacity * 2 : 8;
		c->inflight = xrealloc(c->inflight, c->inflight_capacity * sizeof(*c->inflight));
	}
	c->inflight[c->inflight_begin + c->inflight_count++] = (struct inflight){s, now};
}

static void append_statement(struct client *c, const struct statement *s)
{
	const struct template *t = &c->worker->templates[s->index];
	enum protocol protocol = c->worker->options->protocol;

	if (protocol == PROTOCOL_SIMPLE) {
		message_simple(&c->wire, s, c->variables);
		return;
	}
	if (protocol == PROTOCOL_EXTENDED) {
		message_parse(&c->wire, t);
	} else if (c->prepared[s->index] == 0) {
		message_parse(&c->wire, t);
		c->prepared[s->index] = 2;
		c->parsing[c->parsing_begin + c->parsing_count++] = s->index;
	}
	message_execute(&c->wire, t, c->variables);
}

static bool do_statement(struct client *c, const struct statement *s, uint64_t now)
{
	append_statement(c, s);
	push_inflight(c, s, now);
	c->pc++;
	if (c->pipeline)
		return false;
	if (c->worker->options->protocol != PROTOCOL_SIMPLE)
		message_sync(&c->wire);
	send_and_wait(c, CLIENT_WAITING);
	return true;
}

static bool do_pipeline_end(struct client *c, uint64_t now)
{
	uint32_t i;

	c->pipeline = false;
	c->pc++;
	if (c->inflight_count == 0)
		return false;
	for (i = 0; i < c->inflight_count; i++)
		c->inflight[c->inflight_begin + i].sent = now;
	c->pipeline = true; /* until the answer is here: statements are timed one by one */
	message_sync(&c->wire);
	send_and_wait(c, CLIENT_WAITING);
	return true;
}

static int evaluate(struct client *c, const struct step *step, struct value *v)
{
	const struct workload *w = c->worker->options->workload;
	struct evaluation context = {.variables = c->variables,
				     .random = &c->random,
				     .names = w->variables,
				     .default_seed = c->worker->options->default_seed};
	const char *why = "";

	if (expression_evaluate(step->expression, &context, v, &why) == 0)
		return 0;
	note_meta_failure(c, step, why);
	return -1;
}

static bool do_sleep(struct client *c, const struct step *step, struct value v, uint64_t now)
{
	double ns = 0;

	if (v.type == VALUE_TEXT)
		v = value_interpret(v.text);
	if (v.type == VALUE_INT)
		ns = (double)v.integer;
	else if (v.type == VALUE_DOUBLE)
		ns = v.number;
	c->pc++;
	ns *= (double)step->unit_ns;
	if (!(ns > 0))
		return false;
	c->state = CLIENT_SLEEPING;
	worker_timer(c, now + (ns > 1e18 ? (uint64_t)1e18 : (uint64_t)ns));
	return true;
}

/* One step that is no SQL. True when the client now has to wait. */
static bool do_meta(struct client *c, const struct step *step, uint64_t now)
{
	struct value v = {.type = VALUE_NULL};

	if (step->expression && evaluate(c, step, &v) < 0) {
		c->pc = (uint32_t)c->script->step_count;
		return false;
	}
	switch (step->type) {
	case STEP_SET:
		c->variables[step->slot] = v;
		c->pc++;
		return false;
	case STEP_DRAW:
		draw_row(step->draw, &c->random, c->variables);
		c->pc++;
		return false;
	case STEP_SLEEP:
		return do_sleep(c, step, v, now);
	case STEP_JUMP:
		c->pc = step->target;
		return false;
	case STEP_JUMP_UNLESS:
		c->pc = value_is_true(&v) ? c->pc + 1 : step->target;
		return false;
	case STEP_PIPELINE_BEGIN:
		c->pipeline = true;
		c->pc++;
		return false;
	case STEP_PIPELINE_END:
		return do_pipeline_end(c, now);
	case STEP_SQL:
		break;
	}
	return false;
}

/* From the start, with the same random numbers and variables, as pgbench does. */
static void try_again(struct client *c, uint64_t now)
{
	struct worker *w = c->worker;

	if (c->counted) {
		w->stats.retries++;
		histogram_record(&w->stats.retry, now - c->try_begun);
	}
	c->retry = c->failed = c->waited = false;
	c->tries++;
	c->try_begun = now;
	c->pc = 0;
	c->state = CLIENT_IDLE;
	c->random = c->saved_random;
	memcpy(c->variables, c->saved_variables,
	       w->options->workload->variable_count * sizeof(*c->variables));
}

/* Whether the error that just came is one that another try may heal. */
static bool may_retry(const struct client *c, uint64_t now)
{
	return c->tries < c->worker->options->max_tries && sqlstate_is_contention(c->sqlstate) &&
	       now < c->worker->window_end;
}

/*
 * The script is over, or was left after a failure. What it left open must not reach the next one:
 * unsent statements are dropped, an open transaction is rolled back.
 */
static enum advance end_script(struct client *c, uint64_t *now)
{
	if (!c->waited) /* the time at hand is that of the begin */
		*now = clock_now();
	c->pipeline = false;
	if (c->inflight_count) { /* a pipeline that was never sent */
		c->inflight_begin = c->inflight_count = 0;
		c->wire.out_begin = c->wire.out_end = 0;
	}
	if (c->status != 'I') {
		if (!c->failed && !c->retry) {
			char message[200];

			snprintf(message, sizeof(message),
				 "%s: the script ends inside a transaction", c->script->source);
			note_failure(c, NO_STATEMENT, STATS_META, message);
		}
		message_query(&c->wire, "ROLLBACK");
		send_and_wait(c, CLIENT_ROLLBACK);
		return ADVANCE_BLOCKED;
	}
	if (c->retry) {
		try_again(c, *now);
		return ADVANCE_ENDED;
	}
	count_transaction(c, *now);
	client_begin(c, *now);
	return ADVANCE_ENDED;
}

static enum advance advance(struct client *c, uint64_t *now)
{
	while (c->pc < c->script->step_count) {
		const struct step *step = &c->script->steps[c->pc];

		if (step->type == STEP_SQL ? do_statement(c, step->statement, *now)
					   : do_meta(c, step, *now))
			return ADVANCE_BLOCKED;
	}
	return end_script(c, now);
}

void client_run(struct client *c, uint64_t now)
{
	int turns = 0;

	while (c->state == CLIENT_IDLE && advance(c, &now) == ADVANCE_ENDED) {
		if (++turns >= TURNS && c->state == CLIENT_IDLE) {
			worker_defer(c);
			return;
		}
	}
}

/* Counts a statement of the answer that just came. */
static void count_statement(struct client *c, const struct inflight *f, uint64_t now)
{
	struct statement_stats *s = &stats_of(c)->statements[f->statement->index];

	if (!c->counted)
		return;
	s->executed++;
	histogram_record(&s->latency, now - f->sent);
}

static void count_failed_statement(struct client *c)
{
	uint32_t index = NO_STATEMENT;

	if (c->inflight_count) {
		index = c->inflight[c->inflight_begin].statement->index;
		if (c->counted)
			stats_of(c)->statements[index].failed++;
	}
	note_failure(c, index, c->sqlstate, c->message);
}

/* A Parse whose completion never came did not happen. */
static void settle_parsing(struct client *c)
{
	uint32_t i;

	for (i = 0; i < c->parsing_count; i++)
		c->prepared[c->parsing[c->parsing_begin + i]] = 0;
	c->parsing_begin = c->parsing_count = 0;
}

/* The server lost our prepared statement (a pooler, DISCARD ALL): prepare it again when needed. */
static void forget_prepared(struct client *c)
{
	if (c->inflight_count && strcmp(c->sqlstate, "26000") == 0)
		c->prepared[c->inflight[c->inflight_begin].statement->index] = 0;
}

static void check_capture(struct client *c)
{
	const struct statement *s;
	char message[100];

	if (c->error_now || c->inflight_count != 1 || c->pipeline)
		return;
	s = c->inflight[c->inflight_begin].statement;
	if (s->capture != CAPTURE_GSET || c->rows == 1)
		return;
	snprintf(message, sizeof(message), "\\gset expected one row, got %lld",
		 c->rows < 0 ? 0ll : (long long)c->rows);
	if (c->counted)
		stats_of(c)->statements[s->index].failed++;
	note_failure(c, s->index, STATS_META, message);
}

/* ReadyForQuery: everything that was sent is answered. */
static void answered(struct client *c, uint64_t now)
{
	c->waited = true;
	if (c->parsing_count)
		settle_parsing(c);
	if (c->state == CLIENT_ROLLBACK) {
		c->status = 'I';
		if (c->retry) {
			try_again(c, now);
		} else {
			count_transaction(c, now);
			client_begin(c, now);
		}
		client_run(c, now);
		return;
	}
	if (c->state != CLIENT_WAITING)
		return; /* an answer nobody asked for; nothing to do about it */
	check_capture(c);
	if (c->error_now) {
		forget_prepared(c);
		if (may_retry(c, now))
			c->retry = true;
		else
			count_failed_statement(c);
	} else if (!c->pipeline && c->inflight_count && !c->failed) {
		count_statement(c, &c->inflight[c->inflight_begin], now);
	}
	c->inflight_begin = c->inflight_count = 0;
	c->pipeline = false;
	c->state = CLIENT_IDLE;
	if (c->failed || c->retry)
		c->pc = (uint32_t)c->script->step_count;
	client_run(c, now);
}

/* Keeps what is not whole yet at the front of `pending`. */
static void keep_pending(struct client *c, const uint8_t *data, size_t size)
{
	if (size > c->pending_capacity) {
		c->pending_capacity = size > 4096 ? size * 2 : 4096;
		c->pending = xrealloc(c->pending, c->pending_capacity);
	}
	if (size)
		memmove(c->pending, data, size);
	c->pending_size = size;
}

/* Reads once and walks over it. False when there is nothing more to read now. */
static bool read_some(struct client *c, uint64_t *now)
{
	uint8_t *into = c->worker->input;
	size_t room = WORKER_INPUT, n, used, held = c->pending_size;
	enum wire_result r;
	bool drained;

	if (held) {
		if (c->pending_capacity - held < WORKER_INPUT) {
			c->pending_capacity = held + 2 * WORKER_INPUT;
			c->pending = xrealloc(c->pending, c->pending_capacity);
		}
		into = c->pending + held;
	}
	r = wire_read(&c->wire, into, room, &n);
	if (r == WIRE_AGAIN)
		return false;
	*now = clock_now();
	if (r == WIRE_CLOSED) {
		client_abandon(c, *now, c->fatal ? c->sqlstate : STATS_LOST,
			       c->fatal ? c->message : "the server closed the connection");
		return false;
	}
	drained = wire_drained(&c->wire, n, room);
	used = answer_walk(c, held ? c->pending : into, held + n, *now);
	if (c->wire.fd < 0)
		return false;
	if (held || used < n)
		keep_pending(c, (held ? c->pending : into) + used, held + n - used);
	return !drained;
}

void client_readable(struct client *c)
{
	uint64_t now = 0;

	while (read_some(c, &now))
		;
	if (c->wire.fd < 0)
		return;
	if (c->wire.want_write)
		worker_interest(c, EPOLLIN | EPOLLOUT);
	if (c->answered) {
		c->answered = false;
		answered(c, now);
	}
}

void client_writable(struct client *c)
{
	enum wire_result r = wire_flush(&c->wire);

	if (r == WIRE_CLOSED)
		c->wire.out_begin = c->wire.out_end = 0;
	worker_interest(c, EPOLLIN | (c->wire.want_write ? (uint32_t)EPOLLOUT : 0));
}

void client_wake(struct client *c, uint64_t now)
{
	switch (c->state) {
	case CLIENT_OFFLINE:
		if (c->worker->options->connect_each || c->worker->options->plan) {
			client_begin(c, now);
			client_run(c, now);
		} else {
			connect_start(c, now);
		}
		break;
	case CLIENT_CONNECTING:
		connect_timeout(c, now);
		break;
	case CLIENT_THINKING:
		client_begin(c, now);
		client_run(c, now);
		break;
	case CLIENT_SLEEPING:
		c->state = CLIENT_IDLE;
		c->waited = true;
		client_run(c, now);
		break;
	default:
		break;
	}
}

/* The connection is gone, or given up: its transaction failed. */
void client_abandon(struct client *c, uint64_t now, const char *sqlstate, const char *why)
{
	struct engine *engine = c->worker->engine;
	struct error e;

	if (atomic_load(&engine->phase) == PHASE_CONNECT) {
		error_set(&e, ERROR_CONNECT, "connection %u was lost before the run began: %s",
			  c->id + 1, why);
		engine_fail(engine, &e);
	} else if (c->in_transaction) {
		if (c->inflight_count && c->state == CLIENT_WAITING && c->counted)
			stats_of(c)
				->statements[c->inflight[c->inflight_begin].statement->index]
				.failed++;
		if (c->state != CLIENT_ROLLBACK || !c->failed)
			note_failure(c,
				     c->inflight_count
					     ? c->inflight[c->inflight_begin].statement->index
					     : NO_STATEMENT,
				     sqlstate, why);
		count_transaction(c, now);
	}
	connect_lost(c, now);
}

void client_fail_connect(struct client *c, uint64_t now, const struct error *e)
{
	if (!c->in_transaction)
		return;
	note_failure(c, NO_STATEMENT, e->sqlstate[0] ? e->sqlstate : STATS_LOST, e->text);
	count_transaction(c, now);
}

void client_finish_setup(struct client *c, uint64_t now)
{
	c->state = CLIENT_IDLE;
	c->status = 'I';
	if (c->in_transaction) { /* it waited for its connection */
		client_run(c, now);
		return;
	}
	if (!c->worker->running) {
		c->worker->ready_count++;
		return;
	}
	client_begin(c, now);
	client_run(c, now);
}
