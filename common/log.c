/* log.c - see log.h. */
#include "common/log.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "common/clock.h"

static enum log_level current_level = LOG_INFO;
static bool current_json;

static const char *const level_words[] = {"error", "warning", "info", "debug"};

void log_setup(enum log_level level, bool json)
{
	current_level = level;
	current_json = json;
}

enum log_level log_level(void)
{
	return current_level;
}

/* One write() for a line, so that lines of several threads do not mix. */
static void emit_line(const struct buf *line)
{
	ssize_t n = write(STDERR_FILENO, buf_text(line), line->len);

	(void)n;
}

static void emit_json(enum log_level level, char *text, const struct error *e)
{
	cJSON *object = cJSON_CreateObject();
	struct buf line = {0};
	char when[40], *printed;

	text_make_utf8(text);
	cJSON_AddStringToObject(object, "time", clock_iso(clock_wall(), when, sizeof(when)));
	cJSON_AddStringToObject(object, "level", level_words[level]);
	cJSON_AddStringToObject(object, "message", text);
	if (e) {
		cJSON_AddStringToObject(object, "class", error_word(e->class));
		if (e->sqlstate[0])
			cJSON_AddStringToObject(object, "sqlstate", e->sqlstate);
		if (e->hint[0])
			cJSON_AddStringToObject(object, "hint", e->hint);
	}
	printed = cJSON_PrintUnformatted(object);
	buf_printf(&line, "%s\n", printed ? printed : "{}");
	free(printed);
	cJSON_Delete(object);
	emit_line(&line);
	buf_release(&line);
}

static void emit(enum log_level level, const char *text, const struct error *e)
{
	struct buf masked = {0}, line = {0};

	log_mask(&masked, text);
	if (current_json) {
		emit_json(level, masked.data, e);
	} else {
		buf_puts(&line, "lakeport: ");
		if (level == LOG_WARN)
			buf_puts(&line, "warning: ");
		buf_printf(&line, "%s\n", buf_text(&masked));
		if (e && e->hint[0])
			buf_printf(&line, "hint: %s\n", e->hint);
		emit_line(&line);
	}
	buf_release(&line);
	buf_release(&masked);
}

static void emit_format(enum log_level level, const char *format, va_list args)
{
	char text[4096];

	if (level > current_level)
		return;
	vsnprintf(text, sizeof(text), format, args);
	emit(level, text, NULL);
}

#define DEFINE_LOG(name, level)                                                                    \
	void name(const char *format, ...)                                                         \
	{                                                                                          \
		va_list args;                                                                      \
		va_start(args, format);                                                            \
		emit_format(level, format, args);                                                  \
		va_end(args);                                                                      \
	}
DEFINE_LOG(log_error, LOG_ERROR)
DEFINE_LOG(log_warn, LOG_WARN)
DEFINE_LOG(log_info, LOG_INFO)
DEFINE_LOG(log_debug, LOG_DEBUG)

void log_failure(const struct error *e)
{
	emit(LOG_ERROR, e->text, e);
}

/* The length of a "name=" or "name: " that introduces a secret at `p`, or 0. */
static size_t secret_key(const char *start, const char *p)
{
	static const char *const keys[] = {"password", "passwd", "pwd",	  "sslpassword",
					   "token",    "secret", "apikey"};
	size_t i, n;

	if (p > start && (isalnum((unsigned char)p[-1]) || p[-1] == '_'))
		return 0;
	if (strncasecmp(p, "bearer ", 7) == 0)
		return 7;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		n = strlen(keys[i]);
		if (strncasecmp(p, keys[i], n) != 0)
			continue;
		while (p[n] == ' ')
			n++;
		if (p[n] != '=')
			continue;
		n++;
		while (p[n] == ' ')
			n++;
		return n;
	}
	return 0;
}

/* The end of a secret value: a quoted conninfo value, one in the braces of ODBC, or up to a blank,
 * quote, & or comma.
 */
static const char *secret_end(const char *p)
{
	if (*p == '{') {
		for (p++; *p && (*p != '}' || p[1] == '}'); p++)
			p += *p == '}';
		return *p ? p + 1 : p;
	}
	if (*p == '\'') {
		for (p++; *p && *p != '\''; p++)
			if (*p == '\\' && p[1])
				p++;
		return *p ? p + 1 : p;
	}
	return p + strcspn(p, " \t\n\"'&,;)");
}

/* In "scheme://user:SECRET@host" at "://", where the secret begins; NULL when there is none. */
static const char *uri_secret(const char *p, const char **end)
{
	const char *stop = p + 3 + strcspn(p + 3, " \t\n'\"/?"), *at = NULL, *colon;

	for (const char *q = p + 3; q < stop; q++)
		if (*q == '@')
			at = q;
	if (!at)
		return NULL;
	colon = memchr(p + 3, ':', (size_t)(at - p - 3));
	*end = at;
	return colon ? colon + 1 : NULL;
}

void log_mask(struct buf *out, const char *text)
{
	const char *p = text, *from = text, *end, *secret;
	size_t n;

	while (*p) {
		if (strncmp(p, "://", 3) == 0 && (secret = uri_secret(p, &end))) {
			buf_add(out, from, (size_t)(secret - from));
			buf_puts(out, "***");
			p = from = end;
		} else if ((n = secret_key(text, p))) {
			buf_add(out, from, (size_t)(p + n - from));
			buf_puts(out, "***");
			p = from = secret_end(p + n);
		} else {
			p++;
		}
	}
	buf_add(out, from, (size_t)(p - from));
}
