/*
 * web.h - the parts of fakeweb, a FAKE web service for tests (see web.c).
 *
 *   web.c             options, listening, the table of routes
 *   web_connection.c  HTTP/1.1 on one connection, plain or TLS: requests in, answers and faults out
 *   web_log.c         one JSON line for each request, so that tests see what was sent
 *   web_model.c       an OpenAI-compatible chat endpoint whose answers come from a script
 *   web_statements.c  Databricks' Statement Execution API and tokens, from the same script
 *
 * Each connection has a thread; options do not change after start-up; what routes share they guard
 * themselves. A new service (a workspace, an object store) is a file and rows in the table of
 * web.c.
 */
#ifndef LAKEPORT_TESTS_WEB_H
#define LAKEPORT_TESTS_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <openssl/ssl.h>

#include "common/error.h"
#include "common/text.h"

#define WEB_HEAD_MAX ((size_t)64 << 10)
#define WEB_BODY_MAX ((size_t)32 << 20)

struct web_options {
	const char *log;    /* file for the lines of web_log.c, or NULL */
	const char *script; /* of the model, or NULL */
	const char *token;  /* that requests must bear, or NULL */
	SSL_CTX *tls;	    /* NULL: plain */
};
extern struct web_options web_options;

/* One request. All of it belongs to the connection, until the answer is sent. */
struct web_request {
	unsigned number; /* of all connections, from 1 */
	int active;	 /* requests being served now, this one included */
	char method[16], path[1024];
	const char *head; /* all header lines */
	const char *body; /* ends with NUL */
	size_t body_length;
	cJSON *json; /* the body parsed, or NULL */
};

/* The value of a header, into `out`, or false. */
bool web_header(const struct web_request *r, const char *name, char *out, size_t size);

enum web_fault {
	FAULT_NONE,
	FAULT_CLOSE, /* no answer at all */
	FAULT_CUT,   /* half of the body, then the end of the connection */
	FAULT_RESET, /* half of the body, then a TCP reset */
};

struct web_answer {
	int status;
	const char *type;   /* Content-Type */
	struct buf headers; /* more header lines, each with its end of line */
	struct buf body;
	int64_t delay_ms; /* before anything is sent */
	enum web_fault fault;
};

/* Fills an answer with JSON of one of the workspace's errors. */
void web_fail(struct web_answer *a, int status, const char *code, const char *message);

struct web_route {
	const char *method, *path; /* one '*' in a path stands for any text */
	void (*handle)(const struct web_request *r, struct web_answer *a);
};
void web_dispatch(const struct web_request *r, struct web_answer *a);

/* Serves requests until the connection ends, then closes it. */
void web_serve(int fd);

void web_log(const struct web_request *r, const struct web_answer *a);

int web_model_load(const char *path, struct error *e);
void web_model_answer(const struct web_request *r, struct web_answer *a);
/* The script's first rule with this member; with `of`, whose member's text is in `of`. */
cJSON *web_rule(const char *member, const char *of);

void web_statement_begin(const struct web_request *r, struct web_answer *a);
void web_statement_go_on(const struct web_request *r, struct web_answer *a);
void web_warehouse_answer(const struct web_request *r, struct web_answer *a);
void web_token_answer(const struct web_request *r, struct web_answer *a);
/* Whether a value of Authorization is the newest token, and still lives; true without such rule. */
bool web_token_lives(const char *authorization);

#endif
