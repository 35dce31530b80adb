/*
 * rules_star.c - what needs the list of a relation's columns: * EXCEPT and REPLACE, GROUP BY ALL
 * and ORDER BY ALL over *, PIVOT, UNPIVOT. Where the text does not show the columns, Postgres can
 * still say some of it through a row as a whole; what it cannot say stays as it is.
 */
#include "convert/rules.h"

#include <string.h>

#include "convert/columns.h"
#include "convert/shape.h"

#define AGGREGATES_MAX 20

static struct column_list *list_new(struct rewrite *r)
{
	struct column_list *l = arena_alloc(r->arena, sizeof(*l));

	l->count = l->steps = 0;
	return l;
}

static struct node *item_of(struct rewrite *r, struct node *value, struct node *alias)
{
	struct node *n = node_make(r->arena, NODE_ITEM);

	node_put(n, ITEM_VALUE, value);
	node_put(n, ITEM_ALIAS, alias);
	return n;
}

static bool in_list(const struct node *list, struct str name)
{
	for (uint32_t i = 0; list && i < list->count; i++)
		if (str_same(node_last_name(list->child[i]), name))
			return true;
	return false;
}

static struct node *replacement(const struct node *list, struct str name)
{
	for (uint32_t i = 0; list && i < list->count; i++)
		if (str_same(node_last_name(list->child[i]), name))
			return list->child[i];
	return NULL;
}

/* The row of RENAME for that column. */
static const struct node *replaced(const struct node *list, struct str name)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (str_same(node_last_name(list->child[i]->child[ITEM_VALUE]), name))
			return list->child[i];
	return NULL;
}

static const struct node *new_name(const struct node *renames, struct str name)
{
	const struct node *item = renames ? replaced(renames, name) : NULL;

	return item ? item->child[ITEM_ALIAS] : NULL;
}

/* Puts one item for each column in the place of `*`. */
static bool write_out(struct rewrite *r, struct node *select, struct node *holder,
		      struct node *star)
{
	struct node *list = holder->parent, *renames = star->child[STAR_RENAME];
	struct column_list *all = list_new(r);
	uint32_t at = holder->slot;

	node_put(star, STAR_RENAME, NULL); /* the list is of the old names */
	if (!columns_of_star(star, select->child[SELECT_FROM], all)) {
		node_put(star, STAR_RENAME, renames);
		return false;
	}
	node_remove(list, at);
	for (uint32_t i = 0; i < all->count; i++) {
		struct node *by = replacement(star->child[STAR_REPLACE], all->names[i]);
		const struct node *to = new_name(renames, all->names[i]);

		if (!by)
			by = item_of(r, column_reference(r, all, i),
				     to ? node_copy(r->arena, to) : NULL);
		node_insert(r->arena, list, at++, by);
	}
	return true;
}

static struct node *star_in(struct node *item)
{
	struct node *v = item->kind == NODE_ITEM ? item->child[ITEM_VALUE] : item;

	return v && v->kind == NODE_STAR ? v : NULL;
}

/* s.*: the fields of the struct s. */
static bool fields_of(struct rewrite *r, struct node *holder, struct node *star)
{
	struct node *q = star->child[STAR_QUALIFIER], *list = holder->parent, *column, *made;
	uint32_t at = holder->slot, count = 0;
	struct str name;

	if (!q || q->count == 0 || star->child[STAR_REPLACE] || star->child[STAR_RENAME] ||
	    relation_in_scope(star, node_last_name(q)))
		return false;
	column = node_make(r->arena, NODE_COLUMN);
	for (uint32_t i = 0; i < q->count; i++)
		node_add(r->arena, column, node_copy(r->arena, q->child[i]));
	column->parent = star->parent;
	made = column_definition(column);
	if (!shape_is_struct(made))
		return false;
	for (uint32_t i = 0; i < shape_field_count(made); i++)
		if (!shape_field(r, made, i, &name))
			return false;
	for (uint32_t i = 0; i < shape_field_count(made); i++) {
		struct node *member = node_make(r->arena, NODE_MEMBER);
		const char *text;

		shape_field(r, made, i, &name);
		if (in_list(star->child[STAR_EXCEPT], name))
			continue;
		text = arena_strndup(r->arena, name.p, name.len);
		node_put(member, 0, node_copy(r->arena, column));
		node_put(member, 1, node_ident(r->arena, text));
		node_insert(r->arena, list, at + ++count,
			    item_of(r, member, node_ident(r->arena, text)));
	}
	node_remove(list, at);
	return true;
}

