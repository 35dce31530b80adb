/*
 * parse_expression.c - expressions by precedence climbing. The source's operators bind as its
 * dialect says; where Postgres would read the same words differently, the node is marked, so that
 * the printer sets parentheses.
 */
#include "convert/parse.h"

#include <string.h>

/* Binding of what comes next, or 0: no operator. */
static int binding_of(const struct parser *p, enum operator op)
{
	return p->d->flags & DIALECT_POSTGRES_PRECEDENCE ? operator_binding(op)
							 : operator_binding_other(op);
}

static enum operator symbol_operator(uint32_t flags, unsigned symbol)
{
	switch (symbol) {
	case '=':
	case SYMBOL_EQ2:
		return OP_EQ;
	case SYMBOL_NE:
		return OP_NE;
	case '<':
		return OP_LT;
	case '>':
		return OP_GT;
	case SYMBOL_LE:
		return OP_LE;
	case SYMBOL_GE:
		return OP_GE;
	case SYMBOL_NULL_EQ:
		return OP_NULL_EQ;
	case '+':
		return OP_ADD;
	case '-':
		return OP_SUBTRACT;
	case '*':
		return OP_MULTIPLY;
	case '/':
		return OP_DIVIDE;
	case '%':
		return OP_MODULO;
	case '^':
		return flags & DIALECT_CARET_XOR ? OP_BIT_XOR : OP_POWER;
	case '#':
		return OP_BIT_XOR;
	case SYMBOL_POWER2:
		return OP_POWER;
	case '|':
		return OP_BIT_OR;
	case '&':
		return OP_BIT_AND;
	case '~':
		return OP_MATCH;
	case SYMBOL_PIPES:
		return flags & DIALECT_PIPES_OR ? OP_OR : OP_CONCAT;
	case SYMBOL_AND2:
		return flags & DIALECT_PIPES_OR ? OP_AND : OP_OVERLAP;
	case SYMBOL_LEFT:
		return OP_LEFT;
	case SYMBOL_RIGHT:
		return OP_RIGHT;
	case SYMBOL_RIGHT3:
		return OP_RIGHT3;
	case SYMBOL_ARROW:
		return OP_ARROW;
	case SYMBOL_ARROW2:
		return OP_ARROW2;
	case SYMBOL_PATH:
		return OP_PATH;
	case SYMBOL_PATH2:
		return OP_PATH2;
	case SYMBOL_CONTAINS:
		return OP_CONTAINS;
	case SYMBOL_WITHIN:
		return OP_WITHIN;
	case SYMBOL_MATCH:
		return OP_MATCH_CI;
	case SYMBOL_NOT_MATCH:
		return OP_NOT_MATCH;
	case SYMBOL_NOT_MATCH_CI:
		return OP_NOT_MATCH_CI;
	default:
		return OP_NONE;
	}
}

static enum operator next_operator(const struct parser *p)
{
	const struct token *t = parse_peek(p, 0);

	if (t->kind == TOKEN_OPERATOR)
		return symbol_operator(p->d->flags, t->symbol);
	if (t->kind != TOKEN_WORD)
		return OP_NONE;
	switch (t->keyword) {
	case K_AND:
		return OP_AND;
	case K_OR:
		return OP_OR;
	case K_XOR:
		return p->d->flags & DIALECT_PIPES_OR ? OP_XOR : OP_NONE;
	case K_DIV:
		return OP_DIV;
	default:
		return parse_is_word(p, 0, "MOD") && p->d->flags & DIALECT_PIPES_OR ? OP_MODULO
										    : OP_NONE;
	}
}

/* Marks a node whose operands need parentheses in Postgres that are not there. */
static struct node *check_operands(struct parser *p, struct node *n)
{
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i] && node_needs_paren(n, i, n->child[i]))
			node_touch(n);
	return parse_close(p, n);
}

