/*
 * rules_common.c - rules that several dialects share: small ones on expressions and clauses.
 */
#include "convert/rules.h"

#include <string.h>
#include <strings.h>

#include "convert/columns.h"
#include "convert/shape.h"

/* ORDER BY x: NULLs where the source has them. */
bool rule_nulls_order(struct rewrite *r, struct node *n)
{
	bool window = n->parent && n->parent->parent && n->parent->parent->kind == NODE_WINDOW;
	struct node *value = n->child[0];

	(void)window;
	if (n->op || !value || n->flags & FLAG_ALL)
		return false;
	if (r->settings->plain) {
		rewrite_finding(r, n, "NULLS-ORDER", NULL);
		return false;
	}
	n->op = n->flags & FLAG_DESC ? SORT_NULLS_LAST : SORT_NULLS_FIRST;
	node_touch(n);
	return true;
}

/* int / int where the source keeps the fraction. */
bool rule_division(struct rewrite *r, struct node *n)
{
	struct node *left = n->child[0], *place;
	enum type_code a, b;

	if (n->op != OP_DIVIDE || r->dialect->division == DIVISION_INTEGER)
		return false;
	a = type_of(r, left);
	b = type_of(r, n->child[1]);
	n->type = TYPE_NOT_ASKED;
	if (type_of(r, n) == TYPE_NOT_ASKED || (a > TYPE_UNKNOWN && !type_is_int(a)) ||
	    (b > TYPE_UNKNOWN && !type_is_int(b) && b != TYPE_NULL))
		return false;
	if (a <= TYPE_UNKNOWN && b <= TYPE_UNKNOWN && left->kind == NODE_CALL &&
	    node_calls(left, "sum"))
		return false;
	place = node_take(r->arena, left);
	node_replace(place,
		     node_cast(r->arena, left,
			       r->dialect->division == DIVISION_FLOAT ? "float8" : "numeric"));
	return true;
}

/* Operators under another name: <=>, DIV, >>>, == are printed by their Postgres text. */
bool rule_operator(struct rewrite *r, struct node *n)
{
	struct node *place, *is;

	if (n->op == OP_NULL_EQ) {
		place = node_take(r->arena, n);
		is = node_make(r->arena, NODE_IS);
		is->op = IS_DISTINCT;
		is->flags |= FLAG_NOT;
		is->type = TYPE_BOOL;
		node_put(is, 0, n->child[0]);
		node_put(is, 1, n->child[1]);
		node_replace(place, is);
		return true;
	}
	if (n->op == OP_RIGHT3) {
		bool plain = node_bare(n->child[0])->kind == NODE_NUMBER;
		bool large = type_of(r, n->child[0]) == TYPE_BIGINT;
		struct node *sides[2] = {n->child[0], n->child[1]};

		place = node_take(r->arena, n);
		node_replace(place,
			     rewrite_template(r,
					      plain   ? "$1 >> $2"
					      : large ? "($1 >> $2) & ~((-1)::bigint << (64 - $2))"
						      : "($1::bigint & 4294967295) >> $2",
					      2, sides));
		return true;
	}
	if (n->op == OP_DIV) {
		n->op = OP_DIVIDE;
		n->type = TYPE_BIGINT;
		node_touch(n);
		if (type_is_int(type_of(r, n->child[0])) && type_is_int(type_of(r, n->child[1])))
			return true;
		place = node_take(r->arena, n);
		node_replace(place, rewrite_template(r, "trunc($1)::bigint", 1, &n));
		return true;
	}
	return false;
}

/* 1L, 1.5BD: the type that the suffix said. */
bool rule_number_suffix(struct rewrite *r, struct node *n)
{
	static const char *const names[TYPE_CODE_COUNT] = {[TYPE_SMALLINT] = "smallint",
							   [TYPE_BIGINT] = "bigint",
							   [TYPE_NUMERIC] = "numeric",
							   [TYPE_FLOAT4] = "real",
							   [TYPE_FLOAT8] = "float8"};
	struct node *place;
	uint8_t type = n->op;

	if (!type || !names[type])
		return false;
	n->op = 0;
	place = node_take(r->arena, n);
	node_replace(place, node_cast(r->arena, n, names[type]))->type = type;
	return true;
}

static const char *interval_unit(struct str text)
{
	if (str_is(text, "quarter") || str_is(text, "quarters"))
		return "month";
	return NULL;
}

