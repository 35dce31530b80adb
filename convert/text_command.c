/*
 * text_command.c - lakeport convert text: statements given on the command line.
 */
#include <stdio.h>
#include <string.h>

#include "common/command.h"
#include "common/text.h"
#include "convert/convert.h"
#include "convert/convert_options.h"
#include "convert/schema.h"

#define INPUT_MAX ((size_t)64 << 20)

struct run {
	struct convert_settings *settings;
	struct schema *schema;
	bool first, open;
};

static void print_findings(const struct conversion *c)
{
	for (size_t i = 0; i < c->finding_count; i++)
		fprintf(stderr, "%s: %s\n", c->findings[i].code, c->findings[i].message);
}

static void learn(void *context, struct str statement, size_t offset)
{
	struct run *r = context;

	(void)offset;
	r->settings->statement++;
	schema_read(r->schema, r->settings, statement);
}

static void one(void *context, struct str statement, size_t offset)
{
	struct run *r = context;
	struct arena a = {0};
	struct conversion c;

	(void)offset;
	r->settings->statement++;
	convert_statement(&a, r->settings, statement, &c);
	printf("%s%s;\n", r->first ? "" : "\n", c.sql);
	r->first = false;
	if (c.status == CONVERSION_NOT || c.status == CONVERSION_PARTLY)
		r->open = true;
	for (size_t i = 0; i < c.finding_count; i++)
		r->open |= c.findings[i].severity == FINDING_BLOCKER;
	print_findings(&c);
	arena_release(&a);
}

/* The arguments; `-` is what standard input holds. */
static int read_arguments(const struct invocation *inv, struct arena *a, struct str *texts,
			  struct error *e)
{
	for (size_t i = 0; i < inv->argument_count; i++) {
		struct buf input = {0};

		texts[i] = (struct str){inv->arguments[i], strlen(inv->arguments[i])};
		if (strcmp(inv->arguments[i], "-") != 0)
			continue;
		if (text_read_file("/dev/stdin", INPUT_MAX, &input, e) < 0)
			return -1;
		texts[i] = (struct str){arena_strndup(a, buf_text(&input), input.len), input.len};
		buf_release(&input);
	}
	return 0;
}

/* All statements, once for what they say of tables, then to convert them. */
static void convert_all(const struct str *texts, size_t n, struct run *r)
{
	struct convert_settings *s = r->settings;

	for (int round = 0; round < 2; round++) {
		s->file = 1;
		s->statement = 0;
		for (size_t i = 0; i < n; i++)
			convert_split(s->from, texts[i], round ? one : learn, r);
		schema_finish(r->schema);
		s->schema = r->schema;
	}
}

static int run(struct invocation *inv, struct error *e)
{
	const char *from = option_text(inv, "from");
	const struct dialect *d = from ? dialect_find(from) : NULL;
	struct convert_settings s;
	struct run r = {&s, NULL, true, false};
	const char *postgres, *source;
	struct arena a = {0};
	struct str *texts;

	if (!d) {
		error_set(e, ERROR_USAGE, "%s%s%s",
			  from ? "no such dialect: '" : "--from is missing", from ? from : "",
			  from ? "'" : "");
		return error_hint(e, "databricks, tsql, oracle, mysql, redshift or snowflake");
	}
	convert_settings_init(&s, d);
	convert_options_read(inv, &s);
	texts = arena_alloc(&a, inv->argument_count * sizeof(*texts));
	if (read_arguments(inv, &a, texts, e) < 0 ||
	    convert_schema_text(inv, "schema", &a, &postgres, e) < 0 ||
	    convert_schema_text(inv, "source-schema", &a, &source, e) < 0) {
		arena_release(&a);
		return -1;
	}
	r.schema = schema_new();
	convert_schema_given(r.schema, &s, postgres, source);
	convert_all(texts, inv->argument_count, &r);
	schema_free(r.schema);
	arena_release(&a);
	return r.open ? 1 : 0;
}

static const struct option options[] = {
	CONVERT_FROM_OPTION,
	CONVERT_SCHEMA_OPTIONS,
	CONVERT_SETTING_OPTIONS,
};

const struct command convert_text = {
	.tool = "convert",
	.verb = "text",
	.arguments = "SQL...|-",
	.min_arguments = 1,
	.max_arguments = -1,
	.summary = "convert SQL given as an argument",
	.description =
		"Prints Postgres' form of each statement, findings on standard error; - reads\n"
		"standard input. Exit status 1 when something was left as it was.",
	.examples =
		"lakeport convert text \"select top 5 * from t\" --from tsql   # one statement\n"
		"lakeport convert text - --from oracle < query.sql              # from a pipe\n",
	OPTIONS(options),
	.run = run,
};
