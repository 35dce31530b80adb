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
#include "convert/schema.h"

#define LINE_MAX_BYTES ((size_t)64 << 20)

/* Tables of --schema, and of the last line that brought its own: often the next one has the same.
 */
struct tables {
	const char *postgres, *source; /* of the options, or NULL */
	struct schema *schema;
	const struct dialect *from;
	char *postgres_own, *source_own; /* what `schema` was made of; NULL: of the options */
};

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static const char *text_of(const cJSON *in, const char *name)
{
	const cJSON *t = cJSON_GetObjectItemCaseSensitive(in, name);

	return cJSON_IsString(t) ? t->valuestring : NULL;
}

static void forget_tables(struct tables *t)
{
	schema_free(t->schema);
	free(t->postgres_own);
	free(t->source_own);
	t->schema = NULL;
	t->postgres_own = t->source_own = NULL;
}

/* What a line knows of tables: its own "schema" and "source_schema" after those of the options. */
static const struct schema *tables_of(struct tables *t, const cJSON *in,
				      const struct convert_settings *s)
{
	const char *postgres = text_of(in, "schema"), *source = text_of(in, "source_schema");

	if (!postgres && !source && !t->postgres && !t->source)
		return NULL;
	if (t->schema && t->from == s->from && same_text(t->postgres_own, postgres) &&
	    same_text(t->source_own, source))
		return t->schema;
	forget_tables(t);
	t->schema = schema_new();
	t->from = s->from;
	t->postgres_own = postgres ? xstrdup(postgres) : NULL;
	t->source_own = source ? xstrdup(source) : NULL;
	convert_schema_given(t->schema, s, t->postgres, t->source);
	convert_schema_given(t->schema, s, postgres, source);
	schema_finish(t->schema);
	return t->schema;
}

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

static void convert_line(const struct invocation *inv, struct tables *t, const cJSON *in,
			 cJSON *out)
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
	s.schema = tables_of(t, in, &s);
	convert_statement(&a, &s, (struct str){sql->valuestring, strlen(sql->valuestring)}, &c);
	cJSON_AddStringToObject(out, "status", conversion_status_name(c.status));
	cJSON_AddStringToObject(out, "kind", c.kind);
	cJSON_AddStringToObject(out, "sql", c.sql);
	add_parameters(out, &c);
	add_findings(out, &c);
	arena_release(&a);
}

static void one_line(const struct invocation *inv, struct tables *t, const char *line, size_t n)
{
	cJSON *in = cJSON_ParseWithLength(line, n), *out = cJSON_CreateObject();
	const cJSON *id = in ? cJSON_GetObjectItemCaseSensitive(in, "id") : NULL;

	if (id)
		cJSON_AddItemToObject(out, "id", cJSON_Duplicate(id, 1));
	if (in)
		convert_line(inv, t, in, out);
	else
		fail_line(out, "the line is not JSON");
	print_line(out);
	cJSON_Delete(in);
	cJSON_Delete(out);
}

static int each_line(const struct invocation *inv, struct tables *t, struct error *e)
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
			one_line(inv, t, line, (size_t)n);
	}
	free(line);
	return 0;
}

static int run(struct invocation *inv, struct error *e)
{
	struct tables t = {0};
	struct arena a = {0};
	int status = -1;

	if (convert_schema_text(inv, "schema", &a, &t.postgres, e) == 0 &&
	    convert_schema_text(inv, "source-schema", &a, &t.source, e) == 0)
		status = each_line(inv, &t, e);
	forget_tables(&t);
	arena_release(&a);
	return status;
}

static const struct option options[] = {
	CONVERT_FROM_OPTION,
	CONVERT_SCHEMA_OPTIONS,
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
		"dialect in the line, --from holds. \"schema\" in the line is DDL of its tables "
		"in\n"
		"Postgres' SQL, \"source_schema\" in the source's: like --schema and "
		"--source-schema.\n"
		"Nothing is executed and no server is asked.",
	.examples =
		"lakeport convert jsonl < cases.jsonl   # one answer a line, in the same order\n",
	OPTIONS(options),
	.run = run,
};
