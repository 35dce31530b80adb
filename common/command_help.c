/*
 * command_help.c - help, the man page and shell completion, all printed from the command tables.
 */
#include "common/command.h"

#include <stdio.h>
#include <string.h>

#include "common/command_common.h"
#include "common/text.h"

static const char *const log_formats[] = {"text", "json", NULL};

const struct common_option command_common[] = {
	{COMMON_DSN,
	 {'d', "dsn", OPTION_TEXT, "DSN",
	  "where Postgres is: a libpq URI or \"host=... dbname=...\"; what it leaves out comes "
	  "from "
	  "the PG* environment",
	  NULL, 0, 0, NULL, "LAKEPORT_DSN"}},
	{COMMON_RUNS,
	 {0, "runs", OPTION_TEXT, "DIR", "folder of the run records", "lakeport-runs", 0, 0, NULL,
	  "LAKEPORT_RUNS"}},
	{COMMON_RUNS,
	 {0, "json", OPTION_FLAG, NULL, "print the run record on stdout instead of a summary", NULL,
	  0, 0, NULL, NULL}},
	{COMMON_ALL,
	 {0, "config", OPTION_TEXT, "FILE",
	  "YAML file with options of this verb, keys being their long names; the command line wins",
	  NULL, 0, 0, NULL, NULL}},
	{COMMON_ALL,
	 {'v', "verbose", OPTION_FLAG, NULL, "say more on stderr", NULL, 0, 0, NULL, NULL}},
	{COMMON_ALL,
	 {'q', "quiet", OPTION_FLAG, NULL, "say nothing on stderr but errors", NULL, 0, 0, NULL,
	  NULL}},
	{COMMON_ALL,
	 {0, "log-format", OPTION_CHOICE, "FORMAT", "stderr as text, or as json lines", "text", 0,
	  0, log_formats, "LAKEPORT_LOG_FORMAT"}},
};
const size_t command_common_count = sizeof(command_common) / sizeof(command_common[0]);

bool command_has_common(const struct command *c, const struct common_option *o)
{
	if (c->own_config && strcmp(o->option.name, "config") == 0)
		return false;
	return o->group == COMMON_ALL || (o->group == COMMON_DSN && c->takes_dsn) ||
	       (o->group == COMMON_RUNS && c->takes_runs);
}

