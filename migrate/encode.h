/*
 * encode.h - from a block to rows of binary COPY.
 *
 * An encoder is made once for a list of columns: those of the block, in order, then extra ones that
 * no source knows (constants of the file, the line). Rows go to a `struct sender` (send.h), which
 * keeps buffers between this thread and the one that sends. Nothing here can fail but the numbers
 * that numeric cannot hold, which a reader should have turned away.
 */
#ifndef LAKEPORT_MIGRATE_ENCODE_H
#define LAKEPORT_MIGRATE_ENCODE_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "migrate/block.h"
#include "migrate/send.h"

enum encode_extra_kind {
	EXTRA_NULL,
	EXTRA_TEXT,	   /* `text` for every row */
	EXTRA_TIMESTAMPTZ, /* `number`: us since 1970 */
	EXTRA_LINE,	   /* bigint: the row's line in the file */
	EXTRA_ROW,	   /* bigint: `number`, and one more for every row */
};

struct encode_extra {
	enum encode_extra_kind kind;
	const char *text;
	int64_t number;
};

struct encoder {
	size_t column_count;
	bool *plain_json; /* of a JSON column: the target is json, not jsonb */
	struct encode_extra *extras;
	size_t extra_count;
	size_t fixed; /* the most bytes of a row without its texts */
	size_t *varying, varying_count;
	struct arena arena;
};

/* `plain_json` has a flag for each type and may be NULL (all jsonb). Everything is copied. */
void encoder_init(struct encoder *en, const struct block_type *types, const bool *plain_json,
		  size_t column_count, const struct encode_extra *extras, size_t extra_count);
void encoder_release(struct encoder *en);

/* The header that comes before the first row, and the trailer after the last. */
int encode_begin(struct sender *s, struct error *e);
int encode_end(struct sender *s, struct error *e);

/*
 * Sends the rows [from, to) of the block. -1: a number that numeric cannot hold (class INPUT, names
 * line and column number), or the sender's error.
 */
int encode_rows(struct encoder *en, const struct block *b, size_t from, size_t to, struct sender *s,
		struct error *e);

#endif
