#!/bin/bash
# The server's side of a run and the plans of its statements: on a server with pg_stat_statements,
# without it, without privileges, one that goes away, and one that answers nonsense.
. "$(dirname "$0")/tap.sh"
export LAKEPORT_PG_DIR=$work/pg
url=$(scripts/postgres start -o shared_preload_libraries=pg_stat_statements 2>"$work/pg.err") ||
	skip_all "no Postgres: $(head -1 "$work/pg.err")"
at_end+=("LAKEPORT_PG_DIR=$work/pg scripts/postgres remove")
dsn=$url
LIMIT=60

# record EXPRESSION: of python, over the record r that --json printed; s is series by name, t tables
# by name, f findings by id.
record() {
	/usr/bin/python3 - "$work/out" "$1" <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
s = {x['name']: {c['name']: [row[i] for row in x['rows']] for i, c in enumerate(x['columns'])}
     for x in r['series']}
t = {x['name']: x['rows'] for x in r['tables']}
f = {}
for x in r['findings']:
    f.setdefault(x['id'], []).append(x)
print(eval(sys.argv[2]))
END
}
holds() { equal "$(record "$1")" True; }

lakeport bench init -d "$dsn" -s 2
sql 'create table "Odd Table" as select g as id, (g % 1000)::varchar as "Cust""Id", g % 7 as small
	from generate_series(1, 200000) g; analyze "Odd Table"'
lakeport bench run -d "$dsn" -c 4 -T 3 -b tpcb-like --json
ok "without the extension the run succeeds" equal "$status" 0
ok "the missing extension is one note" holds \
	"[x['severity'] for x in f['NOT-OBSERVED'] if 'pg_stat_statements' in x['object']] == ['info']"
ok "it says what to do" holds "'create extension' in f['NOT-OBSERVED'][0]['fix']"

sql "create extension pg_stat_statements"
lakeport bench run -d "$dsn" -c 4 -T 3 -b tpcb-like --json
ok "with it the run succeeds" equal "$status" 0
ok "nothing is missing" holds "'NOT-OBSERVED' not in f and 'OBSERVED-IN-PART' not in f"
ok "a row for each second" holds "all(len(c) == len(s['per_second']['rate']) for x in s.values() for c in x.values())"
ok "the server counts what the client counts" holds \
	"abs(sum(s['server_work']['transactions_committed']) / sum(s['per_second']['rate']) - 1) < 0.25"
ok "WAL is written each second" holds "all(v > 0 for v in s['server_storage']['io_wal'])"
ok "sessions are seen" holds "all(0 < sum(c[i] for n, c in s['server_sessions'].items() if n.startswith('sessions_')) <= 4 for i in range(3))"
ok "shares are shares" holds "all(v is None or 0 <= v <= 100 for v in s['server_work']['cache_hits'])"
ok "statements of the run are there" holds \
	"any('UPDATE pgbench_branches' in x[0] and x[1] > 50 for x in t['server_statements'])"
ok "the sampler's are not" holds "not any('sampler' in x[0] for x in t['server_statements'])"
ok "history grew" holds "any(x[0] == 'public.pgbench_history' and x[2] > 0 for x in t['server_sizes'])"
ok "waits add up" holds "abs(sum(x[3] for x in t['server_waits']) - 100) < 0.1"
ok "plans use the keys" holds "any('Index Scan pgbench_branches' in x[2] or 'pgbench_branches' in x[2] for x in t['plans'])"
ok "small tables are no finding" holds "'SEQ-SCAN-BIG-TABLE' not in f and 'MISSING-INDEX' not in f"
ok "what was seen fits the schema" /usr/bin/python3 -c "
import json, sys
try: import jsonschema
except ImportError: sys.exit(0)
jsonschema.Draft7Validator(json.load(open('common/record.schema.json'))).validate(json.load(open('$work/out')))"
ok "the sampler has gone" equal "$(sql "select count(*) from pg_stat_activity where application_name = 'lakeport sampler'")" 0

