/*
 * databricks.h - a workspace of Databricks: where it is, and the token for it.
 *
 * DATABRICKS_HOST names it unless the user does; the token is DATABRICKS_TOKEN, or comes from
 * DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET (OAuth of a service principal), and is then
 * fetched again before it expires. It is sent to this workspace alone, and never in the clear but
 * to this machine. An account belongs to one thread.
 */
#ifndef LAKEPORT_COMMON_DATABRICKS_H
#define LAKEPORT_COMMON_DATABRICKS_H

#include "common/http.h"

struct databricks; /* an account at a workspace */

/*
 * `host`: "name.cloud.databricks.com", a URL, or NULL or "" for DATABRICKS_HOST. Nothing is sent
 * yet. NULL: class CONFIG.
 */
struct databricks *databricks_new(const char *host, struct error *e);
void databricks_free(struct databricks *d); /* accepts NULL */

const char *databricks_url(const struct databricks *d); /* https://HOST, without a final slash */

/*
 * Sends a request of JSON to `path` ("/api/2.0/...") and waits for its answer; `body` NULL: GET.
 * 429 and 503 are waited for as Retry-After says, connections that break are tried again, an old
 * token is fetched anew, all until `deadline` of clock_now() (0: 5 minutes). 0 with an answer of
 * status 200 to 299; -1 as http_send() and http_check().
 */
int databricks_call(struct databricks *d, const char *path, const char *body, uint64_t deadline,
		    struct http_answer *a, struct error *e);

/* The same once, for a second or two, also after Ctrl-C; what comes back does not matter. */
void databricks_farewell(struct databricks *d, const char *path, const char *body);

#endif
