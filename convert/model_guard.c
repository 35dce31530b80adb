/*
 * model_guard.c - an answer must be the kind of statement that was asked for: a query becomes one
 * query of the same tables, and nothing is dropped, emptied or granted that the source did not.
 * Decided on the tree of Postgres' own parser, wherever in it a statement stands. See
 * model_parts.h. What may be executed is the checks' business; this is the first of two locks.
 */
#include "convert/model_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <pg_query.h>

#include "convert/check_safe.h"
#include "convert/check_tree.h"

enum kind {
	KIND_QUERY = 1,
	KIND_DML = 2,
	KIND_DDL = 4,
	KIND_PROCEDURAL = 8,
	KIND_UTILITY = 16,
};
#define KIND_ANY   (KIND_QUERY | KIND_DML | KIND_DDL | KIND_PROCEDURAL | KIND_UTILITY)
#define KIND_WRITE (KIND_ANY & ~KIND_QUERY)
#define KIND_MAKE  (KIND_DDL | KIND_PROCEDURAL | KIND_UTILITY)

static const struct {
	const char *word;
	enum kind kind;
} kinds[] = {
	{"query", KIND_QUERY},		 {"dml", KIND_DML},	    {"ddl", KIND_DDL},
	{"procedural", KIND_PROCEDURAL}, {"utility", KIND_UTILITY},
};

/*
 * Statements that may come, by the node's name, sorted; with `words`, only when the source has one
 * of them.
 */
static const struct allowed {
	const char *node;
	int kinds;
	const char *words[4];
} allowed[] = {
	{"AlterTableStmt", KIND_MAKE, {"alter", "create"}},
	{"CommentStmt", KIND_MAKE, {NULL}},
	{"CompositeTypeStmt", KIND_MAKE, {NULL}},
	{"CreateDomainStmt", KIND_MAKE, {NULL}},
	{"CreateEnumStmt", KIND_MAKE, {NULL}},
	{"CreateFunctionStmt", KIND_DDL | KIND_PROCEDURAL, {"create"}},
	{"CreateSchemaStmt", KIND_MAKE, {"schema", "database", "catalog"}},
	{"CreateSeqStmt", KIND_MAKE, {NULL}},
	{"CreateStmt", KIND_WRITE, {"create", "into", "table"}},
	{"CreateTableAsStmt", KIND_WRITE, {"create", "into", "table"}},
	{"CreateTrigStmt", KIND_MAKE, {"trigger"}},
	{"DeleteStmt", KIND_WRITE, {"delete", "merge", "replace", "overwrite"}},
	{"DropStmt", KIND_MAKE, {"drop", "replace"}},
	{"ExplainStmt", KIND_UTILITY, {"explain", "describe", "show"}},
	{"IndexStmt", KIND_MAKE, {NULL}},
	{"InsertStmt", KIND_WRITE, {"insert", "merge", "replace"}},
	{"MergeStmt", KIND_WRITE, {"merge"}},
	{"RenameStmt", KIND_MAKE, {"rename", "sp_rename"}},
	{"ReturnStmt", KIND_PROCEDURAL | KIND_DDL, {NULL}},
	{"SelectStmt", KIND_ANY, {NULL}},
	{"TruncateStmt", KIND_WRITE, {"truncate", "overwrite"}},
	{"UpdateStmt", KIND_WRITE, {"update", "merge", "duplicate"}},
	{"VariableSetStmt", KIND_UTILITY, {"set", "use"}},
	{"VariableShowStmt", KIND_UTILITY, {"show"}},
	{"ViewStmt", KIND_MAKE, {"view"}},
};

