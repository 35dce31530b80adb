/* sql_scan.c - see sql_scan.h. */
#include "bench/sql_scan.h"

#include <string.h>
#include <strings.h>

#include "bench/expression_lex.h"

void sql_scan_begin(struct sql_scanner *s, const char *text, size_t n, const struct place *place)
{
	*s = (struct sql_scanner){.p = text, .end = text + n, .place = *place};
}

void sql_scan_statement_end(struct sql_scanner *s)
{
	s->parentheses = s->brackets = 0;
	s->operand = false;
}

static size_t left(const struct sql_scanner *s)
{
	return (size_t)(s->end - s->p);
}

static char peek(const struct sql_scanner *s, size_t ahead)
{
	return ahead < left(s) ? s->p[ahead] : '\0';
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Ends the token `n` bytes from here. */
static void take(struct sql_scanner *s, struct sql_token *t, enum sql_token_type type, size_t n)
{
	size_t i;

	t->type = type;
	t->length = n;
	for (i = 0; i < n; i++)
		place_pass(&s->place, s->p[i]);
	s->p += n;
}

static void take_unclosed(struct sql_scanner *s, struct sql_token *t, const char *what)
{
	t->unclosed = what;
	take(s, t, SQL_UNCLOSED, left(s));
}

/* Where a quoted text that begins at `from` ends, past the quote; 0 when it never does. */
static size_t quoted_end(const struct sql_scanner *s, size_t from, char quote, bool backslashes)
{
	size_t n = from + 1;

	for (; n < left(s); n++) {
		if (backslashes && s->p[n] == '\\')
			n++;
		else if (s->p[n] == quote && peek(s, n + 1) == quote)
			n++;
		else if (s->p[n] == quote)
			return n + 1;
	}
	return 0;
}

/* A string goes on behind blanks with a line break: the next quote, or 0. */
static size_t continued_string(const struct sql_scanner *s, size_t n)
{
	bool newline = false;

	for (; is_blank(peek(s, n)); n++)
		newline = newline || s->p[n] == '\n' || s->p[n] == '\r';
	return newline && peek(s, n) == '\'' ? n : 0;
}

/* A string from the quote at `from`. Its continuations obey the same rules, so they belong. */
static void scan_string(struct sql_scanner *s, struct sql_token *t, size_t from, bool backslashes)
{
	size_t end = quoted_end(s, from, '\'', backslashes), next;

	while (end && backslashes && (next = continued_string(s, end)) > 0)
		end = quoted_end(s, next, '\'', true);
	if (end)
		take(s, t, SQL_STRING, end);
	else
		take_unclosed(s, t, "string that begins here is never closed; expected '");
}

static void scan_identifier(struct sql_scanner *s, struct sql_token *t)
{
	size_t end = quoted_end(s, 0, '"', false);

	if (end)
		take(s, t, SQL_IDENTIFIER, end);
	else
		take_unclosed(s, t,
			      "quoted identifier that begins here is never closed; "
			      "expected \"");
}

static void scan_line_comment(struct sql_scanner *s, struct sql_token *t)
{
	const char *newline = memchr(s->p, '\n', left(s));

	take(s, t, SQL_COMMENT, newline ? (size_t)(newline - s->p) : left(s));
}

static void scan_block_comment(struct sql_scanner *s, struct sql_token *t)
{
	size_t n = 0, depth = 0;

	while (n + 1 < left(s)) {
		if (s->p[n] == '/' && s->p[n + 1] == '*') {
			depth++;
			n += 2;
		} else if (s->p[n] == '*' && s->p[n + 1] == '/') {
			n += 2;
			if (--depth == 0) {
				take(s, t, SQL_COMMENT, n);
				return;
			}
		} else {
			n++;
		}
	}
	take_unclosed(s, t, "comment that begins here is never closed; expected */");
}

/* The length of $tag$ here, or 0. */
static size_t dollar_tag_length(const struct sql_scanner *s)
{
	size_t n = 1;

	if (is_name_start(peek(s, n)))
		while (is_name_part(peek(s, n)))
			n++;
	return peek(s, n) == '$' ? n + 1 : 0;
}

static void scan_dollar(struct sql_scanner *s, struct sql_token *t)
{
	size_t tag = dollar_tag_length(s), n = 1;
	const char *close;

	if (tag) {
		close = memmem(s->p + tag, left(s) - tag, s->p, tag);
		if (close)
			take(s, t, SQL_BODY, (size_t)(close - s->p) + tag);
		else
			take_unclosed(s, t,
				      "dollar-quoted text that begins here is never closed; "
				      "expected its tag again");
		return;
	}
	while (is_digit(peek(s, n)))
		n++;
	take(s, t, n > 1 ? SQL_NUMBER : SQL_OTHER, n); /* $1 */
}

/* A word, or E and the string behind it. */
static void scan_word(struct sql_scanner *s, struct sql_token *t)
{
	size_t n = 1;

	if ((*s->p == 'e' || *s->p == 'E') && peek(s, 1) == '\'') {
		scan_string(s, t, 1, true);
		return;
	}
	while (is_name_part(peek(s, n)) || peek(s, n) == '$')
		n++;
	take(s, t, SQL_WORD, n);
}

/* Digits and what hangs on them: 1.5e-3, 0x1F, 1_000. 1..2 is two numbers. */
static void scan_number(struct sql_scanner *s, struct sql_token *t)
{
	size_t n = 0;

	for (;; n++) {
		char c = peek(s, n);

		if ((c == '+' || c == '-') && n > 0 && (s->p[n - 1] | 0x20) == 'e' &&
		    is_digit(peek(s, n + 1)) && (s->p[1] | 0x20) != 'x')
			continue;
		if (c == '.' && peek(s, n + 1) == '.')
			break;
		if (!is_name_part(c) && c != '.')
			break;
	}
	take(s, t, SQL_NUMBER, n);
}

static bool in_square(const struct sql_scanner *s)
{
	unsigned top = s->brackets - 1;

	if (s->brackets == 0 || s->brackets > SQL_SCAN_BRACKETS)
		return false;
	return s->square[top / 64] >> top % 64 & 1;
}

static void scan_open(struct sql_scanner *s, struct sql_token *t)
{
	bool square = *s->p == '[';
	uint64_t bit;

	if (!square && s->parentheses++ == 0)
		s->opened = s->place;
	if (s->brackets < SQL_SCAN_BRACKETS) {
		bit = (uint64_t)1 << s->brackets % 64;
		s->square[s->brackets / 64] &= ~bit;
		if (square)
			s->square[s->brackets / 64] |= bit;
	}
	s->brackets++;
	take(s, t, SQL_OPEN, 1);
}

static void scan_close(struct sql_scanner *s, struct sql_token *t)
{
	if (*s->p == ')' && s->parentheses)
		s->parentheses--;
	if (s->brackets)
		s->brackets--;
	take(s, t, SQL_CLOSE, 1);
}

static void scan_colon(struct sql_scanner *s, struct sql_token *t)
{
	size_t n = 1;

	if (!is_name_start(peek(s, 1))) {
		while (peek(s, n) == ':')
			n++;
		take(s, t, SQL_OTHER, n);
		return;
	}
	if (s->operand && in_square(s)) {
		take(s, t, SQL_OTHER, 1);
		return;
	}
	while (is_name_part(peek(s, n)))
		n++;
	take(s, t, SQL_VARIABLE, n);
}

static void scan_backslash(struct sql_scanner *s, struct sql_token *t)
{
	if (peek(s, 1) == ';' || peek(s, 1) == ':')
		take(s, t, SQL_ESCAPE, 2);
	else
		take(s, t, SQL_BACKSLASH, 1);
}

/* Everything that is known by its first character. */
static void scan_punctuation(struct sql_scanner *s, struct sql_token *t)
{
	switch (*s->p) {
	case '\'':
		scan_string(s, t, 0, false);
		break;
	case '"':
		scan_identifier(s, t);
		break;
	case '$':
		scan_dollar(s, t);
		break;
	case ':':
		scan_colon(s, t);
		break;
	case ';':
		take(s, t, SQL_SEMICOLON, 1);
		break;
	case '\\':
		scan_backslash(s, t);
		break;
	case '(':
	case '[':
		scan_open(s, t);
		break;
	case ')':
	case ']':
		scan_close(s, t);
		break;
	default:
		take(s, t, SQL_OTHER, 1);
	}
}

/* Keywords that an operand follows: behind them a colon in brackets begins a variable. */
static bool is_operator_word(const struct sql_token *t)
{
	static const char *const words[] = {
		"all",	    "and",    "any",	   "as",      "between", "by",	  "case", "collate",
		"distinct", "else",   "escape",	   "except",  "filter",	 "for",	  "from", "having",
		"ilike",    "in",     "intersect", "is",      "like",	 "limit", "not",  "offset",
		"on",	    "or",     "select",	   "similar", "some",	 "then",  "to",	  "union",
		"using",    "values", "when",	   "where",
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (sql_token_is(t, words[i]))
			return true;
	return false;
}

static void note_operand(struct sql_scanner *s, const struct sql_token *t)
{
	switch (t->type) {
	case SQL_SPACE:
	case SQL_COMMENT:
		break;
	case SQL_WORD:
		s->operand = !s->brackets || !is_operator_word(t);
		break;
	case SQL_NUMBER:
	case SQL_STRING:
	case SQL_IDENTIFIER:
	case SQL_BODY:
	case SQL_VARIABLE:
	case SQL_CLOSE:
		s->operand = true;
		break;
	default:
		s->operand = false;
	}
}

void sql_scan_next(struct sql_scanner *s, struct sql_token *t)
{
	size_t n = 0;
	char c = peek(s, 0);

	*t = (struct sql_token){.type = SQL_END, .text = s->p, .place = s->place};
	if (s->p == s->end)
		return;
	if (is_blank(c)) {
		while (is_blank(peek(s, n)))
			n++;
		take(s, t, SQL_SPACE, n);
	} else if (c == '-' && peek(s, 1) == '-') {
		scan_line_comment(s, t);
	} else if (c == '/' && peek(s, 1) == '*') {
		scan_block_comment(s, t);
	} else if (is_name_start(c)) {
		scan_word(s, t);
	} else if (is_digit(c) || (c == '.' && is_digit(peek(s, 1)))) {
		scan_number(s, t);
	} else {
		scan_punctuation(s, t);
	}
	note_operand(s, t);
}

void sql_scan_line(struct sql_scanner *s, struct sql_token *t)
{
	size_t n = 0;

	*t = (struct sql_token){.text = s->p, .place = s->place};
	for (; n < left(s) && s->p[n] != '\n'; n++) {
		if (s->p[n] != '\\')
			continue;
		if (peek(s, n + 1) == '\n')
			n++;
		else if (peek(s, n + 1) == '\r' && peek(s, n + 2) == '\n')
			n += 2;
	}
	take(s, t, SQL_OTHER, n);
}

bool sql_token_is(const struct sql_token *t, const char *word)
{
	return t->type == SQL_WORD && strlen(word) == t->length &&
	       strncasecmp(word, t->text, t->length) == 0;
}

size_t sql_find_variable(const char *text, size_t n, size_t from, size_t *length)
{
	size_t i = from, end;

	while (i < n) {
		if (text[i] != ':') {
			i++;
			continue;
		}
		if (i + 1 < n && is_name_start(text[i + 1])) {
			for (end = i + 1; end < n && is_name_part(text[end]);)
				end++;
			*length = end - i;
			return i;
		}
		while (i < n && text[i] == ':')
			i++;
	}
	return n;
}
