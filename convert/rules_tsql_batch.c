/*
 * rules_tsql_batch.c - a batch that begins with DECLARE and SET and goes on with statements: the
 * variables' values stand in their places, cast to their types. What decides, loops or assigns from
 * rows is left for the rules of procedures.
 */
#include "convert/rules.h"

#include <strings.h>

#include "convert/parse.h"
#include "convert/rules_words.h"

#define VARIABLES_MAX 64

struct variable {
	struct str name;
	struct node *type, *value; /* value NULL: not set yet */
};

struct batch {
	struct rewrite *r;
	struct parser p;
	struct variable items[VARIABLES_MAX];
	uint32_t count;
};

static struct variable *find(struct batch *b, struct str name)
{
	for (uint32_t i = 0; i < b->count; i++)
		if (str_same(b->items[i].name, name))
			return &b->items[i];
	return NULL;
}

static struct node *value_of(struct batch *b, const struct variable *v)
{
	struct node *cast = node_make(b->r->arena, NODE_CAST);

	cast->op = CAST_CAST;
	node_put(cast, CAST_VALUE,
		 v->value ? node_copy(b->r->arena, v->value) : node_null(b->r->arena));
	node_put(cast, CAST_TYPE, node_copy(b->r->arena, v->type));
	return cast;
}

/* Puts the values in. False: a variable is assigned, or used as a table. */
static bool put_values(struct batch *b, struct node *n)
{
	for (uint32_t i = 0; i < n->count; i++) {
		struct node *c = n->child[i];
		struct variable *v;

		if (!c)
			continue;
		if (c->kind == NODE_ASSIGN && c->child[0] && c->child[0]->kind == NODE_PARAMETER)
			return false;
		if (c->kind != NODE_PARAMETER) {
			if (!put_values(b, c))
				return false;
			continue;
		}
		v = find(b, c->text);
		if (v)
			node_replace(c, value_of(b, v));
	}
	return true;
}

static struct node *expression(struct batch *b)
{
	struct node *holder = node_make(b->r->arena, NODE_LIST);

	node_add(b->r->arena, holder, parse_expression(&b->p));
	if (b->p.failed || !put_values(b, holder))
		return NULL;
	return holder->child[0];
}

/* @x [AS] type [= value], ... */
static bool declare(struct batch *b)
{
	struct parser *p = &b->p;

	do {
		struct variable *v = &b->items[b->count];

		if (b->count == VARIABLES_MAX || parse_peek(p, 0)->kind != TOKEN_PARAMETER)
			return false;
		v->name = token_text(p->t, p->at++);
		parse_accept(p, K_AS);
		if (parse_is(p, K_TABLE) || parse_is(p, K_CURSOR))
			return false;
		v->type = parse_type(p);
		v->value = NULL;
		if (parse_accept_symbol(p, '=') && !(v->value = expression(b)))
			return false;
		b->count++;
	} while (parse_accept_symbol(p, ','));
	return !p->failed;
}

/* SET @x = value */
static bool set(struct batch *b)
{
	struct variable *v = find(b, token_text(b->p.t, b->p.at));

	if (!v || !parse_symbol_at(&b->p, 1, '='))
		return false;
	b->p.at += 2;
	v->value = expression(b);
	return v->value != NULL;
}

/* SET NOCOUNT ON and the like, which steer the session only. */
static bool is_option(const struct parser *p)
{
	static const char *const names[] = {"ANSI_NULLS",
					    "ANSI_PADDING",
					    "ANSI_WARNINGS",
					    "ARITHABORT",
					    "CONCAT_NULL_YIELDS_NULL",
					    "NOCOUNT",
					    "NUMERIC_ROUNDABORT",
					    "QUOTED_IDENTIFIER",
					    "XACT_ABORT"};

	if (!parse_is(p, K_SET) || !(parse_keyword(p, 2) == K_ON || parse_is_word(p, 2, "OFF")))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (parse_is_word(p, 1, names[i]))
			return true;
	return false;
}

