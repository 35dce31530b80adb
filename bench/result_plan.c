/*
 * result_plan.c - what a workload file adds to a record: a table of phases, figures for each phase,
 * time limits, and the targets with their verdicts.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/result.h"

static double us(const struct histogram *h, double share)
{
	return h->count ? histogram_percentile(h, share) / 1e3 : (double)NAN;
}

static void add_phase_metrics(struct record *r, const struct plan_phase *phase,
			      const struct phase_stats *s, double rate)
{
	char of[200];

	snprintf(of, sizeof(of), "phase %s", phase->name);
	record_metric(r, "rate", of, rate, false);
	record_metric(r, "transactions", of, (double)s->done, false);
	record_metric(r, "failed", of, (double)s->failed, false);
	record_metric(r, "latency_p50_us", of, us(&s->latency, 0.50), false);
	record_metric(r, "latency_p95_us", of, us(&s->latency, 0.95), false);
	record_metric(r, "latency_p99_us", of, us(&s->latency, 0.99), false);
	if (s->latency.count)
		record_histogram(r, "latency", of, "us", &s->latency);
}

static void add_phases(struct record *r, const struct plan *plan,
		       const struct engine_result *result)
{
	static const struct record_column columns[] = {
		{"phase", "Phase", "", BETTER_NONE, true},
		{"begin_s", "Begin", "s", BETTER_NONE, false},
		{"duration_s", "Length", "s", BETTER_NONE, false},
		{"connections", "Connections", "", BETTER_NONE, false},
		{"offered", "Offered", "tx/s", BETTER_NONE, false},
		{"transactions", "Done", "", BETTER_NONE, false},
		{"failed", "Failed", "", BETTER_LOWER, false},
		{"rate", "Rate", "tx/s", BETTER_HIGHER, false},
		FIGURE_P50,
		FIGURE_P95,
		FIGURE_P99,
		FIGURE_MAX,
	};
	struct record_table *t =
		record_table(r, "phases", "Phases", columns, sizeof(columns) / sizeof(columns[0]));
	size_t i;

	for (i = 0; i < plan->phase_count; i++) {
		const struct plan_phase *phase = &plan->phases[i];
		const struct phase_stats *s = &result->total.phases[i];
		uint64_t end = phase->end < result->window_ns ? phase->end : result->window_ns;
		double seconds = end > phase->begin ? (double)(end - phase->begin) / 1e9 : 0;
		double rate = seconds > 0 ? (double)s->done / seconds : (double)NAN;

		table_row(r, t,
			  (struct cell[]){{.text = phase->name},
					  {.number = (double)phase->begin / 1e9},
					  {.number = seconds},
					  {.number = phase->connections},
					  {.number = plan->open ? phase->rate : (double)NAN},
					  {.number = (double)s->done},
					  {.number = (double)s->failed},
					  {.number = rate},
					  {.number = us(&s->latency, 0.50)},
					  {.number = us(&s->latency, 0.95)},
					  {.number = us(&s->latency, 0.99)},
					  {.number = us(&s->latency, 1)}});
		add_phase_metrics(r, phase, s, rate);
	}
}

static void add_limits(struct record *r, const struct engine_options *o,
		       const struct engine_result *result)
{
	uint64_t late = 0, limited = 0;
	char text[200];
	size_t i;

	for (i = 0; i < o->plan->pattern_count; i++) {
		if (!o->plan->patterns[i].limit_ns)
			continue;
		limited++;
		late += result->total.scripts[i].late;
		if (result->total.scripts[i].late == 0)
			continue;
		snprintf(text, sizeof(text), "%llu of %llu took longer than %g ms",
			 (unsigned long long)result->total.scripts[i].late,
			 (unsigned long long)result->total.scripts[i].done,
			 (double)o->plan->patterns[i].limit_ns / 1e6);
		record_finding(r, "OVER-TIME-LIMIT", SEVERITY_WARNING, o->workload->scripts[i].name,
			       text, "look at its statements, or raise its time_limit_ms");
	}
	if (limited)
		record_metric(r, "late", NULL, (double)late, false);
}

/* The figure that a target speaks of, in the target's unit. */
static double measured(const struct record *r, enum plan_target target)
{
	static const struct {
		const char *metric;
		double divide;
	} sources[TARGET_COUNT] = {{"latency_mean_us", 1e3},
				   {"latency_p95_us", 1e3},
				   {"latency_p99_us", 1e3},
				   {"rate", 1},
				   {"failed_share", 1}};
	const struct metric *m = record_find_metric(r, sources[target].metric, NULL);

	return m ? m->value / sources[target].divide : (double)NAN;
}

/* Returns the number of targets that were missed; what was not measured was not met either. */
static int judge_targets(struct record *r, const struct plan *plan)
{
	static const struct record_column columns[] = {
		{"target", "Target", "", BETTER_NONE, true},
		{"wanted", "Wanted", "", BETTER_NONE, false},
		{"measured", "Measured", "", BETTER_NONE, false},
		{"verdict", "Verdict", "", BETTER_NONE, true},
	};
	struct record_table *t = NULL;
	int missed = 0, i;

	for (i = 0; i < TARGET_COUNT; i++) {
		double wanted = plan->target[i], got = measured(r, (enum plan_target)i);
		bool met = i == TARGET_RATE ? got >= wanted : got <= wanted;
		char text[200];

		if (isnan(wanted))
			continue;
		if (!t)
			t = record_table(r, "targets", "Targets", columns, 4);
		table_row(r, t,
			  (struct cell[]){{.text = plan_target_names[i]},
					  {.number = wanted},
					  {.number = got},
					  {.text = met ? "met" : "missed"}});
		if (met)
			continue;
		missed++;
		snprintf(text, sizeof(text), "wanted %g, measured %g", wanted, got);
		record_finding(r, "TARGET-MISSED", SEVERITY_ERROR, plan_target_names[i], text,
			       "see the phases for when it was missed");
	}
	return missed;
}

void result_plan(struct record *r, const struct engine_options *o,
		 const struct engine_result *result)
{
	add_phases(r, o->plan, result);
	add_limits(r, o, result);
	if (judge_targets(r, o->plan) && r->outcome == OUTCOME_DONE) {
		r->outcome = OUTCOME_ATTENTION;
		r->exit_status = 1;
	}
}
