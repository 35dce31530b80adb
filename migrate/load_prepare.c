/*
 * load_prepare.c - the table and the settings against each other, before any file is loaded.
 *
 * A table that is not there is made from the given columns or from what the first files show. All
 * of it is one transaction under the task's lock, so that two lakeports make one table. Indexes
 * that enforce nothing are taken off a table that is empty and built when the data are in; what is
 * to be built stands in the ledger, so that a crash forgets none.
 */
#include "migrate/load_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

#define DESCRIBED_MAX 10	 /* files looked at to make a table */
#define REBUILD_FROM  (16 << 20) /* bytes of files that are worth building anew */
#define LOCK_PREPARE  1818323764
#define ALONE_MS      500 /* to find out whether somebody is at an empty table */

struct pg *load_connect(const char *dsn, const struct load_settings *s, struct error *e)
{
	struct pg *pg = pg_connect(dsn, e);
	struct buf sql = {0};
	int status;

	if (!pg)
		return NULL;
	pg_interruptible(pg);
	buf_printf(&sql,
		   "set client_min_messages = error; set lock_timeout = %d; "
		   "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; "
		   "set datestyle = 'ISO, MDY'; set work_mem = '64MB'; set temp_buffers = '32MB'",
		   s->lock_timeout_ms);
	if (pg_server_version(pg) >= 140000)
		buf_puts(&sql, "; set client_connection_check_interval = '2s'");
	status = pg_exec(pg, buf_text(&sql), e);
	buf_release(&sql);
	if (status == 0)
		return pg;
	pg_close(pg);
	return NULL;
}

int load_describe(const struct load_settings *s, const struct load_file *files, size_t n,
		  struct arena *a, struct table_shape *shape, struct error *e)
{
	size_t i;

	memset(shape, 0, sizeof(*shape));
	for (i = 0; i < n; i++) {
		const char *path = files[i].ledger.path;
		const struct source *source = source_for_file(&s->source, path, e);
		struct table_shape one = {0};

		if (!source || source->describe(&s->source, path, a, &one, e) < 0)
			return strstr(e->text, path) ? -1 : error_context(e, "'%s'", path);
		if (i && one.by_place != shape->by_place) {
			error_set(e, ERROR_INPUT, "'%s' has %s header, '%s' %s", path,
				  one.by_place ? "no" : "a", files[0].ledger.path,
				  one.by_place ? "has one" : "has none");
			return error_hint(e, "say --header yes or no, or load them apart");
		}
		if (i == 0)
			*shape = one;
		else
			shape_join(a, shape, &one);
	}
	return 0;
}

static int make_quarantine(struct load *l, struct error *e)
{
	struct buf sql = {0};
	char name[200];
	int status;

	if (l->settings->on_bad_row != BAD_ROW_QUARANTINE)
		return 0;
	if (snprintf(name, sizeof(name), "%s_quarantine", l->settings->table) > NAME_MAX_BYTES)
		return error_set(e, ERROR_CONFIG,
				 "the name of the quarantine table, '%s', is too long", name);
	pg_quote_identifier(&sql, l->settings->schema);
	buf_putc(&sql, '.');
	pg_quote_identifier(&sql, name);
	l->quarantine = xstrdup(buf_text(&sql));
	buf_clear(&sql);
	reject_table_sql(&sql, l->quarantine);
	status = pg_exec(l->pg, buf_text(&sql), e);
	buf_release(&sql);
	return status < 0 ? error_context(e, "while making %s", l->quarantine) : 0;
}

static int run_and_clear(struct pg *pg, struct buf *sql, struct error *e)
{
	int status = pg_exec(pg, buf_text(sql), e);

	buf_clear(sql);
	return status;
}

/* The table is made; its key, if the strategy has one, waits for the first rows. */
static int make_table(struct load *l, struct error *e)
{
	const struct load_settings *s = l->settings;
	struct table_shape shape = s->given;
	size_t n = l->out->file_count < DESCRIBED_MAX ? l->out->file_count : DESCRIBED_MAX;
	struct arena a = {0};
	struct buf sql = {0}, key = {0};
	int status = 0;

	if (!shape.column_count)
		status = n ? load_describe(s, l->out->files, n, &a, &shape, e)
			   : error_set(e, ERROR_INPUT, "there are no files to make '%s.%s' from",
				       s->schema, s->table);
	if (status == 0)
		status = target_create(l->pg, s, &shape, e);
	if (status == 0)
		status = target_read(l->pg, s, &l->target, e) == 1 ? 0 : -1;
	if (status == 0)
		status = ledger_forget(l->pg, l->task, e);
	if (status == 0 && s->strategy->unique_key && s->strategy->check(s, &l->target, e) == 0) {
		ledger_pending_sql(&sql, l->task, NULL);
		status = run_and_clear(l->pg, &sql, e);
		s->strategy->unique_key(s, &l->target, &key);
		ledger_pending_sql(&sql, l->task, buf_text(&key));
		if (status == 0)
			status = run_and_clear(l->pg, &sql, e);
	} else if (status == 0 && s->strategy->unique_key) {
		status = -1;
	}
	l->out->created = status == 0;
	buf_release(&sql);
	buf_release(&key);
	arena_release(&a);
	return status;
}

/* 1 nobody is at the table, and nobody will be until we commit; 0 somebody is. */
static int lock_alone(struct load *l, struct error *e)
{
	struct buf sql = {0};
	int status;

	buf_printf(&sql,
		   "savepoint lakeport_index; set local lock_timeout = %d; "
		   "lock table %s in access exclusive mode; set local lock_timeout = %d; "
		   "release lakeport_index",
		   ALONE_MS < l->settings->lock_timeout_ms ? ALONE_MS
							   : l->settings->lock_timeout_ms,
		   l->target.quoted, l->settings->lock_timeout_ms);
	status = pg_exec(l->pg, buf_text(&sql), e);
	buf_release(&sql);
	if (status == 0)
		return 1;
	if (strcmp(e->sqlstate, "55P03") != 0)
		return -1;
	memset(e, 0, sizeof(*e));
	return pg_exec(l->pg, "rollback to lakeport_index; release lakeport_index", e);
}

