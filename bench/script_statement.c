/*
 * script_statement.c - an SQL statement in the forms that the protocols need, and its label.
 *
 * One pass over the tokens writes the text, the text with $1, $2, ... and the list of pieces
 * (literal text, then a variable). The pieces are cut out of the text, so nothing is held twice.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bench/script_compile.h"
#include "common/text.h"

#define LABEL_MAX 60

struct cut { /* a variable in the text */
	size_t begin, end;
	int slot;
	bool literal; /* inside a quoted text */
};

struct writer {
	struct compiler *c;
	const struct draft *draft;
	bool annotated;
	struct buf text, numbered;
	struct cut *cuts;
	size_t cut_count, cut_capacity;
	unsigned *slots; /* of $1, $2, ... */
	size_t slot_count, slot_capacity;
	bool joined; /* a \; has been passed */
};

static void writer_release(struct writer *w)
{
	buf_release(&w->text);
	buf_release(&w->numbered);
	free(w->cuts);
	free(w->slots);
}

/* The variable as it is written is appended to the text and remembered. */
static void write_cut(struct writer *w, const char *text, size_t n, int slot, bool literal)
{
	w->cuts = xgrow(w->cuts, w->cut_count, &w->cut_capacity, sizeof(*w->cuts));
	w->cuts[w->cut_count++] = (struct cut){w->text.len, w->text.len + n, slot, literal};
	buf_add(&w->text, text, n);
}

/* The number of a variable in this statement: the one it has, or the next. */
static unsigned parameter_number(struct writer *w, unsigned slot)
{
	struct variable *v = &w->c->variables[slot];
	unsigned stamp = w->draft->statement->index + 1;

	if (v->stamp != stamp) {
		v->stamp = stamp;
		w->slots = xgrow(w->slots, w->slot_count, &w->slot_capacity, sizeof(*w->slots));
		w->slots[w->slot_count++] = slot;
		v->number = (unsigned)w->slot_count;
	}
	return v->number;
}

static int write_variable(struct writer *w, const struct sql_token *t)
{
	int slot = compiler_find(w->c, w->draft->script, t->text + 1, t->length - 1);

	assert(slot >= 0); /* the first phase met the same token */
	write_cut(w, t->text, t->length, slot, false);
	buf_printf(&w->numbered, "$%u", parameter_number(w, (unsigned)slot));
	if (w->slot_count > SCRIPT_MAX_PARAMETERS)
		return place_fault(&t->place, w->c->e, "a statement has more than %d parameters",
				   SCRIPT_MAX_PARAMETERS);
	return 0;
}

/* The slot of a name in a quoted text, or -1 when the workload does not know it. */
static int literal_slot(struct writer *w, const char *name, size_t n)
{
	int slot = compiler_find(w->c, w->draft->script, name, n);
	struct variable *v;

	if (slot < 0 && !variable_is_builtin(name, n) && !compiler_may_capture(w->c, name, n))
		return -1;
	slot = (int)compiler_intern(w->c, 0, name, n);
	v = &w->c->variables[slot];
	if (v->used.line == 0)
		v->used = w->draft->place;
	return slot;
}

/* Quoted text of a pgbench script: the simple protocol replaces known variables in it. */
static void write_quoted(struct writer *w, const char *text, size_t n)
{
	size_t from = 0, at, length = 0;
	int slot;

	buf_add(&w->numbered, text, n);
	while ((at = sql_find_variable(text, n, from, &length)) < n) {
		buf_add(&w->text, text + from, at - from);
		slot = literal_slot(w, text + at + 1, length - 1);
		if (slot >= 0)
			write_cut(w, text + at, length, slot, true);
		else
			buf_add(&w->text, text + at, length);
		from = at + length;
	}
	buf_add(&w->text, text + from, n - from);
}

static void write_plain(struct writer *w, const char *text, size_t n)
{
	buf_add(&w->text, text, n);
	buf_add(&w->numbered, text, n);
}

static int write_token(struct writer *w, const struct sql_token *t)
{
	bool quoted = t->type == SQL_STRING || t->type == SQL_IDENTIFIER || t->type == SQL_BODY;

	if (w->joined && sql_token_counts(t) && t->type != SQL_ESCAPE)
		w->draft->statement->compound = w->c->w->uses_compound = true;
	if (t->type == SQL_VARIABLE)
		return write_variable(w, t);
	if (t->type == SQL_ESCAPE) {
		w->joined = w->joined || t->text[1] == ';';
		write_plain(w, t->text + 1, 1);
	} else if (quoted && !w->annotated) {
		write_quoted(w, t->text, t->length);
	} else {
		write_plain(w, t->text, t->length);
	}
	return 0;
}

