#!/bin/bash
# bench run over TCP and TLS: own frames through the SSL object, small and large answers, pipelines.
. "$(dirname "$0")/tap.sh"
export LAKEPORT_PG_DIR=$work/pg LAKEPORT_PG_TLS=1
scripts/postgres start >/dev/null 2>"$work/pg.err" || skip_all "no Postgres: $(head -1 "$work/pg.err")"
at_end+=("LAKEPORT_PG_DIR=$work/pg scripts/postgres remove")
dsn=$(scripts/postgres url tls)
lakeport bench init -d "$dsn" -s 1
ok "init over TLS" equal "$status" 0
for protocol in simple extended prepared; do
	lakeport bench run -d "$dsn" -c 4 -j 2 -t 50 -b tpcb-like -M $protocol --json
	ok "$protocol: exactly 4 x 50 transactions" equal "$(metric transactions)" 200
	ok "$protocol: the record says TLS" has '"tls":"yes"'
done
ok "each transaction committed once" equal "$(sql "select count(*) from pgbench_history")" 600
echo "select repeat(md5(i::text), 5000) from generate_series(1, 60) i;" >"$work/large.sql"
lakeport bench run -d "$dsn" -c 3 -t 5 -f "$work/large.sql" --json
ok "answers of 10 MB over many records" equal "$(metric transactions)" 15
printf '\\startpipeline\n' >"$work/pipeline.sql"
for i in $(seq 200); do echo "select $i, repeat('x', 2000);"; done >>"$work/pipeline.sql"
printf '\\endpipeline\n' >>"$work/pipeline.sql"
lakeport bench run -d "$dsn" -c 3 -t 5 -f "$work/pipeline.sql" --json
ok "pipelines of 200 statements" equal "$(metric transactions)" 15
{ printf "insert into pgbench_history (filler) select left('"; head -c 3000000 /dev/zero | tr '\0' y; printf "', 10);\n"; } >"$work/big_query.sql"
lakeport bench run -d "$dsn" -c 2 -t 3 -f "$work/big_query.sql" -M extended --json
ok "a statement of 3 MB is sent whole" equal "$(metric transactions)" 6
plain=${dsn/sslmode=require/sslmode=disable}
if [ "$plain" != "$dsn" ]; then
	lakeport bench run -d "$plain" -c 1 -t 1 -b select-only --json
	ok "a server that wants TLS refuses plain text" equal "$status" 3
fi
done_testing
