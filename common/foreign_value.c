/*
 * foreign_value.c - values of other databases as Postgres writes them, and rows of them.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/foreign_parts.h"

#define ROW_MAX ((size_t)64 << 20)

static bool put_special(struct buf *out, double value)
{
	if (isnan(value))
		buf_puts(out, "NaN");
	else if (isinf(value))
		buf_puts(out, value < 0 ? "-Infinity" : "Infinity");
	return !isfinite(value);
}

/* The fewest digits that bring the same value back. */
void foreign_put_float(struct buf *out, float value)
{
	char text[40];
	int digits;

	if (put_special(out, (double)value))
		return;
	for (digits = 6; digits <= 9; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, (double)value);
		if (strtof(text, NULL) == value)
			break;
	}
	buf_puts(out, text);
}

void foreign_put_double(struct buf *out, double value)
{
	char text[40];
	int digits;

	if (put_special(out, value))
		return;
	for (digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	buf_puts(out, text);
}

void foreign_put_bytes(struct buf *out, const void *data, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *p = data;
	size_t i;

	buf_puts(out, "\\x");
	for (i = 0; i < n; i++) {
		buf_putc(out, hex[p[i] >> 4]);
		buf_putc(out, hex[p[i] & 15]);
	}
}

/* The last `bits` of the bytes, which are in the order of people: the highest first. */
void foreign_put_bits(struct buf *out, const unsigned char *data, size_t n, size_t bits)
{
	size_t i, all = n * 8;

	if (bits > all)
		bits = all;
	for (i = all - bits; i < all; i++)
		buf_putc(out, data[i / 8] >> (7 - i % 8) & 1 ? '1' : '0');
}

static void put_character(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_putc(out, (char)c);
	} else if (c < 0x800) {
		buf_putc(out, (char)(0xc0 | c >> 6));
		buf_putc(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_putc(out, (char)(0xe0 | c >> 12));
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_putc(out, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_putc(out, (char)(0xf0 | c >> 18));
		buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_putc(out, (char)(0x80 | (c & 0x3f)));
	}
}

void foreign_put_utf16(struct buf *out, const unsigned short *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		uint32_t c = text[i];

		if (c >= 0xd800 && c < 0xdc00 && i + 1 < n && text[i + 1] >= 0xdc00 &&
		    text[i + 1] < 0xe000)
			c = 0x10000 + ((c - 0xd800) << 10) + (uint32_t)(text[++i] - 0xdc00);
		else if (c >= 0xd800 && c < 0xe000)
			c = 0xfffd;
		put_character(out, c);
	}
}

static int base64_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

bool foreign_put_base64(struct buf *out, const char *text)
{
	size_t n = strlen(text), i, begin = out->len;
	uint32_t held = 0;
	int bits = 0;

	while (n && text[n - 1] == '=')
		n--;
	buf_puts(out, "\\x");
	for (i = 0; i < n; i++) {
		int digit = base64_digit(text[i]);

		if (digit < 0 || n % 4 == 1) {
			out->len = begin;
			out->data[begin] = '\0';
			return false;
		}
		held = held << 6 | (uint32_t)digit;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_printf(out, "%02x", held >> bits & 0xff);
		}
	}
	return true;
}

/* ---- rows ---- */

void foreign_row_begin(struct foreign_row *r)
{
	r->text.max = ROW_MAX;
	buf_clear(&r->text);
	r->text.truncated = false;
	r->count = 0;
}

static void add_place(struct foreign_row *r, size_t begin)
{
	r->begins = xgrow(r->begins, r->count, &r->capacity, sizeof(*r->begins));
	r->begins[r->count++] = begin;
}

/* A NUL stands behind each value. */
void foreign_row_null(struct foreign_row *r)
{
	buf_putc(&r->text, '\0');
	add_place(r, SIZE_MAX);
}

void foreign_row_value(struct foreign_row *r)
{
	buf_putc(&r->text, '\0');
	add_place(r, r->text.len);
}

static size_t end_of(const struct foreign_row *r, size_t i)
{
	size_t k;

	for (k = i + 1; k < r->count; k++)
		if (r->begins[k] != SIZE_MAX)
			return r->begins[k] - (k - i);
	return r->text.len - (r->count - 1 - i);
}

int foreign_row_end(struct foreign_row *r, struct foreign_cell *cells, struct error *e)
{
	size_t i;

	if (r->text.truncated)
		return error_set(e, ERROR_SQL, "a row of the source is longer than %zu MB",
				 ROW_MAX >> 20);
	for (i = 0; i < r->count; i++) {
		cells[i] = (struct foreign_cell){0};
		if (r->begins[i] == SIZE_MAX)
			continue;
		cells[i].text = r->text.data + r->begins[i];
		cells[i].length = end_of(r, i) - r->begins[i];
		if (memchr(cells[i].text, '\0', cells[i].length))
			return error_set(e, ERROR_SQL,
					 "a text of the source has a NUL character, which "
					 "Postgres cannot hold");
	}
	return 0;
}

void foreign_row_release(struct foreign_row *r)
{
	buf_release(&r->text);
	free(r->begins);
	*r = (struct foreign_row){0};
}
