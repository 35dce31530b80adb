/*
 * regex.c - one pass over a pattern, copying what means the same in Postgres and rewriting what
 * does not. Sources: java.util.regex.Pattern, ICU regular expressions, Oracle's appendix on
 * regular expressions, Postgres 15 section 9.7.3.
 */
#include "convert/regex.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct state {
	struct str in;
	size_t at;
	bool posix;
	struct buf *out;
	bool greedy, lazy;
	int groups;
	struct str names[32]; /* of groups, by number - 1 */
};

struct class_name {
	const char *name, *to; /* to: what stands inside brackets */
};

/* Of \p{...}, sorted by name. */
static const struct class_name classes[] = {
	{"ASCII", "\\u0001-\\u007f"},  {"Alnum", "[:alnum:]"},
	{"Alpha", "[:alpha:]"},	       {"Alphabetic", "[:alpha:]"},
	{"Digit", "[:digit:]"},	       {"Graph", "[:graph:]"},
	{"IsAlphabetic", "[:alpha:]"}, {"IsDigit", "[:digit:]"},
	{"IsLetter", "[:alpha:]"},     {"L", "[:alpha:]"},
	{"Ll", "[:lower:]"},	       {"Lower", "[:lower:]"},
	{"Lu", "[:upper:]"},	       {"N", "[:digit:]"},
	{"Nd", "[:digit:]"},	       {"P", "[:punct:]"},
	{"Print", "[:print:]"},	       {"Punct", "[:punct:]"},
	{"Space", "[:space:]"},	       {"Upper", "[:upper:]"},
	{"XDigit", "[:xdigit:]"},      {"Z", "[:space:]"},
};

static bool has(const struct state *s, size_t ahead, char c)
{
	return s->at + ahead < s->in.len && s->in.p[s->at + ahead] == c;
}

/* The name after \p: {Name} or one letter; moves behind it. */
static const char *read_class(struct state *s)
{
	const char *p = s->in.p + s->at, *end = p + 1;
	size_t n = 1;

	if (s->at >= s->in.len)
		return NULL;
	if (*p == '{') {
		end = memchr(p, '}', s->in.len - s->at);
		if (!end)
			return NULL;
		p++;
		n = (size_t)(end++ - p);
	}
	s->at = (size_t)(end - s->in.p);
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (strlen(classes[i].name) == n && memcmp(classes[i].name, p, n) == 0)
			return classes[i].to;
	return NULL;
}

/* \x41 takes any number of digits in Postgres: \u0041. */
static int hex_escape(struct state *s)
{
	const char *p = s->in.p + s->at;

	if (s->in.len - s->at < 2 || !isxdigit((unsigned char)p[0]) ||
	    !isxdigit((unsigned char)p[1]))
		return -1;
	buf_puts(s->out, "\\u00");
	buf_add(s->out, p, 2);
	s->at += 2;
	return 0;
}

static void put_quoted(struct buf *out, char c)
{
	if (strchr("\\^$.|?*+()[]{}", c))
		buf_putc(out, '\\');
	buf_putc(out, c);
}

/* \Q ... \E: text as it is. */
static void quoted_text(struct state *s)
{
	while (s->at < s->in.len) {
		if (has(s, 0, '\\') && has(s, 1, 'E')) {
			s->at += 2;
			return;
		}
		put_quoted(s->out, s->in.p[s->at++]);
	}
}

/* \k<name>: the number of the group. */
static int named_reference(struct state *s)
{
	const char *p = s->in.p + s->at + 1, *end;

	if (!has(s, 0, '<'))
		return -1;
	end = memchr(p, '>', s->in.len - s->at - 1);
	for (int i = 0; end && i < s->groups && i < 9; i++) {
		if (s->names[i].len != (size_t)(end - p) ||
		    memcmp(s->names[i].p, p, s->names[i].len) != 0)
			continue;
		buf_printf(s->out, "\\%d", i + 1);
		s->at = (size_t)(end - s->in.p) + 1;
		return 0;
	}
	return -1;
}

