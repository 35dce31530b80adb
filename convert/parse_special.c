/*
 * parse_special.c - words with a syntax of their own inside expressions: CASE, CAST, EXTRACT, TRIM,
 * INTERVAL, DATE '...', and those without parentheses.
 */
#include "convert/parse.h"

#include <string.h>

static struct node *case_expression(struct parser *p)
{
	struct node *n = parse_open(p, NODE_CASE), *whens;

	p->at++;
	if (!parse_is(p, K_WHEN))
		node_put(n, CASE_OPERAND, parse_expression(p));
	whens = parse_open(p, NODE_LIST);
	while (parse_is(p, K_WHEN)) {
		struct node *when = parse_open(p, NODE_WHEN);

		p->at++;
		node_put(when, 0, parse_expression(p));
		parse_expect(p, K_THEN);
		node_put(when, 1, parse_expression(p));
		node_add(p->a, whens, parse_close(p, when));
	}
	node_put(n, CASE_WHENS, parse_close(p, whens));
	if (whens->count == 0)
		parse_fail(p, "WHEN");
	if (parse_accept(p, K_ELSE))
		node_put(n, CASE_ELSE, parse_expression(p));
	parse_expect(p, K_END);
	return parse_close(p, n);
}

/* CAST(x AS type [FORMAT f]) and its tolerant sisters. */
static struct node *cast(struct parser *p, unsigned op)
{
	struct node *n = parse_open(p, NODE_CAST);

	n->op = (uint8_t)op;
	if (op != CAST_CAST)
		node_touch(n);
	p->at += 2;
	node_put(n, CAST_VALUE, parse_expression(p));
	parse_expect(p, K_AS);
	node_put(n, CAST_TYPE, parse_type(p));
	if (parse_accept(p, K_FORMAT))
		node_put(n, CAST_FORMAT, parse_expression(p));
	parse_expect_symbol(p, ')');
	return parse_close(p, n);
}

/* CONVERT(type, x [, style]) of T-SQL, CONVERT(x, type), CONVERT(x USING charset) of MySQL. */
static struct node *convert(struct parser *p, unsigned op)
{
	struct node *n = parse_open(p, NODE_CAST);
	bool type_first = !(p->d->flags & DIALECT_PIPES_OR);

	n->op = (uint8_t)op;
	node_touch(n);
	p->at += 2;
	if (type_first) {
		node_put(n, CAST_TYPE, parse_type(p));
		parse_expect_symbol(p, ',');
		node_put(n, CAST_VALUE, parse_expression(p));
		if (parse_accept_symbol(p, ','))
			node_put(n, CAST_FORMAT, parse_expression(p));
	} else {
		node_put(n, CAST_VALUE, parse_expression(p));
		if (parse_accept(p, K_USING)) {
			parse_ident(p);
			node_put(n, CAST_TYPE, node_new(p->a, NODE_TYPE));
			n->child[CAST_TYPE]->text = (struct str){"text", 4};
			node_touch(n->child[CAST_TYPE]);
		} else {
			parse_expect_symbol(p, ',');
			node_put(n, CAST_TYPE, parse_type(p));
		}
	}
	parse_expect_symbol(p, ')');
	return parse_close(p, n);
}

static struct node *call_with(struct parser *p, struct node **list)
{
	struct node *n = parse_open(p, NODE_CALL), *name = parse_open(p, NODE_NAME);

	node_add(p->a, name, parse_ident(p));
	node_put(n, CALL_NAME, parse_close(p, name));
	parse_expect_symbol(p, '(');
	*list = parse_open(p, NODE_LIST);
	return n;
}

static struct node *call_end(struct parser *p, struct node *n, struct node *list)
{
	node_put(n, CALL_ARGS, parse_close(p, list));
	parse_expect_symbol(p, ')');
	return parse_close(p, n);
}

/* EXTRACT(unit FROM x); args: COLUMN unit, x */
static struct node *extract(struct parser *p)
{
	struct node *list, *n = call_with(p, &list), *unit = parse_open(p, NODE_COLUMN);

