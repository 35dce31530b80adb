/*
 * parse_primary.c - what expressions are made of: literals, names, calls, parentheses, and what can
 * follow them: casts, indexes, members, paths.
 */
#include "convert/parse.h"
#include "convert/rule.h"

#include <string.h>

/* At most 2147483647. */
static bool is_int(struct str digits)
{
	return digits.len < 10 || (digits.len == 10 && memcmp(digits.p, "2147483647", 10) <= 0);
}

/* T-SQL's $12.5: never a whole number. */
static struct node *money(struct parser *p)
{
	struct node *n = parse_open(p, NODE_NUMBER);
	struct str s = token_text(p->t, p->at++);

	n->type = TYPE_NUMERIC;
	n->text = (struct str){s.p + 1, s.len - 1};
	if (!memchr(s.p, '.', s.len))
		n->text = (struct str){arena_printf(p->a, "%.*s.0", (int)s.len - 1, s.p + 1),
				       s.len + 1};
	node_touch(n);
	return parse_close(p, n);
}

static struct node *number(struct parser *p)
{
	struct node *n = parse_open(p, NODE_NUMBER);
	struct str s = token_text(p->t, p->at);
	char last = s.len > 1 ? (char)(s.p[s.len - 1] | 32) : '0';
	bool point = memchr(s.p, '.', s.len) || memchr(s.p, 'e', s.len) || memchr(s.p, 'E', s.len);

	n->type = point ? TYPE_NUMERIC : is_int(s) ? TYPE_INT : TYPE_BIGINT;
	if (last == 'd' && s.len > 2 && (s.p[s.len - 2] | 32) == 'b') {
		n->type = TYPE_NUMERIC;
		n->op = TYPE_NUMERIC;
		s.len -= 2;
	} else if (last >= 'a' && last <= 'z') {
		n->type = n->op = last == 'l'	? TYPE_BIGINT
				  : last == 's' ? TYPE_SMALLINT
				  : last == 'y' ? TYPE_SMALLINT
				  : last == 'd' ? TYPE_FLOAT8
						: TYPE_FLOAT4;
		s.len--;
	}
	n->text = s;
	if (n->op)
		node_touch(n);
	p->at++;
	return parse_close(p, n);
}

static bool adjacent_string(const struct parser *p)
{
	return p->d->lex & LEX_ADJACENT && parse_peek(p, 0)->kind == TOKEN_STRING;
}

static struct node *string(struct parser *p)
{
	struct node *n = parse_open(p, NODE_STRING);
	const struct token *t = parse_peek(p, 0);

	n->text = token_value(p->a, p->d, p->t, p->at);
	n->type = TYPE_TEXT;
	if (!(t->flags & TOKEN_PLAIN))
		node_touch(n);
	p->at++;
	while (adjacent_string(p)) {
		struct str more = token_value(p->a, p->d, p->t, p->at);
		char *both = arena_alloc(p->a, n->text.len + more.len + 1);

		memcpy(both, n->text.p, n->text.len);
		memcpy(both + n->text.len, more.p, more.len);
		n->text = (struct str){both, n->text.len + more.len};
		p->at++;
		node_touch(n);
	}
	return parse_close(p, n);
}

static struct node *bytes(struct parser *p)
{
	struct node *n = parse_open(p, NODE_BYTES);

	n->text = token_value(p->a, p->d, p->t, p->at);
	n->type = TYPE_BYTES;
	if (p->d != &dialect_postgres)
		node_touch(n);
	p->at++;
	return parse_close(p, n);
}

/* MySQL's @x := value within an expression: binds loosest. */
static struct node *assignment(struct parser *p, struct node *variable)
{
	struct node *n = parse_open_at(p, NODE_ASSIGN, variable->first);

	p->at++;
	n->op = ':';
	node_put(n, 0, variable);
	node_put(n, 1, parse_expression(p));
	return parse_close(p, n);
}

static struct node *parameter(struct parser *p)
{
	struct node *n = parse_open(p, NODE_PARAMETER);

