/* test_parse_value.c - texts into values: every type, its limits, and what is refused. */
#include <float.h>
#include <inttypes.h>
#include <math.h>

#include "tests/unit/unit.h"

#include "migrate/parse_value.h"
#include "tests/unit/blocks.h"

struct value_case {
	const char *text, *expected; /* or the word of the reject reason */
};

static void check(const struct block_type *type, const struct value_case *cases, size_t count,
		  const struct zone *zone)
{
	struct block b;
	size_t i;

	block_init(&b, type, 1);
	for (i = 0; i < count; i++) {
		struct str t = {cases[i].text, strlen(cases[i].text)};
		struct buf out = {0};
		int fault = parse_put(&b, 0, t, &(struct time_rules){.zone = zone}, false);

		if (fault == PARSE_OK)
			blocks_add_value(&out, &b.columns[0], 0);
		else
			buf_puts(&out, reject_word((enum reject_reason)fault));
		if (strcmp(buf_text(&out), cases[i].expected) != 0)
			print_message("%s '%s'\n", block_kind_type(type->kind), cases[i].text);
		assert_string_equal(buf_text(&out), cases[i].expected);
		buf_release(&out);
	}
	block_release(&b);
}

#define CHECK(kind, precision, scale, cases)                                                       \
	check(&(struct block_type){kind, precision, scale}, cases, COUNT(cases), NULL)

static void whole_numbers(void **state)
{
	static const struct value_case int8[] = {
		{"0", "0"},
		{" -42\t", "-42"},
		{"+7", "7"},
		{"007", "7"},
		{"9223372036854775807", "9223372036854775807"},
		{"-9223372036854775808", "-9223372036854775808"},
		{"9223372036854775808", "out-of-range"},
		{"-9223372036854775809", "out-of-range"},
		{"18446744073709551616", "out-of-range"},
		{"99999999999999999999999999999999", "out-of-range"},
		{"000000000000000000000000000000000000012", "12"},
		{"", "bad-value"},
		{"-", "bad-value"},
		{"1.0", "1"},
		{"-12.000", "-12"},
		{"9223372036854775808.0", "out-of-range"},
		{"1.5", "bad-value"},
		{"1.0x", "bad-value"},
		{".0", "bad-value"},
		{"1e3", "bad-value"},
		{"0x10", "bad-value"},
		{"1 2", "bad-value"},
		{"--1", "bad-value"},
	};
	static const struct value_case int4[] = {
		{"2147483647", "2147483647"},
		{"-2147483648", "-2147483648"},
		{"2147483648", "out-of-range"},
		{"-2147483649", "out-of-range"},
		{"x", "bad-value"},
	};
	static const struct value_case int2[] = {
		{"32767", "32767"},
		{"-32768", "-32768"},
		{"32768", "out-of-range"},
		{"-32769", "out-of-range"},
	};

	(void)state;
	CHECK(BLOCK_INT8, 0, 0, int8);
	CHECK(BLOCK_INT4, 0, 0, int4);
	CHECK(BLOCK_INT2, 0, 0, int2);
}

static void floats(void **state)
{
	static const struct value_case float8[] = {
		{"0.1", "0.10000000000000001"},
		{"-0", "-0"},
		{".5", "0.5"},
		{"5.", "5"},
		{"1e22", "1e+22"},
		{"1.7976931348623157e308", "1.7976931348623157e+308"},
		{"1e309", "out-of-range"},
		{"1e-400", "out-of-range"},
		{"0e-400", "0"},
		{"4.9406564584124654e-324", "4.9406564584124654e-324"},
		{"9007199254740993", "9007199254740992"},
		{"123456789012345678901234567890", "1.2345678901234568e+29"},
		{"NaN", "nan"},
		{"-Infinity", "-inf"},
		{"inf", "inf"},
		{"0x1p3", "bad-value"},
		{"1e", "bad-value"},
		{".", "bad-value"},
		{"", "bad-value"},
		{"1,5", "bad-value"},
	};
	static const struct value_case float4[] = {
		{"0.1", "0.100000001"},
		{"16777217", "16777216"},
		{"3.4028235e38", "3.40282347e+38"},
		{"3.5e38", "out-of-range"},
		{"1e-46", "out-of-range"},
		{"1.00000017881393432617187499", "1.00000012"}, /* rounded once, not twice */
	};

	(void)state;
	CHECK(BLOCK_FLOAT8, 0, 0, float8);
	CHECK(BLOCK_FLOAT4, 0, 0, float4);
}

