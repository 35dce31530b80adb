/*
 * columns.c - names of columns and what they stand for, as far as the text and the store show it.
 * Lists are bounded; what is longer counts as unknown.
 */
#include "convert/columns.h"

#include <string.h>
#include <strings.h>

#define HOPS_MAX   16 /* from a column to what it stands for */
#define SCOPES_MAX 16
#define DEPTH_MAX  16	/* of definitions that ask for others: WITH RECURSIVE asks for itself */
#define STEPS_MAX  2000 /* relations and queries looked at for one list */

static struct node *definition(struct node *n, unsigned depth);
static bool find(const struct node *column, struct column_source *out, unsigned depth);

static bool add(struct column_list *l, struct str qualifier, struct str name)
{
	if (!name.p || l->count >= COLUMNS_MAX)
		return false;
	l->qualifiers[l->count] = qualifier;
	l->kept[l->count] = l->quoted[l->count] = false;
	l->names[l->count++] = name;
	return true;
}

/* A column of another list. */
static bool add_from(struct column_list *l, struct str qualifier, const struct column_list *from,
		     uint32_t i, struct str name)
{
	if (!add(l, qualifier, name))
		return false;
	l->kept[l->count - 1] = from->kept[i] && name.p == from->names[i].p;
	l->quoted[l->count - 1] = qualifier.p && from->quoted[i];
	return true;
}

/* From `first` on the columns are those of the relation with that name: NAME or IDENT. */
static void qualify(struct column_list *l, uint32_t first, const struct node *name)
{
	const struct node *last = name;

	if (last && last->kind == NODE_NAME && last->count)
		last = last->child[last->count - 1];
	for (uint32_t i = first; i < l->count; i++) {
		l->qualifiers[i] = node_last_name(name);
		l->quoted[i] = last && last->flags & FLAG_QUOTED;
	}
}

/* The new name of a column, or its own. */
static struct str renamed(const struct node *renames, struct str name)
{
	for (uint32_t i = 0; renames && i < renames->count; i++)
		if (str_same(node_last_name(renames->child[i]->child[ITEM_VALUE]), name))
			return node_last_name(renames->child[i]->child[ITEM_ALIAS]);
	return name;
}

static struct node *body_of(const struct node *q)
{
	while (q && (q->kind == NODE_QUERY || q->kind == NODE_SUBQUERY || q->kind == NODE_SETOP))
		q = q->kind == NODE_QUERY ? q->child[QUERY_BODY] : q->child[0];
	return (struct node *)q;
}

/* The alias of a table, or its NAME. */
static const struct node *table_ident(const struct node *n)
{
	const struct node *alias = n->child[TABLE_ALIAS];

	return alias && alias->child[ALIAS_NAME] ? alias->child[ALIAS_NAME] : n->child[TABLE_NAME];
}

static struct str table_name(const struct node *n)
{
	return node_last_name(table_ident(n));
}

/* The relation of that name or alias in a FROM list; NULL: there is none. */
static const struct node *relation_named(const struct node *n, struct str name)
{
	const struct node *found = NULL;

	switch (n->kind) {
	case NODE_FROM:
		for (uint32_t i = 0; i < n->count && !found; i++)
			found = relation_named(n->child[i], name);
		return found;
	case NODE_JOIN:
		found = relation_named(n->child[0], name);
		return found ? found : relation_named(n->child[1], name);
	case NODE_JOIN_PAREN:
		return n->child[1] ? NULL : relation_named(n->child[0], name);
	case NODE_TABLE:
		return str_same(table_name(n), name) ? n : NULL;
	case NODE_DERIVED:
	case NODE_TABLE_CALL:
		return n->child[1] && str_same(node_last_name(n->child[1]->child[0]), name) ? n
											    : NULL;
	default:
		return NULL;
	}
}

