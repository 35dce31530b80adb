/*
 * fuzz_plan.c - hostile plans and filters: judging one ends, and every finding is whole.
 */
#include <assert.h>

#include "bench/explain_plan.h"
#include "tests/fuzz/fuzz.h"

static bool look_up(void *context, struct arena *arena, const char *schema, const char *relation,
		    struct plan_relation *out)
{
	(void)context;
	(void)arena;
	*out = (struct plan_relation){.pages = 20000, .rows = (double)strlen(schema) * 1e6};
	if (relation[0] == 'i')
		out->leading[out->leading_count++] = "a";
	return true;
}

static void judge(const char *text)
{
	struct record *r = record_new("bench", "run", 0, NULL);
	struct plan_summary summary;
	struct error e = ERROR_INIT;

	if (plan_judge(text, "x", look_up, NULL, r, &summary, &e) < 0)
		assert(e.class == ERROR_INPUT && r->finding_count == 0);
	for (size_t i = 0; i < r->finding_count; i++)
		assert(r->findings[i].id[0] && r->findings[i].evidence[0]);
	buf_release(&summary.shape);
	record_free(r);
}

static void read_filter(const char *text)
{
	const char *columns[PLAN_COLUMNS];
	struct arena arena = {0};
	size_t n = plan_equal_columns(&arena, text, "t", columns), i;

	assert(n <= PLAN_COLUMNS);
	for (i = 0; i < n; i++)
		assert(columns[i]);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);

	judge(text);
	read_filter(text);
	free(text);
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
int main(int argc, char **argv)
{
	static const char plan[] =
		"[{\"Plan\":{\"Node Type\":\"Sort\",\"Plan Rows\":1,\"Actual Rows\":5000,"
		"\"Actual Loops\":1,\"Sort Space Type\":\"Disk\",\"Sort Space Used\":5,\"Plans\":["
		"{\"Node Type\":\"Seq Scan\",\"Schema\":\"s\",\"Relation Name\":\"r\","
		"\"Alias\":\"t\",\"Plan Rows\":5,\"Filter\":\"((t.a = $1) AND "
		"((t.\\\"b\\\")::text = 'x'::text))\"}]},\"Execution Time\":2}]";
	static const char filter[] =
		"((t.\"a b\" = $1) AND ((t.c)::text = 'it''s'::text) AND (t.d = ANY ('{1}')))";
	const struct str seeds[] = {{plan, sizeof(plan) - 1}, {filter, sizeof(filter) - 1}};

	return fuzz_main(argc, argv, seeds, 2, "\"'(){}[],:=.\\ A$");
}
#endif
