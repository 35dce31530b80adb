/*
 * rules_warehouse_catalog.c - statements of Snowflake and Redshift about what a database has: SHOW
 * and DESCRIBE become queries of information_schema, with the source's names for the columns that
 * Postgres can fill; a DROP loses the database before the schema. What loads or stores files stays,
 * and the finding says what to do instead.
 */
#include "convert/rules.h"

#include "convert/rules_words.h"

static bool snowflake(const struct rewrite *r)
{
	return r->dialect->flags & DIALECT_FOLD_UPPER;
}

/* A list that SHOW gives: a query up to its conditions, and the columns that these are about. */
struct listing {
	const char *word, *query;
	const char *schema, *name; /* schema NULL: not of a schema */
};

static const struct listing of_snowflake[] = {
	{"COLUMNS",
	 "SELECT table_name, table_schema AS schema_name, column_name, data_type, is_nullable AS "
	 "\"null?\", column_default AS \"default\" FROM information_schema.columns WHERE",
	 "table_schema", "column_name"},
	{"DATABASES", "SELECT datname AS name FROM pg_database WHERE NOT datistemplate", NULL,
	 "datname"},
	{"SCHEMAS",
	 "SELECT schema_name AS name, catalog_name AS database_name, schema_owner AS owner FROM "
	 "information_schema.schemata WHERE true",
	 NULL, "schema_name"},
	{"SEQUENCES",
	 "SELECT sequence_name AS name, sequence_catalog AS database_name, sequence_schema AS "
	 "schema_name FROM information_schema.sequences WHERE",
	 "sequence_schema", "sequence_name"},
	{"TABLES",
	 "SELECT table_name AS name, table_catalog AS database_name, table_schema AS schema_name "
	 "FROM information_schema.tables WHERE table_type <> 'VIEW' AND",
	 "table_schema", "table_name"},
	{"VIEWS",
	 "SELECT table_name AS name, table_catalog AS database_name, table_schema AS schema_name, "
	 "view_definition AS text FROM information_schema.views WHERE",
	 "table_schema", "table_name"},
	{0},
};

static const struct listing of_redshift[] = {
	{"COLUMNS",
	 "SELECT table_catalog AS database_name, table_schema AS schema_name, table_name, "
	 "column_name, ordinal_position, column_default, is_nullable, data_type FROM "
	 "information_schema.columns WHERE",
	 "table_schema", "column_name"},
	{"DATABASES", "SELECT datname AS database_name FROM pg_database WHERE NOT datistemplate",
	 NULL, "datname"},
	{"SCHEMAS",
	 "SELECT catalog_name AS database_name, schema_name, schema_owner FROM "
	 "information_schema.schemata WHERE true",
	 NULL, "schema_name"},
	{"TABLES",
	 "SELECT table_catalog AS database_name, table_schema AS schema_name, table_name, "
	 "table_type FROM information_schema.tables WHERE",
	 "table_schema", "table_name"},
	{0},
};

/* c = 'name', the last part of the name. */
static void add_equal(struct rewrite *r, struct node *out, const char *column,
		      const struct node *ident)
{
	node_add(r->arena, out, words(r, column));
	node_add(r->arena, out, words(r, "="));
	node_add(r->arena, out, words_name(r, ident));
}

/* IN ACCOUNT, IN DATABASE d, IN [SCHEMA] d.s, IN TABLE d.s.t; none: the schema of the session. */
static void add_scope(struct rewrite *r, struct node *out, struct parser *p,
		      const struct listing *l)
{
	bool in = parse_accept(p, K_IN) || parse_accept(p, K_FROM), table;
	const struct node *name;
	uint32_t last;

	if (in && (parse_is_word(p, 0, "ACCOUNT") || parse_is_word(p, 0, "DATABASE"))) {
		if (!parse_accept_word(p, "ACCOUNT") && parse_accept_word(p, "DATABASE") &&
		    parse_is_name(p, 0))
			parse_name(p);
		if (l->schema) {
			node_add(r->arena, out, words(r, l->schema));
			node_add(r->arena, out,
				 words(r, "NOT IN ('pg_catalog', 'information_schema')"));
		}
		return;
	}
	if (!in) {
		if (l->schema) {
			node_add(r->arena, out, words(r, l->schema));
			node_add(r->arena, out, words(r, "= current_schema()"));
		}
		return;
	}
	table = parse_accept_word(p, "TABLE") || parse_accept_word(p, "VIEW");
	if (!table && !parse_accept_word(p, "SCHEMA"))
		table = *l->name == 'c';
	name = parse_name(p);
	last = name->count ? name->count - 1 : 0;
	if (p->failed || !l->schema)
		return;
	if (table) {
		add_equal(r, out, "table_name", name->child[last]);
		node_add(r->arena, out, words(r, "AND"));
	}
	if (!table || last)
		add_equal(r, out, l->schema, name->child[last - (table && last)]);
	else
		node_add(r->arena, out, words(r, "table_schema = current_schema()"));
}

