/*
 * literal.c - the converters of literals that rules name as $name2: small functions over format.h
 * and regex.h, and the few that are neither.
 */
#include "convert/literal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "convert/format.h"
#include "convert/regex.h"

#define DATE(name, kind, input)                                                                    \
	static int name(struct str in, struct buf *out, const char **finding)                      \
	{                                                                                          \
		return format_date(kind, input, in, out, NULL, finding);                           \
	}
DATE(java, FORMAT_JAVA, false)
DATE(java_in, FORMAT_JAVA, true)
DATE(dotnet, FORMAT_DOTNET, false)
DATE(mysql, FORMAT_MYSQL, false)
DATE(oracle, FORMAT_ORACLE, false)
DATE(oracle_in, FORMAT_ORACLE, true)
DATE(snowflake, FORMAT_SNOWFLAKE, false)
DATE(snowflake_in, FORMAT_SNOWFLAKE, true)

static int number_format(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	return format_number_oracle(in, out);
}

static int dotnet_number(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	return format_number_dotnet(in, out);
}

static int same(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	buf_add(out, in.p, in.len);
	return 0;
}

static int regex(struct str in, struct buf *out, const char **finding)
{
	return regex_convert(in, false, out, finding);
}

static int posix(struct str in, struct buf *out, const char **finding)
{
	return regex_convert(in, true, out, finding);
}

/* The whole text has to match. */
static int full_regex(struct str in, struct buf *out, const char **finding)
{
	buf_puts(out, "^(?:");
	if (regex_convert(in, false, out, finding) < 0)
		return -1;
	buf_puts(out, ")$");
	/* Options count only at the very beginning. */
	return in.len > 2 && memcmp(in.p, "(?", 2) == 0 && !strchr(":=!<P", in.p[2]) ? -1 : 0;
}

static int replacement(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	return regex_replacement(in, false, out);
}

static int back_replacement(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	return regex_replacement(in, true, out);
}

static int flags(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	return regex_flags(in, out);
}

static int quote_pattern(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	regex_quote(in, out);
	return in.len ? 0 : -1;
}

static int quote_replacement(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	for (size_t i = 0; i < in.len; i++) {
		if (in.p[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, in.p[i]);
	}
	return 0;
}

static int patindex(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	return regex_from_like(in, out);
}

/* A set of delimiters -> [...] */
static int char_class(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	buf_putc(out, '[');
	for (size_t i = 0; i < in.len; i++) {
		if (strchr("\\]^-[", in.p[i]))
			buf_putc(out, '\\');
		buf_putc(out, in.p[i]);
	}
	buf_putc(out, ']');
	return in.len ? 0 : -1;
}

static int minus(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	if (in.len < 2 || in.p[0] != '-')
		return -1;
	buf_add(out, in.p + 1, in.len - 1);
	return 0;
}

static int decimals(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	if (in.len == 0 || in.len > 2 || !isdigit((unsigned char)in.p[0]) ||
	    !isdigit((unsigned char)in.p[in.len - 1]))
		return -1;
	format_decimals(strtol(in.p, NULL, 10), out);
	return 0;
}

/* printf with %s and %d only: format() knows %s. */
static int printf_format(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	for (size_t i = 0; i < in.len; i++) {
		buf_putc(out, in.p[i]);
		if (in.p[i] != '%')
			continue;
		if (++i == in.len || !strchr("sd%", in.p[i]))
			return -1;
		buf_putc(out, in.p[i] == '%' ? '%' : 's');
	}
	return 0;
}

static int charset(struct str in, struct buf *out, const char **finding)
{
	static const struct {
		const char *from, *to;
	} names[] = {
		{"ISO-8859-1", "LATIN1"},    {"LATIN1", "LATIN1"}, {"US-ASCII", "UTF8"},
		{"UTF-8", "UTF8"},	     {"UTF8", "UTF8"},	   {"UTF8MB4", "UTF8"},
		{"WINDOWS-1252", "WIN1252"},
	};

	(void)finding;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strlen(names[i].from) != in.len ||
		    strncasecmp(names[i].from, in.p, in.len) != 0)
			continue;
		buf_puts(out, names[i].to);
		return 0;
	}
	return -1;
}

