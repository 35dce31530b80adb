/*
 * medallion_sql.c - the select list and the filter of a table that reads another one. Each is
 * parsed alone by Postgres' own parser before it is put into a statement: what is one expression
 * there cannot be more in here.
 */
#include <cjson/cJSON.h>
#include <pg_query.h>
#include <stdlib.h>
#include <string.h>

#include "common/pg.h"
#include "common/text.h"
#include "migrate/medallion.h"
#include "migrate/settings_text.h"

/* The only statement is a select that has nothing but these parts. */
static bool is_plain(const char *tree, const char *part, bool one_target)
{
	cJSON *root = cJSON_Parse(tree);
	const cJSON *stmts = cJSON_GetObjectItem(root, "stmts"), *select, *child, *targets;
	bool plain = cJSON_GetArraySize(stmts) == 1;

	select = cJSON_GetObjectItem(cJSON_GetObjectItem(cJSON_GetArrayItem(stmts, 0), "stmt"),
				     "SelectStmt");
	plain = plain && select;
	cJSON_ArrayForEach(child, select)
	{
		plain = plain &&
			(strcmp(child->string, "targetList") == 0 ||
			 strcmp(child->string, "limitOption") == 0 ||
			 strcmp(child->string, "op") == 0 || strcmp(child->string, part) == 0);
	}
	targets = cJSON_GetObjectItem(select, "targetList");
	plain = plain && (!one_target || cJSON_GetArraySize(targets) == 1);
	cJSON_Delete(root);
	return plain;
}

static int check(const char *form, const char *text, const char *part, struct error *e)
{
	char *sql = xasprintf("%s%s", form, text);
	PgQueryParseResult r = pg_query_parse(sql);
	int status = 0;

	if (r.error)
		status = error_set(e, ERROR_CONFIG, "'%.200s' is not SQL: %s", text,
				   r.error->message);
	else if (!is_plain(r.parse_tree, part, true))
		status = error_set(e, ERROR_CONFIG, "'%.200s' is more than one expression", text);
	pg_query_free_parse_result(r);
	free(sql);
	return status;
}

int medallion_check_item(const char *item, struct error *e)
{
	return check("select ", item, "targetList", e);
}

int medallion_check_filter(const char *filter, struct error *e)
{
	return check("select 1 where ", filter, "whereClause", e);
}

/* The last part of a qualified name. */
static const char *last_name(const cJSON *names)
{
	const cJSON *last = cJSON_GetArrayItem(names, cJSON_GetArraySize(names) - 1);

	return cJSON_GetStringValue(
		cJSON_GetObjectItem(cJSON_GetObjectItem(last, "String"), "sval"));
}

/* Postgres' parser bounds the depth. */
static void find_calls(const cJSON *node, struct arena *a, struct names *out)
{
	const char *name = NULL;
	const cJSON *child;

	if (node->string && strcmp(node->string, "FuncCall") == 0)
		name = last_name(cJSON_GetObjectItem(node, "funcname"));
	else if (node->string && strcmp(node->string, "SQLValueFunction") == 0)
		name = "the current time or user";
	else if (node->string && strcmp(node->string, "SubLink") == 0)
		name = "a subquery";
	if (name && !names_have(out, name))
		settings_add_name(a, out, name);
	for (child = node->child; child; child = child->next)
		find_calls(child, a, out);
}

void medallion_calls(const char *expression, struct arena *a, struct names *out)
{
	char *sql = xasprintf("select %s", expression);
	PgQueryParseResult r = pg_query_parse(sql);
	cJSON *tree = r.error ? NULL : cJSON_Parse(r.parse_tree);

	if (tree)
		find_calls(tree, a, out);
	cJSON_Delete(tree);
	pg_query_free_parse_result(r);
	free(sql);
}

void medallion_stage_sql(const struct load_config *c, const struct load_entry *t, const char *files,
			 struct buf *sql)
{
	const struct load_entry *from = load_config_find(c, t->from);
	const struct load_settings *s = &t->settings;
	size_t i;

	buf_puts(sql, "create temp table lakeport_stage as select row_number() over (");
	buf_puts(sql, files ? "order by lakeport_from collate \"C\", " STAGE_LINE : "");
	buf_puts(sql, ") - 1 as " STAGE_ROW ", ");
	buf_puts(sql, files ? "" : "null::bigint as " STAGE_LINE ", null::text as lakeport_from, ");
	buf_puts(sql, "q.* from (select ");
	if (files)
		buf_puts(sql, AUDIT_LINE " as " STAGE_LINE ", " AUDIT_FILE " as lakeport_from, ");
	if (s->delete_column) {
		buf_putc(sql, '(');
		pg_quote_identifier(sql, s->delete_column);
		buf_puts(sql, ")::text as " STAGE_MARKER ", ");
	}
	for (i = 0; i < t->select.count; i++)
		buf_printf(sql, "%s%s\n", i ? ", " : "", t->select.items[i]);
	if (t->select.count == 0)
		buf_putc(sql, '*');
	buf_puts(sql, " from ");
	pg_quote_identifier(sql, from->settings.schema);
	buf_putc(sql, '.');
	pg_quote_identifier(sql, from->settings.table);
	buf_puts(sql, " where true");
	if (t->filter)
		buf_printf(sql, " and (\n%s\n)", t->filter);
	if (files) {
		buf_puts(sql, " and " AUDIT_FILE " = any(");
		pg_quote_literal(sql, files);
		buf_puts(sql, "::text[])");
	}
	buf_puts(sql, ") q");
}