/* LIKE 'a%': without case, as Snowflake and Redshift do. */
static void add_pattern(struct rewrite *r, struct node *out, struct parser *p, const char *column)
{
	node_add(r->arena, out, words(r, "AND"));
	node_add(r->arena, out, words(r, column));
	node_add(r->arena, out, words(r, "ILIKE"));
	node_add(r->arena, out, parse_primary(p));
}

/* SHOW timezone: a setting that Postgres has, too. */
static struct node *show_setting(struct rewrite *r, struct parser *p)
{
	static const char *const settings[] = {
		"all",
		"client_encoding",
		"datestyle",
		"extra_float_digits",
		"search_path",
		"server_version",
		"timezone",
		"session_authorization",
		"transaction_isolation",
	};
	struct node *out;

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]) && !snowflake(r); i++)
		if (parse_is_word(p, 0, settings[i])) {
			p->at++;
			out = words(r, "SHOW");
			node_add(r->arena, out, words(r, settings[i]));
			return out;
		}
	return NULL;
}

/* SHOW [TERSE] TABLES [HISTORY] [LIKE 'x'] [IN ...] [STARTS WITH 'x'] [LIMIT n] */
static struct node *show(struct rewrite *r, struct parser *p)
{
	const struct listing *l = snowflake(r) ? of_snowflake : of_redshift;
	struct parser like = {.at = 0};
	struct node *out;

	parse_accept_word(p, "TERSE");
	while (l->word && !parse_is_word(p, 0, l->word))
		l++;
	if (!l->word)
		return show_setting(r, p);
	p->at++;
	parse_accept_word(p, "HISTORY");
	out = words(r, l->query);
	if (parse_accept(p, K_LIKE)) {
		like = *p;
		p->at++;
	}
	add_scope(r, out, p, l);
	if (parse_accept(p, K_LIKE))
		add_pattern(r, out, p, l->name);
	else if (like.at)
		add_pattern(r, out, &like, l->name);
	if (parse_accept_word(p, "STARTS") && parse_accept_word(p, "WITH")) {
		node_add(r->arena, out, words(r, "AND starts_with("));
		node_add(r->arena, out, words(r, l->name));
		node_add(r->arena, out, words(r, ","));
		node_add(r->arena, out, parse_primary(p));
		node_add(r->arena, out, words(r, ")"));
	}
	node_add(r->arena, out, words(r, "ORDER BY"));
	node_add(r->arena, out,
		 words(r, *l->name == 'c' ? "table_name, ordinal_position" : l->name));
	if (parse_accept_word(p, "LIMIT")) {
		node_add(r->arena, out, words(r, "LIMIT"));
		node_add(r->arena, out, parse_primary(p));
	}
	return out;
}

/* DESCRIBE TABLE t, DESC VIEW v */
static struct node *describe(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "SELECT column_name AS name, data_type AS type, is_nullable AS "
				    "\"null?\", column_default AS \"default\" FROM "
				    "information_schema.columns WHERE");
	const struct node *name;

	if (!parse_accept_word(p, "TABLE") && !parse_accept_word(p, "VIEW"))
		return NULL;
	name = parse_name(p);
	if (p->failed || !name->count)
		return NULL;
	if (name->count > 1)
		add_equal(r, out, "table_schema", name->child[name->count - 2]);
	else
		node_add(r->arena, out, words(r, "table_schema = current_schema()"));
	add_equal(r, out, "AND table_name", name->child[name->count - 1]);
	node_add(r->arena, out, words(r, "ORDER BY ordinal_position"));
	return out;
}

