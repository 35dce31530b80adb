/*
 * tree_ask.c - questions about nodes: how tightly they bind in Postgres, what they are called,
 * whether two are the same.
 */
#include "convert/tree.h"

#include <string.h>
#include <strings.h>

int node_binding(const struct node *n)
{
	switch (n->kind) {
	case NODE_LOGIC:
	case NODE_BINARY:
	case NODE_UNARY:
	case NODE_QUANTIFIED:
		return operator_binding((enum operator)n->op);
	case NODE_IS:
		return BIND_IS;
	case NODE_BETWEEN:
	case NODE_IN:
	case NODE_LIKE:
		return BIND_IN;
	case NODE_AT_ZONE:
		return BIND_AT;
	case NODE_COLLATE:
		return BIND_COLLATE;
	case NODE_INDEX:
	case NODE_SLICE:
	case NODE_MEMBER:
		return BIND_INDEX;
	case NODE_CAST:
		return n->op == CAST_COLONS ? BIND_CAST : BIND_PRIMARY;
	case NODE_LAMBDA:
	case NODE_ARG:
	case NODE_ASSIGN:
	case NODE_PRIOR:
		return 0;
	case NODE_NUMBER: /* -1 as one literal */
		return n->text.len && n->text.p[0] == '-' ? BIND_UNARY : BIND_PRIMARY;
	default:
		return BIND_PRIMARY;
	}
}

/* The binding that a child must have, at least, in a slot of a binary operator. */
static int binary_demand(const struct node *parent, uint32_t slot)
{
	int own = node_binding(parent);

	if (own == BIND_COMPARE) /* a = b = c is an error in Postgres */
		return own + 1;
	return slot == 0 ? own : own + 1;
}

static int demand(const struct node *parent, uint32_t slot)
{
	switch (parent->kind) {
	case NODE_BINARY:
		return binary_demand(parent, slot);
	case NODE_LOGIC:
		return node_binding(parent) + 1;
	case NODE_UNARY:
		return parent->op == OP_NOT ? BIND_NOT : node_binding(parent);
	case NODE_IS:
		return BIND_IS + (slot == 0);
	case NODE_BETWEEN:
		return slot == 0 ? BIND_IN + 1 : BIND_OTHER;
	case NODE_IN:
	case NODE_LIKE:
		return BIND_IN + 1;
	case NODE_QUANTIFIED:
		return BIND_OTHER;
	case NODE_AT_ZONE:
		return slot == 0 ? BIND_AT : BIND_AT + 1;
	case NODE_COLLATE:
		return slot == 0 ? BIND_COLLATE : 0;
	case NODE_INDEX:
	case NODE_SLICE:
	case NODE_MEMBER:
		return slot == 0 ? BIND_PRIMARY : 0;
	case NODE_CAST:
		return parent->op == CAST_COLONS && slot == CAST_VALUE ? BIND_CAST : 0;
	default:
		return 0;
	}
}

/* What may be indexed without parentheses: a[1], $1[1]; not f(x)[1]. */
static bool indexes_bare(const struct node *n)
{
	return n->kind == NODE_COLUMN || n->kind == NODE_INDEX || n->kind == NODE_SLICE ||
	       n->kind == NODE_PAREN || n->kind == NODE_PARAMETER || n->kind == NODE_SUBQUERY;
}

bool node_needs_paren(const struct node *parent, uint32_t slot, const struct node *child)
{
	int want = demand(parent, slot);

	if (want == 0 || child->kind == NODE_LIST || child->kind == NODE_TYPE)
		return false;
	if (slot == 0 && (parent->kind == NODE_INDEX || parent->kind == NODE_SLICE))
		return !indexes_bare(child);
	if (slot == 0 && parent->kind == NODE_MEMBER)
		return child->kind != NODE_PAREN && child->kind != NODE_MEMBER;
	if (parent->kind == NODE_UNARY && child->kind == NODE_UNARY && parent->op != OP_NOT)
		return true; /* - - 1 would be a comment */
	return node_binding(child) < want;
}

bool node_is_query(const struct node *n)
{
	return n && (n->kind == NODE_QUERY || n->kind == NODE_SELECT || n->kind == NODE_SETOP ||
		     n->kind == NODE_VALUES || n->kind == NODE_TABLE_QUERY);
}

struct str node_last_name(const struct node *n)
{
	if (n && n->kind == NODE_ITEM && n->child[ITEM_ALIAS])
		return node_last_name(n->child[ITEM_ALIAS]);
	if (n && n->kind == NODE_ITEM)
		return node_last_name(n->child[ITEM_VALUE]);
	if (n && n->kind == NODE_IDENT)
		return n->text;
	if (n && (n->kind == NODE_COLUMN || n->kind == NODE_NAME) && n->count)
		return node_last_name(n->child[n->count - 1]);
	return (struct str){NULL, 0};
}

bool node_calls(const struct node *n, const char *name)
{
	const struct node *full;

	if (!n || n->kind != NODE_CALL)
		return false;
	full = n->child[CALL_NAME];
	return full->count == 1 && str_is_word(full->child[0]->text, name);
}

uint32_t node_arg_count(const struct node *call)
{
	if (call->kind != NODE_CALL || !call->child[CALL_ARGS])
		return 0;
	return call->child[CALL_ARGS]->count;
}

struct node *node_arg(const struct node *call, uint32_t i)
{
	return i < node_arg_count(call) ? call->child[CALL_ARGS]->child[i] : NULL;
}

struct node *node_bare(struct node *n)
{
	while (n && n->kind == NODE_PAREN)
		n = n->child[0];
	return n;
}

struct node *node_above(const struct node *n, enum node_kind kind)
{
	struct node *up = n->parent;

	while (up && up->kind != kind)
		up = up->parent;
	return up;
}

static bool same_text(const struct node *a, const struct node *b)
{
	if (a->text.len != b->text.len)
		return false;
	if (a->text.len == 0)
		return true;
	if (a->kind == NODE_IDENT && !((a->flags | b->flags) & FLAG_QUOTED))
		return !strncasecmp(a->text.p, b->text.p, a->text.len);
	return !memcmp(a->text.p, b->text.p, a->text.len);
}

bool node_same(const struct node *a, const struct node *b)
{
	uint32_t marks = FLAG_CHANGED | FLAG_DIRTY | FLAG_AS | FLAG_QUOTED;

	if (!a || !b)
		return a == b;
	if (a->kind != b->kind || a->op != b->op || a->count != b->count || !same_text(a, b))
		return false;
	if ((a->flags & ~marks) != (b->flags & ~marks))
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (!node_same(a->child[i], b->child[i]))
			return false;
	return a->kind != NODE_RAW;
}

bool node_contains(const struct node *n, enum node_kind kind)
{
	if (!n)
		return false;
	if (n->kind == kind)
		return true;
	for (uint32_t i = 0; i < n->count; i++)
		if (node_contains(n->child[i], kind))
			return true;
	return false;
}

struct str node_relation_name(const struct node *n)
{
	const struct node *alias = NULL;

	if (n->kind == NODE_TABLE)
		alias = n->child[TABLE_ALIAS];
	else if (n->kind == NODE_DERIVED)
		alias = n->child[DERIVED_ALIAS];
	else if (n->kind == NODE_TABLE_CALL)
		alias = n->child[TABLE_CALL_ALIAS];
	if (alias && alias->child[ALIAS_NAME])
		return alias->child[ALIAS_NAME]->text;
	return n->kind == NODE_TABLE ? node_last_name(n->child[TABLE_NAME]) : (struct str){NULL, 0};
}