/* SELECT @x = value [FROM ...], where there is exactly one row: a query in the value's place. */
static bool select_value(struct batch *b)
{
	struct node *q = parse_query(&b->p), *select, *item, *value, *sub;
	struct variable *v;

	select = q && q->kind == NODE_QUERY ? q->child[QUERY_BODY] : NULL;
	if (b->p.failed || !select || select->kind != NODE_SELECT ||
	    select->child[SELECT_ITEMS]->count != 1)
		return false;
	item = select->child[SELECT_ITEMS]->child[0];
	value = item->kind == NODE_ITEM ? item->child[ITEM_VALUE] : item;
	if (value->kind != NODE_ASSIGN || value->op > 1 || value->child[0]->kind != NODE_PARAMETER)
		return false;
	v = find(b, value->child[0]->text);
	node_replace(value, value->child[1]);
	if (!v || !put_values(b, q))
		return false;
	if (!select->child[SELECT_FROM]) {
		v->value = value->child[1];
		return true;
	}
	if (select->child[SELECT_GROUP] || !has_aggregate(select->child[SELECT_ITEMS]))
		return false;
	sub = node_make(b->r->arena, NODE_SUBQUERY);
	node_put(sub, 0, q);
	v->value = sub;
	return true;
}

/* IF OBJECT_ID('tempdb..#t') IS NOT NULL DROP TABLE #t */
bool rule_drop_if(struct rewrite *r, struct node *n)
{
	struct parser p = {.a = r->arena, .d = r->dialect, .t = r->tokens, .at = n->first};
	struct node *drop, *name;

	if (n->first >= n->last || !parse_is_word(&p, 0, "IF") ||
	    !parse_is_word(&p, 1, "OBJECT_ID") || !parse_symbol_at(&p, 2, '('))
		return false;
	p.at += 3;
	if (!parse_skip_balanced(&p) || !parse_accept(&p, K_IS) || !parse_accept(&p, K_NOT) ||
	    !parse_accept(&p, K_NULL))
		return false;
	if (!parse_is(&p, K_DROP) || !parse_is_word(&p, 1, "TABLE"))
		return false;
	p.at += 2;
	name = parse_name(&p);
	parse_accept_symbol(&p, ';');
	if (p.failed || !parse_at_end(&p))
		return false;
	drop = words(r, "DROP TABLE IF EXISTS");
	node_add(r->arena, drop, name);
	node_replace(n, drop);
	return true;
}

static bool statement(struct batch *b, struct node *out)
{
	struct node *n = parse_statement(&b->p);

	if (b->p.failed || n->kind == NODE_PROCEDURAL || n->kind == NODE_UTILITY)
		return false;
	node_add(b->r->arena, out, n);
	return true;
}

bool rule_batch(struct rewrite *r, struct node *n)
{
	struct batch b = {.r = r,
			  .p = {.a = r->arena, .d = r->dialect, .t = r->tokens, .at = n->first}};
	struct node *out = node_make(r->arena, NODE_STATEMENTS);
	bool good = n->first < n->last && (parse_is(&b.p, K_DECLARE) || is_option(&b.p));

	while (good && !parse_at_end(&b.p)) {
		if (parse_accept_symbol(&b.p, ';'))
			continue;
		if (parse_accept(&b.p, K_DECLARE))
			good = !out->count && declare(&b);
		else if (parse_is(&b.p, K_SET) && parse_peek(&b.p, 1)->kind == TOKEN_PARAMETER &&
			 !out->count && b.p.at++)
			good = set(&b);
		else if (is_option(&b.p))
			b.p.at += 3;
		else if (parse_is(&b.p, K_SELECT) && parse_symbol_at(&b.p, 2, '=') &&
			 parse_peek(&b.p, 1)->kind == TOKEN_PARAMETER && !out->count)
			good = select_value(&b);
		else
			good = statement(&b, out);
	}
	if (!good || !out->count || !put_values(&b, out))
		return false;
	node_replace(n, out);
	return true;
}
