/*
 * rules_known.c - values that go into columns whose types are known: truth and numbers, which the
 * source takes for each other; lists of columns for INSERT where Postgres counts identity columns
 * and the source does not.
 */
#include "convert/rules_known.h"

#include "convert/columns.h"
#include "convert/rules.h"
#include "convert/rules_words.h"

static bool is_number(const struct node *n, const char *digits)
{
	return n->kind == NODE_NUMBER && str_is(n->text, digits);
}

/* A number for a boolean column: 0 and 1 as truth, others by what they are not. */
static bool as_truth(struct rewrite *r, struct node *value)
{
	struct node *bare = node_bare(value), *place;

	if (is_number(bare, "0") || is_number(bare, "1")) {
		struct node *b = node_make(r->arena, NODE_BOOL);

		b->op = is_number(bare, "1");
		b->type = TYPE_BOOL;
		node_replace(value, b);
		return true;
	}
	if (!type_is_int(type_of(r, value)))
		return false;
	place = node_take(r->arena, value);
	node_replace(place, node_cast(r->arena, value, "boolean"))->type = TYPE_BOOL;
	return true;
}

/* Truth for a column of numbers. */
static bool as_number(struct rewrite *r, struct node *value)
{
	struct node *bare = node_bare(value), *place;

	if (bare->kind == NODE_BOOL) {
		node_replace(value, node_number(r->arena, bare->op));
		return true;
	}
	if (type_of(r, value) != TYPE_BOOL)
		return false;
	place = node_take(r->arena, value);
	node_replace(place, node_cast(r->arena, value, "int"))->type = TYPE_INT;
	return true;
}

static bool fit(struct rewrite *r, struct node *value, const struct schema_column *c)
{
	if (value->kind == NODE_ITEM)
		value = value->child[ITEM_VALUE];
	if (c->type->code == TYPE_BOOL)
		return as_truth(r, value);
	return type_is_number(c->type->code) && as_number(r, value);
}

/* NULL and 0 for a column that counts by itself: the next number. */
static bool next_number(struct rewrite *r, struct node *value, const struct schema_column *c)
{
	if (!(c->flags & SCHEMA_IDENTITY) || (value->kind != NODE_NULL && !is_number(value, "0")))
		return false;
	node_replace(value, words(r, "DEFAULT"));
	return true;
}

/* ---- INSERT ---- */

/* The column for place `i` of a row. */
static const struct schema_column *column_at(const struct node *insert,
					     const struct schema_table *t, uint32_t i)
{
	const struct node *columns = insert->child[INSERT_COLUMNS];

	if (columns)
		return i < columns->count ? schema_column(t, node_last_name(columns->child[i]))
					  : NULL;
	return i < t->count ? &t->columns[i] : NULL;
}

static bool fit_row(struct rewrite *r, const struct node *insert, const struct schema_table *t,
		    struct node *row, bool numbers)
{
	bool done = false;

	for (uint32_t i = 0; i < row->count; i++) {
		const struct schema_column *c = column_at(insert, t, i);

		if (row->child[i]->kind == NODE_ITEM &&
		    row->child[i]->child[ITEM_VALUE]->kind == NODE_STAR)
			break; /* places are not known from here on */
		if (c && row->child[i]->kind != NODE_STAR)
			done |= (numbers && next_number(r, row->child[i], c)) ||
				fit(r, row->child[i], c);
	}
	return done;
}

static struct node *body_of(struct node *source)
{
	while (source && source->kind == NODE_QUERY)
		source = source->child[QUERY_BODY];
	return source;
}

static bool fit_source(struct rewrite *r, struct node *n, const struct schema_table *t,
		       bool numbers)
{
	struct node *body = body_of(n->child[INSERT_SOURCE]);
	bool done = false;

	if (!body || !t)
		return false;
	if (body->kind == NODE_SELECT)
		return fit_row(r, n, t, body->child[SELECT_ITEMS], false);
	if (body->kind != NODE_VALUES)
		return false;
	for (uint32_t i = 0; i < body->count; i++)
		if (body->child[i]->kind == NODE_ROW)
			done |= fit_row(r, n, t, body->child[i], numbers);
	return done;
}

