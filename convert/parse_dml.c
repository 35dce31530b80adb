/*
 * parse_dml.c - INSERT, UPDATE, DELETE, MERGE of all dialects.
 */
#include "convert/parse.h"

struct node *parse_output(struct parser *p)
{
	struct node *n;

	if (!parse_is(p, K_OUTPUT) && !parse_is(p, K_RETURNING))
		return NULL;
	n = parse_open(p, NODE_OUTPUT);
	p->at++;
	node_put(n, 0, parse_items(p));
	if (parse_accept(p, K_INTO)) {
		node_put(n, 1, parse_name(p));
		if (parse_is_symbol(p, '('))
			node_put(n, 2, parse_ident_list(p));
		node_touch(n);
	}
	return parse_close(p, n);
}

/* a = b, (a, b) = (SELECT ...), a += b, t.a = b, * */
static struct node *assignment(struct parser *p)
{
	struct node *n = parse_open(p, NODE_ASSIGN);
	struct str op;

	if (parse_is_symbol(p, '*'))
		return parse_primary(p);
	node_put(n, 0, parse_primary(p));
	if (parse_is_symbol(p, SYMBOL_ADD_SET)) { /* op: the character before '=' */
		op = token_text(p->t, p->at);
		n->op = (uint8_t)op.p[0];
		p->at++;
		node_touch(n);
	} else {
		if (!parse_accept_symbol(p, SYMBOL_ASSIGN))
			parse_expect_symbol(p, '=');
	}
	node_put(n, 1, parse_expression(p));
	return parse_close(p, n);
}

static struct node *assignments(struct parser *p)
{
	struct node *n = parse_open(p, NODE_LIST);

	do {
		node_add(p->a, n, assignment(p));
	} while (parse_accept_symbol(p, ','));
	return parse_close(p, n);
}

/* PARTITION (p = 1, q) */
static struct node *partition(struct parser *p)
{
	struct node *n = parse_open(p, NODE_LIST);

	p->at += 2;
	do {
		struct node *one = parse_open(p, NODE_ASSIGN);

		node_put(one, 0, parse_name(p));
		if (parse_accept_symbol(p, '='))
			node_put(one, 1, parse_expression(p));
		node_add(p->a, n, parse_close(p, one));
	} while (parse_accept_symbol(p, ','));
	parse_expect_symbol(p, ')');
	return parse_close(p, n);
}

static void insert_words(struct parser *p, struct node *n)
{
	if (parse_accept(p, K_REPLACE)) {
		n->flags |= FLAG_REPLACE;
		node_touch(n);
	} else {
		p->at++;
	}
	for (;;) {
		if (parse_accept(p, K_OVERWRITE))
			n->flags |= FLAG_OVERWRITE;
		else if (parse_accept(p, K_IGNORE))
			n->flags |= FLAG_IGNORE;
		else if (parse_is(p, K_LOW_PRIORITY) || parse_is(p, K_HIGH_PRIORITY) ||
			 parse_is(p, K_DELAYED))
			p->at++;
		else
			break;
		node_touch(n);
	}
	if (!parse_accept(p, K_INTO))
		node_touch(n);
	if (parse_is(p, K_TABLE) && parse_is_name(p, 1)) {
		p->at++;
		node_touch(n);
	}
}

/* (a, t.b): names of the target's columns, without the table. */
static struct node *target_columns(struct parser *p)
{
	struct node *n = parse_open(p, NODE_LIST);

	parse_expect_symbol(p, '(');
	n->first = n->at = p->at;
	do {
		struct node *name = parse_name(p);

		if (name->count == 1)
			name = name->child[0];
		else if (name->count && p->d != &dialect_postgres) /* there, t.b is a field */
			name = name->child[name->count - 1];
		if (p->at - n->first > 1 && p->t->items[p->at - 2].symbol == '.' &&
		    p->d != &dialect_postgres)
			node_touch(n);
		node_add(p->a, n, name);
	} while (parse_accept_symbol(p, ','));
	parse_close(p, n);
	parse_expect_symbol(p, ')');
	return n;
}

static bool begins_columns(const struct parser *p)
{
	return parse_is_symbol(p, '(') && !parse_begins_query(p, 1);
}

static void conflict(struct parser *p, struct node *n)
{
	struct node *raw;

	if (parse_is(p, K_ON) && parse_keyword(p, 1) == K_DUPLICATE) {
		p->at += 2;
		parse_expect(p, K_KEY);
		parse_expect(p, K_UPDATE);
		node_put(n, INSERT_CONFLICT, assignments(p));
	} else if (parse_is(p, K_ON) && parse_keyword(p, 1) == K_CONFLICT) {
		raw = parse_open(p, NODE_RAW);
		while (!parse_at_end(p) && !parse_is(p, K_RETURNING) && !parse_is_symbol(p, ';'))
			p->at++;
		node_put(n, INSERT_CONFLICT, parse_close(p, raw));
	}
}

