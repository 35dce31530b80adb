/*
 * rules_ddl.c - definitions of T-SQL and Oracle: ALTER TABLE, DROP, TRUNCATE, indexes, sequences,
 * put together from words and trees (rules_words.h), and options that mean nothing in Postgres.
 */
#include "convert/rules.h"

#include <string.h>

#include "convert/rules_words.h"

static void add(struct rewrite *r, struct node *out, struct node *n)
{
	node_add(r->arena, out, n);
}

static void add_words(struct rewrite *r, struct node *out, const char *text)
{
	node_add(r->arena, out, words(r, text));
}

/* Takes what is left, with a finding when there is something. */
static void drop_rest(struct rewrite *r, struct parser *p, struct node *out)
{
	if (parse_at_statement_end(p))
		return;
	while (!parse_at_statement_end(p))
		p->at++;
	rewrite_finding(r, out, "OPTION-DROPPED", "storage and other options were dropped");
}

/* --- ALTER TABLE --- */

/* ADD [COLUMN] [(] column or constraint, ... [)] */
static bool add_elements(struct rewrite *r, struct parser *p, struct node *out)
{
	bool parens, first = true;

	parse_accept_word(p, "COLUMN");
	parens = parse_accept_symbol(p, '(');
	do {
		struct node *n = parse_table_element(p);

		if (!first)
			add_words(r, out, ",");
		first = false;
		add_words(r, out, n->kind == NODE_COLUMN_DEF ? "ADD COLUMN" : "ADD");
		add(r, out, n);
	} while (parse_accept_symbol(p, ',') && !p->failed);
	if (parens)
		parse_expect_symbol(p, ')');
	return true;
}

/* DROP COLUMN a, b; DROP (a, b); DROP CONSTRAINT c */
static bool drop_elements(struct rewrite *r, struct parser *p, struct node *out)
{
	bool constraint = parse_accept_word(p, "CONSTRAINT"), column, exists, parens, first = true;

	column = !constraint && parse_accept_word(p, "COLUMN");
	exists = parse_accept2(p, K_IF, K_EXISTS);
	parens = parse_accept_symbol(p, '(');
	if (!constraint && !column && !parens)
		return false;
	do {
		if (!first)
			add_words(r, out, ",");
		first = false;
		if (parse_accept_word(p, "COLUMN"))
			constraint = false;
		else if (parse_is_name(p, 1) && parse_accept_word(p, "CONSTRAINT"))
			constraint = true;
		add_words(r, out, constraint ? "DROP CONSTRAINT" : "DROP COLUMN");
		if (exists)
			add_words(r, out, "IF EXISTS");
		add(r, out, parse_column_ident(p));
	} while (parse_accept_symbol(p, ','));
	if (parens)
		parse_expect_symbol(p, ')');
	if (parse_accept(p, K_CASCADE)) {
		parse_accept_word(p, "CONSTRAINTS");
		add_words(r, out, "CASCADE");
	}
	return true;
}

static void begin_column(struct rewrite *r, struct node *out, const struct node *name, bool *first)
{
	if (!*first)
		add_words(r, out, ",");
	*first = false;
	add_words(r, out, "ALTER COLUMN");
	add(r, out, node_copy(r->arena, name));
}

/* a type [DEFAULT x] [NOT NULL]: one change each. */
static bool change_column(struct rewrite *r, struct parser *p, struct node *out, bool *first)
{
	struct node *def = parse_column_def(p), *list = def->child[COLUMN_DEF_CONSTRAINTS];
	const struct node *name = def->child[COLUMN_DEF_NAME];
	bool some = def->child[COLUMN_DEF_TYPE] != NULL;

	if (some) {
		begin_column(r, out, name, first);
		add_words(r, out, "TYPE");
		add(r, out, def->child[COLUMN_DEF_TYPE]);
	}
	for (uint32_t i = 0; i < list->count; i++) {
		struct node *c = list->child[i];

		if (c->op != CONSTRAINT_NOT_NULL && c->op != CONSTRAINT_NULL &&
		    c->op != CONSTRAINT_DEFAULT)
			continue;
		begin_column(r, out, name, first);
		some = true;
		add_words(r, out,
			  c->op == CONSTRAINT_NOT_NULL ? "SET NOT NULL"
			  : c->op == CONSTRAINT_NULL   ? "DROP NOT NULL"
						       : "SET DEFAULT");
		if (c->op == CONSTRAINT_DEFAULT)
			add(r, out, c->child[CONSTRAINT_VALUE]);
	}
	return some;
}

