/*
 * rules_databricks_ddl.c - CREATE TABLE, VIEW and FUNCTION of Databricks: comments, clones, OR
 * REPLACE, partition columns with types, functions whose body is an expression.
 */
#include "convert/rules.h"

#include <string.h>

#include "convert/rules_words.h"

static bool option_is(const struct node *option, const char *word)
{
	return option->kind == NODE_OPTION && str_is_word(option->text, word);
}

static struct node *find_option(const struct node *options, const char *word)
{
	for (uint32_t i = 0; options && i < options->count; i++)
		if (option_is(options->child[i], word))
			return options->child[i];
	return NULL;
}

static struct node *comment_on(struct rewrite *r, const char *what, const struct node *name,
			       const struct node *column, struct node *text)
{
	struct node *out = words(r, what), *full = node_copy(r->arena, name);

	if (column) {
		node_add(r->arena, full, node_copy(r->arena, column));
		node_touch(full);
	}
	node_add(r->arena, out, full);
	node_add(r->arena, out, words(r, "IS"));
	node_add(r->arena, out, text);
	return out;
}

/* Comments of columns leave the table and become statements. */
static void column_comments(struct rewrite *r, struct node *n, struct node *all)
{
	struct node *elements = n->child[TABLE_DEF_ELEMENTS];

	for (uint32_t i = 0; elements && i < elements->count; i++) {
		struct node *c = elements->child[i], *list;

		list = c->kind == NODE_COLUMN_DEF ? c->child[COLUMN_DEF_CONSTRAINTS] : NULL;
		for (uint32_t k = 0; list && k < list->count;) {
			struct node *one = list->child[k];

			if (one->op != CONSTRAINT_COMMENT || one->kind != NODE_CONSTRAINT) {
				k++;
				continue;
			}
			node_add(r->arena, all,
				 comment_on(r, "COMMENT ON COLUMN", n->child[TABLE_DEF_NAME],
					    c->child[COLUMN_DEF_NAME],
					    one->child[CONSTRAINT_VALUE]));
			node_remove(list, k);
			node_touch(c);
		}
	}
}

/* [SHALLOW | DEEP] CLONE source ... */
static bool clone(struct rewrite *r, struct node *n)
{
	struct node *options = n->child[TABLE_DEF_OPTIONS], *o = NULL, *query;
	struct parser p = {.a = r->arena, .d = r->dialect, .t = r->tokens};

	if (n->child[TABLE_DEF_QUERY] || n->child[TABLE_DEF_ELEMENTS])
		return false;
	if (!(o = find_option(options, "shallow")) && !(o = find_option(options, "deep")) &&
	    !(o = find_option(options, "clone")))
		return false;
	p.at = o->first + !option_is(o, "clone");
	if (!parse_is_word(&p, 0, "CLONE"))
		return false;
	p.at++;
	query = words(r, "TABLE");
	node_add(r->arena, query, parse_name(&p));
	node_set(n, TABLE_DEF_QUERY, query);
	rewrite_finding(r, o, "CLONE", NULL);
	return true;
}

/* PARTITIONED BY (a INT): columns of the table. */
static void partition_columns(struct rewrite *r, struct node *n)
{
	struct node *o = find_option(n->child[TABLE_DEF_OPTIONS], "partitioned"), *more;
	struct parser p = {.a = r->arena, .d = r->dialect, .t = r->tokens};

	if (!o)
		return;
	p.at = o->first + 2;
	if (!parse_is_symbol(&p, '(') || parse_symbol_at(&p, 2, ',') ||
	    parse_symbol_at(&p, 2, ')') || parse_symbol_at(&p, 2, '('))
		return;
	more = parse_table_elements(&p);
	if (p.failed)
		return;
	if (!n->child[TABLE_DEF_ELEMENTS])
		node_set(n, TABLE_DEF_ELEMENTS, node_make(r->arena, NODE_LIST));
	for (uint32_t i = 0; i < more->count; i++)
		node_insert(r->arena, n->child[TABLE_DEF_ELEMENTS],
			    n->child[TABLE_DEF_ELEMENTS]->count, more->child[i]);
}

bool rule_create_table(struct rewrite *r, struct node *n)
{
	struct node *all = node_make(r->arena, NODE_STATEMENTS), *place, *o, *drop;

	if (n->parent->kind == NODE_STATEMENTS)
		return false;
	if (n->child[TABLE_DEF_LIKE])
		node_touch(n);
	clone(r, n);
	partition_columns(r, n);
	if (n->flags & FLAG_REPLACE) {
		drop = words(r, "DROP TABLE IF EXISTS");
		node_add(r->arena, drop, node_copy(r->arena, n->child[TABLE_DEF_NAME]));
		node_add(r->arena, all, drop);
		rewrite_finding(r, n->child[TABLE_DEF_NAME], "TABLE-REPLACED", NULL);
		n->flags &= ~(uint32_t)FLAG_REPLACE;
		node_touch(n);
	}
	node_add(r->arena, all, node_null(r->arena)); /* the place of the table itself */
	o = find_option(n->child[TABLE_DEF_OPTIONS], "comment");
	if (o && o->child[1])
		node_add(r->arena, all,
			 comment_on(r, "COMMENT ON TABLE", n->child[TABLE_DEF_NAME], NULL,
				    o->child[1]));
	column_comments(r, n, all);
	if (!n->child[TABLE_DEF_ELEMENTS] && !n->child[TABLE_DEF_QUERY] &&
	    !n->child[TABLE_DEF_LIKE]) {
		rewrite_finding(r, n->child[TABLE_DEF_NAME], "TABLE-COLUMNS", NULL);
		node_set(n, TABLE_DEF_ELEMENTS, node_make(r->arena, NODE_LIST));
	}
	if (all->count == 1)
		return false;
	place = node_take(r->arena, n);
	for (uint32_t i = 0; i < all->count; i++)
		if (all->child[i]->kind == NODE_NULL)
			node_replace(all->child[i], n);
	node_replace(place, all);
	return true;
}

