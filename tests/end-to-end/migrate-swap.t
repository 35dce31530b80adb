#!/bin/bash
# migrate load --strategy overwrite --swap: a new table takes the place of the old one with all that
# belongs to it; what hangs on a table keeps it; readers wait for a moment; refused rows, two
# loaders, a table that changes meanwhile; nothing is left over.
. "$(dirname "$0")/tap.sh"
server
data=$work/data
mkdir "$data"
file() { printf "$2" >"$data/$1"; } # NAME TEXT (with \n)
load() { lakeport migrate load -d "$dsn" --strategy overwrite "$@"; }
oid() { sql "select oid from pg_class where oid = '$1'::regclass"; }
# What a table is: all but its oid and the state of its rows.
shape() {
	pg_dump -d "$dsn" -s -t "$1" | grep -v '^--\|^$\|^\\\(un\)\?restrict'
}
left_over() { equal "$(sql "select count(*) from pg_class where relname like 'lakeport\_swap%'")" 0; }
background() { # SQL in a session of its own, until done
	psql -Xq -d "$dsn" -c "$1" >/dev/null 2>&1 &
	other=$!
	until [ "$(sql "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()")" -gt 0 ]; do sleep 0.02; done
}
file a.csv 'id,v,n\n1,a,1\n2,b,2\n'
file b.csv 'id,v,n\n3,c,3\n4,d,4\n5,e,5\n'

# All that belongs to a table goes with it, under its names.
sql 'create role swap_reader_'$$'; create role swap_owner_'$$
at_end+=("psql -Xq -d '$dsn' -c 'drop owned by swap_reader_$$, swap_owner_$$; drop role swap_reader_$$, swap_owner_$$'")
psql -Xq -d "$dsn" <<END
create schema odd;
create table odd."We ""ird USING t" (gone int, id int not null default 5, v text collate "C" default 'a''b',
	n numeric(10,2) constraint positive check (n > 0), twice int generated always as (id * 2) stored,
	constraint "the key" primary key (id, v)) with (fillfactor = 70);
alter table odd."We ""ird USING t" drop column gone;
create index "i USING x" on odd."We ""ird USING t" (lower(v), n desc) where n > 3;
create unique index on odd."We ""ird USING t" (n) include (v) with (fillfactor = 60);
alter table odd."We ""ird USING t" add constraint later unique (n, id) deferrable initially deferred,
	add constraint apart exclude using gist (int4range(id, id + 1) with &&),
	alter v set statistics 500, alter v set (n_distinct = 5), alter v set storage external,
	cluster on later;
comment on table odd."We ""ird USING t" is 'the table''s';
comment on column odd."We ""ird USING t".v is 'a column';
comment on index odd.later is 'an index';
comment on constraint later on odd."We ""ird USING t" is 'a constraint';
comment on constraint positive on odd."We ""ird USING t" is 'a check';
grant usage, create on schema odd to swap_owner_$$;
alter table odd."We ""ird USING t" owner to swap_owner_$$;
grant select on odd."We ""ird USING t" to public;
grant insert, update (v) on odd."We ""ird USING t" to swap_reader_$$ with grant option;
alter default privileges in schema odd grant all on tables to public;
END
weird='odd."We ""ird USING t"'
before=$(oid "$weird")
shape 'odd.*' >"$work/before"
load "$data/a.csv" "$data/b.csv" --into 'odd."We ""ird USING t"' --swap rename
ok "rename: done" equal "$status $(sql "select count(*), sum(twice) from $weird")" "0 5|30"
ok "it is another table" [ "$before" != "$(oid "$weird")" ]
shape 'odd.*' >"$work/after"
ok "in nothing different" diff "$work/before" "$work/after"
ok "the dump has it all" [ "$(grep -c 'the key\|later\|apart\|n_distinct\|CLUSTER\|COMMENT\|GRANT' "$work/after")" -ge 13 ]
ok "its owner, too" equal "$(sql "select pg_get_userbyid(relowner) from pg_class where oid = '$weird'::regclass")" "swap_owner_$$"
ok "and it has statistics" equal "$(sql "select count(*) from pg_stats where schemaname = 'odd' and attname = 'id'") $(sql "select reltuples from pg_class where oid = '$weird'::regclass")" "1 5"
load "$data/a.csv" --into 'odd."We ""ird USING t"'
ok "again, by itself" equal "$status $(sql "select string_agg(v, '' order by id) from $weird")" "0 ab"
shape 'odd.*' >"$work/after"
ok "still not different" diff "$work/before" "$work/after"
ok "which is said" warns "a new table took its place"

