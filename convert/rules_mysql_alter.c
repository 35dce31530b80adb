/*
 * rules_mysql_alter.c - MySQL's ALTER, RENAME, DROP and CREATE of tables, indexes and databases,
 * read from the tokens and put together anew. What is not known leaves the statement as it was.
 */
#include "convert/rules.h"

#include "convert/rules_words.h"

struct alter {
	struct rewrite *r;
	struct parser *p;
	struct node *table;
	struct node *actions; /* RAW: ALTER TABLE t ..., or with no action yet */
	struct node *after;   /* STATEMENTS that follow */
	unsigned count;
};

/* Starts an action: a comma before all but the first. */
static void action(struct alter *a, const char *text)
{
	if (a->count++)
		node_add(a->r->arena, a->actions, words(a->r, ","));
	node_add(a->r->arena, a->actions, words(a->r, text));
}

static void add(struct alter *a, struct node *n)
{
	node_add(a->r->arena, a->actions, n);
}

static struct node *statement(struct alter *a, const char *text)
{
	struct node *out = words(a->r, text);

	node_add(a->r->arena, a->after, out);
	return out;
}

/* FIRST, AFTER c */
static void place(struct alter *a)
{
	if (parse_accept_word(a->p, "FIRST") || parse_accept_word(a->p, "AFTER")) {
		if (parse_is_name(a->p, 0))
			a->p->at++;
		rewrite_finding(a->r, a->table, "OPTION-DROPPED", "a column's place is at the end");
	}
}

/* (a, b(10) DESC) of an index */
static struct node *key_list(struct alter *a)
{
	struct node *list = node_make(a->r->arena, NODE_LIST);

	parse_expect_symbol(a->p, '(');
	do {
		struct node *c = parse_expression(a->p);

		if (c->kind == NODE_CALL && node_arg_count(c) == 1 &&
		    c->child[CALL_NAME]->count == 1)
			c = c->child[CALL_NAME]; /* a prefix of the column */
		if (!parse_accept_word(a->p, "ASC"))
			parse_accept_word(a->p, "DESC");
		node_add(a->r->arena, list, c);
	} while (parse_accept_symbol(a->p, ','));
	parse_expect_symbol(a->p, ')');
	return list;
}

static void index_options(struct parser *p)
{
	while (!parse_at_end(p) && !parse_is_symbol(p, ',') && !parse_is_symbol(p, ';'))
		p->at++;
}

static bool add_index(struct alter *a, bool unique)
{
	struct node *name = NULL, *columns;

	if (!parse_accept_word(a->p, "INDEX"))
		parse_accept_word(a->p, "KEY");
	if (parse_is_name(a->p, 0) && !parse_is_word(a->p, 0, "USING"))
		name = parse_ident(a->p);
	if (parse_accept_word(a->p, "USING"))
		a->p->at++;
	columns = key_list(a);
	index_options(a->p);
	node_add(a->r->arena, a->after, create_index(a->r, a->table, name, columns, unique));
	return true;
}

static bool add_column(struct alter *a)
{
	bool parens;

	parse_accept_word(a->p, "COLUMN");
	parens = parse_accept_symbol(a->p, '(');
	do {
		action(a, "ADD COLUMN");
		if (parse_accept2(a->p, K_IF, K_NOT)) {
			parse_expect(a->p, K_EXISTS);
			add(a, words(a->r, "IF NOT EXISTS"));
		}
		add(a, parse_column_def(a->p));
		place(a);
	} while (parens && parse_accept_symbol(a->p, ','));
	if (parens)
		parse_expect_symbol(a->p, ')');
	return true;
}

static bool add_something(struct alter *a)
{
	struct parser *p = a->p;

	if (parse_accept_word(p, "FULLTEXT") || parse_accept_word(p, "SPATIAL"))
		return false;
	if (parse_is_word(p, 0, "INDEX") || parse_is_word(p, 0, "KEY"))
		return add_index(a, false);
	if (parse_is_word(p, 0, "UNIQUE")) {
		p->at++;
		return add_index(a, true);
	}
	if (parse_is_word(p, 0, "CONSTRAINT") || parse_is_word(p, 0, "PRIMARY") ||
	    parse_is_word(p, 0, "FOREIGN") || parse_is_word(p, 0, "CHECK")) {
		action(a, "ADD");
		add(a, parse_table_constraint(p));
		return true;
	}
	if (parse_is_word(p, 0, "PARTITION"))
		return false;
	return add_column(a);
}

