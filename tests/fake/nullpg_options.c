/* nullpg_options.c - the command line of nullpg. See nullpg.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "tests/fake/nullpg.h"

struct options options = {
	.port = 5432, .threads = 1, .max_connections = SESSIONS_MAX, .seed = 1, .value = 1};

static int parse_delay(const char *text, struct error *e);
static int parse_fail(const char *text, struct error *e);
static int parse_counted(const char *text, struct error *e);

#define NUMBER(name, least, most) .number = &options.name, .low = least, .high = most
#define DELAY_HELP                                                                                 \
	"before every answer to a Query or to a Sync after an Execute; D is\n"                     \
	"fixed:5ms, exponential:2ms, uniform:1ms:10ms or bimodal:1ms:0.99:50ms"

/* One of number, text, flag and parse says what the option does. */
static const struct choice {
	const char *name, *argument, *help;
	int64_t *number, low, high;
	const char **text;
	bool *flag;
	int (*parse)(const char *text, struct error *e);
} choices[] = {
	{"socket", "DIR", "listen on DIR/.s.PGSQL.PORT", .text = &options.socket_directory},
	{"tcp", NULL, "listen on 127.0.0.1:PORT, or ADDRESS:PORT", .flag = &options.tcp},
	{"address", "A", "IPv4, with --tcp", .text = &options.address},
	{"port", "N", "default 5432; with --tcp, 0 takes a free one", NUMBER(port, 0, 65535)},
	{"threads", "N", "default 1", NUMBER(threads, 1, THREADS_MAX)},
	{"delay", "D", DELAY_HELP, .parse = parse_delay},
	{"count", "KIND", "measure all (default), simple or extended", .parse = parse_counted},
	{"start-delay", "MS", "before a connection is let in", NUMBER(start_delay_ms, 0, 600000)},
	{"password", "TEXT", "ask for it, in clear text", .text = &options.password},
	{"max-connections", "N", "one more gets 53300", NUMBER(max_connections, 0, SESSIONS_MAX)},
	{"fail-every", "N:STATE", "every N-th statement fails so", .parse = parse_fail},
	{"drop-every", "N", "every N-th answer is cut short", NUMBER(drop_every, 1, INT32_MAX)},
	{"stall-after", "N", "answers a connection gets", NUMBER(stall_after, 1, INT32_MAX)},
	{"value", "N", "the number in every row", NUMBER(value, INT32_MIN, INT32_MAX)},
	{"seed", "N", "of the delays, default 1", NUMBER(seed, 0, INT32_MAX)},
	{"spin", NULL, "never sleep: a core for less lag in reading", .flag = &options.spin},
	{"spread", NULL,
	 "a connection's first answers wait longer, by chance, so that\n"
	 "connections do not march in step",
	 .flag = &options.spread},
	{"stdin", NULL, "end at the end of standard input", .flag = &options.watch_stdin},
	{"report", "FILE", "where the JSON line goes, default stdout", .text = &options.report},
};
#define CHOICE_COUNT (sizeof(choices) / sizeof(*choices))

static int parse_integer(const struct choice *c, const char *text, struct error *e)
{
	if (text_to_int(text, c->number) && *c->number >= c->low && *c->number <= c->high)
		return 0;
	return error_set(e, ERROR_USAGE, "--%s must be a number from %lld to %lld, not '%s'",
			 c->name, (long long)c->low, (long long)c->high, text);
}

static int parse_delay(const char *text, struct error *e)
{
	return delay_parse(text, &options.delay, e);
}

static int parse_fail(const char *text, struct error *e)
{
	const char *state = strchr(text, ':');
	char number[24];

	snprintf(number, sizeof(number), "%.*s", (int)strcspn(text, ":"), text);
	if (!state || strlen(state) != sizeof(options.fail_sqlstate) ||
	    strspn(state + 1, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(state + 1) ||
	    !text_to_int(number, &options.fail_every) || options.fail_every < 1)
		return error_set(e, ERROR_USAGE, "--fail-every wants N:SQLSTATE, not '%s'", text);
	memcpy(options.fail_sqlstate, state + 1, sizeof(options.fail_sqlstate));
	return 0;
}

static int parse_counted(const char *text, struct error *e)
{
	static const char *const kinds[] = {"all", "simple", "extended"};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i], text) == 0) {
			options.counted = (enum counted)i;
			return 0;
		}
	return error_set(e, ERROR_USAGE, "--count must be all, simple or extended, not '%s'", text);
}

static void print_help(void)
{
	const char *line;
	size_t i;

	puts("nullpg - a fake Postgres server for tests\n");
	for (i = 0; i < CHOICE_COUNT; i++) {
		const struct choice *c = &choices[i];
		int n = printf("  --%s %s", c->name, c->argument ? c->argument : "");

		for (line = c->help; line; line = strchr(line, '\n')) {
			line += *line == '\n';
			printf("%*s%.*s\n", line == c->help ? 26 - n : 26, "",
			       (int)strcspn(line, "\n"), line);
		}
	}
}

static int set_choice(const struct choice *c, const char *text, struct error *e)
{
	if (c->flag)
		*c->flag = true;
	else if (c->text)
		*c->text = text;
	else if (c->number)
		return parse_integer(c, text, e);
	else
		return c->parse(text, e);
	return 0;
}

static const struct choice *find_choice(const char *argument)
{
	size_t i;

	if (strncmp(argument, "--", 2) != 0)
		return NULL;
	for (i = 0; i < CHOICE_COUNT; i++)
		if (strcmp(choices[i].name, argument + 2) == 0)
			return &choices[i];
	return NULL;
}

int options_parse(int argc, char **argv, struct error *e)
{
	const struct choice *c;
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			print_help();
			exit(0);
		}
		c = find_choice(argv[i]);
		if (!c)
			return error_set(e, ERROR_USAGE, "'%s' is not an option, see --help",
					 argv[i]);
		if (c->argument && i + 1 == argc)
			return error_set(e, ERROR_USAGE, "--%s wants %s", c->name, c->argument);
		if (set_choice(c, c->argument ? argv[++i] : NULL, e) < 0)
			return -1;
	}
	if (!options.socket_directory && !options.tcp)
		return error_set(e, ERROR_USAGE, "nothing to listen on: give --socket or --tcp");
	if (options.port == 0 && !options.tcp)
		return error_set(e, ERROR_USAGE, "--port 0 goes only with --tcp");
	return 0;
}
