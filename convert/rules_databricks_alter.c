/*
 * rules_databricks_alter.c - ALTER TABLE, VIEW, SCHEMA of Databricks, and the words that statements
 * are put together from.
 */
#include "convert/rules.h"

#include <string.h>

#include "convert/rules_words.h"

struct node *words(struct rewrite *r, const char *text)
{
	struct node *n = node_make(r->arena, NODE_RAW);

	n->text = (struct str){text, strlen(text)};
	return n;
}

struct node *words_statement(struct rewrite *r, const struct node *n,
			     const struct words_reader *readers, size_t count)
{
	struct parser p = {.a = r->arena, .d = r->dialect, .t = r->tokens, .at = n->first};
	struct node *out = NULL;

	for (size_t i = 0; i < count && !out; i++)
		if (parse_accept_word(&p, readers[i].word)) {
			out = readers[i].read(r, &p);
			break;
		}
	return out && !p.failed && parse_at_statement_end(&p) ? out : NULL;
}

struct node *words_name(struct rewrite *r, const struct node *ident)
{
	char *text = arena_strndup(r->arena, ident->text.p, ident->text.len);

	for (size_t i = 0; i < ident->text.len; i++)
		if (text[i] >= 'A' && text[i] <= 'Z')
			text[i] = (char)(text[i] | 32);
	return node_string(r->arena, (struct str){text, ident->text.len});
}

struct node *words_variable(struct rewrite *r, const struct node *name, struct node *value)
{
	struct node *out = words(r, "SELECT"), *key;
	const struct node *last = name->child[name->count - 1];
	struct str s = words_name(r, last)->text;

	key = node_string(
		r->arena,
		(struct str){arena_printf(r->arena, "session.%.*s", (int)s.len, s.p), s.len + 8});
	value = node_bare(rewrite_template(r, "set_config($1, ($2)::text, false)", 2,
					   (struct node *[]){key, value}));
	node_add(r->arena, out, value);
	rewrite_finding(r, out, "SESSION-VARIABLE", NULL);
	return out;
}

static void add(struct rewrite *r, struct node *out, struct node *n)
{
	node_add(r->arena, out, n);
}

/* FIRST, AFTER c: Postgres adds columns at the end. */
static void skip_place(struct parser *p, struct rewrite *r, const struct node *n)
{
	if (parse_accept_word(p, "FIRST")) {
		rewrite_finding(r, n, "OPTION-DROPPED", "a column's place is at the end");
	} else if (parse_accept_word(p, "AFTER")) {
		parse_name(p);
		rewrite_finding(r, n, "OPTION-DROPPED", "a column's place is at the end");
	}
}

/* ADD COLUMN[S] (a int, b text) */
static bool add_columns(struct rewrite *r, struct parser *p, struct node *out)
{
	bool parens, first = true;

	if (!parse_accept_word(p, "COLUMNS") && !parse_accept_word(p, "COLUMN"))
		return false;
	parens = parse_accept_symbol(p, '(');
	do {
		if (!first)
			add(r, out, words(r, ","));
		first = false;
		add(r, out, words(r, "ADD COLUMN"));
		if (parse_accept2(p, K_IF, K_NOT)) {
			parse_expect(p, K_EXISTS);
			add(r, out, words(r, "IF NOT EXISTS"));
		}
		struct node *name = parse_column_ident(p), *def, *list;

		if (parse_is_symbol(p, '.')) /* a field of a struct */
			return false;
		def = node_make(r->arena, NODE_COLUMN_DEF);
		node_put(def, COLUMN_DEF_NAME, name);
		node_put(def, COLUMN_DEF_TYPE, parse_type(p));
		list = node_make(r->arena, NODE_LIST);
		if (parse_accept2(p, K_NOT, K_NULL)) {
			struct node *c = node_make(r->arena, NODE_CONSTRAINT);

			c->op = CONSTRAINT_NOT_NULL;
			node_add(r->arena, list, c);
		}
		if (parse_accept(p, K_DEFAULT)) {
			struct node *c = node_make(r->arena, NODE_CONSTRAINT);

			c->op = CONSTRAINT_DEFAULT;
			node_put(c, CONSTRAINT_VALUE, parse_binary(p, BIND_OTHER));
			node_add(r->arena, list, c);
		}
		if (parse_accept_word(p, "COMMENT")) {
			parse_primary(p);
			rewrite_finding(r, def, "OPTION-DROPPED", "a column's comment was dropped");
		}
		node_put(def, COLUMN_DEF_CONSTRAINTS, list);
		add(r, out, def);
		skip_place(p, r, def);
	} while (parse_accept_symbol(p, ',') && !p->failed);
	if (parens)
		parse_expect_symbol(p, ')');
	return true;
}

/* DROP COLUMN[S] [IF EXISTS] a | (a, b) */
static bool drop_columns(struct rewrite *r, struct parser *p, struct node *out)
{
	bool exists, parens, first = true;

	if (!parse_accept_word(p, "COLUMNS") && !parse_accept_word(p, "COLUMN"))
		return false;
	exists = parse_accept2(p, K_IF, K_EXISTS);
	parens = parse_accept_symbol(p, '(');
	do {
		if (!first)
			add(r, out, words(r, ","));
		first = false;
		add(r, out, words(r, exists ? "DROP COLUMN IF EXISTS" : "DROP COLUMN"));
		add(r, out, parse_column_ident(p));
	} while (parse_accept_symbol(p, ','));
	if (parens)
		parse_expect_symbol(p, ')');
	return true;
}

