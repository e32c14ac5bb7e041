#!/bin/sh
# Builds clients/typescript from docs/openapi.json, and lets it buy seats from a server with demo data: FRONTROW=path uses an existing
# binary. Needs Node.js, and the npm registry for the first time.
set -eu
cd "$(dirname "$0")/.."

. scripts/node.sh
TARGET=${CARGO_TARGET_DIR:-target}
npm_packages "$TARGET/typescript" clients/typescript/npm-requirements.txt
PATH=$(cd "$TARGET/typescript/node_modules/.bin" && pwd):$PATH
openapi-typescript docs/openapi.json --output clients/typescript/src/schema.ts >/dev/null
tsc --project clients/typescript

: "${FRONTROW:=}"
if [ -z "$FRONTROW" ]; then
    cargo build --quiet --workspace --all-features --bin frontrow
    FRONTROW=$TARGET/debug/frontrow
fi
FOLDER=$(mktemp -d)
SERVER=
finish() {
    [ -z "$SERVER" ] || kill "$SERVER" 2>/dev/null || true
    rm -rf "$FOLDER"
}
trap finish EXIT
trap 'exit 130' INT TERM
FRONTROW__DATABASE__URL=memory: FRONTROW__HTTP__BIND=127.0.0.1:0 FRONTROW__DEMO__ENABLED=true FRONTROW__LOG__FILTER=warn \
    "$FRONTROW" serve >"$FOLDER/server.log" 2>&1 &
SERVER=$!
BASE=
for _ in $(seq 100); do
    BASE=$(sed -n 's|.*\(http://127\.0\.0\.1:[0-9]*\).*|\1|p' "$FOLDER/server.log" | head -n 1)
    [ -n "$BASE" ] && break
    sleep 0.2
done
FRONTROW_URL=$BASE node clients/typescript/test/story.mjs
