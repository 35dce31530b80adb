/* test_many.c - what a run with many processes rests on and MPI has no part in. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "bench/kept.h"
#include "bench/ranks.h"
#include "common/random.h"

static void fill(struct second *s, struct random *random, unsigned values)
{
	unsigned i;

	memset(s, 0, sizeof(*s));
	s->done = values;
	s->failed = random_range(random, 0, 9);
	s->cpu_ns = random_range(random, 0, 1000000);
	for (i = 0; i < values; i++)
		histogram_record(&s->latency, random_range(random, 0, 1ull << (i % 45)));
}

/* Seconds come back as they went in, empty ones and unknown ones too. */
static void test_kept_comes_back(void **state)
{
	static const unsigned sizes[] = {0, 1, 5000, 0, 17};
	static struct second in[COUNT(sizes)], out;
	struct kept k = {0};
	struct random random;
	size_t i;

	(void)state;
	random_seed(&random, 1);
	for (i = 0; i < COUNT(sizes); i++) {
		fill(&in[i], &random, sizes[i]);
		in[i].index = i;
		kept_add(&k, &in[i]);
	}
	assert_int_equal(k.count, COUNT(sizes));
	for (i = COUNT(sizes); i-- > 0;) {
		kept_get(&k, i, &out);
		assert_memory_equal(&out, &in[i], sizeof(out));
	}
	kept_get(&k, COUNT(sizes), &out);
	assert_int_equal(out.done + out.latency.count, 0);
	kept_release(&k);
}

/* When there is no more room, whole seconds are left out, and those before stay exact. */
static void test_kept_is_bounded(void **state)
{
	static struct second in, out;
	struct kept k = {0};
	struct random random;
	size_t n;

	(void)state;
	random_seed(&random, 2);
	fill(&in, &random, 200000);
	while (!k.full)
		kept_add(&k, &in);
	assert_true(k.bytes.len <= KEPT_MAX_BYTES);
	assert_false(k.bytes.truncated);
	n = k.count;
	kept_add(&k, &(struct second){0});
	assert_int_equal(k.count, n);
	kept_get(&k, n - 1, &out);
	in.index = n - 1;
	assert_memory_equal(&out, &in, sizeof(out));
	kept_release(&k);
}

/* The percentiles of merged seconds are those of all values together. */
static void test_seconds_merge(void **state)
{
	static struct second one, two, both;
	uint64_t v;

	(void)state;
	for (v = 1; v <= 100000; v++) {
		histogram_record(v % 3 ? &one.latency : &two.latency, v * 1000);
		histogram_record(&both.latency, v * 1000);
	}
	one.done = one.latency.count;
	two.done = two.latency.count;
	both.done = both.latency.count;
	second_merge(&one, &two);
	assert_memory_equal(&one, &both, sizeof(one));
}

/* Stats in one piece, moved elsewhere, are the same stats. */
static void test_stats_travel(void **state)
{
	struct stats mine, sum;
	char *sent, *received;
	size_t size;

	(void)state;
	stats_init(&mine, 2, 3, 1);
	stats_init(&sum, 2, 3, 1);
	size = stats_flat_size(&mine);
	sent = calloc(1, size);
	received = malloc(size);
	mine.phases[0].done = 4;
	histogram_record(&mine.phases[0].latency, 7);
	mine.scripts[1].done = 7;
	histogram_record(&mine.scripts[1].latency, 1234567);
	mine.statements[2].executed = 9;
	histogram_record(&mine.statements[2].latency, 99);
	stats_failure(&mine, 1, 2, "40001", "could not serialize", 3);
	mine.window_ns = 5;
	stats_merge(stats_flat(sent, &mine), &mine);
	memcpy(received, sent, size);
	memset(sent, 0xff, size);
	stats_merge(&sum, stats_flat(received, &mine));
	stats_merge(&sum, stats_flat(received, &mine));
	assert_int_equal(sum.scripts[1].done, 14);
	assert_int_equal(sum.scripts[1].latency.count, 2);
	assert_int_equal(sum.scripts[1].latency.min, 1234567);
	assert_int_equal(sum.statements[2].executed, 18);
	assert_int_equal(sum.statements[2].latency.max, 99);
	assert_int_equal(sum.phases[0].done, 8);
	assert_int_equal(sum.phases[0].latency.count, 2);
	assert_int_equal(sum.failure_count, 1);
	assert_int_equal(sum.failures[0].count, 6);
	assert_string_equal(sum.failures[0].message, "could not serialize");
	assert_int_equal(sum.window_ns, 5);
	stats_release(&mine);
	stats_release(&sum);
	free(sent);
	free(received);
}

static const struct finding *finding(const struct record *r, const char *id)
{
	size_t i;

	for (i = 0; i < r->finding_count; i++)
		if (strcmp(r->findings[i].id, id) == 0)
			return &r->findings[i];
	return NULL;
}

static struct record *record_of(const struct rank *ranks, unsigned count)
{
	char *arguments[] = {"-c", "8"};
	struct record *r = record_new("bench", "run", 2, arguments);

	ranks_record(r, ranks, count);
	return r;
}

static void test_ranks_alike(void **state)
{
	struct rank ranks[3] = {
		{.host = "a", .connections = 3, .in_window = 3000, .window_ns = 1000000000},
		{.host = "b", .connections = 2, .in_window = 1700, .window_ns = 1000000000},
		{.host = "a", .connections = 2, .in_window = 2000, .window_ns = 1000000000}};
	struct record *r = record_of(ranks, 3);

	(void)state;
	assert_int_equal(r->finding_count, 0);
	assert_int_equal(r->table_count, 1);
	assert_int_equal(r->tables[0]->row_count, 3);
	assert_string_equal(r->target.items[0].value, "3 on 2 hosts");
	record_free(r);
}

static void test_ranks_differ(void **state)
{
	struct rank ranks[2] = {
		{.host = "a", .connections = 3, .in_window = 3000, .window_ns = 1000000000},
		{.host = "b", .connections = 1, .in_window = 790, .window_ns = 1000000000}};
	struct record *r;

	(void)state;
	strcpy(ranks[1].differs, "fsync is 'off' there");
	ranks[0].seconds_full = true;
	ranks[0].seconds = 100;
	r = record_of(ranks, 2);
	assert_string_equal(finding(r, "RANKS-DIFFER")->evidence,
			    "rank 1 (b) made 790.0 tx/s with each connection, rank 0 (a) 1000.0");
	assert_string_equal(finding(r, "TARGETS-DIFFER")->evidence,
			    "rank 1 (b) sees another server than rank 0: fsync is 'off' there");
	assert_string_equal(finding(r, "SERIES-CUT")->evidence,
			    "rank 0 (a) had no room to keep more than 100 seconds");
	record_free(r);
}

static void test_rank_alone(void **state)
{
	struct record *r = record_new("bench", "run", 0, NULL);

	(void)state;
	ranks_record_alone(r, 4);
	assert_string_equal(r->target.items[0].value, "rank 0 alone of 4");
	assert_non_null(finding(r, "RANKS-MISSING"));
	record_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept_comes_back), cmocka_unit_test(test_kept_is_bounded),
		cmocka_unit_test(test_seconds_merge),	cmocka_unit_test(test_stats_travel),
		cmocka_unit_test(test_ranks_alike),	cmocka_unit_test(test_ranks_differ),
		cmocka_unit_test(test_rank_alone),
	};

	return RUN("many", tests);
}
