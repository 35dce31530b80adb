/*
 * run.c - `lakeport bench run`: options, workload, preflight, engine, record.
 *
 * Everything that can be wrong is looked at in the order of its cost: options, the runs folder,
 * the scripts, the server, the statements on the server; only then connections are opened.
 */
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/engine.h"
#include "bench/preflight.h"
#include "bench/result.h"
#include "bench/workload_options.h"
#include "common/finish.h"
#include "common/log.h"

static const char *const arrivals[] = {"poisson", "constant", NULL};
static const char *const on_error_words[] = {"continue", "stop", NULL};

static const struct option run_options[] = {
	WORKLOAD_OPTIONS,
	{'c', "connections", OPTION_INT, "N", "connections kept busy at the same time", "8", 1,
	 ENGINE_MAX_CONNECTIONS, NULL, NULL},
	{'j', "threads", OPTION_INT, "N", "client threads [default: one a core, at most 8]", NULL,
	 1, ENGINE_MAX_THREADS, NULL, NULL},
	{'T', "duration", OPTION_SECONDS, "TIME", "length of the timed window", "10", 0.1, 864000,
	 NULL, NULL},
	{'t', "transactions", OPTION_INT, "N",
	 "transactions of each connection, instead of a duration", NULL, 1, 1e15, NULL, NULL},
	{'R', "rate", OPTION_NUMBER, "N",
	 "offer so many transactions a second, whatever the server does (open loop); latency then "
	 "counts from when each was due [default: closed loop]",
	 NULL, 0.001, 1e9, NULL, NULL},
	{0, "arrival", OPTION_CHOICE, "NAME", "how transactions of a rate are spaced", "poisson", 0,
	 0, arrivals, NULL},
	{0, "max-lag", OPTION_SECONDS, "TIME",
	 "with a rate: what cannot begin so soon after it was due is skipped, and counted", NULL,
	 0.000001, 86400, NULL, NULL},
	{0, "warmup", OPTION_SECONDS, "TIME", "run so long before the window opens", "0", 0, 86400,
	 NULL, NULL},
	SESSION_OPTIONS,
	{0, "on-error", OPTION_CHOICE, "WHAT",
	 "after an SQL error count it and go on, or end the run", "continue", 0, 0, on_error_words,
	 NULL},
};

static int fill_load(const struct invocation *inv, struct engine_options *o, struct error *e)
{
	const struct arrival_kind *kind = arrival_kinds;

	o->rate = option_number(inv, "rate");
	o->max_lag_ns = option_ns(inv, "max-lag");
	if (o->rate == 0 && (o->max_lag_ns || option_given(inv, "arrival"))) {
		error_set(e, ERROR_USAGE, "--max-lag and --arrival need a rate");
		return error_hint(e, "give one with -R, or leave them out for a closed loop");
	}
	if (o->rate == 0)
		return 0;
	while (strcmp(kind->name, option_text(inv, "arrival")) != 0)
		kind++;
	o->arrival = kind;
	return 0;
}

static int fill_options(const struct invocation *inv, struct engine_options *o, struct error *e)
{
	o->connections = (unsigned)option_int(inv, "connections");
	o->threads = option_set(inv, "threads") ? (unsigned)option_int(inv, "threads")
						: default_threads(o->connections);
	if (o->threads > o->connections)
		o->threads = o->connections;
	o->warmup_ns = option_ns(inv, "warmup");
	o->transactions = (uint64_t)option_int(inv, "transactions");
	o->duration_ns = o->transactions ? 0 : option_ns(inv, "duration");
	o->stop_on_error = strcmp(option_text(inv, "on-error"), "stop") == 0;
	o->progress = !option_flag(inv, "quiet");
	if (o->transactions && option_given(inv, "duration"))
		return error_set(e, ERROR_USAGE, "-T and -t cannot both be given");
	if (fill_load(inv, o, e) < 0)
		return -1;
	return session_of_options(inv, o, e);
}

