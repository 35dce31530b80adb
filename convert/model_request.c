/*
 * model_request.c - one question as the JSON of a chat request. See model_parts.h. The statement
 * stands between marks of its own; only what concerns it is said.
 */
#include "convert/model_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#define SCHEMA_MAX   ((size_t)32 << 10) /* of the tables' description that is sent */
#define FINDINGS_MAX 20

static void section(struct buf *out, const char *title, const char *text)
{
	if (text && *text)
		buf_printf(out, "\n## %s\n%s\n", title, text);
}

static void add_findings(const struct model_task *t, bool redacted, struct buf *out)
{
	size_t i, n = t->finding_count < FINDINGS_MAX ? t->finding_count : FINDINGS_MAX;

	if (n > 0)
		buf_puts(out, "\n## What the translator noticed\n");
	for (i = 0; i < n; i++) {
		const struct model_finding *f = &t->findings[i];

		/* A message may quote the source; the advice never does. */
		buf_printf(out, "- %s%s%s\n", f->code, redacted ? "" : ": ",
			   redacted ? "" : f->message);
		if (f->advice && *f->advice)
			buf_printf(out, "  %s\n", f->advice);
	}
}

/* "line 3, column 7, at: TEXT" of a position in a text. */
static void add_place(const char *sql, size_t position, struct buf *out)
{
	const char *p = sql, *line = sql;
	size_t number = 1, n = strlen(sql);

	if (position == 0 || position > n + 1)
		return;
	for (; p < sql + position - 1; p++)
		if (*p == '\n') {
			number++;
			line = p + 1;
		}
	buf_printf(out, "\nat line %zu, column %zu, before: %.*s", number, (size_t)(p - line) + 1,
		   (int)strcspn(p, "\n") > 60 ? 60 : (int)strcspn(p, "\n"), p);
}

void model_user_text(const struct model_question *q, struct buf *out)
{
	const struct model_task *t = q->task;
	struct buf error = {0}, schema = {.max = SCHEMA_MAX};

	buf_printf(out, "Source dialect: %s\n%s", t->dialect, model_prompt_dialect(t->dialect));
	if (q->redacted)
		buf_puts(out, model_prompt_redacted);
	if (q->schema)
		buf_puts(&schema, q->schema);
	section(out, "Tables", buf_text(&schema));
	add_findings(t, q->redacted, out);
	section(out, "Statement of the source", q->sql);
	section(out, "What the translator made of it", q->converted);
	if (q->attempt != q->converted)
		section(out, "Your last answer", q->attempt);
	if (q->error) {
		buf_puts(&error, q->error);
		if (q->attempt)
			add_place(q->attempt, q->position, &error);
	}
	section(out, q->attempt != q->converted ? "Why it is not good" : "Error", buf_text(&error));
	buf_release(&error);
	buf_release(&schema);
}

static void add_message(cJSON *messages, const char *role, const char *content)
{
	cJSON *m = cJSON_CreateObject();
	char *clean = xstrdup(content);

	text_make_utf8(clean);
	cJSON_AddStringToObject(m, "role", role);
	cJSON_AddStringToObject(m, "content", clean);
	cJSON_AddItemToArray(messages, m);
	free(clean);
}

char *model_request_body(const struct model_question *q, const struct model_body *b)
{
	cJSON *root = cJSON_CreateObject(), *messages;
	struct buf user = {0};
	char *text;

	model_user_text(q, &user);
	if (b->model)
		cJSON_AddStringToObject(root, "model", b->model);
	messages = cJSON_AddArrayToObject(root, "messages");
	add_message(messages, "system", model_prompt_system);
	add_message(messages, "user", buf_text(&user));
	cJSON_AddNumberToObject(root, b->new_name ? "max_completion_tokens" : "max_tokens",
				b->max_tokens);
	if (b->temperature)
		cJSON_AddNumberToObject(root, "temperature", 0);
	if (b->schema)
		cJSON_AddItemToObject(root, "response_format", cJSON_Parse(model_prompt_schema));
	text = cJSON_PrintUnformatted(root);
	cJSON_Delete(root);
	buf_release(&user);
	return text;
}
