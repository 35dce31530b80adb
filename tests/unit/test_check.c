/* test_check.c - the checks that need no server: parse trees, names, what may be executed, stubs.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "convert/check.h"
#include "convert/check_names.h"
#include "convert/check_safe.h"
#include "convert/check_tree.h"
#include "convert/helpers.h"
#include "convert/names.h"
#include "convert/stub.h"

static struct arena arena;

static int release_arena(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

/* ---- tables ---- */

static void tables_are_sorted(void **state)
{
	size_t i;

	(void)state;
	for (i = 1; i < name_function_count; i++)
		assert_true(strcmp(name_functions[i - 1].name, name_functions[i].name) < 0);
	for (i = 1; i < name_type_count; i++)
		assert_true(strcmp(name_types[i - 1], name_types[i]) < 0);
	for (i = 1; i < name_operator_count; i++)
		assert_true(strcmp(name_operators[i - 1].name, name_operators[i].name) < 0);
	for (i = 1; i < policy_row_count; i++)
		assert_true(strcmp(policy_rows[i - 1].kind, policy_rows[i].kind) < 0);
	for (i = 1; i < harmful_function_count; i++)
		assert_true(strcmp(harmful_functions[i - 1].name, harmful_functions[i].name) < 0);
	for (i = 1; i < helper_cast_count; i++)
		assert_true(strcmp(helper_casts[i - 1].name, helper_casts[i].name) < 0);
}

static void functions_know_their_arguments(void **state)
{
	char counts[64];

	(void)state;
	assert_true(names_takes(names_function("abs"), 1));
	assert_false(names_takes(names_function("abs"), 2));
	assert_false(names_takes(names_function("concat"), 0));
	assert_true(names_takes(names_function("concat"), 40));
	assert_true(names_takes(names_function("count"), 0));
	assert_null(names_function("nvl"));
	assert_string_equal(names_counts(names_function("age"), counts, sizeof(counts)), "1 or 2");
	assert_string_equal(names_counts(names_function("concat_ws"), counts, sizeof(counts)),
			    "2 and more");
	assert_true(names_type("int4"));
	assert_false(names_type("string"));
	assert_true(names_operator("@", true));
	assert_false(names_operator("@", false));
}

/* ---- trees ---- */

static void positions_are_bytes(void **state)
{
	struct parsed p;

	(void)state;
	assert_int_equal(parsed_text(&p, &arena, "select '\xc3\xa4\xc3\xb6' from from"), -1);
	assert_string_equal(p.message, "syntax error at or near \"from\"");
	assert_int_equal(p.position, 20);
	parsed_release(&p);
	assert_int_equal(parsed_text(&p, &arena, "select 1;\n select '\xc3\xa4', x"), 0);
	assert_int_equal(p.count, 2);
	assert_string_equal(p.statements[0].sql, "select 1");
	assert_string_equal(p.statements[1].kind, "SelectStmt");
	assert_int_equal(p.statements[1].begin, 9);
	parsed_release(&p);
}

static void deep_trees_are_said_to_be_so(void **state)
{
	struct buf sql = {0};
	struct parsed p;
	int i;

	(void)state;
	buf_puts(&sql, "select ");
	for (i = 0; i < 1500; i++)
		buf_puts(&sql, "abs(");
	buf_puts(&sql, "1");
	for (i = 0; i < 1500; i++)
		buf_puts(&sql, ")");
	assert_int_equal(parsed_text(&p, &arena, buf_text(&sql)), -1);
	assert_true(p.too_deep);
	parsed_release(&p);
	buf_release(&sql);
}

/* ---- the checks without a server ---- */

