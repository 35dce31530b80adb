/*
 * sweep.c - `lakeport bench sweep`: one engine run a step, the curve, and the search for the
 * highest rate that keeps an objective. See slo.h for what is computed.
 *
 * A step of the search goes on in pieces of --step-duration until its verdict is sure or
 * --step-max has passed. Each piece draws other random numbers, or it would tell nothing new.
 */
#include "bench/sweep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/preflight.h"
#include "bench/sqlstate.h"
#include "bench/workload_options.h"
#include "common/finish.h"
#include "common/log.h"
#include "common/text.h"

#define FEWEST 20 /* transactions in the longest step: at lower rates nothing is searched */

static const char *const arrivals[] = {"poisson", "constant", NULL};

static const struct option sweep_options[] = {
	WORKLOAD_OPTIONS,
	{'c', "connections", OPTION_TEXT, "N,N,...",
	 "steps of a closed loop: so many connections, rising; with --rates one number, the "
	 "connections used [default: 1,2,4,8,16,32, or 32 with --rates]",
	 NULL, 0, 0, NULL, NULL},
	{'R', "rates", OPTION_TEXT, "N,N,...",
	 "steps of an open loop: so many transactions offered a second, rising", NULL, 0, 0, NULL,
	 NULL},
	{0, "slo", OPTION_TEXT, "pNN<=TIME",
	 "find the highest rate that keeps this latency objective, such as 'p99<=20ms'", NULL, 0, 0,
	 NULL, NULL},
	{0, "step-duration", OPTION_SECONDS, "TIME", "length of a step", "10", 0.1, 86400, NULL,
	 NULL},
	{0, "step-max", OPTION_SECONDS, "TIME",
	 "with --slo: how long a step goes on at most to be sure [default: 6 times its length]",
	 NULL, 0.1, 864000, NULL, NULL},
	{0, "resolution", OPTION_PERCENT, "P",
	 "with --slo: how near the rate that keeps and the rate that breaks it must be", "5%", 0.1,
	 100, NULL, NULL},
	{0, "warmup", OPTION_SECONDS, "TIME", "of each step, before it counts", "1", 0, 86400, NULL,
	 NULL},
	{'j', "threads", OPTION_INT, "N", "client threads [default: one a core, at most 8]", NULL,
	 1, ENGINE_MAX_THREADS, NULL, NULL},
	{0, "arrival", OPTION_CHOICE, "NAME", "how transactions of a rate are spaced", "poisson", 0,
	 0, arrivals, NULL},
	SESSION_OPTIONS,
};

/* "1,2,4": rising numbers within [min, max]. The count, or -1. */
static int parse_list(const char *name, const char *text, double min, double max, bool whole,
		      double *out, struct error *e)
{
	int n = 0;

	for (;; text++) {
		size_t length = strcspn(text, ",");
		char digits[32];
		double *v = &out[n];

		snprintf(digits, sizeof(digits), "%.*s", (int)(length < 31 ? length : 31), text);
		if (n == SWEEP_LIST_MAX)
			return error_set(e, ERROR_USAGE, "option '--%s' has more than %d values",
					 name, SWEEP_LIST_MAX);
		if (!text_to_double(digits, v) || *v < min || *v > max ||
		    (whole && *v != (double)(int64_t)*v))
			return error_set(e, ERROR_USAGE,
					 "option '--%s' must be %snumbers from %.15g to %.15g, "
					 "joined by commas, not '%s'",
					 name, whole ? "whole " : "", min, max, digits);
		if (n && *v <= out[n - 1])
			return error_set(e, ERROR_USAGE,
					 "option '--%s' must rise: %.15g comes after %.15g", name,
					 *v, out[n - 1]);
		n++;
		text += length;
		if (*text == '\0')
			return n;
	}
}

static int parse_steps(const struct invocation *inv, struct sweep *s, struct error *e)
{
	const char *rates = option_text(inv, "rates");
	const char *connections = option_text(inv, "connections");
	int n = 0;

	if (rates)
		n = parse_list("rates", rates, 0.001, 1e9, false, s->rates, e);
	if (n < 0)
		return -1;
	s->rate_count = (size_t)n;
	if (!connections)
		connections = rates ? "32" : "1,2,4,8,16,32";
	n = parse_list("connections", connections, 1, ENGINE_MAX_CONNECTIONS, true, s->connections,
		       e);
	if (n < 0)
		return -1;
	s->connection_count = (size_t)n;
	if (rates && n > 1)
		return error_set(e, ERROR_USAGE,
				 "with --rates, '--connections' must be one number");
	return 0;
}

