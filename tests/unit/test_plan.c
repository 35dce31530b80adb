/* test_plan.c - workload files: the levels over time, when connections come, when requests are due.
 */
#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/arrival.h"
#include "bench/plan.h"
#include "common/clock.h"

#define S 1e9

static struct plan *load(const char *text, struct error *e)
{
	char path[] = "/tmp/lakeport-plan-XXXXXX";
	int fd = mkstemp(path);
	struct plan *p;

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	p = plan_load(path, e);
	unlink(path);
	return p;
}

static const char example[] =
	"title: Example\n"
	"patterns:\n"
	"- {builtin: select-only, weight: 9, think_time_ms: 20, time_limit_ms: 100}\n"
	"- {file: /tmp/x.sql}\n"
	"phases:\n"
	"- {name: up, duration_s: 10, connections: 20, rate: 100, ramp_up_s: 4}\n"
	"- name: on\n"
	"  duration_s: 10\n"
	"  connections: 10\n"
	"  rate: 50\n"
	"  ramp_down_s: 5\n"
	"  spikes: [{start_s: 1, duration_s: 2, connections: 30, rate: 200}]\n"
	"targets: {p99_ms: 50, min_rate: 10}\n";

static void a_file_becomes_levels(void **state)
{
	static const struct {
		double second, connections;
	} cases[] = {{0, 0},	 {2, 10},  {4, 20},   {9.9, 20}, {10.1, 10}, {11.5, 40},
		     {13.5, 10}, {15, 10}, {17.5, 5}, {20, 0},	 {30, 0}};
	struct error e = ERROR_INIT;
	struct plan *p = load(example, &e);
	size_t i;

	(void)state;
	assert_non_null(p);
	assert_string_equal(p->title, "Example");
	assert_int_equal(p->most_connections, 40);
	assert_int_equal(p->length, 20 * CLOCK_SECOND);
	assert_true(p->open);
	for (i = 0; i < COUNT(cases); i++)
		assert_true(fabs(plan_connections(p, cases[i].second * S) - cases[i].connections) <
			    1e-3);
	assert_string_equal(p->requests[0].argument, "select-only@9");
	assert_string_equal(p->requests[1].argument, "/tmp/x.sql@1");
	assert_int_equal(p->patterns[0].think_ns, 20 * CLOCK_MS);
	assert_int_equal(p->patterns[0].limit_ns, 100 * CLOCK_MS);
	assert_true(p->target[TARGET_P99] == 50 && p->target[TARGET_RATE] == 10);
	assert_true(isnan(p->target[TARGET_MEAN]));
	assert_int_equal(plan_phase_at(p, 5 * CLOCK_SECOND), 0);
	assert_int_equal(plan_phase_at(p, 10 * CLOCK_SECOND), 1);
	assert_int_equal(plan_phase_at(p, 99 * CLOCK_SECOND), 1);
	plan_free(p);
}

static void connections_come_when_they_are_asked_for(void **state)
{
	static const struct {
		unsigned rank;
		double from, at; /* at < 0: never again */
	} cases[] = {{0, 0, 0},	     {10, 0, 2},   {19, 0, 3.8}, {25, 0, 11}, {25, 11.5, 11.5},
		     {25, 13.5, -1}, {15, 10, 11}, {9, 16, -1},	 {39, 0, 11}, {40, 0, -1}};
	struct error e = ERROR_INIT;
	struct plan *p = load(example, &e);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		double at = plan_activation(p, cases[i].rank, cases[i].from * S);

		if (cases[i].at < 0) {
			assert_true(isinf(at));
			continue;
		}
		assert_true(fabs(at - cases[i].at * S) < 1e6);
		assert_true(plan_connections(p, at) > cases[i].rank);
	}
	plan_free(p);
}

/* Areas by hand: 0-4 s: 200; 4-10 s: 600; 10-15: 250 + 400 of the spike; 15-20: 125. */
static void the_rate_is_integrated(void **state)
{
	static const struct {
		double from, amount, at;
	} cases[] = {{0, 50, 2},    {0, 200, 4},       {0, 800, 10}, {0, 850, 11},
		     {11, 250, 12}, {15, 93.75, 17.5}, {15, 126, -1}};
	struct error e = ERROR_INIT;
	struct plan *p = load(example, &e);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		double at = plan_after(p, cases[i].from * S, cases[i].amount, 1);

		if (cases[i].at < 0)
			assert_true(isinf(at));
		else
			assert_true(fabs(at - cases[i].at * S) < 1e6);
	}
	assert_true(fabs(plan_after(p, 0, 100, 0.5) - 4 * S) < 1e6);
	plan_free(p);
}

