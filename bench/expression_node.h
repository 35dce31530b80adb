/*
 * expression_node.h - a compiled expression: what parser and evaluator share.
 *
 * A tree of nodes in the workload's arena, no deeper than EXPRESSION_MAX_DEPTH. An operator and a
 * function are the same thing: an operation and its arguments.
 */
#ifndef LAKEPORT_BENCH_EXPRESSION_NODE_H
#define LAKEPORT_BENCH_EXPRESSION_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "bench/distribution.h"
#include "bench/expression.h"
#include "common/place.h"

enum operation {
	OP_CONSTANT, /* `constant` */
	OP_VARIABLE, /* `slot` */
	OP_SEED,     /* `slot`, or the default seed while that is unset */
	OP_VALUES,   /* one of `choices` */
	OP_AND,	     /* these three evaluate only the arguments they need */
	OP_OR,
	OP_CASE, /* condition, value, condition, value, ..., otherwise */
	OP_ADD,
	OP_SUBTRACT,
	OP_MULTIPLY,
	OP_DIVIDE,
	OP_MODULO,
	OP_EQUAL,
	OP_DIFFERENT,
	OP_LESS,
	OP_LESS_OR_EQUAL,
	OP_BIT_AND,
	OP_BIT_OR,
	OP_BIT_XOR,
	OP_SHIFT_LEFT,
	OP_SHIFT_RIGHT,
	OP_NOT,
	OP_IS, /* the second argument is NULL, TRUE or FALSE */
	OP_ABS,
	OP_DEBUG,
	OP_DOUBLE,
	OP_EXP,
	OP_GREATEST,
	OP_HASH_FNV1A,
	OP_HASH_MURMUR2,
	OP_INT,
	OP_LEAST,
	OP_LN,
	OP_PERMUTE,
	OP_PI,
	OP_POWER,
	OP_RANDOM,
	OP_RANDOM_EXPONENTIAL,
	OP_RANDOM_GAUSSIAN,
	OP_RANDOM_ZIPFIAN,
	OP_SQRT,
	OP_COUNT
};

struct expression {
	enum operation op;
	unsigned depth; /* 1: a leaf */
	unsigned count; /* of arguments or choices */
	union {
		struct value constant;
		unsigned slot;
		const struct value *choices;
		const struct expression *const *arguments;
	};
	struct distribution distribution; /* of OP_VALUES and OP_RANDOM */
	struct place place;		  /* for debug() */
};

struct function {
	const char *name;
	enum operation op;
	unsigned min, max; /* arguments */
};
extern const struct function expression_functions[]; /* sorted by name */
extern const size_t expression_function_count;

/* The function of this name, in any case; NULL with `e` filled, and the nearest name in it. */
struct token;
const struct function *function_find(const struct token *t, struct error *e);

/* Fails, at a place, when the function does not take so many arguments. */
int function_check(const struct function *f, size_t count, const struct place *at, struct error *e);

/*
 * The list of values('a', 1, null), from the word values to the closing parenthesis: numbers,
 * TRUE, FALSE, NULL and texts in single quotes, at least one. -1 with `lexer->e` filled.
 */
struct lexer;
int expression_choices(struct lexer *lexer, struct arena *arena, const struct value **choices,
		       unsigned *count);

/* Whether the operation has the same value whenever its arguments have. */
bool operation_is_pure(enum operation op);

/* What an operation works with: its evaluated arguments (none is NULL, but for IS and debug). */
struct call {
	const struct expression *x;
	const struct evaluation *context;
	const struct value *arguments;
	struct value *result;
	const char **why;
};

/* An argument as a type; false with `*why` set when it is not of that kind or does not fit. */
bool value_to_bool(const struct value *v, bool *out, const char **why);
bool value_to_int(const struct value *v, int64_t *out, const char **why);
bool value_to_double(const struct value *v, double *out, const char **why);

/* expression_random.c: random*(), hash*(), permute(). */
bool evaluate_random(const struct call *c);
bool evaluate_hash(const struct call *c);
bool evaluate_permute(const struct call *c);

#endif
