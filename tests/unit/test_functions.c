/*
 * test_functions.c - the function tables of every dialect: sorted, well formed, and every template
 * an expression that Postgres' own parser takes. With --list they are printed for the live test:
 * dialect, name, number of arguments, conditions, template; tab between. --helpers prints the
 * helper functions.
 */
#include "tests/unit/unit.h"

#include <ctype.h>
#include <pg_query.h>
#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "convert/convert.h"
#include "convert/finding.h"
#include "convert/function.h"
#include "convert/helpers.h"
#include "convert/literal.h"
#include "convert/unit.h"

static const struct {
	const char *name;
	const struct function_table *functions;
	const struct unit_table *units;
} dialects[] = {
	{"databricks", &functions_databricks, &units_databricks},
	{"mysql", &functions_mysql, &units_mysql},
	{"oracle", &functions_oracle, &units_oracle},
	{"redshift", &functions_redshift, &units_redshift},
	{"snowflake", &functions_snowflake, &units_snowflake},
	{"tsql", &functions_tsql, &units_tsql},
};

/* The rows of a dialect, one call each. */
static void each_rule(void (*f)(const char *dialect, const struct function_rule *r))
{
	for (size_t d = 0; d < COUNT(dialects); d++)
		for (const struct function_table *t = dialects[d].functions; t; t = t->next)
			for (size_t i = 0; i < t->count; i++)
				f(dialects[d].name, &t->rules[i]);
}

/* A literal as the converter `name` might give it. */
static const char *sample(const char *name, size_t n)
{
	static const struct {
		const char *name, *value;
	} samples[] = {
		{"path", "'{a}'"},	    {"minus", "2"},
		{"charset", "'UTF8'"},	    {"dateonly", "'2020-01-31'"},
		{"zone", "'UTC'"},	    {"regexflags", "'i'"},
		{"printf", "'%s'"},	    {"decimals", "'FM990.00'"},
		{"charclass", "'[.]'"},	    {"wildpath", "'$.a[*]'"},
		{"timeonly", "'10:30:00'"}, {"pathmany", "'$.*'"},
	};

	assert_non_null(literal_find(name, n));
	for (size_t i = 0; i < COUNT(samples); i++)
		if (strlen(samples[i].name) == n && memcmp(samples[i].name, name, n) == 0)
			return samples[i].value;
	return n >= 8 && memcmp(name + n - 6, "number", 6) == 0 ? "'999'" : "'YYYY'";
}

/* Where the arguments of a lambda's place end: behind the closing parenthesis. */
static const char *skip_call(const char *p)
{
	int depth = 0;

	do {
		depth += *p == '(';
		depth -= *p == ')';
		p++;
	} while (depth);
	return p;
}

/* The first argument of f(a, b), without the parentheses. */
static size_t first_argument(const char *p)
{
	int depth = 0;
	size_t i = 0;

	for (; depth || (p[i] != ',' && p[i] != ')'); i++) {
		depth += p[i] == '(';
		depth -= p[i] == ')';
	}
	return i;
}

/* The template with parameters for the arguments: something that Postgres can prepare. */
static void fill(const struct function_rule *r, struct buf *out)
{
	int count = r->args_min, highest = 0;

	for (const char *p = r->to; *p; p++)
		if (*p == '$' && isdigit((unsigned char)p[1]) && p[1] - '0' > highest)
			highest = p[1] - '0';
	for (const char *p = r->to; *p;) {
		size_t n = 0;

		if (*p != '$') {
			buf_putc(out, *p++);
			continue;
		}
		p++;
		if (*p == '*') {
			buf_printf(out, "$%d", highest + 1);
			for (int i = highest + 2; i <= (count > highest ? count : highest + 1); i++)
				buf_printf(out, ", $%d", i);
			p++;
			continue;
		}
		while (isalpha((unsigned char)p[n]))
			n++;
		if (!n && !isdigit((unsigned char)*p)) {
			buf_putc(out, '$'); /* of a regular expression */
			continue;
		}
		if (n) {
			buf_puts(out, sample(p, n));
			p += n + 1;
			continue;
		}
		if (p[1] == '(') { /* a lambda: its parameter for its body */
			size_t k = first_argument(p + 2);

			buf_add(out, p + 2, k);
			if (strncmp(r->name, "transform", 9) != 0 && !strstr(r->to, "SELECT $3") &&
			    !strstr(r->to, "_a, $"))
				buf_puts(out, " IS NOT NULL");
			p = skip_call(p + 1);
			continue;
		}
		buf_printf(out, "$%c", *p++);
	}
}

