/*
 * run_model.c - what the rules left, by a language model: a batch of tasks with what is known of
 * each, every answer through the same checks. An answer that passes is marked `model`; its file is
 * written again.
 */
#include <stdlib.h>
#include <string.h>

#include "common/progress.h"
#include "convert/finding.h"
#include "convert/run.h"

struct batch {
	struct run *run;
	struct checker *checker;
	struct run_statement **statements;
	struct model_task *tasks;
	struct model_proof *proofs;
	struct model_outcome *outcomes;
	size_t count, done;
	struct progress progress;
};

static size_t count_left(const struct run *r)
{
	const struct run_file *f;
	size_t i, n = 0;

	for (f = r->files.first; f; f = f->next)
		for (i = 0; f->statements && i < f->pieces.statements; i++)
			n += f->statements[i].status == RUN_LEFT;
	return n;
}

static void add_findings(struct model_task *t, const struct conversion *c, struct arena *a)
{
	struct model_finding *list = arena_alloc(a, (c->finding_count + 1) * sizeof(*list));
	size_t i;

	for (i = 0; i < c->finding_count; i++) {
		const struct finding_kind *kind = finding_find(c->findings[i].code);

		list[i] = (struct model_finding){c->findings[i].code, c->findings[i].message,
						 kind ? kind->advice : NULL};
	}
	t->findings = list;
	t->finding_count = c->finding_count;
}

static void make_task(struct batch *b, struct run_statement *s)
{
	struct arena *a = &b->run->arena;
	struct model_task *t = &b->tasks[b->count];
	struct model_proof *p = &b->proofs[b->count];

	*t = (struct model_task){
		.id = arena_printf(a, "%s:%zu", s->file->name, s->line),
		.dialect = dialect_name(b->run->convert.from),
		.kind = s->conversion.kind,
		.sql = arena_strndup(a, s->text.p, s->text.len),
		.converted = s->conversion.sql,
		.error = s->why,
		.position = s->report.failed ? s->report.failed->position : 0,
		.context = p,
	};
	add_findings(t, &s->conversion, a);
	t->schema = model_schema(a, b->checker, t);
	*p = (struct model_proof){.checker = b->checker,
				  .golden = s->golden_read ? &s->golden : NULL,
				  .must_run =
					  b->run->check.upto >= CHECK_RUNS && model_is_query(t)};
	b->statements[b->count++] = s;
}

static void make_tasks(struct batch *b)
{
	struct run_file *f;
	size_t i, n = count_left(b->run) + 1;
	struct arena *a = &b->run->arena;

	b->statements = arena_alloc(a, n * sizeof(*b->statements));
	b->tasks = arena_alloc(a, n * sizeof(*b->tasks));
	b->proofs = arena_alloc(a, n * sizeof(*b->proofs));
	b->outcomes = arena_alloc(a, n * sizeof(*b->outcomes));
	for (f = b->run->files.first; f; f = f->next)
		for (i = 0; f->statements && i < f->pieces.statements; i++)
			if (f->statements[i].status == RUN_LEFT)
				make_task(b, &f->statements[i]);
}

static void finished(void *context, size_t index, const struct model_outcome *o)
{
	struct batch *b = context;

	(void)index;
	(void)o;
	progress_update(&b->progress, (double)++b->done, NULL);
}

/* The checks that the answer passed go into the statement's report. */
static int keep_answer(struct batch *b, size_t i, struct error *e)
{
	struct run_statement *s = b->statements[i];
	struct check_input in = {.sql = b->outcomes[i].sql,
				 .golden = s->golden_read ? &s->golden : NULL,
				 .values = s->values,
				 .value_count = s->value_count,
				 .file = s->file->number,
				 .statement = (uint32_t)s->number};

	s->sql = b->outcomes[i].sql;
	s->status = RUN_MODEL;
	s->why = NULL;
	return check_statement(b->checker, &b->run->arena, &in, &s->report, e);
}

static int keep_answers(struct batch *b, struct error *e)
{
	struct run_file *f = NULL;
	size_t i;
	int status = 0;

	for (i = 0; i < b->count && status == 0; i++) {
		if (b->outcomes[i].status != MODEL_CONVERTED) {
			if (*b->outcomes[i].reason)
				b->statements[i]->why =
					arena_printf(&b->run->arena, "%s; the model: %s",
						     b->statements[i]->why, b->outcomes[i].reason);
			continue;
		}
		status = keep_answer(b, i, e);
		if (f && f != b->statements[i]->file)
			run_write(f, &b->run->arena);
		f = b->statements[i]->file;
	}
	if (f)
		run_write(f, &b->run->arena);
	return status;
}

int run_model(struct run *r, struct checker *checker, struct error *e)
{
	const struct model_calls calls = {.verify = model_prove, .finished = finished};
	struct model_calls mine = calls;
	struct batch b = {.run = r, .checker = checker};
	struct error after = ERROR_INIT;
	int status;

	if (run_origin_left(r, e) < 0)
		return -1;
	make_tasks(&b);
	if (b.count == 0)
		return 0;
	mine.context = &b;
	progress_begin(&b.progress, "asking the model", (double)b.count);
	status = model_batch(&r->model, b.tasks, b.count, &mine, &r->arena, b.outcomes, &r->account,
			     e);
	progress_end(&b.progress);
	/* Whatever ended the batch, the answers that passed before are good. */
	if (keep_answers(&b, &after) < 0 && status == 0) {
		*e = after;
		status = -1;
	}
	return status;
}
