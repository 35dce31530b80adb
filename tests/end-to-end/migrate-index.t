#!/bin/bash
# migrate load into an empty table with indexes: the plain ones are built after the data; what dies
# on the way, who may not, and who is at the table meanwhile change nothing of that they come back.
. "$(dirname "$0")/tap.sh"
server
data=$work/data
mkdir "$data"
awk 'BEGIN {print "id,v,w"; for (i = 1; i <= 180000; i++) printf "%d,value %d of many that make the file large enough to be worth it,%d\n", i, i * 7919 % 1000003, i % 1000}' >"$data/a.csv"
awk 'BEGIN {print "id,v,w"; for (i = 1; i <= 90000; i++) printf "%d,value %d of many that make the file large enough to be worth it,%d\n", i + 200000, i * 7919 % 1000003, i % 1000}' >"$data/b.csv"
awk 'BEGIN {print "id,v,w"; for (i = 1; i <= 90000; i++) printf "%d,value %d of many that make the file large enough to be worth it,%d\n", i + 400000, i * 7919 % 1000003, i % 1000}' >"$data/c.csv"
load() { lakeport migrate load -d "$dsn" "$data/a.csv" "$data/b.csv" "$data/c.csv" "$@"; }
table() { # NAME: with a key, two plain indexes, one with a comment
	sql "create table $1 (id int primary key, v text, w int)"
	sql "create index $1_v on $1 (v)"
	sql "create index $1_w on $1 (w desc) where w > 5"
	sql "create index $1_said on $1 (w)"
	sql "comment on index $1_said is 'stays'"
}
indexes() { sql "select string_agg(indexrelid::regclass::text, ' ' order by indexrelid::regclass::text) from pg_index where indrelid = '$1'::regclass and indisvalid"; }
oids() { sql "select string_agg(indexrelid::text, ' ') from pg_index where indrelid = '$1'::regclass and indexrelid::regclass::text in ('$1_v', '$1_w')"; }
definitions() { sql "select string_agg(indexdef, ';' order by indexname) from pg_indexes where tablename = '$1'"; }
pending() { sql "select count(*) from lakeport.task where pending_indexes <> '{}'"; }
begin_load() { # TABLE: in the background, until rows are on their way
	"$lakeport" migrate load -q -d "$dsn" "$data/a.csv" "$data/b.csv" "$data/c.csv" --into "$1" -j 1 >/dev/null 2>&1 &
	pid=$!
	until [ "$(sql "select count(*) from pg_stat_activity where query like 'copy %' and datname = current_database()")" -gt 0 ]; do
		kill -0 $pid || break
	done
}

table plain
before=$(definitions plain)
built=$(oids plain)
begin_load plain
ok "while rows come the key and what has a comment are there" equal "$(indexes plain)" "plain_pkey plain_said"
lakeport migrate status -d "$dsn"
ok "status: a load is at it, that is no trouble" absent -q "index to be built" "$work/out"
wait $pid
ok "afterwards all are, as they were" equal "$? $(definitions plain)" "0 $before"
ok "and valid" equal "$(indexes plain)" "plain_pkey plain_said plain_v plain_w"
ok "built anew" [ "$built" != "$(oids plain)" ]
ok "nothing waits" equal "$(pending)" 0
built=$(oids plain)
lakeport migrate load -d "$dsn" "$data/a.csv" --into plain --strategy overwrite --swap truncate --force
ok "a table with rows keeps its indexes" equal "$status $(oids plain)" "0 $built"

# Killed on the way: what is missing is known, and comes with the next run.
table killed
before=$(definitions killed)
begin_load killed
kill -9 $pid
wait $pid 2>/dev/null
lakeport migrate status -d "$dsn"
ok "after a kill -9: status says so" equal "$status $(grep -c 'index to be built by the next load of public.killed: create index' "$work/out")" "1 2"
lakeport migrate status -d "$dsn" --json
ok "in JSON, too" equal "$(/usr/bin/python3 -c "import json; print(len(json.load(open('$work/out'))['indexes']))")" 2
sql "create index killed_v on killed (v)" # somebody mends it by hand
load --into killed
ok "the next run: done" equal "$status $(sql "select count(*) from killed")" "0 360000"
ok "all indexes are there, as they were" equal "$(definitions killed)" "$before"
lakeport migrate status -d "$dsn"
ok "status: nothing is missing" equal "$status" 0
# Killed behind the last row: the next run has no file to load, and builds them.
sql "drop index killed_w; update lakeport.task set pending_indexes = array['create index if not exists killed_w on public.killed using btree (w desc) where (w > 5)'] where target_table = 'killed'"
load --into killed
ok "a run without files builds them" equal "$status $(definitions killed)" "0 $before"

# Who is not the owner loads with the indexes on.
table other
sql "create role index_loader_$$ login; grant select, insert on other to index_loader_$$; grant usage on schema lakeport to index_loader_$$; grant all on all tables in schema lakeport to index_loader_$$"
at_end+=("psql -Xq -d '$dsn' -c 'drop owned by index_loader_$$; drop role index_loader_$$'")
built=$(oids other)
lakeport migrate load -d "${dsn/postgres@/index_loader_$$@}" "$data/a.csv" "$data/b.csv" --into other
ok "not the owner: loaded, the indexes stay" equal "$status $(oids other)" "0 $built"

# Somebody reads the empty table: nobody waits for that.
table read
built=$(oids read)
psql -Xq -d "$dsn" -c "begin; select count(*) from read; select pg_sleep(60)" >/dev/null 2>&1 &
reader=$!
until [ "$(sql "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()")" = 1 ]; do sleep 0.02; done
lakeport migrate load -d "$dsn" "$data/a.csv" "$data/b.csv" --into read --lock-timeout 5s
ok "beside a reader: loaded, the indexes stay" equal "$status $(oids read) $(sql "select count(*) from read")" "0 $built 270000"
sql "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()" >/dev/null
wait $reader 2>/dev/null
done_testing
