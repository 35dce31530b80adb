/*
 * script_meta.c - the meta commands of pgbench 15.
 *
 * A command reaches to the end of its line; a backslash there continues it on the next. Branches
 * and pipelines nest as the text does: a pipeline ends in the branch in which it began, so that
 * every statement is known to be inside or outside of one.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "bench/expression.h"
#include "bench/expression_lex.h"
#include "bench/script_compile.h"
#include "common/text.h"

struct word {
	const char *text;
	size_t length;
	struct place place;
};

struct meta { /* a command and what is left of its line */
	struct pgbench_parser *parser;
	struct compiler *c;
	const char *p, *end;
	struct place at;    /* of p */
	struct place place; /* of the backslash */
};

struct meta_command {
	const char *name;
	int (*compile)(struct meta *m);
	const char *refusal; /* for those that are known and not supported */
};

static size_t blank_length(const struct meta *m)
{
	size_t n = (size_t)(m->end - m->p);

	if (n >= 1 && (*m->p == ' ' || (*m->p >= '\t' && *m->p <= '\r')))
		return 1;
	if (n >= 2 && m->p[0] == '\\' && m->p[1] == '\n')
		return 2;
	if (n >= 3 && m->p[0] == '\\' && m->p[1] == '\r' && m->p[2] == '\n')
		return 3;
	return 0;
}

static void pass(struct meta *m, size_t n)
{
	for (; n > 0; n--)
		place_pass(&m->at, *m->p++);
}

/* The next word, up to a blank; false at the end of the command. */
static bool next_word(struct meta *m, struct word *word)
{
	size_t n;

	while ((n = blank_length(m)) > 0)
		pass(m, n);
	*word = (struct word){.text = m->p, .place = m->at};
	while (m->p < m->end && !blank_length(m))
		pass(m, 1);
	word->length = (size_t)(m->p - word->text);
	return word->length > 0;
}

static int no_more_words(struct meta *m)
{
	struct word word;

	if (!next_word(m, &word))
		return 0;
	return place_fault(&word.place, m->c->e, "unexpected '%.*s'; expected the end of the line",
			   (int)(word.length < 40 ? word.length : 40), word.text);
}

static struct step *add_step(struct meta *m, enum step_type type)
{
	return builder_step(m->parser->b, type, &m->place);
}

/* What is left of the line as an expression; NULL with the error filled. */
static const struct expression *rest_as_expression(struct meta *m)
{
	return expression_parse(&m->c->w->arena, m->p, (size_t)(m->end - m->p), m->c->file,
				m->at.line, m->at.column, compiler_use, m->c, m->c->e);
}

static int meta_set(struct meta *m)
{
	const struct expression *x;
	struct word name;
	struct step *step;
	unsigned slot;

	if (!next_word(m, &name))
		return place_fault(&name.place, m->c->e,
				   "expected a variable's name after '\\set'");
	if (!variable_name_is_valid(name.text, name.length))
		return place_fault(&name.place, m->c->e,
				   "'%.*s' is no variable's name; expected letters, digits and _",
				   (int)(name.length < 40 ? name.length : 40), name.text);
	x = rest_as_expression(m);
	if (!x)
		return -1;
	slot = compiler_intern(m->c, 0, name.text, name.length);
	m->c->variables[slot].flags |= VARIABLE_SET;
	step = add_step(m, STEP_SET);
	step->expression = x;
	step->slot = slot;
	return 0;
}

/* The unit of \sleep: seconds when none is given. */
static int sleep_unit(struct meta *m, const struct word *unit, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {{"", 1000000000}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == unit->length &&
		    strncasecmp(units[i].name, unit->text, unit->length) == 0) {
			*ns = units[i].ns;
			return 0;
		}
	return place_fault(&unit->place, m->c->e, "'%.*s' is no unit of time; expected us, ms or s",
			   (int)(unit->length < 40 ? unit->length : 40), unit->text);
}

/* The digits of a word like 10 or 10ms; what is behind them becomes `unit`. A minus means 0. */
static const struct expression *sleep_number(struct meta *m, const struct word *time,
					     struct word *unit)
{
	size_t sign = *time->text == '-' || *time->text == '+', n = sign;
	const char *digits = time->text + sign;

	*unit = (struct word){.text = time->text + time->length, .place = m->at};
	while (n < time->length && time->text[n] >= '0' && time->text[n] <= '9')
		n++;
	if (n == sign || n - sign > 9 || (n < time->length && !is_name_start(time->text[n]))) {
		place_fault(&time->place, m->c->e,
			    "'%.*s' is no time to sleep; expected a whole number of at most 9 "
			    "digits, or a variable",
			    (int)(time->length < 40 ? time->length : 40), time->text);
		return NULL;
	}
	unit->text = time->text + n;
	unit->length = time->length - n;
	unit->place = time->place;
	unit->place.column += (unsigned)n;
	return expression_parse(&m->c->w->arena, *time->text == '-' ? "0" : digits,
				*time->text == '-' ? 1 : n - sign, m->c->file, time->place.line,
				time->place.column, compiler_use, m->c, m->c->e);
}