/* Whether the operator's text in the source is Postgres' text. */
static bool same_spelling(const struct parser *p, enum operator op, uint32_t at)
{
	unsigned symbol = p->t->items[at].symbol;

	switch (op) {
	case OP_EQ:
		return symbol == '=';
	case OP_AND:
	case OP_OR:
		return p->t->items[at].kind == TOKEN_WORD;
	case OP_BIT_XOR:
		return symbol == '#';
	case OP_MODULO:
		return symbol == '%';
	case OP_POWER:
		return symbol == '^';
	case OP_NE:
		return p->t->text.p[p->t->items[at].begin] == '<' ||
		       p->t->text.p[p->t->items[at].begin] == '!';
	case OP_GE:
		return p->t->text.p[p->t->items[at].begin] == '>';
	case OP_LE:
		return p->t->text.p[p->t->items[at].begin] == '<';
	case OP_DIV:
	case OP_XOR:
	case OP_NULL_EQ:
	case OP_RIGHT3:
		return false;
	default:
		return true;
	}
}

/* = ANY (...), > ALL (...) */
static struct node *quantified(struct parser *p, struct node *left, enum operator op)
{
	struct node *n = parse_open_at(p, NODE_QUANTIFIED, left->at);

	n->op = (uint8_t)op;
	n->flags |= parse_is(p, K_ALL) ? FLAG_ALL : FLAG_ANY;
	if (parse_is(p, K_SOME))
		node_touch(n);
	p->at++;
	node_put(n, 0, left);
	parse_expect_symbol(p, '(');
	node_put(n, 1, parse_begins_query(p, 0) ? parse_query(p) : parse_expression_list(p));
	parse_expect_symbol(p, ')');
	return check_operands(p, n);
}

static struct node *logic(struct parser *p, struct node *left, enum operator op, int binding)
{
	struct node *n = parse_open_at(p, NODE_LOGIC, left->at);

	n->op = (uint8_t)op;
	n->type = TYPE_BOOL;
	node_add(p->a, n, left);
	do {
		if (!same_spelling(p, op, p->at))
			node_touch(n);
		p->at++;
		node_add(p->a, n, parse_binary(p, binding + 1));
	} while (next_operator(p) == op);
	return check_operands(p, n);
}

/* MySQL's 5--3: Postgres would take the rest for a comment. */
static bool dashes_touch(const struct parser *p, const struct node *n, uint32_t at)
{
	return n->op == OP_SUBTRACT && p->d->lex & LEX_DASH_SPACE && at + 1 < p->t->count &&
	       p->t->items[at + 1].symbol == '-' &&
	       p->t->items[at].end == p->t->items[at + 1].begin;
}

static struct node *binary(struct parser *p, struct node *left, enum operator op, int binding)
{
	struct node *n;
	uint32_t at = p->at;

	if (op == OP_AND || op == OP_OR)
		return logic(p, left, op, binding);
	p->at++;
	if ((parse_is(p, K_ANY) || parse_is(p, K_ALL) || parse_is(p, K_SOME)) &&
	    parse_symbol_at(p, 1, '(') && binding == BIND_COMPARE)
		return quantified(p, left, op);
	n = parse_open_at(p, NODE_BINARY, left->at);
	n->op = (uint8_t)op;
	node_put(n, 0, left);
	node_put(n, 1, parse_binary(p, binding + 1));
	if (!same_spelling(p, op, at) || dashes_touch(p, n, at))
		node_touch(n);
	return check_operands(p, n);
}

static struct node *between(struct parser *p, struct node *left, bool negated)
{
	struct node *n = parse_open_at(p, NODE_BETWEEN, left->at);

	n->flags |= negated ? FLAG_NOT : 0;
	p->at++;
	if (parse_accept(p, K_SYMMETRIC))
		n->flags |= FLAG_SYMMETRIC;
	else
		parse_accept(p, K_ASYMMETRIC);
	node_put(n, 0, left);
	node_put(n, 1, parse_binary(p, BIND_OTHER));
	parse_expect(p, K_AND);
	node_put(n, 2, parse_binary(p, BIND_OTHER));
	return check_operands(p, n);
}

static struct node *in(struct parser *p, struct node *left, bool negated)
{
	struct node *n = parse_open_at(p, NODE_IN, left->at);

	n->flags |= negated ? FLAG_NOT : 0;
	p->at++;
	node_put(n, 0, left);
	if (!parse_is_symbol(p, '(')) { /* IN UNNEST(x), IN :list */
		n->flags |= FLAG_ANY;
		node_put(n, 1, parse_primary(p));
		return check_operands(p, n);
	}
	p->at++;
	if (parse_begins_query(p, 0)) {
		node_put(n, 1, parse_query(p));
	} else if (parse_is_symbol(p, ')')) {
		node_put(n, 1, parse_open(p, NODE_LIST));
		node_touch(n);
	} else {
		node_put(n, 1, parse_expression_list(p));
	}
	parse_expect_symbol(p, ')');
	return check_operands(p, n);
}

