/*
 * print.h - the tree as Postgres text.
 *
 * What no rule touched is copied from the source byte for byte; what is changed is printed, with
 * parentheses only where Postgres needs them, and its untouched parts are again copied.
 */
#ifndef LAKEPORT_CONVERT_PRINT_H
#define LAKEPORT_CONVERT_PRINT_H

#include "common/text.h"
#include "convert/token.h"
#include "convert/tree.h"

void print_tree(const struct tokens *t, const struct node *root, struct buf *out);

/* Whether Postgres reads this name only in quotes. */
bool print_needs_quotes(struct str name);

/* Private to the printer's files. */
struct printer {
	const struct tokens *t;
	struct buf *out;
	unsigned depth;
};
void print_text(struct printer *p, const char *text); /* a blank first where words would touch */
void print_str(struct printer *p, struct str s);
void print_node(struct printer *p, const struct node *n); /* NULL prints nothing */
void print_child(struct printer *p, const struct node *parent, uint32_t slot);
void print_list(struct printer *p, const struct node *list, const char *between);
void print_name_text(struct printer *p, struct str name, bool quoted);
void print_string_text(struct printer *p, struct str value);

typedef void print_function(struct printer *p, const struct node *n);
extern print_function *const print_expression_kinds[NODE_KIND_COUNT];
extern print_function *const print_query_kinds[NODE_KIND_COUNT];
extern print_function *const print_statement_kinds[NODE_KIND_COUNT];

#endif
