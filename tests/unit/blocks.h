/* blocks.h - for tests of readers: files made from texts, blocks as texts that can be compared. */
#ifndef LAKEPORT_TESTS_BLOCKS_H
#define LAKEPORT_TESTS_BLOCKS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "migrate/source.h"

static void blocks_add_int128(struct buf *out, __int128 v)
{
	char text[48], *p = text + sizeof(text);
	unsigned __int128 rest =
		v < 0 ? (unsigned __int128)0 - (unsigned __int128)v : (unsigned __int128)v;

	if (v == BLOCK_DECIMAL_NAN) {
		buf_puts(out, "NaN");
		return;
	}
	do {
		*--p = (char)('0' + (int)(rest % 10));
	} while (rest /= 10);
	if (v < 0)
		*--p = '-';
	buf_add(out, p, (size_t)(text + sizeof(text) - p));
}

/* Bytes that are not plain ASCII, and the separators, as \xx. */
static void blocks_add_text(struct buf *out, struct str t)
{
	size_t i;

	for (i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.p[i];

		if (c < 0x20 || c > 0x7e || c == '|' || c == '\\')
			buf_printf(out, "\\%02x", c);
		else
			buf_putc(out, (char)c);
	}
}

/* Integers of all kinds as numbers, decimals unscaled, dates and times as their units. */
static void blocks_add_value(struct buf *out, const struct block_column *c, size_t row)
{
	const void *v = c->values;
	int i;

	switch (c->type.kind) {
	case BLOCK_BOOL:
		buf_puts(out, ((const bool *)v)[row] ? "t" : "f");
		break;
	case BLOCK_INT2:
		buf_printf(out, "%d", ((const int16_t *)v)[row]);
		break;
	case BLOCK_INT4:
	case BLOCK_DATE:
		buf_printf(out, "%d", ((const int32_t *)v)[row]);
		break;
	case BLOCK_INT8:
	case BLOCK_TIME:
	case BLOCK_TIMESTAMP:
	case BLOCK_TIMESTAMPTZ:
		buf_printf(out, "%lld", (long long)((const int64_t *)v)[row]);
		break;
	case BLOCK_FLOAT4:
		buf_printf(out, "%.9g", (double)((const float *)v)[row]);
		break;
	case BLOCK_FLOAT8:
		buf_printf(out, "%.17g", ((const double *)v)[row]);
		break;
	case BLOCK_DECIMAL:
		blocks_add_int128(out, ((const __int128 *)v)[row]);
		break;
	case BLOCK_INTERVAL: {
		struct block_interval x = ((const struct block_interval *)v)[row];

		buf_printf(out, "%d mon %d day %lld us", x.months, x.days, (long long)x.us);
		break;
	}
	case BLOCK_UUID:
		for (i = 0; i < 16; i++)
			buf_printf(out, "%02x", ((const uint8_t *)v)[row * 16 + (size_t)i]);
		break;
	default:
		blocks_add_text(out, ((const struct str *)v)[row]);
	}
}

/* "1: a|b|NULL\n" for each row, then "2! bad-value column: message <raw>\n" for each reject. */
static inline void blocks_add(struct buf *out, const struct block *b)
{
	size_t row, i;

	for (row = 0; row < b->rows; row++) {
		buf_printf(out, "%lld: ", (long long)b->lines[row]);
		for (i = 0; i < b->column_count; i++) {
			buf_puts(out, i ? "|" : "");
			if (block_is_null(&b->columns[i], row))
				buf_puts(out, "NULL");
			else
				blocks_add_value(out, &b->columns[i], row);
		}
		buf_putc(out, '\n');
	}
	for (i = 0; i < b->reject_count; i++) {
		const struct block_reject *r = &b->rejects[i];

		buf_printf(out, "%lld@%lld! %s %s: %s <", (long long)r->line, (long long)r->byte,
			   reject_word(r->reason), r->column ? r->column : "-", r->message);
		blocks_add_text(out, r->raw);
		buf_puts(out, ">\n");
	}
}

/* A new file under /tmp that ends with `suffix`. The caller unlinks and frees it. */
static inline char *blocks_file(const char *suffix, const char *text, size_t n)
{
	char *path = xasprintf("/tmp/lakeport-unit-XXXXXX%s", suffix);
	int file = mkstemps(path, (int)strlen(suffix));

	assert_true(file >= 0);
	assert_true(write(file, text, n) == (ssize_t)n);
	close(file);
	return path;
}

/* All of a file as text, or "error: ...". `columns` as shape_parse() takes them. */
static inline void blocks_read(const struct source_options *o, const char *path,
			       const char *columns, const struct reader_rules *rules,
			       struct buf *out)
{
	struct error e = ERROR_INIT;
	struct table_shape shape;
	struct arena a = {0};
	struct block_type types[64];
	const struct source *s = source_for_file(o, path, &e);
	struct reader *r;
	struct block b;
	size_t i;
	int n = -1;

	assert_int_equal(shape_parse(&a, columns, &shape, &e), 0);
	for (i = 0; i < shape.column_count; i++)
		types[i] = shape.columns[i].type;
	block_init(&b, types, shape.column_count);
	assert_non_null(s);
	r = s->open(o, path, &shape, rules, &e);
	while (r && (n = s->read(r, &b, &e)) >= 0) {
		assert_int_equal(n, b.rows);
		assert_true(b.rows <= BLOCK_ROWS);
		blocks_add(out, &b);
	}
	if (n == -1)
		buf_printf(out, "error: %s\n", e.text);
	if (r)
		assert_true(n == -1 || s->read(r, &b, &e) == READ_END);
	s->close(r);
	block_release(&b);
	arena_release(&a);
}

#endif
