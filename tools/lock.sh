#!/bin/sh
# Write the lock files: every distribution with version and hashes, no addresses.
#   requirements/core.lock   what `pip install mingcha` brings, and the build backend
#   requirements/demo.lock   the same with the extras `evidence` and `server`, which the demonstration needs
#   requirements/dev.lock    the same and all that tests, types, lint and benchmarks need
# Needs uv (pip install uv). Give --upgrade to move to newer versions.
set -eu
cd "$(dirname "$0")/.."
compile() {
    uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
        --python-version 3.11 --universal "$@"
}
compile pyproject.toml requirements/build.in -o requirements/core.lock ${UPGRADE:-}
compile pyproject.toml requirements/build.in --extra evidence --extra server -c requirements/core.lock -o requirements/demo.lock ${UPGRADE:-}
compile pyproject.toml requirements/build.in --group dev -c requirements/core.lock -o requirements/dev.lock ${UPGRADE:-}
