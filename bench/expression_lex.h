/*
 * expression_lex.h - the words of an expression.
 *
 * A line break can only be one that a backslash continues; it counts as a blank. A lexer holds one
 * token, which lexer_next() replaces; tokens point into the text.
 */
#ifndef LAKEPORT_BENCH_EXPRESSION_LEX_H
#define LAKEPORT_BENCH_EXPRESSION_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/place.h"

enum token_kind {
	TOKEN_END,
	TOKEN_INTEGER,
	TOKEN_INTEGER_MIN, /* 9223372036854775808, which only fits behind a minus */
	TOKEN_DOUBLE,
	TOKEN_STRING,	  /* 'text', where the lexer allows it */
	TOKEN_IDENTIFIER, /* "text" and . where names are allowed */
	TOKEN_DOT,
	TOKEN_VARIABLE, /* :name, without the colon in `name` */
	TOKEN_FUNCTION, /* a word that is no keyword */
	TOKEN_PLUS,
	TOKEN_MINUS,
	TOKEN_STAR,
	TOKEN_SLASH,
	TOKEN_PERCENT,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMMA,
	TOKEN_EQUAL,
	TOKEN_DIFFERENT,
	TOKEN_LESS,
	TOKEN_LESS_OR_EQUAL,
	TOKEN_GREATER,
	TOKEN_GREATER_OR_EQUAL,
	TOKEN_SHIFT_LEFT,
	TOKEN_SHIFT_RIGHT,
	TOKEN_PIPE,
	TOKEN_HASH,
	TOKEN_AMPERSAND,
	TOKEN_TILDE,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_IS,
	TOKEN_ISNULL,
	TOKEN_NOTNULL,
	TOKEN_NULL,
	TOKEN_TRUE,
	TOKEN_FALSE,
	TOKEN_CASE,
	TOKEN_WHEN,
	TOKEN_THEN,
	TOKEN_ELSE,
	TOKEN_END_WORD,
	TOKEN_KINDS
};

struct token {
	enum token_kind kind;
	const char *text;
	size_t length;
	struct place place;
	union {
		int64_t integer;
		double number;
	};
};

struct lexer {
	const char *p, *end;
	struct place place;
	bool strings; /* 'text' is a token */
	bool names;   /* "text" and . are tokens, and no word is a keyword */
	struct token token;
	struct error *e;
};

/* Reads the next token into lexer->token. -1 with class INPUT when the text is no token. */
int lexer_next(struct lexer *lexer);

/* Letters, _ and every byte of a character beyond ASCII; those and digits. */
bool is_name_start(char c);
bool is_name_part(char c);

#endif
