/* test_histogram.c - exact counts, bounded error, merging, percentiles. */
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/histogram.h"
#include "common/memory.h"
#include "common/random.h"

static struct histogram *new_histogram(void)
{
	return xcalloc(1, sizeof(struct histogram));
}

static void buckets_cover_every_value_once(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i + 1 < HISTOGRAM_BUCKETS; i++) {
		uint64_t low = histogram_low(i), last = low + histogram_width(i) - 1;

		assert_int_equal(histogram_index(low), i);
		assert_int_equal(histogram_index(last), i);
		assert_int_equal(histogram_index(last + 1), i + 1);
	}
	assert_int_equal(histogram_index(UINT64_MAX), HISTOGRAM_BUCKETS - 1);
	assert_int_equal(histogram_index((uint64_t)1 << HISTOGRAM_TOP_BIT), HISTOGRAM_BUCKETS - 1);
}

static void buckets_are_at_most_one_128th_wide(void **state)
{
	unsigned i;

	(void)state;
	for (i = 256; i < HISTOGRAM_BUCKETS; i++)
		assert_true((double)histogram_width(i) / (double)histogram_low(i) <= 1.0 / 128);
}

static void one_microsecond_to_one_hour_fits(void **state)
{
	(void)state;
	assert_true(histogram_index(1000) > 0);
	assert_true(histogram_index((uint64_t)3600 * 1000000000) < HISTOGRAM_BUCKETS - 1);
}

static void counts_and_sums_are_exact(void **state)
{
	struct histogram *h = new_histogram();

	(void)state;
	histogram_record(h, 5);
	histogram_record(h, 1000003);
	histogram_record(h, 999999999);
	assert_int_equal(h->count, 3);
	assert_int_equal(h->sum, 5 + 1000003 + 999999999);
	assert_int_equal(h->min, 5);
	assert_int_equal(h->max, 999999999);
	free(h);
}

static void zero_and_the_empty_histogram(void **state)
{
	struct histogram *h = new_histogram();

	(void)state;
	assert_true(histogram_percentile(h, 0.5) == 0);
	assert_true(histogram_mean(h) == 0);
	histogram_record(h, 0);
	assert_int_equal(h->count, 1);
	assert_true(histogram_percentile(h, 0.99) == 0);
	free(h);
}

static void values_beyond_the_top_keep_their_maximum(void **state)
{
	struct histogram *h = new_histogram();
	uint64_t day = (uint64_t)86400 * 1000000000;

	(void)state;
	histogram_record(h, day);
	assert_int_equal(h->max, day);
	assert_true(histogram_percentile(h, 0.5) == (double)day);
	free(h);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The nearest-rank percentile of the values themselves is the truth. */
static void percentiles_are_within_the_promised_error(void **state)
{
	static const double shares[] = {0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1};
	enum { N = 200000 };
	uint64_t *values = xcalloc(N, sizeof(*values));
	struct histogram *h = new_histogram();
	struct random r;
	size_t i;

	(void)state;
	random_seed(&r, 7);
	for (i = 0; i < N; i++) {
		values[i] = (uint64_t)(-log(1 - random_double(&r)) * 2e6) + 1000;
		histogram_record(h, values[i]);
	}
	qsort(values, N, sizeof(*values), by_value);
	for (i = 0; i < COUNT(shares); i++) {
		double truth = (double)values[(size_t)ceil(shares[i] * N) - 1];
		double got = histogram_percentile(h, shares[i]);

		assert_true(fabs(got - truth) / truth <= 0.008);
	}
	free(values);
	free(h);
}

static void a_merge_is_all_values_together(void **state)
{
	struct histogram *a = new_histogram(), *b = new_histogram(), *all = new_histogram();
	struct random r;
	int i;

	(void)state;
	random_seed(&r, 11);
	for (i = 0; i < 10000; i++) {
		uint64_t v = random_range(&r, 100, 100000000);

		histogram_record(i % 3 ? a : b, v);
		histogram_record(all, v);
	}
	histogram_merge(a, b);
	assert_memory_equal(a, all, sizeof(*a));
	memset(b, 0, sizeof(*b));
	histogram_merge(a, b);
	assert_memory_equal(a, all, sizeof(*a));
	free(a);
	free(b);
	free(all);
}

static void the_same_value_gives_itself(void **state)
{
	struct histogram *h = new_histogram();
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		histogram_record(h, 5000123);
	assert_true(histogram_percentile(h, 0.5) == 5000123);
	assert_true(histogram_percentile(h, 0.999) == 5000123);
	free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_cover_every_value_once),
		cmocka_unit_test(buckets_are_at_most_one_128th_wide),
		cmocka_unit_test(one_microsecond_to_one_hour_fits),
		cmocka_unit_test(counts_and_sums_are_exact),
		cmocka_unit_test(zero_and_the_empty_histogram),
		cmocka_unit_test(values_beyond_the_top_keep_their_maximum),
		cmocka_unit_test(percentiles_are_within_the_promised_error),
		cmocka_unit_test(a_merge_is_all_values_together),
		cmocka_unit_test(the_same_value_gives_itself),
	};

	return RUN("histogram", tests);
}
