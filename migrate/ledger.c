/*
 * ledger.c - see ledger.h. Claims commit without waiting for the disk: a claim that is lost in a
 * crash is only a file that is still pending. Whether a run is alive is a question to pg_locks.
 */
#include "migrate/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "migrate/ledger_sql.h"

static const char *const status_words[] = {"pending", "running", "done",    "failed",
					   "dead",    "changed", "replaced"};

const char *file_status_word(enum file_status s)
{
	return status_words[s];
}

static enum file_status status_of(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(status_words) / sizeof(status_words[0]); i++)
		if (strcmp(word, status_words[i]) == 0)
			return (enum file_status)i;
	return FILE_PENDING;
}

static int64_t number(const struct pg_result *r, int row, int column)
{
	const char *text = pg_value(r, row, column);
	int64_t n = 0;

	return text && text_to_int(text, &n) ? n : 0;
}

/* One statement with parameters whose first value is wanted as a number; 0 when there is no row. */
static int query_number(struct pg *pg, const char *sql, const char *const *values, int n,
			int64_t *out, struct error *e)
{
	struct pg_result *r = pg_query(pg, sql, values, n, e);

	if (!r)
		return -1;
	*out = pg_rows(r) ? number(r, 0, 0) : 0;
	pg_free(r);
	return 0;
}

int ledger_run_begin(struct pg *pg, const char *record, const char *verb, int64_t *run,
		     struct error *e)
{
	char host[256] = "", pid[20], sql[100];
	const char *values[] = {record, verb, host, pid};

	gethostname(host, sizeof(host) - 1);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (query_number(pg,
			 "insert into lakeport.run (record, verb, host, pid) "
			 "values ($1, $2, $3, $4) returning run",
			 values, 4, run, e) < 0)
		return error_context(e, "while writing the ledger");
	snprintf(sql, sizeof(sql), "select pg_advisory_lock(%d, %d)", LEDGER_LOCK_RUN, (int)*run);
	return pg_exec(pg, sql, e);
}

int ledger_run_end(struct pg *pg, int64_t run, const char *outcome, const char *text, int64_t rows,
		   int64_t files, struct error *e)
{
	char numbers[3][24];
	const char *values[] = {numbers[0], outcome, text, numbers[1], numbers[2]};
	struct pg_result *r;

	snprintf(numbers[0], sizeof(numbers[0]), "%" PRId64, run);
	snprintf(numbers[1], sizeof(numbers[1]), "%" PRId64, rows);
	snprintf(numbers[2], sizeof(numbers[2]), "%" PRId64, files);
	r = pg_query(pg,
		     "update lakeport.run set ended_at = now(), outcome = $2, error = $3, "
		     "rows = $4, files = $5 where run = $1",
		     values, 5, e);
	pg_free(r);
	return r ? 0 : -1;
}

int ledger_find_task(struct pg *pg, const char *schema, const char *table, int64_t *task,
		     struct error *e)
{
	const char *values[] = {schema, table};

	return query_number(pg,
			    "select task from lakeport.task "
			    "where target_schema = $1 and target_table = $2",
			    values, 2, task, e);
}

int ledger_task(struct pg *pg, const char *schema, const char *table, const char *strategy,
		int64_t *task, struct error *e)
{
	const char *values[] = {schema, table, strategy};

	return query_number(pg,
			    "insert into lakeport.task (target_schema, target_table, strategy) "
			    "values ($1, $2, $3) on conflict (target_schema, target_table) "
			    "do update set strategy = excluded.strategy returning task",
			    values, 3, task, e);
}

/* {"a","b"} - an array literal. */
static void add_element(struct buf *out, const char *text)
{
	buf_puts(out, out->len ? ",\"" : "{\"");
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *text);
	}
	buf_putc(out, '"');
}

struct arrays {
	struct buf path, size, time;
};

static void make_arrays(struct arrays *a, const struct ledger_file *files, size_t n)
{
	char text[24];
	size_t i;

	for (i = 0; i < n; i++) {
		add_element(&a->path, files[i].path);
		snprintf(text, sizeof(text), "%" PRId64, files[i].size);
		add_element(&a->size, text);
		snprintf(text, sizeof(text), "%" PRId64, files[i].mtime_ns);
		add_element(&a->time, text);
	}
	buf_putc(&a->path, '}');
	buf_putc(&a->size, '}');
	buf_putc(&a->time, '}');
}

