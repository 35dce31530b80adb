/* error.c - see error.h. */
#include "common/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *e, enum error_class class, const char *format, ...)
{
	va_list args;

	if (!e)
		return -1;
	memset(e, 0, sizeof(*e));
	e->class = class;
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	return -1;
}

int error_context(struct error *e, const char *format, ...)
{
	struct error old;
	va_list args;
	size_t used;

	if (!e)
		return -1;
	memcpy(old.text, e->text, sizeof(old.text));
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	used = strlen(e->text);
	snprintf(e->text + used, sizeof(e->text) - used, ": %s", old.text);
	return -1;
}

int error_hint(struct error *e, const char *format, ...)
{
	va_list args;

	if (!e)
		return -1;
	va_start(args, format);
	vsnprintf(e->hint, sizeof(e->hint), format, args);
	va_end(args);
	return -1;
}

int error_exit_status(const struct error *e)
{
	static const int status[] = {
#define X(name, exit_status, word) exit_status,
		ERROR_CLASSES(X)
#undef X
	};

	return status[e->class];
}

const char *error_word(enum error_class class)
{
	static const char *const words[] = {
#define X(name, exit_status, word) word,
		ERROR_CLASSES(X)
#undef X
	};

	return words[class];
}
