/* test_text.c - buffers, numbers, files, masks, memory, errors: the small things of common/. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/random.h"
#include "common/text.h"

static void a_buffer_grows_and_stops_at_its_maximum(void **state)
{
	struct buf b = {.max = 10};
	int i;

	(void)state;
	for (i = 0; i < 4; i++)
		buf_puts(&b, "abc");
	assert_string_equal(buf_text(&b), "abcabcabca");
	assert_true(b.truncated);
	buf_clear(&b);
	assert_string_equal(buf_text(&b), "");
	assert_false(b.truncated);
	buf_printf(&b, "%d-%s", 7, "x");
	assert_string_equal(buf_text(&b), "7-x");
	buf_release(&b);
	assert_string_equal(buf_text(&b), "");
}

static void long_formats_are_not_cut(void **state)
{
	char long_text[2000];
	struct buf b = {0};

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	buf_printf(&b, "%s", long_text);
	assert_string_equal(buf_text(&b), long_text);
	buf_release(&b);
}

static void numbers_are_whole_or_refused(void **state)
{
	static const char *const wrong[] = {"",	    " 1",    "1 ",  "1x",
					    "0x10", "1_000", "--1", "9223372036854775808",
					    "nan",  "inf",   "1e"};
	int64_t i;
	double d;
	size_t k;

	(void)state;
	assert_true(text_to_int("-42", &i) && i == -42);
	assert_true(text_to_int("9223372036854775807", &i) && i == INT64_MAX);
	assert_true(text_to_double("1.5e3", &d) && d == 1500);
	for (k = 0; k < COUNT(wrong); k++)
		assert_false(text_to_int(wrong[k], &i));
	for (k = 0; k < COUNT(wrong); k++)
		if (strcmp(wrong[k], "9223372036854775808") != 0)
			assert_false(text_to_double(wrong[k], &d));
	assert_false(text_to_double("1e999", &d));
}

static void thousands_are_grouped(void **state)
{
	char out[64];

	(void)state;
	assert_string_equal(text_thousands(0, 0, out, sizeof(out)), "0");
	assert_string_equal(text_thousands(999, 0, out, sizeof(out)), "999");
	assert_string_equal(text_thousands(1000, 0, out, sizeof(out)), "1,000");
	assert_string_equal(text_thousands(-1234567.891, 2, out, sizeof(out)), "-1,234,567.89");
}

static void texts_are_made_utf8(void **state)
{
	static const struct {
		const char *text, *clean;
	} cases[] = {
		{"", ""},
		{"plain", "plain"},
		{"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
		{"cut \xe2\x82", "cut ??"},
		{"\xff\xfe", "??"},
		{"\xc0\xaf", "??"},
		{"\xed\xa0\x80", "???"},
		{"\xf4\x90\x80\x80x", "????x"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		char text[40];

		snprintf(text, sizeof(text), "%s", cases[i].text);
		text_make_utf8(text);
		assert_string_equal(text, cases[i].clean);
	}
}

static void words_have_a_distance(void **state)
{
	(void)state;
	assert_int_equal(text_distance("warmup", "warmup", 4), 0);
	assert_int_equal(text_distance("warmpu", "warmup", 4), 2);
	assert_int_equal(text_distance("prot", "port", 4), 2);
	assert_int_equal(text_distance("abc", "xyzuvw", 4), 4);
}

static void secrets_are_masked(void **state)
{
	static const struct {
		const char *text, *masked;
	} cases[] = {
		{"postgresql://u:p%40ss@h:5432/db", "postgresql://u:***@h:5432/db"},
		{"postgres://u:a@b@h/db", "postgres://u:***@h/db"},
		{"postgresql://u@h/db", "postgresql://u@h/db"},
		{"host=x password=s3cret user=u", "host=x password=*** user=u"},
		{"host=x password='a b\\' c' user=u", "host=x password=*** user=u"},
		{"host=x PASSWORD = s3 user=u", "host=x PASSWORD = *** user=u"},
		{"Authorization: Bearer abc.def", "Authorization: Bearer ***"},
		{"?sslpassword=x&a=b", "?sslpassword=***&a=b"},
		{"my_password=x", "my_password=x"},
		{"no secrets: here", "no secrets: here"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct buf b = {0};

		log_mask(&b, cases[i].text);
		assert_string_equal(buf_text(&b), cases[i].masked);
		buf_release(&b);
	}
}

static void files_are_written_whole_or_not_at_all(void **state)
{
	char directory[] = "/tmp/lakeport-test-XXXXXX", path[100], gone[100];
	struct error e = ERROR_INIT;
	struct buf b = {0};

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/file", directory);
	assert_int_equal(text_write_file(path, "one", 3, &e), 0);
	assert_int_equal(text_write_file(path, "two!", 4, &e), 0);
	assert_int_equal(text_read_file(path, 100, &b, &e), 0);
	assert_string_equal(buf_text(&b), "two!");
	buf_clear(&b);
	assert_int_equal(text_read_file(path, 3, &b, &e), -1);
	assert_non_null(strstr(e.text, "is larger than 3 bytes"));
	assert_int_equal(text_write_file(path, "a\0b", 3, &e), 0);
	buf_clear(&b);
	assert_int_equal(text_read_file(path, 100, &b, &e), -1);
	assert_non_null(strstr(e.text, "NUL"));
	snprintf(gone, sizeof(gone), "%s/no/file", directory);
	assert_int_equal(text_write_file(gone, "x", 1, &e), -1);
	assert_int_equal(e.class, ERROR_IO);
	buf_release(&b);
	unlink(path);
	assert_int_equal(rmdir(directory), 0); /* no temporary file was left */
}

