/*
 * qualify.c - `lakeport bench qualify`: five figures of a server beside the published ones, and the
 * size and price of what a workload needs. The phases are in qualify_measure.c.
 */
#include "bench/qualify.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/preflight.h"
#include "bench/workload_options.h"
#include "common/clock.h"
#include "common/finish.h"
#include "common/log.h"
#include "common/memory.h"

#define QUICK_NS	  CLOCK_SECOND
#define QUICK_CONNECTIONS 20

static const struct option qualify_options[] = {
	{0, "reads", OPTION_NUMBER, "N", "wanted: point reads a second", NULL, 0, 1e12, NULL, NULL},
	{0, "writes", OPTION_NUMBER, "N", "wanted: rows inserted or updated a second", NULL, 0,
	 1e12, NULL, NULL},
	{0, "bulk", OPTION_NUMBER, "N", "wanted: rows a second while loading in bulk", NULL, 0,
	 1e12, NULL, NULL},
	{0, "gb", OPTION_NUMBER, "N", "wanted: data, in GB as Postgres stores it", NULL, 0, 1e9,
	 NULL, NULL},
	{0, "connections", OPTION_INT, "N", "wanted: connections at the same time", NULL, 1,
	 ENGINE_MAX_CONNECTIONS, NULL, NULL},
	{'T', "duration", OPTION_SECONDS, "TIME", "length of each of the three timed phases", "15",
	 0.1, 3600, NULL, NULL},
	{'c', "read-connections", OPTION_INT, "N", "connections that read", "16", 1,
	 ENGINE_MAX_CONNECTIONS, NULL, NULL},
	{0, "max-rows", OPTION_INT, "N",
	 "load no more rows than this, whatever the time (2,000,000 take 2.2 GB)", "2000000",
	 QUALIFY_ROWS_MIN, 1e10, NULL, NULL},
	{0, "quick", OPTION_FLAG, NULL,
	 "a second for each phase and 20 connections: to see that it works, not how fast it is",
	 NULL, 0, 0, NULL, NULL},
	PASSWORD_OPTIONS,
};

static void fill_options(const struct invocation *inv, struct qualify *q)
{
	bool quick = option_flag(inv, "quick");

	q->dsn = option_text(inv, "dsn");
	q->need = (struct need){.reads = option_number(inv, "reads"),
				.upserts = option_number(inv, "writes"),
				.load = option_number(inv, "bulk"),
				.gb = option_number(inv, "gb"),
				.connections = (double)option_int(inv, "connections")};
	q->phase_ns =
		quick && !option_given(inv, "duration") ? QUICK_NS : option_ns(inv, "duration");
	q->rows_max = (uint64_t)option_int(inv, "max-rows");
	q->read_connections = (unsigned)option_int(inv, "read-connections");
	q->connections_tried = quick ? QUICK_CONNECTIONS : QUALIFY_CONNECTIONS;
	if (q->need.connections > q->connections_tried)
		q->connections_tried = (unsigned)q->need.connections;
	q->progress = !option_flag(inv, "quiet") && isatty(STDERR_FILENO) == 1;
}

/* The connection that loads is closed before connections are counted. */
static int run_phases(struct qualify *q, struct pg *pg, struct error *e)
{
	log_info("loading rows of 1 KB");
	if (qualify_load(q, pg, e) < 0)
		return -1;
	log_info("loaded %.0f rows/s; upserting", (double)q->load_rows / q->load_s);
	if (qualify_upsert(q, pg, e) < 0)
		return -1;
	log_info("upserted %.0f rows/s; reading", (double)q->upsert_rows / q->upsert_s);
	return qualify_read(q, pg, e);
}

static int run_and_describe(struct qualify *q, struct pg **pg, struct record *r, struct error *e)
{
	if (run_phases(q, *pg, e) < 0)
		return -1;
	pg_close(*pg);
	*pg = NULL;
	if (preflight(&q->engine, r, e) < 0)
		return -1;
	log_info("opening up to %u connections", q->connections_tried);
	return qualify_connect(q, e);
}

/* The schema goes in every case; when that fails, it is said beside whatever else went wrong. */
static int drop(const struct qualify *q, int status, struct error *e)
{
	struct error dropping = ERROR_INIT;

	if (qualify_drop(q->dsn, &dropping) == 0)
		return status;
	error_context(&dropping, "cannot drop schema '%s', do it by hand", QUALIFY_SCHEMA);
	if (status == 0) {
		*e = dropping;
		return -1;
	}
	log_failure(&dropping);
	return status;
}

static int measure(struct qualify *q, struct record *r, struct error *e)
{
	struct pg *pg = pg_connect(q->dsn, e);
	int status;

	if (!pg)
		return -1;
	pg_interruptible(pg);
	if (qualify_create(pg, e) < 0) {
		pg_close(pg);
		return -1;
	}
	status = run_and_describe(q, &pg, r, e);
	pg_close(pg);
	return drop(q, status, e);
}

static int bench_qualify_main(struct invocation *inv, struct error *e)
{
	struct qualify *q;
	struct record *record;
	int status;

	if (record_check_directory(option_text(inv, "runs"), e) < 0 ||
	    password_of_options(inv, option_text(inv, "dsn"), e) < 0)
		return -1;
	q = xcalloc(1, sizeof(*q));
	fill_options(inv, q);
	record = record_new("bench", "qualify", inv->argc, inv->argv);
	record_title(record, "five figures of a server%s",
		     option_flag(inv, "quick") ? ", quick: not how fast it is" : "");
	status = measure(q, record, e);
	if (status == 0) {
		qualify_record(record, q);
		status = finish_run(inv, record, e);
	}
	record_free(record);
	if (q->have_reads)
		engine_result_release(&q->reads);
	workload_free(q->workload);
	free(q);
	return status;
}

const struct command bench_qualify = {
	.tool = "bench",
	.verb = "qualify",
	.arguments = "",
	.summary = "five headline figures beside the published ones; the size and price of a need",
	.description =
		"Measures on rows of 1 KB: initial load (binary COPY into a table with a primary\n"
		"key), incremental upsert (staged by COPY, merged by ON CONFLICT), point reads by\n"
		"key with their p99 and the share under 10 ms, and how many connections can be\n"
		"open at the same time (up to 1000, or --connections if more).\n"
		"\n"
		"Sets them beside what is published for a Provisioned unit (16 GB) and an\n"
		"Autoscaling unit (2 GB) of Lakebase, and says which size the wanted --reads,\n"
		"--writes, --bulk, --gb and --connections need and what it costs a month. What is\n"
		"beyond the largest size is said to be so. Every assumption is a row of a table.\n"
		"\n"
		"Everything happens in a schema of its own, lakeport_qualify, which must not be\n"
		"there before and is dropped after, also after Ctrl-C; nothing else in the\n"
		"database is touched. While connections are counted the server may be full for a\n"
		"moment: do not run it on a server that others work with.",
	.examples = "  lakeport bench qualify -d postgresql:///scratch\n"
		    "  lakeport bench qualify -d postgresql:///scratch --reads 8000 --writes 2000 "
		    "--gb 250\n"
		    "  lakeport bench qualify -d postgresql:///scratch --quick\n",
	OPTIONS(qualify_options),
	.takes_dsn = true,
	.takes_runs = true,
	.ranks = RANKS_ONE,
	.run = bench_qualify_main,
};
