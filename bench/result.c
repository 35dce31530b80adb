/* result.c - see result.h. Which figures exist and what they mean is said in record_names.c. */
#include "bench/result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/sqlstate.h"
#include "common/text.h"

static const struct {
	const char *suffix;
	double share; /* 0: the mean, above 1: the longest */
	bool headline;
} figures[] = {{"mean", 0, true},   {"p50", 0.50, true}, {"p90", 0.90, false},
	       {"p95", 0.95, true}, {"p99", 0.99, true}, {"p999", 0.999, false},
	       {"max", 2, false}};
#define FIGURES (sizeof(figures) / sizeof(figures[0]))

/* The columns of the figures, in their order: the end of each row of scripts and statements. */
#define FIGURE_COLUMNS                                                                             \
	FIGURE_MEAN, FIGURE_P50, FIGURE_P90, FIGURE_P95, FIGURE_P99, FIGURE_P999, FIGURE_MAX

static double figure_us(const struct histogram *h, size_t i)
{
	if (h->count == 0)
		return (double)NAN;
	if (figures[i].share == 0)
		return histogram_mean(h) / 1e3;
	return figures[i].share > 1 ? (double)h->max / 1e3
				    : histogram_percentile(h, figures[i].share) / 1e3;
}

static void add_times(struct record *r, const char *prefix, const char *of,
		      const struct histogram *h, bool headline)
{
	char name[64];
	size_t i;

	for (i = 0; i < FIGURES; i++) {
		snprintf(name, sizeof(name), "%s_%s_us", prefix, figures[i].suffix);
		record_metric(r, name, of, figure_us(h, i), headline && figures[i].headline);
	}
	if (h->count)
		record_histogram(r, prefix, of, "us", h);
}

struct totals {
	uint64_t attempts, done, failed, retried, skipped;
};

static struct totals sum_scripts(const struct stats *s)
{
	struct totals t = {0};
	unsigned i;

	for (i = 0; i < s->script_count; i++) {
		t.attempts += s->scripts[i].attempts;
		t.done += s->scripts[i].done;
		t.failed += s->scripts[i].failed;
		t.retried += s->scripts[i].retried;
	}
	t.skipped = s->skipped;
	return t;
}

static double failed_share(uint64_t done, uint64_t failed)
{
	return done + failed ? 100.0 * (double)failed / (double)(done + failed) : 0;
}

double result_busiest(const struct engine_result *result)
{
	double share = 0;
	unsigned i;

	for (i = 0; i < result->thread_count; i++)
		if (result->busy_share[i] > share)
			share = result->busy_share[i];
	return share;
}

static void add_metrics(struct record *r, const struct engine_options *o,
			const struct engine_result *result)
{
	struct totals t = sum_scripts(&result->total);
	double window_s = (double)result->window_ns / 1e9;
	double all = (double)(t.done + t.failed);

	record_metric(r, "rate", NULL,
		      window_s > 0 ? (double)result->in_window / window_s : (double)NAN, true);
	add_times(r, "latency", NULL, &result->latency, true);
	record_metric(r, "failed_share", NULL, failed_share(t.done, t.failed), true);
	record_metric(r, "transactions", NULL, (double)t.done, false);
	record_metric(r, "failed", NULL, (double)t.failed, false);
	record_metric(r, "skipped", NULL, (double)t.skipped, false);
	record_metric(r, "client_cpu_us_per_transaction", NULL,
		      all > 0 ? (double)result->total.cpu_ns / 1e3 / all : (double)NAN, true);
	record_metric(r, "client_busy_share", NULL, 100 * result_busiest(result), false);
	record_metric(r, "window_s", NULL, window_s, false);
	record_metric(r, "connections", NULL, o->connections, false);
	record_metric(r, "threads", NULL, o->threads, false);
	record_metric(r, "reconnects", NULL, (double)result->total.reconnects, false);
	if (o->max_tries > 1) {
		record_metric(r, "retried", NULL, (double)t.retried, false);
		record_metric(r, "retries", NULL, (double)result->total.retries, false);
		add_times(r, "retry", NULL, &result->total.retry, false);
	}
	if (result->total.outage.count)
		add_times(r, "outage", NULL, &result->total.outage, false);
	if (o->arrival) {
		add_times(r, "service", NULL, &result->total.service, false);
		add_times(r, "lag", NULL, &result->total.lag, false);
	}
	add_times(r, "connect", NULL, &result->total.connect, false);
}