/* ALTER COLUMN a type; MODIFY (a type, ...) */
static bool change_columns(struct rewrite *r, struct parser *p, struct node *out)
{
	bool parens, first = true;

	parse_accept_word(p, "COLUMN");
	parens = parse_accept_symbol(p, '(');
	do {
		if (!change_column(r, p, out, &first) || p->failed)
			return false;
	} while (parse_accept_symbol(p, ','));
	if (parens)
		parse_expect_symbol(p, ')');
	return true;
}

static bool rename(struct rewrite *r, struct parser *p, struct node *out)
{
	struct node *to;
	const char *what = "RENAME TO";

	if (parse_is_word(p, 0, "COLUMN") || parse_is_word(p, 0, "CONSTRAINT")) {
		what = parse_is_word(p, 0, "COLUMN") ? "RENAME COLUMN" : "RENAME CONSTRAINT";
		p->at++;
		add_words(r, out, what);
		add(r, out, parse_column_ident(p));
		what = "TO";
	}
	if (!parse_accept_word(p, "TO"))
		return false;
	to = parse_name(p);
	add_words(r, out, what);
	add(r, out, to->child[to->count - 1]);
	return true;
}

static struct node *alter_view(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "CREATE OR REPLACE VIEW");

	add(r, out, parse_name(p));
	if (!parse_accept(p, K_AS))
		return NULL;
	add_words(r, out, "AS");
	add(r, out, parse_query(p));
	return out;
}

/* ADD [CONSTRAINT c] DEFAULT x FOR a */
static bool add_default(struct rewrite *r, struct parser *p, struct node *out)
{
	struct parse_mark mark = parse_mark(p);
	struct node *value;

	if (parse_accept_word(p, "CONSTRAINT"))
		parse_ident(p);
	if (!parse_accept(p, K_DEFAULT)) {
		parse_back(p, mark);
		return false;
	}
	value = parse_expression(p);
	parse_expect(p, K_FOR);
	add_words(r, out, "ALTER COLUMN");
	add(r, out, parse_column_ident(p));
	add_words(r, out, "SET DEFAULT");
	add(r, out, value);
	return true;
}

static struct node *alter(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "ALTER TABLE");
	bool good = false;

	if (parse_accept_word(p, "VIEW"))
		return alter_view(r, p);
	if (!parse_accept_word(p, "TABLE"))
		return NULL;
	add(r, out, parse_name(p));
	if (parse_is(p, K_WITH) && (parse_is_word(p, 1, "CHECK") || parse_is_word(p, 1, "NOCHECK")))
		p->at += 2;
	if (parse_accept_word(p, "ADD"))
		good = add_default(r, p, out) || add_elements(r, p, out);
	else if (parse_accept(p, K_DROP))
		good = drop_elements(r, p, out);
	else if (parse_accept_word(p, "MODIFY") || parse_accept(p, K_ALTER))
		good = change_columns(r, p, out);
	else if (parse_accept_word(p, "RENAME"))
		good = rename(r, p, out);
	return good ? out : NULL;
}

/* --- DROP, TRUNCATE --- */

static struct node *drop(struct rewrite *r, struct parser *p)
{
	static const char *const kinds[][2] = {
		{"TABLE", "DROP TABLE"},       {"VIEW", "DROP VIEW"},	  {"INDEX", "DROP INDEX"},
		{"SEQUENCE", "DROP SEQUENCE"}, {"SCHEMA", "DROP SCHEMA"}, {"TYPE", "DROP TYPE"}};
	struct node *out = NULL;

	if (parse_accept_word(p, "MATERIALIZED") && parse_accept_word(p, "VIEW"))
		out = words(r, "DROP MATERIALIZED VIEW");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !out; i++)
		if (parse_accept_word(p, kinds[i][0]))
			out = words(r, kinds[i][1]);
	if (!out)
		return NULL;
	if (parse_accept2(p, K_IF, K_EXISTS))
		add_words(r, out, "IF EXISTS");
	add(r, out, parse_name(p));
	while (parse_accept_symbol(p, ',')) {
		add_words(r, out, ",");
		add(r, out, parse_name(p));
	}
	if (str_is(out->text, "DROP INDEX") && parse_accept(p, K_ON))
		parse_name(p); /* T-SQL names the table, too */
	if (parse_accept(p, K_CASCADE)) {
		parse_accept_word(p, "CONSTRAINTS");
		add_words(r, out, "CASCADE");
	}
	parse_accept_word(p, "PURGE");
	return out;
}

