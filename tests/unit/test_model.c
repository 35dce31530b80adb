/* test_model.c - the model path without a network: replies, fingerprints, journal, guard, texts. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "convert/model_parts.h"

/* A reply with this content; `content` is JSON of the member's value. */
static void read_reply(struct arena *a, const char *content, const char *finish,
		       struct model_answer *out)
{
	char *body = xasprintf("{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
			       "\"content\":%s},\"finish_reason\":\"%s\"}],"
			       "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5}}",
			       content, finish);

	model_answer_read(a, body, strlen(body), out);
	free(body);
}

/* The same with a text. */
static void read_text(struct arena *a, const char *text, const char *finish,
		      struct model_answer *out)
{
	cJSON *s = cJSON_CreateString(text);
	char *json = cJSON_PrintUnformatted(s);

	read_reply(a, json, finish, out);
	free(json);
	cJSON_Delete(s);
}

static void sql_is_found_in_every_kind_of_answer(void **state)
{
	static const struct {
		const char *text, *sql;
	} rows[] = {
		{"{\"sql\": \"select 1;\", \"notes\": \"\"}", "select 1"},
		{"  \n{\"notes\": \"n\", \"sql\": \" select 1 ; ; \"}  ", "select 1"},
		{"{\"sql\": \"select 'a\\nb'\"}", "select 'a\nb'"},
		{"{\"sql\": \"select 1\n\"}", "select 1"}, /* a raw line end: not JSON, but seen */
		{"{\"query\": \"select 1\"}", "select 1"},
		{"{\"sql\": \"```sql\\nselect 1\\n```\"}", "select 1"},
		{"```json\n{\"sql\": \"select 1\"}\n```", "select 1"},
		{"```sql\nselect 1;\n```", "select 1"},
		{"```\nselect 1\n```", "select 1"},
		{"```postgresql\r\nselect 1\r\n```\r\n", "select 1"},
		{"Sure! Here it is:\n```sql\nselect 1\n```\nIt uses `x`.", "select 1"},
		{"First:\n```python\nprint(1)\n```\nthen\n```sql\nselect 1\n```", "select 1"},
		{"```sql\nselect 2\n```\n```json\n{\"sql\":\"select 1\"}\n```", "select 1"},
		{"The result is {\"sql\": \"select 1\"} as you wanted.", "select 1"},
		{"I use {braces} first, {\"a\": 1}, then {\"sql\": \"select 1\"}", "select 1"},
		{"Here you go.\n\nSELECT 1\nFROM t;\nThis works.", "SELECT 1\nFROM t"},
		{"with a as (select 1)\nselect * from a\n\nNote: done", "with a as (select 1)\n"
									"select * from a"},
		{"<think>select 2? no {\"sql\":\"x\"}</think>\n{\"sql\": \"select 1\"}",
		 "select 1"},
		{"{\"sql\": \"select '```'\"}", "select '```'"},
	};
	struct model_answer m;
	struct arena a = {0};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		read_text(&a, rows[i].text, "stop", &m);
		if (m.problem != ANSWER_OK || strcmp(m.sql, rows[i].sql) != 0)
			fail_msg("row %zu: problem '%s', sql '%s'", i,
				 answer_problem_word(m.problem), m.sql);
		assert_int_equal(m.tokens, 15);
		assert_true(m.usage);
	}
	arena_release(&a);
}