/* '+05:30' has the sign of POSIX in AT TIME ZONE: the other one. */
static int zone(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	if (in.len == 0 || (in.len == 6 && strncasecmp(in.p, "SYSTEM", 6) == 0))
		return -1;
	if (in.p[0] == '+' || in.p[0] == '-') {
		buf_putc(out, in.p[0] == '+' ? '-' : '+');
		buf_add(out, in.p + 1, in.len - 1);
	} else {
		buf_add(out, in.p, in.len);
	}
	return 0;
}

/* A text that is a date without a time: 2020-01-31. */
static int date_only(struct str in, struct buf *out, const char **finding)
{
	int dashes = 0;

	(void)finding;
	for (size_t i = 0; i < in.len; i++) {
		dashes += in.p[i] == '-';
		if (!isdigit((unsigned char)in.p[i]) && in.p[i] != '-')
			return -1;
	}
	if (dashes != 2 || in.len < 8 || in.len > 10)
		return -1;
	buf_add(out, in.p, in.len);
	return 0;
}

/* A text that is a time without a date: 10:05:03 */
static int time_only(struct str in, struct buf *out, const char **finding)
{
	int colons = 0;

	(void)finding;
	for (size_t i = 0; i < in.len; i++) {
		colons += in.p[i] == ':';
		if (!isdigit((unsigned char)in.p[i]) && in.p[i] != ':' && in.p[i] != '.')
			return -1;
	}
	if (colons < 1 || colons > 2 || in.len > 15 || !isdigit((unsigned char)in.p[0]))
		return -1;
	buf_add(out, in.p, in.len);
	return 0;
}

/* A JSON path of MySQL with * or **, which finds any number of values, as Postgres' jsonpath. */
static int path_many(struct str in, struct buf *out, const char **finding)
{
	(void)finding;
	if (!memchr(in.p, '*', in.len) || in.p[0] != '$' || memchr(in.p, '"', in.len))
		return -1;
	for (size_t i = 0; i < in.len; i++) {
		if (in.len - i > 1 && in.p[i] == '*' && in.p[i + 1] == '*' && in.p[i - 1] != '.')
			buf_putc(out, '.');
		buf_putc(out, in.p[i]);
		if (in.p[i] == '*' && in.len - i > 1 && in.p[i + 1] == '*')
			buf_putc(out, in.p[++i]);
	}
	return 0;
}

/* Only when the format has nothing above an hour. */
static int mysql_time_in(struct str in, struct buf *out, const char **finding)
{
	for (size_t i = 0; i + 1 < in.len; i++)
		if (in.p[i] == '%' && !strchr("fHhIiklprSsT", in.p[++i]))
			return -1;
	return format_date(FORMAT_MYSQL, true, in, out, NULL, finding);
}

/* Only when the format has a year, a month and a day: otherwise MySQL has zeros in the date. */
static bool whole_date(struct str in)
{
	bool year = false, month = false, day = false;

	for (size_t i = 0; i + 1 < in.len; i++) {
		if (in.p[i] != '%')
			continue;
		i++;
		year |= in.p[i] == 'Y' || in.p[i] == 'y';
		month |= in.p[i] != '%' && strchr("MmbcjUu", in.p[i]) != NULL;
		day |= in.p[i] != '%' && strchr("DdejWaw", in.p[i]) != NULL;
	}
	return year && month && day;
}

static int mysql_in(struct str in, struct buf *out, const char **finding)
{
	return whole_date(in) ? format_date(FORMAT_MYSQL, true, in, out, NULL, finding) : -1;
}

/* Only when the format has nothing below a day. */
static int mysql_date_in(struct str in, struct buf *out, const char **finding)
{
	bool time = false;

	if (!whole_date(in))
		return -1;
	return format_date(FORMAT_MYSQL, true, in, out, &time, finding) < 0 || time ? -1 : 0;
}

