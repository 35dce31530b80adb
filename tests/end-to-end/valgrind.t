#!/bin/bash
# No memory and no descriptor is left at exit.
. "$(dirname "$0")/tap.sh"
command -v valgrind >/dev/null || skip_all "valgrind is not installed"
grep -q __asan_init "$lakeport" && skip_all "the address checks do this themselves"
server
LIMIT=200
under_valgrind() {
	run valgrind --quiet --leak-check=full --show-leak-kinds=all --track-fds=yes \
		--errors-for-leak-kinds=definite,indirect,possible --error-exitcode=99 \
		--log-file="$work/valgrind" "$lakeport" "$@"
}

# Each descriptor that is open at exit must have been there at the start.
no_descriptors() {
	sed 's/^==[0-9]*== *//' "$work/valgrind" | awk '
		/^Open (file descriptor|AF_)/ {open = $0; next}
		open != "" {if ($0 !~ /inherited from parent/) {print open; bad = 1} open = ""}
		END {exit bad}'
}

# clean STATUS DESCRIPTION ARGUMENT...
clean() {
	local want=$1 description=$2

	shift 2
	under_valgrind "$@"
	ok "$description: no memory error, nothing lost" equal "$status" "$want"
	ok "$description: no descriptor left" no_descriptors
}

lakeport bench init -d "$dsn" -s 1
clean 0 "bench run" bench run -d "$dsn" -c 4 -j 2 -t 10 -b tpcb-like -b select-only
clean 4 "failing transactions" bench run -d "$dsn" -c 2 -T 1 -f <(printf 'select 1 as a \\gset\nselect :a/0;\n')
clean 3 "no server" bench run -d "host=$work/nowhere" -T 1
clean 2 "a broken script" bench run -f <(printf '\\set a 1 +\n')
clean 0 "bench init" bench init -d "$dsn" -s 1 --replace
clean 0 "report text" report text latest
clean 0 "report html" report html latest -o "$work/page.html"
done_testing