static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A number in one of the ways that programs write one. */
static void write_number(uint64_t *seed, char *text, size_t size)
{
	uint64_t digits = draw(seed) >> draw(seed) % 64;
	int scale = (int)(draw(seed) % 60) - 30;
	double v = (double)digits * pow(10, scale);

	switch (draw(seed) % 5) {
	case 0:
		snprintf(text, size, "%.17g", v);
		break;
	case 1:
		snprintf(text, size, "-%.*f", (int)(draw(seed) % 25), v);
		break;
	case 2:
		snprintf(text, size, "%" PRIu64 "e%d", digits, scale);
		break;
	case 3:
		snprintf(text, size, "0.000%" PRIu64, digits);
		break;
	default: /* near the middle between two doubles, where rounding is decided */
		snprintf(text, size, "%" PRIu64 "e%d",
			 (digits >> 12 << 12 | 1 << 11) + (draw(seed) & 1), scale);
	}
}

/* Every way of reading a float gives what strtod gives, to the last bit. */
static void floats_agree_with_strtod(void **state)
{
	uint64_t seed = UINT64_C(0x9E3779B97F4A7C15);
	int i;

	(void)state;
	for (i = 0; i < 1000000; i++) {
		char text[400];
		struct str t = {text, 0};
		double v = 0;
		float f = 0, expected;

		write_number(&seed, text, sizeof(text));
		t.len = strlen(text);
		assert_int_equal(parse_float8(t, &v), PARSE_OK);
		if (v != strtod(text, NULL) || signbit(v) != signbit(strtod(text, NULL)))
			fail_msg("'%s' was read as %.17g", text, v);
		expected = strtof(text, NULL);
		if (isinf(expected) || fabsf(expected) < FLT_MIN)
			continue;
		assert_int_equal(parse_float4(t, &f), PARSE_OK);
		if (f != expected)
			fail_msg("'%s' was read as the single %.9g", text, (double)f);
	}
}

static void decimals(void **state)
{
	static const struct value_case money[] = {
		{"12.50", "1250"},
		{"-12.5", "-1250"},
		{"0.005", "1"},
		{"-0.005", "-1"},
		{"0.0049999999999999999999999999999", "0"},
		{"1e2", "10000"},
		{"1.5E-1", "15"},
		{"99999999.99", "9999999999"},
		{"99999999.994", "9999999999"},
		{"99999999.995", "too-wide"},
		{"100000000", "too-wide"},
		{"000000000000000000000000000000000000000000000001", "100"},
		{"0e999999999999999999999", "0"},
		{"1e-999999999999999999999", "0"},
		{"1e999999999999999999999", "too-wide"},
		{"NaN", "NaN"},
		{"Infinity", "out-of-range"},
		{".", "bad-value"},
		{"-", "bad-value"},
		{"-.", "bad-value"},
		{"1.2.3", "bad-value"},
		{"", "bad-value"},
	};
	static const struct value_case widest[] = {
		{"99999999999999999999999999999999999999",
		 "99999999999999999999999999999999999999"},
		{"-99999999999999999999999999999999999999",
		 "-99999999999999999999999999999999999999"},
		{"100000000000000000000000000000000000000", "too-wide"},
		{"0.5", "1"},
		{"123456789012345678", "123456789012345678"},
		{"1234567890123456789", "1234567890123456789"},
	};
	static const struct value_case fine[] = {
		{"1", "10000000000000000000000000000000000000"},
		{"0.00000000000000000000000000000000000001", "1"},
		{"9.99999999999999999999999999999999999999", "too-wide"},
	};
	static const struct value_case any[] = {
		{" 12.50 ", "12.50"},	      {"1e400", "1e400"}, {"1e131072", "out-of-range"},
		{"1e-16384", "out-of-range"}, {"nan", "NaN"},	  {"-inf", "-Infinity"},
		{"12a", "bad-value"},
	};
	static const struct value_case long_limit[] = {
		{"999.96", "too-wide"},
		{"999.94", "999.94"},
		{"1000", "too-wide"},
		{"Infinity", "out-of-range"},
	};

	(void)state;
	CHECK(BLOCK_DECIMAL, 10, 2, money);
	CHECK(BLOCK_DECIMAL, 38, 0, widest);
	CHECK(BLOCK_DECIMAL, 38, 37,
	      ((struct value_case[]){{"1", fine[0].expected},
				     {"-9.9999999999999999999999999999999999999",
				      "-99999999999999999999999999999999999999"},
				     {"10", "too-wide"}}));
	CHECK(BLOCK_DECIMAL, 38, 38, ((struct value_case[]){fine[1], {"1", "too-wide"}}));
	CHECK(BLOCK_NUMERIC, 0, 0, any);
	CHECK(BLOCK_NUMERIC, 4, 1, long_limit);
}

