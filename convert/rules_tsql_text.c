/*
 * rules_tsql_text.c - T-SQL's FOR XML and FOR JSON: texts joined by FOR XML PATH('') become
 * string_agg(), rows as JSON json_agg(), rows as XML a text put together from their columns.
 */
#include "convert/rules.h"

#include <string.h>

/* The FOR XML or FOR JSON clause of a query, NULL: none. */
static struct node *for_clause(const struct node *q)
{
	const struct node *list = q && q->kind == NODE_QUERY ? q->child[QUERY_LOCK] : NULL;

	for (uint32_t i = 0; list && i < list->count; i++)
		if (list->child[i]->kind == NODE_FOR_XML)
			return list->child[i];
	return NULL;
}

/* Whether the clause has a word; its place behind it in *next. */
static bool has_word(const struct rewrite *r, const struct node *clause, const char *word,
		     uint32_t *next)
{
	for (uint32_t i = clause->first; i < clause->last; i++)
		if (str_is_word(token_text(r->tokens, i), word)) {
			if (next)
				*next = i + 1;
			return true;
		}
	return false;
}

/* The string in PATH('x'), ROOT('x'); NULL text: no such word. */
static struct str argument(struct rewrite *r, const struct node *clause, const char *word,
			   const char *otherwise)
{
	struct str s = {NULL, 0};
	uint32_t at;

	if (!has_word(r, clause, word, &at))
		return s;
	s = (struct str){otherwise, strlen(otherwise)};
	if (at + 1 < clause->last && str_is(token_text(r->tokens, at), "(") &&
	    r->tokens->items[at + 1].kind == TOKEN_STRING)
		s = token_value(r->arena, r->dialect, r->tokens, at + 1);
	return s;
}

static struct node *leftmost(struct node *n)
{
	while (n->kind == NODE_BINARY && (n->op == OP_ADD || n->op == OP_CONCAT))
		n = n->child[0];
	return n;
}

/* Takes the separator off `',' + x`: the rest, or NULL when it does not begin with one. */
static struct node *without_separator(struct node *value, struct node **separator)
{
	struct node *left = leftmost(value), *up = left->parent;

	if (left == value || left->kind != NODE_STRING)
		return NULL;
	*separator = left;
	if (up == value)
		return up->child[1];
	node_replace(up, up->child[1]);
	return value;
}

static struct node *call_string_agg(struct rewrite *r, struct node *value, struct node *separator,
				    struct node *order)
{
	struct node *args[2] = {node_cast(r->arena, value, "varchar"), separator}, *call;

	args[0]->child[CAST_TYPE]->text = (struct str){"text", 4};
	call = node_call(r->arena, "string_agg", 2, args);
	node_put(call, CALL_ORDER, order);
	return call;
}

/* The query gives one text of all its rows' only column. */
static void aggregate(struct rewrite *r, struct node *q, struct node *value, struct node *separator)
{
	struct node *select = q->child[QUERY_BODY], *item = select->child[SELECT_ITEMS]->child[0];
	struct node *order = q->child[QUERY_ORDER], *from, *derived, *inner, *alias, *body;
	bool plain = !(select->flags & FLAG_DISTINCT) && !select->child[SELECT_TOP] &&
		     !select->child[SELECT_GROUP] && !q->child[QUERY_LIMIT];

	node_set(q, QUERY_LOCK, NULL);
	if (plain) {
		node_set(q, QUERY_ORDER, NULL);
		node_set(item, ITEM_ALIAS, NULL);
		node_put(item, ITEM_VALUE, call_string_agg(r, value, separator, order));
		node_touch(item);
		return;
	}
	alias = node_make(r->arena, NODE_ALIAS);
	node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
	node_put(item, ITEM_VALUE, value);
	node_set(item, ITEM_ALIAS, NULL);
	node_set(item, ITEM_ALIAS, rewrite_new_name(r, 'x'));
	node_touch(item);
	inner = node_make(r->arena, NODE_QUERY);
	node_put(inner, QUERY_BODY, select);
	node_put(inner, QUERY_ORDER, order);
	node_put(inner, QUERY_LIMIT, q->child[QUERY_LIMIT]);
	q->child[QUERY_LIMIT] = q->child[QUERY_ORDER] = NULL;
	derived = node_make(r->arena, NODE_DERIVED);
	node_put(derived, DERIVED_QUERY, inner);
	node_put(derived, DERIVED_ALIAS, alias);
	from = node_make(r->arena, NODE_FROM);
	node_add(r->arena, from, derived);
	body = node_make(r->arena, NODE_SELECT);
	node_put(body, SELECT_ITEMS, node_make(r->arena, NODE_LIST));
	item = node_make(r->arena, NODE_ITEM);
	value = node_make(r->arena, NODE_COLUMN);
	node_add(r->arena, value,
		 node_copy(r->arena, select->child[SELECT_ITEMS]->child[0]->child[ITEM_ALIAS]));
	node_put(item, ITEM_VALUE, call_string_agg(r, value, separator, NULL));
	node_add(r->arena, body->child[SELECT_ITEMS], item);
	node_put(body, SELECT_FROM, from);
	node_put(q, QUERY_BODY, body);
	node_touch(q);
}

