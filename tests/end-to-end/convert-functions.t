#!/bin/bash
# Functions of the six dialects: every template of the tables can be prepared on a real Postgres
# (so that no function is emitted that it does not have), the helper functions do what they say, and
# examples whose answers are documented give those answers (tests/convert/functions_DIALECT.txt).
. "$(dirname "$0")/tap.sh"
server

"$build/tests/test_functions" --helpers >"$work/helpers.sql"
ok "the helper functions can be made" psql -XAtq -v ON_ERROR_STOP=1 -d "$dsn" -f "$work/helpers.sql"
ok "and made again" psql -XAtq -v ON_ERROR_STOP=1 -d "$dsn" -f "$work/helpers.sql"

helper() { # EXPRESSION ANSWER
	ok "lakeport.$1" equal "$(sql "select lakeport.$1")" "$2"
}
helper "conv('ff', 16, 10)" 255
helper "conv('255', 10, 2)" 11111111
helper "conv('zz', 36, 16)" 50F
helper "crc32('123456789')" 3421780262
helper "difference('Green', 'Greene')" 4
helper "instr('banana', 'an', 1, 2)" 4
helper "instr('banana', 'an', -1, 1)" 4
helper "instr('banana', 'an', -1, 3)" 0
helper "json_depth('{\"a\": [1, {\"b\": 2}]}')" 4
helper "levenshtein('kitten', 'sitting')" 3
helper "levenshtein('', 'abc')" 3
helper "sha1('abc')" a9993e364706816aba3e25717850c26c9cd0d89d
helper "sha1('')" da39a3ee5e6b4b0d3255bfef95601890afd80709
helper "sha1(convert_to(repeat('a', 119), 'UTF8'))" "$(printf '%0119d' 0 | tr 0 a | sha1sum | cut -c1-40)"
helper "soundex('Robert')" R163
helper "soundex('Tymczak')" T522
helper "soundex('Pfister')" P236
helper "url_encode('a b&ü')" 'a+b%26%C3%BC'
helper "url_decode('a+b%26%C3%BC')" 'a b&ü'

/usr/bin/python3 - <("$build/tests/test_functions" --list) tests/convert/try_prepare.sql >"$work/all.sql" <<'END'
import re, sys
quote = lambda s: "'" + s.replace("'", "''") + "'"
print(open(sys.argv[2]).read())
for line in open(sys.argv[1]):
    dialect, name, _, when, template = line.rstrip('\n').split('\t')
    n = max([int(x) for x in re.findall(r'\$(\d)', template)] + [0])
    print(f"select {quote(dialect + ' ' + name + ': ')} || e || {quote(': ' + template)} "
          f"from try_prepare({quote(template)}, {n}, {quote(when)}) as e where e is not null;")
END
psql -XAtq -d "$dsn" -f "$work/all.sql" >"$work/refused" 2>&1
ok "every template can be prepared" sh -c "cat '$work/refused'; [ ! -s '$work/refused' ]"

# Examples: converted in one go, asked in one go, each answer compared.
for file in tests/convert/functions_*.txt; do
	dialect=${file##*_}
	dialect=${dialect%.txt}
	/usr/bin/python3 tests/convert/examples "$file" "$dialect" "$lakeport" "$dsn" >"$work/wrong" 2>&1
	ok "$dialect: the documented answers" sh -c "cat '$work/wrong'; [ ! -s '$work/wrong' ]"
done
done_testing