bool columns_of_star(const struct node *star, const struct node *from, struct column_list *out)
{
	const struct node *q = star->child[STAR_QUALIFIER];
	struct column_list *all;
	bool good;
	struct arena a = {0};

	if (!from)
		return false;
	all = arena_alloc(&a, sizeof(*all));
	all->count = 0;
	all->steps = out->steps;
	if (q)
		from = relation_named(from, node_last_name(q));
	good = from && columns_of_relation(from, all);
	out->steps = all->steps;
	for (uint32_t i = 0; good && i < all->count; i++) {
		const struct node *except = star->child[STAR_EXCEPT];
		bool left = false;

		for (uint32_t k = 0; except && k < except->count && !left; k++)
			left = str_same(node_last_name(except->child[k]), all->names[i]);
		if (!left)
			good = add_from(out, all->qualifiers[i], all, i,
					renamed(star->child[STAR_RENAME], all->names[i]));
	}
	arena_release(&a);
	return good;
}

static bool of_items(const struct node *select, struct column_list *out)
{
	const struct node *items = select->child[SELECT_ITEMS];

	for (uint32_t i = 0; i < items->count; i++) {
		const struct node *item = items->child[i], *v = item;

		if (item->kind == NODE_ITEM)
			v = item->child[ITEM_VALUE];
		if (v->kind == NODE_STAR) {
			if (!columns_of_star(v, select->child[SELECT_FROM], out))
				return false;
		} else if (!add(out, (struct str){NULL, 0}, node_last_name(item))) {
			return false;
		}
	}
	return true;
}

bool columns_of_query(const struct node *query, struct column_list *out)
{
	static const char *const names[] = {"col1", "col2", "col3", "col4", "col5",
					    "col6", "col7", "col8", "col9"};
	const struct node *q = body_of(query);

	if (q && q->kind == NODE_SELECT)
		return of_items(q, out);
	if (!q || q->kind != NODE_VALUES || q->count == 0)
		return false;
	for (uint32_t i = 0; i < (q->child[0]->kind == NODE_ROW ? q->child[0]->count : 1); i++)
		if (i >= 9 || !add(out, (struct str){NULL, 0}, (struct str){names[i], 4}))
			return false;
	return true;
}

/* The alias' column names before the query's own; the alias as qualifier. */
static bool of_aliased(const struct node *query, const struct node *alias, struct column_list *out)
{
	const struct node *names = alias ? alias->child[ALIAS_COLUMNS] : NULL;
	struct str qualifier = {NULL, 0};
	uint32_t first = out->count;
	bool good = query && columns_of_query(query, out);

	if (alias)
		qualifier = node_last_name(alias->child[ALIAS_NAME]);
	if (names && !good)
		out->count = first;
	for (uint32_t i = 0; names && i < names->count; i++) {
		const struct node *c = names->child[i];
		struct str name =
			node_last_name(c->kind == NODE_COLUMN_DEF ? c->child[COLUMN_DEF_NAME] : c);

		if (!good && !add(out, qualifier, name))
			return false;
		if (good && first + i < out->count) {
			out->names[first + i] = name;
			out->kept[first + i] = false;
		}
	}
	qualify(out, first, alias ? alias->child[ALIAS_NAME] : NULL);
	return good || names;
}

const struct node *column_cte(const struct node *from, struct str name)
{
	const struct node *cte = NULL;

	for (const struct node *up = from; up && !cte; up = up->parent)
		if (up->kind == NODE_QUERY)
			cte = cte_named(up->child[QUERY_WITH], name);
	return cte;
}

