/*
 * capacity.h - private to bench: what is published about a capacity unit of each offer, and what
 * size and price follow from it for a workload. The figures are data with a date, in capacity.c;
 * the arithmetic is pure.
 *
 * Units needed = the greatest of: reads + upserts (they run together), the initial load (it runs
 * when the rest is quiet), connections. The size is the smallest one on sale that has so many.
 * When there is none, `beyond` says so and there is no price: nothing is capped.
 */
#ifndef LAKEPORT_BENCH_CAPACITY_H
#define LAKEPORT_BENCH_CAPACITY_H

#include <stdbool.h>
#include <stddef.h>

#define CAPACITY_MONTH_HOURS 730.0 /* 8760 / 12 */

struct offer {
	const char *name;	     /* "Provisioned" */
	double unit_gb;		     /* memory of a unit */
	double reads, upserts, load; /* a second, for each unit; rows of 1 KB */
	double latency_ms;	     /* published upper end of a point read */
	double connections;	     /* for each unit; 0: the maximum at any size */
	double connections_max;	     /* of the largest size */
	const double *sizes;	     /* units on sale below `whole_from`, rising */
	size_t size_count;
	double whole_from, largest; /* any whole number of units in between; 0: none */
	double storage_max_gb;
	double unit_hour, gb_month; /* USD */
	const char *dated;	    /* of the rates and of the price */
	const char *note;
};

struct assumption {
	const char *what, *value, *source;
};

extern const struct offer capacity_offers[];
extern const size_t capacity_offer_count;
extern const struct assumption capacity_assumptions[];
extern const size_t capacity_assumption_count;

struct need { /* 0: not asked for */
	double reads, upserts, load, gb, connections;
};

struct sizing {
	double for_reads, for_upserts, for_load, for_connections; /* units */
	double units;						  /* needed */
	double size;						  /* on sale; 0 when beyond */
	bool beyond;						  /* the largest size */
	bool beyond_connections, beyond_storage;		  /* no size has so much */
	double compute_month, storage_month, total_month;	  /* USD; NAN when beyond */
	double load_hours; /* to load `gb` once, at that size; NAN when not known */
};

struct sizing capacity_size(const struct offer *o, const struct need *need);

#endif
