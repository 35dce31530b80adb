/* routine.c - see routine.h. */
#include "convert/routine.h"

#include "convert/tree.h"

enum counted { STATEMENT, BRANCH, CURSOR, DYNAMIC, LOOP, LOOP_HEAD, LOOP_DO, NOTHING };

static const struct {
	const char *word;
	enum counted as;
} words[] = {
	{"select", STATEMENT},	    {"insert", STATEMENT},
	{"update", STATEMENT},	    {"delete", STATEMENT},
	{"merge", STATEMENT},	    {"if", BRANCH},
	{"elseif", BRANCH},	    {"elsif", BRANCH},
	{"while", LOOP_HEAD},	    {"loop", LOOP},
	{"repeat", BRANCH},	    {"case", BRANCH},
	{"exception", BRANCH},	    {"handler", BRANCH},
	{"catch", BRANCH},	    {"cursor", CURSOR},
	{"immediate", DYNAMIC},	    {"prepare", DYNAMIC},
	{"sp_executesql", DYNAMIC}, {"do", LOOP_DO},
};

static enum counted counted_as(struct str word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_is_word(word, words[i].word))
			return words[i].as;
	return NOTHING;
}

/* EXEC (@sql) and EXECUTE (@sql) run a text, EXEC name a routine. */
static bool runs_text(const struct tokens *t, size_t i, size_t last)
{
	struct str word = token_text(t, (uint32_t)i);

	return i + 1 < last && (str_is_word(word, "exec") || str_is_word(word, "execute")) &&
	       t->text.p[t->items[i + 1].begin] == '(';
}

/* END IF, END LOOP. */
static bool closes(const struct tokens *t, size_t i, size_t first)
{
	return i > first && str_is_word(token_text(t, (uint32_t)i - 1), "end");
}

struct count {
	struct arena *arena;
	const struct dialect *dialect;
	size_t of[NOTHING + 1];
	bool head; /* a WHILE that a LOOP may follow */
};

/* `WHILE x LOOP` is one loop; so is `WHILE x DO`, and `WHILE x` with a block behind it. */
static void count_word(struct count *c, struct str word)
{
	enum counted as = counted_as(word);

	if (as == LOOP_HEAD || as == LOOP)
		c->of[BRANCH] += as == LOOP_HEAD || !c->head;
	else
		c->of[as]++;
	if (as != NOTHING)
		c->head = as == LOOP_HEAD || (c->head && as != LOOP && as != LOOP_DO);
}

static void count_tokens(struct count *c, const struct tokens *t, size_t first, size_t last)
{
	struct tokens body;
	struct str text;

	for (size_t i = first; i < last; i++) {
		text = token_text(t, (uint32_t)i);
		if (t->items[i].kind == TOKEN_WORD && !closes(t, i, first))
			count_word(c, text);
		c->of[DYNAMIC] += runs_text(t, i, last);
		if (t->items[i].kind != TOKEN_STRING || !text.len || *text.p != '$')
			continue;
		lexer_run(c->arena, c->dialect, true,
			  token_value(c->arena, c->dialect, t, (uint32_t)i), &body);
		for (uint32_t k = 0; k < body.count; k++)
			if (body.items[k].kind == TOKEN_WORD && !closes(&body, k, 0))
				count_word(c, token_text(&body, k));
	}
}

struct routine_size routine_measure(struct arena *a, const struct dialect *d,
				    const struct tokens *t, size_t first, size_t last)
{
	struct count c = {.arena = a, .dialect = d};
	size_t lines = 1, i;

	count_tokens(&c, t, first, last);
	if (first < last)
		for (i = t->items[first].begin; i < t->items[last - 1].end; i++)
			lines += t->text.p[i] == '\n';
	return (struct routine_size){.lines = lines,
				     .statements = c.of[STATEMENT],
				     .branches = c.of[BRANCH],
				     .cursors = c.of[CURSOR],
				     .dynamic = c.of[DYNAMIC]};
}
