/*
 * transaction.c - the begin and the end of a transaction: when it is due, on which connection, what
 * it runs; and how it counts once it is over.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/worker.h"

static struct stats *stats_of(struct client *c)
{
	return &c->worker->stats;
}

void transaction_failure(struct client *c, uint32_t statement, const char *sqlstate,
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
	uint64_t limit = w->options->max_lag_ns, least = now > limit ? now - limit : 0;

	if (limit && w->arrival.due < least) { /* too late: given up */
		arrival_skip_to(&w->arrival, least < w->window_begin ? least : w->window_begin);
		w->stats.skipped += arrival_skip_to(&w->arrival, least);
	}
	if (w->arrival.due > now)
		return false;
	*due = arrival_take(&w->arrival);
	return true;
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
void transaction_count(struct client *c, uint64_t now)
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
