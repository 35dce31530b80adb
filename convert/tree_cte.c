/*
 * tree_cte.c - finding a CTE by its name. Every name in a FROM is looked up in every WITH around
 * it, so a long list needs an index: else a statement of 10,000 CTEs takes seconds.
 */
#include <ctype.h>

#include "convert/tree.h"

#define FEW 16 /* are compared one by one */

struct cte_index {
	uint32_t count;	   /* of the list when it was made: another one makes it useless */
	uint32_t size;	   /* of places, a power of two */
	uint32_t places[]; /* slot + 1; 0: empty */
};

static uint32_t hash(struct str name)
{
	uint32_t h = 2166136261U; /* FNV-1a */

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (uint32_t)tolower((unsigned char)name.p[i])) * 16777619U;
	return h;
}

static struct str name_of(const struct node *with, uint32_t slot)
{
	return with->child[slot]->child[CTE_NAME]->text;
}

void cte_index_make(struct arena *a, struct node *with)
{
	struct cte_index *x;
	uint32_t size = 4 * FEW;

	if (with->count <= FEW)
		return;
	while (size < 2 * with->count)
		size *= 2;
	x = arena_alloc(a, sizeof(*x) + size * sizeof(x->places[0]));
	x->count = with->count;
	x->size = size;
	for (uint32_t i = 0; i < with->count; i++) {
		uint32_t at = hash(name_of(with, i)) & (size - 1);

		while (x->places[at])
			at = (at + 1) & (size - 1);
		x->places[at] = i + 1;
	}
	with->ctes = x;
}

static const struct node *look_up(const struct node *with, struct str name)
{
	const struct cte_index *x = with->ctes;
	uint32_t at = hash(name) & (x->size - 1);

	for (; x->places[at]; at = (at + 1) & (x->size - 1))
		if (str_same(name_of(with, x->places[at] - 1), name))
			return with->child[x->places[at] - 1];
	return NULL;
}

const struct node *cte_named(const struct node *with, struct str name)
{
	if (!with)
		return NULL;
	if (with->ctes && with->ctes->count == with->count)
		return look_up(with, name);
	for (uint32_t i = 0; i < with->count; i++)
		if (str_same(name_of(with, i), name))
			return with->child[i];
	return NULL;
}
