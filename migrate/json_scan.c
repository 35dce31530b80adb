/*
 * json_scan.c - see json_scan.h. Strings are most of a JSON file, so they are looked at sixteen
 * bytes at a time where the processor can. What is open (arrays, objects) is a stack of bits.
 */
#include "migrate/json_scan.h"

#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "migrate/block.h"
#include "migrate/parse_value.h"

#define PLAIN_NUMBER 1000 /* shorter numbers without exponent always fit */

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

void json_skip_blanks(const char **p, const char *end)
{
	while (*p < end && (**p == ' ' || **p == '\n' || **p == '\t' || **p == '\r'))
		(*p)++;
}

/* The next byte that means something in a string: quote, backslash, control, not ASCII. */
static const char *skip_plain(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
	const __m128i blank = _mm_set1_epi8(0x20);

	for (; end - p >= 16; p += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, slash));
		/* signed: bytes over 0x7f are below 0x20, too */
		int mask = _mm_movemask_epi8(_mm_or_si128(hit, _mm_cmplt_epi8(x, blank)));

		if (mask)
			return p + __builtin_ctz((unsigned)mask);
	}
#endif
	while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20 &&
	       (unsigned char)*p < 0x80)
		p++;
	return p;
}

/* Four hexadecimal digits behind "\u"; -1 when they are not. */
static int hex4(const char *p)
{
	int v = 0, i;

	for (i = 0; i < 4; i++) {
		int c = (unsigned char)p[i] | 0x20;

		if (is_digit(p[i]))
			v = v << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (c - 'a' + 10);
		else
			return -1;
	}
	return v;
}

/* `*p` is behind the backslash. */
static enum json_fault scan_escape(const char **p, const char *end)
{
	int unit;

	if (*p == end)
		return JSON_INCOMPLETE;
	if (**p != 'u') {
		if (!memchr("\"\\/bfnrt", **p, 8))
			return JSON_BROKEN;
		(*p)++;
		return JSON_OK;
	}
	if (end - *p < 5)
		return JSON_INCOMPLETE;
	unit = hex4(*p + 1);
	if (unit < 0)
		return JSON_BROKEN;
	*p += 5;
	if (unit == 0)
		return JSON_NUL;
	if (unit < 0xd800 || unit > 0xdfff)
		return JSON_OK;
	if (unit >= 0xdc00 || (*p < end && (*p)[0] != '\\') || (end - *p > 1 && (*p)[1] != 'u'))
		return JSON_SURROGATE;
	if (end - *p < 6)
		return JSON_INCOMPLETE;
	if ((hex4(*p + 2) & ~0x3ff) != 0xdc00)
		return JSON_SURROGATE;
	*p += 6;
	return JSON_OK;
}

/* Do the last bytes of the text begin a character that they do not end? */
static bool is_begun(const char *p, const char *end)
{
	unsigned char c = (unsigned char)*p;
	ptrdiff_t length = c >= 0xf0 && c <= 0xf4 ? 4 : c >= 0xe0 ? 3 : 2;

	if (c < 0xc2 || c > 0xf4 || end - p >= length)
		return false;
	for (p++; p < end; p++) {
		if (((unsigned char)*p & 0xc0) != 0x80)
			return false;
	}
	return true;
}

/* `*p` is behind the quote that opens; at the end behind the one that closes. */
static enum json_fault scan_string(const char **p, const char *end, bool *escaped)
{
	const char *s = *p;
	enum json_fault fault = JSON_OK;

	while ((s = skip_plain(s, end)) < end && *s != '"' && fault == JSON_OK) {
		if (*s == '\\') {
			*escaped = true;
			s++;
			fault = scan_escape(&s, end);
		} else if ((unsigned char)*s < 0x20) {
			fault = JSON_BROKEN;
		} else {
			size_t n = text_character(s, (size_t)(end - s));

			if (n)
				s += n;
			else
				fault = is_begun(s, end) ? JSON_INCOMPLETE : JSON_UTF8;
		}
	}
	*p = s;
	if (fault != JSON_OK)
		return fault;
	if (s == end)
		return JSON_INCOMPLETE;
	(*p)++;
	return JSON_OK;
}

static enum json_fault scan_number(const char **p, const char *end)
{
	const char *s = *p, *begin = s;
	bool exponent = false;
	struct str rest;

