/*
 * kept.h - the seconds of a run, kept whole until they can be merged with those of other processes.
 *
 * Percentiles cannot be merged, histograms can; but a histogram for each second would be 36 kB. So
 * only the buckets in use are kept, about 1 kB a second, up to KEPT_MAX_BYTES (a day and more).
 * When that is full no further second is taken and `full` is set: what is kept stays exact.
 * A zeroed struct is empty; it owns its memory.
 */
#ifndef LAKEPORT_BENCH_KEPT_H
#define LAKEPORT_BENCH_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/stats.h"
#include "common/text.h"

#define KEPT_MAX_BYTES ((size_t)256 << 20)

struct kept {
	struct buf bytes;
	size_t *offset; /* of each second within bytes */
	size_t count, capacity;
	bool full;
};

void kept_add(struct kept *k, const struct second *s); /* the next second */
void kept_release(struct kept *k);

/* Second `index` as it was, or an empty one when it was not kept. */
void kept_get(const struct kept *k, size_t index, struct second *s);

#endif
