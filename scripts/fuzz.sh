#!/bin/sh
# Sends a server everything that the OpenAPI document allows and much that it does not, by schemathesis: with valid credentials, as an
# operator, with invalid credentials and with none. Fails on an undocumented status, a response that does not match its schema, any 5xx, and
# any error in the server's log. Takes about five minutes; SEED=n repeats a run, EXAMPLES=n sends more requests, FRONTROW=path uses an
# existing binary.
set -eu
cd "$(dirname "$0")/.."

TOOLS=target/fuzz
SEED=${SEED:-$(date +%Y%m%d)}
EXAMPLES=${EXAMPLES:-40}
# The demo's club night.
CLUB=0f207207-0000-7000-8000-0000000c1b00

. scripts/venv.sh
venv "$TOOLS" scripts/fuzz-requirements.txt
. scripts/serve.sh

# The secret that signs an operator's token.
FRONTROW__AUTH__ISSUER_SECRET=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
export FRONTROW__AUTH__ISSUER_SECRET
# Event streams end soon, because a client that reads a whole response waits for its end; capacity is freed soon, because many users join.
serve FRONTROW__HTTP__EVENT_STREAM_SECONDS=1 FRONTROW__QUEUE__CAPACITY=100000 FRONTROW__QUEUE__BATCH=1000 \
    FRONTROW__QUEUE__TICK_MILLISECONDS=50 FRONTROW__QUEUE__CLAIM_SECONDS=600 FRONTROW__RESERVATION__HOLD_SECONDS=20

member() {
    sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"
}
JWT=$(curl --silent "$BASE/v1/users" -H 'content-type: application/json' -d '{"name":"Ada"}' | member access_token)
TOKEN=$(curl --silent "$BASE/v1/queue-tokens" -H "authorization: Bearer $JWT" -H 'content-type: application/json' \
    -d "{\"concert_id\":\"$CLUB\"}" | member token)
until curl --silent "$BASE/v1/queue-tokens/$TOKEN" -H "authorization: Bearer $JWT" | grep -q '"ACTIVE"'; do sleep 0.1; done

# A request that matches the schema may still be refused: the seat is taken, the wallet is empty, the id is unknown. A repeated request gets
# its first response before any other check, including the check of the queue token, which the first request may have ended. Missing headers
# are in the table of hostile requests.
EXCLUDED_CHECKS=positive_data_acceptance,missing_required_header
fuzz() {
    echo "== $1"
    shift
    (cd "$FOLDER" && "$OLDPWD/$TOOLS/bin/schemathesis" --config-file "$OLDPWD/scripts/fuzz.toml" run "$BASE/openapi.json" \
        --phases examples,coverage,fuzzing,stateful --checks all --exclude-checks "$EXCLUDED_CHECKS" \
        --seed "$SEED" --request-timeout 10 --no-color "$@")
}
RESULT=0
fuzz "with valid credentials" --max-examples "$EXAMPLES" -H "Authorization: Bearer $JWT" -H "Queue-Token: $TOKEN" || RESULT=$?
OPERATOR=$(FRONTROW__DATABASE__URL=memory: "$FRONTROW" token --role operator)
fuzz "as an operator" --max-examples "$EXAMPLES" -H "Authorization: Bearer $OPERATOR" --include-path-regex '^/v1/admin/' || RESULT=$?
fuzz "with invalid credentials" --max-examples $((EXAMPLES / 4)) -H "Authorization: Bearer x$JWT" -H "Queue-Token: $CLUB" || RESULT=$?
fuzz "with no credentials" --max-examples $((EXAMPLES / 4)) || RESULT=$?

kill -0 "$SERVER" || { echo "fuzz: the server has ended" >&2; RESULT=1; }
if grep -E 'panicked|"?status"?[=:] ?5[0-9][0-9]' "$FOLDER/server.log"; then
    echo "fuzz: the server logged these errors" >&2
    RESULT=1
fi
exit "$RESULT"
