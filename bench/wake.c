/*
 * wake.c - `lakeport bench wake`: how long until a sleeping server answers, and how long until it
 * is as fast as it will be.
 *
 * Nothing touches the server before the first attempt, and the probe runs before the server is
 * asked what it is: each query that is not the probe's would warm what is to be seen cold.
 */
#include "bench/wake.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/engine.h"
#include "bench/preflight.h"
#include "bench/workload_options.h"
#include "common/clock.h"
#include "common/finish.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "common/memory.h"

#define TRIES_MAX 1000

static const struct option wake_options[] = {
	WORKLOAD_OPTIONS,
	{0, "tries", OPTION_INT, "N", "wake it so often", "1", 1, TRIES_MAX, NULL, NULL},
	{0, "idle-wait", OPTION_SECONDS, "TIME",
	 "before each try leave the server alone so long, that it may fall asleep", "0", 0, 864000,
	 NULL, NULL},
	{0, "limit", OPTION_SECONDS, "TIME", "give up when it has not answered by then", "120", 0.1,
	 86400, NULL, NULL},
	{0, "pause", OPTION_SECONDS, "TIME", "between an attempt that failed and the next", "50ms",
	 0.001, 60, NULL, NULL},
	{'T', "probe-duration", OPTION_SECONDS, "TIME",
	 "after the last try run the probe so long; 0: not at all", "30", 0, 86400, NULL, NULL},
	{'c', "connections", OPTION_INT, "N", "connections of the probe", "1", 1, 1000, NULL, NULL},
	{0, "tolerance", OPTION_PERCENT, "P",
	 "warm is when a second's mean latency is so near its steady value", "10%", 0.1, 1000, NULL,
	 NULL},
	SESSION_OPTIONS,
};

struct waking {
	struct engine_options engine;
	struct wake tries[TRIES_MAX];
	size_t count;
	struct engine_result probe;
	bool probed;
	double tolerance;
};

static struct workload *load(struct invocation *inv, struct error *e)
{
	static const char probe[] = "select 1;\n";
	size_t files, builtins;

	option_list(inv, "file", &files);
	option_list(inv, "builtin", &builtins);
	if (files + builtins)
		return workload_of_options(inv, e);
	return workload_parse(probe, sizeof(probe) - 1, "select 1", NULL, 0, e);
}

static int fill_options(const struct invocation *inv, struct waking *w, struct error *e)
{
	struct engine_options *o = &w->engine;

	w->tolerance = option_number(inv, "tolerance") / 100;
	o->connections = (unsigned)option_int(inv, "connections");
	o->threads = default_threads(o->connections);
	o->duration_ns = option_ns(inv, "probe-duration");
	o->progress = !option_flag(inv, "quiet") && isatty(STDERR_FILENO) == 1;
	if (session_of_options(inv, o, e) < 0)
		return -1;
	if (o->scale == 0 && o->workload->uses_scale) {
		error_set(e, ERROR_USAGE, "the probe uses :scale, which must be given");
		return error_hint(e, "give it with -s: asking the server would warm its cache");
	}
	return 0;
}

/* Sleeps in slices, so that Ctrl-C is heard. */
static int stay_away(uint64_t ns, struct error *e)
{
	uint64_t end = clock_now() + ns;

	if (ns >= CLOCK_SECOND)
		log_info("leaving the server alone for %.0f s", (double)ns / 1e9);
	while (clock_now() < end) {
		if (interrupt_count())
			return error_set(e, ERROR_INTERRUPTED, "interrupted while waiting");
		clock_sleep(100 * CLOCK_MS);
	}
	return 0;
}

