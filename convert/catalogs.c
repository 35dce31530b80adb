/*
 * catalogs.c - Postgres reads one database, so `catalog.schema.table` becomes `schema.table`. The
 * whole statement is looked at first: which names have three parts, and whether two catalogs meet.
 */
#include "convert/catalogs.h"

#define NAMES_MAX 256 /* different ones in a statement; more are not looked at for clashes */

struct table {
	struct str catalog, schema, name; /* no schema: c..t */
};

struct catalogs {
	struct rewrite *r;
	struct table tables[NAMES_MAX];
	uint32_t count;
	bool several; /* catalogs */
	const struct node *first, *clash;
};

/* c.s.t; T-SQL's server.c.s.t and c..t, too. */
static bool is_table_name(const struct rewrite *r, const struct node *n)
{
	const struct node *up = n->parent;

	if (n->kind != NODE_NAME || !up || up->kind == NODE_COLLATE)
		return false;
	if (n->count != 3 && !(n->count == 2 && n->op) &&
	    !(n->count == 4 && r->dialect->lex & LEX_BRACKET_NAME))
		return false;
	return up->kind != NODE_CALL && up->kind != NODE_STAR;
}

static struct table table_of(const struct node *n)
{
	struct table t = {.name = n->child[n->count - 1]->text};

	if (!n->op)
		t.schema = n->child[n->count - 2]->text;
	if (n->count > 2u - (n->op != 0))
		t.catalog = n->child[n->count - 3 + (n->op != 0)]->text;
	return t;
}

static bool same(struct str a, struct str b)
{
	return str_same(a, b) || (!a.p && !b.p);
}

static void note(struct catalogs *c, const struct node *n)
{
	struct table t = table_of(n);

	if (!c->first)
		c->first = n;
	for (uint32_t i = 0; i < c->count; i++) {
		const struct table *other = &c->tables[i];
		bool same_name = same(other->name, t.name) && same(other->schema, t.schema);

		if (same_name && same(other->catalog, t.catalog))
			return;
		if (same_name)
			c->clash = n;
		c->several |= !same(other->catalog, t.catalog);
	}
	if (c->count < NAMES_MAX)
		c->tables[c->count++] = t;
}

static void collect(struct catalogs *c, const struct node *n)
{
	if (is_table_name(c->r, n)) {
		note(c, n);
		return;
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			collect(c, n->child[i]);
}

/* Whether the first three parts are one of the tables: of c.s.t.a, c.s.t.* */
static bool is_of_table(const struct catalogs *c, const struct node *n)
{
	for (uint32_t i = 0; i < c->count; i++)
		if (str_same(n->child[0]->text, c->tables[i].catalog) &&
		    str_same(n->child[1]->text, c->tables[i].schema) &&
		    str_same(n->child[2]->text, c->tables[i].name))
			return true;
	return false;
}

/* Columns, stars, functions and comments that have a catalog before the schema. */
static bool has_catalog(const struct catalogs *c, const struct node *n)
{
	const struct node *up = n->parent;

	if (n->count < 3 || !up)
		return false;
	if (n->kind == NODE_NAME && up->kind == NODE_CALL)
		return n->count == 3;
	if (n->kind == NODE_COLUMN || (n->kind == NODE_NAME && up->kind != NODE_STAR))
		return n->count > 3 && is_of_table(c, n);
	return n->kind == NODE_NAME && is_of_table(c, n);
}

static void drop(struct catalogs *c, struct node *n)
{
	if (is_table_name(c->r, n)) {
		while (n->count > (n->op ? 1 : 2))
			node_remove(n, 0);
		n->op = 0;
		node_touch(n);
	} else if (has_catalog(c, n)) {
		node_remove(n, 0);
		node_touch(n);
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			drop(c, n->child[i]);
}

void catalogs_drop(struct rewrite *r)
{
	struct catalogs c = {.r = r};
	bool open;

	if (!(r->dialect->flags & DIALECT_CATALOGS))
		return;
	collect(&c, r->root);
	if (c.clash) {
		rewrite_finding(r, c.clash, "NOT-CONVERTED",
				"two databases have a table '%.*s': bring one in as another schema",
				(int)table_of(c.clash).name.len, table_of(c.clash).name.p);
		return;
	}
	/* In T-SQL a database is named because it is another one. */
	open = c.several || r->dialect->lex & LEX_BRACKET_NAME;
	if (c.first)
		rewrite_finding(r, c.first, open ? "DATABASE-NAME" : "CATALOG-DROPPED", NULL);
	drop(&c, r->root);
}
