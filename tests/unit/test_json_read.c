/* test_json_read.c - JSON lines and arrays into blocks: values, rejects, nesting, cut files. */
#include "tests/unit/unit.h"

#include "tests/unit/blocks.h"

static void expect_with(const struct source_options *o, const char *columns,
			const struct reader_rules *rules, const char *text, const char *expected)
{
	char *path = blocks_file(".json", text, strlen(text));
	struct buf out = {0};
	char *at;

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

static void expect(const char *columns, const char *text, const char *expected)
{
	struct source_options o;

	source_options_init(&o);
	expect_with(&o, columns, NULL, text, expected);
}

static void lines_arrays_and_neighbours(void **state)
{
	(void)state;
	expect("a int, b text", "{\"a\": 1, \"b\": \"x\"}\n{\"b\": null, \"a\": 2}\n\n{\"a\":3}",
	       "1: 1|x\n2: 2|NULL\n4: 3|NULL\n");
	expect("a int, b text", "[{\"a\": 1,\n \"b\": \"x\"},\n{\"a\": 2}]\n",
	       "1: 1|x\n3: 2|NULL\n");
	expect("a int", "{\"a\":1}{\"a\":2} {\"a\":3}\n", "1: 1\n1: 2\n1: 3\n");
	expect("a int", "[]", "");
	expect("a int", "", "");
	expect("a int", "  \n", "");
	expect("a int", "{}\n", "1: NULL\n");
	expect("a int", "\xef\xbb\xbf{\"a\":1}\n", "1: 1\n");
}

static void values_of_all_kinds(void **state)
{
	(void)state;
	expect("a bigint, b numeric(20,2), c double precision, d bool, e timestamptz, f jsonb",
	       "{\"a\":9223372036854775807,\"b\":123456789012345678.25,\"c\":1e3,\"d\":true,"
	       "\"e\":\"2024-01-31T12:34:56Z\",\"f\":{\"x\":[1,{\"y\":null}]}}\n"
	       "{\"a\":\"12\",\"b\":\"0.10\",\"c\":\"NaN\",\"d\":\"no\",\"f\":\"text\"}\n",
	       "1: 9223372036854775807|12345678901234567825|1000|t|1706704496000000|"
	       "{\"x\":[1,{\"y\":null}]}\n2: 12|10|nan|f|NULL|\"text\"\n");
	expect("a text, b text, c text", "{\"a\":12.50,\"b\":[1, 2],\"c\":true}\n",
	       "1: 12.50|[1, 2]|true\n");
	expect("a text", "{\"a\":\"q\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00\"}\n",
	       "1: q\"\\5c/\\08\\0c\\0a\\0d\\09\\c3\\a4\\f0\\9f\\98\\80\n");
	expect("a int, b text", "{\"\\u0061\":1,\"a\":2,\"b\":\"x\",\"b\":\"y\"}\n", "1: 2|y\n");
	expect("A int", "{\"a\":1}\n", "1: 1\n");
}

static void rows_that_do_not_fit(void **state)
{
	(void)state;
	expect("a int, b text",
	       "{\"a\":1}\n{\"a\":\"x\"}\n{\"a\":[1]}\n{\"a\":1.5}\n{\"a\":true}\n{\"a\":"
	       "99999999999}\n",
	       "1: 1|NULL\n"
	       "2@8! bad-value a: 'x' is not of type integer <{\"a\":\"x\"}>\n"
	       "3@18! bad-value a: '[1]' is not of type integer <{\"a\":[1]}>\n"
	       "4@28! bad-value a: '1.5' is not of type integer <{\"a\":1.5}>\n"
	       "5@38! bad-value a: 'true' is not of type integer <{\"a\":true}>\n"
	       "6@49! out-of-range a: '99999999999' does not fit into integer "
	       "<{\"a\":99999999999}>\n");
	expect("a int not null", "{\"a\":null}\n{}\n{\"a\":1}\n",
	       "3: 1\n1@0! null-value a: NULL, which the column does not allow <{\"a\":null}>\n"
	       "2@11! null-value a: NULL, which the column does not allow <{}>\n");
	expect("a text",
	       "{\"a\":\"\\u0000\"}\n{\"a\":\"\\ud800\"}\n{\"a\":\"\xff\"}\n{\"a\":\"ok\"}\n",
	       "4: ok\n"
	       "1@0! nul-byte -: a JSON string holds \\u0000 <{\"a\":\"\\5cu0000\"}>\n"
	       "2@15! bad-utf8 -: a JSON string holds half a surrogate pair "
	       "<{\"a\":\"\\5cud800\"}>\n"
	       "3@30! bad-utf8 -: a JSON string is not UTF-8 <{\"a\":\"\\ff\"}>\n");
}

static void broken_rows(void **state)
{
	(void)state;
	expect("a int", "{\"a\":1}\n{\"a\":}\ngarbage\n7\n{\"a\":2}\n",
	       "1: 1\n5: 2\n2@8! broken-row -: not JSON <{\"a\":}>\n"
	       "3@15! broken-row -: not a JSON object <garbage>\n"
	       "4@23! broken-row -: not a JSON object <7>\n");
	/* A row without its end does not take the next one with it. */
	expect("a int", "{\"a\":1\n{\"a\":2}\n{\"a\":\"x\n{\"a\":3}\n",
	       "2: 2\n4: 3\n1@0! broken-row -: not JSON <{\"a\":1\\0a>\n"
	       "3@15! broken-row -: not JSON <{\"a\":\"x>\n");
	expect("a int", "{\"a\":1}\n{\"a\":2",
	       "1: 1\n2@8! truncated -: the file ends within this "
	       "object <{\"a\":2>\n");
	expect("a int", "[{\"a\":1},\n{\"a\":2}\n",
	       "1: 1\n2: 2\n3@18! truncated -: the file ends before its array does <>\n");
	expect("a int", "[{\"a\":1}] x\n",
	       "1: 1\n1@10! broken-row -: there is text behind the array <x\\0a>\n");
}

static void deep_nesting(void **state)
{
	struct buf text = {0}, out = {0};
	struct source_options o;
	char *path;
	int i;

	(void)state;
	buf_puts(&text, "{\"a\":");
	for (i = 0; i < 100000; i++)
		buf_puts(&text, "[");
	buf_puts(&text, "\n{\"a\":[[[]]]}\n");
	path = blocks_file(".json", text.data, text.len);
	source_options_init(&o);
	blocks_read(&o, path, "a jsonb", NULL, &out);
	assert_int_equal(
		strncmp(buf_text(&out), "2: [[[]]]\n1@0! out-of-range -: JSON is nested", 44), 0);
	buf_release(&text);
	buf_release(&out);
	unlink(path);
	free(path);
}

static void what_does_not_fit_is_rescued(void **state)
{
	static const struct reader_rules rescue = {.rescue = true, .rescue_column = 1};
	static const struct reader_rules fail = {.fail_unknown = true};
	static const char text[] = "{\"a\":1}\n{\"a\":\"x\",\"new\":[1],\"A\":2}\n{\"new\":null}\n";
	struct source_options o;

	(void)state;
	source_options_init(&o);
	expect_with(&o, "a int, _rescued_data jsonb", &rescue, text,
		    "1: 1|NULL\n"
		    "2: 2|{\"new\": [1], \"_file_path\": \"FILE\"}\n"
		    "3: NULL|{\"new\": null, \"_file_path\": \"FILE\"}\n");
	o.exact_case = true;
	expect_with(&o, "a int, _rescued_data jsonb", &rescue, text,
		    "1: 1|NULL\n"
		    "2: NULL|{\"new\": [1], \"A\": 2, \"a\": \"x\", \"_file_path\": \"FILE\"}\n"
		    "3: NULL|{\"new\": null, \"_file_path\": \"FILE\"}\n");
	expect_with(&o, "a int", &fail, "{\"a\":1}\n{\"b\":2}\n",
		    "error: line 2 of 'FILE' has a key 'b' that the target does not have\n");
}

/* Rows that go over windows, and one larger than a window. */
static void large_files(void **state)
{
	struct source_options o;
	struct error e = ERROR_INIT;
	struct buf text = {0};
	struct table_shape shape;
	struct block_type types[2];
	struct arena a = {0};
	struct reader *r;
	struct block b;
	int64_t rows = 0, sum = 0, long_texts = 0;
	char *path, *fill = xmalloc(1 << 20);
	int i;

	(void)state;
	memset(fill, 'z', 1 << 20);
	buf_puts(&text, "[");
	for (i = 0; i < 20000; i++) {
		buf_printf(&text, "%s{\"id\": %d, \"t\": \"row %d\"}", i ? ",\n" : "", i, i);
		if (i % 10000 == 5000) {
			buf_printf(&text, ",\n{\"id\": 0, \"t\": \"");
			buf_add(&text, fill, 1 << 20);
			buf_puts(&text, "\"}");
		}
	}
	buf_puts(&text, "]\n");
	path = blocks_file(".json", text.data, text.len);
	source_options_init(&o);
	assert_int_equal(shape_parse(&a, "id bigint, t text", &shape, &e), 0);
	types[0] = shape.columns[0].type;
	types[1] = shape.columns[1].type;
	block_init(&b, types, 2);
	r = source_for_file(&o, path, &e)->open(&o, path, &shape, NULL, &e);
	assert_non_null(r);
	while (source_for_file(&o, path, &e)->read(r, &b, &e) >= 0) {
		size_t k;

		assert_int_equal(b.reject_count, 0);
		rows += (int64_t)b.rows;
		for (k = 0; k < b.rows; k++) {
			sum += ((int64_t *)b.columns[0].values)[k];
			long_texts += ((struct str *)b.columns[1].values)[k].len == 1 << 20;
		}
	}
	assert_int_equal(rows, 20002);
	assert_int_equal(sum, 20000LL * 19999 / 2);
	assert_int_equal(long_texts, 2);
	source_for_file(&o, path, &e)->close(r);
	block_release(&b);
	arena_release(&a);
	unlink(path);
	free(path);
	free(fill);
	buf_release(&text);
}

static void columns_are_described(void **state)
{
	static const char text[] = "{\"id\":1,\"x\":1.5,\"f\":1e3,\"s\":\"12\",\"d\":\"2024-01-"
				   "31\",\"j\":[1],\"n\":null}\n"
				   "broken\n"
				   "{\"id\":2,\"x\":2,\"b\":true,\"j\":{},\"m\":1}\n{\"m\":\"x\"}";
	char *path = blocks_file(".ndjson", text, sizeof(text) - 1);
	struct source_options o;
	struct table_shape shape;
	struct error e = ERROR_INIT;
	struct arena a = {0};
	struct buf out = {0};
	size_t i;

	(void)state;
	source_options_init(&o);
	assert_int_equal(source_for_file(&o, path, &e)->describe(&o, path, &a, &shape, &e), 0);
	for (i = 0; i < shape.column_count; i++)
		buf_printf(&out, "%s%s %s", i ? ", " : "", shape.columns[i].name,
			   block_kind_type(shape.columns[i].type.kind));
	assert_string_equal(buf_text(&out), "id bigint, x numeric, f double precision, s text, "
					    "d date, j jsonb, n text, b boolean, m text");
	buf_release(&out);
	arena_release(&a);
	unlink(path);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_arrays_and_neighbours),
		cmocka_unit_test(values_of_all_kinds),
		cmocka_unit_test(rows_that_do_not_fit),
		cmocka_unit_test(broken_rows),
		cmocka_unit_test(deep_nesting),
		cmocka_unit_test(what_does_not_fit_is_rescued),
		cmocka_unit_test(large_files),
		cmocka_unit_test(columns_are_described),
	};

	return RUN("json_read", tests);
}