static void arrivals_follow_the_plan(void **state)
{
	struct error e = ERROR_INIT;
	struct plan *p = load(example, &e);
	unsigned seconds[20] = {0}, total = 0;
	struct arrival a;

	(void)state;
	for (arrival_init_plan(&a, &arrival_kinds[1], p, 1, 1000, 7, 1); a.due != UINT64_MAX;
	     total++)
		seconds[(arrival_take(&a) - 1000) / CLOCK_SECOND]++;
	assert_in_range(total, 1573, 1576);
	assert_in_range(seconds[5], 99, 101);
	assert_in_range(seconds[11], 249, 251);
	assert_in_range(seconds[14], 49, 51);
	plan_free(p);
}

static void amounts_are_the_inverse(void **state)
{
	static const double times[][2] = {{0, 2}, {0, 4}, {0, 11}, {11, 12}, {15, 17.5}, {3, 19}};
	struct error e = ERROR_INIT;
	struct plan *p = load(example, &e);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(times); i++) {
		double from = times[i][0] * S, to = times[i][1] * S;

		assert_true(fabs(plan_after(p, from, plan_amount(p, from, to, 0.5), 0.5) - to) <
			    1e3);
	}
	assert_true(fabs(plan_amount(p, 0, 99 * S, 1) - 1575) < 1e-6);
	plan_free(p);
}

/* Whoever asks for a rate that nobody can offer does not wait for all that was never begun. */
static void absurd_rates_are_quick(void **state)
{
	static const double rates[] = {1e9, 1e7, 1e3, 0.001};
	struct arrival a;
	size_t i, k;

	(void)state;
	for (k = 0; k < 2; k++)
		for (i = 0; i < COUNT(rates); i++) {
			uint64_t begun = clock_now(), n;
			double wanted = rates[i] * 100;

			arrival_init(&a, &arrival_kinds[k], rates[i], 1000, 7, 1);
			n = arrival_skip_to(&a, 1000 + 100 * CLOCK_SECOND);
			assert_true(fabs((double)n - wanted) <=
				    fmax(5 * sqrt(wanted), 1 + 5e-4 * wanted * (double)k));
			assert_true(a.due >= 1000 + 100 * CLOCK_SECOND);
			assert_true(clock_now() - begun < 5 * CLOCK_SECOND);
		}
}

static void faults_are_named(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"phases: [{name: a, duration_s: 1, connections: 1}]\n", "missing key 'patterns'"},
		{"patterns: [{weight: 1}]\nphases: [{name: a, duration_s: 1, connections: 1}]\n",
		 "a pattern has either 'file' or 'builtin'"},
		{"patterns: [{builtin: x}]\nphases: []\n", "at least one pattern and one phase"},
		{"patterns: [{builtin: x}]\nphases: [{name: a, duration_s: 1, connections: 0}]\n",
		 ":2:48: number out of range: '0'"},
		{"patterns: [{builtin: x}]\nphases: [{name: a, duration_s: 1, connections: 1, "
		 "ramp_up_s: 1, ramp_down_s: 1}]\n",
		 "phase 'a' is shorter than its ramps"},
		{"patterns: [{builtin: x}]\nphases: [{name: a, duration_s: 1, connections: 1, "
		 "rate: 5}, "
		 "{name: b, duration_s: 1, connections: 1}]\n",
		 "either all phases have a rate or none has"},
		{"patterns: [{builtin: x}]\nphases: [{name: a, duration_s: 1, connections: 1, "
		 "spikes: "
		 "[{start_s: 0.5, duration_s: 1}]}]\n",
		 "a spike reaches beyond the end of phase 'a'"},
		{"patterns: [{builtin: x}]\nphases: [{name: a, duration: 1}]\n",
		 "unknown key 'duration'"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct error e = ERROR_INIT;

		assert_null(load(cases[i].text, &e));
		assert_int_equal(e.class, ERROR_CONFIG);
		if (!strstr(e.text, cases[i].message))
			fail_msg("'%s' is not in '%s'", cases[i].message, e.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_becomes_levels),
		cmocka_unit_test(connections_come_when_they_are_asked_for),
		cmocka_unit_test(the_rate_is_integrated),
		cmocka_unit_test(arrivals_follow_the_plan),
		cmocka_unit_test(amounts_are_the_inverse),
		cmocka_unit_test(absurd_rates_are_quick),
		cmocka_unit_test(faults_are_named),
	};

	return RUN("plan", tests);
}