static const struct {
	const char *sql, *message;
	size_t position;
} name_cases[] = {
	{"select abs(-1), count(*), extract(year from now()), 1::bigint, 'x' || 'y'", NULL, 0},
	{"select percentile_cont(0.5) within group (order by x) from t", NULL, 0},
	{"select date('2020-01-01'), int4('1')", NULL, 0},
	{"select nvl(1, 2)", "Postgres has no function 'nvl' (2 arguments)", 8},
	{"select 1, abs(1, 2)", "function 'abs' does not take 2 arguments", 11},
	{"select pg_catalog.nvl(1)", "Postgres has no function 'nvl' (1 argument)", 8},
	{"select mine.nvl(1)", NULL, 0},
	{"select x::string", "Postgres has no type 'string'", 11},
	{"create table t (a datetime)", "Postgres has no type 'datetime'", 19},
	{"create type mood as enum ('a'); create table t (a mood, b t)", NULL, 0},
	{"select 1 <=> 2", "Postgres has no operator '<=>'", 10},
	{"select @1, @-@ '(1,2)'::path", NULL, 0},
	{"create function f(int) returns int language sql as 'select 1'; select f(1)", NULL, 0},
	{"select a, b from unnest(array[1], array[2]) with ordinality as u(a, b, i)", NULL, 0},
	{"select lakeport.try_int('1')", NULL, 0},
	{"select lakeport.none('1')", "Postgres has no function 'none' (1 argument)", 8},
};

static void names_are_known_or_not(void **state)
{
	struct check_settings s;
	struct checker *c;
	size_t i;

	(void)state;
	check_settings_init(&s);
	s.upto = CHECK_NAMES;
	c = checker_new(&s, NULL);
	assert_non_null(c);
	for (i = 0; i < COUNT(name_cases); i++) {
		struct check_input in = {.sql = name_cases[i].sql};
		struct check_report r;

		assert_int_equal(check_statement(c, &arena, &in, &r, NULL), 0);
		assert_int_equal(r.results[CHECK_PARSES].status, CHECK_PASSED);
		if (!name_cases[i].message) {
			assert_string_equal(r.results[CHECK_NAMES].message, "");
			assert_true(r.ok);
			assert_int_equal(r.passed, 2);
			continue;
		}
		assert_ptr_equal(r.failed, &r.results[CHECK_NAMES]);
		assert_string_equal(r.failed->message, name_cases[i].message);
		assert_int_equal(r.failed->position, name_cases[i].position);
	}
	checker_free(c);
}

static void a_check_behind_a_failed_one_is_not_tried(void **state)
{
	struct check_settings s;
	struct check_input in = {.sql = "select from where"};
	struct check_report r;
	struct checker *c;
	enum check found;

	(void)state;
	check_settings_init(&s);
	s.upto = CHECK_ROWS;
	c = checker_new(&s, NULL);
	assert_int_equal(check_statement(c, &arena, &in, &r, NULL), 0);
	assert_int_equal(r.results[CHECK_PARSES].status, CHECK_FAILED);
	assert_string_equal(r.results[CHECK_PARSES].sqlstate, "42601");
	assert_int_equal(r.results[CHECK_NAMES].status, CHECK_NOT_ASKED);
	assert_int_equal(r.results[CHECK_ROWS].status, CHECK_NOT_ASKED);
	in.sql = "select 1";
	assert_int_equal(check_statement(c, &arena, &in, &r, NULL), 0);
	assert_int_equal(r.results[CHECK_PREPARES].status, CHECK_NOT_POSSIBLE);
	assert_string_equal(r.results[CHECK_PREPARES].message, "no server was given");
	assert_true(r.ok);
	in.sql = " -- nothing\n";
	assert_int_equal(check_statement(c, &arena, &in, &r, NULL), 0);
	assert_string_equal(r.failed->message, "there is no statement");
	checker_free(c);
	assert_true(check_find("prepare", &found) && found == CHECK_PREPARES);
	assert_true(check_find("rows", &found) && found == CHECK_ROWS);
	assert_false(check_find("trust", &found));
}

/* ---- what may be executed ---- */

