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

static double percent_of(double part, double whole)
{
	if (part == 0)
		return 0;
	return whole == 0 ? copysign((double)INFINITY, part) : part / fabs(whole) * 100;
}

static enum verdict judge(double change, bool differs, enum better better)
{
	if (better == BETTER_NONE)
		return VERDICT_UNJUDGED;
	if (!differs)
		return VERDICT_SAME;
	return (change < 0) == (better == BETTER_HIGHER) ? VERDICT_WORSE : VERDICT_BETTER;
}

static const struct difference unknown = {.percent = (double)NAN,
					  .noise_percent = (double)NAN,
					  .low = (double)NAN,
					  .high = (double)NAN};

struct difference difference_of(double base, double new, enum better better, double noise,
				double limit)
{
	struct difference d = unknown;

	if (!isfinite(base) || !isfinite(new))
		return d;
	d.percent = percent_of(new - base, base);
	d.noise_percent = isnan(noise) ? noise : percent_of(noise, base);
	if (isfinite(d.percent) && isfinite(d.noise_percent)) {
		d.low = d.percent - d.noise_percent;
		d.high = d.percent + d.noise_percent;
	}
	/* The second is true when the noise is not known. */
	d.verdict = judge(new - base, new != base && !(fabs(new - base) <= noise), better);
	d.regression = d.verdict == VERDICT_WORSE && fabs(d.percent) > limit;
	return d;
}

static double mean_of(const double *values, size_t n)
{
	double mean = 0;
	size_t i;

	for (i = 0; i < n; i++)
		mean += values[i] / (double)n;
	return mean;
}

static struct difference difference_of_ratios(struct spread logarithms, enum better better,
					      double limit)
{
	double center = logarithms.mean, half;
	struct difference d = unknown;

	d.percent = expm1(center) * 100;
	half = logarithms.freedom > 0 ? student_quantile(logarithms.freedom) * logarithms.error
				      : (double)NAN;
	d.low = expm1(center - half) * 100;
	d.high = expm1(center + half) * 100;
	d.noise_percent = (d.high - d.low) / 2;
	d.verdict = judge(center, center != 0 && !(fabs(center) <= half), better);
	d.regression = d.verdict == VERDICT_WORSE && fabs(d.percent) > limit;
	return d;
}

struct difference difference_of_rounds(const double *base, const double *new, size_t n,
				       enum better better, double limit)
{
	double *change = xcalloc(n + 1, sizeof(*change));
	bool above = true;
	struct spread s;
	double noise;
	size_t i;

	for (i = 0; i < n; i++)
		above = above && base[i] > 0 && new[i] > 0;
	for (i = 0; i < n; i++)
		change[i] = above ? log(new[i] / base[i]) : new[i] - base[i];
	s = spread_of_values(change, n);
	s.mean = mean_of(change, n);
	free(change);
	if (n == 0)
		return unknown;
	if (above)
		return difference_of_ratios(s, better, limit);
	noise = s.freedom > 0 ? student_quantile(s.freedom) * s.error : (double)NAN;
	return difference_of(mean_of(base, n), mean_of(new, n), better, noise, limit);
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
