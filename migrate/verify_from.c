/*
 * verify_from.c - a table that reads another one, computed again from what that holds now: see
 * verify.h. The ledger says which files of the source came together and in which order.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "migrate/medallion.h"
#include "migrate/settings_text.h"
#include "migrate/verify_parts.h"

struct origin { /* a "file" that this table has read, in their order */
	const char *path;
	const char *loaded_at;
	int64_t version;
};

struct from {
	struct verify v;
	const struct load_config *config;
	const struct load_entry *table;
	bool by_file;
	struct origin *origins;
	size_t count;
};

/* Functions that are not volatile to Postgres, but tell the time or the session. */
static const char *const moving[] = {
	"age", "current_setting", "now", "statement_timestamp", "transaction_timestamp",
};

/* ---- what was read ------------------------------------------------------------------------------
 */

static int list_origins(struct from *f, struct error *e)
{
	struct arena *a = &f->v.out->arena;
	char task[24];
	const char *values[] = {task};
	struct pg_result *r;
	size_t i;

	snprintf(task, sizeof(task), "%" PRId64, f->v.task);
	r = pg_query(f->v.pg,
		     "select path, loaded_at, version from lakeport.file where task = $1 "
		     "and loaded_at is not null order by loaded_at, path collate \"C\"",
		     values, 1, e);
	if (!r)
		return -1;
	f->count = (size_t)pg_rows(r);
	f->origins = arena_alloc(a, (f->count + 1) * sizeof(*f->origins));
	for (i = 0; i < f->count; i++) {
		f->origins[i].path = arena_strdup(a, pg_value(r, (int)i, 0));
		f->origins[i].loaded_at = arena_strdup(a, pg_value(r, (int)i, 1));
		text_to_int(pg_value(r, (int)i, 2), &f->origins[i].version);
	}
	pg_free(r);
	return 0;
}

static const struct load_file *find_file(const struct load_result *plan, const char *path)
{
	size_t i;

	for (i = 0; i < plan->file_count; i++)
		if (strcmp(plan->files[i].ledger.path, path) == 0)
			return &plan->files[i];
	return NULL;
}

/* Is the source as it was when it was read? What it has besides waits. */
static int check_origins(struct from *f, const char *dsn, struct error *e)
{
	struct load_result plan = {0};
	struct verify_result *out = f->v.out;
	size_t i, read = 0;

	if (medallion_plan(dsn, f->config, f->table, &out->arena, &plan, e) < 0)
		return -1;
	for (i = 0; i < f->count; i++) {
		const struct load_file *x = find_file(&plan, f->origins[i].path);

		read += x && x->outcome == LOAD_SKIPPED &&
			x->ledger.version == f->origins[i].version;
	}
	for (i = 0; i < plan.file_count; i++)
		out->files_waiting += !plan.files[i].ledger.loaded;
	if (f->count == 0)
		out->not_compared = arena_printf(&out->arena, "nothing of '%s' has been read yet",
						 f->table->from);
	else if (read < f->count)
		out->not_compared =
			arena_printf(&out->arena, "'%s' has changed since it was read: load first",
				     f->table->from);
	load_result_release(&plan);
	return 0;
}

/* Whether rows that are in the table alone may be there by right. */
static bool is_partial(const struct from *f)
{
	const struct load_settings *s = f->v.settings;
	size_t i;

	if (s->strategy->whole)
		return false;
	if (f->by_file &&
	    load_config_find(f->config, f->table->from)->settings.strategy != &strategy_append)
		return true;
	for (i = 0; i < f->count; i++)
		if (f->origins[i].version > 1 && s->strategy != &strategy_append)
			return true;
	return false;
}

/* ---- what can be computed again -----------------------------------------------------------------
 */

/* 1: an expression may give something else today (`what` it calls), 0: not. */
static int is_moving(struct from *f, const char *expression, const char **what, struct error *e)
{
	struct names calls = {0};
	struct pg_result *r;
	size_t i, k;
	int found = 0;

	medallion_calls(expression, &f->v.out->arena, &calls);
	for (i = 0; found == 0 && i < calls.count; i++) {
		*what = calls.items[i];
		if (strchr(*what, ' '))
			return 1;
		for (k = 0; k < sizeof(moving) / sizeof(moving[0]); k++)
			if (strcmp(moving[k], *what) == 0)
				return 1;
		r = pg_query(f->v.pg,
			     "select from pg_proc where proname = $1 and provolatile = 'v' limit 1",
			     what, 1, e);
		found = r ? pg_rows(r) : -1;
		pg_free(r);
	}
	return found;
}

/* The name of the column that an expression makes. */
static const char *column_name(struct from *f, const char *item, struct error *e)
{
	const struct load_settings *s = &load_config_find(f->config, f->table->from)->settings;
	struct buf sql = {0};
	const char *name = NULL;
	struct pg_result *r;

	buf_printf(&sql, "select %s\nfrom ", item);
	pg_quote_identifier(&sql, s->schema);
	buf_putc(&sql, '.');
	pg_quote_identifier(&sql, s->table);
	buf_puts(&sql, " limit 0");
	r = pg_query(f->v.pg, buf_text(&sql), NULL, 0, e);
	if (r && pg_columns(r))
		name = arena_strdup(&f->v.out->arena, pg_column(r, 0));
	pg_free(r);
	buf_release(&sql);
	return name;
}

