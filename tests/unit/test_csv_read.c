/* test_csv_read.c - delimited files into blocks: rows, rejects, layouts, packed and cut files. */
#include "tests/unit/unit.h"

#include <zlib.h>
#include <zstd.h>

#include "tests/unit/blocks.h"

/* Reads `text` as a file and compares all of it. */
static void expect_n(const struct source_options *o, const char *columns,
		     const struct reader_rules *rules, const char *text, size_t n,
		     const char *expected)
{
	char *path = blocks_file(".csv", text, n);
	struct buf out = {0};
	char *at;

	blocks_read(o, path, columns, rules, &out);
	while ((at = strstr(buf_text(&out), path))) { /* the name is another one each time */
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
	expect_n(&o, columns, NULL, text, strlen(text), expected);
}

static void fields_and_line_ends(void **state)
{
	(void)state;
	expect("a int, b text", "a,b\n1,x\n2,\n3,\"\"\n", "2: 1|x\n3: 2|NULL\n4: 3|\n");
	expect("a int, b text", "a,b\r\n1,x\r\n2,\"y\"\r\n", "2: 1|x\n3: 2|y\n");
	expect("a int, b text", "a,b\r1,x\r2,y", "2: 1|x\n3: 2|y\n");
	expect("a int, b text", "a,b\n\n1,x\n\n2,y", "3: 1|x\n5: 2|y\n");
	expect("a text", "a\n\nx\n", "2: NULL\n3: x\n");
	expect("a int, b text", "b,a\nx,1\n", "2: 1|x\n");
	expect("a int, b text",
	       "\xef\xbb\xbf"
	       "a,b\n1,x\n",
	       "2: 1|x\n");
	expect("a int, b text", "", "");
	expect("a int, b text", "a,b\n", "");
	expect("a int, b text, c date", "a,b\n1,x\n", "2: 1|x|NULL\n");
}

static void quotes(void **state)
{
	(void)state;
	expect("a text, b int", "a,b\n\"x, \"\"y\"\"\",1\n\"two\nlines\",2\nz,3\n",
	       "2: x, \"y\"|1\n3: two\\0alines|2\n5: z|3\n");
	expect("a text, b int", "a,b\nx\"y,1\n\"\",2\n", "2: x\"y|1\n3: |2\n");
	expect("a text, b int", "a,b\n\"x\"y,1\nz,2\n",
	       "3: z|2\n2@4! broken-row -: there is text behind a closing quote in field 1 "
	       "<\"x\"y,1>\n");
	expect("a text, b int", "a,b\nx,1\n\"y,2\nz,3\n",
	       "2: x|1\n3@8! truncated -: the file ends within a quoted field that begins in this "
	       "row <\"y,2\\0az,3>\n");
}

static void escapes_of_another_kind(void **state)
{
	static const char text[] = "a;b\n'x\\'; \\\\ \\n';\\N\n";
	struct source_options o;

	(void)state;
	source_options_init(&o);
	o.quote = '\'';
	o.escape = '\\';
	o.delimiter = ';';
	o.null_text = "\\N";
	expect_n(&o, "a text, b int", NULL, text, strlen(text), "2: x'; \\5c \\5cn|NULL\n");
}

static void rows_that_do_not_fit(void **state)
{
	(void)state;
	expect("a int, b varchar(3)",
	       "a,b\n1,abc\nx,abc\n3,abcd\n99999999999,a\n5\n6,a,b\n7,\"z\"\n",
	       "2: 1|abc\n8: 7|z\n"
	       "3@10! bad-value a: 'x' is not of type integer <x,abc>\n"
	       "4@16! too-wide b: 'abcd' does not fit into varchar(3) <3,abcd>\n"
	       "5@23! out-of-range a: '99999999999' does not fit into integer <99999999999,a>\n"
	       "6@37! broken-row -: 1 fields, not 2 <5>\n"
	       "7@39! broken-row -: 3 fields, not 2 <6,a,b>\n");
	expect("a int not null, b text", "a,b\n,x\n1,y\n",
	       "3: 1|y\n2@4! null-value a: NULL, which the column does not allow <,x>\n");
	expect("a int, b text", "a,b\n1,x\n2",
	       "2: 1|x\n3@8! truncated -: the file ends within this row: 1 fields, not 2 <2>\n");
	expect("a int, b text", "a,b\n1,\xff\n2,\xc3\xa4\n",
	       "3: 2|\\c3\\a4\n2@4! bad-utf8 b: a text that is not UTF-8 <1,\\ff>\n");
}

static void nul_bytes(void **state)
{
	static const char text[] = "a,b\n1,x\0y\n2,z\n";
	struct source_options o;

	(void)state;
	source_options_init(&o);
	expect_n(&o, "a int, b text", NULL, text, sizeof(text) - 1,
		 "3: 2|z\n2@4! nul-byte b: a text with a NUL byte, which Postgres cannot hold "
		 "<1,x\\00y>\n");
}

static void the_layout_is_found(void **state)
{
	struct source_options o;

	(void)state;
	expect("a int, b text", "a;b\n1;x,y\n2;z\n", "2: 1|x,y\n3: 2|z\n");
	expect("a int, b text", "a\tb\n1\tx\n", "2: 1|x\n");
	expect("a int, b text", "1|x|\n2||\n", "1: 1|x\n2: 2|NULL\n"); /* by place, trailing '|' */
	expect("a int, b text", "1,x\n2,y\n", "1: 1|x\n2: 2|y\n");
	expect("a int, b text", "A,B\n1,x\n", "2: 1|x\n");
	expect("a int, b text", "1,x,3\n", "error: 'FILE' has 3 columns, the target takes 2\n");
	expect("a int, b text", "a,a\n1,2\n", "error: 'FILE' has two columns 'a'\n");
	expect("a int, b text not null", "a,c\n1,2\n", "error: 'FILE' has no column 'b'\n");
	source_options_init(&o);
	o.exact_case = true;
	expect_n(&o, "a int, b text", NULL, "a,B\n1,x\n", 8, "2: 1|NULL\n");
	o.header = 1;
	expect_n(&o, "a int, b text", NULL, "x,y\n1,x\n", 8,
		 "error: no column of 'FILE' is one of the target's\n");
	o.header = 0;
	expect_n(&o, "a text, b text", NULL, "a,b\n1,x\n", 8, "1: a|b\n2: 1|x\n");
}

static void what_does_not_fit_is_rescued(void **state)
{
	static const struct reader_rules rescue = {.rescue = true, .rescue_column = 2};
	static const struct reader_rules fail = {.fail_unknown = true};
	static const char text[] = "a,b,c\n1,x,\n2,y,\"q\"\"\"\noops,z,\n";
	struct source_options o;

	(void)state;
	source_options_init(&o);
	expect_n(&o, "a int, b text, _rescued_data jsonb", &rescue, text, strlen(text),
		 "2: 1|x|NULL\n"
		 "3: 2|y|{\"c\": \"q\\5c\"\", \"_file_path\": \"FILE\"}\n"
		 "4: NULL|z|{\"a\": \"oops\", \"_file_path\": \"FILE\"}\n");
	expect_n(&o, "a int, b text, c text", &fail, text, strlen(text),
		 "2: 1|x|NULL\n3: 2|y|q\"\n4@21! bad-value a: 'oops' is not of type integer "
		 "<oops,z,>\n");
	expect_n(&o, "a int, b text", &fail, text, strlen(text),
		 "error: 'FILE' has a column 'c' that the target does not have\n");
}

static void other_encodings(void **state)
{
	struct source_options o;

	(void)state;
	source_options_init(&o);
	o.encoding = "LATIN1";
	expect_n(&o, "a int, b text", NULL, "a,b\n1,\xe4\n", 8, "2: 1|\\c3\\a4\n");
	o.encoding = "WIN1252";
	expect_n(&o, "a int, b text", NULL, "a,b\n1,\x80\n2,\x81\n", 12,
		 "2: 1|\\e2\\82\\ac\n3@-1! bad-utf8 b: a text that is not UTF-8 <2,\\ff>\n");
	o.encoding = "EBCDIC-NONE";
	expect_n(&o, "a int, b text", NULL, "a,b\n", 4,
		 "error: there is no encoding 'EBCDIC-NONE'\n");
	source_options_init(&o);
	expect_n(&o, "a int, b text", NULL,
		 "\xff\xfe"
		 "a\0,\0b\0\n\0"
		 "1\0,\0\xac\x20\n\0",
		 18, "2: 1|\\e2\\82\\ac\n");
}

/* `text` packed as one gzip member behind what is in `out`. */
static void add_gzip(struct buf *out, const char *text)
{
	unsigned char packed[4096];
	z_stream z = {0};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (unsigned char *)(uintptr_t)text;
	z.avail_in = (unsigned)strlen(text);
	z.next_out = packed;
	z.avail_out = sizeof(packed);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_add(out, packed, sizeof(packed) - z.avail_out);
	deflateEnd(&z);
}

static void packed_files(void **state)
{
	struct source_options o;
	struct buf gzip = {0};
	char zstd[256];
	size_t n;

	(void)state;
	source_options_init(&o);
	add_gzip(&gzip, "a,b\n1,x\n2,");
	n = gzip.len;
	add_gzip(&gzip, "y\n");
	buf_add(&gzip, "\0\0\0\0", 4);
	expect_n(&o, "a int, b text", NULL, gzip.data, gzip.len, "2: 1|x\n3: 2|y\n");
	expect_n(&o, "a int, b text", NULL, gzip.data, n - 9,
		 "error: 'FILE' ends within its packed data\n");
	expect_n(&o, "a int, b text", NULL, gzip.data, n + 5,
		 "error: 'FILE' ends within its packed data\n");
	gzip.data[14] ^= 0x55;
	{
		struct error e = ERROR_INIT;
		char *path = blocks_file(".csv.gz", gzip.data, n);
		struct table_shape shape;
		struct arena a = {0};

		assert_int_equal(source_for_file(&o, path, &e)->describe(&o, path, &a, &shape, &e),
				 -1);
		assert_int_equal(e.class, ERROR_INPUT);
		assert_non_null(strstr(e.text, "is damaged"));
		arena_release(&a);
		unlink(path);
		free(path);
	}
	buf_release(&gzip);
	n = ZSTD_compress(zstd, sizeof(zstd), "a,b\n1,x\n", 8, 3);
	expect_n(&o, "a int, b text", NULL, zstd, n, "2: 1|x\n");
	expect_n(&o, "a int, b text", NULL, zstd, n - 3,
		 "error: 'FILE' ends within its packed data\n");
}

/* More rows than a block, more bytes than a window, and rows larger than it. */
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
	int64_t rows = 0, rejects = 0, bytes = 0, big = 0;
	char *path, *fill = xmalloc(2000000);
	int i;

	(void)state;
	memset(fill, 'z', 2000000);
	buf_puts(&text, "id,text\n");
	for (i = 0; i < 30000; i++) {
		buf_printf(&text, "%d,\"row %d\n of two lines\"\n", i, i);
		if (i % 10000 == 5000) {
			buf_printf(&text, "%d,", i);
			buf_add(&text, fill, 2000000);
			buf_putc(&text, '\n');
		}
		if (i % 100 == 99)
			buf_puts(&text, "broken\n");
	}
	path = blocks_file(".csv", text.data, text.len);
	source_options_init(&o);
	assert_int_equal(shape_parse(&a, "id bigint, text text", &shape, &e), 0);
	types[0] = shape.columns[0].type;
	types[1] = shape.columns[1].type;
	block_init(&b, types, 2);
	r = source_for_file(&o, path, &e)->open(&o, path, &shape, NULL, &e);
	assert_non_null(r);
	while (source_for_file(&o, path, &e)->read(r, &b, &e) >= 0) {
		size_t k;

		for (k = 0; k < b.rows; k++) {
			struct str t = ((struct str *)b.columns[1].values)[k];
			int64_t id = ((int64_t *)b.columns[0].values)[k];
			char expected[64];

			if (t.len == 2000000) {
				assert_memory_equal(t.p, fill, t.len);
				big++;
				continue;
			}
			snprintf(expected, sizeof(expected), "row %lld\n of two lines",
				 (long long)id);
			assert_int_equal(t.len, strlen(expected));
			assert_memory_equal(t.p, expected, t.len);
			assert_int_equal(b.lines[k], 2 + id * 2 + id / 100 + (id + 4999) / 10000);
		}
		rows += (int64_t)b.rows;
		rejects += (int64_t)b.reject_count;
		bytes += (int64_t)b.bytes;
	}
	assert_int_equal(rows, 30003);
	assert_int_equal(big, 3);
	assert_int_equal(rejects, 300);
	assert_int_equal(bytes, text.len - 8); /* without the header */
	source_for_file(&o, path, &e)->close(r);
	block_release(&b);
	arena_release(&a);
	unlink(path);
	free(path);
	free(fill);
	buf_release(&text);
}

