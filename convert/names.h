/*
 * names.h - private to convert: the names that a Postgres 15 knows, as sorted tables.
 *
 * names_table.c is written by scripts/generate-names; names_builtin() and the like look names up.
 * Names are as in the catalog: lower case, types by their short name (int4, not integer, which the
 * parser has replaced already).
 */
#ifndef LAKEPORT_CONVERT_NAMES_H
#define LAKEPORT_CONVERT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct name_function {
	const char *name;
	unsigned counts; /* bit n: takes n arguments; bit 15: any number */
	char kind;	 /* as in pg_proc: a aggregate, f function, w window function */
	char volatility; /* the worst of those of this name: i, s, v */
};

struct name_operator {
	const char *name;
	bool prefix, infix;
};

extern const struct name_function name_functions[];
extern const size_t name_function_count;
extern const char *const name_types[];
extern const size_t name_type_count;
extern const struct name_operator name_operators[];
extern const size_t name_operator_count;

const struct name_function *names_function(const char *name); /* NULL: there is none */
bool names_takes(const struct name_function *f, size_t arguments);
bool names_type(const char *name);
bool names_operator(const char *name, bool prefix);

/* "1 or 2", "2 and more": what a function takes, for messages. Writes into `out`, returns it. */
char *names_counts(const struct name_function *f, char *out, size_t size);

#endif
