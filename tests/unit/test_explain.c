/* test_explain.c - plans of Postgres and what is found in them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "bench/explain_plan.h"

static void columns(void **state)
{
	static const struct {
		const char *filter, *alias, *columns;
	} cases[] = {
		{"(t.a = $1)", "t", "a"},
		{"($1 = t.a)", "t", "a"},
		{"(t.a = 5)", "s", ""},
		{"((t.a = $1) AND (t.b = 'x'::text))", "t", "a b"},
		{"((t.a = $1) AND (t.b > 2) AND (t.c < 3) AND (t.d >= 4) AND (t.e <> 5))", "t",
		 "a"},
		{"((t.a = $1) OR (t.b = $2))", "t", ""},
		{"((t.a = $1) AND ((t.b = $2) OR (t.c = $3)))", "t", "a"},
		{"((t.state)::text = $1)", "t", "state"},
		{"((t.n)::numeric = $1)", "t", ""},
		{"((t.\"Cust\"\"Id\")::text = $1)", "t", "Cust\"Id"},
		{"(\"Odd Table\".id = 4)", "Odd Table", "id"},
		{"(t.s = 'it''s = AND (t.x = 1'::text)", "t", "s"},
		{"(t.s = E'\\\\' AND t.x = 1)", "t", "s x"},
		{"(t.a = t.b)", "t", ""},
		{"(t.a = (t.b + 1))", "t", ""},
		{"(t.a = u.a)", "t", "a"},
		{"((t.a + 1) = $1)", "t", ""},
		{"(lower(t.a) = $1)", "t", ""},
		{"(t.a = ANY ('{1,2}'::integer[]))", "t", "a"},
		{"(t.a = '-1'::integer)", "t", "a"},
		{"(NOT (t.a = 1))", "t", ""},
		{"(t.a IS NULL)", "t", ""},
		{"(t.flag AND (t.a = 1))", "t", "a"},
		{"(t.a = 1) AND (t.a = 2)", "t", "a"},
		{"((t.d = CURRENT_DATE) AND (t.x ~~ '%a = b%'::text))", "t", "d"},
		{"(CASE WHEN (t.a = 1) THEN 2 ELSE 3 END = 2)", "t", ""},
		{"", "t", ""},
		{"((((", "t", ""},
		{"))))", "t", ""},
		{"(t.a = 'open", "t", ""},
		{"= = =", "t", ""},
		{"AND AND", "t", ""},
		{"(t. = 1)", "t", ""},
		{"t.a =", "t", ""},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		const char *found[PLAN_COLUMNS];
		struct buf text = {0};
		size_t n = plan_equal_columns(&arena, cases[i].filter, cases[i].alias, found);

		for (k = 0; k < n; k++)
			buf_printf(&text, "%s%s", k ? " " : "", found[k]);
		if (strcmp(buf_text(&text), cases[i].columns) != 0)
			fail_msg("%s: got '%s', wanted '%s'", cases[i].filter, buf_text(&text),
				 cases[i].columns);
		buf_release(&text);
		arena_release(&arena);
	}
}

/* What the catalogue of these tests says: big tables are called so. */
static bool look_up(void *context, struct arena *arena, const char *schema, const char *relation,
		    struct plan_relation *out)
{
	(void)context;
	(void)arena;
	if (strcmp(schema, "gone") == 0)
		return false;
	*out = (struct plan_relation){.pages = 10, .rows = 1000};
	if (strncmp(relation, "big", 3) == 0)
		out->pages = 20000, out->rows = 1e6;
	if (strcmp(relation, "big_indexed") == 0)
		out->leading[out->leading_count++] = "k";
	if (strcmp(relation, "big_unknown") == 0)
		out->rows = -1;
	return true;
}

#define SCAN(schema, table, rows, filter)                                                          \
	"{\"Node Type\":\"Seq Scan\",\"Schema\":\"" schema "\",\"Relation Name\":\"" table         \
	"\",\"Alias\":\"t\",\"Plan Rows\":" rows ",\"Filter\":\"" filter "\"}"
#define PLAN(node)	 "[{\"Plan\":" node "}]"
#define OVER(type, node) "{\"Node Type\":\"" type "\",\"Plan Rows\":1,\"Plans\":[" node "]}"
#define RAN(type, more, planned, actual, below)                                                    \
	"{\"Node Type\":\"" type "\"," more "\"Plan Rows\":" planned ",\"Actual Rows\":" actual    \
	",\"Actual Loops\":1" below "}"

