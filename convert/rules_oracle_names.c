/*
 * rules_oracle_names.c - Oracle's collections as tables, sequences, ROWID and SAMPLE.
 */
#include "convert/rules.h"

#include <string.h>
#include <strings.h>

/* sys.odcinumberlist(1, 2): a list of values. */
static bool is_list_type(const struct node *call)
{
	struct str name = node_last_name(call->child[CALL_NAME]);

	return name.len > 4 && !strncasecmp(name.p, "odci", 4) &&
	       !strncasecmp(name.p + name.len - 4, "list", 4);
}

static void name_value(struct rewrite *r, struct node *n)
{
	struct node *alias = n->child[TABLE_CALL_ALIAS], *list;

	if (alias && alias->child[ALIAS_COLUMNS])
		return;
	if (!alias) {
		alias = node_make(r->arena, NODE_ALIAS);
		node_put(alias, ALIAS_NAME, rewrite_new_name(r, 't'));
		node_set(n, TABLE_CALL_ALIAS, alias);
	}
	list = node_make(r->arena, NODE_LIST);
	node_add(r->arena, list, node_ident(r->arena, "column_value"));
	node_set(alias, ALIAS_COLUMNS, list);
}

/* TABLE(x): rows of a collection or of a function. */
bool rule_collection(struct rewrite *r, struct node *n)
{
	struct node *value = n->child[TABLE_CALL_CALL], *array;

	if (!(n->flags & FLAG_WRAPPED))
		return false;
	n->flags &= ~(uint32_t)FLAG_WRAPPED;
	node_touch(n);
	if (value->kind == NODE_CALL && !is_list_type(value))
		return true;
	if (value->kind == NODE_CALL) {
		array = node_make(r->arena, NODE_ARRAY);
		for (uint32_t i = 0; i < node_arg_count(value); i++)
			node_add(r->arena, array, node_arg(value, i));
		value = array;
		name_value(r, n);
	}
	n->child[TABLE_CALL_CALL] = NULL;
	node_put(n, TABLE_CALL_CALL, node_call(r->arena, "unnest", 1, &value));
	return true;
}

/* seq.NEXTVAL, seq.CURRVAL */
bool rule_sequence(struct rewrite *r, struct node *n)
{
	struct buf name = {.max = 400};
	struct node *arg;
	const char *call = NULL;
	uint32_t first;

	if (n->count < 2)
		return false;
	if (str_is_word(n->child[n->count - 1]->text, "nextval"))
		call = "nextval";
	else if (str_is_word(n->child[n->count - 1]->text, "currval"))
		call = "currval";
	if (!call)
		return false;
	first = n->count == 4 && r->dialect->flags & DIALECT_CATALOGS; /* db.s.seq.NEXTVAL */
	if (first)
		rewrite_finding(r, n, "CATALOG-DROPPED", NULL);
	for (uint32_t i = first; i + 1 < n->count; i++) {
		if (i > first)
			buf_putc(&name, '.');
		buf_add(&name, n->child[i]->text.p, n->child[i]->text.len);
	}
	arg = node_string(r->arena, (struct str){arena_strndup(r->arena, buf_text(&name), name.len),
						 name.len});
	for (char *p = (char *)(uintptr_t)arg->text.p; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	buf_release(&name);
	node_replace(n, node_call(r->arena, call, 1, &arg))->type = TYPE_BIGINT;
	return true;
}

/* ROWID, which changes with every UPDATE in Postgres. */
bool rule_rowid(struct rewrite *r, struct node *n)
{
	struct node *last = n->child[n->count - 1];

	if (last->flags & FLAG_QUOTED || !str_is_word(last->text, "rowid"))
		return false;
	rewrite_finding(r, n, "ROW-IDS", "ctid changes when the row is updated");
	node_replace(last, node_ident(r->arena, "ctid"));
	return true;
}

/* SAMPLE (10), TABLESAMPLE (10 PERCENT) */
bool rule_table_sample(struct rewrite *r, struct node *n)
{
	(void)r;
	if (!n->child[TABLE_SAMPLE] || n->child[TABLE_SAMPLE]->op != SAMPLE_PERCENT)
		return false;
	node_touch(n->child[TABLE_SAMPLE]);
	node_touch(n);
	return true;
}

/* t@link: a table of another database. */
bool rule_database_link(struct rewrite *r, struct node *n)
{
	struct node *name = n->child[TABLE_NAME];

	if (name->op != 2)
		return false;
	name->op = 0;
	rewrite_finding(r, n, "DATABASE-NAME", "the database link was dropped");
	node_touch(n);
	return true;
}
