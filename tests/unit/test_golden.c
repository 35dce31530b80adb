/* test_golden.c - golden rows: reading them, and comparing them with rows that came. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "convert/golden.h"

static struct arena arena;

static int release_arena(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static int parse(struct golden *g, const char *text, bool json, struct error *e)
{
	return golden_parse(g, arena_strdup(&arena, text), strlen(text), "g", json, &arena, e);
}

static void csv_is_read(void **state)
{
	struct error e = ERROR_INIT;
	struct golden g;

	(void)state;
	assert_int_equal(parse(&g, "a,b\n1,\"x, y\"\n,\"\"\n", false, &e), 0);
	assert_int_equal(g.column_count, 2);
	assert_int_equal(g.row_count, 2);
	assert_string_equal(g.columns[1], "b");
	assert_string_equal(g.cells[1], "x, y");
	assert_null(g.cells[2]);
	assert_string_equal(g.cells[3], "");
	assert_int_equal(parse(&g, "a\n", false, &e), 0);
	assert_int_equal(g.row_count, 0);
}

static void json_lines_are_read(void **state)
{
	struct error e = ERROR_INIT;
	struct golden g;

	(void)state;
	assert_int_equal(parse(&g, "{\"a\": 1.5, \"b\": null}\r\n\n{\"b\": [1, 2], \"a\": true}\n",
			       true, &e),
			 0);
	assert_int_equal(g.row_count, 2);
	assert_string_equal(g.cells[0], "1.5");
	assert_null(g.cells[1]);
	assert_string_equal(g.cells[2], "true");
	assert_string_equal(g.cells[3], "[1,2]");
	assert_int_equal(parse(&g, "[1, \"x\"]", true, &e), 0);
	assert_null(g.columns);
	assert_string_equal(g.cells[1], "x");
	assert_int_equal(parse(&g, "", true, &e), 0);
	assert_int_equal(g.row_count, 0);
}

static void faults_have_a_place(void **state)
{
	static const struct {
		const char *text;
		bool json;
		const char *message;
	} cases[] = {
		{"", false, "g: the file is empty; its first line names the columns"},
		{"a,b\n1\n", false, "g:2:1: 1 fields, the first line has 2"},
		{"a\n\"x", false,
		 "g:2:1: the quoted field that begins here is never closed; expected \""},
		{"[1]\n{", true, "g:2: no JSON"},
		{"7", true, "g:1: expected an object or an array"},
		{"[1]\n[1, 2]", true, "g:2: not as many columns as in the first line"},
		{"[1]\n{\"a\": 1}", true, "g:2: objects and arrays cannot be mixed"},
		{"{\"a\": 1}\n{\"b\": 1}", true, "g:2: not the columns of the first line"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct error e = ERROR_INIT;
		struct golden g;

		assert_int_equal(parse(&g, cases[i].text, cases[i].json, &e), -1);
		assert_int_equal(e.class, ERROR_INPUT);
		assert_string_equal(e.text, cases[i].message);
	}
}

static void values_are_compared_by_type(void **state)
{
	static const struct {
		const char *want, *got;
		enum golden_type type;
		bool same;
	} cases[] = {
		{NULL, NULL, GOLDEN_TEXT, true},
		{"", NULL, GOLDEN_TEXT, false},
		{"a", "a ", GOLDEN_TEXT, false},
		{"a", "a   ", GOLDEN_PADDED, true},
		{"1.0", "1", GOLDEN_NUMBER, true},
		{"1e3", "1000.000", GOLDEN_NUMBER, true},
		{"0.1", "0.10000000001", GOLDEN_NUMBER, true},
		{"0.1", "0.1001", GOLDEN_NUMBER, false},
		{"0", "0.0000001", GOLDEN_NUMBER, false},
		{"NaN", "NaN", GOLDEN_NUMBER, true},
		{"NaN", "1", GOLDEN_NUMBER, false},
		{"-inf", "-Infinity", GOLDEN_NUMBER, true},
		{"-inf", "Infinity", GOLDEN_NUMBER, false},
		{"abc", "1", GOLDEN_NUMBER, false},
		{"10000000001", "10000000002", GOLDEN_NUMBER, true},
		{"10000000001", "10000000002", GOLDEN_INTEGER, false},
		{"9007199254740993", "9007199254740992", GOLDEN_INTEGER, false},
		{"+007", "7", GOLDEN_INTEGER, true},
		{"-0", "0", GOLDEN_INTEGER, true},
		{"-7", "7", GOLDEN_INTEGER, false},
		{"1.0E10", "10000000000", GOLDEN_INTEGER, true},
		{"true", "t", GOLDEN_BOOLEAN, true},
		{"0", "f", GOLDEN_BOOLEAN, true},
		{"true", "f", GOLDEN_BOOLEAN, false},
		{"2024-01-02T00:00:00.000Z", "2024-01-02", GOLDEN_DATE, true},
		{"2024-01-02 03:04:05.6", "2024-01-02 03:04:05.600000", GOLDEN_TIME, true},
		{"2024-01-02 03:04", "2024-01-02 03:04:01", GOLDEN_TIME, false},
		{"2024-01-02T03:00:00+02:00", "2024-01-02 01:00:00+00", GOLDEN_TIME, true},
		{"2024-01-02T03:00:00+02:00", "2024-01-02 03:00:00+00", GOLDEN_TIME, false},
		{"2024-01-02 03:00:00", "2024-01-02 03:00:00-08", GOLDEN_TIME, true},
		{"maybe", "never", GOLDEN_BOOLEAN, false},
		{"00:00:00.000", "00:00:00", GOLDEN_CLOCK, true},
		{"12:34:56.5", "12:34:56.500000", GOLDEN_CLOCK, true},
		{"12:34:56", "12:34:57", GOLDEN_CLOCK, false},
		{"838:59:59", "838:59:59", GOLDEN_CLOCK, true},
		{"838:59:59", "12:00:00", GOLDEN_CLOCK, false},
		{"soon", "2024-01-02", GOLDEN_DATE, false},
		{"1 year 2 mons", "14 mons", GOLDEN_INTERVAL, true},
		{"1 day", "24:00:00", GOLDEN_INTERVAL, true},
		{"-1 days", "1 day", GOLDEN_INTERVAL, false},
		{"{\"a\":1,\"b\":[2]}", "{\"b\": [2.0], \"a\": 1}", GOLDEN_JSON, true},
		{"{\"a\":1}", "{\"a\": 2}", GOLDEN_JSON, false},
		{"[1,2]", "{1,2}", GOLDEN_ARRAY, true},
		{"[\"a b\",null]", "{\"a b\",NULL}", GOLDEN_ARRAY, true},
		{"[1,2]", "{1,2,3}", GOLDEN_ARRAY, false},
		{"[]", "{}", GOLDEN_ARRAY, true},
		{"[]", "{1}", GOLDEN_ARRAY, false},
		{"", "{}", GOLDEN_ARRAY, false},
		{"\\xAB", "\\xab", GOLDEN_BYTES, true},
		{"ab", "\\xab", GOLDEN_BYTES, true},
		{"6F9619FF-8B86-D011-B42D-00C04FC964FF", "6f9619ff-8b86-d011-b42d-00c04fc964ff",
		 GOLDEN_BYTES, true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (golden_same(cases[i].want, cases[i].got, cases[i].type, 1e-9) != cases[i].same)
			fail_msg("'%s' and '%s'", cases[i].want, cases[i].got);
	assert_int_equal(golden_type(1700), GOLDEN_NUMBER);
	assert_int_equal(golden_type(20), GOLDEN_INTEGER);
	assert_int_equal(golden_type(25), GOLDEN_TEXT);
	assert_int_equal(golden_type(999999), GOLDEN_TEXT);
}

/* Two columns: a number and a text. `got` has rows "n|t". */
static const char *difference(const char *golden, const char **cells, size_t rows, size_t order)
{
	static const enum golden_type types[] = {GOLDEN_NUMBER, GOLDEN_TEXT};
	static const char *const columns[] = {"n", "t"};
	struct error e = ERROR_INIT;
	struct golden g;
	size_t sorts[1] = {order};
	struct golden_rows r = {cells, types, columns, 2, rows, sorts, order < 2};

	assert_int_equal(parse(&g, golden, false, &e), 0);
	return golden_difference(&g, &r, 1e-6, &arena);
}