/* INTERVAL with a value that is no literal: n * INTERVAL '1 unit'. */
bool rule_interval(struct rewrite *r, struct node *n)
{
	struct node *value = n->child[0], *place, *one, *bare;
	const char *unit = interval_unit(n->text);

	bare = node_bare(value);
	if (n->text.len == 0)
		return false;
	if (bare->kind == NODE_NUMBER && !unit) {
		node_touch(n);
		return true;
	}
	if (bare->kind == NODE_STRING && !unit)
		return false;
	if (bare->kind == NODE_UNARY && bare->op == OP_MINUS && !unit &&
	    bare->child[0]->kind == NODE_STRING) {
		node_set(n, 0, bare->child[0]);
		place = node_take(r->arena, n);
		node_replace(place, node_unary(r->arena, OP_MINUS, n))->type = TYPE_INTERVAL;
		return true;
	}
	place = node_take(r->arena, n);
	one = node_make(r->arena, NODE_INTERVAL);
	one->type = TYPE_INTERVAL;
	node_put(one, 0,
		 node_string(r->arena, (struct str){unit ? "3 months" : "1", unit ? 8u : 1u}));
	one->text = unit ? (struct str){"", 0} : n->text;
	if (bare->kind == NODE_STRING)
		bare = node_cast(r->arena, bare, "int");
	node_replace(place, node_binary(r->arena, OP_MULTIPLY, bare, one))->type = TYPE_INTERVAL;
	return true;
}

/* Derived tables need an alias up to Postgres 15. */
bool rule_derived_alias(struct rewrite *r, struct node *n)
{
	struct node *alias;

	if (n->child[DERIVED_ALIAS])
		return false;
	alias = node_make(r->arena, NODE_ALIAS);
	node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
	node_set(n, DERIVED_ALIAS, alias);
	return true;
}

/* VALUES without column names: col1, col2, ... as Spark has it. */
bool rule_values_columns(struct rewrite *r, struct node *n)
{
	struct node *q = n->child[DERIVED_QUERY], *alias, *list;

	if (q->kind == NODE_QUERY)
		q = q->child[QUERY_BODY];
	if (!q || q->kind != NODE_VALUES || q->count == 0)
		return false;
	rule_derived_alias(r, n);
	alias = n->child[DERIVED_ALIAS];
	if (alias->child[ALIAS_COLUMNS])
		return false;
	list = node_make(r->arena, NODE_LIST);
	for (uint32_t i = 0; i < q->child[0]->count; i++)
		node_add(r->arena, list,
			 node_ident(r->arena, arena_printf(r->arena, "col%u", i + 1)));
	node_set(alias, ALIAS_COLUMNS, list);
	return true;
}

static bool has_same(const struct node *n, const struct node *what)
{
	if (node_same(n, what))
		return true;
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i] && has_same(n->child[i], what))
			return true;
	return false;
}

/* A column that is in no grouping set is NULL in every row. */
static void make_null(struct rewrite *r, struct node *n, const struct node *column)
{
	if (!n || (n->kind == NODE_CALL && !n->child[CALL_OVER]))
		return;
	if (node_same(n, column)) {
		struct node *null = node_null(r->arena), *item = n->parent;
		const char *type = type_name(type_of(r, n));

		if (item->kind == NODE_ITEM && !item->child[ITEM_ALIAS] && n->kind == NODE_COLUMN)
			node_set(item, ITEM_ALIAS, node_copy(r->arena, n->child[n->count - 1]));
		node_replace(n, type ? node_cast(r->arena, null, type) : null);
		return;
	}
	for (uint32_t i = 0; i < n->count; i++)
		make_null(r, n->child[i], column);
}

/* GROUP BY a, b GROUPING SETS (...): the list before it only names columns. */
bool rule_group_sets(struct rewrite *r, struct node *n)
{
	struct node *last = n->count ? n->child[n->count - 1] : NULL, *select = n->parent;

	if (n->flags & (FLAG_ROLLUP | FLAG_CUBE)) {
		node_touch(n);
		return true;
	}
	if (!last || last->kind != NODE_GROUPING || !(last->flags & FLAG_SPECIAL))
		return false;
	for (uint32_t i = 0; i + 1 < n->count && select->kind == NODE_SELECT; i++)
		if (!has_same(last, n->child[i])) {
			make_null(r, select->child[SELECT_ITEMS], n->child[i]);
			make_null(r, select->child[SELECT_HAVING], n->child[i]);
		}
	n->child[0] = last;
	last->slot = 0;
	n->count = 1;
	node_touch(n);
	return true;
}

