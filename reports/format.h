/*
 * format.h - numbers, times and names for people.
 *
 * A number shown alone picks the unit it reads best in (quantity_of). Numbers that stand in a
 * column share one, so that the eye can compare them (scale_for). Units that are not known here
 * are shown as they are. NAN and infinities are shown as a dash. A returned unit either is static
 * or is the string that was passed in; it has not been escaped.
 */
#ifndef LAKEPORT_REPORTS_FORMAT_H
#define LAKEPORT_REPORTS_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "common/record.h"
#include "common/text.h"

#define FORMAT_NOTHING "–" /* shown where there is no value */

struct quantity {
	char number[48];  /* "1.23", "48,213" */
	const char *unit; /* "ms", "" */
};

struct scale {
	double divide;
	int decimals;
	const char *unit;
};

/* Three significant digits, whole numbers in full. */
struct quantity quantity_of(double value, const char *unit);
void format_quantity(struct buf *out, double value, const char *unit);

/* The scale for a column (or axis): `smallest` not 0, and a `typical` value of it. */
struct scale scale_for(const char *unit, double smallest, double typical);
void format_scaled(struct buf *out, double value, const struct scale *scale);

/* The shortest decimal that reads back as the same number; "" for NAN and infinities. */
void format_exact(struct buf *out, double value);

/* "+3.1 %", "0 %", "from 0" where the base was 0. */
void format_percent(struct buf *out, double percent);

/* "2026-11-21 14:51:33 UTC" */
void format_when(struct buf *out, uint64_t wall);

/* What people call a metric: from the list of names, else the name itself. */
const char *metric_title(const char *name);

/* How many seconds the run took; 0 when the record does not say. */
double record_seconds(const struct record *r);

/* "lakeport bench run …", quoted for a shell: how to repeat the run. */
void format_command(struct buf *out, const struct record *r);

/* Blocks of eight heights, one a value, at most `width` of them (values are averaged). */
void format_sparkline(struct buf *out, const double *values, size_t n, size_t stride, size_t width);

/* The column of a series that has the metric's name, with its first value; NULL: there is none. */
const double *series_of_metric(const struct record *r, const char *name, size_t *n, size_t *stride);

#endif
