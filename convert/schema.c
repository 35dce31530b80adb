/*
 * schema.c - the store itself: tables by name, their versions by place, and who sees which.
 */
#include "convert/schema.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BUCKETS_MIN 256

/* What a table was from a place on. */
struct version {
	uint32_t file, statement;
	bool made;		    /* by a definition, not by a change */
	struct schema_table *table; /* NULL: gone, or nothing is known */
};

/* A qualified name. */
struct entry {
	struct str schema, name;
	uint32_t hash;
	struct entry *next;
	struct version *versions;
	size_t count, capacity;
	struct schema_table *given;
	const struct schema_table *shared; /* for files that say nothing of it */
};

/* A name without its schema. */
struct bare {
	struct str name;
	uint32_t hash;
	struct bare *next;
	struct entry *only;
	bool several; /* schemas have it */
};

struct buckets {
	void **items; /* chains by hash; entry.next, bare.next */
	size_t size, count;
};

struct schema {
	struct arena arena;
	struct buckets entries, bares;
	size_t columns;
	bool full, finished;
};

struct schema *schema_new(void)
{
	struct schema *s = xcalloc(1, sizeof(*s));

	s->entries.size = s->bares.size = BUCKETS_MIN;
	s->entries.items = xcalloc(BUCKETS_MIN, sizeof(void *));
	s->bares.items = xcalloc(BUCKETS_MIN, sizeof(void *));
	return s;
}

void schema_free(struct schema *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->entries.size; i++)
		for (struct entry *x = s->entries.items[i]; x; x = x->next)
			free(x->versions);
	free(s->entries.items);
	free(s->bares.items);
	arena_release(&s->arena);
	free(s);
}

struct arena *schema_arena(struct schema *s)
{
	return &s->arena;
}

bool schema_full(const struct schema *s)
{
	return s->full;
}

struct str schema_copy(struct schema *s, struct str text)
{
	return (struct str){arena_strndup(&s->arena, text.p ? text.p : "", text.len), text.len};
}

/* ---- names ---- */

static uint32_t hash_add(uint32_t h, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		h = (h ^ (c >= 'A' && c <= 'Z' ? c | 32u : c)) * 16777619u;
	}
	return (h ^ '.') * 16777619u;
}

static bool same(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || !strncasecmp(a.p, b.p, a.len));
}

struct name {
	struct str schema, name;
};

/* The last two parts; a temporary table of T-SQL has a schema of its own. */
static struct name name_of(const struct node *n)
{
	struct name out = {{"", 0}, node_last_name(n)};
	const struct node *last = n->kind == NODE_NAME && n->count ? n->child[n->count - 1] : n;

	if (last->op == 1)
		out.schema = (struct str){"#", 1};
	else if (n->kind == NODE_NAME && n->count > 1 && n->op != 1)
		out.schema = n->child[n->count - 2]->text;
	return out;
}

static struct entry *entry_find(const struct schema *s, struct name n)
{
	uint32_t h = hash_add(hash_add(2166136261u, n.schema), n.name);
	struct entry *x = s->entries.items[h & (s->entries.size - 1)];

	while (x && !(x->hash == h && same(x->name, n.name) && same(x->schema, n.schema)))
		x = x->next;
	return x;
}

static struct bare *bare_find(const struct schema *s, struct str name)
{
	uint32_t h = hash_add(2166136261u, name);
	struct bare *b = s->bares.items[h & (s->bares.size - 1)];

	while (b && !(b->hash == h && same(b->name, name)))
		b = b->next;
	return b;
}

static void grow_entries(struct buckets *b)
{
	size_t size = b->size * 2;
	void **items = xcalloc(size, sizeof(void *));

	for (size_t i = 0; i < b->size; i++)
		for (struct entry *x = b->items[i], *next; x; x = next) {
			next = x->next;
			x->next = items[x->hash & (size - 1)];
			items[x->hash & (size - 1)] = x;
		}
	free(b->items);
	b->items = items;
	b->size = size;
}

static void grow_bares(struct buckets *b)
{
	size_t size = b->size * 2;
	void **items = xcalloc(size, sizeof(void *));

	for (size_t i = 0; i < b->size; i++)
		for (struct bare *x = b->items[i], *next; x; x = next) {
			next = x->next;
			x->next = items[x->hash & (size - 1)];
			items[x->hash & (size - 1)] = x;
		}
	free(b->items);
	b->items = items;
	b->size = size;
}