static const struct {
	const char *sql;
	enum policy policy;
} policy_cases[] = {
	{"select 1", POLICY_QUERY},
	{"values (1)", POLICY_QUERY},
	{"with x as (delete from t returning 1) select * from x", POLICY_CHANGE},
	{"select 1 into t", POLICY_COPY_AS},
	{"create table t as select 1", POLICY_COPY_AS},
	{"insert into t values (1)", POLICY_CHANGE},
	{"merge into t using s on true when matched then delete", POLICY_CHANGE},
	{"create table t (a int)", POLICY_CREATE},
	{"create table t (a int) tablespace fast", POLICY_REFUSE},
	{"create function f() returns int language sql as 'select 1'", POLICY_CODE},
	{"create function f() returns int language c as '/tmp/x.so'", POLICY_REFUSE},
	{"create function f() returns int language plpython3u as ''", POLICY_REFUSE},
	{"create index on t (a)", POLICY_OWN},
	{"create index concurrently on t (a)", POLICY_REFUSE},
	{"drop table t", POLICY_OWN},
	{"truncate t", POLICY_OWN},
	{"call p()", POLICY_ANALYSE},
	{"explain analyze delete from t", POLICY_ANALYSE},
	{"do $$ begin commit; end $$", POLICY_REFUSE},
	{"commit", POLICY_REFUSE},
	{"rollback to savepoint x", POLICY_REFUSE},
	{"prepare transaction 'x'", POLICY_REFUSE},
	{"copy t to program 'rm -rf /'", POLICY_REFUSE},
	{"copy t from '/etc/passwd'", POLICY_REFUSE},
	{"vacuum", POLICY_REFUSE},
	{"create database d", POLICY_REFUSE},
	{"alter system set work_mem = '1GB'", POLICY_REFUSE},
	{"set transaction read write", POLICY_REFUSE},
	{"reset role", POLICY_REFUSE},
	{"listen x", POLICY_REFUSE},
	{"notify x", POLICY_REFUSE},
	{"lock table t", POLICY_REFUSE},
	{"load 'evil'", POLICY_REFUSE},
	{"create extension dblink", POLICY_REFUSE},
	{"create event trigger e on ddl_command_start execute function f()", POLICY_REFUSE},
	{"grant all on t to public", POLICY_REFUSE},
	{"create role r superuser", POLICY_REFUSE},
	{"prepare x as select 1", POLICY_REFUSE},
	{"execute x", POLICY_REFUSE},
	{"discard all", POLICY_REFUSE},
	{"refresh materialized view v", POLICY_REFUSE},
};

static void only_what_can_be_undone_is_executed(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(policy_cases); i++) {
		struct parsed p;
		struct policy_row row;

		assert_int_equal(parsed_text(&p, &arena, policy_cases[i].sql), 0);
		row = policy_of(&p.statements[0]);
		if (row.policy != policy_cases[i].policy)
			fail_msg("%s: policy %d", policy_cases[i].sql, (int)row.policy);
		if (row.policy == POLICY_REFUSE || row.policy == POLICY_ANALYSE)
			assert_non_null(row.why);
		parsed_release(&p);
	}
}

