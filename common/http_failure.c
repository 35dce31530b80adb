/*
 * http_failure.c - what an error's body says, in the shapes that workspaces, gateways and model
 * servers use. See http.h. Input is hostile: everything is bounded and made one printable line.
 */
#include "common/http.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cjson/cJSON.h>

#define BODY_MAX ((size_t)64 << 10) /* of an error; nobody says more that is of use */

/* Copies as one line: control characters and runs of blanks become one blank. */
static void one_line(char *out, size_t size, const char *text, size_t n)
{
	size_t used = 0, i;

	for (i = 0; i < n && used + 1 < size; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c > ' ' && c != 127)
			out[used++] = (char)c;
		else if (used > 0 && out[used - 1] != ' ')
			out[used++] = ' ';
	}
	while (used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
	text_make_utf8(out);
}

static void take(char *out, size_t size, const cJSON *value)
{
	if (cJSON_IsString(value))
		one_line(out, size, value->valuestring, strlen(value->valuestring));
	else if (cJSON_IsNumber(value))
		snprintf(out, size, "%.0f", value->valuedouble);
}

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* The first of the names that the object has as text or number. */
static void take_first(char *out, size_t size, const cJSON *object, const char *const *names)
{
	for (; *names && !out[0]; names++)
		take(out, size, member(object, *names));
}

static void read_object(const cJSON *root, struct http_failure *out)
{
	static const char *const codes[] = {"error_code", "code",      "scimType",
					    "type",	  "errorCode", NULL};
	static const char *const messages[] = {
		"message", "error_description", "detail", "errorSummary", "error", NULL};
	const cJSON *inner = member(root, "error");

	if (cJSON_IsObject(inner)) { /* OpenAI's: {"error": {"message", "type", "code"}} */
		take_first(out->code, sizeof(out->code), inner, codes);
		take_first(out->message, sizeof(out->message), inner, messages);
	}
	take_first(out->code, sizeof(out->code), root, codes);
	take_first(out->message, sizeof(out->message), root, messages);
}

/* The text between <tag ...> and </tag>; false when there is none. */
static bool read_element(const char *body, const char *tag, struct http_failure *out)
{
	char opening[16], closing[16];
	const char *p, *end;

	snprintf(opening, sizeof(opening), "<%s", tag);
	snprintf(closing, sizeof(closing), "</%s", tag);
	p = strcasestr(body, opening);
	p = p ? strchr(p, '>') : NULL;
	end = p ? strcasestr(p, closing) : NULL;
	if (!end)
		return false;
	one_line(out->message, sizeof(out->message), p + 1, (size_t)(end - p - 1));
	return out->message[0] != '\0';
}

/* "SOME_CODE: text" */
static bool read_plain(const char *body, struct http_failure *out)
{
	size_t n = strspn(body, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

	if (n < 3 || n >= sizeof(out->code) || body[n] != ':' || body[n + 1] != ' ')
		return false;
	memcpy(out->code, body, n);
	out->code[n] = '\0';
	one_line(out->message, sizeof(out->message), body + n + 2, strlen(body + n + 2));
	return true;
}

void http_failure_read(const char *body, size_t n, struct http_failure *out)
{
	char *text = xstrndup(body, n < BODY_MAX ? n : BODY_MAX); /* ends at a NUL byte, too */
	cJSON *root = cJSON_Parse(text);

	memset(out, 0, sizeof(*out));
	if (cJSON_IsObject(root))
		read_object(root, out);
	else if (!read_plain(text, out) && !read_element(text, "pre", out) &&
		 !read_element(text, "title", out))
		one_line(out->message, sizeof(out->message), text, strlen(text));
	cJSON_Delete(root);
	free(text);
}
