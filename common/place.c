/* place.c - see place.h. */
#include "common/place.h"

#include <stdarg.h>
#include <stdio.h>

int place_fault(const struct place *at, struct error *e, const char *format, ...)
{
	char text[sizeof(e->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return error_set(e, ERROR_INPUT, "%s:%u:%u: %s", at->file, at->line, at->column, text);
}
