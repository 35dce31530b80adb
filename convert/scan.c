/*
 * scan.c - SQL of any dialect cut into words, literals and comments; no grammar. It is used
 * to find literals and to normalise a text, so it needs to be right about where strings and
 * comments end, and nothing else. See scan.h.
 */
#include "convert/scan.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Sorted by name. The row without one is Postgres, and what is not known. */
static const struct scan_style styles[] = {
	{.dialect = "databricks", .backslash = true, .double_quotes = true},
	{.dialect = "fabric", .brackets = true},
	{.dialect = "mysql", .backslash = true, .double_quotes = true, .hash = true},
	{.dialect = "oracle"},
	{.dialect = "redshift", .dollar = true},
	{.dialect = "snowflake", .backslash = true, .dollar = true},
	{.dialect = "spark", .backslash = true, .double_quotes = true},
	{.dialect = "synapse", .brackets = true},
	{.dialect = "tsql", .brackets = true},
};
static const struct scan_style postgres = {.dialect = "postgres", .dollar = true};

const struct scan_style *scan_style(const char *dialect)
{
	size_t i;

	for (i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
		if (strcasecmp(styles[i].dialect, dialect) == 0)
			return &styles[i];
	return &postgres;
}

static bool word_start(char c)
{
	return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool word_part(char c)
{
	return word_start(c) || isdigit((unsigned char)c) || c == '$';
}

/* Past the closing quote, from behind the opening one; a doubled quote does not close. */
static const char *skip_quoted(const char *p, const char *end, char quote, bool backslash)
{
	while (p < end) {
		if (backslash && *p == '\\' && p + 1 < end)
			p += 2;
		else if (*p != quote)
			p++;
		else if (p + 1 < end && p[1] == quote)
			p += 2;
		else
			return p + 1;
	}
	return end;
}

static const char *skip_block_comment(const char *p, const char *end)
{
	for (p += 2; p + 1 < end; p++)
		if (p[0] == '*' && p[1] == '/')
			return p + 2;
	return end;
}

static const char *skip_line(const char *p, const char *end)
{
	while (p < end && *p != '\n')
		p++;
	return p;
}

/* The end of $tag$ ... $tag$, or NULL when that is not what begins here. */
static const char *skip_dollar(const char *p, const char *end)
{
	const char *tag = p + 1, *q;
	size_t n;

	while (tag < end && word_part(*tag) && *tag != '$')
		tag++;
	if (tag >= end || *tag != '$' || isdigit((unsigned char)p[1]))
		return NULL;
	n = (size_t)(tag - p) + 1;
	q = memmem(tag + 1, (size_t)(end - tag - 1), p, n);
	return q ? q + n : end;
}

static const char *skip_number(const char *p, const char *end)
{
	if (end - p > 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X') &&
	    isxdigit((unsigned char)p[2])) {
		for (p += 2; p < end && isxdigit((unsigned char)*p);)
			p++;
		return p;
	}
	while (p < end && isdigit((unsigned char)*p))
		p++;
	if (p + 1 < end && *p == '.' && isdigit((unsigned char)p[1]))
		for (p++; p < end && isdigit((unsigned char)*p);)
			p++;
	if (p + 1 < end && (*p == 'e' || *p == 'E') &&
	    (isdigit((unsigned char)p[1]) ||
	     (p + 2 < end && strchr("+-", p[1]) && isdigit((unsigned char)p[2]))))
		for (p += 2; p < end && isdigit((unsigned char)*p);)
			p++;
	return p;
}

/* The letters before a quote that make it another kind of string. */
static bool is_prefix(const char *p, size_t n)
{
	return (n == 1 && strchr("nNrRxXbBeEqQ", *p)) ||
	       (n == 2 && (strncasecmp(p, "nq", 2) == 0 || strncasecmp(p, "u&", 2) == 0));
}

static bool prefix_has(const struct scan_token *t, char lower)
{
	size_t i;

	for (i = 0; i < t->len && t->p[i] != '\'' && t->p[i] != '"'; i++)
		if (tolower((unsigned char)t->p[i]) == lower)
			return true;
	return false;
}

/* Oracle's q'[ ... ]': from the quote. */
static const char *skip_q(const char *p, const char *end)
{
	static const char open[] = "[({<", close[] = "])}>";
	const char *pair;
	char last;

	if (p + 1 >= end)
		return end;
	pair = strchr(open, p[1]);
	last = pair && *pair ? close[pair - open] : p[1];
	for (p += 2; p + 1 < end; p++)
		if (p[0] == last && p[1] == '\'')
			return p + 2;
	return end;
}

static const char *skip_string(const struct scan_style *style, const struct scan_token *t,
			       const char *quote, const char *end)
{
	bool backslash = (style->backslash && !prefix_has(t, 'r')) || prefix_has(t, 'e');

	if (prefix_has(t, 'q'))
		return skip_q(quote, end);
	return skip_quoted(quote + 1, end, *quote, backslash);
}

static bool quotes_string(const struct scan_style *style, char c)
{
	return c == '\'' || (c == '"' && style->double_quotes);
}

/* A word, or the string whose prefix it is. */
static const char *skip_word(const struct scan *s, struct scan_token *t)
{
	const char *p = s->p;

	t->kind = SCAN_WORD;
	while (p < s->end && (word_part(*p) || (p == s->p + 1 && *p == '&' && p + 1 < s->end &&
						p[1] == '\'' && strchr("uU", *s->p))))
		p++;
	if (p < s->end && quotes_string(s->style, *p) && is_prefix(s->p, (size_t)(p - s->p))) {
		t->kind = SCAN_STRING;
		p = skip_string(s->style, t, p, s->end);
	}
	return p;
}

static const char *skip_comment(const struct scan *s)
{
	const char *p = s->p;
	bool two = p + 1 < s->end;

	if ((two && p[0] == '-' && p[1] == '-') || (*p == '#' && s->style->hash))
		return skip_line(p, s->end);
	return two && p[0] == '/' && p[1] == '*' ? skip_block_comment(p, s->end) : NULL;
}

static const char *skip_blank(const char *p, const char *end)
{
	while (p < end && isspace((unsigned char)*p))
		p++;
	return p;
}

/* A quoted name or a dollar-quoted string; NULL: neither. */
static const char *skip_quotes(const struct scan *s, struct scan_token *t)
{
	const char *p = s->p, *q = NULL;

	if (*p == '"' || *p == '`') {
		t->kind = SCAN_QUOTED;
		q = skip_quoted(p + 1, s->end, *p, false);
	} else if (*p == '[' && s->style->brackets) {
		t->kind = SCAN_QUOTED;
		q = skip_quoted(p + 1, s->end, ']', false);
	} else if (*p == '$' && s->style->dollar && (q = skip_dollar(p, s->end))) {
		t->kind = SCAN_STRING;
	}
	return q;
}

struct scan_token scan_next(struct scan *s)
{
	struct scan_token t = {.kind = SCAN_END, .p = s->p, .len = (size_t)(s->end - s->p)};
	const char *p = s->p, *q;

	if (p >= s->end)
		return t;
	if (isspace((unsigned char)*p)) {
		t.kind = SCAN_BLANK;
		q = skip_blank(p, s->end);
	} else if ((q = skip_comment(s))) {
		t.kind = SCAN_COMMENT;
	} else if (quotes_string(s->style, *p)) {
		t.kind = SCAN_STRING;
		q = skip_string(s->style, &t, p, s->end);
	} else if (isdigit((unsigned char)*p) ||
		   (*p == '.' && p + 1 < s->end && isdigit((unsigned char)p[1]))) {
		t.kind = SCAN_NUMBER;
		q = *p == '.' ? skip_number(p + 1, s->end) : skip_number(p, s->end);
	} else if (word_start(*p)) {
		q = skip_word(s, &t);
	} else if (!(q = skip_quotes(s, &t))) {
		t.kind = SCAN_OTHER;
		q = p + 1;
	}
	t.len = (size_t)(q - p);
	s->p = q;
	return t;
}

/* The character that \c stands for. `%` and `_` keep their backslash, as patterns need it. */
static void add_escaped(struct buf *out, char c)
{
	static const char from[] = "nrtb0Z", to[] = "\n\r\t\b\0\032";
	const char *at = c ? strchr(from, c) : NULL;

	if (c == '%' || c == '_')
		buf_putc(out, '\\');
	if (at && to[at - from])
		buf_putc(out, to[at - from]);
	else if (!at)
		buf_putc(out, c);
}

bool scan_value(const struct scan_style *style, const struct scan_token *t, struct buf *out)
{
	bool backslash = (style->backslash && !prefix_has(t, 'r')) || prefix_has(t, 'e');
	const char *p = t->p, *end = t->p + t->len, *body;
	char quote;

	if (*p == '$') {
		body = memchr(p + 1, '$', t->len - 1);
		body = body ? body + 1 : end;
		if (end - body >= body - p)
			buf_add(out, body, (size_t)(end - body - (body - p)));
		return true;
	}
	while (p < end && *p != '\'' && *p != '"')
		p++;
	if (prefix_has(t, 'x') || prefix_has(t, 'b') || memchr(t->p, '&', (size_t)(p - t->p)))
		return false;
	if (prefix_has(t, 'q')) {
		if (end - p >= 5)
			buf_add(out, p + 2, (size_t)(end - p - 4));
		return true;
	}
	quote = p < end ? *p++ : '\'';
	for (; p < end; p++) {
		if (backslash && *p == '\\' && p + 1 < end)
			add_escaped(out, *++p);
		else if (*p != quote)
			buf_putc(out, *p);
		else if (p + 1 < end && p[1] == quote)
			buf_putc(out, *p++);
	}
	return true;
}

void scan_normalize(const struct scan_style *style, const char *sql, struct buf *out)
{
	struct scan s = {style, sql, sql + strlen(sql)};
	struct scan_token t;
	bool blank = false;
	size_t begin = out->len;

	while ((t = scan_next(&s)).kind != SCAN_END) {
		if (t.kind == SCAN_BLANK || t.kind == SCAN_COMMENT) {
			blank = true;
			continue;
		}
		if (blank && out->len > begin)
			buf_putc(out, ' ');
		blank = false;
		buf_add(out, t.p, t.len);
	}
	while (out->len > begin && strchr("; ", out->data[out->len - 1]))
		out->data[--out->len] = '\0';
}

bool scan_has_word(const struct scan_style *style, const char *sql, const char *word)
{
	struct scan s = {style, sql, sql + strlen(sql)};
	size_t n = strlen(word);
	struct scan_token t;

	while ((t = scan_next(&s)).kind != SCAN_END)
		if (t.kind == SCAN_WORD && t.len == n && strncasecmp(t.p, word, n) == 0)
			return true;
	return false;
}

#define LEVELS_MAX 256 /* deeper ones count as the deepest */

size_t scan_chain(const char *sql)
{
	struct scan s = {&postgres, sql, sql + strlen(sql)};
	size_t counts[LEVELS_MAX] = {0}, longest = 0, level = 0, at;
	struct scan_token t;

	while ((t = scan_next(&s)).kind != SCAN_END) {
		if (t.kind == SCAN_BLANK || t.kind == SCAN_COMMENT)
			continue;
		at = level < LEVELS_MAX ? level : LEVELS_MAX - 1;
		if (++counts[at] > longest)
			longest = counts[at];
		if (t.kind != SCAN_OTHER)
			continue;
		if (*t.p == ',' || *t.p == ';')
			counts[at] = 0;
		else if ((*t.p == '(' || *t.p == '[') && ++level < LEVELS_MAX)
			counts[level] = 0;
		else if ((*t.p == ')' || *t.p == ']') && level > 0)
			level--;
	}
	return longest;
}
