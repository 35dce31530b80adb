/*
 * parquet.h - what parquet_read.c (files, queries, rows) and parquet_fill.c (columns) share.
 */
#ifndef LAKEPORT_MIGRATE_PARQUET_H
#define LAKEPORT_MIGRATE_PARQUET_H

#include "migrate/duckdb.h"
#include "migrate/row.h"

/* A value that its column cannot hold; `reason` is an enum reject_reason. */
struct misfit {
	uint32_t row;
	uint32_t column; /* of the target */
	int reason;
};

struct misfits {
	struct misfit *items;
	size_t count, capacity;
};

/* A column of a chunk on its way into a column of the block. */
struct fill {
	const struct duck_type *type;
	duck_handle vector;
	const void *data;
	const uint64_t *validity; /* NULL: no NULLs */
	size_t rows;
	struct block *block;
	size_t column;
	const struct zone *zone;
	const struct time_rules *times;
	struct misfits *misfits;
};

/*
 * Fills rows [0, rows) of the block's column. Texts and bytes point into the chunk; what does not
 * fit becomes NULL and a misfit. Misfits come in the order of the rows.
 */
void parquet_fill(struct fill *f);

/* The column that a type of DuckDB becomes by itself; BLOCK_KIND_COUNT: there is none. */
struct block_type parquet_block_type(const struct duck_type *t);

#endif
