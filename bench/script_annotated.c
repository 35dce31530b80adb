/*
 * script_annotated.c - one SQL statement with its weight and parameters in comments:
 *
 *	-- WEIGHT: 40
 *	-- PARAM ticket = random(1, 240000)
 *	-- PARAM state = values('CA', 'NY')
 *	SELECT ... WHERE ticket = :ticket AND state = :state;
 *
 * Every PARAM is evaluated before each execution, in the order of the text, and belongs to this
 * query alone. EXEC_COUNT is accepted and means nothing.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bench/expression_lex.h"
#include "bench/script_compile.h"
#include "common/text.h"

enum annotation { ANNOTATION_NONE, ANNOTATION_WEIGHT, ANNOTATION_PARAM };

struct comment { /* what is left of a comment */
	const char *p, *end;
	struct place at;
};

static void skip(struct comment *c, size_t n)
{
	for (; n > 0; n--)
		place_pass(&c->at, *c->p++);
}

static void skip_blanks(struct comment *c)
{
	while (c->p < c->end && (*c->p == ' ' || (*c->p >= '\t' && *c->p <= '\r')))
		skip(c, 1);
}

static size_t word_length(const struct comment *c)
{
	size_t n = 0;

	while (n < (size_t)(c->end - c->p) && is_name_part(c->p[n]))
		n++;
	return n;
}

static bool at_character(const struct comment *c, char wanted)
{
	return c->p < c->end && *c->p == wanted;
}

/*
 * Which annotation a comment is; moves past its word. In capitals the word alone says it; in
 * other letters, which prose may have, it takes the sign that must follow.
 */
static enum annotation classify(const struct sql_token *t, struct comment *c)
{
	enum annotation type;
	struct comment ahead;
	size_t n;
	bool capitals;

	*c = (struct comment){t->text, t->text + t->length, t->place};
	if (t->length < 2 || memcmp(t->text, "--", 2) != 0)
		return ANNOTATION_NONE;
	skip(c, 2);
	skip_blanks(c);
	n = word_length(c);
	if (n == 6 && strncasecmp(c->p, "weight", n) == 0)
		type = ANNOTATION_WEIGHT;
	else if (n == 5 && strncasecmp(c->p, "param", n) == 0)
		type = ANNOTATION_PARAM;
	else
		return ANNOTATION_NONE;
	capitals = memcmp(c->p, type == ANNOTATION_WEIGHT ? "WEIGHT" : "PARAM", n) == 0;
	skip(c, n);
	skip_blanks(c);
	ahead = *c;
	if (type == ANNOTATION_PARAM) {
		skip(&ahead, word_length(&ahead));
		skip_blanks(&ahead);
	}
	return capitals || at_character(&ahead, type == ANNOTATION_WEIGHT ? ':' : '=')
		       ? type
		       : ANNOTATION_NONE;
}

bool script_is_annotated(const char *text, size_t n)
{
	struct place start = {"", 1, 1};
	struct sql_scanner s;
	struct sql_token t;
	struct comment c;

	sql_scan_begin(&s, text, n, &start);
	for (sql_scan_next(&s, &t); t.type != SQL_END; sql_scan_next(&s, &t)) {
		if (t.type == SQL_BACKSLASH)
			sql_scan_line(&s, &t);
		else if (t.type == SQL_COMMENT && classify(&t, &c) != ANNOTATION_NONE)
			return true;
	}
	return false;
}

/* : n */
static int parse_weight(struct script_builder *b, struct comment *c, bool *seen)
{
	char digits[16];
	int64_t weight;
	size_t n = 0;

	if (*seen)
		return place_fault(&c->at, b->c->e, "a second WEIGHT; expected one");
	*seen = true;
	if (!at_character(c, ':'))
		return place_fault(&c->at, b->c->e, "expected ':' after WEIGHT");
	skip(c, 1);
	skip_blanks(c);
	while (c->p + n < c->end && n < sizeof(digits) - 1 && c->p[n] > ' ') {
		digits[n] = c->p[n];
		n++;
	}
	digits[n] = '\0';
	if (!text_to_int(digits, &weight) || weight < 1 || weight > INT_MAX)
		return place_fault(&c->at, b->c->e,
				   "expected a whole number from 1 to %d after 'WEIGHT:'", INT_MAX);
	skip(c, n);
	skip_blanks(c);
	if (c->p < c->end)
		return place_fault(&c->at, b->c->e,
				   "expected the end of the line after the weight");
	if (!b->weight_given)
		b->script->weight = (uint32_t)weight;
	return 0;
}

