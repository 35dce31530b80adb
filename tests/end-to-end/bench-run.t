#!/bin/bash
# bench init and bench run on a real server: every workload and protocol, exact counts, committed
# writes, repeatable streams, the record.
. "$(dirname "$0")/tap.sh"
server

lakeport bench init -d "$dsn" -s 2
ok "init succeeds" equal "$status" 0
ok "init made the rows of scale 2" equal \
	"$(sql "select (select count(*) from pgbench_accounts), (select count(*) from pgbench_tellers), (select count(*) from pgbench_branches), (select count(*) from pgbench_history)")" \
	"200000|20|2|0"
ok "accounts are spread over the branches" equal \
	"$(sql "select min(aid), max(aid), count(*) from pgbench_accounts group by bid order by 1")" \
	"1|100000|100000
100001|200000|100000"
ok "the keys are there" equal "$(sql "select count(*) from pg_constraint where contype = 'p' and conrelid::regclass::text like 'pgbench%'")" 3
ok "pgbench can use the tables" pgbench -n -t 5 "$dsn"
fails 3 "init over existing tables" "already" bench init -d "$dsn" -s 1
lakeport bench init -d "$dsn" -s 1 --replace --foreign-keys
ok "init --replace succeeds" equal "$status" 0
ok "foreign keys on request" equal "$(sql "select count(*) from pg_constraint where contype = 'f'")" 5

for protocol in simple extended prepared; do
	for workload in select-only simple-update tpcb-like; do
		lakeport bench run -d "$dsn" -c 4 -t 50 -b $workload -M $protocol --json
		ok "$workload, $protocol: succeeds" equal "$status" 0
		ok "$workload, $protocol: exactly 4 x 50 transactions" equal "$(metric transactions)" 200
	done
done

balances="select (select sum(abalance) from pgbench_accounts) = (select sum(delta) from pgbench_history)"
sql "truncate pgbench_history" && sql "update pgbench_accounts set abalance = 0" &&
	sql "update pgbench_tellers set tbalance = 0" && sql "update pgbench_branches set bbalance = 0"
lakeport bench run -d "$dsn" -c 8 -j 2 -T 2 -b tpcb-like --json
ok "tpcb-like for a time succeeds" equal "$status" 0
ok "each counted transaction has its one row of history" equal \
	"$(sql "select count(*) from pgbench_history")" "$(metric transactions)"
ok "accounts agree with history" equal "$(sql "$balances")" t
ok "tellers agree with branches" equal \
	"$(sql "select (select sum(tbalance) from pgbench_tellers) = (select sum(bbalance) from pgbench_branches)")" t
ok "tellers agree with accounts" equal \
	"$(sql "select (select sum(tbalance) from pgbench_tellers) = (select sum(abalance) from pgbench_accounts)")" t
ok "rate is what came over the window" between "$(metric rate)" \
	"$(awk "BEGIN {print $(metric transactions) / 2 * 0.98}")" "$(awk "BEGIN {print $(metric transactions) / 2 * 1.02}")"

# Warm-up runs but does not count.
sql "truncate pgbench_history"
lakeport bench run -d "$dsn" -c 2 -T 1 --warmup 1 -b tpcb-like --json
ok "more ran than was counted" [ "$(sql "select count(*) from pgbench_history")" -gt "$(metric transactions)" ]
ok "the window is one second" between "$(metric window_s)" 0.999 1.001

# The stream of parameters repeats with the seed, whatever the number of threads.
sql "create table drawn (run int, client int, a int, b float8, c text)"
cat >"$work/draw.sql" <<'END'
\set a random(1, 1000000)
\set b random_gaussian(1, 1000, 2.5)
insert into drawn values (:run, :client_id, :a, :b, md5(:random_seed::text));
END
for arguments in "-D run=1 -j 1 --seed 42" "-D run=2 -j 3 --seed 42" "-D run=3 -j 1 --seed 43"; do
	# shellcheck disable=SC2086
	lakeport bench run -d "$dsn" -c 3 -t 20 -f "$work/draw.sql" $arguments
