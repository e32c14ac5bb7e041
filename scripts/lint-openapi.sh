#!/bin/sh
# Lints docs/openapi.json with redocly and spectral, from the npm registry, under target/. scripts/openapi/ has their exact versions, and the
# rules that don't apply, with reasons.
set -eu
cd "$(dirname "$0")/.."

. scripts/node.sh
TOOLS=${CARGO_TARGET_DIR:-target}/openapi
npm_packages "$TOOLS" scripts/openapi/npm-requirements.txt
BIN=$TOOLS/node_modules/.bin

REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true "$BIN/redocly" lint docs/openapi.json --config scripts/openapi/redocly.yaml --max-problems 20
"$BIN/spectral" lint docs/openapi.json --ruleset scripts/openapi/spectral.yaml --fail-severity hint
