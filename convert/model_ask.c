/*
 * model_ask.c - one answer: from the journal, or by a request within the budget that is tried again
 * while that can help. See model_parts.h. What the endpoint turns out not to support is not asked
 * for again in this batch.
 */
#include "convert/model_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"

#define ANSWER_MAX	  ((size_t)8 << 20)
#define BYTES_PER_TOKEN	  3 /* fewer than models need for SQL, so that we guess too many */
#define TOKENS_MIN	  2048
#define TOKENS_MAX	  16384
#define ATTEMPTS_ANSWERED 20 /* of one request to somebody who says "later" */
#define ATTEMPTS_SILENT	  4  /* and to nobody */
#define GIVEN_UP_MAX	  3  /* statements in a row without an answer: it is not they */
#define ADAPTATIONS_MAX	  4

void model_stop(struct model_run *run, const struct error *e)
{
	pthread_mutex_lock(&run->lock);
	if (!run->stopped)
		run->error = *e;
	run->stopped = true;
	pthread_cond_broadcast(&run->settled);
	pthread_mutex_unlock(&run->lock);
}

static bool from_journal(struct model_worker *w, size_t index, unsigned round,
			 struct model_answer *out)
{
	struct model_run *run = w->run;
	const struct journal_entry *entry;

	pthread_mutex_lock(&run->lock);
	entry = journal_find(&run->journal, run->keys[index], round);
	if (entry) {
		*out = entry->answer;
		out->sql = arena_strdup(&w->arena, entry->answer.sql);
		out->notes = arena_strdup(&w->arena, entry->answer.notes);
		run->account->cached++;
		run->outcomes[index].cached++;
	}
	pthread_mutex_unlock(&run->lock);
	return entry != NULL;
}

/* ---- budget --------------------------------------------------------------------------------- */

/* Waits for requests under way when the rest of the budget may be enough after them. */
static enum ask_result reserve(struct model_run *run, int64_t tokens)
{
	int64_t budget = run->settings->budget;
	enum ask_result result = ASK_ANSWERED;

	pthread_mutex_lock(&run->lock);
	while (budget && !run->stopped && run->reserved > 0 &&
	       run->account->tokens + run->reserved + tokens > budget)
		pthread_cond_wait(&run->settled, &run->lock);
	if (run->stopped) {
		result = ASK_STOPPED;
	} else if (budget && run->account->tokens + run->reserved + tokens > budget) {
		run->account->budget_reached = true;
		result = ASK_BUDGET;
	} else {
		run->reserved += tokens;
	}
	pthread_mutex_unlock(&run->lock);
	return result;
}

/* Gives a reservation back and counts what was really used. */
static void settle(struct model_run *run, int64_t reserved, size_t index,
		   const struct model_answer *answer)
{
	pthread_mutex_lock(&run->lock);
	run->reserved -= reserved;
	if (answer) {
		run->account->tokens += answer->tokens;
		run->account->tokens_prompt += answer->tokens_prompt;
		run->account->tokens_completion += answer->tokens_completion;
		run->outcomes[index].tokens += answer->tokens;
	}
	pthread_cond_broadcast(&run->settled);
	pthread_mutex_unlock(&run->lock);
}

/* ---- sending -------------------------------------------------------------------------------- */

/* Nobody sends before the time that a 429 or 503 told one of us. */
static int wait_turn(struct model_worker *w, struct error *e)
{
	struct model_run *run = w->run;
	uint64_t now, until;

	for (;;) {
		pthread_mutex_lock(&run->lock);
		until = run->not_before;
		pthread_mutex_unlock(&run->lock);
		now = clock_now();
		if (until <= now)
			return 0;
		if (http_wait((double)(until - now) / (double)CLOCK_SECOND, e) < 0)
			return -1;
	}
}

static void hold_all(struct model_run *run, double seconds)
{
	uint64_t until = clock_now() + (uint64_t)(seconds * (double)CLOCK_SECOND);

	pthread_mutex_lock(&run->lock);
	if (until > run->not_before)
		run->not_before = until;
	pthread_mutex_unlock(&run->lock);
}

static void count(struct model_run *run, int64_t *counter)
{
	pthread_mutex_lock(&run->lock);
	(*counter)++;
	pthread_mutex_unlock(&run->lock);
}