/* A quote that is never closed costs one reject, and no more memory than a row may have. */
static void a_row_without_end(void **state)
{
	struct source_options o;
	struct buf text = {0}, out = {0};
	const char *p;
	char *path;
	int i;

	(void)state;
	buf_puts(&text, "a,b\n1,\"open\n");
	for (i = 0; i < 4000000; i++)
		buf_puts(&text, "2,and on\n");
	path = blocks_file(".csv", text.data, text.len);
	source_options_init(&o);
	blocks_read(&o, path, "a int, b text", NULL, &out);
	p = strstr(buf_text(&out),
		   "! broken-row -: a row of more than 32 MB, or a quote left open");
	assert_non_null(p);
	assert_true(strstr(buf_text(&out), ": 2|and on\n") != NULL);
	buf_release(&text);
	buf_release(&out);
	unlink(path);
	free(path);
}

static void describe(const char *text, const char *expected)
{
	char *path = blocks_file(".csv", text, strlen(text));
	struct source_options o;
	struct table_shape shape;
	struct error e = ERROR_INIT;
	struct arena a = {0};
	struct buf out = {0};
	size_t i;

	source_options_init(&o);
	if (source_for_file(&o, path, &e)->describe(&o, path, &a, &shape, &e) == 0)
		for (i = 0; i < shape.column_count; i++)
			buf_printf(&out, "%s%s %s", i ? ", " : "", shape.columns[i].name,
				   block_kind_type(shape.columns[i].type.kind));
	else
		buf_puts(&out, "error");
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
	arena_release(&a);
	unlink(path);
	free(path);
}

