/* histogram.c - see histogram.h. */
#include "common/histogram.h"

#include <math.h>

_Static_assert(HISTOGRAM_BUCKETS == 4608, "buckets and bits agree");

uint64_t histogram_low(unsigned index)
{
	unsigned shift = index >> HISTOGRAM_SUB_BITS;

	if (shift <= 1)
		return index;
	shift--;
	return (uint64_t)(index - (shift << HISTOGRAM_SUB_BITS)) << shift;
}

uint64_t histogram_width(unsigned index)
{
	unsigned shift = index >> HISTOGRAM_SUB_BITS;

	return shift <= 1 ? 1 : (uint64_t)1 << (shift - 1);
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
	unsigned i;

	if (from->count == 0)
		return;
	if (into->count == 0 || from->min < into->min)
		into->min = from->min;
	if (from->max > into->max)
		into->max = from->max;
	into->count += from->count;
	into->sum += from->sum;
	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		into->bucket[i] += from->bucket[i];
}

double histogram_percentile(const struct histogram *h, double share)
{
	double rank, value, seen = 0;
	unsigned i;

	if (h->count == 0)
		return 0;
	rank = ceil(share * (double)h->count);
	if (rank < 1)
		rank = 1;
	for (i = 0; i < HISTOGRAM_BUCKETS - 1; i++) {
		if (seen + (double)h->bucket[i] >= rank)
			break;
		seen += (double)h->bucket[i];
	}
	if (h->bucket[i] == 0 || i == HISTOGRAM_BUCKETS - 1)
		return (double)h->max;
	value = (double)histogram_low(i) +
		(double)(histogram_width(i) - 1) * ((rank - seen) / (double)h->bucket[i]);
	if (value < (double)h->min)
		value = (double)h->min;
	return value > (double)h->max ? (double)h->max : value;
}

double histogram_mean(const struct histogram *h)
{
	return h->count ? (double)h->sum / (double)h->count : 0;
}
