/*
 * rules_generators.c - functions of Databricks that make rows (explode, posexplode, inline, stack,
 * json_tuple and their _outer forms): in a select list, in LATERAL VIEW, and in FROM. Each becomes
 * a relation with column names, joined laterally; explode of an array in a select list stays there
 * as unnest().
 */
#include "convert/rules.h"

#include <string.h>

#include "convert/columns.h"
#include "convert/shape.h"

#define ROWS_MAX 100 /* of stack */

enum generator_kind { EXPLODE, POSITIONS, INLINE, STACK, TUPLE, GENERATORS };

struct generator {
	enum generator_kind kind;
	bool outer;
	struct node *args[64];
	uint32_t count;
	uint32_t wanted;       /* names that the statement gives the columns; 0: not said */
	struct node *relation; /* what FROM gets, without an alias */
	struct node *names;    /* LIST of IDENT: usual names of the columns */
};

/* Sees what the call is. Named arguments are taken in their order. */
static bool recognize(const struct node *call, struct generator *g)
{
	static const struct {
		const char *name;
		enum generator_kind kind;
		bool outer;
	} names[] = {{"explode", EXPLODE, false},      {"explode_outer", EXPLODE, true},
		     {"posexplode", POSITIONS, false}, {"posexplode_outer", POSITIONS, true},
		     {"inline", INLINE, false},	       {"inline_outer", INLINE, true},
		     {"stack", STACK, false},	       {"json_tuple", TUPLE, false}};

	*g = (struct generator){.kind = GENERATORS};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (node_calls(call, names[i].name)) {
			g->kind = names[i].kind;
			g->outer = names[i].outer;
		}
	if (g->kind == GENERATORS || call->child[CALL_OVER])
		return false;
	for (uint32_t i = 0; i < node_arg_count(call) && g->count < 64; i++) {
		struct node *a = node_arg(call, i);

		g->args[g->count++] = a->kind == NODE_ARG ? a->child[0] : a;
	}
	return g->count > 0 && g->count == node_arg_count(call);
}

/* A name without its place in the source. */
static struct node *fresh(struct rewrite *r, const struct node *ident)
{
	struct node *n = node_make(r->arena, NODE_IDENT);

	n->text = ident->text;
	n->flags |= ident->flags & FLAG_QUOTED;
	return n;
}

static void add_name(struct rewrite *r, struct generator *g, const char *name)
{
	node_add(r->arena, g->names, node_ident(r->arena, name));
}

static struct node *derived(struct rewrite *r, struct node *query)
{
	struct node *n = node_make(r->arena, NODE_DERIVED);

	if (query && query->kind == NODE_SUBQUERY)
		query = query->child[0];
	node_put(n, DERIVED_QUERY, query);
	return n;
}

/* A template of the form (SELECT ...). */
static struct node *derived_template(struct rewrite *r, const char *text, unsigned count,
				     struct node **args)
{
	return derived(r, node_bare(rewrite_template(r, text, count, args)));
}

static struct node *items_of(const struct node *relation)
{
	const struct node *q = relation->child[DERIVED_QUERY];

	return (q->kind == NODE_QUERY ? q->child[QUERY_BODY] : q)->child[SELECT_ITEMS];
}

/* Gives item `i` of a derived table its type, where that is not text. */
static void cast_item(struct rewrite *r, struct node *relation, uint32_t i, enum type_code t)
{
	struct node *v = items_of(relation)->child[i]->child[ITEM_VALUE], *place;

	if (t <= TYPE_NULL || t == TYPE_TEXT || t == TYPE_JSON || !type_name(t))
		return;
	place = node_take(r->arena, v);
	node_replace(place, node_cast(r->arena, v, type_name(t)));
}

static void explode_map(struct rewrite *r, struct generator *g, bool positions)
{
	enum type_code key = shape_map_type(r, g->args[0], 0),
		       value = shape_map_type(r, g->args[0], 1);

	if (value == TYPE_JSON)
		g->relation = derived_template(
			r,
			positions ? "(SELECT (_i - 1)::int, _k, _v FROM jsonb_each($1) WITH "
				    "ORDINALITY AS _m(_k, _v, _i))"
				  : "(SELECT _k, _v FROM jsonb_each($1) AS _m(_k, _v))",
			1, g->args);
	else
		g->relation = derived_template(
			r,
			positions ? "(SELECT (_i - 1)::int, _k, _v FROM jsonb_each_text($1) WITH "
				    "ORDINALITY AS _m(_k, _v, _i))"
				  : "(SELECT _k, _v FROM jsonb_each_text($1) AS _m(_k, _v))",
			1, g->args);
	cast_item(r, g->relation, positions, key);
	cast_item(r, g->relation, positions + 1u, value);
	if (positions)
		add_name(r, g, "pos");
	add_name(r, g, "key");
	add_name(r, g, "value");
}

