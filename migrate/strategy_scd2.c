/*
 * strategy_scd2.c - history: a row for every version of a key, each valid from its effective time
 * up to its end, the current one marked.
 *
 * Without an order column a version begins when it is loaded: one now() closes the old row and
 * opens the new one, columns that are not tracked are updated in place, and rows that change
 * nothing do nothing. With an order column (the time of the event) every row of the file is a point
 * on the key's line of time: it may be late and then splits the version it falls into; a row with
 * the same values as the version before it is no new version; one with the same time as a version
 * that is there replaces its values. Loading the same rows again changes nothing either way.
 */
#include "migrate/strategy.h"

#include <string.h>

static void scd2_columns(const struct load_settings *s, struct arena *a, struct table_shape *shape)
{
	struct block_type time = {.kind = BLOCK_TIMESTAMPTZ};
	struct source_column *columns;
	size_t n = shape->column_count, i;

	for (i = 0; s->order_by && i < n; i++)
		if (strcmp(shape->columns[i].name, s->order_by) == 0)
			time = shape->columns[i].type;
	columns = arena_alloc(a, (n + 3) * sizeof(*columns));
	memcpy(columns, shape->columns, n * sizeof(*columns));
	columns[n] =
		(struct source_column){.name = s->effective_column, .type = time, .not_null = true};
	columns[n + 1] = (struct source_column){.name = s->end_column, .type = time};
	columns[n + 2] = (struct source_column){
		.name = s->current_column, .type = {.kind = BLOCK_BOOL}, .not_null = true};
	*shape = (struct table_shape){.columns = columns, .column_count = n + 3};
}

static int scd2_check(const struct load_settings *s, const struct target *t, struct error *e)
{
	const char *const own[] = {s->effective_column, s->end_column, s->current_column};
	size_t i;

	for (i = 0; i < 3; i++) {
		if (target_find(t, own[i], false))
			continue;
		error_set(e, ERROR_INPUT, "'%s.%s' has no column '%s', which scd2 needs", t->schema,
			  t->table, own[i]);
		return error_hint(e, "add it, or name the columns with --effective-column, "
				     "--end-column and --current-column");
	}
	return strategy_check_names(s, t, e);
}

static void scd2_unique_key(const struct load_settings *s, const struct target *t, struct buf *sql)
{
	size_t i;

	buf_printf(sql, "create unique index on %s (", t->quoted);
	for (i = 0; i < s->keys.count; i++) {
		buf_puts(sql, i ? ", " : "");
		pg_quote_identifier(sql, s->keys.items[i]);
	}
	buf_puts(sql, ") where ");
	pg_quote_identifier(sql, s->current_column);
}

/* Expands a pattern: %T the target, %E %N %C its effective, end and current column, %J the join of
 * t and s by keys, %D tracked columns of t distinct from those of s, %K keys of s, %O the order. */
static void expand(struct buf *sql, const struct strategy_run *run, const char *pattern)
{
	const struct load_settings *s = run->settings;

	for (; *pattern; pattern++) {
		if (*pattern != '%') {
			buf_putc(sql, *pattern);
			continue;
		}
		switch (*++pattern) {
		case 'T':
			buf_puts(sql, run->target->quoted);
			break;
		case 'E':
			pg_quote_identifier(sql, s->effective_column);
			break;
		case 'N':
			pg_quote_identifier(sql, s->end_column);
			break;
		case 'C':
			pg_quote_identifier(sql, s->current_column);
			break;
		case 'O':
			pg_quote_identifier(sql, s->order_by);
			break;
		case 'J':
			strategy_join(sql, run, "t", "s");
			break;
		case 'K':
			strategy_keys(sql, run, "s");
			break;
		case 'D':
			strategy_tracked(sql, run, "t");
			buf_puts(sql, " is distinct from ");
			strategy_tracked(sql, run, "s");
			break;
		case 'A':
			strategy_names(sql, run, NULL);
			break;
		case 'S':
			strategy_names(sql, run, "s");
			break;
		}
	}
}

static int execute(const struct strategy_run *run, const char *pattern, int64_t *count,
		   struct error *e)
{
	struct buf sql = {0};
	int status;

	expand(&sql, run, pattern);
	status = strategy_statement(run, &sql, count, e);
	buf_release(&sql);
	return status;
}

/* "a" = s."a", ... and row(t.a ...) is distinct from row(s.a ...), of the chosen columns; false:
 * none. */
static bool add_update(struct buf *sql, const struct strategy_run *run, bool untracked_only)
{
	struct buf mine = {0}, theirs = {0}, set = {0};
	size_t i;

	for (i = 0; i < run->column_count; i++) {
		const struct target_column *c = run->columns[i];
		bool key = strategy_is_key(run, c->name) || strategy_is_audit(c->name);
		bool order =
			run->settings->order_by && strcmp(c->name, run->settings->order_by) == 0;

		if (key || order || (untracked_only && strategy_is_tracked(run, c->name)))
			continue;
		buf_puts(&set, set.len ? ", " : "");
		pg_quote_identifier(&set, c->name);
		buf_puts(&set, " = s.");
		pg_quote_identifier(&set, c->name);
		buf_puts(&mine, mine.len ? ", " : "");
		strategy_comparable(&mine, "t", c);
		buf_puts(&theirs, theirs.len ? ", " : "");
		strategy_comparable(&theirs, "s", c);
	}
	buf_printf(sql,
		   "update %s t set %s from " STAGE_LAST " s where row(%s) is distinct from row(%s)"
		   " and ",
		   run->target->quoted, buf_text(&set), buf_text(&mine), buf_text(&theirs));
	i = set.len;
	buf_release(&set);
	buf_release(&mine);
	buf_release(&theirs);
	return i > 0;
}

