/*
 * schema_alter.c - changes of tables for the store: ALTER TABLE as all dialects write it, DROP,
 * RENAME, unique indexes, read from their tokens.
 */
#include "convert/schema_read.h"

#include <string.h>

static bool accept_if(struct parser *p)
{
	if (!parse_is_word(p, 0, "IF"))
		return false;
	p->at++;
	parse_accept_word(p, "NOT");
	return parse_accept_word(p, "EXISTS");
}

/* Up to the comma before the next action, or the end. */
static void skip_action(struct parser *p)
{
	while (!parse_at_end(p) && !parse_is_symbol(p, ',') && !parse_is_symbol(p, ';') &&
	       !parse_is_symbol(p, ')'))
		if (parse_accept_symbol(p, '('))
			parse_skip_balanced(p);
		else
			p->at++;
}

static struct schema_column *find(struct schema_table *t, const struct node *name)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (str_same(t->columns[i].name, node_last_name(name)))
			return &t->columns[i];
	return NULL;
}

/* A key that the column is part of goes with it. */
static void drop_column(struct schema_table *t, const struct node *name)
{
	const struct schema_column *c = find(t, name);
	uint32_t place;

	if (!c)
		return;
	place = (uint32_t)(c - t->columns);
	t->count--;
	memmove(t->columns + place, t->columns + place + 1,
		(t->count - place) * sizeof(*t->columns));
	for (uint32_t i = 0; i < t->key_count;) {
		struct schema_key *k = &t->keys[i];
		bool part = false;

		for (uint32_t j = 0; j < k->count; j++) {
			part |= k->columns[j] == place;
			k->columns[j] -= k->columns[j] > place;
		}
		if (part)
			memmove(k, k + 1, (--t->key_count - i) * sizeof(*k));
		else
			i++;
	}
}

static void drop_primary(struct schema_table *t)
{
	for (uint32_t i = 0; i < t->key_count; i++)
		if (t->keys[i].primary) {
			memmove(&t->keys[i], &t->keys[i + 1],
				(--t->key_count - i) * sizeof(t->keys[0]));
			return;
		}
}

static void drop(struct parser *p, struct schema_table *t)
{
	bool parens;

	if (parse_accept_word(p, "PRIMARY")) {
		drop_primary(t);
		return;
	}
	if (parse_is_word(p, 0, "CONSTRAINT") || parse_is_word(p, 0, "FOREIGN") ||
	    parse_is_word(p, 0, "INDEX") || parse_is_word(p, 0, "KEY") ||
	    parse_is_word(p, 0, "PARTITION") || parse_is_word(p, 0, "CHECK"))
		return;
	if (!parse_accept_word(p, "COLUMNS"))
		parse_accept_word(p, "COLUMN");
	accept_if(p);
	parens = parse_accept_symbol(p, '(');
	do {
		parse_accept_word(p, "COLUMN");
		if (!parse_is_name(p, 0))
			return;
		drop_column(t, parse_ident(p));
	} while (parens && parse_accept_symbol(p, ','));
}

/* FIRST, AFTER a: the place of the column that was added. */
static void place(struct parser *p, struct schema_table *t)
{
	const struct schema_column *before;

	if (parse_accept_word(p, "FIRST")) {
		schema_move_column(t, t->count - 1, 0);
	} else if (parse_accept_word(p, "AFTER") && parse_is_name(p, 0)) {
		before = find(t, parse_ident(p));
		if (before && before - t->columns + 1 < (ptrdiff_t)t->count - 1)
			schema_move_column(t, t->count - 1, (uint32_t)(before - t->columns) + 1);
	}
}

/* FIRST and AFTER may have been taken as an option of the column: back to them. */
static uint32_t at_place(struct parser *p, const struct node *def)
{
	const struct node *list = def->child[COLUMN_DEF_CONSTRAINTS];

	for (uint32_t i = 0; list && i < list->count; i++) {
		const struct node *o = list->child[i]->child[CONSTRAINT_OPTIONS];

		if (list->child[i]->op == CONSTRAINT_OTHER && o &&
		    (str_is_word(o->text, "first") || str_is_word(o->text, "after")))
			return o->first;
	}
	return p->at;
}

static void add(struct schema_reader *x, struct parser *p, struct schema_table *t)
{
	bool parens;

	if (parse_is_word(p, 0, "PARTITION") || parse_is_word(p, 0, "INDEX") ||
	    (parse_is_word(p, 0, "KEY") && !parse_symbol_at(p, 1, '(')) ||
	    parse_is_word(p, 0, "DEFAULT"))
		return;
	if (!parse_accept_word(p, "COLUMNS"))
		parse_accept_word(p, "COLUMN");
	accept_if(p);
	parens = parse_accept_symbol(p, '(');
	do {
		struct node *n = parse_table_element(p);

		if (p->failed)
			return;
		if (n->kind == NODE_COLUMN_DEF) {
			if (schema_read_column(x, t, n)) {
				p->at = at_place(p, n);
				place(p, t);
			}
		} else
			schema_read_constraint(x, t, n);
		if (parens)
			skip_action(p);
	} while (parens && parse_accept_symbol(p, ','));
	if (parens)
		parse_accept_symbol(p, ')');
}