static void release_arrays(struct arrays *a)
{
	buf_release(&a->path);
	buf_release(&a->size);
	buf_release(&a->time);
}

#define OWNER_LIVES                                                                                \
	"(f.lease_until > now() and exists (select 1 from pg_locks k where "                       \
	"k.locktype = 'advisory' and k.classid = 1818323762 and k.objid = f.run and "              \
	"k.objsubid = 2 and k.database = (select oid from pg_database "                            \
	"where datname = current_database())))"

/* Fills a file from a row of look(): file, status, version, loaded, same, alive, attempts, ... */
static void fill_file(struct ledger_file *f, const struct pg_result *r, int row)
{
	const char *wait = pg_value(r, row, 8), *hash = pg_value(r, row, 9);

	f->id = number(r, row, 1);
	f->status = status_of(pg_value(r, row, 2));
	f->version = number(r, row, 3);
	f->loaded = *pg_value(r, row, 4) == 't';
	f->same = *pg_value(r, row, 5) == 't';
	f->alive = *pg_value(r, row, 6) == 't';
	f->attempts = (int)number(r, row, 7);
	f->wait_s = -1;
	if (wait)
		text_to_double(wait, &f->wait_s);
	snprintf(f->hash, sizeof(f->hash), "%s", hash ? hash : "");
}

static int look(struct pg *pg, const char *task, struct arrays *a, struct ledger_file *files,
		size_t n, struct error *e)
{
	const char *values[] = {task, buf_text(&a->path), buf_text(&a->size), buf_text(&a->time)};
	struct pg_result *r;
	int row;

	r = pg_query(
		pg,
		"select l.n, f.file, f.status, f.version, f.loaded_at is not null, "
		"f.size = l.size and f.mtime_ns = l.time, f.status = 'running' and " OWNER_LIVES
		", f.attempts, extract(epoch from f.next_attempt_at - now())::float8, f.sha256 "
		"from unnest($2::text[], $3::bigint[], $4::bigint[]) with ordinality "
		"l(path, size, time, n) join lakeport.file f on f.path = l.path "
		"where f.task = $1",
		values, 4, e);
	if (!r)
		return -1;
	for (row = 0; row < pg_rows(r); row++) {
		size_t i = (size_t)number(r, row, 0) - 1;

		if (i < n)
			fill_file(&files[i], r, row);
	}
	pg_free(r);
	return 0;
}

int ledger_look(struct pg *pg, int64_t task, struct ledger_file *files, size_t n, struct error *e)
{
	struct arrays a = {0};
	char number_text[24];
	int status;

	if (n == 0)
		return 0;
	snprintf(number_text, sizeof(number_text), "%" PRId64, task);
	make_arrays(&a, files, n);
	status = look(pg, number_text, &a, files, n, e);
	release_arrays(&a);
	return status;
}

int ledger_register(struct pg *pg, int64_t task, struct ledger_file *files, size_t n,
		    struct error *e)
{
	struct arrays a = {0};
	char text[24];
	const char *values[] = {text, NULL, NULL, NULL};
	struct pg_result *r;
	int status = -1;

	if (n == 0)
		return 0;
	snprintf(text, sizeof(text), "%" PRId64, task);
	make_arrays(&a, files, n);
	values[1] = buf_text(&a.path);
	values[2] = buf_text(&a.size);
	values[3] = buf_text(&a.time);
	r = pg_query(pg,
		     "insert into lakeport.file (task, path, size, mtime_ns) select $1, l.* from "
		     "unnest($2::text[], $3::bigint[], $4::bigint[]) l on conflict do nothing",
		     values, 4, e);
	pg_free(r);
	if (r)
		status = look(pg, text, &a, files, n, e);
	release_arrays(&a);
	return status < 0 ? error_context(e, "while writing the ledger") : 0;
}

int ledger_forget(struct pg *pg, int64_t task, struct error *e)
{
	char sql[300];

	snprintf(sql, sizeof(sql),
		 "update lakeport.file set status = 'pending', loaded_at = null, sha256 = null, "
		 "rows = null, attempts = 0, next_attempt_at = null, changed_at = now() "
		 "where task = %" PRId64 " and (loaded_at is not null or status = 'done')",
		 task);
	return pg_exec(pg, sql, e);
}

int ledger_touch(struct pg *pg, const struct ledger_file *f, struct error *e)
{
	char sql[300];

	snprintf(sql, sizeof(sql),
		 "update lakeport.file set size = %" PRId64 ", mtime_ns = %" PRId64
		 ", status = 'done', error = null where file = %" PRId64 " and version = %" PRId64
		 " and loaded_at is not null and status <> 'running'",
		 f->size, f->mtime_ns, f->id, f->version);
	return pg_exec(pg, sql, e);
}

