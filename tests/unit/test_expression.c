/*
 * test_expression.c - the expressions of scripts.
 *
 * With `--values FILE` it is no test: it prints the value of each line of FILE as pgbench's
 * debug() would ("int 5"), or "error: ...", for tests/end-to-end/pgbench-language.t. Variables
 * there: :i is 7, :d is 2.5, :n is NULL, :t is true, :default_seed is 42.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/expression.h"
#include "bench/expression_node.h"

static const char *const names[] = {"i", "d", "n", "t", "default_seed", "unset", "word", "text"};
static const struct value variables[] = {
	{.type = VALUE_INT, .integer = 7},
	{.type = VALUE_DOUBLE, .number = 2.5},
	{.type = VALUE_NULL},
	{.type = VALUE_BOOL, .boolean = true},
	{.type = VALUE_INT, .integer = 42},
	{.type = VALUE_UNSET},
	{.type = VALUE_TEXT, .text = "something"},
	{.type = VALUE_TEXT, .text = "007"},
};

static unsigned slot_of(void *context, const char *name, size_t n, unsigned line, unsigned column)
{
	unsigned i;

	(void)context;
	(void)line;
	(void)column;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0)
			return i;
	return 5;
}

/* "int 5", "error: division by zero", or the parser's message. */
static const char *value_of(const char *text, struct random *r, char *out, size_t size)
{
	static const char *const types[] = {"unset", "null",	"boolean ",
					    "int ",  "double ", "text "};
	struct evaluation context = {variables, r, names, 1};
	struct arena arena = {0};
	struct error e = ERROR_INIT;
	struct value v;
	char room[VALUE_TEXT_MAX];
	const char *why = "", *shown;
	size_t n;
	struct expression *x = expression_parse_param(&arena, text, strlen(text), "x.sql", 1, 8,
						      slot_of, NULL, &e);

	if (!x) {
		snprintf(out, size, "%s", e.text);
	} else if (expression_evaluate(x, &context, &v, &why) < 0) {
		snprintf(out, size, "error: %s", why);
	} else {
		shown = value_text(&v, room, &n);
		snprintf(out, size, "%s%s", types[v.type], shown ? shown : "");
	}
	arena_release(&arena);
	return out;
}

struct example {
	const char *text, *expected;
};

static void check_examples(const struct example *examples, size_t n)
{
	struct random r;
	char out[1024];
	size_t i;

	random_seed(&r, 1);
	for (i = 0; i < n; i++) {
		value_of(examples[i].text, &r, out, sizeof(out));
		if (strcmp(out, examples[i].expected) != 0)
			fail_msg("%s\n  gives    %s\n  expected %s", examples[i].text, out,
				 examples[i].expected);
	}
}
#define CHECK(table) check_examples(table, sizeof(table) / sizeof((table)[0]))

