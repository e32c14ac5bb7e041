#!/bin/sh
# Installs the programs that the tests need besides Rust: PostgreSQL 15 or newer and nginx, of which the tests start their own servers, and
# Chromium with its driver, in which they check pages. Does nothing, silently, if they are installed; FRONTROW_TEST_DATABASE_URL may name a
# PostgreSQL server to use instead.
set -eu

found() {
    command -v "$1" >/dev/null && return
    for program in /usr/lib/postgresql/*/bin/"$1" /usr/sbin/"$1"; do
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
        echo "setup: to install the programs that the tests need, run this as root: $*" >&2
        exit 1
    fi
}

has_postgres() {
    [ -n "${FRONTROW_TEST_DATABASE_URL:-}" ] || { found initdb && found postgres && found pgbench; }
}

has_browser() {
    found chromedriver && { found chromium || found chromium-browser || found google-chrome || found google-chrome-stable; }
}

packages=
if ! has_postgres; then
    packages="postgresql postgresql-client"
fi
if ! has_browser; then
    packages="$packages chromium chromium-driver"
fi
if ! found nginx; then
    packages="$packages nginx-light"
fi
if [ -z "$packages" ]; then
    exit 0
fi

if command -v apt-get >/dev/null; then
    if ! has_postgres; then
        # The package would start a server for the whole machine, which is not needed here.
        as_root mkdir -p /etc/postgresql-common/createcluster.d
        as_root sh -c 'echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/frontrow.conf'
    fi
    if ! found nginx && ! [ -e /etc/systemd/system/nginx.service ]; then
        # The same: a masked service isn't started.
        as_root mkdir -p /etc/systemd/system
        as_root ln -s /dev/null /etc/systemd/system/nginx.service
    fi
    as_root apt-get update
    # Unquoted, because it is a list.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages
    exit 0
fi

if ! has_postgres; then
    cat >&2 <<'END'
setup: the tests need PostgreSQL 15 or newer. Install it, with initdb, postgres and pgbench on the PATH:
  macOS    brew install postgresql@17 && export PATH="$(brew --prefix postgresql@17)/bin:$PATH"
  Fedora   dnf install postgresql-server postgresql-contrib
  Arch     pacman -S postgresql
  Alpine   apk add postgresql17 postgresql17-client postgresql17-contrib
or name a server whose role may create databases: FRONTROW_TEST_DATABASE_URL=postgres://user:password@host/postgres
END
fi
if ! has_browser; then
    cat >&2 <<'END'
setup: the tests need Chromium or Chrome and its driver. Install them, with chromium or google-chrome, and chromedriver, on the PATH:
  macOS    install Chrome and ChromeDriver of the same version: https://googlechromelabs.github.io/chrome-for-testing
  Fedora   dnf install chromium chromedriver
  Arch     pacman -S chromium
  Alpine   apk add chromium chromium-chromedriver
END
fi
if ! found nginx; then
    echo "setup: the tests need nginx. Install the package nginx, with nginx on the PATH." >&2
fi
exit 1
