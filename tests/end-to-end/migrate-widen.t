#!/bin/bash
# --drift widen: values beyond the sample that are wider than their columns, in every format; what
# cannot be widened is a bad row as any other; widening and rows commit together.
. "$(dirname "$0")/tap.sh"
server
data=$work/data
mkdir "$data"
load() { lakeport migrate load -d "$dsn" "$@"; }
types() { sql "select string_agg(format_type(atttypid, atttypmod), ', ' order by attnum) from pg_attribute where attrelid = '$1'::regclass and attnum > 0 and not attisdropped"; }
columns="s smallint, i int, b bigint, v varchar(5), n numeric(6,2), r real, d date, t text"
made() { sql "create table $1 ($columns)"; }

# 40,000 rows of which the sample sees a part; the last ones are wider, each in another column.
/usr/bin/python3 - "$data" <<'END'
import csv, json, sys
names = "s i b v n r d t".split()
narrow = [1, 2, 3, "abc", "1.50", "1.5", "2024-01-01", "x"]
wide = {"s": 40000, "i": 3000000000, "b": "9223372036854775808", "v": "sixsix", "n": "12345.678", "r": "1e300", "d": "2024-02-01 10:30:00"}
rows = [dict(zip(names, narrow)) for _ in range(40000)]
for k, (name, value) in enumerate(wide.items()):
    rows[39000 + k * 100][name] = value
with open(sys.argv[1] + "/late.csv", "w") as f:
    w = csv.DictWriter(f, names); w.writeheader(); w.writerows(rows)
with open(sys.argv[1] + "/late.json", "w") as f:
    for r in rows: f.write(json.dumps(r) + "\n")
with open(sys.argv[1] + "/narrow.csv", "w") as f:
    w = csv.DictWriter(f, names); w.writeheader(); w.writerows(rows[:10])
END
wanted="integer, bigint, numeric, text, numeric, double precision, timestamp without time zone, text"
values="40000|3000000000|9223372036854775808|sixsix|12345.678|1e+300|2024-02-01 10:30:00"
check() { # NAME
	ok "$1: done" equal "$status $(sql "select count(*) from $1")" "0 40000"
	ok "$1: types" equal "$(types "$1")" "$wanted"
	ok "$1: values" equal "$(sql "select max(s), max(i), max(b), max(v), max(n), max(r), max(d) from $1")" "$values"
}
made narrow
load "$data/narrow.csv" --into narrow --drift widen
ok "nothing is widened that need not be" equal "$status $(types narrow)" "0 smallint, integer, bigint, character varying(5), numeric(6,2), real, date, text"
made late_csv
load "$data/late.csv" --into late_csv --drift widen
check late_csv
ok "the record says what was done" has "widened 's' to integer, widened 'i' to bigint"
made late_json
load "$data/late.json" --into late_json --drift widen
check late_json
made late_merge
sql "alter table late_merge add k int generated always as identity"
load "$data/late.csv" --into late_merge --drift widen --strategy overwrite
ok "overwrite: done" equal "$status $(sql "select count(*), max(i) from late_merge")" "0 40000|3000000000"
load "$data/late.csv" --into late_csv --drift widen
ok "again: nothing" equal "$status $(sql "select count(*) from late_csv")" "0 40000"

# Many small files, of which some are wider; two workers widen one table.
mkdir "$data/many"
for i in $(seq 60); do printf 'i,v\n%s,%s\n' "$((i % 7 == 0 ? i * 1000000000 : i))" "$([ $((i % 11)) = 0 ] && echo longer_than_five || echo abc)" >"$data/many/$i.csv"; done
sql "create table many (i int, v varchar(5))"
load "$data/many" --into many --drift widen -j 2
ok "many files: done" equal "$status $(sql "select count(*), sum(i), count(*) filter (where v like 'l%') from many")" "0 60|$(awk 'BEGIN {for (i = 1; i <= 60; i++) s += i % 7 == 0 ? i * 1000000000 : i; printf "%d", s}')|5"
ok "many files: types" equal "$(types many)" "bigint, text"
for i in 1 2 3 4; do /usr/bin/python3 -c "
print('i,v')
for k in range(40000): print('%d,%s' % (k if k < 30000 else k * 10**$((i + 4)), 'x' * (3 if k < 35000 else $i + 5)))" >"$data/big$i.csv"; done
sql "create table big (i int, v varchar(5))"
load "$data"/big*.csv --into big --drift widen -j 4
ok "big files side by side: done" equal "$status $(sql "select count(*), max(i), max(length(v)) from big")" "0 160000|3999900000000|9"

# A column that the same load adds, from a guess that does not hold.
sql "create table adds (k int)"
/usr/bin/python3 -c "
print('k,new,text')
for k in range(40000): print('%d,%s,%s' % (k, k if k < 39000 else '1.5', k if k < 39500 else 'word'))" >"$data/adds.csv"
load "$data/adds.csv" --into adds --drift widen
ok "an added column follows its values" equal "$status $(types adds) $(sql "select max(new), max(text) from adds")" "0 integer, numeric, text 38999|word"

# What no wider type takes is a bad row.
made never
printf 's,i,v,d\n1,2,abc,2024-01-01\nx,99999999999,sixsix,2024-01-01 10:00 EST\n3,nan,abc,2024-01-01\n4,5000000000,abc,2024-01-01\n' >"$data/never.csv"
load "$data/never.csv" --into never --drift widen --on-bad-row quarantine --json
ok "bad rows stay bad rows" equal "$status $(metric rows) $(metric rows_rejected) $(sql "select max(i) from never")" "1 2 2 5000000000"
made never_again
load "$data/never.csv" --into never_again --drift widen
ok "or fail the file, and nothing is widened" equal "$status $(sql "select count(*) from never_again") $(types never_again | cut -d, -f2)" "1 0  integer"

# A view holds the column: the server does not widen it.
made viewed
sql "create view viewing as select i from viewed"
printf 's,i\n1,2\n2,5000000000\n' >"$data/viewed.csv"
load "$data/viewed.csv" --into viewed --drift widen --on-bad-row quarantine --json
ok "a view in the way: the row is a bad one" equal "$status $(metric rows) $(sql "select reason, line from viewed_quarantine")" "1 1 out-of-range|3"
ok "and the reason is said" warns "rows that need it are bad ones"
cp "$data/viewed.csv" "$data/viewed2.csv"
load "$data/viewed2.csv" --into viewed --drift widen
ok "or fails the file" equal "$status" 1
sql "create domain small as varchar(3); create table domains (v small)"
printf 'v\nabc\nabcd\n' >"$data/domains.csv"
load "$data/domains.csv" --into domains --drift widen --on-bad-row skip --json
ok "a domain stays what it is" equal "$status $(metric rows) $(types domains)" "1 1 small"
done_testing
