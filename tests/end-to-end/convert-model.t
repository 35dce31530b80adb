#!/bin/bash
# convert repair against a model that answers by a script: every kind of answer and fault, the rounds,
# the journal, the budget, what is sent and what is not. Answers are checked by a real Postgres.
. "$(dirname "$0")/tap.sh"
server
sql "create table orders (id int, customer text, sum numeric); insert into orders values (1, 'x', 2)"
unset DATABRICKS_HOST DATABRICKS_TOKEN DATABRICKS_ENDPOINT MODEL_NAME LAKEPORT_MODEL_TOKEN http_proxy

# repair ARGUMENT...: on $work/in.jsonl, with a journal of its own in $journal.
journal=$work/journal
repair() {
	lakeport convert repair "$work/in.jsonl" --model "http://127.0.0.1:$port" --journal "$journal" "$@"
}

statements() { # ID...: lines whose SQL names q_ID
	for id in "$@"; do echo "{\"id\":\"$id\",\"sql\":\"select q_$id from orders\",\"error\":\"column q_$id does not exist\",\"converted\":\"select q_$id from orders\",\"position\":8}"; done
}

# of FIELD ID: of the result's line.
of() {
	/usr/bin/python3 - "$work/out" "$@" <<'END'
import json, sys
line = next(r for r in map(json.loads, open(sys.argv[1])) if r['id'] == sys.argv[3])
v = line.get(sys.argv[2])
print(' '.join(v) if isinstance(v, list) else v)
END
}

cat >"$work/script" <<'END'
[{"match": "q_good", "answers": [{"sql": "select id from orders;", "delay_ms": 300}]},
 {"match": "q_fenced", "answers": [{"content": "```sql\nselect id from orders\n```"}]},
 {"match": "q_chatty", "answers": [{"content": "Sure! Use this:\n```json\n{\"sql\": \"select id from orders\"}\n```\nHope it helps."}]},
 {"match": "q_parts", "answers": [{"parts": true, "content": "{\"sql\": \"select id from orders\"}"}]},
 {"match": "q_notold", "answers": [{"sql": "select id from orders", "usage": false}]},
 {"match": "q_truncated", "answers": [{"content": "{\"sql\": \"select id fr", "finish": "length"}, {"sql": "select id from orders"}]},
 {"match": "q_empty", "answers": [{"content": ""}, {"sql": "select id from orders"}]},
 {"match": "q_wrongjson", "answers": [{"content": "{\"answer\": 42}"}, {"sql": "select id from orders"}]},
 {"match": "q_wrongsql", "answers": [{"sql": "select id,\n nosuch from orders"}, {"sql": "select id from orders"}]},
 {"match": "q_syntax", "answers": [{"sql": "selec id"}, {"sql": "select frm"}, {"sql": "select id from orders"}]},
 {"match": "q_never", "answers": [{"sql": "select nosuch from orders"}]},
 {"match": "q_refused", "answers": [{"refusal": "I will not"}]},
 {"match": "q_invented", "answers": [{"sql": "select id from customers"}]},
 {"match": "q_login", "answers": [{"body": "<html>sign in</html>", "type": "text/html"}]}]
END
fake "$work/script"
statements good fenced chatty parts notold truncated empty wrongjson wrongsql syntax never refused login invented >"$work/in.jsonl"
echo '{"id": "bad"}' >>"$work/in.jsonl"
repair -d "$dsn"
ok "some are left: exit status 1" equal "$status" 1
for id in good fenced chatty parts notold; do
	ok "$id: taken at once" equal "$(of status $id) $(of rounds $id) $(of sql $id)" "model 1 select id from orders"
done
for id in truncated empty wrongjson wrongsql; do
	ok "$id: good in the second round" equal "$(of status $id) $(of rounds $id) $(of sql $id)" "model 2 select id from orders"
