#!/bin/bash
# migrate verify: every strategy equals its files; a single changed value in many rows is named by
# key and column; lost and added rows; without keys; tables that read tables; nothing is written.
. "$(dirname "$0")/tap.sh"
server
rows=${VERIFY_ROWS:-100000}
data=$work/data
mkdir "$data"
awk -v n="$rows" 'BEGIN {print "id,name,amount,at,ratio"; for (i = 1; i <= n; i++)
	printf "%d,name %d,%d.%02d,2026-01-%02d 03:04:05.%06d,%g\n", i, i * 7919 % 1000003, i % 1000, i % 100, i % 28 + 1, i % 1000000, i / 7}' >"$data/big.csv"
printf 'id,name\n1,Ann\n2,Bob\n' >"$data/c1.csv"
printf 'id,name\n1,Anna\n3,Cy\n' >"$data/c2.csv"
printf 'id,v\n1,NaN\n2,1e308\n3,\n3,\n' >"$data/m.csv"
cat >"$work/load.yaml" <<END
tables:
  - {table: big, files: ["$data/big.csv"], audit_columns: true}
  - {table: dim, files: ["$data/c*.csv"], strategy: scd2, keys: [id]}
  - {table: cur, files: ["$data/c*.csv"], strategy: merge, keys: [id]}
  - {table: snap, files: ["$data/c*.csv"], strategy: overwrite}
  - {table: bag, files: ["$data/m.csv"], schema: "id int, v double precision"}
  - {table: copy, from: big, strategy: overwrite}
