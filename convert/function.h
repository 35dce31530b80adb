/*
 * function.h - functions as data: what a call of the source becomes in Postgres.
 *
 * Each dialect has a table of rules, sorted by name; several rules of one name are tried in their
 * order, the first whose argument count and condition hold is taken. Calls that are not written as
 * calls have rules, too: CAST(x AS t) is "cast:T" with T the Postgres type of t ("cast:int",
 * "cast:text"; without length), TRY_CAST "try_cast:T", CONVERT(t, x, style) "convert:T" with (x,
 * style), EXTRACT(unit FROM x) "extract" with (unit, x), current_date without parentheses
 * "current_date" with no argument. Where "cast:T" has no row, it is a plain cast.
 *
 * `to` is a Postgres expression, parsed once into a tree; the arguments' trees are put in place, so
 * that precedence is never lost. In it
 *   $1 .. $9       an argument
 *   $*             all arguments from the first that is not named otherwise, comma between
 *   $name2         argument 2, a literal, rewritten by the row `name` of literal.h (a date format,
 *                  a pattern, a JSON path). When the argument is not a literal of that kind or
 *                  cannot be said in Postgres, the rule does not apply and the next one is tried
 *   $2(x, y)       argument 2 is a lambda: its body, x and y in the place of its parameters
 *   _name          a name with an underscore before it is made unique for each use of the rule
 * "=name" stands for the same arguments under another name, "" for the call as it is, "@name" for
 * the rewrite of that name written in C. DISTINCT, FILTER, ORDER BY, WITHIN GROUP and OVER of the
 * call go to every aggregate or window function in `to` outside of its subqueries; a FILTER there
 * is joined by AND. "CASE WHEN $1 IS NOT NULL THEN x END" as a whole is x when the argument is a
 * literal other than NULL, or a constructor (ARRAY[...]). A cast to the very type that an argument
 * is known to have is left out, unless the argument is a literal.
 *
 * `when` is a list of conditions, comma between, all of which must hold:
 *   "1=int" "1=text" "1=date|timestamp"  the argument's type is known to be (one of) these. Types:
 *                  int (any size) numeric float text bool date timestamp time interval binary json
 *                  array struct map lambda null; timestamp is with or without time zone; a string
 *                  literal is text
 *   "1=int4"       smallint or int, not bigint
 *   "1=keys:int" "1=values:text"  a map whose keys, or values, are known to be of that type
 *   "1=zoned"      a string literal that is a moment with a time zone
 *   "1!text"       is known, and is not so
 *   "1?"           the type is not known
 *   "2=literal" "2=string" "2=0" "2=positive" "2=negative"  a literal; a string literal; that
 *                  number; a number literal above or below zero
 *   "2=lower:x|y"  a string literal or bare word equal to x or y without case
 *   "1=unit:day"   a string literal or bare word that names the unit day in unit.h
 *   "1=datelike"   a column of unknown type that is called ...Date, ...Time or the like
 *   "distinct" "filter" "over" "order" "ignore" "star"  the call has it (ignore: IGNORE NULLS)
 *   "separator"    SEPARATOR was given, and is the last argument
 *   "2=days"       an interval of days, weeks, months, quarters or years only
 *   "ansi" "!ansi" "ci" "!ci" "plain"  settings of the session: ANSI mode; texts compare without
 *                  case; --plain
 * A rule whose `to` is NULL says: no way in Postgres, report `finding`.
 */
#ifndef LAKEPORT_CONVERT_FUNCTION_H
#define LAKEPORT_CONVERT_FUNCTION_H

#include <stddef.h>

struct function_rule {
	const char *name;		/* lower case */
	signed char args_min, args_max; /* args_max -1: any number */
	const char *when;		/* or NULL: always */
	const char *to;
	const char *type;    /* of the result: a type as above; "1": as argument 1; "1[]" an array
				of such; "[1]" an element of argument 1; NULL: not known */
	const char *finding; /* a code to report when taken, or NULL */
};

/* The rules of a dialect. */
struct function_table {
	const struct function_rule *rules; /* sorted by name */
	size_t count;
	const struct function_table *next; /* more of the dialect's names, or NULL */
};

extern const struct function_table functions_databricks, functions_tsql, functions_oracle,
	functions_mysql, functions_redshift, functions_snowflake;
/* Parts of functions_databricks. */
extern const struct function_table functions_databricks_time, functions_databricks_nested;

/* The first rule of that name, the others follow it; NULL: there is none. */
const struct function_rule *function_rule_find(const struct function_table *t, const char *name,
					       const struct function_rule **end);

#endif
