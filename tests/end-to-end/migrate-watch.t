#!/bin/bash
# migrate watch: files that come while it looks, files that still grow, two watches on one target, a
# clean stop, a kill, failed files, a table that reads another.
. "$(dirname "$0")/tap.sh"
server
data=$work/data
mkdir "$data"
cat >"$work/load.yaml" <<END
tables:
  - table: t
    files: "$data/t*.csv"
    audit_columns: true
  - table: total
    from: t
    select: ["count(*) as n", "sum(v) as v"]
    strategy: overwrite
END

# watch NAME [OPTION...]: in the background; its process is in $watch, what it says in $work/NAME.*
watch() {
	local name=$1

	shift
	"$lakeport" migrate watch -d "$dsn" --config "$work/load.yaml" --settle 0.3s "$@" \
		>"$work/$name.out" 2>"$work/$name.err" </dev/null &
	watch=$!
	at_end+=("kill -9 $watch")
}
# until_sql QUERY ANSWER: waits, 15 s at most.
until_sql() {
	local got

	for _ in $(seq 150); do
		got=$(sql "$1" 2>/dev/null)
		[ "$got" = "$2" ] && return 0
		sleep 0.1
	done
	echo "got '$got', wanted '$2'"
	return 1
}
stop() { kill -TERM "$1"; wait "$1"; }

# By inotify: the interval is far longer than the test.
printf 'id,v\n1,10\n' >"$data/t1.csv"
watch a --interval 1h --json
ok "what is there is loaded" until_sql "select count(*) from t" 1
ok "and the table that reads it" until_sql "select n, v from total" "1|10"
printf 'id,v\n2,20\n' >"$data/.t2.tmp"; mv "$data/.t2.tmp" "$data/t2.csv"
ok "a file that is moved there" until_sql "select count(*) from t" 2
(printf 'id,v\n'; for i in 3 4 5 6; do sleep 0.15; printf '%s,30\n' $i; done) >"$data/t3.csv"
ok "a file that grows is loaded when it has stopped" until_sql "select count(*) from t" 6
ok "once" equal "$(sql "select version, rows from lakeport.file where path like '%t3.csv'")" "1|4"
ok "the other table follows" until_sql "select n from total" 6
stop $watch
ok "SIGTERM: a clean end" equal "$?" 0
cp "$work/a.out" "$work/out"
ok "the record counts it all" equal "$(metric rows) $(metric files)" "9 6"
ok "the run has ended in the ledger" equal "$(sql "select outcome from lakeport.run")" done

# By polling, and on from where it was; rounds of one file.
printf 'id,v\n7,1\n' >"$data/t4.csv"
printf 'id,v\n8,x\n' >"$data/t5.csv"
watch b --interval 0.1s --batch 1 --until-idle 1s --json
wait $watch
ok "idle: it ends, and says that a file failed" equal "$?" 1
cp "$work/b.out" "$work/out"
ok "nothing was loaded twice" equal "$(metric files_failed) $(sql "select count(*), count(distinct id) from t")" "1 7|7"
ok "the failure is said" grep -q "t5.csv': line 2" "$work/b.err"
rm "$data/t5.csv"

# Killed in the midst, while two share the work.
for i in $(seq 100 160); do printf 'id,v\n%s,1\n' "$i" >"$data/t$i.csv"; done
watch c --interval 0.1s --batch 5
first=$watch
watch d --interval 0.1s --batch 5
second=$watch
sleep 0.5
kill -9 $first
ok "one is killed, the other goes on" until_sql "select count(*), count(distinct id) from t" "68|68"
ok "and has it all in the other table" until_sql "select n from total" 68
kill -INT $second; wait $second
ok "Ctrl-C: a clean end" equal "$?" 0
fails 2 "no configuration" "no configuration is named" migrate watch -d "$dsn"
done_testing
