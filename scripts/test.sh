#!/usr/bin/env bash
# Runs every test on one PostgreSQL server of its own, and lists the slowest ones at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
log=$target/tests.log
slowest=15

# All features, all crates: the tests, the server that they start, and the documentation share one build.
build=(--workspace --all-features)
# All targets that have tests or are built with them; `--all-targets` would also build executables of targets with `test = false`.
tests=("${build[@]}" --tests --examples --benches)
cargo test "${tests[@]}" --no-run
cargo build "${build[@]}"
cargo test "${build[@]}" --doc
"$target/debug/with-postgres" \
    cargo --config "target.'cfg(all())'.runner = '$PWD/scripts/time-tests.sh'" test "${tests[@]}" --no-fail-fast 2>&1 | tee "$log"

echo
echo "The slowest tests, in seconds:"
sed -nE 's/^test (.*) \.\.\. ok <([0-9.]+)s>$/\2 \1/p' "$log" | sort -rn | awk -v most="$slowest" 'NR <= most {printf "  %8.2f  %s\n", $1, $2}'
