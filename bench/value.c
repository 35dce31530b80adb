/* value.c - see value.h. */
#include "bench/value.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Written from the end, two digits a division: some 5 ns for a usual key. */
static const char *integer_text(int64_t integer, char *room, size_t *n)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";
	uint64_t left = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
	char *end = &room[VALUE_TEXT_MAX - 1], *p = end;

	*end = '\0';
	while (left >= 100) {
		p -= 2;
		memcpy(p, pairs + left % 100 * 2, 2);
		left /= 100;
	}
	if (left >= 10) {
		p -= 2;
		memcpy(p, pairs + left * 2, 2);
	} else {
		*--p = (char)('0' + left);
	}
	if (integer < 0)
		*--p = '-';
	*n = (size_t)(end - p);
	return p;
}

/* Infinity and NaN as the server spells them. */
static const char *double_text(double number, char *room, size_t *n)
{
	if (isfinite(number))
		*n = (size_t)snprintf(room, VALUE_TEXT_MAX, "%.15g", number);
	else
		*n = (size_t)snprintf(room, VALUE_TEXT_MAX, "%s",
				      isnan(number) ? "NaN"
				      : number > 0  ? "Infinity"
						    : "-Infinity");
	return room;
}

const char *value_text(const struct value *v, char *room, size_t *n)
{
	const char *text;

	switch (v->type) {
	case VALUE_INT:
		return integer_text(v->integer, room, n);
	case VALUE_TEXT:
		*n = strlen(v->text);
		return v->text;
	case VALUE_DOUBLE:
		return double_text(v->number, room, n);
	case VALUE_BOOL:
		text = v->boolean ? "true" : "false";
		*n = strlen(text);
		return memcpy(room, text, *n + 1);
	case VALUE_NULL:
	case VALUE_UNSET:
		break;
	}
	*n = 0;
	return NULL;
}

/* Spaces, a sign, digits: what pgbench takes for an integer, whether or not it fits. */
static bool looks_like_integer(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	if (*text == '+' || *text == '-')
		text++;
	return *text && text[strspn(text, "0123456789")] == '\0';
}

static bool interpret_number(const char *text, struct value *v)
{
	char *end;

	errno = 0;
	if (looks_like_integer(text)) {
		v->type = VALUE_INT;
		v->integer = strtoll(text, &end, 10);
	} else {
		v->type = VALUE_DOUBLE;
		v->number = strtod(text, &end);
	}
	return errno == 0 && end != text && *end == '\0';
}

struct value value_interpret(const char *text)
{
	struct value v = {.type = VALUE_TEXT, .text = text}, number;
	size_t n = strlen(text);

	if (n == 0)
		return v;
	if (strcasecmp(text, "null") == 0)
		return (struct value){.type = VALUE_NULL};
	if (strncasecmp(text, "true", n) == 0 || strncasecmp(text, "yes", n) == 0 ||
	    strcasecmp(text, "on") == 0)
		return (struct value){.type = VALUE_BOOL, .boolean = true};
	if (strncasecmp(text, "false", n) == 0 || strncasecmp(text, "no", n) == 0 ||
	    strcasecmp(text, "off") == 0 || strcasecmp(text, "of") == 0)
		return (struct value){.type = VALUE_BOOL, .boolean = false};
	return interpret_number(text, &number) ? number : v;
}

struct value value_from_text(const char *text)
{
	struct value v = {.type = VALUE_TEXT, .text = text}, meant;
	char room[VALUE_TEXT_MAX];
	const char *again;
	size_t n;

	if (!strchr("-.0123456789tf", *text) || *text == '\0')
		return v;
	meant = value_interpret(text);
	again = value_text(&meant, room, &n);
	return again && strcmp(again, text) == 0 ? meant : v;
}