done
ok "good in the third round" equal "$(of status syntax) $(of rounds syntax)" "model 3"
ok "the checks that were passed are told" equal "$(of checks good)" "parses names prepares"
for id in never refused login invented; do
	ok "$id: left after three rounds" equal "$(of status $id) $(of rounds $id) $(of sql $id)" "left 3 None"
	ok "$id: three requests, no more" equal "$(sent "len(about('$id'))")" 3
done
ok "why it was left is the server's error" equal "$(of error never)" 'column "nosuch" does not exist (SQLSTATE 42703)'
ok "a table that the statement does not name is not invented" equal "$(of error invented)" 'the statement names no table customers'
ok "a line that is no task does not stop the rest" equal "$(of status bad)" bad-input
ok "the error and its place are sent" equal "$(sent "'column q_good does not exist\nat line 1, column 8, before: q_good' in text(about('good')[0])")" True
ok "the tables are sent" equal "$(sent "'orders(id integer, customer text, sum numeric)' in text(about('good')[0])")" True
ok "an answer is asked for by a JSON schema" equal "$(sent "r[0]['body']['response_format']['json_schema']['strict']")" True
ok "the failed answer and the server's error come back" equal "$(sent "'nosuch from orders' in text(about('wrongsql')[1]) and '\"nosuch\" does not exist (SQLSTATE 42703)\nat line 2, column 2, before: nosuch' in text(about('wrongsql')[1])")" True
ok "a cut answer may be longer the next time" equal "$(sent "about('truncated')[1]['body']['max_tokens'] == 2 * about('truncated')[0]['body']['max_tokens']")" True
ok "no more requests at a time than the limit" equal "$(sent "1 < max(x['active'] for x in r) <= 4")" True

before=$(sent 'len(r)')
repair -d "$dsn" --json -o "$work/lines"
ok "what was answered is not asked again" equal "$(sent 'len(r)')" $((before + 3)) # the sign-in page was no answer
ok "by_model in the record" equal "$(metric by_model)" 10
ok "no tokens but for what was asked" [ "$(metric tokens)" -le 4000 ]
cp "$work/lines" "$work/out"
ok "the answers of the journal are proven and given" equal "$(of status syntax) $(of cached syntax) $(of tokens syntax)" "model 3 0"
sql "alter table orders rename id to key"
repair -d "$dsn"
ok "an answer of the journal that is no longer right is not taken" equal "$(of status good) $(of rounds good)" "left 3"
sql "alter table orders rename key to id"

# Answers that do harm: nothing of them runs, the table stays.
cat >"$work/script" <<'END'
[{"match": "q_drop", "answers": [{"sql": "drop table orders"}, {"sql": "select 1; drop table orders"}, {"sql": "with x as (delete from orders returning *) select * from x"}]},
 {"match": "q_into", "answers": [{"sql": "select * into stolen from orders"}, {"sql": "create table stolen as table orders"}, {"sql": "commit; drop table orders"}]},
 {"match": "q_call", "answers": [{"sql": "select harm()"}, {"sql": "select pg_terminate_backend(pid) from pg_stat_activity"}, {"sql": "select set_config('transaction_read_only', 'off', false), harm()"}]},
 {"match": "q_run", "answers": [{"sql": "select id from orders where id / 0 = 1"}, {"sql": "select id from orders"}]}]
END
kill $fake; fake "$work/script"
sql "create function harm() returns int language plpgsql as 'begin delete from orders; return 1; end'"
statements drop into call run >"$work/in.jsonl"
repair -d "$dsn" --check run
for id in drop into call; do
	ok "$id: harm does not pass" equal "$(of status $id) $(of sql $id)" "left None"
done
ok "an answer that fails when it runs is repaired" equal "$(of status run) $(of rounds run) $(of checks run)" "model 2 parses names prepares runs"
ok "division by zero was sent" equal "$(sent "'division by zero' in text(about('run')[1])")" True
repair -d "$dsn"
ok "nor does what would do harm later, where nothing is run" equal "$(of status call) $(of error call)" "left the statement does not call set_config"
ok "nothing was harmed" equal "$(sql "select count(*) from orders") $(sql "select count(*) from pg_tables where tablename = 'stolen'")" "1 0"

