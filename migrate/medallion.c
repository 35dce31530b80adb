/* medallion.c - see medallion.h. */
#include "migrate/medallion.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "migrate/load_parts.h"

struct flow {
	const struct load_run *run;
	const struct load_config *config;
	const struct load_entry *table, *from;
	const struct load_settings *settings;
	struct load_result *out;
	struct arena *arena;
	struct pg *pg;
	int64_t task;
	bool by_file, force;
	const char **paths; /* in the source, of out->files */
	char (*hashes)[LEDGER_HASH];
};

static bool leaves_origin(const struct load_settings *s)
{
	return s->audit_columns && !s->strategy->whole && s->strategy != &strategy_scd2;
}

bool medallion_by_file(const struct load_config *c, const struct load_entry *t)
{
	return leaves_origin(&load_config_find(c, t->from)->settings) &&
	       !t->settings.strategy->whole;
}

int medallion_check(const struct load_config *c, const struct load_entry *t, struct error *e)
{
	const struct load_entry *from = load_config_find(c, t->from);
	const struct load_settings *s = &t->settings;
	size_t i;

	for (i = 0; i < t->select.count; i++)
		if (medallion_check_item(t->select.items[i], e) < 0)
			return error_context(e, "'select'");
	if (t->filter && medallion_check_filter(t->filter, e) < 0)
		return error_context(e, "'filter'");
	if (s->on_bad_row != BAD_ROW_FAIL)
		return error_set(e, ERROR_CONFIG,
				 "'on_bad_row' is for files: 'filter' keeps rows back here");
	if (leaves_origin(&from->settings) || s->strategy->repeatable)
		return 0;
	error_set(e, ERROR_CONFIG, "what is new in '%s' cannot be told", t->from);
	return error_hint(e, "give that table 'audit_columns: true', or this one the strategy "
			     "overwrite, merge, scd1 or scd2");
}

/* ---- what there is in the source ----------------------------------------------------------------
 */

static int list_source(struct flow *f, struct error *e)
{
	static const char by_file[] =
		"select path, size, coalesce(sha256, ''), mtime_ns from lakeport.file "
		"where task = $1 and loaded_at is not null order by path collate \"C\"";
	static const char whole[] =
		"select '', sum(size)::bigint, encode(sha256(convert_to(string_agg(path || '|' || "
		"coalesce(sha256, '') || '|' || version, E'\\n' order by path collate \"C\"), "
		"'UTF8')), 'hex'), max(mtime_ns) from lakeport.file "
		"where task = $1 and loaded_at is not null having count(*) > 0";
	int64_t task = 0;
	char text[24];
	const char *values[] = {text};
	struct pg_result *r;
	size_t n, i;

	if (ledger_find_task(f->pg, f->from->settings.schema, f->from->settings.table, &task, e) <
	    0)
		return -1;
	snprintf(text, sizeof(text), "%" PRId64, task);
	r = pg_query(f->pg, f->by_file ? by_file : whole, values, 1, e);
	if (!r)
		return -1;
	n = (size_t)pg_rows(r);
	f->out->files = arena_alloc(f->arena, (n + 1) * sizeof(*f->out->files));
	f->paths = arena_alloc(f->arena, (n + 1) * sizeof(*f->paths));
	f->hashes = arena_alloc(f->arena, (n + 1) * sizeof(*f->hashes));
	f->out->file_count = n;
	for (i = 0; i < n; i++) {
		struct ledger_file *l = &f->out->files[i].ledger;

		f->paths[i] = arena_strdup(f->arena, pg_value(r, (int)i, 0));
		l->path = arena_printf(f->arena, "%s%s%s", f->from->name, f->by_file ? "#" : "",
				       f->paths[i]);
		text_to_int(pg_value(r, (int)i, 1), &l->size);
		text_to_int(pg_value(r, (int)i, 3), &l->mtime_ns);
		snprintf(f->hashes[i], LEDGER_HASH, "%s", pg_value(r, (int)i, 2));
	}
	pg_free(r);
	return 0;
}

