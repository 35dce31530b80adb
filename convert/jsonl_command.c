/*
 * jsonl_command.c - lakeport convert jsonl: JSON lines in, JSON lines out, one for each, streaming.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/command.h"
#include "convert/convert.h"
#include "convert/convert_options.h"

#define LINE_MAX_BYTES ((size_t)64 << 20)

const char *conversion_status_name(enum conversion_status s)
{
	static const char *const names[] = {"same", "done", "partly", "not"};

	return names[s];
}

static const char *severity_name(enum finding_severity s)
{
	static const char *const names[] = {"note", "changed", "open", "blocker"};

	return names[s];
}

static void add_findings(cJSON *o, const struct conversion *c)
{
	cJSON *list = cJSON_AddArrayToObject(o, "findings");

	for (size_t i = 0; i < c->finding_count; i++) {
		const struct convert_finding *f = &c->findings[i];
		cJSON *one = cJSON_CreateObject();

		cJSON_AddStringToObject(one, "code", f->code);
		cJSON_AddStringToObject(one, "severity", severity_name(f->severity));
		cJSON_AddNumberToObject(one, "position", (double)f->position);
		cJSON_AddNumberToObject(one, "length", (double)f->length);
		cJSON_AddStringToObject(one, "message", f->message);
		cJSON_AddItemToArray(list, one);
	}
}

static void add_parameters(cJSON *o, const struct conversion *c)
{
	cJSON *list;

	if (c->parameter_count == 0)
		return;
	list = cJSON_AddArrayToObject(o, "parameters");
	for (size_t i = 0; i < c->parameter_count; i++) {
		cJSON *one = cJSON_CreateObject();

		cJSON_AddStringToObject(one, "source", c->parameters[i].source);
		cJSON_AddNumberToObject(one, "number", c->parameters[i].number);
		cJSON_AddItemToArray(list, one);
	}
}

static void print_line(cJSON *o)
{
	char *text = cJSON_PrintUnformatted(o);

	puts(text ? text : "{}");
	cJSON_free(text);
}

static void fail_line(cJSON *out, const char *why)
{
	cJSON_AddStringToObject(out, "error", why);
}

static void convert_line(const struct invocation *inv, const cJSON *in, cJSON *out)
{
	const cJSON *sql = cJSON_GetObjectItemCaseSensitive(in, "sql");
	const cJSON *name = cJSON_GetObjectItemCaseSensitive(in, "dialect");
	const char *from = cJSON_IsString(name) ? name->valuestring : option_text(inv, "from");
	const struct dialect *d = from ? dialect_find(from) : NULL;
	struct convert_settings s;
	struct conversion c;
	struct arena a = {0};

	if (!d || !cJSON_IsString(sql)) {
		fail_line(out, d ? "'sql' is missing" : "the dialect is not known");
		return;
	}
	convert_settings_init(&s, d);
	convert_options_read(inv, &s);
	convert_statement(&a, &s, (struct str){sql->valuestring, strlen(sql->valuestring)}, &c);
	cJSON_AddStringToObject(out, "status", conversion_status_name(c.status));
	cJSON_AddStringToObject(out, "kind", c.kind);
	cJSON_AddStringToObject(out, "sql", c.sql);
	add_parameters(out, &c);
	add_findings(out, &c);
	arena_release(&a);
}

static void one_line(const struct invocation *inv, const char *line, size_t n)
{
	cJSON *in = cJSON_ParseWithLength(line, n), *out = cJSON_CreateObject();
	const cJSON *id = in ? cJSON_GetObjectItemCaseSensitive(in, "id") : NULL;

	if (id)
		cJSON_AddItemToObject(out, "id", cJSON_Duplicate(id, 1));
	if (in)
		convert_line(inv, in, out);
	else
		fail_line(out, "the line is not JSON");
	print_line(out);
	cJSON_Delete(in);
	cJSON_Delete(out);
}

static int run(struct invocation *inv, struct error *e)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, stdin)) >= 0) {
		if ((size_t)n > LINE_MAX_BYTES) {
			free(line);
			return error_set(e, ERROR_INPUT, "a line is longer than 64 MiB");
		}
		while (n > 0 && (unsigned char)line[n - 1] <= ' ')
			n--;
		if (n > 0)
			one_line(inv, line, (size_t)n);
	}
	free(line);
	return 0;
}

static const struct option options[] = {
	CONVERT_FROM_OPTION,
	CONVERT_SETTING_OPTIONS,
};

const struct command convert_jsonl = {
	.tool = "convert",
	.verb = "jsonl",
	.arguments = "",
	.summary = "convert statements that come and go as JSON lines",
	.description =
		"Reads {\"id\", \"dialect\", \"sql\"} a line from standard input and answers each "
		"with\n"
		"{\"id\", \"status\", \"kind\", \"sql\", \"parameters\", \"findings\"}. Without a\n"
		"dialect in the line, --from holds. Nothing is executed and no server is asked.",
	.examples =
		"lakeport convert jsonl < cases.jsonl   # one answer a line, in the same order\n",
	OPTIONS(options),
	.run = run,
};
