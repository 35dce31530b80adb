/*
 * block.h - rows in flight, column by column.
 *
 * Every source fills blocks; copy_encode() turns a block into binary COPY; nothing else stands
 * between a file and the wire. A block belongs to one thread at a time. Its columns have the types
 * of the *target* (a source decodes into them, so what does not fit is found where the line and the
 * raw text are still known). Values are kept the way they are cheapest to encode:
 *
 *   BOOL            bool                     INT2 INT4 INT8    int16_t int32_t int64_t
 *   FLOAT4 FLOAT8   float double             DECIMAL           __int128, scaled by 10^scale
 *   DATE            int32_t, days since 1970-01-01 (INT32_MIN/MAX: -infinity, infinity)
 *   TIME            int64_t, us since midnight (24:00:00 is allowed, as in Postgres)
 *   TIMESTAMP(TZ)   int64_t, us since 1970-01-01 00:00 (UTC for TZ; INT64_MIN/MAX: infinities)
 *   UUID            uint8_t[16]              INTERVAL          struct block_interval
 *   TEXT JSON BYTES NUMERIC                  struct str
 *
 * NUMERIC is decimal text ("-12.50", "1e400", "NaN"): for what 38 digits or one scale for all rows
 * cannot hold; decimals never pass through a double. JSON is its text. The text a struct str points
 * to lives in the block's arena, or in memory that the source keeps until the block is reset
 * (mapped files, column chunks): see `borrowed`.
 */
#ifndef LAKEPORT_MIGRATE_BLOCK_H
#define LAKEPORT_MIGRATE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory.h"
#include "common/text.h"

#define BLOCK_ROWS 2048 /* rows of a block; a source may fill fewer, never more */

/* A DECIMAL that is NaN; numeric(p,s) can hold that, but no infinity. */
#define BLOCK_DECIMAL_NAN ((__int128)((unsigned __int128)1 << 127))

/* kind, bytes of one value, the Postgres type it is sent as */
#define BLOCK_KINDS(X)                                                                             \
	X(BOOL, sizeof(bool), "boolean")                                                           \
	X(INT2, 2, "smallint")                                                                     \
	X(INT4, 4, "integer")                                                                      \
	X(INT8, 8, "bigint")                                                                       \
	X(FLOAT4, 4, "real")                                                                       \
	X(FLOAT8, 8, "double precision")                                                           \
	X(DECIMAL, 16, "numeric")                                                                  \
	X(NUMERIC, sizeof(struct str), "numeric")                                                  \
	X(TEXT, sizeof(struct str), "text")                                                        \
	X(BYTES, sizeof(struct str), "bytea")                                                      \
	X(JSON, sizeof(struct str), "jsonb")                                                       \
	X(DATE, 4, "date")                                                                         \
	X(TIME, 8, "time without time zone")                                                       \
	X(TIMESTAMP, 8, "timestamp without time zone")                                             \
	X(TIMESTAMPTZ, 8, "timestamp with time zone")                                              \
	X(INTERVAL, sizeof(struct block_interval), "interval")                                     \
	X(UUID, 16, "uuid")

enum block_kind {
#define X(name, bytes, type) BLOCK_##name,
	BLOCK_KINDS(X)
#undef X
		BLOCK_KIND_COUNT
};

struct block_interval {
	int64_t us;
	int32_t days, months;
};

/*
 * A type: the kind and what the target says beyond it. `precision` 0 means not limited (numeric,
 * text); for TEXT it is the most characters of varchar(n), for DECIMAL digits in all, `scale` of
 * them after the point.
 */
struct block_type {
	enum block_kind kind;
	int precision, scale;
};

struct block_column {
	struct block_type type;
	void *values;	 /* BLOCK_ROWS of them */
	uint64_t *nulls; /* bit set: NULL; the value is then not read */
	size_t null_count;
};

/* Why a row was turned away: code for counts and reports, and the words with the value. */
#define REJECT_REASONS(X)                                                                          \
	X(BROKEN_ROW, "broken-row")	/* too few or many fields, a quote left open, not JSON */  \
	X(BAD_VALUE, "bad-value")	/* does not read as its column's type */                   \
	X(OUT_OF_RANGE, "out-of-range") /* reads, but the type cannot hold it */                   \
	X(TOO_WIDE, "too-wide") /* longer than varchar(n), more digits than numeric(p,s) */        \
	X(NUL_BYTE, "nul-byte") /* Postgres texts cannot hold U+0000 */                            \
	X(BAD_UTF8, "bad-utf8")                                                                    \
	X(NULL_VALUE, "null-value") /* NULL where the target says NOT NULL */                      \
	X(TRUNCATED, "truncated")   /* the file ends in the middle of a row */                     \
	X(REFUSED, "refused")	    /* the server would not take the row (a constraint) */

enum reject_reason {
#define X(name, word) REJECT_##name,
	REJECT_REASONS(X)
#undef X
		REJECT_REASON_COUNT
};

struct block_reject {
	enum reject_reason reason;
	int64_t line;	     /* 1-based line (or row number) in the file */
	int64_t byte;	     /* where the row begins in the (unpacked) file; -1: not known */
	const char *column;  /* of the target, or NULL */
	const char *message; /* says value and type */
	struct str raw;	     /* the row as it was; at most BLOCK_RAW_MAX bytes of it */
};

#define BLOCK_RAW_MAX ((size_t)1 << 20)

struct block {
	size_t rows, column_count;
	struct block_column *columns;
	int64_t *lines;		      /* 1-based line or row number in the file, for each row */
	struct arena arena;	      /* of the values; emptied by block_reset() */
	struct block_reject *rejects; /* of the rows between these, in order */
	size_t reject_count, reject_capacity;
	uint64_t bytes; /* of input these rows and rejects came from, as far as known */
	/* What the source lent to the values; block_reset() gives it back. NULL: nothing. */
	void (*give_back)(void *borrowed);
	void *borrowed;
};

/* Makes an empty block with columns of these types. */
void block_init(struct block *b, const struct block_type *types, size_t column_count);
/* Forgets rows, rejects and what they point to; keeps the room. */
void block_reset(struct block *b);
void block_release(struct block *b); /* accepts {0} */

static inline void block_set_null(struct block_column *c, size_t row)
{
	c->nulls[row / 64] |= (uint64_t)1 << (row % 64);
	c->null_count++;
}

static inline bool block_is_null(const struct block_column *c, size_t row)
{
	return c->null_count > 0 && (c->nulls[row / 64] >> (row % 64) & 1);
}

/* Adds a reject; copies the message and (cut to BLOCK_RAW_MAX) the raw row into the arena. */
void block_reject(struct block *b, enum reject_reason reason, int64_t line, int64_t byte,
		  const char *column, struct str raw, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

const char *block_kind_type(enum block_kind kind);  /* "bigint" */
size_t block_kind_bytes(enum block_kind kind);	    /* of one value in a column */
const char *reject_word(enum reject_reason reason); /* "bad-value" */

#endif