static bool all_clause(const struct node *select)
{
	const struct node *group = select->child[SELECT_GROUP], *q = select->parent, *order;

	if (group && group->flags & FLAG_ALL && group->count == 0)
		return true;
	order = q && q->kind == NODE_QUERY ? q->child[QUERY_ORDER] : NULL;
	return order && order->count == 1 && order->child[0]->flags & FLAG_ALL;
}

/* * EXCEPT (a) REPLACE (x AS b); * under GROUP BY ALL, ORDER BY ALL. */
bool rule_star(struct rewrite *r, struct node *n)
{
	struct node *items = n->child[SELECT_ITEMS];
	bool all = all_clause(n), done = false;

	for (uint32_t i = 0; i < items->count; i++) {
		struct node *star = star_in(items->child[i]);

		if (star && fields_of(r, items->child[i], star))
			done = true;
		else if (star && (all || star->child[STAR_EXCEPT] || star->child[STAR_REPLACE] ||
				  star->child[STAR_RENAME]))
			done |= write_out(r, n, items->child[i], star);
	}
	return done;
}

/* f(*, a) and x IN (*): the columns. count(*) is what it is. */
static bool write_out_values(struct rewrite *r, struct node *list)
{
	const struct node *select = node_above(list, NODE_SELECT);
	bool done = false;

	for (uint32_t i = 0; i < list->count; i++) {
		struct node *star = list->child[i], *q;
		struct column_list *all = list_new(r);
		uint32_t at = i;

		if (star->kind != NODE_STAR || star->child[STAR_REPLACE] || !select ||
		    !select->child[SELECT_FROM] ||
		    !columns_of_relation(select->child[SELECT_FROM], all))
			continue;
		q = star->child[STAR_QUALIFIER];
		node_remove(list, i);
		for (uint32_t k = 0; k < all->count; k++)
			if (!(q && !str_same(node_last_name(q), all->qualifiers[k])) &&
			    !in_list(star->child[STAR_EXCEPT], all->names[k]))
				node_insert(r->arena, list, at++, column_reference(r, all, k));
		done = true;
	}
	return done;
}

bool rule_star_in(struct rewrite *r, struct node *n)
{
	return n->child[1] && n->child[1]->kind == NODE_LIST && write_out_values(r, n->child[1]);
}

bool rule_star_argument(struct rewrite *r, struct node *n)
{
	if (!n->child[CALL_ARGS] || node_calls(n, "count"))
		return false;
	return write_out_values(r, n->child[CALL_ARGS]);
}

/* Before ORDER BY ALL looks at the items. */
bool rule_query_star(struct rewrite *r, struct node *n)
{
	struct node *body = n->child[QUERY_BODY];

	return body && body->kind == NODE_SELECT && rule_star(r, body);
}

