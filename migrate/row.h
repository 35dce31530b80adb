/*
 * row.h - what the readers of text files share: which column of the file goes where, and what
 * becomes of a row or value that does not fit.
 *
 * A reader fills row number block->rows value by value. The first fault of a row is kept; row_end()
 * makes the row a reject then, else counts it. With rescue, a value that does not fit is no fault:
 * the column is NULL and the value goes into the rescue column, as {"column": value, ...,
 * "_file_path": path}.
 */
#ifndef LAKEPORT_MIGRATE_ROW_H
#define LAKEPORT_MIGRATE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/text.h"
#include "migrate/block.h"
#include "migrate/parse_value.h"
#include "migrate/source.h"
#include "migrate/zone.h"

#define ROW_UNKNOWN ((size_t)-1) /* the target does not have (or want) such a column */

struct row {
	const struct table_shape *wanted;
	const struct reader_rules *rules;
	char *path;
	struct zone *zone;
	struct time_rules times;
	bool exact_case;
	struct block *block;
	size_t reject_bytes; /* raw text in this block's rejects */
	/* of the row at hand */
	int64_t line, place;
	bool faulty;
	enum reject_reason reason;
	const char *column;
	char message[256];
	struct buf rescued;
};

/* Class CONFIG for an unknown time zone. */
int row_init(struct row *r, const struct source_options *o, const char *path,
	     const struct table_shape *wanted, const struct reader_rules *rules, struct error *e);
void row_release(struct row *r);

/* The column of the target for a name of the file. */
size_t row_find(const struct row *r, struct str name);
/* Is this a column that a file may fill? (Not generated, not the rescue column.) */
bool row_wants(const struct row *r, size_t column);

/* A block is about to be filled. */
void row_attach(struct row *r, struct block *b);
/* Enough in this block: all rows, or as much raw text of rejects as memory allows. */
bool row_full(const struct row *r);

void row_begin(struct row *r, int64_t line, int64_t place);
void row_fault(struct row *r, enum reject_reason reason, const char *column, const char *format,
	       ...) __attribute__((format(printf, 4, 5)));
/*
 * A text for a column. `json` is its form for the rescue column, or NULL: a JSON string of it (a
 * pointer, since a third pair of words passed by value costs more than all else here).
 */
void row_put(struct row *r, size_t column, struct str text, bool plain, const struct str *json);
/* A value that the column cannot hold, for one of enum reject_reason. */
void row_misfit(struct row *r, size_t column, int reason, struct str text, struct str json);
void row_put_null(struct row *r, size_t column);
/* A column that the target does not have. */
void row_unknown(struct row *r, struct str name, struct str text, struct str json);
/* Notes that nothing takes the columns of this name, once. */
void row_left_out(const struct row *r, struct str name);
/* Adds 'name' to a list of a few hundred bytes, unless it is there. */
void row_note_name(struct buf *list, struct str name);
/* Counts the row or turns it away; `raw` is all of it as it stands in the file. */
void row_end(struct row *r, struct str raw);

/* Says which NOT NULL columns nothing fills; 0, or -1 with class INPUT. */
int row_check_filled(const struct row *r, const bool *filled, struct error *e);

#endif