static bool of_table(const struct node *n, struct column_list *out)
{
	const struct node *alias = n->child[TABLE_ALIAS], *cte = NULL, *names;
	uint32_t first = out->count;

	if (n->child[TABLE_NAME]->count == 1)
		cte = column_cte(n, node_last_name(n->child[TABLE_NAME]));
	if (!cte && n->table && !(alias && alias->child[ALIAS_COLUMNS])) {
		if (!known_columns(n->table, out))
			return false;
		qualify(out, first, table_ident(n));
		return true;
	}
	if (!cte)
		return alias && alias->child[ALIAS_COLUMNS] && of_aliased(NULL, alias, out);
	names = cte->child[CTE_COLUMNS];
	if (!columns_of_query(cte->child[CTE_BODY], out) && !names)
		return false;
	if (names)
		out->count = first;
	for (uint32_t i = 0; names && i < names->count; i++)
		if (!add(out, (struct str){NULL, 0}, node_last_name(names->child[i])))
			return false;
	qualify(out, first, table_ident(n));
	return true;
}

static bool has_name(const struct column_list *l, uint32_t from, uint32_t to, struct str name)
{
	for (uint32_t i = from; i < to; i++)
		if (str_same(l->names[i], name))
			return true;
	return false;
}

/*
 * USING and NATURAL: the shared columns come first, and once, without a qualifier; then those of
 * the left side, then those of the right.
 */
static bool of_shared(const struct node *n, struct column_list *out)
{
	struct arena a = {0};
	struct column_list *all = arena_alloc(&a, sizeof(*all));
	const struct node *names = n->child[JOIN_USING];
	uint32_t middle = 0;
	bool good;

	all->steps = out->steps;
	good = columns_of_relation(n->child[JOIN_LEFT], all);
	middle = all->count;
	good = good && columns_of_relation(n->child[JOIN_RIGHT], all);
	out->steps = all->steps;
	for (uint32_t i = 0; good && names && i < names->count; i++)
		good = add(out, (struct str){NULL, 0}, node_last_name(names->child[i]));
	for (uint32_t i = 0; good && !names && i < middle; i++)
		if (has_name(all, middle, all->count, all->names[i]))
			good = add_from(out, (struct str){NULL, 0}, all, i, all->names[i]);
	for (uint32_t i = 0; good && i < all->count; i++) {
		bool shared = !names && has_name(all, 0, middle, all->names[i]) &&
			      has_name(all, middle, all->count, all->names[i]);

		for (uint32_t k = 0; names && k < names->count && !shared; k++)
			shared = str_same(node_last_name(names->child[k]), all->names[i]);
		if (!shared)
			good = add_from(out, all->qualifiers[i], all, i, all->names[i]);
	}
	arena_release(&a);
	return good;
}

static bool of_join(const struct node *n, struct column_list *out)
{
	if (n->op == JOIN_SEMI || n->op == JOIN_ANTI)
		return columns_of_relation(n->child[JOIN_LEFT], out);
	if (n->child[JOIN_USING] || n->flags & FLAG_NATURAL)
		return of_shared(n, out);
	return columns_of_relation(n->child[JOIN_LEFT], out) &&
	       columns_of_relation(n->child[JOIN_RIGHT], out);
}

bool columns_of_relation(const struct node *n, struct column_list *out)
{
	if (out->steps++ > STEPS_MAX)
		return false;
	switch (n->kind) {
	case NODE_FROM:
		for (uint32_t i = 0; i < n->count; i++)
			if (!columns_of_relation(n->child[i], out))
				return false;
		return n->count > 0;
	case NODE_JOIN:
		return of_join(n, out);
	case NODE_JOIN_PAREN:
		return !n->child[1] && columns_of_relation(n->child[0], out);
	case NODE_DERIVED:
		return of_aliased(n->child[DERIVED_QUERY], n->child[DERIVED_ALIAS], out);
	case NODE_TABLE_CALL:
		return n->child[TABLE_CALL_ALIAS] &&
		       n->child[TABLE_CALL_ALIAS]->child[ALIAS_COLUMNS] &&
		       of_aliased(NULL, n->child[TABLE_CALL_ALIAS], out);
	case NODE_TABLE:
		return of_table(n, out);
	default:
		return false;
	}
}

static bool find_in_relation(const struct node *n, struct str table, struct str column,
			     struct column_source *out);

