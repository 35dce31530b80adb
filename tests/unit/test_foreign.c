/* test_foreign.c - other databases without one: URLs, values as Postgres writes them, rows. */
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/foreign_parts.h"

static struct arena arena;

static int empty(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static void test_url(void **state)
{
	static const char *const known[] = {"socket", "tls", NULL};
	struct error e = ERROR_INIT;
	struct foreign_url u;

	(void)state;
	assert_int_equal(foreign_url_parse(&u,
					   "mysql://an%40a:p%3aw@db.local:3307/sh%20op?socket="
					   "/tmp/a%26b&tls=off",
					   &arena, &e),
			 0);
	assert_string_equal(u.scheme, "mysql");
	assert_string_equal(u.user, "an@a");
	assert_string_equal(u.password, "p:w");
	assert_string_equal(u.host, "db.local");
	assert_int_equal(u.port, 3307);
	assert_string_equal(u.path, "sh op");
	assert_string_equal(foreign_url_value(&u, "socket"), "/tmp/a&b");
	assert_null(foreign_url_value(&u, "nothing"));
	assert_int_equal(foreign_url_known(&u, known, &e), 0);
	assert_int_equal(foreign_url_known(&u, known + 1, &e), -1);
	assert_non_null(strstr(e.text, "'socket'"));
	assert_int_equal(foreign_url_parse(&u, "databricks:///wh1?catalog=main", &arena, &e), 0);
	assert_string_equal(u.host, "");
	assert_string_equal(u.path, "wh1");
	assert_int_equal(foreign_url_parse(&u, "mysql://u@[::1]:33/x", &arena, &e), 0);
	assert_string_equal(u.host, "::1");
	assert_int_equal(u.port, 33);
	assert_int_equal(foreign_url_parse(&u, "mysql://a@b@c", &arena, &e), 0);
	assert_string_equal(u.user, "a@b");
	assert_string_equal(u.host, "c");
	assert_int_equal(foreign_url_parse(&u, "mysql://c:99999/x", &arena, &e), -1);
	assert_int_equal(foreign_url_parse(&u, "mysql:c", &arena, &e), -1);
	assert_int_equal(e.class, ERROR_USAGE);
}

static void test_schemes(void **state)
{
	static const char *const good[] = {
		"postgres://x", "postgresql:///x", "redshift://x",   "mysql://x",
		"MariaDB://x",	"databricks:///w", "odbc:Driver=x;", NULL};
	struct error e = ERROR_INIT;
	struct buf out = {0};
	size_t i;

	(void)state;
	for (i = 0; good[i]; i++)
		assert_int_equal(foreign_check_url(good[i], &e), 0);
	assert_int_equal(foreign_check_url("mysqlx://x", &e), -1);
	assert_int_equal(foreign_check_url("/tmp/x.db", &e), -1);
	assert_int_equal(e.class, ERROR_USAGE);
	foreign_name("mysql://ana:secret@db/shop", &out);
	assert_string_equal(buf_text(&out), "mysql://ana:***@db/shop");
	buf_clear(&out);
	foreign_name("odbc:Driver=x;UID=u;PWD=secret;DATABASE=d", &out);
	assert_string_equal(buf_text(&out), "odbc:Driver=x;UID=u;PWD=***;DATABASE=d");
	buf_clear(&out);
	foreign_name("odbc:UID=u;PWD={sec;ret};DATABASE=d", &out);
	assert_null(strstr(buf_text(&out), "ret"));
	assert_non_null(strstr(buf_text(&out), "DATABASE=d"));
	buf_release(&out);
}

static void test_floats(void **state)
{
	static const struct {
		float value;
		const char *text;
	} floats[] = {{16777216.0f, "16777216"},   {0.1f, "0.1"},
		      {1.0f / 3.0f, "0.33333334"}, {-0.0f, "-0"},
		      {1e-45f, "1e-45"},	   {NAN, "NaN"},
		      {INFINITY, "Infinity"}};
	static const struct {
		double value;
		const char *text;
	} doubles[] = {{0.1, "0.1"},
		       {0.1 + 0.2, "0.30000000000000004"},
		       {1e300, "1e+300"},
		       {9007199254740993.0, "9007199254740992"},
		       {-INFINITY, "-Infinity"}};
	struct buf out = {0};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(floats); i++) {
		buf_clear(&out);
		foreign_put_float(&out, floats[i].value);
		if (isfinite(floats[i].value))
			assert_true(strtof(buf_text(&out), NULL) == floats[i].value);
		if (floats[i].value > 1e-40f || !isfinite(floats[i].value))
			assert_string_equal(buf_text(&out), floats[i].text);
	}
	for (i = 0; i < COUNT(doubles); i++) {
		buf_clear(&out);
		foreign_put_double(&out, doubles[i].value);
		assert_string_equal(buf_text(&out), doubles[i].text);
	}
	buf_release(&out);
}