static const char *const aggregates[] = {"any",
					 "any_value",
					 "approx_count_distinct",
					 "approx_percentile",
					 "approx_top_k",
					 "array_agg",
					 "array_union_agg",
					 "array_unique_agg",
					 "avg",
					 "bit_and",
					 "bit_or",
					 "bit_xor",
					 "bitand_agg",
					 "bitor_agg",
					 "bitxor_agg",
					 "bool_and",
					 "bool_or",
					 "booland_agg",
					 "boolor_agg",
					 "boolxor_agg",
					 "checksum_agg",
					 "collect",
					 "collect_list",
					 "collect_set",
					 "corr",
					 "count",
					 "count_big",
					 "count_if",
					 "covar_pop",
					 "covar_samp",
					 "every",
					 "first",
					 "group_concat",
					 "grouping",
					 "grouping_id",
					 "hash_agg",
					 "hll",
					 "json_agg",
					 "json_arrayagg",
					 "json_object_agg",
					 "json_objectagg",
					 "jsonb_agg",
					 "jsonb_object_agg",
					 "kurtosis",
					 "last",
					 "listagg",
					 "map_agg",
					 "max",
					 "max_by",
					 "median",
					 "min",
					 "min_by",
					 "mode",
					 "object_agg",
					 "percentile",
					 "percentile_approx",
					 "percentile_cont",
					 "percentile_disc",
					 "product",
					 "regr_avgx",
					 "regr_avgy",
					 "regr_count",
					 "regr_intercept",
					 "regr_r2",
					 "regr_slope",
					 "regr_sxx",
					 "regr_sxy",
					 "regr_syy",
					 "skewness",
					 "some",
					 "std",
					 "stddev",
					 "stddev_pop",
					 "stddev_samp",
					 "stdev",
					 "stdevp",
					 "string_agg",
					 "sum",
					 "try_avg",
					 "try_sum",
					 "var",
					 "var_pop",
					 "var_samp",
					 "variance",
					 "variance_pop",
					 "variance_samp",
					 "varp",
					 "wm_concat",
					 "xmlagg"};

bool has_aggregate(const struct node *n)
{
	if (!n || n->kind == NODE_SUBQUERY || n->kind == NODE_EXISTS)
		return false;
	if (n->kind == NODE_CALL && !n->child[CALL_OVER])
		for (size_t i = 0; i < sizeof(aggregates) / sizeof(aggregates[0]); i++)
			if (node_calls(n, aggregates[i]))
				return true;
	for (uint32_t i = 0; i < n->count; i++)
		if (has_aggregate(n->child[i]))
			return true;
	return false;
}

static bool has_window(const struct node *n)
{
	if (!n || n->kind == NODE_SUBQUERY || n->kind == NODE_EXISTS)
		return false;
	if (n->kind == NODE_CALL && n->child[CALL_OVER])
		return true;
	for (uint32_t i = 0; i < n->count; i++)
		if (has_window(n->child[i]))
			return true;
	return false;
}

/* GROUP BY ALL: the select items without aggregates and windows, by their numbers. */
bool rule_group_all(struct rewrite *r, struct node *n)
{
	struct node *items;

	if (!(n->flags & FLAG_ALL) || n->count || !n->parent || n->parent->kind != NODE_SELECT)
		return false;
	items = n->parent->child[SELECT_ITEMS];
	for (uint32_t i = 0; i < items->count; i++) {
		const struct node *v = items->child[i]->child[ITEM_VALUE];

		if (v->kind == NODE_STAR)
			return false;
		if (!has_aggregate(v) && !has_window(v)) /* as QUALIFY adds one */
			node_add(r->arena, n, node_number(r->arena, (long)i + 1));
	}
	if (n->count == 0) {
		node_set(n->parent, SELECT_GROUP, NULL);
		return true;
	}
	n->flags &= ~(uint32_t)FLAG_ALL;
	node_touch(n);
	return true;
}

