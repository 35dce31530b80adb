/*
 * script_annotated.c - one SQL statement with its weight and parameters in comments:
 *
 *	-- WEIGHT: 40
 *	-- PARAM ticket = random(1, 240000)
 *	-- PARAM state = values('CA', 'NY')
 *	-- PARAM (store, day) = sample(sales(store_id, sold_on)) zipfian(1.1)
 *	SELECT ... WHERE ticket = :ticket AND state = :state AND store = :store AND day = :day;
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

/* NAME or (NAME, NAME) and the blanks behind. */
static void skip_names(struct comment *c)
{
	if (at_character(c, '(')) {
		while (c->p < c->end && *c->p != ')' && *c->p != '=')
			skip(c, 1);
		skip(c, at_character(c, ')'));
	} else {
		skip(c, word_length(c));
	}
	skip_blanks(c);
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
	if (type == ANNOTATION_PARAM)
		skip_names(&ahead);
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

struct param { /* what stands before the `=` of a PARAM */
	struct param_name names[DATASET_MAX_COLUMNS];
	size_t count;
	struct place place; /* of the first name */
};

static bool is_declared(const struct compiler *c, const struct param_name *name)
{
	int slot = compiler_find(c, c->script, name->text, name->length);

	return slot >= 0 && c->variables[slot].scope;
}

/* A name that is neither declared nor among those before it. */
static int parse_name(struct script_builder *b, struct comment *c, struct param *param)
{
	struct param_name name = {c->p, word_length(c)};
	bool again = is_declared(b->c, &name);
	size_t i;

	if (!variable_name_is_valid(name.text, name.length))
		return place_fault(&c->at, b->c->e, "expected a name after PARAM");
	for (i = 0; i < param->count; i++)
		again = again || (param->names[i].length == name.length &&
				  memcmp(param->names[i].text, name.text, name.length) == 0);
	if (again)
		return place_fault(&c->at, b->c->e, "a second PARAM '%.*s'; expected one",
				   (int)(name.length < 60 ? name.length : 60), name.text);
	if (param->count == DATASET_MAX_COLUMNS)
		return place_fault(&c->at, b->c->e, "more than %d names in one PARAM",
				   DATASET_MAX_COLUMNS);
	param->names[param->count++] = name;
	skip(c, name.length);
	skip_blanks(c);
	return 0;
}

/* NAME or (NAME, NAME, ...) */
static int parse_names(struct script_builder *b, struct comment *c, struct param *param)
{
	param->place = c->at;
	if (!at_character(c, '('))
		return parse_name(b, c, param);
	do {
		skip(c, 1);
		skip_blanks(c);
		if (parse_name(b, c, param) < 0)
			return -1;
	} while (at_character(c, ','));
	if (!at_character(c, ')'))
		return place_fault(&c->at, b->c->e, "expected ',' or ')' after the name");
	skip(c, 1);
	skip_blanks(c);
	return 0;
}

unsigned script_declare(struct compiler *c, const struct param_name *name)
{
	unsigned slot = compiler_intern(c, c->script + 1, name->text, name->length);

	c->variables[slot].flags |= VARIABLE_SET;
	return slot;
}

/* The name is declared after its expression: that cannot use it. */
static int parse_expression(struct script_builder *b, struct comment *c, const struct param *param,
			    const struct place *place)
{
	struct compiler *compiler = b->c;
	const struct expression *x;
	struct step *step;

	if (param->count > 1)
		return place_fault(&param->place, compiler->e,
				   "several names are drawn from one row; expected sample(...) or "
				   "csv(...) behind the '='");
	x = expression_parse_param(&compiler->w->arena, c->p, (size_t)(c->end - c->p),
				   compiler->file, c->at.line, c->at.column, compiler_use, compiler,
				   compiler->e);
	if (!x)
		return -1;
	step = builder_step(b, STEP_SET, place);
	step->expression = x;
	step->slot = script_declare(compiler, &param->names[0]);
	return 0;
}

/* NAME = EXPRESSION, NAME = sample(...), (NAME, NAME) = csv(...) */
static int parse_param(struct script_builder *b, struct comment *c, const struct place *place)
{
	struct param param = {.count = 0};

	if (parse_names(b, c, &param) < 0)
		return -1;
	if (!at_character(c, '='))
		return place_fault(&c->at, b->c->e,
				   "expected '=' and random(...), values(...), sample(...) or "
				   "csv(...) after the name");
	skip(c, 1);
	if (script_data_begins(c->p, (size_t)(c->end - c->p)))
		return script_parse_data(b, c->p, (size_t)(c->end - c->p), &c->at, param.names,
					 param.count, place);
	return parse_expression(b, c, &param, place);
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
