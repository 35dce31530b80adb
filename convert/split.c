/*
 * split.c - a text into statements, by the dialect's tokens: so strings, comments and names are
 * never cut. Blocks of procedural code stay whole.
 */
#include "convert/convert.h"

#include "convert/token.h"

struct splitter {
	const struct tokens *t;
	const struct dialect *d;
	uint32_t at, begin; /* tokens; `begin` of the statement */
	unsigned depth;	    /* of BEGIN and CASE */
	bool routine;	    /* CREATE FUNCTION ... AS BEGIN */
};

static enum keyword word(const struct splitter *s, uint32_t i)
{
	return i < s->t->count ? (enum keyword)s->t->items[i].keyword : KEYWORD_NONE;
}

static bool is_symbol(const struct splitter *s, uint32_t i, unsigned symbol)
{
	return s->t->items[i].kind == TOKEN_OPERATOR && s->t->items[i].symbol == symbol;
}

/* On a line of its own. */
static bool alone(const struct splitter *s, uint32_t i)
{
	const struct token *t = s->t->items;

	return (i == 0 || t[i].flags & TOKEN_NEW_LINE) &&
	       (t[i + 1].kind == TOKEN_END || t[i + 1].flags & TOKEN_NEW_LINE);
}

/* CREATE ... FUNCTION and the like, DECLARE or BEGIN as the first word. */
static bool begins_routine(const struct splitter *s, uint32_t i)
{
	if (word(s, i) == K_DECLARE)
		return s->d->lex & (LEX_Q_STRING | LEX_AT_NAME);
	if (word(s, i) == K_BEGIN)
		return !is_symbol(s, i + 1, ';') && word(s, i + 1) != K_TRANSACTION &&
		       s->t->items[i + 1].kind != TOKEN_END;
	if (word(s, i) != K_CREATE && word(s, i) != K_ALTER)
		return false;
	for (uint32_t k = i + 1; k < i + 8 && k < s->t->count; k++) {
		enum keyword w = word(s, k);

		if (w == K_FUNCTION || w == K_PROCEDURE || w == K_PROC || w == K_TRIGGER ||
		    w == K_PACKAGE)
			return true;
	}
	return false;
}

static void track(struct splitter *s)
{
	enum keyword k = word(s, s->at);

	if (!s->routine)
		return;
	if (k == K_BEGIN || k == K_CASE)
		s->depth++;
	else if (k == K_END && s->depth > 0 && word(s, s->at + 1) != K_IF &&
		 !(s->t->items[s->at + 1].kind == TOKEN_WORD && word(s, s->at + 1) == K_WHILE))
		s->depth--;
}

static bool ends_statement(const struct splitter *s)
{
	const struct token *t = &s->t->items[s->at];

	if (t->kind == TOKEN_END)
		return true;
	if (t->keyword == K_GO && s->d->lex & LEX_BRACKET_NAME && alone(s, s->at))
		return true;
	if (is_symbol(s, s->at, '/') && s->d->lex & LEX_Q_STRING && alone(s, s->at))
		return true;
	if (!is_symbol(s, s->at, ';'))
		return false;
	if (s->routine && s->d->lex & (LEX_AT_NAME | LEX_Q_STRING) && !(s->d->lex & LEX_BACKTICK))
		return false; /* up to GO or / */
	return s->depth == 0;
}

static void emit(const struct splitter *s,
		 void (*each)(void *context, struct str statement, size_t offset), void *context)
{
	size_t begin = s->begin ? s->t->items[s->begin - 1].end : 0;
	size_t end = s->t->items[s->at].begin;
	const char *p = s->t->text.p;

	if (s->at == s->begin)
		return;
	while (begin < end && (unsigned char)p[begin] <= ' ')
		begin++;
	while (end > begin && (unsigned char)p[end - 1] <= ' ')
		end--;
	each(context, (struct str){p + begin, end - begin}, begin);
}

void convert_split(const struct dialect *from, struct str text,
		   void (*each)(void *context, struct str statement, size_t offset), void *context)
{
	struct arena a = {0};
	struct tokens t;
	struct splitter s = {.t = &t, .d = from};

	lexer_run(&a, from, true, text, &t);
	for (;; s.at++) {
		if (s.at == s.begin) {
			s.routine = begins_routine(&s, s.at);
			s.depth = 0;
		}
		if (ends_statement(&s)) {
			emit(&s, each, context);
			if (t.items[s.at].kind == TOKEN_END)
				break;
			s.begin = s.at + 1;
			continue;
		}
		track(&s);
	}
	arena_release(&a);
}
