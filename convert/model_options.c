/*
 * model_options.c - how to reach the model, from options and environment, and its account in a
 * record. See model.h. A workspace's token is sent to that workspace alone, and never in the clear.
 */
#include "convert/model.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/log.h"
#include "common/text.h"

#define PATIENCE_S 300 /* all tries of one request together, as the SDKs of Databricks do */
#define JOURNAL	   "model.jsonl"

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static bool ends_with(const char *text, size_t n, const char *end)
{
	size_t m = strlen(end);

	return n >= m && strncasecmp(text + n - m, end, m) == 0;
}

/* The host of a URL, with its port: a view. */
static struct str host_of(const char *url)
{
	const char *p = strstr(url, "://"), *at;
	struct str host;

	p = p ? p + 3 : url;
	host = (struct str){p, strcspn(p, "/?#")};
	at = memchr(host.p, '@', host.len);
	if (at) {
		host.len -= (size_t)(at + 1 - host.p);
		host.p = at + 1;
	}
	return host;
}

static bool same_host(const char *a, const char *b)
{
	struct str x = host_of(a), y = host_of(b);

	return x.len == y.len && strncasecmp(x.p, y.p, x.len) == 0;
}

static bool is_databricks(const char *url)
{
	static const char *const domains[] = {".databricks.com", ".azuredatabricks.net",
					      ".databricksapps.com"};
	struct str h = host_of(url);
	size_t i;

	for (i = 0; i < sizeof(domains) / sizeof(domains[0]); i++)
		if (ends_with(h.p, h.len, domains[i]))
			return true;
	return false;
}

static bool is_loopback(const char *url)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
	struct str h = host_of(url);
	size_t i, n;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		n = strlen(names[i]);
		if (h.len >= n && strncasecmp(h.p, names[i], n) == 0 &&
		    (h.len == n || h.p[n] == ':'))
			return true;
	}
	return false;
}

/* https://HOST without a final slash, from DATABRICKS_HOST as people write it. */
static const char *workspace(struct arena *a)
{
	const char *host = environment("DATABRICKS_HOST");
	char *url;
	size_t n;

	if (!host)
		return NULL;
	url = arena_printf(a, "%s%s", strstr(host, "://") ? "" : "https://", host);
	for (n = strlen(url); n > 0 && url[n - 1] == '/'; n--)
		url[n - 1] = '\0';
	return url;
}

/* The URL of chat completions behind what people give: the whole, or what SDKs call base URL. */
static const char *complete_url(struct arena *a, const char *url)
{
	size_t n = strlen(url);
	const char *path = host_of(url).p + host_of(url).len;

	while (n > 0 && url[n - 1] == '/')
		n--;
	if (*path == '\0' || strcmp(path, "/") == 0)
		return arena_printf(a, "%.*s/v1/chat/completions", (int)n, url);
	if (ends_with(url, n, "/v1") || ends_with(url, n, "/serving-endpoints"))
		return arena_printf(a, "%.*s/chat/completions", (int)n, url);
	return url;
}

static const char *endpoint_url(struct arena *a, const char *endpoint, struct error *e)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";
	const char *host = workspace(a);

	if (strncasecmp(endpoint, "http://", 7) == 0 || strncasecmp(endpoint, "https://", 8) == 0)
		return complete_url(a, endpoint);
	if (strspn(endpoint, letters) != strlen(endpoint)) {
		error_set(e, ERROR_USAGE, "'%s' is neither a URL nor the name of an endpoint",
			  endpoint);
		return NULL;
	}
	if (!host) {
		error_set(e, ERROR_CONFIG, "no workspace is known for the endpoint '%s'", endpoint);
		error_hint(e, "set DATABRICKS_HOST and DATABRICKS_TOKEN, or give --model a URL");
		return NULL;
	}
	return arena_printf(a, "%s/serving-endpoints/%s/invocations", host, endpoint);
}

/* Chooses the token for a URL. */
static int choose_token(struct arena *a, const char *url, const char **token, struct error *e)
{
	const char *host = workspace(a), *of_host = environment("DATABRICKS_TOKEN");

	*token = environment("LAKEPORT_MODEL_TOKEN");
	if (of_host && ((host && same_host(host, url)) || is_databricks(url)))
		*token = of_host;
	if (*token && strncasecmp(url, "http://", 7) == 0 && !is_loopback(url)) {
		error_set(e, ERROR_CONFIG, "the token would travel in the clear to '%s'", url);
		return error_hint(e, "give a URL that begins with https://");
	}
	return 0;
}

int model_settings_read(struct invocation *inv, struct model_settings *s, struct error *e)
{
	const char *endpoint = option_text(inv, "model");

	memset(s, 0, sizeof(*s));
	if (!endpoint || !*endpoint)
		return 0;
	s->url = endpoint_url(&inv->arena, endpoint, e);
	if (!s->url || choose_token(&inv->arena, s->url, &s->token, e) < 0)
		return -1;
	s->model = option_text(inv, "model-name");
	s->rounds = (unsigned)option_int(inv, "model-rounds");
	s->parallel = (unsigned)option_int(inv, "model-parallel");
	s->timeout_s = option_number(inv, "model-timeout");
	s->price = option_number(inv, "model-price");
	s->budget = option_int(inv, "budget");
	s->redact = option_flag(inv, "redact");
	s->patience_s = PATIENCE_S;
	s->rules_version = LAKEPORT_VERSION;
	s->journal = option_text(inv, "journal");
	if (!s->journal)
		s->journal = arena_printf(&inv->arena, "%s/" JOURNAL, option_text(inv, "runs"));
	return 1;
}

/* ---- the record ----------------------------------------------------------------------------- */

void model_record(struct record *r, const struct model_settings *s, const struct model_account *a)
{
	static const struct record_column columns[] = {
		{.name = "what", .title = "What", .unit = "", .text = true},
		{.name = "count", .title = "Count", .unit = ""},
	};
	const struct {
		const char *what;
		int64_t count;
	} rows[] = {
		{"statements converted", a->converted},
		{"statements left", a->left},
		{"statements the endpoint refused", a->failed},
		{"statements not asked for", a->not_asked},
		{"requests sent", a->requests},
		{"requests sent again", a->retries},
		{"answers from the journal", a->cached},
		{"tokens sent", a->tokens_prompt},
		{"tokens received", a->tokens_completion},
		{"budget of tokens", s->budget},
	};
	struct record_table *t = record_table(r, "model", "Language model", columns, 2);
	struct buf endpoint = {0};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		table_row(r, t,
			  (const struct cell[]){{.text = rows[i].what},
						{.number = (double)rows[i].count}});
	log_mask(&endpoint, s->url);
	record_target(r, "model_endpoint", buf_text(&endpoint));
	if (s->model)
		record_target(r, "model", s->model);
	buf_release(&endpoint);
	record_metric(r, "by_model", NULL, (double)a->converted, true);
	record_metric(r, "tokens", NULL, (double)a->tokens, false);
	if (s->price > 0)
		record_metric(r, "model_cost", NULL, (double)a->tokens * s->price / 1e6, false);
	if (a->budget_reached)
		record_finding(r, "MODEL-BUDGET", SEVERITY_WARNING, "",
			       "the budget of tokens did not allow every question",
			       "raise --budget; answers that were given are in the journal");
}