int ledger_changed(struct pg *pg, int64_t run, const struct ledger_file *f, struct error *e)
{
	char sql[400];

	snprintf(sql, sizeof(sql),
		 "update lakeport.file set status = 'changed', run = %" PRId64
		 ", error = 'the file changed after it was loaded', changed_at = now() "
		 "where file = %" PRId64 " and version = %" PRId64
		 " and loaded_at is not null and status <> 'running'",
		 run, f->id, f->version);
	return pg_exec(pg, sql, e);
}

static void claim_sql(struct buf *sql, int64_t run, struct ledger_file *const *files, size_t n)
{
	size_t i;

	buf_printf(sql,
		   "update lakeport.file set status = 'running', run = %" PRId64
		   ", started_at = now(), lease_until = now() + interval '%d s', "
		   "changed_at = now() where file in (select f.file from lakeport.file f "
		   "join (values ",
		   run, LEDGER_LEASE_S);
	for (i = 0; i < n; i++)
		buf_printf(sql, "%s(%" PRId64 "::bigint, %" PRId64 "::bigint)", i ? ", " : "",
			   files[i]->id, files[i]->version);
	buf_printf(sql,
		   ") v(file, version) on v.file = f.file and v.version = f.version "
		   "where f.status <> 'running' or f.run = %" PRId64 " or not " OWNER_LIVES
		   " for update of f skip locked) returning file",
		   run);
}

int ledger_claim(struct pg *pg, int64_t run, struct ledger_file *const *files, size_t n,
		 bool *claimed, struct error *e)
{
	struct pg_result *r = NULL;
	struct buf sql = {0};
	int count = -1, row;
	size_t i;

	claim_sql(&sql, run, files, n);
	if (pg_exec(pg, "begin; set local synchronous_commit = off", e) == 0)
		r = pg_query(pg, buf_text(&sql), NULL, 0, e);
	buf_release(&sql);
	if (r && pg_exec(pg, "commit", e) == 0) {
		count = pg_rows(r);
		memset(claimed, 0, n * sizeof(*claimed));
		for (row = 0; row < count; row++)
			for (i = 0; i < n; i++)
				claimed[i] |= files[i]->id == number(r, row, 0);
	} else if (!r && e->class == ERROR_SQL) {
		pg_exec(pg, "rollback", NULL);
	}
	pg_free(r);
	return count < 0 ? error_context(e, "while claiming '%s'", files[0]->path) : count;
}

int ledger_loaded(struct pg *pg, int64_t task, int64_t *n, struct error *e)
{
	char text[24];
	const char *values[] = {text};

	snprintf(text, sizeof(text), "%" PRId64, task);
	return query_number(pg,
			    "select count(*) from lakeport.file "
			    "where task = $1 and loaded_at is not null",
			    values, 1, n, e);
}

void ledger_replaced_sql(struct buf *out, int64_t run, int64_t task)
{
	buf_printf(out,
		   "update lakeport.file set status = 'replaced', loaded_at = null, "
		   "changed_at = now() where task = %" PRId64 " and loaded_at is not null "
		   "and not (run = %" PRId64 " and status = 'running')",
		   task, run);
}

void ledger_lock_sql(struct buf *sql, int64_t run, const struct ledger_file *f)
{
	buf_printf(sql,
		   "select lakeport.mine(count(*)) from (select from lakeport.file where file = "
		   "%" PRId64 " and run = %" PRId64 " and status = 'running' for update) x",
		   f->id, run);
}

void ledger_done_sql(struct buf *sql, int64_t run, const struct ledger_file *f, const char *hash,
		     const struct ledger_counts *counts)
{
	buf_printf(sql,
		   "with u as (update lakeport.file set status = 'done', version = version + 1, "
		   "loaded_at = now(), size = %" PRId64 ", mtime_ns = %" PRId64
		   ", sha256 = '%s', rows = %" PRId64 ", rejects = %" PRId64 ", bytes = %" PRId64
		   ", attempts = 0, next_attempt_at = null, "
		   "lease_until = null, sqlstate = null, error = null, changed_at = now() "
		   "where file = %" PRId64 " and run = %" PRId64
		   " and status = 'running' returning 1) select lakeport.mine(count(*)) from u",
		   f->size, f->mtime_ns, hash, counts->rows, counts->rejects, counts->bytes, f->id,
		   run);
}

