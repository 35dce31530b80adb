/*
 * parse_query.c - SELECT in the union of the dialects: WITH, set operations, select lists, GROUP BY
 * in all its forms, LIMIT, TOP and FETCH.
 */
#include "convert/parse.h"

/* The token after the parenthesis that closes the one at `ahead`. */
static uint32_t after_group(const struct parser *p, uint32_t ahead)
{
	unsigned open = 0;

	for (;; ahead++) {
		const struct token *t = parse_peek(p, ahead);

		if (t->kind == TOKEN_END || t->kind == TOKEN_BAD)
			return ahead;
		if (t->kind != TOKEN_OPERATOR)
			continue;
		open += t->symbol == '(';
		open -= t->symbol == ')';
		if (open == 0)
			return ahead + 1;
	}
}

static bool goes_on_as_query(const struct parser *p, uint32_t ahead)
{
	switch (parse_keyword(p, ahead)) {
	case K_UNION:
	case K_INTERSECT:
	case K_EXCEPT:
	case K_MINUS:
	case K_ORDER:
	case K_LIMIT:
	case K_FETCH:
	case K_OFFSET:
		return true;
	default:
		return parse_symbol_at(p, ahead, ')');
	}
}

bool parse_begins_query(const struct parser *p, uint32_t ahead)
{
	switch (parse_keyword(p, ahead)) {
	case K_SELECT:
		return true;
	case K_WITH:
		return parse_is_name(p, ahead + 1);
	case K_VALUES:
		return (parse_symbol_at(p, ahead + 1, '(') && !(p->d->flags & DIALECT_PIPES_OR)) ||
		       (p->d->flags & DIALECT_BARE_VALUES && !parse_symbol_at(p, ahead + 1, '.') &&
			!parse_symbol_at(p, ahead + 1, ',') && !parse_symbol_at(p, ahead + 1, ')'));
	default:
		if (!parse_symbol_at(p, ahead, '('))
			return false;
		return parse_begins_query(p, ahead + 1) &&
		       goes_on_as_query(p, after_group(p, ahead));
	}
}

bool parse_begins_bare_query(const struct parser *p)
{
	uint32_t next;

	if (!parse_begins_query(p, 0) || !parse_is_symbol(p, '('))
		return parse_begins_query(p, 0);
	next = after_group(p, 0); /* (SELECT ...) alone brings its own parentheses */
	return !parse_symbol_at(p, next, ')');
}

static struct node *cte(struct parser *p)
{
	struct node *n = parse_open(p, NODE_CTE);

	node_put(n, CTE_NAME, parse_column_ident(p));
	if (parse_is_symbol(p, '('))
		node_put(n, CTE_COLUMNS, parse_ident_list(p));
	if (parse_is_word(p, 0, "max") && parse_is_word(p, 1, "recursion")) { /* LEVEL n */
		p->at += 4;
		node_touch(n);
	}
	parse_accept(p, K_AS);
	if (parse_accept(p, K_MATERIALIZED))
		n->flags |= FLAG_MATERIALIZED;
	else if (parse_accept2(p, K_NOT, K_MATERIALIZED))
		n->flags |= FLAG_MATERIALIZED | FLAG_NOT;
	parse_expect_symbol(p, '(');
	if (parse_is(p, K_INSERT) || parse_is(p, K_UPDATE) || parse_is(p, K_DELETE))
		node_put(n, CTE_BODY, parse_statement(p));
	else
		node_put(n, CTE_BODY, parse_query(p));
	parse_expect_symbol(p, ')');
	if (parse_is(p, K_SEARCH) || parse_is(p, K_CYCLE)) {
		struct node *raw = parse_open(p, NODE_RAW);

		while (!parse_at_end(p) && !parse_is(p, K_SELECT) && !parse_is_symbol(p, ','))
			p->at++;
		node_put(n, CTE_CYCLE, parse_close(p, raw));
	}
	return parse_close(p, n);
}

struct node *parse_with(struct parser *p)
{
	struct node *n;

	if (!parse_is(p, K_WITH))
		return NULL;
	n = parse_open(p, NODE_WITH);
	p->at++;
	if (parse_accept(p, K_RECURSIVE))
		n->flags |= FLAG_RECURSIVE;
	do {
		if (parse_is(p, K_SELECT) && n->count) { /* a comma too many */
			node_touch(n);
			break;
		}
		node_add(p->a, n, cte(p));
	} while (parse_accept_symbol(p, ','));
	cte_index_make(p->a, n);
	return parse_close(p, n);
}