static void decide(struct flow *f)
{
	const struct load_settings *s = f->settings;
	size_t i;

	for (i = 0; i < f->out->file_count; i++) {
		struct load_file *x = &f->out->files[i];
		bool same = strcmp(x->ledger.hash, f->hashes[i]) == 0;

		x->reload = x->ledger.loaded;
		x->outcome = LOAD_WAITING;
		if (x->ledger.loaded && same && !f->force) {
			x->outcome = LOAD_SKIPPED;
		} else if (!x->ledger.loaded && x->ledger.status == FILE_DEAD && !f->force) {
			x->outcome = LOAD_DEAD;
		} else if (x->ledger.loaded && !s->strategy->repeatable && !s->audit_columns) {
			x->outcome = LOAD_CHANGED;
			error_set(&x->error, ERROR_INPUT,
				  "it changed in '%s', and nothing says which rows of '%s' came "
				  "from it",
				  f->from->name, f->table->name);
			error_hint(&x->error, "give '%s' audit_columns from the start",
				   f->table->name);
		}
		f->out->input_total += x->outcome == LOAD_WAITING ? (uint64_t)x->ledger.size : 0;
	}
	for (i = 0; s->strategy->whole && i < f->out->file_count; i++)
		if (f->out->files[i].outcome == LOAD_WAITING) /* one brings all */
			for (i = 0; i < f->out->file_count; i++)
				f->out->files[i].outcome = LOAD_WAITING;
}

static int ask_ledger(struct flow *f, bool write, struct error *e)
{
	size_t n = f->out->file_count, i;
	struct ledger_file *views = xcalloc(n + 1, sizeof(*views));
	int status;

	for (i = 0; i < n; i++)
		views[i] = f->out->files[i].ledger;
	status = (write ? ledger_register : ledger_look)(f->pg, f->task, views, n, e);
	for (i = 0; i < n; i++)
		f->out->files[i].ledger = views[i];
	free(views);
	return status;
}

/* ---- one transaction ----------------------------------------------------------------------------
 */

static int run_clear(struct pg *pg, struct buf *sql, struct error *e)
{
	int status = sql->len ? pg_exec(pg, buf_text(sql), e) : 0;

	buf_clear(sql);
	return status;
}

/* {"a","b"} of the paths in the source. */
static void array_literal(const struct flow *f, const size_t *which, size_t n, struct buf *out)
{
	const char *p;
	size_t i;

	for (i = 0; i < n; i++) {
		buf_puts(out, i ? ",\"" : "{\"");
		for (p = f->paths[which[i]]; *p; p++) {
			if (*p == '"' || *p == '\\')
				buf_putc(out, '\\');
			buf_putc(out, *p);
		}
		buf_putc(out, '"');
	}
	buf_putc(out, '}');
}

static int fill_stage(struct flow *f, const size_t *which, size_t n, struct error *e)
{
	struct buf sql = {0}, files = {0};
	int status;

	array_literal(f, which, n, &files);
	medallion_stage_sql(f->config, f->table, f->by_file ? buf_text(&files) : NULL, &sql);
	status = pg_exec(f->pg, buf_text(&sql), e);
	buf_release(&sql);
	buf_release(&files);
	return status < 0 ? error_context(e, "while reading '%s'", f->from->name) : 0;
}

/* The stage as pg_catalog sees it, less what is ours. */
static int read_stage(struct flow *f, struct target *stage, struct table_shape *shape,
		      struct error *e)
{
	struct load_settings s = *f->settings;
	char *schema = pg_scalar(f->pg,
				 "select nspname from pg_namespace where oid = "
				 "pg_my_temp_schema()",
				 e);
	size_t i;
	int found = -1;

	if (schema) {
		s.schema = arena_strdup(f->arena, schema);
		s.table = "lakeport_stage";
		found = target_read(f->pg, &s, stage, e);
	}
	free(schema);
	if (found != 1)
		return -1;
	shape->columns = arena_alloc(f->arena, stage->column_count * sizeof(*shape->columns));
	for (i = 0; i < stage->column_count; i++) {
		const struct target_column *c = &stage->columns[i];

		if (strncmp(c->name, "lakeport_", 9) == 0 || strategy_is_audit(c->name))
			continue;
		shape->columns[shape->column_count++] =
			(struct source_column){.name = c->name, .type = c->type};
	}
	return 0;
}