static void harmful_functions_are_seen(void **state)
{
	static const struct {
		const char *sql, *function;
	} cases[] = {
		{"select pg_terminate_backend(1)", "pg_terminate_backend"},
		{"select \"pg_catalog\".\"set_config\"('a', 'b', false)", "set_config"},
		{"select * from pg_ls_dir('.')", "pg_ls_dir"},
		{"select 1 where exists (select lo_export(1, 'x'))", "lo_export"},
		{"select query_to_xml('drop table t', true, true, '')", "query_to_xml"},
		{"select * from dblink('', '') as t(a int)", "dblink"},
		{"select pg_advisory_lock(1)", "pg_advisory_lock"},
		{"select setval('s', 1)", "setval"},
		{"select random(), now(), clock_timestamp(), nextval('s'), mine(1)", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct name_list names = {0};
		const char *why, *function;
		struct parsed p;

		assert_int_equal(parsed_text(&p, &arena, cases[i].sql), 0);
		function = policy_harmful(&p, &arena, &names, &why);
		if (!cases[i].function) {
			assert_null(function);
			assert_int_equal(names.count, 1);
			assert_string_equal(names.items[0], "mine");
		} else {
			assert_non_null(function);
			assert_string_equal(function, cases[i].function);
			assert_non_null(why);
		}
		parsed_release(&p);
	}
}

/* ---- stubs ---- */

static const struct {
	const char *sql, *tables;
} stub_cases[] = {
	{"select * from t", "create table \"t\" ();\n"},
	{"select a, t.b from t where c like 'x%' and d > 3 and e = 1.5 and f between '2020-01-01' "
	 "and '2020-02-01' and g",
	 "create table \"t\" (\"a\" text, \"b\" text, \"c\" text, \"d\" bigint, \"e\" numeric, "
	 "\"f\" date, \"g\" boolean);\n"},
	{"with c as (select * from t) select upper(c.x) from c join c d on c.k = d.k where c.k > 1",
	 "create table \"t\" (\"x\" text, \"k\" bigint);\n"},
	{"select ss_item, i_name from store_sales, item where ss_item = i_item",
	 "create table \"store_sales\" (\"ss_item\" text);\n"
	 "create table \"item\" (\"i_item\" text, \"i_name\" text);\n"},
	{"select 1 from a.t join b.u using (k) where exists (select 1 from v where v.k = t.k and "
	 "v.k = 7)",
	 "create schema if not exists \"a\";\ncreate schema if not exists \"b\";\n"
	 "create table \"a\".\"t\" (\"k\" bigint);\ncreate table \"b\".\"u\" (\"k\" bigint);\n"
	 "create table \"v\" (\"k\" bigint);\n"},
	{"insert into t (a, b) values (1, 'x') on conflict (a) do update set c = excluded.c + 1",
	 "create table \"t\" (\"a\" bigint, \"b\" text, \"c\" numeric, unique (\"a\"));\n"},
	{"update t set a = s.b + interval '1 day' from s where s.k = t.k and s.k = 'x'",
	 "create table \"t\" (\"a\" timestamp, \"k\" text);\n"
	 "create table \"s\" (\"b\" timestamp, \"k\" text);\n"},
	{"create table n as select x from t; select x from n",
	 "create table \"t\" (\"x\" text);\n"},
	{"select sum(v) s from t group by date_trunc('day', at) order by s",
	 "create table \"t\" (\"v\" numeric, \"at\" timestamp);\n"},
	{"merge into t using s on t.k = s.k when not matched then insert (k, v) values (s.k, s.v + "
	 "1)",
	 "create table \"t\" (\"k\" text, \"v\" numeric);\n"
	 "create table \"s\" (\"k\" text, \"v\" numeric);\n"},
};

static void same_columns(const char *got, const char *want)
{
	/* The order of columns is the order in which they are met: it does not matter. */
	size_t sum_got = 0, sum_want = 0;
	const char *p;

	assert_int_equal(strlen(got), strlen(want));
	for (p = got; *p; p++)
		sum_got += (size_t)*p * (size_t)*p;
	for (p = want; *p; p++)
		sum_want += (size_t)*p * (size_t)*p;
	assert_int_equal(sum_got, sum_want);
}

static void tables_are_inferred(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(stub_cases); i++) {
		struct buf sql = {0};
		struct parsed p;
		struct stubs s;

		assert_int_equal(parsed_text(&p, &arena, stub_cases[i].sql), 0);
		stubs_relations(&s, &p, &arena);
		stubs_infer(&s, &p);
		stubs_sql(&s, &sql);
		if (strlen(buf_text(&sql)) != strlen(stub_cases[i].tables))
			fail_msg("%s:\n%s", stub_cases[i].sql, buf_text(&sql));
		same_columns(buf_text(&sql), stub_cases[i].tables);
		parsed_release(&p);
		buf_release(&sql);
	}
}

