#!/bin/bash
# MySQL's statements give the same rows on a private MariaDB and, converted, on Postgres
# (tests/convert/rows_mysql.txt). MariaDB is asked to be as MySQL 8 is: its modes, a collation without
# padding. Skips where MariaDB is not installed.
. "$(dirname "$0")/tap.sh"
command -v mariadbd >/dev/null && command -v mariadb >/dev/null ||
	skip_all "no MariaDB: scripts/setup test installs it where it can"
server

socket=$work/my.sock
mkdir "$work/mariadb"
mariadbd --no-defaults --user="$(id -un)" --datadir="$work/mariadb" --socket="$socket" \
	--skip-networking --skip-grant-tables --pid-file="$work/mariadb.pid" \
	--innodb-buffer-pool-size=16M --innodb-log-file-size=8M --innodb-flush-log-at-trx-commit=0 \
	--character-set-server=utf8mb4 --collation-server=utf8mb4_uca1400_nopad_ai_ci \
	--default-time-zone=+00:00 --sql-mode="ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE\
,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION" >"$work/mariadb.log" 2>&1 9>&- &
at_end+=("kill $!; wait $!")
for ((i = 0; i < 100; i++)); do
	command mariadb -S "$socket" -u root -e 'create database d' 2>/dev/null && break
	sleep 0.1
done
ok "MariaDB runs" [ "$i" -lt 100 ]

"$build/tests/test_functions" --helpers | psql -XAtq -v ON_ERROR_STOP=1 -d "$dsn" >/dev/null
/usr/bin/python3 tests/convert/rows tests/convert/rows_mysql.txt "$lakeport" "$socket" "$dsn" \
	>"$work/different" 2>&1
ok "the same rows" sh -c "cat '$work/different'; [ ! -s '$work/different' ]"
done_testing