static void add_bare(struct schema *s, struct entry *x)
{
	struct bare *b = bare_find(s, x->name);

	if (b) {
		b->several |= b->only != x;
		return;
	}
	if (s->bares.count++ >= s->bares.size)
		grow_bares(&s->bares);
	b = arena_alloc(&s->arena, sizeof(*b));
	*b = (struct bare){.name = x->name, .hash = hash_add(2166136261u, x->name), .only = x};
	b->next = s->bares.items[b->hash & (s->bares.size - 1)];
	s->bares.items[b->hash & (s->bares.size - 1)] = b;
}

static struct entry *entry_add(struct schema *s, struct name n)
{
	struct entry *x = entry_find(s, n);

	if (x)
		return x;
	if (s->entries.count >= SCHEMA_TABLES_MAX) {
		s->full = true;
		return NULL;
	}
	if (s->entries.count++ >= s->entries.size)
		grow_entries(&s->entries);
	x = arena_alloc(&s->arena, sizeof(*x));
	x->schema = schema_copy(s, n.schema);
	x->name = schema_copy(s, n.name);
	x->hash = hash_add(hash_add(2166136261u, n.schema), n.name);
	x->next = s->entries.items[x->hash & (s->entries.size - 1)];
	s->entries.items[x->hash & (s->entries.size - 1)] = x;
	add_bare(s, x);
	return x;
}

/* By the name as it stands; without or with another schema when there is only one such table. */
static struct entry *entry_meant(const struct schema *s, struct name n)
{
	struct entry *x = entry_find(s, n);
	const struct bare *b;

	if (x || (n.schema.len && *n.schema.p == '#'))
		return x;
	if (n.schema.len)
		return entry_find(s, (struct name){{"", 0}, n.name});
	b = bare_find(s, n.name);
	return b && !b->several && !(b->only->schema.len && *b->only->schema.p == '#') ? b->only
										       : NULL;
}

/* ---- versions ---- */