/* Prints `text` folded at blanks so that no line goes past column 80; `column` is where we are. */
static void print_folded(const char *text, int indent, int column)
{
	while (*text) {
		size_t n = strcspn(text, " ");

		if (column > indent && column + 1 + (int)n > 80) {
			printf("\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)n, text);
		column += (int)n;
		text += n;
		text += strspn(text, " ");
	}
	putchar('\n');
}

static void print_option(const struct option *o)
{
	struct buf left = {0}, right = {0};
	size_t i;
	int column;

	if (o->letter)
		buf_printf(&left, "  -%c, --%s", o->letter, o->name);
	else
		buf_printf(&left, "      --%s", o->name);
	if (o->argument)
		buf_printf(&left, " %s", o->argument);
	buf_puts(&right, o->help);
	if (o->choices) {
		buf_puts(&right, ":");
		for (i = 0; o->choices[i]; i++)
			buf_printf(&right, "%s %s", i ? "," : "", o->choices[i]);
	}
	if (o->fallback)
		buf_printf(&right, " [default %s]", o->fallback);
	if (o->environment)
		buf_printf(&right, " [$%s]", o->environment);
	column = printf("%s", buf_text(&left));
	if (column > 26) {
		putchar('\n');
		column = 0;
	}
	printf("%*s", 28 - column, "");
	print_folded(buf_text(&right), 28, 28);
	buf_release(&left);
	buf_release(&right);
}

static void print_options(const struct command *c)
{
	size_t i;

	for (i = 0; i < c->option_count; i++)
		print_option(&c->options[i]);
	if (c->option_count)
		putchar('\n');
	for (i = 0; i < command_common_count; i++)
		if (command_has_common(c, &command_common[i]))
			print_option(&command_common[i].option);
	printf("  -h, --help%*sthis text\n", 16, "");
}

void command_help(const struct command *c)
{
	printf("usage: lakeport %s %s [options]%s%s\n\n%s\n", c->tool, c->verb,
	       *c->arguments ? " " : "", c->arguments, c->summary);
	if (c->description)
		printf("\n%s\n", c->description);
	printf("\noptions:\n");
	print_options(c);
	if (c->examples)
		printf("\nexamples:\n%s", c->examples);
}

void command_overview(const struct command *const *commands, size_t n)
{
	const char *tool = "";
	size_t i;

	printf("usage: lakeport TOOL VERB [options] [FILE...]\n\n"
	       "Measure, move and convert a workload for Lakebase and any other Postgres.\n");
	for (i = 0; i < n; i++) {
		if (strcmp(tool, commands[i]->tool) != 0)
			putchar('\n');
		tool = commands[i]->tool;
		printf("  %-8s %-10s %s\n", tool, commands[i]->verb, commands[i]->summary);
	}
	printf("\n"
	       "  lakeport TOOL VERB --help     options and examples of a verb\n"
	       "  lakeport help --man           the manual page, as troff\n"
	       "  lakeport help --completion    completion for bash\n"
	       "  lakeport --version\n\n"
	       "exit status: 0 done; 1 done, with something to look at (a regression, failed\n"
	       "targets); 2 wrong usage, configuration or input; 3 a server could not be reached\n"
	       "or refused; 4 the work failed; 130 interrupted\n");
}

/* troff: a leading dot or quote is a request, a backslash an escape, a hyphen a typographic one. */
static void man_text(const char *text)
{
	bool line_start = true;

	for (; *text; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
		line_start = *text == '\n';
	}
	putchar('\n');
}

static void man_option(const struct option *o)
{
	printf(".TP\n\\fB");
	if (o->letter)
		printf("\\-%c\\fR, \\fB", o->letter);
	printf("\\-\\-%s\\fR", o->name);
	if (o->argument)
		printf(" \\fI%s\\fR", o->argument);
	putchar('\n');
	man_text(o->help);
	if (o->fallback)
		printf(".br\nDefault: %s.\n", o->fallback);
	if (o->environment)
		printf(".br\nEnvironment: %s.\n", o->environment);
}

void command_man(const struct command *const *commands, size_t n)
{
	size_t i, j;

	printf(".TH LAKEPORT 1 \"\" \"lakeport %s\"\n.SH NAME\n"
	       "lakeport \\- measure, move and convert a workload for Lakebase and Postgres\n"
	       ".SH SYNOPSIS\n\\fBlakeport\\fR \\fITOOL VERB\\fR [\\fIoptions\\fR] "
	       "[\\fIFILE\\fR...]\n"
	       ".SH COMMANDS\n",
	       LAKEPORT_VERSION);
	for (i = 0; i < n; i++) {
		const struct command *c = commands[i];

		printf(".SS lakeport %s %s %s\n", c->tool, c->verb, c->arguments);
		man_text(c->summary);
		if (c->description) {
			printf(".PP\n");
			man_text(c->description);
		}
		for (j = 0; j < c->option_count; j++)
			man_option(&c->options[j]);
		if (c->examples) {
			printf(".PP\nExamples:\n.PP\n.nf\n");
			man_text(c->examples);
			printf(".fi\n");
		}
	}
	printf(".SH COMMON OPTIONS\n");
	for (j = 0; j < command_common_count; j++)
		man_option(&command_common[j].option);
	printf(".SH EXIT STATUS\n0 done; 1 done, with something to look at; 2 wrong usage, "
	       "configuration or input; 3 a server could not be reached or refused; 4 the work "
	       "failed; 130 interrupted.\n");
}

void command_completion(const struct command *const *commands, size_t n)
{
	size_t i, j;

	printf("# bash completion for lakeport: source it, or save it as\n"
	       "# /usr/share/bash-completion/completions/lakeport\n"
	       "_lakeport() {\n"
	       "\tlocal words= here=${COMP_WORDS[COMP_CWORD]}\n"
	       "\tcase \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n");
	for (i = 0; i < n; i++) {
		printf("\t'%s %s') words='--help", commands[i]->tool, commands[i]->verb);
		for (j = 0; j < commands[i]->option_count; j++)
			printf(" --%s", commands[i]->options[j].name);
		for (j = 0; j < command_common_count; j++)
			if (command_has_common(commands[i], &command_common[j]))
				printf(" --%s", command_common[j].option.name);
		printf("' ;;\n");
	}
	printf("\tesac\n\tif [ \"$COMP_CWORD\" = 1 ]; then words='help");
	for (i = 0; i < n; i++)
		if (i == 0 || strcmp(commands[i]->tool, commands[i - 1]->tool) != 0)
			printf(" %s", commands[i]->tool);
	printf("'; fi\n\tif [ \"$COMP_CWORD\" = 2 ]; then case ${COMP_WORDS[1]} in\n");
	for (i = 0; i < n; i++) {
		if (i == 0 || strcmp(commands[i]->tool, commands[i - 1]->tool) != 0)
			printf("%s\t%s) words='", i ? "' ;;\n" : "", commands[i]->tool);
		printf("%s ", commands[i]->verb);
	}
	printf("' ;;\n\tesac; fi\n"
	       "\tcase $here in -*) ;; *) [ \"$COMP_CWORD\" -gt 2 ] && words= ;; esac\n"
	       "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$here\"))\n"
	       "\t[ \"$COMP_CWORD\" -gt 2 ] && [ ${#COMPREPLY[@]} = 0 ] &&\n"
	       "\t\tCOMPREPLY=($(compgen -f -- \"$here\"))\n"
	       "}\ncomplete -o filenames -F _lakeport lakeport\n");
}

static int no_command(const struct command *const *commands, size_t n, const char *tool,
		      const char *verb, bool tool_known, struct error *e)
{
	const char *word = tool_known ? verb : tool, *nearest = NULL;
	size_t best = 4, i;

	if (tool_known && !verb)
		error_set(e, ERROR_USAGE, "'lakeport %s' needs a verb", tool);
	else if (tool_known)
		error_set(e, ERROR_USAGE, "'lakeport %s' has no verb '%s'", tool, verb);
	else
		error_set(e, ERROR_USAGE, "there is no tool '%s'", tool);
	for (i = 0; word && i < n; i++) {
		const char *candidate = tool_known ? commands[i]->verb : commands[i]->tool;
		size_t d = text_distance(word, candidate, best);

		if (tool_known && strcmp(commands[i]->tool, tool) != 0)
			continue;
		if (d < best) {
			best = d;
			nearest = candidate;
		}
	}
	if (nearest)
		return error_hint(e, "did you mean '%s'?", nearest);
	return error_hint(e, "see 'lakeport help'");
}

const struct command *command_find(const struct command *const *commands, size_t n,
				   const char *tool, const char *verb, struct error *e)
{
	bool tool_known = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(commands[i]->tool, tool) != 0)
			continue;
		tool_known = true;
		if (verb && strcmp(commands[i]->verb, verb) == 0)
			return commands[i];
	}
	no_command(commands, n, tool, verb, tool_known, e);
	return NULL;
}
