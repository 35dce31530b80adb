/*
 * rules_databricks.c - the rules of Databricks SQL.
 */
#include "convert/rules.h"

#include "convert/columns.h"
#include "convert/shape.h"

/* range(n) as a table: the end is not part of it. */
static bool rule_range(struct rewrite *r, struct node *n)
{
	struct node *call = n->child[TABLE_CALL_CALL], *args[3], *alias, *columns;
	uint32_t count;

	if (!node_calls(call, "range"))
		return false;
	count = node_arg_count(call);
	if (count == 0 || count > 3)
		return false;
	args[0] = count > 1 ? node_arg(call, 0) : node_number(r->arena, 0);
	args[1] = node_binary(r->arena, OP_SUBTRACT, node_arg(call, count > 1),
			      node_number(r->arena, 1));
	args[2] = count > 2 ? node_arg(call, 2) : NULL;
	alias = n->child[TABLE_CALL_ALIAS];
	if (!alias) {
		alias = node_make(r->arena, NODE_ALIAS);
		node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
		node_put(n, TABLE_CALL_ALIAS, alias);
	}
	if (!alias->child[ALIAS_COLUMNS]) {
		columns = node_make(r->arena, NODE_LIST);
		node_add(r->arena, columns, node_ident(r->arena, "id"));
		node_set(alias, ALIAS_COLUMNS, columns);
	}
	node_put(n, TABLE_CALL_CALL,
		 node_call(r->arena, "generate_series", count > 2 ? 3 : 2, args));
	node_touch(n);
	return true;
}

/* a.b where no relation is called a: field b of the struct a. */
static bool rule_struct_column(struct rewrite *r, struct node *n)
{
	const struct node *select = column_scope(n);
	struct node *base, *place, *member;
	uint32_t first = 1;

	bool parameter = n->count > 1 && column_is_parameter(n);

	if (n->count < 2 || (!parameter && (!select || !select->child[SELECT_FROM])))
		return false;
	if (!parameter && relation_in_scope(n, n->child[0]->text)) {
		if (n->count < 3 || relation_in_scope(n, n->child[1]->text))
			return false;
		first = 2; /* t.a.b */
	}
	if (first >= n->count)
		return false;
	place = node_take(r->arena, n);
	base = node_make(r->arena, NODE_COLUMN);
	for (uint32_t i = 0; i < first; i++)
		node_add(r->arena, base, n->child[i]);
	for (uint32_t i = first; i < n->count; i++) {
		member = node_make(r->arena, NODE_MEMBER);
		node_put(member, 0, base);
		node_put(member, 1, n->child[i]);
		base = member;
	}
	node_replace(place, base);
	return true;
}

/* What the struct is made by, through indexes and fields above it. */
static struct node *made_by(struct rewrite *r, struct node *n)
{
	n = column_definition(n);
	if (n->kind == NODE_INDEX) {
		struct node *element = column_element(made_by(r, n->child[0]));

		return element ? column_definition(element) : n;
	}
	if (n->kind == NODE_MEMBER) {
		struct node *field =
			shape_field_named(r, made_by(r, n->child[0]), n->child[1]->text);

		return field ? column_definition(field) : n;
	}
	return n;
}

/* A field that is an array: its elements out of jsonb. */
static bool array_field(struct rewrite *r, struct node *n, struct node *field, enum type_code type)
{
	struct node *name = node_string(r->arena, n->child[1]->text), *now, *place;
	struct node *made = field ? column_definition(field) : NULL;
	bool json = type == TYPE_JSON || type == TYPE_ROW;
	const char *element = json ? NULL : type_name(type);

	place = node_take(r->arena, n);
	now = rewrite_template(r,
			       json ? "ARRAY(SELECT jsonb_array_elements($1 -> $2))"
				    : "ARRAY(SELECT jsonb_array_elements_text($1 -> $2))",
			       2, (struct node *[]){n->child[0], name});
	if (element)
		now = node_cast(r->arena, now, arena_printf(r->arena, "%s[]", element));
	now->type = TYPE_ARRAY;
	now->element = (uint8_t)type;
	now->shape = made && made->kind == NODE_ARRAY ? made : NULL;
	node_replace(place, now);
	return true;
}

