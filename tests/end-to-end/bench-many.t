#!/bin/bash
# bench run under mpirun: the ranks share one load, begin together and leave one record in which
# everything is counted once; whoever fails or dies, nobody waits for ever.
. "$(dirname "$0")/tap.sh"
command -v mpirun >/dev/null || skip_all "no mpirun: scripts/setup mpi installs it"
case $build in *asan* | *tsan*) skip_all "Open MPI itself leaks and races under the sanitizers" ;; esac
grep -q MPI_Init "$lakeport" || skip_all "this lakeport was built without MPI"
server
LIMIT=60
mpi=(mpirun --allow-run-as-root --oversubscribe --bind-to none)
host=$(hostname)

# ranks N COMMAND...; many N ARGUMENT...: lakeport bench run --json from so many ranks.
ranks() {
	local n=$1

	shift
	run "${mpi[@]}" -n "$n" "$@"
}

many() {
	local n=$1

	shift
	ranks "$n" "$lakeport" bench run --json "$@"
}

# "$work/only" RANK NAME=VALUE COMMAND...: this variable is set in one rank alone.
cat >"$work/only" <<'SCRIPT'
#!/bin/sh
[ "$OMPI_COMM_WORLD_RANK" != "$1" ] || export "$2"
shift 2
exec "$@"
SCRIPT
# "$work/own" COMMAND...: each rank has a script of its own.
cat >"$work/own" <<SCRIPT
#!/bin/sh
exec "\$@" -f "$work/script-\$OMPI_COMM_WORLD_RANK.sql"
SCRIPT
chmod +x "$work/only" "$work/own"

# record EXPRESSION: of the record `r` on stdout; m, h, t: its metrics, histograms and tables.
record() {
	/usr/bin/python3 - "$work/out" "$1" <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
m = {x['name']: x['value'] for x in r['metrics'] if 'of' not in x}
h = {x['name']: x for x in r['histograms'] if 'of' not in x}
t = {x['name']: x['rows'] for x in r['tables']}
s = r['series'][0]['rows']
print(eval(sys.argv[2]))
END
}

finding() { record "any(f['id'] == '$1' for f in r['findings'])"; }
said() { equal "$(grep -c '^lakeport: ' "$work/err")" 1 && warns "$1"; }
records() { find "$work/runs" -name '*.json' 2>/dev/null | wc -l; }

# null_server OPTION... / null_stop: tests/fake/nullpg.
null_server() {
	"$@" --stdin >"$work/null.out" 2>&1 < <(sleep 60) &
	null_pid=$!
	for _ in $(seq 100); do grep -q ready "$work/null.out" && break; sleep 0.05; done
}
null_stop() { kill $null_pid; wait $null_pid 2>/dev/null; }

lakeport bench init -d "$dsn" -s 1
rm -rf "$work/runs"

# Everything once, whatever the number of ranks; one record of each run.
n=0
while read -r size connections; do
	sql "truncate pgbench_history"
	many "$size" -d "$dsn" -c "$connections" -t 30 -b tpcb-like -b select-only
	n=$((n + 1))
	all=$((connections * 30))
	ok "$size ranks: succeeds" equal "$status" 0
	ok "$size ranks: every transaction once" equal "$(record "int(m['transactions']), m['failed'], m['skipped']")" "($all, 0, 0)"
	ok "$size ranks: the histogram holds as many" equal "$(record "h['latency']['count']")" $all
	ok "$size ranks: so do the scripts" equal "$(record "int(sum(x[2] for x in t['scripts']))")" $all
	ok "$size ranks: each write is in the database" equal "$(sql "select count(*) from pgbench_history")" "$(metric transactions tpcb-like)"
	ok "$size ranks: statements agree" equal "$(record "int([x[3] for x in t['statements'] if x[2] == 'END'][0])")" "$(metric transactions tpcb-like)"
	ok "$size ranks: connections are shared out" equal "$(record "int(m['connections']), int(sum(x[2] for x in t['ranks'])), len(t['ranks'])")" "($connections, $connections, $size)"
	ok "$size ranks: each connection connected once" equal "$(record "h['connect']['count']")" "$connections"
	ok "$size ranks: threads add up" equal "$(record "int(m['threads'] - sum(x[3] for x in t['ranks']))")" 0
	ok "$size ranks: one record" equal "$(records)" $n