# What hangs on a table keeps it: the rows are replaced in place.
stays() { # WHAT SQL-WITH-%T [WHY]
	local before
	sql "drop table if exists hung cascade; create table hung (id int primary key, v text, n int); insert into hung values (9, 'z', 9)" 2>/dev/null
	sql "$2" 2>/dev/null
	before=$(oid hung)
	printf 'id,v,n\n1,a,1\n2,%s,2\n' "$RANDOM" >"$data/hung.csv"
	load "$data/hung.csv" --into hung --force
	ok "$1: it stays" equal "$status $(oid hung) $(sql "select count(*) from hung")" "0 $before 2"
	ok "$1: and why is said" warns "in place (${3:-$1}"
}
stays "view hv" "create view hv as select id from hung"
ok "the view sees the rows" equal "$(sql "select sum(id) from hv")" 3
stays "materialized view hm" "create materialized view hm as select v from hung"
stays "rule nothing on table hung" "create rule nothing as on delete to hung do instead nothing"
stays "trigger tr on table hung" "create or replace function same() returns trigger language plpgsql as 'begin return new; end'; create trigger tr before insert on hung for each row execute function same()"
stays "foreign key out" "create table outer_key (id int primary key); insert into outer_key values (1), (2), (9); alter table hung add constraint out_fk foreign key (id) references outer_key" "constraint out_fk on table hung"
stays "policy p on table hung" "create policy p on hung using (true)"
stays "row-level security" "alter table hung enable row level security"
stays "publication everything" "create publication everything for all tables"
sql "drop publication everything"
stays "publication of hung" "create publication one for table hung" "publication one, "
sql "drop publication one"
stays "statistics object hs" "create statistics hs on id, v from hung"
stays "sequence of an identity" "alter table hung alter n set not null, alter n add generated by default as identity" "sequence hung_n_seq"
stays "a child" "create table hung_child () inherits (hung)" "table hung_child"
stays "a parent" "create table hung_parent (id int); alter table hung drop constraint hung_pkey, alter id drop not null; alter table hung inherit hung_parent" "it is a partition or inherits"
stays "a column of its row type" "create table other_column (h hung)" "column h of table other_column"
sql "drop table other_column"
stays "a function over it" "create function hf() returns bigint begin atomic select count(*) from hung; end" "function hf()"
sql "drop function hf cascade"
stays "replica identity" "alter table hung replica identity full" "not all of it can be carried over (relreplident)"
sql "drop table hung cascade; create table hung (id int, v text, n int) partition by range (id); create table hung_1 partition of hung default"
before=$(oid hung)
load "$data/a.csv" --into hung --force
ok "a partitioned table stays" equal "$status $(oid hung) $(sql "select count(*) from hung_1")" "0 $before 2"
sql "create table seen (id int, v text, n int); create view seen_v as select * from seen; insert into seen values (9, 'z', 9)"
fails 2 "rename where a view hangs" "'public.seen' cannot be replaced by a new table: view seen_v" \
	migrate load -d "$dsn" "$data/a.csv" --into seen --strategy overwrite --swap rename
fails 2 "a swap for another strategy" "strategy 'append' swaps nothing" migrate load -d "$dsn" "$data/a.csv" --into seen --swap rename

# Referred to by foreign keys: by DELETE, and readers do not wait.
sql "create table kept (id int primary key, v text, n int); insert into kept values (1, 'x', 1), (9, 'z', 9); create table refers (id int references kept deferrable initially deferred); insert into refers values (1)"
background "begin; select count(*) from kept; select pg_sleep(3); commit"
begun=$SECONDS
load "$data/a.csv" --into kept
ok "rows that others refer to: beside a long reader" equal "$status $((SECONDS - begun < 3)) $(sql "select count(*) from kept")" "0 1 2"
kill $other
wait $other 2>/dev/null
before=$(oid kept)
load "$data/b.csv" "$data/a.csv" --into kept --swap delete
ok "by delete: it stays" equal "$status $(oid kept) $(sql "select count(*) from kept")" "0 $before 5"
ok "readers were not locked out" warns "locked out for 0 ms"
sql "create table short (id int, v text, n int)"
before=$(oid short)
load "$data/a.csv" --into short --swap truncate
ok "by truncate: it stays" equal "$status $(oid short) $(sql "select count(*) from short")" "0 $before 2"