bool ledger_claim_lost(const struct error *e)
{
	return strcmp(e->sqlstate, LEDGER_LOST) == 0;
}

void ledger_wait(struct pg *pg, const struct ledger_file *f)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "select from lakeport.file where file = %" PRId64 " for update",
		 f->id);
	pg_exec(pg, sql, NULL);
}

int ledger_fail(struct pg *pg, int64_t run, struct ledger_file *f, int attempts, double wait_s,
		const struct error *why, struct error *e)
{
	char numbers[4][24];
	const char *values[] = {numbers[0],    numbers[1],
				numbers[2],    wait_s < 0 ? NULL : numbers[3],
				why->sqlstate, why->text};
	struct pg_result *r;

	f->attempts++;
	f->status = f->attempts >= attempts ? FILE_DEAD : FILE_FAILED;
	snprintf(numbers[0], sizeof(numbers[0]), "%" PRId64, f->id);
	snprintf(numbers[1], sizeof(numbers[1]), "%" PRId64, run);
	snprintf(numbers[2], sizeof(numbers[2]), "%d", f->attempts);
	snprintf(numbers[3], sizeof(numbers[3]), "%.3f", wait_s < 0 ? 0 : wait_s);
	r = pg_query(pg,
		     f->status == FILE_DEAD
			     ? "update lakeport.file set status = 'dead', attempts = $3, "
			       "next_attempt_at = now() + null * $4::float8 * interval '1 s', "
			       "sqlstate = $5, error = $6, lease_until = null, changed_at = now() "
			       "where file = $1 and run = $2 and status = 'running'"
			     : "update lakeport.file set status = 'failed', attempts = $3, "
			       "next_attempt_at = now() + $4::float8 * interval '1 s', "
			       "sqlstate = $5, error = $6, lease_until = null, changed_at = now() "
			       "where file = $1 and run = $2 and status = 'running'",
		     values, 6, e);
	pg_free(r);
	return r ? 0 : error_context(e, "while writing the ledger");
}

int ledger_release(struct pg *pg, int64_t run, int64_t task, struct error *e)
{
	char sql[300];

	snprintf(sql, sizeof(sql),
		 "update lakeport.file set status = case when loaded_at is null then 'pending' "
		 "else 'done' end, lease_until = null where task = %" PRId64 " and run = %" PRId64
		 " and status = 'running'",
		 task, run);
	return pg_exec(pg, sql, e);
}

int ledger_pending(struct pg *pg, int64_t task, struct buf *sql, struct error *e)
{
	char text[24];
	const char *values[] = {text};
	struct pg_result *r;

	snprintf(text, sizeof(text), "%" PRId64, task);
	r = pg_query(pg,
		     "select array_to_string(pending_indexes, '; ') from lakeport.task "
		     "where task = $1 for update",
		     values, 1, e);
	if (r && pg_rows(r) && pg_value(r, 0, 0))
		buf_puts(sql, pg_value(r, 0, 0));
	pg_free(r);
	return r ? 0 : -1;
}

void ledger_pending_sql(struct buf *out, int64_t task, const char *sql)
{
	buf_puts(out, "update lakeport.task set pending_indexes = ");
	if (sql) {
		buf_puts(out, "pending_indexes || ");
		pg_quote_literal(out, sql);
		buf_puts(out, "::text");
	} else {
		buf_puts(out, "'{}'");
	}
	buf_printf(out, " where task = %" PRId64, task);
}

void ledger_reject_sql(struct buf *out, int64_t run, int64_t file, const char *reason, int64_t rows,
		       int64_t line, const char *example)
{
	buf_printf(out,
		   "insert into lakeport.reject (file, run, reason, rows, line, example) values "
		   "(%" PRId64 ", %" PRId64 ", '%s', %" PRId64 ", %" PRId64 ", ",
		   file, run, reason, rows, line);
	pg_quote_literal(out, example);
	buf_puts(out, ")");
}

int ledger_lock_task(struct pg *pg, int64_t task, struct error *e)
{
	char sql[100], *mine;
	int status;

	snprintf(sql, sizeof(sql), "select pg_try_advisory_lock(%d, %d)", LEDGER_LOCK_TASK,
		 (int)task);
	mine = pg_scalar(pg, sql, e);
	status = mine ? *mine == 't' : -1;
	free(mine);
	return status;
}
