/*
 * rules_json_sql.c - SQL/JSON functions with words inside, which Postgres has from 16 and 17 on:
 * JSON_EXISTS, JSON_VALUE, JSON_QUERY, JSON_OBJECT, JSON_ARRAY and JSON_TABLE by jsonb functions.
 * The parser leaves such arguments raw; they are read here.
 */
#include "convert/rules.h"

#include <string.h>

#include "convert/parse.h"

struct reading {
	struct rewrite *r;
	struct parser p;
	struct node *passing; /* arguments of jsonb_build_object, or NULL */
	struct node *type;    /* RETURNING, or NULL */
	bool wrapper;
};

/* The raw arguments of a call. */
static bool open_raw(struct reading *x, struct rewrite *r, const struct node *call)
{
	const struct node *args = call->child[CALL_ARGS];
	const struct node *raw = args && args->count == 1 ? args->child[0] : NULL;

	*x = (struct reading){.r = r};
	if (!raw || raw->kind != NODE_RAW || raw->first >= raw->last)
		return false;
	x->p = (struct parser){.a = r->arena, .d = r->dialect, .t = r->tokens, .at = raw->first};
	return true;
}

static bool ended(const struct reading *x)
{
	return !x->p.failed && parse_is_symbol(&x->p, ')');
}

/* PASSING x AS "name", ... */
static void passing(struct reading *x)
{
	x->passing = node_make(x->r->arena, NODE_LIST);
	do {
		struct node *value = parse_expression(&x->p), *name;
		struct str s = {"", 0};

		parse_accept(&x->p, K_AS);
		name = parse_ident(&x->p);
		if (!x->p.failed) {
			s = token_text(x->r->tokens, x->p.at - 1);
			if (s.len > 1 && s.p[0] == '"')
				s = (struct str){s.p + 1, s.len - 2};
			else
				s = name->text;
		}
		node_add(x->r->arena, x->passing, node_string(x->r->arena, s));
		node_add(x->r->arena, x->passing, value);
	} while (parse_accept_symbol(&x->p, ',') && !x->p.failed);
}

/* Clauses behind the path; what happens ON ERROR and ON EMPTY is said by a finding. */
static void clauses(struct reading *x, const struct node *place)
{
	while (!ended(x) && !x->p.failed && !parse_at_end(&x->p)) {
		if (parse_accept_word(&x->p, "PASSING")) {
			passing(x);
		} else if (parse_accept(&x->p, K_RETURNING)) {
			x->type = parse_type(&x->p);
		} else if (parse_accept(&x->p, K_WITH)) {
			x->wrapper = true;
		} else if (parse_accept_word(&x->p, "DEFAULT")) {
			parse_primary(&x->p);
			rewrite_finding(x->r, place, "JSON-INVALID", NULL);
		} else {
			x->p.at++;
		}
	}
}

/* doc::jsonb, path::jsonpath and, perhaps, the variables. */
static struct node *path_call(struct reading *x, const char *name, struct node *doc,
			      struct node *path)
{
	struct arena *a = x->r->arena;
	struct node *args[3] = {node_cast(a, doc, "jsonb"), node_cast(a, path, "jsonpath"), NULL};

	if (x->passing)
		args[2] = node_call(a, "jsonb_build_object", x->passing->count, x->passing->child);
	return node_call(a, name, x->passing ? 3 : 2, args);
}

static bool with_path(struct rewrite *r, struct node *n)
{
	struct reading x;
	struct node *doc, *path, *out;

	if (!open_raw(&x, r, n))
		return false;
	doc = parse_expression(&x.p);
	if (parse_accept_word(&x.p, "FORMAT"))
		parse_accept_word(&x.p, "JSON");
	parse_expect_symbol(&x.p, ',');
	path = parse_expression(&x.p);
	clauses(&x, n);
	if (!ended(&x))
		return false;
	if (node_calls(n, "json_exists")) {
		out = path_call(&x, "jsonb_path_exists", doc, path);
	} else if (node_calls(n, "json_query")) {
		out = path_call(&x, x.wrapper ? "jsonb_path_query_array" : "jsonb_path_query_first",
				doc, path);
	} else {
		out = path_call(&x, "jsonb_path_query_first", doc, path);
		out = rewrite_template(r, "($1 #>> '{}')", 1, &out);
		if (x.type) {
			struct node *cast = node_make(r->arena, NODE_CAST);

			cast->op = CAST_COLONS;
			node_put(cast, CAST_VALUE, out);
			node_put(cast, CAST_TYPE, x.type);
			out = cast;
		}
	}
	node_replace(n, out);
	return true;
}

/* NULL ON NULL, ABSENT ON NULL, RETURNING type, STRICT ...; *absent: the second. */
static void object_end(struct reading *x, bool *absent)
{
	while (!ended(x) && !x->p.failed && !parse_at_end(&x->p)) {
		*absent |= parse_is_word(&x->p, 0, "ABSENT");
		x->p.at++;
	}
}

static bool object(struct rewrite *r, struct node *n)
{
	struct node *list = node_make(r->arena, NODE_LIST), *out;
	bool aggregate = node_calls(n, "json_objectagg"), absent = false;
	struct reading x;

	if (!open_raw(&x, r, n))
		return false;
	do {
		parse_accept_word(&x.p, "KEY");
		node_add(r->arena, list, parse_binary(&x.p, BIND_OTHER));
		if (!parse_accept_word(&x.p, "VALUE") && !parse_accept_word(&x.p, "IS") &&
		    !parse_accept_symbol(&x.p, ':') && !parse_accept_symbol(&x.p, ','))
			return false;
		node_add(r->arena, list, parse_expression(&x.p));
		if (parse_accept_word(&x.p, "FORMAT"))
			parse_accept_word(&x.p, "JSON");
	} while (parse_accept_symbol(&x.p, ',') && !x.p.failed);
	object_end(&x, &absent);
	if (!ended(&x) || (aggregate && list->count != 2))
		return false;
	out = node_call(r->arena, aggregate ? "json_object_agg" : "json_build_object", list->count,
			list->child);
	if (absent)
		out = node_call(r->arena, "json_strip_nulls", 1, &out);
	node_replace(n, out);
	return true;
}

