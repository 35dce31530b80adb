/* sweep_record.c - see sweep.h: the steps of a sweep as the parts of a record. */
#include <math.h>
#include <stdio.h>

#include "bench/sweep.h"
#include "bench/result.h"

#define BUSY_LIMIT 0.8 /* a client thread busier than this may be what limits the rate */

char *sweep_step_name(const struct sweep_step *s, char *out, size_t size)
{
	if (s->offered > 0)
		snprintf(out, size, "%.6g/s", s->offered);
	else
		snprintf(out, size, "%u connection%s", s->connections,
			 s->connections == 1 ? "" : "s");
	return out;
}

static struct cell number(double v)
{
	return (struct cell){.number = v};
}

static const char *verdict_word(const struct sweep *sweep, const struct sweep_step *s)
{
	if (!sweep->has_slo || s->offered <= 0)
		return "";
	if (s->judged.all <= 0)
		return "nothing came";
	if (s->judged.kept)
		return s->judged.sure ? "kept" : "kept, not sure";
	return s->judged.sure ? "broken" : "broken, not sure";
}

static void add_row(struct record *r, struct record_table *t, const struct sweep *sweep,
		    const struct sweep_step *s)
{
	const struct histogram *h = &s->latency;
	double all = s->done + s->failed + s->skipped;
	bool any = h->count > 0, judged = sweep->has_slo && s->offered > 0;
	char name[40];
	struct cell row[] = {
		{.text = sweep_step_name(s, name, sizeof(name))},
		number(s->connections),
		number(s->offered > 0 ? s->offered : (double)NAN),
		number(sweep_rate(s)),
		number(any ? histogram_mean(h) / 1e3 : (double)NAN),
		number(any ? histogram_percentile(h, 0.50) / 1e3 : (double)NAN),
		number(any ? histogram_percentile(h, 0.95) / 1e3 : (double)NAN),
		number(any ? histogram_percentile(h, 0.99) / 1e3 : (double)NAN),
		number(any ? (double)h->max / 1e3 : (double)NAN),
		number(all > 0 ? 100 * (s->failed + s->skipped) / all : (double)NAN),
		number(100 * s->busy_share),
		number(s->window_s),
		number(judged ? 100 * s->judged.share : (double)NAN),
		{.text = verdict_word(sweep, s)},
	};

	table_row(r, t, row);
}

/* The steps of the list are the points of a curve; those of the search go into another table. */
static void add_table(struct record *r, const struct sweep *sweep, bool searched)
{
	static const struct record_column columns[] = {
		{"step", "Step", "", BETTER_NONE, true},
		{"connections", "Connections", "", BETTER_NONE, false},
		{"offered", "Offered", "tx/s", BETTER_NONE, false},
		{"rate", "Rate", "tx/s", BETTER_HIGHER, false},
		FIGURE_MEAN,
		FIGURE_P50,
		FIGURE_P95,
		FIGURE_P99,
		FIGURE_MAX,
		{"lost_share", "Failed, skipped", "%", BETTER_LOWER, false},
		{"client_busy_share", "Client CPU", "%", BETTER_LOWER, false},
		{"seconds", "Measured", "s", BETTER_NONE, false},
		{"slow_share", "Slow", "%", BETTER_LOWER, false},
		{"verdict", "Objective", "", BETTER_NONE, true},
	};
	struct record_table *t = record_table(r, searched ? "search" : "sweep",
					      searched ? "Search for the objective" : "Sweep",
					      columns, sizeof(columns) / sizeof(columns[0]));
	size_t i;

	for (i = 0; i < sweep->step_count; i++)
		if (sweep->steps[i]->searched == searched)
			add_row(r, t, sweep, sweep->steps[i]);
	if (!searched)
		table_curve(r, t, "rate");
}

/* The steps of the list alone make the curve; those of the search are of another kind. */
static size_t curve(const struct sweep *sweep, double *rate, double *latency)
{
	size_t n = 0;

	while (n < sweep->step_count && n < SWEEP_LIST_MAX && !sweep->steps[n]->searched) {
		rate[n] = sweep_rate(sweep->steps[n]);
		latency[n] = histogram_mean(&sweep->steps[n]->latency);
		n++;
	}
	return n;
}

static void add_knee(struct record *r, const struct sweep *sweep)
{
	double rate[SWEEP_LIST_MAX], latency[SWEEP_LIST_MAX];
	size_t n = curve(sweep, rate, latency), knee;
	char name[40], text[200];

	if (n < 2)
		return;
	knee = knee_find(rate, latency, n);
	sweep_step_name(sweep->steps[knee], name, sizeof(name));
	record_metric(r, "knee_rate", NULL, rate[knee], true);
	if (sweep->rate_count == 0)
		record_metric(r, "knee_connections", NULL, sweep->steps[knee]->connections, true);
	snprintf(
		text, sizeof(text),
		"the knee is at %s: %.1f tx/s at %.3f ms; beyond it latency grows faster than rate",
		name, rate[knee], latency[knee] / 1e6);
	if (knee + 1 < n)
		record_finding(r, "KNEE", SEVERITY_INFO, "curve", text, "");
	else
		record_finding(r, "KNEE-NOT-REACHED", SEVERITY_WARNING, "curve",
			       "the last step is still the best: the knee lies further on",
			       "sweep on with higher steps");
}

