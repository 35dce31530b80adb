/* test_record.c - a record survives writing and reading; hostile ones are refused with a reason. */
#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/record.h"
#include "common/text.h"

static struct record *example(void)
{
	static const struct record_column series_columns[] = {
		{"rate", "Rate", "tx/s", BETTER_HIGHER, false},
		{"latency_p99_us", "p99", "us", BETTER_LOWER, false}};
	static const struct record_column table_columns[] = {
		{"statement", "Statement", "", BETTER_NONE, true},
		{"executed", "Executed", "", BETTER_NONE, false}};
	char *argv[] = {(char[]){"-d"}, (char[]){"postgresql://u:secret@h/db"}};
	struct record *r = record_new("bench", "run", 2, argv);
	struct histogram h = {0};
	struct record_table *t;
	struct series *s;

	histogram_record(&h, 1500);
	histogram_record(&h, 2000000);
	record_title(r, "a \"title\" with <marks> and \n lines");
	record_target(r, "dsn", "host=x password=secret");
	record_metric(r, "rate", NULL, 12345.678, true);
	record_metric(r, "latency_p99_us", "script", (double)NAN, false);
	record_histogram(r, "latency", NULL, "us", &h);
	s = record_series(r, "per_second", "Over time", 1, series_columns, 2);
	series_row(r, s, (double[]){1, 2});
	series_row(r, s, (double[]){3, (double)NAN});
	t = record_table(r, "statements", "Statements", table_columns, 2);
	table_row(r, t, (struct cell[]){{.text = "select 'x'"}, {.number = 7}});
	record_finding(r, "CLIENT-BUSY", SEVERITY_WARNING, "thread 1", "90 % busy", "use more");
	r->finished = r->started + 5 * CLOCK_SECOND;
	return r;
}

static void a_record_survives(void **state)
{
	struct record *r = example(), *back;
	struct error e = ERROR_INIT;
	char *json = record_print(r);
	const struct metric *m;

	(void)state;
	assert_null(strstr(json, "secret"));
	back = record_parse(json, strlen(json), "x", &e);
	assert_non_null(back);
	assert_string_equal(back->id, r->id);
	assert_string_equal(back->title, r->title);
	assert_int_equal(back->argument_count, 2);
	assert_string_equal(back->arguments[1], "postgresql://u:***@h/db");
	assert_true(back->finished - back->started == 5 * CLOCK_SECOND);
	m = record_find_metric(back, "rate", NULL);
	assert_true(m && m->value == 12345.678 && m->headline && m->better == BETTER_HIGHER);
	m = record_find_metric(back, "latency_p99_us", "script");
	assert_true(m && isnan(m->value));
	assert_null(record_find_metric(back, "latency_p99_us", NULL));
	assert_memory_equal(back->histograms[0].h, r->histograms[0].h, sizeof(struct histogram));
	assert_true(isnan(back->series[0]->values[3]));
	assert_true(back->series[0]->values[2] == 3);
	assert_string_equal(back->tables[0]->cells[0].text, "select 'x'");
	assert_true(back->tables[0]->cells[1].number == 7);
	assert_string_equal(back->findings[0].fix, "use more");
	free(json);
	json = record_print(back);
	record_free(r);
	r = record_parse(json, strlen(json), "x", &e);
	assert_non_null(r);
	free(json);
	record_free(back);
	record_free(r);
}

/* The text of the example with `from` replaced by `to`. */
static char *altered(const char *json, const char *from, const char *to)
{
	const char *at = strstr(json, from);
	struct buf b = {0};

	assert_non_null(at);
	buf_add(&b, json, (size_t)(at - json));
	buf_puts(&b, to);
	buf_puts(&b, at + strlen(from));
	return b.data;
}