bool rule_json_call(struct rewrite *r, struct node *n)
{
	if (node_calls(n, "json_exists") || node_calls(n, "json_value") ||
	    node_calls(n, "json_query"))
		return with_path(r, n);
	if (node_calls(n, "json_object") || node_calls(n, "json_objectagg"))
		return object(r, n);
	return false;
}

/* --- JSON_TABLE --- */

/* DEFAULT x ON EMPTY, NULL ON ERROR ...: the first one's value; MySQL's is JSON. */
static struct node *column_default(struct reading *x)
{
	struct node *found = NULL, *value;

	while (!x->p.failed && !parse_at_end(&x->p) && !parse_is_symbol(&x->p, ',') &&
	       !parse_is_symbol(&x->p, ')')) {
		if (!parse_accept_word(&x->p, "DEFAULT")) {
			x->p.at++;
			continue;
		}
		value = parse_primary(&x->p);
		if (!parse_is_word(&x->p, 1, "EMPTY"))
			continue;
		found = value;
		if (value->kind == NODE_STRING && value->text.len > 1 && value->text.p[0] == '"' &&
		    x->r->dialect->flags & DIALECT_PIPES_OR) {
			value->text = (struct str){value->text.p + 1, value->text.len - 2};
			node_touch(value);
		}
	}
	return found;
}

/* One column: (_j.value #>> path)::type AS name. */
static struct node *table_column(struct reading *x)
{
	struct arena *a = x->r->arena;
	struct node *item = node_make(a, NODE_ITEM), *value, *args[1], *cast, *type;
	struct node *name = parse_column_ident(&x->p);
	struct str path = {NULL, 0};
	struct node *otherwise;
	bool exists;

	node_put(item, ITEM_ALIAS, name);
	if (parse_accept(&x->p, K_FOR)) {
		parse_accept_word(&x->p, "ORDINALITY");
		value = node_column(a, "j");
		node_add(a, value, node_ident(a, "ordinality"));
		node_put(item, ITEM_VALUE, value);
		return item;
	}
	type = parse_type(&x->p);
	exists = parse_accept_word(&x->p, "EXISTS");
	if (parse_accept_word(&x->p, "FORMAT"))
		parse_accept_word(&x->p, "JSON");
	if (parse_accept_word(&x->p, "PATH") && parse_peek(&x->p, 0)->kind == TOKEN_STRING)
		path = token_value(a, x->p.d, x->p.t, x->p.at++);
	otherwise = column_default(x);
	if (!path.p)
		path = (struct str){arena_printf(a, "$.%.*s", (int)name->text.len, name->text.p),
				    name->text.len + 2};
	args[0] = node_string(a, path);
	value = rewrite_template(
		x->r,
		exists ? "jsonb_path_exists(j.value, $1::jsonpath)::int"
		       : "(jsonb_path_query_first(j.value, $1::jsonpath) #>> '{}')",
		1, args);
	cast = node_make(a, NODE_CAST);
	cast->op = CAST_COLONS;
	node_put(cast, CAST_VALUE, value);
	node_put(cast, CAST_TYPE, type);
	if (otherwise)
		cast = node_call(a, "coalesce", 2, (struct node *[]){cast, otherwise});
	node_put(item, ITEM_VALUE, cast);
	return item;
}

bool rule_json_table(struct rewrite *r, struct node *n)
{
	struct node *call = n->child[TABLE_CALL_CALL], *args[2], *items, *sub, *derived, *alias;
	struct reading x;

	if (!node_calls(call, "json_table") || !open_raw(&x, r, call))
		return false;
	args[0] = parse_expression(&x.p);
	if (parse_accept_word(&x.p, "FORMAT"))
		parse_accept_word(&x.p, "JSON");
	args[1] = parse_accept_symbol(&x.p, ',') ? parse_expression(&x.p)
						 : node_string(r->arena, (struct str){"$", 1});
	while (!x.p.failed && !parse_at_end(&x.p) && !parse_is_word(&x.p, 0, "COLUMNS"))
		x.p.at++;
	parse_accept_word(&x.p, "COLUMNS");
	if (!parse_accept_symbol(&x.p, '('))
		return false;
	items = node_make(r->arena, NODE_LIST);
	do {
		if (parse_is_word(&x.p, 0, "NESTED"))
			return false;
		node_add(r->arena, items, table_column(&x));
	} while (parse_accept_symbol(&x.p, ',') && !x.p.failed);
	parse_expect_symbol(&x.p, ')');
	if (!ended(&x))
		return false;
	sub = rewrite_template(r,
			       "(SELECT 1 FROM jsonb_path_query($1::jsonb, $2::jsonpath) WITH "
			       "ORDINALITY AS j(value, ordinality))",
			       2, args);
	node_set(sub->child[0]->child[QUERY_BODY], SELECT_ITEMS, items);
	derived = node_make(r->arena, NODE_DERIVED);
	derived->flags |= FLAG_LATERAL;
	alias = n->child[TABLE_CALL_ALIAS];
	if (!alias) {
		alias = node_make(r->arena, NODE_ALIAS);
		node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
	}
	node_put(derived, DERIVED_QUERY, sub->child[0]);
	node_put(derived, DERIVED_ALIAS, alias);
	node_replace(n, derived);
	return true;
}
