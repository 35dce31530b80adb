#!/bin/bash
# bench wake: a server that comes up a second after the first attempt, one that is awake, one that
# never answers, one that must not be asked again.
. "$(dirname "$0")/tap.sh"
export LAKEPORT_PG_DIR=$work/pg
postgres=scripts/postgres
url=$($postgres start 2>"$work/pg.err") || skip_all "no Postgres: $(head -1 "$work/pg.err")"
at_end+=("LAKEPORT_PG_DIR=$work/pg $postgres remove")
LIMIT=60
dsn=$url

cell() { # ROW COLUMN: of the table of tries
	/usr/bin/python3 - "$work/out" "$@" <<'END'
import json, sys
t = next(t for t in json.load(open(sys.argv[1]))['tables'] if t['name'] == 'wakes')
print(t['rows'][int(sys.argv[2])][[c['name'] for c in t['columns']].index(sys.argv[3])])
END
}
parts_add_up() {
	/usr/bin/python3 - "$work/out" <<'END'
import json, sys
m = {x['name']: x['value'] for x in json.load(open(sys.argv[1]))['metrics']}
parts = sum(m[f'wake_{p}_us'] for p in ('waiting', 'connect', 'login', 'query'))
assert abs(parts - m['wake_us']) < 1, (parts, m)
END
}

lakeport bench init -d "$dsn" -s 1
$postgres stop
(sleep 1; $postgres start) >"$work/start.out" 2>&1 &
lakeport bench wake -d "$dsn" -b select-only -s 1 -T 2 --json
wait
ok "asleep: it wakes" equal "$status" 0
ok "asleep: not before the second has passed" between "$(metric wake_us)" 1000000 30000000
ok "asleep: most of it was waiting" [ "$(metric wake_waiting_us | cut -d. -f1)" -gt 900000 ]
ok "asleep: the parts add up" parts_add_up
ok "asleep: several attempts" [ "$(metric wake_attempts | cut -d. -f1)" -gt 3 ]
ok "asleep: that it woke is known" between "$(cell 0 server_age_s)" 0 30
ok "asleep: so nothing is said about having been awake" sh -c "! grep -q SERVER-WAS-AWAKE '$work/out'"
ok "asleep: what was heard before" [ -n "$(cell 0 refusal)" ]
ok "asleep: the first refusal is told at once" warns "not yet: "
ok "asleep: two seconds of probing" equal "$(/usr/bin/python3 -c "import json,sys
print(next(len(s['rows']) for s in json.load(open('$work/out'))['series'] if s['name'] == 'warming'))")" 2
lakeport report html latest -o "$work/page.html"
ok "the report can be drawn" grep -q "After the first answer" "$work/page.html"

sleep 1.2
lakeport bench wake -d "$dsn" --tries 3 --idle-wait 200ms -T 1 --json
ok "awake: succeeds" equal "$status" 0
ok "awake: one attempt" equal "$(metric wake_attempts)" 1
ok "awake: three tries" between "$(cell 2 total_us)" 100 5000000
ok "awake: no waiting" equal "$(metric wake_waiting_us)" 0
ok "awake: that is said" has SERVER-WAS-AWAKE
lakeport bench wake -d "$dsn" -T 0 --json
ok "no probe: succeeds" equal "$status" 0
ok "no probe: no curve" sh -c "! grep -q warm_s '$work/out'"

# A server that is full is tried again until there is room.
$postgres stop
LAKEPORT_PG_MAX_CONNECTIONS=5 $postgres start >/dev/null 2>&1
for _ in $(seq 10); do # five hold a place for a while, five find none
	psql -XAtq -d "$dsn" -c "select pg_sleep(4)" >/dev/null 2>&1 &
	sleep 0.1
done
lakeport bench wake -d "$dsn" -T 0 --json
wait
ok "full: it is tried again" [ "$status" -le 1 ] # 1: full again when it was to be described
ok "full: until there was room" between "$(metric wake_us)" 200000 30000000
ok "full: what was heard before" sh -c "echo '$(cell 0 refusal)' | grep -Eq 'too many clients|reserved'"

lakeport bench wake -d "$dsn" -f <(echo "select 1/0;") -T 0.5 --json
ok "a probe that fails: exit status 1" equal "$status" 1
lakeport bench wake -d "$dsn" -f <(echo "select nothing_there;") -T 0.5 --json
ok "a probe that does not prepare: exit status 1" equal "$status" 1
ok "a probe that does not prepare: the waking is kept" between "$(metric wake_us)" 100 5000000
ok "a probe that does not prepare: why" has PROBE-FAILED
lakeport bench wake -d "host=$work port=1 user=x" --limit 500ms
ok "nobody there: exit status 3" equal "$status" 3
ok "nobody there: why, and how long" warns "asleep after 0.5 s"
lakeport bench wake -d "${dsn%/*}/nobody_made_this" --limit 20
ok "a database that is not there: exit status 3" equal "$status" 3
ok "a database that is not there: not tried again" sh -c "! grep -q asleep '$work/err'"
fails 2 "a probe that needs a scale" "must be given" bench wake -d "$dsn" -b select-only

"$lakeport" bench wake -d "host=$work port=1 user=x" >"$work/out" 2>"$work/err" &
waking=$!
sleep 0.5
kill -INT "$waking"
wait "$waking"
ok "Ctrl-C while waking: exit status 130" equal "$?" 130
done_testing
