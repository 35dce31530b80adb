/*
 * golden.h - rows that are expected, from a file, and their comparison with rows that came.
 *
 * NAME.csv: RFC 4180, the first line names the columns; an empty field is NULL, "" is an empty
 * text. NAME.jsonl: an object a line, its keys are the columns (those of the first line, in its
 * order), or an array a line. Numbers, true, false and null mean themselves; objects and arrays are
 * JSON.
 *
 * Columns are compared by position; their names only count when they are not as many. Values are
 * compared by the type that Postgres gave them: numbers with a tolerance, times as times, booleans,
 * JSON as JSON, everything else as text without blanks at the end of char(n).
 */
#ifndef LAKEPORT_CONVERT_GOLDEN_H
#define LAKEPORT_CONVERT_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/foreign.h"
#include "common/memory.h"

#define GOLDEN_MAX_BYTES ((size_t)256 << 20)
#define GOLDEN_MAX_ROWS	 1000000
#define GOLDEN_ROUNDING	 1e-9 /* what different ways to add floats may make, relatively */

struct golden {
	const char *file;     /* NULL: they came from the source itself */
	const char **columns; /* NULL when the file does not name them */
	size_t column_count, row_count, row_capacity;
	const char **cells;		/* row-major; NULL is NULL */
	const enum foreign_kind *kinds; /* of the source's columns; NULL: a file does not tell */
};

/* Room for one more row of column_count cells, all NULL. */
const char **golden_add_row(struct golden *g, struct arena *a);

/* By the file's ending. Class INPUT with a place. Everything belongs to the arena. */
int golden_read(struct golden *g, const char *path, struct arena *a, struct error *e);

/* The same for text in memory, which is changed; `text` has a NUL behind its `n` bytes. */
int golden_parse(struct golden *g, char *text, size_t n, const char *name, bool json,
		 struct arena *a, struct error *e);

/* How a column is compared. */
enum golden_type {
	GOLDEN_TEXT,
	GOLDEN_NUMBER,
	GOLDEN_INTEGER, /* exact, unless the tolerance is larger than GOLDEN_ROUNDING */
	GOLDEN_BOOLEAN,
	GOLDEN_DATE,
	GOLDEN_TIME,
	GOLDEN_CLOCK, /* of a day */
	GOLDEN_INTERVAL,
	GOLDEN_JSON,
	GOLDEN_PADDED,
	GOLDEN_ARRAY,
	GOLDEN_BYTES
};

/* By the OID of a built-in type of Postgres. */
enum golden_type golden_type(unsigned oid);

/* Rows that came: cells row-major, NULL is NULL. */
struct golden_rows {
	const char **cells;
	const enum golden_type *types;
	const char *const *columns;
	size_t column_count, row_count;
	const size_t *order; /* columns that the statement sorts by, as far as it returns them */
	size_t order_count;
};

/*
 * NULL when they are the same rows; else the first difference as a sentence, in the arena. Rows are
 * a multiset; when the statement sorts, the values of the columns it sorts by must come in the same
 * order, too (rows that tie there may stand as they like).
 */
const char *golden_difference(const struct golden *g, const struct golden_rows *rows,
			      double tolerance, struct arena *a);

/* Rows without their like, the expected one beside the one that is most like it. */
struct golden_pair {
	const char *want, *got; /* "name='x', n=1"; NULL: none on this side */
};

/* The first of them, at most `max`; 0 when only the order differs. Texts belong to the arena. */
size_t golden_pairs(const struct golden *g, const struct golden_rows *rows, double tolerance,
		    struct arena *a, struct golden_pair *pairs, size_t max);

/*
 * The first column that is a number on one side and none on the other, and the like, as a
 * sentence; NULL: none, or the source's kinds are not known. Values decide; this is to be looked
 * at.
 */
const char *golden_kind_note(const struct golden *g, const struct golden_rows *rows,
			     struct arena *a);

/* Whether two values are the same, compared as `type`; NULL is NULL. */
bool golden_same(const char *want, const char *got, enum golden_type type, double tolerance);

#endif
