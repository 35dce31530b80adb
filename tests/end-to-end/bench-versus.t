#!/bin/bash
# bench-versus.t - A and B take turns in one run, on a real server: what is slower is found, what is
# the same is not, everything is checked before the first round.
. "$(dirname "$0")/tap.sh"
server
export work
echo 'select 1;' >"$work/a.sql"
echo 'select pg_sleep(0.002);' >"$work/b.sql"
echo 'select no_such_column;' >"$work/wrong.sql"
echo 'select 1/0;' >"$work/fails.sql"
echo 'select :nothing;' >"$work/unset.sql"

# record EXPRESSION: about the record `r`, with verdict(FIGURE) and rows(TABLE).
record() {
	/usr/bin/python3 - "$work/out" "$1" <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
def rows(name):
    return next(t['rows'] for t in r['tables'] if t['name'] == name)
def verdict(figure):
    return next(row[-1] for row in rows('differences') if row[0].startswith(figure))
sys.exit(not eval("(" + sys.argv[2] + ")"))
END
}

lakeport bench run -d "$dsn" -c 2 -T 1.2 -f "$work/a.sql" --ab "$work/b.sql" --json
ok "slower: status 0 without a limit" equal "$status" 0
ok "slower: found in the rate" record "verdict('Rate') == 'worse'"
ok "slower: found in the latency" record "verdict('Latency, p50') == 'worse'"
ok "slower: a finding says so" record "'B-WORSE' in [f['id'] for f in r['findings']]"
ok "six rounds of two" record "len(rows('rounds')) == 12"
ok "in the order A B, B A" record "[x[1] for x in rows('rounds')] == list('ABBA' * 3)"
ok "each turn has its share of the time" between "$(metric rate B)" 100 1000
ok "the counts add up" record \
	"sum(m['value'] for m in r['metrics'] if m['name'] == 'failed') == 0 and
	all(h['count'] == next(m['value'] for m in r['metrics'] if m['name'] == 'transactions'
		and m.get('of') == h['of']) for h in r['histograms'])"
lakeport bench run -d "$dsn" -c 2 -T 0.6 --rounds 3 -f "$work/a.sql" --ab "$work/b.sql" \
	--max-regression 10%
ok "slower than allowed: status 1" equal "$status" 1
ok "slower than allowed: which" has "[B-REGRESSION]"
lakeport bench run -d "$dsn" -c 2 -T 0.6 --rounds 3 -f "$work/b.sql" --ab "$work/a.sql" \
	--max-regression 10%
ok "faster: status 0" equal "$status" 0
ok "faster: said so" has "[B-BETTER]"

lakeport bench run -d "$dsn" -c 2 --rounds 6 -T 0.6 -f "$work/b.sql" \
	--ab "$work/b.sql" --max-regression 10% --json
ok "the same: status 0" equal "$status" 0
ok "the same: no difference" record "verdict('Latency, p50') == 'no difference that can be told' or
	abs(rows('differences')[2][3]) < 2"
ok "the same: no regression" record "'B-REGRESSION' not in [f['id'] for f in r['findings']]"

# Turns of a second and more: both sides second by second, and their servers.
lakeport bench run -d "$dsn" -c 2 -T 2.5 --rounds 2 -f "$work/a.sql" --ab "$work/b.sql" --json
ok "the course of both sides" record "[(s['interval_s'], len(s['rows'])) for s in r['series'] if s['name'] == 'turns'] == [(1, 2)]"
ok "the course: the rates are theirs" record "all(x[0] > x[1] > 0 for s in r['series'] if s['name'] == 'turns' for x in s['rows'])"
ok "the servers of both sides" record "{'server_work_a', 'server_work_b'} <= {s['name'] for s in r['series']} and
	all(len(s['rows']) == 2 for s in r['series'])"
ok "what both servers lack is said once" record "len([f for f in r['findings'] if f['id'] == 'NOT-OBSERVED']) <= 1"
lakeport report html latest -o "$work/report.html"
ok "the page has cards of A and B" [ "$(grep -o '<div class="figure part p[12]"><i>[AB]</i>' "$work/report.html" | sort | uniq -c | tr -s ' \n' ' ')" = ' 6 <div class="figure part p1"><i>A</i> 6 <div class="figure part p2"><i>B</i> ' ]
lakeport bench run -d "$dsn" -c 2 -T 2 --rounds 2 -f "$work/a.sql" --ab "$work/b.sql" --observe off --json
ok "--observe off: no servers" record "[s['name'] for s in r['series']] == ['turns']"
lakeport bench run -d "$dsn" -c 2 -T 0.6 --rounds 3 -f "$work/a.sql" --ab "$work/b.sql" --json
ok "short turns: a row for each" record "[(s['name'], round(s['interval_s'], 3), len(s['rows'])) for s in r['series']] == [('turns', 0.2, 3)]"

other=${dsn%/*}/postgres
lakeport bench run -d "$dsn" -c 2 -T 0.6 --rounds 3 -f "$work/b.sql" --versus "$other"
ok "another server: status 0" equal "$status" 0
ok "another server: in the title" has "; B: postgres on "
lakeport report text latest
ok "another server: what differs is known" grep -q '^  B: database  *postgres$' "$work/out"

lakeport report history --like latest --metric rate --of B
ok "history: of a side" grep -q '^  Rate (B) ' "$work/out"
lakeport report compare latest latest
ok "compare: both sides are judged" has "Latency, p50 (B)"

fails 4 "B does not prepare" "B: $work/wrong.sql:1: cannot prepare" \
	bench run -d "$dsn" -T 1 -f "$work/a.sql" --ab "$work/wrong.sql"
fails 2 "B does not parse" "unset.sql:1" \
	bench run -d "$dsn" -T 1 -f "$work/a.sql" --ab "$work/unset.sql"
fails 3 "B cannot be reached" "B: " \
	bench run -d "$dsn" -T 1 -f "$work/a.sql" --versus "host=/nowhere"
fails 2 "both" "cannot both be given" \
	bench run -d "$dsn" -f "$work/a.sql" --ab "$work/b.sql" --versus "$other"
fails 2 "rounds of one" "--rounds needs --versus or --ab" bench run -d "$dsn" --rounds 3
fails 2 "a count" "rounds have a duration" \
	bench run -d "$dsn" -t 10 -f "$work/a.sql" --ab "$work/b.sql"
fails 2 "a workload file" "a workload file has phases of its own" \
	bench run -d "$dsn" -w bench/scenarios/spike.yaml --ab "$work/b.sql"
fails 2 "turns too short" "6 rounds in 0.3 s leave 0.05 s for each turn" \
	bench run -d "$dsn" -T 0.3 -f "$work/a.sql" --ab "$work/b.sql"

lakeport bench run -d "$dsn" -c 2 -T 0.4 --rounds 2 -f "$work/a.sql" --ab "$work/fails.sql"
ok "B always fails: status 4" equal "$status" 4
ok "B always fails: said so" warns "no transaction of B succeeded: "

"$lakeport" bench run -d "$dsn" -c 2 -T 60 -f "$work/b.sql" --ab "$work/b.sql" --rounds 200 --json \
	>"$work/out" 2>"$work/err" &
pid=$!
sleep 1.5
kill -INT $pid
wait $pid
status=$?
ok "interrupted: status 130" equal "$status" 130
ok "interrupted: complete rounds are kept" record "r['outcome'] == 'interrupted' and
	2 <= len(rows('rounds')) < 20 and len(rows('rounds')) % 2 == 0"

done_testing
