# tap.sh - what the end-to-end tests share: TAP output, running the program, a database of their own.
# Sourced by *.t (bash). A test runs from the root of the repository; $work is its scratch folder,
# removed at the end; stdout, stderr and exit status of the last `run` are in $work/out, $work/err
# and $status.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${LAKEPORT_BUILD:-build}
lakeport=$PWD/$build/lakeport
nullpg=$PWD/$build/tests/nullpg
faultproxy=$PWD/$build/tests/faultproxy
work=$(mktemp -d) || exit 1
export LAKEPORT_RUNS=$work/runs
tests=0
status=0
at_end=()       # commands to run at the end, last first

finish() {
	local i

	for ((i = ${#at_end[@]} - 1; i >= 0; i--)); do
		eval "${at_end[i]}" >/dev/null 2>&1
	done
	rm -rf "$work"
}
trap finish EXIT
# Fakes end when their standard input does: they get descriptor 9, which ends with the test.
mkfifo "$work/stdin" && exec 9<>"$work/stdin"
trap 'exit 1' INT TERM

# ok DESCRIPTION COMMAND...: one test, passed when the command succeeds.
ok() {
	local description=$1

	shift
	tests=$((tests + 1))
	if "$@" >"$work/ok" 2>&1; then
		echo "ok $tests - $description"
	else
		echo "not ok $tests - $description"
		echo "# failed: $*"
		sed 's/^/# /' "$work/ok" | head -20
		[ ! -s "$work/err" ] || sed 's/^/# stderr: /' "$work/err" | head -10
	fi
}

# run COMMAND...: keeps stdout, stderr and status; never longer than LIMIT seconds.
run() {
	timeout "${LIMIT:-120}" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

lakeport() {
	run "$lakeport" "$@"
}

# fails STATUS DESCRIPTION LINE ARGUMENT...: lakeport exits with STATUS, says exactly one error line
# (besides a hint) that contains LINE, and prints nothing on stdout.
fails() {
	local want=$1 description=$2 line=$3

	shift 3
	lakeport "$@"
	ok "$description: exit status $want" [ "$status" = "$want" ]
	ok "$description: one clear line" one_line "$line"
	ok "$description: nothing on stdout" [ ! -s "$work/out" ]
}

one_line() {
	grep -v '^hint: ' "$work/err" >"$work/lines"
	[ "$(wc -l <"$work/lines")" = 1 ] && grep -qF -- "$1" "$work/lines" || {
		echo "wanted one line with: $1"
		return 1
	}
}

has() { grep -qF -- "$1" "$work/out" || { echo "not on stdout: $1"; return 1; }; }
warns() { grep -qF -- "$1" "$work/err" || { echo "not on stderr: $1"; return 1; }; }
equal() { [ "$1" = "$2" ] || { echo "got '$1', wanted '$2'"; return 1; }; }
between() { awk "BEGIN {exit !($1 >= $2 && $1 <= $3)}" || { echo "$1 is not in $2..$3"; return 1; }; }
absent() { ! grep "$@"; }
skip_all() { echo "1..0 # SKIP $1"; exit 0; }
done_testing() { echo "1..$tests"; }

# metric NAME [OF]: from the record that `lakeport ... --json` printed.
metric() {
	/usr/bin/python3 - "$work/out" "$@" <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
of = sys.argv[3] if len(sys.argv) > 3 else None
print(next(m['value'] for m in r['metrics'] if m['name'] == sys.argv[2] and m.get('of') == of))
END
}

# server: the shared private Postgres, with a new database of this test; sets $dsn.
server() {
	local url name

	url=$(scripts/postgres start 2>"$work/pg.err") || skip_all "no Postgres: $(head -1 "$work/pg.err")"
	name=$(basename "$0" .t | tr - _)_$$
	psql -Xq -d "$url" -c "create database $name" || exit 1
	at_end+=("psql -Xq -d '$url' -c 'drop database if exists $name with (force)'")
	dsn=${url%/*}/$name
}

sql() { psql -XAtq -d "$dsn" -c "$1"; }

# fake SCRIPT [OPTION...]: starts a fake web service on a file of rules (tests/fake/web/web_model.c);
# sets $port and $fake; what it is asked goes to $work/log.
fake() {
	rm -f "$work/ready" "$work/log"
	"$build/tests/fakeweb" --script "$1" --log "$work/log" "${@:2}" >"$work/ready" <&9 9<&- &
	fake=$!
	at_end+=("kill $fake")
	for _ in $(seq 100); do grep -q ready "$work/ready" && break; sleep 0.05; done
	port=$(awk '{print $2}' "$work/ready")
}

# sent EXPRESSION: over the list `r` of requests that came to it, text(r[i]), what they say to a model,
# and about(ID), those that speak of q_ID.
sent() {
	/usr/bin/python3 - "$work/log" "$1" <<'END'
import json, sys
try: r = [json.loads(l) for l in open(sys.argv[1])]
except FileNotFoundError: r = []
text = lambda x: x['body']['messages'][1]['content']
about = lambda id: [x for x in r if 'q_%s' % id in text(x)]
print(eval(sys.argv[2]))
END
}

# mariadb: a private MariaDB of this test on a unix socket, root without a password, database `shop`;
# sets $mysock and $mysql (its URL). False when it is not installed.
mariadb() {
	local dir=$work/mariadb who

	command -v mariadbd mariadb-install-db >/dev/null || return 1
	who=$(id -un)
	mkdir -p "$dir/tmp"
	mariadb-install-db --no-defaults --user="$who" --datadir="$dir/data" --skip-test-db \
		--auth-root-authentication-method=normal >"$dir/install.log" 2>&1 || return 1
	mysock=$dir/socket
	mariadbd --no-defaults --user="$who" --datadir="$dir/data" --socket="$mysock" --skip-networking \
		--tmpdir="$dir/tmp" --pid-file="$dir/pid" --innodb-buffer-pool-size=32M \
		--innodb-flush-log-at-trx-commit=0 --innodb-log-file-size=8M >"$dir/log" 2>&1 </dev/null 9<&- 7>&- 8>&- 6>&- &
	at_end+=("kill -KILL $!; sleep 0.1")
	for _ in $(seq 200); do
		my "" "select 1" >/dev/null 2>&1 && break
		sleep 0.1
	done
	my "" "create database shop" || return 1
	mysql="mysql://root@localhost/shop?socket=$mysock"
}

# my DATABASE SQL: on that MariaDB.
my() { command mariadb --no-defaults -uroot --socket="$mysock" --default-character-set=utf8mb4 -NB ${1:+-D "$1"} -e "$2"; }
