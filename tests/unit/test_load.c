/* What a load decides without a server: which failures may heal, settings against each other, names
 * of columns, which column goes where, and the SQL of the strategies' shared pieces. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "migrate/load_parts.h"

static struct error sql_error(const char *sqlstate)
{
	struct error e = ERROR_INIT;

	error_set(&e, ERROR_SQL, "x");
	snprintf(e.sqlstate, sizeof(e.sqlstate), "%s", sqlstate);
	return e;
}

static void only_what_can_heal_is_tried_again(void **state)
{
	static const struct {
		const char *sqlstate;
		bool retry, refusal;
	} cases[] = {
		{"08006", true, false},	 {"22003", false, true}, {"22P02", false, true},
		{"23505", false, true},	 {"23503", false, true}, {"40001", true, false},
		{"40P01", true, false},	 {"42501", false, true}, {"42P01", false, false},
		{"53100", true, false},	 {"53300", true, false}, {"55P03", false, false},
		{"57014", false, false}, {"57P01", true, false}, {"57P03", true, false},
		{"LK001", false, false}, {"", false, false},	 {"P0001", false, true},
		{"54000", false, true},	 {"XX000", false, true}, {"0A000", false, false},
	};
	struct error lost = ERROR_INIT, stopped = ERROR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct error e = sql_error(cases[i].sqlstate);

		assert_int_equal(load_is_retryable(&e), cases[i].retry);
		assert_int_equal(load_is_refusal(&e), cases[i].refusal);
	}
	error_set(&lost, ERROR_CONNECT, "gone");
	lost.retryable = true;
	assert_true(load_is_retryable(&lost));
	error_set(&stopped, ERROR_INTERRUPTED, "interrupted");
	assert_false(load_is_retryable(&stopped));
}

static void settings_that_contradict_are_refused(void **state)
{
	const char *key = "k";
	struct load_settings s;
	struct error e = ERROR_INIT;

	(void)state;
	load_settings_init(&s);
	s.table = "t";
	assert_int_equal(load_settings_check(&s, &e), 0);
	s.force = true;
	assert_int_equal(load_settings_check(&s, &e), -1);
	s.audit_columns = true;
	assert_int_equal(load_settings_check(&s, &e), 0);
	s.keys = (struct names){&key, 1};
	assert_int_equal(load_settings_check(&s, &e), -1);
	s.strategy = &strategy_merge;
	s.delete_column = "op";
	assert_int_equal(load_settings_check(&s, &e), 0);
	s.strategy = &strategy_scd2;
	assert_int_equal(load_settings_check(&s, &e), -1);
	s.delete_column = NULL;
	s.close_missing = true;
	assert_int_equal(load_settings_check(&s, &e), 0);
	s.keys.count = 0;
	assert_int_equal(load_settings_check(&s, &e), -1);
	assert_string_equal(e.text, "strategy 'scd2' needs keys");
}

static void names_that_postgres_would_cut_are_refused(void **state)
{
	char name[65];
	struct source_column columns[] = {{.name = "a"}, {.name = "A"}, {.name = name}};
	struct table_shape shape = {.columns = columns, .column_count = 3};
	struct error e = ERROR_INIT;

	(void)state;
	memset(name, 'x', sizeof(name));
	name[63] = '\0';
	assert_int_equal(target_check_names(&shape, &e), 0);
	name[63] = 'x';
	name[64] = '\0';
	assert_int_equal(target_check_names(&shape, &e), -1);
	columns[2].name = "a";
	assert_int_equal(target_check_names(&shape, &e), -1);
	assert_string_equal(e.text, "there are two columns 'a'");
	columns[2].name = "";
	assert_int_equal(target_check_names(&shape, &e), -1);
	shape.column_count = 0;
	assert_int_equal(target_check_names(&shape, &e), -1);
}

static struct target_column columns_of_t[] = {
	{.name = "id", .type = {BLOCK_INT8, 0, 0}, .direct = true, .has_default = true},
	{.name = "v", .type = {BLOCK_TEXT, 10, 0}, .direct = true},
	{.name = "g", .type = {BLOCK_INT4, 0, 0}, .direct = true, .generated = true},
	{.name = "tags",
	 .type_name = "text[]",
	 .cast_name = "text[]",
	 .type = {BLOCK_TEXT, 0, 0},
	 .cast = true},
};

static void columns_go_where_they_belong(void **state)
{
	struct source_column found_columns[] = {{.name = "V"}, {.name = "tags"}};
	struct table_shape found = {.columns = found_columns, .column_count = 2};
	struct target t = {.schema = "s", .table = "t", .quoted = "\"s\".\"t\""};
	struct load_settings s;
	struct error e = ERROR_INIT;
	struct layout l;
	struct buf sql = {0};

	(void)state;
	load_settings_init(&s);
	t.columns = columns_of_t;
	t.column_count = 3; /* without tags: straight into the table */
	assert_true(layout_needs_shape(&s, &t));
	assert_int_equal(layout_make(&l, &s, &t, &found, false, &e), 0);
	layout_copy_sql(&l, &t, &sql);
	assert_string_equal(buf_text(&sql), "copy \"s\".\"t\" (\"v\") from stdin (format binary)");
	layout_release(&l);
	buf_clear(&sql);
	t.column_count = 4; /* an array is cast on its way out of a stage */
	assert_int_equal(layout_make(&l, &s, &t, NULL, false, &e), 0);
	assert_true(l.staged);
	layout_copy_sql(&l, &t, &sql);
	assert_string_equal(buf_text(&sql),
			    "copy pg_temp.lakeport_stage (\"id\", \"v\", \"tags\", "
			    "\"lakeport_row\", \"lakeport_line\") from stdin (format binary)");
	buf_clear(&sql);
	strategy_value(&sql, "s", l.columns[2]);
	assert_string_equal(buf_text(&sql), "s.\"tags\"::text[]");
	layout_release(&l);
	buf_release(&sql);
	s.drift = DRIFT_RESCUE;
	assert_int_equal(layout_make(&l, &s, &t, NULL, false, &e), -1);
	assert_string_equal(e.text, "'s.t' has no column '_rescued_data'");
	layout_release(&l);
}

static void strategies_are_found_by_name(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < strategy_count; i++)
		assert_ptr_equal(strategy_find(strategies[i]->name), strategies[i]);
	assert_null(strategy_find("upsert"));
	assert_string_equal(file_status_word(FILE_REPLACED), "replaced");
	assert_string_equal(load_outcome_word(LOAD_DEAD), "dead");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_can_heal_is_tried_again),
		cmocka_unit_test(settings_that_contradict_are_refused),
		cmocka_unit_test(names_that_postgres_would_cut_are_refused),
		cmocka_unit_test(columns_go_where_they_belong),
		cmocka_unit_test(strategies_are_found_by_name),
	};

	return RUN("load", tests);
}
