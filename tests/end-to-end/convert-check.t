#!/bin/bash
# The checks of converted statements on a real server: what passes, what fails and where, rows against
# golden rows; and that hostile statements do no harm, whatever they try.
. "$(dirname "$0")/tap.sh"
server

mkdir -p "$work/in" "$work/golden"

# check SQL [OPTION...]: runs one statement through `convert run`; $line is "status|checks|remark".
check() {
	printf '%s\n' "$1" >"$work/in/q.sql"
	shift
	lakeport convert run "$work/in" --from redshift --out "$work/out" -d "$dsn" --json -q "$@"
	line=$(row 0)
}

# row N: of the table of statements of the record on stdout.
row() {
	/usr/bin/python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
t = next(t for t in r["tables"] if t["name"] == "statements")
n = [c["name"] for c in t["columns"]]
row = dict(zip(n, t["rows"][int(sys.argv[2])]))
print(row["status"] + "|" + row["checks"] + "|" + row["remark"])' "$work/out" "$1"
}

says() { case $line in *"$1"*) ;; *) echo "got: $line"; return 1 ;; esac; }
fails_with() { equal "${line%%|*}" left && says "$1"; }

sql "create table sales (id int primary key, customer text, paid numeric, sold_on date);
     insert into sales select i, 'c' || i % 3, i / 4.0, date '2024-01-01' + i from generate_series(1, 20) i;
     create table log (n int);
     create function trap() returns int language plpgsql volatile as
       'begin insert into log values (1); return 1; end'"

# ---- prepare and run ----
check "select customer, sum(paid) from sales group by customer" --check run
ok "a good query passes all" equal "$line" "same|parses names prepares runs|"
check "select custmer from sales" --check run
ok "a column that is not there fails" fails_with 'prepares: column "custmer" does not exist'
check "select customer from sales where id = 'x'"
ok "so does a literal of the wrong type" fails_with 'invalid input syntax for type integer: "x"'
check "select 1 / (id - 1) from sales" --check run
ok "what only execution shows is found by run" fails_with "runs: division by zero"
check "select pg_sleep(10)" --check run --check-timeout 300ms
ok "a statement that takes too long is cancelled" says "it took longer than the time limit of a check"
check "select generate_series(1, 100000000)" --check run
ok "a huge answer is not read to its end" says "parses names prepares runs|"
check "insert into sales (id) values (99)" --check run
ok "changes are prepared, not run" equal "$line" \
	"same|parses names prepares|it changes something, and only queries were to be run"
check "insert into sales (id) values (99)" --check run --run-changes
ok "unless that is asked for" says "parses names prepares runs|"
ok "and then they are rolled back" equal "$(sql "select count(*) from sales")" 20
check "insert into sales (id) values (1)" --check run --run-changes
ok "so a constraint is seen" fails_with "duplicate key value violates unique constraint"
check "create table n as select id / 0 as x from sales" --check run --run-changes
ok "a table is made from a query, too, and rolled back" fails_with "runs: division by zero"
check "create table staging.n (x int); create view staging.v as select x from staging.n"
ok "what the text makes in a schema that is not there is no table to infer" equal "$line" "same|parses names prepares|"
check "create table public.sales (id int)"
ok "a table that is there already proves nothing" equal "$line" \
	'same|parses names|relation "sales" already exists (SQLSTATE 42P07)'
