/*
 * foreign_databricks.c - a SQL warehouse of Databricks through its Statement Execution API (facts
 * of 2026-11): a statement is sent, polled until it ends, and its rows come in chunks of JSON. It
 * is not waited for in the first call: so its id is known, and Ctrl-C can cancel it.
 *
 * The API knows no read-only session: what may be sent is the caller's business.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "common/clock.h"
#include "common/databricks.h"
#include "common/foreign_parts.h"

#define STATEMENTS  "/api/2.0/sql/statements"
#define POLL_FIRST  0.05 /* seconds, then twice as long each time */
#define POLL_LAST   5.0
#define INLINE_MAX  24000000 /* bytes; at 25 MiB the API gives up */
#define COLUMNS_MAX 4096

struct connection {
	const struct foreign_options *options;
	struct foreign_rows *out;
	struct databricks *account;
	const char *warehouse, *catalog, *schema;
	struct arena arena; /* as long as the connection */
	/* of a query */
	struct arena names;
	char *id;
	bool ended; /* nothing of it runs any more */
	uint64_t deadline;
	cJSON *answer;	    /* holds the chunk */
	const cJSON *row;   /* the next one of it */
	const cJSON *chunk; /* {"data_array": [...], "next_chunk_internal_link": ...} */
	struct foreign_row text;
};

static const cJSON *get(const cJSON *o, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(o, name);
}

static const char *text_of(const cJSON *o, const char *name)
{
	const char *text = cJSON_GetStringValue(get(o, name));

	return text ? text : "";
}

/* By the column's type_name; sorted. */
static const struct {
	const char *name;
	enum foreign_kind kind;
} kinds[] = {
	{"ARRAY", FOREIGN_JSON},	  {"BINARY", FOREIGN_BYTES},
	{"BOOLEAN", FOREIGN_BOOLEAN},	  {"BYTE", FOREIGN_INTEGER},
	{"DATE", FOREIGN_DATE},		  {"DECIMAL", FOREIGN_DECIMAL},
	{"DOUBLE", FOREIGN_DOUBLE},	  {"FLOAT", FOREIGN_FLOAT},
	{"INT", FOREIGN_INTEGER},	  {"INTERVAL", FOREIGN_INTERVAL},
	{"LONG", FOREIGN_INTEGER},	  {"MAP", FOREIGN_JSON},
	{"SHORT", FOREIGN_INTEGER},	  {"STRUCT", FOREIGN_JSON},
	{"TIMESTAMP", FOREIGN_TIMESTAMP}, {"TIMESTAMP_NTZ", FOREIGN_TIMESTAMP},
	{"VARIANT", FOREIGN_JSON},
};

static enum foreign_kind kind_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].kind;
	return FOREIGN_TEXT;
}

/* ---- the connection ---- */

static void drop_query(struct connection *c)
{
	cJSON_Delete(c->answer);
	c->answer = NULL;
	c->row = c->chunk = NULL;
	free(c->id);
	c->id = NULL;
	c->ended = true;
	arena_release(&c->names);
}

static void close_connection(void *self)
{
	struct connection *c = self;

	drop_query(c);
	databricks_free(c->account);
	foreign_row_release(&c->text);
	free(c->out->columns);
	free(c->out->cells);
	arena_release(&c->arena);
	free(c);
}

static int open_it(struct connection *c, struct error *e)
{
	static const char *const known[] = {"catalog", "schema", NULL};
	const char *warehouse = getenv("DATABRICKS_WAREHOUSE_ID");
	const char *host;
	struct foreign_url u;

	if (foreign_url_parse(&u, c->options->url, &c->arena, e) < 0 ||
	    foreign_url_known(&u, known, e) < 0)
		return -1;
	c->warehouse = *u.path ? u.path : warehouse ? warehouse : "";
	c->catalog = foreign_url_value(&u, "catalog");
	c->schema = foreign_url_value(&u, "schema");
	if (!*c->warehouse) {
		error_set(e, ERROR_CONFIG, "the SQL warehouse is not known");
		return error_hint(e, "give databricks://HOST/WAREHOUSE, or set "
				     "DATABRICKS_WAREHOUSE_ID");
	}
	host = u.port ? arena_printf(&c->arena, "%s:%d", u.host, u.port) : u.host;
	c->account = databricks_new(host, e);
	return c->account ? 0 : -1;
}

