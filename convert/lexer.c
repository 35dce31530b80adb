/*
 * lexer.c - one pass over the text. What begins a token is decided by its first characters and the
 * dialect's flags; an unterminated string, name or comment takes the rest of the text as one bad
 * token, so that no input is looked at twice.
 */
#include "convert/token.h"

#include <string.h>

struct lexer {
	const struct dialect *dialect;
	const char *p; /* the text */
	size_t at, end;
	uint32_t lex;
	bool double_strings;
	struct token *last; /* the token before, or NULL */
};

static inline bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (unsigned char)c >= 128;
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline char peek(const struct lexer *l, size_t ahead)
{
	return l->at + ahead < l->end ? l->p[l->at + ahead] : '\0';
}

static bool name_goes_on(const struct lexer *l, char c)
{
	if (is_letter(c) || is_digit(c) || c == '$')
		return true;
	return c == '#' && !(l->lex & LEX_HASH_COMMENT) && l->dialect != &dialect_postgres;
}

/* Skips a comment in slashes and stars; false when it does not end. */
static bool skip_block(struct lexer *l, struct token *t)
{
	unsigned depth = 1;
	bool inner = false;

	if (peek(l, 2) == '+')
		t->flags |= TOKEN_HINT;
	for (l->at += 2; l->at < l->end; l->at++) {
		if (l->p[l->at] == '*' && peek(l, 1) == '/') {
			l->at++;
			if (--depth == 0) {
				l->at++;
				if (inner && !(l->lex & LEX_NESTED_COMMENT))
					t->flags |= TOKEN_ODD_GAP;
				return true;
			}
		} else if (l->p[l->at] == '/' && peek(l, 1) == '*') {
			inner = true;
			l->at++;
			depth += (l->lex & LEX_NESTED_COMMENT) != 0;
		}
	}
	return false;
}

static void skip_line(struct lexer *l)
{
	const char *nl = memchr(l->p + l->at, '\n', l->end - l->at);

	l->at = nl ? (size_t)(nl - l->p) : l->end;
}

static bool dash_comment(const struct lexer *l)
{
	char next = peek(l, 2);

	return peek(l, 1) == '-' && (!(l->lex & LEX_DASH_SPACE) || next == '\0' || is_space(next));
}

/* Blanks and comments; false when a comment does not end. */
static bool skip_gap(struct lexer *l, struct token *t)
{
	size_t begin = l->at;

	while (l->at < l->end) {
		char c = l->p[l->at];

		if (is_space(c)) {
			if (c == '\n')
				t->flags |= TOKEN_NEW_LINE;
			l->at++;
		} else if (c == '-' && dash_comment(l)) {
			skip_line(l);
		} else if (c == '/' && peek(l, 1) == '*') {
			if (!skip_block(l, t))
				return false;
		} else if ((c == '#' && l->lex & LEX_HASH_COMMENT) ||
			   (c == '/' && peek(l, 1) == '/' && l->lex & LEX_SLASH_COMMENT)) {
			t->flags |= TOKEN_ODD_GAP;
			skip_line(l);
		} else {
			break;
		}
	}
	if (l->at > begin)
		t->flags |= TOKEN_BLANK;
	return true;
}

/* From the opening quote at l->at over the closing one. False: it does not end. */
static bool skip_quoted(struct lexer *l, char close, bool backslash, struct token *t)
{
	for (l->at++; l->at < l->end; l->at++) {
		char c = l->p[l->at];

		if (c == '\\' && backslash) {
			t->flags |= TOKEN_ESCAPES;
			l->at++;
		} else if (c == close) {
			if (peek(l, 1) != close) {
				l->at++;
				return true;
			}
			t->flags |= TOKEN_ESCAPES;
			l->at++;
		}
	}
	l->at = l->end;
	return false;
}

static void string_token(struct lexer *l, struct token *t, size_t prefix, bool backslash)
{
	char quote;
	bool plain;

	l->at += prefix;
	quote = peek(l, 0);
	t->kind = skip_quoted(l, quote, backslash, t) ? TOKEN_STRING : TOKEN_BAD;
	plain = quote == '\'' && prefix == 0;
	if (plain && backslash && memchr(l->p + t->begin, '\\', l->at - t->begin))
		plain = false;
	if (prefix && l->lex & LEX_E_STRING)
		plain = true; /* E'x' is Postgres' own */
	if (plain)
		t->flags |= TOKEN_PLAIN;
}

