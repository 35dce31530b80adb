/*
 * parse.c - the parser's floor: looking at tokens, taking them, failing, names.
 */
#include "convert/parse.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const struct token *parse_peek(const struct parser *p, uint32_t ahead)
{
	uint32_t i = p->at + ahead;

	return &p->t->items[i < p->t->count ? i : p->t->count - 1];
}

enum keyword parse_keyword(const struct parser *p, uint32_t ahead)
{
	return (enum keyword)parse_peek(p, ahead)->keyword;
}

bool parse_is(const struct parser *p, enum keyword k)
{
	return parse_peek(p, 0)->keyword == k;
}

bool parse_symbol_at(const struct parser *p, uint32_t ahead, unsigned symbol)
{
	const struct token *t = parse_peek(p, ahead);

	return t->kind == TOKEN_OPERATOR && t->symbol == symbol;
}

bool parse_is_symbol(const struct parser *p, unsigned symbol)
{
	return parse_symbol_at(p, 0, symbol);
}

bool parse_at_end(const struct parser *p)
{
	return parse_peek(p, 0)->kind == TOKEN_END;
}

bool parse_at_statement_end(const struct parser *p)
{
	return parse_at_end(p) || parse_is_symbol(p, ';');
}

bool parse_accept_word(struct parser *p, const char *word)
{
	if (!parse_is_word(p, 0, word))
		return false;
	p->at++;
	return true;
}

bool parse_accept(struct parser *p, enum keyword k)
{
	if (!parse_is(p, k))
		return false;
	p->at++;
	return true;
}

bool parse_accept2(struct parser *p, enum keyword k, enum keyword then)
{
	if (!parse_is(p, k) || parse_keyword(p, 1) != then)
		return false;
	p->at += 2;
	return true;
}

bool parse_accept_symbol(struct parser *p, unsigned symbol)
{
	if (!parse_is_symbol(p, symbol))
		return false;
	p->at++;
	return true;
}

void parse_fail(struct parser *p, const char *why)
{
	if (p->failed)
		return;
	p->failed = true;
	p->why = why;
	p->failed_at = p->at;
	p->at = p->t->count - 1;
}

void parse_expect(struct parser *p, enum keyword k)
{
	if (!parse_accept(p, k))
		parse_fail(p, keyword_text(k));
}

void parse_expect_symbol(struct parser *p, unsigned symbol)
{
	if (parse_accept_symbol(p, symbol))
		return;
	parse_fail(p, symbol == ')'   ? "a closing parenthesis"
		      : symbol == '(' ? "an opening parenthesis"
		      : symbol == '=' ? "'='"
				      : "a symbol");
}

bool parse_is_word(const struct parser *p, uint32_t ahead, const char *word)
{
	const struct token *t = parse_peek(p, ahead);
	size_t n = strlen(word);

	return t->kind == TOKEN_WORD && t->end - t->begin == n &&
	       !strncasecmp(p->t->text.p + t->begin, word, n);
}

bool parse_is_name(const struct parser *p, uint32_t ahead)
{
	const struct token *t = parse_peek(p, ahead);

	return t->kind == TOKEN_QUOTED || t->kind == TOKEN_WORD;
}

struct parse_mark parse_mark(const struct parser *p)
{
	return (struct parse_mark){p->at, p->depth, p->rights, p->failed, p->why, p->failed_at};
}

void parse_back(struct parser *p, struct parse_mark m)
{
	p->at = m.at;
	p->depth = m.depth;
	p->rights = m.rights;
	p->failed = m.failed;
	p->why = m.why;
	p->failed_at = m.failed_at;
}

struct node *parse_open_at(struct parser *p, enum node_kind kind, uint32_t first)
{
	struct node *n = node_new(p->a, kind);

	n->first = n->at = first;
	n->last = n->until = first;
	return n;
}

struct node *parse_open(struct parser *p, enum node_kind kind)
{
	return parse_open_at(p, kind, p->at);
}

struct node *parse_close(struct parser *p, struct node *n)
{
	n->last = n->until = p->at;
	if (n->height > PARSE_HEIGHT_MAX)
		parse_fail(p, "less nesting: the statement is too deep");
	return n;
}

bool parse_enter(struct parser *p)
{
	if (++p->depth <= PARSE_DEPTH_MAX)
		return true;
	parse_fail(p, "less nesting: the statement is too deep");
	return false;
}

void parse_leave(struct parser *p)
{
	p->depth--;
}

bool parse_skip_balanced(struct parser *p)
{
	unsigned open = 1;

	for (; !parse_at_end(p); p->at++) {
		const struct token *t = parse_peek(p, 0);

		if (t->kind == TOKEN_BAD)
			return false;
		if (t->kind != TOKEN_OPERATOR)
			continue;
		open += t->symbol == '(';
		open -= t->symbol == ')';
		if (open == 0) {
			p->at++;
			return true;
		}
	}
	return false;
}

