/* test_redact.c - scanning SQL for literals, taking them out, putting them back. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "convert/model_parts.h"

static void tokens_cover_the_text(void **state)
{
	static const struct {
		const char *dialect, *sql,
			*kinds; /* b blank, c comment, s string, n number, w q o */
	} rows[] = {
		{"postgres", "select 'it''s', 1.5e3", "wbsobn"},
		{"postgres", "E'a\\'b' $x$ ' $x$ \"q\"\"q\" $1", "sbsbqbon"},
		{"postgres", "-- c\n/* ' */a.1b", "cbcwnw"},
		{"databricks", "\"s\" 'a\\'b' r'a\\' `q`", "sbsbsbq"},
		{"mysql", "a # 'c\nb", "wbcbw"},
		{"tsql", "[a'b] N'x' 'a\\' @p", "qbsbsbow"},
		{"oracle", "q'[it's]' nq'!a'!' 'x'", "sbsbs"},
		{"snowflake", "$$a'b$$ a:b", "sbwow"},
		{"postgres", "'open", "s"},
		{"postgres", "/* open", "c"},
		{"postgres", "\"open", "q"},
		{"postgres", "1..2 .5 5.", "nonbnbno"},
		{"postgres", "\xc3\xa4x", "w"},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct scan s = {scan_style(rows[i].dialect), rows[i].sql,
				 rows[i].sql + strlen(rows[i].sql)};
		struct scan_token t;
		char kinds[64] = "";
		const char *at = rows[i].sql;

		for (k = 0; (t = scan_next(&s)).kind != SCAN_END && k < 63; k++) {
			kinds[k] = "-bcsnwqo"[t.kind];
			assert_ptr_equal(t.p, at);
			at += t.len;
		}
		assert_int_equal(*at, '\0');
		if (strcmp(kinds, rows[i].kinds) != 0)
			fail_msg("%s: %s", rows[i].sql, kinds);
	}
}

/* What is sent, and what comes back when the model answers `answer`; NULL: refused. */
static const struct {
	const char *dialect, *sql, *sent, *answer, *restored;
} trips[] = {
	{"databricks", "select 'Ana', 42, 1, 0", "select 'LKP_S1', 987650001, 1, 0",
	 "SELECT 'LKP_S1', 987650001, 1, 0", "SELECT 'Ana', 42, 1, 0"},
	{"databricks", "select \"it's\" /* Bob */, 'a\\'b'", "select 'LKP_S1'  , 'LKP_S2'",
	 "select 'LKP_S1', 'LKP_S2'", "select 'it''s', 'a''b'"},
	{"databricks", "x = 'Ana' or y = 'Ana'", "x = 'LKP_S1' or y = 'LKP_S1'", "'LKP_S1'",
	 "'Ana'"},
	{"databricks", "cast(a as decimal(10, 2)) > 1.25",
	 "cast(a as decimal(10, 2)) > 987650001.5", "a::numeric(10,2) > 987650001.5",
	 "a::numeric(10,2) > 1.25"},
	{"databricks", "date_trunc('MONTH', d), date_format(d, 'yyyy-MM-dd')",
	 "date_trunc('MONTH', d), date_format(d, 'yyyy-MM-dd')", "to_char(d, 'YYYY-MM-DD')",
	 "to_char(d, 'YYYY-MM-DD')"},
	{"databricks", "a like 'Ana%'", "a like 'LKP_S1'", "a like 'x' || 'LKP_S1'",
	 "a like 'x' || 'Ana%'"},
	{"databricks", "interval 7 days", "interval 987650001 days", "interval '987650001 days'",
	 "interval '7 days'"},
	{"databricks", "rlike(a, 'O''x')", "rlike(a, 'LKP_S1')", "a ~ E'^LKP_S1\\n'",
	 "a ~ E'^O''x\\n'"},
	{"databricks", "a = 'c:\\\\d'", "a = 'LKP_S1'", "a = E'LKP_S1' or a = 'LKP_S1'",
	 "a = E'c:\\\\d' or a = 'c:\\d'"},
	{"databricks", "x'0aFF' = b", "'LKP_S1' = b", "'LKP_S1' = b", "'\\x0aFF'::bytea = b"},
	{"tsql", "a = 0xaBcD and b = 0x", "a = 'LKP_S1' and b = 0x", "a = 'LKP_S1'",
	 "a = '\\xaBcD'::bytea"},
	{"tsql", "select N'\xc3\xa4' as [a b]", "select 'LKP_S1' as [a b]",
	 "select 'LKP_S1' as \"a b\"", "select '\xc3\xa4' as \"a b\""},
	{"mysql", "select 1 as 'Name'", "select 1 as 'LKP_S1'", "select 1 as \"LKP_S1\"",
	 "select 1 as \"Name\""},
	{"oracle", "q'[it's]'", "'LKP_S1'", "'lkp_s1'", "'it''s'"},
	{"databricks", "select 'Ana', 42", "select 'LKP_S1', 987650001", "select 'LKP_S1'", NULL},
	{"databricks", "select 'Ana'", "select 'LKP_S1'", "select 'x'", NULL},
	{"databricks", "select 'Ana'", "select 'LKP_S1'", "select 'LKP_S1', 'LKP_S2'", NULL},
	{"databricks", "select 'Ana'", "select 'LKP_S1'", "select LKP_S1", NULL},
	{"databricks", "select 'Ana'", "select 'LKP_S1'", "select $$LKP_S1$$", NULL},
	{"databricks", "select 'Ana'", "select 'LKP_S1'", "-- 'LKP_S1'\nselect 2", NULL},
	{"databricks", "select 42", "select 987650001", "select 987650009", NULL},
};

