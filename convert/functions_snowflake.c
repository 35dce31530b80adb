/*
 * functions_snowflake.c - the built-in functions of Snowflake as rules. Source: docs.snowflake.com,
 * SQL function reference; read in 2026. VARIANT, OBJECT and ARRAY are jsonb; TIMESTAMP_NTZ is
 * timestamp; weeks begin on Monday (WEEK_START 0), the day of the week counts from Sunday, 0.
 */
#include "convert/rows.h"

#define UNIT_PARTS(name)                                                                           \
	EXTRACT_UNITS(name),                                                                       \
		WHEN(name, 2, "1=unit:second", "trunc(extract(second FROM $2::timestamp))::int",   \
		     "int"),                                                                       \
		WHEN(name, 2, "1=unit:week", "extract(week FROM $2::timestamp)::int", "int"),      \
		WHEN(name, 2, "1=unit:dayofweek", "extract(dow FROM $2::timestamp)::int", "int"),  \
		WHEN(name, 2, "1=unit:epoch", "extract(epoch FROM $2::timestamp)::bigint", "int"), \
		WHEN(name, 2, "1=unit:yearofweek", "extract(isoyear FROM $2::timestamp)::int",     \
		     "int"),                                                                       \
		WHEN(name, 2, "1=unit:nanosecond",                                                 \
		     "(mod(extract(microseconds FROM $2::timestamp)::int, 1000000) * 1000)",       \
		     "int"),                                                                       \
		WHEN(name, 2, "1=lower:epoch_millisecond|epoch_milliseconds",                      \
		     "(extract(epoch FROM $2::timestamp) * 1000)::bigint", "int")
#define TRUNC_D(name, unit)                                                                        \
	WHEN(name, 2, "1=unit:" unit ",2=date", "date_trunc('" unit "', $2)::date", "date")
#define TRUNC_DS(name)                                                                             \
	TRUNC_D(name, "year"), TRUNC_D(name, "quarter"), TRUNC_D(name, "month"),                   \
		TRUNC_D(name, "week"), TRUNC_D(name, "day")
#define TRUNC_2(name, unit)                                                                        \
	WHEN(name, 2, "2=unit:" unit ",1=date", "date_trunc('" unit "', $1)::date", "date"),       \
		WHEN(name, 2, "2=unit:" unit, "date_trunc('" unit "', $1::timestamp)",             \
		     "timestamp")
#define ADD(name) ADD_DAYS_DATE(name), ADD_UNITS(name), NONE(name, "UNIT-DYNAMIC")
#define DIFF(name)                                                                                 \
	DIFF_BOUNDARIES(name), DIFF_WEEKS_MONDAY(name),                                            \
		WHEN(name, 3, "1=unit:nanosecond",                                                 \
		     "(extract(epoch FROM $3::timestamp - $2::timestamp) * 1000000000)::bigint",   \
		     "int"),                                                                       \
		NONE(name, "UNIT-DYNAMIC")
#define TO_TS(name, type)                                                                          \
	CALL(name, 0, "CURRENT_TIMESTAMP::" type, "timestamp"),                                    \
		WHEN(name, 1, "1=int|numeric", "to_timestamp($1)::" type, "timestamp"),            \
		WHEN(name, 1, "1=json", "($1 #>> '{}')::" type, "timestamp"),                      \
		CALL(name, 1, "$1::" type, "timestamp"),                                           \
		WHEN(name, 2, "1=int|numeric,2=literal",                                           \
		     "to_timestamp($1 / power(10.0, $2)::float8)::" type, "timestamp"),            \
		WHEN(name, 2, "2=lower:auto", "$1::" type, "timestamp"),                           \
		CALL(name, 2, "to_timestamp($1::text, $snowflakein2)::" type, "timestamp"),        \
		NONE(name, "FORMAT-LETTERS")
#define TO_NUM(name)                                                                               \
	WHEN(name, 1, "1=int", "$1", "int"), CALL(name, 1, "round($1::numeric)", "numeric"),       \
		WHEN(name, 2, "2=string", "to_number($1, $snowflakenumber2)", "numeric"),          \
		CALL(name, 2, "round($1::numeric)", "numeric"),                                    \
		WHEN(name, 3, "2=literal", "round($1::numeric, $3)", "numeric"),                   \
		WHEN(name, 4, "2=string", "round(to_number($1, $snowflakenumber2), $4)",           \
		     "numeric"),                                                                   \
		NONE(name, "FORMAT-LETTERS")
#define TRY_NUM(name)                                                                              \
	CALL(name, 1, "CASE WHEN $1::text ~ " NUMBER_PATTERN " THEN round($1::text::numeric) END", \
	     "numeric"),                                                                           \
		WHEN(name, 2, "2=positive",                                                        \
		     "CASE WHEN $1::text ~ " NUMBER_PATTERN " THEN round($1::text::numeric) END",  \
		     "numeric"),                                                                   \
		WHEN(name, 3, "2=positive",                                                        \
		     "CASE WHEN $1::text ~ " NUMBER_PATTERN                                        \
		     " THEN round($1::text::numeric, $3) END",                                     \
		     "numeric"),                                                                   \
		NONE(name, "TRY-FORMAT")
#define CHARS(name)                                                                                \
	WHEN(name, 1, "1=json", "($1 #>> '{}')", "text"),                                          \
		WHEN(name, 1, "1=binary", "upper(encode($1, 'hex'))", "text"),                     \
		CALL(name, 1, "$1::text", "text"),                                                 \
		WHEN(name, 2, "1=date|timestamp|time", "to_char($1, $snowflake2)", "text"),        \
		CALL(name, 2, "to_char($1, $snowflakenumber2)", "text"),                           \
		CALL(name, 2, "to_char($1, $snowflake2)", "text"), NONE(name, "FORMAT-LETTERS")
#define SEQ(name)                                                                                  \
	CALL(name, 0, "(row_number() OVER () - 1)::int", "int"),                                   \
		CALL(name, 1, "(row_number() OVER () - 1)::int", "int")
#define PREVIOUS(name, names, number)                                                              \
	WHEN(name, 2, "2=lower:" names,                                                            \
	     "($1::timestamp::date - ((extract(isodow FROM $1::timestamp)::int - " number          \
	     " + 6) % 7 + 1))",                                                                    \
	     "date")
/* What kind of value a VARIANT holds. */
#define VARIANT_TYPE(x)                                                                            \
	"CASE jsonb_typeof(" x ") WHEN 'number' THEN CASE WHEN (" x " #>> '{}')::numeric = "       \
	"trunc((" x " #>> '{}')::numeric) THEN 'INTEGER' ELSE 'DECIMAL' END WHEN 'string' THEN "   \
	"'VARCHAR' WHEN 'null' THEN 'NULL_VALUE' ELSE upper(jsonb_typeof(" x ")) END"
/* How often each element stands in an array, and in another one: as multisets. */
#define COUNTED(n)                                                                                 \
	"(SELECT _x, _i, row_number() OVER (PARTITION BY _x ORDER BY _i) AS _n FROM " ELEMENTS(    \
		n) ") AS _c"
