/*
 * expression.c - the parser of expressions. See expression.h.
 *
 * Precedence climbing over one table of binary operators. The levels are pgbench's; its bit
 * operators are all of one level, and ~ reaches as far as they do: ~ 1 + 2 is ~(1 + 2). A
 * comparison cannot follow a comparison, but IS NULL and its like can follow anything.
 */
#include "bench/expression.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bench/expression_lex.h"
#include "bench/expression_node.h"

enum level {
	LEVEL_OR = 1,
	LEVEL_AND,
	LEVEL_NOT,
	LEVEL_IS,
	LEVEL_COMPARE,
	LEVEL_BITS,
	LEVEL_ADD,
	LEVEL_MULTIPLY,
	LEVEL_UNARY,
};

struct binary {
	enum level level; /* 0: no binary operator */
	enum operation op;
	bool swapped; /* a > b is b < a */
};

static const struct binary binaries[TOKEN_KINDS] = {
	[TOKEN_OR] = {LEVEL_OR, OP_OR, false},
	[TOKEN_AND] = {LEVEL_AND, OP_AND, false},
	[TOKEN_EQUAL] = {LEVEL_COMPARE, OP_EQUAL, false},
	[TOKEN_DIFFERENT] = {LEVEL_COMPARE, OP_DIFFERENT, false},
	[TOKEN_LESS] = {LEVEL_COMPARE, OP_LESS, false},
	[TOKEN_LESS_OR_EQUAL] = {LEVEL_COMPARE, OP_LESS_OR_EQUAL, false},
	[TOKEN_GREATER] = {LEVEL_COMPARE, OP_LESS, true},
	[TOKEN_GREATER_OR_EQUAL] = {LEVEL_COMPARE, OP_LESS_OR_EQUAL, true},
	[TOKEN_PIPE] = {LEVEL_BITS, OP_BIT_OR, false},
	[TOKEN_HASH] = {LEVEL_BITS, OP_BIT_XOR, false},
	[TOKEN_AMPERSAND] = {LEVEL_BITS, OP_BIT_AND, false},
	[TOKEN_SHIFT_LEFT] = {LEVEL_BITS, OP_SHIFT_LEFT, false},
	[TOKEN_SHIFT_RIGHT] = {LEVEL_BITS, OP_SHIFT_RIGHT, false},
	[TOKEN_PLUS] = {LEVEL_ADD, OP_ADD, false},
	[TOKEN_MINUS] = {LEVEL_ADD, OP_SUBTRACT, false},
	[TOKEN_STAR] = {LEVEL_MULTIPLY, OP_MULTIPLY, false},
	[TOKEN_SLASH] = {LEVEL_MULTIPLY, OP_DIVIDE, false},
	[TOKEN_PERCENT] = {LEVEL_MULTIPLY, OP_MODULO, false},
};

struct parser {
	struct lexer lexer;
	struct arena *arena;
	expression_slot *slot_of;
	void *context;
	unsigned nesting;
	struct error *e;
};

struct arguments { /* a growing list, in the heap while it grows */
	const struct expression **items;
	size_t count, capacity;
};

static struct expression *parse_level(struct parser *p, enum level minimum);
static struct expression *parse_operand(struct parser *p);

/* "unexpected X; expected Y" at the current token. */
static void *unexpected(struct parser *p, const char *expected)
{
	const struct token *t = &p->lexer.token;

	if (t->kind == TOKEN_END)
		place_fault(&t->place, p->e, "the expression ends here; expected %s", expected);
	else
		place_fault(&t->place, p->e, "unexpected '%s%.*s'; expected %s",
			    t->kind == TOKEN_VARIABLE ? ":" : "",
			    (int)(t->length < 40 ? t->length : 40), t->text, expected);
	return NULL;
}

static struct expression *leaf(struct parser *p, enum operation op)
{
	struct expression *x = arena_alloc(p->arena, sizeof(*x));

	x->op = op;
	x->depth = 1;
	return x;
}

static struct expression *parse_values(struct parser *p)
{
	struct expression *x = leaf(p, OP_VALUES);

	return expression_choices(&p->lexer, p->arena, &x->choices, &x->count) < 0 ? NULL : x;
}

static struct expression *parse(struct parser *p, const char *text, size_t n)
{
	struct expression *x;