	n->flags |= FLAG_SPECIAL;
	node_add(p->a, unit, parse_ident(p));
	node_add(p->a, list, parse_close(p, unit));
	if (!parse_accept_symbol(p, ','))
		parse_expect(p, K_FROM);
	node_add(p->a, list, parse_expression(p));
	return call_end(p, n, list);
}

/* TRIM([BOTH|LEADING|TRAILING] [what] FROM x): args x [what]; op 0 both, 1 leading, 2 trailing */
static struct node *trim(struct parser *p)
{
	struct node *list, *n = call_with(p, &list), *first = NULL;
	bool side = true;

	if (parse_accept(p, K_LEADING))
		n->op = 1;
	else if (parse_accept(p, K_TRAILING))
		n->op = 2;
	else if (!parse_accept(p, K_BOTH))
		side = false;
	if (!parse_is(p, K_FROM))
		first = parse_expression(p);
	if (parse_accept(p, K_FROM)) {
		n->flags |= FLAG_SPECIAL;
		node_add(p->a, list, parse_expression(p));
		if (first)
			node_add(p->a, list, first);
		return call_end(p, n, list);
	}
	if (side)
		n->flags |= FLAG_SPECIAL;
	if (first)
		node_add(p->a, list, first);
	while (parse_accept_symbol(p, ','))
		node_add(p->a, list, parse_expression(p));
	return call_end(p, n, list);
}

/* SUBSTRING(x FROM a [FOR b]), POSITION(a IN b), OVERLAY(x PLACING y FROM a [FOR b]): plain args */
static struct node *wordy(struct parser *p)
{
	struct node *list, *n = call_with(p, &list);
	int min = parse_is_word(p, (uint32_t)-2, "POSITION") ? BIND_OTHER : 1;

	node_add(p->a, list, parse_binary(p, min));
	for (;;) {
		if (parse_accept(p, K_FROM) || parse_accept(p, K_FOR) || parse_accept(p, K_IN) ||
		    parse_accept(p, K_PLACING))
			n->flags |= FLAG_SPECIAL;
		else if (!parse_accept_symbol(p, ','))
			break;
		node_add(p->a, list, parse_expression(p));
	}
	return call_end(p, n, list);
}

static struct node *typed(struct parser *p)
{
	struct node *n = parse_open(p, NODE_TYPED);

	node_put(n, 0, parse_type(p));
	node_put(n, 1, parse_primary(p));
	return parse_close(p, n);
}

static bool is_unit(const struct parser *p, uint32_t ahead)
{
	static const char *const units[] = {
		"year",		 "month",	 "day",		"hour",		"minute",
		"second",	 "quarter",	 "week",	"years",	"months",
		"days",		 "hours",	 "minutes",	"seconds",	"weeks",
		"millisecond",	 "milliseconds", "microsecond", "microseconds", "day_second",
		"year_month",	 "day_hour",	 "day_minute",	"hour_minute",	"hour_second",
		"minute_second", "quarters",	 "nanosecond",	"nanoseconds"};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (parse_is_word(p, ahead, units[i]))
			return true;
	return false;
}

static void append_words(struct parser *p, struct str *out, uint32_t first, uint32_t last)
{
	size_t room = out->len + 2;
	char *text;

	for (uint32_t i = first; i < last; i++)
		room += p->t->items[i].end - p->t->items[i].begin + 1u;
	text = arena_alloc(p->a, room);
	if (out->len)
		memcpy(text, out->p, out->len);
	for (uint32_t i = first; i < last; i++) {
		struct str s = token_text(p->t, i);

		if (out->len)
			text[out->len++] = ' ';
		for (size_t k = 0; k < s.len; k++)
			text[out->len++] =
				(char)(s.p[k] >= 'A' && s.p[k] <= 'Z' ? s.p[k] | 32 : s.p[k]);
	}
	out->p = text;
}

/* The precision of DAY(3), skipped. */
static void unit_precision(struct parser *p)
{
	if (parse_is_symbol(p, '(') && parse_peek(p, 1)->kind == TOKEN_NUMBER) {
		p->at++;
		parse_skip_balanced(p);
	}
}