done
ok "the same seed gives the same stream" equal \
	"$(sql "select count(*) from (select client, a, b, c from drawn where run = 1 except all select client, a, b, c from drawn where run = 2) x")" 0
ok "another seed gives another stream" equal \
	"$(sql "select count(*) > 55 from (select client, a from drawn where run = 1 except all select client, a from drawn where run = 3) x")" t

# A mix is drawn by weight.
echo "select 1;" >"$work/one.sql"
echo "select 2;" >"$work/two.sql"
lakeport bench run -d "$dsn" -c 4 -t 500 -f "$work/one.sql@9" -f "$work/two.sql@1" --seed 1 --json
ok "nine of ten are of the heavier script" between "$(metric transactions one.sql)" 1740 1860
ok "and all are accounted for" equal "$(($(metric transactions one.sql | cut -d. -f1) + $(metric transactions two.sql | cut -d. -f1)))" 2000

# Annotated queries: fresh values, literals and casts left alone, text values quoted.
sql "create table seen (id int, state text, note text)"
cat >"$work/annotated.sql" <<'END'
-- WEIGHT: 3
-- PARAM id = random(1, 1000)
-- PARAM state = values('CA', 'O''Hare', 'back\slash')
insert into seen values (:id::int, :state, ':id at 12:30 is "' || (array[1,2,3])[2:3]::text || $$:state$$ /* :id */);
END
for protocol in simple extended prepared; do
	sql "truncate seen"
	lakeport bench run -d "$dsn" -c 2 -t 100 -f "$work/annotated.sql" -M $protocol
	ok "annotated, $protocol: succeeds" equal "$status" 0
	ok "annotated, $protocol: values arrive unharmed" equal \
		"$(sql "select count(*), count(distinct id) > 50, count(distinct state) filter (where state in ('CA', 'O''Hare', 'back\\slash')), min(note) = max(note), min(note) from seen")" \
		"200|t|3|t|:id at 12:30 is \"{2,3}:state"
done

# pgbench's own language.
cat >"$work/language.sql" <<'END'
\set n 3
\if :n > 2
select :n * 2 as six, 'text' as word \gset
\else
select broken;
\endif
\sleep 1 ms
begin;
select 1 as ignored \aset
insert into seen values (:six, :word, null);
end;
\startpipeline
select 1;
insert into seen values (100, 'pipeline', null);
select 2;
\endpipeline
END
for protocol in extended prepared; do
	sql "truncate seen"
	lakeport bench run -d "$dsn" -c 3 -t 40 -f "$work/language.sql" -M $protocol --json
	ok "language, $protocol: succeeds" equal "$status" 0
	ok "language, $protocol: \\gset, \\if and the pipeline did their work" equal \
		"$(sql "select id, state, count(*) from seen group by 1, 2 order by 1")" "6|text|120
100|pipeline|120"
done
printf 'select 1 as a \\; select 2 as b \\gset\ninsert into seen values (:b, null, null);\n' >"$work/compound.sql"
sql "truncate seen"
lakeport bench run -d "$dsn" -c 1 -t 10 -f "$work/compound.sql" -M simple
ok "statements joined by \\; run in the simple protocol" equal "$(sql "select sum(id) from seen")" 20

# Scripts that make what they use.
printf 'create temp table if not exists t_mine (a int);\ninsert into t_mine values (1);\n' >"$work/ddl.sql"
lakeport bench run -d "$dsn" -c 2 -t 20 -f "$work/ddl.sql" --json
ok "a table made by the script itself is found" equal "$status" 0
ok "and nothing failed" equal "$(metric failed)" 0

# A large answer, and many notices.
echo "select repeat('x', 100000) from generate_series(1, 50);" >"$work/large.sql"
lakeport bench run -d "$dsn" -c 2 -t 5 -f "$work/large.sql" --json
ok "answers of 5 MB are passed over" equal "$(metric transactions)" 10
printf 'do $$ begin for i in 1..200 loop raise notice %s, i; end loop; end $$;\n' "'n %'" >"$work/notice.sql"
lakeport bench run -d "$dsn" -c 2 -t 5 -f "$work/notice.sql" --json
ok "notices are passed over" equal "$(metric transactions)" 10
done_testing
