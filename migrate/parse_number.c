/*
 * parse_number.c - whole numbers, floats and decimals from their texts.
 *
 * A number is first taken apart (sign, digits, where the point stands, exponent); then each type
 * makes of it what it can hold. Short ones, the usual case, never get that far. Floats that are
 * small enough to be exact in a double are computed (a mantissa below 2^53 and a power of ten up
 * to 22 have no rounding error of their own, so one multiplication rounds once, rightly); those of
 * up to 19 digits and a power of ten up to 27 are computed in 128 bits and rounded once; others go
 * to strtod.
 */
#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "migrate/parse_value.h"

#define NUMERIC_WHOLE_MAX 131072 /* digits before and after the point: Postgres' own limits */
#define NUMERIC_PART_MAX  16383
#define FLOAT_TEXT_MAX	  1100	 /* beyond this many digits a double does not change any more */
#define EXPONENT_MAX	  200000 /* further away nothing fits anyhow */

struct number {
	bool negative;
	const char *digits, *end; /* from the first digit or point to behind the last one */
	const char *point;	  /* or `end` */
	int64_t exponent;
};

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

struct str parse_trim_blanks(struct str t)
{
	while (t.len && isspace((unsigned char)*t.p)) {
		t.p++;
		t.len--;
	}
	while (t.len && isspace((unsigned char)t.p[t.len - 1]))
		t.len--;
	return t;
}

static bool says(struct str t, const char *word)
{
	return t.len == strlen(word) && strncasecmp(t.p, word, t.len) == 0;
}

/* "" or a point and any number of zeros: what programs add that keep whole numbers as doubles. */
static bool only_zeros(const char *p, const char *end)
{
	if (p < end && *p == '.')
		for (p++; p < end && *p == '0';)
			p++;
	return p == end;
}

int parse_int(struct str t, int64_t min, int64_t max, int64_t *out)
{
	const char *p, *end;
	bool negative;
	uint64_t v = 0;

	t = parse_trim(t);
	p = t.p;
	end = p + t.len;
	negative = p < end && *p == '-';
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	if (p == end || !is_digit(*p))
		return REJECT_BAD_VALUE;
	while (end - p > 18 && *p == '0')
		p++;
	for (; p < end && is_digit(*p); p++) {
		if (v > UINT64_MAX / 10 - 1)
			v = UINT64_MAX / 10 - 1; /* stays too big whatever follows */
		v = v * 10 + (uint64_t)(*p - '0');
	}
	if (!only_zeros(p, end))
		return REJECT_BAD_VALUE;
	if (negative ? v > (uint64_t)0 - (uint64_t)min : v > (uint64_t)max)
		return REJECT_OUT_OF_RANGE;
	*out = (int64_t)(negative ? 0 - v : v);
	return PARSE_OK;
}

/* Takes a number apart; false when it is none. */
static bool take_number(struct str t, struct number *n)
{
	const char *p = t.p, *end = t.p + t.len;
	size_t digits = 0;

	*n = (struct number){.negative = p < end && *p == '-'};
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	n->digits = p;
	for (; p < end && is_digit(*p); p++)
		digits++;
	n->point = p;
	if (p < end && *p == '.') {
		for (p++; p < end && is_digit(*p); p++)
			digits++;
	}
	n->end = p;
	if (!digits)
		return false;
	if (p < end && (*p == 'e' || *p == 'E')) {
		bool negative = p + 1 < end && p[1] == '-';

		p += p + 1 < end && (p[1] == '-' || p[1] == '+') ? 2 : 1;
		if (p == end)
			return false;
		for (; p < end && is_digit(*p); p++) {
			if (n->exponent < EXPONENT_MAX)
				n->exponent = n->exponent * 10 + (*p - '0');
		}
		if (negative)
			n->exponent = -n->exponent;
	}
	return p == end;
}

/* NaN and the infinities: 1 and `out`, else 0. */
static int take_word(struct str t, double *out)
{
	bool negative = t.len && *t.p == '-';

	if (says(t, "nan")) {
		*out = NAN;
		return 1;
	}
	if (t.len && (*t.p == '-' || *t.p == '+'))
		t = (struct str){t.p + 1, t.len - 1};
	if (!says(t, "infinity") && !says(t, "inf"))
		return 0;
	*out = negative ? -INFINITY : INFINITY;
	return 1;
}

