/*
 * tree.c - making, changing and asking nodes. Marks travel up: a node that was touched is printed
 * anew, those above it are copied from the source with the changed parts put in.
 */
#include "convert/tree.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct kind_row {
	const char *name, *slots;
};

static const struct kind_row kinds[] = {
#define X(name, slots) {#name, slots},
	NODE_KINDS(X)
#undef X
};

/* Number of named children, by kind; counted by hand so that making a node counts nothing. */
static uint8_t slot_counts[NODE_KIND_COUNT];

__attribute__((constructor)) static void count_slots(void)
{
	for (unsigned k = 0; k < NODE_KIND_COUNT; k++) {
		const char *s = kinds[k].slots;
		uint8_t n = *s && *s != '*';

		for (; *s && n; s++)
			n = (uint8_t)(n + (*s == ' '));
		slot_counts[k] = n;
	}
}

struct operator_row {
	const char *text;
	int postgres, others;
};

static const struct operator_row operators[] = {
#define X(name, text, postgres, others) {text, postgres, others},
	OPERATORS(X)
#undef X
};

const char *node_kind_name(enum node_kind kind)
{
	return kinds[kind].name;
}

bool node_is_list(enum node_kind kind)
{
	return kinds[kind].slots[0] == '*';
}

const char *operator_text(enum operator op)
{
	return operators[op].text;
}

int operator_binding(enum operator op)
{
	return operators[op].postgres;
}

int operator_binding_other(enum operator op)
{
	return operators[op].others;
}

struct node *node_new(struct arena *a, enum node_kind kind)
{
	uint32_t slots = slot_counts[kind];
	struct node *n = arena_alloc(a, sizeof(*n) + slots * sizeof(struct node *));

	n->kind = (uint8_t)kind;
	n->count = n->room = slots;
	n->child = slots ? (struct node **)(n + 1) : NULL;
	return n;
}

static void mark_dirty(struct node *n)
{
	for (; n && !(n->flags & FLAG_DIRTY); n = n->parent)
		n->flags |= FLAG_DIRTY;
}

static void adopt(struct node *parent, struct node *child, uint32_t slot)
{
	child->parent = parent;
	child->slot = slot;
	if (child->height >= parent->height)
		parent->height = (uint16_t)(child->height + 1);
	if (child->flags & FLAG_DIRTY)
		mark_dirty(parent);
}

static void make_room(struct arena *a, struct node *list)
{
	struct node **more;

	if (list->count < list->room)
		return;
	list->room = list->room ? list->room * 2 : 4;
	more = arena_alloc(a, list->room * sizeof(struct node *));
	if (list->count)
		memcpy(more, list->child, list->count * sizeof(struct node *));
	list->child = more;
}

void node_add(struct arena *a, struct node *list, struct node *child)
{
	make_room(a, list);
	list->child[list->count] = child;
	adopt(list, child, list->count++);
}

void node_put(struct node *parent, uint32_t slot, struct node *child)
{
	assert(slot < parent->count);
	parent->child[slot] = child;
	if (child)
		adopt(parent, child, slot);
}

void node_touch(struct node *n)
{
	n->flags |= FLAG_CHANGED;
	mark_dirty(n);
}

/* Puts a part into a tree; its marks go up from there even where they had been before. */
static void stand_in(struct node *parent, uint32_t slot, struct node *child)
{
	child->flags |= FLAG_DIRTY;
	parent->child[slot] = child;
	adopt(parent, child, slot);
	for (struct node *n = parent; n && !(n->flags & FLAG_DIRTY); n = n->parent)
		n->flags |= FLAG_DIRTY;
}

void node_set(struct node *parent, uint32_t slot, struct node *child)
{
	struct node *old = parent->child[slot];

	if (old && child) {
		node_replace(old, child);
		return;
	}
	if (!old && !child)
		return;
	node_put(parent, slot, child);
	node_touch(parent);
}

struct node *node_replace(struct node *old, struct node *with)
{
	with->at = old->at;
	with->until = old->until;
	if (old->parent)
		stand_in(old->parent, old->slot, with);
	return with;
}

struct node *node_take(struct arena *a, struct node *n)
{
	struct node *hole = node_new(a, NODE_NONE);

	hole->at = n->at;
	hole->until = n->until;
	hole->parent = n->parent;
	hole->slot = n->slot;
	if (n->parent)
		n->parent->child[n->slot] = hole;
	n->parent = NULL;
	return hole;
}

void node_remove(struct node *list, uint32_t index)
{
	for (uint32_t i = index + 1; i < list->count; i++) {
		list->child[i - 1] = list->child[i];
		list->child[i - 1]->slot = i - 1;
	}
	list->count--;
	node_touch(list);
}

void node_insert(struct arena *a, struct node *list, uint32_t index, struct node *child)
{
	make_room(a, list);
	for (uint32_t i = list->count; i > index; i--) {
		list->child[i] = list->child[i - 1];
		list->child[i]->slot = i;
	}
	list->child[index] = child;
	list->count++;
	adopt(list, child, index);
	node_touch(list);
}

struct node *node_copy(struct arena *a, const struct node *n)
{
	struct node *copy = arena_alloc(a, sizeof(*copy));

