/*
 * csv_scan.c - see csv_scan.h. The ends of fields are found 64 bytes at a time: a mask with a bit
 * for each delimiter and line end is made once for these bytes and used until it is empty, so short
 * fields cost a few instructions each. Without SSE2 the mask is made byte by byte.
 */
#include "migrate/csv_scan.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct ends {
	const char *base; /* the mask is of these 64 bytes */
	uint64_t mask;
};

static uint64_t make_mask(const char *p, char a, char b)
{
	uint64_t mask = 0;
	int i;
#ifdef __SSE2__
	const __m128i va = _mm_set1_epi8(a), vb = _mm_set1_epi8(b);

	for (i = 0; i < 4; i++) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i * 16));
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(x, va), _mm_cmpeq_epi8(x, vb));

		mask |= (uint64_t)(unsigned)_mm_movemask_epi8(hit) << (i * 16);
	}
#else
	for (i = 0; i < 64; i++)
		mask |= (uint64_t)(p[i] == a || p[i] == b) << i;
#endif
	return mask;
}

/* The next delimiter or line end from `p` on; `end` or behind when there is none. */
static inline const char *next_end(const struct csv_style *s, struct ends *x, const char *p,
				   const char *end)
{
	uint64_t mask;

	if (p - x->base >= 64) {
		x->base = p;
		x->mask = make_mask(p, s->delimiter, s->newline);
	}
	mask = x->mask & (~(uint64_t)0 << (p - x->base));
	while (!mask) {
		x->base += 64;
		if (x->base >= end)
			return end;
		mask = x->mask = make_mask(x->base, s->delimiter, s->newline);
	}
	return x->base + __builtin_ctzll(mask);
}

/* The quote that closes, from `p` on; NULL when it is not there. */
static const char *closing_quote(const struct csv_style *s, const char *p, const char *end,
				 bool *escaped)
{
	if (s->escape == s->quote) {
		while ((p = memchr(p, s->quote, (size_t)(end - p)))) {
			if (p + 1 == end || p[1] != s->quote)
				return p;
			*escaped = true;
			p += 2;
		}
		return NULL;
	}
	for (; p < end; p++) {
		if (*p == s->escape && p + 1 == end)
			return NULL;
		if (*p == s->escape && (p[1] == s->quote || p[1] == s->escape)) {
			*escaped = true;
			p++;
		} else if (*p == s->quote) {
			return p;
		}
	}
	return NULL;
}

static int64_t count_lines(const char *p, const char *end, char newline)
{
	int64_t n = 0;

	while (p < end && (p = memchr(p, newline, (size_t)(end - p)))) {
		n++;
		p++;
	}
	return n;
}

/* Cuts a quoted field at `*p`; leaves `*p` at the delimiter, the line end or `end`. */
static enum csv_found cut_quoted(const struct csv_style *s, const char **p, const char *end,
				 bool last, struct csv_field *f, int64_t *lines)
{
	const char *begin = *p + 1, *close;

	f->quoted = true;
	close = closing_quote(s, begin, end, &f->escaped);
	if (!close || (close + 1 >= end - 1 && !last))
		return last ? CSV_OPEN
			    : CSV_MORE; /* the quote may be one of two, CR one of CR LF */
	f->p = begin;
	f->length = (uint32_t)(close - begin);
	*lines += count_lines(begin, close, s->newline);
	*p = close + 1;
	if (*p < end && **p == '\r' && s->newline == '\n' && (*p + 1 == end || (*p)[1] == '\n'))
		(*p)++;
	if (*p < end && **p != s->delimiter && **p != s->newline)
		return CSV_BEHIND;
	return CSV_ROW;
}

/* After a fault: behind the next line end. */
static enum csv_found skip_line(const struct csv_style *s, const char **p, const char *end,
				bool last, struct csv_row *row)
{
	const char *newline = memchr(*p, s->newline, (size_t)(end - *p));

	if (!newline && !last)
		return CSV_MORE;
	row->ended = newline != NULL;
	row->lines += row->ended;
	*p = newline ? newline + 1 : end;
	return CSV_BEHIND;
}

enum csv_found csv_cut(const struct csv_style *s, const char **from, const char *end, bool last,
		       struct csv_row *row)
{
	const char *p = *from;
	struct ends x = {p, make_mask(p, s->delimiter, s->newline)};
	enum csv_found found = CSV_ROW;

	row->count = 0;
	row->lines = 0;
	for (;;) {
		struct csv_field spare,
			*f = row->count < CSV_FIELDS_MAX ? &row->fields[row->count] : &spare;

		row->count++;
		f->quoted = f->escaped = false;
		if (p < end && *p == s->quote && s->quote) {
			found = cut_quoted(s, &p, end, last, f, &row->lines);
			if (found == CSV_BEHIND)
				found = skip_line(s, &p, end, last, row);
			if (found == CSV_OPEN)
				p = end;
			if (found != CSV_ROW)
				break;
		} else {
			const char *stop = next_end(s, &x, p, end);

			if (stop >= end && !last)
				return CSV_MORE;
			if (stop > end)
				stop = end;
			f->p = p;
			f->length = (uint32_t)(stop - p);
			p = stop;
			if (p > f->p && p[-1] == '\r' && (p == end || *p == '\n') &&
			    s->newline == '\n')
				f->length--;
		}
		if (p >= end || *p == s->newline) {
			row->ended = p < end;
			row->lines += row->ended;
			p += row->ended;
			break;
		}
		p++;
	}
	if (found != CSV_MORE)
		*from = p;
	return found;
}

struct str csv_text(const struct csv_style *s, const struct csv_field *f, struct arena *a)
{
	const char *p = f->p, *end = p + f->length;
	char *out, *begin;

	if (!f->escaped)
		return (struct str){f->p, f->length};
	out = begin = arena_alloc(a, f->length);
	while (p < end) {
		if (*p == s->escape && p + 1 < end && (p[1] == s->quote || p[1] == s->escape))
			p++;
		*out++ = *p++;
	}
	return (struct str){begin, (size_t)(out - begin)};
}