done <<'END'
2 5
4 6
6 6
END

# A run within one second: the percentiles of that second must be those of all values, to the digit.
many 3 -d "$dsn" -c 6 -t 40 -b select-only
ok "a second's percentiles come from all ranks" equal \
	"$(record "len(s) == 1 and max(abs(a - m[b]) for a, b in zip(s[0][1:5], ('latency_mean_us', 'latency_p50_us', 'latency_p95_us', 'latency_p99_us')))")" 0.0
many 2 -d "$dsn" -c 4 -T 2.5 -b select-only
ok "a window of 2.5 s has three rows" equal "$(record "len(s), round(m['window_s'], 2)")" "(3, 2.5)"
ok "the seconds add up to the rate" between "$(record "(s[0][0] + s[1][0] + s[2][0] / 2) / m['rate'] / 2.5")" 0.999 1.001
ok "the ranks add up to the rate" between "$(record "sum(x[4] for x in t['ranks']) / m['rate']")" 0.99 1.01
ok "they began together" between "$(record "max(abs(x[8]) for x in t['ranks'])")" 0 100000
ok "rank 0 is where time counts from" equal "$(record "t['ranks'][0][8]")" 0
ok "they see one server" equal "$(finding TARGETS-DIFFER)" False
ok "the record says how many they were" equal "$(record "r['target']['ranks']")" "2 on 1 host"
many 1 -d "$dsn" -c 2 -t 10 -b select-only
ok "a single rank is a run like any other" equal "$(record "int(m['transactions']), 'ranks' in t")" "(20, False)"

# An offered rate is that of all together.
many 3 -d "$dsn" -c 6 -T 2 -R 600 --arrival constant -b select-only
ok "the rate is shared out" between "$(record "m['transactions'] + m['failed'] + m['skipped']")" 1194 1206
ok "lag and service are merged" equal "$(record "h['lag']['count'] == h['service']['count'] == m['transactions']")" True

# So is the load of a plan: its rate, and the connections that it opens one after the other.
cat >"$work/plan.yaml" <<'END'
patterns:
- {builtin: select-only}
phases:
- {name: low, duration_s: 1, connections: 3, rate: 200}
- {name: high, duration_s: 1, connections: 7, rate: 400}
END
many 3 -d "$dsn" -w "$work/plan.yaml" --arrival constant
ok "a plan's rate is shared out" between "$(record "m['transactions'] + m['failed'] + m['skipped']")" 590 610
ok "a plan's phases are merged" equal "$(record "sum(x[5] for x in t['phases']) == m['transactions']")" True
ok "a plan's connections are shared out" equal "$(record "int(m['connections']), [int(x[2]) for x in t['ranks']], h['connect']['count']")" "(7, [3, 2, 2], 7)"

# Streams belong to connections, not to ranks.
sql "create table drawn (run int, client int, a int)"
printf '\\set a random(1, 1000000)\ninsert into drawn values (:run, :client_id, :a);\n' >"$work/draw.sql"
lakeport bench run -d "$dsn" -c 5 -t 20 -f "$work/draw.sql" --seed 42 -D run=1
many 3 -d "$dsn" -c 5 -t 20 -f "$work/draw.sql" --seed 42 -D run=2
ok "connections are numbered through all ranks" equal "$(sql "select count(distinct client), min(client), max(client) from drawn where run = 2")" "5|0|4"
ok "the same seed gives the same stream from any number of ranks" equal \
	"$(sql "select count(*) from (select client, a from drawn where run = 1 except all select client, a from drawn where run = 2) x")" 0
