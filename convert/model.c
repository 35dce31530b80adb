/*
 * model.c - the batch: threads take tasks, go through the rounds of each, have answers judged. See
 * model.h. Equal statements are one question: the first of them asks, the others come in a second
 * pass and find its answers in the journal.
 */
#include "convert/model.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "convert/model_parts.h"

const char *model_status_word(enum model_status s)
{
	static const char *const words[] = {"not-asked", "model", "left", "failed"};

	return words[s];
}

/* ---- one task ------------------------------------------------------------------------------- */

/* A task as it is asked, and how far it came. */
struct work {
	const struct model_task *task;
	struct redaction *redaction; /* NULL: literals are sent */
	struct model_question question;
	const char *checked; /* the answer with its literals, as it was judged */
	struct model_verdict verdict;
};

static const char *kept(struct arena *a, struct buf *text)
{
	const char *result = arena_strndup(a, buf_text(text), text->len);

	buf_release(text);
	return result;
}

/* A text of the task as it is sent. */
static const char *as_sent(struct work *w, struct arena *a, const char *dialect, const char *sql,
			   bool required)
{
	struct buf out = {0};

	if (!sql || !w->redaction)
		return sql;
	redact(w->redaction, scan_style(dialect), sql, required, &out);
	return kept(a, &out);
}

static size_t next_word(struct scan *s)
{
	struct scan_token t;

	do
		t = scan_next(s);
	while (t.kind == SCAN_BLANK || t.kind == SCAN_COMMENT);
	return t.kind == SCAN_END ? 0 : t.len;
}

/* Where the token at `position` of `text` begins in `sent`, which has the same tokens. */
static size_t sent_position(const char *text, const char *sent, size_t position)
{
	const struct scan_style *style = scan_style("postgres");
	struct scan a = {style, text, text + strlen(text)};
	struct scan b = {style, sent, sent + strlen(sent)};
	size_t n, last = 0;

	if (position == 0)
		return 0;
	while (next_word(&a) > 0) {
		n = next_word(&b);
		last = (size_t)(b.p - sent) - n + 1;
		if (n == 0 || (size_t)(a.p - text) >= position)
			break;
	}
	return last;
}

/* Sets why a text that was sent as `sent` is not good. */
static void complain(struct work *w, struct arena *a, const char *checked, const char *sent,
		     const char *error, size_t position)
{
	struct buf out = {0}, known = {0};

	w->question.attempt = sent;
	w->question.error = error;
	w->question.position = position;
	if (!w->redaction || !error || (sent && !checked))
		return; /* what we say ourselves holds no literal */
	buf_printf(&known, "%s\n%s", w->question.sql, sent ? sent : "");
	redact_error(w->redaction, buf_text(&known), error, &out);
	buf_release(&known);
	w->question.error = kept(a, &out);
	w->question.position = checked && sent ? sent_position(checked, sent, position) : 0;
}

static void begin_work(struct work *w, const struct model_task *t, bool redacted, struct arena *a)
{
	memset(w, 0, sizeof(*w));
	w->task = t;
	w->redaction = redacted ? redaction_new() : NULL;
	w->question.task = t;
	w->question.redacted = redacted;
	w->question.sql = as_sent(w, a, t->dialect, t->sql, true);
	w->question.converted = as_sent(w, a, "postgres", t->converted, false);
	w->question.schema = as_sent(w, a, "postgres", t->schema, false);
	complain(w, a, t->converted, w->question.converted, t->error, t->position);
}

/* Puts the literals back and has the answer judged. -1: it cannot be judged. */
static int judge(struct model_worker *worker, struct work *w, const struct model_answer *answer,
		 struct error *e)
{
	struct model_run *run = worker->run;
	struct error missing = ERROR_INIT;
	struct buf restored = {0};
	int status = 0;

