/*
 * helpers.c - the helper functions: standard algorithms in plain SQL and PL/pgSQL, so that they
 * can be made on any managed Postgres without an extension. Names inside the bodies are Postgres'
 * own; none calls another helper except through its argument types.
 */
#include "convert/helpers.h"

#include <string.h>

#include "convert/convert.h"

#define PLPGSQL " LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$\n"
#define SQL	" LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$\n"
#define END	"$body$"

static const struct helper helpers[] = {
	{"change_count", "text[], text",
	 "how often a value changed so far; changes() over a window",
	 "(state text[], value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS "
	 "$body$\n"
	 "SELECT CASE WHEN state IS NULL THEN ARRAY['0', value]\n"
	 "  WHEN state[2] <> value THEN ARRAY[(state[1]::int + 1)::text, value]\n"
	 "  ELSE ARRAY[state[1], value] END\n" END ";\n"
	 "CREATE OR REPLACE FUNCTION @schema@.change_total(state text[]) RETURNS int LANGUAGE sql "
	 "IMMUTABLE PARALLEL SAFE AS $body$SELECT state[1]::int" END ";\n"
	 "CREATE OR REPLACE AGGREGATE @schema@.changes(text) (SFUNC = @schema@.change_count, "
	 "STYPE = text[],\n"
	 "  FINALFUNC = @schema@.change_total, PARALLEL = SAFE)"},
	{"conv", "text, int, int", "a number from one base to another, 2 to 36",
	 "(number text, from_base int, to_base int) RETURNS text" PLPGSQL "DECLARE\n"
	 "  digits constant text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';\n"
	 "  n numeric := 0;\n"
	 "  place int;\n"
	 "  answer text := '';\n"
	 "BEGIN\n"
	 "  FOR i IN 1 .. length(number) LOOP\n"
	 "    place := strpos(digits, upper(substr(number, i, 1))) - 1;\n"
	 "    EXIT WHEN place < 0 OR place >= from_base;\n"
	 "    n := n * from_base + place;\n"
	 "  END LOOP;\n"
	 "  n := least(n, 18446744073709551615);\n"
	 "  LOOP\n"
	 "    answer := substr(digits, mod(n, to_base)::int + 1, 1) || answer;\n"
	 "    n := div(n, to_base);\n"
	 "    EXIT WHEN n = 0;\n"
	 "  END LOOP;\n"
	 "  RETURN answer;\n"
	 "END\n" END},
	{"crc32", "bytea", "CRC-32 as in zlib",
	 "(data bytea) RETURNS bigint" PLPGSQL "DECLARE\n"
	 "  crc bigint := 4294967295;\n"
	 "BEGIN\n"
	 "  FOR i IN 0 .. length(data) - 1 LOOP\n"
	 "    crc := crc # get_byte(data, i);\n"
	 "    FOR k IN 1 .. 8 LOOP\n"
	 "      crc := (crc >> 1) # (3988292384 * (crc & 1));\n"
	 "    END LOOP;\n"
	 "  END LOOP;\n"
	 "  RETURN crc # 4294967295;\n"
	 "END\n" END},
	{"difference", "text, text", "how many places of two soundex codes agree",
	 "(a text, b text) RETURNS int" SQL "SELECT count(*)::int FROM generate_series(1, 4) AS i\n"
	 "WHERE substr(@schema@.soundex(a), i, 1) = substr(@schema@.soundex(b), i, 1)\n" END},
	{"instr", "text, text, int, int",
	 "the n-th place of a text; a negative start searches back",
	 "(haystack text, needle text, start int, nth int) RETURNS int" PLPGSQL "DECLARE\n"
	 "  place int := CASE WHEN start < 0 THEN length(haystack) + 1 + start ELSE start END;\n"
	 "  step int := sign(start);\n"
	 "  found int := 0;\n"
	 "BEGIN\n"
	 "  WHILE step <> 0 AND place BETWEEN 1 AND length(haystack) LOOP\n"
	 "    IF substr(haystack, place, length(needle)) = needle THEN\n"
	 "      found := found + 1;\n"
	 "      IF found = nth THEN\n"
	 "        RETURN place;\n"
	 "      END IF;\n"
	 "    END IF;\n"
	 "    place := place + step;\n"
	 "  END LOOP;\n"
	 "  RETURN 0;\n"
	 "END\n" END},
	{"json_depth", "jsonb", "how deep arrays and objects are nested, a scalar is 1",
	 "(value jsonb) RETURNS int" SQL "WITH RECURSIVE r(v, d) AS (\n"
	 "  SELECT value, 1\n"
	 "  UNION ALL\n"
	 "  SELECT c.v, r.d + 1 FROM r CROSS JOIN LATERAL (\n"
	 "    SELECT e FROM jsonb_array_elements(CASE WHEN jsonb_typeof(r.v) = 'array'\n"
	 "      THEN r.v ELSE '[]' END) AS e\n"
	 "    UNION ALL\n"
	 "    SELECT o.value FROM jsonb_each(CASE WHEN jsonb_typeof(r.v) = 'object'\n"
	 "      THEN r.v ELSE '{}' END) AS o) AS c(v))\n"
	 "SELECT max(d) FROM r\n" END},
	{"json_merge_patch", "jsonb, jsonb",
	 "RFC 7396: members put over others, null takes one away",
	 "(target jsonb, patch jsonb) RETURNS jsonb" PLPGSQL "BEGIN\n"
	 "  RETURN CASE\n"
	 "  WHEN jsonb_typeof(patch) <> 'object' THEN patch\n"
	 "  ELSE coalesce((SELECT jsonb_object_agg(coalesce(t.key, p.key), CASE\n"
	 "      WHEN p.value IS NULL THEN t.value\n"
	 "      WHEN jsonb_typeof(p.value) <> 'object' THEN p.value\n"
	 "      ELSE @schema@.json_merge_patch(coalesce(t.value, '{}'), p.value) END)\n"
	 "    FROM jsonb_each(CASE WHEN jsonb_typeof(target) = 'object' THEN target\n"
	 "      ELSE '{}' END) AS t FULL JOIN jsonb_each(patch) AS p ON t.key = p.key\n"
	 "    WHERE p.value IS DISTINCT FROM 'null'), '{}') END;\n"
	 "END\n" END},
	{"levenshtein", "text, text", "the edit distance of two texts",
	 "(a text, b text) RETURNS int" PLPGSQL "DECLARE\n"
	 "  last int[] := ARRAY(SELECT generate_series(0, length(b)));\n"
	 "  line int[];\n"
	 "BEGIN\n"
	 "  FOR i IN 1 .. length(a) LOOP\n"
	 "    line := ARRAY[i];\n"
	 "    FOR k IN 1 .. length(b) LOOP\n"
	 "      line[k + 1] := least(line[k] + 1, last[k + 1] + 1, last[k]\n"
	 "        + CASE WHEN substr(a, i, 1) = substr(b, k, 1) THEN 0 ELSE 1 END);\n"
	 "    END LOOP;\n"
	 "    last := line;\n"
	 "  END LOOP;\n"
	 "  RETURN last[length(b) + 1];\n"
	 "END\n" END},
	{"sha1", "bytea", "SHA-1 in hexadecimal digits",
	 "(data bytea) RETURNS text" PLPGSQL "DECLARE\n"
	 "  mask constant bigint := 4294967295;\n"
	 "  m bytea := data || '\\x80' || decode(repeat('00', 63 - (length(data) + 8) % 64), "
	 "'hex')\n"
	 "    || int8send(length(data)::bigint * 8);\n"
	 "  h bigint[] := ARRAY[1732584193, 4023233417, 2562383102, 271733878, 3285377520];\n"
	 "  w bigint[];\n"
	 "  v bigint[];\n"
	 "  f bigint;\n"
	 "  k bigint;\n"
	 "BEGIN\n"
	 "  FOR block IN 0 .. length(m) / 64 - 1 LOOP\n"
	 "    FOR i IN 0 .. 15 LOOP\n"
	 "      w[i] := ('x' || encode(substr(m, block * 64 + i * 4 + 1, 4), 'hex'))"
	 "::bit(32)::bigint;\n"
	 "    END LOOP;\n"
	 "    FOR i IN 16 .. 79 LOOP\n"
	 "      f := w[i - 3] # w[i - 8] # w[i - 14] # w[i - 16];\n"
	 "      w[i] := ((f << 1) | (f >> 31)) & mask;\n"
	 "    END LOOP;\n"
	 "    v := h;\n"
	 "    FOR i IN 0 .. 79 LOOP\n"
	 "      IF i < 20 THEN\n"
	 "        f := (v[2] & v[3]) | (~ v[2] & mask & v[4]);\n"
	 "        k := 1518500249;\n"
	 "      ELSIF i < 40 THEN\n"
	 "        f := v[2] # v[3] # v[4];\n"
	 "        k := 1859775393;\n"
	 "      ELSIF i < 60 THEN\n"
	 "        f := (v[2] & v[3]) | (v[2] & v[4]) | (v[3] & v[4]);\n"
	 "        k := 2400959708;\n"
	 "      ELSE\n"
	 "        f := v[2] # v[3] # v[4];\n"
	 "        k := 3395469782;\n"
	 "      END IF;\n"
	 "      v := ARRAY[(((v[1] << 5) | (v[1] >> 27)) + f + v[5] + k + w[i]) & mask, v[1],\n"
	 "        ((v[2] << 30) | (v[2] >> 2)) & mask, v[3], v[4]];\n"
	 "    END LOOP;\n"
	 "    FOR i IN 1 .. 5 LOOP\n"
	 "      h[i] := (h[i] + v[i]) & mask;\n"
	 "    END LOOP;\n"
	 "  END LOOP;\n"
	 "  RETURN (SELECT string_agg(lpad(to_hex(x), 8, '0'), '' ORDER BY i)\n"
	 "    FROM unnest(h) WITH ORDINALITY AS u(x, i));\n"
	 "END\n" END},
	{"soundex", "text", "the American Soundex code",
	 "(word text) RETURNS text" PLPGSQL "DECLARE\n"
	 "  letters text := regexp_replace(upper(word), '[^A-Z]', '', 'g');\n"
	 "  answer text := left(letters, 1);\n"
	 "  code text;\n"
	 "  last text := translate(answer, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', "
	 "'01230120022455012623010202');\n"
	 "BEGIN\n"
	 "  FOR i IN 2 .. length(letters) LOOP\n"
	 "    CONTINUE WHEN substr(letters, i, 1) IN ('H', 'W');\n"
	 "    code := translate(substr(letters, i, 1), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', "
	 "'01230120022455012623010202');\n"
	 "    IF code <> '0' AND code <> last THEN\n"
	 "      answer := answer || code;\n"
	 "    END IF;\n"
	 "    last := code;\n"
	 "  END LOOP;\n"
	 "  RETURN CASE WHEN answer = '' THEN '' ELSE rpad(left(answer, 4), 4, '0') END;\n"
	 "END\n" END},
	{"soundex_long", "text", "Soundex as MySQL has it: vowels first taken away, any length",
	 "(word text) RETURNS text" SQL
	 "SELECT rpad(left(w, 1) || CASE WHEN translate(left(w, 1),\n"
	 "  'AEIOUHWY', '') = '' THEN c ELSE substr(c, 2) END, greatest(4, length(c)), '0')\n"
	 "FROM (SELECT w, regexp_replace(translate(w, 'BFPVCGJKQSXZDTLMNRAEIOUHWY',\n"
	 "  '111122222222334556'), '(.)\\1+', '\\1', 'g') AS c\n"
	 "  FROM regexp_replace(upper(word), '[^A-Z]', '', 'g') AS w) AS s\n" END},
	{"url_decode", "text", "application/x-www-form-urlencoded into text",
	 "(value text) RETURNS text" PLPGSQL "DECLARE\n"
	 "  bytes bytea := '';\n"
	 "  i int := 1;\n"
	 "BEGIN\n"
	 "  WHILE i <= length(value) LOOP\n"
	 "    IF substr(value, i, 1) = '%' THEN\n"
	 "      bytes := bytes || decode(substr(value, i + 1, 2), 'hex');\n"
	 "      i := i + 3;\n"
	 "    ELSE\n"
	 "      bytes := bytes || convert_to(translate(substr(value, i, 1), '+', ' '), 'UTF8');\n"
	 "      i := i + 1;\n"
	 "    END IF;\n"
	 "  END LOOP;\n"
	 "  RETURN convert_from(bytes, 'UTF8');\n"
	 "END\n" END},
	{"url_encode", "text", "text into application/x-www-form-urlencoded",
	 "(value text) RETURNS text" SQL
	 "SELECT coalesce(string_agg(CASE WHEN c ~ '[A-Za-z0-9*._-]' THEN c WHEN c = ' ' THEN '+'\n"
	 "  ELSE regexp_replace(upper(encode(convert_to(c, 'UTF8'), 'hex')), '(..)', '%\\1', 'g')\n"
	 "  END, '' ORDER BY i), '')\n"
	 "FROM regexp_split_to_table(value, '') WITH ORDINALITY AS u(c, i)\n" END},
};