	n->text = token_text(p->t, p->at);
	if (parse_peek(p, 0)->flags & TOKEN_VARIABLE)
		n->op = 1;
	if (n->text.p[0] == '$' && n->text.len > 1)
		n->number = n->text.p[1] >= '1' && n->text.p[1] <= '9' && n->text.len == 2
				    ? (uint16_t)(n->text.p[1] - '0')
				    : 0;
	p->at++;
	if (p->d == &dialect_postgres && parse_is_symbol(p, '(')) { /* $2(x, y) of a template */
		p->at++;
		do {
			node_add(p->a, n, parse_expression(p));
		} while (parse_accept_symbol(p, ','));
		parse_expect_symbol(p, ')');
	}
	parse_close(p, n);
	return p->d->flags & DIALECT_PIPES_OR && n->text.p[0] == '@' &&
			       parse_is_symbol(p, SYMBOL_ASSIGN)
		       ? assignment(p, n)
		       : n;
}

/* (a, b) -> ... begins at the parenthesis. */
static bool begins_lambda(const struct parser *p)
{
	uint32_t i = 1;

	if (!(p->d->flags & DIALECT_LAMBDA))
		return false;
	for (;; i++) { /* a name, perhaps a type */
		if (!parse_is_name(p, i++))
			return false;
		if (parse_is_name(p, i))
			i++;
		if (!parse_symbol_at(p, i, ','))
			break;
	}
	return parse_symbol_at(p, i, ')') && parse_symbol_at(p, i + 1, SYMBOL_ARROW);
}

/* x, or Snowflake's x int: its type is kept with the name. */
static struct node *lambda_parameter(struct parser *p)
{
	struct node *n = parse_ident(p), *type;

	if (parse_is_name(p, 0)) {
		type = parse_type(p);
		if (type)
			n->type = (uint8_t)type_from_name(
				arena_strndup(p->a, type->text.p, type->text.len));
	}
	return n;
}

static struct node *lambda(struct parser *p)
{
	struct node *n = parse_open(p, NODE_LAMBDA), *params;

	if (parse_accept_symbol(p, '(')) {
		params = parse_open(p, NODE_LIST);
		do {
			node_add(p->a, params, lambda_parameter(p));
		} while (parse_accept_symbol(p, ','));
		parse_close(p, params);
		parse_expect_symbol(p, ')');
	} else {
		params = parse_open(p, NODE_LIST);
		node_add(p->a, params, lambda_parameter(p));
		parse_close(p, params);
	}
	node_put(n, 0, params);
	parse_expect_symbol(p, SYMBOL_ARROW);
	node_put(n, 1, parse_expression(p));
	return parse_close(p, n);
}

static struct node *parenthesis(struct parser *p)
{
	uint32_t first = p->at;
	struct node *n, *inner;

	if (begins_lambda(p))
		return lambda(p);
	p->at++;
	if (parse_begins_query(p, 0)) {
		n = parse_open_at(p, NODE_SUBQUERY, first);
		node_put(n, 0, parse_query(p));
		parse_expect_symbol(p, ')');
		return parse_close(p, n);
	}
	if (parse_accept_symbol(p, ')'))
		return parse_close(p, parse_open_at(p, NODE_ROW, first));
	inner = parse_expression(p);
	if (!parse_is_symbol(p, ',')) {
		n = parse_open_at(p, NODE_PAREN, first);
		node_put(n, 0, inner);
		parse_expect_symbol(p, ')');
		return parse_close(p, n);
	}
	n = parse_open_at(p, NODE_ROW, first);
	node_add(p->a, n, inner);
	while (parse_accept_symbol(p, ','))
		node_add(p->a, n, parse_expression(p));
	parse_expect_symbol(p, ')');
	return parse_close(p, n);
}

static struct node *array(struct parser *p)
{
	struct node *n = parse_open(p, NODE_ARRAY);

	n->op = 1;
	p->at++;
	if (!parse_is_symbol(p, ']')) {
		do {
			node_add(p->a, n, parse_expression(p));
		} while (parse_accept_symbol(p, ','));
	}
	parse_expect_symbol(p, ']');
	return parse_close(p, n);
}

/* ODBC's {d '2024-01-01'}, {ts '...'}, {t '...'}, {fn f(x)}; NULL: none of them. */
static struct node *odbc(struct parser *p)
{
	bool fn = parse_is_word(p, 1, "FN"), date = parse_is_word(p, 1, "D");
	const char *type = date ? "date" : parse_is_word(p, 1, "TS") ? "datetime" : "time";
	uint32_t first = p->at;
	struct node *n, *t;

