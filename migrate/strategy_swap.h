/*
 * strategy_swap.h - private to strategy_overwrite.c: a new table that takes the target's place.
 *
 * The copy is "schema"."lakeport_swap_OID" (OID of the target), made, filled and renamed in one
 * transaction, that of the load: a crash at any moment leaves the old table and nothing else. What
 * LIKE does not carry over (indexes and constraints under their names, comments, grants, owner,
 * options, the cluster mark) is done by statements that the catalog writes for us. Whether that
 * worked is no matter of belief: the catalog's description of both tables is compared, and when
 * anything differs the target keeps its identity.
 */
#ifndef LAKEPORT_MIGRATE_STRATEGY_SWAP_H
#define LAKEPORT_MIGRATE_STRATEGY_SWAP_H

#include "migrate/strategy.h"

/*
 * 1: something refers to the target itself, not to its name, and would stay behind with the old
 * one (`why`, in words); 0: nothing does; -1.
 */
int swap_hangers(struct pg *pg, const struct target *t, char why[300], struct error *e);

/*
 * Makes the copy with the stage's rows, indexes built behind them. 1: it is as the target; 0: this
 * table cannot be copied to the letter (`why`), nothing was done; -1: failed, rows may be refused.
 */
int swap_build(const struct strategy_run *run, struct strategy_counts *counts, char why[300],
	       struct error *e);

/* Statistics of the copy, before anybody waits for it. */
int swap_analyze(const struct strategy_run *run, struct error *e);

/*
 * Under the lock: drops the target, and the copy gets its name. 1: done; 0: the target has changed
 * since the copy was made (`why`), nothing was done; -1.
 */
int swap_rename(const struct strategy_run *run, char why[300], struct error *e);
/* Gives the copy up. */
int swap_drop(const struct strategy_run *run, struct error *e);

#endif
