/*
 * nullpg_measure.c - durations with exact percentiles, for the truth that nullpg is asked for.
 *
 * Up to VALUES_MAX values are kept as they are; with more, or when exactness was not asked for,
 * percentiles come from the histogram (to 0.8 %). See nullpg.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "tests/fake/nullpg.h"

#define VALUES_MAX ((size_t)8 << 20)

void measure_add(struct measure *m, uint64_t ns, bool exact)
{
	histogram_record(&m->histogram, ns);
	if (!exact || m->count >= VALUES_MAX)
		return;
	if (m->count == m->capacity)
		m->values = xgrow(m->values, m->count, &m->capacity, sizeof(*m->values));
	m->values[m->count++] = ns;
}

void measure_merge(struct measure *into, const struct measure *from)
{
	histogram_merge(&into->histogram, &from->histogram);
	if (from->count == 0)
		return;
	into->capacity = into->count + from->count;
	into->values = xrealloc(into->values, into->capacity * sizeof(*into->values));
	memcpy(into->values + into->count, from->values, from->count * sizeof(*from->values));
	into->count += from->count;
}

void measure_reset(struct measure *m)
{
	memset(&m->histogram, 0, sizeof(m->histogram));
	m->count = 0;
}

void measure_release(struct measure *m)
{
	free(m->values);
}

static int compare_values(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void measure_sort(struct measure *m)
{
	if (m->count > 0)
		qsort(m->values, m->count, sizeof(*m->values), compare_values);
}

double measure_percentile(const struct measure *m, double share)
{
	double rank = ceil(share * (double)m->count);

	if (m->count == 0 || m->count < m->histogram.count)
		return histogram_percentile(&m->histogram, share);
	return (double)m->values[rank < 1 ? 0 : (size_t)rank - 1];
}