static struct node *truncate(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "TRUNCATE TABLE");

	if (!parse_accept_word(p, "TABLE"))
		return NULL;
	add(r, out, parse_name(p));
	if (r->dialect->flags & DIALECT_PLUS_CONCAT) /* T-SQL counts from the start again */
		add_words(r, out, "RESTART IDENTITY");
	drop_rest(r, p, out);
	return out;
}

/* --- CREATE INDEX, SEQUENCE --- */

static struct node *take_index(struct rewrite *r, struct parser *p, bool unique)
{
	struct node *out = words(r, unique ? "CREATE UNIQUE INDEX" : "CREATE INDEX"), *name;

	name = parse_name(p);
	add(r, out, name->child[name->count - 1]);
	parse_expect(p, K_ON);
	add_words(r, out, "ON");
	add(r, out, parse_name(p));
	parse_expect_symbol(p, '(');
	add_words(r, out, "(");
	add(r, out, parse_sort_list(p));
	add_words(r, out, ")");
	parse_expect_symbol(p, ')');
	if (parse_accept_word(p, "INCLUDE")) {
		add_words(r, out, "INCLUDE (");
		add(r, out, parse_ident_list(p));
		add_words(r, out, ")");
	}
	if (parse_accept(p, K_WHERE)) {
		add_words(r, out, "WHERE");
		add(r, out, parse_expression(p));
	}
	drop_rest(r, p, out);
	return out;
}

static bool beyond_bigint(const struct node *n)
{
	if (n->kind == NODE_UNARY)
		n = n->child[0];
	return n->kind == NODE_NUMBER && n->text.len > 18;
}

/* One option of a sequence; false: none here. */
static bool sequence_option(struct rewrite *r, struct parser *p, struct node *out)
{
	static const char *const plain[][2] = {
		{"NOCACHE", ""},
		{"NOCYCLE", "NO CYCLE"},
		{"NOMAXVALUE", "NO MAXVALUE"},
		{"NOMINVALUE", "NO MINVALUE"},
		{"ORDER", ""},
		{"NOORDER", ""},
		{"CYCLE", "CYCLE"},
		{"NOKEEP", ""},
		{"KEEP", ""},
		{"GLOBAL", ""},
	};
	static const char *const valued[] = {"MAXVALUE", "MINVALUE", "CACHE"};

	if (parse_accept_word(p, "START") || parse_accept_word(p, "INCREMENT")) {
		add_words(r, out, parse_is_word(p, 0, "WITH") ? "START WITH" : "INCREMENT BY");
		p->at++;
		add(r, out, parse_binary(p, BIND_UNARY));
		return true;
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (parse_accept_word(p, plain[i][0])) {
			if (plain[i][1][0])
				add_words(r, out, plain[i][1]);
			return true;
		}
	for (size_t i = 0; i < sizeof(valued) / sizeof(valued[0]); i++)
		if (parse_accept_word(p, valued[i])) {
			struct node *value = parse_binary(p, BIND_UNARY);

			if (beyond_bigint(value)) /* Oracle's usual end, as good as none */
				return true;
			add_words(r, out, valued[i]);
			add(r, out, value);
			return true;
		}
	if (parse_accept_word(p, "NO")) {
		p->at++;
		return true;
	}
	if (parse_accept(p, K_AS)) {
		add_words(r, out, "AS");
		add(r, out, parse_type(p));
		return true;
	}
	return false;
}

static struct node *create_sequence(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "CREATE SEQUENCE");

	add(r, out, parse_name(p));
	while (!p->failed && sequence_option(r, p, out))
		;
	return out;
}

/* CREATE USER u IDENTIFIED BY p */
static struct node *create_user(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "CREATE USER");
	struct str word;

	add(r, out, parse_column_ident(p));
	if (!parse_accept_word(p, "IDENTIFIED") || !parse_accept(p, K_BY) || !parse_is_name(p, 0))
		return NULL;
	word = token_text(p->t, p->at++);
	if (word.len > 1 && word.p[0] == '"')
		word = (struct str){word.p + 1, word.len - 2};
	add_words(r, out, "PASSWORD");
	add(r, out, node_string(r->arena, word));
	drop_rest(r, p, out);
	return out;
}