/* One step of a JSON path as an element of an array literal. */
static void path_element(struct buf *out, const char *p, size_t n)
{
	bool plain = n > 0;

	for (size_t i = 0; i < n; i++)
		plain &= isalnum((unsigned char)p[i]) || p[i] == '_';
	if (n == 4 && strncasecmp(p, "null", 4) == 0)
		plain = false;
	if (out->len > 1)
		buf_putc(out, ',');
	if (!plain)
		buf_putc(out, '"');
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '"' || p[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, p[i]);
	}
	if (!plain)
		buf_putc(out, '"');
}

/* ['a'], ["a"] or [0]; returns the bytes, 0: something else. */
static size_t path_bracket(const char *p, size_t n, struct buf *out)
{
	const char *end = memchr(p, ']', n);

	if (!end || end == p + 1)
		return 0;
	if ((p[1] == '\'' || p[1] == '"') && end - p >= 3 && end[-1] == p[1]) {
		path_element(out, p + 2, (size_t)(end - p) - 3);
		return (size_t)(end - p) + 1;
	}
	for (const char *q = p + 1; q < end; q++)
		if (!isdigit((unsigned char)*q))
			return 0;
	path_element(out, p + 1, (size_t)(end - p) - 1);
	return (size_t)(end - p) + 1;
}

/* $.a.b[0], a.b[0], $["x y"] -> {a,b,0} */
static int path(struct str in, struct buf *out, const char **finding)
{
	size_t i = 0, n;

	(void)finding;
	buf_putc(out, '{');
	if (in.len && in.p[0] == '$')
		i = 1;
	else if (in.len == 0)
		return -1;
	while (i < in.len) {
		if (in.p[i] == '[') {
			n = path_bracket(in.p + i, in.len - i, out);
			if (n == 0)
				return -1;
			i += n;
			continue;
		}
		if (in.p[i] == '.')
			i++;
		else if (i > 0)
			return -1;
		if (i < in.len && in.p[i] == '"') {
			const char *end = memchr(in.p + i + 1, '"', in.len - i - 1);

			if (!end)
				return -1;
			n = (size_t)(end - in.p) - i - 1;
			path_element(out, in.p + i + 1, n);
			i += n + 2;
			continue;
		}
		for (n = 0; i + n < in.len && !strchr(".[", in.p[i + n]); n++)
			if (strchr("*?@()$: ", in.p[i + n]))
				return -1;
		if (n == 0)
			return -1;
		path_element(out, in.p + i, n);
		i += n;
	}
	buf_putc(out, '}');
	return 0;
}

/* What texts of a Java format look like, as a regular expression: a guard before to_date(). */
static int java_guard(struct str in, struct buf *out, const char **finding)
{
	static const char *const groups[][2] = {
		{"yyyy", "[0-9]{4}"},
		{"MM", "(0[1-9]|1[0-2])"},
		{"M", "(0?[1-9]|1[0-2])"},
		{"dd", "(0[1-9]|[12][0-9]|3[01])"},
		{"d", "(0?[1-9]|[12][0-9]|3[01])"},
		{"HH", "([01][0-9]|2[0-3])"},
		{"H", "([01]?[0-9]|2[0-3])"},
		{"mm", "[0-5][0-9]"},
		{"ss", "[0-5][0-9]"},
		{"SSS", "[0-9]{3}"},
		{"SSSSSS", "[0-9]{6}"},
		{"'T'", "T"},
	};
	size_t i = 0, n, k;

	(void)finding;
	buf_putc(out, '^');
	while (i < in.len) {
		if (strchr(" -/.:,_", in.p[i])) {
			buf_printf(out, in.p[i] == '.' ? "[%c]" : "%c", in.p[i]);
			i++;
			continue;
		}
		for (n = 1; i + n < in.len && in.p[i + n] == in.p[i]; n++)
			;
		n = in.p[i] == '\'' ? 3 : n;
		for (k = 0; k < sizeof(groups) / sizeof(groups[0]); k++)
			if (strlen(groups[k][0]) == n && i + n <= in.len &&
			    memcmp(groups[k][0], in.p + i, n) == 0)
				break;
		if (k == sizeof(groups) / sizeof(groups[0]))
			return -1;
		buf_puts(out, groups[k][1]);
		i += n;
	}
	buf_putc(out, '$');
	return 0;
}