static int check_expressions(struct from *f, struct error *e)
{
	const struct load_entry *t = f->table;
	const char *what = NULL, *name;
	int found = t->filter ? is_moving(f, t->filter, &what, e) : 0;
	size_t i;

	if (found > 0)
		f->v.out->not_compared = arena_printf(
			&f->v.out->arena,
			"its filter calls '%s', which may give another answer each time", what);
	for (i = 0; found == 0 && i < t->select.count; i++) {
		found = is_moving(f, t->select.items[i], &what, e);
		if (found <= 0)
			continue;
		name = column_name(f, t->select.items[i], e);
		if (!name)
			return -1;
		settings_add_name(&f->v.out->arena, &f->v.out->left_out, name);
		found = 0;
	}
	return found < 0 ? -1 : 0;
}

/* ---- the source, once more ----------------------------------------------------------------------
 */

/* {"a","b"} of the source's files that came together with the first of them; how many. */
static size_t together(const struct from *f, size_t first, struct buf *files)
{
	size_t head = strlen(f->table->from) + 1, n, i;
	const char *p;

	for (n = first; n < f->count; n++)
		if (strcmp(f->origins[n].loaded_at, f->origins[first].loaded_at) != 0)
			break;
	for (i = first; f->by_file && i < n; i++) {
		buf_puts(files, i > first ? ",\"" : "{\"");
		for (p = f->origins[i].path + head; *p; p++) {
			if (*p == '"' || *p == '\\')
				buf_putc(files, '\\');
			buf_putc(files, *p);
		}
		buf_putc(files, '"');
	}
	if (f->by_file)
		buf_putc(files, '}');
	return n - first;
}

/* Columns that stage and target both have. */
static int find_columns(struct from *f, const struct target_column **columns, size_t *n,
			struct error *e)
{
	struct pg_result *r = pg_query(f->v.pg,
				       "select attname from pg_attribute where attrelid = "
				       "'" STAGE "'::regclass and attnum > 0 and not attisdropped",
				       NULL, 0, e);
	int row;

	*n = 0;
	for (row = 0; r && row < pg_rows(r); row++) {
		const char *name = pg_value(r, row, 0);
		const struct target_column *c = target_find(&f->v.target, name, false);

		if (c && !c->generated && !strategy_is_audit(name))
			columns[(*n)++] = c;
	}
	pg_free(r);
	return r ? 0 : -1;
}

static int read_unit(struct from *f, const char *files, const struct target_column **columns,
		     size_t *n, struct error *e)
{
	struct verify *v = &f->v;
	struct strategy_counts counts = {0};
	struct strategy_run run = {
		.pg = v->pg, .settings = v->settings, .target = &v->copy, .where = "true"};
	struct buf sql = {0};
	int status;

	buf_puts(&sql, "drop table if exists " STAGE "; ");
	medallion_stage_sql(f->config, f->table, files, &sql);
	status = verify_run(v, &sql, e);
	buf_release(&sql);
	if (status < 0 || find_columns(f, columns, n, e) < 0)
		return -1;
	run.columns = columns;
	run.column_count = *n;
	return (v->settings->strategy->whole ? &strategy_append : v->settings->strategy)
		->apply(&run, &counts, e);
}

static int read_source(struct from *f, struct error *e)
{
	struct arena *a = &f->v.out->arena;
	const struct target_column **columns;
	size_t first, n = 0, i;
	int status = 0;

	columns = arena_alloc(a, (f->v.target.column_count + 1) * sizeof(*columns));
	for (first = 0; status == 0 && first < f->count;) {
		struct buf files = {0};

		first += together(f, first, &files);
		status = read_unit(f, f->by_file ? buf_text(&files) : NULL, columns, &n, e);
		buf_release(&files);
	}
	for (i = 0; i < n; i++)
		if (!names_have(&f->v.out->left_out, columns[i]->name))
			settings_add_name(a, &f->v.columns, columns[i]->name);
	f->v.out->files = (int64_t)f->count;
	return status < 0 ? error_context(e, "while reading '%s'", f->table->from) : 0;
}

static int verify(struct from *f, const char *dsn, const struct names *keys, struct error *e)
{
	struct verify *v = &f->v;
	const struct load_settings *s = v->settings;
	int found;

	if (pg_exec(v->pg, "begin isolation level repeatable read", e) < 0)
		return -1;
	found = ledger_exists(v->pg, e);
	if (found == 0)
		error_set(e, ERROR_INPUT, "there is no ledger: nothing was loaded");
	if (found != 1)
		return -1;
	found = target_read(v->pg, s, &v->target, e);
	if (found == 0)
		error_set(e, ERROR_INPUT, "there is no table '%s.%s'", s->schema, s->table);
	if (found != 1 || ledger_find_task(v->pg, s->schema, s->table, &v->task, e) < 0 ||
	    list_origins(f, e) < 0 || check_origins(f, dsn, e) < 0)
		return -1;
	if (!v->out->not_compared && check_expressions(f, e) < 0)
		return -1;
	if (v->out->not_compared)
		return 0;
	v->out->partial = is_partial(f);
	v->current = s->strategy == &strategy_scd2;
	if (verify_copy(v, e) < 0 || read_source(f, e) < 0 || verify_keys(v, keys, e) < 0)
		return -1;
	return verify_compare(v, e);
}

int verify_from(const char *dsn, const struct load_config *c, const struct load_entry *t,
		const struct names *keys, struct verify_result *out, struct error *e)
{
	struct from f = {.v = {.settings = &t->settings, .out = out}, .config = c, .table = t};
	int status = -1;

	f.by_file = medallion_by_file(c, t);
	f.v.pg = load_connect(dsn, &t->settings, e);
	if (f.v.pg)
		status = verify(&f, dsn, keys, e);
	if (f.v.pg && pg_alive(f.v.pg))
		pg_exec(f.v.pg, "rollback", NULL);
	target_release(&f.v.target);
	pg_close(f.v.pg);
	return status;
}