/* The text between the cuts; the last piece has no variable. */
static void make_pieces(struct writer *w, struct statement *s)
{
	struct piece *pieces = arena_alloc(&w->c->w->arena, (w->cut_count + 1) * sizeof(*pieces));
	size_t i, from = 0;

	for (i = 0; i < w->cut_count; i++) {
		const struct cut *cut = &w->cuts[i];

		pieces[i] = (struct piece){.text = s->text + from,
					   .length = cut->begin - from,
					   .name_length = (unsigned)(cut->end - cut->begin),
					   .slot = cut->slot,
					   .quote = w->annotated,
					   .keep_unset = cut->literal};
		from = cut->end;
	}
	pieces[i] =
		(struct piece){.text = s->text + from, .length = w->text.len - from, .slot = -1};
	s->piece_count = w->cut_count + (pieces[i].length > 0 || i == 0);
	s->pieces = pieces;
}

/* Adds text to a label: what is no valid character becomes `?`, blanks become one space. */
static void label_add(struct buf *out, const char *text, size_t n)
{
	size_t i = 0, length;

	while (i < n && out->len <= LABEL_MAX) {
		length = text_character(text + i, n - i);
		if (length == 1 && ((unsigned char)text[i] <= ' ' || text[i] == 0x7f)) {
			if (out->len && out->data[out->len - 1] != ' ')
				buf_putc(out, ' ');
		} else if (length == 0) {
			buf_putc(out, '?');
		} else {
			buf_add(out, text + i, length);
		}
		i += length ? length : 1;
	}
}

/* Cuts at a word if one ends in the second half, else at a character, and puts dots behind. */
static size_t label_cut(const char *text)
{
	size_t n = LABEL_MAX - 3, word;

	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	for (word = n; word > LABEL_MAX / 2; word--)
		if (text[word] == ' ')
			return word;
	return n;
}

static const char *make_label(struct arena *arena, const struct draft *d)
{
	struct buf out = {.max = LABEL_MAX + 8};
	struct sql_scanner s;
	struct sql_token t;
	const char *label;

	sql_scan_begin(&s, d->text, d->length, &d->place);
	for (sql_scan_next(&s, &t); t.type != SQL_END && out.len <= LABEL_MAX;
	     sql_scan_next(&s, &t)) {
		if (t.type == SQL_COMMENT)
			label_add(&out, " ", 1);
		else if (t.type == SQL_ESCAPE)
			label_add(&out, t.text + 1, 1);
		else
			label_add(&out, t.text, t.length);
	}
	if (out.len <= LABEL_MAX)
		label = arena_strdup(arena, buf_text(&out));
	else
		label = arena_printf(arena, "%.*s...", (int)label_cut(out.data), out.data);
	buf_release(&out);
	return label;
}

static int finish_statement(struct compiler *c, const struct draft *d)
{
	struct writer w = {.c = c, .draft = d, .annotated = c->w->scripts[d->script].annotated};
	struct statement *s = d->statement;
	struct sql_scanner scanner;
	struct sql_token t;
	unsigned *slots;
	int failed = 0;

	sql_scan_begin(&scanner, d->text, d->length, &d->place);
	for (sql_scan_next(&scanner, &t); t.type != SQL_END && !failed; sql_scan_next(&scanner, &t))
		failed = write_token(&w, &t);
	if (!failed) {
		s->text = arena_strndup(&c->w->arena, buf_text(&w.text), w.text.len);
		s->numbered = arena_strndup(&c->w->arena, buf_text(&w.numbered), w.numbered.len);
		slots = arena_alloc(&c->w->arena, w.slot_count * sizeof(*slots));
		if (w.slot_count)
			memcpy(slots, w.slots, w.slot_count * sizeof(*slots));
		s->parameter_slots = slots;
		s->parameter_count = (unsigned)w.slot_count;
		make_pieces(&w, s);
		s->label = make_label(&c->w->arena, d);
	}
	writer_release(&w);
	return failed;
}

int compiler_finish_statements(struct compiler *c)
{
	struct workload *w = c->w;
	const struct statement **statements;
	unsigned *scripts;
	size_t i;

	statements = arena_alloc(&w->arena, c->draft_count * sizeof(*statements));
	scripts = arena_alloc(&w->arena, c->draft_count * sizeof(*scripts));
	for (i = 0; i < c->draft_count; i++) {
		if (finish_statement(c, &c->drafts[i]) < 0)
			return -1;
		statements[i] = c->drafts[i].statement;
		scripts[i] = c->drafts[i].script;
	}
	w->statements = statements;
	w->statement_script = scripts;
	w->statement_count = c->draft_count;
	return 0;
}
