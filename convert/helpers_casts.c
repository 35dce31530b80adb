/*
 * helpers_casts.c - helper functions: casts that give NULL instead of an error, days and months,
 * arrays.
 *
 * Those that catch errors start a subtransaction, which Postgres does not allow in parallel work,
 * so they are not parallel safe; those that read dates depend on settings of the session, so they
 * are stable only.
 */
#include "convert/helpers.h"

#define EXPRESSION(arguments, type, expression)                                                    \
	"(" arguments ") RETURNS " type                                                            \
	"\n LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$\n"                               \
	"SELECT " expression "\n$body$"
#define TRY(arguments, type, volatility, expression)                                               \
	"(" arguments ") RETURNS " type "\n LANGUAGE plpgsql " volatility " STRICT AS $body$\n"    \
	"BEGIN\n  RETURN " expression ";\nEXCEPTION WHEN data_exception THEN\n"                    \
	"  RETURN NULL;\nEND\n$body$"
#define ATTEMPT(arguments, type, expression)	    TRY(arguments, type, "IMMUTABLE", expression)
#define ATTEMPT_STABLE(arguments, type, expression) TRY(arguments, type, "STABLE", expression)

/* Pieces of expressions over a timestamp. */
#define LAST_DAY(ts) "(pg_catalog.date_trunc('month', " ts ") + interval '1 month - 1 day')"
#define IS_LAST(ts)                                                                                \
	"pg_catalog.date_trunc('day', " ts ") = pg_catalog.date_trunc('day', " LAST_DAY(ts) ")"
#define MONTHS(ts)   "(extract(year from " ts ") * 12 + extract(month from " ts "))"
#define DAY_TIME(ts) "(" ts " - pg_catalog.date_trunc('month', " ts "))"

#define BOTH_LAST    IS_LAST("a") " and " IS_LAST("b")
#define MONTHS_APART MONTHS("a") " - " MONTHS("b")
#define DAYS_APART   DAY_TIME("a") " - " DAY_TIME("b")

