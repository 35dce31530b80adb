/*
 * origin_safe.c - which text may run on a source, and its parameters filled with values. See
 * origin.h. The databases that can are told to be read-only; this is for those that cannot.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "convert/convert.h"
#include "convert/origin.h"
#include "convert/pieces.h"
#include "convert/token.h"

/* Of the sources' manuals, 2026-11; sorted. */
const struct origin_function origin_harmful[] = {
	{"ai_*", "it asks a language model, which costs"},
	{"benchmark", "it burns time"},
	{"dbms_*", "it calls a package"},
	{"get_lock", "it takes a lock"},
	{"http_request", "it reaches out"},
	{"httpuritype", "it reaches out"},
	{"java_method", "it runs code"},
	{"load_file", "it reads a file on the server"},
	{"master_pos_wait", "it waits"},
	{"nextval", "it moves a sequence"},
	{"opendatasource", "it opens connections"},
	{"openquery", "what it runs elsewhere is not seen"},
	{"openrowset", "it opens connections or files"},
	{"pg_cancel_backend", "it stops the work of others"},
	{"pg_read_*", "it reads a file on the server"},
	{"pg_sleep", "it waits"},
	{"pg_terminate_backend", "it ends the work of others"},
	{"reflect", "it runs code"},
	{"release_lock", "it lets go of a lock"},
	{"remote_query", "what it runs elsewhere is not seen"},
	{"setval", "it moves a sequence"},
	{"sleep", "it waits"},
	{"sys_eval", "it runs a program"},
	{"sys_exec", "it runs a program"},
	{"system$*", "it changes or stops what runs"},
	{"utl_*", "it calls a package"},
	{"xp_*", "it runs code outside of the database"},
};
const size_t origin_harmful_count = sizeof(origin_harmful) / sizeof(origin_harmful[0]);

/* Words that make a query more than one; sorted. Behind them a '(' makes some of them functions. */
static const struct {
	const char *word;
	bool function; /* word(...) only computes */
} writing[] = {
	{"alter", false},   {"backup", false},	{"bulk", false},     {"call", false},
	{"create", false},  {"dbcc", false},	{"declare", false},  {"delete", false},
	{"deny", false},    {"drop", false},	{"exec", false},     {"execute", false},
	{"grant", false},   {"insert", true},	{"into", false},     {"kill", false},
	{"lock", false},    {"merge", false},	{"nextval", false},  {"reconfigure", false},
	{"restore", false}, {"revoke", false},	{"shutdown", false}, {"truncate", true},
	{"update", false},  {"waitfor", false},
};

static bool is_word(struct str text, const char *word)
{
	return strlen(word) == text.len && strncasecmp(word, text.p, text.len) == 0;
}

static const char *writing_word(const struct tokens *t, uint32_t i)
{
	struct str text = token_text(t, i);
	size_t k;

	if (t->items[i].kind != TOKEN_WORD ||
	    (i > 0 && t->items[i - 1].kind == TOKEN_OPERATOR && t->items[i - 1].symbol == '.' &&
	     !is_word(text, "nextval")))
		return NULL;
	for (k = 0; k < sizeof(writing) / sizeof(writing[0]); k++)
		if (is_word(text, writing[k].word) &&
		    !(writing[k].function && i + 1 < t->count && t->items[i + 1].symbol == '('))
			return writing[k].word;
	return NULL;
}

static const struct origin_function *harmful(const struct tokens *t, uint32_t i)
{
	struct str name;
	size_t k;

	if ((t->items[i].kind != TOKEN_WORD && t->items[i].kind != TOKEN_QUOTED) ||
	    i + 1 >= t->count)
		return NULL;
	if (t->items[i + 1].symbol != '(' && t->items[i + 1].symbol != '.')
		return NULL;
	name = token_text(t, i);
	if (t->items[i].kind == TOKEN_QUOTED && name.len >= 2)
		name = (struct str){name.p + 1, name.len - 2};
	for (k = 0; k < origin_harmful_count; k++) {
		const char *row = origin_harmful[k].name;
		size_t n = strlen(row);
		bool begins = row[n - 1] == '*';

		n -= begins;
		if ((begins ? name.len >= n : name.len == n && t->items[i + 1].symbol == '(') &&
		    strncasecmp(name.p, row, n) == 0)
			return &origin_harmful[k];
	}
	return NULL;
}

/* "/" "*!" begins a comment that MySQL executes, "/" "*M!" one that MariaDB does. */
static bool has_executed_comment(struct str sql)
{
	return memmem(sql.p, sql.len, "/*!", 3) || memmem(sql.p, sql.len, "/*M!", 4);
}

