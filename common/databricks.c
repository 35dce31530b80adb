/* databricks.c - see databricks.h. Shapes and rules as of 2026-11: the SDKs' own retry policy. */
#include "common/databricks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cjson/cJSON.h>

#include "common/clock.h"
#include "common/log.h"

#define BUDGET	 (300 * CLOCK_SECOND)
#define EARLY	 (60 * CLOCK_SECOND) /* a token is fetched again so long before it expires */
#define ATTEMPTS 8

struct databricks {
	struct http *http;
	char *url, *basic; /* basic: "id:secret", or NULL */
	char *token;
	uint64_t expires; /* of clock_now(); 0: never */
};

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static bool is_loopback(const char *url)
{
	static const char *const starts[] = {"http://127.0.0.1", "http://localhost",
					     "http://[::1]"};
	size_t i, n;

	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		n = strlen(starts[i]);
		if (strncasecmp(url, starts[i], n) == 0 && strchr(":/", url[n]))
			return true; /* strchr() finds the end, too */
	}
	return false;
}

/* Forgets a secret before its memory goes. */
static void wipe(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

/* The host of a URL or a name, with its port. */
static struct str host_of(const char *url)
{
	const char *p = strstr(url, "://");

	p = p ? p + 3 : url;
	return (struct str){p, strcspn(p, "/?#")};
}

/* The token is for the workspace of the environment, or of a domain that is Databricks' own. */
static bool is_trusted(const char *url)
{
	static const char *const domains[] = {".databricks.com", ".azuredatabricks.net"};
	const char *named = environment("DATABRICKS_HOST");
	struct str h = host_of(url), own = host_of(named ? named : "");
	size_t i;

	if (own.len && own.len == h.len && strncasecmp(own.p, h.p, h.len) == 0)
		return true;
	for (i = 0; i < sizeof(domains) / sizeof(domains[0]); i++) {
		size_t n = strlen(domains[i]);

		if (h.len > n && strncasecmp(h.p + h.len - n, domains[i], n) == 0)
			return true;
	}
	return false;
}

static int find_host(struct databricks *d, const char *host, struct error *e)
{
	size_t n;

	if (!host || !*host)
		host = environment("DATABRICKS_HOST");
	if (!host) {
		error_set(e, ERROR_CONFIG, "the workspace of Databricks is not known");
		return error_hint(e, "set DATABRICKS_HOST, or name it in the URL");
	}
	d->url = xasprintf("%s%s", strstr(host, "://") ? "" : "https://", host);
	for (n = strlen(d->url); n > 0 && d->url[n - 1] == '/'; n--)
		d->url[n - 1] = '\0';
	if (!is_trusted(d->url)) {
		error_set(e, ERROR_CONFIG, "'%s' is no workspace that the token is for", d->url);
		return error_hint(e, "set DATABRICKS_HOST to it, beside its token");
	}
	if (strncasecmp(d->url, "https://", 8) != 0 && !is_loopback(d->url)) {
		error_set(e, ERROR_CONFIG, "the token would travel in the clear to '%s'", d->url);
		return error_hint(e, "give a host, or a URL that begins with https://");
	}
	return 0;
}

static int find_account(struct databricks *d, struct error *e)
{
	const char *id = environment("DATABRICKS_CLIENT_ID");
	const char *secret = environment("DATABRICKS_CLIENT_SECRET");

	if (environment("DATABRICKS_TOKEN")) {
		d->token = xstrdup(environment("DATABRICKS_TOKEN"));
		return 0;
	}
	if (id && secret) {
		d->basic = xasprintf("%s:%s", id, secret);
		return 0;
	}
	error_set(e, ERROR_CONFIG, "there is no token for '%s'", d->url);
	return error_hint(e, "set DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and "
			     "DATABRICKS_CLIENT_SECRET");
}

struct databricks *databricks_new(const char *host, struct error *e)
{
	struct databricks *d = xcalloc(1, sizeof(*d));

	d->http = http_new();
	if (find_host(d, host, e) < 0 || find_account(d, e) < 0) {
		databricks_free(d);
		return NULL;
	}
	return d;
}

void databricks_free(struct databricks *d)
{
	if (!d)
		return;
	http_free(d->http);
	wipe(d->basic);
	wipe(d->token);
	free(d->url);
	free(d);
}

const char *databricks_url(const struct databricks *d)
{
	return d->url;
}

/* ---- tokens ---- */

/* {"access_token": "...", "expires_in": 3600}; the number may be a text. */
static int take_token(struct databricks *d, const struct http_answer *a, struct error *e)
{
	cJSON *root = cJSON_ParseWithLength(buf_text(&a->body), a->body.len);
	const cJSON *life = cJSON_GetObjectItemCaseSensitive(root, "expires_in");
	const char *token =
		cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "access_token"));
	double seconds = cJSON_IsNumber(life) ? life->valuedouble : 3600;
	int status = 0;

	if (cJSON_IsString(life) && !text_to_double(life->valuestring, &seconds))
		seconds = 3600;
	if (!token || !*token) {
		status = error_set(e, ERROR_REFUSED, "'%s' gave no token", d->url);
	} else {
		wipe(d->token);
		d->token = xstrdup(token);
		if (seconds < 0 || seconds > 1e6)
			seconds = 3600;
		d->expires = clock_now() + (uint64_t)(seconds * 1e9);
	}
	cJSON_Delete(root);
	return status;
}

