#!/bin/bash
# Every record that is written validates against common/record.schema.json.
. "$(dirname "$0")/tap.sh"
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || skip_all "python3-jsonschema is not installed"
server
validate() {
	/usr/bin/python3 - "$@" <<'END'
import json, sys, jsonschema
schema = json.load(open('common/record.schema.json'))
jsonschema.Draft7Validator.check_schema(schema)
for name in sys.argv[1:]:
    jsonschema.Draft7Validator(schema).validate(json.load(open(name)))
assert len(sys.argv) > 5
END
}
lakeport bench init -d "$dsn" -s 1
lakeport bench run -d "$dsn" -c 2 -T 1 -b select-only
lakeport bench run -d "$dsn" -c 2 -T 1.5 -b tpcb-like -b select-only@3 --warmup 200ms
lakeport bench run -d "$dsn" -c 2 -t 5 -f <(echo 'select 1/0;')
lakeport bench run -d "$dsn" -c 2 -t 5 -f <(printf '\\set x 0\nselect 1;\n')
lakeport bench sweep -d "$dsn" -c 1,2 --step-duration 200ms --warmup 0 -b select-only --slo 'p50<=1s' --step-max 200ms --resolution 100%
lakeport bench wake -d "$dsn" -T 1
lakeport bench qualify -d "$dsn" --quick -T 200ms --reads 100000 --gb 10
ok "eight records were written" equal "$(find "$work/runs" -name '*.json' | wc -l)" 8
ok "all validate" validate "$work"/runs/*.json
ok "nothing else is in the folder" equal "$(find "$work/runs" -type f | wc -l)" 8
for r in "$work"/runs/*.json; do
	lakeport report text "$r"
	ok "and can be read back" equal "$status" 0
done
done_testing
