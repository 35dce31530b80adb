/*
 * rules_oracle_xml.c - XML of Oracle: names of elements are written without NAME there, and fold to
 * upper case; and FOR UPDATE OF a column, which is OF a table in Postgres.
 */
#include "convert/rules.h"

#include <string.h>

/* The name as Oracle folds it, quoted. */
static struct node *folded(struct rewrite *r, const struct node *ident, bool with_name)
{
	struct node *raw = node_make(r->arena, NODE_RAW);
	char *text = arena_printf(r->arena, "%s\"%.*s\"", with_name ? "NAME " : "",
				  (int)ident->text.len, ident->text.p);

	if (!(ident->flags & FLAG_QUOTED))
		for (char *p = strchr(text, '"'); *p; p++)
			*p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
	raw->text = (struct str){text, strlen(text)};
	return raw;
}

static void name_item(struct rewrite *r, struct node *n)
{
	struct node *item, *alias, *place;

	if (n->kind == NODE_ITEM && n->child[ITEM_ALIAS]) {
		node_set(n, ITEM_ALIAS, folded(r, n->child[ITEM_ALIAS], false));
		return;
	}
	if (n->kind != NODE_COLUMN)
		return;
	alias = folded(r, n->child[n->count - 1], false);
	place = node_take(r->arena, n);
	item = node_make(r->arena, NODE_ITEM);
	item->flags |= FLAG_AS;
	node_put(item, ITEM_VALUE, n);
	node_put(item, ITEM_ALIAS, alias);
	node_replace(place, item);
}

/* XMLELEMENT(e, ...), XMLFOREST(a), XMLATTRIBUTES(a AS b) */
bool rule_xml_names(struct rewrite *r, struct node *n)
{
	struct node *first = node_arg(n, 0);

	if (node_calls(n, "xmlelement") && first && first->kind == NODE_COLUMN &&
	    first->count == 1) {
		node_replace(first, folded(r, first->child[0], true));
		return true;
	}
	if (!node_calls(n, "xmlforest") && !node_calls(n, "xmlattributes"))
		return false;
	for (uint32_t i = 0; i < node_arg_count(n); i++)
		name_item(r, node_arg(n, i));
	return true;
}

/* FOR UPDATE OF e.sal: OF e; a column alone says nothing of its table, so all are locked. */
bool rule_lock_columns(struct rewrite *r, struct node *n)
{
	uint32_t of = n->first, i;
	struct buf text = {.max = 1000};
	struct node *raw;
	bool first = true;

	while (of < n->last && !str_is_word(token_text(r->tokens, of), "of"))
		of++;
	if (of >= n->last || of == n->first)
		return false;
	buf_puts(&text, "FOR UPDATE");
	for (i = of + 1; i < n->last; i++) {
		struct str word = token_text(r->tokens, i);

		if (str_is_word(word, "nowait") || str_is_word(word, "skip") ||
		    str_is_word(word, "wait"))
			break;
		if (i + 1 < n->last && str_is(token_text(r->tokens, i + 1), ".")) {
			buf_printf(&text, "%s%.*s", first ? " OF " : ", ", (int)word.len, word.p);
			first = false;
			i += 2;
		}
	}
	if (i < n->last && str_is_word(token_text(r->tokens, i), "nowait"))
		buf_puts(&text, " NOWAIT");
	else if (i < n->last && str_is_word(token_text(r->tokens, i), "skip"))
		buf_puts(&text, " SKIP LOCKED");
	raw = node_make(r->arena, NODE_RAW);
	raw->text = (struct str){arena_strndup(r->arena, buf_text(&text), text.len), text.len};
	buf_release(&text);
	node_replace(n, raw);
	return true;
}