const char *origin_refusal(struct arena *a, const struct convert_settings *s, struct str sql,
			   const struct conversion *c)
{
	struct tokens t;
	uint32_t i;

	if (c->status == CONVERSION_NOT)
		return "it was not understood, so it is not run on the source";
	if (strcmp(c->kind, "query") != 0)
		return "only queries are run on the source";
	if (has_executed_comment(sql))
		return "it has a comment that the source would execute, so it is not run there";
	lexer_run(a, s->from, s->double_quotes_strings, sql, &t);
	for (i = 0; i + 1 < t.count; i++) {
		const char *word = writing_word(&t, i);
		const struct origin_function *f = harmful(&t, i);

		if (t.items[i].kind == TOKEN_BAD)
			return "it was not understood, so it is not run on the source";
		if (t.items[i].kind == TOKEN_OPERATOR && t.items[i].symbol == ';')
			return "it is more than one statement, so it is not run on the source";
		if (t.items[i].kind == TOKEN_OPERATOR && t.items[i].symbol == SYMBOL_ASSIGN)
			return "it sets a variable, so it is not run on the source";
		if (word)
			return arena_printf(a, "it is not run on the source: it has the word %s",
					    word);
		if (f)
			return arena_printf(a, "it is not run on the source: it calls %s: %s",
					    f->name, f->why);
	}
	return NULL;
}

/* ---- parameters ---- */

static const char *given_value(const struct origin_values *given, const char *name)
{
	size_t i, n = strlen(name);

	for (i = 0; i < given->count; i++)
		if (strncmp(given->items[i], name, n) == 0 && given->items[i][n] == '=')
			return given->items[i] + n + 1;
	return NULL;
}

/* A plain number as it is, NULL, or a string whose quotes are doubled (where that would be two
 * strings side by side: escaped). */
static void put_literal(struct buf *out, const struct dialect *d, const char *value)
{
	double number;

	if (strcasecmp(value, "null") == 0 || text_to_double(value, &number)) {
		buf_puts(out, value);
		return;
	}
	buf_putc(out, '\'');
	for (; *value; value++) {
		if (*value == '\\' && (d->lex & LEX_BACKSLASH))
			buf_putc(out, '\\');
		if (*value == '\'')
			buf_putc(out,
				 (d->lex & LEX_ADJACENT) && (d->lex & LEX_BACKSLASH) ? '\\' : '\'');
		buf_putc(out, *value);
	}
	buf_putc(out, '\'');
}

/* The parameter that a token is: by its text, or the next one of those that all look alike. */
static const struct convert_parameter *parameter_of(const struct conversion *c, struct str text,
						    size_t *seen)
{
	bool alike = text.len == 1 && *text.p == '?';
	size_t i, k = 0;

	for (i = 0; i < c->parameter_count; i++)
		if (is_word(text, c->parameters[i].source) && (!alike || k++ == *seen)) {
			*seen += alike;
			return &c->parameters[i];
		}
	return NULL;
}

static size_t highest_number(const struct conversion *c)
{
	size_t i, n = 0;

	for (i = 0; i < c->parameter_count; i++)
		if (c->parameters[i].number > (int)n)
			n = (size_t)c->parameters[i].number;
	return n;
}

void origin_fill(struct arena *a, const struct convert_settings *s, struct str sql,
		 const struct conversion *c, const struct origin_values *given, const char **out,
		 const char ***values, size_t *n, const char **missing)
{
	struct buf text = {.max = sql.len * 2 + ((size_t)1 << 20)};
	struct tokens t;
	size_t seen = 0, at = 0;
	uint32_t i;

	*n = highest_number(c);
	*values = arena_alloc(a, (*n + 1) * sizeof(**values));
	*out = *missing = NULL;
	lexer_run(a, s->from, s->double_quotes_strings, sql, &t);
	for (i = 0; i + 1 < t.count && !*missing; i++) {
		const struct convert_parameter *p = NULL;
		const char *name, *value;

		if (t.items[i].kind == TOKEN_PARAMETER)
			p = parameter_of(c, token_text(&t, i), &seen);
		if (!p)
			continue;
		name = pieces_parameter_name(a, p);
		value = given_value(given, name);
		if (!value) {
			*missing = name;
			break;
		}
		(*values)[p->number - 1] = strcasecmp(value, "null") == 0 ? NULL : value;
		buf_add(&text, sql.p + at, t.items[i].begin - at);
		put_literal(&text, s->from, value);
		at = t.items[i].end;
	}
	buf_add(&text, sql.p + at, sql.len - at);
	if (!*missing)
		*out = arena_strndup(a, buf_text(&text), text.len);
	buf_release(&text);
}
