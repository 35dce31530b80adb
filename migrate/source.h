/*
 * source.h - where rows come from.
 *
 * A source is a struct of functions and a row in the table of source.c. The first one is files
 * (CSV, JSON lines, JSON arrays, Parquet); Delta tables and databases follow. A *part* is what is
 * loaded as one: a file here, a key range of a table later. describe() says what columns a part has
 * (from its schema, or by looking at some of its rows); open() begins to read a part into columns
 * of the target; read() fills a block. A reader is used by one thread at a time; readers of
 * different parts by different threads.
 *
 * The target decides the types: `wanted` lists its columns, and the reader finds each by name (or
 * by place where the file has no names), converts, and turns rows that do not fit into rejects of
 * the block - or, where the load asked for it, into the rescue column.
 */
#ifndef LAKEPORT_MIGRATE_SOURCE_H
#define LAKEPORT_MIGRATE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/text.h"
#include "migrate/block.h"
#include "migrate/parse_value.h"

enum source_format { FORMAT_AUTO, FORMAT_CSV, FORMAT_JSON, FORMAT_PARQUET };
enum source_packing { PACKING_AUTO, PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

/* How a file is to be read: what the user said, else the defaults of source_options_init(). */
struct source_options {
	enum source_format format;   /* AUTO: by the name, then by the first bytes */
	enum source_packing packing; /* AUTO: by the first bytes */
	char delimiter;	       /* 0: ',' or by the name (.tsv: tab) or found in the first rows */
	char quote, escape;    /* '"' and the same; 0 quote: none */
	int header;	       /* 1 yes, 0 no, -1 find out */
	const char *null_text; /* unquoted fields equal to it are NULL; "" by default */
	const char *encoding;  /* "UTF-8" by default; anything iconv knows */
	const char *time_zone; /* of times without one that go into timestamptz; "UTC" */
	enum date_order date_order; /* of texts that end with the year */
	int64_t sample_rows;	    /* looked at when types are inferred */
	bool exact_case; /* names must match to the letter; else a unique other case is fine */
};
void source_options_init(struct source_options *o);

struct source_column {
	const char *name;
	struct block_type type;
	bool not_null;
	bool needed;	/* a part without it is refused, a row may have NULL */
	bool generated; /* nothing is sent: the target fills it */
	bool guessed;	/* of a part: from some of its values, or it says nothing of their width */
	bool fixed;	/* of a target: its type cannot be altered */
	bool fresh;	/* of a target: made a moment ago, from a guess at this part */
};

/* The columns of a part or of a target; names belong to `arena` of whoever filled it. */
struct table_shape {
	struct source_column *columns;
	size_t column_count;
	bool by_place; /* the part has no names (column1, column2, ...): its columns have places */
};

/* What a reader does with a column of the file that the target does not have, or a value that does
 * not fit. */
struct reader_rules {
	bool rescue; /* unknown columns, misfits, other case: into the rescue column as jsonb */
	size_t rescue_column; /* its place in `wanted`; a JSON column */
	bool fail_unknown;    /* a column that the target does not have is an error */
	struct buf *left_out; /* names of columns that nobody takes are noted there, or NULL */
	struct widen *widen;  /* values that do not fit are noted there, as NULL; or NULL */
	bool *unknown; /* JSON: a key that the target does not have is an error, too, and sets this:
			* no sample shows all keys; NULL: it is left out */
};

struct reader; /* private to the source */

struct source {
	const char *name;
	/* Fills `shape` (memory from `a`). Class INPUT (not such a file, broken) or IO. */
	int (*describe)(const struct source_options *o, const char *path, struct arena *a,
			struct table_shape *shape, struct error *e);
	/* NULL with `e` filled. `wanted` and `o` must live as long as the reader. */
	struct reader *(*open)(const struct source_options *o, const char *path,
			       const struct table_shape *wanted, const struct reader_rules *rules,
			       struct error *e);
	/*
	 * Resets the block (made for the types of `wanted`) and fills it. Returns the rows read,
	 * which may be 0 with rejects; READ_END when nothing is left; -1 when the part cannot be
	 * read on (a file that is cut within packed data, an I/O error).
	 */
	int (*read)(struct reader *r, struct block *b, struct error *e);
	/* Bytes of the file consumed so far, for progress; may be called from any thread. */
	uint64_t (*consumed)(const struct reader *r);
	void (*close)(struct reader *r); /* accepts NULL */
};

#define READ_END (-2)

/* The source for a file, by options and name and first bytes. NULL with class INPUT or USAGE. */
const struct source *source_for_file(const struct source_options *o, const char *path,
				     struct error *e);

/*
 * Joins the shapes of two parts of one table into one that holds both: more columns, wider types
 * (int4 + int8 = int8, int + decimal = decimal, different kinds = text). Memory from `a`.
 */
void shape_join(struct arena *a, struct table_shape *into, const struct table_shape *other);

/* Reads "id bigint, name text" as the user types it. Class CONFIG with the offending word. */
int shape_parse(struct arena *a, const char *text, struct table_shape *out, struct error *e);

#endif
