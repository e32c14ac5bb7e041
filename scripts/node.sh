# To be sourced. `npm_packages FOLDER REQUIREMENTS` installs in FOLDER the packages of the npm registry that the file REQUIREMENTS lists,
# unless it has them already.

need_node() {
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null && return
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        apt-get update
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs npm
        return
    fi
    echo "Node.js 20 or newer with npm is needed (Debian: apt-get install nodejs npm)" >&2
    exit 1
}

npm_packages() {
    need_node
    cmp -s "$2" "$1/installed.txt" && return
    rm -rf "$1"
    mkdir -p "$1"
    # The list has one package per line.
    # shellcheck disable=SC2046
    npm install --prefix "$1" --no-save --no-audit --no-fund --loglevel=error $(grep -v '^#' "$2")
    cp "$2" "$1/installed.txt"
}