	memset(&w->verdict, 0, sizeof(w->verdict));
	w->checked = answer->sql;
	if (answer->problem != ANSWER_OK) {
		snprintf(w->verdict.message, sizeof(w->verdict.message), "%s%s%s",
			 model_prompt_problem(answer->problem), *answer->notes ? ": " : "",
			 answer->notes);
		return 0;
	}
	if (w->redaction) {
		status = redact_restore(w->redaction, answer->sql, &restored, &missing);
		w->checked = kept(&worker->arena, &restored);
	}
	if (status < 0) {
		snprintf(w->verdict.message, sizeof(w->verdict.message), "%s", missing.text);
		w->checked = NULL;
		return 0;
	}
	if (!model_guard(w->task, w->checked, &w->verdict))
		return 0;
	pthread_mutex_lock(&run->judge);
	memset(&w->verdict, 0, sizeof(w->verdict));
	status = run->calls->verify(w->task->context, w->checked, &w->verdict, e);
	pthread_mutex_unlock(&run->judge);
	return status;
}

static void finish(struct model_run *run, size_t index, enum model_status status, const char *sql,
		   const char *reason)
{
	struct model_outcome *o = &run->outcomes[index];

	pthread_mutex_lock(&run->lock);
	o->status = status;
	o->sql = sql ? arena_strdup(run->arena, sql) : NULL;
	o->reason = arena_strdup(run->arena, reason);
	pthread_mutex_unlock(&run->lock);
}

/* Rounds until an answer passes. */
static void rounds(struct model_worker *worker, struct work *w, size_t index)
{
	struct model_run *run = worker->run;
	struct model_answer answer;
	struct error e = ERROR_INIT;
	enum ask_result r = ASK_ANSWERED;
	unsigned round;

	if (w->redaction && redaction_full(w->redaction)) {
		finish(run, index, MODEL_FAILED, NULL, "it has more literals than can be hidden");
		return;
	}
	for (round = 1; round <= run->settings->rounds; round++) {
		r = model_ask(worker, &w->question, index, round, &answer, &e);
		if (r != ASK_ANSWERED)
			break;
		run->outcomes[index].rounds = round;
		if (judge(worker, w, &answer, &e) < 0) {
			model_stop(run, &e);
			return;
		}
		if (w->verdict.passed) {
			finish(run, index, MODEL_CONVERTED, w->checked, "");
			return;
		}
		w->question.truncated += answer.problem == ANSWER_TRUNCATED;
		complain(w, &worker->arena, w->checked,
			 answer.problem == ANSWER_OK ? answer.sql : w->question.attempt,
			 arena_strdup(&worker->arena, w->verdict.message),
			 answer.problem == ANSWER_OK ? w->verdict.position : 0);
	}
	if (r == ASK_ANSWERED)
		finish(run, index, MODEL_LEFT, NULL, w->verdict.message);
	else if (r == ASK_FAILED)
		finish(run, index, MODEL_FAILED, NULL, e.text);
	else if (r == ASK_GIVEN_UP)
		finish(run, index, MODEL_NOT_ASKED, NULL, e.text);
	else if (r == ASK_BUDGET)
		finish(run, index, MODEL_NOT_ASKED, NULL,
		       "what is left of the budget of tokens is not enough");
}

/* ---- the threads ---------------------------------------------------------------------------- */

static bool take(struct model_run *run, size_t *index)
{
	bool more;

	pthread_mutex_lock(&run->lock);
	more = !run->stopped && run->next < run->order_count;
	if (more)
		*index = run->order[run->next++];
	pthread_mutex_unlock(&run->lock);
	return more;
}

static void *worker_main(void *context)
{
	struct model_worker *worker = context;
	struct model_run *run = worker->run;
	struct work w;
	size_t index;

	worker->http = http_new();
	while (take(run, &index)) {
		begin_work(&w, &run->tasks[index], run->settings->redact, &worker->arena);
		rounds(worker, &w, index);
		redaction_free(w.redaction);
		arena_release(&worker->arena);
		if (!run->calls->finished)
			continue;
		pthread_mutex_lock(&run->judge);
		run->calls->finished(run->calls->context, index, &run->outcomes[index]);
		pthread_mutex_unlock(&run->judge);
	}
	http_free(worker->http);
	return NULL;
}

