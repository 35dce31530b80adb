/*
 * qualify_measure.c - see qualify.h: the phases. Rows go in by binary COPY on one connection; the
 * figure counts from the first statement to the end of the commit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench/qualify.h"
#include "bench/script.h"
#include "bench/workload_options.h"
#include "common/clock.h"
#include "common/interrupt.h"
#include "common/memory.h"
#include "common/random.h"
#include "common/text.h"

#define COPY_CHUNK  ((size_t)256 << 10)
#define FILLER	    960 /* with key and headers a row takes 1000 bytes of a page */
#define POOL	    ((size_t)64 << 10)
#define DEADLINE_MS 600000

struct rows { /* where rows come from */
	struct random random;
	char pool[POOL];
};

static struct rows *rows_new(void)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	struct rows *rows = xmalloc(sizeof(*rows));
	size_t i;

	random_seed(&rows->random, 1);
	for (i = 0; i < POOL; i++)
		rows->pool[i] = letters[random_next(&rows->random) >> 58];
	return rows;
}

static void add_number(struct buf *b, uint64_t v, int width)
{
	char bytes[8];
	int i;

	for (i = 0; i < width; i++)
		bytes[i] = (char)(v >> (8 * (width - 1 - i)));
	buf_add(b, bytes, (size_t)width);
}

/* One row of COPY's binary format: id bigint, filler text. */
static void add_row(struct rows *rows, struct buf *b, uint64_t id)
{
	add_number(b, 2, 2);
	add_number(b, 8, 4);
	add_number(b, id, 8);
	add_number(b, FILLER, 4);
	buf_add(b, rows->pool + random_range(&rows->random, 0, POOL - FILLER), FILLER);
}

static void add_header(struct buf *b)
{
	static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";

	buf_add(b, header, 19);
}

static int heed_interrupt(struct error *e)
{
	if (interrupt_count() == 0)
		return 0;
	return error_set(e, ERROR_INTERRUPTED, "interrupted; nothing is left behind");
}

static int end_copy(struct pg *pg, int status, struct error *e)
{
	struct error ignored = ERROR_INIT;

	if (status == 0)
		return pg_copy_end(pg, NULL, e);
	pg_copy_end(pg, "stopped", &ignored);
	return -1;
}

/* Both or neither: statements sent together are one transaction. */
int qualify_create(struct pg *pg, struct error *e)
{
	static const char sql[] =
		"create schema " QUALIFY_SCHEMA ";"
		"create table " QUALIFY_TABLE " (id bigint primary key, filler text not null)";

	pg_deadline(pg, DEADLINE_MS);
	if (pg_exec(pg, sql, e) == 0)
		return 0;
	if (strcmp(e->sqlstate, "42P06") != 0)
		return error_context(e, "while making schema '%s'", QUALIFY_SCHEMA);
	error_set(e, ERROR_REFUSED, "the database has a schema '%s' already", QUALIFY_SCHEMA);
	return error_hint(e,
			  "if it was left by a run that was killed, drop it; it was not touched");
}

int qualify_drop(const char *dsn, struct error *e)
{
	struct pg *pg = pg_connect(dsn, e);
	int status = -1;

	if (!pg)
		return -1;
	pg_deadline(pg, DEADLINE_MS);
	if (pg_exec(pg, "drop table if exists " QUALIFY_TABLE, e) == 0)
		status = pg_exec(pg, "drop schema " QUALIFY_SCHEMA, e);
	pg_close(pg);
	return status;
}

/* Rows with rising ids until the time is over. */
static int send_rows(struct qualify *q, struct pg *pg, uint64_t end, struct error *e)
{
	struct rows *rows = rows_new();
	struct buf b = {0};
	bool more = true;
	int status = 0;

	add_header(&b);
	while (status == 0 && more) {
		while (b.len < COPY_CHUNK && q->load_rows < q->rows_max)
			add_row(rows, &b, ++q->load_rows);
		more = q->load_rows < q->rows_max &&
		       (clock_now() < end || q->load_rows < QUALIFY_ROWS_MIN);
		if (!more)
			add_number(&b, UINT64_MAX, 2);
		status = pg_copy_send(pg, buf_text(&b), b.len, e);
		buf_clear(&b);
		if (status == 0)
			status = heed_interrupt(e);
	}
	buf_release(&b);
	free(rows);
	return status;
}

int qualify_load(struct qualify *q, struct pg *pg, struct error *e)
{
	uint64_t begun = clock_now();
	int status;

	if (pg_copy_begin(pg, "copy " QUALIFY_TABLE " from stdin (format binary)", e) < 0)
		return error_context(e, "while loading");
	status = send_rows(q, pg, begun + q->phase_ns, e);
	if (end_copy(pg, status, e) < 0)
		return error_context(e, "while loading");
	q->load_s = (double)(clock_now() - begun) / 1e9;
	return 0;
}