static bool explode(struct rewrite *r, struct generator *g)
{
	enum type_code t = type_of(r, g->args[0]);

	if (g->count != 1)
		return false;
	if (t == TYPE_JSON || type_of(r, column_definition(g->args[0])) == TYPE_JSON ||
	    g->wanted == 2 + (g->kind == POSITIONS)) { /* a name more: key and value of a map */
		explode_map(r, g, g->kind == POSITIONS);
		return true;
	}
	if (g->kind == POSITIONS) {
		g->relation = derived_template(
			r,
			"(SELECT (_i - 1)::int, _x FROM unnest($1) WITH ORDINALITY AS _u(_x, _i))",
			1, g->args);
		add_name(r, g, "pos");
	} else {
		g->relation = node_make(r->arena, NODE_TABLE_CALL);
		node_put(g->relation, 0, node_call(r->arena, "unnest", 1, g->args));
	}
	add_name(r, g, "col");
	return true;
}

/* Rows that the text shows: VALUES. */
static struct node *values_of(struct rewrite *r, struct generator *g, struct node *array)
{
	struct node *values = node_make(r->arena, NODE_VALUES), *q;

	for (uint32_t i = 0; i < array->count; i++) {
		struct node *row = node_make(r->arena, NODE_ROW), *one = array->child[i];

		for (uint32_t k = 0; k < shape_field_count(one); k++) {
			struct str name;
			struct node *v = shape_field(r, one, k, &name);

			if (!v)
				return NULL;
			if (i == 0)
				add_name(r, g, arena_strndup(r->arena, name.p, name.len));
			node_add(r->arena, row, v);
		}
		node_add(r->arena, values, row);
	}
	q = node_make(r->arena, NODE_QUERY);
	node_put(q, QUERY_BODY, values);
	return derived(r, q);
}

static bool only_structs(const struct node *array)
{
	uint32_t width;

	if (array->kind != NODE_ARRAY || array->count == 0 || !shape_is_struct(array->child[0]))
		return false;
	width = shape_field_count(array->child[0]);
	for (uint32_t i = 1; i < array->count; i++)
		if (!shape_is_struct(array->child[i]) ||
		    shape_field_count(array->child[i]) != width)
			return false;
	return width > 0;
}

/* The first type that is known of a field in the structs of an array. */
static enum type_code field_type(struct rewrite *r, struct node *array, uint32_t k)
{
	enum type_code t = TYPE_NULL;
	struct str name;

	for (uint32_t i = 0; i < array->count && t <= TYPE_NULL; i++) {
		struct node *v = shape_field(r, array->child[i], k, &name);

		t = v ? type_of(r, v) : TYPE_UNKNOWN;
	}
	return t;
}

/* An array of structs by reference: its fields one by one. */
static bool inline_fields(struct rewrite *r, struct generator *g, struct node *array)
{
	struct node *items, *one = array->child[0], *element;

	g->relation = derived_template(r, "(SELECT _e FROM unnest($1) AS _u(_e))", 1, g->args);
	items = items_of(g->relation);
	element = items->child[0]->child[ITEM_VALUE];
	for (uint32_t k = 0; k < shape_field_count(one); k++) {
		struct str name;
		struct node *item = node_make(r->arena, NODE_ITEM);

		if (!shape_field(r, one, k, &name))
			return false;
		node_put(item, 0,
			 shape_get(r, node_copy(r->arena, element), node_string(r->arena, name),
				   field_type(r, array, k)));
		node_add(r->arena, items, item);
		add_name(r, g, arena_strndup(r->arena, name.p, name.len));
	}
	node_remove(items, 0);
	return true;
}

static bool inline_structs(struct rewrite *r, struct generator *g)
{
	struct node *array = column_definition(g->args[0]);

	if (g->count != 1 || !only_structs(array))
		return false;
	if (array == node_bare(g->args[0])) {
		g->relation = values_of(r, g, array);
		return g->relation != NULL;
	}
	return inline_fields(r, g, array);
}

