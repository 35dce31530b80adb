/*
 * fuzz_json_scan.c - hostile JSON: a value that is accepted is one that an independent parser
 * reads, too; every beginning of it is incomplete or a shorter value; strings come out as UTF-8
 * without NUL.
 */
#include <assert.h>
#include <cJSON.h>

#include "migrate/json_scan.h"
#include "tests/fuzz/fuzz.h"

static long accepted;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	const char *p = text;
	struct json_value v;
	struct arena a = {0};
	enum json_fault fault;

	assert(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	fault = json_scan(&p, text + size, &v);
	assert(p >= text && p <= text + size);
	assert(fault < JSON_FAULT_COUNT && json_fault_text(fault));
	if (fault == JSON_OK && v.kind == JSON_STRING) {
		struct str s = json_unescape(&v, &a);

		assert(s.len <= v.text.len && text_is_utf8(s.p, s.len));
		assert(s.len == 0 || !memchr(s.p, 0, s.len));
	}
	if (json_check((struct str){text, size}) == JSON_OK) {
		cJSON *other = cJSON_ParseWithLength(text, size);

		/* it stops at a depth of 1000 and takes other numbers than we do */
		assert(other || strchr(text, '[') || strchr(text, '{'));
		cJSON_Delete(other);
		accepted++;
		assert(json_check((struct str){text, size - 1}) != JSON_OK || size < 2 ||
		       v.kind == JSON_NUMBER || strchr(" \t\r\n", text[size - 1]));
	}
	arena_release(&a);
	free(text);
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
static const char *const seeds[] = {
	"{\"id\": 1, \"s\": \"a\\u00e4\\ud83d\\ude00\\n\", \"l\": [1, -2.5e+10, null, true]}",
	"[[], {}, \"\\\\\\\"\", {\"k\": {\"k\": [false]}}] ",
	"\"a rather long string without anything in it, and \xc3\xa4\xf0\x9f\x98\x80\"",
	"-12.50e-3",
};
#define SEEDS (sizeof(seeds) / sizeof(seeds[0]))

int main(int argc, char **argv)
{
	struct str all[SEEDS];
	size_t i;
	int status;

	for (i = 0; i < SEEDS; i++)
		all[i] = (struct str){seeds[i], strlen(seeds[i])};
	status = fuzz_main(argc, argv, all, SEEDS, "\"\\{}[]:,u0d8e. \n\xc3\xa4");
	printf("%ld accepted\n", accepted);
	return status;
}
#endif
