/* difference.c - see difference.h. */
#include "reports/difference.h"

#include <math.h>
#include <stdio.h>

#define VALUES_MIN  5
#define BATCHES_MAX 30

/* Student's t, two-sided 95 %. */
static double student(double freedom)
{
	static const double t[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306,
				   2.262,  2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
				   2.110,  2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064,
				   2.060,  2.056, 2.052, 2.048, 2.045, 2.042};
	const size_t n = sizeof(t) / sizeof(t[0]);

	if (freedom >= (double)n)
		return 1.96 + 2.46 / freedom; /* within 0.2 % of the true quantile */
	return t[freedom < 1 ? 0 : (size_t)freedom - 1];
}

struct batches {
	size_t size, count, skip; /* `skip`: values at the beginning that fill no batch */
};

static struct batches plan_batches(size_t n)
{
	struct batches b = {.size = (size_t)(cbrt((double)n) + 1e-9)};

	if (n / b.size > BATCHES_MAX)
		b.size = n / BATCHES_MAX;
	b.count = n / b.size;
	if (b.count > BATCHES_MAX)
		b.count = BATCHES_MAX;
	b.skip = n - b.size * b.count;
	return b;
}

struct noise noise_of(const double *values, size_t n, size_t stride)
{
	double means[BATCHES_MAX] = {0}, mean = 0, squares = 0, se;
	size_t known = 0, seen = 0, i;
	struct batches b;

	for (i = 0; i < n; i++)
		known += isfinite(values[i * stride]) != 0;
	if (known < VALUES_MIN)
		return (struct noise){0};
	b = plan_batches(known);
	for (i = 0; i < n; i++) {
		double v = values[i * stride];

		if (isfinite(v) && seen++ >= b.skip)
			means[(seen - 1 - b.skip) / b.size] += v / (double)b.size;
	}
	for (i = 0; i < b.count; i++)
		mean += means[i] / (double)b.count;
	for (i = 0; i < b.count; i++)
		squares += (means[i] - mean) * (means[i] - mean);
	se = sqrt(squares / (double)(b.count - 1) / (double)b.count);
	if (!isfinite(se) || !isfinite(mean) || (mean == 0 && se != 0))
		return (struct noise){0};
	return (struct noise){.relative = mean == 0 ? 0 : se / fabs(mean),
			      .freedom = (double)(b.count - 1)};
}

double noise_half_width(struct noise noise)
{
	return noise.freedom > 0 ? student(noise.freedom) * noise.relative : (double)NAN;
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

/* Half-width of the 95 % interval of new - base, in the figure's own unit; NAN: unknown. */
static double welch(double base, double new, struct noise b, struct noise n)
{
	double vb = b.relative * fabs(base), vn = n.relative * fabs(new), sum;

	if (b.freedom <= 0 || n.freedom <= 0)
		return (double)NAN;
	vb *= vb;
	vn *= vn;
	sum = vb + vn;
	if (sum == 0)
		return 0;
	return student(sum * sum / (vb * vb / b.freedom + vn * vn / n.freedom)) * sqrt(sum);
}

static double percent_of(double part, double whole)
{
	if (part == 0)
		return 0;
	return whole == 0 ? copysign((double)INFINITY, part) : part / fabs(whole) * 100;
}

struct difference difference_of(double base, double new, enum better better,
				struct noise base_noise, struct noise new_noise, double limit)
{
	struct difference d = {.percent = (double)NAN, .noise_percent = (double)NAN};
	double noise;
	bool worse;

	if (!isfinite(base) || !isfinite(new))
		return d;
	noise = welch(base, new, base_noise, new_noise);
	d.percent = percent_of(new - base, base);
	d.noise_percent = isnan(noise) ? noise : percent_of(noise, base);
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
