/*
 * dialect.h - a source dialect is one row of data: how its text is cut into tokens, what its names
 * and types mean, and which rules turn its tree into Postgres'. dialect.c holds the rows.
 *
 * Adding a dialect: a row in dialect.c, its functions in functions_NAME.c, its rules in
 * rules_NAME.c. Nothing else asks which dialect it is: differences are flags and tables.
 */
#ifndef LAKEPORT_CONVERT_DIALECT_H
#define LAKEPORT_CONVERT_DIALECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "convert/convert.h"
#include "convert/function.h"

/* What the lexer must know. */
enum lex_flags {
	LEX_BACKTICK = 1 << 0,	     /* `name` */
	LEX_BRACKET_NAME = 1 << 1,   /* [name] */
	LEX_DOUBLE_STRING = 1 << 2,  /* "x" is a string by default (see convert_settings) */
	LEX_BACKSLASH = 1 << 3,	     /* '\n' in strings */
	LEX_NESTED_COMMENT = 1 << 4, /* comments nest */
	LEX_HASH_COMMENT = 1 << 5,   /* # to the end of the line */
	LEX_SLASH_COMMENT = 1 << 6,  /* // to the end of the line */
	LEX_DOLLAR_STRING = 1 << 7,  /* $$x$$, $tag$x$tag$ */
	LEX_RAW_STRING = 1 << 8,     /* r'x' */
	LEX_Q_STRING = 1 << 9,	     /* q'[x]' */
	LEX_E_STRING = 1 << 10,	     /* E'x' */
	LEX_SUFFIX = 1 << 11,	     /* 1L 1.5BD */
	LEX_COLON_PATH = 1 << 12,    /* a:b.c */
	LEX_AT_NAME = 1 << 13,	     /* @x, @@x */
	LEX_HASH_NAME = 1 << 14,     /* #temp */
	LEX_QUESTION = 1 << 15,	     /* ? is a parameter */
	LEX_COLON_NAME = 1 << 16,    /* :name is a parameter */
	LEX_BRACE = 1 << 17,	     /* ${x}, {{x}} are parameters */
	LEX_DIGIT_NAME = 1 << 18,    /* 2nd_column is a name */
	LEX_DASH_SPACE = 1 << 19,    /* -- needs a blank to be a comment */
	LEX_ADJACENT = 1 << 20,	     /* 'a' 'b' is one string */
	LEX_PIPE_TO = 1 << 29,	     /* |> is a symbol */
};

/* What the parser and printer must know. */
enum dialect_flags {
	DIALECT_CATALOGS = 1 << 20,	      /* names have a catalog before the schema: c.s.t */
	DIALECT_POSTGRES_PRECEDENCE = 1 << 0, /* operators bind as in Postgres */
	DIALECT_PIPES_OR = 1 << 1,	      /* || is OR, && is AND */
	DIALECT_CARET_XOR = 1 << 2,	      /* ^ is bitwise xor, not power */
	DIALECT_BARE_VALUES = 1 << 3,	      /* FROM VALUES (1), (2) AS t */
	DIALECT_PLUS_CONCAT = 1 << 4,	      /* 'a' + 'b' */
	DIALECT_EMPTY_NULL = 1 << 5,	      /* '' is NULL */
	DIALECT_BACKSLASH_LIKE = 1 << 6,      /* \ escapes in LIKE without an ESCAPE clause */
	DIALECT_FOLD_UPPER = 1 << 7,	      /* bare names fold to upper case: "ABC" is abc */
	DIALECT_NAMES_IGNORE_CASE = 1 << 8,   /* quoted names, too: [Name] is name */
	DIALECT_LATERAL_ALIAS = 1 << 9,	      /* a select item may use an alias before it */
	DIALECT_NUMERIC_BOOLEAN = 1 << 10,    /* conditions are numbers: IF(1, ...) */
	DIALECT_VARIANT = 1 << 12,	      /* what is found in JSON stays JSON */
	DIALECT_LAMBDA = 1 << 11,	      /* x -> x + 1 is a function */
};

/* Where NULLs sort when nothing is said. Postgres: NULLS_HIGH. */
enum nulls_order { NULLS_HIGH, NULLS_LOW };

/* What `int / int` gives. */
enum division { DIVISION_INTEGER, DIVISION_NUMERIC, DIVISION_FLOAT };

/*
 * A type of the source and its Postgres form. `to` is a Postgres type; "$" in it stands for the
 * arguments as they were, in parentheses ("varchar$": varchar(10) stays; "timestamp(0)": given).
 * `args` says for how many arguments the row holds (-1: any). Sorted by name, then rows in order;
 * the table ends with a row without name.
 */
struct type_rule {
	const char *name; /* lower case, words separated by one blank */
	signed char args; /* -1: any number */
	const char *to;
	const char *finding; /* or NULL */
};

struct unit_table; /* unit.h */
struct rule;	   /* rule.h */

struct dialect {
	const char *name;
	const char *const *aliases; /* ends with NULL */
	uint32_t lex;		    /* enum lex_flags */
	uint32_t flags;		    /* enum dialect_flags */
	enum nulls_order nulls;
	enum division division;
	const struct function_table *functions; /* function.h; NULL: none */
	const struct unit_table *units;		/* names of date parts; NULL: none */
	const struct type_rule *types;		/* ends with {0}; NULL: as Postgres */
	const struct rule *before;		/* applied on the way down; ends with {0} */
	const struct rule *after;		/* applied on the way up; ends with {0} */
};

/* Postgres itself: for the templates of rules. */
extern const struct dialect dialect_postgres;

#endif