	if (!(p->d->flags & (DIALECT_PLUS_CONCAT | DIALECT_PIPES_OR)))
		return NULL;
	if (!fn && (parse_peek(p, 2)->kind != TOKEN_STRING ||
		    !(date || parse_is_word(p, 1, "TS") || parse_is_word(p, 1, "T"))))
		return NULL;
	if (fn) {
		p->at += 2;
		n = parse_primary(p);
	} else {
		n = parse_open(p, NODE_TYPED);
		p->at += 2;
		t = node_make(p->a, NODE_TYPE);
		t->text = (struct str){type, strlen(type)};
		node_put(n, 0, t);
		node_put(n, 1, parse_primary(p));
		n->type = date ? TYPE_DATE : type[0] == 'd' ? TYPE_TIMESTAMP : TYPE_TIME;
	}
	parse_expect_symbol(p, '}');
	n->first = n->at = first;
	node_touch(n);
	return parse_close(p, n);
}

static struct node *object(struct parser *p)
{
	struct node *n = parse_open(p, NODE_OBJECT);

	p->at++;
	if (!parse_is_symbol(p, '}')) {
		do {
			if (parse_is_symbol(p, '*')) {
				parse_fail(p, "a name in an object");
				break;
			}
			node_add(p->a, n, parse_primary(p));
			parse_expect_symbol(p, ':');
			node_add(p->a, n, parse_expression(p));
		} while (parse_accept_symbol(p, ','));
	}
	parse_expect_symbol(p, '}');
	return parse_close(p, n);
}

static struct node *star_rest(struct parser *p, struct node *n)
{
	bool list = parse_symbol_at(p, 1, '(');

	if (parse_is(p, K_ILIKE)) {
		parse_fail(p, "no pattern for names of columns");
		return n;
	}
	if ((parse_is(p, K_EXCEPT) || parse_is(p, K_EXCLUDE)) && (list || parse_is(p, K_EXCLUDE))) {
		p->at++;
		if (list) {
			node_put(n, STAR_EXCEPT, parse_ident_list(p));
		} else {
			struct node *one = parse_open(p, NODE_LIST);

			node_add(p->a, one, parse_ident(p));
			node_put(n, STAR_EXCEPT, parse_close(p, one));
		}
		list = parse_symbol_at(p, 1, '(');
	}
	for (int i = 0; i < 2 && (parse_is(p, K_REPLACE) || parse_is(p, K_RENAME)); i++) {
		uint32_t slot = parse_is(p, K_REPLACE) ? STAR_REPLACE : STAR_RENAME;
		struct node *items;
		bool parens;

		p->at++;
		parens = parse_accept_symbol(p, '(');
		items = parse_open(p, NODE_LIST);
		do {
			struct node *item = parse_open(p, NODE_ITEM);

			node_put(item, ITEM_VALUE, parse_expression(p));
			parse_expect(p, K_AS);
			node_put(item, ITEM_ALIAS, parse_ident(p));
			item->flags |= FLAG_AS;
			node_add(p->a, items, parse_close(p, item));
		} while (parse_accept_symbol(p, ','));
		node_put(n, slot, parse_close(p, items));
		if (parens)
			parse_expect_symbol(p, ')');
	}
	return parse_close(p, n);
}

static struct node *star(struct parser *p)
{
	struct node *n = parse_open(p, NODE_STAR);

	p->at++;
	return star_rest(p, n);
}

/* Parts of a dotted name, up to a star or the opening parenthesis of a call. */
static struct node *named(struct parser *p)
{
	uint32_t first = p->at;
	struct node *n = parse_open(p, NODE_COLUMN);

	node_add(p->a, n, parse_symbol_at(p, 1, '(') ? parse_ident(p) : parse_column_ident(p));
	while (parse_is_symbol(p, '.')) {
		p->at++;
		if (parse_is_symbol(p, '*')) {
			struct node *all = parse_open_at(p, NODE_STAR, first);

			n->kind = NODE_NAME;
			node_put(all, STAR_QUALIFIER, n);
			n->last = n->until = p->at - 1;
			p->at++;
			return star_rest(p, all);
		}
		node_add(p->a, n, parse_ident(p));
	}
	parse_close(p, n);
	if (!parse_is_symbol(p, '('))
		return n;
	n->kind = NODE_NAME;
	return parse_call(p, n, first);
}

static struct node *cast_colons(struct parser *p, struct node *left)
{
	struct node *n = parse_open_at(p, NODE_CAST, left->at);

	n->op = CAST_COLONS;
	p->at++;
	node_put(n, CAST_VALUE, left);
	node_put(n, CAST_TYPE, parse_type(p));
	if (left->kind != NODE_INDEX && left->kind != NODE_SLICE && left->kind != NODE_MEMBER &&
	    node_needs_paren(n, CAST_VALUE, left)) /* a[1]::int is one chain */
		node_touch(n);
	return parse_close(p, n);
}

