/* golden.c - reads golden rows from CSV and JSON lines; see golden.h. */
#include "convert/golden.h"

#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "common/csv.h"
#include "common/text.h"

#define MAX_COLUMNS 1664 /* Postgres returns no more */

const char **golden_add_row(struct golden *g, struct arena *a)
{
	size_t width = g->column_count ? g->column_count : 1;

	if (g->row_count == g->row_capacity) {
		size_t capacity = g->row_capacity ? 2 * g->row_capacity : 64;
		const char **cells = arena_alloc(a, capacity * width * sizeof(*cells));

		if (g->row_count)
			memcpy(cells, g->cells, g->row_count * width * sizeof(*cells));
		g->cells = cells;
		g->row_capacity = capacity;
	}
	return &g->cells[g->row_count++ * width];
}

static int too_many(const struct golden *g, struct error *e)
{
	error_set(e, ERROR_INPUT, "%s: more than %d rows", g->file, GOLDEN_MAX_ROWS);
	return error_hint(e, "give golden rows of a smaller result");
}

/* ---- CSV ---- */

static int csv_header(struct golden *g, const struct csv *c, struct arena *a, struct error *e)
{
	size_t i;

	if (c->field_count > MAX_COLUMNS)
		return error_set(e, ERROR_INPUT, "%s: more than %d columns", g->file, MAX_COLUMNS);
	g->column_count = c->field_count;
	g->columns = arena_alloc(a, c->field_count * sizeof(*g->columns));
	for (i = 0; i < c->field_count; i++)
		g->columns[i] = arena_strdup(a, c->fields[i].text);
	return 0;
}

static int csv_row(struct golden *g, const struct csv *c, struct arena *a, struct error *e)
{
	const char **cells;
	size_t i;

	if (c->field_count != g->column_count)
		return place_fault(&c->fields[0].place, e, "%zu fields, the first line has %zu",
				   c->field_count, g->column_count);
	if (g->row_count == GOLDEN_MAX_ROWS)
		return too_many(g, e);
	cells = golden_add_row(g, a);
	for (i = 0; i < c->field_count; i++)
		if (c->fields[i].length || c->fields[i].quoted)
			cells[i] = arena_strdup(a, c->fields[i].text);
	return 0;
}

static int parse_csv(struct golden *g, char *text, size_t n, struct arena *a, struct error *e)
{
	struct csv c;
	int fields, status = 0;

	csv_begin(&c, text, n, g->file, e);
	while (status == 0 && (fields = csv_next(&c)) != 0) {
		if (fields < 0)
			status = -1;
		else if (!g->columns)
			status = csv_header(g, &c, a, e);
		else
			status = csv_row(g, &c, a, e);
	}
	csv_release(&c);
	if (status == 0 && !g->columns)
		return error_set(e, ERROR_INPUT,
				 "%s: the file is empty; its first line names the "
				 "columns",
				 g->file);
	return status;
}

/* ---- JSON lines ---- */

static const char *json_cell(const cJSON *item, struct arena *a)
{
	char *text;
	const char *copy;

	if (!item || cJSON_IsNull(item))
		return NULL;
	if (cJSON_IsString(item))
		return arena_strdup(a, item->valuestring);
	text = cJSON_PrintUnformatted(item);
	copy = text ? arena_strdup(a, text) : NULL;
	free(text);
	return copy;
}

static int line_fault(const struct golden *g, size_t line, struct error *e, const char *what)
{
	return error_set(e, ERROR_INPUT, "%s:%zu: %s", g->file, line, what);
}

static void json_columns(struct golden *g, const cJSON *row, struct arena *a)
{
	const cJSON *item;
	size_t i = 0;

	g->column_count = (size_t)cJSON_GetArraySize(row);
	if (!cJSON_IsObject(row))
		return;
	g->columns = arena_alloc(a, (g->column_count + 1) * sizeof(*g->columns));
	cJSON_ArrayForEach(item, row)
	{
		g->columns[i++] = arena_strdup(a, item->string);
	}
}

static int json_row(struct golden *g, const cJSON *row, size_t line, struct arena *a,
		    struct error *e)
{
	const char **cells;
	size_t i;

	if (!cJSON_IsObject(row) && !cJSON_IsArray(row))
		return line_fault(g, line, e, "expected an object or an array");
	if (cJSON_GetArraySize(row) > MAX_COLUMNS)
		return line_fault(g, line, e, "too many columns");
	if (g->row_count == 0)
		json_columns(g, row, a);
	else if ((size_t)cJSON_GetArraySize(row) != g->column_count)
		return line_fault(g, line, e, "not as many columns as in the first line");
	if (!!g->columns != !!cJSON_IsObject(row))
		return line_fault(g, line, e, "objects and arrays cannot be mixed");
	if (g->row_count == GOLDEN_MAX_ROWS)
		return too_many(g, e);
	cells = golden_add_row(g, a);
	for (i = 0; i < g->column_count; i++) {
		const cJSON *item = g->columns
					    ? cJSON_GetObjectItemCaseSensitive(row, g->columns[i])
					    : cJSON_GetArrayItem(row, (int)i);

		if (!item)
			return line_fault(g, line, e, "not the columns of the first line");
		cells[i] = json_cell(item, a);
	}
	return 0;
}

static int parse_json(struct golden *g, char *text, size_t n, struct arena *a, struct error *e)
{
	const char *p = text, *end = text + n, *stop;
	size_t line = 1, len;
	int status = 0;

	for (; p < end && status == 0; p = stop + 1, line++) {
		cJSON *row;

		stop = memchr(p, '\n', (size_t)(end - p));
		if (!stop)
			stop = end;
		for (len = (size_t)(stop - p); len && strchr(" \t\r", p[len - 1]); len--)
			;
		if (len == 0)
			continue;
		row = cJSON_ParseWithLength(p, len);
		status = row ? json_row(g, row, line, a, e) : line_fault(g, line, e, "no JSON");
		cJSON_Delete(row);
	}
	return status;
}

int golden_parse(struct golden *g, char *text, size_t n, const char *name, bool json,
		 struct arena *a, struct error *e)
{
	*g = (struct golden){.file = name};
	return json ? parse_json(g, text, n, a, e) : parse_csv(g, text, n, a, e);
}

int golden_read(struct golden *g, const char *path, struct arena *a, struct error *e)
{
	const char *ending = strrchr(path, '.');
	struct buf text = {.max = GOLDEN_MAX_BYTES};
	int status = text_read_file(path, GOLDEN_MAX_BYTES, &text, e);

	if (status == 0) {
		buf_add(&text, "", 0); /* an empty file, too, has a text */
		status = golden_parse(g, text.data ? text.data : (char[1]){0}, text.len,
				      arena_strdup(a, path),
				      ending && strcmp(ending, ".jsonl") == 0, a, e);
	}
	buf_release(&text);
	return status;
}