many 2 -d "$dsn" -c 4 -t 20 -f "$work/draw.sql" -D run=3
ok "without a seed all ranks draw from the same one" equal "$status $(sql "select count(distinct a) > 70 from drawn where run = 3")" "0 t"

# Failures are gathered from all ranks.
echo "select 1 / (:client_id % 2);" >"$work/odd.sql"
many 4 -d "$dsn" -c 8 -t 5 -f "$work/odd.sql"
ok "failures: the exit status of rank 0 is that of the run" equal "$status" 1
ok "failures: merged by kind" equal "$(record "[(x[0], int(x[4])) for x in t['errors']], int(m['failed']), int(m['transactions'])")" "([('22012', 20)], 20, 20)"

# With --on-error stop the first error in one rank ends all of them, long before their time.
echo "select 1 / least(:client_id, 1);" >"$work/first.sql"
for limit in "-T 50" "-t 1000000000"; do
	begin=$(date +%s)
	# shellcheck disable=SC2086
	many 3 -d "$dsn" -c 6 $limit -f "$work/first.sql" --on-error stop
	ok "--on-error stop, $limit: ends as failed" equal "$status $(record "r['outcome'], r['error'].split(':')[1]")" "4 ('failed', ' division by zero (SQLSTATE 22012)')"
	ok "--on-error stop, $limit: at once" [ $(($(date +%s) - begin)) -le 10 ]
	ok "--on-error stop, $limit: what the others did is in the record" equal "$(record "[x[0] for x in t['errors']], int(m['connections']), m['transactions'] > 20")" "(['22012'], 6, True)"
done

# The null server.
mkdir "$work/null"
echo "select 1;" >"$work/one.sql"
null="host=$work/null port=5998 user=x dbname=x"
null_server "$nullpg" --socket "$work/null" --port 5998
many 4 -d "$null" -c 16 -t 500 -f "$work/one.sql"
ok "null server: 4 ranks, all transactions" equal "$(record "int(m['transactions']), h['latency']['count']")" "(8000, 8000)"
many 4 -d "$null" -c 16 -T 1 --warmup 200ms -f "$work/one.sql"
ok "null server: a window of one second" equal "$(record "round(m['window_s'], 3) == 1, len(s)")" "(True, 1)"
null_stop

if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
	ok "all records validate" /usr/bin/python3 -c "
import json, sys, jsonschema
schema = json.load(open('common/record.schema.json'))
for name in sys.argv[1:]:
    jsonschema.Draft7Validator(schema).validate(json.load(open(name)))" "$work"/runs/*.json
fi
lakeport report html latest -o "$work/report.html"
ok "the report shows the ranks" grep -q "Began after rank 0" "$work/report.html"

# One rank fails, or all do: everybody ends, rank 0 says who it was. No record.
rm -rf "$work/runs"
ranks 3 "$lakeport" bench run -d "$null" -c 6 -t 5 -f "$work/one.sql"
ok "none connects: exit status 3" equal "$status" 3
ok "none connects: said once" said "on all 3 ranks: cannot connect"
ranks 3 "$work/only" 1 PGOPTIONS=--nonsense=1 "$lakeport" bench run -d "$dsn" -c 6 -t 5 -b select-only
ok "one rank is refused: exit status 3" equal "$status" 3
ok "one rank is refused: said once, by name" said "on rank 1 on '$host': cannot connect"
cp "$work/one.sql" "$work/script-0.sql"
ranks 2 "$work/own" "$lakeport" bench run -d "$dsn" -c 4 -t 5
ok "a script is missing in one rank: exit status 2" equal "$status" 2
ok "a script is missing in one rank: said once, by name" said "on rank 1 on '$host': cannot open"
echo "select 2;" >"$work/script-1.sql"
ranks 2 "$work/own" "$lakeport" bench run -d "$dsn" -c 4 -t 5
ok "another script in one rank: exit status 2" equal "$status" 2
ok "another script in one rank: said once, by name" said "rank 1 on '$host' has other scripts or options than rank 0"
ranks 3 "$lakeport" bench run -d "$dsn" -c 2 -t 5
ok "fewer connections than ranks: exit status 2" equal "$status" 2
ok "fewer connections than ranks: said once" said "2 connections cannot be divided among 3 ranks"
sql "create user few_$$ connection limit 3" && sql "grant select on pgbench_accounts, pgbench_branches to few_$$"
at_end+=("sql 'drop owned by few_$$'; sql 'drop user few_$$'")
PGUSER=postgres ranks 2 "$work/only" 1 "PGUSER=few_$$" "$lakeport" bench run -d "${dsn/postgres@/}" -c 12 -t 5 -b select-only
ok "one rank cannot connect often enough, the other waits: exit status 3" equal "$status" 3
ok "one rank cannot connect often enough, the other waits: said once, by name" said "on rank 1 on '$host': connection "
ok "no record of what did not begin" equal "$(records)" 0