/* ORDER BY ALL over a * whose columns are not known: by the row. */
bool rule_order_row(struct rewrite *r, struct node *n)
{
	struct node *order = n->child[QUERY_ORDER], *sort, *query, *body = n->child[QUERY_BODY];
	struct node *inner, *outer, *name;

	if (!order || order->count != 1 || !(order->child[0]->flags & FLAG_ALL) ||
	    !node_is_query(body))
		return false;
	inner = node_make(r->arena, NODE_QUERY);
	outer = node_make(r->arena, NODE_DERIVED);
	node_put(outer, DERIVED_QUERY, inner);
	name = rewrite_new_name(r, 't');
	node_put(outer, DERIVED_ALIAS, node_make(r->arena, NODE_ALIAS));
	node_put(outer->child[DERIVED_ALIAS], ALIAS_NAME, name);
	query = node_bare(rewrite_template(r, "(SELECT * FROM _x)", 0, NULL))->child[0];
	if (query->kind == NODE_QUERY)
		query = query->child[QUERY_BODY];
	node_put(query->child[SELECT_FROM], 0, outer);
	node_set(n, QUERY_BODY, query);
	node_put(inner, QUERY_BODY, body);
	sort = order->child[0];
	rewrite_finding(r, sort, "NULLS-ORDER",
			"the columns of * are not known: rows are compared whole, NULLs last");
	sort->flags &= ~(uint32_t)FLAG_ALL;
	sort->op = SORT_PLAIN;
	node_touch(sort);
	node_put(sort, 0,
		 node_column(r->arena, arena_strndup(r->arena, name->text.p, name->text.len)));
	return true;
}

/* --- PIVOT --- */

static bool names_column(const struct node *n, struct str name)
{
	if (n->kind == NODE_COLUMN && str_same(node_last_name(n), name))
		return true;
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i] && names_column(n->child[i], name))
			return true;
	return false;
}

