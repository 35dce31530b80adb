#!/bin/bash
# Wrong input: one clear line, the right exit status, nothing half-written.
. "$(dirname "$0")/tap.sh"
server
fails 2 "no connections" "'--connections' must be from 1 to" bench run -d "$dsn" -c 0
fails 2 "unknown option" "unknown option '--conections'" bench run -d "$dsn" --conections 3
fails 2 "unknown tool" "there is no tool 'benchh'" benchh run
fails 2 "unknown verb" "'lakeport bench' has no verb 'rum'" bench rum
fails 2 "stray argument" "does not take 'x'" bench run -d "$dsn" x
fails 3 "no server" "cannot connect" bench run -d "host=$work/nowhere" -T 1
fails 3 "no such database" "does not exist" bench run -d "${dsn%/*}/no_such_database" -T 1
fails 4 "missing table" 'relation "pgbench_accounts" does not exist' bench run -d "$dsn" -T 1 -b select-only
ok "missing table: says what to do" warns "make the tables with 'lakeport bench init'"
printf '' >"$work/empty.sql"
fails 2 "empty script" "the script is empty" bench run -d "$dsn" -f "$work/empty.sql"
printf 'select\n  :nobody;\n' >"$work/undefined.sql"
fails 2 "undefined variable" "undefined.sql:2:3: variable 'nobody' is used but nothing sets it" \
	bench run -d "$dsn" -f "$work/undefined.sql"
printf '\\set x 1 +\nselect :x;\n' >"$work/broken.sql"
fails 2 "broken script" "broken.sql:1:11:" bench run -d "$dsn" -f "$work/broken.sql"
printf '\\shell rm -rf x\nselect 1;\n' >"$work/shell.sql"
fails 2 "shell access" "shell.sql:1:1:" bench run -d "$dsn" -f "$work/shell.sql"
fails 2 "a script before the server is asked" "broken.sql" bench run -d "host=$work/nowhere" -f "$work/broken.sql"
fails 2 "missing script" "cannot open" bench run -d "$dsn" -f "$work/no.sql"
fails 2 "unknown built-in" "unknown built-in script 'selects'" bench run -d "$dsn" -b selects
fails 2 "malformed definition" "must be NAME=VALUE, not 'x'" bench run -d "$dsn" -D x
touch "$work/file"
fails 2 "runs folder that is a file" "cannot make the runs folder" bench run -d "$dsn" --runs "$work/file/runs"
fails 2 "time and transactions" "-T and -t cannot both be given" bench run -d "$dsn" -T 1 -t 1 -f <(echo "select 1")
echo "select 1;" >"$work/one.sql"
fails 3 "more connections than the server allows" "too many" bench run -d "$dsn" -c 1000 -T 1 -f "$work/one.sql"
printf '\\startpipeline\nselect 1;\n\\endpipeline\n' >"$work/pipeline.sql"
fails 2 "a pipeline over the simple protocol" "simple protocol" bench run -d "$dsn" -M simple -f "$work/pipeline.sql"
printf 'conections: 3\n' >"$work/c.yaml"
fails 2 "unknown key in a configuration" "c.yaml:1:1: unknown key 'conections'" bench run --config "$work/c.yaml"
printf 'connections: 0\n' >"$work/c.yaml"
fails 2 "value out of range in a configuration" "c.yaml:1:14:" bench run --config "$work/c.yaml"
ok "nothing was written" [ -z "$(ls "$work/runs" 2>/dev/null)" ]

printf 'connections: 2\ntransactions: 5\nfile:\n- %s\n' "$work/one.sql" >"$work/c.yaml"
lakeport bench run -d "$dsn" --config "$work/c.yaml" --json
ok "a configuration runs" equal "$(metric transactions)" 10
ok "one record was written" equal "$(find "$work/runs" -type f | wc -l)" 1
ok "it is the one that was printed" cmp -s "$work/out" <(cat "$work"/runs/*.json; echo)

# Secrets appear nowhere.
lakeport bench run -d "${dsn/postgres@/postgres:hunter2@}" -t 1 -c 1 -f "$work/one.sql" -v
ok "a password in the DSN is not in the record" equal "$(grep -l hunter2 "$work"/runs/* "$work/out" "$work/err" | wc -l)" 0
lakeport bench run -d "host=$work/nowhere password=hunter2" -t 1 -f "$work/one.sql" --log-format json
ok "nor in a message" equal "$(grep -c hunter2 "$work/err")" 0
ok "messages are JSON lines on request" /usr/bin/python3 -c "import json,sys; e=json.loads(open(sys.argv[1]).readline()); assert e['level'] == 'error' and e['class'] == 'connection'" "$work/err"

for verb in "bench init" "bench run" "bench sweep" "bench wake" "bench qualify" "report html" "report compare" "report list"; do
	# shellcheck disable=SC2086
	lakeport $verb --help
	ok "$verb --help" has "usage: lakeport $verb"
done
lakeport help
ok "help lists the verbs" has "bench    run"
lakeport help --man
ok "the manual page has every verb" has ".SS lakeport report compare"
ok "the manual page is clean troff" sh -c "! command -v groff >/dev/null || [ -z \"\$(groff -man -ww -z '$work/out' 2>&1)\" ]"
lakeport help --completion
ok "the completion is bash" bash -n "$work/out"
lakeport --version
ok "--version" has "lakeport 0."
done_testing