static void operators(void **state)
{
	static const struct example examples[] = {
		{"1 + 2 * 3", "int 7"},
		{"(1 + 2) * 3", "int 9"},
		{"-7 / 2", "int -3"},
		{"-7 % 3", "int -1"},
		{"7.5 % 3", "int 2"},
		{"1 / 2.0", "double 0.5"},
		{"2 - 3 - 4", "int -5"},
		{"- - 3", "int 3"},
		{"+3", "int 3"},
		{"~ 1 + 2", "int -4"},
		{"1 | 2 & 3", "int 3"},
		{"5 # 1", "int 4"},
		{"1 << 3 + 1", "int 16"},
		{"-8 >> 1", "int -4"},
		{"1 << 64", "int 1"},
		{"1 < 2 and 2 < 3", "boolean true"},
		{"not 1 = 2", "boolean true"},
		{"1 <> 1 or 1 != 2", "boolean true"},
		{"2 >= 2.0", "boolean true"},
		{"1 > 2", "boolean false"},
		{"1 + not 1 = 2", "error: cannot coerce boolean to int"},
		{"null is null", "boolean true"},
		{"1 is not null", "boolean true"},
		{"1 = 1 is true", "boolean true"},
		{"1 is true", "boolean false"},
		{"null isnull is true", "boolean true"},
		{"2 notnull", "boolean true"},
		{"2 is null = (1 = 2)", "error: cannot coerce boolean to int"},
		{"null and false", "null"},
		{"false and null", "boolean false"},
		{"true or null", "boolean true"},
		{"null or true", "null"},
		{"1 + null", "null"},
		{"true = true", "error: cannot coerce boolean to int"},
		{"not 1", "error: cannot coerce int to boolean"},
		{"1.5 and true", "error: cannot coerce double to boolean"},
		{"1 + true", "error: cannot coerce boolean to int"},
		{"1.0 + true", "error: cannot coerce boolean to double"},
		{"9223372036854775807 + 1", "error: bigint add out of range"},
		{"-9223372036854775808 - 1", "error: bigint sub out of range"},
		{"9223372036854775807 * 2", "error: bigint mul out of range"},
		{"-9223372036854775808 / -1", "error: bigint div out of range"},
		{"-9223372036854775808 % -1", "int 0"},
		{"- - 9223372036854775808", "error: bigint sub out of range"},
		{"1 / 0", "error: division by zero"},
		{"1 % 0", "error: division by zero"},
		{"case when 1 = 1 then 5 else 1 / 0 end", "int 5"},
		{"case when false then 5 end", "null"},
		{"case when null then 1 when 2 then 3 end", "int 3"},
		{"1 \\\n+ \\\r\n 2", "int 3"},
		{".5 + 1e-1 + 1.", "double 1.6"},
	};

	(void)state;
	CHECK(examples);
}

static void functions(void **state)
{
	static const struct example examples[] = {
		{"abs(-3)", "int 3"},
		{"ABS(-3.5)", "double 3.5"},
		{"abs(true)", "error: cannot coerce boolean to double"},
		{"int(2.5)", "int 2"},
		{"int(3.5)", "int 4"},
		{"int(1e19)", "error: double to int overflow"},
		{"int(0.0 / 0.0)", "error: double to int overflow"},
		{"double(3)", "double 3"},
		{"greatest(1, 2.5, 2)", "double 2.5"},
		{"least(3, 1, 2)", "int 1"},
		{"least(1, null)", "null"},
		{"mod(7, 4)", "int 3"},
		{"pi()", "double 3.14159265358979"},
		{"pow(2, 10)", "double 1024"},
		{"power(2, 0.5)", "double 1.4142135623731"},
		{"sqrt(2)", "double 1.4142135623731"},
		{"ln(exp(1))", "double 1"},
		{"hash(10)", "int -3562774314593256714"},
		{"hash_murmur2(10, 5294)", "int -7678256176463761115"},
		{"permute(1, 1)", "int 0"},
		{"permute(1, 0)", "error: permute size parameter must be greater than zero"},
		{"random(5, 5)", "int 5"},
		{"random(5, 4)", "error: empty range given to random"},
		{"random(-9223372036854775808, 0)", "error: random range is too large"},
		{"random_gaussian(1, 10, 1.9)", "error: gaussian parameter must be at least 2.0"},
		{"random_zipfian(1, 10, 1)",
		 "error: zipfian parameter must be in range [1.001, 1000]"},
		{"random_exponential(1, 10, 0)",
		 "error: exponential parameter must be greater than zero"},
		{"random(1, null)", "null"},
		{":i + :d", "double 9.5"},
		{":t", "boolean true"},
		{":text + 1", "int 8"},
		{":word", "error: cannot use text in an expression"},
		{":unset", "error: a variable is used before anything set it"},
		{"values('it''s')", "text it's"},
		{"values(-4.50)", "text -4.50"},
		{"values(-4)", "int -4"},
		{"values(null)", "null"},
		{"Values(TRUE)", "boolean true"},
	};

	(void)state;
	CHECK(examples);
}