static void check_parses(const char *dialect, const struct function_rule *r)
{
	struct buf sql = {0};
	PgQueryParseResult result;

	if (!r->to || !*r->to || *r->to == '@' || *r->to == '=')
		return;
	buf_puts(&sql, "SELECT ");
	fill(r, &sql);
	result = pg_query_parse(buf_text(&sql));
	if (result.error)
		fail_msg("%s %s: %s\n%s", dialect, r->name, result.error->message, buf_text(&sql));
	pg_query_free_parse_result(result);
	buf_release(&sql);
}

static void templates_parse(void **state)
{
	(void)state;
	each_rule(check_parses);
}

static void check_row(const char *dialect, const struct function_rule *r)
{
	bool arguments = r->args_min >= 0 && (r->args_max == -1 || r->args_max >= r->args_min);

	if (!arguments)
		fail_msg("%s %s: numbers of arguments", dialect, r->name);
	if (!r->to && !r->finding && !r->when)
		fail_msg("%s %s: no way, and no finding", dialect, r->name);
	if (r->finding && !finding_find(r->finding))
		fail_msg("%s %s: no finding '%s'", dialect, r->name, r->finding);
	for (const char *p = r->name; *p; p++)
		if (isupper((unsigned char)*p))
			fail_msg("%s %s: upper case", dialect, r->name);
	for (const char *p = r->to ? r->to : ""; *p; p++)
		if (*p == '$' && isdigit((unsigned char)p[1]) && r->args_max > 0 &&
		    p[1] - '0' > r->args_max)
			fail_msg("%s %s: no argument $%c", dialect, r->name, p[1]);
}

static void rows_are_well_formed(void **state)
{
	(void)state;
	each_rule(check_row);
}

static bool is_word_of(const char *p, size_t n, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == n && memcmp(p, *words, n) == 0)
			return true;
	return false;
}

static void check_condition(const char *dialect, const struct function_rule *r, const char *p,
			    size_t n)
{
	static const char *const plain[] = {"distinct",	 "filter", "over",  "order", "ignore",
					    "star",	 "ansi",   "!ansi", "ci",    "!ci",
					    "separator", "plain",  NULL};
	static const char *const words[] = {
		"int",	  "numeric",  "float",	"text",	    "bool",	"date",	    "timestamp",
		"time",	  "interval", "binary", "json",	    "array",	"struct",   "map",
		"lambda", "literal",  "string", "0",	    "positive", "negative", "days",
		"int4",	  "zoned",    "null",	"datelike", "uuid",	NULL};

	if (is_word_of(p, n, plain))
		return;
	if (n < 2 || !isdigit((unsigned char)p[0]) || !strchr("=!?", p[1]))
		fail_msg("%s %s: '%.*s'", dialect, r->name, (int)n, p);
	if (p[1] == '?' || strncmp(p + 2, "unit:", 5) == 0 || strncmp(p + 2, "lower:", 6) == 0)
		return;
	if (strncmp(p + 2, "keys:", 5) == 0 || strncmp(p + 2, "values:", 7) == 0) {
		const char *colon = memchr(p, ':', n);

		n -= (size_t)(colon + 1 - p) - 2; /* the type behind it stands where "=..." does */
		p = colon - 1;
	}
	for (const char *q = p + 2; q < p + n; q += strcspn(q, "|,") + 1) {
		size_t k = strcspn(q, "|,");

		if (!is_word_of(q, k, words))
			fail_msg("%s %s: '%.*s'", dialect, r->name, (int)k, q);
	}
}

static void check_conditions(const char *dialect, const struct function_rule *r)
{
	for (const char *p = r->when; p && *p;) {
		size_t n = strcspn(p, ",");

		check_condition(dialect, r, p, n);
		p += n + (p[n] == ',');
	}
}

static void conditions_are_known(void **state)
{
	(void)state;
	each_rule(check_conditions);
}

static void tables_are_sorted(void **state)
{
	(void)state;
	for (size_t d = 0; d < COUNT(dialects); d++) {
		const struct unit_table *u = dialects[d].units;

		for (const struct function_table *t = dialects[d].functions; t; t = t->next)
			for (size_t i = 1; i < t->count; i++)
				if (strcmp(t->rules[i - 1].name, t->rules[i].name) > 0)
					fail_msg("%s: %s", dialects[d].name, t->rules[i].name);
		for (size_t i = 1; i < u->count; i++)
			assert_true(strcmp(u->names[i - 1].name, u->names[i].name) < 0);
	}
}

/* Always taken, whatever the arguments are. */
static bool takes_all(const struct function_rule *r)
{
	for (const char *p = r->to ? r->to : ""; *p; p++)
		if (*p == '$' && (isalpha((unsigned char)p[1]) || (p[1] && p[2] == '(')))
			return false;
	return !r->when && (!r->to || *r->to != '@');
}

