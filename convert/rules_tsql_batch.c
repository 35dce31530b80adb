/*
 * rules_tsql_batch.c - a batch that begins with DECLARE and SET and goes on with statements: the
 * variables' values stand in their places, cast to their types. What decides, loops or assigns from
 * rows is left for the rules of procedures.
 */
#include "convert/rules.h"

#include <strings.h>

#include "convert/parse.h"

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
	bool good = n->first < n->last && parse_is(&b.p, K_DECLARE);

	while (good && !parse_at_end(&b.p)) {
		if (parse_accept_symbol(&b.p, ';'))
			continue;
		if (parse_accept(&b.p, K_DECLARE))
			good = !out->count && declare(&b);
		else if (parse_is(&b.p, K_SET) && parse_peek(&b.p, 1)->kind == TOKEN_PARAMETER &&
			 !out->count && b.p.at++)
			good = set(&b);
		else if (parse_is(&b.p, K_SET) && parse_is_word(&b.p, 1, "NOCOUNT"))
			b.p.at += 3;
		else
			good = statement(&b, out);
	}
	if (!good || !out->count || !put_values(&b, out))
		return false;
	node_replace(n, out);
	return true;
}