/* The table of an INSERT, or of the MERGE that it is part of. */
static const struct schema_table *target_of(const struct node *n)
{
	const struct node *merge;

	if (n->child[INSERT_TARGET])
		return n->table;
	merge = node_above(n, NODE_MERGE);
	return merge && merge->child[MERGE_TARGET] ? merge->child[MERGE_TARGET]->table : NULL;
}

bool rule_known_insert(struct rewrite *r, struct node *n)
{
	return fit_source(r, n, target_of(n), false);
}

/* MySQL: NULL or 0 asks for the next number. */
bool rule_known_insert_numbers(struct rewrite *r, struct node *n)
{
	return fit_source(r, n, target_of(n), true);
}

static bool gives_identity(const struct node *n)
{
	const struct node *columns = n->child[INSERT_COLUMNS];

	for (uint32_t i = 0; columns && i < columns->count; i++) {
		const struct schema_column *c =
			schema_column(n->table, node_last_name(columns->child[i]));

		if (c && c->flags & SCHEMA_IDENTITY)
			return true;
	}
	return false;
}

/* rowversion is filled by the server. */
static bool is_counted(const struct schema_column *c)
{
	return c->flags & (SCHEMA_IDENTITY | SCHEMA_GENERATED) ||
	       str_is(c->type->source, "rowversion");
}

/* T-SQL: without a list identity and computed columns have no place in the rows. */
bool rule_identity_columns(struct rewrite *r, struct node *n)
{
	const struct schema_table *t = n->table;
	const struct node *source = n->child[INSERT_SOURCE];
	struct node *list;
	bool counted = false;

	if (!t || !n->child[INSERT_TARGET] || n->child[INSERT_COLUMNS] || !source ||
	    source->kind == NODE_RAW)
		return false;
	list = node_make(r->arena, NODE_LIST);
	for (uint32_t i = 0; i < t->count; i++) {
		counted |= is_counted(&t->columns[i]);
		if (!is_counted(&t->columns[i]))
			node_add(r->arena, list, known_ident(r, &t->columns[i]));
	}
	if (counted && list->count)
		node_set(n, INSERT_COLUMNS, list);
	return counted;
}

/* With the identity in the list (IDENTITY_INSERT) Postgres wants to be told. */
bool rule_identity_values(struct rewrite *r, struct node *n)
{
	struct node *over, *source = n->child[INSERT_SOURCE];

	if (!n->table || !n->child[INSERT_TARGET] || !source || source->kind == NODE_RAW ||
	    !gives_identity(n))
		return false;
	over = words(r, "OVERRIDING SYSTEM VALUE");
	node_add(r->arena, over, source);
	node_set(n, INSERT_SOURCE, over);
	return true;
}

/* ---- UPDATE ---- */

bool rule_known_assign(struct rewrite *r, struct node *n)
{
	struct node *target = n->child[0];
	const struct schema_type *t;
	struct schema_column c = {.flags = 0};

	if (!target || !n->child[1] || target->kind != NODE_COLUMN || !n->parent ||
	    !n->parent->parent || n->parent->parent->kind != NODE_UPDATE)
		return false;
	t = r->settings->schema ? known_type(target, 0) : NULL;
	c.type = t;
	return t && fit(r, n->child[1], &c);
}

/* ---- conditions ---- */

/* b IN (0, 1) where b is truth. */
bool rule_known_in(struct rewrite *r, struct node *n)
{
	struct node *list = n->child[1];
	bool done = false;

	if (!list || list->kind != NODE_LIST || type_of(r, n->child[0]) != TYPE_BOOL)
		return false;
	for (uint32_t i = 0; i < list->count; i++)
		done |= as_truth(r, list->child[i]);
	return done;
}

/* number = TRUE. */
bool rule_known_compare(struct rewrite *r, struct node *n)
{
	bool done = false;

	if (n->op < OP_EQ || n->op > OP_GE)
		return false;
	for (uint32_t i = 0; i < 2; i++)
		if (n->child[i]->kind == NODE_BOOL && type_is_number(type_of(r, n->child[1 - i])))
			done |= as_number(r, n->child[i]);
	return done;
}
