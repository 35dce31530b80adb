/*
 * format.c - formats of dates. Each dialect is a table of letter groups; three ways to cut a
 * format into groups: runs of one letter (Java, .NET), %x (MySQL), the longest word that fits
 * (Oracle, Snowflake). What is not a group is text, and quoted where Postgres would read it as a
 * pattern. Sources: java.time.format.DateTimeFormatter, .NET custom date and time format strings,
 * MySQL DATE_FORMAT, Oracle datetime format models, Snowflake date and time formats; read in 2026.
 */
#include "convert/format.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct group {
	const char *from;
	const char *out, *in; /* for writing, for reading; NULL: no such thing in Postgres */
	bool time;	      /* below a day */
};

static const struct group java[] = {
	{"yyyy", "YYYY", "YYYY", false},  {"yyy", "YYYY", "YYYY", false},
	{"yy", "YY", "YY", false},	  {"y", "FMYYYY", "YYYY", false},
	{"uuuu", "YYYY", "YYYY", false},  {"uu", "YY", "YY", false},
	{"u", "FMYYYY", "YYYY", false},	  {"MMMM", "FMMonth", "FMMonth", false},
	{"MMM", "Mon", "Mon", false},	  {"MM", "MM", "MM", false},
	{"M", "FMMM", "MM", false},	  {"LLLL", "FMMonth", "FMMonth", false},
	{"LLL", "Mon", "Mon", false},	  {"LL", "MM", "MM", false},
	{"L", "FMMM", "MM", false},	  {"dd", "DD", "DD", false},
	{"d", "FMDD", "DD", false},	  {"DDD", "DDD", "DDD", false},
	{"D", "FMDDD", "DDD", false},	  {"EEEE", "FMDay", "FMDay", false},
	{"EEE", "Dy", "Dy", false},	  {"EE", "Dy", "Dy", false},
	{"E", "Dy", "Dy", false},	  {"QQ", "\"0\"Q", NULL, false},
	{"Q", "Q", NULL, false},	  {"q", "Q", NULL, false},
	{"a", "AM", "AM", true},	  {"HH", "HH24", "HH24", true},
	{"H", "FMHH24", "HH24", true},	  {"hh", "HH12", "HH12", true},
	{"h", "FMHH12", "HH12", true},	  {"mm", "MI", "MI", true},
	{"m", "FMMI", "MI", true},	  {"ss", "SS", "SS", true},
	{"s", "FMSS", "SS", true},	  {"S", "FF1", "FF1", true},
	{"SS", "FF2", "FF2", true},	  {"SSS", "FF3", "FF3", true},
	{"SSSS", "FF4", "FF4", true},	  {"SSSSS", "FF5", "FF5", true},
	{"SSSSSS", "FF6", "FF6", true},	  {"z", "TZ", NULL, true},
	{"zzz", "TZ", NULL, true},	  {"VV", NULL, NULL, true},
	{"Z", "TZHTZM", "TZHTZM", true},  {"X", "TZH", "TZH", true},
	{"XX", "TZHTZM", "TZHTZM", true}, {"XXX", "TZH:TZM", "TZH:TZM", true},
	{"x", "TZH", "TZH", true},	  {"xxx", "TZH:TZM", "TZH:TZM", true},
	{"G", "AD", "AD", false},	  {NULL, NULL, NULL, false},
};

static const struct group dotnet[] = {
	{"yyyy", "YYYY", "YYYY", false},
	{"yy", "YY", "YY", false},
	{"MMMM", "FMMonth", "FMMonth", false},
	{"MMM", "Mon", "Mon", false},
	{"MM", "MM", "MM", false},
	{"M", "FMMM", "MM", false},
	{"dddd", "FMDay", "FMDay", false},
	{"ddd", "Dy", "Dy", false},
	{"dd", "DD", "DD", false},
	{"d", "FMDD", "DD", false},
	{"HH", "HH24", "HH24", true},
	{"H", "FMHH24", "HH24", true},
	{"hh", "HH12", "HH12", true},
	{"h", "FMHH12", "HH12", true},
	{"mm", "MI", "MI", true},
	{"m", "FMMI", "MI", true},
	{"ss", "SS", "SS", true},
	{"s", "FMSS", "SS", true},
	{"f", "FF1", "FF1", true},
	{"ff", "FF2", "FF2", true},
	{"fff", "FF3", "FF3", true},
	{"ffff", "FF4", "FF4", true},
	{"fffff", "FF5", "FF5", true},
	{"ffffff", "FF6", "FF6", true},
	{"tt", "AM", "AM", true},
	{"zzz", "TZH:TZM", "TZH:TZM", true},
	{"zz", "TZH", "TZH", true},
	{"gg", "AD", "AD", false},
	{NULL, NULL, NULL, false},
};