/*
 * The plain indexes of a plain table of ours; those stay that hold more than their definition says
 * (a comment, a place, statistics) or that something refers to.
 */
static struct pg_result *list_indexes(struct load *l, struct error *e)
{
	char oid[20];
	const char *values[] = {oid};

	snprintf(oid, sizeof(oid), "%u", l->target.oid);
	return pg_query(
		l->pg,
		"select i.indexrelid::regclass, 'create index if not exists' || "
		"substr(pg_get_indexdef(i.indexrelid), length('create index') + 1) from pg_index i "
		"join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid "
		"where i.indrelid = $1 and t.relkind = 'r' and pg_has_role(t.relowner, 'USAGE') "
		"and has_schema_privilege(t.relnamespace, 'CREATE') "
		"and not i.indisunique and not i.indisprimary and not i.indisexclusion "
		"and not i.indisreplident and not i.indisclustered and i.indisvalid "
		"and not c.relispartition and c.reltablespace = 0 and not exists "
		"(select from pg_depend d where d.refobjid = i.indexrelid) and not exists "
		"(select from pg_description d where d.objoid = i.indexrelid and d.classoid = "
		"'pg_class'::regclass) and not exists (select from pg_attribute a "
		"where a.attrelid = i.indexrelid and a.attstattarget >= 0)",
		values, 1, e);
}

/* Takes off an empty table what is cheaper to build afterwards. */
static int put_indexes_off(struct load *l, struct error *e)
{
	struct buf sql = {0};
	struct pg_result *r;
	int64_t bytes = 0;
	int row, status = strategy_will_rename(l->pg, l->settings, &l->target, e);
	size_t i;

	if (status != 0) /* they are built with the new table */
		return status < 0 ? -1 : 0;
	for (i = 0; i < l->out->file_count; i++)
		bytes += l->out->files[i].ledger.size;
	if (!l->target.empty || l->settings->strategy->keyed || bytes < REBUILD_FROM)
		return 0;
	r = list_indexes(l, e);
	status = r ? pg_rows(r) > 0 : -1;
	if (status > 0)
		status = lock_alone(l, e);
	for (row = 0; status > 0 && row < pg_rows(r); row++) {
		ledger_pending_sql(&sql, l->task, pg_value(r, row, 1));
		buf_printf(&sql, "; drop index %s", pg_value(r, row, 0));
		status = run_and_clear(l->pg, &sql, e) < 0 ? -1 : 1;
	}
	pg_free(r);
	buf_release(&sql);
	return status < 0 ? -1 : 0;
}

static int check_target(struct load *l, struct error *e)
{
	const struct load_settings *s = l->settings;
	struct layout layout;
	int status = 0;

	if (s->strategy->check && s->strategy->check(s, &l->target, e) < 0)
		return -1;
	if (s->drift == DRIFT_RESCUE && !target_find(&l->target, RESCUE_COLUMN, false)) {
		struct buf sql = {0};

		buf_printf(&sql, "alter table %s add column " RESCUE_COLUMN " jsonb",
			   l->target.quoted);
		status = pg_exec(l->pg, buf_text(&sql), e);
		buf_release(&sql);
		target_release(&l->target);
		if (status < 0 || target_read(l->pg, s, &l->target, e) != 1)
			return -1;
	}
	status = layout_make(&layout, s, &l->target, NULL, false, e);
	layout_release(&layout);
	return status;
}

static int prepare(struct load *l, struct error *e)
{
	struct buf sql = {0};
	int found;

	found = target_read(l->pg, l->settings, &l->target, e);
	if (found < 0 || (found == 0 && make_table(l, e) < 0))
		return -1;
	if (check_target(l, e) < 0 || make_quarantine(l, e) < 0 || put_indexes_off(l, e) < 0)
		return -1;
	if (ledger_pending(l->pg, l->task, &sql, e) < 0)
		return -1;
	l->pending_keys = sql.len > 0 && l->settings->strategy->keyed;
	buf_release(&sql);
	return 0;
}

int load_prepare(struct load *l, struct error *e)
{
	char sql[100];
	int status;

	snprintf(sql, sizeof(sql), "begin; select pg_advisory_xact_lock(%d, %d)", LOCK_PREPARE,
		 (int)l->task);
	status = pg_exec(l->pg, sql, e);
	if (status == 0)
		status = prepare(l, e);
	if (status == 0)
		return pg_exec(l->pg, "commit", e);
	pg_exec(l->pg, "rollback", NULL);
	l->out->created = false;
	return -1;
}

int load_build_indexes(struct load *l, struct error *e)
{
	struct buf sql = {0};
	int status;

	status = pg_exec(l->pg, "begin; set local maintenance_work_mem = '256MB'", e);
	if (status == 0)
		status = ledger_pending(l->pg, l->task, &sql, e);
	if (status == 0 && sql.len) {
		log_info("building the indexes of %s.%s", l->settings->schema, l->settings->table);
		buf_puts(&sql, "; ");
		ledger_pending_sql(&sql, l->task, NULL);
		status = pg_exec(l->pg, buf_text(&sql), e);
	}
	buf_release(&sql);
	if (status == 0)
		return pg_exec(l->pg, "commit", e);
	pg_exec(l->pg, "rollback", NULL);
	return error_context(e, "while building the indexes of '%s.%s'", l->settings->schema,
			     l->settings->table);
}
