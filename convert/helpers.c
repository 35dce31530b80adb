/*
 * helpers.c - see helper.h: the helper functions, their SQL, and `lakeport convert helpers`.
 */
#include "convert/helper.h"

#include <stdio.h>
#include <string.h>

#include "common/command.h"
#include "common/pg.h"
#include "convert/convert.h"

#define LAST_DAY(ts) "(pg_catalog.date_trunc('month', " ts ") + interval '1 month - 1 day')"
#define IS_LAST(ts)                                                                                \
	"pg_catalog.date_trunc('day', " ts ") = pg_catalog.date_trunc('day', " LAST_DAY(ts) ")"
#define MONTHS(ts)   "(extract(year from " ts ") * 12 + extract(month from " ts "))"
#define DAY_TIME(ts) "(" ts " - pg_catalog.date_trunc('month', " ts "))"

const struct helper helpers[] = {
	{"add_months", "ts timestamp, n int", "timestamp", HELPER_SQL,
	 "case when " IS_LAST("ts") " then " LAST_DAY(
		 "(ts + n * interval '1 month')") " + (ts - "
						  "pg_catalog.date_"
						  "trunc('day', "
						  "ts)) else ts + "
						  "n * interval '1 "
						  "month' end",
	 "n months later, the last day of a month to the last day "
	 "(Oracle, Redshift, Snowflake)"},
	{"array_distinct", "a anycompatiblearray", "anycompatiblearray", HELPER_SQL,
	 "array(select v from (select v, pg_catalog.min(i) as i"
	 " from pg_catalog.unnest(a) with ordinality u(v, i) group "
	 "by v) d order by i)",
	 "each value once, in the order of its first place"},
	{"array_except", "a anycompatiblearray, b anycompatiblearray", "anycompatiblearray",
	 HELPER_SQL,
	 "array(select v from (select v, pg_catalog.min(i) as i"
	 " from pg_catalog.unnest(a) with ordinality u(v, i) where "
	 "not exists"
	 " (select 1 from pg_catalog.unnest(b) w where w is not "
	 "distinct from v)"
	 " group by v) d order by i)",
	 "the values of a that are not in b, each once"},
	{"array_intersect", "a anycompatiblearray, b anycompatiblearray", "anycompatiblearray",
	 HELPER_SQL,
	 "array(select v from (select v, pg_catalog.min(i) as i"
	 " from pg_catalog.unnest(a) with ordinality u(v, i) where "
	 "exists"
	 " (select 1 from pg_catalog.unnest(b) w where w is not "
	 "distinct from v)"
	 " group by v) d order by i)",
	 "the values of a that are in b, too, each once"},
	{"array_sort", "a anycompatiblearray", "anycompatiblearray", HELPER_SQL,
	 "array(select v from pg_catalog.unnest(a) u(v) order by v "
	 "nulls last)",
	 "sorted, NULLs last (Spark)"},
	{"bround", "x numeric, n int", "numeric", HELPER_SQL,
	 "case when pg_catalog.abs(x * 10::numeric ^ n - "
	 "pg_catalog.trunc(x * 10::numeric ^ n)) = 0.5"
	 " and pg_catalog.trunc(x * 10::numeric ^ n) % 2 = 0"
	 " then pg_catalog.trunc(x, n) else pg_catalog.round(x, n) "
	 "end",
	 "rounded to n places, a half to the even neighbour "
	 "(Spark)"},
	{"element_at", "a anycompatiblearray, i int", "anycompatible", HELPER_SQL,
	 "a[case when i < 0 then pg_catalog.cardinality(a) + 1 + i "
	 "else i end]",
	 "an element, from the end when i is negative; NULL beyond "
	 "either end"},
	{"greatest_or_null", "variadic a anycompatiblearray", "anycompatible", HELPER_SQL,
	 "(select case when pg_catalog.count(v) = "
	 "pg_catalog.cardinality(a) then"
	 " pg_catalog.max(v) end from pg_catalog.unnest(a) u(v))",
	 "the greatest; NULL when one of them is (MySQL, Oracle, "
	 "Snowflake)"},
	{"initcap", "s text", "text", HELPER_SQL,
	 "(select "
	 "pg_catalog.string_agg(pg_catalog.upper(pg_catalog.left(w,"
	 " 1)) ||"
	 " pg_catalog.lower(pg_catalog.substr(w, 2)), ' ' order by "
	 "i)"
	 " from pg_catalog.string_to_table(s, ' ') with ordinality "
	 "t(w, i))",
	 "a capital behind each blank only, not behind every sign "
	 "(Spark)"},
	{"instr", "s text, sub text, pos int, n int", "int", HELPER_SQL,
	 "case when pos > 0 then pg_catalog.regexp_instr(s,"
	 " pg_catalog.regexp_replace(sub, '([^[:alnum:]])', "
	 "'\\\\\\1', 'g'), pos, n) else"
	 " coalesce((select p from "
	 "pg_catalog.generate_series(pg_catalog.length(s) + 1 + "
	 "pos, 1, -1) p"
	 " where pg_catalog.substr(s, p, pg_catalog.length(sub)) = "
	 "sub order by p desc"
	 " offset n - 1 limit 1), 0) end",
	 "the place of the n-th sub from pos on, backwards from "
	 "the end when pos is negative"},
	{"last_day", "d timestamp", "date", HELPER_SQL, LAST_DAY("d") "::date",
	 "the last day of the month"},
	{"least_or_null", "variadic a anycompatiblearray", "anycompatible", HELPER_SQL,
	 "(select case when pg_catalog.count(v) = "
	 "pg_catalog.cardinality(a) then"
	 " pg_catalog.min(v) end from pg_catalog.unnest(a) u(v))",
	 "the least; NULL when one of them is (MySQL, Oracle, "
	 "Snowflake)"},
	{"months_between", "a timestamp, b timestamp", "float8", HELPER_SQL,
	 "(case when extract(day from a) = extract(day from b) or "
	 "(" IS_LAST("a") " and " IS_LAST("b") ") then " MONTHS("a") " - " MONTHS(
		 "b") " else pg_catalog.round(" MONTHS("a") " - " MONTHS("b") " + extract(epoch "
									      "from " DAY_TIME(
										      "a") " -"
											   " " DAY_TIME(
												   "b") ") / 2678400, 8) end)::float8",
	 "months with a fraction of 31 days; whole between same "
	 "days or last days, 8 digits"},
	{"next_day", "d timestamp, day text", "date", HELPER_SQL,
	 "(select (d::date + i) from pg_catalog.generate_series(1, "
	 "7) i where pg_catalog.lower("
	 "pg_catalog.left(pg_catalog.btrim(day), 2)) = "
	 "pg_catalog.lower(pg_catalog.left("
	 "(array['sunday','monday','tuesday','wednesday','thursday'"
	 ",'friday','saturday'])"
	 "[extract(dow from d::date + i)::int + 1], 2)))",
	 "the first such day of the week after d"},
	{"substring_index", "s text, d text, n int", "text", HELPER_SQL,
	 "case when d = '' or n = 0 then '' when n > 0 then"
	 " pg_catalog.array_to_string((pg_catalog.string_to_array("
	 "s, d))[1:n], d) else"
	 " pg_catalog.array_to_string((pg_catalog.string_to_array("
	 "s, d))"
	 "[greatest(pg_catalog.cardinality(pg_catalog.string_to_"
	 "array(s, d)) + 1 + n, 1):], d) end",
	 "what stands before the n-th d, or behind it from the end "
	 "(MySQL, Spark)"},
	{"try_bigint", "s text", "bigint", HELPER_TRY, "s::bigint", "a number, or NULL"},
	{"try_boolean", "s text", "boolean", HELPER_TRY, "s::boolean", "a boolean, or NULL"},
	{"try_date", "s text", "date", HELPER_TRY_STABLE, "s::date", "a date, or NULL"},
	{"try_float8", "s text", "float8", HELPER_TRY, "s::float8", "a number, or NULL"},
	{"try_int", "s text", "int", HELPER_TRY, "s::int", "a number, or NULL"},
	{"try_interval", "s text", "interval", HELPER_TRY_STABLE, "s::interval",
	 "an interval, or NULL"},
	{"try_jsonb", "s text", "jsonb", HELPER_TRY, "s::jsonb", "JSON, or NULL"},
	{"try_numeric", "s text", "numeric", HELPER_TRY, "s::numeric", "a number, or NULL"},
	{"try_smallint", "s text", "smallint", HELPER_TRY, "s::smallint", "a number, or NULL"},
	{"try_time", "s text", "time", HELPER_TRY_STABLE, "s::time", "a time of day, or NULL"},
	{"try_timestamp", "s text", "timestamp", HELPER_TRY_STABLE, "s::timestamp",
	 "a time, or NULL"},
	{"try_timestamptz", "s text", "timestamptz", HELPER_TRY_STABLE, "s::timestamptz",
	 "a time, or NULL"},
	{"try_to_date", "s text, format text", "date", HELPER_TRY_STABLE,
	 "pg_catalog.to_date(s, format)", "a date by a format of Postgres, or NULL"},
	{"try_to_timestamp", "s text, format text", "timestamp", HELPER_TRY_STABLE,
	 "pg_catalog.to_timestamp(s, format)::timestamp",
	 "a time by a format of Postgres, or NULL"},
	{"try_uuid", "s text", "uuid", HELPER_TRY, "s::uuid", "a UUID, or NULL"},
	{"unhex", "s text", "bytea", HELPER_TRY,
	 "pg_catalog.decode(case when pg_catalog.length(s) % 2 = 1 "
	 "then '0' else '' end || s, 'hex')",
	 "the bytes of hexadecimal digits, or NULL"},
};
const size_t helper_count = sizeof(helpers) / sizeof(helpers[0]);

