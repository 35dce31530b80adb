#!/bin/bash
# Parameters drawn from real data: every value sent is in the table or the file, rows stay whole,
# shares and streams are as asked for, in all protocols; what is wrong is said before the load.
. "$(dirname "$0")/tap.sh"
server

sql "create schema \"Shop x\";
     create table \"Shop x\".orders (o_id int primary key, \"Customer\" text, paid numeric, at timestamptz, ok bool);
     insert into \"Shop x\".orders select i, case when i % 10 = 0 then null else E'c''\\\\\"' || i * 7 end,
       i / 8.0, timestamptz '2020-01-01' + i * interval '1 hour', i % 2 = 0 from generate_series(1, 5000) i;
     create table log (run text, client int, n serial, id int, customer text, paid numeric, at timestamptz, ok bool);
     create table empty (x int);
     create view busy as select o_id, \"Customer\" from \"Shop x\".orders where ok"
insert="insert into log (run, client, id"

# bad SCRIPT DESCRIPTION MESSAGE: refused with exit status 2 and a place.
bad() {
	printf '%s\n' "$1" >"$work/bad.sql"
	fails 2 "$2" "$work/bad.sql:$3" bench run -d "$dsn" -t 5 -c 2 -f "$work/bad.sql"
}
bad "-- PARAM a = sample(nowhere.x)
$insert) values ('bad', 0, :a)" "a table that is not there" "1:21: there is no table 'nowhere' in database"
bad "-- PARAM (a, b) = sample(\"Shop x\".orders(o_id, customer))
$insert) values ('bad', 0, :a)" "a column that is not there" \
	"1:48: table 'orders' has no column 'customer'; did you mean 'Customer'?"
bad "-- PARAM a = sample(empty.x)
$insert) values ('bad', 0, :a)" "an empty table" "1:21: table 'empty' is empty; expected rows to sample"
bad "-- PARAM a = sample(log_n_seq.last_value)
$insert) values ('bad', 0, :a)" "a sequence" "1:21: 'log_n_seq' is no table or view"
bad "-- PARAM a = csv('none.csv', x)
$insert) values ('bad', 0, :a)" "a file that is not there" \
	"1:14: cannot open '$work/none.csv': No such file or directory"
printf 'a,b\n1,2\n3,"4\n' >"$work/places.csv"
bad "-- PARAM a = csv('places.csv', a)
$insert) values ('bad', 0, :a)" "a CSV file that is cut off" \
	"1:14: $work/places.csv:3:3: the quoted field that begins here is never closed"
bad "-- PARAM a = sample(t.c) zipfian(1)
$insert) values ('bad', 0, :a)" "a bad distribution" "1:34: zipfian parameter must be in range [1.001, 1000]"
ok "none of these began its load" equal "$(sql "select count(*) from log")" 0

role=poor_$$
sql "create role $role; grant usage on schema \"Shop x\" to $role"
at_end+=("sql 'drop owned by $role; drop role $role'")
printf '%s\n' '-- PARAM a = sample("Shop x".orders.o_id)' 'select :a::int' >"$work/poor.sql"
export PGOPTIONS="-c role=$role"
fails 4 "a table that may not be read" \
	"$work/poor.sql:1:14: cannot sample 'orders': permission denied for table orders (SQLSTATE 42501)" \
	bench run -d "$dsn" -t 1 -c 1 -f "$work/poor.sql"
unset PGOPTIONS

# Whole rows, in every protocol.
cat >"$work/log.sql" <<'END'
-- PARAM (id, customer, paid, at, ok) = sample("Shop x".orders(o_id, "Customer", paid, at, ok)) hot(0.9, 0.01)
insert into log (run, client, id, customer, paid, at, ok) values (:run, :client_id, :id, :customer, :paid, :at, :ok)
END
whole='select count(*), count(*) filter (where exists (select from "Shop x".orders o where o_id = id and
  "Customer" is not distinct from customer and o.paid = log.paid and o.at = log.at and o.ok = log.ok)) from log where run ='
stream() { sql "select md5(string_agg(client || ':' || id, ',' order by client, n)) from log where run = '$1'"; }
for protocol in simple extended prepared; do
	lakeport bench run -d "$dsn" -c 4 -j 2 -t 250 -f "$work/log.sql" -M $protocol -D run=$protocol --seed 11 --json
	ok "$protocol: succeeds" equal "$status" 0
	ok "$protocol: every row sent is a whole row of the table" equal "$(sql "$whole '$protocol'")" "1000|1000"
done
ok "the record says where parameters came from" has '\"Customer\", paid, at, ok)): 5,000 rows'
ok "all protocols send the same stream" equal "$(stream simple) $(stream extended)" "$(stream prepared) $(stream prepared)"
ok "NULLs are sent as NULLs" between "$(sql "select count(*) from log where customer is null")" 1 1000
ok "nine of ten draws go to a hundredth of the rows" between \
	"$(sql "select sum(c) / 3000 from (select count(*) c from log group by id order by 1 desc limit 50) x")" 0.88 0.93
lakeport bench run -d "$dsn" -c 4 -j 1 -t 250 -f "$work/log.sql" -D run=again --seed 11
lakeport bench run -d "$dsn" -c 4 -j 1 -t 250 -f "$work/log.sql" -D run=other --seed 12
ok "the same seed gives the same stream with any number of threads" equal "$(stream again)" "$(stream prepared)"
ok "another seed gives another" [ "$(stream other)" != "$(stream again)" ]

