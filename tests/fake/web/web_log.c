/*
 * web_log.c - one JSON line for each request: number, ms of the clock, requests active with it,
 * method, path, whether it bore a token, its body, and the status it is going to get. Written
 * before the answer is sent, in one write, so that a test that kills somebody knows what was sent.
 * See web.h.
 */
#include "tests/fake/web/web.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"

void web_log(const struct web_request *r, const struct web_answer *a)
{
	cJSON *line = cJSON_CreateObject();
	struct buf text = {0};
	char value[64], *printed;
	int fd;

	if (web_options.log) {
		cJSON_AddNumberToObject(line, "number", r->number);
		cJSON_AddNumberToObject(line, "ms", (double)(clock_now() / CLOCK_MS));
		cJSON_AddNumberToObject(line, "active", r->active);
		cJSON_AddStringToObject(line, "method", r->method);
		cJSON_AddStringToObject(line, "path", r->path);
		cJSON_AddBoolToObject(line, "token",
				      web_header(r, "Authorization", value, sizeof(value)));
		cJSON_AddNumberToObject(line, "status", a->status);
		if (r->json)
			cJSON_AddItemReferenceToObject(line, "body", r->json);
		printed = cJSON_PrintUnformatted(line);
		buf_printf(&text, "%s\n", printed);
		cJSON_free(printed);
		fd = open(web_options.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
		if (fd < 0 || write(fd, buf_text(&text), text.len) != (ssize_t)text.len)
			perror("fakeweb: log");
		if (fd >= 0)
			close(fd);
	}
	buf_release(&text);
	cJSON_Delete(line);
}
