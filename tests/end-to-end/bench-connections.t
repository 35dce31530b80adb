#!/bin/bash
# Retries of transactions that collide, a connection for each transaction, outages in the record.
. "$(dirname "$0")/tap.sh"
server
sql "create table counter (id int primary key, n bigint not null); insert into counter values (1, 0)"
cat >"$work/collide.sql" <<'END'
\set before random(1, 1000000000)
begin isolation level serializable;
select n as seen from counter where id = 1 \gset
\sleep 1 ms
update counter set n = :seen + 1 where id = 1;
end;
END
lakeport bench run -d "$dsn" -c 6 -t 30 -f "$work/collide.sql" --json
ok "without retries collisions fail, and that is no reason for concern" equal "$status" 0
ok "without retries: what succeeded is what was added" equal "$(sql "select n from counter")" "$(metric transactions)"
ok "without retries: some failed" between "$(metric failed)" 1 179
sql "update counter set n = 0"
lakeport bench run -d "$dsn" -c 6 -t 30 -f "$work/collide.sql" --max-tries 10000 --json
ok "with retries all succeed" equal "$(metric transactions) $(metric failed)" "180 0"
ok "with retries each is added once" equal "$(sql "select n from counter")" 180
ok "with retries they are counted apart" between "$(metric retries)" "$(metric retried)" 100000
ok "and so is their time" between "$(metric retry_mean_us)" 1000 10000000
sql "update counter set n = 0"
lakeport bench run -d "$dsn" -c 6 -t 30 -f "$work/collide.sql" --max-tries 2 --json
ok "a limit of tries: the rest fails" equal "$(($(metric transactions | cut -d. -f1) + $(metric failed | cut -d. -f1)))" 180
ok "a limit of tries: what succeeded is what was added" equal "$(sql "select n from counter")" "$(metric transactions)"

# Another try draws the same numbers.
sql "create table tried (client int, drawn bigint); update counter set n = 0"
cat >"$work/same.sql" <<'END'
\set drawn random(1, 1000000000000)
begin isolation level serializable;
select n as seen from counter where id = 1 \gset
\sleep 1 ms
insert into tried values (:client_id, :drawn);
update counter set n = :seen + 1 where id = 1;
end;
END
lakeport bench run -d "$dsn" -c 4 -t 20 -f "$work/same.sql" --max-tries 10000 --seed 3 -j 1
sql "create table tried_once as select * from tried; truncate tried"
lakeport bench run -d "$dsn" -c 4 -t 20 -f "$work/same.sql" --max-tries 10000 --seed 3 -j 2
ok "tries do not disturb the stream" equal "$(sql "select count(*) from (table tried except table tried_once) x")" 0

# A connection for each transaction.
for protocol in simple extended prepared; do
	lakeport bench run -d "$dsn" -c 4 -t 10 -C -f <(echo 'select :client_id;') -M $protocol --json
	ok "-C, $protocol: all succeed" equal "$(metric transactions) $status" "40 0"
done
ok "-C: a connection each" grep -q '"name":"connect".*"count":40' "$work/out"
ok "-C: latency holds connecting" between "$(metric latency_p50_us)" "$(metric connect_p50_us)" 10000000
ok "-C: none is left open" equal "$(sleep 0.2; sql "select count(*) from pg_stat_activity where application_name = 'lakeport'")" 0
lakeport bench run -d "$dsn" -c 4 -T 1 -C -R 50 -f <(echo 'select 1;') --json
ok "-C with a rate" equal "$status" 0
lakeport bench run -d "$dsn" -c 400 -T 1 -C -f <(echo 'select pg_sleep(1);') --json
ok "-C beyond the server's limit: refusals are counted" grep -q '"53300"' "$work/out"
lakeport bench run -d "$dsn" -c 4 -T 1 -R 500 --spin -f <(echo 'select 1;') --json
ok "--spin" equal "$status" 0
done_testing