/* The last version before the place; its index + 1. */
static size_t versions_before(const struct entry *x, uint32_t file, uint32_t statement)
{
	size_t low = 0, high = x->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct version *v = &x->versions[middle];

		if (v->file < file || (v->file == file && v->statement < statement))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct schema_table *seen_from(const struct schema *s, const struct entry *x,
					    uint32_t file, uint32_t statement)
{
	size_t n = versions_before(x, file, statement);

	if (n && x->versions[n - 1].file == file)
		return x->versions[n - 1].table;
	if (!s->finished) /* while it is read, the input is one text */
		return n && x->versions[n - 1].table ? x->versions[n - 1].table : x->given;
	if (n < x->count && x->versions[n].file == file && x->versions[n].table)
		return x->versions[n].table; /* made later in the same file */
	return x->shared ? x->shared : x->given;
}

static bool alike(const struct schema_table *a, const struct schema_table *b)
{
	if (a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (!same(a->columns[i].name, b->columns[i].name) ||
		    a->columns[i].type->code != b->columns[i].type->code)
			return false;
	return true;
}

/* What other files see: what all files leave behind, when that is the same table. */
static void finish_entry(struct entry *x)
{
	for (size_t i = 0; i < x->count;) {
		const struct schema_table *last = NULL;
		bool made = false;
		uint32_t file = x->versions[i].file;

		for (; i < x->count && x->versions[i].file == file; i++) {
			made |= x->versions[i].made;
			if (x->versions[i].table)
				last = x->versions[i].table;
		}
		if (last && made && x->shared && !alike(x->shared, last)) {
			x->shared = NULL;
			return;
		}
		x->shared = last ? last : x->shared;
	}
}

void schema_finish(struct schema *s)
{
	for (size_t i = 0; i < s->entries.size; i++)
		for (struct entry *x = s->entries.items[i]; x; x = x->next) {
			x->shared = NULL;
			finish_entry(x);
		}
	s->finished = true;
}

static void add_version(struct entry *x, const struct convert_settings *at, bool made,
			struct schema_table *t)
{
	x->versions = xgrow(x->versions, x->count, &x->capacity, sizeof(*x->versions));
	x->versions[x->count++] = (struct version){at->file, at->statement, made, t};
}

void schema_define(struct schema *s, const struct convert_settings *at, const struct node *name,
		   struct schema_table *t)
{
	struct entry *x = t ? entry_add(s, name_of(name)) : entry_meant(s, name_of(name));

	if (!x)
		return;
	if (t) {
		t->schema = x->schema;
		t->name = x->name;
	}
	if (at->file == 0)
		x->given = t;
	else
		add_version(x, at, true, t);
}

/* ---- changes ---- */

/* Whether one more version is worth it: a file that changes a table on and on gets no more. */
static bool version_worth(const struct entry *x, uint32_t file)
{
	return x->count < SCHEMA_VERSIONS_MAX ||
	       x->versions[x->count - SCHEMA_VERSIONS_MAX].file != file;
}

struct schema_column *schema_add_column(struct schema *s, struct schema_table *t)
{
	s->full |= s->columns >= SCHEMA_TOTAL_MAX;
	if (t->count >= SCHEMA_COLUMNS_MAX || s->full)
		return NULL;
	if (t->count >= t->room) {
		uint32_t room = t->count < 4 ? 8 : t->count * 2;
		struct schema_column *more = arena_alloc(&s->arena, room * sizeof(*more));

		if (t->count)
			memcpy(more, t->columns, t->count * sizeof(*more));
		t->columns = more;
		t->room = room;
	}
	s->columns++;
	return &t->columns[t->count++];
}

struct schema_key *schema_add_key(struct schema *s, struct schema_table *t, uint32_t columns)
{
	struct schema_key *key;

	if (t->key_count >= SCHEMA_KEYS_MAX)
		return NULL;
	if (t->key_count >= t->key_room) {
		uint32_t room = t->key_count ? t->key_count * 2 : 2;
		struct schema_key *more = arena_alloc(&s->arena, room * sizeof(*more));

		if (t->key_count)
			memcpy(more, t->keys, t->key_count * sizeof(*more));
		t->keys = more;
		t->key_room = room;
	}
	key = &t->keys[t->key_count++];
	*key = (struct schema_key){.count = columns};
	key->columns = arena_alloc(&s->arena, (columns + 1) * sizeof(uint32_t));
	return key;
}

static struct schema_table *copy_table(struct schema *s, const struct schema_table *t)
{
	struct schema_table *copy = arena_alloc(&s->arena, sizeof(*copy));

	*copy = (struct schema_table){.schema = t->schema, .name = t->name, .view = t->view};
	for (uint32_t i = 0; i < t->count; i++) {
		struct schema_column *c = schema_add_column(s, copy);

		if (!c)
			return NULL;
		*c = t->columns[i];
	}
	for (uint32_t i = 0; i < t->key_count; i++) {
		const struct schema_key *from = &t->keys[i];
		struct schema_key *k = schema_add_key(s, copy, from->count);

		if (k)
			memcpy(k->columns, from->columns, from->count * sizeof(uint32_t));
		if (k)
			k->primary = from->primary;
	}
	return copy;
}

struct schema_table *schema_change(struct schema *s, const struct convert_settings *at,
				   const struct node *name)
{
	struct entry *x = entry_meant(s, name_of(name));
	struct version *last;
	struct schema_table *t;

	if (!x)
		return NULL;
	if (at->file == 0)
		return x->given;
	last = x->count ? &x->versions[x->count - 1] : NULL;
	if (!last && !x->given)
		return NULL;
	if (last && last->file == at->file && !version_worth(x, at->file))
		return last->table;
	t = last && last->table ? last->table : last && last->file == at->file ? NULL : x->given;
	t = t ? copy_table(s, t) : NULL;
	if (t)
		add_version(x, at, false, t);
	return t;
}

/* ---- questions ---- */

const struct schema_table *schema_find(const struct convert_settings *settings,
				       const struct node *name)
{
	const struct schema *s = settings->schema;
	const struct entry *x;
	struct name n;

	if (!s || !name)
		return NULL;
	n = name_of(name);
	x = n.name.p ? entry_meant(s, n) : NULL;
	return x ? seen_from(s, x, settings->file, settings->statement) : NULL;
}

const struct schema_column *schema_column(const struct schema_table *t, struct str name)
{
	for (uint32_t i = 0; t && i < t->count; i++)
		if (str_same(t->columns[i].name, name))
			return &t->columns[i];
	return NULL;
}

const struct schema_field *schema_field(const struct schema_type *t, struct str name)
{
	for (uint32_t i = 0; t && i < t->field_count; i++)
		if (str_same(t->fields[i].name, name))
			return &t->fields[i];
	return NULL;
}

const struct schema_key *schema_primary(const struct schema_table *t)
{
	for (uint32_t i = 0; t && i < t->key_count; i++)
		if (t->keys[i].primary)
			return &t->keys[i];
	return NULL;
}