static struct node *create(struct rewrite *r, struct parser *p)
{
	bool unique = parse_accept(p, K_UNIQUE);

	if (parse_accept_word(p, "USER"))
		return create_user(r, p);

	while (parse_accept(p, K_CLUSTERED) || parse_accept_word(p, "NONCLUSTERED") ||
	       parse_accept_word(p, "BITMAP") || parse_accept_word(p, "COLUMNSTORE"))
		;
	if (parse_accept(p, K_INDEX))
		return take_index(r, p, unique);
	if (parse_accept_word(p, "SEQUENCE"))
		return create_sequence(r, p);
	return NULL;
}

/* --- T-SQL's transactions and calls --- */

static struct node *transaction(struct rewrite *r, struct parser *p, const char *word)
{
	struct node *out = words(r, word);

	if (!parse_accept_word(p, "TRAN") && !parse_accept_word(p, "TRANSACTION"))
		return NULL;
	while (!parse_at_statement_end(p)) /* a name, which means nothing */
		p->at++;
	return out;
}

static struct node *begin(struct rewrite *r, struct parser *p)
{
	return transaction(r, p, "BEGIN");
}

static struct node *commit(struct rewrite *r, struct parser *p)
{
	return transaction(r, p, "COMMIT");
}

static struct node *rollback(struct rewrite *r, struct parser *p)
{
	return transaction(r, p, "ROLLBACK");
}

/* 'dbo.t.c' of a string as a NAME; NULL: something else than plain words. */
static struct node *name_in(struct rewrite *r, const struct node *string)
{
	struct node *name = node_make(r->arena, NODE_NAME);
	char *at = arena_strndup(r->arena, string->text.p, string->text.len), *dot;

	for (size_t i = 0; i < string->text.len; i++) {
		if (at[i] >= 'A' && at[i] <= 'Z')
			at[i] = (char)(at[i] | 32);
		else if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_.", at[i]))
			return NULL;
	}
	for (; (dot = strchr(at, '.')); at = dot + 1) {
		*dot = '\0';
		node_add(r->arena, name, node_ident(r->arena, at));
	}
	node_add(r->arena, name, node_ident(r->arena, at));
	return name;
}

/* EXEC sp_rename 't.c', 'd', 'COLUMN' */
static struct node *renamed(struct rewrite *r, const struct node *list)
{
	struct node *out = words(r, "ALTER TABLE"), *old, *new, *last;
	bool column = list->count == 3;

	for (uint32_t i = 0; i < list->count; i++)
		if (list->child[i]->kind != NODE_STRING)
			return NULL;
	if (list->count < 2 || list->count > 3 ||
	    (column && !str_is_word(list->child[2]->text, "column")))
		return NULL;
	old = name_in(r, list->child[0]);
	new = name_in(r, list->child[1]);
	if (!old || !new || new->count != 1 || old->count < 1u + column)
		return NULL;
	if (!column && old->count > 1 && !str_is(old->child[0]->text, "dbo"))
		return NULL; /* perhaps a column */
	last = old->child[old->count - 1];
	if (column)
		node_remove(old, old->count - 1);
	add(r, out, old);
	add(r, out, words(r, column ? "RENAME COLUMN" : "RENAME"));
	if (column)
		add(r, out, last);
	add(r, out, words(r, "TO"));
	add(r, out, new);
	return out;
}

/* EXEC p 1, @x = 2 */
static struct node *execute(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "CALL"), *name, *list = node_make(r->arena, NODE_LIST), *call;

	if (!parse_is_name(p, 0))
		return NULL;
	name = parse_name(p);
	while (!parse_at_statement_end(p) && !p->failed) {
		struct node *arg = node_make(r->arena, NODE_ARG);

		if (parse_peek(p, 0)->kind == TOKEN_PARAMETER && parse_symbol_at(p, 1, '=')) {
			struct str s = token_text(r->tokens, p->at);

			arg->text = (struct str){s.p + 1, s.len - 1};
			p->at += 2;
			node_put(arg, 0, parse_expression(p));
		} else {
			arg = parse_expression(p);
		}
		node_add(r->arena, list, arg);
		if (!parse_accept_symbol(p, ','))
			break;
	}
	if (str_is_word(node_last_name(name), "sp_rename"))
		return renamed(r, list);
	call = node_make(r->arena, NODE_CALL);
	node_put(call, CALL_NAME, name);
	node_put(call, CALL_ARGS, list);
	add(r, out, call);
	return out;
}