/* Columns that an expression names, once each. */
static void collect_columns(const struct node *n, struct column_list *out)
{
	struct str name = {NULL, 0};

	if (n->kind == NODE_COLUMN) {
		name = node_last_name(n);
		for (uint32_t i = 0; i < out->count; i++)
			if (str_same(out->names[i], name))
				return;
		if (out->count < COLUMNS_MAX)
			out->names[out->count++] = name;
		return;
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			collect_columns(n->child[i], out);
}

static struct node *equals(struct rewrite *r, const struct node *column, struct node *value)
{
	struct node *all = NULL;

	if (value->kind != NODE_ROW || column->kind != NODE_ROW || value->count != column->count)
		return node_binary(r->arena, OP_EQ, node_copy(r->arena, column), value);
	for (uint32_t i = 0; i < column->count; i++)
		all = node_logic(r->arena, OP_AND, all,
				 node_binary(r->arena, OP_EQ, node_copy(r->arena, column->child[i]),
					     node_copy(r->arena, value->child[i])));
	return all;
}

/* The text of a literal, a name or a row of them: '2020' -> 2020, ('a', 1) -> a_1. */
static void value_words(const struct node *n, struct buf *out)
{
	if (n->kind == NODE_ROW || n->kind == NODE_LIST) {
		for (uint32_t i = 0; i < n->count; i++) {
			if (i)
				buf_putc(out, '_');
			value_words(n->child[i], out);
		}
		return;
	}
	if (n->kind == NODE_UNARY && n->op == OP_MINUS)
		buf_putc(out, '-');
	if (n->kind == NODE_NULL)
		buf_puts(out, "null");
	else if (n->text.len)
		buf_add(out, n->text.p, n->text.len);
	else if (n->kind == NODE_CALL)
		value_words(n->child[CALL_NAME], out);
	else if (n->count && n->child[n->count - 1])
		value_words(n->child[n->count - 1], out);
}

/* The column's name as Databricks makes it: value, or value_aggregate with several aggregates. */
static struct node *pivot_name(struct rewrite *r, const struct node *value,
			       const struct node *aggregate, bool several)
{
	struct buf b = {.max = 1000};
	struct node *n;

	if (value->child[ITEM_ALIAS])
		value_words(value->child[ITEM_ALIAS], &b);
	else
		value_words(value->child[ITEM_VALUE], &b);
	if (several) {
		buf_putc(&b, '_');
		if (aggregate->child[ITEM_ALIAS])
			value_words(aggregate->child[ITEM_ALIAS], &b);
		else
			value_words(aggregate->child[ITEM_VALUE], &b);
	}
	n = node_ident(r->arena, buf_text(&b));
	buf_release(&b);
	return n;
}

/* Puts FILTER (WHERE condition) on every aggregate of an expression. */
static bool filter(struct rewrite *r, struct node *n, struct node *condition)
{
	bool done = false;

	if (n->kind == NODE_CALL) {
		node_set(n, CALL_FILTER,
			 node_logic(r->arena, OP_AND, n->child[CALL_FILTER],
				    node_copy(r->arena, condition)));
		return true;
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			done |= filter(r, n->child[i], condition);
	return done;
}

static bool pivot_items(struct rewrite *r, const struct node *n, struct node *items)
{
	const struct node *aggregates = n->child[PIVOT_AGGREGATES],
			  *values = n->child[PIVOT_VALUES];

	if (values->kind != NODE_LIST)
		return false;
	for (uint32_t v = 0; v < values->count; v++)
		for (uint32_t a = 0; a < aggregates->count; a++) {
			struct node *value = values->child[v], *one, *condition;

			one = node_copy(r->arena, aggregates->child[a]->child[ITEM_VALUE]);
			condition = equals(r, n->child[PIVOT_COLUMN],
					   node_copy(r->arena, value->child[ITEM_VALUE]));
			if (!condition || !filter(r, one, condition))
				return false;
			node_add(r->arena, items,
				 item_of(r, one,
					 pivot_name(r, value, aggregates->child[a],
						    aggregates->count > 1)));
		}
	return true;
}

static struct node *pivot_query(struct rewrite *r, struct node *items, struct node *source,
				struct node *group)
{
	struct node *select = node_make(r->arena, NODE_SELECT), *from, *q;

	from = node_make(r->arena, NODE_FROM);
	node_add(r->arena, from, source);
	node_put(select, SELECT_ITEMS, items);
	node_put(select, SELECT_FROM, from);
	if (group->count)
		node_put(select, SELECT_GROUP, group);
	q = node_make(r->arena, NODE_QUERY);
	node_put(q, QUERY_BODY, select);
	return q;
}

/* The name by which the rows of a table can be taken whole; NULL: no table. */
static struct node *row_name(const struct node *source)
{
	const struct node *alias;

	if (source->kind != NODE_TABLE)
		return NULL;
	alias = source->child[TABLE_ALIAS];
	if (alias && alias->child[ALIAS_COLUMNS])
		return NULL;
	return alias ? alias->child[ALIAS_NAME]
		     : source->child[TABLE_NAME]->child[source->child[TABLE_NAME]->count - 1];
}

/*
 * A table whose columns are not known: groups are rows as JSON without the columns that PIVOT
 * uses, and the rest of the row is made from that JSON again.
 */
static bool group_by_row(struct rewrite *r, const struct node *n, const struct column_list *used,
			 struct node *items, struct node *group)
{
	struct node *source = n->child[PIVOT_SOURCE], *name = row_name(source), *key, *row;
	struct node *column = node_make(r->arena, NODE_COLUMN), *star;

	if (!name)
		return false;
	node_add(r->arena, column, node_copy(r->arena, name));
	key = node_call(r->arena, "to_jsonb", 1, &column);
	for (uint32_t i = 0; i < used->count; i++)
		key = node_binary(r->arena, OP_SUBTRACT, key,
				  node_string(r->arena, used->names[i]));
	row = node_make(r->arena, NODE_COLUMN);
	for (uint32_t i = 0; i < source->child[TABLE_NAME]->count; i++)
		node_add(r->arena, row, node_copy(r->arena, source->child[TABLE_NAME]->child[i]));
	row = rewrite_template(r, "jsonb_populate_record(NULL::_t, $1)", 1,
			       (struct node *[]){node_copy(r->arena, key)});
	node_arg(row, 0)->child[CAST_TYPE]->text = node_last_name(source->child[TABLE_NAME]);
	star = node_make(r->arena, NODE_MEMBER);
	node_put(star, 0, node_paren(r->arena, row));
	node_put(star, 1, node_make(r->arena, NODE_STAR));
	node_add(r->arena, items, item_of(r, star, NULL));
	node_add(r->arena, group, key);
	rewrite_finding(r, n, "PIVOT-COLUMNS", NULL);
	return true;
}

bool rule_pivot(struct rewrite *r, struct node *n)
{
	struct node *items = node_make(r->arena, NODE_LIST), *place, *relation, *alias;
	struct node *group = node_make(r->arena, NODE_GROUP);
	struct column_list *used = list_new(r), *all = list_new(r);

	for (uint32_t i = 0; i < n->child[PIVOT_AGGREGATES]->count; i++)
		collect_columns(n->child[PIVOT_AGGREGATES]->child[i]->child[ITEM_VALUE], used);
	collect_columns(n->child[PIVOT_COLUMN], used);
	if (columns_of_relation(n->child[PIVOT_SOURCE], all)) {
		for (uint32_t i = 0; i < all->count; i++) {
			bool taken = false;

			for (uint32_t k = 0; k < used->count; k++)
				taken |= str_same(used->names[k], all->names[i]);
			if (taken)
				continue;
			node_add(r->arena, items, item_of(r, column_reference(r, all, i), NULL));
			node_add(r->arena, group, column_reference(r, all, i));
		}
	} else if (!group_by_row(r, n, used, items, group)) {
		return false;
	}
	if (!pivot_items(r, n, items))
		return false;
	relation = node_make(r->arena, NODE_DERIVED);
	place = node_take(r->arena, n);
	alias = n->child[PIVOT_ALIAS];
	node_put(relation, DERIVED_QUERY, pivot_query(r, items, n->child[PIVOT_SOURCE], group));
	if (!alias) {
		alias = node_make(r->arena, NODE_ALIAS);
		node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
	}
	node_put(relation, DERIVED_ALIAS, alias);
	node_replace(place, relation);
	return true;
}

/* --- UNPIVOT --- */

static struct node *unpivot_row(struct rewrite *r, const struct node *item)
{
	struct node *row = node_make(r->arena, NODE_ROW), *value = item->child[ITEM_VALUE];
	struct node *list = node_bare(value);
	struct buf b = {.max = 1000};

	value_words(item->child[ITEM_ALIAS] ? item->child[ITEM_ALIAS] : list, &b);
	node_add(r->arena, row,
		 node_string(r->arena,
			     (struct str){arena_strndup(r->arena, buf_text(&b), b.len), b.len}));
	buf_release(&b);
	if (list->kind == NODE_ROW)
		for (uint32_t i = 0; i < list->count; i++)
			node_add(r->arena, row, node_copy(r->arena, list->child[i]));
	else
		node_add(r->arena, row, node_copy(r->arena, list));
	return row;
}

static struct node *names_of(struct rewrite *r, const struct node *n)
{
	struct node *list = node_make(r->arena, NODE_LIST);

	if (n->kind == NODE_LIST)
		for (uint32_t i = 0; i < n->count; i++)
			node_add(r->arena, list, node_copy(r->arena, n->child[i]));
	else
		node_add(r->arena, list, node_copy(r->arena, n));
	return list;
}

/* The rows that UNPIVOT makes of one, as LATERAL (VALUES ...). */
static struct node *unpivot_rows(struct rewrite *r, const struct node *n)
{
	struct node *values = node_make(r->arena, NODE_VALUES), *q, *d, *alias, *columns, *more;

	for (uint32_t i = 0; i < n->child[UNPIVOT_COLUMNS]->count; i++)
		node_add(r->arena, values, unpivot_row(r, n->child[UNPIVOT_COLUMNS]->child[i]));
	q = node_make(r->arena, NODE_QUERY);
	node_put(q, QUERY_BODY, values);
	d = node_make(r->arena, NODE_DERIVED);
	d->flags |= FLAG_LATERAL;
	node_put(d, DERIVED_QUERY, q);
	alias = node_make(r->arena, NODE_ALIAS);
	node_put(alias, ALIAS_NAME, rewrite_new_name(r, 'u'));
	columns = names_of(r, n->child[UNPIVOT_NAME]);
	more = names_of(r, n->child[UNPIVOT_VALUE]);
	for (uint32_t i = 0; i < more->count; i++)
		node_add(r->arena, columns, more->child[i]);
	node_put(alias, ALIAS_COLUMNS, columns);
	node_put(d, DERIVED_ALIAS, alias);
	return d;
}

/* Rows whose values are all NULL are left out, unless INCLUDE NULLS. */
static struct node *unpivot_filter(struct rewrite *r, const struct node *rows)
{
	const struct node *alias = rows->child[DERIVED_ALIAS], *columns = alias->child[1];
	struct node *any = NULL;

	for (uint32_t i = 1; i < columns->count; i++) {
		struct node *c = node_make(r->arena, NODE_COLUMN);

		node_add(r->arena, c, node_copy(r->arena, alias->child[ALIAS_NAME]));
		node_add(r->arena, c, node_copy(r->arena, columns->child[i]));
		c = node_is_null(r->arena, c, true);
		any = any ? node_logic(r->arena, OP_OR, any, c) : c;
	}
	return any;
}

static bool is_unpivoted(const struct node *columns, struct str name)
{
	for (uint32_t i = 0; i < columns->count; i++)
		if (names_column(columns->child[i]->child[ITEM_VALUE], name))
			return true;
	return false;
}

/* Whether all of it is asked for: SELECT * needs the list of columns. */
static bool star_above(const struct node *n)
{
	const struct node *select = node_above(n, NODE_SELECT);

	for (uint32_t i = 0; select && i < select->child[SELECT_ITEMS]->count; i++)
		if (star_in(select->child[SELECT_ITEMS]->child[i]))
			return true;
	return false;
}

bool rule_unpivot(struct rewrite *r, struct node *n)
{
	struct node *items = node_make(r->arena, NODE_LIST), *place, *relation, *rows, *join;
	struct node *select, *q, *alias = n->child[UNPIVOT_ALIAS], *columns, *from;
	struct column_list *all = list_new(r);

	rows = unpivot_rows(r, n);
	columns = rows->child[DERIVED_ALIAS]->child[ALIAS_COLUMNS];
	if (columns_of_relation(n->child[UNPIVOT_SOURCE], all)) {
		for (uint32_t i = 0; i < all->count; i++)
			if (!is_unpivoted(n->child[UNPIVOT_COLUMNS], all->names[i]))
				node_add(r->arena, items,
					 item_of(r, column_reference(r, all, i), NULL));
		for (uint32_t i = 0; i < columns->count; i++) {
			struct node *c = node_make(r->arena, NODE_COLUMN);

			node_add(r->arena, c, node_copy(r->arena, columns->child[i]));
			node_add(r->arena, items, item_of(r, c, NULL));
		}
	} else {
		if (star_above(n))
			rewrite_finding(r, n, "PIVOT-COLUMNS", NULL);
		node_add(r->arena, items, item_of(r, node_make(r->arena, NODE_STAR), NULL));
	}
	place = node_take(r->arena, n);
	select = node_make(r->arena, NODE_SELECT);
	join = node_make(r->arena, NODE_JOIN);
	join->op = JOIN_CROSS;
	node_put(join, JOIN_LEFT, n->child[UNPIVOT_SOURCE]);
	node_put(join, JOIN_RIGHT, rows);
	from = node_make(r->arena, NODE_FROM);
	node_add(r->arena, from, join);
	node_put(select, SELECT_ITEMS, items);
	node_put(select, SELECT_FROM, from);
	if (!(n->flags & FLAG_NULLS))
		node_put(select, SELECT_WHERE, unpivot_filter(r, rows));
	q = node_make(r->arena, NODE_QUERY);
	node_put(q, QUERY_BODY, select);
	relation = node_make(r->arena, NODE_DERIVED);
	node_put(relation, DERIVED_QUERY, q);
	if (!alias) {
		alias = node_make(r->arena, NODE_ALIAS);
		node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
	}
	node_put(relation, DERIVED_ALIAS, alias);
	node_replace(place, relation);
	return true;
}
