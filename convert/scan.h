/*
 * scan.h - private to convert: SQL of any dialect cut into words, literals and comments, without a
 * grammar. For what needs no more: where literals are, what a text is without its comments, how
 * long its chains are. Pure; tokens are views of the text.
 */
#ifndef LAKEPORT_CONVERT_SCAN_H
#define LAKEPORT_CONVERT_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"

enum scan_kind {
	SCAN_END,
	SCAN_BLANK,
	SCAN_COMMENT,
	SCAN_STRING, /* with its prefix, if any */
	SCAN_NUMBER,
	SCAN_WORD,
	SCAN_QUOTED, /* a quoted name */
	SCAN_OTHER,  /* one character */
};

/* How a dialect writes literals and comments. */
struct scan_style {
	const char *dialect;
	bool backslash;	    /* escapes in strings */
	bool double_quotes; /* "x" is a string */
	bool brackets;	    /* [x] is a name */
	bool hash;	    /* # begins a comment */
	bool dollar;	    /* $tag$ ... $tag$ is a string */
};
const struct scan_style *scan_style(const char *dialect); /* never NULL: else Postgres' own */

struct scan_token {
	enum scan_kind kind;
	const char *p;
	size_t len;
};

struct scan {
	const struct scan_style *style;
	const char *p, *end;
};
/* The next token; tokens cover the text without gaps. What is not closed ends with the text. */
struct scan_token scan_next(struct scan *s);

/* The value of a string token. False: its bytes are not text (x'...', b'...'). */
bool scan_value(const struct scan_style *style, const struct scan_token *t, struct buf *out);

/* The text without comments, blanks made one, no final semicolon. */
void scan_normalize(const struct scan_style *style, const char *sql, struct buf *out);

/* Whether `word` (lower case) is among the words of a text. */
bool scan_has_word(const struct scan_style *style, const char *sql, const char *word);

/*
 * The most tokens that stand in a row without a comma of their own level. Postgres' parser builds a
 * chain (a + a + ..., UNION, JOIN) as a tree as deep as it is long.
 */
size_t scan_chain(const char *sql);

#endif
