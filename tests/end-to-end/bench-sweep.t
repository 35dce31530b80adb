#!/bin/bash
# bench sweep: the curve, the knee and the highest rate within an objective, on servers whose limits
# are known: a fake that answers after a fixed time, and a lock that only so many can hold.
. "$(dirname "$0")/tap.sh"
server

cell() { # STEP COLUMN: of the table of the last record
	/usr/bin/python3 - "$work/out" "$@" <<'END_OF_PYTHON'
import json, sys
tables = [t for t in json.load(open(sys.argv[1]))['tables'] if t['name'] in ('sweep', 'search')]
names = [c['name'] for c in tables[0]['columns']]
print(next(r[names.index(sys.argv[3])] for t in tables for r in t['rows'] if r[0] == sys.argv[2]))
END_OF_PYTHON
}

"$nullpg" --socket "$work" --port 5998 --stdin --delay fixed:5ms >"$work/null.out" 2>&1 < <(sleep 100) &
null="host=$work port=5998 user=x dbname=x"
for _ in $(seq 50); do [ -S "$work/.s.PGSQL.5998" ] && break; sleep 0.1; done
echo "select 1;" >"$work/one.sql"

# A closed loop: n connections at 5 ms each.
lakeport bench sweep -d "$null" -f "$work/one.sql" -c 1,2,4 --step-duration 500ms --warmup 0 --json
ok "the curve succeeds" equal "$status" 0
ok "one connection: nearly 200 a second" between "$(cell '1 connection' rate)" 120 200
ok "four: four times as many" between "$(cell '4 connections' rate)" 480 800
ok "each took 5 ms" between "$(cell '4 connections' p50_us)" 4900 8000
ok "the highest rate is that of the last step" equal "$(metric peak_rate)" "$(cell '4 connections' rate)"
ok "the knee was not reached, and that is said" has KNEE-NOT-REACHED
ok "the curve was shown while it went" warns "2 connections"
ok "nothing was judged" equal "$(cell '1 connection' verdict)" ""

# The objective: four connections carry nearly 800 a second; above, a queue grows.
lakeport bench sweep -d "$null" -f "$work/one.sql" -c 4 --rates 100,200 --arrival constant \
	--slo 'p95<=60ms' --step-duration 1 --step-max 2 --warmup 0 --resolution 20% --json
ok "the search succeeds" equal "$status" 0
ok "low rates keep it" equal "$(cell 100/s verdict | cut -c1-4)" kept
ok "it doubled beyond the list" [ "$(cell 800/s connections)" = 4 ]
ok "the rate is near what four connections carry" between "$(metric slo_rate)" 400 900
ok "the rate that broke it is near, above" between "$(metric slo_rate_broken)" \
	"$(metric slo_rate)" "$(awk "BEGIN {print $(metric slo_rate) * 1.21}")"
ok "how sure it is, is said" has "99 % interval"

lakeport bench sweep -d "$null" -f "$work/one.sql" -c 2 --slo 'p50<=1ms' --step-duration 200ms \
	--step-max 400ms --warmup 0 --rates 200 --json
ok "an objective that cannot be kept: exit status 1" equal "$status" 1
ok "an objective that cannot be kept: why" has SLO-NOT-KEPT
ok "an objective that cannot be kept: no rate" equal "$(metric slo_rate)" None
ok "an objective that cannot be kept: half the rate was tried" equal "$(cell 100/s verdict)" broken
ok "an objective that cannot be kept: the search has an end" equal "$(metric slo_rate_broken | cut -d. -f1)" 50

# The knee: a lock for even connections and one for odd ones: two work at the same time.
cat >"$work/two.sql" <<'END'
\set key :client_id % 2
select pg_advisory_xact_lock(:key), pg_sleep(0.02);
END
lakeport bench sweep -d "$dsn" -f "$work/two.sql" -c 1,2,4,8 --step-duration 1 --warmup 0 --json
ok "two that can work: the knee is at two" equal "$(metric knee_connections)" 2
ok "two that can work: twice 50 a second at most" between "$(metric knee_rate)" 60 101
ok "the finding says so" has "the knee is at 2 connections"

# What goes wrong.
lakeport bench sweep -d "$dsn" -f "$work/one.sql" -c 1,2,1000 --step-duration 200ms --warmup 0 --json
ok "a step that cannot connect ends the sweep: exit status 1" equal "$status" 1
ok "a step that cannot connect: the others are kept" between "$(cell '2 connections' rate)" 1 1e9
ok "a step that cannot connect: why" has STEP-FAILED
echo "select 1/(:client_id - 1);" >"$work/fail.sql"
lakeport bench sweep -d "$dsn" -f "$work/fail.sql" -c 1,2 --step-duration 200ms --warmup 0 --json
ok "failures: exit status 1" equal "$status" 1
ok "failures: the first is told" has "division by zero"
fails 3 "no server" "cannot connect" bench sweep -d "host=$work port=1" -f "$work/one.sql"
fails 2 "falling steps" "'--connections' must rise: 2 comes after 4" bench sweep -d "$dsn" -c 4,2
fails 2 "half a connection" "must be whole numbers from 1 to 20000" bench sweep -d "$dsn" -c 1,2.5
fails 2 "no rate" "'--rates' must be numbers" bench sweep -d "$dsn" --rates 100,x
fails 2 "rates with a list of connections" "must be one number" bench sweep -d "$dsn" --rates 10 -c 1,2
fails 2 "a bad objective" "'fast' is no latency objective" bench sweep -d "$dsn" --slo fast

"$lakeport" bench sweep -d "$dsn" -f "$work/one.sql" -c 1,2,3 --step-duration 2 --warmup 0 --json \
	>"$work/out" 2>"$work/err" &
sweep=$!
sleep 3
kill -INT "$sweep"
wait "$sweep"
ok "Ctrl-C: exit status 130" equal "$?" 130
ok "Ctrl-C: the first step is kept" between "$(cell '1 connection' seconds)" 1.9 2.1
ok "Ctrl-C: so is what there is of the second" between "$(cell '2 connections' seconds)" 0.1 1.5
lakeport report html latest -o "$work/page.html"
ok "the report can be drawn" grep -q "Sweep" "$work/page.html"
ok "with its curve" grep -q "over Rate, tx/s; a point for each row" "$work/page.html"
done_testing
