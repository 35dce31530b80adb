/*
 * model.h - the statements that rules could not do, by a language model, each answer proven.
 *
 * A task is one statement with what is wrong with its conversion. The model is asked for that
 * statement alone; its answer must be the same kind of statement (model_guard.c) and pass the
 * caller's verify(); if not, it is asked again with the error, `rounds` times at most. What a model
 * says about its own answer counts for nothing, and nothing here executes SQL.
 *
 * Every answer is appended to the journal, synced, before it is looked at. A journal is also the
 * cache: it is keyed by a fingerprint of (normalised statement, model, versions of rules and
 * prompts) and the round, so a batch that was killed goes on where it was, and an answered
 * statement costs nothing a second time; its answers are proven again. Equal statements are asked
 * for once.
 *
 * Limits: tokens (budget), requests at a time, rounds, tries of a request, seconds of each. Without
 * a network nothing here is needed by anything else.
 */
#ifndef LAKEPORT_CONVERT_MODEL_H
#define LAKEPORT_CONVERT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/command.h"
#include "common/error.h"
#include "common/memory.h"
#include "common/record.h"
#include "convert/check.h"

#define MODEL_ROUNDS_MAX   3
#define MODEL_PARALLEL_MAX 64

/* How to reach and use the model. model_settings_read() fills it from options and environment. */
struct model_settings {
	const char *url;	   /* of chat completions */
	const char *token;	   /* bearer, or NULL */
	const char *model;	   /* its name in the request, or NULL: the URL says it */
	const char *journal;	   /* file, or NULL: nothing is kept */
	const char *rules_version; /* of the caller's rules; part of the fingerprint */
	unsigned rounds, parallel;
	int64_t budget;		      /* tokens of one model_batch(); 0: no limit */
	double timeout_s, price;      /* of a request; USD for a million tokens, 0: not known */
	double backoff_s, patience_s; /* first wait, and all tries of one request together */
	bool redact;		      /* literals are not sent: model_redact.h */
};

struct model_finding {
	const char *code, *message, *advice; /* advice may be NULL */
};

/* All strings outlive the batch. */
struct model_task {
	const char *id, *dialect;
	const char *kind;      /* of struct conversion: "query", ...; NULL: seen from the text */
	const char *sql;       /* of the source */
	const char *converted; /* what the rules made of it, or NULL */
	const char *error;     /* why that is not good, or NULL */
	size_t position;       /* of the error: byte of `converted` from 1; 0: not known */
	const char *schema;    /* the tables it uses, a line each, or NULL */
	const struct model_finding *findings;
	size_t finding_count;
	void *context; /* for verify() */
};

/* What the checks say of an answer. */
struct model_verdict {
	bool passed;
	size_t position; /* byte of the answer from 1; 0: not known */
	char sqlstate[6];
	char message[1024];
};

enum model_status {
	MODEL_NOT_ASKED, /* the batch ended before, or the budget did not allow it */
	MODEL_CONVERTED, /* an answer passed the checks: mark it `model`, never `rules` */
	MODEL_LEFT,	 /* no answer did, in all rounds */
	MODEL_FAILED,	 /* the endpoint refused this statement */
};
const char *model_status_word(enum model_status s); /* "not-asked" "model" "left" "failed" */

struct model_outcome {
	enum model_status status;
	const char *sql;    /* Postgres, when CONVERTED; else NULL */
	const char *reason; /* why not, one line; "" when CONVERTED */
	unsigned rounds;    /* answers looked at */
	unsigned cached;    /* of them from the journal */
	int64_t tokens;	    /* used for it now */
};

struct model_account {
	int64_t tokens, tokens_prompt, tokens_completion;
	int64_t requests, retries,
		cached; /* sent; repeated after a failure; answers not asked for */
	int64_t converted, left, failed, not_asked; /* tasks: their sum is all of them */
	bool budget_reached;
};