/* .NET: a single letter stands for a whole format (en-US). */
static const struct group dotnet_standard[] = {
	{"d", "FMMM/FMDD/YYYY", NULL, false},
	{"D", "FMDay, FMMonth FMDD, YYYY", NULL, false},
	{"t", "FMHH12:MI AM", NULL, true},
	{"T", "FMHH12:MI:SS AM", NULL, true},
	{"g", "FMMM/FMDD/YYYY FMHH12:MI AM", NULL, true},
	{"G", "FMMM/FMDD/YYYY FMHH12:MI:SS AM", NULL, true},
	{"f", "FMDay, FMMonth FMDD, YYYY FMHH12:MI AM", NULL, true},
	{"F", "FMDay, FMMonth FMDD, YYYY FMHH12:MI:SS AM", NULL, true},
	{"m", "FMMonth FMDD", NULL, false},
	{"M", "FMMonth FMDD", NULL, false},
	{"y", "FMMonth YYYY", NULL, false},
	{"Y", "FMMonth YYYY", NULL, false},
	{"s", "YYYY-MM-DD\"T\"HH24:MI:SS", NULL, true},
	{"u", "YYYY-MM-DD HH24:MI:SS\"Z\"", NULL, true},
	{NULL, NULL, NULL, false},
};

static const struct group mysql[] = {
	{"%a", "Dy", "Dy", false},
	{"%b", "Mon", "Mon", false},
	{"%c", "FMMM", "MM", false},
	{"%D", "FMDDth", "DDth", false},
	{"%d", "DD", "DD", false},
	{"%e", "FMDD", "DD", false},
	{"%f", "US", "US", true},
	{"%H", "HH24", "HH24", true},
	{"%h", "HH12", "HH12", true},
	{"%I", "HH12", "HH12", true},
	{"%i", "MI", "MI", true},
	{"%j", "DDD", "DDD", false},
	{"%k", "FMHH24", "HH24", true},
	{"%l", "FMHH12", "HH12", true},
	{"%M", "FMMonth", "FMMonth", false},
	{"%m", "MM", "MM", false},
	{"%p", "AM", "AM", true},
	{"%r", "HH12:MI:SS AM", "HH12:MI:SS AM", true},
	{"%S", "SS", "SS", true},
	{"%s", "SS", "SS", true},
	{"%T", "HH24:MI:SS", "HH24:MI:SS", true},
	{"%v", "IW", "IW", false},
	{"%W", "FMDay", "FMDay", false},
	{"%x", "IYYY", "IYYY", false},
	{"%Y", "YYYY", "YYYY", false},
	{"%y", "YY", "YY", false},
	{NULL, NULL, NULL, false},
};

/* Longest first where one begins another. */
static const struct group oracle[] = {
	{"A.D.", "A.D.", "A.D.", false},
	{"A.M.", "A.M.", "A.M.", true},
	{"AD", "AD", "AD", false},
	{"AM", "AM", "AM", true},
	{"B.C.", "B.C.", "B.C.", false},
	{"BC", "BC", "BC", false},
	{"CC", "CC", NULL, false},
	{"SCC", "CC", NULL, false},
	{"DAY", NULL, NULL, false},
	{"DDD", "DDD", "DDD", false},
	{"DD", "DD", "DD", false},
	{"DL", NULL, NULL, false},
	{"DS", NULL, NULL, false},
	{"DY", NULL, NULL, false},
	{"D", "D", "D", false},
	{"FF1", "FF1", "FF1", true},
	{"FF2", "FF2", "FF2", true},
	{"FF3", "FF3", "FF3", true},
	{"FF4", "FF4", "FF4", true},
	{"FF5", "FF5", "FF5", true},
	{"FF6", "FF6", "FF6", true},
	{"FF7", "FF6", "US", true},
	{"FF8", "FF6", "US", true},
	{"FF9", "FF6", "US", true},
	{"FF", "FF6", "US", true},
	{"HH24", "HH24", "HH24", true},
	{"HH12", "HH12", "HH12", true},
	{"HH", "HH12", "HH12", true},
	{"IW", "IW", "IW", false},
	{"IYYY", "IYYY", "IYYY", false},
	{"IYY", "IYY", "IYY", false},
	{"IY", "IY", "IY", false},
	{"I", "I", "I", false},
	{"J", "J", "J", false},
	{"MI", "MI", "MI", true},
	{"MM", "MM", "MM", false},
	{"MONTH", NULL, NULL, false},
	{"MON", NULL, NULL, false},
	{"P.M.", "P.M.", "P.M.", true},
	{"PM", "PM", "PM", true},
	{"Q", "Q", NULL, false},
	{"RM", "RM", "RM", false},
	{"RRRR", "YYYY", "YYYY", false},
	{"RR", "YY", "YY", false},
	{"SSSSS", "SSSSS", "SSSSS", true},
	{"SS", "SS", "SS", true},
	{"SYYYY", "YYYY", "YYYY", false},
	{"SYEAR", NULL, NULL, false},
	{"TH", "th", NULL, false},
	{"TZD", "TZ", NULL, true},
	{"TZH", "TZH", "TZH", true},
	{"TZM", "TZM", "TZM", true},
	{"TZR", "TZ", NULL, true},
	{"TS", NULL, NULL, true},
	{"WW", "WW", NULL, false},
	{"W", "W", NULL, false},
	{"X", ".", ".", true},
	{"Y,YYY", "Y,YYY", "Y,YYY", false},
	{"YYYY", "YYYY", "YYYY", false},
	{"YEAR", NULL, NULL, false},
	{"YYY", "YYY", "YYY", false},
	{"YY", "YY", "YY", false},
	{"Y", "Y", "Y", false},
	{NULL, NULL, NULL, false},
};

