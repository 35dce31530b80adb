/*
 * model_parts.h - what the files of the model path share; model.h is their face.
 *
 *   model.c          the batch: threads, rounds, budget
 *   model_ask.c      one answer: from the journal, or by a request that is tried again
 *   model_prompts.c  every word that is said to a model
 *   model_request.c  the request's JSON
 *   model_answer.c   the reply, in every shape that models give it
 *   model_guard.c    an answer is the kind of statement that was asked for
 *   model_redact.c   literals out, literals in
 *   scan.h           SQL cut into words, literals and comments
 *   model_journal.c  answers on disk
 *   model_check.c    answers through the checks; what is known of tables
 *   model_options.c  options, environment, record
 */
#ifndef LAKEPORT_CONVERT_MODEL_PARTS_H
#define LAKEPORT_CONVERT_MODEL_PARTS_H

#include <pthread.h>
#include <stdio.h>

#include "common/http.h"
#include "common/text.h"
#include "convert/model.h"
#include "convert/scan.h"

/* ---- model_redact.c: pure ------------------------------------------------------------------- */

/*
 * Strings become 'LKP_S1', 'LKP_S2', ...; whole numbers 987650001, ..., others 987650002.5; equal
 * literals the same one. 0 and 1, lengths of types, and strings that are words of SQL itself (date
 * parts and patterns) stay. Comments go.
 */
struct redaction;
struct redaction *redaction_new(void);
void redaction_free(struct redaction *r);

/* More literals than there are placeholders: nothing of it may be sent. */
bool redaction_full(const struct redaction *r);

/* Appends `sql` with placeholders. Those of a `required` text must come back. */
void redact(struct redaction *r, const struct scan_style *style, const char *sql, bool required,
	    struct buf *out);

/* An error's text: literals by their placeholders, quoted texts that `sent` does not have as ***.
 */
void redact_error(const struct redaction *r, const char *sent, const char *text, struct buf *out);

/*
 * Appends an answer with the literals put back. -1: class INPUT, one line: a placeholder is
 * missing, is not known, or stands where its literal cannot.
 */
int redact_restore(const struct redaction *r, const char *answer, struct buf *out, struct error *e);

/* ---- model_prompts.c ------------------------------------------------------------------------ */

enum answer_problem {
	ANSWER_OK,
	ANSWER_EMPTY,
	ANSWER_TRUNCATED,
	ANSWER_REFUSED, /* by the model, or a filter before it */
	ANSWER_NO_SQL,
	ANSWER_BROKEN, /* the reply is no chat completion */
};

#define MODEL_PROMPTS_VERSION "1"
extern const char model_prompt_system[], model_prompt_redacted[], model_prompt_schema[];
const char *model_prompt_dialect(const char *dialect); /* "" when there is nothing to say */
const char *model_prompt_problem(enum answer_problem p);

/* ---- model_request.c: pure ------------------------------------------------------------------ */

/* What one question says; all texts as they are sent. */
struct model_question {
	const struct model_task *task;
	const char *sql, *converted, *schema; /* of the task; redacted if so wanted */
	const char *attempt;		      /* the text that failed, or NULL */
	const char *error;		      /* why, or NULL */
	size_t position;		      /* in `attempt`, from 1 */
	bool redacted;
	unsigned truncated; /* answers to it that were cut: the next may be longer */
};
struct model_body {
	const char *model;
	int max_tokens;
	bool schema, temperature; /* whether to send response_format, temperature */
	bool new_name;		  /* max_completion_tokens instead of max_tokens */
};
void model_user_text(const struct model_question *q, struct buf *out);
char *model_request_body(const struct model_question *q, const struct model_body *b); /* free() */

/* ---- model_answer.c: pure ------------------------------------------------------------------- */

