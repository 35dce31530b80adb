/* strategy.c - the table of strategies, and the pieces of SQL that they share. */
#include "migrate/strategy.h"

#include <string.h>

const struct strategy *const strategies[] = {
	&strategy_append, &strategy_overwrite, &strategy_merge, &strategy_scd1, &strategy_scd2,
};
const size_t strategy_count = sizeof(strategies) / sizeof(strategies[0]);

const struct strategy *strategy_find(const char *name)
{
	size_t i;

	for (i = 0; i < strategy_count; i++)
		if (strcmp(strategies[i]->name, name) == 0)
			return strategies[i];
	return NULL;
}

static void add_name(struct buf *sql, const char *alias, const char *name)
{
	if (alias) {
		buf_puts(sql, alias);
		buf_putc(sql, '.');
	}
	pg_quote_identifier(sql, name);
}

void strategy_value(struct buf *sql, const char *alias, const struct target_column *c)
{
	add_name(sql, alias, c->name);
	if (c->cast)
		buf_printf(sql, "::%s", c->cast_name);
}

void strategy_names(struct buf *sql, const struct strategy_run *run, const char *alias)
{
	size_t i;

	for (i = 0; i < run->column_count; i++) {
		buf_puts(sql, i ? ", " : "");
		add_name(sql, alias, run->columns[i]->name);
	}
}

void strategy_values(struct buf *sql, const struct strategy_run *run, const char *alias)
{
	size_t i;

	for (i = 0; i < run->column_count; i++) {
		buf_puts(sql, i ? ", " : "");
		strategy_value(sql, alias, run->columns[i]);
	}
}

void strategy_join(struct buf *sql, const struct strategy_run *run, const char *t, const char *s)
{
	const struct names *keys = &run->settings->keys;
	size_t i;

	for (i = 0; i < keys->count; i++) {
		buf_puts(sql, i ? " and " : "");
		add_name(sql, t, keys->items[i]);
		buf_puts(sql, " = ");
		add_name(sql, s, keys->items[i]);
	}
}

void strategy_keys(struct buf *sql, const struct strategy_run *run, const char *alias)
{
	const struct names *keys = &run->settings->keys;
	size_t i;

	for (i = 0; i < keys->count; i++) {
		buf_puts(sql, i ? ", " : "");
		add_name(sql, alias, keys->items[i]);
	}
}

bool strategy_is_key(const struct strategy_run *run, const char *name)
{
	return names_have(&run->settings->keys, name);
}

/* What only says where a row came from is no change. */
bool strategy_is_audit(const char *name)
{
	return strcmp(name, AUDIT_FILE) == 0 || strcmp(name, AUDIT_TIME) == 0 ||
	       strcmp(name, AUDIT_RUN) == 0 || strcmp(name, AUDIT_LINE) == 0;
}

bool strategy_is_tracked(const struct strategy_run *run, const char *name)
{
	const struct load_settings *s = run->settings;

	if (strategy_is_key(run, name))
		return false;
	if (s->track.count)
		return names_have(&s->track, name);
	return !strategy_is_audit(name) &&
	       !(s->order_by && s->strategy == &strategy_scd2 && strcmp(name, s->order_by) == 0);
}

/* json, xml, point and the like have no equality: their text has. */
void strategy_comparable(struct buf *sql, const char *alias, const struct target_column *c)
{
	add_name(sql, alias, c->name);
	if (c->plain_json)
		buf_puts(sql, "::jsonb");
	else if (!c->direct)
		buf_puts(sql, "::text");
}

void strategy_tracked(struct buf *sql, const struct strategy_run *run, const char *alias)
{
	bool any = false;
	size_t i;

	buf_puts(sql, "row(");
	for (i = 0; i < run->column_count; i++) {
		if (!strategy_is_tracked(run, run->columns[i]->name))
			continue;
		buf_puts(sql, any ? ", " : "");
		strategy_comparable(sql, alias, run->columns[i]);
		any = true;
	}
	buf_putc(sql, ')');
}

static int check_names(const struct names *names, const char *what, const struct target *t,
		       struct error *e)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (!target_find(t, names->items[i], false))
			return error_set(e, ERROR_INPUT, "'%s.%s' has no column '%s' (%s)",
					 t->schema, t->table, names->items[i], what);
	return 0;
}

int strategy_check_names(const struct load_settings *s, const struct target *t, struct error *e)
{
	const char *order = s->order_by;
	struct names orders = {&order, order ? 1 : 0};

	if (check_names(&s->keys, "a key", t, e) < 0 ||
	    check_names(&s->track, "to be tracked", t, e) < 0)
		return -1;
	return check_names(&orders, "the order", t, e);
}

int strategy_statement(const struct strategy_run *run, const struct buf *sql, int64_t *count,
		       struct error *e)
{
	struct pg_result *r = pg_query(run->pg, buf_text(sql), NULL, 0, e);

	if (!r)
		return -1;
	if (count)
		*count += pg_affected(r);
	pg_free(r);
	return 0;
}

/* The stage's values under the target's names, the order column even when only the stage has it. */
static void last_columns(struct buf *sql, const struct strategy_run *run)
{
	const struct load_settings *s = run->settings;
	size_t i;

	for (i = 0; i < run->column_count; i++) {
		buf_puts(sql, i ? ", " : "");
		strategy_value(sql, "s", run->columns[i]);
		buf_puts(sql, " as ");
		pg_quote_identifier(sql, run->columns[i]->name);
	}
	buf_puts(sql, ", s." STAGE_ROW);
	if (s->delete_column) {
		buf_puts(sql, ", coalesce(s.");
		pg_quote_identifier(sql, target_find(run->target, s->delete_column, false)
						 ? s->delete_column
						 : STAGE_MARKER);
		buf_puts(sql, "::text = ");
		pg_quote_literal(sql, s->delete_value);
		buf_puts(sql, ", false) as lakeport_delete");
	}
}

void strategy_last(struct buf *sql, const struct strategy_run *run, const char *extra_key)
{
	const struct load_settings *s = run->settings;

	buf_puts(sql, "select distinct on (");
	strategy_keys(sql, run, "x");
	if (extra_key) {
		buf_puts(sql, ", ");
		add_name(sql, "x", extra_key);
	}
	buf_puts(sql, ") * from (select ");
	last_columns(sql, run);
	buf_printf(sql, " from " STAGE " s where %s) x order by ", run->where);
	strategy_keys(sql, run, "x");
	if (s->order_by) {
		buf_puts(sql, ", ");
		add_name(sql, "x", s->order_by);
		buf_puts(sql, extra_key ? "" : " desc nulls last");
	}
	buf_puts(sql, ", x." STAGE_ROW " desc");
}

int strategy_make_last(const struct strategy_run *run, const char *extra_key, struct error *e)
{
	struct buf sql = {0};
	int status;

	buf_puts(&sql, "drop table if exists " STAGE_LAST
		       "; create temp table lakeport_last on commit drop as ");
	strategy_last(&sql, run, extra_key);
	buf_puts(&sql, "; analyze " STAGE_LAST);
	status = pg_exec(run->pg, buf_text(&sql), e);
	buf_release(&sql);
	return status;
}