#define TIMES_IN(n) "(SELECT count(*) FROM jsonb_array_elements($" n ") AS _v(_y) WHERE _y = _x)"
/* Without rows the text is empty, not NULL. */
#define LISTAGG_EMPTY(name)                                                                        \
	CALL(name, 1, "coalesce(string_agg($1::text, ''), '')", "text"),                           \
		CALL(name, 2, "coalesce(string_agg($1::text, $2), '')", "text")
#define SLICE_BIN(name, unit, one, from)                                                           \
	WHEN(name, 3, "3=unit:" unit ",1=date",                                                    \
	     "date_bin($2 * INTERVAL '" one "', $1::timestamp, '" from "')::date", "date"),        \
		WHEN(name, 3, "3=unit:" unit,                                                      \
		     "date_bin($2 * INTERVAL '" one "', $1::timestamp, '" from "')", "timestamp"), \
		WHEN(name, 4, "3=unit:" unit ",4=lower:start",                                     \
		     "date_bin($2 * INTERVAL '" one "', $1::timestamp, '" from "')", "timestamp"), \
		WHEN(name, 4, "3=unit:" unit ",4=lower:end",                                       \
		     "date_bin($2 * INTERVAL '" one "', $1::timestamp, '" from                     \
		     "') + $2 * INTERVAL '" one "'",                                               \
		     "timestamp")
#define MONTH_SLICE(scale)                                                                         \
	"(timestamp '1970-01-01' + $2 * INTERVAL '" scale " months' * floor(((extract(year FROM "  \
	"$1::timestamp) - 1970) * 12 + extract(month FROM $1::timestamp) - 1) / ($2 * " scale      \
	")))"
#define SLICE_MONTHS(name, unit, scale)                                                            \
	WHEN(name, 3, "3=unit:" unit ",1=date", MONTH_SLICE(scale) "::date", "date"),              \
		WHEN(name, 3, "3=unit:" unit, MONTH_SLICE(scale), "timestamp"),                    \
		WHEN(name, 4, "3=unit:" unit ",4=lower:start", MONTH_SLICE(scale), "timestamp"),   \
		WHEN(name, 4, "3=unit:" unit ",4=lower:end",                                       \
		     MONTH_SLICE(scale) " + $2 * INTERVAL '" scale " months'", "timestamp")
#define SLICES(name)                                                                               \
	SLICE_BIN(name, "second", "1 second", "1970-01-01"),                                       \
		SLICE_BIN(name, "minute", "1 minute", "1970-01-01"),                               \
		SLICE_BIN(name, "hour", "1 hour", "1970-01-01"),                                   \
		SLICE_BIN(name, "day", "1 day", "1970-01-01"),                                     \
		SLICE_BIN(name, "week", "7 days", "1969-12-29"), SLICE_MONTHS(name, "month", "1"), \
		SLICE_MONTHS(name, "quarter", "3"), SLICE_MONTHS(name, "year", "12")
#define ELEMENTS(n)    "jsonb_array_elements($" n ") WITH ORDINALITY AS _u(_x, _i)"
#define REBUILT(query) "coalesce((SELECT jsonb_agg(_x ORDER BY _i) FROM " query "), '[]')"

