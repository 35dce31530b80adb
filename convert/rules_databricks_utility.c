/*
 * rules_databricks_utility.c - statements of Databricks about the catalog and the session: SHOW,
 * DESCRIBE, ANALYZE, OPTIMIZE, VACUUM, USE, SET, DECLARE VARIABLE, databases. They come from the
 * parser as tokens and are read here. What has an answer in Postgres becomes a query on its
 * catalogs or its own statement; the rest stays, with a finding.
 */
#include "convert/rules.h"

#include <string.h>

#include "convert/columns.h"
#include "convert/parse.h"
#include "convert/rules_words.h"

void words_of_table(struct rewrite *r, struct node *out, const struct node *name)
{
	node_add(r->arena, out, words(r, "table_schema ="));
	if (name->count > 1)
		node_add(r->arena, out, words_name(r, name->child[name->count - 2]));
	else
		node_add(r->arena, out, words(r, "current_schema()"));
	node_add(r->arena, out, words(r, "AND table_name ="));
	node_add(r->arena, out, words_name(r, name->child[name->count - 1]));
}

/* IN s, FROM s; NULL: none. */
static struct node *in_schema(struct parser *p)
{
	if (!parse_accept(p, K_IN) && !parse_accept(p, K_FROM))
		return NULL;
	return parse_name(p);
}

void words_schema(struct rewrite *r, struct node *out, const char *column,
		  const struct node *schema)
{
	node_add(r->arena, out, words(r, column));
	node_add(r->arena, out, words(r, "="));
	node_add(r->arena, out,
		 schema ? words_name(r, schema->child[schema->count - 1])
			: words(r, "current_schema()"));
}

/* LIKE 'a*|b': a regular expression. */
static bool add_pattern(struct rewrite *r, struct node *out, struct parser *p, const char *column)
{
	struct buf b = {.max = 2000};
	struct str s;

	parse_accept_word(p, "LIKE");
	if (parse_at_statement_end(p))
		return true;
	if (parse_peek(p, 0)->kind != TOKEN_STRING)
		return false;
	s = token_value(r->arena, r->dialect, r->tokens, p->at);
	p->at++;
	buf_puts(&b, "^(");
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '*')
			buf_putc(&b, '.');
		buf_putc(&b, s.p[i]);
	}
	buf_puts(&b, ")$");
	node_add(r->arena, out, words(r, "AND"));
	node_add(r->arena, out, words(r, column));
	node_add(r->arena, out, words(r, "~*"));
	node_add(r->arena, out,
		 node_string(r->arena,
			     (struct str){arena_strndup(r->arena, buf_text(&b), b.len), b.len}));
	buf_release(&b);
	return parse_at_statement_end(p);
}

static struct node *columns_query(struct rewrite *r, const struct node *name)
{
	struct node *out = words(r, "SELECT column_name AS col_name, data_type, NULL::text AS "
				    "comment FROM information_schema.columns WHERE");

	words_of_table(r, out, name);
	return out;
}

static struct node *describe(struct rewrite *r, struct parser *p)
{
	struct node *out, *name;

	if (!parse_symbol_at(p, 1, '.') &&
	    (parse_accept_word(p, "DATABASE") || parse_accept_word(p, "SCHEMA"))) {
		parse_accept_word(p, "EXTENDED");
		name = parse_name(p);
		out = words(r, "SELECT schema_name AS database_name, schema_owner AS owner FROM "
			       "information_schema.schemata WHERE");
		words_schema(r, out, "schema_name", name);
		return out;
	}
	if (parse_is_word(p, 0, "FUNCTION") || parse_is_word(p, 0, "HISTORY") ||
	    parse_is_word(p, 0, "DETAIL") || parse_is_word(p, 0, "QUERY") ||
	    parse_is_word(p, 0, "CATALOG") || parse_begins_query(p, 0))
		return NULL;
	parse_accept_word(p, "TABLE");
	if (!parse_accept_word(p, "EXTENDED"))
		parse_accept_word(p, "FORMATTED");
	if (!parse_is_name(p, 0))
		return NULL;
	name = parse_name(p);
	out = columns_query(r, name);
	if (parse_is(p, K_PARTITION) && parse_symbol_at(p, 1, '(')) {
		p->at += 2;
		parse_skip_balanced(p);
	}
	if (!parse_at_statement_end(p) && parse_is_name(p, 0)) {
		const struct node *column = parse_name(p);

		node_add(r->arena, out, words(r, "AND column_name ="));
		node_add(r->arena, out, words_name(r, column->child[column->count - 1]));
	}
	if (parse_accept_word(p, "AS"))
		parse_accept_word(p, "JSON");
	node_add(r->arena, out, words(r, "ORDER BY ordinal_position"));
	return out;
}

