#!/bin/sh
# Make a virtual environment from a lock file: venv.sh FOLDER LOCK. Nothing is installed without a hash.
set -eu
folder=$1 lock=$2 py=${PY:-python3}
"$py" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "mingcha needs Python 3.11 or later; 'make PY=/path/to/python3.11 …' names another one" >&2
    exit 1
}
if [ ! -x "$folder/bin/python" ] && ! "$py" -m venv "$folder" 2>/dev/null; then
    # Debian keeps ensurepip in a package of its own.
    rm -rf "$folder"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
    fi
    "$py" -m venv "$folder" || {
        echo "no virtual environment could be made; on Debian: apt-get install python3-venv" >&2
        exit 1
    }
fi
"$folder/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$lock"
"$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
