"""One package with as much code as the largest apps have, merged from real ones.

    python benchmarks/mega.py [--manifest CSV] [--mb 95] [--keep FILE]

The DEX files of real packages go as classes.dex, classes2.dex, … into one ZIP in a temporary folder,
until their bytes reach the mark, with the manifest of the first, so that its components have code to
start; then measure.py reads it. Classes that several
of them define are read once, as on Android, so the figures are those of a mixed bag.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests" / "inputs")]
import fetch  # noqa: E402

MB = 1_000_000
# Those with the most different code come first; what else the manifest has fills up.
FIRST = ("airtest", "pocoui", "appium-uiautomator2-driver", "apicloud-package", "io.appium.settings", "android-apidemos",
         "appium-espresso-driver", "uiautomator2", "jpush-react-native", "robodroid")  # fmt: skip
MANIFEST = "AndroidManifest.xml"


def packages(manifest: Path) -> Iterator[tuple[bytes, list[bytes]]]:
    """(manifest, DEX files) of the packages at hand, those of FIRST before the others, each once."""
    found = {r["sha256"]: r for r in fetch.rows(manifest) if r["kind"] == "apk" and fetch.cached(r).exists()}

    def rank(row: fetch.Row) -> tuple[int, int, str]:
        name = row["package"].rpartition("@")[0]
        return FIRST.index(name) if name in FIRST else len(FIRST), -int(row["bytes"]), row["sha256"]

    for row in sorted(found.values(), key=rank):
        try:
            with zipfile.ZipFile(fetch.cached(row)) as z:
                names = sorted(n for n in z.namelist() if n.startswith("classes") and n.endswith(".dex"))
                head, read = z.read(MANIFEST), [z.read(n) for n in names]
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, KeyError):
            continue  # made to be refused by readers like this one
        yield head, [data for data in read if data[:4] == b"dex\n"]


def merge(manifest: Path, target: Path, size: int) -> tuple[int, int]:
    """Write the package; returns (DEX files, their bytes)."""
    total = n = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as z:
        for head, files in packages(manifest):
            if not n:
                z.writestr(MANIFEST, head)
            for data in files:
                if total >= size:
                    return n, total
                n += 1
                z.writestr(f"classes{n if n > 1 else ''}.dex", data)
                total += len(data)
    return n, total


def main(manifest: Path = fetch.MANIFEST, mb: int = 95, keep: Path | None = None, repeat: int = 3) -> None:
    """Merge, measure and print."""
    import run

    with tempfile.TemporaryDirectory() as folder:
        path = keep or Path(folder) / "mega.apk"
        n, size = merge(manifest, path, mb * MB)
        print(f"\n== merged package: {n} DEX files, {size / MB:.1f} MB; CPU s, median of {repeat} ==")
        if size < mb * MB:
            print(f"  the packages at hand have no more than that; {mb} MB were asked for")
        for what in ("floor", "tables", "engine"):
            runs = [run.measure(what, path) for _ in range(repeat)]
            if wrong := next((r["error"] for r in runs if "error" in r), None):
                print(f"  {what:<8} failed: {wrong.strip().splitlines()[-1]}")
                continue
            cpu, rss = statistics.median(r["cpu"] for r in runs), max(r["rss"] for r in runs)
            print(f"  {what:<8}{cpu:7.2f} s{rss / MB:8.0f} MB RSS{cpu * 1e3 / (size / MB):8.1f} ms per MB of DEX")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", type=Path, default=fetch.MANIFEST)
    parser.add_argument("--mb", type=int, default=95)
    parser.add_argument("--keep", type=Path, help="write the package there and leave it")
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    main(args.manifest, args.mb, args.keep, args.repeat)