/* A field of an array of structs: that field of each. */
static bool field_of_each(struct rewrite *r, struct node *n)
{
	struct node *base = n->child[0], *element = column_element(made_by(r, base)), *field, *now;
	struct node *args[2] = {base, node_string(r->arena, n->child[1]->text)}, *place;
	enum type_code t;

	field = element ? shape_field_named(r, column_definition(element), n->child[1]->text)
			: NULL;
	if (!field)
		return false;
	t = type_of(r, field);
	place = node_take(r->arena, n);
	now = rewrite_template(
		r,
		t == TYPE_JSON ? "ARRAY(SELECT _e -> $2 FROM unnest($1) WITH ORDINALITY AS "
				 "_u(_e, _i) ORDER BY _i)"
			       : "ARRAY(SELECT _e ->> $2 FROM unnest($1) WITH ORDINALITY AS "
				 "_u(_e, _i) ORDER BY _i)",
		2, args);
	if (t > TYPE_NULL && t != TYPE_JSON && t != TYPE_ARRAY && t != TYPE_TEXT)
		now = node_cast(r->arena, now, arena_printf(r->arena, "%s[]", type_name(t)));
	now->type = TYPE_ARRAY;
	now->element = (uint8_t)t;
	node_replace(place, now);
	return true;
}

/* window.start, where the query below groups by window(). */
static bool window_field(const struct node *base, struct str field)
{
	if (base->kind != NODE_COLUMN || base->count == 0)
		return false;
	return (str_is(node_last_name(base), "window") ||
		str_is(node_last_name(base), "session_window")) &&
	       (str_is(field, "start") || str_is(field, "end"));
}

/* A field of a struct, which is jsonb. */
static bool rule_member(struct rewrite *r, struct node *n)
{
	struct node *base = n->child[0], *name, *place, *field, *now;
	bool more = n->parent && n->slot == 0 &&
		    (n->parent->kind == NODE_MEMBER || n->parent->kind == NODE_INDEX);
	enum type_code t = TYPE_UNKNOWN, element = TYPE_UNKNOWN;
	const struct schema_type *known = NULL;

	if (n->child[1]->kind != NODE_IDENT)
		return false;
	if (type_of(r, base) == TYPE_ARRAY && field_of_each(r, n))
		return true;
	field = shape_field_named(r, made_by(r, base), n->child[1]->text);
	if (!field && r->settings->schema)
		known = known_type(n, 0);
	if (field)
		t = type_of(r, field);
	else if (known)
		t = known->code;
	else if (window_field(base, n->child[1]->text))
		t = TYPE_TIMESTAMP;
	if (t == TYPE_ARRAY && (!more || n->parent->kind == NODE_MEMBER)) {
		if (field)
			element = type_element(r, column_definition(field));
		else if (known->element)
			element = known->element->code;
		return array_field(r, n, field, element);
	}
	if (more && (t <= TYPE_NULL || t == TYPE_ARRAY ||
		     (field && shape_is_struct(column_definition(field)))))
		t = TYPE_JSON;
	place = node_take(r->arena, n);
	name = node_string(r->arena, n->child[1]->text);
	now = shape_get(r, base, name, t);
	if (field && (t == TYPE_JSON || t == TYPE_ARRAY))
		now->shape = column_definition(field);
	node_replace(place, now);
	return true;
}

/* mask(x, digitChar => 'd'): the arguments in their places, the usual ones for those not given. */
static bool rule_mask_names(struct rewrite *r, struct node *n)
{
	static const char *const names[] = {"str", "upperchar", "lowerchar", "digitchar",
					    "otherchar"};
	static const char *const usual[] = {"", "X", "x", "n"};
	struct node *args[5] = {NULL}, *list;
	bool named = false;

	if (!node_calls(n, "mask") || node_arg_count(n) > 5)
		return false;
	for (uint32_t i = 0; i < node_arg_count(n); i++) {
		struct node *a = node_arg(n, i);

		named |= a->kind == NODE_ARG;
		if (a->kind != NODE_ARG)
			args[i] = a;
		for (uint32_t k = 0; a->kind == NODE_ARG && k < 5; k++)
			if (str_is_word(a->text, names[k]))
				args[k] = a->child[0];
	}
	if (!named || !args[0])
		return false;
	list = node_make(r->arena, NODE_LIST);
	for (uint32_t k = 0; k < 5; k++) {
		if (!args[k] && k < 4)
			args[k] = node_string(r->arena, (struct str){usual[k], 1});
		node_add(r->arena, list, args[k] ? args[k] : node_null(r->arena));
	}
	node_set(n, CALL_ARGS, list);
	return true;
}