static void hostile_records_are_refused(void **state)
{
	static const struct {
		const char *from, *to, *message;
	} cases[] = {
		{"lakeport.run/1", "lakeport.run/2",
		 "'x' has the newer schema 'lakeport.run/2', this lakeport reads up to "
		 "'lakeport.run/1'"},
		{"lakeport.run/1", "other",
		 "'x' is not a run record: it has no schema "
		 "'lakeport.run/1'"},
		{"\"tool\":\"bench\"", "\"tool\":7",
		 "'x' is not a run record: tool must be a text"},
		{"\"outcome\":\"done\"", "\"outcome\":\"fine\"",
		 "'x' is not a run record: outcome must be done, attention, failed or interrupted"},
		{"\"value\":12345.678", "\"value\":\"1\"",
		 "'x' is not a run record: metrics[0].value must be a number"},
		{"\"sub_bits\":7", "\"sub_bits\":6",
		 "'x' is not a run record: histograms[0].sub_bits must be 7"},
		{"\"count\":2", "\"count\":3",
		 "'x' is not a run record: histograms[0].count must be the sum of the buckets"},
		{"\"rows\":[[1,2]", "\"rows\":[[1]",
		 "'x' is not a run record: series[0].rows must be arrays as wide as the columns"},
		{"\"interval_s\":1", "\"interval_s\":0",
		 "'x' is not a run record: series[0].interval_s must be more than 0"},
		{"\"severity\":\"warning\"", "\"severity\":\"bad\"",
		 "'x' is not a run record: findings[0].severity must be info, warning or error"},
	};
	struct record *r = example();
	char *json = record_print(r);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		char *text = altered(json, cases[i].from, cases[i].to);
		struct error e = ERROR_INIT;

		assert_null(record_parse(text, strlen(text), "x", &e));
		assert_int_equal(e.class, ERROR_INPUT);
		assert_string_equal(e.text, cases[i].message);
		free(text);
	}
	free(json);
	record_free(r);
}

static void what_is_no_json_is_refused(void **state)
{
	static const char *const texts[] = {"", "[]", "7", "{", "null", "{}", "\"schema\"", "\xff"};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		struct error e = ERROR_INIT;

		assert_null(record_parse(texts[i], strlen(texts[i]), "x", &e));
		assert_int_equal(e.class, ERROR_INPUT);
		assert_non_null(strstr(e.text, "'x' is not a run record"));
	}
}

/* Every cut of a record is refused; none crashes (run under the sanitizers, too). */
static void a_cut_record_is_refused(void **state)
{
	struct record *r = example();
	char *json = record_print(r);
	size_t n = strlen(json), i;

	(void)state;
	for (i = 0; i < n; i++) {
		struct error e = ERROR_INIT;

		assert_null(record_parse(json, i, "x", &e));
	}
	free(json);
	record_free(r);
}

static void folders_are_checked_before_the_work(void **state)
{
	char directory[] = "/tmp/lakeport-runs-XXXXXX", path[200], file[200];
	struct record *r = example();
	struct error e = ERROR_INIT;
	struct record *back;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/a/b", directory);
	assert_int_equal(record_check_directory(path, &e), 0);
	assert_int_equal(record_write(r, path, file, sizeof(file), &e), 0);
	back = record_read(file, &e);
	assert_non_null(back);
	record_free(back);
	assert_int_equal(record_check_directory(file, &e), -1);
	assert_int_equal(e.class, ERROR_CONFIG);
	assert_int_equal(record_check_directory("", &e), -1);
	unlink(file);
	assert_int_equal(rmdir(path), 0);
	snprintf(path, sizeof(path), "%s/a", directory);
	rmdir(path);
	rmdir(directory);
	record_free(r);
}

static void metric_names_are_unique(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < record_metric_name_count; i++)
		for (j = 0; j < i; j++)
			assert_string_not_equal(record_metric_names[i].name,
						record_metric_names[j].name);
	assert_null(record_metric_name("speed"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_survives),
		cmocka_unit_test(hostile_records_are_refused),
		cmocka_unit_test(what_is_no_json_is_refused),
		cmocka_unit_test(a_cut_record_is_refused),
		cmocka_unit_test(folders_are_checked_before_the_work),
		cmocka_unit_test(metric_names_are_unique),
	};

	return RUN("record", tests);
}