/* ORDER BY ALL: every item by its number. */
bool rule_order_all(struct rewrite *r, struct node *n)
{
	struct node *sort, *body, *list;
	uint32_t count;

	if (n->kind != NODE_QUERY || !n->child[QUERY_ORDER] || n->child[QUERY_ORDER]->count != 1)
		return false;
	sort = n->child[QUERY_ORDER]->child[0];
	body = n->child[QUERY_BODY];
	if (!(sort->flags & FLAG_ALL) || body->kind != NODE_SELECT)
		return false;
	count = body->child[SELECT_ITEMS]->count;
	list = node_make(r->arena, NODE_LIST);
	for (uint32_t i = 0; i < count; i++) {
		struct node *one = node_make(r->arena, NODE_SORT);

		if (body->child[SELECT_ITEMS]->child[i]->child[0]->kind == NODE_STAR)
			return false;
		one->flags |= sort->flags & (FLAG_DESC | FLAG_ASC);
		one->op = sort->op;
		node_put(one, 0, node_number(r->arena, (long)i + 1));
		node_add(r->arena, list, one);
	}
	node_set(n, QUERY_ORDER, list);
	return true;
}

static struct node *named_column(struct rewrite *r, struct node *relation, struct node *name)
{
	struct node *alias = relation->kind == NODE_TABLE     ? relation->child[TABLE_ALIAS]
			     : relation->kind == NODE_DERIVED ? relation->child[DERIVED_ALIAS]
							      : NULL,
		    *column, *table;

	if (alias)
		table = alias->child[ALIAS_NAME];
	else if (relation->kind == NODE_TABLE)
		table = relation->child[TABLE_NAME]->child[relation->child[TABLE_NAME]->count - 1];
	else
		return NULL;
	column = node_make(r->arena, NODE_COLUMN);
	node_add(r->arena, column, node_copy(r->arena, table));
	node_add(r->arena, column, node_copy(r->arena, name));
	return column;
}

/* USING (a) of a semi join as a condition, where both sides have a name. */
static void using_condition(struct rewrite *r, struct node *n)
{
	struct node *using = n->child[JOIN_USING], *all = NULL;

	for (uint32_t i = 0; using && i < using->count; i++) {
		struct node *left = named_column(r, n->child[JOIN_LEFT], using->child[i]);
		struct node *right = named_column(r, n->child[JOIN_RIGHT], using->child[i]);

		if (!left || !right)
			return;
		all = node_logic(r->arena, OP_AND, all, node_binary(r->arena, OP_EQ, left, right));
	}
	if (all)
		node_put(n, JOIN_ON, all);
}

/* SEMI and ANTI joins: [NOT] EXISTS. */
bool rule_semi_join(struct rewrite *r, struct node *n)
{
	struct node *select = node_above(n, NODE_SELECT), *exists, *q, *inner, *from, *list, *item;

	if ((n->op != JOIN_SEMI && n->op != JOIN_ANTI) || !select)
		return false;
	if (!n->child[JOIN_ON])
		using_condition(r, n);
	if (!n->child[JOIN_ON])
		return false;
	inner = node_make(r->arena, NODE_SELECT);
	list = node_make(r->arena, NODE_LIST);
	item = node_make(r->arena, NODE_ITEM);
	node_put(item, 0, node_number(r->arena, 1));
	node_add(r->arena, list, item);
	from = node_make(r->arena, NODE_FROM);
	node_add(r->arena, from, n->child[JOIN_RIGHT]);
	node_put(inner, SELECT_ITEMS, list);
	node_put(inner, SELECT_FROM, from);
	node_put(inner, SELECT_WHERE, n->child[JOIN_ON]);
	q = node_make(r->arena, NODE_QUERY);
	node_put(q, QUERY_BODY, inner);
	exists = node_make(r->arena, NODE_EXISTS);
	exists->type = TYPE_BOOL;
	node_put(exists, 0, q);
	if (n->op == JOIN_ANTI)
		exists = node_not(r->arena, exists);
	node_replace(n, n->child[JOIN_LEFT]);
	if (select->child[SELECT_WHERE]) {
		struct node *where = select->child[SELECT_WHERE];
		struct node *place = node_take(r->arena, where);

		node_replace(place, node_logic(r->arena, OP_AND, where, exists));
	} else {
		node_set(select, SELECT_WHERE, exists);
	}
	return true;
}

/* CROSS APPLY, OUTER APPLY: LATERAL. */
bool rule_apply(struct rewrite *r, struct node *n)
{
	struct node *right = n->child[JOIN_RIGHT], *yes;

	if (n->op != JOIN_CROSS_APPLY && n->op != JOIN_OUTER_APPLY)
		return false;
	if (right->kind == NODE_DERIVED || right->kind == NODE_TABLE_CALL) {
		right->flags |= FLAG_LATERAL;
		node_touch(right);
	}
	if (n->op == JOIN_OUTER_APPLY) {
		yes = node_make(r->arena, NODE_BOOL);
		yes->op = 1;
		node_set(n, JOIN_ON, yes);
	}
	n->op = n->op == JOIN_CROSS_APPLY ? JOIN_CROSS : JOIN_LEFT_OUTER;
	node_touch(n);
	return true;
}