static void top(struct parser *p, struct node *select)
{
	struct node *n;

	if (!parse_is(p, K_TOP) || parse_symbol_at(p, 1, ',') || parse_symbol_at(p, 1, '.') ||
	    parse_keyword(p, 1) == K_FROM)
		return;
	n = parse_open(p, NODE_TOP);
	p->at++;
	node_put(n, 0, parse_primary(p)); /* TOP 5 * is no product */
	if (parse_accept(p, K_PERCENT))
		n->flags |= FLAG_PERCENT;
	if (parse_accept2(p, K_WITH, K_TIES))
		n->flags |= FLAG_TIES;
	node_put(select, SELECT_TOP, parse_close(p, n));
}

/* Words of MySQL before a select list that steer the server only. */
static bool is_select_option(const struct parser *p)
{
	static const char *const options[] = {"SQL_BIG_RESULT", "SQL_BUFFER_RESULT", "SQL_CACHE",
					      "SQL_NO_CACHE", "SQL_SMALL_RESULT"};

	if (!(p->d->flags & DIALECT_PIPES_OR) || parse_peek(p, 0)->kind != TOKEN_WORD)
		return false;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (parse_is_word(p, 0, options[i]))
			return true;
	return false;
}

static void set_quantifier(struct parser *p, struct node *n)
{
	for (;;) {
		if (parse_accept(p, K_DISTINCT)) {
			n->flags |= FLAG_DISTINCT;
			if (parse_is(p, K_ON) && parse_symbol_at(p, 1, '(')) {
				p->at += 2;
				node_put(n, SELECT_DISTINCT, parse_expression_list(p));
				parse_expect_symbol(p, ')');
			}
		} else if (parse_accept(p, K_DISTINCTROW) || parse_accept(p, K_UNIQUE)) {
			n->flags |= FLAG_DISTINCT;
			node_touch(n);
		} else if (parse_is(p, K_HIGH_PRIORITY) || parse_is(p, K_STRAIGHT_JOIN) ||
			   parse_is(p, K_SQL_CALC_FOUND_ROWS) || is_select_option(p)) {
			p->at++;
			node_touch(n);
		} else if (parse_is(p, K_ALL) && !parse_symbol_at(p, 1, '.')) {
			p->at++;
		} else {
			break;
		}
	}
}

bool parse_begins_alias(const struct parser *p)
{
	const struct token *t = parse_peek(p, 0);

	if (t->kind == TOKEN_QUOTED)
		return true;
	if (t->keyword == K_LOCK && parse_keyword(p, 1) == K_IN) /* IN SHARE MODE */
		return false;
	return t->kind == TOKEN_WORD &&
	       (t->keyword == KEYWORD_NONE || !keyword_stops((enum keyword)t->keyword));
}

static struct node *item_alias(struct parser *p)
{
	enum keyword k = parse_keyword(p, 0);
	struct node *n;

	if (parse_is_symbol(p, '('))
		return parse_ident_list(p); /* AS (a, b) */
	if (parse_peek(p, 0)->kind == TOKEN_STRING) {
		n = parse_open(p, NODE_IDENT);
		n->text = token_value(p->a, p->d, p->t, p->at);
		n->flags |= FLAG_QUOTED;
		node_touch(n);
		p->at++;
		return parse_close(p, n);
	}
	(void)k;
	return parse_ident(p);
}

static struct node *item(struct parser *p)
{
	struct node *n = parse_open(p, NODE_ITEM);
	bool tsql = p->d->flags & DIALECT_PLUS_CONCAT;

