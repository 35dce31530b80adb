/*
 * text_command.c - lakeport convert text: statements given on the command line.
 */
#include <stdio.h>
#include <stdlib.h>
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

/* All statements of all texts, once for what they say of tables, then to convert them. */
static void convert_all(struct run *r, const struct buf *texts, size_t n)
{
	struct convert_settings *s = r->settings;

	for (int round = 0; round < 2; round++) {
		s->file = 1;
		s->statement = 0;
		for (size_t i = 0; i < n; i++)
			convert_split(s->from, (struct str){buf_text(&texts[i]), texts[i].len},
				      round ? one : learn, r);
		schema_finish(r->schema);
		s->schema = r->schema;
	}
}

/* The arguments, or what `-` stands for. */
static int read_texts(const struct invocation *inv, struct buf *texts, struct error *e)
{
	for (size_t i = 0; i < inv->argument_count; i++) {
		const char *argument = inv->arguments[i];

		if (strcmp(argument, "-") != 0)
			buf_puts(&texts[i], argument);
		else if (text_read_file("/dev/stdin", INPUT_MAX, &texts[i], e) < 0)
			return -1;
	}
	return 0;
}

static int convert_arguments(const struct invocation *inv, struct run *r, struct error *e)
{
	struct buf *texts = xcalloc(inv->argument_count + 1, sizeof(*texts));
	const char *postgres, *source;
	struct arena a = {0};
	int status = -1;

	if (convert_schema_text(inv, "schema", &a, &postgres, e) == 0 &&
	    convert_schema_text(inv, "source-schema", &a, &source, e) == 0 &&
	    read_texts(inv, texts, e) == 0) {
		r->schema = schema_new();
		convert_schema_given(r->schema, r->settings, postgres, source);
		convert_all(r, texts, inv->argument_count);
		schema_free(r->schema);
		status = r->open ? 1 : 0;
	}
	for (size_t i = 0; i < inv->argument_count; i++)
		buf_release(&texts[i]);
	free(texts);
	arena_release(&a);
	return status;
}

static int run(struct invocation *inv, struct error *e)
{
	const char *from = option_text(inv, "from");
	const struct dialect *d = from ? dialect_find(from) : NULL;
	struct convert_settings s;
	struct run r = {&s, NULL, true, false};

	if (!d) {
		error_set(e, ERROR_USAGE, "%s%s%s",
			  from ? "no such dialect: '" : "--from is missing", from ? from : "",
			  from ? "'" : "");
		return error_hint(e, "databricks, tsql, oracle, mysql, redshift or snowflake");
	}
	convert_settings_init(&s, d);
	convert_options_read(inv, &s);
	return convert_arguments(inv, &r, e);
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
