/* history_command.c - lakeport report history: figures over many runs of the same kind. */
#include "reports/reports.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reports/history.h"
#include "reports/runs.h"

static int write_history(struct invocation *inv, struct history *h, struct error *e)
{
	const char *output = option_text(inv, "output"), *format = option_text(inv, "format");
	bool color = !output && isatty(STDOUT_FILENO) == 1 && !getenv("NO_COLOR");
	struct buf report = {0};
	int status;

	if (strcmp(format, "html") == 0)
		history_html(h, &report);
	else if (strcmp(format, "csv") == 0)
		history_csv(h, &report);
	else
		history_text(h, color, &report);
	status = report_write(output, NULL, &report, e);
	buf_release(&report);
	return status;
}

static int run_history(struct invocation *inv, struct error *e)
{
	struct history_request request = {
		.directory = option_text(inv, "runs"),
		.like = option_text(inv, "like"),
		.title = option_text(inv, "title"),
		.of = option_text(inv, "of"),
	};
	struct history h = {0};
	int status;

	request.figures = option_list(inv, "metric", &request.figure_count);
	if (request.like && request.title)
		return error_set(e, ERROR_USAGE, "--like and --title cannot both be given");
	status = history_read(&h, &request, e);
	if (status == 0)
		status = write_history(inv, &h, e);
	history_release(&h);
	return status;
}

static const char *const formats[] = {"text", "html", "csv", NULL};

static const struct option options[] = {
	{.name = "metric",
	 .type = OPTION_LIST,
	 .argument = "NAME",
	 .help = "a figure to show; may be repeated [default: the headlines of the newest run]"},
	{.name = "of",
	 .type = OPTION_TEXT,
	 .argument = "PART",
	 .help = "figures of this part, a script or a side [default: of the whole run]"},
	{.name = "like",
	 .type = OPTION_TEXT,
	 .argument = "RECORD",
	 .help = "runs of the same tool, verb and title as this one [default: the newest]"},
	{.name = "title", .type = OPTION_TEXT, .argument = "TEXT", .help = "runs with this title"},
	{.name = "format",
	 .type = OPTION_CHOICE,
	 .argument = "FORMAT",
	 .help = "for the terminal, as a page with plots, or every value",
	 .fallback = "text",
	 .choices = formats},
	OUTPUT_OPTION("write into this file instead of standard output"),
	RUNS_OPTION,
};

const struct command report_history = {
	.tool = "report",
	.verb = "history",
	.arguments = "",
	.summary = "show figures over many runs of the same kind, and where they changed",
	.description =
		"Runs are of the same kind when tool, verb and title are the same. Where the level "
		"of a figure changed is found from ranks, with a permutation test at 5 %; it shows "
		"from 8 runs on, and once three runs lie after the change. Runs that failed or "
		"were interrupted are left out, and of more than 200 the oldest. " RUNS_RECORD_HELP,
	.examples = "lakeport report history --metric rate --metric latency_p99_us\n"
		    "lakeport report history --like latest --format html -o history.html",
	OPTIONS(options),
	.run = run_history,
};
