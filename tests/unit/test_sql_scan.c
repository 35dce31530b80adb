/* test_sql_scan.c - what the scanner takes for variables, quotes, comments and ends. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "bench/sql_scan.h"

static const struct place start = {"x.sql", 1, 1};

/* A letter for each token: W word, N number, S string, I identifier, B body, V variable, ... */
static void shape(const char *text, char *out, size_t size)
{
	static const char letters[] = "$_cWNSIBV;()eb.!";
	struct sql_scanner s;
	struct sql_token t;
	const char *p = text;
	size_t n = 0;

	sql_scan_begin(&s, text, strlen(text), &start);
	for (sql_scan_next(&s, &t); t.type != SQL_END; sql_scan_next(&s, &t)) {
		assert_ptr_equal(t.text, p); /* no gaps */
		assert_true(t.length > 0);
		p += t.length;
		if (n + 1 < size)
			out[n++] = letters[t.type];
	}
	assert_ptr_equal(p, text + strlen(text));
	out[n] = '\0';
}

static void tokens(void **state)
{
	static const struct {
		const char *text, *shape;
	} cases[] = {
		{"", ""},
		{"select :a", "W_V"},
		{"a::int", "W.W"},
		{":a::int", "V.W"},
		{"a:::b", "W.W"},
		{":1", ".N"},
		{":=:b", "..V"},
		{":a:b", "VV"},
		{"':a'", "S"},
		{"'it''s :a'", "S"},
		{"'a\\' :b", "S_V"},
		{"E'a\\' :b'", "S"},
		{"e'\\\\' :b", "S_V"},
		{"E'a'\n'\\':b'", "S"},
		{"E'a' '\\' :b", "S_S_V"},
		{"name'x'", "WS"},
		{"U&'d' B'1' x'f'", "W.S_WS_WS"},
		{"\":a\"\"\" :b", "I_V"},
		{"-- :a ' \n:b", "c_V"},
		{"/* :a /* ' */ :b */ :c", "c_V"},
		{"1--:a", "Nc"},
		{"a-:b", "W.V"},
		{"$$ :a ' $$ :b", "B_V"},
		{"$x$ $$ :a $x$:b", "BV"},
		{"$x1$;$x$;$x1$", "B"},
		{"$1 + a$b$c", "N_._W"},
		{"a[1:n]", "W(N.W)"},
		{"a[:i]", "W(V)"},
		{"a[:i : :j]", "W(V_._V)"},
		{"a[i :j]", "W(W_.W)"},
		{"a[1+:j]", "W(N.V)"},
		{"a[f(:j)]", "W(W(V))"},
		{"a[(x :j)]", "W((W_V))"},
		{"array[:a, :b]", "W(V._V)"},
		{"array[case when :a then :b else :c end]", "W(W_W_V_W_V_W_V_W)"},
		{"a[x] :b", "W(W)_V"},
		{"a[b[1:n]:m]", "W(W(N.W).W)"},
		{"1.5e-3:a", "NV"},
		{"1e3-:a", "N.V"},
		{"0x1e-:a", "N.V"},
		{"1..:a", "N..V"},
		{"a;b", "W;W"},
		{"a\\;b\\:c", "WeWeW"},
		{"a \\gset", "W_bW"},
		{"\xc3\xa4:\xc3\xb6 :a", "WV_V"},
		{"\xff\xfe:a", "WV"},
		{"'a", "!"},
		{"\"a", "!"},
		{"/* a /* */", "!"},
		{"$a$ $b$", "!"},
		{"E'a\\'", "!"},
		{"E'a'\n'b", "!"},
		{"a @> :b #>> '{:c}'", "W_.._V_..._S"},
	};
	char out[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		shape(cases[i].text, out, sizeof(out));
		if (strcmp(out, cases[i].shape) != 0)
			fail_msg("%s\n  gives    %s\n  expected %s", cases[i].text, out,
				 cases[i].shape);
	}
}

static void places(void **state)
{
	const char *text = "a\n  \xc3\xa4 'x\ny' :v";
	struct sql_scanner s;
	struct sql_token t;

	(void)state;
	sql_scan_begin(&s, text, strlen(text), &start);
	do
		sql_scan_next(&s, &t);
	while (t.type != SQL_STRING);
	assert_int_equal(t.place.line, 2);
	assert_int_equal(t.place.column, 5);
	do
		sql_scan_next(&s, &t);
	while (t.type != SQL_VARIABLE);
	assert_int_equal(t.place.line, 3);
	assert_int_equal(t.place.column, 4);
}

static void lines(void **state)
{
	const char *text = "\\set x \\\n 1 \\\r\n + 2 \\3\nselect";
	struct sql_scanner s;
	struct sql_token t;

	(void)state;
	sql_scan_begin(&s, text, strlen(text), &start);
	sql_scan_next(&s, &t);
	assert_int_equal(t.type, SQL_BACKSLASH);
	sql_scan_line(&s, &t);
	assert_int_equal(t.length, strlen("set x \\\n 1 \\\r\n + 2 \\3"));
	sql_scan_next(&s, &t);
	assert_int_equal(t.type, SQL_SPACE);
	sql_scan_next(&s, &t);
	assert_true(sql_token_is(&t, "select"));
	assert_int_equal(t.place.line, 4);
}

static void deep_brackets(void **state)
{
	char text[2000];
	struct sql_scanner s;
	struct sql_token t;

	(void)state;
	memset(text, '[', sizeof(text));
	memcpy(text + sizeof(text) - 4, "1:nn", 4);
	sql_scan_begin(&s, text, sizeof(text), &start);
	do
		sql_scan_next(&s, &t);
	while (t.type == SQL_OPEN || t.type == SQL_NUMBER);
	assert_int_equal(t.type, SQL_VARIABLE); /* too deep to know better */
}

static void variables_in_quotes(void **state)
{
	const char *text = "'::a :b:1:c :: ::: :'";
	size_t length = 0, n = strlen(text), at;

	(void)state;
	at = sql_find_variable(text, n, 0, &length);
	assert_int_equal(at, 5);
	assert_int_equal(length, 2);
	at = sql_find_variable(text, n, at + length, &length);
	assert_int_equal(at, 9);
	assert_int_equal(sql_find_variable(text, n, at + length, &length), n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens),
		cmocka_unit_test(places),
		cmocka_unit_test(lines),
		cmocka_unit_test(deep_brackets),
		cmocka_unit_test(variables_in_quotes),
	};

	return cmocka_run_group_tests_name("sql_scan", tests, NULL, NULL);
}
