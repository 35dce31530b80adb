/*
 * remains.c - after the rules: a walk that reports what Postgres has no form for, so that nothing
 * is left silently.
 */
#include "convert/remains.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "convert/check_tree.h"
#include "convert/names.h"
#include "convert/routine.h"

struct remain {
	uint8_t kind;
	const char *what;
};

static const struct remain remains[] = {
	{NODE_LAMBDA, "a lambda"},
	{NODE_PATH, "a path with ':'"},
	{NODE_PRIOR, "PRIOR"},
	{NODE_OUTER, "(+)"},
	{NODE_KEEP, "KEEP (DENSE_RANK ...)"},
	{NODE_TOP, "TOP"},
	{NODE_CONNECT, "CONNECT BY"},
	{NODE_CLUSTER, "SORT BY / DISTRIBUTE BY / CLUSTER BY"},
	{NODE_FOR_XML, "FOR XML / FOR JSON"},
	{NODE_LATERAL_VIEW, "LATERAL VIEW"},
	{NODE_PIVOT, "PIVOT"},
	{NODE_UNPIVOT, "UNPIVOT"},
	{NODE_MATCH, "MATCH_RECOGNIZE"},
	{NODE_VERSION, "time travel"},
};

static const char *what_remains(const struct node *n)
{
	for (size_t i = 0; i < sizeof(remains) / sizeof(remains[0]); i++)
		if (remains[i].kind == n->kind)
			return remains[i].what;
	switch (n->kind) {
	case NODE_SELECT:
		return n->child[SELECT_QUALIFY] ? "QUALIFY" : NULL;
	case NODE_JOIN:
		return n->op >= JOIN_SEMI && n->op != JOIN_STRAIGHT ? "a join of this kind" : NULL;
	case NODE_STAR:
		return n->child[STAR_EXCEPT] || n->child[STAR_REPLACE] || n->child[STAR_RENAME]
			       ? "* EXCEPT / REPLACE / RENAME of a table that is not known (give "
				 "--schema)"
			       : NULL;
	case NODE_GROUP:
		return n->flags & FLAG_ALL && n->count == 0 ? "GROUP BY ALL" : NULL;
	case NODE_SAMPLE:
		return n->op != SAMPLE_PERCENT ? "TABLESAMPLE of this kind" : NULL;
	case NODE_SORT:
		return n->flags & FLAG_ALL ? "ORDER BY ALL" : NULL;
	case NODE_SETOP:
		return n->flags & FLAG_BY_NAME ? "UNION BY NAME" : NULL;
	case NODE_MERGE:
		return n->flags & FLAG_REPLACE ? "MERGE ... REMOVE DUPLICATES" : NULL;
	case NODE_MERGE_WHEN:
		return n->op == MERGE_NOT_MATCHED_BY_SOURCE ? "WHEN NOT MATCHED BY SOURCE" : NULL;
	case NODE_UPDATE:
		if (n->child[UPDATE_TARGET] && n->child[UPDATE_TARGET]->kind == NODE_DERIVED)
			return "UPDATE of a query";
		return n->child[UPDATE_SET] && n->child[UPDATE_SET]->count &&
				       n->child[UPDATE_SET]->child[0]->kind == NODE_STAR
			       ? "UPDATE SET * of a table that is not known (give --schema)"
			       : NULL;
	case NODE_INSERT:
		if (n->child[INSERT_SOURCE] && n->child[INSERT_SOURCE]->kind == NODE_STAR)
			return "INSERT * of a table that is not known (give --schema)";
		if (n->child[INSERT_PARTITION] || n->child[INSERT_REPLACE])
			return "INSERT ... PARTITION / REPLACE WHERE";
		return n->flags & (FLAG_OVERWRITE | FLAG_REPLACE | FLAG_IGNORE)
			       ? "INSERT OVERWRITE / IGNORE, REPLACE"
			       : NULL;
	case NODE_CALL:
		return n->flags & FLAG_IGNORE_NULLS ? "IGNORE NULLS" : NULL;
	default:
		return NULL;
	}
}