/* Whether the query joins the texts of one column: FOR XML PATH(''). */
static bool joins_texts(struct rewrite *r, const struct node *q)
{
	const struct node *clause = for_clause(q), *select;
	struct str path;

	if (!clause || !str_is_word(clause->text, "xml"))
		return false;
	path = argument(r, clause, "path", "row");
	select = q->child[QUERY_BODY];
	return path.p && path.len == 0 && select->kind == NODE_SELECT &&
	       select->child[SELECT_ITEMS]->count == 1 &&
	       select->child[SELECT_ITEMS]->child[0]->kind == NODE_ITEM;
}

/* (SELECT ... FOR XML PATH('')), also behind .value('.', 'nvarchar(max)') and in a cast. */
static struct node *joined_query(struct rewrite *r, struct node *n)
{
	for (;;) {
		n = node_bare(n);
		if (node_calls(n, "xml_value") && node_arg_count(n))
			n = node_arg(n, 0);
		else if (n->kind == NODE_CAST)
			n = n->child[CAST_VALUE];
		else
			break;
	}
	return n->kind == NODE_SUBQUERY && joins_texts(r, n->child[0]) ? n : NULL;
}

static struct node *only_value(const struct node *q)
{
	return q->child[QUERY_BODY]->child[SELECT_ITEMS]->child[0]->child[ITEM_VALUE];
}

/* STUFF((SELECT ',' + x ... FOR XML PATH('')), 1, 1, '') */
bool rule_stuff_xml(struct rewrite *r, struct node *n)
{
	struct node *sub, *separator, *value, *length = node_arg(n, 2), *with = node_arg(n, 3);
	const char *digits;

	if (!node_calls(n, "stuff") || node_arg_count(n) != 4 || length->kind != NODE_NUMBER ||
	    !str_is(node_arg(n, 1)->text, "1") || with->kind != NODE_STRING || with->text.len)
		return false;
	sub = joined_query(r, node_arg(n, 0));
	if (!sub || leftmost(only_value(sub->child[0]))->kind != NODE_STRING)
		return false;
	digits = arena_printf(r->arena, "%zu", leftmost(only_value(sub->child[0]))->text.len);
	if (!str_is(length->text, digits))
		return false;
	value = without_separator(only_value(sub->child[0]), &separator);
	if (!value)
		return false;
	aggregate(r, sub->child[0], value, separator);
	node_replace(n, sub);
	return true;
}

/* The same without STUFF. */
bool rule_xml_value(struct rewrite *r, struct node *n)
{
	struct node *sub;

	if (!node_calls(n, "xml_value"))
		return false;
	sub = joined_query(r, n);
	if (!sub)
		return false;
	aggregate(r, sub->child[0], only_value(sub->child[0]),
		  node_string(r->arena, (struct str){"", 0}));
	node_replace(n, sub);
	return true;
}

/* A text with $n filled in around the query: SELECT what FROM (query) AS _t. */
static void wrap(struct rewrite *r, struct node *q, const char *text, struct node **args,
		 unsigned count)
{
	struct node *inner = node_make(r->arena, NODE_QUERY), *sub, *now;

	node_set(q, QUERY_LOCK, NULL);
	for (uint32_t i = 0; i < QUERY_SLOTS; i++) {
		if (q->child[i] && i != QUERY_WITH)
			node_put(inner, i, q->child[i]);
		if (i != QUERY_WITH)
			q->child[i] = NULL;
	}
	sub = rewrite_template(r, text, count, args);
	now = sub->child[0];
	node_put(q, QUERY_BODY, now->child[QUERY_BODY]);
	for (struct node *from = q->child[QUERY_BODY]->child[SELECT_FROM]; from; from = NULL)
		node_set(from->child[0], DERIVED_QUERY, inner);
	node_touch(q);
}

