/*
 * init.c - `lakeport bench init`: the tables and rows of the built-in workloads.
 *
 * The schema, row counts and fillers are those of pgbench 15 (manual, section "Init Options" and
 * what \d shows after `pgbench -i`), so that both tools can run on the same tables. Everything up
 * to the primary keys happens in one transaction: it is all there or nothing is. Rows go in by
 * binary COPY FREEZE, keys are built after the data, VACUUM ANALYZE comes last.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/workload_options.h"
#include "common/clock.h"
#include "common/finish.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/progress.h"
#include "common/text.h"

#define BRANCHES   1
#define TELLERS	   10
#define ACCOUNTS   100000 /* a scale unit */
#define BIG_SCALE  20000  /* from here on account numbers do not fit 32 bits */
#define COPY_CHUNK ((size_t)256 << 10)

static const struct option init_options[] = {
	{'s', "scale", OPTION_INT, "N", "size: N x 100,000 accounts, about 16 MB each", "1", 1,
	 1000000, NULL, NULL},
	{0, "replace", OPTION_FLAG, NULL, "drop pgbench_* tables that are there already", NULL, 0,
	 0, NULL, NULL},
	{0, "fillfactor", OPTION_INT, "PERCENT", "how full table pages are packed", "100", 10, 100,
	 NULL, NULL},
	{0, "unlogged", OPTION_FLAG, NULL, "make unlogged tables: faster, lost in a crash", NULL, 0,
	 0, NULL, NULL},
	{0, "foreign-keys", OPTION_FLAG, NULL, "add the foreign keys between the tables", NULL, 0,
	 0, NULL, NULL},
	PASSWORD_OPTIONS,
};

struct loader {
	struct pg *pg;
	int64_t scale;
	bool big;
	struct progress progress;
	uint64_t rows, bytes;
};

static const struct {
	const char *name, *columns; /* %s: int or bigint */
	int64_t rows;		    /* for each scale unit */
} tables[] = {
	{"pgbench_branches", "bid int not null, bbalance int, filler char(88)", BRANCHES},
	{"pgbench_tellers", "tid int not null, bid int, tbalance int, filler char(84)", TELLERS},
	{"pgbench_accounts", "aid %s not null, bid int, abalance int, filler char(84)", ACCOUNTS},
	{"pgbench_history", "tid int, bid int, aid %s, delta int, mtime timestamp, filler char(22)",
	 0},
};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

static int create_tables(const struct invocation *inv, struct loader *l, struct error *e)
{
	const char *kind = option_flag(inv, "unlogged") ? "unlogged " : "";
	size_t i;

	for (i = 0; i < TABLES; i++) {
		char columns[200];
		struct buf sql = {0};
		const char *slot = strstr(tables[i].columns, "%s");
		int status;

		snprintf(columns, sizeof(columns), "%s", tables[i].columns);
		if (slot)
			snprintf(columns, sizeof(columns), "%.*s%s%s",
				 (int)(slot - tables[i].columns), tables[i].columns,
				 l->big ? "bigint" : "int", slot + 2);
		buf_printf(&sql, "create %stable %s (%s)", kind, tables[i].name, columns);
		if (tables[i].rows)
			buf_printf(&sql, " with (fillfactor = %lld)",
				   (long long)option_int(inv, "fillfactor"));
		status = pg_exec(l->pg, buf_text(&sql), e);
		buf_release(&sql);
		if (status < 0)
			return error_context(e, "while creating %s", tables[i].name);
	}
	return 0;
}

static void add_bytes(struct buf *b, uint64_t v, int width)
{
	char bytes[8];
	int i;

	for (i = 0; i < width; i++)
		bytes[i] = (char)(v >> (8 * (width - 1 - i)));
	buf_add(b, bytes, (size_t)width);
}

static void add_field(struct buf *b, uint64_t v, int width)
{
	add_bytes(b, (uint64_t)width, 4);
	add_bytes(b, v, width);
}

/* One row in COPY's binary format: key, [branch,] balance 0, filler (empty, or NULL). */
static void add_row(const struct loader *l, struct buf *b, size_t table, int64_t i)
{
	bool branches = table == 0, accounts = table == 2;

	add_bytes(b, branches ? 3 : 4, 2);
	add_field(b, (uint64_t)i + 1, accounts && l->big ? 8 : 4);
	if (!branches)
		add_field(b, (uint64_t)(i / tables[table].rows + 1), 4);
	add_field(b, 0, 4);
	add_bytes(b, accounts ? 0 : UINT64_MAX, 4);
}

static int send_rows(struct loader *l, size_t table, struct error *e)
{
	static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
	int64_t total = tables[table].rows * l->scale, i = 0;
	struct buf b = {0};
	int status = 0;

	buf_add(&b, header, 19);
	while (status == 0 && (i < total || b.len)) {
		char detail[80], count[40];

		while (i < total && b.len < COPY_CHUNK)
			add_row(l, &b, table, i++);
		if (i == total)
			add_bytes(&b, UINT64_MAX, 2);
		status = pg_copy_send(l->pg, buf_text(&b), b.len, e);
		l->bytes += b.len;
		buf_clear(&b);
		if (interrupt_count())
			status =
				error_set(e, ERROR_INTERRUPTED, "interrupted; nothing was changed");
		snprintf(detail, sizeof(detail), "%s rows of %s",
			 text_thousands((double)i, 0, count, sizeof(count)), tables[table].name);
		progress_update(&l->progress, (double)(l->rows + (uint64_t)i), detail);
	}
	l->rows += (uint64_t)total;
	buf_release(&b);
	return status;
}