	if (tsql && (parse_is_name(p, 0) || parse_peek(p, 0)->kind == TOKEN_STRING) &&
	    parse_symbol_at(p, 1, '=')) { /* alias = value */
		node_put(n, ITEM_ALIAS, item_alias(p));
		p->at++;
		node_put(n, ITEM_VALUE, parse_expression(p));
		n->flags |= FLAG_AS;
		node_touch(n);
		return parse_close(p, n);
	}
	if (tsql && parse_peek(p, 0)->kind == TOKEN_PARAMETER &&
	    (parse_symbol_at(p, 1, '=') || parse_symbol_at(p, 1, SYMBOL_ADD_SET))) {
		struct node *set = parse_open(p, NODE_ASSIGN);

		node_put(set, 0, parse_primary(p));
		p->at++;
		node_put(set, 1, parse_expression(p));
		node_put(n, ITEM_VALUE, parse_close(p, set));
		return parse_close(p, n);
	}
	node_put(n, ITEM_VALUE, parse_expression(p));
	if (parse_accept(p, K_AS)) {
		n->flags |= FLAG_AS;
		node_put(n, ITEM_ALIAS, item_alias(p));
	} else if (parse_begins_alias(p) || parse_peek(p, 0)->kind == TOKEN_STRING) {
		enum keyword k = parse_keyword(p, 0);

		node_put(n, ITEM_ALIAS, item_alias(p));
		if (k != KEYWORD_NONE && !keyword_is_label(k))
			node_touch(n);
	}
	return parse_close(p, n);
}

struct node *parse_items(struct parser *p)
{
	struct node *n = parse_open(p, NODE_LIST);

	do {
		if (parse_is(p, K_FROM) && n->count) { /* a comma too many */
			node_touch(n);
			break;
		}
		node_add(p->a, n, item(p));
	} while (parse_accept_symbol(p, ','));
	return parse_close(p, n);
}

static struct node *group_element(struct parser *p)
{
	enum keyword k = parse_keyword(p, 0);
	struct node *n;

	if ((k == K_ROLLUP || k == K_CUBE) && parse_symbol_at(p, 1, '(')) {
		n = parse_open(p, NODE_GROUPING);
		n->op = k == K_ROLLUP ? GROUPING_ROLLUP : GROUPING_CUBE;
		p->at++;
	} else if (k == K_GROUPING && parse_keyword(p, 1) == K_SETS) {
		n = parse_open(p, NODE_GROUPING);
		n->op = GROUPING_SETS;
		p->at += 2;
	} else {
		return parse_expression(p);
	}
	parse_expect_symbol(p, '(');
	do {
		node_add(p->a, n, group_element(p));
	} while (parse_accept_symbol(p, ','));
	parse_expect_symbol(p, ')');
	return parse_close(p, n);
}

static struct node *group_by(struct parser *p)
{
	struct node *n = parse_open(p, NODE_GROUP);
	enum keyword k;

	p->at += 2;
	if (parse_is(p, K_ALL) && !parse_symbol_at(p, 1, '(') && !parse_symbol_at(p, 1, '.')) {
		p->at++;
		n->flags |= FLAG_ALL;
		k = parse_keyword(p, 0);
		if (!parse_is_name(p, 0) || (k != KEYWORD_NONE && keyword_stops(k)))
			return parse_close(p, n);
	} else if (parse_accept(p, K_DISTINCT)) {
		n->flags |= FLAG_DISTINCT;
	}
	do {
		node_add(p->a, n, group_element(p));
	} while (parse_accept_symbol(p, ','));
	if (parse_accept2(p, K_WITH, K_ROLLUP)) {
		n->flags |= FLAG_ROLLUP;
	} else if (parse_accept2(p, K_WITH, K_CUBE)) {
		n->flags |= FLAG_CUBE;
	} else if (parse_is(p, K_GROUPING) && parse_keyword(p, 1) == K_SETS) {
		struct node *sets = group_element(p);

		sets->flags |= FLAG_SPECIAL; /* the list before it only names the columns */
		node_add(p->a, n, sets);
	}
	return parse_close(p, n);
}

static struct node *connect_by(struct parser *p)
{
	struct node *n = parse_open(p, NODE_CONNECT);

	for (int i = 0; i < 2; i++) {
		if (parse_accept2(p, K_START, K_WITH)) {
			node_put(n, 0, parse_expression(p));
		} else if (parse_accept2(p, K_CONNECT, K_BY)) {
			if (parse_accept(p, K_NOCYCLE))
				n->flags |= FLAG_NOCYCLE;
			node_put(n, 1, parse_expression(p));
		}
	}
	return parse_close(p, n);
}

static struct node *windows(struct parser *p)
{
	struct node *n = parse_open(p, NODE_LIST);

	do {
		struct node *alias = parse_open(p, NODE_ITEM);

		node_put(alias, ITEM_ALIAS, parse_ident(p));
		parse_expect(p, K_AS);
		node_put(alias, ITEM_VALUE, parse_window(p));
		node_add(p->a, n, parse_close(p, alias));
	} while (parse_accept_symbol(p, ','));
	return parse_close(p, n);
}

