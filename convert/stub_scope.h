/*
 * stub_scope.h - private to convert: which table a name of a statement belongs to.
 *
 * A scope is what FROM brings in, with the scope around it. A source is a table, or a query whose
 * output columns are known: a CTE, a subquery, a function with column names. A value is what is
 * known of an expression: a type, and the column it comes from unchanged.
 */
#ifndef LAKEPORT_CONVERT_STUB_SCOPE_H
#define LAKEPORT_CONVERT_STUB_SCOPE_H

#include "convert/stub.h"

struct value {
	enum stub_type type;
	size_t column;	     /* STUB_NONE: not a column of a table */
	const char *literal; /* a text literal, whose type is open; or NULL */
};
#define NO_VALUE ((struct value){STUB_UNKNOWN, STUB_NONE, NULL})

struct output {
	const char *name;
	struct value value;
};

struct source;

struct query {
	struct output *outputs;
	size_t count, capacity;
	struct source **stars; /* sources that a `*` brings in */
	size_t star_count, star_capacity;
};

struct source {
	const char *alias;
	size_t table;	     /* STUB_NONE: a query */
	struct query *query; /* NULL: a table, or nothing is known */
	struct source *next;
};

struct cte {
	const char *name;
	struct query *query;
	struct cte *next;
};

struct scope {
	struct stubs *s;
	struct source *sources, **last;
	struct cte *ctes;
	const cJSON *targets; /* the output columns, whose names ORDER BY may use */
	const struct scope *outer;
};

/* The statement's query and everything below it; what it returns. Nesting is bounded by the tree.
 */
struct query *scope_select(struct stubs *s, const cJSON *select, const struct scope *outer,
			   struct cte *ctes);

/* A statement of any kind. */
void scope_statement(struct stubs *s, const struct pgtree_statement *statement);

/* What a reference (t.c, c, *) is. */
struct value scope_resolve(const struct scope *scope, const cJSON *reference);

/* An expression: gives types to the columns in it. */
struct value expression_infer(const struct scope *scope, const cJSON *wrapped);
/* Each of a list. */
void expression_list(const struct scope *scope, const cJSON *list);
/* Two values that are compared, or one that is put into the other. */
void expression_relate(struct stubs *s, struct value a, struct value b);
void expression_expect(struct stubs *s, struct value v, enum stub_type type,
		       enum stub_weight weight);

#endif