check "create index n_i on n (a) include (b) where c > 1"
ok "the columns of an index are inferred" equal "$line" "same|parses names prepares|with 1 inferred table"
check "insert into n (a, b) values (1, 'x') on conflict on constraint n_pkey do update set b = excluded.b"
ok "a constraint that ON CONFLICT names is made" equal "$line" "same|parses names prepares|with 1 inferred table"
check "create table k (i int references m (id), a text, b int, foreign key (a, b) references n (x, y))"
ok "foreign keys get what they refer to" equal "$line" "rules|parses names prepares|with 2 inferred tables"
check "select nextval('n_seq'), currval('n_seq'::regclass), setval('staging.\"S q\"', 4)"
ok "sequences are made, too" equal "$line" "same|parses names prepares|with 2 inferred tables"
check "with i as (insert into n (a, b) select 1, 2), u as (update m set c = 1 where d > 2)
delete from k where e = 'x'"
ok "changes in WITH name columns, too" equal "$line" "same|parses names prepares|with 3 inferred tables"
check "select (jsonb_populate_record(null::n, to_jsonb(n) - 'a')).*, sum(a) from n group by to_jsonb(n) - 'a'"
ok "a table is a type" equal "$line" "same|parses names prepares|with 1 inferred table"
check "with d as (select n.ctid as c from n) delete from n using d where n.ctid = d.c"
ok "columns that every table has are none to infer" equal "$line" "same|parses names prepares|with 1 inferred table"
check "create table n (x int primary key, y text default 'a')"
ok "DDL is tried in the schema of the check" says "|parses names prepares|"
ok "and gone" equal "$(sql "select to_regclass('n') is null")" t

# ---- tables that are not there ----
check "select s.customer, r.reason, count(*) from sales s join returns r on r.sales_id = s.id
where r.returned_at > current_date - 30 and r.amount * 2 > s.paid group by 1, 2" --check run
ok "a missing table is inferred" says "parses names prepares runs|with 1 inferred table"
check "select reason from returns" --no-stubs
ok "or reported, when that is not wanted" fails_with 'relation "returns" does not exist'
printf 'create table returns (id int, amount numeric);\n' >"$work/ddl.sql"
check "select reason from returns" --schema "$work/ddl.sql"
ok "tables of --schema are taken at their word" fails_with 'column "reason" does not exist'
check "select amount from returns join sales using (id)" --schema "$work/ddl.sql"
ok "and stand beside the real ones" equal "$line" "same|parses names prepares|"
printf 'create schema shop; create table shop.t (id int);' >"$work/ddl.sql"
check "select id from shop.t" --schema "$work/ddl.sql"
ok "they may name schemas" equal "$line" "same|parses names prepares|"
printf 'drop table sales; commit;' >"$work/ddl.sql"
fails 2 "a schema that would leave the transaction" \
	"the schema has a statement that is not tried (TransactionStmt): it would end the transaction" \
	convert run "$work/in" --from redshift --out "$work/out" -d "$dsn" --schema "$work/ddl.sql"
printf 'create table x (' >"$work/ddl.sql"
fails 2 "a schema that does not parse" "the schema does not parse: syntax error at end of input" \
	convert run "$work/in" --from redshift --out "$work/out" -d "$dsn" --schema "$work/ddl.sql"

# ---- rows ----
golden() { printf "%b" "$1" >"$work/golden/q.csv"; }
q="select customer, sum(paid) as paid, max(sold_on) as last from sales group by customer order by customer"
golden 'customer,paid,last\nc0,15.75,2024-01-19\nc1,17.5000000001,2024-01-20T00:00:00\nc2,19.25,2024-01-21\n'
check "$q" --golden "$work/golden"
ok "the rows are equal, to the tolerance" equal "$line" "same|parses names prepares runs rows|3 rows"
golden 'customer,paid,last\nc0,15.75,2024-01-19\nc1,17.6,2024-01-20\nc2,19.25,2024-01-21\n'
check "$q" --golden "$work/golden"
ok "the first difference is told" fails_with "rows: column 'paid' of row 2: expected '17.6', got '17.5"
check "$q" --golden "$work/golden" --tolerance 0.01
ok "unless the tolerance is larger" says "prepares runs rows|3 rows"
golden 'customer,paid,last\nc2,19.25,2024-01-21\nc0,15.75,2024-01-19\nc1,17.5,2024-01-20\n'
check "$q" --golden "$work/golden"
ok "an order that the statement asks for counts" fails_with "their order is not"
check "${q% order by*}" --golden "$work/golden"
ok "another does not" says "prepares runs rows|3 rows"
golden 'id\n1\n'
check "select id from sales" --golden "$work/golden"
ok "more rows than expected" fails_with "rows: expected 1 rows, got 20"
golden 'a,b\n1\n'
check "select id from sales" --golden "$work/golden"
ok "golden rows that cannot be read are said" fails_with "q.csv:2:1: 1 fields, the first line has 2"
rm "$work/golden/q.csv"
check "select id from sales" --golden "$work/golden"
ok "without golden rows the check is not possible" says "parses names prepares runs|there are no golden rows for it"

