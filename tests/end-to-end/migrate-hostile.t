#!/bin/bash
# What people have lying around: files that are not what their names say, odd names, folders with
# pipes and dead links, encodings, targets of every kind, rights that are missing. Each is loaded as
# it should be, or one line says why not and what to do.
. "$(dirname "$0")/tap.sh"
server
data=$work/data
mkdir "$data"
load() { lakeport migrate load -d "$dsn" "$@"; }
said() { tr -s ' \n' ' ' <"$work/out" | grep -qF -- "$1" || { echo "not on stdout: $1"; return 1; }; }
hint() { grep '^hint: ' "$work/err" | grep -qF -- "$1" || { echo "no such hint: $1"; return 1; }; }
printf 'id,v\n1,a\n2,b\n' >"$data/two.csv"

# ---- files that are not what their names say --------------------------------------------------
printf 'PAR1............' >"$data/p.csv"
fails 2 "Parquet, named CSV" "looks like Parquet" migrate load -d "$dsn" "$data/p.csv" --into named
printf '[{"a":1},\n {"a":2}]' >"$data/j.csv"
fails 2 "JSON, named CSV" "looks like JSON" migrate load -d "$dsn" "$data/j.csv" --into named
load "$data/j.csv" --into named --format json
ok "JSON, named CSV: as JSON when asked" equal "$status $(sql "select sum(a) from named")" "0 3"
printf '{a,b\n1,2\n' >"$data/brace.csv"
load "$data/brace.csv" --into brace
ok "a CSV that begins with a brace" equal "$status $(sql "select * from brace")" "0 1|2"

# A data frame's index has no name.
printf ',id,name\n0,7,Ann\n1,8,Bob\n' >"$data/frame.csv"
load "$data/frame.csv" --into frame
ok "a column without a name is no reason to take the names for data" equal "$status $(sql "select column1, id, name from frame order by id")" "0 0|7|Ann
1|8|Bob"

# Encodings.
printf 'id,v\n1,\xe9\n' >"$data/latin.csv"
load "$data/latin.csv" --into latin
ok "not UTF-8: what to do" said "--encoding, for example WINDOWS-1252"
for name in latin1 WIN1252 WINDOWS-1252; do load "$data/latin.csv" --into "latin_${name//-/_}" --encoding $name; done
ok "not UTF-8: by its names" equal "$status $(sql 'select v from "latin_latin1" union all select v from "latin_WIN1252" union all select v from "latin_WINDOWS_1252"' | tr '\n' ' ')" "0 é é é "
printf 'id,v\n1,a\n' | iconv -t UTF-16LE >"$data/wide.csv"
fails 2 "UTF-16 without a mark" "is not UTF-8" migrate load -d "$dsn" "$data/wide.csv" --into wide
sql "create table there (id int, v text)"
fails 2 "no such encoding" "there is no encoding 'CP9'" migrate load -d "$dsn" "$data/latin.csv" --into there --encoding CP9
fails 2 "no such time zone" "there is no time zone 'Nowhere'" migrate load -d "$dsn" "$data/latin.csv" --into there --time-zone Nowhere
ok "neither counts as a failure of the file" equal "$(sql "select count(*) from lakeport.file join lakeport.task using (task) where target_table = 'there'")" 0

# ---- folders ----------------------------------------------------------------------------------
mkdir -p "$data/f[1]{x}" && cp "$data/two.csv" "$data/f[1]{x}/"
load "$data/f[1]{x}" --into brackets
ok "a folder whose name looks like a pattern" equal "$status $(sql "select count(*) from brackets")" "0 2"
mkdir "$data/mixed" "$data/mixed/folder.csv" && cp "$data/two.csv" "$data/mixed/" && mkfifo "$data/mixed/pipe.csv" && ln -s /nowhere "$data/mixed/link.csv"
load "$data/mixed" --into mixed
ok "pipes and dead links stop no file" equal "$status $(sql "select count(*) from mixed")" "0 2"
ok "they are named" equal "$(grep -c 'is left out' "$work/err")" 2
load "$data/mixed/*.csv" --into mixed2
ok "by a pattern, too" equal "$status $(sql "select count(*) from mixed2")" "0 2"
printf 'tables:\n- table: watched\n  files: ["%s/mixed/*.csv"]\n' "$data" >"$work/load.yaml"
lakeport migrate watch -d "$dsn" --config "$work/load.yaml" --settle 100ms --interval 100ms --until-idle 1s
ok "and they do not stop a watch" equal "$status $(sql "select count(*) from watched")" "0 2"
fails 2 "a pipe" "is not a file" migrate load -d "$dsn" "$data/mixed/pipe.csv" --into x
ok "a pipe: what to do" hint "save the stream to one first"
fails 2 "standard input" "'-' is not a file" migrate load -d "$dsn" - --into x
mkdir "$data/dead" && ln -s /nowhere "$data/dead/x"
load "$data/dead" --into x
ok "a folder of nothing but a dead link" equal "$status $(grep -c 'holds no files' "$work/err")" "2 1"