static struct node *index_or_slice(struct parser *p, struct node *left)
{
	struct node *n, *low = NULL;

	p->at++;
	if (!parse_is_symbol(p, ':'))
		low = parse_expression(p);
	if (parse_accept_symbol(p, ':')) {
		n = parse_open_at(p, NODE_SLICE, left->at);
		node_put(n, 1, low);
		if (!parse_is_symbol(p, ']'))
			node_put(n, 2, parse_expression(p));
	} else {
		n = parse_open_at(p, NODE_INDEX, left->at);
		node_put(n, 1, low);
	}
	node_put(n, 0, left);
	parse_expect_symbol(p, ']');
	if (p->d != &dialect_postgres && node_needs_paren(n, 0, left))
		node_touch(n);
	return parse_close(p, n);
}

/* x.value('.', 'nvarchar(max)') as a call of `function`, x its first argument. */
static struct node *xml_method(struct parser *p, struct node *left, const char *function)
{
	struct node *n, *args, *name;

	p->at += 2;
	name = parse_open(p, NODE_NAME);
	node_add(p->a, name, node_ident(p->a, function));
	n = parse_call(p, name, left->first);
	args = n->child[CALL_ARGS];
	if (!args || args->kind != NODE_LIST)
		return n;
	n->at = left->at;
	node_insert(p->a, args, 0, left);
	return n;
}

/* The function that a method of XML stands for; NULL: it is none. */
static const char *method_of_xml(const struct parser *p, const struct node *left)
{
	if (!parse_symbol_at(p, 2, '('))
		return NULL;
	/* T-SQL's (SELECT ... FOR XML PATH('')).value('.', 'nvarchar(max)') */
	if (left->kind == NODE_SUBQUERY && p->d->flags & DIALECT_PLUS_CONCAT)
		return parse_is_word(p, 1, "value") ? "xml_value" : NULL;
	if (left->kind != NODE_CALL || !(p->d->flags & DIALECT_EMPTY_NULL))
		return NULL;
	if (parse_is_word(p, 1, "extract"))
		return "xml_extract";
	return parse_is_word(p, 1, "getclobval") || parse_is_word(p, 1, "getstringval") ? "xml_text"
											: NULL;
}

static struct node *member(struct parser *p, struct node *left)
{
	const char *method = method_of_xml(p, left);
	struct node *n;

	if (method)
		return xml_method(p, left, method);
	n = parse_open_at(p, NODE_MEMBER, left->at);
	p->at++;
	node_put(n, 0, left);
	if (parse_is_symbol(p, '*')) {
		node_put(n, 1, parse_open(p, NODE_STAR));
		p->at++;
		parse_close(p, n->child[1]);
	} else {
		node_put(n, 1, parse_ident(p));
	}
	if (p->d != &dialect_postgres && node_needs_paren(n, 0, left))
		node_touch(n);
	return parse_close(p, n);
}

/* base:a.b[0]['c'] */
static struct node *path(struct parser *p, struct node *left)
{
	struct node *n = parse_open_at(p, NODE_PATH, left->at), *steps;

	p->at++;
	steps = parse_open(p, NODE_LIST);
	if (!parse_is_symbol(p, '['))
		node_add(p->a, steps, parse_ident(p));
	for (;;) {
		if (parse_accept_symbol(p, '[')) {
			node_add(p->a, steps, parse_expression(p));
			parse_expect_symbol(p, ']');
		} else if (parse_accept_symbol(p, '.') || parse_accept_symbol(p, ':')) {
			node_add(p->a, steps, parse_ident(p));
		} else {
			break;
		}
		if (p->failed)
			break;
	}
	node_put(n, 0, left);
	node_put(n, 1, parse_close(p, steps));
	return parse_close(p, n);
}

