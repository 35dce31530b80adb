/*
 * parse.h - private to the parser: one hand-written recursive descent for the union of the
 * dialects, tolerant where they differ.
 *
 * A failure is sticky: the first one is kept, the position jumps to the end, and every function
 * still returns a node, so that nothing needs to be checked on the way out. Where damage can be
 * contained (a call's arguments, options of a table) the parser goes back and keeps the tokens raw.
 */
#ifndef LAKEPORT_CONVERT_PARSE_H
#define LAKEPORT_CONVERT_PARSE_H

#include "convert/convert.h"
#include "convert/dialect.h"
#include "convert/token.h"
#include "convert/tree.h"

#define PARSE_DEPTH_MAX	 400  /* of nesting */
#define PARSE_HEIGHT_MAX 3000 /* of the tree: a chain of 3000 unions or operators */

struct parser {
	struct arena *a;
	const struct dialect *d;
	const struct tokens *t;
	uint32_t at;
	unsigned depth;
	unsigned retries; /* guesses that were taken back, bounded */
	uint8_t rights;	  /* so many '>' of '>>' or '>>>' were taken as the ends of types */
	bool failed;
	const char *why; /* what failed, a fixed text */
	uint32_t failed_at;
};

/*
 * Parses all tokens as one statement. Returns a ROOT, or NULL with `why` (a fixed text) and the
 * token where it stopped.
 */
struct node *parse_tokens(struct arena *a, const struct dialect *d, const struct tokens *t,
			  const char **why, uint32_t *where);
/* Same for an expression alone: templates. */
struct node *parse_expression_tokens(struct arena *a, const struct dialect *d,
				     const struct tokens *t);

/* The position. */
const struct token *parse_peek(const struct parser *p, uint32_t ahead);
enum keyword parse_keyword(const struct parser *p, uint32_t ahead); /* 0: not a bare word */
bool parse_is(const struct parser *p, enum keyword k);
bool parse_is_symbol(const struct parser *p, unsigned symbol);
bool parse_symbol_at(const struct parser *p, uint32_t ahead, unsigned symbol);
bool parse_at_end(const struct parser *p);
bool parse_at_statement_end(const struct parser *p); /* or at its semicolon */
/* Any word, also one that is no keyword. */
bool parse_accept_word(struct parser *p, const char *word);
bool parse_accept(struct parser *p, enum keyword k);
bool parse_accept2(struct parser *p, enum keyword k, enum keyword then);
bool parse_accept_symbol(struct parser *p, unsigned symbol);
void parse_expect(struct parser *p, enum keyword k);
void parse_expect_symbol(struct parser *p, unsigned symbol);
/* The word at that place is `word` (upper case), keyword or not. */
bool parse_is_word(const struct parser *p, uint32_t ahead, const char *word);
bool parse_is_name(const struct parser *p, uint32_t ahead);
void parse_fail(struct parser *p, const char *why);

/* A place to come back to. */
struct parse_mark {
	uint32_t at;
	unsigned depth;
	uint8_t rights;
	bool failed;
	const char *why;
	uint32_t failed_at;
};
struct parse_mark parse_mark(const struct parser *p);
void parse_back(struct parser *p, struct parse_mark m);

/* A node that begins here; and its end at the last token taken. */
struct node *parse_open(struct parser *p, enum node_kind kind);
struct node *parse_open_at(struct parser *p, enum node_kind kind, uint32_t first);
struct node *parse_close(struct parser *p, struct node *n);
/* Bounds recursion; false: it failed. Each enter has its leave. */
bool parse_enter(struct parser *p);
void parse_leave(struct parser *p);
/* Tokens up to the closing parenthesis of the one just taken, or to `;`: false when unbalanced. */
bool parse_skip_balanced(struct parser *p);
/* Takes everything left. */
void parse_take_rest(struct parser *p);

/* Names. */
struct node *parse_ident(struct parser *p);
/* Same, where a word reserved in Postgres must be quoted (not after AS, not after a dot). */
struct node *parse_column_ident(struct parser *p);
struct node *parse_name(struct parser *p);	 /* a.b.c */
struct node *parse_ident_list(struct parser *p); /* (a, b) */

/* Expressions. */
struct node *parse_expression(struct parser *p);
struct node *parse_binary(struct parser *p, int binding);
struct node *parse_primary(struct parser *p);
struct node *parse_expression_list(struct parser *p); /* a, b; no parentheses */
struct node *parse_call(struct parser *p, struct node *name, uint32_t first);
/* Words with a syntax of their own: CASE, CAST, EXTRACT, INTERVAL ...; NULL: not one of them. */
struct node *parse_special(struct parser *p);
struct node *parse_type(struct parser *p);
struct node *parse_sort_list(struct parser *p);
struct node *parse_order_by(struct parser *p); /* NULL: none here */
struct node *parse_window(struct parser *p);   /* (PARTITION BY ...) */

/* Queries. */
/* A query as an argument, without parentheses around it. */
bool parse_begins_bare_query(const struct parser *p);
bool parse_begins_query(const struct parser *p, uint32_t ahead);
struct node *parse_query(struct parser *p);
struct node *parse_with(struct parser *p); /* NULL: none here */
struct node *parse_values(struct parser *p);
struct node *parse_from_list(struct parser *p);
struct node *parse_relation(struct parser *p); /* with its joins */
/* What may stand behind a relation: joins; PIVOT, UNPIVOT, LATERAL VIEW. `left` or what it became.
 */
struct node *parse_joins(struct parser *p, struct node *left);
struct node *parse_relation_suffix(struct parser *p, struct node *left);
/* The |> steps behind a FROM list, or a query (parse_pipe.c): a QUERY. */
struct node *parse_pipe_from(struct parser *p, struct node *from);
struct node *parse_pipe_query(struct parser *p, struct node *query);
/* A SELECT, VALUES, TABLE or a query in parentheses. */
struct node *parse_query_primary(struct parser *p);
/* ORDER BY, LIMIT, ... behind a query. */
void parse_query_tail(struct parser *p, struct node *q);
struct node *parse_table(struct parser *p); /* a name with alias and hints */
struct node *parse_alias(struct parser *p); /* NULL: none here */
bool parse_begins_alias(const struct parser *p);
struct node *parse_limit_number(struct parser *p);

/* Statements. */
struct node *parse_statement(struct parser *p);
struct node *parse_insert(struct parser *p, struct node *with, uint32_t first);
struct node *parse_insert_all(struct parser *p, struct node *n); /* from ALL, FIRST or WHEN on */
struct node *parse_update(struct parser *p, struct node *with, uint32_t first);
struct node *parse_delete(struct parser *p, struct node *with, uint32_t first);
struct node *parse_merge(struct parser *p, struct node *with, uint32_t first);
struct node *parse_create(struct parser *p);
struct node *parse_alter(struct parser *p);
struct node *parse_drop(struct parser *p);
struct node *parse_comment(struct parser *p);
struct node *parse_column_def(struct parser *p);
struct node *parse_table_element(struct parser *p);  /* a column or a constraint */
struct node *parse_table_elements(struct parser *p); /* (column, constraint, ...) */
struct node *parse_table_constraint(struct parser *p);
struct node *parse_output(struct parser *p);			/* OUTPUT, RETURNING; NULL: none */
struct node *parse_items(struct parser *p);			/* of a select list */
struct node *parse_rest(struct parser *p, enum node_kind kind); /* all tokens left, raw */

#endif
