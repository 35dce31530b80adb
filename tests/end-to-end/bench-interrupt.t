#!/bin/bash
# bench-interrupt.t - Ctrl-C in every phase of everything that measures: it is heard within seconds,
# the exit status is 130, what was measured is kept, and nothing is left on the server.
. "$(dirname "$0")/tap.sh"
server
mkdir "$work/null"
"$nullpg" --socket "$work/null" --port 5999 --start-delay 1000 --stdin >"$work/null.out" 2>&1 <&9 9<&- &
at_end+=("kill $!")
slow_to_connect="host=$work/null port=5999 user=x dbname=x"

# A network on which nothing moves.
socket=$(sql "select split_part(current_setting('unix_socket_directories'), ',', 1) || '/.s.PGSQL.' || current_setting('port')")
mkfifo "$work/orders" && exec {hold}<>"$work/orders"
"$faultproxy" --to "$socket" <"$work/orders" >"$work/proxy" 9<&- &
at_end+=("kill $!")
echo stall >"$work/orders"
for _ in $(seq 100); do grep -q "ok stall" "$work/proxy" && grep -q ready "$work/null.out" && break; sleep 0.05; done
stalled="host=127.0.0.1 port=$(sed -n 's/^ready port=//p' "$work/proxy") user=postgres dbname=x sslmode=disable connect_timeout=60"

sql "create table locked (id int)"
echo "select * from locked;" >"$work/locked"
echo "select 1;" >"$work/one"
echo "select pg_sleep(0.2);" >"$work/short"
echo "select pg_sleep(600);" >"$work/hang"
echo "select count(*) from pg_sleep(3);" >"$work/sleep3"
sql "create view endless as select 1 as id from pg_sleep(600)"
printf -- '-- PARAM a = sample(endless.id)\nselect :a;\n' >"$work/sample"
cat >"$work/ramp.yaml" <<END
patterns:
- {file: $work/one}
phases:
- {name: rise, duration_s: 60, connections: 50, ramp_up_s: 60}
END

# A signal that comes before the program listens is nobody's: wait until it does.
listens() {
	local mask

	for _ in $(seq 500); do
		mask=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null)
		[ -n "$mask" ] && (((0x$mask & 2) != 0)) && return
		sleep 0.01
	done
}

# press NAME SECONDS ARGUMENT...: all at the same time, each by itself: Ctrl-C after so long.
names=()
press() {
	local name=$1 after=$2

	shift 2
	names+=("$name")
	mkdir "$work/$name"
	(
		"$lakeport" "$@" --json >"$work/$name/out" 2>"$work/$name/err" </dev/null 9<&- &
		pid=$!
		listens $pid
		sleep "$after"
		begin=${EPOCHREALTIME/./}
		kill -INT $pid
		(sleep 20; kill -9 $pid) 2>/dev/null &
		guard=$!
		wait $pid
		echo $? $(((${EPOCHREALTIME/./} - begin) / 1000)) >"$work/$name/status"
		kill $guard
	) 2>/dev/null &
	running+=($!)
}

