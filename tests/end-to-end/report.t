#!/bin/bash
# report.t - the verbs of `lakeport report` on run records that make-records writes: what is on
# stdout, what on stderr, and the exit status. Needs no server. gnuplot is used where it is
# installed, and stood in for where it must fail.
. "$(dirname "$0")/tap.sh"
lakeport=${LAKEPORT:-$lakeport}
records=$PWD/tests/end-to-end/fixtures/make-records
lakeport=$(realpath "$lakeport") && cd "$work" && mkdir runs bin tmp && "$records" runs || exit 1
unset LAKEPORT_RUNS NO_COLOR
export TMPDIR=$work/tmp

# gives STATUS ARGUMENT...: lakeport ends with it.
gives() {
	local want=$1

	shift
	lakeport "$@"
	equal "$status" "$want"
}
quiet() { [ ! -s err ]; }
page_has() { grep -qF -- "$2" "$1"; }
page_lacks() { ! grep -qF -- "$2" "$1"; }

# text
ok "text: a run" gives 0 report text runs/base.json
ok "text: says nothing on stderr" quiet
ok "text: the title" has "select-only@9 and tpcb-like@1, 8 connections, 30 s"
ok "text: a headline with its noise" grep -q '^  Rate  *21,400 tx/s  ± 2.3 % ' out
ok "text: the finding" has "warning: pgbench_branches: 8 connections update 4 rows"
ok "text: the command, quoted" has "lakeport bench run -d 'host=/run/lakeport dbname=bench'"
ok "text: no colors in a file" sh -c '! grep -q "$(printf "\033")" out'
ok "text: no blanks at the end of a line" sh -c '! grep -q " \$" out'
ok "text: into a file" gives 0 report text runs/base.json -o text.txt
ok "text: nothing on stdout then" [ ! -s out ]
ok "text: the file is there" [ -s text.txt ]
for record in failed interrupted long hostile empty; do
	ok "text: $record" gives 0 report text runs/$record.json
done
gives 0 report text runs/hostile.json
ok "text: control characters do not reach the terminal" \
	sh -c '! LC_ALL=C grep -q "$(printf "[\001-\010\013-\037\177]")" out'

