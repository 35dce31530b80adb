/*
 * infer.c - see infer.h. Each value adds its own kind to a set; at the end the kinds of the set are
 * joined, so the order of the rows does not matter.
 */
#include "migrate/infer.h"

#include <string.h>
#include <strings.h>

#include "migrate/json_scan.h"
#include "migrate/parse_value.h"

#define LOOKS_MAX 200 /* longer texts are texts */

void infer_kind(struct inference *i, enum block_kind kind)
{
	i->seen = true;
	i->kinds |= 1u << kind;
}

void infer_number(struct inference *i, struct str t)
{
	int64_t whole;
	struct str numeric;
	double d;
	bool exponent = memchr(t.p, 'e', t.len) || memchr(t.p, 'E', t.len);

	if (!memchr(t.p, '.', t.len) && parse_int(t, INT64_MIN, INT64_MAX, &whole) == PARSE_OK)
		infer_kind(i, BLOCK_INT8);
	else if (exponent && parse_float8(t, &d) == PARSE_OK)
		infer_kind(i, BLOCK_FLOAT8);
	else if (parse_numeric(t, 0, 0, &numeric) == PARSE_OK)
		infer_kind(i, BLOCK_NUMERIC);
	else
		infer_kind(i, BLOCK_TEXT);
}

void infer_string(struct inference *i, struct str t)
{
	uint8_t uuid[16];
	int64_t us;
	int32_t days;

	if (t.len < 8 || t.len > LOOKS_MAX || !strchr("0123456789abcdefABCDEF{", *t.p)) {
		infer_kind(i, BLOCK_TEXT);
		return;
	}
	if (t.len >= 32 && parse_uuid(t, uuid) == PARSE_OK) {
		infer_kind(i, BLOCK_UUID);
		return;
	}
	if (t.len < 10 || (t.p[4] != '-' && t.p[4] != '/')) {
		infer_kind(i, BLOCK_TEXT);
		return;
	}
	if (t.len <= 10 && parse_date(t, NULL, &days) == PARSE_OK) {
		infer_kind(i, BLOCK_DATE);
		return;
	}
	if (parse_timestamp(t, NULL, &us) == PARSE_OK)
		infer_kind(i, parse_time_has_zone(t) ? BLOCK_TIMESTAMPTZ : BLOCK_TIMESTAMP);
	else
		infer_kind(i, BLOCK_TEXT);
}

static bool says(struct str t, const char *word)
{
	return t.len == strlen(word) && strncasecmp(t.p, word, t.len) == 0;
}

/* A number as a person would write an amount, not a code. */
static bool is_amount(struct str t)
{
	const char *p = t.p, *end = p + t.len;

	if (p < end && *p == '-')
		p++;
	if (p == end || (unsigned char)(*p - '0') > 9)
		return p < end && *p == '.';
	return *p != '0' || p + 1 == end || p[1] == '.' || p[1] == 'e' || p[1] == 'E';
}

void infer_text(struct inference *i, struct str t)
{
	t = parse_trim(t);
	if (t.len == 0) {
		infer_kind(i, BLOCK_TEXT);
	} else if (*t.p == '{' || *t.p == '[') {
		bool json = json_check(t) == JSON_OK;

		if (json)
			infer_kind(i, BLOCK_JSON);
		else
			infer_string(i, t);
	} else if (says(t, "true") || says(t, "false")) {
		infer_kind(i, BLOCK_BOOL);
	} else if (says(t, "nan") || says(t, "infinity") || says(t, "-infinity")) {
		infer_kind(i, BLOCK_FLOAT8);
	} else if (is_amount(t)) {
		struct inference number = {0};

		infer_number(&number, t);
		if (number.kinds & 1u << BLOCK_TEXT)
			infer_string(i, t);
		else
			infer_kind(i, (enum block_kind)__builtin_ctz(number.kinds));
	} else {
		infer_string(i, t);
	}
}

struct block_type infer_type(const struct inference *i)
{
	struct block_type joined = {.kind = BLOCK_TEXT};
	bool first = true;
	unsigned kind;

	for (kind = 0; kind < BLOCK_KIND_COUNT; kind++) {
		struct block_type t = {.kind = (enum block_kind)kind};

		if (!(i->kinds >> kind & 1))
			continue;
		joined = first ? t : infer_join(joined, t);
		first = false;
	}
	return joined;
}

static bool is_whole(enum block_kind k)
{
	return k == BLOCK_INT2 || k == BLOCK_INT4 || k == BLOCK_INT8;
}

static bool is_float(enum block_kind k)
{
	return k == BLOCK_FLOAT4 || k == BLOCK_FLOAT8;
}

static bool is_number(enum block_kind k)
{
	return is_whole(k) || is_float(k) || k == BLOCK_DECIMAL || k == BLOCK_NUMERIC;
}

/* The decimal that holds an integer type. */
static struct block_type as_decimal(struct block_type t)
{
	int digits = t.kind == BLOCK_INT2 ? 5 : t.kind == BLOCK_INT4 ? 10 : 19;

	return is_whole(t.kind) ? (struct block_type){BLOCK_DECIMAL, digits, 0} : t;
}

static struct block_type join_decimals(struct block_type a, struct block_type b)
{
	int whole, scale;

	a = as_decimal(a);
	b = as_decimal(b);
	if (!a.precision || !b.precision) /* without limits */
		return (struct block_type){.kind = BLOCK_NUMERIC};
	whole = a.precision - a.scale > b.precision - b.scale ? a.precision - a.scale
							      : b.precision - b.scale;
	scale = a.scale > b.scale ? a.scale : b.scale;
	return (struct block_type){whole + scale > 38 ? BLOCK_NUMERIC : BLOCK_DECIMAL,
				   whole + scale, scale};
}

static struct block_type join_numbers(struct block_type a, struct block_type b)
{
	if (is_whole(a.kind) && is_whole(b.kind))
		return a.kind > b.kind ? a : b;
	if (is_float(a.kind) && is_float(b.kind))
		return (struct block_type){.kind = BLOCK_FLOAT8};
	if (is_float(a.kind) || is_float(b.kind)) {
		enum block_kind other = is_float(a.kind) ? b.kind : a.kind;
		bool exact = other == BLOCK_INT2 || other == BLOCK_INT4;

		return (struct block_type){.kind = exact ? BLOCK_FLOAT8 : BLOCK_NUMERIC};
	}
	return join_decimals(a, b);
}

static bool is_day(enum block_kind k)
{
	return k == BLOCK_DATE || k == BLOCK_TIMESTAMP || k == BLOCK_TIMESTAMPTZ;
}

struct block_type infer_join(struct block_type a, struct block_type b)
{
	if (is_number(a.kind) && is_number(b.kind) &&
	    (a.kind != b.kind || a.kind == BLOCK_DECIMAL || a.kind == BLOCK_NUMERIC))
		return join_numbers(a, b);
	if (is_day(a.kind) && is_day(b.kind))
		return a.kind > b.kind ? a : b;
	if (a.kind != b.kind)
		return (struct block_type){.kind = BLOCK_TEXT};
	if (a.kind == BLOCK_TEXT && a.precision != b.precision)
		a.precision = !a.precision || !b.precision ? 0
			      : a.precision > b.precision  ? a.precision
							   : b.precision;
	return a;
}
