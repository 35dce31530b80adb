/*
 * value.h - the value of a script's variable.
 *
 * Integers are 64 bits, doubles IEEE, text is UTF-8 without NUL. The text of a value belongs to
 * somebody that lives longer: the workload's arena, or the variable's own storage for text that
 * came from a result row (see bench/variables in client.c).
 */
#ifndef LAKEPORT_BENCH_VALUE_H
#define LAKEPORT_BENCH_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_type { VALUE_UNSET, VALUE_NULL, VALUE_BOOL, VALUE_INT, VALUE_DOUBLE, VALUE_TEXT };

struct value {
	enum value_type type;
	union {
		bool boolean;
		int64_t integer;
		double number;
		const char *text;
	};
};

#define VALUE_TEXT_MAX 32 /* enough for the text of any value that is not VALUE_TEXT */

/*
 * The value as text: a number or boolean is formatted somewhere into `room` (VALUE_TEXT_MAX
 * bytes), of text the text itself is returned. Integers in decimal, doubles with 15 significant
 * digits ("%.15g", as pgbench; Infinity, NaN), booleans as true or false. NULL for VALUE_NULL and
 * VALUE_UNSET.
 * `*n` is its length. Fast: used for every parameter while the clock runs.
 */
const char *value_text(const struct value *v, char *room, size_t *n);

/*
 * The value of a text from -D or from a result row. A number or boolean when value_text() would
 * give back exactly this text; else VALUE_TEXT pointing at `text`, so that '007', '1.50' or a
 * lone 't' reach the server as they came. In expressions such texts count for what
 * value_interpret() makes of them.
 */
struct value value_from_text(const char *text);

/*
 * What a text means in an expression, by pgbench's rules: null (any case), true and yes and their
 * beginnings, on, false and no and their beginnings, off, an integer, a double; VALUE_TEXT when
 * it is none of these.
 */
struct value value_interpret(const char *text);

/* The truth of \if: true, and numbers other than zero. NULL is not true. */
static inline bool value_is_true(const struct value *v)
{
	return (v->type == VALUE_BOOL && v->boolean) || (v->type == VALUE_INT && v->integer != 0) ||
	       (v->type == VALUE_DOUBLE && v->number != 0.0);
}

#endif
