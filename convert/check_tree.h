/*
 * check_tree.h - private to convert: Postgres' own parse tree of a text, to be looked at.
 *
 * libpg_query gives the tree as JSON: {"FuncCall": {...}}, with some nodes unwrapped in fields of a
 * fixed type ("typeName": {...}). The walk hides the difference. Locations are bytes of the whole
 * text. Nesting is bounded by the parser of JSON (1,000 levels).
 */
#ifndef LAKEPORT_CONVERT_CHECK_TREE_H
#define LAKEPORT_CONVERT_CHECK_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include <cJSON.h>

#include "common/memory.h"

struct pgtree_statement {
	const char *kind;  /* "SelectStmt" */
	const cJSON *node; /* what is inside */
	const char *sql;   /* its text alone, in the arena */
	size_t begin;	   /* byte of the whole text where it begins */
};

struct parsed {
	cJSON *root; /* NULL: it does not parse */
	struct pgtree_statement *statements;
	size_t count;
	const char *message; /* why it does not parse */
	size_t position;     /* byte, from 1; 0: not known */
	bool too_deep;	     /* it parses, but the tree is too deep to be looked at */
};

/* 0, or -1 with message and position. parsed_release() in both cases. */
int parsed_text(struct parsed *p, struct arena *a, const char *sql);
void parsed_release(struct parsed *p);

/*
 * Whether the parser must not be given this text: a chain of operators, UNIONs or JOINs is a tree
 * as deep as it is long, and writing that down overruns the stack (seen from 60,000 links on).
 */
bool pgtree_too_long(const char *sql);
/* Whether it takes the text as it is. */
bool pgtree_parses(const char *sql);
extern const char pgtree_too_long_message[];

/* The byte, from 1, of character `n` (from 1) of a UTF-8 text. */
size_t pgtree_byte(const char *sql, int n);

/* Called for each typed node, parents first; returns whether to go below it. */
typedef bool pgtree_visit(void *context, const char *type, const cJSON *node);
void pgtree_walk(const cJSON *node, pgtree_visit *visit, void *context);
/* The same for a node whose type is known: it is visited itself, too. */
void pgtree_walk_typed(const char *type, const cJSON *node, pgtree_visit *visit, void *context);

/* Fields of a node; a missing one is NULL, "" or 0. */
const cJSON *pgtree_field(const cJSON *node, const char *name);
const char *pgtree_text(const cJSON *node, const char *name);
size_t pgtree_location(const cJSON *node); /* byte from 1; 0: not known */
size_t pgtree_length(const cJSON *list);   /* of an array; NULL has none */

/* What is inside a wrapped node of that type, else NULL. */
const cJSON *pgtree_as(const cJSON *wrapped, const char *type);

/* The text of part `i` of a list of String nodes, counted from the end (0: the last); NULL: none.
 */
const char *pgtree_name(const cJSON *list, size_t i);

#endif
