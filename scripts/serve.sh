# To be sourced. `serve NAME=VALUE…` starts a server on an empty store in memory, with these settings and demo data, and waits until it is
# ready; it ends with the script. FRONTROW=path uses an existing binary. Sets FOLDER, which has the server's log, SERVER, its process, and
# BASE, its address.
: "${FRONTROW:=}"
if [ -z "$FRONTROW" ]; then
    cargo build --quiet --workspace --all-features --bin frontrow
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

serve() {
    env FRONTROW__DATABASE__URL=memory: FRONTROW__HTTP__BIND=127.0.0.1:0 FRONTROW__DEMO__ENABLED=true FRONTROW__LOG__FILTER=warn "$@" \
        "$FRONTROW" serve >"$FOLDER/server.log" 2>&1 &
    SERVER=$!
    BASE=
    for _ in $(seq 100); do
        BASE=$(sed -n 's|.*\(http://127\.0\.0\.1:[0-9]*\).*|\1|p' "$FOLDER/server.log" | head -n 1)
        [ -n "$BASE" ] && curl --silent --fail --output /dev/null "$BASE/readyz" && return
        sleep 0.2
    done
    cat "$FOLDER/server.log" >&2
    echo "the server does not start" >&2
    exit 1
}
