#!/bin/bash
# What the loaders that this replaces got wrong: one test, or a few, for each defect, which the
# comment before it names.
. "$(dirname "$0")/tap.sh"
server
data=$work/data
mkdir "$data"

load() { lakeport migrate load -d "$dsn" "$@"; }
file() { printf "$2" >"$data/$1"; } # NAME TEXT (with \n)
state() { sql "select md5(coalesce(string_agg(xmin::text || x::text, ',' order by x::text), '')) from $1 x"; }
ledger() { sql "select $2 from lakeport.file where path like '%/$1'"; } # FILE COLUMNS

# ---- which files ------------------------------------------------------------------------------

# The table was "completed" for good after its first run: new files were never seen.
mkdir "$data/in"
file in/1.csv 'id,v\n1,a\n'
load "$data/in" --into seen --json
file in/2.csv 'id,v\n2,b\n'
load "$data/in" --into seen --json
ok "a file that arrives later is loaded" equal "$(metric files) $(sql "select string_agg(v, '' order by id) from seen")" "1 ab"

# "completed" hid failed files, the exit status stayed 0, and the table's state was not derived.
file in/3.csv 'id,v\nthree,c\n'
file in/4.csv 'id,v\n4,d\n'
load "$data/in" --into seen
ok "a failed file shows in the exit status" equal "$status" 1
ok "a failed file stops no other" equal "$(sql "select string_agg(v, '' order by id) from seen")" abd
ok "a failed file stays known as failed, and why" equal \
	"$(ledger 3.csv "status, loaded_at is null, attempts, error like '%three%'")" "failed|t|1|t"
load "$data/in" --into seen
ok "a run with nothing but an old failure is no success" equal "$status $(ledger 3.csv attempts)" "1 2"
file in/3.csv 'id,v\n3,c\n'
load "$data/in" --into seen
ok "mended, it is loaded" equal "$status $(sql "select string_agg(v, '' order by id) from seen")" "0 abcd"
# The old error text stayed with files that were loaded later.
ok "and its error is forgotten" equal "$(ledger 3.csv "status, error is null, sqlstate is null, attempts")" "done|t|t|0"

# Attempts were counted but nothing came of it; every run tried every file again, without a pause.
file never.csv 'id,v\nx,a\n'
for i in 1 2 3; do load "$data/never.csv" --into seen --attempts 2; done
ok "after so many failures a file is left alone" equal "$(ledger never.csv "status, attempts")" "dead|2"
ok "and named every time" warns "never.csv"
ok "with an exit status" equal "$status" 1
file never.csv 'id,v\n5,e\n'
load "$data/never.csv" --into seen --attempts 2
ok "another file under that name has another chance" equal "$status $(ledger never.csv "status, attempts")" "0 done|0"

# Size and time were never recorded, the size as a 32-bit number.
ok "size, time and content are known" equal \
	"$(ledger 1.csv "size, mtime_ns / 1000000000, sha256")" \
	"$(stat -c '%s|%Y' "$data/in/1.csv")|$(sha256sum "$data/in/1.csv" | cut -d' ' -f1)"
ok "sizes are 64 bits wide" equal "$(sql "select data_type from information_schema.columns where (table_schema, table_name, column_name) = ('lakeport', 'file', 'size')")" bigint

# A changed file was skipped without a word (its path was known), or read in whatever version.
file in/1.csv 'id,v\n1,A\n'
load "$data/in" --into seen
ok "a changed file is not passed over in silence" equal "$status $(ledger 1.csv status)" "1 changed"
ok "and said" warns "in/1.csv': the file changed after it was loaded"
# The same size and a set-back time do not hide a change either: what counts is the content.
file in/2.csv 'id,v\n2,B\n'
touch -d 2020-01-01 "$data/in/2.csv"
load "$data/in" --into seen
ok "a change with an old time is one, too" warns "in/2.csv': the file changed"

