/*
 * rules_mysql_assign.c - MySQL's assignments within a query. The idiom that counts rows,
 * SELECT @n := @n + 1 ... FROM t, (SELECT @n := 0) r ORDER BY x, becomes row_number(); every other
 * @x := value is left with a finding, and its variable keeps its name.
 */
#include "convert/rules.h"

static bool is_assignment(const struct node *n)
{
	return n->kind == NODE_ASSIGN && n->op == ':';
}

static bool is_variable(const struct node *n, struct str name)
{
	return n->kind == NODE_PARAMETER && str_same(n->text, name);
}

static unsigned count_variable(const struct node *n, struct str name)
{
	unsigned count = is_variable(n, name);

	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			count += count_variable(n->child[i], name);
	return count;
}

/* r.x, r.*, where r is the relation's alias. */
static bool uses_relation(const struct node *n, const struct node *relation)
{
	const struct node *alias = relation->child[DERIVED_ALIAS];

	if (!alias || !alias->child[ALIAS_NAME] || n == relation)
		return false;
	if ((n->kind == NODE_COLUMN && n->count > 1) ||
	    (n->kind == NODE_NAME && n->parent->kind == NODE_STAR))
		return str_same(n->child[0]->text, alias->child[ALIAS_NAME]->text);
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i] && uses_relation(n->child[i], relation))
			return true;
	return false;
}

/* (SELECT @n := 0) AS r: its assignment, or NULL. */
static struct node *start_of(const struct node *derived)
{
	const struct node *q, *select, *items;
	struct node *set;

	if (derived->kind != NODE_DERIVED || !derived->child[DERIVED_QUERY] ||
	    derived->flags & FLAG_LATERAL)
		return NULL;
	q = derived->child[DERIVED_QUERY];
	select = q->kind == NODE_QUERY ? q->child[QUERY_BODY] : NULL;
	if (!select || select->kind != NODE_SELECT)
		return NULL;
	for (uint32_t i = 0; i < select->count; i++)
		if (i != SELECT_ITEMS && select->child[i])
			return NULL;
	items = select->child[SELECT_ITEMS];
	if (items->count != 1 || items->child[0]->kind != NODE_ITEM)
		return NULL;
	set = node_bare(items->child[0]->child[ITEM_VALUE]);
	return is_assignment(set) && set->child[1]->kind == NODE_NUMBER ? set : NULL;
}

/* The relation of FROM that sets the start; *holder: the FROM or JOIN that it stands in. */
static struct node *find_start(struct node *from, struct node **holder)
{
	for (uint32_t i = 0; i < from->count; i++) {
		struct node *c = from->child[i];

		*holder = from;
		if (start_of(c))
			return from->count > 1 ? c : NULL;
		if (c->kind != NODE_JOIN || c->child[JOIN_ON] || c->child[JOIN_USING] ||
		    (c->op != JOIN_INNER && c->op != JOIN_CROSS) || c->flags & FLAG_NATURAL)
			continue;
		*holder = c;
		if (start_of(c->child[JOIN_RIGHT]))
			return c->child[JOIN_RIGHT];
	}
	return NULL;
}

/* The item @n := @n + 1; NULL: there is none, or a * that would show the start too. */
static struct node *find_count(const struct node *items, struct str name)
{
	struct node *found = NULL, *set, *sum;

	for (uint32_t i = 0; i < items->count; i++) {
		struct node *value = items->child[i]->child[ITEM_VALUE];

		if (items->child[i]->kind != NODE_ITEM || !value ||
		    (value->kind == NODE_STAR && !value->child[STAR_QUALIFIER]))
			return NULL;
		set = node_bare(value);
		if (!is_assignment(set) || !is_variable(set->child[0], name))
			continue;
		sum = node_bare(set->child[1]);
		if (sum->kind == NODE_BINARY && sum->op == OP_ADD &&
		    is_variable(sum->child[0], name) && sum->child[1]->kind == NODE_NUMBER &&
		    str_is(sum->child[1]->text, "1"))
			found = items->child[i];
	}
	return found;
}

