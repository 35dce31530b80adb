/*
 * rewrite.c - the engine: one walk over the tree, rules on the way down and on the way up. Rules of
 * a dialect are found by the kind of node through an index that is made once.
 */
#include "convert/rule.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "convert/columns.h"

#define DIALECTS_MAX 16
#define RULES_MAX    16 /* of one kind */
#define RESTARTS_MAX 8

/* Rules of one table by kind: places in the table, 0xffff ends. */
struct rule_index {
	const struct rule *table;
	uint16_t places[NODE_KIND_COUNT][RULES_MAX + 1];
};

static struct rule_index indexes[2 * DIALECTS_MAX];
static unsigned index_count;
static pthread_mutex_t index_lock = PTHREAD_MUTEX_INITIALIZER;

static void fill_index(struct rule_index *x, const struct rule *table)
{
	uint8_t counts[NODE_KIND_COUNT] = {0};

	memset(x->places, 0xff, sizeof(x->places));
	for (uint16_t i = 0; table[i].apply; i++) {
		uint8_t *n = &counts[table[i].kind];

		if (*n < RULES_MAX)
			x->places[table[i].kind][(*n)++] = i;
	}
	x->table = table;
}

static const struct rule_index *index_of(const struct rule *table)
{
	const struct rule_index *found = NULL;

	if (!table)
		return NULL;
	pthread_mutex_lock(&index_lock);
	for (unsigned i = 0; i < index_count && !found; i++)
		if (indexes[i].table == table)
			found = &indexes[i];
	if (!found && index_count < 2 * DIALECTS_MAX) {
		fill_index(&indexes[index_count], table);
		found = &indexes[index_count++];
	}
	pthread_mutex_unlock(&index_lock);
	return found;
}

struct walker {
	struct rewrite *r;
	const struct rule_index *before, *after;
};

/* Applies the rules of its kind to what stands in the slot. Returns what stands there now. */
static struct node *apply_kind(struct walker *w, const struct rule_index *x, struct node *n)
{
	struct node *parent = n->parent;
	uint32_t slot = n->slot;
	unsigned kind = n->kind;

	if (!x)
		return n;
	for (const uint16_t *at = x->places[kind]; *at != 0xffff; at++) {
		x->table[*at].apply(w->r, n);
		if (slot >= parent->count || !parent->child[slot])
			return NULL;
		n = parent->child[slot];
		if (n->kind != kind)
			break;
	}
	return n;
}

/* On the way down, what a rule put there is seen by the rules of its own kind. */
static struct node *apply(struct walker *w, const struct rule_index *x, struct node *n)
{
	for (int i = 0; i < RESTARTS_MAX && n; i++) {
		unsigned kind = n->kind;

		n = apply_kind(w, x, n);
		if (!n || n->kind == kind || x != w->before)
			break;
	}
	return n;
}

static void walk(struct walker *w, struct node *n)
{
	struct node *parent = n->parent;
	uint32_t slot = n->slot;

	n = apply(w, w->before, n);
	if (!n)
		return;
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			walk(w, n->child[i]);
	if (n->kind == NODE_TYPE)
		type_apply(w->r, n);
	n = apply(w, w->after, n);
	if (!n)
		return;
	if ((n->kind == NODE_CALL || n->kind == NODE_CAST) && parent->child[slot] == n)
		function_apply(w->r, n);
}

void rewrite_run(struct rewrite *r)
{
	struct walker w = {r, index_of(r->dialect->before), index_of(r->dialect->after)};

	known_bind(r->settings, r->root->child[0]);
	walk(&w, r->root->child[0]);
}

static bool reported(const struct rewrite *r, const char *code, size_t position)
{
	for (size_t i = 0; i < r->finding_count; i++)
		if (r->findings[i].position == position && !strcmp(r->findings[i].code, code))
			return true;
	return false;
}

static const struct node *with_place(const struct node *n)
{
	while (n && n->first >= n->last && n->at >= n->until)
		n = n->parent;
	return n;
}

void rewrite_finding(struct rewrite *r, const struct node *n, const char *code, const char *format,
		     ...)
{
	const struct finding_kind *kind = finding_find(code);
	const struct node *place = with_place(n);
	struct convert_finding f = {.code = code, .severity = kind ? kind->severity : FINDING_OPEN};
	const struct token *items = r->tokens->items;
	va_list ap;
	char text[400];

	if (place && place->first < place->last) {
		f.position = items[place->first].begin;
		f.length = items[place->last - 1].end - f.position;
	} else if (place) {
		f.position = items[place->at].begin;
		f.length = items[place->until - 1].end - f.position;
	}
	if (reported(r, code, f.position) || r->finding_count >= 1000)
		return;
	f.message = kind ? kind->title : code;
	if (format) {
		va_start(ap, format);
		vsnprintf(text, sizeof(text), format, ap);
		va_end(ap);
		f.message = arena_strdup(r->arena, text);
	}
	if (r->finding_count == r->finding_room) {
		size_t room = r->finding_room ? r->finding_room * 2 : 8;
		struct convert_finding *more = arena_alloc(r->arena, room * sizeof(*more));

		if (r->finding_count)
			memcpy(more, r->findings, r->finding_count * sizeof(*more));
		r->findings = more;
		r->finding_room = room;
	}
	r->findings[r->finding_count++] = f;
	if (f.severity == FINDING_BLOCKER)
		r->blocked = true;
}

struct node *rewrite_new_name(struct rewrite *r, char letter)
{
	char name[24];

	snprintf(name, sizeof(name), "_%c%u", letter, ++r->names);
	return node_ident(r->arena, name);
}

struct node *rewrite_helper(struct rewrite *r, const char *name, unsigned count,
			    struct node *const *args)
{
	struct node *call = node_call(r->arena, name, count, args);

	node_insert(r->arena, call->child[CALL_NAME], 0,
		    node_ident(r->arena, r->settings->helper_schema));
	r->helpers = true;
	return call;
}