static char closing(char open)
{
	switch (open) {
	case '[':
		return ']';
	case '(':
		return ')';
	case '{':
		return '}';
	case '<':
		return '>';
	default:
		return open;
	}
}

/* q'[x]': `prefix` characters before the quote. */
static void q_string_token(struct lexer *l, struct token *t, size_t prefix)
{
	char close = closing(peek(l, prefix + 1));

	t->kind = TOKEN_BAD;
	for (l->at += prefix + 2; l->at < l->end; l->at++)
		if (l->p[l->at] == close && peek(l, 1) == '\'') {
			l->at += 2;
			t->kind = TOKEN_STRING;
			return;
		}
	l->at = l->end;
}

/* $tag$...$tag$; false when there is no tag here. */
static bool dollar_string(struct lexer *l, struct token *t)
{
	size_t n = 1;
	const char *found;

	while (is_letter(peek(l, n)) || is_digit(peek(l, n)))
		n++;
	if (peek(l, n) != '$' || is_digit(peek(l, 1)))
		return false;
	n++;
	found = memmem(l->p + l->at + n, l->end - l->at - n, l->p + l->at, n);
	t->kind = found ? TOKEN_STRING : TOKEN_BAD;
	t->flags |= TOKEN_PLAIN;
	l->at = found ? (size_t)(found - l->p) + n : l->end;
	return true;
}

static bool number_suffix(struct lexer *l)
{
	char c = (char)(peek(l, 0) | 32);
	size_t n = 0;

	if (!(l->lex & LEX_SUFFIX))
		return false;
	if (c == 'b' && (peek(l, 1) | 32) == 'd')
		n = 2;
	else if (c == 'l' || c == 's' || c == 'y' || c == 'd' || c == 'f')
		n = 1;
	if (n == 0 || is_letter(peek(l, n)) || is_digit(peek(l, n)))
		return false;
	l->at += n;
	return true;
}

static void number_token(struct lexer *l, struct token *t)
{
	t->kind = TOKEN_NUMBER;
	if (l->p[l->at] == '0' && (peek(l, 1) | 32) == 'x' && peek(l, 2) != '\0' &&
	    strchr("0123456789abcdefABCDEF", peek(l, 2))) {
		t->kind = TOKEN_BYTES;
		for (l->at += 2; is_letter(peek(l, 0)) || is_digit(peek(l, 0));)
			l->at++;
		return;
	}
	while (is_digit(peek(l, 0)))
		l->at++;
	if (peek(l, 0) == '.' && peek(l, 1) != '.') {
		l->at++;
		while (is_digit(peek(l, 0)))
			l->at++;
	}
	if ((peek(l, 0) | 32) == 'e') {
		size_t sign = peek(l, 1) == '+' || peek(l, 1) == '-';

		if (is_digit(peek(l, 1 + sign))) {
			l->at += 1 + sign;
			while (is_digit(peek(l, 0)))
				l->at++;
		}
	}
	if (number_suffix(l) || !is_letter(peek(l, 0)) || !(l->lex & LEX_DIGIT_NAME))
		return;
	t->kind = TOKEN_WORD;
	while (name_goes_on(l, peek(l, 0)))
		l->at++;
}

/* A word, or a string with a letter before it. */
static void word_token(struct lexer *l, struct token *t)
{
	char c = (char)(peek(l, 0) | 32), next = peek(l, 1);
	bool backslash = l->lex & LEX_BACKSLASH;

	if (next == '\'' || (next == '"' && l->double_strings)) {
		if (c == 'n' && next == '\'') {
			string_token(l, t, 1, backslash);
			t->flags &= (uint8_t)~TOKEN_PLAIN;
			return;
		}
		if (c == 'e' && l->lex & LEX_E_STRING) {
			string_token(l, t, 1, true);
			return;
		}
		if (c == 'r' && l->lex & LEX_RAW_STRING) {
			string_token(l, t, 1, false);
			return;
		}
		if (c == 'x' && next == '\'') {
			l->at++;
			t->kind = skip_quoted(l, '\'', false, t) ? TOKEN_BYTES : TOKEN_BAD;
			return;
		}
		if (c == 'q' && l->lex & LEX_Q_STRING) {
			q_string_token(l, t, 1);
			return;
		}
	}
	if (c == 'n' && (next | 32) == 'q' && peek(l, 2) == '\'' && l->lex & LEX_Q_STRING) {
		q_string_token(l, t, 2);
		return;
	}
	while (name_goes_on(l, peek(l, 0)))
		l->at++;
	t->kind = TOKEN_WORD;
	t->keyword = (uint16_t)keyword_find(l->p + t->begin, l->at - t->begin);
}

