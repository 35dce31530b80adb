/*
 * strategy_overwrite.c - the table's rows are replaced by those of all files, in one transaction.
 *
 * As a rule the rows go from the stage into a new table of the same shape, which takes the name of
 * the target at the end (strategy_swap.h): others wait for no longer than a few statements take.
 * When something hangs on the target itself (a view, a foreign key, a policy, a publication ...) it
 * keeps its identity: TRUNCATE and INSERT, or, where others refer to it by foreign keys, DELETE and
 * INSERT, which no reader waits for.
 *
 * A lock that readers feel is asked for with a short limit, again and again, with pauses as long as
 * the tries: whoever reads for long makes others wait no longer than one try.
 */
#include "migrate/strategy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "migrate/strategy_swap.h"

/* The last is beyond deadlock_timeout (1 s), so that an autovacuum on the table gives way. */
#define LOCK_FIRST_MS 100
#define LOCK_LAST_MS  2000

/* ---- the lock -----------------------------------------------------------------------------------
 */

/* Who holds it: "process 17 of 'app' since 12:00:03 (select ...)". */
static void say_holder(const struct strategy_run *run, struct buf *out)
{
	char oid[20];
	const char *values[] = {oid};
	struct pg_result *r;

	snprintf(oid, sizeof(oid), "%u", run->target->oid);
	r = pg_query(run->pg,
		     "select format('process %s of ''%s'', in a transaction since %s (%s)', a.pid, "
		     "a.usename, to_char(a.xact_start, 'HH24:MI:SS'), left(regexp_replace(a.query, "
		     "'\\s+', ' ', 'g'), 80)) from pg_locks l join pg_stat_activity a using (pid) "
		     "where l.relation = $1 and l.locktype = 'relation' and l.granted and "
		     "a.pid <> pg_backend_pid() and l.database = (select oid from pg_database "
		     "where datname = current_database()) order by a.xact_start limit 1",
		     values, 1, NULL);
	buf_puts(out, r && pg_rows(r) && pg_value(r, 0, 0) ? pg_value(r, 0, 0) : "somebody");
	pg_free(r);
}

/* 1 had; 0 not within `wait_ms`; -1 failed. */
static int try_lock(const struct strategy_run *run, const char *mode, int wait_ms, struct error *e)
{
	struct buf sql = {0};
	int status;

	buf_printf(&sql,
		   "savepoint lakeport_lock; set local lock_timeout = %d; lock table %s in %s "
		   "mode; set local lock_timeout = %d; release lakeport_lock",
		   wait_ms, run->target->quoted, mode, run->settings->lock_timeout_ms);
	status = pg_exec(run->pg, buf_text(&sql), e);
	buf_release(&sql);
	if (status == 0)
		return 1;
	if (strcmp(e->sqlstate, "55P03") != 0)
		return -1;
	memset(e, 0, sizeof(*e));
	return pg_exec(run->pg, "rollback to lakeport_lock; release lakeport_lock", e);
}

static int give_up(const struct strategy_run *run, struct error *e)
{
	struct buf who = {0};

	say_holder(run, &who);
	error_set(e, ERROR_SQL, "'%s.%s' could not be locked within %g s: %s has it",
		  run->target->schema, run->target->table,
		  (double)run->settings->lock_timeout_ms / 1e3, buf_text(&who));
	snprintf(e->sqlstate, sizeof(e->sqlstate), "55P03");
	buf_release(&who);
	return error_hint(e, "the table is as it was; load again when that has ended, or wait "
			     "longer with --lock-timeout");
}

static int lock_target(const struct strategy_run *run, const char *mode, struct error *e)
{
	int left = run->settings->lock_timeout_ms, wait = LOCK_FIRST_MS, status;
	bool said = false;

	while ((status = try_lock(run, mode, wait < left ? wait : left, e)) == 0) {
		left -= 2 * wait;
		if (interrupt_count())
			return error_set(e, ERROR_INTERRUPTED, "interrupted");
		if (left <= 0)
			return give_up(run, e);
		if (wait == LOCK_LAST_MS && !said) {
			struct buf who = {0};

			say_holder(run, &who);
			log_info("waiting for a lock on %s.%s, which %s has", run->target->schema,
				 run->target->table, buf_text(&who));
			buf_release(&who);
			said = true;
		}
		clock_sleep((uint64_t)wait * CLOCK_MS);
		wait = wait * 2 < LOCK_LAST_MS ? wait * 2 : LOCK_LAST_MS;
	}
	if (status > 0 && run->swap && strncmp(mode, "access", 6) == 0)
		run->swap->locked = clock_now();
	return status < 0 ? -1 : 0;
}

/* ---- in place -----------------------------------------------------------------------------------
 */

/* Tables that inherit from it keep their rows; those that are its parts do not. */
static const char *alone(const struct strategy_run *run)
{
	return run->target->partitioned ? "" : "only ";
}

static int delete_rows(const struct strategy_run *run, struct strategy_counts *counts,
		       struct error *e)
{
	struct buf sql = {0};
	int status;

	buf_printf(&sql, "delete from %s%s", alone(run), run->target->quoted);
	status = strategy_statement(run, &sql, &counts->deleted, e);
	buf_release(&sql);
	return status;
}