/* Types that files do not have (an enum, an array) are made as text first. */
static void exact_types(const struct load_settings *s, const struct target *stage,
			const struct table_shape *shape, struct buf *sql)
{
	size_t i;

	for (i = 0; i < shape->column_count; i++) {
		const struct target_column *c = target_find(stage, shape->columns[i].name, false);

		if (c->direct || (s->delete_column && strcmp(c->name, s->delete_column) == 0))
			continue;
		buf_puts(sql, sql->len ? "; alter table " : "alter table ");
		pg_quote_identifier(sql, s->schema);
		buf_putc(sql, '.');
		pg_quote_identifier(sql, s->table);
		buf_puts(sql, " alter column ");
		pg_quote_identifier(sql, c->name);
		buf_printf(sql, " type %s using null::%s", c->type_name, c->type_name);
	}
}

static int make_target(struct flow *f, const struct target *stage, const struct table_shape *shape,
		       struct target *t, struct error *e)
{
	const struct load_settings *s = f->settings;
	struct buf sql = {0};
	int status = target_create(f->pg, s, shape, e);

	exact_types(s, stage, shape, &sql);
	if (status == 0)
		status = run_clear(f->pg, &sql, e);
	if (status == 0 && target_read(f->pg, s, t, e) != 1)
		status = -1;
	if (status == 0 && s->strategy->unique_key) {
		status = s->strategy->check(s, t, e);
		s->strategy->unique_key(s, t, &sql);
		if (status == 0)
			status = run_clear(f->pg, &sql, e);
		target_release(t);
		if (status == 0 && target_read(f->pg, s, t, e) != 1)
			status = -1;
	}
	f->out->created = status == 0;
	buf_release(&sql);
	return status;
}

static int fit_target(struct flow *f, const struct target *stage, const struct table_shape *shape,
		      struct target *t, struct error *e)
{
	const struct load_settings *s = f->settings;
	int found = target_read(f->pg, s, t, e), changes;

	if (found == 0)
		return make_target(f, stage, shape, t, e);
	if (found < 0 || (s->strategy->check && s->strategy->check(s, t, e) < 0))
		return -1;
	if (s->drift == DRIFT_NONE || s->drift == DRIFT_RESCUE)
		return 0;
	changes = target_drift(f->pg, s, t, shape, &f->out->changes, e);
	if (changes <= 0)
		return changes;
	target_release(t);
	return target_read(f->pg, s, t, e) == 1 ? 0 : -1;
}

/* Says in the stage where its rows come from, as seen from this table. */
static int add_audit(struct flow *f, const struct target *stage, struct error *e)
{
	static const char *const names[] = {AUDIT_FILE, AUDIT_TIME, AUDIT_RUN, AUDIT_LINE};
	static const char *const types[] = {"text", "timestamptz", "text", "bigint"};
	struct buf sql = {0};
	size_t i;
	int status;

	if (!f->settings->audit_columns)
		return 0;
	for (i = 0; i < 4; i++)
		if (!target_find(stage, names[i], false))
			buf_printf(&sql, "alter table " STAGE " add column %s %s; ", names[i],
				   types[i]);
	buf_puts(&sql, "update " STAGE " set " AUDIT_FILE " = ");
	pg_quote_literal(&sql, f->from->name);
	buf_puts(&sql, " || coalesce('#' || lakeport_from, ''), " AUDIT_TIME " = now(), " AUDIT_RUN
		       " = ");
	pg_quote_literal(&sql, f->run->record);
	buf_puts(&sql, ", " AUDIT_LINE " = coalesce(" STAGE_LINE ", " STAGE_ROW ")");
	status = run_clear(f->pg, &sql, e);
	buf_release(&sql);
	return status;
}