static int fetch_token(struct databricks *d, struct error *e)
{
	static const char body[] = "grant_type=client_credentials&scope=all-apis";
	static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded",
					      NULL};
	char *url = xasprintf("%s/oidc/v1/token", d->url);
	struct http_request r = {.method = "POST",
				 .url = url,
				 .headers = headers,
				 .basic = d->basic,
				 .body = body,
				 .body_length = sizeof(body) - 1};
	struct http_answer a = {0};
	int status = http_send(d->http, &r, &a, e);

	if (status == 0)
		status = http_check(&r, &a, e);
	if (status == 0)
		status = take_token(d, &a, e);
	if (status < 0)
		error_context(e, "fetching a token");
	http_answer_release(&a);
	free(url);
	return status;
}

/* A short life is used to its half. */
static int ready_token(struct databricks *d, struct error *e)
{
	uint64_t now = clock_now();

	if (d->token && (!d->basic || now + EARLY < d->expires))
		return 0;
	if (d->token && now < d->expires && d->expires - now > CLOCK_SECOND)
		return 0;
	return fetch_token(d, e);
}

/* ---- calls ---- */

static int send_once(struct databricks *d, const char *path, const char *body, double limit_s,
		     bool farewell, struct http_answer *a, struct error *e)
{
	static const char *const headers[] = {"Content-Type: application/json",
					      "Accept: application/json", NULL};
	char *url = xasprintf("%s%s", d->url, path);
	struct http_request r = {.method = body ? "POST" : "GET",
				 .url = url,
				 .headers = headers,
				 .bearer = d->token,
				 .body = body,
				 .body_length = body ? strlen(body) : 0,
				 .timeout_s = limit_s,
				 .answer_max = (size_t)64 << 20,
				 .farewell = farewell};
	int status = http_send(d->http, &r, a, e);

	if (status == 0)
		status = http_check(&r, a, e);
	free(url);
	return status;
}

static bool token_refused(const struct error *e)
{
	return e->http_status == 401 || e->http_status == 403;
}

int databricks_call(struct databricks *d, const char *path, const char *body, uint64_t deadline,
		    struct http_answer *a, struct error *e)
{
	struct http_backoff backoff = {.attempts_max = ATTEMPTS,
				       .deadline = deadline ? deadline : clock_now() + BUDGET};
	bool renewed = false;
	double wait;

	random_seed(&backoff.random, clock_now());
	for (;;) {
		uint64_t now = clock_now();
		double left = now < backoff.deadline ? (double)(backoff.deadline - now) / 1e9 : 0.1;

		memset(e, 0, sizeof(*e));
		if (ready_token(d, e) < 0)
			return -1;
		if (send_once(d, path, body, left < 60 ? left + 0.1 : 60, false, a, e) == 0)
			return 0;
		if (d->basic && !renewed && token_refused(e)) {
			renewed = true;
			d->expires = 0;
			continue;
		}
		if (!e->retryable)
			return -1;
		wait = http_backoff_next(&backoff, e->http_status ? a->retry_after_s : -1);
		if (wait < 0)
			return -1;
		log_debug("%s: again in %.1f s", e->text, wait);
		if (http_wait(wait, e) < 0)
			return -1;
	}
}

void databricks_farewell(struct databricks *d, const char *path, const char *body)
{
	struct http_answer a = {0};
	struct error e = ERROR_INIT;

	if (d->token && send_once(d, path, body, 3, true, &a, &e) < 0)
		log_debug("%s", e.text);
	http_answer_release(&a);
}
