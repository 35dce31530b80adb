/*
 * run.c - `lakeport bench run`: options, workload, preflight, engine, record.
 *
 * Everything that can be wrong is looked at in the order of its cost: options, the runs folder,
 * the scripts, the server, the statements on the server; only then connections are opened.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/engine.h"
#include "bench/explain.h"
#include "bench/many.h"
#include "bench/observe.h"
#include "bench/preflight.h"
#include "bench/result.h"
#include "bench/versus.h"
#include "bench/workload_options.h"
#include "common/clock.h"
#include "common/finish.h"
#include "common/log.h"
#include "common/memory.h"

#define SPIN_NS (60 * CLOCK_US) /* a timer's wake-up is some 30 to 50 us late */

static const char *const arrivals[] = {"poisson", "constant", NULL};
static const char *const on_error_words[] = {"continue", "stop", NULL};
static const char *const observe_words[] = {"on", "off", NULL};
static const char *const explain_words[] = {"off", "plan", "analyze", NULL};

static const struct option run_options[] = {
	WORKLOAD_OPTIONS,
	{'w', "workload", OPTION_TEXT, "FILE.yaml",
	 "patterns, phases, spikes and targets from a file; takes the place of -b -f -c -T -t -R",
	 NULL, 0, 0, NULL, NULL},
	{'c', "connections", OPTION_INT, "N",
	 "connections kept busy at the same time; under mpirun divided among the ranks", "8", 1,
	 ENGINE_MAX_CONNECTIONS, NULL, NULL},
	{'j', "threads", OPTION_INT, "N",
	 "client threads, under mpirun of each rank [default: one a core, at most 8]", NULL, 1,
	 ENGINE_MAX_THREADS, NULL, NULL},
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
	{0, "max-tries", OPTION_INT, "N",
	 "tries of a transaction that meets a serialization failure or a deadlock", "1", 1, 1000000,
	 NULL, NULL},
	{'C', "connect-per-transaction", OPTION_FLAG, NULL,
	 "open a new connection for each transaction; connecting is part of its latency", NULL, 0,
	 0, NULL, NULL},
	{0, "spin", OPTION_FLAG, NULL,
	 "with a rate: stay awake for the last 60 us before a transaction is due, for less send "
	 "lag",
	 NULL, 0, 0, NULL, NULL},
	{0, "on-error", OPTION_CHOICE, "WHAT",
	 "after an SQL error count it and go on, or end the run", "continue", 0, 0, on_error_words,
	 NULL},
	{0, "observe", OPTION_CHOICE, "WHAT",
	 "sample the server's own statistics each second, on one more connection", "on", 0, 0,
	 observe_words, NULL},
	{0, "explain", OPTION_CHOICE, "WHAT",
	 "after the run ask for the plans of the slowest statements: none, without executing them, "
	 "or by executing each once and rolling back",
	 "plan", 0, 0, explain_words, NULL},
	VERSUS_OPTIONS,
};

/* What a workload file says wins; what would contradict it is refused. */
static int fill_plan(const struct invocation *inv, struct engine_options *o, struct error *e)
{
	static const char *const others[] = {"builtin",	     "file", "connections", "duration",
					     "transactions", "rate", "warmup"};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (!option_given(inv, others[i]))
			continue;
		error_set(e, ERROR_USAGE, "--%s and --workload cannot both be given", others[i]);
		return error_hint(e, "write it into the workload file");
	}
	o->connections = o->plan->most_connections;
	o->duration_ns = o->plan->length;
	return 0;
}

static const struct arrival_kind *arrival_of(const char *word)
{
	const struct arrival_kind *kind = arrival_kinds;

	while (strcmp(kind->name, word) != 0)
		kind++;
	return kind;
}

static int fill_load(const struct invocation *inv, struct engine_options *o, struct error *e)
{
	bool open = option_set(inv, "rate") || (o->plan && o->plan->open);

	o->rate = option_number(inv, "rate");
	o->max_lag_ns = option_ns(inv, "max-lag");
	if (!open && (o->max_lag_ns || option_given(inv, "arrival"))) {
		error_set(e, ERROR_USAGE, "--max-lag and --arrival need a rate");
		return error_hint(e, "give one with -R, or leave them out for a closed loop");
	}
	if (open)
		o->arrival = arrival_of(option_text(inv, "arrival"));
	return 0;
}

