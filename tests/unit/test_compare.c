/* test_compare.c - the arithmetic of comparing two runs, and joining their metrics. */
#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

#include "common/random.h"
#include "reports/comparison.h"
#include "common/difference.h"
#include "reports/render.h"

#define UNKNOWN                                                                                    \
	{                                                                                          \
		0, 0                                                                               \
	}

struct difference_case {
	double base, new;
	enum better better;
	struct noise base_noise, new_noise;
	double limit;
	double percent;
	enum verdict verdict;
	bool regression;
};

static const struct difference_case cases[] = {
	/* no noise known: the limit alone decides */
	{100, 90, BETTER_HIGHER, UNKNOWN, UNKNOWN, 5, -10, VERDICT_WORSE, true},
	{100, 96, BETTER_HIGHER, UNKNOWN, UNKNOWN, 5, -4, VERDICT_WORSE, false},
	{100, 95, BETTER_HIGHER, UNKNOWN, UNKNOWN, 5, -5, VERDICT_WORSE, false},
	{100, 110, BETTER_HIGHER, UNKNOWN, UNKNOWN, 5, 10, VERDICT_BETTER, false},
	{100, 110, BETTER_LOWER, UNKNOWN, UNKNOWN, 5, 10, VERDICT_WORSE, true},
	{100, 90, BETTER_LOWER, UNKNOWN, UNKNOWN, 5, -10, VERDICT_BETTER, false},
	{100, 100, BETTER_LOWER, UNKNOWN, UNKNOWN, 0, 0, VERDICT_SAME, false},
	/* noise of 2 % each at 10 degrees: 100 against 106 is within, against 107 beyond */
	{100, 106, BETTER_LOWER, {.02, 10}, {.02, 10}, 0, 6, VERDICT_SAME, false},
	{100, 107, BETTER_LOWER, {.02, 10}, {.02, 10}, 0, 7, VERDICT_WORSE, true},
	{100, 107, BETTER_LOWER, {.02, 10}, {.02, 10}, 10, 7, VERDICT_WORSE, false},
	{100, 50, BETTER_HIGHER, {.5, 4}, {.5, 4}, 5, -50, VERDICT_SAME, false},
	/* noise of one run alone is not enough to judge by */
	{100, 106, BETTER_LOWER, {.02, 10}, UNKNOWN, 5, 6, VERDICT_WORSE, true},
	/* steady runs have no noise at all */
	{100, 101, BETTER_LOWER, {0, 9}, {0, 9}, 5, 1, VERDICT_WORSE, false},
	/* from 0 */
	{0, 0, BETTER_LOWER, UNKNOWN, UNKNOWN, 5, 0, VERDICT_SAME, false},
	{0, 3, BETTER_LOWER, UNKNOWN, UNKNOWN, 5, INFINITY, VERDICT_WORSE, true},
	{0, 3, BETTER_HIGHER, UNKNOWN, UNKNOWN, 5, INFINITY, VERDICT_BETTER, false},
	{3, 0, BETTER_LOWER, UNKNOWN, UNKNOWN, 5, -100, VERDICT_BETTER, false},
	/* negative values: the share is of the size of the base */
	{-10, -20, BETTER_HIGHER, UNKNOWN, UNKNOWN, 5, -100, VERDICT_WORSE, true},
	/* not judged */
	{100, 50, BETTER_NONE, UNKNOWN, UNKNOWN, 5, -50, VERDICT_UNJUDGED, false},
	{NAN, 50, BETTER_HIGHER, UNKNOWN, UNKNOWN, 5, NAN, VERDICT_UNJUDGED, false},
	{50, NAN, BETTER_HIGHER, UNKNOWN, UNKNOWN, 5, NAN, VERDICT_UNJUDGED, false},
	{INFINITY, 50, BETTER_HIGHER, UNKNOWN, UNKNOWN, 5, NAN, VERDICT_UNJUDGED, false},
};

