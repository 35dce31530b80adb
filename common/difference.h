/*
 * difference.h - is one figure really different from another? Pure arithmetic.
 *
 * A difference is told with its 95 % interval, new - base ± noise. How far a figure would move if
 * nothing had changed comes from the best that there is (statistics.h says how):
 *
 *  - several runs a side: how the runs of each side differ among themselves;
 *  - one run beside several: how the several differ, taken for both sides;
 *  - rounds in which both took turns: how the difference moves from round to round;
 *  - one run a side: how the figure moves from second to second inside each run. Only the ratio of
 *    error and mean is kept, and applied to the metric: a percentile of the whole run is not the
 *    mean of each second's percentile, but it moves by about the same share. What differs
 *    *between* runs - a cold cache, another host, an autovacuum - is not in it, so this one is a
 *    lower bound.
 *
 * Two sides are held together by Welch's t-test: noise = t * sqrt(se_base^2 + se_new^2), t being
 * Student's quantile for the Welch-Satterthwaite degrees of freedom.
 *
 * A figure is *worse* when the interval does not reach 0 on the bad side, and a *regression* when
 * it is worse and the difference itself is beyond the limit that the user allows. Where no noise
 * is known the limit alone decides.
 */
#ifndef LAKEPORT_COMMON_DIFFERENCE_H
#define LAKEPORT_COMMON_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/record.h"
#include "common/statistics.h"

struct noise {
	double relative; /* standard error over mean, 0.01 is 1 % */
	double freedom;	 /* degrees of freedom; 0: the noise is unknown */
};

/* Verdict and its word. WORSE is a regression only when it is also beyond the limit. */
#define VERDICTS(X)                                                                                \
	X(UNJUDGED, "not judged") /* no direction, not asked for, or not known in both runs */     \
	X(SAME, "no difference that can be told")                                                  \
	X(BETTER, "better")                                                                        \
	X(WORSE, "worse")
enum verdict {
#define X(name, word) VERDICT_##name,
	VERDICTS(X)
#undef X
};

struct difference {
	double percent;	      /* (new - base) / |base|; INFINITY with the sign when base is 0 */
	double noise_percent; /* half-width of the 95 % interval, of |base|; NAN: unknown */
	double low, high;     /* the interval, in percent; NAN: unknown */
	enum verdict verdict;
	bool regression;
};

/* The noise of the values of a series, `stride` apart; unknown values (NAN) are passed over. */
struct noise noise_of(const double *values, size_t n, size_t stride);

/* The noise of the mean of runs; unknown values are passed over. */
struct noise noise_of_runs(const double *values, size_t n);

/* Half-width of the 95 % interval of the mean itself, as a share of it; NAN: unknown. */
double noise_half_width(struct noise noise);

/* That half-width as "± 2.1 %"; false: it is unknown, or so large that it says nothing. */
bool noise_text(struct noise noise, char *out, size_t size);

/*
 * Half-width of the 95 % interval of new - base, in the figure's own unit; NAN: unknown.
 * _sides: both have a noise of their own. _one: one of them is a single run beside `n` others
 * whose noise is `several`.
 */
double noise_sides(double base, double new, struct noise base_noise, struct noise new_noise);
double noise_one(double single, double mean, size_t n, struct noise several);

/* `noise` is a half-width, `limit` in percent. BETTER_NONE: the difference is not judged. */
struct difference difference_of(double base, double new, enum better better, double noise,
				double limit);

/*
 * base[i] and new[i] took turns in round i. When all are above 0 the mean and its interval are
 * those of the ratios (of their logarithms), so that a drift that slows both by the same share
 * does not count; the interval then is not symmetric. Else they are those of new - base.
 */
struct difference difference_of_rounds(const double *base, const double *new, size_t n,
				       enum better better, double limit);

const char *verdict_word(enum verdict v);

#endif