static int fill_options(const struct invocation *inv, struct engine_options *o, struct error *e)
{
	o->connections = (unsigned)option_int(inv, "connections");
	o->transactions = (uint64_t)option_int(inv, "transactions");
	o->duration_ns = o->transactions ? 0 : option_ns(inv, "duration");
	if (o->plan && fill_plan(inv, o, e) < 0)
		return -1;
	o->threads = option_set(inv, "threads") ? (unsigned)option_int(inv, "threads")
						: default_threads(o->connections);
	if (o->threads > o->connections)
		o->threads = o->connections;
	o->warmup_ns = option_ns(inv, "warmup");
	o->stop_on_error = strcmp(option_text(inv, "on-error"), "stop") == 0;
	o->max_tries = (unsigned)option_int(inv, "max-tries");
	o->connect_each = option_flag(inv, "connect-per-transaction");
	o->spin_ns = option_flag(inv, "spin") ? SPIN_NS : 0;
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
	if (o->plan && o->plan->title)
		record_title(r, "%s", o->plan->title);
	else if (o->transactions)
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
	if (o->plan)
		snprintf(text, sizeof(text), "open loop, by phases, %s",
			 o->arrival ? o->arrival->name : "");
	else
		snprintf(text, sizeof(text), "open loop, %g/s, %s", o->rate,
			 o->arrival ? o->arrival->name : "");
	if (o->poll)
		record_target(r, "waiting", "busy poll");
	if (o->io_uring)
		record_target(r, "system calls", "io_uring");
	record_target(r, "load", o->arrival ? text : "closed loop");
}

/* An eye on the server while the engine runs; nothing that it meets is an error of the run. */
static struct observer *start_observer(const struct invocation *inv, struct engine_options *o)
{
	bool wanted = many_rank() == 0 && strcmp(option_text(inv, "observe"), "on") == 0;
	struct observer *observer = wanted ? observe_start(o->dsn) : NULL;

	o->window_opens = observer ? observe_window(observer) : NULL;
	return observer;
}

static enum explain_mode explain_mode_of(const char *word)
{
	int i = EXPLAIN_OFF;

	while (strcmp(explain_words[i], word) != 0)
		i++;
	return (enum explain_mode)i;
}

/* The scripts of --ab. */
static struct workload *load_b(struct invocation *inv, struct error *e)
{
	size_t count, i;
	const char *const *files = option_list(inv, "ab", &count);
	struct script_request *requests = arena_alloc(&inv->arena, (count + 1) * sizeof(*requests));

	for (i = 0; i < count; i++)
		requests[i] = (struct script_request){SCRIPT_FILE, files[i]};
	return workload_of_requests(inv, requests, i, e);
}

/* B is A but for its server or its scripts, which `other` keeps. */
static int prepare_b(struct invocation *inv, struct engine_options *b, struct workload **other,
		     struct error *e)
{
	if (option_given(inv, "versus")) {
		b->dsn = option_text(inv, "versus");
		if (password_of_options(inv, b->dsn, e) < 0)
			return error_context(e, "B");
	}
	if (!option_given(inv, "ab"))
		return 0;
	*other = load_b(inv, e);
	b->workload = *other;
	return *other ? workload_check_protocol(b, e) : -1;
}

/* Our share of the load; rank 0 (the only one, as a rule) then has all of it to report. */
static int run_once(const struct invocation *inv, struct engine_options *o, struct record *record,
		    struct error *e)
{
	struct engine_options share;
	struct engine_result result;
	struct observer *observer;
	int merged = -1;
	bool ran, report;

	if (many_share(o, &share, e) < 0)
		return -1;
	observer = start_observer(inv, &share);
	ran = engine_run(&share, &result, e) == 0;
	if (ran)
		merged = many_reduce(o, record, &result, e);
	report = merged >= 0 && many_rank() == 0;
	if (report) {
		result_record(record, merged ? o : &share, &result);
		many_record(record);
	}
	observe_stop(observer, report ? &result : NULL, record);
	if (report)
		explain_record(o, &result, explain_mode_of(option_text(inv, "explain")), record);
	if (ran)
		engine_result_release(&result);
	return merged < 0 ? -1 : 0;
}

static int measure(struct invocation *inv, struct engine_options *o, struct record *record,
		   struct error *e)
{
	struct engine_options b = *o;
	struct workload *other = NULL;
	int status = prepare_b(inv, &b, &other, e);

	if (status == 0)
		status = preflight(o, record, e);
	if (status == 0) {
		describe_run(record, o);
		log_debug("%u connections on %u threads", o->connections, o->threads);
		status = versus_asked(inv) ? versus_run(inv, o, &b, record, e)
					   : run_once(inv, o, record, e);
	}
	workload_free(other);
	if (status < 0 || many_rank() > 0)
		return status;
	status = finish_run(inv, record, e);
	if (status > 1 && record->error)
		log_error("%s", record->error);
	return status;
}