# Rows of done files were forgotten after 30 days: what still lay in the folder was loaded again.
file old.csv 'id\n1\n'
load "$data/old.csv" --into old
sql "update lakeport.file set loaded_at = loaded_at - interval '400 days', changed_at = changed_at - interval '400 days',
	started_at = started_at - interval '400 days' where path like '%/old.csv'"
sql "update lakeport.run set started_at = started_at - interval '400 days', ended_at = ended_at - interval '400 days'"
touch -d '400 days ago' "$data/old.csv"
load "$data/old.csv" --into old --json
ok "a file of long ago is still known" equal "$status $(metric files) $(sql "select count(*) from old")" "0 0 1"
ok "and nothing of the ledger goes by age" equal "$(sql "select count(*) from lakeport.file where loaded_at < now() - interval '1 year'")" 1

# A file was its path, over all tables; or its name, whatever the folder.
mkdir "$data/a" "$data/b"
file a/same.csv 'id\n1\n'
file b/same.csv 'id\n2\n'
load "$data/a/same.csv" "$data/b/same.csv" --into folders
ok "files with one name in two folders are two" equal "$(sql "select count(*), sum(id) from folders")" "2|3"
load "$data/a/same.csv" --into folders2 --json
ok "one file goes into two tables" equal "$(metric files) $(sql "select count(*) from folders2")" "1 1"
ln -s "$data/a/same.csv" "$data/alias.csv"
load "$data/alias.csv" --into folders --json
ok "one file under two names is one" equal "$(metric files) $(sql "select count(*) from folders")" "0 2"
(cd "$data/a" && "$lakeport" migrate load -q -d "$dsn" same.csv --into folders --runs "$work/runs" >/dev/null)
ok "and so it is from another folder" equal "$(sql "select count(*) from folders")" 2

# Apostrophes in a path or an error broke the statement, and the table with it.
mkdir "$data/o'brien"
file "o'brien/it's.csv" "id,v\n1,it's\n"
load "$data/o'brien" --into quoted --json
ok "an apostrophe in a path" equal "$status $(sql "select v from quoted")" "0 it's"
file "o'brien/b\"ad's \\\\\$1.csv" "id,v\nit's; drop table quoted; --,x\n"
load "$data/o'brien" --into quoted
ok "an apostrophe in an error" equal "$status $(sql "select error like '%it''s; drop%' from lakeport.file where path like '%\$1.csv'") $(sql "select count(*) from quoted")" "1 t 1"
file "o'brien/b\"ad's \\\\\$1.csv" "id,v\n2,it's\n"
load "$data/o'brien" --into quoted --audit-columns
ok "asking for columns that are not there is said" equal "$status" 2
load "$data/o'brien" --into quoted
ok "quotes, a backslash and a dollar in a path" equal "$status $(sql "select count(*) from quoted")" "0 2"

# Names of tables and columns were put together without quotes; the table had to be on the search path.
file odd.csv 'a b,select,"It""s",Ünï,order\n1,2,3,4,5\n'
load "$data/odd.csv" --into '"Odd Schema"."Table; drop"' --audit-columns
ok "odd names: done" equal "$status" 0
ok "odd names: kept to the letter" equal "$(sql "select \"a b\", \"select\", \"It\"\"s\", \"Ünï\", \"order\" from \"Odd Schema\".\"Table; drop\"")" "1|2|3|4|5"
file odd2.csv 'a b,select,"It""s",Ünï,order\n1,3,3,4,5\n1,2,4,4,6\n'
load "$data/odd2.csv" --into '"Odd Schema"."Merge""d"' --strategy merge --keys 'a b,select' --on-bad-row quarantine --order-by order
ok "odd names as keys" equal "$status $(sql "select count(*) from \"Odd Schema\".\"Merge\"\"d\"")" "0 2"
load "$data/odd2.csv" --into '"Odd Schema"."Hist""ory"' --strategy scd2 --keys 'a b,select' --track 'It"s,Ünï' --effective-column 'from' --end-column 'to "end"'
ok "odd names in a history" equal "$status $(sql "select count(*) from \"Odd Schema\".\"Hist\"\"ory\" where \"to \"\"end\"\"\" is null and is_current")" "0 2"

