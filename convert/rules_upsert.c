/*
 * rules_upsert.c - which key MySQL's ON DUPLICATE KEY UPDATE and REPLACE meet. MySQL looks at all
 * of them; Postgres has to be told one.
 */
#include "convert/rules_known.h"
#include "convert/rules_words.h"

struct node *known_ident(struct rewrite *r, const struct schema_column *c)
{
	struct node *n = node_ident(r->arena, arena_strndup(r->arena, c->name.p, c->name.len));

	n->flags |= FLAG_QUOTED;
	return n;
}

struct node *known_idents(struct rewrite *r, const struct schema_table *t, uint8_t but)
{
	struct node *list = node_make(r->arena, NODE_LIST);

	for (uint32_t i = 0; i < t->count; i++)
		if (!(t->columns[i].flags & but))
			node_add(r->arena, list, known_ident(r, &t->columns[i]));
	return list;
}

static bool is_given(const struct node *insert, struct str name)
{
	const struct node *columns = insert->child[INSERT_COLUMNS];

	for (uint32_t i = 0; columns && i < columns->count; i++)
		if (str_same(columns->child[i]->text, name))
			return true;
	return columns == NULL;
}

/* Columns that are not given have new numbers or defaults, which usually meet nothing. */
static bool can_meet(const struct node *insert, const struct schema_key *k)
{
	for (uint32_t i = 0; i < k->count; i++)
		if (!is_given(insert, insert->table->columns[k->columns[i]].name))
			return false;
	return true;
}

static bool equal_keys(const struct schema_key *a, const struct schema_key *b)
{
	for (uint32_t i = 0; i < a->count; i++)
		if (a->count != b->count || a->columns[i] != b->columns[i])
			return false;
	return true;
}

/* The key that is met, of several the primary one; `count`: how many can be. */
static const struct schema_key *choose(const struct node *insert, unsigned *count)
{
	const struct schema_table *t = insert->table;
	const struct schema_key *found = NULL;

	*count = 0;
	for (uint32_t i = 0; t && i < t->key_count; i++) {
		const struct schema_key *k = &t->keys[i];

		if (!can_meet(insert, k) || (found && equal_keys(found, k)))
			continue;
		(*count)++;
		if (!found || k->primary)
			found = k;
	}
	if (!found && t && t->key_count == 1) {
		found = &t->keys[0];
		*count = 1;
	}
	return found;
}

const struct schema_key *upsert_find(const struct node *insert)
{
	unsigned count;

	return choose(insert, &count);
}

static struct node *by_usual_name(struct rewrite *r, const struct node *target)
{
	struct str name = node_last_name(target);
	struct node *out = words(r, "ON CONFLICT ON CONSTRAINT");
	char *key = arena_printf(r->arena, "%.*s_pkey", (int)name.len, name.p);

	for (char *c = key; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c | 32);
	node_add(r->arena, out, node_ident(r->arena, key));
	rewrite_finding(r, target, "UPSERT-KEY",
			"an upsert by the primary key under its usual name; give --schema, so that "
			"the keys of the table are known");
	return out;
}

struct node *upsert_key(struct rewrite *r, const struct node *insert)
{
	const struct schema_table *t = insert->table;
	unsigned count;
	const struct schema_key *k = choose(insert, &count);
	struct node *out, *list;

	if (!k)
		return by_usual_name(r, insert->child[INSERT_TARGET]);
	out = words(r, "ON CONFLICT");
	list = node_make(r->arena, k->count > 1 ? NODE_ROW : NODE_PAREN);
	for (uint32_t i = 0; i < k->count; i++) {
		struct node *name = known_ident(r, &t->columns[k->columns[i]]);

		if (k->count > 1)
			node_add(r->arena, list, name);
		else
			node_put(list, 0, name);
	}
	node_add(r->arena, out, list);
	if (count > 1)
		rewrite_finding(
			r, insert->child[INSERT_TARGET], "UPSERT-KEY",
			"the table has several keys that a row can meet; only the one named "
			"decides, the others are errors");
	return out;
}
