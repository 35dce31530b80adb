#!/bin/bash
# bench run --io-uring: the same counts to the last one, whatever comes in; refused where it cannot be.
. "$(dirname "$0")/tap.sh"
server
lakeport bench init -d "$dsn" -s 1
uring=(bench run -d "$dsn" --io-uring)

# Refusals first: they hold on every machine.
no_uring='import ctypes, os, sys
filter = (ctypes.c_uint64 * 4)(0x0000000000000020, 0x000001a901000015, 0x0005000100000006, 0x7fff000000000006)
program = (ctypes.c_uint64 * 2)(4, ctypes.addressof(filter))
libc = ctypes.CDLL(None)
libc.prctl(38, 1, 0, 0, 0)
libc.prctl(22, 2, ctypes.byref(program)) == 0 or sys.exit(77)
os.execv(sys.argv[1], sys.argv[1:])'
run "$lakeport" "${uring[@]}" -c 1 -t 1 -b select-only --json
case $status in
0) ;;
2) skip_all "$(head -1 "$work/err")" ;;
esac
ok "it runs" equal "$status" 0
ok "the record says so" has '"system calls":"io_uring"'
run /usr/bin/python3 -c "$no_uring" "$lakeport" "${uring[@]}" -c 1 -t 1 -b select-only
ok "where the kernel forbids it: exit status 2" equal "$status" 2
ok "where the kernel forbids it: one clear line" one_line "the kernel does not let us use io_uring"

for protocol in simple extended prepared; do
	lakeport "${uring[@]}" -c 8 -j 2 -t 50 -b tpcb-like -M $protocol --json
	ok "$protocol: exactly 8 x 50 transactions" equal "$(metric transactions) $(metric failed)" "400 0"
done
ok "each transaction committed once" equal "$(sql "select count(*) from pgbench_history")" 1200
echo "select repeat(md5(i::text), 5000) from generate_series(1, 60) i;" >"$work/large.sql"
lakeport "${uring[@]}" -c 3 -t 5 -f "$work/large.sql" --json
ok "answers of 10 MB" equal "$(metric transactions)" 15
printf 'select count(*) as n, max(length(a)) as l from (select repeat(md5(i::text), 3000) as a from generate_series(1, 9) i) t \\gset\nselect 1 / (:l / 96000);\n' >"$work/gset.sql"
printf 'select repeat(%s, 300000) as long \\gset\nselect 1 / (length(:long) / 300000);\n' "'x'" >"$work/held.sql"
lakeport "${uring[@]}" -c 3 -t 5 -f "$work/gset.sql" -f "$work/held.sql" --json
ok "rows that come in pieces are kept whole" equal "$(metric transactions) $(metric failed)" "15 0"
{ printf '\\startpipeline\n'; for i in $(seq 300); do echo "select $i, repeat('x', 2000);"; done; printf '\\endpipeline\n'; } >"$work/pipeline.sql"
lakeport "${uring[@]}" -c 3 -t 5 -f "$work/pipeline.sql" --json
ok "pipelines of 300 statements" equal "$(metric transactions)" 15
{ printf "insert into pgbench_history (filler) select left('"; head -c 3000000 /dev/zero | tr '\0' y; printf "', 10);\n"; } >"$work/big.sql"
lakeport "${uring[@]}" -c 2 -t 3 -f "$work/big.sql" -M extended --json
ok "a statement of 3 MB is sent whole" equal "$(metric transactions)" 6
lakeport "${uring[@]}" -c 4 -j 2 -t 5 -C -b select-only --json
ok "a connection for each transaction" equal "$(metric transactions) $(metric failed)" "20 0"
lakeport "${uring[@]}" -c 8 -T 2 -R 1000 --arrival constant -b select-only --json
ok "open loop: what was due is rate x time" between \
	"$(awk "BEGIN {print $(metric transactions) + $(metric failed) + $(metric skipped)}")" 1998 2002
lakeport "${uring[@]}" -c 2 -T 1 --poll -b select-only --json
ok "with busy polling" between "$(metric transactions)" 100 1e7

# Backends that are killed: their transactions fail, the connections come back.
(sleep 1; sql "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()" >/dev/null) &
lakeport "${uring[@]}" -c 8 -j 2 -T 2 -b select-only --observe off --json
wait
ok "killed backends: each transaction under way failed once" between "$(metric failed)" 1 8
ok "killed backends: the connections came back" equal "$(metric reconnects)" 8

"$nullpg" --socket "$work" --port 5432 --stdin <"$work/stdin" >"$work/null.out" 2>&1 &
at_end+=("kill $!")
until grep -qs ^ready "$work/null.out"; do sleep 0.1; done
lakeport bench run --io-uring -d "$(sed -n 's/^ready //p' "$work/null.out")" -c 1500 -j 2 -T 2 \
	-b select-only -s 1 --observe off --explain off --json
ok "1,500 connections" equal "$status $(metric failed)" "0 0"
done_testing
