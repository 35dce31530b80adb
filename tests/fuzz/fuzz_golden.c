/*
 * fuzz_golden.c - hostile golden rows: reading gives whole rows or an error, and rows are always
 * the same as themselves, whatever type they are compared as (a NaN or an odd date, too).
 */
#include <assert.h>

#include "convert/golden.h"
#include "tests/fuzz/fuzz.h"

static long rows;

static void compare_with_itself(const struct golden *g, struct arena *a)
{
	enum golden_type *types = arena_alloc(a, (g->column_count + 1) * sizeof(*types));
	const char **columns = arena_alloc(a, (g->column_count + 1) * sizeof(*columns));
	struct golden_rows r = {.cells = g->cells,
				.types = types,
				.columns = columns,
				.column_count = g->column_count,
				.row_count = g->row_count};
	size_t i, k;

	for (i = 0; i < g->column_count; i++)
		columns[i] = "c";
	for (k = GOLDEN_TEXT; k <= GOLDEN_BYTES; k++) {
		for (i = 0; i < g->column_count; i++)
			types[i] = (enum golden_type)k;
		assert(!golden_difference(g, &r, 1e-9, a));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int json;

	for (json = 0; json < 2; json++) {
		struct error e = ERROR_INIT;
		struct arena a = {0};
		char *text = malloc(size + 1);
		struct golden g;

		assert(text);
		if (size)
			memcpy(text, data, size);
		text[size] = '\0';
		if (golden_parse(&g, text, size, "fuzz", json, &a, &e) == 0) {
			rows += (long)g.row_count;
			if (g.row_count < 100 && g.column_count < 100)
				compare_with_itself(&g, &a);
		} else {
			assert(e.class == ERROR_INPUT && strncmp(e.text, "fuzz:", 5) == 0);
		}
		arena_release(&a);
		free(text);
	}
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
static const char *const seeds[] = {
	"a,b\n1,\"x, \"\"y\"\"\"\n,2024-01-02T03:04:05.6+02:00\nNaN,{1,\"a b\",NULL}\n",
	"{\"a\": 1.5, \"b\": null}\n{\"b\": [1, {\"c\": true}], \"a\": \"1 day -2 mons "
	"03:04:05\"}\n",
	"[1, \"\\\\xab\"]\n[-1e300, \"2024-02-30\"]\n",
};
#define SEEDS (sizeof(seeds) / sizeof(seeds[0]))

int main(int argc, char **argv)
{
	struct str all[SEEDS];
	size_t i;
	int status;

	for (i = 0; i < SEEDS; i++)
		all[i] = (struct str){seeds[i], strlen(seeds[i])};
	status = fuzz_main(argc, argv, all, SEEDS, "\"\",,\n\r{}[]:-+.0189aeT \\\xc3\xef");
	printf("%ld rows\n", rows);
	return status;
}
#endif