/* The digits as one whole number and the power of ten it stands for; false when it is too long. */
static bool take_mantissa(const struct number *n, uint64_t *mantissa, int64_t *power)
{
	const char *p = n->digits;
	uint64_t v = 0;

	while (p < n->end && (*p == '0' || *p == '.'))
		p++;
	if (n->end - p - (p <= n->point && n->point < n->end) > 19)
		return false;
	for (; p < n->end; p++) {
		if (p != n->point)
			v = v * 10 + (uint64_t)(*p - '0');
	}
	*mantissa = v;
	*power = n->exponent - (n->point < n->end ? n->end - n->point - 1 : 0);
	return true;
}

#define EXACT_POWER 27 /* 5^27 is the last that 64 bits hold */

static const uint64_t fives[EXACT_POWER + 1] = {1,
						5,
						25,
						125,
						625,
						3125,
						15625,
						78125,
						390625,
						1953125,
						9765625,
						48828125,
						244140625,
						1220703125,
						6103515625,
						30517578125,
						152587890625,
						762939453125,
						3814697265625,
						19073486328125,
						95367431640625,
						476837158203125,
						2384185791015625,
						11920928955078125,
						59604644775390625,
						298023223876953125,
						1490116119384765625,
						7450580596923828125};

/* value x 2^power, and whether a rest below the last bit was left out */
struct binary {
	unsigned __int128 value;
	int power;
	bool rest;
};

/* The value rounded to so many bits, to even when it lies in the middle. Not for subnormals. */
static double round_binary(struct binary x, int bits)
{
	uint64_t high = (uint64_t)(x.value >> 64), low = (uint64_t)x.value, two_bits;
	int width = high ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll(low);
	int drop = width - bits;
	double two;

	if (drop > 0) {
		unsigned __int128 half = (unsigned __int128)1 << (drop - 1);
		unsigned __int128 lost = x.value & (2 * half - 1);

		x.value >>= drop;
		x.power += drop;
		if (lost > half || (lost == half && (x.rest || (x.value & 1))))
			x.value++;
	}
	two_bits = (uint64_t)(x.power + 1023) << 52;
	memcpy(&two, &two_bits, sizeof(two));
	return (double)(uint64_t)x.value * two;
}

/*
 * mantissa x 10^power, rightly rounded; mantissa above 0, power within EXACT_POWER. Up to 127 bits
 * of a product are exact; a quotient has 63 bits or more, and what remains says which way to round.
 */
static double scale_exactly(uint64_t mantissa, int64_t power, int bits)
{
	struct binary x = {.power = (int)power};
	unsigned __int128 divided;
	uint64_t divisor;
	int up, down;

	if (power >= 0) {
		x.value = (unsigned __int128)mantissa * fives[power];
		return round_binary(x, bits);
	}
	divisor = fives[-power];
	up = __builtin_clzll(mantissa);
	down = __builtin_clzll(divisor);
	divisor <<= down;
	divided = (unsigned __int128)(mantissa << up) << 63;
	x.value = divided / divisor;
	x.rest = divided % divisor != 0;
	x.power += down - up - 63;
	return round_binary(x, bits);
}

static bool has_digit_above_zero(const struct number *n)
{
	const char *p;

	for (p = n->digits; p < n->end; p++) {
		if (*p > '0')
			return true;
	}
	return false;
}

/* The slow way: strtod on a copy that ends. */
static int long_float(struct str t, const struct number *n, bool single, double *out)
{
	char text[FLOAT_TEXT_MAX + 1];
	double v;

	if (t.len > FLOAT_TEXT_MAX)
		return REJECT_BAD_VALUE;
	memcpy(text, t.p, t.len);
	text[t.len] = '\0';
	v = single ? (double)strtof(text, NULL) : strtod(text, NULL);
	if (isinf(v) || (v == 0 && has_digit_above_zero(n)))
		return REJECT_OUT_OF_RANGE;
	*out = v;
	return PARSE_OK;
}