static int wake_all(const struct invocation *inv, struct waking *w, struct error *e)
{
	size_t n = (size_t)option_int(inv, "tries");

	for (; w->count < n; w->count++) {
		struct wake *one = &w->tries[w->count];

		if (stay_away(option_ns(inv, "idle-wait"), e) < 0 ||
		    wake_up(w->engine.dsn, option_ns(inv, "pause"), option_ns(inv, "limit"), one,
			    e) < 0)
			return -1;
		log_info("answered after %.1f ms, %u attempt%s%s", (double)one->total / 1e6,
			 one->attempts, one->attempts == 1 ? "" : "s",
			 wake_woke(one) ? "" : " (it was awake)");
	}
	return 0;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The median of one of the times over all tries, in us. */
static double median_us(const struct waking *w, size_t offset)
{
	double sorted[TRIES_MAX] = {0};
	size_t i;

	for (i = 0; i < w->count; i++) {
		uint64_t ns;

		memcpy(&ns, (const char *)&w->tries[i] + offset, sizeof(ns));
		sorted[i] = (double)ns / 1e3;
	}
	qsort(sorted, w->count, sizeof(*sorted), by_size);
	return (sorted[(w->count - 1) / 2] + sorted[w->count / 2]) / 2;
}

static void add_metrics(struct record *r, const struct waking *w)
{
	static const struct {
		const char *name;
		size_t offset;
		bool headline;
	} times[] = {{"wake_us", offsetof(struct wake, total), true},
		     {"wake_waiting_us", offsetof(struct wake, waiting), true},
		     {"wake_connect_us", offsetof(struct wake, connect), true},
		     {"wake_login_us", offsetof(struct wake, login), true},
		     {"wake_query_us", offsetof(struct wake, query), true}};
	double attempts[TRIES_MAX] = {0};
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		record_metric(r, times[i].name, NULL, median_us(w, times[i].offset),
			      times[i].headline);
	for (i = 0; i < w->count; i++)
		attempts[i] = w->tries[i].attempts;
	qsort(attempts, w->count, sizeof(*attempts), by_size);
	record_metric(r, "wake_attempts", NULL,
		      (attempts[(w->count - 1) / 2] + attempts[w->count / 2]) / 2, false);
}

static void add_tries(struct record *r, const struct waking *w)
{
	static const struct record_column columns[] = {
		{"try", "Try", "", BETTER_NONE, false},
		{"attempts", "Attempts", "", BETTER_LOWER, false},
		{"total_us", "First answer", "us", BETTER_LOWER, false},
		{"waiting_us", "Failed attempts", "us", BETTER_LOWER, false},
		{"connect_us", "Network", "us", BETTER_LOWER, false},
		{"login_us", "Login", "us", BETTER_LOWER, false},
		{"query_us", "First query", "us", BETTER_LOWER, false},
		{"server_age_s", "Server up for", "s", BETTER_NONE, false},
		{"refusal", "Last refusal", "", BETTER_NONE, true},
	};
	struct record_table *t =
		record_table(r, "wakes", "Tries", columns, sizeof(columns) / sizeof(columns[0]));
	size_t i;

	for (i = 0; i < w->count; i++) {
		const struct wake *one = &w->tries[i];
		struct cell row[] = {
			{.number = (double)i + 1},
			{.number = one->attempts},
			{.number = (double)one->total / 1e3},
			{.number = (double)one->waiting / 1e3},
			{.number = (double)one->connect / 1e3},
			{.number = (double)one->login / 1e3},
			{.number = (double)one->query / 1e3},
			{.number = one->server_age_s},
			{.text = one->refusal},
		};

		table_row(r, t, row);
	}
}

static void judge_warming(struct record *r, const struct waking *w, const double *mean_us, size_t n)
{
	struct warming warming = wake_warming(mean_us, n, w->tolerance);
	bool warm = !warming.falling && warming.settled < n;
	char text[300];

	record_metric(r, "warm_s", NULL, warm ? (double)warming.settled : (double)NAN, true);
	if (isnan(warming.steady)) {
		record_finding(r, "PROBE-SILENT", SEVERITY_WARNING, "probe",
			       "nothing completed in the last third of the probe",
			       "use a lighter probe (-f), or probe longer (-T)");
		return;
	}
	snprintf(text, sizeof(text),
		 "mean latency was %.3f ms in the first second and %.3f ms in the last third; "
		 "within "
		 "%g %% of that after %zu s",
		 warming.first / 1e3, warming.steady / 1e3, 100 * w->tolerance, warming.settled);
	if (warm)
		record_finding(r, "WARMING", SEVERITY_INFO, "probe", text, "");
	else
		record_finding(r, "NOT-WARM", SEVERITY_WARNING, "probe",
			       "latency was still falling when the probe ended",
			       "probe longer (-T)");
}

static void add_curve(struct record *r, const struct waking *w)
{
	static const struct record_column columns[] = {
		{"rate", "Rate", "tx/s", BETTER_HIGHER, false},
		{"latency_mean_us", "Mean", "us", BETTER_LOWER, false},
		{"latency_p50_us", "p50", "us", BETTER_LOWER, false},
		{"latency_p99_us", "p99", "us", BETTER_LOWER, false},
		{"failed", "Failed", "", BETTER_LOWER, false},
	};
	size_t n = w->probe.second_count, i;
	struct series *s = record_series(r, "warming", "After the first answer", 1, columns,
					 sizeof(columns) / sizeof(columns[0]));
	double *mean_us;

	if (n == 0)
		return;
	mean_us = xcalloc(n, sizeof(*mean_us));
	for (i = 0; i < n; i++) {
		const struct engine_second *second = &w->probe.seconds[i];
		bool any = second->rate > 0;
		double row[] = {second->rate, any ? second->mean_us : (double)NAN,
				any ? second->p50_us : (double)NAN,
				any ? second->p99_us : (double)NAN, second->failed};

		mean_us[i] = row[1];
		series_row(r, s, row);
	}
	judge_warming(r, w, mean_us, n);
	if (w->probe.latency.count)
		record_histogram(r, "latency", NULL, "us", &w->probe.latency);
	free(mean_us);
}

static void set_outcome(struct record *r, const struct waking *w)
{
	size_t awake = 0, i;
	char text[200];

	for (i = 0; i < w->count; i++)
		awake += !wake_woke(&w->tries[i]);
	if (awake) {
		snprintf(text, sizeof(text),
			 "%zu of %zu tries found the server up already: these are times of a "
			 "connection, not of waking",
			 awake, w->count);
		record_finding(
			r, "SERVER-WAS-AWAKE", SEVERITY_INFO, "server", text,
			"let it fall asleep first (--idle-wait, longer than its scale-to-zero "
			"time)");
	}
	if (w->probe.total.failure_count) {
		record_finding(r, "FAILED-TRANSACTIONS", SEVERITY_WARNING, "probe",
			       w->probe.total.failures[0].message, "mend the probe");
		r->outcome = OUTCOME_ATTENTION;
		r->exit_status = 1;
	}
	if (w->probe.interrupted) {
		r->outcome = OUTCOME_INTERRUPTED;
		r->exit_status = 130;
	}
}

/* What was measured is kept, whatever fails after it. */
static void attend(struct record *r, const char *id, const char *object, const struct error *e)
{
	record_finding(r, id, SEVERITY_WARNING, object, e->text, e->hint);
	r->outcome = OUTCOME_ATTENTION;
	r->exit_status = 1;
}

static void probe(struct waking *w, struct record *r)
{
	struct error e = ERROR_INIT;

	if (w->engine.duration_ns == 0)
		return;
	w->probed = engine_run(&w->engine, &w->probe, &e) == 0;
	if (!w->probed)
		attend(r, "PROBE-FAILED", "probe", &e);
}

static void look_at_server(struct waking *w, struct record *r)
{
	struct error e = ERROR_INIT;

	if ((w->probed || w->engine.duration_ns == 0) && preflight(&w->engine, r, &e) < 0)
		attend(r, "SERVER-NOT-DESCRIBED", "server", &e);
}

static int measure(struct invocation *inv, struct waking *w, struct record *r, struct error *e)
{
	char title[300];
	int status;

	if (wake_all(inv, w, e) < 0)
		return -1;
	workload_title(w->engine.workload, title, sizeof(title));
	if (w->engine.duration_ns)
		record_title(r, "first answer, then %s for %g s", title,
			     (double)w->engine.duration_ns / 1e9);
	else
		record_title(r, "first answer of a server");
	add_metrics(r, w);
	add_tries(r, w);
	probe(w, r);
	look_at_server(w, r);
	if (w->probed)
		add_curve(r, w);
	set_outcome(r, w);
	status = finish_run(inv, r, e);
	if (w->probed)
		engine_result_release(&w->probe);
	return status;
}

static int bench_wake_main(struct invocation *inv, struct error *e)
{
	struct waking *w;
	struct record *record = NULL;
	struct workload *workload;
	int status;

	if (record_check_directory(option_text(inv, "runs"), e) < 0)
		return -1;
	workload = load(inv, e);
	if (!workload)
		return -1;
	w = xcalloc(1, sizeof(*w));
	w->engine.workload = workload;
	status = fill_options(inv, w, e);
	if (status == 0) {
		record = record_new("bench", "wake", inv->argc, inv->argv);
		status = measure(inv, w, record, e);
	}
	record_free(record);
	free(w);
	workload_free(workload);
	return status;
}

const struct command bench_wake = {
	.tool = "bench",
	.verb = "wake",
	.arguments = "",
	.summary = "time from the first attempt to connect to the first answer, and to warm",
	.description =
		"For servers that scale to zero, restart or fail over. Tries to connect until the\n"
		"server answers one query; refused connections, a server that is starting and one\n"
		"that is full are tried again after a short pause, other failures end it at once.\n"
		"The time is told in parts: failed attempts, network, login (with TLS), query.\n"
		"The server's own start time says whether it was really asleep.\n"
		"\n"
		"Then the probe (-f or -b; 'select 1' otherwise) runs, and its latency for each\n"
		"second shows how the cache fills, until it stays near its steady value: the\n"
		"median of the last third of the probe. Nothing else is asked before it ends.\n"
		"\n"
		"Exit status 3 when there was no answer within --limit.",
	.examples = "  lakeport bench wake -d postgresql:///shop -b select-only -s 20\n"
		    "  lakeport bench wake -d postgresql:///shop --tries 5 --idle-wait 6m -T 0\n",
	OPTIONS(wake_options),
	.takes_dsn = true,
	.takes_runs = true,
	.ranks = RANKS_ONE,
	.run = bench_wake_main,
};
