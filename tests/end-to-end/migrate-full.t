#!/bin/bash
# Disks that are full: the server's (a tablespace on a small tmpfs), and ours (records, temporary
# files). A clear line, the right status, nothing changed; with room again all rows, each once.
. "$(dirname "$0")/tap.sh"
server
[ "$(id -u)" = 0 ] && mkdir "$work/disk" && mount -t tmpfs -o size=12m tmpfs "$work/disk" 2>/dev/null ||
	skip_all "a full disk needs root, and leave to mount a tmpfs"
at_end+=("umount '$work/disk'")
data=$work/data
mkdir "$data"
load() { lakeport migrate load -d "$dsn" "$@"; }

# ---- the server's disk ------------------------------------------------------------------------
owner=$(sql "select current_setting('data_directory')" | xargs stat -c %U)
chmod 755 "$work" && mkdir "$work/disk/space" && chown "$owner" "$work/disk/space"
sql "create tablespace full_$$ location '$work/disk/space'" || skip_all "no tablespace"
at_end+=("sql 'drop table if exists t, m; drop tablespace full_$$'")
# Pages are written when the table grows, so a copy of 20 MB into 12 MB fails in its midst.
for i in 1 2 3; do awk -v i=$i 'BEGIN {print "id,v"; for (k = 1; k <= 40000; k++) printf "%d,%s%d\n", i * 100000 + k, "some text that makes the row longer and longer and longer still to fill a disk ", k}' >"$data/$i.csv"; done
printf 'id,v\n1,one\n' >"$data/0.csv"
sql "create table t (id int, v text) tablespace full_$$; create table m (id int primary key using index tablespace full_$$, v text) tablespace full_$$"
load "$data/0.csv" --into t
load "$data"/*.csv --into t --attempts 2 --retry-wait 10ms -j 1 --json
ok "full: something to look at" equal "$status" 1
ok "full: named" warns "No space left on device"
ok "full: what to do" grep -q "Check free disk space" "$work/out"
loaded=$(sql "select count(*) from lakeport.file f join lakeport.task using (task) where target_table = 't' and loaded_at is not null")
ok "full: some files are in, one at least is not ($loaded of 4)" between "$loaded" 1 3
ok "full: the rows of those, and no others" equal "$(sql "select count(*) from t")" "$(((loaded - 1) * 40000 + 1))"
lakeport migrate status -d "$dsn" --into t
ok "full: status names the rest" equal "$status $(grep -c 'No space left' "$work/out" | sed 's/[1-9].*/some/')" "1 some"
load "$data"/*.csv --into t --attempts 2
ok "full: files that failed too often are left alone" grep -q "lakeport migrate retry --into public.t" <(tr -s ' \n' ' ' <"$work/out")
sql "alter table t set tablespace pg_default"
lakeport migrate retry -d "$dsn" --into t
load "$data"/*.csv --into t
ok "room again: all is loaded, each row once" equal "$status $(sql "select count(*), count(distinct id) from t")" "0 120001|120001"

load "$data"/[123].csv --into m --strategy merge --keys id --attempts 1 -j 1
first=$(sql "select count(*) from m")
ok "merge, full: something to look at, whole files only" equal "$status $((first % 40000))" "1 0"
load "$data"/[123].csv --into m --strategy overwrite --attempts 1
ok "overwrite, full: the old rows stay" equal "$status $(sql "select count(*) from m")" "1 $first"
sql "alter index m_pkey set tablespace pg_default; alter table m set tablespace pg_default"
lakeport migrate retry -d "$dsn" --into m
load "$data"/[123].csv --into m --strategy overwrite
ok "overwrite, room again: all" equal "$status $(sql "select count(*) from m")" "0 120000"

# ---- our own disk -----------------------------------------------------------------------------
rm -f "$work/disk/ballast"
sql "drop table t, m"
head -c 20000000 /dev/zero >"$work/disk/ballast" 2>/dev/null
sql "create table ours (id int)"
load "$data/0.csv" --into ours --runs "$work/disk/runs"
ok "no room for the record: the rows are in, the record is on stdout" equal "$status $(sql "select count(*) from ours") $(head -c 1 "$work/out")" "4 1 {"
ok "no room for the record: one clear line" one_line "No space left"
awk 'BEGIN {print "id"; for (k = 1; k <= 30000; k++) print "not a number, long enough to fill what is left of a small disk " k}' >"$data/bad.csv"
TMPDIR=$work/disk load "$data/bad.csv" --into ours --on-bad-row quarantine --attempts 1
ok "no room for rejected rows: the file fails" equal "$status $(sql "select count(*) from ours_quarantine")" "1 0"
ok "no room for rejected rows: said" warns "cannot write the temporary file"
ok "no room for rejected rows: what to do" grep -q "TMPDIR" "$work/out"
rm "$work/disk/ballast"
cp "$data/bad.csv" "$data/bad2.csv"
TMPDIR=$work/disk load "$data/bad2.csv" --into ours --on-bad-row quarantine
ok "room again" equal "$status $(sql "select count(*) from ours_quarantine")" "1 30000"
ok "no temporary file stays" equal "$(find "$work/disk" -name 'lakeport-*' | wc -l)" 0
done_testing
