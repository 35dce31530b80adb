/*
 * expression_eval.c - the value of an expression. See expression.h.
 *
 * A walk over the tree: AND, OR and CASE evaluate what they need, everything else evaluates its
 * arguments and calls one small function from a table. A NULL argument makes the result NULL.
 * Nothing is allocated; the stack is bounded by EXPRESSION_MAX_DEPTH.
 */
#include <math.h>
#include <stdio.h>

#include "bench/expression_node.h"

#define INT_END 9223372036854775808.0 /* 2^63: the first double that is no int64_t */

typedef bool evaluator(const struct call *c);
static evaluator *const evaluators[OP_COUNT];

static bool evaluate(const struct expression *x, const struct evaluation *context,
		     struct value *result, const char **why);

int expression_evaluate(const struct expression *x, const struct evaluation *context,
			struct value *result, const char **why)
{
	return evaluate(x, context, result, why) ? 0 : -1;
}

static bool fail(const char **why, const char *text)
{
	*why = text;
	return false;
}

static bool give_int(const struct call *c, int64_t i)
{
	c->result->type = VALUE_INT;
	c->result->integer = i;
	return true;
}

static bool give_double(const struct call *c, double d)
{
	c->result->type = VALUE_DOUBLE;
	c->result->number = d;
	return true;
}

static bool give_bool(const struct call *c, bool b)
{
	c->result->type = VALUE_BOOL;
	c->result->boolean = b;
	return true;
}

bool value_to_bool(const struct value *v, bool *out, const char **why)
{
	if (v->type == VALUE_INT)
		return fail(why, "cannot coerce int to boolean");
	if (v->type != VALUE_BOOL)
		return fail(why, "cannot coerce double to boolean");
	*out = v->boolean;
	return true;
}

bool value_to_int(const struct value *v, int64_t *out, const char **why)
{
	double rounded;

	if (v->type == VALUE_INT) {
		*out = v->integer;
		return true;
	}
	if (v->type != VALUE_DOUBLE)
		return fail(why, "cannot coerce boolean to int");
	rounded = rint(v->number);
	if (!(rounded >= -INT_END && rounded < INT_END))
		return fail(why, "double to int overflow");
	*out = (int64_t)rounded;
	return true;
}

bool value_to_double(const struct value *v, double *out, const char **why)
{
	if (v->type == VALUE_BOOL)
		return fail(why, "cannot coerce boolean to double");
	*out = v->type == VALUE_DOUBLE ? v->number : (double)v->integer;
	return true;
}

static bool read_variable(const struct value *v, struct value *result, const char **why)
{
	*result = *v;
	if (v->type == VALUE_UNSET)
		return fail(why, "a variable is used before anything set it");
	if (v->type == VALUE_TEXT) {
		*result = value_interpret(v->text);
		if (result->type == VALUE_TEXT)
			return fail(why, "cannot use text in an expression");
	}
	return true;
}

static bool read_seed(const struct expression *x, const struct evaluation *context,
		      struct value *result, const char **why)
{
	const struct value *v = &context->variables[x->slot];

	if (v->type != VALUE_UNSET)
		return read_variable(v, result, why);
	result->type = VALUE_INT;
	result->integer = context->default_seed;
	return true;
}

/* AND and OR look at their second argument unless the first decides, or is NULL. */
static bool evaluate_logic(const struct expression *x, const struct evaluation *context,
			   struct value *result, const char **why)
{
	bool decides = x->op == OP_OR, first, second;

	if (!evaluate(x->arguments[0], context, result, why))
		return false;
	if (result->type == VALUE_NULL)
		return true;
	if (!value_to_bool(result, &first, why))
		return false;
	if (first == decides)
		return true;
	if (!evaluate(x->arguments[1], context, result, why))
		return false;
	return result->type == VALUE_NULL || value_to_bool(result, &second, why);
}

static bool evaluate_case(const struct expression *x, const struct evaluation *context,
			  struct value *result, const char **why)
{
	unsigned i;

	for (i = 0; i + 1 < x->count; i += 2) {
		if (!evaluate(x->arguments[i], context, result, why))
			return false;
		if (value_is_true(result))
			return evaluate(x->arguments[i + 1], context, result, why);
	}
	return evaluate(x->arguments[i], context, result, why);
}

static bool evaluate_call(const struct expression *x, const struct evaluation *context,
			  struct value *result, const char **why)
{
	struct value arguments[EXPRESSION_MAX_ARGUMENTS];
	const struct call call = {x, context, arguments, result, why};
	bool null = false;
	unsigned i;

	for (i = 0; i < x->count; i++) {
		if (!evaluate(x->arguments[i], context, &arguments[i], why))
			return false;
		null = null || arguments[i].type == VALUE_NULL;
	}
	if (null && x->op != OP_IS && x->op != OP_DEBUG) {
		result->type = VALUE_NULL;
		return true;
	}
	return evaluators[x->op](&call);
}