static int send_once(struct model_worker *w, const char *body, struct http_answer *a,
		     struct error *e)
{
	static const char *const headers[] = {"Content-Type: application/json",
					      "Accept: application/json", NULL};
	const struct model_settings *s = w->run->settings;
	struct http_request r = {.method = "POST",
				 .url = s->url,
				 .headers = headers,
				 .bearer = s->token,
				 .body = body,
				 .body_length = strlen(body),
				 .timeout_s = s->timeout_s,
				 .answer_max = ANSWER_MAX};

	if (wait_turn(w, e) < 0)
		return -1;
	count(w->run, &w->run->account->requests);
	if (http_send(w->http, &r, a, e) < 0)
		return -1;
	return http_check(&r, a, e);
}

/* Whether everybody's requests will fail as this one did, whatever they say. */
static bool hopeless(const struct error *e)
{
	return e->class == ERROR_INTERRUPTED || e->class == ERROR_CONFIG ||
	       (e->class == ERROR_CONNECT && !e->retryable) || e->http_status == 401 ||
	       e->http_status == 403 || e->http_status == 404;
}

/* An answer came for somebody, or none for a statement in all its tries. */
static void note_answer(struct model_run *run, bool answered)
{
	pthread_mutex_lock(&run->lock);
	run->answered |= answered;
	run->given_up = answered ? 0 : run->given_up + 1;
	pthread_mutex_unlock(&run->lock);
}

/* What it means that a request failed for good. */
static enum ask_result failed(struct model_worker *w, const struct error *e)
{
	struct model_run *run = w->run;
	bool stop;

	if (!hopeless(e) && !e->retryable)
		return ASK_FAILED;
	if (!hopeless(e))
		note_answer(run, false);
	pthread_mutex_lock(&run->lock);
	stop = hopeless(e) || !run->answered || run->given_up >= GIVEN_UP_MAX;
	pthread_mutex_unlock(&run->lock);
	if (!stop)
		return ASK_GIVEN_UP;
	model_stop(run, e);
	return ASK_STOPPED;
}

/* Sends until there is an answer, or another try does not help. */
static enum ask_result send_request(struct model_worker *w, const char *body, struct http_answer *a,
				    struct error *e)
{
	const struct model_settings *s = w->run->settings;
	struct http_backoff b = {.base_s = s->backoff_s, .random = w->random};
	double wait;

	random_next(&w->random);
	b.deadline = clock_now() + (uint64_t)(s->patience_s * (double)CLOCK_SECOND);
	while (send_once(w, body, a, e) < 0) {
		b.attempts_max = e->http_status ? ATTEMPTS_ANSWERED : ATTEMPTS_SILENT;
		if (!e->retryable || (wait = http_backoff_next(&b, a->retry_after_s)) < 0)
			return failed(w, e);
		log_debug("%s: trying again in %.1f s", e->text, wait);
		count(w->run, &w->run->account->retries);
		if (e->http_status)
			hold_all(w->run, wait);
		else if (http_wait(wait, e) < 0)
			return failed(w, e);
	}
	note_answer(w->run, true);
	return ASK_ANSWERED;
}

/* ---- what the endpoint does not support ----------------------------------------------------- */

/* The last number in a text; 0: none. */
static int last_number(const char *text)
{
	int64_t n = 0;
	const char *p;

	for (p = text; *p; p++)
		if (isdigit((unsigned char)*p) && (p == text || !isdigit((unsigned char)p[-1]))) {
			char digits[16];

			snprintf(digits, sizeof(digits), "%.*s", (int)strspn(p, "0123456789"), p);
			if (!text_to_int(digits, &n))
				n = 0;
		}
	return n > 0 && n <= TOKENS_MAX ? (int)n : 0;
}

static bool speaks_of_schema(const char *text)
{
	static const char *const words[] = {"response_format", "schema", "structured", "guided"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasestr(text, words[i]))
			return true;
	return false;
}

