/* many_stub.c - many.h without MPI: a process is always alone. */
#include "bench/many.h"

#include <stdlib.h>

#include "common/clock.h"
#include "common/text.h"

int many_init(struct error *e)
{
	const char *size = getenv("OMPI_COMM_WORLD_SIZE");
	int64_t n;

	if (!size)
		size = getenv("PMI_SIZE");
	if (!size || !text_to_int(size, &n) || n < 2)
		return 0;
	error_set(e, ERROR_CONFIG,
		  "started %lld times by mpirun, but this lakeport was built without MPI",
		  (long long)n);
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
