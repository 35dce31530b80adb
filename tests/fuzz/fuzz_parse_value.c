/*
 * fuzz_parse_value.c - hostile texts of values: each type takes or refuses them, within its range,
 * without looking outside; and a decimal is the same number on both ways.
 */
#include <assert.h>

#include "migrate/parse_value.h"
#include "tests/fuzz/fuzz.h"

static long accepted;

/* What is accepted keeps the promises of block.h. */
static void check_value(const struct block_column *c)
{
	const void *v = c->values;

	switch (c->type.kind) {
	case BLOCK_DECIMAL:
		assert(*(const __int128 *)v == BLOCK_DECIMAL_NAN ||
		       (*(const __int128 *)v < parse_power10(c->type.precision) &&
			*(const __int128 *)v > -parse_power10(c->type.precision)));
		break;
	case BLOCK_TIME:
		assert(*(const int64_t *)v >= 0 && *(const int64_t *)v <= 86400000000LL);
		break;
	case BLOCK_TEXT:
		assert(text_is_utf8(((const struct str *)v)->p, ((const struct str *)v)->len));
		break;
	default:
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct block_type types[BLOCK_KIND_COUNT];
	struct block b;
	char *text = malloc(size ? size : 1); /* of exactly this size, for the address checks */
	size_t i;

	assert(text);
	if (size)
		memcpy(text, data, size);
	for (i = 0; i < BLOCK_KIND_COUNT; i++)
		types[i] = (struct block_type){.kind = (enum block_kind)i};
	types[BLOCK_DECIMAL] = (struct block_type){BLOCK_DECIMAL, 18, 2};
	types[BLOCK_TEXT].precision = 10;
	block_init(&b, types, BLOCK_KIND_COUNT);
	for (i = 0; i < BLOCK_KIND_COUNT; i++) {
		int fault = parse_put(&b, i, (struct str){text, size}, NULL, false);

		assert(fault >= PARSE_OK && fault < (int)REJECT_REASON_COUNT);
		if (fault == PARSE_OK) {
			check_value(&b.columns[i]);
			accepted++;
		}
	}
	block_release(&b);
	free(text);
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
static const char *const seeds[] = {
	"2024-01-31T12:34:56.123456+02:00",
	"0044-03-15 BC",
	"31-Jan-2024 12:34 PM America/New_York",
	"Thu, 29/02/2024 GMT+2:30",
	"-1234567890.123456789e-3",
	"1 year 2 mons -3 days 04:05:06.7 ago",
	"P1Y2M3DT4H5M6.7S",
	"{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
	"\\x00ff10",
	"infinity",
	"-NaN",
	"  true ",
};
#define SEEDS (sizeof(seeds) / sizeof(seeds[0]))

int main(int argc, char **argv)
{
	struct str all[SEEDS];
	size_t i;
	int status;

	for (i = 0; i < SEEDS; i++)
		all[i] = (struct str){seeds[i], strlen(seeds[i])};
	status = fuzz_main(argc, argv, all, SEEDS, "0123459-+.:eETZPYx\\ \n\xc3");
	printf("%ld accepted\n", accepted);
	return status;
}
#endif
