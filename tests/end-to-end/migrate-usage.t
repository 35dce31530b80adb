#!/bin/bash
# Wrong input to the migrate commands: one clear line, exit status 2, 3 or 4, and nothing changed.
. "$(dirname "$0")/tap.sh"
server
data=$work/data
mkdir "$data" "$data/empty"
printf 'id,name\n1,Ann\n' >"$data/a.csv"
printf 'not parquet at all, %s\n' {1..50} >"$data/x.parquet"
sql "create table t (id int, name text); insert into t values (0, 'there')"

# nothing_changed: the table, and no file counted as loaded.
nothing_changed() {
	equal "$(sql "select id, name from t")" "0|there" &&
		equal "$(sql "select count(*) from pg_tables where schemaname = 'lakeport' and tablename = 'file'" | grep -q 1 && sql "select count(*) from lakeport.file where loaded_at is not null" || echo 0)" 0
}
refused() { # STATUS WHAT LINE ARGUMENT...
	fails "$1" "$2" "$3" migrate load -d "$dsn" "${@:4}"
	ok "$2: nothing changed" nothing_changed
}
refused 2 "a missing file" "cannot read '$data/none.csv'" "$data/none.csv" --into t
refused 2 "a folder without files" "the folder '$data/empty' holds no files" "$data/empty" --into t
refused 2 "a pattern without a match" "no file matches '$data/*.json'" "$data/*.json" --into t
refused 2 "no files" "no files are named" --into t
refused 2 "no table" "no table is named" "$data/a.csv"
refused 2 "a name that is none" "'a.b.c' is not schema.table" "$data/a.csv" --into a.b.c
refused 2 "a key that is no column" "nosuch" "$data/a.csv" --into t --strategy merge --keys nosuch
refused 2 "no keys" "needs keys" "$data/a.csv" --into t --strategy merge
refused 2 "an unknown option" "unknown option" "$data/a.csv" --into t --stratgy merge
fails 3 "no server" "connect" migrate load -d "postgresql://127.0.0.1:1/x" "$data/a.csv" --into t
fails 3 "no such database" "does not exist" migrate load -d "${dsn%/*}/nosuch_$$" "$data/a.csv" --into t

lakeport migrate load -d "$dsn" "$data/x.parquet" --into t
ok "a file of another format: status 1 or 2" between "$status" 1 2
ok "is named" warns "x.parquet"
ok "and changed nothing" nothing_changed
lakeport migrate load -d "$dsn" "$data/x.parquet" --into fresh
ok "no table is made of it" equal "$status $(sql "select to_regclass('fresh') is null")" "2 t"

# A configuration: file, line and key.
bad() { # WHAT LINE YAML
	printf '%b' "$3" >"$work/load.yaml"
	for verb in load watch verify; do
		fails 2 "$verb, $1" "$2" migrate $verb -d "$dsn" --config "$work/load.yaml"
	done
	ok "$1: nothing changed" nothing_changed
}
bad "an unknown key" "load.yaml:3:5: unknown key 'stratgy'" "tables:\n  - table: t\n    stratgy: merge\n"
bad "a word that is none" "load.yaml:3:15: not one of the words" "tables:\n  - table: t\n    strategy: upsert\n"
bad "no files" "load.yaml:2: table 'public.t': it has neither 'files' nor 'from'" "tables:\n  - table: t\n"
bad "no tables" "load.yaml:1:1: missing key 'tables'" "jobs: 3\n"
bad "no YAML" "load.yaml:2" "tables:\n\t- x\n"
fails 2 "no such configuration" "nosuch.yaml" migrate load -d "$dsn" --config "$work/nosuch.yaml"
fails 2 "config does what?" "is not what 'migrate config' does" migrate config make
fails 2 "forget without a file" "needs FILE" migrate forget -d "$dsn"

# The DuckDB library, which reads Parquet, is not there.
printf 'PAR1%s\n' {1..9} >"$data/y.parquet"
LAKEPORT_DUCKDB=$work/none.so lakeport migrate load -d "$dsn" "$data/y.parquet" --into p
ok "without the library" between "$status" 2 4
ok "it says how to get it" warns "scripts/setup duckdb"
ok "and makes no table" equal "$(sql "select to_regclass('p') is null")" t

# No privilege: to the table, to make the ledger.
sql "create role reader_$$ login password 'x'; drop schema if exists lakeport cascade" 2>/dev/null
at_end+=("psql -Xq -d '$dsn' -c 'drop owned by reader_$$; drop role reader_$$'")
other="$dsn"
case $dsn in *\?*) other="$dsn&user=reader_$$&password=x" ;; *) other="$dsn?user=reader_$$&password=x" ;; esac
lakeport migrate load -d "$other" "$data/a.csv" --into t
ok "no right to make the ledger" equal "$status" 4
ok "says what is needed" warns "the user needs the right to create the schema 'lakeport'"
lakeport migrate load -d "$dsn" "$data/a.csv" --into seed
sql "grant usage on schema lakeport to reader_$$; grant all on all tables in schema lakeport to reader_$$; grant select on t to reader_$$"
lakeport migrate load -d "$other" "$data/a.csv" --into t
ok "no right to write the table" between "$status" 2 4
ok "names it" warns "public.t"
ok "nothing changed" equal "$(sql "select id, name from t")" "0|there"

# A table that somebody holds.
psql -Xq -d "$dsn" -c "begin; lock table t in access exclusive mode; select pg_sleep(4)" >/dev/null 2>&1 &
sleep 0.4
lakeport migrate load -d "$dsn" "$data/a.csv" --into t --lock-timeout 0.3s --attempts 1
ok "a locked table is given up in time" between "$status" 1 4
ok "and said" warns "lock"
wait
ok "nothing changed" equal "$(sql "select id, name from t")" "0|there"
lakeport migrate load -d "$dsn" "$data/a.csv" --into t --attempts 2
ok "afterwards it is loaded" equal "$status $(sql "select count(*) from t")" "0 2"

# A target that is full: a tablespace of 1 MB would need root; a temp file limit does as well for a
# stage, and a quota by a trigger for the table.
sql "create function full_up() returns trigger language plpgsql as \$\$ begin raise exception 'disk is full' using errcode = '53100'; end \$\$;
	create table small (id int, name text); create trigger f before insert on small for each row execute function full_up()"
lakeport migrate load -d "$dsn" "$data/a.csv" --into small --attempts 2 --retry-wait 10ms
ok "a full target: the file fails" equal "$status" 1
ok "said" warns "disk is full"
ok "counted as failed" equal "$(sql "select status, attempts from lakeport.file f join lakeport.task using (task) where target_table = 'small'")" "dead|2"
done_testing