static const struct function_rule rules[] = {
	/* rows */
	SAME("abs", 1, 1, "1"),
	SAME("acos", 1, 1, "float"),
	SAME("acosh", 1, 1, "float"),
	WHEN("add_months", 2, "1=date,2=numeric|float",
	     "(" ADD_MONTHS_LAST_OF("round($2)::int") ")::date", "date"),
	WHEN("add_months", 2, "1=text,2=numeric|float",
	     "(" ADD_MONTHS_LAST_OF("round($2)::int") ")::date", "date"),
	WHEN("add_months", 2, "2=numeric|float", ADD_MONTHS_LAST_OF("round($2)::int"), "timestamp"),
	WHEN("add_months", 2, "1=date", "(" ADD_MONTHS_LAST ")::date", "date"),
	WHEN("add_months", 2, "1=text", "(" ADD_MONTHS_LAST ")::date", "date"),
	CALL("add_months", 2, ADD_MONTHS_LAST, "timestamp"),
	ANY_VALUE_ROWS("any_value"),
	CALL("approx_count_distinct", 1, "count(DISTINCT $1)", "int"),
	CALL("approx_percentile", 2, "percentile_cont($2) WITHIN GROUP (ORDER BY $1)", "float"),
	NONE("approx_top_k", "NO-FUNCTION"),
	NONE("approximate_similarity", "NO-FUNCTION"),
	CALL("array_agg", 1, "coalesce(jsonb_agg($1) FILTER (WHERE $1 IS NOT NULL), '[]')", "json"),
	CALL("array_append", 2, "($1 || jsonb_build_array($2))", "json"),
	CALL("array_cat", 2, "($1 || $2)", "json"),
	CALL("array_compact", 1, REBUILT(ELEMENTS("1") " WHERE _x <> 'null'"), "json"),
	CALL("array_construct", 0, "'[]'::jsonb", "json"),
	MANY("array_construct", 1, "jsonb_build_array($*)", "json"),
	CALL("array_construct_compact", 0, "'[]'::jsonb", "json"),
	MANY("array_construct_compact", 1, "jsonb_strip_nulls(jsonb_build_array($*))", "json"),
	WHEN("array_contains", 2, "1=json", "($2 @> $1)", "bool"),
	WHEN("array_contains", 2, "1=text", "($2 @> to_jsonb($1::text))", "bool"),
	CALL("array_contains", 2, "($2 @> to_jsonb($1))", "bool"),
	CALL("array_distinct", 1,
	     "coalesce((SELECT jsonb_agg(_x ORDER BY _o) FROM (SELECT _x, min(_i) AS _o "
	     "FROM " ELEMENTS("1") " GROUP BY _x) AS _d), '[]')",
	     "json"),
	CALL("array_except", 2, REBUILT(COUNTED("1") " WHERE _n > " TIMES_IN("2")), "json"),
	CALL("array_flatten", 1,
	     "coalesce((SELECT jsonb_agg(_y ORDER BY _i, _j) FROM " ELEMENTS(
		     "1") ", jsonb_array_elements(_x) WITH ORDINALITY AS _v(_y, _j)), '[]')",
	     "json"),
	CALL("array_generate_range", 2,
	     "coalesce((SELECT jsonb_agg(_x) FROM generate_series($1, $2 - 1) AS _u(_x)), '[]')",
	     "json"),
	CALL("array_generate_range", 3,
	     "coalesce((SELECT jsonb_agg(_x) FROM generate_series($1, $2 - sign($3)::int, $3) AS "
	     "_u(_x)), '[]')",
	     "json"),
	CALL("array_insert", 3, "jsonb_insert($1, ARRAY[$2::text], to_jsonb($3))", "json"),
	CALL("array_intersection", 2, REBUILT(COUNTED("1") " WHERE _n <= " TIMES_IN("2")), "json"),
	CALL("array_max", 1, "(SELECT max((_x #>> '{}')::numeric) FROM " ELEMENTS("1") ")",
	     "numeric"),
	CALL("array_min", 1, "(SELECT min((_x #>> '{}')::numeric) FROM " ELEMENTS("1") ")",
	     "numeric"),
	WHEN("array_position", 2, "1=json",
	     "(SELECT min(_i) - 1 FROM " ELEMENTS("2") " WHERE _x = $1)", "int"),
	CALL("array_position", 2,
	     "(SELECT min(_i) - 1 FROM " ELEMENTS("2") " WHERE _x = to_jsonb($1))", "int"),
	CALL("array_prepend", 2, "(jsonb_build_array($2) || $1)", "json"),
	CALL("array_remove", 2, REBUILT(ELEMENTS("1") " WHERE _x <> to_jsonb($2)"), "json"),
	CALL("array_reverse", 1,
	     "coalesce((SELECT jsonb_agg(_x ORDER BY _i DESC) FROM " ELEMENTS("1") "), '[]')",
	     "json"),
	CALL("array_size", 1, "jsonb_array_length($1)", "int"),
	CALL("array_slice", 3,
	     REBUILT(ELEMENTS("1") " WHERE _i > CASE WHEN $2 < 0 THEN jsonb_array_length($1) + $2 "
				   "ELSE $2 END AND _i <= CASE WHEN $3 < 0 THEN "
				   "jsonb_array_length($1) + $3 ELSE $3 END"),
	     "json"),
	CALL("array_sort", 1,
	     "coalesce((SELECT jsonb_agg(_x ORDER BY _x) FROM " ELEMENTS("1") "), '[]')", "json"),
	CALL("array_sort", 2,
	     "coalesce((SELECT jsonb_agg(_x ORDER BY CASE WHEN $2 THEN _x END, CASE WHEN NOT $2 "
	     "THEN _x END DESC) FROM " ELEMENTS("1") "), '[]')",
	     "json"),
	CALL("array_to_string", 2,
	     "(SELECT string_agg(coalesce(_x #>> '{}', ''), $2 ORDER BY _i) FROM " ELEMENTS(
		     "1") ")",
	     "text"),
	NONE("array_union_agg", "NO-FUNCTION"),
	CALL("array_unique_agg", 1,
	     "coalesce(jsonb_agg(DISTINCT $1) FILTER (WHERE $1 IS NOT NULL), '[]')", "json"),
	CALL("arrays_overlap", 2,
	     "EXISTS (SELECT FROM jsonb_array_elements($1) AS _u(_x) WHERE $2 @> "
	     "jsonb_build_array(_x))",
	     "bool"),
	CALL("arrays_to_object", 2,
	     "coalesce((SELECT jsonb_object_agg(_x #>> '{}', _y) FROM jsonb_array_elements($1) "
	     "WITH ORDINALITY AS _u(_x, _i) JOIN jsonb_array_elements($2) WITH ORDINALITY AS "
	     "_v(_y, _j) ON _i = _j WHERE _x <> 'null' AND _y <> 'null'), '{}')",
	     "json"),
	CALL("arrays_zip", 2,
	     "coalesce((SELECT jsonb_agg(jsonb_build_object('$1', _x, '$2', _y) ORDER BY "
	     "coalesce(_i, _j)) FROM jsonb_array_elements($1) WITH ORDINALITY AS _u(_x, _i) FULL "
	     "JOIN jsonb_array_elements($2) WITH ORDINALITY AS _v(_y, _j) ON _i = _j), '[]')",
	     "json"),
	CALL("as_array", 1, "CASE WHEN jsonb_typeof($1) = 'array' THEN $1 END", "json"),
	CALL("as_boolean", 1, "CASE WHEN jsonb_typeof($1) = 'boolean' THEN $1::boolean END",
	     "bool"),
	CALL("as_char", 1, "CASE WHEN jsonb_typeof($1) = 'string' THEN $1 #>> '{}' END", "text"),
	CALL("as_decimal", 1, "CASE WHEN jsonb_typeof($1) = 'number' THEN $1::numeric END",
	     "numeric"),
	CALL("as_double", 1, "CASE WHEN jsonb_typeof($1) = 'number' THEN $1::float8 END", "float"),
	CALL("as_integer", 1, "CASE WHEN jsonb_typeof($1) = 'number' THEN $1::bigint END", "int"),
	CALL("as_object", 1, "CASE WHEN jsonb_typeof($1) = 'object' THEN $1 END", "json"),
	CALL("as_varchar", 1, "CASE WHEN jsonb_typeof($1) = 'string' THEN $1 #>> '{}' END", "text"),
	SAME("ascii", 1, 1, "int"),
	SAME("asin", 1, 1, "float"),
	SAME("asinh", 1, 1, "float"),
	SAME("atan", 1, 1, "float"),
	SAME("atan2", 2, 2, "float"),
	SAME("atanh", 1, 1, "float"),
	SAME("avg", 1, 1, "numeric"),
	CALL("base64_decode_binary", 1, "decode($1, 'base64')", "binary"),
	CALL("base64_decode_string", 1, "convert_from(decode($1, 'base64'), 'UTF8')", "text"),
	CALL("base64_encode", 1,
	     "replace(encode(convert_to($1::text, 'UTF8'), 'base64'), E'\\n', '')", "text"),
	CALL("bit_and", 2, "($1 & $2)", "int"),
	SAME("bit_length", 1, 1, "int"),
	CALL("bit_or", 2, "($1 | $2)", "int"),
	CALL("bit_xor", 2, "($1 # $2)", "int"),
	CALL("bitand", 2, "($1 & $2)", "int"),
	CALL("bitand_agg", 1, "bit_and($1)", "int"),
	CALL("bitnot", 1, "(~ $1)", "int"),
	CALL("bitor", 2, "($1 | $2)", "int"),
	CALL("bitor_agg", 1, "bit_or($1)", "int"),
	CALL("bitshiftleft", 2, "($1 << $2)", "int"),
	CALL("bitshiftright", 2, "($1 >> $2)", "int"),
	CALL("bitxor", 2, "($1 # $2)", "int"),
	CALL("bitxor_agg", 1, "bit_xor($1)", "int"),
	CALL("booland", 2, "($1::boolean AND $2::boolean)", "bool"),
	CALL("booland_agg", 1, "bool_and($1)", "bool"),
	CALL("boolnot", 1, "(NOT $1::boolean)", "bool"),
	CALL("boolor", 2, "($1::boolean OR $2::boolean)", "bool"),
	CALL("boolor_agg", 1, "bool_or($1)", "bool"),
	CALL("boolxor", 2, "($1::boolean <> $2::boolean)", "bool"),
	WHEN("cast:bigint", 1, "1=json", "round(($1 #>> '{}')::numeric)::bigint", "int"),
	WHEN("cast:boolean", 1, "1=json", "($1 #>> '{}')::boolean", "bool"),
	WHEN("cast:boolean", 1, "1=int|numeric|float", "($1 <> 0)", "bool"),
	WHEN("cast:date", 1, "1=json", "($1 #>> '{}')::date", "date"),
	WHEN("cast:float8", 1, "1=json", "($1 #>> '{}')::float8", "float"),
	WHEN("cast:int", 1, "1=json", "round(($1 #>> '{}')::numeric)::int", "int"),
	WHEN("cast:jsonb", 1, "1=text", "to_jsonb($1::text)", "json"),
	WHEN("cast:jsonb", 1, "1=int|numeric|float|bool|date|timestamp|array", "to_jsonb($1)",
	     "json"),
	WHEN("cast:jsonb", 1, "1?", "to_jsonb($1)", "json"),
	WHEN("cast:numeric", 1, "1=json", "($1 #>> '{}')::numeric", "numeric"),
	WHEN("cast:text", 1, "1=json", "($1 #>> '{}')", "text"),
	WHEN("cast:timestamp", 1, "1=json", "($1 #>> '{}')::timestamp", "timestamp"),
	WHEN("cast:timestamp", 1, "1=int|numeric", "to_timestamp($1)::timestamp", "timestamp"),
	WHEN("cast:timestamptz", 1, "1=json", "($1 #>> '{}')::timestamptz", "timestamp"),
	WHEN("cast:varchar", 1, "1=json", "($1 #>> '{}')", "text"),
	SAME("cbrt", 1, 1, "float"),
	SAME("ceil", 1, 1, "1"),
	CALL("ceil", 2, "(ceil($1::numeric * power(10::numeric, $2)) / power(10::numeric, $2))",
	     "numeric"),
	CALL("char", 1, "chr($1)", "text"),
	CALL("charindex", 2, "strpos($2, $1)", "int"),
	CALL("charindex", 3, POSITION_FROM("$2", "$1"), "int"),
	NONE("check_json", "NO-FUNCTION"),
	CALL("chr", 1, "chr($1)", "text"),
	SAME("coalesce", 1, -1, "1"),
	NONE("collate", "NO-FUNCTION"),
	NONE("compress", "NO-FUNCTION"),
	CONCAT_NULL("concat"),
	MANY("concat_ws", 2, "CASE WHEN num_nulls($1, $*) = 0 THEN concat_ws($1, $*) END", "text"),
	CALL("conditional_change_event", 1, "lakeport.changes($1::text)", "int"),
	CALL("conditional_true_event", 1, "count(*) FILTER (WHERE $1)", "int"),
	CALL("contains", 2, "(strpos($1, $2) > 0)", "bool"),
	CALL("convert_timezone", 2, "($2::timestamptz AT TIME ZONE $1)", "timestamp"),
	CALL("convert_timezone", 3, "($3::timestamp AT TIME ZONE $1 AT TIME ZONE $2)", "timestamp"),
	SAME("corr", 2, 2, "float"),
	SAME("cos", 1, 1, "float"),
	SAME("cosh", 1, 1, "float"),
	SAME("cot", 1, 1, "float"),
	COUNT_DISTINCT_ROWS("count"),
	CALL("count_if", 1, "count(*) FILTER (WHERE $1)", "int"),
	SAME("covar_pop", 2, 2, "float"),
	SAME("covar_samp", 2, 2, "float"),
	SAME("cume_dist", 0, 0, "float"),
	NONE("current_account", "NO-FUNCTION"),
	CALL("current_database", 0, "current_database()::text", "text"),
	CALL("current_date", 0, "CURRENT_DATE", "date"),
	NONE("current_region", "NO-FUNCTION"),
	CALL("current_role", 0, "CURRENT_ROLE::text", "text"),
	CALL("current_schema", 0, "current_schema()::text", "text"),
	CALL("current_session", 0, "pg_backend_pid()::text", "text"),
	CALL("current_time", 0, "LOCALTIME", "time"),
	CALL("current_timestamp", 0, "CURRENT_TIMESTAMP", "timestamp"),
	CALL("current_timestamp", 1, "CURRENT_TIMESTAMP", "timestamp"),
	CALL("current_user", 0, "CURRENT_USER::text", "text"),
	CALL("current_version", 0, "version()", "text"),
	NONE("current_warehouse", "NO-FUNCTION"),
	CALL("date", 2, "to_date($1::text, $snowflakein2)", "date"),
	CALL("date", 1, "$1::date", "date"),
	CALL("date_from_parts", 3,
	     "(make_date($1, 1, 1) + ($2 - 1) * INTERVAL '1 month' + ($3 - 1) * INTERVAL '1 "
	     "day')::date",
	     "date"),
	UNIT_PARTS("date_part"),
	NONE("date_part", "UNIT-DYNAMIC"),
	WHEN("date_trunc", 2, "1=unit:weekiso", "date_trunc('week', $2::timestamp)", "timestamp"),
	TRUNC_DS("date_trunc"),
	TRUNC_UNITS("date_trunc"),
	NONE("date_trunc", "UNIT-DYNAMIC"),
	ADD("dateadd"),
	DIFF("datediff"),
	CALL("datefromparts", 3,
	     "(make_date($1, 1, 1) + ($2 - 1) * INTERVAL '1 month' + ($3 - 1) * INTERVAL '1 "
	     "day')::date",
	     "date"),
	PART("day", "day"),
	CALL("dayname", 1, "to_char($1::timestamp, 'Dy')", "text"),
	PART("dayofmonth", "day"),
	PART("dayofweek", "dow"),
	PART("dayofweek_iso", "isodow"),
	PART("dayofweekiso", "isodow"),
	PART("dayofyear", "doy"),
	MANY("decode", 3, "@decode", NULL),
	NONE("decrypt", "NO-FUNCTION"),
	SAME("degrees", 1, 1, "float"),
	SAME("dense_rank", 0, 0, "int"),
	CALL("div0", 2,
	     "CASE WHEN $2 = 0 THEN CASE WHEN $1 IS NOT NULL THEN 0 END ELSE $1::numeric / $2 END",
	     "numeric"),
	CALL("div0null", 2,
	     "CASE WHEN coalesce($2, 0) = 0 THEN CASE WHEN $1 IS NOT NULL THEN 0 END ELSE "
	     "$1::numeric / $2 END",
	     "numeric"),
	CALL("editdistance", 2, "lakeport.levenshtein($1, $2)", "int"),
	CALL("editdistance", 3, "least(lakeport.levenshtein($1, $2), $3)", "int"),
	NONE("encrypt", "NO-FUNCTION"),
	CALL("endswith", 2, "(right($1, length($2)) = $2)", "bool"),
	CALL("equal_null", 2, "($1 IS NOT DISTINCT FROM $2)", "bool"),
	SAME("exp", 1, 1, "float"),
	UNIT_PARTS("extract"),
	SAME("factorial", 1, 1, "int"),
	CALL("filter", 2, REBUILT(ELEMENTS("1") " WHERE $2(_x)"), "json"),
	FIRST_VALUE_ROWS("first_value"),
	SAME("floor", 1, 1, "1"),
	CALL("floor", 2, "(floor($1::numeric * power(10::numeric, $2)) / power(10::numeric, $2))",
	     "numeric"),
	CALL("get", 2, "($1 -> $2)", "json"),
	CALL("get_path", 2, "($1 #> $path2)", "json"),
	CALL("getbit", 2, "(($1 >> $2) & 1)", "int"),
	CALL("getdate", 0, "CURRENT_TIMESTAMP", "timestamp"),
	EXTREME_NULL("greatest"),
	MANY("greatest_ignore_nulls", 1, "greatest($*)", "1"),
	SAME("grouping", 1, -1, "int"),
	MANY("grouping_id", 1, "GROUPING($*)", "int"),
	NONE("hash", "HASH-DIFFERS"),
	NONE("hash_agg", "HASH-DIFFERS"),
	CALL("haversine", 4,
	     "(2 * 6371 * asin(sqrt(sin(radians($3 - $1) / 2) ^ 2 + cos(radians($1)) * "
	     "cos(radians($3)) * sin(radians($4 - $2) / 2) ^ 2)))",
	     "float"),
	CALL("hex_decode_binary", 1, "decode($1, 'hex')", "binary"),
	CALL("hex_decode_string", 1, "convert_from(decode($1, 'hex'), 'UTF8')", "text"),
	CALL("hex_encode", 1, HEX_TEXT("$1"), "text"),
	CALL("hll", 1, "count(DISTINCT $1)", "int"),
	WHEN("hour", 1, "1=time", "extract(hour FROM $1)::int", "int"),
	PART("hour", "hour"),
	CALL("iff", 3, "CASE WHEN $1 THEN $2 ELSE $3 END", "2"),
	CALL("ifnull", 2, "coalesce($1, $2)", "1"),
	SAME("initcap", 1, 1, "text"),
	CALL("insert", 4, "overlay($1 PLACING $4 FROM $2 FOR $3)", "text"),
	CALL("is_array", 1, "(jsonb_typeof($1) = 'array')", "bool"),
	CALL("is_boolean", 1, "(jsonb_typeof($1) = 'boolean')", "bool"),
	CALL("is_char", 1, "(jsonb_typeof($1) = 'string')", "bool"),
	CALL("is_decimal", 1, "(jsonb_typeof($1) = 'number')", "bool"),
	CALL("is_double", 1, "(jsonb_typeof($1) = 'number')", "bool"),
	CALL("is_integer", 1, "(jsonb_typeof($1) = 'number' AND $1::numeric % 1 = 0)", "bool"),
	CALL("is_null_value", 1, "($1 = 'null'::jsonb)", "bool"),
	CALL("is_object", 1, "(jsonb_typeof($1) = 'object')", "bool"),
	CALL("is_real", 1, "(jsonb_typeof($1) = 'number')", "bool"),
	CALL("is_varchar", 1, "(jsonb_typeof($1) = 'string')", "bool"),
	NONE("jarowinkler_similarity", "NO-FUNCTION"),
	CALL("json_extract_path_text", 2, "($1::jsonb #>> $path2)", "text"),
	CALL("kurtosis", 1,
	     "CASE WHEN count($1) > 3 THEN (count($1) - 1)::float8 / ((count($1) - 2) * (count($1) "
	     "- "
	     "3)) * ((count($1) + 1) * " EXCESS_KURTOSIS " + 6) END",
	     "float"),
	LAG_ROWS("lag"),
	WHEN("last_day", 2, "2=unit:month",
	     "(date_trunc('month', $1::timestamp) + INTERVAL '1 month - 1 day')::date", "date"),
	WHEN("last_day", 2, "2=unit:year",
	     "(date_trunc('year', $1::timestamp) + INTERVAL '1 year - 1 day')::date", "date"),
	WHEN("last_day", 2, "2=unit:quarter",
	     "(date_trunc('quarter', $1::timestamp) + INTERVAL '3 months - 1 day')::date", "date"),
	WHEN("last_day", 2, "2=unit:week",
	     "(date_trunc('week', $1::timestamp) + INTERVAL '6 days')::date", "date"),
	CALL("last_day", 1,
	     "(date_trunc('month', $1::timestamp) + INTERVAL '1 month - 1 day')::date", "date"),
	NONE("last_query_id", "NO-FUNCTION"),
	LAST_VALUE_ROWS("last_value"),
	LAG_ROWS("lead"),
	EXTREME_NULL("least"),
	MANY("least_ignore_nulls", 1, "least($*)", "1"),
	SAME("left", 2, 2, "text"),
	CALL("len", 1, "length($1::text)", "int"),
	WHEN("length", 1, "1=binary", "length($1)", "int"),
	CALL("length", 1, "length($1::text)", "int"),
	LISTAGG_EMPTY("listagg"),
	CALL("ln", 1, "ln($1::float8)", "float"),
	CALL("localtimestamp", 0, "LOCALTIMESTAMP", "timestamp"),
	CALL("log", 2, "(ln($2::float8) / ln($1::float8))", "float"),
	SAME("lower", 1, 1, "text"),
	CALL("lpad", 2, "lpad($1::text, $2)", "text"),
	CALL("lpad", 3, "lpad($1::text, $2, $3)", "text"),
	SAME("ltrim", 1, 2, "text"),
	WHEN("max", 1, "1=json", "(array_agg($1 ORDER BY $1 DESC) FILTER (WHERE $1 <> 'null'))[1]",
	     "json"),
	SAME("max", 1, 1, "1"),
	MAX_BY("max_by", " DESC"),
	CALL("max_by", 3,
	     "to_jsonb((array_agg($1 ORDER BY $2 DESC) FILTER (WHERE $2 IS NOT NULL))[1:$3])",
	     "json"),
	CALL("md5", 1, "md5($1)", "text"),
	CALL("md5_binary", 1, "decode(md5($1), 'hex')", "binary"),
	CALL("md5_hex", 1, "md5($1)", "text"),
	{"median", 1, 1, "over", NULL, NULL, "ORDERED-SET-OVER"},
	CALL("median", 1, "percentile_cont(0.5) WITHIN GROUP (ORDER BY $1)", "float"),
	WHEN("min", 1, "1=json", "(array_agg($1 ORDER BY $1) FILTER (WHERE $1 <> 'null'))[1]",
	     "json"),
	SAME("min", 1, 1, "1"),
	MAX_BY("min_by", ""),
	CALL("min_by", 3,
	     "to_jsonb((array_agg($1 ORDER BY $2) FILTER (WHERE $2 IS NOT NULL))[1:$3])", "json"),
	NONE("minhash", "NO-FUNCTION"),
	WHEN("minute", 1, "1=time", "extract(minute FROM $1)::int", "int"),
	PART("minute", "minute"),
	MOD_ROWS("mod"),
	CALL("mode", 1, "mode() WITHIN GROUP (ORDER BY $1)", "1"),
	PART("month", "month"),
	CALL("monthname", 1, "to_char($1::timestamp, 'Mon')", "text"),
	CALL("months_between", 2, "round(" MONTHS_BETWEEN ", 6)", "numeric"),
	NEXT_DAY_ROWS("next_day"),
	NONE("next_day", "UNIT-DYNAMIC"),
	{"nth_value", 2, 2, "ignore", "(array_agg($1) FILTER (WHERE $1 IS NOT NULL))[$2]", "1",
	 NULL},
	SAME("nth_value", 2, 2, "1"),
	SAME("ntile", 1, 1, "int"),
	SAME("nullif", 2, 2, "1"),
	CALL("nullifzero", 1, "NULLIF($1, 0)", "1"),
	CALL("nvl", 2, "coalesce($1, $2)", "1"),
	CALL("nvl2", 3, "CASE WHEN $1 IS NOT NULL THEN $2 ELSE $3 END", "2"),
	CALL("object_agg", 2, "jsonb_object_agg($1, $2)", "json"),
	WHEN("object_construct", 1, "star", "@row_object", "json"),
	CALL("object_construct", 0, "'{}'::jsonb", "json"),
	MANY("object_construct", 2, "jsonb_strip_nulls(jsonb_build_object($*))", "json"),
	MANY("object_construct_keep_null", 2, "jsonb_build_object($*)", "json"),
	CALL("object_delete", 2, "($1 - $2)", "json"),
	MANY("object_delete", 3, "($1 - ARRAY[$*])", "json"),
	CALL("object_insert", 3, "($1 || jsonb_build_object($2, $3))", "json"),
	CALL("object_insert", 4, "($1 || jsonb_build_object($2, $3))", "json"),
	CALL("object_keys", 1, "(SELECT jsonb_agg(_k) FROM jsonb_object_keys($1) AS _u(_k))",
	     "json"),
	MANY("object_pick", 2,
	     "(SELECT jsonb_object_agg(_k, _v) FROM jsonb_each($1) AS _u(_k, _v) WHERE _k IN ($*))",
	     "json"),
	SAME("octet_length", 1, 1, "int"),
	NONE("parse_ip", "NO-FUNCTION"),
	CALL("parse_json", 1, "$1::jsonb", "json"),
	NONE("parse_url", "NO-FUNCTION"),
	SAME("percent_rank", 0, 0, "float"),
	{"percentile_cont", 1, 1, "over", NULL, "float", "ORDERED-SET-OVER"},
	SAME("percentile_cont", 1, 1, "float"),
	{"percentile_disc", 1, 1, "over", NULL, NULL, "ORDERED-SET-OVER"},
	SAME("percentile_disc", 1, 1, NULL),
	SAME("pi", 0, 0, "float"),
	CALL("position", 2, "strpos($2, $1)", "int"),
	CALL("position", 3, POSITION_FROM("$2", "$1"), "int"),
	CALL("pow", 2, "power($1::float8, $2::float8)", "float"),
	CALL("power", 2, "power($1::float8, $2::float8)", "float"),
	PREVIOUS("previous_day", "mo|mon|monday", "1"),
	PREVIOUS("previous_day", "tu|tue|tuesday", "2"),
	PREVIOUS("previous_day", "we|wed|wednesday", "3"),
	PREVIOUS("previous_day", "th|thu|thursday", "4"),
	PREVIOUS("previous_day", "fr|fri|friday", "5"),
	PREVIOUS("previous_day", "sa|sat|saturday", "6"),
	PREVIOUS("previous_day", "su|sun|sunday", "7"),
	NONE("previous_day", "UNIT-DYNAMIC"),
	PART("quarter", "quarter"),
	SAME("radians", 1, 1, "float"),
	CALL("random", 0, "((random() - 0.5) * 18446744073709551615)::bigint", "int"),
	NOTE("random", 1, NULL, "((random() - 0.5) * 18446744073709551615)::bigint", "int",
	     "RANDOM-SEED"),
	NOTE("randstr", 2, NULL,
	     "(SELECT "
	     "string_agg(substr('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', "
	     "1 + floor(random() * 62)::int, 1), '') FROM generate_series(1, $1))",
	     "text", "RANDOM-SEED"),
	SAME("rank", 0, 0, "int"),
	CALL("ratio_to_report", 1, "($1::numeric / NULLIF(sum($1), 0))", "numeric"),
	{"reduce", 3, 3, NULL, "@reduce", "2", NULL},
	NONE("reduce", "NO-FUNCTION"),
	CALL("regexp_count", 2, "regexp_count($1, $regex2)", "int"),
	CALL("regexp_count", 3, "regexp_count($1, $regex2, $3)", "int"),
	CALL("regexp_count", 4, "regexp_count($1, $regex2, $3, $regexflags4)", "int"),
	CALL("regexp_instr", 2, "regexp_instr($1, $regex2)", "int"),
	CALL("regexp_instr", 3, "regexp_instr($1, $regex2, $3)", "int"),
	CALL("regexp_instr", 4, "regexp_instr($1, $regex2, $3, $4)", "int"),
	CALL("regexp_instr", 5, "regexp_instr($1, $regex2, $3, $4, $5)", "int"),
	CALL("regexp_instr", 6, "regexp_instr($1, $regex2, $3, $4, $5, $regexflags6)", "int"),
	CALL("regexp_instr", 7, "regexp_instr($1, $regex2, $3, $4, $5, $regexflags6, $7)", "int"),
	CALL("regexp_like", 2, "($1 ~ $fullregex2)", "bool"),
	WHEN("regexp_like", 3, "3=lower:i", "($1 ~* $fullregex2)", "bool"),
	CALL("regexp_like", 3, "regexp_like($1, $fullregex2, $regexflags3)", "bool"),
	NOTE("regexp_like", 2, NULL, "($1 ~ ('^(?:' || $2 || ')$'))", "bool", "REGEX-DYNAMIC"),
	CALL("regexp_replace", 2, "regexp_replace($1, $regex2, '', 'g')", "text"),
	CALL("regexp_replace", 3, "regexp_replace($1, $regex2, $backreplacement3, 'g')", "text"),
	CALL("regexp_replace", 4, "regexp_replace($1, $regex2, $backreplacement3, $4, 0)", "text"),
	CALL("regexp_replace", 5, "regexp_replace($1, $regex2, $backreplacement3, $4, $5)", "text"),
	CALL("regexp_replace", 6,
	     "regexp_replace($1, $regex2, $backreplacement3, $4, $5, $regexflags6)", "text"),
	NOTE("regexp_replace", 3, NULL, "regexp_replace($1, $2, $3, 'g')", "text", "REGEX-DYNAMIC"),
	CALL("regexp_substr", 2, "regexp_substr($1, $regex2)", "text"),
	CALL("regexp_substr", 3, "regexp_substr($1, $regex2, $3)", "text"),
	CALL("regexp_substr", 4, "regexp_substr($1, $regex2, $3, $4)", "text"),
	WHEN("regexp_substr", 5, "5=lower:e", "regexp_substr($1, $regex2, $3, $4, '', 1)", "text"),
	CALL("regexp_substr", 5, "regexp_substr($1, $regex2, $3, $4, $regexflags5)", "text"),
	WHEN("regexp_substr", 6, "5=lower:e", "regexp_substr($1, $regex2, $3, $4, '', $6)", "text"),
	CALL("regexp_substr", 6, "regexp_substr($1, $regex2, $3, $4, $regexflags5, $6)", "text"),
	NOTE("regexp_substr", 2, NULL, "regexp_substr($1, $2)", "text", "REGEX-DYNAMIC"),
	CALL("regexp_substr_all", 2,
	     "(SELECT jsonb_agg(_m[1]) FROM regexp_matches($1, '(' || $regex2 || ')', 'g') AS "
	     "_u(_m))",
	     "json"),
	SAME("regr_avgx", 2, 2, "float"),
	SAME("regr_avgy", 2, 2, "float"),
	SAME("regr_count", 2, 2, "int"),
	SAME("regr_intercept", 2, 2, "float"),
	SAME("regr_r2", 2, 2, "float"),
	SAME("regr_slope", 2, 2, "float"),
	SAME("regr_sxx", 2, 2, "float"),
	SAME("regr_sxy", 2, 2, "float"),
	SAME("regr_syy", 2, 2, "float"),
	CALL("regr_valx", 2, "CASE WHEN $1 IS NOT NULL THEN $2 END", "2"),
	CALL("regr_valy", 2, "CASE WHEN $2 IS NOT NULL THEN $1 END", "1"),
	SAME("repeat", 2, 2, "text"),
	CALL("replace", 2, "replace($1, $2, '')", "text"),
	SAME("replace", 3, 3, "text"),
	SAME("reverse", 1, 1, "text"),
	SAME("right", 2, 2, "text"),
	CALL("rlike", 2, "($1 ~ $fullregex2)", "bool"),
	WHEN("rlike", 3, "3=lower:i", "($1 ~* $fullregex2)", "bool"),
	NOTE("rlike", 2, NULL, "($1 ~ ('^(?:' || $2 || ')$'))", "bool", "REGEX-DYNAMIC"),
	WHEN("round", 3, "3=lower:half_away_from_zero", "round($1::numeric, $2)", "numeric"),
	WHEN("round", 3, "3=lower:half_to_even,2=0", "round($1::float8)::numeric", "numeric"),
	WHEN("round", 3, "3=lower:half_to_even",
	     "(round(($1 * power(10::numeric, $2))::float8)::numeric / power(10::numeric, $2))",
	     "numeric"),
	ROUND_ROWS("round"),
	SAME("row_number", 0, 0, "int"),
	CALL("rpad", 2, "rpad($1::text, $2)", "text"),
	CALL("rpad", 3, "rpad($1::text, $2, $3)", "text"),
	SAME("rtrim", 1, 2, "text"),
	CALL("rtrimmed_length", 1, "length(rtrim($1))", "int"),
	PART_SECOND("second"),
	SEQ("seq1"),
	SEQ("seq2"),
	SEQ("seq4"),
	SEQ("seq8"),
	CALL("sha1", 1, "lakeport.sha1(convert_to($1, 'UTF8'))", "text"),
	CALL("sha1_hex", 1, "lakeport.sha1(convert_to($1, 'UTF8'))", "text"),
	SHA2_ROWS("sha2"),
	CALL("sha2", 1, "encode(sha256(convert_to($1::text, 'UTF8')), 'hex')", "text"),
	CALL("sha2_binary", 1, "sha256(convert_to($1::text, 'UTF8'))", "binary"),
	SHA2_ROWS("sha2_hex"),
	CALL("sha2_hex", 1, "encode(sha256(convert_to($1::text, 'UTF8')), 'hex')", "text"),
	SAME("sign", 1, 1, "int"),
	SAME("sin", 1, 1, "float"),
	SAME("sinh", 1, 1, "float"),
	CALL("skew", 1,
	     "CASE WHEN count($1) > 2 THEN " SKEWNESS " * sqrt((count($1) * (count($1) - "
	     "1))::float8) / (count($1) - 2) END",
	     "float"),
	CALL("soundex", 1, "lakeport.soundex($1)", "text"),
	CALL("space", 1, "repeat(' ', $1)", "text"),
	WHEN("split", 2, NULL, "to_jsonb(string_to_array($1, $2))", "json"),
	WHEN("split_part", 3, "3=0", "split_part($1, $2, 1)", "text"),
	WHEN("split_part", 3, "3=literal", "split_part($1, $2, $3)", "text"),
	CALL("split_part", 3, "split_part($1, $2, coalesce(nullif($3, 0), 1))", "text"),
	CALL("sqrt", 1, "sqrt($1::float8)", "float"),
	CALL("square", 1, "($1 * $1)", "1"),
	CALL("startswith", 2, "starts_with($1, $2)", "bool"),
	SAME("stddev", 1, 1, "numeric"),
	SAME("stddev_pop", 1, 1, "numeric"),
	SAME("stddev_samp", 1, 1, "numeric"),
	LISTAGG_EMPTY("string_agg"),
	CALL("strip_null_value", 1, "NULLIF($1, 'null'::jsonb)", "json"),
	CALL("strtok", 2, "(array_remove(regexp_split_to_array($1, $charclass2), ''))[1]", "text"),
	CALL("strtok", 3, "(array_remove(regexp_split_to_array($1, $charclass2), ''))[$3]", "text"),
	CALL("strtok", 1, "(array_remove(string_to_array($1, ' '), ''))[1]", "text"),
	CALL("strtok_to_array", 2,
	     "to_jsonb(array_remove(regexp_split_to_array($1, $charclass2), ''))", "json"),
	CALL("strtok_to_array", 1, "to_jsonb(array_remove(string_to_array($1, ' '), ''))", "json"),
	SUBSTR_ROWS("substr", "$1::text", "''"),
	SUBSTR_ROWS("substring", "$1::text", "''"),
	SAME("sum", 1, 1, NULL),
	CALL("sysdate", 0, "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')", "timestamp"),
	NONE("system$typeof", "NO-FUNCTION"),
	CALL("systimestamp", 0, "CURRENT_TIMESTAMP", "timestamp"),
	SAME("tan", 1, 1, "float"),
	SAME("tanh", 1, 1, "float"),
	CALL("time", 1, "$1::time", "time"),
	CALL("time_from_parts", 3, "make_time($1, $2, $3)", "time"),
	SLICES("time_slice"),
	NONE("time_slice", "UNIT-DYNAMIC"),
	ADD("timeadd"),
	DIFF("timediff"),
	CALL("timefromparts", 3, "make_time($1, $2, $3)", "time"),
	CALL("timestamp_from_parts", 6, "make_timestamp($1, $2, $3, $4, $5, $6)", "timestamp"),
	CALL("timestamp_from_parts", 7,
	     "make_timestamp($1, $2, $3, $4, $5, $6 + $7 / 1000000000.0)", "timestamp"),
	CALL("timestamp_from_parts", 2, "($1::date + $2::time)", "timestamp"),
	CALL("timestamp_ntz_from_parts", 6, "make_timestamp($1, $2, $3, $4, $5, $6)", "timestamp"),
	ADD("timestampadd"),
	DIFF("timestampdiff"),
	CALL("timestampfromparts", 6, "make_timestamp($1, $2, $3, $4, $5, $6)", "timestamp"),
	WHEN("to_array", 1, "1=json",
	     "CASE WHEN jsonb_typeof($1) = 'array' THEN $1 ELSE jsonb_build_array($1) END", "json"),
	CALL("to_array", 1, "jsonb_build_array($1)", "json"),
	WHEN("to_binary", 2, "2=lower:hex", "decode($1, 'hex')", "binary"),
	WHEN("to_binary", 2, "2=lower:utf-8|utf8", "convert_to($1, 'UTF8')", "binary"),
	WHEN("to_binary", 2, "2=lower:base64", "decode($1, 'base64')", "binary"),
	CALL("to_binary", 1, "decode($1, 'hex')", "binary"),
	WHEN("to_boolean", 1, "1=int|numeric|float", "($1 <> 0)", "bool"),
	CALL("to_boolean", 1, "$1::boolean", "bool"),
	CHARS("to_char"),
	WHEN("to_date", 1, "1=json", "($1 #>> '{}')::date", "date"),
	WHEN("to_date", 2, "2=lower:auto", "$1::date", "date"),
	CALL("to_date", 2, "to_date($1::text, $snowflakein2)", "date"),
	CALL("to_date", 1, "$1::date", "date"),
	NONE("to_date", "FORMAT-LETTERS"),
	TO_NUM("to_decimal"),
	WHEN("to_double", 1, "1=json", "($1 #>> '{}')::float8", "float"),
	CALL("to_double", 1, "$1::float8", "float"),
	WHEN("to_json", 1, "1=json", JSON_TEXT("$1::text"), "text"),
	CALL("to_json", 1, JSON_TEXT("to_jsonb($1)::text"), "text"),
	TO_NUM("to_number"),
	TO_NUM("to_numeric"),
	CALL("to_object", 1, "to_jsonb($1)", "json"),
	CALL("to_time", 2, "to_timestamp($1, $snowflakein2)::time", "time"),
	CALL("to_time", 1, "$1::time", "time"),
	TO_TS("to_timestamp", "timestamp"),
	TO_TS("to_timestamp_ltz", "timestamptz"),
	TO_TS("to_timestamp_ntz", "timestamp"),
	TO_TS("to_timestamp_tz", "timestamptz"),
	CHARS("to_varchar"),
	WHEN("to_variant", 1, "1=json", "$1", "json"),
	CALL("to_variant", 1, "to_jsonb($1)", "json"),
	CALL("transform", 2,
	     "coalesce((SELECT jsonb_agg($2(_x) ORDER BY _i) FROM " ELEMENTS("1") "), '[]')",
	     "json"),
	SAME("translate", 3, 3, "text"),
	SAME("trim", 1, 1, "text"),
	CALL("trim", 2, "btrim($1, $2)", "text"),
	TRUNC_2("trunc", "day"),
	TRUNC_2("trunc", "hour"),
	TRUNC_2("trunc", "minute"),
	TRUNC_2("trunc", "month"),
	TRUNC_2("trunc", "quarter"),
	WHEN("trunc", 1, "1=date|timestamp", "date_trunc('day', $1)", "timestamp"),
	TRUNC_2("trunc", "week"),
	TRUNC_2("trunc", "year"),
	CALL("trunc", 1, "trunc($1)", "1"),
	CALL("trunc", 2, "trunc($1::numeric, $2)", "numeric"),
	CALL("truncate", 1, "trunc($1)", "1"),
	CALL("truncate", 2, "trunc($1::numeric, $2)", "numeric"),
	TRY_CASTS("try_cast:"),
	CALL("try_parse_json", 1, "lakeport.try_jsonb($1::text)", "json"),
	NONE("try_to_binary", "TRY-FORMAT"),
	TRY_BOOLEAN("try_to_boolean"),
	CALL("try_to_date", 2, "lakeport.try_to_date($1, $snowflakein2)", "date"),
	TRY_DATE("try_to_date"),
	TRY_NUM("try_to_decimal"),
	TRY_NUMBER("try_to_double", "float8", "float"),
	TRY_NUM("try_to_number"),
	TRY_NUM("try_to_numeric"),
	NONE("try_to_time", "TRY-FORMAT"),
	CALL("try_to_timestamp", 2, "lakeport.try_to_timestamp($1, $snowflakein2)", "timestamp"),
	TRY_TIMESTAMP("try_to_timestamp"),
	TRY_TIMESTAMP("try_to_timestamp_ltz"),
	CALL("try_to_timestamp_ntz", 2, "lakeport.try_to_timestamp($1, $snowflakein2)",
	     "timestamp"),
	TRY_TIMESTAMP("try_to_timestamp_ntz"),
	WHEN("typeof", 1, "1=json", VARIANT_TYPE("$1"), "text"),
	CALL("typeof", 1, VARIANT_TYPE("to_jsonb($1)"), "text"),
	CALL("unicode", 1, "ascii($1)", "int"),
	NOTE("uniform", 3, "1=int,2=int", "floor($1 + random() * ($2 - $1 + 1))::int", "int",
	     "RANDOM-SEED"),
	NOTE("uniform", 3, NULL, "($1 + random() * ($2 - $1))", "float", "RANDOM-SEED"),
	SAME("upper", 1, 1, "text"),
	CALL("uuid_string", 0, "gen_random_uuid()::text", "text"),
	SAME("var_pop", 1, 1, "numeric"),
	SAME("var_samp", 1, 1, "numeric"),
	SAME("variance", 1, 1, "numeric"),
	CALL("variance_pop", 1, "var_pop($1)", "numeric"),
	CALL("variance_samp", 1, "var_samp($1)", "numeric"),
	CALL("vector_cosine_similarity", 2,
	     "(SELECT sum(_x * _y) / sqrt(sum(_x ^ 2) * sum(_y ^ 2)) FROM unnest($1, $2) AS _u(_x, "
	     "_y))",
	     "float"),
	CALL("vector_inner_product", 2, "(SELECT sum(_x * _y) FROM unnest($1, $2) AS _u(_x, _y))",
	     "float"),
	CALL("vector_l1_distance", 2,
	     "(SELECT sum(abs(_x - _y)) FROM unnest($1, $2) AS _u(_x, _y))", "float"),
	CALL("vector_l2_distance", 2,
	     "(SELECT sqrt(sum((_x - _y) ^ 2)) FROM unnest($1, $2) AS _u(_x, _y))", "float"),
	PART("week", "week"),
	PART("week_iso", "week"),
	PART("weekiso", "week"),
	PART("weekofyear", "week"),
	SAME("width_bucket", 4, 4, "int"),
	PART("year", "year"),
	PART("yearofweek", "isoyear"),
	PART("yearofweekiso", "isoyear"),
	CALL("zeroifnull", 1, "coalesce($1, 0)", "1"),
};

const struct function_table functions_snowflake = FUNCTION_TABLE(rules, NULL);
