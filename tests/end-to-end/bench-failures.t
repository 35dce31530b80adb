#!/bin/bash
# bench run when things break: the server killed and started again, backends terminated, statements
# that hang, Ctrl-C at every moment, a server that lies. Never a hang, never a wrong count.
. "$(dirname "$0")/tap.sh"
export LAKEPORT_PG_DIR=$work/pg
postgres=scripts/postgres
url=$($postgres start 2>"$work/pg.err") || skip_all "no Postgres: $(head -1 "$work/pg.err")"
at_end+=("LAKEPORT_PG_DIR=$work/pg $postgres remove")
dsn=$url
LIMIT=60

# identity: done + failed of all scripts is what was attempted; the errors table explains failures.
counts_agree() {
	/usr/bin/python3 - "$work/out" <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
m = {(x['name'], x.get('of')): x['value'] for x in r['metrics']}
errors = [t for t in r['tables'] if t['name'] == 'errors']
named = sum(row[4] for t in errors for row in t['rows'])
latency = sum(h['count'] for h in r['histograms'] if h['name'] == 'latency' and 'of' not in h)
assert latency == m['transactions', None], (latency, m['transactions', None])
assert named == m['failed', None], (named, m['failed', None])
END
}

outcome() { /usr/bin/python3 -c "import json,sys; r=json.load(open(sys.argv[1])); print(r['outcome'], r['exit_status'])" "$work/out"; }
errors() { /usr/bin/python3 -c "
import json,sys
r=json.load(open(sys.argv[1]))
print(' '.join(sorted({row[0] for t in r['tables'] if t['name']=='errors' for row in t['rows']})))" "$work/out"; }

lakeport bench init -d "$dsn" -s 1
sql "create table slow as select 1 as id"

# Backends terminated again and again.
(sleep 0.5; for i in 1 2 3 4 5; do
	sql "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lakeport' and pid <> pg_backend_pid() limit 3" >/dev/null
	sleep 0.2
done) &
lakeport bench run -d "$dsn" -c 6 -T 3 -b tpcb-like --json
wait
ok "terminated backends: the run ends with something to look at" equal "$(outcome)" "attention 1"
ok "terminated backends: counts agree" counts_agree
ok "terminated backends: named by SQLSTATE" equal "$(errors)" "57P01"
ok "terminated backends: connections were opened again" [ "$(metric reconnects | cut -d. -f1)" -ge 3 ]
ok "what was committed agrees" equal "$(sql "select (select sum(abalance) from pgbench_accounts) = (select sum(delta) from pgbench_history)")" t

# The whole server killed, and back after a second.
(sleep 1; kill -9 "$($postgres status | sed -n 's/^running: process \([0-9]*\),.*/\1/p')"; sleep 1.5; $postgres start) >/dev/null 2>&1 &
lakeport bench run -d "$dsn" -c 4 -T 9 -b simple-update --json
wait
ok "server killed: the run ends with something to look at" equal "$(outcome)" "attention 1"
ok "server killed: counts agree" counts_agree
ok "server killed: work went on afterwards" /usr/bin/python3 -c "
import json,sys
r=json.load(open(sys.argv[1])); rows=r['series'][0]['rows']
assert rows[-1][0] > 0 and min(x[0] for x in rows) == 0, rows" "$work/out"

# The server goes and stays away: the run ends in time all the same.
(sleep 1; $postgres stop) >/dev/null 2>&1 &
lakeport bench run -d "$dsn" -c 4 -T 3 -b select-only --json
wait
ok "server gone: ends with something to look at" equal "$(outcome)" "attention 1"
ok "server gone: counts agree" counts_agree
$postgres start >/dev/null 2>&1

# A statement that hangs when the window closes is cancelled and counts as failed.
echo "select pg_sleep(600);" >"$work/hang.sql"
begin=$(date +%s)
lakeport bench run -d "$dsn" -c 2 -T 1 --drain 1 -f "$work/hang.sql" --json
ok "hanging statements: nothing succeeded" equal "$(outcome)" "failed 4"
ok "hanging statements: cancelled" equal "$(errors)" "57014"
ok "hanging statements: counts agree" counts_agree
ok "hanging statements: in time" [ $(($(date +%s) - begin)) -le 5 ]
ok "hanging statements: none is left on the server" equal "$(sql "select count(*) from pg_stat_activity where query like '%pg_sleep(600)%' and state = 'active' and pid <> pg_backend_pid()")" 0
lakeport bench run -d "$dsn" -c 2 -t 2 --statement-timeout 200ms -f "$work/hang.sql" --json
ok "statement timeout: each fails by itself" equal "$(metric failed)" 4

# Ctrl-C: while connecting, while running, while waiting for the drain.
# A signal that comes before the program listens is nobody's: wait until it does.
listens() {
	local mask i

	for i in $(seq 500); do
		mask=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null)
		[ -n "$mask" ] && (((0x$mask & 2) != 0)) && return
		sleep 0.01
	done
}

