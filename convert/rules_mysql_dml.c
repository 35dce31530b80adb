/*
 * rules_mysql_dml.c - INSERT IGNORE, REPLACE, ON DUPLICATE KEY UPDATE, and UPDATE and DELETE of
 * joins or of so many rows. Rows of a join are found by their ctid, which is right within the one
 * statement that uses it.
 */
#include "convert/rules.h"

#include <assert.h>
#include <strings.h>

#include "convert/rules_known.h"
#include "convert/rules_words.h"

static struct node *qualified(struct rewrite *r, struct node *table, const char *name)
{
	struct node *column = node_make(r->arena, NODE_COLUMN);

	node_add(r->arena, column, table);
	node_add(r->arena, column, node_ident(r->arena, name));
	return column;
}

/* --- INSERT --- */

struct upsert {
	struct rewrite *r;
	const struct node *table; /* IDENT of the target */
	struct str alias;	  /* AS new */
};

/* VALUES(a) and new.a are EXCLUDED.a; a bare column is the target's. */
static void excluded(struct upsert *u, struct node *n)
{
	struct arena *a = u->r->arena;

	if (n->kind == NODE_CALL && node_calls(n, "values") && node_arg_count(n) == 1 &&
	    node_arg(n, 0)->kind == NODE_COLUMN) {
		struct str name = node_last_name(node_arg(n, 0));

		node_replace(n, qualified(u->r, node_ident(a, "excluded"),
					  arena_strndup(a, name.p, name.len)));
		return;
	}
	if (n->kind == NODE_COLUMN && n->count == 2 && u->alias.p &&
	    str_same(n->child[0]->text, u->alias)) {
		node_replace(n->child[0], node_ident(a, "excluded"));
		return;
	}
	if (n->kind == NODE_COLUMN && n->count == 1) {
		node_insert(a, n, 0, node_copy(a, u->table));
		node_touch(n);
		return;
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			excluded(u, n->child[i]);
}

/* ON CONFLICT of its key DO UPDATE SET ... */
static struct node *on_conflict(struct rewrite *r, const struct node *insert, struct node *sets)
{
	struct node *out = upsert_key(r, insert);

	node_add(r->arena, out, words(r, sets->count ? "DO UPDATE SET" : "DO NOTHING"));
	if (sets->count)
		node_add(r->arena, out, sets);
	return out;
}

static void duplicate_key(struct rewrite *r, struct node *n)
{
	struct node *sets = n->child[INSERT_CONFLICT], *table = n->child[INSERT_TARGET];
	struct upsert u = {.r = r, .table = table->child[table->count - 1]};

	if (n->child[INSERT_ALIAS])
		u.alias = n->child[INSERT_ALIAS]->text;
	for (uint32_t i = 0; i < sets->count; i++) {
		struct node *set = sets->child[i], *target = set->child[0];

		while (target->kind == NODE_COLUMN && target->count > 1)
			node_remove(target, 0);
		excluded(&u, set->child[1]);
		node_touch(set);
	}
	node_put(n, INSERT_ALIAS, NULL);
	node_put(n, INSERT_CONFLICT, on_conflict(r, n, sets));
	node_touch(n);
}

static struct node *set_column(struct rewrite *r, const struct node *column, struct node *value)
{
	struct node *set = node_make(r->arena, NODE_ASSIGN),
		    *name = node_make(r->arena, NODE_COLUMN);

	node_add(r->arena, name, node_copy(r->arena, column));
	node_put(set, 0, name);
	node_put(set, 1, value);
	return set;
}

/* Columns that are not named get their defaults again. */
static void other_columns(struct rewrite *r, const struct schema_table *t,
			  const struct node *columns, struct node *sets)
{
	for (uint32_t i = 0; t && i < t->count; i++) {
		bool named = t->columns[i].flags & SCHEMA_GENERATED;

		for (uint32_t k = 0; k < columns->count && !named; k++)
			named = str_same(columns->child[k]->text, t->columns[i].name);
		if (!named)
			node_add(
				r->arena, sets,
				set_column(r, known_ident(r, &t->columns[i]), words(r, "DEFAULT")));
	}
}

/* REPLACE INTO t (a, b): as if deleted before, so every column is new. */
static bool replace_into(struct rewrite *r, struct node *n)
{
	struct node *columns = n->child[INSERT_COLUMNS], *sets;
	const struct schema_key *key = upsert_find(n);

	if (!columns && n->table)
		columns = known_idents(r, n->table, 0);
	if (!columns || n->child[INSERT_CONFLICT]) {
		rewrite_finding(r, n->child[INSERT_TARGET], "NOT-CONVERTED",
				"REPLACE without a list of columns: give --schema");
		return false;
	}
	sets = node_make(r->arena, NODE_LIST);
	for (uint32_t i = 0; i < columns->count; i++) {
		struct str s = columns->child[i]->text;
		bool same = false;

		for (uint32_t k = 0; key && k < key->count; k++)
			same |= str_same(n->table->columns[key->columns[k]].name, s);
		if (!same)
			node_add(r->arena, sets,
				 set_column(r, columns->child[i],
					    qualified(r, node_ident(r->arena, "excluded"),
						      arena_strndup(r->arena, s.p, s.len))));
	}
	other_columns(r, n->table, columns, sets);
	node_put(n, INSERT_CONFLICT, on_conflict(r, n, sets));
	n->flags &= ~(uint32_t)FLAG_REPLACE;
	node_touch(n);
	return true;
}

/* INSERT INTO t SET a = 1, b = 2 */
static void insert_set(struct rewrite *r, struct node *n)
{
	struct node *sets = n->child[INSERT_SOURCE], *columns, *row, *values, *query;

	for (uint32_t i = 0; i < sets->count; i++)
		if (sets->child[i]->child[0]->kind != NODE_COLUMN) {
			rewrite_finding(r, sets->child[i], "NOT-CONVERTED",
					"INSERT ... SET was left as it is: not a column");
			return;
		}
	columns = node_make(r->arena, NODE_LIST);
	row = node_make(r->arena, NODE_ROW);
	for (uint32_t i = 0; i < sets->count; i++) {
		struct node *target = sets->child[i]->child[0];

		node_add(r->arena, columns, target->child[target->count - 1]);
		node_add(r->arena, row, sets->child[i]->child[1]);
	}
	values = node_make(r->arena, NODE_VALUES);
	node_add(r->arena, values, row);
	query = node_make(r->arena, NODE_QUERY);
	node_put(query, QUERY_BODY, values);
	node_put(n, INSERT_COLUMNS, columns);
	node_put(n, INSERT_SOURCE, query);
	node_touch(n);
}

/* () VALUES () */
static bool no_values(const struct node *n)
{
	const struct node *q = n->child[INSERT_SOURCE];

	if (!q || q->kind != NODE_QUERY)
		return false;
	q = q->child[QUERY_BODY];
	return q && q->kind == NODE_VALUES && q->count == 1 && q->child[0]->kind == NODE_ROW &&
	       q->child[0]->count == 0;
}

bool rule_mysql_insert(struct rewrite *r, struct node *n)
{
	struct node *conflict = n->child[INSERT_CONFLICT];

	if (n->child[INSERT_SOURCE] && n->child[INSERT_SOURCE]->kind == NODE_LIST)
		insert_set(r, n);
	if (no_values(n)) {
		node_put(n, INSERT_COLUMNS, NULL);
		node_put(n, INSERT_SOURCE, words(r, "DEFAULT VALUES"));
		node_touch(n);
	}
	if (n->flags & FLAG_REPLACE)
		return replace_into(r, n);
	if (conflict && conflict->kind == NODE_LIST) {
		duplicate_key(r, n);
		n->flags &= ~(uint32_t)FLAG_IGNORE;
		return true;
	}
	if (n->flags & FLAG_IGNORE && !conflict) {
		n->flags &= ~(uint32_t)FLAG_IGNORE;
		node_put(n, INSERT_CONFLICT, words(r, "ON CONFLICT DO NOTHING"));
		node_touch(n);
	}
	return true;
}

/* --- joins --- */

static const struct node *name_of(const struct node *table)
{
	const struct node *alias;

	if (table->kind != NODE_TABLE)
		return NULL;
	alias = table->child[TABLE_ALIAS];
	if (alias)
		return alias->child[ALIAS_NAME];
	table = table->child[TABLE_NAME];
	return table->child[table->count - 1];
}

/* The table of that name in a FROM list or join. */
static struct node *find_table(struct node *n, struct str name)
{
	struct node *found = NULL;

	if (n->kind == NODE_TABLE)
		return str_same(name_of(n)->text, name) ||
				       str_same(node_last_name(n->child[TABLE_NAME]), name)
			       ? n
			       : NULL;
	if (n->kind != NODE_JOIN && n->kind != NODE_FROM && n->kind != NODE_JOIN_PAREN)
		return NULL;
	for (uint32_t i = 0; i < n->count && !found; i++)
		if (n->child[i] && (n->kind == NODE_FROM || i < 2))
			found = find_table(n->child[i], name);
	return found;
}

static struct node *first_table(struct node *n)
{
	while (n && n->kind != NODE_TABLE)
		n = n->kind == NODE_JOIN || n->kind == NODE_FROM || n->kind == NODE_JOIN_PAREN
			    ? n->child[0]
			    : NULL;
	return n;
}

static struct node *as_from(struct rewrite *r, struct node *relation)
{
	struct node *from;

	if (relation->kind == NODE_FROM)
		return relation;
	from = node_make(r->arena, NODE_FROM);
	node_add(r->arena, from, relation);
	return from;
}

/* (SELECT ... FROM relation WHERE condition): the list is filled by the caller. */
static struct node *select_from(struct rewrite *r, struct node *relation, struct node *where)
{
	struct node *query = node_make(r->arena, NODE_QUERY),
		    *select = node_make(r->arena, NODE_SELECT);

	node_put(select, SELECT_ITEMS, node_make(r->arena, NODE_LIST));
	node_put(select, SELECT_FROM, as_from(r, relation));
	node_put(select, SELECT_WHERE, where);
	node_put(query, QUERY_BODY, select);
	return query;
}

static struct node *add_item(struct rewrite *r, struct node *query, struct node *value,
			     struct node *alias)
{
	struct node *item = node_make(r->arena, NODE_ITEM);

	node_put(item, ITEM_VALUE, value);
	node_put(item, ITEM_ALIAS, alias);
	node_add(r->arena, query->child[QUERY_BODY]->child[SELECT_ITEMS], item);
	return item;
}

static struct node *in_query(struct rewrite *r, struct node *value, struct node *query)
{
	struct node *in = node_make(r->arena, NODE_IN);

	in->type = TYPE_BOOL;
	node_put(in, 0, value);
	node_put(in, 1, query);
	return in;
}

static struct node *ctid_of(struct rewrite *r, const struct node *table)
{
	return qualified(r, node_copy(r->arena, name_of(table)), "ctid");
}

/* ORDER BY ... LIMIT n of UPDATE and DELETE: so many rows, by ctid. */
static struct node *limited(struct rewrite *r, struct node *n, uint32_t where, uint32_t order,
			    uint32_t limit)
{
	struct node *table = n->child[UPDATE_TARGET], *query;

	query = select_from(r, node_copy(r->arena, table), n->child[where]);
	add_item(r, query, node_column(r->arena, "ctid"), NULL);
	node_put(query, QUERY_ORDER, n->child[order]);
	node_touch(n->child[limit]);
	node_put(query, QUERY_LIMIT, n->child[limit]);
	return in_query(r, node_column(r->arena, "ctid"), query);
}

static bool cut_rows(struct rewrite *r, struct node *n, uint32_t where, uint32_t order,
		     uint32_t limit)
{
	if (!n->child[order] && !n->child[limit])
		return false;
	if (n->child[UPDATE_TARGET]->kind != NODE_TABLE)
		return false;
	if (n->child[limit])
		node_put(n, where, limited(r, n, where, order, limit));
	node_put(n, order, NULL);
	node_put(n, limit, NULL);
	node_touch(n);
	return true;
}

/* --- UPDATE --- */

/* The one table whose columns are set; NULL: several, or none of the names fits. */
static struct node *updated_table(struct node *relation, const struct node *sets)
{
	struct node *table = NULL;

	for (uint32_t i = 0; i < sets->count; i++) {
		const struct node *target = sets->child[i]->child[0];
		struct node *one;

		if (target->kind != NODE_COLUMN)
			return NULL;
		one = target->count > 1
			      ? find_table(relation, target->child[target->count - 2]->text)
			      : first_table(relation);
		if (!one || (table && one != table))
			return NULL;
		table = one;
	}
	return table;
}

/* UPDATE of a join: new values and the rows' places come from a query. */
bool rule_mysql_update(struct rewrite *r, struct node *n)
{
	struct node *relation = n->child[UPDATE_TARGET], *sets = n->child[UPDATE_SET], *table,
		    *query, *derived, *alias, *place, *name;

	if (!relation) /* of a MERGE */
		return false;
	if (relation->kind == NODE_TABLE)
		return cut_rows(r, n, UPDATE_WHERE, UPDATE_ORDER, UPDATE_LIMIT);
	table = updated_table(relation, sets);
	if (!table || n->child[UPDATE_FROM]) {
		rewrite_finding(r, relation, "NOT-CONVERTED",
				"an UPDATE of several tables was left as it is");
		return false;
	}
	name = rewrite_new_name(r, 's');
	query = select_from(r, relation, n->child[UPDATE_WHERE]);
	place = node_ident(r->arena, "_row");
	add_item(r, query, ctid_of(r, table), place);
	for (uint32_t i = 0; i < sets->count; i++) {
		struct node *set = sets->child[i], *value = rewrite_new_name(r, 'v');
		const char *text = arena_strndup(r->arena, value->text.p, value->text.len);

		while (set->child[0]->count > 1)
			node_remove(set->child[0], 0);
		add_item(r, query, set->child[1], value);
		node_put(set, 1, qualified(r, node_copy(r->arena, name), text));
		node_touch(set);
	}
	derived = node_make(r->arena, NODE_DERIVED);
	alias = node_make(r->arena, NODE_ALIAS);
	node_put(alias, ALIAS_NAME, name);
	node_put(derived, DERIVED_QUERY, query);
	node_put(derived, DERIVED_ALIAS, alias);
	node_put(n, UPDATE_TARGET, node_copy(r->arena, table));
	node_put(n, UPDATE_FROM, as_from(r, derived));
	node_put(n, UPDATE_WHERE,
		 node_binary(r->arena, OP_EQ, ctid_of(r, table),
			     qualified(r, node_copy(r->arena, name), "_row")));
	node_touch(n);
	return true;
}

/* --- DELETE --- */

/* DELETE FROM table WHERE table.ctid IN query */
static struct node *delete_rows(struct rewrite *r, const struct node *table, struct node *query)
{
	struct node *n = node_make(r->arena, NODE_DELETE);

	node_put(n, DELETE_TARGET, node_copy(r->arena, table));
	node_put(n, DELETE_WHERE, in_query(r, ctid_of(r, table), query));
	return n;
}

/* Several tables: the rows of all are found first, then deleted in one statement. */
static void delete_several(struct rewrite *r, struct node *n, struct node **tables, uint32_t count,
			   struct node *query)
{
	struct node *with = node_make(r->arena, NODE_WITH), *last = NULL;

	for (uint32_t i = 0; i < count; i++)
		add_item(r, query, ctid_of(r, tables[i]),
			 node_ident(r->arena, arena_printf(r->arena, "row%u", i + 1)));
	for (uint32_t i = 0; i <= count; i++) {
		struct node *cte = node_make(r->arena, NODE_CTE), *one = query, *row;
		const char *name = i ? arena_printf(r->arena, "gone%u", i) : "doomed";

		if (i) {
			row = node_column(r->arena, arena_printf(r->arena, "row%u", i));
			one = node_bare(rewrite_template(r, "(SELECT $1 FROM doomed)", 1, &row));
			one = delete_rows(r, tables[i - 1], one->child[0]);
		}
		if (i == count) {
			last = one;
			break;
		}
		node_put(cte, CTE_NAME, node_ident(r->arena, name));
		node_put(cte, CTE_BODY, one);
		node_add(r->arena, with, cte);
	}
	assert(last); /* the round of i == count */
	node_put(last, DELETE_WITH, with);
	node_replace(n, last);
}

bool rule_mysql_delete(struct rewrite *r, struct node *n)
{
	struct node *target = n->child[DELETE_TARGET], *from = n->child[DELETE_FROM], *tables[8],
		    *query;
	uint32_t count = 0;

	if (!target || n->parent->kind == NODE_MERGE_WHEN)
		return false;
	if (!from)
		return cut_rows(r, n, DELETE_WHERE, DELETE_ORDER, DELETE_LIMIT);
	for (uint32_t i = 0; i < (target->kind == NODE_LIST ? target->count : 1); i++) {
		struct node *one = target->kind == NODE_LIST ? target->child[i] : target;
		struct node *found =
			one->kind == NODE_TABLE
				? find_table(from, node_last_name(one->child[TABLE_NAME]))
				: NULL;

		if (!found || count == 8) {
			rewrite_finding(r, target, "NOT-CONVERTED",
					"a DELETE from a join was left as it is");
			return false;
		}
		tables[count++] = found;
	}
	query = select_from(r, from, n->child[DELETE_WHERE]);
	if (count > 1) {
		delete_several(r, n, tables, count, query);
		return true;
	}
	add_item(r, query, ctid_of(r, tables[0]), NULL);
	node_replace(n, delete_rows(r, tables[0], query));
	return true;
}
