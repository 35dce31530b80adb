/*
 * verify.c - see verify.h: the files of a table, once more, and what of the table is compared. What
 * follows is verify_compare.c.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "migrate/settings_text.h"
#include "migrate/stage.h"
#include "migrate/verify_parts.h"

#define LOOKED_AT 10 /* files whose columns are looked at */

void verify_release(struct verify_result *r)
{
	arena_release(&r->arena);
	memset(r, 0, sizeof(*r));
}

/* ---- the files, once more ---------------------------------------------------------------------
 */

static void count_rejects(void *context, const struct block *b)
{
	struct verify *v = context;

	v->out->rejects += (int64_t)b->reject_count;
}

static int apply(struct verify *v, struct error *e)
{
	const struct strategy *strategy =
		v->settings->strategy->whole ? &strategy_append : v->settings->strategy;
	struct strategy_counts counts = {0};
	struct strategy_run run;

	layout_run(&v->layout, v->settings, &v->copy, v->pg, &run);
	return strategy->apply(&run, &counts, e);
}

static int read_file(struct verify *v, const char *path, struct error *e)
{
	const struct source_options *o = &v->settings->source;
	const struct source *source = source_for_file(o, path, e);
	struct reader *reader = NULL;
	struct buf sql = {0};
	int64_t rows = -1;

	if (!source)
		return -1;
	layout_stage_sql(&v->layout, &sql);
	if (verify_run(v, &sql, e) == 0)
		reader = source->open(o, path, &v->layout.wanted, &v->layout.rules, e);
	buf_release(&sql);
	layout_file(&v->layout, path, 0, "verify");
	if (reader)
		rows = stage_copy(v->pg, &v->layout, &v->target, source, reader, 0, count_rejects,
				  v, e);
	source->close(reader);
	if (rows < 0 || apply(v, e) < 0)
		return error_context(e, "'%s'", path);
	v->out->files++;
	return 0;
}

static int read_files(struct verify *v, struct load_file *files, size_t n, struct error *e)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (read_file(v, files[i].ledger.path, e) < 0)
			return -1;
	return 0;
}

static void choose_columns(struct verify *v)
{
	const struct load_settings *s = v->settings;
	bool scd2 = s->strategy == &strategy_scd2;
	size_t i;

	for (i = 0; i < v->layout.column_count; i++) {
		const struct target_column *c = v->layout.columns[i];

		if (!c->generated && !strategy_is_audit(c->name) &&
		    strcmp(c->name, RESCUE_COLUMN) != 0)
			settings_add_name(&v->out->arena, &v->columns, c->name);
	}
	if (scd2)
		settings_add_name(&v->out->arena, &v->columns, s->current_column);
	if (scd2 && s->order_by) {
		settings_add_name(&v->out->arena, &v->columns, s->effective_column);
		settings_add_name(&v->out->arena, &v->columns, s->end_column);
	}
}

/* ---- one table ----------------------------------------------------------------------------------
 */

/* Keeps the files that have rows in the table, by the ledger. */
static int keep_loaded(struct verify *v, struct load_file *files, size_t *n, struct error *e)
{
	struct ledger_file *views = xcalloc(*n + 1, sizeof(*views));
	size_t i, kept = 0;
	int status;

	for (i = 0; i < *n; i++)
		views[i] = files[i].ledger;
	status = ledger_look(v->pg, v->task, views, *n, e);
	for (i = 0; status == 0 && i < *n; i++) {
		if (!views[i].loaded) {
			v->out->files_waiting++;
			continue;
		}
		if (!views[i].same)
			log_warn("'%s' changed after it was loaded", views[i].path);
		files[kept] = files[i];
		files[kept++].ledger = views[i];
	}
	free(views);
	*n = kept;
	return status;
}

static int prepare(struct verify *v, const struct names *keys, struct load_file *files, size_t n,
		   struct error *e)
{
	const struct load_settings *s = v->settings;
	struct table_shape found = {0};

	if (load_describe(s, files, n < LOOKED_AT ? n : LOOKED_AT, &v->out->arena, &found, e) < 0 ||
	    layout_make(&v->layout, s, &v->target, n ? &found : NULL, true, e) < 0)
		return -1;
	choose_columns(v);
	if (verify_keys(v, keys, e) < 0)
		return -1;
	return verify_copy(v, e);
}

static int verify(struct verify *v, const struct names *keys, struct load_file *files, size_t n,
		  struct error *e)
{
	const struct load_settings *s = v->settings;
	int found;

	if (pg_exec(v->pg, "begin isolation level repeatable read", e) < 0)
		return -1;
	if (ledger_exists(v->pg, e) != 1)
		return e->class != ERROR_NONE ? -1
					      : error_set(e, ERROR_INPUT,
							  "there is no ledger: nothing was loaded");
	found = target_read(v->pg, s, &v->target, e);
	if (found == 0)
		error_set(e, ERROR_INPUT, "there is no table '%s.%s'", s->schema, s->table);
	if (found != 1 || ledger_find_task(v->pg, s->schema, s->table, &v->task, e) < 0 ||
	    keep_loaded(v, files, &n, e) < 0)
		return -1;
	if (prepare(v, keys, files, n, e) < 0 || read_files(v, files, n, e) < 0)
		return -1;
	return verify_compare(v, e);
}

int verify_table(const char *dsn, const struct load_settings *s, const struct names *keys,
		 struct load_file *files, size_t n, struct verify_result *out, struct error *e)
{
	struct load_settings copy = *s;
	struct verify v = {.settings = &copy, .out = out};
	int status = -1;

	if (copy.drift != DRIFT_RESCUE) /* the table is what it is */
		copy.drift = DRIFT_NONE;
	v.pg = load_connect(dsn, &copy, e);
	if (v.pg)
		status = verify(&v, keys, files, n, e);
	if (v.pg && pg_alive(v.pg))
		pg_exec(v.pg, "rollback", NULL);
	layout_release(&v.layout);
	target_release(&v.target);
	pg_close(v.pg);
	return status;
}
