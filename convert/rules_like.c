/*
 * rules_like.c - LIKE patterns that mean more or less than in Postgres: T-SQL's [a-c] becomes a
 * regular expression; where the source has no escape character unless ESCAPE names one, Postgres'
 * backslash is switched off.
 */
#include "convert/rules.h"

#include <string.h>

/* [..] of the pattern, at the place behind '['. Returns the place behind ']', 0: it never ends. */
static size_t put_set(struct str s, size_t i, struct buf *out)
{
	size_t end = i, first;

	if (end < s.len && s.p[end] == '^')
		end++;
	first = end;
	while (end < s.len && (s.p[end] != ']' || end == first))
		end++;
	if (end >= s.len)
		return 0;
	buf_putc(out, '[');
	for (; i < end; i++) {
		if (s.p[i] == '\\' || (s.p[i] == '[' && i + 1 < end && strchr(".:=", s.p[i + 1])))
			buf_putc(out, '\\');
		buf_putc(out, s.p[i]);
	}
	buf_putc(out, ']');
	return end + 1;
}

static void put_plain(char c, struct buf *out)
{
	if (strchr(".^$*+?()[]{}|\\", c))
		buf_putc(out, '\\');
	buf_putc(out, c);
}

/* The pattern as a regular expression. */
static bool put_pattern(struct str s, char escape, struct buf *out)
{
	buf_putc(out, '^');
	for (size_t i = 0; i < s.len;) {
		char c = s.p[i++];

		if (escape && c == escape && i < s.len) {
			put_plain(s.p[i++], out);
		} else if (c == '[') {
			i = put_set(s, i, out);
			if (i == 0)
				return false;
		} else if (c == '%') {
			buf_puts(out, ".*");
		} else if (c == '_') {
			buf_putc(out, '.');
		} else {
			put_plain(c, out);
		}
	}
	buf_putc(out, '$');
	return true;
}

static struct node *regex_of(struct rewrite *r, struct str pattern, char escape)
{
	struct buf text = {.max = 1 << 16};
	struct node *out = NULL;

	if (put_pattern(pattern, escape, &text)) {
		const char *s = buf_text(&text);
		size_t n = text.len;

		if (n > 3 && !strcmp(s + n - 3, ".*$")) /* anything may follow */
			n -= 3;
		out = node_string(r->arena, (struct str){arena_strndup(r->arena, s, n), n});
	}
	buf_release(&text);
	return out;
}

/* x LIKE '[a-c]%' */
bool rule_like_brackets(struct rewrite *r, struct node *n)
{
	struct node *pattern = n->child[1], *escape = n->child[2], *regex, *match;
	bool no_case = r->settings->ignore_case && !r->settings->plain;
	static const uint8_t operators[2][2] = {{OP_MATCH, OP_NOT_MATCH},
						{OP_MATCH_CI, OP_NOT_MATCH_CI}};

	if (n->op != LIKE_LIKE || n->flags & (FLAG_ANY | FLAG_ALL))
		return false;
	if (pattern->kind != NODE_STRING) {
		if (node_contains(pattern, NODE_COLUMN) || node_contains(pattern, NODE_PARAMETER))
			rewrite_finding(r, n, "LIKE-PATTERN",
					"[ in the pattern would mean itself in Postgres");
		return false;
	}
	if (!memchr(pattern->text.p, '[', pattern->text.len) ||
	    (escape && (escape->kind != NODE_STRING || escape->text.len != 1)))
		return false;
	regex = regex_of(r, pattern->text, (char)(escape ? escape->text.p[0] : 0));
	if (!regex)
		return false;
	match = node_binary(r->arena, OP_MATCH, n->child[0], regex);
	match->op = operators[no_case][!!(n->flags & FLAG_NOT)];
	match->type = TYPE_BOOL;
	node_replace(n, match);
	return true;
}

/* No escape character unless one is named. */
bool rule_like_escape(struct rewrite *r, struct node *n)
{
	const struct node *pattern = n->child[1];

	if ((n->op != LIKE_LIKE && n->op != LIKE_ILIKE) || n->child[2] ||
	    n->flags & (FLAG_ANY | FLAG_ALL) || pattern->kind != NODE_STRING ||
	    !memchr(pattern->text.p, '\\', pattern->text.len))
		return false;
	node_set(n, 2, node_string(r->arena, (struct str){"", 0}));
	return true;
}
