#!/usr/bin/env bash
# Measures the cost of clean builds in a separate clone, and writes the table into docs/performance.md.
set -euo pipefail
cd "$(dirname "$0")/.."
page=$PWD/docs/performance.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone --quiet . "$folder/frontrow"
cd "$folder/frontrow"
cargo fetch --quiet --locked
make --silent setup
export CARGO_INCREMENTAL=0

# Prints how many crates a build of these packages and features compiles.
crates() {
    cargo tree --prefix none --no-dedupe "$@" | sed 's/ (\*)//' | sort -u | wc -l
}

# Prints a table row: the command, the number of crates that it compiles, and its cost. TARGET names the target folder, which rows may
# share.
row() {
    local label=$1 crates=$2 target=$3 log=$folder/log
    shift 3
    echo "measuring: $label" >&2
    export CARGO_TARGET_DIR=$folder/$target
    TIMEFORMAT='%R %U %S'
    local times
    times=$( { time "$@" >"$log" 2>&1 </dev/null; } 2>&1 ) || { cat "$log" >&2; return 1; }
    awk -v label="$label" -v crates="$crates" '{printf "| %s | %s | %.0f | %.0f |\n", label, crates, $2 + $3, $1}' <<<"$times"
}

slim=$(crates --package server --no-default-features --features dev --edges normal,build)
all=$(crates --workspace --all-features)
{
    echo "| what | crates | CPU seconds | seconds |"
    echo "|---|---:|---:|---:|"
    row "\`make build\` (what \`make run\` builds)" "$slim" run make build
    row "\`make check\`" "$all" check make check
    row "\`make test\` after \`make build\`" "$all" run make test
    row "\`make ci\`" "$all" ci make ci
} >"$folder/table"

awk -v table="$folder/table" -v machine="$(uname -sm), $(nproc) cores, $(rustc --version | cut -d' ' -f1,2)" '
    /<!-- build cost -->/ { print; print ""; while ((getline line < table) > 0) print line; print ""; print machine "."; skip = 1; next }
    /<!-- end of build cost -->/ { print ""; skip = 0 }
    !skip' "$page" >"$folder/page"
cp "$folder/page" "$page"
cat "$folder/table"
