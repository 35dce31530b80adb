/*
 * functions_tsql.c - the built-in functions of SQL Server, Azure Synapse and Fabric as rules.
 * Source: learn.microsoft.com, Transact-SQL functions; read in 2026. DATETIME and DATETIME2 are
 * timestamp, DATEFIRST is 7 (Sunday) unless the settings say otherwise.
 */
#include "convert/rows.h"

#define QUOTED_PATTERN(x) "regexp_replace(" x ", '([^[:alnum:]])', '\\\\\\1', 'g')"
#define WEEK_OF(x)                                                                                 \
	"((extract(doy FROM " x "::timestamp)::int + extract(dow FROM date_trunc('year', " x       \
	"::timestamp))::int - 1) / 7 + 1)"
#define NAME_UNIT(name, unit, to) WHEN(name, 2, "1=unit:" unit, to, "text")
#define STYLE_OUT(type, style, format)                                                             \
	WHEN(type, 2, "1=date|timestamp,2=lower:" style, "to_char($1, '" format "')", "text"),     \
		WHEN(type, 2, "1?,2=lower:" style, "to_char($1, '" format "')", "text")
/* Day and hour without zeros, but as wide as with them. */
#define BLANK_TIME(end)                                                                            \
	"(to_char($1, 'Mon') || lpad(to_char($1, 'FMDD'), 3) || to_char($1, ' YYYY') || "          \
	"lpad(to_char($1, 'FMHH12'), 3) || to_char($1, '" end "'))"
#define STYLE_BLANK(type, style, end)                                                              \
	WHEN(type, 2, "1=date|timestamp,2=lower:" style, BLANK_TIME(end), "text"),                 \
		WHEN(type, 2, "1?,2=lower:" style, BLANK_TIME(end), "text")
/* The fraction of a second is left out where it is 0. */
#define STYLE_ISO(type, when)                                                                      \
	WHEN(type, 2, when ",2=lower:126|127",                                                     \
	     "regexp_replace(to_char($1, 'YYYY-MM-DD\"T\"HH24:MI:SS.MS'), '\\.000$', '')", "text")
#define MONEY_TEXT "to_char($1::numeric, 'FM999,999,999,999,999,999,990.00')"
#define STYLES_OUT(type)                                                                           \
	WHEN(type, 2, "1=date,2=lower:20|21|23|25|120|121|126|127", "to_char($1, 'YYYY-MM-DD')",   \
	     "text"),                                                                              \
		WHEN(type, 2, "1=numeric,2=lower:1", MONEY_TEXT, "text"),                          \
		STYLE_BLANK(type, "0|100", ":MIAM"), STYLE_BLANK(type, "9|109", ":MI:SS:MSAM"),    \
		STYLE_OUT(type, "22", "MM/DD/YY HH12:MI:SS AM"), STYLE_OUT(type, "1", "MM/DD/YY"), \
		STYLE_OUT(type, "101", "MM/DD/YYYY"), STYLE_OUT(type, "2", "YY.MM.DD"),            \
		STYLE_OUT(type, "102", "YYYY.MM.DD"), STYLE_OUT(type, "3", "DD/MM/YY"),            \
		STYLE_OUT(type, "103", "DD/MM/YYYY"), STYLE_OUT(type, "4", "DD.MM.YY"),            \
		STYLE_OUT(type, "104", "DD.MM.YYYY"), STYLE_OUT(type, "5", "DD-MM-YY"),            \
		STYLE_OUT(type, "105", "DD-MM-YYYY"), STYLE_OUT(type, "6", "DD Mon YY"),           \
		STYLE_OUT(type, "106", "DD Mon YYYY"), STYLE_OUT(type, "7", "Mon DD, YY"),         \
		STYLE_OUT(type, "107", "Mon DD, YYYY"), STYLE_OUT(type, "8|24|108", "HH24:MI:SS"), \
		STYLE_OUT(type, "10", "MM-DD-YY"), STYLE_OUT(type, "110", "MM-DD-YYYY"),           \
		STYLE_OUT(type, "11", "YY/MM/DD"), STYLE_OUT(type, "111", "YYYY/MM/DD"),           \
		STYLE_OUT(type, "12", "YYMMDD"), STYLE_OUT(type, "112", "YYYYMMDD"),               \
		STYLE_OUT(type, "13|113", "DD Mon YYYY HH24:MI:SS:MS"),                            \
		STYLE_OUT(type, "14|114", "HH24:MI:SS:MS"),                                        \
		STYLE_OUT(type, "20|120", "YYYY-MM-DD HH24:MI:SS"),                                \
		STYLE_OUT(type, "21|25|121", "YYYY-MM-DD HH24:MI:SS.MS"),                          \
		STYLE_OUT(type, "23", "YYYY-MM-DD"), STYLE_ISO(type, "1=timestamp"),               \
		STYLE_ISO(type, "1?"), WHEN(type, 2, "1=text", "$1", "text"),                      \
		WHEN(type, 2, "1=int|numeric|float", "$1::text", "text"),                          \
		WHEN(type, 2, "1=binary,2=lower:1", "'0x' || upper(encode($1, 'hex'))", "text"),   \
		WHEN(type, 2, "1=binary,2=lower:2", "upper(encode($1, 'hex'))", "text"),           \
		NONE(type, "FORMAT-LETTERS")
