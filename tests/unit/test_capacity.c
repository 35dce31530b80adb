/* test_capacity.c - sizes and prices from the published figures. */
#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

#include "bench/capacity.h"

#define PROVISIONED (&capacity_offers[0])
#define AUTOSCALING (&capacity_offers[1])

static void near(double value, double wanted)
{
	if (fabs(value - wanted) > 0.005)
		fail_msg("%.4f is not %.4f", value, wanted);
}

static void an_autoscaling_unit_is_an_eighth(void **state)
{
	(void)state;
	assert_string_equal(PROVISIONED->name, "Provisioned");
	assert_string_equal(AUTOSCALING->name, "Autoscaling");
	near(PROVISIONED->unit_gb / AUTOSCALING->unit_gb, 8);
	near(PROVISIONED->reads / AUTOSCALING->reads, 8);
	near(PROVISIONED->upserts / AUTOSCALING->upserts, 8);
	assert_true(PROVISIONED->load / AUTOSCALING->load < 8);
}

/* The published price list: 1, 2, 4 and 8 units; $0.111 x 730 for an Autoscaling one. */
static void prices_are_those_of_the_list(void **state)
{
	static const double reads[] = {1, 20000, 40000, 80000};
	static const double cost[] = {291.67, 583.33, 1166.67, 2333.33};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(reads); i++) {
		struct need need = {.reads = reads[i]};

		near(capacity_size(PROVISIONED, &need).compute_month, cost[i]);
	}
	near(capacity_size(AUTOSCALING, &(struct need){.reads = 1250}).compute_month, 81.03);
}

static void demands_become_a_size(void **state)
{
	struct need need = {.reads = 8000, .upserts = 2000, .load = 5000, .gb = 250};
	struct sizing s = capacity_size(PROVISIONED, &need);

	(void)state;
	near(s.for_reads, 0.8);
	near(s.for_upserts, 1.667);
	near(s.for_load, 0.333);
	near(s.units, 2.467);
	near(s.size, 4);
	near(s.compute_month, 1166.67);
	near(s.storage_month, 87.5);
	near(s.total_month, 1254.17);
	near(s.load_hours, 250e6 / 60000 / 3600);
	s = capacity_size(AUTOSCALING, &need);
	near(s.units, 8000.0 / 1250 + 2000.0 / 150);
	near(s.size, 20);
	near(s.compute_month, 20 * 0.111 * 730);
}

/* 100 000 reads a second: ten units of 16 GB, 80 of 2 GB. The largest Provisioned size has 8. */
static void nothing_is_capped(void **state)
{
	struct need need = {.reads = 100000, .gb = 10};
	struct sizing s = capacity_size(PROVISIONED, &need);

	(void)state;
	near(s.units, 10);
	assert_true(s.beyond);
	assert_true(s.size == 0 && isnan(s.total_month) && isnan(s.load_hours));
	s = capacity_size(AUTOSCALING, &need);
	assert_false(s.beyond);
	near(s.size, 80);
	near(s.total_month, 80 * 0.111 * 730 + 3.5);
	need.reads = 1000000;
	assert_true(capacity_size(AUTOSCALING, &need).beyond);
}

static void the_load_is_not_added(void **state)
{
	struct need need = {.reads = 10000, .load = 30000};

	(void)state;
	near(capacity_size(PROVISIONED, &need).units, 2);
	need.load = 15000;
	near(capacity_size(PROVISIONED, &need).units, 1);
}

static void connections_ask_for_a_size(void **state)
{
	static const struct {
		double wanted, size;
	} cases[] = {{104, 0.5}, {105, 1}, {209, 1}, {419, 2}, {1678, 8}, {3357, 16}, {4000, 20}};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		near(capacity_size(AUTOSCALING, &(struct need){.connections = cases[i].wanted})
			     .size,
		     cases[i].size);
	assert_true(
		capacity_size(AUTOSCALING, &(struct need){.connections = 4001}).beyond_connections);
	assert_true(
		capacity_size(PROVISIONED, &(struct need){.connections = 1001}).beyond_connections);
	near(capacity_size(PROVISIONED, &(struct need){.connections = 1000}).size, 1);
}

static void storage_has_an_end(void **state)
{
	struct need need = {.gb = 3000};

	(void)state;
	assert_true(capacity_size(PROVISIONED, &need).beyond_storage);
	assert_true(isnan(capacity_size(PROVISIONED, &need).total_month));
	assert_false(capacity_size(AUTOSCALING, &need).beyond_storage);
}

static void sizes_rise_and_whole_ones_are_taken(void **state)
{
	(void)state;
	near(capacity_size(AUTOSCALING, &(struct need){.reads = 0}).size, 0.5);
	near(capacity_size(AUTOSCALING, &(struct need){.reads = 626}).size, 1);
	near(capacity_size(AUTOSCALING, &(struct need){.reads = 1251}).size, 2);
	near(capacity_size(AUTOSCALING, &(struct need){.reads = 112 * 1250.0}).size, 112);
	assert_true(capacity_size(AUTOSCALING, &(struct need){.reads = 112 * 1250.0 + 1}).beyond);
	near(capacity_size(PROVISIONED, &(struct need){.reads = 20001}).size, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_autoscaling_unit_is_an_eighth),
		cmocka_unit_test(prices_are_those_of_the_list),
		cmocka_unit_test(demands_become_a_size),
		cmocka_unit_test(nothing_is_capped),
		cmocka_unit_test(the_load_is_not_added),
		cmocka_unit_test(connections_ask_for_a_size),
		cmocka_unit_test(storage_has_an_end),
		cmocka_unit_test(sizes_rise_and_whole_ones_are_taken),
	};

	return RUN("capacity", tests);
}
