/* wake_warming.c - see wake.h: when a curve of latencies has come down to its steady value. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/wake.h"
#include "common/memory.h"

#define RUNNING 3 /* so many in a row, lest one lucky second ends the warming */

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Of the values that are known; NAN when there is none. */
static double median(const double *values, size_t n)
{
	double *sorted = xmalloc((n + 1) * sizeof(*sorted)), middle = (double)NAN;
	size_t count = 0, i;

	for (i = 0; i < n; i++)
		if (!isnan(values[i]))
			sorted[count++] = values[i];
	qsort(sorted, count, sizeof(*sorted), by_size);
	if (count)
		middle = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
	free(sorted);
	return middle;
}

struct warming wake_warming(const double *latency, size_t n, double tolerance)
{
	size_t third = n / 3 ? n / 3 : 1, run = 0, i;
	struct warming w = {.steady = median(latency + n - third, third), .settled = n};
	double limit = w.steady * (1 + tolerance);

	w.first = (double)NAN;
	for (i = 0; i < n && isnan(w.first); i++)
		w.first = latency[i];
	if (n >= 2 * third)
		w.falling = median(latency + n - 2 * third, third) > limit;
	for (i = 0; i < n; i++) {
		run = latency[i] <= limit ? run + 1 : 0; /* false for NAN */
		if (run == RUNNING || (run && i + 1 == n)) {
			w.settled = i + 1 - run;
			break;
		}
	}
	return w;
}
