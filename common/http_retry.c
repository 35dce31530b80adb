/* http_retry.c - when to try again: Retry-After, back-off with jitter, waiting. See http.h. */
#include "common/http.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>

#include "common/clock.h"
#include "common/interrupt.h"

#define BASE_S	     0.5
#define CAP_S	     30.0
#define ATTEMPTS     6
#define WAIT_STEP_NS (50 * CLOCK_MS)
#define AFTER_MAX_S  86400.0 /* nobody means longer than a day */

double http_retry_after(const char *value, uint64_t now)
{
	double seconds;
	int64_t whole;
	time_t at;

	if (isdigit((unsigned char)value[0])) {
		if (!text_to_int(value, &whole))
			return -1;
		return whole > (int64_t)AFTER_MAX_S ? AFTER_MAX_S : (double)whole;
	}
	if (!isalpha((unsigned char)value[0]) || !strchr(value, ' '))
		return -1;
	at = curl_getdate(value, NULL);
	if (at == (time_t)-1)
		return -1;
	seconds = (double)at - (double)now / (double)CLOCK_SECOND;
	return seconds < 0 ? 0 : seconds > AFTER_MAX_S ? AFTER_MAX_S : seconds;
}

double http_backoff_next(struct http_backoff *b, double retry_after_s)
{
	double wait = b->base_s > 0 ? b->base_s : BASE_S, cap = b->cap_s > 0 ? b->cap_s : CAP_S;
	double extra;
	unsigned i;

	b->attempts++;
	if (b->attempts >= (b->attempts_max ? b->attempts_max : ATTEMPTS))
		return -1;
	for (i = 1; i < b->attempts && wait < cap; i++)
		wait *= 2;
	wait = wait < cap ? wait : cap;
	wait = wait / 2 + wait / 2 * random_double(&b->random);
	if (retry_after_s >= 0) {
		extra = retry_after_s / 4 < 1 ? retry_after_s / 4 : 1;
		wait = retry_after_s + extra * random_double(&b->random);
	}
	if (b->deadline && (double)clock_now() + wait * (double)CLOCK_SECOND > (double)b->deadline)
		return -1;
	return wait;
}

int http_wait(double seconds, struct error *e)
{
	uint64_t end = clock_now() + (uint64_t)(seconds * (double)CLOCK_SECOND), now;

	while ((now = clock_now()) < end) {
		if (interrupt_count() > 0)
			return error_set(e, ERROR_INTERRUPTED, "interrupted while waiting");
		clock_sleep(end - now < WAIT_STEP_NS ? end - now : WAIT_STEP_NS);
	}
	return 0;
}