#define STYLE_IN(type, style, format, cast)                                                        \
	WHEN(type, 2, "1=text,2=lower:" style, "to_timestamp($1, '" format "')" cast, NULL),       \
		WHEN(type, 2, "1?,2=lower:" style, "to_timestamp($1::text, '" format "')" cast,    \
		     NULL)
#define STYLES_IN(type, cast)                                                                      \
	STYLE_IN(type, "1", "MM/DD/YY", cast), STYLE_IN(type, "101", "MM/DD/YYYY", cast),          \
		STYLE_IN(type, "102", "YYYY.MM.DD", cast), STYLE_IN(type, "3", "DD/MM/YY", cast),  \
		STYLE_IN(type, "103", "DD/MM/YYYY", cast),                                         \
		STYLE_IN(type, "104", "DD.MM.YYYY", cast),                                         \
		STYLE_IN(type, "105", "DD-MM-YYYY", cast),                                         \
		STYLE_IN(type, "106", "DD Mon YYYY", cast),                                        \
		STYLE_IN(type, "107", "Mon DD, YYYY", cast),                                       \
		STYLE_IN(type, "110", "MM-DD-YYYY", cast),                                         \
		STYLE_IN(type, "111", "YYYY/MM/DD", cast),                                         \
		STYLE_IN(type, "112", "YYYYMMDD", cast),                                           \
		WHEN(type, 2, "2=lower:20|21|23|25|120|121|126|127", "$1::timestamp" cast, NULL),  \
		WHEN(type, 2, "1=date|timestamp", "$1::timestamp" cast, NULL),                     \
		NONE(type, "FORMAT-LETTERS")
#define TRUNC_D(name, unit)                                                                        \
	WHEN(name, 2, "1=unit:" unit ",2=date", "date_trunc('" unit "', $2)::date", "date")
#define UNIT_PARTS(name)                                                                           \
	EXTRACT_UNITS(name),                                                                       \
		WHEN(name, 2, "1=unit:second", "trunc(extract(second FROM $2::timestamp))::int",   \
		     "int"),                                                                       \
		WHEN(name, 2, "1=unit:millisecond",                                                \
		     "mod(trunc(extract(milliseconds FROM $2::timestamp))::int, 1000)", "int"),    \
		WHEN(name, 2, "1=unit:microsecond",                                                \
		     "mod(extract(microseconds FROM $2::timestamp)::int, 1000000)", "int"),        \
		WHEN(name, 2, "1=unit:nanosecond",                                                 \
		     "(mod(extract(microseconds FROM $2::timestamp)::int, 1000000) * 1000)",       \
		     "int"),                                                                       \
		WHEN(name, 2, "1=unit:dayofweek", "(extract(dow FROM $2::timestamp)::int + 1)",    \
		     "int"),                                                                       \
		WHEN(name, 2, "1=unit:week", WEEK_OF("$2"), "int"),                                \
		WHEN(name, 2, "1=unit:tzoffset",                                                   \
		     "(extract(timezone FROM $2::timestamptz) / 60)::int", "int")