static void errors_carry_context_and_status(void **state)
{
	struct error e = ERROR_INIT;

	(void)state;
	assert_int_equal(error_set(&e, ERROR_SQL, "no table '%s'", "t"), -1);
	error_hint(&e, "make it");
	error_context(&e, "while reading '%s'", "q.sql");
	assert_string_equal(e.text, "while reading 'q.sql': no table 't'");
	assert_string_equal(e.hint, "make it");
	assert_int_equal(error_exit_status(&e), 4);
	error_set(&e, ERROR_REFUSED, "no");
	assert_string_equal(e.hint, "");
	assert_int_equal(error_exit_status(&e), 3);
	assert_string_equal(error_word(ERROR_CONFIG), "configuration");
	assert_int_equal(error_set(NULL, ERROR_SQL, "nobody listens"), -1);
}

static void arenas_give_zeroed_aligned_memory(void **state)
{
	struct arena a = {0};
	int i;

	(void)state;
	for (i = 1; i < 3000; i += 7) {
		char *p = arena_alloc(&a, (size_t)i);
		int j;

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (j = 0; j < i; j++)
			assert_int_equal(p[j], 0);
		memset(p, 1, (size_t)i);
	}
	assert_string_equal(arena_printf(&a, "%s %d", "x", 5), "x 5");
	assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
	arena_release(&a);
	arena_release(&a);
}

static void random_streams_repeat_and_differ(void **state)
{
	struct random a, b, c;
	int i, same = 0;

	(void)state;
	random_seed_lane(&a, 42, 1);
	random_seed_lane(&b, 42, 1);
	random_seed_lane(&c, 42, 2);
	for (i = 0; i < 1000; i++) {
		uint64_t v = random_range(&a, 10, 19);

		assert_in_range(v, 10, 19);
		assert_int_equal(v, random_range(&b, 10, 19));
		same += v == random_range(&c, 10, 19);
	}
	assert_in_range(same, 50, 150);
	assert_int_equal(random_range(&a, 5, 5), 5);
	random_range(&a, 0, UINT64_MAX);
}

static void times_are_written_as_iso(void **state)
{
	char out[40];

	(void)state;
	assert_string_equal(
		clock_iso((uint64_t)1763736693 * CLOCK_SECOND + 7 * CLOCK_MS, out, sizeof(out)),
		"2025-11-21T14:51:33.007Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_grows_and_stops_at_its_maximum),
		cmocka_unit_test(long_formats_are_not_cut),
		cmocka_unit_test(numbers_are_whole_or_refused),
		cmocka_unit_test(thousands_are_grouped),
		cmocka_unit_test(texts_are_made_utf8),
		cmocka_unit_test(words_have_a_distance),
		cmocka_unit_test(secrets_are_masked),
		cmocka_unit_test(files_are_written_whole_or_not_at_all),
		cmocka_unit_test(errors_carry_context_and_status),
		cmocka_unit_test(arenas_give_zeroed_aligned_memory),
		cmocka_unit_test(random_streams_repeat_and_differ),
		cmocka_unit_test(times_are_written_as_iso),
	};

	return RUN("text", tests);
}
