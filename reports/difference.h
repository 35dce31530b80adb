/*
 * difference.h - is one figure of a run really different from that of another? Pure arithmetic.
 *
 * How far a figure would move if nothing had changed is read off the run itself: the values that
 * its series has for each second (or other interval). They depend on each other - a checkpoint
 * slows several seconds in a row - so the plain standard error would be too small. The method of
 * batch means takes care of that: consecutive values are averaged in batches of n^(1/3) (the
 * length that estimates the variance best; Song and Schmeiser 1995), of which there are never more
 * than 30 (Schmeiser 1982), and the standard error of the mean is
 *
 *	se = sd(batch means) / sqrt(batches)
 *
 * Only its ratio to the mean is kept, and applied to the metric: a percentile of the whole run is
 * not the mean of each second's percentile, but it moves by about the same share.
 * Two runs are then held together by Welch's t-test at 95 %: the difference is beyond the noise
 * when |new - base| > t * sqrt(se_base^2 + se_new^2), t being Student's two-sided quantile for the
 * Welch-Satterthwaite degrees of freedom.
 *
 * This is the noise *inside* two runs. What differs *between* runs - a cold cache, another host,
 * an autovacuum - is not in it, so it is a lower bound; the limit that the user allows is there
 * for the rest. With fewer than 5 values the noise is unknown and counts as 0.
 */
#ifndef LAKEPORT_REPORTS_DIFFERENCE_H
#define LAKEPORT_REPORTS_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/record.h"

struct noise {
	double relative; /* standard error over mean, 0.01 is 1 % */
	double freedom;	 /* degrees of freedom; 0: the noise is unknown */
};

/* Verdict and its word. WORSE is a regression only when it is also beyond the limit. */
#define VERDICTS(X)                                                                                \
	X(UNJUDGED, "not judged") /* no direction, not asked for, or not known in both runs */     \
	X(SAME, "same within noise")                                                               \
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
	enum verdict verdict;
	bool regression;
};

/* The noise of `n` values, `stride` apart; unknown values (NAN) are passed over. */
struct noise noise_of(const double *values, size_t n, size_t stride);

/* Half-width of the 95 % interval of the mean itself, as a share of it; NAN: unknown. */
double noise_half_width(struct noise noise);

/* That half-width as "± 2.1 %"; false: it is unknown, or so large that it says nothing. */
bool noise_text(struct noise noise, char *out, size_t size);

/* `limit` in percent. BETTER_NONE gives a difference that is not judged. */
struct difference difference_of(double base, double new, enum better better,
				struct noise base_noise, struct noise new_noise, double limit);

const char *verdict_word(enum verdict v);

#endif
