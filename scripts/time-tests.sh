#!/bin/sh
# Cargo's runner of test binaries: each test reports its duration. The standard harness offers that only as an unstable option, which
# RUSTC_BOOTSTRAP enables; it is set here and not for Cargo, which would rebuild everything. Benchmarks have their own harness.
case "$1" in
*/decide-*) exec "$@" ;;
*) RUSTC_BOOTSTRAP=1 exec "$@" -Zunstable-options --report-time ;;
esac