/* The column of a table that is known, behind a `*`; others are not looked for. */
static bool find_in_star(const struct node *star, const struct node *from, struct str name,
			 struct column_source *out)
{
	struct column_source inner = *out;
	const struct node *except = star->child[STAR_EXCEPT];

	if (!name.p || !from || star->child[STAR_REPLACE] || star->child[STAR_RENAME] ||
	    out->depth >= DEPTH_MAX)
		return false;
	for (uint32_t i = 0; except && i < except->count; i++)
		if (str_same(node_last_name(except->child[i]), name))
			return false;
	inner.depth++;
	if (!find_in_relation(from, node_last_name(star->child[STAR_QUALIFIER]), name, &inner) ||
	    !inner.known)
		return false;
	*out = inner;
	return true;
}

/* Column `place` of a query, or that of the name. */
static bool find_in_query(const struct node *query, struct str name, uint32_t place,
			  struct column_source *out)
{
	const struct node *q = body_of(query), *items;

	if (q && q->kind == NODE_VALUES && q->count) {
		struct node *row = q->child[0];

		if (name.p && (name.len != 4 || strncasecmp(name.p, "col", 3) || name.p[3] < '1' ||
			       name.p[3] > '9'))
			return false;
		if (name.p)
			place = (uint32_t)(name.p[3] - '1');
		if (row->kind == NODE_ROW && place >= row->count)
			return false;
		out->values = (struct node *)q;
		out->place = place;
		out->value = row->kind == NODE_ROW ? row->child[place] : row;
		return true;
	}
	if (!q || q->kind != NODE_SELECT)
		return false;
	items = q->child[SELECT_ITEMS];
	for (uint32_t i = 0; i < items->count; i++) {
		const struct node *item = items->child[i];

		if (item->kind == NODE_STAR ||
		    (item->kind == NODE_ITEM && item->child[ITEM_VALUE]->kind == NODE_STAR)) {
			if (find_in_star(item->kind == NODE_STAR ? item : item->child[ITEM_VALUE],
					 q->child[SELECT_FROM], name, out))
				return true;
			if (!name.p)
				return false;
			continue;
		}
		if (item->kind != NODE_ITEM)
			continue;
		if (name.p ? str_same(node_last_name(item), name) : i == place) {
			out->value = item->child[ITEM_VALUE];
			return true;
		}
	}
	return false;
}

static bool find_renamed(const struct node *query, const struct node *columns, struct str name,
			 struct column_source *out)
{
	for (uint32_t i = 0; columns && i < columns->count; i++) {
		const struct node *c = columns->child[i];

		if (c->kind == NODE_COLUMN_DEF && str_same(c->child[0]->text, name)) {
			out->type = c->child[COLUMN_DEF_TYPE];
			return out->type != NULL;
		}
		if (c->kind != NODE_COLUMN_DEF && str_same(c->text, name))
			return query && find_in_query(query, (struct str){NULL, 0}, i, out);
	}
	return query && find_in_query(query, name, 0, out);
}

static struct node *element(struct node *array, unsigned depth)
{
	array = definition(array, depth + 1);
	if (array->kind == NODE_ARRAY && array->count)
		return array->child[0];
	return node_calls(array, "array") ? node_arg(array, 0) : NULL;
}

struct node *column_element(struct node *array)
{
	return element(array, 0);
}

static bool is_inside(const struct node *n, const struct node *what)
{
	while (n && n != what)
		n = n->parent;
	return n != NULL;
}

/* Columns of unnest(array) and explode(array). */
static bool find_in_call(const struct node *call, const struct node *columns, struct str column,
			 struct column_source *out)
{
	struct node *arg = node_arg(call, 0);

