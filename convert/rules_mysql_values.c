/*
 * rules_mysql_values.c - MySQL's operators and truths: j->'$.a', XOR, numbers as conditions,
 * intervals of two units, ORDER BY NULL.
 */
#include <string.h>

#include "convert/rules.h"

/* j->'$.a', j->>'$.a': paths, where Postgres has keys. */
bool rule_json_arrow(struct rewrite *r, struct node *n)
{
	bool text = n->op == OP_ARROW2;
	struct node *args[2] = {n->child[0], n->child[1]}, *get, *place;

	if ((n->op != OP_ARROW && !text) || args[1]->kind != NODE_STRING ||
	    args[1]->text.len == 0 || args[1]->text.p[0] != '$')
		return false;
	get = rewrite_template(r, text ? "($1::jsonb #>> $path2)" : "($1::jsonb #> $path2)", 2,
			       args);
	if (!get)
		get = rewrite_template(r,
				       text ? "(jsonb_path_query_first($1::jsonb, $2::jsonpath) "
					      "#>> '{}')"
					    : "jsonb_path_query_first($1::jsonb, $2::jsonpath)",
				       2, args);
	place = node_take(r->arena, n);
	node_replace(place, get)->type = text ? TYPE_TEXT : TYPE_JSON;
	return true;
}

/* a XOR b */
bool rule_xor(struct rewrite *r, struct node *n)
{
	struct node *place;

	if (n->op != OP_XOR)
		return false;
	mysql_make_truth(r, n->child[0]);
	mysql_make_truth(r, n->child[1]);
	place = node_take(r->arena, n);
	node_replace(place, rewrite_template(r, "(($1) <> ($2))", 2,
					     (struct node *[]){n->child[0], n->child[1]}))
		->type = TYPE_BOOL;
	return true;
}

/* -(a = b) */
static void truth_to_number(struct rewrite *r, struct node *n)
{
	struct node *place = node_take(r->arena, n);

	node_replace(place, node_cast(r->arena, n, "int"))->type = TYPE_INT;
}

/* WHERE 1, a OR 1, NOT 0, CASE WHEN n THEN: a number that is not 0 is true. */
bool rule_truth(struct rewrite *r, struct node *n)
{
	switch (n->kind) {
	case NODE_LOGIC:
		for (uint32_t i = 0; i < n->count; i++)
			mysql_make_truth(r, n->child[i]);
		return true;
	case NODE_SELECT:
		mysql_make_truth(r, n->child[SELECT_WHERE]);
		mysql_make_truth(r, n->child[SELECT_HAVING]);
		return true;
	case NODE_JOIN:
		mysql_make_truth(r, n->child[JOIN_ON]);
		return true;
	case NODE_UNARY:
		if (n->op == OP_NOT)
			mysql_make_truth(r, n->child[0]);
		else if (type_of(r, n->child[0]) == TYPE_BOOL)
			truth_to_number(r, n->child[0]);
		return true;
	case NODE_WHEN:
		if (n->parent && n->parent->parent && n->parent->parent->kind == NODE_CASE &&
		    !n->parent->parent->child[CASE_OPERAND])
			mysql_make_truth(r, n->child[0]);
		return true;
	default:
		return false;
	}
}

/* (a = b) = 1: truth compared with a number; n = TRUE: with 1, also when n is a column. */
static bool truth_with_number(struct rewrite *r, struct node *n)
{
	for (uint32_t i = 0; i < 2; i++) {
		struct node *value = n->child[i], *other = n->child[1 - i], *place;
		enum type_code t = type_of(r, other);
		bool column = other->kind == NODE_COLUMN && t <= TYPE_UNKNOWN;

		if (type_of(r, value) != TYPE_BOOL)
			continue;
		if (value->kind == NODE_BOOL && (type_is_number(t) || column)) {
			node_replace(value, node_number(r->arena, value->op));
			place = column ? node_take(r->arena, other) : NULL;
			if (place)
				node_replace(place, node_cast(r->arena, other, "int"));
			return true;
		}
		if (!type_is_number(t))
			continue;
		place = node_take(r->arena, value);
		node_replace(place, node_cast(r->arena, value, "int"))->type = TYPE_INT;
		return true;
	}
	return false;
}

bool rule_truth_compare(struct rewrite *r, struct node *n)
{
	if (n->op < OP_EQ || n->op > OP_NULL_EQ)
		return false;
	return truth_with_number(r, n);
}

/* ORDER BY NULL: in no order. */
bool rule_sort_null(struct rewrite *r, struct node *n)
{
	struct node *order = n->child[QUERY_ORDER];

	(void)r;
	if (!order || order->count != 1 || !order->child[0]->child[0] ||
	    order->child[0]->child[0]->kind != NODE_NULL)
		return false;
	node_set(n, QUERY_ORDER, NULL);
	return true;
}

/* '-1 10:00' -> '-1 -10:00' */
static const char *negative_parts(struct rewrite *r, const char *text)
{
	const char *blank = strchr(text, ' ');

	if (!blank)
		return text;
	return arena_printf(r->arena, "%.*s -%s", (int)(blank - text), text, blank + 1);
}