/* Behind a backslash; `inside`: within brackets. */
static int escape(struct state *s, bool inside)
{
	const char *class;
	char c;

	if (s->at >= s->in.len)
		return -1;
	c = s->in.p[s->at++];
	switch (c) {
	case 'b':
	case 'B':
		if (inside)
			return -1;
		buf_puts(s->out, c == 'b' ? "\\y" : "\\Y");
		return 0;
	case 'z':
		buf_puts(s->out, "\\Z");
		return inside ? -1 : 0;
	case 'D':
	case 'S':
	case 'W':
		if (inside)
			return -1;
		break;
	case 'x':
		return hex_escape(s);
	case 'h':
		buf_puts(s->out, inside ? " \\t" : "[ \\t]");
		return 0;
	case 'R':
		buf_puts(s->out, "(?:\\r\\n|\\n|\\r)");
		return inside ? -1 : 0;
	case 'p':
	case 'P':
		class = read_class(s);
		if (!class || (inside && c == 'P'))
			return -1;
		buf_printf(s->out, inside ? "%s" : c == 'p' ? "[%s]" : "[^%s]", class);
		return 0;
	case 'k':
		return named_reference(s);
	case 'Q':
		quoted_text(s);
		return 0;
	case 'G':
	case 'X':
	case 'N':
	case 'K':
	case 'c':
		return -1;
	default:
		break;
	}
	if (isalpha((unsigned char)c) && !strchr("dswDSWnrtfvaeuAZ", c))
		return -1;
	buf_putc(s->out, '\\');
	buf_putc(s->out, c);
	return 0;
}

/* [...]: from behind the opening bracket to behind the closing one. */
static int bracket(struct state *s)
{
	size_t first;

	buf_putc(s->out, '[');
	if (has(s, 0, '^')) {
		buf_putc(s->out, '^');
		s->at++;
	}
	for (first = s->at; s->at < s->in.len;) {
		char c = s->in.p[s->at++];

		if (c == ']' && s->at - 1 > first) {
			buf_putc(s->out, ']');
			return 0;
		}
		if (c == '[' && s->at < s->in.len && strchr(":.=", s->in.p[s->at])) {
			const char *end = memchr(s->in.p + s->at, ']', s->in.len - s->at);

			if (!end)
				return -1;
			buf_putc(s->out, '[');
			buf_add(s->out, s->in.p + s->at, (size_t)(end - s->in.p) + 1 - s->at);
			s->at = (size_t)(end - s->in.p) + 1;
			continue;
		}
		if ((c == '[' && !s->posix) || (c == '&' && has(s, 0, '&')))
			return -1;
		if (c == '\\' && s->posix) {
			buf_puts(s->out, "\\\\");
			continue;
		}
		if (c == '\\') {
			if (escape(s, true) < 0)
				return -1;
			continue;
		}
		buf_putc(s->out, c);
	}
	return -1;
}

/* (?i), (?s), (?m) at the very beginning: Postgres' embedded options. */
static int leading_flags(struct state *s)
{
	const char *p = s->in.p, *end = memchr(p, ')', s->in.len);
	struct buf flags = {.max = 32};
	bool off = false;

	if (s->in.len < 4 || p[0] != '(' || p[1] != '?' || !end || !strchr("-ismx", p[2]))
		return 0;
	for (p += 2; p < end; p++) {
		if (*p == '-') { /* what is off anyway */
			off = true;
			continue;
		}
		if (!strchr("ismx", *p)) {
			buf_release(&flags);
			return *p == ':' ? -1 : 0;
		}
		if (*p != 's' && !off) /* a dot takes a line's end in Postgres anyway */
			buf_putc(&flags, *p == 'm' ? 'w' : *p);
	}
	if (flags.len)
		buf_printf(s->out, "(?%s)", buf_text(&flags));
	buf_release(&flags);
	s->at = (size_t)(end - s->in.p) + 1;
	return 0;
}

/* Behind an opening parenthesis. */
static int group(struct state *s)
{
	const char *end;

	if (!has(s, 0, '?')) {
		buf_putc(s->out, '(');
		if (s->groups < 32)
			s->names[s->groups] = (struct str){NULL, 0};
		s->groups++;
		return 0;
	}
	if (has(s, 1, ':') || has(s, 1, '=') || has(s, 1, '!') ||
	    (has(s, 1, '<') && (has(s, 2, '=') || has(s, 2, '!')))) {
		size_t n = has(s, 1, '<') ? 3 : 2;

		buf_putc(s->out, '(');
		buf_add(s->out, s->in.p + s->at, n);
		s->at += n;
		return 0;
	}
	if (has(s, 1, 'P') && has(s, 2, '<'))
		s->at++;
	if (!has(s, 1, '<') || s->groups >= 32)
		return -1;
	end = memchr(s->in.p + s->at, '>', s->in.len - s->at);
	if (!end)
		return -1;
	s->names[s->groups++] =
		(struct str){s->in.p + s->at + 2, (size_t)(end - s->in.p) - s->at - 2};
	buf_putc(s->out, '(');
	s->at = (size_t)(end - s->in.p) + 1;
	return 0;
}