/* (a, b) as a value of its own is a struct. */
static bool rule_tuple(struct rewrite *r, struct node *n)
{
	struct node *call, *up = n->parent;

	if (n->count < 2 || !up ||
	    !((up->kind == NODE_LAMBDA && n->slot == 1) ||
	      (up->kind == NODE_ITEM && n->slot == ITEM_VALUE)))
		return false;
	call = node_call(r->arena, "struct", n->count, n->child);
	node_replace(n, call);
	return true;
}

/* IDENTIFIER('a.b'): the name. */
static struct node *identifier_name(struct rewrite *r, const struct node *call, enum node_kind kind)
{
	const struct node *arg = node_arg(call, 0);
	struct node *name;
	size_t begin = 0;

	if (!node_calls(call, "identifier") || node_arg_count(call) != 1 ||
	    arg->kind != NODE_STRING)
		return NULL;
	name = node_make(r->arena, kind);
	for (size_t i = 0; i <= arg->text.len; i++)
		if (i == arg->text.len || arg->text.p[i] == '.') {
			node_add(r->arena, name,
				 node_ident(r->arena, arena_strndup(r->arena, arg->text.p + begin,
								    i - begin)));
			begin = i + 1;
		}
	return name;
}

static bool rule_identifier(struct rewrite *r, struct node *n)
{
	struct node *name = identifier_name(r, n, NODE_COLUMN);

	if (!name || n->parent->kind == NODE_TABLE_CALL)
		return false;
	node_replace(n, name);
	return true;
}

static bool rule_identifier_table(struct rewrite *r, struct node *n)
{
	struct node *name = identifier_name(r, n->child[TABLE_CALL_CALL], NODE_NAME), *table;

	if (!name)
		return false;
	table = node_make(r->arena, NODE_TABLE);
	node_put(table, TABLE_NAME, name);
	node_put(table, TABLE_ALIAS, n->child[TABLE_CALL_ALIAS]);
	node_replace(n, table);
	return true;
}

/* grouping_id() is over all columns of GROUP BY. */
static bool rule_grouping_id(struct rewrite *r, struct node *n)
{
	const struct node *select = node_above(n, NODE_SELECT), *group;

	if (!node_calls(n, "grouping_id") || node_arg_count(n) || !select)
		return false;
	group = select->child[SELECT_GROUP];
	if (!group || group->flags & FLAG_ALL)
		return false;
	for (uint32_t i = 0; i < group->count; i++) {
		const struct node *g = group->child[i];

		if (g->kind == NODE_GROUPING && g->op == GROUPING_SETS)
			continue;
		for (uint32_t k = 0; g->kind == NODE_GROUPING && k < g->count; k++)
			node_add(r->arena, n->child[CALL_ARGS], node_copy(r->arena, g->child[k]));
		if (g->kind != NODE_GROUPING)
			node_add(r->arena, n->child[CALL_ARGS], node_copy(r->arena, g));
	}
	node_touch(n);
	return true;
}

static struct node *select_of(struct node *q)
{
	while (q && (q->kind == NODE_QUERY || q->kind == NODE_PAREN))
		q = q->child[q->kind == NODE_QUERY ? QUERY_BODY : 0];
	return q && q->kind == NODE_SELECT ? q : NULL;
}

/* UNION BY NAME: the items of the right side in the order of the left. */
static bool rule_by_name(struct rewrite *r, struct node *n)
{
	struct column_list *left, *right;
	struct node *select = select_of(n->child[1]), *list;

	if (!(n->flags & FLAG_BY_NAME) || !select)
		return false;
	left = arena_alloc(r->arena, 2 * sizeof(*left));
	right = left + 1;
	left->count = right->count = 0;
	left->steps = right->steps = 0;
	if (!columns_of_query(n->child[0], left) || !columns_of_query(select, right) ||
	    left->count != right->count || right->count != select->child[SELECT_ITEMS]->count)
		return false;
	list = node_make(r->arena, NODE_LIST);
	for (uint32_t i = 0; i < left->count; i++)
		for (uint32_t k = 0; k < right->count; k++)
			if (str_same(left->names[i], right->names[k])) {
				node_add(
					r->arena, list,
					node_copy(r->arena, select->child[SELECT_ITEMS]->child[k]));
				break;
			}
	if (list->count != left->count)
		return false;
	node_set(select, SELECT_ITEMS, list);
	n->flags &= ~(uint32_t)FLAG_BY_NAME;
	node_touch(n);
	return true;
}

