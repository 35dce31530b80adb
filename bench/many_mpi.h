/*
 * many_mpi.h - private to many.c (meeting, voting, beginning together) and many_reduce.c (bringing
 * it all to rank 0).
 *
 * Only the main thread calls MPI. Every call is of the non-blocking kind and awaited by
 * many_wait(), which sleeps (a blocking MPI call burns a core) and looks for signals. After a
 * signal no MPI call is made any more, and buffers that MPI may still know are left to the end of
 * the process. All ranks are of one build: structs travel as bytes.
 */
#ifndef LAKEPORT_BENCH_MANY_MPI_H
#define LAKEPORT_BENCH_MANY_MPI_H

#include <mpi.h>

#include "bench/kept.h"
#include "bench/many.h"
#include "bench/ranks.h"

struct many_host { /* what is told about a rank when it joins */
	char name[64];
	uint64_t wall;
};

struct many_vote {
	uint64_t failed;
	uint64_t asked; /* a hash of what is to be done */
};

struct many {
	bool joined;	  /* MPI is up */
	bool interrupted; /* by a signal: no MPI call any more */
	bool over;	  /* nobody waits for this rank any more */
	int rank, size, neighbours;
	struct many_host *hosts; /* of all ranks */
	struct many_vote *votes; /* of all ranks */
	int64_t *clock_ahead;	 /* in rank 0: how far each rank's clock_now() is ahead */
	struct many_vote mine;
	unsigned connections; /* of this rank */
	struct kept kept;     /* the seconds of this rank */
	struct rank *ranks;   /* in rank 0, once all were merged */
};
extern struct many many;

int many_wait(MPI_Request *request); /* 0: done; -1: a signal came first */
int many_broadcast(void *data, size_t size, int from);

/*
 * All ranks say whether they can go on; `mine` is why this one cannot, or NULL. 0 when all can,
 * and are asked for the same. Else -1 in every rank, with the same `e`; after a signal -1 in this.
 */
int many_poll(const struct error *mine, struct error *e);

#endif
