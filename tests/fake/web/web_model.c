/*
 * web_model.c - an OpenAI-compatible chat endpoint whose answers come from a script. See web.h.
 *
 * The script is a JSON list of rules. The first rule that fits a request answers it: `match` is in
 * the text of its messages, `field` is a member of its body, `path` is in its path; a rule without
 * them fits always. Each
 * rule has `answers`, given one after the other; the last one is repeated. An answer is
 *
 *   {"sql": "select 1"}                        content {"sql": ..., "notes": ""}, as asked
 *   {"content": "any text", "finish": "stop"}  the message's text, and why it ended
 *   {"content": ..., "parts": true}            the text as a list of parts, after a reasoning part
 *   {"refusal": "I cannot"}                    content null
 *   {"status": 503, "type": "text/html", "body": "<html>..."}   anything else, as it is
 * with, for all of them: "headers": {"Retry-After": "1"}, "retry_date": 2 (Retry-After as the date
 * that many seconds from now), "delay_ms": 500, "fault": "close" | "cut" | "reset",
 * "usage": false (none is told).
 */
#include "tests/fake/web/web.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static cJSON *rules;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of `next` in the rules */

static const cJSON *get(const cJSON *o, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(o, name);
}

static const char *text_of(const cJSON *o, const char *name)
{
	return cJSON_GetStringValue(get(o, name));
}

int web_model_load(const char *path, struct error *e)
{
	struct buf text = {0};
	int status = text_read_file(path, WEB_BODY_MAX, &text, e);

	if (status == 0) {
		rules = cJSON_Parse(buf_text(&text));
		if (!cJSON_IsArray(rules))
			status = error_set(e, ERROR_INPUT, "'%s' is not a JSON list", path);
	}
	buf_release(&text);
	return status;
}

cJSON *web_rule(const char *member, const char *of)
{
	cJSON *rule;

	cJSON_ArrayForEach(rule, rules)
	{
		const char *text = text_of(rule, member);

		if (of ? text && strstr(of, text) : get(rule, member) != NULL)
			return rule;
	}
	return NULL;
}

static bool messages_have(const cJSON *body, const char *wanted)
{
	const cJSON *message;

	cJSON_ArrayForEach(message, get(body, "messages"))
	{
		const char *content = text_of(message, "content");

		if (content && strstr(content, wanted))
			return true;
	}
	return false;
}

static bool fits(const cJSON *rule, const struct web_request *r)
{
	const char *match = text_of(rule, "match"), *field = text_of(rule, "field");
	const char *path = text_of(rule, "path");

	return (!match || messages_have(r->json, match)) && (!field || get(r->json, field)) &&
	       (!path || strstr(r->path, path));
}

/* The next answer of the first rule that fits; NULL: none. */
static const cJSON *choose(const struct web_request *r)
{
	const cJSON *answer = NULL;
	cJSON *rule;

	pthread_mutex_lock(&lock);
	cJSON_ArrayForEach(rule, rules)
	{
		cJSON *next = cJSON_GetObjectItem(rule, "next");
		int last = cJSON_GetArraySize(get(rule, "answers")) - 1;

		if (!fits(rule, r))
			continue;
		if (!next)
			next = cJSON_AddNumberToObject(rule, "next", 0);
		answer = cJSON_GetArrayItem(get(rule, "answers"), next->valueint);
		if (next->valueint < last)
			cJSON_SetNumberValue(next, next->valueint + 1);
		break;
	}
	pthread_mutex_unlock(&lock);
	return answer;
}

/* {"sql": SQL, "notes": ""} as text. */
static char *schema_text(const char *sql)
{
	cJSON *o = cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(o, "sql", sql);
	cJSON_AddStringToObject(o, "notes", "");
	text = cJSON_PrintUnformatted(o);
	cJSON_Delete(o);
	return text;
}

static void add_part(cJSON *parts, const char *type, const char *text)
{
	cJSON *part = cJSON_CreateObject();

	cJSON_AddStringToObject(part, "type", type);
	cJSON_AddStringToObject(part, "text", text);
	cJSON_AddItemToArray(parts, part);
}

