/*
 * token.h - text cut into tokens, as a dialect reads it.
 *
 * The lexer never fails: what is not a token is TOKEN_BAD with the rest of the text or one
 * character, and the parser refuses it. One pass, linear time, positions are bytes. Blanks and
 * comments are not tokens: they are the gap between the end of one and the begin of the next.
 */
#ifndef LAKEPORT_CONVERT_TOKEN_H
#define LAKEPORT_CONVERT_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/memory.h"
#include "common/text.h"
#include "convert/dialect.h"
#include "convert/keyword.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,	 /* a bare name or keyword */
	TOKEN_QUOTED,	 /* a quoted name */
	TOKEN_STRING,	 /* a string in any of the dialect's forms */
	TOKEN_NUMBER,	 /* digits, perhaps with a suffix */
	TOKEN_BYTES,	 /* X'41', 0x41 */
	TOKEN_PARAMETER, /* ? :name @x ${x} {{x}} $1 */
	TOKEN_OPERATOR,
	TOKEN_BAD,
};

enum token_flags {
	TOKEN_ODD_GAP = 1,   /* the gap before holds a comment that Postgres does not know */
	TOKEN_HINT = 2,	     /* the gap before holds a hint */
	TOKEN_NEW_LINE = 4,  /* the gap before holds the end of a line */
	TOKEN_BLANK = 8,     /* there is a gap before */
	TOKEN_ESCAPES = 16,  /* of a string: has backslashes or doubled quotes */
	TOKEN_PLAIN = 32,    /* of a string: '...' exactly as Postgres reads it */
	TOKEN_VARIABLE = 64, /* of a parameter: @x */
};

/* Operators and punctuation: a character of its own, or one of these. */
enum symbol {
	SYMBOL_LE = 128,     /* <= */
	SYMBOL_GE,	     /* >= */
	SYMBOL_NE,	     /* <> != ^= ~= */
	SYMBOL_EQ2,	     /* == */
	SYMBOL_NULL_EQ,	     /* <=> */
	SYMBOL_PIPES,	     /* || */
	SYMBOL_PIPE_TO,	     /* |> in Spark */
	SYMBOL_AND2,	     /* && */
	SYMBOL_LEFT,	     /* << */
	SYMBOL_RIGHT,	     /* >> */
	SYMBOL_RIGHT3,	     /* >>> */
	SYMBOL_CAST,	     /* :: */
	SYMBOL_ASSIGN,	     /* := */
	SYMBOL_ARROW,	     /* -> */
	SYMBOL_ARROW2,	     /* ->> */
	SYMBOL_FAT_ARROW,    /* => */
	SYMBOL_ADD_SET,	     /* += -= *= /= %= &= |= and ^= in T-SQL */
	SYMBOL_OUTER,	     /* (+) */
	SYMBOL_MATCH,	     /* ~* */
	SYMBOL_NOT_MATCH,    /* !~ */
	SYMBOL_NOT_MATCH_CI, /* !~* */
	SYMBOL_PATH,	     /* #> */
	SYMBOL_PATH2,	     /* #>> */
	SYMBOL_CONTAINS,     /* @> */
	SYMBOL_WITHIN,	     /* <@ */
	SYMBOL_OTHER,	     /* another operator of Postgres */
	SYMBOL_POWER2,	     /* ** */
	SYMBOL_DOTS,	     /* .. */
};

struct token {
	uint8_t kind;	  /* enum token_kind */
	uint8_t flags;	  /* enum token_flags */
	uint16_t symbol;  /* of TOKEN_OPERATOR */
	uint16_t keyword; /* of TOKEN_WORD: enum keyword, 0: none */
	uint32_t begin, end;
};

/* Tokens of one text. The last is TOKEN_END. Belongs to the arena. */
struct tokens {
	struct str text;
	struct token *items;
	uint32_t count; /* TOKEN_END included */
	bool odd;	/* some gap holds a comment that Postgres does not know */
	bool hints;	/* some gap holds one */
};

/* `double_strings`: "x" is a string. */
void lexer_run(struct arena *a, const struct dialect *d, bool double_strings, struct str text,
	       struct tokens *out);

/* The value of a string, name, bytes token (without quotes, escapes resolved), in the arena. */
struct str token_value(struct arena *a, const struct dialect *d, const struct tokens *t,
		       uint32_t index);

/* The token's text as it stands. */
static inline struct str token_text(const struct tokens *t, uint32_t index)
{
	const struct token *k = &t->items[index];
	return (struct str){t->text.p + k->begin, (size_t)(k->end - k->begin)};
}

#endif