	if (!arg || is_inside(out->asks, call) || out->depth >= DEPTH_MAX || !columns ||
	    !columns->count ||
	    !(node_calls(call, "unnest") || node_calls(call, "explode") ||
	      node_calls(call, "explode_outer") || node_calls(call, "posexplode")) ||
	    !str_same(columns->child[node_calls(call, "posexplode") && columns->count > 1]->text,
		      column))
		return false;
	out->value = element(arg, out->depth);
	return out->value != NULL;
}

/* Columns of explode() of an array or map whose type is known. */
static bool find_exploded(const struct node *call, const struct node *columns, struct str column,
			  struct column_source *out)
{
	bool positions = node_calls(call, "posexplode") || node_calls(call, "posexplode_outer");
	const struct schema_type *t;
	uint32_t place = 0;

	if (!columns || out->depth >= DEPTH_MAX || is_inside(out->asks, call) ||
	    !(positions || node_calls(call, "explode") || node_calls(call, "explode_outer") ||
	      node_calls(call, "unnest")))
		return false;
	while (place < columns->count && !str_same(node_last_name(columns->child[place]), column))
		place++;
	if (place >= columns->count || (positions && place == 0))
		return false;
	place -= positions;
	t = known_type(node_arg(call, 0), out->depth + 4);
	if (t && t->key)
		out->known = place == 0 ? t->key : place == 1 ? t->element : NULL;
	else if (t && place == 0)
		out->known = t->element;
	return out->known != NULL;
}

static bool find_in_table(const struct node *n, struct str column, struct column_source *out)
{
	const struct node *alias = n->child[TABLE_ALIAS], *cte = NULL;
	const struct schema_column *c;

	if (n->child[TABLE_NAME]->count == 1)
		cte = column_cte(out->from ? out->from : n, node_last_name(n->child[TABLE_NAME]));
	if (cte)
		return find_renamed(cte->child[CTE_BODY], cte->child[CTE_COLUMNS], column, out);
	if (!n->table || (alias && alias->child[ALIAS_COLUMNS]))
		return false;
	c = schema_column(n->table, column);
	if (c)
		out->known = c->type;
	return c != NULL;
}

static bool find_in_relation(const struct node *n, struct str table, struct str column,
			     struct column_source *out)
{
	const struct node *alias, *outer;
	bool found = false;

	switch (n->kind) {
	case NODE_FROM:
		outer = out->from;
		out->from = n;
		for (uint32_t i = 0; i < n->count && !found; i++)
			found = find_in_relation(n->child[i], table, column, out);
		out->from = outer;
		return found;
	case NODE_JOIN:
		return find_in_relation(n->child[0], table, column, out) ||
		       find_in_relation(n->child[1], table, column, out);
	case NODE_LATERAL_VIEW:
		if (find_in_call(n->child[VIEW_CALL], n->child[VIEW_COLUMNS], column, out) ||
		    find_exploded(n->child[VIEW_CALL], n->child[VIEW_COLUMNS], column, out))
			return true;
		return find_in_relation(n->child[0], table, column, out);
	case NODE_JOIN_PAREN:
	case NODE_PIVOT:
		return find_in_relation(n->child[0], table, column, out);
	case NODE_DERIVED:
	case NODE_TABLE_CALL:
		alias = n->child[1];
		if (table.p && !(alias && str_same(node_last_name(alias->child[0]), table)))
			return false;
		if (n->kind == NODE_TABLE_CALL && alias &&
		    (find_in_call(n->child[0], alias->child[ALIAS_COLUMNS], column, out) ||
		     find_exploded(n->child[0], alias->child[ALIAS_COLUMNS], column, out)))
			return true;
		return find_renamed(n->kind == NODE_DERIVED ? n->child[0] : NULL,
				    alias ? alias->child[ALIAS_COLUMNS] : NULL, column, out);
	case NODE_TABLE:
		if (table.p && !str_same(table_name(n), table))
			return false;
		return find_in_table(n, column, out);
	default:
		return false;
	}
}