static void test_difference(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const struct difference_case *c = &cases[i];
		double noise = noise_sides(c->base, c->new, c->base_noise, c->new_noise);
		struct difference d = difference_of(c->base, c->new, c->better, noise, c->limit);

		if (d.verdict != c->verdict || d.regression != c->regression)
			fail_msg("case %zu: %s, regression %d", i, verdict_word(d.verdict),
				 d.regression);
		if (isfinite(c->percent))
			assert_true(fabs(d.percent - c->percent) < 1e-9);
		else
			assert_true(isnan(c->percent) ? isnan(d.percent) : d.percent == c->percent);
	}
}

static void test_noise_known(void **state)
{
	const double steady[] = {5, 5, 5, 5, 5, 5, 5, 5};
	const double zero[] = {0, 0, 0, 0, 0};
	const double gaps[] = {1, NAN, 2, NAN, 3, NAN, 2, NAN, 1};
	const double cancel[] = {1, -1, 1, -1, 1, -1};
	const double huge[] = {1e308, -1e308, 1e308, 1e308, 1e308, -1e308};
	/* 5 blocks of 1: mean 3, sd sqrt(2.5), se = sd / sqrt(5) = 0.70711 */
	const double ramp[] = {1, 2, 3, 4, 5};
	struct noise n;

	(void)state;
	assert_true(noise_of(steady, 4, 1).freedom == 0); /* too few */
	assert_true(noise_of(NULL, 0, 1).freedom == 0);
	n = noise_of(steady, 8, 1);
	assert_true(n.relative == 0 && n.freedom > 0);
	assert_true(noise_of(zero, 5, 1).relative == 0);
	assert_true(noise_of(gaps, 9, 1).freedom == 4);
	assert_true(noise_of(cancel, 6, 1).freedom == 0); /* no mean to be a share of */
	n = noise_of(huge, 6, 1);
	assert_true(isfinite(n.relative));
	n = noise_of(ramp, 5, 1);
	assert_true(fabs(n.relative - 0.70711 / 3) < 0.02 && n.freedom == 4);
	assert_true(fabs(noise_half_width(n) - 2.776 * n.relative) < 1e-9);
	assert_true(isnan(noise_half_width((struct noise){0})));
}

static void test_noise_stride(void **state)
{
	const double rows[] = {1, 90, 2, 80, 3, 70, 4, 60, 5, 50};
	const double column[] = {90, 80, 70, 60, 50};

	(void)state;
	assert_true(noise_of(rows + 1, 5, 2).relative == noise_of(column, 5, 1).relative);
}

/* Box-Muller, from a seeded stream. */
static double normal(struct random *r)
{
	return sqrt(-2 * log(1 - random_double(r))) * cos(6.283185307179586 * random_double(r));
}

/* `n` seconds of a figure around 1000 that moves slowly: each second remembers the one before. */
static struct noise simulate(struct random *r, size_t n, double memory, double *mean)
{
	double values[600], x = normal(r) / sqrt(1 - memory * memory);
	size_t i;

	*mean = 0;
	for (i = 0; i < n; i++) {
		x = memory * x + normal(r);
		values[i] = 1000 + 10 * x;
		*mean += values[i] / (double)n;
	}
	return noise_of(values, n, 1);
}

/*
 * Runs that do not differ are called different in about 5 % of all cases. When neighbouring
 * seconds hang together the method may say so somewhat more often, but not by the multiple that
 * the plain standard error would (a third of all cases here).
 */
static void test_noise_false_alarms(void **state)
{
	static const struct {
		double memory;
		int low, high; /* of 1000 */
	} runs[] = {{0, 25, 75}, {0.6, 40, 160}};
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct random r;
		int alarms = 0;

		random_seed(&r, 11);
		for (k = 0; k < 1000; k++) {
			double base, new;
			struct noise a = simulate(&r, 300, runs[i].memory, &base);
			struct noise b = simulate(&r, 300, runs[i].memory, &new);

			alarms += difference_of(base, new, BETTER_LOWER,
						noise_sides(base, new, a, b), 0)
					  .verdict != VERDICT_SAME;
		}
		if (alarms < runs[i].low || alarms > runs[i].high)
			fail_msg("memory %g: %d false alarms of 1000", runs[i].memory, alarms);
	}
}