	p->lexer.p = text;
	p->lexer.end = text + n;
	p->lexer.e = p->e;
	if (lexer_next(&p->lexer) < 0)
		return NULL;
	if (p->lexer.strings && p->lexer.token.length == 6 &&
	    strncasecmp(p->lexer.token.text, "values", 6) == 0)
		x = parse_values(p);
	else
		x = parse_level(p, LEVEL_OR);
	if (x && p->lexer.strings && (x->op == OP_VALUES || x->op == OP_RANDOM) &&
	    p->lexer.token.kind == TOKEN_FUNCTION &&
	    distribution_parse(&p->lexer, &x->distribution) < 0)
		return NULL;
	if (x && p->lexer.token.kind != TOKEN_END)
		return unexpected(p, "an operator or the end of the expression");
	return x;
}

struct expression *expression_parse(struct arena *arena, const char *text, size_t n,
				    const char *file, unsigned line, unsigned column,
				    expression_slot *slot_of, void *context, struct error *e)
{
	struct parser p = {.arena = arena, .slot_of = slot_of, .context = context, .e = e};

	p.lexer.place = (struct place){file, line, column};
	return parse(&p, text, n);
}

struct expression *expression_parse_param(struct arena *arena, const char *text, size_t n,
					  const char *file, unsigned line, unsigned column,
					  expression_slot *slot_of, void *context, struct error *e)
{
	struct parser p = {.arena = arena, .slot_of = slot_of, .context = context, .e = e};

	p.lexer.place = (struct place){file, line, column};
	p.lexer.strings = true;
	return parse(&p, text, n);
}

static int next(struct parser *p)
{
	return lexer_next(&p->lexer);
}

static enum token_kind kind(const struct parser *p)
{
	return p->lexer.token.kind;
}

/* Passes a token of this kind, or fails. */
static int expect(struct parser *p, enum token_kind k, const char *what)
{
	if (kind(p) == k)
		return next(p);
	unexpected(p, what);
	return -1;
}

static struct expression *constant(struct parser *p, struct value v)
{
	struct expression *x = leaf(p, OP_CONSTANT);

	x->constant = v;
	return x;
}

static struct expression *integer(struct parser *p, int64_t i)
{
	return constant(p, (struct value){.type = VALUE_INT, .integer = i});
}

static struct expression *null_constant(struct parser *p)
{
	return constant(p, (struct value){.type = VALUE_NULL});
}

/* Turns an operation on constants into its value, unless it fails. */
static void fold(struct expression *x)
{
	struct evaluation nothing = {0};
	struct value v;
	const char *why;
	unsigned i;

	if (!operation_is_pure(x->op))
		return;
	for (i = 0; i < x->count; i++)
		if (x->arguments[i]->op != OP_CONSTANT)
			return;
	if (expression_evaluate(x, &nothing, &v, &why) < 0)
		return;
	x->op = OP_CONSTANT;
	x->depth = 1;
	x->count = 0;
	x->constant = v;
}

/* An operation on `n` arguments, which are copied. NULL when it gets too deep. */
static struct expression *operation(struct parser *p, enum operation op, const struct place *at,
				    const struct expression *const *arguments, size_t n)
{
	struct expression *x = leaf(p, op);
	const struct expression **copy = arena_alloc(p->arena, n * sizeof(*copy));
	size_t i;

	for (i = 0; i < n; i++) {
		copy[i] = arguments[i];
		if (arguments[i]->depth >= x->depth)
			x->depth = arguments[i]->depth + 1;
	}
	x->count = (unsigned)n;
	x->arguments = copy;
	x->place = *at;
	if (x->depth > EXPRESSION_MAX_DEPTH) {
		place_fault(at, p->e, "an expression is nested more than %d deep",
			    EXPRESSION_MAX_DEPTH);
		return NULL;
	}
	fold(x);
	return x;
}

static struct expression *pair(struct parser *p, enum operation op, const struct place *at,
			       const struct expression *left, const struct expression *right)
{
	const struct expression *both[] = {left, right};

	return left && right ? operation(p, op, at, both, 2) : NULL;
}

static struct expression *negate(struct parser *p, const struct place *at,
				 const struct expression *x)
{
	return x ? operation(p, OP_NOT, at, &x, 1) : NULL;
}

/* What follows IS: [NOT] NULL, TRUE or FALSE. */
static struct expression *parse_is(struct parser *p, struct expression *left)
{
	struct place at = p->lexer.token.place;
	struct expression *right;
	bool not = false;

	if (next(p) < 0)
		return NULL;
	if (kind(p) == TOKEN_NOT) {
		not = true;
		if (next(p) < 0)
			return NULL;
	}
	if (kind(p) == TOKEN_NULL)
		right = null_constant(p);
	else if (kind(p) == TOKEN_TRUE || kind(p) == TOKEN_FALSE)
		right = constant(
			p, (struct value){.type = VALUE_BOOL, .boolean = kind(p) == TOKEN_TRUE});
	else
		return unexpected(p, "NULL, TRUE or FALSE");
	if (next(p) < 0)
		return NULL;
	left = pair(p, OP_IS, &at, left, right);
	return not ? negate(p, &at, left) : left;
}