/* What ORDER BY names by an alias of the list, or by its place; NULL: nothing of the list. */
static struct node *sorted_item(const struct node *items, const struct node *value)
{
	struct str name = value->kind == NODE_COLUMN && value->count == 1 ? node_last_name(value)
									  : (struct str){NULL, 0};

	for (uint32_t i = 0; i < items->count; i++) {
		const struct node *alias = items->child[i]->child[ITEM_ALIAS];

		if (name.p && alias && str_same(node_last_name(alias), name))
			return items->child[i];
	}
	return NULL;
}

/* The order in which rows are counted; false: it is not known, or it is that of the count. */
static bool copy_order(struct rewrite *r, const struct node *order, const struct node *items,
		       const struct node *count, struct node **out)
{
	*out = order ? node_copy(r->arena, order) : NULL;
	for (uint32_t i = 0; order && i < order->count; i++) {
		struct node *value = (*out)->child[i]->child[0], *item;

		if (!value || value->kind != NODE_COLUMN)
			return false;
		item = sorted_item(items, value);
		if (item == count)
			return false;
		if (item)
			node_replace(value, node_copy(r->arena, item->child[ITEM_VALUE]));
	}
	return true;
}

static bool is_plain(const struct node *select)
{
	return select && select->kind == NODE_SELECT && select->child[SELECT_FROM] &&
	       !select->child[SELECT_GROUP] && !select->child[SELECT_HAVING] &&
	       !select->child[SELECT_DISTINCT] && !(select->flags & FLAG_DISTINCT) &&
	       !select->child[SELECT_WINDOWS];
}

static void take_start(struct node *holder, struct node *start)
{
	if (holder->kind == NODE_FROM)
		node_remove(holder, start->slot);
	else
		node_replace(holder, holder->child[JOIN_LEFT]);
}

static void number_rows(struct rewrite *r, struct node *q)
{
	struct node *select = q->child[QUERY_BODY], *holder, *start, *count, *set, *order, *call;
	struct str name;

	if (!is_plain(select))
		return;
	start = find_start(select->child[SELECT_FROM], &holder);
	if (!start)
		return;
	set = start_of(start);
	name = set->child[0]->text;
	count = find_count(select->child[SELECT_ITEMS], name);
	if (!count || count_variable(q, name) != 3 || uses_relation(q, start) ||
	    !copy_order(r, q->child[QUERY_ORDER], select->child[SELECT_ITEMS], count, &order))
		return;
	call = rewrite_template(r, "row_number() OVER ()", 0, NULL);
	if (order)
		node_set(call->child[CALL_OVER], WINDOW_ORDER, order);
	if (!str_is(set->child[1]->text, "0"))
		call = node_binary(r->arena, OP_ADD, call, node_copy(r->arena, set->child[1]));
	take_start(holder, start);
	node_replace(count->child[ITEM_VALUE], call);
	rewrite_finding(r, call, "SESSION-VARIABLE",
			"%.*s counted rows; row_number() does, in the order of ORDER BY",
			(int)name.len, name.p);
}

static void number_all(struct rewrite *r, struct node *n)
{
	if (n->kind == NODE_QUERY)
		number_rows(r, n);
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			number_all(r, n->child[i]);
}

/* Every variable stays as it is written, where one is assigned. */
static void keep_variables(struct rewrite *r, struct node *n)
{
	if (is_assignment(n))
		rewrite_finding(r, n, "NOT-CONVERTED",
				"%.*s := ... was left as it is: no query of Postgres assigns",
				(int)n->child[0]->text.len, n->child[0]->text.p);
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			keep_variables(r, n->child[i]);
	if (n->kind == NODE_PARAMETER && n->text.len && n->text.p[0] == '@')
		n->kind = NODE_RAW;
}

static bool has_assignment(const struct node *n)
{
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i] && (is_assignment(n->child[i]) || has_assignment(n->child[i])))
			return true;
	return false;
}

/* On the outermost node only: the whole statement at once. */
bool rule_mysql_assign(struct rewrite *r, struct node *n)
{
	if (!n->parent || n->parent->kind != NODE_ROOT || !has_assignment(n))
		return false;
	number_all(r, n);
	if (has_assignment(n))
		keep_variables(r, n);
	return true;
}
