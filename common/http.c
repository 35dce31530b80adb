/*
 * http.c - see http.h. libcurl's multi interface with one transfer: its poll returns ten times a
 * second, so that Ctrl-C is seen and the limits hold whatever the other side does.
 */
#include "common/http.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/log.h"

#define CONNECT_TIMEOUT_S 10
#define TIMEOUT_S	  60
#define POLL_MS		  100

struct http {
	CURL *easy;
	CURLM *multi;
	char reason[CURL_ERROR_SIZE];
	char agent[128];
};

/* What the callbacks of one transfer need. */
struct transfer {
	struct http_answer *answer;
	size_t body_max, header_bytes;
	bool too_large;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void global_init(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct http *http_new(void)
{
	struct http *h = xcalloc(1, sizeof(*h));

	pthread_once(&once, global_init);
	h->easy = curl_easy_init();
	h->multi = curl_multi_init();
	assert(h->easy && h->multi); /* they fail only without memory */
	snprintf(h->agent, sizeof(h->agent), "lakeport/%s libcurl/%s os/linux", LAKEPORT_VERSION,
		 curl_version_info(CURLVERSION_NOW)->version);
	return h;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	curl_multi_cleanup(h->multi);
	curl_easy_cleanup(h->easy);
	free(h);
}

void http_answer_release(struct http_answer *a)
{
	buf_release(&a->body);
	free(a->headers);
	arena_release(&a->arena);
	memset(a, 0, sizeof(*a));
	a->retry_after_s = -1;
}

const char *http_header(const struct http_answer *a, const char *name)
{
	size_t i;

	for (i = 0; i < a->header_count; i++)
		if (strcasecmp(a->headers[i].name, name) == 0)
			return a->headers[i].value;
	return NULL;
}

static size_t on_body(char *data, size_t size, size_t n, void *context)
{
	struct transfer *t = context;

	n *= size;
	if (n > t->body_max - t->answer->body.len) {
		t->too_large = true;
		return 0;
	}
	buf_add(&t->answer->body, data, n);
	return n;
}

/* One header line. A status line begins a new block: what came with a "100 Continue" is dropped. */
static size_t on_header(char *data, size_t size, size_t n, void *context)
{
	struct transfer *t = context;
	struct http_answer *a = t->answer;
	const char *colon, *end;

	n *= size;
	t->header_bytes += n;
	if (t->header_bytes > HTTP_HEADERS_MAX) {
		t->too_large = true;
		return 0;
	}
	if (n > 5 && memcmp(data, "HTTP/", 5) == 0)
		a->header_count = 0;
	colon = memchr(data, ':', n);
	if (!colon)
		return n;
	for (end = data + n; end > colon + 1 && strchr(" \t\r\n", end[-1]);)
		end--;
	a->headers = xgrow(a->headers, a->header_count, &a->header_capacity, sizeof(*a->headers));
	a->headers[a->header_count].name = arena_strndup(&a->arena, data, (size_t)(colon - data));
	for (colon++; colon < end && (*colon == ' ' || *colon == '\t');)
		colon++;
	a->headers[a->header_count++].value =
		arena_strndup(&a->arena, colon, (size_t)(end - colon));
	return n;
}

/* A URL for messages: without user, password, query and fragment. Arena-free: into `out`. */
static const char *shown_url(const char *url, char *out, size_t size)
{
	const char *rest = strstr(url, "://"), *at = NULL, *p;
	size_t scheme;

	rest = rest ? rest + 3 : url;
	scheme = (size_t)(rest - url);
	for (p = rest; *p && !strchr("/?#", *p); p++)
		if (*p == '@')
			at = p;
	if (at)
		rest = at + 1;
	snprintf(out, size, "%.*s%.*s", (int)scheme, url, (int)strcspn(rest, "?#"), rest);
	return out;
}

static void mask(char *text, size_t size, const char *secret)
{
	size_t n = secret ? strlen(secret) : 0;
	struct buf b = {0};
	char *p, *from = text;

	if (n == 0)
		return;
	while ((p = strstr(from, secret))) {
		buf_add(&b, from, (size_t)(p - from));
		buf_puts(&b, "***");
		from = p + n;
	}
	if (from != text) {
		buf_puts(&b, from);
		snprintf(text, size, "%s", buf_text(&b));
	}
	buf_release(&b);
}

static int mask_error(const struct http_request *r, struct error *e)
{
	struct buf b = {0};

	if (!e)
		return -1;
	mask(e->text, sizeof(e->text), r->bearer);
	mask(e->text, sizeof(e->text), r->basic);
	log_mask(&b, e->text);
	snprintf(e->text, sizeof(e->text), "%s", buf_text(&b));
	buf_release(&b);
	return -1;
}

static struct curl_slist *header_list(const struct http_request *r)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	size_t i;

	if (r->bearer) {
		char *line = xasprintf("Authorization: Bearer %s", r->bearer);

		list = curl_slist_append(list, line);
		free(line);
	}
	for (i = 0; r->headers && r->headers[i]; i++)
		list = curl_slist_append(list, r->headers[i]);
	return list;
}

static const char *certificates(void)
{
	static const char *const names[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (getenv(names[i]) && *getenv(names[i]))
			return getenv(names[i]);
	return NULL;
}

static long milliseconds(double seconds, double fallback)
{
	return (long)((seconds > 0 ? seconds : fallback) * 1000);
}

static void set_options(struct http *h, const struct http_request *r, struct transfer *t,
			struct curl_slist *headers)
{
	CURL *c = h->easy;

	curl_easy_reset(c); /* keeps the connections */
	curl_easy_setopt(c, CURLOPT_URL, r->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
			 milliseconds(r->connect_timeout_s, CONNECT_TIMEOUT_S));
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, milliseconds(r->timeout_s, TIMEOUT_S));
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->reason);
	curl_easy_setopt(c, CURLOPT_USERAGENT, h->agent);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	if (certificates())
		curl_easy_setopt(c, CURLOPT_CAINFO, certificates());
	if (r->basic) {
		curl_easy_setopt(c, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl_easy_setopt(c, CURLOPT_USERPWD, r->basic);
	}
	if (r->body) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_length);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body);
	}
	if (r->method && strcmp(r->method, r->body ? "POST" : "GET") != 0)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
}

