/*
 * dataset.h - rows of real data from which the PARAMs of annotated queries are drawn.
 *
 * A dataset is a list of rows that is read once before the load, from a table of the server or
 * from a CSV file, and never changes after: all connections share it, and a draw picks a row
 * number and copies values (16 bytes each), without locks, lookups or allocation. Rows lie one
 * after the other, so that the values of one draw are neighbours.
 *
 * A workload names its datasets when it is compiled; reading files is part of workload_load(),
 * datasets_sample() asks the server. Text values belong to the dataset. Everything is bounded:
 * DATASET_MAX_ROWS rows and DATASET_MAX_BYTES of values for each dataset.
 */
#ifndef LAKEPORT_BENCH_DATASET_H
#define LAKEPORT_BENCH_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "bench/distribution.h"
#include "common/place.h"
#include "bench/value.h"
#include "common/memory.h"

#define DATASET_DEFAULT_ROWS 10000
#define DATASET_MAX_ROWS     1000000
#define DATASET_MAX_BYTES    ((size_t)256 << 20)
#define DATASET_MAX_COLUMNS  64

enum dataset_kind {
	DATASET_SAMPLE, /* rows of a table, in an order that the seed gives */
	DATASET_CSV,	/* all rows of a file, in its order */
};

struct dataset_column {
	const char *name; /* NULL: by its number */
	unsigned number;  /* from 1; 0: by its name */
	struct place place;
};

struct dataset {
	enum dataset_kind kind;
	const char *label;	    /* as the script says it, without the distribution */
	struct place place;	    /* where it says so */
	const char *schema, *table; /* SAMPLE; without a schema the search path finds it */
	struct place table_place;
	uint64_t max_rows; /* SAMPLE */
	const char *path;  /* CSV */
	const struct dataset_column *columns;
	size_t column_count;

	struct value *values; /* row by row; NULL: not read yet */
	size_t row_count, row_capacity;
	size_t bytes;
	struct arena arena; /* of the values' texts */
};

/* What one PARAM draws: a whole row each time. */
struct draw {
	const struct dataset *dataset;
	struct distribution distribution;
	const unsigned *slots; /* one for each column */
};

/* Draws a row and sets the variables. The dataset has been read. */
void draw_row(const struct draw *d, struct random *r, struct value *variables);

/* Reads a CSV file. Class INPUT with the place in the script, and that in the file. */
int dataset_read_file(struct dataset *d, struct error *e);

/*
 * Fills every dataset of the workload that comes from a table and was not filled before, in one
 * read-only transaction that is rolled back. A table is read by pages drawn by the seed when it
 * is large, otherwise as a whole; which rows are taken, and their order, follow from the seed and
 * from where rows stand in the table. What is no table (a view, a foreign table) is ordered by
 * random() under setseed(): the same list as long as the server reads it in the same order.
 * Class INPUT with a place for a table or column that is not there, an empty table, too many
 * bytes; else SQL or CONNECT.
 */
struct workload;
struct pg;
int datasets_sample(const struct workload *w, struct pg *pg, uint64_t seed, struct error *e);

/*
 * For those who fill: the next row, whose values the caller sets; NULL with class INPUT when the
 * dataset holds too much.
 */
struct value *dataset_add_row(struct dataset *d, struct error *e);

/* Copies a text into the dataset. -1 with class INPUT when it holds too much. */
int dataset_text(struct dataset *d, const char *text, size_t n, struct value *v, struct error *e);

/* Releases the rows. */
void dataset_release(struct dataset *d);

#endif
