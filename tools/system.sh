#!/bin/sh
# System parts that some tests need: dexdump (peer), PostgreSQL (the office), tshark (TLS of captures), Chromium and CJK fonts (reports), node (axe), bubblewrap and libseccomp (fleets), Java and
# the Android build tools (samples rebuilt from their sources).
# Installed where that is possible (root on Debian); elsewhere those tests skip with a reason.
set -u
cd "$(dirname "$0")/.."
want=""
command -v dexdump  >/dev/null || want="$want dexdump"
command -v chromium >/dev/null || want="$want chromium"
command -v aapt     >/dev/null || want="$want aapt"
command -v zipalign >/dev/null || want="$want zipalign"
command -v apksigner >/dev/null || want="$want apksigner"
command -v javac    >/dev/null || want="$want openjdk-17-jdk-headless"
[ -e /usr/share/android-framework-res/framework-res.apk ] || want="$want android-framework-res"
command -v tshark   >/dev/null || want="$want tshark"
[ -d /usr/lib/postgresql ] || want="$want postgresql"
command -v bwrap    >/dev/null || want="$want bubblewrap"
[ -n "$(ldconfig -p 2>/dev/null | grep libseccomp.so.2)" ] || want="$want libseccomp2"
command -v npm      >/dev/null || want="$want nodejs npm"
ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || want="$want fonts-noto-cjk"
if [ -n "$want" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $want >/dev/null ||
            echo "could not install:$want (tests that need them will skip)" >&2
    else
        echo "missing:$want (tests that need them will skip)" >&2
    fi
fi
if command -v npm >/dev/null && [ ! -d .cache/node/node_modules/axe-core ]; then
    mkdir -p .cache/node
    cp tools/node/package.json tools/node/package-lock.json .cache/node/
    (cd .cache/node && npm ci --silent --no-audit --no-fund --ignore-scripts) ||
        echo "could not install axe-core and playwright-core (the accessibility test will skip)" >&2
fi
exit 0