static int take_float(struct str t, bool single, double *out)
{
	static const double tens[] = {1e0,  1e1,  1e2,	1e3,  1e4,  1e5,  1e6,	1e7,
				      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
				      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
	uint64_t mantissa, limit = single ? (uint64_t)1 << 24 : (uint64_t)1 << 53;
	int64_t power, far = single ? 10 : 22;
	struct number n;
	double v;

	t = parse_trim(t);
	if (!take_number(t, &n))
		return take_word(t, out) ? PARSE_OK : REJECT_BAD_VALUE;
	if (!take_mantissa(&n, &mantissa, &power) || power < -EXACT_POWER || power > EXACT_POWER)
		return long_float(t, &n, single, out);
	v = (double)mantissa;
	if (mantissa > limit || ((power < -far || power > far) && mantissa))
		v = scale_exactly(mantissa, power, single ? 24 : 53);
	else if (!mantissa)
		v = 0;
	else if (single) /* in single precision, so that it is rounded once */
		v = power < 0 ? (double)((float)v / (float)tens[-power])
			      : (double)((float)v * (float)tens[power]);
	else
		v = power < 0 ? v / tens[-power] : v * tens[power];
	if (isinf(v) || (single && v > FLT_MAX))
		return REJECT_OUT_OF_RANGE;
	*out = n.negative ? -v : v;
	return PARSE_OK;
}

int parse_float8(struct str t, double *out)
{
	return take_float(t, false, out);
}

int parse_float4(struct str t, float *out)
{
	double v = 0;
	int fault = take_float(t, true, &v);

	*out = (float)v;
	return fault;
}

__int128 parse_power10(int n)
{
	__int128 v = 1;
	static const int64_t small[] = {1,
					10,
					100,
					1000,
					10000,
					100000,
					1000000,
					10000000,
					100000000,
					1000000000,
					10000000000,
					100000000000,
					1000000000000,
					10000000000000,
					100000000000000,
					1000000000000000,
					10000000000000000,
					100000000000000000,
					1000000000000000000};

	for (; n > 18; n -= 18)
		v *= small[18];
	return v * small[n];
}

/* The usual decimal: at most 18 digits, none beyond the scale, no exponent. */
static bool short_decimal(struct str t, int scale, int64_t *out)
{
	static const int32_t tens[] = {1,      10,	100,	  1000,	     10000,
				       100000, 1000000, 10000000, 100000000, 1000000000};
	const char *p = t.p, *end = t.p + t.len, *point = NULL;
	int64_t v = 0;
	bool negative;
	int part = 0;

	if (t.len == 0)
		return false;
	negative = *p == '-';
	p += negative;
	if (end - p > 18 || p == end)
		return false;
	for (; p < end; p++) {
		if (is_digit(*p))
			v = v * 10 + (*p - '0');
		else if (*p == '.' && !point)
			point = p;
		else
			return false;
	}
	if (point)
		part = (int)(end - point - 1);
	if (part > scale || scale - part > 9 || (point && end - t.p == negative + 1))
		return false;
	if (end - t.p + scale - part > 18)
		return false;
	v *= tens[scale - part];
	*out = negative ? -v : v;
	return true;
}

static int64_t clip(int64_t v, int64_t low, int64_t high)
{
	return v < low ? low : v > high ? high : v;
}

/* The digit at a place counted from the first digit of the text; 0 outside. */
static int digit_at(const struct number *n, int64_t place)
{
	const char *p;

	if (place < 0 || place >= n->end - n->digits)
		return 0;
	p = n->digits + place;
	if (p >= n->point)
		p++;
	return p < n->end ? *p - '0' : 0;
}

static int long_decimal(const struct number *n, int precision, int scale, __int128 *out)
{
	int64_t last =
		(n->point - n->digits) + n->exponent + scale; /* behind the last kept digit */
	int64_t first = 0;
	__int128 v = 0;

	while (first < n->end - n->digits && digit_at(n, first) == 0)
		first++;
	if (last - first > 38)
		return first == n->end - n->digits ? (*out = 0, PARSE_OK) : REJECT_TOO_WIDE;
	for (; first < last; first++)
		v = v * 10 + digit_at(n, first);
	if (digit_at(n, last) >= 5)
		v++;
	if (v >= parse_power10(precision))
		return REJECT_TOO_WIDE;
	*out = n->negative ? -v : v;
	return PARSE_OK;
}

int parse_decimal(struct str t, int precision, int scale, __int128 *out)
{
	struct number n;
	int64_t v;
	double word;

	t = parse_trim(t);
	if (precision <= 0 || precision > 38)
		precision = 38;
	if (short_decimal(t, scale, &v)) {
		if (precision < 18 && (__int128)(v < 0 ? -v : v) >= parse_power10(precision))
			return REJECT_TOO_WIDE;
		*out = v;
		return PARSE_OK;
	}
	if (!take_number(t, &n)) {
		if (!take_word(t, &word))
			return REJECT_BAD_VALUE;
		if (!isnan(word))
			return REJECT_OUT_OF_RANGE;
		*out = BLOCK_DECIMAL_NAN;
		return PARSE_OK;
	}
	return long_decimal(&n, precision, scale, out);
}

int parse_rescale(__int128 value, int from, int precision, int scale, __int128 *out)
{
	bool negative = value < 0;
	unsigned __int128 v = negative ? (unsigned __int128)0 - (unsigned __int128)value
				       : (unsigned __int128)value;
	unsigned __int128 limit;

	if (precision <= 0 || precision > 38)
		precision = 38;
	limit = (unsigned __int128)parse_power10(precision);
	if (scale >= from) {
		int up = scale - from;

		if (up > 38 || (v && v > (limit - 1) / (unsigned __int128)parse_power10(up)))
			return v ? REJECT_TOO_WIDE : (*out = 0, PARSE_OK);
		v *= (unsigned __int128)parse_power10(up);
	} else {
		int down = from - scale;
		unsigned __int128 unit = down > 38 ? 0 : (unsigned __int128)parse_power10(down);

		v = unit ? v / unit + (v % unit >= unit / 2 ? 1 : 0) : 0;
	}
	if (v >= limit)
		return REJECT_TOO_WIDE;
	*out = negative ? -(__int128)v : (__int128)v;
	return PARSE_OK;
}

/* Does the number, rounded to the scale, have more than precision - scale digits before it? */
static bool is_too_wide(const struct number *n, int precision, int scale)
{
	int64_t count = n->end - n->digits - (n->point < n->end), first = 0, last;

	while (first < count && digit_at(n, first) == 0)
		first++;
	if (first == count)
		return false;
	last = (n->point - n->digits) + n->exponent + scale;
	if (last - first != precision)
		return last - first > precision;
	for (; first < last; first++) { /* 999.96 becomes 1000.0 */
		if (digit_at(n, first) != 9)
			return false;
	}
	return digit_at(n, last) >= 5;
}

int parse_numeric(struct str t, int precision, int scale, struct str *out)
{
	struct number n;
	int64_t whole, part;
	double word;

	t = parse_trim(t);
	if (!take_number(t, &n)) {
		if (!take_word(t, &word))
			return REJECT_BAD_VALUE;
		if (isinf(word) && precision)
			return REJECT_OUT_OF_RANGE;
		*out = isnan(word) ? (struct str){"NaN", 3}
		       : word > 0  ? (struct str){"Infinity", 8}
				   : (struct str){"-Infinity", 9};
		return PARSE_OK;
	}
	whole = clip((n.point - n.digits) + n.exponent, 0, INT64_MAX);
	part = clip((n.point < n.end ? n.end - n.point - 1 : 0) - n.exponent, 0, INT64_MAX);
	if (whole > NUMERIC_WHOLE_MAX || part > NUMERIC_PART_MAX)
		return REJECT_OUT_OF_RANGE;
	if (precision && is_too_wide(&n, precision, scale))
		return REJECT_TOO_WIDE;
	*out = t;
	return PARSE_OK;
}

bool parse_rounds(struct str t, int scale)
{
	struct number n;
	const char *p;
	int64_t place;

	if (!take_number(parse_trim(t), &n))
		return false;
	for (p = n.end; p > n.digits && (p[-1] == '0' || p[-1] == '.');)
		p--;
	if (p == n.digits)
		return false;
	place = p > n.point ? p - n.point - 1 : p - n.point; /* behind the point */
	return place - n.exponent > scale;
}