static void insert_source(struct parser *p, struct node *n)
{
	if (parse_is(p, K_VALUES) || parse_is(p, K_VALUE)) {
		struct node *q = parse_open(p, NODE_QUERY);

		if (parse_is(p, K_VALUE))
			node_touch(n);
		node_put(q, QUERY_BODY, parse_values(p));
		if (n->flags & FLAG_CHANGED) /* perhaps VALUE */
			node_touch(q->child[QUERY_BODY]);
		node_put(n, INSERT_SOURCE, parse_close(p, q));
		if (parse_is(p, K_AS)) { /* MySQL: AS new */
			p->at++;
			node_put(n, INSERT_ALIAS, parse_ident(p));
			if (parse_is_symbol(p, '('))
				parse_ident_list(p);
		}
	} else if (parse_accept(p, K_SET)) {
		node_put(n, INSERT_SOURCE, assignments(p));
		node_touch(n);
	} else if (parse_is(p, K_DEFAULT) && parse_keyword(p, 1) == K_VALUES) {
		node_put(n, INSERT_SOURCE, parse_open(p, NODE_RAW));
		p->at += 2;
		parse_close(p, n->child[INSERT_SOURCE]);
	} else {
		node_put(n, INSERT_SOURCE, parse_query(p));
	}
}

/* T-SQL's INSERT TOP (n): so many rows of the query; NULL: none. */
static struct node *insert_top(struct parser *p)
{
	struct node *limit;

	if (!parse_is(p, K_INSERT) || parse_keyword(p, 1) != K_TOP || !parse_symbol_at(p, 2, '('))
		return NULL;
	p->at += 2;
	limit = parse_open(p, NODE_LIMIT);
	node_put(limit, LIMIT_COUNT, parse_limit_number(p));
	p->at--; /* insert_words() takes a word for INSERT */
	return parse_close(p, limit);
}

static void put_top(struct parser *p, struct node *n, struct node *limit)
{
	struct node *source = n->child[INSERT_SOURCE];

	if (!source || source->kind != NODE_QUERY || source->child[QUERY_LIMIT] ||
	    source->child[QUERY_OFFSET]) {
		parse_fail(p, "a query behind INSERT TOP");
		return;
	}
	node_put(source, QUERY_LIMIT, limit);
	node_touch(limit);
	node_touch(source);
	node_touch(n);
}

struct node *parse_insert(struct parser *p, struct node *with, uint32_t first)
{
	struct node *n = parse_open_at(p, NODE_INSERT, first), *limit = insert_top(p);

	node_put(n, INSERT_WITH, with);
	insert_words(p, n);
	if (parse_is(p, K_ALL) || parse_is(p, K_FIRST) || parse_is(p, K_WHEN))
		return parse_insert_all(p, n);
	node_put(n, INSERT_TARGET, parse_name(p));
	if (parse_is(p, K_PARTITION) && parse_symbol_at(p, 1, '('))
		node_put(n, INSERT_PARTITION, partition(p));
	if (parse_accept2(p, K_IF, K_NOT)) {
		parse_expect(p, K_EXISTS);
		node_touch(n);
	}
	if (parse_is(p, K_AS) && parse_is_name(p, 1)) {
		p->at++;
		node_put(n, INSERT_ALIAS, parse_ident(p));
	}
	if (parse_accept2(p, K_BY, K_NAME)) {
		n->flags |= FLAG_BY_NAME;
		node_touch(n);
	}
	if (parse_is_symbol(p, '(') && parse_symbol_at(p, 1, ')')) { /* MySQL: () VALUES () */
		p->at += 2;
		node_touch(n);
	}
	if (begins_columns(p))
		node_put(n, INSERT_COLUMNS, target_columns(p));
	if (parse_is(p, K_REPLACE) && parse_keyword(p, 1) == K_WHERE) {
		p->at += 2;
		node_put(n, INSERT_REPLACE, parse_expression(p));
		node_touch(n);
	}
	node_put(n, INSERT_RETURNING, parse_output(p));
	if (parse_is(p, K_OVERRIDING))
		p->at += 3;
	insert_source(p, n);
	if (limit)
		put_top(p, n, limit);
	conflict(p, n);
	if (!n->child[INSERT_RETURNING])
		node_put(n, INSERT_RETURNING, parse_output(p));
	return parse_close(p, n);
}

