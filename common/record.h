/*
 * record.h - the run record: what every command that does work leaves behind.
 *
 * One JSON file a run, `<runs>/<id>.json`, schema "lakeport.run/1" (common/record.schema.json).
 * Who ran what, when, where and against what; then only generic parts: metrics, histograms,
 * series, tables, findings. Reports render these parts and know nothing else, so a new tool gets
 * its report for free.
 *
 * Names of metrics are a closed, documented list (record_metric_names below), so that scripts can
 * rely on them; record_metric() asserts that a name is in it. A part may be `of` something - a
 * script, a statement - and is then about that alone; of == NULL is the whole run.
 *
 * Ownership: a record owns everything in it (one arena). The functions below copy what they are
 * given. record_free() releases all of it. Numbers are doubles; NAN means "not known" and is
 * written as null. Durations of metrics and series are in the unit that the part names;
 * histograms hold ns whatever `unit` they are shown in.
 */
#ifndef LAKEPORT_COMMON_RECORD_H
#define LAKEPORT_COMMON_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/histogram.h"
#include "common/memory.h"

#define RECORD_SCHEMA	     "lakeport.run/1"
#define RECORD_SCHEMA_FAMILY "lakeport.run/"
#define RECORD_SCHEMA_MAJOR  1
#define RECORD_MAX_BYTES     ((size_t)64 << 20)

enum better { BETTER_NONE, BETTER_HIGHER, BETTER_LOWER };

/* How a run ended, and the word for it in the record. */
#define RECORD_OUTCOMES(X)                                                                         \
	X(DONE, "done")		      /* everything asked for was done */                          \
	X(ATTENTION, "attention")     /* done, with something to look at (exit status 1) */        \
	X(FAILED, "failed")	      /* the work failed; what the record holds is true as far */  \
	X(INTERRUPTED, "interrupted") /* stopped by a signal */
enum outcome {
#define X(name, word) OUTCOME_##name,
	RECORD_OUTCOMES(X)
#undef X
};

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };

struct fact { /* a name and a text, of the environment, the target or the settings */
	const char *name, *value;
};

struct facts {
	struct fact *items;
	size_t count, capacity;
};

struct metric {
	const char *name, *unit;
	const char *of; /* NULL: the whole run */
	double value;
	enum better better;
	bool headline; /* shown first and large; judged by compare */
};

struct record_histogram {
	const char *name, *of; /* of may be NULL */
	const char *unit;      /* to show it in: "us" */
	struct histogram *h;   /* ns */
};

struct record_column {
	const char *name;  /* for scripts: snake_case, unique in its part */
	const char *title; /* for people */
	const char *unit;  /* "" when none */
	enum better better;
	bool text; /* tables: the cells are text */
};

struct series { /* one row an interval, from the start of the timed window */
	const char *name, *title;
	double interval_s;
	struct record_column *columns;
	size_t column_count, row_count, row_capacity;
	double *values; /* row-major, row_count x column_count; NAN: not known */
};

struct cell {
	const char *text; /* NULL: a number */
	double number;	  /* NAN and no text: empty */
};

struct record_table {
	const char *name, *title;
	const char *curve; /* the column to draw those after it over, or NULL: a table alone */
	const char *texts; /* from this column on: texts of several lines, to be shown beside each
			      other under what is before them; or NULL */
	struct record_column *columns;
	size_t column_count, row_count, row_capacity;
	struct cell *cells; /* row-major */
};

struct finding {
	const char *id; /* stable code, UPPER-CASE */
	enum severity severity;
	const char *object, *evidence, *fix; /* never NULL, may be "" */
};

struct record {
	struct arena arena;
	const char *id, *tool, *verb, *title;
	const char **arguments; /* what followed "lakeport TOOL VERB", secrets masked */
	size_t argument_count;
	uint64_t started, finished; /* wall clock, ns since 1970 */
	enum outcome outcome;
	int exit_status;
	const char *error;	    /* NULL when there was none */
	struct facts where, target; /* machine and versions; server and its settings */
	struct metric *metrics;
	size_t metric_count, metric_capacity;
	struct record_histogram *histograms;
	size_t histogram_count, histogram_capacity;
	struct series **series;
	size_t series_count, series_capacity;
	struct record_table **tables;
	size_t table_count, table_capacity;
	struct finding *findings;
	size_t finding_count, finding_capacity;
};

/* A new record: id from the time and some random digits, `where` filled, started = now. */
struct record *record_new(const char *tool, const char *verb, int argc, char *const *argv);
void record_free(struct record *r); /* accepts NULL */

void record_title(struct record *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
void record_target(struct record *r, const char *name, const char *value);

/* `unit` and `better` come from the closed list. `of` may be NULL. */
void record_metric(struct record *r, const char *name, const char *of, double value, bool headline);
void record_histogram(struct record *r, const char *name, const char *of, const char *unit,
		      const struct histogram *h);

/* Series and tables: make one with its columns, then add rows of column_count values. */
struct series *record_series(struct record *r, const char *name, const char *title,
			     double interval_s, const struct record_column *columns, size_t n);
void series_row(struct record *r, struct series *s, const double *values);
struct record_table *record_table(struct record *r, const char *name, const char *title,
				  const struct record_column *columns, size_t n);

/* The rows are points of a curve: the columns after `column` that share a unit are drawn over it.
 */
void table_curve(struct record *r, struct record_table *t, const char *column);
void table_row(struct record *r, struct record_table *t, const struct cell *cells);

/* From `column` on the cells are texts of several lines, which belong beside each other. */
void table_texts(struct record *r, struct record_table *t, const char *column);

void record_finding(struct record *r, const char *id, enum severity severity, const char *object,
		    const char *evidence, const char *fix);

/* Looks up a metric by name and `of` (NULL for the whole run); NULL when it is not there. */
const struct metric *record_find_metric(const struct record *r, const char *name, const char *of);

/*
 * Checks, before any work is done, that a record can be written into `directory`, which is made
 * when it is missing. Class CONFIG with the reason when not.
 */
int record_check_directory(const char *directory, struct error *e);

/*
 * Sets `finished` when it is 0, and writes DIRECTORY/ID.json atomically; `path` (may be NULL)
 * gets the file's name. Class IO on failure; nothing half-written is left.
 */
int record_write(struct record *r, const char *directory, char *path, size_t path_size,
		 struct error *e);

/* The record as JSON text (caller frees). */
char *record_print(const struct record *r);

/*
 * Reads a record back. Class INPUT: not there, not JSON, not a record (what is wrong and where),
 * or of a newer schema (which one we know). The result is complete: every string non-NULL except
 * where the struct says it may be, every number finite or NAN, every row as wide as its columns.
 */
struct record *record_read(const char *path, struct error *e);
struct record *record_parse(const char *json, size_t n, const char *name, struct error *e);

const char *better_word(enum better b);	    /* none higher lower */
const char *severity_word(enum severity s); /* info warning error */
const char *outcome_word(enum outcome o);

/* The closed list of metric names; `unit` and `title` are for people and plots. */
struct metric_name {
	const char *name, *title, *unit;
	enum better better;
	const char *meaning;
};
extern const struct metric_name record_metric_names[];
extern const size_t record_metric_name_count;
const struct metric_name *record_metric_name(const char *name); /* NULL: not in the list */

#endif
