/*
 * web_statements.c - a FAKE of Databricks' Statement Execution API, and of its tokens. See web.h.
 *
 * Rules of the script that have "statement" are for it: the first one whose text is in a statement
 * answers it.
 *
 *   {"statement": "from orders", "columns": [["id", "LONG"], ["price", "DECIMAL"]],
 *    "rows": [["1", "10.50"], ["2", null]], "chunk": 1000, "polls": 2, "links": true,
 *    "truncated": true}
 *   {"statement": "boom", "error": "[TABLE_NOT_FOUND] ...", "state": "42P01"}
 *   {"statement": "forever", "polls": 1000000}
 *
 * "chunk": rows of one chunk; "polls": how often it is still RUNNING; "links": chunks are linked by
 * next_chunk_internal_link, else by next_chunk_index alone. "faults" is a list of raw answers that
 * come first, one for each request about the statement: {"status": 429, "headers": {"Retry-After":
 * "1"}, "body": "..."}, {"fault": "close" | "cut" | "reset"}, {"body": "no json"}.
 *
 * A token of /oidc/v1/token, given for "client:secret", is "oauth-N" and lives as long as the rule
 * {"oauth": 2} says, in seconds.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/web/web.h"

#include "common/clock.h"

#define STATEMENTS 4096

static struct {
	cJSON *rule;
	int polls;
	bool cancelled;
} statements[STATEMENTS];
static int statement_count, token_count;
static uint64_t token_dies;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static cJSON *get(const cJSON *o, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(o, name);
}

static int number_of(const cJSON *o, const char *name, int otherwise)
{
	const cJSON *n = get(o, name);

	return cJSON_IsNumber(n) ? n->valueint : otherwise;
}

static void put_json(struct web_answer *a, cJSON *root)
{
	char *text = cJSON_PrintUnformatted(root);

	buf_puts(&a->body, text);
	cJSON_free(text);
	cJSON_Delete(root);
}

/* ---- tokens ---- */

void web_token_answer(const struct web_request *r, struct web_answer *a)
{
	char basic[4096] = "", token[64];
	const cJSON *rule = web_rule("oauth", NULL);
	cJSON *root;

	if (!web_header(r, "Authorization", basic, sizeof(basic)) ||
	    strcmp(basic, "Basic Y2xpZW50OnNlY3JldA==") != 0 ||
	    !strstr(r->body, "grant_type=client_credentials")) {
		a->status = 401;
		buf_puts(&a->body, "{\"error\":\"invalid_client\",\"error_description\":"
				   "\"Client authentication failed\"}");
		return;
	}
	pthread_mutex_lock(&lock);
	snprintf(token, sizeof(token), "oauth-%d", ++token_count);
	token_dies = clock_now() + (uint64_t)number_of(rule, "oauth", 3600) * CLOCK_SECOND;
	pthread_mutex_unlock(&lock);
	root = cJSON_CreateObject();
	cJSON_AddStringToObject(root, "access_token", token);
	cJSON_AddStringToObject(root, "token_type", "Bearer");
	cJSON_AddNumberToObject(root, "expires_in", number_of(rule, "oauth", 3600));
	put_json(a, root);
}

bool web_token_lives(const char *authorization)
{
	char wanted[64];
	bool lives;

	if (!web_rule("oauth", NULL))
		return true;
	pthread_mutex_lock(&lock);
	snprintf(wanted, sizeof(wanted), "Bearer oauth-%d", token_count);
	lives = strcmp(wanted, authorization) == 0 && clock_now() < token_dies;
	pthread_mutex_unlock(&lock);
	return lives;
}

/* ---- faults ---- */

/* The next fault of the rule, which is then gone. The lock is held. */
static bool next_fault(cJSON *rule, struct web_answer *a)
{
	cJSON *fault = cJSON_DetachItemFromArray(get(rule, "faults"), 0), *header;
	const char *kind = cJSON_GetStringValue(get(fault, "fault"));

	if (!fault)
		return false;
	a->status = number_of(fault, "status", 200);
	cJSON_ArrayForEach(header, get(fault, "headers"))
	{
		buf_printf(&a->headers, "%s: %s\r\n", header->string, header->valuestring);
	}
	if (get(fault, "body"))
		buf_puts(&a->body, get(fault, "body")->valuestring);
	if (kind)
		a->fault = strcmp(kind, "cut") == 0	? FAULT_CUT
			   : strcmp(kind, "reset") == 0 ? FAULT_RESET
							: FAULT_CLOSE;
	cJSON_Delete(fault);
	return true;
}

/* ---- statements ---- */

static cJSON *chunk_of(int id, int index)
{
	const cJSON *rule = statements[id].rule, *rows = get(rule, "rows");
	int all = cJSON_GetArraySize(rows), size = number_of(rule, "chunk", 1000), i;
	cJSON *chunk = cJSON_CreateObject(), *data;
	char link[200];

	if (all == 0)
		return chunk;
	cJSON_AddNumberToObject(chunk, "chunk_index", index);
	cJSON_AddNumberToObject(chunk, "row_offset", index * size);
	data = cJSON_AddArrayToObject(chunk, "data_array");
	for (i = index * size; i < all && i < (index + 1) * size; i++)
		cJSON_AddItemToArray(data, cJSON_Duplicate(cJSON_GetArrayItem(rows, i), true));
	if (i < all) {
		cJSON_AddNumberToObject(chunk, "next_chunk_index", index + 1);
		snprintf(link, sizeof(link), "/api/2.0/sql/statements/st-%d/result/chunks/%d", id,
			 index + 1);
		if (cJSON_IsTrue(get(rule, "links")))
			cJSON_AddStringToObject(chunk, "next_chunk_internal_link", link);
	}
	return chunk;
}

