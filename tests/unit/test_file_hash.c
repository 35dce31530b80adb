/* test_file_hash.c - the hash of a file is the same whoever computes it, and in how many pieces. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "migrate/file_hash.h"

#define LARGE ((3 << 20) + 5)
/* of the bytes (7 * i) mod 256, from sha256sum */
#define LARGE_HASH "41fbed9f0d5d1683eb3c1727486c0baf37666b085228ba7ea57e041d65994e28"
#define SMALL_HASH "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" /* abc */

static char *make_file(size_t size, const char *text)
{
	char *path = strdup("/tmp/lakeport-hash-XXXXXX");
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "wb");
	size_t i;

	assert_non_null(f);
	for (i = 0; i < size; i++)
		fputc(text ? text[i] : (int)(i * 7 & 0xff), f);
	assert_int_equal(fclose(f), 0);
	return path;
}

static void drop_file(char *path)
{
	unlink(path);
	free(path);
}

/* Takes so many steps before the end. */
static void expect(const char *path, int64_t size, bool threaded, int steps, const char *expected)
{
	struct error e = ERROR_INIT;
	struct file_hash h;

	file_hash_begin(&h, path, size, threaded);
	while (steps-- > 0)
		file_hash_step(&h);
	assert_int_equal(file_hash_end(&h, false, &e), 0);
	assert_string_equal(h.hex, expected);
}

static void small_files_are_done_at_once(void **state)
{
	char *path = make_file(3, "abc");

	(void)state;
	expect(path, 3, false, 0, SMALL_HASH);
	expect(path, 3, true, 0, SMALL_HASH);
	expect(path, 3, false, 5, SMALL_HASH);
	drop_file(path);
}

static void large_ones_by_a_thread_or_by_steps(void **state)
{
	char *path = make_file(LARGE, NULL);

	(void)state;
	expect(path, LARGE, true, 0, LARGE_HASH);
	expect(path, LARGE, false, 0, LARGE_HASH);
	expect(path, LARGE, false, 4, LARGE_HASH);
	expect(path, LARGE, false, 100, LARGE_HASH);
	drop_file(path);
}

static void the_last_step_says_so(void **state)
{
	char *path = make_file(LARGE, NULL);
	struct error e = ERROR_INIT;
	struct file_hash h;
	int steps = 1;

	(void)state;
	file_hash_begin(&h, path, LARGE, false);
	while (file_hash_step(&h))
		steps++;
	assert_int_equal(steps, 3 * 4 + 1 + 1); /* of 256 KB, what is left, and the end */
	assert_false(file_hash_step(&h));
	assert_int_equal(file_hash_end(&h, false, &e), 0);
	assert_string_equal(h.hex, LARGE_HASH);
	drop_file(path);
}

static void what_is_not_wanted_is_left(void **state)
{
	char *path = make_file(LARGE, NULL);
	struct error e = ERROR_INIT;
	struct file_hash h;

	(void)state;
	file_hash_begin(&h, path, LARGE, false);
	file_hash_step(&h);
	assert_int_equal(file_hash_end(&h, true, &e), -1);
	assert_int_equal(e.class, ERROR_NONE);
	drop_file(path);
}

static void a_file_that_is_gone(void **state)
{
	struct error e = ERROR_INIT;
	struct file_hash h;

	(void)state;
	file_hash_begin(&h, "/tmp/lakeport-no-such-file", LARGE, false);
	assert_false(file_hash_step(&h));
	assert_int_equal(file_hash_end(&h, false, &e), -1);
	assert_int_equal(e.class, ERROR_INPUT);
	assert_string_equal(e.text,
			    "cannot open '/tmp/lakeport-no-such-file': No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_files_are_done_at_once),
		cmocka_unit_test(large_ones_by_a_thread_or_by_steps),
		cmocka_unit_test(the_last_step_says_so),
		cmocka_unit_test(what_is_not_wanted_is_left),
		cmocka_unit_test(a_file_that_is_gone),
	};

	return RUN("file_hash", tests);
}
