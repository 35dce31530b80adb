/*
 * rules_tsql_dml.c - T-SQL's UPDATE and DELETE with joins, through CTEs, of the first n rows, and
 * OUTPUT. Postgres names the target once and joins it to FROM or USING; where the target stands in
 * an outer join, the target is joined to itself by its rows' places.
 */
#include "convert/rules.h"

#include <strings.h>

#include "convert/rules_words.h"

struct change {
	uint32_t target, from, where, limit, returning;
};

static const struct change updates = {UPDATE_TARGET, UPDATE_FROM, UPDATE_WHERE, UPDATE_LIMIT,
				      UPDATE_RETURNING};
static const struct change deletes = {DELETE_TARGET, DELETE_FROM, DELETE_WHERE, DELETE_LIMIT,
				      DELETE_RETURNING};

static const struct change *change_of(const struct node *n)
{
	return n->kind == NODE_UPDATE ? &updates : &deletes;
}

static struct str called(const struct node *table)
{
	const struct node *alias = table->child[TABLE_ALIAS];

	if (alias && alias->child[ALIAS_NAME])
		return alias->child[ALIAS_NAME]->text;
	return node_last_name(table->child[TABLE_NAME]);
}

/* The table of that name in FROM. *plain: only inner joins are around it. */
static struct node *find(struct node *n, struct str name, bool *plain)
{
	struct node *found = NULL;

	if (n->kind == NODE_TABLE)
		return str_same(called(n), name) ? n : NULL;
	if (n->kind != NODE_FROM && n->kind != NODE_JOIN && n->kind != NODE_JOIN_PAREN)
		return NULL;
	for (uint32_t i = 0; i < n->count && !found && (n->kind != NODE_JOIN || i < 2); i++)
		if (n->child[i])
			found = find(n->child[i], name, plain);
	if (found && n->kind == NODE_JOIN && n->op != JOIN_INNER && n->op != JOIN_CROSS)
		*plain = false;
	return found;
}

static bool has_lateral(const struct node *n)
{
	if (n->kind == NODE_JOIN && (n->op == JOIN_CROSS_APPLY || n->op == JOIN_OUTER_APPLY))
		return true;
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i] && (n->kind == NODE_FROM || n->kind == NODE_JOIN) &&
		    has_lateral(n->child[i]))
			return true;
	return false;
}

/* Takes inner joins apart: relations without the target, and conditions. */
static void take_apart(struct rewrite *r, struct node *n, const struct node *target,
		       struct node *list, struct node **where)
{
	if (n->kind == NODE_FROM) {
		for (uint32_t i = 0; i < n->count; i++)
			take_apart(r, n->child[i], target, list, where);
	} else if (n->kind == NODE_JOIN && (n->op == JOIN_INNER || n->op == JOIN_CROSS)) {
		take_apart(r, n->child[JOIN_LEFT], target, list, where);
		take_apart(r, n->child[JOIN_RIGHT], target, list, where);
		*where = node_logic(r->arena, OP_AND, *where, n->child[JOIN_ON]);
	} else if (n != target) {
		node_add(r->arena, list, n);
	}
}

static struct node *row_place(struct rewrite *r, const char *table)
{
	struct node *c = node_column(r->arena, table);

	node_add(r->arena, c, node_ident(r->arena, "ctid"));
	return c;
}

static const char *copy(struct rewrite *r, struct str s)
{
	return arena_strndup(r->arena, s.p, s.len);
}

/* The target under a second name, joined to FROM by the place of the row. */
static struct node *join_itself(struct rewrite *r, struct node *n, const struct node *table)
{
	const struct change *c = change_of(n);
	struct node *t = node_make(r->arena, NODE_TABLE), *alias = node_make(r->arena, NODE_ALIAS);
	struct node *name = rewrite_new_name(r, 'u');

	node_put(t, TABLE_NAME, node_copy(r->arena, table->child[TABLE_NAME]));
	node_put(alias, ALIAS_NAME, name);
	node_put(t, TABLE_ALIAS, alias);
	node_put(n, c->target, t);
	return node_binary(r->arena, OP_EQ, row_place(r, copy(r, name->text)),
			   row_place(r, copy(r, called(table))));
}