#define BRACE_MAX                                                                                  \
	200 /* bytes; also keeps a text full of "${" from being searched again and again */

/* ${x}, {{x}}: up to the closing brace. */
static bool brace_parameter(struct lexer *l, struct token *t, const char *close)
{
	size_t left = l->end - l->at;
	const char *found =
		memmem(l->p + l->at, left < BRACE_MAX ? left : BRACE_MAX, close, strlen(close));

	if (!(l->lex & LEX_BRACE) || !found)
		return false;
	l->at = (size_t)(found - l->p) + strlen(close);
	t->kind = TOKEN_PARAMETER;
	return true;
}

/* The token before can be the base of a path: a:b, f(x):b, a[0]:b. */
static bool after_value(const struct lexer *l)
{
	const struct token *t = l->last;

	if (!t || t->end != l->at)
		return false;
	return t->kind == TOKEN_WORD || t->kind == TOKEN_QUOTED || t->kind == TOKEN_STRING ||
	       t->kind == TOKEN_PARAMETER ||
	       (t->kind == TOKEN_OPERATOR && (t->symbol == ')' || t->symbol == ']'));
}

/* T-SQL's $12.50: a number behind the sign. */
static bool money(struct lexer *l, struct token *t)
{
	l->at++;
	while (is_digit(peek(l, 0)))
		l->at++;
	if (peek(l, 0) == '.')
		l->at++;
	while (is_digit(peek(l, 0)))
		l->at++;
	t->kind = TOKEN_NUMBER;
	return true;
}

static bool parameter_token(struct lexer *l, struct token *t)
{
	char c = peek(l, 0), next = peek(l, 1);
	size_t n = 1;

	if (c == '$' && next == '{')
		return brace_parameter(l, t, "}");
	if (c == '$' && is_digit(next) && l->dialect->flags & DIALECT_PLUS_CONCAT)
		return money(l, t);
	if (c == '{' && next == '{')
		return brace_parameter(l, t, "}}");
	if (c == '?' && l->lex & LEX_QUESTION) {
		l->at++;
		t->kind = TOKEN_PARAMETER;
		return true;
	}
	if (c == '@' && l->lex & LEX_AT_NAME) {
		n += next == '@';
		t->flags |= TOKEN_VARIABLE;
	} else if (c == ':' && l->lex & LEX_COLON_NAME) {
		if (l->lex & LEX_COLON_PATH && after_value(l))
			return false;
	} else if (c != '$') {
		return false;
	}
	if (c == '$' && next == '*' && l->dialect == &dialect_postgres) {
		l->at += 2; /* all other arguments, in the templates of rules */
		t->kind = TOKEN_PARAMETER;
		return true;
	}
	if (!is_letter(peek(l, n)) && !is_digit(peek(l, n)))
		return false;
	while (is_letter(peek(l, n)) || is_digit(peek(l, n)) || peek(l, n) == '$' ||
	       (c == '@' && peek(l, n) == '#'))
		n++;
	l->at += n;
	t->kind = TOKEN_PARAMETER;
	return true;
}

struct operator_row {
	const char *text;
	uint16_t symbol;
};

/* Longest first among those with the same first character. */
static const struct operator_row operators[] = {
	{"<=>", SYMBOL_NULL_EQ},  {"<>", SYMBOL_NE},	  {"<=", SYMBOL_LE},
	{"<<", SYMBOL_LEFT},	  {"<@", SYMBOL_WITHIN},  {">>>", SYMBOL_RIGHT3},
	{">>", SYMBOL_RIGHT},	  {">=", SYMBOL_GE},	  {"!~*", SYMBOL_NOT_MATCH_CI},
	{"!~", SYMBOL_NOT_MATCH}, {"!=", SYMBOL_NE},	  {"!<", SYMBOL_GE},
	{"!>", SYMBOL_LE},	  {"==", SYMBOL_EQ2},	  {"=>", SYMBOL_FAT_ARROW},
	{"||", SYMBOL_PIPES},	  {"|=", SYMBOL_ADD_SET}, {"&&", SYMBOL_AND2},
	{"&=", SYMBOL_ADD_SET},	  {"::", SYMBOL_CAST},	  {":=", SYMBOL_ASSIGN},
	{"->>", SYMBOL_ARROW2},	  {"->", SYMBOL_ARROW},	  {"-=", SYMBOL_ADD_SET},
	{"+=", SYMBOL_ADD_SET},	  {"*=", SYMBOL_ADD_SET}, {"**", SYMBOL_POWER2},
	{"/=", SYMBOL_ADD_SET},	  {"%=", SYMBOL_ADD_SET}, {"^=", SYMBOL_NE},
	{"~*", SYMBOL_MATCH},	  {"#>>", SYMBOL_PATH2},  {"#>", SYMBOL_PATH},
	{"@>", SYMBOL_CONTAINS},  {"..", SYMBOL_DOTS},
};

