#!/bin/bash
# Values survive: for every type and format a table of values at the edges, loaded and compared with
# the same values written down in SQL, exactly (by their text, within the server).
. "$(dirname "$0")/tap.sh"
server
data=$work/data
mkdir "$data"
url=$dsn
dsn="$dsn?options=-c%20timezone%3DUTC%20-c%20extra_float_digits%3D3"

load() { lakeport migrate load -d "$url" "$@"; }

# check NAME COLUMNS: the file $data/NAME.* is loaded into a table of these columns, of which the
# first is `n int`; standard input has the rows that are expected, as SQL: (1, ...), (2, ...).
# Further arguments are options of the load.
check() {
	local name=$1 columns=$2 got
	shift 2
	sql "create table $name ($columns); create table ${name}_wanted (like $name)"
	{ echo "insert into ${name}_wanted values"; cat; } >"$work/wanted.sql"
	psql -Xq -d "$dsn" -f "$work/wanted.sql" 2>"$work/psql" || cat "$work/psql"
	load "$data/$name".* --into "$name" "$@"
	ok "$name: loaded" equal "$status" 0
	got=$(sql "select n, 'differs:', got, 'wanted:', wanted from (select n, x::text as got from $name x) g
		full join (select n, x::text as wanted from ${name}_wanted x) w using (n) where got is distinct from wanted order by n" | cut -c 1-1000)
	ok "$name: every value as it was" equal "$got" ""
	ok "$name: as many" equal "$(sql "select count(*) > 0 and count(*) = (select count(*) from ${name}_wanted) from $name")" t
}

numbers='n int, i2 smallint, i4 int, i8 bigint, f4 real, f8 double precision, m numeric, d numeric(38,10), w numeric(60,30), b boolean'
numbers_wanted="
(1, -32768, -2147483648, -9223372036854775808, '-3.4028235e38', '-1.7976931348623157e308', -99999999999999999999999999999999999999, -9999999999999999999999999999.9999999999, 123456789012345678901234567890.123456789012345678901234567891, false),
(2, 32767, 2147483647, 9223372036854775807, '3.4028235e38', '1.7976931348623157e308', 12345678901234567890.123456789012345678, 9999999999999999999999999999.9999999999, -0.000000000000000000000000000001, true),
(3, 0, 0, 0, '1.1754944e-38', '4.9406564584124654e-324', 0.00000000000000000000000000000000000001, 0.0000000001, 0, true),
(4, null, null, null, null, null, null, null, null, null),
(5, -1, -1, -1, '-0', '-0', 0.10, 0.1, 1.10, false),
(6, 1, 1, 1, '0.1', '0.1', 1000000, 1000, 1000, true),
(7, 7, 7, 9007199254740993, '16777216', '9007199254740992', 9007199254740993, 9007199254740993, 9007199254740993, true)"
cat >"$data/csv_numbers.csv" <<'END'
n,i2,i4,i8,f4,f8,m,d,w,b
1,-32768,-2147483648,-9223372036854775808,-3.4028235e38,-1.7976931348623157e308,-99999999999999999999999999999999999999,-9999999999999999999999999999.9999999999,123456789012345678901234567890.123456789012345678901234567891,f
2,32767,2147483647,9223372036854775807,3.4028235e38,1.7976931348623157e308,12345678901234567890.123456789012345678,9999999999999999999999999999.9999999999,-0.000000000000000000000000000001,t
3,0,+0,-0,1.1754944e-38,4.9406564584124654e-324,0.00000000000000000000000000000000000001,0.0000000001,0,true
4,,,,,,,,,
5,-1,-1,-1,-0,-0.0,0.10,0.1,1.10,false
6,1,1,1,0.1,0.1,1e6,1E3,1e+3,1
7,7,7,9007199254740993,16777216,9007199254740992,9007199254740993,9007199254740993,9007199254740993,1
END
check csv_numbers "$numbers" <<<"$numbers_wanted"
cat >"$data/json_numbers.json" <<'END'
{"n":1,"i2":-32768,"i4":-2147483648,"i8":-9223372036854775808,"f4":-3.4028235e38,"f8":-1.7976931348623157e308,"m":-99999999999999999999999999999999999999,"d":-9999999999999999999999999999.9999999999,"w":123456789012345678901234567890.123456789012345678901234567891,"b":false}
{"n":2,"i2":32767,"i4":2147483647,"i8":9223372036854775807,"f4":3.4028235e38,"f8":1.7976931348623157e308,"m":12345678901234567890.123456789012345678,"d":9999999999999999999999999999.9999999999,"w":-0.000000000000000000000000000001,"b":true}
{"n":3,"i2":0,"i4":0,"i8":-0,"f4":1.1754944e-38,"f8":4.9406564584124654e-324,"m":0.00000000000000000000000000000000000001,"d":0.0000000001,"w":0,"b":true}
{"n":4,"i2":null,"i4":null,"i8":null,"f4":null,"f8":null,"m":null,"d":null}
{"n":5,"i2":"-1","i4":"-1","i8":"-1","f4":-0.0,"f8":-0.0,"m":0.10,"d":0.1,"w":1.10,"b":"false"}
{"n":6,"i2":1,"i4":1.0,"i8":1,"f4":0.1,"f8":0.1,"m":1e6,"d":1E3,"w":1e+3,"b":true}
{"n":7,"i2":7,"i4":7,"i8":9007199254740993,"f4":16777216,"f8":9007199254740992,"m":9007199254740993,"d":9007199254740993,"w":9007199254740993,"b":true}
END
check json_numbers "$numbers" <<<"$numbers_wanted"

# What is no number, and what is endless.
specials="(1, 'NaN', 'NaN', 'NaN', 'infinity', 'infinity', 'infinity'), (2, 'infinity', 'infinity', 'infinity', '-infinity', '-infinity', '-infinity'), (3, '-infinity', '-infinity', '-infinity', null, null, null)"
special_columns='n int, f4 real, f8 double precision, m numeric, d date, t timestamp, z timestamptz'
printf 'n,f4,f8,m,d,t,z\n1,NaN,nan,NaN,infinity,infinity,infinity\n2,inf,Infinity,Infinity,-infinity,-infinity,-infinity\n3,-inf,-Infinity,-Infinity,,,\n' >"$data/csv_specials.csv"
check csv_specials "$special_columns" <<<"$specials"
printf '{"n":1,"f4":"NaN","f8":"NaN","m":"NaN","d":"infinity","t":"infinity","z":"infinity"}\n{"n":2,"f4":"Infinity","f8":"Infinity","m":"Infinity","d":"-infinity","t":"-infinity","z":"-infinity"}\n{"n":3,"f4":"-Infinity","f8":"-Infinity","m":"-Infinity"}\n' >"$data/json_specials.json"
check json_specials "$special_columns" <<<"$specials"

# Times: the first and the last year, before them, zones, parts of a second, 24:00.
times='n int, d date, t timestamp, z timestamptz, c time, i interval'
times_wanted="
(1, '0001-01-01', '0001-01-01 00:00:00', '0001-01-01 00:00:00Z', '00:00:00', '0'),
(2, '9999-12-31', '9999-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999Z', '24:00:00', '178000000 years'),
(3, '4713-01-01 BC', '4713-01-01 00:00:00 BC', '4713-01-01 00:00:00Z BC', '23:59:59.999999', '-1 year -2 mons +3 days -04:05:06.789'),
(4, '2024-02-29', '2024-02-29 12:34:56.000001', '2024-02-29 12:34:56+05:45', '00:00:00.000001', '1 mon 30 days 24:00:00.000001'),
(5, '294276-12-31', '12026-01-01 00:00:00', '2024-07-01 12:00:00+02', '12:00', 'P1Y2M3DT4H5M6.7S'),
(6, null, null, null, null, null),
(7, '1969-12-31', '1969-12-31 23:59:59.999999', '1969-12-31 23:59:59.999999-15:59', '12:34:56', '-1 day')"
cat >"$data/csv_times.csv" <<'END'
n,d,t,z,c,i
1,0001-01-01,0001-01-01 00:00:00,0001-01-01T00:00:00Z,00:00:00,0
2,9999-12-31,9999-12-31 23:59:59.999999,9999-12-31 23:59:59.999999+00,24:00:00,178000000 years
3,4713-01-01 BC,4713-01-01 00:00:00 BC,4713-01-01 00:00:00+00 BC,23:59:59.999999,-1 year -2 mons +3 days -04:05:06.789
4,2024-02-29,2024-02-29T12:34:56.000001,2024-02-29 12:34:56+05:45,00:00:00.000001,1 mon 30 days 24:00:00.000001
5,294276-12-31,12026-01-01,2024-07-01 12:00:00+02,12:00,P1Y2M3DT4H5M6.7S
6,,,,,
7,1969-12-31,1969-12-31 23:59:59.999999,1969-12-31 23:59:59.999999-15:59,12:34:56,-1 day
END
check csv_times "$times" <<<"$times_wanted"
/usr/bin/python3 -c '
import csv, json, sys
for row in csv.DictReader(open(sys.argv[1])):
    print(json.dumps({k: (int(v) if k == "n" else v or None) for k, v in row.items()}))' "$data/csv_times.csv" >"$data/json_times.json"
check json_times "$times" <<<"$times_wanted"
printf 'n,z\n1,2024-07-01 12:00\n2,2024-01-01 12:00\n3,2024-07-01 12:00 -0400\n4,2024-03-31 01:59:59\n5,2024-10-27 04:00:00\n' >"$data/zones.csv"
check zones 'n int, z timestamptz' --time-zone Europe/Berlin <<<"(1, '2024-07-01 10:00Z'), (2, '2024-01-01 11:00Z'), (3, '2024-07-01 16:00Z'), (4, '2024-03-31 00:59:59Z'), (5, '2024-10-27 03:00Z')"

# Texts: empty and NULL, quotes, line ends, what looks like an escape, every plane of Unicode, 1 MB.
long=$(printf 'x%.0s' $(seq 1000))
texts='n int, t text, v varchar(5), c char(4), b bytea, u uuid'
texts_wanted="
(1, '', '', '', '', null),
(2, null, null, null, null, null),
(3, E'a\"b,c\\nd\\r\\ne\\tf\\\\n', E'\\\\N', '\\.', '\\x00ff0a5c2c22', '00000000-0000-0000-0000-000000000000'),
(4, U&'\\+01F600\\00E9e\\0301\\+10FFFD\\FEFF', U&'\\+01F600\\+01F601\\+01F602\\+01F603\\+01F604', U&'\\00E9', '\\xdeadbeef', 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
(5, 'NULL', 'null', 'a', '\\x', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
(6, repeat('x', 1048576), '  a  ', ' a', decode(repeat('00ff', 500000), 'hex'), 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
(7, E'\\x01\\x7f \\' ; --', '12345', 'abcd', '\\x01', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')"
/usr/bin/python3 - "$data" <<'END'
import csv, json, sys
big = "x" * 1048576
smile = "\U0001F600"
rows = [
    [1, "", "", "", "", None],
    [2, None, None, None, None, None],
    [3, 'a"b,c\nd\r\ne\tf\\n', "\\N", "\\.", "\\x00ff0a5c2c22", "00000000-0000-0000-0000-000000000000"],
    [4, smile + "\u00e9e\u0301\U0010FFFD\ufeff", "".join(chr(0x1F600 + i) for i in range(5)), "\u00e9", "\\xDEADBEEF", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"],
    [5, "NULL", "null", "a", "\\x", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
    [6, big, "  a  ", " a", "\\x" + "00ff" * 500000, "{a0eebc999c0b4ef8bb6d6bb9bd380a11}"],
    [7, "\x01\x7f ' ; --", "12345", "abcd", "\\x01", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
]
names = "ntvcbu"
with open(sys.argv[1] + "/csv_texts.csv", "w", newline="") as f:
    f.write(",".join(names) + "\n")
    for r in rows:
        f.write(",".join("" if v is None else '"%s"' % str(v).replace('"', '""') for v in r) + "\n")
with open(sys.argv[1] + "/json_texts.json", "w") as f:
    for r in rows:
        f.write(json.dumps(dict(zip(names, r))) + "\n")
with open(sys.argv[1] + "/raw_texts.json", "w") as f:
    f.write(json.dumps([dict(zip(names, r)) for r in rows], ensure_ascii=False, indent=1))
END
check csv_texts "$texts" <<<"$texts_wanted"
check json_texts "$texts" <<<"$texts_wanted"
check raw_texts "$texts" <<<"$texts_wanted"

# The same text in other encodings, packed, with other marks.
printf 'n;t\n1;\xe9\xdf\n' | gzip >"$data/latin.csv.gz"
check latin 'n int, t text' --encoding ISO-8859-1 --delimiter ';' <<<"(1, U&'\\00E9\\00DF')"
printf 'n\tt\n1\t\xc3\xa9\n2\t\\N\n3\t"\\N"\n' | iconv -t UTF-16 >"$data/wide.tsv"
check wide 'n int, t text' --encoding UTF-16 --null-text '\N' <<<"(1, U&'\\00E9'), (2, null), (3, '\\N')"
printf '\xef\xbb\xbfn,t\r\n1,a\r\n2,"x\r\ny"\r\n' >"$data/bom.csv"
check bom 'n int, t text' <<<"(1, 'a'), (2, E'x\\r\\ny')"

# Types of the user's own, arrays, json and jsonb.
sql "create type mood as enum ('sad', 'it''s', 'happy \"x\"'); create domain positive as numeric(10,2) check (value > 0); create domain word as varchar(3);
	create type pair as (a int, b text)"
own='n int, m mood, p positive, w word, a int[], ta text[], j json, jb jsonb, r int4range, ip inet, pr pair, bits bit(3), x xml, tz timetz'
own_wanted="
(1, 'it''s', 0.01, 'abc', '{1,NULL,-3}', '{\"a,b\",\"\\\"\",NULL,\"\"}', '{\"b\": 1, \"a\":[1, 2]}', '{\"b\": 1, \"a\":[1, 2]}', '[1,5)', '::1/128', '(1,\"x,y\")', B'101', '<a>1</a>', '12:00:00+02'),
(2, null, null, null, null, null, null, null, null, null, null, null, null, null),
(3, 'happy \"x\"', 99999999.99, '', '{}', '{}', 'null', '1e2', 'empty', '10.0.0.0/8', '(,)', B'000', '', '00:00:00+00')"
/usr/bin/python3 - "$data" <<'END'
import json, sys
rows = [
    [1, "it's", "0.01", "abc", "{1,NULL,-3}", '{"a,b","\\"",NULL,""}', '{"b": 1, "a":[1, 2]}', '{"b": 1, "a":[1, 2]}', "[1,5)", "::1", '(1,"x,y")', "101", "<a>1</a>", "12:00:00+02"],
    [2] + [None] * 13,
    [3, 'happy "x"', "99999999.99", "", "{}", "{}", "null", "1e2", "empty", "10.0.0.0/8", "(,)", "000", "", "00:00:00+00"],
]
names = "n,m,p,w,a,ta,j,jb,r,ip,pr,bits,x,tz".split(",")
with open(sys.argv[1] + "/csv_own.csv", "w") as f:
    f.write(",".join(names) + "\n")
    for r in rows:
        f.write(",".join("" if v is None else '"%s"' % str(v).replace('"', '""') for v in r) + "\n")
END
check csv_own "$own" <<<"$own_wanted"

# Nested values: depth, big numbers, odd keys, as they are written.
/usr/bin/python3 - "$data" <<'END'
import sys
deep = "[" * 900 + "]" * 900
with open(sys.argv[1] + "/nested.json", "w") as f:
    f.write('{"n":1,"j":{"a":{"b":[1,{"c":null}]},"":"","\\u00e9\\"":"\\ud83d\\ude00"},"a":[1,2,3]}\n')
    f.write('{"n":2,"j":%s,"a":[]}\n' % deep)
    f.write('{"n":3,"j":12345678901234567890123456789012345678.123456789012345678901234567890,"a":[null,"x",[true]]}\n')
    f.write('{"n":4,"j":null,"a":null}\n{"n":5,"j":"text","a":"a,b"}\n{"n":6,"j":false,"a":{}}\n')
END
check nested 'n int, j jsonb, a jsonb' <<'END'
(1, '{"a":{"b":[1,{"c":null}]},"":"","é\"":"😀"}', '[1,2,3]'),
(2, (repeat('[', 900) || repeat(']', 900))::jsonb, '[]'),
(3, '12345678901234567890123456789012345678.123456789012345678901234567890', '[null,"x",[true]]'),
(4, null, null), (5, '"text"', '"a,b"'), (6, 'false', '{}')
END

# What does not survive is said, each in its own words, not bent.
sql "create table refuse (n int, i2 smallint, t text, v varchar(3), d date, m numeric(4,2), u uuid, b bytea, z timestamptz, j jsonb, c char(2))"
/usr/bin/python3 - "$data" <<'END'
import json, sys
bad = [("i2", 32768), ("i2", 1.5), ("t", "a\0b"), ("v", "abcd"), ("d", "2023-02-29"), ("d", "0000-01-01"), ("m", 100), ("u", "1234"), ("b", "\\x0"), ("z", "2024-01-01 25:00"), ("j", {"a": "\0"}), ("i2", ""), ("c", "abc"), ("i2", True)]
with open(sys.argv[1] + "/refuse.json", "w") as f:
    for n, (k, v) in enumerate(bad):
        f.write(json.dumps({"n": n, k: v}) + "\n")
with open(sys.argv[1] + "/refuse.csv", "wb") as f:
    f.write(b'n,t\n1,\xff\xfe\n2,a\x00b\n3,"open\n')
END
load "$data/refuse.json" --into refuse --on-bad-row quarantine --json
ok "what would be bent is turned away" equal "$status $(metric rows) $(metric rows_rejected)" "1 0 14"
ok "each with its column, or its own reason" equal "$(sql "select string_agg(coalesce(column_name, reason), ' ' order by line) from refuse_quarantine")" \
	"i2 i2 nul-byte v d d m u b z nul-byte i2 c i2"
load "$data/refuse.csv" --into refuse --on-bad-row quarantine --json
ok "bytes that are no text, NUL, and a file cut in the middle are told apart" equal \
	"$status $(metric rows) $(sql "select count(distinct reason) from refuse_quarantine where file like '%.csv'")" "1 0 3"

# ---- Parquet ----------------------------------------------------------------------------------

duck() { "$build/tests/duck_sql" "SET TimeZone = 'UTC'" "$@" 2>"$work/duck"; }
duck "SELECT 1"
if [ $? = 77 ]; then
	echo "# no DuckDB library: Parquet is not looked at"
	done_testing
	exit
fi

parquet() { duck "COPY ($2) TO '$data/$1.parquet' (FORMAT parquet)" || sed 's/^/# /' "$work/duck"; } # NAME SELECT
parquet pq_numbers "SELECT * FROM (VALUES
	(1, (-32768)::SMALLINT, (-2147483648)::INT, '-9223372036854775808'::BIGINT, '-3.4028235e38'::FLOAT, '-1.7976931348623157e308'::DOUBLE, '-99999999999999999999999999999999999999'::DECIMAL(38,0), '-9999999999999999999999999999.9999999999'::DECIMAL(38,10), '0.12345678901234567890123456789012345678'::DECIMAL(38,38), false, 0::UTINYINT, '18446744073709551615'::UBIGINT, 0.01::DECIMAL(4,2)),
	(2, 32767, 2147483647, '9223372036854775807', '3.4028235e38', '1.7976931348623157e308', '99999999999999999999999999999999999999', '9999999999999999999999999999.9999999999', '-0.00000000000000000000000000000000000001', true, 255, '0', -99.99),
	(3, 0, 0, 0, '1e-45', '4.9406564584124654e-324', 0, '0.0000000001', '0', true, 1, '1', 0),
	(4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	(5, 1, 1, 1, 'nan', 'nan', 1, 1, '0.5', true, 1, 1, 1),
	(6, 1, 1, 1, 'inf', 'inf', 1, 1, '0.5', true, 1, 1, 1),
	(7, 1, 1, 1, '-inf', '-inf', 1, 1, '0.5', true, 1, 1, 1),
	(8, 1, 1, 1, '-0.0', '-0.0', 1, 1, '0.5', true, 1, 1, 1)) t(n, i2, i4, i8, f4, f8, m, d, w, b, u1, u8, p)"
check pq_numbers 'n int, i2 smallint, i4 int, i8 bigint, f4 real, f8 double precision, m numeric, d numeric(38,10), w numeric(38,38), b boolean, u1 smallint, u8 numeric(20), p numeric(4,2)' <<'END'
(1, -32768, -2147483648, -9223372036854775808, '-3.4028235e38', '-1.7976931348623157e308', -99999999999999999999999999999999999999, -9999999999999999999999999999.9999999999, 0.12345678901234567890123456789012345678, false, 0, 18446744073709551615, 0.01),
(2, 32767, 2147483647, 9223372036854775807, '3.4028235e38', '1.7976931348623157e308', 99999999999999999999999999999999999999, 9999999999999999999999999999.9999999999, -0.00000000000000000000000000000000000001, true, 255, 0, -99.99),
(3, 0, 0, 0, '1e-45', '4.9406564584124654e-324', 0, 0.0000000001, 0, true, 1, 1, 0),
(4, null, null, null, null, null, null, null, null, null, null, null, null),
(5, 1, 1, 1, 'NaN', 'NaN', 1, 1, 0.5, true, 1, 1, 1),
(6, 1, 1, 1, 'infinity', 'infinity', 1, 1, 0.5, true, 1, 1, 1),
(7, 1, 1, 1, '-infinity', '-infinity', 1, 1, 0.5, true, 1, 1, 1),
(8, 1, 1, 1, '-0', '-0', 1, 1, 0.5, true, 1, 1, 1)
END
parquet pq_times "SELECT * FROM (VALUES
	(1, DATE '0001-01-01', TIMESTAMP '0001-01-01 00:00:00', TIMESTAMPTZ '0001-01-01 00:00:00Z', TIME '00:00:00', INTERVAL '0 days'),
	(2, DATE '9999-12-31', TIMESTAMP '9999-12-31 23:59:59.999999', TIMESTAMPTZ '9999-12-31 23:59:59.999999Z', TIME '23:59:59.999999', INTERVAL '14 months 3 days 4 hours'),
	(3, DATE '4713-01-01 (BC)', TIMESTAMP '4713-01-01 (BC) 00:00:00', TIMESTAMPTZ '2024-02-29 12:34:56+05:45', TIME '12:34:56.000001', INTERVAL '5 seconds'),
	(4, NULL, NULL, NULL, NULL, NULL),
	(5, DATE '1969-12-31', TIMESTAMP '1969-12-31 23:59:59.999999', TIMESTAMPTZ '1969-12-31 23:59:59.999999-15:59', TIME '00:00:00.000001', INTERVAL '1 second'),
	(6, DATE '2024-02-29', TIMESTAMP_NS '2024-02-29 00:00:00'::TIMESTAMP, TIMESTAMPTZ '2024-07-01 12:00:00+02', TIME '12:00:00', INTERVAL '1 month')) t(n, d, t, z, c, i)"
check pq_times "$times" <<'END'
(1, '0001-01-01', '0001-01-01 00:00:00', '0001-01-01 00:00:00Z', '00:00:00', '0'),
(2, '9999-12-31', '9999-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999Z', '23:59:59.999999', '14 months 3 days 4 hours'),
(3, '4713-01-01 BC', '4713-01-01 00:00:00 BC', '2024-02-29 12:34:56+05:45', '12:34:56.000001', '5 seconds'),
(4, null, null, null, null, null),
(5, '1969-12-31', '1969-12-31 23:59:59.999999', '1969-12-31 23:59:59.999999-15:59', '00:00:00.000001', '1 second'),
(6, '2024-02-29', '2024-02-29', '2024-07-01 12:00:00+02', '12:00', '1 month')
END
parquet pq_texts "SELECT * FROM (VALUES
	(1, '', '', '', ''::BLOB, NULL::UUID), (2, NULL, NULL, NULL, NULL, NULL),
	(3, 'a\"b,c' || chr(10) || 'd' || chr(13) || chr(10) || 'e' || chr(9) || 'f\\n', '\\N', '\\.', '\\x00\\xFF\\x0A\\x5C\\x2C\\x22'::BLOB, '00000000-0000-0000-0000-000000000000'),
	(4, chr(128512) || chr(233) || 'e' || chr(769) || chr(1114109) || chr(65279), chr(128512) || chr(128513) || chr(128514) || chr(128515) || chr(128516), chr(233), '\\xDE\\xAD\\xBE\\xEF'::BLOB, 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
	(5, 'NULL', 'null', 'a', ''::BLOB, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
	(6, repeat('x', 1048576), '  a  ', ' a', unhex(repeat('00ff', 500000)), 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
	(7, chr(1) || chr(127) || ' '' ; --', '12345', 'abcd', '\\x01'::BLOB, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')) t(n, t, v, c, b, u)"
check pq_texts "$texts" <<<"$texts_wanted"
parquet pq_nested "SELECT * FROM (VALUES
	(1, [1, NULL, -3], {'a': {'b': [1.50::DECIMAL(10,2)]}, 'd': DATE '2024-02-29'}, MAP {'k\"': 1}, 'it''s', 0.01::DECIMAL(10,2)),
	(2, NULL, NULL, NULL, NULL, NULL), (3, [], {'a': NULL, 'd': NULL}, MAP {}, 'sad', 1)) t(n, l, s, m, e, p)"
check pq_nested 'n int, l jsonb, s jsonb, m jsonb, e mood, p positive' <<'END'
(1, '[1,null,-3]', '{"a":{"b":[1.50]},"d":"2024-02-29"}', '{"k\"":1}', 'it''s', 0.01),
(2, null, null, null, null, null), (3, '[]', '{"a":null,"d":null}', '{}', 'sad', 1)
END
parquet pq_own "SELECT * FROM (VALUES (1, '{1,NULL,-3}', '[1,5)', '::1', '(1,\"x,y\")', 'abc', '{\"b\": 1}'), (2, NULL, NULL, NULL, NULL, NULL, NULL)) t(n, a, r, ip, pr, w, j)"
check pq_own 'n int, a int[], r int4range, ip inet, pr pair, w word, j json' <<'END'
(1, '{1,NULL,-3}', '[1,5)', '::1', '(1,"x,y")', 'abc', '{"b": 1}'), (2, null, null, null, null, null, null)
END

# Tables that a load makes hold what the files had: no type is too narrow for its values.
load "$data/pq_numbers.parquet" --into made_numbers
load "$data/pq_times.parquet" --into made_times
load "$data/csv_times.csv" --into made_csv
ok "a table that is made: decimals of 38 digits" equal "$(sql "select string_agg(m::text, ' ' order by n), max(u8) from made_numbers where n < 3")" "-99999999999999999999999999999999999999 99999999999999999999999999999999999999|18446744073709551615"
ok "a table that is made: types" equal "$(sql "select string_agg(format_type(atttypid, atttypmod), ' ' order by attnum) from pg_attribute where attrelid = 'made_times'::regclass and attnum > 0")" \
	"integer date timestamp without time zone timestamp with time zone time without time zone interval"
ok "a table that is made: rows" equal "$(sql "select count(*), min(d), max(d) from made_times")" "6|4713-01-01 BC|9999-12-31"
ok "a table that is made of texts: rows" equal "$(sql "select count(*) from made_csv")" 7
done_testing
