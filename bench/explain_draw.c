/* explain_draw.c - see explain_draw.h. */
#include "bench/explain_draw.h"

#include <string.h>

#include "bench/expression.h"
#include "bench/value.h"
#include "common/random.h"

#define STEPS_MAX 10000 /* a script may loop */

static struct value *initial_values(const struct engine_options *o, struct arena *arena)
{
	const struct workload *load = o->workload;
	const struct {
		const char *name;
		int64_t value;
	} known[] = {{"client_id", 0},
		     {"scale", o->scale},
		     {"random_seed", (int64_t)o->seed},
		     {"default_seed", o->default_seed}};
	struct value *v = arena_alloc(arena, (load->variable_count + 1) * sizeof(*v));
	size_t i;

	for (i = 0; i < load->variable_count; i++)
		v[i] = load->initial[i];
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		int slot = workload_slot(load, known[i].name);

		if (slot >= 0 && v[slot].type == VALUE_UNSET)
			v[slot] = (struct value){.type = VALUE_INT, .integer = known[i].value};
	}
	return v;
}

/* Executes \set and \if on the way to `wanted`; false: it is not on the way. */
static bool walk_to(const struct engine_options *o, const struct script *script,
		    const struct statement *wanted, struct value *variables)
{
	struct random random;
	const struct evaluation context = {.variables = variables,
					   .random = &random,
					   .names = o->workload->variables,
					   .default_seed = o->default_seed};
	size_t pc = 0, steps;

	random_seed(&random, o->seed);
	for (steps = 0; pc < script->step_count && steps < STEPS_MAX; steps++) {
		const struct step *step = &script->steps[pc++];
		struct value v = {.type = VALUE_NULL};
		const char *why;

		if (step->type == STEP_SQL && step->statement == wanted)
			return true;
		if (step->expression &&
		    expression_evaluate(step->expression, &context, &v, &why) < 0)
			return false;
		if (step->type == STEP_SET)
			variables[step->slot] = v;
		else if (step->type == STEP_JUMP ||
			 (step->type == STEP_JUMP_UNLESS && !value_is_true(&v)))
			pc = step->target;
	}
	return false;
}

bool explain_draw(const struct engine_options *o, size_t index, struct arena *arena,
		  const char **values)
{
	const struct workload *load = o->workload;
	const struct statement *s = load->statements[index];
	struct value *variables = initial_values(o, arena);
	unsigned i;

	if (!walk_to(o, &load->scripts[load->statement_script[index]], s, variables))
		return false;
	for (i = 0; i < s->parameter_count; i++) {
		const struct value *v = &variables[s->parameter_slots[i]];
		char room[VALUE_TEXT_MAX];
		const char *text;
		size_t n;

		if (v->type == VALUE_UNSET)
			return false;
		text = value_text(v, room, &n);
		values[i] = text ? arena_strndup(arena, text, n) : NULL;
	}
	return true;
}