# An empty source was an exception.
: >"$data/none.csv"
file header.csv 'id,v\n'
: >"$data/none.json"
echo '[]' >"$data/list.json"
load "$data/header.csv" --into empty --schema "id int, v text" --json
ok "a file of a header alone" equal "$status $(metric rows) $(ledger header.csv status)" "0 0 done"
load "$data/none.csv" "$data/none.json" "$data/list.json" --into empty --json
ok "files of nothing" equal "$status $(metric files) $(metric rows)" "0 3 0"
load "$data/header.csv" --into empty_history --strategy scd2 --keys id
ok "an empty file begins a history" equal "$status $(sql "select count(*) from empty_history")" "0 0"
load "$data/header.csv" --into seen --strategy overwrite
ok "an overwrite by an empty file empties" equal "$status $(sql "select count(*) from seen")" "0 0"

# Missing files were ignored; without a configuration an example was run.
fails 2 "a missing file is an error" "cannot read" migrate load -d "$dsn" "$data/in/1.csv" "$data/gone.csv" --into x
fails 2 "no table, no default" "no table is named" migrate load -d "$dsn" "$data/in/1.csv"
ok "nothing came of either" equal "$(sql "select to_regclass('x') is null")" t

# The dry run made the metadata, did not look into them, and hid files behind the fifth.
before=$(state lakeport.file)$(state lakeport.run)
load "$data/folders" "$data/in" --into folders --dry-run
file in/5.csv 'id,v\n5,e\n'
load "$data/a" "$data/in/5.csv" --into folders --dry-run
ok "a dry run knows what is loaded" has "skipped  $data/a/same.csv"
ok "and what is not" has "load     $data/in/5.csv"
ok "and writes nothing" equal "$(state lakeport.file)$(state lakeport.run)" "$before"

# ---- append -----------------------------------------------------------------------------------

# The check for a rerun always said "safe": an append that ran again doubled, or deleted, its rows.
file app.csv 'id,v\n1,a\n2,\n'
load "$data/app.csv" --into app --audit-columns
before=$(state app)
load "$data/app.csv" --into app --audit-columns
ok "an append again changes nothing" equal "$(state app)" "$before"
# force=true loaded everything once more: duplicates.
load "$data/app.csv" --into app --audit-columns --force
ok "force leaves no row twice" equal "$status $(sql "select count(*) from app")" "0 2"
# The failed load of a file deleted the rows of its earlier load, and committed that apart.
file app.csv 'id,v\n1,a\n2,b\nx,c\n'
before=$(state app)
load "$data/app.csv" --into app --audit-columns --on-changed reload
ok "a reload that fails leaves the rows that were there" equal "$status $(state app)" "1 $before"
ok "and the ledger says whose they are" equal "$(ledger app.csv "status, loaded_at is not null, version, rows")" "failed|t|2|2"
# The batch was the name of the file; it says the run now.
ok "the batch is the run" equal "$(sql "select count(*) from app a join lakeport.run r on r.record = a._batch_id")" 2
# A column of the data that is called like one of ours won, without a word.
file own.csv 'id,_source_file\n1,mine\n'
fails 2 "a file's column with the name of ours is refused" "there are two columns '_source_file'" \
	migrate load -d "$dsn" "$data/own.csv" --into own --audit-columns

# ---- bad rows ---------------------------------------------------------------------------------