/* Options of a view: its comment stays, the rest goes. */
bool rule_create_view(struct rewrite *r, struct node *n)
{
	struct node *options = n->child[VIEW_DEF_OPTIONS], *o = find_option(options, "comment");
	struct node *all, *place;

	if (n->flags & FLAG_IF_EXISTS) {
		rewrite_finding(r, n->child[VIEW_DEF_NAME], "OPTION-DROPPED",
				"IF NOT EXISTS: Postgres has none for views");
		node_touch(n);
	}
	if (!options)
		return false;
	if (options->count > (o ? 1u : 0u))
		rewrite_finding(r, options, "OPTION-DROPPED", NULL);
	node_set(n, VIEW_DEF_OPTIONS, NULL);
	if (!o || !o->child[1])
		return true;
	all = node_make(r->arena, NODE_STATEMENTS);
	place = node_take(r->arena, n);
	node_add(r->arena, all, n);
	node_add(r->arena, all,
		 comment_on(r, "COMMENT ON VIEW", n->child[VIEW_DEF_NAME], NULL, o->child[1]));
	node_replace(place, all);
	return true;
}

/* (a INT DEFAULT 1 COMMENT 'x', ...) */
static void parameters(struct rewrite *r, struct parser *p, struct node *out)
{
	bool first = true;

	parse_expect_symbol(p, '(');
	node_add(r->arena, out, words(r, "("));
	while (!parse_is_symbol(p, ')') && !p->failed) {
		if (!first)
			node_add(r->arena, out, words(r, ","));
		first = false;
		node_add(r->arena, out, parse_column_ident(p));
		node_add(r->arena, out, parse_type(p));
		if (parse_accept(p, K_DEFAULT)) {
			node_add(r->arena, out, words(r, "DEFAULT"));
			node_add(r->arena, out, parse_binary(p, BIND_OTHER));
		}
		if (parse_accept_word(p, "COMMENT"))
			parse_primary(p);
		if (!parse_accept_symbol(p, ','))
			break;
	}
	parse_expect_symbol(p, ')');
	node_add(r->arena, out, words(r, ")"));
}

static void characteristics(struct parser *p)
{
	for (;;) {
		if (parse_accept_word(p, "LANGUAGE")) {
			if (!parse_accept_word(p, "SQL"))
				parse_fail(p, "a function in SQL");
		} else if (parse_accept_word(p, "COMMENT")) {
			parse_primary(p);
		} else if (parse_accept_word(p, "CONTAINS")) {
			parse_accept_word(p, "SQL");
		} else if (parse_accept_word(p, "READS")) {
			parse_accept_word(p, "SQL");
			parse_accept_word(p, "DATA");
		} else if (parse_accept_word(p, "DETERMINISTIC")) {
			;
		} else if (parse_accept(p, K_NOT)) {
			parse_accept_word(p, "DETERMINISTIC");
		} else {
			break;
		}
	}
}

/* RETURN expression | RETURN query */
static void function_body(struct rewrite *r, struct parser *p, struct node *out, bool table)
{
	struct node *body;

	if (!parse_accept_word(p, "RETURN"))
		parse_fail(p, "RETURN");
	if (!table) {
		node_add(r->arena, out, words(r, "RETURN"));
		if (parse_begins_query(p, 0) && !parse_is_symbol(p, '(')) {
			body = node_make(r->arena, NODE_SUBQUERY);
			node_put(body, 0, parse_query(p));
		} else {
			body = parse_expression(p);
		}
		node_add(r->arena, out, body);
		return;
	}
	node_add(r->arena, out, words(r, "BEGIN ATOMIC"));
	node_add(r->arena, out, parse_query(p));
	node_add(r->arena, out, words(r, "; END"));
}

/* CREATE [OR REPLACE] [TEMPORARY] FUNCTION f(a INT) RETURNS INT ... RETURN expression */
bool rule_create_function(struct rewrite *r, struct node *n)
{
	struct parser p = {.a = r->arena, .d = r->dialect, .t = r->tokens, .at = n->first};
	struct node *out = words(r, "CREATE");
	bool table = false, temporary;

	if (n->first >= n->last || !parse_accept_word(&p, "CREATE"))
		return false;
	if (parse_accept2(&p, K_OR, K_REPLACE))
		node_add(r->arena, out, words(r, "OR REPLACE"));
	temporary = parse_accept_word(&p, "TEMPORARY");
	if (!parse_accept_word(&p, "FUNCTION"))
		return false;
	if (parse_accept2(&p, K_IF, K_NOT))
		parse_expect(&p, K_EXISTS);
	node_add(r->arena, out, words(r, "FUNCTION"));
	node_add(r->arena, out, parse_name(&p));
	parameters(r, &p, out);
	if (!parse_accept_word(&p, "RETURNS"))
		return false;
	node_add(r->arena, out, words(r, "RETURNS"));
	if (parse_accept(&p, K_TABLE)) {
		node_add(r->arena, out, words(r, "TABLE"));
		parameters(r, &p, out);
		table = true;
	} else {
		node_add(r->arena, out, parse_type(&p));
	}
	characteristics(&p);
	node_add(r->arena, out, words(r, "LANGUAGE sql"));
	function_body(r, &p, out, table);
	if (p.failed || !(parse_at_end(&p) || parse_is_symbol(&p, ';')))
		return false;
	if (temporary)
		rewrite_finding(r, n, "OPTION-DROPPED",
				"the function stays after the session; drop it when it is done");
	node_replace(n, out);
	return true;
}
