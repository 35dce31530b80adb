/*
 * test_statistics.c - the bootstrap keeps its word: intervals hold the truth in about 95 of 100
 * cases, sides that do not differ are called different in about 5, and a real 10 % is found.
 * All of it simulated with a seed, so the figures are the same in each run.
 */
#include "tests/unit/unit.h"

#include <math.h>

#include "common/difference.h"
#include "common/random.h"
#include "common/statistics.h"

#define TRIALS 1000

/* Box-Muller, from a seeded stream. */
static double normal(struct random *r)
{
	return sqrt(-2 * log(1 - random_double(r))) * cos(6.283185307179586 * random_double(r));
}

static double mean_of(const double *values, size_t n)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += values[i];
	return sum / (double)n;
}

static void test_known(void **state)
{
	static const double ramp[] = {1, 2, 3, 4, 5}, same[] = {7, 7, 7};
	static const double gaps[] = {NAN, 4, INFINITY, 6};
	struct spread s = spread_of_values(ramp, 5);

	(void)state;
	assert_true(s.mean == 3 && s.freedom == 4);
	assert_true(fabs(s.error - 0.7071) < 0.03); /* sqrt(2.5 / 5) */
	assert_true(spread_of_values(ramp, 5).error == s.error);
	s = spread_of_values(same, 3);
	assert_true(s.mean == 7 && s.error == 0 && s.freedom == 2);
	s = spread_of_values(gaps, 4);
	assert_true(s.mean == 5 && s.freedom == 1 && fabs(s.error - 1) < 0.05);
	assert_true(spread_of_values(ramp, 1).freedom == 0);
	assert_true(spread_of_values(NULL, 0).freedom == 0);
	assert_true(spread_of_series(ramp, 4, 1).freedom == 0);
}

static void test_student(void **state)
{
	(void)state;
	assert_true(student_quantile(1) == 12.706 && student_quantile(0.3) == 12.706);
	assert_true(student_quantile(9) == 2.262);
	assert_true(fabs(student_quantile(9.5) - 2.245) < 1e-9);
	assert_true(fabs(student_quantile(29.999) - student_quantile(30)) < 0.01);
	assert_true(fabs(student_quantile(60) - 2.000) < 0.004);
	assert_true(fabs(student_quantile(1e9) - 1.96) < 1e-6);
}

static void test_coverage_of_values(void **state)
{
	static const size_t sizes[] = {2, 3, 6, 20};
	size_t i, k;
	int trial;

	(void)state;
	for (i = 0; i < COUNT(sizes); i++) {
		struct random r;
		int held = 0;

		random_seed(&r, 3);
		for (trial = 0; trial < TRIALS; trial++) {
			double values[20];
			struct spread s;

			for (k = 0; k < sizes[i]; k++)
				values[k] = 100 + 4 * normal(&r);
			s = spread_of_values(values, sizes[i]);
			held += fabs(s.mean - 100) <= student_quantile(s.freedom) * s.error;
		}
		if (held < 930 || held > 970)
			fail_msg("%zu values: %d of %d intervals hold the mean", sizes[i], held,
				 TRIALS);
	}
}

/* A series that remembers the value before. */
static void remembering(struct random *r, double *out, size_t n, double memory)
{
	double x = normal(r) / sqrt(1 - memory * memory);
	size_t i;

	for (i = 0; i < n; i++) {
		x = memory * x + normal(r);
		out[i] = 1000 + 10 * x;
	}
}

static void test_coverage_of_series(void **state)
{
	static const struct {
		size_t n;
		double memory;
		int low;
	} cases[] = {{30, 0, 920}, {300, 0, 930}, {300, 0.6, 900}, {600, 0.8, 890}};
	size_t i;
	int trial;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct random r;
		int held = 0;

		random_seed(&r, 5);
		for (trial = 0; trial < TRIALS; trial++) {
			double values[600];
			struct spread s;

			remembering(&r, values, cases[i].n, cases[i].memory);
			s = spread_of_series(values, cases[i].n, 1);
			held += fabs(s.mean - 1000) <= student_quantile(s.freedom) * s.error;
		}
		if (held < cases[i].low || held > 980)
			fail_msg("%zu values, memory %g: %d of %d", cases[i].n, cases[i].memory,
				 held, TRIALS);
	}
}

