/*
 * http.h - HTTP for everything that is not timed: one request, one answer, every wait with a limit.
 *
 * http.c is the only file that knows libcurl. A `struct http` belongs to one thread and keeps its
 * connections open between requests; nothing else is shared, and no signals are used. TLS is always
 * verified, against the system's certificates or the file that CURL_CA_BUNDLE or SSL_CERT_FILE
 * names. The proxy variables (https_proxy, http_proxy, no_proxy, ...) are honoured. Redirects are
 * not followed: they would carry the token to somebody else. Ctrl-C ends every wait here.
 *
 * No error text holds a secret: of URLs only scheme, host and path are shown, and the token of the
 * request is masked wherever an answer repeats it.
 */
#ifndef LAKEPORT_COMMON_HTTP_H
#define LAKEPORT_COMMON_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/random.h"
#include "common/text.h"

#define HTTP_ANSWER_MAX	 ((size_t)16 << 20)
#define HTTP_HEADERS_MAX ((size_t)64 << 10)

struct http; /* a client of one thread */

/* What is 0 or NULL has its default. All strings outlive the call. */
struct http_request {
	const char *method;	    /* "GET" */
	const char *url;	    /* http:// or https:// */
	const char *const *headers; /* "Name: value" ..., ends with NULL */
	const char *bearer;	    /* a token: sent as Authorization, never shown */
	const char *basic;	    /* "user:password": likewise */
	const char *body;
	size_t body_length;
	double connect_timeout_s; /* 10 */
	double timeout_s;	  /* of the whole exchange: 60 */
	size_t answer_max;	  /* bytes of the body: HTTP_ANSWER_MAX */
	bool farewell;		  /* goes out after Ctrl-C, too: it stops what runs elsewhere */
};

struct http_header {
	const char *name, *value;
};

/* An empty answer is {0}. It owns its parts; http_answer_release() frees them. */
struct http_answer {
	int status;
	struct buf body;
	struct http_header *headers;
	size_t header_count, header_capacity;
	double retry_after_s; /* of Retry-After, from now; -1: there was none, or nonsense */
	struct arena arena;
};

struct http *http_new(void);
void http_free(struct http *h); /* accepts NULL */

/*
 * Sends a request and waits for the whole answer. 0: there is one, whatever its status. -1: there
 * is none: class CONNECT (retryable when another try may help), CONFIG (the URL), IO (the answer is
 * larger than it may be), INTERRUPTED. `a` is emptied first, and must be released in every case.
 */
int http_send(struct http *h, const struct http_request *r, struct http_answer *a, struct error *e);
void http_answer_release(struct http_answer *a);

/* The value of a header by its name without case, or NULL. */
const char *http_header(const struct http_answer *a, const char *name);

/*
 * 0 for a status from 200 to 299. Else -1, class REFUSED with http_status and what the other side
 * said; retryable for 429, 502, 503 and 504.
 */
int http_check(const struct http_request *r, const struct http_answer *a, struct error *e);

/* ---- http_retry.c: pure but for the waiting ------------------------------------------------- */

/*
 * How long to wait before the next try: twice as long each time, from base_s to cap_s, half of it
 * by chance; a Retry-After is kept to and gets up to a quarter (1 s at most) on top. 0: default.
 */
struct http_backoff {
	double base_s, cap_s;  /* 0.5, 30 */
	unsigned attempts_max; /* 6 */
	uint64_t deadline;     /* of clock_now(); 0: none */
	unsigned attempts;     /* that failed so far; counted by http_backoff_next() */
	struct random random;  /* seed it */
};

/* After a failed try: seconds to wait, or -1: give up (attempts used up, or past the deadline). */
double http_backoff_next(struct http_backoff *b, double retry_after_s);

/* Waits. -1 with class INTERRUPTED when Ctrl-C ends it. */
int http_wait(double seconds, struct error *e);

/* Retry-After: whole seconds or an HTTP date; `now` is the wall clock in ns. -1: neither. */
double http_retry_after(const char *value, uint64_t now);

/* ---- http_failure.c: pure ------------------------------------------------------------------- */

/* What an error's body says: JSON of several shapes, "CODE: text", HTML, or plain text. */
struct http_failure {
	char code[64];	   /* "" when there is none */
	char message[512]; /* one line; "" when the body says nothing */
};
void http_failure_read(const char *body, size_t n, struct http_failure *out);

#endif
