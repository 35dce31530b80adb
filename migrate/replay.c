/*
 * replay.c - `lakeport migrate replay`: rows of the quarantine once more, after the table, or the
 * row itself, was mended. The rows of one file are written as a small file of their own, which goes
 * through the same reader, stage and strategy as any other; they leave the quarantine in the
 * transaction that brings them into the table. What is still not fit stays where it is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/command.h"
#include "common/log.h"
#include "migrate/load_config.h"
#include "migrate/load_parts.h"
#include "migrate/migrate.h"
#include "migrate/settings_text.h"
#include "migrate/stage.h"
#include "migrate/tables_command.h"
#include "migrate/temp.h"

#define HEADER_MAX (1 << 20)

struct replay {
	struct load_settings settings;
	const char *dsn;
	struct pg *pg;
	struct target target;
	struct layout layout;
	char *quarantine; /* quoted */
	char path[4096];  /* of the small file */
	struct arena arena;
	int64_t replayed, left;
};

struct part { /* quarantined rows of one file and kind */
	const char *file;
	bool json;
	struct pg_result *rows; /* ctid, raw, line */
	int64_t *begins;	/* line of the small file where each row begins */
	bool *rejected;
};

static int name_quarantine(struct replay *p, struct error *e)
{
	struct buf sql = {0};
	char *name = xasprintf("%s_quarantine", p->settings.table);
	const char *values[1];
	struct pg_result *r;
	int there;

	pg_quote_identifier(&sql, p->settings.schema);
	buf_putc(&sql, '.');
	pg_quote_identifier(&sql, name);
	p->quarantine = arena_strdup(&p->arena, buf_text(&sql));
	values[0] = p->quarantine;
	r = pg_query(p->pg, "select to_regclass($1) is not null", values, 1, e);
	there = r ? *pg_value(r, 0, 0) == 't' : -1;
	pg_free(r);
	free(name);
	buf_release(&sql);
	if (there == 0)
		return error_set(e, ERROR_INPUT, "there is no quarantine table %s", p->quarantine);
	return there < 0 ? -1 : 0;
}

/* The first line of the file that the rows came from, when it is one of names. */
static int copy_header(struct replay *p, const struct part *part, FILE *out, int64_t *lines,
		       struct error *e)
{
	struct load_settings *s = &p->settings;
	FILE *in;
	int c, n = 0;

	*lines = 0;
	if (part->json || s->source.header == 0)
		return 0;
	in = fopen(part->file, "r");
	if (!in) {
		error_set(e, ERROR_INPUT, "'%s', whose first line names the columns, is gone",
			  part->file);
		return error_hint(e, "bring it back, or say that there is no header with "
				     "'header: no' in a configuration");
	}
	while ((c = getc(in)) != EOF && n++ < HEADER_MAX && c != '\n')
		putc(c, out);
	putc('\n', out);
	fclose(in);
	*lines = 1;
	return 0;
}

static int write_rows(struct replay *p, struct part *part, struct error *e)
{
	int row, status;
	int64_t line;
	FILE *out = temp_open(p->path, sizeof(p->path), e);

	if (!out)
		return -1;
	status = copy_header(p, part, out, &line, e);
	for (row = 0; status == 0 && row < pg_rows(part->rows); row++) {
		const char *raw = pg_value(part->rows, row, 1), *c;
		size_t n = strlen(raw);

		part->begins[row] = ++line;
		for (c = raw; *c; c++)
			line += *c == '\n';
		if (n && raw[n - 1] == '\n')
			line--;
		fputs(raw, out);
		if (!n || raw[n - 1] != '\n')
			putc('\n', out);
	}
	if (fclose(out) != 0 && status == 0)
		status = temp_failed(p->path, e);
	return status;
}

static void mark_rejects(void *context, const struct block *b)
{
	struct part *part = context;
	size_t i;
	int row;

	for (i = 0; i < b->reject_count; i++) {
		log_warn("'%s': still not fit: %s", part->file, b->rejects[i].message);
		for (row = 0; row < pg_rows(part->rows); row++)
			if (part->begins[row] == b->rejects[i].line)
				part->rejected[row] = true;
	}
}

