/*
 * qualify.h - private to bench: the five figures that are measured, and how they become a record.
 *
 * Everything happens in a schema of its own, lakeport_qualify, which must not be there before and
 * is dropped after; nothing else in the database is read or written.
 */
#ifndef LAKEPORT_BENCH_QUALIFY_H
#define LAKEPORT_BENCH_QUALIFY_H

#include "bench/capacity.h"
#include "bench/engine.h"
#include "common/pg.h"

#define QUALIFY_SCHEMA	    "lakeport_qualify"
#define QUALIFY_TABLE	    "lakeport_qualify.rows_1kb"
#define QUALIFY_BATCH	    5000 /* rows that are staged and merged in one transaction */
#define QUALIFY_LATENCY_NS  UINT64_C(10000000)
#define QUALIFY_CONNECTIONS 1000
#define QUALIFY_ROWS_MIN    20000 /* so that a batch finds rows to update */

struct qualify {
	const char *dsn;
	uint64_t phase_ns; /* length of each timed phase */
	uint64_t rows_max;
	unsigned read_connections, connections_tried;
	bool progress;
	struct need need;

	/* what was measured */
	uint64_t load_rows, upsert_rows;
	double load_s, upsert_s;
	struct engine_options engine;
	struct engine_result reads; /* valid when `have_reads` */
	struct workload *workload;
	bool have_reads;
	unsigned connections_open;
	char refusal[300]; /* why there were no more connections, or "" */
};

/* Makes the schema. Class REFUSED when it is there already; it is then left alone. */
int qualify_create(struct pg *pg, struct error *e);

/* Drops what qualify_create() made, and only that: what others put there makes it fail. */
int qualify_drop(const char *dsn, struct error *e);

/* The phases, in this order. Class INTERRUPTED on a signal. */
int qualify_load(struct qualify *q, struct pg *pg, struct error *e);
int qualify_upsert(struct qualify *q, struct pg *pg, struct error *e);
int qualify_read(struct qualify *q, struct pg *pg, struct error *e);
int qualify_connect(struct qualify *q, struct error *e);

void qualify_record(struct record *r, const struct qualify *q);

#endif
