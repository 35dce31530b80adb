/*
 * functions.c - finding a name in the function tables. A dialect may have several tables, by
 * theme; all rules of one name are in one of them.
 */
#include "convert/function.h"

#include <string.h>

/* The first row whose name is not before `name`. */
static size_t lower_bound(const struct function_table *t, const char *name)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(t->rules[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct function_rule *function_rule_find(const struct function_table *t, const char *name,
					       const struct function_rule **end)
{
	for (; t; t = t->next) {
		size_t first = lower_bound(t, name), last = first;

		while (last < t->count && strcmp(t->rules[last].name, name) == 0)
			last++;
		if (last > first) {
			*end = t->rules + last;
			return t->rules + first;
		}
	}
	return NULL;
}