/* UPDATE a SET ... FROM t AS a JOIN b ON ..., DELETE a FROM t AS a JOIN b ON ... */
static bool change_joined(struct rewrite *r, struct node *n)
{
	const struct change *c = change_of(n);
	struct node *from = n->child[c->from], *target = n->child[c->target], *table, *list;
	struct node *where = NULL;
	bool plain = true;

	if (!from || !target || target->kind != NODE_TABLE)
		return false;
	table = find(from, node_last_name(target->child[TABLE_NAME]), &plain);
	if (!table)
		return false;
	if (plain && !has_lateral(from)) {
		list = node_make(r->arena, NODE_FROM);
		take_apart(r, from, table, list, &where);
		node_put(n, c->target, table);
		node_put(n, c->from, list->count ? list : NULL);
	} else {
		where = join_itself(r, n, table);
	}
	where = node_logic(r->arena, OP_AND, where, n->child[c->where]);
	node_put(n, c->where, where);
	node_touch(n);
	return true;
}

/* The first n rows: by the places of rows that a query with LIMIT gives. */
static bool change_first(struct rewrite *r, struct node *n)
{
	const struct change *c = change_of(n);
	struct node *limit = n->child[c->limit], *target = n->child[c->target], *in, *q, *args[1];

	if (!limit || !target || target->kind != NODE_TABLE || n->child[c->from] ||
	    limit->flags & FLAG_PERCENT)
		return false;
	args[0] = node_null(r->arena);
	in = rewrite_template(r, "ctid IN (SELECT ctid FROM x WHERE $1)", 1, args);
	q = in->child[1];
	while (q->kind != NODE_QUERY)
		q = q->child[0];
	node_replace(q->child[QUERY_BODY]->child[SELECT_FROM]->child[0],
		     node_copy(r->arena, target));
	node_set(q->child[QUERY_BODY], SELECT_WHERE, NULL);
	node_set(q->child[QUERY_BODY], SELECT_WHERE, n->child[c->where]);
	n->child[c->limit] = NULL;
	node_set(q, QUERY_LIMIT, limit);
	node_touch(limit);
	node_put(n, c->where, in);
	node_touch(n);
	return true;
}

/* The CTE that is the target, when its rows are those of one table. */
static struct node *target_cte(const struct node *n, struct node **table)
{
	const struct node *with = n->child[0], *target = n->child[change_of(n)->target], *from;

	for (uint32_t i = 0; with && i < with->count; i++) {
		struct node *cte = with->child[i], *body = cte->child[CTE_BODY];

		if (!str_same(cte->child[CTE_NAME]->text,
			      node_last_name(target->child[TABLE_NAME])))
			continue;
		body = body && body->kind == NODE_QUERY ? body->child[QUERY_BODY] : NULL;
		from = body && body->kind == NODE_SELECT ? body->child[SELECT_FROM] : NULL;
		if (!from || from->count != 1 || from->child[0]->kind != NODE_TABLE ||
		    body->child[SELECT_GROUP] || body->flags & FLAG_DISTINCT ||
		    cte->child[CTE_COLUMNS])
			return NULL;
		*table = from->child[0];
		return cte;
	}
	return NULL;
}

/* Columns without a table are those of the CTE. */
static void qualify(struct rewrite *r, struct node *n, const char *name)
{
	for (uint32_t i = 0; n && i < n->count; i++) {
		struct node *c = n->child[i];

		if (!c || c->kind == NODE_QUERY || c->kind == NODE_NAME)
			continue;
		if (c->kind == NODE_COLUMN && c->count == 1)
			node_insert(r->arena, c, 0, node_ident(r->arena, name));
		else
			qualify(r, c, name);
	}
}

/* WITH c AS (SELECT ..., row_number() ... FROM t) DELETE FROM c WHERE rn > 1 */
static bool change_cte(struct rewrite *r, struct node *n)
{
	const struct change *c = change_of(n);
	struct node *target = n->child[c->target], *table, *cte, *item, *from, *where, *t;
	const char *name;

	if (!target || target->kind != NODE_TABLE || n->child[c->from] || !n->child[0])
		return false;
	cte = target_cte(n, &table);
	if (!cte)
		return false;
	name = copy(r, cte->child[CTE_NAME]->text);
	item = node_make(r->arena, NODE_ITEM);
	node_put(item, ITEM_VALUE, row_place(r, copy(r, called(table))));
	node_put(item, ITEM_ALIAS, node_ident(r->arena, "_ctid"));
	t = cte->child[CTE_BODY]->child[QUERY_BODY]->child[SELECT_ITEMS];
	node_insert(r->arena, t, t->count, item);
	from = node_make(r->arena, NODE_FROM);
	node_add(r->arena, from, target);
	where = node_column(r->arena, name);
	node_add(r->arena, where, node_ident(r->arena, "_ctid"));
	node_put(n, c->from, from);
	for (uint32_t i = 0; n->kind == NODE_UPDATE && i < n->child[UPDATE_SET]->count; i++) {
		struct node *holder = node_make(r->arena, NODE_LIST);
		struct node *set = n->child[UPDATE_SET]->child[i];

		node_add(r->arena, holder, set->child[1]);
		qualify(r, holder, name);
		node_put(set, 1, holder->child[0]);
		node_touch(set);
	}
	if (n->child[c->where]) {
		struct node *holder = node_make(r->arena, NODE_LIST);

		node_add(r->arena, holder, n->child[c->where]);
		qualify(r, holder, name);
		node_put(n, c->where, holder->child[0]);
	}
	t = join_itself(r, n, table);
	t->child[1] = NULL;
	node_put(t, 1, where);
	node_put(n, c->where, node_logic(r->arena, OP_AND, t, n->child[c->where]));
	node_touch(n);
	return true;
}

