/*
 * rows.h - short forms for the rows of function tables (function.h), and groups of rows that
 * several dialects share, each under the dialect's own name for the function.
 */
#ifndef LAKEPORT_CONVERT_ROWS_H
#define LAKEPORT_CONVERT_ROWS_H

#include "convert/function.h"

/* The same in Postgres: only the type is of interest. */
#define SAME(name, min, max, type)                                                                 \
	{                                                                                          \
		name, min, max, NULL, "", type, NULL                                               \
	}
/* Exactly `args` arguments, no condition. */
#define CALL(name, args, to, type)                                                                 \
	{                                                                                          \
		name, args, args, NULL, to, type, NULL                                             \
	}
/* Any number of arguments from `min`. */
#define MANY(name, min, to, type)                                                                  \
	{                                                                                          \
		name, min, -1, NULL, to, type, NULL                                                \
	}
#define WHEN(name, args, when, to, type)                                                           \
	{                                                                                          \
		name, args, args, when, to, type, NULL                                             \
	}
/* With a finding. */
#define NOTE(name, args, when, to, type, code)                                                     \
	{                                                                                          \
		name, args, args, when, to, type, code                                             \
	}
/* No way in Postgres. */
#define NONE(name, code)                                                                           \
	{                                                                                          \
		name, 0, -1, NULL, NULL, NULL, code                                                \
	}

/* `then`, or NULL when argument `n` is NULL. */
#define GUARD(n, then) "CASE WHEN $" n " IS NOT NULL THEN " then " END"

/* Full text search; words as web searches have them: "a b" OR c */
#define FULL_TEXT(name)                                                                            \
	NOTE(name, 2, "2=string", "@full_text", "bool", NULL), NONE(name, "FULL-TEXT")

#define TS(x)		x "::timestamp"
#define FIELD(field, x) "extract(" field " FROM " x ")"
#define DAY_OF(x)	"(" x "::timestamp)::date"

/* A field of a date or timestamp (also as text) as an integer. */
#define PART(name, field)                                                                          \
	WHEN(name, 1, "1=date|timestamp", "extract(" field " FROM $1)::int", "int"),               \
		CALL(name, 1, "extract(" field " FROM $1::timestamp)::int", "int")
#define PART_EXPRESSION(name, before, field, after)                                                \
	WHEN(name, 1, "1=date|timestamp", before "extract(" field " FROM $1)::int" after, "int"),  \
		CALL(name, 1, before "extract(" field " FROM $1::timestamp)::int" after, "int")

/* Whole seconds: Postgres' second has a fraction. */
#define PART_SECOND(name)                                                                          \
	WHEN(name, 1, "1=date|timestamp|time", "trunc(extract(second FROM $1))::int", "int"),      \
		CALL(name, 1, "trunc(extract(second FROM $1::timestamp))::int", "int")

/* JSON without blanks between its parts, as the others write it; texts stay as they are. */
#define JSON_TEXT(x) "regexp_replace(" x ", '(\"(?:[^\"\\\\]|\\\\.)*\")|([:,]) ', '\\1\\2', 'g')"

/* A numeric as Oracle writes it: 8750, .5 */
#define ORACLE_NUMBER_TEXT(x) "regexp_replace(trim_scale(" x ")::text, '^(-?)0[.]', '\\1.')"

/* Texts joined, NULL when one of them is. */
#define CONCAT_NULL(name)                                                                          \
	CALL(name, 1, "$1::text", "text"), CALL(name, 2, "($1::text || $2::text)", "text"),        \
		CALL(name, 3, "($1::text || $2::text || $3::text)", "text"),                       \
		CALL(name, 4, "($1::text || $2::text || $3::text || $4::text)", "text"),           \
		CALL(name, 5, "($1::text || $2::text || $3::text || $4::text || $5::text)",        \
		     "text"),                                                                      \
		CALL(name, 6,                                                                      \
		     "($1::text || $2::text || $3::text || $4::text || $5::text || $6::text)",     \
		     "text"),                                                                      \
		MANY(name, 7, "CASE WHEN num_nulls($*) = 0 THEN concat($*) END", "text")