/* ALTER | CHANGE [COLUMN] a ... */
static bool alter_column(struct rewrite *r, struct parser *p, struct node *out)
{
	struct node *name;

	parse_accept_word(p, "COLUMN");
	name = parse_name(p);
	if (name->count > 1)
		return false;
	if (parse_is(p, K_COMMENT)) {
		struct node *of = node_copy(r->arena, out->child[1]);

		p->at++;
		while (out->count)
			node_remove(out, out->count - 1);
		out->text = (struct str){"COMMENT ON COLUMN", 17};
		node_add(r->arena, of, name->child[0]);
		node_touch(of);
		add(r, out, of);
		add(r, out, words(r, "IS"));
		add(r, out, parse_primary(p));
		return true;
	}
	add(r, out, words(r, "ALTER COLUMN"));
	add(r, out, name);
	if (parse_accept_word(p, "TYPE")) {
		add(r, out, words(r, "TYPE"));
		add(r, out, parse_type(p));
	} else if (parse_accept(p, K_SET)) {
		add(r, out, words(r, "SET"));
		if (parse_accept2(p, K_NOT, K_NULL)) {
			add(r, out, words(r, "NOT NULL"));
		} else if (parse_accept(p, K_DEFAULT)) {
			add(r, out, words(r, "DEFAULT"));
			add(r, out, parse_expression(p));
		} else {
			return false;
		}
	} else if (parse_accept(p, K_DROP)) {
		add(r, out, words(r, "DROP"));
		if (parse_accept2(p, K_NOT, K_NULL))
			add(r, out, words(r, "NOT NULL"));
		else if (parse_accept(p, K_DEFAULT))
			add(r, out, words(r, "DEFAULT"));
		else
			return false;
	} else {
		return false;
	}
	return true;
}

static bool rename(struct rewrite *r, struct parser *p, struct node *out)
{
	struct node *to;

	if (parse_accept_word(p, "TO")) {
		to = parse_name(p);
		add(r, out, words(r, "RENAME TO"));
		add(r, out, to->child[to->count - 1]);
		return true;
	}
	if (!parse_accept_word(p, "COLUMN"))
		return false;
	add(r, out, words(r, "RENAME COLUMN"));
	add(r, out, parse_column_ident(p));
	if (!parse_accept_word(p, "TO"))
		return false;
	add(r, out, words(r, "TO"));
	add(r, out, parse_column_ident(p));
	return true;
}

/* ADD CONSTRAINT c CHECK (...) | PRIMARY KEY (...) | FOREIGN KEY ...; DROP CONSTRAINT c */
static bool constraint(struct rewrite *r, struct parser *p, struct node *out, bool drop)
{
	if (!parse_accept_word(p, "CONSTRAINT"))
		return false;
	add(r, out, words(r, drop ? "DROP CONSTRAINT" : "ADD CONSTRAINT"));
	if (drop && parse_accept2(p, K_IF, K_EXISTS))
		add(r, out, words(r, "IF EXISTS"));
	add(r, out, parse_column_ident(p));
	if (drop)
		return parse_accept(p, K_CASCADE) || parse_accept(p, K_RESTRICT) || true;
	if (parse_accept(p, K_CHECK)) {
		add(r, out, words(r, "CHECK"));
		add(r, out, parse_primary(p));
		return true;
	}
	if (parse_accept2(p, K_FOREIGN, K_KEY)) {
		add(r, out, words(r, "FOREIGN KEY ("));
		add(r, out, parse_ident_list(p));
		add(r, out, words(r, ") REFERENCES"));
		if (!parse_accept_word(p, "REFERENCES"))
			return false;
		add(r, out, parse_name(p));
		if (parse_is_symbol(p, '(')) {
			add(r, out, words(r, "("));
			add(r, out, parse_ident_list(p));
			add(r, out, words(r, ")"));
		}
		return true;
	}
	if (!parse_accept2(p, K_PRIMARY, K_KEY))
		return false;
	add(r, out, words(r, "PRIMARY KEY ("));
	add(r, out, parse_ident_list(p));
	add(r, out, words(r, ")"));
	parse_accept_word(p, "RELY");
	parse_accept_word(p, "NORELY");
	return true;
}

static bool action(struct rewrite *r, struct parser *p, struct node *out)
{
	struct parse_mark mark = parse_mark(p);

	if (parse_accept_word(p, "ADD")) {
		if (parse_is_word(p, 0, "CONSTRAINT"))
			return constraint(r, p, out, false);
		return add_columns(r, p, out);
	}
	if (parse_accept(p, K_DROP)) {
		if (parse_is_word(p, 0, "CONSTRAINT"))
			return constraint(r, p, out, true);
		return drop_columns(r, p, out);
	}
	if (parse_accept_word(p, "RENAME"))
		return rename(r, p, out);
	if (parse_accept(p, K_ALTER) || parse_accept_word(p, "CHANGE"))
		return alter_column(r, p, out);
	if (parse_accept(p, K_SET) && !parse_is_word(p, 0, "OWNER"))
		parse_back(p, mark);
	if (parse_accept_word(p, "OWNER") && parse_accept_word(p, "TO")) {
		add(r, out, words(r, "OWNER TO"));
		add(r, out, parse_column_ident(p));
		return true;
	}
	return false;
}

struct node *words_alter(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "ALTER");
	bool view = parse_accept_word(p, "VIEW");

	if (!view && !parse_accept_word(p, "TABLE"))
		return NULL;
	add(r, out, words(r, view ? "VIEW" : "TABLE"));
	add(r, out, parse_name(p));
	if (view && parse_accept(p, K_AS)) {
		out->text = (struct str){"CREATE OR REPLACE", 17};
		add(r, out, words(r, "AS"));
		add(r, out, parse_query(p));
		return out;
	}
	return action(r, p, out) ? out : NULL;
}
