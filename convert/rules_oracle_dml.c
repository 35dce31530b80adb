/*
 * rules_oracle_dml.c - Oracle's MERGE with WHERE and DELETE WHERE, changes of the first ROWNUM
 * rows, and words of queries that Postgres says otherwise.
 */
#include "convert/rules.h"

#include <string.h>
#include <strings.h>

/* DELETE WHERE sees the new values: they stand in for the columns that SET changes. */
static void new_values(struct rewrite *r, struct node *n, const struct node *sets)
{
	for (uint32_t i = 0; i < n->count; i++) {
		struct node *c = n->child[i];

		if (!c)
			continue;
		if (c->kind != NODE_COLUMN) {
			new_values(r, c, sets);
			continue;
		}
		for (uint32_t k = 0; k < sets->count; k++) {
			const struct node *set = sets->child[k];

			if (set->kind == NODE_ASSIGN && set->child[0]->kind == NODE_COLUMN &&
			    str_same(node_last_name(set->child[0]), node_last_name(c)) &&
			    (c->count == 1 || set->child[0]->count == 1 ||
			     str_same(c->child[c->count - 2]->text,
				      set->child[0]->child[set->child[0]->count - 2]->text))) {
				node_replace(c, node_paren(r->arena,
							   node_copy(r->arena, set->child[1])));
				break;
			}
		}
	}
}

/* WHEN MATCHED THEN UPDATE ... DELETE WHERE d: a WHEN of its own before. */
static void delete_first(struct rewrite *r, struct node *when, struct node *condition)
{
	struct node *merge = when->parent, *one = node_make(r->arena, NODE_MERGE_WHEN), *holder;

	holder = node_make(r->arena, NODE_LIST);
	node_add(r->arena, holder, node_copy(r->arena, condition));
	new_values(r, holder, when->child[1]->child[UPDATE_SET]);
	one->op = MERGE_MATCHED;
	node_put(one, 0,
		 node_logic(r->arena, OP_AND,
			    when->child[0] ? node_copy(r->arena, when->child[0]) : NULL,
			    holder->child[0]));
	node_put(one, 1, node_make(r->arena, NODE_DELETE));
	node_insert(r->arena, merge, when->slot, one);
	node_touch(merge->parent);
}

bool rule_merge_where(struct rewrite *r, struct node *n)
{
	struct node *whens = n->child[MERGE_WHENS];
	bool done = false;

	for (uint32_t i = 0; i < whens->count; i++) {
		struct node *when = whens->child[i], *action = when->child[1], *remove = NULL;
		uint32_t slot = UPDATE_WHERE;

		if (!action || (action->kind != NODE_UPDATE && action->kind != NODE_INSERT))
			continue;
		if (action->kind == NODE_INSERT)
			slot = INSERT_CONFLICT;
		else
			remove = action->child[UPDATE_FROM];
		if (action->child[slot]) {
			struct node *all =
				node_logic(r->arena, OP_AND, when->child[0], action->child[slot]);

			when->child[0] = action->child[slot] = NULL;
			node_put(when, 0, all);
			node_touch(when);
			node_touch(action);
			done = true;
		}
		if (remove) {
			action->child[UPDATE_FROM] = NULL;
			delete_first(r, when, remove);
			node_touch(action);
			i++;
			done = true;
		}
	}
	return done;
}

/* UPDATE, DELETE ... WHERE ROWNUM <= n. */
bool rule_change_rownum(struct rewrite *r, struct node *n)
{
	uint32_t target = n->kind == NODE_UPDATE ? UPDATE_TARGET : (uint32_t)DELETE_TARGET;
	uint32_t slot = n->kind == NODE_UPDATE ? UPDATE_LIMIT : (uint32_t)DELETE_LIMIT;
	uint32_t where = n->kind == NODE_UPDATE ? UPDATE_WHERE : (uint32_t)DELETE_WHERE;
	struct node *limit, *count;

	if (!n->child[target] || !n->child[where] || n->child[slot])
		return false;
	count = rownum_take(r, n, where);
	if (!count)
		return false;
	limit = node_make(r->arena, NODE_LIMIT);
	node_put(limit, LIMIT_COUNT, count);
	node_put(n, slot, limit);
	return rule_change(r, n);
}