/* UPDATE x SET ... FROM (SELECT ... FROM t) AS x: the same through a CTE. */
static void derived_to_cte(struct rewrite *r, struct node *n)
{
	const struct change *c = change_of(n);
	struct node *from = n->child[c->from], *target = n->child[c->target], *alias, *cte, *with;

	if (!from || from->count != 1 || from->child[0]->kind != NODE_DERIVED || n->child[0] ||
	    target->kind != NODE_TABLE)
		return;
	alias = from->child[0]->child[DERIVED_ALIAS];
	if (!alias ||
	    !str_same(alias->child[ALIAS_NAME]->text, node_last_name(target->child[TABLE_NAME])))
		return;
	cte = node_make(r->arena, NODE_CTE);
	node_put(cte, CTE_NAME, alias->child[ALIAS_NAME]);
	node_put(cte, CTE_COLUMNS, alias->child[ALIAS_COLUMNS]);
	node_put(cte, CTE_BODY, from->child[0]->child[DERIVED_QUERY]);
	with = node_make(r->arena, NODE_WITH);
	node_add(r->arena, with, cte);
	node_put(n, 0, with);
	node_put(n, c->from, NULL);
	node_touch(n);
}

bool rule_change(struct rewrite *r, struct node *n)
{
	if (!n->child[change_of(n)->target]) /* of a MERGE */
		return false;
	derived_to_cte(r, n);
	return change_cte(r, n) || change_joined(r, n) || change_first(r, n);
}

/* SET t.x = 1: the column only. */
bool rule_set_column(struct rewrite *r, struct node *n)
{
	struct node *c = n->child[0];

	(void)r;
	if (!n->parent || !n->parent->parent || n->parent->parent->kind != NODE_UPDATE ||
	    c->kind != NODE_COLUMN || c->count < 2)
		return false;
	while (c->count > 1)
		node_remove(c, 0);
	node_touch(n);
	return true;
}

/* --- OUTPUT --- */

struct output {
	struct rewrite *r;
	const char *target; /* NULL: columns stand alone */
	bool update, old;
};

static void read_output(struct output *o, struct node *n)
{
	for (uint32_t i = 0; i < n->count; i++) {
		struct node *c = n->child[i], *name = c;
		bool star = c && c->kind == NODE_STAR;

		if (star)
			name = c->child[STAR_QUALIFIER];
		if (!c || (!star && c->kind != NODE_COLUMN)) {
			if (c)
				read_output(o, c);
			continue;
		}
		if (!name || name->count < 1u + !star)
			continue;
		if (str_is_word(name->child[0]->text, "deleted") && o->update) {
			o->old = true;
			continue;
		}
		if (!str_is_word(name->child[0]->text, "inserted") &&
		    !str_is_word(name->child[0]->text, "deleted"))
			continue;
		if (o->target)
			node_replace(name->child[0], node_ident(o->r->arena, o->target));
		else if (star)
			node_set(c, STAR_QUALIFIER, NULL);
		else
			node_remove(name, 0);
	}
}

/* OUTPUT ... INTO t: what is returned is inserted. */
static void output_into(struct rewrite *r, struct node *statement, struct node *table,
			struct node *columns)
{
	struct node *insert = node_make(r->arena, NODE_INSERT), *with, *cte, *place, *name, *all;

	place = node_take(r->arena, statement);
	name = rewrite_new_name(r, 'o');
	cte = node_make(r->arena, NODE_CTE);
	node_put(cte, CTE_NAME, name);
	node_put(cte, CTE_BODY, statement);
	with = node_make(r->arena, NODE_WITH);
	node_add(r->arena, with, cte);
	node_put(insert, INSERT_WITH, with);
	node_put(insert, INSERT_TARGET, table);
	node_put(insert, INSERT_COLUMNS, columns);
	all = rewrite_template(r, "(SELECT * FROM x)", 0, NULL);
	node_replace(all->child[0]
			     ->child[QUERY_BODY]
			     ->child[SELECT_FROM]
			     ->child[0]
			     ->child[TABLE_NAME]
			     ->child[0],
		     node_copy(r->arena, name));
	node_put(insert, INSERT_SOURCE, all->child[0]);
	node_replace(place, insert);
}