static struct comparison *compare_two(struct record **base, struct record **new, double limit,
				      bool all)
{
	struct runs bases = {(const struct record *const *)base, 1};
	struct runs news = {(const struct record *const *)new, 1};

	return comparison_new(bases, news, limit, all);
}

static struct record *run_with(double rate, double failed, const char *version)
{
	char *argv[] = {(char *)"bench", (char *)"run", (char *)"-c", (char *)"8"};
	struct record *r = record_new("bench", "run", 4, argv);

	r->id = rate > 900 ? "a" : "b";
	r->where.count = 0;
	record_target(r, "server", version);
	record_metric(r, "rate", NULL, rate, true);
	record_metric(r, "failed", NULL, failed, true);
	record_metric(r, "latency_p50_us", NULL, 100, false);
	record_metric(r, "rate", "a.sql", rate / 2, false);
	return r;
}

/* Joined by records: the mean of a side, and its own noise. */
static void test_several(void **state)
{
	static const double rates[2][3] = {{1000, 1010, 990}, {880, 900, 890}};
	struct record *sides[2][3];
	struct runs runs[2];
	struct comparison *c;
	const struct compared *rate;
	size_t i, k;

	(void)state;
	for (i = 0; i < 2; i++) {
		for (k = 0; k < 3; k++)
			sides[i][k] = run_with(rates[i][k], 0, "15.1");
		runs[i] = (struct runs){(const struct record *const *)sides[i], 3};
	}
	c = comparison_new(runs[0], runs[1], 5, false);
	rate = &c->items[0];
	assert_true(fabs(rate->base - 1000) < 1e-9 && fabs(rate->new - 890) < 1e-9);
	assert_int_equal(rate->base_count, 3);
	assert_true(rate->difference.regression);
	/* Welch by hand: se = 10 / sqrt(3) each, t(4) = 2.776: 22.67 of 1000 */
	assert_true(fabs(rate->difference.noise_percent - 2.267) < 0.1);
	assert_true(fabs(rate->difference.low + 11 + rate->difference.noise_percent) < 1e-9);
	assert_string_equal(compared_verdict(c, rate), "worse, beyond 5 %");
	comparison_free(c);
	runs[1].count = 1; /* one beside three: t(2) = 4.303, se of 10 / sqrt(3) and of 8.8 */
	c = comparison_new(runs[0], runs[1], 5, false);
	assert_true(fabs(c->items[0].difference.noise_percent - 4.53) < 0.2);
	comparison_free(c);
	for (i = 0; i < 6; i++)
		record_free(sides[i / 3][i % 3]);
}

static void test_join(void **state)
{
	struct record *base = run_with(1000, 0, "15.1"), *new = run_with(800, 0, "15.1");
	struct comparison *c;

	(void)state;
	record_metric(base, "retried", NULL, 1, true);
	record_metric(new, "skipped", NULL, 1, true);
	c = compare_two(&base, &new, 5, false);
	assert_int_equal(c->count, 6);
	assert_int_equal(c->judged, 2); /* rate and failed; the others are no headlines or alone */
	assert_int_equal(c->regressions, 1);
	assert_int_equal(c->note_count, 0);
	assert_string_equal(compared_title(c, &c->items[3]), "Rate (a.sql)");
	assert_string_equal(compared_verdict(c, &c->items[0]), "worse, beyond 5 %");
	assert_string_equal(compared_verdict(c, &c->items[4]), "only in the base");
	assert_string_equal(compared_verdict(c, &c->items[5]), "only in the new run");
	assert_string_equal(comparison_sentence(c),
			    "1 of 2 judged figures is worse by more than 5 %.");
	comparison_free(c);
	c = compare_two(&base, &new, 25, true);
	assert_int_equal(c->judged, 4);
	assert_int_equal(c->regressions, 0);
	assert_string_equal(compared_verdict(c, &c->items[0]), "worse, allowed");
	comparison_free(c);
	record_free(base);
	record_free(new);
}