/* Lines of the small file become those of the file that the rows came from. */
static int mend_lines(struct replay *p, const struct part *part, struct error *e)
{
	struct buf sql = {0};
	int row, status = 0;

	buf_puts(&sql, "update " STAGE " s set " STAGE_LINE " = m.line");
	if (p->settings.audit_columns)
		buf_puts(&sql, ", " AUDIT_LINE " = m.line");
	buf_puts(&sql, " from (values ");
	for (row = 0; row < pg_rows(part->rows); row++)
		buf_printf(&sql, "%s(%" PRId64 ", %s::bigint)", row ? ", " : "", part->begins[row],
			   pg_value(part->rows, row, 2) ? pg_value(part->rows, row, 2) : "null");
	buf_puts(&sql, ") m(place, line) where s." STAGE_LINE " = m.place");
	status = pg_exec(p->pg, buf_text(&sql), e);
	buf_release(&sql);
	return status;
}

/* What the ledger says of the file is true again. */
static int count_in_ledger(struct replay *p, const struct part *part, int64_t n, struct error *e)
{
	char text[24];
	const char *values[] = {part->file, p->settings.schema, p->settings.table, text};
	struct pg_result *r;

	snprintf(text, sizeof(text), "%" PRId64, n);
	r = pg_query(p->pg,
		     "update lakeport.file f set rows = rows + $4, rejects = rejects - $4 "
		     "from lakeport.task t where t.task = f.task and f.path = $1 and "
		     "t.target_schema = $2 and t.target_table = $3",
		     values, 4, e);
	pg_free(r);
	return r ? 0 : -1;
}

static int take_out(struct replay *p, const struct part *part, struct error *e)
{
	struct buf sql = {0};
	int row, n = 0, status = 0;

	buf_printf(&sql, "delete from %s where ctid in (", p->quarantine);
	for (row = 0; row < pg_rows(part->rows); row++)
		if (!part->rejected[row])
			buf_printf(&sql, "%s'%s'::tid", n++ ? ", " : "",
				   pg_value(part->rows, row, 0));
	buf_putc(&sql, ')');
	if (n && (pg_exec(p->pg, buf_text(&sql), e) < 0 || count_in_ledger(p, part, n, e) < 0))
		status = -1;
	buf_release(&sql);
	p->replayed += n;
	p->left += pg_rows(part->rows) - n;
	return status;
}

static int load_rows(struct replay *p, struct part *part, struct error *e)
{
	struct source_options o = p->settings.source;
	struct strategy_counts counts = {0};
	const struct source *source;
	struct strategy_run run;
	struct reader *reader;
	struct buf sql = {0};
	int status = -1;

	o.format = part->json ? FORMAT_JSON : FORMAT_CSV;
	o.packing = PACKING_NONE;
	source = source_for_file(&o, p->path, e);
	if (!source || layout_make(&p->layout, &p->settings, &p->target, NULL, true, e) < 0)
		return -1;
	layout_file(&p->layout, part->file, (int64_t)(clock_wall() / 1000), "replay");
	layout_stage_sql(&p->layout, &sql);
	reader = source->open(&o, p->path, &p->layout.wanted, &p->layout.rules, e);
	if (reader && pg_exec(p->pg, buf_text(&sql), e) == 0)
		status = stage_copy(p->pg, &p->layout, &p->target, source, reader, 0, mark_rejects,
				    part, e) < 0
				 ? -1
				 : 0;
	source->close(reader);
	buf_release(&sql);
	layout_run(&p->layout, &p->settings, &p->target, p->pg, &run);
	if (status == 0)
		status = mend_lines(p, part, e);
	if (status == 0)
		status = p->settings.strategy->apply(&run, &counts, e);
	if (status == 0)
		status = take_out(p, part, e);
	layout_release(&p->layout);
	return status;
}

static int replay_part(struct replay *p, struct part *part, struct error *e)
{
	const char *values[] = {part->file};
	struct buf sql = {0};
	int status = -1;

	buf_printf(
		&sql,
		"select ctid, coalesce(raw, ''), line from %s where file = $1 and raw is not null "
		"and (left(ltrim(raw), 1) = '{') = %s order by at, line for update",
		p->quarantine, part->json ? "true" : "false");
	part->rows = pg_query(p->pg, buf_text(&sql), values, 1, e);
	buf_release(&sql);
	if (part->rows && pg_rows(part->rows) == 0) {
		status = 0;
	} else if (part->rows) {
		part->begins = xcalloc((size_t)pg_rows(part->rows), sizeof(*part->begins));
		part->rejected = xcalloc((size_t)pg_rows(part->rows), sizeof(*part->rejected));
		status = write_rows(p, part, e);
		if (status == 0)
			status = load_rows(p, part, e);
		unlink(p->path);
	}
	free(part->begins);
	free(part->rejected);
	pg_free(part->rows);
	return status;
}