psql -XAtq -d "$dsn" -c "begin; lock table locked; select pg_sleep(12)" >/dev/null 2>&1 &
for _ in $(seq 100); do [ "$(sql "select count(*) from pg_locks where relation = 'locked'::regclass and granted")" = 1 ] && break; sleep 0.05; done
running=()
run_it=(bench run -d "$dsn" --observe off --explain off)
press look_at_server 1 bench run -d "$stalled" -T 60 -f "$work/one"
press prepare 1.5 "${run_it[@]}" -T 60 -f "$work/locked"
press sampling 1.5 "${run_it[@]}" -T 60 -f "$work/sample"
press connecting 1.6 bench run -d "$slow_to_connect" -c 100 -T 60 -f "$work/one"
press ramp 2 "${run_it[@]}" -w "$work/ramp.yaml"
press warmup 2 "${run_it[@]}" -c 4 --warmup 60 -T 60 -f "$work/one"
press window 2 bench run -d "$dsn" -c 4 -T 60 -f "$work/one"
press window_of_count 2 "${run_it[@]}" -c 4 -t 1000000000 -f "$work/one"
press rate 2 "${run_it[@]}" -c 4 -T 60 -R 100 -f "$work/short"
press connecting_each 2 "${run_it[@]}" -c 4 -T 60 -C -f "$work/one"
press drain 3 "${run_it[@]}" -c 4 -T 1 --drain 60 -f "$work/hang"
press plans 3.5 bench run -d "$dsn" -c 1 -T 1 --drain 60 --observe off --explain analyze -f "$work/sleep3"
press sweep_first 1.5 bench sweep -d "$dsn" -c 1,2 --step-duration 60 -f "$work/one"
press sweep_prepare 1.5 bench sweep -d "$dsn" -c 1,2 --step-duration 60 -f "$work/locked"
press wake_waiting 1.5 bench wake -d "$dsn" --idle-wait 60
press wake_connecting 1.5 bench wake -d "$stalled"
press wake_retrying 1.5 bench wake -d "host=/nowhere"
press wake_probe 2 bench wake -d "$dsn" -T 60
press versus_first 1.5 bench run -d "$dsn" -c 2 -T 60 --rounds 2 -f "$work/one" --ab "$work/one"
press versus_prepare_b 1.5 bench run -d "$dsn" -c 2 -T 60 --rounds 2 -f "$work/one" --ab "$work/locked"
press versus_connect_b 1.5 bench run -d "$dsn" -c 2 -T 60 --rounds 2 -f "$work/one" --versus "$stalled"
press qualify 1.5 bench qualify -d "$dsn" -T 60 --max-rows 100000
press init 0.6 bench init -d "$dsn" -s 30
for job in "${running[@]}"; do wait "$job"; done

# kept NAME: the record, when there is one, says interrupted, and its counts agree.
kept() {
	[ ! -s "$work/$1/out" ] || /usr/bin/python3 - "$work/$1/out" <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
assert (r['outcome'], r['exit_status']) == ('interrupted', 130), (r['outcome'], r['exit_status'])
assert 'COUNTS-DISAGREE' not in [f['id'] for f in r['findings']]
m = {(x['name'], x.get('of')): x['value'] for x in r['metrics']}
for h in r['histograms']:
    if h['name'] == 'latency' and ('transactions', h.get('of')) in m:
        assert h['count'] == m['transactions', h.get('of')], h['count']
END
}
for name in "${names[@]}"; do
	read -r status took <"$work/$name/status"
	cp "$work/$name/err" "$work/err"
	[ $name = plans ] || ok "$name: exit status 130" equal "$status" 130
	ok "$name: heard soon" between "$took" 0 5000
	[ $name = plans ] || ok "$name: what there is says so" kept "$name"
	ok "$name: not a word too many" [ "$(grep -c '^lakeport: interrupted\|^lakeport: .*: interrupted' "$work/err")" -le 1 ]
done
for name in ramp window window_of_count rate connecting_each sweep_first wake_probe drain; do
	ok "$name: has a record" [ -s "$work/$name/out" ]
done
cp "$work/plans/out" "$work/out"
ok "plans: the measurement was over, and is whole" equal "$(cut -d' ' -f1 <"$work/plans/status") $(metric transactions)" "0 1"
ok "plans: the one that is missing is named" has "could not be explained; 'select count(*) from pg_sleep(3)': interrupted"
ok "nothing is left on the server" equal "$(sleep 0.5; sql "select string_agg(query, ' | ') from pg_stat_activity where application_name like 'lakeport%'")" ""
ok "nothing is left behind" equal "$(sql "select to_regclass('pgbench_accounts') is null, (select count(*) from pg_namespace where nspname = 'lakeport_qualify')")" "t|0"
done_testing
