/*
 * test_literal.c - formats, patterns, paths: what each converter makes of a literal. NULL: it
 * cannot be said in Postgres.
 */
#include "tests/unit/unit.h"

#include <string.h>

#include "common/text.h"
#include "convert/literal.h"

static const struct {
	const char *converter, *from, *to, *finding;
} cases[] = {
	{"java", "yyyy-MM-dd HH:mm:ss", "YYYY-MM-DD HH24:MI:SS", NULL},
	{"java", "dd/MM/yy hh:mm a", "DD/MM/YY HH12:MI AM", NULL},
	{"java", "d MMM y", "FMDD Mon FMYYYY", NULL},
	{"java", "EEEE, MMMM d", "FMDay, FMMonth FMDD", NULL},
	{"java", "yyyy-MM-dd'T'HH:mm:ss.SSS", "YYYY-MM-DD\"T\"HH24:MI:SS.FF3", NULL},
	{"java", "h 'o''clock'", "FMHH12 \"o\"'\"clock\"", NULL},
	{"java", "yyyyMMdd", "YYYYMMDD", NULL},
	{"java", "YYYY", NULL, NULL},
	{"java", "w", NULL, NULL},
	{"java", "SSSSSSSSS", NULL, NULL},
	{"java", "'open", NULL, NULL},
	{"java", "HH:mmXXX", "HH24:MITZH:TZM", NULL},
	{"javain", "d/M/yyyy", "DD/MM/YYYY", NULL},
	{"javain", "Q", NULL, NULL},
	{"dotnet", "yyyy-MM-dd", "YYYY-MM-DD", NULL},
	{"dotnet", "MM/dd/yyyy hh:mm tt", "MM/DD/YYYY HH12:MI AM", NULL},
	{"dotnet", "dddd, dd MMMM", "FMDay, DD FMMonth", NULL},
	{"dotnet", "d", "FMMM/FMDD/YYYY", NULL},
	{"dotnet", "HH\\h", "HH24\"h\"", NULL},
	{"dotnet", "0.00", NULL, NULL},
	{"dotnet", "N2", NULL, NULL},
	{"dotnetnumber", "N0", "FM999,999,999,999,999,999,990", NULL},
	{"dotnetnumber", "0.00", "FM999999999999999990.00", NULL},
	{"dotnetnumber", "0000", "FM999999999999990000", NULL},
	{"dotnetnumber", "#,##0.0#", "FM999,999,999,999,999,999,990.09", NULL},
	{"dotnetnumber", "D5", "FM999999999999900000", NULL},
	{"dotnetnumber", "C", "FM$999,999,999,999,999,999,990.00", NULL},
	{"dotnetnumber", "P", NULL, NULL},
	{"dotnetnumber", "yyyy", NULL, NULL},
	{"mysql", "%Y-%m-%d %H:%i:%s", "YYYY-MM-DD HH24:MI:SS", NULL},
	{"mysql", "%W, %M %e, %Y", "FMDay, FMMonth FMDD, YYYY", NULL},
	{"mysql", "Week %v", "\"Week \"IW", NULL},
	{"mysql", "%D %b 100%%", "FMDDth Mon \"100\"%", NULL},
	{"mysql", "%U", NULL, NULL},
	{"mysqldatein", "%d/%m/%Y", "DD/MM/YYYY", NULL},
	{"mysqldatein", "%d/%m/%Y %H", NULL, NULL},
	{"mysqlin", "%c/%e/%Y %k:%i", "MM/DD/YYYY HH24:MI", NULL},
	{"oracle", "YYYY-MM-DD HH24:MI:SS", "YYYY-MM-DD HH24:MI:SS", NULL},
	{"oracle", "fmDD Month, YYYY", "FMDD FMMonth, FMYYYY", NULL},
	{"oracle", "DD-MON-RR", "DD-MON-YY", NULL},
	{"oracle", "yyyy\"T\"hh24", "YYYY\"T\"HH24", NULL},
	{"oracle", "HH24:MI:SS.FF", "HH24:MI:SS.FF6", "NANOSECONDS"},
	{"oracle", "HH24:MI:SS.FF3", "HH24:MI:SS.FF3", NULL},
	{"oracle", "YEAR", NULL, NULL},
	{"oracle", "DL", NULL, NULL},
	{"oracle", "FM9,999.00", NULL, NULL},
	{"oraclenumber", "FM9,999.00", "FM9,999.00", NULL},
	{"oraclenumber", "$999D99", "$999D99", NULL},
	{"oraclenumber", "YYYY", NULL, NULL},
	{"oraclenumber", "XXXX", NULL, NULL},
	{"snowflake", "YYYY-MM-DD\"T\"HH24:MI:SS", "YYYY-MM-DD\"T\"HH24:MI:SS", NULL},
	{"snowflake", "DD MON YYYY", "DD Mon YYYY", NULL},
	{"snowflake", "MMMM DD", "FMMonth DD", NULL},
	{"snowflake", "MON", "Mon", NULL},
	{"decimals", "2", "FM999,999,999,999,999,999,990.00", NULL},
	{"decimals", "0", "FM999,999,999,999,999,999,990", NULL},
	{"decimals", "-1", NULL, NULL},
	{"minus", "-3", "3", NULL},
	{"minus", "3", NULL, NULL},
	{"printf", "a %s b %d 5%%", "a %s b %s 5%%", NULL},
	{"printf", "%5.2f", NULL, NULL},
	{"charset", "utf-8", "UTF8", NULL},
	{"charset", "EBCDIC", NULL, NULL},
	{"zone", "+05:30", "-05:30", NULL},
	{"zone", "Europe/Berlin", "Europe/Berlin", NULL},
	{"zone", "SYSTEM", NULL, NULL},
	{"dateonly", "2020-01-31", "2020-01-31", NULL},
	{"dateonly", "2020-01-31 10:00", NULL, NULL},
	{"path", "$.a.b[0]", "{a,b,0}", NULL},
	{"path", "$", "{}", NULL},
	{"path", "a.b", "{a,b}", NULL},
	{"path", "$['x y'].z", "{\"x y\",z}", NULL},
	{"path", "$.\"x.y\"", "{\"x.y\"}", NULL},
	{"path", "$.null", "{\"null\"}", NULL},
	{"path", "$.a[*]", NULL, NULL},
	{"path", "$..a", NULL, NULL},
	{"path", "$.a[-1]", NULL, NULL},
	{"regex", "^(\\d+)-(\\w*)$", "^(\\d+)-(\\w*)$", NULL},
	{"regex", "\\bword\\b", "\\yword\\y", NULL},
	{"regex", "[^a-z\\d]+", "[^a-z\\d]+", NULL},
	{"regex", "(?i)abc", "(?i)abc", NULL},
	{"regex", "(?s)a.b", "a.b", NULL},
	{"regex", "(?m)^a$", "(?w)^a$", NULL},
	{"regex", "(?-i)b", "b", NULL},
	{"regex", "a(?i)b", NULL, NULL},
	{"regex", "(?i:a)b", NULL, NULL},
	{"regex", "(?<year>\\d{4})", "(\\d{4})", NULL},
	{"regex", "(?P<a>x)(?<b>y)\\k<b>", "(x)(y)\\2", NULL},
	{"regex", "(?<=a)b(?!c)", "(?<=a)b(?!c)", NULL},
	{"regex", "a++", NULL, NULL},
	{"regex", "(?>a)", NULL, NULL},
	{"regex", "a*?b", "a*?b", NULL},
	{"regex", "a.*?b.*c", "a.*?b.*c", "REGEX-GREEDY"},
	{"regex", "\\p{Lu}\\p{L}*", "[[:upper:]][[:alpha:]]*", NULL},
	{"regex", "[\\p{Alpha}_]", "[[:alpha:]_]", NULL},
	{"regex", "\\P{L}", "[^[:alpha:]]", NULL},
	{"regex", "\\p{Greek}", NULL, NULL},
	{"regex", "\\Qa.b\\E+", "a\\.b+", NULL},
	{"regex", "\\x41b", "\\u0041b", NULL},
	{"regex", "a{2,3}", "a{2,3}", NULL},
	{"regex", "{a}", "\\{a}", NULL},
	{"regex", "[a&&b]", NULL, NULL},
	{"regex", "[[:alpha:]]", "[[:alpha:]]", NULL},
	{"regex", "[abc", NULL, NULL},
	{"regex", "a\\", NULL, NULL},
	{"regex", "\\z", "\\Z", NULL},
	{"posix", "[\\.]", "[\\\\.]", NULL},
	{"posix", "[[:digit:]]+", "[[:digit:]]+", NULL},
	{"fullregex", "a|b", "^(?:a|b)$", NULL},
	{"fullregex", "(?i)a", NULL, NULL},
	{"replacement", "$1-$2", "\\1-\\2", NULL},
	{"replacement", "\\$5", "$5", NULL},
	{"replacement", "[$0]", "[\\&]", NULL},
	{"replacement", "${name}", NULL, NULL},
	{"replacement", "a\\\\b", "a\\\\b", NULL},
	{"backreplacement", "\\2 \\1", "\\2 \\1", NULL},
	{"backreplacement", "$1", "$1", NULL},
	{"backreplacement", "a\\b", "a\\\\b", NULL},
	{"regexflags", "im", "iw", NULL},
	{"regexflags", "z", NULL, NULL},
	{"quotepattern", "a.b*", "a\\.b\\*", NULL},
	{"quotepattern", "", NULL, NULL},
	{"quotereplacement", "\\1", "\\\\1", NULL},
	{"patindex", "%c%", "c", NULL},
	{"patindex", "a_c", "^a.c$", NULL},
	{"patindex", "%[0-9]%", "[0-9]", NULL},
	{"patindex", "%[^a-z].", "[^a-z]\\.$", NULL},
	{"patindex", "[a", NULL, NULL},
	{"charclass", ".,-", "[.,\\-]", NULL},
};

