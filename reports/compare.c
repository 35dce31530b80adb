/* compare.c - lakeport report compare: exit status 1 when the new run is worse than allowed. */
#include "reports/reports.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "reports/comparison.h"
#include "reports/render.h"
#include "reports/runs.h"

static struct record *read_argument(struct invocation *inv, size_t i, struct error *e)
{
	struct buf path = {0};
	struct record *r = NULL;

	if (run_find(option_text(inv, "runs"), inv->arguments[i], &path, e) == 0)
		r = record_read(buf_text(&path), e);
	buf_release(&path);
	return r;
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
	struct record *base = read_argument(inv, 0, e);
	struct record *new = base ? read_argument(inv, 1, e) : NULL;
	struct comparison *c = NULL;
	int status = -1;

	if (new) {
		c = comparison_new(base, new, option_number(inv, "max-regression"),
				   option_flag(inv, "all"));
		status = print_comparison(inv, c, e);
	}
	if (status == 0 && c->regressions)
		status = 1;
	comparison_free(c);
	record_free(new);
	record_free(base);
	return status;
}

static const char *const formats[] = {"text", "html", "markdown", "csv", "junit", "json", NULL};

static const struct option options[] = {
	{.name = "max-regression",
	 .type = OPTION_PERCENT,
	 .argument = "PERCENT",
	 .help = "how much worse a figure may be, beyond the noise",
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
	.arguments = "BASE NEW",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "hold two runs against each other; exit 1 when the new one is worse",
	.description =
		"A figure is a regression when it is worse by more than the limit and the "
		"difference is beyond the noise: how far it moves by itself, seen from second to "
		"second inside the two runs (95 %). What differs between runs, such as a cold "
		"cache or a busy host, is not in that noise: alternate the runs, and allow for it "
		"with the limit. " RUNS_RECORD_HELP,
	.examples = "lakeport report compare latest~1 latest\n"
		    "lakeport report compare base.json new.json --max-regression 3% --format junit "
		    "-o compare.xml",
	OPTIONS(options),
	.run = run_compare,
};
