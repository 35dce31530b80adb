/*
 * widen.h - values that their columns are too narrow for, noted while files are read (--drift
 * widen). What a text file shows in a sample is a guess; what it needs is known when a value does
 * not fit. The load then starts again with columns that hold them.
 */
#ifndef LAKEPORT_MIGRATE_WIDEN_H
#define LAKEPORT_MIGRATE_WIDEN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"
#include "common/text.h"
#include "migrate/block.h"

struct widen_column {
	char *name; /* of the target */
	struct block_type type;
};

struct widen {
	struct widen_column *columns; /* what is needed so far */
	size_t count, capacity;
	bool noted; /* something, in this pass over the files */
};

void widen_release(struct widen *w); /* accepts {0} */

/*
 * Notes that a column of type `have` does not take `text`, for `reason`. False when no wider type
 * takes it without loss: along the integers to numeric, numeric without limits, text without a
 * limit, real to double precision, date to timestamp. `fresh`: the column was made by a guess at
 * this part; what no number takes makes it a text.
 */
bool widen_note(struct widen *w, const char *name, const struct block_type *have, bool fresh,
		int reason, struct str text);

/* True when the column takes the text, but only rounded: digits beyond a decimal's scale. */
bool widen_loses(const struct block_type *have, struct str text);

#endif