# A rule that came to NULL sent a row neither here nor there.
sql "create table rules (id int, a int check (a > 0), b int, check (a < 10 or b > 5))"
file rules.csv 'id,a,b\n1,,\n2,20,\n3,20,1\n4,20,6\n5,-1,9\n6,3,x\n7,1\n8,1,2,3\n'
load "$data/rules.csv" --into rules --on-bad-row quarantine --json
ok "rules: every row is here or there" equal "$status $(metric rows) $(metric rows_rejected)" "1 3 5"
ok "rules: NULL passes a CHECK, as Postgres has it" equal "$(sql "select string_agg(id::text, '' order by id) from rules")" 124
ok "rules: the others are kept, whole" equal "$(sql "select string_agg(raw, ';' order by line) from rules_quarantine where reason <> 'refused'")" "6,3,x;7,1;8,1,2,3"
ok "rules: refused ones with line and constraint" equal "$(sql "select string_agg(line || ':' || (message ~ 'rules_'), ' ' order by line) from rules_quarantine where reason = 'refused'")" "4:true 6:true"
ok "rules: counted by reason, with the file" equal "$(sql "select sum(r.rows), count(distinct r.reason) > 1 from lakeport.reject r join lakeport.file using (file) where path like '%/rules.csv'")" "5|t"
# Files of bad records were written outside of any transaction.
file twice.csv 'id,a,b\nx,1,1\ny,1,1\n'
before=$(state rules_quarantine)
load "$data/twice.csv" --into rules --on-bad-row quarantine --bad-row-limit 1
ok "the quarantine of a failed file is taken back, too" equal "$status $(state rules_quarantine)" "1 $before"

# ---- drift ------------------------------------------------------------------------------------

# New columns ended the run on purpose; the next one was to succeed.
file n1.csv 'id,v\n1,a\n'
file n2.csv 'id,v,New Col\n2,b,7\n'
load "$data/n1.csv" "$data/n2.csv" --into evolve --schema "id int, v text" --drift add-columns
ok "new columns are added and loaded in one go" equal "$status $(sql "select v || coalesce(\"New Col\"::text, '-') from evolve order by id" | tr '\n' ' ')" "0 a- b7 "
# Columns were added even when the load then failed.
file n3.csv 'id,v,later\nx,c,1\n'
load "$data/n3.csv" --into evolve --drift add-columns
ok "a column goes back with the load that brought it" equal "$status $(sql "select count(*) from pg_attribute where attrelid = 'evolve'::regclass and attname = 'later'")" "1 0"
# What was rescued was text, not to be queried.
file r.json '{"id":1,"V":"case","extra":{"deep":[1,2]}}\n{"id":"many","v":"b"}\n'
sql "create table rescue (id int, v text)"
load "$data/r.json" --into rescue --drift rescue
ok "what is rescued is jsonb, with its file" equal "$(sql "select _rescued_data #>> '{extra,deep,1}' from rescue where id = 1") $(sql "select _rescued_data->>'id', _rescued_data::text like '%/r.json%' from rescue where v = 'b'")" "2 many|t"

# ---- merge, overwrite -------------------------------------------------------------------------

# Both were in the list of strategies and not there; duplicate keys in a batch ended a merge.
file k1.csv 'a,b,v\n1,1,x\n1,2,y\n1,1,z\n'
load "$data/k1.csv" --into keyed --strategy merge --keys a,b
ok "duplicate keys in a batch: the last wins" equal "$status $(sql "select string_agg(v, '' order by a, b) from keyed")" "0 zy"
# Deletes were never seen.
file k2.csv 'a,b,v,op\n1,1,,D\n2,2,n,I\n'
load "$data/k2.csv" --into keyed --strategy merge --keys a,b --delete-marker op=D
ok "deletes are followed" equal "$status $(sql "select string_agg(v, '' order by a, b) from keyed")" "0 yn"
# Rows that come late, with an earlier value, were lost behind the watermark - or won.
sql "create table late (k int primary key, at date, v text)"
file l1.csv 'k,at,v\n1,2026-01-05,five\n2,2026-01-05,five\n'
file l2.csv 'k,at,v\n1,2026-01-03,three\n3,2026-01-01,new\n2,2026-01-05,same\n'
load "$data/l1.csv" "$data/l2.csv" --into late --strategy merge --keys k --order-by at
ok "a late row lands, and does not win; a tie goes to the later file" equal "$(sql "select string_agg(k || v, ' ' order by k) from late")" "1five 2same 3new"
# A full load left the table empty, or half, as long as it ran and when it failed.
sql "create table whole as select g as id from generate_series(1, 1000) g"
awk 'BEGIN {print "id"; for (i = 0; i < 300000; i++) print i; print "x"}' >"$data/whole.csv"
"$lakeport" migrate load -q -d "$dsn" "$data/whole.csv" --into whole --strategy overwrite --schema "id int" >/dev/null 2>&1 &
pid=$!
counts=
while kill -0 $pid 2>/dev/null; do counts+=" $(sql "select count(*) from whole")"; done
wait $pid
ok "an overwrite that fails" equal "$?" 1
ok "is never seen half" equal "$(tr ' ' '\n' <<<"$counts" | grep -v '^$' | sort -u) $(sql "select count(*) from whole")" "1000 1000"

