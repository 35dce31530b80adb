/*
 * text_command.c - lakeport convert text: statements given on the command line.
 */
#include <stdio.h>
#include <string.h>

#include "common/command.h"
#include "common/text.h"
#include "convert/convert.h"
#include "convert/convert_options.h"

#define INPUT_MAX ((size_t)64 << 20)

struct run {
	const struct convert_settings *settings;
	bool first, open;
};

static void print_findings(const struct conversion *c)
{
	for (size_t i = 0; i < c->finding_count; i++)
		fprintf(stderr, "%s: %s\n", c->findings[i].code, c->findings[i].message);
}

static void one(void *context, struct str statement, size_t offset)
{
	struct run *r = context;
	struct arena a = {0};
	struct conversion c;

	(void)offset;
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

/* An argument, or what `-` stands for. */
static int convert_argument(struct run *r, const struct dialect *d, const char *argument,
			    struct error *e)
{
	struct buf input = {0};
	int result = 0;

	if (strcmp(argument, "-") != 0)
		convert_split(d, (struct str){argument, strlen(argument)}, one, r);
	else if ((result = text_read_file("/dev/stdin", INPUT_MAX, &input, e)) == 0)
		convert_split(d, (struct str){buf_text(&input), input.len}, one, r);
	buf_release(&input);
	return result;
}

static int run(struct invocation *inv, struct error *e)
{
	const char *from = option_text(inv, "from");
	const struct dialect *d = from ? dialect_find(from) : NULL;
	struct convert_settings s;
	struct run r = {&s, true, false};

	if (!d) {
		error_set(e, ERROR_USAGE, "%s%s%s",
			  from ? "no such dialect: '" : "--from is missing", from ? from : "",
			  from ? "'" : "");
		return error_hint(e, "databricks, tsql, oracle, mysql, redshift or snowflake");
	}
	convert_settings_init(&s, d);
	convert_options_read(inv, &s);
	for (size_t i = 0; i < inv->argument_count; i++)
		if (convert_argument(&r, d, inv->arguments[i], e) != 0)
			return -1;
	return r.open ? 1 : 0;
}

static const struct option options[] = {
	CONVERT_FROM_OPTION,
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
