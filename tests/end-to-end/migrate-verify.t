#!/bin/bash
# migrate verify: every strategy equals its files; a single changed value in many rows is named by
# key and column; lost and added rows; without keys; nothing is written.
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
ok "all is the same" equal "$status $(metric rows)" "0 $((rows + 4 + 3 + 4 + 4))"
ok "a table that reads a table is not compared, which is said" warns "public.copy: not compared"
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
done_testing