static const struct words_reader readers[] = {
	{"ALTER", alter},     {"BEGIN", begin},	      {"COMMIT", commit},
	{"CREATE", create},   {"DROP", drop},	      {"EXEC", execute},
	{"EXECUTE", execute}, {"ROLLBACK", rollback}, {"TRUNCATE", truncate},
};

bool rule_definition(struct rewrite *r, struct node *n)
{
	struct node *out;

	if (n->first >= n->last || n->count)
		return false;
	out = words_statement(r, n, readers, sizeof(readers) / sizeof(readers[0]));
	if (out)
		node_replace(n, out);
	return out != NULL;
}

/* --- options --- */

/* ENABLE, USING INDEX, WITH (...), ON [PRIMARY]: not what ON DELETE and DEFERRABLE are. */
bool rule_constraint_options(struct rewrite *r, struct node *n)
{
	struct node *o = n->child[CONSTRAINT_OPTIONS];
	bool keep = n->op != CONSTRAINT_OTHER && o;

	for (uint32_t i = o ? o->first : 0; keep && i < o->last; i++) {
		struct str s = token_text(r->tokens, i);
		bool event = str_is_word(s, "on") && i + 1 < o->last &&
			     (str_is_word(token_text(r->tokens, i + 1), "delete") ||
			      str_is_word(token_text(r->tokens, i + 1), "update"));

		if (str_is_word(s, "enable") || str_is_word(s, "using") || str_is_word(s, "with") ||
		    str_is_word(s, "validate") || str_is_word(s, "novalidate") ||
		    str_is_word(s, "rely") || str_is_word(s, "norely") ||
		    str_is_word(s, "enforced") || (str_is_word(s, "on") && !event))
			keep = false;
	}
	if (!o || keep)
		return false;
	rewrite_finding(r, o, "OPTION-DROPPED", NULL);
	if (n->op == CONSTRAINT_OTHER && n->parent->kind == NODE_LIST)
		node_remove(n->parent, n->slot);
	else
		node_set(n, CONSTRAINT_OPTIONS, NULL);
	return true;
}

/* b AS a * 2 has no type of its own: that of the expression. */
bool rule_computed_type(struct rewrite *r, struct node *n)
{
	struct node *list = n->child[COLUMN_DEF_CONSTRAINTS], *type;
	const char *name = NULL;

	if (n->child[COLUMN_DEF_TYPE] || !list || list->count == 0 ||
	    list->child[0]->op != CONSTRAINT_GENERATED)
		return false;
	name = type_name(type_of(r, list->child[0]->child[CONSTRAINT_VALUE]));
	if (!name)
		rewrite_finding(r, n, "TYPE-UNKNOWN", "the type of a computed column is a guess");
	name = name ? name : "numeric";
	type = node_make(r->arena, NODE_TYPE);
	type->text = (struct str){name, strlen(name)};
	node_set(n, COLUMN_DEF_TYPE, type);
	return true;
}

/* An identity is a whole number. */
bool rule_identity_type(struct rewrite *r, struct node *n)
{
	struct node *type = n->child[COLUMN_DEF_TYPE], *list = n->child[COLUMN_DEF_CONSTRAINTS];

	(void)r;
	if (!type || !str_is(type->text, "numeric") || !list)
		return false;
	for (uint32_t i = 0; i < list->count; i++)
		if (list->child[i]->op == CONSTRAINT_IDENTITY) {
			type->text = (struct str){"bigint", 6};
			type->count = 0;
			node_touch(type);
			return true;
		}
	return false;
}

/* WITH SCHEMABINDING, BUILD IMMEDIATE ... */
bool rule_view_options(struct rewrite *r, struct node *n)
{
	if (!n->child[VIEW_DEF_OPTIONS])
		return false;
	rewrite_finding(r, n->child[VIEW_DEF_OPTIONS], "OPTION-DROPPED", NULL);
	node_set(n, VIEW_DEF_OPTIONS, NULL);
	return true;
}