static const struct group snowflake[] = {
	{"AM", "AM", "AM", true},
	{"DD", "DD", "DD", false},
	{"DY", "Dy", "Dy", false},
	{"FF0", "", "", true},
	{"FF1", "FF1", "FF1", true},
	{"FF2", "FF2", "FF2", true},
	{"FF3", "FF3", "FF3", true},
	{"FF4", "FF4", "FF4", true},
	{"FF5", "FF5", "FF5", true},
	{"FF6", "FF6", "FF6", true},
	{"FF7", "FF6", "US", true},
	{"FF8", "FF6", "US", true},
	{"FF9", "FF6", "US", true},
	{"FF", "FF6", "US", true},
	{"HH24", "HH24", "HH24", true},
	{"HH12", "HH12", "HH12", true},
	{"HH", "HH24", "HH24", true},
	{"MI", "MI", "MI", true},
	{"MMMM", "FMMonth", "FMMonth", false},
	{"MM", "MM", "MM", false},
	{"MON", "Mon", "Mon", false},
	{"PM", "PM", "PM", true},
	{"SS", "SS", "SS", true},
	{"TZH", "TZH", "TZH", true},
	{"TZM", "TZM", "TZM", true},
	{"YYYY", "YYYY", "YYYY", false},
	{"YY", "YY", "YY", false},
	{NULL, NULL, NULL, false},
};

struct conversion_state {
	struct buf *out;
	bool input, *time;
	const char **finding;
	bool quoted; /* inside "..." of the output */
	bool fill;   /* Oracle's FM is on */
};

static void close_quote(struct conversion_state *s)
{
	if (s->quoted)
		buf_putc(s->out, '"');
	s->quoted = false;
}

/* A character that is only text. */
static void add_text(struct conversion_state *s, char c)
{
	bool plain = !isalnum((unsigned char)c) && (unsigned char)c < 128 && c != '"' && c != '\\';

	if (plain && s->quoted && c == ' ')
		plain = false;
	if (plain) {
		close_quote(s);
		buf_putc(s->out, c);
		return;
	}
	if (!s->quoted)
		buf_putc(s->out, '"');
	s->quoted = true;
	if (c == '"' || c == '\\')
		buf_putc(s->out, '\\');
	buf_putc(s->out, c);
}

static int add_group(struct conversion_state *s, const struct group *g)
{
	const char *to = s->input ? g->in : g->out;

	if (!to)
		return -1;
	close_quote(s);
	if (s->fill && !s->input && *to && strncmp(to, "FM", 2) != 0 && isalpha((unsigned char)*to))
		buf_puts(s->out, "FM");
	buf_puts(s->out, to);
	if (g->time && s->time)
		*s->time = true;
	if (strncmp(g->from, "FF", 2) == 0 && strchr("789", g->from[2]))
		*s->finding = "NANOSECONDS"; /* also FF alone: up to nine digits */
	return 0;
}

static const struct group *find_exact(const struct group *g, const char *p, size_t n)
{
	for (; g->from; g++)
		if (strlen(g->from) == n && memcmp(g->from, p, n) == 0)
			return g;
	return NULL;
}

/* 'text', in which '' is a quote, as it is alone. Returns its bytes; 0: it does not end. */
static size_t quoted_text(struct str in, size_t begin, struct conversion_state *s)
{
	char quote = in.p[begin];
	size_t i = begin + 1;

	if (i < in.len && in.p[i] == quote) {
		add_text(s, quote);
		return 2;
	}
	for (; i < in.len; i++) {
		if (in.p[i] == quote) {
			if (i + 1 == in.len || in.p[i + 1] != quote)
				return i + 1 - begin;
			i++;
		}
		add_text(s, in.p[i]);
	}
	return 0;
}