# ---- hostile statements ----
evil=$work/evil
mark=$(sql "select sum(hashtext(t::text)) from sales t")
backend() { sql "select count(*) from pg_stat_activity where application_name = 'victim'"; }
PGAPPNAME=victim psql -Xq -d "$dsn" -c "select pg_sleep(60)" >/dev/null 2>&1 &
victim=$!
at_end+=("kill $victim")
until [ "$(backend)" = 1 ]; do sleep 0.1; done

n=0
while IFS= read -r statement; do
	[ -n "$statement" ] || continue
	n=$((n + 1))
	printf '%s\n' "${statement//EVIL/$evil}" >"$work/in/h$n.sql"
done <<'END'
drop table sales
drop table if exists sales; select 1
select 1; commit; drop table sales
rollback; drop table sales; begin
truncate sales
delete from sales
update sales set paid = 0
with x as (delete from sales returning *) select * from x
alter table sales drop column paid
copy sales to program 'touch EVIL'
copy sales to 'EVIL'
do $$ begin delete from sales; commit; end $$
do $$ begin perform pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'; end $$
select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'
select "pg_catalog"."pg_terminate_backend"(pid) from pg_stat_activity where application_name = 'victim'
select U&"pg\005fterminate_backend"(pid) from pg_stat_activity where application_name = 'victim'
select query_to_xml('select pg_terminate_backend(pid) from pg_stat_activity where application_name = ''victim''', true, true, '')
select set_config('transaction_read_only', 'off', false)
select set_config('statement_timeout', '0', false), trap()
set session characteristics as transaction read write; delete from sales
set transaction read write; delete from sales
select trap()
select lo_export(lo_from_bytea(0, 'x'), 'EVIL')
select pg_read_file('/etc/passwd')
select * from pg_ls_dir('/')
vacuum full sales
create database evil
alter system set work_mem = '1MB'
create function bad() returns int language c as '/tmp/evil.so', 'evil'
create function f() returns int language sql as 'delete from sales returning 1'; select f()
create or replace function trap() returns int language sql as 'select 2'
create rule r as on select to log do instead select 1; select * from log
create role evil superuser
grant all on sales to public
lock table sales; select 1
prepare p as delete from sales; execute p
notify evil, 'x'
call nowhere()
explain analyze delete from sales
select nextval('nowhere'); select setval('nowhere', 1)
create index on sales (paid)
comment on table sales is 'evil'
create table stolen as select * from sales; drop table sales
select * into stolen from sales
merge into sales using log on true when matched then delete
create event trigger e on ddl_command_start execute function trap()
END
rm -f "$work/in/q.sql"
before=$(sql "select md5(string_agg(s, ',' order by s)) from (
	select relname || reltuples || relfilenode || coalesce(relacl::text, '') s from pg_class where relnamespace = 'public'::regnamespace
	union all select proname || prosrc from pg_proc where pronamespace = 'public'::regnamespace) x")
lakeport convert run "$work/in" --from redshift --out "$work/out" -d "$dsn" --check run -j 4 -q
ok "$n hostile statements are looked at" equal "$status" 1
ok "the rows are as before" equal "$(sql "select sum(hashtext(t::text)) from sales t")" "$mark"
ok "so is the catalog" equal "$before" "$(sql "select md5(string_agg(s, ',' order by s)) from (
	select relname || reltuples || relfilenode || coalesce(relacl::text, '') s from pg_class where relnamespace = 'public'::regnamespace
	union all select proname || prosrc from pg_proc where pronamespace = 'public'::regnamespace) x")"
ok "functions of the user changed nothing" equal "$(sql "select count(*) from log")" 0
ok "the other session lives" equal "$(backend)" 1
ok "no file was written" [ ! -e "$evil" ]
ok "no database, no role, no schema was left" equal 0 "$(sql "select (select count(*) from pg_database where datname = 'evil')
	+ (select count(*) from pg_roles where rolname = 'evil')
	+ (select count(*) from pg_namespace where nspname like 'lakeport%')
	+ (select count(*) from pg_settings where name = 'work_mem' and sourcefile like '%auto.conf')")"