# Faults on the way.
cat >"$work/script" <<'END'
[{"match": "q_seconds", "answers": [{"status": 429, "headers": {"Retry-After": "1"}, "body": "{\"error_code\":\"REQUEST_LIMIT_EXCEEDED\",\"message\":\"slow\"}"}, {"sql": "select 1"}]},
 {"match": "q_date", "answers": [{"status": 503, "retry_date": 2, "body": "busy"}, {"sql": "select 1"}]},
 {"match": "q_plain", "answers": [{"status": 429, "body": ""}, {"sql": "select 1"}]},
 {"match": "q_html", "answers": [{"status": 503, "type": "text/html", "body": "<html><title>503 Service Unavailable</title></html>"}, {"sql": "select 1"}]},
 {"match": "q_slow", "answers": [{"delay_ms": 3000, "sql": "select 2"}, {"sql": "select 1"}]},
 {"match": "q_cut", "answers": [{"fault": "cut", "sql": "select 2"}, {"sql": "select 1"}]},
 {"match": "q_reset", "answers": [{"fault": "reset", "sql": "select 2"}, {"sql": "select 1"}]},
 {"match": "q_close", "answers": [{"fault": "close"}, {"sql": "select 1"}]},
 {"match": "q_dead", "answers": [{"fault": "close"}]},
 {"match": "q_alive", "answers": [{"sql": "select 1"}]},
 {"match": "q_long", "answers": [{"status": 400, "body": "{\"error_code\":\"BAD_REQUEST\",\"message\":\"too long\"}"}]}]
END
kill $fake; fake "$work/script"
statements seconds date plain html slow cut reset close long >"$work/in.jsonl"
repair --model-parallel 16 --model-timeout 800ms
for id in seconds date plain html slow cut reset close; do
	ok "$id: asked again until it was answered" equal "$(of status $id) $(of rounds $id) $(sent "len(about('$id'))")" "model 1 2"
done
ok "Retry-After in seconds was waited for" equal "$(sent "about('seconds')[1]['ms'] - about('seconds')[0]['ms'] >= 1000")" True
ok "Retry-After as a date was waited for" equal "$(sent "about('date')[1]['ms'] - about('date')[0]['ms'] >= 900")" True
ok "a request that is refused is that statement's own" equal "$(of status long) $(sent "len(about('long'))")" "failed 1"
ok "and says why" grep -q "answered 400 BAD_REQUEST: too long" <<<"$(of error long)"

statements alive1 dead alive2 >"$work/in.jsonl"
repair --model-parallel 1
ok "a statement that never gets an answer does not stop the rest" equal "$(of status alive1) $(of status dead) $(of status alive2) $status" "model not-asked model 1"
# libcurl sends once more by itself when a connection that was kept open is dead.
ok "and is tried a few times only" between "$(sent "len(about('dead'))")" 4 5

# An endpoint that knows neither schemas nor temperature, and allows few tokens.
cat >"$work/script" <<'END'
[{"field": "response_format", "answers": [{"status": 400, "body": "{\"error_code\":\"BAD_REQUEST\",\"message\":\"unknown field response_format\"}"}]},
 {"field": "temperature", "answers": [{"status": 400, "body": "BAD_REQUEST: Model m does not support the temperature parameter."}]},
 {"field": "max_tokens", "answers": [{"status": 400, "body": "{\"error\":{\"message\":\"'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.\"}}"}]},
 {"match": "q_a", "answers": [{"status": 400, "body": "BAD_REQUEST: max_tokens cannot be greater than max_output_tokens 1000."}, {"content": "```sql\nselect 1\n```"}]},
 {"answers": [{"sql": "select 1"}]}]
