#!/bin/bash
# The strategies of migrate load: overwrite, merge, scd1, scd2 - keys of several columns, duplicates
# in a file, NULLs, late rows, reruns that change nothing.
. "$(dirname "$0")/tap.sh"
server
data=$work/data
mkdir "$data"

load() { lakeport migrate load -d "$dsn" "$@"; }
file() { printf "$2" >"$data/$1"; } # NAME TEXT (with \n)

# merge: the last one in the file wins; new, changed, unchanged.
file m1.csv 'a,b,v,n\n1,1,one,1\n1,2,two,\n1,1,uno,1\n'
load "$data/m1.csv" --into m --strategy merge --keys a,b
ok "merge into a new table: done" equal "$status" 0
ok "the last of a key wins" equal "$(sql "select * from m order by a, b")" "1|1|uno|1
1|2|two|"
ok "the key is kept by an index" equal "$(sql "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'm'::regclass and contype = 'p'")" "PRIMARY KEY (a, b)"
file m2.csv 'a,b,v,n\n1,2,two,\n2,1,new,5\n1,1,,1\n'
before=$(sql "select xmin from m where (a, b) = (1, 2)")
load "$data/m2.csv" --into m --strategy merge --keys a,b --json
ok "merge: values, NULLs too" equal "$(sql "select * from m order by a, b")" "1|1||1
1|2|two|
2|1|new|5"
ok "a row that changes nothing is not written" equal "$(sql "select xmin from m where (a, b) = (1, 2)")" "$before"
before=$(sql "select md5(string_agg(xmin::text || m::text, ',' order by a, b)) from m")
load "$data/m2.csv" --into m --strategy merge --keys a,b --force
ok "a rerun changes nothing" equal "$status $(sql "select md5(string_agg(xmin::text || m::text, ',' order by a, b)) from m")" "0 $before"
file m3.csv 'a,b,v,n\n,1,x,1\n3,3,y,1\n'
load "$data/m3.csv" --into m --strategy merge --keys a,b --on-bad-row quarantine
ok "a row without its key is rejected" equal "$status $(sql "select reason from m_quarantine")" "1 null-value"
ok "and the others land" equal "$(sql "select v from m where a = 3")" y

# Without a unique index, and with the order of a column.
sql "create table o (k int, at timestamp, v text)"
sql "insert into o values (1, '2026-01-05', 'newer'), (2, null, 'undated')"
file o.csv 'k,at,v\n1,2026-01-01,late\n2,2026-01-01,dated\n3,2026-01-03,third\n3,2026-01-02,second\n'
load "$data/o.csv" --into o --strategy merge --keys k --order-by at
ok "the order column decides, in the file and against the table" equal "$(sql "select k, v from o order by k")" "1|newer
2|dated
3|third"

# The delete marker, of a column that the table does not have.
file x1.csv 'k,v,op\n1,a,I\n2,b,I\n3,c,I\n'
file x2.csv 'k,v,op\n1,,D\n2,bb,U\n4,d,I\n4,d,D\n3,,D\n3,again,I\n'
load "$data/x1.csv" "$data/x2.csv" --into x --strategy merge --keys k --delete-marker op=D --json
ok "deletes and upserts, in order" equal "$status $(sql "select string_agg(k || v, ',' order by k) from x")" "0 2bb,3again"
ok "the marker is no column" equal "$(sql "select count(*) from pg_attribute where attrelid = 'x'::regclass and attnum > 0")" 2

# scd1 looks at the tracked columns alone.
file s1.csv 'k,v,seen\n1,a,1\n2,b,1\n'
file s2.csv 'k,v,seen\n1,a,2\n2,c,2\n'
load "$data/s1.csv" "$data/s2.csv" --into s --strategy scd1 --keys k --track v
ok "scd1" equal "$(sql "select * from s order by k")" "1|a|1
2|c|2"