/* Runs the transfer to its end, whatever that is. False: interrupted before. */
static bool perform(struct http *h, bool farewell, CURLcode *result)
{
	struct CURLMsg *message;
	int running = 1, left;
	bool interrupted;

	*result = CURLE_FAILED_INIT;
	curl_multi_add_handle(h->multi, h->easy);
	while (!(interrupted = interrupt_count() > (farewell ? 1 : 0))) {
		if (curl_multi_perform(h->multi, &running) != CURLM_OK || !running)
			break;
		curl_multi_poll(h->multi, NULL, 0, POLL_MS, NULL);
	}
	while ((message = curl_multi_info_read(h->multi, &left)))
		if (message->msg == CURLMSG_DONE)
			*result = message->data.result;
	curl_multi_remove_handle(h->multi, h->easy);
	return !interrupted || !running;
}

static int fail_transport(struct http *h, const struct http_request *r, CURLcode code,
			  struct error *e)
{
	const char *reason = h->reason[0] ? h->reason : curl_easy_strerror(code);
	char url[512];

	shown_url(r->url, url, sizeof(url));
	switch (code) {
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		error_set(e, ERROR_CONFIG, "'%s' is not a URL of http or https", url);
		return mask_error(r, e);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		error_set(e, ERROR_CONNECT, "cannot trust '%s': %s", url, reason);
		error_hint(e, "name the file with its authority's certificate in CURL_CA_BUNDLE");
		return mask_error(r, e);
	default:
		error_set(e, ERROR_CONNECT, "no answer from '%s': %s", url, reason);
		if (e)
			e->retryable = true;
		return mask_error(r, e);
	}
}

int http_send(struct http *h, const struct http_request *r, struct http_answer *a, struct error *e)
{
	struct transfer t = {.answer = a,
			     .body_max = r->answer_max ? r->answer_max : HTTP_ANSWER_MAX};
	struct curl_slist *headers = header_list(r);
	const char *after;
	CURLcode code;
	bool finished;
	long status = 0;
	char url[512];

	http_answer_release(a);
	h->reason[0] = '\0';
	set_options(h, r, &t, headers);
	finished = perform(h, r->farewell, &code);
	curl_slist_free_all(headers);
	shown_url(r->url, url, sizeof(url));
	if (!finished)
		return error_set(e, ERROR_INTERRUPTED, "interrupted while waiting for '%s'", url);
	if (t.too_large)
		return error_set(e, ERROR_IO, "the answer of '%s' is larger than %zu bytes", url,
				 t.body_max);
	if (code != CURLE_OK)
		return fail_transport(h, r, code, e);
	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	a->status = (int)status;
	after = http_header(a, "Retry-After");
	a->retry_after_s = after ? http_retry_after(after, clock_wall()) : -1;
	return 0;
}

static const char *hint_of(int status)
{
	switch (status) {
	case 401:
	case 403:
		return "check the token, and what it may do there";
	case 404:
		return "check the address and the name of the endpoint";
	case 429:
		return "the limit of this endpoint is used up: try later, or with less at a time";
	default:
		return NULL;
	}
}

int http_check(const struct http_request *r, const struct http_answer *a, struct error *e)
{
	struct http_failure said;
	const char *hint = hint_of(a->status);
	char url[512];

	if (a->status >= 200 && a->status <= 299)
		return 0;
	http_failure_read(buf_text(&a->body), a->body.len, &said);
	error_set(e, ERROR_REFUSED, "'%s' answered %d%s%s%s%s", shown_url(r->url, url, sizeof(url)),
		  a->status, said.code[0] ? " " : "", said.code, said.message[0] ? ": " : "",
		  said.message);
	if (hint)
		error_hint(e, "%s", hint);
	if (e) {
		e->http_status = a->status;
		e->retryable = a->status == 429 || (a->status >= 502 && a->status <= 504);
	}
	return mask_error(r, e);
}