static int replay_all(struct replay *p, struct error *e)
{
	struct buf sql = {0};
	struct pg_result *files;
	int row, status = 0;

	if (pg_exec(p->pg, "begin", e) < 0)
		return -1;
	buf_printf(&sql,
		   "select distinct file, left(ltrim(raw), 1) = '{' from %s "
		   "where raw is not null order by 1, 2",
		   p->quarantine);
	files = pg_query(p->pg, buf_text(&sql), NULL, 0, e);
	buf_release(&sql);
	for (row = 0; files && status == 0 && row < pg_rows(files); row++) {
		struct part part = {.file = pg_value(files, row, 0),
				    .json = *pg_value(files, row, 1) == 't'};

		status = replay_part(p, &part, e);
		if (status < 0)
			error_context(e, "'%s'", part.file);
	}
	status = files ? status : -1;
	pg_free(files);
	if (status == 0)
		status = pg_exec(p->pg, "commit", e);
	else
		pg_exec(p->pg, "rollback", NULL);
	return status;
}

/* From a configuration, or from the table alone: rows are appended then. */
static int read_settings(const struct invocation *inv, struct load_config *c, struct replay *p,
			 struct error *e)
{
	const struct load_entry *t;

	load_settings_init(&p->settings);
	if (!option_set(inv, "into"))
		return error_set(e, ERROR_USAGE, "no table is named: say it with --into");
	if (settings_table(&p->arena, option_text(inv, "into"), &p->settings.schema,
			   &p->settings.table, e) < 0)
		return error_context(e, "--into");
	if (!option_set(inv, "config"))
		return 0;
	if (load_config_read(c, option_text(inv, "config"), e) < 0)
		return -1;
	t = load_config_find(
		c, arena_printf(&p->arena, "%s.%s", p->settings.schema, p->settings.table));
	if (!t)
		return error_set(e, ERROR_USAGE, "%s has no table '%s'", c->path,
				 option_text(inv, "into"));
	p->settings = t->settings;
	return 0;
}

static int replay(struct replay *p, struct error *e)
{
	int found;

	p->pg = load_connect(p->dsn, &p->settings, e);
	if (!p->pg || name_quarantine(p, e) < 0)
		return -1;
	found = target_read(p->pg, &p->settings, &p->target, e);
	if (found == 0)
		error_set(e, ERROR_INPUT, "there is no table '%s.%s'", p->settings.schema,
			  p->settings.table);
	if (found != 1)
		return -1;
	p->settings.audit_columns = target_find(&p->target, AUDIT_FILE, false) &&
				    target_find(&p->target, AUDIT_LINE, false);
	if (p->settings.strategy->check &&
	    p->settings.strategy->check(&p->settings, &p->target, e) < 0)
		return -1;
	if (replay_all(p, e) < 0)
		return -1;
	printf("%" PRId64 " rows are in '%s.%s' now, %" PRId64 " are still in quarantine\n",
	       p->replayed, p->settings.schema, p->settings.table, p->left);
	return p->left > 0;
}

static int migrate_replay_main(struct invocation *inv, struct error *e)
{
	struct replay p = {.dsn = option_text(inv, "dsn")};
	struct load_config c = {0};
	int status = read_settings(inv, &c, &p, e);

	if (status == 0)
		status = replay(&p, e);
	pg_close(p.pg);
	target_release(&p.target);
	arena_release(&p.arena);
	load_config_release(&c);
	return status;
}

static const struct option replay_options[] = {
	{0, "into", OPTION_TEXT, "TABLE", "the table that the rows were meant for", NULL, 0, 0,
	 NULL, NULL},
	{0, "config", OPTION_TEXT, "FILE",
	 "load configuration with this table: strategy, keys, format (rows are appended)", NULL, 0,
	 0, NULL, NULL},
};

const struct command migrate_replay = {
	.tool = "migrate",
	.verb = "replay",
	.arguments = "",
	.summary = "load quarantined rows again, after a mend",
	.description =
		"Rows of TABLE_quarantine are read again, as they are there: mend the table, or "
		"their "
		"'raw'.\nThey leave the quarantine in the transaction that brings them into the "
		"table. What is\nstill not fit stays (exit status 1).",
	.examples = "  lakeport migrate replay -d postgresql:///shop --into sales.orders\n",
	OPTIONS(replay_options),
	.takes_dsn = true,
	.own_config = true,
	.run = migrate_replay_main,
};