const struct rule rules_databricks_before[] = {
	{NODE_CALL, "string", rule_spark_string},
	{NODE_COLUMN, "struct column", rule_struct_column},
	{NODE_ROW, "tuple", rule_tuple},
	{NODE_CALL, "mask names", rule_mask_names},
	{NODE_CALL, "lag nulls", rule_spark_lag_nulls},
	{NODE_CALL, "star argument", rule_star_argument},
	{NODE_IN, "star in", rule_star_in},
	{NODE_SELECT, "time window", rule_time_window},
	{NODE_SELECT, "star", rule_star},
	{NODE_SELECT, "lateral alias", rule_lateral_alias},
	{NODE_CALL, "identifier", rule_identifier},
	{NODE_CALL, "grouping id", rule_grouping_id},
	{NODE_TABLE_CALL, "identifier", rule_identifier_table},
	{NODE_SETOP, "by name", rule_by_name},
	{NODE_TABLE_CALL, "range", rule_range},
	{NODE_TABLE, "sample", rule_sample},
	{NODE_DERIVED, "values columns", rule_values_columns},
	{NODE_DERIVED, "derived alias", rule_derived_alias},
	{NODE_PIVOT, "pivot", rule_pivot},
	{NODE_UNPIVOT, "unpivot", rule_unpivot},
	{NODE_QUERY, "query star", rule_query_star},
	{NODE_QUERY, "order all", rule_order_all},
	{NODE_QUERY, "order row", rule_order_row},
	{NODE_GROUP, "group all", rule_group_all},
	{NODE_GROUP, "group sets", rule_group_sets},
	{NODE_QUERY, "cluster", rule_cluster},
	{NODE_SELECT, "qualify", rule_qualify},
	{NODE_JOIN, "semi join", rule_semi_join},
	{NODE_JOIN, "join condition", rule_join_condition},
	{NODE_WITH, "recursive", rule_recursive},
	{NODE_FROM, "dual", rule_dual},
	{NODE_INSERT, "insert", rule_insert},
	{NODE_ASSIGN, "assign target", rule_assign_target},
	{NODE_MERGE, "merge", rule_merge},
	{NODE_CREATE_TABLE, "create table", rule_create_table},
	{NODE_CREATE_TABLE, "table options", rule_table_options},
	{NODE_CREATE_VIEW, "create view", rule_create_view},
	{NODE_PROCEDURAL, "create function", rule_create_function},
	{NODE_PARAMETER, "parameter", rule_parameter},
	{NODE_UTILITY, "utility", rule_databricks_utility},
	{NODE_CREATE_OTHER, "create other", rule_databricks_utility},
	{NODE_PROCEDURAL, "declare", rule_databricks_utility},
	{0},
};

const struct rule rules_databricks_after[] = {
	{NODE_CAST, "text cast", rule_spark_text_cast},
	{NODE_SELECT, "generator", rule_generator},
	{NODE_LATERAL_VIEW, "lateral view", rule_lateral_view},
	{NODE_TABLE_CALL, "table generator", rule_table_generator},
	{NODE_PATH, "path", rule_path},
	{NODE_MEMBER, "member", rule_member},
	{NODE_SORT, "nulls order", rule_nulls_order},
	{NODE_BINARY, "text number", rule_text_number},
	{NODE_BINARY, "division by zero", rule_spark_zero},
	{NODE_BINARY, "division", rule_division},
	{NODE_BINARY, "date interval", rule_date_interval},
	{NODE_TYPED, "zoned literal", rule_zoned_literal},
	{NODE_BINARY, "operator", rule_operator},
	{NODE_NUMBER, "number suffix", rule_number_suffix},
	{NODE_INTERVAL, "interval", rule_interval},
	{NODE_LIKE, "like", rule_like},
	{NODE_INDEX, "index base", rule_index_base},
	{0},
};