/* A rule behind one that is always taken would never be. */
static void no_rule_hides_another(void **state)
{
	(void)state;
	for (size_t d = 0; d < COUNT(dialects); d++)
		for (const struct function_table *t = dialects[d].functions; t; t = t->next)
			for (size_t i = 0; i < t->count; i++)
				for (size_t k = i + 1; k < t->count; k++) {
					const struct function_rule *a = &t->rules[i],
								   *b = &t->rules[k];

					if (strcmp(a->name, b->name) != 0)
						break;
					if (takes_all(a) && a->args_min <= b->args_min &&
					    (a->args_max < 0 ||
					     (b->args_max >= 0 && b->args_max <= a->args_max)))
						fail_msg("%s %s: %s", dialects[d].name, b->name,
							 b->to ? b->to : "(none)");
				}
}

/* A name in two tables of a dialect would hide the second. */
static void names_are_in_one_table(void **state)
{
	const struct function_rule *end;

	(void)state;
	for (size_t d = 0; d < COUNT(dialects); d++)
		for (const struct function_table *t = dialects[d].functions; t; t = t->next)
			for (size_t i = 0; i < t->count; i++) {
				const struct function_rule *r = function_rule_find(
					dialects[d].functions, t->rules[i].name, &end);

				if (!(r >= t->rules && r < t->rules + t->count))
					fail_msg("%s: %s", dialects[d].name, t->rules[i].name);
			}
}

static void a_name_is_found(void **state)
{
	const struct function_rule *end, *r = function_rule_find(&functions_tsql, "len", &end);

	(void)state;
	assert_non_null(r);
	assert_string_equal(r->name, "len");
	assert_true(end > r);
	assert_string_equal(end[-1].name, "len");
	assert_null(function_rule_find(&functions_tsql, "lenn", &end));
	assert_null(function_rule_find(&functions_tsql, "", &end));
	assert_null(function_rule_find(&functions_tsql, "zzz", &end));
}

static void units_are_found(void **state)
{
	(void)state;
	assert_string_equal(unit_find(&units_tsql, "YYYY", 4), "year");
	assert_string_equal(unit_find(&units_tsql, "dw", 2), "dayofweek");
	assert_string_equal(unit_find(&units_tsql, "mi", 2), "minute");
	assert_string_equal(unit_find(&units_tsql, "iso_week", 8), "weekiso");
	assert_string_equal(unit_find(&units_snowflake, "MM", 2), "month");
	assert_string_equal(unit_find(&units_redshift, "qtr", 3), "quarter");
	assert_null(unit_find(&units_tsql, "yyyyy", 5));
	assert_null(unit_find(&units_tsql, "", 0));
}

static void helpers_parse(void **state)
{
	struct buf sql = {0};
	size_t count;
	const struct helper *h = helper_all(&count);
	PgQueryParseResult result;

	(void)state;
	for (size_t i = 1; i < count; i++)
		assert_true(strcmp(h[i - 1].name, h[i].name) < 0);
	convert_helpers("lakeport", &sql);
	result = pg_query_parse(buf_text(&sql));
	if (result.error)
		fail_msg("%s", result.error->message);
	pg_query_free_parse_result(result);
	assert_null(strstr(buf_text(&sql), "@schema@"));
	buf_release(&sql);
}

static void list_row(const char *dialect, const struct function_rule *r)
{
	struct buf sql = {0};

	if (!r->to || *r->to == '@' || *r->to == '=')
		return;
	if (*r->to) {
		fill(r, &sql);
		printf("%s\t%s\t%d\t%s\t%s\n", dialect, r->name, r->args_min,
		       r->when ? r->when : "", buf_text(&sql));
	}
	buf_release(&sql);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_sorted),	  cmocka_unit_test(no_rule_hides_another),
		cmocka_unit_test(names_are_in_one_table), cmocka_unit_test(rows_are_well_formed),
		cmocka_unit_test(conditions_are_known),	  cmocka_unit_test(templates_parse),
		cmocka_unit_test(a_name_is_found),	  cmocka_unit_test(units_are_found),
		cmocka_unit_test(helpers_parse),
	};

	if (argc > 1 && strcmp(argv[1], "--list") == 0) {
		each_rule(list_row);
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "--helpers") == 0) {
		struct buf sql = {0};

		convert_helpers("lakeport", &sql);
		fputs(buf_text(&sql), stdout);
		buf_release(&sql);
		return 0;
	}
	return RUN("functions", tests);
}