static struct node *show_columns(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "SELECT column_name AS col_name FROM "
				    "information_schema.columns WHERE"),
		    *table, *schema;

	table = in_schema(p);
	if (!table)
		return NULL;
	schema = in_schema(p);
	if (schema) {
		words_schema(r, out, "table_schema", schema);
		node_add(r->arena, out, words(r, "AND table_name ="));
		node_add(r->arena, out, words_name(r, table->child[table->count - 1]));
	} else {
		words_of_table(r, out, table);
	}
	node_add(r->arena, out, words(r, "ORDER BY ordinal_position"));
	return out;
}

static struct node *show_list(struct rewrite *r, struct parser *p, const char *text,
			      const char *schema_column, const char *name_column)
{
	struct node *out = words(r, text);

	if (schema_column)
		words_schema(r, out, schema_column, in_schema(p));
	return add_pattern(r, out, p, name_column) ? out : NULL;
}

static struct node *show(struct rewrite *r, struct parser *p)
{
	if (parse_accept_word(p, "COLUMNS"))
		return show_columns(r, p);
	if (parse_accept_word(p, "TABLES"))
		return show_list(r, p,
				 "SELECT table_schema AS database, table_name AS tablename, "
				 "table_type = 'LOCAL TEMPORARY' AS istemporary FROM "
				 "information_schema.tables WHERE",
				 "table_schema", "table_name");
	if (parse_accept_word(p, "VIEWS"))
		return show_list(r, p,
				 "SELECT table_schema AS namespace, table_name AS viewname FROM "
				 "information_schema.views WHERE",
				 "table_schema", "table_name");
	if (parse_accept_word(p, "DATABASES") || parse_accept_word(p, "SCHEMAS"))
		return show_list(r, p,
				 "SELECT schema_name AS databasename FROM "
				 "information_schema.schemata WHERE true",
				 NULL, "schema_name");
	if (parse_accept_word(p, "CATALOGS"))
		return show_list(r, p, "SELECT datname AS catalog FROM pg_database WHERE true",
				 NULL, "datname");
	if (parse_accept_word(p, "USER") || parse_accept_word(p, "SYSTEM") ||
	    parse_accept_word(p, "ALL") || parse_is_word(p, 0, "FUNCTIONS")) {
		if (!parse_accept_word(p, "FUNCTIONS"))
			return NULL;
		return show_list(r, p,
				 "SELECT DISTINCT routine_name AS function FROM "
				 "information_schema.routines WHERE true",
				 NULL, "routine_name");
	}
	return NULL;
}

/* ANALYZE TABLE t [PARTITION (...)] COMPUTE STATISTICS [FOR COLUMNS a, b] */
static struct node *analyze(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "ANALYZE"), *columns;

	if (!parse_accept_word(p, "TABLE"))
		return NULL;
	node_add(r->arena, out, parse_name(p));
	while (!parse_at_statement_end(p) && !parse_is(p, K_FOR)) {
		if (parse_accept_symbol(p, '('))
			parse_skip_balanced(p);
		else
			p->at++;
	}
	if (parse_accept(p, K_FOR) && parse_accept_word(p, "COLUMNS") && parse_is_name(p, 0)) {
		columns = node_make(r->arena, NODE_ROW);
		do {
			node_add(r->arena, columns, parse_column_ident(p));
		} while (parse_accept_symbol(p, ','));
		node_add(r->arena, out, columns);
	}
	p->at = r->tokens->count - 1;
	return out;
}

/* OPTIMIZE t ..., VACUUM t ... */
static struct node *vacuum(struct rewrite *r, struct parser *p, const char *text)
{
	struct node *out = words(r, text);

	parse_accept_word(p, "FULL");
	parse_accept_word(p, "TABLE");
	if (!parse_is_name(p, 0))
		return NULL;
	node_add(r->arena, out, parse_name(p));
	rewrite_finding(r, out, "OPTION-DROPPED",
			"files are not compacted or kept by age: VACUUM frees space of old rows");
	p->at = r->tokens->count - 1;
	return out;
}

static struct node *use(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "SET search_path TO"), *name;

	if (parse_is_word(p, 0, "CATALOG"))
		return NULL;
	if (!parse_accept_word(p, "SCHEMA"))
		parse_accept_word(p, "DATABASE");
	name = parse_name(p);
	if (name->count > 1)
		rewrite_finding(r, name, "DATABASE-NAME", NULL);
	node_add(r->arena, out, name->child[name->count - 1]);
	return out;
}

