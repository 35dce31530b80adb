/*
 * explain_filter.c - plan_equal_columns(): which columns a filter compares for equality.
 *
 * Postgres prints every operator with its parentheses and, with VERBOSE, every column with its
 * table, so a few rules over tokens are enough; what they do not know gives no column.
 */
#include <stdlib.h>
#include <string.h>

#include "bench/explain_plan.h"
#include "bench/sql_scan.h"

#define TOKENS_MAX 2000

struct filter {
	struct arena *arena;
	struct sql_token tokens[TOKENS_MAX];
	const char *alias;
	const char **columns;
	size_t count;
};

struct range { /* of tokens, `end` excluded */
	size_t begin, end;
};

static bool is_char(const struct sql_token *t, char c)
{
	return t->length == 1 && t->text[0] == c && t->type != SQL_STRING;
}

static bool is_operator(const struct sql_token *t)
{
	return t->type == SQL_OTHER && strchr("+-*/<>=~!@#%^&|`?", t->text[0]) != NULL;
}

/* The place behind the parenthesis that closes the one at `i`. */
static size_t behind_group(const struct filter *f, struct range r, size_t i)
{
	size_t depth = 0;

	for (; i < r.end; i++) {
		if (f->tokens[i].type == SQL_OPEN)
			depth++;
		else if (f->tokens[i].type == SQL_CLOSE && --depth == 0)
			return i + 1;
	}
	return r.end;
}

static struct range without_parentheses(const struct filter *f, struct range r)
{
	while (r.end - r.begin >= 2 && is_char(&f->tokens[r.begin], '(') &&
	       behind_group(f, r, r.begin) == r.end)
		r = (struct range){r.begin + 1, r.end - 1};
	return r;
}

/* The name of an identifier: without quotes, doubled ones made single. */
static const char *name_of(struct filter *f, const struct sql_token *t)
{
	char *name = arena_strndup(f->arena, t->text, t->length), *to = name;
	const char *from = name;

	if (t->type != SQL_IDENTIFIER)
		return name;
	for (from++; *from && from[1]; from++) {
		if (*from == '"' && from[1] == '"')
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return name;
}

static bool is_name(const struct sql_token *t)
{
	return t->type == SQL_WORD || t->type == SQL_IDENTIFIER;
}

static bool is_own_table(struct filter *f, struct range r, size_t i)
{
	return i + 1 < r.end && is_name(&f->tokens[i]) && is_char(&f->tokens[i + 1], '.') &&
	       strcmp(name_of(f, &f->tokens[i]), f->alias) == 0;
}

static bool mentions_table(struct filter *f, struct range r)
{
	size_t i;

	for (i = r.begin; i < r.end; i++)
		if (is_own_table(f, r, i))
			return true;
	return false;
}

/* `t.c`, `(t.c)::text`: the column; anything else: NULL. A cast to text leaves varchar as it is. */
static const char *column_of(struct filter *f, struct range r)
{
	size_t behind;

	r = without_parentheses(f, r);
	if (r.end - r.begin > 3 && is_char(&f->tokens[r.begin], '(')) {
		behind = behind_group(f, r, r.begin);
		if (r.end - behind < 2 || f->tokens[behind].text[0] != ':' ||
		    !sql_token_is(&f->tokens[r.end - 1], "text"))
			return NULL;
		r = without_parentheses(f, (struct range){r.begin, behind});
	}
	if (r.end - r.begin != 3 || !is_own_table(f, r, r.begin) ||
	    !is_name(&f->tokens[r.begin + 2]))
		return NULL;
	return name_of(f, &f->tokens[r.begin + 2]);
}

static void add_column(struct filter *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		if (strcmp(f->columns[i], name) == 0)
			return;
	if (f->count < PLAN_COLUMNS)
		f->columns[f->count++] = name;
}

/* One condition: exactly one `=`, a column on one side and none of its table on the other. */
static void read_condition(struct filter *f, struct range r)
{
	size_t equals = r.end, i;
	const char *column;
	struct range left, right;

	for (i = r.begin; i < r.end; i++) {
		const struct sql_token *t = &f->tokens[i];

		if (t->type == SQL_OPEN) {
			i = behind_group(f, r, i) - 1;
		} else if (is_operator(t)) {
			if (!is_char(t, '=') || equals != r.end)
				return;
			equals = i;
		} else if (sql_token_is(t, "or") || sql_token_is(t, "not") ||
			   sql_token_is(t, "case") || sql_token_is(t, "is")) {
			return;
		}
	}
	if (equals == r.begin || equals + 1 >= r.end)
		return;
	left = (struct range){r.begin, equals};
	right = (struct range){equals + 1, r.end};
	column = column_of(f, left);
	if (column && !mentions_table(f, right)) {
		add_column(f, column);
		return;
	}
	column = column_of(f, right);
	if (column && !mentions_table(f, left))
		add_column(f, column);
}

/* Conditions joined by AND, each in parentheses; nothing nests deeper that matters. */
static void read_conjunction(struct filter *f, struct range r)
{
	struct range part;
	size_t i;

	r = without_parentheses(f, r);
	part = r;
	for (i = r.begin; i < r.end; i++)
		if (f->tokens[i].type == SQL_OPEN)
			i = behind_group(f, r, i) - 1;
		else if (sql_token_is(&f->tokens[i], "or"))
			return;
	for (i = r.begin; i < r.end; i++) {
		if (f->tokens[i].type == SQL_OPEN) {
			i = behind_group(f, r, i) - 1;
		} else if (sql_token_is(&f->tokens[i], "and")) {
			part.end = i;
			read_condition(f, without_parentheses(f, part));
			part = (struct range){i + 1, r.end};
		}
	}
	read_condition(f, without_parentheses(f, part));
}

size_t plan_equal_columns(struct arena *arena, const char *filter, const char *alias,
			  const char *columns[PLAN_COLUMNS])
{
	struct filter *f = xcalloc(1, sizeof(*f));
	const struct place start = {"filter", 1, 1};
	struct range all = {0, 0};
	struct sql_scanner scanner;
	struct sql_token t;
	size_t count;

	f->arena = arena;
	f->alias = alias;
	f->columns = columns;
	sql_scan_begin(&scanner, filter, strlen(filter), &start);
	for (sql_scan_next(&scanner, &t);
	     t.type != SQL_END && t.type != SQL_UNCLOSED && all.end < TOKENS_MAX;
	     sql_scan_next(&scanner, &t))
		if (sql_token_counts(&t))
			f->tokens[all.end++] = t;
	if (t.type == SQL_END && all.end > 0)
		read_conjunction(f, all);
	count = f->count;
	free(f);
	return count;
}
