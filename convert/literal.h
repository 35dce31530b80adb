/*
 * literal.h - literals that mean something else in Postgres: date formats, patterns, JSON paths.
 *
 * A converter takes the value of a literal (unquoted, unescaped) and writes the value that Postgres
 * needs. `finding` is set to a code when something is lost on the way, else left alone. Rules name
 * converters as $name2 (function.h). Pure functions of their text.
 *
 * Codes set: NANOSECONDS (more than six digits of a second), REGEX-GREEDY (greedy and lazy in one
 * pattern: Postgres takes the first for all).
 */
#ifndef LAKEPORT_CONVERT_LITERAL_H
#define LAKEPORT_CONVERT_LITERAL_H

#include <stdbool.h>

#include "common/text.h"

struct literal_converter {
	const char *name;
	bool from_number, to_number; /* takes, gives a number, not a string */
	/* 0, or -1: Postgres cannot say it */
	int (*convert)(struct str in, struct buf *out, const char **finding);
};

/* Sorted by name. NULL: there is none. `n`: bytes of the name. */
const struct literal_converter *literal_find(const char *name, size_t n);
const struct literal_converter *literal_all(size_t *count);

#endif
