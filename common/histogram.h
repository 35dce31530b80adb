/*
 * histogram.h - a mergeable log-linear histogram of durations.
 *
 * Values are nanoseconds. Below 256 ns each value has a bucket of its own; above, every power of
 * two is cut into 128 buckets, so that a bucket is at most 1/128 = 0.78 % wide, up to 2^42 ns
 * (73 minutes); longer ones go into the last bucket. Count, sum, min and max are exact whatever
 * the bucket. Memory is fixed (HISTOGRAM_BUCKETS counters), nothing is ever sampled or dropped,
 * and merging is addition: the percentiles of a merge are those of all values together.
 *
 * The method is that of HdrHistogram and fio; the layout is ours. A zeroed struct is an empty
 * histogram; it owns nothing.
 */
#ifndef LAKEPORT_COMMON_HISTOGRAM_H
#define LAKEPORT_COMMON_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 7
#define HISTOGRAM_TOP_BIT  42
#define HISTOGRAM_BUCKETS  ((HISTOGRAM_TOP_BIT - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS)

struct histogram {
	uint64_t count, sum, min, max; /* ns; min and max are 0 when count is 0 */
	uint64_t bucket[HISTOGRAM_BUCKETS];
};

static inline unsigned histogram_index(uint64_t value)
{
	unsigned shift;

	if (value < 2u << HISTOGRAM_SUB_BITS)
		return (unsigned)value;
	if (value >> HISTOGRAM_TOP_BIT)
		return HISTOGRAM_BUCKETS - 1;
	shift = 63u - (unsigned)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;
	return (shift << HISTOGRAM_SUB_BITS) + (unsigned)(value >> shift);
}

static inline void histogram_record(struct histogram *h, uint64_t value)
{
	h->bucket[histogram_index(value)]++;
	if (value > h->max)
		h->max = value;
	if (value < h->min || h->count == 0)
		h->min = value;
	h->count++;
	h->sum += value;
}

/* The smallest value that falls into bucket `index`, and the width of that bucket. */
uint64_t histogram_low(unsigned index);
uint64_t histogram_width(unsigned index);

void histogram_merge(struct histogram *into, const struct histogram *from);

/*
 * The value below which `share` (0 to 1) of the values lie, in ns: nearest rank, placed inside
 * its bucket by linear interpolation and held between min and max. 0 when empty.
 */
double histogram_percentile(const struct histogram *h, double share);

double histogram_mean(const struct histogram *h); /* ns, exact; 0 when empty */

#endif
