/*
 * load_graph.h - private to migrate: what a table of a configuration depends on.
 *
 * A dependency is a word of `depends_on`: the name of another table of the configuration, which is
 * then loaded first, or a fact outside of it, which is waited for:
 *
 *   file:PATH                       something is there
 *   table:NAME [rows=N]             it has rows (N)
 *   table:NAME column=C age=2d      its newest value of C is younger than that (s, m, h, d)
 *   job:ID                          the last run of this Databricks job succeeded
 *                                   (DATABRICKS_HOST, DATABRICKS_TOKEN)
 */
#ifndef LAKEPORT_MIGRATE_LOAD_GRAPH_H
#define LAKEPORT_MIGRATE_LOAD_GRAPH_H

#include "common/error.h"
#include "migrate/load_config.h"

/* Class CONFIG: no such table, no such kind, or not well formed. */
int load_dependency_check(const struct load_config *c, const char *word, struct error *e);

/* Class CONFIG when tables depend on each other in a circle, which is named. */
int load_graph_check(const struct load_config *c, struct error *e);

/* Entries that have to be done before `t`, by index; returns how many. `out` has room for all. */
size_t load_graph_before(const struct load_config *c, const struct load_entry *t, size_t *out);

/*
 * Waits for the facts outside of the configuration. 0: all are there. -1: class INPUT, one is not
 * (which, and why) and the time is over; REFUSED, CONNECT: it cannot be asked for; INTERRUPTED.
 */
int load_dependency_wait(const char *dsn, const struct load_entry *t, struct error *e);

#endif