/* Java and .NET: runs of one letter; 'text'; .NET also "text" and \x. */
static int convert_runs(const struct group *groups, bool is_dotnet, struct str in,
			struct conversion_state *s)
{
	for (size_t i = 0, n; i < in.len; i += n) {
		char c = in.p[i];

		n = 1;
		if (c == '\'' || (is_dotnet && c == '"')) {
			n = quoted_text(in, i, s);
			if (n == 0)
				return -1;
			continue;
		}
		if (is_dotnet && c == '\\' && i + 1 < in.len) {
			add_text(s, in.p[i + 1]);
			n = 2;
			continue;
		}
		if (!isalpha((unsigned char)c)) {
			if ((is_dotnet && strchr("0123456789#", c)) || strchr("[]{}#", c))
				return -1;
			add_text(s, c);
			continue;
		}
		while (i + n < in.len && in.p[i + n] == c)
			n++;
		const struct group *g = find_exact(groups, in.p + i, n);

		if (!g || add_group(s, g) < 0)
			return -1;
	}
	return 0;
}

static int convert_percent(struct str in, struct conversion_state *s)
{
	for (size_t i = 0; i < in.len; i++) {
		if (in.p[i] != '%' || i + 1 == in.len) {
			add_text(s, in.p[i]);
			continue;
		}
		const struct group *g = find_exact(mysql, in.p + i, 2);

		i++;
		if (g) {
			if (add_group(s, g) < 0)
				return -1;
		} else if (strchr("UuVwX", in.p[i])) {
			return -1;
		} else {
			add_text(s, in.p[i]); /* %x is x for any other letter */
		}
	}
	return 0;
}

static const struct group *find_longest(const struct group *g, struct str in, size_t at)
{
	const struct group *best = NULL;

	for (; g->from; g++) {
		size_t n = strlen(g->from);

		if (n <= in.len - at && strncasecmp(g->from, in.p + at, n) == 0 &&
		    (!best || n > strlen(best->from)))
			best = g;
	}
	return best;
}

/* Names of days and months: Postgres writes them in the case of the pattern, as Oracle does. */
static bool add_name(struct conversion_state *s, const struct group *g, const char *p)
{
	if (strcmp(g->from, "DAY") != 0 && strcmp(g->from, "DY") != 0 &&
	    strcmp(g->from, "MONTH") != 0 && strcmp(g->from, "MON") != 0)
		return false;
	close_quote(s);
	if (s->fill || s->input)
		buf_puts(s->out, "FM");
	buf_add(s->out, p, strlen(g->from));
	return true;
}

static int convert_words(const struct group *groups, struct str in, struct conversion_state *s)
{
	for (size_t i = 0; i < in.len;) {
		const struct group *g;

		if (in.p[i] == '"') {
			for (i++; i < in.len && in.p[i] != '"'; i++)
				add_text(s, in.p[i]);
			i++;
			continue;
		}
		if (in.len - i >= 2 && strncasecmp(in.p + i, "FM", 2) == 0) {
			s->fill = !s->fill;
			i += 2;
			continue;
		}
		if (in.len - i >= 2 && strncasecmp(in.p + i, "FX", 2) == 0) {
			i += 2;
			continue;
		}
		g = find_longest(groups, in, i);
		if (g) {
			if (!(groups == oracle && add_name(s, g, in.p + i)) && add_group(s, g) < 0)
				return -1;
			i += strlen(g->from);
			continue;
		}
		if (isalnum((unsigned char)in.p[i]) &&
		    !(groups == snowflake && strchr("TZ", in.p[i])))
			return -1;
		add_text(s, in.p[i++]);
	}
	return 0;
}

int format_date(enum format_kind kind, bool input, struct str in, struct buf *out, bool *time,
		const char **finding)
{
	struct conversion_state s = {out, input, time, finding, false, false};
	const struct group *standard;
	int status = -1;

	switch (kind) {
	case FORMAT_JAVA:
		status = convert_runs(java, false, in, &s);
		break;
	case FORMAT_DOTNET:
		standard = in.len == 1 ? find_exact(dotnet_standard, in.p, 1) : NULL;
		status = standard ? add_group(&s, standard) : convert_runs(dotnet, true, in, &s);
		break;
	case FORMAT_MYSQL:
		status = convert_percent(in, &s);
		break;
	case FORMAT_ORACLE:
		status = convert_words(oracle, in, &s);
		break;
	case FORMAT_SNOWFLAKE:
		status = convert_words(snowflake, in, &s);
		break;
	}
	close_quote(&s);
	return status;
}