	*copy = *n;
	copy->parent = NULL;
	copy->child = n->count ? arena_alloc(a, n->count * sizeof(struct node *)) : NULL;
	copy->room = n->count;
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i]) {
			copy->child[i] = node_copy(a, n->child[i]);
			copy->child[i]->parent = copy;
		}
	return copy;
}

struct node *node_make(struct arena *a, enum node_kind kind)
{
	struct node *n = node_new(a, kind);

	n->flags = FLAG_CHANGED | FLAG_DIRTY;
	return n;
}

struct node *node_ident(struct arena *a, const char *name)
{
	struct node *n = node_make(a, NODE_IDENT);

	n->text = (struct str){arena_strdup(a, name), strlen(name)};
	return n;
}

struct node *node_column(struct arena *a, const char *name)
{
	struct node *n = node_make(a, NODE_COLUMN);

	node_add(a, n, node_ident(a, name));
	return n;
}

struct node *node_string(struct arena *a, struct str value)
{
	struct node *n = node_make(a, NODE_STRING);

	n->text = value;
	n->type = TYPE_TEXT;
	return n;
}

struct node *node_number(struct arena *a, long value)
{
	struct node *n = node_make(a, NODE_NUMBER);

	n->text.p = arena_printf(a, "%ld", value);
	n->text.len = strlen(n->text.p);
	n->type = value > 2147483647L || value < -2147483647L ? TYPE_BIGINT : TYPE_INT;
	return n;
}

struct node *node_null(struct arena *a)
{
	return node_make(a, NODE_NULL);
}

struct node *node_binary(struct arena *a, enum operator op, struct node *l, struct node *r)
{
	struct node *n = node_make(a, NODE_BINARY);

	n->op = (uint8_t)op;
	node_put(n, 0, l);
	node_put(n, 1, r);
	return n;
}

static void add_operands(struct arena *a, struct node *n, struct node *operand)
{
	if (operand->kind != NODE_LOGIC || operand->op != n->op) {
		node_add(a, n, operand);
		return;
	}
	for (uint32_t i = 0; i < operand->count; i++)
		node_add(a, n, operand->child[i]);
}

struct node *node_logic(struct arena *a, enum operator op, struct node *l, struct node *r)
{
	struct node *n;

	if (!l || !r)
		return l ? l : r;
	n = node_make(a, NODE_LOGIC);
	n->op = (uint8_t)op;
	n->type = TYPE_BOOL;
	add_operands(a, n, l);
	add_operands(a, n, r);
	return n;
}

struct node *node_unary(struct arena *a, enum operator op, struct node *operand)
{
	struct node *n = node_make(a, NODE_UNARY);

	n->op = (uint8_t)op;
	node_put(n, 0, operand);
	return n;
}

struct node *node_not(struct arena *a, struct node *condition)
{
	struct node *n = node_unary(a, OP_NOT, condition);

	n->type = TYPE_BOOL;
	return n;
}

struct node *node_cast(struct arena *a, struct node *value, const char *type)
{
	struct node *n = node_make(a, NODE_CAST), *t = node_make(a, NODE_TYPE);

	t->text = (struct str){arena_strdup(a, type), strlen(type)};
	n->op = CAST_COLONS;
	node_put(n, CAST_VALUE, value);
	node_put(n, CAST_TYPE, t);
	return n;
}

struct node *node_call(struct arena *a, const char *name, unsigned count, struct node *const *args)
{
	struct node *n = node_make(a, NODE_CALL), *list = node_make(a, NODE_LIST);
	struct node *full = node_make(a, NODE_NAME);

	node_add(a, full, node_ident(a, name));
	for (unsigned i = 0; i < count; i++)
		node_add(a, list, args[i]);
	node_put(n, CALL_NAME, full);
	node_put(n, CALL_ARGS, list);
	return n;
}

struct node *node_paren(struct arena *a, struct node *inner)
{
	struct node *n = node_make(a, NODE_PAREN);

	node_put(n, 0, inner);
	return n;
}

struct node *node_is_null(struct arena *a, struct node *value, bool not_null)
{
	struct node *n = node_make(a, NODE_IS);

	n->op = IS_NULL;
	n->type = TYPE_BOOL;
	if (not_null)
		n->flags |= FLAG_NOT;
	node_put(n, 0, value);
	return n;
}

const char *node_slot_name(enum node_kind kind, uint32_t slot)
{
	static _Thread_local char name[24];
	const char *s = kinds[kind].slots;
	int n;

	if (slot >= slot_counts[kind])
		return NULL;
	for (; slot > 0; slot--)
		s = strchr(s, ' ') + 1;
	n = (int)strcspn(s, " ");
	snprintf(name, sizeof(name), "%.*s", n, s);
	return name;
}

bool str_same(struct str a, struct str b)
{
	return a.p && b.p && a.len == b.len && !strncasecmp(a.p, b.p, a.len);
}

bool str_is(struct str s, const char *word)
{
	return strlen(word) == s.len && !memcmp(s.p, word, s.len);
}

bool str_is_word(struct str s, const char *word)
{
	return strlen(word) == s.len && !strncasecmp(s.p, word, s.len);
}
