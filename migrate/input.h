/*
 * input.h - the bytes of a text file: unpacked, as UTF-8, in large pieces that values may point
 * into.
 *
 * An input reads a file, takes gzip (all members) or zstd off, and turns other encodings into
 * UTF-8; a byte that is no character of its encoding becomes 0xff, which no check lets through, so
 * that the row it is in is turned away and not the file. The byte order mark is gone.
 *
 * A window is where a reader looks: from `begin` (the row it is at) to `end`, in one piece. The
 * piece is counted: a block whose values point into it holds it until the block is reset, on
 * whatever thread that is. A row of more than WINDOW_ROW_MAX bytes does not get a larger window.
 */
#ifndef LAKEPORT_MIGRATE_INPUT_H
#define LAKEPORT_MIGRATE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "migrate/block.h"
#include "migrate/source.h"

#define WINDOW_ROW_MAX ((size_t)32 << 20)
#define WINDOW_PAD     64 /* zero bytes behind `end` that may be read */

struct input;

/* NULL with class INPUT (not there, not such an encoding) or IO. */
struct input *input_open(const char *path, const struct source_options *o, struct error *e);
/* Up to `n` bytes; 0 at the end; -1: cut within packed data (INPUT), not readable (IO). */
int64_t input_read(struct input *in, char *to, size_t n, struct error *e);
/* Bytes of the file that were read so far; from any thread. */
uint64_t input_consumed(const struct input *in);
/* The text was converted: places in it are not places in the file. */
bool input_converted(const struct input *in);
void input_close(struct input *in); /* accepts NULL */

/* Class CONFIG when there is no such encoding. */
int input_check_encoding(const char *name, struct error *e);

struct piece; /* counted memory */

struct window {
	struct input *input;
	struct piece *piece;
	char *begin, *end; /* what is not read yet */
	int64_t place;	   /* of `begin` in the unpacked file; kept by the reader */
	bool last;	   /* nothing comes behind `end` */
	bool plain;	   /* all of it is ASCII without NUL */
};

/*
 * Reads more behind `end`. What is before `begin` is forgotten; pointers into the window move
 * unless a block holds them. 1: there is more; 0: the end was reached before (`last`), or the row
 * is too long (then `end - begin` >= WINDOW_ROW_MAX); -1.
 */
int window_more(struct window *w, struct error *e);
/* The block's values point into the piece: it stays until the block is reset. Once a block. */
void window_lend(struct window *w, struct block *b);
void window_release(struct window *w); /* closes the input, too */

#endif