static void describe_run(struct record *r, const struct engine_options *o)
{
	const struct workload *w = o->workload;
	char text[64], title[300];

	workload_title(w, title, sizeof(title));
	if (o->transactions)
		record_title(r, "%s, %u connections, %llu transactions each", title, o->connections,
			     (unsigned long long)o->transactions);
	else
		record_title(r, "%s, %u connection%s, %g s", title, o->connections,
			     o->connections == 1 ? "" : "s", (double)o->duration_ns / 1e9);
	record_target(r, "protocol", workload_protocols[o->protocol]);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)o->seed);
	record_target(r, "seed", text);
	snprintf(text, sizeof(text), "%lld", (long long)o->scale);
	if (w->uses_scale)
		record_target(r, "scale", text);
	snprintf(text, sizeof(text), "%g s", (double)o->warmup_ns / 1e9);
	record_target(r, "warm-up", text);
	snprintf(text, sizeof(text), "open loop, %g/s, %s", o->rate,
		 o->arrival ? o->arrival->name : "");
	if (o->poll)
		record_target(r, "waiting", "busy poll");
	record_target(r, "load", o->arrival ? text : "closed loop");
}

static int measure(struct invocation *inv, struct engine_options *o, struct record *record,
		   struct error *e)
{
	struct engine_result result;
	int status;

	if (preflight(o, record, e) < 0)
		return -1;
	describe_run(record, o);
	log_debug("%u connections on %u threads", o->connections, o->threads);
	if (engine_run(o, &result, e) < 0)
		return -1;
	result_record(record, o, &result);
	engine_result_release(&result);
	status = finish_run(inv, record, e);
	if (status > 1 && record->error)
		log_error("%s", record->error);
	return status;
}

static int bench_run_main(struct invocation *inv, struct error *e)
{
	struct engine_options o = {0};
	struct record *record = NULL;
	struct workload *workload;
	int status;

	if (record_check_directory(option_text(inv, "runs"), e) < 0)
		return -1;
	workload = workload_of_options(inv, e);
	if (!workload)
		return -1;
	o.workload = workload;
	status = fill_options(inv, &o, e);
	if (status == 0) {
		record = record_new("bench", "run", inv->argc, inv->argv);
		status = measure(inv, &o, record, e);
	}
	record_free(record);
	workload_free(workload);
	return status;
}

const struct command bench_run = {
	.tool = "bench",
	.verb = "run",
	.arguments = "",
	.summary = "run a workload and measure rate and latency",
	.description =
		"Opens all connections and prepares all statements, then keeps every connection\n"
		"busy for the timed window (a closed loop) or offers a rate (-R, an open loop), "
		"lets\n"
		"what is under way finish, and writes a run record. Transactions are drawn by "
		"weight from the scripts given.\n"
		"An SQL error fails its transaction, is counted by SQLSTATE, and the run goes on;\n"
		"a lost connection is opened again. Ctrl-C ends the run and keeps the record.\n"
		"\n"
		"Scripts: pgbench's language (every meta command and function of pgbench 15 but\n"
		"\\shell and \\setshell), or one SQL statement with comments\n"
		"  -- WEIGHT: 40\n"
		"  -- PARAM id = random(1, 240000)\n"
		"  -- PARAM state = values('CA', 'NY', 'TX')\n"
		"whose :id and :state get a fresh value for every execution.\n"
		"\n"
		"Exit status 1 when transactions failed (other than by serialization failures and\n"
		"deadlocks), 4 when none succeeded.",
	.examples =
		"  lakeport bench run -d postgresql:///shop -c 32 -T 30 -b select-only\n"
		"  lakeport bench run -d postgresql:///shop -c 8 -T 30 -f point.sql@9 -f "
		"write.sql@1\n"
		"  lakeport bench run -d postgresql:///shop -c 32 -T 30 -R 2000 -b simple-update\n"
		"  lakeport bench run -d postgresql:///shop -c 8 --warmup 10 -T 60 -D "
		"rows=1000 -f mix.sql\n",
	OPTIONS(run_options),
	.takes_dsn = true,
	.takes_runs = true,
	.run = bench_run_main,
};