ok "no lock, no transaction was left" equal 0 "$(sql "select count(*) from pg_stat_activity
	where application_name = 'lakeport'")"
lakeport convert run "$work/in" --from redshift --out "$work/out" -d "$dsn" --check run --run-changes -j 4 -q
ok "with --run-changes all that is still so" equal \
	"$(sql "select sum(hashtext(t::text)) from sales t") $(backend) $(sql "select count(*) from log")" "$mark 1 0"
ok "and the catalog is as before" equal "$before" "$(sql "select md5(string_agg(s, ',' order by s)) from (
	select relname || reltuples || relfilenode || coalesce(relacl::text, '') s from pg_class where relnamespace = 'public'::regnamespace
	union all select proname || prosrc from pg_proc where pronamespace = 'public'::regnamespace) x")"
rm "$work"/in/h*.sql

# ---- a user who may do little ----
role=reader_$$
sql "create role $role login; grant select on sales to $role"
at_end+=("sql 'drop owned by $role; drop role $role'")
check "select customer from sales where id = 1" --check run
export PGOPTIONS="-c role=$role"
check "select customer from sales where id = 1" --check run
ok "a user who may make no schema checks all the same" equal "$line" "same|parses names prepares runs|"
check "select x from nowhere" --check run
ok "with inferred tables as temporary ones" says "with 1 inferred table"
unset PGOPTIONS

# ---- helpers ----
run "$lakeport" convert helpers
cp "$work/out" "$work/helpers.sql"
ok "the helper functions install" psql -Xq -v ON_ERROR_STOP=1 -d "$dsn" -f "$work/helpers.sql"
ok "twice" psql -Xq -v ON_ERROR_STOP=1 -d "$dsn" -f "$work/helpers.sql"
while IFS='|' read -r expression want; do
	ok "lakeport.$expression" equal "$(sql "select lakeport.$expression")" "$want"
done <<'END'
try_int('12')|12
try_int('99999999999')|
try_int('1.5')|
try_date('2024-02-30')|
try_jsonb('{"a": 1}')|{"a": 1}
try_jsonb('{')|
try_to_timestamp('2024-13', 'YYYY-MM')|
months_between('1997-02-28 10:30', '1996-10-30')|3.94959677
months_between('2024-03-31', '2024-02-29')|1
add_months('2024-02-29 10:00', 12)|2025-02-28 10:00:00
add_months('2024-01-31', 1)|2024-02-29 00:00:00
last_day('2024-02-10')|2024-02-29
next_day('2015-01-14', 'TU')|2015-01-20
substring_index('www.apache.org', '.', 2)|www.apache
substring_index('www.apache.org', '.', -2)|apache.org
instr('corporate floor', 'or', 3, 2)|14
instr('corporate floor', 'or', -3, 2)|2
element_at(array[1, 2, 3], -1)|3
element_at(array[1, 2, 3], 7)|
greatest_or_null(1, 2.5)|2.5
greatest_or_null(1, null)|
bround(2.5, 0)|2
bround(3.5, 0)|4
initcap('hello wORLD-x')|Hello World-x
array_distinct(array[3, 1, 3, null, null])|{3,1,NULL}
unhex('4142')|\x4142
END
check "select lakeport.try_int(customer) from sales" --check run
ok "statements may call them" equal "$line" "same|parses names prepares runs|"
sql "set client_min_messages = warning; drop schema lakeport cascade"
check "select lakeport.try_int(customer) from sales" --check run
ok "before they are installed, too" equal "$line" "same|parses names prepares runs|"
check "select lakeport.no_such(customer) from sales" --check run
ok "but only those that there are" fails_with "Postgres has no function 'no_such'"

fails 3 "a server that is not there" "cannot connect" \
	convert run "$work/in" --from redshift --out "$work/out" -d "host=$work port=1" --check prepare
done_testing
