#!/bin/bash
# What convert knows of tables: from the input itself, whatever its order and the number of threads, and from
# --schema and --source-schema; the results prepare and do on a real server what the source says.
. "$(dirname "$0")/tap.sh"
in=$work/in
out=$work/pg
mkdir -p "$in"
run_it() { lakeport convert run "$@" --out "$out" --json -q; }
server

# ---- tables that the input makes ----
cat >"$in/a_tables.sql" <<'END'
CREATE TABLE people (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20), seen INT, flag TINYINT(1), ok BOOLEAN, UNIQUE KEY k (name));
ALTER TABLE people ADD COLUMN note VARCHAR(10) DEFAULT 'none';
END
cat >"$in/b_rows.sql" <<'END'
INSERT INTO people VALUES (NULL, 'ann', 7, TRUE, 1, 'x'), (NULL, 'bob', 1, FALSE, 0, 'y');
INSERT INTO people (name, seen) VALUES ('ann', 0) ON DUPLICATE KEY UPDATE seen = seen + 1, ok = 0;
REPLACE INTO people (name, seen) VALUES ('bob', 5);
UPDATE people SET flag = TRUE WHERE seen / 2 = 2.5;
END
run_it "$in" --from mysql
ok "nothing is left" equal "$status $(metric left)" "0 0"
ok "without a finding about the key" absent UPSERT-KEY "$work/out"
cat "$out/a_tables.sql" "$out/b_rows.sql" >"$work/all.sql"
ok "it runs" psql -XAtq -v ON_ERROR_STOP=1 -d "$dsn" -f "$work/all.sql"
ok "and does what MySQL does" equal \
	"$(sql "select string_agg(concat_ws(' ', name, seen, flag, ok, note), ', ' order by name) from people")" \
	"ann 8 1 f x, bob 5 1 none"

# ---- the order of the files, and threads ----
/usr/bin/python3 - "$work/many" <<'END'
import os, sys
os.makedirs(sys.argv[1])
for f in range(40):
    with open(f"{sys.argv[1]}/{f:02}.sql", "w") as o:
        for i in range(30):
            o.write(f"CREATE TABLE own{i % 5} (a INT, b{f} INT);\n" if i % 10 == 0 else
                    f"SELECT * EXCEPT (a) FROM shared{(f * 30 + i) % 7};\nSELECT * EXCEPT (a) FROM own{i % 5};\n"
                    f"ALTER TABLE own0 ADD COLUMNS (c{i} INT);\nDROP TABLE IF EXISTS own4;\n")
    with open(f"{sys.argv[1]}/z{f % 7}.sql", "w") as o:
        o.write(f"CREATE TABLE shared{f % 7} (a INT, s{f % 7} INT);\n")
END
for jobs in 1 2 7; do
	lakeport convert run "$work/many" --from databricks --out "$work/out$jobs" -j "$jobs" --check parse -q
	ok "$jobs threads: the same text" diff -r "$work/out1" "$work/out$jobs"
done
ok "a table of a later file is known" grep -q "SELECT shared1.s1 FROM shared1;" "$work/out1/00.sql"
ok "its own table before those of others" grep -q "SELECT own0.b3, own0.c1, own0.c2" "$work/out1/03.sql"

