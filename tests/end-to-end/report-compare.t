#!/bin/bash
# report-compare.t - `lakeport report compare` with several records a side: the lists, the
# intervals in every format, the exit status. Needs no server.
. "$(dirname "$0")/tap.sh"
lakeport=$(realpath "$lakeport")
records=$PWD/tests/end-to-end/fixtures/make-history
cd "$work" && mkdir runs && "$records" runs || exit 1
unset LAKEPORT_RUNS NO_COLOR

# The fixture: 24 nights, a rate of 1000 ± 2 %, from night 15 on 900.
sides() { # FIRST-OF-BASE FIRST-OF-NEW HOW-MANY: options for that many nights a side
	local i

	options=()
	for ((i = 0; i < $3; i++)); do
		options+=(--base "runs/night$(printf %02d $(($1 + i))).json")
		options+=(--new "runs/night$(printf %02d $(($2 + i))).json")
	done
}

sides 1 7 6
lakeport report compare "${options[@]}"
ok "no change: status 0" equal "$status" 0
ok "no change: said so" grep -q '^  Rate .* no difference that can be told$' out
ok "no change: the interval includes 0" grep -qE '^  Rate .* -[0-9.]+ % to \+[0-9.]+ % ' out
ok "each run is named" [ "$(grep -cE '^(base|new ) ' out)" = 12 ]
ok "the method is said" has "how the runs of each side differ"
ok "nothing on stderr" [ ! -s err ]

sides 1 15 6
lakeport report compare "${options[@]}"
ok "10 % less: status 1" equal "$status" 1
ok "10 % less: which" grep -q '^  Rate .*worse, beyond 5 %$' out
ok "10 % less: the interval does not include 0" grep -qE '^  Rate .* -[0-9.]+ % to -[0-9.]+ % ' out
lakeport report compare "${options[@]}" --max-regression 15%
ok "within the limit: status 0" equal "$status" 0
ok "within the limit: still called worse" grep -q '^  Rate .*worse, allowed$' out

for format in text html markdown csv junit json; do
	lakeport report compare "${options[@]}" --format $format -o compare.$format
	ok "$format: status 1" equal "$status" 1
	ok "$format: written" [ -s compare.$format ]
done
ok "html: the interval" grep -qE '95 %: -[0-9.]+ % to -[0-9.]+ %' compare.html
ok "html: all runs" [ "$(grep -c '<h3>New</h3>' compare.html)" = 6 ]
ok "markdown: the interval" grep -qE '^\| Rate \|.* -[0-9.]+ % to -[0-9.]+ % \|' compare.markdown
ok "junit: the interval" grep -qE '95 % interval -[0-9.]+ % to -[0-9.]+ %' compare.junit
ok "csv: the interval and the runs" grep -qE '^rate,.*,worse,1,-[0-9.]+,-[0-9.]+,6,6' compare.csv
ok "json: the interval and the runs" perl -MJSON::PP -0777 -ne '$r = decode_json($_);
	($m) = grep { $_->{name} eq "rate" } @{$r->{metrics}};
	exit(!(@{$r->{base_runs}} == 6 && $m->{new_runs} == 6 && $m->{interval_low_percent} > -15
		&& $m->{interval_low_percent} < -10 && $m->{interval_high_percent} < -6))' compare.json

lakeport report compare --base runs/night01.json --base runs/night02.json --base runs/night03.json \
	--base runs/night04.json --new runs/night18.json
ok "one beside four: status 1" equal "$status" 1
ok "one beside four: the method is said" has "taken for both sides"
lakeport report compare runs/night01.json runs/night02.json
ok "one a side: the method is said" has "from second to second"

fails 2 "lists and names" "two runs, or --base and --new, are needed" \
	report compare runs/night01.json --new runs/night02.json
fails 2 "a base alone" "two runs, or --base and --new" report compare --base runs/night01.json
fails 2 "nothing" "two runs, or --base and --new" report compare
fails 2 "a run twice on a side" "is given twice for '--base'" report compare \
	--base runs/night01.json --base runs/night01.json --new runs/night02.json
fails 2 "a run that is not there" "runs/none.json" report compare \
	--base runs/none.json --new runs/night02.json
lakeport report compare --base runs/night01.json --base runs/night02.json --new runs/night02.json \
	--new runs/night03.json
ok "a run on both sides is noted" has "both sides have the same run"

done_testing
