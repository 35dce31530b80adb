/*
 * helpers.h - the few functions that Postgres has no expression for. They live in one schema
 * (convert_settings.helper_schema); templates call them as lakeport.NAME.
 */
#ifndef LAKEPORT_CONVERT_HELPERS_H
#define LAKEPORT_CONVERT_HELPERS_H

#include <stddef.h>

struct helper {
	const char *name;      /* sorted */
	const char *arguments; /* "text, int" */
	const char *what;      /* for COMMENT ON FUNCTION */
	const char *sql;       /* what stands after CREATE FUNCTION schema.name */
};

const struct helper *helper_all(size_t *count);

/* helpers_casts.c: more of them, sorted among themselves. */
extern const struct helper helper_casts[];
extern const size_t helper_cast_count;

#endif