# ---- scd2 -------------------------------------------------------------------------------------

# Composite keys were closed by "a IN (...) AND b IN (...)": unrelated rows went with them.
file h1.csv 'a,b,v,w\n1,1,x,\n1,2,x,\n2,1,x,\n2,2,x,\n'
file h2.csv 'a,b,v,w\n1,2,y,\n2,1,y,\n'
load "$data/h1.csv" --into h --strategy scd2 --keys a,b --track v,w
load "$data/h2.csv" --into h --strategy scd2 --keys a,b --track v,w --json
ok "composite keys: only those versions end" equal "$(sql "select string_agg(a || '.' || b, ' ' order by a, b) from h where not is_current")" "1.2 2.1"
# The end of one version and the start of the next were two clocks, and two commits.
ok "end and start are one time, written by one transaction" equal \
	"$(sql "select count(*) from h o join h n using (a, b) where o.end_date = n.effective_date and o.xmin = n.xmin and n.is_current")" 2
sql "create function no_z() returns trigger language plpgsql as 'begin if new.v = ''z'' and new.is_current then raise exception ''no''; end if; return new; end'"
sql "create trigger no_z before insert on h for each row execute function no_z()"
before=$(state h)
file h3.csv 'a,b,v,w\n1,1,z,\n'
load "$data/h3.csv" --into h --strategy scd2 --keys a,b --track v,w
ok "when the new version fails, the old one stays open" equal "$status $(state h)" "1 $before"
sql "drop trigger no_z on h"
# The hash that told versions apart skipped NULLs: a value that moved between columns was no change.
file h4.csv 'a,b,v,w\n2,2,,x\n'
load "$data/h4.csv" --into h --strategy scd2 --keys a,b --track v,w
ok "a value that moves beside NULL is a change" equal "$(sql "select count(*) from h where (a, b) = (2, 2)")" 2
# Returning to what it was before is a version, too.
file h5.csv 'a,b,v,w\n2,2,x,\n'
load "$data/h5.csv" --into h --strategy scd2 --keys a,b --track v,w
ok "and so is the way back" equal "$(sql "select count(*), count(*) filter (where is_current) from h where (a, b) = (2, 2)")" "3|1"
# Duplicates in a file were two current rows.
file h6.csv 'a,b,v,w\n3,3,p,\n3,3,q,\n3,3,p,\n'
load "$data/h6.csv" --into h --strategy scd2 --keys a,b --track v,w
ok "duplicates in a file: one current row" equal "$(sql "select string_agg(v, '') from h where (a, b) = (3, 3) and is_current")" p
ok "one current version a key, everywhere" equal "$(sql "select count(*) from (select from h where is_current group by a, b having count(*) > 1) x")" 0
# Files of one table went in parallel and in any order.
mkdir "$data/days"
for i in 05 01 04 02 03; do file days/$i.csv "k,v\n1,day $i\n"; done
load "$data/days" --into days --strategy scd2 --keys k -j 4
ok "files of a history go in their order" equal "$(sql "select string_agg(v, ' ' order by effective_date) from days")" "day 01 day 02 day 03 day 04 day 05"
# Columns outside of those tracked were never updated; keys that vanished stayed current.
file u1.csv 'k,v,note\n1,a,old\n2,b,old\n'
file u2.csv 'k,v,note\n1,a,new\n'
load "$data/u1.csv" --into u --strategy scd2 --keys k --track v
load "$data/u2.csv" --into u --strategy scd2 --keys k --track v --close-missing
ok "an untracked column follows without a version" equal "$(sql "select string_agg(note, ' ') from u where k = 1")" new
ok "a key that vanished is closed when asked for" equal "$(sql "select is_current, end_date is not null from u where k = 2")" "f|t"
# A history could not take new columns; a new column made every row a new version.
file u3.csv 'k,v,note,more\n1,a,new,\n3,c,new,m\n'
load "$data/u3.csv" --into u --strategy scd2 --keys k --drift add-columns
ok "a history takes a new column, and no version of it" equal "$status $(sql "select count(*) filter (where k = 1), max(more) filter (where k = 3) from u")" "0 1|m"
# The order of keys in a map made another hash.
file j1.json '{"k":1,"j":{"a":1,"b":[1,2]}}\n'
file j2.json '{"k":1,"j":{"b":[1,2],"a":1}}\n'
load "$data/j1.json" "$data/j2.json" --into maps --strategy scd2 --keys k
ok "the order of members is no change" equal "$status $(sql "select count(*) from maps")" "0 1"
# A sequence of NULL had no place, rows of one key and time were an error.
file s.csv 'k,at,v\n1,2026-01-01,a\n1,,b\n1,2026-01-01,c\n'
load "$data/s.csv" --into seq --strategy scd2 --keys k --order-by at --on-bad-row quarantine
ok "an event without a time is put aside, of two at one time the later row counts" equal "$(sql "select string_agg(v, '') from seq") $(sql "select raw from seq_quarantine")" "c 1,,b"
# One temporary view under one name for all threads.
load "$data/h1.csv" --into t1 --strategy scd2 --keys a,b & load "$data/u1.csv" --into t2 --strategy scd2 --keys k & wait
ok "two histories at once do not meet" equal "$(sql "select (select count(*) from t1), (select count(*) from t2)")" "4|2"