/* FOR UPDATE WAIT 5: Postgres waits as long as lock_timeout says. */
bool rule_lock_wait(struct rewrite *r, struct node *n)
{
	struct node *raw;
	uint32_t i = n->first;
	struct str text;

	while (i < n->last && !str_is_word(token_text(r->tokens, i), "wait"))
		i++;
	if (i == n->last || i == n->first)
		return false;
	rewrite_finding(r, n, "HINT-DROPPED", "WAIT was dropped: set lock_timeout instead");
	text.p = r->tokens->text.p + r->tokens->items[n->first].begin;
	text.len = r->tokens->items[i - 1].end - r->tokens->items[n->first].begin;
	raw = node_make(r->arena, NODE_RAW);
	raw->text = text;
	node_replace(n, raw);
	return true;
}

/* a != ALL (1, 2): an array. */
bool rule_any_list(struct rewrite *r, struct node *n)
{
	struct node *list = n->child[1], *array;

	if (n->first >= n->last || !list || list->kind != NODE_LIST || list->count == 0 ||
	    list->child[0]->kind == NODE_QUERY)
		return false;
	array = node_make(r->arena, NODE_ARRAY);
	for (uint32_t i = 0; i < list->count; i++)
		node_add(r->arena, array, list->child[i]);
	list = node_make(r->arena, NODE_LIST);
	node_add(r->arena, list, array);
	node_set(n, 1, list);
	return true;
}

/* CYCLE a SET c TO 'Y' DEFAULT 'N': Postgres also wants a column for the way. */
bool rule_cycle(struct rewrite *r, struct node *n)
{
	struct node *raw = n->child[CTE_CYCLE], *now;
	const char *text, *name;
	struct str s;

	if (!raw || raw->first >= raw->last)
		return false;
	for (uint32_t i = raw->first; i < raw->last; i++)
		if (str_is_word(token_text(r->tokens, i), "using"))
			return false;
	s.p = r->tokens->text.p + r->tokens->items[raw->first].begin;
	s.len = r->tokens->items[raw->last - 1].end - r->tokens->items[raw->first].begin;
	text = arena_strndup(r->arena, s.p, s.len);
	if (!strcasestr(text, "cycle"))
		return false;
	name = arena_strndup(r->arena, rewrite_new_name(r, 'p')->text.p, 4);
	now = node_make(r->arena, NODE_RAW);
	now->text.p = arena_printf(r->arena, "%s USING %s", text, name);
	now->text.len = strlen(now->text.p);
	node_set(n, CTE_CYCLE, now);
	return true;
}

/* Words that are functions without parentheses. */
bool rule_bare_word(struct rewrite *r, struct node *n)
{
	static const char *const known[][2] = {
		{"systimestamp", "CURRENT_TIMESTAMP"},
		{"uid", "(SELECT oid FROM pg_roles WHERE rolname = CURRENT_USER)"},
		{"sessiontimezone", "current_setting('TimeZone')"},
		{"dbtimezone", "current_setting('TimeZone')"},
	};

	if (n->count == 2 && str_is_word(n->child[0]->text, "dbms_random") &&
	    str_is_word(n->child[1]->text, "value")) {
		node_replace(n, rewrite_template(r, "random()", 0, NULL));
		return true;
	}
	if (n->count != 1 || n->child[0]->flags & FLAG_QUOTED)
		return false;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_is_word(n->child[0]->text, known[i][0])) {
			struct node *now = rewrite_template(r, known[i][1], 0, NULL);

			now->type = i == 0 ? TYPE_TIMESTAMPTZ : TYPE_UNKNOWN;
			node_replace(n, now);
			return true;
		}
	return false;
}

/* x IS [NOT] NAN, IS [NOT] INFINITE */
bool rule_is_nan(struct rewrite *r, struct node *n)
{
	uint32_t last = n->last;
	struct node *args[1] = {n->child[0]};
	bool no = n->flags & FLAG_NOT;

	if (n->op != IS_OTHER || last <= n->first)
		return false;
	if (!str_is_word(token_text(r->tokens, last - 1), "nan"))
		return false;
	node_replace(n, rewrite_template(r, no ? "$1 <> 'NaN'" : "$1 = 'NaN'", 1, args));
	return true;
}
