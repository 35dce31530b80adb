/* compare.c - lakeport report compare: exit status 1 when the new run is worse than allowed. */
#include "reports/reports.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "reports/comparison.h"
#include "reports/render.h"
#include "reports/runs.h"

struct side { /* the runs that were named for it, and their records */
	const char *option;
	struct record *items[COMPARISON_RUNS_MAX];
	size_t count;
};

static int add_run(struct side *side, struct invocation *inv, const char *named, struct error *e)
{
	struct buf path = {0};
	struct record *r = NULL;
	size_t i;

	if (side->count == COMPARISON_RUNS_MAX)
		return error_set(e, ERROR_USAGE, "option '--%s' may be given %d times at most",
				 side->option, COMPARISON_RUNS_MAX);
	if (run_find(option_text(inv, "runs"), named, &path, e) == 0)
		r = record_read(buf_text(&path), e);
	buf_release(&path);
	if (!r)
		return -1;
	side->items[side->count++] = r;
	for (i = 0; i + 1 < side->count; i++)
		if (strcmp(side->items[i]->id, r->id) == 0)
			return error_set(e, ERROR_USAGE,
					 "the run '%s' is given twice for '--%s': it would count "
					 "as two",
					 r->id, side->option);
	return 0;
}

static int read_side(struct side *side, struct invocation *inv, struct error *e)
{
	size_t n, i;
	const char *const *list = option_list(inv, side->option, &n);
	int status = 0;

	for (i = 0; i < n && status == 0; i++)
		status = add_run(side, inv, list[i], e);
	return status;
}

/* BASE NEW, or lists of both. */
static int read_runs(struct side *base, struct side *new, struct invocation *inv, struct error *e)
{
	bool lists = option_given(inv, "base") || option_given(inv, "new");

	if (inv->argument_count == 2 && !lists) {
		if (add_run(base, inv, inv->arguments[0], e) < 0)
			return -1;
		return add_run(new, inv, inv->arguments[1], e);
	}
	if (inv->argument_count || !option_given(inv, "base") || !option_given(inv, "new")) {
		error_set(e, ERROR_USAGE, "two runs, or --base and --new, are needed");
		return error_hint(e, "write 'lakeport report compare BASE NEW', or "
				     "--base A --base B --new C --new D");
	}
	if (read_side(base, inv, e) < 0)
		return -1;
	return read_side(new, inv, e);
}

static void release_side(struct side *side)
{
	while (side->count)
		record_free(side->items[--side->count]);
}

static struct runs runs_of(const struct side *side)
{
	return (struct runs){(const struct record *const *)side->items, side->count};
}

static int print_comparison(struct invocation *inv, struct comparison *c, struct error *e)
{
	const struct renderer *renderer = renderer_find(option_text(inv, "format"));
	const char *output = option_text(inv, "output");
	struct render_options options = {0};
	struct buf report = {0};
	int status;

	options.color = !output && isatty(STDOUT_FILENO) == 1 && !getenv("NO_COLOR");
	status = renderer->comparison(c, &options, &report, e);
	if (status == 0)
		status = report_write(output, NULL, &report, e);
	if (status == 0 && output && strcmp(output, "-") != 0)
		log_info("%s", comparison_sentence(c));
	buf_release(&report);
	return status;
}

static int run_compare(struct invocation *inv, struct error *e)
{
	struct side base = {.option = "base"}, new = {.option = "new"};
	struct comparison *c = NULL;
	int status = read_runs(&base, &new, inv, e);

	if (status == 0) {
		c = comparison_new(runs_of(&base), runs_of(&new),
				   option_number(inv, "max-regression"), option_flag(inv, "all"));
		status = print_comparison(inv, c, e);
	}
	if (status == 0 && c->regressions)
		status = 1;
	comparison_free(c);
	release_side(&new);
	release_side(&base);
	return status;
}

static const char *const formats[] = {"text", "html", "markdown", "csv", "junit", "json", NULL};

static const struct option options[] = {
	{.name = "base",
	 .type = OPTION_LIST,
	 .argument = "RECORD",
	 .help = "a run of the base; may be repeated"},
	{.name = "new",
	 .type = OPTION_LIST,
	 .argument = "RECORD",
	 .help = "a new run; may be repeated"},
	{.name = "max-regression",
	 .type = OPTION_PERCENT,
	 .argument = "PERCENT",
	 .help = "how much worse a figure may be; less than the noise never counts",
	 .fallback = "5%",
	 .max = 1e6},
	{.name = "all",
	 .type = OPTION_FLAG,
	 .help = "judge every figure that has a direction, not only the headlines"},
	{.name = "format",
	 .type = OPTION_CHOICE,
	 .argument = "FORMAT",
	 .help = "how the comparison is written",
	 .fallback = "text",
	 .choices = formats},
	OUTPUT_OPTION("write into this file instead of standard output"),
	RUNS_OPTION,
};

const struct command report_compare = {
	.tool = "report",
	.verb = "compare",
	.arguments = "[BASE NEW]",
	.max_arguments = 2,
	.summary = "hold runs against each other; exit 1 when the new ones are worse",
	.description =
		"Every difference comes with its 95 % interval, by bootstrap. With several runs a "
		"side (--base A --base B --new C --new D) it tells how runs differ from each "
		"other; "
		"three a side are the least that say much, six are good. With one run a side it "
		"tells only how a figure moves from second to second inside the runs: a cold cache "
		"or a busy host is not in that, so allow for it with the limit. When the interval "
		"includes 0 there is no difference that can be told.\n"
		"A figure is a regression, and the exit status 1, when both hold: the interval "
		"does not include 0, and the difference is worse than the limit. A figure whose "
		"noise is not known (no series, no second run) is held against the limit alone. "
		"Several figures are judged at once, so now and then one is called different that "
		"is not: 1 in 20.\n" RUNS_RECORD_HELP,
	.examples = "lakeport report compare latest~1 latest\n"
		    "lakeport report compare --base mon.json --base tue.json --base wed.json "
		    "--new latest\n"
		    "lakeport report compare base.json new.json --max-regression 3% --format junit "
		    "-o compare.xml",
	OPTIONS(options),
	.run = run_compare,
};