/* A join without a condition is a cross join. */
bool rule_join_condition(struct rewrite *r, struct node *n)
{
	(void)r;
	if (n->op == JOIN_CROSS && (n->child[JOIN_ON] || n->child[JOIN_USING])) {
		n->op = JOIN_INNER;
		node_touch(n);
		return true;
	}
	if ((n->op != JOIN_INNER && n->op != JOIN_STRAIGHT) || n->flags & FLAG_NATURAL)
		return false;
	if (!n->child[JOIN_ON] && !n->child[JOIN_USING])
		n->op = JOIN_CROSS;
	else if (n->op == JOIN_INNER)
		return false;
	node_touch(n);
	return true;
}

/* FROM dual. */
bool rule_dual(struct rewrite *r, struct node *n)
{
	struct node *t = n->count == 1 ? n->child[0] : NULL, *items;

	if (!t || t->kind != NODE_TABLE || t->child[TABLE_NAME]->count > 2 ||
	    !str_is_word(node_last_name(t->child[TABLE_NAME]), "dual") || !n->parent ||
	    n->parent->kind != NODE_SELECT ||
	    (t->child[TABLE_NAME]->count == 2 &&
	     !str_is_word(t->child[TABLE_NAME]->child[0]->text, "sys")))
		return false;
	items = n->parent->child[SELECT_ITEMS];
	if (items->count == 1 && items->child[0]->kind == NODE_ITEM &&
	    items->child[0]->child[ITEM_VALUE]->kind == NODE_STAR) { /* its one column */
		node_set(items->child[0], ITEM_VALUE, node_string(r->arena, (struct str){"X", 1}));
		node_set(items->child[0], ITEM_ALIAS, node_ident(r->arena, "dummy"));
	}
	node_set(n->parent, SELECT_FROM, NULL);
	return true;
}

/* SORT BY, DISTRIBUTE BY, CLUSTER BY. */
bool rule_cluster(struct rewrite *r, struct node *n)
{
	struct node *list = n->child[QUERY_CLUSTER];

	if (!list)
		return false;
	rewrite_finding(r, list, "CLUSTERING", NULL);
	for (uint32_t i = 0; i < list->count; i++)
		if (list->child[i]->op == CLUSTER_SORT && !n->child[QUERY_ORDER] &&
		    n->child[QUERY_LIMIT])
			node_set(n, QUERY_ORDER, list->child[i]->child[0]);
	node_set(n, QUERY_CLUSTER, NULL);
	return true;
}

/* Hints of tables, OPTION (...): dropped. */
bool rule_table_hint(struct rewrite *r, struct node *n)
{
	if (!n->child[TABLE_HINT])
		return false;
	rewrite_finding(r, n->child[TABLE_HINT], "HINT-DROPPED", NULL);
	node_set(n, TABLE_HINT, NULL);
	return true;
}

bool rule_query_option(struct rewrite *r, struct node *n)
{
	struct node *tail = n->child[QUERY_LOCK];

	if (!tail || tail->count != 1 || tail->child[0]->kind != NODE_OPTION)
		return false;
	rewrite_finding(r, tail, "HINT-DROPPED", NULL);
	node_set(n, QUERY_LOCK, NULL);
	return true;
}

static bool names_cte(const struct node *n, struct str name)
{
	if (n->kind == NODE_TABLE && n->child[TABLE_NAME]->count == 1) {
		struct str own = n->child[TABLE_NAME]->child[0]->text;

		if (own.len == name.len && !strncasecmp(own.p, name.p, own.len))
			return true;
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i] && names_cte(n->child[i], name))
			return true;
	return false;
}

/* A CTE that reads itself needs RECURSIVE. */
bool rule_recursive(struct rewrite *r, struct node *n)
{
	(void)r;
	if (n->flags & FLAG_RECURSIVE)
		return false;
	for (uint32_t i = 0; i < n->count; i++) {
		struct node *c = n->child[i];

		if (c->child[CTE_BODY] && names_cte(c->child[CTE_BODY], c->child[CTE_NAME]->text)) {
			n->flags |= FLAG_RECURSIVE;
			node_touch(n);
			return true;
		}
	}
	return false;
}