static void like_pattern(struct parser *p, struct node *n)
{
	bool any = parse_is(p, K_ANY) || parse_is(p, K_SOME), all = parse_is(p, K_ALL);

	if ((any || all) && parse_symbol_at(p, 1, '(')) {
		n->flags |= any ? FLAG_ANY : FLAG_ALL;
		p->at += 2;
		node_put(n, 1,
			 parse_begins_query(p, 0) ? parse_query(p) : parse_expression_list(p));
		parse_expect_symbol(p, ')');
	} else {
		node_put(n, 1, parse_binary(p, BIND_OTHER));
	}
	if (parse_accept(p, K_ESCAPE))
		node_put(n, 2, parse_binary(p, BIND_OTHER));
}

static struct node *like(struct parser *p, struct node *left, bool negated)
{
	struct node *n = parse_open_at(p, NODE_LIKE, left->at);

	n->flags |= negated ? FLAG_NOT : 0;
	n->op = parse_is(p, K_LIKE)	 ? LIKE_LIKE
		: parse_is(p, K_ILIKE)	 ? LIKE_ILIKE
		: parse_is(p, K_SIMILAR) ? LIKE_SIMILAR
		: parse_is(p, K_GLOB)	 ? LIKE_GLOB
					 : LIKE_RLIKE;
	p->at++;
	if (n->op == LIKE_SIMILAR)
		parse_expect(p, K_TO);
	if (n->op == LIKE_RLIKE)
		parse_accept(p, K_BINARY);
	node_put(n, 0, left);
	like_pattern(p, n);
	return check_operands(p, n);
}

static struct node *is(struct parser *p, struct node *left)
{
	struct node *n = parse_open_at(p, NODE_IS, left->at);

	p->at++;
	node_put(n, 0, left);
	if (parse_accept(p, K_NOT))
		n->flags |= FLAG_NOT;
	if (parse_accept(p, K_NULL)) {
		n->op = IS_NULL;
	} else if (parse_accept(p, K_TRUE)) {
		n->op = IS_TRUE;
	} else if (parse_accept(p, K_FALSE)) {
		n->op = IS_FALSE;
	} else if (parse_accept(p, K_UNKNOWN)) {
		n->op = IS_UNKNOWN;
	} else if (parse_accept2(p, K_DISTINCT, K_FROM)) {
		n->op = IS_DISTINCT;
		node_put(n, 1, parse_binary(p, BIND_IS + 1));
	} else if (parse_is_name(p, 0)) { /* IS JSON, IS DOCUMENT, IS NAN */
		n->op = IS_OTHER;
		node_put(n, 1, parse_ident(p));
	} else {
		parse_fail(p, "NULL, TRUE, FALSE or DISTINCT FROM");
	}
	return check_operands(p, n);
}

static struct node *is_null_word(struct parser *p, struct node *left, bool negated)
{
	struct node *n = parse_open_at(p, NODE_IS, left->at);

	p->at++;
	n->op = IS_NULL;
	n->flags |= negated ? FLAG_NOT : 0;
	node_put(n, 0, left);
	return check_operands(p, n);
}

static struct node *at_zone(struct parser *p, struct node *left)
{
	struct node *n = parse_open_at(p, NODE_AT_ZONE, left->at);

	p->at += 3;
	node_put(n, 0, left);
	node_put(n, 1, parse_binary(p, BIND_AT + 1));
	return check_operands(p, n);
}

static struct node *collate(struct parser *p, struct node *left)
{
	struct node *n = parse_open_at(p, NODE_COLLATE, left->at);

	p->at++;
	node_put(n, 0, left);
	if (parse_peek(p, 0)->kind == TOKEN_STRING)
		node_put(n, 1, parse_primary(p));
	else
		node_put(n, 1, parse_name(p));
	return check_operands(p, n);
}

/* MySQL's a SOUNDS LIKE b */
static struct node *sounds_like(struct parser *p, struct node *left)
{
	struct node *n = parse_open_at(p, NODE_BINARY, left->at), *right;

