/* random.c - see random.h. */
#include "common/random.h"

/* splitmix64 (S. Vigna, public domain): spreads a seed over the whole state. */
static uint64_t splitmix(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

void random_seed(struct random *r, uint64_t seed)
{
	r->s0 = splitmix(&seed);
	r->s1 = splitmix(&seed);
	if (!r->s0 && !r->s1)
		r->s1 = 1; /* the all-zero state would stay there for ever */
}

void random_seed_lane(struct random *r, uint64_t seed, uint64_t lane)
{
	uint64_t mixed = splitmix(&seed);

	mixed ^= lane * 0xd1342543de82ef95ull;
	random_seed(r, splitmix(&mixed));
}