/* SET VAR a = x; SET spark.x.y = z */
static struct node *set(struct rewrite *r, struct parser *p)
{
	struct node *out, *name;
	struct buf b = {.max = 4000};

	if (parse_accept_word(p, "VAR") || parse_accept_word(p, "VARIABLE")) {
		name = parse_name(p);
		if (!parse_accept_symbol(p, '='))
			return NULL;
		return words_variable(r, name, parse_expression(p));
	}
	if (!parse_is_name(p, 0) || parse_is_word(p, 0, "TIME") || !parse_symbol_at(p, 1, '.'))
		return NULL;
	name = parse_name(p);
	if (!parse_accept_symbol(p, '=') || parse_at_statement_end(p))
		return NULL;
	for (const struct token *t = parse_peek(p, 0); !parse_at_statement_end(p);
	     t = parse_peek(p, 0)) {
		if (t->kind == TOKEN_STRING) {
			struct str s = token_value(r->arena, r->dialect, r->tokens, p->at);

			buf_add(&b, s.p, s.len);
		} else {
			buf_add(&b, r->tokens->text.p + t->begin, t->end - t->begin);
		}
		p->at++;
	}
	out = words(r, "SET");
	node_add(r->arena, out, name);
	node_add(r->arena, out, words(r, "="));
	node_add(r->arena, out,
		 node_string(r->arena,
			     (struct str){arena_strndup(r->arena, buf_text(&b), b.len), b.len}));
	buf_release(&b);
	rewrite_finding(r, out, "OPTION-DROPPED",
			"a setting of Spark means nothing in Postgres; it is only stored");
	return out;
}

static struct node *reset(struct rewrite *r, struct parser *p)
{
	return parse_at_statement_end(p) ? words(r, "RESET ALL") : NULL;
}

/* DECLARE [OR REPLACE] [VARIABLE] a [type] [DEFAULT x] */
static struct node *declare(struct rewrite *r, struct parser *p)
{
	struct node *name, *value = NULL, *type = NULL;

	if (parse_accept(p, K_OR))
		parse_expect(p, K_REPLACE);
	parse_accept_word(p, "VARIABLE");
	name = parse_name(p);
	if (!parse_at_statement_end(p) && !parse_is(p, K_DEFAULT) && !parse_is_symbol(p, '='))
		type = parse_type(p);
	if (parse_accept(p, K_DEFAULT) || parse_accept_symbol(p, '='))
		value = parse_expression(p);
	if (!value)
		value = node_null(r->arena);
	if (type) {
		struct node *cast = node_make(r->arena, NODE_CAST);

		cast->op = CAST_COLONS;
		node_put(cast, CAST_VALUE, value);
		node_put(cast, CAST_TYPE, type);
		value = cast;
	}
	return words_variable(r, name, value);
}

/* CREATE DATABASE [IF NOT EXISTS] d ... */
static struct node *create(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "CREATE SCHEMA");

	if (!parse_accept_word(p, "DATABASE") && !parse_accept_word(p, "SCHEMA"))
		return NULL;
	if (parse_accept2(p, K_IF, K_NOT)) {
		parse_expect(p, K_EXISTS);
		node_add(r->arena, out, words(r, "IF NOT EXISTS"));
	}
	node_add(r->arena, out, parse_name(p));
	if (!parse_at_statement_end(p))
		rewrite_finding(r, out, "OPTION-DROPPED", NULL);
	p->at = r->tokens->count - 1;
	return out;
}

/* DROP DATABASE d; DROP TABLE t PURGE; DROP TEMPORARY FUNCTION f */
static struct node *drop(struct rewrite *r, struct parser *p)
{
	static const char *const kinds[] = {"TABLE", "VIEW", "FUNCTION", "SCHEMA",
					    "MATERIALIZED VIEW"};
	struct node *out = words(r, "DROP");
	int kind = -1;

	parse_accept_word(p, "TEMPORARY");
	if (parse_accept_word(p, "MATERIALIZED"))
		kind = parse_accept_word(p, "VIEW") ? 4 : -1;
	else if (parse_accept_word(p, "DATABASE"))
		kind = 3;
	for (int i = 0; i < 4 && kind < 0; i++)
		if (parse_accept_word(p, kinds[i]))
			kind = i;
	if (kind < 0)
		return NULL;
	node_add(r->arena, out, words(r, kinds[kind]));
	if (parse_accept2(p, K_IF, K_EXISTS))
		node_add(r->arena, out, words(r, "IF EXISTS"));
	node_add(r->arena, out, parse_name(p));
	if (parse_accept(p, K_CASCADE))
		node_add(r->arena, out, words(r, "CASCADE"));
	else if (!parse_accept(p, K_RESTRICT))
		parse_accept_word(p, "PURGE");
	return out;
}