static void what_is_not_sql_is_a_problem_with_a_name(void **state)
{
	static const struct {
		const char *text, *finish;
		enum answer_problem problem;
	} rows[] = {
		{"", "stop", ANSWER_EMPTY},
		{" \n ", "stop", ANSWER_EMPTY},
		{"{\"sql\": \"\", \"notes\": \"no way\"}", "stop", ANSWER_EMPTY},
		{"{\"sql\": \" ; \"}", "stop", ANSWER_EMPTY},
		{"<think>hm</think>", "stop", ANSWER_EMPTY},
		{"", "length", ANSWER_TRUNCATED},
		{"{\"sql\": \"select 1, ", "length", ANSWER_TRUNCATED},
		{"```sql\nselect 1, ", "stop", ANSWER_TRUNCATED},
		{"select 1, ", "length", ANSWER_TRUNCATED},
		{"{\"answer\": \"yes\"}", "stop", ANSWER_NO_SQL},
		{"{\"sql\": 7}", "stop", ANSWER_NO_SQL},
		{"[1, 2, 3]", "stop", ANSWER_NO_SQL},
		{"It cannot be done.", "stop", ANSWER_NO_SQL},
		{"I'm sorry, but no.", "stop", ANSWER_REFUSED},
		{"I cannot help with that", "stop", ANSWER_REFUSED},
		{"{\"sql\": \"select 1\"}", "content_filter", ANSWER_REFUSED},
	};
	struct model_answer m;
	struct arena a = {0};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		read_text(&a, rows[i].text, rows[i].finish, &m);
		if (m.problem != rows[i].problem || *m.sql)
			fail_msg("row %zu: problem '%s', sql '%s'", i,
				 answer_problem_word(m.problem), m.sql);
		assert_true(*model_prompt_problem(m.problem) != '\0');
	}
	/* An object that is whole is good although what came behind it was cut. */
	read_text(&a, "{\"sql\": \"select 1\"}   ", "length", &m);
	assert_int_equal(m.problem, ANSWER_OK);
	arena_release(&a);
}

static void replies_have_several_shapes(void **state)
{
	static const char *const broken[] = {
		"",
		"<html>sign in</html>",
		"[]",
		"{}",
		"{\"choices\":[]}",
		"{\"choices\":{}}",
		"{\"choices\":[7]}",
		"{\"choices\":[{\"message\":\"x\"}]}",
		"{\"choices\":[{\"message\":{\"content\":\"{\\\"sql\\\":\\\"select 1\\\"}\"",
	};
	static const char refused[] =
		"{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"no\"}}]}";
	struct model_answer m;
	struct arena a = {0};
	size_t i;

	(void)state;
	read_reply(&a,
		   "[{\"type\":\"reasoning\",\"text\":\"{\\\"sql\\\":\\\"select 2\\\"}\"},"
		   "{\"type\":\"text\",\"text\":\"{\\\"sql\\\":\"},"
		   "{\"type\":\"text\",\"text\":\"\\\"select 1\\\"}\"}]",
		   "stop", &m);
	assert_string_equal(m.sql, "select 1");
	for (i = 0; i < COUNT(broken); i++) {
		model_answer_read(&a, broken[i], strlen(broken[i]), &m);
		assert_int_equal(m.problem, ANSWER_BROKEN);
		assert_int_equal(m.tokens, 0);
		assert_false(m.usage);
	}
	model_answer_read(&a, refused, strlen(refused), &m);
	assert_int_equal(m.problem, ANSWER_REFUSED);
	arena_release(&a);
}

static void key_of(const char *dialect, const char *sql, const char *model, const char *rules,
		   bool redacted, char key[MODEL_KEY])
{
	struct model_settings s = {
		.url = "u", .model = model, .rules_version = rules, .redact = redacted};
	struct model_task t = {.dialect = dialect};

	model_fingerprint(&s, &t, sql, key);
}

static void a_fingerprint_is_of_what_matters(void **state)
{
	char a[MODEL_KEY], b[MODEL_KEY];

	(void)state;
	key_of("tsql", "select top 1 *\nfrom [a b] -- x\n;", "m", "1", false, a);
	assert_int_equal(strlen(a), 64);
	key_of("tsql", "/* y */ select  top 1 * from [a b];", "m", "1", false, b);
	assert_string_equal(a, b);
	key_of("tsql", "select top 1 * from [a  b]", "m", "1", false, b);
	assert_string_not_equal(a, b);
	key_of("mysql", "select top 1 * from [a b]", "m", "1", false, b);
	assert_string_not_equal(a, b);
	key_of("tsql", "select top 1 * from [a b]", "n", "1", false, b);
	assert_string_not_equal(a, b);
	key_of("tsql", "select top 1 * from [a b]", "m", "2", false, b);
	assert_string_not_equal(a, b);
	key_of("tsql", "select top 1 * from [a b]", "m", "1", true, b);
	assert_string_not_equal(a, b);
	key_of("tsql", "select top 1 * from [a b]", NULL, "1", true, b);
	assert_string_not_equal(a, b);
}

