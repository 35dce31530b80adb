/* test_wake.c - when a curve of latencies is warm. */
#include "tests/unit/unit.h"

#include <math.h>

#include "bench/wake.h"

static void a_falling_curve_settles(void **state)
{
	static const double curve[] = {90, 50, 20, 10.5, 10, 11, 10, 10, 9.9, 10, 10.1, 10};
	struct warming w = wake_warming(curve, COUNT(curve), 0.1);

	(void)state;
	assert_true(w.steady == 10);
	assert_true(w.first == 90);
	assert_int_equal(w.settled, 3);
	assert_false(w.falling);
}

static void one_lucky_second_is_not_warm(void **state)
{
	static const double curve[] = {90, 10, 50, 30, 10, 10, 10, 10, 10};

	(void)state;
	assert_int_equal(wake_warming(curve, COUNT(curve), 0.1).settled, 4);
}

static void a_late_spike_does_not_undo_it(void **state)
{
	static const double curve[] = {10, 10, 10, 10, 10, 10, 10, 70, 10};
	struct warming w = wake_warming(curve, COUNT(curve), 0.1);

	(void)state;
	assert_int_equal(w.settled, 0);
	assert_true(w.steady == 10);
}

static void what_still_falls_is_not_steady(void **state)
{
	static const double curve[] = {100, 90, 80, 70, 60, 50, 40, 30, 20};

	(void)state;
	assert_true(wake_warming(curve, COUNT(curve), 0.1).falling);
}

static void seconds_without_an_answer_are_not_warm(void **state)
{
	const double none = (double)NAN;
	const double curve[] = {none, none, 20, 10, 10, 10};
	const double silent[] = {none, none, none};
	struct warming w = wake_warming(curve, COUNT(curve), 0.1);

	(void)state;
	assert_true(w.first == 20);
	assert_int_equal(w.settled, 3);
	w = wake_warming(silent, COUNT(silent), 0.1);
	assert_true(isnan(w.steady) && isnan(w.first));
	assert_int_equal(w.settled, COUNT(silent));
}

static void short_curves_have_an_answer_too(void **state)
{
	static const double one[] = {10}, two[] = {30, 10};

	(void)state;
	assert_int_equal(wake_warming(one, 1, 0.1).settled, 0);
	assert_int_equal(wake_warming(two, 2, 0.1).settled, 1);
}

static void a_server_younger_than_the_wait_woke(void **state)
{
	(void)state;
	assert_true(wake_woke(&(struct wake){.total = 2000000000, .server_age_s = 0.4}));
	assert_false(wake_woke(&(struct wake){.total = 2000000, .server_age_s = 3600}));
	assert_false(wake_woke(&(struct wake){.total = 2000000, .server_age_s = (double)NAN}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_falling_curve_settles),
		cmocka_unit_test(one_lucky_second_is_not_warm),
		cmocka_unit_test(a_late_spike_does_not_undo_it),
		cmocka_unit_test(what_still_falls_is_not_steady),
		cmocka_unit_test(seconds_without_an_answer_are_not_warm),
		cmocka_unit_test(short_curves_have_an_answer_too),
		cmocka_unit_test(a_server_younger_than_the_wait_woke),
	};

	return RUN("wake", tests);
}
