/*
 * rules_tsql_tables.c - T-SQL's table functions: STRING_SPLIT, OPENJSON, GENERATE_SERIES.
 */
#include "convert/rules.h"

#include <string.h>

/* Gives the relation an alias, and columns unless it has them. */
static void name_columns(struct rewrite *r, struct node *n, const char *const *names)
{
	struct node *alias = n->child[TABLE_CALL_ALIAS], *list;

	if (!alias) {
		alias = node_make(r->arena, NODE_ALIAS);
		node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
		node_set(n, TABLE_CALL_ALIAS, alias);
	}
	if (alias->child[ALIAS_COLUMNS] || !names)
		return;
	list = node_make(r->arena, NODE_LIST);
	for (; *names; names++)
		node_add(r->arena, list, node_ident(r->arena, *names));
	node_set(alias, ALIAS_COLUMNS, list);
}

static bool string_split(struct rewrite *r, struct node *n)
{
	static const char *const two[] = {"value", "ordinal", NULL}, *const one[] = {"value", NULL};
	struct node *call = n->child[TABLE_CALL_CALL], *args[2];
	bool ordinal = node_arg_count(call) == 3 && str_is(node_arg(call, 2)->text, "1");

	if (node_arg_count(call) < 2)
		return false;
	args[0] = node_arg(call, 0);
	args[1] = node_arg(call, 1);
	node_set(n, TABLE_CALL_CALL, node_call(r->arena, "string_to_table", 2, args));
	if (ordinal) {
		n->flags |= FLAG_ORDINALITY;
		node_touch(n);
	}
	name_columns(r, n, ordinal ? two : one);
	return true;
}

static bool series(struct rewrite *r, struct node *n)
{
	static const char *const names[] = {"value", NULL};

	name_columns(r, n, names);
	return true;
}

/* '$.a.b' as an array for #>; NULL: more than names. */
static struct node *path_array(struct rewrite *r, struct str path)
{
	struct buf text = {.max = 4096};
	struct node *out;
	bool good = path.len && path.p[0] == '$';

	buf_putc(&text, '{');
	for (size_t i = 1; good && i < path.len; i++) {
		char c = path.p[i];

		if (c == '.' || c == '[')
			buf_puts(&text, text.len > 1 ? "," : "");
		else if (c == '"' || c == '\\' || c == '{' || c == '}' || c == ',')
			good = c == '"';
		else if (c != ']')
			buf_putc(&text, c);
	}
	buf_putc(&text, '}');
	out = good ? node_string(r->arena,
				 (struct str){arena_strndup(r->arena, buf_text(&text), text.len),
					      text.len})
		   : NULL;
	buf_release(&text);
	return out;
}

/* The text behind a column's type in WITH (...): its path. */
static struct str column_path(struct rewrite *r, const struct node *column)
{
	for (uint32_t i = column->first; i < column->last; i++)
		if (r->tokens->items[i].kind == TOKEN_STRING)
			return token_value(r->arena, r->dialect, r->tokens, i);
	return (struct str){NULL, 0};
}

static bool as_json_column(const struct rewrite *r, const struct node *column)
{
	for (uint32_t i = column->first; i + 1 < column->last; i++)
		if (str_is_word(token_text(r->tokens, i), "as") &&
		    str_is_word(token_text(r->tokens, i + 1), "json"))
			return true;
	return false;
}

/* One column of WITH (...): (j.value #>> path)::type AS name. */
static struct node *json_column(struct rewrite *r, const struct node *column)
{
	struct str path = column_path(r, column);
	struct node *item = node_make(r->arena, NODE_ITEM), *cast, *args[1];
	const struct node *name = column->child[COLUMN_DEF_NAME];

	if (path.p)
		args[0] = path_array(r, path.len > 7 && !strncmp(path.p, "strict ", 7)
						? (struct str){path.p + 7, path.len - 7}
						: path);
	else
		args[0] = node_string(r->arena,
				      (struct str){arena_printf(r->arena, "{%.*s}",
								(int)name->text.len, name->text.p),
						   name->text.len + 2});
	if (!args[0])
		return NULL;
	args[0] = rewrite_template(
		r, as_json_column(r, column) ? "(j.value #> $1)" : "(j.value #>> $1)", 1, args);
	cast = node_make(r->arena, NODE_CAST);
	cast->op = CAST_COLONS;
	node_put(cast, CAST_VALUE, args[0]);
	node_put(cast, CAST_TYPE, node_copy(r->arena, column->child[COLUMN_DEF_TYPE]));
	node_touch(cast->child[CAST_TYPE]);
	node_put(item, ITEM_VALUE, cast);
	node_put(item, ITEM_ALIAS, node_copy(r->arena, name));
	return item;
}