static int update_values(const struct strategy_run *run, bool untracked_only, const char *where,
			 int64_t *count, struct error *e)
{
	struct buf sql = {0};
	int status = 0;

	if (add_update(&sql, run, untracked_only)) {
		expand(&sql, run, where);
		status = strategy_statement(run, &sql, count, e);
	}
	buf_release(&sql);
	return status;
}

static int apply_now(const struct strategy_run *run, struct strategy_counts *counts,
		     struct error *e)
{
	if (execute(run,
		    "create temp table lakeport_change on commit drop as select s.* "
		    "from " STAGE_LAST " s left join %T t on %J and t.%C "
		    "where t.%C is null or %D",
		    NULL, e) < 0)
		return -1;
	if (execute(run,
		    "update %T t set %N = now(), %C = false from pg_temp.lakeport_change s "
		    "where %J and t.%C",
		    &counts->closed, e) < 0)
		return -1;
	if (update_values(run, true, "%J and t.%C", &counts->updated, e) < 0)
		return -1;
	return execute(run,
		       "insert into %T (%A, %E, %N, %C) select %S, now(), null, true "
		       "from pg_temp.lakeport_change s order by %K",
		       &counts->inserted, e);
}

/* The line of time of every key of the stage: its versions and the new points between them. */
static void add_timeline(struct buf *sql, const struct strategy_run *run)
{
	expand(sql, run,
	       "create temp table lakeport_time on commit drop as "
	       "select s.*, lead(lakeport_from) over w as lakeport_next, "
	       "max(lakeport_end) over (w rows between unbounded preceding and 1 preceding) "
	       "as lakeport_gap from (select s.*, (not lakeport_fresh or ");
	strategy_tracked(sql, run, "s");
	buf_puts(sql, " is distinct from lag(");
	strategy_tracked(sql, run, "s");
	expand(sql, run,
	       ") over (partition by %K order by lakeport_from)) as lakeport_kept from "
	       "(select %S, s.%O as lakeport_from, null as lakeport_end, "
	       "true as lakeport_fresh from " STAGE_LAST " s where not exists "
	       "(select from %T t where %J and t.%E = s.%O) union all select ");
	strategy_names(sql, run, "t");
	expand(sql, run,
	       ", t.%E, t.%N, false from %T t where exists (select from " STAGE_LAST
	       " s where %J)) s) s where lakeport_kept window w as "
	       "(partition by %K order by lakeport_from)");
}

static int apply_events(const struct strategy_run *run, struct strategy_counts *counts,
			struct error *e)
{
	struct buf sql = {0};
	int status;

	if (update_values(run, false, "%J and t.%E = s.%O", &counts->updated, e) < 0)
		return -1;
	add_timeline(&sql, run);
	status = strategy_statement(run, &sql, NULL, e);
	buf_release(&sql);
	if (status < 0)
		return -1;
	if (execute(run,
		    "update %T t set %N = s.lakeport_next, %C = false "
		    "from pg_temp.lakeport_time s where not s.lakeport_fresh and %J and "
		    "t.%E = s.lakeport_from and s.lakeport_next is not null and "
		    "(t.%N is null or t.%N > s.lakeport_next)",
		    &counts->closed, e) < 0)
		return -1;
	return execute(run,
		       "insert into %T (%A, %E, %N, %C) select %S, lakeport_from, x.till, "
		       "x.till is null from pg_temp.lakeport_time s, lateral (select "
		       "case when lakeport_gap > lakeport_from "
		       "then least(lakeport_next, lakeport_gap) else lakeport_next end as till) x "
		       "where lakeport_fresh order by %K, lakeport_from",
		       &counts->inserted, e);
}

static int scd2_apply(const struct strategy_run *run, struct strategy_counts *counts,
		      struct error *e)
{
	bool events = run->settings->order_by != NULL;
	int status;

	if (pg_exec(run->pg, "drop table if exists pg_temp.lakeport_change, pg_temp.lakeport_time",
		    e) < 0 ||
	    strategy_make_last(run, run->settings->order_by, e) < 0)
		return -1;
	status = events ? apply_events(run, counts, e) : apply_now(run, counts, e);
	if (status == 0 && run->settings->close_missing)
		status = execute(run,
				 "update %T t set %N = now(), %C = false where t.%C and not exists "
				 "(select from " STAGE_LAST " s where %J)",
				 &counts->closed, e);
	return status;
}

const struct strategy strategy_scd2 = {
	.name = "scd2",
	.staged = true,
	.ordered = true,
	.keyed = true,
	.repeatable = true,
	.columns = scd2_columns,
	.check = scd2_check,
	.apply = scd2_apply,
	.unique_key = scd2_unique_key,
};
