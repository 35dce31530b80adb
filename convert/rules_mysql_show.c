/*
 * rules_mysql_show.c - what MySQL tells about its catalog and the session: SHOW, DESCRIBE and
 * EXPLAIN, read from the tokens. What has an answer in Postgres becomes a query on its catalogs
 * with MySQL's names of columns; EXPLAIN of a statement stays one, with the statement converted.
 */
#include "convert/rules.h"

#include "convert/rules_words.h"

#define COLUMNS                                                                                    \
	"SELECT column_name AS \"Field\", data_type AS \"Type\", is_nullable AS \"Null\", CASE "   \
	"WHEN EXISTS (SELECT 1 FROM information_schema.key_column_usage AS _k JOIN "               \
	"information_schema.table_constraints AS _c USING (constraint_schema, constraint_name) "   \
	"WHERE _c.constraint_type = 'PRIMARY KEY' AND _k.table_schema = _t.table_schema AND "      \
	"_k.table_name = _t.table_name AND _k.column_name = _t.column_name) THEN 'PRI' ELSE '' "   \
	"END AS \"Key\", column_default AS \"Default\", CASE WHEN is_identity = 'YES' THEN "       \
	"'auto_increment' ELSE '' END AS \"Extra\" FROM information_schema.columns AS _t WHERE"
#define INDEXES                                                                                    \
	"SELECT table_name AS \"Table\", non_unique AS \"Non_unique\", key_name AS \"Key_name\", " \
	"seq AS \"Seq_in_index\", column_name AS \"Column_name\", index_type AS \"Index_type\" "   \
	"FROM (SELECT _s.nspname AS table_schema, _c.relname AS table_name, "                      \
	"(NOT _i.indisunique)::int AS non_unique, _x.relname AS key_name, _k.n AS seq, "           \
	"_a.attname AS column_name, upper(_m.amname) AS index_type FROM pg_index AS _i JOIN "      \
	"pg_class AS _c ON _c.oid = _i.indrelid JOIN pg_namespace AS _s ON _s.oid = "              \
	"_c.relnamespace JOIN pg_class AS _x ON _x.oid = _i.indexrelid JOIN pg_am AS _m ON "       \
	"_m.oid = _x.relam CROSS JOIN LATERAL unnest(_i.indkey) WITH ORDINALITY AS _k(number, n) " \
	"LEFT JOIN pg_attribute AS _a ON _a.attrelid = _c.oid AND _a.attnum = _k.number WHERE "    \
	"_k.n <= _i.indnkeyatts) AS _t "                                                           \
	"WHERE"
#define PROCESSES                                                                                  \
	"SELECT pid AS \"Id\", usename AS \"User\", client_addr AS \"Host\", datname AS \"db\", "  \
	"state AS \"Command\", extract(epoch FROM now() - state_change)::int AS \"Time\", "        \
	"wait_event AS \"State\", query AS \"Info\" FROM pg_stat_activity WHERE backend_type = "   \
	"'client backend'"

static void add(struct rewrite *r, struct node *out, const char *text)
{
	node_add(r->arena, out, words(r, text));
}

/* FROM d, IN d; NULL: none. */
static struct node *in_name(struct parser *p)
{
	return parse_accept(p, K_IN) || parse_accept(p, K_FROM) ? parse_name(p) : NULL;
}

/* [LIKE 'a%'] and the end; WHERE, whose names are MySQL's, is not read. */
static struct node *like(struct rewrite *r, struct parser *p, struct node *out, const char *column,
			 const char *order)
{
	if (parse_accept(p, K_LIKE)) {
		if (parse_peek(p, 0)->kind != TOKEN_STRING)
			return NULL;
		add(r, out, arena_printf(r->arena, "AND %s ILIKE", column));
		node_add(
			r->arena, out,
			node_string(r->arena, token_value(r->arena, r->dialect, r->tokens, p->at)));
		p->at++;
	}
	if (order)
		add(r, out, arena_printf(r->arena, "ORDER BY %s", order));
	return parse_at_statement_end(p) ? out : NULL;
}

static struct node *tables(struct rewrite *r, struct parser *p, bool full)
{
	struct node *out = words(r, full ? "SELECT table_name, table_type AS \"Table_type\" FROM "
					   "information_schema.tables WHERE"
					 : "SELECT table_name FROM information_schema.tables "
					   "WHERE");

	words_schema(r, out, "table_schema", in_name(p));
	return like(r, p, out, "table_name", "table_name");
}

/* FROM t [FROM d] */
static bool of_table(struct rewrite *r, struct parser *p, struct node *out)
{
	struct node *table = in_name(p), *schema;

	if (!table)
		return false;
	schema = in_name(p);
	if (schema)
		node_insert(r->arena, table, 0, schema->child[schema->count - 1]);
	words_of_table(r, out, table);
	return true;
}

