#!/usr/bin/env bash
# The program that `make ci` makes `cargo test --doc` run as rustdoc: it documents a crate, as strictly as `make doc` does, before it runs
# the crate's examples. The documentation thus uses the build of the tests; `cargo doc` would compile all dependencies once more.
set -euo pipefail
page=()
for argument in "$@"; do
    [ "$argument" = --test ] || page+=("$argument")
done
if [ ${#page[@]} -lt $# ]; then
    rustdoc "${page[@]}" -D warnings --document-private-items --out-dir "${CARGO_TARGET_DIR:-target}/doc"
fi
exec rustdoc "$@"
