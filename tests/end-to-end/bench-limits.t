#!/bin/bash
# bench-limits.t - what is full: the server's disk, its slots, a role's connections in mid-run; and
# 5,000 connections at once. Nothing hangs, nothing is counted wrongly.
. "$(dirname "$0")/tap.sh"
LIMIT=100

# agree [TABLE]: attempts = done + failed, each failure has its reason; a row for each that is done.
agree() {
	/usr/bin/python3 - "$work/out" "${1:+$(sql "select count(*) from $1")}" <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
m = {(x['name'], x.get('of')): x['value'] for x in r['metrics']}
named = sum(row[4] for t in r['tables'] if t['name'] == 'errors' for row in t['rows'])
latency = sum(h['count'] for h in r['histograms'] if h['name'] == 'latency' and 'of' not in h)
assert 'COUNTS-DISAGREE' not in [f['id'] for f in r['findings']], 'attempts'
assert latency == m['transactions', None], ('latency', latency, m['transactions', None])
assert named == m['failed', None], ('errors', named, m['failed', None])
assert sys.argv[2] in ('', '%d' % m['transactions', None]), ('rows', sys.argv[2], m['transactions', None])
END
}
errors() { /usr/bin/python3 -c "
import json,sys
r=json.load(open(sys.argv[1]))
print(' '.join(sorted({row[0] for t in r['tables'] if t['name']=='errors' for row in t['rows']})))" "$work/out"; }
outcome() { /usr/bin/python3 -c "import json,sys; r=json.load(open(sys.argv[1])); print(r['outcome'], r['exit_status'])" "$work/out"; }

# 5,000 connections against the null server.
if [ "$(ulimit -Hn)" != unlimited ] && [ "$(ulimit -Hn)" -lt 5400 ]; then
	tests=$((tests + 1))
	echo "ok $tests - 5,000 connections # SKIP only $(ulimit -Hn) file descriptors are allowed"
else
	case $build in *asan* | *tsan*) load=(-t 2) ;; *) load=(-t 20) ;; esac
	echo "select 1;" >"$work/one.sql"
	mkdir "$work/null"
	"$nullpg" --socket "$work/null" --port 5999 --stdin >"$work/null.out" 2>&1 <&9 9<&- &
	null=$!
	for _ in $(seq 100); do grep -q ready "$work/null.out" 2>/dev/null && break; sleep 0.05; done
	dsn="host=$work/null port=5999 user=x dbname=x"
	lakeport bench run -d "$dsn" -c 5000 -j 2 "${load[@]}" -f "$work/one.sql" --json
	ok "5,000 connections: exit status 0" equal "$status" 0
	ok "5,000 connections: each did its own" equal "$(metric transactions) $(metric failed)" "$((5000 * ${load[1]})) 0"
	ok "5,000 connections: each connected once" grep -q '"name":"connect"[^}]*"count":5000' "$work/out"
	ok "5,000 connections: counts agree" agree
	lakeport bench run -d "$dsn" -c 5000 -T 1 -R 5000 --arrival constant -f "$work/one.sql" --json
	ok "5,000 connections, a rate: everything that was due is counted" between \
		"$(($(metric transactions | cut -d. -f1) + $(metric failed | cut -d. -f1) + $(metric skipped | cut -d. -f1)))" 4990 5010
	kill $null
	wait $null 2>/dev/null
	fails 3 "5,000 connections, nobody there" "cannot connect" bench run -d "$dsn" -c 5000 -T 1 -f "$work/one.sql"
	(
		ulimit -Sn 256 && ulimit -Hn 1000
		"$lakeport" bench run -d "$dsn" -c 5000 -T 1 -f "$work/one.sql" 2>"$work/err"
		echo $? >"$work/code"
	)
	ok "too few descriptors: exit status of the server's absence or of the limit" grep -qx "[23]" "$work/code"
fi

server

