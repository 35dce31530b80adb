/* difference.c - see difference.h. */
#include "common/difference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/memory.h"

static struct noise relative_noise(struct spread s)
{
	if (s.freedom <= 0 || (s.mean == 0 && s.error != 0))
		return (struct noise){0};
	return (struct noise){s.error == 0 ? 0 : s.error / fabs(s.mean), s.freedom};
}

struct noise noise_of(const double *values, size_t n, size_t stride)
{
	return relative_noise(spread_of_series(values, n, stride));
}

struct noise noise_of_runs(const double *values, size_t n)
{
	return relative_noise(spread_of_values(values, n));
}

double noise_half_width(struct noise noise)
{
	return noise.freedom > 0 ? student_quantile(noise.freedom) * noise.relative : (double)NAN;
}

bool noise_text(struct noise noise, char *out, size_t size)
{
	double half = noise_half_width(noise);

	if (!(half < 1)) /* also when it is NAN */
		return false;
	if (half > 0 && half < 0.0005)
		snprintf(out, size, "± < 0.1 %%");
	else
		snprintf(out, size, "± %.*f %%", half < 0.0995 ? 1 : 0, half * 100);
	return true;
}

double noise_sides(double base, double new, struct noise b, struct noise n)
{
	double vb = b.relative * fabs(base), vn = n.relative * fabs(new), sum;

	if (b.freedom <= 0 || n.freedom <= 0)
		return (double)NAN;
	vb *= vb;
	vn *= vn;
	sum = vb + vn;
	if (sum == 0)
		return 0;
	return student_quantile(sum * sum / (vb * vb / b.freedom + vn * vn / n.freedom)) *
	       sqrt(sum);
}

/* A single run differs from the next by sqrt(n) times what the mean of n does. */
double noise_one(double single, double mean, size_t n, struct noise several)
{
	double of_mean = several.relative * fabs(mean);
	double of_single = several.relative * sqrt((double)n) * fabs(single);

	if (several.freedom <= 0)
		return (double)NAN;
	return student_quantile(several.freedom) * hypot(of_mean, of_single);
}

double noise_pairs(const double *base, const double *new, size_t n)
{
	double *change = xcalloc(n + 1, sizeof(*change));
	struct spread s;
	size_t i;

	for (i = 0; i < n; i++)
		change[i] = new[i] - base[i];
	s = spread_of_values(change, n);
	free(change);
	return s.freedom > 0 ? student_quantile(s.freedom) * s.error : (double)NAN;
}

static double percent_of(double part, double whole)
{
	if (part == 0)
		return 0;
	return whole == 0 ? copysign((double)INFINITY, part) : part / fabs(whole) * 100;
}

struct difference difference_of(double base, double new, enum better better, double noise,
				double limit)
{
	const double unknown = (double)NAN;
	struct difference d = {unknown, unknown, unknown, unknown, VERDICT_UNJUDGED, false};
	bool worse;

	if (!isfinite(base) || !isfinite(new))
		return d;
	d.percent = percent_of(new - base, base);
	d.noise_percent = isnan(noise) ? noise : percent_of(noise, base);
	if (isfinite(d.percent) && isfinite(d.noise_percent)) {
		d.low = d.percent - d.noise_percent;
		d.high = d.percent + d.noise_percent;
	}
	if (better == BETTER_NONE)
		return d;
	worse = better == BETTER_HIGHER ? new < base : new > base;
	if (new == base || fabs(new - base) <= noise) /* false when the noise is not known */
		d.verdict = VERDICT_SAME;
	else
		d.verdict = worse ? VERDICT_WORSE : VERDICT_BETTER;
	d.regression = d.verdict == VERDICT_WORSE && fabs(d.percent) > limit;
	return d;
}

const char *verdict_word(enum verdict v)
{
	static const char *const words[] = {
#define X(name, word) word,
		VERDICTS(X)
#undef X
	};

	return words[v];
}