/* `1 day 2 hours` after INTERVAL: one string of all of it. */
static void interval_words(struct parser *p, struct node *n, uint32_t first)
{
	while (parse_peek(p, 0)->kind == TOKEN_NUMBER && is_unit(p, 1))
		p->at += 2;
	n->text = (struct str){NULL, 0};
	append_words(p, &n->text, first, p->at);
	node_put(n, 0, node_string(p->a, n->text));
	n->text = (struct str){"", 0};
	node_touch(n);
}

/* MySQL's INTERVAL(n, a, b, ...), which no unit follows, is a function. */
static struct node *interval_function(struct parser *p, struct node *n)
{
	struct node *row = n->child[0], *call;

	if (row->kind != NODE_ROW || !(p->d->flags & DIALECT_PIPES_OR))
		return n;
	call = node_call(p->a, "interval", row->count, row->child);
	call->first = call->at = n->first;
	return parse_close(p, call);
}

static struct node *interval(struct parser *p)
{
	struct node *n = parse_open(p, NODE_INTERVAL);
	uint32_t first, unit;

	n->type = TYPE_INTERVAL;
	p->at++;
	first = p->at;
	/* MySQL takes any expression up to the unit. */
	node_put(n, 0, parse_binary(p, p->d->flags & DIALECT_PIPES_OR ? BIND_OTHER : BIND_UNARY));
	unit = p->at;
	if (!is_unit(p, 0))
		return interval_function(p, parse_close(p, n));
	p->at++;
	append_words(p, &n->text, unit, p->at);
	unit_precision(p);
	if (n->child[0]->kind == NODE_NUMBER && parse_peek(p, 0)->kind == TOKEN_NUMBER &&
	    is_unit(p, 1)) {
		interval_words(p, n, first);
	} else if (parse_is(p, K_TO) && is_unit(p, 1)) {
		append_words(p, &n->text, p->at, p->at + 2);
		p->at += 2;
		unit_precision(p);
	}
	return parse_close(p, n);
}

static bool begins_interval(const struct parser *p)
{
	const struct token *t = parse_peek(p, 1);

	if (t->kind == TOKEN_STRING || t->kind == TOKEN_NUMBER || t->kind == TOKEN_PARAMETER)
		return true;
	if (t->kind == TOKEN_OPERATOR)
		return t->symbol == '-' || t->symbol == '(';
	if (p->d->flags & DIALECT_PIPES_OR) /* a reserved word */
		return parse_is_name(p, 1);
	return parse_is_name(p, 1) &&
	       (is_unit(p, 2) || parse_symbol_at(p, 2, '(') || parse_symbol_at(p, 2, '.'));
}

static struct node *exists(struct parser *p)
{
	struct node *n = parse_open(p, NODE_EXISTS);

	n->type = TYPE_BOOL;
	p->at += 2;
	node_put(n, 0, parse_query(p));
	parse_expect_symbol(p, ')');
	return parse_close(p, n);
}

static struct node *array(struct parser *p)
{
	struct node *n;

	if (parse_symbol_at(p, 1, '[')) {
		n = parse_open(p, NODE_ARRAY);
		p->at += 2;
		while (!parse_is_symbol(p, ']') && !p->failed) {
			node_add(p->a, n, parse_expression(p));
			if (!parse_accept_symbol(p, ','))
				break;
		}
		parse_expect_symbol(p, ']');
		return parse_close(p, n);
	}
	if (!parse_symbol_at(p, 1, '(') || !parse_begins_query(p, 2))
		return NULL;
	n = parse_open(p, NODE_ARRAY_QUERY);
	p->at += 2;
	node_put(n, 0, parse_query(p));
	parse_expect_symbol(p, ')');
	return parse_close(p, n);
}

static struct node *row(struct parser *p)
{
	struct node *n = parse_open(p, NODE_ROW);

	n->text = (struct str){"row", 3};
	p->at += 2;
	while (!parse_is_symbol(p, ')') && !p->failed) {
		node_add(p->a, n, parse_expression(p));
		if (!parse_accept_symbol(p, ','))
			break;
	}
	parse_expect_symbol(p, ')');
	return parse_close(p, n);
}