static void dml_top(struct parser *p, struct node *n, uint32_t slot)
{
	struct node *limit;

	if (!parse_is(p, K_TOP))
		return;
	p->at++;
	limit = parse_open(p, NODE_LIMIT);
	node_put(limit, LIMIT_COUNT, parse_limit_number(p));
	if (parse_accept(p, K_PERCENT))
		limit->flags |= FLAG_PERCENT;
	node_put(n, slot, parse_close(p, limit));
	node_touch(n);
}

static void dml_limit(struct parser *p, struct node *n, uint32_t slot)
{
	struct node *limit;

	if (!parse_accept(p, K_LIMIT))
		return;
	limit = parse_open(p, NODE_LIMIT);
	node_put(limit, LIMIT_COUNT, parse_limit_number(p));
	node_put(n, slot, parse_close(p, limit));
}

/* T-SQL's OPTION (RECOMPILE): a hint for the optimizer, dropped. */
static void query_hint(struct parser *p, struct node *n)
{
	if (!(p->d->flags & DIALECT_PLUS_CONCAT) || !parse_is(p, K_OPTION) ||
	    !parse_symbol_at(p, 1, '('))
		return;
	p->at += 2;
	parse_skip_balanced(p);
	node_touch(n);
}

struct node *parse_update(struct parser *p, struct node *with, uint32_t first)
{
	struct node *n = parse_open_at(p, NODE_UPDATE, first);

	node_put(n, UPDATE_WITH, with);
	p->at++;
	if (parse_accept(p, K_LOW_PRIORITY))
		node_touch(n);
	if (parse_accept(p, K_IGNORE)) {
		n->flags |= FLAG_IGNORE;
		node_touch(n);
	}
	dml_top(p, n, UPDATE_LIMIT);
	node_put(n, UPDATE_TARGET, parse_relation(p));
	while (parse_accept_symbol(p, ',')) { /* MySQL: UPDATE a, b SET */
		struct node *join = parse_open_at(p, NODE_JOIN, n->child[UPDATE_TARGET]->at);

		join->op = JOIN_CROSS;
		node_put(join, JOIN_LEFT, n->child[UPDATE_TARGET]);
		node_put(join, JOIN_RIGHT, parse_relation(p));
		node_put(n, UPDATE_TARGET, parse_close(p, join));
	}
	parse_expect(p, K_SET);
	node_put(n, UPDATE_SET, assignments(p));
	node_put(n, UPDATE_RETURNING, parse_output(p));
	if (parse_accept(p, K_FROM))
		node_put(n, UPDATE_FROM, parse_from_list(p));
	if (parse_accept(p, K_WHERE))
		node_put(n, UPDATE_WHERE, parse_expression(p));
	node_put(n, UPDATE_ORDER, parse_order_by(p));
	dml_limit(p, n, UPDATE_LIMIT);
	if (!n->child[UPDATE_RETURNING])
		node_put(n, UPDATE_RETURNING, parse_output(p));
	query_hint(p, n);
	return parse_close(p, n);
}

/* DELETE a, b FROM ..., DELETE FROM a USING ..., DELETE a FROM t AS a JOIN ... */
static void delete_target(struct parser *p, struct node *n)
{
	bool from = parse_accept(p, K_FROM);

	if (!from)
		node_touch(n);
	node_put(n, DELETE_TARGET, parse_relation(p));
	while (parse_accept_symbol(p, ',')) {
		struct node *list = n->child[DELETE_TARGET];

		if (list->kind != NODE_LIST) {
			list = parse_open_at(p, NODE_LIST, list->at);
			node_add(p->a, list, n->child[DELETE_TARGET]);
			node_put(n, DELETE_TARGET, list);
		}
		node_add(p->a, list, parse_relation(p));
		parse_close(p, list);
	}
}

struct node *parse_delete(struct parser *p, struct node *with, uint32_t first)
{
	struct node *n = parse_open_at(p, NODE_DELETE, first);

	node_put(n, DELETE_WITH, with);
	p->at++;
	while (parse_is(p, K_LOW_PRIORITY) || parse_is(p, K_QUICK) || parse_is(p, K_IGNORE)) {
		p->at++;
		node_touch(n);
	}
	dml_top(p, n, DELETE_LIMIT);
	delete_target(p, n);
	node_put(n, DELETE_RETURNING, parse_output(p));
	if (parse_accept(p, K_USING)) {
		node_put(n, DELETE_FROM, parse_from_list(p));
		n->op = 1;
	} else if (parse_accept(p, K_FROM)) {
		node_put(n, DELETE_FROM, parse_from_list(p));
	}
	if (parse_accept(p, K_WHERE))
		node_put(n, DELETE_WHERE, parse_expression(p));
	node_put(n, DELETE_ORDER, parse_order_by(p));
	dml_limit(p, n, DELETE_LIMIT);
	if (!n->child[DELETE_RETURNING])
		node_put(n, DELETE_RETURNING, parse_output(p));
	query_hint(p, n);
	return parse_close(p, n);
}

