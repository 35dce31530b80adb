#!/bin/bash
# convert run: files, folders, notebooks and standard input go in, the same layout comes out; what stands
# between statements stays; the record, its report and the exit status say what is left.
. "$(dirname "$0")/tap.sh"
in=$work/in
out=$work/pg
mkdir -p "$in/deep/er"

# figures FILE: statements by_rules by_model left, of the record on stdout.
figures() { echo "$(metric statements) $(metric by_rules) $(metric by_model) $(metric left)"; }
cell() { # TABLE FIRST-CELL COLUMN, of the record on stdout
	/usr/bin/python3 -c '
import json, sys
t = next(t for t in json.load(open(sys.argv[1]))["tables"] if t["name"] == sys.argv[2])
n = [c["name"] for c in t["columns"]]
print(next(r for r in t["rows"] if r[0] == sys.argv[3])[n.index(sys.argv[4])])' "$work/out" "$@"
}
run_it() { lakeport convert run "$@" --out "$out" --json -q; }

# ---- nothing to do ----
printf -- '-- WEIGHT: 3\n-- PARAM id = random(1, 9)\nselect a,\n  b -- why\nfrom   t where a < 7 ;\n\n\n/* the end */\nselect 1' >"$in/plain.sql"
run_it "$in/plain.sql" --from redshift
ok "a file that needs nothing succeeds" equal "$status" 0
ok "and comes out byte for byte" cmp "$in/plain.sql" "$out/plain.sql"
ok "two statements, by rules" equal "$(figures)" "2 2 0 0"
ok "unchanged" equal "$(metric unchanged)" 2
printf -- '-- only a comment\n' >"$in/deep/comment.sql"
printf '' >"$in/deep/er/empty.sql"
run_it "$in/deep" --from redshift
ok "files without statements come out, too" cmp "$in/deep/comment.sql" "$out/comment.sql"
ok "empty ones" [ -f "$out/er/empty.sql" ]
ok "no statements" equal "$(figures)" "0 0 0 0"

# ---- a folder ----
printf 'select `a` from t where b == 3;\nselect no_such_function(`a`) from t;\n' >"$in/deep/er/q.SQL"
printf 'not sql' >"$in/deep/readme.txt"
mkdir -p "$in/.hidden" && printf 'select 1' >"$in/.hidden/x.sql"
rm -rf "$out"
run_it "$in" --from databricks
ok "what is left makes the exit status 1" equal "$status" 1
ok "all files of the folder, in its layout" equal "$(cd "$out" && find . -type f | sort | tr '\n' ' ')" \
	"./deep/comment.sql ./deep/er/empty.sql ./deep/er/q.SQL ./plain.sql "
ok "converted" grep -q '^select a from t where b = 3;$' "$out/deep/er/q.SQL"
ok "the reason stands before what is left" grep -q \
	"^-- lakeport: left for a person: names: Postgres has no function 'no_such_function' (1 argument)$" "$out/deep/er/q.SQL"
ok "one bad statement does not stop the rest" equal "$(figures)" "4 3 0 1"
ok "the record says which" equal "$(cell statements deep/er/q.SQL:2 status)" left
ok "and what it passed" equal "$(cell statements deep/er/q.SQL:2 checks)" parses
ok "files have their counts" equal "$(cell files deep/er/q.SQL left)" 1
ok "effort is added up" equal "$(metric effort_min)" 25
run_it "$in" "$in/plain.sql" --from databricks
ok "with several arguments a folder keeps its name" [ -f "$out/in/deep/er/q.SQL" ]

# ---- standard input ----
printf 'select `x` from y' | "$lakeport" convert run - --from databricks --out "$out" -q >/dev/null
ok "standard input becomes stdin.sql" equal "$(cat "$out/stdin.sql")" "select x from y"

# ---- a notebook ----
cat >"$in/book.sql" <<'END'
-- Databricks notebook source
-- MAGIC %md # Sales; a title

-- COMMAND ----------

select `a` from t

-- COMMAND ----------

-- MAGIC %python
-- MAGIC display("select 1; select 2")

-- COMMAND ----------

-- MAGIC %sql
-- MAGIC select `b`
-- MAGIC from t

-- COMMAND ----------