	p->at += 2;
	right = parse_binary(p, BIND_OTHER);
	n->op = OP_EQ;
	node_put(n, 0, node_call(p->a, "soundex", 1, &left));
	node_put(n, 1, node_call(p->a, "soundex", 1, &right));
	node_touch(n);
	return parse_close(p, n);
}

/* A predicate or other word after an operand; NULL: none of binding `min` or tighter. */
static struct node *word_operator(struct parser *p, struct node *left, int min)
{
	bool negated = parse_is(p, K_NOT);
	enum keyword k = parse_keyword(p, negated);

	if (!negated && k == K_AT && parse_keyword(p, 1) == K_TIME && min <= BIND_AT)
		return at_zone(p, left);
	if (!negated && k == K_COLLATE && min <= BIND_COLLATE)
		return collate(p, left);
	if (min > BIND_IN)
		return NULL;
	if (k == K_SOUNDS && parse_keyword(p, 1) == K_LIKE)
		return sounds_like(p, left);
	switch (k) {
	case K_BETWEEN:
		p->at += negated;
		return between(p, left, negated);
	case K_IN:
		p->at += negated;
		return in(p, left, negated);
	case K_SIMILAR:
	case K_GLOB:
		if (parse_symbol_at(p, negated + 1, ',') || parse_symbol_at(p, negated + 1, ')'))
			return NULL;
		/* fall through */
	case K_LIKE:
	case K_ILIKE:
	case K_RLIKE:
	case K_REGEXP:
		p->at += negated;
		return like(p, left, negated);
	case K_IS:
		return negated || min > BIND_IS ? NULL : is(p, left);
	case K_ISNULL:
	case K_NOTNULL:
		return negated || min > BIND_IS ? NULL : is_null_word(p, left, k == K_NOTNULL);
	case K_NULL: /* a NOT NULL */
		return NULL;
	default:
		return NULL;
	}
}

static struct node *prefix(struct parser *p, enum operator op, int binding)
{
	struct node *n = parse_open(p, NODE_UNARY);

	n->op = (uint8_t)op;
	if (op == OP_BANG) { /* ! binds tightly in MySQL, NOT does not in Postgres */
		n->op = OP_NOT;
		node_touch(n);
	}
	p->at++;
	node_put(n, 0, parse_binary(p, binding));
	return check_operands(p, n);
}

static struct node *prior(struct parser *p, bool root)
{
	struct node *n = parse_open(p, NODE_PRIOR);

	n->op = root;
	p->at++;
	node_put(n, 0, parse_binary(p, BIND_UNARY));
	return parse_close(p, n);
}

static struct node *unary(struct parser *p)
{
	const struct token *t = parse_peek(p, 0);

	if (t->kind == TOKEN_OPERATOR) {
		switch (t->symbol) {
		case '-':
			return prefix(p, OP_MINUS, BIND_UNARY);
		case '+':
			return prefix(p, OP_PLUS, BIND_UNARY);
		case '~':
			return prefix(p, OP_BIT_NOT, BIND_UNARY);
		case '!':
			return prefix(p, OP_BANG, BIND_UNARY);
		default:
			break;
		}
	}
	if (t->keyword == K_NOT)
		return prefix(p, OP_NOT, BIND_NOT);
	if (t->keyword == K_PRIOR && !parse_symbol_at(p, 1, '.') && !parse_symbol_at(p, 1, ','))
		return prior(p, false);
	if (t->keyword == K_CONNECT_BY_ROOT)
		return prior(p, true);
	return parse_primary(p);
}

struct node *parse_binary(struct parser *p, int min)
{
	struct node *left;

	if (!parse_enter(p)) {
		parse_leave(p);
		return parse_open(p, NODE_NONE);
	}
	left = unary(p);
	while (!p->failed) {
		enum operator op = next_operator(p);
		struct node *more;

		if (op != OP_NONE) {
			int binding = binding_of(p, op);

			if (binding < min)
				break;
			left = binary(p, left, op, binding);
			continue;
		}
		more = word_operator(p, left, min);
		if (!more)
			break;
		left = more;
	}
	parse_leave(p);
	return left;
}

struct node *parse_expression(struct parser *p)
{
	return parse_binary(p, 1);
}

struct node *parse_expression_list(struct parser *p)
{
	struct node *n = parse_open(p, NODE_LIST);

	do {
		node_add(p->a, n, parse_expression(p));
	} while (parse_accept_symbol(p, ','));
	return parse_close(p, n);
}