void parse_take_rest(struct parser *p)
{
	while (!parse_at_end(p)) {
		if (parse_peek(p, 0)->kind == TOKEN_BAD) {
			parse_fail(p, "a string, name or comment that ends");
			return;
		}
		p->at++;
	}
}

static bool has_upper(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			return true;
	return false;
}

static bool has_lower(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			return true;
	return false;
}

static struct str lower(struct arena *a, struct str s)
{
	char *p = arena_strndup(a, s.p, s.len);

	for (size_t i = 0; i < s.len; i++)
		p[i] = (char)(p[i] >= 'A' && p[i] <= 'Z' ? p[i] | 32 : p[i]);
	return (struct str){p, s.len};
}

/* A quoted name in Postgres' case; the printer decides about quotes. */
static void quoted_ident(struct parser *p, struct node *n)
{
	bool same = p->d == &dialect_postgres || p->t->text.p[p->t->items[p->at].begin] == '"';

	n->text = token_value(p->a, p->d, p->t, p->at);
	n->flags |= FLAG_QUOTED;
	if (p->d->flags & DIALECT_NAMES_IGNORE_CASE && has_upper(n->text)) {
		n->text = lower(p->a, n->text);
		same = false;
	} else if (p->d->flags & DIALECT_FOLD_UPPER && has_upper(n->text) && !has_lower(n->text)) {
		n->text = lower(p->a, n->text);
		same = false;
	} else if (p->d->flags & DIALECT_FOLD_UPPER && !has_upper(n->text)) {
		same = true;
	}
	if (!same)
		node_touch(n);
}

struct node *parse_ident(struct parser *p)
{
	struct node *n = parse_open(p, NODE_IDENT);
	const struct token *t = parse_peek(p, 0);

	if (t->kind == TOKEN_QUOTED) {
		quoted_ident(p, n);
	} else if (t->kind == TOKEN_WORD) {
		n->text = token_text(p->t, p->at);
		if (n->text.p[0] == '#') { /* a temporary table of T-SQL */
			while (n->text.len && n->text.p[0] == '#')
				n->text = (struct str){n->text.p + 1, n->text.len - 1};
			n->op = 1;
			node_touch(n);
		} else if (n->text.p[0] >= '0' && n->text.p[0] <= '9') {
			node_touch(n);
		}
	} else if (t->kind == TOKEN_STRING && p->t->text.p[t->begin] != '\'') {
		quoted_ident(p, n); /* "x" where only a name can stand */
		node_touch(n);
	} else if (t->kind == TOKEN_PARAMETER) {
		n->text = token_text(p->t, p->at);
		n->op = 2;
	} else {
		parse_fail(p, "a name");
		return n;
	}
	p->at++;
	return parse_close(p, n);
}

struct node *parse_column_ident(struct parser *p)
{
	enum keyword k = parse_keyword(p, 0);
	struct node *n = parse_ident(p);

	if (k != KEYWORD_NONE && keyword_class(k) >= KEYWORD_T && p->d != &dialect_postgres)
		node_touch(n);
	return n;
}

struct node *parse_name(struct parser *p)
{
	struct node *n = parse_open(p, NODE_NAME);

	node_add(p->a, n, parse_column_ident(p));
	while (parse_is_symbol(p, '.') || parse_is_symbol(p, SYMBOL_DOTS)) {
		if (parse_is_symbol(p, SYMBOL_DOTS)) { /* db..table: the schema is left out */
			n->op = 1;
			node_touch(n);
		}
		p->at++;
		if (parse_is_symbol(p, '.')) {
			p->at++;
			n->op = 1;
			node_touch(n);
		}
		node_add(p->a, n, parse_ident(p));
	}
	return parse_close(p, n);
}

struct node *parse_ident_list(struct parser *p)
{
	struct node *n = parse_open(p, NODE_LIST);

	parse_expect_symbol(p, '(');
	n->first = n->at = p->at;
	do {
		node_add(p->a, n, parse_column_ident(p));
	} while (parse_accept_symbol(p, ','));
	parse_close(p, n);
	parse_expect_symbol(p, ')');
	return n;
}

struct node *parse_tokens(struct arena *a, const struct dialect *d, const struct tokens *t,
			  const char **why, uint32_t *where)
{
	struct parser p = {.a = a, .d = d, .t = t};
	struct node *root = parse_open(&p, NODE_ROOT);

	node_put(root, 0, parse_statement(&p));
	while (!p.failed && parse_accept_symbol(&p, ';'))
		;
	if (!p.failed && !parse_at_end(&p))
		parse_fail(&p, "the end of the statement");
	if (p.failed) {
		*why = p.why;
		*where = p.failed_at;
		return NULL;
	}
	root->last = root->until = t->count - 1;
	return root;
}

struct node *parse_expression_tokens(struct arena *a, const struct dialect *d,
				     const struct tokens *t)
{
	struct parser p = {.a = a, .d = d, .t = t};
	struct node *n = parse_expression(&p);

	return p.failed || !parse_at_end(&p) ? NULL : n;
}