/* A moment as a number: days since 1900. */
#define DAYS_OF(x)    "(extract(epoch FROM " x " - '1900-01-01'::timestamp) / 86400)"
#define SINCE_1900(p) "('1900-01-01'::timestamp" p " + $1 * INTERVAL '1 day')"
#define DATE_BUCKET_FIXED(unit, one)                                                               \
	WHEN("date_bucket", 3, "1=unit:" unit ",3=date",                                           \
	     "date_bin($2 * INTERVAL '" one "', $3::timestamp, '1900-01-01'::timestamp)::date",    \
	     "date"),                                                                              \
		WHEN("date_bucket", 3, "1=unit:" unit,                                             \
		     "date_bin($2 * INTERVAL '" one "', $3::timestamp, '1900-01-01'::timestamp)",  \
		     "timestamp"),                                                                 \
		WHEN("date_bucket", 4, "1=unit:" unit,                                             \
		     "date_bin($2 * INTERVAL '" one "', $3::timestamp, $4::timestamp)",            \
		     "timestamp")
#define MONTH_BUCKET(unit, months, when, cast, type)                                               \
	WHEN("date_bucket", 3, "1=unit:" unit when,                                                \
	     "('1900-01-01'::timestamp + floor(((extract(year FROM $3::timestamp) - 1900) * 12 + " \
	     "extract(month FROM $3::timestamp) - 1) / ($2 * " months "))::int * ($2 * " months    \
	     ") * INTERVAL '1 month')" cast,                                                       \
	     type)
#define DATE_BUCKET_MONTHS(unit, months)                                                           \
	MONTH_BUCKET(unit, months, ",3=date", "::date", "date"),                                   \
		MONTH_BUCKET(unit, months, "", "", "timestamp")
#define QUOTED_BY(word, open, close)                                                               \
	WHEN("quotename", 2, "2=lower:" word,                                                      \
	     "('" open "' || replace($1, '" close "', '" close close "') || '" close "')", "text")