static void put_manifest(cJSON *root, const cJSON *rule)
{
	cJSON *manifest = cJSON_AddObjectToObject(root, "manifest"), *schema, *columns, *column;
	const cJSON *said;
	int i = 0;

	cJSON_AddStringToObject(manifest, "format", "JSON_ARRAY");
	cJSON_AddBoolToObject(manifest, "truncated", cJSON_IsTrue(get(rule, "truncated")));
	schema = cJSON_AddObjectToObject(manifest, "schema");
	cJSON_AddNumberToObject(schema, "column_count", cJSON_GetArraySize(get(rule, "columns")));
	columns = cJSON_AddArrayToObject(schema, "columns");
	cJSON_ArrayForEach(said, get(rule, "columns"))
	{
		column = cJSON_CreateObject();
		cJSON_AddStringToObject(column, "name", cJSON_GetArrayItem(said, 0)->valuestring);
		cJSON_AddStringToObject(column, "type_name",
					cJSON_GetArrayItem(said, 1)->valuestring);
		cJSON_AddNumberToObject(column, "position", i++);
		cJSON_AddItemToArray(columns, column);
	}
}

/* The state of a statement, with its first chunk when it has succeeded. The lock is held. */
static cJSON *state_of(int id)
{
	const cJSON *rule = statements[id].rule;
	cJSON *root = cJSON_CreateObject(), *status, *error;
	char name[32];

	snprintf(name, sizeof(name), "st-%d", id);
	cJSON_AddStringToObject(root, "statement_id", name);
	status = cJSON_AddObjectToObject(root, "status");
	if (statements[id].cancelled) {
		cJSON_AddStringToObject(status, "state", "CANCELED");
	} else if (statements[id].polls-- > 0) {
		cJSON_AddStringToObject(status, "state",
					statements[id].polls ? "RUNNING" : "PENDING");
	} else if (get(rule, "error")) {
		cJSON_AddStringToObject(status, "state", "FAILED");
		error = cJSON_AddObjectToObject(status, "error");
		cJSON_AddStringToObject(error, "error_code", "BAD_REQUEST");
		cJSON_AddStringToObject(error, "message", get(rule, "error")->valuestring);
		if (get(rule, "state"))
			cJSON_AddStringToObject(status, "sql_state",
						get(rule, "state")->valuestring);
	} else {
		cJSON_AddStringToObject(status, "state", "SUCCEEDED");
		put_manifest(root, rule);
		cJSON_AddItemToObject(root, "result", chunk_of(id, 0));
	}
	return root;
}

void web_statement_begin(const struct web_request *r, struct web_answer *a)
{
	const char *sql = cJSON_GetStringValue(get(r->json, "statement"));
	const char *warehouse = cJSON_GetStringValue(get(r->json, "warehouse_id"));
	cJSON *rule;

	if (!sql || !warehouse || strcmp(warehouse, "wh1") != 0) {
		web_fail(a, 400, "INVALID_PARAMETER_VALUE", "statement or warehouse_id is wrong");
		return;
	}
	rule = web_rule("statement", sql);
	pthread_mutex_lock(&lock);
	if (!rule || statement_count == STATEMENTS) {
		web_fail(a, 500, "NO_RULE", "no rule of the script fits this statement");
	} else if (!next_fault(rule, a)) {
		statements[statement_count].rule = rule;
		statements[statement_count].polls = number_of(rule, "polls", 1);
		put_json(a, state_of(statement_count++));
	}
	pthread_mutex_unlock(&lock);
}

/* /api/2.0/sql/statements/st-7, .../st-7/cancel, .../st-7/result/chunks/2 */
void web_statement_go_on(const struct web_request *r, struct web_answer *a)
{
	const char *at = strstr(r->path, "/st-"), *rest;
	int id = at ? (int)strtol(at + 4, NULL, 10) : -1;

	pthread_mutex_lock(&lock);
	if (id < 0 || id >= statement_count) {
		web_fail(a, 404, "NOT_FOUND", "there is no such statement");
	} else if ((rest = strstr(r->path, "/cancel"))) {
		statements[id].cancelled = true;
		buf_puts(&a->body, "{}");
	} else if (!next_fault(statements[id].rule, a)) {
		rest = strstr(r->path, "/result/chunks/");
		put_json(a, rest ? chunk_of(id, (int)strtol(rest + 15, NULL, 10)) : state_of(id));
	}
	pthread_mutex_unlock(&lock);
}

void web_warehouse_answer(const struct web_request *r, struct web_answer *a)
{
	if (strcmp(strrchr(r->path, '/'), "/wh1") != 0)
		web_fail(a, 404, "RESOURCE_DOES_NOT_EXIST", "there is no such warehouse");
	else
		buf_puts(&a->body, "{\"id\":\"wh1\",\"state\":\"RUNNING\"}");
}
