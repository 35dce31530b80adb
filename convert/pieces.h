/*
 * pieces.h - private to convert: a text as a row of pieces, statements and what stands between
 * them.
 *
 * The pieces cover the text without gaps, so a file whose statements are put back as they were
 * comes out byte for byte. A statement's piece begins behind the comments before it, which so
 * survive whatever becomes of it: `-- WEIGHT:` and `-- PARAM` of bench's workload files, the titles
 * of a notebook's cells.
 *
 * A Databricks notebook is cut at its `-- COMMAND ----------` lines. A cell of another language
 * (`-- MAGIC %python`) is a comment and stays one; one of SQL (`-- MAGIC %sql`) is uncovered.
 */
#ifndef LAKEPORT_CONVERT_PIECES_H
#define LAKEPORT_CONVERT_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"
#include "common/text.h"
#include "convert/convert.h"

struct piece {
	struct str text;
	bool statement;
	bool open;   /* a statement that nothing but a line of its own, or nothing, ends */
	size_t line; /* from 1 */
};

struct pieces {
	struct piece *items;
	size_t count, capacity;
	size_t statements;
	size_t foreign_cells; /* of a notebook: in other languages */
};

/*
 * Cuts the text; the pieces point into it, the list belongs to the arena. `text` must be what
 * pieces_uncover() gave.
 */
void pieces_cut(struct pieces *p, const struct dialect *from, struct str text, struct arena *a);

/* The text with the SQL cells of a notebook uncovered; the same text when there are none. */
struct str pieces_uncover(struct str text, struct arena *a);

/* Appends what stands between two statements: GO, / and DELIMITER lines do not go to Postgres, and
 * `#` comments become `--`. */
void pieces_put_gap(struct str gap, struct buf *out);

/* Whether a `;` that is put behind this text would be inside a comment. */
bool pieces_ends_in_comment(struct str text);

/*
 * Appends Postgres text with its $1, $2, ... as :names, which bench's workload files and psql
 * understand. `names[i]` is for $(i + 1); NULL leaves the number.
 */
void pieces_put_named(struct str sql, const char *const *names, size_t n, struct buf *out);

/* A name for a parameter from its marker in the source: "${run date}" -> "run_date", "?" -> "p1".
 */
const char *pieces_parameter_name(struct arena *a, const struct convert_parameter *p);

#endif
