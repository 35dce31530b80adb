#!/bin/bash
# migrate load into a real server: tables made from files, each file exactly once, changed files,
# bad rows, drift, edge values read back, wrong input.
. "$(dirname "$0")/tap.sh"
server
data=$work/data
mkdir "$data"

load() { lakeport migrate load -d "$dsn" "$@"; }

printf 'id,name,amount,born,at\n1,Ann,12.50,1990-02-28,2026-01-02 03:04:05\n2,,0.10,,2026-01-02 03:04:05.678901\n3,"O""Hara, Bob",-1,0001-01-01,9999-12-31 23:59:59.999999\n' >"$data/a.csv"
printf 'id,name,amount,born,at\n4,"two\nlines",99999999.99,9999-12-31,2026-06-30 12:00:00\n' >"$data/b.csv"

# The table is made, the second run finds nothing to do.
load "$data/*.csv" --into sales.orders --json
ok "a new table: done" equal "$status" 0
ok "all rows are counted" equal "$(metric rows)" 4
ok "CPU of both sides is in the record" between "$(metric client_cpu_share) > 0 && $(metric server_cpu_share)" 0 10000
ok "two files" equal "$(metric files)" 2
ok "the rows are there" equal "$(sql "select count(*), sum(amount), min(born), max(at) from sales.orders")" \
	"4|100000011.59|0001-01-01|9999-12-31 23:59:59.999999"
ok "an empty field is NULL" equal "$(sql "select name is null, born is null from sales.orders where id = 2")" "t|t"
ok "texts keep their quotes and lines" equal "$(sql "select string_agg(name, '/' order by id) from sales.orders where id > 2")" \
	'O"Hara, Bob/two
lines'
load "$data/*.csv" --into sales.orders --json
ok "a second run: done" equal "$status" 0
ok "a second run loads nothing" equal "$(metric files) $(metric rows)" "0 0"
ok "and changes nothing" equal "$(sql "select count(*) from sales.orders")" 4
ok "the ledger says who did what" equal \
	"$(sql "select status, count(*), sum(rows), min(length(sha256)) from lakeport.file group by 1")" "done|2|4|64"
ok "runs are kept" equal "$(sql "select count(*), count(ended_at), min(outcome) from lakeport.run")" "2|2|done"

# The same content with a new time is the same file; other content is not.
touch -d '2020-01-01' "$data/a.csv"
load "$data/*.csv" --into sales.orders --json
ok "only the time changed: skipped" equal "$status $(metric files)" "0 0"
printf 'id,name,amount,born,at\n5,New,1,,\n' >"$data/a.csv"
load "$data/*.csv" --into sales.orders
ok "a changed file is an error by default" equal "$status" 1
ok "and is named" warns "a.csv': the file changed after it was loaded"
load "$data/*.csv" --into sales.orders --on-changed skip
ok "or is skipped" equal "$status" 0
load "$data/*.csv" --into sales.orders --on-changed reload
ok "append without audit columns cannot reload" warns "nothing says which rows"
fails 2 "nor be forced" "cannot load a file again" migrate load -d "$dsn" "$data/a.csv" --into sales.orders --force
ok "and nothing happened" equal "$(sql "select count(*) from sales.orders")" 4

# With audit columns a file can be loaded again, and its rows say where they come from.
printf 'k,v\n1,a\n2,b\n' >"$data/it's.csv"
load "$data/it's.csv" --into audited --audit-columns
ok "audit columns" equal "$(sql "select k, right(_source_file, 8), _line, _batch_id is not null, _load_timestamp between now() - interval '1 min' and now() from audited order by k")" \
	"1|it's.csv|2|t|t
2|it's.csv|3|t|t"
load "$data/it's.csv" --into audited --audit-columns --force --json
ok "force loads again" equal "$status $(metric rows)" "0 2"
ok "without duplicates" equal "$(sql "select count(*) from audited")" 2
printf 'k,v\n3,c\n' >"$data/it's.csv"
load "$data/it's.csv" --into audited --audit-columns --on-changed reload
ok "a changed file is reloaded" equal "$(sql "select k, v from audited")" "3|c"
ok "its ledger row counts the loads" equal "$(sql "select version from lakeport.file where path like '%it''s.csv'")" 3

# A dry run writes nothing, not even the ledger.
sql "drop schema lakeport cascade"
load "$data/b.csv" --into dry --dry-run
ok "a dry run says what it would do" has "load"
ok "and writes nothing" equal "$(sql "select to_regclass('dry') is null, to_regnamespace('lakeport') is null")" "t|t"

