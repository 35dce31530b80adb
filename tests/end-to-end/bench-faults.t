#!/bin/bash
# bench-faults.t - a real server behind a network that stalls, resets, cuts, delays and corrupts
# (tests/fake/faultproxy), under load. Never a hang, never a wrong count: what the run counted is in
# the table, and nothing else but what failed after the server had done it.
. "$(dirname "$0")/tap.sh"
server
socket=$(sql "select split_part(current_setting('unix_socket_directories'), ',', 1) || '/.s.PGSQL.' || current_setting('port')")

# proxy NAME: one of its own, in $work/NAME. through NAME: the DSN. order NAME LINE: from now on.
proxy() {
	local place=$work/$1 hold

	mkdir "$place" && mkfifo "$place/orders" && exec {hold}<>"$place/orders"
	"$faultproxy" --to "$socket" --seed 7 <"$place/orders" >"$place/proxy" 9<&- &
	at_end+=("kill $!")
	for _ in $(seq 100); do grep -q ready "$place/proxy" 2>/dev/null && break; sleep 0.05; done
}

through() {
	echo "host=127.0.0.1 port=$(sed -n 's/^ready port=//p' "$work/$1/proxy") dbname=$(basename "$dsn") user=postgres sslmode=disable"
}

order() {
	local before

	before=$(wc -l <"$work/$1/proxy")
	echo "$2" >"$work/$1/orders"
	for _ in $(seq 200); do [ "$(wc -l <"$work/$1/proxy")" -gt "$before" ] && break; sleep 0.01; done
	tail -1 "$work/$1/proxy" | grep -qx "ok $2" || echo "# the proxy refuses '$2'"
}

echo "insert into :t values (:client_id);" >"$work/insert"
printf 'begin;\nselect 1 as one \\gset\n\\startpipeline\ninsert into :t values (:one);\nselect 2;\nend;\n\\endpipeline\n' >"$work/pipeline"

# agree NAME: attempts = done + failed + skipped, each failure has its reason, and the table holds
# what was done, and not more than was attempted - unless requests were corrupted: then the server
# may have been asked for something else.
agree() {
	/usr/bin/python3 - "$work/$1/out" "$(sql "select count(*) from $1")" "$1" <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
rows = int(sys.argv[2])
m = {(x['name'], x.get('of')): x['value'] for x in r['metrics']}
done, failed = m['transactions', None], m['failed', None]
named = sum(row[4] for t in r['tables'] if t['name'] == 'errors' for row in t['rows'])
latency = sum(h['count'] for h in r['histograms'] if h['name'] == 'latency' and 'of' not in h)
assert 'COUNTS-DISAGREE' not in [f['id'] for f in r['findings']], 'attempts'
assert latency == done, ('latency', latency, done)
assert named == failed, ('errors', named, failed)
assert done <= rows <= done + failed or sys.argv[3] == 'flipped_requests', ('rows', done, rows, failed)
END
}

# of NAME METRIC: from its record, as a whole number; "outcome" is none of them.
of() {
	cp "$work/$1/out" "$work/out"
	if [ "$2" = outcome ]; then
		/usr/bin/python3 -c "import json,sys; r=json.load(open(sys.argv[1])); print(r['outcome'], r['exit_status'])" "$work/out"
	else
		metric "$2" | cut -d. -f1
	fi
}

# Each case is a run of its own, with a proxy and a table of its own; all at the same time.
#   during NAME SCRIPT ORDER[,PAUSE,ORDER] [OPTION...]: a run without faults at first
names=()
during() {
	local name=$1 script=$2 orders=$3

	shift 3
	names+=("$name")
	sql "create table $name (n bigint)"
	proxy "$name"
	sed "s/:t /$name /" "$work/$script" >"$work/$name/script.sql"
	(
		(
			for _ in $(seq 60); do [ "$(sql "select count(*) >= 50 from $name")" = t ] && break; sleep 0.3; done
			IFS=,
			for one in $orders; do
				case $one in [0-9]*) sleep "$one" ;; *) order "$name" "$one" ;; esac
			done
		) &
		timeout 40 "$lakeport" bench run -d "$(through "$name")" -c 4 -j 2 -T 3 --drain 300ms \
			--explain off -f "$work/$name/script.sql" --json "$@" \
			>"$work/$name/out" 2>"$work/$name/err" </dev/null
		echo $? $SECONDS >"$work/$name/status"
		wait
	) 9<&- &
	running+=($!)
}

running=()
SECONDS=0
during delays insert "delay 20 every 3" --observe off
during resets insert "reset every 40" --observe off
during resets_of_requests insert "reset every 40 client" --observe off
during closed pipeline "close every 40" --observe off
during all_reset insert "reset,0.5,reset"
during all_reset_connecting insert "reset" -C --observe off
during cut_header insert "cut 3 every 40" --observe off
during cut_message pipeline "cut 9 every 40" --observe off
during cut_request pipeline "cut 7 every 40 client" --observe off
during cut_observed insert "cut 5 every 25"
during flipped insert "flip 2 every 40" --observe off
during flipped_extended pipeline "flip 2 every 40" -M extended --observe off
during flipped_simple insert "flip 1 every 40" -M simple --observe off
during flipped_requests pipeline "flip 2 every 40 client" --observe off
during stall insert stall --observe off
during stall_observed insert stall
during stall_rate insert stall -R 500 --arrival constant --observe off
during stall_connecting insert stall -C --observe off
during stall_ends insert stall,0.7,pass --observe off
during refused insert refuse -C --observe off
during tries pipeline "reset every 30" --max-tries 3 --observe off
for job in "${running[@]}"; do wait "$job"; done
for name in "${names[@]}"; do
	read -r status took <"$work/$name/status"
	cp "$work/$name/err" "$work/err"
	ok "$name: an exit status of ours" grep -qw "$status" <<<"0 1 4"
	ok "$name: in time" [ "$took" -le 25 ]
	ok "$name: counts agree" agree "$name"
	ok "$name: work was done" between "$(of "$name" transactions)" 20 1e9
	ok "$name: nothing is said twice" [ "$(wc -l <"$work/$name/err")" -le 1 ]
done
for name in delays stall_ends; do
	ok "$name: nothing failed" equal "$(of $name outcome) $(of $name failed)" "done 0 0"
done
for name in resets closed all_reset cut_header cut_message tries; do
	ok "$name: opened again" between "$(of $name reconnects)" 3 1e9
	ok "$name: named" grep -q '"08006"' "$work/$name/out"
done
for name in stall stall_observed; do
	ok "$name: what was under way failed" equal "$(of $name outcome) $(of $name failed)" "attention 1 4"
done
ok "stall_rate: everything that was due is counted" \
	between "$(($(of stall_rate transactions) + $(of stall_rate failed) + $(of stall_rate skipped)))" 1496 1504
ok "stall_ends: it shows" between "$(of stall_ends latency_max_us)" 600000 2500000

# Before the run: one clear line.
proxy before
order before refuse
fails 3 "refused" "cannot connect: " bench run -d "$(through before)" -T 1 -b select-only
order before stall
SECONDS=0
fails 3 "stalled while connecting" "cannot connect: " bench run -d "$(through before) connect_timeout=2" -T 1 -b select-only
ok "stalled while connecting: in time" [ $SECONDS -le 6 ]
order before "cut 3 every 1"
fails 3 "cut while connecting" "cannot connect: " bench run -d "$(through before)" -T 1 -b select-only
order before "reset every 3"
fails 3 "reset in the preflight" "connect" bench run -d "$(through before)" -T 1 -b select-only
done_testing