# Who may not make tables there, or does not own the table.
sql "create table owned (id int, v text, n int); alter table owned owner to swap_owner_$$; insert into owned values (7, 'q', 7)"
sql "create role swap_loader_$$ login; grant all on owned to swap_loader_$$; grant create on database $(basename "$dsn") to swap_loader_$$; grant usage on schema lakeport to swap_loader_$$; grant all on all tables in schema lakeport to swap_loader_$$"
at_end+=("psql -Xq -d '$dsn' -c 'drop owned by swap_loader_$$; drop role swap_loader_$$'")
lakeport migrate load -d "${dsn/postgres@/swap_loader_$$@}" "$data/a.csv" --into owned --strategy overwrite
ok "not the owner: in place" equal "$status $(sql "select count(*) from owned")" "0 2"
ok "which is said" warns "it belongs to swap_owner_$$"

# A long reader: the swap asks again and again, others get through meanwhile.
sql "create table busy (id int, v text, n int); insert into busy values (7, 'q', 7)"
background "begin; select count(*) from busy; select pg_sleep(30); commit"
load "$data/a.csv" --into busy --lock-timeout 700ms
ok "a reader that does not end: the load fails" equal "$status $(sql "select count(*) from busy")" "1 1"
ok "who has the lock is said" warns "could not be locked within 0.7 s: process"
"$lakeport" migrate load -q -d "$dsn" "$data/a.csv" --into busy --strategy overwrite --lock-timeout 20s >/dev/null 2>&1 &
pid=$!
longest=0
for _ in $(seq 12); do
	begun=$(date +%s%N)
	sql "select count(*) from busy" >/dev/null
	took=$((($(date +%s%N) - begun) / 1000000))
	[ $took -gt $longest ] && longest=$took
	sleep 0.05
done
echo "# the longest wait beside a long reader: $longest ms"
ok "others wait no longer than one try" between "$longest" 0 2500
kill $other
sql "select pg_terminate_backend(pid) from pg_stat_activity where query like 'begin; select count(*) from busy%' and pid <> pg_backend_pid()" >/dev/null
wait $pid
ok "and when it ends, the load does" equal "$? $(sql "select count(*) from busy")" "0 2"
wait $other 2>/dev/null

# Readers beside many swaps: always all of one or all of the other, never an error.
awk 'BEGIN {print "id,v,n"; for (i = 1; i <= 20000; i++) print i ",x" i "," i}' >"$data/many1.csv"
awk 'BEGIN {print "id,v,n"; for (i = 1; i <= 30000; i++) print i ",y" i "," i}' >"$data/many2.csv"
load "$data/many1.csv" --into many --schema "id int, v text, n int"
sql "create index on many (v)"
(for _ in 1 2 3; do
	"$lakeport" migrate load -q -d "$dsn" "$data/many2.csv" --into many --strategy overwrite --force
	"$lakeport" migrate load -q -d "$dsn" "$data/many1.csv" --into many --strategy overwrite --force
done) >/dev/null 2>&1 &
pid=$!
echo "select count(*), count(distinct left(v, 1)) from many" >"$work/read.sql"
while kill -0 $pid 2>/dev/null; do psql -XAt -d "$dsn" -f "$work/read.sql" 2>&1; done >"$work/reads"
wait $pid
ok "readers see one or the other" equal "$(sort -u "$work/reads" | tr '\n' ' ')" "20000|1 30000|1 "
# A statement that was prepared before finds the new table.
ok "prepared statements go on" equal "$(psql -XAtq -d "$dsn" -c "prepare q as select count(*) from many" -c "execute q" \
	-c "\\! $lakeport migrate load -q -d '$dsn' '$data/many2.csv' --into many --strategy overwrite --force >/dev/null 2>&1" -c "execute q" | tr '\n' ' ')" "20000 30000 "