static bool outer_mark(struct lexer *l)
{
	size_t n = 1;

	while (is_space(peek(l, n)))
		n++;
	if (peek(l, n) != '+')
		return false;
	for (n++; is_space(peek(l, n));)
		n++;
	if (peek(l, n) != ')')
		return false;
	l->at += n + 1;
	return true;
}

static void operator_token(struct lexer *l, struct token *t)
{
	char c = peek(l, 0), next = peek(l, 1);

	t->kind = TOKEN_OPERATOR;
	t->symbol = (unsigned char)c;
	if (c == '|' && next == '>' && l->lex & LEX_PIPE_TO) {
		t->symbol = SYMBOL_PIPE_TO;
		l->at += 2;
		return;
	}
	if (c == '(' && outer_mark(l)) {
		t->symbol = SYMBOL_OUTER;
		return;
	}
	if (next == '\0' || !strchr("<>=!|&:->*~@.", next)) {
		l->at++;
		return;
	}
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		const struct operator_row *o = &operators[i];
		size_t n;

		if (o->text[0] != c || o->text[1] != next)
			continue;
		n = o->text[2] ? 3 : 2;
		if (n == 3 && peek(l, 2) != o->text[2])
			continue;
		t->symbol = o->symbol;
		if (c == '^' && l->lex & LEX_AT_NAME)
			t->symbol = SYMBOL_ADD_SET;
		l->at += n;
		return;
	}
	l->at++;
}

static void quoted_name_token(struct lexer *l, struct token *t, char close)
{
	t->kind = skip_quoted(l, close, false, t) ? TOKEN_QUOTED : TOKEN_BAD;
}

static bool quoted_token(struct lexer *l, struct token *t, char c)
{
	if (c == '\'' || (c == '"' && l->double_strings))
		string_token(l, t, 0, l->lex & LEX_BACKSLASH);
	else if (c == '"')
		quoted_name_token(l, t, '"');
	else if (c == '`' && l->lex & LEX_BACKTICK)
		quoted_name_token(l, t, '`');
	else if (c == '[' && l->lex & LEX_BRACKET_NAME)
		quoted_name_token(l, t, ']');
	else
		return false;
	return true;
}

static void next_token(struct lexer *l, struct token *t)
{
	char c, next;

	*t = (struct token){.kind = TOKEN_END};
	if (!skip_gap(l, t)) {
		t->kind = TOKEN_BAD;
		t->begin = t->end = (uint32_t)l->end;
		l->at = l->end;
		return;
	}
	t->begin = t->end = (uint32_t)l->at;
	if (l->at >= l->end)
		return;
	c = peek(l, 0);
	next = peek(l, 1);
	if (is_letter(c)) {
		word_token(l, t);
	} else if (is_digit(c) || (c == '.' && is_digit(next) && !after_value(l))) {
		number_token(l, t);
	} else if (quoted_token(l, t, c)) {
	} else if (c == '#' && l->lex & LEX_HASH_NAME && (is_letter(next) || next == '#')) {
		for (l->at++; name_goes_on(l, peek(l, 0));)
			l->at++;
		t->kind = TOKEN_WORD;
	} else if (c == '$' && l->lex & LEX_DOLLAR_STRING && dollar_string(l, t)) {
	} else if (!parameter_token(l, t)) {
		operator_token(l, t);
	}
	t->end = (uint32_t)l->at;
}

void lexer_run(struct arena *a, const struct dialect *d, bool double_strings, struct str text,
	       struct tokens *out)
{
	struct lexer l = {.dialect = d,
			  .p = text.p,
			  .end = text.len,
			  .lex = d->lex,
			  .double_strings = double_strings && d->lex & LEX_DOUBLE_STRING};
	uint32_t room = (uint32_t)(text.len / 4 + 16), n = 0;
	struct token *items = arena_alloc(a, room * sizeof(*items));

