/*
 * test_convert.c - the converter by its cases: tests/convert/NAME.txt holds a dialect's, written
 * for this test. A case is the source, a line "->", what Postgres gets, and a blank line; lines
 * that begin with '#' before a case say what it is about. "-> same" is a text that must not change;
 * "-> left CODE" one that does not change and is reported.
 */
#include "tests/unit/unit.h"

#include <pg_query.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/finding.h"
#include "convert/keyword.h"
#include "convert/rules.h"

struct one_case {
	char source[4096], expected[4096];
	char code[64]; /* of the finding that it must have, or "" */
};

/* Reads the next case; false at the end. */
static bool read_case(FILE *f, struct one_case *c)
{
	char line[2048], *into = c->source;
	size_t room = sizeof(c->source) - 1;

	c->source[0] = c->expected[0] = c->code[0] = '\0';
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '\n' && into == c->expected)
			return true;
		if (line[0] == '\n' || (line[0] == '#' && into == c->source && !c->source[0]))
			continue;
		if (strcmp(line, "->\n") == 0) {
			into = c->expected;
			continue;
		}
		if (strcmp(line, "-> same\n") == 0 || sscanf(line, "-> left %63s", c->code) == 1) {
			memcpy(c->expected, c->source, sizeof(c->expected));
			return true;
		}
		strncat(into, line, room - strlen(into));
	}
	return into == c->expected;
}

static void cut_end(char *s)
{
	size_t n = strlen(s);

	while (n > 0 && s[n - 1] == '\n')
		s[--n] = '\0';
}

/* Postgres' own parser takes what was converted in full. */
static void check_parses(const struct conversion *c)
{
	PgQueryParseResult r;

	if (c->status == CONVERSION_NOT || c->status == CONVERSION_PARTLY)
		return;
	r = pg_query_parse(c->sql);
	if (r.error)
		print_message("%s\n%s\n", c->sql, r.error->message);
	assert_null(r.error);
	pg_query_free_parse_result(r);
}

static void check_code(const struct conversion *c, const char *code)
{
	bool found = code[0] == '\0';

	for (size_t i = 0; i < c->finding_count; i++)
		found |= strcmp(c->findings[i].code, code) == 0;
	if (!found)
		print_message("%s\nhas no finding %s\n", c->sql, code);
	assert_true(found);
}

static void check_case(const struct dialect *d, struct one_case *c)
{
	struct convert_settings s;
	struct conversion out, again;
	struct arena a = {0};

	cut_end(c->source);
	cut_end(c->expected);
	convert_settings_init(&s, d);
	convert_statement(&a, &s, (struct str){c->source, strlen(c->source)}, &out);
	if (strcmp(out.sql, c->expected) != 0)
		print_message("source: %s\n", c->source);
	assert_string_equal(out.sql, c->expected);
	check_code(&out, c->code);
	check_parses(&out);
	convert_settings_init(&s, dialect_find("postgres")); /* what we print parses, unchanged */
	convert_statement(&a, &s, (struct str){c->expected, strlen(c->expected)}, &again);
	if (out.status != CONVERSION_NOT && out.status != CONVERSION_PARTLY)
		assert_string_equal(again.sql, c->expected);
	arena_release(&a);
}

static void the_cases_hold(void **state)
{
	static struct one_case c;
	size_t count = 0;

	(void)state;
	for (const char *const *name = dialect_names(); *name; name++) {
		char path[128];
		FILE *f;

		snprintf(path, sizeof(path), "tests/convert/%s.txt", *name);
		f = fopen(path, "r");
		if (!f)
			continue;
		for (; read_case(f, &c); count++)
			check_case(dialect_find(*name), &c);
		fclose(f);
	}
	assert_true(count > 20);
}

static void keywords_are_sorted_and_found(void **state)
{
	(void)state;
	for (int k = 1; k < KEYWORD_COUNT; k++) {
		const char *w = keyword_text((enum keyword)k);

		assert_int_equal(keyword_find(w, strlen(w)), k);
		if (k > 1)
			assert_true(strcmp(keyword_text((enum keyword)(k - 1)), w) < 0);
	}
	assert_int_equal(keyword_find("select", 6), K_SELECT);
	assert_int_equal(keyword_find("selects", 7), KEYWORD_NONE);
}

static void codes_are_sorted_and_found(void **state)
{
	size_t count;
	const struct finding_kind *all = finding_all(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(finding_find(all[i].code), &all[i]);
		assert_true(all[i].title && all[i].text && all[i].advice);
		if (i > 0)
			assert_true(strcmp(all[i - 1].code, all[i].code) < 0);
	}
	assert_null(finding_find("NO-SUCH-CODE"));
}

static void variant_functions_are_sorted(void **state)
{
	(void)state;
	for (size_t i = 1; variant_function(i); i++)
		assert_true(strcmp(variant_function(i - 1), variant_function(i)) < 0);
}

static void types_are_sorted(void **state)
{
	const struct type_rule *const tables[] = {types_databricks, types_tsql,
						  types_oracle,	    types_mysql,
						  types_redshift,   types_snowflake};

	(void)state;
	for (size_t t = 0; t < COUNT(tables); t++)
		for (size_t i = 1; tables[t][i].name; i++)
			if (strcmp(tables[t][i - 1].name, tables[t][i].name) > 0)
				fail_msg("'%s' before '%s'", tables[t][i - 1].name,
					 tables[t][i].name);
}

static void deep_nesting_is_refused(void **state)
{
	struct convert_settings s;
	struct conversion c;
	struct arena a = {0};
	size_t n = 100000;
	char *text = malloc(n + 8);

	(void)state;
	memcpy(text, "SELECT ", 7);
	memset(text + 7, '(', n);
	convert_settings_init(&s, dialect_find("databricks"));
	convert_statement(&a, &s, (struct str){text, n + 7}, &c);
	assert_int_equal(c.status, CONVERSION_NOT);
	assert_string_equal(c.findings[0].code, "NOT-PARSED");
	assert_non_null(strstr(c.findings[0].message, "less nesting"));
	arena_release(&a);
	free(text);
}

struct cut {
	int count;
	char parts[8][64];
};

static void keep(void *context, struct str s, size_t offset)
{
	struct cut *c = context;

	(void)offset;
	assert_true(c->count < 8);
	snprintf(c->parts[c->count++], sizeof(c->parts[0]), "%.*s", (int)s.len, s.p);
}

static void texts_are_cut_into_statements(void **state)
{
	const char *text = "select ';' a; -- x;\nselect \"b\" ;\n\n",
		   *batch = "select 1\nGO\nselect 2";
	struct cut c = {0}, t = {0};

	(void)state;
	convert_split(dialect_find("databricks"), (struct str){text, strlen(text)}, keep, &c);
	assert_int_equal(c.count, 2);
	assert_string_equal(c.parts[0], "select ';' a");
	assert_string_equal(c.parts[1], "-- x;\nselect \"b\"");
	convert_split(dialect_find("tsql"), (struct str){batch, strlen(batch)}, keep, &t);
	assert_int_equal(t.count, 2);
	assert_string_equal(t.parts[1], "select 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cases_hold),
		cmocka_unit_test(keywords_are_sorted_and_found),
		cmocka_unit_test(codes_are_sorted_and_found),
		cmocka_unit_test(types_are_sorted),
		cmocka_unit_test(variant_functions_are_sorted),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(texts_are_cut_into_statements),
	};

	return RUN("convert", tests);
}
