/*
 * rules_values.c - rules about values whose type says more than their operator: days added to a
 * date, truth counted as a number, T-SQL's LIKE with classes, KEEP (DENSE_RANK FIRST ...).
 */
#include "convert/rules.h"

#include <string.h>

#include "convert/regex.h"

static bool is_moment(enum type_code t)
{
	return t == TYPE_DATE || t == TYPE_TIMESTAMP || t == TYPE_TIMESTAMPTZ;
}

/* A date with a time of day, plus or minus a number: days. */
bool rule_moment_number(struct rewrite *r, struct node *n)
{
	enum type_code a, b;
	uint32_t number;
	struct node *value, *place;

	if (n->op != OP_ADD && n->op != OP_SUBTRACT)
		return false;
	a = type_of(r, n->child[0]);
	b = type_of(r, n->child[1]);
	if (is_moment(a) && type_is_number(b))
		number = 1;
	else if (n->op == OP_ADD && is_moment(b) && type_is_number(a))
		number = 0;
	else
		return false;
	if ((number ? a : b) == TYPE_DATE && type_is_int(number ? b : a))
		return false; /* as in Postgres */
	value = n->child[number];
	place = node_take(r->arena, value);
	node_replace(place, rewrite_template(r, "$1 * INTERVAL '1 day'", 1, &value));
	n->type = TYPE_TIMESTAMP;
	node_touch(n);
	return true;
}

/* TRUE + TRUE is 2. */
bool rule_bool_number(struct rewrite *r, struct node *n)
{
	bool done = false;

	if (n->op != OP_ADD && n->op != OP_SUBTRACT && n->op != OP_MULTIPLY)
		return false;
	for (uint32_t i = 0; i < 2; i++) {
		struct node *value = n->child[i], *place;

		if (type_of(r, value) != TYPE_BOOL)
			continue;
		place = node_take(r->arena, value);
		node_replace(place, node_cast(r->arena, value, "int"))->type = TYPE_INT;
		done = true;
	}
	if (done)
		n->type = TYPE_INT;
	return done;
}

/* LIKE '[a-c]%': a regular expression. */
bool rule_like_brackets(struct rewrite *r, struct node *n)
{
	struct node *pattern = node_bare(n->child[1]);
	struct buf text = {.max = 1 << 20};
	bool done = false;

	if (n->op != LIKE_LIKE || n->flags & (FLAG_ANY | FLAG_ALL) || n->child[2] ||
	    pattern->kind != NODE_STRING || !memchr(pattern->text.p, '[', pattern->text.len))
		return false;
	if (regex_from_like(pattern->text, &text) == 0) {
		pattern->text.p = arena_strndup(r->arena, buf_text(&text), text.len);
		pattern->text.len = text.len;
		n->op = LIKE_RLIKE;
		if (r->settings->ignore_case)
			n->flags |= FLAG_SPECIAL; /* ~* */
		node_touch(pattern);
		node_touch(n);
		done = true;
	}
	buf_release(&text);
	return done;
}

/* The other way round, NULLs too. */
static void reverse_order(struct node *sorts)
{
	for (uint32_t i = 0; i < sorts->count; i++) {
		struct node *s = sorts->child[i];

		s->flags = (s->flags ^ FLAG_DESC) & ~(uint32_t)FLAG_ASC;
		if (s->op)
			s->op = s->op == SORT_NULLS_FIRST ? SORT_NULLS_LAST : SORT_NULLS_FIRST;
		node_touch(s);
	}
}

/*
 * max(v) KEEP (DENSE_RANK FIRST ORDER BY k): the largest v among the rows with the first k, so the
 * first of an array ordered by k, then v. Only max and min can be said so, and not as a window.
 */
bool rule_keep(struct rewrite *r, struct node *n)
{
	struct node *keep = n->child[CALL_KEEP], *value = node_arg(n, 0), *sorts, *call, *sort,
		    *place;
	bool largest = node_calls(n, "max");

	if (!keep || n->child[CALL_OVER] || node_arg_count(n) != 1 ||
	    (!largest && !node_calls(n, "min")))
		return false;
	sorts = keep->child[0];
	if (!sorts || sorts->kind != NODE_LIST)
		return false;
	if (keep->op)
		reverse_order(sorts);
	place = node_take(r->arena, n);
	sort = node_make(r->arena, NODE_SORT);
	node_put(sort, 0, node_copy(r->arena, value));
	if (largest)
		sort->flags |= FLAG_DESC;
	sort->op = SORT_NULLS_LAST;
	node_add(r->arena, sorts, sort);
	node_touch(sorts);
	call = node_call(r->arena, "array_agg", 1, &value);
	node_put(call, CALL_ORDER, sorts);
	node_put(call, CALL_FILTER, n->child[CALL_FILTER]);
	node_replace(place, rewrite_template(r, "($1)[1]", 1, &call));
	return true;
}