static struct expression *parse_isnull(struct parser *p, struct expression *left)
{
	struct place at = p->lexer.token.place;
	bool not = kind(p) == TOKEN_NOTNULL;

	if (next(p) < 0)
		return NULL;
	left = pair(p, OP_IS, &at, left, null_constant(p));
	return not ? negate(p, &at, left) : left;
}

static struct expression *parse_binary(struct parser *p, struct expression *left,
				       const struct binary *b)
{
	struct place at = p->lexer.token.place;
	struct expression *right;

	if (next(p) < 0)
		return NULL;
	right = parse_level(p, b->level + 1);
	if (!right)
		return NULL;
	if (b->level == LEVEL_COMPARE && binaries[kind(p)].level == LEVEL_COMPARE)
		return unexpected(p, "no second comparison without parentheses");
	return b->swapped ? pair(p, b->op, &at, right, left) : pair(p, b->op, &at, left, right);
}

/* An operand and all operators behind it that bind at least as tightly as `minimum`. */
static struct expression *parse_level(struct parser *p, enum level minimum)
{
	struct expression *left = parse_operand(p);

	while (left) {
		const struct binary *b = &binaries[kind(p)];

		if (kind(p) == TOKEN_IS && LEVEL_IS >= minimum)
			left = parse_is(p, left);
		else if ((kind(p) == TOKEN_ISNULL || kind(p) == TOKEN_NOTNULL) &&
			 LEVEL_IS >= minimum)
			left = parse_isnull(p, left);
		else if (b->level && b->level >= minimum)
			left = parse_binary(p, left, b);
		else
			return left;
	}
	return NULL;
}

static void arguments_add(struct arguments *a, const struct expression *x)
{
	a->items = xgrow(a->items, a->count, &a->capacity, sizeof(*a->items));
	a->items[a->count++] = x;
}

/* Expressions separated by commas, up to `)`. */
static int parse_arguments(struct parser *p, struct arguments *a)
{
	if (kind(p) == TOKEN_CLOSE)
		return next(p);
	for (;;) {
		const struct expression *x = parse_level(p, LEVEL_OR);

		if (!x)
			return -1;
		arguments_add(a, x);
		if (kind(p) != TOKEN_COMMA)
			return expect(p, TOKEN_CLOSE, "',' or ')'");
		if (next(p) < 0)
			return -1;
	}
}

/* The seed of hash() and permute() when none is given is a variable, as in pgbench. */
static const struct expression *default_seed(struct parser *p, const struct place *at)
{
	struct expression *x = leaf(p, OP_SEED);

	x->slot = p->slot_of(p->context, "default_seed", strlen("default_seed"), at->line,
			     at->column);
	return x;
}

static struct expression *parse_function(struct parser *p)
{
	struct token name = p->lexer.token;
	const struct function *f = function_find(&name, p->e);
	struct arguments a = {0};
	struct expression *x = NULL;
	bool seeded;

	if (!f)
		return NULL;
	seeded = f->op == OP_HASH_FNV1A || f->op == OP_HASH_MURMUR2 || f->op == OP_PERMUTE;
	if (next(p) < 0 || expect(p, TOKEN_OPEN, "'(' after the function's name") < 0)
		return NULL;
	if (parse_arguments(p, &a) == 0 && function_check(f, a.count, &name.place, p->e) == 0) {
		if (seeded && a.count < f->max)
			arguments_add(&a, default_seed(p, &name.place));
		x = operation(p, f->op, &name.place, a.items, a.count);
	}
	free(a.items);
	return x;
}

/* WHEN condition THEN value, already at WHEN. */
static int parse_when(struct parser *p, struct arguments *a)
{
	const struct expression *condition, *value;

	if (expect(p, TOKEN_WHEN, "WHEN") < 0)
		return -1;
	condition = parse_level(p, LEVEL_OR);
	if (!condition || expect(p, TOKEN_THEN, "THEN") < 0)
		return -1;
	value = parse_level(p, LEVEL_OR);
	if (!value)
		return -1;
	arguments_add(a, condition);
	arguments_add(a, value);
	return 0;
}

