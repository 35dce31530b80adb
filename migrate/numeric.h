/*
 * numeric.h - decimals as Postgres sends them: groups of four digits.
 *
 * Two ways in: a 128-bit integer scaled by a power of ten, and decimal text for what does not fit
 * that. Nothing passes through a double. The binary form (src/backend/utils/adt/numeric.c,
 * numeric_recv): int16 groups, int16 weight of the first group, uint16 sign, uint16 display scale,
 * then the groups, all big-endian.
 */
#ifndef LAKEPORT_MIGRATE_NUMERIC_H
#define LAKEPORT_MIGRATE_NUMERIC_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"

#define NUMERIC_SCALE_MAX     16383 /* digits behind the point */
#define NUMERIC_DECIMAL_BYTES 32    /* more than any 38 digits need */

/* The most bytes that numeric_from_text() writes for text of this length. */
static inline size_t numeric_text_bound(size_t length)
{
	return 8 + 2 * (length / 4 + 3);
}

/* Writes value / 10^scale (0 <= scale <= 38), or BLOCK_DECIMAL_NAN, in binary form; returns its
 * bytes. */
size_t numeric_from_int(__int128 value, int scale, char *out);

/*
 * Writes decimal text in binary form: sign, digits with or without a point, exponent; NaN, inf and
 * infinity in any case (infinity: Postgres 14 and later). Returns the bytes, at most
 * numeric_text_bound(); 0 when the text is no such number or numeric cannot hold it.
 */
size_t numeric_from_text(struct str text, char *out);

/* True when numeric_from_text() will take it. */
bool numeric_is_valid(struct str text);

#endif
