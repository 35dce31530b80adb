/*
 * golden_value.c - whether two values are the same, each kind of value in its own way.
 *
 * The value that came is written as Postgres writes it; the one that is wanted may be written as
 * the source, or the program that exported it, does: 2024-01-02T00:00:00Z, true, [1,2], 1.0E3.
 */
#include "convert/golden.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cJSON.h>

#include "common/text.h"

/* OIDs of built-in types, fixed for ever in pg_type.dat; sorted. */
static const struct {
	unsigned oid;
	enum golden_type type;
} types[] = {
	{16, GOLDEN_BOOLEAN},  {17, GOLDEN_BYTES},   {20, GOLDEN_INTEGER},    {21, GOLDEN_INTEGER},
	{23, GOLDEN_INTEGER},  {26, GOLDEN_INTEGER}, {114, GOLDEN_JSON},      {199, GOLDEN_ARRAY},
	{700, GOLDEN_NUMBER},  {701, GOLDEN_NUMBER}, {1000, GOLDEN_ARRAY},    {1005, GOLDEN_ARRAY},
	{1007, GOLDEN_ARRAY},  {1009, GOLDEN_ARRAY}, {1015, GOLDEN_ARRAY},    {1016, GOLDEN_ARRAY},
	{1021, GOLDEN_ARRAY},  {1022, GOLDEN_ARRAY}, {1042, GOLDEN_PADDED},   {1082, GOLDEN_DATE},
	{1083, GOLDEN_CLOCK},  {1114, GOLDEN_TIME},  {1115, GOLDEN_ARRAY},    {1182, GOLDEN_ARRAY},
	{1184, GOLDEN_TIME},   {1185, GOLDEN_ARRAY}, {1186, GOLDEN_INTERVAL}, {1231, GOLDEN_ARRAY},
	{1700, GOLDEN_NUMBER}, {2950, GOLDEN_BYTES}, {3802, GOLDEN_JSON},     {3807, GOLDEN_ARRAY},
};

enum golden_type golden_type(unsigned oid)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].oid == oid)
			return types[i].type;
	return GOLDEN_TEXT;
}

static bool to_number(const char *s, double *value)
{
	static const struct {
		const char *word;
		double value;
	} words[] = {
		{"nan", NAN},	     {"infinity", INFINITY},
		{"inf", INFINITY},   {"-infinity", -INFINITY},
		{"-inf", -INFINITY},
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(s, words[i].word) == 0) {
			*value = words[i].value;
			return true;
		}
	return text_to_double(s, value);
}

/* "-0012" and "-12": digits without their sign and leading zeros; NULL: no plain integer. */
static const char *plain_integer(const char *s, bool *negative)
{
	const char *p = s + (*s == '-' || *s == '+');

	*negative = *s == '-';
	if (!*p || p[strspn(p, "0123456789")])
		return NULL;
	while (*p == '0' && p[1])
		p++;
	return p;
}

static bool same_number(const char *want, const char *got, double tolerance);

static bool same_integer(const char *want, const char *got, double tolerance)
{
	bool wn, gn;
	const char *w = plain_integer(want, &wn), *g = plain_integer(got, &gn);

	if (!w || !g || tolerance > GOLDEN_ROUNDING)
		return same_number(want, got, tolerance);
	return strcmp(w, g) == 0 && (wn == gn || strcmp(w, "0") == 0);
}

static bool same_number(const char *want, const char *got, double tolerance)
{
	double w, g;

	if (!to_number(want, &w) || !to_number(got, &g))
		return strcmp(want, got) == 0;
	if (isnan(w) || isnan(g))
		return isnan(w) && isnan(g);
	if (isinf(w) || isinf(g))
		return w > 0 ? isinf(g) && g > 0 : isinf(g) && g < 0;
	return fabs(w - g) <= tolerance * fmax(fabs(w), fabs(g)) || w == g;
}

/* 1, 0, or -1 when it is no boolean. */
static int to_boolean(const char *s)
{
	static const char *const yes[] = {"t", "true", "1", "yes", "y"};
	static const char *const no[] = {"f", "false", "0", "no", "n"};
	size_t i;

	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (strcasecmp(s, yes[i]) == 0)
			return 1;
		if (strcasecmp(s, no[i]) == 0)
			return 0;
	}
	return -1;
}

/* ---- dates and times ---- */

struct moment {
	int64_t us; /* since 1970, as written */
	int offset_s;
	bool has_offset;
};

