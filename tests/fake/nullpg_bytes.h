/*
 * nullpg_bytes.h - putting protocol messages together and taking them apart, for nullpg.
 *
 * Adding grows the buffer; taking never goes past the end of a message: what does not fit sets
 * `bad` and gives an empty value, so that a handler may look once at the end.
 */
#ifndef LAKEPORT_TESTS_NULLPG_BYTES_H
#define LAKEPORT_TESTS_NULLPG_BYTES_H

#include <arpa/inet.h>
#include <string.h>

#include "common/memory.h"
#include "tests/fake/nullpg.h"

static inline void bytes_room(struct bytes *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 8192;

	if (b->cap - b->len >= n)
		return;
	while (cap - b->len < n)
		cap *= 2;
	b->data = xrealloc(b->data, cap);
	b->cap = cap;
}

static inline void add(struct bytes *b, const void *data, size_t n)
{
	bytes_room(b, n);
	memcpy(b->data + b->len, data, n);
	b->len += n;
}

#define ADD_LITERAL(b, text) add(b, text, sizeof(text) - 1)

static inline void add_u32(struct bytes *b, uint32_t value)
{
	value = htonl(value);
	add(b, &value, 4);
}

static inline void add_u16(struct bytes *b, uint16_t value)
{
	value = htons(value);
	add(b, &value, 2);
}

static inline void add_message(struct bytes *b, char type, const void *body, size_t n)
{
	add(b, &type, 1);
	add_u32(b, (uint32_t)n + 4);
	add(b, body, n);
}

static inline uint32_t get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* What is left of a message's body; `bad` once something did not fit. */
struct body {
	const uint8_t *p, *end;
	bool bad;
};

static inline const uint8_t *take(struct body *b, size_t n)
{
	const uint8_t *p = b->p;

	if ((size_t)(b->end - b->p) < n) {
		b->bad = true;
		b->p = b->end;
		return NULL;
	}
	b->p += n;
	return p;
}

static inline unsigned take_u16(struct body *b)
{
	const uint8_t *p = take(b, 2);

	return p ? (unsigned)(p[0] << 8 | p[1]) : 0;
}

static inline const char *take_string(struct body *b)
{
	size_t left = (size_t)(b->end - b->p);
	size_t n = strnlen((const char *)b->p, left);

	if (n == left) {
		b->bad = true;
		return "";
	}
	return (const char *)take(b, n + 1);
}

#endif