/* (int, varchar) of a function */
static void add_arguments(struct rewrite *r, struct node *out, struct parser *p)
{
	if (!parse_accept_symbol(p, '('))
		return;
	node_add(r->arena, out, words(r, "("));
	while (!parse_is_symbol(p, ')') && !p->failed) {
		node_add(r->arena, out, parse_type(p));
		if (!parse_accept_symbol(p, ','))
			break;
		node_add(r->arena, out, words(r, ","));
	}
	parse_expect_symbol(p, ')');
	node_add(r->arena, out, words(r, ")"));
}

/* DROP VIEW db.s.v, DROP SCHEMA db.s; what names no database stays as it is. */
static struct node *drop(struct rewrite *r, struct parser *p)
{
	static const char *const kinds[] = {"TABLE",  "VIEW",	  "SEQUENCE",
					    "SCHEMA", "FUNCTION", "PROCEDURE"};
	struct node *out = words(r, "DROP"), *name;
	bool schema = false, known = false;

	if (parse_accept_word(p, "MATERIALIZED"))
		node_add(r->arena, out, words(r, "MATERIALIZED"));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !known; i++)
		if (parse_accept_word(p, kinds[i])) {
			node_add(r->arena, out, words(r, kinds[i]));
			schema = i == 3;
			known = true;
		}
	if (!known)
		return NULL;
	if (parse_accept2(p, K_IF, K_EXISTS))
		node_add(r->arena, out, words(r, "IF EXISTS"));
	name = parse_name(p);
	if (p->failed || name->count != (schema ? 2 : 3))
		return NULL;
	if (schema) { /* of other kinds of objects it is dropped from every name */
		rewrite_finding(r, r->root->child[0], "CATALOG-DROPPED", NULL);
		node_add(r->arena, out, name->child[1]);
	} else {
		node_add(r->arena, out, name);
		add_arguments(r, out, p);
	}
	if (parse_accept_word(p, "CASCADE"))
		node_add(r->arena, out, words(r, "CASCADE"));
	else if (parse_accept_word(p, "RESTRICT"))
		node_add(r->arena, out, words(r, "RESTRICT"));
	return out;
}

/* Statements that have no counterpart, and what is done instead. */
static const struct {
	const char *first, *second, *instead;
} instead_of[] = {
	{"ALTER", "WAREHOUSE", "there are no warehouses in Postgres: leave it out"},
	{"COPY", "INTO", "files are read with COPY FROM STDIN or by 'lakeport migrate load'"},
	{"GET", NULL, "there are no stages in Postgres: files are fetched by other means"},
	{"LIST", NULL, "there are no stages in Postgres: files are listed by other means"},
	{"LS", NULL, "there are no stages in Postgres: files are listed by other means"},
	{"PUT", NULL, "there are no stages in Postgres: files are sent by other means"},
	{"REMOVE", NULL, "there are no stages in Postgres: files are removed by other means"},
	{"UNDROP", NULL, "what was dropped is gone in Postgres: restore it from a backup"},
	{"UNLOAD", NULL, "files are written with COPY (...) TO STDOUT"},
	{"USE", "WAREHOUSE", "there are no warehouses in Postgres: leave it out"},
};

static void report_open(struct rewrite *r, const struct node *n, const struct parser *p)
{
	for (size_t i = 0; i < sizeof(instead_of) / sizeof(instead_of[0]); i++)
		if (parse_is_word(p, 0, instead_of[i].first) &&
		    (!instead_of[i].second || parse_is_word(p, 1, instead_of[i].second)))
			rewrite_finding(r, n, "NOT-CONVERTED", "%s", instead_of[i].instead);
}

bool rule_warehouse_catalog(struct rewrite *r, struct node *n)
{
	struct parser p = {.a = r->arena, .d = r->dialect, .t = r->tokens, .at = n->first};
	struct node *out = NULL;

	if (n->first >= n->last || n->count)
		return false;
	if (parse_accept_word(&p, "SHOW"))
		out = show(r, &p);
	else if (parse_accept_word(&p, "DESCRIBE") || parse_accept_word(&p, "DESC"))
		out = describe(r, &p);
	else if (r->dialect->flags & DIALECT_CATALOGS && parse_accept_word(&p, "DROP"))
		out = drop(r, &p);
	else
		report_open(r, n, &p);
	if (!out || p.failed || !parse_at_statement_end(&p))
		return false;
	node_replace(n, out);
	return true;
}