static void literals_are_converted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct literal_converter *c =
			literal_find(cases[i].converter, strlen(cases[i].converter));
		struct str in = {cases[i].from, strlen(cases[i].from)};
		struct buf out = {0};
		const char *finding = NULL;
		int status;

		assert_non_null(c);
		status = c->convert(in, &out, &finding);
		if (status < 0 && cases[i].to)
			fail_msg("%s '%s': refused", c->name, in.p);
		if (status == 0 && !cases[i].to)
			fail_msg("%s '%s': '%s'", c->name, in.p, buf_text(&out));
		if (cases[i].to && strcmp(buf_text(&out), cases[i].to) != 0)
			fail_msg("%s '%s': '%s'", c->name, in.p, buf_text(&out));
		if (status == 0 &&
		    (cases[i].finding ? strcmp(cases[i].finding, finding ? finding : "")
				      : finding != NULL))
			fail_msg("%s '%s': finding %s", c->name, in.p, finding);
		buf_release(&out);
	}
}

static void names_are_sorted_and_found(void **state)
{
	size_t count;
	const struct literal_converter *all = literal_all(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(literal_find(all[i].name, strlen(all[i].name)), &all[i]);
		assert_true(i == 0 || strcmp(all[i - 1].name, all[i].name) < 0);
	}
	assert_null(literal_find("jav", 3));
	assert_null(literal_find("javax", 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(literals_are_converted),
		cmocka_unit_test(names_are_sorted_and_found),
	};

	return RUN("literal", tests);
}
