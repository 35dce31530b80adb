#!/bin/bash
# The client's memory stays flat while it runs; tests/bench/memory-flat does the same for 10 minutes.
. "$(dirname "$0")/tap.sh"
for way in "" --io-uring; do
	# shellcheck disable=SC2086 # no word when empty
	run tests/bench/memory-flat 10 $way
	case $(cat "$work/err") in
	*"does not let us use io_uring"* | *"built without io_uring"* | *"needs Linux"*)
		echo "# skipped: $(head -1 "$work/err")"
		continue
		;;
	esac
	ok "${way:-epoll}: $(cat "$work/out")" equal "$status" 0
done
done_testing
