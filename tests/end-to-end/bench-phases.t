#!/bin/bash
# Workload files: phases with ramps and spikes, think times, limits, targets; the shipped scenarios.
. "$(dirname "$0")/tap.sh"
server
lakeport bench init -d "$dsn" -s 1

phase() { metric "$1" "phase $2"; }

cat >"$work/open.yaml" <<'END'
title: Open
patterns:
- {builtin: select-only, time_limit_ms: 5000}
phases:
- {name: low, duration_s: 2, connections: 4, rate: 100}
- {name: high, duration_s: 2, connections: 8, rate: 500}
- {name: down, duration_s: 2, connections: 4, rate: 200, ramp_down_s: 2}
targets: {p99_ms: 5000, min_rate: 100, max_failed_percent: 0}
END
lakeport bench run -d "$dsn" -w "$work/open.yaml" --arrival constant --json
ok "phases: done, targets met" equal "$status" 0
ok "phases: the low one" between "$(phase transactions low)" 198 202
ok "phases: the high one" between "$(phase transactions high)" 996 1004
ok "phases: the one that ramps down" between "$(phase transactions down)" 180 205
ok "phases: nothing over its time limit" equal "$(metric late)" 0
ok "phases: the title is the record's" has '"title":"Open"'

cat >"$work/closed.yaml" <<'END'
patterns:
- {file: think.sql, think_time_ms: 100}
phases:
- {name: one, duration_s: 2, connections: 2}
- {name: spike, duration_s: 2, connections: 2, spikes: [{start_s: 0.5, duration_s: 1, connections: 6}]}
targets: {mean_ms: 0.001}
END
echo 'select count(*) from pg_stat_activity where application_name = $$lakeport$$ \gset n
insert into seen values (:ncount);' >"$work/think.sql"
sql "create table seen (n int, at timestamptz default now())"
lakeport bench run -d "$dsn" -w "$work/closed.yaml" --json
ok "a missed target: exit status 1" equal "$status" 1
ok "a missed target: named" has TARGET-MISSED
ok "think time: some ten transactions a second for each connection" between "$(phase transactions one)" 30 42
ok "a spike: more of them" between "$(phase transactions spike)" 70 105
ok "a spike opens connections" equal "$(sql "select max(n) from seen")" 8
ok "and they are closed after it" equal "$(sql "select n from seen order by at desc limit 1")" 2

cat >"$work/late.yaml" <<'END'
patterns:
- {file: slow.sql, time_limit_ms: 10}
phases:
- {name: one, duration_s: 1, connections: 2}
END
echo 'select pg_sleep(0.05);' >"$work/slow.sql"
lakeport bench run -d "$dsn" -w "$work/late.yaml" --json
ok "time limit: all are late" equal "$(metric late)" "$(metric transactions)"
ok "time limit: said" has OVER-TIME-LIMIT

fails 2 "a workload file and connections" "--connections and --workload cannot both be given" bench run -d "$dsn" -w "$work/late.yaml" -c 3
printf 'patterns: [{builtin: select-only}]\nphases: [{name: a, durations_s: 1}]\n' >"$work/bad.yaml"
fails 2 "a wrong key" "bad.yaml:2:20: unknown key 'durations_s'" bench run -d "$dsn" -w "$work/bad.yaml"

# The shipped scenarios, a hundred times shorter.
for scenario in bench/scenarios/*.yaml; do
	name=$(basename "$scenario" .yaml)
	mkdir -p "$work/scenarios"
	cp bench/scenarios/*.sql "$work/scenarios"
	/usr/bin/python3 - "$scenario" "$work/scenarios/$name.yaml" <<'END'
import re, sys
text = open(sys.argv[1]).read()
text = re.sub(r'((?:duration|ramp_up|ramp_down|start)_s: )(\d+)', lambda m: m[1] + repr(int(m[2]) / 200), text)
open(sys.argv[2], 'w').write(re.sub(r'think_time_ms: \d+', 'think_time_ms: 5', text))
END
	lakeport bench run -d "$dsn" -w "$work/scenarios/$name.yaml" --json
	ok "scenario $name runs" grep -qw "$status" <<<"0 1"
	ok "scenario $name: nothing failed" equal "$(metric failed)" 0
done
done_testing
