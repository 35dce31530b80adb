/* test_load_config.c - the keys of a load configuration, what tables may depend on, SQL in parts.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "migrate/load_config.h"
#include "migrate/load_graph.h"
#include "migrate/medallion.h"
#include "migrate/strategy.h"

/* Reads `text` as a file; returns what is wrong with it, or "". */
static const char *read_text(struct load_config *c, const char *text)
{
	static struct error e;
	char path[] = "/tmp/lakeport-config-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	memset(&e, 0, sizeof(e));
	if (load_config_read(c, path, &e) == 0)
		e.text[0] = '\0';
	else
		assert_int_equal(e.class, ERROR_CONFIG);
	unlink(path);
	return e.text;
}

static void refused(const char *text, const char *why)
{
	struct load_config c = {0};
	const char *said = read_text(&c, text);

	if (!strstr(said, why))
		fail_msg("said '%s', wanted '%s'", said, why);
	load_config_release(&c);
}

static void check_keys(const struct load_key *keys, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		assert_int_equal(!keys[i].help, !keys[i].example);
		assert_true(keys[i].help ? keys[i].set != NULL : true);
		assert_false(keys[i].help && keys[i].means);
		for (k = 0; k < i; k++)
			assert_string_not_equal(keys[i].name, keys[k].name);
	}
}

static void keys_are_whole(void **state)
{
	(void)state;
	check_keys(load_run_keys, load_run_key_count);
	check_keys(load_table_keys, load_table_key_count);
}

static void values_arrive(void **state)
{
	struct load_config c = {0};
	const struct load_settings *s;

	(void)state;
	assert_string_equal(read_text(&c,
				      "tables:\n  - table: 'a.\"b.c\"'\n    files: x\n"
				      "    strategy: scd2\n    keys: [k, l]\n    track: v\n"
				      "    bad_row_limit: 5%\n    on_bad_row: skip\n"
				      "    delimiter: tab\n    header: no\n    lock_timeout: 1.5\n"
				      "    drift: widen\nattempts: 7\nretry_wait: 2\n"),
			    "");
	s = &c.entries[0].settings;
	assert_string_equal(c.entries[0].name, "a.b.c");
	assert_string_equal(s->table, "b.c");
	assert_ptr_equal(s->strategy, &strategy_scd2);
	assert_int_equal(s->keys.count, 2);
	assert_string_equal(s->track.items[0], "v");
	assert_true(s->bad_row_percent == 5 && s->bad_row_limit == -1);
	assert_int_equal(s->on_bad_row, BAD_ROW_SKIP);
	assert_int_equal(s->source.delimiter, '\t');
	assert_int_equal(s->source.header, 0);
	assert_int_equal(s->lock_timeout_ms, 1500);
	assert_int_equal(s->drift, DRIFT_WIDEN);
	assert_int_equal(s->attempts, 7);
	assert_true(s->retry_s == 2);
	load_config_release(&c);
}

static void transformations_make_two_tables(void **state)
{
	struct load_config c = {0};
	const struct load_entry *t;

	(void)state;
	assert_string_equal(read_text(&c, "tables:\n- table_name: t\n  database_name: d\n"
					  "  source_path_pattern: x\n  loading_strategy: append\n"
					  "  schema_evolution: false\n  batch_size: 1_000_000\n"
					  "  transformations:\n    filter: a > 1\n"
					  "    add_columns: {b: a * 2}\n"),
			    "");
	assert_int_equal(c.count, 2);
	t = load_config_find(&c, "d.t");
	assert_string_equal(t->from, "d.t_raw");
	assert_string_equal(t->select.items[1], "a * 2 as \"b\"");
	assert_int_equal(load_config_find(&c, "d.t_raw")->settings.drift, DRIFT_NONE);
	assert_true(load_config_find(&c, "d.t_raw")->settings.audit_columns);
	load_config_release(&c);
}