END
kill $fake; fake "$work/script"
statements a b >"$work/in.jsonl"
repair --model-parallel 1
ok "what an endpoint does not know is left out" equal "$status $(sent 'len(r)')" "0 6"
ok "for all that come after" equal "$(sent "r[-1]['body']['max_completion_tokens'], 'temperature' in r[-1]['body']")" "(1000, False)"

# A budget, equal statements, and a batch that is killed.
echo '[{"answers": [{"sql": "select 1", "delay_ms": 250}]}]' >"$work/script"
kill $fake; fake "$work/script"
journal=$work/journal2
statements b1 b2 b3 b4 >"$work/in.jsonl"
repair --budget 3600 --model-parallel 4 --json -o "$work/lines"
ok "the budget allows less than all" equal "$status" 1
ok "and is kept to" [ "$(metric tokens)" -le 3600 ]
ok "as the record says" has '"id":"MODEL-BUDGET"'
cp "$work/lines" "$work/out"
ok "those that were not asked say so" grep -q '"status":"not-asked".*budget' "$work/out"
asked=$(sent 'len(r)')
ok "something was asked" between "$asked" 1 3
repair
ok "the rest is asked when the budget allows" equal "$status $(sent 'len(r)')" "0 4"
{ statements c1 c1 c1; echo '{"id":"c2","sql":"select  q_c1 -- same\n from orders;"}'; } >"$work/in.jsonl"
repair
ok "equal statements are asked for once" equal "$status $(sent "len(about('c1'))")" "0 1"

