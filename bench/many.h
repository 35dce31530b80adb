/*
 * many.h - one load from many processes: `mpirun -n N lakeport bench run ...`.
 *
 * Each process (rank) has a share of the connections and runs the engine as if it were alone; MPI
 * is used before the load begins and after it has ended, never while it runs (but for a look, now
 * and then, whether another rank has failed, when the first error is to end the run). many.c is the
 * real thing, many_stub.c what is linked where there is no MPI; without mpirun both do nothing at
 * all and cost nothing.
 *
 * The order is the same in every rank:
 *
 *   many_init -> many_share -> engine_run [connected -> ready: the ranks vote, begin together]
 *             -> many_reduce [the ranks vote, everything goes to rank 0] -> many_finish
 *
 * A rank that fails anywhere says so in the next vote (many_fail), so that nobody waits for it;
 * rank 0 then has the error, with the rank's number and host. Only rank 0 writes and prints, and
 * its exit status is that of the run. The wait for other ranks sleeps and has no limit of its own:
 * it ends when they vote, when they die (mpirun then ends the job), or by a signal.
 *
 * mpirun turns Ctrl-C, and the death of a rank, into SIGTERM, and kills a second or two later. Who
 * sees that signal calls no other rank any more: rank 0 writes what it has, its own share.
 */
#ifndef LAKEPORT_BENCH_MANY_H
#define LAKEPORT_BENCH_MANY_H

#include <stdint.h>

#include "bench/engine.h"
#include "common/error.h"
#include "common/record.h"

/*
 * Joins the other processes when mpirun (or srun) started this one. Class CONFIG when it did and
 * this program was built without MPI: then each process would offer the whole load.
 */
int many_init(struct error *e);

/* Leaves them: the last call. After many_init() failed, too. */
void many_finish(void);

unsigned many_rank(void);	/* 0 when alone */
unsigned many_size(void);	/* 1 when alone */
unsigned many_neighbours(void); /* ranks on this machine, with this one */
uint64_t many_wall(void);	/* one wall clock time, the same in all ranks */

/*
 * What of `whole` is this rank's: connections and rate are divided, threads are those of each
 * rank; connections are numbered through all ranks, so that random streams differ. Class USAGE
 * when there are fewer connections than ranks.
 */
int many_share(const struct engine_options *whole, struct engine_options *share, struct error *e);

/*
 * This rank cannot go on because of `e`. In rank 0 `e` then is what the user must read: who failed
 * and how. Does nothing when all ranks know already.
 */
void many_fail(struct error *e);

/*
 * Brings everything to rank 0, where `result` becomes the sum of all and `whole->threads` their
 * number. 1: done. 0: a signal came first, `result` is that of this rank still. -1: another
 * rank failed after the begin.
 */
int many_reduce(struct engine_options *whole, const struct record *record,
		struct engine_result *result, struct error *e);

/* After many_reduce(), in rank 0: how the ranks differ. Nothing when alone. */
void many_record(struct record *record);

#endif
