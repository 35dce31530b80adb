/*
 * fuzz_csv_read.c - hostile delimited text: cutting looks at every byte once and stays inside;
 * fields stand within the text; what comes out of all fields together is never more than came in.
 */
#include <assert.h>

#include "migrate/csv_layout.h"
#include "migrate/input.h"
#include "tests/fuzz/fuzz.h"

static long rows;

static void check_row(const struct csv_row *row, const char *begin, const char *end)
{
	size_t i, kept = row->count < CSV_FIELDS_MAX ? row->count : CSV_FIELDS_MAX;

	assert(row->count > 0);
	for (i = 0; i < kept; i++) {
		assert(row->fields[i].p >= begin);
		assert(row->fields[i].p + row->fields[i].length <= end);
	}
}

/* All rows of the text, as a reader cuts them when the text is `last` or goes on. */
static const char *cut_all(const struct csv_style *s, const char *text, size_t size, bool last,
			   struct csv_field *fields)
{
	const char *p = text, *end = text + size;
	struct csv_row row = {.fields = fields};
	struct arena a = {0};

	while (p < end) {
		const char *begin = p;
		enum csv_found found = csv_cut(s, &p, end, last, &row);

		if (found == CSV_MORE) {
			assert(!last && p == begin);
			break;
		}
		assert(p > begin && p <= end);
		if (found == CSV_ROW) {
			check_row(&row, begin, p);
			assert(csv_text(s, &row.fields[0], &a).len <= row.fields[0].length);
			rows++;
		}
	}
	arena_release(&a);
	return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct csv_field fields[CSV_FIELDS_MAX];
	static const struct csv_style styles[] = {
		{',', '"', '"', '\n'}, {'|', '\'', '\\', '\n'}, {'\t', 0, 0, '\r'}};
	char *text = calloc(1, size + WINDOW_PAD);
	struct error e = ERROR_INIT;
	struct source_options o;
	struct csv_layout l;
	struct arena a = {0};
	size_t i;

	assert(text);
	if (size)
		memcpy(text, data, size);
	for (i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
		cut_all(&styles[i], text, size, false, fields);
		assert(cut_all(&styles[i], text, size, true, fields) == text + size);
	}
	source_options_init(&o);
	if (csv_layout_find(&o, "fuzz.csv", (struct str){text, size}, true, NULL, &a, &l, &e) == 0)
		cut_all(&l.style, text, size, true, fields);
	else
		assert(e.class == ERROR_INPUT);
	arena_release(&a);
	free(text);
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
static const char *const seeds[] = {
	"id,name,note\r\n1,\"O'Hare, \"\"ORD\"\"\",\r\n2,,\"two\nlines\"\r\n\r\n3,\"\",x\r\n",
	"a;b\n'x\\'; \\\\';y|1|2|\n\"open, and on\n\ttab\t\r\n",
};
#define SEEDS (sizeof(seeds) / sizeof(seeds[0]))

int main(int argc, char **argv)
{
	struct str all[SEEDS];
	size_t i;
	int status;

	for (i = 0; i < SEEDS; i++)
		all[i] = (struct str){seeds[i], strlen(seeds[i])};
	status = fuzz_main(argc, argv, all, SEEDS, "\"\"',,|;\\\n\r\t 'a1\xc3\xef");
	printf("%ld rows\n", rows);
	return status;
}
#endif