static void rows_are_a_multiset(void **state)
{
	const char *cells[] = {"2", "b", "1.0000000001", "a", "2", "b"};

	(void)state;
	assert_null(difference("n,t\n1,a\n2,b\n2,b\n", cells, 3, 9));
	assert_string_equal(difference("n,t\n1,a\n1,a\n2,b\n", cells, 3, 9),
			    "column 'n' of row 2: expected '1', got '2'");
	assert_string_equal(difference("n,t\n1,a\n2,b\n", cells, 3, 9), "expected 2 rows, got 3");
	assert_string_equal(difference("n\n1\n2\n3\n", cells, 3, 9), "expected 1 columns, got 2");
	assert_string_equal(difference("n,t\n1,a\n2,b\n2,\n", cells, 3, 9),
			    "column 't' of row 3: expected NULL, got 'b'");
}

static void order_counts_where_the_statement_sorts(void **state)
{
	const char *cells[] = {"1", "b", "1", "a", "2", "c"};

	(void)state;
	assert_null(difference("n,t\n1,a\n1,b\n2,c\n", cells, 3, 0)); /* ties */
	assert_null(difference("n,t\n2,c\n1,a\n1,b\n", cells, 3, 9));
	assert_string_equal(
		difference("n,t\n2,c\n1,a\n1,b\n", cells, 3, 0),
		"the rows are the same, their order is not: column 'n' of row 1: expected "
		"'2', got '1'");
}