static void retype(struct schema_reader *x, struct schema_table *t, struct schema_column *c,
		   const struct node *def)
{
	const struct node *list = def->child[COLUMN_DEF_CONSTRAINTS];

	(void)t;
	if (def->child[COLUMN_DEF_TYPE])
		c->type = schema_type_of_column(x->schema, x->rewrite.dialect,
						def->child[COLUMN_DEF_TYPE]);
	for (uint32_t i = 0; list && i < list->count; i++) {
		if (list->child[i]->op == CONSTRAINT_NOT_NULL)
			c->flags |= SCHEMA_NOT_NULL;
		if (list->child[i]->op == CONSTRAINT_IDENTITY)
			c->flags |= SCHEMA_IDENTITY | SCHEMA_NOT_NULL;
		if (list->child[i]->op == CONSTRAINT_DEFAULT)
			c->flags |= SCHEMA_DEFAULT;
	}
}

/* MODIFY [COLUMN] a type; CHANGE [COLUMN] a b type */
static void modify(struct schema_reader *x, struct parser *p, struct schema_table *t, bool change)
{
	bool parens;

	parse_accept_word(p, "COLUMN");
	parens = parse_accept_symbol(p, '(');
	do {
		struct schema_column *c = NULL;
		struct node *def;

		if (change)
			c = find(t, parse_ident(p));
		def = parse_column_def(p);
		if (p->failed)
			return;
		if (!change)
			c = find(t, def->child[COLUMN_DEF_NAME]);
		if (c && change)
			c->name =
				schema_copy(x->schema, node_last_name(def->child[COLUMN_DEF_NAME]));
		if (c)
			retype(x, t, c, def);
	} while (parens && parse_accept_symbol(p, ','));
	if (parens)
		parse_accept_symbol(p, ')');
}

/* ALTER [COLUMN] a [SET DATA] TYPE t | t | SET NOT NULL | DROP NOT NULL | ADD GENERATED ... */
static void alter_column(struct schema_reader *x, struct parser *p, struct schema_table *t)
{
	struct schema_column *c;
	struct parse_mark mark;

	parse_accept_word(p, "COLUMN");
	mark = parse_mark(p);
	if (!parse_is_name(p, 0))
		return;
	c = find(t, parse_ident(p));
	if (!c)
		return;
	if (parse_accept_word(p, "TYPE") ||
	    (parse_is_word(p, 0, "SET") && parse_is_word(p, 1, "DATA"))) {
		while (parse_accept_word(p, "SET") || parse_accept_word(p, "DATA") ||
		       parse_accept_word(p, "TYPE"))
			;
		c->type = schema_type_of_column(x->schema, x->rewrite.dialect, parse_type(p));
	} else if (parse_accept_word(p, "SET")) {
		c->flags |= parse_is_word(p, 0, "NOT") ? SCHEMA_NOT_NULL : SCHEMA_DEFAULT;
	} else if (parse_accept_word(p, "DROP")) {
		c->flags &=
			(uint8_t)(parse_is_word(p, 0, "NOT") ? ~SCHEMA_NOT_NULL : ~SCHEMA_DEFAULT);
	} else if (parse_accept_word(p, "ADD")) {
		c->flags |= SCHEMA_IDENTITY;
	} else {
		struct node *def;

		parse_back(p, mark);
		def = parse_column_def(p);
		if (!p->failed)
			retype(x, t, c, def);
	}
}

static void rename_table(struct schema_reader *x, const struct node *name, struct node *to)
{
	struct schema_table *t = schema_change(x->schema, &x->settings, name), *copy;

	if (!t)
		return;
	copy = arena_alloc(schema_arena(x->schema), sizeof(*copy));
	*copy = *t;
	copy->room = copy->count; /* what it shares with the old one is not added to */
	copy->key_room = copy->key_count;
	if (to->count == 1 && name->count > 1)
		node_insert(x->rewrite.arena, to, 0,
			    node_copy(x->rewrite.arena, name->child[name->count - 2]));
	schema_define(x->schema, &x->settings, name, NULL);
	schema_define(x->schema, &x->settings, to, copy);
}