/* Rows of what is loaded again, where a second time would leave them twice. */
static int delete_old(struct flow *f, const struct target *t, struct load_file *x, struct error *e)
{
	const char *values[] = {x->ledger.path};
	struct buf sql = {0};
	struct pg_result *r;

	if (!x->reload || f->settings->strategy->repeatable)
		return 0;
	buf_printf(&sql, "delete from %s where " AUDIT_FILE " = $1", t->quoted);
	r = pg_query(f->pg, buf_text(&sql), values, 1, e);
	if (r)
		x->written.deleted += pg_affected(r);
	pg_free(r);
	buf_release(&sql);
	return r ? 0 : -1;
}

static int apply(struct flow *f, const struct target *stage, const struct target *t,
		 struct strategy_run *run, struct strategy_counts *counts, struct error *e)
{
	size_t i;

	run->columns = arena_alloc(f->arena, (t->column_count + 1) * sizeof(*run->columns));
	for (i = 0; i < t->column_count; i++) {
		const struct target_column *c = &t->columns[i];
		bool audit = strategy_is_audit(c->name) && f->settings->audit_columns;

		if (!c->generated && (audit || target_find(stage, c->name, false)))
			run->columns[run->column_count++] = c;
	}
	return f->settings->strategy->apply(run, counts, e);
}

static int count_rows(struct flow *f, const size_t *which, size_t n, struct error *e)
{
	struct pg_result *r = pg_query(
		f->pg, "select coalesce(lakeport_from, ''), count(*) from " STAGE " group by 1",
		NULL, 0, e);
	size_t i;
	int row;

	for (i = 0; i < n; i++)
		memset(&f->out->files[which[i]].counts, 0, sizeof(struct ledger_counts));
	for (row = 0; r && row < pg_rows(r); row++)
		for (i = 0; i < n; i++)
			if (strcmp(f->paths[which[i]], pg_value(r, row, 0)) == 0)
				text_to_int(pg_value(r, row, 1),
					    &f->out->files[which[i]].counts.rows);
	pg_free(r);
	return r ? 0 : -1;
}

static int begin(struct flow *f, const size_t *which, size_t n, struct error *e)
{
	struct buf sql = {0};
	size_t i;
	int status;

	buf_puts(&sql, "begin");
	for (i = 0; i < n; i++) {
		buf_puts(&sql, "; ");
		ledger_lock_sql(&sql, f->run->number, &f->out->files[which[i]].ledger);
	}
	buf_puts(&sql, "; drop table if exists " STAGE ", " STAGE_LAST);
	status = run_clear(f->pg, &sql, e);
	buf_release(&sql);
	return status;
}

static int commit(struct flow *f, const size_t *which, size_t n, const struct strategy_run *run,
		  struct error *e)
{
	struct strategy_counts *written = &f->out->files[which[0]].written;
	const struct strategy *strategy = f->settings->strategy;
	struct buf sql = {0};
	size_t i;
	int status;

	if (strategy->whole) {
		ledger_replaced_sql(&sql, f->run->number, f->task);
		buf_puts(&sql, "; ");
	}
	for (i = 0; i < n; i++) {
		struct load_file *x = &f->out->files[which[i]];

		ledger_done_sql(&sql, f->run->number, &x->ledger, f->hashes[which[i]], &x->counts);
		buf_puts(&sql, "; ");
	}
	status = run_clear(f->pg, &sql, e);
	if (status == 0 && strategy->finish)
		status = strategy->finish(run, written, e);
	if (status == 0)
		status = pg_exec(f->pg, "drop table " STAGE "; commit", e);
	if (status == 0 && strategy->whole)
		strategy_say_swap(run, &f->out->locked_ns);
	buf_release(&sql);
	return status;
}

