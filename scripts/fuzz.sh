#!/bin/sh
# Asks a server everything that the OpenAPI document allows and much that it does not, by schemathesis: with good credentials, as an operator,
# with bad credentials and with none. Fails on an undocumented status, an answer that does not fit its schema, any 5xx, and whatever the server
# logs as an error. About five minutes; SEED=n repeats a run, EXAMPLES=n asks more, FRONTROW=path asks a binary that is there.
set -eu
cd "$(dirname "$0")/.."

TOOLS=target/fuzz
SEED=${SEED:-$(date +%Y%m%d)}
EXAMPLES=${EXAMPLES:-40}
# The demo's club night.
CLUB=0f207207-0000-7000-8000-0000000c1b00

. scripts/venv.sh
venv "$TOOLS" scripts/fuzz-requirements.txt
: "${FRONTROW:=}"
if [ -z "$FRONTROW" ]; then
    cargo build --quiet --bin frontrow
    FRONTROW=${CARGO_TARGET_DIR:-target}/debug/frontrow
fi

FOLDER=$(mktemp -d)
SERVER=
finish() {
    [ -z "$SERVER" ] || kill "$SERVER" 2>/dev/null || true
    rm -rf "$FOLDER"
}
trap finish EXIT
trap 'exit 130' INT TERM

# An operator's token is signed with this.
FRONTROW__AUTH__ISSUER_SECRET=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
export FRONTROW__AUTH__ISSUER_SECRET
# Event streams end soon, since whoever reads an answer whole waits for its end; places fall free soon, since many join.
FRONTROW__DATABASE__URL=memory: FRONTROW__HTTP__BIND=127.0.0.1:0 FRONTROW__LOG__FILTER=warn \
    FRONTROW__HTTP__EVENT_STREAM_SECONDS=1 FRONTROW__QUEUE__CAPACITY=100000 FRONTROW__QUEUE__BATCH=1000 \
    FRONTROW__QUEUE__TICK_MILLISECONDS=50 FRONTROW__QUEUE__CLAIM_SECONDS=600 FRONTROW__RESERVATION__HOLD_SECONDS=20 \
    "$FRONTROW" serve >"$FOLDER/server.log" 2>&1 &
SERVER=$!
BASE=
for _ in $(seq 100); do
    BASE=$(sed -n 's|.*\(http://127\.0\.0\.1:[0-9]*\).*|\1|p' "$FOLDER/server.log" | head -n 1)
    [ -n "$BASE" ] && curl --silent --fail --output /dev/null "$BASE/readyz" && break
    sleep 0.2
done

member() {
    sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"
}
JWT=$(curl --silent "$BASE/v1/users" -H 'content-type: application/json' -d '{"name":"Ada"}' | member access_token)
TOKEN=$(curl --silent "$BASE/v1/queue-tokens" -H "authorization: Bearer $JWT" -H 'content-type: application/json' \
    -d "{\"concert_id\":\"$CLUB\"}" | member token)
until curl --silent "$BASE/v1/queue-tokens/$TOKEN" -H "authorization: Bearer $JWT" | grep -q '"ACTIVE"'; do sleep 0.1; done

# What fits the schema may still be refused: a seat is taken, a wallet is empty, an id is nobody's. A repeated request has its first answer
# again before anything else is asked, the queue token too, which the first may have ended; missing headers are in the table of hostile
# requests.
WRONG_FOR_US=positive_data_acceptance,missing_required_header
fuzz() {
    echo "== $1"
    shift
    (cd "$FOLDER" && "$OLDPWD/$TOOLS/bin/schemathesis" --config-file "$OLDPWD/scripts/fuzz.toml" run "$BASE/openapi.json" \
        --phases examples,coverage,fuzzing,stateful --checks all --exclude-checks "$WRONG_FOR_US" \
        --seed "$SEED" --request-timeout 10 --no-color "$@")
}
RESULT=0
fuzz "with good credentials" --max-examples "$EXAMPLES" -H "Authorization: Bearer $JWT" -H "Queue-Token: $TOKEN" || RESULT=$?
OPERATOR=$(FRONTROW__DATABASE__URL=memory: "$FRONTROW" token --role operator)
fuzz "as an operator" --max-examples "$EXAMPLES" -H "Authorization: Bearer $OPERATOR" --include-path-regex '^/v1/admin/' || RESULT=$?
fuzz "with bad credentials" --max-examples $((EXAMPLES / 4)) -H "Authorization: Bearer x$JWT" -H "Queue-Token: $CLUB" || RESULT=$?
fuzz "with no credentials" --max-examples $((EXAMPLES / 4)) || RESULT=$?

kill -0 "$SERVER" || { echo "fuzz: the server is gone" >&2; RESULT=1; }
if grep -E 'panicked|"?status"?[=:] ?5[0-9][0-9]' "$FOLDER/server.log"; then
    echo "fuzz: the server had these errors" >&2
    RESULT=1
fi
exit "$RESULT"
