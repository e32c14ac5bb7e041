#!/bin/sh
# Installs what the tests need beside Rust: PostgreSQL 15 or newer, as programs that the tests start servers of their own with. Says and
# does nothing if it is there, or if FRONTROW_TEST_DATABASE_URL names a server to use instead.
set -eu

found() {
    command -v "$1" >/dev/null && return
    for program in /usr/lib/postgresql/*/bin/"$1"; do
        [ -x "$program" ] && return
    done
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "setup: to install PostgreSQL, run this as root: $*" >&2
        exit 1
    fi
}

if [ -n "${FRONTROW_TEST_DATABASE_URL:-}" ] || { found initdb && found postgres && found pgbench; }; then
    exit 0
fi

if command -v apt-get >/dev/null; then
    # The package would start a server for the whole machine, which nobody here asked for.
    as_root mkdir -p /etc/postgresql-common/createcluster.d
    as_root sh -c 'echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/frontrow.conf'
    as_root apt-get update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql postgresql-client
    exit 0
fi

cat >&2 <<'END'
setup: the tests need PostgreSQL 15 or newer. Install it, with initdb, postgres and pgbench on the PATH:
  macOS    brew install postgresql@17 && export PATH="$(brew --prefix postgresql@17)/bin:$PATH"
  Fedora   dnf install postgresql-server postgresql-contrib
  Arch     pacman -S postgresql
  Alpine   apk add postgresql17 postgresql17-client postgresql17-contrib
or name a server whose role may create databases: FRONTROW_TEST_DATABASE_URL=postgres://user:password@host/postgres
END
exit 1