static bool drop_something(struct alter *a)
{
	struct parser *p = a->p;
	struct str t = node_last_name(a->table);

	if (parse_accept_word(p, "INDEX") || parse_accept_word(p, "KEY")) {
		struct node *out = statement(a, "DROP INDEX");

		node_add(a->r->arena, out, index_name(a->r, a->table, parse_ident(p)));
		return true;
	}
	if (parse_accept_word(p, "PRIMARY")) {
		parse_expect(p, K_KEY);
		action(a, "DROP CONSTRAINT");
		add(a, node_ident(a->r->arena,
				  arena_printf(a->r->arena, "%.*s_pkey", (int)t.len, t.p)));
		return true;
	}
	if (parse_is_word(p, 0, "PARTITION"))
		return false;
	if (parse_accept2(p, K_FOREIGN, K_KEY) || parse_accept_word(p, "CONSTRAINT") ||
	    parse_accept_word(p, "CHECK")) {
		action(a, "DROP CONSTRAINT");
	} else {
		parse_accept_word(p, "COLUMN");
		action(a, "DROP COLUMN");
	}
	if (parse_accept2(p, K_IF, K_EXISTS))
		add(a, words(a->r, "IF EXISTS"));
	add(a, parse_column_ident(p));
	if (!parse_accept_word(p, "CASCADE"))
		parse_accept_word(p, "RESTRICT");
	return true;
}

/* The new type, NOT NULL and default of a column. */
static void retype(struct alter *a, struct node *def)
{
	struct node *list = def->child[COLUMN_DEF_CONSTRAINTS];
	struct node *name = def->child[COLUMN_DEF_NAME];
	bool not_null = false, value = false;

	action(a, "ALTER COLUMN");
	add(a, name);
	add(a, words(a->r, "TYPE"));
	add(a, def->child[COLUMN_DEF_TYPE]);
	for (uint32_t i = 0; list && i < list->count; i++) {
		struct node *one = list->child[i];

		not_null |= one->op == CONSTRAINT_NOT_NULL;
		value |= one->op == CONSTRAINT_DEFAULT || one->op == CONSTRAINT_IDENTITY;
		if (one->op == CONSTRAINT_DEFAULT) {
			action(a, "ALTER COLUMN");
			add(a, node_copy(a->r->arena, name));
			add(a, words(a->r, "SET DEFAULT"));
			add(a, one->child[CONSTRAINT_VALUE]);
		} else if (one->op != CONSTRAINT_NOT_NULL && one->op != CONSTRAINT_NULL) {
			rewrite_finding(a->r, one, "OPTION-DROPPED",
					"an option of a column was dropped");
		}
	}
	action(a, "ALTER COLUMN");
	add(a, node_copy(a->r->arena, name));
	add(a, words(a->r, not_null ? "SET NOT NULL" : "DROP NOT NULL"));
	if (value)
		return;
	action(a, "ALTER COLUMN"); /* what is not said again is gone */
	add(a, node_copy(a->r->arena, name));
	add(a, words(a->r, "DROP DEFAULT"));
}

static bool modify(struct alter *a, bool rename)
{
	struct node *old = NULL, *def, *out;

	parse_accept_word(a->p, "COLUMN");
	if (rename)
		old = parse_column_ident(a->p);
	def = parse_column_def(a->p);
	place(a);
	if (a->p->failed || !def->child[COLUMN_DEF_TYPE])
		return false;
	retype(a, def);
	if (!rename || !node_same(old, def->child[COLUMN_DEF_NAME])) {
		if (!rename)
			return true;
		out = statement(a, "ALTER TABLE");
		node_add(a->r->arena, out, node_copy(a->r->arena, a->table));
		node_add(a->r->arena, out, words(a->r, "RENAME COLUMN"));
		node_add(a->r->arena, out, old);
		node_add(a->r->arena, out, words(a->r, "TO"));
		node_add(a->r->arena, out, node_copy(a->r->arena, def->child[COLUMN_DEF_NAME]));
	}
	for (uint32_t i = 0; i < a->actions->count; i++) /* until then it has the old name */
		if (a->actions->child[i]->kind == NODE_IDENT &&
		    node_same(a->actions->child[i], def->child[COLUMN_DEF_NAME]))
			node_replace(a->actions->child[i], node_copy(a->r->arena, old));
	return true;
}