	*out = (struct tokens){.text = text};
	for (;;) {
		if (n == room) {
			struct token *more = arena_alloc(a, 2 * (size_t)room * sizeof(*items));

			memcpy(more, items, n * sizeof(*items));
			items = more;
			room *= 2;
		}
		next_token(&l, &items[n]);
		out->odd |= (items[n].flags & TOKEN_ODD_GAP) != 0;
		out->hints |= (items[n].flags & TOKEN_HINT) != 0;
		l.last = &items[n];
		if (items[n++].kind == TOKEN_END)
			break;
	}
	out->items = items;
	out->count = n;
}

struct decoder {
	const char *p, *end;
	char *out;
	size_t len;
};

static void put_utf8(struct decoder *d, unsigned c)
{
	if (c < 0x80) {
		d->out[d->len++] = (char)c;
	} else if (c < 0x800) {
		d->out[d->len++] = (char)(0xc0 | c >> 6);
		d->out[d->len++] = (char)(0x80 | (c & 63));
	} else {
		d->out[d->len++] = (char)(0xe0 | c >> 12);
		d->out[d->len++] = (char)(0x80 | (c >> 6 & 63));
		d->out[d->len++] = (char)(0x80 | (c & 63));
	}
}

/* Digits of a base, `n` of them, or -1. */
static int digits(const struct decoder *d, unsigned base, int n)
{
	int value = 0;

	if (d->end - d->p < n)
		return -1;
	for (int i = 0; i < n; i++) {
		char c = d->p[i], lower = (char)(c | 32);
		int v = is_digit(c)		       ? c - '0'
			: lower >= 'a' && lower <= 'f' ? lower - 'a' + 10
						       : 99;

		if (v >= (int)base)
			return -1;
		value = value * (int)base + v;
	}
	return value;
}

/* After a backslash. */
static void decode_escape(struct decoder *d)
{
	static const char from[] = "ntrb0Z", to[] = "\n\t\r\b\0\032";
	char c = *d->p;
	const char *known = strchr(from, c);
	int value;

	if (c == 'u' && (d->p++, value = digits(d, 16, 4)) >= 0) {
		put_utf8(d, (unsigned)value);
		d->p += 4;
		return;
	}
	if (c == 'u')
		d->p--;
	if (is_digit(c) && (value = digits(d, 8, 3)) > 0) {
		put_utf8(d, (unsigned)value & 255);
		d->p += 3;
		return;
	}
	if (c == '%' || c == '_')
		d->out[d->len++] = '\\';
	d->out[d->len++] = known && c ? to[known - from] : c;
	d->p++;
}

static struct str decode(struct arena *a, struct str inner, char quote, bool backslash)
{
	struct decoder d = {inner.p, inner.p + inner.len, arena_alloc(a, inner.len + 4), 0};

	while (d.p < d.end) {
		if (*d.p == '\\' && backslash && d.p + 1 < d.end) {
			size_t before = d.len;

			d.p++;
			decode_escape(&d);
			if (d.len == before + 1 && d.out[before] == '\0')
				d.len = before; /* no text of Postgres can hold it */
			continue;
		}
		if (*d.p == quote && d.p + 1 < d.end && d.p[1] == quote)
			d.p++;
		d.out[d.len++] = *d.p++;
	}
	return (struct str){d.out, d.len};
}

static struct str dollar_value(struct str s)
{
	const char *second = memchr(s.p + 1, '$', s.len - 1);
	size_t n = second ? (size_t)(second - s.p) + 1 : 1;

	return s.len >= 2 * n ? (struct str){s.p + n, s.len - 2 * n} : s;
}

struct str token_value(struct arena *a, const struct dialect *d, const struct tokens *t,
		       uint32_t index)
{
	const struct token *k = &t->items[index];
	struct str s = token_text(t, index), inner;
	size_t prefix = 0;
	char letter;
	bool backslash = k->kind == TOKEN_STRING && d->lex & LEX_BACKSLASH;

	if (s.len >= 2 && s.p[0] == '0' && k->kind == TOKEN_BYTES)
		return (struct str){s.p + 2, s.len - 2};
	if (s.p[0] == '$')
		return dollar_value(s);
	while (prefix < 2 && is_letter(s.p[prefix]))
		prefix++;
	letter = prefix ? (char)(s.p[prefix - 1] | 32) : 0;
	inner = (struct str){s.p + prefix + 1, s.len - prefix - 2};
	if (letter == 'q' && inner.len >= 2)
		return (struct str){inner.p + 1, inner.len - 2};
	if (letter == 'e')
		backslash = true;
	if (letter == 'r')
		backslash = false;
	if (!(k->flags & TOKEN_ESCAPES))
		return inner;
	return decode(a, inner, s.p[s.len - 1], backslash);
}