END
lakeport migrate load -d "$dsn" --config "$work/load.yaml" --json
ok "loaded" equal "$status" 0
verify() { lakeport migrate verify -d "$dsn" "$@"; }
evidence() { /usr/bin/python3 -c "
import json
r = json.load(open('$work/out'))
print('; '.join(sorted(f['object'] + ' ' + f['evidence'] for f in r['findings'] if f['id'] in ('VALUE-DIFFERS', 'ROW-DIFFERS'))))"; }

verify --config "$work/load.yaml" --json
ok "all is the same" equal "$status $(metric rows)" "0 $((2 * rows + 4 + 3 + 4 + 4))"
ok "a table that reads a table, too" warns "public.copy: $rows rows of 'public.big' are in the table, the same"
sql "update big set amount = amount + 0.01 where id = $((rows / 2 + 1))"
start=$(date +%s%N)
verify --config "$work/load.yaml" --tables big --json
ok "a changed value: status 1" equal "$status" 1
ok "without a key it is a row that is missing and one that is extra" equal "$(evidence | grep -o 'in the table' | wc -l)" 2
verify "$data/big.csv" --into big --keys id --json
echo "# $rows rows in $(metric elapsed_s) s"
ok "with one it is named by key and column" equal "$status $(evidence)" \
	"1 public.big id=$((rows / 2 + 1)): column 'amount': '$(((rows / 2 + 1) % 1000)).$(printf %02d $(((rows / 2 + 1) % 100)))' in the files, '$(sql "select amount from big where id = $((rows / 2 + 1))")' in the table"
sql "update big set amount = amount - 0.01 where id = $((rows / 2 + 1))"
sql "delete from big where id = 5; insert into big (id) values (-1)"
verify "$data/big.csv" --into big --keys id --json
ok "a lost and an added row" equal "$(evidence)" "public.big extra in the table: id=-1; public.big missing in the table: id=5"
sql "update cur set name = 'X' where id = 3; update dim set name = 'Y' where not is_current; update bag set v = 0 where v = 'NaN'"
verify --config "$work/load.yaml" --tables cur,dim,bag --json
ok "every strategy" equal "$(evidence)" "public.bag extra in the table: (1,0); public.bag missing in the table: (1,NaN); public.cur id=3: column 'name': 'Cy' in the files, 'X' in the table; public.dim extra in the table: (1,Y,f); public.dim missing in the table: (1,Ann,f)"
printf 'id,name\n9,New\n' >"$data/c3.csv"
verify --config "$work/load.yaml" --tables snap
ok "a file that is not loaded yet is said" warns "public.snap: 1 files are not loaded yet"
ok "and left out" equal "$status" 0
ok "nothing was written" equal "$(sql "select count(*) from lakeport.run") $(sql "select count(*) from pg_tables where tablename = 'lakeport_verify'")" "1 0"
fails 2 "a key that is no column" "has no key column 'nosuch'" migrate verify -d "$dsn" "$data/big.csv" --into big --keys nosuch
fails 2 "a table that is not there" "there is no table 'public.nosuch'" migrate verify -d "$dsn" "$data/big.csv" --into nosuch

# Tables that read tables: each strategy, computed again from what the source holds.
printf 'id,mail,amount\n1,A@X,5\n2,B@X,-1\n3,C@X,7\n' >"$data/e1.csv"
printf 'id,mail,amount\n3,CC@X,8\n4,D@X,9\n' >"$data/e2.csv"
cat >"$work/from.yaml" <<END
tables:
  - {table: bronze, files: ["$data/e*.csv"], audit_columns: true}
  - {table: log, from: bronze, select: [id, "upper(mail) as mail", "random() as r", "now() as at", "'%p' || current_date as day"], audit_columns: true}
  - {table: silver, from: bronze, select: [id, "lower(mail) as mail", "amount::numeric(10,2) as amount"], filter: "amount > 0", strategy: merge, keys: [id], audit_columns: true}
  - {table: history, from: bronze, select: [id, mail, amount], strategy: scd2, keys: [id]}
  - {table: gold, from: silver, select: ["count(*) as n", "sum(amount) as total"], strategy: overwrite}
  - {table: lately, from: bronze, filter: "now() > '2020-01-01'", strategy: overwrite}
  - {table: keyed, files: ["$data/e*.csv"], strategy: merge, keys: [id], audit_columns: true}
  - {table: behind, from: keyed, select: [id, mail], strategy: merge, keys: [id]}
END
load() { lakeport migrate load -d "$dsn" --config "$work/from.yaml"; }
mv "$data/e2.csv" "$data/later"
load
mv "$data/later" "$data/e2.csv"
load
ok "tables that read tables: loaded twice" equal "$status $(sql "select count(*) from history")" "0 5"
verify --config "$work/from.yaml" --json
ok "they are what their sources say" equal "$status $(metric rows)" "0 $((5 + 5 + 3 + 4 + 1 + 4 + 4))"
ok "columns that are other each time are named" equal "$(grep -o "log: not compared: column '[a-z]*'" "$work/err" | tr -d "\n")" "log: not compared: column 'r'log: not compared: column 'at'log: not compared: column 'day'"
ok "a filter that moves, too" warns "public.lately: not compared: its filter calls 'now'"
ok "a source whose rows change: said" warns "'public.keyed' are in the table, the same (rows that it has no more were not looked at)"
sql "update silver set amount = 1 where id = 3; update history set mail = 'x' where id = 1; delete from log where id = 2; insert into gold values (7, 7); update behind set mail = 'y' where id = 4; update history set mail = 'old' where not is_current"
verify --config "$work/from.yaml" --json
ok "differences are named by key and column" equal "$status $(evidence)" "1 public.behind id=4: column 'mail': 'D@X' in 'public.keyed', 'y' in the table; public.gold extra in the table: (3,22.00); public.gold extra in the table: (7,7); public.gold missing in the table: ($(sql "select count(*) || ',' || sum(amount) from silver")); public.history id=1: column 'mail': 'A@X' in 'public.bronze', 'x' in the table; public.log missing in the table: (2,B@X); public.silver id=3: column 'amount': '8.00' in 'public.bronze', '1.00' in the table"
sql "insert into behind values (99, 'was there once'); insert into silver (id) values (98)"
verify --config "$work/from.yaml" --tables behind,silver --json
ok "a row too many is one only where that can be told" equal "$(evidence | grep -o 'extra in the table: id=[0-9]*')" "extra in the table: id=98"
printf 'id,mail,amount\n5,E@X,1\n' >"$data/e3.csv"
lakeport migrate load -d "$dsn" --config "$work/from.yaml" --tables bronze
verify --config "$work/from.yaml" --tables log,gold,history
ok "what the source has besides is said" warns "public.history: 1 files of 'public.bronze' are not read yet"
printf 'id,mail,amount\n1,Z@X,5\n' >"$data/e1.csv"
sql "update lakeport.file f set sha256 = 'other' from lakeport.task t where t.task = f.task and t.target_table = 'bronze' and path like '%e1.csv'"
verify --config "$work/from.yaml" --tables log
ok "a source that changed since" warns "public.log: not compared: 'public.bronze' has changed since it was read: load first"
ok "is no difference" equal "$status" 0
done_testing