/* One step of a path with wildcards: its bytes, 0: something else. */
static size_t wild_step(const char *p, size_t n, struct buf *out)
{
	size_t at = p[0] == '.', len;

	if (p[0] == '[') {
		const char *end = memchr(p, ']', n);

		if (!end)
			return 0;
		len = (size_t)(end - p) + 1;
		if (len == 3 && p[1] == '*') {
			buf_puts(out, "[*]");
			return len;
		}
		if (p[1] == '\'' && len > 4) {
			buf_printf(out, ".\"%.*s\"", (int)(len - 4), p + 2);
			return memchr(p, '"', len) || memchr(p, '\\', len) ? 0 : len;
		}
		for (size_t i = 1; i + 1 < len; i++)
			if (!isdigit((unsigned char)p[i]))
				return 0;
		buf_add(out, p, len);
		return len > 2 ? len : 0;
	}
	for (len = 0; at + len < n && !strchr(".[", p[at + len]); len++)
		if (strchr("*?@()$:\"\\", p[at + len]))
			return 0;
	buf_printf(out, ".\"%.*s\"", (int)len, p + at);
	return len && at ? at + len : 0;
}

/* $.a[*].b as a jsonpath. */
static int wild_path(struct str in, struct buf *out, const char **finding)
{
	size_t i = 1, n;

	(void)finding;
	if (in.len < 2 || in.p[0] != '$')
		return -1;
	buf_putc(out, '$');
	for (; i < in.len; i += n) {
		n = wild_step(in.p + i, in.len - i, out);
		if (n == 0)
			return -1;
	}
	return 0;
}

static const struct literal_converter converters[] = {
	{"backreplacement", false, false, back_replacement},
	{"charclass", false, false, char_class},
	{"charset", false, false, charset},
	{"dateonly", false, false, date_only},
	{"decimals", true, false, decimals},
	{"dotnet", false, false, dotnet},
	{"dotnetnumber", false, false, dotnet_number},
	{"fullregex", false, false, full_regex},
	{"java", false, false, java},
	{"javaguard", false, false, java_guard},
	{"javain", false, false, java_in},
	{"minus", true, true, minus},
	{"mysql", false, false, mysql},
	{"mysqldatein", false, false, mysql_date_in},
	{"mysqlin", false, false, mysql_in},
	{"mysqltimein", false, false, mysql_time_in},
	{"numberformat", false, false, number_format},
	{"oracle", false, false, oracle},
	{"oraclein", false, false, oracle_in},
	{"oraclenumber", false, false, number_format},
	{"path", false, false, path},
	{"pathmany", false, false, path_many},
	{"patindex", false, false, patindex},
	{"posix", false, false, posix},
	{"printf", false, false, printf_format},
	{"quotepattern", false, false, quote_pattern},
	{"quotereplacement", false, false, quote_replacement},
	{"redshift", false, false, same},
	{"redshiftin", false, false, same},
	{"regex", false, false, regex},
	{"regexflags", false, false, flags},
	{"replacement", false, false, replacement},
	{"snowflake", false, false, snowflake},
	{"snowflakein", false, false, snowflake_in},
	{"snowflakenumber", false, false, number_format},
	{"timeonly", false, false, time_only},
	{"wildpath", false, false, wild_path},
	{"zone", false, false, zone},
};

const struct literal_converter *literal_all(size_t *count)
{
	*count = sizeof(converters) / sizeof(*converters);
	return converters;
}

const struct literal_converter *literal_find(const char *name, size_t n)
{
	size_t low = 0, high = sizeof(converters) / sizeof(*converters);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strncmp(converters[middle].name, name, n);

		if (order == 0)
			order = converters[middle].name[n] != 0;
		if (order == 0)
			return &converters[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