static void run_pass(struct model_run *run, const size_t *order, size_t n)
{
	struct model_worker workers[MODEL_PARALLEL_MAX];
	pthread_t threads[MODEL_PARALLEL_MAX];
	size_t count = run->settings->parallel < n ? run->settings->parallel : n, started = 0, i;

	run->order = order;
	run->order_count = n;
	run->next = 0;
	for (i = 0; i < count; i++) {
		workers[i] = (struct model_worker){.run = run};
		random_seed_lane(&workers[i].random, clock_wall(), i);
		if (pthread_create(&threads[i], NULL, worker_main, &workers[i]) != 0)
			break;
		started++;
	}
	if (count > 0 && started == 0) /* no thread is to be had: do it here */
		worker_main(&workers[0]);
	for (i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

/* ---- the batch ------------------------------------------------------------------------------ */

static void find_keys(struct model_run *run, size_t n)
{
	struct arena a = {0};
	struct work w;
	size_t i;

	run->keys = xcalloc(n + 1, sizeof(*run->keys));
	for (i = 0; i < n; i++) {
		begin_work(&w, &run->tasks[i], run->settings->redact, &a);
		model_fingerprint(run->settings, &run->tasks[i], w.question.sql, run->keys[i]);
		redaction_free(w.redaction);
		arena_release(&a);
	}
}

struct keyed {
	const char *key;
	size_t index;
};

static int compare_keyed(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* Fills `order` with those that ask, in their order, then those that follow; returns how many ask.
 */
static size_t plan_order(const struct model_run *run, size_t n, size_t *order)
{
	struct keyed *k = xcalloc(n + 1, sizeof(*k));
	bool *follows = xcalloc(n + 1, sizeof(bool));
	size_t i, asking = 0, behind;

	for (i = 0; i < n; i++)
		k[i] = (struct keyed){run->keys[i], i};
	if (n)
		qsort(k, n, sizeof(*k), compare_keyed);
	for (i = 1; i < n; i++)
		follows[k[i].index] = strcmp(k[i].key, k[i - 1].key) == 0;
	for (i = 0; i < n; i++)
		if (!follows[i])
			order[asking++] = i;
	for (i = 0, behind = asking; i < n; i++)
		if (follows[i])
			order[behind++] = i;
	free(follows);
	free(k);
	return asking;
}

static void sum_up(struct model_account *a, const struct model_outcome *outcomes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		a->converted += outcomes[i].status == MODEL_CONVERTED;
		a->left += outcomes[i].status == MODEL_LEFT;
		a->failed += outcomes[i].status == MODEL_FAILED;
		a->not_asked += outcomes[i].status == MODEL_NOT_ASKED;
	}
}

static void run_all(struct model_run *run, size_t n)
{
	size_t *order = xcalloc(n + 1, sizeof(*order)), asking;

	find_keys(run, n);
	asking = plan_order(run, n, order);
	run_pass(run, order, asking);
	journal_sort(&run->journal);
	run_pass(run, order + asking, n - asking);
	free(order);
	free(run->keys);
}

int model_batch(const struct model_settings *s, const struct model_task *tasks, size_t n,
		const struct model_calls *calls, struct arena *a, struct model_outcome *outcomes,
		struct model_account *account, struct error *e)
{
	struct model_run run = {.settings = s,
				.tasks = tasks,
				.calls = calls,
				.arena = a,
				.outcomes = outcomes,
				.account = account,
				.lock = PTHREAD_MUTEX_INITIALIZER,
				.settled = PTHREAD_COND_INITIALIZER,
				.judge = PTHREAD_MUTEX_INITIALIZER};
	size_t i;
	int status;

	memset(account, 0, sizeof(*account));
	for (i = 0; i < n; i++)
		outcomes[i] = (struct model_outcome){.reason = "the run ended before"};
	status = journal_open(&run.journal, s->journal, e);
	if (status == 0)
		run_all(&run, n);
	journal_close(&run.journal);
	sum_up(account, outcomes, n);
	if (status == 0 && run.stopped) {
		if (e)
			*e = run.error;
		status = error_context(e, "while asking the model");
	}
	return status;
}