static void test_bytes(void **state)
{
	static const unsigned char five[] = {0x01, 0x05};
	static const unsigned short text[] = {'a', 0xfc, 0x20ac, 0xd83d, 0xde00, 0xd83d, 'z'};
	static const struct {
		const char *base64, *text; /* NULL: it is none */
	} cases[] = {{"YWI=", "\\x6162"}, {"YWJj", "\\x616263"}, {"YQ==", "\\x61"}, {"YQ", "\\x61"},
		     {"", "\\x"},	  {"Y", NULL},		 {"Y!==", NULL},    {"a b", NULL}};
	struct buf out = {0};
	size_t i;

	(void)state;
	foreign_put_bytes(&out, five, 2);
	assert_string_equal(buf_text(&out), "\\x0105");
	buf_clear(&out);
	foreign_put_bits(&out, five, 2, 9);
	foreign_put_bits(&out, five + 1, 1, 3);
	foreign_put_bits(&out, five, 1, 99);
	assert_string_equal(buf_text(&out), "10000010110100000001");
	buf_clear(&out);
	foreign_put_utf16(&out, text, COUNT(text));
	assert_string_equal(buf_text(&out), "a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbdz");
	for (i = 0; i < COUNT(cases); i++) {
		buf_clear(&out);
		buf_puts(&out, "<");
		assert_int_equal(foreign_put_base64(&out, cases[i].base64), cases[i].text != NULL);
		assert_string_equal(buf_text(&out) + 1, cases[i].text ? cases[i].text : "");
	}
	buf_release(&out);
}

static void test_rows(void **state)
{
	struct foreign_row r = {0};
	struct foreign_cell cells[5];
	struct error e = ERROR_INIT;
	int round;

	(void)state;
	for (round = 0; round < 2; round++) {
		foreign_row_begin(&r);
		foreign_row_null(&r);
		foreign_row_value(&r);
		buf_puts(&r.text, "abc");
		foreign_row_null(&r);
		foreign_row_null(&r);
		foreign_row_value(&r);
		assert_int_equal(foreign_row_end(&r, cells, &e), 0);
		assert_null(cells[0].text);
		assert_string_equal(cells[1].text, "abc");
		assert_int_equal(cells[1].length, 3);
		assert_null(cells[2].text);
		assert_null(cells[3].text);
		assert_string_equal(cells[4].text, "");
		assert_int_equal(cells[4].length, 0);
	}
	foreign_row_begin(&r);
	foreign_row_value(&r);
	buf_add(&r.text, "a\0b", 3);
	foreign_row_null(&r);
	assert_int_equal(foreign_row_end(&r, cells, &e), -1);
	assert_non_null(strstr(e.text, "NUL character"));
	foreign_row_release(&r);
}

static void test_library(void **state)
{
	static const struct foreign_symbol symbols[] = {{"no_such_function_anywhere", 0}};
	struct foreign_library missing = {.what = "Nothing",
					  .files = {"libnothing-of-the-kind.so.9"},
					  .package = "libnothing9"};
	struct foreign_library wrong = {.what = "C",
					.files = {"libnothing-of-the-kind.so.9", "libc.so.6"},
					.package = "libc6",
					.symbols = symbols,
					.symbol_count = 1};
	struct error e = ERROR_INIT;
	void *function = NULL;

	(void)state;
	assert_int_equal(foreign_library_load(&missing, &function, &e), -1);
	assert_int_equal(e.class, ERROR_CONFIG);
	assert_non_null(strstr(e.text, "the client library for Nothing does not load"));
	assert_non_null(strstr(e.hint, "libnothing9"));
	assert_int_equal(foreign_library_load(&wrong, &function, &e), -1);
	assert_non_null(strstr(e.text, "no_such_function_anywhere"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_url, empty),
		cmocka_unit_test(test_schemes),
		cmocka_unit_test(test_floats),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_library),
	};

	return RUN("foreign", tests);
}