static void into(struct parser *p, struct node *n)
{
	struct node *list;

	if (!parse_accept(p, K_INTO))
		return;
	parse_accept(p, K_TABLE);
	list = parse_open(p, NODE_LIST);
	do {
		struct node *name = parse_name(p);

		if (name->count && name->child[name->count - 1]->op == 1)
			node_touch(n); /* #temp */
		node_add(p->a, list, name);
	} while (parse_accept_symbol(p, ','));
	node_put(n, SELECT_INTO, parse_close(p, list));
}

/* WHERE up to WINDOW, in the order they are written. */
static void clauses(struct parser *p, struct node *n)
{
	for (;;) {
		if (parse_accept(p, K_WHERE)) {
			node_put(n, SELECT_WHERE, parse_expression(p));
		} else if ((parse_is(p, K_START) && parse_keyword(p, 1) == K_WITH) ||
			   (parse_is(p, K_CONNECT) && parse_keyword(p, 1) == K_BY)) {
			node_put(n, SELECT_CONNECT, connect_by(p));
		} else if (parse_is(p, K_GROUP) && parse_keyword(p, 1) == K_BY) {
			node_put(n, SELECT_GROUP, group_by(p));
		} else if (parse_accept(p, K_HAVING)) {
			node_put(n, SELECT_HAVING, parse_expression(p));
		} else if (parse_accept(p, K_QUALIFY)) {
			node_put(n, SELECT_QUALIFY, parse_expression(p));
		} else if (parse_is(p, K_WINDOW) && parse_is_name(p, 1)) {
			p->at++;
			node_put(n, SELECT_WINDOWS, windows(p));
		} else if (parse_is(p, K_INTO) && !n->child[SELECT_INTO]) {
			into(p, n);
			node_touch(n);
		} else {
			break;
		}
		if (p->failed)
			break;
	}
}

static struct node *select(struct parser *p)
{
	struct node *n = parse_open(p, NODE_SELECT);

	p->at++;
	set_quantifier(p, n);
	top(p, n);
	if (parse_is(p, K_FROM) || parse_at_end(p)) /* SELECT FROM t */
		node_put(n, SELECT_ITEMS, parse_close(p, parse_open(p, NODE_LIST)));
	else
		node_put(n, SELECT_ITEMS, parse_items(p));
	if (parse_accept(p, K_EXCLUDE)) { /* Redshift: after the list */
		if (parse_is_symbol(p, '(')) {
			node_put(n, SELECT_EXTRA, parse_ident_list(p));
		} else {
			node_put(n, SELECT_EXTRA, parse_open(p, NODE_LIST));
			node_add(p->a, n->child[SELECT_EXTRA], parse_ident(p));
			parse_close(p, n->child[SELECT_EXTRA]);
		}
	}
	into(p, n);
	if (parse_accept(p, K_FROM))
		node_put(n, SELECT_FROM, parse_from_list(p));
	clauses(p, n);
	return parse_close(p, n);
}

struct node *parse_values(struct parser *p)
{
	struct node *n = parse_open(p, NODE_VALUES);

	p->at++;
	do {
		struct node *row = NULL;

		if (parse_is(p, K_ROW) && parse_symbol_at(p, 1, '(')) {
			p->at++; /* MySQL's VALUES ROW(1, 2) */
			node_touch(n);
		}
		row = parse_expression(p);
		if (row->kind == NODE_PAREN) {
			row->kind = NODE_ROW;
			row->count = 1;
		} else if (row->kind == NODE_SUBQUERY && row->child[0]->kind == NODE_QUERY &&
			   row->child[0]->child[QUERY_BODY] &&
			   row->child[0]->child[QUERY_BODY]->kind == NODE_SUBQUERY) {
			row->kind = NODE_ROW; /* ((SELECT ...)): the inner ones are the query's */
		} else if (row->kind == NODE_SUBQUERY && p->d->flags & DIALECT_BARE_VALUES) {
			struct node *wrap = parse_open_at(p, NODE_ROW, row->first);

			node_add(p->a, wrap, row);
			row = parse_close(p, wrap);
			node_touch(row);
		} else if (row->kind != NODE_ROW) {
			struct node *wrap = parse_open_at(p, NODE_ROW, row->first);

			node_add(p->a, wrap, row);
			row = parse_close(p, wrap);
			node_touch(row);
		}
		node_add(p->a, n, row);
	} while (parse_accept_symbol(p, ','));
	return parse_close(p, n);
}