static void columns_are_described(void **state)
{
	(void)state;
	describe("id,amount,name,day,at,zoned,flag,code,doc,big,e,u\n"
		 "1,12.50,x,2024-01-31,2024-01-31 "
		 "12:00:00,2024-01-31T12:00:00Z,true,007,\"{\"\"a\"\": "
		 "1}\",99999999999999999999,1e5,a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\n"
		 ",,,,,,,,,,,\n"
		 "2,3,y,2024-02-01,2024-02-01,2024-01-31 12:00:00+02,false,123,[],1,2,\n",
		 "id bigint, amount numeric, name text, day date, at timestamp without time zone, "
		 "zoned timestamp with time zone, flag boolean, code text, doc jsonb, big numeric, "
		 "e numeric, u uuid");
	describe("1,x\n2,y\n", "column1 bigint, column2 text");
	describe("name,city\nbob,paris\n", "name text, city text");
	describe("a,,a b\n1,2,3\n", "column1 text, column2 bigint, column3 text");
	describe("", "error");
	describe("a|b\n1|2", "a bigint, b bigint");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_and_line_ends),
		cmocka_unit_test(quotes),
		cmocka_unit_test(escapes_of_another_kind),
		cmocka_unit_test(rows_that_do_not_fit),
		cmocka_unit_test(nul_bytes),
		cmocka_unit_test(the_layout_is_found),
		cmocka_unit_test(what_does_not_fit_is_rescued),
		cmocka_unit_test(other_encodings),
		cmocka_unit_test(packed_files),
		cmocka_unit_test(large_files),
		cmocka_unit_test(a_row_without_end),
		cmocka_unit_test(columns_are_described),
	};

	return RUN("csv_read", tests);
}
