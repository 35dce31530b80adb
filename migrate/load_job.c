/* load_job.c - see load_job.h. What is only a bad moment of the other side is "not yet". */
#include "migrate/load_job.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/http.h"
#include "common/log.h"

#define TIMEOUT_S 15.0
#define TRIES	  3

static int send_request(struct http_request *r, struct http_answer *a, struct error *e)
{
	struct http *h = http_new();
	int status = http_send(h, r, a, e);

	if (status == 0)
		status = http_check(r, a, e);
	http_free(h);
	return status;
}

static bool is_success(const char *body)
{
	cJSON *root = cJSON_Parse(body);
	const cJSON *run = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "runs"), 0);
	const cJSON *state = cJSON_GetObjectItem(run, "state");
	const char *life = cJSON_GetStringValue(cJSON_GetObjectItem(state, "life_cycle_state"));
	const char *result = cJSON_GetStringValue(cJSON_GetObjectItem(state, "result_state"));
	bool success =
		life && strcmp(life, "TERMINATED") == 0 && result && strcmp(result, "SUCCESS") == 0;

	cJSON_Delete(root);
	return success;
}

int load_job_succeeded(const char *job, struct error *e)
{
	const char *host = getenv("DATABRICKS_HOST"), *token = getenv("DATABRICKS_TOKEN");
	struct http_request r = {.bearer = token, .timeout_s = TIMEOUT_S};
	struct http_answer a = {0};
	size_t length;
	char *url;
	int status;

	if (!host || !*host || !token || !*token) {
		error_set(e, ERROR_CONFIG, "the workspace of the job is not known");
		return error_hint(e, "set DATABRICKS_HOST and DATABRICKS_TOKEN");
	}
	length = strlen(host);
	while (length && host[length - 1] == '/')
		length--;
	url = xasprintf("%s%.*s/api/2.2/jobs/runs/list?job_id=%s&limit=1",
			strstr(host, "://") ? "" : "https://", (int)length, host, job);
	r.url = url;
	status = send_request(&r, &a, e);
	if (status == 0) {
		status = is_success(buf_text(&a.body));
	} else if (e->retryable) {
		log_debug("%s", e->text);
		memset(e, 0, sizeof(*e));
		status = 0;
	}
	http_answer_release(&a);
	free(url);
	return status;
}

int load_webhook(const char *url, const char *json, struct error *e)
{
	static const char *const headers[] = {"Content-Type: application/json", NULL};
	struct http_request r = {.method = "POST",
				 .url = url,
				 .headers = headers,
				 .body = json,
				 .body_length = strlen(json),
				 .timeout_s = TIMEOUT_S};
	struct http_backoff backoff = {.attempts_max = TRIES};
	struct http_answer a = {0};
	double wait = 0;
	int status = -1;

	random_seed(&backoff.random, clock_now());
	do {
		memset(e, 0, sizeof(*e));
		status = wait > 0 ? http_wait(wait, e) : 0;
		if (status == 0)
			status = send_request(&r, &a, e);
		if (status == 0 || !e->retryable)
			break;
		wait = http_backoff_next(&backoff, a.retry_after_s);
	} while (wait >= 0);
	http_answer_release(&a);
	return status;
}