-- DBTITLE 1,Two at once
select 1; select 2 -- last
END
run_it "$in/book.sql" --from databricks
ok "a notebook's cells are cut" equal "$(figures)" "4 4 0 0"
ok "cells end as Postgres wants it" grep -q '^select a from t;$' "$out/book.sql"
ok "SQL behind %sql is uncovered" grep -q '^select b$' "$out/book.sql"
ok "cells in other languages stay comments" grep -q '^-- MAGIC display("select 1; select 2")$' "$out/book.sql"
ok "titles stay" grep -q '^-- DBTITLE 1,Two at once$' "$out/book.sql"
ok "other languages are counted" equal "$(cell files book.sql note)" "2 cells in other languages"

# ---- separators of other dialects ----
printf 'select 1 -- x\nGO\nselect [a] from t\n  go\nselect 3\n' >"$in/batch.sql"
run_it "$in/batch.sql" --from tsql
ok "GO becomes ;" equal "$(cat "$out/batch.sql")" 'select 1 -- x
;
select a from t;
select 3'

# ---- parameters ----
printf -- '-- WEIGHT: 2\n-- PARAM id = random(1, 9)\nselect 1 + :id, :id::text where 2 > :id and %s <> '"':id'"';\n' "'\$1'" >"$in/bench.sql"
run_it "$in/bench.sql" --from databricks
ok "parameters keep their names" cmp "$in/bench.sql" "$out/bench.sql"
ok "and have numbers in the record" equal "$(cell parameters bench.sql:3 number)" 1

# ---- refusals ----
fails 2 "no dialect" "the source's dialect is missing" convert run "$in" --out "$out"
fails 2 "an unknown dialect" "the dialect 'cobol' is not known" convert run "$in" --out "$out" --from cobol
fails 2 "no output" "--out is missing" convert run "$in" --from tsql
fails 2 "a file that is not there" "cannot open '$in/none.sql': No such file" convert run "$in/none.sql" --from tsql --out "$out"
mkdir "$work/nothing"
fails 2 "an empty folder" "there are no .sql files in '$work/nothing'" convert run "$work/nothing" --from tsql --out "$out"
before=$(cat "$in/plain.sql" "$in/book.sql" | md5sum)
fails 2 "the input as output" "is both the input and the output" convert run "$in" --from databricks --out "$in"
ln -s "$in" "$work/link"
fails 2 "nor through a link" "is both the input and the output" convert run "$in" --from databricks --out "$work/link"
ok "the input is as it was" equal "$(cat "$in/plain.sql" "$in/book.sql" | md5sum)" "$before"
fails 2 "two files of one name" "would both become '$out/plain.sql'" convert run "$in/plain.sql" "$in/deep/../plain.sql" --from tsql --out "$out"
fails 2 "rows without golden rows" "--check rows compares with golden rows" convert run "$in" --from tsql --out "$out" --check rows
mkdir "$in/out"
run_it "$in" --from databricks
cp -r "$out/." "$in/out/"
lakeport convert run "$in" --from databricks --out "$in/out" -q
ok "an output folder inside the input is not read" [ ! -d "$in/out/out" ]
rm -rf "$in/out"
printf 'select 1;\0' >"$in/binary.sql"
run_it "$in/binary.sql" "$in/plain.sql" --from databricks
ok "a file that cannot be read does not stop the others" equal "$status $(metric files_failed) $(metric statements)" "1 1 2"
rm "$in/binary.sql"

# ---- much of it, and Ctrl-C ----
/usr/bin/python3 -c '
for i in range(30000): print("select `a%d`, %d from t where b == %d;" % (i, i, i))' >"$work/many.sql"
run_it "$work/many.sql" --from databricks -j 4 --check names
ok "30,000 statements of one file" equal "$(figures)" "30000 30000 0 0"
ok "stay in their order" equal "$(sed -n '1p;20000p;$p' "$out/many.sql" | tr '\n' ' ')" \
	"select a0, 0 from t where b = 0; select a19999, 19999 from t where b = 19999; select a29999, 29999 from t where b = 29999; "
server
"$lakeport" convert run "$in/plain.sql" "$work/many.sql" --from databricks --out "$work/part" -d "$dsn" -j 2 --json -q \
	>"$work/out" 2>"$work/err" &