static struct node *postfix(struct parser *p, struct node *left)
{
	while (!p->failed) {
		const struct token *t = parse_peek(p, 0);

		if (t->kind != TOKEN_OPERATOR)
			break;
		if (t->symbol == SYMBOL_CAST) {
			left = cast_colons(p, left);
		} else if (t->symbol == '[') {
			left = index_or_slice(p, left);
		} else if (t->symbol == '.' && left->kind != NODE_NUMBER &&
			   (parse_is_name(p, 1) || parse_symbol_at(p, 1, '*'))) {
			left = member(p, left);
		} else if (t->symbol == ':' && p->d->lex & LEX_COLON_PATH &&
			   !(t->flags & TOKEN_BLANK) && left->kind != NODE_STRING &&
			   (parse_is_name(p, 1) || parse_symbol_at(p, 1, '['))) {
			left = path(p, left);
		} else if (t->symbol == SYMBOL_OUTER) {
			struct node *n = parse_open_at(p, NODE_OUTER, left->at);

			p->at++;
			node_put(n, 0, left);
			left = parse_close(p, n);
		} else {
			break;
		}
	}
	return left;
}

/* Words of Redshift before a value: TEXT 'a', APPROXIMATE COUNT(...); NULL: none of them. */
static struct node *redshift_word(struct parser *p, enum keyword k)
{
	struct node *n;

	if (!(p->d->flags & DIALECT_POSTGRES_PRECEDENCE) || k >= KEYWORD_COUNT ||
	    keyword_class(k) >= KEYWORD_T)
		return NULL;
	if (parse_peek(p, 1)->kind == TOKEN_STRING) {
		n = parse_open(p, NODE_TYPED);
		node_put(n, 0, parse_type(p));
		node_put(n, 1, parse_primary(p));
		return parse_close(p, n);
	}
	if (parse_is_word(p, 0, "APPROXIMATE") && parse_is_name(p, 1) &&
	    parse_symbol_at(p, 2, '(')) {
		uint32_t first = p->at++;

		n = parse_primary(p); /* the exact answer will do */
		n->first = n->at = first;
		node_touch(n);
		return n;
	}
	return NULL;
}

static struct node *word(struct parser *p)
{
	enum keyword k = parse_keyword(p, 0);
	struct node *n;

	if (p->d->flags & DIALECT_LAMBDA &&
	    (parse_symbol_at(p, 1, SYMBOL_ARROW) ||
	     (parse_is_name(p, 1) && parse_symbol_at(p, 2, SYMBOL_ARROW))))
		return lambda(p);
	n = parse_special(p);
	if (!n)
		n = redshift_word(p, k);
	if (n)
		return n;
	if (k == K_DEFAULT && (parse_symbol_at(p, 1, ',') || parse_symbol_at(p, 1, ')') ||
			       parse_peek(p, 1)->kind == TOKEN_END ||
			       parse_keyword(p, 1) == K_WHERE)) { /* of a column */
		n = parse_open(p, NODE_RAW);
		n->text = (struct str){"DEFAULT", 7};
		p->at++;
		return parse_close(p, n);
	}
	/* LEFT and RIGHT begin no expression, so here they are names: (left, right) -> ... */
	if (k != KEYWORD_NONE && keyword_stops(k) && !parse_symbol_at(p, 1, '(') &&
	    !parse_symbol_at(p, 1, '.') && keyword_class(k) >= KEYWORD_T &&
	    !(p->d->flags & DIALECT_LAMBDA && (k == K_LEFT || k == K_RIGHT || k == K_WINDOW))) {
		parse_fail(p, "an expression");
		return parse_open(p, NODE_NONE);
	}
	return named(p);
}

static struct node *primary(struct parser *p)
{
	const struct token *t = parse_peek(p, 0);

	switch (t->kind) {
	case TOKEN_NUMBER:
		return p->t->text.p[t->begin] == '$' ? money(p) : number(p);
	case TOKEN_STRING:
		if (parse_symbol_at(p, 1, '.') && p->t->text.p[t->begin] == '"')
			return named(p);
		return string(p);
	case TOKEN_BYTES:
		return bytes(p);
	case TOKEN_PARAMETER:
		return parameter(p);
	case TOKEN_QUOTED:
		return named(p);
	case TOKEN_WORD:
		return word(p);
	case TOKEN_OPERATOR:
		if (t->symbol == '(')
			return parenthesis(p);
		if (t->symbol == '[')
			return array(p);
		if (t->symbol == '{') {
			struct node *n = odbc(p);

			return n ? n : object(p);
		}
		if (t->symbol == '*')
			return star(p);
		break;
	case TOKEN_BAD:
		parse_fail(p, "a string, name or comment that ends");
		return parse_open(p, NODE_NONE);
	default:
		break;
	}
	parse_fail(p, "an expression");
	return parse_open(p, NODE_NONE);
}

struct node *parse_primary(struct parser *p)
{
	return postfix(p, primary(p));
}