# What is wrong with the command line rank 0 says for all; what cannot be shared out is refused.
ranks 3 "$lakeport" bench run -d "$dsn" --no-such-option
ok "a wrong option: exit status 2" equal "$status" 2
ok "a wrong option: said once" said "--no-such-option"
ranks 3 "$lakeport" bench run -d "$dsn" -c many
ok "a wrong value: exit status 2" equal "$status" 2
ok "a wrong value: said once" said "'--connections' must be a whole number"
ranks 3 "$lakeport" bench run -d "$dsn" -c 6 -T 1 -b select-only --versus "$dsn"
ok "A and B: exit status 2" equal "$status" 2
ok "A and B: said once" said "A and B cannot take turns under mpirun"
for verb in init sweep wake qualify; do
	ranks 3 "$lakeport" bench $verb -d "$dsn"
	ok "bench $verb: exit status 2" equal "$status" 2
	ok "bench $verb: said once" said "'bench $verb' works in one process, and mpirun started 3"
done
# shellcheck disable=SC2016 # the inner shell's
"${mpi[@]}" -n 3 sh -c '"$@" 2>/dev/null; echo $? >>'"$work/codes" sh "$lakeport" bench sweep -d "$dsn"
ok "the exit status is the same in all ranks" equal "$(tr '\n' ' ' <"$work/codes")" "2 2 2 "
ranks 1 "$lakeport" bench sweep -d "$null" -c 1 --step-duration 200ms -f "$work/one.sql"
ok "one rank is alone: it is tried, and nobody is there" warns "cannot connect"

# Another server in one rank is seen.
ranks 2 "$work/only" 1 "PGOPTIONS=-c work_mem=7MB" "$lakeport" bench run -d "$dsn" -c 4 -t 5 -b select-only --json
ok "another setting in one rank is found" equal "$(record "[f['evidence'] for f in r['findings'] if f['id'] == 'TARGETS-DIFFER']")" \
	"[\"rank 1 ($host) sees another server than rank 0: work_mem is '7MB' there\"]"

