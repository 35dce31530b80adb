/*
 * explain_plan.h - what a plan of Postgres (EXPLAIN (VERBOSE, FORMAT JSON)) says against itself.
 *
 * Pure: text in, findings out; what the catalogue knows comes through a function. Relations and
 * columns are those of the plan's nodes, so statements over several tables need no understanding
 * of their SQL. A plan is text from a server and is not believed: what is missing is passed over.
 *
 *   MISSING-INDEX       a big table is read as a whole for rows that equal something in columns
 *                       that no index begins with
 *   SEQ-SCAN-BIG-TABLE  a big table is read as a whole and filtered, and no such index would help
 *   ROWS-OFF            (ANALYZE) a node gave 10 times more or fewer rows than was planned
 *   SORT-ON-DISK        (ANALYZE) a sort did not fit into work_mem
 */
#ifndef LAKEPORT_BENCH_EXPLAIN_PLAN_H
#define LAKEPORT_BENCH_EXPLAIN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/record.h"
#include "common/text.h"

#define PLAN_BIG_PAGES 10000
#define PLAN_BIG_ROWS  100000
#define PLAN_COLUMNS   8 /* of a filter that are looked at */
#define PLAN_LEADING   64
#define PLAN_DEPTH     200

struct plan_relation {
	double pages, rows;		   /* -1: not known */
	const char *leading[PLAN_LEADING]; /* the first column of each whole, valid index */
	size_t leading_count;
};

/* Fills `out` (its texts live in `arena`); false: there is no such relation, or it cannot be told.
 */
typedef bool plan_lookup(void *context, struct arena *arena, const char *schema,
			 const char *relation, struct plan_relation *out);

struct plan_summary {
	double cost, rows, actual_ms; /* NAN: not known */
	struct buf shape;	      /* "Nested Loop (Seq Scan orders, Index Scan customers)" */
};

/*
 * Adds the findings of one plan. `label` names the statement. -1 with class INPUT when the text is
 * no plan. The summary's buffer must be released in every case.
 */
int plan_judge(const char *json, const char *label, plan_lookup *lookup, void *context,
	       struct record *record, struct plan_summary *summary, struct error *e);

/*
 * The columns of `alias` that a filter, as Postgres prints it, wants to equal something that is
 * not in the same table: in `((t.a = $1) AND (t.b > 2) AND ((t.c)::text = 'x'::text))` a and c.
 * Names without their quotes, in `arena`. Alternatives (OR, NOT) give none.
 */
size_t plan_equal_columns(struct arena *arena, const char *filter, const char *alias,
			  const char *columns[PLAN_COLUMNS]);

#endif
