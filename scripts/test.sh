#!/usr/bin/env bash
# Runs every test on one PostgreSQL server of its own, and ends with the slowest ones.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
log=$target/tests.log
slowest=15

# All features, all crates: the tests, the server that they start and the documentation share one build.
build=(--workspace --all-features)
cargo test "${build[@]}" --all-targets --no-run
cargo build "${build[@]}" --bin frontrow --bin with-postgres
"$target/debug/with-postgres" \
    cargo --config "target.'cfg(all())'.runner = '$PWD/scripts/time-tests.sh'" test "${build[@]}" --all-targets --no-fail-fast 2>&1 | tee "$log"
cargo test "${build[@]}" --doc
# A crate outside the workspace. What it needs with the same features has been built above.
cargo test --locked --manifest-path examples/own-tests/Cargo.toml --target-dir "$target"

echo
echo "The slowest tests, in seconds:"
sed -nE 's/^test (.*) \.\.\. ok <([0-9.]+)s>$/\2 \1/p' "$log" | sort -rn | awk -v most="$slowest" 'NR <= most {printf "  %8.2f  %s\n", $1, $2}'