static void faults(void **state)
{
	static const struct example examples[] = {
		{"", "x.sql:1:8: the expression ends here; expected a value"},
		{"1 +", "x.sql:1:11: the expression ends here; expected a value"},
		{"(1", "x.sql:1:10: the expression ends here; expected an operator or ')'"},
		{"1 2", "x.sql:1:10: unexpected '2'; expected an operator or the end of the "
			"expression"},
		{"1 :i", "x.sql:1:10: unexpected ':i'; expected an operator or the end of the "
			 "expression"},
		{"1 < 2 < 3", "x.sql:1:14: unexpected '<'; expected no second comparison without "
			      "parentheses"},
		{"1 + $", "x.sql:1:12: unexpected '$' in an expression"},
		{"1 \\\n + ;", "x.sql:2:4: unexpected ';' in an expression"},
		{"1 \001", "x.sql:1:10: unexpected byte 0x01 in an expression"},
		{"foo(1)", "x.sql:1:8: unknown function 'foo'"},
		{"randon(1, 2)", "x.sql:1:8: unknown function 'randon'; did you mean 'random'?"},
		{"random(1)", "x.sql:1:8: random() takes 2 arguments, not 1"},
		{"pi(1)", "x.sql:1:8: pi() takes 0 arguments, not 1"},
		{"abs()", "x.sql:1:8: abs() takes 1 argument, not 0"},
		{"hash(1, 2, 3)", "x.sql:1:8: hash() takes 1 or 2 arguments, not 3"},
		{"least()", "x.sql:1:8: least() takes 1 to 16 arguments, not 0"},
		{"abs 1", "x.sql:1:12: unexpected '1'; expected '(' after the function's name"},
		{"abs(1;", "x.sql:1:13: unexpected ';' in an expression"},
		{"abs(1 2", "x.sql:1:14: unexpected '2'; expected ',' or ')'"},
		{"abs(1,)", "x.sql:1:14: unexpected ')'; expected a value"},
		{"1 is 2", "x.sql:1:13: unexpected '2'; expected NULL, TRUE or FALSE"},
		{"case 1 end", "x.sql:1:13: unexpected '1'; expected WHEN"},
		{"case when 1 2", "x.sql:1:20: unexpected '2'; expected THEN"},
		{"case when 1 then 2", "x.sql:1:26: the expression ends here; expected WHEN, ELSE "
				       "or END"},
		{"9223372036854775808", "x.sql:1:8: '9223372036854775808' is out of range for an "
					"integer of 64 bits"},
		{"99999999999999999999", "x.sql:1:8: '99999999999999999999' is out of range for "
					 "an integer of 64 bits"},
		{"1e400", "x.sql:1:8: '1e400' is out of range for a double"},
		{"12abc", "x.sql:1:10: unexpected 'abc'; expected an operator or the end of the "
			  "expression"},
		{"1 + 'a'", "x.sql:1:12: unexpected ''a''; expected a value"},
		{"values()", "x.sql:1:15: unexpected ')'; expected a number, 'text', TRUE, FALSE "
			     "or NULL"},
		{"values(1", "x.sql:1:16: the list of values ends here; expected ',' or ')'"},
		{"values 1", "x.sql:1:15: unexpected '1'; expected '(' after values"},
		{"values('a)", "x.sql:1:15: the string that begins here is never closed; "
			       "expected '"},
		{"values(-'a')", "x.sql:1:16: unexpected ''a''; expected a number"},
		{"values(1) + 1", "x.sql:1:18: unexpected '+'; expected an operator or the end of "
				  "the expression"},
	};

	(void)state;
	CHECK(examples);
}

/* values() and strings are only for PARAM. */
static void values_refused(void **state)
{
	struct arena arena = {0};
	struct error e = ERROR_INIT;

	(void)state;
	assert_null(expression_parse(&arena, "values(1)", 9, "x.sql", 1, 1, slot_of, NULL, &e));
	assert_string_equal(e.text, "x.sql:1:1: unknown function 'values'");
	assert_int_equal(e.class, ERROR_INPUT);
	assert_null(expression_parse(&arena, "'a'", 3, "x.sql", 1, 1, slot_of, NULL, &e));
	assert_string_equal(e.text, "x.sql:1:1: unexpected ''' in an expression");
	arena_release(&arena);
}

