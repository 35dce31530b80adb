/*
 * explain_command.c - lakeport convert explain: what a finding's code means.
 */
#include <stdio.h>

#include "common/command.h"
#include "common/text.h"
#include "convert/finding.h"

static const char *nearest(const char *code)
{
	size_t count, best = 4;
	const struct finding_kind *all = finding_all(&count);
	const char *found = NULL;

	for (size_t i = 0; i < count; i++) {
		size_t d = text_distance(code, all[i].code, best);

		if (d < best) {
			best = d;
			found = all[i].code;
		}
	}
	return found;
}

static void print_all(void)
{
	size_t count;
	const struct finding_kind *all = finding_all(&count);

	for (size_t i = 0; i < count; i++)
		printf("%-18s %s\n", all[i].code, all[i].title);
}

static int run(struct invocation *inv, struct error *e)
{
	const char *code = inv->argument_count ? inv->arguments[0] : NULL;
	const struct finding_kind *k = code ? finding_find(code) : NULL;

	if (!code) {
		print_all();
		return 0;
	}
	if (!k) {
		const char *other = nearest(code);

		error_set(e, ERROR_USAGE, "no such code: '%s'", code);
		return other ? error_hint(e, "did you mean '%s'?", other)
			     : error_hint(e, "'lakeport convert explain' lists all codes");
	}
	printf("%s: %s\n\n%s\n", k->code, k->title, k->text);
	if (k->example)
		printf("\n%s\n", k->example);
	printf("\n%s\n", k->advice);
	return 0;
}

const struct command convert_explain = {
	.tool = "convert",
	.verb = "explain",
	.arguments = "[CODE]",
	.max_arguments = 1,
	.summary = "say what a finding's code means",
	.examples = "lakeport convert explain NULLS-ORDER   # one code\n"
		    "lakeport convert explain               # the list of all\n",
	.run = run,
};
