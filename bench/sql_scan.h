/*
 * sql_scan.h - SQL text as a row of tokens, just far enough to find variables and statement ends.
 *
 * Knows what can hide a colon, a semicolon or a backslash: '...' with '' inside (also B, X, N and
 * U& strings), E'...' with backslashes, "..." identifiers, -- and nested block comments,
 * $tag$...$tag$ bodies, casts, and slices of arrays. A `:name` is a variable unless it stands in
 * one of those; in a slice, that is inside brackets behind an operand, as in a[1:n], the colon
 * separates bounds (a[1 : :n] has a variable for its upper bound).
 *
 * Tokens cover the text without gaps and point into it; the scanner allocates nothing. Bytes that
 * are not UTF-8 pass as letters.
 */
#ifndef LAKEPORT_BENCH_SQL_SCAN_H
#define LAKEPORT_BENCH_SQL_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/place.h"

enum sql_token_type {
	SQL_END,
	SQL_SPACE,
	SQL_COMMENT,
	SQL_WORD, /* keyword or plain identifier */
	SQL_NUMBER,
	SQL_STRING,	/* with its quotes and its E */
	SQL_IDENTIFIER, /* in double quotes */
	SQL_BODY,	/* dollar-quoted */
	SQL_VARIABLE,	/* :name, with its colon */
	SQL_SEMICOLON,
	SQL_OPEN,      /* ( or [ */
	SQL_CLOSE,     /* ) or ] */
	SQL_ESCAPE,    /* \; or \: */
	SQL_BACKSLASH, /* a meta command begins; sql_scan_line() gives the rest of it */
	SQL_OTHER,     /* an operator's character, or colons that begin no variable */
	SQL_UNCLOSED,  /* a quote or comment that the text's end cuts off */
};

struct sql_token {
	enum sql_token_type type;
	const char *text;
	size_t length;
	struct place place;
	const char *unclosed; /* SQL_UNCLOSED: what it is, and how it would be closed */
};

#define SQL_SCAN_BRACKETS 256 /* deeper ones count as round */

struct sql_scanner {
	const char *p, *end;
	struct place place;
	unsigned parentheses; /* ( that are open */
	struct place opened;  /* where the outermost of them stands */
	bool operand;	      /* the last token could be the left side of an operator */
	unsigned brackets;    /* ( and [ that are open */
	uint64_t square[SQL_SCAN_BRACKETS / 64]; /* which of them are [ */
};

void sql_scan_begin(struct sql_scanner *s, const char *text, size_t n, const struct place *place);

/* The next token; SQL_END again and again at the end. */
void sql_scan_next(struct sql_scanner *s, struct sql_token *t);

/* The rest of the line, and of those that a backslash at the end continues, as SQL_OTHER. */
void sql_scan_line(struct sql_scanner *s, struct sql_token *t);

/* Forgets open parentheses and brackets: a statement has ended. */
void sql_scan_statement_end(struct sql_scanner *s);

/* Whether the token means something to the server. */
static inline bool sql_token_counts(const struct sql_token *t)
{
	return t->type != SQL_SPACE && t->type != SQL_COMMENT && t->type != SQL_END;
}

/* Whether the token is this word; `word` in lower case. */
bool sql_token_is(const struct sql_token *t, const char *word);

/*
 * The next `:name` in a quoted text, from `from` on, by pgbench's rule for the simple protocol: a
 * name behind a single colon. Gives its offset, and in `*length` its length with the colon;
 * returns n when there is none.
 */
size_t sql_find_variable(const char *text, size_t n, size_t from, size_t *length);

#endif