static void decimals_change_their_scale(void **state)
{
	__int128 v;

	(void)state;
	assert_int_equal(parse_rescale(1250, 2, 10, 4, &v), PARSE_OK);
	assert_true(v == 125000);
	assert_int_equal(parse_rescale(-1255, 2, 10, 1, &v), PARSE_OK);
	assert_true(v == -126);
	assert_int_equal(parse_rescale(99999, 2, 4, 1, &v), REJECT_TOO_WIDE);
	assert_int_equal(parse_rescale(0, 0, 1, 38, &v), PARSE_OK);
	assert_true(v == 0);
	assert_int_equal(parse_rescale(1, 0, 38, 38, &v), REJECT_TOO_WIDE);
	assert_int_equal(parse_rescale(BLOCK_DECIMAL_NAN, 0, 38, 0, &v), REJECT_TOO_WIDE);
}

static void booleans(void **state)
{
	static const struct value_case cases[] = {
		{"t", "t"},	    {"TRUE", "t"},	{"tru", "t"},	   {"yes", "t"},
		{"on", "t"},	    {"1", "t"},		{"f", "f"},	   {"No", "f"},
		{"off", "f"},	    {"0", "f"},		{" true ", "t"},   {"of", "f"},
		{"o", "bad-value"}, {"2", "bad-value"}, {"", "bad-value"}, {"truest", "bad-value"},
	};

	(void)state;
	CHECK(BLOCK_BOOL, 0, 0, cases);
}

static void dates(void **state)
{
	static const struct value_case cases[] = {
		{"1970-01-01", "0"},
		{"2024-02-29", "19782"},
		{"2023-02-29", "out-of-range"},
		{"1900-02-29", "out-of-range"},
		{"2000-02-29", "11016"},
		{"0001-01-01", "-719162"},
		{"9999-12-31", "2932896"},
		{"0001-12-31 BC", "-719163"},
		{"4714-11-24 BC", "-2440588"},
		{"4714-11-23 BC", "out-of-range"},
		{"5874897-12-31", "2145042905"},
		{"5874898-01-01", "out-of-range"},
		{"0000-01-01", "out-of-range"},
		{"2024/1/5", "19727"},
		{"20240105", "19727"},
		{" 2024-01-05 ", "19727"},
		{"2024-01-05T00:00:00Z", "19727"},
		{"2024-01-05 12:00", "bad-value"},
		{"infinity", "2147483647"},
		{"-infinity", "-2147483648"},
		{"2024-13-01", "out-of-range"},
		{"2024-00-10", "out-of-range"},
		{"05.01.2024", "bad-value"},
		{"1/5/2024", "bad-value"},
		{"2024-1/5", "bad-value"},
		{"", "bad-value"},
		{"today", "bad-value"},
	};

	(void)state;
	CHECK(BLOCK_DATE, 0, 0, cases);
}