# Two loaders at once: one after the other, and both are whole.
"$lakeport" migrate load -q -d "$dsn" "$data/many1.csv" --into many --strategy overwrite --force >/dev/null 2>&1 &
pid=$!
load "$data/many2.csv" --into many --force
first=$status
wait $pid
ok "two loaders at once" equal "$first $? $(sql "select count(*) in (20000, 30000) and count(distinct left(v, 1)) = 1 from many")" "0 0 t"
ok "the ledger knows which" equal "$(sql "select count(*) from many")" "$(sql "select rows from lakeport.file join lakeport.task using (task) where target_table = 'many' and loaded_at is not null")"

# A row that the server refuses, and one that an index refuses.
sql "create table strict (id int primary key, v text, n int check (n > 0))"
file strict.csv 'id,v,n\n1,a,1\n2,b,-2\n3,c,3\n'
load "$data/strict.csv" --into strict --on-bad-row quarantine
ok "refused rows go aside" equal "$status $(sql "select string_agg(id::text, ',' order by id) from strict") $(sql "select count(*), min(message) from strict_quarantine")" '1 1,3 1|new row for relation "strict" violates check constraint "strict_n_check" (SQLSTATE 23514)'
file twice.csv 'id,v,n\n1,a,1\n1,b,2\n'
load "$data/twice.csv" --into strict
ok "a key twice: the table is as it was" equal "$status $(sql "select string_agg(id::text, ',' order by id) from strict")" "1 1,3"
ok "which index is said" warns 'could not create unique index "strict_pkey"'


# A view that comes while the new table is filled: found under the lock, the rows go in place.
sql "create table late (id int, v text, n int); insert into late values (7, 'q', 7)"
background "begin; select count(*) from late; select pg_sleep(60); commit"
before=$(oid late)
"$lakeport" migrate load -d "$dsn" "$data/a.csv" --into late --strategy overwrite --lock-timeout 30s >"$work/out" 2>"$work/err" &
pid=$!
until [ "$(sql "select count(*) from pg_stat_activity where query like '%access exclusive mode%' and datname = current_database() and pid <> pg_backend_pid()")" -gt 0 ]; do sleep 0.02; done
sql "create view late_v as select * from late"
sql "select pg_terminate_backend(pid) from pg_stat_activity where query like 'begin; select count(*) from late%' and pid <> pg_backend_pid()" >/dev/null
wait $pid
ok "a view that comes meanwhile sees the new rows" equal "$? $(oid late) $(sql "select count(*) from late_v")" "0 $before 2"
ok "and that is said" warns "in place (view late_v)"
wait $other 2>/dev/null

# Drift goes with it; a killed loader leaves the old table and nothing else.
file wide.csv 'id,v,n,extra\n1,a,1,x\n'
load "$data/wide.csv" --into short --drift add-columns
ok "drift" equal "$status $(sql "select extra from short")" "0 x"
"$lakeport" migrate load -q -d "$dsn" "$data/many1.csv" --into busy --strategy overwrite >/dev/null 2>&1 &
pid=$!
until [ "$(sql "select count(*) from pg_stat_activity where (query like 'insert into %lakeport_swap%' or query like 'copy pg_temp%') and pid <> pg_backend_pid() and datname = current_database()")" -gt 0 ]; do kill -0 $pid || break; done 2>/dev/null
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
load "$data/many1.csv" --into busy
ok "after a kill -9 the next run does it" equal "$status $(sql "select count(*) from busy")" "0 20000"

# A table of a configuration that reads another one.
cat >"$work/load.yaml" <<END
tables:
  - {table: base, files: ["$data/many1.csv"], audit_columns: true}
  - {table: top, from: base, select: [id, v], filter: "id <= 100", strategy: overwrite, swap: SWAP}
END
sql "create table top (id bigint, v text); create index top_v on top (v); insert into top values (0, 'old')"
before=$(oid top)
sed 's/SWAP/rename/' "$work/load.yaml" >"$work/rename.yaml"
lakeport migrate load -d "$dsn" --config "$work/rename.yaml"
ok "from another table, by rename" equal "$status $(sql "select count(*) from top") $([ "$before" = "$(oid top)" ] && echo same)" "0 100 "
ok "with its index" equal "$(sql "select indexname from pg_indexes where tablename = 'top'")" top_v
sed 's/SWAP/nosuch/' "$work/load.yaml" >"$work/bad.yaml"
fails 2 "a swap that is none" "nosuch" migrate config check "$work/bad.yaml"
ok "nothing is left over" left_over
done_testing
