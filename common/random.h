/*
 * random.h - repeatable streams of random numbers.
 *
 * xoroshiro128** 1.0 by D. Blackman and S. Vigna (public domain, prng.di.unimi.it), seeded by
 * splitmix64: the generator that PostgreSQL 15 uses, so that functions whose values are defined
 * through it (pgbench's permute) agree. One stream belongs to one user; nothing is shared.
 */
#ifndef LAKEPORT_COMMON_RANDOM_H
#define LAKEPORT_COMMON_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t s0, s1;
};

void random_seed(struct random *r, uint64_t seed);

/* Another stream for each (seed, lane): lane is a connection's number, for instance. */
void random_seed_lane(struct random *r, uint64_t seed, uint64_t lane);

static inline uint64_t random_rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static inline uint64_t random_next(struct random *r)
{
	uint64_t s0 = r->s0, mix = r->s1 ^ s0;

	r->s0 = random_rotate(s0, 24) ^ mix ^ (mix << 16);
	r->s1 = random_rotate(mix, 37);
	return random_rotate(s0 * 5, 7) * 9;
}

/* Uniform over [low, high], both included, without modulo bias. */
static inline uint64_t random_range(struct random *r, uint64_t low, uint64_t high)
{
	uint64_t range = high - low, v;
	unsigned shift;

	if (high <= low)
		return low;
	shift = (unsigned)__builtin_clzll(range);
	do
		v = random_next(r) >> shift;
	while (v > range);
	return low + v;
}

/* Uniform over [0, 1). */
static inline double random_double(struct random *r)
{
	return (double)(random_next(r) >> 11) * 0x1.0p-53;
}

#endif