lakeport bench run -d "$dsn" -c 2 -T 1 -b select-only --observe off --explain off --json
ok "off: nothing is asked" holds "not any(x.startswith('server') or x == 'plans' for x in list(s) + list(t))"

# Plans: several tables, odd names, an index that is missing and then is not.
cat >"$work/join.sql" <<'END'
\set c random(1, 1000)
select count(*) from "Odd Table" t join pgbench_accounts a on a.aid = t.id
where t."Cust""Id" = :c::text and a.bid > 0;
END
echo 'select filler, aid from pgbench_accounts order by filler, aid desc;' >"$work/sort.sql"
printf '\\set d random(1, 1000)\nupdate "Odd Table" set small = small + 1 where "Cust""Id" = :d::text;\n' >"$work/write.sql"
lakeport bench run -d "$dsn" -c 1 -t 3 -f "$work/join.sql" --json
ok "the index is missing" holds \
	"[x['fix'] for x in f['MISSING-INDEX']] == ['CREATE INDEX CONCURRENTLY ON \"public\".\"Odd Table\" (\"Cust\"\"Id\")']"
ok "a plan is no fault of the run" equal "$status" 0
before=$(sql 'select sum(small) from "Odd Table"')
lakeport bench run -d "$dsn" -c 1 -t 2 -f "$work/write.sql" --explain analyze --json
ok "analyze: it was executed" holds "t['plans'][0][5] > 0"
ok "analyze: and rolled back" equal "$(sql 'select sum(small) from "Odd Table"')" $((before + 400))
lakeport bench run -d "$dsn" -c 1 -t 2 -f "$work/sort.sql" --explain analyze --json
ok "analyze: the sort on disk is seen" holds "len(f['SORT-ON-DISK']) == 1"
sql 'CREATE INDEX CONCURRENTLY ON "public"."Odd Table" ("Cust""Id")'
lakeport bench run -d "$dsn" -c 1 -t 3 -f "$work/join.sql" --json
ok "with the index there is no finding" holds "'MISSING-INDEX' not in f and 'SEQ-SCAN-BIG-TABLE' not in f"
printf 'select 7 as seven \\gset\nselect count(*) from "Odd Table" where id = :seven;\n' >"$work/gset.sql"
lakeport bench run -d "$dsn" -c 1 -t 2 -f "$work/gset.sql" --explain analyze --json
ok "analyze: a parameter from an answer is said plainly" holds "'answers of other statements' in f['NOT-EXPLAINED'][0]['evidence']"

# Replication and backpressure.
sql "create function backpressure_throttling_time() returns bigint language sql
	as 'select (extract(epoch from clock_timestamp()) * 100000)::bigint'"
if command -v pg_receivewal >/dev/null; then
	mkdir "$work/wal"
	pg_receivewal -d "$url" -D "$work/wal" --no-loop 2>/dev/null &
	receiver=$!
	sleep 0.5
fi
lakeport bench run -d "$dsn" -c 2 -T 2 -b simple-update --json
ok "backpressure is a share of each second" holds "all(90000 < v < 110000 for v in s['server_replication']['backpressure_us_per_s'])"
if [ -n "${receiver:-}" ]; then
	ok "the lag of a receiver is seen" holds "any((v or -1) >= 0 for v in s['server_replication']['replication_write_lag'])"
	kill $receiver
fi

# A user who may nothing else, and a view that was taken away.
sql "create role nobody_much login; grant all on all tables in schema public to nobody_much;
	revoke select on pg_stat_wal from public"
lakeport bench run -d "${url/postgres@/nobody_much@}" -c 2 -T 2 -b select-only --json
ok "without privileges the run succeeds" equal "$status" 0
ok "each thing that is not shown is one note" holds "sorted(x['object'] for x in f['NOT-OBSERVED']) == [\"other users' sessions\", 'pg_stat_wal']"
ok "notes only" holds "all(x['severity'] == 'info' for x in f['NOT-OBSERVED'])"
ok "the rest is there" holds "sum(s['server_work']['transactions_committed']) > 0 and 'io_read' in s['server_storage']"