# Bad rows.
printf 'id,n\n1,10\n2,many\n3,30\n' >"$data/bad.csv"
sql "create table bad (id int primary key, n int check (n < 100))"
load "$data/bad.csv" --into bad
ok "a bad row fails its file" equal "$status" 1
ok "and is named with its line" warns "line 3"
ok "and leaves nothing" equal "$(sql "select count(*) from bad")" 0
load "$data/bad.csv" --into bad --on-bad-row quarantine --json
ok "quarantine: something to look at" equal "$status $(metric rows) $(metric rows_rejected)" "1 2 1"
ok "the row is kept as it was" equal "$(sql "select reason, column_name, raw, line, right(file, 7) from bad_quarantine")" \
	"bad-value|n|2,many|3|bad.csv"
ok "the ledger counts it" equal "$(sql "select reason, rows, line from lakeport.reject")" "bad-value|1|3"
seq 1 500 | awk 'BEGIN {print "id,n"} {print $1 + 100 "," ($1 % 100 == 0 ? 500 : 7)}' >"$data/refused.csv"
echo "101,8" >>"$data/refused.csv"
load "$data/refused.csv" --into bad
ok "the server refuses: the file fails" equal "$status" 1
load "$data/refused.csv" --into bad --on-bad-row quarantine --json
ok "refused rows are found" equal "$status $(metric rows) $(metric rows_rejected)" "1 495 6"
ok "with their lines" equal "$(sql "select string_agg(line::text, ',' order by line) from bad_quarantine where reason = 'refused'")" \
	"101,201,301,401,501,502"
printf 'id,n\n900,x\n901,y\n902,1\n' >"$data/limit.csv"
load "$data/limit.csv" --into bad --on-bad-row skip --bad-row-limit 1
ok "too many bad rows fail the file" warns "more than 1 bad rows"
load "$data/limit.csv" --into bad --on-bad-row skip --bad-row-limit 70%
ok "a share as the limit" equal "$status $(sql "select count(*) from bad where id >= 900")" "1 1"

# One file's failure stops no other.
mkdir "$data/many"
for i in $(seq 1 30); do echo "{\"id\": $i}" >"$data/many/$i.json"; done
echo '{"id": "x"}' >"$data/many/17.json"
sql "create table many (id int)"
load "$data/many" --into many --json
ok "one of many fails" equal "$status $(metric files) $(metric files_failed)" "1 29 1"
ok "the others are loaded" equal "$(sql "select count(*), sum(id) from many")" "29|448"
echo '{"id": 17}' >"$data/many/17.json"
load "$data/many" --into many
ok "and the mended one by the next run" equal "$status $(sql "select count(*), sum(id) from many")" "0 30|465"

# Columns: defaults stay, generated ones are left alone, names match whatever their case.
sql "create domain positive as int check (value > 0); create type mood as enum ('sad', 'happy')"
sql "create table odd (id int generated always as identity, \"Name\" varchar(5), m mood, p positive, tags int[], made timestamptz default '2000-01-01', twice int generated always as (p * 2) stored, j json)"
printf 'NAME,m,p,tags,j\nAnn,happy,3,"{1,2}","{""a"":1}"\n' >"$data/odd.csv"
load "$data/odd.csv" --into odd
ok "odd columns: done" equal "$status" 0
ok "odd columns: values" equal "$(sql "select id, \"Name\", m, p, tags, made, twice, j from odd")" \
	'1|Ann|happy|3|{1,2}|2000-01-01 00:00:00+00|6|{"a":1}'

# Without names a file fills the columns from the left, whatever defaults they have.
sql "create table places (a int default 7, b text default 'x', g int generated always as (a * 2) stored, c int)"
printf '1,one,10\n2,,20\n' >"$data/places.csv"
load "$data/places.csv" --into places --header no
ok "no header: by place, defaults or not" equal "$status $(sql "select * from places order by a")" "0 1|one|2|10
2||4|20"
printf '3,three\n' >"$data/two.csv"
sql "alter table places alter c set default 99"
load "$data/two.csv" --into places --header no
ok "no header: what is further right keeps its default" equal "$status $(sql "select * from places where a = 3")" "0 3|three|6|99"
sql "create table numbered (id int generated always as identity, v text, w int)"
load "$data/places.csv" --into numbered --header no
ok "no header: an identity is numbered by the file when it has all columns" equal "$status $(sql "select id, v, w from numbered order by id")" "0 1|one|10
2||20"

