/*
 * numeric.c - see numeric.h. Most decimals fit 64 bits: they are cut into groups by division
 * alone. Everything else goes by its decimal digits, which text has already.
 */
#include "migrate/numeric.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/memory.h"
#include "migrate/block.h"

enum sign { POSITIVE = 0x0000, NEGATIVE = 0x4000, NOT_A_NUMBER = 0xC000 };
#define PLUS_INFINITY  0xD000
#define MINUS_INFINITY 0xF000
#define HEADER	       8
#define EXPONENT_MAX   200000 /* more overflows whatever the digits are */

static inline void put16(char *p, unsigned v)
{
	p[0] = (char)(v >> 8);
	p[1] = (char)v;
}

static size_t finish(char *out, size_t groups, int weight, unsigned sign, int scale)
{
	put16(out, (unsigned)groups);
	put16(out + 2, (unsigned)weight);
	put16(out + 4, groups || sign >= NOT_A_NUMBER ? sign : POSITIVE);
	put16(out + 6, (unsigned)scale);
	return HEADER + 2 * groups;
}

/* The digits of a number: `whole` of them before the place of the point, which may lie outside. */
struct digits {
	const char *p; /* digits, perhaps with one point among them */
	size_t count;  /* digits without the point */
	size_t point;  /* index of the point in p, or count */
	int64_t whole; /* digits before the decimal point after the exponent is applied */
	int64_t scale; /* digits behind it, >= 0 */
	unsigned sign;
};

static inline unsigned digit_at(const struct digits *d, int64_t i)
{
	if (i < 0 || i >= (int64_t)d->count)
		return 0;
	return (unsigned)(d->p[(size_t)i < d->point ? i : i + 1] - '0');
}

static size_t from_digits(const struct digits *d, char *out)
{
	int64_t first = 0, last = (int64_t)d->count, whole, weight, i;
	size_t groups = 0, kept = 0;

	while (first < last && digit_at(d, first) == 0)
		first++;
	if (first == last)
		return finish(out, 0, 0, POSITIVE, (int)d->scale);
	whole = d->whole - first;
	weight = whole > 0 ? (whole - 1) / 4 : -((4 - whole) / 4);
	if (weight > INT16_MAX || weight < INT16_MIN)
		return 0;
	/* The first group begins so that the point falls between two groups. */
	for (i = first - (4 * (weight + 1) - whole); i < last; i += 4) {
		unsigned group = digit_at(d, i) * 1000 + digit_at(d, i + 1) * 100 +
				 digit_at(d, i + 2) * 10 + digit_at(d, i + 3);

		put16(out + HEADER + 2 * groups++, group);
		if (group)
			kept = groups;
	}
	return finish(out, kept, (int)weight, d->sign, (int)d->scale);
}

static size_t from_big(unsigned __int128 v, unsigned sign, int scale, char *out)
{
	char text[40];
	size_t n = sizeof(text);
	struct digits d = {.sign = sign, .scale = scale};

	while (v) {
		text[--n] = (char)('0' + (int)(v % 10));
		v /= 10;
	}
	d.p = text + n;
	d.count = d.point = sizeof(text) - n;
	d.whole = (int64_t)d.count - scale;
	return from_digits(&d, out);
}

size_t numeric_from_int(__int128 value, int scale, char *out)
{
	static const uint64_t align[] = {1, 1000, 100, 10};
	unsigned __int128 big = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
	unsigned sign = value < 0 ? NEGATIVE : POSITIVE;
	unsigned group[6];
	size_t n = 0, i, skipped = 0;
	uint64_t v;

	if (value == BLOCK_DECIMAL_NAN)
		return finish(out, 0, 0, NOT_A_NUMBER, 0);
	if (big >= (uint64_t)1 << 53) /* so that the alignment cannot overflow */
		return from_big(big, sign, scale, out);
	v = (uint64_t)big * align[scale % 4];
	for (; v; v /= 10000)
		group[n++] = (unsigned)(v % 10000);
	while (skipped < n && group[skipped] == 0)
		skipped++;
	for (i = n; i > skipped; i--)
		put16(out + HEADER + 2 * (n - i), group[i - 1]);
	return finish(out, n - skipped, n ? (int)n - 1 - (scale + 3) / 4 : 0, sign, scale);
}

static size_t from_word(struct str t, bool negative, char *out)
{
	static const struct {
		const char *word;
		unsigned plus, minus;
	} words[] = {
		{"inf", PLUS_INFINITY, MINUS_INFINITY},
		{"infinity", PLUS_INFINITY, MINUS_INFINITY},
		{"nan", NOT_A_NUMBER, 0},
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		unsigned sign = negative ? words[i].minus : words[i].plus;

		if (sign && strlen(words[i].word) == t.len &&
		    strncasecmp(words[i].word, t.p, t.len) == 0)
			return finish(out, 0, 0, sign, 0);
	}
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "e-12" and nothing after it. */
static bool read_exponent(struct str t, int64_t *exponent)
{
	bool negative;
	size_t i = 1;

	*exponent = 0;
	if (t.len == 0)
		return true;
	if ((t.p[0] | 0x20) != 'e' || t.len < 2)
		return false;
	negative = t.p[1] == '-';
	if (negative || t.p[1] == '+')
		i++;
	if (i == t.len)
		return false;
	for (; i < t.len; i++) {
		if (!is_digit(t.p[i]))
			return false;
		if (*exponent <= EXPONENT_MAX)
			*exponent = *exponent * 10 + (t.p[i] - '0');
	}
	if (negative)
		*exponent = -*exponent;
	return true;
}

static bool read_digits(struct str t, struct digits *d)
{
	int64_t exponent;
	bool point = false;
	size_t i;

	d->p = t.p;
	for (i = 0; i < t.len && (is_digit(t.p[i]) || (t.p[i] == '.' && !point)); i++) {
		if (t.p[i] == '.') {
			point = true;
			d->point = i;
		}
	}
	d->count = i - point;
	if (!point)
		d->point = d->count;
	if (d->count == 0 || !read_exponent((struct str){t.p + i, t.len - i}, &exponent))
		return false;
	d->whole = (int64_t)d->point + exponent;
	d->scale = (int64_t)(d->count - d->point) - exponent;
	if (d->scale < 0)
		d->scale = 0;
	return d->scale <= NUMERIC_SCALE_MAX;
}

size_t numeric_from_text(struct str text, char *out)
{
	struct digits d = {.sign = POSITIVE};
	bool signed_text = text.len && (text.p[0] == '-' || text.p[0] == '+');

	if (signed_text) {
		if (text.p[0] == '-')
			d.sign = NEGATIVE;
		text.p++;
		text.len--;
	}
	if (text.len == 0)
		return 0;
	if (!is_digit(text.p[0]) && text.p[0] != '.')
		return from_word(text, d.sign == NEGATIVE, out);
	return read_digits(text, &d) ? from_digits(&d, out) : 0;
}

bool numeric_is_valid(struct str text)
{
	char small[64], *room = small;
	size_t bound = numeric_text_bound(text.len), n;

	if (bound > sizeof(small))
		room = xmalloc(bound);
	n = numeric_from_text(text, room);
	if (room != small)
		free(room);
	return n > 0;
}
