/*
 * expression.h - the expressions of pgbench 15: compile once, evaluate many times.
 *
 * Types, operators, precedence, functions and their errors are those of pgbench 15's manual
 * (section "Built-in Operators" and "Built-In Functions"): integers overflow into an error, /
 * and % of integers truncate, comparisons and logic know NULL, CASE, IS [NOT] NULL/TRUE/FALSE.
 * Besides, values(...) of annotated queries picks one of its constants at random.
 *
 * Functions are found, arguments counted and variables turned into slots when an expression is
 * parsed; what has the same value every time is computed there. A constant part that fails (1/0)
 * is left to fail when it is evaluated, for it may stand in a branch that is never taken.
 */
#ifndef LAKEPORT_BENCH_EXPRESSION_H
#define LAKEPORT_BENCH_EXPRESSION_H

#include "bench/value.h"
#include "common/error.h"
#include "common/memory.h"
#include "common/random.h"

struct expression;

#define EXPRESSION_MAX_DEPTH 200
#define EXPRESSION_MAX_ARGUMENTS                                                                   \
	16 /* of a function, as in pgbench; CASE and values() have none                            \
	    */

struct evaluation {		       /* what an expression sees of its client */
	const struct value *variables; /* by slot */
	struct random *random;
	const char *const *names; /* by slot, for messages */
	int64_t default_seed; /* of hash() and permute() while the variable default_seed is unset */
};

/*
 * Parses `text` up to its end. `slot_of` gives the slot of a variable's name; hash() and
 * permute() without a seed ask for the slot of default_seed. Positions in errors count from
 * `line`, `column`, of `file`, which must live as long as the arena. NULL with class INPUT on
 * failure. Lives in `arena`.
 */
typedef unsigned expression_slot(void *context, const char *name, size_t n, unsigned line,
				 unsigned column);
struct expression *expression_parse(struct arena *arena, const char *text, size_t n,
				    const char *file, unsigned line, unsigned column,
				    expression_slot *slot_of, void *context, struct error *e);

/*
 * The same for the PARAM of an annotated query: may be values('a', 1, null) as well, and behind
 * that or a random(a, b) a distribution: random(1, 1000) zipfian(1.1).
 */
struct expression *expression_parse_param(struct arena *arena, const char *text, size_t n,
					  const char *file, unsigned line, unsigned column,
					  expression_slot *slot_of, void *context, struct error *e);

/*
 * 0 with `*result` set, or -1 with `*why` pointing at a static text ("division by zero"). Never
 * allocates. A text variable counts for what value_interpret() makes of it; when that is nothing,
 * it is an error ("cannot use text in an expression"). Only values() gives text.
 */
int expression_evaluate(const struct expression *x, const struct evaluation *context,
			struct value *result, const char **why);

#endif