static void add_series(struct record *r, const struct engine_result *result)
{
	static const struct record_column columns[] = {
		{"rate", "Rate", "tx/s", BETTER_HIGHER, false},
		{"latency_mean_us", "Mean", "us", BETTER_LOWER, false},
		{"latency_p50_us", "p50", "us", BETTER_LOWER, false},
		{"latency_p95_us", "p95", "us", BETTER_LOWER, false},
		{"latency_p99_us", "p99", "us", BETTER_LOWER, false},
		{"failed", "Failed", "", BETTER_LOWER, false},
		{"client_busy_share", "Client CPU", "%", BETTER_LOWER, false},
	};
	struct series *s = record_series(r, "per_second", "Rate and latency over time", 1, columns,
					 sizeof(columns) / sizeof(columns[0]));
	size_t i;

	for (i = 0; i < result->second_count; i++) {
		const struct engine_second *second = &result->seconds[i];
		bool any = second->rate > 0;
		double row[] = {second->rate,
				any ? second->mean_us : (double)NAN,
				any ? second->p50_us : (double)NAN,
				any ? second->p95_us : (double)NAN,
				any ? second->p99_us : (double)NAN,
				second->failed,
				100 * second->cpu_share};

		series_row(r, s, row);
	}
}

static struct cell text_cell(const char *text)
{
	return (struct cell){.text = text};
}

static struct cell number_cell(double v)
{
	return (struct cell){.number = v};
}

/* The name a script goes by in this record: its own, with a number when it is there twice. */
static void script_name(const struct workload *load, size_t index, char *out, size_t size)
{
	unsigned before = 0;
	size_t i;

	for (i = 0; i < index; i++)
		before += strcmp(load->scripts[i].name, load->scripts[index].name) == 0;
	if (before)
		snprintf(out, size, "%s #%u", load->scripts[index].name, before + 1);
	else
		snprintf(out, size, "%s", load->scripts[index].name);
}

static void add_scripts(struct record *r, const struct engine_options *o,
			const struct engine_result *result)
{
	static const struct record_column columns[] = {
		{"script", "Script", "", BETTER_NONE, true},
		{"weight", "Weight", "", BETTER_NONE, false},
		{"transactions", "Done", "", BETTER_NONE, false},
		{"failed", "Failed", "", BETTER_LOWER, false},
		{"share", "Share", "%", BETTER_NONE, false},
		FIGURE_COLUMNS,
	};
	const struct workload *load = o->workload;
	struct totals t = sum_scripts(&result->total);
	struct record_table *table = record_table(r, "scripts", "Scripts", columns,
						  sizeof(columns) / sizeof(columns[0]));
	size_t i, j;

	for (i = 0; i < load->script_count; i++) {
		const struct script_stats *s = &result->total.scripts[i];
		double all = (double)(t.done + t.failed);
		struct cell row[5 + FIGURES];
		char name[300];

		script_name(load, i, name, sizeof(name));
		row[0] = text_cell(name);
		row[1] = number_cell(load->scripts[i].weight);
		row[2] = number_cell((double)s->done);
		row[3] = number_cell((double)s->failed);
		row[4] = number_cell(all > 0 ? 100 * (double)(s->done + s->failed) / all : 0);
		for (j = 0; j < FIGURES; j++)
			row[5 + j] = number_cell(figure_us(&s->latency, j));
		table_row(r, table, row);
		if (load->script_count > 1) {
			record_metric(r, "transactions", name, (double)s->done, false);
			record_metric(r, "failed", name, (double)s->failed, false);
			add_times(r, "latency", name, &s->latency, false);
		}
	}
}

