/*
 * rules_time_windows.c - GROUP BY window(ts, '10 minutes'[, slide[, start]]) and session_window(ts,
 * gap) of Spark. A window is a row of a lateral query with its start and end; a session is what a
 * running count of gaps says. Windows are counted from the session's local 1970, not from UTC's:
 * the same for windows that divide an hour in zones of whole hours.
 */
#include "convert/rules.h"

#include <strings.h>

#define FROM_1970 "TIMESTAMP '1970-01-01'"
#define TUMBLING(origin)                                                                           \
	"(SELECT date_bin($2::interval, $1::timestamp, " origin ") AS window_start, "              \
	"date_bin($2::interval, $1::timestamp, " origin ") + $2::interval AS window_end WHERE "    \
	"$1 IS NOT NULL)"
#define SLIDING(origin)                                                                            \
	"(SELECT _s AS window_start, _s + $2::interval AS window_end FROM "                        \
	"generate_series(date_bin($3::interval, $1::timestamp - $2::interval, " origin             \
	"), $1::timestamp, $3::interval) AS _u(_s) WHERE _s + $2::interval > $1::timestamp)"

struct window {
	struct rewrite *r;
	const struct node *call; /* as GROUP BY, or the list, has it */
	const char *name;	 /* "window", "session_window" */
	struct str alias;	 /* of the item that is the call */
	struct node *start, *end;
};

static bool opaque(const struct node *n)
{
	return n->kind == NODE_SUBQUERY || n->kind == NODE_EXISTS || n->kind == NODE_ARRAY_QUERY ||
	       n->kind == NODE_DERIVED || n->kind == NODE_FROM || n->kind == NODE_QUERY;
}

static struct node *find_call(struct node *n, const char *name)
{
	struct node *found = NULL;

	if (!n || opaque(n))
		return NULL;
	if (node_calls(n, name) && !n->child[CALL_OVER] && node_arg_count(n) >= 2)
		return n;
	for (uint32_t i = 0; i < n->count && !found; i++)
		found = find_call(n->child[i], name);
	return found;
}

/* start or end, when the node asks for one of them; else NULL. */
static struct node *field_of(const struct window *w, const struct node *n)
{
	const struct node *base = NULL, *field = NULL;

	if (n->kind == NODE_MEMBER && node_same(n->child[0], w->call)) {
		field = n->child[1];
	} else if (n->kind == NODE_COLUMN && n->count == 2) {
		base = n->child[0];
		field = n->child[1];
		if (!str_is_word(base->text, w->name) && !str_same(base->text, w->alias))
			return NULL;
	}
	if (!field)
		return NULL;
	if (str_is_word(field->text, "start"))
		return w->start;
	return str_is_word(field->text, "end") ? w->end : NULL;
}

static struct node *whole(const struct window *w)
{
	struct rewrite *r = w->r;
	struct node *args[4];

	args[0] = node_string(r->arena, (struct str){"start", 5});
	args[1] = node_copy(r->arena, w->start);
	args[2] = node_string(r->arena, (struct str){"end", 3});
	args[3] = node_copy(r->arena, w->end);
	return node_call(r->arena, "jsonb_build_object", 4, args);
}

static bool is_whole(const struct window *w, const struct node *n)
{
	return node_same(n, w->call) ||
	       (n->kind == NODE_COLUMN && n->count == 1 && str_is_word(n->child[0]->text, w->name));
}

static void name_item(struct rewrite *r, struct node *item, const char *name)
{
	if (item->kind == NODE_ITEM && !item->child[ITEM_ALIAS]) {
		item->flags |= FLAG_AS;
		node_set(item, ITEM_ALIAS, node_ident(r->arena, name));
		node_touch(item);
	}
}

/* Puts start, end or both in the place of what asks for them. */
static void replace_in(const struct window *w, struct node *n)
{
	for (uint32_t i = 0; n && i < n->count; i++) {
		struct node *c = n->child[i], *to;

		if (!c || opaque(c))
			continue;
		to = field_of(w, c);
		if (to) {
			node_replace(c, node_copy(w->r->arena, to));
			name_item(w->r, n, to == w->start ? "start" : "end");
		} else if (is_whole(w, c)) {
			node_replace(c, whole(w));
			name_item(w->r, n, w->name);
		} else {
			replace_in(w, c);
		}
	}
}

