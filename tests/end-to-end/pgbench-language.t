#!/bin/bash
# The expressions of lakeport beside those of the real pgbench: every deterministic one must have
# the same type and value, and what fails there must fail here. Skipped without pgbench 15.
. "$(dirname "$0")/tap.sh"
case $(pgbench --version 2>/dev/null) in
*'(PostgreSQL) 15'*) ;;
*) skip_all "pgbench 15 is not installed" ;;
esac
server
values=$build/tests/test_expression

# One expression a line. Variables as in test_expression.c.
grep -v '^#' >"$work/good" <<'END'
# arithmetic and its types
1 + 2 * 3 - 4 / 3 % 2
(1 + 2) * 3
-7 / 2
7 / -2
-7 % 3
7 % -3
7.5 % 3
2.5 % 1.4
mod(-7, 3)
1 / 2.0
1.0 / 0
-1.0 / 0
0.0 / 0.0
2 - 3 - 4
100 / 10 / 5
2 * 3.0
- - 3
-0.0
+-+3
9223372036854775807
-9223372036854775808
-9223372036854775808 % -1
9223372036854775807 - 1
1e10
1.
.5
1.5e3
1E-5
123456789.123456789
0.1 + 0.2
1e300 * 1e10
3 + 4.0
1e15
1e16
123456789012345678.0
# bits
1 | 2 & 3
6 & 3 | 8
5 # 1
5 # 3 | 8
~ 0
~ 1 + 2
- ~ 1 + 2
1 << 3 + 1
1 << 62
1 << 63
1 << 64
1 << 65
-8 >> 1
-1 >> 70
3 * 2 | 1
1 + 2 << 1 + 1
2.6 | 0
# comparisons and logic
1 < 2
2 <= 2.0
3 > 4
4 >= 4
1 = 1.0
1 <> 2
1 != 1
1 < 2 and 2 < 3
true or false and false
not true and false
not (true and false)
not 1 = 2
not not true
false or not 1 > 2
1 + 1 = 2 and 2 * 2 = 4
false and 1
true or 1
TRUE AND True
# null
null
1 + null
null = null
null and false
false and null
true and null
null or true
true or null
false or null
not null
-null
abs(null)
greatest(1, null)
random(1, null)
null is null
1 is null
1 is not null
null isnull
2 notnull
null is true
true is true
1 is true
1.0 is true
false is not true
null is not false
1 = 1 is true
not null is null
1 is null is false
null isnull isnull
(1 = 2) is false is null is not true
# case
case when 1 = 1 then 5 else 1 / 0 end
case when false then 5 end
case when null then 1 when 2 then 3 end
case when 0.0 then 1 else 2 end
case when 1 < 0 then 1 when 2 > 1 then case when true then 4 end else 3 end + 1
CASE WHEN 1 > 2 THEN 1 WHEN 2 > 1 THEN 2.5 END * 2
# functions
abs(-3)
ABS(-3.5)
abs(0 - 9223372036854775807)
int(2.5)
int(3.5)
int(-2.5)
int(1e18)
int(5)
double(3)
double(9007199254740993)
greatest(1, 2.5, 2)
greatest(3, 1, 2)
least(3, 1, 2)
least(3, 1.0)
least(7)
greatest(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
mod(7, 4)
pi()
pow(2, 10)
power(2, 0.5)
pow(-8, 1.0 / 3)
pow(2, -1)
sqrt(2)
sqrt(-1)
ln(10)
ln(0)
ln(-1)
exp(1)
exp(1000)
ln(exp(1))
hash(10)
hash(10, 5294)
hash(-1, 0)
hash(2.7)
hash_murmur2(10, 5294)
hash_murmur2(9223372036854775807, -1)
hash_fnv1a(10)
hash_fnv1a(10, 5294)
hash_fnv1a(-5, 5294)
hash(hash(1, 2), hash_fnv1a(3, 4)) % 1000
permute(0, 1)
permute(1, 2, 3)
permute(2, 3, 4)
permute(5, 100)
permute(5, 100, 42)
permute(99, 100, 42)
permute(-1, 100, 42)
permute(123456, 1000000, 5)
permute(123456789012, 9223372036854775807, 99)
permute(7.4, 10.2, 1)
permute(17, 64, -1)
random(5, 5)
random_gaussian(7, 7, 2.5)
random_exponential(-7, -7, 1)
random_zipfian(3, 3, 1.5)
debug(1) + 1
# variables
:i + :d
:n
:t and :i > 6
:i / 2
:i % :d
hash(:i)
(:i + :d) * 2 - -:i
END

cat >"$work/bad" <<'END'
1 / 0
1 % 0
9223372036854775807 + 1
-9223372036854775808 - 1
9223372036854775807 * 2
-9223372036854775808 / -1
9223372036854775808
99999999999999999999
1e400
int(1e19)
int(0.0 / 0.0)
not 1
1 and true
1 + true
true = true
1.0 < true
(1 = 2) is false = (2 is null) is null
int(true)
random(5, 4)
random(-9223372036854775808, 0)
random(-9223372036854775807, 9223372036854775807)
random_gaussian(1, 10, 1.9)
random_zipfian(1, 10, 1)
random_zipfian(1, 10, 1001)
random_exponential(1, 10, 0)
permute(1, 0)
1 < 2 < 3
1 = 2 <> 3
1 2
1 +
(1
abs()
abs(1, 2)
pi(1)
hash()
hash(1, 2, 3)
least()
greatest(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17)
foo(1)
case 1 end
case when 1 then 2
1 is 2
12abc
1 $ 2
:nothing
END

# What pgbench says, and its status, for the script on stdin.
run_pgbench() {
	cat >"$work/script"
	pgbench -n -t 1 -f "$work/script" -D i=7 -D d=2.5 -D t=true --random-seed 1 \
		-D default_seed=42 "$dsn" 2>&1
}

# All good ones in one script; what a debug() inside an expression prints is not its value.
{
	echo '\set n null'
	sed 's/debug(\(.\))/\1/; s/.*/\\set x debug(&)/' "$work/good"
} | run_pgbench >"$work/said"
sed -n 's/^debug(script=0,command=[0-9]*): //p' "$work/said" >"$work/expected"
"$values" --values "$work/good" >"$work/found" 2>/dev/null

all_evaluated() {
	equal "$(wc -l <"$work/expected")" "$(wc -l <"$work/good")" || grep error "$work/said"
}
ok "pgbench evaluates all of the expressions" all_evaluated

paste -d '|' "$work/expected" "$work/found" "$work/good" >"$work/all"
while IFS='|' read -r expected found expression; do
	ok "$expression" equal "$found" "$expected"
done <"$work/all"

# Both refuse an expression, when it is read or when it is evaluated.
both_refuse() { # expression, what lakeport says
	case $2 in
	'error: '* | x.sql:*) ;;
	*)
		echo "lakeport: $2"
		return 1
		;;
	esac
	printf '\\set x debug(%s)\n' "$1" | run_pgbench >"$work/said"
	grep -q 'error:' "$work/said" || { cat "$work/said"; return 1; }
}

"$values" --values "$work/bad" >"$work/found" 2>/dev/null
paste -d '|' "$work/found" "$work/bad" >"$work/all"
while IFS='|' read -r found expression; do
	ok "refused: $expression" both_refuse "$expression" "$found"
done <"$work/all"
done_testing