static void literals_go_out_and_come_back(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(trips); i++) {
		struct redaction *r = redaction_new();
		struct buf sent = {0}, back = {0};
		struct error e = ERROR_INIT;
		int status;

		redact(r, scan_style(trips[i].dialect), trips[i].sql, true, &sent);
		assert_string_equal(buf_text(&sent), trips[i].sent);
		status = redact_restore(r, trips[i].answer, &back, &e);
		if (trips[i].restored) {
			if (status < 0)
				fail_msg("%s: %s", trips[i].sql, e.text);
			assert_string_equal(buf_text(&back), trips[i].restored);
		} else {
			assert_int_equal(status, -1);
			assert_non_null(strstr(e.text, "placeholder"));
		}
		buf_release(&sent);
		buf_release(&back);
		redaction_free(r);
	}
}

static void only_literals_of_the_source_must_come_back(void **state)
{
	struct redaction *r = redaction_new();
	struct buf sent = {0}, back = {0};
	struct error e = ERROR_INIT;

	(void)state;
	redact(r, scan_style("databricks"), "select 'Ana'", true, &sent);
	redact(r, scan_style("postgres"), "; select 'Ana', 'Bob'", false, &sent);
	assert_string_equal(buf_text(&sent), "select 'LKP_S1'; select 'LKP_S1', 'LKP_S2'");
	assert_int_equal(redact_restore(r, "select 'LKP_S1'", &back, &e), 0);
	assert_string_equal(buf_text(&back), "select 'Ana'");
	buf_release(&sent);
	buf_release(&back);
	redaction_free(r);
}

static void errors_hold_no_literal_and_no_data(void **state)
{
	static const char sent[] = "select 'LKP_S1', x + 987650001 from t";
	static const struct {
		const char *text, *redacted;
	} rows[] = {
		{"invalid input syntax for type integer: \"Ana\"",
		 "invalid input syntax for type integer: \"LKP_S1\""},
		{"column \"x\" does not exist", "column \"x\" does not exist"},
		{"duplicate key: \"bob@acme.com\"", "duplicate key: \"***\""},
		{"value 4242 is out of range", "value 987650001 is out of range"},
		{"Anatolia and 42421", "Anatolia and 42421"},
		{"don't", "don't"},
	};
	struct redaction *r = redaction_new();
	struct buf out = {0};
	size_t i;

	(void)state;
	redact(r, scan_style("databricks"), "select 'Ana', x + 4242 from t", true, &out);
	assert_string_equal(buf_text(&out), sent);
	for (i = 0; i < COUNT(rows); i++) {
		buf_clear(&out);
		redact_error(r, sent, rows[i].text, &out);
		assert_string_equal(buf_text(&out), rows[i].redacted);
	}
	buf_release(&out);
	redaction_free(r);
}

/* These must be found by a binary search: the first, the last, and those between. */
static void words_of_sql_stay(void **state)
{
	static const char *const words[] = {"day",  "days",  "decade", "dow",	  "doy",   "epoch",
					    "HOUR", "mm",    "month",  "quarter", "utc",   "week",
					    "year", "years", "yyyy",   "second",  "minute"};
	static const char *const data[] = {"Sam", "Emma", "2024", "may", "Hass", "2024-05-05", " "};
	struct redaction *r = redaction_new();
	struct buf out = {0};
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(words); i++) {
		snprintf(text, sizeof(text), "'%s'", words[i]);
		buf_clear(&out);
		redact(r, scan_style("tsql"), text, true, &out);
		assert_string_equal(buf_text(&out), text);
	}
	for (i = 0; i < COUNT(data); i++) {
		snprintf(text, sizeof(text), "'%s'", data[i]);
		buf_clear(&out);
		redact(r, scan_style("tsql"), text, true, &out);
		assert_non_null(strstr(buf_text(&out), "LKP_S"));
	}
	buf_release(&out);
	redaction_free(r);
}

static void too_many_literals_are_not_sent(void **state)
{
	struct redaction *r = redaction_new();
	struct buf sql = {0}, out = {0};
	int i;

	(void)state;
	for (i = 2; i < 9000; i++)
		buf_printf(&sql, "%d,", i);
	redact(r, scan_style("tsql"), buf_text(&sql), true, &out);
	assert_false(redaction_full(r));
	for (; i < 11000; i++)
		buf_printf(&sql, "%d,", i);
	redact(r, scan_style("tsql"), buf_text(&sql), true, &out);
	assert_true(redaction_full(r));
	assert_null(strstr(buf_text(&out), "10999"));
	buf_release(&sql);
	buf_release(&out);
	redaction_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_cover_the_text),
		cmocka_unit_test(literals_go_out_and_come_back),
		cmocka_unit_test(only_literals_of_the_source_must_come_back),
		cmocka_unit_test(errors_hold_no_literal_and_no_data),
		cmocka_unit_test(words_of_sql_stay),
		cmocka_unit_test(too_many_literals_are_not_sent),
	};

	return RUN("redact", tests);
}