static struct node *qualified(struct rewrite *r, const struct node *relation, const char *name)
{
	struct node *n = node_make(r->arena, NODE_COLUMN);

	if (relation)
		node_add(r->arena, n, node_copy(r->arena, relation));
	node_add(r->arena, n, node_ident(r->arena, name));
	return n;
}

/* In GROUP BY, start and end (of a session: its number) stand for the window. */
static void replace_group(struct window *w, struct node *group, struct node *first,
			  struct node *second)
{
	for (uint32_t i = 0; group && i < group->count; i++) {
		if (!is_whole(w, group->child[i]))
			continue;
		node_replace(group->child[i], node_copy(w->r->arena, first));
		if (second)
			node_insert(w->r->arena, group, i + 1, node_copy(w->r->arena, second));
		return;
	}
}

static void replace_all(struct window *w, struct node *select)
{
	struct node *items = select->child[SELECT_ITEMS], *q = select->parent;

	for (uint32_t i = 0; i < items->count; i++)
		if (items->child[i]->kind == NODE_ITEM && items->child[i]->child[ITEM_ALIAS] &&
		    node_same(items->child[i]->child[ITEM_VALUE], w->call))
			w->alias = node_last_name(items->child[i]);
	replace_in(w, items);
	if (select->child[SELECT_HAVING])
		replace_in(w, select);
	if (q && q->kind == NODE_QUERY && q->child[QUERY_ORDER])
		replace_in(w, q->child[QUERY_ORDER]);
}

static struct node *add_derived(struct rewrite *r, struct node *query, struct node *name)
{
	struct node *derived = node_make(r->arena, NODE_DERIVED);
	struct node *alias = node_make(r->arena, NODE_ALIAS);

	node_put(alias, ALIAS_NAME, name);
	node_put(derived, DERIVED_QUERY, query);
	node_put(derived, DERIVED_ALIAS, alias);
	return derived;
}

static bool counts_days(struct str width)
{
	for (size_t i = 0; i + 3 <= width.len; i++)
		if (!strncasecmp(width.p + i, "day", 3) || !strncasecmp(width.p + i, "wee", 3))
			return true;
	return false;
}

static bool tumble(struct rewrite *r, struct node *select, struct node *call)
{
	static const char *const templates[] = {TUMBLING(FROM_1970), SLIDING(FROM_1970),
						SLIDING("(" FROM_1970 " + $4::interval)")};
	struct window w = {.r = r, .name = "window"};
	uint32_t count = node_arg_count(call);
	struct node *args[4], *name = rewrite_new_name(r, 'w'), *derived;

	if (count > 4 || !select->child[SELECT_FROM])
		return false;
	for (uint32_t i = 0; i < count; i++) {
		args[i] = node_copy(r->arena, node_arg(call, i));
		if (i && args[i]->kind != NODE_STRING)
			return false;
	}
	if (counts_days(args[1]->text))
		rewrite_finding(r, call, "WINDOW-ZONE", NULL);
	w.call = node_copy(r->arena, call);
	w.start = qualified(r, name, "window_start");
	w.end = qualified(r, name, "window_end");
	w.start->type = w.end->type = TYPE_TIMESTAMP;
	replace_group(&w, select->child[SELECT_GROUP], w.start, w.end);
	replace_all(&w, select);
	derived =
		add_derived(r, rewrite_query_template(r, templates[count - 2], count, args), name);
	derived->flags |= FLAG_LATERAL;
	node_add(r->arena, select->child[SELECT_FROM], derived);
	node_touch(select->child[SELECT_FROM]);
	return true;
}

/* The keys beside the session; NULL: something else than expressions. */
static struct node *session_keys(struct rewrite *r, const struct node *group,
				 const struct window *w)
{
	struct node *keys = node_make(r->arena, NODE_LIST);

	if (!group || group->flags & (FLAG_ALL | FLAG_ROLLUP | FLAG_CUBE))
		return NULL;
	for (uint32_t i = 0; i < group->count; i++) {
		if (group->child[i]->kind == NODE_GROUPING || group->child[i]->kind == NODE_NUMBER)
			return NULL;
		if (!is_whole(w, group->child[i]))
			node_add(r->arena, keys, node_copy(r->arena, group->child[i]));
	}
	return keys;
}

