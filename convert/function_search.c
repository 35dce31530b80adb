/*
 * function_search.c - full text search: T-SQL's CONTAINS and FREETEXT, MySQL's MATCH ... AGAINST.
 * The words that are searched for become those of a web search: "a b" is a phrase, OR one of them,
 * -a none of it. Stems and stop words are Postgres' own, so each is reported.
 */
#include "convert/function_apply.h"

#include <ctype.h>
#include <string.h>

enum search { SEARCH_CONTAINS, SEARCH_ANY, SEARCH_BOOLEAN };

static bool is_word_end(char c)
{
	return c == ' ' || c == '(' || c == ')' || c == ',' || c == '\t' || c == '\n';
}

/* One word or phrase; what web searches do not know (foo*, NEAR, weights) is refused. */
static bool put_word(struct buf *out, struct str w, enum search kind, bool *more)
{
	bool negated = out->len && buf_text(out)[out->len - 1] == '-';
	bool or = str_is_word(w, "or") || str_is(w, "|");

	if (w.len == 0 || str_is_word(w, "and") || str_is(w, "&"))
		return true;
	if (str_is_word(w, "near") || str_is_word(w, "formsof") || str_is_word(w, "isabout"))
		return false;
	if (kind != SEARCH_ANY && (memchr(w.p, '*', w.len) || strchr("<>~@", w.p[0])))
		return false;
	if (kind == SEARCH_BOOLEAN && w.p[0] == '+') {
		w.p++;
		w.len--;
	}
	if (*more && !negated)
		buf_puts(out, kind == SEARCH_ANY && ! or ? " OR " : " ");
	*more = true;
	if (kind == SEARCH_CONTAINS && str_is_word(w, "not"))
		w = (struct str){"-", 1};
	buf_add(out, w.p, w.len);
	return true;
}

static bool put_search(struct buf *out, struct str s, enum search kind)
{
	bool more = false, plus = memchr(s.p, '+', s.len) != NULL;

	/* Words without + are wished for only, and enough when there is no other. */
	if (kind == SEARCH_BOOLEAN && !plus && !memchr(s.p, '-', s.len) && !memchr(s.p, '"', s.len))
		kind = SEARCH_ANY;
	for (size_t i = 0; i < s.len;) {
		size_t begin = i;

		if (kind != SEARCH_ANY && (s.p[i] == '(' || s.p[i] == ')'))
			return false;
		if (is_word_end(s.p[i])) {
			i++;
			continue;
		}
		while (i < s.len && !is_word_end(s.p[i]))
			if (s.p[i++] == '"')
				while (i < s.len && s.p[i++] != '"')
					;
		if (!put_word(out, (struct str){s.p + begin, i - begin}, kind, &more))
			return false;
	}
	return more;
}

/* Stands where a condition is meant, not a rank. */
static bool is_condition(const struct node *n)
{
	const struct node *up = n->parent;

	while (up && up->kind == NODE_PAREN) {
		n = up;
		up = up->parent;
	}
	return up && (up->kind == NODE_LOGIC || up->kind == NODE_JOIN ||
		      (up->kind == NODE_UNARY && up->op == OP_NOT) ||
		      ((up->kind == NODE_UPDATE || up->kind == NODE_DELETE)) ||
		      (up->kind == NODE_SELECT && n->slot == SELECT_WHERE));
}

/* name(columns, 'words'); the name says what kind of search it is. */
bool function_full_text(struct rewrite *r, struct node *call)
{
	struct node *words = node_bare(node_arg(call, 1)), *args[2], *n, *place;
	bool match = node_calls(call, "match_any") || node_calls(call, "match_boolean");
	enum search kind = node_calls(call, "contains")	       ? SEARCH_CONTAINS
			   : node_calls(call, "match_boolean") ? SEARCH_BOOLEAN
							       : SEARCH_ANY;
	bool rank = match && !is_condition(call);
	struct buf text = {.max = 1 << 16};

	if (words->kind != NODE_STRING || !put_search(&text, words->text, kind)) {
		buf_release(&text);
		return false;
	}
	words = node_string(
		r->arena,
		(struct str){arena_strndup(r->arena, buf_text(&text), text.len), text.len});
	buf_release(&text);
	args[0] = node_arg(call, 0);
	args[1] = words;
	rewrite_finding(r, call, "FULL-TEXT", NULL);
	place = node_take(r->arena, call);
	n = rewrite_template(r,
			     rank ? "ts_rank(to_tsvector($1::text), websearch_to_tsquery($2))"
				  : "to_tsvector($1::text) ~ websearch_to_tsquery($2)",
			     2, args);
	if (!rank) {
		n->op = OP_OTHER;
		n->text = (struct str){"@@", 2};
		n = node_paren(r->arena, n);
	}
	node_replace(place, n)->type = rank ? TYPE_FLOAT4 : TYPE_BOOL;
	return true;
}