static int meta_sleep(struct meta *m)
{
	const struct expression *x;
	struct word time, unit = {.text = ""};
	struct step *step;
	uint64_t ns = 0;

	if (!next_word(m, &time))
		return place_fault(&time.place, m->c->e, "expected a time after '\\sleep'");
	if (*time.text == ':')
		x = expression_parse(&m->c->w->arena, time.text, time.length, m->c->file,
				     time.place.line, time.place.column, compiler_use, m->c,
				     m->c->e);
	else
		x = sleep_number(m, &time, &unit);
	if (!x)
		return -1;
	if (unit.length == 0)
		next_word(m, &unit);
	if (sleep_unit(m, &unit, &ns) < 0 || no_more_words(m) < 0)
		return -1;
	step = add_step(m, STEP_SLEEP);
	step->expression = x;
	step->unit_ns = ns;
	return 0;
}

static int meta_if(struct meta *m)
{
	struct pgbench_parser *p = m->parser;
	const struct expression *x = rest_as_expression(m);
	struct branch *branch;

	if (!x)
		return -1;
	p->branches =
		xgrow(p->branches, p->branch_count, &p->branch_capacity, sizeof(*p->branches));
	branch = &p->branches[p->branch_count++];
	*branch = (struct branch){.place = m->place,
				  .unless = p->b->step_count,
				  .last_end = SIZE_MAX,
				  .pipeline = p->pipeline};
	add_step(m, STEP_JUMP_UNLESS)->expression = x;
	return 0;
}

/* The innermost \if, at the end of one of its branches; NULL with the error filled. */
static struct branch *end_of_branch(struct meta *m, const char *name)
{
	struct pgbench_parser *p = m->parser;
	struct branch *branch = p->branch_count ? &p->branches[p->branch_count - 1] : NULL;

	if (!branch)
		place_fault(&m->place, m->c->e, "'\\%s' without an '\\if' before it", name);
	else if (p->pipeline && !branch->pipeline)
		place_fault(&p->pipeline_place, m->c->e,
			    "'\\startpipeline' is not closed in its branch; expected "
			    "'\\endpipeline' before '\\%s'",
			    name);
	else if (!p->pipeline && branch->pipeline)
		place_fault(&m->place, m->c->e,
			    "a pipeline that began before '\\if' was ended inside it");
	else
		return branch;
	return NULL;
}

/* A branch ends with a jump to \endif; the one after it begins here. */
static struct branch *next_branch(struct meta *m, const char *name)
{
	struct branch *branch = end_of_branch(m, name);
	struct script_builder *b = m->parser->b;

	if (!branch)
		return NULL;
	if (branch->has_else) {
		place_fault(&m->place, m->c->e, "'\\%s' after '\\else'; expected '\\endif'", name);
		return NULL;
	}
	add_step(m, STEP_JUMP)->target = (unsigned)branch->last_end;
	branch->last_end = b->step_count - 1;
	b->steps[branch->unless].target = (unsigned)b->step_count;
	branch->unless = SIZE_MAX;
	return branch;
}

static int meta_elif(struct meta *m)
{
	struct branch *branch = next_branch(m, "elif");
	const struct expression *x;

	if (!branch)
		return -1;
	x = rest_as_expression(m);
	if (!x)
		return -1;
	branch->unless = m->parser->b->step_count;
	add_step(m, STEP_JUMP_UNLESS)->expression = x;
	return 0;
}

static int meta_else(struct meta *m)
{
	struct branch *branch = next_branch(m, "else");

	if (!branch)
		return -1;
	branch->has_else = true;
	return no_more_words(m);
}

static int meta_endif(struct meta *m)
{
	struct branch *branch = end_of_branch(m, "endif");
	struct script_builder *b = m->parser->b;
	unsigned here = (unsigned)b->step_count, at;

	if (!branch)
		return -1;
	if (branch->unless != SIZE_MAX)
		b->steps[branch->unless].target = here;
	for (at = (unsigned)branch->last_end; at != UINT_MAX;) {
		unsigned before = b->steps[at].target;

		b->steps[at].target = here;
		at = before;
	}
	m->parser->branch_count--;
	return no_more_words(m);
}