static bool evaluate(const struct expression *x, const struct evaluation *context,
		     struct value *result, const char **why)
{
	switch (x->op) {
	case OP_CONSTANT:
		*result = x->constant;
		return true;
	case OP_VARIABLE:
		return read_variable(&context->variables[x->slot], result, why);
	case OP_SEED:
		return read_seed(x, context, result, why);
	case OP_VALUES:
		*result =
			x->choices[distribution_draw(&x->distribution, context->random, x->count)];
		return true;
	case OP_AND:
	case OP_OR:
		return evaluate_logic(x, context, result, why);
	case OP_CASE:
		return evaluate_case(x, context, result, why);
	default:
		return evaluate_call(x, context, result, why);
	}
}

/* Both arguments are integers, or one is a double and both are taken as such. */
static bool any_double(const struct call *c)
{
	return c->arguments[0].type == VALUE_DOUBLE || c->arguments[1].type == VALUE_DOUBLE;
}

static bool two_ints(const struct call *c, int64_t *a, int64_t *b)
{
	return value_to_int(&c->arguments[0], a, c->why) &&
	       value_to_int(&c->arguments[1], b, c->why);
}

static bool two_doubles(const struct call *c, double *a, double *b)
{
	return value_to_double(&c->arguments[0], a, c->why) &&
	       value_to_double(&c->arguments[1], b, c->why);
}

static bool evaluate_sum(const struct call *c)
{
	bool subtract = c->x->op == OP_SUBTRACT, overflow;
	int64_t a, b, r;
	double x, y;

	if (any_double(c))
		return two_doubles(c, &x, &y) && give_double(c, subtract ? x - y : x + y);
	if (!two_ints(c, &a, &b))
		return false;
	overflow = subtract ? __builtin_sub_overflow(a, b, &r) : __builtin_add_overflow(a, b, &r);
	if (overflow)
		return fail(c->why,
			    subtract ? "bigint sub out of range" : "bigint add out of range");
	return give_int(c, r);
}

static bool evaluate_product(const struct call *c)
{
	int64_t a, b, r;
	double x, y;

	if (any_double(c))
		return two_doubles(c, &x, &y) && give_double(c, x * y);
	if (!two_ints(c, &a, &b))
		return false;
	if (__builtin_mul_overflow(a, b, &r))
		return fail(c->why, "bigint mul out of range");
	return give_int(c, r);
}

static bool evaluate_divide(const struct call *c)
{
	int64_t a, b;
	double x, y;

	if (any_double(c))
		return two_doubles(c, &x, &y) && give_double(c, x / y);
	if (!two_ints(c, &a, &b))
		return false;
	if (b == 0)
		return fail(c->why, "division by zero");
	if (b == -1 && a == INT64_MIN)
		return fail(c->why, "bigint div out of range");
	return give_int(c, a / b);
}

/* Of doubles too the remainder is one of integers. */
static bool evaluate_modulo(const struct call *c)
{
	int64_t a, b;

	if (!two_ints(c, &a, &b))
		return false;
	if (b == 0)
		return fail(c->why, "division by zero");
	return give_int(c, b == -1 ? 0 : a % b);
}

static bool evaluate_equal(const struct call *c)
{
	bool wanted = c->x->op == OP_EQUAL;
	int64_t a, b;
	double x, y;

	if (any_double(c))
		return two_doubles(c, &x, &y) && give_bool(c, (x == y) == wanted);
	return two_ints(c, &a, &b) && give_bool(c, (a == b) == wanted);
}

static bool evaluate_less(const struct call *c)
{
	int64_t a, b;
	double x, y;

	if (any_double(c))
		return two_doubles(c, &x, &y) && give_bool(c, x < y);
	return two_ints(c, &a, &b) && give_bool(c, a < b);
}

static bool evaluate_less_or_equal(const struct call *c)
{
	int64_t a, b;
	double x, y;

	if (any_double(c))
		return two_doubles(c, &x, &y) && give_bool(c, x <= y);
	return two_ints(c, &a, &b) && give_bool(c, a <= b);
}

/* Shifts count modulo 64, as the machine does; to the right the sign is kept. */
static bool evaluate_bits(const struct call *c)
{
	int64_t a, b;

	if (!two_ints(c, &a, &b))
		return false;
	switch (c->x->op) {
	case OP_BIT_AND:
		return give_int(c, a & b);
	case OP_BIT_OR:
		return give_int(c, a | b);
	case OP_BIT_XOR:
		return give_int(c, a ^ b);
	case OP_SHIFT_LEFT:
		return give_int(c, (int64_t)((uint64_t)a << (b & 63)));
	default:
		return give_int(c, a >> (b & 63));
	}
}

static bool evaluate_not(const struct call *c)
{
	bool b;

	return value_to_bool(&c->arguments[0], &b, c->why) && give_bool(c, !b);
}

static bool evaluate_is(const struct call *c)
{
	const struct value *a = &c->arguments[0], *b = &c->arguments[1];

	return give_bool(c,
			 a->type == b->type && (a->type == VALUE_NULL || a->boolean == b->boolean));
}

