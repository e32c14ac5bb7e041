#!/bin/sh
# Installs axe-core, with which tests check that the pages are accessible, from the npm registry.
set -eu
cd "$(dirname "$0")/.."
. scripts/node.sh
npm_packages "${CARGO_TARGET_DIR:-target}/axe" tests/npm-requirements.txt
