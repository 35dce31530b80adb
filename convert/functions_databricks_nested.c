/*
 * functions_databricks_nested.c - arrays, maps, structs, JSON and lambdas of Databricks SQL. Arrays
 * are arrays, maps and structs are jsonb. Source: as functions_databricks.c.
 */
#include "convert/rows.h"

#define UNPACK(n)  "unnest($" n ") WITH ORDINALITY AS _u(_x, _i)"
#define FOLD(last) FOLD_FROM("$2", last)
/* Without the precision that the start may have: a recursion keeps its types. */
#define FOLD_NUMERIC(last) FOLD_FROM("coalesce($2, NULL)", last)
#define FOLD_FROM(first, last)                                                                     \
	"(WITH RECURSIVE _r(_i, _a) AS (SELECT 0, " first                                          \
	" UNION ALL SELECT _i + 1, $3(_a, ($1)[_i + "                                              \
	"1]) FROM _r WHERE _i < cardinality($1)) SELECT " last                                     \
	" FROM (SELECT _a FROM _r ORDER BY _i DESC LIMIT 1) AS _s)"
#define VARIANT(name, type, to, kind)                                                              \
	WHEN(name, 3, "3=lower:" type, "($1::jsonb #>> $path2)::" to, kind)
#define TRY_VARIANT(type, looks, to, kind)                                                         \
	WHEN("try_variant_get", 3, "3=lower:" type,                                                \
	     "CASE WHEN $1::jsonb #>> $path2 ~ " looks " THEN ($1::jsonb #>> $path2)::" to " END", \
	     kind)
#define FIRST(name)                                                                                \
	WHEN(name, 1, "over,ignore", "(array_agg($1) FILTER (WHERE $1 IS NOT NULL))[1]", "1"),     \
		WHEN(name, 2, "2=lower:true", "(array_agg($1) FILTER (WHERE $1 IS NOT NULL))[1]",  \
		     "1"),                                                                         \
		WHEN(name, 1, "over", "first_value($1)", "1"),                                     \
		WHEN(name, 2, "over", "first_value($1)", "1"),                                     \
		WHEN(name, 1, "ignore", "(array_agg($1) FILTER (WHERE $1 IS NOT NULL))[1]", "1"),  \
		CALL(name, 1, "(array_agg($1))[1]", "1"), CALL(name, 2, "(array_agg($1))[1]", "1")
#define LAST(name)                                                                                 \
	WHEN(name, 1, "ignore", "(array_agg($1) FILTER (WHERE $1 IS NOT NULL))[count($1)]", "1"),  \
		WHEN(name, 2, "2=lower:true",                                                      \
		     "(array_agg($1) FILTER (WHERE $1 IS NOT NULL))[count($1)]", "1"),             \
		WHEN(name, 1, "over", "last_value($1)", "1"),                                      \
		WHEN(name, 2, "over", "last_value($1)", "1"),                                      \
		CALL(name, 1, "(array_agg($1))[count(*)]", "1"),                                   \
		CALL(name, 2, "(array_agg($1))[count(*)]", "1")

/* Lambdas over a map: `k` and `v` give its key and value their types. */
#define MAP_FILTER(k, v)                                                                           \
	"(SELECT coalesce(jsonb_object_agg(_k, _v), '{}') FROM jsonb_each($1) AS _u(_k, _v) "      \
	"WHERE "                                                                                   \
	"$2(" k ", " v "))"
#define MAP_KEYS(k, v)                                                                             \
	"(SELECT coalesce(jsonb_object_agg($2(" k ", " v "), _v), '{}') FROM jsonb_each($1) AS "   \
	"_u(_k, _v))"
#define MAP_VALUES(k, v)                                                                           \
	"(SELECT coalesce(jsonb_object_agg(_k, $2(" k ", " v ")), '{}') FROM jsonb_each($1) AS "   \
	"_u(_k, _v))"

#define MAP_ZIP(v, w)                                                                              \
	"(SELECT coalesce(jsonb_object_agg(_k, $3(_k, " v ", " w ")), '{}') FROM (SELECT "         \
	"coalesce(_a, _b) AS _k, _v, _w FROM jsonb_each_text($1) AS _l(_a, _v) FULL JOIN "         \
	"jsonb_each_text($2) AS _r(_b, _w) ON _a = _b) AS _u)"