# overwrite keeps grants, views and the table's identity, and takes all files or none.
sql "create table w (k int, v text); create view wv as select count(*) as n from w; grant select on w to public; insert into w values (0, 'old')"
file w1.csv 'k,v\n1,a\n2,b\n'
file w2.csv 'k,v\n3,c\n'
before=$(sql "select oid, relacl from pg_class where relname = 'w'")
load "$data/w1.csv" "$data/w2.csv" --into w --strategy overwrite --json
ok "overwrite: done" equal "$status $(metric rows)" "0 3"
ok "the view sees the new rows" equal "$(sql "select n from wv")" 3
ok "grants and identity stay" equal "$(sql "select oid, relacl from pg_class where relname = 'w'")" "$before"
load "$data/w1.csv" "$data/w2.csv" --into w --strategy overwrite --json
ok "the same files: nothing to do" equal "$(metric files)" 0
load "$data/w1.csv" --into w --strategy overwrite --json
ok "fewer files: the table follows" equal "$(metric files) $(sql "select count(*) from w")" "1 2"
ok "the ledger knows whose rows are gone" equal "$(sql "select status from lakeport.file where path like '%w2.csv'")" replaced
file w3.csv 'k,v\nx,y\n'
load "$data/w1.csv" "$data/w3.csv" --into w --strategy overwrite
ok "a bad file leaves the table as it was" equal "$status $(sql "select count(*) from w")" "1 2"
sql "create table wr (k int primary key, v text); create table wref (k int references wr); insert into wr values (1, 'a'), (9, 'z'); insert into wref values (1)"
sql "alter table wref alter constraint wref_k_fkey deferrable initially deferred"
load "$data/w1.csv" --into wr --strategy overwrite
ok "a table that others refer to" equal "$status $(sql "select count(*), max(k) from wr")" "0 2|2"

# scd2: composite keys, duplicates in a file, NULLs, untracked columns, one now().
file h1.csv 'a,b,name,mail,note\n1,1,Ann,a@x,n1\n1,2,Bob,,n1\n2,1,Cid,c@x,n1\n'
file h2.csv 'a,b,name,mail,note\n1,1,Ann,a@y,n2\n1,2,Bob,,n2\n1,3,Dan,d@x,n2\n1,1,Ann,a@z,n2\n'
load "$data/h1.csv" --into h --strategy scd2 --keys a,b --track name,mail
load "$data/h2.csv" --into h --strategy scd2 --keys a,b --track name,mail --json
ok "scd2: done" equal "$status" 0
ok "scd2: versions" equal "$(sql "select a, b, name, mail, note, end_date is null, is_current from h order by a, b, effective_date")" \
	"1|1|Ann|a@x|n1|f|f
1|1|Ann|a@z|n2|t|t
1|2|Bob||n2|t|t
1|3|Dan|d@x|n2|t|t
2|1|Cid|c@x|n1|t|t"
ok "scd2: the old ends when the new begins" equal "$(sql "select count(*) from h o join h n using (a, b) where o.end_date = n.effective_date and n.is_current and not o.is_current")" 1
before=$(sql "select md5(string_agg(xmin::text || h::text, ',' order by a, b, effective_date)) from h")
load "$data/h2.csv" --into h --strategy scd2 --keys a,b --track name,mail --force
ok "scd2: a rerun changes nothing" equal "$status $(sql "select md5(string_agg(xmin::text || h::text, ',' order by a, b, effective_date)) from h")" "0 $before"
file h3.csv 'a,b,name,mail,note\n1,1,Ann,a@z,n2\n1,2,Bob,b@x,n3\n'
load "$data/h3.csv" --into h --strategy scd2 --keys a,b --track name,mail --close-missing
ok "scd2: what a full snapshot lacks is closed" equal "$(sql "select string_agg(a || '.' || b, ',' order by a, b) from h where is_current")" "1.1,1.2"
ok "scd2: NULL to a value is a change" equal "$(sql "select count(*) from h where (a, b) = (1, 2)")" 2