pid=$!
until [ -f "$work/part/plain.sql" ] || ! kill -0 $pid; do sleep 0.05; done
sleep 1
kill -INT $pid
wait $pid
status=$?
ok "Ctrl-C ends the run with status 130" equal "$status" 130
ok "what was done is kept" grep -q "^select a0, 0 from t where b = 0;" "$work/part/many.sql"
ok "what was not begun says so" grep -q "left for a person: the run was interrupted before it" "$work/part/many.sql"
ok "the counts add up" equal "$(($(metric by_rules) + $(metric left)))" 30002
ok "nothing is left on the server" equal "$(sql "select count(*) from pg_namespace where nspname like 'lakeport%'")" 0

# ---- into bench run ----
sql "create table tickets as select i as id, i % 7 as state from generate_series(1, 100) i"
printf -- '-- WEIGHT: 2\n-- PARAM id = random(1, 9)\nselect `state` from tickets where id == :id;\n' >"$in/bench.sql"
lakeport convert run "$in/bench.sql" --from databricks --out "$out" -d "$dsn" --check run -q
ok "a workload file is converted and runs" equal "$status" 0
lakeport bench run -d "$dsn" -f "$out/bench.sql" -c 2 -t 5 --json -q
ok "and goes straight into bench run" equal "$status $(metric transactions)" "0 10"

# ---- what is left, by a model ----
unset DATABRICKS_HOST DATABRICKS_TOKEN DATABRICKS_ENDPOINT MODEL_NAME LAKEPORT_MODEL_TOKEN http_proxy
cat >"$work/script" <<'END'
[{"match": "good_one", "answers": [{"sql": "select id from tickets"}]},
 {"match": "never_one", "answers": [{"sql": "select nosuch from tickets"}]}]
END
fake "$work/script"
printf 'select good_one(`id`) from tickets;\nselect never_one(`id`) from tickets;\nselect 1' >"$in/model.sql"
run_it "$in/model.sql" --from databricks -d "$dsn" --model "http://127.0.0.1:$port" --journal "$work/journal"
ok "an answer that passes the checks counts, apart from the rules" equal "$status $(figures)" "1 3 1 1 1"
ok "it is written" grep -q '^select id from tickets;$' "$out/model.sql"
ok "marked as the model's" equal "$(cell statements model.sql:1 status)" model
ok "with the checks that it passed" equal "$(cell statements model.sql:1 checks)" "parses names prepares"
ok "one that does not pass is left, with both reasons" grep -q \
	"left for a person: names: Postgres has no function 'never_one' (1 argument); the model: .*nosuch" "$out/model.sql"

# ---- stored code ----
printf 'delimiter //\ncreate procedure p() begin\nselect 1; if a then update t set x = 2; end if;\nend //\ndelimiter ;\nselect `a` from t;\n' >"$in/code.sql"
run_it "$in/code.sql" --from mysql
ok "stored code stays whole, whatever its delimiter" equal "$status $(figures)" "1 2 1 0 1"
ok "its size is told" grep -q "stored code of 3 lines was left as it is: 2 statements, 1 branch;" "$out/code.sql"
ok "the rest is converted" grep -q '^select a from t;$' "$out/code.sql"

# ---- text ----
run_in() { # INPUT COMMAND...
	printf '%s' "$1" >"$work/input"
	shift
	"$@" <"$work/input" >"$work/out" 2>"$work/err"
	status=$?
}
run_in 'select sysdate from dual; select 1 from dual' "$lakeport" convert text - --from oracle
ok "convert text - reads standard input" equal "$status $(cat "$work/out")" "0 SELECT LOCALTIMESTAMP(0);

SELECT 1;"
run_in 'begin null; end;' "$lakeport" convert text - --from oracle
ok "what is left shows in the exit status" equal "$status $(grep -c ROUTINE "$work/err")" "1 1"

# ---- the record and its report ----
lakeport convert run "$in/deep" "$in/book.sql" --from databricks --out "$out" -d "$dsn"
ok "the summary is for people" has "Left"
record=$(sed -n 's/^record: //p' "$work/out")
ok "the record fits its schema" /usr/bin/python3 -c '
import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open("common/record.schema.json")))' "$record"
ok "a page is drawn" "$lakeport" report html "$record" -o "$work/page.html"
ok "with source and result beside each other" grep -q '<details class="texts">' "$work/page.html"
ok "escaped" grep -q 'select `a` from t where b == 3' "$work/page.html"
for format in text markdown csv junit; do
	run "$lakeport" report "$format" "$record"
	ok "report $format" equal "$status" 0
done
done_testing
