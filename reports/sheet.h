/*
 * sheet.h - a table ready to be drawn: every cell a text, columns aligned, units decided.
 *
 * What a record holds in different forms (histograms, metrics, tables, facts) becomes a sheet, and
 * each renderer draws sheets in its own way. Durations and sizes of one sheet share one scale, so
 * that the reader's eye can compare them along rows and columns; other numbers share one scale a
 * column. Texts in a sheet have not been escaped: that is the renderer's duty.
 *
 * A sheet and all in it belong to the arena that it was made with, or to the record it shows.
 */
#ifndef LAKEPORT_REPORTS_SHEET_H
#define LAKEPORT_REPORTS_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"
#include "common/record.h"

struct sheet_column {
	const char *title, *unit; /* unit: of the record until sheet_finish(), then as shown */
	bool text;		  /* aligned to the left, sorted as text */
};

struct sheet_cell {
	const char *text; /* NULL until sheet_finish() makes it from `number` */
	double number;	  /* what to sort by; NAN: nothing */
};

struct sheet {
	const char *name, *title;
	struct sheet_column *columns;
	size_t column_count;
	struct sheet_cell *cells; /* row-major */
	size_t row_count, row_capacity;
	size_t rows_left_out; /* beyond the limit that the caller asked for */
	bool first_leads;     /* the first row alone decides the scales */
};

/* An empty sheet with columns to be filled in; a row is column_count cells to be filled in. */
struct sheet *sheet_new(struct arena *a, const char *name, const char *title, size_t column_count);
struct sheet_cell *sheet_row(struct arena *a, struct sheet *s);

/* Decides the scales and makes the texts of all number cells. */
void sheet_finish(struct arena *a, struct sheet *s);

/* The title with the unit: "p99, ms". */
const char *sheet_heading(struct arena *a, const struct sheet_column *c);

/* Histograms of the whole run: count, mean and percentiles, a row each; NULL: none has values. */
struct sheet *sheet_of_histograms(struct arena *a, const struct record *r);

/* Metrics of the whole run that neither are headlines nor told by a histogram; NULL: none. */
struct sheet *sheet_of_figures(struct arena *a, const struct record *r);

/* Metrics of scripts or other parts of the run, a row each; NULL: none, or a table has them. */
struct sheet *sheet_of_parts(struct arena *a, const struct record *r);

/* A table of the record, at most `limit` rows of it. */
struct sheet *sheet_of_table(struct arena *a, const struct record_table *t, size_t limit);

/* "Latency" for "latency": what a histogram is called. */
const char *histogram_title(struct arena *a, const char *name);

#endif