/*
 * UPDATE t SET ... OUTPUT deleted.x: the old rows, locked in a CTE that is called deleted, are
 * joined by their places. False: the statement is not of one table, or names more than columns.
 */
static bool join_deleted(struct rewrite *r, struct node *n, const struct node *out)
{
	struct node *target = n->child[UPDATE_TARGET], *set = n->child[UPDATE_SET], *cte, *with, *q;
	struct node *table = node_make(r->arena, NODE_TABLE), *from, *name;
	const char *called_as;

	if (n->child[UPDATE_WITH] && n->child[UPDATE_WITH]->count &&
	    str_is(n->child[UPDATE_WITH]->child[0]->child[CTE_NAME]->text, "deleted"))
		return true; /* done before */
	if (target->kind != NODE_TABLE || n->child[UPDATE_WITH] || n->child[UPDATE_FROM] ||
	    n->child[UPDATE_LIMIT] || node_contains(set, NODE_QUERY) ||
	    node_contains(out->child[0], NODE_STAR))
		return false;
	called_as = copy(r, called(target));
	q = rewrite_template(r, "(SELECT *, ctid FROM x)", 0, NULL)->child[0];
	node_replace(q->child[QUERY_BODY]->child[SELECT_FROM]->child[0],
		     node_copy(r->arena, target));
	node_set(q->child[QUERY_BODY], SELECT_WHERE, n->child[UPDATE_WHERE]);
	node_set(q, QUERY_LOCK, words(r, "FOR UPDATE"));
	cte = node_make(r->arena, NODE_CTE);
	node_put(cte, CTE_NAME, node_ident(r->arena, "deleted"));
	node_put(cte, CTE_BODY, q);
	with = node_make(r->arena, NODE_WITH);
	node_add(r->arena, with, cte);
	node_put(n, UPDATE_WITH, with);
	for (uint32_t i = 0; i < set->count; i++) {
		struct node *holder = node_make(r->arena, NODE_LIST), *one = set->child[i];

		rule_compound_assign(r, one);
		node_add(r->arena, holder, one->child[1]);
		qualify(r, holder, called_as);
		node_put(one, 1, holder->child[0]);
		node_touch(one);
	}
	name = node_make(r->arena, NODE_NAME);
	node_add(r->arena, name, node_ident(r->arena, "deleted"));
	node_put(table, TABLE_NAME, name);
	from = node_make(r->arena, NODE_FROM);
	node_add(r->arena, from, table);
	node_put(n, UPDATE_FROM, from);
	node_put(n, UPDATE_WHERE,
		 node_binary(r->arena, OP_EQ, row_place(r, called_as), row_place(r, "deleted")));
	return true;
}

static bool output(struct rewrite *r, struct node *n, uint32_t slot, const struct node *target,
		   bool update)
{
	struct node *out = n->child[slot], *into, *columns;
	struct output o = {.r = r, .update = update};

	if (!out)
		return false;
	if (target && target->kind == NODE_TABLE)
		o.target = copy(r, called(target));
	read_output(&o, out->child[0]);
	if (o.old && !join_deleted(r, n, out))
		rewrite_finding(r, out, "NOT-CONVERTED",
				"OUTPUT deleted.*: Postgres returns the new values");
	into = out->child[1];
	columns = out->child[2];
	out->child[1] = out->child[2] = NULL;
	node_touch(out);
	node_touch(n);
	if (into && n->parent->kind == NODE_ROOT)
		output_into(r, n, into, columns);
	return true;
}

bool rule_output(struct rewrite *r, struct node *n)
{
	switch (n->kind) {
	case NODE_INSERT:
		return output(r, n, INSERT_RETURNING, NULL, false);
	case NODE_MERGE:
		if (!n->child[MERGE_RETURNING])
			return false;
		rewrite_finding(r, n->child[MERGE_RETURNING], "NOT-CONVERTED",
				"OUTPUT of MERGE was dropped: it returns rows from Postgres 17 on");
		node_set(n, MERGE_RETURNING, NULL);
		return true;
	default:
		return output(r, n, change_of(n)->returning, n->child[change_of(n)->target],
			      n->kind == NODE_UPDATE);
	}
}