static char *repeated(const char *head, const char *unit, size_t times, const char *tail)
{
	size_t n = strlen(unit), i;
	char *text = xmalloc(strlen(head) + n * times + strlen(tail) + 1), *p;

	p = stpcpy(text, head);
	for (i = 0; i < times; i++)
		p = stpcpy(p, unit);
	strcpy(p, tail);
	return text;
}

static void check_depth(const char *head, const char *unit, size_t times, const char *tail,
			const char *expected)
{
	char *text = repeated(head, unit, times, tail), out[1024];
	struct random r;

	random_seed(&r, 1);
	value_of(text, &r, out, sizeof(out));
	if (!strstr(out, expected))
		fail_msg("%zu times '%s' gives %s", times, unit, out);
	free(text);
}

static void depth_is_bounded(void **state)
{
	(void)state;
	check_depth("", "(", 100000, "1", "nested more than 200 deep");
	check_depth("", "- ", 100000, "1", "nested more than 200 deep");
	check_depth("", "not ", 100000, "1", "nested more than 200 deep");
	check_depth("", "~", 100000, "1", "nested more than 200 deep");
	check_depth("", "abs(", 100000, "1", "nested more than 200 deep");
	check_depth("", "case when ", 100000, "1", "nested more than 200 deep");
	check_depth(":i", " + :i", 100000, "", "nested more than 200 deep");
	check_depth(":i", " + :i", 199, "", "int 1400");
	check_depth("1", " + 1", 100000, "", "int 100001");
	check_depth("case", " when :i = 1 then 1", 1000, " else 2 end", "int 2");
}

static void functions_are_sorted(void **state)
{
	size_t i;

	(void)state;
	for (i = 1; i < expression_function_count; i++)
		assert_true(strcmp(expression_functions[i - 1].name, expression_functions[i].name) <
			    0);
}

static const struct expression *parsed(struct arena *arena, const char *text)
{
	return expression_parse(arena, text, strlen(text), "x.sql", 1, 1, slot_of, NULL, NULL);
}

static void constants_are_folded(void **state)
{
	static const struct {
		const char *text;
		bool constant;
	} cases[] = {
		{"1 + 2 * 3", true},
		{"hash(5, 1)", true},
		{"case when true then 1 end", true},
		{"random(1, 2)", false},
		{"hash(5)", false},
		{"debug(1)", false},
		{"1 / 0", false},
		{":i", false},
		{"permute(3, 10, 1)", true},
		{"1 + random(1, 2)", false},
	};
	struct arena arena = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(parsed(&arena, cases[i].text)->op == OP_CONSTANT,
				 cases[i].constant);
	arena_release(&arena);
}

#define DRAWS 100000

/* Draws many times into counts of 1..n; fails when a draw is out of bounds. */
static void draw(const char *text, unsigned n, unsigned *counts)
{
	struct arena arena = {0};
	const struct expression *x = parsed(&arena, text);
	struct random r;
	struct evaluation context = {variables, &r, names, 1};
	struct value v;
	const char *why = "";
	unsigned i;

	random_seed(&r, 12345);
	memset(counts, 0, n * sizeof(*counts));
	for (i = 0; i < DRAWS; i++) {
		assert_int_equal(expression_evaluate(x, &context, &v, &why), 0);
		assert_int_equal(v.type, VALUE_INT);
		assert_in_range(v.integer, 1, n);
		counts[v.integer - 1]++;
	}
	arena_release(&arena);
}

/* Pearson's statistic against the wanted shares; 99.9 % of honest samples stay below the limit. */
static void check_shares(const char *text, const double *shares, unsigned n, double limit)
{
	unsigned counts[16], i;
	double sum = 0, statistic = 0;

	draw(text, n, counts);
	for (i = 0; i < n; i++)
		sum += shares[i];
	for (i = 0; i < n; i++) {
		double expected = DRAWS * shares[i] / sum, difference = counts[i] - expected;

		statistic += difference * difference / expected;
	}
	if (statistic > limit)
		fail_msg("%s: chi-square %.1f, limit %.1f", text, statistic, limit);
}

#define LIMIT_9 27.9 /* 99.9 % of chi-square with 9 degrees of freedom */