/*
 * A statement that was taken whole is Postgres' only where its own parser says so; and these words
 * begin statements that it would take for something else.
 */
static bool is_foreign(struct rewrite *r, const struct node *n)
{
	static const char *const other_meaning[] = {"show", "copy",    "load",
						    "lock", "cluster", "call"};
	struct str first;
	const char *text;

	if ((n->kind != NODE_UTILITY && n->kind != NODE_CREATE_OTHER) || n->first >= n->last ||
	    n->count || n->flags & FLAG_CHANGED || r->dialect == &dialect_postgres)
		return false;
	first = token_text(r->tokens, n->first);
	for (size_t i = 0; i < sizeof(other_meaning) / sizeof(other_meaning[0]); i++)
		if (str_is_word(first, other_meaning[i]))
			return true;
	text = arena_strndup(r->arena, r->tokens->text.p + r->tokens->items[n->first].begin,
			     r->tokens->items[n->last - 1].end - r->tokens->items[n->first].begin);
	return !pgtree_parses(text);
}

/* Functions that Postgres' grammar has and its catalog does not. */
static bool in_grammar(const char *name)
{
	static const char *const names[] = {
		"array",
		"coalesce",
		"exists",
		"greatest",
		"grouping",
		"least",
		"nullif",
		"row",
		"treat",
		"unnest",
		"xmlconcat",
		"xmlelement",
		"xmlexists",
		"xmlforest",
		"xmlparse",
		"xmlpi",
		"xmlroot",
		"xmlserialize",
		"collation",
		"trim",
		"current_date",
		"current_time",
		"current_timestamp",
		"localtime",
		"localtimestamp",
		"current_user",
		"session_user",
		"user",
		"current_role",
		"current_catalog",
		"normalize",
		"any",
		"all",
		"some",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* A function that is the user's own, or that nobody knows: it must be made in the target. */
static void report_function(struct rewrite *r, const struct node *n)
{
	const struct node *name = n->child[CALL_NAME];
	const struct node *last = name && name->count ? name->child[name->count - 1] : NULL;
	char *text;

	if (!last || last->kind != NODE_IDENT || r->dialect == &dialect_postgres)
		return;
	if (name->count > 1 && (str_is_word(name->child[0]->text, r->settings->helper_schema) ||
				str_is_word(name->child[0]->text, "pg_catalog")))
		return;
	text = arena_strndup(r->arena, last->text.p, last->text.len);
	for (char *c = text; *c && !(last->flags & FLAG_QUOTED); c++)
		*c = (char)tolower((unsigned char)*c);
	if (name->count == 1 && (names_function(text) || in_grammar(text)))
		return;
	rewrite_finding(r, n, "FUNCTION-UNKNOWN", "function '%s' is not Postgres' own", text);
}

/* Views of the source's own catalog and system, by how their names begin. */
struct catalog {
	const char *dialect, *prefix;
};

static const struct catalog catalogs[] = {
	{"oracle", "all_"},
	{"oracle", "dba_"},
	{"oracle", "gv$"},
	{"oracle", "user_"},
	{"oracle", "v$"},
	{"redshift", "stl_"},
	{"redshift", "stv_"},
	{"redshift", "svcs_"},
	{"redshift", "svl_"},
	{"redshift", "svv_"},
	{"redshift", "sys_"},
	{"redshift", "pg_table_def"},
	{"redshift", "pg_user_info"},
	{"snowflake", "account_usage"},
};

static const char *const oracle_views[] = {
	"tables",	  "tab_columns",    "tab_cols",	    "views",	    "indexes",
	"ind_columns",	  "constraints",    "cons_columns", "objects",	    "sequences",
	"users",	  "source",	    "triggers",	    "synonyms",	    "procedures",
	"segments",	  "tablespaces",    "data_files",   "free_space",   "extents",
	"tab_privs",	  "sys_privs",	    "role_privs",   "tab_comments", "col_comments",
	"dependencies",	  "tab_partitions", "part_tables",  "jobs",	    "mviews",
	"db_links",	  "errors",	    "arguments",    "lobs",	    "tab_statistics",
	"scheduler_jobs",
};

static bool is_catalog(const struct rewrite *r, struct str name)
{
	const char *dialect = dialect_name(r->dialect);

	for (size_t i = 0; i < sizeof(catalogs) / sizeof(catalogs[0]); i++) {
		size_t len = strlen(catalogs[i].prefix);

		if (strcmp(catalogs[i].dialect, dialect) != 0 || name.len < len ||
		    strncasecmp(name.p, catalogs[i].prefix, len) != 0)
			continue;
		if (strcmp(dialect, "oracle") != 0 || strchr(catalogs[i].prefix, '$'))
			return true;
		for (size_t k = 0; k < sizeof(oracle_views) / sizeof(oracle_views[0]); k++)
			if (str_is_word((struct str){name.p + len, name.len - len},
					oracle_views[k]))
				return true;
	}
	return false;
}

static void report_table(struct rewrite *r, const struct node *n)
{
	struct str name = node_last_name(n->child[TABLE_NAME]);
	const struct node *hint = n->child[TABLE_HINT];

	if (is_catalog(r, name))
		rewrite_finding(r, n, "CATALOG-VIEW", "'%.*s' is of the source's own catalog",
				(int)(name.len > 60 ? 60 : name.len), name.p);
	if (hint && hint->first < hint->last && r->dialect != &dialect_postgres &&
	    (str_is_word(token_text(r->tokens, hint->first), "partition") ||
	     str_is_word(token_text(r->tokens, hint->first), "subpartition")))
		rewrite_finding(r, n, "NOT-CONVERTED", "PARTITION (...) was left as it is");
}

/* Columns that every table of Oracle has. */
static void report_column(struct rewrite *r, const struct node *n)
{
	static const char *const names[] = {"ora_rowscn", "object_value", "versions_xid",
					    "versions_starttime", "versions_operation"};

	if (!(r->dialect->flags & DIALECT_EMPTY_NULL) || n->first >= n->last)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is_word(node_last_name(n), names[i]))
			rewrite_finding(r, n, "NOT-CONVERTED", "%s was left as it is", names[i]);
}

/* Rules do not read the language of routines; its size tells what waits. */
static void report_routine(struct rewrite *r, const struct node *n)
{
	struct routine_size s = routine_measure(r->arena, r->dialect, r->tokens, n->first, n->last);
	struct buf text = {.max = 300};

	buf_printf(&text,
		   "stored code of %zu line%s was left as it is: %zu statement%s, %zu branch%s",
		   s.lines, s.lines == 1 ? "" : "s", s.statements, s.statements == 1 ? "" : "s",
		   s.branches, s.branches == 1 ? "" : "es");
	if (s.cursors)
		buf_printf(&text, ", %zu cursor%s", s.cursors, s.cursors == 1 ? "" : "s");
	if (s.dynamic)
		buf_printf(&text, ", %zu piece%s of SQL made at run time", s.dynamic,
			   s.dynamic == 1 ? "" : "s");
	rewrite_finding(r, n, "ROUTINE", "%s", buf_text(&text));
	buf_release(&text);
}

static void walk(struct rewrite *r, const struct node *n)
{
	const char *what = what_remains(n);

	if (n->kind == NODE_TABLE)
		report_table(r, n);
	if (n->kind == NODE_COLUMN)
		report_column(r, n);

	if (what)
		rewrite_finding(r, n, "NOT-CONVERTED", "%s was left as it is", what);
	if (n->kind == NODE_PROCEDURAL)
		report_routine(r, n);
	if (n->kind == NODE_CALL)
		report_function(r, n);
	if (is_foreign(r, n)) {
		struct str word = token_text(r->tokens, n->first);

		rewrite_finding(r, n, "NOT-CONVERTED", "%.*s ... was left as it is",
				(int)(word.len > 30 ? 30 : word.len), word.p);
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			walk(r, n->child[i]);
}

void remains_report(struct rewrite *r)
{
	walk(r, r->root);
}
