#!/bin/bash
# Tables of a benchmark's generator, packed and cut by '|', into typed tables: counts and sums in
# Postgres equal those computed straight from the files. The files are not ours: LAKEPORT_CASES
# names the folder that holds tpcds/*.csv.gz and convert/schema_tpcds.sql.
. "$(dirname "$0")/tap.sh"
cases=${LAKEPORT_CASES:-}
if [ -z "$cases" ] || [ ! -d "$cases/tpcds" ]; then
	skip_all "LAKEPORT_CASES names no folder with tpcds/"
fi
server
run psql -qX "$dsn" -v ON_ERROR_STOP=1 -f "$cases/convert/schema_tpcds.sql"
ok "the typed tables are made" equal "$status" 0

# The count of rows, then for each numeric column the count of its values and their exact sum.
from_file() {
	python3 - "$1" <<'PY'
import csv, decimal, gzip, sys
decimal.getcontext().prec = 60
rows = csv.reader(gzip.open(sys.argv[1], 'rt', encoding='utf-8', newline=''), delimiter='|')
names = next(rows)
n, count, total, other = 0, {}, {}, set()
for row in rows:
    n += 1
    for name, value in zip(names, row):
        if value == '' or name in other:
            continue
        try:
            total[name] = total.get(name, decimal.Decimal(0)) + decimal.Decimal(value)
            count[name] = count.get(name, 0) + 1
        except decimal.InvalidOperation:
            other.add(name)
print(n)
for name in sorted(total):
    if name not in other:
        print(name, count[name], format(total[name].normalize(), 'f'))
PY
}

from_table() {
	local table=$1 column query="select count(*)::text from $1"

	for column in $(sql "select attname from pg_attribute where attrelid = '$table'::regclass
			and attnum > 0 and atttypid in (20, 21, 23, 1700) order by attname collate \"C\""); do
		query+="; select '$column ' || count($column) || ' ' ||
			coalesce(trim_scale(sum($column)::numeric)::text, '') from $table where $column is not null
			having count($column) > 0"
	done
	sql "$query"
}

for file in "$cases"/tpcds/*.csv.gz; do
	table=$(basename "$file" .csv.gz)
	lakeport migrate load -d "$dsn" "$file" --into "public.$table"
	ok "$table is loaded" equal "$status" 0
	from_file "$file" >"$work/file"
	from_table "$table" >"$work/table"
	# Texts that hold digits only are no numbers in the table: compare what the table calls a number.
	{ head -1 "$work/file"; join <(tail -n +2 "$work/table" | cut -d' ' -f1) <(tail -n +2 "$work/file"); } \
		>"$work/expected"
	ok "$table has numbers to compare" test "$(wc -l <"$work/table")" -gt 1
	ok "counts and sums of $table" cmp "$work/expected" "$work/table"
done
done_testing