const struct helper *helper_find(const char *name)
{
	size_t i;

	for (i = 0; i < helper_count; i++)
		if (strcmp(helpers[i].name, name) == 0)
			return &helpers[i];
	return NULL;
}

static void print_helper(const struct helper *h, const char *schema, struct buf *out)
{
	bool tries = h->kind == HELPER_TRY || h->kind == HELPER_TRY_STABLE;

	buf_printf(out, "\n-- %s\ncreate or replace function ", h->meaning);
	pg_quote_identifier(out, schema);
	buf_printf(out, ".%s(%s) returns %s\nlanguage %s %s%s%s as $$", h->name, h->arguments,
		   h->returns, tries ? "plpgsql" : "sql",
		   h->kind == HELPER_TRY_STABLE ? "stable" : "immutable",
		   h->kind == HELPER_SQL_NULLS ? "" : " strict", tries ? "" : " parallel safe");
	if (tries)
		buf_printf(out,
			   "\nbegin\n\treturn %s;\nexception when data_exception then\n"
			   "\treturn null;\nend\n$$;\n",
			   h->expression);
	else
		buf_printf(out, "\n\tselect %s\n$$;\n", h->expression);
}

void convert_helpers(const char *schema, struct buf *out)
{
	size_t i;

	buf_puts(out, "-- The functions that converted statements may call. They read no tables.\n"
		      "create schema if not exists ");
	pg_quote_identifier(out, schema);
	buf_puts(out, ";\n");
	for (i = 0; i < helper_count; i++)
		print_helper(&helpers[i], schema, out);
}

static int run_helpers(struct invocation *inv, struct error *e)
{
	struct buf out = {0};

	(void)e;
	convert_helpers(option_text(inv, "helper-schema"), &out);
	fputs(buf_text(&out), stdout);
	buf_release(&out);
	return 0;
}

static const struct option options[] = {
	{.name = "helper-schema",
	 .type = OPTION_TEXT,
	 .argument = "NAME",
	 .help = "the schema to put them into",
	 .fallback = "lakeport"},
};

const struct command convert_helpers_command = {
	.tool = "convert",
	.verb = "helpers",
	.arguments = "",
	.summary = "print the SQL of the functions that converted statements may call",
	.description =
		"A few conversions need what Postgres has no expression for: casts that give "
		"NULL instead of an error, months between two days. Install these functions "
		"once in the target, before the converted statements are used:\n"
		"`lakeport convert helpers | psql \"$DSN\"`. They are small, read no tables, "
		"and live in a schema of their own; running the SQL again does no harm.",
	.examples = "lakeport convert helpers > helpers.sql   # into a file",
	OPTIONS(options),
	.run = run_helpers,
};
