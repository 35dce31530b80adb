/* names.c - looks names up in the tables of names_table.inc; see names.h. */
#include "convert/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/names_table.inc"

#define ANY_NUMBER 0x8000u
#define COUNT_BITS 15

static int by_name(const void *key, const void *row)
{
	/* Each row begins with its name. */
	return strcmp(key, *(const char *const *)row);
}

const struct name_function *names_function(const char *name)
{
	return bsearch(name, name_functions, name_function_count, sizeof(name_functions[0]),
		       by_name);
}

bool names_type(const char *name)
{
	return bsearch(name, name_types, name_type_count, sizeof(name_types[0]), by_name) != NULL;
}

bool names_operator(const char *name, bool prefix)
{
	const struct name_operator *o = bsearch(name, name_operators, name_operator_count,
						sizeof(name_operators[0]), by_name);

	return o && (prefix ? o->prefix : o->infix);
}

/* The highest number that is named; "any number" goes on from there. */
static size_t highest(unsigned counts)
{
	size_t n = COUNT_BITS;

	while (n > 0 && !(counts & (1u << (n - 1))))
		n--;
	return n ? n - 1 : 0;
}

bool names_takes(const struct name_function *f, size_t arguments)
{
	if (arguments < COUNT_BITS && f->counts & (1u << arguments))
		return true;
	return f->counts & ANY_NUMBER && arguments > highest(f->counts & ~ANY_NUMBER);
}

char *names_counts(const struct name_function *f, char *out, size_t size)
{
	unsigned counts = f->counts & ~ANY_NUMBER, i;
	size_t used = 0, last = highest(counts);

	snprintf(out, size, "%s", "");
	for (i = 0; i < COUNT_BITS && used < size; i++)
		if (counts & (1u << i))
			used += (size_t)snprintf(out + used, size - used, "%s%u",
						 !used	     ? ""
						 : i == last ? " or "
							     : ", ",
						 i);
	if (f->counts & ANY_NUMBER && used < size)
		snprintf(out + used, size - used, " and more");
	return out;
}