static void times(void **state)
{
	static const struct value_case cases[] = {
		{"00:00", "0"},
		{"12:34:56.789", "45296789000"},
		{"24:00:00", "86400000000"},
		{"24:00:00.000001", "out-of-range"},
		{"23:59:60", "86400000000"},
		{"23:59:59.9999999", "86400000000"},
		{"1:2:3", "3723000000"},
		{"123456", "45296000000"},
		{"25:00", "out-of-range"},
		{"12:60", "out-of-range"},
		{"12", "bad-value"},
		{"12:34 PM", "45240000000"},
		{"", "bad-value"},
	};

	(void)state;
	CHECK(BLOCK_TIME, 0, 0, cases);
}

static void stamps(void **state)
{
	static const struct value_case plain[] = {
		{"1970-01-01 00:00:00", "0"},
		{"2024-01-31T12:34:56.123456", "1706704496123456"},
		{"2024-01-31 12:34:56.1234567", "1706704496123457"},
		{"2024-01-31 12:34", "1706704440000000"},
		{"2024-01-31", "1706659200000000"},
		{"2024-01-31 24:00:00", "1706745600000000"},
		{"2024-01-31 12:34:56+02", "1706704496000000"}, /* the zone does not count */
		{"1969-12-31 23:59:59.5", "-500000"},
		{"0001-01-01 00:00:00", "-62135596800000000"},
		{"9999-12-31 23:59:59.999999", "253402300799999999"},
		{"294246-12-31 23:59:59", "9223371244799000000"},
		{"294277-01-01 00:00:00", "out-of-range"},
		{"infinity", "9223372036854775807"},
		{"-Infinity", "-9223372036854775808"},
		{"epoch", "0"},
		{"4714-11-24 00:00:00 BC", "-210866803200000000"},
		{"4714-11-23 23:59:59 BC", "out-of-range"},
		{"2024-01-31 12:34:56 Nowhere/Town", "bad-value"},
		{"2024-01-31 12:34:56x", "bad-value"},
		{"2024-01-31 25:00:00", "out-of-range"},
		{"20240131T123456", "1706704496000000"},
		{"", "bad-value"},
	};
	static const struct value_case zoned[] = {
		{"2024-01-31 12:34:56Z", "1706704496000000"},
		{"2024-01-31 12:34:56 UTC", "1706704496000000"},
		{"2024-01-31 12:34:56+02", "1706697296000000"},
		{"2024-01-31 12:34:56-03:30", "1706717096000000"},
		{"2024-01-31 12:34:56+0530", "1706684696000000"},
		{"2024-01-31 12:34:56+16:00", "bad-value"},
		{"2024-01-31 12:34:56 +01:00:30", "1706700866000000"},
		{"epoch", "0"},
	};

	(void)state;
	CHECK(BLOCK_TIMESTAMP, 0, 0, plain);
	CHECK(BLOCK_TIMESTAMPTZ, 0, 0, zoned);
}

static void stamps_in_a_zone(void **state)
{
	static const struct value_case berlin[] = {
		{"2024-01-31 12:00:00", "1706698800000000"},
		{"2024-07-31 12:00:00", "1722420000000000"},
		{"2024-03-31 02:30:00", "1711848600000000"}, /* skipped: the offset before */
		{"2024-03-31 03:30:00", "1711848600000000"},
		{"2024-10-27 02:30:00", "1729992600000000"}, /* twice: the offset behind */
		{"2024-10-27 01:59:59", "1729987199000000"},
		{"2099-07-01 00:00:00", "4086540000000000"},
		{"2024-07-31 12:00:00Z", "1722427200000000"},
	};
	static const struct value_case fixed[] = {{"2024-01-31 12:00:00", "1706682600000000"}};
	struct error e = ERROR_INIT;
	struct zone *z;

	(void)state;
	assert_int_equal(zone_load("+05:30", &z, &e), 0);
	check(&(struct block_type){.kind = BLOCK_TIMESTAMPTZ}, fixed, COUNT(fixed), z);
	zone_free(z);
	assert_int_equal(zone_load("Nowhere/At_all", &z, &e), -1);
	assert_int_equal(e.class, ERROR_CONFIG);
	assert_string_equal(e.text, "there is no time zone 'Nowhere/At_all'");
	assert_int_equal(zone_load("../../etc/passwd", &z, &e), -1);
	assert_int_equal(zone_load("UTC", &z, &e), 0);
	assert_null(z);
	if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) != 0)
		skip(); /* no tzdata here */
	assert_int_equal(zone_load("Europe/Berlin", &z, &e), 0);
	check(&(struct block_type){.kind = BLOCK_TIMESTAMPTZ}, berlin, COUNT(berlin), z);
	zone_free(z);
}

