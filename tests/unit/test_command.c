/* test_command.c - options by the table: forms, sources, limits, errors. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/command.h"
#include "common/text.h"

static const char *const words[] = {"simple", "prepared", NULL};
static const struct option options[] = {
	{'c', "connections", OPTION_INT, "N", "connections", "8", 1, 100, NULL, NULL},
	{'T', "duration", OPTION_SECONDS, "TIME", "duration", NULL, 0.1, 3600, NULL, NULL},
	{0, "limit", OPTION_PERCENT, "P", "limit", "5%", 0, 100, NULL, NULL},
	{'M', "protocol", OPTION_CHOICE, "NAME", "protocol", "prepared", 0, 0, words, NULL},
	{'f', "file", OPTION_LIST, "FILE", "file", NULL, 0, 0, NULL, NULL},
	{'x', "fast", OPTION_FLAG, NULL, "fast", NULL, 0, 0, NULL, NULL},
	{0, "color", OPTION_TEXT, "C", "color", NULL, 0, 0, NULL, "LAKEPORT_TEST_COLOR"},
};

static const struct command command = {
	.tool = "tool",
	.verb = "verb",
	.arguments = "[A] [B]",
	.max_arguments = 2,
	.summary = "test",
	OPTIONS(options),
	.takes_runs = true,
};

static int parse(struct invocation *inv, struct error *e, int argc, const char **argv)
{
	return invocation_parse(inv, &command, argc, (char **)(uintptr_t)argv, e);
}

#define PARSE(inv, e, ...)                                                                         \
	parse(inv, e, (int)COUNT(((const char *[]){__VA_ARGS__})), (const char *[]){__VA_ARGS__})

static void every_form_of_an_option(void **state)
{
	struct error e = ERROR_INIT;
	struct invocation inv;
	size_t n;

	(void)state;
	assert_int_equal(PARSE(&inv, &e, "-c32", "one", "-T", "5m", "--limit=7", "-xv", "-f", "a",
			       "--file", "b", "--", "-two"),
			 0);
	assert_int_equal(option_int(&inv, "connections"), 32);
	assert_true(option_number(&inv, "duration") == 300);
	assert_true(option_number(&inv, "limit") == 7);
	assert_string_equal(option_text(&inv, "protocol"), "prepared");
	assert_true(option_flag(&inv, "fast"));
	assert_true(option_flag(&inv, "verbose"));
	assert_false(option_given(&inv, "protocol"));
	assert_string_equal(option_list(&inv, "file", &n)[1], "b");
	assert_int_equal(n, 2);
	assert_int_equal(inv.argument_count, 2);
	assert_string_equal(inv.arguments[1], "-two");
	assert_string_equal(option_text(&inv, "runs"), "lakeport-runs");
	invocation_release(&inv);
}

static void units_of_time(void **state)
{
	static const struct {
		const char *text;
		double seconds;
	} cases[] = {{"30", 30}, {"1.5", 1.5}, {"500ms", 0.5},
		     {"2s", 2},	 {"2m", 120},  {"1h", 3600}};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct error e = ERROR_INIT;
		struct invocation inv;

		assert_int_equal(PARSE(&inv, &e, "-T", cases[i].text), 0);
		assert_true(option_number(&inv, "duration") == cases[i].seconds);
		invocation_release(&inv);
	}
}

static void faults_have_one_clear_line(void **state)
{
	static const struct {
		const char *words[2], *message, *hint;
	} cases[] = {
		{{"--conections", "3"},
		 "unknown option '--conections' for 'tool verb'",
		 "did you mean '--connections'?"},
		{{"-z", ""},
		 "unknown option '-z' for 'tool verb'",
		 "see 'lakeport tool verb --help'"},
		{{"-c", "0"}, "option '--connections' must be from 1 to 100, not '0'", ""},
		{{"-c", "101"}, "option '--connections' must be from 1 to 100, not '101'", ""},
		{{"-c", "3.5"}, "option '--connections' must be a whole number, not '3.5'", ""},
		{{"-c", ""}, "option '--connections' must be a whole number, not ''", ""},
		{{"-T", "5 m"},
		 "option '--duration' must be a time such as 30, 500ms, 5m or 1h, not '5 m'",
		 ""},
		{{"-T", "nan"},
		 "option '--duration' must be a time such as 30, 500ms, 5m or 1h, not 'nan'",
		 ""},
		{{"--limit", "x%"},
		 "option '--limit' must be a percentage such as 5%, not 'x%'",
		 ""},
		{{"-M", "magic"},
		 "option '--protocol' must be one of simple, prepared, not 'magic'",
		 ""},
		{{"--fast=1", ""}, "option '--fast' takes no value", ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct error e = ERROR_INIT;
		struct invocation inv;

		assert_int_equal(PARSE(&inv, &e, cases[i].words[0], cases[i].words[1]), -1);
		assert_int_equal(e.class, ERROR_USAGE);
		assert_string_equal(e.text, cases[i].message);
		assert_string_equal(e.hint, cases[i].hint);
		invocation_release(&inv);
	}
}

static void missing_values_and_extra_arguments(void **state)
{
	struct error e = ERROR_INIT;
	struct invocation inv;

	(void)state;
	assert_int_equal(PARSE(&inv, &e, "-c"), -1);
	assert_string_equal(e.text, "option '--connections' needs a value: N");
	invocation_release(&inv);
	assert_int_equal(PARSE(&inv, &e, "a", "b", "c"), -1);
	assert_string_equal(e.text, "'tool verb' does not take 'c'");
	invocation_release(&inv);
}

static void sources_by_strength(void **state)
{
	char path[] = "/tmp/lakeport-config-XXXXXX";
	static const char text[] = "connections: 20\ncolor: blue\nfile: [x, y]\nfast: true\n";
	struct error e = ERROR_INIT;
	struct invocation inv;
	int fd = mkstemp(path);
	size_t n;

	(void)state;
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	setenv("LAKEPORT_TEST_COLOR", "red", 1);
	assert_int_equal(PARSE(&inv, &e, "-q"), 0);
	assert_string_equal(option_text(&inv, "color"), "red");
	invocation_release(&inv);
	assert_int_equal(PARSE(&inv, &e, "--config", path, "-c", "30"), 0);
	assert_string_equal(option_text(&inv, "color"), "blue");
	assert_int_equal(option_int(&inv, "connections"), 30);
	assert_true(option_flag(&inv, "fast"));
	option_list(&inv, "file", &n);
	assert_int_equal(n, 2);
	invocation_release(&inv);
	assert_int_equal(PARSE(&inv, &e, "--config", path, "-f", "z"), 0);
	assert_string_equal(option_list(&inv, "file", &n)[0], "z");
	assert_int_equal(n, 1);
	invocation_release(&inv);
	unsetenv("LAKEPORT_TEST_COLOR");
	unlink(path);
}

static void a_wrong_configuration_is_named(void **state)
{
	char path[] = "/tmp/lakeport-config-XXXXXX", expected[200];
	static const char text[] = "connections: 500\n";
	struct error e = ERROR_INIT;
	struct invocation inv;
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	assert_int_equal(PARSE(&inv, &e, "--config", path), -1);
	snprintf(expected, sizeof(expected),
		 "%s:1:14: option '--connections' must be from 1 to 100, not '500'", path);
	assert_string_equal(e.text, expected);
	invocation_release(&inv);
	unlink(path);
}

static void commands_are_found_or_suggested(void **state)
{
	const struct command *const commands[] = {&command};
	struct error e = ERROR_INIT;

	(void)state;
	assert_ptr_equal(command_find(commands, 1, "tool", "verb", &e), &command);
	assert_null(command_find(commands, 1, "tool", "verbs", &e));
	assert_string_equal(e.text, "'lakeport tool' has no verb 'verbs'");
	assert_string_equal(e.hint, "did you mean 'verb'?");
	assert_null(command_find(commands, 1, "tol", "verb", &e));
	assert_string_equal(e.hint, "did you mean 'tool'?");
	assert_null(command_find(commands, 1, "tool", NULL, &e));
	assert_string_equal(e.text, "'lakeport tool' needs a verb");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_an_option),
		cmocka_unit_test(units_of_time),
		cmocka_unit_test(faults_have_one_clear_line),
		cmocka_unit_test(missing_values_and_extra_arguments),
		cmocka_unit_test(sources_by_strength),
		cmocka_unit_test(a_wrong_configuration_is_named),
		cmocka_unit_test(commands_are_found_or_suggested),
	};

	return RUN("command", tests);
}