/* TRUNCATE TABLE t [PARTITION (a = 1)] */
static struct node *truncate(struct rewrite *r, struct parser *p)
{
	struct node *out, *name, *all = NULL;

	parse_accept_word(p, "TABLE");
	name = parse_name(p);
	if (parse_at_statement_end(p)) {
		out = words(r, "TRUNCATE TABLE");
		node_add(r->arena, out, name);
		return out;
	}
	if (!parse_accept(p, K_PARTITION) || !parse_accept_symbol(p, '('))
		return NULL;
	do {
		all = node_logic(r->arena, OP_AND, all, parse_expression(p));
	} while (parse_accept_symbol(p, ','));
	parse_expect_symbol(p, ')');
	out = words(r, "DELETE FROM");
	node_add(r->arena, out, name);
	node_add(r->arena, out, words(r, "WHERE"));
	node_add(r->arena, out, all);
	return out;
}

/* EXPLAIN [EXTENDED | FORMATTED | CODEGEN | COST] statement */
static struct node *explain(struct rewrite *r, struct parser *p)
{
	static const char *const kinds[] = {"EXTENDED", "FORMATTED", "CODEGEN", "COST"};
	struct node *out = words(r, "EXPLAIN");

	for (int i = 0; i < 4; i++)
		parse_accept_word(p, kinds[i]);
	node_add(r->arena, out, parse_statement(p));
	return out;
}

static struct node *optimize(struct rewrite *r, struct parser *p)
{
	return vacuum(r, p, "VACUUM (ANALYZE)");
}

static struct node *plain_vacuum(struct rewrite *r, struct parser *p)
{
	return vacuum(r, p, "VACUUM");
}

static const struct words_reader readers[] = {
	{"ALTER", words_alter}, {"ANALYZE", analyze}, {"CREATE", create},
	{"DECLARE", declare},	{"DESC", describe},   {"DESCRIBE", describe},
	{"DROP", drop},		{"EXPLAIN", explain}, {"OPTIMIZE", optimize},
	{"RESET", reset},	{"SET", set},	      {"SHOW", show},
	{"TRUNCATE", truncate}, {"USE", use},	      {"VACUUM", plain_vacuum},
};

/* Statements that Postgres would take or that mean the same are left alone. */
static bool is_postgres(const struct parser *p)
{
	return parse_is(p, K_COMMENT) || parse_is(p, K_EXPLAIN) || parse_is_word(p, 0, "GRANT") ||
	       parse_is_word(p, 0, "REVOKE") || parse_is_word(p, 0, "COMMIT") ||
	       parse_is_word(p, 0, "ROLLBACK") || parse_is_word(p, 0, "START") ||
	       parse_is_word(p, 0, "BEGIN") || parse_is_word(p, 0, "CALL") ||
	       parse_is_word(p, 0, "RESET") ||
	       (parse_is_word(p, 0, "SET") && parse_is_word(p, 1, "TIME")) ||
	       (parse_is(p, K_ALTER) && parse_is_word(p, 1, "SCHEMA")) ||
	       (parse_is(p, K_CREATE) && parse_is_word(p, 1, "INDEX"));
}

/* `name` of a statement that stays as it is: "name". */
static bool requote(struct rewrite *r, struct parser *p, struct node *n)
{
	struct node *out = words(r, "");
	bool quoted = false;

	for (p->at = n->first; p->at < n->last;) {
		const struct token *t = parse_peek(p, 0);

		if (t->kind == TOKEN_QUOTED) {
			quoted = true;
			node_add(r->arena, out, parse_ident(p));
			continue;
		}
		node_add(r->arena, out,
			 words(r, arena_strndup(r->arena, r->tokens->text.p + t->begin,
						t->end - t->begin)));
		p->at++;
	}
	if (quoted)
		node_replace(n, out);
	return quoted;
}

bool rule_databricks_utility(struct rewrite *r, struct node *n)
{
	struct parser p = {.a = r->arena, .d = r->dialect, .t = r->tokens, .at = n->first};
	struct node *out;

	if (n->first >= n->last || n->count)
		return false;
	out = words_statement(r, n, readers, sizeof(readers) / sizeof(readers[0]));
	if (out) {
		node_replace(n, out);
		return true;
	}
	if (is_postgres(&p) && n->kind != NODE_PROCEDURAL)
		return requote(r, &p, n);
	if (n->kind != NODE_PROCEDURAL)
		rewrite_finding(r, n, "NOT-CONVERTED", "%.*s has no counterpart in Postgres",
				(int)(n->text.len > 30 ? 30 : n->text.len), n->text.p);
	return false;
}