static int meta_startpipeline(struct meta *m)
{
	struct pgbench_parser *p = m->parser;

	if (p->pipeline)
		return place_fault(&m->place, m->c->e,
				   "'\\startpipeline' inside a pipeline; expected '\\endpipeline'");
	p->pipeline = m->c->w->uses_pipeline = true;
	p->pipeline_place = m->place;
	add_step(m, STEP_PIPELINE_BEGIN);
	return no_more_words(m);
}

static int meta_endpipeline(struct meta *m)
{
	struct pgbench_parser *p = m->parser;

	if (!p->pipeline)
		return place_fault(&m->place, m->c->e,
				   "'\\endpipeline' without a '\\startpipeline' before it");
	p->pipeline = false;
	add_step(m, STEP_PIPELINE_END);
	return no_more_words(m);
}

/* \gset and \aset belong to the statement before them; meta_capture() is told which by script_meta
 */
static int meta_capture(struct meta *m, struct statement *last, enum capture capture)
{
	const char *name = capture == CAPTURE_GSET ? "gset" : "aset";
	struct word prefix;

	if (!last || last->capture != CAPTURE_NONE)
		return place_fault(&m->place, m->c->e, "'\\%s' must follow an SQL command", name);
	if (m->parser->pipeline)
		return place_fault(&m->place, m->c->e, "'\\%s' is not allowed in a pipeline", name);
	if (next_word(m, &prefix)) {
		if (!variable_name_is_valid(prefix.text, prefix.length))
			return place_fault(&prefix.place, m->c->e,
					   "'%.*s' cannot begin a variable's name; expected "
					   "letters, digits and _",
					   (int)(prefix.length < 40 ? prefix.length : 40),
					   prefix.text);
		last->capture_prefix = arena_strndup(&m->c->w->arena, prefix.text, prefix.length);
	}
	last->capture = capture;
	compiler_prefix(m->c, last->capture_prefix);
	return no_more_words(m);
}

static int meta_gset(struct meta *m)
{
	return meta_capture(m, m->parser->last, CAPTURE_GSET);
}

static int meta_aset(struct meta *m)
{
	return meta_capture(m, m->parser->last, CAPTURE_ASET);
}

static const struct meta_command commands[] = {
	{"aset", meta_aset, NULL},
	{"elif", meta_elif, NULL},
	{"else", meta_else, NULL},
	{"endif", meta_endif, NULL},
	{"endpipeline", meta_endpipeline, NULL},
	{"gset", meta_gset, NULL},
	{"if", meta_if, NULL},
	{"set", meta_set, NULL},
	{"setshell", NULL, "a script cannot run programs; expected \\set or -D"},
	{"shell", NULL, "a script cannot run programs"},
	{"sleep", meta_sleep, NULL},
	{"startpipeline", meta_startpipeline, NULL},
	{"syncpipeline", NULL, "it is of pgbench 17; expected a command of pgbench 15"},
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int unknown_command(struct meta *m, const struct word *name)
{
	const char *nearest = NULL;
	size_t i, distance, best = 4;
	char text[41];

	snprintf(text, sizeof(text), "%.*s", (int)(name->length < 40 ? name->length : 40),
		 name->text);
	for (i = 0; i < COMMAND_COUNT; i++) {
		distance = text_distance(text, commands[i].name, best);
		if (distance < best && distance * 3 <= strlen(text) && commands[i].compile) {
			best = distance;
			nearest = commands[i].name;
		}
	}
	if (nearest)
		return place_fault(&m->place, m->c->e,
				   "unknown command '\\%s'; did you mean '\\%s'?", text, nearest);
	return place_fault(&m->place, m->c->e, "unknown command '\\%s'", text);
}

static int run_command(struct meta *m)
{
	struct word name;
	size_t i;

	if (!next_word(m, &name))
		return place_fault(&m->place, m->c->e, "expected a command after '\\'");
	for (i = 0; i < COMMAND_COUNT; i++) {
		const struct meta_command *command = &commands[i];

		if (strlen(command->name) != name.length ||
		    strncasecmp(command->name, name.text, name.length) != 0)
			continue;
		if (command->refusal)
			return place_fault(&m->place, m->c->e, "'\\%s' is refused: %s",
					   command->name, command->refusal);
		return command->compile(m);
	}
	return unknown_command(m, &name);
}

int script_meta(struct pgbench_parser *p, const struct place *at)
{
	struct sql_token line;
	struct meta m = {.parser = p, .c = p->b->c, .place = *at};
	int failed;

	sql_scan_line(&p->scanner, &line);
	m.p = line.text;
	m.end = line.text + line.length;
	m.at = line.place;
	failed = run_command(&m);
	p->last = NULL;
	return failed;
}
