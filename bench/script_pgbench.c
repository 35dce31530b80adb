/*
 * script_pgbench.c - pgbench scripts: where each SQL command begins and ends.
 *
 * A command ends at a `;` outside parentheses and outside the BEGIN ... END body of a CREATE
 * FUNCTION, at a meta command, or at the end of the text. What holds no token is dropped.
 */
#include <stdlib.h>

#include "bench/script_compile.h"

struct routine { /* whether a command is CREATE FUNCTION or PROCEDURE, and how deep its body is */
	unsigned words;
	bool create, replace, found;
	unsigned depth;
};

struct pending { /* the command being collected; `begin` is NULL when there is none */
	const char *begin, *end;
	struct place place;
	struct routine routine;
};

struct step *builder_step(struct script_builder *b, enum step_type type, const struct place *at)
{
	struct step *step;

	b->steps = xgrow(b->steps, b->step_count, &b->step_capacity, sizeof(*b->steps));
	step = &b->steps[b->step_count++];
	*step = (struct step){.type = type, .line = at->line, .column = at->column};
	return step;
}

struct statement *builder_statement(struct script_builder *b, const char *text, size_t n,
				    const struct place *at)
{
	struct compiler *c = b->c;
	struct statement *s = arena_alloc(&c->w->arena, sizeof(*s));

	s->index = (unsigned)c->draft_count;
	s->line = at->line;
	s->column = at->column;
	s->capture_prefix = "";
	c->drafts = xgrow(c->drafts, c->draft_count, &c->draft_capacity, sizeof(*c->drafts));
	c->drafts[c->draft_count++] = (struct draft){s, text, n, *at, c->script};
	b->script->statement_count++;
	builder_step(b, STEP_SQL, at)->statement = s;
	return s;
}

/* Follows the words of a command far enough to know a `;` that belongs to a routine's body. */
static void routine_pass(struct routine *r, const struct sql_token *t)
{
	unsigned word = r->words++;

	if (word == 0)
		r->create = sql_token_is(t, "create");
	else if (word == 2)
		r->replace = sql_token_is(t, "replace");
	if (r->create && (word == 1 || (word == 3 && r->replace)))
		r->found = r->found || sql_token_is(t, "function") || sql_token_is(t, "procedure");
	if (!r->found)
		return;
	if (sql_token_is(t, "begin"))
		r->depth++;
	else if (sql_token_is(t, "case") && r->depth)
		r->depth++;
	else if (sql_token_is(t, "end") && r->depth)
		r->depth--;
}

static int end_command(struct pgbench_parser *p, struct pending *pending)
{
	const struct sql_scanner *s = &p->scanner;

	if (pending->begin && s->parentheses)
		return place_fault(&s->opened, p->b->c->e,
				   "the '(' here is never closed; expected ')'");
	if (pending->begin)
		p->last =
			builder_statement(p->b, pending->begin,
					  (size_t)(pending->end - pending->begin), &pending->place);
	*pending = (struct pending){0};
	sql_scan_statement_end(&p->scanner);
	return 0;
}

static void collect(struct pgbench_parser *p, struct pending *pending, const struct sql_token *t)
{
	if (!pending->begin) {
		if (t->type == SQL_ESCAPE && t->text[1] == ';')
			return;
		pending->begin = t->text;
		pending->place = t->place;
	}
	pending->end = t->text + t->length;
	if (t->type == SQL_WORD && p->scanner.parentheses == 0)
		routine_pass(&pending->routine, t);
	if (t->type == SQL_VARIABLE)
		compiler_use(p->b->c, t->text + 1, t->length - 1, t->place.line, t->place.column);
}

static int parse_commands(struct pgbench_parser *p)
{
	struct pending pending = {0};
	struct sql_token t;

	for (sql_scan_next(&p->scanner, &t); t.type != SQL_END; sql_scan_next(&p->scanner, &t)) {
		if (t.type == SQL_UNCLOSED)
			return place_fault(&t.place, p->b->c->e, "the %s", t.unclosed);
		if (t.type == SQL_BACKSLASH) {
			if (end_command(p, &pending) < 0 || script_meta(p, &t.place) < 0)
				return -1;
		} else if (t.type == SQL_SEMICOLON && p->scanner.parentheses == 0 &&
			   pending.routine.depth == 0) {
			if (end_command(p, &pending) < 0)
				return -1;
		} else if (sql_token_counts(&t)) {
			collect(p, &pending, &t);
		}
	}
	return end_command(p, &pending);
}

/* What must be closed when the script ends. */
static int check_closed(const struct pgbench_parser *p)
{
	struct error *e = p->b->c->e;

	if (p->branch_count)
		return place_fault(&p->branches[p->branch_count - 1].place, e,
				   "'\\if' is never closed; expected '\\endif'");
	if (p->pipeline)
		return place_fault(&p->pipeline_place, e,
				   "'\\startpipeline' is never closed; expected '\\endpipeline'");
	return 0;
}

int script_parse_pgbench(struct script_builder *b)
{
	struct pgbench_parser p = {.b = b};
	int failed;

	sql_scan_begin(&p.scanner, b->text, b->length, &b->start);
	failed = parse_commands(&p) < 0 || check_closed(&p) < 0;
	if (!failed && b->step_count == 0)
		failed = error_set(b->c->e, ERROR_INPUT,
				   "%s: the script is empty; expected SQL or meta commands",
				   b->c->file);
	free(p.branches);
	return failed ? -1 : 0;
}
