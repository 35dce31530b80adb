/*
 * unit.h - the names of date parts: year, yy, yyyy, qq, dw, iso_week, ... of each dialect.
 *
 * A unit is named as Postgres names the field of extract() or the part of date_trunc(), plus
 * "dayofweek" (numbered as the dialect does), "weekiso", "nanosecond" and "tzoffset", which rules
 * handle. Sorted by name.
 */
#ifndef LAKEPORT_CONVERT_UNIT_H
#define LAKEPORT_CONVERT_UNIT_H

#include <stddef.h>

struct unit_name {
	const char *name; /* lower case */
	const char *unit;
};

struct unit_table {
	const struct unit_name *names;
	size_t count;
};

extern const struct unit_table units_databricks, units_tsql, units_oracle, units_mysql,
	units_redshift, units_snowflake;

/* The unit that `n` bytes of `name` mean, any case; NULL: none. */
const char *unit_find(const struct unit_table *t, const char *name, size_t n);

#endif
