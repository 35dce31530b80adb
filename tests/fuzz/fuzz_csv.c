/*
 * fuzz_csv.c - hostile CSV: reading gives records of fields that stand inside the text, or an error
 * with a place.
 */
#include <assert.h>

#include "common/csv.h"
#include "tests/fuzz/fuzz.h"

static long records;

static void check_record(const struct csv *c, const char *text, const char *end)
{
	size_t i;

	for (i = 0; i < c->field_count; i++) {
		const struct csv_field *f = &c->fields[i];

		assert(f->text >= text && f->text + f->length <= end);
		assert(f->text[f->length] == '\0');
		assert(f->place.line >= 1 && f->place.column >= 1);
		assert(f->quoted || !memchr(f->text, '\n', f->length));
		assert(i == 0 || f->text > c->fields[i - 1].text + c->fields[i - 1].length);
	}
	assert(c->field_count <= CSV_MAX_FIELDS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error e = ERROR_INIT;
	char *text = malloc(size + 1); /* of exactly this size, for the address checks */
	struct csv c;
	int n;

	assert(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	csv_begin(&c, text, size, "fuzz.csv", &e);
	while ((n = csv_next(&c)) > 0) {
		assert((size_t)n == c.field_count);
		check_record(&c, text, text + size);
		records++;
	}
	assert(n == 0 ? c.p == c.end
		      : e.class == ERROR_INPUT && strncmp(e.text, "fuzz.csv:", 9) == 0);
	csv_release(&c);
	free(text);
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
static const char *const seeds[] = {
	"id,name,note\r\n1,\"O'Hare, \"\"ORD\"\"\",\r\n2,,\"two\nlines\"\r\n\r\n3,\"\",x\r\n",
	"\xef\xbb\xbf"
	"a\n\"b\"\n\n,c\n\"\"\"\",\"\"\n",
};
#define SEEDS (sizeof(seeds) / sizeof(seeds[0]))

int main(int argc, char **argv)
{
	struct str all[SEEDS];
	size_t i;
	int status;

	for (i = 0; i < SEEDS; i++)
		all[i] = (struct str){seeds[i], strlen(seeds[i])};
	status = fuzz_main(argc, argv, all, SEEDS, "\"\",,\n\r 'a1\xc3\xef");
	printf("%ld records\n", records);
	return status;
}
#endif