statements $(seq -f d%g 16) >"$work/in.jsonl"
"$lakeport" convert repair "$work/in.jsonl" --model "http://127.0.0.1:$port" --journal "$journal" --model-parallel 2 >"$work/killed" 2>&1 &
killed=$!
for i in $(seq 100); do [ "$(grep -c '"id":"d' "$journal")" -ge 5 ] && break; sleep 0.05; done
kill -9 $killed
wait $killed 2>/dev/null
kept=$(grep -c '"id":"d' "$journal")
ok "killed in the middle" between "$kept" 5 14
truncate -s -20 "$journal" # and its last line was not all written
repair --model-parallel 2
ok "goes on where it was" equal "$status" 0
ok "nothing that was kept is asked again" between "$(sent "len(about('d'))")" 16 19
ok "the journal is whole again" equal "$(grep -c '"id":"d' "$journal")" 17
flock -o "$journal.x" sleep 20 &
holder=$!
for i in $(seq 100); do [ -e "$journal.x" ] && ! flock -n "$journal.x" true && break; sleep 0.05; done
fails 2 "a journal in use" "is in use by another run" convert repair "$work/in.jsonl" --model "http://127.0.0.1:$port" --journal "$journal.x"
kill $holder

# Literals that are not sent.
cat >"$work/script" <<'END'
[{"match": "q_lost", "answers": [{"sql": "select id from orders"}]},
 {"answers": [{"sql": "select nosuch from orders where customer = 'LKP_S1' and sum > 987650001"}, {"sql": "select id from orders where customer = 'LKP_S1' and sum > 987650001"}]}]
END
kill $fake; fake "$work/script"
cat >"$work/in.jsonl" <<'END'
{"id":"kept","sql":"select id from orders where customer = \"Ana's\" and sum > 4711 -- Ana","error":"invalid input \"Ana's\" or 4711 or \"bob@acme.com\""}
{"id":"lost","sql":"select q_lost from orders where customer = 'Ana'"}
END
repair -d "$dsn" --redact
ok "literals are put back" equal "$(of sql kept)" "select id from orders where customer = 'Ana''s' and sum > 4711"
ok "an answer without them is refused" equal "$(of status lost) $(of error lost)" "left the placeholder 'LKP_S1' is missing from the answer"
ok "none was sent" equal "$(grep -cE "Ana|4711|bob@" "$work/log")" 0

# Who is asked, and with which token.
echo '[{"answers": [{"sql": "select 1"}]}]' >"$work/script"
kill $fake; fake "$work/script" --token dapi-secret-1
statements e1 >"$work/in.jsonl"
journal=$work/journal3
DATABRICKS_HOST=http://127.0.0.1:$port/ DATABRICKS_TOKEN=dapi-secret-1 MODEL_NAME=big DATABRICKS_ENDPOINT=my-model \
	lakeport convert repair "$work/in.jsonl"
ok "a serving endpoint by the environment" equal "$status $(sent "r[-1]['path'], r[-1]['body']['model']")" "0 ('/serving-endpoints/my-model/invocations', 'big')"
LAKEPORT_MODEL_TOKEN=dapi-wrong-2 repair
ok "a token that is refused: exit status 3" equal "$status $(of status e1)" "3 not-asked"
ok "the reason is the endpoint's" warns "answered 403 403: Invalid access token: Bearer ***"
ok "the token is nowhere" absent -r dapi-wrong "$work/err" "$work/out" "$LAKEPORT_RUNS"
DATABRICKS_HOST=http://localhost:$port DATABRICKS_TOKEN=dapi-secret-1 repair
ok "a workspace's token goes to no other host" equal "$status $(sent "r[-1]['token']")" "3 False"
http_proxy=http://127.0.0.1:$port LAKEPORT_MODEL_TOKEN=dapi-secret-1 \
	fails 2 "a token in the clear" "the token would travel in the clear" convert repair "$work/in.jsonl" --model http://model.invalid/v1
kill $fake; fake "$work/script"
http_proxy=http://127.0.0.1:$port lakeport convert repair "$work/in.jsonl" --model http://model.invalid/v1 --journal "$journal"
ok "through a proxy" equal "$status $(sent "r[-1]['path']")" "0 /v1/chat/completions"
kill $fake; wait $fake 2>/dev/null
journal=$work/journal4
repair
ok "nobody there: exit status 3" equal "$status" 3
ok "said in one line" warns "while asking the model: no answer from 'http://127.0.0.1:$port/v1/chat/completions'"
fails 2 "no model" "no model to ask" convert repair "$work/in.jsonl"
fails 2 "a name that is none" "neither a URL nor the name of an endpoint" convert repair "$work/in.jsonl" --model 'a b'
fails 2 "no workspace" "no workspace is known for the endpoint 'm'" convert repair "$work/in.jsonl" --model m
fails 2 "no server to prepare on" "--check prepare needs a server" convert repair "$work/in.jsonl" --model http://127.0.0.1:1 --check prepare
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
	-keyout "$work/key" -out "$work/cert" 2>/dev/null
fake "$work/script" --cert "$work/cert" --key "$work/key"
lakeport convert repair "$work/in.jsonl" --model "https://127.0.0.1:$port" --journal "$journal"
ok "a certificate that nobody vouches for" equal "$status" 3
ok "is not trusted" warns "cannot trust 'https://127.0.0.1:$port/v1/chat/completions'"
CURL_CA_BUNDLE=$work/cert lakeport convert repair "$work/in.jsonl" --model "https://127.0.0.1:$port" --journal "$journal"
ok "TLS, with its authority named" equal "$status $(of status e1)" "0 model"

# Ctrl-C ends the wait.
kill $fake; echo '[{"answers": [{"sql": "select 1", "delay_ms": 20000}]}]' >"$work/script"; fake "$work/script"
begin=$(date +%s)
"$lakeport" convert repair "$work/in.jsonl" --model "http://127.0.0.1:$port" --journal "$work/journal5" >"$work/out" 2>"$work/err" &
waiting=$!
for i in $(seq 100); do [ -s "$work/log" ] && break; sleep 0.05; done
kill -INT $waiting
wait $waiting
status=$?
ok "interrupted: exit status 130" equal "$status $(of status e1)" "130 not-asked"
ok "at once" [ $(($(date +%s) - begin)) -le 5 ]
ok "the record says so" grep -q '"outcome":"interrupted"' "$(ls -t "$LAKEPORT_RUNS"/*.json | head -1)"
kill $fake
done_testing