static cJSON *message_of(const cJSON *answer)
{
	cJSON *message = cJSON_CreateObject(), *parts;
	char *made = text_of(answer, "sql") ? schema_text(text_of(answer, "sql")) : NULL;
	const char *text = made ? made : text_of(answer, "content");

	cJSON_AddStringToObject(message, "role", "assistant");
	if (text_of(answer, "refusal")) {
		cJSON_AddNullToObject(message, "content");
		cJSON_AddStringToObject(message, "refusal", text_of(answer, "refusal"));
	} else if (cJSON_IsTrue(get(answer, "parts"))) {
		parts = cJSON_AddArrayToObject(message, "content");
		add_part(parts, "reasoning", "let me think {\"sql\": \"select 'not this'\"}");
		add_part(parts, "text", text);
	} else {
		cJSON_AddStringToObject(message, "content", text ? text : "");
	}
	cJSON_free(made);
	return message;
}

static void add_usage(cJSON *root, const struct web_request *r)
{
	cJSON *usage = cJSON_AddObjectToObject(root, "usage");
	double prompt = (double)(r->body_length / 4);

	cJSON_AddNumberToObject(usage, "prompt_tokens", prompt);
	cJSON_AddNumberToObject(usage, "completion_tokens", 50);
	cJSON_AddNumberToObject(usage, "total_tokens", prompt + 50);
}

static void complete(const struct web_request *r, const cJSON *answer, struct web_answer *a)
{
	cJSON *root = cJSON_CreateObject(), *choices, *choice = cJSON_CreateObject();
	const char *finish = text_of(answer, "finish");
	char *text;

	cJSON_AddStringToObject(root, "object", "chat.completion");
	choices = cJSON_AddArrayToObject(root, "choices");
	cJSON_AddItemToArray(choices, choice);
	cJSON_AddNumberToObject(choice, "index", 0);
	cJSON_AddItemToObject(choice, "message", message_of(answer));
	cJSON_AddStringToObject(choice, "finish_reason", finish ? finish : "stop");
	if (!cJSON_IsFalse(get(answer, "usage")))
		add_usage(root, r);
	text = cJSON_PrintUnformatted(root);
	buf_puts(&a->body, text);
	cJSON_free(text);
	cJSON_Delete(root);
}

static void add_headers(const cJSON *answer, struct web_answer *a)
{
	const cJSON *header, *date = get(answer, "retry_date");
	char when[64];
	struct tm tm;
	time_t t;

	cJSON_ArrayForEach(header, get(answer, "headers"))
	{
		buf_printf(&a->headers, "%s: %s\r\n", header->string, header->valuestring);
	}
	if (date) {
		t = time(NULL) + date->valueint;
		gmtime_r(&t, &tm);
		strftime(when, sizeof(when), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		buf_printf(&a->headers, "Retry-After: %s\r\n", when);
	}
}

static enum web_fault fault_of(const char *word)
{
	if (!word)
		return FAULT_NONE;
	return strcmp(word, "cut") == 0	    ? FAULT_CUT
	       : strcmp(word, "reset") == 0 ? FAULT_RESET
					    : FAULT_CLOSE;
}

void web_model_answer(const struct web_request *r, struct web_answer *a)
{
	const cJSON *answer = choose(r), *delay = get(answer, "delay_ms");

	if (!answer) {
		web_fail(a, 500, "NO_RULE", "no rule of the script fits this request");
		return;
	}
	add_headers(answer, a);
	a->delay_ms = delay ? delay->valueint : 0;
	a->fault = fault_of(text_of(answer, "fault"));
	if (get(answer, "status"))
		a->status = get(answer, "status")->valueint;
	if (text_of(answer, "type"))
		a->type = text_of(answer, "type");
	if (get(answer, "body"))
		buf_puts(&a->body, text_of(answer, "body"));
	else
		complete(r, answer, a);
}
