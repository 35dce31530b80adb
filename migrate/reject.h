/*
 * reject.h - rows that were turned away, kept aside until the rows before them are sent.
 *
 * The spool holds finished rows of binary COPY in an unlinked temporary file, so that a million bad
 * rows need no memory. It belongs to one worker and is emptied for every transaction.
 */
#ifndef LAKEPORT_MIGRATE_REJECT_H
#define LAKEPORT_MIGRATE_REJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/error.h"
#include "common/pg.h"
#include "migrate/block.h"

#define REJECT_EXAMPLE 300

struct reject_spool {
	FILE *rows; /* NULL until the first */
	int64_t count, by_reason[REJECT_REASON_COUNT];
	int64_t line[REJECT_REASON_COUNT]; /* of the first with this reason */
	char example[REJECT_REASON_COUNT][REJECT_EXAMPLE];
	int64_t spooled; /* rows in the file */
};

void reject_reset(struct reject_spool *s);
void reject_release(struct reject_spool *s);

/* Counts one; with `keep` its row is spooled, too. Class IO. */
int reject_add(struct reject_spool *s, const struct block_reject *r, const char *path, int64_t run,
	       bool keep, struct error *e);

/* create table if not exists ... */
void reject_table_sql(struct buf *sql, const char *quarantine);

/* Sends what is spooled into the quarantine, in the caller's transaction. */
int reject_send(struct reject_spool *s, struct pg *pg, const char *quarantine, struct error *e);

#endif