static int fill_options(const struct invocation *inv, struct sweep *s, struct error *e)
{
	struct engine_options *o = &s->engine;

	if (parse_steps(inv, s, e) < 0)
		return -1;
	s->has_slo = option_text(inv, "slo") != NULL;
	if (s->has_slo && slo_parse(option_text(inv, "slo"), &s->slo, e) < 0)
		return -1;
	s->arrival = strcmp(option_text(inv, "arrival"), arrivals[0]) == 0 ? &arrival_kinds[0]
									   : &arrival_kinds[1];
	s->search.resolution = option_number(inv, "resolution") / 100;
	s->step_ns = option_ns(inv, "step-duration");
	s->step_max_ns = option_set(inv, "step-max") ? option_ns(inv, "step-max") : 6 * s->step_ns;
	s->search.lowest = FEWEST / ((double)s->step_max_ns / 1e9);
	o->connections = (unsigned)s->connections[s->connection_count - 1];
	o->threads = (unsigned)option_int(inv, "threads"); /* 0: by the step's connections */
	o->warmup_ns = option_ns(inv, "warmup");
	o->progress = !option_flag(inv, "quiet") && isatty(STDERR_FILENO) == 1;
	return session_of_options(inv, o, e);
}

static void note_failures(struct sweep_step *step, const struct stats *s)
{
	unsigned i;

	for (i = 0; i < s->failure_count; i++) {
		if (sqlstate_is_contention(s->failures[i].sqlstate))
			continue;
		step->real_failures = true;
		if (!step->failure[0])
			snprintf(step->failure, sizeof(step->failure), "%s",
				 s->failures[i].message);
	}
}

static void add_piece(struct sweep_step *step, const struct engine_result *r)
{
	unsigned i;

	for (i = 0; i < r->total.script_count; i++) {
		step->done += (double)r->total.scripts[i].done;
		step->failed += (double)r->total.scripts[i].failed;
	}
	step->skipped += (double)r->total.skipped;
	step->completed += (double)r->in_window;
	step->window_s += (double)r->window_ns / 1e9;
	histogram_merge(&step->latency, &r->latency);
	for (i = 0; i < r->thread_count; i++)
		if (r->busy_share[i] > step->busy_share)
			step->busy_share = r->busy_share[i];
	note_failures(step, &r->total);
}

/* One engine run of the step. 1: interrupted. -1: it could not start. */
static int run_piece(struct sweep *s, struct sweep_step *step, struct error *e)
{
	struct engine_options o = s->engine;
	struct engine_result result;
	int status;

	o.connections = step->connections;
	if (o.threads == 0 || o.threads > o.connections)
		o.threads = default_threads(o.connections);
	o.duration_ns = s->step_ns;
	if (step->offered > 0) {
		o.arrival = s->arrival;
		o.rate = step->offered;
	}
	s->engine.seed++; /* of the next piece */
	if (engine_run(&o, &result, e) < 0)
		return -1;
	add_piece(step, &result);
	status = result.interrupted ? 1 : 0;
	engine_result_release(&result);
	return status;
}

static void judge(const struct sweep *s, struct sweep_step *step)
{
	double lost = step->failed + step->skipped;

	step->judged = slo_judge(&s->slo, slo_slow(&step->latency, s->slo.limit_ns) + lost,
				 step->done + lost);
}

static void say_step(const struct sweep *s, const struct sweep_step *step)
{
	char name[40], verdict[120] = "";

	if (s->has_slo && step->offered > 0)
		snprintf(verdict, sizeof(verdict), "  %s %s%s",
			 step->judged.kept ? "keeps" : "breaks", s->slo.text,
			 step->judged.sure ? "" : " (not sure)");
	log_info("%16s  %10.1f tx/s  p50 %9.3f ms  p99 %9.3f ms%s",
		 sweep_step_name(step, name, sizeof(name)), sweep_rate(step),
		 histogram_percentile(&step->latency, 0.50) / 1e6,
		 histogram_percentile(&step->latency, 0.99) / 1e6, verdict);
}

/* Runs one step and keeps it. 0, or -1: the sweep is over (interrupted, or `stopped` says why). */
static int run_step(struct sweep *s, unsigned connections, double offered, bool searched)
{
	struct sweep_step *step = xcalloc(1, sizeof(*step));
	bool judged = s->has_slo && offered > 0;
	uint64_t spent = 0;
	int status;

	*step = (struct sweep_step){
		.connections = connections, .offered = offered, .searched = searched};
	do {
		status = run_piece(s, step, &s->stopped);
		spent += s->step_ns;
		if (judged)
			judge(s, step);
	} while (status == 0 && judged && !step->judged.sure && spent < s->step_max_ns);
	s->interrupted = status == 1 || s->stopped.class == ERROR_INTERRUPTED;
	if (step->window_s <= 0) { /* nothing was seen */
		free(step);
		return -1;
	}
	s->steps = xgrow(s->steps, s->step_count, &s->step_capacity, sizeof(struct sweep_step *));
	s->steps[s->step_count++] = step;
	say_step(s, step);
	if (judged && status == 0 && step->judged.all > 0)
		search_add(&s->search, offered, step->judged.kept);
	return status == 0 ? 0 : -1;
}