# ---- runs -------------------------------------------------------------------------------------

# Applying the configuration again reset the state; ids differed in every process.
before=$(sql "select string_agg(f::text, ',' order by file) from lakeport.file f join lakeport.task using (task) where target_table = 'days'")
load "$data/days" --into days --strategy scd2 --keys k --on-bad-row skip --attempts 9
ok "other settings keep what is known" equal "$status $(sql "select string_agg(f::text, ',' order by file) from lakeport.file f join lakeport.task using (task) where target_table = 'days'")" "0 $before"
ok "one task a table" equal "$(sql "select count(*) from lakeport.task where target_table = 'days'")" 1
# A loader that died held its files for two hours, and its lock until somebody removed the file.
sql "update lakeport.file set status = 'running', loaded_at = null, run = (select max(run) from lakeport.run), lease_until = now() + interval '2 hours'
	where path like '%/old.csv'; delete from old"
load "$data/old.csv" --into old --json
ok "what a dead loader held is loaded at once" equal "$status $(metric files) $(sql "select count(*) from old")" "0 1 1"
# Two loaders on one table loaded a file twice, or one of them failed.
for i in 1 2 3 4; do
	"$lakeport" migrate load -q -d "$dsn" "$data/days" --into together >/dev/null 2>>"$work/together" & pids[i]=$!
