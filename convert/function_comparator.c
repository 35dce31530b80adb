/*
 * function_comparator.c - array_sort(a, (l, r) -> ...): a comparator that says in which order which
 * expressions of an element are compared becomes ORDER BY. Understood are CASE (and IF, which is
 * one by now) with comparisons of the same expression of both sides and their sign, tests for NULL,
 * and a difference of two expressions; anything else is left and reported.
 */
#include "convert/function_apply.h"

#include <string.h>

#define KEYS_MAX 4

enum { SIGN_NONE = 2 };

struct keys {
	struct str left, right; /* the parameters */
	struct node *key[KEYS_MAX];
	bool descending[KEYS_MAX];
	unsigned count;
	bool nulls_said, nulls_first;
};

static bool is_name(const struct node *n, struct str name)
{
	return n->kind == NODE_COLUMN && n->count && str_same(n->child[0]->text, name);
}

/* Whether `b` is `a` with the other parameter; how many times the parameter was met. */
static bool mirrors(const struct node *a, const struct node *b, struct str x, struct str y,
		    unsigned *met)
{
	if (a->kind != b->kind || a->op != b->op || a->count != b->count || is_name(a, y))
		return false;
	if (is_name(a, x)) {
		for (uint32_t i = 1; i < a->count; i++)
			if (!node_same(a->child[i], b->child[i]))
				return false;
		++*met;
		return is_name(b, y);
	}
	if (a->text.len != b->text.len ||
	    (a->text.len && memcmp(a->text.p, b->text.p, a->text.len)))
		return false;
	for (uint32_t i = 0; i < a->count; i++) {
		if (!a->child[i] != !b->child[i])
			return false;
		if (a->child[i] && !mirrors(a->child[i], b->child[i], x, y, met))
			return false;
	}
	return true;
}

/* -1, 0 or 1 as a literal. */
static int sign_of(struct node *n)
{
	n = node_bare(n);
	if (n->kind == NODE_UNARY && n->op == OP_MINUS &&
	    node_bare(n->child[0])->kind == NODE_NUMBER)
		return -1;
	if (n->kind != NODE_NUMBER)
		return SIGN_NONE;
	return str_is(n->text, "0") ? 0 : 1;
}

static bool add_key(struct keys *k, struct node *key, bool descending)
{
	for (unsigned i = 0; i < k->count; i++)
		if (node_same(k->key[i], key))
			return k->descending[i] == descending;
	if (k->count == KEYS_MAX)
		return false;
	k->key[k->count] = key;
	k->descending[k->count++] = descending;
	return true;
}

/* One comparison with the sign of its answer. */
static bool compare(struct keys *k, struct node *c, int sign)
{
	struct node *a = c->child[0], *b = c->child[1];
	bool less = c->op == OP_LT || c->op == OP_LE;
	unsigned met = 0;

	if (c->op == OP_EQ)
		return sign == 0;
	if (sign == 0 || sign == SIGN_NONE || (!less && c->op != OP_GT && c->op != OP_GE))
		return false;
	if (mirrors(a, b, k->left, k->right, &met) && met)
		return add_key(k, a, less != (sign < 0));
	met = 0;
	if (mirrors(b, a, k->left, k->right, &met) && met) /* r.x < l.x is l.x > r.x */
		return add_key(k, b, less != (sign > 0));
	return false;
}

static bool null_test(struct keys *k, const struct node *c, int sign)
{
	bool left;

	if (c->kind != NODE_IS || c->op != IS_NULL || c->flags & FLAG_NOT || sign == SIGN_NONE)
		return false;
	left = is_name(node_bare(c->child[0]), k->left);
	if (!left && !is_name(node_bare(c->child[0]), k->right))
		return false;
	if (k->nulls_said && k->nulls_first != (left ? sign < 0 : sign > 0))
		return false;
	k->nulls_said = true;
	k->nulls_first = left ? sign < 0 : sign > 0;
	return sign != 0;
}

static bool both_null(const struct node *c, int sign)
{
	return c->kind == NODE_LOGIC && c->op == OP_AND && c->count == 2 && sign == 0 &&
	       c->child[0]->kind == NODE_IS && c->child[1]->kind == NODE_IS;
}

