/* test_value.c - values as text, and text as values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/value.h"
#include "common/random.h"

static void check_text(struct value v, const char *expected)
{
	char room[VALUE_TEXT_MAX];
	size_t n = 99;
	const char *text = value_text(&v, room, &n);

	if (!expected) {
		assert_null(text);
		assert_int_equal(n, 0);
		return;
	}
	assert_string_equal(text, expected);
	assert_int_equal(n, strlen(expected));
}

static void text_of_values(void **state)
{
	(void)state;
	check_text((struct value){.type = VALUE_NULL}, NULL);
	check_text((struct value){.type = VALUE_UNSET}, NULL);
	check_text((struct value){.type = VALUE_BOOL, .boolean = true}, "true");
	check_text((struct value){.type = VALUE_BOOL, .boolean = false}, "false");
	check_text((struct value){.type = VALUE_INT, .integer = 0}, "0");
	check_text((struct value){.type = VALUE_INT, .integer = -1}, "-1");
	check_text((struct value){.type = VALUE_INT, .integer = INT64_MAX}, "9223372036854775807");
	check_text((struct value){.type = VALUE_INT, .integer = INT64_MIN}, "-9223372036854775808");
	check_text((struct value){.type = VALUE_DOUBLE, .number = 0.1}, "0.1");
	check_text((struct value){.type = VALUE_DOUBLE, .number = 1.0 / 3}, "0.333333333333333");
	check_text((struct value){.type = VALUE_DOUBLE, .number = 1e300}, "1e+300");
	check_text((struct value){.type = VALUE_DOUBLE, .number = -5e-324},
		   "-4.94065645841247e-324");
	check_text((struct value){.type = VALUE_DOUBLE, .number = INFINITY}, "Infinity");
	check_text((struct value){.type = VALUE_DOUBLE, .number = -INFINITY}, "-Infinity");
	check_text((struct value){.type = VALUE_DOUBLE, .number = -NAN}, "NaN");
	check_text((struct value){.type = VALUE_TEXT, .text = "it's"}, "it's");
}

/* Every length of number, beside the C library. */
static void text_of_integers(void **state)
{
	struct random r;
	char expected[32];
	unsigned shift;

	(void)state;
	random_seed(&r, 7);
	for (shift = 0; shift < 64; shift++) {
		int64_t i = (int64_t)(random_next(&r) >> shift);

		snprintf(expected, sizeof(expected), "%lld", (long long)i);
		check_text((struct value){.type = VALUE_INT, .integer = i}, expected);
		snprintf(expected, sizeof(expected), "%lld", (long long)-i);
		check_text((struct value){.type = VALUE_INT, .integer = -i}, expected);
	}
}

static void text_interpreted(void **state)
{
	static const struct {
		const char *text;
		enum value_type kept, meant; /* by value_from_text(), by value_interpret() */
		const char *again;	     /* the meant value as text; NULL: not looked at */
	} cases[] = {
		{"", VALUE_TEXT, VALUE_TEXT, NULL},
		{"5", VALUE_INT, VALUE_INT, "5"},
		{"-5", VALUE_INT, VALUE_INT, "-5"},
		{"+5", VALUE_TEXT, VALUE_INT, "5"},
		{" 5", VALUE_TEXT, VALUE_INT, "5"},
		{"5 ", VALUE_TEXT, VALUE_TEXT, NULL},
		{"-", VALUE_TEXT, VALUE_TEXT, NULL},
		{"007", VALUE_TEXT, VALUE_INT, "7"},
		{"9223372036854775807", VALUE_INT, VALUE_INT, "9223372036854775807"},
		{"9223372036854775808", VALUE_TEXT, VALUE_TEXT, NULL},
		{"1.5", VALUE_DOUBLE, VALUE_DOUBLE, "1.5"},
		{"1.50", VALUE_TEXT, VALUE_DOUBLE, "1.5"},
		{"1e400", VALUE_TEXT, VALUE_TEXT, NULL},
		{"0.12345678901234567", VALUE_TEXT, VALUE_DOUBLE, "0.123456789012346"},
		{"true", VALUE_BOOL, VALUE_BOOL, "true"},
		{"t", VALUE_TEXT, VALUE_BOOL, "true"},
		{"YES", VALUE_TEXT, VALUE_BOOL, "true"},
		{"on", VALUE_TEXT, VALUE_BOOL, "true"},
		{"o", VALUE_TEXT, VALUE_TEXT, NULL},
		{"false", VALUE_BOOL, VALUE_BOOL, "false"},
		{"n", VALUE_TEXT, VALUE_BOOL, "false"},
		{"of", VALUE_TEXT, VALUE_BOOL, "false"},
		{"truely", VALUE_TEXT, VALUE_TEXT, NULL},
		{"null", VALUE_TEXT, VALUE_NULL, NULL},
		{"NULL", VALUE_TEXT, VALUE_NULL, NULL},
		{"Ana", VALUE_TEXT, VALUE_TEXT, NULL},
		{"2024-01-01", VALUE_TEXT, VALUE_TEXT, NULL},
		{"nan", VALUE_TEXT, VALUE_DOUBLE, NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct value kept = value_from_text(cases[i].text);
		struct value meant = value_interpret(cases[i].text);

		if (kept.type != cases[i].kept || meant.type != cases[i].meant)
			fail_msg("'%s': %d, %d", cases[i].text, (int)kept.type, (int)meant.type);
		check_text(kept, cases[i].text);
		if (cases[i].again)
			check_text(meant, cases[i].again);
	}
}

static void truth(void **state)
{
	struct value v = {.type = VALUE_NULL};

	(void)state;
	assert_false(value_is_true(&v));
	v = (struct value){.type = VALUE_INT, .integer = 2};
	assert_true(value_is_true(&v));
	v = (struct value){.type = VALUE_INT, .integer = 0};
	assert_false(value_is_true(&v));
	v = (struct value){.type = VALUE_DOUBLE, .number = -0.0};
	assert_false(value_is_true(&v));
	v = (struct value){.type = VALUE_BOOL, .boolean = true};
	assert_true(value_is_true(&v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_values),
		cmocka_unit_test(text_of_integers),
		cmocka_unit_test(text_interpreted),
		cmocka_unit_test(truth),
	};

	return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