static struct node *constant(struct parser *p, enum node_kind kind, unsigned op)
{
	struct node *n = parse_open(p, kind);

	n->op = (uint8_t)op;
	n->type = kind == NODE_BOOL ? TYPE_BOOL : TYPE_NULL;
	p->at++;
	return parse_close(p, n);
}

/* CURRENT_DATE and the like, a call without parentheses. */
static struct node *bare_call(struct parser *p)
{
	struct node *n = parse_open(p, NODE_CALL), *name = parse_open(p, NODE_NAME);

	n->flags |= FLAG_BARE;
	node_add(p->a, name, parse_ident(p));
	node_put(n, CALL_NAME, parse_close(p, name));
	node_put(n, CALL_ARGS, parse_close(p, parse_open(p, NODE_LIST)));
	return parse_close(p, n);
}

/* NEXT VALUE FOR seq: a call of nextval with the name. */
static struct node *next_value(struct parser *p)
{
	struct node *n = node_make(p->a, NODE_NONE), *name;
	uint32_t first = p->at;
	struct node *arg;

	p->at += 3;
	name = parse_name(p);
	arg = node_string(p->a, (struct str){p->t->text.p + p->t->items[name->first].begin,
					     p->t->items[name->last - 1].end -
						     p->t->items[name->first].begin});
	n = node_call(p->a, "nextval", 1, &arg);
	n->first = n->at = first;
	return parse_close(p, n);
}

/* X '41' with a blank, and _utf8'x'. */
static struct node *prefixed_string(struct parser *p)
{
	struct node *n;

	if (parse_is_word(p, 0, "X") && p->d->lex & LEX_SUFFIX) {
		n = parse_open(p, NODE_BYTES);
		p->at++;
		n->text = token_value(p->a, p->d, p->t, p->at);
		n->type = TYPE_BYTES;
		node_touch(n);
		p->at++;
		return parse_close(p, n);
	}
	if (p->t->text.p[parse_peek(p, 0)->begin] == '_' && p->d->flags & DIALECT_PIPES_OR) {
		uint32_t first = p->at++;

		n = parse_primary(p);
		n->first = n->at = first;
		node_touch(n);
		return n;
	}
	if (parse_is_word(p, 0, "B") && p->d->flags & DIALECT_PIPES_OR) {
		n = parse_open(p, NODE_RAW);
		n->text = (struct str){p->t->text.p + p->t->items[p->at].begin,
				       p->t->items[p->at + 1].end - p->t->items[p->at].begin};
		p->at += 2;
		return parse_close(p, n);
	}
	return NULL;
}

/* MySQL's BINARY x: x COLLATE binary. */
static struct node *binary_word(struct parser *p)
{
	struct node *n = parse_open(p, NODE_COLLATE), *name = node_make(p->a, NODE_NAME);

	p->at++;
	node_put(n, 0, parse_binary(p, BIND_UNARY));
	node_add(p->a, name, node_ident(p->a, "binary"));
	node_put(n, 1, name);
	node_touch(n);
	return parse_close(p, n);
}

/* MySQL's MATCH (a, b) AGAINST ('words' [IN BOOLEAN MODE ...]): match_any(concat_ws(...), words) */
static struct node *match_against(struct parser *p)
{
	struct node *list, *words, *args[2], *n;
	uint32_t first = p->at;
	bool boolean = false;

	p->at += 2;
	list = parse_expression_list(p);
	parse_expect_symbol(p, ')');
	if (!parse_is_word(p, 0, "AGAINST") || !parse_symbol_at(p, 1, '(')) {
		parse_fail(p, "AGAINST");
		return list;
	}
	p->at += 2;
	words = parse_binary(p, BIND_OTHER);
	for (; !p->failed && !parse_is_symbol(p, ')') && !parse_at_end(p); p->at++)
		boolean |= parse_is_word(p, 0, "BOOLEAN");
	parse_expect_symbol(p, ')');
	if (list->count > 1) {
		node_insert(p->a, list, 0, node_string(p->a, (struct str){" ", 1}));
		args[0] = node_call(p->a, "concat_ws", list->count, list->child);
	} else {
		args[0] = list->child[0];
	}
	args[1] = words;
	n = node_call(p->a, boolean ? "match_boolean" : "match_any", 2, args);
	n->first = n->at = first;
	return parse_close(p, n);
}