/* Behind a quantifier: ? makes it lazy, + possessive. */
static int quantifier_kind(struct state *s)
{
	if (has(s, 0, '+') && !s->posix)
		return -1;
	if (has(s, 0, '?')) {
		buf_putc(s->out, '?');
		s->at++;
		s->lazy = true;
	} else {
		s->greedy = true;
	}
	return 0;
}

/* {2,5}: copied with its digits; a brace that is none stands for itself. */
static int braces(struct state *s)
{
	size_t i = s->at;

	while (i < s->in.len && (isdigit((unsigned char)s->in.p[i]) || s->in.p[i] == ','))
		i++;
	if (i == s->at || i >= s->in.len || s->in.p[i] != '}' || s->in.p[s->at] == ',') {
		buf_puts(s->out, "\\{");
		return 0;
	}
	buf_putc(s->out, '{');
	buf_add(s->out, s->in.p + s->at, i + 1 - s->at);
	if (!memchr(s->in.p + s->at, ',', i - s->at)) { /* {3}: neither greedy nor lazy */
		s->at = i + 1;
		return has(s, 0, '+') || has(s, 0, '?') ? -1 : 0;
	}
	s->at = i + 1;
	return quantifier_kind(s);
}

static int one(struct state *s)
{
	char c = s->in.p[s->at++];

	switch (c) {
	case '\\':
		return escape(s, false);
	case '[':
		return bracket(s);
	case '(':
		return group(s);
	case '{':
		return braces(s);
	case '*':
	case '+':
	case '?':
		buf_putc(s->out, c);
		return quantifier_kind(s);
	default:
		buf_putc(s->out, c);
		return 0;
	}
}

int regex_convert(struct str in, bool posix, struct buf *out, const char **finding)
{
	struct state s = {.in = in, .posix = posix, .out = out};

	if (leading_flags(&s) < 0)
		return -1;
	if (in.len - s.at >= 3 && memcmp(in.p + s.at, "***", 3) == 0)
		return -1;
	while (s.at < in.len)
		if (one(&s) < 0)
			return -1;
	if (s.greedy && s.lazy)
		*finding = "REGEX-GREEDY";
	return 0;
}

int regex_replacement(struct str in, bool back, struct buf *out)
{
	for (size_t i = 0; i < in.len; i++) {
		char c = in.p[i], next = i + 1 < in.len ? in.p[i + 1] : 0;

		if (c == '$' && !back) {
			if (!isdigit((unsigned char)next))
				return -1;
			buf_puts(out, next == '0' ? "\\&" : "\\");
			if (next != '0')
				buf_putc(out, next);
			i++;
		} else if (c == '\\' && back && isdigit((unsigned char)next)) {
			buf_putc(out, '\\');
			buf_putc(out, next == '0' ? '&' : next);
			i++;
		} else if (c == '\\' && next && (!back || next == '\\')) {
			if (next == '\\')
				buf_puts(out, "\\\\");
			else
				buf_putc(out, next);
			i++;
		} else if (c == '\\') {
			buf_puts(out, "\\\\");
		} else {
			buf_putc(out, c);
		}
	}
	return 0;
}

int regex_flags(struct str in, struct buf *out)
{
	for (size_t i = 0; i < in.len; i++) {
		if (!strchr("icxmnseg", in.p[i]))
			return -1;
		if (strchr("icx", in.p[i]))
			buf_putc(out, in.p[i]);
		if (in.p[i] == 'm')
			buf_putc(out, 'w');
	}
	return 0;
}

void regex_quote(struct str in, struct buf *out)
{
	for (size_t i = 0; i < in.len; i++)
		put_quoted(out, in.p[i]);
}

int regex_from_like(struct str in, struct buf *out)
{
	size_t begin = 0, end = in.len;

	if (end && in.p[0] == '%')
		begin = 1;
	else
		buf_putc(out, '^');
	if (end > begin && in.p[end - 1] == '%')
		end--;
	else
		end += 1; /* to be anchored */
	for (size_t i = begin; i < end && i < in.len; i++) {
		const char *close;

		switch (in.p[i]) {
		case '%':
			buf_puts(out, ".*");
			break;
		case '_':
			buf_putc(out, '.');
			break;
		case '[':
			close = memchr(in.p + i + 1, ']', in.len - i - 1);
			if (!close)
				return -1;
			for (; in.p + i <= close; i++) {
				if (in.p[i] == '\\')
					buf_putc(out, '\\');
				buf_putc(out, in.p[i]);
			}
			i--;
			break;
		default:
			put_quoted(out, in.p[i]);
		}
	}
	if (end > in.len)
		buf_putc(out, '$');
	return 0;
}