static bool rename_something(struct alter *a)
{
	struct arena *arena = a->r->arena;
	bool column = parse_accept_word(a->p, "COLUMN"), index = false;
	struct node *out;

	if (!column)
		index = parse_accept_word(a->p, "INDEX") || parse_accept_word(a->p, "KEY");
	out = statement(a, index ? "ALTER INDEX" : "ALTER TABLE");
	if (index) {
		node_add(arena, out, index_name(a->r, a->table, parse_ident(a->p)));
	} else {
		node_add(arena, out, node_copy(arena, a->table));
		if (column) {
			node_add(arena, out, words(a->r, "RENAME COLUMN"));
			node_add(arena, out, parse_column_ident(a->p));
		}
	}
	if (!parse_accept_word(a->p, "TO"))
		parse_accept_word(a->p, "AS");
	node_add(arena, out, words(a->r, column ? "TO" : "RENAME TO"));
	if (index)
		node_add(arena, out, index_name(a->r, a->table, parse_ident(a->p)));
	else if (column)
		node_add(arena, out, parse_column_ident(a->p));
	else
		node_add(arena, out, parse_ident(a->p));
	return true;
}

static bool alter_column(struct alter *a)
{
	struct parser *p = a->p;

	if (parse_is_word(p, 0, "INDEX") || parse_is_word(p, 0, "CHECK"))
		return false;
	parse_accept_word(p, "COLUMN");
	action(a, "ALTER COLUMN");
	add(a, parse_column_ident(p));
	if (parse_accept_word(p, "SET")) {
		parse_expect(p, K_DEFAULT);
		add(a, words(a->r, "SET DEFAULT"));
		add(a, parse_binary(p, BIND_OTHER));
		return true;
	}
	add(a, words(a->r, "DROP DEFAULT"));
	return parse_accept2(p, K_DROP, K_DEFAULT);
}