/* NULL when one of them is: Postgres' own pass over NULLs. */
#define EXTREME_NULL(name)                                                                         \
	CALL(name, 1, "$1", "1"),                                                                  \
		CALL(name, 2,                                                                      \
		     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN " name "($1, $2) END",      \
		     "1"),                                                                         \
		MANY(name, 3, "CASE WHEN num_nulls($*) = 0 THEN " name "($*) END", "1")

/* round() of Postgres takes a second argument for numeric only; of a float it rounds to even. */
#define ROUND_ROWS(name)                                                                           \
	WHEN(name, 1, "1=int|numeric", "round($1)", "1"),                                          \
		WHEN(name, 1, "1=float", "round($1::numeric)::float8", "float"),                   \
		CALL(name, 1, "round($1::numeric)", "numeric"),                                    \
		WHEN(name, 2, "1=numeric|int", "round($1, $2)", "numeric"),                        \
		WHEN(name, 2, "1=float", "round($1::numeric, $2)::float8", "float"),               \
		CALL(name, 2, "round($1::numeric, $2)", "numeric")
#define MOD_ROWS(name)                                                                             \
	WHEN(name, 2, "1=int,2=int", "mod($1, $2)", "int"),                                        \
		CALL(name, 2, "mod($1::numeric, $2::numeric)", "numeric")

/* SUBSTR with a start from the end, and 0 for the first place; beyond the text: `beyond`. */
#define SUBSTR_ROWS(name, zero, beyond)                                                            \
	WHEN(name, 2, "2=positive", "substr($1::text, $2)", "text"),                               \
		WHEN(name, 2, "2=0", zero, "text"),                                                \
		WHEN(name, 2, "2=negative",                                                        \
		     "CASE WHEN length($1::text) < $minus2 THEN " beyond                           \
		     " ELSE right($1::text, $minus2) END",                                         \
		     "text"),                                                                      \
		CALL(name, 2,                                                                      \
		     "CASE WHEN $2 > 0 THEN substr($1::text, $2) WHEN $2 = 0 THEN " zero           \
		     " WHEN length($1::text) < - $2 THEN " beyond                                  \
		     " ELSE right($1::text, - $2) END",                                            \
		     "text"),                                                                      \
		WHEN(name, 3, "2=positive,3=positive", "substr($1::text, $2, $3)", "text"),        \
		CALL(name, 3,                                                                      \
		     "CASE WHEN $2 > 0 THEN substr($1::text, $2, greatest($3, 0)) WHEN $2 = 0 "    \
		     "THEN left(" zero                                                             \
		     ", greatest($3, 0)) WHEN length($1::text) < - $2 THEN " beyond                \
		     " ELSE left(right($1::text, - $2), greatest($3, 0)) END",                     \
		     "text")

/* SUBSTRING_INDEX: what is before the n-th delimiter, or after the n-th from the end. */
#define SUBSTRING_INDEX(name)                                                                      \
	WHEN(name, 3, "3=lower:1", "split_part($1, $2, 1)", "text"),                               \
		WHEN(name, 3, "3=lower:-1", "split_part($1, $2, -1)", "text"),                     \
		WHEN(name, 3, "3=positive",                                                        \
		     "array_to_string((string_to_array($1, $2))[1:$3], $2)", "text"),              \
		CALL(name, 3,                                                                      \
		     "array_to_string((string_to_array($1, $2))[CASE WHEN $3 < 0 THEN greatest("   \
		     "cardinality(string_to_array($1, $2)) + 1 + $3, 1) ELSE 1 END:CASE WHEN $3 "  \
		     ">= 0"                                                                        \
		     " THEN $3 ELSE cardinality(string_to_array($1, $2)) END], $2)",               \
		     "text")

#define SHA2_ROWS(name)                                                                            \
	WHEN(name, 2, "2=lower:256|0", "encode(sha256(convert_to($1::text, 'UTF8')), 'hex')",      \
	     "text"),                                                                              \
		WHEN(name, 2, "2=lower:224",                                                       \
		     "encode(sha224(convert_to($1::text, 'UTF8')), 'hex')", "text"),               \
		WHEN(name, 2, "2=lower:384",                                                       \
		     "encode(sha384(convert_to($1::text, 'UTF8')), 'hex')", "text"),               \
		WHEN(name, 2, "2=lower:512",                                                       \
		     "encode(sha512(convert_to($1::text, 'UTF8')), 'hex')", "text"),               \
	{                                                                                          \
		name, 2, 2, NULL, NULL, NULL, "NO-FUNCTION"                                        \
	}

#define HEX_TEXT(x) "upper(encode(convert_to(" x "::text, 'UTF8'), 'hex'))"
#define HEX_ROWS(name)                                                                             \
	WHEN(name, 1, "1=int", "upper(to_hex($1))", "text"),                                       \
		WHEN(name, 1, "1=binary", "upper(encode($1, 'hex'))", "text"),                     \
		WHEN(name, 1, "1=text", HEX_TEXT("$1"), "text"),                                   \
		NOTE(name, 1, NULL, HEX_TEXT("$1"), "text", "TYPE-UNKNOWN")

/* count(DISTINCT a, b): rows with a NULL do not count. */
#define COUNT_DISTINCT_ROWS(name)                                                                  \
	WHEN(name, 2, "distinct", "count(($1, $2)) FILTER (WHERE num_nulls($1, $2) = 0)", "int"),  \
		WHEN(name, 3, "distinct",                                                          \
		     "count(($1, $2, $3)) FILTER (WHERE num_nulls($1, $2, $3) = 0)", "int"),       \
		SAME(name, 0, 1, "int")
/* The variant that returns the value where another column is largest or smallest. */
#define MAX_BY(name, order)                                                                        \
	CALL(name, 2, "(array_agg($1 ORDER BY $2" order ") FILTER (WHERE $2 IS NOT NULL))[1]", "1")
#define LISTAGG_ROWS(name)                                                                         \
	CALL(name, 1, "string_agg($1::text, '')", "text"),                                         \
		CALL(name, 2, "string_agg($1::text, $2)", "text")
#define ANY_VALUE_ROWS(name)                                                                       \
	WHEN(name, 1, "ignore", "(array_agg($1) FILTER (WHERE $1 IS NOT NULL))[1]", "1"),          \
		CALL(name, 1, "(array_agg($1))[1]", "1")
/* first_value and last_value keep NULLs in Postgres; without them the frame is an array. */
#define FIRST_VALUE_ROWS(name)                                                                     \
	WHEN(name, 1, "ignore", "(array_agg($1) FILTER (WHERE $1 IS NOT NULL))[1]", "1"),          \
		SAME(name, 1, 1, "1")
#define LAST_VALUE_ROWS(name)                                                                      \
	WHEN(name, 1, "ignore", "(array_agg($1) FILTER (WHERE $1 IS NOT NULL))[count($1)]", "1"),  \
		SAME(name, 1, 1, "1")
#define LAG_ROWS(name) {name, 1, 3, "ignore", NULL, "1", "IGNORE-NULLS"}, SAME(name, 1, 3, "1")

/* NAME(unit, x): a field by its name. */
#define EXTRACT_UNIT(name, unit, field)                                                            \
	WHEN(name, 2, "1=unit:" unit ",2=date|timestamp|interval",                                 \
	     "extract(" field " FROM $2)::int", "int"),                                            \
		WHEN(name, 2, "1=unit:" unit, "extract(" field " FROM $2::timestamp)::int", "int")
#define EXTRACT_UNITS(name)                                                                        \
	EXTRACT_UNIT(name, "year", "year"), EXTRACT_UNIT(name, "quarter", "quarter"),              \
		EXTRACT_UNIT(name, "month", "month"), EXTRACT_UNIT(name, "day", "day"),            \
		EXTRACT_UNIT(name, "doy", "doy"), EXTRACT_UNIT(name, "hour", "hour"),              \
		EXTRACT_UNIT(name, "minute", "minute"), EXTRACT_UNIT(name, "weekiso", "week"),     \
		EXTRACT_UNIT(name, "isoyear", "isoyear"), EXTRACT_UNIT(name, "isodow", "isodow"),  \
		EXTRACT_UNIT(name, "century", "century"), EXTRACT_UNIT(name, "decade", "decade"),  \
		EXTRACT_UNIT(name, "millennium", "millennium")

/* NAME(unit, n, d): a date stays a date when the unit is a day or larger. */
#define ADD_UNIT_DATE(name, unit, interval)                                                        \
	WHEN(name, 3, "1=unit:" unit ",3=date", "($3 + $2 * INTERVAL '" interval "')::date", "date")
/* NAME(unit, n, d): texts are timestamps, the rest keeps its type. */
#define ADD_UNIT(name, unit, interval)                                                             \
	WHEN(name, 3, "1=unit:" unit ",3=text", "$3::timestamp + $2 * INTERVAL '" interval "'",    \
	     "timestamp"),                                                                         \
		WHEN(name, 3, "1=unit:" unit, "$3 + $2 * INTERVAL '" interval "'", "timestamp")
#define ADD_DAYS_DATE(name)                                                                        \
	WHEN(name, 3, "1=unit:day,2=int4,3=date", "$3 + $2", "date"),                              \
		ADD_UNIT_DATE(name, "day", "1 day"), ADD_UNIT_DATE(name, "week", "7 days"),        \
		ADD_UNIT_DATE(name, "month", "1 month"),                                           \
		ADD_UNIT_DATE(name, "quarter", "3 months"), ADD_UNIT_DATE(name, "year", "1 year")
#define ADD_UNITS(name)                                                                            \
	ADD_UNIT(name, "year", "1 year"), ADD_UNIT(name, "quarter", "3 months"),                   \
		ADD_UNIT(name, "month", "1 month"), ADD_UNIT(name, "week", "7 days"),              \
		ADD_UNIT(name, "day", "1 day"), ADD_UNIT(name, "hour", "1 hour"),                  \
		ADD_UNIT(name, "minute", "1 minute"), ADD_UNIT(name, "second", "1 second"),        \
		ADD_UNIT(name, "millisecond", "1 millisecond"),                                    \
		ADD_UNIT(name, "microsecond", "1 microsecond"),                                    \
		NOTE(name, 3, "1=unit:nanosecond", "$3 + $2 / 1000.0 * INTERVAL '1 microsecond'",  \
		     "timestamp", "NANOSECONDS")

/* NAME(unit, a, b): how many boundaries of the unit lie between a and b. */
#define YEAR_OF(x) FIELD("year", x "::timestamp")
#define BOUNDARIES(name, part, per_second)                                                         \
	WHEN(name, 3, "1=unit:" part,                                                              \
	     "(extract(epoch FROM date_trunc('" part "', $3::timestamp) - date_trunc('" part       \
	     "', $2::timestamp))" per_second ")::bigint",                                          \
	     "int")
#define DIFF_BOUNDARIES(name)                                                                      \
	WHEN(name, 3, "1=unit:year",                                                               \
	     "(extract(year FROM $3::timestamp) - extract(year FROM $2::timestamp))::int", "int"), \
		WHEN(name, 3, "1=unit:quarter",                                                    \
		     "((extract(year FROM $3::timestamp) - extract(year FROM $2::timestamp)) * 4"  \
		     " + extract(quarter FROM $3::timestamp) - extract(quarter FROM "              \
		     "$2::timestamp))::int",                                                       \
		     "int"),                                                                       \
		WHEN(name, 3, "1=unit:month",                                                      \
		     "((extract(year FROM $3::timestamp) - extract(year FROM $2::timestamp)) * 12" \
		     " + extract(month FROM $3::timestamp) - extract(month FROM "                  \
		     "$2::timestamp))::int",                                                       \
		     "int"),                                                                       \
		WHEN(name, 3, "1=unit:day,2=date,3=date", "($3 - $2)", "int"),                     \
		WHEN(name, 3, "1=unit:day", "($3::timestamp::date - $2::timestamp::date)", "int"), \
		WHEN(name, 3, "1=unit:doy", "($3::timestamp::date - $2::timestamp::date)", "int"), \
		BOUNDARIES(name, "hour", " / 3600"), BOUNDARIES(name, "minute", " / 60"),          \
		BOUNDARIES(name, "second", ""), BOUNDARIES(name, "millisecond", " * 1000"),        \
		BOUNDARIES(name, "microsecond", " * 1000000")
#define DIFF_WEEKS_MONDAY(name)                                                                    \
	WHEN(name, 3, "1=unit:week|weekiso",                                                       \
	     "((date_trunc('week', $3::timestamp)::date - date_trunc('week', "                     \
	     "$2::timestamp)::date)"                                                               \
	     " / 7)",                                                                              \
	     "int")
#define DIFF_WEEKS_SUNDAY(name)                                                                    \
	WHEN(name, 3, "1=unit:week|weekiso",                                                       \
	     "((date_trunc('week', $3::timestamp + INTERVAL '1 day')::date"                        \
	     " - date_trunc('week', $2::timestamp + INTERVAL '1 day')::date) / 7)",                \
	     "int")

/* NAME(unit, a, b): how many whole units passed from a to b. */
#define MONTHS_ELAPSED(a, b)                                                                       \
	"(extract(year FROM age(" b "::timestamp, " a "::timestamp)) * 12"                         \
	" + extract(month FROM age(" b "::timestamp, " a "::timestamp)))"
#define ELAPSED(name, part, scale)                                                                 \
	WHEN(name, 3, "1=unit:" part,                                                              \
	     "trunc(extract(epoch FROM $3::timestamp - $2::timestamp)" scale ")::bigint", "int")
#define DIFF_ELAPSED(name)                                                                         \
	WHEN(name, 3, "1=unit:year", "trunc(" MONTHS_ELAPSED("$2", "$3") " / 12)::int", "int"),    \
		WHEN(name, 3, "1=unit:quarter", "trunc(" MONTHS_ELAPSED("$2", "$3") " / 3)::int",  \
		     "int"),                                                                       \
		WHEN(name, 3, "1=unit:month", MONTHS_ELAPSED("$2", "$3") "::int", "int"),          \
		WHEN(name, 3, "1=unit:day,2=date,3=date", "($3 - $2)", "int"),                     \
		ELAPSED(name, "week", " / 604800"), ELAPSED(name, "day", " / 86400"),              \
		ELAPSED(name, "hour", " / 3600"), ELAPSED(name, "minute", " / 60"),                \
		ELAPSED(name, "second", ""), ELAPSED(name, "millisecond", " * 1000"),              \
		ELAPSED(name, "microsecond", " * 1000000")

/* NAME(unit, x): cut down to the unit. */
#define TRUNC_UNIT(name, unit)                                                                     \
	WHEN(name, 2, "1=unit:" unit ",2=timestamp", "date_trunc('" unit "', $2)", "timestamp"),   \
		WHEN(name, 2, "1=unit:" unit, "date_trunc('" unit "', $2::timestamp)",             \
		     "timestamp")
#define TRUNC_UNITS(name)                                                                          \
	TRUNC_UNIT(name, "year"), TRUNC_UNIT(name, "quarter"), TRUNC_UNIT(name, "month"),          \
		TRUNC_UNIT(name, "week"), TRUNC_UNIT(name, "day"), TRUNC_UNIT(name, "hour"),       \
		TRUNC_UNIT(name, "minute"), TRUNC_UNIT(name, "second"),                            \
		TRUNC_UNIT(name, "millisecond"), TRUNC_UNIT(name, "microsecond"),                  \
		TRUNC_UNIT(name, "decade"), TRUNC_UNIT(name, "century"),                           \
		TRUNC_UNIT(name, "millennium")

/* Months between, as Oracle counts: whole when both are the same day or both the last one. */
#define LAST_OF_MONTH(x) "extract(day FROM " x "::timestamp + INTERVAL '1 day') = 1"
#define SECONDS_OF_MONTH(x)                                                                        \
	"extract(epoch FROM " x "::timestamp - date_trunc('month', " x "::timestamp))"
#define MONTHS_BETWEEN                                                                             \
	"((extract(year FROM $1::timestamp) - extract(year FROM $2::timestamp)) * 12"              \
	" + extract(month FROM $1::timestamp) - extract(month FROM $2::timestamp)"                 \
	" + CASE WHEN extract(day FROM $1::timestamp) = extract(day FROM $2::timestamp) "          \
	"OR " LAST_OF_MONTH("$1") " AND " LAST_OF_MONTH("$2") " THEN 0 ELSE (" SECONDS_OF_MONTH(   \
		"$1") " - " SECONDS_OF_MONTH("$2") ") / 2678400 END)"

/* Adds months; the last day of a month stays the last day. */
#define ADD_MONTHS_LAST ADD_MONTHS_LAST_OF("$2")
#define ADD_MONTHS_LAST_OF(n)                                                                      \
	"CASE WHEN extract(day FROM $1::timestamp + INTERVAL '1 day') = 1"                         \
	" THEN date_trunc('month', $1::timestamp + " n " * INTERVAL '1 month')"                    \
	" + INTERVAL '1 month - 1 day' + ($1::timestamp - date_trunc('day', $1::timestamp))"       \
	" ELSE $1::timestamp + " n " * INTERVAL '1 month' END"

#define NEXT_WEEKDAY(number)                                                                       \
	"($1::timestamp::date + ((" number                                                         \
	" - extract(isodow FROM $1::timestamp)::int + 6) % 7 + 1))"
#define NEXT_DAY_ROWS(name)                                                                        \
	WHEN(name, 2, "2=lower:mo|mon|monday", NEXT_WEEKDAY("1"), "date"),                         \
		WHEN(name, 2, "2=lower:tu|tue|tuesday", NEXT_WEEKDAY("2"), "date"),                \
		WHEN(name, 2, "2=lower:we|wed|wednesday", NEXT_WEEKDAY("3"), "date"),              \
		WHEN(name, 2, "2=lower:th|thu|thursday", NEXT_WEEKDAY("4"), "date"),               \
		WHEN(name, 2, "2=lower:fr|fri|friday", NEXT_WEEKDAY("5"), "date"),                 \
		WHEN(name, 2, "2=lower:sa|sat|saturday", NEXT_WEEKDAY("6"), "date"),               \
		WHEN(name, 2, "2=lower:su|sun|sunday", NEXT_WEEKDAY("7"), "date")

/* Where `needle` begins in `text` from place $3 on, 0: nowhere. */
#define POSITION_FROM(text, needle)                                                                \
	"CASE WHEN strpos(substr(" text ", greatest($3, 1)), " needle ") = 0 THEN 0 ELSE strpos("  \
	"substr(" text ", greatest($3, 1)), " needle ") + greatest($3, 1) - 1 END"

/* CAST that cuts the fraction off where Postgres rounds. */
#define CAST_CUT(name, type)                                                                       \
	WHEN(name, 1, "1=int|bool|text", "$1::" type, "int"),                                      \
		WHEN(name, 1, "1=numeric|float", "trunc($1)::" type, "int"),                       \
		CALL(name, 1, "trunc($1::numeric)::" type, "int")

/* TRY_CAST of a text: NULL where the text is not such a value. */
#define DIGITS "'^\\s*[+-]?\\d{1,18}\\s*$'"
#define TRY_INT(name, type, low, high)                                                             \
	CALL(name, 1,                                                                              \
	     "CASE WHEN $1::text ~ '^\\s*[+-]?\\d{1,30}\\s*$' THEN CASE WHEN $1::text::numeric"    \
	     " BETWEEN " low " AND " high " THEN $1::text::numeric::" type " END END",             \
	     "int")
#define NUMBER_PATTERN "'^\\s*[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?\\s*$'"
#define TRY_NUMBER(name, type, kind)                                                               \
	CALL(name, 1, "CASE WHEN $1::text ~ " NUMBER_PATTERN " THEN $1::text::" type " END", kind)
#define DATE_PATTERN "'^\\s*\\d{4}-(0?[1-9]|1[0-2])-(0?[1-9]|[12]\\d|3[01])"
#define DATE_IN(x)   "substring(" x " FROM '^\\s*(\\d{4}-\\d{1,2}-\\d{1,2})')"
/* The day exists in its month. */
#define DAY_EXISTS(x)                                                                              \
	"split_part(" DATE_IN(x) ", '-', 3)::int <= extract(day FROM "                             \
				 "make_date(split_part(" DATE_IN(x) ", '-', 1)::int, "             \
								    "split_part(" DATE_IN(         \
									    x) ", '-', 2)::int, "  \
									       "1)"                \
									       " + INTERVAL '1 "   \
									       "month - 1 day')"
#define TIME_PATTERN "([ T]([01]?\\d|2[0-3]):[0-5]?\\d(:[0-5]?\\d(\\.\\d{1,9})?)?)?"
#define TRY_DATE(name)                                                                             \
	CALL(name, 1,                                                                              \
	     "CASE WHEN $1::text ~ " DATE_PATTERN TIME_PATTERN                                     \
	     "\\s*$' THEN CASE WHEN " DAY_EXISTS(                                                  \
		     "$1::text") " THEN $1::text::timestamp::date END END",                        \
	     "date")
#define TRY_TIMESTAMP(name)                                                                        \
	CALL(name, 1,                                                                              \
	     "CASE WHEN $1::text ~ " DATE_PATTERN TIME_PATTERN                                     \
	     "\\s*$' THEN CASE WHEN " DAY_EXISTS("$1::text") " THEN $1::text::timestamp END END",  \
	     "timestamp")
#define TRY_BOOLEAN(name)                                                                          \
	CALL(name, 1,                                                                              \
	     "CASE WHEN lower(btrim($1::text)) IN ('t', 'true', 'y', 'yes', '1') THEN true"        \
	     " WHEN lower(btrim($1::text)) IN ('f', 'false', 'n', 'no', '0') THEN false END",      \
	     "bool")
#define TRY_TIME(name)                                                                             \
	CALL(name, 1,                                                                              \
	     "CASE WHEN $1::text ~ "                                                               \
	     "'^\\s*([01]?\\d|2[0-3]):[0-5]?\\d(:[0-5]?\\d(\\.\\d{1,9})?)?\\s*$' "                 \
	     "THEN $1::text::time END",                                                            \
	     "time")
#define TRY_CASTS(prefix)                                                                          \
	TRY_INT(prefix "bigint", "bigint", "-9223372036854775808", "9223372036854775807"),         \
		TRY_BOOLEAN(prefix "boolean"), TRY_DATE(prefix "date"),                            \
		TRY_NUMBER(prefix "float4", "float4", "float"),                                    \
		TRY_NUMBER(prefix "float8", "float8", "float"),                                    \
		TRY_INT(prefix "int", "int", "-2147483648", "2147483647"),                         \
		TRY_NUMBER(prefix "numeric", "numeric", "numeric"),                                \
		TRY_INT(prefix "smallint", "smallint", "-32768", "32767"),                         \
		CALL(prefix "text", 1, "$1::text", "text"), TRY_TIME(prefix "time"),               \
		TRY_TIMESTAMP(prefix "timestamp"), TRY_TIMESTAMP(prefix "timestamptz")

/* A table out of an array of sorted rules. */
#define FUNCTION_TABLE(array, next)                                                                \
	{                                                                                          \
		array, sizeof(array) / sizeof((array)[0]), next                                    \
	}

/* Of all rows there are, by the means of their powers. */
#define POWER_MEAN(n) "avg($1::float8 ^ " n ")"
#define EXCESS_KURTOSIS                                                                            \
	"((" POWER_MEAN("4") " - 4 * avg($1::float8) * " POWER_MEAN(                               \
		"3") " + 6 * avg($1::float8) ^ 2 * " POWER_MEAN("2") " - 3 * avg($1::float8) ^ "   \
								     "4) / "                       \
								     "NULLIF(var_pop($1::float8)," \
								     " 0) ^ 2 - 3)"
#define SKEWNESS                                                                                   \
	"((" POWER_MEAN("3") " - 3 * avg($1::float8) * " POWER_MEAN(                               \
		"2") " + 2 * avg($1::float8) ^ 3) / NULLIF(var_pop($1::float8), 0) ^ 1.5)"

#endif
