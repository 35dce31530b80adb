/* stage.h - private to migrate: rows of one file into the stage, outside of the load engine. */
#ifndef LAKEPORT_MIGRATE_STAGE_H
#define LAKEPORT_MIGRATE_STAGE_H

#include "migrate/load_parts.h"

/*
 * Copies what the reader gives into the stage of `l` (made by the caller); rows are numbered from
 * `first_row`. `look` (may be NULL) sees each block, with its rejects. Returns the rows, or -1.
 */
int64_t stage_copy(struct pg *pg, struct layout *l, const struct target *t,
		   const struct source *source, struct reader *reader, int64_t first_row,
		   void (*look)(void *context, const struct block *b), void *context,
		   struct error *e);

#endif