/* Asks for the warehouse, so that a wrong token or name is said at once; it is not started. */
static int look(struct connection *c, struct error *e)
{
	char *path = xasprintf("/api/2.0/sql/warehouses/%s", c->warehouse);
	struct http_answer a = {0};
	int status = databricks_call(c->account, path, NULL, 0, &a, e);

	http_answer_release(&a);
	free(path);
	return status;
}

static void *open_connection(const struct foreign_options *o, struct foreign_rows *out,
			     struct error *e)
{
	struct connection *c = xcalloc(1, sizeof(*c));

	c->options = o;
	c->out = out;
	c->ended = true;
	if (open_it(c, e) < 0 || look(c, e) < 0) {
		close_connection(c);
		return NULL;
	}
	return c;
}

/* ---- talking ---- */

/* Calls, and parses what comes into c->answer. */
static int ask(struct connection *c, const char *path, const char *body, struct error *e)
{
	struct http_answer a = {0};
	int status = databricks_call(c->account, path, body, c->deadline, &a, e);

	cJSON_Delete(c->answer);
	c->answer = NULL;
	c->row = c->chunk = NULL;
	if (status == 0) {
		c->answer = cJSON_ParseWithLength(buf_text(&a.body), a.body.len);
		if (!cJSON_IsObject(c->answer))
			status = error_set(e, ERROR_SQL,
					   "the answer of '%s' to a statement is no JSON",
					   databricks_url(c->account));
	}
	http_answer_release(&a);
	return status;
}

static char *request_body(const struct connection *c, const char *sql)
{
	cJSON *o = cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(o, "statement", sql);
	cJSON_AddStringToObject(o, "warehouse_id", c->warehouse);
	if (c->catalog)
		cJSON_AddStringToObject(o, "catalog", c->catalog);
	if (c->schema)
		cJSON_AddStringToObject(o, "schema", c->schema);
	cJSON_AddStringToObject(o, "wait_timeout", "0s");
	cJSON_AddStringToObject(o, "disposition", "INLINE");
	cJSON_AddStringToObject(o, "format", "JSON_ARRAY");
	cJSON_AddNumberToObject(o, "byte_limit", INLINE_MAX);
	if (c->options->rows_max)
		cJSON_AddNumberToObject(o, "row_limit", (double)c->options->rows_max + 1);
	text = cJSON_PrintUnformatted(o);
	cJSON_Delete(o);
	return text;
}

static int begin(struct connection *c, const char *sql, struct error *e)
{
	char *body = request_body(c, sql);
	int status = ask(c, STATEMENTS, body, e);

	cJSON_free(body);
	if (status < 0)
		return -1;
	if (!*text_of(c->answer, "statement_id"))
		return error_set(e, ERROR_SQL, "the answer to a statement has no statement_id");
	c->id = xstrdup(text_of(c->answer, "statement_id"));
	c->ended = false;
	return 0;
}

static int out_of_time(const struct connection *c, struct error *e)
{
	error_set(e, ERROR_SQL, "it took longer than the limit of %g s",
		  c->options->timeout_ms / 1000.0);
	snprintf(e->sqlstate, sizeof(e->sqlstate), "57014");
	return -1;
}

/* 1: it succeeded, 0: it goes on, -1: it failed. */
static int judge(struct connection *c, struct error *e)
{
	const cJSON *status = get(c->answer, "status"), *said = get(status, "error");
	const char *state = text_of(status, "state");

	if (strcmp(state, "PENDING") == 0 || strcmp(state, "RUNNING") == 0)
		return 0;
	c->ended = true;
	if (strcmp(state, "SUCCEEDED") == 0)
		return 1;
	if (*text_of(said, "message"))
		error_set(e, ERROR_SQL, "%s", text_of(said, "message"));
	else
		error_set(e, ERROR_SQL, "the statement ended in the state '%s'", state);
	snprintf(e->sqlstate, sizeof(e->sqlstate), "%.5s",
		 strcmp(state, "CANCELED") == 0 ? "57014" : text_of(status, "sql_state"));
	return -1;
}

static int await(struct connection *c, struct error *e)
{
	char *path = xasprintf(STATEMENTS "/%s", c->id);
	double pause = POLL_FIRST;
	int status;

	while ((status = judge(c, e)) == 0) {
		if (c->deadline && clock_now() > c->deadline) {
			status = out_of_time(c, e);
			break;
		}
		if (http_wait(pause, e) < 0 || ask(c, path, NULL, e) < 0) {
			status = -1;
			break;
		}
		pause = pause * 2 < POLL_LAST ? pause * 2 : POLL_LAST;
	}
	free(path);
	return status;
}

/* ---- rows ---- */

