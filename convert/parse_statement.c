/*
 * parse_statement.c - which statement it is. What belongs to procedures or to the server is taken
 * as it stands.
 */
#include "convert/parse.h"

static struct node *with_statement(struct parser *p)
{
	struct parse_mark mark = parse_mark(p);
	uint32_t first = p->at;
	struct node *with = parse_with(p);

	switch (parse_keyword(p, 0)) {
	case K_INSERT:
		return parse_insert(p, with, first);
	case K_UPDATE:
		return parse_update(p, with, first);
	case K_DELETE:
		return parse_delete(p, with, first);
	case K_MERGE:
		return parse_merge(p, with, first);
	default:
		if (p->failed)
			return with;
		parse_back(p, mark);
		return parse_query(p);
	}
}

/* FROM t INSERT INTO a SELECT ... INSERT INTO b SELECT ...: one statement each, or NULL. */
static struct node *inserts(struct parser *p, struct node *from)
{
	struct node *all = node_make(p->a, NODE_STATEMENTS);

	while (parse_is(p, K_INSERT) && !p->failed) {
		struct node *one = parse_insert(p, NULL, p->at), *select;

		select = one->kind == NODE_INSERT ? one->child[INSERT_SOURCE] : NULL;
		if (select && select->kind == NODE_QUERY)
			select = select->child[QUERY_BODY];
		if (p->failed || !select || select->kind != NODE_SELECT ||
		    select->child[SELECT_FROM])
			return NULL;
		node_put(select, SELECT_FROM, all->count ? node_copy(p->a, from) : from);
		node_touch(select);
		node_add(p->a, all, one);
	}
	return all;
}

/* FROM t SELECT a WHERE ...; other statements behind FROM are taken as they stand. */
static struct node *from_first(struct parser *p)
{
	struct parse_mark mark = parse_mark(p);
	struct node *from, *query, *select;

	p->at++;
	from = parse_from_list(p);
	if (parse_is(p, K_SELECT)) {
		query = parse_query(p);
		select = query->kind == NODE_QUERY ? query->child[QUERY_BODY] : NULL;
		if (!p->failed && select && select->kind == NODE_SELECT &&
		    !select->child[SELECT_FROM]) {
			node_put(select, SELECT_FROM, from);
			node_touch(select);
			node_touch(query);
			return query;
		}
	}
	if (parse_is_symbol(p, SYMBOL_PIPE_TO))
		return parse_pipe_from(p, from);
	if (parse_is(p, K_INSERT) && (query = inserts(p, from)))
		return query;
	parse_back(p, mark);
	return parse_rest(p, NODE_UTILITY);
}

static struct node *explain(struct parser *p)
{
	return parse_rest(p, NODE_UTILITY);
}

static bool begins_block(const struct parser *p)
{
	enum keyword next = parse_keyword(p, 1);

	if (parse_is(p, K_DECLARE) || parse_is(p, K_WHILE) || parse_is(p, K_IF) ||
	    parse_is(p, K_EXEC) || parse_is(p, K_PRINT) || parse_is(p, K_THROW) ||
	    parse_is(p, K_RAISERROR))
		return true;
	return parse_is(p, K_BEGIN) && next != K_TRANSACTION && next != K_WORK &&
	       parse_peek(p, 1)->kind != TOKEN_END && !parse_symbol_at(p, 1, ';') &&
	       next != K_ISOLATION && next != K_READ && !parse_is_word(p, 1, "TRAN");
}

struct node *parse_statement(struct parser *p)
{
	switch (parse_keyword(p, 0)) {
	case K_SELECT:
	case K_VALUES:
	case K_TABLE:
		return parse_query(p);
	case K_WITH:
		return with_statement(p);
	case K_INSERT:
	case K_REPLACE:
		return parse_insert(p, NULL, p->at);
	case K_UPDATE:
		return parse_update(p, NULL, p->at);
	case K_DELETE:
		return parse_delete(p, NULL, p->at);
	case K_MERGE:
		return parse_merge(p, NULL, p->at);
	case K_CREATE:
		return parse_create(p);
	case K_ALTER:
		return parse_alter(p);
	case K_DROP:
		return parse_drop(p);
	case K_COMMENT:
		return parse_comment(p);
	case K_EXPLAIN:
		return explain(p);
	case K_FROM:
		return from_first(p);
	default:
		break;
	}
	if (parse_is_symbol(p, '('))
		return parse_query(p);
	if (begins_block(p))
		return parse_rest(p, NODE_PROCEDURAL);
	if (parse_is_name(p, 0))
		return parse_rest(p, NODE_UTILITY);
	parse_fail(p, "a statement");
	return parse_open(p, NODE_NONE);
}