static void describe_limit(const struct sweep *sweep, double rate, char *out, size_t size)
{
	size_t i;

	snprintf(out, size, "no rate");
	for (i = 0; rate > 0 && i < sweep->step_count; i++) {
		const struct judgement *j = &sweep->steps[i]->judged;

		if (sweep->steps[i]->offered != rate)
			continue;
		snprintf(out, size,
			 "%.6g/s (%.3g %% of %.0f slow, 99 %% interval %.3g to %.3g %%%s)", rate,
			 100 * j->share, j->all, 100 * j->low, 100 * j->high,
			 j->sure ? "" : ", not sure");
	}
}

static void add_objective(struct record *r, const struct sweep *sweep)
{
	double kept = search_kept(&sweep->search), broken = search_broken(&sweep->search);
	char text[500], kept_text[160], broken_text[160];

	record_metric(r, "slo_rate", NULL, kept > 0 ? kept : (double)NAN, true);
	record_metric(r, "slo_rate_broken", NULL, broken > 0 ? broken : (double)NAN, false);
	describe_limit(sweep, kept, kept_text, sizeof(kept_text));
	describe_limit(sweep, broken, broken_text, sizeof(broken_text));
	snprintf(text, sizeof(text), "%s is kept at %s and broken at %s; %.3g %% may be slow",
		 sweep->slo.text, kept_text, broken_text, 100 * (1 - sweep->slo.share));
	if (kept > 0)
		record_finding(r, "SLO-RATE", SEVERITY_INFO, "objective", text,
			       "the interval takes transactions for independent, and slow ones "
			       "come in bunches: repeat the sweep before you rely on the last "
			       "per cent");
	else
		record_finding(r, "SLO-NOT-KEPT", SEVERITY_WARNING, "objective", text,
			       "look at the steps with the lowest rates: the time of one "
			       "transaction alone may be above the limit");
}

static void add_warnings(struct record *r, const struct sweep *sweep)
{
	bool busy = false;
	char text[400];
	size_t i;

	for (i = 0; i < sweep->step_count; i++) {
		const struct sweep_step *s = sweep->steps[i];
		char name[40];

		busy = busy || (s->busy_share > BUSY_LIMIT && !sweep->engine.poll);
		if (!s->real_failures || r->outcome == OUTCOME_ATTENTION)
			continue;
		snprintf(text, sizeof(text), "%.0f of %.0f transactions failed: %s", s->failed,
			 s->done + s->failed, s->failure);
		record_finding(r, "FAILED-TRANSACTIONS", SEVERITY_WARNING,
			       sweep_step_name(s, name, sizeof(name)), text,
			       "failed transactions are not in the latency figures");
		r->outcome = OUTCOME_ATTENTION;
	}
	if (busy)
		record_finding(r, "CLIENT-BUSY", SEVERITY_WARNING, "client threads",
			       "a client thread was over 80 % busy at some step: the client may be "
			       "the limit",
			       "give it more threads (-j), or run it on a machine of its own");
}

static void set_outcome(struct record *r, const struct sweep *sweep)
{
	if (sweep->stopped.class != ERROR_NONE && !sweep->interrupted) {
		record_finding(r, "STEP-FAILED", SEVERITY_WARNING, "sweep", sweep->stopped.text,
			       sweep->stopped.hint);
		r->outcome = OUTCOME_ATTENTION;
	}
	if (sweep->has_slo && search_kept(&sweep->search) <= 0)
		r->outcome = OUTCOME_ATTENTION;
	r->exit_status = r->outcome == OUTCOME_ATTENTION ? 1 : 0;
	if (sweep->interrupted) {
		r->outcome = OUTCOME_INTERRUPTED;
		r->exit_status = 130;
	}
}

void sweep_record(struct record *r, const struct sweep *sweep)
{
	double highest = 0;
	char name[40];
	size_t i;

	for (i = 0; i < sweep->step_count; i++)
		highest = fmax(highest, sweep_rate(sweep->steps[i]));
	record_metric(r, "peak_rate", NULL, highest, true);
	if (sweep->has_slo)
		add_objective(r, sweep);
	add_knee(r, sweep);
	for (i = 0; i < sweep->step_count; i++) {
		const struct sweep_step *s = sweep->steps[i];

		sweep_step_name(s, name, sizeof(name));
		if (s->latency.count && !s->searched)
			record_histogram(r, "latency", name, "us", &s->latency);
	}
	add_table(r, sweep, false);
	if (sweep->has_slo)
		add_table(r, sweep, true);
	add_warnings(r, sweep);
	set_outcome(r, sweep);
}