static int describe(struct connection *c, struct error *e)
{
	const cJSON *manifest = get(c->answer, "manifest"), *column;
	const cJSON *columns = get(get(manifest, "schema"), "columns");
	size_t i = 0, n = (size_t)cJSON_GetArraySize(columns);

	if (n == 0 || n > COLUMNS_MAX)
		return error_set(e, ERROR_SQL, "it returns no rows");
	c->out->columns = xrealloc(c->out->columns, n * sizeof(*c->out->columns));
	c->out->cells = xrealloc(c->out->cells, n * sizeof(*c->out->cells));
	c->out->width = n;
	c->out->more = cJSON_IsTrue(get(manifest, "truncated"));
	cJSON_ArrayForEach(column, columns)
	{
		c->out->columns[i++] =
			(struct foreign_column){arena_strdup(&c->names, text_of(column, "name")),
						kind_of(text_of(column, "type_name"))};
	}
	return 0;
}

static void take_chunk(struct connection *c, const cJSON *chunk)
{
	const cJSON *rows = get(chunk, "data_array");

	c->chunk = chunk;
	c->row = cJSON_IsArray(rows) ? rows->child : NULL;
}

static int query(void *self, const char *sql, struct error *e)
{
	struct connection *c = self;

	drop_query(c);
	c->deadline = c->options->timeout_ms
			      ? clock_now() + (uint64_t)c->options->timeout_ms * CLOCK_MS
			      : 0;
	if (begin(c, sql, e) < 0 || await(c, e) < 0 || describe(c, e) < 0)
		return -1;
	take_chunk(c, get(c->answer, "result"));
	return 0;
}

/* 1: there is one, 0: that was the last, -1. The link is a path of the same host. */
static int next_chunk(struct connection *c, struct error *e)
{
	const char *link = text_of(c->chunk, "next_chunk_internal_link");
	const cJSON *index = get(c->chunk, "next_chunk_index");
	char *path;
	int status;

	if (!*link && !cJSON_IsNumber(index))
		return 0;
	if (c->deadline && clock_now() > c->deadline)
		return out_of_time(c, e);
	path = strncmp(link, "/api/", 5) == 0 ? xstrdup(link)
					      : xasprintf(STATEMENTS "/%s/result/chunks/%d", c->id,
							  index ? index->valueint : 0);
	status = ask(c, path, NULL, e);
	free(path);
	if (status < 0)
		return -1;
	take_chunk(c, c->answer);
	return 1;
}

static int add_cell(struct connection *c, const cJSON *cell, enum foreign_kind kind,
		    struct error *e)
{
	const char *text = cJSON_GetStringValue(cell);

	if (cJSON_IsNull(cell)) {
		foreign_row_null(&c->text);
		return 0;
	}
	if (!text)
		return error_set(e, ERROR_SQL, "a cell of the answer is no text");
	foreign_row_value(&c->text);
	if (kind != FOREIGN_BYTES || !foreign_put_base64(&c->text.text, text))
		buf_puts(&c->text.text, text);
	return 0;
}

static int next(void *self, struct error *e)
{
	struct connection *c = self;
	const cJSON *cell;
	size_t i = 0;

	while (!c->row) {
		int status = next_chunk(c, e);

		if (status <= 0)
			return status;
	}
	if ((size_t)cJSON_GetArraySize(c->row) != c->out->width)
		return error_set(e, ERROR_SQL, "a row of the answer has %d cells, expected %zu",
				 cJSON_GetArraySize(c->row), c->out->width);
	foreign_row_begin(&c->text);
	cJSON_ArrayForEach(cell, c->row)
	{
		if (add_cell(c, cell, c->out->columns[i++].kind, e) < 0)
			return -1;
	}
	c->row = c->row->next;
	return foreign_row_end(&c->text, c->out->cells, e) < 0 ? -1 : 1;
}

static void end(void *self)
{
	struct connection *c = self;
	char *path;

	if (c->id && !c->ended) {
		path = xasprintf(STATEMENTS "/%s/cancel", c->id);
		databricks_farewell(c->account, path, "{}");
		free(path);
	}
	drop_query(c);
}

static bool alive(const void *self)
{
	(void)self;
	return true;
}

const struct foreign_driver foreign_databricks = {
	.schemes = {"databricks"},
	.name = "Databricks SQL warehouse",
	.tested = "tested against a fake of its API, never run against it",
	.open = open_connection,
	.query = query,
	.next = next,
	.end = end,
	.alive = alive,
	.close = close_connection,
};
