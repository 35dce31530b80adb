#!/bin/bash
# bench qualify: five figures, the sizes and prices that follow, and nothing left behind - or
# touched - in any case.
. "$(dirname "$0")/tap.sh"
server

cell() { # TABLE FIRST-CELL COLUMN
	/usr/bin/python3 - "$work/out" "$@" <<'END'
import json, sys
t = next(t for t in json.load(open(sys.argv[1]))['tables'] if t['name'] == sys.argv[2])
names = [c['name'] for c in t['columns']]
print(next(r[names.index(sys.argv[4])] for r in t['rows'] if r[0] == sys.argv[3]))
END
}
schemas() { sql "select count(*) from pg_namespace where nspname = 'lakeport_qualify'"; }
quick() { lakeport bench qualify -d "$dsn" --quick -T 500ms "$@"; }

quick --reads 8000 --writes 2000 --bulk 5000 --gb 250 --json
ok "succeeds" equal "$status" 0
for figure in point_read_rate latency_p99_us load_rows_per_s upsert_rows_per_s; do
	ok "$figure is there" between "$(metric $figure)" 1 1e9
done
ok "the share under 10 ms is one" between "$(metric latency_below_10ms_share)" 1 100
ok "twenty connections were open" equal "$(metric connections_open)" 20
ok "published beside measured" equal "$(cell beside 'initial load' provisioned)" 15000
ok "an Autoscaling unit is an eighth" equal "$(cell beside 'point reads' autoscaling)" 1250
ok "Provisioned: 4 units" equal "$(cell sizing Provisioned size)" 4
ok "Provisioned: 1166.67 + 87.50 a month" equal "$(cell sizing Provisioned total_month | cut -c1-7)" 1254.16
ok "Autoscaling: 20 units" equal "$(cell sizing Autoscaling size)" 20
ok "Autoscaling: the price is a metric" between "$(metric cost_month Autoscaling)" 1708.0 1708.2
ok "every assumption is a row" equal "$(cell assumptions 'a month' value)" "730 hours, running all the time"
ok "more data than memory is said" has DATA-LARGER-THAN-MEMORY
ok "the schema is gone" equal "$(schemas)" 0

quick --reads 100000 --connections 25 --json
ok "beyond the largest size: no size, no price" equal "$(cell sizing Provisioned size) $(cell sizing Provisioned total_month)" "None None"
ok "beyond the largest size: it is said" has BEYOND-LARGEST-SIZE
ok "100,000 reads a second are 80 units of 2 GB" equal "$(cell sizing Autoscaling size)" 80
ok "as many connections as were wanted" equal "$(metric connections_open)" 25
quick --json
ok "nothing wanted: no sizes" sh -c "! grep -q cost_month '$work/out'"

# More connections than the server takes: it stops at the first refusal, and lets go.
quick --connections 5000 --json
ok "the limit of the server is found" between "$(metric connections_open)" 50 300
ok "the limit of the server is told" has CONNECTION-LIMIT
ok "and everything is closed" sh -c "sleep 0.5; [ \"\$(psql -XAtq -d '$dsn' -c \"select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()\")\" = 0 ]"

# What is there already is not touched.
sql "create schema lakeport_qualify create table precious (a int)"
fails 3 "a schema of that name" "already" bench qualify -d "$dsn" --quick
ok "a schema of that name: not touched" equal "$(sql "select count(*) from lakeport_qualify.precious")" 0
sql "drop schema lakeport_qualify cascade" 2>/dev/null

# What somebody adds while it runs is not dropped either.
(sleep 1; sql "create table lakeport_qualify.guest (a int)") &
quick -T 2
wait
ok "a guest in the schema: exit status 4" equal "$status" 4
ok "a guest in the schema: told what to do" warns "do it by hand"
ok "a guest in the schema: still there" equal "$(sql "select count(*) from lakeport_qualify.guest")" 0
sql "drop schema lakeport_qualify cascade" 2>/dev/null

sql "create role nobody_special login"
at_end+=("psql -Xq -d '$dsn' -c 'drop role nobody_special'")
lakeport bench qualify -d "$(echo "$dsn" | sed 's|postgres@|nobody_special@|')" --quick
ok "not allowed to make a schema: exit status 4" equal "$status" 4
ok "not allowed to make a schema: why" warns "permission denied"

for moment in 0.3 1.5 3.5; do
	"$lakeport" bench qualify -d "$dsn" --quick -T 1.5 >"$work/out" 2>"$work/err" &
	qualify=$!
	sleep $moment
	kill -INT "$qualify"
	wait "$qualify"
	ok "Ctrl-C after $moment s: exit status 130" equal "$?" 130
	ok "Ctrl-C after $moment s: nothing is left behind" equal "$(schemas)" 0
done
lakeport report html latest -o "$work/page.html"
ok "the report can be drawn" grep -q "Beside what is published" "$work/page.html"
done_testing
