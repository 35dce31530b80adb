/*
 * window.c - the window of input.h. When nobody else holds the piece it is used again; else a new
 * one is made and the begun row copied over. A row that fills the whole piece gets one twice as
 * large, so a row of n bytes is copied n times two at most.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "migrate/input.h"

#define PIECE_BYTES ((size_t)512 << 10)

struct piece {
	atomic_uint holders;
	size_t size;
	char data[];
};

static struct piece *new_piece(size_t size)
{
	struct piece *p = xmalloc(sizeof(*p) + size + WINDOW_PAD);

	atomic_init(&p->holders, 1);
	p->size = size;
	return p;
}

static void drop_piece(void *piece)
{
	struct piece *p = piece;

	if (p && atomic_fetch_sub_explicit(&p->holders, 1, memory_order_acq_rel) == 1)
		free(p);
}

/* Are all bytes 0x01 to 0x7f? */
static bool is_plain(const char *p, size_t n)
{
	const char *end = p + n;

#ifdef __SSE2__
	const __m128i zero = _mm_setzero_si128();
	int bad = 0;

	for (; end - p >= 16 && !bad; p += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);

		/* signed: 0 and what is over 0x7f are not above 0 */
		bad = _mm_movemask_epi8(_mm_cmpgt_epi8(x, zero)) != 0xffff;
	}
	if (bad)
		return false;
#endif
	for (; p < end; p++) {
		if (*p == 0 || (unsigned char)*p > 0x7f)
			return false;
	}
	return true;
}

/* Room behind `end`: moves the begun row to the front of this piece or of a new one. */
static void make_room(struct window *w)
{
	size_t kept = (size_t)(w->end - w->begin);
	size_t size = w->piece ? w->piece->size : PIECE_BYTES;
	struct piece *next = w->piece;

	if (kept * 2 > size)
		size *= 2;
	else if (size > PIECE_BYTES && kept < PIECE_BYTES / 2)
		size = PIECE_BYTES;
	if (!next || size != next->size ||
	    atomic_load_explicit(&next->holders, memory_order_acquire) > 1)
		next = new_piece(size);
	if (kept)
		memmove(next->data, w->begin, kept);
	if (next != w->piece)
		drop_piece(w->piece);
	w->piece = next;
	w->begin = next->data;
	w->end = next->data + kept;
}

int window_more(struct window *w, struct error *e)
{
	size_t room;
	int64_t n, got = 0;

	if (w->last || (size_t)(w->end - w->begin) >= WINDOW_ROW_MAX)
		return 0;
	make_room(w);
	room = (size_t)(w->piece->data + w->piece->size - w->end);
	while (room > 0) {
		n = input_read(w->input, w->end, room, e);
		if (n < 0)
			return -1;
		w->last = n == 0;
		if (w->last)
			break;
		w->end += n;
		room -= (size_t)n;
		got += n;
	}
	memset(w->end, 0, WINDOW_PAD);
	w->plain = is_plain(w->begin, (size_t)(w->end - w->begin));
	return got > 0;
}

void window_lend(struct window *w, struct block *b)
{
	atomic_fetch_add_explicit(&w->piece->holders, 1, memory_order_relaxed);
	b->borrowed = w->piece;
	b->give_back = drop_piece;
}

void window_release(struct window *w)
{
	drop_piece(w->piece);
	input_close(w->input);
	*w = (struct window){0};
}