static bool read_case(struct keys *k, struct node *n)
{
	const struct node *whens;
	struct node *last;

	n = node_bare(n);
	if (n->kind != NODE_CASE || n->child[CASE_OPERAND])
		return false;
	whens = n->child[CASE_WHENS];
	for (uint32_t i = 0; i < whens->count; i++) {
		struct node *c = node_bare(whens->child[i]->child[0]);
		int sign = sign_of(whens->child[i]->child[1]);

		if (!(c->kind == NODE_BINARY ? compare(k, c, sign)
					     : both_null(c, sign) || null_test(k, c, sign)))
			return false;
	}
	last = n->child[CASE_ELSE] ? node_bare(n->child[CASE_ELSE]) : NULL;
	if (last && last->kind == NODE_CASE)
		return read_case(k, last);
	/* what is neither less nor equal is more: the sign of ELSE says nothing new */
	return !last || sign_of(last) != SIGN_NONE;
}

/* l.x - r.x */
static bool read_difference(struct keys *k, struct node *n)
{
	unsigned met = 0;

	n = node_bare(n);
	if (n->kind != NODE_BINARY || n->op != OP_SUBTRACT)
		return false;
	if (mirrors(n->child[0], n->child[1], k->left, k->right, &met) && met)
		return add_key(k, n->child[0], false);
	met = 0;
	return mirrors(n->child[1], n->child[0], k->left, k->right, &met) && met &&
	       add_key(k, n->child[1], true);
}

static struct node *key_lambda(struct rewrite *r, const struct node *lambda, struct node *key)
{
	struct node *n = node_copy(r->arena, lambda);

	key = node_bare(node_copy(r->arena, key));
	if (key->kind == NODE_BINARY && key->op == OP_ARROW2) { /* JSON compares by its own types */
		key->op = OP_ARROW;
		node_touch(key);
	}
	node_put(n, 1, key);
	return n;
}

static struct node *order_of(struct node *n)
{
	struct node *found = n->kind == NODE_QUERY ? n->child[QUERY_ORDER] : NULL;

	for (uint32_t i = 0; i < n->count && !found; i++)
		if (n->child[i])
			found = order_of(n->child[i]);
	return found;
}

bool function_comparator(struct rewrite *r, struct node *call)
{
	static const char *const templates[] = {
		NULL, "ARRAY(SELECT _x FROM unnest($1) AS _u(_x) ORDER BY $2(_x))",
		"ARRAY(SELECT _x FROM unnest($1) AS _u(_x) ORDER BY $2(_x), $3(_x))",
		"ARRAY(SELECT _x FROM unnest($1) AS _u(_x) ORDER BY $2(_x), $3(_x), $4(_x))",
		"ARRAY(SELECT _x FROM unnest($1) AS _u(_x) ORDER BY $2(_x), $3(_x), $4(_x), "
		"$5(_x))"};
	struct node *lambda = node_arg(call, 1), *args[KEYS_MAX + 1], *now, *order, *place;
	struct keys k = {.count = 0};

	if (lambda->kind != NODE_LAMBDA || lambda->child[0]->count != 2)
		return false;
	k.left = lambda->child[0]->child[0]->text;
	k.right = lambda->child[0]->child[1]->text;
	if ((!read_case(&k, lambda->child[1]) && !read_difference(&k, lambda->child[1])) ||
	    !k.count)
		return false;
	args[0] = node_arg(call, 0);
	for (unsigned i = 0; i < k.count; i++)
		args[i + 1] = key_lambda(r, lambda, k.key[i]);
	place = node_take(r->arena, call);
	now = rewrite_template(r, templates[k.count], k.count + 1, args);
	order = order_of(now);
	for (uint32_t i = 0; order && i < order->count && i < k.count; i++) {
		order->child[i]->flags |= k.descending[i] ? FLAG_DESC : 0;
		order->child[i]->op = k.nulls_first ? SORT_NULLS_FIRST : SORT_NULLS_LAST;
	}
	now->type = TYPE_ARRAY;
	now->shape = args[0]->shape;
	node_replace(place, now);
	return true;
}
