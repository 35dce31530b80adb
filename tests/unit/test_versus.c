/* test_versus.c - what is made of the rounds of A and B: differences, findings, the outcome. */
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/versus_result.h"
#include "common/random.h"

#define ROUNDS 6

static double normal(struct random *r)
{
	return sqrt(-2 * log(1 - random_double(r))) * cos(6.283185307179586 * random_double(r));
}

/* Rounds of a rate of 1000 that drifts by 20 %, B's being `factor` times A's. */
static struct versus_result *rounds(struct random *r, double factor)
{
	struct versus_result *v = calloc(1, sizeof(*v));
	size_t i;

	assert_non_null(v);
	v->turns = calloc((size_t)2 * ROUNDS, sizeof(*v->turns));
	assert_non_null(v->turns);
	v->rounds = ROUNDS;
	for (i = 0; i < (size_t)2 * ROUNDS; i++) {
		struct turn *t = &v->turns[i];
		double rate = 1000 * (1 - 0.02 * (double)i) * (1 + 0.02 * normal(r));
		size_t k;

		t->is_b = (i % 2 != 0) != (i / 2 % 2 != 0); /* ABBA */
		t->figures[0] = t->is_b ? rate * factor : rate;
		for (k = 1; k + 1 < VERSUS_FIGURES; k++)
			t->figures[k] = 1e6 * (double)k / t->figures[0];
	}
	v->sides[0].done = v->sides[1].done = 1000;
	return v;
}

static void release(struct versus_result *v)
{
	free(v->turns);
	free(v);
}

static struct record *record_of(const struct versus_result *v, double limit)
{
	struct record *r = record_new("bench", "run", 0, NULL);

	versus_record(r, v, limit);
	return r;
}

static const struct finding *find(const struct record *r, const char *id)
{
	size_t i;

	for (i = 0; i < r->finding_count; i++)
		if (strcmp(r->findings[i].id, id) == 0)
			return &r->findings[i];
	return NULL;
}

static void test_slower(void **state)
{
	struct versus_result *v;
	struct random stream;
	struct record *r;

	(void)state;
	random_seed(&stream, 1);
	v = rounds(&stream, 0.9);
	r = record_of(v, (double)INFINITY);
	assert_int_equal(r->exit_status, 0);
	assert_int_equal(r->outcome, OUTCOME_DONE);
	assert_non_null(find(r, "B-WORSE"));
	assert_null(find(r, "NO-DIFFERENCE"));
	assert_non_null(strstr(find(r, "B-WORSE")->evidence, "Rate -"));
	record_free(r);
	r = record_of(v, 5);
	assert_int_equal(r->exit_status, 1);
	assert_int_equal(r->outcome, OUTCOME_ATTENTION);
	assert_int_equal(find(r, "B-REGRESSION")->severity, SEVERITY_ERROR);
	record_free(r);
	r = record_of(v, 30);
	assert_int_equal(r->exit_status, 0);
	record_free(r);
	release(v);
	v = rounds(&stream, 1.1);
	r = record_of(v, 0);
	assert_int_equal(r->exit_status, 0);
	assert_non_null(find(r, "B-BETTER"));
	record_free(r);
	release(v);
}

/* The same on both sides: the drift is no difference, and the alarms are those of 95 %. */
static void test_false_alarms(void **state)
{
	struct random stream;
	int alarms = 0, trial;

	(void)state;
	random_seed(&stream, 2);
	for (trial = 0; trial < 200; trial++) {
		struct versus_result *v = rounds(&stream, 1);
		struct record *r = record_of(v, 0);

		alarms += find(r, "NO-DIFFERENCE") == NULL;
		record_free(r);
		release(v);
	}
	if (alarms < 2 || alarms > 18)
		fail_msg("%d false alarms of 200", alarms);
}

static void test_outcome(void **state)
{
	struct error error = ERROR_INIT;
	struct random stream;
	struct versus_result *v;
	struct record *r;

	(void)state;
	random_seed(&stream, 3);
	v = rounds(&stream, 1);
	v->sides[1].failed = 3;
	v->sides[1].real_failures = true;
	strncpy(v->sides[1].message, "division by zero", sizeof(v->sides[1].message) - 1);
	r = record_of(v, 100);
	assert_int_equal(r->exit_status, 1);
	assert_string_equal(find(r, "FAILED-TRANSACTIONS")->evidence,
			    "3 of 1003 transactions failed: division by zero");
	record_free(r);
	v->sides[1].done = 0;
	r = record_of(v, 100);
	assert_int_equal(r->exit_status, 4);
	assert_string_equal(r->error, "no transaction of B succeeded: division by zero");
	record_free(r);
	error_set(&error, ERROR_CONNECT, "gone");
	v->error = &error;
	r = record_of(v, 100);
	assert_int_equal(r->exit_status, 3);
	assert_string_equal(r->error, "gone");
	record_free(r);
	v->error = NULL;
	v->interrupted = true;
	v->rounds = 0;
	r = record_of(v, 100);
	assert_int_equal(r->exit_status, 130);
	assert_int_equal(r->table_count, 0);
	record_free(r);
	release(v);
}

/* A round in which a side had no latency at all is passed over; one round alone judges nothing. */
static void test_gaps(void **state)
{
	struct random stream;
	struct versus_result *v;
	struct record *r;
	size_t k;

	(void)state;
	random_seed(&stream, 4);
	v = rounds(&stream, 0.5);
	for (k = 1; k + 1 < VERSUS_FIGURES; k++)
		v->turns[3].figures[k] = (double)NAN;
	r = record_of(v, 5);
	assert_non_null(find(r, "B-REGRESSION"));
	record_free(r);
	v->rounds = 1;
	r = record_of(v, 5);
	assert_int_equal(r->exit_status, 0);
	assert_non_null(find(r, "NO-DIFFERENCE"));
	record_free(r);
	release(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slower),
		cmocka_unit_test(test_false_alarms),
		cmocka_unit_test(test_outcome),
		cmocka_unit_test(test_gaps),
	};

	return RUN("versus", tests);
}