/* What has its meaning in every zoneinfo; tests/end-to-end/migrate-times.t asks Postgres for all.
 */
static void zone_words(void **state)
{
	static const struct {
		const char *name;
		bool known;
		int32_t offset;
	} cases[] = {
		{"ACDT", true, 37800},	   {"zulu", true, 0},	    {"Z", true, 0},
		{"EST", true, -18000},	   {"est", true, -18000},   {"GMT+2", true, -7200},
		{"UTC-5:30", true, 19800}, {"Utc", true, 0},	    {"GMT+25", false, 0},
		{"GM+2", false, 0},	   {"", false, 0},	    {"../UTC", false, 0},
		{"localtime", false, 0},   {"tzdata.zi", false, 0}, {"America", false, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct zone_word w;
		struct str name = {cases[i].name, strlen(cases[i].name)};

		assert_int_equal(zone_find(name, &w), cases[i].known);
		if (cases[i].known)
			assert_int_equal(zone_word_offset(&w, 1704067200), cases[i].offset);
	}
}

static void intervals(void **state)
{
	static const struct value_case cases[] = {
		{"1 day", "0 mon 1 day 0 us"},
		{"1 year 2 mons -3 days 04:05:06.7", "14 mon -3 day 14706700000 us"},
		{"-1 days +02:03:00", "0 mon -1 day 7380000000 us"},
		{"-04:05:06", "0 mon 0 day -14706000000 us"},
		{"@ 1 hour ago", "0 mon 0 day -3600000000 us"},
		{"P1Y2M3DT4H5M6.7S", "14 mon 3 day 14706700000 us"},
		{"P2W", "0 mon 14 day 0 us"},
		{"PT-5M", "0 mon 0 day -300000000 us"},
		{"1.5 days", "0 mon 1 day 43200000000 us"},
		{"1.5 years", "18 mon 0 day 0 us"},
		{"90", "0 mon 0 day 90000000 us"},
		{"1.3 months", "bad-value"},
		{"P", "bad-value"},
		{"1 fortnight", "bad-value"},
		{"", "bad-value"},
		{"200000000 years", "out-of-range"},
		{"3000000000 days", "out-of-range"},
	};

	(void)state;
	CHECK(BLOCK_INTERVAL, 0, 0, cases);
}

static void identifiers_and_bytes(void **state)
{
	static const struct value_case uuids[] = {
		{"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc999c0b4ef8bb6d6bb9bd380a11"},
		{"{A0EEBC99-9C0B4EF8-BB6D6BB9-BD380A11}", "a0eebc999c0b4ef8bb6d6bb9bd380a11"},
		{"a0eebc999c0b4ef8bb6d6bb9bd380a11", "a0eebc999c0b4ef8bb6d6bb9bd380a11"},
		{"a0eebc999c0b4ef8bb6d6bb9bd380a1", "bad-value"},
		{"a0eebc999c0b4ef8bb6d6bb9bd380a1122", "bad-value"},
		{"g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "bad-value"},
		{"a0e-ebc999c0b4ef8bb6d6bb9bd380a11", "bad-value"},
	};
	static const struct value_case bytes[] = {
		{"\\x00fF10", "\\00\\ff\\10"},
		{"\\x", ""},
		{"\\x 00 ff", "\\00\\ff"},
		{"\\x0", "bad-value"},
		{"\\xzz", "bad-value"},
		{"plain", "plain"},
		{"a\\000b\\\\c", "a\\00b\\5cc"},
		{"a\\b", "bad-value"},
		{"a\\", "bad-value"},
		{"", ""},
	};

	(void)state;
	CHECK(BLOCK_UUID, 0, 0, uuids);
	CHECK(BLOCK_BYTES, 0, 0, bytes);
}

static void texts(void **state)
{
	static const struct value_case any[] = {
		{"", ""},
		{" kept ", " kept "},
		{"\xf0\x9f\x98\x80", "\\f0\\9f\\98\\80"},
		{"long enough for words, then bad: \xff", "bad-utf8"},
		{"\xed\xa0\x80", "bad-utf8"},
		{"\xc0\x80", "bad-utf8"},
		{"\xf4\x90\x80\x80", "bad-utf8"},
		{"cut \xe2\x82", "bad-utf8"},
	};
	static const struct value_case short_ones[] = {
		{"abc", "abc"},
		{"abcd", "too-wide"},
		{"abc   ", "abc"},
		{"\xc3\xa4\xc3\xb6\xc3\xbc", "\\c3\\a4\\c3\\b6\\c3\\bc"},
		{"\xc3\xa4\xc3\xb6\xc3\xbcx", "too-wide"},
	};
	struct str nul = {"a\0b", 3}, out;

	(void)state;
	CHECK(BLOCK_TEXT, 0, 0, any);
	CHECK(BLOCK_TEXT, 3, 0, short_ones);
	assert_int_equal(parse_text(nul, 0, &out), REJECT_NUL_BYTE);
}

static void json(void **state)
{
	static const struct value_case cases[] = {
		{"null", "null"},
		{" [1, {\"a\": \"\\ud83d\\ude00\"}, true] ",
		 " [1, {\"a\": \"\\5cud83d\\5cude00\"}, true] "},
		{"-0.5e+10", "-0.5e+10"},
		{"1e131072", "out-of-range"},
		{"\"\\u0000\"", "nul-byte"},
		{"\"\\ud83d\"", "bad-utf8"},
		{"\"\\ude00\\ud83d\"", "bad-utf8"},
		{"\"\xff\"", "bad-utf8"},
		{"\"a\nb\"", "bad-value"},
		{"01", "bad-value"},
		{"1.", "bad-value"},
		{"+1", "bad-value"},
		{"[1,]", "bad-value"},
		{"{\"a\":}", "bad-value"},
		{"{\"a\" 1}", "bad-value"},
		{"{a: 1}", "bad-value"},
		{"[1 2]", "bad-value"},
		{"[1]]", "bad-value"},
		{"[1", "bad-value"},
		{"\"\\x\"", "bad-value"},
		{"nul", "bad-value"},
		{"NaN", "bad-value"},
		{"", "bad-value"},
		{"{}", "{}"},
		{"[]", "[]"},
		{"{\"a\": {}, \"b\": []}", "{\"a\": {}, \"b\": []}"},
	};
	char deep[4097];
	struct str t = {deep, 2048};
	struct arena a = {0};
	struct block b;

	(void)state;
	CHECK(BLOCK_JSON, 0, 0, cases);
	memset(deep, '[', 2048);
	memset(deep + 1024, ']', 1024);
	block_init(&b, &(struct block_type){.kind = BLOCK_JSON}, 1);
	assert_int_equal(parse_put(&b, 0, t, NULL, false), PARSE_OK);
	memset(deep, '[', 4096);
	t.len = 4096;
	assert_int_equal(parse_put(&b, 0, t, NULL, false), REJECT_OUT_OF_RANGE);
	block_release(&b);
	arena_release(&a);
}

static void days_and_dates_agree(void **state)
{
	int64_t day;

	(void)state;
	for (day = -2440588; day < 3000000; day += 13) {
		int64_t year;
		int month, of_month;

		calendar_civil(day, &year, &month, &of_month);
		assert_true(calendar_days(year, month, of_month) == day);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers),
		cmocka_unit_test(floats),
		cmocka_unit_test(floats_agree_with_strtod),
		cmocka_unit_test(decimals),
		cmocka_unit_test(decimals_change_their_scale),
		cmocka_unit_test(booleans),
		cmocka_unit_test(dates),
		cmocka_unit_test(times),
		cmocka_unit_test(stamps),
		cmocka_unit_test(stamps_in_a_zone),
		cmocka_unit_test(zone_words),
		cmocka_unit_test(intervals),
		cmocka_unit_test(identifiers_and_bytes),
		cmocka_unit_test(texts),
		cmocka_unit_test(json),
		cmocka_unit_test(days_and_dates_agree),
	};

	return RUN("parse_value", tests);
}