	s += *s == '-';
	if (s == end)
		return JSON_INCOMPLETE;
	if (!is_digit(*s))
		return JSON_BROKEN;
	if (*s == '0')
		s++;
	else
		while (s < end && is_digit(*s))
			s++;
	if (s < end && *s == '.') {
		if (++s == end)
			return JSON_INCOMPLETE;
		if (!is_digit(*s))
			return JSON_BROKEN;
		while (s < end && is_digit(*s))
			s++;
	}
	if (s < end && (*s == 'e' || *s == 'E')) {
		exponent = true;
		s++;
		s += s < end && (*s == '-' || *s == '+');
		if (s == end)
			return JSON_INCOMPLETE;
		if (!is_digit(*s))
			return JSON_BROKEN;
		while (s < end && is_digit(*s))
			s++;
	}
	*p = s;
	if ((exponent || s - begin > PLAIN_NUMBER) &&
	    parse_numeric((struct str){begin, (size_t)(s - begin)}, 0, 0, &rest) != PARSE_OK)
		return JSON_RANGE;
	return JSON_OK;
}

static enum json_fault scan_word(const char **p, const char *end, const char *word)
{
	size_t n = strlen(word), here = (size_t)(end - *p);

	if (memcmp(*p, word, here < n ? here : n) != 0)
		return JSON_BROKEN;
	if (here < n)
		return JSON_INCOMPLETE;
	*p += n;
	return JSON_OK;
}

/* A value that holds no others; `kind` and, for strings, `escaped` are set. */
static enum json_fault scan_scalar(const char **p, const char *end, struct json_value *v)
{
	switch (**p) {
	case '"':
		v->kind = JSON_STRING;
		(*p)++;
		return scan_string(p, end, &v->escaped);
	case 't':
		v->kind = JSON_TRUE;
		return scan_word(p, end, "true");
	case 'f':
		v->kind = JSON_FALSE;
		return scan_word(p, end, "false");
	case 'n':
		v->kind = JSON_NULL;
		return scan_word(p, end, "null");
	default:
		v->kind = JSON_NUMBER;
		return scan_number(p, end);
	}
}

/* A key and its colon. */
static enum json_fault scan_key(const char **p, const char *end)
{
	enum json_fault fault;
	bool escaped;

	json_skip_blanks(p, end);
	if (*p == end)
		return JSON_INCOMPLETE;
	if (**p != '"')
		return JSON_BROKEN;
	(*p)++;
	fault = scan_string(p, end, &escaped);
	if (fault != JSON_OK)
		return fault;
	json_skip_blanks(p, end);
	if (*p == end)
		return JSON_INCOMPLETE;
	if (**p != ':')
		return JSON_BROKEN;
	(*p)++;
	return JSON_OK;
}

struct nesting {
	uint64_t objects[JSON_DEPTH_MAX / 64 + 1]; /* a bit for each level: object, not array */
	unsigned depth;
};

static bool in_object(const struct nesting *n)
{
	return n->objects[n->depth / 64] >> (n->depth % 64) & 1;
}

/* Opens an array or object; `*empty` when it closes at once. */
static enum json_fault open_nest(const char **p, const char *end, struct nesting *n, bool *empty)
{
	bool object = *(*p)++ == '{';
	uint64_t bit;

	json_skip_blanks(p, end);
	if (*p == end)
		return JSON_INCOMPLETE;
	*empty = **p == (object ? '}' : ']');
	if (*empty) {
		(*p)++;
		return JSON_OK;
	}
	if (n->depth == JSON_DEPTH_MAX)
		return JSON_DEEP;
	n->depth++;
	bit = (uint64_t)1 << (n->depth % 64);
	if (object)
		n->objects[n->depth / 64] |= bit;
	else
		n->objects[n->depth / 64] &= ~bit;
	return object ? scan_key(p, end) : JSON_OK;
}

/* Behind a value: closes what ends here; goes on to the next one where there is a comma. */
static enum json_fault after_value(const char **p, const char *end, struct nesting *n)
{
	while (n->depth) {
		json_skip_blanks(p, end);
		if (*p == end)
			return JSON_INCOMPLETE;
		if (**p == ',') {
			(*p)++;
			return in_object(n) ? scan_key(p, end) : JSON_OK;
		}
		if (**p != (in_object(n) ? '}' : ']'))
			return JSON_BROKEN;
		(*p)++;
		n->depth--;
	}
	return JSON_OK;
}

static enum json_fault scan_nested(const char **p, const char *end)
{
	struct nesting n;
	enum json_fault fault;

	n.depth = 0;
	do {
		struct json_value v;
		bool empty = true;

		json_skip_blanks(p, end);
		if (*p == end)
			return JSON_INCOMPLETE;
		if (**p == '{' || **p == '[')
			fault = open_nest(p, end, &n, &empty);
		else
			fault = scan_scalar(p, end, &v);
		if (fault == JSON_OK && empty)
			fault = after_value(p, end, &n);
		if (fault != JSON_OK)
			return fault;
	} while (n.depth);
	return JSON_OK;
}