/* The SELECT whose relations a node inside `up` sees: ORDER BY stands beside it. */
static const struct node *scope_of(const struct node *up)
{
	if (up->kind == NODE_SELECT)
		return up;
	if (up->kind != NODE_QUERY)
		return NULL;
	up = body_of(up);
	return up && up->kind == NODE_SELECT ? up : NULL;
}

/* The relations of a statement other than a query, or NULL. */
static const struct node *scope_relation(const struct node *up, int which)
{
	switch (up->kind) {
	case NODE_UPDATE:
		return up->child[which ? UPDATE_FROM : UPDATE_TARGET];
	case NODE_DELETE:
		return up->child[which ? DELETE_FROM : DELETE_TARGET];
	case NODE_MERGE:
		return up->child[which ? MERGE_SOURCE : MERGE_TARGET];
	default:
		return NULL;
	}
}

/* Whether the relations may have any column: a table that nobody knows, a call. */
static bool has_unknown(const struct node *from)
{
	struct arena a = {0};
	struct column_list *all = arena_alloc(&a, sizeof(*all));
	bool known = columns_of_relation(from, all);

	arena_release(&a);
	return !known;
}

/* A bare name may be of an unknown table between the node and the scope that has it. */
static bool may_be_nearer(const struct node *n, const struct node *scope)
{
	const struct node *up = n->parent, *select;

	for (; up && up != scope; up = up->parent) {
		select = scope_of(up);
		if (select == scope)
			return false;
		if (select && select->child[SELECT_FROM] && has_unknown(select->child[SELECT_FROM]))
			return true;
	}
	return false;
}

/* What ON CONFLICT of an INSERT sees: the row of the target, or the new one. */
static bool find_in_insert(const struct node *insert, uint32_t slot, struct str column,
			   struct column_source *out)
{
	const struct schema_column *c = NULL;

	if (insert->kind == NODE_INSERT && slot == INSERT_CONFLICT)
		c = schema_column(insert->table, column);
	if (c)
		out->known = c->type;
	return c != NULL;
}

static bool find(const struct node *n, struct column_source *out, unsigned depth)
{
	struct str column = node_last_name(n), table = {NULL, 0};
	const struct node *up = n->parent, *below = n;

	*out = (struct column_source){.asks = n, .depth = depth};
	if (n->count == 1 && (out->value = column_parameter(n)))
		return true;
	if (n->count > 1)
		table = n->child[n->count - 2]->text;
	for (int i = 0; i < SCOPES_MAX && up; below = up, up = up->parent) {
		const struct node *select = scope_of(up);
		bool found = find_in_insert(up, below->slot, column, out);

		if (select && select->child[SELECT_FROM])
			found = find_in_relation(select->child[SELECT_FROM], table, column, out);
		for (int k = 0; k < 2 && !select && !found; k++) {
			const struct node *relation = scope_relation(up, k);

			found = relation && find_in_relation(relation, table, column, out) &&
				out->known;
		}
		i += select != NULL;
		if (found)
			return !out->known || table.p || !may_be_nearer(n, select ? select : up);
	}
	return false;
}

bool column_find_at(const struct node *column, struct column_source *out, unsigned depth)
{
	return depth < DEPTH_MAX && find(column, out, depth);
}

bool column_find(const struct node *column, struct column_source *out)
{
	return find(column, out, 0);
}

static bool named_in(const struct node *n, struct str name)
{
	if (!n)
		return false;
	switch (n->kind) {
	case NODE_TABLE:
		if (str_same(table_name(n), name))
			return true;
		for (uint32_t i = 0; i < n->child[TABLE_NAME]->count; i++)
			if (str_same(n->child[TABLE_NAME]->child[i]->text, name))
				return true;
		return false;
	case NODE_DERIVED:
	case NODE_TABLE_CALL:
		return n->child[1] && str_same(node_last_name(n->child[1]->child[0]), name);
	case NODE_LATERAL_VIEW:
		return str_same(node_last_name(n->child[VIEW_TABLE]), name) ||
		       named_in(n->child[VIEW_SOURCE], name);
	case NODE_FROM:
	case NODE_JOIN:
	case NODE_JOIN_PAREN:
	case NODE_PIVOT:
	case NODE_UNPIVOT:
	case NODE_ALIAS:
	case NODE_MATCH:
		for (uint32_t i = 0; i < n->count; i++)
			if (named_in(n->child[i], name))
				return true;
		return false;
	case NODE_IDENT:
		return str_same(n->text, name);
	default:
		return false;
	}
}

