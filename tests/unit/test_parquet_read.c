/*
 * test_parquet_read.c - Parquet files, made by DuckDB itself, into blocks. Skips where its library
 * is not there.
 */
#include "tests/unit/unit.h"

#include <sys/stat.h>

#include "migrate/duckdb.h"
#include "tests/unit/blocks.h"

static char folder[] = "/tmp/lakeport-parquet-XXXXXX";

static void make(const char *query, const char *path)
{
	struct error e = ERROR_INIT;
	duck_handle connection = duck_connect(&e);
	struct duck_result result;
	struct buf sql = {0};
	const char *p;
	int failed;

	assert_non_null(connection);
	buf_printf(&sql, "COPY (%s) TO '", query);
	for (p = path; *p; p++)
		buf_printf(&sql, *p == '\'' ? "''" : "%c", *p);
	buf_puts(&sql, "' (FORMAT parquet)");
	failed = duck_functions()->query(connection, buf_text(&sql), &result);
	if (failed)
		print_message("%s\n", duck_functions()->result_error(&result));
	assert_false(failed);
	duck_functions()->destroy_result(&result);
	duck_functions()->disconnect(&connection);
	buf_release(&sql);
}

static void expect_with(const struct source_options *o, const char *query, const char *columns,
			const struct reader_rules *rules, const char *expected)
{
	char *path = xasprintf("%s/x.parquet", folder), *at;
	struct buf out = {0};

	make(query, path);
	blocks_read(o, path, columns, rules, &out);
	while ((at = strstr(buf_text(&out), path))) {
		memcpy(at, "FILE", 4);
		memmove(at + 4, at + strlen(path), strlen(at + strlen(path)) + 1);
	}
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
	unlink(path);
	free(path);
}

static void expect(const char *query, const char *columns, const char *expected)
{
	struct source_options o;

	source_options_init(&o);
	expect_with(&o, query, columns, NULL, expected);
}

static void numbers(void **state)
{
	(void)state;
	expect("SELECT * FROM (VALUES ((-128)::TINYINT, (-32768)::SMALLINT, "
	       "(-2147483648)::INTEGER, "
	       "(-9223372036854775808)::BIGINT), (127, 32767, 2147483647, 9223372036854775807), "
	       "(NULL, NULL, NULL, NULL)) t(a, b, c, d)",
	       "a smallint, b smallint, c int, d bigint",
	       "1: -128|-32768|-2147483648|-9223372036854775808\n"
	       "2: 127|32767|2147483647|9223372036854775807\n3: NULL|NULL|NULL|NULL\n");
	expect("SELECT 255::UTINYINT a, 65535::USMALLINT b, 4294967295::UINTEGER c, "
	       "18446744073709551615::UBIGINT d",
	       "a smallint, b int, c bigint, d numeric(20,0)",
	       "1: 255|65535|4294967295|18446744073709551615\n");
	expect("SELECT 3.5::FLOAT a, 1e308::DOUBLE b, 'nan'::DOUBLE c, '-inf'::DOUBLE d, "
	       "3.4::FLOAT e",
	       "a real, b float8, c float8, d real, e float8",
	       "1: 3.5|1e+308|nan|-inf|3.4000000953674316\n");
	expect("SELECT (-0.01)::DECIMAL(4,2) a, 12345678.90::DECIMAL(18,2) b, "
	       "99999999999999999999999999999999999999::DECIMAL(38,0) c, 1.25::DECIMAL(9,2) d, "
	       "1.25::DECIMAL(9,2) e",
	       "a numeric(4,2), b numeric(20,4), c numeric(38,0), d numeric(9,1), e numeric",
	       "1: -1|123456789000|99999999999999999999999999999999999999|13|1.25\n");
}

