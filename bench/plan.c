/* plan.c - the arithmetic of a plan; plan_load.c reads it from a file. See plan.h. */
#include "bench/plan.h"

#include <math.h>
#include <stdlib.h>

const char *const plan_target_names[TARGET_COUNT] = {"mean, ms", "p95, ms", "p99, ms",
						     "rate at least, tx/s", "failed at most, %"};

void plan_free(struct plan *p)
{
	if (!p)
		return;
	arena_release(&p->arena);
	free(p);
}

static double between(double at_begin, double at_end, const struct plan_segment *s, double offset)
{
	return at_begin + (at_end - at_begin) * (offset - s->begin) / (s->end - s->begin);
}

/* The segment that holds `offset`: its begin belongs to it, its end to the next one. */
static const struct plan_segment *segment_at(const struct plan *p, double offset)
{
	size_t i;

	for (i = 0; i < p->segment_count; i++)
		if (offset < p->segments[i].end)
			return &p->segments[i];
	return NULL;
}

double plan_connections(const struct plan *p, double offset)
{
	const struct plan_segment *s = segment_at(p, fmax(offset, 0));

	if (!s)
		return 0;
	return between(s->connections_begin, s->connections_end, s, fmax(offset, 0));
}

/* Connection `rank` is open while more than `rank` connections are asked for. */
double plan_activation(const struct plan *p, unsigned rank, double offset)
{
	const double level = rank;
	size_t i;

	offset = fmax(offset, 0);
	for (i = 0; i < p->segment_count; i++) {
		const struct plan_segment *s = &p->segments[i];
		double here, at;

		if (offset >= s->end)
			continue;
		offset = fmax(offset, s->begin);
		here = between(s->connections_begin, s->connections_end, s, offset);
		if (here > level)
			return offset;
		if (s->connections_end <= level)
			continue;
		/* It rises through the level within this segment; a nanosecond later it is above.
		 */
		at = s->begin + (level - s->connections_begin) /
					(s->connections_end - s->connections_begin) *
					(s->end - s->begin);
		return fmax(offset, ceil(at) + 1);
	}
	return (double)INFINITY;
}

/* How far into a segment `amount` more are due, the rate being `rate` and rising by `slope` a ns.
 */
static double solve(double rate, double slope, double amount)
{
	if (fabs(slope) * amount < 1e-12 * rate * rate)
		return amount / rate;
	return (sqrt(fmax(rate * rate + 2 * slope * amount, 0)) - rate) / slope;
}

double plan_after(const struct plan *p, double offset, double amount, double share)
{
	size_t i;

	offset = fmax(offset, 0);
	for (i = 0; i < p->segment_count; i++) {
		const struct plan_segment *s = &p->segments[i];
		double scale = share / 1e9, here, end, area;

		if (offset >= s->end)
			continue;
		offset = fmax(offset, s->begin);
		here = between(s->rate_begin, s->rate_end, s, offset) * scale;
		end = s->rate_end * scale;
		area = (here + end) / 2 * (s->end - offset);
		if (area > 0 && amount <= area)
			return fmin(offset + solve(here, (end - here) / (s->end - offset), amount),
				    s->end);
		amount -= area;
		offset = s->end;
	}
	return (double)INFINITY;
}

double plan_amount(const struct plan *p, double from, double to, double share)
{
	double amount = 0;
	size_t i;

	for (i = 0; i < p->segment_count; i++) {
		const struct plan_segment *s = &p->segments[i];
		double begin = fmax(from, s->begin), end = fmin(to, s->end);

		if (begin < end)
			amount += (between(s->rate_begin, s->rate_end, s, begin) +
				   between(s->rate_begin, s->rate_end, s, end)) /
				  2 * (end - begin) * share / 1e9;
	}
	return amount;
}

size_t plan_phase_at(const struct plan *p, uint64_t offset)
{
	size_t i;

	for (i = 0; i + 1 < p->phase_count; i++)
		if (offset < p->phases[i].end)
			break;
	return i;
}
