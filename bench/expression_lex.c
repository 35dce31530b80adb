/* expression_lex.c - see expression_lex.h. */
#include "bench/expression_lex.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct spelling {
	const char *text;
	enum token_kind kind;
};

static const struct spelling keywords[] = {
	{"and", TOKEN_AND},	  {"case", TOKEN_CASE},	  {"else", TOKEN_ELSE},
	{"end", TOKEN_END_WORD},  {"false", TOKEN_FALSE}, {"is", TOKEN_IS},
	{"isnull", TOKEN_ISNULL}, {"not", TOKEN_NOT},	  {"notnull", TOKEN_NOTNULL},
	{"null", TOKEN_NULL},	  {"or", TOKEN_OR},	  {"then", TOKEN_THEN},
	{"true", TOKEN_TRUE},	  {"when", TOKEN_WHEN},
};

static const struct spelling operators[] = {
	/* longer ones first */
	{"<=", TOKEN_LESS_OR_EQUAL}, {">=", TOKEN_GREATER_OR_EQUAL},
	{"<>", TOKEN_DIFFERENT},     {"!=", TOKEN_DIFFERENT},
	{"<<", TOKEN_SHIFT_LEFT},    {">>", TOKEN_SHIFT_RIGHT},
	{"+", TOKEN_PLUS},	     {"-", TOKEN_MINUS},
	{"*", TOKEN_STAR},	     {"/", TOKEN_SLASH},
	{"%", TOKEN_PERCENT},	     {"(", TOKEN_OPEN},
	{")", TOKEN_CLOSE},	     {",", TOKEN_COMMA},
	{"=", TOKEN_EQUAL},	     {"<", TOKEN_LESS},
	{">", TOKEN_GREATER},	     {"|", TOKEN_PIPE},
	{"#", TOKEN_HASH},	     {"&", TOKEN_AMPERSAND},
	{"~", TOKEN_TILDE},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

bool is_name_part(char c)
{
	return is_name_start(c) || (c >= '0' && c <= '9');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char peek(const struct lexer *lexer, size_t ahead)
{
	return (size_t)(lexer->end - lexer->p) > ahead ? lexer->p[ahead] : '\0';
}

static void pass(struct lexer *lexer, size_t n)
{
	for (; n > 0; n--)
		place_pass(&lexer->place, *lexer->p++);
}

/* How many bytes of blank (or of a continued line's end) stand here. */
static size_t blank_length(const struct lexer *lexer)
{
	char c = peek(lexer, 0);

	if (c == ' ' || (c >= '\t' && c <= '\r'))
		return 1;
	if (c == '\\' && peek(lexer, 1) == '\n')
		return 2;
	if (c == '\\' && peek(lexer, 1) == '\r' && peek(lexer, 2) == '\n')
		return 3;
	return 0;
}

static size_t name_length(const struct lexer *lexer, size_t from)
{
	size_t n = from;

	while (is_name_part(peek(lexer, n)))
		n++;
	return n - from;
}

static int lex_word(struct lexer *lexer)
{
	struct token *t = &lexer->token;
	size_t i;

	t->kind = TOKEN_FUNCTION;
	t->length = name_length(lexer, 0);
	for (i = 0; i < COUNT(keywords) && !lexer->names; i++)
		if (strlen(keywords[i].text) == t->length &&
		    strncasecmp(keywords[i].text, t->text, t->length) == 0)
			t->kind = keywords[i].kind;
	pass(lexer, t->length);
	return 0;
}

/* The length of [digits][.digits][e[+-]digits]; `*fraction` tells whether it is a double. */
static size_t number_length(const struct lexer *lexer, bool *fraction)
{
	size_t n = 0, exponent;

	while (is_digit(peek(lexer, n)))
		n++;
	*fraction = peek(lexer, n) == '.';
	if (*fraction)
		for (n++; is_digit(peek(lexer, n));)
			n++;
	if (peek(lexer, n) == 'e' || peek(lexer, n) == 'E') {
		exponent = n + 1;
		if (peek(lexer, exponent) == '+' || peek(lexer, exponent) == '-')
			exponent++;
		if (is_digit(peek(lexer, exponent))) {
			*fraction = true;
			for (n = exponent; is_digit(peek(lexer, n));)
				n++;
		}
	}
	return n;
}

static int lex_number(struct lexer *lexer)
{
	struct token *t = &lexer->token;
	char room[512];
	bool fraction;

	t->length = number_length(lexer, &fraction);
	if (t->length >= sizeof(room))
		return place_fault(&t->place, lexer->e, "a number has more than %zu digits",
				   sizeof(room) - 1);
	memcpy(room, t->text, t->length);
	room[t->length] = '\0';
	errno = 0;
	t->kind = fraction ? TOKEN_DOUBLE : TOKEN_INTEGER;
	if (fraction)
		t->number = strtod(room, NULL);
	else
		t->integer = strtoll(room, NULL, 10);
	if (errno && strcmp(room, "9223372036854775808") == 0)
		t->kind = TOKEN_INTEGER_MIN;
	else if (errno)
		return place_fault(&t->place, lexer->e, "'%.60s' is out of range for %s", room,
				   fraction ? "a double" : "an integer of 64 bits");
	pass(lexer, t->length);
	return 0;
}

/* 'text' or "name", a quote inside is doubled. The token keeps its quotes. */
static int lex_quoted(struct lexer *lexer, enum token_kind kind)
{
	size_t n = 1, room = (size_t)(lexer->end - lexer->p);
	char quote = *lexer->p;

	for (; n < room; n++) {
		if (lexer->p[n] != quote)
			continue;
		if (n + 1 < room && lexer->p[n + 1] == quote) {
			n++;
			continue;
		}
		lexer->token.kind = kind;
		lexer->token.length = n + 1;
		pass(lexer, n + 1);
		return 0;
	}
	return place_fault(&lexer->place, lexer->e,
			   "the %s that begins here is never closed; expected %c",
			   kind == TOKEN_STRING ? "string" : "quoted name", quote);
}

static int lex_operator(struct lexer *lexer)
{
	struct token *t = &lexer->token;
	size_t i, n;

	for (i = 0; i < COUNT(operators); i++) {
		n = strlen(operators[i].text);
		if ((size_t)(lexer->end - lexer->p) < n || memcmp(t->text, operators[i].text, n))
			continue;
		t->kind = operators[i].kind;
		t->length = n;
		pass(lexer, n);
		return 0;
	}
	if (*t->text < ' ' || *t->text == 0x7f)
		return place_fault(&t->place, lexer->e, "unexpected byte 0x%02x in an expression",
				   (unsigned)(unsigned char)*t->text);
	return place_fault(&t->place, lexer->e, "unexpected '%c' in an expression", *t->text);
}

int lexer_next(struct lexer *lexer)
{
	struct token *t = &lexer->token;
	size_t n;
	char c;

	while ((n = blank_length(lexer)) > 0)
		pass(lexer, n);
	*t = (struct token){.kind = TOKEN_END, .text = lexer->p, .place = lexer->place};
	if (lexer->p == lexer->end)
		return 0;
	c = *lexer->p;
	if (is_name_start(c))
		return lex_word(lexer);
	if (is_digit(c) || (c == '.' && is_digit(peek(lexer, 1))))
		return lex_number(lexer);
	if (c == '\'' && lexer->strings)
		return lex_quoted(lexer, TOKEN_STRING);
	if (c == '"' && lexer->names)
		return lex_quoted(lexer, TOKEN_IDENTIFIER);
	if (c == '.' && lexer->names) {
		t->kind = TOKEN_DOT;
		t->length = 1;
		pass(lexer, 1);
		return 0;
	}
	if (c == ':' && is_name_part(peek(lexer, 1))) {
		t->kind = TOKEN_VARIABLE;
		t->text++;
		t->length = name_length(lexer, 1);
		pass(lexer, t->length + 1);
		return 0;
	}
	return lex_operator(lexer);
}
