/*
 * expression.h - the expressions of pgbench 15: compile once, evaluate many times.
 *
 * Types, operators, precedence, functions and their errors are those of pgbench 15's manual
 * (section "Built-in Operators" and "Built-In Functions"): integers overflow into an error, /
 * and % of integers truncate, comparisons and logic know NULL, CASE, IS [NOT] NULL/TRUE/FALSE.
 * Besides, values(...) of annotated queries picks one of its constants at random.
 */
#ifndef LAKEPORT_BENCH_EXPRESSION_H
#define LAKEPORT_BENCH_EXPRESSION_H

#include "bench/value.h"
#include "common/error.h"
#include "common/memory.h"
#include "common/random.h"

struct expression;

#define EXPRESSION_MAX_DEPTH 200

struct evaluation {		       /* what an expression sees of its client */
	const struct value *variables; /* by slot */
	struct random *random;
	const char *const *names; /* by slot, for messages */
	int64_t default_seed;	  /* hash() and permute() without a seed */
};

/*
 * Parses `text` up to its end. `slot_of` gives the slot of a variable's name. Positions in errors
 * count from `line`, `column`, of `file`. NULL with class INPUT on failure. Lives in `arena`.
 */
typedef unsigned expression_slot(void *context, const char *name, size_t n, unsigned line,
				 unsigned column);
struct expression *expression_parse(struct arena *arena, const char *text, size_t n,
				    const char *file, unsigned line, unsigned column,
				    expression_slot *slot_of, void *context, struct error *e);

/*
 * 0 with `*result` set, or -1 with `*why` pointing at a static text ("division by zero"). Never
 * allocates. A text variable is an error ("cannot use text in an expression").
 */
int expression_evaluate(const struct expression *x, const struct evaluation *context,
			struct value *result, const char **why);

#endif
