/*
 * script_variables.c - the variables of a workload while it is compiled.
 *
 * One hash table from (scope, name) to slot, linear probing, never more than half full.
 */
#include <stdlib.h>
#include <string.h>

#include "bench/expression_lex.h"
#include "bench/script_compile.h"

#define INDEX_SIZE_FIRST 64

static const char *const builtin_variables[] = {
	"client_id",
	"default_seed",
	"random_seed",
	"scale",
};

static uint32_t hash_name(unsigned scope, const char *name, size_t n)
{
	uint32_t h = 2166136261u ^ scope;
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)name[i]) * 16777619u;
	return h ^ h >> 15;
}

void compiler_begin(struct compiler *c, struct workload *w, struct error *e)
{
	*c = (struct compiler){.w = w, .e = e};
	c->index_mask = INDEX_SIZE_FIRST - 1;
	c->index = xcalloc(INDEX_SIZE_FIRST, sizeof(*c->index));
}

void compiler_release(struct compiler *c)
{
	free(c->variables);
	free(c->index);
	free(c->prefixes);
	free(c->drafts);
	free(c->datasets);
}

static void index_add(struct compiler *c, unsigned slot)
{
	uint32_t i = c->variables[slot].hash & c->index_mask;

	while (c->index[i])
		i = (i + 1) & c->index_mask;
	c->index[i] = slot + 1;
}

static void index_grow(struct compiler *c)
{
	unsigned slot;

	free(c->index);
	c->index_mask = c->index_mask * 2 + 1;
	c->index = xcalloc((size_t)c->index_mask + 1, sizeof(*c->index));
	for (slot = 0; slot < c->variable_count; slot++)
		index_add(c, slot);
}

static int find(const struct compiler *c, unsigned scope, const char *name, size_t n)
{
	uint32_t hash = hash_name(scope, name, n), i;

	for (i = hash & c->index_mask; c->index[i]; i = (i + 1) & c->index_mask) {
		const struct variable *v = &c->variables[c->index[i] - 1];

		if (v->hash == hash && v->scope == scope && strncmp(v->name, name, n) == 0 &&
		    v->name[n] == '\0')
			return (int)c->index[i] - 1;
	}
	return -1;
}

bool variable_is_builtin(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(builtin_variables) / sizeof(builtin_variables[0]); i++)
		if (strlen(builtin_variables[i]) == n && memcmp(name, builtin_variables[i], n) == 0)
			return true;
	return false;
}

unsigned compiler_intern(struct compiler *c, unsigned scope, const char *name, size_t n)
{
	int known = find(c, scope, name, n);
	struct variable *v;

	if (known >= 0)
		return (unsigned)known;
	if ((c->variable_count + 1) * 2 > c->index_mask)
		index_grow(c);
	c->variables = xgrow(c->variables, c->variable_count, &c->variable_capacity,
			     sizeof(*c->variables));
	v = &c->variables[c->variable_count];
	*v = (struct variable){.scope = scope, .hash = hash_name(scope, name, n)};
	v->name = arena_strndup(&c->w->arena, name, n);
	v->flags = scope == 0 && variable_is_builtin(name, n) ? VARIABLE_BUILTIN : 0;
	index_add(c, (unsigned)c->variable_count);
	return (unsigned)c->variable_count++;
}

int compiler_find(const struct compiler *c, unsigned script, const char *name, size_t n)
{
	int slot = find(c, script + 1, name, n);

	return slot >= 0 ? slot : find(c, 0, name, n);
}

unsigned compiler_use(void *compiler, const char *name, size_t n, unsigned line, unsigned column)
{
	struct compiler *c = compiler;
	struct place at = {c->file, line, column}, *first;
	int param = c->annotated ? find(c, c->script + 1, name, n) : -1;
	unsigned slot;

	if (param >= 0)
		return (unsigned)param;
	slot = compiler_intern(c, 0, name, n);
	first = c->annotated ? &c->variables[slot].queried : &c->variables[slot].used;
	if (first->line == 0)
		*first = at;
	return slot;
}

void compiler_prefix(struct compiler *c, const char *prefix)
{
	size_t i;

	for (i = 0; i < c->prefix_count; i++)
		if (strcmp(c->prefixes[i], prefix) == 0)
			return;
	c->prefixes =
		xgrow(c->prefixes, c->prefix_count, &c->prefix_capacity, sizeof(*c->prefixes));
	c->prefixes[c->prefix_count++] = prefix;
}

bool compiler_may_capture(const struct compiler *c, const char *name, size_t n)
{
	size_t i, length;

	for (i = 0; i < c->prefix_count; i++) {
		length = strlen(c->prefixes[i]);
		if (length < n && memcmp(c->prefixes[i], name, length) == 0)
			return true;
	}
	return false;
}

static int check_variable(const struct compiler *c, const struct variable *v)
{
	if (v->used.line && !v->flags && !compiler_may_capture(c, v->name, strlen(v->name)))
		return place_fault(&v->used, c->e,
				   "variable '%.60s' is used but nothing sets it; expected "
				   "\\set %.60s, -D %.60s=VALUE or \\gset",
				   v->name, v->name, v->name);
	if (v->queried.line && !(v->flags & (VARIABLE_DEFINED | VARIABLE_BUILTIN)))
		return place_fault(&v->queried, c->e,
				   "variable '%.60s' is used but not declared; expected "
				   "-- PARAM %.60s = ... before it, or -D %.60s=VALUE",
				   v->name, v->name, v->name);
	return 0;
}

int compiler_check(const struct compiler *c)
{
	size_t i;

	for (i = 0; i < c->variable_count; i++)
		if (check_variable(c, &c->variables[i]) < 0)
			return -1;
	return 0;
}

void compiler_finish_variables(struct compiler *c)
{
	struct workload *w = c->w;
	size_t n = c->variable_count, i, size = ((size_t)c->index_mask + 1) * sizeof(*c->index);
	const char **names = arena_alloc(&w->arena, n * sizeof(*names));
	struct value *initial = arena_alloc(&w->arena, n * sizeof(*initial));
	unsigned *scopes = arena_alloc(&w->arena, n * sizeof(*scopes));

	for (i = 0; i < n; i++) {
		const struct variable *v = &c->variables[i];

		names[i] = v->name;
		initial[i] = v->initial;
		scopes[i] = v->scope;
		if (v->scope == 0 && strcmp(v->name, "scale") == 0)
			w->uses_scale = (v->used.line || v->queried.line) &&
					!(v->flags & (VARIABLE_SET | VARIABLE_DEFINED));
	}
	w->variables = names;
	w->initial = initial;
	w->scopes = scopes;
	w->variable_count = n;
	w->name_index = memcpy(arena_alloc(&w->arena, size), c->index, size);
	w->name_index_mask = c->index_mask;
}

int workload_slot(const struct workload *w, const char *name)
{
	uint32_t i = hash_name(0, name, strlen(name)) & w->name_index_mask;

	for (; w->name_index[i]; i = (i + 1) & w->name_index_mask) {
		unsigned slot = w->name_index[i] - 1;

		if (w->scopes[slot] == 0 && strcmp(w->variables[slot], name) == 0)
			return (int)slot;
	}
	return -1;
}

bool variable_name_is_valid(const char *name, size_t n)
{
	size_t i;

	if (n == 0 || !is_name_start(name[0]))
		return false;
	for (i = 1; i < n; i++)
		if (!is_name_part(name[i]))
			return false;
	return true;
}
