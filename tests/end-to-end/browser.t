#!/bin/bash
# browser.t - the pages in a real browser: scripts of ours run, scripts of others do not, tables
# sort, nothing is logged as an error, and the picture is not blank.
. "$(dirname "$0")/tap.sh"
for browser in chromium chromium-browser google-chrome none; do
	command -v $browser >/dev/null && break
done
[ $browser != none ] || skip_all "chromium is not installed"
lakeport=${LAKEPORT:-$lakeport}
records=$PWD/tests/end-to-end/fixtures/make-records
lakeport=$(realpath "$lakeport") && cd "$work" && "$records" . || exit 1

browse() { # PAGE FLAGS...: the browser's own messages go into the file log
	page=$1
	shift
	rm -rf profile
	timeout 60 $browser --headless=new --no-sandbox --disable-gpu --disable-quic \
		--no-first-run --disable-background-networking --disable-component-update \
		--disable-sync --hide-scrollbars --enable-logging=stderr \
		--user-data-dir="$work/profile" "$@" "file://$work/$page" 2>log
}
draw() { # RECORD
	lakeport report html "$1.json" -o "$1.html"
	equal "$status" 0
}
no_errors() { ! grep -q CONSOLE log; }

# The content security policy of the page allows no script but its own, so for the test the
# policy is taken out and a script that clicks is put in.
clicked() { # PAGE SCRIPT
	sed -e '/http-equiv="Content-Security-Policy"/d' "$1" >clicked.html
	printf '<script>%s</script>\n' "$2" >>clicked.html
	browse clicked.html --dump-dom >dom
}

for record in base hostile; do
	ok "$record: drawn" draw $record
	browse $record.html --dump-dom >dom
	ok "$record: opened" grep -q '<footer>Record 20261121' dom
	ok "$record: nothing is complained about" no_errors
done
ok "hostile: the title was not changed" sh -c '! grep -q "<title>pwned" dom'

clicked hostile.html 'document.body.dataset.pwned = String(window.pwned);'
ok "hostile: no script of the record ran" grep -q 'data-pwned="undefined"' dom

printf '%s\n' '<script>document.title = "injected"</script>' >injected.html
cat injected.html >>hostile.html
browse hostile.html --dump-dom >dom
ok "the policy stops a script that got in all the same" \
	sh -c 'grep -q CONSOLE log && ! grep -q "<title>injected" dom'

sort_script='
var table = Array.from(document.querySelectorAll("table.sorts")).pop();
var heads = table.tHead.rows[0].cells, result = [];
function column(i) {
  return Array.from(table.tBodies[0].rows).map(function (r) { return r.cells[i].textContent; });
}
[2, 2, 1].forEach(function (i) {
  heads[i].querySelector("button").click();
  result.push(heads[i].getAttribute("aria-sort") + ":" + column(i).join("|").slice(0, 60));
});
var pre = document.createElement("pre");
pre.id = "result";
pre.textContent = result.join("\n");
document.body.appendChild(pre);'
clicked base.html "$sort_script"
ok "sorting: numbers as numbers, the largest first" \
	grep -q 'descending:577,800|64,200|64,200|64,200|64,200' dom
ok "sorting: the other way round" grep -q '^ascending:64,200|64,200|64,200' dom
ok "sorting: texts as texts" grep -q '^ascending:END|INSERT INTO pgbench_history' dom
ok "sorting: only one column is marked" \
	[ "$(grep -o 'aria-sort="ascending"' dom | wc -l)" = 1 ]
ok "sorting: nothing is complained about" no_errors

for look in light dark narrow; do
	set -- --window-size=1200,1600
	[ $look = dark ] && set -- "$@" --blink-settings=preferredColorScheme=0
	[ $look = narrow ] && set -- --window-size=500,1600
	browse base.html "$@" --screenshot="$work/$look.png" >/dev/null
	ok "picture: $look is not blank" [ "$(wc -c <$look.png)" -gt 40000 ]
done
ok "picture: light and dark differ" sh -c '! cmp -s light.png dark.png'

lakeport report compare base.json slower.json --format html -o compare.html
ok "compared: drawn, with status 1" equal "$status" 1
browse compare.html --dump-dom >dom
ok "compared: opened" grep -q '4 of 5 judged figures are worse' dom
ok "compared: nothing is complained about" no_errors

done_testing
