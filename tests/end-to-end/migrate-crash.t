#!/bin/bash
# Exactly once, whatever dies: CRASH_ROUNDS rounds (8; `make crash` takes 200) in which files arrive,
# parallel append, merge, scd2 and overwrite loads run, and kill -9 takes lakeport, a backend or the server at
# a random moment. At the end the tables must equal, row for row, those of a run without kills.
# CRASH_SEED repeats a course.
. "$(dirname "$0")/tap.sh"
export LAKEPORT_PG_DIR=$work/pg
rounds=${CRASH_ROUNDS:-8}
seed=${CRASH_SEED:-$$}
RANDOM=$seed
url=$(scripts/postgres start 2>"$work/pg.err") || skip_all "no Postgres: $(head -1 "$work/pg.err")"
at_end+=("LAKEPORT_PG_DIR=$work/pg scripts/postgres remove")
data=$work/data
mkdir -p "$data/append" "$data/merge" "$data/events" "$data/history" "$data/whole"
psql -Xq -d "$url" -c "create database calm" -c "create database storm"
for db in calm storm; do # one is replaced by a new table, the other, with a view, in place
	psql -Xq -d "${url%/*}/$db" -c "create schema t; create table t.whole (id int primary key, g int, v text);
		create index whole_v on t.whole (v); grant select on t.whole to public; comment on index t.whole_v is 'kept';
		create table t.seen (like t.whole including all); create view t.seen_view as select * from t.seen"
done

# Files of round $1: rows that depend on the seed and the round alone.
arrive() {
	local r
	r=$(printf '%04d' "$1")
	for part in 1 2 3; do
		awk -v r="$1" -v p="$part" -v s="$seed" 'BEGIN { srand(s * 1000 + r * 10 + p)
			print "id,v,t"; n = int(rand() * 4000)
			for (i = 0; i < n; i++) print r * 100000 + p * 10000 + i "," rand() ",text " i }' \
			>"$data/append/$r-$part.csv"
	done
	awk -v r="$1" -v s="$seed" 'BEGIN { srand(s + r); print "a,b,v"
		for (i = 0; i < 3000; i++) print int(rand() * 50) "," int(rand() * 40) "," r "." i }' >"$data/merge/$r.csv"
	awk -v r="$1" -v s="$seed" 'BEGIN { srand(s + r); print "k,at,v"
		for (i = 0; i < 1000; i++) print int(rand() * 200) ",2026-01-01 00:" int(rand() * 60) ":" int(rand() * 60) "," int(rand() * 3) }' \
		>"$data/events/$r.csv"
	awk -v r="$1" -v s="$seed" 'BEGIN { srand(s + r); print "k,v"
		for (i = 0; i < 1000; i++) print int(rand() * 300) "," int(rand() * 3) }' >"$data/history/$r.csv"
	for part in 1 2 3; do # the same files, with other rows: generation $1
		awk -v r="$1" -v p="$part" 'BEGIN { print "id,g,v"
			for (i = 0; i < 3000 + r; i++) print p * 100000 + i "," r ",v" i % 100 }' >"$data/whole/$part.csv"
	done
}

