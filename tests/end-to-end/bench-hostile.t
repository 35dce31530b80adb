#!/bin/bash
# bench run against a server that lies: mutated answers on most connections. It must end in time,
# with counts that agree; under the address checks this is a fuzz test of the whole receiving side.
. "$(dirname "$0")/tap.sh"
printf 'select 1 as a \\gset\n\\startpipeline\nselect :a;\nselect 2;\n\\endpipeline\n' >"$work/script.sql"
LIMIT=60
counts_agree() {
	/usr/bin/python3 - "$work/out" <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
m = {(x['name'], x.get('of')): x['value'] for x in r['metrics']}
latency = sum(h['count'] for h in r['histograms'] if h['name'] == 'latency' and 'of' not in h)
named = sum(row[4] for t in r['tables'] if t['name'] == 'errors' for row in t['rows'])
assert latency == m['transactions', None], 'latency'
assert named >= m['failed', None], 'errors'
END
}
for seed in 1 2 3 4 5 6; do
	mkdir "$work/$seed"
	tests/fake/hostile-server "$work/$seed" 5432 $seed >"$work/ready" <&9 9<&- &
	server=$!
	for _ in $(seq 100); do grep -q ready "$work/ready" && break; sleep 0.05; done
	protocol=$([ $((seed % 2)) = 0 ] && echo prepared || echo extended)
	begin=$(date +%s)
	lakeport bench run -d "host=$work/$seed user=x dbname=x" -c 6 -j 2 -T 1 --drain 300ms \
		-f "$work/script.sql" -M "$protocol" --json
	ok "seed $seed, $protocol: an exit status of ours" grep -qw "$status" <<<"0 1 4"
	ok "seed $seed, $protocol: in time" [ $(($(date +%s) - begin)) -le 15 ]
	ok "seed $seed, $protocol: counts agree" counts_agree
	kill $server
	wait $server 2>/dev/null
done
done_testing