# ---- given DDL ----
cat >"$work/ddl.sql" <<'END'
CREATE TABLE public.orders (id bigint NOT NULL, customer text, total numeric(10,2), paid boolean);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
END
rm "$in"/*.sql
printf 'REPLACE INTO orders VALUES (1, %s, 2, 1);\n' "'x'" >"$in/given.sql"
run_it "$in/given.sql" --from mysql --schema "$work/ddl.sql" -d "$dsn" --check prepare
ok "--schema: prepared against it" equal "$status $(metric left)" "0 0"
ok "with its key and types" grep -q "VALUES (1, 'x', 2, true) ON CONFLICT (id) DO UPDATE SET customer = excluded.customer" "$out/given.sql"
run_it "$in/given.sql" --from mysql
ok "without it the statement is left" equal "$status" 1
ok "and the reason says what helps" grep -q "give --schema" "$out/given.sql"
run_it "$in/given.sql" --from mysql -d "$dsn" --check parse
ok "a target that is not asked does not tell" equal "$status" 1
sql "create schema other; create table other.orders (z int primary key);
	create table orders (id serial primary key, customer text, unique (customer), total float, paid bool);
	create table \"Odd\" (\"A\" int, \"b c\" numeric(10,2)[], primary key (\"A\"))"
run_it "$in/given.sql" --from mysql -d "$dsn"
ok "the target's own table, of those that it has" grep -q "VALUES (1, 'x', 2, true) ON CONFLICT (id) DO UPDATE SET" "$out/given.sql"
ok "prepared" equal "$status $(metric left)" "0 0"
sql "drop table orders, other.orders"
printf 'CREATE TABLE t (id INT IDENTITY(1,1), name VARCHAR(5), f BIT)' >"$work/source.sql"
ok "--source-schema: DDL of the source" equal \
	"$("$lakeport" convert text "INSERT INTO t VALUES ('a' + 'b', 1)" --from tsql --source-schema "$work/source.sql")" \
	"INSERT INTO t (name, f) VALUES ('a' || 'b', true);"
fails 2 "a file that is not there" "cannot open '$work/none.sql'" \
	convert text "select 1" --from tsql --schema "$work/none.sql"
fails 2 "nor for jsonl" "cannot open '$work/none.sql'" convert jsonl --source-schema "$work/none.sql"

# ---- JSON lines ----
cat >"$work/lines" <<'END'
{"id": 1, "dialect": "databricks", "sql": "SELECT * EXCEPT (a) FROM t", "schema": "CREATE TABLE t (a int, b int)"}
{"id": 2, "dialect": "databricks", "sql": "SELECT * EXCEPT (a) FROM t", "source_schema": "CREATE TABLE t (a INT, c STRUCT<x: INT>)"}
{"id": 3, "dialect": "databricks", "sql": "SELECT c.x FROM t", "source_schema": "CREATE TABLE t (a INT, c STRUCT<x: INT>)"}
{"id": 4, "dialect": "databricks", "sql": "SELECT * EXCEPT (a) FROM t"}
END
answer() { # NUMBER
	/usr/bin/python3 -c '
import json, sys
print([json.loads(l) for l in open(sys.argv[1])][int(sys.argv[2]) - 1]["sql"])' "$work/answers" "$1"
}
"$lakeport" convert jsonl <"$work/lines" >"$work/answers"
ok "a line's own schema" equal "$(answer 1)" "SELECT t.b FROM t"
ok "in the source's SQL" equal "$(answer 2)" "SELECT t.c FROM t"
ok "with fields" equal "$(answer 3)" "SELECT (c ->> 'x')::int FROM t"
ok "the next line knows nothing of it" equal "$(answer 4)" "SELECT * EXCEPT (a) FROM t"
"$lakeport" convert jsonl --schema "$work/ddl.sql" --from mysql >"$work/answers" \
	<<<'{"sql": "INSERT INTO orders (id, paid) VALUES (1, 0) ON DUPLICATE KEY UPDATE paid = 1"}'
ok "--schema for all lines" equal "$(answer 1)" \
	"INSERT INTO orders (id, paid) VALUES (1, false) ON CONFLICT (id) DO UPDATE SET paid = true"

# ---- Databricks' nested columns, by their values ----
cat >"$work/nested.sql" <<'END'
CREATE TABLE n (id INT, s STRUCT<a: INT, b: STRUCT<c: DATE>, xs: ARRAY<INT>>, tags ARRAY<STRING>, m MAP<STRING, INT>);
SELECT s.a + 1, s.b.c, s.xs[1], m['k'] * 2, tags[0], size(m) FROM n;
SELECT k, v + 1 FROM n LATERAL VIEW explode(m) x AS k, v;
SELECT sum(x) FROM n LATERAL VIEW explode(s.xs) y AS x;
END
"$lakeport" convert text - --from databricks <"$work/nested.sql" >"$work/nested.pg"
/usr/bin/python3 - "$work/nested.pg" <<'END'
import sys
table, queries = open(sys.argv[1]).read().split(";\n", 1)
row = """INSERT INTO n VALUES (1, '{"a": 4, "b": {"c": "2026-01-02"}, "xs": [5, 6]}', '{p,q}', '{"k": 20}')"""
open(sys.argv[1], "w").write(f"{table};\n{row};\n{queries}")
END
ok "fields have their types" equal "$(psql -XAtq -d "$dsn" -v ON_ERROR_STOP=1 -f "$work/nested.pg" 2>&1 | tr '\n' ' ')" \
	"5|2026-01-02|6|40|p|1 k|21 11 "

# ---- much of it ----
milliseconds() { # TABLES
	local begin

	/usr/bin/python3 -c '
import sys
for i in range(int(sys.argv[1])):
    print("CREATE TABLE t%d (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) NOT NULL, note TEXT, UNIQUE KEY (name));" % i)
    print("INSERT INTO t%d (name) VALUES (1) ON DUPLICATE KEY UPDATE note = 2;" % i)' "$1" >"$work/big.sql"
	begin=$(date +%s%N)
	"$lakeport" convert run "$work/big.sql" --from mysql --out "$work/big" --check parse -q >/dev/null 2>&1
	echo $((($(date +%s%N) - begin) / 1000000))
}
small=$(milliseconds 2500)
large=$(milliseconds 10000)
ok "four times the tables take about four times as long ($small ms, $large ms)" [ "$large" -lt $((small * 8 + 500)) ]
ok "each with its own key" equal "$(grep -c 'ON CONFLICT (name) DO UPDATE' "$work/big/big.sql")" 10000
done_testing
