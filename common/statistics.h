/*
 * statistics.h - how far a mean would move if everything were done again. Pure arithmetic.
 *
 * The answer is a bootstrap (Efron 1979): the mean is taken of values drawn with replacement from
 * those that there are, STATISTICS_RESAMPLES times, from a stream with a fixed seed, so that the
 * same values always give the same answer. The spread of these means is the standard error; with
 * Student's quantile it gives a 95 % interval (T. Hesterberg, "What Teachers Should Know About the
 * Bootstrap", The American Statistician 69(4), 2015). The plain percentile interval would be far
 * too narrow here: of three runs a side that do not differ it calls more than one pair in ten
 * different. For the same reason one value less is drawn than there are (n - 1 of n): then the
 * spread of few values is not underestimated.
 *
 *  - Values that do not depend on each other (runs, rounds) are drawn one by one.
 *  - The values of a series do depend on each other: a checkpoint slows several seconds in a row.
 *    So blocks of neighbours are drawn (moving blocks, H. Kuensch, Annals of Statistics 17(3),
 *    1989), as long as the correlation r of neighbours asks for: (sqrt(6) r / (1 - r^2))^(2/3)
 *    n^(1/3) (E. Carlstein, Annals of Statistics 14(3), 1986), at least n^(1/3), at most n / 5.
 */
#ifndef LAKEPORT_COMMON_STATISTICS_H
#define LAKEPORT_COMMON_STATISTICS_H

#include <stddef.h>

#define STATISTICS_RESAMPLES 2000

struct spread {
	double mean;
	double error;	/* standard error of the mean */
	double freedom; /* degrees of freedom; 0: the error is unknown */
};

/* Of independent values, at least 2; those that are not finite are passed over. */
struct spread spread_of_values(const double *values, size_t n);

/* Of a series, `stride` apart, at least 5 values that are finite. */
struct spread spread_of_series(const double *values, size_t n, size_t stride);

/* Student's t, two-sided 95 %. */
double student_quantile(double freedom);

#endif
