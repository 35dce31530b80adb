/*
 * parse_type.c - types of all dialects: words, arguments, array<...>, struct<...>, [].
 */
#include "convert/parse.h"

#include <string.h>

/* Second words of types. */
static bool goes_on(const struct parser *p, struct str so_far)
{
	if (parse_is(p, K_PRECISION) || parse_is(p, K_VARYING))
		return true;
	if (parse_is(p, K_UNSIGNED) || parse_is(p, K_ZEROFILL) || parse_is(p, K_SIGNED))
		return true;
	if (str_is(so_far, "national") || str_is(so_far, "long"))
		return parse_is_word(p, 0, "char") || parse_is_word(p, 0, "character") ||
		       parse_is_word(p, 0, "varchar") || parse_is_word(p, 0, "raw") ||
		       parse_is_word(p, 0, "text") || parse_is_word(p, 0, "blob");
	if (str_is(so_far, "signed") || str_is(so_far, "unsigned"))
		return parse_is_word(p, 0, "integer") || parse_is_word(p, 0, "int");
	return str_is(so_far, "char") && parse_is_word(p, 0, "byte");
}

static bool is_zone(const struct parser *p)
{
	if (!parse_is(p, K_WITH) && !parse_is(p, K_WITHOUT))
		return false;
	return parse_keyword(p, 1) == K_TIME ||
	       (parse_keyword(p, 1) == K_LOCAL && parse_keyword(p, 2) == K_TIME);
}

static void add_word(struct parser *p, struct node *n)
{
	struct str s = token_text(p->t, p->at);
	size_t len = n->text.len + (n->text.len != 0);
	char *text;

	text = arena_alloc(p->a, len + s.len + 1);
	if (n->text.len) {
		memcpy(text, n->text.p, n->text.len);
		text[len - 1] = ' ';
	}
	for (size_t i = 0; i < s.len; i++)
		text[len + i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 32 : s.p[i]);
	n->text = (struct str){text, len + s.len};
	p->at++;
}

static struct node *argument(struct parser *p)
{
	struct node *n;

	if (parse_is_symbol(p, '-') || parse_peek(p, 0)->kind == TOKEN_NUMBER ||
	    parse_peek(p, 0)->kind == TOKEN_STRING)
		n = parse_expression(p);
	else if (parse_is_symbol(p, '*'))
		n = parse_primary(p);
	else
		n = parse_ident(p); /* MAX */
	if (parse_is_word(p, 0, "CHAR") || parse_is_word(p, 0, "BYTE")) {
		p->at++;
		n->until = p->at;
		node_touch(n);
	}
	return n;
}

/* Types in parentheses, for jsonb: object(a int not null), map(text, int), array(int). */
static bool inner_types(struct parser *p, struct node *n)
{
	if (!str_is(n->text, "object") && !str_is(n->text, "map") && !str_is(n->text, "array"))
		return false;
	p->at++;
	parse_skip_balanced(p);
	node_touch(n);
	return true;
}

static void arguments(struct parser *p, struct node *n)
{
	if (inner_types(p, n))
		return;
	p->at++;
	do {
		node_add(p->a, n, argument(p));
	} while (parse_accept_symbol(p, ','));
	parse_expect_symbol(p, ')');
}

/* A '>' that may be a part of '>>' or '>>>'. */
static void expect_right(struct parser *p)
{
	unsigned parts = parse_is_symbol(p, SYMBOL_RIGHT3)  ? 3
			 : parse_is_symbol(p, SYMBOL_RIGHT) ? 2
							    : 1;

	if (parts == 1) {
		parse_expect_symbol(p, '>');
		return;
	}
	if (++p->rights == parts) {
		p->rights = 0;
		p->at++;
	}
}

static struct node *field(struct parser *p)
{
	struct node *n = parse_open(p, NODE_FIELD), *name = parse_ident(p);

	n->text = name->text;
	parse_accept_symbol(p, ':');
	node_put(n, 0, parse_type(p));
	if (parse_accept2(p, K_NOT, K_NULL))
		n->flags |= FLAG_NOT;
	if (parse_accept(p, K_COMMENT))
		parse_primary(p);
	return parse_close(p, n);
}

static void nested(struct parser *p, struct node *n)
{
	bool fields = str_is(n->text, "struct");

	p->at++;
	node_touch(n);
	do {
		node_add(p->a, n, fields ? field(p) : parse_type(p));
	} while (parse_accept_symbol(p, ','));
	expect_right(p);
}

static void array_marks(struct parser *p, struct node *n)
{
	while (parse_is_symbol(p, '[')) {
		p->at++;
		if (parse_peek(p, 0)->kind == TOKEN_NUMBER)
			p->at++;
		parse_expect_symbol(p, ']');
		n->op++;
	}
}

static void trailing_words(struct parser *p, struct node *n)
{
	if (is_zone(p)) {
		while (!parse_is_word(p, 0, "ZONE") && !parse_at_end(p))
			add_word(p, n);
		if (!parse_at_end(p))
			add_word(p, n);
	}
	if (str_is(n->text, "interval")) {
		while (parse_is_word(p, 0, "YEAR") || parse_is_word(p, 0, "MONTH") ||
		       parse_is_word(p, 0, "DAY") || parse_is_word(p, 0, "HOUR") ||
		       parse_is_word(p, 0, "MINUTE") || parse_is_word(p, 0, "SECOND") ||
		       (parse_is(p, K_TO) && n->text.len > 8)) {
			add_word(p, n);
			if (parse_is_symbol(p, '(')) {
				p->at++;
				parse_skip_balanced(p);
			}
			n->text.len += 0;
		}
	}
	if (parse_is_word(p, 0, "CHARACTER") && parse_keyword(p, 1) == K_SET) {
		p->at += 3;
		node_touch(n);
	} else if (parse_is_word(p, 0, "CHARSET")) {
		p->at += 2;
		node_touch(n);
	}
}

struct node *parse_type(struct parser *p)
{
	struct node *n = parse_open(p, NODE_TYPE);

	if (!parse_enter(p) || !parse_is_name(p, 0)) {
		parse_fail(p, "a type");
		parse_leave(p);
		return n;
	}
	if (parse_peek(p, 0)->kind == TOKEN_QUOTED) {
		struct node *name = parse_ident(p);

		n->text = name->text;
		if (p->t->text.p[p->t->items[name->first].begin] != '"')
			node_touch(n);
		else /* "char" is not char */
			n->text = token_text(p->t, name->first);
	} else {
		add_word(p, n);
	}
	while (parse_is_symbol(p, '.') && parse_is_name(p, 1)) { /* schema.type */
		p->at++;
		n->text = (struct str){NULL, 0};
		add_word(p, n);
	}
	while (goes_on(p, n->text))
		add_word(p, n);
	if (parse_is_symbol(p, '<'))
		nested(p, n);
	else if (parse_is_symbol(p, '('))
		arguments(p, n);
	while (goes_on(p, n->text))
		add_word(p, n);
	trailing_words(p, n);
	array_marks(p, n);
	parse_leave(p);
	return parse_close(p, n);
}
