/*
 * origin.c - see origin.h: rows of the source as golden rows, and into files.
 */
#include "convert/convert.h"
#include "convert/origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cJSON.h>

#include "common/log.h"

static void begin_rows(struct golden *g, const struct foreign *f, struct arena *a)
{
	const struct foreign_column *columns;
	enum foreign_kind *kinds;
	size_t i, n = foreign_columns(f, &columns);

	*g = (struct golden){.column_count = n};
	g->columns = arena_alloc(a, (n + 1) * sizeof(*g->columns));
	g->kinds = kinds = arena_alloc(a, (n + 1) * sizeof(*kinds));
	for (i = 0; i < n; i++) {
		g->columns[i] = arena_strdup(a, columns[i].name);
		kinds[i] = columns[i].kind;
	}
}

/* The text of a statement without what ends it. */
static const char *plain_text(struct arena *a, const char *sql)
{
	size_t n = strlen(sql);

	while (n && (sql[n - 1] == ';' || (unsigned char)sql[n - 1] <= ' '))
		n--;
	return arena_strndup(a, sql, n);
}

/* 0: all are here, 1: they are too long, -1. */
static int read_rows(struct foreign *f, struct golden *g, struct arena *a, struct error *e)
{
	const struct foreign_cell *cells;
	size_t bytes = 0, i;
	int status;

	while ((status = foreign_next(f, &cells, e)) == 1) {
		const char **row = golden_add_row(g, a);

		for (i = 0; i < g->column_count; i++) {
			bytes += cells[i].length + sizeof(*row);
			if (cells[i].text)
				row[i] = arena_strndup(a, cells[i].text, cells[i].length);
		}
		if (bytes > ORIGIN_MAX_BYTES)
			return 1;
	}
	return status;
}

static int try_rows(struct foreign *f, const char *sql, struct arena *a, struct golden *g,
		    const char **why, bool *capped, struct error *e)
{
	int status = foreign_query(f, sql, e);

	if (status == 0) {
		begin_rows(g, f, a);
		status = read_rows(f, g, a, e);
	}
	*capped = status == 1 || (status == 0 && foreign_more(f));
	foreign_end(f);
	if (*capped) {
		*why = status == 1 ? "the source's rows are more than 256 MB"
				   : arena_printf(a,
						  "the source has more than %zu rows, the limit of "
						  "--source-rows",
						  g->row_count);
		return 0;
	}
	return status == 0 ? 1 : -1;
}

int origin_rows(struct foreign **f, const struct foreign_options *o, const char *sql,
		struct arena *a, struct golden *g, const char **why, bool *capped, struct error *e)
{
	int status = -1, tries;

	sql = plain_text(a, sql);
	for (tries = 0; tries < 2; tries++) {
		memset(e, 0, sizeof(*e));
		if (!*f && !(*f = foreign_open(o, e)))
			return -1;
		status = try_rows(*f, sql, a, g, why, capped, e);
		if (status >= 0 || foreign_alive(*f) || e->class == ERROR_INTERRUPTED)
			break;
		log_debug("the source: %s: connecting again", e->text);
		foreign_close(*f);
		*f = NULL;
	}
	if (status >= 0 || e->class != ERROR_SQL)
		return status;
	*why = strcmp(e->sqlstate, "57014") == 0
		       ? arena_printf(a, "on the source it took longer than its limit of %g s",
				      o->timeout_ms / 1000.0)
	       : *e->sqlstate ? arena_printf(a, "the source refuses it: %s", e->text)
			      : arena_printf(a, "the source gives no rows: %s", e->text);
	return 0;
}

/* ---- files ---- */

static void put_field(struct buf *out, const char *text)
{
	buf_putc(out, '"');
	for (; *text; text++) {
		if (*text == '"')
			buf_putc(out, '"');
		buf_putc(out, *text);
	}
	buf_putc(out, '"');
}

static void put_csv(struct buf *out, const struct golden *g)
{
	size_t row, i;

	for (i = 0; i < g->column_count; i++) {
		buf_puts(out, i ? "," : "");
		put_field(out, g->columns[i]);
	}
	buf_putc(out, '\n');
	for (row = 0; row < g->row_count; row++) {
		for (i = 0; i < g->column_count; i++) {
			const char *cell = g->cells[row * g->column_count + i];

			buf_puts(out, i ? "," : "");
			if (cell && *cell && !cell[strcspn(cell, ",\"\r\n")])
				buf_puts(out, cell);
			else if (cell)
				put_field(out, cell);
		}
		buf_putc(out, '\n');
	}
}

/* One column: an empty line of CSV is no row. */
static void put_lines(struct buf *out, const struct golden *g)
{
	size_t row;

	for (row = 0; row < g->row_count; row++) {
		cJSON *o = cJSON_CreateObject();
		char *text;

		if (g->cells[row])
			cJSON_AddStringToObject(o, g->columns[0], g->cells[row]);
		else
			cJSON_AddNullToObject(o, g->columns[0]);
		text = cJSON_PrintUnformatted(o);
		buf_printf(out, "%s\n", text);
		cJSON_free(text);
		cJSON_Delete(o);
	}
}

static bool needs_lines(const struct golden *g)
{
	size_t row;

	for (row = 0; g->column_count == 1 && row < g->row_count; row++)
		if (!g->cells[row])
			return true;
	return false;
}

int origin_save(const struct golden *g, const char *stem, struct error *e)
{
	bool lines = needs_lines(g);
	char *path = xasprintf("%s.%s", stem, lines ? "jsonl" : "csv");
	char *other = xasprintf("%s.%s", stem, lines ? "csv" : "jsonl");
	struct buf out = {.max = 2 * ORIGIN_MAX_BYTES};
	int status;

	if (lines)
		put_lines(&out, g);
	else
		put_csv(&out, g);
	status = out.truncated ? error_set(e, ERROR_IO, "'%s' would be too long", path)
			       : text_write_file(path, buf_text(&out), out.len, e);
	if (status == 0)
		unlink(other);
	buf_release(&out);
	free(other);
	free(path);
	return status;
}
