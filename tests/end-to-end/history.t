#!/bin/bash
# history.t - `lakeport report history`: which runs it takes, the change it finds, the three formats,
# the page in a browser when there is one. Needs no server.
. "$(dirname "$0")/tap.sh"
lakeport=$(realpath "$lakeport")
fixtures=$PWD/tests/end-to-end/fixtures
cd "$work" && mkdir runs odd && "$fixtures/make-history" runs && "$fixtures/make-records" odd ||
	exit 1
export LAKEPORT_RUNS=runs
unset NO_COLOR

# The fixture: 24 nights, a rate of 1000 ± 2 %, from night 15 on 900.
lakeport report history
ok "text: status 0" equal "$status" 0
ok "text: nothing on stderr" [ ! -s err ]
ok "text: the runs of the newest kind" has "24 runs of bench run, 2026-11-01 02:00:00 UTC to"
ok "text: the interrupted one is left out" has "1 that failed or was interrupted is left out"
ok "text: a line a figure" [ "$(grep -cE '^  (Rate|Latency, p50|Latency, p99|Failed) .*[▁▂▃▄▅▆▇█]' out)" = 4 ]
ok "text: the change" grep -qE '^  Rate +15 +2026-11-15 .* worse, -1[01]\.[0-9] %' out
ok "text: it names the run" grep -qE '^  Rate +15 .* 20261115-020000-bench-run-000015$' out
ok "text: p50 changed too, p99 and failed did not" \
	[ "$(grep -cE '^  (Rate|Latency, p..|Failed) .*(worse|better), ' out)" = 2 ]

lakeport report history --metric latency_p99_us
ok "one figure" equal "$status" 0
ok "one figure: without a change" has "no change that can be told"
ok "one figure: no other" sh -c '! grep -q Rate out'
lakeport report history --metric rate --metric failed --format csv
ok "csv: a line a run and figure" [ "$(wc -l <out)" = 49 ]
ok "csv: the change is marked" grep -q '^15,20261115-020000-bench-run-000015,.*,rate,,tx/s,.*,1' out
ok "csv: only that one" [ "$(tr -d '\r' <out | grep -c ',1$')" = 1 ]

lakeport report history --title "another.sql, 1 connection, 5 s"
ok "by title: the one run" has "1 run of bench run"
ok "by title: too few for changes" has "changes can be told from 8 runs on"
lakeport report history --like 20261103-03
ok "like: an id is looked up in the folder" equal "$status" 2
lakeport report history --like runs/other.json
ok "like: the one run" has "1 run of bench run"
lakeport report history --runs odd
ok "odd records: status 0" equal "$status" 0
ok "odd records: unreadable ones are named" warns "left out: 'odd/broken.json'"
lakeport report history --runs odd --like odd/hostile.json
ok "a hostile kind has no complete run" equal "$status" 2
sed 's/"outcome":"failed"/"outcome":"done"/' odd/hostile.json >odd/hostile2.json
for format in text html csv; do
	lakeport report history --runs odd --like odd/hostile2.json --format $format -o hostile.$format
	ok "hostile, $format: status 0" equal "$status" 0
done
ok "hostile: no script but ours" [ "$(grep -ci '<script' hostile.html)" = 1 ]
ok "hostile: nothing reaches the terminal" \
	sh -c '! LC_ALL=C grep -q "$(printf "[\001-\010\013-\037\177]")" hostile.text'

fails 2 "an unknown figure" "no run of this kind has the figure 'speed'" \
	report history --metric speed
fails 2 "a part that is not there" "no run of this kind has the figure 'rate' of 'B'" \
	report history --metric rate --of B
fails 2 "an unknown title" "there is no run with the title 'x'" report history --title x
fails 2 "both" "cannot both be given" report history --title x --like latest
fails 2 "no folder" "cannot read the runs folder" report history --runs nowhere
mkdir empty
fails 2 "no runs" "there is no complete run with headline figures in 'empty'" report history --runs empty

lakeport report history --format html -o page.html
ok "html: status 0" equal "$status" 0
ok "html: a card says it" grep -qE 'worse, -1[01]\.[0-9] %' page.html
ok "html: complete" sh -c 'tail -1 page.html | grep -q "^</html>"'
if command -v gnuplot >/dev/null; then
	ok "html: plots are drawn" grep -q 'stroke="var(--plot-3)"' page.html
	ok "html: none is missing" sh -c '! grep -q "id=\"no-plots\"" page.html'
else
	ok "html: plots # SKIP gnuplot is not installed" true
fi

for browser in chromium chromium-browser google-chrome none; do
	command -v $browser >/dev/null && break
done
if [ $browser != none ]; then
	timeout 60 $browser --headless=new --no-sandbox --disable-gpu --disable-quic \
		--no-first-run --disable-background-networking --disable-component-update \
		--disable-sync --hide-scrollbars --enable-logging=stderr --dump-dom \
		--user-data-dir="$work/profile" "file://$work/page.html" >dom 2>log
	ok "browser: opened" grep -q '<h1>orders.sql, 8 connections, 30 s</h1>' dom
	ok "browser: nothing is complained about" sh -c '! grep -q CONSOLE log'
else
	ok "browser # SKIP chromium is not installed" true
fi

done_testing
