/* test_slo.c - objectives, verdicts, the search for a rate, the knee. */
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/slo.h"
#include "common/memory.h"

static void objectives_are_read(void **state)
{
	static const struct {
		const char *text;
		double share;
		uint64_t limit;
	} good[] = {{"p99<=20ms", 0.99, 20000000},
		    {"p99.9<1s", 0.999, 1000000000},
		    {"p50<=250us", 0.5, 250000},
		    {"p95<=1.5ms", 0.95, 1500000}};
	static const char *const bad[] = {"",	      "p99",	   "99<=20ms",	 "p99<=20",
					  "p99<=ms",  "p100<=1ms", "p0<=1ms",	 "p99<=0ms",
					  "p<=1ms",   "p99>=20ms", "p99<=20msx", "p99<=-1ms",
					  "px<=20ms", "p99 <= 1ms"};
	struct error e = ERROR_INIT;
	struct slo slo;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		assert_int_equal(slo_parse(good[i].text, &slo, &e), 0);
		assert_true(fabs(slo.share - good[i].share) < 1e-12);
		assert_int_equal(slo.limit_ns, good[i].limit);
		assert_string_equal(slo.text, good[i].text);
	}
	for (i = 0; i < COUNT(bad); i++) {
		assert_int_equal(slo_parse(bad[i], &slo, &e), -1);
		assert_int_equal(e.class, ERROR_USAGE);
	}
}

static void slow_ones_are_counted(void **state)
{
	struct histogram *h = xcalloc(1, sizeof(*h));
	uint64_t i;

	(void)state;
	assert_true(slo_slow(h, 1000) == 0);
	for (i = 1; i <= 1000; i++)
		histogram_record(h, i * 1000000);
	assert_true(fabs(slo_slow(h, 990000000) - 10) < 5);
	assert_true(fabs(slo_slow(h, 500000000) - 500) < 5);
	assert_true(slo_slow(h, 999) == 1000);
	assert_true(slo_slow(h, 1000000000) == 0);
	assert_true(slo_slow(h, 5000000000) == 0);
	free(h);
}

/* Wilson's 95 % interval of 1 of 10 and of 0 of 20, as in textbooks. */
static void wilson_agrees_with_textbooks(void **state)
{
	double low, high;

	(void)state;
	wilson_interval(1, 10, 1.959964, &low, &high);
	assert_true(fabs(low - 0.01787) < 1e-4 && fabs(high - 0.40415) < 1e-4);
	wilson_interval(0, 20, 1.959964, &low, &high);
	assert_true(low == 0 && fabs(high - 0.16113) < 1e-4);
	wilson_interval(0, 0, 1.96, &low, &high);
	assert_true(low == 0 && high == 1);
}

static void verdicts_are_sure_only_with_enough(void **state)
{
	static const struct {
		double slow, all;
		bool kept, sure;
	} cases[] = {
		{0, 100, true, false},	   {0, 656, true, false},     {0, 660, true, true},
		{50, 10000, true, true},   {99, 10000, true, false},  {101, 10000, false, false},
		{150, 10000, false, true}, {100, 10000, true, false}, {0, 0, false, false},
		{5, 100, false, true},	   {3, 100, false, false},
	};
	struct slo slo = {.share = 0.99};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct judgement j = slo_judge(&slo, cases[i].slow, cases[i].all);

		assert_int_equal(j.kept, cases[i].kept);
		assert_int_equal(j.sure, cases[i].sure);
	}
}

/* Runs a search against a server whose limit is known. */
static double search_for(double first, double limit, size_t *steps)
{
	struct search s = {.first = first, .resolution = 0.05, .lowest = 0.01};
	double rate;

	while ((rate = search_next(&s)) > 0)
		search_add(&s, rate, rate <= limit);
	*steps = s.count;
	return search_kept(&s);
}

static void the_search_finds_the_limit(void **state)
{
	static const double limits[] = {0.5, 7, 100, 1234.5, 99999, 1e6};
	size_t i, steps;

	(void)state;
	for (i = 0; i < COUNT(limits); i++) {
		double found = search_for(100, limits[i], &steps);

		assert_true(found <= limits[i] && found * 1.051 >= limits[i]);
		assert_true(steps <= 22);
	}
	assert_true(search_for(100, 0, &steps) == 0);
	assert_true(search_for(100, INFINITY, &steps) > 5e8);
}

static void the_lower_broken_rate_counts(void **state)
{
	struct search s = {.first = 100, .resolution = 0.05};

	(void)state;
	search_add(&s, 100, true);
	search_add(&s, 200, true);
	search_add(&s, 400, false);
	assert_true(search_kept(&s) == 200 && search_broken(&s) == 400);
	assert_true(search_next(&s) == 282.8);
	search_add(&s, 150, false);
	assert_true(search_kept(&s) == 100 && search_broken(&s) == 150);
	assert_true(search_next(&s) == 122.5);
}

/* A server with four workers of 1 ms: rate min(n, 4) a ms, latency from Little's law. */
static void the_knee_is_where_latency_begins_to_grow(void **state)
{
	static const double rate[] = {1, 2, 4, 4, 4, 4}, latency[] = {1, 1, 1, 2, 4, 8};
	static const double falling[] = {5, 4, 3}, longer[] = {1, 2, 3};
	static const double none[] = {0, 0};

	(void)state;
	assert_int_equal(knee_find(rate, latency, 6), 2);
	assert_int_equal(knee_find(rate, latency, 2), 1);
	assert_int_equal(knee_find(falling, longer, 3), 0);
	assert_int_equal(knee_find(none, none, 2), 0);
}

/* An M/M/1 queue has its knee at half of its capacity, as Kleinrock derives. */
static void the_knee_of_a_queue_is_at_half_load(void **state)
{
	double rate[99], latency[99];
	size_t i;

	(void)state;
	for (i = 0; i < 99; i++) {
		rate[i] = (double)(i + 1) / 100;
		latency[i] = 1 / (1 - rate[i]);
	}
	assert_int_equal(knee_find(rate, latency, 99), 49);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objectives_are_read),
		cmocka_unit_test(slow_ones_are_counted),
		cmocka_unit_test(wilson_agrees_with_textbooks),
		cmocka_unit_test(verdicts_are_sure_only_with_enough),
		cmocka_unit_test(the_search_finds_the_limit),
		cmocka_unit_test(the_lower_broken_rate_counts),
		cmocka_unit_test(the_knee_is_where_latency_begins_to_grow),
		cmocka_unit_test(the_knee_of_a_queue_is_at_half_load),
	};

	return RUN("slo", tests);
}
