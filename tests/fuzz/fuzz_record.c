/*
 * fuzz_record.c - hostile run records: reading one gives a complete record or an error; what was
 * read prints, and the print reads back as the same.
 */
#include <assert.h>

#include "common/record.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error e = ERROR_INIT;
	struct record *r = record_parse((const char *)data, size, "x", &e), *again;
	char *printed, *reprinted;

	if (!r) {
		assert(e.class == ERROR_INPUT && strncmp(e.text, "'x' ", 4) == 0);
		return 0;
	}
	printed = record_print(r);
	assert(printed);
	again = record_parse(printed, strlen(printed), "x", &e);
	assert(again);
	reprinted = record_print(again);
	assert(strcmp(printed, reprinted) == 0);
	free(printed);
	free(reprinted);
	record_free(again);
	record_free(r);
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
static char *example(void)
{
	static const struct record_column columns[] = {
		{"rate", "Rate", "tx/s", BETTER_HIGHER, false},
		{"name", "Name", "", BETTER_NONE, true}};
	struct record *r = record_new("bench", "run", 0, NULL);
	struct histogram *h = xcalloc(1, sizeof(*h));
	char *json;

	histogram_record(h, 1500);
	histogram_record(h, 90000000);
	record_target(r, "server", "PostgreSQL");
	record_metric(r, "rate", NULL, 123.5, true);
	record_metric(r, "failed", "a.sql", 3, false);
	record_histogram(r, "latency", NULL, "us", h);
	series_row(r, record_series(r, "per_second", "Over time", 1, columns, 1), (double[]){5});
	table_row(r, record_table(r, "scripts", "Scripts", columns, 2),
		  (struct cell[]){{.number = 1}, {.text = "a"}});
	record_finding(r, "CLIENT-BUSY", SEVERITY_WARNING, "thread", "busy", "more");
	json = record_print(r);
	free(h);
	record_free(r);
	return json;
}

int main(int argc, char **argv)
{
	char *json = example();
	struct str seed = {json, strlen(json)};
	int status = fuzz_main(argc, argv, &seed, 1, "{}[]:,\"\\-+.0123456789eEnultrfs\xc3");

	free(json);
	return status;
}
#endif
