#!/bin/sh
# clock.t - the percentiles that lakeport reports are those of the server's real delays. The long
# version, with all distributions, is tests/bench/truth-of-the-clock.
exec "$(dirname "$0")/../bench/truth-of-the-clock" --short --tap
