/* report.c - the verbs that draw one run: html, text, markdown, csv, junit. */
#include "reports/reports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "reports/render.h"
#include "reports/runs.h"

/* Reads the record that the first argument names; `path` tells where it was. */
static struct record *read_named(struct invocation *inv, struct buf *path, struct error *e)
{
	if (run_find(option_text(inv, "runs"), inv->arguments[0], path, e) < 0)
		return NULL;
	return record_read(buf_text(path), e);
}

static int draw(struct invocation *inv, const char *renderer, const char *output, struct error *e)
{
	struct render_options options = {0};
	struct buf path = {0}, report = {0};
	struct record *r = read_named(inv, &path, e);
	int status = r ? 0 : -1;

	options.color = (!output || strcmp(output, "-") == 0) && isatty(STDOUT_FILENO) == 1 &&
			!getenv("NO_COLOR");
	if (status == 0)
		status = renderer_find(renderer)->record(r, &options, &report, e);
	if (status == 0)
		status = report_write(output, buf_text(&path), &report, e);
	buf_release(&report);
	buf_release(&path);
	record_free(r);
	return status;
}

/* A verb is named after its renderer. */
static int run_draw(struct invocation *inv, struct error *e)
{
	return draw(inv, inv->command->verb, option_text(inv, "output"), e);
}

/* "runs/ID.json" -> "runs/ID.html" */
static int page_path(struct invocation *inv, struct buf *page, struct error *e)
{
	size_t extension = strlen(".json");

	if (run_find(option_text(inv, "runs"), inv->arguments[0], page, e) < 0)
		return -1;
	if (page->len > extension && strcmp(page->data + page->len - extension, ".json") == 0) {
		page->len -= extension;
		page->data[page->len] = '\0';
	}
	buf_puts(page, ".html");
	return 0;
}

static int run_html(struct invocation *inv, struct error *e)
{
	const char *output = option_text(inv, "output");
	struct buf page = {0};
	int status = 0;

	if (output)
		buf_puts(&page, output);
	else
		status = page_path(inv, &page, e);
	if (status == 0)
		status = draw(inv, "html", buf_text(&page), e);
	if (status == 0 && strcmp(buf_text(&page), "-") != 0)
		printf("%s\n", buf_text(&page));
	buf_release(&page);
	return status;
}

static const struct option html_options[] = {
	OUTPUT_OPTION("write the page here and not beside the record; - is standard output"),
	RUNS_OPTION,
};

static const struct option draw_options[] = {
	OUTPUT_OPTION("write into this file instead of standard output"),
	RUNS_OPTION,
};

const struct command report_html = {
	.tool = "report",
	.verb = "html",
	.arguments = "RECORD",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "draw a run as one HTML page with plots",
	.description = "The page needs nothing else: no network, no other files. Plots are drawn "
		       "by gnuplot; without it the page has tables only and says so. Prints the "
		       "path of the page. " RUNS_RECORD_HELP,
	.examples = "lakeport report html latest                # page beside the record\n"
		    "lakeport report html latest -o report.html",
	OPTIONS(html_options),
	.run = run_html,
};

const struct command report_text = {
	.tool = "report",
	.verb = "text",
	.arguments = "RECORD",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "show a run on the terminal",
	.description = "What a run prints when it ends, and where it ran. " RUNS_RECORD_HELP,
	.examples = "lakeport report text latest",
	OPTIONS(draw_options),
	.run = run_draw,
};

const struct command report_markdown = {
	.tool = "report",
	.verb = "markdown",
	.arguments = "RECORD",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "write a run as Markdown, for a pull request or a wiki",
	.description = RUNS_RECORD_HELP,
	.examples = "lakeport report markdown latest -o run.md",
	OPTIONS(draw_options),
	.run = run_draw,
};

const struct command report_csv = {
	.tool = "report",
	.verb = "csv",
	.arguments = "RECORD",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "write all values of a run as CSV",
	.description = "One line a value: part,name,of,column,row,value,unit. " RUNS_RECORD_HELP,
	.examples = "lakeport report csv latest | grep ^series,",
	OPTIONS(draw_options),
	.run = run_draw,
};

const struct command report_junit = {
	.tool = "report",
	.verb = "junit",
	.arguments = "RECORD",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "write outcome and findings of a run as JUnit XML, for CI",
	.description = "Findings that are errors fail. " RUNS_RECORD_HELP,
	.examples = "lakeport report junit latest -o findings.xml",
	OPTIONS(draw_options),
	.run = run_draw,
};