static void partition(struct rewrite *r, struct node *n, const struct node *keys)
{
	if (n->kind == NODE_WINDOW)
		node_put(n, WINDOW_PARTITION, node_copy(r->arena, keys));
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			partition(r, n->child[i], keys);
}

static struct node *innermost(struct node *query)
{
	struct node *select = query->kind == NODE_QUERY ? query->child[QUERY_BODY] : query;
	struct node *first = select->child[SELECT_FROM]->child[0];

	return first->kind == NODE_DERIVED ? innermost(first->child[DERIVED_QUERY]) : select;
}

static const struct node *relation_ident(const struct node *n)
{
	const struct node *alias = n->kind == NODE_TABLE     ? n->child[TABLE_ALIAS]
				   : n->kind == NODE_DERIVED ? n->child[DERIVED_ALIAS]
							     : NULL;

	if (alias)
		return alias->child[ALIAS_NAME];
	return n->kind == NODE_TABLE ? n->child[TABLE_NAME]->child[n->child[TABLE_NAME]->count - 1]
				     : NULL;
}

static bool session(struct rewrite *r, struct node *select, struct node *call)
{
	struct window w = {.r = r, .name = "session_window", .call = node_copy(r->arena, call)};
	struct node *from = select->child[SELECT_FROM], *keys, *args[2], *query, *inner, *where;
	struct node *relation, *place;
	const struct node *ident;

	keys = session_keys(r, select->child[SELECT_GROUP], &w);
	if (node_arg_count(call) != 2 || node_arg(call, 1)->kind != NODE_STRING || !from ||
	    from->count != 1 || !keys)
		return false;
	ident = relation_ident(from->child[0]);
	args[0] = node_copy(r->arena, node_arg(call, 0));
	args[1] = node_copy(r->arena, node_arg(call, 1));
	query = rewrite_query_template(r,
				       "(SELECT *, sum(session_window_new) OVER (ORDER BY "
				       "session_window_ts) AS session_window_id FROM (SELECT "
				       "*, $1::timestamp AS session_window_ts, CASE WHEN "
				       "$1::timestamp <= lag($1::timestamp) "
				       "OVER (ORDER BY $1::timestamp) + $2::interval THEN 0 ELSE 1 "
				       "END AS session_window_new "
				       "FROM _x WHERE $1 IS NOT NULL) AS _s)",
				       2, args);
	if (keys->count)
		partition(r, query, keys);
	inner = innermost(query);
	where = select->child[SELECT_WHERE];
	node_put(inner, SELECT_WHERE,
		 node_logic(r->arena, OP_AND, where, inner->child[SELECT_WHERE]));
	node_set(select, SELECT_WHERE, NULL);
	relation = from->child[0];
	place = node_take(r->arena, relation);
	node_replace(inner->child[SELECT_FROM]->child[0], relation);
	node_replace(place,
		     add_derived(r, query,
				 ident ? node_copy(r->arena, ident) : rewrite_new_name(r, 't')));
	w.start = rewrite_template(r, "min(session_window_ts)", 0, NULL);
	w.end = rewrite_template(r, "(max(session_window_ts) + $1::interval)", 1,
				 (struct node *[]){node_copy(r->arena, args[1])});
	w.start->type = w.end->type = TYPE_TIMESTAMP;
	replace_group(&w, select->child[SELECT_GROUP], node_column(r->arena, "session_window_id"),
		      NULL);
	replace_all(&w, select);
	return true;
}

bool rule_time_window(struct rewrite *r, struct node *n)
{
	struct node *call = find_call(n->child[SELECT_GROUP], "window");

	if (!call)
		call = find_call(n->child[SELECT_ITEMS], "window");
	if (call)
		return tumble(r, n, call);
	call = find_call(n->child[SELECT_GROUP], "session_window");
	return call && session(r, n, call);
}
