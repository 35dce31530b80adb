#!/bin/bash
# Times as texts, against Postgres itself: every zone and abbreviation it knows, at moments around its
# changes of clocks, and dates in other forms. What is loaded is what a cast gives; what is turned away
# has a reason.
. "$(dirname "$0")/tap.sh"
server
[ -e /usr/share/zoneinfo/Europe/Berlin ] || skip_all "no tzdata here"
sql "create function cast_tz(v text) returns timestamptz language plpgsql as
	'begin return v::timestamptz; exception when others then return null; end'"
sql "create function cast_date(v text) returns date language plpgsql as
	'begin return v::date; exception when others then return null; end'"

# compare NAME [OPTION...]: loads $work/NAME.csv (v) and sets $accepted, $wrong, $lost: values that we
# read otherwise than Postgres, and those that Postgres reads and we do not.
compare() {
	local name=$1

	sql "create table $name (v text, z timestamptz)"
	awk '{print "\"" $0 "\",\"" $0 "\""}' "$work/$name.csv" >"$work/$name.pairs"
	lakeport migrate load -d "$dsn" "$work/$name.pairs" --format csv --header no --into "$name" --on-bad-row quarantine "${@:2}"
	accepted=$(sql "select count(*) from $name")
	wrong=$(sql "set timezone = 'UTC'; set datestyle = '${order:-ISO, MDY}'; select count(*), min(v || ' -> ' || z || ' not ' || coalesce(cast_tz(v)::text, 'that')) from $name where z is distinct from cast_tz(v)")
	lost=$(sql "set timezone = 'UTC'; set datestyle = '${order:-ISO, MDY}'; select count(*), min(v) from (select raw::json->>0 v, 1 from (select '[' || raw || ']' raw from ${name}_quarantine) q) x where cast_tz(v) is not null")
}

# Every zone, in four spellings, in winter, summer, far away, and around the changes of clocks.
sql "select distinct on (lower(name)) name from pg_timezone_names where name !~ '^(posix/|right/|localtime\$|posixrules\$)' order by lower(name)" >"$work/names"
ok "Postgres knows many zones" between "$(wc -l <"$work/names")" 400 2000
/usr/bin/python3 - "$work" <<'END'
import sys, random
random.seed(4)
names = open(sys.argv[1] + "/names").read().split()
days = ["0001-01-01", "1890-06-01", "1916-05-01", "1945-05-24", "1971-03-14", "1999-12-31", "2010-11-07", "2011-12-30",
	"2024-01-15", "2024-03-10", "2024-03-31", "2024-04-07", "2024-07-01", "2024-09-29", "2024-10-06", "2024-10-27",
	"2024-11-03", "2037-12-31", "2100-07-01", "2437-07-01", "2500-03-28", "9999-12-31", "44-03-15 BC", "12026-07-01"]
times = ["00:00", "00:30:00", "01:00:00", "01:59:59.999999", "02:00", "02:30:00", "02:59:59", "03:00:00", "12:00:00"]
with open(sys.argv[1] + "/zones.csv", "w") as f:
    for i, name in enumerate(names):
        for day in days:
            for time in random.sample(times, 2) if i % 8 else times:
                spelled = random.choice([name, name, name.lower(), name.upper()])
                era = " BC" if day.endswith("BC") else ""
                f.write("%s %s%s%s%s\n" % (day.replace(" BC", "").rjust(10, "0"), time, random.choice([" ", " ", "  "]), spelled, era))
END
compare zones
ok "zones: $accepted values as Postgres reads them" equal "$wrong" "0|"
ok "zones: none is lost" equal "$lost" "0|"

# Every abbreviation, and offsets behind words.
sql "select v || ' ' || abbrev from pg_timezone_abbrevs, unnest(array['2024-01-15 12:00', '2024-07-01 12:00:00.5', '2010-07-01 00:00', '1985-06-30 10:00', '1900-01-01 00:00', '2024-01-15']) v
	union all select '2024-07-01 12:00 ' || w || s || o from unnest(array['GMT', 'UTC', 'utc', 'EST', 'XYZ']) w, unnest(array['+', '-']) s, unnest(array['0', '2', '02', '5:30', '05:30', '11:59:59', '14']) o" >"$work/words.csv"