#define KEY_A "0000000000000000000000000000000000000000000000000000000000000000"
#define KEY_B "1111111111111111111111111111111111111111111111111111111111111111"
#define LINE(key, round, sql)                                                                      \
	"{\"key\":\"" key "\",\"round\":" round ",\"problem\":\"\",\"sql\":\"" sql                 \
	"\",\"notes\":\"\"}\n"

static void a_journal_is_read_but_for_what_is_not_ours(void **state)
{
	static const char text[] = LINE(KEY_B, "1", "b1") LINE(KEY_A, "2", "a2")
		LINE(KEY_A, "1", "old") "\nnot json\n" LINE(KEY_A, "1", "a1")
			LINE("short", "1", "x") LINE(KEY_A, "9", "x")
				LINE(KEY_A, "3", "") "{\"key\":\"" KEY_A
						     "\",\"round\":3,\"problem\":\"emp";
	struct journal j = {.fd = -1};

	(void)state;
	journal_read(&j, text, strlen(text));
	assert_int_equal(j.count, 3);
	assert_int_equal(j.bad_lines, 5);
	assert_string_equal(journal_find(&j, KEY_A, 1)->answer.sql, "a1");
	assert_string_equal(journal_find(&j, KEY_A, 2)->answer.sql, "a2");
	assert_null(journal_find(&j, KEY_A, 3));
	assert_string_equal(journal_find(&j, KEY_B, 1)->answer.sql, "b1");
	journal_close(&j);
	journal_read(&j, "", 0);
	assert_null(journal_find(&j, KEY_A, 1));
	journal_close(&j);
}

static void append(const char *path, const char *key, unsigned round, const char *sql)
{
	struct journal_entry entry = {.round = round,
				      .answer = {.sql = sql, .notes = "n\n\"", .tokens = 7}};
	struct error e = ERROR_INIT;
	struct journal j;

	memcpy(entry.key, key, MODEL_KEY);
	assert_int_equal(journal_open(&j, path, &e), 0);
	assert_int_equal(journal_append(&j, "id", &entry, &e), 0);
	journal_sort(&j);
	assert_string_equal(journal_find(&j, key, round)->answer.sql, sql);
	journal_close(&j);
}

static void a_journal_survives_a_cut_line(void **state)
{
	char path[] = "/tmp/lakeport-journal-XXXXXX";
	struct error e = ERROR_INIT;
	struct journal j, other;
	int fd = mkstemp(path);

	(void)state;
	append(path, KEY_A, 1, "select 'a\nb'");
	assert_int_equal(write(fd, "", 0), 0);
	lseek(fd, 0, SEEK_END);
	assert_int_equal(write(fd, "{\"key\":\"00", 10), 10); /* killed while writing */
	append(path, KEY_A, 2, "select 2");
	assert_int_equal(journal_open(&j, path, &e), 0);
	assert_int_equal(j.count, 2);
	assert_int_equal(j.bad_lines, 1);
	assert_string_equal(journal_find(&j, KEY_A, 1)->answer.sql, "select 'a\nb'");
	assert_string_equal(journal_find(&j, KEY_A, 1)->answer.notes, "n\n\"");
	assert_string_equal(journal_find(&j, KEY_A, 2)->answer.sql, "select 2");
	assert_int_equal(journal_open(&other, path, &e), -1);
	assert_int_equal(e.class, ERROR_CONFIG);
	assert_non_null(strstr(e.text, "is in use by another run"));
	journal_close(&other);
	journal_close(&j);
	close(fd);
	unlink(path);
}