/* Half of a batch updates rows spread over the table, half is new; no id comes twice. */
static int stage_batch(struct qualify *q, struct rows *rows, struct pg *pg, struct error *e)
{
	uint64_t stride = q->load_rows / (QUALIFY_BATCH / 2), i;
	uint64_t fresh = q->load_rows + q->upsert_rows / 2;
	struct buf b = {0};
	int status;

	add_header(&b);
	for (i = 0; i < QUALIFY_BATCH / 2; i++) {
		add_row(rows, &b, i * stride + random_range(&rows->random, 1, stride));
		add_row(rows, &b, fresh + i + 1);
	}
	add_number(&b, UINT64_MAX, 2);
	status = pg_copy_begin(pg, "copy stage from stdin (format binary)", e);
	if (status == 0)
		status = end_copy(pg, pg_copy_send(pg, buf_text(&b), b.len, e), e);
	buf_release(&b);
	return status;
}

static int merge_batch(struct qualify *q, struct rows *rows, struct pg *pg, struct error *e)
{
	static const char merge[] = "insert into " QUALIFY_TABLE
				    " select id, filler from stage on conflict (id) do update "
				    "set filler = excluded.filler";

	if (pg_exec(pg, "begin", e) < 0 || stage_batch(q, rows, pg, e) < 0 ||
	    pg_exec(pg, merge, e) < 0 || pg_exec(pg, "truncate stage", e) < 0 ||
	    pg_exec(pg, "commit", e) < 0)
		return -1;
	q->upsert_rows += QUALIFY_BATCH;
	return heed_interrupt(e);
}

int qualify_upsert(struct qualify *q, struct pg *pg, struct error *e)
{
	struct rows *rows;
	uint64_t begun, end;
	int status;

	if (pg_exec(pg, "create temporary table stage (id bigint, filler text)", e) < 0)
		return error_context(e, "while making the staging table");
	rows = rows_new();
	begun = clock_now();
	end = begun + q->phase_ns;
	do
		status = merge_batch(q, rows, pg, e);
	while (status == 0 && clock_now() < end && q->upsert_rows < q->rows_max);
	q->upsert_s = (double)(clock_now() - begun) / 1e9;
	free(rows);
	return status < 0 ? error_context(e, "while upserting") : 0;
}

int qualify_read(struct qualify *q, struct pg *pg, struct error *e)
{
	struct engine_options *o = &q->engine;
	char script[200];
	int n;

	if (pg_exec(pg, "vacuum analyze " QUALIFY_TABLE, e) < 0)
		return error_context(e, "before reading");
	n = snprintf(script, sizeof(script),
		     "\\set id random(1, %llu)\nselect id, filler from %s where id = :id;\n",
		     (unsigned long long)q->load_rows, QUALIFY_TABLE);
	q->workload = workload_parse(script, (size_t)n, "point read", NULL, 0, e);
	if (!q->workload)
		return -1;
	o->dsn = q->dsn;
	o->workload = q->workload;
	o->connections = q->read_connections;
	o->threads = default_threads(o->connections);
	o->protocol = PROTOCOL_PREPARED;
	o->warmup_ns = q->phase_ns / 5;
	o->duration_ns = q->phase_ns;
	o->drain_ns = 10 * CLOCK_SECOND;
	o->seed = 1;
	o->scale = 1;
	o->progress = q->progress;
	if (engine_run(o, &q->reads, e) < 0)
		return error_context(e, "while reading");
	q->have_reads = true;
	if (q->reads.interrupted)
		return heed_interrupt(e);
	return 0;
}

/* Each connection is a descriptor: the soft limit goes up to the hard one. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static bool open_one(const char *dsn, struct pg **pg, struct error *e)
{
	*pg = pg_connect(dsn, e);
	if (!*pg)
		return false;
	pg_deadline(*pg, 30000);
	return pg_exec(*pg, "select 1", e) == 0;
}

/* One after the other, all held until the first refusal; then closed at once, so that others find
 * their places again. */
int qualify_connect(struct qualify *q, struct error *e)
{
	struct pg **held = xcalloc(q->connections_tried, sizeof(struct pg *));
	struct error refused = ERROR_INIT;
	unsigned n = 0, i;
	int status = 0;

	raise_descriptor_limit();
	while (n < q->connections_tried && status == 0) {
		if (!open_one(q->dsn, &held[n], &refused)) {
			pg_close(held[n]);
			snprintf(q->refusal, sizeof(q->refusal), "%.299s", refused.text);
			break;
		}
		n++;
		status = heed_interrupt(e);
	}
	for (i = 0; i < n; i++)
		pg_close(held[i]);
	free(held);
	q->connections_open = n;
	return status;
}
