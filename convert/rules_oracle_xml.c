/*
 * rules_oracle_xml.c - XML of Oracle: names of elements are written without NAME there, and fold to
 * upper case; texts that are joined by way of XML; and FOR UPDATE OF a column, which is OF a table
 * in Postgres.
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

/* The XMLAGG of an idiom that makes one text of many; NULL: it is something else. */
static struct node *text_of_many(struct node *n, struct node **element)
{
	struct node *inner = n, *of;

	if (node_calls(inner, "xml_text"))
		inner = node_arg(inner, 0);
	*element = NULL;
	if (inner && node_calls(inner, "xml_extract")) { /* XMLAGG(...).EXTRACT('//text()') */
		inner = node_arg(inner, 0);
		*element = inner && node_calls(inner, "xmlagg") ? node_arg(inner, 0) : NULL;
	} else if (inner && inner != n && node_calls(inner, "xmlagg")) {
		of = node_arg(inner, 0); /* XMLAGG(x.EXTRACT('//text()')) */
		*element = of && node_calls(of, "xml_extract") ? node_arg(of, 0) : NULL;
	}
	if (!*element || !node_calls(*element, "xmlelement") || node_arg_count(*element) < 2)
		return NULL;
	return inner;
}

/*
 * XMLAGG(XMLELEMENT(e, x || ',').EXTRACT('//text()') ORDER BY x).GETCLOBVAL(): how texts are joined
 * that are too long for LISTAGG.
 */
bool rule_xml_text(struct rewrite *r, struct node *n)
{
	struct node *element, *aggregate, *text = NULL, *call;

	if (!node_calls(n, "xml_text") && !node_calls(n, "xml_extract"))
		return false;
	aggregate = text_of_many(n, &element);
	if (!aggregate)
		return false;
	for (uint32_t i = 1; i < node_arg_count(element); i++) {
		struct node *one = node_copy(r->arena, node_arg(element, i));

		if (one->kind == NODE_CALL) /* attributes have no text */
			if (node_calls(one, "xmlattributes"))
				continue;
		text = text ? node_binary(r->arena, OP_CONCAT, text, one) : one;
	}
	if (!text)
		return false;
	call = node_call(r->arena, "listagg", 1, &text);
	node_put(call, CALL_WITHIN, aggregate->child[CALL_ORDER]);
	node_put(call, CALL_OVER, aggregate->child[CALL_OVER]);
	rewrite_finding(r, n, "XML-TEXT",
			"texts are joined without XML: Oracle writes '&' and '<' in them as &amp; "
			"and &lt;");
	node_replace(n, call);
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