/* How often sides of `b` and `n` runs are called different when the second is `factor` times. */
static int called_different(size_t b, size_t n, double factor, enum verdict wanted)
{
	struct random r;
	int called = 0, trial;
	size_t i;

	random_seed(&r, 17);
	for (trial = 0; trial < TRIALS; trial++) {
		double base[20], new[20], noise, mb, mn;

		for (i = 0; i < b; i++)
			base[i] = 100 + 2 * normal(&r);
		for (i = 0; i < n; i++)
			new[i] = factor *(100 + 2 * normal(&r));
		mb = mean_of(base, b);
		mn = mean_of(new, n);
		noise = n > 1 ? noise_sides(mb, mn, noise_of_runs(base, b), noise_of_runs(new, n))
			      : noise_one(new[0], mb, b, noise_of_runs(base, b));
		if (wanted == VERDICT_SAME)
			called += difference_of(mb, mn, BETTER_LOWER, noise, 0).verdict != wanted;
		else
			called += difference_of(mb, mn, BETTER_LOWER, noise, 0).verdict == wanted;
	}
	return called;
}

static void test_runs_against_runs(void **state)
{
	static const struct {
		size_t base, new;
		int found; /* at least, of 1000, when there is a difference of 10 % */
	} cases[] = {{3, 3, 900}, {4, 4, 990}, {6, 6, 1000}, {6, 1, 900}, {12, 4, 1000}};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		size_t b = cases[i].base, n = cases[i].new;
		int alarms = called_different(b, n, 1, VERDICT_SAME);
		int found = called_different(b, n, 1.1, VERDICT_WORSE);

		if (alarms < 20 || alarms > 75)
			fail_msg("%zu and %zu runs: %d false alarms", b, n, alarms);
		if (found < cases[i].found)
			fail_msg("%zu and %zu runs: 10 %% found %d times", b, n, found);
	}
}

/* Both sides ride on the same drift, which rounds take out. */
static int pairs_called(double factor, enum verdict wanted)
{
	struct random r;
	int called = 0, trial;
	size_t i;

	random_seed(&r, 23);
	for (trial = 0; trial < TRIALS; trial++) {
		double a[6], b[6];
		enum verdict v;

		for (i = 0; i < 6; i++) {
			double drift = 100 - 5 * (double)i + 10 * random_double(&r);

			a[i] = drift + normal(&r);
			b[i] = factor * (drift + normal(&r));
		}
		v = difference_of_rounds(a, b, 6, BETTER_HIGHER, 0).verdict;
		called += wanted == VERDICT_SAME ? v != wanted : v == wanted;
	}
	return called;
}

static void test_rounds(void **state)
{
	int alarms = pairs_called(1, VERDICT_SAME);

	(void)state;
	if (alarms < 30 || alarms > 70)
		fail_msg("rounds: %d false alarms", alarms);
	assert_true(pairs_called(0.9, VERDICT_WORSE) > 990);
}

static void test_rounds_known(void **state)
{
	static const double a[] = {100, 200, 400}, half[] = {50, 100, 200}, some[] = {0, 2, 1};
	static const double none[] = {0, 0, 0}, near[] = {99, 201, 401};
	struct difference d = difference_of_rounds(a, half, 3, BETTER_HIGHER, 5);

	(void)state;
	assert_true(fabs(d.percent + 50) < 1e-9 && fabs(d.high + 50) < 1e-6); /* drift is gone */
	assert_true(d.verdict == VERDICT_WORSE && d.regression);
	assert_false(difference_of_rounds(a, half, 3, BETTER_HIGHER, 60).regression);
	assert_true(difference_of_rounds(a, half, 3, BETTER_LOWER, 5).verdict == VERDICT_BETTER);
	assert_true(difference_of_rounds(a, near, 3, BETTER_LOWER, 5).verdict == VERDICT_SAME);
	assert_true(difference_of_rounds(none, none, 3, BETTER_LOWER, 5).verdict == VERDICT_SAME);
	assert_true(difference_of_rounds(none, some, 3, BETTER_LOWER, 5).verdict == VERDICT_SAME);
	assert_true(isnan(difference_of_rounds(a, a, 0, BETTER_LOWER, 5).percent));
	d = difference_of_rounds(a, half, 1, BETTER_HIGHER, 5);
	assert_true(fabs(d.percent + 50) < 1e-9 && isnan(d.low));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_student),
		cmocka_unit_test(test_coverage_of_values),
		cmocka_unit_test(test_coverage_of_series),
		cmocka_unit_test(test_runs_against_runs),
		cmocka_unit_test(test_rounds),
		cmocka_unit_test(test_rounds_known),
	};

	return RUN("statistics", tests);
}
