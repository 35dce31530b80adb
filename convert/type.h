/*
 * type.h - types as data: a type name of the source -> the type in Postgres.
 *
 * Sorted by name; several rows of one name are tried in their order: the first whose limits hold
 * the arguments is taken. `to` may contain $1 and $2, the arguments in parentheses; without them
 * the arguments are dropped.
 */
#ifndef LAKEPORT_CONVERT_TYPE_H
#define LAKEPORT_CONVERT_TYPE_H

#include <stddef.h>

struct type_rule {
	const char *name;	    /* lower case, words with one blank between */
	signed char args;	    /* how many arguments; -1: any number */
	short first_min, first_max; /* limits of the first argument; both 0: none */
	const char *to;		    /* "numeric($1,$2)"; NULL: no way, report `finding` */
	const char *kind;	    /* as function.h: int, text, ...; float4 and float8: float */
	const char *finding;	    /* a code to report when taken, or NULL */
};

struct type_table {
	const struct type_rule *rules;
	size_t count;
};

extern const struct type_table types_databricks, types_tsql, types_oracle, types_mysql,
	types_redshift, types_snowflake;

/* The row for a name with `args` arguments, the first of value `first`; NULL: not known. */
const struct type_rule *type_find(const struct type_table *t, const char *name, int args,
				  long first);

#endif
