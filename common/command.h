/*
 * command.h - commands and options as data.
 *
 * Each verb is one `const struct command`; main.c lists them. Parsing, defaults, limits, --help,
 * the man page, shell completion and the keys of --config FILE all come from the same rows.
 * A verb reads its options from the invocation by long name; asking for a name that its table
 * does not have is a programmer's error and asserts.
 *
 * Order of precedence: command line, then the configuration file, then the environment variable
 * of the option, then the default of the table.
 */
#ifndef LAKEPORT_COMMON_COMMAND_H
#define LAKEPORT_COMMON_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"

enum option_type {
	OPTION_FLAG,	/* no value */
	OPTION_TEXT,	/* any text */
	OPTION_LIST,	/* text, may be given several times */
	OPTION_INT,	/* whole number within [min, max] */
	OPTION_NUMBER,	/* decimal number within [min, max] */
	OPTION_SECONDS, /* 30, 1.5, 500ms, 30s, 5m, 1h; kept in seconds, within [min, max] */
	OPTION_PERCENT, /* 5 or 5%; kept as 5 */
	OPTION_CHOICE,	/* one of `choices` */
};

struct option {
	char letter; /* 0: long form only */
	const char *name;
	enum option_type type;
	const char *argument; /* what help calls the value; NULL for flags */
	const char *help;
	const char *fallback; /* the default, as it would be typed; NULL: not set */
	double min, max;      /* for numbers; max 0 means no upper limit */
	const char *const *choices;
	const char *environment; /* a variable that sets it, or NULL */
};

struct invocation;

/*
 * When mpirun starts the program several times. In all but the first case rank 0 speaks for all:
 * only it says what is wrong, and all have the same exit status.
 */
enum ranks_policy {
	RANKS_EACH,   /* each works for itself */
	RANKS_ONE,    /* refused: it works in one process */
	RANKS_SHARED, /* the command shares its work among them */
};

struct command {
	const char *tool, *verb;
	const char *arguments;		  /* "BASE NEW", "[FILE...]"; "" for none */
	int min_arguments, max_arguments; /* max -1: any number */
	const char *summary;		  /* one line */
	const char *description;	  /* paragraphs for --help; may be NULL */
	const char *examples;		  /* lines of "command   # what it does"; may be NULL */
	const struct option *options;
	size_t option_count;
	bool takes_dsn;	 /* adds -d/--dsn */
	bool takes_runs; /* adds --runs and --json */
	bool own_config; /* its own --config stands for the common one */
	enum ranks_policy ranks;
	/* Returns the exit status (0 or 1), or -1 with `e` filled. */
	int (*run)(struct invocation *inv, struct error *e);
};

#define OPTIONS(table) .options = (table), .option_count = sizeof(table) / sizeof((table)[0])

struct option_value {
	bool given; /* by the user: command line, file or environment */
	bool set;   /* given, or has a default */
	bool flag;
	double number;
	const char *text;
	const char **list;
	size_t list_count;
};

struct invocation {
	const struct command *command;
	const struct option **options; /* the command's own and the common ones */
	struct option_value *values;
	size_t option_count;
	const char **arguments; /* what is not an option */
	size_t argument_count;
	int argc; /* as typed, for the run record */
	char **argv;
	struct arena arena;
};

/*
 * Parses argv (what follows "TOOL VERB"). 0: go on; 1: help was asked for and printed on stdout;
 * -1: class USAGE or CONFIG. The invocation must be released in every case.
 */
int invocation_parse(struct invocation *inv, const struct command *c, int argc, char **argv,
		     struct error *e);
void invocation_release(struct invocation *inv);

bool option_given(const struct invocation *inv, const char *name);
bool option_set(const struct invocation *inv, const char *name);
bool option_flag(const struct invocation *inv, const char *name);
const char *option_text(const struct invocation *inv, const char *name); /* NULL when not set */
int64_t option_int(const struct invocation *inv, const char *name);	 /* 0 when not set */
double option_number(const struct invocation *inv, const char *name);	 /* 0 when not set */
const char *const *option_list(const struct invocation *inv, const char *name, size_t *count);

/* Help, from the tables: one verb; all verbs; the man page (troff); bash completion. */
void command_help(const struct command *c);
void command_overview(const struct command *const *commands, size_t n);
void command_man(const struct command *const *commands, size_t n);
void command_completion(const struct command *const *commands, size_t n);

/*
 * Finds the command for argv[1], argv[2]. NULL with class USAGE and the nearest known word when
 * there is none.
 */
const struct command *command_find(const struct command *const *commands, size_t n,
				   const char *tool, const char *verb, struct error *e);

#endif