# scd2 by the time of the event: late rows split, equal rows are no version.
file e1.csv 'k,at,v\n1,2026-01-01,a\n1,2026-03-01,c\n1,2026-02-01,b\n2,2026-01-01,x\n'
file e2.csv 'k,at,v\n1,2026-02-15,late\n1,2026-04-01,c\n2,2025-12-01,early\n1,2026-03-01,C\n'
load "$data/e1.csv" --into ev --strategy scd2 --keys k --order-by at
load "$data/e2.csv" --into ev --strategy scd2 --keys k --order-by at
timeline() { sql "select k, v, effective_date, end_date, is_current from ev order by k, effective_date"; }
ok "events: the line of time" equal "$(timeline)" \
	"1|a|2026-01-01|2026-02-01|f
1|b|2026-02-01|2026-02-15|f
1|late|2026-02-15|2026-03-01|f
1|C|2026-03-01|2026-04-01|f
1|c|2026-04-01||t
2|early|2025-12-01|2026-01-01|f
2|x|2026-01-01||t"
before=$(sql "select md5(string_agg(xmin::text || ev::text, ',' order by k, effective_date)) from ev")
load "$data/e2.csv" --into ev --strategy scd2 --keys k --order-by at --force
ok "events: a rerun changes nothing" equal "$status $(sql "select md5(string_agg(xmin::text || ev::text, ',' order by k, effective_date)) from ev")" "0 $before"

# Rows that the server refuses are found behind a strategy, too.
sql "create table g (k int primary key, v int check (v > 0))"
file g.csv 'k,v\n1,1\n2,-1\n3,3\n2,2\n4,-4\n'
load "$data/g.csv" --into g --strategy merge --keys k --on-bad-row quarantine --json
ok "merge: refused rows go to the quarantine" equal "$status $(metric rows_rejected) $(sql "select string_agg(k || ':' || v, ',' order by k) from g")" "1 2 1:1,2:2,3:3"
sql "create table gh (k int, v int check (v > 0), effective_date timestamptz, end_date timestamptz, is_current bool)"
load "$data/g.csv" --into gh --strategy scd2 --keys k --on-bad-row skip
ok "scd2: refused rows are left out" equal "$(sql "select string_agg(k || ':' || v, ',' order by k) from gh where is_current")" "1:1,2:2,3:3"
fails 2 "a table without history columns" "which scd2 needs" \
	migrate load -d "$dsn" "$data/h1.csv" --into g --strategy scd2 --keys k
# merge: somebody else inserts one of the new keys meanwhile, and commits when we wait for it.
sql "create table race (k int primary key, v text)"
psql -Xq -d "$dsn" -c "begin; insert into race values (1, 'theirs'); select pg_sleep(1.5); commit" >/dev/null &
other=$!
until [ "$(sql "select count(*) from pg_stat_activity where query like 'begin; insert into race%' and wait_event = 'PgSleep'")" = 1 ]; do
	sleep 0.05
done
printf 'k,v\n1,ours\n2,ours\n' >"$data/race.csv"
load "$data/race.csv" --into race --strategy merge --keys k --json
wait $other
ok "merge: a key that appears meanwhile is updated" equal \
	"$status $(sql "select string_agg(k || v, ',' order by k) from race")" "0 1ours,2ours"

# merge: counts where the backend's counters do not tell (a trigger).
sql "create table counted (k int primary key, v text); create function same() returns trigger language plpgsql as 'begin return new; end'; create trigger t before insert on counted for each row execute function same(); insert into counted values (1, 'old'), (2, 'same')"
printf 'k,v\n1,new\n2,same\n3,new\n' >"$data/counted.csv"
load "$data/counted.csv" --into counted --strategy merge --keys k
ok "merge: inserted and updated, with a trigger" equal \
	"$(sql "select string_agg(k || v, ',' order by k) from counted")" "1new,2same,3new"

done_testing
