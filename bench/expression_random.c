/*
 * expression_random.c - drawing, hashing and permuting.
 *
 * random*() have the distributions of distribution.h over a range. hash*() and permute() give the
 * very values of pgbench 15.
 */
#include "bench/expression_node.h"

#define PERMUTE_ROUNDS 6

static bool fail(const struct call *c, const char *text)
{
	*c->why = text;
	return false;
}

static bool give(const struct call *c, int64_t i)
{
	c->result->type = VALUE_INT;
	c->result->integer = i;
	return true;
}

static bool draw(const struct call *c, const struct distribution *d, int64_t low, uint64_t count)
{
	const char *fault = distribution_fault(d);

	if (fault)
		return fail(c, fault);
	return give(c, (int64_t)((uint64_t)low + distribution_draw(d, c->context->random, count)));
}

/* random_gaussian() and its like: the parameter is an argument. */
static bool draw_shaped(const struct call *c, int64_t low, uint64_t count)
{
	struct distribution d = {.kind = DISTRIBUTION_EXPONENTIAL};

	if (!value_to_double(&c->arguments[2], &d.parameter, c->why))
		return false;
	if (c->x->op == OP_RANDOM_GAUSSIAN)
		d.kind = DISTRIBUTION_GAUSSIAN;
	else if (c->x->op == OP_RANDOM_ZIPFIAN)
		d.kind = DISTRIBUTION_ZIPFIAN;
	return draw(c, &d, low, count);
}

bool evaluate_random(const struct call *c)
{
	int64_t low, high;
	uint64_t range;

	if (!value_to_int(&c->arguments[0], &low, c->why) ||
	    !value_to_int(&c->arguments[1], &high, c->why))
		return false;
	if (low > high)
		return fail(c, "empty range given to random");
	range = (uint64_t)high - (uint64_t)low;
	if (range >= (uint64_t)INT64_MAX)
		return fail(c, "random range is too large");
	if (c->x->op != OP_RANDOM)
		return draw_shaped(c, low, range + 1);
	return draw(c, &c->x->distribution, low, range + 1);
}

/* FNV-1a over the eight bytes of the value, the lowest first. */
static uint64_t hash_fnv1a(uint64_t value, uint64_t seed)
{
	uint64_t h = 0xcbf29ce484222325ull ^ seed;
	int byte;

	for (byte = 0; byte < 8; byte++) {
		h = (h ^ (value & 0xff)) * 0x100000001b3ull;
		value >>= 8;
	}
	return h;
}

/* MurmurHash2 of A. Appleby, 64 bits, of one block of eight bytes. */
static uint64_t hash_murmur2(uint64_t value, uint64_t seed)
{
	const uint64_t m = 0xc6a4a7935bd1e995ull;
	uint64_t h = seed ^ 8 * m, k = value * m;

	k = (k ^ k >> 47) * m;
	h = (h ^ k) * m;
	h = (h ^ h >> 47) * m;
	return h ^ h >> 47;
}

bool evaluate_hash(const struct call *c)
{
	int64_t value, seed;

	if (!value_to_int(&c->arguments[0], &value, c->why) ||
	    !value_to_int(&c->arguments[1], &seed, c->why))
		return false;
	if (c->x->op == OP_HASH_FNV1A)
		return give(c, (int64_t)hash_fnv1a((uint64_t)value, (uint64_t)seed));
	return give(c, (int64_t)hash_murmur2((uint64_t)value, (uint64_t)seed));
}

/* A bijection of [0, mask]: times an odd number, xor, one place rotated. Larger v are kept. */
static uint64_t scramble(struct random *r, uint64_t v, uint64_t mask, unsigned bits)
{
	uint64_t factor = (random_next(r) & mask) | 1, flip = random_next(r) & mask;

	if (v > mask)
		return v;
	v = ((v * factor) ^ flip) & mask;
	return ((v << 1) & mask) | v >> (bits - 1);
}

/*
 * Each round scrambles the lower 2^bits numbers, then the upper 2^bits (the range seen from its
 * other end), and moves everything by a random distance around the range.
 */
static uint64_t permute(uint64_t value, uint64_t size, uint64_t seed)
{
	uint64_t v = value % size, mask;
	unsigned bits, round;
	struct random r;

	if (size < 2)
		return 0;
	random_seed(&r, seed);
	bits = 63 - (unsigned)__builtin_clzll(size);
	mask = ((uint64_t)1 << bits) - 1;
	for (round = 0; round < PERMUTE_ROUNDS; round++) {
		v = scramble(&r, v, mask, bits);
		v = size - 1 - scramble(&r, size - 1 - v, mask, bits);
		v = (v + random_range(&r, 0, size - 1)) % size;
	}
	return v;
}

bool evaluate_permute(const struct call *c)
{
	int64_t value, size, seed;

	if (!value_to_int(&c->arguments[0], &value, c->why) ||
	    !value_to_int(&c->arguments[1], &size, c->why) ||
	    !value_to_int(&c->arguments[2], &seed, c->why))
		return false;
	if (size <= 0)
		return fail(c, "permute size parameter must be greater than zero");
	return give(c, (int64_t)permute((uint64_t)value, (uint64_t)size, (uint64_t)seed));
}