# The four loads of a database; extra arguments go to all of them.
loads() { # DATABASE
	local into=${url%/*}/$1
	"$lakeport" migrate load -q -d "$into" "$data/append" --into t.append --audit-columns -j 2 >/dev/null 2>>"$work/$1.log" & pids+=($!)
	"$lakeport" migrate load -q -d "$into" "$data/append" --into t.append --audit-columns >/dev/null 2>>"$work/$1.log" & pids+=($!)
	"$lakeport" migrate load -q -d "$into" "$data/merge" --into t.merge --strategy merge --keys a,b >/dev/null 2>>"$work/$1.log" & pids+=($!)
	"$lakeport" migrate load -q -d "$into" "$data/events" --into t.events --strategy scd2 --keys k --order-by at >/dev/null 2>>"$work/$1.log" & pids+=($!)
	"$lakeport" migrate load -q -d "$into" "$data/history" --into t.history --strategy scd2 --keys k >/dev/null 2>>"$work/$1.log" & pids+=($!)
	"$lakeport" migrate load -q -d "$into" "$data/whole" --into t.whole --strategy overwrite >/dev/null 2>>"$work/$1.log" & pids+=($!)
	"$lakeport" migrate load -q -d "$into" "$data/whole" --into t.seen --strategy overwrite >/dev/null 2>>"$work/$1.log" & pids+=($!)
}

# Tables that are overwritten have all of one generation, and nothing lies beside them.
one_generation() {
	psql -XAtq -d "${url%/*}/storm" -c "select count(distinct g), count(*) = coalesce(3 * (3000 + max(g)), 0) from t.whole" \
		-c "select count(distinct g), count(*) = coalesce(3 * (3000 + max(g)), 0) from t.seen_view" \
		-c "select count(*) from pg_class where relname like 'lakeport\_swap%'" 2>&1 | grep -vE '^[01]\|t$|^0$'
}

# A server whose backend was killed recovers before it takes connections again.
ready() {
	for _ in $(seq 600); do
		scripts/postgres status >/dev/null 2>&1 || scripts/postgres start >/dev/null 2>&1
		psql -XAtq -d "${url%/*}/storm" -c "select 1" >/dev/null 2>&1 && return
		sleep 0.1
	done
	echo "the server did not come back within a minute"
	return 1
}

strike() {
	local victim
	case $((RANDOM % 5)) in
	0) victim=$(scripts/postgres status 2>/dev/null | sed -n 's/^running: process \([0-9]*\),.*/\1/p') ;;
	1) victim=$(psql -XAtq -d "${url%/*}/storm" -c "select pid from pg_stat_activity where application_name = 'lakeport' order by random() limit 1" 2>/dev/null) ;;
	*) victim=${pids[$((RANDOM % ${#pids[@]}))]} ;;
	esac
	[ -z "$victim" ] || kill -9 "$victim" 2>/dev/null
}

for ((r = 1; r <= rounds; r++)); do
	begun=$SECONDS
	arrive "$r"
	pids=()
	loads storm
	sleep "0.$(printf '%03d' $((20 + RANDOM % 500)))"
	strike
	[ $((RANDOM % 2)) = 0 ] || { sleep "0.$((RANDOM % 9))"; strike; }
	for p in "${pids[@]}"; do # what was not struck ends by itself, or when the server is back
		while kill -0 "$p" 2>/dev/null; do
			scripts/postgres status >/dev/null 2>&1 || scripts/postgres start >/dev/null 2>&1
			sleep 0.05
		done
	done 2>/dev/null
	wait 2>/dev/null
	ready
	one_generation | sed "s/^/round $r: /" >>"$work/mixed"
	[ $((SECONDS - begun)) -lt 10 ] || echo "# round $r took $((SECONDS - begun)) s"
done 2>/dev/null
ok "the server is there again" ready

finish_loads() { # DATABASE: until nothing fails; 0 when one more run had nothing to do
	pids=()
	loads "$1"
	local p bad=0
	for p in "${pids[@]}"; do wait "$p" || bad=1; done
	[ $bad = 0 ] || tail -5 "$work/$1.log"
	return $bad
}
ok "after $rounds rounds of kills one more run succeeds (seed $seed)" finish_loads storm
ok "the run without kills succeeds" finish_loads calm

digest() { # DATABASE QUERY
	psql -XAtq -d "${url%/*}/$1" -c "select count(*), md5(string_agg(x::text, ',' order by x::text)) from ($2) x"
}
same() {
	local calm
	calm=$(digest calm "$1")
	[ "${calm%%|*}" -gt 0 ] && equal "$(digest storm "$1")" "$calm"
}
ok "append: the same rows" same "select id, v, t, _source_file, _line from t.append"
ok "append: no row twice" equal "$(psql -XAtq -d "${url%/*}/storm" -c "select count(*) - count(distinct (_source_file, _line)) from t.append")" 0
ok "append: as many as the files have" equal "$(psql -XAtq -d "${url%/*}/storm" -c "select count(*) from t.append")" \
	"$(cat "$data"/append/*.csv | grep -vc '^id')"
ok "merge: the same rows" same "select * from t.merge"
ok "scd2 by events: the same history" same "select * from t.events"
ok "scd2: the same history" same "select k, v, is_current, end_date is null, row_number() over (partition by k order by effective_date) from t.history"
ok "scd2: versions meet" equal "$(psql -XAtq -d "${url%/*}/storm" -c "select count(*) from (select end_date, lead(effective_date) over (partition by k order by effective_date) as next from t.history) x where end_date is distinct from next")" 0
ok "overwrite: the same rows" same "select * from t.whole"
ok "overwrite in place: the same rows" same "select * from t.seen_view"
ok "overwrite: after every round all of one generation, and nothing beside it" [ ! -s "$work/mixed" ]
ok "overwrite: indexes, grants and comments are there" equal "$(psql -XAtq -d "${url%/*}/storm" -c "select relname, relacl::text like '%=r/%', obj_description(c.oid) from pg_class c where relname in ('whole', 'whole_v', 'whole_pkey') order by 1")" "whole|t|
whole_pkey||
whole_v||kept"
ok "every file is done" equal "$(psql -XAtq -d "${url%/*}/storm" -c "select count(*) from lakeport.file join lakeport.task using (task) where status <> 'done' or version <> 1 and strategy <> 'overwrite'")" 0
done_testing