static double peak(const struct sweep *s)
{
	double highest = 0;
	size_t i;

	for (i = 0; i < s->step_count; i++)
		if (sweep_rate(s->steps[i]) > highest)
			highest = sweep_rate(s->steps[i]);
	return highest;
}

static int run_search(struct sweep *s)
{
	double rate;

	if (s->search.count == 0) /* half of what the closed loop reached */
		s->search.first = fmax(peak(s) / 2, s->search.lowest);
	while ((rate = search_next(&s->search)) > 0)
		if (run_step(s, s->engine.connections, rate, true) < 0)
			return -1;
	return 0;
}

static int run_sweep(struct sweep *s)
{
	size_t i;

	for (i = 0; i < s->rate_count; i++)
		if (run_step(s, s->engine.connections, s->rates[i], false) < 0)
			return -1;
	for (i = 0; s->rate_count == 0 && i < s->connection_count; i++)
		if (run_step(s, (unsigned)s->connections[i], 0, false) < 0)
			return -1;
	return s->has_slo ? run_search(s) : 0;
}

static void describe(struct record *r, const struct sweep *s)
{
	char title[300], text[80];

	workload_title(s->engine.workload, title, sizeof(title));
	record_title(r, "%s, %zu steps of %s%s%s", title,
		     s->rate_count ? s->rate_count : s->connection_count,
		     s->rate_count ? "an offered rate" : "connections",
		     s->has_slo ? ", highest rate with " : "", s->has_slo ? s->slo.text : "");
	record_target(r, "protocol", workload_protocols[s->engine.protocol]);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)s->engine.seed);
	record_target(r, "seed", text);
	snprintf(text, sizeof(text), "%g s after %g s of warm-up", (double)s->step_ns / 1e9,
		 (double)s->engine.warmup_ns / 1e9);
	record_target(r, "step", text);
	record_target(r, "arrival", s->arrival->name);
	if (s->has_slo)
		record_target(r, "objective", s->slo.text);
}

static int measure(struct invocation *inv, struct sweep *s, struct record *r, struct error *e)
{
	if (preflight(&s->engine, r, e) < 0)
		return -1;
	describe(r, s);
	run_sweep(s);
	if (s->step_count == 0) {
		*e = s->stopped;
		return e->class != ERROR_NONE
			       ? -1
			       : error_set(e, ERROR_INTERRUPTED, "interrupted before any step");
	}
	sweep_record(r, s);
	return finish_run(inv, r, e);
}

static int bench_sweep_main(struct invocation *inv, struct error *e)
{
	struct sweep *s;
	struct record *record = NULL;
	struct workload *workload;
	int status;
	size_t i;

	if (record_check_directory(option_text(inv, "runs"), e) < 0)
		return -1;
	workload = workload_of_options(inv, e);
	if (!workload)
		return -1;
	s = xcalloc(1, sizeof(*s));
	s->engine.workload = workload;
	status = fill_options(inv, s, e);
	if (status == 0) {
		record = record_new("bench", "sweep", inv->argc, inv->argv);
		status = measure(inv, s, record, e);
	}
	record_free(record);
	for (i = 0; i < s->step_count; i++)
		free(s->steps[i]);
	free(s->steps);
	free(s);
	workload_free(workload);
	return status;
}

const struct command bench_sweep = {
	.tool = "bench",
	.verb = "sweep",
	.arguments = "",
	.summary = "step the load; find the knee and the highest rate within an objective",
	.description =
		"Runs the workload at each step and shows rate and latency as a curve. Steps are\n"
		"connections that are kept busy (a closed loop), or with --rates an offered rate\n"
		"(an open loop, latency from when each transaction was due).\n"
		"\n"
		"The knee is the step with the highest rate / mean latency (Kleinrock's power):\n"
		"beyond it more load costs more waiting than it brings work.\n"
		"\n"
		"--slo 'p99<=20ms' then offers rates until one keeps and one breaks the objective\n"
		"(doubling or halving) and they are within --resolution of each other (halving "
		"the\n"
		"interval), with the most connections of the list. Transactions that fail or never "
		"begin count as slow. A step goes on\n"
		"until the share of slow ones is outside its 99 % confidence interval, --step-max\n"
		"at the longest; what is still not sure then is said to be so.\n"
		"\n"
		"Ctrl-C keeps the steps that were done. Exit status 1 when transactions failed,\n"
		"when a step could not run, or when no rate kept the objective.",
	.examples = "  lakeport bench sweep -d postgresql:///shop -b select-only -c "
		    "1,2,4,8,16,32,64\n"
		    "  lakeport bench sweep -d postgresql:///shop -b select-only --slo "
		    "'p99<=20ms'\n"
		    "  lakeport bench sweep -d postgresql:///shop -f mix.sql -c 64 --rates "
		    "500,1000,2000,4000\n",
	OPTIONS(sweep_options),
	.takes_dsn = true,
	.takes_runs = true,
	.ranks = RANKS_ONE,
	.run = bench_sweep_main,
};
