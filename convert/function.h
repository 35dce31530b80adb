/*
 * function.h - functions as data: what a call of the source becomes in Postgres.
 *
 * Each dialect has a table of rules, sorted by name; several rules of one name are tried in their
 * order, the first whose argument count and condition hold is taken. `to` is a Postgres expression
 * with $1 .. $9 for the arguments, $* for all of them from the first not named otherwise (comma
 * between), and $fmt2 etc. for an argument that is a format string, converted by the format table
 * named in `format`. It is parsed once into a tree, and the arguments' trees are put in place, so
 * that precedence is never lost.
 *
 * `when` is a list of conditions on arguments, comma between, all of which must hold:
 *   "1=int" "1=text" "1=date" "1=timestamp" "1=numeric" "1=float" "1=bool" "1=array" "1=json"
 *                          the argument's type is known to be so ("date" is not "timestamp")
 *   "1!text"               is known, and is not so
 *   "1?"                   the type is not known
 *   "2=literal" "2=string" "2=0" "2=negative"  a literal; a string literal; that number; a negative
 * one "2=lower:x|y"          a literal (or bare word) equal to x or y without case: units, parts
 *   "distinct" "filter" "over" "star"  the call has it
 * A rule whose `to` is NULL says: no way in Postgres, report `finding`.
 */
#ifndef LAKEPORT_CONVERT_FUNCTION_H
#define LAKEPORT_CONVERT_FUNCTION_H

struct function_rule {
	const char *name;		/* lower case */
	signed char args_min, args_max; /* args_max -1: any number */
	const char *when;		/* or NULL: always */
	const char *to;			/* "=name": same arguments, other name; "" : as it is */
	const char
		*type; /* of the result: "int", "text", ...; "1": as argument 1; NULL: not known */
	const char *finding; /* a code to report when taken, or NULL */
};

#endif