static void rows_that_differ_stand_beside_each_other(void **state)
{
	static const enum golden_type types[] = {GOLDEN_NUMBER, GOLDEN_TEXT};
	static const char *const columns[] = {"n", "t"};
	const char *cells[] = {"1", "a", "2", "x", "4", "d", "5", NULL};
	struct golden_rows r = {cells, types, columns, 2, 4, NULL, 0};
	struct golden_pair pairs[3];
	struct error e = ERROR_INIT;
	struct golden g;

	(void)state;
	assert_int_equal(parse(&g, "n,t\n1,a\n2,b\n3,c\n4,d\n", false, &e), 0);
	assert_int_equal(golden_pairs(&g, &r, 1e-9, &arena, pairs, 3), 2);
	assert_string_equal(pairs[0].want, "n='2', t='b'");
	assert_string_equal(pairs[0].got, "n='2', t='x'");
	assert_string_equal(pairs[1].want, "n='3', t='c'");
	assert_string_equal(pairs[1].got, "n='5', t=NULL");
	assert_int_equal(golden_pairs(&g, &r, 1e-9, &arena, pairs, 1), 1);
	r.row_count = 0;
	assert_int_equal(golden_pairs(&g, &r, 1e-9, &arena, pairs, 3), 3);
	assert_null(pairs[2].got);
	r.row_count = 4;
	g.row_count = 1;
	assert_int_equal(golden_pairs(&g, &r, 1e-9, &arena, pairs, 3), 3);
	assert_null(pairs[0].want);
	assert_string_equal(pairs[0].got, "n='5', t=NULL");
	g.column_count = 1;
	assert_int_equal(golden_pairs(&g, &r, 1e-9, &arena, pairs, 3), 0);
}

static void kinds_that_differ_are_noted(void **state)
{
	static const enum golden_type types[] = {GOLDEN_NUMBER, GOLDEN_TEXT};
	static const char *columns[] = {"n", "t"};
	enum foreign_kind kinds[] = {FOREIGN_DECIMAL, FOREIGN_TEXT};
	struct golden g = {NULL, columns, 2, 0, 0, NULL, kinds};
	struct golden_rows r = {NULL, types, columns, 2, 0, NULL, 0};

	(void)state;
	assert_null(golden_kind_note(&g, &r, &arena));
	kinds[1] = FOREIGN_INTEGER;
	assert_string_equal(golden_kind_note(&g, &r, &arena),
			    "column 't' is integer on the source and text here");
	g.kinds = NULL;
	assert_null(golden_kind_note(&g, &r, &arena));
}

static void near_numbers_that_sort_otherwise_are_found(void **state)
{
	const char *cells[] = {"1.0000000002", "x", "1.0000000001", "x", "1", "y"};

	(void)state;
	assert_null(difference("n,t\n1.0000000001,x\n1.0000000003,x\n1,y\n", cells, 3, 9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(csv_is_read, release_arena),
		cmocka_unit_test_teardown(json_lines_are_read, release_arena),
		cmocka_unit_test_teardown(faults_have_a_place, release_arena),
		cmocka_unit_test(values_are_compared_by_type),
		cmocka_unit_test_teardown(rows_are_a_multiset, release_arena),
		cmocka_unit_test_teardown(rows_that_differ_stand_beside_each_other, release_arena),
		cmocka_unit_test_teardown(kinds_that_differ_are_noted, release_arena),
		cmocka_unit_test_teardown(order_counts_where_the_statement_sorts, release_arena),
		cmocka_unit_test_teardown(near_numbers_that_sort_otherwise_are_found,
					  release_arena),
	};

	return RUN("golden", tests);
}