static bool stack(struct rewrite *r, struct generator *g)
{
	struct node *values = node_make(r->arena, NODE_VALUES), *q;
	const struct node *number = node_bare(g->args[0]);
	int64_t rows;
	uint32_t width;

	if (g->count < 2 || number->kind != NODE_NUMBER ||
	    !text_to_int(arena_strndup(r->arena, number->text.p, number->text.len), &rows) ||
	    rows < 1 || rows > ROWS_MAX)
		return false;
	width = (g->count - 1 + (uint32_t)rows - 1) / (uint32_t)rows;
	for (uint32_t i = 0; i < (uint32_t)rows; i++) {
		struct node *row = node_make(r->arena, NODE_ROW);

		for (uint32_t k = 0; k < width; k++) {
			uint32_t at = 1 + i * width + k;

			node_add(r->arena, row, at < g->count ? g->args[at] : node_null(r->arena));
		}
		node_add(r->arena, values, row);
	}
	for (uint32_t k = 0; k < width; k++)
		add_name(r, g, arena_printf(r->arena, "col%u", k));
	q = node_make(r->arena, NODE_QUERY);
	node_put(q, QUERY_BODY, values);
	g->relation = derived(r, q);
	return true;
}

static bool tuple(struct rewrite *r, struct generator *g)
{
	struct node *values = node_make(r->arena, NODE_VALUES), *q;
	struct node *row = node_make(r->arena, NODE_ROW);

	if (g->count < 2)
		return false;
	for (uint32_t i = 1; i < g->count; i++) {
		struct node *args[] = {i > 1 ? node_copy(r->arena, g->args[0]) : g->args[0],
				       g->args[i]};

		node_add(r->arena, row, rewrite_template(r, "($1::jsonb ->> $2)", 2, args));
		add_name(r, g, arena_printf(r->arena, "c%u", i - 1));
	}
	node_add(r->arena, values, row);
	q = node_make(r->arena, NODE_QUERY);
	node_put(q, QUERY_BODY, values);
	g->relation = derived(r, q);
	return true;
}

/* Makes g->relation and g->names. `columns`: the statement's names for them, or NULL. */
static bool generate(struct rewrite *r, const struct node *call, const struct node *columns,
		     struct generator *g)
{
	if (!recognize(call, g))
		return false;
	g->wanted = columns ? columns->count : 0;
	g->names = node_make(r->arena, NODE_LIST);
	switch (g->kind) {
	case EXPLODE:
	case POSITIONS:
		return explode(r, g);
	case INLINE:
		return inline_structs(r, g);
	case STACK:
		return stack(r, g);
	case TUPLE:
		return tuple(r, g);
	default:
		return false;
	}
}

/* The relation's alias; `names` of the statement go before the usual ones. */
static void name_relation(struct rewrite *r, struct generator *g, struct node *table,
			  const struct node *names)
{
	struct node *alias = node_make(r->arena, NODE_ALIAS), *list = g->names;

	for (uint32_t i = 0; names && i < names->count && i < list->count; i++)
		node_replace(list->child[i], fresh(r, names->child[i]));
	node_put(alias, ALIAS_NAME, table ? table : rewrite_new_name(r, 't'));
	node_put(alias, ALIAS_COLUMNS, list);
	node_put(g->relation, 1, alias);
}

static struct node *join(struct rewrite *r, struct node *left, struct node *right, bool outer)
{
	struct node *n = node_make(r->arena, NODE_JOIN), *yes;

	n->op = outer ? JOIN_LEFT_OUTER : JOIN_CROSS;
	right->flags |= FLAG_LATERAL;
	node_put(n, JOIN_LEFT, left);
	node_put(n, JOIN_RIGHT, right);
	if (outer) {
		yes = node_make(r->arena, NODE_BOOL);
		yes->op = 1;
		node_put(n, JOIN_ON, yes);
	}
	return n;
}

/* LATERAL VIEW [OUTER] f(x) t AS a, b */
bool rule_lateral_view(struct rewrite *r, struct node *n)
{
	struct node *columns = n->child[VIEW_COLUMNS], *table = n->child[VIEW_TABLE], *place;
	struct generator g;

	if (!generate(r, n->child[VIEW_CALL], columns, &g))
		return false;
	name_relation(r, &g, table, columns);
	place = node_take(r->arena, n);
	node_replace(place,
		     join(r, n->child[VIEW_SOURCE], g.relation, g.outer || n->flags & FLAG_OUTER));
	return true;
}

/* FROM explode(x) AS t(a) */
bool rule_table_generator(struct rewrite *r, struct node *n)
{
	struct node *alias = n->child[TABLE_CALL_ALIAS], *place, *relation, *columns;
	struct generator g;

	columns = alias ? alias->child[ALIAS_COLUMNS] : NULL;
	if (!generate(r, n->child[TABLE_CALL_CALL], columns, &g))
		return false;
	name_relation(r, &g, alias ? alias->child[ALIAS_NAME] : NULL, columns);
	relation = g.relation;
	if (n->flags & FLAG_LATERAL)
		relation->flags |= FLAG_LATERAL;
	place = node_take(r->arena, n);
	if (g.outer) {
		struct node *one = derived_template(r, "(SELECT 1)", 0, NULL);
		struct node *alias_one = node_make(r->arena, NODE_ALIAS);

		node_put(alias_one, 0, rewrite_new_name(r, 't'));
		node_put(one, 1, alias_one);
		relation = join(r, one, relation, true);
	}
	node_replace(place, relation);
	return true;
}

