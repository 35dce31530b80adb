/*
 * regex.h - regular expressions of Java, ICU and Oracle into those of Postgres (ARE), and what
 * goes with them: replacement texts, flags, LIKE patterns of T-SQL.
 *
 * -1: Postgres cannot say it (possessive quantifiers, atomic groups, flags inside a pattern,
 * intersections of classes, ...). `finding` is set to REGEX-GREEDY when a pattern has greedy and
 * lazy quantifiers: Postgres takes the kind of the first for the whole.
 */
#ifndef LAKEPORT_CONVERT_REGEX_H
#define LAKEPORT_CONVERT_REGEX_H

#include <stdbool.h>

#include "common/text.h"

/* `posix`: a backslash inside [...] is itself, as in POSIX (Oracle, Redshift). */
int regex_convert(struct str in, bool posix, struct buf *out, const char **finding);
/* $1 -> \1, \$ -> $; `back`: \1 stays (Oracle, Snowflake). */
int regex_replacement(struct str in, bool back, struct buf *out);
/* i c n m x -> Postgres' flags. */
int regex_flags(struct str in, struct buf *out);
/* Every character stands for itself. */
void regex_quote(struct str in, struct buf *out);
/* T-SQL's %, _, [a-z], [^a] -> a pattern; without % at an end it is anchored there. */
int regex_from_like(struct str in, struct buf *out);

#endif