static int run_workload(struct invocation *inv, struct error *e)
{
	struct engine_options o = {0};
	struct record *record = NULL;
	struct workload *workload;
	struct plan *plan = NULL;
	int status;

	if (many_rank() == 0 && record_check_directory(option_text(inv, "runs"), e) < 0)
		return -1;
	if (versus_check(inv, e) < 0)
		return -1;
	if (versus_asked(inv) && many_size() > 1)
		return error_set(e, ERROR_USAGE, "A and B cannot take turns under mpirun");
	if (option_set(inv, "workload")) {
		plan = plan_load(option_text(inv, "workload"), e);
		if (!plan)
			return -1;
	}
	workload = plan ? workload_of_requests(inv, plan->requests, plan->pattern_count, e)
			: workload_of_options(inv, e);
	if (!workload) {
		plan_free(plan);
		return -1;
	}
	o.plan = plan;
	o.workload = workload;
	status = fill_options(inv, &o, e);
	if (status == 0) {
		record = record_new("bench", "run", inv->argc, inv->argv);
		status = measure(inv, &o, record, e);
	}
	record_free(record);
	workload_free(workload);
	plan_free(plan);
	return status;
}

/* Under mpirun all ranks come here; what they have to say, rank 0 says. */
static int bench_run_main(struct invocation *inv, struct error *e)
{
	int status = many_init(e);
	unsigned rank = many_rank();

	if (status == 0)
		status = run_workload(inv, e);
	if (status < 0)
		many_fail(e);
	many_finish();
	return rank == 0 ? status : 0;
}

const struct command bench_run = {
	.tool = "bench",
	.verb = "run",
	.arguments = "",
	.summary = "run a workload and measure rate and latency",
	.description =
		"Opens all connections and prepares all statements, then keeps every connection\n"
		"busy for the timed window (a closed loop) or offers a rate (-R, an open loop),\n"
		"lets what is under way finish, and writes a run record. Transactions are drawn\n"
		"by weight from the scripts given.\n"
		"An SQL error fails its transaction, is counted by SQLSTATE, and the run goes on;\n"
		"a lost connection is opened again. Ctrl-C ends the run and keeps the record.\n"
		"\n"
		"Under 'mpirun -n N' there is one load from N processes (ranks): connections and\n"
		"rate are those of all together, -t and -j those of each connection and rank; all\n"
		"begin together, and rank 0 writes one record of everything.\n"
		"\n"
		"Scripts: pgbench's language (every meta command and function of pgbench 15 but\n"
		"\\shell and \\setshell), or one SQL statement with comments\n"
		"  -- WEIGHT: 40\n"
		"  -- PARAM id = random(1, 240000)\n"
		"  -- PARAM state = values('CA', 'NY', 'TX') zipfian(1.1)\n"
		"  -- PARAM (order, customer) = sample(orders(o_id, o_customer), 10000) hot(0.9, "
		"0.01)\n"
		"  -- PARAM city = csv('cities.csv', name)\n"
		"whose :id and :state get a fresh value for every execution. sample() draws rows "
		"of\n"
		"a table (read once, before the load), csv() those of a file beside the script;\n"
		"behind random(a, b), values(), sample() or csv() may stand uniform, zipfian(s),\n"
		"gaussian(p), exponential(p) or hot(share of draws, share of rows).\n"
		"\n"
		"A workload file (-w) names patterns with weights, think times and time limits,\n"
		"phases with connections, rates, ramps and spikes, and targets that are judged: a\n"
		"missed one makes the exit status 1. bench/scenarios/ has six to start from.\n"
		"\n"
		"--versus and --ab measure two sides in one run: both take turns in rounds (A B,\n"
		"B A, ...), and every difference has its 95 % interval, from how it moves from\n"
		"round to round.\n"
		"\n"
		"Exit status 1 when transactions failed (other than by serialization failures and\n"
		"deadlocks), 4 when none succeeded.",
	.examples =
		"  lakeport bench run -d postgresql:///shop -c 32 -T 30 -b select-only\n"
		"  lakeport bench run -d postgresql:///shop -c 8 -T 30 -f point.sql@9 -f "
		"write.sql@1\n"
		"  lakeport bench run -d postgresql:///shop -c 32 -T 30 -R 2000 -b simple-update\n"
		"  mpirun -n 4 --host a,b,c,d --bind-to none lakeport bench run -d ... -c 400 -T "
		"60\n"
		"  lakeport bench run -d postgresql:///shop -w bench/scenarios/spike.yaml\n"
		"  lakeport bench run -d postgresql:///shop -c 8 --warmup 10 -T 60 -D "
		"rows=1000 -f mix.sql\n"
		"  lakeport bench run -d postgresql:///shop -c 8 -T 30 -f old.sql --ab new.sql\n"
		"  lakeport bench run -d postgresql:///shop -c 8 -T 30 --versus "
		"postgresql://lake/shop \\\n"
		"    --max-regression 5%\n",
	OPTIONS(run_options),
	.takes_dsn = true,
	.takes_runs = true,
	.ranks = RANKS_SHARED,
	.run = bench_run_main,
};
