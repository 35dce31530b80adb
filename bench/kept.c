/* kept.c - see kept.h. */
#include "bench/kept.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

struct kept_head {
	uint64_t done, failed, cpu_ns, count, sum, min, max;
	uint64_t buckets; /* how many follow */
};

struct kept_bucket {
	uint32_t index, count; /* nobody makes 2^32 transactions in a second */
};

void kept_add(struct kept *k, const struct second *s)
{
	const struct histogram *h = &s->latency;
	struct kept_head head = {s->done, s->failed, s->cpu_ns, h->count,
				 h->sum,  h->min,    h->max,	0};
	struct kept_bucket used[HISTOGRAM_BUCKETS];
	unsigned i;

	for (i = 0; h->count && i < HISTOGRAM_BUCKETS; i++)
		if (h->bucket[i])
			used[head.buckets++] = (struct kept_bucket){i, (uint32_t)h->bucket[i]};
	if (k->bytes.len + sizeof(head) + head.buckets * sizeof(*used) > KEPT_MAX_BYTES)
		k->full = true;
	if (k->full)
		return;
	k->offset = xgrow(k->offset, k->count, &k->capacity, sizeof(*k->offset));
	k->offset[k->count++] = k->bytes.len;
	buf_add(&k->bytes, &head, sizeof(head));
	buf_add(&k->bytes, used, head.buckets * sizeof(*used));
}

void kept_get(const struct kept *k, size_t index, struct second *s)
{
	struct histogram *h = &s->latency;
	struct kept_head head;
	struct kept_bucket b;
	const char *at;

	memset(s, 0, sizeof(*s));
	s->index = index;
	if (index >= k->count)
		return;
	at = k->bytes.data + k->offset[index];
	memcpy(&head, at, sizeof(head));
	s->done = head.done;
	s->failed = head.failed;
	s->cpu_ns = head.cpu_ns;
	h->count = head.count;
	h->sum = head.sum;
	h->min = head.min;
	h->max = head.max;
	for (at += sizeof(head); head.buckets > 0; head.buckets--, at += sizeof(b)) {
		memcpy(&b, at, sizeof(b));
		h->bucket[b.index] = b.count;
	}
}

void kept_release(struct kept *k)
{
	buf_release(&k->bytes);
	free(k->offset);
	memset(k, 0, sizeof(*k));
}