for moment in 0.02 0.3 1.2; do
	"$lakeport" bench run -d "$dsn" -c 8 -T 60 -b select-only --json >"$work/out" 2>"$work/err" &
	pid=$!
	listens $pid
	sleep $moment
	kill -INT $pid
	wait $pid
	status=$?
	ok "Ctrl-C after $moment s: exit status 130" equal "$status" 130
	[ ! -s "$work/out" ] || ok "Ctrl-C after $moment s: the record is whole" counts_agree
done
ok "Ctrl-C in the run: the record says interrupted" equal "$(outcome)" "interrupted 130"
"$lakeport" bench run -d "$dsn" -c 2 -T 1 -f "$work/hang.sql" --json >"$work/out" 2>"$work/err" &
pid=$!
sleep 2
kill -INT $pid
wait $pid
ok "Ctrl-C in the drain: ends soon" equal "$?" 130
ok "Ctrl-C in the drain: counts agree" counts_agree

# Errors of the server's own.
sql "alter system set default_transaction_read_only = on" && sql "select pg_reload_conf()" >/dev/null
lakeport bench run -d "$dsn" -c 2 -t 10 -b simple-update --json
ok "read-only server: all failed, by SQLSTATE" equal "$(errors) $(metric failed)" "25006 20"
psql -XAtq -d "$dsn" -c "set default_transaction_read_only = off" -c "alter system reset default_transaction_read_only" && sql "select pg_reload_conf()" >/dev/null
lakeport bench run -d "$dsn" -c 2 -t 10 -f <(echo "update slow set id = id / 0;") --on-error stop --json
ok "--on-error stop: ends as failed" equal "$(outcome)" "failed 4"
ok "--on-error stop: counts agree" counts_agree

# A fake server that misbehaves: errors, cut connections, silence, a wrong password.
fake() {
	"$nullpg" --socket "$work" --port 5999 --stdin "$@" >"$work/null.out" 2>&1 <&9 9<&- &
	fake_pid=$!
	for _ in $(seq 100); do grep -q ready "$work/null.out" 2>/dev/null && break; sleep 0.05; done
}
fake_stop() { kill $fake_pid; wait $fake_pid 2>/dev/null; }
dsn="host=$work port=5999 user=x dbname=x"
fake --fail-every 10:40001
lakeport bench run -d "$dsn" -c 4 -t 500 --observe off -f <(echo "select 1;") --json
ok "every tenth fails: exactly so" between "$(metric failed)" 195 205
ok "every tenth fails: serialization failures are no reason for concern" equal "$(outcome)" "done 0"
ok "every tenth fails: counts agree" counts_agree
fake_stop
fake --drop-every 100
lakeport bench run -d "$dsn" -c 4 -t 500 -f <(echo "select 1;") --json
ok "cut connections: opened again, counts agree" counts_agree
ok "cut connections: the transactions add up" equal "$(($(metric transactions | cut -d. -f1) + $(metric failed | cut -d. -f1)))" 2000
fake_stop
fake --stall-after 50
begin=$(date +%s)
lakeport bench run -d "$dsn" -c 4 -T 1 --drain 500ms -f <(echo "select 1;") --json
ok "a server that falls silent: given up in time" [ $(($(date +%s) - begin)) -le 10 ]
ok "a server that falls silent: counts agree" counts_agree
ok "a server that falls silent: four were under way" equal "$(metric failed)" 4
fake_stop
fake --password right
fails 3 "wrong password" "password authentication failed" bench run -d "$dsn password=wrong" -T 1 -f <(echo "select 1;")
fake_stop
done_testing
