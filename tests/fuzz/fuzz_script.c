/*
 * fuzz_script.c - hostile scripts: whatever the text, compiling gives a workload or an error.
 *
 * Under libFuzzer (-DLAKEPORT_LIBFUZZER) only the entry; else a program that runs over files, or,
 * with `--random N SEED`, over N mutations of the built-ins and of a few texts that use the whole
 * language. What compiles is also checked for consistency and its expressions are evaluated.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/expression.h"
#include "bench/script.h"
#include "common/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static long compiled;

static void check_statement(const struct workload *w, const struct statement *s)
{
	size_t i, n = 0;

	for (i = 0; i < s->parameter_count; i++)
		assert(s->parameter_slots[i] < w->variable_count);
	for (i = 0; i < s->piece_count; i++) {
		const struct piece *p = &s->pieces[i];

		assert(p->slot < (int)w->variable_count);
		assert(p->text == s->text + n);
		n += p->length + p->name_length;
		assert(p->slot >= 0 ? s->text[n - p->name_length] == ':' : p->name_length == 0);
	}
	assert(n == strlen(s->text));
	assert(strlen(s->label) <= 60);
}

static void check_step(const struct workload *w, const struct script *script,
		       const struct step *step, struct evaluation *context)
{
	struct value v;
	char room[VALUE_TEXT_MAX];
	const char *why = NULL;
	size_t n;

	assert(step->target <= script->step_count);
	assert(step->slot < w->variable_count || step->type != STEP_SET);
	if (step->statement)
		check_statement(w, step->statement);
	if (!step->expression)
		return;
	if (expression_evaluate(step->expression, context, &v, &why) < 0)
		assert(why && *why);
	else
		value_text(&v, room, &n);
}

static void check_workload(const struct workload *w)
{
	struct value *variables = xcalloc(w->variable_count + 1, sizeof(*variables));
	struct random r;
	struct evaluation context = {variables, &r, w->variables, 1};
	const struct script *script = &w->scripts[0];
	size_t i;

	for (i = 0; i < w->variable_count; i++)
		variables[i] = i % 3 ? w->initial[i]
				     : (struct value){.type = VALUE_INT, .integer = (int64_t)i + 1};
	random_seed(&r, 1);
	for (i = 0; i < script->step_count; i++)
		check_step(w, script, &script->steps[i], &context);
	assert(workload_pick(w, 0) == 0);
	free(variables);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct definition definitions[] = {{"d", "1.5"}, {"t", "text"}};
	struct error e = ERROR_INIT;
	struct workload *w;

	w = workload_parse((const char *)data, size, "fuzz.sql", definitions, 2, &e);
	if (w) {
		check_workload(w);
		compiled++;
	} else {
		assert(e.class == ERROR_INPUT && strncmp(e.text, "fuzz.sql:", 9) == 0);
	}
	workload_free(w);
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
static const char *const seeds[] = {
	"\\set a random(1, 100 * :scale)\n\\set b case when :a > 5 and not :a = 7 then 1.5e3 else "
	"null end\nselect :a, ':b', a[1:n], a[:a], x::int, $q$:a$q$, E'\\':a' -- :a\n/* /* */ :a "
	"*/ \\gset p_\n\\if :p_x is not null\nselect 1\\; select :p_x;\n\\elif :d % 2 = 1\n\\sleep "
	"10 "
	"us\n\\else\n\\startpipeline\nselect 2;\n\\endpipeline\n\\endif\n",
	"-- WEIGHT: 3\n-- PARAM a = values('x', 'it''s', -4.50, null, true)\n-- PARAM b = "
	"random_zipfian(1, 1000, 1.1)\nselect \":a\", :a, (:b) from t where x = :d;\n",
	"\\set x (1 + -2 * 3 / 4 % 5) << 2 | ~1 & 3 # 4\n\\set y greatest(1, 2.5, int(pi())) + "
	"least(abs(-1), sqrt(2), ln(exp(1))) \\\n + hash(:x) + permute(:x, 100, 3) + pow(2, 0.5)\n"
	"\\set z random_gaussian(1, 10, 2.5) + random_exponential(1, 10, 0.1) + mod(:x, 7)\n"
	"create or replace function f() returns int begin atomic select case when :z then 1 end; "
	"end;\nselect :x :: int, :y isnull \\aset\n",
};
#define SEEDS (sizeof(seeds) / sizeof(seeds[0]))

static const char *seed_text(size_t i)
{
	return i < SEEDS ? seeds[i] : script_builtins[i - SEEDS].text;
}

/* Changes, removes, doubles or crosses a few bytes. `text` has room for `limit`. */
static size_t mutate(char *text, size_t n, size_t limit, struct random *r)
{
	static const char special[] = "\\:;'\"$()[]-/*\n\r\t ,.eE@019aZ_+<>=!|&#~%\xc3\xff";
	size_t changes = 1 + random_range(r, 0, 7), at, length;
	const char *other;

	for (; changes > 0 && n > 0; changes--) {
		at = random_range(r, 0, n - 1);
		length = random_range(r, 1, 20);
		if (length > n - at)
			length = n - at;
		switch (random_range(r, 0, 3)) {
		case 0:
			text[at] = special[random_range(r, 0, sizeof(special) - 2)];
			break;
		case 1:
			memmove(text + at, text + at + length, n - at - length);
			n -= length;
			break;
		case 2:
			if (n + length > limit)
				break;
			memmove(text + at + length, text + at, n - at);
			n += length;
			break;
		default:
			other = seed_text(random_range(r, 0, SEEDS + script_builtin_count - 1));
			if (length > strlen(other))
				length = strlen(other);
			other += random_range(r, 0, strlen(other) - length);
			if (length > n - at)
				length = n - at;
			memcpy(text + at, other, length);
		}
	}
	return n;
}

static int run_random(long count, long seed)
{
	char text[8192];
	struct random r;
	size_t n;
	long i;

	random_seed(&r, (uint64_t)seed);
	for (i = 0; i < count; i++) {
		const char *base = seed_text(random_range(&r, 0, SEEDS + script_builtin_count - 1));

		n = strlen(base);
		memcpy(text, base, n);
		n = mutate(text, n, sizeof(text), &r);
		LLVMFuzzerTestOneInput((const uint8_t *)text, n);
	}
	printf("%ld mutated scripts, %ld of them compile\n", count, compiled);
	return 0;
}

int main(int argc, char **argv)
{
	struct buf text;
	int i;

	if (argc == 4 && strcmp(argv[1], "--random") == 0)
		return run_random(atol(argv[2]), atol(argv[3]));
	for (i = 1; i < argc; i++) {
		text = (struct buf){0};
		if (text_read_file(argv[i], SCRIPT_MAX_BYTES, &text, NULL) == 0)
			LLVMFuzzerTestOneInput((const uint8_t *)buf_text(&text), text.len);
		buf_release(&text);
	}
	return 0;
}
#endif