/* 1: foreign keys of other tables refer to it, so that TRUNCATE would refuse; 0: none. */
static int is_referenced(const struct strategy_run *run, struct error *e)
{
	char oid[20];
	const char *values[] = {oid};
	struct pg_result *r;
	int rows;

	snprintf(oid, sizeof(oid), "%u", run->target->oid);
	r = pg_query(run->pg,
		     "select from pg_constraint where contype = 'f' and confrelid = $1 "
		     "and conrelid <> $1 limit 1",
		     values, 1, e);
	rows = r ? pg_rows(r) : -1;
	pg_free(r);
	return rows;
}

static int truncate_rows(const struct strategy_run *run, struct strategy_counts *counts,
			 struct error *e)
{
	struct buf sql = {0};
	int status;

	buf_printf(&sql, "savepoint lakeport_clear; truncate %s%s; release lakeport_clear",
		   alone(run), run->target->quoted);
	status = pg_exec(run->pg, buf_text(&sql), e);
	buf_release(&sql);
	if (status == 0 || strcmp(e->sqlstate, "0A000") != 0)
		return status;
	memset(e, 0, sizeof(*e)); /* a foreign table, or referred to since a moment */
	return pg_exec(run->pg, "rollback to lakeport_clear", e) < 0 ? -1
								     : delete_rows(run, counts, e);
}

static int in_place(const struct strategy_run *run, struct strategy_counts *counts, struct error *e)
{
	int by_delete = run->settings->swap == SWAP_DELETE ? 1 : is_referenced(run, e);

	if (by_delete < 0 ||
	    lock_target(run, by_delete ? "share row exclusive" : "access exclusive", e) < 0)
		return -1;
	if ((by_delete ? delete_rows : truncate_rows)(run, counts, e) < 0)
		return -1;
	return strategy_append.apply(run, counts, e);
}

/* ---- which of them ------------------------------------------------------------------------------
 */

static bool may_rename(const struct load_settings *s)
{
	return s->swap == SWAP_AUTO || s->swap == SWAP_RENAME;
}

static int cannot_rename(const struct target *t, const char *why, struct error *e)
{
	error_set(e, ERROR_INPUT, "'%s.%s' cannot be replaced by a new table: %s", t->schema,
		  t->table, why);
	return error_hint(e, "--swap auto replaces its rows in place instead");
}

int strategy_will_rename(struct pg *pg, const struct load_settings *s, const struct target *t,
			 struct error *e)
{
	char why[300];
	int hangs;

	if (!s->strategy->whole || !may_rename(s))
		return 0;
	hangs = swap_hangers(pg, t, why, e);
	if (hangs > 0 && s->swap == SWAP_RENAME)
		return cannot_rename(t, why, e);
	return hangs < 0 ? -1 : !hangs;
}

/* ---- by a new table -----------------------------------------------------------------------------
 */

/* 1 the copy is there; 0 the target has to stay, `why` says why. */
static int build_copy(const struct strategy_run *run, struct strategy_counts *counts,
		      struct error *e)
{
	char *why = run->swap->why;
	int status = swap_hangers(run->pg, run->target, why, e);

	if (status == 0)
		status = swap_build(run, counts, why, e);
	else if (status > 0)
		status = 0;
	run->swap->copy = status > 0;
	if (status != 0 || run->settings->swap != SWAP_RENAME)
		return status;
	return cannot_rename(run->target, why, e);
}

static int overwrite_apply(const struct strategy_run *run, struct strategy_counts *counts,
			   struct error *e)
{
	bool rename = run->swap && may_rename(run->settings);
	int built = rename ? build_copy(run, counts, e) : 0;

	if (built != 0)
		return built < 0 ? -1 : 0;
	return in_place(run, counts, e);
}

static int overwrite_finish(const struct strategy_run *run, struct strategy_counts *counts,
			    struct error *e)
{
	struct strategy_counts again = {0};
	int renamed;

	if (!run->swap || !run->swap->copy)
		return 0;
	if (swap_analyze(run, e) < 0 || lock_target(run, "access exclusive", e) < 0)
		return -1;
	renamed = swap_rename(run, run->swap->why, e);
	run->swap->renamed = renamed > 0;
	if (renamed != 0)
		return renamed < 0 ? -1 : 0;
	if (run->settings->swap == SWAP_RENAME) {
		error_set(e, ERROR_SQL, "'%s.%s' was changed meanwhile: %s", run->target->schema,
			  run->target->table, run->swap->why);
		e->retryable = true;
		return -1;
	}
	if (swap_drop(run, e) < 0 || in_place(run, &again, e) < 0)
		return -1;
	counts->deleted += again.deleted;
	return 0;
}

void strategy_say_swap(const struct strategy_run *run, uint64_t *locked_ns)
{
	const struct strategy_swap *swap = run->swap;
	uint64_t ns = swap->locked ? clock_now() - swap->locked : 0;
	const char *how = swap->renamed ? "a new table took its place" : "rows replaced in place";

	*locked_ns += ns;
	log_info("%s.%s: %s%s%s%s; readers were locked out for %.0f ms", run->target->schema,
		 run->target->table, how, swap->renamed || !*swap->why ? "" : " (",
		 swap->renamed ? "" : swap->why, swap->renamed || !*swap->why ? "" : ")",
		 (double)ns / 1e6);
}

const struct strategy strategy_overwrite = {
	.name = "overwrite",
	.staged = true,
	.ordered = true,
	.whole = true,
	.repeatable = true,
	.apply = overwrite_apply,
	.finish = overwrite_finish,
};
