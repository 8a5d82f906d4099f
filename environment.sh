#!/bin/sh
# Makes what the portal runs in: .venv with the exact packages of the lock files, and for tests a Chromium.
#   sh environment.sh         what `make run` needs
#   sh environment.sh test    what `make test` needs as well
set -eu
cd "$(dirname "$0")"

# A Python is tried by running it: some machines keep a command of that name that only fails, or an older one.
find_python() {
    for python in python3.14 python3.13 python3.12 python3 \
        $(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python 2>/dev/null | sort -rV); do
        if "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; then
            echo "$python"
            return
        fi
    done
    cat >&2 <<'END'
No Python 3.12 or newer was found (tried: python3.14, python3.13, python3.12, python3, and pyenv's).
Install one, then try again:
    Debian 13, Ubuntu 24.04 or newer:  apt install python3 python3-venv
    macOS:                             brew install python@3.13
    elsewhere:                         pyenv install 3.13
END
    return 1
}

install() {
    if ! .venv/bin/python -m pip install --quiet --no-deps --no-input --disable-pip-version-check \
        --root-user-action=ignore -r "$1" >.venv/pip.log 2>&1; then
        tail -n 20 .venv/pip.log >&2
        echo "The packages of $1 could not be installed; the lines above say why." >&2
        exit 1
    fi
    cp "$1" ".venv/installed-$1"
}

installed() { cmp -s "$1" ".venv/installed-$1"; }

has_chromium() {
    for browser in ${CHROMIUM:-} chromium chromium-browser google-chrome google-chrome-stable; do
        if "$browser" --version >/dev/null 2>&1; then
            return 0
        fi
    done
    [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
}

# Built anew whenever the lock has changed, so that nothing of an older one stays behind.
if ! installed requirements.lock || ! .venv/bin/python -c '' 2>/dev/null; then
    python=$(find_python)
    echo "Installing the portal's packages into .venv (only when they have changed) …"
    rm -rf .venv
    "$python" -m venv .venv
    install requirements.lock
fi

if [ "${1:-}" = test ]; then
    if ! installed requirements-test.lock; then
        echo "Installing what the tests need …"
        install requirements-test.lock
    fi
    if ! has_chromium; then
        if [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null; then
            echo "Installing Chromium for the tests in a real browser …"
            log=.venv/apt.log
            { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
                apt-get install -y -qq --no-install-recommends chromium; } >"$log" 2>&1 || tail -n 20 "$log" >&2
        fi
    fi
    if ! has_chromium; then
        cat >&2 <<'END'
The tests use a real browser, and no Chromium or Chrome was found. Install one, then try again:
    Debian:   apt install chromium
    Fedora:   dnf install chromium
    macOS:    brew install --cask google-chrome
    elsewhere, or where it has another name:  make test CHROMIUM=/path/to/it
END
        exit 1
    fi
fi