# ---- settings that cannot be meant ------------------------------------------------------------
fails 2 "a quote that does not end" "is not schema.table" migrate load -d "$dsn" "$data/two.csv" --into '"s.t'
fails 2 "a name that Postgres would cut" "63 bytes are the limit" migrate load -d "$dsn" "$data/two.csv" --into "$(printf 'x%.0s' $(seq 64))"
fails 2 "a key twice" "the key 'id' is there twice" migrate load -d "$dsn" "$data/two.csv" --into keyed --strategy merge --keys id,id
fails 2 "more than all rows" "neither a count nor a share" migrate load -d "$dsn" "$data/two.csv" --into keyed --bad-row-limit 101%
for schema in pg_catalog information_schema pg_temp; do
	fails 2 "the server's schema $schema" "belongs to the server" migrate load -d "$dsn" "$data/two.csv" --into $schema.x
done
fails 2 "the ledger's schema" "holds the ledger" migrate load -d "$dsn" "$data/two.csv" --into lakeport.file
ok "no table of it was made" equal "$(sql "select to_regclass('keyed') is null")" t
load "$data/two.csv" --into marked --strategy merge --keys id --delete-marker nosuch=1
ok "a delete marker that the file has not: it fails" equal "$status $(sql "select count(*) from marked")" "1 0"
ok "and says so" said "it is what the delete marker looks at"
fails 2 "status of a table that is not known" "the ledger knows no table 'public.nosuch'" migrate status -d "$dsn" --into nosuch
fails 2 "retry of a table that is not known" "the ledger knows no table 'public.nosuch'" migrate retry -d "$dsn" --into nosuch

# Columns that nothing takes are named, in every format; a column that could be two is one.
sql "create table narrow (id int); create table cases (\"ID\" int, \"Id\" int, v text)"
printf '{"id":1,"more":1}\n{"id":2,"more":1,"it'"'"'s":[1]}\n' >"$data/more.json"
load "$data/two.csv" --into narrow
ok "CSV: a column that the table has not is named" said "files have 'v', which the table does not take [COLUMNS-LEFT-OUT]"
load "$data/more.json" --into narrow
ok "JSON: keys that the table has not are named" said "files have 'more', 'it's', which"
load "$data/two.csv" --into cases
ok "a name that could be two columns is none" said "files have 'id', which the table does not take"
load "$data/two.csv" --into brackets
ok "else nothing is said" absent -q LEFT-OUT "$work/out"

# ---- targets of every kind --------------------------------------------------------------------
sql "create view view as select 1 id, 'x'::text v; create materialized view mview as select 1 id; create sequence seq"
for kind in view mview seq; do
	fails 2 "a $kind" "is not a table" migrate load -d "$dsn" "$data/two.csv" --into $kind
done
sql "create table part (id int primary key, v text) partition by range (id);
	create table part1 partition of part for values from (0) to (2); create table part2 partition of part for values from (2) to (9);
	insert into part values (2, 'old')"
for strategy in merge scd1; do
	printf 'id,v\n1,a\n2,%s\n' $strategy >"$data/$strategy.csv"
	load "$data/$strategy.csv" --into part --strategy $strategy --keys id --json
	ok "$strategy into a partitioned table" equal "$status $(sql "select * from part order by id" | tr '\n' ' ')" "0 1|a 2|$strategy "