static void add_statements(struct record *r, const struct engine_options *o,
			   const struct engine_result *result)
{
	static const struct record_column columns[] = {
		{"script", "Script", "", BETTER_NONE, true},
		{"line", "Line", "", BETTER_NONE, false},
		{"statement", "Statement", "", BETTER_NONE, true},
		{"executed", "Executed", "", BETTER_NONE, false},
		{"failed", "Failed", "", BETTER_LOWER, false},
		FIGURE_COLUMNS,
	};
	const struct workload *load = o->workload;
	struct record_table *table = record_table(r, "statements", "Statements", columns,
						  sizeof(columns) / sizeof(columns[0]));
	size_t i, j;

	for (i = 0; i < load->statement_count; i++) {
		const struct statement *statement = load->statements[i];
		const struct statement_stats *s = &result->total.statements[i];
		struct cell row[5 + FIGURES];
		char name[300], of[400];

		script_name(load, load->statement_script[i], name, sizeof(name));
		row[0] = text_cell(name);
		row[1] = number_cell(statement->line);
		row[2] = text_cell(statement->label);
		row[3] = number_cell((double)s->executed);
		row[4] = number_cell((double)s->failed);
		for (j = 0; j < FIGURES; j++)
			row[5 + j] = number_cell(figure_us(&s->latency, j));
		table_row(r, table, row);
		snprintf(of, sizeof(of), "%s:%u %s", name, statement->line, statement->label);
		if (s->latency.count)
			record_histogram(r, "latency", of, "us", &s->latency);
	}
}

static void add_errors(struct record *r, const struct engine_options *o, const struct stats *s)
{
	static const struct record_column columns[] = {
		{"sqlstate", "SQLSTATE", "", BETTER_NONE, true},
		{"condition", "Condition", "", BETTER_NONE, true},
		{"script", "Script", "", BETTER_NONE, true},
		{"statement", "Statement", "", BETTER_NONE, true},
		{"count", "Count", "", BETTER_LOWER, false},
		{"message", "First message", "", BETTER_NONE, true},
	};
	const struct workload *load = o->workload;
	struct record_table *table;
	unsigned i;

	if (s->failure_count == 0)
		return;
	table = record_table(r, "errors", "Errors", columns, sizeof(columns) / sizeof(columns[0]));
	for (i = 0; i < s->failure_count; i++) {
		const struct failure *f = &s->failures[i];
		char name[300];
		struct cell row[6];

		script_name(load, f->script, name, sizeof(name));
		row[0] = text_cell(f->sqlstate);
		row[1] = text_cell(sqlstate_name(f->sqlstate));
		row[2] = text_cell(name);
		row[3] = text_cell(
			f->statement == NO_STATEMENT ? "" : load->statements[f->statement]->label);
		row[4] = number_cell((double)f->count);
		row[5] = text_cell(f->message);
		table_row(r, table, row);
	}
	if (s->failures_other) {
		struct cell row[6] = {text_cell("other"),
				      text_cell("more kinds than are kept"),
				      text_cell(""),
				      text_cell(""),
				      {0},
				      text_cell("")};

		row[4] = number_cell((double)s->failures_other);
		table_row(r, table, row);
	}
}

static void find_busy_client(struct record *r, const struct engine_options *o,
			     const struct engine_result *result)
{
	double share = result_busiest(result);
	char text[200];

	if (share <= RESULT_BUSY_LIMIT || o->poll)
		return;
	snprintf(text, sizeof(text),
		 "a client thread was %.0f %% busy: the client may be the limit", 100 * share);
	record_finding(r, "CLIENT-BUSY", SEVERITY_WARNING, "client threads", text,
		       o->threads < o->connections
			       ? "give it more threads (-j), or run the client on its own machine"
			       : "run the client on a machine of its own");
}

/* Holds to the last one, whatever the server did; where it does not, no figure is to be trusted. */
static void find_wrong_counts(struct record *r, const struct totals *t)
{
	char text[200];

	if (t->attempts == t->done + t->failed)
		return;
	snprintf(text, sizeof(text), "%llu transactions began, but %llu are done and %llu failed",
		 (unsigned long long)t->attempts, (unsigned long long)t->done,
		 (unsigned long long)t->failed);
	record_finding(r, "COUNTS-DISAGREE", SEVERITY_ERROR, "transactions", text,
		       "this is a defect of lakeport: please report it with this record");
}

