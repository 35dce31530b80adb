/*
 * fuzz.h - the program around a fuzz entry.
 *
 * Under libFuzzer (-DLAKEPORT_LIBFUZZER) only the entry is built. Else fuzz_main() runs it over the
 * files that are named, or, with `--random N SEED`, over N mutations of the seeds: bytes changed,
 * removed, doubled, or taken from another seed.
 */
#ifndef LAKEPORT_TESTS_FUZZ_H
#define LAKEPORT_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/random.h"
#include "common/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifndef LAKEPORT_LIBFUZZER
#define FUZZ_MAX 65536

/* `special`: bytes that mean something to the parser. */
static size_t fuzz_mutate(char *text, size_t n, const struct str *seeds, size_t seed_count,
			  const char *special, struct random *r)
{
	size_t changes = 1 + random_range(r, 0, 7);

	for (; changes > 0 && n > 0; changes--) {
		const struct str *other = &seeds[random_range(r, 0, seed_count - 1)];
		size_t at = random_range(r, 0, n - 1), length = random_range(r, 1, 20), from;

		if (length > n - at)
			length = n - at;
		switch (random_range(r, 0, 3)) {
		case 0:
			text[at] = special[random_range(r, 0, strlen(special) - 1)];
			break;
		case 1:
			memmove(text + at, text + at + length, n - at - length);
			n -= length;
			break;
		case 2:
			if (n + length > FUZZ_MAX)
				break;
			memmove(text + at + length, text + at, n - at);
			n += length;
			break;
		default:
			if (length > other->len)
				length = other->len;
			from = random_range(r, 0, other->len - length);
			memcpy(text + at, other->p + from, length);
		}
	}
	return n;
}

static int fuzz_random(long count, long seed, const struct str *seeds, size_t seed_count,
		       const char *special)
{
	static char text[FUZZ_MAX];
	struct random r;
	long i;

	random_seed(&r, (uint64_t)seed);
	for (i = 0; i < count; i++) {
		const struct str *base = &seeds[random_range(&r, 0, seed_count - 1)];
		size_t n = base->len < FUZZ_MAX ? base->len : FUZZ_MAX;

		memcpy(text, base->p, n);
		n = fuzz_mutate(text, n, seeds, seed_count, special, &r);
		LLVMFuzzerTestOneInput((const uint8_t *)text, n);
	}
	return 0;
}

static int fuzz_main(int argc, char **argv, const struct str *seeds, size_t seed_count,
		     const char *special)
{
	int i;

	if (argc == 4 && strcmp(argv[1], "--random") == 0)
		return fuzz_random(atol(argv[2]), atol(argv[3]), seeds, seed_count, special);
	for (i = 1; i < argc; i++) {
		struct buf text = {0};

		if (text_read_file(argv[i], (size_t)64 << 20, &text, NULL) == 0)
			LLVMFuzzerTestOneInput((const uint8_t *)buf_text(&text), text.len);
		buf_release(&text);
	}
	return 0;
}
#endif

#endif