static const struct function_rule rules[] = {
	/* rows */
	SAME("abs", 1, 1, "1"),
	SAME("acos", 1, 1, "float"),
	ANY_VALUE_ROWS("any_value"),
	CALL("app_name", 0, "current_setting('application_name')", "text"),
	CALL("approx_count_distinct", 1, "count(DISTINCT $1)", "int"),
	CALL("approx_percentile_cont", 1, "=percentile_cont", "float"),
	CALL("approx_percentile_disc", 1, "=percentile_disc", NULL),
	SAME("ascii", 1, 1, "int"),
	SAME("asin", 1, 1, "float"),
	SAME("atan", 1, 1, "float"),
	CALL("atn2", 2, "atan2($1, $2)", "float"),
	WHEN("avg", 1, "1=int", "trunc(avg($1))::int", "int"),
	SAME("avg", 1, 1, "1"),
	CALL("base64_decode", 1, "decode($1, 'base64')", "binary"),
	CALL("base64_encode", 1, "replace(encode($1, 'base64'), E'\\n', '')", "text"),
	NONE("binary_checksum", "HASH-DIFFERS"),
	CALL("bit_count", 1, "bit_count($1::bigint::bit(64))::int", "int"),
	WHEN("cast:bigint", 1, "1=timestamp", "round(" DAYS_OF("$1") ")::bigint", "int"),
	WHEN("cast:bigint", 1, "1=datelike", "round(" DAYS_OF("$1") ")::bigint", "int"),
	CAST_CUT("cast:bigint", "bigint"),
	WHEN("cast:boolean", 1, "1=0", "false", "bool"),
	WHEN("cast:boolean", 1, "1=positive", "true", "bool"),
	WHEN("cast:boolean", 1, "1=int|numeric|float", "($1 <> 0)", "bool"),
	WHEN("cast:bytea", 1, "1=text", "convert_to($1, 'UTF8')", "binary"),
	WHEN("cast:float8", 1, "1=timestamp", DAYS_OF("$1") "::float8", "float"),
	WHEN("cast:float8", 1, "1=datelike", DAYS_OF("$1") "::float8", "float"),
	WHEN("cast:float8", 1, "1=interval", "(extract(epoch FROM $1) / 86400)::float8", "float"),
	WHEN("cast:int", 1, "1=timestamp", "round(" DAYS_OF("$1") ")::int", "int"),
	WHEN("cast:int", 1, "1=datelike", "round(" DAYS_OF("$1") ")::int", "int"),
	WHEN("cast:int", 1, "1=interval", "round(extract(epoch FROM $1) / 86400)::int", "int"),
	CAST_CUT("cast:int", "int"),
	CAST_CUT("cast:smallint", "smallint"),
	WHEN("cast:text", 1, "1=binary", "convert_from($1, 'UTF8')", "text"),
	WHEN("cast:timestamp(0)", 1, "1=int|numeric|float", SINCE_1900("(0)"), "timestamp"),
	WHEN("cast:timestamp(3)", 1, "1=int|numeric|float", SINCE_1900("(3)"), "timestamp"),
	CAST_CUT("cast:tinyint", "smallint"),
	WHEN("cast:varchar", 1, "1=binary", "convert_from($1, 'UTF8')", "text"),
	SAME("ceiling", 1, 1, "1"),
	CALL("char", 1, "chr($1)", "text"),
	WHEN("charindex", 2, "ci", "strpos(lower($2), lower($1))", "int"),
	WHEN("charindex", 3, "ci", POSITION_FROM("lower($2)", "lower($1)"), "int"),
	CALL("charindex", 2, "strpos($2, $1)", "int"),
	CALL("charindex", 3, POSITION_FROM("$2", "$1"), "int"),
	WHEN("checksum", 1, "1=uuid", "(floor(random() * 4294967296) - 2147483648)::int", "int"),
	NONE("checksum", "HASH-DIFFERS"),
	NONE("checksum_agg", "HASH-DIFFERS"),
	MANY("choose", 2, "(ARRAY[$*])[$1]", "2"),
	SAME("coalesce", 1, -1, "1"),
	NONE("compress", "NO-FUNCTION"),
	SAME("concat", 2, -1, "text"),
	SAME("concat_ws", 2, -1, "text"),
	FULL_TEXT("contains"),
	STYLES_OUT("convert:bpchar"),
	WHEN("convert:bytea", 2, "2=lower:1", "decode(substr($1, 3), 'hex')", "binary"),
	WHEN("convert:bytea", 2, "2=lower:2", "decode($1, 'hex')", "binary"),
	STYLES_OUT("convert:char"),
	STYLES_IN("convert:date", "::date"),
	WHEN("convert:int", 2, "2=literal", "$1::int", "int"),
	STYLES_OUT("convert:text"),
	WHEN("convert:time", 2, "2=literal", "$1::time", "time"),
	STYLES_IN("convert:timestamp", "::timestamp"),
	STYLES_IN("convert:timestamptz", ""),
	STYLES_OUT("convert:varchar"),
	SAME("cos", 1, 1, "float"),
	SAME("cot", 1, 1, "float"),
	SAME("count", 0, 1, "int"),
	CALL("count_big", 1, "count($1)", "int"),
	CALL("count_big", 0, "count(*)", "int"),
	SAME("cume_dist", 0, 0, "float"),
	CALL("current_date", 0, "CURRENT_DATE", "date"),
	CALL("current_timestamp", 0, "LOCALTIMESTAMP", "timestamp"),
	CALL("current_timezone", 0, "current_setting('TimeZone')", "text"),
	WHEN("datalength", 1, "1=text|binary", "octet_length($1)", "int"),
	NOTE("datalength", 1, NULL, "octet_length($1::text)", "int", "BYTE-LENGTH"),
	DATE_BUCKET_FIXED("week", "7 days"),
	DATE_BUCKET_FIXED("day", "1 day"),
	DATE_BUCKET_FIXED("hour", "1 hour"),
	DATE_BUCKET_FIXED("minute", "1 minute"),
	DATE_BUCKET_FIXED("second", "1 second"),
	DATE_BUCKET_MONTHS("month", "1"),
	DATE_BUCKET_MONTHS("quarter", "3"),
	DATE_BUCKET_MONTHS("year", "12"),
	NONE("date_bucket", "NO-FUNCTION"),
	ADD_DAYS_DATE("dateadd"),
	WHEN("dateadd", 3, "1=unit:doy", "$3::timestamp + $2 * INTERVAL '1 day'", "timestamp"),
	WHEN("dateadd", 3, "1=unit:dayofweek", "$3::timestamp + $2 * INTERVAL '1 day'",
	     "timestamp"),
	ADD_UNITS("dateadd"),
	NONE("dateadd", "UNIT-DYNAMIC"),
	WHEN("datediff", 3, "1=unit:dayofweek", "($3::timestamp::date - $2::timestamp::date)",
	     "int"),
	WHEN("datediff", 3, "1=unit:nanosecond",
	     "(extract(epoch FROM $3::timestamp - $2::timestamp) * 1000000000)::bigint", "int"),
	DIFF_BOUNDARIES("datediff"),
	DIFF_WEEKS_SUNDAY("datediff"),
	NONE("datediff", "UNIT-DYNAMIC"),
	DIFF_BOUNDARIES("datediff_big"),
	DIFF_WEEKS_SUNDAY("datediff_big"),
	NONE("datediff_big", "UNIT-DYNAMIC"),
	CALL("datefromparts", 3, "make_date($1, $2, $3)", "date"),
	NAME_UNIT("datename", "day", "extract(day FROM $2::timestamp)::text"),
	NAME_UNIT("datename", "dayofweek", "to_char($2::timestamp, 'FMDay')"),
	NAME_UNIT("datename", "doy", "extract(doy FROM $2::timestamp)::text"),
	NAME_UNIT("datename", "hour", "extract(hour FROM $2::timestamp)::text"),
	NAME_UNIT("datename", "minute", "extract(minute FROM $2::timestamp)::text"),
	NAME_UNIT("datename", "month", "to_char($2::timestamp, 'FMMonth')"),
	NAME_UNIT("datename", "quarter", "extract(quarter FROM $2::timestamp)::text"),
	NAME_UNIT("datename", "second", "trunc(extract(second FROM $2::timestamp))::text"),
	NAME_UNIT("datename", "week", WEEK_OF("$2") "::text"),
	NAME_UNIT("datename", "weekiso", "extract(week FROM $2::timestamp)::text"),
	NAME_UNIT("datename", "year", "extract(year FROM $2::timestamp)::text"),
	NONE("datename", "UNIT-DYNAMIC"),
	UNIT_PARTS("datepart"),
	NONE("datepart", "UNIT-DYNAMIC"),
	CALL("datetime2fromparts", 8,
	     "make_timestamp($1, $2, $3, $4, $5, $6 + $7 / power(10.0, $8)::float8)", "timestamp"),
	CALL("datetimefromparts", 7, "make_timestamp($1, $2, $3, $4, $5, $6 + $7 / 1000.0)",
	     "timestamp"),
	WHEN("datetrunc", 2, "1=unit:weekiso", "date_trunc('week', $2::timestamp)", "timestamp"),
	WHEN("datetrunc", 2, "1=unit:week,2=date",
	     "(date_trunc('week', $2 + INTERVAL '1 day') - INTERVAL '1 day')::date", "date"),
	WHEN("datetrunc", 2, "1=unit:week",
	     "(date_trunc('week', $2::timestamp + INTERVAL '1 day') - INTERVAL '1 day')",
	     "timestamp"),
	TRUNC_D("datetrunc", "day"),
	TRUNC_D("datetrunc", "month"),
	TRUNC_D("datetrunc", "quarter"),
	TRUNC_D("datetrunc", "year"),
	TRUNC_UNIT("datetrunc", "year"),
	TRUNC_UNIT("datetrunc", "quarter"),
	TRUNC_UNIT("datetrunc", "month"),
	TRUNC_UNIT("datetrunc", "day"),
	TRUNC_UNIT("datetrunc", "hour"),
	TRUNC_UNIT("datetrunc", "minute"),
	TRUNC_UNIT("datetrunc", "second"),
	TRUNC_UNIT("datetrunc", "millisecond"),
	NONE("datetrunc", "UNIT-DYNAMIC"),
	PART("day", "day"),
	CALL("db_name", 0, "current_database()::text", "text"),
	NONE("decompress", "NO-FUNCTION"),
	SAME("degrees", 1, 1, "float"),
	SAME("dense_rank", 0, 0, "int"),
	CALL("difference", 2, "lakeport.difference($1, $2)", "int"),
	CALL("eomonth", 1,
	     "(date_trunc('month', $1::timestamp) + INTERVAL '1 month - 1 day')::date", "date"),
	CALL("eomonth", 2,
	     "(date_trunc('month', $1::timestamp) + ($2 + 1) * INTERVAL '1 month' - INTERVAL '1 "
	     "day')::date",
	     "date"),
	NONE("error_message", "NO-FUNCTION"),
	NONE("error_number", "NO-FUNCTION"),
	SAME("exp", 1, 1, "float"),
	FIRST_VALUE_ROWS("first_value"),
	SAME("floor", 1, 1, "1"),
	CALL("format", 2, "to_char($1, $dotnet2)", "text"),
	CALL("format", 2, "to_char($1::numeric, $dotnetnumber2)", "text"),
	WHEN("format", 3, "3=lower:en-us|en-gb", "to_char($1, $dotnet2)", "text"),
	WHEN("format", 3, "3=lower:en-us|en-gb", "to_char($1::numeric, $dotnetnumber2)", "text"),
	NONE("format", "FORMAT-LETTERS"),
	NONE("formatmessage", "NO-FUNCTION"),
	FULL_TEXT("freetext"),
	SAME("generate_series", 2, 3, "1"),
	CALL("get_bit", 2, "(($1 >> $2) & 1)", "int"),
	CALL("getdate", 0, "LOCALTIMESTAMP", "timestamp"),
	CALL("getutcdate", 0, "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')", "timestamp"),
	SAME("greatest", 1, -1, "1"),
	SAME("grouping", 1, 1, "int"),
	MANY("grouping_id", 1, "GROUPING($*)", "int"),
	WHEN("hashbytes", 2, "1=lower:md5", "decode(md5($2), 'hex')", "binary"),
	WHEN("hashbytes", 2, "1=lower:sha2_256", "sha256(convert_to($2, 'UTF8'))", "binary"),
	WHEN("hashbytes", 2, "1=lower:sha2_512", "sha512(convert_to($2, 'UTF8'))", "binary"),
	WHEN("hashbytes", 2, "1=lower:sha1|sha",
	     "decode(lakeport.sha1(convert_to($2, 'UTF8')), 'hex')", "binary"),
	NONE("hashbytes", "NO-FUNCTION"),
	CALL("host_name", 0, "inet_client_addr()::text", "text"),
	CALL("ident_current", 1, "lastval()", "int"),
	CALL("iif", 3, "CASE WHEN $1 THEN $2 ELSE $3 END", "2"),
	CALL("isdate", 1,
	     "CASE WHEN $1::text ~ " DATE_PATTERN TIME_PATTERN
	     "\\s*$' THEN CASE WHEN " DAY_EXISTS("$1::text") " THEN 1 ELSE 0 END ELSE 0 END",
	     "int"),
	NOTE("isjson", 1, NULL, "CASE WHEN $1::jsonb IS NOT NULL THEN 1 ELSE 0 END", "int",
	     "JSON-INVALID"),
	CALL("isnull", 2, "coalesce($1, $2)", "1"),
	WHEN("isnumeric", 1, "1=int|numeric|float", "1", "int"),
	CALL("isnumeric", 1, "CASE WHEN $1::text ~ " NUMBER_PATTERN " THEN 1 ELSE 0 END", "int"),
	MANY("json_array", 1, "jsonb_build_array($*)", "json"),
	CALL("json_arrayagg", 1, "json_agg($1) FILTER (WHERE $1 IS NOT NULL)", "json"),
	CALL("json_modify", 3, "jsonb_set($1::jsonb, $path2, to_jsonb($3))::text", "text"),
	CALL("json_path_exists", 2, "jsonb_path_exists($1::jsonb, $2::jsonpath)::int", "int"),
	CALL("json_query", 2, "($1::jsonb #> $path2)::text", "text"),
	CALL("json_query", 1, "$1::jsonb::text", "text"),
	CALL("json_value", 2, "($1::jsonb #>> $path2)", "text"),
	NOTE("json_value", 2, NULL, "jsonb_path_query_first($1::jsonb, $2::jsonpath) #>> '{}'",
	     "text", "JSON-PATH-DYNAMIC"),
	LAG_ROWS("lag"),
	LAST_VALUE_ROWS("last_value"),
	LAG_ROWS("lead"),
	SAME("least", 1, -1, "1"),
	SAME("left", 2, 2, "text"),
	CALL("left_shift", 2, "($1 << $2)", "1"),
	WHEN("len", 1, "1=text", "length(rtrim($1, ' '))", "int"),
	WHEN("len", 1, "1=binary", "length($1)", "int"),
	CALL("len", 1, "length(rtrim($1::text, ' '))", "int"),
	CALL("log", 1, "ln($1::float8)", "float"),
	CALL("log", 2, "(ln($1::float8) / ln($2::float8))", "float"),
	CALL("log10", 1, "log($1::float8)", "float"),
	SAME("lower", 1, 1, "text"),
	SAME("ltrim", 1, 2, "text"),
	SAME("max", 1, 1, "1"),
	SAME("min", 1, 1, "1"),
	PART("month", "month"),
	CALL("nchar", 1, "chr($1)", "text"),
	CALL("newid", 0, "gen_random_uuid()", "uuid"),
	CALL("newsequentialid", 0, "gen_random_uuid()", "uuid"),
	SAME("ntile", 1, 1, "int"),
	SAME("nullif", 2, 2, "1"),
	CALL("object_id", 1, "to_regclass($1)::oid", NULL),
	CALL("object_id", 2, "to_regclass($1)::oid", NULL),
	CALL("original_login", 0, "SESSION_USER::text", "text"),
	NONE("parse", "NO-FUNCTION"),
	CALL("parsename", 2, "nullif(split_part($1, '.', - $2), '')", "text"),
	WHEN("patindex", 2, "ci", "regexp_instr($2, $patindex1, 1, 1, 0, 'i')", "int"),
	CALL("patindex", 2, "regexp_instr($2, $patindex1)", "int"),
	NONE("patindex", "LIKE-PATTERN"),
	SAME("percent_rank", 0, 0, "float"),
	{"percentile_cont", 1, 1, "over", NULL, "float", "ORDERED-SET-OVER"},
	SAME("percentile_cont", 1, 1, "float"),
	{"percentile_disc", 1, 1, "over", NULL, NULL, "ORDERED-SET-OVER"},
	SAME("percentile_disc", 1, 1, NULL),
	SAME("pi", 0, 0, "float"),
	WHEN("power", 2, "1=int,2=int", "power($1::float8, $2)::bigint", "int"),
	SAME("power", 2, 2, "1"),
	WHEN("quotename", 2, "2=lower:\"", "('\"' || replace($1, '\"', '\"\"') || '\"')", "text"),
	WHEN("quotename", 2, "2=lower:'", "('''' || replace($1, '''', '''''') || '''')", "text"),
	QUOTED_BY("[|]|[]", "[", "]"),
	QUOTED_BY("(|)|()", "(", ")"),
	QUOTED_BY("{|}|{}", "{", "}"),
	QUOTED_BY("<|>|<>", "<", ">"),
	CALL("quotename", 1, "('[' || replace($1, ']', ']]') || ']')", "text"),
	SAME("radians", 1, 1, "float"),
	CALL("rand", 0, "random()", "float"),
	NOTE("rand", 1, NULL, "random()", "float", "RANDOM-SEED"),
	SAME("rank", 0, 0, "int"),
	SAME("regexp_count", 2, 4, "int"),
	SAME("regexp_instr", 2, 7, "int"),
	CALL("regexp_like", 2, "($1 ~ $regex2)", "bool"),
	CALL("regexp_like", 3, "regexp_like($1, $regex2, $3)", "bool"),
	CALL("regexp_replace", 3, "regexp_replace($1, $regex2, $replacement3, 'g')", "text"),
	CALL("regexp_replace", 2, "regexp_replace($1, $regex2, '', 'g')", "text"),
	SAME("regexp_substr", 2, 6, "text"),
	WHEN("replace", 3, "ci", "regexp_replace($1, $quotepattern2, $quotereplacement3, 'gi')",
	     "text"),
	WHEN("replace", 3, "ci",
	     "regexp_replace($1, $quotepattern2, replace($3, '\\', '\\\\'), 'gi')", "text"),
	WHEN("replace", 3, "ci",
	     "CASE WHEN $2 = '' THEN $1 ELSE regexp_replace($1, " QUOTED_PATTERN(
		     "$2") ", replace($3, '\\', '\\\\'), 'gi') END",
	     "text"),
	SAME("replace", 3, 3, "text"),
	WHEN("replicate", 2, "2=positive", "repeat($1::text, $2)", "text"),
	CALL("replicate", 2, "CASE WHEN $2 >= 0 THEN repeat($1::text, $2) END", "text"),
	CALL("reverse", 1, "reverse($1::text)", "text"),
	SAME("right", 2, 2, "text"),
	CALL("right_shift", 2, "($1 >> $2)", "1"),
	WHEN("round", 3, "3=0,1=float", "round($1::numeric, $2)::float8", "float"),
	WHEN("round", 3, "3=0", "round($1::numeric, $2)", "numeric"),
	WHEN("round", 3, "3=literal", "trunc($1::numeric, $2)", "numeric"),
	ROUND_ROWS("round"),
	CALL("round", 3,
	     "CASE WHEN $3 = 0 THEN round($1::numeric, $2) ELSE trunc($1::numeric, $2) END",
	     "numeric"),
	SAME("row_number", 0, 0, "int"),
	NONE("rowcount_big", "NO-FUNCTION"),
	SAME("rtrim", 1, 2, "text"),
	CALL("schema_name", 0, "current_schema()::text", "text"),
	CALL("scope_identity", 0, "lastval()", "int"),
	CALL("set_bit", 2, "($1 | (1 << $2))", "1"),
	SAME("sign", 1, 1, "1"),
	SAME("sin", 1, 1, "float"),
	CALL("smalldatetimefromparts", 5, "make_timestamp($1, $2, $3, $4, $5, 0)", "timestamp"),
	CALL("soundex", 1, "lakeport.soundex($1)", "text"),
	WHEN("space", 1, "1=positive", "repeat(' ', $1)", "text"),
	CALL("space", 1, "CASE WHEN $1 >= 0 THEN repeat(' ', $1) END", "text"),
	SAME("sqrt", 1, 1, "float"),
	CALL("square", 1, "power($1::float8, 2)", "float"),
	CALL("stdev", 1, "stddev_samp($1)", "numeric"),
	CALL("stdevp", 1, "stddev_pop($1)", "numeric"),
	CALL("str", 1, "lpad(round($1::numeric)::text, 10)", "text"),
	CALL("str", 2, "lpad(round($1::numeric)::text, $2)", "text"),
	CALL("str", 3, "lpad(round($1::numeric, $3)::text, $2)", "text"),
	CALL("string_agg", 2, "string_agg($1::text, $2)", "text"),
	CALL("string_escape", 2, "btrim(to_jsonb($1::text)::text, '\"')", "text"),
	CALL("string_split", 2, "string_to_table($1, $2)", "text"),
	WHEN("stuff", 4, "2=lower:1,4=string", "overlay($1 PLACING $4 FROM $2 FOR $3)", "text"),
	CALL("stuff", 4,
	     "CASE WHEN $2 BETWEEN 1 AND length($1) THEN overlay($1 PLACING coalesce($4, '') FROM "
	     "$2 FOR $3) END",
	     "text"),
	CALL("substring", 3, "substr($1::text, $2, $3)", "text"),
	CALL("substring", 2, "substr($1::text, $2)", "text"),
	SAME("sum", 1, 1, NULL),
	CALL("suser_name", 0, "SESSION_USER::text", "text"),
	CALL("suser_sname", 0, "SESSION_USER::text", "text"),
	NONE("switchoffset", "TIME-ZONE-OFFSET"),
	CALL("sysdatetime", 0, "LOCALTIMESTAMP", "timestamp"),
	CALL("sysdatetimeoffset", 0, "CURRENT_TIMESTAMP", "timestamp"),
	CALL("system_user", 0, "SESSION_USER::text", "text"),
	CALL("sysutcdatetime", 0, "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')", "timestamp"),
	SAME("tan", 1, 1, "float"),
	CALL("timefromparts", 5, "make_time($1, $2, $3 + $4 / power(10.0, $5)::float8)", "time"),
	NONE("todatetimeoffset", "TIME-ZONE-OFFSET"),
	SAME("translate", 3, 3, "text"),
	SAME("trim", 1, 2, "text"),
	TRY_CASTS("try_cast:"),
	CALL("try_cast:uuid", 1,
	     "CASE WHEN $1::text ~* '^\\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\}?$' THEN "
	     "$1::text::uuid END",
	     "uuid"),
	NONE("try_parse", "NO-FUNCTION"),
	CALL("unicode", 1, "ascii($1)", "int"),
	SAME("upper", 1, 1, "text"),
	CALL("user_name", 0, "CURRENT_USER::text", "text"),
	CALL("var", 1, "var_samp($1)", "numeric"),
	CALL("varp", 1, "var_pop($1)", "numeric"),
	PART("year", "year"),
};

const struct function_table functions_tsql = FUNCTION_TABLE(rules, NULL);