static int kind_of_verb(const struct scan_style *style, const char *sql)
{
	struct scan s = {style, sql, sql + strlen(sql)};
	static const struct {
		const char *word;
		enum kind kind;
	} verbs[] = {
		{"select", KIND_QUERY}, {"values", KIND_QUERY}, {"from", KIND_QUERY},
		{"insert", KIND_DML},	{"update", KIND_DML},	{"delete", KIND_DML},
		{"merge", KIND_DML},	{"replace", KIND_DML},	{"create", KIND_DDL},
		{"alter", KIND_DDL},	{"drop", KIND_DDL},	{"truncate", KIND_DDL},
		{"comment", KIND_DDL},
	};
	struct scan_token t;
	size_t i;

	/* WITH ... SELECT and WITH ... INSERT begin alike: the first verb of any kind tells, but a
	   query of a common table expression does not make an INSERT a query. */
	if (scan_has_word(style, sql, "with") &&
	    (scan_has_word(style, sql, "insert") || scan_has_word(style, sql, "update") ||
	     scan_has_word(style, sql, "delete") || scan_has_word(style, sql, "merge")))
		return KIND_DML;
	while ((t = scan_next(&s)).kind != SCAN_END)
		for (i = 0; t.kind == SCAN_WORD && i < sizeof(verbs) / sizeof(verbs[0]); i++)
			if (strlen(verbs[i].word) == t.len &&
			    strncasecmp(verbs[i].word, t.p, t.len) == 0)
				return verbs[i].kind;
	return KIND_UTILITY;
}

static int kind_of(const struct model_task *task, const struct scan_style *style)
{
	size_t i;

	for (i = 0; task->kind && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].word, task->kind) == 0)
			return kinds[i].kind;
	return kind_of_verb(style, task->sql);
}

bool model_is_query(const struct model_task *t)
{
	return kind_of(t, scan_style(t->dialect)) == KIND_QUERY;
}

static int compare_nodes(const void *key, const void *row)
{
	return strcmp(key, ((const struct allowed *)row)->node);
}

static bool is_allowed(const struct model_task *task, const struct scan_style *style, int kind,
		       const char *node)
{
	const struct allowed *a = bsearch(node, allowed, sizeof(allowed) / sizeof(allowed[0]),
					  sizeof(allowed[0]), compare_nodes);
	size_t i;

	if (!a || !(a->kinds & kind))
		return false;
	for (i = 0; i < 4 && a->words[i]; i++)
		if (scan_has_word(style, task->sql, a->words[i]))
			return true;
	return i == 0;
}

/* The next key of a JSON text from *p on, with the depth it stands at; false at the end. */
static bool next_key(const char **p, int *depth, char *key, size_t size)
{
	const char *begin, *q = *p;

	for (; *q; q++) {
		*depth += *q == '{' || *q == '[';
		*depth -= *q == '}' || *q == ']';
		if (*q != '"')
			continue;
		for (begin = ++q; *q && *q != '"'; q++)
			if (*q == '\\' && q[1])
				q++;
		if (!*q)
			break;
		if (q[1] == ':') {
			snprintf(key, size, "%.*s", (int)(q - begin), begin);
			*p = q + 1;
			return true;
		}
	}
	return false;
}

static bool refuse(struct model_verdict *out, const char *what, const char *name)
{
	out->passed = false;
	snprintf(out->message, sizeof(out->message), "%s%s", what, name);
	return false;
}

/* Any statement's node, and the INTO of a SELECT, which makes a table. */
static bool node_fits(const struct model_task *task, const struct scan_style *style, int kind,
		      const char *key)
{
	size_t n = strlen(key);

	if (strcmp(key, "intoClause") == 0)
		return scan_has_word(style, task->sql, "into");
	return n <= 4 || islower((unsigned char)key[0]) || strcmp(key + n - 4, "Stmt") != 0 ||
	       strcmp(key, "RawStmt") == 0 || is_allowed(task, style, kind, key);
}