struct model_calls {
	/*
	 * Judges an answer: 0 with `out` filled, or -1 when it cannot be judged at all (the server
	 * is gone), which ends the batch. Never called twice at the same time, but by several
	 * threads. It must not execute the text outside a transaction that is rolled back.
	 */
	int (*verify)(void *context, const char *sql, struct model_verdict *out, struct error *e);
	/* Told when a task is finished, in no order; never twice at the same time. May be NULL. */
	void (*finished)(void *context, size_t index, const struct model_outcome *o);
	void *context; /* of finished() */
};

/*
 * Works on `n` tasks. Texts of `outcomes` (one for each task) belong to `a`. 0: done, each outcome
 * says how far. -1: the endpoint could not be reached or refuses everybody (CONNECT, REFUSED), the
 * journal cannot be used (CONFIG, INPUT, IO), verify() failed, or Ctrl-C; outcomes are true as far
 * as they go, and a journal lets the next call go on.
 */
int model_batch(const struct model_settings *s, const struct model_task *tasks, size_t n,
		const struct model_calls *calls, struct arena *a, struct model_outcome *outcomes,
		struct model_account *account, struct error *e);

/* ---- model_check.c: answers through the checks ---------------------------------------------- */

/* The context of a task whose answers are judged by model_prove(). */
struct model_proof {
	struct checker *checker;
	const struct golden *golden; /* or NULL */
	bool must_run;	 /* `runs` is asked for and possible: what it refuses to execute fails */
	unsigned passed; /* checks that the last answer passed: bits by enum check */
};
int model_prove(void *context, const char *sql, struct model_verdict *out, struct error *e);

/* Whether a task is a query: then only one query can be its answer. */
bool model_is_query(const struct model_task *t);

/* What the checker's server knows of the tables that a task names, a line each; NULL: nothing. */
const char *model_schema(struct arena *a, struct checker *c, const struct model_task *t);

/* ---- for commands --------------------------------------------------------------------------- */

/* Rows for the option table of a command. */
/* clang-format off */
#define MODEL_OPTIONS                                                                              \
	{0, "model", OPTION_TEXT, "ENDPOINT",                                                      \
	 "ask this language model: a URL, or the name of a Databricks serving endpoint",           \
	 NULL, 0, 0, NULL, "DATABRICKS_ENDPOINT"},                                                 \
	{0, "model-name", OPTION_TEXT, "NAME", "the model's name in requests",                     \
	 NULL, 0, 0, NULL, "MODEL_NAME"},                                                          \
	{0, "model-rounds", OPTION_INT, "N", "answers to try for one statement",                   \
	 "3", 1, MODEL_ROUNDS_MAX, NULL, NULL},                                                    \
	{0, "model-parallel", OPTION_INT, "N", "requests at the same time",                        \
	 "4", 1, MODEL_PARALLEL_MAX, NULL, NULL},                                                  \
	{0, "model-timeout", OPTION_SECONDS, "TIME", "limit of one request",                       \
	 "120", 0.1, 3600, NULL, NULL},                                                            \
	{0, "model-price", OPTION_NUMBER, "USD", "price of a million tokens, for the account",     \
	 NULL, 0, 0, NULL, NULL},                                                                  \
	{0, "budget", OPTION_INT, "TOKENS", "tokens to use at most; 0: no limit",                  \
	 "500000", 0, 0, NULL, NULL},                                                              \
	{0, "journal", OPTION_TEXT, "FILE",                                                        \
	 "keeps every answer, and gives it again (default: model.jsonl in --runs)",                \
	 NULL, 0, 0, NULL, NULL},                                                                  \
	{0, "redact", OPTION_FLAG, NULL,                                                           \
	 "send placeholders instead of literals, and no comments",                                 \
	 NULL, 0, 0, NULL, NULL}
/* clang-format on */

/*
 * Fills settings from the options above and the environment: DATABRICKS_HOST and DATABRICKS_TOKEN
 * (sent to that host, or to Databricks' own domains, alone), LAKEPORT_MODEL_TOKEN for any other.
 * 1: ready; 0: no model was asked for; -1: class USAGE or CONFIG. Texts belong to `inv`.
 */
int model_settings_read(struct invocation *inv, struct model_settings *s, struct error *e);

/* Puts the account into a record: metrics tokens, by_model, cost; the table "model". */
void model_record(struct record *r, const struct model_settings *s, const struct model_account *a);

#endif
