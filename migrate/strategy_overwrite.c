/*
 * strategy_overwrite.c - the table's rows are replaced by those of all files, in one transaction.
 * The rows wait in the stage; the swap keeps the table's identity, and with it grants, views,
 * foreign keys, policies and publications: TRUNCATE and INSERT under a lock that is asked for with
 * a short limit, again and again, so that the queue behind it stays short. A table that others
 * refer to cannot be truncated: there its rows are deleted.
 */
#include "migrate/strategy.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"

#define LOCK_MS	   2000
#define LOCK_PAUSE (500 * CLOCK_MS)

static int lock_target(const struct strategy_run *run, struct error *e)
{
	uint64_t limit = clock_now() + (uint64_t)run->settings->lock_timeout_ms * CLOCK_MS;
	struct buf sql = {0};
	int status;

	buf_printf(&sql,
		   "savepoint lakeport_lock; set local lock_timeout = %d; "
		   "lock table %s in access exclusive mode; release lakeport_lock",
		   run->settings->lock_timeout_ms < LOCK_MS ? run->settings->lock_timeout_ms
							    : LOCK_MS,
		   run->target->quoted);
	while ((status = pg_exec(run->pg, buf_text(&sql), e)) < 0 &&
	       strcmp(e->sqlstate, "55P03") == 0 && clock_now() < limit) {
		if (pg_exec(run->pg, "rollback to lakeport_lock; release lakeport_lock", e) < 0)
			break;
		clock_sleep(LOCK_PAUSE);
	}
	buf_release(&sql);
	return status;
}

static int clear_target(const struct strategy_run *run, struct strategy_counts *counts,
			struct error *e)
{
	struct buf sql = {0};
	int status;

	buf_printf(&sql, "savepoint lakeport_clear; truncate %s; release lakeport_clear",
		   run->target->quoted);
	status = pg_exec(run->pg, buf_text(&sql), e);
	buf_clear(&sql);
	if (status < 0 && strcmp(e->sqlstate, "0A000") == 0) {
		status = pg_exec(run->pg, "rollback to lakeport_clear", e);
		buf_printf(&sql, "delete from %s", run->target->quoted);
		if (status == 0)
			status = strategy_statement(run, &sql, &counts->deleted, e);
	}
	buf_release(&sql);
	return status;
}

static int overwrite_apply(const struct strategy_run *run, struct strategy_counts *counts,
			   struct error *e)
{
	if (lock_target(run, e) < 0 || clear_target(run, counts, e) < 0)
		return -1;
	return strategy_append.apply(run, counts, e);
}

const struct strategy strategy_overwrite = {
	.name = "overwrite",
	.staged = true,
	.ordered = true,
	.whole = true,
	.repeatable = true,
	.apply = overwrite_apply,
};