static void find_failures(struct record *r, const struct engine_result *result,
			  const struct totals *t)
{
	const struct stats *s = &result->total;
	char text[300];

	if (t->failed) {
		snprintf(text, sizeof(text), "%llu of %llu transactions failed",
			 (unsigned long long)t->failed, (unsigned long long)(t->done + t->failed));
		record_finding(r, "FAILED-TRANSACTIONS",
			       t->done ? SEVERITY_WARNING : SEVERITY_ERROR, "transactions", text,
			       "see the table of errors; failed transactions are not in the "
			       "latency figures");
	}
	if (s->reconnects || s->connect_failures) {
		snprintf(text, sizeof(text),
			 "%llu connections were lost and opened again, %llu attempts failed; the "
			 "longest outage was %.3f s",
			 (unsigned long long)s->reconnects, (unsigned long long)s->connect_failures,
			 (double)s->outage.max / 1e9);
		record_finding(r, "CONNECTIONS-LOST", SEVERITY_WARNING, "connections", text,
			       "look into the server's log for the reason");
	}
}

static void add_findings(struct record *r, const struct engine_options *o,
			 const struct engine_result *result, const struct totals *t)
{
	find_wrong_counts(r, t);
	find_busy_client(r, o, result);
	find_failures(r, result, t);
	if (!o->arrival)
		record_finding(
			r, "CLOSED-LOOP", SEVERITY_INFO, "load",
			"each connection waits for its answer before it sends again, so a stall "
			"of the server delays requests instead of being counted (coordinated "
			"omission)",
			"offer a rate with -R to count the wait from the intended start");
	if (t->skipped) {
		char text[200];

		snprintf(text, sizeof(text),
			 "%llu transactions were due and never begun; latency figures are without "
			 "them, and so too good",
			 (unsigned long long)t->skipped);
		record_finding(r, "RATE-NOT-REACHED", SEVERITY_WARNING, "load", text,
			       "use more connections (-c), or offer less (-R)");
	}
	if (result->latency.count > 0 && result->latency.count < 10000) {
		char text[200];

		snprintf(text, sizeof(text), "p99.9 rests on %.0f of %llu transactions",
			 ceil((double)result->latency.count / 1000),
			 (unsigned long long)result->latency.count);
		record_finding(r, "FEW-SAMPLES", SEVERITY_INFO, "latency", text,
			       "run longer (-T) for high percentiles that can be trusted");
	}
}

/* Serialization failures and deadlocks are part of a busy database's life; other errors are not. */
static bool has_real_failures(const struct stats *s)
{
	unsigned i;

	for (i = 0; i < s->failure_count; i++)
		if (!sqlstate_is_contention(s->failures[i].sqlstate))
			return true;
	return s->failures_other > 0;
}

static void set_outcome(struct record *r, const struct engine_result *result,
			const struct totals *t)
{
	char text[300];

	if (result->interrupted) {
		r->outcome = OUTCOME_INTERRUPTED;
		r->exit_status = 130;
	} else if (result->stopped_by_error) {
		r->outcome = OUTCOME_FAILED;
		r->exit_status = error_exit_status(&result->first_error);
		r->error = arena_strdup(&r->arena, result->first_error.text);
	} else if (t->done == 0) {
		snprintf(text, sizeof(text), "no transaction succeeded%s%s",
			 result->total.failure_count ? ": " : " within the window",
			 result->total.failure_count ? result->total.failures[0].message : "");
		r->outcome = OUTCOME_FAILED;
		r->exit_status = 4;
		r->error = arena_strdup(&r->arena, text);
	} else if (has_real_failures(&result->total)) {
		r->outcome = OUTCOME_ATTENTION;
		r->exit_status = 1;
	}
}

void result_record(struct record *record, const struct engine_options *options,
		   const struct engine_result *result)
{
	struct totals t = sum_scripts(&result->total);

	add_metrics(record, options, result);
	add_series(record, result);
	add_scripts(record, options, result);
	add_statements(record, options, result);
	add_errors(record, options, &result->total);
	add_findings(record, options, result, &t);
	set_outcome(record, result, &t);
	if (options->plan)
		result_plan(record, options, result);
}