/* The value at its place, NULLs between where the array is too short. */
#define INSERT_AT                                                                                  \
	"ARRAY(SELECT CASE WHEN _i < $2 THEN ($1)[_i] WHEN _i = $2 THEN $3 ELSE ($1)[_i - 1] END " \
	"FROM generate_series(1, greatest(cardinality($1) + 1, $2)) AS _u(_i) ORDER BY _i)"
#define INSERT_FROM_END                                                                            \
	"ARRAY(SELECT CASE WHEN _i < _n + 1 + $2 THEN ($1)[_i] WHEN _i = _n + 1 + $2 THEN $3 "     \
	"ELSE ($1)[_i - _n + cardinality($1)] END FROM (SELECT greatest(cardinality($1) + 1, "     \
	"- $2) AS _n) AS _s, generate_series(1, _n) AS _u(_i) ORDER BY _i)"

static const struct function_rule rules[] = {
	/* rows */
	WHEN("aggregate", 3, "2=numeric|bool", FOLD_NUMERIC("_a"), "2"),
	WHEN("aggregate", 4, "2=numeric|bool", FOLD_NUMERIC("$4(_a)"), NULL),
	CALL("aggregate", 3, FOLD("_a"), "2"),
	CALL("aggregate", 4, FOLD("$4(_a)"), NULL),
	CALL("array", 0, "'{}'", "array"),
	MANY("array", 1, "ARRAY[$*]", "1[]"),
	CALL("array_append", 2, GUARD("1", "array_append($1, $2)"), "1"),
	CALL("array_compact", 1, "array_remove($1, NULL)", "1"),
	CALL("array_contains", 2, "($2 = ANY ($1))", "bool"),
	CALL("array_distinct", 1,
	     GUARD("1", "ARRAY(SELECT _x FROM " UNPACK("1") " GROUP BY _x ORDER BY min(_i))"), "1"),
	CALL("array_except", 2,
	     GUARD("1", "ARRAY(SELECT _x FROM " UNPACK(
				"1") " WHERE NOT EXISTS (SELECT FROM unnest($2) AS _v(_y) WHERE _y "
				     "IS NOT DISTINCT FROM _x) GROUP BY _x ORDER BY min(_i))"),
	     "1"),
	WHEN("array_insert", 3, "2=lower:1", GUARD("1", "array_prepend($3, $1)"), "1"),
	WHEN("array_insert", 3, "2=lower:-1", GUARD("1", "array_append($1, $3)"), "1"),
	WHEN("array_insert", 3, "2=positive", GUARD("1", INSERT_AT), "1"),
	WHEN("array_insert", 3, "2=negative", GUARD("1", INSERT_FROM_END), "1"),
	CALL("array_insert", 3,
	     GUARD("1", "CASE WHEN $2 > 0 THEN " INSERT_AT " ELSE " INSERT_FROM_END " END"), "1"),
	CALL("array_intersect", 2,
	     GUARD("1", "ARRAY(SELECT _x FROM " UNPACK(
				"1") " WHERE EXISTS (SELECT FROM unnest($2) AS _v(_y) WHERE _y IS "
				     "NOT DISTINCT FROM _x) GROUP BY _x ORDER BY min(_i))"),
	     "1"),
	CALL("array_join", 2, "array_to_string($1, $2)", "text"),
	CALL("array_join", 3, "array_to_string($1, $2, $3)", "text"),
	CALL("array_max", 1, "(SELECT max(_x) FROM unnest($1) AS _u(_x))", "[1]"),
	CALL("array_min", 1, "(SELECT min(_x) FROM unnest($1) AS _u(_x))", "[1]"),
	CALL("array_position", 2, GUARD("1", "coalesce(array_position($1, $2), 0)"), "int"),
	CALL("array_prepend", 2, GUARD("1", "array_prepend($2, $1)"), "1"),
	SAME("array_remove", 2, 2, "1"),
	WHEN("array_repeat", 2, "1=text", "array_fill($1::text, ARRAY[greatest($2, 0)])", "1[]"),
	CALL("array_repeat", 2, "array_fill($1, ARRAY[greatest($2, 0)])", "1[]"),
	CALL("array_size", 1, "cardinality($1)", "int"),
	WHEN("array_sort", 1, NULL, "@sort_structs", "1"),
	CALL("array_sort", 1, GUARD("1", "ARRAY(SELECT _x FROM unnest($1) AS _u(_x) ORDER BY _x)"),
	     "1"),
	WHEN("array_sort", 2, NULL, "@comparator", "1"),
	NONE("array_sort", "COMPARATOR"),
	CALL("array_union", 2,
	     GUARD("1", "ARRAY(SELECT _x FROM unnest($1 || $2) WITH ORDINALITY AS _u(_x, _i) GROUP "
			"BY _x ORDER BY min(_i))"),
	     "1"),
	WHEN("arrays_overlap", 2, "plain", "($1 && $2)", "bool"),
	CALL("arrays_overlap", 2,
	     "($1 && $2 OR CASE WHEN array_position($1, NULL) > 0 AND cardinality($2) > 0 OR "
	     "array_position($2, NULL) > 0 AND cardinality($1) > 0 THEN NULL::boolean ELSE false "
	     "END)",
	     "bool"),
	MANY("arrays_zip", 1, "@arrays_zip", "array"),
	WHEN("cardinality", 1, "1=map|json|struct",
	     "(SELECT count(*)::int FROM jsonb_object_keys($1))", "int"),
	WHEN("cardinality", 1, "1=string", "0", "int"),
	SAME("cardinality", 1, 1, "int"),
	WHEN("element_at", 2, "2=text", "($1 ->> $2)", "text"),
	WHEN("element_at", 2, "1=map|json", "($1 ->> $2::text)", "text"),
	WHEN("element_at", 2, "2=positive", "($1)[$2]", "[1]"),
	WHEN("element_at", 2, "2=negative", "($1)[cardinality($1) + 1 - $minus2]", "[1]"),
	CALL("element_at", 2, "($1)[CASE WHEN $2 < 0 THEN cardinality($1) + 1 + $2 ELSE $2 END]",
	     "[1]"),
	WHEN("exists", 2, "plain", "EXISTS (SELECT FROM unnest($1) AS _u(_x) WHERE $2(_x))",
	     "bool"),
	CALL("exists", 2,
	     GUARD("1", "(SELECT CASE WHEN bool_or(_b) THEN true WHEN count(_b) = count(*) THEN "
			"false END FROM (SELECT $2(_x) AS _b FROM unnest($1) AS _u(_x)) AS _w)"),
	     "bool"),
	CALL("filter", 2,
	     GUARD("1",
		   "ARRAY(SELECT _x FROM " UNPACK("1") " WHERE $2(_x, (_i - 1)::int) ORDER BY _i)"),
	     "1"),
	WHEN("flatten", 1, NULL, "@flatten", "1"),
	CALL("flatten", 1, GUARD("1", "ARRAY(SELECT unnest($1))"), "1"),
	WHEN("forall", 2, "plain", "NOT EXISTS (SELECT FROM unnest($1) AS _u(_x) WHERE NOT $2(_x))",
	     "bool"),
	CALL("forall", 2,
	     GUARD("1",
		   "(SELECT CASE WHEN NOT bool_and(_b) THEN false WHEN count(_b) = count(*) THEN "
		   "true END FROM (SELECT $2(_x) AS _b FROM unnest($1) AS _u(_x)) AS _w)"),
	     "bool"),
	NONE("from_csv", "NO-FUNCTION"),
	MANY("from_json", 2, "@from_json", "json"),
	CALL("from_json", 2, "$1::jsonb", "json"),
	NOTE("from_json", 3, NULL, "$1::jsonb", "json", "JSON-OPTIONS"),
	NONE("from_xml", "NO-FUNCTION"),
	CALL("get", 2, "($1)[$2 + 1]", "[1]"),
	CALL("get_json_object", 2, "($1::jsonb #>> $path2)", "text"),
	CALL("get_json_object", 2,
	     "(SELECT CASE count(*) WHEN 0 THEN NULL WHEN 1 THEN min(_v::text) ELSE '[' || "
	     "string_agg(_v::text, ',' ORDER BY _i) || ']' END FROM jsonb_path_query($1::jsonb, "
	     "$wildpath2) WITH ORDINALITY AS _u(_v, _i))",
	     "text"),
	NOTE("get_json_object", 2, NULL, "jsonb_path_query_first($1::jsonb, $2::jsonpath) #>> '{}'",
	     "text", "JSON-PATH-DYNAMIC"),
	CALL("is_variant_null", 1, "coalesce($1 = 'null'::jsonb, false)", "bool"),
	CALL("json_array_length", 1, "jsonb_array_length($1::jsonb)", "int"),
	CALL("json_object_keys", 1, "ARRAY(SELECT jsonb_object_keys($1::jsonb))", "array"),
	CALL("map", 0, "'{}'::jsonb", "map"),
	MANY("map", 2, "jsonb_build_object($*)", "map"),
	CALL("map_concat", 2, "($1 || $2)", "map"),
	CALL("map_concat", 3, "($1 || $2 || $3)", "map"),
	CALL("map_contains_key", 2, "jsonb_exists($1, $2::text)", "bool"),
	WHEN("map_entries", 1, "1=keys:int",
	     "ARRAY(SELECT jsonb_build_object('key', key::bigint, 'value', value) FROM "
	     "jsonb_each($1))",
	     "array"),
	CALL("map_entries", 1,
	     "ARRAY(SELECT jsonb_build_object('key', key, 'value', value) FROM jsonb_each($1))",
	     "array"),
	WHEN("map_filter", 2, "1=keys:int,1=values:int",
	     MAP_FILTER("_k::int", "(_v #>> '{}')::int"), "map"),
	WHEN("map_filter", 2, "1=keys:int,1=values:text", MAP_FILTER("_k::int", "(_v #>> '{}')"),
	     "map"),
	WHEN("map_filter", 2, "1=keys:int", MAP_FILTER("_k::int", "(_v #>> '{}')::numeric"), "map"),
	WHEN("map_filter", 2, "1=values:int", MAP_FILTER("_k", "(_v #>> '{}')::int"), "map"),
	WHEN("map_filter", 2, "1=values:text", MAP_FILTER("_k", "(_v #>> '{}')"), "map"),
	CALL("map_filter", 2, MAP_FILTER("_k", "(_v #>> '{}')::numeric"), "map"),
	CALL("map_from_arrays", 2,
	     "(SELECT jsonb_object_agg(_k, _v) FROM unnest($1, $2) AS _u(_k, _v))", "map"),
	CALL("map_from_entries", 1,
	     "(SELECT jsonb_object_agg(coalesce(_e ->> 'key', _e ->> 'col1'), coalesce(_e -> "
	     "'value', _e -> 'col2')) FROM unnest($1) AS _u(_e))",
	     "map"),
	CALL("map_keys", 1, GUARD("1", "ARRAY(SELECT jsonb_object_keys($1))"), "array"),
	WHEN("map_values", 1, "1=values:text",
	     GUARD("1", "ARRAY(SELECT value FROM jsonb_each_text($1))"), "array"),
	WHEN("map_values", 1, "1=values:int",
	     GUARD("1", "ARRAY(SELECT value::bigint FROM jsonb_each_text($1))"), "array"),
	WHEN("map_values", 1, "1=values:numeric|float",
	     GUARD("1", "ARRAY(SELECT value::float8 FROM jsonb_each_text($1))"), "array"),
	CALL("map_values", 1, GUARD("1", "ARRAY(SELECT value FROM jsonb_each($1))"), "array"),
	WHEN("map_zip_with", 3, "1=values:int,2=values:int", MAP_ZIP("_v::int", "_w::int"), "map"),
	WHEN("map_zip_with", 3, "1=values:numeric|float,2=values:int|numeric|float",
	     MAP_ZIP("_v::float8", "_w::float8"), "map"),
	CALL("map_zip_with", 3,
	     "(SELECT coalesce(jsonb_object_agg(_k, $3(_k, _v, _w)), '{}') FROM (SELECT "
	     "coalesce(_a, _b) AS _k, _v, _w FROM jsonb_each_text($1) AS _l(_a, _v) FULL JOIN "
	     "jsonb_each_text($2) AS _r(_b, _w) ON _a = _b) AS _u)",
	     "map"),
	MANY("named_struct", 2, "jsonb_build_object($*)", "json"),
	CALL("parse_json", 1, "$1::jsonb", "json"),
	WHEN("reduce", 3, "2=numeric|bool", FOLD_NUMERIC("_a"), "2"),
	WHEN("reduce", 4, "2=numeric|bool", FOLD_NUMERIC("$4(_a)"), NULL),
	CALL("reduce", 3, FOLD("_a"), "2"),
	CALL("reduce", 4, FOLD("$4(_a)"), NULL),
	NONE("schema_of_csv", "NO-FUNCTION"),
	NONE("schema_of_json", "NO-FUNCTION"),
	NONE("schema_of_variant", "NO-FUNCTION"),
	WHEN("sequence", 2, "1=date",
	     "ARRAY(SELECT _x::date FROM generate_series($1::timestamp, $2::timestamp, CASE WHEN "
	     "$1 <= $2 THEN 1 ELSE -1 END * INTERVAL '1 day') AS _u(_x))",
	     "array"),
	WHEN("sequence", 2, "1=timestamp",
	     "ARRAY(SELECT generate_series($1, $2, INTERVAL '1 day'))", "array"),
	WHEN("sequence", 3, "1=date",
	     "ARRAY(SELECT _x::date FROM generate_series($1::timestamp, $2::timestamp, $3) AS "
	     "_u(_x))",
	     "array"),
	CALL("sequence", 2,
	     "ARRAY(SELECT generate_series($1, $2, CASE WHEN $1 <= $2 THEN 1 ELSE -1 END))", "1[]"),
	CALL("sequence", 3, "ARRAY(SELECT generate_series($1, $2, $3))", "1[]"),
	CALL("shuffle", 1, "ARRAY(SELECT _x FROM unnest($1) AS _u(_x) ORDER BY random())", "1"),
	WHEN("size", 1, "1=map|json|struct", "(SELECT count(*)::int FROM jsonb_object_keys($1))",
	     "int"),
	WHEN("size", 1, "1=string", "0", "int"),
	CALL("size", 1, "cardinality($1)", "int"),
	WHEN("slice", 3, "2=positive,3=literal", "($1)[$2:$2 + $3 - 1]", "1"),
	CALL("slice", 3,
	     "($1)[CASE WHEN $2 < 0 THEN cardinality($1) + 1 + $2 ELSE $2 END:CASE WHEN $2 < 0 "
	     "THEN cardinality($1) + $2 ELSE $2 - 1 END + $3]",
	     "1"),
	MANY("sort_array", 1, "@sort_structs", "1"),
	WHEN("sort_array", 2, "2=lower:true",
	     GUARD("1", "ARRAY(SELECT _x FROM unnest($1) AS _u(_x) ORDER BY _x NULLS FIRST)"), "1"),
	WHEN("sort_array", 2, "2=lower:false",
	     GUARD("1", "ARRAY(SELECT _x FROM unnest($1) AS _u(_x) ORDER BY _x DESC NULLS LAST)"),
	     "1"),
	CALL("sort_array", 1,
	     GUARD("1", "ARRAY(SELECT _x FROM unnest($1) AS _u(_x) ORDER BY _x NULLS FIRST)"), "1"),
	CALL("str_to_map", 2,
	     "(SELECT jsonb_object_agg(split_part(_p, ':', 1), NULLIF(substr(_p, strpos(_p || ':', "
	     "':') + 1), '')) FROM regexp_split_to_table($1, $regex2) AS _u(_p))",
	     "map"),
	CALL("str_to_map", 3,
	     "(SELECT jsonb_object_agg(split_part(_p, $3, 1), NULLIF(substr(_p, strpos(_p || $3, "
	     "$3) + length($3)), '')) FROM regexp_split_to_table($1, $regex2) AS _u(_p))",
	     "map"),
	CALL("str_to_map", 1,
	     "(SELECT jsonb_object_agg(split_part(_p, ':', 1), NULLIF(substr(_p, strpos(_p || ':', "
	     "':') + 1), '')) FROM regexp_split_to_table($1, ',') AS _u(_p))",
	     "map"),
	MANY("struct", 1, "@struct", "json"),
	MANY("to_csv", 1, "@to_csv", "text"),
	NONE("to_csv", "NO-FUNCTION"),
	WHEN("to_json", 1, NULL, "@to_json", "text"),
	WHEN("to_json", 1, "1=map", JSON_TEXT("to_jsonb($1)::text"), "text"),
	CALL("to_json", 1, JSON_TEXT("jsonb_strip_nulls(to_jsonb($1))::text"), "text"),
	NOTE("to_json", 2, NULL, JSON_TEXT("to_jsonb($1)::text"), "text", "JSON-OPTIONS"),
	CALL("to_variant_object", 1, "to_jsonb($1)", "json"),
	NONE("to_xml", "NO-FUNCTION"),
	CALL("transform", 2,
	     GUARD("1", "ARRAY(SELECT $2(_x, (_i - 1)::int) FROM " UNPACK("1") " ORDER BY _i)"),
	     "array"),
	WHEN("transform_keys", 2, "1=keys:int,1=values:int",
	     MAP_KEYS("_k::int", "(_v #>> '{}')::int"), "map"),
	WHEN("transform_keys", 2, "1=keys:int,1=values:text", MAP_KEYS("_k::int", "(_v #>> '{}')"),
	     "map"),
	WHEN("transform_keys", 2, "1=keys:int", MAP_KEYS("_k::int", "(_v #>> '{}')::numeric"),
	     "map"),
	WHEN("transform_keys", 2, "1=values:int", MAP_KEYS("_k", "(_v #>> '{}')::int"), "map"),
	WHEN("transform_keys", 2, "1=values:text", MAP_KEYS("_k", "(_v #>> '{}')"), "map"),
	CALL("transform_keys", 2, MAP_KEYS("_k", "(_v #>> '{}')::numeric"), "map"),
	WHEN("transform_values", 2, "1=keys:int,1=values:int",
	     MAP_VALUES("_k::int", "(_v #>> '{}')::int"), "map"),
	WHEN("transform_values", 2, "1=keys:int,1=values:text",
	     MAP_VALUES("_k::int", "(_v #>> '{}')"), "map"),
	WHEN("transform_values", 2, "1=keys:int", MAP_VALUES("_k::int", "(_v #>> '{}')::numeric"),
	     "map"),
	WHEN("transform_values", 2, "1=values:int", MAP_VALUES("_k", "(_v #>> '{}')::int"), "map"),
	WHEN("transform_values", 2, "1=values:text", MAP_VALUES("_k", "(_v #>> '{}')"), "map"),
	CALL("transform_values", 2, MAP_VALUES("_k", "(_v #>> '{}')::numeric"), "map"),
	WHEN("try_element_at", 2, "2=text", "($1 ->> $2)", "text"),
	WHEN("try_element_at", 2, "1=map|json", "($1 ->> $2::text)", "text"),
	WHEN("try_element_at", 2, "2=positive", "($1)[$2]", "[1]"),
	WHEN("try_element_at", 2, "2=negative", "($1)[cardinality($1) + 1 - $minus2]", "[1]"),
	CALL("try_element_at", 2,
	     "($1)[CASE WHEN $2 < 0 THEN cardinality($1) + 1 + $2 ELSE $2 END]", "[1]"),
	NOTE("try_parse_json", 1, NULL, "$1::jsonb", "json", "JSON-INVALID"),
	TRY_VARIANT("int", "'^[-+]?[0-9]{1,9}$'", "int", "int"),
	TRY_VARIANT("bigint|long", "'^[-+]?[0-9]{1,18}$'", "bigint", "int"),
	VARIANT("try_variant_get", "string", "text", "text"),
	TRY_VARIANT("double", "'^[-+]?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?$'", "float8", "float"),
	TRY_VARIANT("boolean", "'^(true|false)$'", "boolean", "bool"),
	VARIANT("try_variant_get", "date", "date", "date"),
	VARIANT("try_variant_get", "timestamp", "timestamp", "timestamp"),
	VARIANT("try_variant_get", "variant", "jsonb", "json"),
	CALL("try_variant_get", 2, "($1::jsonb #> $path2)", "json"),
	VARIANT("variant_get", "int", "int", "int"),
	VARIANT("variant_get", "bigint|long", "bigint", "int"),
	VARIANT("variant_get", "string", "text", "text"),
	VARIANT("variant_get", "double", "float8", "float"),
	VARIANT("variant_get", "boolean", "boolean", "bool"),
	VARIANT("variant_get", "date", "date", "date"),
	VARIANT("variant_get", "timestamp", "timestamp", "timestamp"),
	VARIANT("variant_get", "variant", "jsonb", "json"),
	CALL("variant_get", 2, "($1::jsonb #> $path2)", "json"),
	CALL("zip_with", 3,
	     GUARD("1", "ARRAY(SELECT $3(_x, _y) FROM unnest($1, $2) WITH ORDINALITY AS _u(_x, _y, "
			"_i) ORDER BY _i)"),
	     "array"),
};

const struct function_table functions_databricks_nested = FUNCTION_TABLE(rules, NULL);
