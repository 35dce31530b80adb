#!/bin/bash
# convert run with a model for what the rules leave: it is asked for that alone, its answers go through
# the same checks and into the files, marked as the model's; without it everything else is done.
. "$(dirname "$0")/tap.sh"
server
sql "create table orders (id int, customer text, sum numeric); insert into orders values (1, 'x', 2)"
unset DATABRICKS_HOST DATABRICKS_TOKEN DATABRICKS_ENDPOINT MODEL_NAME LAKEPORT_MODEL_TOKEN
mkdir "$work/in"
echo "select id from orders where sum > 1;" >"$work/in/same.sql"
cat >"$work/in/hard.sql" <<'END'
-- keep me
select id from orders where q_first(customer) = 'a''b';
select 2;
select q_second(id) from orders;
select q_third(id) from orders;
END
cat >"$work/script" <<'END'
[{"match": "q_first", "answers": [{"sql": "select nosuch from orders"}, {"sql": "select id from orders where customer = 'a''b'"}]},
 {"match": "q_second", "answers": [{"sql": "drop table orders"}]},
 {"match": "q_third", "answers": [{"status": 500, "body": "{\"error_code\":\"INTERNAL_ERROR\",\"message\":\"oops\"}"}]}]
END
fake "$work/script"
lakeport convert run "$work/in" --from databricks --out "$work/pg" -d "$dsn" --model "http://127.0.0.1:$port" --json
ok "some are left: exit status 1" equal "$status" 1
ok "by the model" equal "$(metric by_model)" 1
ok "left" equal "$(metric left)" 2
ok "tokens are counted" [ "$(metric tokens)" -gt 0 ]
hard=$(ls "$work/pg/hard.sql" "$work"/pg/*/hard.sql 2>/dev/null)
ok "the answer is in the file" grep -qF "select id from orders where customer = 'a''b'" "$hard"
ok "the source's text is not" absent -qF "q_first(customer)" "$hard"
ok "comments stay" grep -qF -- "-- keep me" "$hard"
ok "what is left stays, with the reason" grep -qF "q_second(id)" "$hard"
ok "the reason names the model's" grep -qF "the model: the answer does what the source does not: DropStmt" "$hard"
ok "a refusal is one statement's" grep -qF "answered 500 INTERNAL_ERROR: oops" "$hard"
ok "only what was left is asked for" equal "$(sent "len(r), sum('select 2' in text(x) for x in r)")" "(6, 0)"
ok "with the error" equal "$(sent "'q_first' in text(about('first')[0]).split('## Error')[1]")" True
ok "and with that of the answer" equal "$(sent "'nosuch' in text(about('first')[1]).split('## Why')[1]")" True
ok "nothing was dropped" equal "$(sql "select count(*) from orders")" 1
before=$(sent 'len(r)')
lakeport convert run "$work/in" --from databricks --out "$work/pg" -d "$dsn" --model "http://127.0.0.1:$port" --json
ok "again: from the journal beside the records" equal "$(metric by_model) $(sent 'len(r)')" "1 $((before + 1))"
ok "no token is used" equal "$(metric tokens)" 0
kill $fake
wait $fake 2>/dev/null
rm -rf "$work/pg" "$LAKEPORT_RUNS"
lakeport convert run "$work/in" --from databricks --out "$work/pg" -d "$dsn" --model "http://127.0.0.1:$port" --json
ok "nobody there: exit status 3" equal "$status" 3
ok "and the rest is done" grep -rqF "select id from orders where sum > 1" "$work/pg"
ok "the record says why" has 'while asking the model: no answer from'
lakeport convert run "$work/in" --from databricks --out "$work/pg" -d "$dsn"
ok "without a model: exit status 1" equal "$status" 1
done_testing
