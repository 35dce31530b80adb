#!/bin/bash
# bench-password.t - passwords from a command: given to every connection, fetched again when the
# server refuses them or they grow old, never shown. A real server with passwords that change.
. "$(dirname "$0")/tap.sh"
export LAKEPORT_PG_DIR=$work/pg LAKEPORT_PG_TLS=1
url=$(scripts/postgres start 2>"$work/pg.err") || skip_all "no Postgres: $(head -1 "$work/pg.err")"
at_end+=("LAKEPORT_PG_DIR=$work/pg scripts/postgres remove")
dsn=$url
port=$(sed -n 's/^port=//p' "$work/pg/state" "$(cat "$work/pg.location" 2>/dev/null)/state" 2>/dev/null | head -1)
there="host=127.0.0.1 port=$port dbname=postgres user=worker sslmode=require"
LIMIT=60

# change PASSWORD: on the server and in the vault, which the command reads.
vault=$work/vault
change() {
	sql "alter role worker password '$1'"
	echo "$1" >"$vault"
}

# What is asked for is counted in $work/asked.
cat >"$work/token" <<END
#!/bin/sh
echo "\$PGUSER@\$PGHOST:\$PGPORT/\$PGDATABASE" >>"$work/asked"
cat "$vault"
END
chmod +x "$work/token"
asked() { wc -l <"$work/asked"; }
sql "create role worker login password 'x'"
change "hunter2-first"
echo "select 1;" >"$work/one.sql"
quiet=(--observe off --explain off)

lakeport bench run -d "$there" -c 3 -t 5 -f "$work/one.sql" --json --password-command "$work/token"
ok "a command gives the password" equal "$status $(metric transactions)" "0 15"
ok "asked once, for observer and all" equal "$(asked)" 1
ok "told for whom" equal "$(cat "$work/asked")" "worker@127.0.0.1:$port/postgres"
ok "the record does not show the command" equal "$(grep -c "$work/token" "$work/out")" 0
LAKEPORT_PASSWORD_COMMAND=$work/token lakeport bench run -d "$there" -c 1 -t 1 -f "$work/one.sql"
ok "from the environment" equal "$status" 0

# The password changes in mid-run, and again: connections that are opened later have the newer one.
: >"$work/asked"
(sleep 1.5; change hunter2-second; sleep 1.5; change hunter2-third) &
lakeport bench run -d "$there" -c 4 -T 4 -C -f "$work/one.sql" "${quiet[@]}" --json --password-command "$work/token" -v
wait $!
ok "connecting each time: nothing fails" equal "$status $(metric failed)" "0 0"
ok "connecting each time: asked again when refused" equal "$(asked)" 3
ok "connecting each time: no password in the log" equal "$(grep -c hunter2 "$work/err")" 0
ok "connecting each time: nor in the record" equal "$(grep -c hunter2 "$work/out")" 0

: >"$work/asked"
kick="select pg_terminate_backend(pid) from pg_stat_activity where usename = 'worker'"
(sleep 1.5; change hunter2-fourth; sql "$kick") >/dev/null &
lakeport bench run -d "$there" -c 4 -T 3 -f "$work/one.sql" "${quiet[@]}" --json --password-command "$work/token"
wait $!
ok "reconnecting: all come back" equal "$(metric reconnects)" 4
ok "reconnecting: what was under way failed, no more" between "$(metric failed)" 1 4
ok "reconnecting: asked again, once for all" equal "$(asked)" 2
ok "reconnecting: at once" between "$(metric outage_max_us)" 0 1000000

# It grows old: fetched before the server refuses it.
: >"$work/asked"
lakeport bench run -d "$there" -c 2 -T 3.5 -C -f "$work/one.sql" "${quiet[@]}" --json \
	--password-command "$work/token" --password-lifetime 1s
ok "a lifetime: nothing fails" equal "$status $(metric failed)" "0 0"
ok "a lifetime: fetched each second" between "$(asked)" 3 5

# The command fails later on: the old password stays, said once.
(sleep 1; mv "$vault" "$work/away") &
lakeport bench run -d "$there" -c 2 -T 4 -C -f "$work/one.sql" "${quiet[@]}" \
	--password-command "$work/token" --password-lifetime 1s
wait $!
ok "a command that fails later: the run goes on" equal "$status" 0
ok "a command that fails later: one clear line" one_line "the password command ended with status 1: the old password stays in use"
mv "$work/away" "$vault"

# The other verbs.
: >"$work/asked"
(sleep 2; change hunter2-fifth) &
lakeport bench sweep -d "$there" -c 1,2,3,4 --step-duration 1s --warmup 0 -f "$work/one.sql" --password-command "$work/token"
wait $!
ok "sweep: goes on with the new password" equal "$status $(asked)" "0 2"
(sleep 1; change hunter2-sixth) &
lakeport bench wake -d "$there" --tries 2 --idle-wait 2s -T 0 --password-command "$work/token"
wait $!
ok "wake: goes on with the new password" equal "$status" 0
lakeport bench run -d "$there" -c 2 -T 1 --rounds 2 -f "$work/one.sql" --versus "$there application_name=b" --password-command "$work/token"
ok "versus: both servers" equal "$status" 0
sql "grant create on schema public to worker"
lakeport bench init -d "$there" --password-command "$work/token"
ok "init" equal "$status" 0

# Failures before the run are one clear line, and the password is not in it.
run_with() { fails "$1" "$2" "$3" bench run -d "$there" -t 1 -f "$work/one.sql" --password-command "$4"; }
run_with 3 "it fails" "the password command ended with status 3" "echo hunter2; echo no vault >&2; exit 3"
ok "it fails: why" warns "it said: no vault"
ok "it fails: not what it printed" equal "$(grep -c hunter2 "$work/err")" 0
run_with 2 "it prints nothing" "the password command printed nothing" "true"
run_with 2 "it prints lines" "the password command printed several lines" "echo hunter2; echo 2"
run_with 2 "it prints too much" "the password command printed more than" "head -c 100000 /dev/zero | tr '\\0' x"
run_with 3 "it is killed" "the password command was ended by signal 9" 'kill -9 $$'
run_with 3 "it is wrong" "password authentication failed" "echo hunter2-wrong"
fails 2 "a lifetime alone" "--password-lifetime needs --password-command" bench run -d "$there" --password-lifetime 1s

# Ctrl-C while the command runs.
"$lakeport" bench run -d "$there" -t 1 -f "$work/one.sql" --password-command "sleep 31.4" >"$work/out" 2>"$work/err" &
pid=$!
sleep 0.5
kill -INT $pid
wait $pid
ok "Ctrl-C while it runs: 130" equal "$?" 130
ok "Ctrl-C while it runs: it is gone" equal "$(pgrep -fc 'sleep 31[.]4')" 0

# Nobody sees it in the list of processes.
"$lakeport" bench run -d "$there" -c 1 -T 1.5 -f "$work/one.sql" --password-command "$work/token" >"$work/out" 2>"$work/err" &
sleep 1
ok "not in arguments or environment" equal "$(cat /proc/$!/cmdline /proc/$!/environ | tr '\0' '\n' | grep -c hunter2)" 0
wait $!
done_testing
