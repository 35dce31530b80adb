/* statistics.c - see statistics.h. */
#include "common/statistics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/memory.h"
#include "common/random.h"

#define SEED	   20150101
#define SERIES_MIN 5
#define BLOCKS_MIN 5

double student_quantile(double freedom)
{
	static const double t[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306,
				   2.262,  2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
				   2.110,  2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064,
				   2.060,  2.056, 2.052, 2.048, 2.045, 2.042};
	const size_t n = sizeof(t) / sizeof(t[0]);
	size_t below;

	if (freedom >= (double)n)
		return 1.96 + 2.46 / freedom; /* within 0.2 % of the true quantile */
	if (freedom <= 1)
		return t[0];
	below = (size_t)freedom;
	return t[below - 1] + (freedom - (double)below) * (t[below] - t[below - 1]);
}

/* The finite values without their mean, which is returned. */
static double center(double *out, size_t *known, const double *values, size_t n, size_t stride)
{
	double mean = 0;
	size_t i;

	*known = 0;
	for (i = 0; i < n; i++)
		if (isfinite(values[i * stride]))
			out[(*known)++] = values[i * stride];
	for (i = 0; i < *known; i++)
		mean += out[i] / (double)*known;
	for (i = 0; i < *known; i++)
		out[i] -= mean;
	return mean;
}

/* How much neighbours hang together, -1 to 1. */
static double correlation(const double *centered, size_t n)
{
	double product = 0, squares = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		squares += centered[i] * centered[i];
		if (i)
			product += centered[i] * centered[i - 1];
	}
	return squares > 0 ? product / squares : 0;
}

static size_t block_length(const double *centered, size_t n)
{
	double r = fabs(correlation(centered, n)), most = (double)(n / BLOCKS_MIN);
	double length = pow(sqrt(6) * r / (1 - r * r), 2.0 / 3) * cbrt((double)n);

	length = ceil(fmax(length, cbrt((double)n)) - 1e-9);
	return length < most ? (size_t)length : (size_t)most;
}

/* Standard error of the mean of values (which add up to 0), from `draws` blocks at a time. */
static double bootstrap(const double *centered, size_t n, size_t length, size_t draws)
{
	double *sums = xcalloc(n + 1, sizeof(*sums)), mean = 0, squares = 0;
	struct random stream;
	size_t i, k;

	random_seed(&stream, SEED);
	for (i = 0; i < n; i++)
		sums[i + 1] = sums[i] + centered[i];
	for (i = 0; i < STATISTICS_RESAMPLES; i++) {
		double drawn = 0, change;

		for (k = 0; k < draws; k++) {
			size_t at = random_range(&stream, 0, n - length);

			drawn += sums[at + length] - sums[at];
		}
		drawn /= (double)(draws * length);
		change = drawn - mean; /* Welford */
		mean += change / (double)(i + 1);
		squares += change * (drawn - mean);
	}
	free(sums);
	return sqrt(squares / (STATISTICS_RESAMPLES - 1));
}

static struct spread spread_of(const double *values, size_t n, size_t stride, size_t least,
			       bool in_blocks)
{
	struct spread s = {0};
	double *centered = xcalloc(n + 1, sizeof(*centered));
	size_t known, length, blocks;

	s.mean = center(centered, &known, values, n, stride);
	if (known >= least) {
		length = in_blocks ? block_length(centered, known) : 1;
		blocks = known / length;
		s.error = bootstrap(centered, known, length, blocks - 1);
		s.freedom = (double)(blocks - 1);
	}
	free(centered);
	if (!isfinite(s.error) || !isfinite(s.mean))
		return (struct spread){0};
	return s;
}

struct spread spread_of_values(const double *values, size_t n)
{
	return spread_of(values, n, 1, 2, false);
}

struct spread spread_of_series(const double *values, size_t n, size_t stride)
{
	return spread_of(values, n, stride, SERIES_MIN, true);
}