/* LIKE ANY (a, b), RLIKE: the printer knows them. */
bool rule_like(struct rewrite *r, struct node *n)
{
	(void)r;
	if (n->op != LIKE_RLIKE && !(n->flags & (FLAG_ANY | FLAG_ALL)))
		return false;
	node_touch(n);
	return true;
}

/* json[i], map['k']: a field; JSON where more is taken out of it. */
static bool json_index(struct rewrite *r, struct node *n)
{
	struct node *base = n->child[0], *i = n->child[1], *made = column_definition(base), *value;
	bool more = n->parent && n->slot == 0 &&
		    (n->parent->kind == NODE_MEMBER || n->parent->kind == NODE_INDEX);
	struct node *place, *now;
	enum type_code t;

	value = made->kind == NODE_ARRAY ? column_element(made)
		: shape_is_map(made)	 ? node_arg(made, 1)
					 : NULL;
	t = made->kind == NODE_ARRAY && value ? type_of(r, value) : shape_map_type(r, base, 1);
	if (shape_is_map(made) && i->kind == NODE_NUMBER) /* not the place in an array */
		i = node_string(r->arena, i->text);
	else if (shape_is_map(made) && type_of(r, i) != TYPE_TEXT)
		i = node_cast(r->arena, i, "text");
	place = node_take(r->arena, n);
	now = shape_get(r, base, i, more ? TYPE_JSON : t);
	if (value && (t == TYPE_JSON || t == TYPE_ARRAY))
		now->shape = column_definition(value);
	node_replace(place, now);
	return true;
}

/* array(...)[i]: from 0 to from 1. */
bool rule_index_base(struct rewrite *r, struct node *n)
{
	struct node *base = n->child[0], *i = n->child[1], *place;

	if (type_of(r, base) == TYPE_JSON || type_of(r, i) == TYPE_TEXT)
		return json_index(r, n);
	if (i->kind == NODE_NUMBER) {
		int64_t value;
		char text[24] = "";

		memcpy(text, i->text.p, i->text.len < 20 ? i->text.len : 20);
		if (!text_to_int(text, &value))
			return false;
		node_replace(i, node_number(r->arena, (long)value + 1));
	} else {
		place = node_take(r->arena, i);
		node_replace(place, node_binary(r->arena, OP_ADD, i, node_number(r->arena, 1)));
	}
	node_touch(n);
	return true;
}

/* a + 'x' where + joins texts. */
bool rule_plus_concat(struct rewrite *r, struct node *n)
{
	enum type_code a, b;

	if (n->op != OP_ADD)
		return false;
	a = type_of(r, n->child[0]);
	b = type_of(r, n->child[1]);
	if ((a != TYPE_TEXT && b != TYPE_TEXT) || type_is_number(a) || type_is_number(b))
		return false;
	n->op = OP_CONCAT;
	n->type = TYPE_TEXT;
	node_touch(n);
	return true;
}

/* Options of CREATE TABLE that mean storage. */
bool rule_table_options(struct rewrite *r, struct node *n)
{
	struct node *options = n->child[TABLE_DEF_OPTIONS];

	if (!options)
		return false;
	rewrite_finding(r, options, "OPTION-DROPPED", NULL);
	node_set(n, TABLE_DEF_OPTIONS, NULL);
	return true;
}

/* Parameters become $n, the same name the same number. */
bool rule_parameter(struct rewrite *r, struct node *n)
{
	const char *text;
	size_t i = 0;

	if (n->number && n->text.p[0] == '$')
		return false;
	text = arena_strndup(r->arena, n->text.p, n->text.len);
	if (strcmp(text, "?") != 0)
		for (; i < r->parameter_count && strcmp(r->parameters[i].source, text); i++)
			;
	else
		i = r->parameter_count;
	if (i == r->parameter_count) {
		if (r->parameter_count == r->parameter_room) {
			size_t room = r->parameter_room ? r->parameter_room * 2 : 8;
			struct convert_parameter *more =
				arena_alloc(r->arena, room * sizeof(*more));

			if (r->parameter_count)
				memcpy(more, r->parameters, r->parameter_count * sizeof(*more));
			r->parameters = more;
			r->parameter_room = room;
		}
		r->parameters[r->parameter_count++] = (struct convert_parameter){text, (int)i + 1};
	}
	n->number = (uint16_t)(i + 1);
	node_touch(n);
	return true;
}