static void times_and_others(void **state)
{
	struct source_options o;

	(void)state;
	expect("SELECT DATE '0001-01-01' a, DATE '9999-12-31' b, 'infinity'::DATE c, TIME "
	       "'23:59:59.999999' d",
	       "a date, b date, c date, d time", "1: -719162|2932896|2147483647|86399999999\n");
	expect("SELECT TIMESTAMP '1969-12-31 23:59:59.5' a, TIMESTAMPTZ '2024-01-31 12:34:56+00' "
	       "b, "
	       "TIMESTAMP_NS '2024-01-31 00:00:00.123456789' c, TIMESTAMP_MS '2024-01-31 "
	       "00:00:00.123' d, '-infinity'::TIMESTAMP e, DATE '2024-01-31' f",
	       "a timestamp, b timestamptz, c timestamp, d timestamp, e timestamp, f timestamp",
	       "1: -500000|1706704496000000|1706659200123456|1706659200123000|"
	       "-9223372036854775808|1706659200000000\n");
	source_options_init(&o);
	o.time_zone = "+02:00";
	expect_with(&o, "SELECT TIMESTAMP '1970-01-01 02:00:00' a", "a timestamptz", NULL,
		    "1: 0\n");
	expect("SELECT true a, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID b, '\\x00\\xFF'::BLOB "
	       "c, "
	       "'\xf0\x9f\x98\x80' d, '' e, repeat('x', 40) f, INTERVAL '14 months 3 days 5 "
	       "seconds' g",
	       "a bool, b uuid, c bytea, d text, e text, f varchar(40), g interval",
	       "1: t|a0eebc999c0b4ef8bb6d6bb9bd380a11|\\00\\ff|\\f0\\9f\\98\\80||"
	       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|14 mon 3 day 5000000 us\n");
}

static void nested_values_become_json(void **state)
{
	(void)state;
	expect("SELECT {'a': 1, 'b': NULL, 'c': (-0.05)::DECIMAL(5,2), 'd': 'nan'::DOUBLE, 'e': "
	       "TIMESTAMP '2020-01-01 01:02:03.5', 'f': TIMESTAMPTZ '2020-01-01 00:00:00+00', 'g': "
	       "'\\xAA'::BLOB, 'h': DATE '2020-01-01', 'i': 'q\"\\\n'} a, [1, NULL, 3] b, MAP {1: "
	       "'x', "
	       "2: NULL} c, [[{'k': true}], []] d, MAP {'a': [1]} e",
	       "a jsonb, b jsonb, c jsonb, d jsonb, e text",
	       "1: {\"a\": 1, \"b\": null, \"c\": -0.05, \"d\": \"NaN\", \"e\": "
	       "\"2020-01-01T01:02:03.5\", \"f\": \"2020-01-01T00:00:00Z\", \"g\": "
	       "\"\\5c\\5cxaa\", \"h\": \"2020-01-01\", \"i\": \"q\\5c\"\\5c\\5c\\5cu000a\"}|"
	       "[1, null, 3]|{\"1\": \"x\", \"2\": null}|[[{\"k\": true}], []]|{\"a\": [1]}\n");
}

static void rows_that_do_not_fit(void **state)
{
	static const struct reader_rules rescue = {.rescue = true, .rescue_column = 1};
	static const char query[] =
		"SELECT * FROM (VALUES (1, 'x'), (99999999999, 'y'), (3, NULL), "
		"(4, 'toolong'), (5, 'z')) t(a, b)";
	struct source_options o;

	(void)state;
	expect(query, "a int, b varchar(3) not null",
	       "1: 1|x\n5: 5|z\n"
	       "2@-1! out-of-range a: '99999999999' does not fit into integer "
	       "<{\"a\": 99999999999, \"b\": \"y\"}>\n"
	       "3@-1! null-value b: NULL, which the column does not allow "
	       "<{\"a\": 3, \"b\": null}>\n"
	       "4@-1! too-wide b: '\"toolong\"' does not fit into varchar(3) "
	       "<{\"a\": 4, \"b\": \"toolong\"}>\n");
	source_options_init(&o);
	expect_with(&o, query, "a int, _rescued_data jsonb", &rescue,
		    "1: 1|{\"b\": \"x\", \"_file_path\": \"FILE\"}\n"
		    "2: NULL|{\"a\": 99999999999, \"b\": \"y\", \"_file_path\": \"FILE\"}\n"
		    "3: 3|NULL\n"
		    "4: 4|{\"b\": \"toolong\", \"_file_path\": \"FILE\"}\n"
		    "5: 5|{\"b\": \"z\", \"_file_path\": \"FILE\"}\n");
	expect("SELECT 1 a", "b int", "error: no column of 'FILE' is one of the target's\n");
	expect("SELECT 1 a", "a int, b int not null", "error: 'FILE' has no column 'b'\n");
	expect("SELECT 1 a, 2 c", "A bigint, b text", "1: 1|NULL\n");
	expect("SELECT chr(0) || 'x' a", "a text",
	       "1@-1! nul-byte a: a text with a NUL byte, which Postgres cannot hold "
	       "<{\"a\": \"\\5cu0000x\"}>\n");
}

/* Folders that look like partitions and names that look like patterns mean nothing. */
static void names_are_only_names(void **state)
{
	char *inner = xasprintf("%s/p=1", folder), *path = xasprintf("%s/o'd [1]*?.parquet", inner);
	struct source_options o;
	struct error e = ERROR_INIT;
	struct table_shape shape;
	struct arena a = {0};
	struct buf out = {0};

	(void)state;
	source_options_init(&o);
	assert_int_equal(mkdir(inner, 0700), 0);
	make("SELECT 7 a", path);
	assert_int_equal(source_for_file(&o, path, &e)->describe(&o, path, &a, &shape, &e), 0);
	assert_int_equal(shape.column_count, 1);
	assert_string_equal(shape.columns[0].name, "a");
	assert_int_equal(shape.columns[0].type.kind, BLOCK_INT4);
	blocks_read(&o, path, "a int", NULL, &out);
	assert_string_equal(buf_text(&out), "1: 7\n");
	buf_release(&out);
	arena_release(&a);
	unlink(path);
	rmdir(inner);
	free(path);
	free(inner);
}

/* Several chunks, and the same file cut and spoilt. */
static void large_and_damaged_files(void **state)
{
	char *path = xasprintf("%s/large.parquet", folder);
	struct source_options o;
	struct buf whole = {0}, out = {0};
	struct error e = ERROR_INIT;
	struct table_shape shape;
	struct arena a = {0};
	FILE *file;

	(void)state;
	source_options_init(&o);
	make("SELECT i::BIGINT AS id, 'customer number ' || i AS t FROM range(10000) x(i)", path);
	blocks_read(&o, path, "id bigint, t text", NULL, &out);
	assert_int_equal(strncmp(buf_text(&out), "1: 0|customer number 0\n", 23), 0);
	assert_non_null(strstr(buf_text(&out), "\n10000: 9999|customer number 9999\n"));
	buf_clear(&out);
	file = fopen(path, "rb");
	while (!feof(file)) {
		char part[4096];

		buf_add(&whole, part, fread(part, 1, sizeof(part), file));
	}
	fclose(file);
	assert_int_equal(truncate(path, (off_t)whole.len / 2), 0);
	assert_int_equal(source_for_file(&o, path, &e)->describe(&o, path, &a, &shape, &e), -1);
	assert_int_equal(e.class, ERROR_INPUT);
	assert_int_equal(strncmp(e.text, "could not read '", 16), 0);
	memset(whole.data + 100, 'x', whole.len / 2);
	file = fopen(path, "wb");
	fwrite(whole.data, 1, whole.len, file);
	fclose(file);
	blocks_read(&o, path, "id bigint, t text", NULL, &out);
	assert_non_null(strstr(buf_text(&out), "error: could not read '"));
	buf_release(&out);
	buf_release(&whole);
	arena_release(&a);
	unlink(path);
	free(path);
}

static void types_are_described(void **state)
{
	char *path = xasprintf("%s/types.parquet", folder);
	struct source_options o;
	struct error e = ERROR_INIT;
	struct table_shape shape;
	struct arena a = {0};
	struct buf out = {0};
	size_t i;

	(void)state;
	source_options_init(&o);
	make("SELECT true a, 1::TINYINT b, 1::BIGINT c, 1::UBIGINT d, 1.5::DECIMAL(10,3) e, DATE "
	     "'2020-01-01' f, TIMESTAMP '2020-01-01' g, TIMESTAMPTZ '2020-01-01 00:00:00+00' h, "
	     "[1] i, {'x': 1} j, 'x'::BLOB k, uuid() l, 1::FLOAT m, 'x' n, TIME '00:00' o",
	     path);
	assert_int_equal(source_for_file(&o, path, &e)->describe(&o, path, &a, &shape, &e), 0);
	for (i = 0; i < shape.column_count; i++)
		buf_printf(&out, "%s%s(%d,%d)", i ? ", " : "",
			   block_kind_type(shape.columns[i].type.kind),
			   shape.columns[i].type.precision, shape.columns[i].type.scale);
	assert_string_equal(
		buf_text(&out),
		"boolean(0,0), smallint(0,0), bigint(0,0), numeric(20,0), numeric(10,3), "
		"date(0,0), "
		"timestamp without time zone(0,0), timestamp with time zone(0,0), jsonb(0,0), "
		"jsonb(0,0), bytea(0,0), uuid(0,0), real(0,0), text(0,0), time without time "
		"zone(0,0)");
	buf_release(&out);
	arena_release(&a);
	unlink(path);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(times_and_others),
		cmocka_unit_test(nested_values_become_json),
		cmocka_unit_test(rows_that_do_not_fit),
		cmocka_unit_test(names_are_only_names),
		cmocka_unit_test(large_and_damaged_files),
		cmocka_unit_test(types_are_described),
	};
	struct error e = ERROR_INIT;
	int failed;

	if (!duck_load(&e)) {
		fprintf(stderr, "parquet_read: skipped: %s\n", e.text);
		return 0;
	}
	assert_non_null(mkdtemp(folder));
	failed = RUN("parquet_read", tests);
	rmdir(folder);
	return failed;
}