/* Learns from a refusal. True: the request looks different now and is worth another try. */
static bool adapt(struct model_run *run, const struct model_body *b, const struct error *e)
{
	int limit = last_number(e->text);
	bool learned = true;

	if (e->http_status != 400 && e->http_status != 422)
		return false;
	pthread_mutex_lock(&run->lock);
	if (b->schema && speaks_of_schema(e->text))
		run->no_schema = true;
	else if (!b->new_name && strstr(e->text, "max_completion_tokens"))
		run->new_name = true;
	else if (b->temperature && strstr(e->text, "temperature"))
		run->no_temperature = true;
	else if ((strstr(e->text, "max_tokens") || strstr(e->text, "max_output_tokens")) &&
		 limit >= 16 && limit < b->max_tokens)
		run->max_tokens_limit = limit;
	else
		learned = false;
	pthread_mutex_unlock(&run->lock);
	return learned;
}

static struct model_body body_settings(struct model_run *run, const struct model_question *q)
{
	struct model_body b = {.model = run->settings->model};
	size_t tokens = TOKENS_MIN + strlen(q->sql) / 2;

	tokens <<= q->truncated;
	b.max_tokens = tokens < TOKENS_MAX ? (int)tokens : TOKENS_MAX;
	pthread_mutex_lock(&run->lock);
	b.schema = !run->no_schema;
	b.temperature = !run->no_temperature;
	b.new_name = run->new_name;
	if (run->max_tokens_limit && b.max_tokens > run->max_tokens_limit)
		b.max_tokens = run->max_tokens_limit;
	pthread_mutex_unlock(&run->lock);
	return b;
}

/* ---- asking --------------------------------------------------------------------------------- */

/* A reply that does not tell its tokens is counted by its length. */
static void guess_usage(struct model_answer *out, size_t sent, size_t received)
{
	if (out->usage)
		return;
	out->tokens_prompt = (int64_t)(sent / BYTES_PER_TOKEN);
	out->tokens_completion = (int64_t)(received / BYTES_PER_TOKEN);
	out->tokens = out->tokens_prompt + out->tokens_completion;
}

/* One request within the budget. */
static enum ask_result request(struct model_worker *w, const struct model_question *q,
			       const struct model_body *b, size_t index, struct model_answer *out,
			       struct error *e)
{
	struct http_answer a = {0};
	char *body = model_request_body(q, b);
	int64_t tokens = (int64_t)(strlen(body) / BYTES_PER_TOKEN) + b->max_tokens;
	enum ask_result result = reserve(w->run, tokens);

	if (result == ASK_ANSWERED) {
		result = send_request(w, body, &a, e);
		if (result == ASK_ANSWERED) {
			model_answer_read(&w->arena, buf_text(&a.body), a.body.len, out);
			guess_usage(out, strlen(body), a.body.len);
		}
		settle(w->run, tokens, index, result == ASK_ANSWERED ? out : NULL);
	}
	http_answer_release(&a);
	free(body);
	return result;
}

static enum ask_result keep(struct model_worker *w, size_t index, unsigned round,
			    const struct model_answer *answer)
{
	struct journal_entry entry = {.round = round, .answer = *answer};
	struct model_run *run = w->run;
	struct error e = ERROR_INIT;
	int status;

	memcpy(entry.key, run->keys[index], MODEL_KEY);
	pthread_mutex_lock(&run->lock);
	status = journal_append(&run->journal, run->tasks[index].id, &entry, &e);
	pthread_mutex_unlock(&run->lock);
	if (status == 0)
		return ASK_ANSWERED;
	model_stop(run, &e);
	return ASK_STOPPED;
}

enum ask_result model_ask(struct model_worker *w, const struct model_question *q, size_t index,
			  unsigned round, struct model_answer *out, struct error *e)
{
	enum ask_result result;
	struct model_body b;
	int adapted = 0;

	if (from_journal(w, index, round, out))
		return ASK_ANSWERED;
	do {
		b = body_settings(w->run, q);
		result = request(w, q, &b, index, out, e);
	} while (result == ASK_FAILED && adapted++ < ADAPTATIONS_MAX && adapt(w->run, &b, e));
	/* A reply that is no completion says nothing about the statement: it is not kept. */
	if (result == ASK_ANSWERED && out->problem != ANSWER_BROKEN)
		result = keep(w, index, round, out);
	return result;
}