static void the_guard_lets_only_the_same_kind_pass(void **state)
{
	static const struct {
		const char *kind, *source, *answer;
		bool passes;
	} rows[] = {
		{"query", "select 1", "select 1", true},
		{"query", "select 1", "with a as (select 1) select * from a union select 2", true},
		{"query", "select 1", "values (1)", true},
		{"query", "select * from `a b`.t", "select * from \"A B\".T", true},
		{"query", "select * from t", "with x as (select * from t) select * from x", true},
		{"query", "select * from t", "select * from t, pg_shadow", false},
		{"query", "select * from t", "select * from (select * from \"t2\") t", false},
		{"query", "select 'u' from t", "select '\"ctename\":\"u\"' from u", false},
		{"dml", "insert into t select 1", "insert into u select 1", false},
		{"query", "select 1", "select pg_terminate_backend(1)", false},
		{"query", "select a", "select lower(a), now(), coalesce(a, 'x')", true},
		{"query", "select f(a)", "select F(a)", true},
		{"query", "select a", "select f(a)", false},
		{"query", "select a", "select query_to_xml('drop table t', true, true, '')", false},
		{"query", "select setval('s', 1)", "select setval('s', 1)", true},
		{"query", "select 1", "select setval('s', 1)", false},
		{"query", "select 1", "drop table t", false},
		{"query", "select 1", "select 1; drop table t", false},
		{"query", "select 1", "select 1; select 2", false},
		{"query", "select 1", "", false},
		{"query", "select 1", "-- nothing", false},
		{"query", "select 1", "with a as (delete from t returning *) select * from a",
		 false},
		{"query", "select * from t", "select * into c from t", false},
		{"query", "select * into c from t", "select * into c from t", true},
		{"query", "select 1", "copy t to program 'sh'", false},
		{"query", "select 1", "do $$ begin end $$", false},
		{"query", "select 1", "explain analyze delete from t", false},
		{"query", "select 'drop'", "drop table t", false},
		{"query", "select 1", "select '\"DropStmt\":{}'", true},
		{"query", "select 1", "set role postgres", false},
		{NULL, "select 1", "delete from t", false},
		{NULL, "with a as (select 1) select * from a", "delete from t", false},
		{NULL, "with a as (select 1) delete from t", "delete from t", true},
		{"dml", "insert overwrite t select 1", "truncate t; insert into t select 1", true},
		{"dml", "insert into t select 1", "insert into t select 1", true},
		{"dml", "insert into t select 1", "truncate t", false},
		{"dml", "insert into t select 1", "delete from t", false},
		{"dml", "insert overwrite t select 1", "delete from t; insert into t select 1",
		 true},
		{"dml", "merge into t using s on 1=1 when matched then delete",
		 "delete from t using s", true},
		{"dml", "merge into t using s on 1=1 when matched then delete",
		 "merge into t using s on true when matched then delete", true},
		{"dml", "delete from t", "drop table t", false},
		{"ddl", "create table t (a int)",
		 "create table t (a int); comment on table t is 'x'", true},
		{"ddl", "create table t (a int)", "drop table t; create table t (a int)", false},
		{"ddl", "create or replace table t (a int)",
		 "drop table if exists t; create table t (a int)", true},
		{"ddl", "create table t (a int)", "grant all on t to public", false},
		{"ddl", "create table t (a int)", "alter system set a = 1", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct model_task t = {
			.kind = rows[i].kind, .dialect = "databricks", .sql = rows[i].source};
		struct model_verdict v;

		if (model_guard(&t, rows[i].answer, &v) != rows[i].passes)
			fail_msg("row %zu: %s", i, v.message);
		assert_true(v.passed == rows[i].passes);
		assert_true(v.passed == (v.message[0] == '\0'));
	}
}

static void chains_that_are_too_long_are_not_parsed(void **state)
{
	struct model_task t = {.kind = "query", .dialect = "tsql", .sql = "select 1"};
	struct model_verdict v;
	struct buf sql = {0};
	int i;

	(void)state;
	buf_puts(&sql, "select 1");
	for (i = 0; i < 400000; i++)
		buf_puts(&sql, "+1");
	assert_int_equal(scan_chain(buf_text(&sql)), 800002);
	assert_false(model_guard(&t, buf_text(&sql), &v));
	assert_non_null(strstr(v.message, "too long a chain"));
	buf_clear(&sql);
	buf_puts(&sql, "select 1 where 1 in (1");
	for (i = 0; i < 100000; i++)
		buf_puts(&sql, ", (1)");
	buf_puts(&sql, ")");
	assert_true(scan_chain(buf_text(&sql)) < 20);
	assert_true(model_guard(&t, buf_text(&sql), &v));
	buf_release(&sql);
}

static void the_guard_says_where_a_text_does_not_parse(void **state)
{
	struct model_task t = {.kind = "query", .dialect = "tsql", .sql = "select 1"};
	struct model_verdict v;

	(void)state;
	assert_false(model_guard(&t, "select '\xc3\xa4', 1 frm t x", &v));
	assert_string_equal(v.sqlstate, "42601");
	assert_string_equal(v.message, "syntax error at or near \"t\"");
	assert_int_equal(v.position, 20);
}

static void tables_are_found_in_the_text(void **state)
{
	static const char sql[] =
		"select * from `a b`.t x join [c] on extract(year from d) = 1, u\n"
		"-- from comment\n join /* x */ main.s.t2 using (id) where 'from v'";
	const char *names[10];
	struct arena a = {0};
	size_t n;

	(void)state;
	n = model_tables(&a, "databricks", sql, names, 0, COUNT(names));
	assert_int_equal(n, 3);
	assert_string_equal(names[0], "\"a b\".t");
	assert_string_equal(names[1], "d");
	assert_string_equal(names[2], "main.s.t2");
	n = model_tables(&a, "postgres", "merge into s.t2 using main.s.t2", names, n, COUNT(names));
	assert_int_equal(n, 4);
	assert_string_equal(names[3], "s.t2");
	assert_int_equal(model_tables(&a, "postgres", "from a, b join c", names, 0, 1), 1);
	arena_release(&a);
}

static void a_question_says_what_is_known(void **state)
{
	static const struct model_finding findings[] = {
		{"NULLS-ORDER", "order of nulls", "say it"}};
	struct model_task t = {.dialect = "tsql",
			       .sql = "select a\nfrom t",
			       .schema = "t(a int)",
			       .findings = findings,
			       .finding_count = 1};
	struct model_question q = {.task = &t,
				   .sql = t.sql,
				   .schema = t.schema,
				   .converted = "select a\nfrom t t2",
				   .attempt = "select a\nfrm t",
				   .error = "syntax error",
				   .position = 14};
	struct model_body b = {.model = "m", .max_tokens = 100, .schema = true};
	char *body = model_request_body(&q, &b);
	cJSON *o = cJSON_Parse(body);
	const char *user;

	(void)state;
	assert_non_null(o);
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(o, "model")), "m");
	assert_null(cJSON_GetObjectItem(o, "temperature"));
	assert_true(cJSON_IsObject(cJSON_GetObjectItem(o, "response_format")));
	user = cJSON_GetStringValue(cJSON_GetObjectItem(
		cJSON_GetArrayItem(cJSON_GetObjectItem(o, "messages"), 1), "content"));
	assert_non_null(strstr(user, "t(a int)"));
	assert_non_null(strstr(user, "NULLS-ORDER: order of nulls"));
	assert_non_null(strstr(user, "select a\nfrom t"));
	assert_non_null(strstr(user, "select a\nfrm t"));
	assert_non_null(strstr(user, "syntax error\nat line 2, column 5, before: t"));
	cJSON_Delete(o);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sql_is_found_in_every_kind_of_answer),
		cmocka_unit_test(what_is_not_sql_is_a_problem_with_a_name),
		cmocka_unit_test(replies_have_several_shapes),
		cmocka_unit_test(a_fingerprint_is_of_what_matters),
		cmocka_unit_test(a_journal_is_read_but_for_what_is_not_ours),
		cmocka_unit_test(a_journal_survives_a_cut_line),
		cmocka_unit_test(the_guard_lets_only_the_same_kind_pass),
		cmocka_unit_test(chains_that_are_too_long_are_not_parsed),
		cmocka_unit_test(the_guard_says_where_a_text_does_not_parse),
		cmocka_unit_test(tables_are_found_in_the_text),
		cmocka_unit_test(a_question_says_what_is_known),
	};

	return RUN("model", tests);
}
