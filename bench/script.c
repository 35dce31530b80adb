/*
 * script.c - loading a workload: which texts, with which weights, and the two phases of
 * script_compile.h around them.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/script_compile.h"
#include "common/text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct source {		  /* a request, taken apart */
	const char *name; /* for reports */
	const char *path; /* for messages */
	const char *text;
	size_t length;
	uint32_t weight;
	bool weight_given;
};

/* The last @ begins the weight, as in pgbench. `*name` is a copy without it, in the arena. */
static int split_weight(struct arena *arena, const char *argument, struct source *out,
			struct error *e)
{
	const char *at = strrchr(argument, '@');
	int64_t weight = 1;

	out->path = at ? arena_strndup(arena, argument, (size_t)(at - argument)) : argument;
	out->weight_given = at != NULL;
	if (at && (!text_to_int(at + 1, &weight) || weight < 0 || weight > INT_MAX)) {
		error_set(e, ERROR_USAGE,
			  "script '%s': '%s' is no weight; expected a whole number from 0 to %d",
			  argument, at + 1, INT_MAX);
		return error_hint(e,
				  "when the @ belongs to the name, put a weight behind it: "
				  "'%s@1'",
				  argument);
	}
	if (*out->path == '\0')
		return error_set(e, ERROR_USAGE, "script '%s': expected a name before the weight",
				 argument);
	out->weight = (uint32_t)weight;
	return 0;
}

static int builtin_fault(const char *name, size_t found, struct error *e)
{
	struct buf names = {.max = 256};
	size_t i;

	for (i = 0; i < script_builtin_count; i++)
		buf_printf(&names, "%s%s",
			   i == 0			  ? ""
			   : i + 1 < script_builtin_count ? ", "
							  : " or ",
			   script_builtins[i].name);
	error_set(e, ERROR_USAGE, "%s built-in script '%s'; expected %s",
		  found ? "ambiguous" : "unknown", name, buf_text(&names));
	buf_release(&names);
	return -1;
}

/* A built-in by its name, or by a beginning that no other has. */
static int read_builtin(struct source *s, struct error *e)
{
	size_t i, n = strlen(s->path), found = 0;

	for (i = 0; i < script_builtin_count; i++) {
		if (strncmp(script_builtins[i].name, s->path, n) != 0)
			continue;
		s->name = script_builtins[i].name;
		s->text = script_builtins[i].text;
		found++;
	}
	if (found != 1)
		return builtin_fault(s->path, found, e);
	s->length = strlen(s->text);
	s->path = s->name;
	return 0;
}

static int read_file(struct arena *arena, struct source *s, struct error *e)
{
	const char *slash = strrchr(s->path, '/');
	struct buf text = {.max = SCRIPT_MAX_BYTES + 65536};
	int failed;

	s->name = slash && slash[1] ? slash + 1 : s->path;
	failed = text_read_file(strcmp(s->path, "-") == 0 ? "/dev/stdin" : s->path,
				SCRIPT_MAX_BYTES, &text, e);
	if (!failed) {
		s->text = arena_strndup(arena, buf_text(&text), text.len);
		s->length = text.len;
	}
	buf_release(&text);
	return failed;
}

/* Reports tell scripts apart by name: a second a.sql, from another folder, is a.sql#2. */
static const char *unique_name(struct workload *w, size_t before, const char *name)
{
	const char *candidate = name;
	unsigned copy = 1;
	size_t i;

	for (i = 0; i < before; i++) {
		if (strcmp(w->scripts[i].name, candidate) != 0)
			continue;
		candidate = arena_printf(&w->arena, "%s#%u", name, ++copy);
		i = (size_t)-1;
	}
	return candidate;
}

/* Phase one of one script. */
static int parse_source(struct compiler *c, size_t index, const struct source *source)
{
	struct workload *w = c->w;
	struct script *script = &w->scripts[index];
	struct script_builder b = {.c = c,
				   .script = script,
				   .text = source->text,
				   .length = source->length,
				   .weight_given = source->weight_given};
	struct step *steps;
	int failed;

	if (b.length >= 3 && memcmp(b.text, BYTE_ORDER_MARK, 3) == 0) {
		b.text += 3;
		b.length -= 3;
	}
	b.start = (struct place){source->path, 1, 1};
	script->name = unique_name(w, index, source->name);
	script->weight = source->weight;
	script->annotated = script_is_annotated(b.text, b.length);
	c->script = (unsigned)index;
	c->file = source->path;
	c->annotated = script->annotated;
	failed = script->annotated ? script_parse_annotated(&b) : script_parse_pgbench(&b);
	if (!failed) {
		steps = arena_alloc(&w->arena, b.step_count * sizeof(*steps));
		memcpy(steps, b.steps, b.step_count * sizeof(*steps));
		script->steps = steps;
		script->step_count = b.step_count;
		w->total_weight += script->weight;
	}
	free(b.steps);
	return failed;
}

