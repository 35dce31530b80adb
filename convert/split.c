/*
 * split.c - a text into statements, by the dialect's tokens: so strings, comments and names are
 * never cut. Blocks of procedural code stay whole.
 */
#include "convert/convert.h"

#include <string.h>
#include <strings.h>

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

struct each {
	void (*call)(void *context, struct str statement, size_t offset);
	void *context;
	const char *text; /* offsets count from here */
};

static void give(const struct each *e, const char *begin, const char *end)
{
	while (begin < end && (unsigned char)*begin <= ' ')
		begin++;
	while (end > begin && (unsigned char)end[-1] <= ' ')
		end--;
	if (begin < end)
		e->call(e->context, (struct str){begin, (size_t)(end - begin)},
			(size_t)(begin - e->text));
}

static void emit(const struct splitter *s, const struct each *e)
{
	const char *p = s->t->text.p;

	if (s->at != s->begin)
		give(e, p + (s->begin ? s->t->items[s->begin - 1].end : 0),
		     p + s->t->items[s->at].begin);
}

static void split_part(const struct dialect *from, struct str text, const struct each *e)
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
			emit(&s, e);
			if (t.items[s.at].kind == TOKEN_END)
				break;
			s.begin = s.at + 1;
			continue;
		}
		track(&s);
	}
	arena_release(&a);
}

/* ---- DELIMITER: a line for MySQL's clients, not for the server ---- */

/* The length of a string, a quoted name or a comment here, or 0. */
static size_t covered(const char *p, const char *end)
{
	const char *q = p + 1, *stop;

	if (*p == '#' || (*p == '-' && q < end && *q == '-')) {
		stop = memchr(p, '\n', (size_t)(end - p));
		return (size_t)((stop ? stop : end) - p);
	}
	if (*p == '/' && q < end && *q == '*') {
		stop = memmem(q + 1, (size_t)(end - q - 1), "*/", 2);
		return (size_t)((stop ? stop + 2 : end) - p);
	}
	if (*p != '\'' && *p != '"' && *p != '`')
		return 0;
	for (; q < end && *q != *p; q++)
		if (*q == '\\' && *p != '`' && q + 1 < end)
			q++;
	return (size_t)((q < end ? q + 1 : end) - p);
}

/* The text behind DELIMITER when this line is one. */
static struct str delimiter_line(const char *p, const char *end)
{
	const char *q = p, *word;

	while (q < end && (*q == ' ' || *q == '\t'))
		q++;
	if (end - q < 11 || strncasecmp(q, "delimiter", 9) != 0 || (q[9] != ' ' && q[9] != '\t'))
		return (struct str){0};
	for (q += 10; q < end && (*q == ' ' || *q == '\t');)
		q++;
	for (word = q; q < end && (unsigned char)*q > ' ';)
		q++;
	return (struct str){word, (size_t)(q - word)};
}

/* Where the next DELIMITER line begins, or the end. */
static const char *next_delimiter(const char *p, const char *end)
{
	bool line_begins = true;
	size_t n;

	while (p < end) {
		if (line_begins && delimiter_line(p, end).len)
			return p;
		n = covered(p, end);
		line_begins = !n && *p == '\n';
		p += n ? n : 1;
	}
	return end;
}

/* Between two DELIMITER lines. */
static void split_by(const struct dialect *from, struct str text, struct str delimiter,
		     const struct each *e)
{
	const char *p = text.p, *end = text.p + text.len, *begin = p;
	size_t n;

	if (delimiter.len == 1 && *delimiter.p == ';') {
		split_part(from, text, e);
		return;
	}
	while (p < end) {
		n = covered(p, end);
		if (!n && (size_t)(end - p) >= delimiter.len &&
		    memcmp(p, delimiter.p, delimiter.len) == 0) {
			give(e, begin, p);
			begin = p + delimiter.len;
			n = delimiter.len;
		}
		p += n ? n : 1;
	}
	give(e, begin, end);
}

void convert_split(const struct dialect *from, struct str text,
		   void (*each)(void *context, struct str statement, size_t offset), void *context)
{
	const char *p = text.p, *end = text.p + text.len, *next, *line;
	struct each e = {.call = each, .context = context, .text = text.p};
	struct str delimiter = {";", 1};

	if (strcmp(from->name, "mysql") != 0) {
		split_part(from, text, &e);
		return;
	}
	for (;; p = line ? line + 1 : end) {
		next = next_delimiter(p, end);
		split_by(from, (struct str){p, (size_t)(next - p)}, delimiter, &e);
		if (next == end)
			return;
		delimiter = delimiter_line(next, end);
		line = memchr(next, '\n', (size_t)(end - next));
	}
}