static void known_tables_are_left_alone(void **state)
{
	static const char text[] = "select a.x, y from a join b on a.k = b.k";
	struct buf sql = {0};
	struct parsed p;
	struct stubs s;

	(void)state;
	assert_int_equal(parsed_text(&p, &arena, text), 0);
	stubs_relations(&s, &p, &arena);
	assert_int_equal(s.table_count, 2);
	stubs_known(&s, 0, "x", "text");
	stubs_known(&s, 0, "k", "int8");
	assert_int_equal(stubs_missing(&s), 1);
	stubs_infer(&s, &p);
	stubs_sql(&s, &sql);
	assert_string_equal(buf_text(&sql), "create table \"b\" (\"k\" bigint, \"y\" text);\n");
	parsed_release(&p);
	buf_release(&sql);
}

static void a_type_that_does_not_fit_is_changed(void **state)
{
	static const char text[] = "select 1 from t where x = 3 and x = 'abc'";
	struct buf sql = {0};
	struct parsed p;
	struct stubs s;
	int tries = 0;

	(void)state;
	assert_int_equal(parsed_text(&p, &arena, text), 0);
	stubs_relations(&s, &p, &arena);
	stubs_infer(&s, &p);
	assert_true(stubs_repair(&s, &p, (size_t)(strstr(text, "'abc'") - text) + 1));
	stubs_sql(&s, &sql);
	assert_string_equal(buf_text(&sql), "create table \"t\" (\"x\" text);\n");
	while (stubs_repair(&s, &p, (size_t)(strstr(text, "x = 3") - text) + 1))
		assert_true(++tries < STUB_TYPES);
	assert_true(s.blamed);
	assert_false(stubs_repair(&s, &p, 0));
	assert_false(s.blamed);
	parsed_release(&p);
	buf_release(&sql);
}

static void arrays_may_hold_numbers(void **state)
{
	static const char text[] = "select array(select y + 1 from unnest(a) as u(y)) from t";
	size_t place = (size_t)(strstr(text, "+ 1") - text) + 1;
	struct buf sql = {0};
	struct parsed p;
	struct stubs s;

	(void)state;
	assert_int_equal(parsed_text(&p, &arena, text), 0);
	stubs_relations(&s, &p, &arena);
	stubs_infer(&s, &p);
	assert_true(stubs_repair(&s, &p, place));
	stubs_sql(&s, &sql);
	assert_string_equal(buf_text(&sql), "create table \"t\" (\"a\" numeric[]);\n");
	assert_false(stubs_repair(&s, &p, place));
	assert_true(s.blamed);
	parsed_release(&p);
	buf_release(&sql);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_sorted),
		cmocka_unit_test(functions_know_their_arguments),
		cmocka_unit_test_teardown(positions_are_bytes, release_arena),
		cmocka_unit_test_teardown(deep_trees_are_said_to_be_so, release_arena),
		cmocka_unit_test_teardown(names_are_known_or_not, release_arena),
		cmocka_unit_test_teardown(a_check_behind_a_failed_one_is_not_tried, release_arena),
		cmocka_unit_test_teardown(only_what_can_be_undone_is_executed, release_arena),
		cmocka_unit_test_teardown(harmful_functions_are_seen, release_arena),
		cmocka_unit_test_teardown(tables_are_inferred, release_arena),
		cmocka_unit_test_teardown(known_tables_are_left_alone, release_arena),
		cmocka_unit_test_teardown(a_type_that_does_not_fit_is_changed, release_arena),
		cmocka_unit_test_teardown(arrays_may_hold_numbers, release_arena),
	};

	return RUN("check", tests);
}
