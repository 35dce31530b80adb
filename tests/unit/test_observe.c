/* test_observe.c - the table of samples, and looks at a server as series of a record. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/observe_data.h"
#include "common/memory.h"

static const int versions[] = {100023, 130020, 140010, 150020, 160014, 170010, 180004};
#define VERSIONS (sizeof(versions) / sizeof(versions[0]))

static bool is_group(const char *name)
{
	size_t i;

	for (i = 0; i < observe_group_count; i++)
		if (strcmp(observe_groups[i].name, name) == 0)
			return true;
	return false;
}

static void the_table_is_sound(void **state)
{
	size_t i, k;

	(void)state;
	assert_true(observe_sample_count <= sizeof(((struct observer *)0)->working));
	for (i = 0; i < observe_sample_count; i++) {
		const struct observe_sample *s = &observe_samples[i];

		assert_true(is_group(s->group));
		assert_non_null(s->source);
		assert_true(s->min_version < s->max_version);
		assert_in_range(s->column_count, 1, OBSERVE_COLUMNS);
		for (k = 0; k < s->column_count; k++) {
			const struct observe_column *c = &s->columns[k];

			assert_true(islower((unsigned char)c->name[0]));
			assert_null(record_metric_name(c->name));
			if (c->kind == OBSERVE_SHARE)
				assert_int_equal(c[1].kind, OBSERVE_HIDDEN);
		}
	}
}

/* In each version a column comes from one sample only, and what moved is there exactly once. */
static void each_version_has_each_column_once(void **state)
{
	static const char *const always[] = {"transactions_committed", "io_wal", "io_checkpointer",
					     "checkpoints_timed", "sessions_running"};
	size_t v, i, k, a;

	(void)state;
	for (v = 0; v < VERSIONS; v++)
		for (a = 0; a < sizeof(always) / sizeof(always[0]); a++) {
			int found = 0;

			for (i = 0; i < observe_sample_count; i++) {
				const struct observe_sample *s = &observe_samples[i];

				for (k = 0; k < s->column_count; k++)
					found += observe_sample_fits(s, versions[v]) &&
						 strcmp(s->columns[k].name, always[a]) == 0;
			}
			if (found != 1)
				fail_msg("%s: %d times in %d", always[a], found, versions[v]);
		}
}

static void statements_are_asked_by_version(void **state)
{
	struct buf old = {0}, new = {0};

	(void)state;
	observe_statements_sql(&old, "public", 120000);
	observe_statements_sql(&new, "Odd\"s", 150000);
	assert_non_null(strstr(buf_text(&old), "sum(total_time)"));
	assert_non_null(strstr(buf_text(&new), "sum(total_exec_time)"));
	assert_non_null(strstr(buf_text(&new), "\"Odd\"\"s\".pg_stat_statements"));
	buf_release(&old);
	buf_release(&new);
}

/* An observer that saw `looks` of pg_stat_database: time, second, own, last, five figures. */
#define WIDTH (OBSERVE_ROW_HEAD + 5)

static struct record *record_of(double looks[][WIDTH], size_t n, size_t seconds)
{
	struct record *r = record_new("bench", "run", 0, NULL);
	struct engine_result result = {.second_count = seconds};
	struct observer *o = xcalloc(1, sizeof(*o));

	o->working[0] = true;
	o->width = WIDTH;
	o->rows = &looks[0][0];
	o->row_count = n;
	observe_record(o, &result, r);
	free(o);
	return r;
}

static void counters_become_rates(void **state)
{
	double looks[][WIDTH] = {
		{0.0, 0, 2, 0, 1000, 5, 100, 0, 0},
		{1.0, 1, 4, 0, 2002, 5, 190, 10, 1},
		{3.0, 3, 6, 0, 4004, 7, 190, 10, 1}, /* a look was left out */
		{4.0, 4, 8, 0, 4, 0, 0, 0, 0},	     /* a restart: all from nothing */
		{5.0, 5, 9, 1, 105, 0, (double)NAN, 10, 0},
	};
	struct record *r = record_of(looks, 5, 5);
	const double *v = r->series[0]->values;

	(void)state;
	assert_int_equal(r->series_count, 1);
	assert_string_equal(r->series[0]->name, "server_work");
	assert_int_equal(r->series[0]->column_count, 4);
	assert_int_equal(r->series[0]->row_count, 5);
	assert_true(v[0] == 1000 && v[1] == 0 && v[2] == 90 && v[3] == 1);
	assert_true(isnan(v[4]) && isnan(v[7]));
	assert_true(v[8] == 1000 && v[9] == 1 && isnan(v[10]));
	assert_true(isnan(v[12]));
	assert_true(v[16] == 100 && isnan(v[18]));
	record_free(r);
}

static void nothing_seen_is_nothing_said(void **state)
{
	double looks[][WIDTH] = {
		{0}, {1, 1, 0, 0, (double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN}};
	struct record *r = record_of(looks, 2, 3);

	(void)state;
	assert_int_equal(r->series_count, 0);
	assert_int_equal(r->table_count, 0);
	record_free(r);
	r = record_of(looks, 0, 3);
	assert_int_equal(r->series_count, 0);
	record_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sound),
		cmocka_unit_test(each_version_has_each_column_once),
		cmocka_unit_test(statements_are_asked_by_version),
		cmocka_unit_test(counters_become_rates),
		cmocka_unit_test(nothing_seen_is_nothing_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