# Ctrl-C, and a rank that dies: rank 0 writes its own share at once.
echo "select pg_sleep(0.01);" >"$work/short.sql"
for what in INT death; do
	rm -rf "$work/runs"
	"${mpi[@]}" -n 3 "$lakeport" bench run -d "$dsn" -c 6 -T 60 -f "$work/short.sql" >"$work/out" 2>"$work/err" </dev/null &
	job=$!
	sleep 3
	if [ $what = INT ]; then kill -INT $job; else kill -9 "$(pgrep -P $job | sed -n 2p)"; fi
	begin=$(date +%s)
	wait $job
	ok "$what: the job fails" [ $? != 0 ]
	ok "$what: in time" [ $(($(date +%s) - begin)) -le 6 ]
	ok "$what: there is a record" equal "$(records)" 1
	cp "$work"/runs/*.json "$work/out"
	ok "$what: it says interrupted" equal "$(record "r['outcome'], r['exit_status']")" "('interrupted', 130)"
	ok "$what: it says what is missing" equal "$(finding RANKS-MISSING)" True
	ok "$what: it holds the share of rank 0" equal "$(record "int(m['connections']), m['transactions'] > 50")" "(2, True)"
	ok "$what: no rank is left" equal "$(pgrep -fc "$work/short.sql")" 0
done

# The same while the ranks still wait for one that cannot connect yet: an end, and no record.
mkdir "$work/late"
null_server "$nullpg" --socket "$work/null" --port 5998
first_pid=$null_pid
null_server "$nullpg" --socket "$work/late" --port 5998 --start-delay 30000
for what in INT death; do
	rm -rf "$work/runs"
	PGHOST=$work/null "${mpi[@]}" -n 3 "$work/only" 1 "PGHOST=$work/late" "$lakeport" bench run \
		-d "port=5998 user=x dbname=x" -c 6 -T 60 -f "$work/one.sql" >"$work/out" 2>"$work/err" </dev/null &
	job=$!
	sleep 2
	if [ $what = INT ]; then kill -INT $job; else kill -9 "$(pgrep -P $job | sed -n 2p)"; fi
	begin=$(date +%s)
	wait $job
	ok "$what before the begin: the job fails" [ $? != 0 ]
	ok "$what before the begin: in time" [ $(($(date +%s) - begin)) -le 6 ]
	ok "$what before the begin: said once" said "interrupted while waiting for the other ranks"
	ok "$what before the begin: no record" equal "$(records)" 0
done
null_stop
null_pid=$first_pid
null_stop

# Two network namespaces, as two machines: no ssh; ranks and server meet on a network of their own.
a=lpA$$ b=lpB$$
if [ "$(id -u)" = 0 ] && ip netns add "$a" 2>/dev/null && ip netns add "$b" 2>/dev/null; then
	at_end+=("ip netns del $a" "ip netns del $b")
	ip -n "$a" link add v0 type veth peer name v0 netns "$b"
	ip -n "$a" addr add 10.77.0.1/24 dev v0
	ip -n "$b" addr add 10.77.0.2/24 dev v0
	for ns in "$a" "$b"; do ip -n "$ns" link set lo up; ip -n "$ns" link set v0 up; done
	cat >"$work/rsh" <<SCRIPT
#!/bin/sh
while [ "\${1#-}" != "\$1" ]; do shift; done
case \$1 in 10.77.0.1) ns=$a ;; 10.77.0.2) ns=$b ;; *) exit 1 ;; esac
shift
exec ip netns exec \$ns unshare --uts sh -c "hostname \$ns; \$*"
SCRIPT
	chmod +x "$work/rsh"
	null_server ip netns exec "$a" "$nullpg" --tcp --address 10.77.0.1 --port 5432
	run ip netns exec "$a" "${mpi[@]}" --mca plm_rsh_agent "$work/rsh" \
		--host 10.77.0.1:2,10.77.0.2:2 -n 4 --mca btl tcp,self \
		--mca btl_tcp_if_include 10.77.0.0/24 --mca oob_tcp_if_include 10.77.0.0/24 \
		"$lakeport" bench run -d "host=10.77.0.1 user=x dbname=x" -c 8 -t 200 \
		-f "$work/one.sql" --json --runs "$work/runs"
	ok "two networks: succeeds" equal "$status" 0
	ok "two networks: every transaction once" equal "$(record "int(m['transactions']), h['latency']['count']")" "(1600, 1600)"
	ok "two networks: two ranks on the other machine" equal "$(record "[x[1] for x in t['ranks']].count('$b')")" 2
	ok "two networks: the record says so" equal "$(record "r['target']['ranks']")" "4 on 2 hosts"
	ok "two networks: they began together" between "$(record "max(abs(x[8]) for x in t['ranks'])")" 0 100000
	null_stop
else
	tests=$((tests + 1))
	echo "ok $tests - two networks # SKIP needs root and network namespaces"
fi
done_testing
