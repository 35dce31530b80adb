/* helpers_command.c - lakeport convert helpers: the SQL of the helper functions. */
#include <stdio.h>

#include "common/command.h"
#include "convert/convert.h"

static int run_helpers(struct invocation *inv, struct error *e)
{
	struct buf out = {0};

	(void)e;
	convert_helpers(option_text(inv, "helper-schema"), &out);
	fputs(buf_text(&out), stdout);
	buf_release(&out);
	return 0;
}

static const struct option options[] = {
	{.name = "helper-schema",
	 .type = OPTION_TEXT,
	 .argument = "NAME",
	 .help = "the schema to put them into",
	 .fallback = "lakeport"},
};

const struct command convert_helpers_command = {
	.tool = "convert",
	.verb = "helpers",
	.arguments = "",
	.summary = "print the SQL of the functions that converted statements may call",
	.description =
		"A few conversions need what Postgres has no expression for: casts that give "
		"NULL instead of an error, months between two days. Install these functions "
		"once in the target, before the converted statements are used:\n"
		"`lakeport convert helpers | psql \"$DSN\"`. They are small, read no tables, "
		"and live in a schema of their own; running the SQL again does no harm.",
	.examples = "lakeport convert helpers > helpers.sql   # into a file",
	OPTIONS(options),
	.run = run_helpers,
};