compare words
ok "abbreviations: $accepted values as Postgres reads them" equal "$wrong" "0|"
ok "abbreviations: none is lost" equal "$lost" "0|"

# Half days, months by name, days of the week.
/usr/bin/python3 - "$work" <<'END'
import sys, itertools
dates = ["2024-02-29", "20240229", "2024/2/9", "29-Feb-2024", "29 feb 2024", "Feb 29, 2024", "February 29 2024", "2024-Feb-29", "Thu, 29 Feb 2024",
	"Thursday, 29 February 2024", "29/Feb/2024", "Sept 1, 2024", "Feb 30, 2024", "31 June 2024", "02/29/2024", "31.12.2024", "13/13/2024", "05/05/2024", "29 February", "13-Foo-2024"]
times = ["", "12:00 AM", "12:30 am", "12:30PM", "1:04:05.678 PM", "11:59:59 pm", "0:30 PM", "13:00 PM", "13:00 AM", "3 PM", "03:04:05", "3:04 PM EST", "3:04 PM America/New_York",
	"3:04 AMT", "3:04 AM AMT", "24:00", "3:04 XM", "3:04 PM +02", "3:04 Nowhere/Town", "3:04 EST EST"]
with open(sys.argv[1] + "/forms.csv", "w") as f:
    for d, t in itertools.product(dates, times):
        f.write((d + " " + t).strip().replace('"', "") + "\n")
END
order='ISO, MDY' compare forms --date-order mdy
ok "forms: $accepted values as Postgres reads them" equal "$wrong" "0|"
ok "forms: none is lost" equal "$lost" "0|"
cp "$work/forms.csv" "$work/forms_dmy.csv"
order='ISO, DMY' compare forms_dmy --date-order dmy
ok "day first: as Postgres reads them with DMY" equal "$wrong $lost" "0| 0|"

# Without an order: what can be read in one way is; else it is said.
printf 'd,n\n31/12/2024,1\n01/02/03,0\n12/31/2024,2\n05.05.2024,3\n05/06/2024,4\n2024-01-01 Nowhere,5\n13-13-2024,6\n' >"$work/orders.csv"
sql "create table orders (n int, d date)"
lakeport migrate load -d "$dsn" "$work/orders.csv" --into orders --on-bad-row quarantine
ok "what has one reading is read" equal "$(sql "select string_agg(d::text, ' ' order by n) from orders")" "2024-12-31 2024-12-31 2024-05-05"
ok "what has two is not" grep -q "its day and month may be either" <(sql "select message from orders_quarantine where line = 6")
ok "a zone that is none is named so" grep -q "its time zone is not known" <(sql "select message from orders_quarantine where line = 7")
printf 'tables:\n- table: ordered\n  files: [%s]\n  date_order: dmy\n  schema: "d date, n int"\n  on_bad_row: skip\n' "$work/orders.csv" >"$work/load.yaml"
lakeport migrate load -d "$dsn" --config "$work/load.yaml"
ok "by a configuration" equal "$(sql "select d from ordered where n = 4")" 2024-06-05

# A table that is made knows what names its zone.
printf 'z,t\n2024-01-01 10:00:00 America/New_York,2024-01-01 10:00 PM\n2024-07-01 10:00 EDT,2024-01-01 1:00 AM\n' >"$work/made.csv"
lakeport migrate load -d "$dsn" "$work/made.csv" --into made
ok "types of a table that is made" equal "$(sql "select string_agg(format_type(atttypid, -1), ', ' order by attnum) from pg_attribute where attrelid = 'made'::regclass and attnum > 0")" \
	"timestamp with time zone, timestamp without time zone"
ok "and its values" equal "$(sql "set timezone = 'UTC'; select * from made order by 1")" "2024-01-01 15:00:00+00|2024-01-01 22:00:00
2024-07-01 14:00:00+00|2024-01-01 01:00:00"
done_testing
