#!/bin/sh
# Checks spelling and words, by typos (https://github.com/crate-ci/typos): an installed one, or else one from PyPI. typos.toml lists the
# exceptions, and the words that this project replaces by the field's terms.
set -eu
cd "$(dirname "$0")/.."

if command -v typos >/dev/null; then
    exec typos
fi
. scripts/venv.sh
venv "${CARGO_TARGET_DIR:-target}/spell" scripts/spell-requirements.txt
exec "${CARGO_TARGET_DIR:-target}/spell/bin/typos"