const struct helper helper_casts[] = {
	{"add_months", "timestamp, int",
	 "n months later, the last day of a month to the last day (Oracle, "
	 "Redshift, Snowflake)",
	 EXPRESSION("ts timestamp, n int", "timestamp",
		    "case when " IS_LAST("ts") " then " LAST_DAY(
			    "(ts + n * interval '1 month')") " + (ts - "
							     "pg_catalog.date_"
							     "trunc('day', "
							     "ts)) else ts + "
							     "n * interval '1 "
							     "month' end")},
	{"array_distinct", "anycompatiblearray", "each value once, in the order of its first place",
	 EXPRESSION("a anycompatiblearray", "anycompatiblearray",
		    "array(select v from (select v, pg_catalog.min(i) as i "
		    "from pg_catalog.unnest(a) with ordinality u(v, i) "
		    "group by v) d order by i)")},
	{"array_except", "anycompatiblearray, anycompatiblearray",
	 "the values of a that are not in b, each once",
	 EXPRESSION("a anycompatiblearray, b anycompatiblearray", "anycompatiblearray",
		    "array(select v from (select v, pg_catalog.min(i) as i "
		    "from pg_catalog.unnest(a) with ordinality u(v, i) where "
		    "not exists (select 1 from pg_catalog.unnest(b) w where w "
		    "is not distinct from v) group by v) d order by i)")},
	{"array_intersect", "anycompatiblearray, anycompatiblearray",
	 "the values of a that are in b, too, each once",
	 EXPRESSION("a anycompatiblearray, b anycompatiblearray", "anycompatiblearray",
		    "array(select v from (select v, pg_catalog.min(i) as i "
		    "from pg_catalog.unnest(a) with ordinality u(v, i) where "
		    "exists (select 1 from pg_catalog.unnest(b) w where w is "
		    "not distinct from v) group by v) d order by i)")},
	{"array_sort", "anycompatiblearray", "sorted, NULLs last (Spark)",
	 EXPRESSION("a anycompatiblearray", "anycompatiblearray",
		    "array(select v from pg_catalog.unnest(a) u(v) order "
		    "by v nulls last)")},
	{"bround", "numeric, int", "rounded to n places, a half to the even neighbour (Spark)",
	 EXPRESSION("x numeric, n int", "numeric",
		    "case when pg_catalog.abs(x * 10::numeric ^ n - "
		    "pg_catalog.trunc(x * 10::numeric ^ n)) = 0.5 and "
		    "pg_catalog.trunc(x * 10::numeric ^ n) % 2 = 0 then "
		    "pg_catalog.trunc(x, n) else pg_catalog.round(x, n) end")},
	{"element_at", "anycompatiblearray, int",
	 "an element, from the end when i is negative; NULL beyond either "
	 "end",
	 EXPRESSION("a anycompatiblearray, i int", "anycompatible",
		    "a[case when i < 0 then pg_catalog.cardinality(a) + 1 "
		    "+ i else i end]")},
	{"greatest_or_null", "VARIADIC anycompatiblearray",
	 "the greatest; NULL when one of them is (MySQL, Oracle, "
	 "Snowflake)",
	 EXPRESSION("variadic a anycompatiblearray", "anycompatible",
		    "(select case when pg_catalog.count(v) = "
		    "pg_catalog.cardinality(a) then pg_catalog.max(v) end "
		    "from pg_catalog.unnest(a) u(v))")},
	{"initcap", "text", "a capital behind each blank only, not behind every sign (Spark)",
	 EXPRESSION("s text", "text",
		    "(select "
		    "pg_catalog.string_agg(pg_catalog.upper(pg_catalog.left(w,"
		    " 1)) || pg_catalog.lower(pg_catalog.substr(w, 2)), ' ' "
		    "order by i) from pg_catalog.string_to_table(s, ' ') with "
		    "ordinality t(w, i))")},
	{"last_day", "timestamp", "the last day of the month",
	 EXPRESSION("d timestamp", "date", LAST_DAY("d") "::date")},
	{"least_or_null", "VARIADIC anycompatiblearray",
	 "the least; NULL when one of them is (MySQL, Oracle, Snowflake)",
	 EXPRESSION("variadic a anycompatiblearray", "anycompatible",
		    "(select case when pg_catalog.count(v) = "
		    "pg_catalog.cardinality(a) then pg_catalog.min(v) end "
		    "from pg_catalog.unnest(a) u(v))")},
	{"months_between", "timestamp, timestamp",
	 "months with a fraction of 31 days; whole between same days or last days, 8 digits",
	 EXPRESSION("a timestamp, b timestamp", "float8",
		    "(case when extract(day from a) = extract(day from b) or (" BOTH_LAST
		    ") then " MONTHS_APART " else pg_catalog.round(" MONTHS_APART
		    " + extract(epoch from " DAYS_APART ") / 2678400, 8) end)::float8")},
	{"next_day", "timestamp, text", "the first such day of the week after d",
	 EXPRESSION("d timestamp, day text", "date",
		    "(select (d::date + i) from pg_catalog.generate_series(1, "
		    "7) i where "
		    "pg_catalog.lower(pg_catalog.left(pg_catalog.btrim(day), "
		    "2)) = "
		    "pg_catalog.lower(pg_catalog.left((array['sunday','monday'"
		    ",'tuesday','wednesday','thursday','friday','saturday'])["
		    "extract(dow from d::date + i)::int + 1], 2)))")},
	{"substring_index", "text, text, int",
	 "what stands before the n-th d, or behind it from the end (MySQL, "
	 "Spark)",
	 EXPRESSION("s text, d text, n int", "text",
		    "case when d = '' or n = 0 then '' when n > 0 then "
		    "pg_catalog.array_to_string((pg_catalog.string_to_array(s,"
		    " d))[1:n], d) else "
		    "pg_catalog.array_to_string((pg_catalog.string_to_array(s,"
		    " d))[greatest(pg_catalog.cardinality(pg_catalog.string_"
		    "to_array(s, d)) + 1 + n, 1):], d) end")},
	{"try_bigint", "text", "a number, or NULL", ATTEMPT("s text", "bigint", "s::bigint")},
	{"try_boolean", "text", "a boolean, or NULL", ATTEMPT("s text", "boolean", "s::boolean")},
	{"try_date", "text", "a date, or NULL", ATTEMPT_STABLE("s text", "date", "s::date")},
	{"try_float8", "text", "a number, or NULL", ATTEMPT("s text", "float8", "s::float8")},
	{"try_int", "text", "a number, or NULL", ATTEMPT("s text", "int", "s::int")},
	{"try_interval", "text", "an interval, or NULL",
	 ATTEMPT_STABLE("s text", "interval", "s::interval")},
	{"try_jsonb", "text", "JSON, or NULL", ATTEMPT("s text", "jsonb", "s::jsonb")},
	{"try_numeric", "text", "a number, or NULL", ATTEMPT("s text", "numeric", "s::numeric")},
	{"try_smallint", "text", "a number, or NULL", ATTEMPT("s text", "smallint", "s::smallint")},
	{"try_time", "text", "a time of day, or NULL", ATTEMPT_STABLE("s text", "time", "s::time")},
	{"try_timestamp", "text", "a time, or NULL",
	 ATTEMPT_STABLE("s text", "timestamp", "s::timestamp")},
	{"try_timestamptz", "text", "a time, or NULL",
	 ATTEMPT_STABLE("s text", "timestamptz", "s::timestamptz")},
	{"try_to_date", "text, text", "a date by a format of Postgres, or NULL",
	 ATTEMPT_STABLE("s text, format text", "date", "pg_catalog.to_date(s, format)")},
	{"try_to_timestamp", "text, text", "a time by a format of Postgres, or NULL",
	 ATTEMPT_STABLE("s text, format text", "timestamp",
			"pg_catalog.to_timestamp(s, format)::timestamp")},
	{"try_uuid", "text", "a UUID, or NULL", ATTEMPT("s text", "uuid", "s::uuid")},
	{"unhex", "text", "the bytes of hexadecimal digits, or NULL",
	 ATTEMPT("s text", "bytea",
		 "pg_catalog.decode(case when pg_catalog.length(s) % 2 = 1 "
		 "then '0' else '' end || s, 'hex')")},
};
const size_t helper_cast_count = sizeof(helper_casts) / sizeof(helper_casts[0]);
