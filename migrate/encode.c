/*
 * encode.c - see encode.h. A row's largest size is known before it is written (a fixed part for all
 * rows, and the lengths of its texts), so that a row needs one check for room and its values none.
 * Only a row wider than a buffer goes through memory of its own.
 */
#include "migrate/encode.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "migrate/numeric.h"

#define EPOCH_DAYS 10957		    /* 1970-01-01 to 2000-01-01, Postgres' day 0 */
#define EPOCH_US   INT64_C(946684800000000) /* the same in us */
#define NULL_FIELD UINT32_C(0xFFFFFFFF)
#define FIELD	   4  /* bytes of a field's length */
#define WIDE	   16 /* no value of fixed size is larger, but DECIMAL */

static inline char *put16(char *p, uint16_t v)
{
	v = htobe16(v);
	memcpy(p, &v, 2);
	return p + 2;
}

static inline char *put32(char *p, uint32_t v)
{
	v = htobe32(v);
	memcpy(p, &v, 4);
	return p + 4;
}

static inline char *put64(char *p, uint64_t v)
{
	v = htobe64(v);
	memcpy(p, &v, 8);
	return p + 8;
}

static inline bool is_varying(enum block_kind kind)
{
	return kind == BLOCK_TEXT || kind == BLOCK_BYTES || kind == BLOCK_JSON ||
	       kind == BLOCK_NUMERIC;
}

static size_t extra_size(const struct encode_extra *x)
{
	return FIELD + (x->kind == EXTRA_TEXT ? strlen(x->text) : 8);
}

void encoder_init(struct encoder *en, const struct block_type *types, const bool *plain_json,
		  size_t column_count, const struct encode_extra *extras, size_t extra_count)
{
	size_t i;

	memset(en, 0, sizeof(*en));
	en->column_count = column_count;
	en->extra_count = extra_count;
	en->fixed = 2;
	en->plain_json = arena_alloc(&en->arena, column_count * sizeof(bool) + 1);
	en->varying = arena_alloc(&en->arena, column_count * sizeof(size_t) + 1);
	en->extras = arena_alloc(&en->arena, extra_count * sizeof(*extras) + 1);
	for (i = 0; i < column_count; i++) {
		en->plain_json[i] = plain_json && plain_json[i];
		en->fixed += FIELD;
		if (is_varying(types[i].kind))
			en->varying[en->varying_count++] = i;
		else
			en->fixed += types[i].kind == BLOCK_DECIMAL ? NUMERIC_DECIMAL_BYTES : WIDE;
	}
	for (i = 0; i < extra_count; i++) {
		en->extras[i] = extras[i];
		if (extras[i].kind == EXTRA_TEXT)
			en->extras[i].text = arena_strdup(&en->arena, extras[i].text);
		en->fixed += extra_size(&extras[i]);
	}
}

void encoder_release(struct encoder *en)
{
	arena_release(&en->arena);
}

int encode_begin(struct sender *s, struct error *e)
{
	static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"; /* and the NUL: 19 */

	(void)e;
	return sender_add(s, header, 19);
}

int encode_end(struct sender *s, struct error *e)
{
	(void)e;
	return sender_add(s, "\377\377", 2);
}

/* The most bytes that row needs. */
static size_t row_bound(const struct encoder *en, const struct block *b, size_t row)
{
	size_t size = en->fixed, i;

	for (i = 0; i < en->varying_count; i++) {
		const struct block_column *c = &b->columns[en->varying[i]];
		size_t length;

		if (block_is_null(c, row))
			continue;
		length = ((const struct str *)c->values)[row].len;
		size += c->type.kind == BLOCK_NUMERIC ? numeric_text_bound(length) : length + 1;
	}
	return size;
}

static inline char *put_str(char *p, struct str s)
{
	p = put32(p, (uint32_t)s.len);
	if (s.len)
		memcpy(p, s.p, s.len);
	return p + s.len;
}

static char *put_jsonb(char *p, struct str s)
{
	p = put32(p, (uint32_t)s.len + 1);
	*p++ = 1; /* jsonb's version, then its text */
	if (s.len)
		memcpy(p, s.p, s.len);
	return p + s.len;
}

static char *put_decimal(char *p, __int128 value, int scale)
{
	size_t n = numeric_from_int(value, scale, p + FIELD);

	put32(p, (uint32_t)n);
	return p + FIELD + n;
}

/* NULL when numeric cannot hold it. */
static char *put_numeric(char *p, struct str text)
{
	size_t n = numeric_from_text(text, p + FIELD);

	put32(p, (uint32_t)n);
	return n ? p + FIELD + n : NULL;
}

static inline char *put_timestamp(char *p, int64_t us)
{
	if (us != INT64_MIN && us != INT64_MAX)
		us -= EPOCH_US;
	return put64(put32(p, 8), (uint64_t)us);
}