static bool evaluate_abs(const struct call *c)
{
	const struct value *v = &c->arguments[0];
	double d;

	if (v->type == VALUE_INT)
		return give_int(c,
				v->integer < 0 ? (int64_t)(0 - (uint64_t)v->integer) : v->integer);
	return value_to_double(v, &d, c->why) && give_double(c, d < 0.0 ? -d : d);
}

/* One call of stdio, so that lines of several threads do not mix. */
static bool evaluate_debug(const struct call *c)
{
	static const char *const types[] = {"", "null", "boolean ", "int ", "double ", ""};
	const struct value *v = &c->arguments[0];
	char room[VALUE_TEXT_MAX];
	size_t n;
	const char *text = value_text(v, room, &n);

	fprintf(stderr, "debug(script=%s,line=%u): %s%s\n", c->x->place.file, c->x->place.line,
		types[v->type], text ? text : "");
	*c->result = *v;
	return true;
}

static bool evaluate_real(const struct call *c)
{
	double d;

	if (!value_to_double(&c->arguments[0], &d, c->why))
		return false;
	switch (c->x->op) {
	case OP_SQRT:
		return give_double(c, sqrt(d));
	case OP_LN:
		return give_double(c, log(d));
	case OP_EXP:
		return give_double(c, exp(d));
	default:
		return give_double(c, d);
	}
}

static bool evaluate_int(const struct call *c)
{
	int64_t i;

	return value_to_int(&c->arguments[0], &i, c->why) && give_int(c, i);
}

static bool evaluate_pi(const struct call *c)
{
	return give_double(c, M_PI);
}

static bool evaluate_power(const struct call *c)
{
	double x, y;

	return two_doubles(c, &x, &y) && give_double(c, pow(x, y));
}

static bool extremum_of_doubles(const struct call *c)
{
	bool least = c->x->op == OP_LEAST;
	double best, d;
	unsigned i;

	if (!value_to_double(&c->arguments[0], &best, c->why))
		return false;
	for (i = 1; i < c->x->count; i++) {
		if (!value_to_double(&c->arguments[i], &d, c->why))
			return false;
		if (least ? !(best < d) : !(best > d))
			best = d;
	}
	return give_double(c, best);
}

/* least() and greatest() give a double when any argument is one. */
static bool evaluate_extremum(const struct call *c)
{
	bool least = c->x->op == OP_LEAST;
	int64_t best, i64;
	unsigned i;

	for (i = 0; i < c->x->count; i++)
		if (c->arguments[i].type == VALUE_DOUBLE)
			return extremum_of_doubles(c);
	if (!value_to_int(&c->arguments[0], &best, c->why))
		return false;
	for (i = 1; i < c->x->count; i++) {
		if (!value_to_int(&c->arguments[i], &i64, c->why))
			return false;
		if (least ? i64 < best : i64 > best)
			best = i64;
	}
	return give_int(c, best);
}

static evaluator *const evaluators[OP_COUNT] = {
	[OP_ADD] = evaluate_sum,
	[OP_SUBTRACT] = evaluate_sum,
	[OP_MULTIPLY] = evaluate_product,
	[OP_DIVIDE] = evaluate_divide,
	[OP_MODULO] = evaluate_modulo,
	[OP_EQUAL] = evaluate_equal,
	[OP_DIFFERENT] = evaluate_equal,
	[OP_LESS] = evaluate_less,
	[OP_LESS_OR_EQUAL] = evaluate_less_or_equal,
	[OP_BIT_AND] = evaluate_bits,
	[OP_BIT_OR] = evaluate_bits,
	[OP_BIT_XOR] = evaluate_bits,
	[OP_SHIFT_LEFT] = evaluate_bits,
	[OP_SHIFT_RIGHT] = evaluate_bits,
	[OP_NOT] = evaluate_not,
	[OP_IS] = evaluate_is,
	[OP_ABS] = evaluate_abs,
	[OP_DEBUG] = evaluate_debug,
	[OP_DOUBLE] = evaluate_real,
	[OP_EXP] = evaluate_real,
	[OP_GREATEST] = evaluate_extremum,
	[OP_HASH_FNV1A] = evaluate_hash,
	[OP_HASH_MURMUR2] = evaluate_hash,
	[OP_INT] = evaluate_int,
	[OP_LEAST] = evaluate_extremum,
	[OP_LN] = evaluate_real,
	[OP_PERMUTE] = evaluate_permute,
	[OP_PI] = evaluate_pi,
	[OP_POWER] = evaluate_power,
	[OP_RANDOM] = evaluate_random,
	[OP_RANDOM_EXPONENTIAL] = evaluate_random,
	[OP_RANDOM_GAUSSIAN] = evaluate_random,
	[OP_RANDOM_ZIPFIAN] = evaluate_random,
	[OP_SQRT] = evaluate_real,
};