/* ENGINE = x, AUTO_INCREMENT = 5, CONVERT TO CHARACTER SET x ... */
static bool table_option(struct alter *a)
{
	static const char *const known[] = {
		"ENGINE",  "AUTO_INCREMENT", "DEFAULT",	      "CHARSET",   "CHARACTER",
		"COLLATE", "CONVERT",	     "ROW_FORMAT",    "ALGORITHM", "LOCK",
		"ORDER",   "FORCE",	     "KEY_BLOCK_SIZE"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (parse_is_word(a->p, 0, known[i])) {
			index_options(a->p);
			rewrite_finding(a->r, a->table, "OPTION-DROPPED", NULL);
			return true;
		}
	return false;
}

static bool one_action(struct alter *a)
{
	if (parse_accept_word(a->p, "ADD"))
		return add_something(a);
	if (parse_accept_word(a->p, "DROP"))
		return drop_something(a);
	if (parse_accept_word(a->p, "MODIFY"))
		return modify(a, false);
	if (parse_accept_word(a->p, "CHANGE"))
		return modify(a, true);
	if (parse_accept_word(a->p, "RENAME"))
		return rename_something(a);
	if (parse_accept_word(a->p, "ALTER"))
		return alter_column(a);
	return table_option(a);
}

static struct node *alter_table(struct rewrite *r, struct parser *p)
{
	struct alter a = {.r = r, .p = p};
	struct node *all;

	parse_accept_word(p, "IGNORE");
	if (!parse_accept_word(p, "TABLE"))
		return NULL;
	a.actions = words(r, "ALTER TABLE");
	if (parse_accept2(p, K_IF, K_EXISTS))
		node_add(r->arena, a.actions, words(r, "IF EXISTS"));
	a.table = parse_name(p);
	node_add(r->arena, a.actions, a.table);
	a.after = node_make(r->arena, NODE_STATEMENTS);
	do {
		if (!one_action(&a))
			return NULL;
	} while (parse_accept_symbol(p, ',') && !p->failed);
	all = node_make(r->arena, NODE_STATEMENTS);
	if (a.count)
		node_add(r->arena, all, a.actions);
	for (uint32_t i = 0; i < a.after->count; i++)
		node_add(r->arena, all, a.after->child[i]);
	return all->count > 1 ? all : all->count ? all->child[0] : NULL;
}

/* RENAME TABLE a TO b, c TO d */
static struct node *rename_tables(struct rewrite *r, struct parser *p)
{
	struct node *all = node_make(r->arena, NODE_STATEMENTS);

	if (!parse_accept_word(p, "TABLE"))
		return NULL;
	do {
		struct node *out = words(r, "ALTER TABLE"), *to;

		node_add(r->arena, out, parse_name(p));
		if (!parse_accept_word(p, "TO"))
			return NULL;
		node_add(r->arena, out, words(r, "RENAME TO"));
		to = parse_name(p);
		node_add(r->arena, out, to->child[to->count - 1]);
		node_add(r->arena, all, out);
	} while (parse_accept_symbol(p, ','));
	return all->count > 1 ? all : all->child[0];
}

static struct node *drop(struct rewrite *r, struct parser *p)
{
	struct node *out, *name;
	bool schema;

	if (parse_accept_word(p, "INDEX")) { /* DROP INDEX i ON t ... */
		name = parse_ident(p);
		if (!parse_accept_word(p, "ON"))
			return NULL;
		out = words(r, "DROP INDEX");
		node_add(r->arena, out, index_name(r, parse_name(p), name));
		index_options(p);
		return out;
	}
	parse_accept_word(p, "TEMPORARY");
	schema = parse_is_word(p, 0, "DATABASE") || parse_is_word(p, 0, "SCHEMA");
	if (!schema && !parse_is_word(p, 0, "TABLE") && !parse_is_word(p, 0, "VIEW"))
		return NULL;
	out = words(r, schema			      ? "DROP SCHEMA"
		       : parse_is_word(p, 0, "TABLE") ? "DROP TABLE"
						      : "DROP VIEW");
	p->at++;
	if (parse_accept2(p, K_IF, K_EXISTS))
		node_add(r->arena, out, words(r, "IF EXISTS"));
	do {
		if (out->count && out->child[out->count - 1]->kind == NODE_NAME)
			node_add(r->arena, out, words(r, ","));
		node_add(r->arena, out, parse_name(p));
	} while (parse_accept_symbol(p, ','));
	if (parse_accept_word(p, "CASCADE") || schema) /* a database goes with all that is in it */
		node_add(r->arena, out, words(r, "CASCADE"));
	else
		parse_accept_word(p, "RESTRICT");
	return out;
}

static struct node *create(struct rewrite *r, struct parser *p)
{
	struct alter a = {.r = r, .p = p};
	bool unique = parse_accept_word(p, "UNIQUE");
	struct node *out, *name;

	if (parse_accept_word(p, "INDEX")) {
		name = parse_ident(p);
		if (parse_accept_word(p, "USING"))
			p->at++;
		if (!parse_accept_word(p, "ON"))
			return NULL;
		a.table = parse_name(p);
		out = create_index(r, a.table, name, key_list(&a), unique);
		index_options(p);
		return out;
	}
	if (!parse_accept_word(p, "DATABASE") && !parse_accept_word(p, "SCHEMA"))
		return NULL;
	out = words(r, "CREATE SCHEMA");
	if (parse_accept2(p, K_IF, K_NOT)) {
		parse_expect(p, K_EXISTS);
		node_add(r->arena, out, words(r, "IF NOT EXISTS"));
	}
	node_add(r->arena, out, parse_name(p));
	index_options(p);
	return out;
}

/* SET @a = 1, @b := 2 */
static struct node *set(struct rewrite *r, struct parser *p)
{
	struct node *all = node_make(r->arena, NODE_STATEMENTS);

	do {
		struct str text = token_text(p->t, p->at);
		struct node *name = node_make(r->arena, NODE_NAME), *value;

		if (text.len < 2 || text.p[0] != '@' || text.p[1] == '@')
			return NULL;
		node_add(r->arena, name,
			 node_ident(r->arena, arena_strndup(r->arena, text.p + 1, text.len - 1)));
		p->at++;
		if (!parse_accept_symbol(p, SYMBOL_ASSIGN) && !parse_accept_symbol(p, '='))
			return NULL;
		value = parse_expression(p);
		node_add(r->arena, all, words_variable(r, name, value));
	} while (parse_accept_symbol(p, ','));
	return all->count > 1 ? all : all->child[0];
}

static struct node *truncate(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "TRUNCATE TABLE");

	parse_accept_word(p, "TABLE");
	node_add(r->arena, out, parse_name(p));
	return out;
}

static struct node *use(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "SET search_path TO");

	node_add(r->arena, out, parse_ident(p));
	return out;
}

static const struct {
	const char *word;
	struct node *(*read)(struct rewrite *r, struct parser *p);
} statements[] = {
	{"ALTER", alter_table}, {"CREATE", create},	{"DROP", drop}, {"RENAME", rename_tables},
	{"SET", set},		{"TRUNCATE", truncate}, {"USE", use},
};

bool rule_mysql_statement(struct rewrite *r, struct node *n)
{
	struct parser p = {.a = r->arena, .d = r->dialect, .t = r->tokens, .at = n->first};
	struct node *out;
	size_t findings = r->finding_count;

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		if (!parse_accept_word(&p, statements[i].word))
			continue;
		out = statements[i].read(r, &p);
		parse_accept_symbol(&p, ';');
		if (out && !p.failed && parse_at_end(&p)) {
			node_replace(n, out);
			return true;
		}
		r->finding_count = findings;
		break;
	}
	return false;
}