done
bad=0
for i in 1 2 3 4; do wait "${pids[i]}" || bad=1; done
ok "four loaders at once, none fails" equal "$bad" 0
ok "and every file is loaded once" equal "$(sql "select count(*), count(distinct v) from together") $(sql "select max(version) from lakeport.file join lakeport.task using (task) where target_table = 'together'")" "5|5 1"
# State could not be joined with the data; there were no counts of a file in one place.
ok "the ledger's counts are the table's" equal "$(sql "select sum(rows) = (select count(*) from together) from lakeport.file join lakeport.task using (task) where target_table = 'together'")" t

# ---- connections and commits ------------------------------------------------------------------

# There was no back-off anywhere: one more pass at once, over everything that had failed.
sql "create sequence tries; create table busy (id int)"
sql "create function busy() returns trigger language plpgsql as 'begin if nextval(''tries'') <= 2 then raise exception ''try later'' using errcode = ''40001''; end if; return null; end'"
sql "create trigger busy before insert on busy for each statement execute function busy()"
file busy.csv 'id\n1\n2\n'
load "$data/busy.csv" --into busy --retry-wait 100ms
ok "what can heal is tried again" equal "$status $(sql "select count(*) from busy") $(sql "select last_value from tries")" "0 2 3"
ok "after pauses that grow" equal "$(grep -o 'attempt [0-9]* follows' "$work/err" | tr '\n' ' ')$(sed -n 's/.*follows in \([0-9.]*\) s/\1/p' "$work/err" | awk '{ if ($1 < 0.04 * NR || $1 > 0.16 * NR) bad = 1 } END { print bad + 0 }')" \
	"attempt 2 follows attempt 3 follows 0"
sql "create or replace function busy() returns trigger language plpgsql as 'begin perform nextval(''tries''); raise exception ''never'' using errcode = ''22012''; end'"
file busy2.csv 'id\n3\n'
load "$data/busy2.csv" --into busy
ok "what cannot is not" equal "$status $(sql "select last_value from tries") $(ledger busy2.csv "sqlstate, attempts")" "1 4 22012|1"

# A connection that dies in mid-load.
sql "create sequence deaths; create table dying (id int)"
sql "create function die() returns trigger language plpgsql as 'begin if nextval(''deaths'') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if; return null; end'"
sql "create trigger die after insert on dying for each statement execute function die()"
load "$data/busy.csv" --into dying --retry-wait 10ms
ok "a connection that dies is made again" equal "$status $(sql "select count(*) from dying") $(sql "select max(version) from lakeport.file join lakeport.task using (task) where target_table = 'dying'")" "0 2 1"

# The answer to a commit was lost, and the rows went in once more.
mkfifo "$work/orders" && exec 8<>"$work/orders"
"$faultproxy" --to "$(sql "select split_part(current_setting('unix_socket_directories'), ',', 1) || '/.s.PGSQL.' || current_setting('port')")" \
	<"$work/orders" >"$work/proxy" 9<&- 8<&- &
at_end+=("kill $!")
for _ in $(seq 100); do grep -q ready "$work/proxy" && break; sleep 0.05; done
sql "create table answer (id int)"
sql "create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(1); return null; end'"
sql "create constraint trigger slow after insert on answer deferrable initially deferred for each row when (new.id = 1) execute function slow()"
"$lakeport" migrate load -d "host=127.0.0.1 port=$(sed -n 's/^ready port=//p' "$work/proxy") dbname=$(basename "$dsn") user=postgres sslmode=disable" \
	"$data/busy.csv" --into answer --json >"$work/out" 2>"$work/err" </dev/null &
pid=$!
for _ in $(seq 200); do # it sleeps in its commit: now the network goes
	[ "$(sql "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()")" = 0 ] || break
	sleep 0.02
done
echo reset >"$work/orders"
wait $pid
status=$?
ok "the answer to a commit is lost: the rows are there once" equal "$(sql "select count(*) from answer") $(ledger busy.csv "distinct version")" "2 1"
ok "and the load knows that they are" equal "$status $(metric files) $(metric rows)" "0 1 2"
ok "and that the run has ended" equal "$(sql "select outcome from lakeport.run order by run desc limit 1")" done
done_testing
