/*
 * text.h - a buffer to build text, a view to look at text, and small parsers for numbers.
 *
 * struct buf: `data` is always NUL-terminated once anything was added, `len` excludes the NUL.
 * Every buffer has a maximum; what would go past it is dropped and `truncated` is set, so that a
 * hostile input cannot make us grow without end. An empty buffer is {.max = N} (0 means
 * BUF_DEFAULT_MAX). The buffer owns `data`; buf_release() frees it and leaves it empty.
 */
#ifndef LAKEPORT_COMMON_TEXT_H
#define LAKEPORT_COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

#define BUF_DEFAULT_MAX ((size_t)256 << 20)

struct buf {
	char *data;
	size_t len, cap, max;
	bool truncated;
};

struct str {
	const char *p;
	size_t len;
};

void buf_add(struct buf *b, const void *data, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *buf_text(const struct buf *b); /* never NULL */
void buf_clear(struct buf *b);
void buf_release(struct buf *b);

/* The whole file as text, at most `limit` bytes. Class INPUT on failure (missing, too big, NUL). */
int text_read_file(const char *path, size_t limit, struct buf *out, struct error *e);

/*
 * Writes a file as one step: a temporary neighbour is written, synced and renamed over `path`.
 * Either the whole new file is there or nothing changed. Class IO on failure.
 */
int text_write_file(const char *path, const char *data, size_t n, struct error *e);

/* Whole-string parsers: false when any character is left over or the value does not fit. */
bool text_to_int(const char *s, int64_t *value);
bool text_to_double(const char *s, double *value); /* finite decimal numbers only */

/* The bytes of the well-formed UTF-8 character (RFC 3629) that begins here, or 0; at most `n`. */
size_t text_character(const char *p, size_t n);
bool text_is_utf8(const char *p, size_t n);

/*
 * Replaces, in place, every byte that is not part of well-formed UTF-8 by '?': texts
 * from file names, arguments and cut messages go into JSON, which knows nothing else.
 */
void text_make_utf8(char *s);

/* Edit distance for "did you mean"; stops counting at `limit`. */
size_t text_distance(const char *a, const char *b, size_t limit);

/* A count for people: 1234567 -> "1,234,567". Writes into `out`, returns it. */
char *text_thousands(double value, int decimals, char *out, size_t size);

#endif
