/*
 * nullpg_sql.c - as much of SQL as nullpg needs: where a statement ends, what kind it is, how
 * many parameters it has. Nothing is understood beyond the first word; see nullpg.h.
 */
#include "tests/fake/nullpg.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const struct keyword {
	const char *word;
	enum statement_kind kind;
	const char *tag;
} keywords[] = {
	{"abort", KIND_ROLLBACK, "ROLLBACK"},
	{"begin", KIND_BEGIN, "BEGIN"},
	{"commit", KIND_COMMIT, "COMMIT"},
	{"delete", KIND_OTHER, "DELETE 1"},
	{"end", KIND_COMMIT, "COMMIT"},
	{"insert", KIND_OTHER, "INSERT 0 1"},
	{"rollback", KIND_ROLLBACK, "ROLLBACK"},
	{"select", KIND_ROWS, "SELECT 1"},
	{"set", KIND_OTHER, "SET"},
	{"show", KIND_ROWS, "SHOW"},
	{"start", KIND_BEGIN, "START TRANSACTION"},
	{"table", KIND_ROWS, "SELECT 1"},
	{"truncate", KIND_OTHER, "TRUNCATE TABLE"},
	{"vacuum", KIND_OTHER, "VACUUM"},
	{"values", KIND_ROWS, "SELECT 1"},
	{"with", KIND_ROWS, "SELECT 1"},
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* The end of what starts at p and ends with `close` (not found: the end of the text). */
static const char *skip_past(const char *p, const char *end, const char *close, size_t n)
{
	const char *found = p < end ? memmem(p, (size_t)(end - p), close, n) : NULL;

	return found ? found + n : end;
}

/* p is at '$': a parameter, a dollar-quoted text, or just a dollar. */
static const char *skip_dollar(const char *p, const char *end, struct statement *st)
{
	const char *tag = p++;
	unsigned n = 0;

	if (p < end && isdigit((unsigned char)*p)) {
		for (; p < end && isdigit((unsigned char)*p); p++)
			n = n > UINT16_MAX ? n : n * 10 + (unsigned)(*p - '0');
		if (n <= UINT16_MAX && n > st->parameters)
			st->parameters = (uint16_t)n;
		return p;
	}
	while (p < end && is_word(*p))
		p++;
	if (p == end || *p != '$')
		return p;
	p++;
	return skip_past(p, end, tag, (size_t)(p - tag));
}

/* Past one word, literal, comment or other character. */
static const char *skip_token(const char *p, const char *end, struct statement *st)
{
	bool two = end - p >= 2;

	if (*p == '\'' || *p == '"')
		return skip_past(p + 1, end, p, 1);
	if (two && p[0] == '-' && p[1] == '-')
		return skip_past(p + 2, end, "\n", 1);
	if (two && p[0] == '/' && p[1] == '*')
		return skip_past(p + 2, end, "*/", 2);
	if (*p == '$')
		return skip_dollar(p, end, st);
	if (!is_word(*p))
		return p + 1;
	while (p < end && (is_word(*p) || *p == '$'))
		p++;
	return p;
}

static void classify(const char *word, size_t n, struct statement *st)
{
	size_t i;

	st->kind = KIND_OTHER;
	st->tag = "UPDATE 1";
	for (i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (strlen(keywords[i].word) == n && strncasecmp(word, keywords[i].word, n) == 0) {
			st->kind = keywords[i].kind;
			st->tag = keywords[i].tag;
		}
}

size_t sql_scan(const char *text, size_t n, struct statement *st)
{
	const char *p = text, *end = text + n, *token;
	int depth = 0;
	bool list = true; /* not yet past FROM */

	st->kind = KIND_EMPTY;
	st->tag = "";
	st->parameters = 0;
	st->columns = 1;
	while (p < end && *p != ';') {
		token = p;
		p = skip_token(p, end, st);
		if (st->kind == KIND_EMPTY && is_word(*token))
			classify(token, (size_t)(p - token), st);
		depth += (*token == '(') - (*token == ')');
		if (depth == 0 && p - token == 4 && strncasecmp(token, "from", 4) == 0)
			list = false;
		if (depth == 0 && list && *token == ',' && st->columns < COLUMNS_MAX)
			st->columns++;
	}
	return (size_t)(p - text) + (p < end);
}
