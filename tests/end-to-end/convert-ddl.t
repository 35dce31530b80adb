#!/bin/bash
# Tables that the input itself makes, or --source-schema declares, are what statements are prepared
# against: with their columns, types and keys, as they are at the statement's place.
. "$(dirname "$0")/tap.sh"
server

# check DIALECT [OPTION...]: runs the files of $work/in; `line FILE N` is "status|remark" of a statement.
check() {
	local from=$1

	shift
	lakeport convert run "$work/in" --from "$from" --out "$work/pg" -d "$dsn" --json "$@"
	cp "$work/out" "$work/record"
}
line() {
	/usr/bin/python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
t = next(t for t in r["tables"] if t["name"] == "statements")
n = [c["name"] for c in t["columns"]]
rows = [dict(zip(n, x)) for x in t["rows"]]
row = sorted((x for x in rows if x["statement"].startswith(sys.argv[2] + ":")), key=lambda x: int(x["statement"].split(":")[1]))[int(sys.argv[3]) - 1]
print(row["status"] + "|" + row["remark"])' "$work/record" "$1" "$2"
}
is() { equal "$(line "$2" "$3")" "$1"; }
fits() { case $(line "$2" "$3") in *"$1"*) ;; *) line "$2" "$3"; return 1 ;; esac; }
# input FILE: from standard input
input() { mkdir -p "$work/in" && cat >"$work/in/$1"; }
again() { rm -rf "$work/in" "$work/pg"; }

# ---- in one file ----
input q.sql <<'END'
create table shop (id int primary key, name varchar(20), opened date);
create table sales (id int primary key, shop int constraint f references shop (id) on delete set null, paid numeric(10,2), foreign key (shop) references shop (id));
select s.name, sum(p.paid) from sales p join shop s on s.id = p.shop group by s.name;
select nmae from shop;
select name from shop where opened;
create view rich as select name, paid from shop join sales on shop.id = sales.shop;
insert into sales (id, shop, paid) values (1, 2, 3.5) on conflict (id) do update set paid = excluded.paid;
insert into sales (id) values (1) on conflict on constraint nowhere do nothing;
alter table shop add column city text;
select city from shop;
alter table shop drop column opened;
select opened from shop;
select s.city, n.x from shop s join nowhere n on n.shop = s.id;
alter table shop drop column opened;
drop table sales;
select anything from sales;
END
check redshift -q
ok "what makes a table is checked" is "same|" q.sql 1
ok "foreign keys need no other table" is "same|with 1 table of the input" q.sql 2
ok "queries see the tables" is "same|with 2 tables of the input" q.sql 3
ok "a column that the table does not have is found" fits 'left|prepares: column "nmae" does not exist' q.sql 4
ok "types are real" fits "left|prepares: argument of WHERE must be type boolean, not type date" q.sql 5
ok "a view over them" is "same|with 2 tables of the input" q.sql 6
ok "keys are real" is "same|with 1 table of the input" q.sql 7
ok "also where there is none" fits 'left|prepares: constraint "nowhere" for table "sales" does not exist' q.sql 8
ok "a change is tried on the table" fits "|with 1 table of the input" q.sql 9
ok "what comes behind it sees it" is "same|with 1 table of the input" q.sql 10
ok "a column goes" fits "|with 1 table of the input" q.sql 11
ok "and is gone" fits 'column "opened" does not exist' q.sql 12
ok "beside inferred ones" is "same|with 1 table of the input and 1 inferred table" q.sql 13
ok "a change that cannot be is found" fits 'column "opened" of relation "shop" does not exist' q.sql 14
ok "a table that was dropped is inferred" is "same|with 1 inferred table" q.sql 16
all() { for i in $(seq 16); do line q.sql "$i"; done; }
all >"$work/first"
check redshift -q -j 1
all >"$work/second"
ok "the number of threads changes nothing" cmp "$work/first" "$work/second"
check redshift -q --no-stubs
ok "--no-stubs: they are no inferred tables" is "same|with 2 tables of the input" q.sql 3
ok "which are not made" fits 'relation "nowhere" does not exist' q.sql 13

# ---- in several files, with MySQL's keys ----
again
input b_ddl.sql <<'END'
CREATE DATABASE IF NOT EXISTS app;
DROP TABLE IF EXISTS people;
CREATE TABLE people (id INT AUTO_INCREMENT PRIMARY KEY, mail VARCHAR(50), seen INT, mood ENUM('good', 'bad'), KEY k (seen), UNIQUE KEY u (mail));
CREATE TABLE app.rooms (id INT PRIMARY KEY, size INT);
CREATE TABLE twice (a INT);
CREATE TABLE moved (a INT, b INT);
END
input a_rows.sql <<'END'
INSERT INTO people (mail, seen) VALUES ('a', 1) ON DUPLICATE KEY UPDATE seen = seen + 1;
SELECT size FROM app.rooms WHERE nothing = 1;
SELECT b FROM twice;
SELECT c FROM moved;
SELECT floor FROM app.rooms;
SELECT nextval('people_id_seq') FROM people;
END
input c_more.sql <<'END'
CREATE TABLE twice (b INT);
ALTER TABLE moved CHANGE b c INT;
SELECT b FROM moved;
ALTER TABLE app.rooms ADD COLUMN floor INT;
END
check mysql -q
ok "an upsert by the key of another file's table" is "rules|with 1 table of the input" a_rows.sql 1
ok "a table with its schema" fits 'column "nothing" does not exist' a_rows.sql 2
ok "a name that several files make is inferred" fits "|with 1 inferred table" a_rows.sql 3
ok "so is what another file takes away from" fits "|with 1 inferred table" a_rows.sql 4
ok "what another file adds is there" fits "|with 1 table of the input" a_rows.sql 5
ok "a file's own change counts" fits 'left|prepares: column "b" does not exist' c_more.sql 3
ok "the table that is made last is checked, too" fits "rules|" b_ddl.sql 3
ok "nothing is left on the server" equal "$(sql "select count(*) from pg_class where relname in ('people', 'rooms', 'moved')")" 0

# ---- given, refused, there already ----
again
printf 'CREATE TABLE t (id INT IDENTITY(1,1) PRIMARY KEY, name NVARCHAR(5), f BIT);\nALTER TABLE t ADD d DATETIME2;' >"$work/source.sql"
input q.sql <<'END'
SELECT TOP 1 name, d FROM t;
SELECT LEN(name), nothing FROM t;
CREATE TABLE bad (a INT CHECK (nowhere(a) > 1), b INT);
SELECT a, c FROM bad;
SELECT x FROM there;
CREATE TABLE there (y INT);
SELECT x FROM there;
END
sql "create table there (x int)"
check tsql --source-schema "$work/source.sql" -v
ok "--source-schema alone" is "rules|with 1 table of the input" q.sql 1
ok "with its columns" fits 'left|prepares: column "nothing" does not exist' q.sql 2
ok "a table that the server refuses is inferred" fits "|with 1 inferred table" q.sql 4
ok "and that is said once" equal "$(grep -c "about table 'bad'" "$work/err")" 1
ok "the server's own table comes first" fits "same|" q.sql 7
check tsql --source-schema "$work/source.sql" -q --check run
ok "they run, without rows" is "rules|with 1 table of the input" q.sql 1
done_testing
