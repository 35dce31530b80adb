/*
 * parse_value.c - see parse_value.h. Booleans, identifiers, bytes, texts; and parse_put(), which
 * reads a text as the type of a column.
 */
#include "migrate/parse_value.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "migrate/json_scan.h"

/* The words Postgres takes, and the shortest beginning of each that it takes, too. */
static const struct {
	const char *word;
	size_t least;
	bool value;
} booleans[] = {
	{"0", 1, false},   {"1", 1, true},  {"false", 1, false}, {"no", 1, false},
	{"off", 2, false}, {"on", 2, true}, {"true", 1, true},	 {"yes", 1, true},
};

int parse_bool(struct str t, bool *out)
{
	size_t i;

	if ((t.len == 4 && memcmp(t.p, "true", 4) == 0) ||
	    (t.len == 5 && memcmp(t.p, "false", 5) == 0)) { /* what most programs write */
		*out = t.len == 4;
		return PARSE_OK;
	}
	t = parse_trim(t);
	for (i = 0; i < sizeof(booleans) / sizeof(booleans[0]); i++) {
		if (t.len >= booleans[i].least && t.len <= strlen(booleans[i].word) &&
		    strncasecmp(t.p, booleans[i].word, t.len) == 0) {
			*out = booleans[i].value;
			return PARSE_OK;
		}
	}
	return REJECT_BAD_VALUE;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 32 digits, hyphens after any group of four, braces around all. */
int parse_uuid(struct str t, uint8_t out[16])
{
	const char *p, *end;
	int i;

	t = parse_trim(t);
	if (t.len > 2 && t.p[0] == '{' && t.p[t.len - 1] == '}')
		t = (struct str){t.p + 1, t.len - 2};
	p = t.p;
	end = p + t.len;
	for (i = 0; i < 16; i++) {
		int high, low;

		if (end - p < 2)
			return REJECT_BAD_VALUE;
		high = hex_digit(p[0]);
		low = hex_digit(p[1]);
		if (high < 0 || low < 0)
			return REJECT_BAD_VALUE;
		out[i] = (uint8_t)(high << 4 | low);
		p += 2;
		if (i % 2 == 1 && i < 15 && p < end && *p == '-')
			p++;
	}
	return p == end ? PARSE_OK : REJECT_BAD_VALUE;
}

static int hex_bytes(struct str t, struct arena *a, struct str *out)
{
	const char *p = t.p + 2, *end = t.p + t.len;
	char *bytes = arena_alloc(a, t.len / 2 + 1), *b = bytes;

	while (p < end) {
		int high, low;

		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		high = hex_digit(p[0]);
		low = p + 1 < end ? hex_digit(p[1]) : -1;
		if (high < 0 || low < 0)
			return REJECT_BAD_VALUE;
		*b++ = (char)(high << 4 | low);
		p += 2;
	}
	*out = (struct str){bytes, (size_t)(b - bytes)};
	return PARSE_OK;
}

static bool is_octal(const char *p, const char *end)
{
	return end - p >= 3 && p[0] >= '0' && p[0] <= '3' && p[1] >= '0' && p[1] <= '7' &&
	       p[2] >= '0' && p[2] <= '7';
}

int parse_bytes(struct str t, struct arena *a, struct str *out)
{
	const char *p = t.p, *end = t.p + t.len;
	char *bytes, *b;

	if (t.len >= 2 && p[0] == '\\' && p[1] == 'x')
		return hex_bytes(t, a, out);
	*out = t;
	if (!t.len || !memchr(p, '\\', t.len))
		return PARSE_OK;
	bytes = b = arena_alloc(a, t.len);
	while (p < end) {
		if (*p != '\\') {
			*b++ = *p++;
		} else if (is_octal(p + 1, end)) {
			*b++ = (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0'));
			p += 4;
		} else if (end - p >= 2 && p[1] == '\\') {
			*b++ = '\\';
			p += 2;
		} else {
			return REJECT_BAD_VALUE;
		}
	}
	*out = (struct str){bytes, (size_t)(b - bytes)};
	return PARSE_OK;
}

/* Skips eight ASCII bytes at a time: texts of other bytes only are rare. */
static bool is_utf8(const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end) {
		uint64_t eight;
		size_t length;

		if (end - p >= 8) {
			memcpy(&eight, p, 8);
			if (!(eight & 0x8080808080808080u)) {
				p += 8;
				continue;
			}
		}
		length = text_character(p, (size_t)(end - p));
		if (!length)
			return false;
		p += length;
	}
	return true;
}

/* Where the character behind the first `limit` begins; `t` is UTF-8. */
static size_t characters(struct str t, size_t limit)
{
	size_t i;

	for (i = 0; i < t.len; i++) {
		if (((unsigned char)t.p[i] & 0xc0) != 0x80 && limit-- == 0)
			return i;
	}
	return t.len;
}

/* The checks of a text that is known to be UTF-8. */
static int fit_text(struct str t, int precision, struct str *out)
{
	*out = t;
	if (precision > 0 && t.len > (size_t)precision) {
		size_t n = characters(t, (size_t)precision), i;

		for (i = n; i < t.len; i++) {
			if (t.p[i] != ' ')
				return REJECT_TOO_WIDE;
		}
		out->len = n;
	}
	return PARSE_OK;
}

int parse_text(struct str t, int precision, struct str *out)
{
	if (t.len && memchr(t.p, 0, t.len))
		return REJECT_NUL_BYTE;
	if (!is_utf8(t.p, t.len))
		return REJECT_BAD_UTF8;
	return fit_text(t, precision, out);
}

static int put_json(struct str t, struct str *out)
{
	enum json_fault fault = json_check(t);

	*out = t;
	if (fault == JSON_OK)
		return PARSE_OK;
	if (fault == JSON_BROKEN || fault == JSON_INCOMPLETE)
		return REJECT_BAD_VALUE;
	return json_fault_reason(fault);
}

static int put_whole(struct block_column *c, size_t row, struct str t, int64_t min, int64_t max)
{
	int64_t v = 0;
	int fault = parse_int(t, min, max, &v);

	if (c->type.kind == BLOCK_INT8)
		((int64_t *)c->values)[row] = v;
	else if (c->type.kind == BLOCK_INT4)
		((int32_t *)c->values)[row] = (int32_t)v;
	else
		((int16_t *)c->values)[row] = (int16_t)v;
	return fault;
}

int parse_put(struct block *b, size_t column, struct str t, const struct time_rules *rules,
	      bool plain)
{
	struct block_column *c = &b->columns[column];
	const struct block_type *type = &c->type;
	size_t row = b->rows;

	switch (type->kind) {
	case BLOCK_TEXT:
		if (plain)
			return fit_text(t, type->precision, (struct str *)c->values + row);
		return parse_text(t, type->precision, (struct str *)c->values + row);
	case BLOCK_INT8:
		return put_whole(c, row, t, INT64_MIN, INT64_MAX);
	case BLOCK_INT4:
		return put_whole(c, row, t, INT32_MIN, INT32_MAX);
	case BLOCK_INT2:
		return put_whole(c, row, t, INT16_MIN, INT16_MAX);
	case BLOCK_DECIMAL:
		return parse_decimal(t, type->precision, type->scale, (__int128 *)c->values + row);
	case BLOCK_NUMERIC:
		return parse_numeric(t, type->precision, type->scale,
				     (struct str *)c->values + row);
	case BLOCK_FLOAT8:
		return parse_float8(t, (double *)c->values + row);
	case BLOCK_FLOAT4:
		return parse_float4(t, (float *)c->values + row);
	case BLOCK_TIMESTAMP:
		return parse_timestamp(t, rules, (int64_t *)c->values + row);
	case BLOCK_TIMESTAMPTZ:
		return parse_timestamptz(t, rules, (int64_t *)c->values + row);
	case BLOCK_DATE:
		return parse_date(t, rules, (int32_t *)c->values + row);
	case BLOCK_TIME:
		return parse_time(t, (int64_t *)c->values + row);
	case BLOCK_BOOL:
		return parse_bool(t, (bool *)c->values + row);
	case BLOCK_UUID:
		return parse_uuid(t, (uint8_t *)c->values + row * 16);
	case BLOCK_INTERVAL:
		return parse_interval(t, (struct block_interval *)c->values + row);
	case BLOCK_BYTES:
		return parse_bytes(t, &b->arena, (struct str *)c->values + row);
	case BLOCK_JSON:
		return put_json(t, (struct str *)c->values + row);
	case BLOCK_KIND_COUNT:
		break;
	}
	return REJECT_BAD_VALUE;
}