# A role that may connect less often in mid-run than at the start: what was lost does not come back.
sql "create role few_$$ login connection limit 4"
at_end+=("sql 'drop role few_$$'")
few=$(echo "$dsn" | sed "s|postgres@|few_$$@|")
(
	for _ in $(seq 100); do [ "$(sql "select count(*) from pg_stat_activity where usename = 'few_$$'")" = 4 ] && break; sleep 0.05; done
	sleep 0.5
	sql "alter role few_$$ connection limit 2"
	sql "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'few_$$'"
	sleep 1.5
	sql "alter role few_$$ connection limit 4"
) >/dev/null &
lakeport bench run -d "$few" -c 4 -T 6 -f <(echo "select 1;") --observe off --explain off --json
wait $!
ok "fewer slots in mid-run: goes on with something to look at" equal "$(outcome)" "attention 1"
ok "fewer slots in mid-run: counts agree" agree
ok "fewer slots in mid-run: in the end all are back" equal "$(metric reconnects)" 4
ok "fewer slots in mid-run: what was under way is named" equal "$(errors)" 57P01
ok "fewer slots in mid-run: the outage was as long as it was" between "$(metric outage_max_us)" 1000000 5500000
lakeport bench run -d "$few" -c 6 -T 1 -C -f <(echo "select pg_sleep(0.1);") --observe off --explain off --json
ok "fewer slots than connections: counts agree" agree
ok "fewer slots than connections: named" equal "$(errors)" 53300

# A disk that is full, and has room again.
if [ "$(id -u)" = 0 ] && mkdir "$work/disk" && mount -t tmpfs -o size=12m tmpfs "$work/disk" 2>/dev/null; then
	at_end+=("umount '$work/disk'")
	owner=$(sql "select current_setting('data_directory')" | xargs stat -c %U)
	chmod 755 "$work" && mkdir "$work/disk/space" && chown "$owner" "$work/disk/space"
	sql "create tablespace small_$$ location '$work/disk/space'" || echo "# no tablespace"
	at_end+=("sql 'drop table if exists filling'; sql 'drop tablespace small_$$'")
	sql "create table filling (client int, filler text) tablespace small_$$"
	echo "insert into filling select :client_id, string_agg(md5(random()::text), '') from generate_series(1, 200);" >"$work/fill.sql"
	lakeport bench run -d "$dsn" -c 4 -t 1000 -f "$work/fill.sql" --json
	ok "disk full: something to look at" equal "$(outcome)" "attention 1"
	ok "disk full: named" equal "$(errors)" 53100
	ok "disk full: a row for each that succeeded, and none for those that did not" agree filling
	ok "disk full: all were attempted" equal "$(($(metric transactions | cut -d. -f1) + $(metric failed | cut -d. -f1)))" 4000
	lakeport bench run -d "$dsn" -c 4 -t 10 -f "$work/fill.sql" --on-error stop --json
	ok "disk full, --on-error stop: failed" equal "$(outcome)" "failed 4"
	ok "disk full, --on-error stop: why" warns "SQLSTATE 53100"
	sql "drop table filling"
	sql "create table filling (client int, filler text) tablespace small_$$"
	lakeport bench run -d "$dsn" -c 4 -t 10 -f "$work/fill.sql" --json
	ok "room again: all succeed" equal "$(outcome) $(metric transactions)" "done 0 40"
	lakeport bench run -d "$dsn" -c 1 -t 1 -f "$work/fill.sql" --runs "$work/disk/runs"
	ok "room for the record" equal "$status" 0
	head -c 20000000 /dev/zero >"$work/disk/ballast" 2>/dev/null
	lakeport bench run -d "$dsn" -c 1 -t 1 -f <(echo "select 1;") --runs "$work/disk/runs"
	ok "no room for the record: exit status 4" equal "$status" 4
	ok "no room for the record: one clear line" one_line "No space left"
	ok "no room for the record: it is on stdout instead" /usr/bin/python3 -c "import json,sys; json.load(open(sys.argv[1]))" "$work/out"
	rm "$work/disk/ballast"
else
	tests=$((tests + 1))
	echo "ok $tests - a full disk # SKIP needs root, and leave to mount a tmpfs"
fi
done_testing