enum json_fault json_scan(const char **p, const char *end, struct json_value *v)
{
	const char *begin;
	enum json_fault fault;

	json_skip_blanks(p, end);
	v->escaped = false;
	v->kind = JSON_NULL;
	begin = *p;
	if (begin == end)
		return JSON_INCOMPLETE;
	if (*begin == '{' || *begin == '[') {
		v->kind = *begin == '{' ? JSON_OBJECT : JSON_ARRAY;
		fault = scan_nested(p, end);
	} else {
		fault = scan_scalar(p, end, v);
	}
	v->text = (struct str){begin, (size_t)(*p - begin)};
	if (fault == JSON_OK && v->kind == JSON_STRING)
		v->text = (struct str){begin + 1, v->text.len - 2};
	return fault;
}

enum json_fault json_check(struct str t)
{
	const char *p = t.p, *end = t.p + t.len;
	struct json_value v;
	enum json_fault fault = json_scan(&p, end, &v);

	json_skip_blanks(&p, end);
	return fault == JSON_OK && p < end ? JSON_BROKEN : fault;
}

static char *put_utf8(char *out, unsigned c)
{
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*out++ = (char)(0xe0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	} else {
		*out++ = (char)(0xf0 | c >> 18);
		*out++ = (char)(0x80 | (c >> 12 & 0x3f));
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	}
	return out;
}

/* One escape that was checked before; `*p` is behind the backslash. */
static char *unescape_one(const char **p, char *out)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *known = strchr(from, **p);
	unsigned c;

	if (**p != 'u') {
		*out++ = known ? to[known - from] : **p;
		(*p)++;
		return out;
	}
	c = (unsigned)hex4(*p + 1);
	*p += 5;
	if (c >= 0xd800 && c <= 0xdfff) {
		c = 0x10000 + ((c & 0x3ff) << 10) + ((unsigned)hex4(*p + 2) & 0x3ff);
		*p += 6;
	}
	return put_utf8(out, c);
}

struct str json_unescape(const struct json_value *v, struct arena *a)
{
	const char *p = v->text.p, *end = p + v->text.len;
	char *out, *begin;

	if (!v->escaped)
		return v->text;
	out = begin = arena_alloc(a, v->text.len + 1); /* an escape is longer than its character */
	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		size_t n = (size_t)((slash ? slash : end) - p);

		memcpy(out, p, n);
		out += n;
		p += n;
		if (slash) {
			p++;
			out = unescape_one(&p, out);
		}
	}
	return (struct str){begin, (size_t)(out - begin)};
}

static const struct {
	enum reject_reason reason;
	const char *text;
} faults[JSON_FAULT_COUNT] = {
	[JSON_OK] = {REJECT_BROKEN_ROW, "nothing is wrong"},
	[JSON_INCOMPLETE] = {REJECT_TRUNCATED, "the text ends within a JSON value"},
	[JSON_BROKEN] = {REJECT_BROKEN_ROW, "not JSON"},
	[JSON_DEEP] = {REJECT_OUT_OF_RANGE, "JSON is nested more than 1024 deep"},
	[JSON_NUL] = {REJECT_NUL_BYTE, "a JSON string holds \\u0000"},
	[JSON_SURROGATE] = {REJECT_BAD_UTF8, "a JSON string holds half a surrogate pair"},
	[JSON_UTF8] = {REJECT_BAD_UTF8, "a JSON string is not UTF-8"},
	[JSON_RANGE] = {REJECT_OUT_OF_RANGE, "a JSON number is too big or too long"},
	[JSON_KEYS] = {REJECT_BROKEN_ROW, "an object with more than 4096 keys"},
};

const char *json_fault_text(enum json_fault fault)
{
	return faults[fault].text;
}

int json_fault_reason(enum json_fault fault)
{
	return (int)faults[fault].reason;
}

void json_add_string(struct buf *out, struct str t)
{
	const char *p = t.p, *end = p + t.len;

	buf_putc(out, '"');
	while (p < end) {
		const char *next = p;

		while (next < end && *next != '"' && *next != '\\' && (unsigned char)*next >= 0x20)
			next++;
		buf_add(out, p, (size_t)(next - p));
		p = next;
		if (p == end)
			break;
		if (*p == '"' || *p == '\\')
			buf_printf(out, "\\%c", *p);
		else
			buf_printf(out, "\\u%04x", (unsigned char)*p);
		p++;
	}
	buf_putc(out, '"');
}