static int load_table(struct loader *l, size_t table, struct error *e)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "copy %s from stdin (format binary, freeze)",
		 tables[table].name);
	if (pg_copy_begin(l->pg, sql, e) < 0)
		return -1;
	if (send_rows(l, table, e) < 0) {
		struct error ignored = ERROR_INIT;

		pg_copy_end(l->pg, "the load was stopped", &ignored);
		return -1;
	}
	return pg_copy_end(l->pg, NULL, e);
}

static int add_keys(const struct invocation *inv, struct loader *l, struct error *e)
{
	static const char *const keys[] = {
		"alter table pgbench_branches add primary key (bid)",
		"alter table pgbench_tellers add primary key (tid)",
		"alter table pgbench_accounts add primary key (aid)",
	};
	static const char *const foreign_keys[] = {
		"alter table pgbench_tellers add foreign key (bid) references pgbench_branches",
		"alter table pgbench_accounts add foreign key (bid) references pgbench_branches",
		"alter table pgbench_history add foreign key (bid) references pgbench_branches",
		"alter table pgbench_history add foreign key (tid) references pgbench_tellers",
		"alter table pgbench_history add foreign key (aid) references pgbench_accounts",
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (pg_exec(l->pg, keys[i], e) < 0)
			return -1;
	if (!option_flag(inv, "foreign-keys"))
		return 0;
	for (i = 0; i < sizeof(foreign_keys) / sizeof(foreign_keys[0]); i++)
		if (pg_exec(l->pg, foreign_keys[i], e) < 0)
			return -1;
	return 0;
}

/* Tables that are there already are somebody's data: they go only on request. */
static int clear_the_way(const struct invocation *inv, struct loader *l, struct error *e)
{
	char *found;

	if (option_flag(inv, "replace"))
		return pg_exec(l->pg,
			       "drop table if exists pgbench_history, pgbench_accounts, "
			       "pgbench_tellers, pgbench_branches",
			       e);
	found = pg_scalar(l->pg,
			  "select coalesce(string_agg(t, ', '), '') from unnest(array["
			  "'pgbench_branches','pgbench_tellers','pgbench_accounts',"
			  "'pgbench_history']) t where to_regclass(t) is not null",
			  e);
	if (!found)
		return -1;
	if (*found) {
		error_set(e, ERROR_REFUSED, "the database has %s already", found);
		error_hint(e, "use --replace to drop and make them anew");
	}
	free(found);
	return e->class == ERROR_NONE ? 0 : -1;
}

static int fill(const struct invocation *inv, struct loader *l, struct error *e)
{
	size_t i;

	if (pg_exec(l->pg, "begin", e) < 0 || clear_the_way(inv, l, e) < 0 ||
	    create_tables(inv, l, e) < 0)
		return -1;
	for (i = 0; i < TABLES; i++)
		if (tables[i].rows && load_table(l, i, e) < 0)
			return error_context(e, "while loading %s", tables[i].name);
	progress_update(&l->progress, (double)l->rows, "building keys");
	if (add_keys(inv, l, e) < 0 || pg_exec(l->pg, "commit", e) < 0)
		return -1;
	for (i = 0; i < TABLES; i++) {
		char sql[100];

		snprintf(sql, sizeof(sql), "vacuum analyze %s", tables[i].name);
		if (pg_exec(l->pg, sql, e) < 0)
			return error_context(e, "the tables are there, but '%s'", sql);
	}
	return 0;
}

static void fill_record(struct record *r, const struct loader *l, double seconds)
{
	record_title(r, "pgbench tables, scale %lld", (long long)l->scale);
	record_target(r, "host", pg_host(l->pg));
	record_target(r, "database", pg_database(l->pg));
	record_metric(r, "rows", NULL, (double)l->rows, true);
	record_metric(r, "bytes", NULL, (double)l->bytes, false);
	record_metric(r, "elapsed_s", NULL, seconds, true);
	record_metric(r, "rows_per_s", NULL, (double)l->rows / seconds, true);
	record_metric(r, "bytes_per_s", NULL, (double)l->bytes / seconds, false);
}

static int bench_init_main(struct invocation *inv, struct error *e)
{
	struct loader l = {.scale = option_int(inv, "scale")};
	struct record *r;
	uint64_t begun = clock_now();
	int status;

	if (record_check_directory(option_text(inv, "runs"), e) < 0 ||
	    password_of_options(inv, option_text(inv, "dsn"), e) < 0)
		return -1;
	l.pg = pg_connect(option_text(inv, "dsn"), e);
	if (!l.pg)
		return -1;
	pg_interruptible(l.pg);
	l.big = l.scale >= BIG_SCALE;
	r = record_new("bench", "init", inv->argc, inv->argv);
	progress_begin(&l.progress, "bench init",
		       (double)l.scale * (BRANCHES + TELLERS + ACCOUNTS));
	status = fill(inv, &l, e);
	progress_end(&l.progress);
	if (status == 0) {
		fill_record(r, &l, (double)(clock_now() - begun) / 1e9);
		status = finish_run(inv, r, e);
	}
	record_free(r);
	pg_close(l.pg);
	return status;
}

const struct command bench_init = {
	.tool = "bench",
	.verb = "init",
	.arguments = "",
	.summary = "make and fill the tables of the built-in workloads",
	.description =
		"The tables are pgbench's own (pgbench_accounts, ...), so both tools can use "
		"them.\nAll of it happens in one transaction: Ctrl-C leaves nothing behind.",
	.examples = "  lakeport bench init -d postgresql:///shop -s 20\n"
		    "  lakeport bench init -d postgresql:///shop -s 100 --replace --unlogged\n",
	OPTIONS(init_options),
	.takes_dsn = true,
	.takes_runs = true,
	.ranks = RANKS_ONE,
	.run = bench_init_main,
};