/* INTERVAL '1:30' MINUTE_SECOND and the like, as Postgres reads them. */
bool rule_interval_parts(struct rewrite *r, struct node *n)
{
	static const struct {
		const char *unit, *before, *after;
	} units[] = {{"year_month", "", ""},	 {"day_hour", "", ":00"}, {"day_minute", "", ""},
		     {"day_second", "", ""},	 {"hour_minute", "", ""}, {"hour_second", "", ""},
		     {"minute_second", "0:", ""}};
	struct node *value = n->child[0];

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		const char *text;

		if (!str_is(n->text, units[i].unit))
			continue;
		if (value->kind != NODE_STRING) {
			rewrite_finding(r, n, "NOT-CONVERTED", "INTERVAL %s was left as it is",
					units[i].unit);
			return false;
		}
		text = arena_printf(r->arena, "%s%.*s%s", units[i].before, (int)value->text.len,
				    value->text.p, units[i].after);
		if (text[0] == '-') /* the sign is of the days and of the time */
			text = negative_parts(r, text);
		value->text = (struct str){text, strlen(text)};
		node_touch(value);
		n->text = (struct str){"", 0};
		node_touch(n);
		return true;
	}
	return false;
}

/* What Postgres calls some settings of MySQL. */
static const char *setting_of(struct str name)
{
	static const char *const known[][2] = {
		{"autocommit", "1"},
		{"character_set_client", "current_setting('client_encoding')"},
		{"character_set_database", "current_setting('server_encoding')"},
		{"character_set_server", "current_setting('server_encoding')"},
		{"collation_database", "current_setting('lc_collate')"},
		{"datadir", "current_setting('data_directory')"},
		{"hostname", "inet_server_addr()::text"},
		{"identity", "lastval()"},
		{"last_insert_id", "lastval()"},
		{"max_connections", "current_setting('max_connections')::int"},
		{"port", "current_setting('port')::int"},
		{"read_only", "(current_setting('transaction_read_only') = 'on')::int"},
		{"system_time_zone", "current_setting('TimeZone')"},
		{"time_zone", "current_setting('TimeZone')"},
		{"transaction_isolation",
		 "upper(replace(current_setting('transaction_isolation'), ' ', '-'))"},
		{"tx_isolation",
		 "upper(replace(current_setting('transaction_isolation'), ' ', '-'))"},
		{"version", "version()"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_is_word(name, known[i][0]))
			return known[i][1];
	return NULL;
}

/* @@name, @@session.name, @@global.name: a setting of the server. */
bool rule_server_variable(struct rewrite *r, struct node *n)
{
	struct node *place = n;
	const char *setting;
	struct str name;

	if (n->text.len < 3 || n->text.p[0] != '@' || n->text.p[1] != '@')
		return false;
	name = (struct str){n->text.p + 2, n->text.len - 2};
	if ((str_is_word(name, "session") || str_is_word(name, "global") ||
	     str_is_word(name, "local")) &&
	    n->parent && n->parent->kind == NODE_MEMBER && n->slot == 0) {
		place = n->parent;
		name = node_last_name(place->child[1]);
	}
	setting = setting_of(name);
	if (setting) {
		node_replace(place, rewrite_template(r, setting, 0, NULL));
		return true;
	}
	rewrite_finding(r, place, "SETTING", "'%.*s' is a setting of MySQL", (int)name.len, name.p);
	setting = arena_printf(r->arena, "mysql.%.*s", (int)name.len, name.p);
	n = node_string(r->arena, (struct str){setting, strlen(setting)});
	node_replace(place, rewrite_template(r, "current_setting($1, true)", 1, &n))->type =
		TYPE_TEXT;
	return true;
}

/* a COLLATE utf8mb4_bin: byte by byte; others: as the column has it. */
bool rule_mysql_collate(struct rewrite *r, struct node *n)
{
	struct str name = node_last_name(n->child[1]);
	bool binary = name.p && ((name.len > 4 && (!memcmp(name.p + name.len - 4, "_bin", 4) ||
						   !memcmp(name.p + name.len - 3, "_cs", 3))) ||
				 str_is_word(name, "binary"));

	if (!binary) {
		node_replace(n, n->child[0]);
		return true;
	}
	node_set(n, 1, node_ident(r->arena, "C"));
	n->child[1]->flags |= FLAG_QUOTED;
	return true;
}

/* SELECT ... INTO @x, OUTFILE: Postgres' INTO makes a table. */
bool rule_into_variable(struct rewrite *r, struct node *n)
{
	const struct node *into = n->child[SELECT_INTO];
	struct str first;

	if (!into || into->first >= into->last)
		return false;
	first = token_text(r->tokens, into->first);
	if (first.p[0] == '@' || str_is_word(first, "outfile") || str_is_word(first, "dumpfile"))
		rewrite_finding(r, into, "NOT-CONVERTED", "INTO %.*s was left as it is",
				(int)first.len, first.p);
	return false;
}

/* SET of MySQL's own settings: Postgres would refuse the name, or take it for another. */
bool rule_mysql_set(struct rewrite *r, struct node *n)
{
	static const char *const known[] = {"transaction", "role"};
	struct str word, next;

	if (n->first + 1 >= n->last || n->flags & FLAG_CHANGED ||
	    !str_is_word(token_text(r->tokens, n->first), "set"))
		return false;
	word = token_text(r->tokens, n->first + 1);
	next = n->first + 2 < n->last ? token_text(r->tokens, n->first + 2) : word;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_is_word(word, known[i]) ||
		    (str_is_word(word, "session") && str_is_word(next, "transaction")))
			return false;
	rewrite_finding(r, n, "NOT-CONVERTED", "SET %.*s ... was left as it is", (int)word.len,
			word.p);
	return false;
}
