/*
 * rules_path.c - a:b.c[0], the paths of Databricks and Snowflake into JSON: one #>> (a text), or #>
 * (JSON) where Snowflake keeps it a VARIANT.
 */
#include "convert/rules.h"

#include <string.h>

/* '{a,b,0}', or NULL when a step is an expression. */
static struct node *path_array(struct rewrite *r, const struct node *steps)
{
	struct buf text = {.max = 4096};
	struct node *out = NULL;
	bool good = true;

	buf_putc(&text, '{');
	for (uint32_t i = 0; i < steps->count; i++) {
		const struct node *s = steps->child[i];

		good = good &&
		       (s->kind == NODE_IDENT || s->kind == NODE_STRING || s->kind == NODE_NUMBER);
		good = good && s->text.len && !memchr(s->text.p, '"', s->text.len) &&
		       !memchr(s->text.p, '\\', s->text.len);
		if (!good)
			break;
		buf_puts(&text, i ? ",\"" : "\"");
		buf_add(&text, s->text.p, s->text.len);
		buf_putc(&text, '"');
	}
	buf_putc(&text, '}');
	if (good)
		out = node_string(r->arena,
				  (struct str){arena_strdup(r->arena, buf_text(&text)), text.len});
	buf_release(&text);
	return out;
}

/* v:items[i + 1].sku, where a step is an expression: one -> after the other. */
static bool step_by_step(struct rewrite *r, struct node *n)
{
	struct node *steps = n->child[1], *now = n->child[0], *place;

	if (!(r->dialect->flags & DIALECT_VARIANT))
		return false;
	place = node_take(r->arena, n);
	now = rewrite_template(r, "$1::jsonb", 1, &now);
	for (uint32_t i = 0; i < steps->count; i++) {
		struct node *s = steps->child[i], *args[2] = {now, s};

		if (s->kind == NODE_IDENT)
			args[1] = node_string(r->arena, s->text);
		now = rewrite_template(r, "($1 -> $2)", 2, args);
	}
	now->type = TYPE_JSON;
	node_replace(place, now);
	return true;
}

bool rule_path(struct rewrite *r, struct node *n)
{
	struct node *path = path_array(r, n->child[1]), *base = n->child[0], *now;
	const struct node *up = n->parent;
	bool cast = up && up->kind == NODE_CAST;
	bool json = r->dialect->flags & DIALECT_VARIANT && !cast;

	if (!path)
		return step_by_step(r, n);
	now = rewrite_template(r, json ? "($1::jsonb #> $2)" : "($1::jsonb #>> $2)", 2,
			       (struct node *[]){base, path});
	now->type = json ? TYPE_JSON : TYPE_TEXT;
	node_replace(n, now);
	return true;
}
