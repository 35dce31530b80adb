#!/bin/bash
# The short version of `make fuzz`: every parser over mutated seeds, a fixed number of times.
. "$(dirname "$0")/tap.sh"
for fuzzer in "$build"/tests/fuzz_*; do
	[ -x "$fuzzer" ] || continue
	run "$fuzzer" --random 20000 1
	ok "$(basename "$fuzzer"): 20,000 mutations" equal "$status" 0
done
done_testing