/* NAME = EXPRESSION. The name is declared after its expression: that cannot use it. */
static int parse_param(struct script_builder *b, struct comment *c, const struct place *place)
{
	struct compiler *compiler = b->c;
	const struct expression *x;
	struct comment name;
	size_t length;
	struct step *step;
	unsigned slot;

	name = *c;
	length = word_length(c);
	if (!variable_name_is_valid(c->p, length))
		return place_fault(&c->at, compiler->e, "expected a name after PARAM");
	if (compiler_find(compiler, compiler->script, name.p, length) >= 0 &&
	    compiler->variables[compiler_find(compiler, compiler->script, name.p, length)].scope)
		return place_fault(&c->at, compiler->e, "a second PARAM '%.*s'; expected one",
				   (int)(length < 60 ? length : 60), name.p);
	skip(c, length);
	skip_blanks(c);
	if (!at_character(c, '='))
		return place_fault(&c->at, compiler->e,
				   "expected '=' and random(...) or values(...) after the name");
	skip(c, 1);
	x = expression_parse_param(&compiler->w->arena, c->p, (size_t)(c->end - c->p),
				   compiler->file, c->at.line, c->at.column, compiler_use, compiler,
				   compiler->e);
	if (!x)
		return -1;
	slot = compiler_intern(compiler, compiler->script + 1, name.p, length);
	compiler->variables[slot].flags |= VARIABLE_SET;
	step = builder_step(b, STEP_SET, place);
	step->expression = x;
	step->slot = slot;
	return 0;
}

static int parse_annotations(struct script_builder *b)
{
	bool weight_seen = false;
	struct sql_scanner s;
	struct sql_token t;
	struct comment c;
	int failed = 0;

	sql_scan_begin(&s, b->text, b->length, &b->start);
	for (sql_scan_next(&s, &t); t.type != SQL_END && !failed; sql_scan_next(&s, &t)) {
		enum annotation type = t.type == SQL_COMMENT ? classify(&t, &c) : ANNOTATION_NONE;

		if (type == ANNOTATION_WEIGHT)
			failed = parse_weight(b, &c, &weight_seen);
		else if (type == ANNOTATION_PARAM)
			failed = parse_param(b, &c, &t.place);
	}
	return failed;
}

/* One token of the statement: `*end` moves behind it. */
static int check_token(struct script_builder *b, const struct sql_token *t, bool ended)
{
	struct compiler *c = b->c;

	if (t->type == SQL_UNCLOSED)
		return place_fault(&t->place, c->e, "the %s", t->unclosed);
	if (t->type == SQL_BACKSLASH || t->type == SQL_ESCAPE)
		return place_fault(&t->place, c->e,
				   "unexpected '\\'; an annotated query has no meta commands");
	if (ended && t->type != SQL_SEMICOLON)
		return place_fault(&t->place, c->e,
				   "a second statement begins here; expected one in an annotated "
				   "query");
	if (t->type == SQL_VARIABLE)
		compiler_use(c, t->text + 1, t->length - 1, t->place.line, t->place.column);
	return 0;
}

static int parse_statement(struct script_builder *b)
{
	const char *begin = NULL, *end = NULL;
	struct place place = b->start;
	struct sql_scanner s;
	struct sql_token t;
	bool ended = false;

	sql_scan_begin(&s, b->text, b->length, &b->start);
	for (sql_scan_next(&s, &t); t.type != SQL_END; sql_scan_next(&s, &t)) {
		if (!sql_token_counts(&t))
			continue;
		if (check_token(b, &t, ended) < 0)
			return -1;
		if (t.type == SQL_SEMICOLON && s.parentheses == 0) {
			ended = begin != NULL;
			continue;
		}
		if (!begin) {
			begin = t.text;
			place = t.place;
		}
		end = t.text + t.length;
	}
	if (!begin)
		return place_fault(&t.place, b->c->e,
				   "the text ends without a statement; expected one");
	if (s.parentheses)
		return place_fault(&s.opened, b->c->e,
				   "the '(' here is never closed; expected ')'");
	builder_statement(b, begin, (size_t)(end - begin), &place);
	return 0;
}

int script_parse_annotated(struct script_builder *b)
{
	return parse_annotations(b) < 0 || parse_statement(b) < 0 ? -1 : 0;
}