/* The array's elements, or the object itself, as rows. */
#define ELEMENTS "(SELECT 1 FROM jsonb_path_query($1::jsonb, $2::jsonpath) AS j(value))"

/* OPENJSON(x, path) WITH (columns). */
static bool open_json_columns(struct rewrite *r, struct node *n, const struct node *columns)
{
	struct node *call = n->child[TABLE_CALL_CALL], *args[2], *sub, *items, *derived, *item;
	struct node *path = node_arg(call, 1);
	struct str text = {"$", 1};

	args[0] = node_arg(call, 0);
	if (path && path->kind != NODE_STRING)
		return false;
	if (path)
		text = path->text;
	text.p = arena_printf(r->arena, "%.*s[*]", (int)text.len, text.p);
	args[1] = node_string(r->arena, (struct str){text.p, strlen(text.p)});
	items = node_make(r->arena, NODE_LIST);
	for (uint32_t i = 0; i < columns->count; i++) {
		item = columns->child[i]->kind == NODE_COLUMN_DEF &&
				       columns->child[i]->child[COLUMN_DEF_TYPE]
			       ? json_column(r, columns->child[i])
			       : NULL;
		if (!item)
			return false;
		node_add(r->arena, items, item);
	}
	sub = rewrite_template(r, ELEMENTS, 2, args);
	node_set(sub->child[0]->child[QUERY_BODY], SELECT_ITEMS, items);
	derived = node_make(r->arena, NODE_DERIVED);
	derived->flags |= FLAG_LATERAL;
	node_put(derived, DERIVED_QUERY, sub->child[0]);
	node_put(derived, DERIVED_ALIAS, n->child[TABLE_CALL_ALIAS]);
	node_replace(n, derived);
	return true;
}

#define TYPE_NUMBER                                                                                \
	"CASE jsonb_typeof(_j.value) WHEN 'null' THEN 0 WHEN 'string' THEN 1 WHEN 'number' THEN "  \
	"2 "                                                                                       \
	"WHEN 'boolean' THEN 3 WHEN 'array' THEN 4 ELSE 5 END"

/* OPENJSON(x): key, value, type. */
static bool open_json(struct rewrite *r, struct node *n)
{
	struct node *call = n->child[TABLE_CALL_CALL], *args[1] = {node_arg(call, 0)}, *derived;
	struct node *path = node_arg(call, 1), *sub, *at;

	if (path && (path->kind != NODE_STRING || !(at = path_array(r, path->text))))
		return false;
	if (path)
		args[0] =
			rewrite_template(r, "($1::jsonb #> $2)", 2, (struct node *[]){args[0], at});
	sub = rewrite_template(
		r,
		"(SELECT _j.key, _j.value #>> '{}' AS value, " TYPE_NUMBER
		" AS type FROM (SELECT $1::jsonb AS v) AS _d CROSS JOIN LATERAL (SELECT _o.key, "
		"_o.value FROM "
		"jsonb_each(CASE WHEN jsonb_typeof(_d.v) = 'object' THEN _d.v ELSE '{}' END) AS _o "
		"UNION ALL SELECT (_a.n - 1)::text, _a.value FROM jsonb_array_elements(CASE WHEN "
		"jsonb_typeof(_d.v) = 'array' THEN _d.v ELSE '[]' END) WITH ORDINALITY AS "
		"_a(value, n)) "
		"AS _j)",
		1, args);
	derived = node_make(r->arena, NODE_DERIVED);
	derived->flags |= FLAG_LATERAL;
	node_put(derived, DERIVED_QUERY, sub->child[0]);
	node_put(derived, DERIVED_ALIAS, n->child[TABLE_CALL_ALIAS]);
	node_replace(n, derived);
	return true;
}

bool rule_table_function(struct rewrite *r, struct node *n)
{
	struct node *call = n->child[TABLE_CALL_CALL];

	if (node_calls(call, "string_split"))
		return string_split(r, n);
	if (node_calls(call, "generate_series"))
		return series(r, n);
	return false;
}

bool rule_open_json(struct rewrite *r, struct node *n)
{
	struct node *call = n->child[TABLE_CALL_CALL];

	if (!node_calls(call, "openjson") || node_arg_count(call) == 0)
		return false;
	name_columns(r, n, NULL);
	if (call->child[CALL_SEPARATOR])
		return open_json_columns(r, n, call->child[CALL_SEPARATOR]);
	return open_json(r, n);
}
