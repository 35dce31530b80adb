/*
 * infer.h - the narrowest type that holds all texts seen: bool, bigint, numeric, double precision,
 * date, timestamp, timestamptz, uuid, jsonb, text.
 *
 * A sample is not the file: numbers with a point become numeric without limits, never a
 * numeric(p,s) that the next row breaks, and double precision only where exponents or NaN were
 * seen. Numbers that begin with 0 or + are texts: codes, telephones.
 */
#ifndef LAKEPORT_MIGRATE_INFER_H
#define LAKEPORT_MIGRATE_INFER_H

#include <stdbool.h>

#include "common/text.h"
#include "migrate/block.h"

struct inference {
	bool seen;	/* any value that is not NULL */
	unsigned kinds; /* seen so far: bits of enum block_kind */
};

/* A value of a file of texts (CSV). */
void infer_text(struct inference *i, struct str t);
/* A string of JSON: a number in it stays a text. */
void infer_string(struct inference *i, struct str t);
void infer_number(struct inference *i, struct str t);
void infer_kind(struct inference *i, enum block_kind kind);

/* What holds everything that was seen; text when nothing was. */
struct block_type infer_type(const struct inference *i);

/* What holds values of both types. */
struct block_type infer_join(struct block_type a, struct block_type b);

#endif
