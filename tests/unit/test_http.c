/* test_http.c - what HTTP errors say, when to try again, what is shown of a URL. No network. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/http.h"

#define NOW ((uint64_t)1766000000 * CLOCK_SECOND) /* 2025-12-17 19:33:20 UTC */

static void retry_after_is_seconds_or_a_date(void **state)
{
	static const struct {
		const char *value;
		double seconds;
	} rows[] = {
		{"0", 0},
		{"7", 7},
		{"99999999", 86400},
		{"Wed, 17 Dec 2025 19:33:25 GMT", 5},
		{"Wednesday, 17-Dec-25 19:33:25 GMT", 5},
		{"Wed Dec 17 19:33:25 2025", 5},
		{"Wed, 17 Dec 2025 19:33:00 GMT", 0},
		{"", -1},
		{"-1", -1},
		{"1.5", -1},
		{"soon", -1},
		{"later today please", -1},
		{"99999999999999999999", -1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		if (http_retry_after(rows[i].value, NOW) != rows[i].seconds)
			fail_msg("'%s' is %g", rows[i].value, http_retry_after(rows[i].value, NOW));
}

static void back_off_doubles_with_chance_and_stops(void **state)
{
	struct http_backoff b = {.base_s = 1, .cap_s = 4, .attempts_max = 6};
	static const double highest[] = {1, 2, 4, 4, 4};
	double wait;
	size_t i;

	(void)state;
	random_seed(&b.random, 7);
	for (i = 0; i < COUNT(highest); i++) {
		wait = http_backoff_next(&b, -1);
		assert_true(wait >= highest[i] / 2 && wait <= highest[i]);
	}
	assert_true(http_backoff_next(&b, -1) == -1);
}

static void back_off_keeps_to_retry_after_and_the_deadline(void **state)
{
	struct http_backoff b = {.base_s = 1, .deadline = clock_now() + 5 * CLOCK_SECOND};
	double wait;

	(void)state;
	random_seed(&b.random, 7);
	wait = http_backoff_next(&b, 3);
	assert_true(wait >= 3 && wait <= 3.75);
	assert_true(http_backoff_next(&b, 60) == -1);
}

static void failures_of_every_shape_are_read(void **state)
{
	static const struct {
		const char *body, *code, *message;
	} rows[] = {
		{"", "", ""},
		{"{\"error_code\":\"NOT_FOUND\",\"message\":\"no such\\nendpoint\"}", "NOT_FOUND",
		 "no such endpoint"},
		{"{\"error_code\":403,\"message\":\"Invalid access token\"}", "403",
		 "Invalid access token"},
		{"{\"error\":\"invalid_client\",\"error_description\":\"failed\"}", "", "failed"},
		{"{\"error\":{\"message\":\"too long\",\"type\":\"invalid_request_error\"}}",
		 "invalid_request_error", "too long"},
		{"{\"detail\":\"gone\",\"status\":\"404\",\"scimType\":\"x\"}", "x", "gone"},
		{"MALFORMED_REQUEST: what is this", "MALFORMED_REQUEST", "what is this"},
		{"<html><head><title>503 Service\n Unavailable</title>", "",
		 "503 Service Unavailable"},
		{"<html><title>t</title><PRE class=x>the reason</PRE>", "", "the reason"},
		{"just\ttext\r\n", "", "just text"},
		{"[1, 2]", "", "[1, 2]"},
		{"\xff\x01", "", "?"},
	};
	struct http_failure f;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		http_failure_read(rows[i].body, strlen(rows[i].body), &f);
		assert_string_equal(f.code, rows[i].code);
		assert_string_equal(f.message, rows[i].message);
	}
}

static void a_status_becomes_an_error_without_secrets(void **state)
{
	struct http_request r = {.url = "https://ana:pw@acme.com/x?key=1#y", .bearer = "dapi42"};
	struct http_answer a = {.status = 429};
	struct error e = ERROR_INIT;

	(void)state;
	buf_puts(&a.body, "{\"error_code\":\"RATE\",\"message\":\"slow down, dapi42\"}");
	assert_int_equal(http_check(&r, &a, &e), -1);
	assert_string_equal(e.text, "'https://acme.com/x' answered 429 RATE: slow down, ***");
	assert_int_equal(e.http_status, 429);
	assert_int_equal(e.class, ERROR_REFUSED);
	assert_true(e.retryable);
	a.status = 401;
	http_check(&r, &a, &e);
	assert_false(e.retryable);
	assert_non_null(strstr(e.hint, "token"));
	a.status = 200;
	assert_int_equal(http_check(&r, &a, &e), 0);
	http_answer_release(&a);
}

static void what_cannot_be_reached_is_an_error_with_a_class(void **state)
{
	struct http *h = http_new();
	struct http_request r = {.url = "http://127.0.0.1:1/x?token=1", .connect_timeout_s = 2};
	struct http_answer a = {0};
	struct error e = ERROR_INIT;

	(void)state;
	assert_int_equal(http_send(h, &r, &a, &e), -1);
	assert_int_equal(e.class, ERROR_CONNECT);
	assert_true(e.retryable);
	assert_null(strstr(e.text, "token"));
	r.url = "file:///etc/passwd";
	assert_int_equal(http_send(h, &r, &a, &e), -1);
	assert_int_equal(e.class, ERROR_CONFIG);
	assert_false(e.retryable);
	assert_string_equal(e.text, "'file:///etc/passwd' is not a URL of http or https");
	http_answer_release(&a);
	http_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(retry_after_is_seconds_or_a_date),
		cmocka_unit_test(back_off_doubles_with_chance_and_stops),
		cmocka_unit_test(back_off_keeps_to_retry_after_and_the_deadline),
		cmocka_unit_test(failures_of_every_shape_are_read),
		cmocka_unit_test(a_status_becomes_an_error_without_secrets),
		cmocka_unit_test(what_cannot_be_reached_is_an_error_with_a_class),
	};

	return RUN("http", tests);
}