static struct node *merge_update(struct parser *p)
{
	struct node *n = parse_open(p, NODE_UPDATE);

	p->at++;
	parse_expect(p, K_SET);
	node_put(n, UPDATE_SET, assignments(p));
	if (parse_accept(p, K_WHERE))
		node_put(n, UPDATE_WHERE, parse_expression(p));
	if (parse_accept2(p, K_DELETE, K_WHERE)) { /* Oracle's second thought */
		node_put(n, UPDATE_FROM, parse_expression(p));
		node_touch(n);
	}
	return parse_close(p, n);
}

static struct node *merge_insert(struct parser *p)
{
	struct node *n = parse_open(p, NODE_INSERT);

	p->at++;
	if (parse_is_symbol(p, '*')) {
		node_put(n, INSERT_SOURCE, parse_primary(p));
		return parse_close(p, n);
	}
	if (parse_is_symbol(p, '('))
		node_put(n, INSERT_COLUMNS, target_columns(p));
	if (parse_is(p, K_VALUES))
		node_put(n, INSERT_SOURCE, parse_values(p));
	else if (parse_accept2(p, K_DEFAULT, K_VALUES))
		;
	else
		parse_fail(p, "VALUES");
	if (parse_accept(p, K_WHERE)) {
		node_put(n, INSERT_CONFLICT, parse_expression(p));
		node_touch(n);
	}
	return parse_close(p, n);
}

static struct node *merge_when(struct parser *p)
{
	struct node *n = parse_open(p, NODE_MERGE_WHEN);

	p->at++;
	n->op = parse_accept(p, K_NOT) ? MERGE_NOT_MATCHED : MERGE_MATCHED;
	parse_expect(p, K_MATCHED);
	if (parse_accept2(p, K_BY, K_SOURCE))
		n->op = MERGE_NOT_MATCHED_BY_SOURCE;
	else if (parse_accept2(p, K_BY, K_TARGET))
		node_touch(n);
	if (parse_accept(p, K_AND))
		node_put(n, 0, parse_expression(p));
	parse_expect(p, K_THEN);
	if (parse_is(p, K_UPDATE)) {
		node_put(n, 1, merge_update(p));
	} else if (parse_is(p, K_INSERT)) {
		node_put(n, 1, merge_insert(p));
	} else if (parse_is(p, K_DELETE)) {
		node_put(n, 1, parse_open(p, NODE_DELETE));
		p->at++;
		parse_close(p, n->child[1]);
	} else {
		parse_expect(p, K_DO);
		parse_expect(p, K_NOTHING);
	}
	return parse_close(p, n);
}

struct node *parse_merge(struct parser *p, struct node *with, uint32_t first)
{
	struct node *n = parse_open_at(p, NODE_MERGE, first), *whens;

	node_put(n, MERGE_WITH, with);
	p->at++;
	if (parse_is(p, K_WITH) && parse_is_word(p, 2, "EVOLUTION")) { /* WITH SCHEMA EVOLUTION */
		p->at += 3;
		n->flags |= FLAG_BY_NAME;
		node_touch(n);
	}
	if (!parse_accept(p, K_INTO))
		node_touch(n);
	node_put(n, MERGE_TARGET, parse_table(p));
	parse_expect(p, K_USING);
	node_put(n, MERGE_SOURCE, parse_relation(p));
	parse_expect(p, K_ON);
	node_put(n, MERGE_ON, parse_expression(p));
	whens = parse_open(p, NODE_LIST);
	while (parse_is(p, K_WHEN))
		node_add(p->a, whens, merge_when(p));
	node_put(n, MERGE_WHENS, parse_close(p, whens));
	if (whens->count == 0 && parse_is_word(p, 0, "REMOVE") &&
	    parse_is_word(p, 1, "DUPLICATES")) { /* Redshift */
		p->at += 2;
		n->flags |= FLAG_REPLACE;
	} else if (whens->count == 0) {
		parse_fail(p, "WHEN");
	}
	node_put(n, MERGE_RETURNING, parse_output(p));
	return parse_close(p, n);
}
