/* test_origin.c - what may run on a source, parameters with values, rows into files and back. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "convert/convert.h"
#include "convert/origin.h"

static struct arena arena;

static int empty(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static const char *refusal(const char *dialect, const char *sql)
{
	struct convert_settings s;
	struct conversion c;
	struct str text = {sql, strlen(sql)};

	convert_settings_init(&s, dialect_find(dialect));
	convert_statement(&arena, &s, text, &c);
	return origin_refusal(&arena, &s, text, &c);
}

static void test_sorted(void **state)
{
	size_t i;

	(void)state;
	for (i = 1; i < origin_harmful_count; i++)
		assert_true(strcmp(origin_harmful[i - 1].name, origin_harmful[i].name) < 0);
}

static void test_may_run(void **state)
{
	static const char *const cases[][2] = {
		{"databricks", "select `a`, count(*) from t group by all"},
		{"databricks", "with x as (select 1 as a) select a from x"},
		{"databricks", "from t select a"},
		{"databricks", "select 'drop table t; into' as a"},
		{"databricks", "select a from t -- delete from t"},
		{"databricks", "select `update` from t"},
		{"mysql",
		 "select insert('abc', 1, 2, 'x'), truncate(1.5, 1), replace('a', 'b', 'c')"},
		{"mysql", "select t.lock from t"},
		{"oracle", "select nvl(a, 1) from dual"},
		{"tsql", "select top 5 [into] from t with (nolock)"},
		{"snowflake", "select a from t qualify row_number() over (order by a) = 1"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const char *why = refusal(cases[i][0], cases[i][1]);

		if (why)
			fail_msg("'%s' is refused: %s", cases[i][1], why);
	}
}

static void test_may_not_run(void **state)
{
	static const char *const cases[][3] = {
		{"databricks", "delete from t", "only queries"},
		{"databricks", "create table t (a int)", "only queries"},
		{"databricks", "select ai_query('m', 'x')", "ai_*"},
		{"databricks", "select java_method('java.lang.System', 'exit', 1)", "runs code"},
		{"databricks", "select from from from", "not understood"},
		{"mysql", "select 1 /*! into outfile '/tmp/x' */", "would execute"},
		{"mysql", "select 1 /*M! into outfile '/tmp/x' */", "would execute"},
		{"mysql", "select a from t for update", "word update"},
		{"mysql", "select a from t lock in share mode", "word lock"},
		{"mysql", "select sleep(10)", "it waits"},
		{"mysql", "select get_lock('a', 1)", "takes a lock"},
		{"mysql", "select load_file('/etc/passwd')", "reads a file"},
		{"oracle", "select s.nextval from dual", "nextval"},
		{"oracle", "select utl_http.request('http://x') from dual", "utl_*"},
		{"oracle", "select dbms_random.value from dual", "dbms_*"},
		{"redshift", "select pg_terminate_backend(1)", "ends the work"},
		{"redshift", "select nextval('s')", "nextval"},
		{"snowflake", "select system$cancel_all_queries(1)", "stops what runs"},
		{"tsql", "select a into b from t", "into"},
		{"tsql", "select * from openrowset('x', 'y', 'z')", "openrowset"},
		{"tsql", "select 1 drop table t", ""},
		{"tsql", "select 1 exec sp_who", ""},
		{"tsql", "exec sp_who", "only queries"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const char *why = refusal(cases[i][0], cases[i][1]);

		if (!why)
			fail_msg("'%s' is not refused", cases[i][1]);
		else if (!strstr(why, cases[i][2]))
			fail_msg("'%s' is refused for another reason: %s", cases[i][1], why);
	}
}

static void test_parameters(void **state)
{
	static const char *const items[] = {"who=it's \\", "n=-1.5", "p1=null", "p2=7", "day=x"};
	static const struct origin_values given = {items, COUNT(items)};
	static const char *const cases[][3] = {
		{"databricks", "select :n, ':n', :who from t where a = :n",
		 "select -1.5, ':n', 'it\\'s \\\\' from t where a = -1.5"},
		{"redshift", "select :who", "select 'it''s \\\\'"},
		{"mysql", "select ?, ?", "select null, 7"},
		{"tsql", "select @who, @n", "select 'it''s \\', -1.5"},
		{"databricks", "select ${day}", "select 'x'"},
		{"databricks", "select :other", NULL},
		{"mysql", "select ?, ?, ?", NULL},
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct str text = {cases[i][1], strlen(cases[i][1])};
		const char *out, *missing, **values;
		struct convert_settings s;
		struct conversion c;

		convert_settings_init(&s, dialect_find(cases[i][0]));
		convert_statement(&arena, &s, text, &c);
		origin_fill(&arena, &s, text, &c, &given, &out, &values, &n, &missing);
		if (!cases[i][2]) {
			assert_null(out);
			assert_non_null(missing);
			continue;
		}
		assert_non_null(out);
		assert_string_equal(out, cases[i][2]);
		assert_int_equal(n, c.parameters[c.parameter_count - 1].number);
	}
}

static void check_saved(struct golden *g, const char *stem, const char *ending)
{
	char path[200];
	struct error e = ERROR_INIT;
	struct golden back;
	size_t i;

	assert_int_equal(origin_save(g, stem, &e), 0);
	snprintf(path, sizeof(path), "%s.%s", stem, ending);
	assert_int_equal(golden_read(&back, path, &arena, &e), 0);
	assert_int_equal(back.row_count, g->row_count);
	assert_int_equal(back.column_count, g->column_count);
	for (i = 0; i < g->row_count * g->column_count; i++) {
		assert_int_equal(!back.cells[i], !g->cells[i]);
		if (g->cells[i])
			assert_string_equal(back.cells[i], g->cells[i]);
	}
	for (i = 0; i < g->column_count; i++)
		assert_string_equal(back.columns[i], g->columns[i]);
}

static void test_save(void **state)
{
	static const char *columns[] = {"a", "say \"x\", y"};
	static const char *wide[] = {"1",	 NULL,	  "",	  "a,b",  "line\nend", "\"q\"",
				     "\xc3\xbc", " lead", "NULL", "null", "x\r\n",     "'"};
	static const char *narrow[] = {"1", NULL, "", "x"};
	static const char *full[] = {"1", "", "x"};
	char folder[] = "/tmp/lakeport-origin-XXXXXX", stem[100], path[120];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(stem, sizeof(stem), "%s/q", folder);
	check_saved(&(struct golden){NULL, columns, 2, 6, 6, wide, NULL}, stem, "csv");
	check_saved(&(struct golden){NULL, columns, 1, 4, 4, narrow, NULL}, stem, "jsonl");
	snprintf(path, sizeof(path), "%s.csv", stem);
	assert_int_equal(access(path, F_OK), -1);
	check_saved(&(struct golden){NULL, columns, 1, 3, 3, full, NULL}, stem, "csv");
	check_saved(&(struct golden){NULL, columns, 2, 0, 0, NULL, NULL}, stem, "csv");
	unlink(path);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorted),
		cmocka_unit_test_teardown(test_may_run, empty),
		cmocka_unit_test_teardown(test_may_not_run, empty),
		cmocka_unit_test_teardown(test_parameters, empty),
		cmocka_unit_test_teardown(test_save, empty),
	};

	return RUN("origin", tests);
}