/* Whether the name, quoted or not, is among the words of a text. */
static bool names_it(const struct scan_style *style, const char *sql, const char *name)
{
	struct scan s = {style, sql, sql ? sql + strlen(sql) : sql};
	size_t n = strlen(name);
	struct scan_token t;

	while (sql && (t = scan_next(&s)).kind != SCAN_END)
		if ((t.kind == SCAN_WORD && t.len == n && strncasecmp(t.p, name, n) == 0) ||
		    (t.kind == SCAN_QUOTED && t.len == n + 2 && strncasecmp(t.p + 1, name, n) == 0))
			return true;
	return false;
}

static bool known(const struct model_task *task, const char *name)
{
	return names_it(scan_style(task->dialect), task->sql, name) ||
	       names_it(scan_style("postgres"), task->converted, name);
}

/*
 * A table must be one that the statement names, or a common table expression of the answer: stub
 * tables would make any other look real. `value` is what follows the key "relname".
 */
static bool table_fits(const struct model_task *task, const char *tree, const char *value,
		       char *name, size_t size)
{
	char cte[160];

	if (strncmp(value, ":\"", 2) != 0)
		return true;
	snprintf(name, size, "%.*s", (int)strcspn(value + 2, "\""), value + 2);
	snprintf(cte, sizeof(cte), "\"ctename\":\"%s\"", name);
	return known(task, name) || strstr(tree, cte);
}

static bool tree_fits(const struct model_task *task, const char *tree, struct model_verdict *out)
{
	const struct scan_style *style = scan_style(task->dialect);
	int kind = kind_of(task, style), depth = 0, statements = 0;
	const char *whole = tree;
	char key[64], name[128];

	while (next_key(&tree, &depth, key, sizeof(key))) {
		statements += depth == 3 && strcmp(key, "stmt") == 0;
		if (!node_fits(task, style, kind, key))
			return refuse(out, "the answer does what the source does not: ", key);
		if ((kind & (KIND_QUERY | KIND_DML)) && strcmp(key, "relname") == 0 &&
		    !table_fits(task, whole, tree, name, sizeof(name)))
			return refuse(out, "the statement names no table ", name);
	}
	if (statements == 0)
		return refuse(out, "the answer holds no statement", "");
	if (kind == KIND_QUERY && statements > 1)
		return refuse(out, "the answer to one query must be one query", "");
	return true;
}

/*
 * Functions that do more than compute, and those that Postgres itself does not have, may be called
 * only if the statement calls them: the converted text will be run by somebody, outside any check.
 */
static bool functions_fit(const struct model_task *task, const char *sql, struct model_verdict *out)
{
	struct name_list names = {0};
	struct arena a = {0};
	struct parsed p;
	const char *harmful, *why;
	size_t i;
	bool fits = parsed_text(&p, &a, sql) == 0;

	if (!fits) {
		refuse(out, p.message, "");
	} else if ((harmful = policy_harmful(&p, &a, &names, &why)) && !known(task, harmful)) {
		fits = refuse(out, "the statement does not call ", harmful);
	}
	for (i = 0; fits && i < names.count; i++)
		if (!known(task, names.items[i]))
			fits = refuse(out, "neither Postgres nor the statement has the function ",
				      names.items[i]);
	parsed_release(&p);
	arena_release(&a);
	return fits;
}

bool model_guard(const struct model_task *task, const char *sql, struct model_verdict *out)
{
	PgQueryParseResult r;
	bool fits;

	memset(out, 0, sizeof(*out));
	out->passed = true;
	if (pgtree_too_long(sql))
		return refuse(out, pgtree_too_long_message, "");
	r = pg_query_parse(sql);
	if (r.error) {
		fits = refuse(out, "", r.error->message);
		memcpy(out->sqlstate, "42601", 6);
		if (r.error->cursorpos > 0)
			out->position = pgtree_byte(sql, r.error->cursorpos);
	} else {
		fits = tree_fits(task, r.parse_tree, out) && functions_fit(task, sql, out);
	}
	pg_query_free_parse_result(r);
	return fits;
}