static bool as_json(struct rewrite *r, struct node *q, const struct node *clause)
{
	static const char *const texts[2][3] = {
		{"(SELECT json_agg(json_strip_nulls(row_to_json(_t)))::text FROM (SELECT 1) AS _t)",
		 "(SELECT json_build_object($1, json_agg(json_strip_nulls(row_to_json(_t))))::text "
		 "FROM (SELECT 1) AS _t)",
		 "(SELECT string_agg(json_strip_nulls(row_to_json(_t))::text, ',') FROM (SELECT 1) "
		 "AS _t)"},
		{"(SELECT json_agg(row_to_json(_t))::text FROM (SELECT 1) AS _t)",
		 "(SELECT json_build_object($1, json_agg(row_to_json(_t)))::text FROM (SELECT 1) "
		 "AS _t)",
		 "(SELECT string_agg(row_to_json(_t)::text, ',') FROM (SELECT 1) AS _t)"}};
	bool nulls = has_word(r, clause, "include_null_values", NULL);
	const struct node *body = q->child[QUERY_BODY], *items;

	items = body && body->kind == NODE_SELECT ? body->child[SELECT_ITEMS] : NULL;
	for (uint32_t i = 0; items && i < items->count; i++) {
		struct str name = items->child[i]->kind == NODE_ITEM && items->child[i]->child[1]
					  ? items->child[i]->child[1]->text
					  : (struct str){"", 0};

		if (memchr(name.p, '.', name.len))
			rewrite_finding(r, items->child[i], "NOT-CONVERTED",
					"a name with a dot is an object in an object");
	}
	struct str root = argument(r, clause, "root", "root");
	struct node *args[1];
	unsigned form = 0;

	if (root.p) {
		args[0] = node_string(r->arena, root);
		form = 1;
	} else if (has_word(r, clause, "without_array_wrapper", NULL)) {
		form = 2;
	}
	wrap(r, q, texts[nulls][form], args, form == 1);
	return true;
}

#define XML_TEXT(x) "replace(replace(replace(" x ", '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"

/* Elements or attributes, by the columns' names. */
static bool as_xml(struct rewrite *r, struct node *q, const struct node *clause)
{
	static const char *const texts[2] = {
		"(SELECT $3 || string_agg($1 || (SELECT string_agg('<' || _e.key || '>' "
		"|| " XML_TEXT("_e.value") " || '</' || _e.key || '>', '') FROM "
					   "json_each_text(row_to_json(_t)) AS _e) || $2, '') || "
					   "$4 FROM (SELECT 1) AS _t)",
		"(SELECT $3 || string_agg($1 || (SELECT string_agg(' ' || _e.key || '=\"' || "
		"replace(" XML_TEXT("_e.value") ", '\"', '&quot;') || '\"', '') FROM "
						"json_each_text(row_to_json(_t)) AS _e) || $2, '') "
						"|| $4 FROM (SELECT 1) AS _t)"};
	struct str row = argument(r, clause, "path", "row"),
		   root = argument(r, clause, "root", "root");
	bool path = row.p != NULL, elements = path || has_word(r, clause, "elements", NULL);
	const char *open = "", *close = "", *begin = "", *end = "";
	struct node *args[4];

	if (!path)
		row = argument(r, clause, "raw", "row");
	if (!row.p || has_word(r, clause, "explicit", NULL))
		return false;
	if (row.len) {
		open = arena_printf(r->arena, elements ? "<%.*s>" : "<%.*s", (int)row.len, row.p);
		close = elements ? arena_printf(r->arena, "</%.*s>", (int)row.len, row.p) : "/>";
	}
	if (root.p) {
		begin = arena_printf(r->arena, "<%.*s>", (int)root.len, root.p);
		end = arena_printf(r->arena, "</%.*s>", (int)root.len, root.p);
	}
	args[0] = node_string(r->arena, (struct str){open, strlen(open)});
	args[1] = node_string(r->arena, (struct str){close, strlen(close)});
	args[2] = node_string(r->arena, (struct str){begin, strlen(begin)});
	args[3] = node_string(r->arena, (struct str){end, strlen(end)});
	rewrite_finding(r, clause, "XML-TEXT", NULL);
	wrap(r, q, texts[!elements], args, 4);
	return true;
}

/* Before the query's parts are converted: texts that are joined. */
bool rule_for_texts(struct rewrite *r, struct node *n)
{
	if (!joins_texts(r, n))
		return false;
	aggregate(r, n, only_value(n), node_string(r->arena, (struct str){"", 0}));
	return true;
}

/* Behind: rows. */
bool rule_for_rows(struct rewrite *r, struct node *n)
{
	struct node *clause = for_clause(n);

	if (!clause)
		return false;
	return str_is_word(clause->text, "json") ? as_json(r, n, clause) : as_xml(r, n, clause);
}
