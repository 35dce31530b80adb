/* rank.c - see rank.h. Open MPI, PMIx (srun, prte) and MPICH's PMI in this order. */
#include "common/rank.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/text.h"

#define LINGER CLOCK_SECOND

static const char *const ranks[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", NULL};
static const char *const counts[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS", NULL};

static bool find(const char *const *names, int64_t *value)
{
	for (; *names; names++)
		if (getenv(*names) && text_to_int(getenv(*names), value) && *value >= 0)
			return true;
	return false;
}

bool rank_is_given(void)
{
	int64_t v;

	return find(ranks, &v);
}

unsigned rank_mine(void)
{
	int64_t v;

	return find(ranks, &v) ? (unsigned)v : 0;
}

unsigned rank_count(void)
{
	int64_t v;

	return rank_is_given() && find(counts, &v) && v > 0 ? (unsigned)v : 1;
}

void rank_linger(void)
{
	uint64_t end = clock_now() + LINGER;

	while (clock_now() < end)
		clock_sleep(end - clock_now());
}