# Drift.
printf 'k,v\n1,a\n' >"$data/d1.csv"
printf 'k,v,extra\n9999999999,b,1.5\n' >"$data/d2.csv"
load "$data/d1.csv" --into drift --schema "k int, v text"
load "$data/d2.csv" --into drift --drift fail
ok "drift fail: names what is missing" warns "extra"
ok "drift fail: nothing" equal "$(sql "select count(*) from drift")" 1
load "$data/d2.csv" --into drift --drift widen
ok "drift widen: done" equal "$status" 0
ok "drift widen: table and rows" equal "$(sql "select k, v, extra from drift order by k")" "1|a|
9999999999|b|1.5"
ok "drift widen: types" equal "$(sql "select string_agg(format_type(atttypid, atttypmod), ',' order by attnum) from pg_attribute where attrelid = 'drift'::regclass and attnum between 1 and 2")" "bigint,text"
sql "create table exact (k int, v varchar(5), n numeric(6,2))"
printf 'k,v,n\n1,a,1.5\n' >"$data/exact.csv"
load "$data/exact.csv" --into exact --drift fail
ok "drift fail: a text file says nothing of types" equal "$status $(sql "select * from exact")" "0 1|a|1.50"
printf 'k,v,other\n5,c,x\nseven,d,y\n' >"$data/d3.csv"
load "$data/d3.csv" --into drift --drift rescue
ok "drift rescue: done" equal "$status" 0
ok "drift rescue: what did not fit" equal "$(sql "select _rescued_data->>'other', coalesce(_rescued_data->>'k', '-') from drift where v in ('c', 'd') order by v")" "x|-
y|seven"

awk 'BEGIN { for (i = 1; i <= 30000; i++) print "{\"id\":" i (i == 29000 ? ",\"late\":1.5" : i == 29500 ? ",\"late\":\"x\",\"Other\":[1]" : "") "}" }' >"$data/lately.json"
sql "create table lately (id int)"
load "$data/lately.json" --into lately --drift add-columns --json
ok "keys that no sample shows: the file is read again" equal "$status $(metric rows)" "0 30000"
ok "keys that no sample shows: nothing is lost" equal "$(sql "select id, late, \"Other\" from lately where late is not null order by id")" '29000|1.5|
29500|x|[1]'

# Values at their edges, read back.
cat >"$data/edge.json" <<'END'
{"i2":-32768,"i8":-9223372036854775808,"n":12345678901234567890123456789012345678,"d":"0001-01-01","t":"9999-12-31T23:59:59.999999+14:00","f":1e308,"s":"","j":{"a":[1,{"b":null}]},"u":"00000000-0000-0000-0000-0000000000ff","b":true}
{"i2":32767,"i8":9223372036854775807,"n":-0.00000000000000000000000000000000000001,"d":"9999-12-31","t":"0001-01-01T00:00:00Z","f":-0.0,"s":"\ud83d\ude00 \u00e9\t\n","j":[],"u":"ffffffff-ffff-ffff-ffff-ffffffffffff","b":false}
{"i2":null,"i8":null,"n":null,"d":null,"t":null,"f":null,"s":null,"j":null,"u":null,"b":null}
END
sql "create table edge (i2 smallint, i8 bigint, n numeric, d date, t timestamptz, f float8, s text, j jsonb, u uuid, b bool)"
load "$data/edge.json" --into edge
ok "edge values: done" equal "$status" 0
ok "edge values: read back" equal "$(sql "select * from edge")" \
	"-32768|-9223372036854775808|12345678901234567890123456789012345678|0001-01-01|9999-12-31 09:59:59.999999+00|1e+308||{\"a\": [1, {\"b\": null}]}|00000000-0000-0000-0000-0000000000ff|t
32767|9223372036854775807|-0.00000000000000000000000000000000000001|9999-12-31|0001-01-01 00:00:00+00|-0|😀 é	
|[]|ffffffff-ffff-ffff-ffff-ffffffffffff|f
|||||||||"

# A large text, larger than the buffers.
python3 -c 'import json; print(json.dumps({"a": "x" * 1000000, "b": 1})); print(json.dumps({"a": "y" * 300000, "b": 2}))' >"$data/wide.json"
load "$data/wide.json" --into wide
ok "texts wider than a buffer" equal "$(sql "select length(a), b from wide order by b")" "1000000|1
300000|2"