struct node *parse_query_primary(struct parser *p)
{
	struct node *n;

	if (!parse_enter(p)) {
		parse_leave(p);
		return parse_open(p, NODE_NONE);
	}
	if (parse_is_symbol(p, '(')) {
		n = parse_open(p, NODE_SUBQUERY);
		p->at++;
		node_put(n, 0, parse_query(p));
		parse_expect_symbol(p, ')');
		n = parse_close(p, n);
	} else if (parse_is(p, K_VALUES)) {
		n = parse_values(p);
	} else if (parse_is(p, K_TABLE)) {
		n = parse_open(p, NODE_TABLE_QUERY);
		p->at++;
		node_put(n, 0, parse_name(p));
		n = parse_close(p, n);
	} else if (parse_is(p, K_SELECT)) {
		n = select(p);
	} else {
		n = parse_open(p, NODE_NONE);
		parse_fail(p, "SELECT");
	}
	parse_leave(p);
	return n;
}

static bool set_operator(const struct parser *p, bool intersect)
{
	enum keyword k = parse_keyword(p, 0);

	if (intersect)
		return k == K_INTERSECT;
	return k == K_UNION || k == K_EXCEPT || k == K_MINUS;
}

static struct node *set_operation(struct parser *p, bool intersect)
{
	struct node *left = intersect ? parse_query_primary(p) : set_operation(p, true);

	while (set_operator(p, intersect) && !p->failed) {
		struct node *n = parse_open_at(p, NODE_SETOP, left->at);
		enum keyword k = parse_keyword(p, 0);

		n->op = k == K_UNION ? SET_UNION : intersect ? SET_INTERSECT : SET_EXCEPT;
		if (k == K_MINUS)
			node_touch(n);
		p->at++;
		if (parse_accept(p, K_ALL))
			n->flags |= FLAG_ALL;
		else if (parse_accept(p, K_DISTINCT))
			n->flags |= FLAG_DISTINCT;
		if (parse_accept2(p, K_BY, K_NAME))
			n->flags |= FLAG_BY_NAME;
		node_put(n, 0, left);
		node_put(n, 1, intersect ? parse_query_primary(p) : set_operation(p, true));
		left = parse_close(p, n);
	}
	return left;
}

struct node *parse_limit_number(struct parser *p)
{
	if (parse_is_symbol(p, '('))
		return parse_primary(p);
	return parse_binary(p, BIND_ADD);
}

static void limit(struct parser *p, struct node *q)
{
	struct node *n = parse_open(p, NODE_LIMIT);

	p->at++;
	n->op = LIMIT_LIMIT;
	if (parse_accept(p, K_ALL)) {
		n->flags |= FLAG_ALL;
	} else {
		node_put(n, LIMIT_COUNT, parse_limit_number(p));
		if (parse_accept_symbol(p, ',')) { /* LIMIT offset, count */
			struct node *offset = n->child[LIMIT_COUNT];

			node_put(n, LIMIT_BY, offset);
			node_put(n, LIMIT_COUNT, parse_limit_number(p));
			node_touch(n);
		}
		if (parse_accept(p, K_PERCENT))
			n->flags |= FLAG_PERCENT;
	}
	node_put(q, QUERY_LIMIT, parse_close(p, n));
}

static void offset(struct parser *p, struct node *q)
{
	struct node *n = parse_open(p, NODE_OFFSET);

	p->at++;
	node_put(n, 0, parse_limit_number(p));
	if (!parse_accept(p, K_ROWS))
		parse_accept(p, K_ROW);
	node_put(q, QUERY_OFFSET, parse_close(p, n));
}

static void fetch(struct parser *p, struct node *q)
{
	struct node *n = parse_open(p, NODE_LIMIT);

	p->at++;
	n->op = LIMIT_FETCH;
	if (!parse_accept(p, K_FIRST))
		parse_expect(p, K_NEXT);
	if (!parse_is(p, K_ROW) && !parse_is(p, K_ROWS))
		node_put(n, LIMIT_COUNT, parse_limit_number(p));
	if (parse_accept(p, K_PERCENT))
		n->flags |= FLAG_PERCENT;
	if (!parse_accept(p, K_ROWS))
		parse_expect(p, K_ROW);
	if (parse_accept2(p, K_WITH, K_TIES))
		n->flags |= FLAG_TIES;
	else
		parse_expect(p, K_ONLY);
	node_put(q, QUERY_LIMIT, parse_close(p, n));
}

