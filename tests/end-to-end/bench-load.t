#!/bin/bash
# The open loop: what is offered is offered whatever the server does, and nothing due is lost.
. "$(dirname "$0")/tap.sh"
server
lakeport bench init -d "$dsn" -s 1

due() { awk "BEGIN {print $(metric transactions) + $(metric failed) + $(metric skipped)}"; }

lakeport bench run -d "$dsn" -c 8 -j 2 -T 3 -b select-only --json
ok "a closed loop says what it hides" has CLOSED-LOOP
lakeport bench run -d "$dsn" -c 8 -j 2 -T 3 -R 1000 --arrival constant -b select-only --json
ok "constant: what was due is rate x time" between "$(due)" 2998 3002
ok "an open loop has nothing to hide" sh -c "! grep -q CLOSED-LOOP '$work/out'"
ok "lag is reported" between "$(metric lag_p50_us)" 0 100000
ok "service time is at most latency" between "$(metric service_mean_us)" 0 "$(metric latency_mean_us)"
lakeport bench run -d "$dsn" -c 8 -j 2 -T 3 -R 1000 --seed 5 -b select-only --json
ok "Poisson: what was due is near rate x time" between "$(due)" 2750 3250

# 500 ms of an exclusive lock within 3 s: about a sixth of the requests are due while it lasts.
(sleep 1; sql "begin; lock table pgbench_accounts in access exclusive mode; select pg_sleep(0.5); commit" >/dev/null) &
lakeport bench run -d "$dsn" -c 8 -T 3 -R 1000 --arrival constant -b select-only --json
wait
ok "a stall is seen: p99 is near its length" between "$(metric latency_p99_us)" 400000 600000
ok "a stall is seen: a sixth waited" between "$(metric latency_p90_us)" 100000 500000
ok "a stall loses nothing" between "$(due)" 2998 3002

# More than the server can do: what is not begun is counted.
lakeport bench run -d "$dsn" -c 1 -T 1 -R 1000000 --arrival constant -b select-only --json
ok "too much: what was due is rate x time" between "$(due)" 999990 1000010
ok "too much: the record warns" has RATE-NOT-REACHED
lakeport bench run -d "$dsn" -c 2 -T 2 -R 50 --arrival constant --max-lag 5ms -f <(echo "select pg_sleep(0.1);") --json
ok "--max-lag: what was due is rate x time" between "$(due)" 98 102
ok "--max-lag: most were skipped" between "$(metric skipped)" 50 70
ok "--max-lag: nothing that ran began late" between "$(metric lag_max_us)" 0 5001
fails 2 "--max-lag without a rate" "need a rate" bench run -d "$dsn" --max-lag 1ms
done_testing