bool relation_in_scope(const struct node *n, struct str name)
{
	bool query = false; /* what INSERT writes into is not seen in the query that it reads */

	for (const struct node *up = n->parent; up; up = up->parent) {
		const struct node *select = scope_of(up);

		if (select && named_in(select->child[SELECT_FROM], name))
			return true;
		query |= select != NULL;
		if (up->kind == NODE_UPDATE || up->kind == NODE_DELETE || up->kind == NODE_MERGE ||
		    (up->kind == NODE_INSERT && !query) || up->kind == NODE_RAW)
			return true; /* names that a query below does not show */
	}
	return false;
}

static struct node *without_parens(struct node *n)
{
	while (n->kind == NODE_PAREN && !n->shape)
		n = n->child[0];
	return n->shape ? n->shape : n;
}

/* a.b, where a is known to be a struct: what its field is made by, or NULL. */
static struct node *field_of_struct(struct node *n, unsigned depth)
{
	struct node prefix = *n, *made;
	struct str name;

	if (n->kind == NODE_MEMBER && n->child[1]->kind == NODE_IDENT) {
		made = definition(n->child[0], depth + 1);
	} else if (n->kind == NODE_COLUMN && n->count > 1) {
		prefix.count--; /* shares its names, and stands where the column does */
		made = definition(&prefix, depth + 1);
	} else {
		return NULL;
	}
	name = n->child[n->count - 1]->text;
	if (!node_calls(made, "named_struct") && !node_calls(made, "jsonb_build_object"))
		return NULL;
	for (uint32_t i = 0; i + 1 < node_arg_count(made); i += 2)
		if (node_arg(made, i)->kind == NODE_STRING &&
		    str_same(node_arg(made, i)->text, name))
			return node_arg(made, i + 1);
	return NULL;
}

static struct node *definition(struct node *n, unsigned depth)
{
	struct column_source s;

	for (int i = 0; i < HOPS_MAX && depth < DEPTH_MAX; i++) {
		struct node *value;

		n = without_parens(n);
		if (n->kind == NODE_COLUMN && find(n, &s, depth))
			value = s.value;
		else
			value = field_of_struct(n, depth);
		if (!value || value == n)
			break;
		n = value;
	}
	return without_parens(n);
}

const struct node *column_scope(const struct node *n)
{
	const struct node *select = NULL;

	for (n = n->parent; n && !select; n = n->parent)
		select = scope_of(n);
	return select;
}

struct node *column_definition(struct node *n)
{
	return definition(n, 0);
}

struct node *column_ident(struct rewrite *r, const struct column_list *l, uint32_t i)
{
	struct node *n =
		node_ident(r->arena, arena_strndup(r->arena, l->names[i].p, l->names[i].len));

	if (l->kept[i])
		n->flags |= FLAG_QUOTED;
	return n;
}

struct node *column_reference(struct rewrite *r, const struct column_list *l, uint32_t i)
{
	struct node *n = node_make(r->arena, NODE_COLUMN);
	struct str q = l->qualifiers[i];

	if (q.p) {
		node_add(r->arena, n, node_ident(r->arena, arena_strndup(r->arena, q.p, q.len)));
		n->child[0]->flags |= l->quoted[i] ? FLAG_QUOTED : 0;
	}
	node_add(r->arena, n, column_ident(r, l, i));
	return n;
}