static int add_definitions(struct compiler *c, const struct definition *definitions, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const char *name = definitions[i].name, *value = definitions[i].value;
		struct variable *v;
		unsigned slot;

		if (!name || !value || !variable_name_is_valid(name, strlen(name)))
			return error_set(c->e, ERROR_USAGE,
					 "definition '%s%s%s' is malformed; expected NAME=VALUE "
					 "with a name of letters, digits and _",
					 name ? name : "", value ? "=" : "", value ? value : "");
		slot = compiler_intern(c, 0, name, strlen(name));
		v = &c->variables[slot];
		v->flags |= VARIABLE_DEFINED;
		v->initial = value_from_text(arena_strdup(&c->w->arena, value));
		if (v->initial.type == VALUE_TEXT && strcasecmp(value, "null") == 0)
			v->initial.type = VALUE_NULL;
	}
	return 0;
}

static void finish_datasets(struct compiler *c)
{
	size_t size = c->dataset_count * sizeof(struct dataset *);
	struct dataset **all = arena_alloc(&c->w->arena, size);

	if (size)
		memcpy(all, c->datasets, size);
	c->w->datasets = all;
	c->w->dataset_count = c->dataset_count;
}

static int read_datasets(const struct workload *w, struct error *e)
{
	size_t i;

	for (i = 0; i < w->dataset_count; i++)
		if (w->datasets[i]->kind == DATASET_CSV && dataset_read_file(w->datasets[i], e) < 0)
			return -1;
	return 0;
}

static int compile(struct workload *w, const struct source *sources,
		   const struct definition *definitions, size_t definition_count, struct error *e)
{
	struct compiler c;
	int failed;
	size_t i;

	compiler_begin(&c, w, e);
	failed = add_definitions(&c, definitions, definition_count);
	for (i = 0; i < w->script_count && !failed; i++)
		failed = parse_source(&c, i, &sources[i]);
	failed = failed || compiler_check(&c) < 0 || compiler_finish_statements(&c) < 0;
	if (!failed) {
		compiler_finish_variables(&c);
		finish_datasets(&c);
	}
	compiler_release(&c);
	return failed ? -1 : 0;
}

static struct workload *new_workload(size_t script_count)
{
	struct workload *w = xcalloc(1, sizeof(*w));

	w->scripts = arena_alloc(&w->arena, script_count * sizeof(*w->scripts));
	w->script_count = script_count;
	return w;
}

static int load(struct workload *w, const struct script_request *requests,
		const struct definition *definitions, size_t definition_count, struct error *e)
{
	struct source *sources = arena_alloc(&w->arena, w->script_count * sizeof(*sources));
	size_t i;

	for (i = 0; i < w->script_count; i++) {
		struct source *s = &sources[i];
		bool builtin = requests[i].origin == SCRIPT_BUILTIN;
		const char *argument = arena_strdup(&w->arena, requests[i].argument);

		if (split_weight(&w->arena, argument, s, e) < 0)
			return -1;
		if ((builtin ? read_builtin(s, e) : read_file(&w->arena, s, e)) < 0)
			return -1;
		w->scripts[i].source = builtin ? "built-in" : s->path;
	}
	if (compile(w, sources, definitions, definition_count, e) < 0)
		return -1;
	if (w->total_weight == 0)
		return error_set(e, ERROR_USAGE,
				 "every script has weight 0; expected one that is drawn");
	return read_datasets(w, e);
}

struct workload *workload_load(const struct script_request *requests, size_t request_count,
			       const struct definition *definitions, size_t definition_count,
			       struct error *e)
{
	struct workload *w;

	if (request_count == 0 || request_count > SCRIPT_MAX_COUNT) {
		error_set(e, ERROR_USAGE, "%zu scripts; expected 1 to %d", request_count,
			  SCRIPT_MAX_COUNT);
		return NULL;
	}
	w = new_workload(request_count);
	if (load(w, requests, definitions, definition_count, e) == 0)
		return w;
	workload_free(w);
	return NULL;
}

struct workload *workload_parse(const char *text, size_t n, const char *name,
				const struct definition *definitions, size_t definition_count,
				struct error *e)
{
	struct workload *w = new_workload(1);
	struct source source = {.weight = 1};

	source.name = source.path = arena_strdup(&w->arena, name);
	source.text = arena_strndup(&w->arena, text, n);
	source.length = strlen(source.text);
	w->scripts[0].source = source.path;
	if (source.length < n)
		error_set(e, ERROR_INPUT, "%s: this is not text: it holds a NUL byte", name);
	else if (compile(w, &source, definitions, definition_count, e) == 0)
		return w;
	workload_free(w);
	return NULL;
}

void workload_free(struct workload *w)
{
	size_t i;

	if (!w)
		return;
	for (i = 0; i < w->dataset_count; i++)
		dataset_release(w->datasets[i]);
	arena_release(&w->arena);
	free(w);
}

size_t workload_pick(const struct workload *w, uint64_t ticket)
{
	size_t i;

	for (i = 0; i + 1 < w->script_count; i++) {
		if (ticket < w->scripts[i].weight)
			break;
		ticket -= w->scripts[i].weight;
	}
	return i;
}
