#!/bin/sh
# Generates a Kotlin client from docs/openapi.json in target/generated/kotlin with OpenAPI Generator, which PyPI's package contains as a JAR:
# needs Java 11 or newer, and Python. GENERATOR=java or another name of https://openapi-generator.tech/docs/generators generates others.
set -eu
cd "$(dirname "$0")/.."

. scripts/venv.sh
TARGET=${CARGO_TARGET_DIR:-target}
GENERATOR=${GENERATOR:-kotlin}
OUTPUT=$TARGET/generated/$GENERATOR
java -version 2>/dev/null || { echo "Java 11 or newer is needed (Debian: apt-get install default-jre-headless)" >&2; exit 1; }
venv "$TARGET/openapi-generator" scripts/kotlin-requirements.txt
rm -rf "$OUTPUT"
mkdir -p "$TARGET/generated"
"$TARGET/openapi-generator/bin/openapi-generator-cli" generate --generator-name "$GENERATOR" --input-spec docs/openapi.json \
    --output "$OUTPUT" --package-name frontrow >"$OUTPUT.log" 2>&1 || { cat "$OUTPUT.log" >&2; exit 1; }
if grep -E '^Exception| ERROR ' "$OUTPUT.log" >&2; then
    exit 1
fi
if [ "$GENERATOR" = kotlin ]; then
    EXPECTED=$(grep -o '"operationId"' docs/openapi.json | wc -l)
    GENERATED=$(grep -rhE 'fun [A-Za-z]+WithHttpInfo\(' "$OUTPUT/src/main/kotlin/frontrow/apis" | wc -l)
    [ "$EXPECTED" -eq "$GENERATED" ] || { echo "kotlin: $GENERATED of $EXPECTED operations were generated" >&2; exit 1; }
fi
echo "$OUTPUT"
