/*
 * client.c - one connection walking through a script.
 *
 * client_run() advances until the client has to wait: for an answer, a timer, or a connection.
 * What it waits for calls back into this file, which takes up the walk again. Nothing here blocks
 * and, once every buffer has grown to its size, nothing allocates.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* A fault in the script's own commands: a division by zero, a \gset without a row. */
static void meta_failure(struct client *c, const struct step *step, const char *why)
{
	char message[200];

	snprintf(message, sizeof(message), "%s:%u: %s", c->script->source, step->line, why);
	transaction_failure(c, NO_STATEMENT, STATS_META, message);
}

/* Sends what is in the buffer; the answer is awaited in `state`. */
static void send_and_wait(struct client *c, enum client_state state)
{
	c->state = state;
	c->answered = c->error_now = false;
	c->rows = -1;
	c->worker->poller->flush(c);
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
	meta_failure(c, step, why);
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
			transaction_failure(c, NO_STATEMENT, STATS_META, message);
		}
		message_query(&c->wire, "ROLLBACK");
		send_and_wait(c, CLIENT_ROLLBACK);
		return ADVANCE_BLOCKED;
	}
	if (c->retry) {
		try_again(c, *now);
		return ADVANCE_ENDED;
	}
	transaction_count(c, *now);
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
	transaction_failure(c, index, c->sqlstate, c->message);
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
	transaction_failure(c, s->index, STATS_META, message);
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
			transaction_count(c, now);
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

static void keep_pending(struct client *c, const uint8_t *data, size_t size)
{
	if (c->pending_size + size > c->pending_capacity) {
		c->pending_capacity = 2 * (c->pending_size + size);
		c->pending = xrealloc(c->pending, c->pending_capacity);
	}
	memcpy(c->pending + c->pending_size, data, size);
	c->pending_size += size;
}

/* Walks over what is held and what came; what is not whole yet stays in `pending`. */
static void walk(struct client *c, const uint8_t *data, size_t size, uint64_t now)
{
	size_t used;

	if (c->pending_size == 0) {
		used = answer_walk(c, data, size, now);
		if (c->attached && used < size)
			keep_pending(c, data + used, size - used);
		return;
	}
	keep_pending(c, data, size);
	used = answer_walk(c, c->pending, c->pending_size, now);
	if (!c->attached)
		return;
	memmove(c->pending, c->pending + used, c->pending_size - used);
	c->pending_size -= used;
}

void client_take(struct client *c, const uint8_t *data, size_t size, uint64_t now)
{
	walk(c, data, size, now);
	if (!c->attached || !c->answered)
		return;
	c->answered = false;
	answered(c, now);
}

void client_closed(struct client *c, uint64_t now)
{
	client_abandon(c, now, c->fatal ? c->sqlstate : STATS_LOST,
		       c->fatal ? c->message : "the server closed the connection");
}

/* Reads once and walks over it. False when there is nothing more to read now. */
static bool read_some(struct client *c, bool ended)
{
	uint8_t *input = c->worker->input;
	enum wire_result r;
	bool drained;
	size_t n;

	r = wire_read(&c->wire, input, WORKER_INPUT, &n);
	if (r == WIRE_AGAIN)
		return false;
	if (r == WIRE_CLOSED) {
		client_closed(c, clock_now());
		return false;
	}
	drained = !ended && wire_drained(&c->wire, n, WORKER_INPUT);
	client_take(c, input, n, clock_now());
	return c->attached && !drained;
}

void client_readable(struct client *c, bool ended)
{
	while (read_some(c, ended))
		;
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
			transaction_failure(
				c,
				c->inflight_count ? c->inflight[c->inflight_begin].statement->index
						  : NO_STATEMENT,
				sqlstate, why);
		transaction_count(c, now);
	}
	connect_lost(c, now);
}

void client_fail_connect(struct client *c, uint64_t now, const struct error *e)
{
	if (!c->in_transaction)
		return;
	transaction_failure(c, NO_STATEMENT, e->sqlstate[0] ? e->sqlstate : STATS_LOST, e->text);
	transaction_count(c, now);
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