static void mistakes_are_named(void **state)
{
	(void)state;
	refused("tables: []\n", "'tables' is empty");
	refused("tables:\n- files: x\n", ":2: the table has no name");
	refused("tables:\n- {table: a, files: x}\n- {table: public.a, files: y}\n",
		"it is there twice");
	refused("tables:\n- {table: a, files: x, from: b}\n- {table: b, files: x}\n", "both");
	refused("tables:\n- {table: a, from: b}\n", "there is no table 'b'");
	refused("tables:\n- {table: a, files: x, filter: y}\n", "are for tables with 'from'");
	refused("tables:\n- {table: a, files: x, depends_on: a}\n", "in a circle");
	refused("tables:\n- {table: a, files: x, delimiter: '||'}\n", "is not one character");
	refused("tables:\n- {table: a, files: x, bad_row_limit: some}\n", "neither a count");
	refused("tables:\n- {table_name: a, files: x, schema_evolution: 3}\n",
		"neither true nor false");
	refused("tables:\n- {table: a, files: x, schema: 'id nosuch'}\n", "nosuch");
}

static void dependencies(void **state)
{
	static const char *const good[] = {"file:/x", "table:a", "table:a.b rows=3",
					   "table:a column=c age=2d", "job:12"};
	static const char *const bad[] = {
		"file:",	 "table:",	     "table:a rows=0",
		"table:a age=2", "table:a column=c", "table:a column=c age=x",
		"job:",		 "job:12;3",	     "jab:1"};
	struct load_config c = {0};
	struct error e = ERROR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++)
		assert_int_equal(load_dependency_check(&c, good[i], &e), 0);
	for (i = 0; i < COUNT(bad); i++)
		assert_int_equal(load_dependency_check(&c, bad[i], &e), -1);
}

static void sql_in_parts(void **state)
{
	static const char *const items[] = {"*", "a", "lower(a) as b", "count(*)",
					    "(select 1) as x"};
	static const char *const bad_items[] = {"",
						"a, b",
						"a from b",
						"1; drop table t",
						"a where b",
						"1 union select 2",
						"a as b) q --"};
	static const char *const bad_filters[] = {
		"",	     "true) or (true", "a; select 1", "a order by b",
		"a limit 1", "true group by 1"};
	struct error e = ERROR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(items); i++)
		assert_int_equal(medallion_check_item(items[i], &e), 0);
	for (i = 0; i < COUNT(bad_items); i++)
		if (medallion_check_item(bad_items[i], &e) == 0)
			fail_msg("'%s' was taken", bad_items[i]);
	assert_int_equal(medallion_check_filter("a > 0 and b is not null -- yes", &e), 0);
	for (i = 0; i < COUNT(bad_filters); i++)
		if (medallion_check_filter(bad_filters[i], &e) == 0)
			fail_msg("'%s' was taken", bad_filters[i]);
}

/* What an expression calls, however deep; words for what is no function by name. */
static void calls_of_expressions(void **state)
{
	static const struct {
		const char *expression, *calls;
	} cases[] = {
		{"*", ""},
		{"a + b as c", ""},
		{"lower(trim(mail)) as mail", " lower btrim"},
		{"case when a > 0 then pg_catalog.random() end", " random"},
		{"a || current_date", " the current time or user"},
		{"(select max(x) from t)", " a subquery max"},
		{"array[now(), now()]", " now"},
		{"not ) sql", ""},
	};
	struct arena a = {0};
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct names calls = {0};
		struct buf text = {0};

		medallion_calls(cases[i].expression, &a, &calls);
		for (k = 0; k < calls.count; k++)
			buf_printf(&text, " %s", calls.items[k]);
		assert_string_equal(buf_text(&text), cases[i].calls);
		buf_release(&text);
	}
	arena_release(&a);
}

/* Only an overwrite swaps anything. */
static void swap_is_for_overwrite(void **state)
{
	struct load_settings s;
	struct error e = ERROR_INIT;

	(void)state;
	load_settings_init(&s);
	s.table = "t";
	assert_int_equal(s.swap, SWAP_AUTO);
	s.swap = SWAP_DELETE;
	assert_int_equal(load_settings_check(&s, &e), -1);
	assert_string_equal(e.text, "strategy 'append' swaps nothing, only overwrite does");
	s.strategy = &strategy_overwrite;
	assert_int_equal(load_settings_check(&s, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_whole),
		cmocka_unit_test(values_arrive),
		cmocka_unit_test(transformations_make_two_tables),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(dependencies),
		cmocka_unit_test(sql_in_parts),
		cmocka_unit_test(calls_of_expressions),
		cmocka_unit_test(swap_is_for_overwrite),
	};

	return RUN("load_config", tests);
}