static inline char *put_date(char *p, int32_t days)
{
	if (days != INT32_MIN && days != INT32_MAX)
		days -= EPOCH_DAYS;
	return put32(put32(p, 4), (uint32_t)days);
}

static char *put_interval(char *p, const struct block_interval *v)
{
	p = put64(put32(p, 16), (uint64_t)v->us);
	return put32(put32(p, (uint32_t)v->days), (uint32_t)v->months);
}

static inline char *put_value(char *p, const struct block_column *c, size_t row, bool plain_json)
{
	const void *v = c->values;

	switch (c->type.kind) {
	case BLOCK_BOOL:
		p = put32(p, 1);
		*p = ((const bool *)v)[row];
		return p + 1;
	case BLOCK_INT2:
		return put16(put32(p, 2), ((const uint16_t *)v)[row]);
	case BLOCK_INT4:
	case BLOCK_FLOAT4:
		return put32(put32(p, 4), ((const uint32_t *)v)[row]);
	case BLOCK_INT8:
	case BLOCK_FLOAT8:
	case BLOCK_TIME:
		return put64(put32(p, 8), ((const uint64_t *)v)[row]);
	case BLOCK_DECIMAL:
		return put_decimal(p, ((const __int128 *)v)[row], c->type.scale);
	case BLOCK_NUMERIC:
		return put_numeric(p, ((const struct str *)v)[row]);
	case BLOCK_TEXT:
	case BLOCK_BYTES:
		return put_str(p, ((const struct str *)v)[row]);
	case BLOCK_JSON:
		return plain_json ? put_str(p, ((const struct str *)v)[row])
				  : put_jsonb(p, ((const struct str *)v)[row]);
	case BLOCK_DATE:
		return put_date(p, ((const int32_t *)v)[row]);
	case BLOCK_TIMESTAMP:
	case BLOCK_TIMESTAMPTZ:
		return put_timestamp(p, ((const int64_t *)v)[row]);
	case BLOCK_INTERVAL:
		return put_interval(p, &((const struct block_interval *)v)[row]);
	case BLOCK_UUID:
		p = put32(p, 16);
		memcpy(p, (const char *)v + 16 * row, 16);
		return p + 16;
	case BLOCK_KIND_COUNT:
		break;
	}
	return NULL;
}

static char *put_extra(char *p, struct encode_extra *x, int64_t line)
{
	switch (x->kind) {
	case EXTRA_TEXT:
		return put_str(p, (struct str){x->text, strlen(x->text)});
	case EXTRA_TIMESTAMPTZ:
		return put_timestamp(p, x->number);
	case EXTRA_LINE:
		return put64(put32(p, 8), (uint64_t)line);
	case EXTRA_ROW:
		return put64(put32(p, 8), (uint64_t)x->number++);
	case EXTRA_NULL:
		break;
	}
	return put32(p, NULL_FIELD);
}

/* Writes a row where there is room for it. NULL with `e` filled: see put_numeric(). */
static char *put_row(struct encoder *en, const struct block *b, size_t row, char *p,
		     struct error *e)
{
	size_t i;

	p = put16(p, (uint16_t)(en->column_count + en->extra_count));
	for (i = 0; i < en->column_count; i++) {
		const struct block_column *c = &b->columns[i];

		if (block_is_null(c, row)) {
			p = put32(p, NULL_FIELD);
			continue;
		}
		p = put_value(p, c, row, en->plain_json[i]);
		if (!p) {
			error_set(e, ERROR_INPUT,
				  "line %lld, column %zu: numeric cannot hold the value",
				  (long long)b->lines[row], i + 1);
			return NULL;
		}
	}
	for (i = 0; i < en->extra_count; i++)
		p = put_extra(p, &en->extras[i], b->lines[row]);
	return p;
}

static int put_wide_row(struct encoder *en, const struct block *b, size_t row, size_t bound,
			struct sender *s, struct error *e)
{
	char *memory = xmalloc(bound), *end = put_row(en, b, row, memory, e);
	int status = end ? sender_add(s, memory, (size_t)(end - memory)) : -1;

	free(memory);
	return status;
}

int encode_rows(struct encoder *en, const struct block *b, size_t from, size_t to, struct sender *s,
		struct error *e)
{
	size_t row;

	for (row = from; row < to; row++) {
		size_t bound = row_bound(en, b, row);
		char *p, *end;

		if (bound > SEND_BYTES) {
			if (put_wide_row(en, b, row, bound, s, e) < 0)
				return -1;
			continue;
		}
		p = sender_room(s, bound);
		if (!p)
			return -1;
		end = put_row(en, b, row, p, e);
		if (!end)
			return -1;
		sender_take(s, (size_t)(end - p));
	}
	return 0;
}