static void test_notes(void **state)
{
	struct record *base = run_with(1000, 0, "15.1"), *new = run_with(800, 0, "16.0");
	struct comparison *c;
	size_t i;

	(void)state;
	new->outcome = OUTCOME_INTERRUPTED;
	new->verb = "init";
	new->arguments[3] = "16";
	record_target(new, "tls", "yes");
	c = compare_two(&base, &new, 5, false);
	assert_int_equal(c->note_count, 5);
	assert_non_null(strstr(c->notes[0], "new run is marked 'interrupted'"));
	assert_non_null(strstr(c->notes[1], "different kinds: bench run and bench init"));
	assert_non_null(strstr(c->notes[2], "lakeport bench run -c 8 (base)"));
	assert_string_equal(c->notes[3], "target: server differs: '15.1' in the base, '16.0' now");
	assert_string_equal(c->notes[4], "target: tls is known only now: 'yes'");
	comparison_free(c);
	for (i = 0; i < 100; i++)
		record_target(new, "many", "more");
	c = compare_two(&base, &new, 5, false);
	assert_int_equal(c->note_count, 20);
	comparison_free(c);
	record_free(base);
	record_free(new);
}

static void test_nothing_in_common(void **state)
{
	struct record *base = record_new("bench", "run", 0, NULL);
	struct record *new = record_new("bench", "run", 0, NULL);
	struct comparison *c = compare_two(&base, &new, 5, true);
	const struct render_options options = {.color = false};
	size_t i;

	(void)state;
	assert_int_equal(c->judged, 0);
	assert_string_equal(comparison_sentence(c), "No figure could be judged.");
	for (i = 0; i < renderer_count; i++) {
		struct error e = ERROR_INIT;
		struct buf out = {0};

		assert_int_equal(renderers[i].comparison(c, &options, &out, &e), 0);
		buf_release(&out);
	}
	comparison_free(c);
	record_free(base);
	record_free(new);
}

static void test_junit(void **state)
{
	struct record *base = run_with(1000, 0, "15.1"), *new = run_with(800, 0, "15.1");
	struct comparison *c = compare_two(&base, &new, 5, false);
	const struct render_options options = {.color = false};
	struct error e = ERROR_INIT;
	struct buf out = {0};

	(void)state;
	new->title = "<\"&'>";
	assert_int_equal(compare_junit(c, &options, &out, &e), 0);
	assert_string_equal(
		buf_text(&out),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		"<testsuite name=\"lakeport report compare: &lt;&quot;&amp;&#39;&gt;\" tests=\"2\" "
		"failures=\"1\" errors=\"0\" skipped=\"0\">\n"
		"<testcase classname=\"metric\" name=\"rate\"><failure type=\"regression\" "
		"message=\"worse, beyond 5 %\">1,000 tx/s -&gt; 800 tx/s: -20.0 %</failure>"
		"</testcase>\n"
		"<testcase classname=\"metric\" name=\"failed\"><system-out>0 -&gt; 0: 0 %: no "
		"difference that can be told"
		"</system-out></testcase>\n</testsuite>\n</testsuites>\n");
	buf_release(&out);
	comparison_free(c);
	record_free(base);
	record_free(new);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_difference),   cmocka_unit_test(test_noise_known),
		cmocka_unit_test(test_noise_stride), cmocka_unit_test(test_noise_false_alarms),
		cmocka_unit_test(test_several),	     cmocka_unit_test(test_join),
		cmocka_unit_test(test_notes),	     cmocka_unit_test(test_nothing_in_common),
		cmocka_unit_test(test_junit),
	};

	return RUN("compare", tests);
}
