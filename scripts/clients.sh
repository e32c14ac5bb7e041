#!/bin/sh
# Builds clients/typescript and clients/python from docs/openapi.json, checks the types of the pages, and lets each client buy seats from a
# server with demo data: FRONTROW=path uses an existing binary. Needs Node.js and Python 3.11 or newer, and their registries, npm and PyPI,
# for the first time.
set -eu
cd "$(dirname "$0")/.."

. scripts/node.sh
. scripts/venv.sh
TARGET=${CARGO_TARGET_DIR:-target}
npm_packages "$TARGET/typescript" clients/typescript/npm-requirements.txt
venv "$TARGET/python" clients/python/requirements.txt
PATH=$(cd "$TARGET/python/bin" && pwd):$(cd "$TARGET/typescript/node_modules/.bin" && pwd):$PATH

# Prints the example in the README of a client.
example() {
    sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "clients/$2/README.md" | grep -v '^```'
}

openapi-typescript docs/openapi.json --output clients/typescript/src/schema.ts >/dev/null
tsc --project clients/typescript
tsc --project crates/adapters-web
{
    echo 'declare const concert_id: string, schedule_id: string, show: (text: unknown) => void, mark: (seats: object) => void;'
    example ts typescript | sed "s|from \"frontrow\"|from \"$PWD/clients/typescript/dist/index.js\"|"
} >"$TARGET/typescript/readme.ts"
tsc --noEmit --strict --target es2022 --module es2022 --moduleResolution bundler "$TARGET/typescript/readme.ts"

python clients/python/generator/generate.py docs/openapi.json clients/python/src/frontrow
{
    printf 'import uuid\nconcert_id: uuid.UUID\nschedule_id: uuid.UUID\ndef show(text: object) -> None: ...\ndef mark(seats: object) -> None: ...\n'
    example py python
} >"$TARGET/python/readme.py"
README=$(cd "$TARGET/python" && pwd)/readme.py
(cd clients/python && mypy --no-error-summary && mypy --no-error-summary "$README" && ruff check --quiet . && ruff format --quiet --check .)

. scripts/serve.sh
serve
FRONTROW_URL=$BASE node clients/typescript/test/story.mjs
PYTHONPATH=clients/python/src python clients/python/test/refusals.py
FRONTROW_URL=$BASE PYTHONPATH=clients/python/src python clients/python/test/story.py
