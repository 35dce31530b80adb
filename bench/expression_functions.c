/* expression_functions.c - the functions of pgbench 15 as data, and the list of values(...). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bench/expression_lex.h"
#include "bench/expression_node.h"
#include "common/text.h"

const struct function expression_functions[] = {
	{"abs", OP_ABS, 1, 1},
	{"debug", OP_DEBUG, 1, 1},
	{"double", OP_DOUBLE, 1, 1},
	{"exp", OP_EXP, 1, 1},
	{"greatest", OP_GREATEST, 1, EXPRESSION_MAX_ARGUMENTS},
	{"hash", OP_HASH_MURMUR2, 1, 2},
	{"hash_fnv1a", OP_HASH_FNV1A, 1, 2},
	{"hash_murmur2", OP_HASH_MURMUR2, 1, 2},
	{"int", OP_INT, 1, 1},
	{"least", OP_LEAST, 1, EXPRESSION_MAX_ARGUMENTS},
	{"ln", OP_LN, 1, 1},
	{"mod", OP_MODULO, 2, 2},
	{"permute", OP_PERMUTE, 2, 3},
	{"pi", OP_PI, 0, 0},
	{"pow", OP_POWER, 2, 2},
	{"power", OP_POWER, 2, 2},
	{"random", OP_RANDOM, 2, 2},
	{"random_exponential", OP_RANDOM_EXPONENTIAL, 3, 3},
	{"random_gaussian", OP_RANDOM_GAUSSIAN, 3, 3},
	{"random_zipfian", OP_RANDOM_ZIPFIAN, 3, 3},
	{"sqrt", OP_SQRT, 1, 1},
};
const size_t expression_function_count =
	sizeof(expression_functions) / sizeof(expression_functions[0]);

static const struct function *find_function(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < expression_function_count; i++)
		if (strlen(expression_functions[i].name) == n &&
		    strncasecmp(expression_functions[i].name, name, n) == 0)
			return &expression_functions[i];
	return NULL;
}

static void unknown_function(const struct token *t, struct error *e)
{
	const char *nearest = NULL;
	size_t i, distance, best = 4;
	char name[41];

	snprintf(name, sizeof(name), "%.*s", (int)(t->length < 40 ? t->length : 40), t->text);
	for (i = 0; i < expression_function_count; i++) {
		distance = text_distance(name, expression_functions[i].name, best);
		if (distance < best && distance * 3 <= strlen(name)) {
			best = distance;
			nearest = expression_functions[i].name;
		}
	}
	if (nearest)
		place_fault(&t->place, e, "unknown function '%s'; did you mean '%s'?", name,
			    nearest);
	else
		place_fault(&t->place, e, "unknown function '%s'", name);
}

const struct function *function_find(const struct token *t, struct error *e)
{
	const struct function *f = find_function(t->text, t->length);

	if (!f)
		unknown_function(t, e);
	return f;
}

int function_check(const struct function *f, size_t count, const struct place *at, struct error *e)
{
	if (count >= f->min && count <= f->max)
		return 0;
	if (f->max == EXPRESSION_MAX_ARGUMENTS)
		return place_fault(at, e, "%s() takes %u to %u arguments, not %zu", f->name, f->min,
				   f->max, count);
	if (f->min != f->max)
		return place_fault(at, e, "%s() takes %u or %u arguments, not %zu", f->name, f->min,
				   f->max, count);
	return place_fault(at, e, "%s() takes %u argument%s, not %zu", f->name, f->min,
			   f->min == 1 ? "" : "s", count);
}

bool operation_is_pure(enum operation op)
{
	switch (op) {
	case OP_VARIABLE:
	case OP_SEED:
	case OP_VALUES:
	case OP_DEBUG:
	case OP_RANDOM:
	case OP_RANDOM_EXPONENTIAL:
	case OP_RANDOM_GAUSSIAN:
	case OP_RANDOM_ZIPFIAN:
		return false;
	default:
		return true;
	}
}

static int choice_fault(struct lexer *lexer, const char *expected)
{
	const struct token *t = &lexer->token;

	if (t->kind == TOKEN_END)
		return place_fault(&t->place, lexer->e, "the list of values ends here; expected %s",
				   expected);
	return place_fault(&t->place, lexer->e, "unexpected '%.*s'; expected %s",
			   (int)(t->length < 40 ? t->length : 40), t->text, expected);
}

/* 'it''s' without its quotes, in the arena. */
static const char *unquote(struct arena *arena, const struct token *t)
{
	char *text = arena_strndup(arena, t->text + 1, t->length - 2), *out = text;
	const char *in;

	for (in = text; *in; in++) {
		*out++ = *in;
		if (*in == '\'')
			in++;
	}
	*out = '\0';
	return text;
}

/* A number keeps its spelling (1.50, 007) when formatting it would give another. */
static struct value number_choice(struct arena *arena, const struct token *t, bool negative)
{
	char *text = arena_alloc(arena, t->length + 2);

	text[0] = '-';
	memcpy(text + negative, t->text, t->length);
	return value_from_text(text);
}

static int choice(struct lexer *lexer, struct arena *arena, struct value *v)
{
	const struct token *t = &lexer->token;
	bool negative = t->kind == TOKEN_MINUS;

	if (negative && lexer_next(lexer) < 0)
		return -1;
	if (t->kind == TOKEN_INTEGER || t->kind == TOKEN_DOUBLE)
		*v = number_choice(arena, t, negative);
	else if (negative)
		return choice_fault(lexer, "a number");
	else if (t->kind == TOKEN_STRING)
		*v = (struct value){.type = VALUE_TEXT, .text = unquote(arena, t)};
	else if (t->kind == TOKEN_TRUE || t->kind == TOKEN_FALSE)
		*v = (struct value){.type = VALUE_BOOL, .boolean = t->kind == TOKEN_TRUE};
	else if (t->kind == TOKEN_NULL)
		*v = (struct value){.type = VALUE_NULL};
	else
		return choice_fault(lexer, "a number, 'text', TRUE, FALSE or NULL");
	return lexer_next(lexer);
}

int expression_choices(struct lexer *lexer, struct arena *arena, const struct value **choices,
		       unsigned *count)
{
	struct value *list = NULL, *copy;
	size_t n = 0, capacity = 0;
	int failed = lexer_next(lexer);

	if (!failed && lexer->token.kind != TOKEN_OPEN)
		failed = choice_fault(lexer, "'(' after values");
	while (!failed) {
		list = xgrow(list, n, &capacity, sizeof(*list));
		failed = lexer_next(lexer) < 0 || choice(lexer, arena, &list[n]) < 0;
		n++;
		if (failed || lexer->token.kind == TOKEN_CLOSE)
			break;
		if (lexer->token.kind != TOKEN_COMMA)
			failed = choice_fault(lexer, "',' or ')'");
	}
	if (!failed) {
		copy = arena_alloc(arena, n * sizeof(*copy));
		memcpy(copy, list, n * sizeof(*copy));
		*choices = copy;
		*count = (unsigned)n;
		failed = lexer_next(lexer);
	}
	free(list);
	return failed ? -1 : 0;
}