const struct helper *helper_all(size_t *count)
{
	*count = sizeof(helpers) / sizeof(*helpers);
	return helpers;
}

/* The body, with the schema where it stands for itself. */
static void add_body(const char *sql, const char *schema, struct buf *out)
{
	static const char mark[] = "@schema@";

	while (*sql) {
		if (strncmp(sql, mark, sizeof(mark) - 1) == 0) {
			buf_puts(out, schema);
			sql += sizeof(mark) - 1;
		} else {
			buf_putc(out, *sql++);
		}
	}
}

static void add_helper(const struct helper *h, const char *schema, struct buf *out)
{
	buf_printf(out, "\nCREATE OR REPLACE FUNCTION %s.%s", schema, h->name);
	add_body(h->sql, schema, out);
	buf_printf(out, ";\nCOMMENT ON FUNCTION %s.%s(%s) IS '%s';\n", schema, h->name,
		   h->arguments, h->what);
}

void convert_helpers(const char *schema, struct buf *out)
{
	buf_printf(out,
		   "-- Functions that converted queries call; made by lakeport convert helpers.\n"
		   "SET check_function_bodies = off; -- one calls another\n"
		   "CREATE SCHEMA IF NOT EXISTS %s;\n",
		   schema);
	for (size_t i = 0; i < sizeof(helpers) / sizeof(*helpers); i++)
		add_helper(&helpers[i], schema, out);
	for (size_t i = 0; i < helper_cast_count; i++)
		add_helper(&helper_casts[i], schema, out);
}
