/*
 * parse_value.h - texts into values, the way Postgres' own input functions read them.
 *
 * Each function reads one whole text (blanks around it do not count, except in texts) and returns
 * PARSE_OK, or the enum reject_reason: BAD_VALUE (does not read as such a value), OUT_OF_RANGE or
 * TOO_WIDE (reads, but does not fit), NUL_BYTE, BAD_UTF8. They are strict: no locale, no guesses
 * about the order of day and month, no doubles on the way to decimals. Every one takes time and
 * memory in proportion to its text. Units and ranges are those of block.h.
 */
#ifndef LAKEPORT_MIGRATE_PARSE_VALUE_H
#define LAKEPORT_MIGRATE_PARSE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory.h"
#include "common/text.h"
#include "migrate/block.h"
#include "migrate/zone.h"

#define PARSE_OK (-1)

int parse_bool(struct str t, bool *out);
/* "12", and "12.0" as well: nothing is lost, and exports are full of it. */
int parse_int(struct str t, int64_t min, int64_t max, int64_t *out);
int parse_float4(struct str t, float *out);
int parse_float8(struct str t, double *out);

/*
 * As Postgres' numeric(precision, scale): digits beyond the scale are rounded half away from zero,
 * too many before it are TOO_WIDE. Precision 0: as far as 38 digits go.
 */
int parse_decimal(struct str t, int precision, int scale, __int128 *out);
/* Checks, and takes the blanks away; `out` points into `t` or to a constant ("NaN"). */
int parse_numeric(struct str t, int precision, int scale, struct str *out);
/* The same for an integer that is scaled by 10^from: what another column's DECIMAL holds. */
int parse_rescale(__int128 value, int from, int precision, int scale, __int128 *out);
/* True for a number with digits that are not 0 beyond the scale: it would be rounded. */
bool parse_rounds(struct str t, int scale);
/* 10^n for 0 <= n <= 38. */
__int128 parse_power10(int n);

/* Of day and month when the year comes last ("05/06/2024"); AUTO: only if one alone can be. */
enum date_order { DATE_AUTO, DATE_DMY, DATE_MDY };

/* How texts of times are read; NULL for UTC and AUTO. */
struct time_rules {
	const struct zone *zone; /* of those that name none */
	enum date_order order;
};

int parse_date(struct str t, const struct time_rules *rules, int32_t *out);
int parse_time(struct str t, int64_t *out);
/* A zone in the text is read and does not count, as in Postgres. */
int parse_timestamp(struct str t, const struct time_rules *rules, int64_t *out);
int parse_timestamptz(struct str t, const struct time_rules *rules, int64_t *out);

/* What more can be said of a date or time stamp that was a BAD_VALUE. */
enum time_trouble {
	TIME_FINE,
	TIME_ORDER, /* day and month could be either */
	TIME_ZONE,  /* what stands at the end is no zone that is known */
};
enum time_trouble parse_time_trouble(struct str t, const struct time_rules *rules);
/* True for a time stamp that names its zone. */
bool parse_time_has_zone(struct str t);

int parse_interval(struct str t, struct block_interval *out);
int parse_uuid(struct str t, uint8_t out[16]);
/* "\x..." or the escape format; `out` is in the arena or points into `t`. */
int parse_bytes(struct str t, struct arena *a, struct str *out);
/* UTF-8 without U+0000; at most `precision` characters (0: any) when blanks at the end are cut. */
int parse_text(struct str t, int precision, struct str *out);

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back. */
int64_t calendar_days(int64_t year, int month, int day);
void calendar_civil(int64_t days, int64_t *year, int *month, int *day);

/*
 * Reads `t` into the row that `b` is about to get (number b->rows) of this column. The text must
 * stay as long as the block does. `plain`: known to be ASCII without NUL.
 */
int parse_put(struct block *b, size_t column, struct str t, const struct time_rules *rules,
	      bool plain);

/* The text without blanks around it. */
struct str parse_trim_blanks(struct str t);

static inline struct str parse_trim(struct str t)
{
	if (t.len && (unsigned char)t.p[0] > ' ' && (unsigned char)t.p[t.len - 1] > ' ')
		return t; /* the usual text has none */
	return parse_trim_blanks(t);
}

#endif