# which record
mkdir named
for record in base same slower; do
	cp runs/$record.json named/"$(sed 's/.*"id":"\([^"]*\)".*/\1/' runs/$record.json)".json
done
ok "a record by its id" gives 0 report text --runs named 20261121-170312-bench-run-0a1b2e
mkdir second
cp runs/failed.json second/20261121-170312-bench-run-0a1b2e.json
cp runs/base.json second/20261121-170312-bench-run-000001.json
touch -d '2026-11-21 17:05' second/*-0a1b2e.json
touch -d '2026-11-21 17:06' second/*-000001.json
lakeport report text runs/base.json
mv out base.txt
ok "of two runs begun in one second" gives 0 report text --runs second latest
ok "the latest is the one written last" cmp -s out base.txt
ok "nothing is found by an unknown id" gives 2 report text --runs runs 2030
ok "it says where it looked" warns "there is no file and no run '2030' in 'runs'"
ok "by the beginning of its id" gives 0 report csv --runs named 20261121-16
ok "it is that one" has "record,id,,,,20261121-160312-bench-run-0a1b2d,"
ok "a beginning that two have" gives 2 report text --runs named 20261121
ok "it says so" warns "3 runs in 'named' begin with '20261121'"
ok "latest" gives 0 report csv --runs named latest
ok "it is the last" has "record,id,,,,20261121-170312-bench-run-0a1b2e,"
ok "latest~1" gives 0 report csv --runs named latest~1
ok "it is the one before" has "record,id,,,,20261121-160312-bench-run-0a1b2d,"
ok "latest~3 is not there" gives 2 report text --runs named latest~3
ok "latest~x is no run" gives 2 report text --runs named latest~x
ok "no runs folder" gives 2 report text --runs nowhere latest
ok "it says how to name one" warns "name the folder with --runs"

# what is not a record
ok "a newer schema" gives 2 report text runs/newer.json
ok "it says which one" warns "has the newer schema 'lakeport.run/2'"
ok "a record cut off" gives 2 report html runs/broken.json
ok "no page is left" [ ! -e runs/broken.html ]
ok "other JSON" gives 2 report html runs/other.json
ok "it says what it lacks" warns "is not a run record: it has no schema 'lakeport.run/1'"
ok "a missing file" gives 2 report text runs/none.json
ok "an argument missing" gives 2 report text
ok "a folder that cannot be written" gives 4 report html runs/base.json -o nowhere/page.html
ok "the record is never written over" gives 2 report text runs/base.json -o runs/base.json
ok "it is still a record" gives 0 report text runs/base.json

# list
ok "list" gives 0 report list --runs runs
ok "list: the newest last" sh -c 'tail -1 out | grep -q "^  20261121-190312-bench-run-0a1b30 "'
ok "list: headline figures" has "Rate 17,100 tx/s; Latency, p50 322 µs"
ok "list: outcomes" has "interrupted"
ok "list: names what it cannot read" warns "left out: 'runs/broken.json' is not a run record"
ok "list: one line each" [ "$(grep -c 'left out' err)" = 3 ]
ok "list: as JSON" gives 0 report list --runs named --format json
ok "list: it is JSON" perl -MJSON::PP -0777 -ne 'exit(@{decode_json($_)} != 3)' out
mkdir empty
ok "list: no runs" gives 0 report list --runs empty
ok "list: says so" has "no runs in empty"
ok "list: no folder" gives 2 report list --runs nowhere

# compare
ok "compare: no change" gives 0 report compare runs/base.json runs/same.json
ok "compare: says so" has "None of 5 judged figures is worse by more than 5 %."
ok "compare: a regression is status 1" gives 1 report compare runs/base.json runs/slower.json
ok "compare: says nothing on stderr" quiet
ok "compare: which" grep -q '^  Rate .*-20.1 %.*worse, beyond 5 %$' out
ok "compare: allowed" gives 0 report compare runs/base.json runs/slower.json --max-regression 40%
ok "compare: still called worse" grep -q '^  Rate .*worse, allowed$' out
ok "compare: faster is not a regression" gives 0 report compare runs/slower.json runs/base.json
ok "compare: called better" grep -q '^  Rate .*better$' out
ok "compare: all" gives 1 report compare runs/base.json runs/slower.json --all
ok "compare: parts too" grep -q '^  Rate (tpcb-like) .*worse' out
ok "compare: an interrupted run is noted" gives 0 report compare runs/base.json runs/interrupted.json
ok "compare: in words" has "note: the new run is marked 'interrupted'"
ok "compare: nothing in common" gives 0 report compare runs/base.json runs/empty.json
ok "compare: says so" has "No figure could be judged."
ok "compare: by id" gives 1 report compare --runs named 20261121-15 latest
ok "compare: a wrong limit" gives 2 report compare runs/base.json runs/same.json --max-regression x
ok "compare: one run" gives 2 report compare runs/base.json
ok "compare: not a record" gives 2 report compare runs/base.json runs/other.json
for format in text html markdown csv junit json; do
	ok "compare: $format" gives 1 report compare runs/base.json runs/slower.json \
		--format $format -o compare.$format
	ok "compare: $format is written" [ -s compare.$format ]
	ok "compare: $format of a hostile run" gives 0 report compare runs/base.json \
		runs/hostile.json --format $format -o hostile.compare.$format
done
ok "compare: four failures for CI" [ "$(grep -c '<failure type="regression"' compare.junit)" = 4 ]
ok "compare: JSON is JSON" perl -MJSON::PP -0777 -ne 'exit(decode_json($_)->{regressions} != 4)' \
	compare.json
for file in hostile.compare.html hostile.compare.junit hostile.compare.markdown; do
	ok "compare: no script in $file" page_lacks $file "<script>document"
done

# markdown, csv, junit
for verb in markdown csv junit; do
	for record in base failed interrupted long hostile empty; do
		ok "$verb: $record" gives 0 report $verb runs/$record.json -o $record.$verb
	done
done
ok "markdown: a table" page_has base.markdown "| Rate | 21,400 tx/s |"
ok "markdown: every row is as wide as its head" awk '
	{ row = $0; gsub(/\\\|/, "", row); cells = gsub(/\|/, "|", row) }
	/^\|/ { if (width && cells != width) bad = 1; width = cells }
	!/^\|/ { width = 0 }
	END { exit bad }' hostile.markdown
ok "markdown: no script but in the code block of the command" \
	[ "$(grep -c '<script>document' hostile.markdown)" = 1 ]
ok "csv: exact numbers" page_has base.csv "metric,latency_p50_us,tpcb-like,value,,3075.2,us"
ok "csv: lines end as RFC 4180 says" sh -c '! tr -d "\n" <base.csv | tr "\r" "\n" | grep -c "^$"'
ok "csv: rows of the series" page_has long.csv "series,seconds,,rate,9999,"
ok "junit: the run that failed" page_has failed.junit \
	'<failure type="failed" message="cannot connect to &#39;host=nowhere&#39;: Connection refused">'
ok "junit: a warning does not fail" page_has base.junit 'failures="0"'
ok "junit: no script" page_lacks hostile.junit "<script>document"

# html
ok "html" gives 0 report html runs/base.json
ok "html: prints where the page is" [ "$(cat out)" = runs/base.html ]
ok "html: says nothing on stderr" quiet
ok "html: to standard output" gives 0 report html runs/base.json -o -
ok "html: the same page" cmp -s out runs/base.html
for record in failed interrupted long hostile empty; do
	ok "html: $record" gives 0 report html runs/$record.json -o $record.html
	ok "html: $record is complete" sh -c "tail -1 $record.html | grep -q '^</html>'"
done
ok "html: interrupted is said" page_has interrupted.html "This run was interrupted."
ok "html: no script but ours" [ "$(grep -ci '<script' hostile.html)" = 1 ]
ok "html: no handler in a tag" perl -0777 -ne 's/"[^"]*"//g; exit(/<[a-z][^>]* on[a-z]+=/)' \
	hostile.html
ok "html: no address to load from" sh -c \
	'! grep -qiE "(src|href)=|url\(|@import" runs/base.html hostile.html'
ok "html: every element is closed" perl -0777 -ne '
	s/<!DOCTYPE html>|<script>.*?<\/script>|<style>.*?<\/style>//gs;
	my @open;
	while (/<(\/?)([a-zA-Z0-9]+)((?:\s[^<>]*?)?)(\/?)>/g) {
		next if $4 or $2 =~ /^(meta|br)$/;
		if (!$1) { push @open, $2 }
		elsif (@open and $open[-1] eq $2) { pop @open }
		else { print STDERR "</$2> closes <$open[-1]>\n"; exit 1 }
	}
	exit(@open != 0)' hostile.html
if command -v gnuplot >/dev/null; then
	ok "html: plots are drawn" page_has runs/base.html 'stroke="var(--plot-1)" d="M'
	ok "html: none is missing" page_lacks runs/base.html 'id="no-plots"'
	ok "html: 10,000 seconds stay small" [ "$(wc -c <long.html)" -lt 200000 ]
	ok "html: axes in the page's own colors" page_lacks runs/base.html 'rgb('
else
	ok "html: plots # SKIP gnuplot is not installed" true
fi

# html without plots: gnuplot missing, failing, talking nonsense
without_plots() { # DESCRIPTION WHAT-THE-PAGE-SAYS
	run env PATH="$work/bin" "$lakeport" report html runs/base.json -o without.html
	ok "html, $1: status 0" equal "$status" 0
	ok "html, $1: it is said" page_has without.html "<b>Without plots:</b> $2"
	ok "html, $1: the tables are there" page_has without.html "UPDATE pgbench_branches"
}
stand_in() { # COMMANDS
	printf '#!/bin/sh\n%s\n' "$1" >bin/gnuplot
	chmod +x bin/gnuplot
}
without_plots "no gnuplot" "gnuplot is not installed"
stand_in 'echo "script line 7: out of paper" >&2; exit 1'
without_plots "gnuplot fails" "gnuplot failed with status 1; it said: script line 7: out of paper"
stand_in 'exit 0'
without_plots "gnuplot draws nothing" "gnuplot did not draw what it was asked to"
stand_in 'kill -11 $$'
without_plots "gnuplot crashes" "gnuplot was ended by signal 11"
ok "no folder of plots is left behind" [ -z "$(ls tmp)" ]

# help
for verb in html text markdown csv junit list compare history; do
	ok "help: $verb" gives 0 report $verb --help
done

done_testing