static int transact(struct flow *f, const size_t *which, size_t n, struct error *e)
{
	struct target stage = {0}, t = {0};
	struct strategy_swap swap = {0};
	struct strategy_run run = {
		.pg = f->pg, .settings = f->settings, .target = &t, .where = "true", .swap = &swap};
	struct table_shape shape = {0};
	struct load_file *first = &f->out->files[which[0]];
	uint64_t begun = clock_now();
	size_t i;
	int status = -1;

	memset(&first->written, 0, sizeof(first->written));
	if (begin(f, which, n, e) == 0 && fill_stage(f, which, n, e) == 0 &&
	    read_stage(f, &stage, &shape, e) == 0 && fit_target(f, &stage, &shape, &t, e) == 0 &&
	    add_audit(f, &stage, e) == 0 && count_rows(f, which, n, e) == 0)
		status = 0;
	for (i = 0; status == 0 && i < n; i++)
		status = delete_old(f, &t, &f->out->files[which[i]], e);
	if (status == 0)
		status = apply(f, &stage, &t, &run, &first->written, e);
	if (status == 0)
		status = commit(f, which, n, &run, e);
	f->out->times.merge += clock_now() - begun;
	target_release(&stage);
	target_release(&t);
	return status;
}

/* ---- claims, retries ----------------------------------------------------------------------------
 */

static void set_outcome(struct flow *f, const size_t *which, size_t n, enum load_outcome o,
			const struct error *why)
{
	size_t i;

	for (i = 0; i < n; i++) {
		f->out->files[which[i]].outcome = o;
		if (why)
			f->out->files[which[i]].error = *why;
	}
}

static int claim(struct flow *f, size_t *which, size_t *n, struct error *e)
{
	struct ledger_file **files = xcalloc(*n, sizeof(struct ledger_file *));
	bool *mine = xcalloc(*n, sizeof(*mine));
	size_t kept = 0, i;
	int status;

	for (i = 0; i < *n; i++)
		files[i] = &f->out->files[which[i]].ledger;
	status = ledger_claim(f->pg, f->run->number, files, *n, mine, e);
	for (i = 0; status >= 0 && i < *n; i++) {
		if (mine[i])
			which[kept++] = which[i];
		else
			f->out->files[which[i]].outcome = LOAD_ELSEWHERE;
	}
	*n = kept;
	free(files);
	free(mine);
	return status < 0 ? -1 : 0;
}

static int reconnect(struct flow *f, struct error *e)
{
	if (f->pg && pg_alive(f->pg))
		return pg_exec(f->pg, "rollback", e);
	pg_close(f->pg);
	f->pg = load_connect(f->run->dsn, f->settings, e);
	return f->pg ? 0 : -1;
}

/* The answer to a commit may be lost: it happened when the ledger has what was to be loaded. */
static bool was_committed(struct flow *f, const size_t *which, size_t n)
{
	struct error ignored = ERROR_INIT;
	size_t i;

	for (i = 0; i < n; i++) {
		struct ledger_file now = f->out->files[which[i]].ledger;

		if (ledger_look(f->pg, f->task, &now, 1, &ignored) < 0 || !now.loaded ||
		    strcmp(now.hash, f->hashes[which[i]]) != 0 ||
		    now.version != f->out->files[which[i]].ledger.version + 1)
			return false;
	}
	return true;
}

/* These together. -1: no more can be done (connection, interrupted). */
static int load_unit(struct flow *f, size_t *which, size_t n, struct error *e)
{
	double wait = f->settings->retry_s;
	struct error why;
	size_t i;
	int attempt, status;

	if (claim(f, which, &n, e) < 0)
		return -1;
	if (n == 0)
		return 0;
	for (attempt = 1;; attempt++) {
		memset(&why, 0, sizeof(why));
		status = transact(f, which, n, &why);
		if (status == 0)
			break;
		if (why.class == ERROR_INTERRUPTED || reconnect(f, e) < 0) {
			*e = why;
			return -1;
		}
		if (was_committed(f, which, n)) {
			status = 0;
			break;
		}
		if (!load_is_retryable(&why) || attempt >= f->settings->attempts)
			break;
		log_warn("%s: %s; trying again", f->table->name, why.text);
		clock_sleep((uint64_t)(wait * 1e9));
		wait = wait * 2 < RETRY_MAX_S ? wait * 2 : RETRY_MAX_S;
	}
	if (status == 0) {
		set_outcome(f, which, n, LOAD_DONE, NULL);
		return 0;
	}
	set_outcome(f, which, n, LOAD_FAILED, &why);
	for (i = 0; i < n; i++)
		if (ledger_fail(f->pg, f->run->number, &f->out->files[which[i]].ledger,
				f->settings->attempts, -1, &why, e) < 0)
			return -1;
	return 0;
}

