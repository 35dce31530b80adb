/*
 * test_change.c - changes of level: found where they are, to within one value, and in noise in
 * about 5 of 100 rows. Simulated with a seed, so the figures are the same in each run.
 */
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>

#include "common/random.h"
#include "reports/change.h"

static double normal(struct random *r)
{
	return sqrt(-2 * log(1 - random_double(r))) * cos(6.283185307179586 * random_double(r));
}

static void test_plain(void **state)
{
	static const double step[] = {10, 11, 10, 12, 11, 10, 20, 21, 20, 22, 21, 20};
	static const double same[] = {5, 5, 5, 5, 5, 5, 5, 5, 5, 5};
	static const double outlier[] = {10, 11, 10, 12, 11, 900, 10, 11, 12, 10, 11, 10};
	static const double few[] = {1, 1, 1, 9, 9, 9, 9};
	size_t at[CHANGE_MAX];

	(void)state;
	assert_int_equal(changes_find(step, COUNT(step), at), 1);
	assert_int_equal(at[0], 6);
	assert_int_equal(changes_find(same, COUNT(same), at), 0);
	assert_int_equal(changes_find(outlier, COUNT(outlier), at), 0);
	assert_int_equal(changes_find(few, COUNT(few), at), 0);
	assert_int_equal(changes_find(NULL, 0, at), 0);
}

static void test_false_alarms(void **state)
{
	static const size_t sizes[] = {8, 12, 30, 100};
	size_t i, k;
	int trial;

	(void)state;
	for (i = 0; i < COUNT(sizes); i++) {
		struct random r;
		int alarms = 0;

		random_seed(&r, 41);
		for (trial = 0; trial < 400; trial++) {
			double values[100];
			size_t at[CHANGE_MAX];

			for (k = 0; k < sizes[i]; k++)
				values[k] = 1000 * exp(0.05 * normal(&r)); /* not normal: skewed */
			alarms += changes_find(values, sizes[i], at) > 0;
		}
		if (alarms < 3 || alarms > 32) /* of 400: 20 are meant, fewer for few values */
			fail_msg("%zu values: %d false alarms of 400", sizes[i], alarms);
	}
}

static size_t distance(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

/* 10 % less, in noise of 2 %, anywhere in 30 runs but at the very ends. */
static void test_one_change(void **state)
{
	struct random r;
	int found = 0, near = 0, trial;

	(void)state;
	random_seed(&r, 43);
	for (trial = 0; trial < 300; trial++) {
		size_t truth = 4 + (size_t)trial % 22, at[CHANGE_MAX], n, k;
		double values[30];

		for (k = 0; k < 30; k++)
			values[k] = (k < truth ? 1000 : 900) * (1 + 0.02 * normal(&r));
		n = changes_find(values, 30, at);
		found += n >= 1;
		for (k = 0; k < n; k++)
			if (distance(at[k], truth) <= 1) {
				near++;
				break;
			}
	}
	if (found < 297 || near < 294)
		fail_msg("of 300: %d found, %d within one value", found, near);
}

/* Down, back up, down a little: each is found. */
static void test_three_changes(void **state)
{
	static const size_t truth[] = {15, 30, 42};
	struct random r;
	int all = 0, trial;

	(void)state;
	random_seed(&r, 47);
	for (trial = 0; trial < 200; trial++) {
		double values[60];
		size_t at[CHANGE_MAX], n, i, k, near = 0;

		for (k = 0; k < 60; k++)
			values[k] = (k < 15   ? 1000
				     : k < 30 ? 850
				     : k < 42 ? 1000
					      : 930) *
				    (1 + 0.015 * normal(&r));
		n = changes_find(values, 60, at);
		for (i = 0; i < 3; i++)
			for (k = 0; k < n; k++)
				if (distance(at[k], truth[i]) <= 1) {
					near++;
					break;
				}
		all += near == 3;
	}
	if (all < 185)
		fail_msg("all three within one value in %d of 200", all);
}

/* Never more than there is room for, rising, and no stretch shorter than promised. */
static void test_limits(void **state)
{
	double values[400];
	size_t at[CHANGE_MAX], n, i;

	(void)state;
	for (i = 0; i < 400; i++)
		values[i] = (double)(i / 10 % 7 * 100 + i % 3);
	n = changes_find(values, 400, at);
	assert_true(n > 3 && n <= CHANGE_MAX);
	for (i = 0; i < n; i++)
		assert_true(at[i] >= (i ? at[i - 1] : 0) + CHANGE_STRETCH && at[i] < 398);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),	   cmocka_unit_test(test_false_alarms),
		cmocka_unit_test(test_one_change), cmocka_unit_test(test_three_changes),
		cmocka_unit_test(test_limits),
	};

	return RUN("change", tests);
}