static const struct {
	const char *json, *findings, *fix;
} plans[] = {
	{PLAN(SCAN("s", "big", "10", "(t.k = $1)")), "MISSING-INDEX",
	 "CREATE INDEX CONCURRENTLY ON \"s\".\"big\" (\"k\")"},
	{PLAN(SCAN("s", "big\\\"t", "10", "((t.k = $1) AND (t.\\\"L m\\\" = 2))")), "MISSING-INDEX",
	 "CREATE INDEX CONCURRENTLY ON \"s\".\"big\"\"t\" (\"k\", \"L m\")"},
	{PLAN(SCAN("s", "big_unknown", "10", "(t.k = $1)")), "MISSING-INDEX", NULL},
	{PLAN(SCAN("s", "big_indexed", "10", "(t.k = $1)")), "SEQ-SCAN-BIG-TABLE", NULL},
	{PLAN(SCAN("s", "big_indexed", "10", "(t.m = $1)")), "MISSING-INDEX", NULL},
	{PLAN(SCAN("s", "big", "900000", "(t.k = $1)")), "SEQ-SCAN-BIG-TABLE", NULL},
	{PLAN(SCAN("s", "big", "10", "(t.k > $1)")), "SEQ-SCAN-BIG-TABLE", NULL},
	{PLAN(SCAN("s", "small", "10", "(t.k = $1)")), "", NULL},
	{PLAN(SCAN("gone", "big", "10", "(t.k = $1)")), "", NULL},
	{PLAN("{\"Node Type\":\"Seq Scan\",\"Schema\":\"s\",\"Relation Name\":\"big\"}"), "", NULL},
	{PLAN(OVER("Hash Join",
		   SCAN("s", "big", "10", "(t.k = $1)") "," SCAN("s", "big2", "10", "(t.m = $2)"))),
	 "MISSING-INDEX MISSING-INDEX", NULL},
	{PLAN(OVER("Append",
		   SCAN("s", "big", "10", "(t.k = $1)") "," SCAN("s", "big", "10", "(t.k = $2)"))),
	 "MISSING-INDEX", NULL},
	{PLAN(RAN("Index Scan", "", "1", "5000", "")), "ROWS-OFF", NULL},
	{PLAN(RAN("Index Scan", "", "5000", "1", "")), "ROWS-OFF", NULL},
	{PLAN(RAN("Index Scan", "", "1", "50", "")), "", NULL},
	{PLAN(RAN("Index Scan", "", "1000", "9000", "")), "", NULL},
	{PLAN(RAN("Limit", "", "10", "10",
		  ",\"Plans\":[" RAN("Index Scan", "", "5000", "10", "") "]")),
	 "", NULL},
	{PLAN(RAN("Hash Join", "", "1", "9000",
		  ",\"Plans\":[" RAN("Index Scan", "", "1", "5000", "") "]")),
	 "ROWS-OFF", NULL},
	{PLAN(RAN("Sort", "\"Sort Space Type\":\"Disk\",\"Sort Space Used\":20000,", "1", "1", "")),
	 "SORT-ON-DISK", NULL},
	{PLAN(RAN("Sort", "\"Sort Space Type\":\"Memory\",\"Sort Space Used\":25,", "1", "1", "")),
	 "", NULL},
	{PLAN("{}"), "", NULL},
	{PLAN("{\"Node Type\":5,\"Plans\":[1,null,{\"Plans\":{}}],\"Plan Rows\":\"x\"}"), "", NULL},
};

static void findings(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		struct record *r = record_new("bench", "run", 0, NULL);
		struct plan_summary summary;
		struct error e = ERROR_INIT;
		struct buf ids = {0};

		assert_int_equal(
			plan_judge(plans[i].json, "select 1", look_up, NULL, r, &summary, &e), 0);
		for (k = 0; k < r->finding_count; k++)
			buf_printf(&ids, "%s%s", k ? " " : "", r->findings[k].id);
		if (strcmp(buf_text(&ids), plans[i].findings) != 0)
			fail_msg("%s: got '%s', wanted '%s'", plans[i].json, buf_text(&ids),
				 plans[i].findings);
		if (plans[i].fix)
			assert_string_equal(r->findings[0].fix, plans[i].fix);
		buf_release(&ids);
		buf_release(&summary.shape);
		record_free(r);
	}
}

static void no_plans(void **state)
{
	static const char *const texts[] = {"",	    "x",     "[]", "[1]", "{}", "[{\"Plan\":3}]",
					    "null", "[null]"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct record *r = record_new("bench", "run", 0, NULL);
		struct plan_summary summary;
		struct error e = ERROR_INIT;

		assert_int_equal(plan_judge(texts[i], "x", look_up, NULL, r, &summary, &e), -1);
		assert_string_equal(e.text, "the server's answer is not a plan");
		assert_int_equal(r->finding_count, 0);
		buf_release(&summary.shape);
		record_free(r);
	}
}

static void deep_plans_end(void **state)
{
	struct record *r = record_new("bench", "run", 0, NULL);
	struct plan_summary summary;
	struct error e = ERROR_INIT;
	struct buf json = {0};
	int i;

	(void)state;
	buf_puts(&json, "[{\"Plan\":");
	for (i = 0; i < 450; i++)
		buf_puts(&json, "{\"Node Type\":\"Result\",\"Plans\":[");
	for (i = 0; i < 450; i++)
		buf_puts(&json, "]}");
	buf_puts(&json, "}]");
	assert_int_equal(plan_judge(buf_text(&json), "x", look_up, NULL, r, &summary, &e), 0);
	assert_true(summary.shape.len <= 300);
	buf_release(&summary.shape);
	buf_release(&json);
	record_free(r);
}

static void shapes(void **state)
{
	struct record *r = record_new("bench", "run", 0, NULL);
	struct plan_summary summary;
	struct error e = ERROR_INIT;

	(void)state;
	assert_int_equal(
		plan_judge(PLAN(OVER("Hash Join", SCAN("s", "a", "1", "") "," OVER(
							  "Hash", SCAN("s", "b", "1", "")))),
			   "x", look_up, NULL, r, &summary, &e),
		0);
	assert_string_equal(buf_text(&summary.shape), "Hash Join (Seq Scan a, Hash (Seq Scan b))");
	buf_release(&summary.shape);
	record_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns),  cmocka_unit_test(findings),
		cmocka_unit_test(no_plans), cmocka_unit_test(deep_plans_end),
		cmocka_unit_test(shapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