# No connection left for the sampler.
sql "alter role nobody_much connection limit 2"
lakeport bench run -d "${url/postgres@/nobody_much@}" -c 2 -T 2 -b select-only --json
ok "no slot left: the run succeeds" equal "$status" 0
ok "no slot left: it is said" holds "'too many connections' in f['NOT-OBSERVED'][0]['evidence']"
sql "drop owned by nobody_much; drop role nobody_much; grant select on pg_stat_wal to public"

# Its backend is terminated: it comes back.
(sleep 1.5; sql "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lakeport sampler'" >/dev/null) &
lakeport bench run -d "$dsn" -c 2 -T 4 -b select-only --json
wait $!
ok "sampler terminated: the run succeeds" equal "$status" 0
ok "sampler terminated: it is said" holds "len(f['OBSERVED-IN-PART']) == 1"
ok "sampler terminated: it came back" holds "s['server_work']['transactions_committed'][3] > 0"
ok "sampler terminated: nothing else failed" equal "$(metric failed)" 0

# Its backend hangs: the run does not wait for it.
(sleep 1.5; sql "select pid from pg_stat_activity where application_name = 'lakeport sampler'" >"$work/pid"; kill -STOP "$(cat "$work/pid")") &
begin=$(date +%s%N)
lakeport bench run -d "$dsn" -c 2 -T 3 -b select-only --explain off --json
took=$((($(date +%s%N) - begin) / 1000000))
wait $!
kill -CONT "$(cat "$work/pid")"
ok "sampler hangs: the run succeeds" equal "$status" 0
ok "sampler hangs: its end takes at most a second more" between "$took" 3000 5900
ok "sampler hangs: what was seen is kept" holds "s['server_work']['transactions_committed'][0] > 0"

# The server is killed and comes back in mid-run.
sql "alter system set restart_after_crash = on" && sql "select pg_reload_conf()" >/dev/null
(sleep 1.5; backend=$(sql "select pid from pg_stat_activity where application_name = 'lakeport' limit 1"); kill -9 "$backend") 2>/dev/null &
lakeport bench run -d "$dsn" -c 2 -T 5 -b select-only --json
wait $!
ok "crash: the run ends" between "$status" 0 1
ok "crash: counts agree" holds "[m['value'] for m in r['metrics'] if m['name'] == 'transactions' and 'of' not in m][0] == [h['count'] for h in r['histograms'] if h['name'] == 'latency' and 'of' not in h][0]"
ok "crash: the server was seen before" holds "s['server_work']['transactions_committed'][0] > 0"

(sleep 1.5; LAKEPORT_PG_DIR=$work/pg scripts/postgres stop) >/dev/null 2>&1 &
begin=$(date +%s)
lakeport bench run -d "$dsn" -c 2 -T 4 -b select-only --json
wait $!
ok "stopped: the run ends in time" between $(($(date +%s) - begin)) 3 12
ok "stopped: with what it counted" holds "[m['value'] for m in r['metrics'] if m['name'] == 'transactions' and 'of' not in m][0] > 0"
ok "stopped: that nothing was seen is a note" holds "f['OBSERVED-IN-PART'][0]['severity'] == 'info'"

# A server that answers nonsense.
mkdir "$work/null"
"$nullpg" --socket "$work/null" --port 5499 >"$work/null/ready" 2>/dev/null &
null=$!
at_end+=("kill $null")
for _ in $(seq 50); do [ -s "$work/null/ready" ] && break; sleep 0.1; done
lakeport bench run -d "host=$work/null port=5499 user=null dbname=null" -c 2 -T 2 -b select-only --json
ok "nonsense: the run succeeds" equal "$status" 0
ok "nonsense: no finding above a note" holds "all(x['severity'] == 'info' for i in ('NOT-OBSERVED', 'NOT-EXPLAINED', 'OBSERVED-IN-PART') for x in f.get(i, []))"
done_testing