static int64_t days_from_civil(int64_t y, int m, int d)
{
	int64_t era, doe;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	doe = (y - era * 400) * 365 + (y - era * 400) / 4 - (y - era * 400) / 100 +
	      (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + doe - 719468;
}

static const char *digits(const char *p, int most, int *value)
{
	int n = 0;

	*value = 0;
	while (n < most && isdigit((unsigned char)*p)) {
		*value = *value * 10 + (*p++ - '0');
		n++;
	}
	return n ? p : NULL;
}

static const char *read_offset(const char *p, struct moment *m)
{
	int h = 0, min = 0, sign = *p == '-' ? -1 : 1;

	if (*p == 'Z' || *p == 'z') {
		m->has_offset = true;
		return p + 1;
	}
	if (*p != '+' && *p != '-')
		return p;
	p = digits(p + 1, 2, &h);
	if (!p)
		return NULL;
	if (*p == ':')
		p++;
	if (isdigit((unsigned char)*p))
		p = digits(p, 2, &min);
	m->offset_s = sign * (h * 3600 + min * 60);
	m->has_offset = true;
	return p;
}

static const char *read_clock(const char *p, struct moment *m)
{
	int h, min, s = 0, us = 0, scale = 100000;

	p = digits(p, 2, &h);
	if (!p || *p != ':' || !(p = digits(p + 1, 2, &min)))
		return NULL;
	if (*p == ':' && !(p = digits(p + 1, 2, &s)))
		return NULL;
	if (*p == '.')
		for (p++; isdigit((unsigned char)*p); p++, scale /= 10)
			us += (*p - '0') * scale;
	m->us += ((int64_t)h * 3600 + min * 60 + s) * 1000000 + us;
	if (*p == ' ' && (p[1] == '+' || p[1] == '-'))
		p++;
	return read_offset(p, m);
}

static bool to_moment(const char *p, struct moment *m)
{
	int y, mon, d;

	*m = (struct moment){0};
	p = digits(p, 6, &y);
	if (!p || *p != '-' || !(p = digits(p + 1, 2, &mon)) || *p != '-' ||
	    !(p = digits(p + 1, 2, &d)))
		return false;
	if (mon < 1 || mon > 12 || d < 1 || d > 31)
		return false;
	m->us = days_from_civil(y, mon, d) * 86400 * 1000000;
	if (*p == ' ' || *p == 'T') {
		p = read_clock(p + 1, m);
		if (!p)
			return false;
	}
	return *p == '\0';
}

static bool same_moment(const char *want, const char *got)
{
	struct moment w, g;

	if (!to_moment(want, &w) || !to_moment(got, &g))
		return strcmp(want, got) == 0;
	if (!w.has_offset || !g.has_offset)
		return w.us == g.us;
	return w.us - (int64_t)w.offset_s * 1000000 == g.us - (int64_t)g.offset_s * 1000000;
}

/* 04:05:06.7: digits behind the point may be zeros that nobody needs. */
static bool same_clock(const char *want, const char *got)
{
	struct moment w = {0}, g = {0};
	const char *p = read_clock(want, &w), *q = read_clock(got, &g);

	if (!p || !q || *p || *q)
		return strcmp(want, got) == 0;
	return w.us == g.us && w.offset_s == g.offset_s;
}

/* "1 year 2 mons -3 days 04:05:06.7", as Postgres writes it. */
static bool to_interval(const char *p, double *months, double *seconds)
{
	static const struct {
		const char *word;
		double months, seconds;
	} units[] = {{"year", 12, 0},	{"mon", 1, 0},	{"day", 0, 86400}, {"week", 0, 604800},
		     {"hour", 0, 3600}, {"min", 0, 60}, {"sec", 0, 1}};
	char *end;

	*months = *seconds = 0;
	while (*p) {
		bool negative = *p == '-';
		double n = strtod(p, &end);
		size_t i, k = sizeof(units) / sizeof(units[0]);

		if (end == p)
			return false;
		if (*end == ':') {
			double min = strtod(end + 1, &end), s = 0;

			if (*end == ':')
				s = strtod(end + 1, &end);
			n = fabs(n) * 3600 + min * 60 + s;
			*seconds += negative ? -n : n;
		} else {
			end += strspn(end, " ");
			for (i = 0; i < k; i++)
				if (strncasecmp(end, units[i].word, strlen(units[i].word)) == 0)
					break;
			if (i == k)
				return false;
			*months += n * units[i].months;
			*seconds += n * units[i].seconds;
			end += strcspn(end, " ");
		}
		p = end + strspn(end, " ");
	}
	return true;
}

static bool same_interval(const char *want, const char *got)
{
	double wm, ws, gm, gs;

	if (!to_interval(want, &wm, &ws) || !to_interval(got, &gm, &gs))
		return strcmp(want, got) == 0;
	return wm == gm && fabs(ws - gs) < 1e-6;
}

/* ---- what holds other values ---- */

static bool same_json(const char *want, const char *got, double tolerance);

static bool same_item(const cJSON *w, const cJSON *g, double tolerance)
{
	const cJSON *a, *b;

	if (cJSON_IsNumber(w) && cJSON_IsNumber(g))
		return fabs(w->valuedouble - g->valuedouble) <=
		       tolerance * fmax(fabs(w->valuedouble), fabs(g->valuedouble));
	if ((cJSON_IsArray(w) && cJSON_IsArray(g)) || (cJSON_IsObject(w) && cJSON_IsObject(g))) {
		if (cJSON_GetArraySize(w) != cJSON_GetArraySize(g))
			return false;
		b = g->child;
		cJSON_ArrayForEach(a, w)
		{
			const cJSON *other =
				cJSON_IsObject(w) ? cJSON_GetObjectItemCaseSensitive(g, a->string)
						  : b;

			if (!other || !same_item(a, other, tolerance))
				return false;
			b = b->next;
		}
		return true;
	}
	return cJSON_Compare(w, g, true);
}

static bool same_json(const char *want, const char *got, double tolerance)
{
	cJSON *w = cJSON_Parse(want), *g = cJSON_Parse(got);
	bool same = w && g ? same_item(w, g, tolerance) : strcmp(want, got) == 0;

	cJSON_Delete(w);
	cJSON_Delete(g);
	return same;
}

/* One element of {1,"a b",NULL} or [1, "a b", null] into `out`. Returns what follows, NULL: no
 * array. `*null` when it is NULL.
 */
static const char *element(const char *p, struct buf *out, bool *null)
{
	bool quoted;

	buf_clear(out);
	p += strspn(p, " ");
	quoted = *p == '"';
	if (quoted)
		for (p++; *p && *p != '"'; p++) {
			if (*p == '\\' && p[1])
				p++;
			buf_putc(out, *p);
		}
	else if (*p == '{' || *p == '[')
		return NULL; /* arrays of arrays are compared as texts */
	else
		for (; *p && !strchr(",}]", *p); p++)
			buf_putc(out, *p);
	*null = !quoted && strcasecmp(buf_text(out), "null") == 0;
	p += quoted && *p == '"';
	p += strspn(p, " ");
	return *p ? p : NULL;
}

static bool same_array(const char *want, const char *got, double tolerance)
{
	struct buf w = {0}, g = {0};
	const char *p = want + 1, *q = got + 1;
	bool same = strchr("{[", *want) && strchr("{[", *got) && *want && *got, wn, gn;

	if (same && strchr("}]", *p) && strchr("}]", *q))
		return *p && *q;
	while (same) {
		p = element(p, &w, &wn);
		q = element(q, &g, &gn);
		if (!p || !q || wn != gn ||
		    (!wn && !same_number(buf_text(&w), buf_text(&g), tolerance) &&
		     !(to_boolean(buf_text(&w)) >= 0 &&
		       to_boolean(buf_text(&w)) == to_boolean(buf_text(&g))) &&
		     !same_moment(buf_text(&w), buf_text(&g)))) {
			same = false;
		} else if (*p != ',' || *q != ',') {
			same = *p != ',' && *q != ',';
			break;
		}
		if (same) {
			p++;
			q++;
		}
	}
	buf_release(&w);
	buf_release(&g);
	return same || strcmp(want, got) == 0;
}

static bool same_padded(const char *want, const char *got)
{
	size_t n = strlen(want), m = strlen(got);

	while (n && want[n - 1] == ' ')
		n--;
	while (m && got[m - 1] == ' ')
		m--;
	return n == m && memcmp(want, got, n) == 0;
}

/* Hexadecimal: also a uuid, whose letters some write large. */
static bool same_bytes(const char *want, const char *got)
{
	want += strncmp(want, "\\x", 2) == 0 ? 2 : 0;
	got += strncmp(got, "\\x", 2) == 0 ? 2 : 0;
	return strcasecmp(want, got) == 0;
}

bool golden_same(const char *want, const char *got, enum golden_type type, double tolerance)
{
	if (!want || !got)
		return want == got;
	if (strcmp(want, got) == 0)
		return true;
	switch (type) {
	case GOLDEN_NUMBER:
		return same_number(want, got, tolerance);
	case GOLDEN_INTEGER:
		return same_integer(want, got, tolerance);
	case GOLDEN_BOOLEAN:
		return to_boolean(want) >= 0 && to_boolean(want) == to_boolean(got);
	case GOLDEN_DATE:
	case GOLDEN_TIME:
		return same_moment(want, got);
	case GOLDEN_CLOCK:
		return same_clock(want, got);
	case GOLDEN_INTERVAL:
		return same_interval(want, got);
	case GOLDEN_JSON:
		return same_json(want, got, tolerance);
	case GOLDEN_ARRAY:
		return same_array(want, got, tolerance);
	case GOLDEN_PADDED:
		return same_padded(want, got);
	case GOLDEN_BYTES:
		return same_bytes(want, got);
	case GOLDEN_TEXT:
		break;
	}
	return strcmp(want, got) == 0;
}