/* All together; those whose order matters one after another. */
static int load_units(struct flow *f, struct error *e)
{
	size_t *which = arena_alloc(f->arena, (f->out->file_count + 1) * sizeof(*which));
	bool single = f->settings->strategy == &strategy_scd2;
	size_t n = 0, i;
	int status = 0;

	for (i = 0; i < f->out->file_count; i++)
		if (f->out->files[i].outcome == LOAD_WAITING)
			which[n++] = i;
	if (!single)
		return n ? load_unit(f, which, n, e) : 0;
	for (i = 0; status == 0 && i < n; i++)
		status = load_unit(f, which + i, 1, e);
	return status;
}

static int wait_for_task(struct flow *f, struct error *e)
{
	int mine;

	while ((mine = ledger_lock_task(f->pg, f->task, e)) == 0) {
		if (interrupt_count())
			return error_set(e, ERROR_INTERRUPTED, "interrupted");
		clock_sleep(100 * CLOCK_MS);
	}
	return mine < 0 ? -1 : 0;
}

/* The table is gone, and with it what the ledger says of it. */
static int forget_gone(struct flow *f, struct error *e)
{
	struct target t = {0};
	int found = target_read(f->pg, f->settings, &t, e);

	target_release(&t);
	if (found < 0)
		return -1;
	return found == 0 ? ledger_forget(f->pg, f->task, e) : 0;
}

static void add_up(struct load_result *out)
{
	size_t i;

	for (i = 0; i < out->file_count; i++) {
		const struct load_file *x = &out->files[i];

		if (x->outcome != LOAD_DONE)
			continue;
		out->rows += x->counts.rows;
		out->written.inserted += x->written.inserted;
		out->written.updated += x->written.updated;
		out->written.deleted += x->written.deleted;
		out->written.closed += x->written.closed;
	}
}

static void flow_init(struct flow *f, const struct load_config *c, const struct load_entry *t,
		      struct arena *a, struct load_result *out)
{
	f->config = c;
	f->table = t;
	f->from = load_config_find(c, t->from);
	f->settings = &t->settings;
	f->arena = a;
	f->out = out;
	f->by_file = medallion_by_file(c, t);
}

int medallion_load(const struct load_run *run, const struct load_config *c,
		   const struct load_entry *t, bool force, struct arena *a, struct load_result *out,
		   struct error *e)
{
	struct flow f = {.run = run, .force = force};
	int status = -1;

	flow_init(&f, c, t, a, out);
	f.pg = load_connect(run->dsn, f.settings, e);
	if (f.pg &&
	    ledger_task(f.pg, f.settings->schema, f.settings->table, f.settings->strategy->name,
			&f.task, e) == 0 &&
	    wait_for_task(&f, e) == 0 && forget_gone(&f, e) == 0 && list_source(&f, e) == 0 &&
	    ask_ledger(&f, true, e) == 0) {
		decide(&f);
		status = load_units(&f, e);
	}
	add_up(out);
	pg_close(f.pg);
	return status;
}

int medallion_plan(const char *dsn, const struct load_config *c, const struct load_entry *t,
		   struct arena *a, struct load_result *out, struct error *e)
{
	struct flow f = {0};
	int there, status = -1;

	flow_init(&f, c, t, a, out);
	f.pg = load_connect(dsn, f.settings, e);
	there = f.pg ? ledger_exists(f.pg, e) : -1;
	if (there == 1 && list_source(&f, e) == 0)
		status = ledger_find_task(f.pg, f.settings->schema, f.settings->table, &f.task, e);
	if (status == 0 && f.task)
		status = ask_ledger(&f, false, e);
	if (status == 0)
		decide(&f);
	pg_close(f.pg);
	return there == 0 ? 0 : status;
}