struct model_answer {
	enum answer_problem problem;
	const char *sql, *notes; /* "" when there is none; of the arena */
	int64_t tokens, tokens_prompt, tokens_completion;
	bool usage; /* the reply told the tokens */
};
void model_answer_read(struct arena *a, const char *body, size_t n, struct model_answer *out);
const char *answer_problem_word(enum answer_problem p);

/* ---- model_guard.c: pure -------------------------------------------------------------------- */

/* Whether the text parses and is a statement of the task's kind; `out` says why not. */
bool model_guard(const struct model_task *task, const char *sql, struct model_verdict *out);

/* ---- model_check.c -------------------------------------------------------------------------- */

/*
 * Adds to `n` names those behind FROM, JOIN and the like that are not among them, as Postgres
 * writes them; some are no tables. Returns how many there are then, at most `limit`.
 */
size_t model_tables(struct arena *a, const char *dialect, const char *sql, const char **names,
		    size_t n, size_t limit);

/* ---- model_journal.c ------------------------------------------------------------------------ */

#define MODEL_KEY 65 /* SHA-256 as hexadecimal text */

struct journal_entry {
	char key[MODEL_KEY];
	unsigned round;
	struct model_answer answer;
};

struct journal {
	const char *path;
	int fd; /* -1: none */
	struct arena arena;
	struct journal_entry *entries; /* sorted by key and round, after reading */
	size_t count, capacity, sorted, bad_lines;
};

/* The key of a task's statement as it is sent. */
void model_fingerprint(const struct model_settings *s, const struct model_task *t, const char *sent,
		       char key[MODEL_KEY]);

/* Reads what is there and opens for appending. Class CONFIG (in use), INPUT, IO. */
int journal_open(struct journal *j, const char *path, struct error *e);
void journal_close(struct journal *j);

/* Reads lines of a journal; those that are not ours, and a cut last one, are counted as bad. */
void journal_read(struct journal *j, const char *text, size_t n);
/* What was appended can be found after this. */
void journal_sort(struct journal *j);
const struct journal_entry *journal_find(const struct journal *j, const char *key, unsigned round);

/* Appends an answer and syncs it. Class IO. */
int journal_append(struct journal *j, const char *id, const struct journal_entry *entry,
		   struct error *e);

/* ---- model.c and model_ask.c ---------------------------------------------------------------- */

struct model_run {
	const struct model_settings *settings;
	const struct model_task *tasks;
	const struct model_calls *calls;
	struct arena *arena;
	struct model_outcome *outcomes;
	struct model_account *account;
	struct journal journal;
	char (*keys)[MODEL_KEY];

	const size_t *order; /* of the tasks of this pass */
	size_t order_count, next;

	pthread_mutex_t lock; /* of all above and below */
	pthread_cond_t settled;
	pthread_mutex_t judge;			  /* one verify() at a time */
	int64_t reserved;			  /* tokens of requests under way */
	uint64_t not_before;			  /* clock_now() before which nobody sends */
	bool no_schema, no_temperature, new_name; /* what the endpoint made us learn */
	int max_tokens_limit;			  /* 0: not known */
	bool answered;				  /* somebody was, in this batch */
	unsigned given_up; /* statements in a row that the endpoint gave no answer to */
	bool stopped;
	struct error error; /* why, when class is set */
};

enum ask_result {
	ASK_ANSWERED,
	ASK_BUDGET,
	ASK_FAILED,   /* this statement was refused */
	ASK_GIVEN_UP, /* every try of this statement failed, others' did not */
	ASK_STOPPED,  /* the batch is at its end */
};

/* One thread's work on one task. */
struct model_worker {
	struct model_run *run;
	struct http *http;
	struct random random;
	struct arena arena; /* of the task */
};

/* The answer of one round. FAILED: `e` says why this statement cannot be asked; STOPPED: all end.
 */
enum ask_result model_ask(struct model_worker *w, const struct model_question *q, size_t index,
			  unsigned round, struct model_answer *out, struct error *e);

/* Ends the batch with this error; the first one counts. */
void model_stop(struct model_run *run, const struct error *e);

#endif