# Integers can be text: a text column keeps its type in all protocols.
sql "create table codes (code text primary key); insert into codes values ('007'), ('42'), ('true'), ('null'), ('');
     create table seen (code text)"
cat >"$work/codes.sql" <<'END'
-- PARAM code = sample(codes.code)
insert into seen select code from codes where code = :code
END
for protocol in simple extended prepared; do
	sql "truncate seen"
	lakeport bench run -d "$dsn" -c 2 -t 100 -f "$work/codes.sql" -M $protocol
	ok "texts that look like something else, $protocol: succeeds" equal "$status" 0
	ok "texts that look like something else, $protocol: all are found" equal \
		"$(sql "select count(*), count(distinct code) from seen")" "200|5"
done

# The number of rows is a limit; a large table is read by pages, and the sample is spread over it.
sql "create table big (id int, filler text) with (fillfactor = 10);
     insert into big select i, repeat('x', 100) from generate_series(1, 40000) i"
printf '%s\n' '-- PARAM id = sample(big.id, 400)' "$insert) values (:run, :client_id, :id)" >"$work/big.sql"
for run in big1 big2; do
	lakeport bench run -d "$dsn" -c 4 -t 1000 -f "$work/big.sql" -D run=$run --seed 3
done
ok "the table has more pages than rows are wanted" [ "$(sql "select pg_relation_size('big') / 8192")" -gt 2000 ]
ok "at most so many rows are drawn from" between \
	"$(sql "select count(distinct id) from log where run = 'big1'")" 300 400
ok "they are spread over the table" equal \
	"$(sql "select count(distinct (id - 1) / 4000) from log where run = 'big1'")" 10
ok "and are the same for the same seed" equal "$(stream big1)" "$(stream big2)"
sql "delete from big where id > 1"
lakeport bench run -d "$dsn" -c 1 -t 5 -f "$work/big.sql" -D run=big3 --seed 3
ok "one row among empty pages is found" equal "$(sql "select count(*), max(id) from log where run = 'big3'")" "5|1"

# Views and partitioned tables.
sql "create table parts (id int, v text) partition by range (id);
     create table parts1 partition of parts for values from (0) to (100);
     create table parts2 partition of parts for values from (100) to (1000);
     insert into parts select i, 'v' || i from generate_series(1, 300) i"
cat >"$work/view.sql" <<'END'
-- PARAM (id, v) = sample(parts(id, v)) zipfian(1.5)
-- PARAM (b, customer) = sample(busy(o_id, "Customer"), 50)
insert into log (run, client, id, customer, paid) values (:run, :client_id, :id, :v, :b)
END
for run in view1 view2; do
	lakeport bench run -d "$dsn" -c 2 -t 1000 -f "$work/view.sql" -D run=$run --seed 3
	ok "a view and a partitioned table: succeeds" equal "$status" 0
done
ok "rows of partitions are whole" equal \
	"$(sql "select count(*), bool_and(customer = 'v' || id), count(distinct id < 100) from log where run = 'view1'")" "2000|t|2"
ok "rows of a view are its rows" equal \
	"$(sql "select count(distinct paid), bool_and(paid in (select o_id from busy)) from log where run = 'view1'")" "50|t"
ok "both are the same for the same seed" equal "$(stream view1)" "$(stream view2)"
ok "zipfian(1.5) draws the first row most" between \
	"$(sql "select max(c) / 2000.0 from (select count(*) c from log where run = 'view1' group by id) x")" 0.34 0.46

# Ctrl-C while the server is still at it.
sql "create view slow as select pg_sleep(60)::text as x"
printf '%s\n' '-- PARAM a = sample(slow.x)' "$insert) values ('slow', 0, :a::int)" >"$work/slow.sql"
begun=$SECONDS
run timeout --preserve-status -s INT 1 "$lakeport" bench run -d "$dsn" -t 1 -c 1 -f "$work/slow.sql"
ok "Ctrl-C ends a sample: exit status 130" equal "$status" 130
ok "Ctrl-C ends a sample: one clear line" one_line "$work/slow.sql:1:14: cannot sample 'slow': interrupted"
ok "Ctrl-C ends a sample: at once" [ $((SECONDS - begun)) -lt 10 ]
ok "Ctrl-C ends a sample: on the server too" equal \
	"$(sleep 0.5; sql "select count(*) from pg_stat_activity where datname = current_database() and query like 'fetch forward%'")" 0

# CSV: beside the script, quotes and line ends in fields, NULL and empty text apart.
mkdir "$work/sub"
printf '\xef\xbb\xbfid,"full name",note\r\n1,"O'\''Hare, ""ORD""",\r\n2,plain,""\r\n3,"two\nlines \\",x\r\n' >"$work/sub/places.csv"
cat >"$work/sub/csv.sql" <<'END'
-- PARAM (name, id, note) = csv('places.csv', "full name", id, note)
-- PARAM twice = :id * 2
insert into log (run, client, id, customer, paid, ok) values (:run, :client_id, :id, :name, :twice, :note::text is null)
END
for protocol in simple extended prepared; do
	lakeport bench run -d "$dsn" -c 2 -t 50 -f "$work/sub/csv.sql" -M $protocol -D run=csv$protocol
	ok "csv, $protocol: succeeds" equal "$status" 0
	ok "csv, $protocol: fields arrive unharmed, rows whole" equal \
		"$(sql "select distinct id, replace(customer, E'\n', '^'), paid, ok from log where run = 'csv$protocol' order by id")" \
		"1|O'Hare, \"ORD\"|2|t
2|plain|4|f
3|two^lines \\|6|f"
done

done_testing