static struct node *columns(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, COLUMNS);

	return of_table(r, p, out) ? like(r, p, out, "column_name", "ordinal_position") : NULL;
}

static struct node *indexes(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, INDEXES);

	if (!of_table(r, p, out))
		return NULL;
	add(r, out, "ORDER BY non_unique, key_name, seq");
	return out;
}

static struct node *variables(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "SELECT name AS \"Variable_name\", setting AS \"Value\" FROM "
				    "pg_settings WHERE true");

	rewrite_finding(r, out, "SETTING", "settings have other names than MySQL's variables");
	return like(r, p, out, "name", "name");
}

static struct node *show(struct rewrite *r, struct parser *p)
{
	bool full;

	if (!parse_accept_word(p, "GLOBAL"))
		parse_accept_word(p, "SESSION");
	if (parse_accept_word(p, "VARIABLES"))
		return variables(r, p);
	full = parse_accept_word(p, "FULL");
	if (parse_accept_word(p, "TABLES"))
		return tables(r, p, full);
	if (parse_accept_word(p, "COLUMNS") || parse_accept_word(p, "FIELDS"))
		return columns(r, p);
	if (parse_accept_word(p, "PROCESSLIST"))
		return words(r, PROCESSES);
	if (parse_accept_word(p, "INDEX") || parse_accept_word(p, "INDEXES") ||
	    parse_accept_word(p, "KEYS"))
		return indexes(r, p);
	if (parse_accept_word(p, "DATABASES") || parse_accept_word(p, "SCHEMAS"))
		return like(r, p,
			    words(r, "SELECT schema_name AS \"Database\" FROM "
				     "information_schema.schemata WHERE true"),
			    "schema_name", "schema_name");
	return NULL;
}

/* DESCRIBE t [c | 'c%'] */
static struct node *describe(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, COLUMNS), *column;

	words_of_table(r, out, parse_name(p));
	if (!parse_at_statement_end(p) && parse_peek(p, 0)->kind == TOKEN_STRING) {
		add(r, out, "AND column_name ILIKE");
		node_add(r->arena, out, parse_expression(p));
	} else if (!parse_at_statement_end(p)) {
		column = parse_ident(p);
		add(r, out, "AND column_name =");
		node_add(r->arena, out, words_name(r, column));
	}
	add(r, out, "ORDER BY ordinal_position");
	return out;
}

static bool begins_statement(const struct parser *p)
{
	static const enum keyword begins[] = {K_SELECT, K_WITH,	  K_INSERT, K_REPLACE,
					      K_UPDATE, K_DELETE, K_TABLE,  K_VALUES};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (parse_is(p, begins[i]))
			return true;
	return parse_is_symbol(p, '(');
}

/* EXPLAIN [ANALYZE] [EXTENDED] [FORMAT = f] statement; EXPLAIN t */
static struct node *explain(struct rewrite *r, struct parser *p)
{
	bool analyze = parse_accept_word(p, "ANALYZE"), json = false;
	struct node *out;

	if (!parse_accept_word(p, "EXTENDED") && parse_is_word(p, 0, "FORMAT") &&
	    parse_symbol_at(p, 1, '=')) {
		p->at += 2;
		json = parse_accept_word(p, "JSON");
		if (!json && !parse_accept_word(p, "TREE") && !parse_accept_word(p, "TRADITIONAL"))
			return NULL;
	}
	if (!begins_statement(p))
		return analyze || json || !parse_is_name(p, 0) ? NULL : describe(r, p);
	out = words(r, json ? (analyze ? "EXPLAIN (ANALYZE, FORMAT JSON)" : "EXPLAIN (FORMAT JSON)")
		       : analyze ? "EXPLAIN ANALYZE"
				 : "EXPLAIN");
	node_add(r->arena, out, parse_statement(p));
	return out;
}

/* n becomes a query or an EXPLAIN; false: it is none of these, or it is not known. */
bool rule_mysql_show(struct rewrite *r, struct node *n)
{
	struct parser p = {.a = r->arena, .d = r->dialect, .t = r->tokens, .at = n->first};
	size_t findings = r->finding_count;
	struct node *out = NULL;

	if (n->first >= n->last || n->flags & FLAG_CHANGED)
		return false;
	if (parse_accept_word(&p, "SHOW"))
		out = show(r, &p);
	else if (parse_accept_word(&p, "EXPLAIN") || parse_accept_word(&p, "DESCRIBE") ||
		 parse_accept_word(&p, "DESC"))
		out = explain(r, &p);
	parse_accept_symbol(&p, ';');
	if (!out || p.failed || !parse_at_end(&p)) {
		r->finding_count = findings;
		return false;
	}
	node_replace(n, out);
	return true;
}
