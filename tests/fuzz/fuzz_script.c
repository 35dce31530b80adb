/*
 * fuzz_script.c - hostile scripts: whatever the text, compiling gives a workload or an error.
 *
 * Seeds are the built-ins and a few texts that use the whole language. What compiles is also
 * checked for consistency, and its expressions are evaluated.
 */
#include <assert.h>

#include "bench/dataset.h"
#include "bench/expression.h"
#include "bench/script.h"
#include "tests/fuzz/fuzz.h"

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

/* Sources are named, and every column has its variable. */
static void check_draw(const struct workload *w, const struct draw *draw)
{
	const struct dataset *d = draw->dataset;
	size_t i;

	assert(d->label && *d->label && d->row_count == 0);
	assert(d->kind == DATASET_CSV ? d->path && *d->path : d->table && *d->table);
	assert(d->column_count >= 1 && d->column_count <= DATASET_MAX_COLUMNS);
	assert(!distribution_fault(&draw->distribution));
	for (i = 0; i < d->column_count; i++) {
		assert(draw->slots[i] < w->variable_count);
		assert(!d->columns[i].name == (d->columns[i].number > 0));
	}
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
	assert((step->type == STEP_DRAW) == (step->draw != NULL));
	if (step->draw)
		check_draw(w, step->draw);
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
	"-- PARAM (a, \xc3\xa4) = sample(s.\"t x\"(y, \"z\"\"\"), 500) zipfian(1.1)\n-- PARAM b = "
	"csv('f''x.csv', 2) hot(0.9, .01)\n-- param (c, d) = csv('f.csv', \"a b\", C) "
	"gaussian(2.5)\n-- PARAM e = sample(t.c) exponential(3)\n-- PARAM f = random(1, :a) "
	"uniform\nselect :a, :b, :c, :e, :f",
	"\\set x (1 + -2 * 3 / 4 % 5) << 2 | ~1 & 3 # 4\n\\set y greatest(1, 2.5, int(pi())) + "
	"least(abs(-1), sqrt(2), ln(exp(1))) \\\n + hash(:x) + permute(:x, 100, 3) + pow(2, 0.5)\n"
	"\\set z random_gaussian(1, 10, 2.5) + random_exponential(1, 10, 0.1) + mod(:x, 7)\n"
	"create or replace function f() returns int begin atomic select case when :z then 1 end; "
	"end;\nselect :x :: int, :y isnull \\aset\n",
};
#define SEEDS (sizeof(seeds) / sizeof(seeds[0]))

int main(int argc, char **argv)
{
	struct str all[SEEDS + 16];
	size_t n = 0, i;
	int status;

	for (i = 0; i < SEEDS; i++)
		all[n++] = (struct str){seeds[i], strlen(seeds[i])};
	for (i = 0; i < script_builtin_count && n < SEEDS + 16; i++)
		all[n++] = (struct str){script_builtins[i].text, strlen(script_builtins[i].text)};
	status = fuzz_main(argc, argv, all, n,
			   "\\:;'\"$()[]-/*\n\r\t ,.eE@019aZ_+<>=!|&#~%\xc3\xff");
	printf("%ld of the scripts compile\n", compiled);
	return status;
}
#endif
