# To be sourced. `venv FOLDER REQUIREMENTS` creates a Python virtual environment in FOLDER with the packages in the file REQUIREMENTS,
# unless it exists already.

need_python() {
    python3 -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && return
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        apt-get update
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 python3-venv
        return
    fi
    echo "Python 3.10 or newer with its venv module is needed (Debian: apt-get install python3-venv)" >&2
    exit 1
}

venv() {
    cmp -s "$2" "$1/installed.txt" && return
    need_python
    rm -rf "$1"
    python3 -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check --requirement "$2"
    cp "$2" "$1/installed.txt"
}
