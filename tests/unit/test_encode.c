/* The binary form of numbers against vectors from `select numeric_send(...)` on Postgres 15 (whose
 * infinities also show a display scale that nothing reads). */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "common/text.h"
#include "migrate/block.h"
#include "migrate/numeric.h"

static void hex(const char *p, size_t n, char *out)
{
	size_t i;

	for (i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", (unsigned char)p[i]);
	out[2 * n] = '\0';
}

static const struct {
	const char *text, *binary; /* numeric_send() of it */
} vectors[] = {
	{"0", "0000000000000000"},
	{"-0", "0000000000000000"},
	{"1", "00010000000000000001"},
	{"-1", "00010000400000000001"},
	{"0.0", "0000000000000001"},
	{"0.00", "0000000000000002"},
	{"1.0", "00010000000000010001"},
	{"10", "0001000000000000000a"},
	{"100", "00010000000000000064"},
	{"1000", "000100000000000003e8"},
	{"9999", "0001000000000000270f"},
	{"10000", "00010001000000000001"},
	{"10001", "000200010000000000010001"},
	{"12345678", "000200010000000004d2162e"},
	{"1.5", "000200000000000100011388"},
	{"-12.50", "0002000040000002000c1388"},
	{"0.1", "0001ffff0000000103e8"},
	{"0.01", "0001ffff000000020064"},
	{"0.001", "0001ffff00000003000a"},
	{"0.0001", "0001ffff000000040001"},
	{"0.00001", "0001fffe0000000503e8"},
	{"123456789012345678901234567890.123456789",
	 "000b000700000009000c0d801ed204d2162e23340d801ed204d2162e2328"},
	{"1e5", "0001000100000000000a"},
	{"1e-5", "0001fffe0000000503e8"},
	{"1.50e3", "000100000000000005dc"},
	{"12e-3", "0001ffff000000030078"},
	{"NaN", "00000000c0000000"},
	{"nan", "00000000c0000000"},
	{"inf", "00000000d0000000"},
	{"-Infinity", "00000000f0000000"},
	{"+infinity", "00000000d0000000"},
	{"0001.2300", "0002000000000004000108fc"},
	{"99999999999999999999999999999999999999",
	 "000a0009000000000063270f270f270f270f270f270f270f270f270f"},
	{".5", "0001ffff000000011388"},
	{"5.", "00010000000000000005"},
	{"1e400", "00010064000000000001"},
	{"1e-400", "0001ff9c000001900001"},
	{"123.456e10", "0003000300000000000109291770"},
	{"100000000", "00010002000000000001"},
	{"0.00010000", "0001ffff000000080001"},
};

static void numbers_have_the_servers_form(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(vectors); i++) {
		struct str text = {vectors[i].text, strlen(vectors[i].text)};
		char out[2048], got[4200] = "";
		size_t n = numeric_from_text(text, out);

		assert_true(n > 0 && n <= numeric_text_bound(text.len));
		hex(out, n, got);
		assert_string_equal(got, vectors[i].binary);
		assert_true(numeric_is_valid(text));
	}
}

/* An integer with a scale must give what its text gives. */
static void check_int(__int128 value, int scale)
{
	unsigned __int128 v = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
	char digits[80], text[90], a[64], b[64];
	int n = 0, i, at = 0;
	size_t bytes;

	while (v || n <= scale) {
		digits[n++] = (char)('0' + (int)(v % 10));
		v /= 10;
	}
	if (value < 0)
		text[at++] = '-';
	for (i = n - 1; i >= 0; i--) {
		text[at++] = digits[i];
		if (i == scale && scale)
			text[at++] = '.';
	}
	bytes = numeric_from_text((struct str){text, (size_t)at}, a);
	assert_true(bytes > 0);
	assert_int_equal(numeric_from_int(value, scale, b), bytes);
	assert_true(bytes <= NUMERIC_DECIMAL_BYTES);
	assert_memory_equal(a, b, bytes);
}

static void integers_and_their_text_agree(void **state)
{
	__int128 v = 1;
	int scale, power, small;

	(void)state;
	for (power = 0; power <= 38; power++) {
		for (scale = 0; scale <= 38; scale++) {
			check_int(v, scale);
			check_int(-v, scale);
			check_int(v - 1, scale);
			check_int(v / 7 * 6 + 5, scale);
		}
		if (power < 38)
			v *= 10;
	}
	for (small = -20001; small < 20001; small += 7)
		check_int(small, 2);
}

static void what_is_no_number_is_refused(void **state)
{
	static const char *const bad[] = {
		"",	 "-",	 "+",  ".",	   "e5",       "1e",	   "1e+",
		"1.2.3", "1 ",	 " 1", "0x1",	   "--1",      "1,000",	   "1_000",
		"nanx",	 "-nan", "in", "1e200001", "1e-16384", "1e140000", "1e99999999999999999999",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		char out[256];

		assert_int_equal(numeric_from_text((struct str){bad[i], strlen(bad[i])}, out), 0);
		assert_false(numeric_is_valid((struct str){bad[i], strlen(bad[i])}));
	}
}

static void a_block_forgets_everything_when_it_is_reset(void **state)
{
	const struct block_type types[] = {{BLOCK_INT4, 0, 0}, {BLOCK_TEXT, 0, 0}};
	struct block b;

	(void)state;
	block_init(&b, types, 2);
	block_set_null(&b.columns[1], 130);
	assert_true(block_is_null(&b.columns[1], 130));
	assert_false(block_is_null(&b.columns[1], 129));
	block_reject(&b, REJECT_NUL_BYTE, 7, 70, "name", (struct str){"a\0b", 3}, "has %s", "NUL");
	assert_int_equal(b.reject_count, 1);
	assert_int_equal(b.rejects[0].raw.len, 3);
	assert_memory_equal(b.rejects[0].raw.p, "a\0b", 3);
	assert_string_equal(b.rejects[0].message, "has NUL");
	assert_string_equal(reject_word(b.rejects[0].reason), "nul-byte");
	b.rows = 5;
	block_reset(&b);
	assert_int_equal(b.rows + b.reject_count, 0);
	assert_false(block_is_null(&b.columns[1], 130));
	assert_string_equal(block_kind_type(BLOCK_TIMESTAMPTZ), "timestamp with time zone");
	assert_int_equal(block_kind_bytes(BLOCK_DECIMAL), 16);
	block_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_the_servers_form),
		cmocka_unit_test(integers_and_their_text_agree),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(a_block_forgets_everything_when_it_is_reset),
	};

	return RUN("encode", tests);
}