# Two lakeports at once share the files; a parallel load leaves no row twice.
mkdir "$data/shared"
for i in $(seq 40); do awk -v i="$i" 'BEGIN {print "id"; for (k = 0; k < 60000; k++) print i * 100000 + k}' >"$data/shared/$i.csv"; done
sql "create table shared (id bigint); create index on shared (id)"
"$lakeport" migrate load -q -d "$dsn" "$data/shared" --into shared -j 2 >/dev/null 2>"$work/other" &
other=$!
load "$data/shared" --into shared -j 2
wait "$other"
ok "two at once: both succeed" equal "$status $?" "0 0"
ok "two at once: every row once" equal "$(sql "select count(*), count(distinct id) from shared")" "2400000|2400000"
ok "two at once: each loaded some" equal "$(sql "select count(distinct run), count(*) from lakeport.file where path like '%/shared/%'")" "2|40"
ok "the index that was put off is back" equal "$(sql "select count(*), bool_and(indisvalid) from pg_index where indrelid = 'shared'::regclass")" "1|t"
ok "and forgotten in the ledger" equal "$(sql "select count(*) from lakeport.task where pending_indexes <> '{}'")" 0

# Ctrl-C: what is committed stays, the record says so, the next run goes on.
sql "create table stopped (id bigint)"
"$lakeport" migrate load -d "$dsn" "$data/shared" --into stopped -j 1 >"$work/out" 2>"$work/err" &
pid=$!
for i in $(seq 100); do
	[ "$(sql "select count(*) from lakeport.file f join lakeport.task t using (task) where target_table = 'stopped' and status = 'done'")" -lt 2 ] || break
	sleep 0.02
done
kill -INT $pid
wait $pid
ok "Ctrl-C: exit status 130" equal "$?" 130
ok "Ctrl-C: the ledger agrees with the table" equal \
	"$(sql "select (select count(*) from stopped) = coalesce(sum(rows), 0), count(*) filter (where status = 'running') from lakeport.file f join lakeport.task t using (task) where target_table = 'stopped' and (status = 'done' or status = 'running')")" "t|0"
ok "Ctrl-C: the run is marked" equal "$(sql "select outcome from lakeport.run order by run desc limit 1")" interrupted
load "$data/shared" --into stopped
ok "and the next run finishes" equal "$status $(sql "select count(*), count(distinct id) from stopped")" "0 2400000|2400000"

# A table that is locked: a clear line in time, nothing lost.
sql "create table locked (id int)"
psql -Xq -d "$dsn" -c "begin; lock table locked; select pg_sleep(4)" >/dev/null &
sleep 0.5
load "$data/many/1.json" --into locked --lock-timeout 1s
ok "a locked table fails in time" warns "lock timeout"
wait
load "$data/many/1.json" --into locked
ok "and is loaded by the next run" equal "$status $(sql "select count(*) from locked")" "0 1"

# Where autovacuum does not come, the load makes the statistics of a table that is new.
sql "create table alone (k int, v text) with (autovacuum_enabled = false)"
printf 'k,v\n1,a\n2,b\n' >"$data/alone.csv"
load "$data/alone.csv" --into alone
ok "statistics without autovacuum" equal "$(sql "select reltuples from pg_class where relname = 'alone'")" 2

# Wrong input: a clear line, the right status, nothing changed.
fails 2 "a missing file" "cannot read" migrate load -d "$dsn" "$data/none.csv" --into x
fails 2 "a pattern without a match" "no file matches" migrate load -d "$dsn" "$data/*.none" --into x
mkdir -p "$data/delta/_delta_log" && touch "$data/delta/part-0.parquet"
fails 2 "a Delta table" "is a Delta table, and those cannot be read yet" migrate load -d "$dsn" "$data/delta" --into x
fails 2 "another database" "cannot load from a mysql address yet" migrate load -d "$dsn" "mysql://me:secret@host/db" --into x
ok "its password is not repeated" absent -rq secret "$work/out" "$work/err"
fails 2 "no table" "no table is named" migrate load -d "$dsn" "$data/b.csv"
fails 2 "keys are missing" "needs keys" migrate load -d "$dsn" "$data/b.csv" --into x --strategy merge
fails 2 "a key that is no column" "no column 'nokey'" migrate load -d "$dsn" "$data/b.csv" --into x --strategy merge --keys nokey
ok "and the table was not made" equal "$(sql "select to_regclass('x') is null")" t
sql "create view seen as select 1 as id"
fails 2 "a view" "is not a table" migrate load -d "$dsn" "$data/b.csv" --into seen
fails 3 "no server" "cannot connect" migrate load -d "host=/nowhere" "$data/b.csv" --into x
done_testing