static void rename(struct schema_reader *x, struct parser *p, struct schema_table *t,
		   const struct node *name)
{
	struct schema_column *c;

	if (parse_is_word(p, 0, "CONSTRAINT") || parse_is_word(p, 0, "INDEX") ||
	    parse_is_word(p, 0, "KEY"))
		return;
	if (parse_accept_word(p, "TO") || parse_accept_word(p, "AS")) {
		struct node *to = parse_name(p);

		if (!p->failed)
			rename_table(x, name, to);
		return;
	}
	parse_accept_word(p, "COLUMN");
	c = parse_is_name(p, 0) ? find(t, parse_ident(p)) : NULL;
	if (c && parse_accept_word(p, "TO") && parse_is_name(p, 0)) {
		const struct node *to = parse_ident(p);

		c->name = schema_copy(x->schema, to->text);
	}
}

static void alter_table(struct schema_reader *x, struct parser *p)
{
	struct schema_table *t;
	struct node *name;

	accept_if(p);
	parse_accept_word(p, "ONLY");
	name = parse_name(p);
	if (p->failed)
		return;
	if (parse_is_word(p, 0, "WITH"))
		p->at += 2; /* CHECK */
	t = schema_change(x->schema, &x->settings, name);
	for (int i = 0; t && i < SCHEMA_COLUMNS_MAX && !p->failed; i++) {
		if (parse_accept_word(p, "ADD"))
			add(x, p, t);
		else if (parse_accept_word(p, "DROP"))
			drop(p, t);
		else if (parse_accept_word(p, "MODIFY"))
			modify(x, p, t, false);
		else if (parse_accept_word(p, "CHANGE"))
			modify(x, p, t, true);
		else if (parse_accept_word(p, "ALTER"))
			alter_column(x, p, t);
		else if (parse_accept_word(p, "RENAME"))
			rename(x, p, t, name);
		skip_action(p);
		if (!parse_accept_symbol(p, ','))
			break;
		if (parse_is_name(p, 0) && !parse_is(p, K_ADD) && !parse_is(p, K_DROP) &&
		    !parse_is_word(p, 0, "ADD") && !parse_is_word(p, 0, "MODIFY") &&
		    !parse_is_word(p, 0, "CHANGE") && !parse_is_word(p, 0, "ALTER") &&
		    !parse_is_word(p, 0, "RENAME")) /* T-SQL: ADD a int, b int */
			add(x, p, t);
	}
}

/* DROP TABLE | VIEW [IF EXISTS] a, b */
static void drop_tables(struct schema_reader *x, struct parser *p)
{
	parse_accept_word(p, "TEMPORARY");
	parse_accept_word(p, "MATERIALIZED");
	if (!parse_accept_word(p, "TABLE") && !parse_accept_word(p, "VIEW"))
		return;
	accept_if(p);
	do {
		struct node *name = parse_name(p);

		if (p->failed)
			return;
		if (x->settings.file)
			schema_define(x->schema, &x->settings, name, NULL);
	} while (parse_accept_symbol(p, ','));
}

/* CREATE UNIQUE INDEX i ON t (a, b): a key, unless it is partial or of expressions. */
static void unique_index(struct schema_reader *x, struct parser *p)
{
	struct schema_table *t;
	struct node *name, *columns;

	if (!parse_accept_word(p, "UNIQUE"))
		return;
	while (!parse_at_end(p) && !parse_is(p, K_ON) && !parse_is_symbol(p, '('))
		p->at++;
	if (!parse_accept(p, K_ON))
		return;
	parse_accept_word(p, "ONLY");
	name = parse_name(p);
	if (parse_accept_word(p, "USING"))
		p->at++;
	parse_expect_symbol(p, '(');
	columns = parse_sort_list(p);
	parse_expect_symbol(p, ')');
	if (p->failed)
		return;
	while (!parse_at_end(p) && !parse_is(p, K_WHERE))
		p->at++;
	t = parse_at_end(p) ? schema_change(x->schema, &x->settings, name) : NULL;
	if (t)
		schema_read_key(x, t, columns, false);
}

/* RENAME TABLE a TO b, c TO d */
static void rename_tables(struct schema_reader *x, struct parser *p)
{
	if (!parse_accept_word(p, "TABLE"))
		return;
	do {
		struct node *name = parse_name(p), *to;

		if (!parse_accept_word(p, "TO"))
			return;
		to = parse_name(p);
		if (p->failed)
			return;
		rename_table(x, name, to);
	} while (parse_accept_symbol(p, ','));
}

void schema_read_change(struct schema_reader *x, const struct node *n)
{
	struct parser p = {.a = x->rewrite.arena,
			   .d = x->rewrite.dialect,
			   .t = x->rewrite.tokens,
			   .at = n->first};

	if (parse_accept_word(&p, "ALTER")) {
		if (parse_accept_word(&p, "TABLE"))
			alter_table(x, &p);
	} else if (parse_accept_word(&p, "DROP")) {
		drop_tables(x, &p);
	} else if (parse_accept_word(&p, "RENAME")) {
		rename_tables(x, &p);
	} else if (parse_accept_word(&p, "CREATE")) {
		unique_index(x, &p);
	}
}