done
printf 'id,v,gone\n1,,x\n2,last,\n' >"$data/gone.csv"
load "$data/gone.csv" --into part --strategy merge --keys id --delete-marker gone=x
ok "merge with deletes into a partitioned table" equal "$status $(sql "select * from part")" "0 2|last"
printf 'id,v\n3,c\n10,none\n' >"$data/outside.csv"
load "$data/outside.csv" --into part --on-bad-row quarantine
ok "a row without a partition is a bad row" equal "$status $(sql "select count(*) from part") $(sql "select reason from part_quarantine")" "1 2 refused"
sql "create table made (id int, v text, w text generated always as (v || '!') stored, n int generated always as identity)"
load "$data/two.csv" --into made
ok "generated and identity columns" equal "$status $(sql "select * from made order by id" | tr '\n' ' ')" "0 1|a|a!|1 2|b|b!|2 "

# Rows that triggers, views of the table's own types, or the size of a page turn away; and a table
# that turns everything away, for which no row is to blame.
sql "create extension if not exists hstore"
sql "create table picky (id int, v text, h hstore, e text);
	create function picky() returns trigger language plpgsql as \$\$ begin if new.v = 'no' then raise exception 'not this one'; end if; return new; end \$\$;
	create trigger p before insert on picky for each row execute function picky();
	create table never (id int, v text); create function never() returns trigger language plpgsql as \$\$ begin raise exception 'never'; end \$\$;
	create trigger n before insert on never for each statement execute function never()"
printf 'id,v,h\n1,yes,a=>1\n2,no,\n3,yes,bad\n4,yes,\n' >"$data/picky.csv"
load "$data/picky.csv" --into picky --on-bad-row quarantine --json
ok "what a trigger or an extension's type refuses is a bad row" equal "$status $(metric rows) $(sql "select string_agg(line::text, ' ' order by line) from picky_quarantine")" "1 2 3 4"
load "$data/two.csv" --into never --on-bad-row quarantine --json
ok "a table that refuses all: no row is to blame" equal "$status $(metric rows_rejected) $(sql "select count(*) from never_quarantine")" "1 0 0"
ok "a table that refuses all: why" equal "$(sql "select error from lakeport.file join lakeport.task using (task) where target_table = 'never'")" "never (SQLSTATE P0001)"
sql "create table limited (id int, b bit(3), a varchar(2)[], bv bit varying(2))"
printf 'id,b,a,bv\n1,101,"{ab,c}",11\n2,10101,,\n3,,"{abc}",\n4,1,,\n5,,,111\n' >"$data/limited.csv"
load "$data/limited.csv" --into limited --on-bad-row quarantine
ok "what is too wide for types that are cast is not cut" equal "$status $(sql "select * from limited") $(sql "select string_agg(line::text, ' ' order by line) from limited_quarantine")" "1 1|101|{ab,c}|11 3 4 5 6"

# Policies, and rights that are missing.
sql "create role hostile_$$ login password 'x'; create table guarded (id int, v text); alter table guarded enable row level security;
	create policy p on guarded using (true) with check (id < 2);
	grant usage on schema lakeport to hostile_$$; grant all on all tables in schema lakeport to hostile_$$; grant all on all sequences in schema lakeport to hostile_$$;
	grant select, insert on guarded to hostile_$$"
at_end+=("psql -Xq -d '$dsn' -c 'drop owned by hostile_$$; drop role hostile_$$'")
case $dsn in *\?*) other="$dsn&user=hostile_$$&password=x" ;; *) other="$dsn?user=hostile_$$&password=x" ;; esac
printf 'id,v\n0,zero\n1,one\n' >"$data/allowed.csv"
lakeport migrate load -d "$other" "$data/allowed.csv" --into guarded
ok "a table with policies" equal "$status $(sql "select count(*) from guarded")" "0 2"
lakeport migrate load -d "$other" "$data/two.csv" --into guarded
ok "a row against a policy fails the file" equal "$status $(sql "select count(*) from guarded")" "1 2"
ok "a row against a policy: said" said "row-level security"
fails 4 "no right to make a table" "permission denied for schema" migrate load -d "$other" "$data/two.csv" --into fresh
ok "no right to make a table: what to do" hint "grant the right"
sql "alter role hostile_$$ set default_transaction_read_only = on"
fails 4 "a session that only reads" "read-only transaction" migrate load -d "$other" "$data/two.csv" --into guarded
ok "a session that only reads: what to do" hint "connect to the primary"
done_testing
