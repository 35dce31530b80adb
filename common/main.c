/*
 * main.c - the program: finds the command, parses, runs, reports the error once.
 *
 * It knows the tools only by the rows below.
 */
#include <stdio.h>
#include <string.h>

#include "common/command.h"
#include "common/finish.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "common/password.h"
#include "common/rank.h"

extern const struct command bench_init, bench_run, bench_sweep, bench_wake, bench_qualify;
extern const struct command migrate_load, migrate_watch, migrate_status, migrate_retry;
extern const struct command migrate_forget, migrate_replay, migrate_verify, migrate_config;
extern const struct command convert_run, convert_text, convert_jsonl, convert_repair;
extern const struct command convert_helpers_command, convert_explain, convert_sources;
extern const struct command report_html, report_text, report_markdown, report_csv, report_junit;
extern const struct command report_compare, report_history, report_list;
extern finish_renderer report_terminal;

static const struct command *const commands[] = {
	&bench_init,	  &bench_run,	    &bench_sweep,
	&bench_wake,	  &bench_qualify,   &migrate_load,
	&migrate_watch,	  &migrate_verify,  &migrate_status,
	&migrate_retry,	  &migrate_forget,  &migrate_replay,
	&migrate_config,  &convert_run,	    &convert_text,
	&convert_jsonl,	  &convert_repair,  &convert_helpers_command,
	&convert_explain, &convert_sources, &report_html,
	&report_text,	  &report_markdown, &report_csv,
	&report_junit,	  &report_list,	    &report_compare,
	&report_history,
};
static const size_t command_count = sizeof(commands) / sizeof(commands[0]);

/* Writing to a full disk or a closed pipe shows only when stdout is flushed. */
static int close_stdout(int status)
{
	struct error e = ERROR_INIT;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	error_set(&e, ERROR_IO, "cannot write to standard output");
	log_failure(&e);
	return status ? status : error_exit_status(&e);
}

static int check_ranks(const struct command *c, struct error *e)
{
	if (c->ranks != RANKS_ONE || rank_count() == 1)
		return 0;
	error_set(e, ERROR_USAGE, "'%s %s' works in one process, and mpirun started %u", c->tool,
		  c->verb, rank_count());
	return error_hint(e, "start it without mpirun; 'bench run' can share its load among ranks");
}

static int run_command(const struct command *c, int argc, char **argv, struct error *e)
{
	struct invocation inv;
	enum log_level level;
	int status = invocation_parse(&inv, c, argc, argv, e);

	if (status == 0)
		status = check_ranks(c, e);

	if (status == 0) {
		level = option_flag(&inv, "quiet")     ? LOG_ERROR
			: option_flag(&inv, "verbose") ? LOG_DEBUG
						       : LOG_INFO;
		log_setup(level, strcmp(option_text(&inv, "log-format"), "json") == 0);
		status = c->run(&inv, e);
	} else if (status == 1) {
		status = 0; /* help was printed */
	}
	invocation_release(&inv);
	if (status < 0 && c->ranks != RANKS_EACH && rank_mine() > 0) {
		rank_linger(); /* rank 0 says it */
		status = error_exit_status(e);
	}
	return status;
}

static int run_help(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "";

	if (strcmp(what, "--man") == 0)
		command_man(commands, command_count);
	else if (strcmp(what, "--completion") == 0)
		command_completion(commands, command_count);
	else
		command_overview(commands, command_count);
	return 0;
}

static int dispatch(int argc, char **argv, struct error *e)
{
	const struct command *c;

	if (argc < 2) {
		command_overview(commands, command_count);
		return 2;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		printf("lakeport %s\n", LAKEPORT_VERSION);
		return 0;
	}
	if ((strcmp(argv[1], "help") == 0 && (argc < 3 || argv[2][0] == '-')) ||
	    strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return run_help(argc, argv);
	if (strcmp(argv[1], "help") == 0) { /* help TOOL VERB */
		c = command_find(commands, command_count, argv[2], argc > 3 ? argv[3] : NULL, e);
		if (c)
			command_help(c);
		return c ? 0 : -1;
	}
	c = command_find(commands, command_count, argv[1], argc > 2 ? argv[2] : NULL, e);
	return c ? run_command(c, argc - 3, argv + 3, e) : -1;
}

int main(int argc, char **argv)
{
	struct error e = ERROR_INIT;
	int status;

	interrupt_install();
	finish_summary = report_terminal;
	status = dispatch(argc, argv, &e);
	if (status < 0) {
		log_failure(&e);
		status = error_exit_status(&e);
	}
	password_forget();
	return close_stdout(status);
}