static void uniform(void **state)
{
	static const double shares[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

	(void)state;
	check_shares("random(1, 10)", shares, 10, LIMIT_9);
}

/* The share of k is that of [k - 1, k) tenths of the cut normal distribution. */
static void gaussian(void **state)
{
	double shares[10];
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		shares[i] = erf(2.5 * (2 * (i + 1) / 10.0 - 1) / M_SQRT2) -
			    erf(2.5 * (2 * i / 10.0 - 1) / M_SQRT2);
	check_shares("random_gaussian(1, 10, 2.5)", shares, 10, LIMIT_9);
}

static void exponential(void **state)
{
	double shares[10];
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		shares[i] = exp(-3.0 * i / 10) - exp(-3.0 * (i + 1) / 10);
	check_shares("random_exponential(1, 10, 3)", shares, 10, LIMIT_9);
}

static void zipfian(void **state)
{
	double shares[10];
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		shares[i] = pow(i + 1, -1.5);
	check_shares("random_zipfian(1, 10, 1.5)", shares, 10, LIMIT_9);
	for (i = 0; i < 10; i++)
		shares[i] = pow(i + 1, -1.07);
	check_shares("random_zipfian(1, 10, 1.07)", shares, 10, LIMIT_9);
}

/* Ends of the range, and ranges as wide as they may be. */
static void draws_stay_in_range(void **state)
{
	static const char *const texts[] = {
		"random(-9223372036854775807, 0 - 1)",
		"random_gaussian(9223372036854770000, 9223372036854775807, 1000000)",
		"random_gaussian(1, 9223372036854775807, 2.0)",
		"random_exponential(1, 9223372036854775807, 0.0000001)",
		"random_exponential(1, 9223372036854775807, 10000)",
		"random_zipfian(1, 9223372036854775807, 1.001)",
		"random_zipfian(-5, -5, 1000)",
	};
	struct arena arena = {0};
	struct random r;
	struct evaluation context = {variables, &r, names, 1};
	struct value v;
	const char *why = "";
	size_t i;
	int k;

	(void)state;
	random_seed(&r, 99);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct expression *x = parsed(&arena, texts[i]);

		for (k = 0; k < 1000; k++) {
			assert_int_equal(expression_evaluate(x, &context, &v, &why), 0);
			assert_true(strstr(texts[i], "(-") ? v.integer < 0 : v.integer > 0);
		}
	}
	arena_release(&arena);
}

static void permute_is_a_permutation(void **state)
{
	static const int sizes[] = {1, 2, 3, 10, 100, 1000};
	char seen[1000], text[64], out[128];
	struct random r;
	size_t k;
	int i;

	(void)state;
	random_seed(&r, 1);
	for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		memset(seen, 0, sizeof(seen));
		for (i = 0; i < sizes[k]; i++) {
			int n;

			snprintf(text, sizeof(text), "permute(%d, %d, 12)", i, sizes[k]);
			n = atoi(value_of(text, &r, out, sizeof(out)) + strlen("int "));
			assert_in_range(n, 0, sizes[k] - 1);
			assert_false(seen[n]);
			seen[n] = 1;
		}
	}
}

static int print_values(const char *path)
{
	char line[4096], out[1024];
	FILE *f = fopen(path, "r");
	struct random r;

	if (!f) {
		perror(path);
		return 1;
	}
	random_seed(&r, 1);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		puts(value_of(line, &r, out, sizeof(out)));
	}
	fclose(f);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operators),
		cmocka_unit_test(functions),
		cmocka_unit_test(faults),
		cmocka_unit_test(values_refused),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(functions_are_sorted),
		cmocka_unit_test(constants_are_folded),
		cmocka_unit_test(uniform),
		cmocka_unit_test(gaussian),
		cmocka_unit_test(exponential),
		cmocka_unit_test(zipfian),
		cmocka_unit_test(draws_stay_in_range),
		cmocka_unit_test(permute_is_a_permutation),
	};

	if (argc == 3 && strcmp(argv[1], "--values") == 0)
		return print_values(argv[2]);
	return cmocka_run_group_tests_name("expression", tests, NULL, NULL);
}
