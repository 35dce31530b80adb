/* many_stub.c - many.h without MPI: a process is always alone. */
#include "bench/many.h"

#include "common/clock.h"
#include "common/rank.h"

int many_init(struct error *e)
{
	if (rank_count() == 1)
		return 0;
	error_set(e, ERROR_CONFIG,
		  "started %u times by mpirun, but this lakeport was built without MPI",
		  rank_count());
	return error_hint(e, "install libopenmpi-dev (scripts/setup mpi) and build it again");
}

void many_finish(void)
{
}

unsigned many_rank(void)
{
	return 0;
}

unsigned many_size(void)
{
	return 1;
}

unsigned many_neighbours(void)
{
	return 1;
}

uint64_t many_wall(void)
{
	return clock_wall();
}

int many_share(const struct engine_options *whole, struct engine_options *share, struct error *e)
{
	(void)e;
	*share = *whole;
	return 0;
}

void many_fail(struct error *e)
{
	(void)e;
}

int many_reduce(struct engine_options *whole, const struct record *record,
		struct engine_result *result, struct error *e)
{
	(void)whole;
	(void)record;
	(void)result;
	(void)e;
	return 1;
}

void many_record(struct record *record)
{
	(void)record;
}
