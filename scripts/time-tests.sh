#!/bin/sh
# Cargo's runner of test binaries: each test reports how long it took. The standard harness keeps that behind the switch that
# RUSTC_BOOTSTRAP opens; it is set here, not for Cargo, which would build everything anew. Benchmarks have a harness of their own.
case "$1" in
*/decide-*) exec "$@" ;;
*) RUSTC_BOOTSTRAP=1 exec "$@" -Zunstable-options --report-time ;;
esac