/* LOCK IN SHARE MODE */
static void share_lock(struct parser *p, struct node *q)
{
	struct node *n = parse_open(p, NODE_RAW);

	n->text = (struct str){"FOR SHARE", 9};
	p->at += 4;
	node_touch(n);
	node_put(q, QUERY_LOCK, parse_close(p, n));
}

/* FOR UPDATE, FOR XML, OPTION (...): their tokens. */
static void tail(struct parser *p, struct node *q)
{
	struct node *list = q->child[QUERY_LOCK], *n;
	bool xml = parse_keyword(p, 1) == K_XML || parse_keyword(p, 1) == K_JSON;

	n = parse_open(p, parse_is(p, K_OPTION) ? NODE_OPTION : xml ? NODE_FOR_XML : NODE_LOCK);
	n->text = token_text(p->t, p->at + 1);
	p->at++;
	while (!parse_at_end(p) && !parse_is_symbol(p, ')') && !parse_is_symbol(p, ';') &&
	       !parse_is(p, K_OPTION) && !parse_is(p, K_LIMIT) &&
	       !(p->at > n->first + 1 && parse_is(p, K_FOR))) {
		if (parse_accept_symbol(p, '('))
			parse_skip_balanced(p);
		else
			p->at++;
	}
	parse_close(p, n);
	if (!list) {
		list = parse_open_at(p, NODE_LIST, n->first);
		node_put(q, QUERY_LOCK, list);
	}
	node_add(p->a, list, n);
	parse_close(p, list);
}

static bool begins_cluster(const struct parser *p)
{
	enum keyword k = parse_keyword(p, 0);

	return (k == K_SORT || k == K_DISTRIBUTE || k == K_CLUSTER) && parse_keyword(p, 1) == K_BY;
}

static void cluster(struct parser *p, struct node *q)
{
	struct node *list = q->child[QUERY_CLUSTER], *n = parse_open(p, NODE_CLUSTER);

	n->op = parse_is(p, K_SORT)	    ? CLUSTER_SORT
		: parse_is(p, K_DISTRIBUTE) ? CLUSTER_DISTRIBUTE
					    : CLUSTER_CLUSTER;
	p->at += 2;
	node_add(p->a, n, parse_sort_list(p));
	parse_close(p, n);
	if (!list) {
		list = parse_open_at(p, NODE_LIST, n->first);
		node_put(q, QUERY_CLUSTER, list);
	}
	node_add(p->a, list, n);
	parse_close(p, list);
}

void parse_query_tail(struct parser *p, struct node *q)
{
	while (!p->failed) {
		enum keyword k = parse_keyword(p, 0), next = parse_keyword(p, 1);

		if (k == K_ORDER && (next == K_BY || next == K_SIBLINGS))
			node_put(q, QUERY_ORDER, parse_order_by(p));
		else if (begins_cluster(p))
			cluster(p, q);
		else if (k == K_LIMIT)
			limit(p, q);
		else if (k == K_OFFSET)
			offset(p, q);
		else if (k == K_FETCH)
			fetch(p, q);
		else if (k == K_FOR &&
			 (next == K_UPDATE || next == K_SHARE || next == K_NO || next == K_KEY ||
			  next == K_XML || next == K_JSON || next == K_READ || next == K_BROWSE))
			tail(p, q);
		else if (k == K_LOCK && next == K_IN)
			share_lock(p, q);
		else if (k == K_OPTION && parse_symbol_at(p, 1, '('))
			tail(p, q);
		else
			break;
	}
}

struct node *parse_query(struct parser *p)
{
	struct node *q = parse_open(p, NODE_QUERY);

	if (!parse_enter(p)) {
		parse_leave(p);
		return q;
	}
	node_put(q, QUERY_WITH, parse_with(p));
	if (parse_is(p, K_INSERT) && q->child[QUERY_WITH]) {
		parse_fail(p, "SELECT");
		parse_leave(p);
		return q;
	}
	node_put(q, QUERY_BODY, set_operation(p, false));
	parse_query_tail(p, q);
	parse_leave(p);
	q = parse_close(p, q);
	return parse_is_symbol(p, SYMBOL_PIPE_TO) ? parse_pipe_query(p, q) : q;
}