static bool is_typed(enum keyword k)
{
	return k == K_DATE || k == K_TIME || k == K_TIMESTAMP || k == K_DATETIME ||
	       k == K_TIMESTAMP_NTZ || k == K_TIMESTAMP_LTZ;
}

static bool is_bare_call(enum keyword k)
{
	return k == K_CURRENT_DATE || k == K_CURRENT_TIME || k == K_CURRENT_TIMESTAMP ||
	       k == K_CURRENT_USER || k == K_LOCALTIME || k == K_LOCALTIMESTAMP ||
	       k == K_SESSION_USER || k == K_USER || k == K_SYSDATE || k == K_CURRENT_ROLE ||
	       k == K_CURRENT_CATALOG || k == K_CURRENT_SCHEMA;
}

/* Before a parenthesis. */
static struct node *called(struct parser *p, enum keyword k)
{
	switch (k) {
	case K_CAST:
		return cast(p, CAST_CAST);
	case K_TRY_CAST:
	case K_SAFE_CAST:
		return cast(p, CAST_TRY);
	case K_CONVERT:
		if (p->d->flags & (DIALECT_PIPES_OR | DIALECT_PLUS_CONCAT))
			return convert(p, CAST_CONVERT);
		if (p->d->flags & DIALECT_POSTGRES_PRECEDENCE && p->d != &dialect_postgres)
			return convert(p, CAST_CONVERT);
		return NULL;
	case K_TRY_CONVERT:
		return convert(p, CAST_TRY_CONVERT);
	case K_EXTRACT:
		return parse_keyword(p, 3) == K_FROM || parse_symbol_at(p, 3, ',') ? extract(p)
										   : NULL;
	case K_TRIM:
		return trim(p);
	case K_SUBSTRING:
	case K_POSITION:
	case K_OVERLAY:
		return wordy(p);
	case K_EXISTS:
		return parse_begins_query(p, 2) ? exists(p) : NULL;
	case K_ARRAY:
		return array(p);
	case K_ROW:
		return row(p);
	default:
		return NULL;
	}
}

struct node *parse_special(struct parser *p)
{
	enum keyword k = parse_keyword(p, 0);
	const struct token *next = parse_peek(p, 1);
	bool open = parse_symbol_at(p, 1, '(');

	if (open && parse_is_word(p, 0, "SUBSTR"))
		return wordy(p);
	if (next->kind == TOKEN_STRING && k == KEYWORD_NONE) {
		struct node *n = prefixed_string(p);

		if (n)
			return n;
	}
	if (k == KEYWORD_NONE || parse_symbol_at(p, 1, '.'))
		return NULL;
	if (k == K_CASE && !open)
		return case_expression(p);
	if (k == K_CASE)
		return case_expression(p);
	if (k == K_NULL && !open)
		return constant(p, NODE_NULL, 0);
	if (k == K_TRUE && !open)
		return constant(p, NODE_BOOL, 1);
	if (k == K_FALSE && !open)
		return constant(p, NODE_BOOL, 0);
	if (k == K_INTERVAL && begins_interval(p))
		return interval(p);
	if (k == K_BINARY && p->d->flags & DIALECT_PIPES_OR)
		return binary_word(p);
	if (k == K_MATCH && open && p->d->flags & DIALECT_PIPES_OR)
		return match_against(p);
	if (k == K_ARRAY && parse_symbol_at(p, 1, '['))
		return array(p);
	if (is_typed(k) && next->kind == TOKEN_STRING)
		return typed(p);
	if (is_bare_call(k) && !open)
		return bare_call(p);
	if (k == K_NEXT && parse_keyword(p, 1) == K_VALUE && parse_keyword(p, 2) == K_FOR)
		return next_value(p);
	return open ? called(p, k) : NULL;
}