static int parse_case_body(struct parser *p, struct arguments *a)
{
	const struct expression *otherwise;

	do {
		if (parse_when(p, a) < 0)
			return -1;
	} while (kind(p) == TOKEN_WHEN);
	if (kind(p) == TOKEN_ELSE) {
		if (next(p) < 0)
			return -1;
		otherwise = parse_level(p, LEVEL_OR);
	} else {
		otherwise = null_constant(p);
	}
	if (!otherwise)
		return -1;
	arguments_add(a, otherwise);
	return expect(p, TOKEN_END_WORD, "WHEN, ELSE or END");
}

static struct expression *parse_case(struct parser *p)
{
	struct place at = p->lexer.token.place;
	struct arguments a = {0};
	struct expression *x = NULL;

	if (next(p) == 0 && parse_case_body(p, &a) == 0)
		x = operation(p, OP_CASE, &at, a.items, a.count);
	free(a.items);
	return x;
}

/* -x is 0 - x; the least integer has no positive counterpart and is taken as a whole. */
static struct expression *parse_minus(struct parser *p)
{
	struct place at = p->lexer.token.place;

	if (next(p) < 0)
		return NULL;
	if (kind(p) == TOKEN_INTEGER_MIN)
		return next(p) < 0 ? NULL : integer(p, INT64_MIN);
	return pair(p, OP_SUBTRACT, &at, integer(p, 0), parse_level(p, LEVEL_UNARY));
}

static struct expression *parse_tilde(struct parser *p)
{
	struct place at = p->lexer.token.place;

	if (next(p) < 0)
		return NULL;
	return pair(p, OP_BIT_XOR, &at, integer(p, -1), parse_level(p, LEVEL_BITS));
}

static struct expression *parse_not(struct parser *p)
{
	struct place at = p->lexer.token.place;

	return next(p) < 0 ? NULL : negate(p, &at, parse_level(p, LEVEL_NOT));
}

static struct expression *parse_parentheses(struct parser *p)
{
	struct expression *x;

	if (next(p) < 0)
		return NULL;
	x = parse_level(p, LEVEL_OR);
	return x && expect(p, TOKEN_CLOSE, "an operator or ')'") == 0 ? x : NULL;
}

static struct expression *parse_variable(struct parser *p)
{
	const struct token *t = &p->lexer.token;
	struct expression *x = leaf(p, OP_VARIABLE);

	x->slot = p->slot_of(p->context, t->text, t->length, t->place.line, t->place.column);
	return next(p) < 0 ? NULL : x;
}

/* A number or a word for a constant; NULL without a fault when it is none of these. */
static struct expression *parse_constant(struct parser *p)
{
	const struct token *t = &p->lexer.token;
	struct value v;

	switch (t->kind) {
	case TOKEN_INTEGER:
		v = (struct value){.type = VALUE_INT, .integer = t->integer};
		break;
	case TOKEN_DOUBLE:
		v = (struct value){.type = VALUE_DOUBLE, .number = t->number};
		break;
	case TOKEN_NULL:
		v = (struct value){.type = VALUE_NULL};
		break;
	case TOKEN_TRUE:
	case TOKEN_FALSE:
		v = (struct value){.type = VALUE_BOOL, .boolean = t->kind == TOKEN_TRUE};
		break;
	case TOKEN_INTEGER_MIN:
		place_fault(&t->place, p->e, "'%.*s' is out of range for an integer of 64 bits",
			    (int)t->length, t->text);
		return NULL;
	default:
		return unexpected(p, "a value");
	}
	return next(p) < 0 ? NULL : constant(p, v);
}

static struct expression *parse_operand_here(struct parser *p)
{
	switch (kind(p)) {
	case TOKEN_OPEN:
		return parse_parentheses(p);
	case TOKEN_PLUS:
		return next(p) < 0 ? NULL : parse_level(p, LEVEL_UNARY);
	case TOKEN_MINUS:
		return parse_minus(p);
	case TOKEN_TILDE:
		return parse_tilde(p);
	case TOKEN_NOT:
		return parse_not(p);
	case TOKEN_VARIABLE:
		return parse_variable(p);
	case TOKEN_FUNCTION:
		return parse_function(p);
	case TOKEN_CASE:
		return parse_case(p);
	default:
		return parse_constant(p);
	}
}

static struct expression *parse_operand(struct parser *p)
{
	struct expression *x;

	if (p->nesting >= EXPRESSION_MAX_DEPTH) {
		place_fault(&p->lexer.token.place, p->e,
			    "an expression is nested more than %d deep", EXPRESSION_MAX_DEPTH);
		return NULL;
	}
	p->nesting++;
	x = parse_operand_here(p);
	p->nesting--;
	return x;
}