static void add_relation(struct rewrite *r, struct node *select, struct node *relation, bool outer)
{
	struct node *from = select->child[SELECT_FROM], *last, *place;

	if (from && outer) {
		last = from->child[from->count - 1];
		place = node_take(r->arena, last);
		node_replace(place, join(r, last, relation, true));
		return;
	}
	relation->flags |= FLAG_LATERAL;
	if (from) {
		last = from->child[from->count - 1];
		place = node_take(r->arena, last);
		node_replace(place, join(r, last, relation, false));
		return;
	}
	from = node_make(r->arena, NODE_FROM);
	if (outer) {
		struct node *one = derived_template(r, "(SELECT 1)", 0, NULL);
		struct node *alias = node_make(r->arena, NODE_ALIAS);

		node_put(alias, 0, rewrite_new_name(r, 't'));
		node_put(one, 1, alias);
		relation = join(r, one, relation, true);
	} else {
		relation->flags &= ~(uint32_t)FLAG_LATERAL;
	}
	node_add(r->arena, from, relation);
	node_set(select, SELECT_FROM, from);
}

/* explode(array) in a select list is unnest(), where it is. */
static bool stays_in_list(struct rewrite *r, struct node *item, struct generator *g)
{
	struct node *alias = item->child[ITEM_ALIAS];

	if (g->kind != EXPLODE || g->outer || g->relation->kind != NODE_TABLE_CALL)
		return false;
	if (alias && alias->kind == NODE_LIST)
		alias = alias->child[0];
	if (!alias)
		alias = node_ident(r->arena, "col");
	node_set(item, ITEM_VALUE, g->relation->child[0]);
	node_set(item, ITEM_ALIAS, alias);
	node_touch(item);
	return true;
}

/* Whether another item is a column of that name. */
static bool named_beside(const struct node *list, uint32_t slot, struct str name)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (i != slot && list->child[i]->kind == NODE_ITEM &&
		    list->child[i]->child[ITEM_VALUE]->kind == NODE_COLUMN &&
		    str_same(node_last_name(list->child[i]->child[ITEM_VALUE]), name))
			return true;
	return false;
}

static void expand(struct rewrite *r, struct node *select, struct node *item, struct generator *g)
{
	struct node *alias = item->child[ITEM_ALIAS], *one, *list = item->parent, *names = NULL;
	uint32_t slot = item->slot;

	if (alias && alias->kind == NODE_LIST) {
		names = alias;
	} else if (alias) {
		names = node_make(r->arena, NODE_LIST);
		node_add(r->arena, names, alias);
	}
	name_relation(r, g, NULL, names);
	for (uint32_t k = 0; k < g->names->count; k++) {
		struct node *column = node_make(r->arena, NODE_COLUMN);

		if (named_beside(list, slot, node_last_name(g->names->child[k])))
			node_add(r->arena, column,
				 fresh(r, g->relation->child[1]->child[ALIAS_NAME]));
		node_add(r->arena, column, fresh(r, g->names->child[k]));
		one = node_make(r->arena, NODE_ITEM);
		node_put(one, ITEM_VALUE, column);
		if (k == 0)
			node_replace(list->child[slot], one);
		else
			node_insert(r->arena, list, slot + k, one);
	}
	add_relation(r, select, g->relation, g->outer);
}

/* The names of `explode(m) AS (k, v)`. */
static const struct node *listed(const struct node *alias)
{
	return alias && alias->kind == NODE_LIST ? alias : NULL;
}

/* A generator in a select list: one at most, as Databricks has it. */
bool rule_generator(struct rewrite *r, struct node *n)
{
	struct node *items = n->child[SELECT_ITEMS];

	for (uint32_t i = 0; i < items->count; i++) {
		struct node *item = items->child[i];
		struct generator g;

		if (item->kind != NODE_ITEM || item->child[ITEM_VALUE]->kind != NODE_CALL ||
		    !generate(r, item->child[ITEM_VALUE], listed(item->child[ITEM_ALIAS]), &g))
			continue;
		if (!stays_in_list(r, item, &g))
			expand(r, n, item, &g);
		return true;
	}
	return false;
}
