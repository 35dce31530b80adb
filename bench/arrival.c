/* arrival.c - see arrival.h. */
#include "bench/arrival.h"

#include <math.h>
#include <string.h>

/*
 * So many that are passed over are drawn one by one; of more, the mean number is as true as a draw
 * (it deviates by less than 0.05 %), and takes no time.
 */
#define DRAWN_MOST ((uint64_t)4 << 20)

static double poisson_gap(struct random *random)
{
	return -log1p(-random_double(random));
}

static double constant_gap(struct random *random)
{
	(void)random;
	return 1;
}

const struct arrival_kind arrival_kinds[] = {
	{"poisson", poisson_gap},
	{"constant", constant_gap},
	{0},
};

/* The sum of gaps is kept as a double: exact to a fraction of a nanosecond for months. */
static void advance(struct arrival *a)
{
	double gap = a->kind->gap(&a->random);

	if (a->plan)
		a->offset = plan_after(a->plan, a->offset, gap, a->share);
	else
		a->offset += gap * a->mean_ns;
	a->due = isinf(a->offset) ? UINT64_MAX : a->begin + (uint64_t)a->offset;
}

void arrival_init_plan(struct arrival *a, const struct arrival_kind *kind, const struct plan *plan,
		       double share, uint64_t begin, uint64_t seed, uint64_t lane)
{
	memset(a, 0, sizeof(*a));
	a->kind = kind;
	a->begin = begin;
	a->plan = plan;
	a->share = share;
	random_seed_lane(&a->random, seed, lane);
	advance(a);
}

void arrival_init(struct arrival *a, const struct arrival_kind *kind, double rate, uint64_t begin,
		  uint64_t seed, uint64_t lane)
{
	memset(a, 0, sizeof(*a));
	a->kind = kind;
	a->begin = begin;
	if (!kind)
		return;
	a->mean_ns = 1e9 / rate;
	random_seed_lane(&a->random, seed, lane);
	/* Workers with equal gaps would else all send at the same moment. */
	if (kind->gap == constant_gap)
		a->offset = -random_double(&a->random) * a->mean_ns;
	advance(a);
}

uint64_t arrival_take(struct arrival *a)
{
	uint64_t due = a->due;

	advance(a);
	return due;
}

/* How many may be expected from here to `end`. */
static uint64_t expected(const struct arrival *a, uint64_t end)
{
	double to = (double)(end - a->begin);

	if (a->plan)
		return (uint64_t)plan_amount(a->plan, a->offset, to, a->share);
	return (uint64_t)((to - a->offset) / a->mean_ns);
}

uint64_t arrival_skip_to(struct arrival *a, uint64_t end)
{
	uint64_t n = 0;

	for (; a->due < end && a->due != UINT64_MAX; n++) {
		if (n == DRAWN_MOST) {
			n += expected(a, end);
			a->offset = (double)(end - a->begin);
			a->due = end;
			break;
		}
		advance(a);
	}
	return n;
}
