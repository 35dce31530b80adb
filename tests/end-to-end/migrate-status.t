#!/bin/bash
# migrate status, retry, forget, replay: what the ledger knows, failed files again, files to be
# forgotten, rows of the quarantine after a mend.
. "$(dirname "$0")/tap.sh"
server
data=$work/data
mkdir "$data"
load() { lakeport migrate load -d "$dsn" "$@"; }
status() { lakeport migrate status -d "$dsn" "$@"; }
json() { /usr/bin/python3 -c "import json,sys; r=json.load(open('$work/out')); print($1)"; }

status
ok "without a ledger: nothing" equal "$status $(cat "$work/out")" "0 nothing was loaded here yet"
status --json
ok "as JSON, too" equal "$(json "r['tables']")" "[]"
fails 2 "nothing to retry" "there is no ledger" migrate retry -d "$dsn"

sql "create table t (id int, n int check (n < 100))"
printf 'id,n\n1,10\n2,20\n' >"$data/a.csv"
printf "id,n\n3,x\n" >"$data/it's bad.csv"
printf 'k\n1\n' >"$data/k.csv"
load "$data/[ai]*.csv" --into t
ok "one file fails" equal "$status" 1
load "$data/k.csv" --into other
status
ok "status 1 when something failed" equal "$status" 1
ok "a row per table" grep -Eq '^public.t +append +0 +0 +1 +1 +0 +0 +2 +0 ' "$work/out"
ok "and one for all" grep -Eq '^all +0 +0 +2 +1 +0 +0 +3 +0 ' "$work/out"
ok "the failure with its error" has "it's bad.csv' (1 times"
status --json
ok "JSON says the same" equal "$(json "r['all']['done'], r['all']['failed'], r['trouble'][0]['attempts'], r['trouble'][0]['status']")" "2 1 1 failed"
status --into other
ok "one table alone" equal "$status $(grep -c public "$work/out")" "0 1"

# Dead files are listed, and tried again only when asked for.
for _ in 1 2; do load "$data/[ai]*.csv" --into t --attempts 2; done
status --json
ok "a file that fails too often is dead" equal "$(json "r['trouble'][0]['status'], r['all']['dead']")" "dead 1"
printf "id,n\n3,30\n" >"$data/it's bad.csv"
touch -d "2026-01-01" "$data/it's bad.csv"
lakeport migrate retry -d "$dsn" --into t
ok "retry" equal "$status $(tail -1 "$work/out")" "0 1 files"
status --json
ok "it waits again" equal "$(json "r['all']['pending'], r['all']['dead']")" "1 0"
load "$data/[ai]*.csv" --into t
ok "and is loaded" equal "$status $(sql "select count(*) from t")" "0 3"
lakeport migrate retry -d "$dsn" "$data/nosuch.csv"
ok "a file that is not there to retry" equal "$status" 1

# Forgetting.
fails 2 "forget asks" "their rows in the table stay" migrate forget -d "$dsn" "$data/k.csv"
ok "nothing is forgotten" equal "$(sql "select count(*) from lakeport.file where path like '%k.csv'")" 1
(cd "$data" && lakeport migrate forget -d "$dsn" k.csv --yes && [ "$status" = 0 ])
ok "then forgets, also by a short name" equal "$(sql "select count(*) from lakeport.file where path like '%k.csv'")" 0
load "$data/k.csv" --into other
ok "the next load takes it again" equal "$(sql "select count(*) from other")" 2

# Replay.
printf 'id,n\n10,1\n11,many\n12,500\n13,"two\nlines"\n14,4\n' >"$data/q.csv"
load "$data/q.csv" --into t --on-bad-row quarantine
ok "three rows in quarantine" equal "$(sql "select count(*) from t_quarantine")" 3
sql "update t_quarantine set raw = replace(raw, 'many', '7')"
lakeport migrate replay -d "$dsn" --into t
ok "what the server refuses changes nothing" equal "$status $(sql "select count(*) from t_quarantine")" "4 3"
sql "alter table t drop constraint t_n_check"
lakeport migrate replay -d "$dsn" --into t
ok "after a mend: one is still not fit" equal "$status" 1
ok "two rows are there" equal "$(sql "select string_agg(id || ':' || n, ' ' order by id) from t where id >= 10")" "10:1 11:7 12:500 14:4"
ok "one is left" equal "$(sql "select line from t_quarantine")" 5
ok "the ledger counts them" equal "$(sql "select rows, rejects from lakeport.file where path like '%q.csv'")" "4|1"
fails 2 "no quarantine" "there is no quarantine table" migrate replay -d "$dsn" --into other
sql "create table a (k int, v int)"
printf 'k,v\n1,x\n' >"$data/b.csv"
load "$data/b.csv" --into audited --audit-columns --schema "k int, v int" --on-bad-row quarantine
sql "update audited_quarantine set raw = '1,5'"
lakeport migrate replay -d "$dsn" --into audited
ok "audit columns say the old file and line" equal "$(sql "select k, v, right(_source_file, 5), _line from audited")" "1|5|b.csv|2"
done_testing
